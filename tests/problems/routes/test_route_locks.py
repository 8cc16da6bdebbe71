"""Locks of sites, categories and flows on vehicles and days; today's routes kept as they are; contradictions said with both facts."""

from __future__ import annotations

import re
from typing import Any

import pytest

from planner.i18n import describe
from planner.issues import Issue, errors
from planner.network import Network
from planner.plan import Limits, Plan, Progress
from planner.problems.routes import ROUTES
from planner.problems.routes.accepted import accepted_rows
from planner.problems.routes.held import kept_as_today
from planner.problems.routes.numbers import renumbered
from planner.problems.routes.stops import Route
from planner.problems.routes.tables import ACCEPTED, MOST_CHANGES, STOPS
from planner.problems.routes.week import Week
from planner.scenario import Scenario
from planner.schema import rows
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle

POINTS = {"O": (0.0, 0.0), "P": (10.0, 0.0), "Q": (12.0, 0.0), "R": (0.0, 15.0)}
FLEET = [vehicle("cheap", fixed_cost=1000.0, count=3), vehicle("dear", fixed_cost=9000.0)]
FLOWS = [
    flow("a", "O", "P", days=("mon",)), flow("b", "P", "O", days=("mon",), category="waste"), flow("c", "O", "Q", days=("mon", "tue")),
    flow("d", "O", "R", days=("mon",)),
]  # fmt: skip


def group(flows: list[dict[str, Any]] | None = None, **more: Any) -> tuple[Scenario, Network]:
    return scenario_of(base([site(code) for code in POINTS], FLEET, flows or FLOWS, **more)), network_of(POINTS)


def solved(scenario: Scenario, network: Network) -> Plan:
    plan = ROUTES.solve(scenario, network, Limits(seconds=20, iterations=100, seed=1), Progress())
    assert plan.status.has_plan, plan.issues
    audit = ROUTES.audit(scenario, network, plan)
    assert audit.valid, audit.issues
    return plan


def used(plan: Plan) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in rows(STOPS, plan.tables[STOPS.name]):
        found.setdefault(row.flow, set()).add(row.vehicle)
    return found


def codes(given: tuple[Scenario, Network]) -> list[str]:
    issues = ROUTES.precheck(*given)
    assert all("issue." not in describe(issue, lang) and "{" not in describe(issue, lang) for issue in issues for lang in ("fr", "en"))
    return sorted({issue.code for issue in issues})


@pytest.mark.parametrize(
    ("lock", "dear"),
    [({"site": "P"}, {"a", "b"}), ({"site": "P", "category": "waste"}, {"b"}), ({"category": "stores"}, {"a", "c", "d"}), ({"flow": "c"}, {"c"})],
)
def test_flows_on_a_vehicle(lock: dict[str, Any], dear: set[str]) -> None:
    plan = solved(*group(route_locks=[{**lock, "vehicle": "dear"}]))
    assert all("dear" in vehicles for flow_, vehicles in used(plan).items() if flow_ in dear)
    week = Week(*group(route_locks=[{**lock, "vehicle": "dear"}]))
    assert {code for code, one in week.flows.items() if one.lock == "dear"} == dear


def test_flows_on_days() -> None:
    flows = [flow("a", "O", "P", visits=1), flow("b", "P", "O", visits=2, free_days=True), flow("c", "O", "Q", visits=1)]
    given = group(flows, route_locks=[{"site": "P", "days": ("wed", "fri")}, {"flow": "a", "days": ("thu", "fri")}])
    plan = solved(*given)
    days: dict[str, set[str]] = {}
    for row in rows(STOPS, plan.tables[STOPS.name]):
        days.setdefault(row.flow, set()).add(row.day)
    assert days["a"] == {"fri"} and days["b"] == {"wed", "fri"}


@pytest.mark.parametrize(
    ("flows", "locks", "code", "said"),
    [
        ([flow("a", "O", "P", lock="cheap")], [{"site": "P", "vehicle": "dear"}], "routes_lock_against_flow", ("cheap", "dear")),
        ([flow("a", "O", "P")], [{"site": "P", "vehicle": "dear"}, {"flow": "a", "vehicle": "cheap"}], "routes_lock_against_lock", ("cheap", "dear")),
        ([flow("a", "O", "P")], [{"site": "P", "days": ("tue",)}], "routes_lock_days_flow", ("lundi|Monday", "mardi|Tuesday")),
        ([flow("a", "O", "P", visits=1)], [{"site": "P", "days": ("tue",)}, {"flow": "a", "days": ("wed",)}], "routes_lock_days_apart", ("mardi|Tuesday", "mercredi|Wednesday")),
        ([flow("a", "O", "P", visits=2)], [{"site": "P", "days": ("tue",)}], "routes_lock_days_few", ("mardi|Tuesday",)),
        ([flow("a", "O", "P")], [{"site": "R", "vehicle": "dear"}], "routes_lock_unused", ()),
        ([flow("a", "O", "P")], [{"site": "P"}], "routes_lock_empty", ()),
        ([flow("a", "O", "P", visits=1)], [{"site": "P", "days": ("sun",)}], "routes_lock_days_closed", ("dimanche|Sunday",)),
    ],
)  # fmt: skip
def test_locks_that_contradict(flows: list[dict[str, Any]], locks: list[dict[str, Any]], code: str, said: tuple[str, ...]) -> None:
    hours = [{"site": "P", "day_type": "weekday", "opens": 360, "closes": 1200}]
    issues = ROUTES.precheck(*group(flows, route_locks=locks, windows=hours))
    (issue,) = [issue for issue in issues if issue.code == code]
    assert all(re.search(rf"\b({word})\b", describe(issue, lang)) for word in said for lang in ("fr", "en"))
    assert [one for one in errors(issues) if one.code.startswith("routes_lock")] == ([issue] if issue.is_error else [])


# --- today's routes kept ---------------------------------------------------------------------------------


def today(*stops: tuple[Any, ...], locked: bool = True) -> list[dict[str, Any]]:
    """(day, vehicle, number, trip, position, flow, action)"""
    names = ("day", "vehicle", "number", "trip", "position", "flow", "action")
    return [{**dict(zip(names, stop, strict=True)), "locked": locked} for stop in stops]


ODD = today(("mon", "dear", 2, 1, 1, "d", "deliver"), ("mon", "dear", 2, 1, 2, "c", "deliver"), ("mon", "dear", 2, 2, 1, "a", "deliver"))


def test_a_route_kept_stays_as_it_is_and_the_rest_is_planned_around_it() -> None:
    given = group(current_routes=ODD)
    plan = solved(*given)
    kept = [(row.trip, row.site, row.flow) for row in rows(STOPS, plan.tables[STOPS.name]) if (row.day, row.vehicle, row.number) == ("mon", "dear", 2)]
    assert kept == [(1, "R", "d"), (1, "Q", "c"), (2, "P", "a")]
    free = solved(*group())
    audit = ROUTES.audit(given[0], given[1], free.with_(scenario_hash=given[0].hash))
    assert {issue.code for issue in audit.issues} == {"routes_held_changed"}


def test_the_vehicle_of_a_kept_route_is_paid_once_and_used_on_other_days() -> None:
    """Tuesday's flow takes the dear vehicle that Monday's kept route pays for anyway, under the same number."""
    flows = [flow("a", "O", "P", days=("mon",)), flow("c", "O", "Q", days=("tue",))]
    plan = solved(*group(flows, current_routes=today(("mon", "dear", 2, 1, 1, "a", "deliver"))))
    assert {(row.vehicle, row.number) for row in rows(STOPS, plan.tables[STOPS.name])} == {("dear", 2)}


def test_numbers_given_are_left_to_kept_routes() -> None:
    week = Week(*group())
    others = [Route(day, "cheap", 1, ()) for day in ("mon", "mon", "tue")]
    made = renumbered(week, others, 0.0, [Route("mon", "cheap", 2, ())])
    numbers = [route.number for route in made]
    assert len({numbers[0], numbers[1], 2}) == 3 and numbers[2] in {numbers[0], numbers[1], 2}


def test_kept_close_to_accepted_routes() -> None:
    scenario, network = group()
    first = solved(scenario, network)
    near = group(current_routes=ODD)[0].replace(ACCEPTED.name, ACCEPTED.frame(accepted_rows(first)))
    plan = solved(near, network)
    parameters = near.table("parameters").frame([{"parameter": MOST_CHANGES.code, "value": 4.0}])
    solved(near.replace("parameters", parameters), network)
    assert ("mon", "dear", 2) in {(row.day, row.vehicle, row.number) for row in rows(STOPS, plan.tables[STOPS.name])}


@pytest.mark.parametrize(
    ("rows_", "more", "code"),
    [
        ([*ODD[:2], {**ODD[2], "locked": False}], {}, "routes_held_part"),
        ([{**row, "number": 3} for row in ODD], {}, "routes_held_number"),
        (ODD, {"route_locks": [{"flow": "a", "vehicle": "cheap"}]}, "routes_lock_against_route"),
        ([{**row, "day": "tue"} for row in ODD], {}, "routes_held_day"),
        ([*ODD, *today(("mon", "cheap", 1, 1, 1, "a", "deliver"))], {}, "routes_held_twice"),
        (ODD, {"windows": [{"site": "R", "day_type": "weekday", "opens": 360, "closes": 380}]}, "routes_held_broken"),
    ],
)
def test_kept_routes_that_cannot_be(rows_: list[dict[str, Any]], more: dict[str, Any], code: str) -> None:
    assert code in codes(group(current_routes=rows_, **more))
    assert ROUTES.solve(*group(current_routes=rows_, **more), Limits(seconds=5, iterations=10), Progress()).status.name == "INFEASIBLE"


def test_a_kept_route_must_bring_its_empties_back() -> None:
    flows = [flow("a", "P", "Q", days=("mon",), return_ratio=1.0)]
    given = group(flows, current_routes=today(("mon", "dear", 1, 1, 1, "a", "collect"), ("mon", "dear", 1, 1, 2, "a", "deliver")))
    assert "routes_held_unfinished" in codes(given)


def test_a_broken_rule_of_a_kept_route_is_told() -> None:
    given = group(current_routes=ODD, windows=[{"site": "R", "day_type": "weekday", "opens": 360, "closes": 380}])
    told: list[Issue] = errors(ROUTES.precheck(*given))
    assert {"routes_held_broken", "routes_window"} <= {issue.code for issue in told}


def test_a_kept_route_longer_than_the_day_of_its_driver_is_told() -> None:
    """Two and a half hours or so, in a day of one."""
    team = {"team": "T", "name": "T", "establishment": "A", "day_hours": 1.0}
    scenario, network = group(current_routes=ODD, driver_teams=[team])
    frame = scenario.frames["vehicle_types"].assign(team="T")
    told = {issue.code: dict(issue.args) for issue in ROUTES.precheck(scenario.replace("vehicle_types", frame), network)}
    assert "routes_held_broken" in told and told["routes_duty"]["limit"] == 60.0


def test_routes_that_a_plan_keeps_as_today_are_known() -> None:
    plan = solved(*group(current_routes=ODD))
    stops = [row for row in rows(STOPS, plan.tables[STOPS.name]) if row.day == "tue"]
    tuesday = today(("tue", stops[0].vehicle, stops[0].number, 1, 1, "c", "deliver"), locked=False)
    scenario, network = group(current_routes=[*ODD, *tuesday])
    assert kept_as_today(scenario, network, plan) == [("mon", "dear", 2), ("tue", stops[0].vehicle, stops[0].number)]
    scenario, network = group(current_routes=[{**row, "position": 3 - row["position"]} if row["trip"] == 1 else row for row in ODD])
    assert kept_as_today(scenario, network, plan) == []
