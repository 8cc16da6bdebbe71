"""The bound never exceeds the exact optimum, and the search never beats it."""

from __future__ import annotations

import pytest

from planner.issues import errors
from planner.plan import Limits, Progress
from planner.problems.routes import ROUTES
from planner.problems.routes.bound import bound
from planner.problems.routes.precheck import check
from planner.problems.routes.serve import Servers
from planner.problems.routes.week import Week
from tests.problems.routes.exact import optimum
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle
from tests.problems.routes.small import small


@pytest.mark.parametrize("seed", range(40))
def test_bound_is_below_the_exact_optimum(seed: int) -> None:
    scenario, network = small(seed, visits=3)
    best = optimum(scenario, network)
    if errors(check(scenario, network)):
        assert best is None  # what is proven impossible has no plan
        return
    week = Week(scenario, network)
    least = bound(week, Servers(week))
    assert best is None or 0 < least <= best + 1e-6


def test_bound_is_the_optimum_of_one_full_load() -> None:
    """One site, one full vehicle: fixed, loading, the way there and back, handling and stop leave nothing to save."""
    points = {"O": (0.0, 0.0), "P": (30.0, 0.0)}
    scenario = scenario_of(base([site(c) for c in points], [vehicle()], [flow("a", "O", "P", 10.0)]))
    network = network_of(points)
    week = Week(scenario, network)
    minutes = 20 + 2 * 30 + 10 * 1.5 + 10
    exact = 5200 + 52 * (60 * 0.5 + minutes / 60 * 30)
    assert bound(week, Servers(week)) == pytest.approx(exact, abs=0.011)
    assert optimum(scenario, network) == pytest.approx(exact, abs=1e-6)


def test_bounds_of_depots_that_share_nothing_add_up() -> None:
    points = {"O": (0.0, 0.0), "P": (30.0, 0.0), "A": (0.0, 10.0), "B": (30.0, 10.0)}
    cold = {"temperature": "cold"}
    flows = [flow("a", "O", "A", 4.0), flow("b", "P", "B", 4.0, **cold)]
    fleet = [vehicle("V", hygiene=("clean",)), vehicle("W", "E", temperatures=("cold",))]

    def least(kept: list[int]) -> float:
        data = base([site(c) for c in points], fleet, [flows[i] for i in kept])
        data["depots"].append({"depot": "E", "name": "E", "site": "P"})
        week = Week(scenario_of(data), network_of(points))
        return bound(week, Servers(week))

    assert least([0, 1]) == pytest.approx(least([0]) + least([1]), abs=0.02)


@pytest.mark.parametrize("seed", range(100, 112))
def test_search_finds_the_optimum_of_small_weeks(seed: int) -> None:
    scenario, network = small(seed)
    best = optimum(scenario, network, own_first=True)
    plan = ROUTES.solve(scenario, network, Limits(seconds=60, iterations=250, seed=1), Progress())
    assert plan.status.has_plan == (best is not None)
    if best is not None:
        assert plan.cost is not None and plan.bound is not None
        assert plan.bound <= best + 1e-6 <= plan.cost + 0.05
        assert plan.cost <= best * 1.001 + 0.05
        assert ROUTES.audit(scenario, network, plan).issues == ()
