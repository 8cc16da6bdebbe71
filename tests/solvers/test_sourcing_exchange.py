"""Exchanges of suppliers and tiers: values against programs solved by HiGHS, hulls of families against bisection."""

from __future__ import annotations

import numpy as np
import pytest

from planner.solvers import mip, sourcing_tiers
from planner.solvers.sourcing_dual import NONE, Prices, below, tier_value
from planner.solvers.sourcing_exchange import Exchange
from planner.solvers.sourcing_hull import best_of, sold_at
from planner.solvers.sourcing_tight import Tight
from planner.solvers.sourcing_volume import INF
from tests.solvers.test_sourcing_sets import case


@pytest.mark.parametrize("seed", range(3))
def test_hulls_agree_with_bisection(seed: int) -> None:
    """The same value as by bisection or better; what is sold costs just that and reaches the tier."""
    volumes = case(seed)
    prices, rng = Prices(volumes), np.random.default_rng(seed)
    data, (suppliers, tiers, articles) = prices.data, volumes.size
    ranks, _, (rows, costs, parts, following) = prices.scratch()
    for _ in range(10):
        lam = prices.inward(prices.first()) * rng.uniform(0.7, 1.3, articles)
        for s in range(suppliers):
            for r in range(tiers):
                mus = np.full((suppliers, tiers), float(rng.choice([0.0, 2.0, 10.0])))
                low = sold_at(data, s, r, lam, mus[s, r], ranks[s, r], costs, parts, following)
                assert low == pytest.approx(below(data, s, r, lam, mus[s, r], prices.ranks()[s, r], rows[0], rows[2], rows[3]), rel=1e-9, abs=1e-6)
                value, _ = best_of(data, s, r, mus[s, r], ranks[s, r], costs, parts, following, rows[0])
                units = rows[0].copy()
                other = tier_value(data, s, r, lam, mus, prices.ranks()[s, r], rows[0], rows[1], rows[2], rows[3])
                if value > NONE / 2:
                    assert other > NONE / 2
                    continue
                assert value >= max(low, other) - 1e-6
                cost = volumes.fee[s, r] + ((1 - volumes.rate[s, r]) * data.price[s] - lam) @ units
                assert value == pytest.approx(cost, rel=1e-9, abs=1e-5)
                assert units.sum() >= volumes.start[s, r] - 1e-6 and np.all(units <= data.most[s] + 1e-9)


def cost_of(prices: Prices, tiers: np.ndarray) -> float:
    """The least cost with every supplier at its tier."""
    model = Tight(prices.volumes, sourcing_tiers.only(prices, tiers)[:, :-1]).model
    model.lower[: (tiers < prices.volumes.size[1]).sum()] = 1.0
    found = mip.solve(model, gap=0.0)
    return INF if found.x is None else found.objective


@pytest.mark.parametrize("seed", range(3))
def test_exchange_values_are_bounds_and_only_fall(seed: int) -> None:
    volumes = case(seed)
    prices, rng = Prices(volumes), np.random.default_rng(seed)
    dual = prices.climb(prices.first())
    count = volumes.size[1]
    exchange = Exchange(prices, dual.lam, dual.mu)
    for _ in range(5):
        tiers = np.full(len(volumes.price), count)
        tiers[rng.permutation(len(tiers))[:3]] = 0
        start = exchange.value(tiers, 1e6)
        assert start >= 1e6 or start <= cost_of(prices, tiers) * (1 + 1e-7)
        found, value = exchange.search(tiers, lambda: False)
        assert value <= start * (1 + 1e-3) and (found < count).sum() <= exchange.most
        assert value <= cost_of(prices, found) * (1 + 1e-7)


def test_the_same_exchange_twice_and_barred_choices_are_left_out() -> None:
    volumes = case(4)
    prices = Prices(volumes)
    dual = prices.climb(prices.first())
    tiers = np.array([0, 0, 0, 3, 3, 3])
    found, value = Exchange(prices, dual.lam, dual.mu).search(tiers, lambda: False)
    again = Exchange(prices, dual.lam, dual.mu)
    assert again.search(tiers, lambda: False)[1] == value
    again.bar(found)
    assert not np.array_equal(again.search(tiers, lambda: False)[0], found)
