"""The routes that the group has accepted, and how many of their visits a plan changes. No solver here.

A visit of the accepted routes is (day, flow, rank within the day) with its vehicle: type and number. It is
changed where other vehicles, or none, carry the flow's full units that day; empties do not count. Nothing is asked
of a flow that is no longer carried at all, nor of a visit that the accepted routes do not mention.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from planner.plan import Plan
from planner.problems.routes.tables import ACCEPTED, CHANGE_PRICE, FLOWS, MOST_CHANGES, STOPS
from planner.scenario import Scenario
from planner.schema import Row, rows

VisitKey = tuple[str, str, int]  # day, flow, rank within the day
VehicleKey = tuple[str, int]  # type, number
FULL = ("deliver", "collect")


@dataclass(frozen=True)
class Home:
    """What the accepted routes say of a visit: its vehicle and, where known, its place in the vehicle's day."""

    vehicle: str
    number: int
    trip: int | None = None
    position: int | None = None
    drop: int | None = None

    @property
    def key(self) -> VehicleKey:
        return (self.vehicle, self.number)


@dataclass(frozen=True)
class Accepted:
    """The accepted routes of a scenario: `homes` by visit; price (€ per change) and largest number of changes."""

    homes: Mapping[VisitKey, Home]
    price: float
    most: int

    @staticmethod
    def of(scenario: Scenario) -> Accepted:
        carried = {row.flow for row in scenario.rows(FLOWS.name) if row.quantity > 0}
        homes = {
            (row.day, row.flow, row.visit): Home(row.vehicle, row.number, row.trip, row.position, row.drop)
            for row in scenario.rows(ACCEPTED.name)
            if row.flow in carried
        }
        return Accepted(homes, scenario.value(CHANGE_PRICE), round(scenario.value(MOST_CHANGES)))

    def __bool__(self) -> bool:
        return bool(self.homes)

    def changed(self, carriers: Mapping[VisitKey, set[VehicleKey]]) -> list[VisitKey]:
        """The accepted visits that a plan changes, given who carries each of its visits."""
        return [visit for visit, home in self.homes.items() if carriers.get(visit) != {home.key}]


def carriers(stops: Iterable[Row]) -> dict[VisitKey, set[VehicleKey]]:
    """Who carries the full units of each visit, from rows of a plan's stops."""
    found: dict[VisitKey, set[VehicleKey]] = {}
    for row in stops:
        if row.action in FULL:
            found.setdefault((row.day, row.flow, row.visit), set()).add((row.vehicle, row.number))
    return found


def count_changes(scenario: Scenario, plan: Plan) -> int | None:
    """How many accepted visits a plan changes; None where the scenario has no accepted routes."""
    if not scenario.rows(ACCEPTED.name):
        return None
    return len(Accepted.of(scenario).changed(carriers(rows(STOPS, plan.tables[STOPS.name]))))


def accepted_rows(plan: Plan) -> list[dict[str, Any]]:
    """The rows of the table of accepted routes that say: this plan."""
    made: dict[VisitKey, dict[str, Any]] = {}
    for row in rows(STOPS, plan.tables[STOPS.name]):
        if row.action not in FULL:
            continue
        known = made.get((row.day, row.flow, row.visit))
        if known is None:
            made[row.day, row.flow, row.visit] = {
                "day": row.day, "flow": row.flow, "visit": row.visit, "vehicle": row.vehicle, "number": row.number,
                "trip": row.trip, "position": row.position, "drop": None,
            }  # fmt: skip
        else:  # loaded and unloaded on the way: the stops are in order
            known["drop"] = row.position
    return list(made.values())
