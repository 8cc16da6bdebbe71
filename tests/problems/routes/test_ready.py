"""When goods are ready and until when they are received, at a depot too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from planner.i18n import describe
from planner.issues import errors
from planner.plan import Limits, Plan, Progress
from planner.problems.routes import ROUTES
from planner.problems.routes.tables import STOPS, TRIPS
from planner.scenario import Scenario
from planner.schema import rows
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle

POINTS = {"O": (0.0, 0.0), "P": (10.0, 0.0), "Q": (0.0, 12.0), "L": (0.0, -30.0)}
NETWORK = network_of(POINTS)


def scenario(*flows: dict[str, Any], fleet: list[dict[str, Any]] | None = None, **more: Any) -> Scenario:
    return scenario_of(base([site(code) for code in POINTS], fleet or [vehicle()], list(flows), **more))


def solved(given: Scenario) -> Plan:
    plan = ROUTES.solve(given, NETWORK, Limits(seconds=20, iterations=100), Progress())
    assert plan.status.has_plan, plan.issues
    assert ROUTES.audit(given, NETWORK, plan).issues == ()
    assert plan.bound is not None and plan.cost is not None and plan.bound <= plan.cost
    return plan


def codes(given: Scenario, plan: Plan) -> dict[str, dict[str, Any]]:
    issues = ROUTES.audit(given, NETWORK, plan.with_(scenario_hash=given.hash)).issues
    assert all("{" not in describe(issue, lang) and "issue." not in describe(issue, lang) for issue in issues for lang in ("fr", "en"))
    return {issue.code: dict(issue.args) for issue in issues}


def test_meals_are_not_loaded_before_they_are_ready() -> None:
    """Loaded from 6:00 they pass the hours of the depot; ready at 10:00 they leave at 10:20 and are there at 10:30."""
    early = solved(scenario(flow("a", "O", "P", 2.0, closes=480)))
    assert codes(scenario(flow("a", "O", "P", 2.0, ready=600)), early)["routes_before_ready"]["ready"] == "10:00"
    plan = solved(scenario(flow("a", "O", "P", 2.0, ready=600)))
    (trip,) = rows(TRIPS, plan.tables[TRIPS.name])
    (stop,) = rows(STOPS, plan.tables[STOPS.name])
    assert (trip.loads, trip.departs, stop.arrives) == (600.0, 620.0, 630.0)


def test_only_the_trip_that_carries_them_waits() -> None:
    """Mail due at 7:30 goes out first; the meals, ready at 10:00, in a trip of their own."""
    plan = solved(scenario(flow("mail", "O", "P", 1.0, closes=450), flow("meals", "O", "P", 1.0, ready=600, closes=720), fleet=[vehicle(count=1)]))
    assert [trip.loads >= 600.0 for trip in rows(TRIPS, plan.tables[TRIPS.name])] == [False, True]


def test_what_is_ready_later_is_not_put_into_one_stop_with_the_rest() -> None:
    plan = solved(scenario(flow("a", "O", "P", 1.0, ready=600), flow("b", "O", "P", 1.0), flow("c", "O", "P", 1.0, ready=660, max_minutes=15)))
    (trip,) = rows(TRIPS, plan.tables[TRIPS.name])
    assert trip.loads >= 660.0  # one trip does, once all is ready


def test_linen_is_brought_before_the_laundry_stops_taking_it() -> None:
    """Back at the depot by 15:00: fetched after noon it must be unloaded there in time."""
    fetched = flow("a", "P", "O", 2.0, opens=840, hygiene="dirty")
    plan = solved(scenario(fetched))
    late = scenario({**fetched, "due": 855})
    assert codes(late, plan)["routes_after_due"] == {"vehicle": "V n° 1", "day": "mon", "flow": "a", "returns": "14:23", "due": "14:15"}
    assert [(issue.code, dict(issue.args)["due"]) for issue in errors(ROUTES.precheck(late, NETWORK))] == [("routes_alone_ready", "14:15")]
    many = [flow(f"f{i}", "P" if i % 2 else "Q", "O", 4.0, opens=780, hygiene="dirty") for i in range(4)]
    kept = solved(scenario(*({**one, "due": 870} for one in many)))
    there = [row for row in rows(STOPS, kept.tables[STOPS.name]) if row.action == "deliver"]
    assert len(there) == 4 and all(row.site == "O" and row.starts <= 870.0 for row in there)


def test_away_from_the_depot_the_hours_are_those_of_the_stop() -> None:
    """Carried from site to site by a vehicle of neither: loaded from 9:00, unloaded by 9:45."""
    given = scenario(flow("a", "P", "Q", 2.0, ready=540, due=585))
    stops = list(rows(STOPS, solved(given).tables[STOPS.name]))
    assert [row.action for row in stops] == ["collect", "deliver"] and stops[0].starts >= 540.0 and stops[1].starts <= 585.0
    late = scenario(flow("a", "P", "Q", 2.0, ready=600))
    assert "routes_window" in codes(late, solved(given))


@pytest.mark.parametrize(
    ("more", "code"),
    [({"ready": 1190}, "routes_alone_ready"), ({"ready": 900, "closes": 600}, "routes_alone_ready"), ({"ready": 900, "due": 600}, "routes_flow_due"), ({"ready": 900}, "")],
)
def test_hours_that_no_vehicle_can_keep_are_said_before(more: dict[str, Any], code: str) -> None:
    found = errors(ROUTES.precheck(scenario(flow("a", "O", "P", 2.0, **more)), NETWORK))
    assert [issue.code for issue in found] == ([code] if code else [])
    assert all("{" not in describe(issue, lang) and "issue." not in describe(issue, lang) for issue in found for lang in ("fr", "en"))


def test_todays_routes_are_timed_by_them_and_told_where_they_cannot() -> None:
    current = [{"day": "mon", "vehicle": "V", "position": position, "flow": code, "action": "deliver"} for position, code in enumerate(("a", "b"), 1)]
    given = scenario(flow("a", "O", "P", 1.0, ready=600), flow("b", "O", "Q", 1.0), current_routes=current)
    today = ROUTES.baseline(given, NETWORK)
    assert ROUTES.audit(given, NETWORK, today).issues == () and today.tables[TRIPS.name]["loads"].min() == 600.0
    torn = scenario(flow("a", "O", "P", 1.0, ready=600), flow("b", "O", "Q", 1.0, closes=480), current_routes=current)
    assert codes(torn, ROUTES.baseline(torn, NETWORK)).keys() <= {"routes_window", "routes_before_ready"} != set()


@pytest.mark.parametrize("seed", range(8))
def test_whatever_the_hours_no_plan_found_is_refused(seed: int) -> None:
    """Deliveries, collections and flows between sites, with hours, empties, times on board and two visits a day, two depots."""
    rng = np.random.default_rng(seed)
    flows = []
    for i in range(7):
        origin, destination = [("O", "P"), ("Q", "O"), ("P", "Q"), ("L", "O"), ("O", "L")][int(rng.integers(0, 5))]
        more: dict[str, Any] = {"days": ("mon",), "visits": int(rng.integers(1, 3)), "return_ratio": float(rng.integers(0, 2))}
        more |= {"ready": int(rng.integers(360, 720))} if rng.random() < 0.5 else {}
        more |= {"due": int(rng.integers(900, 1200))} if rng.random() < 0.5 else {}
        more |= {"max_minutes": 90.0} if rng.random() < 0.3 else {}
        flows.append(flow(f"f{i}", origin, destination, float(rng.integers(1, 5)), **more))
    depots = [{"depot": "D", "name": "D", "site": "O", "reload_minutes": 20.0}, {"depot": "E", "name": "E", "site": "L", "reload_minutes": 10.0}]
    data = base([site(code) for code in POINTS], [vehicle(), vehicle("W", "E", carries="own_depot")], flows)
    given = scenario_of({**data, "depots": depots})
    assert not errors(ROUTES.precheck(given, NETWORK))
    solved(given)
