"""The good routes that a search meets on its way: what set partitioning chooses among."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyvrp

NEAR = 1.03  # answers dearer than this many times the best are not looked at


class Harvest:
    """Feasible routes of feasible answers near the best one, each once; at most `most` are given back, 0: none are taken.

    Reading a route costs as much as searching it, so routes are told apart by their figures first: only one whose
    vehicle type, distance, duration and number of stops are new is read whole.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._known: dict[tuple[int, ...], tuple[float, pyvrp.Route]] = {}
        self._last = -1

    def take(self, found: pyvrp.Solution, best: pyvrp.Solution) -> None:
        """Look at one answer of the search."""
        if not self.most or not found.is_feasible():
            return
        cost = found.distance_cost() + found.duration_cost() + found.fixed_vehicle_cost()
        if cost == self._last:  # mostly the answer before, again
            return
        self._last = cost
        if best.is_feasible() and cost > NEAR * (best.distance_cost() + best.duration_cost() + best.fixed_vehicle_cost()):
            return
        total = max(1, cost)
        for route in found.routes():
            key = (route.vehicle_type(), route.distance(), route.duration(), route.num_clients())
            worth, _ = self._known.get(key, (0.0, None))
            if worth == 0.0:
                self._known[key] = (1.0 / total, route)
            elif 1.0 / total > worth:
                self._known[key] = (1.0 / total, self._known[key][1])

    def best(self) -> list[tuple[pyvrp.Route, int]]:
        """Routes of the best answers with their variable costs (distance and duration)."""
        chosen = heapq.nlargest(self.most, enumerate(self._known.values()), key=lambda item: (item[1][0], -item[0]))
        return [(route, int(route.distance_cost() + route.duration_cost())) for _, (_, route) in chosen]
