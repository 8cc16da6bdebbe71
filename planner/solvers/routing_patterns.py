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
from collections import namedtuple
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

CHAINS = 2
CHUNK = 0.25  # seconds between two looks at the clock
HOT, COLD = 2.0, 0.01  # temperatures, in mean cost of an arc
CYCLES = 2  # how often the chains exchange and warm up again
AGAIN = 0.3  # of HOT, after the first cycle
AHEAD = 500  # iterations of the first chunk, to learn the speed

Floats = NDArray[np.float64]
_Problem = namedtuple(
    "_Problem",
    "place demand service first pattern needs most away near days metres times depot depot_number day unit fixed capacity longest count allowed depot_cost depot_capacity located one_depot price",
)
_State = namedtuple(
    "_State",
    "visits length load lasts kind route_of chosen aside used open stock cost top touched list many removed number rank out ruined best best_route best_at changed",
)


@dataclass(frozen=True)
class KindData:
    """Vehicles alike: depot (its number), day, how many, capacity, longest duration, cost per vehicle and per unit of distance.

    `barred`: items they may not visit.
    """

    depot: int
    day: int
    count: int
    capacity: float
    longest: float = math.inf
    fixed: float = 0.0
    unit: float = 1.0
    barred: frozenset[int] = frozenset()


@dataclass(frozen=True)
class PatternsData:
    """`metres`, `times`: (L, L); `depots`, `places`: locations of the depots and of the items; `patterns`: days, by item;
    `one_depot`: all visits of an item come from the same depot.
    """

    metres: Floats
    times: Floats
    depots: tuple[int, ...]
    places: tuple[int, ...]
    demand: tuple[float, ...]
    service: tuple[float, ...]
    patterns: tuple[tuple[frozenset[int], ...], ...]
    kinds: tuple[KindData, ...]
    depot_cost: tuple[float, ...] = ()
    depot_capacity: tuple[float, ...] = ()
    one_depot: bool = False


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
    from planner.solvers.routing_ruin import anneal

    began = time.monotonic()
    problem = _problem(data)
    if not data.places:
        return PatternsResult(True, 0.0)
    states = [[_empty(problem) for _ in range(3)] for _ in range(CHAINS)]
    arc = _scale(problem)
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
                waiting = [pool.submit(anneal, chain[0], chain[1], chain[2], problem, chunk, heats[0], heats[1], ((seed * CHAINS + c) * 1_000_003 + made) % 2**32) for c, chain in enumerate(states)]
                for one in waiting:
                    one.result()
                lasting = 0.5 * lasting + 0.5 * (time.monotonic() - now) / chunk if done else (time.monotonic() - now) / chunk
                done += chunk
                made += chunk
                if time.monotonic() - told >= 0.9:
                    told = time.monotonic()
                    on_cost(_known(min(states, key=_cost)[2]))
            leader = min(states, key=_cost)
            for chain in states:
                for other in (chain[0], chain[1], chain[2]):
                    _assign(leader[2], other)
    best = min(states, key=_cost)[2]
    on_cost(_known(best))
    return _result(data, best, CHAINS * made, should_stop())


def _cost(chain: Sequence[Any]) -> float:
    return float(chain[2].cost[0])


def _known(state: Any) -> float | None:
    return None if state.aside.any() else float(state.cost[0])


def _assign(source: Any, target: Any) -> None:
    if source is not target:
        for a, b in zip(source, target, strict=True):
            b[...] = a


def _problem(data: PatternsData) -> Any:
    n, days = len(data.places), 1 + max((k.day for k in data.kinds), default=0)
    place = np.array(data.places, np.int64)
    masks = [[sum(1 << d for d in days_of) for days_of in patterns] for patterns in data.patterns]
    needs = np.array([[any(mask >> d & 1 for mask in those) for d in range(days)] for those in masks], bool).reshape(n, days)
    metres, times = np.ascontiguousarray(data.metres, float), np.ascontiguousarray(data.times, float)
    between = np.minimum(metres, metres.T)[np.ix_(place, place)]
    allowed = np.ones((len(data.kinds), n), bool)
    for k, kind in enumerate(data.kinds):
        allowed[k, sorted(kind.barred)] = False
    cost = np.array(data.depot_cost or (0.0,) * len(data.depots), float)
    room = np.array(data.depot_capacity or (math.inf,) * len(data.depots), float)
    kinds = data.kinds
    unit = np.array([k.unit for k in kinds], float)
    price = 4.0 * (2.0 * float(metres.max(initial=0)) * float(unit.max(initial=0)) + max((k.fixed for k in kinds), default=0.0)) + float(cost.sum()) + 1.0
    return _Problem(
        place, np.array(data.demand, float), np.array(data.service, float), np.array([0, *np.cumsum([len(m) for m in masks])], np.int64),
        np.array([mask for those in masks for mask in those], np.int64), needs, np.array([max((m.bit_count() for m in those), default=0) for those in masks], float),
        metres[np.ix_(np.array(data.depots, np.int64), place)].min(axis=0), np.argsort(between, axis=1, kind="stable").astype(np.int64), days, metres, times,
        np.array([data.depots[k.depot] for k in kinds], np.int64), np.array([k.depot for k in kinds], np.int64), np.array([k.day for k in kinds], np.int64), unit,
        np.array([k.fixed for k in kinds], float), np.array([k.capacity for k in kinds], float), np.array([k.longest for k in kinds], float),
        np.array([k.count for k in kinds], np.int64), allowed, cost, room, bool(cost.any() or np.isfinite(room).any()), data.one_depot, price,
    )  # fmt: skip


def _empty(p: Any) -> Any:
    """A state with every item aside."""
    n, days, kinds, groups = len(p.place), p.days, len(p.day), len(p.depot_cost) if p.one_depot else 1
    most = int(min(p.count.sum(), int(p.most.sum()) + 1))
    whole, real, small = np.int64, np.float64, np.int8
    return _State(
        np.zeros((most, n), whole), np.zeros(most, whole), np.zeros(most, real), np.zeros(most, real), np.full(most, -1, whole), np.full((n, days), -1, whole),
        np.full(n, -1, whole), np.ones(n, small), np.zeros(kinds, whole), np.zeros(len(p.depot_cost), whole), np.zeros(len(p.depot_cost), real), np.array([n * p.price]),
        np.zeros(1, whole), np.zeros(most, small), np.zeros(most, whole), np.zeros(1, whole), np.zeros(n, whole), np.zeros(1, whole), np.zeros(n, real), np.zeros(n, small),
        np.zeros(most, small), np.zeros((groups, days), real), np.zeros((groups, days), whole), np.zeros((groups, days), whole), np.zeros(n, whole),
    )  # fmt: skip


def _scale(p: Any) -> float:
    """About the mean cost of an arc: to the third nearest item."""
    n = len(p.place)
    third = p.near[:, min(3, n - 1)]
    mean = float(np.mean(p.metres[p.place, p.place[third]])) * float(np.mean(p.unit))
    return mean if mean > 0 else 1.0


def _result(data: PatternsData, state: Any, iterations: int, stopped: bool) -> PatternsResult:
    first = np.cumsum([0, *(len(p) for p in data.patterns)])
    aside = tuple(int(i) for i in np.flatnonzero(state.aside))
    routes = tuple((int(k), tuple(int(i) for i in row[:length])) for k, row, length in zip(state.kind, state.visits, state.length, strict=True) if k >= 0 and length)
    cost = sum(data.kinds[k].fixed + data.kinds[k].unit * _metres(data, data.kinds[k].depot, items) for k, items in routes)
    cost += sum(data.depot_cost[o] for o in {data.kinds[k].depot for k, _ in routes}) if data.depot_cost else 0.0
    chosen = tuple(-1 if state.aside[i] else int(state.chosen[i] - first[i]) for i in range(len(data.places)))
    return PatternsResult(not aside, cost if not aside else math.inf, chosen, routes, iterations, stopped, aside)


def _metres(data: PatternsData, depot: int, items: Sequence[int]) -> float:
    tour = [data.depots[depot], *(data.places[i] for i in items), data.depots[depot]]
    return float(sum(data.metres[a, b] for a, b in pairwise(tour)))
