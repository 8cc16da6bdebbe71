"""Further rules of the routes audit: disinfection, dedicated vehicles, optional visits, CO2, routes kept. See `audit`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from planner.issues import Issue, Severity
from planner.plan import Plan
from planner.problems.routes.accepted import VisitKey
from planner.problems.routes.duties import AuditDuty, AuditMove
from planner.problems.routes.emissions import GROUP, SMALL, emitted_by, limits_of, told
from planner.problems.routes.held import Held, outline, together
from planner.problems.routes.pattern_check import in_words
from planner.problems.routes.skipped import skipped_rows
from planner.problems.routes.spreading import too_far
from planner.problems.routes.tables import FLOWS, SKIPPED, STOPS
from planner.problems.routes.week import DAY_CODES, Visit, Week, clock
from planner.schema import rows

SHOWN = 5  # flows named in a finding


def check_skipped(plan: Plan, left: Sequence[Visit], found: list[Issue]) -> None:
    """The plan's table of skipped visits must name exactly those that its stops leave out, with their price."""
    frame = plan.tables.get(SKIPPED.name)
    if frame is None:
        return
    right = {visit.key: row for visit, row in zip(left, skipped_rows(left), strict=True)}
    named = set()
    for row in rows(SKIPPED, frame):
        key = (row.day, row.flow, row.visit)
        if key not in right or key in named:
            found.append(Issue.error("routes_not_skipped", table=SKIPPED.name, row=row.index_, column="flow", flow=row.flow or "", day=row.day or ""))
            continue
        named.add(key)
        for column, value in right[key].items():
            if getattr(row, column) != value:
                found.append(Issue.error("routes_skipped_differs", table=SKIPPED.name, row=row.index_, column=column, claimed=str(getattr(row, column)), right=str(value)))
    for day, flow, rank in right.keys() - named:
        found.append(Issue.error("routes_skipped_silently", table=SKIPPED.name, column="flow", flow=flow, day=day, visit=rank))


def days_refused(week: Week, code: str, days: Sequence[str], row: int | None) -> Issue:
    """Days on which a plan serves a flow, or skips it, that are none of the sets allowed to it. `row`: one of its stops, if any."""
    where: dict[str, Any] = {"table": STOPS.name, "row": row, "column": "day", "flow": code, "days": ", ".join(days)}
    if code not in week.listed:
        return Issue.error("routes_days_not_allowed", **where)
    return Issue.error("routes_days_not_listed", **where, **in_words(week.free[code]))


def check_gaps(week: Week, carried: Collection[VisitKey], left: Sequence[Visit], found: list[Issue]) -> None:
    """Days between the visits of flows whose days are given, the week repeating; a third party's count. (Days chosen are judged as a set.)"""
    served: dict[str, set[str]] = defaultdict(set)
    for day, flow, _ in (*carried, *(visit.key for visit in left if visit.flow.skip_means == "third_party")):
        served[flow].add(day)
    for row in week.scenario.rows(FLOWS.name):
        days = [] if row.flow in week.free else [day for day in DAY_CODES if day in served[row.flow]]
        for column, gap, limit in too_far(days, row.least_gap, row.longest_gap):
            shown: dict[str, Any] = {"table": FLOWS.name, "row": row.index_, "column": column, "flow": row.flow, "days": ", ".join(days), "gap": gap, "limit": limit}
            found.append(Issue.error("routes_gap_too_long", **shown) if column == "longest_gap" else Issue.error("routes_gap_too_short", **shown))


def check_apart(week: Week, duties: Sequence[AuditDuty], found: list[Issue]) -> None:
    """Time between the starts of the visits of one flow on one day, at the end whose window they share."""
    starts: dict[tuple[str, str], list[tuple[int, AuditMove]]] = defaultdict(list)
    for duty in duties:
        for trip in duty.trips:
            for stop in trip.stops:
                for move in stop.moves:
                    if move.row.action == ("collect" if week.window_at_origin(move.flow) else "deliver"):
                        starts[duty.day, move.flow.code].append((stop.starts, move))
    for (day, flow), visits in starts.items():
        for (first, _), (then, move) in pairwise(sorted(visits, key=lambda visit: (visit[0], visit[1].row.index_))):
            if then - first < move.visit.apart:
                found.append(Issue.error("routes_visits_close", table=STOPS.name, row=move.row.index_, column="starts", flow=flow, day=day,
                                         first=clock(first), then=clock(then), minutes=move.visit.apart / 60))  # fmt: skip


def check_co2(week: Week, duties: Sequence[AuditDuty], left: Sequence[Visit], found: list[Issue]) -> None:
    """The CO2 of a year against the limits of the group and of each establishment; what a third party makes is not counted, and told."""
    emitted = emitted_by(week, ((duty.vehicle.code, duty.metres / 1000) for duty in duties))
    for establishment, limit in limits_of(week.scenario).items():
        if emitted.get(establishment, 0.0) > limit + SMALL:
            found.append(told("routes_co2_over", establishment, emitted=emitted[establishment], limit=limit))
        away = [visit.flow for visit in left if visit.flow.skip_means == "third_party" and establishment in (GROUP, visit.flow.establishment)]
        if away:
            flows = list(dict.fromkeys(flow.code for flow in away))
            shown = ", ".join(flows[:SHOWN]) + (f" (+{len(flows) - SHOWN})" if len(flows) > SHOWN else "")
            found.append(replace(told("routes_co2_uncounted", establishment, visits=len(away), flows=shown, limit=limit), severity=Severity.WARNING))


def check_held(week: Week, duties: Sequence[AuditDuty], found: list[Issue]) -> None:
    """Today's routes that are kept: each by its vehicle, with its trips and the order of its stops, and nothing more."""
    made = {(duty.day, duty.vehicle.code, duty.number): duty for duty in duties}
    for route in Held(week).routes:
        duty = made.get((route.day, route.vehicle, route.number))
        trips = () if duty is None else tuple(
            together([(stop.site, frozenset((move.flow.code, move.row.action) for move in stop.moves)) for stop in trip.stops]) for trip in duty.trips
        )  # fmt: skip
        if trips != outline(route):
            found.append(Issue.error("routes_held_changed", table=STOPS.name, row=None if duty is None else duty.first, column="vehicle",
                                     vehicle=route.vehicle, number=route.number, day=route.day))  # fmt: skip


def check_disinfected(week: Week, duty: AuditDuty, found: list[Issue]) -> None:
    """Between the return of a trip, of the shift before if need be, and the loading of one that needs a disinfected vehicle there is time for it."""
    last = duty.earlier[-1] if duty.earlier else None
    for before, trip, pair in zip([last, *duty.trips], duty.trips, duty.disinfections(week.classes), strict=False):
        if pair is not None and before is not None and trip.loads < before.returns + pair.seconds:
            found.append(Issue.error("routes_disinfection", table=STOPS.name, row=trip.stops[0].moves[0].row.index_, column="arrives", vehicle=duty.name, day=duty.day,
                                     trip=trip.number, returns=clock(before.returns), loads=clock(trip.loads), minutes=pair.seconds / 60))  # fmt: skip


def check_dedicated(week: Week, duties: Sequence[AuditDuty], found: list[Issue]) -> None:
    """Classes that need vehicles of their own are carried by different ones all week, whatever the shift."""
    carried: dict[tuple[str, int], dict[str, AuditMove]] = defaultdict(dict)
    for duty in duties:
        for trip in duty.trips:
            for stop in trip.stops:
                for move in stop.moves:
                    if move.full:
                        carried[duty.vehicle.physical, duty.number].setdefault(move.flow.hygiene, move)
    for (vehicle, number), moves in carried.items():
        for a, b in week.classes.apart(moves):
            found.append(Issue.error("routes_dedicated", table=STOPS.name, row=moves[b].row.index_, column="vehicle", vehicle=vehicle, number=number, flow=moves[a].flow.code,
                                     other=moves[b].flow.code, first=a, second=b))  # fmt: skip
