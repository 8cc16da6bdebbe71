"""A day by a team of searches, its parts, and set partitioning over routes of days and weeks."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from planner.solvers import routing_team
from planner.solvers.routing import Act, DayData, DayResult, RouteData, StopRule, solve
from planner.solvers.routing_partition import combine
from planner.solvers.routing_parts import cut, whole
from planner.solvers.routing_team import solve_day
from tests.solvers.test_routing import cheapest, day, job, priced, served, van


def scattered(n: int, vans: int = 8, seed: int = 3) -> DayData:
    rng = np.random.default_rng(seed)
    return day([(0, 0), *((float(a), float(b)) for a, b in rng.uniform(-20, 20, (n, 2)))], [job(i) for i in range(1, n + 1)], fleet=(van(count=vans),))


def cost(data: DayData, found: DayResult) -> int:
    return found.variable + sum(n * v.fixed for n, v in zip(found.used, data.fleet, strict=True))


def judged(data: DayData, routes: tuple[RouteData, ...]) -> DayResult:
    return solve(data, StopRule(seconds=20, iterations=0), 1, routes)


def trips(*served: tuple[int, ...]) -> tuple[tuple[Act, ...], ...]:
    return tuple(tuple(Act("job", j) for j in trip) for trip in served)


def test_the_team_finds_the_optimum_of_a_small_day() -> None:
    data = day([(0, 0), (10, 0), (10, 3), (-8, 1), (-9, -2), (2, 12)], [job(i) for i in range(1, 6)])
    found = solve_day(data, 60, seed=1, iterations=400)
    assert found.feasible and served(found) == [0, 1, 2, 3, 4]
    assert priced(data, found.routes) == cheapest(data) == cost(data, found)


@pytest.mark.parametrize("large", [False, True], ids=["whole", "parts"])
def test_with_a_limit_of_iterations_the_seed_alone_decides(large: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LARGE", "ALIKE", "VAST"):
        monkeypatch.setattr(routing_team, name, 10 if large else 1000)
    ways: list[str] = []
    for way in ("_apart", "_beside"):
        made = getattr(routing_team._Team, way)
        monkeypatch.setattr(routing_team._Team, way, lambda team, way=way, made=made: (ways.append(way), made(team))[1])
    data = scattered(30)
    first, second = (solve_day(data, 60, seed=5, iterations=60) for _ in range(2))
    assert ways == ["_apart" if large else "_beside"] * 2
    assert first.routes == second.routes and first.feasible
    assert served(first) == list(range(30))
    again = judged(data, first.routes)
    assert again.feasible and again.variable == first.variable == sum(first.costs) and again.used == first.used


def test_vehicles_alike_without_barred_arcs_keep_a_search_beside() -> None:
    data = scattered(6)
    barred = data.barred.copy()
    barred[1, 2] = True
    assert routing_team._plain(data)
    assert not routing_team._plain(replace(data, fleet=data.fleet * 2))
    assert not routing_team._plain(replace(data, barred=barred))


def test_the_team_is_never_worse_than_the_routes_it_starts_from_and_stops_when_asked() -> None:
    data = scattered(25)
    start = solve(data, StopRule(seconds=20, iterations=400), 2)
    told: list[int] = []
    found = solve_day(data, 60, seed=9, iterations=5, start=start.routes, on_best=lambda best: told.append(cost(data, best)))
    assert found.feasible and cost(data, found) <= cost(data, start)
    assert told == sorted(told, reverse=True) and told[-1] == cost(data, found)
    began = time.monotonic()
    stopped = solve_day(data, 600, seed=9, start=start.routes, should_stop=lambda: time.monotonic() - began > 2)
    assert time.monotonic() - began < 60 and cost(data, stopped) <= cost(data, start)


def test_what_a_search_met_can_be_judged_again() -> None:
    data = scattered(20)
    found = solve(data, StopRule(seconds=20, iterations=300), 4, harvest=50)
    assert 0 < len(found.seen) <= 50 and not solve(data, StopRule(seconds=20, iterations=5), 4).seen
    routes = dict(found.seen)
    assert all(routes[route] == price for route, price in zip(found.routes, found.costs, strict=True))
    for route, price in list(found.seen)[:10]:
        alone = replace(data, jobs=tuple(replace(j, prize=0) for j in data.jobs))
        assert judged(alone, (route,)).variable == price


def test_set_partitioning_puts_the_good_halves_of_two_plans_together() -> None:
    """Two clusters, east and west, each well served in one of the plans only."""
    data = day([(0, 0), (10, 0), (10, 1), (10, 2), (-10, 0), (-10, 1), (-10, 2)], [job(i) for i in range(1, 7)], fleet=(van(count=3),))
    good_east, good_west = RouteData(0, trips((0, 1, 2))), RouteData(0, trips((3, 4, 5)))
    poor = judged(data, (RouteData(0, trips((0, 3, 1))), RouteData(0, trips((4, 2, 5)))))
    other = [judged(replace(data, jobs=tuple(replace(j, prize=0) for j in data.jobs)), (route,)) for route in (good_east, good_west)]
    assert poor.feasible
    pool = [(0, good_east, other[0].variable), (0, good_west, other[1].variable)]
    (found,) = combine([data], [1000], [poor], pool, 20) or [poor]
    assert set(found.routes) == {good_east, good_west} and found.left_out == ()
    assert judged(data, found.routes).variable == found.variable < poor.variable
    assert combine([data], [1000], [found], pool, 20) is None  # nothing better can be made


def test_set_partitioning_ties_the_days_by_their_vehicles() -> None:
    """On each of two days the other type is the cheaper one by a little; one vehicle for both days is cheaper by far."""
    kinds = (van(count=1, per_metre=2), van(count=1, per_metre=3))
    days = [day([(0, 0), (10, 0)], [job(1)], fleet=fleet) for fleet in (kinds, (kinds[1], kinds[0]))]
    plans = [judged(data, (RouteData(v, trips((0,))),)) for v, data in enumerate(days)]
    pool = [(d, RouteData(v, trips((0,))), judged(data, (RouteData(v, trips((0,))),)).variable) for d, data in enumerate(days) for v in range(2)]
    together = combine(days, [100_000, 100_000], plans, pool, 20)
    assert together is not None
    assert {route.vehicle for plan in together for route in plan.routes} in ({0}, {1})
    assert combine(days, [0, 0], plans, pool, 20) is None  # without a fixed cost each day keeps its own


def test_parts_hold_every_route_once_and_go_back_in_their_place() -> None:
    data = scattered(40, vans=10)
    plan = solve(data, StopRule(seconds=20, iterations=60), 7)
    parts = cut(data, plan.routes, 15, seed=1)
    assert len(parts) > 1
    assert sorted(j for part in parts for j in part.jobs) == list(range(40))
    assert sum(part.day.fleet[0].count for part in parts) == 10
    for part in parts:
        assert {part.back(route) for route in part.routes} == part.replaced
        inside = judged(part.day, part.routes)
        assert inside.feasible
        better = solve(part.day, StopRule(seconds=20, iterations=200), 8, part.routes)
        plan_after = whole(data, plan, part, better)
        again = judged(data, plan_after.routes)
        assert again.feasible and again.variable == plan_after.variable and again.used == plan_after.used
        plan = plan_after


def test_a_part_of_another_plan_changes_nothing() -> None:
    data = scattered(30)
    plans = [solve(data, StopRule(seconds=20, iterations=80), seed) for seed in (1, 2)]
    part = cut(data, plans[0].routes, 12, seed=1)[0]
    assert not part.replaced <= set(plans[1].routes)
    assert whole(data, plans[1], part, judged(part.day, part.routes)) is plans[1]


def test_a_week_without_a_day_has_nothing_to_combine() -> None:
    assert combine([], [1000], [], [], 5) is None


def test_long_trips_are_known_by_their_loads() -> None:
    fleet = (van(capacity=(10,)),)
    loaded = day([(0, 0), *((i, 0) for i in range(1, 9))], [job(i, delivery=(5,)) for i in range(1, 9)], fleet=fleet)
    assert routing_team._stops_a_trip(loaded) == 2.0
    light = day([(0, 0), *((i, 0) for i in range(1, 9))], [job(i, delivery=(1,)) for i in range(1, 9)], fleet=fleet)
    assert routing_team._stops_a_trip(light) == 8.0
