"""Today's routes that are kept as they are: rows of the current routes marked as locked. No solver here.

A vehicle's day whose rows are all marked keeps its vehicle (type and number), its trips and the order of their stops; its
times follow from the other data. What it carries is not the search's to plan, and nothing is added to it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import groupby

from planner.issues import Issue
from planner.network import Network
from planner.plan import Plan
from planner.problems.routes.accepted import VisitKey
from planner.problems.routes.baseline import as_routes
from planner.problems.routes.days import planned
from planner.problems.routes.stops import Route
from planner.problems.routes.tables import CURRENT, SKIPPED, STOPS
from planner.problems.routes.week import Week
from planner.scenario import Scenario
from planner.schema import Row, rows

DutyKey = tuple[str, str, int]  # day, vehicle type, number
Done = tuple[str, frozenset[tuple[str, str]]]  # a site, and what is done there with which flow
Trips = tuple[tuple[Done, ...], ...]


def marked(rows: Sequence[Row]) -> dict[DutyKey, list[Row]]:
    """The rows of each vehicle's day of which some row is marked as locked."""
    found: dict[DutyKey, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.day, row.vehicle, row.number].append(row)
    return {key: those for key, those in found.items() if any(row.locked for row in those)}


class Held:
    """The routes kept of a week, by day. `issues`: rows that are no visit of their day."""

    def __init__(self, week: Week) -> None:
        current = week.scenario.rows(CURRENT.name)
        self.rows = marked(current)
        self.routes: tuple[Route, ...] = ()
        self.issues: list[Issue] = []
        if self.rows:
            routes, self.issues = as_routes(week, current)
            self.routes = tuple(route for route in routes if (route.day, route.vehicle, route.number) in self.rows)
        self.visits: frozenset[VisitKey] = frozenset(move.visit.key for route in self.routes for trip in route.trips for stop in trip.stops for move in stop.moves)

    def on(self, day: str) -> list[Route]:
        return [route for route in self.routes if route.day == day]

    def out(self, day: str) -> Counter[str]:
        """How many vehicles of each type are out on kept routes."""
        return Counter(route.vehicle for route in self.on(day))


def outline(route: Route) -> Trips:
    """The order of a route's stops, those in a row at one site as one."""
    return tuple(together([(stop.site, frozenset((m.visit.flow.code, m.action) for m in stop.moves)) for stop in trip.stops]) for trip in route.trips)


def together(stops: Sequence[Done]) -> tuple[Done, ...]:
    """Stops in a row at one site made one."""
    return tuple((site, frozenset[tuple[str, str]]().union(*(done for _, done in those))) for site, those in groupby(stops, key=lambda stop: stop[0]))


def kept_as_today(scenario: Scenario, network: Network, plan: Plan) -> list[DutyKey]:
    """Vehicles' days on which a plan drives today's routes as they are, in the order of today's."""
    table = list(rows(STOPS, plan.tables[STOPS.name]))
    week = planned(Week(scenario, network), table, rows(SKIPPED, plan.tables[SKIPPED.name]) if SKIPPED.name in plan.tables else ())
    made: dict[DutyKey, dict[int, list[Done]]] = defaultdict(lambda: defaultdict(list))
    for row in sorted(table, key=lambda row: (row.trip, row.position)):
        made[row.day, row.vehicle, row.number][row.trip].append((row.site, frozenset({(row.flow, row.action)})))
    today, issues = as_routes(week, scenario.rows(CURRENT.name))
    odd = {(row.day, row.vehicle, row.number) for row in (scenario.rows(CURRENT.name)[issue.row or 0] for issue in issues)}
    return [
        key for route in today
        if (key := (route.day, route.vehicle, route.number)) not in odd
        and outline(route) == tuple(together(stops) for _, stops in sorted(made[key].items()))
    ]  # fmt: skip
