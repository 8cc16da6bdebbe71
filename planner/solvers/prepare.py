"""Every search compiled once, so that the first calculation after an installation does not wait for it (some 140 CPU seconds).

Each part runs its loops on the smallest problem that calls them, in a process of its own; numba keeps what it made on disk, beside the
sources or, where these cannot be written, in the user's cache folder.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from multiprocessing import get_context

import numpy as np

from planner.solvers import location_solve, routing_columns, routing_ruin_state, routing_trips, sourcing_split
from planner.solvers.location import Facility, Location
from planner.solvers.location_assign import Assigner
from planner.solvers.sourcing_dual import Prices
from planner.solvers.sourcing_exchange import Exchange
from planner.solvers.sourcing_sets import Sets
from planner.solvers.sourcing_volume import Families, Volumes


def _suppliers() -> None:
    """With rules on suppliers and without."""
    demand = np.full(6, 30.0)
    price = np.random.default_rng(1).uniform(20.0, 60.0, (5, 6)).round(2)
    start, rate = np.tile([0.0, 40.0, 90.0], (5, 1)), np.tile([0.0, 0.03, 0.08], (5, 1))
    free = Volumes(price, np.tile(demand, (5, 1)), demand, np.ones_like(price), rate, start, np.full(rate.shape, 300.0))
    families = Families(np.arange(6) % 2, np.full(2, 60.0), np.full(2, 5.0), np.full(2, 2))
    ruled = replace(free, suppliers=3, families=families)
    for volumes in (ruled, replace(free, by_slice=True), free):
        sourcing_split.solve(volumes, seconds=1.0, gap=0.0, threads=1)
    prices = Prices(ruled)
    dual, looked = prices.climb(prices.first()), iter((False, True))
    Sets(prices, dual, lambda: 2.0 * dual.bound, lambda bound: None, lambda tiers: dual.bound).work(lambda: next(looked))  # one node
    Exchange(prices, dual.lam, dual.mu).value(np.zeros(len(price), np.int64), math.inf, (1,))


def _kitchens() -> None:
    """Two facilities in one period."""
    both = tuple(
        Facility(np.array([9.0, 0.0]), np.array([1.0, 0.0]), np.array([True, False]), 0, np.array([(0, 0, 0), (0, 0, 1)]), np.ones(2), np.zeros(2), 5.0, 1.0, np.ones(1, dtype=bool))
        for _ in range(2)
    )  # fmt: skip
    one, four = np.ones((2, 1)), np.ones((4, 1))
    data = Location(
        both, np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.zeros(4, dtype=bool), four > 0, four, four, one > 0, one, one, one, np.ones(1), np.full(1, math.inf), np.full(1, math.inf)
    )
    assigner = Assigner(data)
    assigner.compile()
    states = np.zeros((2, 1), np.int64)
    fixed = assigner.given(states)
    if fixed is not None:
        assigner.run(states, fixed, assigner.nearest(fixed, np.zeros((4, 1))), moves=100, seed=1, hot=0.1, cool=0.01)


PARTS: dict[str, Callable[[], None]] = {  # longest first, so that two processes end at much the same time
    "suppliers": _suppliers,
    "routes": routing_ruin_state.prepare,
    "trips": routing_trips.prepare,
    "sites": location_solve.prepare,
    "kitchens": _kitchens,
    "bounds": routing_columns.prepare,
}


def prepare(processes: int = 2) -> Iterator[str]:
    """Compiles what is not yet; the name of each part as it is done. Raises what a part raises."""
    with ProcessPoolExecutor(max(1, min(processes, os.cpu_count() or 1)), mp_context=get_context("spawn")) as pool:
        waiting = {pool.submit(_part, name): name for name in PARTS}
        for done in as_completed(waiting):
            done.result()
            yield waiting[done]


def _part(name: str) -> None:
    PARTS[name]()
