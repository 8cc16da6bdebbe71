"""Times of one vehicle's day: the shortest duty that keeps an order of stops, in whole seconds.

Events of a duty, in order: for every trip, a loading L (at the depot, `reload` seconds), its stops, a return R.
With a_i the arrival, s_i the start, h_i the time spent and t_i the drive from the event before,

    a_i = s_{i-1} + h_{i-1} + t_i,     s_i >= a_i,     s_i in one of the windows of event i
    min   s_last - s_first             (paid from the first loading to the last return, waiting included)

For a given first start the earliest times are best; the duty as a function of the first start only falls while
some wait absorbs the shift, so it is least where some event starts right at an opening: those starts, found
backwards, are the only ones to try. Inside the day each trip then leaves as late as its own return allows, so
that a vehicle waits at its depot rather than on the road.

A site's fixed minutes are spent on leaving it: consecutive stops at one site count them once. When no order of
times keeps the windows (today's routes may be late), service starts on arrival and `late` adds up the seconds
after closing; a schedule with the least lateness is chosen first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from planner.problems.routes.breaks import Placed, place
from planner.problems.routes.driver_rules import DriverRules, Span, faults, idle
from planner.problems.routes.week import MIDNIGHT, Windows

NEVER = 10 * MIDNIGHT  # lateness counted for a site that is closed all day


@dataclass(frozen=True)
class StopPlan:
    """A stop to schedule: site index, seconds of handling, fixed seconds of the site, when service may start; `rest`: a break may be taken there."""

    site: int
    handling: int
    fixed: int
    windows: Windows
    rest: bool = True


@dataclass(frozen=True)
class TripPlan:
    """Stops in order; loading starts at `release` at the earliest, and `before` seconds after the return of the trip before, the return
    is at `due` at the latest.
    """

    stops: tuple[StopPlan, ...]
    release: int = 0
    before: int = 0
    due: int | None = None


@dataclass(frozen=True)
class StopTimes:
    arrives: int
    starts: int
    leaves: int


@dataclass(frozen=True)
class TripTimes:
    loads: int
    departs: int
    returns: int
    stops: tuple[StopTimes, ...]


@dataclass(frozen=True)
class Break:
    """A break: the trip and stop (from 1; stop 0: at the depot before loading), "depot", "before" or "after" its service, and when."""

    trip: int
    position: int
    moment: str
    starts: int
    ends: int


@dataclass(frozen=True)
class Duty:
    """A scheduled day of one vehicle. `late`: seconds of lateness over all windows, the depot's included; 0 when all are kept.

    `paid`: whether breaks are paid.
    """

    trips: tuple[TripTimes, ...]
    late: int
    breaks: tuple[Break, ...] = ()
    paid: bool = True

    @property
    def starts(self) -> int:
        return self.trips[0].loads

    @property
    def ends(self) -> int:
        return self.trips[-1].returns

    @property
    def span(self) -> int:
        return self.ends - self.starts

    @property
    def rest(self) -> int:
        """Seconds of breaks."""
        return sum(one.ends - one.starts for one in self.breaks)

    @property
    def seconds(self) -> int:
        """Paid time."""
        return self.span if self.paid else self.span - self.rest


@dataclass(frozen=True)
class Event:
    """`drive`: from the event before; `spend`: from its start to leaving. `kind`: load, stop, return, or a break: depot, before, after (a service)."""

    drive: int
    spend: int
    windows: Windows
    kind: str = "stop"
    rest: bool = True  # whether a break may be taken there


def schedule(
    trips: Sequence[TripPlan], depot: int, times: Sequence[Sequence[int]], opens: int, closes: int, reload: int, rules: DriverRules | None = None
) -> Duty:
    """The shortest duty over the trips in order.

    `depot`: site index; `times`: driving seconds between sites, indexed [from][to], none of those used
    negative; loading starts at `opens` at the earliest, the return is at `closes` at the latest; `rules`: of the breaks.
    """
    events = events_of(trips, depot, times, opens, closes, reload)
    first = max(opens, trips[0].release)
    best: tuple[int, int, int] | None = None
    for start in sorted(_candidates(events, first)):
        starts, late = _forward(events, start)
        key = (late, starts[-1] - start, start)
        if best is None or key < best:
            best = key
    assert best is not None
    duty = started_at(events, best[2])
    if rules is None or duty.late or not faults(rules, duty.starts, duty.ends, legs(events, duty), ()):
        return duty
    for wanted in _kept(rules):
        rested = with_breaks(events, wanted)
        if rested is not None:
            return rested
    return duty


def with_breaks(events: Sequence[Event], rules: DriverRules) -> Duty | None:
    """The shortest paid duty that keeps all windows and all these rules, None where there is none."""
    for placed in place(events, rules):
        duty = replace(started_at(_with_breaks(events, placed), placed.start), paid=rules.paid)
        if rules.paid or not idle(rules, duty.starts, duty.ends, legs(events, duty), [(one.starts, one.ends) for one in duty.breaks]):
            return duty
    return None


def _kept(rules: DriverRules) -> list[DriverRules]:
    """All the rules, then ever fewer of them."""
    no_meal, no_work, no_law = replace(rules, meal=0), replace(rules, work_break=0), replace(rules, driving=False)
    fewer = (rules, no_meal, no_work, no_law, replace(no_meal, work_break=0), replace(no_meal, driving=False), replace(no_work, driving=False))
    return list(dict.fromkeys(some for some in fewer if some.lengths))


def legs(events: Sequence[Event], duty: Duty) -> list[Span]:
    """When a duty drives, in order. `events`: its events without breaks."""
    drives = iter([event.drive for event in events if event.kind != "load"])
    found = []
    for trip in duty.trips:
        for arrives in (*(stop.arrives for stop in trip.stops), trip.returns):
            found.append((arrives - next(drives), arrives))
    return found


def _with_breaks(events: Sequence[Event], placed: Placed) -> list[Event]:
    made: list[Event] = []
    waiting = list(placed.pauses)
    for i, event in enumerate(events):
        while waiting and waiting[0].after == i - 1:
            pause = waiting.pop(0)
            kind = "depot" if event.kind == "load" else "before" if pause.arrived else "after"
            made.append(Event(event.drive if pause.arrived else 0, pause.seconds, ((pause.opens, pause.closes),), kind))
            event = replace(event, drive=0) if pause.arrived else event
        made.append(event)
    return made


def started_at(events: Sequence[Event], start: int) -> Duty:
    """The times of a duty whose first loading begins then, each trip loading as late as its return allows."""
    starts, late = _forward(events, start)
    trips: list[TripTimes] = []
    breaks: list[Break] = []
    low = 0
    for i, event in enumerate(events):
        if event.kind == "depot":
            breaks.append(Break(len(trips) + 1, 0, "depot", starts[i], starts[i] + event.spend))
        elif event.kind == "load":
            low = i
        elif event.kind == "return":
            trip, taken = _trip(events[low : i + 1], starts[low])
            breaks += [replace(one, trip=len(trips) + 1) for one in taken]
            trips.append(trip)
    return Duty(tuple(trips), late, tuple(breaks))


def _trip(part: Sequence[Event], asap: int) -> tuple[TripTimes, list[Break]]:
    """Times and breaks of one trip, from loading to return: the same return, the loading as late as that allows."""
    base, late = _forward(part, asap)
    chosen = asap
    for start in sorted(_candidates(part, asap, base[-1]), reverse=True):
        starts, lateness = _forward(part, start)
        if starts[-1] == base[-1] and lateness == late:
            chosen, base = start, starts
            break
    stops: list[StopTimes] = []
    breaks: list[Break] = []
    arrived: int | None = None  # at the stop before which a break is taken
    now = chosen + part[0].spend
    for event, start in zip(part[1:-1], base[1:-1], strict=True):
        reach = now + event.drive if arrived is None else arrived
        now = start + event.spend
        if event.kind == "before":
            arrived = reach
            breaks.append(Break(0, len(stops) + 1, "before", start, now))
        elif event.kind == "after":
            breaks.append(Break(0, len(stops), "after", start, now))
        else:
            arrived = None
            stops.append(StopTimes(reach, start, now))
    return TripTimes(chosen, chosen + part[0].spend, base[-1], tuple(stops)), breaks


def events_of(trips: Sequence[TripPlan], depot: int, times: Sequence[Sequence[int]], opens: int, closes: int, reload: int) -> list[Event]:
    """The events of a duty, in order, without breaks."""
    events: list[Event] = []
    for trip, following_trip in zip(trips, [*trips[1:], None], strict=True):
        events.append(Event(0, reload, ((max(opens, trip.release), max(opens, trip.release, closes)),), "load"))
        here = depot
        for i, stop in enumerate(trip.stops):
            following = trip.stops[i + 1].site if i + 1 < len(trip.stops) else None
            events.append(Event(times[here][stop.site], stop.handling + (0 if following == stop.site else stop.fixed), stop.windows, rest=stop.rest))
            here = stop.site
        latest = closes if trip.due is None else min(closes, trip.due)
        events.append(Event(times[here][depot], following_trip.before if following_trip is not None else 0, ((0, latest),), "return"))
    return events


def _forward(events: Sequence[Event], start: int) -> tuple[list[int], int]:
    """Earliest start of every event when the first one starts at `start`, and the seconds of lateness."""
    starts = [start]
    late = max(0, start - events[0].windows[-1][1])
    now = start + events[0].spend
    for event in events[1:]:
        now += event.drive
        for opens, closes in event.windows:
            if now <= closes:
                now = max(now, opens)
                break
        else:
            late += now - event.windows[-1][1] if event.windows else NEVER
        starts.append(now)
        now += event.spend
    return starts, late


def _candidates(events: Sequence[Event], first: int, end: int | None = None) -> set[int]:
    """First starts, from `first` on, at which the shortest duty can lie (see the module).

    With `end`, also the latest start that reaches the last event by `end`.
    """
    found = {first}
    for k in range(1, len(events)):
        targets = [opens for opens, _ in events[k].windows]
        if k == len(events) - 1:
            targets = [] if end is None else [end]
        for target in targets:
            latest = target
            for i in range(k - 1, -1, -1):
                latest -= events[i + 1].drive + events[i].spend
                if latest < first:
                    break
                # the latest start at i within its windows; where none is early enough the lateness will tell
                latest = max((min(latest, closes) for opens, closes in events[i].windows if opens <= latest), default=latest)
            if latest > first:
                found.add(latest)
    return found
