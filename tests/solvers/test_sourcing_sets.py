"""Branch and bound on sets of suppliers: cuts and bounds against enumeration of sets by HiGHS, the same tree twice."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from planner.solvers import mip
from planner.solvers.sourcing_cuts import FREE, IN, OUT, ascend
from planner.solvers.sourcing_dual import Prices
from planner.solvers.sourcing_nodes import UNIT, fix, fix_tiers, price_cut
from planner.solvers.sourcing_sets import Sets
from planner.solvers.sourcing_tight import Tight
from planner.solvers.sourcing_volume import INF, Families, Volumes


def case(seed: int, suppliers: int = 6, articles: int = 12) -> Volumes:
    """A few suppliers, of whom at most four may be had; three tiers, two families with shares."""
    rng = np.random.default_rng(seed)
    demand = rng.integers(20, 60, articles).astype(float)
    price = np.round(rng.uniform(20, 60, articles) * rng.uniform(0.8, 1.25, (suppliers, articles)), 2)
    most = np.where(rng.random((suppliers, articles)) < 0.8, demand, 0.0)
    most[:2] = demand
    start = np.concatenate([np.zeros((suppliers, 1)), np.sort(np.round(demand.sum() * rng.uniform(0.05, 0.5, (suppliers, 2))), axis=1)], axis=1)
    rate = np.concatenate([np.zeros((suppliers, 1)), np.cumsum(rng.integers(10, 60, (suppliers, 2)) / 1000, axis=1)], axis=1)
    of = np.arange(articles) % 2
    need = np.bincount(of, demand)
    rules = Families(of, np.floor(0.6 * need), np.ceil(0.05 * need), np.array([2, 2]))
    return Volumes(price, most, demand, np.ones_like(price), rate, start, np.full(rate.shape, 300.0), suppliers=4, families=rules)


def optimum(volumes: Volumes, open_: np.ndarray | None = None) -> float:
    found = mip.solve(Tight(volumes, open_).model, gap=0.0)
    return INF if found.x is None else found.objective


def leaf_of(volumes: Volumes) -> dict[bytes, float]:
    """The least cost by set of suppliers that may be used."""
    found = {}
    for used in itertools.product((False, True), repeat=len(volumes.price)):
        if 2 <= sum(used) <= 4:
            found[np.array(used).tobytes()] = optimum(volumes, np.isfinite(volumes.start) & np.array(used)[:, None])
    return found


@pytest.mark.parametrize("seed", range(2))
def test_cuts_hold_for_every_set(seed: int) -> None:
    """C + sum of Z over a set is no more than what the set costs, whatever node the prices were sought for."""
    volumes = case(seed)
    prices, rng = Prices(volumes), np.random.default_rng(seed)
    costs = leaf_of(volumes)
    suppliers = len(volumes.price)
    for _ in range(8):
        state = rng.choice([FREE, OUT, IN], suppliers, p=[0.6, 0.2, 0.2]).astype(np.int8)
        lam, mus, slope = prices.inward(prices.first()) * rng.uniform(0.8, 1.2), np.zeros(volumes.rate.shape), np.zeros(suppliers)
        tiers = np.zeros(volumes.rate.shape)
        scratch = prices.scratch()
        ascend(prices.data, lam, mus, state, ~np.isfinite(volumes.start), 2 * volumes.price.max() * volumes.demand.sum(), int(rng.integers(1, 60)), *scratch)
        constant = price_cut(prices.data, lam, mus, slope, tiers, 0.0, scratch)
        for used, cost in costs.items():
            assert UNIT * (constant + slope[np.frombuffer(used, bool)].clip(max=0).sum()) <= cost + 1e-6


def ended(volumes: Volumes, target: float) -> tuple[float, int]:
    """The bound of the tree where nothing under `target` is cut off, and how many leaves were asked for."""
    prices, bounds, asked = Prices(volumes), [-INF], [0]

    def leaf(open_: np.ndarray) -> float:
        asked[0] += 1
        found = mip.solve(Tight(volumes, open_).model, gap=0.0)
        return INF if found.x is None else found.bound

    Sets(prices, prices.climb(prices.first()), lambda: target, bounds.append, leaf).work(lambda: False)
    return max(bounds), asked[0]


@pytest.mark.parametrize("seed", range(3))
def test_the_tree_ends_at_the_optimum_and_never_above(seed: int) -> None:
    volumes = case(seed)
    least = optimum(volumes)
    assert least < INF
    assert ended(volumes, 1.05 * least)[0] == pytest.approx(least, rel=1e-6)
    assert ended(volumes, 0.999 * least)[0] <= 0.999 * least + 1e-6


def test_the_same_tree_twice() -> None:
    volumes = case(5)
    least = optimum(volumes)
    assert ended(volumes, 1.02 * least) == ended(volumes, 1.02 * least)


def test_fixing_by_slopes() -> None:
    """Fixed only where the other side is at the target; nothing is fixed as used where others could take the place."""
    z = np.array([-3.0, 0.5, 4.0, -0.5])
    state = np.full(4, FREE, np.int8)
    assert fix(state, z, 10.0, 2.0, 12.5) == 2 and state.tolist() == [IN, FREE, OUT, FREE]
    state = np.full(4, FREE, np.int8)
    assert fix(state, z, 10.0, 1.0, 12.5) == 1 and state.tolist() == [FREE, FREE, OUT, FREE]


def test_fixing_tiers_by_slopes() -> None:
    """A used supplier pays its best already; a free one is entered at the bound or more. Without a tier it is left out, or ends the node."""
    z, tiers = np.array([2.0, -1.0, 0.0]), np.array([[2.0, 4.9], [-1.0, 2.0], [5.0, 6.0]])
    state, barred = np.array([IN, FREE, FREE], np.int8), np.zeros((3, 2), bool)
    assert fix_tiers(state, barred, z, tiers, 10.0, 12.5) == 3
    assert barred.tolist() == [[False, True], [False, False], [True, True]] and state.tolist() == [IN, FREE, OUT]
    assert fix_tiers(state, barred, z, tiers + 10.0, 10.0, 12.5) == -1
