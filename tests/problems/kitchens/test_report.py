"""The report on a plan: money when it is spent, costs that add up, days, stops; each against figures worked out by hand."""

from __future__ import annotations

import math

import pytest

from planner.plan import Plan
from planner.problems.kitchens import KITCHENS
from planner.problems.kitchens import tables as tb
from planner.problems.kitchens.audit import Reading, broken_in
from planner.problems.kitchens.demand import all_cases
from planner.problems.kitchens.report import BY_KITCHEN, BY_SITE, DAYS, STOPS, TABLES, YEARLY, Books, report, returns
from planner.problems.kitchens.rules import annuity
from planner.problems.kitchens.stops import least_served, stops
from planner.problems.kitchens.world import World
from planner.report.summary import saving_parts
from planner.schema import rows
from tests.problems.kitchens.small import group, level, network
from tests.problems.kitchens.test_model import solve, table


@pytest.fixture(scope="module")
def plan() -> Plan:
    return solve(group())


def test_worth_is_the_discounted_difference_of_what_is_spent(plan: Plan) -> None:
    scenario, net = group(), network()
    today = KITCHENS.baseline(scenario, net)
    told = report(scenario, net, plan, today)
    found = list(rows(YEARLY, told.frames[YEARLY.name]))
    spent = {year: sum(r.amount for r in table(plan, "costs") if r.year == year and not r.line.endswith("investment")) for year in (2027, 2028, 2029)}
    bought = {year: sum(r.investment for r in table(plan, "roadmap") if r.year == year) for year in spent}
    equipped = {"A": 30000.0, "B": 60000.0, "D": 40000.0}
    for row in found:
        extra = sum(equipped.get(r.site, 60000.0) for r in table(plan, "assignment") if r.year == row.year and r.equipped)
        assert row.running == pytest.approx(spent[row.year], abs=0.01) and row.investment == pytest.approx(bought[row.year] + extra)
        assert row.gain == pytest.approx(row.today - row.running - row.investment)
    assert told.returns is not None
    assert told.returns.npv == pytest.approx(sum(row.gain / 1.04**t for t, row in enumerate(found)), abs=0.01)
    assert told.returns.invested == pytest.approx(sum(row.investment for row in found))
    assert found[-1].cumulated == pytest.approx(sum(row.gain for row in found))


def test_doing_nothing_is_worth_nothing() -> None:
    scenario, net = group(), network()
    today = Books(World(scenario, net), KITCHENS.baseline(scenario, net))
    made = returns(today, today)
    assert (made.npv, made.residual, made.invested) == (0.0, 0.0, 0.0)


def test_posts_adjusted_are_told_apart_from_regrouping() -> None:
    """Today 9.5 + 14 + 4 posts, of which the meals need 9, 14 and 4 (KA 8.31, KB 13.32, KX 3.08): half a post the first year. With KB at
    20 posts, six more: of 33.5, three may go the first year, then five: 31 and 27. KX and its posts leave in 2029, when B's growth takes 23."""
    def told(**kb: float) -> Books:
        scenario = group({"kitchens": {"KB": kb}})
        return Books(World(scenario, network()), KITCHENS.baseline(scenario, network()))

    assert told(staff=14.0).adjusted == pytest.approx({2027: 25_000, 2028: 25_000, 2029: 25_000})
    assert told(staff=20.0).adjusted == pytest.approx({2027: 2.5 * 50_000, 2028: 6.5 * 50_000, 2029: 6.5 * 50_000})
    made = returns(told(staff=20.0), told(staff=20.0))
    assert made.npv == 0 and made.adjusted == pytest.approx((2.5 + 6.5 / 1.04 + 6.5 / 1.04**2) * 50_000, abs=0.01) and made.regrouped == -made.adjusted
    assert made.adjusted_yearly == pytest.approx((2.5 + 6.5 + 6.5) / 3 * 50_000, abs=0.01)  # what the saving, not discounted, is told with
    assert "258" in saving_parts(made.adjusted_yearly, "fr") and "seul ajustement des postes" in saving_parts(made.adjusted_yearly, "fr")
    assert saving_parts(0.0, "fr") == "" and "25" in saving_parts(-25_000.0, "en") and "-" not in saving_parts(-25_000.0, "en").replace("re-", "")


def test_an_investment_keeps_its_straight_line_value() -> None:
    """900,000 € over 20 years spent in the second of three years: 18 of 20 years are left at the end."""
    only = (("kitchen_levels", "KN"), ("meal_demand", "X"), ("kitchens", "KX"), ("kitchen_levels", "KX"))
    scenario = group({"kitchens": {"KN": {"lock": "open"}}, "site_equipment": {code: {"regeneration": True} for code in "ABD"}}, without=only, extra={"kitchen_levels": [level("KN", 1, 600.0, investment=900000.0)]})
    books = Books(World(scenario, network()), solve(scenario))
    assert books.residual() == pytest.approx(900000 * 18 / 20 / 1.04**3)


def test_what_wears_out_is_bought_again(plan: Plan) -> None:
    """All is bought in 2028. A's equipment (30,000 €) lives a year: bought again in 2029, worth nothing after it. Left at the end:
    18 of 20 years of KN, 3 of 5 of B's equipment, 8 of 10 of D's."""
    scenario = group({"site_equipment": {"A": {"lifetime": 1}, "B": {"lifetime": 5}}})
    books = Books(World(scenario, network()), plan)
    assert [books.investment(year) for year in (2027, 2028, 2029)] == [0, 1_430_000, 30_000]
    assert books.residual() == pytest.approx((1_300_000 * 0.9 + 60_000 * 0.6 + 40_000 * 0.8) / 1.04**3)
    today = Books(World(scenario, network()), KITCHENS.baseline(scenario, network()))
    made = returns(books, today)
    once = returns(Books(World(group(), network()), plan), today)
    assert made.invested == 1_460_000 and made.npv == pytest.approx(once.npv - 30_000 / 1.04**2, abs=0.02)


def test_costs_by_kitchen_and_by_site_add_up(plan: Plan) -> None:
    scenario = group()
    told = report(scenario, network(), plan, None)
    whole = sum(r.amount for r in table(plan, "costs"))
    assert sum(r.cost for r in rows(BY_KITCHEN, told.frames[BY_KITCHEN.name])) == pytest.approx(whole, abs=0.05)
    idle = sum(r.cost for r in rows(BY_KITCHEN, told.frames[BY_KITCHEN.name]) if not r.meals)
    assert sum(r.plan for r in rows(BY_SITE, told.frames[BY_SITE.name])) * 3 == pytest.approx(whole - idle, abs=0.05)
    assert told.returns is None and {t.name for t in TABLES} == set(told.frames)


def test_payments_and_equipment_are_shown_apart_by_kitchen(plan: Plan) -> None:
    """C pays 2 € a meal. In 2029 KN makes everything, for A, B and D that were equipped; the cost is what the payments leave."""
    scenario = group({"meal_demand": {"C": {"price": 2.0}}})
    told = report(scenario, network(), plan, None)
    row = next(r for r in rows(BY_KITCHEN, told.frames[BY_KITCHEN.name]) if (r.year, r.kitchen) == (2029, "KN"))
    assert row.revenue == pytest.approx(-2 * 30000 * 1.02**2, abs=0.01)
    assert row.equipment == pytest.approx(annuity(30000, 10, 0.04) + annuity(60000, 8, 0.04) + annuity(40000, 10, 0.04), abs=0.02)
    assert row.cost == pytest.approx(row.own + row.served + row.equipment + row.revenue)
    free = report(group(), network(), plan, None)
    paid = next(r for r in rows(BY_KITCHEN, free.frames[BY_KITCHEN.name]) if (r.year, r.kitchen) == (2029, "KN"))
    assert (paid.served, paid.revenue) == (row.served, 0) and paid.cost == pytest.approx(row.cost - row.revenue)


def test_days_hold_capacity_and_shelf_life(plan: Plan) -> None:
    told = report(group(kitchens_real_calendar=0), network(), plan, None)
    found = list(rows(DAYS, told.frames[DAYS.name]))
    assert {(r.year, r.kitchen) for r in found} == {(r.year, r.kitchen) for r in table(plan, "roadmap") if r.meals}
    for row in found:
        assert row.produced <= row.capacity * (1 + 1e-5) and row.stock >= 0
    weekend = [r for r in found if r.kitchen == "KN" and r.date.weekday() == 5]
    assert weekend and all(r.produced == 0 and r.stock > r.eaten for r in weekend)


def test_days_hold_the_chillers() -> None:
    """KA makes A's 300 hot meals on five days and chills C's 82 a day (96 a production day) on six; its chillers take 100. On Saturday,
    without hot meals, the kitchen could cook 396: only 100 of them can be chilled."""
    scenario = group({"kitchens": {"KA": {"production_days": 6}}, "kitchen_levels": {"KA": {"cold_capacity": 100.0}}, "meal_demand": {"C": {"growth": 0.0}}})
    plan = KITCHENS.baseline(scenario, network())
    assert KITCHENS.audit(scenario, network(), plan).issues == ()
    told = report(scenario, network(), plan, None)
    found = [r for r in rows(DAYS, told.frames[DAYS.name]) if r.kitchen == "KA"]
    assert found and max(r.chilled for r in found) == pytest.approx(100, rel=1e-5)
    assert sum(r.chilled for r in found) == pytest.approx(3 * 14 * 30000 / 52 / 7)


def test_a_stop_by_hand() -> None:
    """KB (7 days, hot) stops: KA, five days, could only send cold meals to B and D if they could reheat them; hot to nobody that eats
    seven days. With equipment, KA has 500 - load left and KX 200 - load, on five days a week."""
    equipped = {"site_equipment": {code: {"regeneration": True} for code in ("B", "D")}}
    for edits, can in (({}, False), (equipped, True)):
        scenario, net = group(edits, horizon_years=1), network()
        world = World(scenario, net)
        reading = Reading.of(world, KITCHENS.baseline(scenario, net))
        stop = next(s for s in stops(world, reading.roadmap, reading.feeding) if s.kitchen == "KB")
        left = 500 - (78000 / 52 / 5 + 30000 / 52 / 7 * 7 / 5) + 200 - 40000 / 52 / 5
        makes = (90000 + 50000 + 6500) / 52
        assert stop.meals == pytest.approx(makes)
        assert stop.others == pytest.approx(min(1.0, left * 5 / makes) if can else 0.0, rel=1e-4)
        assert stop.served == pytest.approx(stop.others + 2 / 30) and stop.lasts == pytest.approx(2 / (1 - stop.others), rel=1e-4)
    assert least_served([]) is None


def test_stops_are_shown_with_the_meals_that_miss(plan: Plan) -> None:
    told = report(group(), network(), plan, None)
    for row in rows(STOPS, told.frames[STOPS.name]):
        assert row.missing == pytest.approx(row.meals * 30 * (1 - row.served / 100))
    assert all(math.isfinite(stop.meals) for stop in told.stops)


def test_a_plan_is_judged_in_each_case_of_demand(plan: Plan) -> None:
    cases = [{"scenario": "plus", "step": 1, "change": 60.0}, {"scenario": "moins", "step": 1, "change": -5.0, "establishment": "E1"}, {"scenario": "départ", "step": 1, "change": -100.0, "establishment": "E2"}]
    scenario = group(extra={tb.SCENARIOS.name: cases})
    plan = plan.with_(scenario_hash=scenario.hash)
    found = {case.name: broken_in(scenario, network(), plan, case) for case in all_cases(scenario) if case.name}
    assert "kitchens_over_capacity" in {issue.code for issue in found["plus"].issues}
    assert found["moins"].issues == () and found["départ"].issues == ()
    assert found["départ"].annual < found["moins"].annual < found["plus"].annual


