"""The bound by columns never exceeds the linear program over all true trips, whatever the prices, and nears it."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, permutations

import numpy as np
import pytest

from planner.solvers import mip
from planner.solvers.routing_columns import Days, Kind, _Prices, _Search, bound


def random_days(seed: int) -> Days:
    """Two fleets on two days, four places, five items a day: some that only one fleet may serve, a choice of days, one that may be left."""
    rng = np.random.default_rng(seed)
    kinds = []
    xy = rng.uniform(0, 30, (5, 2))
    seconds = 60.0 * np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    for day in range(2):
        for fleet in range(2):
            own = [row for row in range(5) if row % 3 != 2 or fleet == 0]
            places = np.sort(rng.integers(1, 5, len(own)))
            kinds.append(Kind(
                fleet, seconds * (0.5 + fleet) + 1.0, seconds, np.array([600.0, *rng.integers(0, 600, 4)], float), 0.01, 9000.0, 2, 9000.0, 6.0,
                np.array(own) + 5 * day, places, rng.integers(30, 600, len(own)).astype(float), rng.choice([0.0, 1.0, 2.5, 3.0], len(own)),
            ))  # fmt: skip
    choices = (((0,), (5,)),) if seed % 2 else ()
    bundles = (((1, 6), 400.0),) if seed % 3 else ()
    runs = (((0, 1), 3), ((2, 3), 2), ((3,), 2)) if seed % 4 else ()
    return Days(10, tuple(kinds), np.array([100.0, 150.0]), np.array([1.0, 3.0]), ((np.array([1.0, 1.0]), 2.0),), choices, bundles, runs)


def all_trips(kind: Kind) -> list[tuple[float, float, list[int]]]:
    """Every trip of the kind by its items, in its best order of places: cost, seconds, items."""
    made = []
    for n in range(1, len(kind.rows) + 1):
        for items in combinations(range(len(kind.rows)), n):
            those = list(items)
            if kind.loads[those].sum() > kind.room:
                continue
            idle = kind.stops[0] + kind.spend[those].sum() + kind.stops[sorted(set(kind.places[those]))].sum()
            tours = [[0, *order, 0] for order in permutations(sorted(set(kind.places[those].tolist())))]
            ways = [(kind.arcs[t[:-1], t[1:]].sum() + kind.second * idle, kind.seconds[t[:-1], t[1:]].sum() + idle) for t in tours]
            made += [(cost, spent, those) for cost, spent in ways if spent <= kind.limit]
    return made


def least(days: Days) -> float:
    """The program over all trips, solved at once."""
    made = mip.Builder()
    fleets = [made.variable(float(p), 0.0, float(c)) for p, c in zip(days.price, days.count, strict=True)]
    terms: list[list[tuple[int, float]]] = [[] for _ in range(days.rows)]
    numbers: list[list[tuple[int, float]]] = []
    for kind in days.kinds:
        numbers.append([])
        paid, runs = [(fleets[kind.fleet], kind.longest)], [(fleets[kind.fleet], float(kind.trips))]
        for cost, spent, items in all_trips(kind):
            x = made.variable(cost)
            numbers[-1].append((x, 1.0))
            paid.append((x, -spent))
            runs.append((x, -1.0))
            for row in kind.rows[items]:
                terms[row].append((x, 1.0))
        made.row(paid, lower=0.0)
        made.row(runs, lower=0.0)
    chosen = set()
    for options in days.choices:
        ys = [made.variable() for _ in options]
        made.row([(y, 1.0) for y in ys], lower=1.0)
        for y, option in zip(ys, options, strict=True):
            for row in option:
                chosen.add(row)
                terms[row].append((y, -1.0))
    for rows, price in days.bundles:
        z = made.variable(price)
        for row in rows:
            terms[row].append((z, 1.0))
    for row in range(days.rows):
        made.row(terms[row], lower=0.0 if row in chosen else 1.0)
    for shares, most in days.cuts:
        made.row(list(zip(fleets, shares.tolist(), strict=True)), lower=most)
    for those, many in days.runs:
        made.row([number for t in those for number in numbers[t]], lower=float(many))
    solved = mip.relaxed(made.build())
    return np.inf if solved is None else solved[0]


@pytest.mark.parametrize("seed", range(12))
def test_bound_nears_the_program_over_all_trips_from_below(seed: int) -> None:
    days = random_days(seed)
    best, found = least(days), bound(days, np.inf, 60)
    assert found.value <= best * (1 + 1e-7)
    assert found.value >= 0.97 * min(best, found.program)


@pytest.mark.parametrize("seed", range(12))
def test_any_prices_prove_a_true_bound(seed: int) -> None:
    days = random_days(seed)
    best, search = least(days), _Search(days, lambda: False)
    rng = np.random.default_rng(seed)
    for scale in (100.0, 300.0, 1000.0, 3000.0):
        for _ in range(10):
            prices = _Prices(rng.uniform(0, scale, 10), rng.uniform(0, 0.01, 4), rng.uniform(0, scale / 10, 4), rng.uniform(0, 100.0, 1), rng.uniform(0, scale, len(days.runs)))
            reduced = np.array([pricing.price(prices, t, reward)[0] for t, (pricing, reward) in enumerate(zip(search.pricing, search.rewards(prices), strict=True))])
            value, proving = search.value(prices, reduced)
            assert value <= best * (1 + 1e-7)
            after = [pricing.price(proving, t, reward)[0] for t, (pricing, reward) in enumerate(zip(search.pricing, search.rewards(proving), strict=True))]
            assert search.value(proving, np.array(after))[0] <= best * (1 + 1e-7)


@pytest.mark.parametrize("seed", range(6))
def test_rows_that_may_be_left_are_worth_no_more_than_their_price(seed: int) -> None:
    days = replace(random_days(seed), bundles=(((1, 6), 40.0), *(((row,), 0.0) for row in range(10) if row not in (1, 6))), choices=(), cuts=(), runs=())
    search, best = _Search(days, lambda: False), least(days)
    prices = _Prices(np.full(10, 300.0), np.zeros(4), np.zeros(4), np.zeros(0), np.zeros(0))
    reduced = np.array([pricing.price(prices, t, reward)[0] for t, (pricing, reward) in enumerate(zip(search.pricing, search.rewards(prices), strict=True))])
    assert search.value(prices, reduced)[0] <= best * (1 + 1e-7) and best <= 40.0 + 1e-6
    assert bound(days, np.inf, 60).value == pytest.approx(best)


def test_rounds_alone_decide_without_a_limit_of_time() -> None:
    days = random_days(5)
    assert bound(days, np.inf, 4).value == bound(days, np.inf, 4).value <= bound(days, np.inf, 12).value
