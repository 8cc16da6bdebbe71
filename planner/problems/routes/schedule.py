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
from dataclasses import dataclass

from planner.problems.routes.week import MIDNIGHT, Windows

NEVER = 10 * MIDNIGHT  # lateness counted for a site that is closed all day


@dataclass(frozen=True)
class StopPlan:
    """A stop to schedule: site index, seconds of handling, fixed seconds of the site, when service may start."""

    site: int
    handling: int
    fixed: int
    windows: Windows


@dataclass(frozen=True)
class TripPlan:
    """Stops in order; loading starts at `release` at the earliest, and `before` seconds after the return of the trip before."""

    stops: tuple[StopPlan, ...]
    release: int = 0
    before: int = 0


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
class Duty:
    """A scheduled day of one vehicle. `late`: seconds of lateness over all windows, the depot's included; 0 when all are kept."""

    trips: tuple[TripTimes, ...]
    late: int

    @property
    def starts(self) -> int:
        return self.trips[0].loads

    @property
    def ends(self) -> int:
        return self.trips[-1].returns

    @property
    def seconds(self) -> int:
        return self.ends - self.starts


@dataclass(frozen=True)
class _Event:
    drive: int  # from the event before
    spend: int  # from its start to leaving
    windows: Windows


def schedule(trips: Sequence[TripPlan], depot: int, times: Sequence[Sequence[int]], opens: int, closes: int, reload: int) -> Duty:
    """The shortest duty over the trips in order.

    `depot`: site index; `times`: driving seconds between sites, indexed [from][to], none of those used
    negative; loading starts at `opens` at the earliest, the return is at `closes` at the latest.
    """
    events, bounds = _events(trips, depot, times, opens, closes, reload)
    first = max(opens, trips[0].release)
    best: tuple[int, int, int] | None = None
    for start in sorted(_candidates(events, first)):
        starts, late = _forward(events, start)
        key = (late, starts[-1] - start, start)
        if best is None or key < best:
            best = key
    assert best is not None
    starts, late = _forward(events, best[2])
    return Duty(tuple(_trip(events, starts, bound) for bound in bounds), late)


def _trip(events: list[_Event], asap: list[int], bound: tuple[int, int]) -> TripTimes:
    """Times of one trip, from loading to return: the same return, the loading as late as that allows."""
    low, high = bound
    part = events[low : high + 1]
    base, late = _forward(part, asap[low])
    chosen = asap[low]
    for start in sorted(_candidates(part, asap[low], base[-1]), reverse=True):
        starts, lateness = _forward(part, start)
        if starts[-1] == base[-1] and lateness == late:
            chosen, base = start, starts
            break
    stops = []
    for event, before, start, left in zip(part[1:-1], part[:-2], base[1:-1], base[:-2], strict=True):
        stops.append(StopTimes(left + before.spend + event.drive, start, start + event.spend))
    return TripTimes(chosen, chosen + part[0].spend, base[-1], tuple(stops))


def _events(
    trips: Sequence[TripPlan], depot: int, times: Sequence[Sequence[int]], opens: int, closes: int, reload: int
) -> tuple[list[_Event], list[tuple[int, int]]]:
    events: list[_Event] = []
    bounds: list[tuple[int, int]] = []
    for trip in trips:
        low = len(events)
        events.append(_Event(trip.before if events else 0, reload, ((max(opens, trip.release), max(opens, trip.release, closes)),)))
        here = depot
        for i, stop in enumerate(trip.stops):
            following = trip.stops[i + 1].site if i + 1 < len(trip.stops) else None
            events.append(_Event(times[here][stop.site], stop.handling + (0 if following == stop.site else stop.fixed), stop.windows))
            here = stop.site
        events.append(_Event(times[here][depot], 0, ((0, closes),)))
        bounds.append((low, len(events) - 1))
    return events, bounds


def _forward(events: list[_Event], start: int) -> tuple[list[int], int]:
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


def _candidates(events: list[_Event], first: int, end: int | None = None) -> set[int]:
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
