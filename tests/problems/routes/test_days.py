"""Days of visit chosen by the planner: allowed sets, checks, audit, and cheaper weeks."""

from __future__ import annotations

from typing import Any

import pytest

from planner.issues import errors
from planner.network import Network
from planner.plan import Limits, Progress
from planner.problems.routes import ROUTES
from planner.problems.routes.precheck import check
from planner.problems.routes.tables import STOPS
from planner.problems.routes.week import Week, gaps
from planner.scenario import Scenario
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle

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


def test_a_gap_without_days_to_choose_is_told_to_have_no_effect() -> None:
    scenario, network = group(days=("tue", "fri"), least_gap=2)
    assert "routes_gap_unused" in {issue.code for issue in check(scenario, network)}
