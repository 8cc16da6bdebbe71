"""What an empty hourly cost or CO2 of a vehicle stands for, by hand; and the parameters it comes from act."""

from __future__ import annotations

from typing import Any

import pytest

from planner import members
from planner.members import wages
from planner.network import Network
from planner.problems.routes import ROUTES
from planner.problems.routes.figures import shares
from planner.problems.routes.tables import CO2_DIESEL, VEHICLES
from planner.scenario import Change, Scenario, apply, with_parameter
from planner.sites import DRIVER_COST
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle


def today(**more: Any) -> tuple[Scenario, Network]:
    """Two units to P, 30 km away, once a week: 20 min of loading, 60 of driving, 3 + 10 at the stop; no fixed cost."""
    kind = {name: value for name, value in vehicle(fixed_cost=0.0, km_cost=0.0).items() if name != "hour_cost"} | more
    current = [{"day": "mon", "vehicle": "V", "number": 1, "trip": 1, "position": 1, "flow": "a", "action": "deliver"}]
    return scenario_of(base([site("O"), site("P")], [kind], [flow("a", "O", "P")], current_routes=current)), network_of({"O": (0.0, 0.0), "P": (30.0, 0.0)})


HOURS = 52 * 93 / 60
KM = 52 * 60


@pytest.mark.parametrize(
    ("more", "euros", "tonnes"),
    [
        ({}, 40.0, 0.11 * 2.0),  # the parameters, and 11 l/100 km
        ({"fuel": 25.0}, 40.0, 0.25 * 2.0),
        ({"fuel": 25.0, "co2_km": 0.3, "hour_cost": 30.0}, 30.0, 0.3),  # what is given wins
        ({"co2_km": 0.0, "hour_cost": 0.0}, 0.0, 0.0),
    ],
)
def test_empty_cells_stand_for_the_parameters(more: dict[str, Any], euros: float, tonnes: float) -> None:
    scenario, network = today(**more)
    scenario = with_parameter(with_parameter(scenario, DRIVER_COST, 40.0), CO2_DIESEL, 2.0)
    plan = ROUTES.baseline(scenario, network)
    audit = ROUTES.audit(scenario, network, plan)
    assert audit.issues == () and plan.cost == pytest.approx(HOURS * euros, abs=0.01)
    assert audit.kpi("co2") == pytest.approx(KM / 1000 * tonnes)
    assert sum(share["co2"] for share in shares(scenario, plan, audit)) == pytest.approx(KM / 1000 * tonnes)


@pytest.mark.parametrize(("more", "cost"), [({}, 35.2), ({"hour_cost": 30.0}, 33.0), ({"hour_cost": 0.0}, 0.0)])
def test_dearer_wages_count_once(more: dict[str, Any], cost: float) -> None:
    scenario, network = today(**more)
    (member,) = members.of_grid(scenario, [wages([10.0], "fr")])
    assert not member.issues and ROUTES.baseline(member.scenario, network).cost == pytest.approx(HOURS * cost, abs=0.01)


@pytest.mark.parametrize("operation", ["+", "*"])
def test_an_empty_cell_that_is_changed_stays_empty(operation: str) -> None:
    """It was 0: a variant "hourly cost x 1.05" made the drivers of such a vehicle free."""
    scenario, _ = today()
    changed, issues = apply(scenario, [Change(VEHICLES.name, "", "hour_cost", operation, "1.05")])
    assert [(issue.code, issue.is_error, dict(issue.args)["count"]) for issue in issues] == [("change_empty_cells", False, 1)]
    assert changed.rows(VEHICLES.name)[0].hour_cost is None
