"""The share still served when any kitchen stops: where it is found, and what is said where it is not."""

from __future__ import annotations

from typing import Any

import pytest

from planner.i18n import LANGUAGES, describe
from planner.plan import Limits, Plan, Progress, Status
from planner.problems.base import edited
from planner.problems.kitchens import KITCHENS
from planner.problems.kitchens.audit import Reading
from planner.problems.kitchens.data import facts
from planner.problems.kitchens.program import location, options
from planner.problems.kitchens.stops import least_served, stops
from planner.problems.kitchens.tables import STOP_DAYS
from planner.problems.kitchens.world import World
from planner.scenario import Scenario
from tests.problems.kitchens.small import demand, group, kitchen, level, network
from tests.problems.kitchens.test_model import accepted, solve, table

OUT = tuple((t, key) for t, keys in (("kitchens", ("KA", "KB", "KX", "KN")), ("kitchen_levels", ("KA", "KB", "KX", "KN")), ("meal_demand", tuple("ABCDX"))) for key in keys)


def two(larger: float, share: float, lock: bool = True, **parameters: float) -> Scenario:
    """K1 makes 20 meals a day in 50 and can grow for 50,000 €, K2 200 in 250, each for its own site."""
    usual: dict[str, Any] = {"modes": ("cold",), "production_days": 7}
    extra = {
        "kitchens": [kitchen("K1", "A", "E1", staff=2.0, **usual), kitchen("K2", "B", "E1", staff=6.0, **usual)],
        "kitchen_levels": [level("K1", 1, 50.0, today=True), level("K1", 2, larger, investment=50000.0), level("K2", 1, 250.0, today=True)],
        "meal_demand": [demand(site, 364.0 * load, code, "cold", modes=("cold",), lock=code if lock else None) for site, load, code in (("A", 20, "K1"), ("B", 200, "K2"))],
    }  # fmt: skip
    return group(extra=extra, without=OUT, least_rescue_share=share, rescue_stock_days=0, **parameters)


def levels(plan: Plan, code: str) -> list[int | None]:
    return [row.level for row in table(plan, "roadmap") if row.kitchen == code]


@pytest.mark.parametrize("larger", [230.0, 400.0, 2000.0])
def test_a_small_kitchen_that_can_grow_takes_all_of_a_large_one(larger: float) -> None:
    """No equal reserve does: K2 holds 200 of its 250. K1, which keeps seven tenths free, has to grow; 230 leave it the 210 to give."""
    scenario = two(larger, 100.0)
    plan = solve(scenario)
    assert plan.status.has_plan and accepted(scenario, plan), plan.issues
    assert levels(plan, "K1") == [2, 2, 2] and levels(plan, "K2") == [1, 1, 1]
    assert KITCHENS.audit(scenario, network(), plan).kpi("rescued") == 100.0


def test_the_same_plan_with_the_same_limit_of_iterations() -> None:
    scenario = two(400.0, 100.0)
    first, again = (solve(scenario, network(), Limits(seconds=60, seed=3, iterations=50)) for _ in range(2))
    assert first.status.has_plan and first.cost == again.cost
    assert all(first.tables[name].equals(again.tables[name]) for name in first.tables)


def test_a_kitchen_stays_open_without_a_meal_to_make_where_only_that_serves_the_share() -> None:
    """K1, idle, steps in with its 50 for K2's 220: 22.7 %. While it makes its own 20, 30 for 200 are 15 %; growing costs 5,000,000 €."""
    scenario = edited(two(400.0, 20.0, lock=False), "kitchen_levels", lambda row: {"investment": 5e6} if row.level == 2 else {})
    plan = solve(scenario)
    assert plan.status.has_plan and accepted(scenario, plan), plan.issues
    assert {(row.level, row.load) for row in table(plan, "roadmap") if row.kitchen == "K1"} == {(1, 0.0)}


def test_where_no_plan_is_found_the_worst_stop_of_the_best_is_named() -> None:
    """K1 at its largest steps in for 80 meals of the 200: two fifths, and 120 a day are missing. Nothing is said to be proven."""
    plan = solve(two(100.0, 60.0))
    assert plan.status is Status.NO_PLAN_IN_TIME
    (issue,) = plan.issues
    args = dict(issue.args)
    assert issue.code == "kitchens_rescue_not_found" and (args["kitchen"], args["least"]) == ("K2", 60.0)
    assert (args["share"], args["missing"]) == pytest.approx((40.0, 120.0)) and args["year"] in ("2027", "2028", "2029")
    for lang in LANGUAGES:
        assert "120" in describe(issue, lang) and "{" not in describe(issue, lang)


def test_todays_organisation_is_the_plan_where_it_alone_serves_the_share() -> None:
    """Everything from K2 would be cheaper; today, with 30 free in K1, serves 3 meals in 20 of what K2 makes."""
    scenario = two(51.0, 15.0, lock=False)
    plan = solve(scenario)
    assert plan.status.has_plan and accepted(scenario, plan), plan.issues


def test_a_stop_is_heard() -> None:
    progress = Progress()
    progress.stop()
    assert KITCHENS.solve(two(400.0, 100.0), network(), Limits(seconds=60), progress).status is Status.NO_PLAN_IN_TIME


def test_reserves_of_each_kitchen_and_meals_missing_a_day() -> None:
    scenario = two(400.0, 0.0)
    data = facts(scenario, network())
    whole, kept = (location(data, options(data), reserve=reserve) for reserve in (0.0, (0.25, 0.0)))
    assert kept.facilities[0].capacity == pytest.approx(0.75 * whole.facilities[0].capacity)
    assert kept.facilities[1].capacity == pytest.approx(whole.facilities[1].capacity)
    world = World(scenario, network())
    reading = Reading.of(world, solve(scenario))
    worst = least_served(stops(world, reading.roadmap, reading.feeding))
    assert worst is not None and worst.missing_a_day * scenario.value(STOP_DAYS) == pytest.approx(sum(worst.missing.values()))
