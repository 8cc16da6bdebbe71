"""Visits that go straight between their ends: by vehicles based elsewhere, or at times that a single window would not leave."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from planner.issues import errors
from planner.network import Network
from planner.plan import Limits, Plan, Progress
from planner.problems.routes import ROUTES, straight
from planner.problems.routes.attempt import Attempt, Engine, Starts
from planner.problems.routes.pairs import Straight
from planner.problems.routes.pairs import straight as ways
from planner.problems.routes.tables import ROUTES as DUTIES
from planner.problems.routes.tables import STOPS
from planner.scenario import Scenario
from planner.schema import rows
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle

LINE = {"O": (0.0, 0.0), "P": (10.0, 0.0), "Q": (20.0, 0.0), "R": (30.0, 0.0)}


def solved(given: Scenario, network: Network, iterations: int = 150) -> Plan:
    plan = ROUTES.solve(given, network, Limits(seconds=30, iterations=iterations), Progress())
    assert plan.status.has_plan, plan.issues
    assert not errors(ROUTES.audit(given, network, plan).issues)
    assert plan.bound is not None and plan.cost is not None and plan.bound <= plan.cost
    return plan


def two_depots(*vehicles: dict[str, Any], **more: Any) -> Scenario:
    """A depot at each end of the line, and what both send to the sites between."""
    data = base([site(code) for code in LINE], list(vehicles), [flow("a", "O", "P"), flow("b", "R", "Q"), flow("c", "O", "R", category="linen")], **more)
    data["depots"].append({"depot": "E", "name": "E", "site": "R", "reload_minutes": 20.0})
    return scenario_of(data)


def test_a_vehicle_of_another_depot_spares_one_of_its_own() -> None:
    """Both fleets may carry all flows: one vehicle does, as where there is no other (each costs 5,200 € a year)."""
    network = network_of(LINE)
    alone = solved(two_depots(vehicle(count=1)), network)
    both = solved(two_depots(vehicle(count=1), vehicle("W", "E", count=1)), network)
    assert both.cost is not None and alone.cost is not None and both.cost <= alone.cost
    assert len(list(rows(DUTIES, both.tables[DUTIES.name]))) == 1


def star(limit: float | None, count: int) -> tuple[Scenario, Network]:
    """Samples of four sites for the laboratory Z, 20 minutes from each; the sites are 40 minutes apart."""
    codes = ("O", "Z", "A", "B", "C", "E")
    minutes = np.zeros((6, 6))
    for a, b in combinations(range(6), 2):
        minutes[a, b] = minutes[b, a] = 20.0 if {codes[a], codes[b]} & {"O", "Z"} else 40.0
    network = Network(codes, minutes.copy(), minutes, np.zeros((6, 6), dtype=np.uint8))
    flows = [flow(f"s{code}", code, "Z", 1.0, category="samples", max_minutes=limit) for code in "ABCE"]
    return scenario_of(base([site(code) for code in codes], [vehicle(count=count, max_trips=8, duty_minutes=600.0)], flows)), network


@pytest.mark.parametrize("limit", [20, 45, 60])
def test_one_vehicle_fetches_samples_one_after_the_other(limit: int) -> None:
    """A longest time on board once tied all of them to the first hour that could be: no plan with one vehicle."""
    solved(*star(limit, 1))


def test_samples_do_not_take_a_vehicle_each() -> None:
    plan = solved(*star(30, 4))
    assert len(list(rows(DUTIES, plan.tables[DUTIES.name]))) == 1


@pytest.mark.parametrize("ends", [("P", "R"), ("R", "O")])
def test_time_on_board_counts_from_leaving_the_site(ends: tuple[str, str]) -> None:
    """A limit of just the drive keeps, whatever the minutes of the stop before it."""
    network = network_of(LINE)
    drive = int(abs(LINE[ends[0]][0] - LINE[ends[1]][0]))
    plan = solved(scenario_of(base([site(code) for code in LINE], [vehicle(count=1)], [flow("s", *ends, 1.0, category="samples", max_minutes=drive)])), network)
    assert [row.site for row in rows(STOPS, plan.tables[STOPS.name])][:1] == [ends[0]]


def test_one_more_opening_of_a_site_never_takes_a_plan_away() -> None:
    """The day's only vehicle is at P in the morning: the mail of Q can only be fetched in the afternoon, once Q is open twice, too."""
    network = network_of({**LINE, "S": (0.0, 60.0)})
    flows = [flow("far", "O", "S", opens=480, closes=485), flow("mail", "Q", "P", 1.0, category="mail")]
    afternoon = {"site": "Q", "day_type": "weekday", "opens": 840, "closes": 860}
    morning = {"site": "Q", "day_type": "weekday", "opens": 400, "closes": 450}
    data = base([site(code) for code in (*LINE, "S")], [vehicle(count=1, duty_minutes=700.0)], flows, windows=[morning, afternoon])
    solved(scenario_of(data), network)


def test_today_s_routes_are_the_plan_where_nothing_cheaper_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the second search the fleets keep to their depots, and today's single vehicle is cheaper."""

    def only_first(engine: Engine, seconds: float, starts: Starts, first: Any) -> tuple[Engine, Attempt]:
        return first(seconds, starts)  # type: ignore[no-any-return]

    monkeypatch.setattr(straight, "search", only_first)
    network = network_of(LINE)
    found = solved(two_depots(vehicle(count=1), vehicle("W", "E", count=1)), network)
    order = [("a", "deliver"), ("b", "collect"), ("c", "deliver"), ("b", "deliver")]
    today = [{"day": "mon", "vehicle": "V", "number": 1, "trip": 1, "position": i, "flow": code, "action": action} for i, (code, action) in enumerate(order, 1)]
    given = two_depots(vehicle(count=1), vehicle("W", "E", count=1), current_routes=today)
    kept = solved(given, network)
    assert kept.cost is not None and found.cost is not None and kept.cost < found.cost
    assert "routes_today_kept" in {issue.code for issue in kept.issues}


def test_straight_ways_know_every_pair_of_windows() -> None:
    """Handling 60 s, no fixed minutes, a drive of 600 s."""
    assert ways(((0, 1000),), ((0, 2000),), 60, 0, 600, None) == [Straight((0, 1000), 660)]
    assert ways(((0, 1000),), ((1000, 1200),), 60, 0, 600, None) == [Straight((340, 540), 660)]
    assert ways(((0, 100), (900, 1000)), ((1700, 1800),), 60, 0, 600, None) == [Straight((100, 100), 1600), Straight((1040 - 40, 1000), 700)]
    assert ways(((0, 100),), ((1700, 1800),), 60, 0, 600, 1539) == []  # 1,540 s on board
    assert ways(((0, 100),), ((1700, 1800),), 60, 0, 600, 1540) == [Straight((100, 100), 1600)]


def test_a_place_is_left_with_the_last_of_its_stops() -> None:
    """Samples of two windows at P, loaded at two stops in a row there: the first are on board on the road only, 20 minutes to R."""
    network = network_of(LINE)
    flows = [flow("s", "P", "R", 1.0, category="samples", max_minutes=20, closes=700), flow("t", "P", "R", 1.0, category="mail", opens=480)]
    solved(scenario_of(base([site(code) for code in LINE], [vehicle(count=1)], flows)), network)
