"""A flow kept for a vehicle type: solved with it, refused without it, explained when it cannot be."""

from __future__ import annotations

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
    assert codes <= {"routes_alone_lock", "routes_alone_places"} and codes
    plan = ROUTES.solve(scenario, network, Limits(seconds=5), Progress())
    assert plan.status is Status.INFEASIBLE
    assert any("tiny" in describe(issue, "fr") for issue in plan.issues)
