"""Solving weeks: each rule shapes the plan, outcomes are honest, the same seed gives the same plan."""

from __future__ import annotations

import time
from typing import Any

import pytest

from planner.issues import Severity
from planner.plan import Limits, Plan, Progress, Status, Step
from planner.problems.routes import ROUTES
from planner.problems.routes.tables import ROUTES as ROUTE_ROWS
from planner.problems.routes.tables import STOPS, TRIPS
from planner.schema import Row, rows
from tests.problems.routes.generator import base, flow, group, network_of, scenario_of, site, vehicle

POINTS = {"O": (0.0, 0.0), "P": (10.0, 0.0), "Q": (12.0, 0.0), "R": (0.0, 15.0), "S": (2.0, 15.0)}
LIMITS = Limits(seconds=60, iterations=200, seed=1)


def solved(flows: list[dict[str, Any]], vehicles: list[dict[str, Any]] | None = None, sites: dict[str, dict[str, Any]] | None = None, **more: Any) -> Plan:
    """The plan of a small scenario; checked by the audit when there is one."""
    data = base([site(code, **(sites or {}).get(code, {})) for code in POINTS], vehicles or [vehicle()], flows, **more)
    scenario, network = scenario_of(data), network_of(POINTS)
    plan = ROUTES.solve(scenario, network, LIMITS, Progress())
    if plan.status.has_plan:
        audit = ROUTES.audit(scenario, network, plan)
        assert audit.issues == () and audit.cost == plan.cost
        assert plan.bound is not None and plan.cost is not None and plan.bound <= plan.cost
    return plan


def stops(plan: Plan) -> list[Row]:
    return list(rows(STOPS, plan.tables[STOPS.name]))


def of(plan: Plan, code: str, action: str = "deliver") -> Row:
    (row,) = [row for row in stops(plan) if row.flow == code and row.action == action]
    return row


def test_two_near_sites_share_a_trip_and_returns_come_back_with_the_delivery() -> None:
    plan = solved([flow("a", "O", "P", 4.0, return_ratio=1.0), flow("b", "O", "Q", 4.0, return_ratio=0.5)])
    assert len(plan.tables[TRIPS.name]) == 1
    assert of(plan, "b", "take_back").quantity == 2.0
    assert of(plan, "a", "take_back").position == of(plan, "a").position


def test_one_vehicle_reloads_rather_than_a_second_one_leaves() -> None:
    flows = [flow("a", "O", "P", 8.0), flow("b", "O", "R", 8.0), flow("c", "O", "Q", 8.0)]
    once = solved(flows)
    (route,) = rows(ROUTE_ROWS, once.tables[ROUTE_ROWS.name])
    assert route.trips == 3
    assert solved(flows, [vehicle(max_trips=2, count=2)]).tables[ROUTE_ROWS.name]["number"].max() == 2


def test_cheap_vehicle_where_it_fits_and_the_large_one_only_where_it_must() -> None:
    fleet = [vehicle("big", places=20.0, fixed_cost=20000.0, gvw=19.0), vehicle("small", places=4.0, fixed_cost=3000.0)]
    assert of(solved([flow("a", "O", "P", 3.0)], fleet), "a").vehicle == "small"
    assert of(solved([flow("a", "O", "P", 9.0)], fleet), "a").vehicle == "big"


@pytest.mark.parametrize(
    ("access", "barred"),
    [({"max_gvw": 3.5}, {"gvw": 12.0}), ({"needs_tail_lift": True}, {"tail_lift": False}), ({"low_emission_zone": True}, {"low_emission": False})],
)
def test_sites_keep_vehicles_out(access: dict[str, Any], barred: dict[str, Any]) -> None:
    fleet = [vehicle("cheap", fixed_cost=1000.0, **barred), vehicle("dear", fixed_cost=90000.0)]
    plan = solved([flow("a", "O", "P"), flow("b", "O", "Q")], fleet, {"P": access})
    assert of(plan, "a").vehicle == "dear"
    assert of(solved([flow("a", "O", "P")], fleet), "a").vehicle == "cheap"


def test_compartments_of_one_vehicle_fill_one_by_one() -> None:
    fleet = [vehicle("V", count=1, temperatures=("ambient", "cold"), cold_places=3.0)]
    plan = solved([flow("a", "O", "P", 2.0, temperature="cold"), flow("b", "O", "Q", 2.0, temperature="cold"), flow("c", "O", "Q", 5.0)], fleet)
    assert of(plan, "a").trip != of(plan, "b").trip


def test_weight_counts_where_the_floor_does_not() -> None:
    units = [{"unit": "roll", "places": 0.1, "kg": 400.0, "minutes": 1.0}]
    plan = solved([flow("a", "O", "P", 2.0), flow("b", "O", "Q", 2.0)], [vehicle(kg=1000.0, count=1)], handling_units=units)
    assert of(plan, "a").trip != of(plan, "b").trip


@pytest.mark.parametrize(("rule", "trips", "first"), [("together", 1, None), ("dirty_last", 1, "clean"), ("never", 2, None)])
def test_clean_and_dirty(rule: str, trips: int, first: str | None) -> None:
    """The dirty site comes first on the way: only the rule makes the vehicle pass it by."""
    flows = [flow("dirty", "P", "O", 2.0, hygiene="dirty"), flow("clean", "O", "Q", 2.0), flow("second", "O", "P", 1.0)]
    plan = solved(flows, [vehicle(count=1)], class_compatibility=[{"first": "clean", "second": "dirty", "rule": rule}])
    assert len(plan.tables[TRIPS.name]) == trips
    if first:
        assert of(plan, "dirty", "collect").starts >= max(of(plan, "clean").starts, of(plan, "second").starts)


@pytest.mark.parametrize("rule", ["together", "dirty_last", "never"])
def test_clean_and_dirty_with_collections_deliveries_and_shipments_of_both(rule: str) -> None:
    flows = [
        flow(f"{way}{i}", *ends, 1.0, hygiene=hygiene)
        for way, ends in (("out", ("O", "P")), ("in", ("Q", "O")), ("by", ("R", "S")))
        for i, hygiene in enumerate(("clean", "dirty"))
    ]
    plan = solved(flows, [vehicle(count=3, max_trips=4)], class_compatibility=[{"first": "dirty", "second": "clean", "rule": rule}])
    assert plan.status.has_plan


def test_several_windows_of_a_site() -> None:
    windows = [{"site": "P", "day_type": "weekday", "opens": 420, "closes": 430}, {"site": "P", "day_type": "weekday", "opens": 840, "closes": 900}]
    late = solved([flow("a", "O", "P"), flow("b", "O", "Q", opens=830, closes=850)], windows=windows)
    assert of(late, "a").starts >= 840 and len(late.tables[TRIPS.name]) == 1


def test_several_visits_a_day_are_spread_over_it() -> None:
    plan = solved([flow("a", "O", "P", 2.0, days=("mon",), visits=2)])
    starts = {row.visit: row.starts for row in stops(plan)}
    assert set(starts) == {1, 2} and starts[1] <= 780 <= starts[2]


def test_time_on_board_of_deliveries_and_of_samples() -> None:
    """Hot meals must not wait for the rest of the tour, samples must come home in time."""
    flows = [flow("hot", "O", "Q", 1.0, max_minutes=15), flow("far", "O", "R", 1.0), flow("sample", "S", "O", 1.0, max_minutes=45), flow("near", "O", "P", 1.0)]
    plan = solved(flows, [vehicle(count=2)])
    assert plan.status.has_plan  # the audit has checked the minutes
    free = solved([{key: value for key, value in made.items() if key != "max_minutes"} for made in flows], [vehicle(count=2)])
    assert (free.cost or 0) < (plan.cost or 0)


def test_flow_between_two_sites_is_collected_then_delivered_and_its_empties_return() -> None:
    plan = solved([flow("a", "P", "R", 2.0, return_ratio=1.0), flow("b", "O", "Q")])
    assert of(plan, "a", "collect").starts < of(plan, "a").starts
    assert of(plan, "a", "take_back").site == "R" and of(plan, "a", "give_back").site == "P"


def test_a_vehicle_of_another_depot_carries_what_no_own_vehicle_can() -> None:
    data = base([site(code) for code in POINTS], [vehicle("D1", temperatures=("ambient",)), vehicle("E1", "E", temperatures=("cold",))],
                [flow("a", "O", "P", temperature="cold"), flow("b", "O", "Q")])  # fmt: skip
    data["depots"].append({"depot": "E", "name": "E", "site": "R"})
    scenario, network = scenario_of(data), network_of(POINTS)
    plan = ROUTES.solve(scenario, network, LIMITS, Progress())
    assert ROUTES.audit(scenario, network, plan).issues == ()
    assert of(plan, "a", "collect").vehicle == of(plan, "a").vehicle == "E1"


def test_overtime_is_paid_beyond_the_normal_duty() -> None:
    fleet = [vehicle(count=1, duty_minutes=60.0, overtime_minutes=60.0, overtime_cost=45.0)]
    plan = solved([flow("a", "O", "P", 8.0)], fleet)
    (route,) = rows(ROUTE_ROWS, plan.tables[ROUTE_ROWS.name])
    assert route.duty == 20 + 10 + 12 + 10 + 10 and route.overtime == 2
    assert ROUTES.solve(*_one(vehicle(count=1, duty_minutes=60.0)), LIMITS, Progress()).status is Status.INFEASIBLE


def _one(kind: dict[str, Any]) -> Any:
    return scenario_of(base([site(code) for code in POINTS], [kind], [flow("a", "O", "P", 8.0)])), network_of(POINTS)


def test_the_fleet_is_paid_once_for_the_week() -> None:
    plan = solved([flow("a", "O", "P", days=("mon", "tue", "wed")), flow("b", "O", "R", 9.0, days=("mon",))], [vehicle(count=3)])
    assert plan.tables["routes_costs"].query("line == 'vehicle_fixed'")["amount"].tolist() == [5200.0]


def test_nothing_to_carry_is_a_free_plan() -> None:
    plan = solved([flow("a", "O", "P", 0.0)])
    assert plan.status is Status.OPTIMAL and plan.cost == 0.0


def test_unserved_flows_are_named_with_what_would_serve_them() -> None:
    """Three full loads in the same ten minutes for two vehicles: a third one is the way out, no longer day is."""
    flows = [flow(code, "O", place, 9.0, opens=480, closes=485) for code, place in (("a", "P"), ("b", "Q"), ("c", "R"))]
    plan = solved(flows, [vehicle(count=2)])
    assert plan.status is Status.NO_PLAN_IN_TIME and plan.cost is None and plan.bound is None
    codes = [issue.code for issue in plan.issues]
    assert codes.count("routes_unserved") == 1 and "routes_relax_vehicle" in codes
    assert "routes_relax_overtime" not in codes
    assert {issue.severity for issue in plan.issues if "relax" in issue.code} == {Severity.INFO}


def test_a_longer_day_is_proposed_where_it_helps() -> None:
    flows = [flow(code, "O", place, 9.0) for code, place in (("a", "P"), ("b", "Q"), ("c", "R"))]
    plan = solved(flows, [vehicle(count=1, duty_minutes=170.0)])
    relaxed = {issue.code: dict(issue.args) for issue in plan.issues if "relax" in issue.code}
    assert plan.status is Status.NO_PLAN_IN_TIME and relaxed["routes_relax_overtime"]["minutes"] == 45  # 34 are lacking, steps of 15
    assert "routes_relax_shift" not in relaxed


def test_same_seed_and_iterations_give_the_same_plan_with_one_or_two_threads() -> None:
    scenario, network = group(14, seed=3)
    plans = [ROUTES.solve(scenario, network, Limits(seconds=90, iterations=60, seed=4, threads=n), Progress()) for n in (1, 2)]
    assert plans[0].cost == plans[1].cost is not None
    for name, frame in plans[0].tables.items():
        assert frame.equals(plans[1].tables[name])


def test_progress_falls_and_stop_keeps_the_best_plan() -> None:
    scenario, network = group(20, seed=2)
    seen: list[Step] = []
    progress = Progress(seen.append)
    began = time.monotonic()

    def watch(step: Step) -> None:
        seen.append(step)
        if step.cost is not None and time.monotonic() - began > 4:
            progress.stop()

    progress._on_step = watch
    plan = ROUTES.solve(scenario, network, Limits(seconds=120, seed=1), progress)
    assert plan.status is Status.STOPPED and time.monotonic() - began < 40
    assert ROUTES.audit(scenario, network, plan).issues == ()
    costs = [step.cost for step in seen if step.cost is not None]
    assert costs == sorted(costs, reverse=True)
    assert plan.cost is not None and plan.cost <= costs[-1] * 1.0001


@pytest.mark.slow
def test_a_group_of_eighty_sites_in_little_time() -> None:
    scenario, network = group(80)
    plan = ROUTES.solve(scenario, network, Limits(seconds=8, seed=1), Progress())
    assert plan.status is Status.FEASIBLE
    assert ROUTES.audit(scenario, network, plan).issues == ()


def test_samples_with_time_on_board_get_their_empty_boxes_from_the_depot() -> None:
    """Collected for the vehicle's own depot within a time on board, with empties to bring: these are loaded at the depot."""
    data = base([site(code) for code in "OP"], [vehicle()], [flow("lab", "P", "O", 4.0, max_minutes=60, return_ratio=1.0)])
    scenario, network = scenario_of(data), network_of({"O": (0.0, 0.0), "P": (20.0, 0.0)})
    plan = ROUTES.solve(scenario, network, Limits(seconds=10, iterations=100, threads=1), Progress())
    assert plan.status.has_plan, plan.issues
    assert ROUTES.audit(scenario, network, plan).issues == ()


def test_a_time_on_board_towards_a_depot_whose_site_is_closed_that_day() -> None:
    """The site's hours are those of its stops; the depot has its own."""
    data = base([site(code) for code in "OP"], [vehicle()], [flow("lab", "P", "O", 4.0, max_minutes=60)],
                windows=[{"site": "O", "day_type": "saturday", "opens": 420, "closes": 720}])  # fmt: skip
    scenario, network = scenario_of(data), network_of({"O": (0.0, 0.0), "P": (20.0, 0.0)})
    plan = ROUTES.solve(scenario, network, Limits(seconds=10, iterations=100, threads=1), Progress())
    assert plan.status.has_plan, plan.issues
    assert ROUTES.audit(scenario, network, plan).issues == ()
