"""A flow kept for a vehicle type: solved with it, refused without it, explained when it cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from planner.i18n import describe
from planner.plan import Limits, Progress, Status
from planner.problems.routes import ROUTES
from planner.problems.routes.tables import STOPS
from planner.schema import rows
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle

POINTS = {"O": (0.0, 0.0), "P": (10.0, 0.0), "Q": (12.0, 0.0)}
FLEET = [vehicle("cheap", fixed_cost=1000.0), vehicle("dear", fixed_cost=9000.0), vehicle("tiny", places=1.0)]


def test_the_vehicle_imposed_carries_the_flow_though_it_is_dearer() -> None:
    network = network_of(POINTS)
    used = {}
    for lock in (None, "dear"):
        scenario = scenario_of(base([site(code) for code in POINTS], FLEET, [flow("a", "O", "P", 2.0, lock=lock), flow("b", "O", "Q", 2.0)]))
        plan = ROUTES.solve(scenario, network, Limits(seconds=30, iterations=100), Progress())
        assert ROUTES.audit(scenario, network, plan).valid
        used[lock] = {row.vehicle for row in rows(STOPS, plan.tables[STOPS.name]) if row.flow == "a"}
    assert used == {None: {"cheap"}, "dear": {"dear"}}


def test_a_lock_on_a_vehicle_too_small_is_explained_before_solving() -> None:
    scenario, network = scenario_of(base([site(code) for code in POINTS], FLEET, [flow("a", "O", "P", 2.0, lock="tiny")])), network_of(POINTS)
    codes = {issue.code for issue in ROUTES.precheck(scenario, network) if issue.is_error}
    assert codes == {"routes_alone_lock", "routes_locked_places"}
    plan = ROUTES.solve(scenario, network, Limits(seconds=5), Progress())
    assert plan.status is Status.INFEASIBLE
    assert any("tiny" in describe(issue, "fr") for issue in plan.issues)


@pytest.mark.parametrize(
    ("kind", "place", "why"),
    [
        ({"gvw": 19.0, "tail_lift": False}, {"max_gvw": 7.5, "needs_tail_lift": True}, {"routes_locked_gvw": "il fait 19 t, P en admet 7,50", "routes_locked_tail_lift": "pas de hayon"}),
        ({"places": 1.0, "low_emission": False}, {"low_emission_zone": True}, {"routes_locked_places": "1 places", "routes_locked_low_emission": "ZFE"}),
        ({"count": 0}, {}, {"routes_locked_none": "aucun véhicule big"}),
        ({"duty_minutes": 30.0}, {}, {"routes_locked_duty": "min de service"}),
    ],
)
def test_why_the_vehicle_imposed_cannot_carry_the_flow_is_told(kind: dict[str, Any], place: dict[str, Any], why: dict[str, str]) -> None:
    scenario = scenario_of(base([site("O"), site("P", **place)], [vehicle("able"), vehicle("big", **kind)], [flow("a", "O", "P", 2.0, lock="big")]))
    issues = [issue for issue in ROUTES.precheck(scenario, network_of({"O": (0.0, 0.0), "P": (10.0, 0.0)})) if issue.is_error]
    assert issues[0].code == "routes_alone_lock" and {issue.code for issue in issues[1:]} == why.keys()
    for issue in issues[1:]:
        assert why[issue.code] in describe(issue, "fr") and "{" not in describe(issue, "en")


def test_a_vehicle_that_could_not_carry_it_either_is_not_said_to() -> None:
    kinds = [vehicle("small", places=1.0), vehicle("big", places=1.0, gvw=19.0, tail_lift=False)]
    scenario = scenario_of(base([site("O"), site("P", max_gvw=7.5)], kinds, [flow("a", "O", "P", 2.0, lock="big")]))
    codes = {issue.code for issue in ROUTES.precheck(scenario, network_of({"O": (0.0, 0.0), "P": (10.0, 0.0)})) if issue.is_error}
    assert codes == {"routes_alone_lock_neither", "routes_alone_places", "routes_locked_places", "routes_locked_gvw"}
