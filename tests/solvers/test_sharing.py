"""Sharing methods against closed forms and definitions."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from benchmarks.sharing.table import main
from planner.solvers import sharing
from planner.solvers.sharing import Core, Game

PUBLISHED = Path(__file__).resolve().parents[3] / "shared" / "benchmarks" / "games.csv"


def airport(needs: list[float]) -> Game:
    """Everybody pays for the longest runway of the coalition."""
    n = len(needs)
    return Game.of(n, {bits: max(needs[i] for i in sharing.members(bits)) for bits in range(1, 1 << n)})


def subadditive(n: int, seed: int) -> Game:
    """A concave function of random weights: its core is never empty and holds the Shapley value."""
    weights = np.random.default_rng(seed).uniform(1, 10, n)
    return Game.of(n, {bits: float(sum(weights[i] for i in sharing.members(bits)) ** 0.6) for bits in range(1, 1 << n)})


def test_shapley_value_is_the_mean_over_all_orders() -> None:
    game = subadditive(5, 1)
    means = np.zeros(5)
    for order in permutations(range(5)):
        for place, i in enumerate(order):
            means[i] += game.cost[sharing.coalition(order[: place + 1])] - game.cost[sharing.coalition(order[:place])]
    assert sharing.shapley(game) == pytest.approx(means / 120)


def test_shapley_value_of_an_airport_splits_every_length_among_those_who_need_it() -> None:
    assert sharing.shapley(airport([8, 11, 13, 18])) == pytest.approx([2, 3, 4, 9])


@pytest.mark.parametrize("seed", range(6))
def test_every_method_shares_exactly_the_total_and_the_core_ones_are_in_the_core(seed: int) -> None:
    game = subadditive(5, seed)
    excess, least = sharing.least_core(game)
    assert excess < 0
    costs = {bits: float(game.cost[bits]) for bits in range(1, game.all)}
    for name, charges in {"shapley": sharing.shapley(game), "nucleolus": sharing.nucleolus(game), "least": least, "epm": sharing.equal_profit(game)[1], "acam": sharing.acam(game)}.items():
        assert charges.sum() == pytest.approx(game.total), name
        if name != "acam":
            assert sharing.core_test(charges.tolist(), costs, costs).verdict is Core.INSIDE, name


@pytest.mark.parametrize("seed", range(6))
def test_no_other_charges_have_a_smaller_largest_excess_than_the_nucleolus(seed: int) -> None:
    rng = np.random.default_rng(seed)
    game = subadditive(4, seed)

    def excesses(x: np.ndarray) -> list[float]:
        return sorted((float(row @ x - cost) for row, cost in zip(game.proper, game.cost[1 : game.all], strict=True)), reverse=True)

    charges = sharing.nucleolus(game)
    ours = excesses(charges)
    for _ in range(200):
        move = rng.normal(0, 0.05 * game.total, 4)
        other = excesses(charges + move - move.mean())
        first = next((a - b for a, b in zip(ours, other, strict=True) if abs(a - b) > 1e-7), 0.0)
        assert first <= 0


def test_sampled_shapley_is_within_its_error_and_asks_each_coalition_once() -> None:
    game = subadditive(7, 3)
    asked: list[int] = []

    def cost(bits: int) -> float:
        asked.append(bits)
        return float(game.cost[bits])

    mean, error = sharing.sampled_shapley(7, cost, 400, 1)
    assert len(asked) == len(set(asked)) <= 127
    assert np.all(np.abs(mean - sharing.shapley(game)) <= 4 * error)


def test_core_is_decided_only_when_the_intervals_decide_it() -> None:
    lower, upper = {1: 8.0, 2: 8.0, 3: 14.0}, {1: 10.0, 2: 10.0, 3: 14.0}
    assert sharing.core_test([7.0, 7.0], lower, upper).verdict is Core.INSIDE
    undecided = sharing.core_test([9.0, 5.0], lower, upper)
    assert (undecided.verdict, undecided.coalition, undecided.gain) == (Core.OPEN, 1, 1.0)
    blocked = sharing.core_test([11.0, 3.0], lower, upper)
    assert (blocked.verdict, blocked.coalition, blocked.gain) == (Core.BLOCKED, 1, 1.0)


def test_an_empty_core_shows_in_the_least_excess() -> None:
    game = Game.of(3, {1: 1, 2: 1, 4: 1, 3: 1, 5: 1, 6: 1, 7: 2})  # any two pay for one what all three pay for two
    assert sharing.least_core(game)[0] == pytest.approx(1 / 3)
    assert sharing.equal_profit(game)[0] == pytest.approx(0, abs=1e-5)


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published games are not on this machine")
def test_published_games_are_met(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(PUBLISHED)]) == 0
    assert "differs" not in capsys.readouterr().out
