"""Visits that may be skipped at a price: dropped when that is cheaper, told, costed, audited; the bound stays true."""

from __future__ import annotations

from typing import Any

import pytest

from planner.i18n import describe
from planner.network import Network
from planner.plan import Limits, Plan, Progress
from planner.problems.routes import ROUTES
from planner.problems.routes.tables import COSTS, SKIPPED, STOPS
from planner.scenario import Scenario
from planner.schema import rows
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle

POINTS = {"O": (0.0, 0.0), "P": (10.0, 0.0), "Q": (90.0, 0.0)}
CLAIMS = {"routes_skipped_silently", "routes_not_skipped", "routes_skipped_differs", "routes_skipped_empties"}


def solved(flows: list[dict[str, Any]], **kind: Any) -> tuple[Scenario, Network, Plan]:
    scenario, network = scenario_of(base([site(code) for code in POINTS], [vehicle(**kind)], flows)), network_of(POINTS)
    plan = ROUTES.solve(scenario, network, Limits(seconds=20, iterations=150), Progress())
    assert plan.status.has_plan, plan.issues
    audit = ROUTES.audit(scenario, network, plan)
    assert audit.valid, audit.issues
    assert plan.bound is not None and plan.cost is not None and plan.bound <= plan.cost
    return scenario, network, plan


def left(plan: Plan) -> list[tuple[str, str]]:
    return [(row.day, row.flow) for row in rows(SKIPPED, plan.tables[SKIPPED.name])]


def lines(plan: Plan) -> dict[str, tuple[float, float]]:
    return {row.line: (row.amount, row.objective) for row in rows(COSTS, plan.tables[COSTS.name])}


@pytest.mark.parametrize(("price", "gone"), [(20.0, True), (400.0, False)])
def test_a_far_visit_is_skipped_where_that_is_cheaper(price: float, gone: bool) -> None:
    flows = [flow("near", "O", "P"), flow("far", "O", "Q", days=("mon", "thu"), skip_cost=price, return_ratio=1.0)]
    scenario, network, plan = solved(flows)
    assert left(plan) == ([("mon", "far"), ("thu", "far")] if gone else [])
    audit = ROUTES.audit(scenario, network, plan)
    assert audit.kpi("skipped") == 2.0 * gone and audit.kpi("third_party") == 0.0
    assert lines(plan).get("missed", (0.0, 0.0)) == ((0.0, 52 * 2 * price) if gone else (0.0, 0.0))
    assert audit.annual == pytest.approx((plan.cost or 0) - 52 * 2 * price * gone)  # nobody pays a penalty


def test_a_third_party_is_paid() -> None:
    scenario, network, plan = solved([flow("near", "O", "P"), flow("far", "O", "Q", skip_cost=20.0, skip_means="third_party", establishment="B")])
    assert lines(plan)["third_party"] == (52 * 20.0, 52 * 20.0)
    audit = ROUTES.audit(scenario, network, plan)
    assert audit.annual == plan.cost and audit.kpi("third_party") == 1.0
    assert {row.establishment for row in rows(COSTS, plan.tables[COSTS.name]) if row.line == "third_party"} == {"B"}


def test_what_no_vehicle_can_carry_is_skipped_with_a_warning() -> None:
    scenario, network, plan = solved([flow("near", "O", "P"), flow("big", "O", "P", 50.0, skip_cost=100.0), flow("across", "P", "Q", 60.0, skip_cost=100.0)])
    assert left(plan) == [("mon", "big"), ("mon", "across")]
    issues = ROUTES.precheck(scenario, network)
    assert [issue.code for issue in issues] == ["routes_skip_certain", "routes_skip_certain"]
    assert all("issue." not in describe(issue, lang) for issue in issues for lang in ("fr", "en"))


def test_too_little_time_drops_the_cheapest_visit() -> None:
    """A shift of 4 h serves two of the three."""
    points = {"O": (0.0, 0.0), **{f"P{i}": (40.0 * (1 if i % 2 else -1), 40.0 * (1 if i > 1 else -1)) for i in range(3)}}
    flows = [flow(f"f{i}", "O", f"P{i}", skip_cost=1000.0 + 500 * (i != 1)) for i in range(3)]
    scenario = scenario_of(base([site(code) for code in points], [vehicle(count=1, duty_minutes=290.0)], flows))
    plan = ROUTES.solve(scenario, network_of(points), Limits(seconds=20, iterations=150), Progress())
    assert ROUTES.audit(scenario, network_of(points), plan).valid and left(plan) == [("mon", "f1")]


def test_site_to_site_and_today() -> None:
    scenario, network, plan = solved([flow("near", "O", "P"), flow("across", "P", "Q", skip_cost=10.0)])
    assert left(plan) == [("mon", "across")]
    with_today = scenario.replace("current_routes", scenario.table("current_routes").frame([{"day": "mon", "vehicle": "V", "position": 1, "flow": "near", "action": "deliver"}]))
    today = ROUTES.baseline(with_today, network)
    assert today.status.has_plan and left(today) == [("mon", "across")] and ROUTES.audit(with_today, network, today).valid


def test_what_is_skipped_must_be_told_exactly() -> None:
    scenario, network, plan = solved([flow("near", "O", "P"), flow("far", "O", "Q", skip_cost=20.0, return_ratio=1.0), flow("free", "O", "P", skip_cost=900.0)])
    told = list(rows(SKIPPED, plan.tables[SKIPPED.name]))
    assert [row.flow for row in told] == ["far"]
    made = [{name: getattr(row, name) for name in SKIPPED.names} for row in told]

    def codes(table: list[dict[str, Any]], stops: list[dict[str, Any]] | None = None) -> set[str]:
        frames = {**plan.tables, SKIPPED.name: SKIPPED.frame(table)}
        if stops is not None:
            frames[STOPS.name] = STOPS.frame(stops)
        audit = ROUTES.audit(scenario, network, plan.with_(tables=frames))
        assert all("issue." not in describe(issue, lang) for issue in audit.issues for lang in ("fr", "en"))
        return {issue.code for issue in audit.issues}

    assert codes(made) == set()
    assert codes([]) == {"routes_skipped_silently"}
    assert codes([*made, *made]) == {"routes_not_skipped"}
    assert codes([*made, {**made[0], "flow": "near"}]) == {"routes_not_skipped"}
    assert codes([{**made[0], "cost": 1.0}]) == codes([{**made[0], "means": "third_party"}]) == {"routes_skipped_differs"}
    stops = [{name: getattr(row, name) for name in STOPS.names} for row in rows(STOPS, plan.tables[STOPS.name])]
    near = next(row for row in stops if row["flow"] == "near")
    without = [row for row in stops if row["flow"] != "near"]
    assert "routes_missed" in codes(made, without)
    empties = {**near, "position": 2, "site": "Q", "flow": "far", "action": "take_back", "quantity": 2.0}
    assert "routes_skipped_empties" in codes(made, [*stops, empties])
