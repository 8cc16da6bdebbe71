"""Real times of today's routes against the computation: from each arrival given to the next one of the same trip.

From an arrival a_i as given at stop i the computation comes to the next stop at  t = max(a_i, opening) + handling + fixed minutes + drive, on over
stops without a time of their own until the next one with a time. So neither the hour of departure nor what happened before counts, and a
difference says that the drives or the stops between the two are too short or too long in the data, or that the driver rests there.
By itself an arrival may be after the last hour at which its stop can be served, or outside the shift of its vehicle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.problems.routes.stops import Route, Stop
from planner.problems.routes.week import MIDNIGHT, Week
from planner.problems.routes.write import handling
from planner.schema import Row

TOLD = 15  # minutes of difference from which it is told


@dataclass(frozen=True)
class ClockCheck:
    """From one arrival given to the next: sites, minutes after midnight as given, and minutes from one to the other as computed."""

    day: str
    vehicle: str
    number: int
    trip: int
    before: str
    site: str
    left: int
    given: int
    computed: float

    @property
    def differs(self) -> float:
        """Minutes that the computation takes more than today's drivers do."""
        return self.computed - (self.given - self.left)


@dataclass(frozen=True)
class OddClock:
    """An arrival given that cannot be: `kind` "closed" (after the last hour of the stop), "before_shift" or "after_shift" (of the vehicle). Minutes after midnight."""

    day: str
    vehicle: str
    number: int
    trip: int
    site: str
    given: int
    kind: str
    limit: float

    @property
    def minutes(self) -> float:
        """How far beyond the limit."""
        return abs(self.given - self.limit)


Duty = tuple[str, str, int]


def _given(week: Week, routes: Sequence[Route], current: Sequence[Row]) -> Iterator[tuple[Duty, int, list[tuple[Stop, int | None]]]]:
    """Each trip, by its vehicle's day and number, with the arrivals given at its stops."""
    known = {(visit.day, visit.flow.code) for visit in week.visit.values()}
    times = {(row.day, row.vehicle, row.number, row.trip, row.flow, row.action): row.time for row in reversed(current) if row.time is not None}
    trips: dict[Duty, set[int]] = {}
    for row in current:
        if (row.day, row.flow) in known:
            trips.setdefault((row.day, row.vehicle, row.number), set()).add(row.trip)
    for route in routes if times else ():
        duty = (route.day, route.vehicle, route.number)
        for number, trip in zip(sorted(trips[duty]), route.trips, strict=False):
            yield duty, number, [(stop, next((times[key] for move in stop.moves if (key := (*duty, number, move.visit.flow.code, move.action)) in times), None)) for stop in trip.stops]


def compared(week: Week, routes: Sequence[Route], current: Sequence[Row]) -> list[ClockCheck]:
    """Every pair of arrivals given in a row. `routes`: those of the rows, as `baseline.as_routes` makes them."""
    made: list[ClockCheck] = []
    for duty, number, stops in _given(week, routes, current):
        last: tuple[int, Stop] | None = None
        clock = 0  # seconds
        for i, (stop, time) in enumerate(stops):
            if i:
                before = stops[i - 1][0]
                clock = _leaves(week, before, stop, clock) + (week.way(before.site, stop.site) or 0)
            if time is None:
                continue
            if last is not None and last[1].site != stop.site:
                made.append(ClockCheck(*duty, number, last[1].site, stop.site, last[0], time, (clock - 60 * last[0]) / 60))
            last, clock = (time, stop), 60 * time
    return made


def odd(week: Week, routes: Sequence[Route], current: Sequence[Row]) -> list[OddClock]:
    """The arrivals given after the last hour of their stop, or outside the shift of their vehicle. `routes`: as in `compared`."""
    made: list[OddClock] = []
    for duty, number, stops in _given(week, routes, current):
        starts, ends = week.vehicle[duty[1]].shift
        for stop, time in stops:
            if time is None:
                continue
            closes = max((window[1] for window in stop.windows), default=MIDNIGHT)
            for kind, limit, wrong in (("closed", closes, 60 * time > closes), ("before_shift", starts, 60 * time < starts), ("after_shift", ends, 60 * time > ends)):
                if wrong:
                    made.append(OddClock(*duty, number, stop.site, time, kind, limit / 60))
    return made


def _leaves(week: Week, stop: Stop, following: Stop, arrives: int) -> int:
    """When a vehicle that arrives then leaves a stop, in seconds."""
    starts = next((max(opens, arrives) for opens, closes in stop.windows if arrives <= closes), arrives)
    return starts + sum(handling(move) for move in stop.moves) + (week.places[stop.site].stop if following.site != stop.site else 0)
