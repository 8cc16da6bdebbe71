"""The decisions of a plan that a group can declare settled, and the edits that hold the next plan to them.

A decision is one value in a lock column of the scenario (for a kitchen with the year from which it holds), or a row of a table of
locks. Only what these can say is offered: a kitchen that opens and closes again, a flow that changes vehicle from day to day, or
visits spread unevenly over the week are no decisions of this kind; a route can be kept as it is where the plan keeps today's.
Whether locks contradict each other is for the pre-checks to say.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from planner.i18n import in_words, text
from planner.problems.kitchens.data import facts
from planner.problems.kitchens.locks import can_open, unlocked
from planner.problems.kitchens.tables import ASSIGNMENT, DEMAND, KITCHENS, ROADMAP
from planner.problems.purchasing.result_tables import REFERENCES
from planner.problems.purchasing.tables import ARTICLES, AWARDS, EQUIVALENCES, LOTS, SUPPLIERS
from planner.problems.purchasing.tables import LOCKS as AWARD_LOCKS
from planner.problems.routes.accepted import carriers
from planner.problems.routes.held import kept_as_today
from planner.problems.routes.tables import CURRENT, DEPOTS, FLOWS, ROUTE_LOCKS, STOPS, VEHICLES
from planner.problems.routes.week import DAY_CODES
from planner.scenario import Scenario
from planner.schema import Row, Table, rows, series
from planner.sites import ESTABLISHMENTS, SITES
from planner.study import Result, Study

FREE: dict[str, Any] = {KITCHENS.name: "free", CURRENT.name: False}  # the value of a lock column that locks nothing, where it is not empty
ROWS = {AWARD_LOCKS.name: ("action",), ROUTE_LOCKS.name: ("vehicle", "days")}  # tables whose rows are locks, with what a row can lock


@dataclass(frozen=True)
class Decision:
    """One decision in `words`, as the edit that locks it: `column` = `value` (as typed) in the rows of `table` with `key`.

    `locked`: whether the scenario of the study already has it. `beside`: another column of these rows and its value (as typed, ""
    for empty), set with the lock and emptied with it.
    """

    problem: str
    words: str
    table: str
    key: tuple[tuple[str, str], ...]
    column: str
    value: str
    locked: bool
    beside: tuple[str, str] | None = None


def decisions(study: Study, lang: str) -> list[Decision]:
    """What the study's valid plans decide and a lock can hold, in the words of a language."""
    of = {"kitchens": _kitchens, "routes": _routes, "purchasing": _awards}
    return [decision for name, result in study.results.items() if result.valid for decision in of[name](study, result, lang)]


def lock(scenario: Scenario, chosen: Iterable[Decision]) -> Scenario:
    """The scenario with these decisions locked; a cell locked otherwise takes the new value."""
    for decision in chosen:
        scenario = _added(scenario, decision) if decision.table in ROWS else _set(scenario, decision, True)
    return scenario


def unlock(scenario: Scenario, chosen: Iterable[Decision]) -> Scenario:
    """The scenario without these locks; a cell that is locked to another value stays as it is."""
    for decision in chosen:
        scenario = _withdrawn(scenario, decision) if decision.table in ROWS else _set(scenario, decision, False)
    return scenario


def in_force(scenario: Scenario, lang: str) -> list[tuple[str, str]]:
    """The locks that a scenario holds, as (problem, words). Days of flows are data as much as locks and not told."""
    found = [("kitchens", _told(row, row.lock, row.lock_from, lang, row.lock_until)) for row in scenario.rows(KITCHENS.name) if row.lock != "free"]
    fed = {row.site: (row.lock, row.lock_from) for row in scenario.rows(DEMAND.name) if row.lock}
    found += [("kitchens", _fed(scenario, site, kitchen, year, lang)) for site, (kitchen, year) in fed.items()]
    for row in scenario.rows(FLOWS.name):
        if row.lock:
            found.append(("routes", text("locks.vehicle", lang, flow=row.flow, vehicle=_named(row.lock, _name(scenario, VEHICLES, row.lock)))))
    for row in scenario.rows(ROUTE_LOCKS.name):
        about = " + ".join(_named(code, _name(scenario, SITES, code)) if code == row.site else str(code)
                            for code in (row.site, in_words(row.category, "category", lang) if row.category else None, row.flow) if code)  # fmt: skip
        if row.vehicle:
            found.append(("routes", text("locks.row_vehicle", lang, about=about, vehicle=_named(row.vehicle, _name(scenario, VEHICLES, row.vehicle)))))
        if row.days:
            found.append(("routes", text("locks.row_days", lang, about=about, days=_days(row.days, lang))))
    for day, vehicle, number in dict.fromkeys((row.day, row.vehicle, row.number) for row in scenario.rows(CURRENT.name) if row.locked):
        found.append(("routes", _kept(scenario, day, vehicle, number, lang)))
    for row in scenario.rows(AWARD_LOCKS.name):
        names = {
            "lot": _named(row.lot, _name(scenario, LOTS, row.lot)),
            "establishment": _named(row.establishment, _name(scenario, ESTABLISHMENTS, row.establishment)) if row.establishment else text("locks.everyone", lang),
            "supplier": _named(row.supplier, _name(scenario, SUPPLIERS, row.supplier)) if row.supplier else "",
        }
        found.append(("purchasing", text(f"locks.{row.action}", lang, **names)))
    found += [("purchasing", _settled(scenario, row.equivalence, row.reference, lang)) for row in scenario.rows(EQUIVALENCES.name) if row.reference]
    return found


# --- what a plan decides ---------------------------------------------------------------------------------


def _kitchens(study: Study, result: Result, lang: str) -> Iterator[Decision]:
    """Kitchens open in every year they can be, or closed, from a year on; sites that one kitchen feeds in every year it can, likewise."""
    scenario = result.scenario
    data = facts(scenario, study.network)
    rows_of = {row.kitchen: row for row in scenario.rows(KITCHENS.name)}
    opened: dict[str, set[int]] = defaultdict(set)
    for row in rows(ROADMAP, result.plan.tables[ROADMAP.name]):
        if row.level is not None:
            opened[row.kitchen].add(row.year)
    possible = {k.code: {year for year, can in zip(data.years, can_open(data, k), strict=True) if can} for k in data.kitchens}
    for k in data.kitchens:
        kitchen, row = k.code, rows_of[k.code]
        able = {year for year, can in zip(data.years, can_open(data, unlocked(k)), strict=True) if can}
        held = (row.lock, row.lock_from) if row.lock != "free" else None  # told as it is, to be set free: a valid plan keeps it
        made = held or _settles(row.status == "existing", opened[kitchen], able)
        if made is not None:
            value, year = made
            beside = ("lock_from", "" if year is None else str(year))
            words = _told(row, value, year, lang, row.lock_until if held else None)
            yield _decision("kitchens", words, scenario, KITCHENS, {"kitchen": kitchen}, "lock", value, beside)
    fed: dict[str, dict[int, str]] = defaultdict(dict)
    for row in rows(ASSIGNMENT, result.plan.tables[ASSIGNMENT.name]):
        fed[row.site][row.year] = row.kitchen
    imposed = {row.site: (row.lock, row.lock_from) for row in scenario.rows(DEMAND.name) if row.lock}
    for site, by_year in fed.items():
        kitchen, year = imposed.get(site, (None, None))
        if kitchen not in by_year.values():
            kitchen = by_year[max(by_year)]
            others = [when for when in possible.get(kitchen, set()) & by_year.keys() if by_year[when] != kitchen]
            year = max(others) + 1 if others else None
        if kitchen in possible and (year is None or year <= max(by_year)):
            yield _decision("kitchens", _fed(scenario, site, kitchen, year, lang), scenario, DEMAND, {"site": site}, "lock", kitchen, ("lock_from", "" if year is None else str(year)))


def _settles(existing: bool, opened: set[int], able: set[int]) -> tuple[str, int | None] | None:
    """The lock, and the year from which it holds (None: from the start), of a kitchen open in some of the years in which it can be."""
    stays = "keep" if existing else "open"
    if opened and opened == able:
        return stays, None
    if not opened:
        return "close", None
    begins, ends = min(opened), max(opened) + 1
    if opened == {year for year in able if year >= begins}:
        return stays, begins
    return ("close", ends) if opened == {year for year in able if year < ends} else None


def _fed(scenario: Scenario, site: str, kitchen: str, year: int | None, lang: str) -> str:
    """A kitchen imposed on a site in words."""
    names = {"site": _named(site, _name(scenario, SITES, site)), "kitchen": _named(kitchen, _name(scenario, KITCHENS, kitchen))}
    return text("locks.site", lang, **names) if year is None else text("locks.site_from", lang, year=str(year), **names)


def _told(row: Row, lock: str, year: int | None, lang: str, until: int | None = None) -> str:
    """A lock on a kitchen in words."""
    key = "kitchen_unopened" if lock == "close" and row.status == "candidate" else f"kitchen_{lock}"
    dated = {} if year is None else {"year": str(year)}
    said = text(f"locks.{key}{'_from' if dated else ''}", lang, kitchen=_named(row.kitchen, row.name), **dated)
    return said if until is None else text("locks.until", lang, said=said, until=str(until))


def _routes(study: Study, result: Result, lang: str) -> Iterator[Decision]:
    """The vehicle type of flows that one type carries, and the days of flows whose days a list can say."""
    scenario = study.scenario  # not the coupled one: the flows that the kitchens add are not the group's to lock
    types: dict[str, set[str]] = defaultdict(set)
    days: dict[str, Counter[str]] = defaultdict(Counter)
    for (day, flow, _), vehicles in carriers(rows(STOPS, result.plan.tables[STOPS.name])).items():
        types[flow] |= {vehicle for vehicle, _ in vehicles}
        days[flow][day] += 1
    for row in scenario.rows(FLOWS.name):
        if len(types[row.flow]) == 1:
            (vehicle,) = types[row.flow]
            words = text("locks.vehicle", lang, flow=row.flow, vehicle=_named(vehicle, _name(scenario, VEHICLES, vehicle)))
            yield _decision("routes", words, scenario, FLOWS, {"flow": row.flow}, "lock", vehicle)
        served = [day for day in DAY_CODES if days[row.flow][day]]
        each = {days[row.flow][day] for day in served}
        # the days in a list, each as often as visits are a multiple of them
        if len(each) == 1 and sum(days[row.flow].values()) == (row.visits or len(served)):
            words = text("locks.days", lang, flow=row.flow, days=_days(served, lang))
            yield _decision("routes", words, scenario, FLOWS, {"flow": row.flow}, "days", ", ".join(served))
    yield from _of_sites(scenario, types, days, lang)
    for day, vehicle, number in kept_as_today(scenario, study.network, result.plan):
        key = {"day": day, "vehicle": vehicle, "number": str(number)}
        yield _decision("routes", _kept(scenario, day, vehicle, number, lang), scenario, CURRENT, key, "locked", "True")


def _of_sites(scenario: Scenario, types: Mapping[str, set[str]], days: Mapping[str, Counter[str]], lang: str) -> Iterator[Decision]:
    """Sites with several flows that all travel with one vehicle type, or on a few days."""
    of: dict[str, list[str]] = defaultdict(list)
    hubs = {row.site for row in scenario.rows(DEPOTS.name)}
    for row in scenario.rows(FLOWS.name):
        if row.quantity > 0:
            for site in {row.origin, row.destination} - hubs:
                of[site].append(row.flow)
    for site, flows in of.items():
        if len(flows) < 2 or not all(types[flow] for flow in flows):
            continue
        name, key = _named(site, _name(scenario, SITES, site)), {"site": site, "category": "", "flow": ""}
        used = set().union(*(types[flow] for flow in flows))
        if len(used) == 1:
            (vehicle,) = used
            words = text("locks.site_vehicle", lang, site=name, vehicle=_named(vehicle, _name(scenario, VEHICLES, vehicle)))
            yield _decision("routes", words, scenario, ROUTE_LOCKS, key, "vehicle", vehicle)
        served = [day for day in DAY_CODES if any(days[flow][day] for flow in flows)]
        if len(served) < len(DAY_CODES):
            yield _decision("routes", text("locks.site_days", lang, site=name, days=_days(served, lang)), scenario, ROUTE_LOCKS, key, "days", ", ".join(served))


def _awards(study: Study, result: Result, lang: str) -> Iterator[Decision]:
    """Who supplies each lot to each establishment, or that it stays out; the common references."""
    scenario = result.scenario
    for row in rows(AWARDS, result.plan.tables[AWARDS.name]):
        names = {
            "lot": _named(row.lot, _name(scenario, LOTS, row.lot)),
            "establishment": _named(row.establishment, _name(scenario, ESTABLISHMENTS, row.establishment)),
        }
        if row.supplier is None:
            words, value = text("locks.stay_out", lang, **names), "stay_out"
        else:
            words, value = text("locks.award", lang, supplier=_named(row.supplier, _name(scenario, SUPPLIERS, row.supplier)), **names), "award"
        key = {"lot": row.lot, "establishment": row.establishment, "supplier": row.supplier or ""}
        yield _decision("purchasing", words, scenario, AWARD_LOCKS, key, "action", value)
    for equivalence, reference in dict.fromkeys((row.equivalence, row.reference) for row in rows(REFERENCES, result.plan.tables[REFERENCES.name])):
        if reference:
            yield _decision("purchasing", _settled(scenario, equivalence, reference, lang), scenario, EQUIVALENCES, {"equivalence": equivalence}, "reference", reference)


def _settled(scenario: Scenario, equivalence: str, reference: str, lang: str) -> str:
    return text("locks.reference", lang, equivalence=_named(equivalence, _name(scenario, EQUIVALENCES, equivalence)), article=_named(reference, _name(scenario, ARTICLES, reference)))


def _decision(
    problem: str, words: str, scenario: Scenario, table: Table, key: dict[str, str], column: str, value: str, beside: tuple[str, str] | None = None
) -> Decision:
    made = Decision(problem, words, table.name, tuple(key.items()), column, value, False, beside)
    at = _at(scenario, table.name, made.key)
    return replace(made, locked=bool(at) and all(_holds(made, row) for row in at))


def _holds(decision: Decision, row: Row) -> bool:
    """Whether a row holds a decision."""
    beside = decision.beside is None or _written(decision.beside[0], row) == decision.beside[1]
    return beside and _written(decision.column, row) == decision.value


def _name(scenario: Scenario, table: Table, code: str) -> str:
    return next((str(row.name) for row in scenario.rows(table.name) if getattr(row, table.key[0]) == code), "")


def _named(code: str, name: str) -> str:
    return f"{code} ({name})" if name and name != code else code


def _days(days: Iterable[str], lang: str) -> str:
    return _joined([text("locks.on_day", lang, day=text(f"day.{day}", lang)) for day in days], lang)


def _kept(scenario: Scenario, day: str, vehicle: str, number: int, lang: str) -> str:
    return text("locks.route", lang, day=text(f"day.{day}", lang), vehicle=_named(vehicle, _name(scenario, VEHICLES, vehicle)), number=number)


def _joined(words: Sequence[str], lang: str) -> str:
    """`le lundi, le mardi et le jeudi`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {text('locks.and', lang)} {words[-1]}"


# --- the edits -------------------------------------------------------------------------------------------


def _at(scenario: Scenario, table: str, key: Iterable[tuple[str, str]]) -> list[Row]:
    """The rows with these values, an empty text for an empty cell."""
    return [row for row in scenario.rows(table) if all(_plain(getattr(row, name)) == value for name, value in key)]


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _written(column: str, row: Row) -> str:
    value = getattr(row, column)
    return ", ".join(value) if isinstance(value, tuple) else str(value or "")


def _set(scenario: Scenario, decision: Decision, locked: bool) -> Scenario:
    """The lock column of the decision's rows filled, or emptied where it holds the decision."""
    table = scenario.table(decision.table)
    at = {row.index_: row for row in _at(scenario, decision.table, decision.key)}
    holding = {i for i, row in at.items() if _holds(decision, row)}
    touched = set(at) - holding if locked else holding
    if not touched:
        return scenario
    frame = scenario.frames[decision.table].copy()
    for name, typed in ((decision.column, decision.value), *([decision.beside] if decision.beside else [])):
        column = table.column(name)
        free = FREE.get(decision.table) if name == decision.column else None
        value = free if not locked else column.kind.parse(typed) if typed else None
        frame[name] = series(column, [value if row.index_ in touched else getattr(row, name) for row in scenario.rows(decision.table)])
    if decision.table == KITCHENS.name:  # no decision of a plan ends before the plan does
        frame["lock_until"] = series(table.column("lock_until"), [None if row.index_ in touched else row.lock_until for row in scenario.rows(decision.table)])
    if decision.column == "days" and not locked:  # a flow is visited as often as before
        count = len(decision.value.split(","))
        visits = [row.visits or (count if count > 1 and row.index_ in touched else None) for row in scenario.rows(decision.table)]
        frame["visits"] = series(table.column("visits"), visits)
    return scenario.replace(decision.table, frame)


def _added(scenario: Scenario, decision: Decision) -> Scenario:
    """A row of a table of locks that holds the decision: the one with its key, or one more."""
    table = scenario.table(decision.table)
    kept = [_cells(table, row) for row in scenario.rows(decision.table)]
    same = _at(scenario, decision.table, decision.key)
    value = table.column(decision.column).kind.parse(decision.value)
    if same and all(getattr(row, decision.column) == value for row in same):
        return scenario
    for row in same:
        kept[row.index_][decision.column] = value
    if not same:
        kept.append({**{name: code or None for name, code in decision.key}, decision.column: value})
    return scenario.replace(decision.table, table.frame(kept))


def _withdrawn(scenario: Scenario, decision: Decision) -> Scenario:
    """The decision's row without its value, or gone where it locks nothing else."""
    table = scenario.table(decision.table)
    holding = {row.index_ for row in _at(scenario, decision.table, decision.key) if _written(decision.column, row) == decision.value}
    if not holding:
        return scenario
    kept = []
    for row in scenario.rows(decision.table):
        cells = _cells(table, row)
        if row.index_ in holding:
            cells[decision.column] = None
            if all(cells[name] is None for name in ROWS[decision.table]):
                continue
        kept.append(cells)
    return scenario.replace(decision.table, table.frame(kept))


def _cells(table: Table, row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in table.names}
