"""Staying close to the accepted routes: price, limit, warm start, numbers; small cases whose answers are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from planner import study
from planner.i18n import describe
from planner.network import Network
from planner.plan import Limits, Plan, Progress, Status
from planner.problems.routes import ROUTES
from planner.problems.routes.accepted import accepted_rows, count_changes
from planner.problems.routes.numbers import renumbered
from planner.problems.routes.stops import Move, Route, Stop, Trip
from planner.problems.routes.tables import ACCEPTED, CHANGE_PRICE, CURRENT, FLOWS, MOST_CHANGES, VEHICLES
from planner.problems.routes.unavoidable import Unavoidable
from planner.problems.routes.week import Week
from planner.scenario import Scenario
from planner.sites import PARAMETERS
from tests.problems.routes.generator import base, flow, group, network_of, scenario_of, site, vehicle

POINTS = {"O": (0.0, 0.0), "P": (10.0, 0.0), "Q": (12.0, 0.0), "R": (0.0, 15.0), "S": (2.0, 15.0)}
LIMITS = Limits(seconds=60, iterations=100, seed=1)
Rows = list[dict[str, Any]]


def small(flows: Rows, fleet: Rows | None = None) -> tuple[Scenario, Network]:
    return scenario_of(base([site(code) for code in POINTS], fleet or [vehicle()], flows)), network_of(POINTS)


def near(scenario: Scenario, rows: Rows, price: float = 0.0, most: int = 1_000_000) -> Scenario:
    parameters = [{"parameter": CHANGE_PRICE.code, "value": price}, {"parameter": MOST_CHANGES.code, "value": most}]
    return scenario.replace(ACCEPTED.name, ACCEPTED.frame(rows)).replace(PARAMETERS.name, PARAMETERS.frame(parameters))


def home(flow: str, vehicle: str = "V", number: int = 1, day: str = "mon", visit: int = 1) -> dict[str, Any]:
    return {"day": day, "flow": flow, "visit": visit, "vehicle": vehicle, "number": number}


def solved(scenario: Scenario, network: Network, limits: Limits = LIMITS) -> Plan:
    """The plan, audited: its changes, its cost and its bound agree with what the audit counts."""
    plan = ROUTES.solve(scenario, network, limits, Progress())
    assert plan.status.has_plan, plan.issues
    audit = ROUTES.audit(scenario, network, plan)
    assert audit.issues == () and audit.cost == plan.cost
    assert audit.kpi("changes") == count_changes(scenario, plan)
    assert plan.bound is not None and plan.cost is not None and plan.bound <= plan.cost
    return plan


# --- price and limit: two half-empty vehicles that one could replace, at the price of one change ---


TWO = ([flow("a", "O", "P"), flow("b", "O", "Q")], [home("a", number=1), home("b", number=2)])


def saving() -> float:
    scenario, network = small(TWO[0])
    kept = solved(near(scenario, TWO[1], most=0), network)
    free = solved(scenario, network)
    assert kept.cost is not None and free.cost is not None
    assert count_changes(near(scenario, TWO[1]), kept) == 0 and count_changes(near(scenario, TWO[1]), free) == 1
    return kept.cost - free.cost


@pytest.mark.parametrize(("share", "changes"), [(0.9, 1), (1.1, 0)])
def test_a_change_is_made_exactly_when_it_saves_more_than_its_price(share: float, changes: int) -> None:
    gain = saving()
    assert gain > 5200  # the fixed cost of the second vehicle and its way
    scenario, network = small(TWO[0])
    priced = near(scenario, TWO[1], price=share * gain)
    plan = solved(priced, network)
    assert count_changes(priced, plan) == changes
    lines = plan.tables["routes_costs"].query("line == 'changes'")
    assert lines["amount"].sum() == 0 and lines["objective"].sum() == pytest.approx(share * gain * changes, abs=0.01)


@pytest.mark.parametrize(("most", "changes"), [(0, 0), (1, 1), (2, 1)])
def test_no_more_changes_than_allowed(most: int, changes: int) -> None:
    scenario, network = small(TWO[0])
    limited = near(scenario, TWO[1], most=most)
    assert count_changes(limited, solved(limited, network)) == changes


def test_the_best_single_change_is_made_where_one_is_allowed() -> None:
    """Three vehicles with a load each: any load may move to another vehicle, and the far one saves most kilometres."""
    scenario, network = small([flow("a", "O", "P"), flow("b", "O", "Q"), flow("c", "O", "R")], [vehicle(count=3)])
    rows = [home("a", number=1), home("b", number=2), home("c", number=3)]
    costs = {}
    for most in range(4):
        limited = near(scenario, rows, most=most)
        plan = solved(limited, network)
        costs[most] = plan.cost
        assert (count_changes(limited, plan) or 0) == min(most, 2)
    by_hand = [solved(near(scenario, [*rows[:i], home(rows[i]["flow"], number=n), *rows[i + 1 :]], most=0), network).cost for i in range(3) for n in (1, 2, 3)]
    assert costs[1] == pytest.approx(min(cost for cost in by_hand if cost is not None))
    assert costs[0] > costs[1] > costs[2] == costs[3] == solved(scenario, network).cost  # type: ignore[operator]


# --- accepted plans of whole weeks ---


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_accepted_plan_comes_back_and_no_limit_costs_more_than_it(seed: int) -> None:
    scenario, network = group(7, seed=seed)
    limits = Limits(seconds=60, iterations=30, seed=seed)
    first = solved(scenario, network, limits)
    rows = accepted_rows(first)
    kept = near(scenario, rows, most=0)
    same = solved(kept, network, limits)
    assert count_changes(kept, same) == 0
    assert same.cost is not None and first.cost is not None and same.cost <= first.cost
    for most in (3, len(rows)):
        limited = near(scenario, rows, most=most)
        plan = solved(limited, network, limits)
        assert (count_changes(limited, plan) or 0) <= most and plan.cost is not None and plan.cost <= first.cost


def test_one_iteration_from_the_accepted_routes_is_never_worse_than_they_are() -> None:
    """Rich weeks: shipments between two stops, two windows a day, clean and dirty, several trips."""
    scenario, network = group(16, seed=5)
    first = solved(scenario, network, Limits(seconds=60, iterations=150, seed=1))
    for price in (0.0, 1000.0):
        again = solved(near(scenario, accepted_rows(first), price=price), network, Limits(seconds=60, iterations=1, seed=9))
        assert again.cost is not None and first.cost is not None and again.cost <= first.cost


def test_same_seed_and_iterations_give_the_same_plan_from_an_accepted_start() -> None:
    scenario, network = group(8, seed=3)
    rows = accepted_rows(solved(scenario, network, Limits(seconds=60, iterations=30, seed=4)))
    limited = near(scenario, rows, most=4)
    plans = [ROUTES.solve(limited, network, Limits(seconds=90, iterations=30, seed=4, threads=n), Progress()) for n in (1, 2)]
    assert plans[0].cost == plans[1].cost is not None
    for name, frame in plans[0].tables.items():
        assert frame.equals(plans[1].tables[name])


def test_other_data_are_repaired_from_the_accepted_routes() -> None:
    """A flow is new, one is gone, one has grown: what fits stays where it was."""
    scenario, network = small([flow("a", "O", "P"), flow("b", "O", "Q"), flow("c", "O", "R")])
    rows = accepted_rows(solved(scenario, network))
    flows = [flow("a", "O", "P", 4.0), flow("c", "O", "R"), flow("new", "O", "S")]
    changed = near(scenario.replace(FLOWS.name, FLOWS.frame(flows)), rows, price=100_000.0)
    assert count_changes(changed, solved(changed, network)) == 0


# --- too few changes allowed ---


def test_too_few_changes_for_the_data_is_said_with_the_smallest_number_found() -> None:
    """Each load fits the accepted vehicle, but no longer all three in its one trip: one must go."""
    scenario, network = small([flow("a", "O", "P", 4.0), flow("b", "O", "Q", 4.0), flow("c", "O", "R", 4.0)], [vehicle(max_trips=1)])
    rows = [home("a"), home("b"), home("c")]
    assert count_changes(near(scenario, rows, most=1), solved(near(scenario, rows, most=1), network)) == 1
    refused = ROUTES.solve(near(scenario, rows, most=0), network, LIMITS, Progress())
    assert refused.status is Status.NO_PLAN_IN_TIME and refused.cost is None
    (issue,) = [issue for issue in refused.issues if issue.code == "routes_changes_limit"]
    assert dict(issue.args) == {"limit": 0, "smallest": 1}
    assert "1" in describe(issue, "fr") and "issue." not in describe(issue, "en")


def test_changes_that_cannot_be_avoided_are_counted_before_solving() -> None:
    """Its day is gone; its vehicle cannot take it; its vehicle is one of two where one is left."""
    fleet = [vehicle("V", count=1), vehicle("cold", temperatures=("cold",))]
    scenario, network = small([flow("a", "O", "P"), flow("b", "O", "Q"), flow("c", "O", "R"), flow("d", "O", "S")], fleet)
    rows = [home("a", day="tue"), home("b", "cold"), home("c", number=1), home("d", number=2), home("gone")]
    lost = Unavoidable(Week(near(scenario, rows), network))
    assert (lost.gone, lost.unable, lost.surplus, lost.count) == ([("tue", "a", 1)], [("mon", "b", 1)], 1, 3)
    found = ROUTES.precheck(near(scenario, rows, most=2), network)
    assert {issue.code: issue.is_error for issue in found} == {
        "routes_accepted_gone": False, "routes_accepted_vehicle": False, "routes_changes_unavoidable": True,
    }  # fmt: skip
    assert ROUTES.solve(near(scenario, rows, most=2), network, LIMITS, Progress()).status is Status.INFEASIBLE
    plan = solved(near(scenario, rows, price=1000.0, most=3), network)
    assert count_changes(near(scenario, rows), plan) == 3 and plan.bound is not None and plan.bound > 3000


@pytest.mark.parametrize("seed", range(6))
def test_no_plan_has_fewer_changes_than_cannot_be_avoided(seed: int) -> None:
    """Random accepted routes, some of them impossible, against the plan that a high price gives."""
    rng = np.random.default_rng(seed)
    places = list(POINTS)[1:]
    flows = [flow(f"f{i}", "O", str(rng.choice(places)), float(rng.integers(1, 5)), days=("mon", "tue")[: int(rng.integers(1, 3))]) for i in range(4)]
    scenario, network = small(flows, [vehicle("V", count=2), vehicle("W", count=1, places=3.0)])
    rows = [home(f"f{i}", str(rng.choice(["V", "W", "X"])), int(rng.integers(1, 4)), day) for i in range(4) for day in ("mon", "tue") if rng.random() < 0.8]
    priced = near(scenario, rows, price=50_000.0)
    plan = solved(priced, network)
    assert (count_changes(priced, plan) or 0) >= Unavoidable(Week(priced, network)).count


# --- numbers ---


def test_vehicles_are_numbered_after_the_accepted_routes_without_paying_for_one_more() -> None:
    scenario, network = small([flow("a", "O", "P", days=("mon", "tue")), flow("b", "O", "Q", days=("mon", "tue"))])
    rows = [home("a", number=2), home("b", number=1), home("a", number=1, day="tue")]
    week = Week(near(scenario, rows), network)

    def route(day: str, code: str, number: int) -> Route:
        visit = week.visit[day, code, 1]
        return Route(day, "V", number, (Trip((Stop(visit.flow.destination, (Move(visit, "deliver"),), visit.at_destination),)),))

    routes = [route("mon", "a", 1), route("mon", "b", 2), route("tue", "a", 1)]
    assert [r.number for r in renumbered(week, routes, 0.0)] == [2, 1, 1]
    alone = [route("mon", "a", 1), route("tue", "a", 1)]  # one vehicle is enough: it keeps one number, unless a change is dear
    assert len({r.number for r in renumbered(week, alone, 0.0)}) == 1
    assert [r.number for r in renumbered(week, alone, 6000.0)] == [2, 1]


# --- today's organisation ---


def test_todays_routes_are_not_asked_to_stay_close() -> None:
    fleet = [vehicle("V"), vehicle("W")]
    scenario, _ = small([flow("a", "O", "P")], fleet)
    today = [{"day": "mon", "vehicle": "W", "number": 1, "trip": 1, "position": 1, "flow": "a", "action": "deliver"}]
    limited = near(scenario.replace(CURRENT.name, CURRENT.frame(today)), [home("a")], most=0)
    coordinates = limited.frames["sites"].assign(lon=[point[0] / 80 for point in POINTS.values()])
    found = study.run(limited.replace("sites", coordinates), ["routes"], LIMITS, Progress(), catalog={"routes": ROUTES})
    audit = found.results["routes"].baseline_audit
    assert audit is not None and audit.valid and audit.kpi("changes") is None
    assert count_changes(limited, found.results["routes"].plan) == 0
    assert len(limited.rows(VEHICLES.name)) == 2


@pytest.mark.parametrize("most", [0, 5, 1_000_000])
def test_stopped_at_once_the_accepted_plan_is_kept(most: int) -> None:
    scenario, network = group(10, seed=2)
    first = solved(scenario, network, Limits(seconds=60, iterations=60, seed=1))
    progress = Progress()
    progress.stop()
    limited = near(scenario, accepted_rows(first), most=most)
    plan = ROUTES.solve(limited, network, Limits(seconds=60, seed=1), progress)
    assert plan.status is Status.STOPPED and plan.cost is not None and first.cost is not None
    assert plan.cost <= first.cost and (count_changes(limited, plan) or 0) <= most
    assert ROUTES.audit(limited, network, plan).issues == ()


def test_costs_told_on_the_way_never_rise_and_end_at_the_plan() -> None:
    scenario, network = group(8, seed=6)
    first = solved(scenario, network, Limits(seconds=60, iterations=20, seed=1))
    for price, most in ((0.0, 1_000_000), (40.0, 1_000_000), (0.0, 10)):
        told: list[float] = []
        progress = Progress(lambda step, told=told: None if step.cost is None else told.append(step.cost))  # type: ignore[misc]
        plan = ROUTES.solve(near(scenario, accepted_rows(first), price, most), network, Limits(seconds=60, iterations=40, seed=2), progress)
        assert told == sorted(told, reverse=True)
        assert plan.cost is not None and told and plan.cost <= told[-1] + 1.0
