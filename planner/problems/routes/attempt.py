"""One search for a week's routes: by the engine alone, or close to the accepted routes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import pandas as pd

from planner.plan import Limits
from planner.problems.base import cost_of
from planner.problems.routes.build import MICRO, DayModel
from planner.problems.routes.groups import Days, same_vehicles
from planner.problems.routes.held import Held
from planner.problems.routes.judging import caps, judge, safe
from planner.problems.routes.numbers import paired, renumbered
from planner.problems.routes.rosters import Rosters
from planner.problems.routes.staying import Staying
from planner.problems.routes.stops import Route
from planner.problems.routes.tables import COSTS
from planner.problems.routes.week import Week
from planner.problems.routes.write import drive, tables
from planner.sites import WEEKS_PER_YEAR
from planner.solvers import routing_week
from planner.solvers.routing import DayData, RouteData
from planner.solvers.routing_partition import combine
from planner.solvers.routing_pool import Pool
from planner.solvers.routing_rules import Ruled
from planner.solvers.routing_week import WeekData, WeekResult

Starts = Sequence[Sequence[RouteData]]
KmCap = tuple[Mapping[str, float], float]  # what a kilometre of each vehicle type weighs, the most that a week may weigh


@dataclass(frozen=True)
class Attempt:
    """What a search found; no `frames`: no routes for some day, or none within the changes allowed.

    `routes`: those of the frames; `fewest`: the fewest changes of any week found, where that is limited.
    """

    result: WeekResult
    frames: dict[str, pd.DataFrame] | None
    notes: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    fewest: int | None = None
    routes: tuple[Route, ...] = ()

    @property
    def cost(self) -> float | None:
        """€ of a year that count in the objective."""
        return None if self.frames is None else cost_of(self.frames[COSTS.name])

    @property
    def starts(self) -> Starts:
        """Its routes by day, to start another search from; none for a day without."""
        return [day.routes if day.feasible else () for day in self.result.days]


class Engine:
    """Searches of one week, all with the same limits. `tell`: told of better costs (€ a year), None before there is one."""

    def __init__(
        self, week: Week, groups: Sequence[Days], limits: Limits, pool: Pool, should_stop: Callable[[], bool], tell: Callable[[float | None], None], rosters: Rosters
    ) -> None:
        self.rosters = rosters
        self.safe = tuple(safe(vehicle) for vehicle in week.vehicles if vehicle.count > 0)
        self.same = same_vehicles([vehicle for vehicle in week.vehicles if vehicle.count > 0])
        self.week, self.groups, self.limits, self.pool = week, list(groups), limits, pool
        self.should_stop, self.tell = should_stop, tell
        self.weeks = week.scenario.value(WEEKS_PER_YEAR)
        self.held = Held(week).routes
        self.fixed = tuple(round(v.fixed_cost * MICRO / self.weeks) for v in week.vehicles if v.count > 0)

    def on(self, week: Week, groups: Sequence[Days], most: float | None) -> Engine:
        """The same searches for the week on other days of visit. `most`: cost already reached: only less is told."""
        known = [math.inf if most is None else most]

        def tell(cost: float | None) -> None:
            known[0] = min(known[0], math.inf if cost is None else cost)
            self.tell(known[0] if known[0] < math.inf else None)

        return Engine(week, groups, self.limits, self.pool, self.should_stop, tell, self.rosters)

    def mixed(
        self, best: Attempt, attempts: Sequence[tuple[Attempt, Mapping[str, float]]], seconds: float, limits: Sequence[KmCap], km_price: Mapping[str, float] | None = None
    ) -> Attempt | None:
        """The cheapest week made of routes that attempts at different prices of a kilometre met, within the limits, if cheaper than `best`.

        `km_price`: € on top of what a kilometre of a vehicle type weighs in this choice.
        """
        days = tuple(group.model.data for group in self.groups)
        more = [[_more(group.model, price) for group in self.groups] for _, price in attempts]
        asked = [_more(group.model, km_price or {}) for group in self.groups]
        pool: dict[tuple[int, RouteData], int] = {}
        ranks: dict[tuple[int, RouteData], int] = {}  # best place of each among those of an attempt
        for (made, _), extra in zip(attempts, more, strict=True):
            routes = [*(((d, r), c) for d, day in enumerate(made.result.days) for r, c in zip(day.routes, day.costs, strict=True)), *made.result.seen.items()]
            for rank, ((d, route), cost) in enumerate(routes):
                ranks[d, route] = min(rank, ranks.get((d, route), rank))
                pool[d, route] = cost + (asked[d][route.vehicle] - extra[d][route.vehicle]) * metres(days[d], route)
        plans = [replace(day, costs=tuple(pool[d, route] for route in day.routes)) for d, day in enumerate(best.result.days)]
        plans = [replace(day, variable=sum(day.costs)) for day in plans]

        def weighing(rates: Mapping[str, float]) -> Callable[[int, RouteData], float]:
            return lambda d, route: self.groups[d].model.times * metres(days[d], route) / 1000 * rates[self.groups[d].model.fleet[route.vehicle].code]

        rules = judge(self.week, [_priced(group, km_price) for group in self.groups] if km_price else self.groups)
        found = combine(
            days, self.fixed, plans, sorted(((d, r, c) for (d, r), c in pool.items()), key=lambda column: ranks[column[0], column[1]]), seconds, self.limits.seed,
            None if self.limits.iterations is None else routing_week.NODES, self.should_stop, self.same,
            Ruled(days, self.fixed, rules, self.safe).price if rules else None, [*((weighing(rates), most) for rates, most in limits), *caps(self.week, self.groups)],
        )  # fmt: skip
        return None if found is None else self._made(WeekResult(found, self.should_stop()))

    def kept_km(self) -> list[tuple[str, float]]:
        """Vehicle type and kilometres of today's routes that are kept."""
        return [(route.vehicle, sum(drive(self.week, self.week.vehicle[route.vehicle], trip.stops)[0] for trip in route.trips) / 1000) for route in self.held]

    def _made(self, result: WeekResult) -> Attempt:
        routes = [route for group, day in zip(self.groups, result.days, strict=True) for route in group.routes(day.routes)]
        routes = self.named(routes)
        return Attempt(result, tables(self.week, routes, self.rosters) if result.feasible else None, tuple(result.notes), routes=tuple(routes))

    def named(self, routes: list[Route]) -> list[Route]:
        """The routes of a week with the numbers of their vehicles, and today's that are kept."""
        if self.held:
            return [*renumbered(self.week, routes, 0.0, self.held), *self.held]
        return paired(self.week, routes) if self.same else routes

    def run(self, seconds: float, km_price: Mapping[str, float] | None = None, starts: Starts = (), quiet: bool = False) -> Attempt:
        """A search of so many seconds. `km_price`: € on top of what a kilometre of a vehicle type weighs; `quiet`: costs are not told."""
        priced = [_priced(group, km_price) for group in self.groups] if km_price else self.groups
        tell = _untold(self.tell) if quiet else self.tell
        if self.week.accepted:
            staying = Staying(self.week, priced, self.fixed, self.limits, seconds, self.pool, self.should_stop, tell)
            staying.run()
            frames = None if staying.best is None else tables(self.week, staying.best.routes, self.rosters)
            return Attempt(staying.result, frames, tuple(staying.notes), tuple(staying.steps), staying.fewest, () if staying.best is None else tuple(staying.best.routes))
        data = WeekData(tuple(group.model.data for group in priced), self.fixed, self.same, judge(self.week, priced), self.safe, caps(self.week, self.groups))
        result = routing_week.solve(
            data, seconds, self.limits.seed, self.limits.threads, self.limits.iterations, self.should_stop,
            lambda cost: tell(None if cost is None else cost * self.weeks / MICRO), starts, self.pool,
        )  # fmt: skip
        return self._made(result)


def metres(day: DayData, route: RouteData) -> int:
    """Metres of a route, from and to its depot in every trip."""
    home = day.depots[day.fleet[route.vehicle].depot].location
    tours = [[home, *(day.location(act) for act in trip), home] for trip in route.trips]
    return sum(int(day.distance[a, b]) for tour in tours for a, b in pairwise(tour))


def _untold(tell: Callable[[float | None], None]) -> Callable[[float | None], None]:
    """Signs of life without costs, which count prices that nobody asked for."""
    return lambda _: tell(None)


def _more(model: DayModel, km_price: Mapping[str, float]) -> list[int]:
    """What a metre of each vehicle type weighs more, on all days like this one."""
    return [round(model.times * MICRO / 1000 * km_price.get(vehicle.code, 0.0)) for vehicle in model.fleet]


def _priced(group: Days, km_price: Mapping[str, float]) -> Days:
    """A day on which kilometres weigh more."""
    data = group.model.data
    fleet = tuple(replace(v, per_metre=v.per_metre + m) for v, m in zip(data.fleet, _more(group.model, km_price), strict=True))
    return replace(group, model=replace(group.model, data=replace(data, fleet=fleet)))
