"""The routing engine on arrays: right answers on days small enough to know them, and every rule kept."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, permutations, product

import numpy as np
import pytest

from planner.solvers.routing import (
    Act,
    DayData,
    DayResult,
    DepotData,
    Evaluator,
    FleetData,
    JobData,
    RouteData,
    ShipmentData,
    StopRule,
    VisitData,
    solve,
)

HOUR = 3600
QUICK = StopRule(seconds=20, iterations=150)


def day(points: list[tuple[float, float]], jobs: list[JobData], shipments: tuple[ShipmentData, ...] = (), fleet: tuple[FleetData, ...] = (), profiles: int = 1) -> DayData:
    """Points in km (the first is the depot), one minute per km; 10 minutes of loading."""
    xy = np.array(points)
    metres = np.rint(1000 * np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))).astype(np.int64)
    n = len(points)
    return DayData(metres, metres * 60 // 1000, np.zeros((n, n), dtype=bool), np.ones((profiles, n), dtype=bool),
                   (DepotData(0, 5 * HOUR, 21 * HOUR, 600),), fleet or (van(),), tuple(jobs), shipments)  # fmt: skip


def van(**changes: object) -> FleetData:
    base = FleetData(2, 0, (10,), 1000, 1, 1, 0, 6 * HOUR, 20 * HOUR, 8 * HOUR, 0, 3, 0)
    return replace(base, **changes)  # type: ignore[arg-type]


def job(location: int, delivery: int = 3, pickup: int = 0, opens: int = 0, closes: int = 24 * HOUR, **more: object) -> JobData:
    return JobData((VisitData(location, (delivery,), (pickup,), 300, opens, closes, **more),))  # type: ignore[arg-type]


def served(result: DayResult) -> list[int]:
    return sorted(act.index for route in result.routes for trip in route.trips for act in trip if act.kind == "job")


def priced(data: DayData, routes: tuple[RouteData, ...]) -> int:
    """Fixed, distance and time of routes whose windows never make anyone wait."""
    total = 0
    for route in routes:
        vehicle = data.fleet[route.vehicle]
        total += vehicle.fixed
        for trip in route.trips:
            tour = [0, *(data.jobs[a.index].alternatives[a.alternative].location for a in trip), 0]
            metres = sum(int(data.distance[a, b]) for a, b in pairwise(tour))
            seconds = sum(int(data.duration[a, b]) for a, b in pairwise(tour)) + 600 + 300 * len(trip)
            total += vehicle.per_metre * metres + vehicle.per_second * seconds
    return total


def cheapest(data: DayData) -> int:
    """Least cost over all orders, trips of at most 3 jobs (10 places, 3 each) and assignments to at most two vans."""
    n, best = len(data.jobs), 10**12
    for order in permutations(range(n)):
        for cuts in product((0, 1, 2), repeat=n - 1):  # 0: same trip, 1: next trip, 2: next vehicle
            vans: list[list[list[int]]] = [[[order[0]]]]
            for j, cut in zip(order[1:], cuts, strict=True):
                if cut == 0:
                    vans[-1][-1].append(j)
                elif cut == 1:
                    vans[-1].append([j])
                else:
                    vans.append([[j]])
            if len(vans) > 2 or any(len(v) > 3 or any(len(t) > 3 for t in v) for v in vans):
                continue
            cost = 0
            for trips in vans:
                cost += 1000
                for trip in trips:
                    tour = [0, *(data.jobs[j].alternatives[0].location for j in trip), 0]
                    cost += sum(int(data.distance[a, b] + data.duration[a, b]) for a, b in pairwise(tour)) + 600 + 300 * len(trip)
            best = min(best, cost)
    return best


def test_finds_the_optimum_of_a_small_multi_trip_day() -> None:
    data = day([(0, 0), (10, 0), (10, 3), (-8, 1), (-9, -2), (2, 12)], [job(i) for i in range(1, 6)])
    result = solve(data, StopRule(seconds=20, iterations=600), seed=1)
    assert result.feasible and served(result) == [0, 1, 2, 3, 4]
    assert priced(data, result.routes) == cheapest(data) == result.variable + sum(1000 * n for n in result.used)


def test_same_seed_and_iterations_give_the_same_routes() -> None:
    rng = np.random.default_rng(3)
    data = day([(0, 0), *((float(a), float(b)) for a, b in rng.uniform(-20, 20, (25, 2)))], [job(i) for i in range(1, 26)], fleet=(van(count=6),))
    first, second, other = (solve(data, QUICK, seed=s) for s in (5, 5, 6))
    assert first.routes == second.routes and first.iterations == 150
    assert first.routes != other.routes


def test_takes_one_of_several_windows() -> None:
    jobs = [JobData((VisitData(1, (1,), (0,), 300, 7 * HOUR, 8 * HOUR), VisitData(1, (1,), (0,), 300, 15 * HOUR, 16 * HOUR))), job(2, opens=15 * HOUR, closes=15 * HOUR + 600)]
    result = solve(day([(0, 0), (10, 0), (11, 0)], jobs), QUICK, 1)
    assert result.feasible and len(result.routes) == 1
    assert [a.alternative for trip in result.routes[0].trips for a in trip if a.index == 0] == [1]


def test_shipment_is_picked_up_before_it_is_delivered_in_one_trip() -> None:
    ends = VisitData(1, (), (), 300, 0, 24 * HOUR), VisitData(2, (), (), 300, 0, 24 * HOUR)
    data = day([(0, 0), (10, 0), (3, 4)], [job(1, 9), job(2, 9)], (ShipmentData(*ends, (8,)),))
    result = solve(data, QUICK, 1)
    assert result.feasible
    trips = [[(a.kind, a.index) for a in trip] for route in result.routes for trip in route.trips]
    assert any(("pickup", 0) in trip and trip.index(("pickup", 0)) < trip.index(("delivery", 0)) for trip in trips)


def test_never_visits_what_a_profile_forbids_nor_drives_a_barred_arc() -> None:
    fleet = (van(count=2, profile=0, fixed=1), van(count=1, profile=1, fixed=900_000))
    data = day([(0, 0), (10, 0), (11, 0), (12, 0)], [job(1, 1), job(2, 1), job(3, 1)], fleet=fleet, profiles=2)
    data.access[0, 2] = False
    data.barred[1, 2] = data.barred[2, 1] = True
    result = solve(data, QUICK, 1)
    assert result.feasible
    for route in result.routes:
        for trip in route.trips:
            stops = [data.jobs[a.index].alternatives[0].location for a in trip]
            assert 2 not in stops or route.vehicle == 1
            assert (1, 2) not in pairwise(stops) and (2, 1) not in pairwise(stops)


def test_release_keeps_the_trip_from_loading_early() -> None:
    """Out at 10:00 at the earliest, 10 minutes of loading, 10 of driving: 10:19 cannot be met, 10:20 can."""
    for closes, feasible in ((10 * HOUR + 19 * 60, False), (10 * HOUR + 20 * 60, True)):
        result = solve(day([(0, 0), (10, 0)], [job(1, closes=closes, release=10 * HOUR)]), QUICK, 1)
        assert result.feasible is feasible


def test_paid_vehicles_are_used_first() -> None:
    fleet = (van(count=1, fixed=50_000, per_second=2), van(count=1, fixed=40_000))
    data = day([(0, 0), (10, 0)], [job(1)], fleet=fleet)
    assert solve(data, QUICK, 1).used == (0, 1)
    assert solve(data, QUICK, 1, paid=(1, 0)).used == (1, 0)


def test_starts_from_given_routes() -> None:
    rng = np.random.default_rng(4)
    data = day([(0, 0), *((float(a), float(b)) for a, b in rng.uniform(-20, 20, (20, 2)))], [job(i) for i in range(1, 21)], fleet=(van(count=6),))
    good = solve(data, StopRule(seconds=20, iterations=300), 1)
    again = solve(data, StopRule(seconds=20, iterations=0), 2, start=good.routes)
    assert again.feasible and again.variable <= good.variable and served(again) == list(range(20))


def test_infeasible_day_is_said_and_optional_jobs_are_left_out() -> None:
    data = day([(0, 0), (10, 0), (400, 0)], [job(1), job(2)])
    assert not solve(data, QUICK, 1).feasible
    relaxed = solve(data.optional(10**9), QUICK, 1)
    assert relaxed.feasible and relaxed.left_out == (1,) and served(relaxed) == [0]


def test_stops_when_asked_and_tells_of_better_answers() -> None:
    rng = np.random.default_rng(4)
    data = day([(0, 0), *((float(a), float(b)) for a, b in rng.uniform(-20, 20, (20, 2)))], [job(i) for i in range(1, 21)], fleet=(van(count=6),))
    asked = 0

    def enough() -> bool:
        nonlocal asked
        asked += 1
        return asked > 40

    told: list[DayResult] = []
    result = solve(data, StopRule(), 1, should_stop=enough, on_best=told.append)
    assert result.iterations == 40 and result.feasible
    costs = [t.variable + 1000 * sum(t.used) for t in told]
    assert costs == sorted(costs, reverse=True) and len(costs) > 1


def test_overtime_is_taken_only_where_it_is_cheaper() -> None:
    jobs = [job(1, 5), job(2, 5)]
    points = [(0.0, 0.0), (60.0, 0.0), (-60.0, 0.0)]
    cheap = van(count=2, duty=3 * HOUR, overtime=2 * HOUR, per_overtime=1, fixed=50_000)
    assert solve(day(points, jobs, fleet=(cheap,)), QUICK, 1).used == (1,)
    assert solve(day(points, jobs, fleet=(replace(cheap, per_overtime=1000),)), QUICK, 1).used == (2,)


@pytest.mark.parametrize("weight", [1, 1000])
def test_result_does_not_hang_on_the_scale_of_costs(weight: int) -> None:
    fleet = (van(fixed=1000 * weight, per_metre=weight, per_second=weight),)
    data = day([(0, 0), (10, 0), (10, 3), (-8, 1), (-9, -2), (2, 12)], [job(i) for i in range(1, 6)], fleet=fleet)
    result = solve(data, StopRule(seconds=20, iterations=600), 1)
    assert result.feasible and (result.variable + sum(1000 * weight * n for n in result.used)) == weight * cheapest(replace(data, fleet=(van(),)))


@pytest.mark.parametrize(("toll", "vans", "paid"), [(0, 1, 0), (100, 1, 100), (50_000, 2, 0)])
def test_a_toll_is_paid_where_another_vehicle_would_cost_more(toll: int, vans: int, paid: int) -> None:
    """Two jobs side by side, each free of toll for one van of its own: one van takes both unless the toll is dear."""
    plain = day([(0, 0), (10, 0), (10, 1)], [job(1), job(2)], fleet=(van(count=1), van(count=1, per_metre=2)))
    free = solve(plain, QUICK, 1)
    tolled = replace(plain, toll=np.array([[0, 0, toll], [0, toll, 0]], dtype=np.int64))
    result = solve(tolled, QUICK, 1)
    assert result.feasible and len(result.routes) == vans
    if vans == 1:
        assert result.variable == free.variable + paid
    else:
        assert {(r.vehicle, act.index) for r in result.routes for trip in r.trips for act in trip} == {(0, 0), (1, 1)}


def test_no_toll_in_the_matrix_changes_nothing() -> None:
    plain = day([(0, 0), (10, 0), (4, 9), (-3, 7)], [job(1), job(2), job(3)])
    none, zero = (solve(d, QUICK, 1) for d in (plain, replace(plain, toll=np.zeros((1, 4), dtype=np.int64))))
    assert (none.variable, none.used) == (zero.variable, zero.used)


def test_routes_to_start_from_are_judged_as_they_are_without_an_iteration() -> None:
    data = day([(0, 0), (10, 0), (4, 9)], [job(1), job(2)])
    detour = (RouteData(0, ((Act("job", 0),), (Act("job", 1),))),)
    judged = solve(data, StopRule(iterations=0), 1, detour)
    assert judged.feasible and judged.routes == detour
    assert judged.variable + 1000 == priced(data, detour)
    assert not solve(data, StopRule(iterations=0), 1, (RouteData(0, ((Act("job", 0),),)),)).feasible


def test_a_job_is_left_out_where_its_prize_is_less_than_its_way() -> None:
    for prize, left in ((1000, (1,)), (10**7, ())):
        data = day([(0, 0), (10, 0), (80, 0)], [job(1), replace(job(2), prize=prize)])
        found = solve(data, QUICK, 1)
        assert found.feasible and found.left_out == left and found.lost == (prize if left else 0)


def test_vehicles_out_already_count_as_used_and_are_no_cheaper() -> None:
    data = replace(day([(0, 0), (10, 0), (0, 10)], [job(1, 8), job(2, 8)], fleet=(van(count=1, max_trips=2),)), out=(1,))
    found = solve(data, QUICK, 1, paid=(1,))
    assert found.feasible and found.used == (2,)  # the one out, and one of its own that is not paid for
    assert solve(replace(data, jobs=()), QUICK, 1).used == (1,)


def test_the_depot_to_reload_at_is_one_that_bars_neither_way() -> None:
    """Location 1 may only be followed by 2 after the slower depot."""
    points = [(0.0, 0.0), (0.0, 0.0), (0.0, 0.0), (10.0, 0.0), (0.0, 10.0)]
    data = day(points, [job(3, 8, opens=6 * HOUR, closes=7 * HOUR), job(4, 8, opens=8 * HOUR, closes=18 * HOUR)], fleet=(van(fixed=10**6, reloads=(1, 2)),))
    barred = data.barred.copy()
    barred[1, 4] = True  # out of the quick one
    barred[3, 4] = barred[4, 3] = True
    depots = (data.depots[0], replace(data.depots[0], location=1), replace(data.depots[0], location=2, service=3000))
    data = replace(data, barred=barred, depots=depots)
    assert data.reload(0, 3, 4) == 2 and data.reload(0, 4, 3) == 1
    found = solve(data, QUICK, 1)
    assert found.feasible and [[act.index for act in trip] for route in found.routes for trip in route.trips] == [[0], [1]]
    again = solve(data, StopRule(seconds=20, iterations=0), 1, found.routes)
    assert again.feasible and again.variable == found.variable


def test_a_day_without_time_takes_no_barred_arc_for_an_answer() -> None:
    """Nothing takes time, so that only its length speaks against an arc: the one job left can only be reached by a barred one."""
    data = day([(0, 0), (10, 0), (10, 1)], [job(1), job(2)])
    still = replace(
        data, duration=np.zeros_like(data.duration), depots=(replace(data.depots[0], service=0),),
        jobs=tuple(replace(j, alternatives=(replace(j.alternatives[0], service=0),)) for j in data.jobs),
    )  # fmt: skip
    barred = still.barred.copy()
    barred[0, 2] = True
    found = solve(replace(still, barred=barred), StopRule(seconds=20, iterations=100), 1)
    assert found.feasible and [act.index for route in found.routes for trip in route.trips for act in trip] == [0, 1]
    barred[1, 2] = True
    assert not solve(replace(still, barred=barred), StopRule(seconds=20, iterations=100), 1).feasible
    assert Evaluator(replace(still, barred=barred)).priced(found.routes) == []
