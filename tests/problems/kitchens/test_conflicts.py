"""The smallest change: complete (made, it leaves a plan), nothing too much, and silence about nothing."""

from __future__ import annotations

from typing import Any

import pytest

from planner.i18n import LANGUAGES, describe
from planner.issues import Issue
from planner.plan import Plan, Status
from planner.problems.base import edited
from planner.problems.kitchens import conflicts
from planner.problems.kitchens.conflicts import conflicting_rules
from planner.problems.kitchens.precheck import some
from planner.problems.kitchens.tables import CO2_LIMIT, MAX_COLD_MINUTES, MOST_CHANGES
from planner.scenario import Scenario, with_parameter
from planner.schema import Row
from tests.problems.kitchens.small import demand, group, kitchen, level, network
from tests.problems.kitchens.test_model import codes, repairs, solve

OUT = tuple((t, key) for t, keys in (("kitchens", ("KA", "KB", "KX", "KN")), ("kitchen_levels", ("KA", "KB", "KX", "KN")), ("meal_demand", tuple("ABCDX"))) for key in keys)
YEARS = (2027, 2028, 2029)


def two(k2: dict[str, Any] | None = None, growth: float = 0.0, **parameters: float) -> Scenario:
    """K1 makes 120 meals a day, in 150 that can grow to 500 for 50,000 €, K2 100 in 250, 20 km away; no budget."""
    usual: dict[str, Any] = {"modes": ("cold",), "production_days": 7}
    extra = {
        "kitchens": [kitchen("K1", "A", "E1", **usual), kitchen("K2", "B", "E1", **usual, **(k2 or {}))],
        "kitchen_levels": [level("K1", 1, 150.0, today=True), level("K1", 2, 500.0, investment=50000.0), level("K2", 1, 250.0, today=True)],
        "meal_demand": [demand(s, 364.0 * load, code, "cold", modes=("cold",), growth=growth) for s, load, code in (("A", 120, "K1"), ("B", 100, "K2"))],
        "accepted_kitchens": [{"year": year, "site": s, "kitchen": code, "mode": "cold"} for year in YEARS for s, code in (("A", "K1"), ("B", "K2"))],
    }  # fmt: skip
    return group({"yearly_limits": {str(year): {"investment": 0.0} for year in YEARS}}, extra, OUT, unlimited_departures=1.0, **parameters)


def made(scenario: Scenario, plan: Plan) -> Scenario:
    """The scenario with the changes that the plan names."""
    for issue in repairs(plan):
        args = dict(issue.args)

        def limits(row: Row, args: dict[str, Any] = args) -> dict[str, Any]:
            return {"investment": row.investment + args["more"]} if str(row.year) == args["year"] else {}

        def free(row: Row, args: dict[str, Any] = args) -> dict[str, Any]:
            return {"lock": "free"} if row.kitchen == args["kitchen"] else {}

        if issue.code == "kitchens_relax_budget":
            scenario = edited(scenario, "yearly_limits", limits)
        elif issue.code == "kitchens_relax_kitchen_lock":
            scenario = edited(scenario, "kitchens", free)
        elif issue.code in ("kitchens_relax_changes", "kitchens_relax_co2"):
            scenario = with_parameter(scenario, MOST_CHANGES if issue.code == "kitchens_relax_changes" else CO2_LIMIT, float(args["needed"]))
        else:
            assert issue.code == "kitchens_conflict", issue
    return scenario


def said(issues: list[Issue]) -> None:
    for issue in issues:
        for lang in LANGUAGES:
            assert "{" not in describe(issue, lang)


def test_limits_of_changes_and_of_co2_are_part_of_the_change() -> None:
    """K2 closes: B goes to K1, which must grow, is one change more than accepted, and is driven to, which it was not."""
    scenario = two({"lock": "close"}, kitchens_most_changes=0.0, kitchens_co2_limit=1.0)
    plan = solve(scenario)
    assert plan.status is Status.INFEASIBLE
    assert set(codes(plan)) == {"kitchens_conflict", "kitchens_relax_budget", "kitchens_relax_changes", "kitchens_relax_co2"} and len(repairs(plan)) == 4
    assert dict(codes(plan)["kitchens_conflict"].args)["count"] == 3
    assert dict(codes(plan)["kitchens_relax_changes"].args) == {"limit": 0, "needed": 1}
    said(repairs(plan))
    assert solve(made(scenario, plan)).status.has_plan


def test_a_lock_to_be_freed_is_freed_in_all_years(monkeypatch: pytest.MonkeyPatch) -> None:
    """K1 lacks 70 meals a day in 2027, fewer later: more capacity is worth less than a year of the lock then. Freed, it is enough alone."""
    monkeypatch.setattr(conflicts, "LOCK_PRICE", 30 * conflicts.MEAL_PRICE)
    scenario = edited(two({"lock": "close"}, growth=-19.0), "kitchen_levels", lambda row: {"investment": 1e7} if row.level == 2 else {})
    plan = solve(scenario)
    assert plan.status is Status.INFEASIBLE
    assert [issue.code for issue in repairs(plan)] == ["kitchens_conflict", "kitchens_relax_kitchen_lock"]
    assert solve(made(scenario, plan)).status.has_plan


def test_rules_not_isolated_in_time_are_said_to_be_so() -> None:
    found = conflicting_rules(two({"lock": "close"}), network(), seconds=0.0)
    assert [issue.code for issue in found] == ["kitchens_conflict_rules_unknown"]
    said(found)


# --- beside what the pre-check finds ------------------------------------------------------------------------------


def one(meals: dict[str, float], capacity: float = 210.0, hot: bool = False, **parameters: float) -> Scenario:
    """K1 at A feeds these sites (meals a day) cold, or hot; it can grow to 400 for 20,000 €. Sites but A are to be equipped for 60,000 €."""
    mode = "hot" if hot else "cold"
    extra = {
        "kitchens": [kitchen("K1", "A", "E1", modes=(mode,), production_days=6 if hot else 7)],
        "kitchen_levels": [level("K1", 1, capacity, today=True), level("K1", 2, 400.0, investment=20000.0)],
        "meal_demand": [demand(s, 52 * (6 if hot else 7) * load, "K1", mode, modes=(mode,), consumption_days=6 if hot else 7) for s, load in meals.items()],
    }  # fmt: skip
    edits = {"yearly_limits": {str(year): {"investment": 0.0} for year in YEARS}, "site_equipment": {s: {"cost": 0.0 if s == "A" else 60000.0, "regeneration": s == "A"} for s in "ABD"}}
    scenario = group(edits, extra, OUT, unlimited_departures=1.0, **parameters)
    return edited(scenario, "meal_demand", lambda row: {} if row.site == "A" else {"current_mode": "hot"})


def test_a_budget_that_the_pre_check_finds_short_is_told_in_full() -> None:
    """60,000 € of equipment is compulsory, which the pre-check sees; 300 meals in 210 ask for the larger level as well."""
    scenario = one({"A": 200, "D": 100})
    plan = solve(scenario)
    assert [issue.code for issue in plan.issues] == ["kitchens_budget_short", "kitchens_conflict", "kitchens_relax_budget"]
    assert dict(plan.issues[0].args)["compulsory"] == 60000.0 and dict(plan.issues[2].args)["more"] == 80000.0
    richer = edited(scenario, "yearly_limits", lambda row: {"investment": 80000.0} if row.year == 2027 else {})
    assert solve(richer).status.has_plan
    assert solve(edited(scenario, "yearly_limits", lambda row: {"investment": 79999.0})).status is Status.INFEASIBLE


def test_no_smallest_change_of_tables_that_do_not_hold_together() -> None:
    plan = solve(edited(one({"A": 200}), "kitchens", lambda _: {"modes": ()}))
    assert [issue.code for issue in plan.issues] == ["kitchens_no_mode"]


def test_a_site_larger_than_any_kitchen_says_how_many_meals_are_missing() -> None:
    """A asks for 395 meals a day in 2027 and for 395 x 1.1, that is 434.5, in 2028."""
    scenario = edited(one({"A": 395}, 400.0), "meal_demand", lambda _: {"growth": 10.0})
    scenario = edited(scenario, "kitchen_levels", lambda row: {"capacity": 399.0} if row.level == 1 else {})
    plan = solve(edited(scenario, "yearly_limits", lambda _: {"investment": 20000.0}))
    large, _, relax = plan.issues
    assert large.code == "kitchens_nobody_large" and relax.code == "kitchens_relax_capacity"
    args = dict(large.args)
    assert (args["site"], args["year"], args["kitchen"], args["capacity"], args["missing"]) == ("A", "2028", "K1", 400.0, 35)
    assert args["load"] == pytest.approx(434.5) and dict(relax.args)["more"] == 78.0  # 395 x 1.21 - 400 in 2029
    said(list(plan.issues))


def test_sites_beyond_the_minutes_are_told_at_once_with_the_limit_that_is_enough() -> None:
    """B, C and D are 20, 35 and 50 minutes away, where 10 are allowed."""
    scenario = edited(one(dict.fromkeys("ABCD", 50.0), max_cold_minutes=10.0), "yearly_limits", lambda _: {"investment": None})
    plan = solve(scenario)
    short, _, relax = plan.issues
    assert short.code == "kitchens_minutes_short" and relax.code == "kitchens_relax_minutes_sites" and len(plan.issues) == 3
    expected = {"limit": 10.0, "needed": 50, "count": 3, "sites": "B, C, D", "parameter_fr": "Durée maximale de transport en liaison froide"}
    assert expected.items() <= dict(short.args).items() and expected.items() <= dict(relax.args).items()
    said(list(plan.issues))
    assert solve(with_parameter(scenario, MAX_COLD_MINUTES, 50.0)).status.has_plan
    assert some(list("ABCDEFG")) == "A, B, C, D, E (+2)"


def test_holidays_without_production_are_said_rather_than_infinite_meals() -> None:
    plan = solve(one({"A": 100}, hot=True, kitchens_real_calendar=1.0))
    assert [issue.code for issue in plan.issues][:2] == ["kitchens_nobody_feeds", "kitchens_why_holidays"]
    said(list(plan.issues))


def test_what_lacks_during_works_is_told_as_such() -> None:
    """K1 must grow in 2028 for what A eats then; its works leave half of 210 in 2027, when 200 are eaten."""
    scenario = edited(one({"A": 200}), "kitchen_levels", lambda row: {"works_years": 1, "works_capacity": 50.0} if row.level == 2 else {})
    scenario = edited(scenario, "meal_demand", lambda _: {"growth": 30.0})
    plan = solve(edited(scenario, "yearly_limits", lambda _: {"investment": None}))
    (issue,) = [issue for issue in repairs(plan) if issue.code != "kitchens_conflict"]
    assert issue.code == "kitchens_relax_capacity_works" and dict(issue.args) == {"kitchen": "K1", "year": "2027", "more": 95.0}
    said([issue])


def test_a_limit_that_can_be_kept_is_not_blamed_beside_a_pre_check_error() -> None:
    """B is imposed on K2 from the year in which K2 closes: the pre-check refuses, and neither limit is in the way of a plan."""
    scenario = two({"lock": "close", "lock_from": 2029}, kitchens_most_changes=1.0, kitchens_co2_limit=900.0)
    contrary = edited(scenario, "meal_demand", lambda row: {"lock": "K2", "lock_from": 2029} if row.site == "B" else {})
    plan = solve(edited(contrary, "yearly_limits", lambda _: {"investment": None}))
    assert [issue.code for issue in plan.issues] == ["kitchens_lock_contradiction"]


def test_the_share_to_be_rescued_is_said_to_be_left_out() -> None:
    plan = solve(two({"lock": "close"}, least_rescue_share=50.0))
    assert [issue.code for issue in repairs(plan)][-1] == "kitchens_conflict_rescue"
    said(repairs(plan))
