"""The notional price of CO2: weighed in the choice, told apart from what is spent."""

from __future__ import annotations

from typing import Any

import pytest

from planner.network import Network
from planner.plan import Limits, Plan, Progress
from planner.problems.base import annual_cost
from planner.problems.routes import ROUTES
from planner.problems.routes.bound import bound
from planner.problems.routes.tables import CO2_PRICE, COSTS
from planner.problems.routes.week import Week
from planner.scenario import Scenario, with_parameter
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle

POINTS = {"O": (0.0, 0.0), "P": (40.0, 0.0)}


def group(price: float) -> tuple[Scenario, Network]:
    """A cheap van that emits and a dear one that does not."""
    fleet: list[dict[str, Any]] = [vehicle("old", km_cost=0.3, co2_km=0.5), vehicle("clean", km_cost=0.4, co2_km=0.0)]
    made = scenario_of(base([site(code) for code in POINTS], fleet, [flow("a", "O", "P", 2.0, days=("mon",))]))
    return with_parameter(made, CO2_PRICE, price), network_of(POINTS)


def solved(scenario: Scenario, network: Network) -> Plan:
    return ROUTES.solve(scenario, network, Limits(seconds=60, iterations=100, seed=1), Progress())


def test_a_high_price_moves_the_route_to_the_vehicle_that_emits_less() -> None:
    used = {}
    for price in (0.0, 100.0, 5000.0):
        scenario, network = group(price)
        plan = solved(scenario, network)
        assert plan.status.has_plan and ROUTES.audit(scenario, network, plan).valid
        used[price] = set(plan.tables[COSTS.name]["item"])
    assert used == {0.0: {"old"}, 100.0: {"old"}, 5000.0: {"clean"}}


def test_the_price_counts_in_the_objective_and_not_in_what_is_spent() -> None:
    free, network = group(0.0)
    priced, _ = group(100.0)
    plain, dear = solved(free, network), solved(priced, network)
    costs = dear.tables[COSTS.name]
    line = costs[costs["line"] == "co2"].iloc[0]
    assert "co2" not in set(plain.tables[COSTS.name]["line"])
    assert line["amount"] == 0 and line["quantity"] == pytest.approx(2 * 40 * 52 * 0.5 / 1000)
    assert line["objective"] == pytest.approx(100 * line["quantity"], abs=0.01)
    assert annual_cost(costs) == annual_cost(plain.tables[COSTS.name])
    assert dear.cost is not None and bound(Week(priced, network)) <= dear.cost


def test_the_audit_refuses_a_plan_that_leaves_its_co2_out() -> None:
    free, network = group(0.0)
    priced, _ = group(100.0)
    plan = solved(free, network).with_(scenario_hash=priced.hash)
    assert not ROUTES.audit(priced, network, plan).valid
