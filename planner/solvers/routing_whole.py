"""Moves of whole routes (`routing_fleet`) on an answer of PyVRP."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from planner.solvers.routing import UNKNOWN, DayData, Reading
from planner.solvers.routing_fleet import Trips, improve

if TYPE_CHECKING:
    import pyvrp


def whole_routes(data: pyvrp.ProblemData, day: DayData, reading: Reading, best: pyvrp.Solution, should_stop: Callable[[], bool]) -> pyvrp.Solution:
    """The same stops, at no more cost."""
    import pyvrp

    kinds = data.vehicle_types()

    def built(kind: int, trips: Trips) -> pyvrp.Route:
        acts: list[pyvrp.Activity] = []
        for trip in trips:
            if acts:
                depot = day.reload(reading.vehicles[kind], day.location(reading.act(acts[-1])), day.location(reading.act(trip[0])))
                acts.append(pyvrp.Activity(pyvrp.ActivityType.DEPOT, depot))
            acts += trip
        return pyvrp.Route(data, acts, kind)

    def price(kind: int, trips: Trips) -> int:
        route = built(kind, trips)
        return int(route.fixed_vehicle_cost() + route.distance_cost() + route.duration_cost()) if route.is_feasible() else UNKNOWN

    profiles = [day.fleet[v].profile for v in reading.vehicles]

    def able(act: pyvrp.Activity) -> frozenset[int]:
        if act.is_client():
            job, alternative = reading.clients[act.idx]
            places = [day.jobs[job].alternatives[alternative].location]
        else:
            places = [day.shipments[act.idx].pickup.location, day.shipments[act.idx].delivery.location]
        return frozenset(kind for kind, profile in enumerate(profiles) if day.access[profile, places].all())

    routes = []
    plain: dict[tuple[Any, int], pyvrp.Activity] = {}  # one object per activity, so that trips compare by identity
    for route in best.routes():
        trips: list[list[pyvrp.Activity]] = [[]]
        for act in route:
            if act.is_depot():
                trips.append([])
            else:
                trips[-1].append(plain.setdefault((act.type, act.idx), pyvrp.Activity(act.type, act.idx)))
        routes.append((route.vehicle_type(), tuple(tuple(trip) for trip in trips if trip)))
    counts, most_trips = [k.num_available for k in kinds], [k.max_reloads + 1 for k in kinds]
    better = improve([r for r in routes if r[1]], counts, most_trips, able, price, should_stop)
    return pyvrp.Solution(data, [built(kind, trips) for kind, trips in better])
