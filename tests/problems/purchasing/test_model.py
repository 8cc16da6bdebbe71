"""The program against the tariff, against enumeration, and its outcomes."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from planner.network import Network
from planner.plan import Limits, Plan, Progress, Status, Step
from planner.problems.purchasing import PURCHASING, ledger
from planner.problems.purchasing.arrays import Arrays
from planner.problems.purchasing.market import Market, read
from planner.problems.purchasing.rules import broken_locks, broken_offers, broken_rules, read_locks, read_rules
from planner.problems.purchasing.tables import TABLES
from planner.problems.purchasing.tariff import evaluate
from planner.problems.purchasing.units import Award
from planner.scenario import Scenario
from planner.sites import COMMON_TABLES
from planner.solvers.sourcing_mip import Program
from tests.problems.purchasing.cases import every_award
from tests.problems.purchasing.generator import large, scenario

NO_NETWORK: Network = None  # type: ignore[assignment]  # purchasing uses no distances
RULES: list[dict[str, Any]] = [
    {"kind": "max_lots", "value": 2},
    {"kind": "max_suppliers", "value": 2},
    {"kind": "max_share", "value": 70},
    {"kind": "min_share", "value": 15},
    {"kind": "min_quality", "value": 15},
    {"kind": "min_organic", "value": 3},
    {"kind": "min_winners", "lot": "L1", "value": 1},
    {"kind": "max_share", "lot": "L1", "supplier": "S1", "value": 60},
]


def solve(case: Scenario, seconds: float = 20.0, gap: float = 1e-5, **limits: Any) -> Plan:
    return PURCHASING.solve(case, NO_NETWORK, Limits(seconds=seconds, gap=gap, **limits), Progress())


def keeps_all(case: Scenario, market: Market, shares: dict[Award, int]) -> bool:
    found = broken_rules(market, read_rules(case, market), shares) + broken_locks(read_locks(case, market), shares)
    return not [issue for issue in found + broken_offers(market, shares) if issue.is_error]


@pytest.mark.parametrize("seed", range(8))
def test_the_program_prices_every_award_as_the_tariff_does(seed: int) -> None:
    options: dict[str, Any] = {"split_lots": seed % 3, "switching": 40.0 * (seed % 2), "capacities": 0.1, "minimums": 0.1}
    rules = [RULES[seed], RULES[(seed + 3) % 8]]
    case = scenario(seed, members=3, lots=4, articles=9, suppliers=4, tiers=3, decreasing=seed % 4 == 3, rules=rules, scale=0.3, **options)
    market = read(case)
    arrays = Arrays(market, read_rules(case, market), read_locks(case, market))
    program = Program(arrays.data)
    rng = np.random.default_rng(seed)
    kept = 0
    for _ in range(150):
        shares: dict[Award, int] = {}
        for lot in market.lots:
            winners = [str(s) for s in rng.permutation(list(market.bidders[lot]))[: 2 if market.max_winners[lot] > 1 else 1]]
            for pair in market.of_lot(lot):
                if winners and rng.random() < 0.75:
                    first = int(rng.integers(0, 101)) if len(winners) == 2 else 100
                    shares |= {(*pair, s): p for s, p in zip(winners, (first, 100 - first), strict=False) if p}
        x = program.point(arrays.parts(shares))
        bill = evaluate(market, shares)
        rounded = len(bill.reached) + len(bill.fee) + sum(row.share < 100 for row in bill.rows.values())
        exact = float(program.model.cost @ x)
        assert exact - 1e-4 <= ledger.objective(market, bill) <= exact + 0.01 * rounded + 0.005
        feasible = program.model.violation(x) < 1e-9
        assert feasible == keeps_all(case, market, shares)
        kept += feasible
    assert arrays.shares(arrays.parts(shares)) == shares
    assert 0 < kept < 150


def some_locks(seed: int) -> list[dict[str, Any]]:
    """Up to two decisions at random, which may well contradict each other or the offers."""
    rng = np.random.default_rng(seed)
    locks: dict[tuple[str, str | None, str | None], dict[str, Any]] = {}
    for _ in range(seed % 3):
        action = str(rng.choice(["award", "award", "exclude", "stay_out"]))
        key = (f"L{rng.integers(1, 4)}", [None, "H1", "H2"][rng.integers(0, 3)], None if action == "stay_out" else f"S{rng.integers(1, 4)}")
        locks[key] = dict(zip(("lot", "establishment", "supplier"), key, strict=True)) | {"action": action}
    return list(locks.values())


@pytest.mark.parametrize("seed", range(18))
def test_optimum_equals_enumeration(seed: int) -> None:
    """2 members, 3 lots, 3 suppliers with tiers of all kinds, rebates, carriage, fees, management, capacities, rules, locks."""
    rules = [rule for i, rule in enumerate(RULES) if (seed + i) % 4 == 0] if seed % 5 else []
    case = scenario(seed, tiers=3, rules=rules, locks=some_locks(seed), switching=25.0 * (seed % 2), capacities=0.3 * (seed % 2), minimums=0.3, scale=0.2)
    market = read(case)
    costs = [
        ledger.objective(market, evaluate(market, shares)) for shares in every_award(market) if keeps_all(case, market, shares)
    ]  # fmt: skip
    plan = solve(case)
    if not costs:
        assert plan.status is Status.INFEASIBLE and plan.issues
        return
    assert plan.status is Status.OPTIMAL
    assert plan.cost is not None and min(costs) <= plan.cost <= min(costs) * (1 + 1e-5)
    assert plan.bound is not None and plan.bound <= min(costs)
    assert PURCHASING.audit(case, NO_NETWORK, plan).valid


@pytest.mark.parametrize("seed", range(4))
def test_split_lot_equals_enumeration_of_whole_percents(seed: int) -> None:
    case = scenario(seed, members=1, lots=2, articles=4, suppliers=2, bids=1, split_lots=1, tiers=2, capacities=0.5, switching=30, scale=0.2)
    market = read(case)
    awards = every_award(market, tuple(range(1, 101)))
    costs = [ledger.objective(market, evaluate(market, shares)) for shares in awards if keeps_all(case, market, shares)]
    plan = solve(case)
    assert plan.status is Status.OPTIMAL and len(awards) > 300
    assert plan.cost is not None and min(costs) <= plan.cost <= min(costs) * (1 + 1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_locks_are_kept(seed: int) -> None:
    free = scenario(seed, members=2, lots=4, articles=8, suppliers=4, split_lots=1)
    market = read(free)
    single = next(lot for lot in market.lots[1:] if len(market.bidders[lot]) > 1)
    first, second = market.bidders[single][:2]
    member = market.of_lot(single)[0][1]
    locks = [
        {"lot": single, "establishment": member, "supplier": second, "action": "award"},
        {"lot": "L1", "supplier": market.bidders["L1"][0], "action": "exclude"},
        {"lot": "L4" if single != "L4" else "L3", "establishment": member, "action": "stay_out"},
    ]
    case = scenario(seed, members=2, lots=4, articles=8, suppliers=4, split_lots=1, locks=locks)
    plan, without = solve(case), solve(free)
    assert plan.status is Status.OPTIMAL and plan.cost is not None and without.bound is not None
    assert PURCHASING.audit(case, NO_NETWORK, plan).valid
    assert plan.cost >= without.bound and first != second


def test_progress_bound_and_same_plan_for_the_same_seed() -> None:
    case = scenario(5, members=4, lots=12, articles=40, suppliers=10, split_lots=2, rules=[{"kind": "max_suppliers", "value": 6}])
    steps: list[Step] = []
    first = PURCHASING.solve(case, NO_NETWORK, Limits(seconds=30), Progress(steps.append))
    assert first.status is Status.OPTIMAL and first.gap is not None and first.gap <= 1e-4
    assert steps and steps[-1].cost == first.cost and steps[-1].bound == first.bound
    costs = [step.cost for step in steps if step.cost is not None]
    assert all(a + 1 >= b for a, b in pairwise(costs))
    again = solve(case, seconds=30, gap=1e-4)
    assert all(again.tables[name].equals(first.tables[name]) for name in first.tables)


def test_stopping_keeps_the_best_plan() -> None:
    case = large(2)
    progress = Progress(lambda step: progress.stop() if step.cost is not None else None)
    plan = PURCHASING.solve(case, NO_NETWORK, Limits(seconds=30, gap=1e-6), progress)
    assert plan.status is Status.STOPPED and plan.seconds < 20
    audit = PURCHASING.audit(case, NO_NETWORK, plan)
    assert audit.valid
    today = PURCHASING.baseline(case, NO_NETWORK).cost
    assert plan.cost is not None and today is not None and plan.cost < 0.9 * today  # the start is already a pooled award


def test_too_short_a_time_still_leaves_a_plan() -> None:
    case = large(3)
    plan = solve(case, seconds=0.05)
    assert plan.status is Status.FEASIBLE
    assert PURCHASING.audit(case, NO_NETWORK, plan).valid


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_a_real_group_s_size_is_solved_within_half_a_percent(seed: int) -> None:
    """4 members, 45 lots, 320 articles, 28 suppliers, with rules: 0.5 % from the bound in 30 s of two cores (60 s of processor)."""
    rules = [{"kind": "max_lots", "value": 5}, {"kind": "max_suppliers", "value": 18}, {"kind": "min_quality", "value": 32}]
    case = large(seed, rules=rules, switching=300.0)
    began = time.process_time()
    plan = solve(case, seconds=180, gap=0.005)  # wall time does not count: the machine may be busy
    assert time.process_time() - began < 60
    assert plan.status is Status.OPTIMAL and plan.gap is not None and plan.gap <= 0.005
    assert PURCHASING.audit(case, NO_NETWORK, plan).valid


@pytest.mark.parametrize("everyone", [False, True])
def test_a_limit_met_to_the_cent_is_kept_and_a_few_cents_over_are_not(everyone: bool) -> None:
    """Of a framework of 1,000,000 € a year, Y takes all; X, cheaper once discounted, asks 10 cents more before discount.

    Ten cents are within the engine's usual tolerance on such a row; Y's award must still be found, and proven.
    """
    members = {"H0": 37000.0, "H1": 23000.0, "H2": 19000.0, "H3": 14000.0, "H4": 7000.0}
    case = Scenario.of("edge", (*COMMON_TABLES, *TABLES), {
        "establishments": [{"establishment": h, "name": h} for h in members], "families": [{"family": "F", "name": "F"}],
        "lots": [{"lot": "L", "name": "L", "family": "F", "max_value": 1_000_000.0}], "articles": [{"article": "A", "name": "A", "lot": "L"}],
        "suppliers": [{"supplier": "X", "name": "X"}, {"supplier": "Y", "name": "Y"}],
        "needs": [{"establishment": h, "article": "A", "quantity": q, "current_price": 50.0} for h, q in members.items()],
        "offers": [{"supplier": "X", "article": "A", "price": 10.000001}, {"supplier": "Y", "article": "A", "price": 10.0}],
        "discounts": [{"supplier": "X", "scope": "lot", "lot": "L", "threshold": 0.0, "rate": 5.0}],
        "purchasing_locks": [{"lot": "L", "establishment": "H4", "supplier": "Y", "action": "award"}] if everyone else [],
    })  # fmt: skip
    plan = solve(case)
    assert plan.status is Status.OPTIMAL, plan.log
    assert plan.cost == 1_000_000.0
    assert PURCHASING.audit(case, NO_NETWORK, plan).valid
