"""Who feeds whom in the plan that the group has accepted, and how many sites a plan changes. No solver here.

A site is changed when, in at least one year that the accepted plan mentions and in which the plan feeds the site,
its kitchen or its mode is another. Nothing is asked of a site or a year that the accepted plan does not mention.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from planner.plan import Plan, cents
from planner.problems.kitchens.tables import ACCEPTED, ASSIGNMENT, CHANGE_PRICE, MOST_CHANGES
from planner.scenario import Scenario
from planner.schema import Row, rows

Way = tuple[str, str]  # kitchen, mode


@dataclass(frozen=True)
class Accepted:
    """The accepted plan of a scenario: `ways` by (site, year); `price` (€ per change, whole cents); largest number of changes."""

    ways: Mapping[tuple[str, int], Way]
    price: float
    most: int

    @staticmethod
    def of(scenario: Scenario) -> Accepted:
        ways = {(row.site, row.year): (row.kitchen, row.mode) for row in scenario.rows(ACCEPTED.name)}
        return Accepted(ways, cents(scenario.value(CHANGE_PRICE)), round(scenario.value(MOST_CHANGES)))

    def __bool__(self) -> bool:
        return bool(self.ways)

    def changed(self, ways: Mapping[tuple[str, int], Way]) -> dict[str, int]:
        """The sites that a plan changes, each with the first year it does; `ways` of the plan by (site, year)."""
        found: dict[str, int] = {}
        for (site, year), way in sorted(self.ways.items(), key=lambda item: item[0][1]):
            if ways.get((site, year), way) != way:
                found.setdefault(site, year)
        return found


def ways_of(assignment: Iterable[Row]) -> dict[tuple[str, int], Way]:
    """The kitchen and mode of each (site, year), from rows of a plan's assignment."""
    return {(row.site, row.year): (row.kitchen, row.mode) for row in assignment}


def count_changes(scenario: Scenario, plan: Plan) -> int | None:
    """How many sites a plan changes; None where the scenario has no accepted plan."""
    accepted = Accepted.of(scenario)
    return len(accepted.changed(ways_of(rows(ASSIGNMENT, plan.tables[ASSIGNMENT.name])))) if accepted else None


def accepted_rows(plan: Plan) -> list[dict[str, Any]]:
    """The rows of the table of accepted kitchens that say: this plan."""
    return [
        {"year": row.year, "site": row.site, "kitchen": row.kitchen, "mode": row.mode} for row in rows(ASSIGNMENT, plan.tables[ASSIGNMENT.name])
    ]  # fmt: skip
