"""The rules of a kitchens scenario that could be given up, and the decisions that could be imposed, to be priced."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import Any

from planner.issues import Message
from planner.problems.base import Rule, edited
from planner.problems.kitchens import tables as tb
from planner.problems.kitchens.demand import all_cases
from planner.scenario import Scenario, with_parameter
from planner.schema import Row
from planner.sites import FIRST_YEAR, HORIZON_YEARS, SITES, Parameter

Edit = Callable[[Row], dict[str, Any]]


def policies(scenario: Scenario) -> list[Rule]:
    """Every lock, limit and policy in force, then keeping, closing or opening each kitchen."""
    return [*_locks(scenario), *_limits(scenario), *_decisions(scenario)]


def _locks(scenario: Scenario) -> Iterator[Rule]:
    for row in scenario.rows(tb.KITCHENS.name):
        if row.lock != "free":
            dated = {} if row.lock_from is None else {"year": str(row.lock_from)}
            ended = {} if row.lock_until is None else {"until": str(row.lock_until)}
            yield _rule(f"policy.lock_{row.lock}{'_from' if dated else ''}{'_until' if ended else ''}", _lock(row.kitchen, "free"), kitchen=row.name, **dated, **ended)
    names = {row.site: row.name for row in scenario.rows(SITES.name)}
    kitchens = {row.kitchen: row.name for row in scenario.rows(tb.KITCHENS.name)}
    locked = {row.site: (row.lock, row.lock_from) for row in scenario.rows(tb.DEMAND.name) if row.lock}
    for site, (kitchen, year) in locked.items():
        change, dated = _edit(tb.DEMAND.name, _only("site", site, lock=None, lock_from=None)), {} if year is None else {"year": str(year)}
        yield _rule(f"policy.site_lock{'_from' if dated else ''}", change, site=names.get(site, site), kitchen=kitchens.get(kitchen, kitchen), **dated)


def _limits(scenario: Scenario) -> Iterator[Rule]:
    if any(row.investment is not None for row in scenario.rows(tb.YEARS.name)):
        yield _rule("policy.budget", _edit(tb.YEARS.name, lambda _: {"investment": None}))
    if any(row.departures is not None for row in scenario.rows(tb.YEARS.name)):
        yield _rule("policy.departures", _set(tb.STAFF_CHANGE_FREE, 1))
    if any(row.kitchens is not None for row in scenario.rows(tb.YEARS.name)):
        yield _rule("policy.most_open", _edit(tb.YEARS.name, lambda _: {"kitchens": None}))
    for parameter, mode in ((tb.MAX_HOT_MINUTES, "hot"), (tb.MAX_COLD_MINUTES, "cold")):
        if any(mode in row.modes for row in scenario.rows(tb.KITCHENS.name)):
            yield _rule(f"policy.minutes_{mode}", _set(parameter, parameter.most), minutes=scenario.value(parameter))
    if any(row.diets for row in scenario.rows(tb.KITCHENS.name)):
        yield _rule("policy.diets", _edit(tb.KITCHENS.name, lambda _: {"diets": None}))
    if any(row.use_by_days < 5 for row in scenario.rows(tb.KITCHENS.name)):
        yield _rule("policy.use_by", _edit(tb.KITCHENS.name, lambda row: {"use_by_days": max(5, row.use_by_days)}))
    if any(not row.approved for row in scenario.rows(tb.KITCHENS.name)):
        yield _rule("policy.approval", _edit(tb.KITCHENS.name, lambda _: {"approved": True}))
    if any(row.cold_capacity is not None for row in scenario.rows(tb.LEVELS.name)):
        yield _rule("policy.chilling", _edit(tb.LEVELS.name, lambda _: {"cold_capacity": None}))
    if scenario.value(tb.RESCUE_SHARE):
        yield _rule("policy.rescue", _set(tb.RESCUE_SHARE, 0.0), share=scenario.value(tb.RESCUE_SHARE))
    if scenario.value(tb.CO2_LIMIT) < tb.CO2_LIMIT.most:
        yield _rule("policy.kitchens_co2", _set(tb.CO2_LIMIT, tb.CO2_LIMIT.most), most=scenario.value(tb.CO2_LIMIT))
    if scenario.value(tb.EGALIM):
        yield _rule("policy.egalim", _set(tb.EGALIM, 0.0), euros=scenario.value(tb.EGALIM))
    if scenario.rows(tb.ACCEPTED.name) and scenario.value(tb.MOST_CHANGES) < tb.MOST_CHANGES.most:
        yield _rule("policy.most_changes", _set(tb.MOST_CHANGES, tb.MOST_CHANGES.most), most=scenario.value(tb.MOST_CHANGES))
    if scenario.rows(tb.ACCEPTED.name) and scenario.value(tb.CHANGE_PRICE):
        yield _rule("policy.change_price", _set(tb.CHANGE_PRICE, 0.0), euros=scenario.value(tb.CHANGE_PRICE))
    if any(row.compliant_until is not None and row.refit_cost for row in scenario.rows(tb.KITCHENS.name)):
        yield _rule("policy.refit", _edit(tb.KITCHENS.name, lambda _: {"compliant_until": None}))
    imposed = {row.lock for row in scenario.rows(tb.DEMAND.name)}  # a kitchen that could open sooner would have to feed them sooner
    for row in scenario.rows(tb.KITCHENS.name):
        if row.status == "candidate" and row.earliest_year is not None and row.lock == "free" and row.kitchen not in imposed:
            yield _rule("policy.earliest", _edit(tb.KITCHENS.name, _only("kitchen", row.kitchen, earliest_year=None)), kitchen=row.name, year=str(row.earliest_year))
    if any(len(row.modes) < len(tb.MODES) for row in scenario.rows(tb.DEMAND.name)):
        yield _rule("policy.modes", _edit(tb.DEMAND.name, _any_mode))
    if any(row.min_staff for row in scenario.rows(tb.LEVELS.name)):
        yield _rule("policy.min_staff", _edit(tb.LEVELS.name, lambda _: {"min_staff": 0.0}))
    yield from _unlikely_cases(scenario)


def _any_mode(row: Row) -> dict[str, Any]:
    """Every mode accepted; today's stays what it is, said or not."""
    return {"modes": tuple(option.code for option in tb.MODES)} if row.current_mode else {}


def _unlikely_cases(scenario: Scenario) -> Iterator[Rule]:
    """Cases that a robust plan only has to hold in: they weigh nothing, so that the cost of a plan is the same without them."""
    if scenario.value(tb.ROBUST) < 0.5:
        return
    for case in all_cases(scenario):
        if case.name and not case.weight:
            yield _rule("policy.case", _without_case(case.name), case=case.name)


def _without_case(name: str) -> Callable[[Scenario], Scenario]:
    def change(scenario: Scenario) -> Scenario:
        kept = [{column: getattr(row, column) for column in tb.SCENARIOS.names} for row in scenario.rows(tb.SCENARIOS.name) if row.scenario != name]
        return scenario.replace(tb.SCENARIOS.name, tb.SCENARIOS.frame(kept))

    return change


def _decisions(scenario: Scenario) -> Iterator[Rule]:
    for row in scenario.rows(tb.KITCHENS.name):
        if row.lock == "free":
            for lock in ("keep", "close") if row.status == "existing" else ("open",):
                yield _decision(f"policy.{lock}", _lock(row.kitchen, lock), kitchen=row.name)
    names = {row.site: row.name for row in scenario.rows(SITES.name)}
    for site in dict.fromkeys(row.site for row in scenario.rows(tb.DEMAND.name) if row.optional):
        serve, refuse = _edit(tb.DEMAND.name, _only("site", site, optional=False)), _edit(tb.DEMAND.name, _only("site", site, meals=0.0))
        yield _decision("policy.serve", serve, site=names.get(site, site))
        yield _decision("policy.refuse", refuse, site=names.get(site, site))


def by_year(scenario: Scenario, kitchens: Collection[str]) -> list[Rule]:
    """For each of these kitchens that has no lock, and each year of the plan: an existing one kept until the end of the year, then closed
    at its start at the latest; a candidate opened at its start at the latest, then not before."""
    first, count = round(scenario.value(FIRST_YEAR)), max(1, round(scenario.value(HORIZON_YEARS)))
    years = range(first, first + count)
    found = []
    for row in scenario.rows(tb.KITCHENS.name):
        if row.kitchen not in kitchens or row.lock != "free":
            continue
        early = [year for year in years if row.earliest_year is None or year >= row.earliest_year]
        ways = (
            [*(("keep_until", year, _lock(row.kitchen, "keep", until=year)) for year in years), *(("close_by", year, _lock(row.kitchen, "close", year)) for year in years)]
            if row.status == "existing" else
            [*(("open_by", year, _lock(row.kitchen, "open", year)) for year in early), *(("not_before", year, _lock(row.kitchen, "close", until=year - 1)) for year in early[1:])]
        )  # fmt: skip
        found += [_decision(f"policy.{key}", change, kitchen=row.name, year=str(year)) for key, year, change in ways]
    return found


def _lock(kitchen: str, lock: str, since: int | None = None, until: int | None = None) -> Callable[[Scenario], Scenario]:
    """One kitchen with this lock, in these years."""
    return _edit(tb.KITCHENS.name, _only("kitchen", kitchen, lock=lock, lock_from=since, lock_until=until))


def _decision(key: str, change: Callable[[Scenario], Scenario], **named: Any) -> Rule:
    return replace(_rule(key, change, **named), kind="decision")


def _rule(key: str, change: Callable[[Scenario], Scenario], **named: Any) -> Rule:
    return Rule(Message.of(key, **named), "rule", change)


def _edit(table: str, edit: Edit) -> Callable[[Scenario], Scenario]:
    return lambda scenario: edited(scenario, table, edit)


def _only(column: str, code: str, **values: Any) -> Edit:
    return lambda row: values if getattr(row, column) == code else {}


def _set(parameter: Parameter, value: float) -> Callable[[Scenario], Scenario]:
    return lambda scenario: with_parameter(scenario, parameter, value)
