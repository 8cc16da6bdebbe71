"""Days of a week that are the same routing problem."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from planner.problems.routes.build import DayModel, build, signature
from planner.problems.routes.held import Held
from planner.problems.routes.serve import Servers
from planner.problems.routes.stops import Route
from planner.problems.routes.week import DAY_CODES, Vehicle, Week
from planner.solvers.routing import RouteData


@dataclass(frozen=True)
class Days:
    """Days that are the same problem, and its model."""

    days: tuple[str, ...]
    model: DayModel

    def routes(self, found: Sequence[RouteData]) -> list[Route]:
        """The engine's routes on every one of these days, day by day."""
        return [route for day in self.days for route in self.model.routes(found, day)]


def same_days(week: Week, servers: Servers) -> list[Days]:
    """The days with visits, those that are the same routing problem together."""
    groups: dict[tuple[object, ...], list[str]] = defaultdict(list)
    held = Held(week)
    for day in DAY_CODES:
        if week.visits[day]:
            groups[signature(week, day, held)].append(day)
    return [Days(tuple(days), build(week, servers, days[0], len(days), held)) for days in groups.values()]


def same_vehicles(fleet: Sequence[Vehicle]) -> tuple[int, ...]:
    """Per vehicle type, the one that stands for its vehicles; empty where each has its own."""
    first = {vehicle.physical: v for v, vehicle in reversed(list(enumerate(fleet)))}
    return tuple(first[vehicle.physical] for vehicle in fleet) if len(first) < len(fleet) else ()
