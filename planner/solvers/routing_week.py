"""A week of routing days that share one fleet: the fixed cost of a vehicle is paid once for all days.

    min   sum_v fixed_v * max_d used_vd  +  sum_d weight_d * variable_d(routes_d)  +  prizes of what is left out

with used_vd the vehicles of type v on day d and routes_d any routes of day d (`planner.solvers.routing`).

A first short round gives every day some routes of its own; where there is time for it, so do some more from other seeds, because
what a search comes to depends much on where it began. In the next one the days are searched on from there in order, the largest first, two at a time: vehicles that a day before it in the round uses are free, every other one costs its whole
fixed cost. (Counting the vehicles of all other days as free would keep every vehicle that any of the first,
poor answers used.) Later rounds do so, to bring the days together; then every day is searched by itself, as long as it is large.
The routes of a round replace the known ones when the whole week costs less. Given routes to start from, every day's are judged as
they are before the first round, which then only changes what makes the whole week cheaper. After each round but the first a set
partitioning over the good routes of all days and rounds (`planner.solvers.routing_partition`) ties the days. Which days
are searched given which others never depends on the number of processes, so that with an iteration limit the result depends on the seed alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from itertools import product

from planner.solvers.routing import DayData, DayResult, RouteData, StopRule
from planner.solvers.routing_partition import Cap, combine
from planner.solvers.routing_pool import Pool
from planner.solvers.routing_rules import MEND, Judge, Ruled, joined
from planner.solvers.routing_worker import Search

AT_ONCE = 2
NEW = (0.12, 0.34)  # ends of the first round and of the last one that starts anew, as shares of the time
ROUNDS = ((0.6, 0.64), (0.92, 1.0))  # ends of each later round and of the set partitioning after it
SCARCE = 0.05  # seconds a stop below which rounds are few, and long, because each has its costs of beginning
MOST_NEW = 4  # rounds that start anew
EACH = 0.01  # seconds a stop that such a round is worth
CROP = 1500  # routes asked from each search for it
NODES = 300  # of its tree, with an iteration limit
JUDGE = 10.0  # most seconds to judge routes given to start from
FIRST_ROUND = 2.0  # most seconds of two days in the first round: a plan to show, and to keep if stopped


@dataclass(frozen=True)
class WeekData:
    """Days that differ, how often each occurs, and the fixed cost of each vehicle type per week.

    The `per_metre`, `per_second` and `per_overtime` of a day already count all its occurrences; `fixed` of the
    days' fleets is not used. `same`: per vehicle type, the one that stands for its vehicles (two types may be two shifts of the
    same ones, paid once; empty: each for itself). `judge`: rules on routes that the engine does not know, `safe` duties by type that they
    never touch (`planner.solvers.routing_rules`). `caps`: what all routes together may weigh, for the set partitioning at the end.
    """

    days: tuple[DayData, ...]
    fixed: tuple[int, ...]
    same: tuple[int, ...] = ()
    judge: Judge | None = None
    safe: tuple[int, ...] = ()
    caps: tuple[Cap, ...] = ()

    @property
    def order(self) -> list[int]:
        """Days, the largest first."""
        return sorted(range(len(self.days)), key=lambda d: (-self.days[d].size, d))


@dataclass
class WeekResult:
    """Results by day; `stopped`: the search was asked to stop; `notes`: what went wrong outside the search.

    `seen`: the routes met, by day, each with its variable cost, the best of every day first.
    """

    days: list[DayResult]
    stopped: bool = False
    notes: list[str] = field(default_factory=list)
    seen: dict[tuple[int, RouteData], int] = field(default_factory=dict)

    @property
    def feasible(self) -> bool:
        return all(day.feasible for day in self.days)


def used(results: Iterable[DayResult], types: int, same: Sequence[int] = ()) -> tuple[int, ...]:
    """Vehicles by type that some days need together; `same`: those of another shift of the same ones included (see WeekData)."""
    known = [r for r in results if r.feasible]
    most = tuple(max((r.used[v] for r in known), default=0) for v in range(types))
    return tuple(max(n for u, n in enumerate(most) if same[u] == same[v]) for v in range(types)) if same else most


def cost(week: WeekData, results: Iterable[DayResult]) -> int | None:
    """Cost of some days of the week, None while one has no feasible routes."""
    days = list(results)
    if not all(result.feasible for result in days):
        return None
    own = [f if not week.same or week.same[v] == v else 0 for v, f in enumerate(week.fixed)]
    return sum(n * f for n, f in zip(used(days, len(own), week.same), own, strict=True)) + sum(r.variable + r.lost for r in days)


def solve(
    week: WeekData,
    seconds: float,
    seed: int,
    workers: int = 2,
    iterations: int | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    on_cost: Callable[[int | None], None] = lambda cost: None,
    starts: Sequence[Sequence[RouteData]] = (),
    pool: Pool | None = None,
) -> WeekResult:
    """The best routes of every day within `seconds`, or with `iterations` per search of each round (then times only cap).

    `starts`: routes of every day to start from; the result never costs more than they do where they keep every
    rule. `pool`: processes to use, of AT_ONCE workers at most, else its own for the time of the call. `on_cost` is told the best cost of the week (None before there is one) at least every second.
    """
    if not week.days:
        return WeekResult([])
    with nullcontext(pool) if pool is not None else Pool(min(workers, AT_ONCE)) as used_pool:
        search = _WeekSearch(week, seconds, seed, used_pool, iterations, should_stop, on_cost, starts)
        search.judge()
        search.run()
        search.rescue()
    search.result.stopped, search.result.seen = should_stop(), dict(sorted(search.crop.items(), key=lambda one: search.ranks[one[0]]))
    return search.result


def lasting(lengths: Sequence[float], lanes: int) -> float:
    """How long searches of these lengths take, each begun by the first process that is free."""
    busy = [0.0] * lanes
    for length in lengths:
        busy[busy.index(min(busy))] += length
    return max(busy)


def scarce(days: Sequence[DayData], seconds: float, lanes: int) -> bool:
    """Whether so many seconds on so many processes are little for the stops of these days."""
    return lanes * seconds < SCARCE * sum(day.size for day in days)


class _WeekSearch:
    """The state of one `solve`."""

    def __init__(
        self,
        week: WeekData,
        seconds: float,
        seed: int,
        pool: Pool,
        iterations: int | None,
        should_stop: Callable[[], bool],
        on_cost: Callable[[int | None], None],
        starts: Sequence[Sequence[RouteData]] = (),
    ) -> None:
        self.week, self.seconds, self.seed, self.pool, self.iterations = week, seconds, seed, pool, iterations
        self.should_stop, self.on_cost = should_stop, on_cost
        self.result = WeekResult([DayResult(False) for _ in week.days])
        self.starts = [tuple(start) for start in starts] or [() for _ in week.days]
        self.began = self.told = time.monotonic()
        self.waves = [week.order[i : i + AT_ONCE] for i in range(0, len(week.days), AT_ONCE)]
        self.rules = Ruled(week.days, week.fixed, week.judge, week.safe, 60.0 if iterations is not None else MEND)
        self.crop: dict[tuple[int, RouteData], int] = {}
        self.ranks: dict[tuple[int, RouteData], int] = {}  # best place of each among those of a search
        self.lanes = min(pool.workers, AT_ONCE)
        self.warm = False  # whether every day has routes before the first round

    def judge(self) -> None:
        """Keep the routes to start from where they keep every rule."""
        days = [d for d, start in enumerate(self.starts) if start]
        searches = [Search(self._priced(d), StopRule(seconds=JUDGE, iterations=0), self.seed, self.starts[d]) for d in days]
        judged = {d: self.rules.kept(d, found) for d, found in zip(days, self.pool.run(searches), strict=True)}
        self._offer([judged[d] if d in judged and judged[d].feasible else old for d, old in enumerate(self.result.days)])
        self.warm = self.result.feasible

    def run(self) -> None:
        """All rounds, each as long as time and user allow."""
        anew = 0 if self.warm and self.short else self._anew()
        for number in range(anew):
            self.round(number, NEW[0] + (NEW[1] - NEW[0]) * number / max(1, anew - 1), anew=True)
        if anew > 1:
            self.tie(NEW[1] + 0.02)
        for later, (ends, tied) in enumerate(ROUNDS):
            if self.warm and self.short and later < len(ROUNDS) - 1:
                continue
            self.round(anew + later, ends, together=later == len(ROUNDS) - 1)
            self.tie(tied)

    def _anew(self) -> int:
        """Rounds that start anew; one, as a start from given routes has, where iterations are limited or every search would be too short."""
        if self.iterations is not None or self.warm or self.short:
            return 1
        stops = sum(day.size for day in self.week.days)
        return max(1, min(MOST_NEW, int(self.lanes * self.seconds * NEW[1] / max(1.0, EACH * stops))))

    @property
    def short(self) -> bool:
        """Whether the time is short for that many stops."""
        return self.iterations is None and scarce(self.week.days, self.seconds, self.lanes)

    def round(self, number: int, until: float, together: bool = False, anew: bool = False) -> None:
        """Search all days once more, until that share of the time (the first round always, but for routes to start from).

        `together`: every day given all others, else given those before it; `anew`: not from the routes known.
        """
        length = self.seconds * until
        known: dict[int, DayResult] = {}
        first = number == 0 and not self.result.feasible  # there must be something to show
        together = together or (number == 0 and self.result.feasible)
        anew = anew and number > 0
        waves = [self.week.order] if together else self.waves
        # the two days of a wave get the same time, so that none waits for the other
        weights = [self._weights(wave) if together else [max(self._weights(wave))] * len(wave) for wave in waves]
        lengths = [lasting(those, self.lanes) for those in weights]
        ends = self.began + (min(length, FIRST_ROUND * sum(lengths) / max(max(those) for those in weights)) if number == 0 else length)
        for w, wave in enumerate(waves):
            left = (ends - time.monotonic()) / sum(lengths[w:])  # seconds for a weight of one
            if self.should_stop() or (left * max(weights[w]) <= 0.05 and not first):
                break
            rules = [self._rule(max(left * weight, 0.7 if first else 0.1)) for weight in weights[w]]
            known.update(self._wave(wave, known, together, rules, self.seed + number, anew))
        self._offer([known.get(d, old) for d, old in enumerate(self.result.days)])
        self.starts = [() for _ in self.week.days]  # what led nowhere in a round is not tried again

    def _weights(self, days: Sequence[int]) -> list[float]:
        return [max(20.0, float(self.week.days[d].size)) for d in days]

    def tie(self, until: float) -> None:
        """The best week that can be put together from the routes met, by that share of the time."""
        left = self.began + until * self.seconds - time.monotonic()
        if not self.result.feasible or not (self.crop or self.week.caps) or self.should_stop() or (self.iterations is None and left <= 0.2):
            return
        limit = left if self.iterations is None else max(60.0, 2 * self.seconds)
        pool = [(d, route, price) for (d, route), price in sorted(self.crop.items(), key=lambda one: self.ranks[one[0]])]  # the best of all days first
        if self.week.caps:  # routes put together ask for fewer drivers
            pairs = [(d, pair) for d, day in enumerate(self.result.days) for pair in joined(self.week.days[d], day.routes)]
            pool = [*((d, pair, price) for d, pair in pairs if (price := self.rules.price(d, pair, None)) is not None), *pool]
        better = combine(self.week.days, self.week.fixed, self.result.days, pool, limit, self.seed, None if self.iterations is None else NODES, self._ask,
                         self.week.same, self.rules.price if self.week.judge else None, self.week.caps)  # fmt: skip
        if better is not None:
            self.result.days = better  # cheaper, or within the caps
            self._offer(better)

    def rescue(self) -> None:
        """Stopped before every day has routes, or none that keep the rules: the first feasible ones, or short duties, will do for the others."""
        lacking = [d for d, r in enumerate(self.result.days) if not r.feasible]
        if lacking and (self.should_stop() or any((d, v) in self.rules.broken for d in lacking for v in range(len(self.week.fixed)))):
            for d in lacking:
                self.rules.give_up(d)
            searches = [Search(self._priced(d), StopRule(seconds=3.0, feasible=True), self.seed) for d in lacking]
            for d, found in zip(lacking, self.pool.run(searches), strict=True):
                self.result.days[d] = self.rules.kept(d, found)

    def _rule(self, seconds: float) -> StopRule:
        if self.iterations is not None:
            return StopRule(seconds=max(60.0, 20 * seconds), iterations=self.iterations)
        return StopRule(seconds=seconds, stall=30_000)

    def _priced(self, d: int) -> DayData:
        fleet = tuple(replace(v, fixed=f) for v, f in zip(self.week.days[d].fleet, self.week.fixed, strict=True))
        return self.rules.shortened(d, replace(self.week.days[d], fleet=fleet))

    def _wave(self, wave: Sequence[int], known: Mapping[int, DayResult], together: bool, rules: Sequence[StopRule], seed: int, anew: bool) -> dict[int, DayResult]:
        """Search some days at once, given the days before them in the round (`together`: all other days); for each, the new or the old routes."""
        now = {d: known.get(d, old) for d, old in enumerate(self.result.days)}
        base = {d: r for d, r in now.items() if d not in wave} if together else dict(known)
        olds = {d: self.result.days[d] for d in wave}
        searches = []
        for d, rule in zip(wave, rules, strict=True):
            others = [r for i, r in now.items() if i != d] if together else list(known.values())
            start = () if anew else olds[d].routes if olds[d].feasible else self.starts[d]
            searches.append(Search(self._priced(d), rule, seed, start, used(others, len(self.week.fixed), self.week.same), harvest=CROP))

        def better(i: int, found: DayResult) -> None:
            if self.week.judge is not None and self.iterations is not None:
                return  # an answer on the way may keep the rules and the last one not: which ones are told depends on the machine
            found = self.rules.kept(wave[i], found, mend=False)
            self._offer([found if d == wave[i] else known.get(d, old) for d, old in enumerate(self.result.days)])

        found = self.pool.run(searches, self._ask, better)
        self.result.notes += [r.note for r in found if r.note and r.note != "stopped"]
        for d, r in zip(wave, found, strict=True):
            for rank, (route, price) in enumerate(r.seen):
                self.crop[d, route] = price
                self.ranks[d, route] = min(rank, self.ranks.get((d, route), rank))
        found = [replace(self.rules.kept(d, r), seen=()) for d, r in zip(wave, found, strict=True)]
        best: tuple[tuple[int, int], dict[int, DayResult]] | None = None
        for takes in product((True, False), repeat=len(wave)):
            chosen = {d: new if take else olds[d] for d, take, new in zip(wave, takes, found, strict=True)}
            key = (sum(not r.feasible for r in chosen.values()), self._cost([*base.values(), *chosen.values()]))
            if best is None or key < best[0]:
                best = (key, chosen)
        assert best is not None
        return best[1]

    def _offer(self, days: list[DayResult]) -> None:
        """Keep these routes of the week if more days have some, or as many at less cost."""
        lacking = [sum(not r.feasible for r in results) for results in (days, self.result.days)]
        if lacking[0] < lacking[1] or (lacking[0] == lacking[1] and self._cost(days) < self._cost(self.result.days)):
            self.result.days = days
        self.told = time.monotonic()
        self.on_cost(cost(self.week, self.result.days))

    def _ask(self) -> bool:
        """Whether to stop; on the way, a sign of life every second."""
        if time.monotonic() - self.told >= 1.0:
            self.told = time.monotonic()
            self.on_cost(cost(self.week, self.result.days))
        return self.should_stop()

    def _cost(self, results: Iterable[DayResult]) -> int:
        """Cost of the days that have routes."""
        found = cost(self.week, [r for r in results if r.feasible])
        assert found is not None
        return found
