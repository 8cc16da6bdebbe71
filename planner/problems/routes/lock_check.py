"""Locks that contradict each other or the data, said before solving with both facts."""

from __future__ import annotations

from collections import Counter
from typing import Any

from planner.issues import Issue, errors
from planner.kinds import Choice
from planner.problems.routes.audit import check_duty
from planner.problems.routes.duties import read_duties
from planner.problems.routes.held import DutyKey, Held
from planner.problems.routes.locks import locks_of
from planner.problems.routes.tables import CATEGORIES, CURRENT, FLOWS, ROUTE_LOCKS, STOPS
from planner.problems.routes.week import DAY_CODES, Week
from planner.problems.routes.write import tables
from planner.schema import Row, rows

SHOWN = 3  # broken rules of a kept route told


def check(week: Week) -> list[Issue]:
    """Findings on the locks of flows; then, where those are sound, on the routes kept."""
    issues = _unused(week)
    for code, lock in locks_of(week.scenario).items():
        if code in week.flows:
            issues += _vehicles(week, code, lock.rows) + _days(week, code, lock.rows)
    return issues if errors(issues) else issues + _held(week)


def _unused(week: Week) -> list[Issue]:
    used = {row.index_ for lock in locks_of(week.scenario).values() for row in lock.rows}
    issues = [Issue.warning("routes_lock_unused", table=ROUTE_LOCKS.name, row=row.index_, column="site") for row in week.scenario.rows(ROUTE_LOCKS.name) if row.index_ not in used]
    issues += [Issue.warning("routes_lock_empty", table=ROUTE_LOCKS.name, row=row.index_, column="vehicle")
               for row in week.scenario.rows(ROUTE_LOCKS.name) if row.vehicle is None and not row.days]  # fmt: skip
    return issues


def named(row: Row, as_: str = "lock") -> dict[str, Any]:
    """A row of the table of locks by what it is about, in both languages."""
    kinds = Choice(CATEGORIES)
    return {f"{as_}_{lang}": " + ".join(part for part in (row.site, kinds.label(row.category, lang) if row.category else None, row.flow) if part) for lang in ("fr", "en")}


def _vehicles(week: Week, code: str, locks: tuple[Row, ...]) -> list[Issue]:
    own = week.scenario.rows(FLOWS.name)[week.flows[code].row].lock
    asked = [row for row in locks if row.vehicle is not None]
    if own is not None:
        return [Issue.error("routes_lock_against_flow", table=ROUTE_LOCKS.name, row=row.index_, column="vehicle", flow=code, vehicle=row.vehicle, other=own, **named(row))
                for row in asked if row.vehicle != own]  # fmt: skip
    return [Issue.error("routes_lock_against_lock", table=ROUTE_LOCKS.name, row=row.index_, column="vehicle", flow=code, vehicle=row.vehicle, other=asked[0].vehicle,
                        **named(row), **named(asked[0], "before")) for row in asked[1:] if row.vehicle != asked[0].vehicle]  # fmt: skip


def _days(week: Week, code: str, locks: tuple[Row, ...]) -> list[Issue]:
    asked = [row for row in locks if row.days]
    if not asked:
        return []
    flow = week.scenario.rows(FLOWS.name)[week.flows[code].row]
    where: dict[str, Any] = {"table": ROUTE_LOCKS.name, "row": asked[-1].index_, "column": "days", "flow": code, **named(asked[-1])}
    allowed = set(DAY_CODES).intersection(*(row.days for row in asked))
    if not allowed:
        return [Issue.error("routes_lock_days_apart", days=_shown(asked[-1].days), others=_shown(asked[0].days), **named(asked[0], "before"), **where)]
    if flow.days and code not in week.free and not set(flow.days) <= allowed:
        return [Issue.error("routes_lock_days_flow", days=_shown(allowed), others=_shown(flow.days), **where)]
    possible = week.open_days(week.flows[code])
    if not possible:
        return [Issue.error("routes_lock_days_closed", days=_shown(allowed), **where)]
    if not flow.days and code not in week.free and (flow.visits or 1) > len(possible):
        return [Issue.warning("routes_lock_days_few", days=_shown(possible), visits=flow.visits, **where)]
    return []


def _shown(days: Any) -> str:
    return ", ".join(day for day in DAY_CODES if day in days)


def _held(week: Week) -> list[Issue]:
    """Routes kept that are marked in part, that do not fit the flows, or that break a rule by themselves."""
    held = Held(week)
    issues: list[Issue] = []
    first = {key: those[0].index_ for key, those in held.rows.items()}

    def at(key: DutyKey) -> dict[str, Any]:
        return {"table": CURRENT.name, "row": first[key], "column": "locked", "day": key[0], "vehicle": key[1], "number": key[2]}

    for key, those in held.rows.items():
        count = sum(bool(row.locked) for row in those)
        if count < len(those):
            issues.append(Issue.error("routes_held_part", count=count, rows=len(those), **at(key)))
        if key[2] > week.vehicle[key[1]].count:
            issues.append(Issue.error("routes_held_number", available=week.vehicle[key[1]].count, **at(key)))
        for row in those:
            lock = week.flows[row.flow].lock if row.flow in week.flows else None
            if lock is not None and lock != key[1]:
                issues.append(Issue.error("routes_lock_against_route", flow=row.flow, other=lock, **at(key)))
    known = {row.index_ for those in held.rows.values() for row in those}
    for issue in held.issues:
        if issue.row in known:
            row = week.scenario.rows(CURRENT.name)[issue.row or 0]
            days = _shown([visit.day for visits in week.visits.values() for visit in visits if visit.flow.code == row.flow])
            issues.append(Issue.error("routes_held_day", flow=row.flow, others=days, **at((row.day, row.vehicle, row.number))))
    return issues if errors(issues) else issues + _whole(week, held, at)


def _whole(week: Week, held: Held, at: Any) -> list[Issue]:
    """Whether the kept routes carry all of each visit they touch, once, and keep every rule on their own."""
    issues: list[Issue] = []
    done = Counter((move.visit.key, move.action) for route in held.routes for trip in route.trips for stop in trip.stops for move in stop.moves)
    for route in held.routes:
        key = (route.day, route.vehicle, route.number)
        for visit in {move.visit.key: move.visit for trip in route.trips for stop in trip.stops for move in stop.moves}.values():
            full = max(done[visit.key, "deliver"], done[visit.key, "collect"])
            empty = max(done[visit.key, "take_back"], done[visit.key, "give_back"])
            if full > 1 or empty > 1:
                issues.append(Issue.error("routes_held_twice", flow=visit.flow.code, **at(key)))
            elif not full or (visit.flow.empties > 0 and not empty):
                issues.append(Issue.error("routes_held_unfinished", flow=visit.flow.code, **at(key)))
    if errors(issues):
        return issues
    found: list[Issue] = []
    for duty in read_duties(week, list(rows(STOPS, tables(week, held.routes)[STOPS.name])), found):
        broken: list[Issue] = []
        check_duty(week, duty, broken)
        most = duty.vehicle.longest
        if most < duty.seconds <= duty.vehicle.duty + duty.vehicle.overtime:  # beyond the day of its driver, which the rota would tell
            broken.append(Issue.error("routes_duty", vehicle=duty.name, day=duty.day, minutes=duty.seconds / 60, limit=most / 60))
        if broken:
            where = at((duty.day, duty.vehicle.code, duty.number))
            issues.append(Issue.error("routes_held_broken", count=len(broken), **where))
            issues += [Issue.error(issue.code, table=CURRENT.name, row=where["row"], column="locked", **dict(issue.args)) for issue in broken[:SHOWN]]
    return issues
