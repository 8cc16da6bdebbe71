"""Today's organisation as a plan: whose posts it has, and what is no part of it."""

from __future__ import annotations

import pytest

from planner.plan import Status
from planner.problems.kitchens import KITCHENS
from tests.problems.kitchens.small import demand, group, level, network
from tests.problems.kitchens.test_model import accepted, solve, table


def test_today_is_charged_with_the_posts_of_the_data_and_plans_with_whole_ones() -> None:
    """9.5 posts and meals that need 9.1: today's organisation costs 9.5 posts, the plan that changes nothing 10; where the meals outgrow
    them, today's posts follow (10.5, of which a plan makes 11)."""
    out = tuple((t, key) for t, keys in (("kitchens", ("KB", "KX", "KN")), ("kitchen_levels", ("KB", "KX", "KN")), ("meal_demand", tuple("BCDX"))) for key in keys)
    for meals, told, whole in ((9.1, 9.5, 10.0), (10.5, 10.5, 11.0)):
        scenario = group({"meal_demand": {"A": {"meals": meals * 13000}}},
                         without=(*out, ("kitchen_levels", "KA")), extra={"kitchen_levels": [level("KA", 1, 700.0, today=True)]}, horizon_years=1)  # fmt: skip
        today, plan = KITCHENS.baseline(scenario, network()), solve(scenario)
        assert [r.staff for r in table(today, "roadmap")] == [told] and [r.staff for r in table(plan, "roadmap")] == [whole]
        assert KITCHENS.audit(scenario, network(), today).issues == () and accepted(scenario, plan)
        assert plan.cost is not None and today.cost is not None and plan.cost - today.cost == pytest.approx((whole - told) * 50000, abs=0.01)
        (issue,) = plan.issues
        assert issue.code == "kitchens_dearer_than_today" and dict(issue.args) == {"more": pytest.approx((whole - told) * 50000, abs=0.01), "posts": whole, "today": told}


def test_meals_to_come_are_no_part_of_today() -> None:
    """C begins in 2028. Fed by nobody today: nor in the years after, and the rest has its baseline. Said to go to KA cold: it must be
    equipped first (60,000 € by default), for it is no customer yet. A new ward of A without a kitchen changes nothing of who feeds A."""
    unknown = group({"meal_demand": {"C": {"from_year": 2028, "current_kitchen": None, "current_mode": None}}})
    today = KITCHENS.baseline(unknown, network())
    assert today.status is Status.FEASIBLE and "C" not in {r.site for r in table(today, "assignment")}
    assert {issue.code for issue in KITCHENS.audit(unknown, network(), today).issues} == {"kitchens_not_fed"}
    told = group({"meal_demand": {"C": {"from_year": 2028}}})
    today = KITCHENS.baseline(told, network())
    assert [(r.year, r.kitchen, r.mode, r.equipped) for r in table(today, "assignment") if r.site == "C"] == [(2028, "KA", "cold", True), (2029, "KA", "cold", False)]
    charges = [r.amount for r in table(today, "costs") if r.line == "site_investment"]
    assert charges == [pytest.approx(60000 * 0.04 / 1.04 / (1 - 1.04**-10), abs=0.005)] * 2
    assert KITCHENS.audit(told, network(), today).issues == () and accepted(told, solve(told))
    ward = group(extra={"meal_demand": [demand("A", 5000, None, None, public="staff", consumption_days=5, from_year=2028)]})  # type: ignore[arg-type]
    today = KITCHENS.baseline(ward, network())
    assert {(r.kitchen, r.mode) for r in table(today, "assignment") if r.site == "A"} == {("KA", "hot")} and KITCHENS.audit(ward, network(), today).issues == ()
