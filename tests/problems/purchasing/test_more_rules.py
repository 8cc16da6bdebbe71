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
from planner.problems.purchasing.tables import AWARDS, RULES, SIMULATED, SUPPLIERS
from planner.problems.purchasing.tariff import evaluate
from planner.scenario import Scenario, with_parameter
from planner.schema import rows
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
    firms = [{name: getattr(r, name) for name in SUPPLIERS.names} for r in case.rows(SUPPLIERS.name)]
    for place, each in enumerate(firms):
        each |= {"small": place % 2 == 0, "reference_cost": 12.5, "lead_days": (2, 5, None)[place % 3], "minimum_value": minimum if place == 0 else None}
    return case.replace(SUPPLIERS.name, SUPPLIERS.frame(firms))


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
    assert told == [AWARDS.name]
    assert not [issue for issue in PURCHASING.audit(case, NO_NETWORK, plan).issues if issue.code == "simulation_only"]


def test_numbers_out_of_reach_are_said_before_solving() -> None:
    for rule, code in (({"kind": "min_suppliers", "value": 3.0}, "suppliers_above_bidders"), ({"kind": "min_small_lots", "value": 1.0}, "small_lots_above_bids"),
                       ({"kind": "min_lots", "supplier": "S2", "value": 2.0}, "lots_above_offers"), ({"kind": "min_lots", "value": 1.0}, "rule_without_supplier")):  # fmt: skip
        case = small(purchasing_rules=[row(rule="R", **rule)])
        assert code in {issue.code for issue in PURCHASING.precheck(case, NO_NETWORK)}, code
    assert RULES.column("penalty").default is None


@pytest.mark.parametrize("seed", range(4))
def test_a_fixed_split_equals_enumeration(seed: int) -> None:
    """Three bidders share L1 as 50/30/20, the same for both members or neither; the others as usual."""
    free = scenario(seed, members=2, lots=2, articles=5, suppliers=3, bids=1, tiers=2, switching=20.0 * (seed % 2), scale=0.2)
    lots = [{name: getattr(r, name) for name in free.table("lots").names} for r in free.rows("lots")]
    lots[0]["split"] = "20/50/30" if seed else "50 / 50"
    case = free.replace("lots", free.table("lots").frame(lots))
    market = read(case)
    assert market.splits == {"L1": (50, 30, 20) if seed else (50, 50)}
    grid = (20, 30, 50) if seed else (50,)
    costs = [ledger.objective(market, evaluate(market, shares)) for shares in every_award(market, grid) if keeps_all(case, market, shares)]
    assert any("L1" in {award[0] for award in shares} for shares in every_award(market, grid) if keeps_all(case, market, shares))
    plan = solve(case)
    assert plan.status is Status.OPTIMAL and plan.cost is not None and plan.bound is not None
    assert min(costs) <= plan.cost <= min(costs) * (1 + 1e-5) + 0.01 and plan.bound <= min(costs)
    assert PURCHASING.audit(case, NO_NETWORK, plan).valid
    award = [{"lot": "L1", "supplier": market.bidders["L1"][0], "action": "award"}]
    locked = case.replace("purchasing_locks", case.table("purchasing_locks").frame(award))
    forced = solve(locked)
    assert forced.status is Status.OPTIMAL and PURCHASING.audit(locked, NO_NETWORK, forced).valid
    shares = {(r.lot, r.establishment, r.supplier): round(r.share) for r in rows(AWARDS, forced.tables[AWARDS.name]) if r.supplier}
    assert {tuple(sorted((s for a, s in shares.items() if a[:2] == pair), reverse=True)) for pair in market.of_lot("L1")} == set(market.splits.values())
    spoilt = dict(shares)
    first = next(a for a in spoilt if a[0] == "L1")
    spoilt[first] -= 1
    assert "split_not_kept" in {issue.code for issue in broken_offers(market, spoilt)}


def test_a_split_that_makes_no_sense_is_told() -> None:
    for typed, code in (("50/40", "split_unreadable"), ("half", "split_unreadable"), ("100", "split_unreadable"), ("40/30/30", "split_without_bidders")):
        case = small(lots=[row(lot="MILK", name="Lait", family="FOOD", split=typed), row(lot="BREAD", name="Pain", family="FOOD")])
        assert code in {issue.code for issue in PURCHASING.precheck(case, NO_NETWORK)}, typed
