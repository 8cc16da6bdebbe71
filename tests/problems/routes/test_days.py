"""Days of visit chosen by the planner: allowed sets, checks, audit, and cheaper weeks."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from planner.i18n import describe
from planner.issues import errors
from planner.network import Network
from planner.plan import Limits, Plan, Progress, Status
from planner.problems.base import cost_of
from planner.problems.routes import ROUTES, model
from planner.problems.routes.accepted import accepted_rows, count_changes
from planner.problems.routes.day_moves import DayMoves
from planner.problems.routes.days import planned, resumed, started
from planner.problems.routes.groups import same_days
from planner.problems.routes.precheck import check
from planner.problems.routes.serve import Servers
from planner.problems.routes.spreading import gaps
from planner.problems.routes.start import stops_of
from planner.problems.routes.stops import Move, Route, Stop, Trip
from planner.problems.routes.tables import ACCEPTED, CHANGE_PRICE, COSTS, MOST_CHANGES, SKIPPED, STOPS
from planner.problems.routes.week import Week
from planner.problems.routes.write import tables
from planner.scenario import Scenario, with_parameter
from planner.schema import rows
from planner.solvers import routing
from planner.solvers.routing import Evaluator, StopRule
from planner.solvers.routing_week import WeekResult
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle
from tests.problems.routes.generator import group as generator_group

POINTS = {"O": (0.0, 0.0), "P": (40.0, 0.0), "Q": (40.0, 2.0)}


def group(**more: Any) -> tuple[Scenario, Network]:
    """Two neighbours far from the depot, visited on different days today."""
    flows = [flow("a", "O", "P", 2.0, days=("mon", "thu"), visits=2), flow("b", "O", "Q", 2.0, **{"visits": 2, **more})]
    return scenario_of(base([site(code) for code in POINTS], [vehicle()], flows)), network_of(POINTS)


def test_gaps_go_round_the_week() -> None:
    assert gaps(("mon", "thu")) == [3, 4] and gaps(("tue",)) == [7] and gaps(("mon", "sat", "sun")) == [5, 1, 1]


def test_sets_of_days_keep_the_gaps_and_the_days_given() -> None:
    scenario, network = group(free_days=True, least_gap=3, longest_gap=4, days=("mon", "tue", "wed", "thu", "fri"))
    assert Week(scenario, network).free == {"b": (("mon", "thu"), ("mon", "fri"), ("tue", "fri"))}


def test_the_planner_chooses_the_days_on_which_it_passes_anyway() -> None:
    scenario, network = group(free_days=True, least_gap=2)
    assert not errors(check(scenario, network))
    plan = ROUTES.solve(scenario, network, Limits(seconds=60, iterations=200, seed=1), Progress())
    assert plan.status.has_plan and plan.bound is not None and plan.cost is not None and plan.bound <= plan.cost
    stops = plan.tables[STOPS.name]
    assert set(stops[stops["flow"] == "b"]["day"]) == {"mon", "thu"}
    fixed, _ = group(days=("tue", "fri"))
    dear = ROUTES.solve(fixed, network, Limits(seconds=60, iterations=200, seed=1), Progress())
    assert dear.cost is not None and plan.cost < 0.75 * dear.cost


def test_the_audit_accepts_any_allowed_days_and_no_others() -> None:
    fixed, network = group(days=("tue", "fri"))
    plan = ROUTES.solve(fixed, network, Limits(seconds=60, iterations=100, seed=1), Progress())
    for more, accepted in (({"least_gap": 3}, True), ({"least_gap": 3, "days": ("mon", "tue", "thu", "fri")}, True), ({"days": ("mon", "wed", "thu")}, False)):
        scenario, _ = group(free_days=True, **more)
        found = errors(ROUTES.audit(scenario, network, plan.with_(scenario_hash=scenario.hash)).issues)
        assert (not found) == accepted, found


@pytest.mark.parametrize("more", [{"visits": 3, "least_gap": 3}, {"visits": 2, "longest_gap": 2}, {"visits": 3, "days": ("mon", "tue")}])
def test_gaps_that_contradict_the_visits_are_said(more: dict[str, Any]) -> None:
    scenario, network = group(free_days=True, **more)
    assert "routes_no_pattern" in {issue.code for issue in errors(check(scenario, network))}


@pytest.mark.parametrize(
    ("days", "more", "code", "gap"),
    [
        (("mon", "tue"), {"longest_gap": 3}, "routes_gap_too_long", 6),  # from Tuesday to the next Monday
        (("mon", "tue"), {"least_gap": 2}, "routes_gap_too_short", 1),
        (("tue", "fri"), {"longest_gap": 4, "least_gap": 3}, "", 0),
        (("wed",), {"longest_gap": 6, "visits": 1}, "routes_gap_too_long", 7),
    ],
)
def test_days_given_keep_the_gaps_too(days: tuple[str, ...], more: dict[str, Any], code: str, gap: int) -> None:
    """Infectious waste taken away on Monday and Tuesday waits six days: said before solving, and by the audit of any plan."""
    free, network = group(days=days, **{name: value for name, value in more.items() if name == "visits"})
    plan = ROUTES.solve(free, network, Limits(seconds=60, iterations=50, seed=1), Progress())
    asked, _ = group(days=days, **more)
    for found in (errors(check(asked, network)), errors(ROUTES.audit(asked, network, plan.with_(scenario_hash=asked.hash)).issues)):
        assert [(issue.code, dict(issue.args)["gap"]) for issue in found] == ([(code, gap)] if code else [])
        assert all("{" not in describe(issue, lang) and "issue." not in describe(issue, lang) for issue in found for lang in ("fr", "en"))
        assert all("lundi et mardi" in describe(issue, "fr") and "Monday and Tuesday" in describe(issue, "en") for issue in found if len(days) == 2)


def test_spread_days_and_visits_left_to_a_third_party_count_for_the_gap() -> None:
    flows = [flow("a", "O", "P"), flow("b", "O", "Q", 20.0, days=("mon", "thu"), longest_gap=4, skip_cost=50.0, skip_means="third_party")]
    scenario, network = scenario_of(base([site(code) for code in POINTS], [vehicle()], flows)), network_of(POINTS)
    plan = ROUTES.solve(scenario, network, Limits(seconds=60, iterations=50, seed=1), Progress())
    audit = ROUTES.audit(scenario, network, plan)
    assert audit.issues == () and audit.kpi("third_party") == 2.0
    spread, _ = group(visits=1, longest_gap=6)
    assert [issue.code for issue in errors(check(spread, network))] == ["routes_gap_too_long"]


def test_a_flow_with_a_longest_gap_is_not_missed() -> None:
    """A visit that nobody makes would lengthen the gap: its price has no effect, which is said."""
    flows = [flow("a", "O", "P"), flow("b", "O", "Q", 2.0, days=("mon", "thu"), longest_gap=4, skip_cost=0.01)]
    scenario, network = scenario_of(base([site(code) for code in POINTS], [vehicle()], flows)), network_of(POINTS)
    assert [issue.code for issue in check(scenario, network)] == ["routes_skip_gap"]
    plan = ROUTES.solve(scenario, network, Limits(seconds=60, iterations=50, seed=1), Progress())
    audit = ROUTES.audit(scenario, network, plan)
    assert audit.issues == () and set(plan.tables[STOPS.name]["flow"]) == {"a", "b"}


def test_the_bound_holds_where_a_flow_with_days_to_choose_lies_on_a_shorter_way() -> None:
    """From O to P directly takes 100 km; by way of F and G, served the same day by choice, 20."""
    km = np.full((4, 4), 100.0)
    np.fill_diagonal(km, 0.0)
    for a, b in ((0, 2), (2, 1), (1, 3), (3, 0)):
        km[a, b] = km[b, a] = 10.0
    network = Network(("O", "P", "F", "G"), km, km, np.zeros((4, 4), np.uint8))
    flows = [flow("p", "O", "P", 2.0, days=("mon",)), flow("f", "O", "F", 2.0, free_days=True), flow("g", "O", "G", 2.0, free_days=True)]
    scenario = scenario_of(base([site(code) for code in network.sites], [vehicle(fixed_cost=0.0)], flows))
    plan = ROUTES.solve(scenario, network, Limits(seconds=60, iterations=200, seed=1), Progress())
    assert plan.cost is not None and plan.bound is not None
    routes = plan.tables["routes_routes"]
    assert routes["km"].sum() == pytest.approx(40.0)  # all on one day
    assert plan.bound <= plan.cost


def current(code: str, *days: str) -> list[dict[str, Any]]:
    return [{"day": day, "vehicle": "V", "number": 1, "trip": 1, "position": 1 if code == "a" else 2, "flow": code, "action": "deliver"} for day in days]


def test_todays_routes_are_costed_on_their_days_and_what_the_gaps_forbid_is_told() -> None:
    flows = [flow("b", "O", "Q", 2.0, visits=2, free_days=True, least_gap=3)]
    data = base([site(code) for code in POINTS], [vehicle()], flows)
    data["current_routes"] = current("b", "mon", "tue")
    scenario, network = scenario_of(data), network_of(POINTS)
    today = ROUTES.baseline(scenario, network)
    assert today.status.has_plan and today.cost is not None and today.cost > 0
    assert {issue.code for issue in errors(ROUTES.audit(scenario, network, today).issues)} == {"routes_days_not_allowed"}


def test_accepted_days_are_kept_where_the_plan_is_solved_again() -> None:
    flows = [flow("a", "O", "P", 2.0, days=("tue", "fri"), visits=2), flow("b", "O", "Q", 2.0, visits=2, free_days=True)]
    scenario, network = scenario_of(base([site(code) for code in POINTS], [vehicle()], flows)), network_of(POINTS)
    assert Week(scenario, network).days_of(Week(scenario, network).flows["b"]) == ["mon", "thu"]
    plan = ROUTES.solve(scenario, network, Limits(seconds=60, iterations=100, seed=1), Progress())
    accepted = with_parameter(scenario.replace(ACCEPTED.name, ACCEPTED.frame(accepted_rows(plan))), CHANGE_PRICE, 1000.0)
    again = ROUTES.solve(accepted, network, Limits(seconds=60, iterations=100, seed=1), Progress())
    assert again.status.has_plan and count_changes(accepted, again) == 0
    closer = with_parameter(accepted, MOST_CHANGES, 0.0)
    assert not errors(check(closer, network))  # accepted visits of a flow with days to choose are not changes that cannot be avoided


def town() -> tuple[Scenario, Network]:
    """A small generated week in which stores and linen have their days to choose."""
    scenario, network = generator_group(12, 3)
    frame = scenario.frames["flows"].copy()
    frame["free_days"] = [row.category in ("stores", "linen") and row.hygiene == "clean" for row in scenario.rows("flows")]
    return scenario.replace("flows", scenario.table("flows").frame(frame.to_dict("records"))), network


def test_days_to_choose_never_cost_more_than_the_days_that_would_be_given() -> None:
    scenario, network = town()
    given = started(Week(scenario, network))
    frame = scenario.frames["flows"].copy()
    rows = scenario.rows("flows")
    frame["days"] = [tuple(given.days_of(given.flows[row.flow])) if row.free_days else row.days for row in rows]
    frame["free_days"] = False
    fixed = scenario.replace("flows", scenario.table("flows").frame(frame.to_dict("records")))
    limits = Limits(seconds=60, iterations=20, seed=1)
    chosen, dear = (ROUTES.solve(one, network, limits, Progress()) for one in (scenario, fixed))
    assert chosen.cost is not None and dear.cost is not None and chosen.cost < dear.cost
    assert any("flows moved" in line for line in chosen.log)


def test_visits_moved_between_days_leave_routes_that_keep_every_rule() -> None:
    """The routes after the moves, as starts on the days chosen: judged by the engine's own model of these days."""
    scenario, network = town()
    week = started(Week(scenario, network))
    groups = same_days(week, Servers(week))
    found = [routing.solve(one.model.data, StopRule(iterations=40), 1) for one in groups]
    assert all(day.feasible for day in found)
    moves = DayMoves(week, groups, WeekResult(found))
    before = sum(duty.cost for duties in moves.duties.values() for duty in duties)
    moves.run(math.inf, lambda: False)
    after = sum(duty.cost for duties in moves.duties.values() for duty in duties)
    assert moves.moves > 0 and before - after == pytest.approx(moves.saved)
    other = moves.moved()
    assert all(days in week.free[code] for code, days in moves.days.items())
    later = same_days(other, Servers(other))
    for one, start in zip(later, moves.starts(other, later), strict=True):
        judged = Evaluator(one.model.data)(start)
        assert not judged.left_out and not judged.unshipped  # every visit has its place
        assert judged.feasible


def test_a_search_from_a_plan_goes_on_from_its_routes() -> None:
    scenario, network = generator_group(14, seed=3)  # some jobs of shipments' routes have several windows
    one = Limits(seconds=60, iterations=1, seed=2)
    plan = ROUTES.solve(scenario, network, Limits(seconds=60, iterations=400, seed=1), Progress())
    nothing = ROUTES.solve(scenario, network, one, Progress())
    again = ROUTES.solve(scenario, network, replace(one, start=plan), Progress())
    assert plan.cost is not None and nothing.cost is not None and again.cost is not None
    assert again.cost <= plan.cost < nothing.cost


def test_a_search_from_a_plan_keeps_its_days_where_they_are_allowed() -> None:
    scenario, network = group(free_days=True, least_gap=2)
    plan = ROUTES.solve(scenario, network, Limits(seconds=60, iterations=200, seed=1), Progress())
    week = Week(scenario, network)
    assert resumed(started(week), stops_of(plan)).chosen == planned(week, stops_of(plan)).chosen == {"b": ("mon", "thu")}
    narrow, _ = group(free_days=True, least_gap=2, days=("tue", "wed", "fri", "sat"))
    found = resumed(started(Week(narrow, network)), stops_of(plan)).chosen["b"]
    assert found in Week(narrow, network).free["b"] and found != ("mon", "thu")


def test_a_search_from_a_plan_never_ends_dearer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where the search takes up nothing of it."""
    scenario, network = generator_group(14, seed=3)
    plan = ROUTES.solve(scenario, network, Limits(seconds=60, iterations=400, seed=1), Progress())
    monkeypatch.setattr(model, "taken_up", lambda week, groups, stops: [() for _ in groups])
    again = ROUTES.solve(scenario, network, Limits(seconds=60, iterations=1, seed=2, start=plan), Progress())
    assert again.cost == plan.cost and not errors(ROUTES.audit(scenario, network, again).issues)


def optional(scenario: Scenario, network: Network, days: tuple[str, str]) -> Plan:
    """The plan that carries `m` on Monday, with the visit of `w` of that day if there is one, and leaves the others."""
    week = Week(scenario, network, {"w": days})
    m = week.visit["mon", "m", 1]
    moves = [Move(m, "deliver"), *(Move(visit, "collect") for key, visit in week.visit.items() if key == ("mon", "w", 1))]
    frames = tables(week, [Route("mon", "V", 1, (Trip((Stop("P", tuple(moves), m.at_destination),)),))])
    return Plan("routes", Status.FEASIBLE, frames, cost_of(frames[COSTS.name]), scenario_hash=scenario.hash)


def with_optional() -> tuple[Scenario, Network]:
    """`w` may be visited on Monday and Thursday or on Tuesday and Friday, each visit left to a third party at 25 €; a van comes by on Monday."""
    flows = [flow("m", "O", "P", 2.0), flow("w", "P", "O", 1.0, days=None, visits=2, skip_cost=25.0, skip_means="third_party")]
    data = {**base([site(code) for code in POINTS], [vehicle()], flows), "day_patterns": [{"flow": "w", "days": ("mon", "thu")}, {"flow": "w", "days": ("tue", "fri")}]}
    return scenario_of(data), network_of(POINTS)


def test_a_visit_on_days_chosen_may_be_left_to_a_third_party() -> None:
    scenario, network = with_optional()
    plan = optional(scenario, network, ("mon", "thu"))
    assert ROUTES.audit(scenario, network, plan).valid
    silent = ROUTES.audit(scenario, network, plan.with_(tables={**plan.tables, SKIPPED.name: SKIPPED.frame([])}))
    assert {issue.code for issue in silent.issues} == {"routes_skipped_silently"}
    made = [{name: getattr(row, name) for name in SKIPPED.names} for row in rows(SKIPPED, plan.tables[SKIPPED.name])]
    odd = ROUTES.audit(scenario, network, plan.with_(tables={**plan.tables, SKIPPED.name: SKIPPED.frame([{**made[0], "day": "fri"}])}))
    assert {issue.code for issue in odd.issues} == {"routes_days_not_listed"}


def test_the_search_carries_one_visit_and_leaves_the_other_where_that_is_cheapest() -> None:
    """On Tuesday and Friday both would be left; Monday's costs next to nothing more."""
    scenario, network = with_optional()
    plan = ROUTES.solve(scenario, network, Limits(seconds=20, iterations=60, seed=1), Progress())
    assert plan.cost is not None and [(row.day, row.flow) for row in rows(SKIPPED, plan.tables[SKIPPED.name])] == [("thu", "w")]
    assert plan.cost <= (optional(scenario, network, ("mon", "thu")).cost or 0.0)
