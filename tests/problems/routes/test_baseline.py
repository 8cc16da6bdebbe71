"""Today's routes as a plan: scheduled as they are, faults left for the audit, gaps said."""

from __future__ import annotations

from typing import Any

import pytest

from planner.network import Network
from planner.plan import Status
from planner.problems.routes import ROUTES
from planner.problems.routes.tables import CURRENT, STOPS
from planner.scenario import Scenario
from planner.schema import rows
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle

POINTS = {"O": (0.0, 0.0), "P": (10.0, 0.0), "Q": (12.0, 0.0), "R": (0.0, 15.0)}


def today(flows: list[dict[str, Any]], current: list[tuple[Any, ...]], fleet: list[dict[str, Any]] | None = None) -> tuple[Scenario, Network]:
    """`current`: (day, number, trip, position, flow, action)."""
    made = [{"day": d, "vehicle": "V", "number": n, "trip": t, "position": p, "flow": f, "action": a} for d, n, t, p, f, a in current]
    return scenario_of(base([site(code) for code in POINTS], fleet or [vehicle()], flows, current_routes=made)), network_of(POINTS)


def test_routes_without_fault_pass_the_audit_and_cost_what_they_cost() -> None:
    flows = [flow("a", "O", "P", 4.0, return_ratio=1.0), flow("b", "O", "Q", 2.0), flow("c", "Q", "O", 1.0), flow("d", "P", "R", 1.0)]
    current = [("mon", 1, 1, 1, "a", "deliver"), ("mon", 1, 1, 2, "b", "deliver"), ("mon", 1, 1, 3, "c", "collect"),
               ("mon", 1, 2, 1, "d", "collect"), ("mon", 1, 2, 2, "d", "deliver")]  # fmt: skip
    scenario, network = today(flows, current)
    plan = ROUTES.baseline(scenario, network)
    audit = ROUTES.audit(scenario, network, plan)
    assert plan.status is Status.FEASIBLE and plan.issues == () and audit.issues == ()
    assert plan.cost == audit.cost
    assert audit.kpi("on_time") == 100 and audit.kpi("cost_per_place") == audit.kpi("cost_per_place", "A") == pytest.approx(plan.cost / (52 * (4 + 2 + 1 + 1)))
    # two loadings, 24 km and 10 + 18.028 + 15 km, handling (8 + 2 + 1 + 2 units), fixed minutes at P, Q, P, R
    minutes = 2 * 20 + 24 + 10 + 18 + 1.68 / 60 + 15 + 13 * 1.5 + 4 * 10
    assert abs(plan.cost - (5200 + 52 * ((24 + 43.028) * 0.5 + minutes / 60 * 30))) < 1.0
    stops = [(row.trip, row.position, row.site, row.flow, row.action) for row in rows(STOPS, plan.tables[STOPS.name])]
    assert (1, 1, "P", "a", "take_back") in stops
    assert {position for trip, position, place, *_ in stops if trip == 1 and place == "Q"} == {2}


def test_late_and_overfull_routes_are_kept_and_found_by_the_audit() -> None:
    flows = [flow("a", "O", "P", 8.0, opens=400, closes=420), flow("b", "O", "R", 8.0, opens=400, closes=420)]
    scenario, network = today(flows, [("mon", 1, 1, 1, "a", "deliver"), ("mon", 1, 1, 2, "b", "deliver")])
    plan = ROUTES.baseline(scenario, network)
    audit = ROUTES.audit(scenario, network, plan)
    assert plan.status is Status.FEASIBLE
    assert {issue.code for issue in audit.issues} == {"routes_window", "routes_over_places"}
    assert audit.cost == plan.cost
    assert audit.kpi("on_time") == 50  # a on time, then b: one of two


def test_flows_without_a_route_make_the_baseline_unknown() -> None:
    scenario, network = today([flow("a", "O", "P"), flow("b", "O", "Q")], [("mon", 1, 1, 1, "a", "deliver")])
    plan = ROUTES.baseline(scenario, network)
    (issue,) = plan.issues
    assert plan.status is Status.FAILED and issue.code == "baseline_unknown" and dict(issue.args)["what_fr"] == "b (lun)"
    assert ROUTES.baseline(*today([flow("a", "O", "P")], [])).status is Status.FAILED


def test_rows_on_days_without_a_visit_are_said() -> None:
    scenario, network = today([flow("a", "O", "P")], [("mon", 1, 1, 1, "a", "deliver"), ("sun", 1, 1, 1, "a", "deliver")])
    plan = ROUTES.baseline(scenario, network)
    assert plan.status is Status.FEASIBLE
    assert [(issue.code, issue.table, issue.row) for issue in plan.issues] == [("baseline_not_that_day", CURRENT.name, 1)]


def test_empties_that_nobody_brings_back_are_said() -> None:
    scenario, network = today([flow("a", "P", "R", return_ratio=1.0)], [("mon", 1, 1, 1, "a", "collect"), ("mon", 1, 1, 2, "a", "deliver")])
    plan = ROUTES.baseline(scenario, network)
    assert [issue.code for issue in plan.issues] == ["baseline_empties_unknown"]
    assert {issue.code for issue in ROUTES.audit(scenario, network, plan).issues} == {"routes_missed_empties"}
    more = [("mon", 1, 1, 1, "a", "collect"), ("mon", 1, 1, 2, "a", "deliver"), ("mon", 1, 1, 3, "a", "take_back"), ("mon", 1, 1, 4, "a", "give_back")]
    scenario, network = today([flow("a", "P", "R", return_ratio=1.0)], more)
    assert ROUTES.audit(scenario, network, ROUTES.baseline(scenario, network)).issues == ()


def test_several_visits_a_day_are_ranked_by_time_whatever_the_vehicle() -> None:
    flows = [flow("a", "O", "P", 2.0, days=("mon",), visits=2), flow("b", "O", "Q", 1.0, opens=420, closes=430)]
    current = [("mon", 1, 1, 1, "a", "deliver"), ("mon", 2, 1, 1, "b", "deliver"), ("mon", 2, 1, 2, "a", "deliver")]
    scenario, network = today(flows, current)
    plan = ROUTES.baseline(scenario, network)
    ranked = sorted((row.starts, row.visit) for row in rows(STOPS, plan.tables[STOPS.name]) if row.flow == "a")
    assert [rank for _, rank in ranked] == [1, 2]


def test_a_visit_told_more_often_than_it_is_made_is_no_failure() -> None:
    """Three deliveries told of two: the last two are one visit; the first to come may be told last."""
    current = [("mon", 1, 1, 1, "b", "deliver"), ("mon", 1, 1, 2, "a", "deliver"), ("mon", 2, 1, 1, "a", "deliver"), ("mon", 3, 1, 1, "a", "deliver")]
    scenario, network = today([flow("a", "O", "P", 2.0, days=("mon",), visits=2), flow("b", "O", "Q", 1.0, opens=600, closes=610)], current)
    plan = ROUTES.baseline(scenario, network)
    assert {row.visit for row in rows(STOPS, plan.tables[STOPS.name]) if row.flow == "a"} == {1, 2}
