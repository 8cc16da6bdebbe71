"""Two shifts of one vehicle: what the first has carried is there when the second loads."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from planner.i18n import describe
from planner.issues import errors
from planner.plan import Limits, Plan, Progress, Status
from planner.problems.base import cost_of
from planner.problems.routes import ROUTES
from planner.problems.routes.classes import Pair
from planner.problems.routes.driver_tables import ROTA
from planner.problems.routes.stops import Move, Route, Stop, Trip
from planner.problems.routes.tables import COSTS, TRIPS
from planner.problems.routes.week import Week
from planner.problems.routes.write import tables
from planner.scenario import Scenario
from planner.schema import rows
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle
from tests.problems.routes.test_classes import of, pair

POINTS = {"O": (0.0, 0.0), "P": (10.0, 0.0), "Q": (0.0, 12.0)}
NETWORK = network_of(POINTS)
EVERYTHING = ("clean", "dirty", "infectious")
DIRTY = flow("dirty", "P", "O", 4.0, hygiene="dirty", opens=690, closes=700)
CLEAN = flow("clean", "O", "P", 4.0, opens=745, closes=900)


def week(rule: dict[str, Any] | None, flows: list[dict[str, Any]] | None = None, count: int = 1, swapped: bool = False, early: Any = EVERYTHING, late: Any = EVERYTHING, **more: Any) -> Scenario:
    """A vehicle out from 6:00 to 12:00, and again from 12:00 to 20:00. `swapped`: the second shift stands first in the table."""
    fleet = [
        vehicle("am", count=count, shift_start=360, shift_end=720, hygiene=early, max_trips=4, **more),
        vehicle("pm", count=count, shift_start=720, shift_end=1200, hygiene=late, max_trips=4, same_as="am", **more),
    ]
    teams = [{"team": "T", "name": "T", "establishment": "A", "drivers": 2}] if "team" in more else []
    data = base([site(code) for code in POINTS], fleet[::-1] if swapped else fleet, flows or [DIRTY, CLEAN], class_compatibility=[rule] if rule else [], driver_teams=teams)
    return scenario_of(data)


def planned(scenario: Scenario) -> Plan:
    """Dirty linen by the first shift, clean linen by the second, of vehicle no. 1."""
    known = Week(scenario, NETWORK)
    dirty, clean = known.visit["mon", "dirty", 1], known.visit["mon", "clean", 1]
    routes = [
        Route("mon", "am", 1, (Trip((Stop("P", (Move(dirty, "collect"),), dirty.at_origin),)),)),
        Route("mon", "pm", 1, (Trip((Stop("P", (Move(clean, "deliver"),), clean.at_destination),)),)),
    ]
    frames = tables(known, routes)
    return Plan("routes", Status.FEASIBLE, frames, cost_of(frames[COSTS.name]), scenario_hash=scenario.hash)


def loads(plan: Plan) -> dict[str, tuple[float, float]]:
    return {row.vehicle: (row.loads, row.disinfection) for row in rows(TRIPS, plan.tables[TRIPS.name])}


def test_the_soil_of_an_earlier_shift_counts() -> None:
    classes = of(pair("disinfect", minutes=30.0, cost=12.0))
    done = Pair("disinfect", 1800, 12.0)
    clean, dirty, empties = {"clean"}, {"dirty"}, set[str]()
    assert classes.disinfections([clean, clean], [dirty]) == [done, None]
    assert classes.disinfections([dirty, clean], [dirty]) == [None, done]
    assert classes.disinfections([clean, clean], [dirty, clean]) == [None, None]  # done within the earlier shift
    assert classes.disinfections([empties, clean], [dirty]) == [done, None]  # while the vehicle stands at its depot
    assert classes.disinfections([dirty, empties, clean]) == [None, None, done]


def test_the_audit_looks_at_both_shifts() -> None:
    """Back at 690 + 6 + 10 + 10 = 11:56; loading could begin at 12:00, and with 30 minutes of disinfection at 12:26."""
    free = week(None)
    plan = planned(free)
    assert loads(plan) == {"am": (660.0, 0.0), "pm": (720.0, 0.0)}
    assert ROUTES.audit(free, NETWORK, plan).issues == ()
    for rule, code in ((pair("disinfect", minutes=30.0), "routes_disinfection"), (pair("dedicated"), "routes_dedicated")):
        given = week(rule)
        found = {issue.code for issue in ROUTES.audit(given, NETWORK, plan.with_(scenario_hash=given.hash)).issues}
        assert code in found


def test_a_plan_is_written_with_its_disinfection_between_the_shifts() -> None:
    given = week(pair("disinfect", minutes=30.0, cost=25.0))
    plan = planned(given)
    assert loads(plan) == {"am": (660.0, 0.0), "pm": (746.0, 30.0)}
    audit = ROUTES.audit(given, NETWORK, plan)
    assert audit.issues == () and audit.kpi("disinfections") == 1.0
    assert {row.line: row.amount for row in rows(COSTS, plan.tables[COSTS.name])}["disinfection"] == 52 * 25.0
    with_team = week(pair("disinfect", minutes=30.0, cost=25.0), team="T")
    moved = planned(with_team)
    assert ROUTES.audit(with_team, NETWORK, moved).issues == () and len(list(rows(ROTA, moved.tables[ROTA.name]))) == 2


@pytest.mark.parametrize("swapped", [False, True])
def test_the_search_leaves_time_for_the_disinfection(swapped: bool) -> None:
    given = week(pair("disinfect", minutes=30.0, cost=25.0), swapped=swapped)
    plan = ROUTES.solve(given, NETWORK, Limits(seconds=20, iterations=100), Progress())
    assert plan.status.has_plan, plan.issues
    audit = ROUTES.audit(given, NETWORK, plan)
    assert audit.issues == () and audit.kpi("disinfections") == 1.0


def test_later_shifts_take_the_vehicles_that_need_no_disinfection() -> None:
    """Two vehicles by shift, because their windows are at the same time: dirty and clean in the morning, clean and dirty after noon."""
    flows = [
        flow("a", "P", "O", 4.0, hygiene="dirty", opens=600, closes=605), flow("b", "O", "Q", 4.0, opens=600, closes=605),
        flow("c", "O", "P", 4.0, opens=900, closes=905), flow("d", "Q", "O", 4.0, hygiene="dirty", opens=900, closes=905),
    ]  # fmt: skip
    given = week(pair("disinfect", minutes=30.0, cost=25.0), flows, count=2)
    plan = ROUTES.solve(given, NETWORK, Limits(seconds=20, iterations=100), Progress())
    audit = ROUTES.audit(given, NETWORK, plan)
    assert audit.issues == () and audit.kpi("vehicles") == 2.0 and audit.kpi("disinfections") == 0.0


@pytest.mark.parametrize("swapped", [False, True])
def test_dedicated_vehicles_are_not_shared_by_two_shifts_either(swapped: bool) -> None:
    given = week(pair("dedicated"), early=("dirty",), late=("clean",), swapped=swapped)
    found = errors(ROUTES.precheck(given, NETWORK))
    assert [issue.code for issue in found] == ["routes_dedicated_shifts"]
    assert dict(found[0].args)["vehicle"] == "pm" and found[0].row == (0 if swapped else 1)
    assert all("issue." not in describe(issue, lang) and "{" not in describe(issue, lang) for issue in found for lang in ("fr", "en"))
    assert not errors(ROUTES.precheck(week(pair("dedicated"), [DIRTY], early=("dirty",), late=("clean",)), NETWORK))


@pytest.mark.parametrize("seed", range(8))
def test_whatever_the_classes_no_plan_found_is_refused(seed: int) -> None:
    """Flows of three classes, both ways and from site to site, with two shifts of two vehicles: a plan has the time for what its shifts leave behind."""
    rng = np.random.default_rng(seed)
    flows = []
    for i in range(7):
        origin, destination = [("O", "P"), ("Q", "O"), ("P", "Q")][int(rng.integers(0, 3))]
        opens = int(rng.choice([420, 780, 960]))
        flows.append(flow(f"f{i}", origin, destination, float(rng.integers(1, 5)), hygiene=str(rng.choice(EVERYTHING)), opens=opens, closes=opens + 240, return_ratio=float(rng.integers(0, 2))))
    rules = [pair(str(rng.choice(["together", "never", "disinfect"])), *two, minutes=float(rng.integers(0, 60)), cost=20.0) for two in combinations(EVERYTHING, 2)]
    given = week(None, flows, count=2)
    given = given.replace("class_compatibility", given.table("class_compatibility").frame(rules))
    plan = ROUTES.solve(given, NETWORK, Limits(seconds=20, iterations=60), Progress())
    assert plan.status.has_plan, plan.issues
    assert ROUTES.audit(given, NETWORK, plan).issues == ()
