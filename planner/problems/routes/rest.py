"""A plan's table of breaks, for the audit: where each lies in its duty, and what the driver of the duty is owed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.issues import Issue
from planner.problems.routes.driver_rules import Fault, faults, idle
from planner.problems.routes.driver_tables import BREAKS
from planner.problems.routes.week import Week, clock
from planner.schema import Row

if TYPE_CHECKING:
    from planner.problems.routes.duties import AuditDuty, AuditStop

DutyKey = tuple[str, str, int]


@dataclass(frozen=True)
class AuditBreak:
    row: Row
    starts: int
    ends: int


def by_duty(table: Sequence[Row], found: list[Issue]) -> Mapping[DutyKey, list[AuditBreak]]:
    """The breaks of each duty in order of time; rows that lack a figure are reported and left out."""
    made: dict[DutyKey, list[AuditBreak]] = defaultdict(list)
    for row in table:
        lacking = next((name for name in ("day", "vehicle", "number", "trip", "position", "moment", "starts", "minutes") if getattr(row, name) is None), None)
        if lacking is not None:
            found.append(Issue.error("routes_bad_row", table=BREAKS.name, row=row.index_, column=lacking, value=""))
            continue
        starts = round(60 * row.starts)
        made[row.day, row.vehicle, row.number].append(AuditBreak(row, starts, starts + round(60 * row.minutes)))
    for breaks in made.values():
        breaks.sort(key=lambda one: (one.starts, one.ends))
    return made


def leave_later(duty: AuditDuty) -> None:
    """Breaks taken before leaving a stop: the stop is left when they end."""
    stops = {(trip.number, stop.position): stop for trip in duty.trips for stop in trip.stops}
    for one in duty.breaks:
        stop = stops.get((one.row.trip, one.row.position))
        if one.row.moment == "after" and stop is not None:
            stop.pause = max(stop.pause, one.ends - stop.leaves)


def check_breaks(week: Week, duty: AuditDuty, found: list[Issue]) -> None:
    """Breaks lie in time that is free, and the driver has all those that the rules ask for."""
    before = 0
    for one in duty.breaks:
        free = _free(week, duty, one)
        if free is None or not (max(free[0], before) <= one.starts < one.ends <= free[1]):
            found.append(Issue.error("routes_break_not_free", table=BREAKS.name, row=one.row.index_, column="starts", vehicle=duty.name, day=duty.day,
                                     starts=clock(one.starts), ends=clock(one.ends)))  # fmt: skip
        before = max(before, one.ends)
        _claims(duty, one, found)
    rules = duty.vehicle.rules
    if rules is None:
        for one in duty.breaks:
            found.append(_idle(duty, one))
        return
    legs = _legs(week, duty)
    spans = [(one.starts, one.ends) for one in duty.breaks]
    first, last = duty.trips[0].loads, duty.trips[-1].returns
    for fault in faults(rules, first, last, legs, spans):
        found.append(_owed(duty, fault))
    if not rules.paid:
        found += [_idle(duty, duty.breaks[i]) for i in idle(rules, first, last, legs, spans)]


def _owed(duty: AuditDuty, fault: Fault) -> Issue:
    where: dict[str, Any] = {"table": "routes_stops", "row": duty.first, "column": "arrives", "vehicle": duty.name, "day": duty.day}
    figures: dict[str, Any] = {"minutes": fault.found / 60, "limit": fault.limit / 60}
    if fault.rule == "driving":
        return Issue.error("routes_driving", **where, **figures)
    if fault.rule == "daily":
        return Issue.error("routes_daily_driving", **where, **figures)
    if fault.rule == "work":
        return Issue.error("routes_work_break", **where, **figures)
    return Issue.error("routes_meal_break", **where, **figures)


def _idle(duty: AuditDuty, one: AuditBreak) -> Issue:
    return Issue.error("routes_break_idle", table=BREAKS.name, row=one.row.index_, column="minutes", vehicle=duty.name, day=duty.day,
                       minutes=(one.ends - one.starts) / 60, starts=clock(one.starts))  # fmt: skip


def _stop(duty: AuditDuty, row: Row) -> AuditStop | None:
    return next((stop for trip in duty.trips if trip.number == row.trip for stop in trip.stops if stop.position == row.position), None)


def _free(week: Week, duty: AuditDuty, one: AuditBreak) -> tuple[int, int] | None:
    """The time in which a break may lie where its row says, None where there is no such place."""
    row = one.row
    if row.moment == "depot":
        for before, trip, disinfection in zip(duty.trips, duty.trips[1:], duty.disinfections(week.classes)[1:], strict=False):
            if trip.number == row.trip and row.position == 0:  # the driver disinfects the vehicle, then rests
                return before.returns + (disinfection.seconds if disinfection else 0), trip.loads
        return None
    stop = _stop(duty, row)
    if stop is None:
        return None
    return (stop.arrives, stop.starts) if row.moment == "before" else (stop.leaves, stop.leaves + stop.pause)


def _claims(duty: AuditDuty, one: AuditBreak, found: list[Issue]) -> None:
    """The place and the clock that the row shows."""
    row = one.row
    stop = _stop(duty, row)
    right: dict[str, Any] = {"site": duty.vehicle.site if row.moment == "depot" or stop is None else stop.site, "time": max(0, min(1440, one.starts // 60))}
    for column, value in right.items():
        if getattr(row, column) != value:
            found.append(Issue.error("routes_wrong_break", table=BREAKS.name, row=row.index_, column=column, claimed=str(getattr(row, column)), right=str(value)))


def _legs(week: Week, duty: AuditDuty) -> list[tuple[int, int]]:
    """When the duty drives, in order."""
    legs = []
    for trip in duty.trips:
        here = duty.vehicle.site
        for site, arrives in (*((stop.site, stop.arrives) for stop in trip.stops), (duty.vehicle.site, trip.returns)):
            legs.append((arrives - (week.way(here, site) or 0), arrives))
            here = site
    return legs
