"""Works, subsidies, approval, chilling, calendars, customers, cases: each against enumeration, and each seen to matter."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import pytest

from planner.network import Network
from planner.plan import Limits, Plan, Progress, Status
from planner.problems.base import edited
from planner.problems.kitchens import KITCHENS
from planner.problems.kitchens.audit import broken_in
from planner.problems.kitchens.data import facts
from planner.problems.kitchens.days import (
    closed_around,
    easter,
    eaten_per_day,
    made_days,
    public_holidays,
    schedule,
    unit_load,
    use_by_needed,
    worked_holidays,
)
from planner.problems.kitchens.demand import all_cases
from planner.problems.kitchens.program import location, options
from planner.problems.kitchens.report import BY_KITCHEN, IN_CASES, report
from planner.problems.kitchens.rules import Exemption, first_days
from planner.problems.kitchens.tables import (
    CO2_PRICE,
    EGALIM,
    EXEMPT_KM,
    EXEMPT_MEALS,
    REAL_CALENDAR,
    ROBUST,
    STAFF_CHANGE_FREE,
    WASTE_PRICE,
)
from planner.scenario import Scenario, with_parameter
from planner.schema import Row, rows
from tests.problems.kitchens.enumeration import cheapest
from tests.problems.kitchens.generator import make
from tests.problems.kitchens.small import demand, group, kitchen, level, network
from tests.problems.kitchens.test_model import TINY_OUT, accepted, solve, table

ONE_EACH = {
    "without": (*TINY_OUT, ("kitchen_levels", "KN"), ("kitchen_levels", "KA")),
    "extra": {"kitchen_levels": [level("KA", 1, 500.0, today=True, fixed_cost=250000.0), level("KN", 1, 600.0, investment=300000.0)]},
    "unlimited_departures": 1.0,
}


def with_(base: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**base, **more}


EARLY = {"KN": {"earliest_year": None}}
RICH = {year: {"investment": 2e6} for year in ("2027", "2028", "2029")}
APART = [
    {"scenario": "patients", "step": 1, "weight": 40.0, "public": "patients", "change": 20.0},
    {"scenario": "residents", "step": 1, "weight": 20.0, "public": "residents", "change": 60.0}, {"scenario": "residents", "step": 2, "public": "patients", "change": -10.0},
]  # fmt: skip
CASES: dict[str, dict[str, Any]] = {
    "a candidate that a year of works prepares": with_(
        ONE_EACH, horizon_years=2,
        extra={"kitchen_levels": [level("KA", 1, 500.0, today=True, fixed_cost=250000.0), level("KN", 1, 600.0, investment=300000.0, works_years=1, temporary_cost=500.0)]},
        edits={"kitchens": EARLY, "yearly_limits": RICH}),
    "works that leave half the capacity, while the neighbour feeds": with_(
        ONE_EACH, horizon_years=2, without=(("meal_demand", "B"), ("meal_demand", "D"), ("meal_demand", "X"), ("kitchens", "KB"), ("kitchens", "KN"), ("kitchen_levels", "KB"), ("kitchen_levels", "KN"), ("kitchen_levels", "KA")),
        extra={"kitchen_levels": [level("KA", 1, 500.0, today=True), level("KA", 2, 900.0, investment=100000.0, works_years=1, works_capacity=60.0, fixed_cost=10000.0)]},
        edits={"meal_demand": {"A": {"growth": 40.0}}, "yearly_limits": RICH}),
    "subsidies, closing, upkeep of what closed": with_(
        ONE_EACH, horizon_years=2, edits={"kitchens": {"KN": {"subsidy": 40.0}, "KA": {"mothball_cost": 20000.0}}, "site_equipment": {"A": {"subsidy": 50.0}}}),
    "approval to be bought": with_(ONE_EACH, horizon_years=2, edits={"kitchens": {"KN": {"approved": False, "approval_cost": 15000.0}}}),
    "an exemption of another size": with_(ONE_EACH, horizon_years=2, exempt_meals=2100.0, edits={"kitchens": {"KN": {"approved": False}}}),
    "approval that cannot be had": with_(ONE_EACH, horizon_years=2, edits={"kitchens": {"KN": {"approved": False}}}),
    "chillers too small for both sites": {
        "horizon_years": 1, "without": TINY_OUT, "unlimited_departures": 1.0,
        "edits": {"kitchens": EARLY, "yearly_limits": {"2027": {"investment": 2e6}}, "kitchen_levels": {"KN": {"cold_capacity": 350.0}}}},
    "crews of hot meals, waste, CO2 and EGalim": with_(
        ONE_EACH, horizon_years=2, egalim_surcharge=0.5, egalim_year=2028, meal_waste_price=3.0, kitchens_co2_price=4000.0,
        edits={"kitchens": {"KA": {"hot_posts": 25.0}}}),
    "a customer who may stay out, another who leaves": with_(
        ONE_EACH, horizon_years=2,
        edits={"meal_demand": {"C": {"optional": True, "price": 3.2, "current_kitchen": None}, "A": {"until_year": 2027}}, "kitchens": {"KA": {"productivity": 20000.0}}}),
    "a group that must hold in two cases": with_(
        ONE_EACH, horizon_years=2, kitchens_robust=1.0,
        extra={**ONE_EACH["extra"], "demand_scenarios": [{"scenario": "plus", "step": 1, "weight": 30.0, "establishment": "E1", "change": 15.0}, {"scenario": "moins", "step": 1, "weight": 10.0, "change": -30.0, "from_year": 2028}]}),
    "two cases that pull apart": with_(ONE_EACH, horizon_years=2, kitchens_robust=1.0, edits={"meal_demand": {"C": {"public": "residents"}}}, extra={**ONE_EACH["extra"], "demand_scenarios": APART}),
    "deliveries told, growing with the meals": with_(
        ONE_EACH, horizon_years=2, kitchens_co2_price=2000.0, edits={"meal_demand": {"A": {"growth": 30.0}}},
        extra={**ONE_EACH["extra"], "meal_deliveries": [
            {"kitchen": "KN", "site": "A", "cost": 2000.0, "km": 900.0, "origin": "routes"}, {"kitchen": "KA", "site": "C", "cost": 90000.0, "origin": "calibrated"},
            {"kitchen": "KN", "site": "C", "cost": 4000.0}]}),
    "deliveries told with a cost and no km, and with km and no cost": with_(
        ONE_EACH, horizon_years=2, kitchens_co2_price=2000.0,
        extra={**ONE_EACH["extra"], "meal_deliveries": [
            {"kitchen": "KN", "site": "A", "cost": 2000.0, "km": 0.0, "origin": "routes"}, {"kitchen": "KN", "site": "C", "cost": 0.0, "km": 900.0},
            {"kitchen": "KA", "site": "C", "cost": 0.0, "km": 900.0}]}),
    "less CO2 than the cheapest plan has": with_(ONE_EACH, horizon_years=2, kitchens_co2_limit=5.5),
    "a school beside patients": with_(
        ONE_EACH, horizon_years=2, extra={"kitchen_levels": [level("KA", 1, 561.0, today=True, fixed_cost=250000.0), level("KN", 1, 600.0, investment=300000.0)]},
        edits={"meal_demand": {"A": {"public": "school", "weeks": 36}, "C": {"weeks": 47}}}),
    "a school of four days beside patients": with_(  # together 625 cold meals on Friday; each by itself 542 and 115
        ONE_EACH, horizon_years=2, extra={"kitchen_levels": [level("KA", 1, 660.0, today=True, fixed_cost=250000.0), level("KN", 1, 630.0, investment=300000.0)]},
        edits={"meal_demand": {"A": {"public": "school", "weeks": 36, "consumption_days": None, "days": ("mon", "tue", "thu", "fri")}}}),
    "a school on the real calendar": with_(ONE_EACH, horizon_years=2, kitchens_real_calendar=1.0, edits={"meal_demand": {"A": {"meals": 54000.0, "public": "school", "weeks": 36}}}),
    "the real calendar": with_(ONE_EACH, horizon_years=2, kitchens_real_calendar=1.0, edits={"kitchens": {"KN": {"holidays": "worked", "holiday_cost": 1500.0}, "KA": {"use_by_days": 5}}}),
}  # fmt: skip


def equals_enumeration(scenario: Scenario) -> None:
    """The plan is the cheapest of all, proven and accepted."""
    plan = solve(scenario)
    assert plan.status is Status.OPTIMAL and plan.cost is not None and plan.bound is not None, plan.issues
    assert accepted(scenario, plan)
    best = cheapest(scenario, network(), plan.cost + 1)
    assert plan.cost == pytest.approx(best, abs=0.10)
    assert plan.bound <= best


@pytest.mark.parametrize("case", CASES)
def test_equals_enumeration(case: str) -> None:
    equals_enumeration(group(**CASES[case]))


def solved(case: str) -> tuple[Scenario, Plan]:
    scenario = group(**CASES[case])
    return scenario, solve(scenario)


def acts(plan: Plan, kitchen: str) -> list[tuple[Any, ...]]:
    return [(r.action, r.level, r.target, r.investment) for r in table(plan, "roadmap") if r.kitchen == kitchen]


def test_works_come_before_the_opening_and_spread_its_cost() -> None:
    _, plan = solved("a candidate that a year of works prepares")
    assert acts(plan, "KN")[:2] == [("works", None, 1, 300000.0), ("opened", 1, None, 0.0)]
    assert [r.amount for r in table(plan, "costs") if r.line == "temporary"] == [500.0]


def test_works_leave_a_share_of_the_capacity() -> None:
    _, plan = solved("works that leave half the capacity, while the neighbour feeds")
    first, second = (r for r in table(plan, "roadmap") if r.kitchen == "KA")
    assert (first.action, first.capacity, second.action, second.capacity) == ("works", 300.0, "extended", 900.0)


def test_two_years_of_works_share_the_investment_and_its_annuity() -> None:
    scenario = group(**with_(ONE_EACH, horizon_years=3, extra={"kitchen_levels": [level("KA", 1, 500.0, today=True), level("KN", 1, 600.0, investment=300000.0, works_years=2)]},
                             edits={"kitchens": {"KN": {"earliest_year": None, "lock": "open"}}, "yearly_limits": RICH}))
    plan = solve(scenario)
    assert accepted(scenario, plan)
    assert acts(plan, "KN") == [("works", None, 1, 150000.0), ("works", None, 1, 150000.0), ("opened", 1, None, 0.0)]
    charges = [r.amount for r in table(plan, "costs") if r.line == "kitchen_investment"]
    assert charges[1] == pytest.approx(2 * charges[0], abs=0.02) and charges[2] == charges[1]


def test_approval_is_bought_only_where_it_pays() -> None:
    _, bought = solved("approval to be bought")
    _, without = solved("approval that cannot be had")
    assert [r.amount for r in table(bought, "costs") if r.line == "approval"] == [15000.0]
    assert without.cost is not None and bought.cost is not None and bought.cost < without.cost


def test_a_customer_who_pays_too_little_stays_out() -> None:
    scenario, plan = solved("a customer who may stay out, another who leaves")
    dear = group(**with_(CASES["a customer who may stay out, another who leaves"], edits={
        "meal_demand": {"C": {"optional": True, "price": 30.0, "current_kitchen": None}, "A": {"until_year": 2027}}, "kitchens": {"KA": {"productivity": 20000.0}}}))
    better = solve(dear)
    assert accepted(scenario, plan) and accepted(dear, better)
    assert "C" not in {r.site for r in table(plan, "assignment")} and {r.year for r in table(better, "assignment") if r.site == "C"} == {2027, 2028}
    assert {r.year for r in table(plan, "assignment") if r.site == "A"} == {2027}


def test_a_robust_plan_holds_where_the_plain_one_fails() -> None:
    rows = [{"scenario": "plus", "step": 1, "change": 15.0, "from_year": 2028}]
    plain, robust = (group(extra={"demand_scenarios": rows}, kitchens_robust=on, unlimited_departures=1.0) for on in (0.0, 1.0))
    cheap, sure = solve(plain), solve(robust)
    assert accepted(plain, cheap) and accepted(robust, sure)
    assert not KITCHENS.audit(robust, network(), cheap.with_(scenario_hash=robust.hash)).valid
    assert cheap.cost is not None and sure.cost is not None and sure.cost >= cheap.cost


def test_cases_that_pull_apart_are_not_added_up() -> None:
    """One kitchen of 500 meals holds each case (475 and 455); the most of each site, 545 together, would need another."""
    alone = {"without": (*ONE_EACH["without"], ("kitchens", "KN")), "unlimited_departures": 1.0, "horizon_years": 1, "max_hot_minutes": 5}
    levels = {"kitchen_levels": [level("KA", 1, 500.0, today=True)]}
    robust = group({"meal_demand": {"C": {"public": "residents"}}}, {**levels, "demand_scenarios": APART}, kitchens_robust=1.0, **alone)
    plan = solve(robust)
    assert plan.status is Status.OPTIMAL and plan.bound is not None and accepted(robust, plan), plan.issues
    (row,) = table(plan, "roadmap")
    assert row.load == pytest.approx(360 + 30000 / 52 / 5, abs=0.01)
    worst = group({"meal_demand": {"A": {"meals": 78000 * 1.2}, "C": {"meals": 30000 * 1.6}}}, levels, **alone)
    assert solve(worst).status is Status.INFEASIBLE


def test_the_cost_is_the_average_over_the_cases() -> None:
    scenario, plan = solved("two cases that pull apart")
    audit = KITCHENS.audit(scenario, network(), plan)
    each = {case.name: (case.weight, broken_in(scenario, network(), plan, case)) for case in all_cases(scenario)}
    assert all(found.valid for _, found in each.values()) and len(each) == 3
    assert audit.annual == pytest.approx(sum(weight * found.annual for weight, found in each.values()), abs=0.05)
    told = {row.case: row for row in rows(IN_CASES, report(scenario, network(), plan, None).frames[IN_CASES.name])}
    assert [told[case].weight for case in (None, "patients", "residents")] == pytest.approx([40, 40, 20]) and {row.broken for row in told.values()} == {0}
    assert told["patients"].cost == each["patients"][1].annual and all(row.use <= 100 for row in told.values())


def test_cases_that_another_dominates_leave_no_row() -> None:
    rows = [{"scenario": name, "step": 1, "change": change} for name, change in (("plus", 15.0), ("moins", -5.0), ("peu", 3.0))]
    robust = facts(group(extra={"demand_scenarios": rows}, kitchens_robust=1.0), network())
    assert len(robust.case_load) == 4 and location(robust, options(robust)).more_load is None


def test_a_limit_of_co2_binds_costs_and_is_explained_where_it_cannot_hold() -> None:
    limited, plan = solved("less CO2 than the cheapest plan has")
    free = group(**with_(ONE_EACH, horizon_years=2))
    cheap = solve(free)
    less, more = (KITCHENS.audit(data, network(), one).kpi("delivery_co2") or 0.0 for data, one in ((limited, plan), (free, cheap)))
    assert less <= 5.5 < more and plan.cost is not None and cheap.cost is not None and plan.cost > cheap.cost
    tight = group(**with_(ONE_EACH, horizon_years=2, kitchens_co2_limit=0.001))
    found = solve(tight)
    assert found.status is Status.INFEASIBLE and "kitchens_co2_short" in {issue.code for issue in found.issues}


def test_cases_share_the_probability() -> None:
    rows = [{"scenario": name, "step": 1, "change": 0.0, "weight": weight} for name, weight in (("a", 30.0), ("b", 20.0))]
    assert [(case.name, case.weight) for case in all_cases(group(extra={"demand_scenarios": rows}))] == [("", 0.5), ("a", 0.3), ("b", 0.2)]
    rows = [{"scenario": name, "step": 1, "change": 0.0, "weight": 100.0} for name in "ab"]
    assert [case.weight for case in all_cases(group(extra={"demand_scenarios": rows}))] == [0.0, 0.5, 0.5]


# --- the calendar ------------------------------------------------------------------------------------------------


def test_holidays_by_hand() -> None:
    assert [easter(year) for year in (2024, 2027, 2038)] == [dt.date(2024, 3, 31), dt.date(2027, 3, 28), dt.date(2038, 4, 25)]
    assert public_holidays(2027) >= {dt.date(2027, 3, 29), dt.date(2027, 5, 6), dt.date(2027, 5, 17), dt.date(2027, 7, 14)}
    assert len(public_holidays(2027)) == 11


def test_an_easter_monday_breaks_three_days_of_shelf_life() -> None:
    closed = closed_around(2027, frozenset())
    assert math.isinf(unit_load("cold", 5, first_days(7), 3, 52, "closed", 2027, closed))
    # five days let a four-day weekend through: six days eaten, four made
    assert unit_load("cold", 5, first_days(7), 5, 52, "closed", 2027, closed) * 365 == pytest.approx(1.5)
    assert unit_load("cold", 5, first_days(7), 3, 52, "worked", 2027, closed) * 365 == pytest.approx(1.4)
    monday = made_days(5, "needed", 3, 2027, closed)
    assert worked_holidays(5, "needed", 3, 2027, closed) == 4 and monday.any()


def test_the_shelf_life_that_a_calendar_asks_for_is_named() -> None:
    closed = closed_around(2027, frozenset())
    assert [use_by_needed(5, first_days(7), holidays, 2027, closed) for holidays in ("worked", "needed", "closed")] == [3, 3, 4]
    assert use_by_needed(5, first_days(7), "closed", 2027, None) == 3
    strict = group({"kitchens": {code: {"holidays": "closed"} for code in ("KA", "KX", "KN")}}, kitchens_real_calendar=1.0)
    told = [dict(issue.args) for issue in KITCHENS.precheck(strict, network()) if issue.code == "kitchens_why_use_by"]
    assert told and all(args["needed"] == 4 and args["use_by"] == 3 for args in told)


@pytest.mark.parametrize("seed", range(30))
def test_the_peak_is_the_least_capacity_that_a_schedule_needs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    days, eaten, use_by = int(rng.integers(3, 7)), int(rng.integers(3, 8)), int(rng.integers(3, 7))
    closed = closed_around(2027, frozenset(dt.date(2027, 1, 1) + dt.timedelta(int(d)) for d in rng.integers(0, 365, 6)))
    peak = unit_load("cold", days, first_days(eaten), use_by, 52, "worked", 2027, closed)
    cold = eaten_per_day(365.0, first_days(eaten), 52, 2027, closed)
    made = made_days(days, "worked", use_by, 2027, closed)
    if math.isinf(peak):
        assert schedule(np.zeros(len(cold)), cold, made, 1e9, math.inf, use_by, 2027).unmade.sum() > 0
        return
    enough = schedule(np.zeros(len(cold)), cold, made, peak * 365, math.inf, use_by, 2027)
    short = schedule(np.zeros(len(cold)), cold, made, peak * 365 * 0.999, math.inf, use_by, 2027)
    assert enough.unmade.sum() < 1e-6 and short.unmade.sum() > 1e-6
    assert enough.produced.sum() == pytest.approx(cold.sum()) and (enough.stock >= 0).all()


def test_a_plan_on_the_real_calendar_is_audited_day_by_day() -> None:
    scenario = group({"kitchens": {code: {"holidays": "worked"} for code in ("KA", "KX", "KN")}}, kitchens_real_calendar=1.0)
    plan = solve(scenario)
    assert accepted(scenario, plan)
    idle = group({"kitchens": {"KN": {"holidays": "closed"}, "KA": {"holidays": "worked"}, "KX": {"holidays": "worked"}}}, kitchens_real_calendar=1.0)
    assert not KITCHENS.audit(idle, network(), plan.with_(scenario_hash=idle.hash)).valid


def test_a_share_to_be_rescued_is_found_or_its_lack_said() -> None:
    alone = group(least_rescue_share=60.0)
    plan = solve(alone)
    assert plan.status is Status.NO_PLAN_IN_TIME and [issue.code for issue in plan.issues] == ["kitchens_rescue_not_found"]  # none found proves nothing
    rich = group({"kitchen_levels": {"KB": {"capacity": 2000.0}}, "kitchens": {"KA": {"lock": "keep", "production_days": 7}, "KB": {"lock": "keep"}, "KN": {"lock": "close"}}},
                 {"kitchen_levels": [level("KA", 1, 2000.0, today=True)]},
                 without=(("meal_demand", "X"), ("kitchens", "KX"), ("kitchen_levels", "KX"), ("kitchen_levels", "KA")), least_rescue_share=60.0, max_hot_minutes=90, kitchen_stop_days=10, rescue_stock_days=3)
    plan = solve(rich)
    assert plan.status.has_plan and accepted(rich, plan)
    share = KITCHENS.audit(rich, network(), plan).kpi("rescued")
    assert share is not None and share >= 60


def test_a_reserve_keeps_chilling_free_as_well() -> None:
    """K1, cheaper, chills 500 meals of the 600 and leaves nothing to step in for the 100 of K2. Ovens (1,000 each) never bind: only chilling
    kept free brings 300 to each, with 200 free, two thirds of what stops, and two days of thirty in stock."""
    extra = {
        "kitchens": [kitchen("K1", "A", "E1", modes=("cold",)), kitchen("K2", "B", "E2", modes=("cold",), food_cost=3.5)],
        "kitchen_levels": [level(code, 1, 1000.0, today=True, cold_capacity=500.0) for code in ("K1", "K2")],
        "meal_demand": [demand(site, 260.0 * load, "K1", "cold") for site, load in zip("ABCD", (200, 100, 200, 100), strict=True)],
    }  # fmt: skip
    out = tuple((t, key) for t, keys in (("kitchens", ("KA", "KB", "KX", "KN")), ("kitchen_levels", ("KA", "KB", "KX", "KN")), ("meal_demand", tuple("ABCDX"))) for key in keys)
    scenario = group(extra=extra, without=out, horizon_years=1, least_rescue_share=70.0)
    plan = solve(scenario)
    assert plan.status.has_plan and accepted(scenario, plan), plan.issues
    assert sorted(r.chilled for r in table(plan, "roadmap")) == pytest.approx([300, 300])
    assert KITCHENS.audit(scenario, network(), plan).kpi("rescued") == pytest.approx(100 * (2 / 3 + 2 / 30), abs=0.01)


def test_exemption_thresholds() -> None:
    rule = Exemption(400, 1000, 0.3, 80)
    assert rule.allows(400, 500) and not rule.allows(401, 500)
    assert rule.allows(999, 3400) and not rule.allows(1001, 9000) and not rule.allows(999, 3200)


def test_the_exemption_is_what_the_parameters_say() -> None:
    """A and C are 2,077 meals a week: with 2,100 exempt, KN needs no approval for both; 79 km is a limit, 0.9 degree of longitude apart."""
    _, free = solved("an exemption of another size")
    _, tight = solved("approval that cannot be had")
    assert {r.kitchen for r in table(free, "assignment") if r.year == 2028} == {"KN"} != {r.kitchen for r in table(tight, "assignment") if r.year == 2028}
    near = group(**with_(CASES["an exemption of another size"], exempt_km=10.0))
    found = {issue.code for issue in KITCHENS.audit(near, network(), free.with_(scenario_hash=near.hash)).issues}
    assert found == {"kitchens_exemption_far"} and solve(near).cost == tight.cost


def test_no_bound_where_the_program_is_stricter_than_the_exemption() -> None:
    """KA, without approval, makes 1,500 meals a week for A and 577 for C: 28 %, which the rule allows and the program, at 400, does not.
    The program has no plan in 2027, but today's organisation is one, and the plan; where that is not told, the reason is."""
    own = {"kitchens": {"KA": {"approved": False, "staff": 9.0}}, "meal_demand": {"C": {"growth": 0.0}}}
    scenario = group(**with_(ONE_EACH, horizon_years=2, edits=own))
    plan, today = solve(scenario), KITCHENS.baseline(scenario, network())
    assert plan.status is Status.FEASIBLE and accepted(scenario, plan) and plan.cost == today.cost and plan.bound is None
    assert [issue.code for issue in plan.issues] == ["kitchens_bound_withheld"]  # no post to round: no dearer than today
    short = solve(group(**with_(ONE_EACH, horizon_years=2, edits={**own, "meal_demand": {"C": {"current_kitchen": None}}})))
    assert short.status is Status.INFEASIBLE and "kitchens_stricter" in {issue.code for issue in short.issues}
    assert "kitchens_bound_withheld" not in {issue.code for issue in solve(group(**with_(ONE_EACH, horizon_years=2))).issues}


@pytest.mark.parametrize(("weekend", "hot", "posts"), [(0.0, 0.0, 14), (30.0, 0.0, 18), (30.0, 10.0, 20)])
def test_weekend_posts_by_hand(weekend: float, hot: float, posts: int) -> None:
    """KB works seven days for 146,500 hot meals, 11,000 to a post: 13.3 posts, 17.3 with 30 % for weekends, 19.0 with 10 % for hot meals
    besides. KA works five days and serves C cold and A hot: 8.3, of which A's 6 are a tenth more for hot meals."""
    extra = {"weekend_posts": weekend, "hot_posts": hot}
    scenario = group({"kitchens": {"KA": {**extra, "lock": "keep"}, "KB": {**extra, "lock": "keep"}, "KN": {"lock": "close"}},
                      "yearly_limits": {"2027": {"investment": 0.0}}}, horizon_years=1, unlimited_departures=1.0)  # fmt: skip
    plan = solve(scenario)
    assert accepted(scenario, plan)
    found = {r.kitchen: r.staff for r in table(plan, "roadmap")}
    assert found["KB"] == posts == math.ceil(146_500 / 11_000 * (1 + weekend / 100) * (1 + hot / 100))
    assert found["KA"] == math.ceil((78_000 * (1 + hot / 100) + 30_000) / 13_000)


def test_levels_may_differ_by_their_chillers_alone() -> None:
    own = [level("KA", 1, 500.0, today=True, cold_capacity=50.0), level("KA", 2, 500.0, investment=9000.0, cold_capacity=500.0)]
    scenario = group(without=(("kitchen_levels", "KA"),), extra={"kitchen_levels": own})
    assert not [issue for issue in KITCHENS.precheck(scenario, network()) if issue.code == "kitchens_levels_order"]
    twice = group(without=(("kitchen_levels", "KA"),), extra={"kitchen_levels": [own[0], {**own[1], "cold_capacity": 50.0}]})
    assert [issue.code for issue in KITCHENS.precheck(twice, network())] == ["kitchens_levels_order"]


def test_faults_of_customers_are_named() -> None:
    extra = {"meal_demand": [demand("B", 100, "KB", "hot", public="external", optional=True)]}
    assert "kitchens_optional_differs" in {issue.code for issue in KITCHENS.precheck(group(extra=extra), network())}
    crossed = group({"meal_demand": {"C": {"from_year": 2029, "until_year": 2027}}})
    assert "kitchens_years_crossed" in {issue.code for issue in KITCHENS.precheck(crossed, network())}


# --- everything at once ------------------------------------------------------------------------------------------


def varied(seed: int) -> tuple[Scenario, Network]:
    """A random group with every rule of this file drawn at random."""
    scenario, net = make(seed, kitchens=4, sites=7, years=3)
    rng, seasons, weekdays = (np.random.default_rng(thousands + seed) for thousands in (1000, 2000, 3000))

    def kitchen(row: Row) -> dict[str, Any]:
        approved = bool(rng.random() < 0.7)
        return {"approved": approved, "approval_cost": float(rng.integers(1, 9)) * 1e4 if rng.random() < 0.7 else None, "mothball_cost": float(rng.integers(0, 3)) * 1e4,
                "subsidy": float(rng.integers(0, 4)) * 10, "weekend_posts": float(rng.integers(0, 3)) * 10, "hot_posts": float(rng.integers(0, 3)) * 10,
                "holidays": str(rng.choice(["needed", "worked", "closed"])), "holiday_cost": float(rng.integers(0, 3)) * 1000, "use_by_days": int(rng.integers(3, 6))}  # fmt: skip

    def size(row: Row) -> dict[str, Any]:
        works = int(rng.integers(0, 3)) if row.level > 1 or not row.today else 0
        return {"works_years": works, "works_capacity": float(rng.choice([0, 50, 100])), "temporary_cost": float(rng.integers(0, 3)) * 1e4,
                "cold_capacity": row.capacity * float(rng.choice([0.6, 0.9, 1.0])) if rng.random() < 0.4 else None, "subsidy": float(rng.integers(0, 3)) * 1e4, "capacity": row.capacity * 1.2}  # fmt: skip

    def eater(row: Row) -> dict[str, Any]:
        return {"price": float(rng.integers(0, 8)), "optional": row.site in ("S05", "S06"), "until_year": 2028 if rng.random() < 0.2 else None, "from_year": 2028 if rng.random() < 0.15 else None,
                "weeks": int(seasons.choice([36, 47])) if seasons.random() < 0.3 else None,
                **({"days": (("mon", "tue", "thu", "fri"), ("wed",), ("sat", "sun"))[int(weekdays.integers(3))], "consumption_days": None} if weekdays.random() < 0.3 else {})}  # fmt: skip

    for name, edit in (("kitchens", kitchen), ("kitchen_levels", size), ("meal_demand", eater)):
        scenario = edited(scenario, name, edit)
    rows = [{"scenario": "a", "step": 1, "weight": 20.0, "establishment": "E0", "change": float(rng.integers(-30, 15))}, {"scenario": "b", "step": 1, "weight": 10.0, "public": "staff", "from_year": 2028, "change": 10.0}]
    scenario = scenario.replace("demand_scenarios", scenario.table("demand_scenarios").frame(rows))
    for parameter, value in ((REAL_CALENDAR, rng.integers(0, 2)), (ROBUST, rng.integers(0, 2)), (EGALIM, 0.5), (WASTE_PRICE, rng.integers(0, 3)), (CO2_PRICE, rng.integers(0, 2) * 500), (STAFF_CHANGE_FREE, 1), (EXEMPT_MEALS, rng.choice([100, 400, 3000])), (EXEMPT_KM, rng.choice([20, 80]))):
        scenario = with_parameter(scenario, parameter, float(value))
    return scenario, net


@pytest.mark.parametrize("seed", range(10))
def test_random_groups_with_everything_are_accepted(seed: int) -> None:
    scenario, net = varied(seed)
    plan = KITCHENS.solve(scenario, net, Limits(seconds=6, gap=0.01), Progress())
    if plan.status.has_plan:
        assert accepted(scenario, plan, net)
        assert plan.bound is None or (plan.cost is not None and plan.bound <= plan.cost)
        told = report(scenario, net, plan, KITCHENS.baseline(scenario, net))
        assert sum(r.cost for r in rows(BY_KITCHEN, told.frames[BY_KITCHEN.name])) == pytest.approx(sum(r.amount for r in table(plan, "costs")), abs=0.1)
    else:
        assert plan.status in (Status.INFEASIBLE, Status.NO_PLAN_IN_TIME) and (plan.issues or plan.status is Status.NO_PLAN_IN_TIME)


def test_most_of_the_random_groups_have_a_plan() -> None:
    found = [not [i for i in KITCHENS.precheck(*varied(seed)) if i.is_error] for seed in range(10)]
    assert sum(found) >= 5
