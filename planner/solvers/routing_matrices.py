"""The matrices of the routing engine: what each kind of vehicle pays and spends on each arc."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from planner.solvers.routing import DayData, RouteData

Ints = NDArray[np.int64]
FAR = 20  # barred arcs are this many times the longest real one


@dataclass
class Profiles:
    """PyVRP's matrices: one pair per kind of vehicle that meets other arcs; `of`: the kind of each vehicle type."""

    distances: list[Ints] = field(default_factory=list)
    durations: list[Ints] = field(default_factory=list)
    of: list[int] = field(default_factory=list)


def still(day: DayData) -> bool:
    """Whether nothing takes any time, so that no duration can forbid an arc."""
    spent = [visit.service for job in day.jobs for visit in job.alternatives] + [depot.service for depot in day.depots]
    spent += [end.service for shipment in day.shipments for end in (shipment.pickup, shipment.delivery)]
    return not day.duration.any() and not any(spent)


def crossed(day: DayData, routes: Sequence[RouteData]) -> bool:
    """Whether a route of a still day drives a barred arc or visits what its vehicle may not: there only their length speaks against it."""
    closed = day.barred | (day.distance < 0)
    if (not closed.any() and day.access.all()) or not still(day):
        return False
    for route in routes:
        for trip in route.trips:
            home = day.depots[day.fleet[route.vehicle].depot].location
            tour = [home, *(day.location(act) for act in trip), home]
            if closed[tour[:-1], tour[1:]].any() or not day.access[day.fleet[route.vehicle].profile, tour[1:-1]].all():
                return True
    return False


def profiles(day: DayData) -> Profiles:
    """Distances and durations by profile; with tolls, costs of the distance driven and the toll instead of distances."""
    found = Profiles()
    known: dict[tuple[Any, ...], int] = {}
    way = (day.duration >= 0) & (day.distance >= 0)
    never = 0 if still(day) else max([2 * 86_400, *(v.closes + v.duty + v.overtime for v in day.fleet)])
    metre = 1 if day.toll is None else max(v.per_metre for v in day.fleet)
    far = int(FAR * max(1, day.distance.max()) * max(1, metre)) + (0 if day.toll is None else 2 * int(day.toll.max()))
    for v, vehicle in enumerate(day.fleet):
        key = (vehicle.profile,) if day.toll is None else (vehicle.profile, vehicle.per_metre, day.toll[v].tobytes())
        if key not in known:
            known[key] = len(known)
            closed = ~way | day.barred | ~day.access[vehicle.profile][None, :] | ~day.access[vehicle.profile][:, None]
            np.fill_diagonal(closed, False)
            cost = day.distance if day.toll is None else vehicle.per_metre * day.distance + day.toll[v][None, :]
            distances = np.where(closed, far, cost)
            np.fill_diagonal(distances, 0)
            found.distances.append(distances)
            found.durations.append(np.where(closed, never, day.duration))
        found.of.append(known[key])
    return found
