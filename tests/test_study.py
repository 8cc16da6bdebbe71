"""The problems together: coupling, savings counted once, refusals, stops. Figures recomputed by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from planner import study
from planner.coupling import COUPLING, couple
from planner.i18n import describe, text
from planner.issues import Issue
from planner.network import Network, build
from planner.plan import Limits, Plan, Progress, Status, cents
from planner.problems.base import annual_cost, average, cost_of
from planner.report.summary import regrouping_text
from planner.scenario import Scenario
from planner.schema import rows
from planner.service.workbooks import summary_text
from planner.study import SAVINGS, Regrouping, Study, key_figures
from tests.toy import CLOSING, KM_COST, ToyKitchens, ToyRoutes, group

BOTH = ("routes", "kitchens")


def run(scenario: Scenario, names: tuple[str, ...] = BOTH, kitchens: ToyKitchens | None = None, progress: Progress | None = None, **more: Any) -> Study:
    catalog = {"kitchens": kitchens or ToyKitchens(), "routes": ToyRoutes(), **more}
    return study.run(scenario, names, Limits(seconds=1), progress or Progress(), catalog=catalog)


def codes(done: Study) -> list[str]:
    return [issue.code for issue in done.issues]


def with_rows(scenario: Scenario, table: str, changed: list[dict[str, Any]]) -> Scenario:
    return scenario.replace(table, scenario.table(table).frame(changed))


def plain(scenario: Scenario, table: str) -> list[dict[str, Any]]:
    return [{k: v for k, v in vars(row).items() if k != "index_"} for row in scenario.rows(table)]


def kitchens_plan(scenario: Scenario, chosen: dict[str, str], mode: str = "cold") -> Plan:
    """A kitchens plan with another assignment each year; only the last one counts."""
    network, _ = build(scenario)
    toy = ToyKitchens()
    years = list(toy.years(scenario))
    first = {(years[0], row.site): row.current_kitchen for row in scenario.rows("meal_demand")}
    plan = toy.plan(scenario, network, {**first, **{(years[-1], s): k for s, k in chosen.items()}}, Status.FEASIBLE)
    frame = plan.tables["kitchens_assignment"].assign(mode=mode)
    return plan.with_(tables={**plan.tables, "kitchens_assignment": frame})


def coupled(scenario: Scenario, chosen: dict[str, str], mode: str = "cold") -> tuple[dict[str, Any], dict[str, Any], list[Issue]]:
    """Flows and changes by flow code."""
    result, changes, issues = couple(scenario, kitchens_plan(scenario, chosen, mode), build(scenario)[0])
    return {f.flow: f for f in result.rows("flows")}, {c.flow: c for c in rows(COUPLING, changes)}, issues


def test_meal_flows_leave_from_the_kitchen_chosen() -> None:
    scenario = group()
    flows, changes, issues = coupled(scenario, {"A": "KA", "A2": "KB", "B": "KB", "C": "KB"})
    assert (flows["meals-A2"].origin, flows["meals-A2"].destination) == ("B", "A2")
    assert flows["meals-C"].origin == "B"
    assert (flows["back-C"].origin, flows["back-C"].destination) == ("C", "B")  # trolleys go back where meals came from
    assert flows["linen"].origin == "A"  # not a meal
    before = {f.flow: f for f in scenario.rows("flows")}
    for code in before:
        assert (flows[code].quantity, flows[code].days, flows[code].unit) == (before[code].quantity, before[code].days, before[code].unit)
    assert {c: (r.before, r.after, r.kitchen, r.change) for c, r in changes.items()} == {
        "meals-A2": ("A", "B", "KB", "moved"), "meals-C": ("A", "B", "KB", "moved"), "back-C": ("A", "B", "KB", "moved"),
    }  # fmt: skip
    assert not issues


def test_a_plan_that_moves_nothing_leaves_the_scenario_alone() -> None:
    scenario = group()
    result, changes, issues = couple(scenario, kitchens_plan(scenario, {"A": "KA", "A2": "KA", "B": "KB", "C": "KA"}), build(scenario)[0])
    assert result is scenario and changes.empty and not issues


def test_a_site_that_gets_its_own_kitchen_needs_no_transport() -> None:
    scenario = group()
    extra = [*plain(scenario, "kitchens"), {"kitchen": "KC", "name": "C", "site": "C", "establishment": "E2", "modes": ("cold",), "status": "candidate"}]
    flows, changes, _ = coupled(with_rows(scenario, "kitchens", extra), {"A": "KA", "A2": "KA", "B": "KB", "C": "KC"})
    assert set(flows) == {"meals-A2", "linen"}
    assert {c: (r.before, r.after, r.change) for c, r in changes.items()} == {"meals-C": ("A", None, "dropped"), "back-C": ("A", None, "dropped")}


def test_a_site_whose_kitchen_closes_gets_a_flow() -> None:
    flows, changes, issues = coupled(group(), {"A": "KB", "A2": "KB", "B": "KB", "C": "KB"})
    made = flows["repas-A"]
    # 100,000 meals a year, 7 deliveries a week, 52 weeks, 25 meals a trolley: 10.99 trolleys
    assert (made.origin, made.destination, made.unit, made.visits, made.quantity) == ("B", "A", "trolley", 7, 11)
    assert changes["repas-A"].change == "added" and changes["repas-A"].before is None
    assert [i.code for i in issues] == ["meal_flow_added"]
    assert "11 contenant(s) «\u00a0trolley\u00a0»" in describe(issues[0], "fr") and "Le site «\u00a0Site A (A)\u00a0», nourri" in describe(issues[0], "fr")


def seasonal(site: str, **values: Any) -> Scenario:
    base = group()
    return with_rows(base, "meal_demand", [row | (values if row["site"] == site else {}) for row in plain(base, "meal_demand")])


def test_a_flow_made_for_a_school_carries_a_school_week_on_its_days() -> None:
    """100,000 meals in 36 weeks of four days are 694 a visit: 27.8 trolleys of 25, where the average week would have 15.9 on seven days."""
    school = seasonal("A", weeks=36, days=("mon", "tue", "thu", "fri"), consumption_days=None)
    flows, _, issues = coupled(school, {"A": "KB", "A2": "KB", "B": "KB", "C": "KB"})
    made = [flow for code, flow in flows.items() if code.startswith("repas-A")]
    assert {(flow.visits, flow.days) for flow in made} == {(4, ("mon", "tue", "thu", "fri"))} and sum(flow.quantity for flow in made) == 28
    assert "28 contenant(s) «\u00a0trolley\u00a0»" in describe(issues[0], "fr")


def test_flows_that_carry_less_than_a_full_week_say_by_how_much() -> None:
    """The flow to C carries its average week: with 36 weeks of school, a full one takes 52/36 as many meals."""
    base = group()
    (flow,) = [row for row in plain(base, "flows") if row["flow"] == "meals-C"]
    visits = flow["visits"] or len(flow["days"] or ()) or 1
    each = flow["quantity"] * 25 * visits  # a week
    school = seasonal("C", weeks=36, meals=each * 52)
    _, _, issues = coupled(school, {"A": "KA", "A2": "KA", "B": "KB", "C": "KA"})
    (told,) = [issue for issue in issues if issue.code == "flows_below_full_week"]
    args = dict(told.args)
    assert (args["carried"], args["full"], args["percent"]) == (round(each), round(each * 52 / 36), 44)
    assert "44" in describe(told, "fr") and args["sites"] == "Site C (C)"
    filled = with_rows(school, "flows", [row | ({"quantity": row["quantity"] * 52 / 36} if row["flow"] == "meals-C" else {}) for row in plain(school, "flows")])
    assert "flows_below_full_week" not in {issue.code for issue in coupled(filled, {"A": "KA", "A2": "KA", "B": "KB", "C": "KA"})[2]}
    assert "flows_below_full_week" not in {issue.code for issue in coupled(base, {"A": "KA", "A2": "KA", "B": "KB", "C": "KA"})[2]}


def test_a_flow_too_large_for_any_truck_is_split_evenly() -> None:
    vehicle = plain(group(), "vehicle_types")[0] | {"places": 4.0}
    flows, _, issues = coupled(with_rows(group(), "vehicle_types", [vehicle]), {"A": "KB", "A2": "KB", "B": "KB", "C": "KB"})
    made = [flow for code, flow in flows.items() if code.startswith("repas-A")]
    assert sorted(flow.quantity for flow in made) == [3, 4, 4]  # 11 trolleys of one place each, 4 places a truck
    assert {flow.destination for flow in made} == {"A"}
    assert [i.code for i in issues] == ["meal_flow_added"]


def test_a_closing_kitchen_without_sized_container_is_told() -> None:
    scenario = with_rows(group(), "handling_units", [{"unit": "trolley"}, {"unit": "roll"}])
    flows, _, issues = coupled(scenario, {"A": "KB", "A2": "KB", "B": "KB", "C": "KB"})
    assert "repas-A" not in flows
    assert [(i.code, dict(i.args)["site"]) for i in issues] == [("meals_not_carried", "Site A (A)")]


def test_the_mode_of_the_plan_sets_temperature_and_time_on_board() -> None:
    flows, _, _ = coupled(group(max_hot_minutes=45), {"A": "KB", "A2": "KB", "B": "KB", "C": "KB"}, mode="hot")
    assert (flows["meals-C"].temperature, flows["meals-C"].max_minutes) == ("hot", 45)
    assert flows["linen"].temperature == "ambient"
    assert (flows["repas-A"].temperature, flows["repas-A"].max_minutes) == ("hot", 45)


def test_a_mode_that_changes_without_any_move_reaches_the_routes() -> None:
    flows, changes, _ = coupled(group(max_hot_minutes=45), {"A": "KA", "A2": "KA", "B": "KB", "C": "KA"}, mode="hot")
    assert (flows["meals-C"].temperature, flows["meals-C"].max_minutes) == ("hot", 45)
    assert (changes["meals-C"].before, changes["meals-C"].after, changes["meals-C"].change) == ("A", "A", "mode")


def test_routes_are_solved_on_coupled_flows_and_today_on_the_original() -> None:
    routes = ToyRoutes()
    done = run(group(), routes=routes)
    assert list(done.results) == ["kitchens", "routes"]
    # today's routes, the plan's, and the plan's with today's kitchens
    assert routes.seen == [done.scenario, done.coupled, done.scenario] and done.coupled != done.scenario
    assert done.results["routes"].plan.scenario_hash == done.coupled.hash
    assert set(done.coupling["change"]) == {"moved", "added"}
    assert all(result.valid for result in done.results.values())


def test_savings_by_hand_count_delivery_once() -> None:
    """Everything moves to KB (2.5 € a meal against 4): food saved in kitchens, transport in routes."""
    done = run(group())
    km = {(a, b): 1.33 * abs(x - y) for a, x in (("A", 0), ("B", 10)) for b, y in (("A", 0), ("A2", 4), ("B", 10), ("C", 14))}
    table = {(r.problem, r.establishment): r for r in rows(SAVINGS, done.savings)}
    food = 1.5 * 120000 - CLOSING / 2
    e1 = table["kitchens", "E1"]
    assert e1.today == pytest.approx(480000 + 600 * KM_COST * km["A", "A2"], abs=0.5)
    assert e1.plan == pytest.approx(300000 + CLOSING / 2 + 600 * KM_COST * (km["B", "A2"] + km["B", "A"]), abs=0.5)
    assert e1.saving == pytest.approx(food, abs=0.02)
    assert e1.replaced == pytest.approx(600 * KM_COST * (km["A", "A2"] - km["B", "A2"] - km["B", "A"]), abs=0.5)
    assert e1.percent == pytest.approx(100 * food / e1.today, abs=0.01)
    assert table["kitchens", "E2"].saving == pytest.approx(1.5 * 15000.33, abs=0.02)
    weekly = 2 * 104 * (0.5 + 32.01 / 40)
    # trolleys of C came back to A (E1) and now go to B (E2); the new flow runs 7 days, the others 2
    routes = weekly * (km["A", "A2"] - km["B", "A2"] + km["A", "C"]) - 3.5 * weekly * km["B", "A"]
    assert table["routes", "E1"].saving == pytest.approx(routes, rel=1e-3)
    assert table["kitchens", None].saving == cents(e1.saving + table["kitchens", "E2"].saving)
    assert done.saving == cents(table["kitchens", None].saving + table["routes", None].saving)
    assert "delivery_counted_in_routes" in codes(done)
    # alone, the kitchens keep their own estimate of delivery
    alone = {(r.problem, r.establishment): r for r in rows(SAVINGS, run(group(), ("kitchens",)).savings)}
    assert alone["kitchens", "E1"].replaced == 0
    assert alone["kitchens", "E1"].saving == cents(e1.saving + e1.replaced)


def test_what_the_kitchens_plan_is_worth_counts_the_road() -> None:
    """The toy's routes are solved as they run today, so the extra road is the routes' loss."""
    done = run(group())
    assert done.regrouping is not None and done.saving is not None
    assert done.regrouping.extra_road == cents(-next(r.saving for r in rows(SAVINGS, done.savings) if r.problem == "routes" and r.establishment is None))
    assert done.regrouping.worth == pytest.approx(done.saving, abs=0.02)
    assert "regrouping_loses" not in codes(done)
    assert run(group(), ("kitchens",)).regrouping is None and run(group(), ("routes",)).regrouping is None


def test_a_kitchens_plan_that_loses_on_the_road_is_told() -> None:
    class DearRoad(ToyRoutes):
        def costs(self, scenario: Scenario, network: Network) -> pd.DataFrame:
            frame = super().costs(scenario, network)
            return frame.assign(amount=frame["amount"] * 100, objective=frame["objective"] * 100)

    done = run(group(), routes=DearRoad())
    assert done.regrouping is not None and done.regrouping.worth < 0
    warning = next(issue for issue in done.issues if issue.code == "regrouping_loses")
    args = dict(warning.args)
    assert args["loss"] == pytest.approx(-done.regrouping.worth, abs=1.0)
    assert args["loss"] == pytest.approx(args["kitchens"] + args["road"], abs=0.02)  # both are changes of cost, of either sign
    assert "moins cher" in describe(warning, "fr") and "cheaper" in describe(warning, "en")


def test_delivery_is_not_counted_in_kitchens_and_on_the_road_where_todays_routes_are_unknown() -> None:
    class NoToday(ToyRoutes):
        def baseline(self, scenario: Scenario, network: Network) -> Plan:
            return Plan(self.name, Status.FAILED)

    known, unknown = run(group()).regrouping, run(group(), routes=NoToday()).regrouping
    assert known is not None and unknown is not None and unknown.kitchens == known.kitchens


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_the_saving_leaves_out_is_said(lang: str) -> None:
    """The saving of kitchens alone stood above what the kitchens plan loses on the road, without a word."""
    done = run(group())
    bare = replace(done, results={**done.results, "routes": replace(done.results["routes"], baseline=None, baseline_audit=None)})
    assert bare.saving is not None
    words = [text("results.saving_partial", lang), text("results.no_today_no_saving", lang, problem=text("problem.routes", lang))]
    assert " ".join(words) in summary_text(bare, lang) and words[0] not in summary_text(done, lang)


def test_what_is_saved_on_the_road_is_not_said_to_be_spent() -> None:
    """The page said "-32 308 €/an de route en plus" where the kitchens plan shortened the routes."""
    both = regrouping_text(Regrouping(500.0, 1000.0, 1300.0), "fr")
    assert "500\u00a0€/an de moins en cuisine" in both and "300\u00a0€/an de moins sur la route" in both and "800\u00a0€/an de moins en tout" in both
    dearer = regrouping_text(Regrouping(500.0, 1300.0, 1000.0), "en")
    assert "€500 a year less in kitchens" in dearer and "€300 a year more on the road" in dearer and "€200 a year less in all" in dearer


def test_delivery_of_sites_without_meal_flow_stays_in_kitchens() -> None:
    scenario = group()
    done = run(with_rows(scenario, "flows", [f for f in plain(scenario, "flows") if f["flow"] != "meals-A2"]))
    assert done.results["kitchens"].not_counted == {"A", "C"}
    scenario = with_rows(scenario, "flows", [f for f in plain(scenario, "flows") if f["category"] != "meals"])
    done = run(scenario)
    assert "no_meal_flows" in codes(done) and not done.results["kitchens"].not_counted
    assert done.coupled == scenario


def test_audits_alone_give_the_figures() -> None:
    """A plan that lies about its cost is refused: no cost, no saving, an error that says so."""
    def lie(plan: Plan) -> Plan:
        frame = plan.tables["kitchens_costs"].copy()
        frame["amount"] = frame["amount"] / 2
        frame["objective"] = frame["objective"] / 2
        return plan.with_(tables={**plan.tables, "kitchens_costs": frame}, cost=cost_of(frame), bound=None)

    done = run(group(), kitchens=ToyKitchens(spoil=lie))
    result = done.results["kitchens"]
    assert not result.valid and result.annual is None and result.today is not None
    mine = done.savings[done.savings["problem"] == "kitchens"]
    assert mine["plan"].isna().all() and mine["saving"].isna().all() and mine["today"].notna().all()
    assert "plan_refused" in codes(done) and "routes_not_coupled" in codes(done)
    assert done.coupled is done.scenario and done.results["routes"].valid
    refused = next(i for i in done.issues if i.code == "plan_refused")
    assert refused.is_error and "«\u00a0cuisines\u00a0»" in describe(refused, "fr") and "“kitchens”" in describe(refused, "en")
    assert not [p for p in key_figures(done) if p.problem == "kitchens" and p.plan is not None]


@pytest.mark.parametrize("status", [Status.INFEASIBLE, Status.NO_PLAN_IN_TIME, Status.FAILED])
def test_outcomes_without_plan_are_kept(status: Status) -> None:
    done = run(group(), kitchens=ToyKitchens(status=status))
    assert done.results["kitchens"].plan.status is status and done.results["kitchens"].audit is None
    assert done.results["kitchens"].today is not None
    assert "routes_not_coupled" in codes(done) and "plan_refused" not in codes(done)
    assert done.saving == done.savings[(done.savings["problem"] == "routes") & done.savings["establishment"].isna()]["saving"].sum()


def test_a_precheck_error_means_no_solve() -> None:
    fault = Issue.error("solver_failed", reason="x")
    hint = Issue.warning("solver_failed", reason="y")
    done = run(group(), ("kitchens",), ToyKitchens(issues=(hint, fault), spoil=lambda plan: pytest.fail("solved")))
    result = done.results["kitchens"]
    assert result.plan.status is Status.INFEASIBLE and result.plan.issues == (fault,)
    assert result.issues == [hint, fault]
    assert result.today is not None


def test_today_not_described_gives_no_saving() -> None:
    scenario = group()
    unknown = [{**row, "current_kitchen": None} for row in plain(scenario, "meal_demand")]
    done = run(with_rows(scenario, "meal_demand", unknown), ("kitchens",))
    assert done.results["kitchens"].valid and done.results["kitchens"].today is None
    assert done.savings["saving"].isna().all() and done.saving is None
    assert "saving_unknown" in codes(done)


def test_a_faulty_today_is_said() -> None:
    class Strict(ToyKitchens):
        def audit(self, scenario: Scenario, network: Any, plan: Plan) -> Any:
            found = super().audit(scenario, network, plan)
            return replace(found, issues=(Issue.error("wrong_cost"),)) if plan.status is Status.FEASIBLE else found

    done = run(group(), ("kitchens",), Strict())
    assert "baseline_faulty" in codes(done) and done.saving is not None
    assert ("kitchens", "today", "wrong_cost") in [(p, phase, i.code) for p, phase, i in done.all_issues()]


def test_a_problem_without_data_is_skipped() -> None:
    scenario = with_rows(group(), "flows", [])
    done = run(scenario)
    assert list(done.results) == ["kitchens"] and "problem_without_data" in codes(done)


def test_a_stop_keeps_what_is_solved() -> None:
    progress = Progress()

    def stop(plan: Plan) -> Plan:
        progress.stop()
        return plan.with_(status=Status.STOPPED)

    done = run(group(), kitchens=ToyKitchens(spoil=stop), progress=progress)
    assert list(done.results) == ["kitchens"] and done.results["kitchens"].valid
    assert codes(done)[-1] == "problem_not_started"


def test_an_unknown_problem_is_refused() -> None:
    with pytest.raises(KeyError):
        run(group(), ("laundry",))


def test_key_figures_pair_today_and_plan() -> None:
    pairs = {(p.problem, p.kpi.code, p.establishment): p for p in key_figures(run(group()))}
    done = pairs["kitchens", "annual_cost", ""]
    assert done.today is not None and done.plan is not None and done.plan < done.today
    assert pairs["kitchens", "annual_cost", "E1"].plan == pytest.approx(316000, rel=0.5)
    assert pairs["kitchens", "meals", ""].today == 195000.33
    assert next(iter(pairs)) == ("kitchens", "annual_cost", "")


def test_averages_round_halves_away_from_zero_as_spreadsheets_do() -> None:
    assert [average(amounts, 2) for amounts in ([0.01], [-0.01], [0.01, 0.02], [1000.01], [61.725 * 2])] == [0.01, -0.01, 0.02, 500.01, 61.73]
    assert average([0.1] * 3, 3) == 0.1 and average([], 5) == 0


def test_same_inputs_same_study() -> None:
    first, second = run(group()), run(group())
    pd.testing.assert_frame_equal(first.savings, second.savings)
    assert first.coupled.hash == second.coupled.hash


# --- the real problems ---------------------------------------------------------------------------------------

@pytest.mark.slow
def test_real_plans_are_valid_and_their_savings_add_up(real: Study) -> None:
    assert list(real.results) == list(study.ORDER)
    for name, result in real.results.items():
        assert result.valid, (name, result.plan.status, [describe(i, "en") for i in result.issues if i.is_error])
        for audit in (result.audit, result.baseline_audit):
            assert audit is not None
            # one definition of the yearly cost: the audit's, the cost lines' and the key figure's
            assert audit.annual == annual_cost(audit.costs) == pytest.approx(audit.kpi("annual_cost"), abs=0.005)
    group_rows = {row.problem: row for row in rows(SAVINGS, real.savings) if row.establishment is None}
    assert real.saving == pytest.approx(sum(row.saving for row in group_rows.values()), abs=0.005)
    for name, row in group_rows.items():
        parts = [r.saving for r in rows(SAVINGS, real.savings) if r.problem == name and r.establishment is not None]
        assert sum(parts) == pytest.approx(row.saving, abs=0.01 * (len(parts) + 1))


@pytest.mark.slow
def test_real_routes_start_from_the_kitchens_chosen(real: Study) -> None:
    plan = real.results["kitchens"].plan.tables["kitchens_assignment"]
    last = plan[plan["year"] == plan["year"].max()].set_index("site")["kitchen"].to_dict()
    at = {kitchen.kitchen: kitchen.site for kitchen in real.scenario.rows("kitchens")}
    checked = 0
    for flow in study.meal_flows(real.coupled):
        if flow.destination in last and flow.origin in at.values():
            assert flow.origin == at[last[flow.destination]], flow.flow
            checked += 1
    assert checked > 20
    assert real.results["routes"].plan.scenario_hash == real.coupled.hash
