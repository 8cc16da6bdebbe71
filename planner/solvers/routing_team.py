"""One day's routes by a team of searches on two cores, better than any of them alone at the same time.

1. Two searches, of other kinds: string removals (`routing_strings`) and PyVRP, where the first knows all rules of the day; on
   days of many stops, where PyVRP makes too few moves, string removals twice. Else PyVRP with two ways (`Style`) of searching.
2. Set partitioning over the good routes that both met (`routing_partition`), where routes are short enough for it to pay.
3. Both kinds go on from the better answer; on days of many stops each core takes a half of it first: routes that lie near each
   other are searched again by themselves, then other halves, so that both cores work for one answer.
4. Rounds of 2 and 3 until the time is over; the best answer of all is kept.

Two searches at once whatever the number of processes, so that with an iteration limit the result depends on the seed
alone (set partitioning then has a limit of nodes).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace

from planner.solvers.routing import PLAIN, WEEKDAY, DayData, DayResult, RouteData, StopRule, Style, lost_prizes
from planner.solvers.routing_partition import combine
from planner.solvers.routing_parts import Part, cut, whole
from planner.solvers.routing_pool import Pool
from planner.solvers.routing_strings import Strings, able
from planner.solvers.routing_worker import Search

AT_ONCE = 2
LARGE = 220  # stops from which parts are searched
SWEEP = 0.2  # of the time, for two halves
SHORT_TRIPS = 14.0  # stops per trip up to which set partitioning pays
BOLD = replace(PLAIN, perturbations=40)  # leaves the valleys where PLAIN stays
CROP = 2000  # routes asked from each search
SHARES = (0.6, 0.85, 1.0)  # of the time: ends of the searches of the whole day
PLAIN_SHARES = (0.75, 1.0)  # the same, where PyVRP is alone
FIRST = 0.5  # of the time, before parts are searched
HEATS = (3.0, 0.5, 0.2)  # of string removals, search after search of the whole day
HOTTER = 6.0  # of the second of two at first
WARM = 0.2  # of string removals in parts, which keep what the whole day came to
LAST = 0.1  # of the time, for the whole day at the end
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
        self.crop: dict[RouteData, int] = {}
        rich = any(v.fixed for v in day.fleet) or any(v.max_trips > 1 for v in day.fleet)
        self.able = able(day)
        self.plain: Style = WEEKDAY if rich and _in_seconds(day) else PLAIN if self.able else BOLD

    def run(self) -> None:
        large = self.day.size > LARGE
        shares = (FIRST, 1.0) if large else SHARES if self.able else PLAIN_SHARES
        self._together(0, shares[0], first=True)
        self._combine()
        number = 1
        while large and not self._over() and self.best.feasible and (self.iterations is None or number <= 2):
            if self._left(1.0 - LAST) <= 0.5:
                break
            self._parts(number)
            self._combine()
            number += 1
        for share in shares[1:]:
            if self._over():
                return
            self._together(number, share)
            self._combine()
            number += 1

    def _styles(self, number: int) -> tuple[Style | Strings, Style | Strings]:
        """Two ways of searching the whole day."""
        if not self.able:
            return PLAIN, self.plain
        if number == 0 and self.day.size > LARGE:
            return Strings(HEATS[0]), Strings(HOTTER)
        return Strings(HEATS[min(number, len(HEATS) - 1)]), self.plain

    # --- the whole day -----------------------------------------------------------------------------------

    def _together(self, number: int, until: float, first: bool = False) -> None:
        left = self._left(until)
        if self._over() or (left <= 0.1 and not first):
            return
        kept = min(self._reserve(), 0.5 * left)
        rule = self._rule(max(0.3, left - kept))
        start = self.best.routes if self.best.feasible else self.start
        harvest = CROP if self._short() else 0
        searches = [Search(self.day, rule, self.seed + 7919 * number + i, start, style=style, harvest=harvest) for i, style in enumerate(self._styles(number))]
        for found in self.pool.run(searches, self.should_stop, lambda i, result: self._offer(result)):
            self.made += found.iterations
            self.crop.update(found.seen)
            self._offer(found)

    def _combine(self) -> None:
        """Set partitioning over what was met, for a short time."""
        if not self.crop or not self.best.feasible or self.should_stop():
            return
        limit = 30.0 if self.iterations is not None else min(self._reserve(), self._left(1.0))
        pool = [(0, route, cost) for route, cost in self.crop.items()]
        better = combine(
            [self.day], [v.fixed for v in self.day.fleet], [self.best], pool, limit, self.seed,
            NODES if self.iterations is not None else None, self.should_stop,
        )  # fmt: skip
        if better is not None:
            self._offer(better[0])

    # --- parts -------------------------------------------------------------------------------------------

    def _parts(self, sweep: int) -> None:
        """Every part of the day once more, two at a time; each is put in its place as soon as it is better."""
        style = Strings(WARM) if self.able else PLAIN if sweep % 2 == 0 else self.plain
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
                self.crop.update((part.back(route), cost) for route, cost in found.seen)
                if found.feasible:
                    self._offer(whole(self.day, self.best, part, found))

    # --- time and answers --------------------------------------------------------------------------------

    def _short(self) -> bool:
        """Whether trips are short enough for set partitioning."""
        trips = sum(len(route.trips) for route in self.best.routes)
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

    def _cost(self, found: DayResult) -> int:
        return found.variable + lost_prizes(self.day, found.left_out, found.unshipped) + sum(n * v.fixed for n, v in zip(found.used, self.day.fleet, strict=True))


def _in_seconds(day: DayData) -> bool:
    """Whether times look like seconds of a day: the scaled penalties of lateness are made for those."""
    return bool(1 <= day.duration.max() <= 2 * 86_400)
