"""A state between two others: every route can be driven, and around one item the days are those of the second."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from planner.solvers.routing_crossing import cross
from planner.solvers.routing_patterns import KindData, PatternsData
from planner.solvers.routing_ruin import anneal
from planner.solvers.routing_ruin_state import empty, kept, problem, routes

DAYS = (frozenset({0}), frozenset({1}), frozenset({2}))


def weeks(n: int, room: float) -> PatternsData:
    points = np.random.default_rng(n).integers(0, 100, (n + 1, 2)).astype(float)
    metres = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    kinds = tuple(KindData(0, d, 3, room) for d in range(3))
    return PatternsData(metres, metres, (0,), tuple(range(1, n + 1)), (1.0,) * n, (0.0,) * n, (DAYS,) * n, kinds)


@pytest.mark.parametrize("seed", range(6))
def test_a_crossed_state_has_days_of_both_and_costs_what_its_routes_cost(seed: int) -> None:
    data = weeks(24, 4.0)
    p, items = problem(data)
    parents = []
    for number in (1, 2):
        state = empty(p, items)
        best = kept(state)
        anneal(state, best, p, 2000, 30.0, 1.0, 10 * seed + number)
        parents.append(best)
    state = empty(p, items)
    best = kept(state)
    assert cross(parents[0], parents[1], state, best, p, np.random.default_rng(seed), seed)
    rows = routes(best, 24, p.days)
    served = sorted(i for _, row in rows for i in row)
    aside = np.flatnonzero(best.aside).tolist()
    assert sorted(served + aside) == list(range(24))
    cost = 0.0
    for k, row in rows:
        assert len(row) <= 4 and all(best.chosen[i] % 3 == data.kinds[k].day for i in row)
        tour = [0, *(i + 1 for i in row), 0]
        cost += sum(data.metres[a, b] for a, b in pairwise(tour))
    assert best.cost[0] == pytest.approx(cost + sum(float(state.item["price"][i]) for i in aside))
    from_second = best.chosen == parents[1].chosen
    assert (from_second & (parents[0].chosen != parents[1].chosen)).any()
    assert (state.item["last"] - state.item["first"] == 3).all(), "the patterns to choose from are those of the problem again"


def test_alike_states_are_not_crossed() -> None:
    p, items = problem(weeks(12, 4.0))
    state = empty(p, items)
    best = kept(state)
    anneal(state, best, p, 1000, 30.0, 1.0, 1)
    assert not cross(best, best, empty(p, items), kept(state), p, np.random.default_rng(1), 1)

