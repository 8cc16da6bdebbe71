"""What can be said before any search: figures that cannot work, with both figures."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import combinations
from typing import Any

from planner.issues import Issue
from planner.network import Network
from planner.problems.routes import emissions, lock_check, pattern_check, reading, relax, zones
from planner.problems.routes.days import firm, started
from planner.problems.routes.driver_check import shared_vehicles, too_few_drivers
from planner.problems.routes.serve import Obstacle, Servers
from planner.problems.routes.spreading import too_far
from planner.problems.routes.tables import COMPATIBILITY, FLOWS, VEHICLES
from planner.problems.routes.unavoidable import Unavoidable
from planner.problems.routes.week import DAY_CODES, MIDNIGHT, Vehicle, Visit, Week, clock
from planner.scenario import Scenario
from planner.schema import Row


def check(scenario: Scenario, network: Network) -> list[Issue]:
    """Findings on flows, vehicles and the two together. An error proves that no plan can keep every rule."""
    week = Week(scenario, network)
    issues = zones.check(scenario)
    issues += reading.check(week)
    issues += lock_check.check(week) + _classes(week)
    issues += _vehicles(week)
    issues += shared_vehicles(week)
    issues += _flows(week)
    issues += pattern_check.check(week)
    if not any(issue.is_error for issue in issues):
        first = started(week)
        issues += _unserved(first, Servers(first))
        if not any(issue.is_error for issue in issues):
            sure = firm(week)
            issues += _capacity(sure, Servers(sure))
            issues += too_few_drivers(sure)
            issues += Unavoidable(sure).issues()
            issues += emissions.check(sure)
    return issues


def _vehicles(week: Week) -> list[Issue]:
    issues: list[Issue] = []
    if not week.depot_sites:
        issues.append(Issue.error("routes_no_vehicle", table=VEHICLES.name, column="count"))
    for vehicle in week.vehicles:
        if vehicle.overtime and vehicle.overtime_cost < vehicle.hour_cost:
            issues.append(
                Issue.warning("routes_overtime_cheaper", table=VEHICLES.name, row=vehicle.row, column="overtime_cost", vehicle=vehicle.code,
                              overtime=float(vehicle.overtime_cost), normal=float(vehicle.hour_cost))
            )  # fmt: skip
    return issues


def _classes(week: Week) -> list[Issue]:
    """Disinfections without a time, and vehicles that take classes which need vehicles of their own."""
    issues: list[Issue] = []
    for row in week.scenario.rows(COMPATIBILITY.name):
        where: dict[str, Any] = {"table": COMPATIBILITY.name, "row": row.index_, "first": row.first, "second": row.second}
        if row.rule == "disinfect" and not row.minutes:
            issues.append(Issue.warning("routes_disinfect_no_time", column="minutes", **where))
    carried = {flow.hygiene for flow in week.flows.values()}
    for vehicle in week.vehicles:
        for first, second in week.classes.apart(vehicle.hygiene & carried) if vehicle.count > 0 else ():
            issues.append(Issue.error("routes_dedicated_both", table=VEHICLES.name, row=vehicle.row, column="hygiene", vehicle=vehicle.code, first=first, second=second))
    shifts = sorted((vehicle for vehicle in week.vehicles if vehicle.count > 0), key=lambda vehicle: vehicle.same_as is not None)
    for one, other in combinations(shifts, 2):
        told = {*week.classes.apart(one.hygiene), *week.classes.apart(other.hygiene)}
        for first, second in week.classes.apart((one.hygiene | other.hygiene) & carried) if one.physical == other.physical else ():
            if (first, second) not in told:
                issues.append(Issue.error("routes_dedicated_shifts", table=VEHICLES.name, row=other.row, column="hygiene", vehicle=other.code, other=one.code,
                                          first=first, second=second))  # fmt: skip
    return issues


def _flows(week: Week) -> list[Issue]:
    issues: list[Issue] = []
    for row in week.scenario.rows(FLOWS.name):
        where: dict[str, Any] = {"table": FLOWS.name, "row": row.index_}
        if row.origin == row.destination:
            issues.append(Issue.error("routes_flow_same_site", column="destination", flow=row.flow, site=row.origin, **where))
        if row.quantity <= 0:
            issues.append(Issue.warning("routes_flow_without_quantity", column="quantity", flow=row.flow, **where))
        if row.days and row.visits and row.flow not in week.free and row.visits % len(row.days):
            issues.append(Issue.warning("routes_days_disagree", column="visits", flow=row.flow, days=len(row.days), visits=row.visits, **where))
        if row.flow not in week.listed and row.free_days and row.quantity > 0 and row.origin != row.destination and not week.free[row.flow]:
            days = len([day for day in week.open_days(week.flows[row.flow]) if not row.days or day in row.days])
            issues.append(Issue.error("routes_no_pattern", column="free_days", flow=row.flow, visits=row.visits or 1, days=days, least=row.least_gap or 1,
                                      longest=row.longest_gap or len(DAY_CODES), **where))  # fmt: skip
        if row.flow not in week.free and row.quantity > 0:
            served = list(dict.fromkeys(week.days_of(week.flows[row.flow])))
            for column, gap, limit in too_far(served, row.least_gap, row.longest_gap):
                code = "routes_gap_too_long" if column == "longest_gap" else "routes_gap_too_short"
                issues.append(Issue.error(code, column=column, flow=row.flow, days=", ".join(served), gap=gap, limit=limit, **where))
        if row.longest_gap and row.skip_cost is not None and row.skip_means != "third_party":
            issues.append(Issue.warning("routes_skip_gap", column="skip_cost", flow=row.flow, longest=row.longest_gap, **where))
        if row.visit_gap is not None and row.quantity > 0 and row.origin != row.destination:
            issues += _apart(week, row, where)
        if row.opens is not None and row.closes is not None and row.opens > row.closes:
            issues.append(Issue.error("routes_flow_window", column="closes", flow=row.flow, opens=clock(60 * row.opens), closes=clock(60 * row.closes), **where))
        if row.ready is not None and row.due is not None and row.ready > row.due:
            issues.append(Issue.error("routes_flow_due", column="due", flow=row.flow, ready=clock(60 * row.ready), due=clock(60 * row.due), **where))
    return issues


def _apart(week: Week, row: Row, where: dict[str, Any]) -> list[Issue]:
    """Whether the visits of one day find room in the flow's window with the time asked between them; told of the first day only."""
    for day in DAY_CODES:
        visits = [visit for visit in week.visits[day] if visit.flow.code == row.flow]
        ends = [visit.at_origin if week.window_at_origin(visit.flow) else visit.at_destination for visit in visits]
        starts = [windows[0][0] for windows in ends if windows]
        lasts = [windows[-1][1] for windows in ends if windows]
        if any(then - last < visit.apart for then, last, visit in zip(starts[1:], lasts, visits[1:], strict=False)):
            return [Issue.error("routes_visit_gap", column="visit_gap", flow=row.flow, day=day, visits=len(visits), minutes=row.visit_gap,
                                opens=clock(starts[0]), closes=clock(lasts[-1]), **where)]  # fmt: skip
    return []


def _unserved(week: Week, servers: Servers) -> list[Issue]:
    """Flows that no vehicle can serve even alone: what forbids it to the vehicle that comes closest."""
    issues: list[Issue] = []
    said: set[tuple[str, str]] = set()
    for day in DAY_CODES:
        for visit in week.visits[day]:
            if servers.servers(visit):
                continue
            if visit.flow.skip_cost is not None:
                if (visit.flow.code, "skip") not in said:
                    said.add((visit.flow.code, "skip"))
                    issues.append(Issue.warning("routes_skip_certain", table=FLOWS.name, row=visit.flow.row, column="skip_cost", flow=visit.flow.code, cost=float(visit.flow.skip_cost)))
                continue
            nearest = servers.nearest(visit)
            assert nearest is not None  # a fleet without vehicles is reported before
            fresh = any((visit.flow.code, obstacle.rule) not in said for obstacle in nearest[1])
            for obstacle in nearest[1]:
                if (visit.flow.code, obstacle.rule) not in said:
                    said.add((visit.flow.code, obstacle.rule))
                    told = explain(week, visit, nearest[0], obstacle)
                    issues += _locked(servers, visit, told, alone=len(nearest[1]) == 1) if obstacle.rule == "lock" else [told]
            if fresh:
                issues += relax.issues(servers, visit)
    return issues


def _locked(servers: Servers, visit: Visit, told: Issue, alone: bool) -> list[Issue]:
    """A lock on a vehicle that cannot carry the flow (`told`), and why it cannot. `alone`: whether nothing else keeps the closest vehicle from it."""
    vehicle = servers.week.vehicle[visit.flow.lock or ""]
    issues = [told if alone else replace(told, code="routes_alone_lock_neither")]
    if vehicle.count <= 0:
        return [*issues, Issue.error("routes_locked_none", table=VEHICLES.name, row=vehicle.row, column="count", vehicle=vehicle.code)]
    for obstacle in servers.obstacles(vehicle, visit):
        why = explain(servers.week, visit, vehicle, obstacle)
        issues.append(replace(why, code=f"routes_locked_{why.code.removeprefix('routes_alone_')}"))
    return issues


def explain(week: Week, visit: Visit, vehicle: Vehicle, obstacle: Obstacle) -> Issue:
    """One rule that keeps the closest vehicle from serving a visit, with the figures on both sides."""
    flow = visit.flow
    where: dict[str, Any] = {"table": FLOWS.name, "row": flow.row}
    shown: dict[str, Any] = {"flow": flow.code, "origin": flow.origin, "destination": flow.destination, "vehicle": vehicle.code}
    figures: dict[str, Any] = {"need": float(obstacle.need), "have": float(obstacle.have)}
    barred = next((s for s in (flow.destination, flow.origin) if s != vehicle.site and obstacle.rule in vehicle.refused_by(week.places[s])), flow.destination)
    if obstacle.rule == "lock":
        return Issue.error("routes_alone_lock", column="lock", lock=flow.lock or "", **where, **shown)
    if obstacle.rule == "foreign":
        return Issue.error("routes_alone_foreign", column="origin", **where, **shown)
    if obstacle.rule == "temperature":
        return Issue.error("routes_alone_temperature", column="temperature", temperature=flow.temperature, **where, **shown)
    if obstacle.rule == "hygiene":
        return Issue.error("routes_alone_hygiene", column="hygiene", hygiene=flow.hygiene, **where, **shown)
    if obstacle.rule == "places":
        return Issue.error("routes_alone_places", column="quantity", **where, **shown, **figures)
    if obstacle.rule == "band":
        return Issue.error("routes_alone_compartment", column="quantity", temperature=flow.temperature, **where, **shown, **figures)
    if obstacle.rule == "kg":
        return Issue.error("routes_alone_kg", column="quantity", **where, **shown, **figures)
    if obstacle.rule == "gvw":
        return Issue.error("routes_alone_gvw", column="destination", site=barred, **where, **shown, **figures)
    if obstacle.rule == "tail_lift":
        return Issue.error("routes_alone_tail_lift", column="destination", site=barred, **where, **shown)
    if obstacle.rule == "low_emission":
        return Issue.error("routes_alone_low_emission", column="destination", site=barred, **where, **shown)
    if obstacle.rule == "zone":
        site = next(s for s in (flow.destination, flow.origin) if week.barred(vehicle, s, visit.day))
        hours = week.barred(vehicle, site, visit.day)[0]
        return Issue.error("routes_alone_zone", column="destination", site=site, zone=week.places[site].zone or "", day=visit.day, minutes=obstacle.need,
                           opens=clock(hours[0]), closes=clock(hours[1]), **where, **shown)  # fmt: skip
    if obstacle.rule in ("closed_origin", "closed_destination"):
        column = obstacle.rule.removeprefix("closed_")
        site = flow.origin if column == "origin" else flow.destination
        if reading.only_on_holidays(week, site):
            return Issue.error("routes_alone_only_holidays", column=column, site=site, day=visit.day, **where, **shown)
        return Issue.error("routes_alone_closed", column=column, site=site, day=visit.day, **where, **shown)
    if obstacle.rule == "no_way":
        return Issue.error("routes_alone_no_way", column="destination", **where, **shown)
    if obstacle.rule == "window":
        return Issue.error("routes_alone_window", column="closes", day=visit.day, opens=clock(vehicle.opens), closes=clock(vehicle.closes),
                           back=clock(round(60 * obstacle.need)), **where, **shown)  # fmt: skip
    if obstacle.rule == "ready":
        return Issue.error("routes_alone_ready", column="ready" if flow.ready else "due", day=visit.day, ready=clock(flow.ready),
                           due=clock(MIDNIGHT if flow.due is None else flow.due), opens=clock(vehicle.opens), closes=clock(vehicle.closes), **where, **shown)  # fmt: skip
    if obstacle.rule == "driving":
        return Issue.error("routes_alone_driving", column="destination", **where, **shown, **figures)
    if obstacle.rule == "duty":
        return Issue.error("routes_alone_duty", column="destination", **where, **shown, **figures)
    return Issue.error("routes_alone_on_board", column="max_minutes", **where, **shown, **figures)


def _capacity(week: Week, servers: Servers) -> list[Issue]:
    """Days on which what must leave one depot site exceeds everything its vehicles can load in all their trips."""
    issues: list[Issue] = []
    for day in DAY_CODES:
        need: dict[str, float] = defaultdict(float)
        able: dict[str, set[str]] = defaultdict(set)
        for visit in week.visits[day]:
            modes = servers.servers(visit)
            if set(modes.values()) == {"deliver"}:
                need[visit.flow.origin] += visit.flow.places
                able[visit.flow.origin] |= set(modes)
        for site, places in need.items():
            have = sum(week.vehicle[code].count * week.vehicle[code].max_trips * week.vehicle[code].places for code in able[site])
            if places > have + 1e-6:
                issues.append(Issue.error("routes_fleet_too_small", table=VEHICLES.name, column="count", day=day, site=site, need=places, have=have))
    return issues
