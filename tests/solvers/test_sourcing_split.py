"""Quantities shared out among suppliers with tiers: every class against enumeration, bounds, stop, the same plan twice."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from planner.solvers import mip
from planner.solvers.sourcing_dual import Pace, Prices
from planner.solvers.sourcing_split import made_whole, remaining, solve
from planner.solvers.sourcing_tiers import Tree, dive, improve
from planner.solvers.sourcing_tight import Tight
from planner.solvers.sourcing_volume import INF, Bundle, Families, Volumes

KINDS = ("units", "tight", "turnover", "slices", "rules", "bundles")


def case(kind: str, seed: int) -> Volumes:
    """Three suppliers, three articles, two or three tiers; a few units of each."""
    rng = np.random.default_rng([KINDS.index(kind), seed])
    suppliers, articles, tiers = 3, 3, 3
    demand = rng.integers(2, 5, articles).astype(float)
    price = rng.integers(80, 130, (suppliers, articles)).astype(float)
    most = rng.integers(1, 4, (suppliers, articles)).astype(float) if kind == "tight" else np.where(rng.random((suppliers, articles)) < 0.85, demand, 0.0)
    most[0] = np.maximum(most[0], np.where(most.sum(0) < demand, demand, 0.0))
    turnover = kind in ("turnover", "slices")
    total = float((price.mean(0) * demand).sum()) if turnover else float(demand.sum())
    start = np.concatenate([np.zeros((suppliers, 1)), np.sort(np.round(total * rng.uniform(0.1, 0.9, (suppliers, tiers - 1))), axis=1)], axis=1)
    start[0, -1] = INF  # one tier fewer
    rate = np.concatenate([np.zeros((suppliers, 1)), np.cumsum(rng.integers(20, 120, (suppliers, tiers - 1)) / 1000, axis=1)], axis=1)
    fee = np.full(rate.shape, float(rng.integers(0, 40)))
    if kind == "slices":
        back = np.concatenate([np.zeros((suppliers, 1)), np.cumsum(np.diff(rate, axis=1) * np.where(np.isfinite(start), start, 0)[:, 1:], axis=1)], axis=1)
        fee, start = fee + back, np.where(np.isfinite(start), 0.0, INF)
    rules = Families(np.array([0, 0, 1]), np.array([4.0, 3.0]), np.array([2.0, 1.0]), np.array([2, 1])) if kind == "rules" else None
    bundles = (Bundle((0, 1), float(0.9 * (price.min(0) * demand)[:2].sum())), Bundle((1, 2), 1.0)) if kind == "bundles" and seed % 2 else ()
    if kind == "bundles" and not bundles:
        bundles = (Bundle((0, 2), float((price.mean(0) * demand)[[0, 2]].sum())),)
    return Volumes(price, most, demand, price if turnover else np.ones_like(price), rate, start, fee, kind == "slices", 2 if kind == "rules" else None, rules, bundles)


def every(volumes: Volumes) -> Iterator[tuple[np.ndarray, tuple[int, ...]]]:
    """All answers in whole units."""
    for count in range(len(volumes.bundles) + 1):
        for taken in itertools.combinations(range(len(volumes.bundles)), count):
            left = volumes.demand.copy()
            for b in taken:
                left[list(volumes.bundles[b].articles)] -= volumes.demand[list(volumes.bundles[b].articles)]
            if np.any(left < 0):
                continue
            each = [
                [parts for parts in itertools.product(*(range(int(min(m, need)) + 1) for m in volumes.most[:, k])) if sum(parts) == need]
                for k, need in enumerate(left)
            ]
            for columns in itertools.product(*each):
                yield np.array(columns, float).T, taken


def least(volumes: Volumes) -> float:
    return min((volumes.cost(x, taken) for x, taken in every(volumes) if not volumes.broken(x, taken)), default=INF)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", KINDS)
def test_every_class_against_enumeration(kind: str, seed: int) -> None:
    volumes = case(kind, seed)
    optimum = least(volumes)
    assert Prices(volumes).climb(Prices(volumes).first()).bound <= optimum + 1e-6
    found = solve(volumes, seconds=20, gap=0.0, threads=1 + seed % 2)
    if optimum == INF:
        assert found.infeasible and found.x is None
        return
    assert found.x is not None and found.proven and not volumes.broken(found.x, found.taken)
    assert found.cost == pytest.approx(optimum, abs=1e-6) and found.cost == volumes.cost(found.x, found.taken)
    assert found.bound <= optimum + 1e-6


@pytest.mark.parametrize("kind", KINDS)
def test_restricted_bounds_and_what_they_rule_out(kind: str) -> None:
    """A bound holds for any prices and any tiers left; what is ruled out at a cost is in no answer that is cheaper."""
    for seed in range(3):
        volumes = case(kind, seed)
        optimum = least(volumes)
        if optimum == INF:
            continue
        prices, rng = Prices(volumes), np.random.default_rng(seed)
        for _ in range(5):
            dual = prices.climb(rng.uniform(60, 140, len(volumes.demand)), pace=Pace(int(rng.integers(1, 40))), target=float(rng.choice([INF, optimum])))
            assert dual.bound <= optimum + 1e-6
            cost = optimum * 1.01 + 1e-6
            open_, limit = remaining(prices, dual, cost)
            for x, taken in every(volumes):
                if not volumes.broken(x, taken) and volumes.cost(x, taken) < cost:
                    used = x.sum(1) > 0
                    options = volumes.fee + (volumes.price * x).sum(1)[:, None] * (1 - volumes.rate)
                    tier = np.where(np.isfinite(volumes.start), options, INF).argmin(1) if volumes.by_slice else volumes.tier((volumes.base * x).sum(1))
                    assert open_[used, tier[used]].all()
                    assert np.all(x[used] <= limit[used, tier[used]] + 1e-6)
        allowed = np.ones((3, 4), bool)
        allowed[1, :3] = False  # the second supplier is left out
        without = replace(volumes, most=volumes.most * np.array([[1.0], [0.0], [1.0]]))
        assert prices.climb(prices.first(), allowed=allowed).bound <= least(without) + 1e-6


def test_the_tight_program_takes_its_own_points_back() -> None:
    for kind in KINDS:
        volumes = case(kind, 1)
        tight = Tight(volumes)
        for x, taken in itertools.islice(((x, taken) for x, taken in every(volumes) if not volumes.broken(x, taken)), 0, 200, 10):
            point = tight.point(x, taken)
            assert point is not None and float(tight.model.cost @ point) == pytest.approx(volumes.cost(x, taken))
            again, bundles = tight.split(point)
            assert np.array_equal(again, x) and bundles == taken
            assert made_whole(volumes, tight, point) is not None


def large(seed: int) -> Volumes:
    """20 suppliers, 40 articles, 4 tiers on turnover, paid on all of it."""
    rng = np.random.default_rng(seed)
    price = np.round(rng.integers(500, 10000, 40) * rng.uniform(0.8, 1.25, (20, 40))) / 100
    most = 10.0 * rng.integers(1, 16, (20, 40))
    demand = np.ceil(0.1 * most.max(0) + 0.2 * most.sum(0))
    total = float((np.median(price, axis=0) * demand).sum())
    start = np.concatenate([np.zeros((20, 1)), np.sort(np.round(total * rng.uniform(0.01, 0.25, (20, 3)), 2), axis=1)], axis=1)
    rate = np.concatenate([np.zeros((20, 1)), np.cumsum(rng.integers(10, 30, (20, 3)) / 1000, axis=1)], axis=1)
    return Volumes(price, np.minimum(most, demand), demand, price, rate, start, np.full(rate.shape, 3000.0))


def test_the_same_answer_twice_and_within_its_gap() -> None:
    volumes = large(3)
    one, two = (solve(volumes, seconds=120, gap=5e-3, threads=1) for _ in range(2))
    assert one.x is not None and two.x is not None and np.array_equal(one.x, two.x) and one.bound == two.bound
    assert one.proven and not volumes.broken(one.x) and one.bound <= one.cost <= one.bound / (1 - 5e-3) + 1e-6


def test_it_stops_when_asked_and_keeps_what_it_has() -> None:
    volumes, began = large(4), time.monotonic()
    heard: list[tuple[float | None, float | None]] = []
    found = solve(volumes, seconds=120, gap=0.0, on_progress=lambda cost, bound: heard.append((cost, bound)), should_stop=lambda: any(cost for cost, _ in heard))
    assert found.stopped and found.x is not None and not found.proven
    assert time.monotonic() - began < 60
    assert all(later >= earlier - 1e-6 for (_, earlier), (_, later) in itertools.pairwise(heard) if earlier is not None and later is not None)


@pytest.mark.parametrize("threads", [1, 2])
def test_branching_on_tiers_never_bounds_above_the_optimum(threads: int) -> None:
    """The tree alone, to its end, from a known cost: cut off at a gap, it claims no more than that."""
    for kind, seed in itertools.product(("rules", "units", "turnover"), range(3)):
        volumes = case(kind, seed)
        optimum = least(volumes)
        if optimum == INF:
            continue
        prices, bounds = Prices(volumes), [-INF]
        tree = Tree(prices, prices.climb(prices.first()), lambda cost=optimum: cost * 0.99, bounds.append, lambda _: -INF)
        with ThreadPoolExecutor(threads) as pool:
            began = time.monotonic()
            for future in [pool.submit(tree.work, lambda began=began: time.monotonic() > began + 10) for _ in range(threads)]:
                future.result()
        assert max(bounds) <= optimum * 0.99 + 1e-6


@pytest.mark.parametrize("kind", ["rules", "units", "turnover", "slices", "tight"])
def test_the_tree_ends_at_its_least_leaf(kind: str) -> None:
    """With nothing cut off, the bound is the program's optimum: no side of a split is lost, and none is held higher than it is."""
    for seed in range(3):
        volumes = case(kind, seed)
        exact = mip.solve(Tight(volumes).model, gap=0.0)
        if exact.x is None:
            continue
        prices, bounds = Prices(volumes), [-INF]

        def leaf(open_: np.ndarray, volumes: Volumes = volumes) -> float:
            found = mip.solve(Tight(volumes, open_).model, gap=0.0)
            return INF if found.x is None else found.bound

        tree = Tree(prices, prices.climb(prices.first()), lambda cost=2 * exact.objective: cost, bounds.append, leaf)
        tree.work(lambda: False)
        assert max(bounds) == pytest.approx(exact.objective, rel=1e-6)


def test_tiers_are_searched_to_a_local_optimum() -> None:
    volumes = case("units", 2)
    prices = Prices(volumes)
    root = prices.climb(prices.first())
    dived = dive(prices, root, lambda: False)
    assert dived is not None
    tiers, dual = improve(prices, dived[0], dived[1], np.random.default_rng(1), lambda: False)
    assert root.bound - 1e-6 <= dual.bound <= least(volumes) * 1.05 and tiers.shape == (3,)


def test_what_cannot_be_served_is_said() -> None:
    volumes = case("units", 0)
    assert solve(replace(volumes, most=volumes.most * 0.0), seconds=5).infeasible
