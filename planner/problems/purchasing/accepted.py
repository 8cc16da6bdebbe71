"""Who supplies what in the plan that the group has accepted, and which (lot, establishment) an award changes. No solver.

A pair is changed when the set of its suppliers is another; shares do not matter, and staying outside the common
contract is the empty set. Nothing is asked of a pair that the accepted plan does not mention.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from planner.plan import Plan
from planner.problems.purchasing.tables import ACCEPTED, AWARDS, CHANGE_PRICE, MOST_CHANGES
from planner.scenario import Scenario
from planner.schema import rows

Pair = tuple[str, str]  # (lot, establishment)


@dataclass(frozen=True)
class Accepted:
    """The accepted awards of a scenario: whole percents by supplier for each pair (none: stays out).

    `price`: cents per change and year; `most`: largest number of changes.
    """

    shares: Mapping[Pair, Mapping[str, int]] = field(default_factory=dict)
    price: int = 0
    most: int = round(MOST_CHANGES.value)

    @staticmethod
    def of(scenario: Scenario) -> Accepted:
        shares: dict[Pair, dict[str, int]] = {}
        for row in scenario.rows(ACCEPTED.name):
            known = shares.setdefault((row.lot, row.establishment), {})
            if row.supplier:
                known[row.supplier] = round(row.share)
        return Accepted(shares, round(100 * scenario.value(CHANGE_PRICE)), round(scenario.value(MOST_CHANGES)))

    def __bool__(self) -> bool:
        return bool(self.shares)

    def changes(self, pair: Pair, suppliers: Collection[str]) -> bool:
        """Whether these suppliers of a pair (none: outside) are a change."""
        return pair in self.shares and set(suppliers) != set(self.shares[pair])


def count_changes(scenario: Scenario, plan: Plan) -> int | None:
    """How many (lot, establishment) a plan changes; None where the scenario has no accepted awards."""
    accepted = Accepted.of(scenario)
    suppliers: dict[Pair, set[str]] = {}
    for row in rows(AWARDS, plan.tables[AWARDS.name]):
        suppliers.setdefault((row.lot, row.establishment), set()).update({row.supplier} if row.supplier else ())
    return sum(accepted.changes(pair, served) for pair, served in suppliers.items()) if accepted else None


def accepted_rows(plan: Plan) -> list[dict[str, Any]]:
    """The rows of the table of accepted awards that say: this plan."""
    return [
        {"lot": row.lot, "establishment": row.establishment, "supplier": row.supplier, "share": row.share}
        for row in rows(AWARDS, plan.tables[AWARDS.name])
    ]  # fmt: skip
