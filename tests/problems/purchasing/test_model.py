"""The program against the tariff, against enumeration, and its outcomes."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from planner.network import Network
from planner.plan import Limits, Plan, Progress, Status, Step
from planner.problems.purchasing import PURCHASING, ledger
from planner.problems.purchasing.arrays import Arrays
from planner.problems.purchasing.market import Award, Market, read
from planner.problems.purchasing.rules import broken_locks, broken_offers, broken_rules, read_locks, read_rules
from planner.problems.purchasing.tariff import evaluate
from planner.scenario import Scenario
from planner.solvers.sourcing import Program
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


def every_award(market: Market, grid: tuple[int, ...] = (100,)) -> list[dict[Award, int]]:
    """All awards whose shares lie on a grid of percents, whatever the rules say."""
    choices: list[list[dict[Award, int]]] = []
    for lot, member in market.pairs:
        bidders = market.bidders[lot]
        mine: list[dict[Award, int]] = [{}]
        allowed = grid if market.max_winners[lot] > 1 else (100,)
        for parts in itertools.product((0, *allowed), repeat=len(bidders)):
            if sum(parts) == 100:
                mine.append({(lot, member, s): p for s, p in zip(bidders, parts, strict=True) if p})
        choices.append(mine)
    return [{k: v for part in combination for k, v in part.items()} for combination in itertools.product(*choices)]


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


@pytest.mark.parametrize("seed", range(12))
def test_optimum_equals_enumeration(seed: int) -> None:
    """2 members, 3 lots, 3 suppliers with tiers of all kinds, rebates, carriage, fees, management, capacities, rules."""
    rules = [rule for i, rule in enumerate(RULES) if (seed + i) % 4 == 0] if seed % 3 else []
    case = scenario(seed, tiers=3, rules=rules, switching=25.0 * (seed % 2), capacities=0.3 * (seed % 2), minimums=0.3, scale=0.2)
    market = read(case)
    costs = [
        ledger.objective(market, evaluate(market, shares)) for shares in every_award(market) if keeps_all(case, market, shares)
    ]  # fmt: skip
    plan = solve(case)
    if not costs:
        assert plan.status is Status.INFEASIBLE
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
