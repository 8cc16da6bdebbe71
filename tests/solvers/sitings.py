"""Random sitings that the tests of patterns and columns share, every plan of the small ones, and their duals climbed."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np

from planner.solvers.location_dual import Dual
from planner.solvers.location_single import Ints, Siting


def tight_siting(seed: int, sites: int = 4, customers: int = 7, whole: bool = True) -> Siting:
    """Few customers to a facility."""
    rng = np.random.default_rng(seed)
    cost = rng.integers(1, 60, (sites, customers)).astype(float)
    demand = rng.integers(10, 30, customers).astype(float)
    if not whole:
        demand *= math.pi
    capacity = np.ceil(demand.sum() * rng.uniform(0.35, 0.6, sites))
    return Siting(cost, rng.integers(20, 90, sites).astype(float), demand, capacity)


def plans(data: Siting) -> Iterator[tuple[float, Ints]]:
    """Cost and facilities of every plan that keeps the rules."""
    sites, customers = data.sizes
    for facility in itertools.product(range(sites), repeat=customers):
        where = np.array(facility)
        if (np.bincount(where, data.demand, sites) <= data.capacity * (1 + 1e-9)).all():
            yield float(data.cost[where, np.arange(customers)].sum() + data.fixed[np.unique(where)].sum()), where


def climbed(data: Siting, target: float) -> Dual:
    dual = Dual(data)
    while not dual.converged:
        dual.climb(target, 50)
    return dual


def fifteen_by_thirty() -> Siting:
    """Tight capacities, at most five customers to a facility: the subgradient steps end well under the maximum."""
    rng = np.random.default_rng(5)
    demand = rng.integers(10, 30, 30).astype(float)
    return Siting(
        rng.integers(10, 90, (15, 30)).astype(float),
        rng.integers(500, 1700, 15).astype(float),
        demand,
        rng.integers(30, 110, 15).astype(float),
    )


def climbed_by_steps(data: Siting) -> Dual:
    """Its target always 2 % over the bound, as no plan is known."""
    dual = Dual(data)
    dual.climb(math.inf, 40)
    while not dual.converged:
        dual.climb(dual.best * 1.02, 50)
    return dual
