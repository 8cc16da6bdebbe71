"""Decisions that the routes must keep: flows of a site or a category on a vehicle or on days. No solver here.

A row of the table of locks concerns every flow of which each cell filled (site at either end, flow, category) is true. It
imposes its vehicle type on their full units, and allows visits on its days only. Several rows are all kept.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from planner.problems.routes.tables import FLOWS, ROUTE_LOCKS
from planner.scenario import Scenario
from planner.schema import Row


def concerns(lock: Row, flow: Row) -> bool:
    """Whether a row of the table of locks is about a flow."""
    return (
        (lock.site is None or lock.site in (flow.origin, flow.destination))
        and (lock.flow is None or lock.flow == flow.flow)
        and (lock.category is None or lock.category == flow.category)
        and not (lock.site is None and lock.flow is None and lock.category is None)
    )


@dataclass(frozen=True)
class Lock:
    """What is imposed on a flow: the first vehicle asked for; days (None: any); the rows of the table that do so."""

    vehicle: str | None = None
    days: frozenset[str] | None = None
    rows: tuple[Row, ...] = ()


def locks_of(scenario: Scenario) -> dict[str, Lock]:
    """The locks of each flow that has any."""
    found: dict[str, list[Row]] = defaultdict(list)
    for flow in scenario.rows(FLOWS.name):
        for lock in scenario.rows(ROUTE_LOCKS.name):
            if concerns(lock, flow):
                found[flow.flow].append(lock)
    made = {}
    for flow in scenario.rows(FLOWS.name):
        rows = found[flow.flow]
        vehicle = next((v for v in (flow.lock, *(row.vehicle for row in rows)) if v is not None), None)
        days = [frozenset(row.days) for row in rows if row.days]
        if vehicle is not None or rows:
            made[flow.flow] = Lock(vehicle, frozenset.intersection(*days) if days else None, tuple(rows))
    return made
