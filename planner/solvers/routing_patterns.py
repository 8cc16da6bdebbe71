"""Days of visits, routes and, where asked, which depots to open: location, periods and routing in one search.

    min   sum_o F_o open_o  +  sum_r (fixed_k(r) + unit_k(r) metres_r)
    every item is visited on the days of one of its patterns, its demand each time, by routes of these days (of one depot,
      where asked)
    load of a route <= capacity of its kind; driving and service <= its longest duration; at most count_k routes of kind k
    sum of what the routes of depot o carry <= capacity of o;  open_o = 1 if it has a route

Periodic routing has several days; location-routing one day and depots with a cost; with neither, it is the plain vehicle
routing problem with any fleet. Windows, several trips and mixed loads are the affair of `planner.solvers.routing`, which goes
on from the patterns found here. Two chains of simulated annealing (`routing_ruin`, compiled) run on two threads, exchange
the better state in between, and start from it warm again. With an iteration limit the answer depends on the seed alone.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from planner.solvers.routing_ruin_state import KindData, PatternsData, empty, kept, problem, routes, scale

__all__ = ["KindData", "PatternsData", "PatternsResult", "solve"]

CHAINS = 2
CHUNK = 0.25  # seconds between two looks at the clock
HOT, COLD = 2.0, 0.01  # temperatures, in mean cost of an arc
CYCLES = 2  # how often the chains exchange and warm up again
AGAIN = 0.3  # of HOT, after the first cycle
AHEAD = 500  # iterations of the first chunk, to learn the speed


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

    `on_cost` is told the best cost at least every second (None: something still has no place).
    """
    from planner.solvers.routing_ruin import anneal, assign

    began = time.monotonic()
    if not data.places:
        return PatternsResult(True, 0.0)
    p, items = problem(data)
    states = [empty(p, items) for _ in range(CHAINS)]
    bests = [kept(state) for state in states]
    arc = scale(p)
    made = 0
    told = began
    lasting = 1e-3  # seconds of an iteration, learned
    with ThreadPoolExecutor(min(workers, CHAINS)) as pool:
        for cycle in range(CYCLES):
            hot, cold = HOT * arc * (1.0 if cycle == 0 else AGAIN), COLD * arc
            until = began + seconds * (cycle + 1) / CYCLES
            start, done, quota = time.monotonic(), 0, None if iterations is None else iterations // CYCLES
            while not should_stop():
                now = time.monotonic()
                if now >= (until if quota is None else began + seconds) or (quota is not None and done >= quota):
                    break
                if quota is None:
                    chunk = AHEAD if done == 0 else max(1, int(CHUNK / lasting))
                    shares = [(now - start) / max(until - start, 1e-9), min(1.0, (now + chunk * lasting - start) / max(until - start, 1e-9))]
                else:
                    chunk = min(20_000, quota - done)
                    shares = [done / quota, (done + chunk) / quota]
                heats = [hot * (cold / hot) ** share for share in shares]
                waiting = [
                    pool.submit(anneal, state, best, p, chunk, heats[0], heats[1], ((seed * CHAINS + c) * 1_000_003 + made) % 2**32)
                    for c, (state, best) in enumerate(zip(states, bests, strict=True))
                ]
                for one in waiting:
                    one.result()
                lasting = 0.5 * lasting + 0.5 * (time.monotonic() - now) / chunk if done else (time.monotonic() - now) / chunk
                done += chunk
                made += chunk
                if time.monotonic() - told >= 0.9:
                    told = time.monotonic()
                    on_cost(_known(min(bests, key=_cost)))
            leader = min(bests, key=_cost)
            for state, best in zip(states, bests, strict=True):
                for a, b in zip(leader, best, strict=True):
                    b[...] = a
                assign(best, state, p)
    leader = min(bests, key=_cost)
    on_cost(_known(leader))
    return _result(data, p, leader, CHAINS * made, should_stop())


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
