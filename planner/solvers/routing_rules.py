"""Rules on whole routes that the engine does not know (breaks of drivers): routes judged, priced and mended from outside.

The caller's `Judge` says of a route what it costs when it keeps the rules, or that it cannot. An answer of the engine of which
some route cannot is put together anew, by set partitioning, from its other routes, those met on the way, and the pieces of
those that cannot: a route cut in two at any place between shipments is shorter, so it is asked less.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import Protocol

from planner.solvers.routing import DayData, DayResult, RouteData
from planner.solvers.routing_partition import Column, assemble

SEEN = 400  # routes met on the way, used to mend an answer
MEND = 3.0  # most seconds of the partitioning
NODES = 200  # and of its nodes
STEP = 1800  # seconds taken off the longest duty of a type each time one of its routes cannot keep the rules


class Judge(Protocol):
    def asks(self, day: int, route: RouteData) -> bool:
        """Whether the rules may have something to say of a route: cheap, and never wrongly no."""
        ...

    def price(self, day: int, route: RouteData) -> int | None:
        """Variable cost of a route that keeps the rules, tolls aside; None where it cannot."""
        ...


@dataclass
class Ruled:
    """The rules of a week's days; `safe`: per vehicle type, a duty (seconds) so short that no rule says anything of it; `seconds`: most to mend one answer."""

    days: Sequence[DayData]
    fixed: Sequence[int]
    judge: Judge | None
    safe: Sequence[int]
    seconds: float = MEND
    broken: dict[tuple[int, int], int] = field(default_factory=dict)  # routes that could not keep the rules, by day and type
    _known: dict[tuple[int, RouteData], int | None] = field(default_factory=dict)

    def price(self, d: int, route: RouteData, cost: int | None) -> int | None:
        """Variable cost with tolls; `cost`: the engine's, right where the rules say nothing of the route."""
        if self.judge is None or (cost is not None and not self.judge.asks(d, route)):
            return cost
        key = (d, route)
        if key not in self._known:
            found = self.judge.price(d, route)
            self._known[key] = None if found is None else found + tolls(self.days[d], route)
        return self._known[key]

    def kept(self, d: int, found: DayResult, mend: bool = True) -> DayResult:
        """An answer of the engine at its true cost, mended where some route cannot keep the rules; infeasible where that fails."""
        if self.judge is None or not found.feasible:
            return found
        prices = [self.price(d, route, cost) for route, cost in zip(found.routes, found.costs, strict=True)]
        costs = [cost for cost in prices if cost is not None]
        if len(costs) == len(prices):
            return replace(found, costs=tuple(costs), variable=sum(costs))
        lost = replace(found, feasible=False)
        if not mend:
            return lost
        bad = [route for route, cost in zip(found.routes, prices, strict=True) if cost is None]
        for route in bad:
            self.broken[d, route.vehicle] = self.broken.get((d, route.vehicle), 0) + 1
        columns: list[Column] = [(0, route, cost) for route, cost in zip(found.routes, prices, strict=True) if cost is not None]
        known = {route for _, route, _ in columns}
        pieces: list[tuple[RouteData, int | None]] = [(piece, None) for route in bad for piece in halves(route)]
        for route, cost in [*pieces, *found.seen[:SEEN]]:
            true = self.price(d, route, cost) if route not in known else None
            if true is not None:
                known.add(route)
                columns.append((0, route, true))
        return assemble(self.days[d], self.fixed, found, columns, self.seconds, NODES) or lost

    def shortened(self, d: int, day: DayData) -> DayData:
        """The day with shorter duties for the types whose routes could not keep the rules."""
        fleet = []
        for v, kind in enumerate(day.fleet):
            most = max(min(self.safe[v], kind.duty + kind.overtime), kind.duty + kind.overtime - STEP * self.broken.get((d, v), 0)) if self.judge else kind.duty + kind.overtime
            fleet.append(kind if most >= kind.duty + kind.overtime else replace(kind, duty=min(kind.duty, most), overtime=max(0, most - kind.duty)))
        return replace(day, fleet=tuple(fleet))

    def give_up(self, d: int) -> None:
        """From now on only duties of which no rule says anything on that day."""
        for v in range(len(self.days[d].fleet)):
            self.broken[d, v] = 10**6


def tolls(day: DayData, route: RouteData) -> int:
    """What a route pays on entering locations from others."""
    if day.toll is None:
        return 0
    total, home = 0, day.depots[day.fleet[route.vehicle].depot].location
    here = home
    for trip, after in zip(route.trips, [*route.trips[1:], ()], strict=True):
        for act in trip:
            there = day.location(act)
            total += int(day.toll[route.vehicle, there]) if there != here else 0
            here = there
        there = day.depots[day.reload(route.vehicle, here, day.location(after[0]))].location if after else home
        total += int(day.toll[route.vehicle, there]) if here != there else 0
        here = there
    return total


def halves(route: RouteData) -> Iterator[RouteData]:
    """Both parts of the route cut at each place where nothing is carried from stop to stop."""
    flat = [(t, act) for t, trip in enumerate(route.trips) for act in trip]
    aboard: set[int] = set()
    for place in range(1, len(flat)):
        act = flat[place - 1][1]
        if act.kind == "pickup":
            aboard.add(act.index)
        elif act.kind == "delivery":
            aboard.discard(act.index)
        if aboard:
            continue
        for part in (flat[:place], flat[place:]):
            trips = sorted({t for t, _ in part})
            yield RouteData(route.vehicle, tuple(tuple(a for u, a in part if u == t) for t in trips))



def joined(day: DayData, routes: Sequence[RouteData]) -> Iterator[RouteData]:
    """Two routes of vehicles alike made one, each way round: fewer duties, where there is time for both."""
    for one, other in permutations(routes, 2):
        if one.vehicle == other.vehicle and len(one.trips) + len(other.trips) <= day.fleet[one.vehicle].max_trips:
            yield RouteData(one.vehicle, one.trips + other.trips)
