"""Optional visits that the group's vehicles do not make: missed at a notional penalty, or left to a third party at its price."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from planner.problems.base import Costs
from planner.problems.routes.accepted import VisitKey
from planner.problems.routes.week import Visit, Week


def skipped(week: Week, carried: Collection[VisitKey]) -> list[Visit]:
    """The visits that may be skipped and are, given those whose full units are carried."""
    return [visit for key, visit in week.visit.items() if visit.flow.skip_cost is not None and key not in carried]


def skipped_rows(visits: Sequence[Visit]) -> list[dict[str, Any]]:
    """The rows of the table of skipped visits."""
    return [
        {"day": visit.day, "flow": visit.flow.code, "visit": visit.rank, "origin": visit.flow.origin, "destination": visit.flow.destination,
         "quantity": visit.flow.quantity, "means": visit.flow.skip_means, "cost": visit.flow.skip_cost}
        for visit in visits
    ]  # fmt: skip


def add_skipped(costs: Costs, visits: Sequence[Visit], year: int, weeks: float) -> None:
    """Their lines of the yearly cost: a third party is paid by the flow's establishment; nobody pays a penalty."""
    for visit in visits:
        price = weeks * (visit.flow.skip_cost or 0.0)
        paid = visit.flow.skip_means == "third_party"
        costs.add(year, visit.flow.establishment, visit.flow.code, visit.flow.skip_means, weeks, price if paid else 0.0, beyond=0.0 if paid else price)
