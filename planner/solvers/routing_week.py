"""A week of routing days that share one fleet: the fixed cost of a vehicle is paid once for all days.

    min   sum_v fixed_v * max_d used_vd  +  sum_d weight_d * variable_d(routes_d)

with used_vd the vehicles of type v on day d and routes_d any routes of day d (`planner.solvers.routing`).

The days are searched one after the other, the largest first with the whole fixed cost; on every later day the
vehicles that another day already uses are free. Rounds: a short one that gives every day some routes, then
longer ones that start from the routes known. A day's new routes are kept only when the whole week costs less.
Two days at once, always the same two whatever the number of processes, so that with an iteration limit the
result depends on the seed alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from planner.solvers.routing import DayData, DayResult, StopRule
from planner.solvers.routing_pool import Pool
from planner.solvers.routing_worker import Search

AT_ONCE = 2
ROUNDS = (0.2, 0.45, 0.35)  # shares of the time


@dataclass(frozen=True)
class WeekData:
    """Days that differ, how often each occurs, and the fixed cost of each vehicle type per week.

    The `per_metre`, `per_second` and `per_overtime` of a day already count all its occurrences; `fixed` of the
    days' fleets is not used.
    """

    days: tuple[DayData, ...]
    fixed: tuple[int, ...]

    @property
    def order(self) -> list[int]:
        """Days, the largest first."""
        return sorted(range(len(self.days)), key=lambda d: (-self.days[d].size, d))


@dataclass
class WeekResult:
    """Results by day; `stopped`: the search was asked to stop; `notes`: what went wrong outside the search."""

    days: list[DayResult]
    stopped: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def feasible(self) -> bool:
        return all(day.feasible for day in self.days)


def used(results: Sequence[DayResult], types: int) -> tuple[int, ...]:
    """Vehicles by type that the week needs."""
    return tuple(max((r.used[v] for r in results if r.feasible), default=0) for v in range(types))


def cost(week: WeekData, results: Sequence[DayResult]) -> int | None:
    """Cost of the week, None while a day has no feasible routes."""
    if not all(result.feasible for result in results):
        return None
    return sum(n * f for n, f in zip(used(results, len(week.fixed)), week.fixed, strict=True)) + sum(r.variable for r in results)


def solve(
    week: WeekData,
    seconds: float,
    seed: int,
    workers: int = 2,
    iterations: int | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    on_cost: Callable[[int | None], None] = lambda cost: None,
) -> WeekResult:
    """The best routes of every day within `seconds`, or with `iterations` per search of each round (then times only cap)."""
    began = time.monotonic()
    best = [DayResult(False) for _ in week.days]
    result = WeekResult(best)
    if not week.days:
        return result
    order = week.order
    sizes = [max(20.0, week.days[d].size) for d in range(len(week.days))]
    with Pool(min(workers, AT_ONCE)) as pool:
        for number, share in enumerate(ROUNDS):
            waves = [order[i : i + AT_ONCE] for i in range(0, len(order), AT_ONCE)]
            ends = began + seconds * sum(ROUNDS[: number + 1])
            for w, wave in enumerate(waves):
                weight = [max(sizes[d] for d in later) for later in waves[w:]]
                left = (ends - time.monotonic()) * weight[0] / sum(weight)
                if number and (should_stop() or left <= 0.05):
                    break
                rush = number == 0 and should_stop()  # stopped before every day has routes: the first ones found will do
                _wave(week, wave, best, pool, _rule(max(left, 1.0), iterations, rush), seed + number, share, should_stop, on_cost, result)
    result.stopped = should_stop()
    return result


def _rule(seconds: float, iterations: int | None, rush: bool) -> StopRule:
    if rush:
        return StopRule(seconds=3.0, feasible=True)
    if iterations is not None:
        return StopRule(seconds=max(60.0, 20 * seconds), iterations=iterations)
    return StopRule(seconds=seconds, stall=30_000)


def _wave(
    week: WeekData,
    wave: Sequence[int],
    best: list[DayResult],
    pool: Pool,
    rule: StopRule,
    seed: int,
    share: float,
    should_stop: Callable[[], bool],
    on_cost: Callable[[int | None], None],
    result: WeekResult,
) -> None:
    """Search some days at once against the routes of all other days; keep the combination that costs the week least."""
    searches = []
    for d in wave:
        others = [r for i, r in enumerate(best) if i != d]
        day = replace(week.days[d], fleet=tuple(replace(v, fixed=f) for v, f in zip(week.days[d].fleet, week.fixed, strict=True)))
        searches.append(Search(day, rule, seed, best[d].routes if best[d].feasible else (), used(others, len(week.fixed))))

    def better(i: int, found: DayResult) -> None:
        trial = list(best)
        trial[wave[i]] = found
        on_cost(cost(week, trial))

    stop = (lambda: False) if rule.feasible else should_stop
    found = pool.run(searches, stop, better)
    result.notes += [r.note for r in found if r.note and r.note != "stopped"]
    _keep(week, wave, best, found)
    on_cost(cost(week, best))


def _keep(week: WeekData, wave: Sequence[int], best: list[DayResult], found: Sequence[DayResult]) -> None:
    """Take of the routes found those that make the week cheapest, feasible days before any cost."""
    chosen: tuple[tuple[int, int], list[DayResult]] | None = None
    for takes in product((True, False), repeat=len(wave)):
        trial = list(best)
        for d, take, new in zip(wave, takes, found, strict=True):
            if take and (new.feasible or not best[d].feasible):
                trial[d] = new
        missing = sum(not r.feasible for r in trial)
        known = [r for r in trial if r.feasible]
        euros = sum(n * f for n, f in zip(used(known, len(week.fixed)), week.fixed, strict=True)) + sum(r.variable for r in known)
        if chosen is None or (missing, euros) < chosen[0]:
            chosen = ((missing, euros), trial)
    assert chosen is not None
    best[:] = chosen[1]
