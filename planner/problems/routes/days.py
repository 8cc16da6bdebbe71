"""Days of visit left to the planner: which sets of days vehicles can serve, which a plan has, and what no choice can change.

Where days are chosen, or visits may be skipped, the bound is that of the week without these flows: it costs no more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from planner.problems.routes.accepted import FULL
from planner.problems.routes.serve import Servers
from planner.problems.routes.week import DAY_CODES, Days, Week
from planner.schema import Row


def usable(week: Week, servers: Servers | None = None) -> dict[str, tuple[Days, ...]]:
    """Of the sets of days allowed to each flow those on all of which some vehicle can serve it. `servers`: answers known already."""
    able: dict[str, set[str]] = defaultdict(set)
    servers = servers or Servers(week)
    for code, allowed in week.free.items():
        for day in {day for days in allowed for day in days}:
            if servers.servers(week.visit_on(week.flows[code], day)):
                able[code].add(day)
    return {code: tuple(days for days in allowed if set(days) <= able[code]) for code, allowed in week.free.items()}


def firm(week: Week) -> Week:
    """The week without what has its days chosen, or may be skipped: what it cannot avoid, no choice can."""
    apart = {code for code, flow in week.flows.items() if code in week.free or flow.skip_cost is not None}
    return Week(week.scenario, week.network, without=frozenset(apart)) if apart else week


def started(week: Week) -> Week:
    """The week on days that vehicles can serve, where the first ones would not do."""
    if not week.free:
        return week
    days = {}
    for code, allowed in usable(week).items():
        now = tuple(week.days_of(week.flows[code])) if week.free[code] else ()
        if allowed:
            days[code] = now if now in allowed else allowed[0]
    return Week(week.scenario, week.network, days)


def resumed(week: Week, stops: Iterable[Row]) -> Week:
    """The week, each flow on the days on which these stops serve it where those are among its sets of days, else on its own."""
    chosen = planned(week, stops).chosen
    return Week(week.scenario, week.network, {**week.chosen, **{code: days for code, days in chosen.items() if days in week.free[code]}})


def planned(week: Week, stops: Iterable[Row], skipped: Iterable[Row] = ()) -> Week:
    """The week on the days of what has its days chosen: those on which these stops serve it or it is told skipped, allowed or not, where they
    are as many as asked; else a set allowed with all those on which it is served, as far as there is one."""
    if not week.free:
        return week
    served: dict[str, set[str]] = defaultdict(set)
    told: dict[str, set[str]] = defaultdict(set)
    for row in stops:
        if row.action in FULL and row.day in DAY_CODES:
            served[row.flow].add(row.day)
    for row in skipped:
        if row.flow in week.flows and week.flows[row.flow].skip_cost is not None and row.day in DAY_CODES:
            told[row.flow].add(row.day)
    days: dict[str, Days] = {}
    for code, allowed in week.free.items():
        found = next((known for known in (served[code] | told[code], served[code]) if len(known) == week.often(code)), None)
        if found is not None:
            days[code] = tuple(day for day in DAY_CODES if day in found)
        elif served[code]:
            own = tuple(week.days_of(week.flows[code])) if allowed else ()
            whole = next((one for one in (own, *allowed) if served[code] <= set(one)), None)
            if whole is not None:
                days[code] = whole
    return Week(week.scenario, week.network, days)
