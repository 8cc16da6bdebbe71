"""Periodic routing: on which days each customer is visited, and the routes of every day, together.

    min   sum_d sum_{r on day d} (fixed_v(r) + c_r) x_r
    sum over the routes of day d that serve customer i = sum of y_ip over the patterns p of i that hold day d   every i, d
    sum_p y_ip = 1                                                                                         every i
    at most K_vd routes of day d by vehicles of type v; every route keeps the rules of its day             every v, d
    x, y binary

A pattern says on which days a customer is visited and what each of these visits brings and takes. All days are searched
as one (`routing_horizon`): they stand one after the other on one time axis, far enough apart for no vehicle to reach the
next one. A customer visited once is then a job with one alternative per allowed day, so the search chooses its day by
itself. The others have their pattern changed from outside, a few neighbours at a time: visits are taken out and put back
at the least estimated cost of another pattern (`routing_patterns`), then a short search repairs everything around them. The
answer is kept if it is better, or hardly worse while there is time. Two such trials at once on two cores, the same ones
whatever the number of processes, so that with an iteration limit the result depends on the seed alone.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

import numpy as np

from planner.solvers.routing import PLAIN, WEEKDAY, DayData, DayResult, StopRule
from planner.solvers.routing_horizon import Horizon, Tour
from planner.solvers.routing_patterns import Table
from planner.solvers.routing_pool import Pool
from planner.solvers.routing_worker import Search

AT_ONCE = 2
FIRST = 0.25  # of the time, for the first patterns
LAST = 0.15  # of the time, for the whole at the end
TRIALS = 12  # pairs of trials, with an iteration limit
SLACK = 0.003  # by how much, relative, a trial accepted at the beginning may be worse
STEP = (0.4, 0.004)  # seconds of a trial: at least, and per visit


@dataclass(frozen=True)
class PeriodicResult:
    """`chosen`: the pattern of every item; `days`: the routes of every day, their jobs numbered as `jobs[d]`: items in
    the order of their numbers; `cost`: of all days, fixed costs counted each day.
    """

    feasible: bool
    chosen: tuple[int, ...] = ()
    tours: tuple[Tour, ...] = ()
    cost: int = 0
    trials: int = 0
    stopped: bool = False
    notes: list[str] = field(default_factory=list)


def solve(
    days: Sequence[DayData],
    items: Sequence[Horizon.Item],
    seconds: float,
    seed: int,
    workers: int = 2,
    iterations: int | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    on_cost: Callable[[int | None], None] = lambda cost: None,
    pool: Pool | None = None,
    start: PeriodicResult | None = None,
) -> PeriodicResult:
    """The best patterns and routes found within `seconds`, or with `iterations` per search (then `seconds` only caps).

    `days`: alike in their matrices, each with its own fleet, depots, jobs and shipments (those are fixed); `items`: what has its days chosen.
    """
    with nullcontext(pool) if pool is not None else Pool(min(workers, AT_ONCE)) as used:
        search = _Search(Horizon(days, items), seconds, seed, used, iterations, should_stop, on_cost)
        search.run(start)
    return search.result()


class _Search:
    """The state of one `solve`."""

    def __init__(
        self, horizon: Horizon, seconds: float, seed: int, pool: Pool, iterations: int | None,
        should_stop: Callable[[], bool], on_cost: Callable[[int | None], None],
    ) -> None:  # fmt: skip
        self.horizon, self.seconds, self.seed, self.pool, self.iterations = horizon, seconds, seed, pool, iterations
        self.should_stop, self.on_cost = should_stop, on_cost
        self.rng = np.random.default_rng(seed)
        self.began = self.told = time.monotonic()
        self.best: tuple[float, tuple[int, ...], list[Tour]] = (math.inf, (), [])
        self.now = self.best
        self.trials = 0
        self.notes: list[str] = []
        self.movable = [i for i, item in enumerate(horizon.items) if len(item.patterns) > 1 and not horizon.free(i)]

    def run(self, start: PeriodicResult | None) -> None:
        firsts = [(start.chosen, list(start.tours))] * AT_ONCE if start is not None and start.feasible else self._firsts()
        share = FIRST if self.movable else 1.0 - LAST
        self._both(firsts, share * self.seconds)
        pairs = 0
        while self.movable and not self._over(1.0 - LAST) and (self.iterations is None or pairs < TRIALS):
            if self.best[0] == math.inf:  # no feasible routes yet: other patterns
                self._both(self._firsts(), FIRST * self.seconds)
            else:
                self._both([self._changed() for _ in range(AT_ONCE)], self._step())
            pairs += 1
        if self.best[0] < math.inf and not self._over(1.0):
            self._both([self.best[1:]] * AT_ONCE, self._left(1.0), whole=True)

    def result(self) -> PeriodicResult:
        cost, chosen, tours = self.best
        if cost == math.inf:
            return PeriodicResult(False, trials=self.trials, stopped=self.should_stop(), notes=self.notes)
        return PeriodicResult(True, chosen, tuple(tours), int(cost), self.trials, self.should_stop(), self.notes)

    # --- trials ------------------------------------------------------------------------------------------

    def _both(self, states: Sequence[tuple[tuple[int, ...], list[Tour]]], seconds: float, whole: bool = False) -> None:
        """Search from two states at once; keep what is better than the best, go on from what is good enough."""
        rule = StopRule(seconds=max(60.0, 20 * seconds), iterations=self.iterations) if self.iterations is not None else StopRule(seconds=max(0.2, seconds))
        searches, built = [], []
        for i, (chosen, tours) in enumerate(states):
            day, jobs = self.horizon.day(chosen)
            built.append(jobs)
            style = PLAIN if i == 0 or not whole else WEEKDAY
            searches.append(Search(day, rule, self.seed + AT_ONCE * self.trials + i, self.horizon.routes(tours, jobs), style=style))
        self.trials += 1
        found = self.pool.run(searches, self._ask)
        made = []
        for (chosen, _), jobs, result in zip(states, built, found, strict=True):
            if result.note and result.note != "stopped":
                self.notes.append(result.note)
            if result.feasible:
                patterns, tours = self.horizon.read(result.routes, jobs, chosen)
                made.append((self._cost(result), patterns, tours))
        if not made:
            return
        least = min(made, key=lambda m: m[0])
        spent = min(1.0, (time.monotonic() - self.began) / max(self.seconds, 1e-9)) if self.iterations is None else min(1.0, self.trials / TRIALS)
        if least[0] < self.best[0]:
            self.best = least
        if least[0] <= self.now[0] * (1 + SLACK * (1 - spent)) and least[0] <= self.best[0] * (1 + 2 * SLACK):
            self.now = least
        elif self.now[0] > self.best[0] * (1 + SLACK * (1 - spent)):
            self.now = self.best
        self.told = time.monotonic()
        self.on_cost(int(self.best[0]))

    def _firsts(self) -> list[tuple[tuple[int, ...], list[Tour]]]:
        """Patterns and routes by cheapest insertion, in random order."""
        states = []
        for _ in range(AT_ONCE):
            table = Table(self.horizon, (-1,) * len(self.horizon.items), [])
            order = [int(i) for i in self.rng.permutation(len(self.horizon.items))]
            order.sort(key=lambda i: -max(len(p) for p in self.horizon.items[i].patterns))
            for i in order:
                table.insert(i, table.cheapest(i))
            states.append(table.state())
        return states

    def _changed(self) -> tuple[tuple[int, ...], list[Tour]]:
        """The state to go on from with the patterns of a few neighbours changed."""
        _, chosen, tours = self.now
        table = Table(self.horizon, chosen, tours)
        count = min(len(self.movable), int(self.rng.choice([1, 2, 3, 4, 6, 10])))
        first = int(self.rng.choice(self.movable))
        near = sorted(self.movable, key=lambda i: (i != first, self.horizon.apart(first, i) * (0.5 + self.rng.random())))[:count]
        for i in near:
            table.remove(i)
        for place, i in enumerate([near[int(j)] for j in self.rng.permutation(len(near))]):
            table.insert(i, table.cheapest(i, self.rng, chosen[i] if place == 0 else -1))
        return table.state()

    # --- time --------------------------------------------------------------------------------------------

    def _cost(self, result: DayResult) -> int:
        return result.variable + sum(n * v.fixed for n, v in zip(result.used, self.horizon.fleet, strict=True))

    def _step(self) -> float:
        return min(self._left(1.0 - LAST), STEP[0] + STEP[1] * self.horizon.visits)

    def _left(self, until: float) -> float:
        return self.began + until * self.seconds - time.monotonic()

    def _over(self, until: float) -> bool:
        return self.should_stop() or (self.iterations is None and self._left(until) <= 0.2)

    def _ask(self) -> bool:
        if time.monotonic() - self.told >= 1.0:
            self.told = time.monotonic()
            self.on_cost(None if self.best[0] == math.inf else int(self.best[0]))
        return self.should_stop()
