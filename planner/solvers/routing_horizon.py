"""Several days as one: day d stands at d times a span on the time axis, with vehicles and depots of its own.

The span is longer than any day, so a vehicle of one day cannot serve a visit of another one in time. What is visited
once, on a day to choose, is one job with an alternative per day; what is visited several times is one job per visit of the
pattern chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.solvers.routing import Act, DayData, JobData, RouteData, ShipmentData, VisitData

Key = tuple[str, int, int]  # "item", "job" (fixed on its day), "pickup" or "delivery"; its number; its day


@dataclass(frozen=True)
class Tour:
    """A route of a day: vehicle type of that day, its trips of keys and its cost without the vehicle's (None: not known)."""

    day: int
    vehicle: int
    trips: tuple[tuple[Key, ...], ...]
    cost: int | None = None


@dataclass(frozen=True)
class Item:
    """What has its days chosen: each pattern maps its days to the visit made there."""

    patterns: tuple[Mapping[int, VisitData], ...]


@dataclass(frozen=True)
class Jobs:
    """What the day built stands for: the keys of every job's alternatives, (job or shipment, alternative) of every key, (day,
    number) of every shipment.
    """

    keys: list[tuple[Key, ...]]
    place: dict[Key, tuple[int, int]]
    shipments: list[tuple[int, int]]


class Horizon:
    """Days with the same matrices, and items, as one day of the routing engine."""

    Item = Item

    def __init__(self, days: Sequence[DayData], items: Sequence[Item]) -> None:
        first = days[0]
        for day in days[1:]:
            if day.distance.shape != first.distance.shape or not (np.array_equal(day.distance, first.distance) and np.array_equal(day.duration, first.duration) and np.array_equal(day.barred, first.barred)):
                raise ValueError("the days of a horizon need the same matrices")
        self.days, self.items = tuple(days), tuple(items)
        ends = [v.closes for day in days for v in day.fleet] + [d.closes for day in days for d in day.depots]
        late = max([v.closes for day in days for v in day.fleet])
        self.span = min(max(ends), late) + max(1, int(first.duration.max())) + 1
        self.fleet, depots, access, tolls = [], [], [], []
        for d, day in enumerate(days):
            at = d * self.span
            self.fleet += [replace(v, depot=v.depot + len(depots), opens=v.opens + at, closes=min(v.closes, late) + at, profile=v.profile + sum(len(a) for a in access)) for v in day.fleet]
            depots += [replace(p, opens=p.opens + at, closes=min(p.closes, late) + at) for p in day.depots]
            access.append(day.access)
            tolls.append(day.toll if day.toll is not None else np.zeros((len(day.fleet), len(day.distance)), np.int64))
        merged, self._profile = np.unique(np.concatenate(access), axis=0, return_inverse=True)
        self.fleet = [replace(v, profile=int(self._profile.ravel()[v.profile])) for v in self.fleet]
        toll = None if all(day.toll is None for day in days) else np.concatenate(tolls)
        self.base = DayData(first.distance, first.duration, first.barred, merged, tuple(depots), tuple(self.fleet), (), (), toll)
        self.starts = np.cumsum([0, *(len(day.fleet) for day in days)])
        self.visits = sum(max(len(p) for p in item.patterns) for item in items) + sum(day.size for day in days)

    def free(self, i: int) -> bool:
        """Whether the search itself chooses the day of an item: one visit, whatever the pattern."""
        return all(len(pattern) == 1 for pattern in self.items[i].patterns)

    def location(self, i: int) -> int:
        return next(iter(self.items[i].patterns[0].values())).location

    def apart(self, i: int, j: int) -> float:
        """How far two items are from each other."""
        return float(self.base.distance[self.location(i), self.location(j)])

    def _at(self, visit: VisitData, d: int) -> VisitData:
        at = d * self.span
        return replace(visit, opens=visit.opens + at, closes=min(visit.closes, self.span - 1) + at, release=visit.release + at if visit.release else 0)

    def day(self, chosen: Sequence[int]) -> tuple[DayData, Jobs]:
        """All days as one with these patterns, and what its numbers stand for."""
        jobs: list[JobData] = []
        shipments: list[ShipmentData] = []
        made = Jobs([], {}, [])

        def add(job: JobData, keys: tuple[Key, ...]) -> None:
            for a, key in enumerate(keys):
                made.place[key] = len(jobs), a
            made.keys.append(keys)
            jobs.append(job)

        for i, item in enumerate(self.items):
            if self.free(i):
                visits = [next(iter(pattern.items())) for pattern in item.patterns]
                add(JobData(tuple(self._at(visit, d) for d, visit in visits)), tuple(("item", i, d) for d, _ in visits))
            else:
                for d, visit in sorted(item.patterns[chosen[i]].items()):
                    add(JobData((self._at(visit, d),)), (("item", i, d),))
        for d, day in enumerate(self.days):
            for j, job in enumerate(day.jobs):
                key = ("job", j, d)
                add(replace(job, alternatives=tuple(self._at(visit, d) for visit in job.alternatives)), (key,) * len(job.alternatives))
            for s, shipment in enumerate(day.shipments):
                made.shipments.append((d, s))
                made.place["pickup", s, d] = made.place["delivery", s, d] = len(shipments), 0
                shipments.append(replace(shipment, pickup=self._at(shipment.pickup, d), delivery=self._at(shipment.delivery, d)))
        return replace(self.base, jobs=tuple(jobs), shipments=tuple(shipments)), made

    def routes(self, tours: Sequence[Tour], jobs: Jobs) -> tuple[RouteData, ...]:
        """Tours in the numbers of the day built; what it does not hold is left out."""
        made = []
        for tour in tours:
            trips = tuple(
                tuple(Act("job" if key[0] in ("item", "job") else key[0], *jobs.place[key]) for key in trip if key in jobs.place) for trip in tour.trips
            )
            if any(trips):
                made.append(RouteData(int(self.starts[tour.day]) + tour.vehicle, tuple(trip for trip in trips if trip)))
        return tuple(made)

    def read(self, routes: Sequence[RouteData], costs: Sequence[int], jobs: Jobs, chosen: Sequence[int]) -> tuple[tuple[int, ...], list[Tour]]:
        """Patterns and tours of an answer."""
        patterns = list(chosen)
        tours = []
        for route, cost in zip(routes, costs, strict=True):
            d = int(np.searchsorted(self.starts, route.vehicle, side="right")) - 1
            trips = []
            for trip in route.trips:
                keys: list[Key] = []
                for act in trip:
                    if act.kind != "job":
                        day, s = jobs.shipments[act.index]
                        keys.append((act.kind, s, day))
                        continue
                    key = jobs.keys[act.index][act.alternative]
                    keys.append(key)
                    if key[0] == "item" and self.free(key[1]):
                        patterns[key[1]] = act.alternative
                trips.append(tuple(keys))
            tours.append(Tour(d, route.vehicle - int(self.starts[d]), tuple(trips), cost))
        return tuple(patterns), tours
