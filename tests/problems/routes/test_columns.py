"""The bound by columns never exceeds the exact optimum, nor any audited plan, and says more than the simple one where it can."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from planner.issues import errors
from planner.network import Network
from planner.plan import Limits, Progress
from planner.problems.routes import ROUTES
from planner.problems.routes import bound as simple
from planner.problems.routes.columns import Model
from planner.problems.routes.days import firm, started
from planner.problems.routes.precheck import check
from planner.problems.routes.week import Week
from planner.scenario import Scenario
from planner.solvers import routing_columns
from tests.problems.routes.exact import optimum
from tests.problems.routes.generator import base, flow, group, network_of, scenario_of, site, vehicle
from tests.problems.routes.small import small


def by_columns(scenario: Scenario, network: Network, rounds: int = 40) -> float:
    model = Model(started(Week(scenario, network)))
    return model.sure(routing_columns.bound(model.days, np.inf, rounds).value)


@pytest.mark.parametrize("carries", ["any", "own_depot"])
@pytest.mark.parametrize("seed", range(40))
def test_bound_is_below_the_exact_optimum(seed: int, carries: str) -> None:
    scenario, network = small(seed, visits=3, carries=carries)
    if errors(check(scenario, network)):
        return
    best = optimum(scenario, network)
    assert best is None or 0 < by_columns(scenario, network) <= best + 1e-6


def test_bound_is_the_optimum_of_one_full_load() -> None:
    """One site, one full vehicle: loading, the way there and back, handling and stop leave nothing to save."""
    points = {"O": (0.0, 0.0), "P": (30.0, 0.0)}
    scenario, network = scenario_of(base([site(c) for c in points], [vehicle()], [flow("a", "O", "P", 10.0)])), network_of(points)
    exact = 5200 + 52 * (60 * 0.5 + (20 + 2 * 30 + 10 * 1.5 + 10) / 60 * 30)
    assert by_columns(scenario, network) == pytest.approx(exact, abs=0.08)


def two_loads(**more: Any) -> tuple[Scenario, Network]:
    """Two loads of 6 for sites an hour apart on either side: 6 + 6 exceed the vehicle, so that each takes a trip of its own."""
    points = {"O": (0.0, 0.0), "P": (30.0, 0.0), "Q": (-30.0, 0.0)}
    flows = [flow("a", "O", "P", 6.0, **more), flow("b", "O", "Q", 6.0)]
    return scenario_of(base([site(c) for c in points], [vehicle()], flows)), network_of(points)


ONE = 52 * (60 * 0.5 + (20 + 2 * 30 + 6 * 1.5 + 10) / 60 * 30)  # € a year of a weekly trip to one of them


def test_each_load_that_fills_a_vehicle_takes_its_own_trip() -> None:
    """The simple bound sees 12 places of load x way; column by column there are two whole trips, one vehicle."""
    scenario, network = two_loads()
    exact = 5200 + 2 * ONE
    assert optimum(scenario, network) == pytest.approx(exact, abs=1e-6)
    assert by_columns(scenario, network) == pytest.approx(exact, abs=0.08)
    assert simple.bound(Week(scenario, network)) < exact - 100


def test_what_a_depot_sends_out_takes_whole_trips() -> None:
    """Eleven loads of 1 at one end of the road, ten to a vehicle: two trips there, and not eleven tenths of one."""
    points = {"O": (0.0, 0.0)} | {f"P{k}": (30.0, 0.0) for k in range(11)}
    scenario = scenario_of(base([site(c, stop_minutes=0) for c in points], [vehicle()], [flow(f"f{k}", "O", f"P{k}", 1.0) for k in range(11)]))
    exact = 5200 + 52 * (2 * (60 * 0.5 + (20 + 2 * 30) / 60 * 30) + 11 * 1.5 / 60 * 30)
    assert by_columns(scenario, network_of(points), 200) == pytest.approx(exact, rel=1e-3)


def test_an_optional_visit_costs_its_price_or_its_trip() -> None:
    for price, beyond in ((10.0, 520.0), (500.0, ONE)):
        scenario, network = two_loads(skip_cost=price, skip_means="third_party")
        assert by_columns(scenario, network) == pytest.approx(5200 + ONE + beyond, abs=0.05)


def test_chosen_days_are_served_on_one_of_their_sets() -> None:
    """Twice a week on days to choose: two trips, whichever the days; a load given for Monday rides along on none of them."""
    scenario, network = two_loads(days=None, visits=2, free_days=True)
    assert by_columns(scenario, network) == pytest.approx(5200 + 3 * ONE, abs=0.05)


def test_shifts_of_one_vehicle_pay_for_it_once() -> None:
    points = {"O": (0.0, 0.0), "P": (30.0, 0.0), "Q": (-30.0, 0.0)}
    flows = [flow("a", "O", "P", 6.0, opens=420, closes=500), flow("b", "O", "Q", 6.0, opens=960, closes=1000)]
    fleet = [vehicle("M", count=1, shift_start=360, shift_end=720), vehicle("A", count=1, shift_start=780, shift_end=1200, same_as="M")]
    scenario, network = scenario_of(base([site(c) for c in points], fleet, flows)), network_of(points)
    plan = ROUTES.solve(scenario, network, Limits(seconds=60, iterations=60, seed=1), Progress())
    assert plan.cost is not None and plan.cost == pytest.approx(5200 + 2 * ONE, abs=0.05)
    assert by_columns(scenario, network) == pytest.approx(plan.cost, abs=0.1)


def test_a_load_carried_between_two_stops_is_served_once() -> None:
    points = {"O": (0.0, 0.0), "P": (30.0, 0.0), "Q": (0.0, 30.0)}
    scenario, network = scenario_of(base([site(c) for c in points], [vehicle()], [flow("a", "P", "Q", 6.0, return_ratio=1.0)])), network_of(points)
    best = optimum(scenario, network)
    assert best is not None and 5200 < by_columns(scenario, network) <= best


def test_a_plan_says_which_bound_it_has() -> None:
    scenario, network = two_loads()
    plan = ROUTES.solve(scenario, network, Limits(seconds=60, iterations=60, seed=1), Progress())
    assert [issue.code for issue in plan.issues] == ["routes_bound_columns"]
    assert plan.bound == pytest.approx(5200 + 2 * ONE, abs=0.08) and any("bound by columns" in line for line in plan.log)
    short = ROUTES.solve(scenario, network, Limits(seconds=60, iterations=1, seed=1), Progress())
    assert [issue.code for issue in short.issues] == ["routes_bound_simple"] and short.bound is not None and short.bound < plan.bound


@pytest.mark.parametrize("seed", range(3))
def test_bound_of_a_generated_group_is_below_its_plan_and_above_the_simple_one(seed: int) -> None:
    scenario, network = group(14, seed)
    plan = ROUTES.solve(scenario, network, Limits(seconds=60, iterations=100, seed=1), Progress())
    assert plan.cost is not None and plan.bound is not None
    assert ROUTES.audit(scenario, network, plan).issues == ()
    assert simple.bound(firm(Week(scenario, network))) < plan.bound <= plan.cost
