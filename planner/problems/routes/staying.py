"""Search for a week close to the accepted routes.

    min   cost + p n      n changes (see `accepted`) at the price p, n <= N

Without a limit N one search does, from the accepted routes, with p as a toll on entering a visit's location for
every vehicle but its own (each accepted vehicle is then a type of one vehicle). With a limit:

1. `kept`: a toll that no saving outweighs, from the accepted routes: as few changes as the data allow;
2. `free`: the price asked alone; done if its changes are within the limit;
3. between the two, tolls by the slope of cost over changes, as in Lagrangian relaxation: each search finds
   plans on the lower hull of (changes, cost), and replaces the end of the interval on its side of N;
4. what the hull leaves of N: the visits that the plan within N changed, and those the plan beyond it
   changed, whole accepted vehicles first, as many as N allows, may change at the price asked; all others are kept.

The cheapest plan within N of all of these is the answer. Every toll is only a means: changes are counted, and priced, on the
finished week, after its vehicles are numbered for the fewest changes (`numbers`).
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from planner.plan import Limits
from planner.problems.base import cost_of
from planner.problems.routes.accepted import Home, VehicleKey
from planner.problems.routes.build import MICRO
from planner.problems.routes.groups import Days, same_vehicles
from planner.problems.routes.held import Held
from planner.problems.routes.judging import judge, safe
from planner.problems.routes.numbers import renumbered
from planner.problems.routes.start import accepted_routes
from planner.problems.routes.stops import Route
from planner.problems.routes.tables import COSTS
from planner.problems.routes.week import Vehicle, Week
from planner.problems.routes.write import carriers, tables
from planner.sites import WEEKS_PER_YEAR
from planner.solvers import routing_week
from planner.solvers.routing import DayData, RouteData
from planner.solvers.routing_pool import Pool
from planner.solvers.routing_week import WeekData, WeekResult

KEPT, FREE, HULL = 0.2, 0.5, 0.8  # ends of the steps, as shares of the time
SLOPES = 4  # at most so many tolls between `kept` and `free`
SMALL = 0.005

Numbered = list[tuple[VehicleKey, RouteData]]  # routes of a day with their vehicles


@dataclass(frozen=True)
class Item:
    """A job or shipment of a day whose full units the accepted routes mention; `weight`: visits a week."""

    group: int
    kind: str  # "job" or "shipment"
    index: int
    home: Home
    weight: int
    locations: tuple[int, ...]


@dataclass(frozen=True)
class Entry:
    """A vehicle type of the engine: one accepted vehicle, or (number None) all others of its type."""

    kind: int
    number: int | None
    count: int


@dataclass(frozen=True)
class Found:
    """A week found: its routes, tables and cost, and its changes; `days`: the routes of each kind of day."""

    routes: tuple[Route, ...]
    days: tuple[Numbered, ...]
    frames: dict[str, pd.DataFrame]
    cost: float
    changes: int
    price: float

    @property
    def paid(self) -> float:
        """Cost without the price of the changes."""
        return self.cost - self.price * self.changes


Toll = Callable[[Item], float]  # € of a year per change


def flat(price: float) -> Toll:
    """The same toll for all."""
    return lambda item: price


class Staying:
    """One search. `tell`: told of better costs (€), None before there is one; `result`: what the engine last said.

    `best`: the cheapest week within the limit; `fewest`: the fewest changes of any week found.
    """

    def __init__(
        self, week: Week, groups: Sequence[Days], fixed: Sequence[int], limits: Limits, seconds: float, pool: Pool,
        should_stop: Callable[[], bool], tell: Callable[[float | None], None],
    ) -> None:  # fmt: skip
        started = [(group, *accepted_routes(week, group.model)) for group in groups]
        self.groups = [replace(group, model=model) for group, _, model in started]
        self.starts = [routes for _, routes, _ in started]
        self.week, self.fixed, self.limits, self.pool = week, tuple(fixed), limits, pool
        self.should_stop, self.tell = should_stop, tell
        self.began, self.seconds = time.monotonic(), seconds
        self.accepted = week.accepted
        self.weeks = week.scenario.value(WEEKS_PER_YEAR)
        self.items = list(_items(self.groups))
        self.entries = list(self._entries())
        self.held = Held(week).routes
        self.best: Found | None = None
        self.fewest: int | None = None
        self.result = WeekResult([])
        self.notes: list[str] = []
        self.steps: list[str] = []  # for the log

    # --- steps -------------------------------------------------------------------------------------------

    def run(self) -> None:
        starts, price, most = self.starts, self.accepted.price, self.accepted.most
        if most >= len(self.accepted.homes):
            self._search(flat(price), starts, 1.0, self._told)
            return
        kept = self._search(flat(self._dear), starts, KEPT)
        if kept is None or kept.changes > most:
            kept = self._search(flat(self._dear), starts if kept is None else kept.days, FREE) or kept
        if kept is None or kept.changes >= most:
            self._last(flat(self._dear), starts if kept is None else kept.days)
            return
        free = self._search(flat(price), kept.days, FREE) if self._goes_on() else None
        if free is None or free.changes <= most:
            self._last(flat(price), kept.days if free is None else free.days)
            return
        within, beyond = self._between(kept, free)
        if within.changes < most:
            may = self._may_change(within, beyond)
            self._last(lambda item: price if item in may else self._dear, within.days)

    def _between(self, within: Found, beyond: Found) -> tuple[Found, Found]:
        """The neighbours of the limit among the weeks that some toll makes the cheapest."""
        for step in range(SLOPES):
            toll = (within.paid - beyond.paid) / (beyond.changes - within.changes)
            if toll <= self.accepted.price or not self._goes_on(HULL):
                break
            found = self._search(flat(toll), within.days, FREE + (HULL - FREE) * (step + 1) / SLOPES)
            if found is None or found.paid + toll * found.changes >= within.paid + toll * within.changes - SMALL:
                break
            if found.changes <= self.accepted.most:
                within = found
            else:
                beyond = found
        return within, beyond

    def _may_change(self, within: Found, beyond: Found) -> set[Item]:
        """Items that may change so that the limit holds whatever they do."""
        chosen = set(self._changed(within))
        left = self.accepted.most - within.changes
        by_home: dict[VehicleKey, list[Item]] = defaultdict(list)
        for item in self._changed(beyond):
            if item not in chosen:
                by_home[item.home.key].append(item)
        moved = chosen.union(*by_home.values())
        used = {item.home.key for item in self.items if item not in moved}  # vehicles that the week beyond the limit does not empty
        for key in sorted(by_home, key=lambda key: (key in used, sum(item.weight for item in by_home[key]), key)):
            for item in by_home[key]:
                if item.weight <= left:
                    chosen.add(item)
                    left -= item.weight
        return chosen

    def _last(self, toll: Toll, starts: Sequence[Numbered]) -> None:
        if self._goes_on():
            self._search(toll, starts, 1.0)

    def _goes_on(self, until: float = 1.0) -> bool:
        """Whether there is time for another search."""
        return not self.should_stop() and self._left(until) > 0.5

    def _left(self, until: float) -> float:
        """Seconds until a share of the time; of all of it with an iteration limit, where the clock only caps."""
        return self.began + (until if self.limits.iterations is None else 1.0) * self.seconds - time.monotonic()

    # --- one search --------------------------------------------------------------------------------------

    def _search(self, toll: Toll, starts: Sequence[Numbered], until: float, on_cost: Callable[[int | None], None] | None = None) -> Found | None:
        """The week found with these tolls until a share of the time; None when some day has no routes."""
        highest = max((toll(item) for item in self.items), default=0.0)
        tolled = highest > 0
        data = WeekData(
            tuple(self._tolled(g, toll) for g in range(len(self.groups))) if tolled else tuple(group.model.data for group in self.groups),
            tuple(self.fixed[entry.kind] for entry in self.entries) if tolled else self.fixed,
            self._same_vehicles() if tolled else same_vehicles(self.fleet),
            judge(self.week, self.groups, (lambda v: self.entries[v].kind) if tolled else (lambda v: v)),
            tuple(safe(self.fleet[entry.kind]) for entry in self.entries) if tolled else tuple(map(safe, self.fleet)),
        )
        begin = [[self._as_data(key, route, tolled) for key, route in day] for day in starts]
        self.result = routing_week.solve(
            data, max(0.5, self._left(until)), self.limits.seed, self.limits.threads, self.limits.iterations, self.should_stop,
            on_cost or (lambda _: self.tell(None if self.best is None else self.best.cost)), begin, self.pool,
        )  # fmt: skip
        self.notes += self.result.notes
        if not self.result.feasible:
            self.steps.append(f"toll up to {highest:.0f}: no routes on some day")
            return None
        found = self._found([[self._as_kind(route, tolled) for route in day.routes] for day in self.result.days], highest)
        self.steps.append(f"toll up to {highest:.0f}: {found.changes} changes, {found.paid:.2f} without their price")
        self.fewest = found.changes if self.fewest is None else min(self.fewest, found.changes)
        if found.changes <= self.accepted.most and (self.best is None or found.cost < self.best.cost - SMALL):
            self.best = found
            self.tell(found.cost)
        return found

    def _told(self, cost: int | None) -> None:
        """Told of the engine's cost where its tolls are the price asked: visits whose day or vehicle is gone bear none."""
        known = {(self.groups[0].model.fleet[entry.kind].code, entry.number) for entry in self.entries}
        gone = len(self.accepted.homes) - sum(item.weight for item in self.items if item.home.key in known)
        self.tell(None if cost is None else cost * self.weeks / MICRO + gone * self.accepted.price)

    def _found(self, days: Sequence[Sequence[RouteData]], highest: float) -> Found:
        routes = [route for group, day in zip(self.groups, days, strict=True) for route in group.routes(day)]
        routes = renumbered(self.week, routes, highest, self.held)
        numbered: list[Numbered] = []
        at = 0
        for group, day in zip(self.groups, days, strict=True):
            numbered.append([((route.vehicle, route.number), data) for route, data in zip(routes[at : at + len(day)], day, strict=True)])
            at += len(day) * len(group.days)
        routes += self.held
        frames = tables(self.week, routes)
        changes = len(self.accepted.changed(carriers(routes)))
        return Found(tuple(routes), tuple(numbered), frames, cost_of(frames[COSTS.name]), changes, self.accepted.price)

    def _changed(self, found: Found) -> list[Item]:
        """The items that a week changes."""
        by: dict[tuple[int, str, int], VehicleKey] = {}
        for g, day in enumerate(found.days):
            for key, route in day:
                for trip in route.trips:
                    by.update({(g, "job" if act.kind == "job" else "shipment", act.index): key for act in trip})
        return [item for item in self.items if by.get((item.group, item.kind, item.index)) != item.home.key]

    # --- the engine's data -------------------------------------------------------------------------------

    @property
    def _dear(self) -> float:
        """A price that no saving outweighs: all that one vehicle can cost in a year."""
        fleet = [vehicle for vehicle in self.week.vehicles if vehicle.count > 0]
        hours = sum(group.model.times for group in self.groups) * self.weeks * max((v.duty + v.overtime) / 3600 for v in fleet)
        return self.accepted.price + max(v.fixed_cost + hours * max(v.pace, v.overtime_cost) for v in fleet)

    def _entries(self) -> Iterator[Entry]:
        """Each type's accepted vehicles, those with most visits where it has fewer vehicles by now, and the rest of it."""
        visits: dict[VehicleKey, int] = defaultdict(int)
        for item in self.items:
            visits[item.home.key] += item.weight
        for kind, vehicle in enumerate(self.groups[0].model.fleet if self.groups else ()):
            own = sorted((number for code, number in visits if code == vehicle.code), key=lambda n: (-visits[vehicle.code, n], n))
            numbers = sorted(own[: vehicle.count])
            yield from (Entry(kind, number, 1) for number in numbers)
            if vehicle.count > len(numbers):
                yield Entry(kind, None, vehicle.count - len(numbers))

    @property
    def fleet(self) -> tuple[Vehicle, ...]:
        return self.groups[0].model.fleet if self.groups else ()

    def _same_vehicles(self) -> tuple[int, ...]:
        """Per entry, the one that stands for its vehicles: the same number of the other shift."""
        keys = [(self.fleet[entry.kind].physical, entry.number) for entry in self.entries]
        return tuple(keys.index(key) for key in keys) if len(set(keys)) < len(keys) else ()

    def _tolled(self, g: int, toll: Toll) -> DayData:
        """A day with a vehicle type per accepted vehicle, and tolls (millionths of a euro a week).

        Where the accepted vehicle is no more, every other one is a change: nothing to choose, no toll.
        """
        data = self.groups[g].model.data
        tolls = np.zeros((len(self.entries), len(data.distance)), dtype=np.int64)
        if data.toll is not None:
            tolls += data.toll[[entry.kind for entry in self.entries]]
        own = {entry: (self.groups[g].model.fleet[entry.kind].code, entry.number) for entry in self.entries}
        for item in self.items:
            if item.group == g and item.home.key in own.values():
                away = [e for e, entry in enumerate(self.entries) if own[entry] != item.home.key]
                tolls[np.ix_(away, item.locations)] += round(toll(item) * item.weight * MICRO / self.weeks)
        out = self._out(g)
        fleet = tuple(replace(data.fleet[entry.kind], count=max(0, entry.count - gone)) for entry, gone in zip(self.entries, out, strict=True))
        return replace(data, fleet=fleet, toll=tolls, out=tuple(out))

    def _out(self, g: int) -> list[int]:
        """Vehicles of each entry that are out on routes kept as they are."""
        out = [0] * len(self.entries)
        codes = [vehicle.code for vehicle in self.groups[g].model.fleet]
        for route in self.held:
            if route.day == self.groups[g].days[0]:
                same = [(e, entry) for e, entry in enumerate(self.entries) if codes[entry.kind] == route.vehicle]
                out[next((e for e, entry in same if entry.number == route.number), same[-1][0])] += 1
        return out

    def _as_data(self, key: VehicleKey, route: RouteData, tolled: bool) -> RouteData:
        """A route with the vehicle type it has in a search."""
        if not tolled:
            return route
        same = [(e, entry) for e, entry in enumerate(self.entries) if entry.kind == route.vehicle]
        return replace(route, vehicle=next((e for e, entry in same if entry.number == key[1]), same[-1][0]))

    def _as_kind(self, route: RouteData, tolled: bool) -> RouteData:
        return replace(route, vehicle=self.entries[route.vehicle].kind) if tolled else route


def _items(groups: Sequence[Days]) -> Iterator[Item]:
    for g, group in enumerate(groups):
        model = group.model
        for j, home in enumerate(model.homes_of_job):
            if home is not None:
                weight = len(model.visits_of_job[j]) * model.times
                yield Item(g, "job", j, home, weight, tuple(sorted({a.location for a in model.data.jobs[j].alternatives})))
        for s, home in enumerate(model.homes_of_shipment):
            if home is not None:
                yield Item(g, "shipment", s, home, model.times, (model.data.shipments[s].pickup.location,))
