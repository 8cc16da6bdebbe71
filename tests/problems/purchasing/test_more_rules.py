"""Rules on kinds of suppliers, costs per reference, smallest purchases, simulated discounts: exact against enumeration, told when broken."""

from __future__ import annotations

from typing import Any

import pytest

from planner.i18n import describe
from planner.network import Network
from planner.plan import Status
from planner.problems.purchasing import PURCHASING, ledger
from planner.problems.purchasing.market import read
from planner.problems.purchasing.rules import broken_offers, broken_rules, read_rules
from planner.problems.purchasing.tables import DISCOUNTS, RULES, SIMULATED, SUPPLIERS
from planner.problems.purchasing.tariff import evaluate
from planner.scenario import Scenario, with_parameter
from tests.problems.purchasing.cases import every_award, row, small
from tests.problems.purchasing.generator import scenario
from tests.problems.purchasing.test_model import keeps_all, solve

NO_NETWORK: Network = None  # type: ignore[assignment]  # purchasing uses no distances
MORE: list[dict[str, Any]] = [
    {"kind": "min_suppliers", "value": 3}, {"kind": "min_small", "value": 40}, {"kind": "min_small_lots", "value": 2}, {"kind": "min_incumbent", "value": 50},
    {"kind": "max_central", "value": 10}, {"kind": "max_lead", "value": 3}, {"kind": "min_lots", "supplier": "S3", "value": 2}, {"kind": "min_suppliers", "value": 2},
]  # fmt: skip


def dressed(case: Scenario, minimum: float | None = None) -> Scenario:
    """The scenario with firms of different kinds, a cost per reference and, for the first, smallest purchases."""
    rows = [{name: getattr(r, name) for name in SUPPLIERS.names} for r in case.rows(SUPPLIERS.name)]
    for place, each in enumerate(rows):
        each |= {"small": place % 2 == 0, "reference_cost": 12.5, "lead_days": (2, 5, None)[place % 3], "minimum_value": minimum if place == 0 else None}
    return case.replace(SUPPLIERS.name, SUPPLIERS.frame(rows))


@pytest.mark.parametrize("seed", range(8))
def test_optimum_equals_enumeration(seed: int) -> None:
    case = dressed(scenario(seed, tiers=2, rules=[MORE[seed]], scale=0.2), 4000.0 if seed % 2 else None)
    market = read(case)
    costs = [ledger.objective(market, evaluate(market, shares)) for shares in every_award(market) if keeps_all(case, market, shares)]
    plan = solve(case)
    if not costs:
        assert plan.status is Status.INFEASIBLE and plan.issues
        return
    assert plan.status is Status.OPTIMAL and plan.cost is not None and plan.bound is not None
    assert min(costs) <= plan.cost <= min(costs) * (1 + 1e-5) + 0.01 and plan.bound <= min(costs)
    assert PURCHASING.audit(case, NO_NETWORK, plan).valid


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"kind": "min_suppliers", "value": 2.0}, "too_few_suppliers"), ({"kind": "min_small", "value": 10.0}, "group_min_small"),
        ({"kind": "min_small_lots", "value": 1.0}, "too_few_small_lots"), ({"kind": "min_incumbent", "value": 99.0}, "group_min_incumbent"),
        ({"kind": "max_central", "value": 0.0}, "group_max_central"), ({"kind": "max_lead", "value": 3.0}, "delivers_too_late"),
        ({"kind": "min_lots", "supplier": "S2", "value": 1.0}, "too_few_lots"),
    ],
)  # fmt: skip
def test_what_an_award_breaks_is_told(rule: dict[str, Any], code: str) -> None:
    suppliers = [row(supplier="S1", name="Premier", channel="national", lead_days=9), row(supplier="S2", name="Second", small=True)]
    case = small(suppliers=suppliers, purchasing_rules=[row(rule="R", **rule)])
    market = read(case)
    every = {("MILK", "H1", "S1"): 100, ("MILK", "H2", "S1"): 100, ("BREAD", "H1", "S1"): 100}
    (found,) = broken_rules(market, read_rules(case, market), every)
    assert found.code == code
    assert "{" not in describe(found, "fr") + describe(found, "en") and f"issue.{code}" not in describe(found, "fr")


def test_references_cost_once_for_the_group_and_small_orders_are_refused() -> None:
    suppliers = [row(supplier="S1", name="Premier", management_cost=30.0, reference_cost=4.0, minimum_value=4500.0), row(supplier="S2", name="Second")]
    market = read(small(suppliers=suppliers))
    every = {("MILK", "H1", "S1"): 100, ("MILK", "H2", "S1"): 100, ("BREAD", "H1", "S1"): 100, ("BREAD", "H2", "S1"): 100}
    assert sum(evaluate(market, every).management.values()) == 3000 + 3 * 400  # milk, bread, rolls
    assert broken_offers(market, every) == []
    milk = {key: share for key, share in every.items() if key[0] == "MILK"}
    assert sum(evaluate(market, milk).management.values()) == 3400
    assert [issue.code for issue in broken_offers(market, milk)] == ["order_below_minimum"]


def test_simulated_discounts_count_only_when_asked_and_are_told() -> None:
    tier = row(supplier="S1", scope="supplier", threshold=0.0, rate=20.0, simulation=True)
    case = small(discounts=[tier])
    asked = with_parameter(case, SIMULATED, 1)
    plan, simulated = solve(case), solve(asked)
    assert plan.cost is not None and simulated.cost is not None and simulated.cost < plan.cost
    told = [issue.table for issue in PURCHASING.audit(asked, NO_NETWORK, simulated).issues if issue.code == "simulation_only"]
    assert told == [DISCOUNTS.name]
    assert not [issue for issue in PURCHASING.audit(case, NO_NETWORK, plan).issues if issue.code == "simulation_only"]


def test_numbers_out_of_reach_are_said_before_solving() -> None:
    for rule, code in (({"kind": "min_suppliers", "value": 3.0}, "suppliers_above_bidders"), ({"kind": "min_small_lots", "value": 1.0}, "small_lots_above_bids"),
                       ({"kind": "min_lots", "supplier": "S2", "value": 2.0}, "lots_above_offers"), ({"kind": "min_lots", "value": 1.0}, "rule_without_supplier")):  # fmt: skip
        case = small(purchasing_rules=[row(rule="R", **rule)])
        assert code in {issue.code for issue in PURCHASING.precheck(case, NO_NETWORK)}, code
    assert RULES.column("penalty").default is None
