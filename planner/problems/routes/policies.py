"""The rules of a routes scenario that could be given up, to be priced by search: locks, kept routes, limits, sharing, zones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from planner.issues import Message
from planner.kinds import DAYS, Choice
from planner.problems.base import Rule, edited, with_rows
from planner.problems.routes.lock_check import named
from planner.problems.routes.tables import ACCEPTED as ACCEPTED_ROUTES
from planner.problems.routes.tables import (
    CO2_LIMIT,
    COLOADING,
    COMPATIBILITY,
    CURRENT,
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
from planner.sites import SITES

UNLIMITED_TRIPS = 20
LARGEST = 44.0  # t gross weight


def policies(scenario: Scenario) -> list[Rule]:
    """Every lock, then every limit and policy in force."""
    return [*_locks(scenario), *_sharing(scenario), *_limits(scenario)]


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


def _limits(scenario: Scenario) -> Iterator[Rule]:
    ruled = {row.zone for row in scenario.rows(ZONE_RULES.name)}
    for row in scenario.rows(ZONES.name):
        if row.active and row.zone in ruled:
            yield _rule("policy.zone", _edit(ZONES.name, _only({"zone": row.zone}, active=False)), zone=row.name)
    if any(row.opens is not None or row.closes is not None for row in scenario.rows(FLOWS.name)):
        yield _rule("policy.windows", _edit(FLOWS.name, lambda _: {"opens": None, "closes": None}))
    if any(row.max_minutes is not None for row in scenario.rows(FLOWS.name)):
        yield _rule("policy.on_board", _edit(FLOWS.name, lambda _: {"max_minutes": None}))
    if any(row.max_gvw < vehicle.gvw for row in scenario.rows(SITES.name) for vehicle in scenario.rows(VEHICLES.name)):
        yield _rule("policy.largest_vehicle", _edit(SITES.name, lambda _: {"max_gvw": LARGEST}))
    if any(row.max_trips < UNLIMITED_TRIPS for row in scenario.rows(VEHICLES.name)):
        yield _rule("policy.trips", _edit(VEHICLES.name, lambda _: {"max_trips": UNLIMITED_TRIPS}))
    if scenario.value(CO2_LIMIT) < CO2_LIMIT.most:
        yield _rule("policy.co2_limit", lambda s: with_parameter(s, CO2_LIMIT, CO2_LIMIT.most), most=scenario.value(CO2_LIMIT))
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
