"""One day's routes by a team of searches on two cores, better than any of them alone at the same time.

1. Up to `LARGE` stops, or more where PyVRP is quick (`_plain`) or where windows and loads make trips long, one core keeps to one search of PyVRP, with its own settings but where time has a price, from beginning to
   end as long as it leads; where it neither leads nor finds anything better late in the time, it goes on from the best of both. On
   the other core, searches of another kind follow each other: string removals (`routing_strings`) where they know all rules of
   the day, else PyVRP with another way of searching (`Style`). Each goes on from the best of both cores, after set
   partitioning over the good routes met (`routing_partition`) where routes are short enough for it to pay.
2. On other days of more stops PyVRP makes too few moves: string removals twice, set partitioning, then each core takes a half of the
   better answer: routes that lie near each other are searched again by themselves, then other halves, so that both cores
   work for one answer; at the end the whole day again.
3. Set partitioning over all routes met; the best answer of all is kept.

Two searches at once whatever the number of processes. With an iteration limit the searches of the two cores know nothing of
each other, so that the result depends on the seed alone (set partitioning then has a limit of nodes).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace

import numpy as np

from planner.solvers.routing import PLAIN, WEEKDAY, DayData, DayResult, Evaluator, RouteData, StopRule, Style, lost_prizes
from planner.solvers.routing_partition import combine
from planner.solvers.routing_parts import Part, cut, whole
from planner.solvers.routing_pool import Pool
from planner.solvers.routing_strings import Strings, able
from planner.solvers.routing_worker import Search

AT_ONCE = 2
LARGE = 220  # stops from which parts are searched,
ALIKE = 400  # or so many where all vehicles are alike and no arc is barred, for which PyVRP is made,
LASTING, VAST = 25.0, 900  # or so many with windows, where vehicles are alike or loads leave so many stops a trip: parts hold few trips there
SWEEP = 0.2  # of the time, for two halves
SHORT_TRIPS = 14.0  # stops per trip up to which set partitioning pays
BOLD = replace(PLAIN, perturbations=40)  # leaves the valleys where PLAIN stays
CROP = 2000  # routes asked from each search
SHARES = (0.55, 0.8, 1.0)  # of the time: ends of the searches that follow each other
PLAIN_SHARES = (0.5, 0.75, 1.0)  # the same, where PyVRP is alone
JOIN = 0.7  # of the time, from when on the long search goes on from the best of both
STILL = 0.15  # of the time, that it must have found nothing better
LATEST = 0.05  # of the time, that must be left for that
TURNS, LONG = 0, 1  # the searches that follow each other, and the one from beginning to end
FIRST = 0.5  # of the time, before parts are searched
HEATS = (3.0, 0.5, 0.2)  # of string removals, search after search of the whole day
LASTING_HEATS = (60.0, 0.5, 0.2)  # the same on days of long trips with windows (800 stops: 1.71 against 3.51 % from 20)
FEW = 120  # stops up to which string removals begin again, where there is time,
AGAIN = 0.2  # seconds for every stop, and no windows
ANEW = 0.1  # seconds for every stop, from which a small day with windows is also begun anew
FEW_SHARES, FEW_HEATS = (0.3, 0.6, 0.8, 1.0), (3.0, 3.0, 1.0, 0.2)  # the same there
MIXED_HEATS = (30.0, 30.0, 10.0, 1.0)  # the same where kinds of vehicles have fixed costs, so that another fleet is many arcs away
HOTTER = (3.0, 6.0)  # of two at first, on days of many stops
TIMED = (6.0, 20.0)  # the same on days twice as large with windows (800 stops: 1.84 against 2.57 %; 360 stops: dearer)
WARM = 0.2  # of string removals in parts, which keep what the whole day came to
LAST = 0.1  # of the time, for the whole day at the end
BRIEF = 0.3  # seconds, below which a set partitioning is not begun
AFTER = 0.05  # of the time, for the last set partitioning
NODES = 500  # of the search tree, with an iteration limit


def solve_day(
    day: DayData,
    seconds: float,
    seed: int,
    workers: int = 2,
    iterations: int | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    on_best: Callable[[DayResult], None] = lambda _: None,
    start: Sequence[RouteData] = (),
    pool: Pool | None = None,
) -> DayResult:
    """The best routes of a day found within `seconds`, or with `iterations` per search (then `seconds` only caps).

    `fixed` of the fleet counts per vehicle. `on_best` is told of every better feasible answer; `start`: routes to start
    from. `pool`: processes to use, else its own for the time of the call.
    """
    with nullcontext(pool) if pool is not None else Pool(min(workers, AT_ONCE)) as used:
        team = _Team(day, seconds, seed, used, iterations, should_stop, on_best, start)
        team.run()
    return replace(team.best, seconds=time.monotonic() - team.began, seen=())


class _Team:
    """The state of one `solve_day`."""

    def __init__(
        self, day: DayData, seconds: float, seed: int, pool: Pool, iterations: int | None,
        should_stop: Callable[[], bool], on_best: Callable[[DayResult], None], start: Sequence[RouteData],
    ) -> None:  # fmt: skip
        self.day, self.seconds, self.seed, self.pool, self.iterations = day, seconds, seed, pool, iterations
        self.should_stop, self.on_best, self.start = should_stop, on_best, tuple(start)
        self.began = time.monotonic()
        self.best = DayResult(False)
        self.made = 0  # iterations of all searches
        self.crop: tuple[dict[RouteData, int], dict[RouteData, int]] = ({}, {})  # routes met by each core, with their costs
        self.able = able(day)
        self.fewest = _fewest(day)
        self.timed = not self.fewest
        self.lasting = self.timed and LARGE < day.size <= VAST and _stops_a_trip(day) >= LASTING
        self.few = day.size <= FEW and not self.timed and seconds >= AGAIN * day.size
        # small days with windows have deep valleys, which a search from another beginning does not share
        self.anew = self.able and self.timed and day.size <= FEW and seconds >= ANEW * day.size
        # how PyVRP searches from beginning to end, and the other way
        self.plain, self.other = (WEEKDAY, PLAIN) if _priced(day) else (PLAIN, BOLD)

    def run(self) -> None:
        self.pool.ready()
        if self.start:
            self._offer(Evaluator(self.day)(self.start))
        if self.day.size <= LARGE or self.lasting or (self.day.size <= (VAST if self.timed else ALIKE) and _plain(self.day)):
            self._beside()
        else:
            self._apart()

    # --- two cores beside each other ---------------------------------------------------------------------

    def _beside(self) -> None:
        shares = (FEW_SHARES if self.few else SHARES) if self.able else PLAIN_SHARES
        alone = self.iterations is not None  # then neither core knows of the other
        own = [self.best, self.best]
        part = min(1.0, self.pool.workers / AT_ONCE)  # one process: one after the other
        ends = 1.0 - (AFTER if self._short() else 0.0)  # of both, before the last set partitioning
        number = 0
        joined = False  # the long search goes on from the best of both
        moved = time.monotonic()  # when it last found something better

        def behind(i: int) -> bool:
            late = i == LONG and not joined and not alone and part == 1.0 and self._left(JOIN) <= 0.0 and self._left(ends) > LATEST * self.seconds
            return late and time.monotonic() - moved > STILL * self.seconds and self._better(own[LONG], self.best) is not own[LONG]

        def following(i: int, found: DayResult) -> Search | None:
            nonlocal number, joined
            self.made += found.iterations
            self._offer(found)
            own[i] = self._better(own[i], found)
            self.crop[i].update(found.seen)
            if behind(i):
                joined = True
                return self._search(self.plain, self._left(ends), self.seed + 1, self.best.routes)
            number += 1 if i == TURNS else 0
            if i == LONG or number == len(shares) or self._over():
                return None
            best = own[i] if alone else self.best
            best = self._better(best, self._combined(best, self.crop[TURNS] if alone else self._met()))
            own[i] = self._better(own[i], best)
            self._offer(best)
            left = self._left(part * ends * shares[number])
            if not best.feasible or (not alone and left <= 0.1):
                return None
            if number == 1 and self.anew:
                return self._search(self.plain, left, self.seed + 1, ())
            return self._search(self._turn(number), left, self.seed + 1 + 7919 * number, best.routes)

        def met(i: int, found: DayResult) -> None:
            nonlocal moved
            self._offer(found)
            if not alone:
                if i == LONG and self._better(own[i], found) is found:
                    moved = time.monotonic()
                own[i] = self._better(own[i], found)
                self.crop[i].update(zip(found.routes, found.costs, strict=True))

        first = self._search(self._turn(0), self._left(part * ends * shares[0]), self.seed + 1, self.start)
        whole_time = self._search(self.plain, self._left(part * ends), self.seed, self.start)
        self.pool.run([first, whole_time], self.should_stop, met, following, behind)
        if alone and self.best.feasible:
            self.best = self._better(own[TURNS], own[LONG])  # of two that cost the same always the same one
        self._combine()

    def _turn(self, number: int) -> Style | Strings:
        """The kind of the searches that follow each other."""
        if not self.able:
            return self.other
        few = MIXED_HEATS if len(self.day.fleet) > 1 and any(kind.fixed for kind in self.day.fleet) else FEW_HEATS
        return Strings((few if self.few else LASTING_HEATS if self.lasting else HEATS)[number])

    # --- many stops --------------------------------------------------------------------------------------

    def _apart(self) -> None:
        self._together(0, FIRST, first=True)
        self._combine()
        number = 1
        while not self._over() and self.best.feasible and (self.iterations is None or number <= 2):
            if self._left(1.0 - LAST) <= 0.5:
                break
            self._parts(number)
            self._combine()
            number += 1
        if not self._over():
            self._together(number, 1.0)
            self._combine()

    def _styles(self, number: int) -> tuple[Style | Strings, Style | Strings]:
        """Two ways of searching the whole day."""
        if not self.able:
            return self.plain, self.other
        if number == 0:
            first, second = TIMED if self.timed and self.day.size > 2 * LARGE else HOTTER
            return Strings(first), Strings(second)
        return Strings(HEATS[-1]), self.plain if self.day.size <= 2 * LARGE else Strings(HEATS[1])

    def _together(self, number: int, until: float, first: bool = False) -> None:
        """Two searches of the whole day from the best answer."""
        left = self._left(until)
        if self._over() or (left <= 0.1 and not first):
            return
        kept = min(self._reserve(), 0.5 * left)
        start = self.best.routes if self.best.feasible else self.start
        searches = [self._search(style, left - kept, self.seed + 7919 * number + i, start) for i, style in enumerate(self._styles(number))]
        best = self.best
        for i, found in enumerate(self.pool.run(searches, self.should_stop, lambda i, result: self._offer(result))):
            self.made += found.iterations
            self.crop[i].update(found.seen)
            self._offer(found)
            best = self._better(best, found)
        if self.iterations is not None and best.feasible:
            self.best = best  # of two that cost the same always the same one

    def _search(self, style: Style | Strings, seconds: float, seed: int, start: Sequence[RouteData]) -> Search:
        return Search(self.day, self._rule(max(0.3, seconds)), seed, start, style=style, harvest=CROP if self._short() else 0)

    # --- set partitioning --------------------------------------------------------------------------------

    def _combine(self) -> None:
        self._offer(self._combined(self.best, self._met()))

    def _met(self) -> dict[RouteData, int]:
        return self.crop[TURNS] | self.crop[LONG]

    def _combined(self, best: DayResult, crop: Mapping[RouteData, int]) -> DayResult:
        """Set partitioning over what was met, for a short time; infeasible where nothing better than `best` comes of it."""
        nothing = DayResult(False)
        if not crop or not best.feasible or self.should_stop() or not self._short():
            return nothing
        limit = 30.0 if self.iterations is not None else min(self._reserve(), self._left(1.0))
        if limit < BRIEF:
            return nothing
        pool = [(0, route, cost) for route, cost in crop.items()]
        better = combine(
            [self.day], [v.fixed for v in self.day.fleet], [best], pool, limit, self.seed,
            NODES if self.iterations is not None else None, self.should_stop,
        )  # fmt: skip
        return nothing if better is None else better[0]

    # --- parts -------------------------------------------------------------------------------------------

    def _parts(self, sweep: int) -> None:
        """Every part of the day once more, two at a time; each is put in its place as soon as it is better."""
        style = Strings(WARM) if self.able else self.plain if sweep % 2 == 0 else self.other
        parts = cut(self.day, self.best.routes, math.ceil(self.day.size / AT_ONCE), self.seed + sweep)
        for wave in range(math.ceil(len(parts) / AT_ONCE)):
            left = self._left(1.0 - LAST)
            if self.should_stop() or (self.iterations is None and left <= 0.2):
                return
            now: list[Part] = parts[wave * AT_ONCE : (wave + 1) * AT_ONCE]
            rule = self._rule(max(0.3, min(left, SWEEP * self.seconds * sum(part.day.size for part in now) / self.day.size)))
            harvest = CROP // 4 if self._short() else 0
            searches = [Search(part.day, rule, self.seed + sweep, part.routes, style=style, harvest=harvest) for part in now]
            for part, found in zip(now, self.pool.run(searches, self.should_stop), strict=True):
                self.made += found.iterations
                self.crop[TURNS].update((part.back(route), cost) for route, cost in found.seen)
                if found.feasible:
                    self._offer(whole(self.day, self.best, part, found))

    # --- time and answers --------------------------------------------------------------------------------

    def _short(self) -> bool:
        """Whether trips are short enough for set partitioning; before there are any, by what the largest vehicle holds."""
        trips = sum(len(route.trips) for route in self.best.routes) or self.fewest
        return trips == 0 or self.day.size / trips <= SHORT_TRIPS

    def _reserve(self) -> float:
        """Seconds for one set partitioning."""
        return min(8.0, 0.1 * self.seconds) if self._short() else 0.0

    def _rule(self, seconds: float) -> StopRule:
        if self.iterations is not None:
            return StopRule(seconds=max(60.0, 20 * seconds), iterations=self.iterations)
        return StopRule(seconds=seconds)

    def _left(self, until: float) -> float:
        return self.began + until * self.seconds - time.monotonic()

    def _over(self) -> bool:
        return self.should_stop() or (self.iterations is None and self._left(1.0) <= 0.1)

    def _offer(self, found: DayResult) -> None:
        if not found.feasible:
            if not self.best.feasible and not self.best.routes:
                self.best = replace(found, seen=())
            return
        if not self.best.feasible or self._cost(found) < self._cost(self.best):
            self.best = replace(found, iterations=max(self.made, found.iterations), seen=())
            self.on_best(self.best)

    def _better(self, known: DayResult, found: DayResult) -> DayResult:
        return found if found.feasible and (not known.feasible or self._cost(found) < self._cost(known)) else known

    def _cost(self, found: DayResult) -> int:
        return found.variable + lost_prizes(self.day, found.left_out, found.unshipped) + sum(n * v.fixed for n, v in zip(found.used, self.day.fleet, strict=True))


def _fewest(day: DayData) -> int:
    """Trips that the loads ask for at least; 0 where hours or shipments say how many there are."""
    return 0 if day.duration.any() else _full(day)


def _plain(day: DayData) -> bool:
    """Whether all vehicles are alike, no arc is barred and nothing is a shipment."""
    return len(day.fleet) == 1 and not day.barred.any() and not day.shipments


def _stops_a_trip(day: DayData) -> float:
    """Stops of a trip where the largest vehicles go full, 0 for days of shipments."""
    trips = _full(day)
    return day.size / trips if trips else 0.0


def _full(day: DayData) -> int:
    """Trips of the largest vehicles that hold everything; 0 for days of shipments."""
    if day.shipments or not day.fleet:
        return 0
    rooms = np.maximum(1.0, np.array([kind.capacity for kind in day.fleet], float).max(axis=0, initial=0.0))
    loads = [np.sum([getattr(job.alternatives[0], way) for job in day.jobs], axis=0) / rooms for way in ("delivery", "pickup")]
    return max(1, math.ceil(max(float(load.max(initial=0.0)) for load in loads)))


def _priced(day: DayData) -> bool:
    """Whether vehicles, and the seconds of a day, have prices: the scaled penalties of lateness are made for those."""
    return any(v.fixed or v.max_trips > 1 for v in day.fleet) and any(v.per_second for v in day.fleet) and bool(1 <= day.duration.max() <= 2 * 86_400)
