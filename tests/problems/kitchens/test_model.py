"""Plans of the kitchens problem: the cheapest by exhaustive enumeration, outcomes, baseline, key figures."""

import datetime as dt
import math
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from planner.issues import Issue
from planner.network import Network
from planner.plan import Limits, Plan, Progress, Status, Step
from planner.problems.base import cost_of
from planner.problems.kitchens import KITCHENS, conflicts, plans
from planner.problems.kitchens.data import facts
from planner.problems.kitchens.model import lowered
from planner.problems.kitchens.policies import policies
from planner.scenario import Scenario
from planner.schema import Row, rows
from tests.problems.kitchens.enumeration import cheapest
from tests.problems.kitchens.generator import make
from tests.problems.kitchens.small import demand, group, kitchen, level, network

EXACT = Limits(seconds=30, gap=1e-6)  # a cent per cost line keeps the bound from meeting the cost exactly


def solve(scenario: Scenario, net: Network | None = None, limits: Limits = EXACT, progress: Progress | None = None) -> Plan:
    return KITCHENS.solve(scenario, net or network(), limits, progress or Progress())


def table(plan: Plan, name: str) -> list[Row]:
    declared = next(t for t in KITCHENS.results if t.name == f"kitchens_{name}")
    return list(rows(declared, plan.tables[declared.name]))


def accepted(scenario: Scenario, plan: Plan, net: Network | None = None) -> bool:
    audit = KITCHENS.audit(scenario, net or network(), plan)
    assert audit.issues == (), audit.issues
    return audit.cost == plan.cost


# --- the cheapest plan -----------------------------------------------------------------------------------------


TINY_OUT = (("meal_demand", "B"), ("meal_demand", "D"), ("meal_demand", "X"), ("kitchens", "KB"), ("kitchens", "KX"), ("kitchen_levels", "KB"), ("kitchen_levels", "KX"))
TINY: list[dict[str, Any]] = [
    # one year, three levels to choose from
    {"horizon_years": 1, "without": TINY_OUT, "edits": {"kitchens": {"KN": {"earliest_year": None}}, "yearly_limits": {"2027": {"investment": 2e6}}}},
    # two years, one level each: close KA, open KN, equip A, posts to be kept
    {"horizon_years": 2, "without": (*TINY_OUT, ("kitchen_levels", "KN"), ("kitchen_levels", "KA")),
     "extra": {"kitchen_levels": [level("KA", 1, 500.0, today=True, fixed_cost=250000.0), level("KN", 1, 600.0, investment=300000.0)]}},
    # the budget of the opening year leaves nothing for equipping: A must be equipped before
    {"horizon_years": 2, "without": (*TINY_OUT, ("kitchen_levels", "KN"), ("kitchen_levels", "KA")),
     "extra": {"kitchen_levels": [level("KA", 1, 500.0, today=True, fixed_cost=250000.0), level("KN", 1, 600.0, investment=300000.0)]},
     "edits": {"yearly_limits": {"2027": {"investment": 40000.0, "departures": 0.0}, "2028": {"investment": 300000.0, "departures": 2.0}}}},
    # growth beyond the present level: extend, in one of two years
    {"horizon_years": 2, "without": (*TINY_OUT, ("kitchens", "KN"), ("kitchen_levels", "KN")), "edits": {"meal_demand": {"A": {"growth": 20.0, "meals": 98000.0}}}, "unlimited_departures": 1.0},
]  # fmt: skip


@pytest.mark.parametrize("case", range(len(TINY)))
def test_equals_enumeration(case: int) -> None:
    scenario, net = group(**TINY[case]), network()
    plan = solve(scenario)
    assert plan.status is Status.OPTIMAL and plan.cost is not None and plan.bound is not None
    assert accepted(scenario, plan)
    best = cheapest(scenario, net, plan.cost + 1)
    assert plan.cost == pytest.approx(best, abs=0.10)  # cents of rounding may tell equal plans apart
    assert plan.bound <= best


def test_the_tiny_groups_exercise_what_they_say() -> None:
    second, third, fourth = (solve(group(**TINY[case])) for case in (1, 2, 3))
    assert {r.action for r in table(second, "roadmap")} == {"kept", "closing", "closed", "opened"}
    assert [(r.year, r.equipped) for r in table(second, "assignment") if r.site == "A"] == [(2027, False), (2028, True)]
    assert [(r.year, r.equipped) for r in table(third, "assignment") if r.site == "A"] == [(2027, True), (2028, False)]
    assert [(r.action, r.investment) for r in table(fourth, "roadmap")] == [("kept", 0.0), ("extended", 200000.0)]


@pytest.mark.parametrize("seed", range(4))
def test_random_groups_are_accepted_and_their_bound_holds(seed: int) -> None:
    scenario, net = make(seed, kitchens=4, sites=8, years=3)
    plan = solve(scenario, net, Limits(seconds=10, gap=0.005))
    assert plan.cost is not None and plan.bound is not None
    assert accepted(scenario, plan, net)
    assert plan.bound <= plan.cost
    today = KITCHENS.baseline(scenario, net)
    assert KITCHENS.audit(scenario, net, today).issues == ()
    data = facts(scenario, net)
    whole = plans.today(data, whole=True)[0]
    assert whole is not None and today.cost is not None
    assert plan.cost <= cost_of(plans.costs(data, whole)) and today.cost <= cost_of(plans.costs(data, whole))


@pytest.mark.slow
def test_five_kitchens_forty_sites_five_years_within_two_percent() -> None:
    scenario, net = make(1)
    plan = solve(scenario, net, Limits(seconds=10, gap=0.015))  # no longer than it takes
    assert accepted(scenario, plan, net)
    assert plan.gap is not None and plan.gap < 0.02


# --- outcomes ----------------------------------------------------------------------------------------------------


QUARREL = ("kitchens_conflict_rules", "kitchens_conflict_rules_unknown", "kitchens_conflict_rule", "kitchens_conflict_without_rules", "kitchens_conflict_data")


def repairs(plan: Plan) -> list[Issue]:
    """The smallest change, without the rules that quarrel."""
    return [issue for issue in plan.issues if issue.code not in QUARREL and not issue.code.startswith("kitchens_cause_")]


def quarrel(plan: Plan) -> set[str]:
    """The rules that cannot hold together, by their texts."""
    return {issue.expected.key for issue in plan.issues if issue.code == "kitchens_conflict_rule" and issue.expected is not None}


def codes(plan: Plan) -> dict[str, Issue]:
    return {issue.code: issue for issue in repairs(plan)}


def test_a_budget_too_low_is_named_with_the_euros_missing() -> None:
    """B grows beyond KB in 2028: with no budget at all, the cheapest way out is to equip D (40,000 €) for KA's cold meals."""

    def scenario(**budgets: float) -> Scenario:
        limits = {"2027": 0.0, "2028": 0.0, "2029": 0.0} | {year.removeprefix("y"): euros for year, euros in budgets.items()}
        return group({"yearly_limits": {year: {"investment": euros} for year, euros in limits.items()}, "kitchens": {"KB": {"modes": ("hot",)}},
                      "meal_demand": {"B": {"growth": 30.0}}}, without=(("kitchen_levels", "KA"),),
                     extra={"kitchen_levels": [level("KA", 1, 700.0, today=True)]})  # fmt: skip

    plan = solve(scenario())
    assert plan.status is Status.INFEASIBLE and plan.cost is None
    assert set(codes(plan)) == {"kitchens_conflict", "kitchens_relax_budget"} and len(repairs(plan)) == 2
    assert quarrel(plan) == {"policy.budget"}
    args = dict(codes(plan)["kitchens_relax_budget"].args)
    assert args["more"] == 40000.0 and args["budget"] == 0.0 and args["year"] in ("2027", "2028")
    assert solve(scenario(**{f"y{args['year']}": 40000.0})).status is Status.OPTIMAL
    assert solve(scenario(**{f"y{args['year']}": 39999.0})).status is Status.INFEASIBLE


def test_a_capacity_too_small_is_named_with_the_meals_missing() -> None:
    """Two sites of 300 and one of 250 cannot be packed in two kitchens of 450 and 400, although the total fits."""
    sites = (("A", 300), ("B", 300), ("C", 245))
    extra = {
        "kitchens": [kitchen("K1", "A", "E1", modes=("cold",)), kitchen("K2", "B", "E2", modes=("cold",))],
        "kitchen_levels": [level("K1", 1, 450.0, today=True), level("K2", 1, 400.0, today=True)],
        "meal_demand": [demand(s, 260.0 * load, "K1", "cold") for s, load in sites],
    }  # fmt: skip
    out = tuple((t, key) for t, keys in (("kitchens", ("KA", "KB", "KX", "KN")), ("kitchen_levels", ("KA", "KB", "KX", "KN")), ("meal_demand", tuple("ABCDX"))) for key in keys)
    scenario = group(extra=extra, without=out, horizon_years=1)
    assert KITCHENS.precheck(scenario, network()) == []
    plan = solve(scenario)
    assert plan.status is Status.INFEASIBLE
    args = dict(codes(plan)["kitchens_relax_capacity"].args)
    assert (args["kitchen"], args["more"]) == ("K1", 95.0)  # 545 of 450 at K1, rather than 545 of 400 or 600 of 450
    assert set(codes(plan)) == {"kitchens_conflict", "kitchens_relax_capacity"}


def causes(plan: Plan) -> set[str]:
    """The kinds of data of which a change would be enough, where no rule is in the way."""
    return {issue.code.removeprefix("kitchens_cause_") for issue in plan.issues if issue.code.startswith("kitchens_cause_")}


def test_without_a_rule_in_the_way_the_data_are_named() -> None:
    """Sites of 300, 300 and 245 cannot be packed in 450 and 400. K1 could grow, after two years of works: waiting is to blame as
    well, or work on five days only (on seven, 214 + 214 and 175 go in)."""
    extra = {
        "kitchens": [kitchen("K1", "A", "E1", modes=("cold",)), kitchen("K2", "B", "E2", modes=("cold",))],
        "kitchen_levels": [level("K1", 1, 450.0, today=True), level("K2", 1, 400.0, today=True), level("K1", 2, 1000.0, works_years=2)],
        "meal_demand": [demand(s, 260.0 * load, "K1", "cold") for s, load in (("A", 300), ("B", 300), ("C", 245))],
    }  # fmt: skip
    out = tuple((t, key) for t, keys in (("kitchens", ("KA", "KB", "KX", "KN")), ("kitchen_levels", ("KA", "KB", "KX", "KN")), ("meal_demand", tuple("ABCDX"))) for key in keys)
    scenario = group(extra=extra, without=out)
    assert KITCHENS.precheck(scenario, network()) == []
    plan = solve(scenario)
    assert plan.status is Status.INFEASIBLE and quarrel(plan) == set() and causes(plan) == {"capacity", "days", "opening"}
    assert "kitchens_conflict_without_rules" not in {issue.code for issue in plan.issues}


def test_minutes_too_short_are_named() -> None:
    """KB holds B alone, so D must eat cold from KA, 50 minutes away where 49 are allowed; KA can grow in time."""
    scenario = group(
        {"kitchen_levels": {"KB": {"capacity": 300.0}}, "meal_demand": {"B": {"modes": ("hot",)}}, "kitchens": {"KN": {"lock": "close"}},
         "yearly_limits": {"2027": {"investment": 240000.0}}}, max_cold_minutes=49,
    )  # fmt: skip
    plan = solve(scenario)
    assert plan.status is Status.INFEASIBLE
    assert set(codes(plan)) == {"kitchens_conflict", "kitchens_relax_minutes"}
    args = dict(codes(plan)["kitchens_relax_minutes"].args)
    assert (args["site"], args["kitchen"], args["minutes"], args["limit"], args["parameter_fr"]) == ("D", "KA", 50.0, 49.0, "Durée maximale de transport en liaison froide")


@pytest.mark.parametrize(("price", "code"), [(2e6, "kitchens_relax_capacity"), (10.0, "kitchens_relax_site_lock")])
def test_locks_are_given_up_when_nothing_cheaper_helps(price: float, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """C and X are imposed on KX, which holds 200 of their 269 meals a day."""
    monkeypatch.setattr(conflicts, "LOCK_PRICE", price)
    plan = solve(group({"meal_demand": {"C": {"lock": "KX"}, "X": {"lock": "KX"}}}))
    assert plan.status is Status.INFEASIBLE and code in codes(plan)
    if code == "kitchens_relax_capacity":
        assert dict(codes(plan)[code].args)["more"] == math.ceil(30000 / 260 * 1.02 + 40000 / 260 - 200)


def test_kitchen_locks_are_given_up_when_nothing_cheaper_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without KB, everything but X must come cold from KA: 978 meals a day of 500, and no budget to grow and equip."""
    monkeypatch.setattr(conflicts, "LOCK_PRICE", 10.0)
    scenario = group({"kitchens": {"KB": {"lock": "close"}}})
    assert KITCHENS.precheck(scenario, network()) == []
    plan = solve(scenario)
    assert plan.status is Status.INFEASIBLE
    assert dict(codes(plan)["kitchens_relax_kitchen_lock"].args)["kitchen"] == "KB"


def test_posts_that_may_not_go_are_kept_and_paid() -> None:
    scenario = group({"yearly_limits": {"2027": {"departures": 0.0}, "2028": {"departures": 0.0}, "2029": {"departures": 0.0}}})
    plan = solve(scenario)
    assert accepted(scenario, plan)
    assert [sum(r.staff for r in table(plan, "roadmap") if r.year == year) for year in (2027, 2028, 2029)] == [28, 28, 24]  # 27.5 today; 4 leave with E3
    free_group = group(unlimited_departures=1.0)
    free = solve(free_group)
    assert KITCHENS.audit(free_group, network(), free).kpi("staff_end") == 13.0
    assert free.cost is not None and plan.cost is not None and free.cost < plan.cost


def test_departures_too_few_are_named() -> None:
    """KA closes at once; the other kitchens keep its posts, but leave at the end of 2028 with their own 18 only."""
    def scenario(**more: float) -> Scenario:
        few = {year: {"departures": 1.0 + more.get(f"y{year}", 0.0)} for year in ("2027", "2028", "2029")}
        return group({"establishments": {"E2": {"exit": dt.date(2029, 1, 1)}}, "kitchens": {"KA": {"lock": "close"}}, "yearly_limits": few,
                      "meal_demand": {"A": {"meals": 0.0}, "C": {"meals": 0.0}}})  # fmt: skip

    assert KITCHENS.precheck(scenario(), network()) == []
    plan = solve(scenario())
    assert plan.status is Status.INFEASIBLE
    more = {f"y{args['year']}": args["more"] for issue in plan.issues if issue.code == "kitchens_relax_departures" for args in [dict(issue.args)]}
    assert sum(more.values()) == pytest.approx(6.5)  # 27.5 today less 18 of the leavers and 3 departures, none left at the end
    assert solve(scenario(**more)).status is Status.OPTIMAL
    assert solve(scenario(**{year: value - 0.5 for year, value in more.items()})).status is Status.INFEASIBLE


def test_progress_cost_and_bound_come_together_and_a_stop_keeps_the_best_plan() -> None:
    scenario, net = make(1)
    steps: list[Step] = []
    progress = Progress(steps.append)

    def see(step: Step) -> None:
        steps.append(step)
        if step.cost is not None and step.bound is not None:
            progress.stop()

    progress._on_step = see
    plan = solve(scenario, net, Limits(seconds=60), progress)
    assert plan.status is Status.STOPPED and plan.seconds < 30
    assert accepted(scenario, plan, net)
    assert any(step.cost is not None and step.bound is not None and step.bound <= step.cost for step in steps)
    today = KITCHENS.baseline(scenario, net).cost
    assert today is not None and plan.cost is not None and plan.cost <= today + 0.01


def test_no_time_is_no_proof_of_anything() -> None:
    scenario, net = make(1)
    frame = scenario.frames["meal_demand"].copy()
    frame["current_kitchen"] = None
    plan = solve(scenario.replace("meal_demand", frame), net, Limits(seconds=0.05))
    assert plan.status in (Status.NO_PLAN_IN_TIME, Status.FEASIBLE)
    assert plan.status is Status.FEASIBLE or plan.cost is None


def test_same_seed_and_nodes_same_plan() -> None:
    scenario, net = make(2, kitchens=4, sites=8, years=2)
    limits = Limits(seconds=60, seed=7, iterations=3, gap=0)
    first, second = solve(scenario, net, limits), solve(scenario, net, limits)
    assert first.cost == second.cost and first.bound == second.bound
    assert all(first.tables[name].equals(second.tables[name]) for name in first.tables)


def test_bound_is_rounded_down_and_below_every_rounding() -> None:
    assert lowered(100.239, 0.1) == 100.13
    assert lowered(100.0, 0.0) == 100.0
    assert lowered(-1.005, 0.0) == -1.01


# --- today ---------------------------------------------------------------------------------------------------------


def test_baseline_is_costed_by_hand() -> None:
    """One kitchen, one site at its door, two years, no rate: food, other, posts, fixed."""
    out = tuple((t, key) for t, keys in (("kitchens", ("KB", "KX", "KN")), ("kitchen_levels", ("KB", "KX", "KN")), ("meal_demand", tuple("BCDX"))) for key in keys)
    scenario = group({"meal_demand": {"A": {"growth": 10.0}}}, without=out, horizon_years=2, discount_rate=4)
    plan = KITCHENS.baseline(scenario, network())
    first = 78000 * 3.5 + 9.5 * 50000 + 30000  # the posts of the data, parts among them
    second = 78000 * 1.1 * 3.5 + 9.5 * 50000 + 30000
    assert plan.status is Status.FEASIBLE
    assert plan.cost == pytest.approx(first + second / 1.04, abs=0.03)
    audit = KITCHENS.audit(scenario, network(), plan)
    assert audit.issues == ()
    assert audit.annual == pytest.approx((first + second) / 2)
    assert audit.kpi("meal_cost") == pytest.approx((first + second) / (78000 * 2.1))


def test_delivery_is_costed_by_hand() -> None:
    plan = KITCHENS.baseline(group(), network())
    line = next(r for r in table(plan, "costs") if r.line == "delivery" and r.item == "D" and r.year == 2027)
    drops, meals = 7 * 52, sum(r.meals for r in group().rows("meal_demand") if r.site == "D")
    rounds = max(0.3 * drops, meals / 432)
    assert line.quantity == pytest.approx(rounds * 2 * 30)
    assert line.amount == pytest.approx(rounds * (2 * 30 * 0.48 + 2 * 30 / 60 * 44) + drops * 15 / 60 * 44, abs=0.005)
    assert line.establishment == "E2"
    assert not [r for r in table(plan, "costs") if r.line == "delivery" and r.item in ("A", "B", "X")]


def test_baseline_faults_are_reported_as_such() -> None:
    over = group({"kitchen_levels": {"KB": {"capacity": 300.0}}})
    audit = KITCHENS.audit(over, network(), KITCHENS.baseline(over, network()))
    assert {issue.code for issue in audit.issues} == {"kitchens_over_capacity", "kitchens_day_short"}
    plan = solve(over)  # a start that breaks a rule is no start
    assert plan.status in (Status.OPTIMAL, Status.INFEASIBLE)


def test_baseline_of_a_site_fed_by_a_kitchen_that_leaves() -> None:
    scenario = group({"meal_demand": {"C": {"current_kitchen": "KX"}}, "kitchen_levels": {"KX": {"capacity": 300.0}}})
    audit = KITCHENS.audit(scenario, network(), KITCHENS.baseline(scenario, network()))
    assert {issue.code for issue in audit.issues} == {"kitchens_not_member"}


def test_baseline_unknown() -> None:
    plan = KITCHENS.baseline(group({"meal_demand": {"C": {"current_kitchen": None}}}), network())
    assert plan.status is Status.FAILED and plan.cost is None
    assert dict(codes(plan)["baseline_unknown"].args)["what"] == "C"


# --- conventions ---------------------------------------------------------------------------------------------------


def test_entering_establishments_eat_and_cook_from_their_first_year() -> None:
    scenario = group({"establishments": {"E2": {"entry": dt.date(2028, 3, 1)}}})
    plan = solve(scenario)
    assert accepted(scenario, plan)
    assert {r.year for r in table(plan, "assignment") if r.site in "BD"} == {2028, 2029}
    assert {r.year for r in table(plan, "roadmap") if r.kitchen in ("KB", "KN")} == {2028, 2029}


def test_locks_are_obeyed() -> None:
    scenario = group({"kitchens": {"KA": {"lock": "keep"}, "KN": {"lock": "close"}}, "meal_demand": {"C": {"lock": "KB"}}, "kitchen_levels": {"KB": {"capacity": 600.0}}})
    plan = solve(scenario)
    assert accepted(scenario, plan)
    assert all(r.level is not None for r in table(plan, "roadmap") if r.kitchen == "KA")
    assert all(r.level is None for r in table(plan, "roadmap") if r.kitchen == "KN")
    assert {r.kitchen for r in table(plan, "assignment") if r.site == "C"} == {"KB"}
    opened = group({"kitchens": {"KN": {"lock": "open"}}})
    assert [r.level is not None for r in table(solve(opened), "roadmap") if r.kitchen == "KN"] == [False, True, True]


def test_reducing_is_free_and_told() -> None:
    extra = {"kitchen_levels": [level("KA", 3, 1000.0)]}
    scenario = group({"kitchen_levels": {"KA": {"today": False}}}, extra=extra)
    frame = scenario.frames["kitchen_levels"].copy()
    frame.loc[frame["level"] == 3, "today"] = True
    scenario = scenario.replace("kitchen_levels", frame)
    plan = solve(scenario)
    assert accepted(scenario, plan)
    first = next(r for r in table(plan, "roadmap") if r.kitchen == "KA" and r.year == 2027)
    assert (first.action, first.investment) == ("reduced", 0.0) and first.level < 3


def test_annuities_run_to_the_end() -> None:
    plan = solve(group())
    lines = [r for r in table(plan, "costs") if r.line in ("kitchen_investment", "site_investment")]
    assert {(r.item, r.year) for r in lines} == {(item, year) for item in ("KN", "A", "B", "D") for year in (2028, 2029)}
    kn = next(r for r in lines if r.item == "KN")
    assert kn.amount == pytest.approx(1_300_000 * 0.04 / 1.04 / (1 - 1.04**-20), abs=0.005)
    b = next(r for r in lines if r.item == "B")
    assert b.amount == pytest.approx(60000 * 0.04 / 1.04 / (1 - 1.04**-8), abs=0.005)  # its own lifetime
    assert KITCHENS.audit(group(), network(), plan).kpi("investment") == 1_430_000


def test_annuities_of_a_kitchen_that_leaves_end_with_it() -> None:
    """KX must be extended for X at once, and leaves at the end of 2028: two annuities, in the plan, its bound and the audit alike."""
    scenario = group({"meal_demand": {"X": {"meals": 80000.0, "lock": "KX"}}, "kitchens": {"KN": {"lock": "close"}}}, {"kitchen_levels": [level("KX", 2, 400.0, investment=100000.0, lifetime=5)]})
    plan = solve(scenario)
    assert plan.status is Status.OPTIMAL and accepted(scenario, plan)
    charges = [(r.year, r.amount) for r in table(plan, "costs") if r.line == "kitchen_investment" and r.item == "KX"]
    assert charges == [(year, pytest.approx(100_000 * 0.04 / 1.04 / (1 - 1.04**-5), abs=0.005)) for year in (2027, 2028)]


def test_who_bears_what_adds_up() -> None:
    plan = solve(group())
    audit = KITCHENS.audit(group(), network(), plan)
    owners = ("E1", "E2", "E3")
    assert sum(audit.kpi("annual_cost", owner) or 0 for owner in owners) == pytest.approx(audit.annual, abs=0.02)
    assert sum(audit.kpi("meals", owner) or 0 for owner in owners) == pytest.approx(audit.kpi("meals"))
    costs: pd.DataFrame = plan.tables["kitchens_costs"]
    assert set(costs[costs["line"] == "food"]["item"]) == {"A", "B", "C", "D", "X"}
    assert set(costs[costs["line"] == "staff"]["item"]) == {"KA", "KB", "KX", "KN"}


def test_what_customers_pay_goes_to_who_cooks() -> None:
    """KA (of E1) feeds X (of E3), 40,000 meals at 6 €: E1 receives 240,000 € a year and bears their food and delivery, E3 nothing."""
    edits = {"meal_demand": {"X": {"price": 6.0, "current_kitchen": "KA"}}, "establishments": {"E3": {"exit": None}}}
    scenario = group(edits, without=(("kitchens", "KX"), ("kitchen_levels", "KX")), horizon_years=1)
    plan = KITCHENS.baseline(scenario, network())
    audit = KITCHENS.audit(scenario, network(), plan)
    for costs in (plan.tables["kitchens_costs"], audit.costs):
        (line,) = (r for r in rows(KITCHENS.results[0], costs) if r.line == "revenue")
        assert (line.establishment, line.item, line.amount) == ("E1", "X", -240_000)
    assert audit.kpi("annual_cost", "E3") == 0
    assert {r.establishment for r in table(plan, "costs") if r.item == "X" and r.line in ("food", "delivery")} == {"E1"}
    own = sum(r.amount for r in table(plan, "costs") if r.establishment == "E1" and r.line != "revenue")
    assert audit.kpi("annual_cost", "E1") == pytest.approx(own - 240_000, abs=0.01)
    assert "wrong_cost_line" not in {issue.code for issue in audit.issues}


def test_missing_equipment_row_takes_the_parameter() -> None:
    scenario = group(without=(("site_equipment", "A"),), regeneration_cost=12345, regeneration_lifetime=5)
    plan = solve(scenario)
    assert accepted(scenario, plan)
    line = next(r for r in table(plan, "costs") if r.line == "site_investment" and r.item == "A")
    assert line.amount == pytest.approx(12345 * 0.04 / 1.04 / (1 - 1.04**-5), abs=0.005)


def test_consumption_days_fall_back_on_the_parameter() -> None:
    edits = {"meal_demand": {"B": {"consumption_days": None}}}
    seven, five = (facts(group(edits, consumption_days=days), network()) for days in (7, 5))
    site = next(j for j, s in enumerate(seven.sites) if s.code == "B")
    hot_from_kb = 1, site, 0, 0
    assert five.load[hot_from_kb] == pytest.approx(seven.load[hot_from_kb] * 7 / 5)


def test_a_changed_network_changes_the_cost() -> None:
    longer = replace(network(), km=network().km * 2)
    assert (KITCHENS.baseline(group(), longer).cost or 0) > (KITCHENS.baseline(group(), network()).cost or 0)


def test_a_kitchen_filled_to_its_last_meal_is_a_plan() -> None:
    """36,400 meals over 52 weeks of 7 days are 100 a day; in floating point a hair more, which is no reason to refuse."""
    sites = ("A", "B", "C", "D", "X")
    alone = group(
        edits={"kitchens": {"KB": {"modes": ("hot", "cold")}}, "kitchen_levels": {"KB": {"capacity": 100.0}}, "meal_demand": {"B": {"meals": 36400, "growth": 0.0}}},
        without=(*(("meal_demand", site) for site in sites if site != "B"), *(("kitchens", k) for k in ("KA", "KX", "KN")),
                 *(("kitchen_levels", k) for k in ("KA", "KX", "KN"))),
    )  # fmt: skip
    assert facts(alone, network()).load.max() > 100.0
    plan = solve(alone)
    assert plan.status.has_plan, plan.issues
    assert accepted(alone, plan)


def test_the_rules_that_quarrel_are_a_smallest_set() -> None:
    """A, B and C are to be fed by KA, which must then be extended and B equipped in the first year: its budget allows one of both."""
    tight = {"meal_demand": {site: {"lock": "KA"} for site in "ABC"}}
    plan = solve(group(tight))
    assert plan.status is Status.INFEASIBLE
    found = [issue.expected for issue in plan.issues if issue.code == "kitchens_conflict_rule" and issue.expected is not None]
    assert found
    rules = {rule.name: rule for rule in policies(group(tight)) if rule.kind == "rule"}
    for dropped in found:  # all but one of them, and nothing else, can be kept
        eased = group(tight)
        for name, rule in rules.items():
            if name not in found or name == dropped:
                eased = rule.change(eased)
        assert solve(eased).status.has_plan
    kept = group(tight)
    for name, rule in rules.items():
        if name not in found:
            kept = rule.change(kept)
    assert solve(kept).status is Status.INFEASIBLE


def test_what_is_beyond_the_chillers_or_the_exemption_is_named() -> None:
    chill = solve(group({"kitchen_levels": {code: {"cold_capacity": 20.0} for code in ("KA", "KX", "KN")}}, max_hot_minutes=45))
    assert chill.status is Status.INFEASIBLE and "kitchens_relax_chilling" in codes(chill) and quarrel(chill) == {"policy.chilling"}
    small = solve(group({"kitchens": {code: {"approved": False} for code in ("KA", "KB", "KX", "KN")}}))
    assert small.status is Status.INFEASIBLE and "kitchens_relax_approval" in codes(small) and quarrel(small) == {"policy.approval"}
