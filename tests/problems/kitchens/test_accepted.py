"""Staying close to an accepted kitchens plan: price and number of changes, exact, told and bounded."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import pytest

from planner.i18n import describe
from planner.network import Network
from planner.plan import Limits, Plan, Progress, Status
from planner.problems.kitchens import KITCHENS
from planner.problems.kitchens.accepted import Accepted, accepted_rows, count_changes
from planner.problems.kitchens.tables import ACCEPTED, ASSIGNMENT
from planner.scenario import Scenario
from planner.schema import rows
from planner.sites import PARAMETERS
from tests.problems.kitchens.generator import make
from tests.problems.kitchens.small import group, level, network
from tests.problems.kitchens.test_model import EXACT, TINY, cheapest, quarrel, repairs, solve

QUICK = Limits(seconds=10, gap=1e-4)
ENOUGH = 1.0  # € that rounding to cents may tell equal plans apart by


def near(scenario: Scenario, accepted: Sequence[dict[str, Any]], price: float = 0.0, most: int = 1_000_000) -> Scenario:
    """The scenario with an accepted plan, the price of a change and the largest number of them."""
    more = [{"parameter": "kitchens_change_price", "value": price}, {"parameter": "kitchens_most_changes", "value": float(most)}]
    kept = [{name: getattr(row, name) for name in PARAMETERS.names} for row in scenario.rows(PARAMETERS.name)]
    return scenario.replace(PARAMETERS.name, PARAMETERS.frame(kept + more)).replace(ACCEPTED.name, ACCEPTED.frame(accepted))


def ways(plan: Plan) -> dict[tuple[str, int], tuple[str, str]]:
    return {(row.site, row.year): (row.kitchen, row.mode) for row in rows(ASSIGNMENT, plan.tables[ASSIGNMENT.name])}


def checked(scenario: Scenario, net: Network, limits: Limits = QUICK) -> Plan:
    """A plan that the audit accepts, at its own cost."""
    plan = KITCHENS.solve(scenario, net, limits, Progress())
    assert plan.status.has_plan, plan.issues
    audit = KITCHENS.audit(scenario, net, plan)
    assert audit.issues == () and audit.cost == plan.cost
    assert plan.bound is not None and plan.cost is not None and plan.bound <= plan.cost
    return plan


def today(scenario: Scenario, net: Network) -> list[dict[str, Any]]:
    return accepted_rows(KITCHENS.baseline(scenario, net))


# --- exact ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", range(len(TINY)))
@pytest.mark.parametrize(("price", "most"), [(9_000.0, 1_000_000), (40_000.0, 1), (0.0, 1), (0.0, 0)])
def test_equals_enumeration(case: int, price: float, most: int) -> None:
    net = network()
    free = group(**TINY[case])
    best = solve(free)
    other = "KN" if any(row.kitchen == "KN" for row in free.rows("kitchens")) else "KA"
    mixed = [{**row, "kitchen": other, "mode": "cold"} if row["site"] == "C" else row for row in today(free, net)]
    scenario = near(free, mixed, price, most)
    plan = KITCHENS.solve(scenario, net, EXACT, Progress())
    least = cheapest(scenario, net, math.inf)
    if not plan.status.has_plan:
        assert plan.status is Status.INFEASIBLE and least == math.inf
        return
    assert plan.status is Status.OPTIMAL and plan.cost is not None and plan.bound is not None
    assert plan.cost == pytest.approx(least, abs=0.10) and plan.bound <= least
    assert KITCHENS.audit(scenario, net, plan).issues == ()
    assert best.cost is not None and plan.cost >= best.cost - 0.10


# --- what must hold between plans ------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=range(2))
def random_group(request: pytest.FixtureRequest) -> tuple[Scenario, Network, Plan]:
    scenario, net = make(request.param, kitchens=4, sites=8, years=2)
    return scenario, net, checked(scenario, net)


def test_no_change_gives_the_accepted_plan_back(random_group: tuple[Scenario, Network, Plan]) -> None:
    scenario, net, free = random_group
    accepted = accepted_rows(free)
    back = checked(near(scenario, accepted, most=0), net)
    assert ways(back) == ways(free)
    assert back.cost is not None and free.cost is not None and back.cost <= free.cost + ENOUGH
    held = checked(near(scenario, today(scenario, net), most=0), net)
    assert ways(held) == ways(KITCHENS.baseline(scenario, net)) != ways(free)


def test_more_changes_never_cost_more_and_all_of_them_cost_as_if_nothing_were_accepted(random_group: tuple[Scenario, Network, Plan]) -> None:
    scenario, net, free = random_group
    accepted = today(scenario, net)
    by_limit = [checked(near(scenario, accepted, most=most), net) for most in (0, 1, 3, 8)]
    for tight, loose in itertools.pairwise(by_limit):
        assert tight.cost is not None and loose.bound is not None and loose.bound <= tight.cost
    assert free.cost is not None and free.bound is not None
    for plan in (by_limit[-1], checked(near(scenario, accepted), net)):
        assert plan.cost is not None and plan.bound is not None
        assert plan.bound <= free.cost + ENOUGH and free.bound <= plan.cost + ENOUGH


def test_a_price_beyond_all_costs_is_a_limit_of_none(random_group: tuple[Scenario, Network, Plan]) -> None:
    scenario, net, _ = random_group
    accepted = today(scenario, net)
    priced, limited = checked(near(scenario, accepted, price=1e8), net, Limits(seconds=10, gap=1e-6)), checked(near(scenario, accepted, most=0), net)
    assert ways(priced) == ways(limited)
    assert priced.cost == pytest.approx(limited.cost, rel=1e-4)


def test_a_price_is_weighed_once_per_site_and_never_paid(random_group: tuple[Scenario, Network, Plan]) -> None:
    scenario, net, free = random_group
    changed = len(Accepted.of(near(scenario, today(scenario, net))).changed(ways(free)))
    assert changed
    price = 12_345.67
    plan = checked(near(scenario, today(scenario, net), price=price), net)
    lines = plan.tables["kitchens_costs"]
    lines = lines[lines["line"] == "changes"]
    assert (lines["amount"] == 0).all() and (lines["objective"] == price).all() and lines["item"].is_unique
    audit = KITCHENS.audit(near(scenario, today(scenario, net), price=price), net, plan)
    assert audit.kpi("changes") == len(lines) <= changed
    assert free.cost is not None and free.bound is not None and plan.cost is not None and plan.bound is not None
    assert plan.cost >= free.bound and plan.bound <= free.cost + price * changed + ENOUGH


# --- what counts ---------------------------------------------------------------------------------------------------


def test_what_the_accepted_plan_does_not_mention_does_not_count() -> None:
    free = solve(group())
    assert "changes" not in {kpi.code for kpi in KITCHENS.audit(group(), network(), free).kpis}
    assert count_changes(group(), free) is None
    for accepted, changes in (
        ([row for row in today(group(), network()) if row["site"] == "A" and row["year"] == 2027], 0),  # A moves in 2028 only
        ([row for row in today(group(), network()) if row["site"] == "A"], 1),
        ([{"year": 2035, "site": "A", "kitchen": "KB", "mode": "hot"}], 0),  # beyond the plan
        ([{"year": 2029, "site": "X", "kitchen": "KA", "mode": "hot"}], 0),  # X does not eat then
    ):  # fmt: skip
        scenario = near(group(), accepted)
        assert count_changes(scenario, free) == changes
        plan = free.with_(scenario_hash=scenario.hash)
        assert KITCHENS.audit(scenario, network(), plan).kpi("changes") == changes
        again = checked(near(group(), accepted, most=0), network(), EXACT)
        assert again.cost is not None and free.cost is not None and (again.cost > free.cost + 1) == bool(changes)


def test_another_mode_is_a_change() -> None:
    free = solve(group())
    other = {"hot": "cold", "cold": "hot"}
    turned = [{**row, "mode": other[row["mode"]]} if row["site"] == "B" and row["year"] == 2028 else row for row in accepted_rows(free)]
    assert count_changes(near(group(), accepted_rows(free)), free) == 0
    assert count_changes(near(group(), turned), free) == 1


# --- when the limit stands in the way ----------------------------------------------------------------------------------


def test_a_limit_that_cannot_be_kept_is_named_with_the_smallest_that_works() -> None:
    """KB, which feeds B and D today, is to close: what it fed must change."""
    accepted = today(group(), network())
    closed = {"kitchens": {"KB": {"lock": "close"}, "KN": {"earliest_year": None}}, "kitchen_levels": {"KA": {"capacity": 900.0, "today": False}},
              "yearly_limits": {"2027": {"investment": 5e6}}}  # fmt: skip
    changed = group({**closed, "kitchen_levels": {"KX": {"capacity": 200.0}}})
    plan = solve(near(changed, accepted, most=1))
    assert plan.status is Status.INFEASIBLE
    assert [issue.code for issue in repairs(plan)] == ["kitchens_changes_limit"]
    assert "policy.most_changes" in quarrel(plan)
    smallest = int(dict(plan.issues[0].args)["smallest"])  # type: ignore[arg-type]
    assert dict(plan.issues[0].args)["limit"] == 1 and smallest >= 2
    for lang in ("fr", "en"):
        assert "1 " in describe(plan.issues[0], lang) and str(smallest) in describe(plan.issues[0], lang)
    works = checked(near(changed, accepted, most=smallest), network(), EXACT)
    assert count_changes(near(changed, accepted), works) == smallest
    assert solve(near(changed, accepted, most=smallest - 1)).status is Status.INFEASIBLE


def test_a_conflict_of_other_rules_is_told_with_the_change_it_asks_for() -> None:
    """Without a budget D cannot be equipped for KA's cold meals: the euros missing are the finding, and D is a change from the kitchens of today."""
    limits = {year: {"investment": 0.0} for year in ("2027", "2028", "2029")}
    edits = {"yearly_limits": limits, "kitchens": {"KB": {"modes": ("hot",)}}, "meal_demand": {"B": {"growth": 30.0}}}
    scenario = group(edits, without=(("kitchen_levels", "KA"),), extra={"kitchen_levels": [level("KA", 1, 700.0, today=True)]})
    accepted = today(group(), network())
    none, one, without = solve(near(scenario, accepted, most=0)), solve(near(scenario, accepted, most=1)), solve(scenario)
    assert none.status is one.status is without.status is Status.INFEASIBLE
    told = {issue.code: issue for issue in repairs(without)}
    assert set(told) == {"kitchens_conflict", "kitchens_relax_budget"} == {issue.code for issue in repairs(one)}
    with_change = {issue.code: issue for issue in repairs(none)}
    assert set(with_change) == {*told, "kitchens_relax_changes"} and with_change["kitchens_relax_budget"].args == told["kitchens_relax_budget"].args
    year, more = (dict(told["kitchens_relax_budget"].args)[name] for name in ("year", "more"))
    richer = group({**edits, "yearly_limits": {**limits, str(year): {"investment": more}}}, without=(("kitchen_levels", "KA"),), extra={"kitchen_levels": [level("KA", 1, 700.0, today=True)]})
    assert solve(near(richer, accepted, most=0)).status is Status.INFEASIBLE
    assert solve(near(richer, accepted, most=1)).status.has_plan


def test_the_search_starts_from_the_accepted_plan() -> None:
    """With hardly any time the plan is at least as good as the accepted one, which stays feasible."""
    scenario, net = make(1, kitchens=5, sites=30, years=4)
    first = checked(scenario, net, Limits(seconds=6, gap=0.02))
    again = checked(near(scenario, accepted_rows(first), most=3), net, Limits(seconds=3))
    assert again.cost is not None and first.cost is not None and again.cost <= first.cost + ENOUGH


def test_a_customer_whose_average_meals_are_none_still_counts() -> None:
    """C leaves in the case that has all the weight; it eats in the other one, in which the plan has to hold as well: a change of C counts."""
    scenario = near(group(extra={"demand_scenarios": [{"scenario": "départ", "step": 1, "weight": 100.0, "establishment": "E1", "change": -100.0}]}, kitchens_robust=1.0), today(group(), network()), most=0)
    free = near(scenario, today(group(), network()))
    moved = checked(free, network())
    assert ("C", 2029) in ways(moved)
    plan = KITCHENS.solve(scenario, network(), QUICK, Progress())
    assert not plan.status.has_plan or KITCHENS.audit(scenario, network(), plan).issues == ()
    told = near(scenario, today(group(), network()), price=1000.0)
    priced = checked(told, network())
    assert count_changes(told, priced) == sum(row.line == "changes" for row in rows(KITCHENS.results[0], priced.tables["kitchens_costs"]))


def test_changes_and_co2_that_both_fail_are_both_named() -> None:
    """KN never serves A hot, as accepted: one change at least. C from KN alone is 2.3 t of CO2, beyond the limit of 1. With one change, spent
    on A, C stays at KA, 35 km away: 0.3 x 364 rounds x 70 km x 0.71 kg. Both limits at these figures leave a plan."""
    data = {"horizon_years": 1, "without": TINY[0]["without"], "edits": TINY[0]["edits"], "unlimited_departures": 1.0}
    kept = [{"year": 2027, "site": "A", "kitchen": "KN", "mode": "hot"}, {"year": 2027, "site": "C", "kitchen": "KA", "mode": "cold"}]
    plan = KITCHENS.solve(near(group(**data, kitchens_co2_limit=1.0), kept, most=0), network(), EXACT, Progress())
    found = {issue.code: dict(issue.args) for issue in repairs(plan)}
    assert plan.status is Status.INFEASIBLE and set(found) == {"kitchens_conflict", "kitchens_relax_changes", "kitchens_relax_co2"}
    assert found["kitchens_relax_changes"]["needed"] == 1
    least = 0.3 * 364 * 70 * 0.71 / 1000
    assert found["kitchens_relax_co2"]["needed"] == math.ceil(least * 100) / 100
    assert KITCHENS.solve(near(group(**data, kitchens_co2_limit=math.ceil(least * 100) / 100), kept, most=1), network(), EXACT, Progress()).status.has_plan


def test_the_least_co2_is_told_whatever_changes_cost() -> None:
    """The limit of CO2 alone fails; a change at 1,000,000 € does not stand between the least CO2 (C from KN, 15 km away) and what is told."""
    data = {"horizon_years": 1, "without": TINY[0]["without"], "edits": TINY[0]["edits"], "unlimited_departures": 1.0}
    kept = [{"year": 2027, "site": "C", "kitchen": "KA", "mode": "cold"}]
    plan = KITCHENS.solve(near(group(**data, kitchens_co2_limit=1.0), kept, price=1e6), network(), EXACT, Progress())
    found = {issue.code: dict(issue.args) for issue in repairs(plan)}
    assert found["kitchens_co2_short"]["least"] == math.ceil(0.3 * 364 * 30 * 0.71 / 10) / 100
