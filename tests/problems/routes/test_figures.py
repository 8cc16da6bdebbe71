"""The whole cost of the routes is shared out between flows and establishments, and vehicles are told with their use."""

from __future__ import annotations

import pytest

from planner.plan import Plan, Status
from planner.problems.base import cost_of
from planner.problems.routes import ROUTES
from planner.problems.routes.figures import BY_FLOW, USE, by_flow, vehicle_use
from planner.problems.routes.stops import Move, Route, Stop, Trip
from planner.problems.routes.tables import COSTS
from planner.problems.routes.tables import ROUTES as DAILY
from planner.problems.routes.week import Week
from planner.problems.routes.write import tables
from planner.schema import rows
from tests.contract.routes_mutations import valid_plan
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle


def test_costs_by_flow_and_by_establishment_add_up_to_the_whole_cost() -> None:
    scenario, network, plan = valid_plan()
    audit = ROUTES.audit(scenario, network, plan)
    shared = by_flow(scenario, plan, audit, scenario, plan, audit, "fr")
    for by in ("flow", "establishment"):
        told = [row for row in rows(BY_FLOW, shared) if row.by == by]
        assert sum(row.cost for row in told) == pytest.approx(plan.cost, abs=0.01)
        assert [row.cost for row in told] == pytest.approx([row.today_cost for row in told])
        assert sum(row.co2 for row in told) == pytest.approx(audit.kpi("co2") or 0.0)
        assert sum(row.km for row in told) == pytest.approx(audit.kpi("km") or 0.0) and [row.km for row in told] == pytest.approx([row.today_km for row in told])
        assert all(row.on_time == 100 and row.unit_cost > 0 for row in told if row.units)
    # one load counts once, whether it has one row or two (collected and delivered in one trip)
    week = {"mon", "tue"}
    expected = sum(row.quantity * len(row.days or week) for row in scenario.rows("flows"))
    assert sum(row.units for row in rows(BY_FLOW, shared) if row.by == "flow") == pytest.approx(expected, abs=1e-6)


def test_two_shifts_of_one_vehicle_are_one_vehicle() -> None:
    """A van out from 6:00 to 8:36 and again from 12:00 to 14:36 (20 min of loading, 2 x 60 of driving, 13 at the stop), of two shifts of 300 min."""
    flows = [flow("m", "O", "P", closes=600), flow("n", "O", "P", opens=720)]
    fleet = [vehicle("V", shift_start=360, shift_end=660, duty_minutes=300.0), vehicle("W", same_as="V", shift_start=660, shift_end=1020, duty_minutes=300.0)]
    scenario, network = scenario_of(base([site("O"), site("P")], fleet, flows)), network_of({"O": (0.0, 0.0), "P": (60.0, 0.0)})
    week = Week(scenario, network)
    routes = [Route("mon", code, 1, (Trip((Stop("P", (Move(week.visit["mon", name, 1], "deliver"),), week.visit["mon", name, 1].at_destination),)),)) for code, name in (("V", "m"), ("W", "n"))]
    plan = Plan("routes", Status.FEASIBLE, tables(week, routes))
    (row,) = rows(USE, vehicle_use(scenario, plan))
    assert (row.vehicle, row.number, row.days, row.trips, row.stops) == ("V", 1, 1, 2, 2)
    assert row.hours * 60 == pytest.approx(2 * 153) and row.use == pytest.approx(100 * 2 * 153 / (7 * 600))


def test_a_flow_with_the_code_of_a_vehicle_is_paid_once() -> None:
    """52 x 30 € for a third party, on top of what the vehicle of that code costs."""
    flows = [flow("m", "O", "P"), flow("V", "O", "P", skip_cost=30.0, skip_means="third_party")]
    scenario, network = scenario_of(base([site("O"), site("P")], [vehicle("V")], flows)), network_of({"O": (0.0, 0.0), "P": (60.0, 0.0)})
    week = Week(scenario, network)
    visit = week.visit["mon", "m", 1]
    frames = tables(week, [Route("mon", "V", 1, (Trip((Stop("P", (Move(visit, "deliver"),), visit.at_destination),)),))])
    plan = Plan("routes", Status.FEASIBLE, frames, cost_of(frames[COSTS.name]), scenario_hash=scenario.hash)
    audit = ROUTES.audit(scenario, network, plan)
    assert audit.valid
    told = [row.cost for row in rows(BY_FLOW, by_flow(scenario, plan, audit, scenario, None, None, "fr")) if row.by == "flow"]
    assert sum(told) == pytest.approx(audit.annual, abs=0.01)


def test_every_vehicle_is_told_once_with_its_hours() -> None:
    scenario, _, plan = valid_plan()
    used = list(rows(USE, vehicle_use(scenario, plan)))
    daily = list(rows(DAILY, plan.tables[DAILY.name]))
    assert len(used) == len({(row.vehicle, row.number) for row in daily})
    assert sum(row.hours for row in used) * 60 == pytest.approx(sum(row.duty for row in daily))
    assert all(0 < row.use <= 100 and row.days == sum(d.vehicle == row.vehicle and d.number == row.number for d in daily) for row in used)
