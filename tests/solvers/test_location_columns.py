"""The dual of a siting by columns, the arcs that its steps look at, and nodes that pass their limit."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from planner.solvers import location_dual_loops as loops
from planner.solvers.location_columns import raised
from planner.solvers.location_dual import Dual
from planner.solvers.location_patterns import applies, patterns, under
from planner.solvers.location_single import Plan, Siting
from planner.solvers.location_tree import Tree
from tests.solvers.sitings import climbed, climbed_by_steps, fifteen_by_thirty, plans, tight_siting


@pytest.mark.parametrize("seed", range(6))
def test_columns_prove_as_much_as_all_patterns_and_no_more_than_the_optimum(seed: int) -> None:
    data = tight_siting(seed, whole=seed % 3 != 2)
    best = min(cost for cost, _ in plans(data))
    dual = climbed(data, best * 1.1)
    first = dual.bound
    raised(dual, math.inf, lambda: False)
    assert first <= dual.bound <= best * (1 + 1e-9)
    every = patterns(dual, 100 * best, 200_000)
    assert every is not None
    _, relaxed = under(every, 100 * best, 10.0, lambda: False)
    assert dual.bound >= relaxed - 1e-3 * best


def test_columns_prove_by_hand() -> None:
    """Two facilities (cost 10, room for 2) and three customers of demand 1 at cost 1, of which the third is only one facility's: both
    must open, 20 + 3 = 23, and no multiplier is needed to see it but those that pay for the facilities' second customer."""
    data = Siting(np.array([[1.0, 1.0, 1.0], [1.0, 1.0, math.inf]]), np.array([10.0, 10.0]), np.ones(3), np.array([2.0, 2.0]))
    dual = Dual(data)
    dual.climb(math.inf, 1)
    assert applies(dual)
    raised(dual, math.inf, lambda: False)
    assert dual.bound == pytest.approx(23.0, abs=1e-6)


def test_columns_prove_more_than_patience_where_capacities_are_tight() -> None:
    dual = climbed_by_steps(fifteen_by_thirty())
    other = dual.copy(dual.state, dual.allowed)
    dual.deepen(dual.best * 1.02, 50, lambda: False)
    raised(other, math.inf, lambda: False)
    assert other.bound >= dual.bound * (1 - 1e-6)


@pytest.mark.parametrize("kind", ["free", "whole", "split"])
def test_arcs_left_out_of_the_steps_change_no_bound(kind: str) -> None:
    """The bound of the climb is that of its multipliers over every arc."""
    rng = np.random.default_rng(11)
    demand = rng.integers(5, 30, 60).astype(float)
    capacity = np.full(20, np.inf) if kind == "free" else rng.integers(80, 200, 20).astype(float)
    data = Siting(rng.integers(1, 300, (20, 60)).astype(float), rng.integers(50, 400, 20).astype(float), demand, capacity, kind == "split")
    dual = Dual(data)
    for _ in range(15):
        dual.climb(math.inf if dual.best < 0 else dual.best * 1.05, 40)
        bound, _, _ = loops.penalties(
            dual.kind, data.split, dual.cost, dual.fixed, dual.demand, dual.room, dual.reach, dual.need, dual.least, dual.most,
            dual.allowed.copy(), dual.state.copy(), dual.u, math.inf,
        )  # fmt: skip
        assert bound == pytest.approx(dual.best, rel=1e-9)


class _Board:
    def __init__(self, data: Siting, limit: float) -> None:
        self.data, self.limit = data, limit
        self.plans: list[Plan] = []

    def offer(self, plan: Plan | None) -> bool:
        self.plans += [plan] if plan is not None else []
        return False

    def over(self) -> bool:
        return False


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_nodes_pass_their_limit(seed: int) -> None:
    """Steps towards the limit itself end just under it: then no node is cut off before all facilities are fixed (307 to 679 nodes)."""
    cost = np.random.default_rng(seed).integers(1, 100, (25, 60)).astype(float)
    data = Siting(cost, np.zeros(25), np.ones(60), np.full(25, np.inf), least=3, most=3)
    best = min(float(cost[list(those)].min(axis=0).sum()) for those in itertools.combinations(range(25), 3))
    limit = best - 1 + 1e-5
    tree = Tree(_Board(data, limit), climbed(data, best).restricted(limit, 40, lambda: False), lambda part, limit, small: None)
    nodes = 0
    while tree.step():
        nodes += 1
    assert tree.bound == limit and nodes < 80
