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
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

import numpy as np

from planner.solvers.routing import PLAIN, WEEKDAY, DayData, DayResult, StopRule, Style
from planner.solvers.routing_horizon import Horizon, Jobs, Key, Tour
from planner.solvers.routing_parts import Part, locations, part
from planner.solvers.routing_patterns import Table
from planner.solvers.routing_pool import Pool
from planner.solvers.routing_worker import Search

AT_ONCE = 2
FIRST = 0.15  # of the time, for the first patterns
LAST = 0.12  # of the time, for the whole at the end
TRIALS = 12  # pairs of trials, with an iteration limit
SLACK = 0.003  # by how much, relative, a trial accepted at the beginning may be worse
STEP = (0.1, 0.003)  # seconds of a trial: at least, and per visit
AREA = 90  # visits of the routes searched again around a change


@dataclass(frozen=True)
class PeriodicResult:
    """`chosen`: the pattern of every item; `tours`: the routes of all days; `cost`: of all days, fixed costs counted each
    day; `trials`: searches made; `notes`: what went wrong outside the search.
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


@dataclass(frozen=True)
class _State:
    """Patterns, routes, and the items left out. `cost`: of routes and vehicles, and `Horizon.prize` for every job left out."""

    cost: float
    chosen: tuple[int, ...]
    tours: tuple[Tour, ...]
    lost: frozenset[Key] = frozenset()


@dataclass(frozen=True)
class _Trial:
    """A state searched again, or a part of it: `kept` are the routes outside the part, `gone` those of the old state inside."""

    chosen: tuple[int, ...]
    jobs: Jobs
    part: Part
    kept: tuple[Tour, ...]
    gone: frozenset[Tour]


class _Search:
    """The state of one `solve`. Until nothing is left out, jobs are optional at a high prize, so that there is always an answer."""

    def __init__(
        self, horizon: Horizon, seconds: float, seed: int, pool: Pool, iterations: int | None,
        should_stop: Callable[[], bool], on_cost: Callable[[int | None], None],
    ) -> None:  # fmt: skip
        self.horizon, self.seconds, self.seed, self.pool, self.iterations = horizon, seconds, seed, pool, iterations
        self.should_stop, self.on_cost = should_stop, on_cost
        self.rng = np.random.default_rng(seed)
        self.began = self.told = time.monotonic()
        self.best = self.now = _State(math.inf, (), ())
        self.searched = 0
        self.notes: list[str] = []
        self.movable = [i for i, item in enumerate(horizon.items) if len(item.patterns) > 1 and not horizon.free(i)]
        self.prize = Table(horizon, (), ()).prize

    def run(self, start: PeriodicResult | None) -> None:
        if start is not None and start.feasible:
            self._whole([(start.chosen, start.tours)] * AT_ONCE, FIRST * self.seconds)
        else:
            self._whole(self._firsts(), (FIRST if self.movable else 1.0 - LAST) * self.seconds)
        pairs = 0
        while (self.movable or self.best.lost) and self.best.chosen and not self._over(1.0 - LAST) and (self.iterations is None or pairs < TRIALS):
            self._parts()
            pairs += 1
        if self.best.chosen and not self._over(1.0):
            self._whole([(self.best.chosen, self.best.tours)] * AT_ONCE, self._left(1.0))

    def result(self) -> PeriodicResult:
        if self.best.cost == math.inf or self.best.lost:
            return PeriodicResult(False, trials=self.searched, stopped=self.should_stop(), notes=self.notes)
        return PeriodicResult(True, self.best.chosen, self.best.tours, int(self.best.cost), self.searched, self.should_stop(), self.notes)

    # --- searches ----------------------------------------------------------------------------------------

    def _whole(self, states: Sequence[tuple[tuple[int, ...], Sequence[Tour]]], seconds: float) -> None:
        """Search everything from two states at once."""
        trials, days = [], []
        for chosen, tours in states:
            day, jobs = self.horizon.day(chosen)
            routes = self.horizon.routes(tours, jobs)
            full = Part(day, routes, tuple(range(len(day.jobs))), tuple(range(len(day.shipments))), frozenset(routes))
            trials.append(_Trial(chosen, jobs, full, (), frozenset(self.now.tours)))
            days.append(day)
        for trial, found in zip(trials, self._search(trials, seconds, (PLAIN, WEEKDAY)), strict=True):
            state = self._state(trial, found)
            if state is not None and state.cost < self.best.cost:
                self.best = self.now = state
        self.on_cost(self._known())

    def _parts(self) -> None:
        """Two places where patterns change, searched at once; both changes are kept where they do not touch each other."""
        trials = [self._changed(i == 0) for i in range(AT_ONCE)]
        before = self.now
        made = []
        for trial, found in zip(trials, self._search(trials, STEP[0] + STEP[1] * max(t.part.day.size for t in trials), (PLAIN, PLAIN)), strict=True):
            state = self._state(trial, found)
            if state is not None:
                made.append((state.cost - before.cost, trial, state))
        made.sort(key=lambda m: m[0])
        spent = min(1.0, (time.monotonic() - self.began) / max(self.seconds, 1e-9)) if self.iterations is None else min(1.0, self.searched / (2 * TRIALS))
        if made and made[0][0] <= SLACK * (1 - spent) * before.cost and made[0][2].cost <= self.best.cost * (1 + 2 * SLACK * (1 - spent)):
            delta, first, self.now = made[0]
            for other, trial, state in made[1:]:
                if other < 0 and delta < 0 and not trial.gone & first.gone:
                    self.now = self._joined(before, first, made[0][2], trial, state)
        elif self.now.cost > self.best.cost * (1 + SLACK * (1 - spent)):
            self.now = self.best
        if self.now.cost < self.best.cost:
            self.best = self.now
        self.told = time.monotonic()
        self.on_cost(self._known())

    def _search(self, trials: Sequence[_Trial], seconds: float, styles: Sequence[Style]) -> list[DayResult]:
        rule = StopRule(seconds=max(60.0, 20 * seconds), iterations=self.iterations) if self.iterations is not None else StopRule(seconds=max(0.2, seconds))
        loose = self.best.cost == math.inf or bool(self.now.lost)
        searches = [
            Search(t.part.day.optional(self.prize) if loose else t.part.day, rule, self.seed + self.searched + i, t.part.routes, style=style)
            for i, (t, style) in enumerate(zip(trials, styles, strict=False))
        ]
        self.searched += len(searches)
        found = self.pool.run(searches, self._ask)
        self.notes += [r.note for r in found if r.note and r.note != "stopped"]
        return found

    def _state(self, trial: _Trial, found: DayResult) -> _State | None:
        """The whole after a search of a part of it."""
        if not found.feasible or found.unshipped:
            return None
        routes = [trial.part.back(route) for route in found.routes]
        chosen, tours = self.horizon.read(routes, found.costs, trial.jobs, trial.chosen)
        every = (*trial.kept, *tours)
        served = {key[:2] if key[0] == "item" and self.horizon.free(key[1]) else key for tour in every for trip in tour.trips for key in trip}
        wanted = {keys[0][:2] if keys[0][0] == "item" and self.horizon.free(keys[0][1]) else keys[0] for keys in trial.jobs.keys}
        lost = frozenset(key if len(key) == 3 else (key[0], key[1], -1) for key in wanted - served)
        return _State(self._cost(every) + self.prize * len(lost), chosen, every, lost)

    def _joined(self, before: _State, first: _Trial, one: _State, second: _Trial, two: _State) -> _State:
        """Two changes of different routes of the same state, both."""
        tours = (*(t for t in one.tours if t not in second.gone), *(t for t in two.tours if t not in set(second.kept)))
        chosen = tuple(b if b != a else c for a, b, c in zip(before.chosen, two.chosen, one.chosen, strict=True))
        return _State(self._cost(tours) + self.prize * len(one.lost & two.lost), chosen, tours, one.lost & two.lost)

    # --- states ------------------------------------------------------------------------------------------

    def _firsts(self) -> list[tuple[tuple[int, ...], list[Tour]]]:
        """Patterns and routes by cheapest insertion: what is visited on most days, or is large, first."""
        states = []
        for _ in range(AT_ONCE):
            table = Table(self.horizon, (-1,) * len(self.horizon.items), [])
            order = [int(i) for i in self.rng.permutation(len(self.horizon.items))]
            order.sort(key=lambda i: (-max(len(p) for p in self.horizon.items[i].patterns), -table.size(i) * self.rng.uniform(0.7, 1.3)))
            for i in order:
                table.insert(i, table.cheapest(i))
            states.append(table.state())
        return states

    def _changed(self, spare: bool) -> _Trial:
        """The patterns of a few neighbours changed, and the routes near them to be searched again."""
        table = Table(self.horizon, self.now.chosen, self.now.tours)
        lost = sorted({key[1] for key in self.now.lost if key[0] == "item"})
        movable = sorted({*self.movable, *lost})
        count = min(len(movable), int(self.rng.choice([1, 2, 3, 4, 6, 10])))
        first = int(self.rng.choice(lost or movable))
        near = sorted(movable, key=lambda i: (i != first, self.horizon.apart(first, i) * (0.3 + self.rng.random())))[:count]
        for i in near:
            table.remove(i)
        for place, i in enumerate([near[int(j)] for j in self.rng.permutation(len(near))]):
            table.insert(i, table.cheapest(i, self.rng, self.now.chosen[i] if place == 0 else -1))
        chosen, tours = table.state()
        day, jobs = self.horizon.day(chosen)
        routes = self.horizon.routes(tours, jobs)
        at = self.horizon.location(first)
        reach = np.minimum(day.distance[at], day.distance[:, at])
        order = sorted(range(len(tours)), key=lambda t: (tours[t].cost is not None, float(np.mean(reach[locations(day, routes[t])])), t))
        inside: list[int] = []
        size = 0
        for t in order:
            if tours[t].cost is not None and size >= (AREA if not lost else 2 * AREA):
                break
            inside.append(t)
            size += sum(len(trip) for trip in tours[t].trips)
        left = Counter({v: kind.count for v, kind in enumerate(day.fleet)})
        left.subtract(Counter(route.vehicle for route in routes))
        served = {key for tour in tours for trip in tour.trips for key in trip}
        missing = [j for j, keys in enumerate(jobs.keys) if not served & set(keys)] if spare else []
        kept = tuple(t for i, t in enumerate(tours) if i not in set(inside))
        made = part(day, [routes[t] for t in inside], Counter({v: max(0, n) for v, n in left.items()}) if spare else Counter(), missing, [])
        return _Trial(chosen, jobs, made, kept, frozenset(self.now.tours) - frozenset(kept))

    # --- cost and time -----------------------------------------------------------------------------------

    def _cost(self, tours: Sequence[Tour]) -> float:
        starts = self.horizon.starts
        return float(sum((tour.cost or 0) + self.horizon.fleet[int(starts[tour.day]) + tour.vehicle].fixed for tour in tours))

    def _known(self) -> int | None:
        return None if self.best.cost == math.inf or self.best.lost else int(self.best.cost)

    def _left(self, until: float) -> float:
        return self.began + until * self.seconds - time.monotonic()

    def _over(self, until: float) -> bool:
        return self.should_stop() or (self.iterations is None and self._left(until) <= 0.2)

    def _ask(self) -> bool:
        if time.monotonic() - self.told >= 1.0:
            self.told = time.monotonic()
            self.on_cost(self._known())
        return self.should_stop()
