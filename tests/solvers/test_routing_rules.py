"""Rules on whole routes from outside the engine: routes cut and joined, answers mended, tolls, the week that keeps them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.solvers.routing import Act, DayResult, RouteData
from planner.solvers.routing_rules import Ruled, halves, joined, tolls
from planner.solvers.routing_week import WeekData, cost, solve, used
from tests.solvers.test_routing import day, job, van


class Short:
    """At most so many stops in one route; each costs 100 and a route 10 more."""

    def __init__(self, most: int) -> None:
        self.most = most

    def asks(self, day: int, route: RouteData) -> bool:
        return sum(map(len, route.trips)) > self.most

    def price(self, day: int, route: RouteData) -> int | None:
        stops = sum(map(len, route.trips))
        return None if stops > self.most else 100 * stops + 10


def jobs(*numbers: int) -> tuple[Act, ...]:
    return tuple(Act("job", number) for number in numbers)


def test_a_route_is_cut_everywhere_but_within_a_shipment() -> None:
    route = RouteData(0, ((Act("job", 0), Act("pickup", 0)), (Act("job", 1),)))
    assert list(halves(route)) == [RouteData(0, ((Act("job", 0),),)), RouteData(0, ((Act("pickup", 0),), (Act("job", 1),)))]
    whole = RouteData(1, (jobs(0, 1), jobs(2)))
    assert list(halves(whole)) == [
        RouteData(1, (jobs(0),)), RouteData(1, (jobs(1), jobs(2))), RouteData(1, (jobs(0, 1),)), RouteData(1, (jobs(2),)),
    ]  # fmt: skip


def test_routes_of_vehicles_alike_are_joined_as_long_as_trips_allow() -> None:
    data = day([(0, 0), (10, 0)], [job(1)], fleet=(van(count=2, max_trips=2), van(count=2, max_trips=1)))
    one, two, other = RouteData(0, (jobs(0),)), RouteData(0, (jobs(1),)), RouteData(1, (jobs(2),))
    assert list(joined(data, [one, two, other])) == [RouteData(0, (jobs(0), jobs(1))), RouteData(0, (jobs(1), jobs(0)))]


def test_an_answer_with_a_route_that_cannot_be_is_put_together_anew() -> None:
    data = day([(0, 0), (10, 0), (12, 0), (14, 0)], [job(1), job(2), job(3)], fleet=(van(count=2),))
    found = DayResult(True, (RouteData(0, (jobs(0, 1, 2),)),), 300, (1,), costs=(300,))
    rules = Ruled([data], [50], Short(2), [0])
    assert rules.kept(0, found, mend=False).feasible is False
    mended = rules.kept(0, found)
    assert mended.feasible and len(mended.routes) == 2 and sorted(act.index for route in mended.routes for trip in route.trips for act in trip) == [0, 1, 2]
    assert mended.variable == 320 and mended.used == (2,)
    single = day([(0, 0), (10, 0), (12, 0), (14, 0)], [job(1), job(2), job(3)], fleet=(van(count=1),))
    lost = Ruled([single], [50], Short(2), [0])
    assert not lost.kept(0, found).feasible and lost.broken == {(0, 0): 1}
    assert lost.shortened(0, single).fleet[0].duty < single.fleet[0].duty + single.fleet[0].overtime


def test_without_rules_an_answer_stays_as_it_is() -> None:
    data = day([(0, 0), (10, 0)], [job(1)], fleet=(van(count=1),))
    found = DayResult(True, (RouteData(0, (jobs(0),)),), 7, (1,), costs=(7,))
    assert Ruled([data], [0], None, []).kept(0, found) is found


def test_tolls_are_paid_on_entering_a_location_from_another() -> None:
    data = day([(0, 0), (10, 0), (12, 0)], [job(1), job(1), job(2)], fleet=(van(count=1), van(count=1)))
    data = replace(data, toll=np.array([[0, 5, 7], [0, 50, 70]]))
    assert tolls(data, RouteData(0, (jobs(0, 1, 2),))) == 12 and tolls(data, RouteData(1, (jobs(0), jobs(2)))) == 120


def test_a_week_keeps_rules_that_the_engine_does_not_know() -> None:
    data = day([(0, 0), (10, 0), (12, 0), (14, 0)], [job(1), job(2), job(3)], fleet=(van(count=3),))
    free = solve(WeekData((data,), (500,)), 20, 1, iterations=40)
    assert len(free.days[0].routes) == 1
    kept = solve(WeekData((data,), (500,), judge=Short(2), safe=(100_000,)), 20, 1, iterations=40)
    assert kept.feasible and all(sum(map(len, route.trips)) <= 2 for route in kept.days[0].routes)
    assert len(kept.days[0].routes) == 2 and cost(WeekData((data,), (500,)), kept.days) == 2 * 500 + 320


def test_two_shifts_of_the_same_vehicles_are_counted_once() -> None:
    results = [DayResult(True, used=(2, 1)), DayResult(True, used=(1, 3))]
    assert used(results, 2) == (2, 3) and used(results, 2, (0, 0)) == (3, 3)
    data = day([(0, 0), (10, 0)], [job(1)], fleet=(van(count=3), van(count=3)))
    assert cost(WeekData((data, data), (100, 100), same=(0, 0)), results) == 300 and cost(WeekData((data, data), (100, 100)), results) == 500
