"""Rows of the least core generated for games too large to solve every coalition of."""

from __future__ import annotations

import numpy as np
import pytest

from planner.solvers import sharing, sharing_rows
from planner.solvers.sharing import Game


def discounts(n: int, seed: int) -> Game:
    """Members buy together: a fixed cost shared, and a discount that grows with the volume (concave: its core is not empty)."""
    rng = np.random.default_rng(seed)
    size = rng.uniform(1, 10, n)

    def cost(bits: int) -> float:
        volume = sum(size[i] for i in sharing.members(bits))
        return 5.0 + 10.0 * volume**0.85

    return Game.of(n, {bits: cost(bits) for bits in range(1, 1 << n)})


@pytest.mark.parametrize(("n", "seed"), [(6, 1), (8, 2), (9, 3), (10, 4)])
def test_few_coalitions_give_the_least_core_of_all(n: int, seed: int) -> None:
    game = discounts(n, seed)
    asked: list[int] = []

    def ask(bits: int) -> float:
        asked.append(bits)
        return float(game.cost[bits])

    known = {bits: float(game.cost[bits]) for bits in sharing_rows.first_coalitions(n, 2, 1)}
    found = sharing_rows.generate(n, ask, known, 200)
    exact = sharing.least_core(game)[0]
    assert len(asked) == len(set(asked)) and not set(asked) & set(known)
    assert len(found.known) < (1 << n) - 1
    assert found.excess <= exact + 1e-6  # fewer rows: never more
    assert found.excess == pytest.approx(exact, rel=0.02, abs=1e-6)
    assert found.charges.sum() == pytest.approx(game.total)


def test_a_coalition_without_a_plan_is_asked_once() -> None:
    game = discounts(6, 5)
    asked: list[int] = []

    def ask(bits: int) -> None:
        asked.append(bits)

    found = sharing_rows.generate(6, ask, {bits: float(game.cost[bits]) for bits in sharing_rows.first_coalitions(6, 0, 1)}, 100)
    assert len(asked) == len(set(asked)) and set(found.known) == set(sharing_rows.first_coalitions(6, 0, 1))


def test_shapley_of_orders_is_within_its_error() -> None:
    game = discounts(7, 6)
    orders = sharing_rows.order_list(7, 60, 1)
    mean, error = sharing_rows.shapley_of_orders(7, {bits: float(game.cost[bits]) for bits in range(1, 1 << 7)}, orders)
    assert mean.sum() == pytest.approx(game.total)
    assert np.all(np.abs(mean - sharing.shapley(game)) <= 4 * error + 1e-9)
