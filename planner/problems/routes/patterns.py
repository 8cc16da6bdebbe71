"""Days of visit left to the planner: the sets of days allowed to each flow. No solver here.

A flow has its days chosen where it says so (`free_days`) or where the table of possible days lists combinations for it: rows that
concern it (`locks.concerns`) with as many days as it has visits, of these the most precise ones (flow, then site, then category).
Allowed are then

    the combinations listed, else all sets of as many days as visits;
    within the days of the flow where it has any, days on which both ends are open, and days that locks admit;
    with the gaps asked, the week repeating; with the days of today's routes that are kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from planner.problems.routes.locks import concerns
from planner.problems.routes.spreading import DAY_CODES, too_far
from planner.problems.routes.tables import CURRENT, DAY_PATTERNS, FLOWS
from planner.scenario import Scenario
from planner.schema import Row

if TYPE_CHECKING:
    from planner.problems.routes.week import Week

Days = tuple[str, ...]


@dataclass(frozen=True)
class Listed:
    """The rows that list a flow's combinations, and its visits a week; no visits: the rows have several numbers of days and the flow none."""

    rows: tuple[Row, ...]
    visits: int


def precision(row: Row) -> tuple[bool, bool, bool]:
    return (row.flow is not None, row.site is not None, row.category is not None)


def visits_given(flow: Row) -> int | None:
    """Visits a week as the table of flows gives them, None where it does not."""
    return flow.visits or (len(flow.days) if flow.days and not flow.free_days else None)


def listed(scenario: Scenario) -> dict[str, Listed]:
    """The combinations of each flow that has any."""
    found = {}
    for flow in scenario.rows(FLOWS.name):
        rows = [row for row in scenario.rows(DAY_PATTERNS.name) if concerns(row, flow)]
        visits = visits_given(flow)
        if visits is None:
            rows = _most_precise(rows)
            counts = {len(row.days) for row in rows}
            visits = counts.pop() if len(counts) == 1 else 0
        else:
            rows = _most_precise([row for row in rows if len(row.days) == visits])
        if rows:
            found[flow.flow] = Listed(tuple(rows), visits)
    return found


def _most_precise(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if precision(row) == max(map(precision, rows))]


def sets_of_days(week: Week) -> dict[str, tuple[Days, ...]]:
    """The flows whose days are chosen and the sets of days allowed to each (none: what is asked contradicts itself)."""
    held: dict[str, set[str]] = defaultdict(set)
    for row in week.scenario.rows(CURRENT.name):
        if row.locked:
            held[row.flow].add(row.day)
    flows = week.scenario.rows(FLOWS.name)
    found = {}
    for flow in week.flows.values():
        asked, own = flows[flow.row], week.listed.get(flow.code)
        if own is None and not asked.free_days:
            continue
        open_days = [day for day in week.open_days(flow) if not asked.days or day in asked.days]
        tried = combinations(open_days, week.often(flow.code)) if own is None else sorted({row.days for row in own.rows if own.visits}, key=_order)
        found[flow.code] = tuple(
            days for days in tried
            if set(days) <= set(open_days) and held[flow.code] <= set(days) and not too_far(days, asked.least_gap, asked.longest_gap)
        )  # fmt: skip
    return found


def _order(days: Days) -> list[int]:
    return [DAY_CODES.index(day) for day in days]
