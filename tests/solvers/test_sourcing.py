"""The sourcing program on bare arrays: tiers, carriage, split lots, rules, the relaxed program and conflicts."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from planner.solvers import mip
from planner.solvers.conflicts import minimal_conflict
from planner.solvers.mip import MipStatus
from planner.solvers.sourcing import Carriage, Distinct, Linear, Schedule, Sourcing
from planner.solvers.sourcing_award import solve
from planner.solvers.sourcing_mip import Program, least_broken, possible


def market(demands: list[tuple[int, float]], suppliers: list[list[float]], split: bool = False) -> Sourcing:
    """`demands`: (lot, outside cost); `suppliers[s][d]`: price of demand d by supplier s."""
    lots = max(lot for lot, _ in demands) + 1
    options = [(d, s, prices[d]) for d in range(len(demands)) for s, prices in enumerate(suppliers)]
    return Sourcing(
        np.array([lot for lot, _ in demands]), np.array([cost for _, cost in demands], float),
        np.array([d for d, _, _ in options]), np.array([s for _, s, _ in options]), np.array([cost for _, _, cost in options], float),
        np.full(lots, split), np.zeros(len(suppliers)),
    )  # fmt: skip


def all_of(data: Sourcing, supplier: int) -> np.ndarray:
    return np.flatnonzero(data.option_supplier == supplier)


def one_winner(data: Sourcing, tag: int = 0) -> None:
    for lot in range(len(data.split)):
        data.rules.append(Linear(tag, won=[(lot, s, 1.0) for s in range(len(data.supplier_cost))], upper=1))


def best(data: Sourcing) -> tuple[float, list[int]]:
    award = solve(data, seconds=10, gap=0.0)
    assert award.result.status is MipStatus.OPTIMAL and award.parts is not None
    return round(award.result.objective, 6), award.parts.tolist()


def test_a_lot_goes_to_one_supplier_and_the_dearest_stays_out() -> None:
    data = market([(0, 100.0), (0, 50.0)], [[80, 60], [95, 40]])
    one_winner(data)
    assert best(data) == (130.0, [100, 0, 0, 0])  # 80 + outside 50 beats 95 + 40


@pytest.mark.parametrize(("start", "cost"), [(160.0, 140.0), (160.01, 150.0)])
def test_all_units_tier_is_reached_at_its_start(start: float, cost: float) -> None:
    data = market([(0, 90.0), (0, 60.0)], [[95, 65]])
    options = all_of(data, 0)
    money = data.option_cost[options]
    data.schedules.append(Schedule(options, money, money, np.array([0.0, start]), np.array([0.0, 0.125]), np.zeros(2)))
    assert best(data)[0] == cost


def test_falling_rates_are_not_picked_beyond_their_tier() -> None:
    """10 % up to 100, nothing above: the lower tier cannot be claimed by a larger base."""
    data = market([(0, 999.0), (0, 999.0)], [[60, 60]])
    options, money = all_of(data, 0), np.array([60.0, 60.0])
    data.schedules.append(Schedule(options, money, money, np.array([0.0, 100.0]), np.array([0.1, 0.0]), np.zeros(2)))
    assert best(data)[0] == 120.0


def test_carriage_is_paid_under_the_threshold_even_for_a_part() -> None:
    data = market([(0, 100.0)], [[80.0], [82.0]], split=True)
    for s in (0, 1):
        data.carriages.append(Carriage(all_of(data, s), np.array([80.0 if s == 0 else 82.0]), 50.0, 7.0))
    # both must serve: the smaller part pays carriage, the larger (at least 50 €) does not
    data.rules += [Linear(0, won=[(0, s, 1.0)], lower=1) for s in (0, 1)]
    cost, parts = best(data)
    assert parts == [99, 1]
    assert cost == pytest.approx(0.99 * 80 + 0.01 * 82 + 7)


def test_distinct_suppliers_and_fixed_costs() -> None:
    data = market([(0, 100.0), (1, 100.0)], [[50, 70], [70, 50]])
    data.supplier_cost = np.array([5.0, 5.0])
    assert best(data) == (110.0, [100, 0, 0, 100])
    data.rules.append(Distinct(0, (0, 1), 1))
    assert best(data)[0] == 125.0


def test_switch_is_paid_once_per_demand() -> None:
    data = market([(0, 100.0)], [[80.0], [60.0]], split=True)
    data.switches.append((np.array([1]), 15.0))
    assert best(data)[0] == 75.0
    data.switches[0] = (np.array([1]), 25.0)
    assert best(data)[0] == 80.0


@pytest.mark.parametrize("seed", range(6))
def test_random_programs_against_enumeration(seed: int) -> None:
    rng = np.random.default_rng(seed)
    demands = [(d % 3, float(rng.integers(80, 120))) for d in range(5)]
    data = market(demands, [[float(x) for x in rng.integers(70, 115, 5)] for _ in range(3)])
    one_winner(data)
    data.supplier_cost = rng.integers(0, 15, 3).astype(float)
    for s in range(3):
        options = all_of(data, s)
        money = data.option_cost[options]
        start = np.array([0.0, *np.sort(rng.integers(80, 400, 2))], float)
        rate = np.array([0.0, 0.03, 0.08])
        constant = np.array([0.0, -0.03 * start[1], -0.03 * start[1] - 0.05 * start[2]]) if seed % 2 else np.zeros(3)
        data.schedules.append(Schedule(options, money, money, start, rate, constant))
        data.carriages.append(Carriage(options, money, float(rng.integers(80, 200)), 9.0))
    program = Program(data)
    costs = []
    for choice in itertools.product(range(4), repeat=5):
        parts = np.zeros(15, int)
        for d, s in enumerate(choice):
            if s < 3:
                parts[d * 3 + s] = 100
        x = program.point(parts)
        if program.model.violation(x) < 1e-9:
            costs.append(float(program.model.cost @ x))
    assert 100 < len(costs) < 4**5
    assert best(data)[0] == pytest.approx(min(costs), abs=1e-6)


def nested(seed: int, split: bool) -> Sourcing:
    """Three suppliers with a discount by lot and a rebate on what is left of it over all lots."""
    rng = np.random.default_rng(seed)
    data = market([(d % 3, float(rng.integers(95, 120))) for d in range(5)], [[float(x) for x in rng.integers(70, 115, 5)] for _ in range(3)], split)
    one_winner(data)
    for s in range(3):
        lots = []
        for lot in range(3):
            options = np.flatnonzero((data.option_supplier == s) & (data.option_lot == lot))
            money = data.option_cost[options]
            lots.append(len(data.schedules))
            data.schedules.append(Schedule(options, money, money, np.array([0.0, float(rng.integers(60, 200))]), np.array([0.0, 0.06]), np.zeros(2)))
        options = all_of(data, s)
        money = data.option_cost[options]
        start = np.array([0.0, *np.sort(rng.integers(80, 400, 2))], float)
        data.schedules.append(Schedule(options, money, money, start, np.array([0.0, 0.03, 0.08]), np.zeros(3), net_of=tuple(lots)))
        data.carriages.append(Carriage(options, money, float(rng.integers(80, 200)), 9.0))
    return data


@pytest.mark.parametrize("split", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_a_lot_opened_again_is_the_whole_program_with_the_rest_held(seed: int, split: bool) -> None:
    """Columns that follow others change nothing: same points, same costs, same optimum as by enumeration of the lot."""
    data = nested(seed, split)
    program = Program(data)
    parts = np.zeros(15, int)
    parts[[1 * 3 + seed % 3, 2 * 3 + 1, 4 * 3 + seed % 3]] = 100  # lots 1 and 2; lot 0 is outside
    x = program.point(parts)
    kept, follows = program.settled(data.option_lot != 0, x)
    part, spread, held = program.model.following(kept, follows, x)
    assert follows and np.allclose(held + spread @ x[~kept & ~np.isin(np.arange(len(x)), list(follows))], x)
    costs = []
    for choice in itertools.product(range(4), repeat=2):
        trial = parts.copy()
        for d, s in zip((0, 3), choice, strict=True):
            if s < 3:
                trial[d * 3 + s] = 100
        y = program.point(trial)
        if program.model.violation(y) < 1e-9:
            costs.append(float(program.model.cost @ y))
    found = mip.solve(part, gap=0.0)
    assert found.x is not None and program.model.violation(held + spread @ found.x) < 1e-6
    assert found.objective <= min(costs) + 1e-6 and (split or found.objective == pytest.approx(min(costs), abs=1e-6))
    whole = best(data)[0]
    assert whole <= min(costs) + 1e-6 and (len(costs) > 3)


@pytest.mark.parametrize("seed", range(4))
def test_with_the_tiers_over_lots_kept_the_best_award_is_the_best_at_those_tiers(seed: int) -> None:
    data = nested(seed, False)
    program = Program(data)
    parts = np.zeros(15, int)
    parts[[0, 3 * 3, 1 * 3 + 1]] = 100  # the first supplier has lot 0, the second lot 1, the third nothing
    x = program.point(parts)
    kept = program.tiers_over_lots(np.zeros(3, bool), x)
    part, spread, held = program.model.following(kept, {}, x)
    found = mip.solve(part, gap=0.0, start=x[~kept])
    assert kept.any() and not program.tiers_over_lots(np.ones(3, bool), x).any()
    assert found.x is not None and program.model.violation(held + spread @ found.x) < 1e-6
    award = program.parts_of(held + spread @ found.x)
    assert best(data)[0] - 1e-6 <= found.objective <= float(program.model.cost @ x) + 1e-6
    assert not award[data.option_supplier == 2].any()  # no tier of it is on, not even the lowest


def test_the_relaxed_program_gives_up_the_fewest_rules() -> None:
    data = market([(0, 100.0), (1, 100.0)], [[50, 70], [70, 50]])
    data.rules = [
        Distinct(10, (0, 1), 1), Linear(11, parts=[(0, 1.0)], lower=1.0), Linear(12, parts=[(3, 1.0)], lower=1.0),
        Linear(13, outs=[(0, 1.0)], upper=0.0),
    ]  # fmt: skip
    assert solve(data, seconds=5).result.status is MipStatus.INFEASIBLE
    relaxed = least_broken(data, seconds=5)
    assert relaxed.parts is not None and len(relaxed.broken) == 1 and relaxed.broken[0] in (10, 11, 12)
    assert possible(data, frozenset({11, 12, 13}), seconds=5) is True
    assert possible(data, frozenset({10, 11, 12}), seconds=5) is False
    conflict = minimal_conflict([10, 11, 12, 13], lambda tags: possible(data, frozenset(tags), seconds=5))
    assert conflict is not None and sorted(conflict) == [10, 11, 12]


def test_a_start_is_kept_when_there_is_no_time() -> None:
    data = market([(0, 100.0), (1, 100.0)], [[50, 70], [70, 50]])
    award = solve(data, seconds=5, starts=[np.array([0, 0, 0, 0]), np.array([100, 0, 0, 0])], should_stop=lambda: True)
    assert award.parts is not None and award.result.objective <= 150.0


@pytest.mark.parametrize("seed", range(5))
def test_minimal_conflict_is_one_and_minimal(seed: int) -> None:
    rng = np.random.default_rng(seed)
    conflicts = [set(rng.choice(20, int(rng.integers(1, 5)), replace=False).tolist()) for _ in range(3)]

    def fits(tags: object) -> bool:
        return not any(conflict <= set(tags) for conflict in conflicts)  # type: ignore[call-overload]

    found = minimal_conflict(list(range(20)), fits)
    assert found is not None and set(found) in conflicts
    assert all(fits([tag for tag in found if tag != left]) for left in found)
    assert minimal_conflict([0, 1], lambda tags: True) == []
    assert minimal_conflict([0, 1], lambda tags: None) is None
