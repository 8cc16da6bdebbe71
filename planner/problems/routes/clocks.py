"""Real times of today's routes against the computation: from each arrival given to the next one of the same trip.

From an arrival a_i as given at stop i the computation comes to the next stop at  t = max(a_i, opening) + handling + fixed minutes + drive, on over
stops without a time of their own until the next one with a time. So neither the hour of departure nor what happened before counts, and a
difference says that the drives or the stops between the two are too short or too long in the data, or that the driver rests there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.problems.routes.stops import Route, Stop
from planner.problems.routes.week import Week
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


def compared(week: Week, routes: Sequence[Route], current: Sequence[Row]) -> list[ClockCheck]:
    """Every pair of arrivals given in a row. `routes`: those of the rows, as `baseline.as_routes` makes them."""
    known = {(visit.day, visit.flow.code) for visit in week.visit.values()}
    times = {(row.day, row.vehicle, row.number, row.trip, row.flow, row.action): row.time for row in reversed(current) if row.time is not None}
    trips: dict[tuple[str, str, int], set[int]] = {}
    for row in current:
        if (row.day, row.flow) in known:
            trips.setdefault((row.day, row.vehicle, row.number), set()).add(row.trip)
    made: list[ClockCheck] = []
    for route in routes if times else ():
        duty = (route.day, route.vehicle, route.number)
        for number, trip in zip(sorted(trips[duty]), route.trips, strict=False):
            last: tuple[int, Stop] | None = None
            clock = 0  # seconds
            for i, stop in enumerate(trip.stops):
                if i:
                    clock = _leaves(week, trip.stops[i - 1], stop, clock) + (week.way(trip.stops[i - 1].site, stop.site) or 0)
                time = next((times[key] for move in stop.moves if (key := (*duty, number, move.visit.flow.code, move.action)) in times), None)
                if time is None:
                    continue
                if last is not None and last[1].site != stop.site:
                    made.append(ClockCheck(*duty, number, last[1].site, stop.site, last[0], time, (clock - 60 * last[0]) / 60))
                last, clock = (time, stop), 60 * time
    return made


def _leaves(week: Week, stop: Stop, following: Stop, arrives: int) -> int:
    """When a vehicle that arrives then leaves a stop, in seconds."""
    starts = next((max(opens, arrives) for opens, closes in stop.windows if arrives <= closes), arrives)
    return starts + sum(handling(move) for move in stop.moves) + (week.places[stop.site].stop if following.site != stop.site else 0)
