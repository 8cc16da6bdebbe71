"""The rules of a routes scenario that could be given up, to be priced by search: locks, kept routes, sharing, sites, hours, drivers, days, limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from planner.issues import Message
from planner.kinds import DAYS, Choice
from planner.problems.base import Rule, edited, with_rows
from planner.problems.routes.driver_tables import LAW_WEIGHT, TEAMS
from planner.problems.routes.lock_check import named
from planner.problems.routes.locks import Lock, locks_of
from planner.problems.routes.patterns import listed
from planner.problems.routes.spreading import DAY_TYPE
from planner.problems.routes.tables import ACCEPTED as ACCEPTED_ROUTES
from planner.problems.routes.tables import (
    CO2_LIMIT,
    COLOADING,
    COMPATIBILITY,
    CURRENT,
    DAY_PATTERNS,
    FLOWS,
    HYGIENE,
    MOST_CHANGES,
    ROUTE_LOCKS,
    VEHICLES,
    ZONE_RULES,
    ZONES,
)
from planner.scenario import Scenario, with_parameter
from planner.schema import Row
from planner.sites import ESTABLISHMENTS, SITES, WINDOWS

UNLIMITED_TRIPS = 20
DAY_MINUTES = 1440
FEW = 4  # visits a week of flows whose days may be chosen: all sets of days of more would be too many to try
LARGEST = 44.0  # t gross weight


def policies(scenario: Scenario) -> list[Rule]:
    """Every lock, then every limit and policy in force."""
    return [*_locks(scenario), *_sharing(scenario), *_sites(scenario), *_staff(scenario), *_days(scenario), *_limits(scenario)]


def _locks(scenario: Scenario) -> Iterator[Rule]:
    vehicles = {row.vehicle: row.name for row in scenario.rows(VEHICLES.name)}
    for place, row in enumerate(scenario.rows(ROUTE_LOCKS.name)):
        days = Choice(DAYS)
        imposed = {f"imposed_{lang}": ", ".join([*([vehicles.get(row.vehicle, row.vehicle)] if row.vehicle else []), *(days.label(day, lang) for day in row.days or ())])
                   for lang in ("fr", "en")}  # fmt: skip
        yield _rule("policy.route_lock", _without(ROUTE_LOCKS.name, place), **named(row, "about"), **imposed)
    for row in scenario.rows(FLOWS.name):
        if row.lock:
            yield _rule("policy.flow_vehicle", _edit(FLOWS.name, _only({"flow": row.flow}, lock=None)), flow=row.flow, vehicle=vehicles.get(row.lock, row.lock))  # fmt: skip
    kept = dict.fromkeys((row.vehicle, row.number) for row in scenario.rows(CURRENT.name) if row.locked)
    for vehicle, number in kept:
        change = _edit(CURRENT.name, _only({"vehicle": vehicle, "number": number}, locked=False))
        yield _rule("policy.kept_routes", change, vehicle=vehicles.get(vehicle, vehicle), number=float(number))


def _sharing(scenario: Scenario) -> Iterator[Rule]:
    if any(row.carries == "own_depot" for row in scenario.rows(VEHICLES.name)):
        yield _rule("policy.own_depot", _edit(VEHICLES.name, lambda _: {"carries": "any"}))
    classes = {option.code: option for option in HYGIENE}
    words = {option.code: option for option in COLOADING}
    for place, row in enumerate(scenario.rows(COMPATIBILITY.name)):
        if row.rule != "together":
            first, second, said = classes[row.first], classes[row.second], words[row.rule]
            yield _rule("policy.coloading", _without(COMPATIBILITY.name, place), first_fr=first.fr, first_en=first.en, second_fr=second.fr, second_en=second.en,
                        rule_fr=said.fr, rule_en=said.en)  # fmt: skip


def _sites(scenario: Scenario) -> Iterator[Rule]:
    """What sites ask for: their hours, a tail lift, vehicles allowed in a low-emission zone."""
    sites, fleet = scenario.rows(SITES.name), [row for row in scenario.rows(VEHICLES.name) if row.count]
    if scenario.rows(WINDOWS.name):
        yield _rule("policy.site_hours", lambda s: with_rows(s, WINDOWS.name, keep=lambda _: False))
    if any(row.needs_tail_lift for row in sites) and not all(vehicle.tail_lift for vehicle in fleet):
        yield _rule("policy.tail_lift", _edit(SITES.name, lambda _: {"needs_tail_lift": False}))
    if any(row.low_emission_zone and not row.emission_zone for row in sites) and not all(vehicle.low_emission for vehicle in fleet):
        yield _rule("policy.low_emission", _edit(SITES.name, lambda _: {"low_emission_zone": False}))


def _staff(scenario: Scenario) -> Iterator[Rule]:
    """Shifts, breaks and numbers of drivers."""
    teams, fleet = scenario.rows(TEAMS.name), scenario.rows(VEHICLES.name)
    shared = {code for row in fleet if row.same_as for code in (row.vehicle, row.same_as)}  # two shifts of one vehicle may not overlap
    if any(row.vehicle not in shared for row in fleet):
        whole = {"shift_start": 0, "shift_end": DAY_MINUTES}
        yield _rule("policy.shifts", _edit(VEHICLES.name, lambda row: {} if row.vehicle in shared else whole))
    if any(row.work_break or row.meal_minutes for row in teams) or any(row.gvw > scenario.value(LAW_WEIGHT) for row in fleet):
        free = _edit(TEAMS.name, lambda _: {"work_break": 0.0, "meal_minutes": 0.0, "driving_law": "never"})
        yield _rule("policy.breaks", lambda s: with_parameter(free(s), LAW_WEIGHT, LAW_WEIGHT.most))
    if any(row.drivers is not None for row in teams):
        yield _rule("policy.drivers", _edit(TEAMS.name, lambda _: {"drivers": None}))


def _days(scenario: Scenario) -> Iterator[Rule]:
    """Combinations of days listed; days of visit fixed, or spread evenly, though a flow has few visits a week: what choosing them would save."""
    combined = listed(scenario)
    if combined:
        often = {code: own.visits for code, own in combined.items()}
        free = _edit(FLOWS.name, lambda row: {"free_days": True, "visits": often[row.flow]} if row.flow in often else {})
        yield _rule("policy.day_patterns", lambda s: with_rows(free(s), DAY_PATTERNS.name, keep=lambda _: False), rows=float(len(scenario.rows(DAY_PATTERNS.name))))
    chosen = {row.flow: visits for row in scenario.rows(FLOWS.name) if not row.free_days and row.flow not in combined and (visits := row.visits or len(row.days or ()) or 1) <= min(FEW, _open_days(scenario, row))}
    if chosen:
        yield _rule("policy.fixed_days", _edit(FLOWS.name, lambda row: {"free_days": True, "days": None, "visits": chosen[row.flow], "least_gap": None, "longest_gap": None}
                                               if row.flow in chosen else {}), most=float(FEW))  # fmt: skip


def _open_days(scenario: Scenario, flow: Row) -> int:
    """On how many days of the week both ends of a flow are open and its locks allow a visit."""
    lock = locks_of(scenario).get(flow.flow, Lock()).days
    kinds = [{row.day_type for row in scenario.rows(WINDOWS.name) if row.site == site} for site in (flow.origin, flow.destination)]
    return sum(all(not known or day in known or kind in known for known in kinds) and (lock is None or day in lock) for day, kind in DAY_TYPE.items())


def _limits(scenario: Scenario) -> Iterator[Rule]:
    ruled = {row.zone for row in scenario.rows(ZONE_RULES.name)}
    for row in scenario.rows(ZONES.name):
        if row.active and row.zone in ruled:
            yield _rule("policy.zone", _edit(ZONES.name, _only({"zone": row.zone}, active=False)), zone=row.name)
    hours = {"opens": None, "closes": None, "ready": None, "due": None}
    if any(getattr(row, name) is not None for row in scenario.rows(FLOWS.name) for name in hours):
        yield _rule("policy.windows", _edit(FLOWS.name, lambda _: dict(hours)))
    if any(row.max_minutes is not None for row in scenario.rows(FLOWS.name)):
        yield _rule("policy.on_board", _edit(FLOWS.name, lambda _: {"max_minutes": None}))
    if any(row.max_gvw < vehicle.gvw for row in scenario.rows(SITES.name) for vehicle in scenario.rows(VEHICLES.name)):
        yield _rule("policy.largest_vehicle", _edit(SITES.name, lambda _: {"max_gvw": LARGEST}))
    if any(row.max_trips < UNLIMITED_TRIPS for row in scenario.rows(VEHICLES.name)):
        yield _rule("policy.trips", _edit(VEHICLES.name, lambda _: {"max_trips": UNLIMITED_TRIPS}))
    if scenario.value(CO2_LIMIT) < CO2_LIMIT.most:
        yield _rule("policy.co2_limit", lambda s: with_parameter(s, CO2_LIMIT, CO2_LIMIT.most), most=scenario.value(CO2_LIMIT))
    if any(row.co2_limit is not None for row in scenario.rows(ESTABLISHMENTS.name)):
        yield _rule("policy.co2_by", _edit(ESTABLISHMENTS.name, lambda _: {"co2_limit": None}))
    if scenario.rows(ACCEPTED_ROUTES.name) and scenario.value(MOST_CHANGES) < MOST_CHANGES.most:
        yield _rule("policy.most_routes", lambda s: with_parameter(s, MOST_CHANGES, MOST_CHANGES.most), most=scenario.value(MOST_CHANGES))


def _rule(key: str, change: Callable[[Scenario], Scenario], **named: Any) -> Rule:
    return Rule(Message.of(key, **named), "rule", change)


def _edit(table: str, edit: Callable[[Row], dict[str, Any]]) -> Callable[[Scenario], Scenario]:
    return lambda scenario: edited(scenario, table, edit)


def _only(which: dict[str, Any], **values: Any) -> Callable[[Row], dict[str, Any]]:
    return lambda row: values if all(getattr(row, name) == value for name, value in which.items()) else {}


def _without(table: str, place: int) -> Callable[[Scenario], Scenario]:
    """The scenario without one row of a table."""

    return lambda scenario: with_rows(scenario, table, keep=lambda row: row.index_ != place)
