"""Days of visits, routes and, where asked, which depots to open: location, periods and routing in one search.

    min   sum_o F_o open_o  +  sum_r (fixed_k(r) + unit_k(r) metres_r)
    every item is visited on the days of one of its patterns, its demand each time, by routes of these days (of one depot,
      where asked)
    load of a route <= capacity of its kind; driving and service <= its longest duration; at most count_k routes of kind k
    sum of what the routes of depot o carry <= capacity of o;  open_o = 1 if it has a route

Periodic routing has several days; location-routing one day and depots with a cost; with neither, it is the plain vehicle
routing problem with any fleet. Windows, several trips and mixed loads are the affair of `planner.solvers.routing`, which goes
on from the patterns found here. Chains of simulated annealing (`routing_ruin`, compiled) run on two threads, two at a time:

* one day: two chains, that exchange the better state in between, and start from it warm again; sets of depots are tried by short
  searches first (`routing_depots`);
* days to choose: some chains from nothing, then a population of their best states, crossed two by two (`routing_crossing`) and
  cooled from a lower temperature; the best two once more at the end.

With an iteration limit the answer depends on the seed alone.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from planner.solvers.routing_crossing import cross
from planner.solvers.routing_depots import neighbours, ranked, sets
from planner.solvers.routing_ruin_state import KindData, PatternsData, empty, kept, prepare, problem, routes, scale

__all__ = ["KindData", "PatternsData", "PatternsResult", "solve"]

CHAINS = 2
CHUNK = 0.25  # seconds between two looks at the clock
HOT, COLD = 3.0, 0.01  # temperatures, in mean cost of an arc
CYCLES = (0.65, 1.0)  # of the time: when the chains exchange, to warm up again, and end
AGAIN = 0.2  # of the first temperature, after the first cycle
SETS = 24  # sets of depots tried first
NEW = 3  # sets near the best one, put in after a round
TRIED = 0.6  # of the time, for sets of depots
AHEAD = 500  # iterations of the first chunk, to learn the speed
LONG = 1000  # iterations of a chain from nothing, for every visit, from which several shorter ones find more than a longer one
FIRST_SHARE, MOST_FIRST = 0.4, 8  # chains from nothing: share of the time, and how many at most
CHILD, CHILD_SHARE = 0.5, 0.15  # a crossed one: of the time of a chain from nothing, and of the whole time at most
MILD = 0.5  # its first temperature
MILD_COLD = 0.03  # last temperature before the end
POPULATION = 8
PILOT = 0.02  # of the time, to learn the speed
POLISH = 0.1  # of the time, for the best two at the end


@dataclass(frozen=True)
class PatternsResult:
    """`chosen`: pattern of every item (-1: left aside); `routes`: (kind, items in order); `cost`: in units of the data."""

    feasible: bool
    cost: float = math.inf
    chosen: tuple[int, ...] = ()
    routes: tuple[tuple[int, tuple[int, ...]], ...] = ()
    iterations: int = 0
    stopped: bool = False
    aside: tuple[int, ...] = ()


@dataclass(eq=False)
class _Chain:
    """One chain of simulated annealing; `depots`: those it may open, where they are chosen from outside."""

    p: Any
    state: Any
    best: Any
    seed: int
    depots: frozenset[int] = frozenset()
    made: int = 0

    def cool(self, hot: float, cold: float, seconds: float, quota: int | None, ended: threading.Event) -> None:
        """Temperatures from hot to cold in that time, or in a number of iterations."""
        from planner.solvers.routing_ruin import anneal

        began, done, pace = time.monotonic(), 0, 0.0
        while not ended.is_set():
            spent = time.monotonic() - began
            if (quota is None and spent >= seconds) or (quota is not None and done >= quota):
                return
            chunk = min(20_000, quota - done) if quota is not None else AHEAD if done == 0 else max(1, int(min(CHUNK, seconds - spent) / pace))
            shares = (done / quota, (done + chunk) / quota) if quota else (spent / seconds, min(1.0, (spent + chunk * pace) / seconds))
            heats = [hot * (cold / hot) ** share for share in shares]
            anneal(self.state, self.best, self.p, chunk, heats[0], heats[1], (self.seed * 1_000_003 + self.made) % 2**32)
            done += chunk
            self.made += chunk
            pace = (time.monotonic() - began) / done

    def take(self, other: _Chain) -> None:
        """Go on from the best of another chain, or of its own."""
        from planner.solvers.routing_ruin import assign

        for a, b in zip(other.best, self.best, strict=True):
            b[...] = a
        assign(self.best, self.state, self.p)


def solve(
    data: PatternsData,
    seconds: float,
    seed: int,
    iterations: int | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    on_cost: Callable[[float | None], None] = lambda cost: None,
    workers: int = CHAINS,
) -> PatternsResult:
    """The best answer found within `seconds`, or with `iterations` per chain (then `seconds` only caps).

    `on_cost` is told the best cost at least every second (None: something still has no place). The first call after an
    installation compiles before its time begins.
    """
    if not data.places:
        return PatternsResult(True, 0.0)
    prepare()
    search = _Search(data, seconds, seed, iterations, should_stop, on_cost, workers)
    with search.pool:
        search.run()
    return _result(data, search.p, search.leader.best, search.made, should_stop())


class _Search:
    """The state of one `solve`."""

    def __init__(
        self, data: PatternsData, seconds: float, seed: int, iterations: int | None, should_stop: Callable[[], bool], on_cost: Callable[[float | None], None], workers: int
    ) -> None:
        self.data, self.seconds, self.seed, self.iterations, self.should_stop, self.on_cost = data, seconds, seed, iterations, should_stop, on_cost
        self.began = time.monotonic()
        self.p, self.items = problem(data)
        self.arc = scale(self.p)
        self.rng = np.random.default_rng(seed)
        self.pool = ThreadPoolExecutor(min(workers, CHAINS))
        self.every: list[_Chain] = []
        self.number = 0  # of chains begun
        self.made = 0  # iterations of all of them
        self.spent = 0.0  # share of the iterations

    @property
    def leader(self) -> _Chain:
        return min(self.every, key=lambda chain: _cost(chain.best))

    def run(self) -> None:
        if any(len(those) > 1 for those in self.data.patterns):
            self._breed()
        else:
            self._exchange()

    def _exchange(self) -> None:
        """Two chains that go on from the better one."""
        first = self._depots() if any(self.data.depot_cost) else 0.0
        chains = [self._chain() for _ in range(CHAINS)]
        if first:
            leader = min(self.every[:-CHAINS], key=lambda chain: _cost(chain.best))
            chains[0].p = leader.p  # one of the two keeps its depots
            for chain in chains:
                chain.take(leader)
        for cycle in range(len(CYCLES)):
            until = self.seconds * (first + (1.0 - first) * CYCLES[cycle])
            share = (1.0 - first) * (CYCLES[cycle] - (CYCLES[cycle - 1] if cycle else 0.0))
            quota = None if self.iterations is None else int(self.iterations * share)
            self._cool(chains, HOT * (1.0 if cycle == 0 and not first else AGAIN), until - (time.monotonic() - self.began), quota)
            leader = min(chains, key=lambda chain: _cost(chain.best))
            for chain in chains:
                chain.take(leader)

    def _breed(self) -> None:
        """Chains from nothing, then a population of states crossed two by two."""
        chains = [self._chain() for _ in range(CHAINS)]
        self._wave(chains, PILOT, HOT, HOT)
        made = self.made / PILOT if self.iterations is None else CHAINS * self.iterations  # in all the time
        worth = made / (LONG * sum(max(len(days) for days in those) for those in self.data.patterns))  # chains from nothing there is time for
        number = min(MOST_FIRST, max(CHAINS, CHAINS * round(FIRST_SHARE * worth / CHAINS)))
        length = FIRST_SHARE * CHAINS / number
        chains += [self._chain() for _ in range(number - CHAINS)]
        for wave in range(0, number, CHAINS):
            self._wave(chains[wave : wave + CHAINS], length, HOT, MILD_COLD)
        population = _survivors(chains)
        while self._gone() < 1.0 - POLISH - 1e-6 and not self.should_stop():
            young = [chain for chain in (self._child(population) for _ in range(CHAINS)) if chain is not None]
            rest = 1.0 - POLISH - self._gone()
            if young:
                self._wave(young, min(CHILD * length, CHILD_SHARE, rest), MILD, MILD_COLD)
            else:  # all alike: others from nothing
                young = [self._chain() for _ in range(CHAINS)]
                self._wave(young, min(length, rest), HOT, MILD_COLD)
            population = _survivors(population + young)
            self.every = list(population)
        for chain in population[:CHAINS]:
            chain.take(chain)
        self._wave(population[:CHAINS], 1.0 - self._gone(), AGAIN, COLD)

    def _child(self, population: Sequence[_Chain]) -> _Chain | None:
        """A chain between two of a population, each the better of two drawn; None where they are alike there."""
        if len(population) < 2:
            return None
        a, b = (int(self.rng.integers(len(population), size=2).min()) for _ in range(2))
        if a == b:
            b = (a + 1 + int(self.rng.integers(len(population) - 1))) % len(population)
        chain = self._chain()
        if cross(population[a].best, population[b].best, chain.state, chain.best, self.p, self.rng, chain.seed % 2**32):
            return chain
        self.every.pop()
        return None

    def _wave(self, chains: Sequence[_Chain], share: float, hot: float, cold: float) -> None:
        """Chains for a share of the time or of the iterations."""
        if share > 0:
            self._cool(chains, hot, share * self.seconds, None if self.iterations is None else max(1, int(share * self.iterations)), cold)
            self.spent += share

    def _gone(self) -> float:
        """Share of the time, or of the iterations, that is gone."""
        return self.spent if self.iterations is not None else (time.monotonic() - self.began) / self.seconds

    def _depots(self) -> float:
        """Sets of depots by short searches, the better half of them by longer ones, and so on, with sets near the best one put in;
        the share of the time this takes.
        """
        tried: dict[frozenset[int], _Chain] = {one: self._chain(one) for one in sets(self.data, SETS)}
        now = list(tried.values())
        rounds = max(1, math.ceil(math.log2(max(2, len(now)))))
        for number in range(rounds):
            share = TRIED / rounds / math.ceil(len(now) / CHAINS)
            new = [chain for chain in now if chain.made == 0]
            for those, heat in ((new, HOT), ([chain for chain in now if chain.made], HOT * AGAIN)):
                self._cool(those, heat, share * self.seconds, None if self.iterations is None else max(1, int(share * self.iterations)))
            now = sorted(now, key=lambda chain: (_cost(chain.best), chain.seed))[: math.ceil(len(now) / 2)]
            if number < rounds - 2:
                around = [one for one in ranked(neighbours(now[0].depots, len(self.data.depots)), self.data) if one not in tried][:NEW]
                tried |= {one: self._chain(one) for one in around}
                now = now[: max(2, len(now) - len(around))] + [tried[one] for one in around]
        return TRIED

    def _chain(self, depots: frozenset[int] = frozenset()) -> _Chain:
        p = self.p
        if depots:
            kind = p.kind.copy()
            kind["count"][~np.isin(kind["depot"], sorted(depots))] = 0
            p = p._replace(kind=kind)
        state = empty(self.p, self.items)
        chain = _Chain(p, state, kept(state), self.seed * 1000 + self.number, depots)
        self.number += 1
        self.every.append(chain)
        return chain

    def _cool(self, chains: Sequence[_Chain], heat: float, seconds: float, quota: int | None, cold: float = COLD) -> None:
        """Some chains, two at a time, each for that time; what is best is told on the way."""
        ended = threading.Event()
        if self.should_stop():
            return
        left = self.seconds - (time.monotonic() - self.began)
        before = sum(chain.made for chain in chains)
        running = {self.pool.submit(chain.cool, heat * self.arc, cold * self.arc, max(0.0, seconds), quota, ended) for chain in chains}
        told = time.monotonic()
        while running:
            done, running = wait(running, timeout=0.2)
            for one in done:
                one.result()
            if self.should_stop() or (quota is not None and time.monotonic() - told > left):
                ended.set()
            self.on_cost(_known(self.leader.best))
        self.made += sum(chain.made for chain in chains) - before


def _survivors(chains: Sequence[_Chain]) -> list[_Chain]:
    """The best of a population, of those that cost the same only one."""
    alone: dict[float, _Chain] = {}
    for chain in sorted(chains, key=lambda chain: (_cost(chain.best), chain.seed)):
        alone.setdefault(round(_cost(chain.best), 6), chain)
    return list(alone.values())[:POPULATION]


def _cost(best: Any) -> float:
    return float(best.cost[0])


def _known(best: Any) -> float | None:
    return None if best.aside.any() else float(best.cost[0])


def _result(data: PatternsData, p: Any, best: Any, iterations: int, stopped: bool) -> PatternsResult:
    n = len(data.places)
    first = np.cumsum([0, *(len(one) for one in data.patterns)])
    aside = tuple(int(i) for i in np.flatnonzero(best.aside))
    made = routes(best, n, p.days)
    cost = sum(data.kinds[k].fixed + data.kinds[k].unit * _metres(data, data.kinds[k].depot, items) for k, items in made)
    cost += sum(data.depot_cost[o] for o in {data.kinds[k].depot for k, _ in made}) if data.depot_cost else 0.0
    chosen = tuple(-1 if best.aside[i] else int(best.chosen[i] - first[i]) for i in range(n))
    return PatternsResult(not aside, cost if not aside else math.inf, chosen, made, iterations, stopped, aside)


def _metres(data: PatternsData, depot: int, items: Sequence[int]) -> float:
    tour = [data.depots[depot], *(data.places[i] for i in items), data.depots[depot]]
    return float(sum(data.metres[a, b] for a, b in pairwise(tour)))
