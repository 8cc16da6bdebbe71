"""Parts of a day: routes that lie near each other, as a day of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.solvers.routing import Act, DayData, DayResult, RouteData


@dataclass(frozen=True)
class Part:
    """Some routes of a day. `jobs`, `shipments`: its numbers in the whole day; `replaced`: the routes it was cut from."""

    day: DayData
    routes: tuple[RouteData, ...]
    jobs: tuple[int, ...]
    shipments: tuple[int, ...]
    replaced: frozenset[RouteData]

    def back(self, route: RouteData) -> RouteData:
        """A route of the part in the numbers of the whole day."""
        return _renumbered(route, self.jobs, self.shipments)


def cut(day: DayData, routes: Sequence[RouteData], size: int, seed: int) -> list[Part]:
    """Every route in one part of about `size` stops, nearest routes together, beginning anywhere. What is left out of
    the plan, and vehicles not used, go to the first part.
    """
    rng = np.random.default_rng(seed)
    stops = [_locations(day, route) for route in routes]
    near = np.minimum(np.where(day.duration >= 0, day.distance, day.distance.max()), np.where(day.duration >= 0, day.distance, day.distance.max()).T)
    waiting = set(range(len(routes)))
    groups: list[list[int]] = []
    while waiting:
        first = int(rng.choice(sorted(waiting)))
        reach = near[stops[first]].min(axis=0)
        order = sorted(waiting, key=lambda r: (0.0 if r == first else float(reach[stops[r]].mean()), r))
        group: list[int] = []
        count = 0
        for r in order:
            if group and count + len(stops[r]) > size:
                break
            group.append(r)
            count += len(stops[r])
        waiting -= set(group)
        groups.append(group)
    served = {act.index for route in routes for trip in route.trips for act in trip if act.kind == "job"}
    shipped = {act.index for route in routes for trip in route.trips for act in trip if act.kind != "job"}
    spare = Counter({v: kind.count for v, kind in enumerate(day.fleet)})
    spare.subtract(Counter(route.vehicle for route in routes))
    parts = []
    for g, group in enumerate(groups):
        more = spare if g == 0 else Counter[int]()
        lost = [j for j in range(len(day.jobs)) if j not in served] if g == 0 else []
        unshipped = [s for s in range(len(day.shipments)) if s not in shipped] if g == 0 else []
        parts.append(_part(day, [routes[r] for r in group], more, lost, unshipped))
    return parts


def whole(day: DayData, best: DayResult, part: Part, found: DayResult) -> DayResult:
    """The plan with a part's routes replaced by those found; the plan itself where it has changed under the part."""
    kept = [(route, cost) for route, cost in zip(best.routes, best.costs, strict=True) if route not in part.replaced]
    if len(kept) + len(part.replaced) != len(best.routes):
        return best
    routes = (*(route for route, _ in kept), *(part.back(route) for route in found.routes))
    costs = (*(cost for _, cost in kept), *found.costs)
    used = tuple(sum(route.vehicle == v for route in routes) for v in range(len(day.fleet)))
    return replace(
        best, routes=routes, costs=costs, used=used, variable=sum(costs),
        left_out=tuple(sorted(set(best.left_out) - set(part.jobs) | {part.jobs[j] for j in found.left_out})),
        unshipped=tuple(sorted(set(best.unshipped) - set(part.shipments) | {part.shipments[s] for s in found.unshipped})),
    )  # fmt: skip


def _part(day: DayData, routes: Sequence[RouteData], spare: Counter[int], lost: Sequence[int], unshipped: Sequence[int]) -> Part:
    acts = [act for route in routes for trip in route.trips for act in trip]
    jobs = tuple(sorted({act.index for act in acts if act.kind == "job"} | set(lost)))
    shipments = tuple(sorted({act.index for act in acts if act.kind != "job"} | set(unshipped)))
    places = sorted(
        {depot.location for depot in day.depots}
        | {visit.location for j in jobs for visit in day.jobs[j].alternatives}
        | {end.location for s in shipments for end in (day.shipments[s].pickup, day.shipments[s].delivery)}
    )
    new = {old: i for i, old in enumerate(places)}
    used = Counter(route.vehicle for route in routes)
    own = DayData(
        day.distance[np.ix_(places, places)], day.duration[np.ix_(places, places)], day.barred[np.ix_(places, places)], day.access[:, places],
        tuple(replace(depot, location=new[depot.location]) for depot in day.depots),
        tuple(replace(kind, count=used[v] + spare[v]) for v, kind in enumerate(day.fleet)),
        tuple(replace(day.jobs[j], alternatives=tuple(replace(v, location=new[v.location]) for v in day.jobs[j].alternatives)) for j in jobs),
        tuple(
            replace(day.shipments[s], pickup=replace(day.shipments[s].pickup, location=new[day.shipments[s].pickup.location]),
                    delivery=replace(day.shipments[s].delivery, location=new[day.shipments[s].delivery.location]))
            for s in shipments
        ),
        None if day.toll is None else day.toll[:, places],
    )  # fmt: skip
    to_jobs, to_shipments = {old: i for i, old in enumerate(jobs)}, {old: i for i, old in enumerate(shipments)}
    inside = tuple(_renumbered(route, to_jobs, to_shipments) for route in routes)
    return Part(own, inside, jobs, shipments, frozenset(routes))


def _renumbered(route: RouteData, jobs: Sequence[int] | dict[int, int], shipments: Sequence[int] | dict[int, int]) -> RouteData:
    return RouteData(
        route.vehicle,
        tuple(tuple(Act(act.kind, (jobs if act.kind == "job" else shipments)[act.index], act.alternative) for act in trip) for trip in route.trips),
    )


def _locations(day: DayData, route: RouteData) -> list[int]:
    """Where a route stops."""
    found = []
    for trip in route.trips:
        for act in trip:
            if act.kind == "job":
                found.append(day.jobs[act.index].alternatives[act.alternative].location)
            else:
                shipment = day.shipments[act.index]
                found.append((shipment.pickup if act.kind == "pickup" else shipment.delivery).location)
    return found
