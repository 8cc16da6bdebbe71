"""What another pattern of visits would cost: cheapest insertions into the routes of every day, estimated.

The estimate knows distances, times, loads by trip (what is brought and what is taken, each by itself) and the vehicles
there are; windows and duties are left to the search that follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from planner.solvers.routing import VisitData
from planner.solvers.routing_horizon import Horizon, Key, Tour

NOISE = 0.4  # most by which an estimate is changed at random
Array = NDArray[np.float64]


class Table:
    """The routes of all days, open for visits of items to be taken out and put in."""

    def __init__(self, horizon: Horizon, chosen: Sequence[int], tours: Sequence[Tour]) -> None:
        self.horizon, self.chosen = horizon, list(chosen)
        self.tours: list[tuple[int, int, list[list[Key]]]] = [(t.day, t.vehicle, [list(trip) for trip in t.trips]) for t in tours]
        self.costs = {(t.day, t.vehicle, t.trips): t.cost for t in tours}
        base = horizon.base
        self.metres, self.times = base.distance.astype(float), np.where(base.duration < 2**40, base.duration, 0).astype(float)
        self.over = float(np.max(self.metres)) * max((v.per_metre for v in base.fleet), default=1) + max((v.fixed for v in base.fleet), default=0) + 1.0
        self.unit = [np.maximum(np.array(v.capacity, float), 1.0) for v in base.fleet]

    @property
    def prize(self) -> int:
        """More than serving any visit costs."""
        base = self.horizon.base
        way = 2 * float(np.max(self.metres)) * max((v.per_metre for v in base.fleet), default=1) + 2 * float(np.max(self.times)) * max((v.per_second for v in base.fleet), default=0)
        return int(1.2 * (way + max((v.fixed for v in base.fleet), default=0))) + 1

    def size(self, i: int) -> float:
        """What an item fills of the largest vehicle, by its fullest dimension."""
        most = np.max(self.unit, axis=0)
        return max(float(np.max(np.maximum(visit.delivery, visit.pickup) / most)) for pattern in self.horizon.items[i].patterns for visit in pattern.values())

    def state(self) -> tuple[tuple[int, ...], list[Tour]]:
        """Patterns and routes as they stand; a route that did not change keeps its cost."""
        made = [(d, v, tuple(tuple(trip) for trip in trips if trip)) for d, v, trips in self.tours if any(trips)]
        return tuple(self.chosen), [Tour(*one, self.costs.get(one)) for one in made]

    def remove(self, i: int) -> None:
        """Take out every visit of an item."""
        for _, _, trips in self.tours:
            for trip in trips:
                trip[:] = [key for key in trip if key[:2] != ("item", i)]

    def cheapest(self, i: int, rng: np.random.Generator | None = None, banned: int = -1) -> int:
        """The pattern whose visits cost least to put in; with `rng` somewhat at random, never `banned` if there is another."""
        patterns = self.horizon.items[i].patterns
        costs = np.array([sum(self._best(d, visit)[0] for d, visit in pattern.items()) for pattern in patterns])
        if rng is not None:
            costs = costs * (1 + NOISE * rng.random(len(costs)))
        if 0 <= banned < len(patterns) and len(patterns) > 1:
            costs[banned] = np.inf
        return int(np.argmin(costs))

    def insert(self, i: int, pattern: int) -> None:
        """Visit an item by a pattern, each visit where it costs least."""
        self.chosen[i] = pattern
        for d, visit in self.horizon.items[i].patterns[pattern].items():
            _, tour, trip, place = self._best(d, visit)
            key = ("item", i, d)
            if tour >= 0:
                self.tours[tour][2][trip].insert(place, key)
            else:
                self.tours.append((d, -tour - 1, [[key]]))

    def _visit(self, key: Key) -> VisitData | None:
        kind, i, d = key
        if kind == "item":
            return self.horizon.items[i].patterns[self.chosen[i]].get(d)
        if kind == "job":
            return self.horizon.days[d].jobs[i].alternatives[0]
        shipment = self.horizon.days[d].shipments[i]
        return shipment.pickup if kind == "pickup" else shipment.delivery

    def _best(self, d: int, visit: VisitData) -> tuple[float, int, int, int]:
        """Least cost of a visit on a day: (cost, tour, trip, place), or (cost, -vehicle - 1, 0, 0) for a vehicle more."""
        best = (float("inf"), 0, 0, 0)
        day = self.horizon.days[d]
        first = int(self.horizon.starts[d])
        used = [0] * len(day.fleet)
        add = np.array([visit.delivery, visit.pickup], float)
        for t, (when, v, trips) in enumerate(self.tours):
            if when != d:
                continue
            used[v] += 1
            kind = day.fleet[v]
            if not day.access[kind.profile, visit.location]:
                continue
            home = day.depots[kind.depot].location
            for k, trip in enumerate(trips):
                visits = [w for w in map(self._visit, trip) if w is not None]
                load = add + sum((np.array([w.delivery, w.pickup], float) for w in visits), np.zeros_like(add))
                lasts = sum(self.times[a, b] for a, b in pairwise([home, *(w.location for w in visits), home])) + sum(w.service for w in visits) + visit.service
                excess = max(0.0, float(lasts) / max(1, kind.duty + kind.overtime) - 1.0) + float((np.maximum(load - np.array(kind.capacity, float), 0) / self.unit[first + v]).sum())
                path = np.array([home, *(w.location for w in visits), home])
                a, b, x = path[:-1], path[1:], visit.location
                grow = kind.per_metre * (self.metres[a, x] + self.metres[x, b] - self.metres[a, b]) + kind.per_second * (self.times[a, x] + self.times[x, b] - self.times[a, b])
                place = int(np.argmin(grow))
                cost = float(grow[place]) + self.over * excess * (4.0 if excess else 0.0)
                if cost < best[0]:
                    best = (cost, t, k, place)
        for v, kind in enumerate(day.fleet):
            if used[v] < kind.count and day.access[kind.profile, visit.location]:
                home, x = day.depots[kind.depot].location, visit.location
                cost = kind.fixed + kind.per_metre * float(self.metres[home, x] + self.metres[x, home]) + kind.per_second * float(self.times[home, x] + self.times[x, home])
                if cost < best[0]:
                    best = (cost, -v - 1, 0, 0)
        return best if best[0] < float("inf") else (self.over * 10, -1, 0, 0)
