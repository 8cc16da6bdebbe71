"""Combinations of days listed for flows that contradict them or each other, said before solving."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from planner.issues import Issue
from planner.kinds import DAYS, Choice
from planner.problems.routes.locks import concerns
from planner.problems.routes.patterns import Days, visits_given
from planner.problems.routes.tables import DAY_PATTERNS, FLOWS
from planner.problems.routes.week import Week

SHOWN = 5  # flows named in a finding


def in_words(sets: Iterable[Days], as_: str = "sets") -> dict[str, Any]:
    """Sets of days in both languages: `lun jeu ; mar ven`."""
    kinds, sets = Choice(DAYS), list(sets)
    return {f"{as_}_{lang}": (" ; " if lang == "fr" else "; ").join(" ".join(kinds.label(day, lang) for day in days) for days in sets) for lang in ("fr", "en")}


def check(week: Week) -> list[Issue]:
    """Findings on the table of possible days, row by row, then flow by flow."""
    rows, flows = week.scenario.rows(DAY_PATTERNS.name), week.scenario.rows(FLOWS.name)
    if not rows:
        return []
    return [*_rows(week), *(issue for flow in flows for issue in _flow(week, flow.flow)), *_others(week)]


def _rows(week: Week) -> Iterable[Issue]:
    """Rows that contradict the flow they name, that serve no flow, or that no flow can use."""
    flows = {row.flow: row for row in week.scenario.rows(FLOWS.name)}
    for row in week.scenario.rows(DAY_PATTERNS.name):
        where: dict[str, Any] = {"table": DAY_PATTERNS.name, "row": row.index_, "column": "days", "count": len(row.days)}
        named = flows.get(row.flow) if row.flow else None
        visits = None if named is None else visits_given(named)
        if named is not None and concerns(row, named) and visits is not None and visits != len(row.days):
            yield Issue.error("routes_day_pattern_count", flow=named.flow, visits=visits, **where, **in_words([row.days]))
            continue
        using = [code for code, own in week.listed.items() if row in own.rows]
        if not using:
            yield Issue.warning("routes_day_pattern_unused", **where)
        elif all(week.listed[code].visits for code in using) and not any(row.days in week.free[code] for code in using) and any(week.free[code] for code in using):
            yield Issue.warning("routes_day_pattern_never", **where, **in_words([row.days]))


def _flow(week: Week, code: str) -> Iterable[Issue]:
    """A flow whose number of visits its combinations leave open, or that none of them suits."""
    own, flow = week.listed.get(code), week.scenario.rows(FLOWS.name)[week.flows[code].row]
    if own is None:
        return
    where: dict[str, Any] = {"table": FLOWS.name, "row": flow.index_, "flow": code, **in_words(row.days for row in own.rows)}
    if not own.visits:
        yield Issue.error("routes_day_pattern_unclear", column="visits", **where)
    elif not week.free[code] and flow.quantity > 0 and flow.origin != flow.destination:
        yield Issue.error("routes_day_pattern_none", column="days", **where)


def _others(week: Week) -> Iterable[Issue]:
    """Flows that answer to rows of a site or a category only, with another number of visits: they keep their days, which is told."""
    rows = [row for row in week.scenario.rows(DAY_PATTERNS.name) if row.flow is None]
    apart = [flow.flow for flow in week.scenario.rows(FLOWS.name) if flow.flow not in week.listed and flow.quantity > 0 and any(concerns(row, flow) for row in rows)]
    if apart:
        shown = ", ".join(apart[:SHOWN]) + (f" (+{len(apart) - SHOWN})" if len(apart) > SHOWN else "")
        yield Issue.info("routes_day_pattern_others", table=DAY_PATTERNS.name, count=len(apart), flows=shown)
