"""The bound never exceeds the exact optimum, and the search never beats it."""

from __future__ import annotations

import numpy as np
import pytest

from planner.issues import errors
from planner.plan import Limits, Plan, Progress, Status
from planner.problems.base import cost_of
from planner.problems.routes import ROUTES
from planner.problems.routes.bound import bound
from planner.problems.routes.precheck import check
from planner.problems.routes.stops import Move, Route, Stop, Trip
from planner.problems.routes.tables import COSTS
from planner.problems.routes.week import MIDNIGHT, Week
from planner.problems.routes.write import tables
from tests.problems.routes.exact import optimum
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle
from tests.problems.routes.small import small


@pytest.mark.parametrize("carries", ["any", "own_depot"])
@pytest.mark.parametrize("seed", range(40))
def test_bound_is_below_the_exact_optimum(seed: int, carries: str) -> None:
    scenario, network = small(seed, visits=3, carries=carries)
    best = optimum(scenario, network)
    if errors(check(scenario, network)):
        assert best is None  # what is proven impossible has no plan
        return
    week = Week(scenario, network)
    least = bound(week)
    assert best is None or 0 < least <= best + 1e-6


def test_bound_is_the_optimum_of_one_full_load() -> None:
    """One site, one full vehicle: fixed, loading, the way there and back, handling and stop leave nothing to save."""
    points = {"O": (0.0, 0.0), "P": (30.0, 0.0)}
    scenario = scenario_of(base([site(c) for c in points], [vehicle()], [flow("a", "O", "P", 10.0)]))
    network = network_of(points)
    week = Week(scenario, network)
    minutes = 20 + 2 * 30 + 10 * 1.5 + 10
    exact = 5200 + 52 * (60 * 0.5 + minutes / 60 * 30)
    assert bound(week) == pytest.approx(exact, abs=0.031)
    assert optimum(scenario, network) == pytest.approx(exact, abs=1e-6)


def test_vehicles_that_must_be_at_different_sites_at_once_are_counted() -> None:
    """Four sites ten minutes apart due within a quarter of an hour, service of 10 + 3 min: one start each, four vehicles."""
    points = {"O": (0.0, 0.0), "A": (10.0, 0.0), "B": (20.0, 0.0), "C": (30.0, 0.0), "E": (40.0, 0.0)}
    flows = [flow(code, "O", code, 2.0, opens=600, closes=615) for code in "ABCE"]
    scenario = scenario_of(base([site(c) for c in points], [vehicle(count=4)], flows))
    week = Week(scenario, network_of(points))
    best = optimum(scenario, network_of(points))
    assert best is not None and 4 * 5200 < bound(week) <= best


def test_bounds_of_depots_that_share_nothing_add_up() -> None:
    points = {"O": (0.0, 0.0), "P": (30.0, 0.0), "A": (0.0, 10.0), "B": (30.0, 10.0)}
    cold = {"temperature": "cold"}
    flows = [flow("a", "O", "A", 4.0), flow("b", "P", "B", 4.0, **cold)]
    fleet = [vehicle("V", hygiene=("clean",)), vehicle("W", "E", temperatures=("cold",))]

    def least(kept: list[int]) -> float:
        data = base([site(c) for c in points], fleet, [flows[i] for i in kept])
        data["depots"].append({"depot": "E", "name": "E", "site": "P"})
        week = Week(scenario_of(data), network_of(points))
        return bound(week)

    assert least([0, 1]) == pytest.approx(least([0]) + least([1]), abs=0.08)


@pytest.mark.parametrize("seed", range(100, 112))
def test_search_finds_the_optimum_of_small_weeks(seed: int) -> None:
    """Also where a vehicle of the other depot carries what one of its own could serve (seeds 100 and 105)."""
    scenario, network = small(seed)
    best = optimum(scenario, network)
    plan = ROUTES.solve(scenario, network, Limits(seconds=60, iterations=250, seed=1), Progress())
    assert plan.status.has_plan == (best is not None)
    if best is not None:
        assert plan.cost is not None and plan.bound is not None
        assert plan.bound <= best + 1e-6 <= plan.cost + 0.05
        assert plan.cost <= best * 1.001 + 0.05
        assert ROUTES.audit(scenario, network, plan).issues == ()


def test_empties_may_ride_in_a_vehicle_that_could_not_carry_the_full_units() -> None:
    """Two cold flows of 3, each with 6 empties: one trip of the dear cold van, then the cheap truck brings all empties back."""
    points = {"O": (0.0, 0.0), "P": (60.0, 0.0)}
    fleet = [
        vehicle("van", temperatures=("cold",), places=6.0, fixed_cost=1000.0, km_cost=1.0, hour_cost=20.0),
        vehicle("truck", places=12.0, fixed_cost=100.0, km_cost=0.1, hour_cost=20.0),
    ]
    flows = [flow(code, "O", "P", 3.0, temperature="cold", return_ratio=2.0) for code in ("a", "b")]
    scenario, network = scenario_of(base([site(code) for code in points], fleet, flows)), network_of(points)
    week = Week(scenario, network)

    def route(code: str, action: str) -> Route:
        stop = Stop("P", tuple(Move(visit, action) for visit in week.visits["mon"]), ((0, MIDNIGHT),))
        return Route("mon", code, 1, (Trip((stop,)),))

    frames = tables(week, [route("van", "deliver"), route("truck", "take_back")])
    plan = Plan("routes", Status.FEASIBLE, frames, cost_of(frames[COSTS.name]), scenario_hash=scenario.hash)
    assert ROUTES.audit(scenario, network, plan).issues == ()
    assert plan.cost is not None and 0 < bound(week) <= plan.cost


def test_bound_leaves_room_for_cost_lines_rounded_down() -> None:
    """One full load, whose bound is its exact cost: the bill, rounded line by line, may lie below that."""
    points = {"O": (0.0, 0.0), "P": (7.0, 0.0)}
    for km_cost in np.arange(0.301, 0.309, 0.0001):
        fleet = [vehicle(km_cost=float(round(km_cost, 4)))]
        scenario, network = scenario_of(base([site(c) for c in points], fleet, [flow("a", "O", "P", 10.0)])), network_of(points)
        week = Week(scenario, network)
        stop = Stop("P", (Move(week.visits["mon"][0], "deliver"),), ((0, MIDNIGHT),))
        frames = tables(week, [Route("mon", "V", 1, (Trip((stop,)),))])
        assert bound(week) <= cost_of(frames[COSTS.name]) + 1e-9


def test_the_bound_stays_true_where_a_vehicle_drives_for_nothing() -> None:
    """Ways that cost nothing are still ways: the free vehicle can carry everything."""
    fleet = [vehicle("V"), vehicle("W", km_cost=0.0, hour_cost=0.0, fixed_cost=0.0, overtime_cost=0.0)]
    scenario = scenario_of(base([site("O"), site("P")], fleet, [flow("a", "O", "P", 2.0)]))
    assert bound(Week(scenario, network_of({"O": (0.0, 0.0), "P": (10.0, 0.0)}))) == 0.0
