"""What pages and charts show of a study: plain tables and sentences, in the reader's words. Nothing here draws."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from planner.i18n import euros, number, numbered, percent, text
from planner.kinds import Choice
from planner.plan import Status
from planner.problems.base import average, years_of
from planner.problems.kitchens.tables import ACTIONS, ASSIGNMENT, KITCHENS, ROADMAP
from planner.problems.purchasing.result_tables import CALENDAR as CONVERGENCE
from planner.problems.purchasing.result_tables import YEARS as PURCHASE_YEARS
from planner.problems.purchasing.tables import AWARDS, DISCOUNTS, LOTS, SUPPLIERS, TIERS
from planner.problems.routes.driver_tables import BREAKS
from planner.problems.routes.tables import DEPOTS, FLOWS, STOPS, TRIPS, VEHICLES
from planner.problems.routes.tables import ROUTES as DAILY
from planner.report.maps import map_ready
from planner.report.tables import MAP_LEGS
from planner.scenario import Scenario
from planner.schema import Row, rows, text_of
from planner.sites import ESTABLISHMENTS, SITES
from planner.study import SAVINGS, Result, Study

NEAR = 0.9  # share of a limit from which it is worth saying
MOST_SAID = 12  # near limits of one kind told; the tables have the rest


def names(scenario: Scenario, table: str) -> dict[str, str]:
    """Names by code of a table that has both."""
    declared = scenario.table(table)
    return {getattr(row, declared.key[0]): row.name or getattr(row, declared.key[0]) for row in scenario.rows(table)}


# --- money -----------------------------------------------------------------------------------------------


def gains(study: Study, problem: str | None = None) -> pd.DataFrame:
    """Savings by establishment, largest first: establishment, name, today, plan, replaced, value (€/year).

    `problem`: one of the study's, None for all of them together (then only the saving adds up).
    """
    called = names(study.scenario, ESTABLISHMENTS.name)
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0, 0.0])
    for row in rows(SAVINGS, study.savings):
        if row.establishment is not None and row.saving is not None and problem in (None, row.problem):
            for place, value in enumerate((row.today, row.plan, row.replaced, row.saving)):
                sums[row.establishment][place] += value or 0.0
    made: list[tuple[Any, ...]] = [(code, called.get(code, code), *values) for code, values in sums.items()]
    return pd.DataFrame(made, columns=["establishment", "name", "today", "plan", "replaced", "value"]).sort_values("value", ascending=False, ignore_index=True)


def lines(result: Result, lang: str) -> pd.DataFrame:
    """The yearly cost of each cost line: name, today, plan (€/year, missing while not known), in declared order."""
    kind = result.costs_table.column("line").kind
    assert isinstance(kind, Choice)
    found: dict[str, dict[str, float]] = {}
    for which, audit in (("today", result.baseline_audit), ("plan", result.audit if result.valid else None)):
        if audit is None:
            continue
        years = years_of(audit.costs)
        amounts: dict[str, list[float]] = defaultdict(list)
        for line in rows(result.costs_table, audit.costs):
            amounts[line.line].append(line.amount or 0.0)
        for code, values in amounts.items():
            found.setdefault(code, {})[which] = average(values, years)
    made = [(kind.label(code, lang), found[code].get("today", 0.0), found[code].get("plan", 0.0)) for code in kind.codes if code in found and any(found[code].values())]
    return pd.DataFrame(made, columns=["name", "today", "plan"])


def gap_words(result: Result, lang: str) -> str:
    """What is proven of a plan, how far a better one could go at most, and why."""
    plan = result.plan
    if not result.valid:
        return text("figures.gap.refused" if plan.status.has_plan else f"figures.gap.{plan.status}", lang)
    years = years_of(result.audit.costs) if result.audit is not None else 1
    several = plan.problem == "purchasing" and years > 1
    span = text("figures.span.years", lang, years=years) if several else text(f"figures.span.{plan.problem}", lang)
    if plan.status is Status.OPTIMAL:
        return text("figures.gap.optimal", lang, gap=euros(max(1, math.ceil(plan.gap_euros or 0.0)), lang), span=span)  # never said nearer than it is
    if plan.gap_euros is None or plan.gap is None:
        return text("figures.gap.no_bound", lang)
    said = text("figures.gap.open", lang, gap=euros(plan.gap_euros, lang), percent=number(100 * plan.gap, lang, 1), bound=euros(plan.bound or 0.0, lang), span=span)
    columns = any(issue.code == "routes_bound_columns" for issue in plan.issues)
    why = text("figures.gap.why.columns" if columns else f"figures.gap.why.{plan.problem}", lang)
    stopped = text("figures.gap.stopped", lang) if plan.status is Status.STOPPED else ""
    return " ".join(part for part in (said, why, stopped) if part)


# --- maps ------------------------------------------------------------------------------------------------


def places(scenario: Scenario, open_kitchens: Mapping[str, str] | None = None) -> pd.DataFrame:
    """The sites of a scenario for a map: site, name, establishment, lat, lon, role, said.

    `open_kitchens`: kitchens by site where known, else those that exist today.
    """
    kitchens = open_kitchens if open_kitchens is not None else {row.site: row.kitchen for row in scenario.rows(KITCHENS.name) if row.status == "existing"}
    depots = {row.site for row in scenario.rows(DEPOTS.name)}
    called = names(scenario, ESTABLISHMENTS.name)
    made = []
    for row in scenario.rows(SITES.name):
        role = "kitchen" if row.site in kitchens else "depot" if row.site in depots else "platform" if row.kind in ("platform", "supplier") else "site"
        made.append((row.site, row.name, row.establishment, row.lat, row.lon, role, f"{row.name} ({called.get(row.establishment, row.establishment)})"))
    return pd.DataFrame(made, columns=["site", "name", "establishment", "lat", "lon", "role", "said"])


def feeding(study: Study, lang: str, year: int | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Sites and links of who feeds whom in a year (the last where not said), for `charts.site_map`."""
    result = study.results["kitchens"]
    assigned = [row for row in rows(ASSIGNMENT, result.plan.tables[ASSIGNMENT.name]) if row.kitchen]
    shown = max((row.year for row in assigned), default=0) if year is None else year
    kitchens = {row.kitchen: row for row in study.scenario.rows(KITCHENS.name)}
    sites = names(study.scenario, SITES.name)
    kept = [row for row in assigned if row.year == shown]
    links = [
        (row.site, kitchens[row.kitchen].site, kitchens[row.kitchen].name,
         text("figures.fed", lang, site=sites[row.site], kitchen=kitchens[row.kitchen].name, mode=ASSIGNMENT.column("mode").kind.label(row.mode, lang),  # type: ignore[attr-defined]
              meals=number(row.meals or 0, lang), minutes=number(row.minutes or 0, lang)))
        for row in kept
    ]  # fmt: skip
    return places(study.scenario, {kitchens[row.kitchen].site: row.kitchen for row in kept}), pd.DataFrame(links, columns=["site", "other", "name", "said"])


def vehicle_names(result: Result, lang: str) -> dict[tuple[str, int], str]:
    """What to call each vehicle of a routes plan: its type, with its number where there are several."""
    used: dict[str, set[int]] = defaultdict(set)
    for row in rows(DAILY, result.plan.tables[DAILY.name]):
        used[row.vehicle].add(row.number)
    called = names(result.scenario, VEHICLES.name)
    shared = Counter(called.values())
    called = {code: f"{name} ({code})" if shared[name] > 1 else name for code, name in called.items()}
    return {(code, n): numbered(called.get(code, code), n, lang) if numbers != {1} else called.get(code, code) for code, numbers in used.items() for n in numbers}


def legs(study: Study, day: str, lang: str) -> pd.DataFrame:
    """The legs driven on a day: site, other (ends), name (vehicle), said, for `charts.site_map`."""
    result = study.results["routes"]
    found = map_ready(study).get(MAP_LEGS.name)
    called, sites = vehicle_names(result, lang), names(study.scenario, SITES.name)
    if found is None:
        return pd.DataFrame(columns=["site", "other", "name", "said", "vehicle"])
    made = [
        (leg.destination, leg.origin, called[leg.vehicle, leg.number],
         text("figures.leg", lang, vehicle=called[leg.vehicle, leg.number], trip=leg.trip, origin=sites[leg.origin], destination=sites[leg.destination],
              km=number(leg.km or 0, lang, 1)))
        for leg in rows(*found) if leg.day == day
    ]  # fmt: skip
    return pd.DataFrame(made, columns=["site", "other", "name", "said"])


# --- time ------------------------------------------------------------------------------------------------


def roadmap(study: Study, lang: str) -> pd.DataFrame:
    """What each kitchen does each year: kitchen (name), year, action, said, more; kitchens never open are left out."""
    result = study.results["kitchens"]
    called = names(study.scenario, KITCHENS.name)
    found = list(rows(ROADMAP, result.plan.tables[ROADMAP.name]))
    alive = {row.kitchen for row in found if row.action not in (None, "closed")} | {row.kitchen for row in study.scenario.rows(KITCHENS.name) if row.status == "existing"}
    made = []
    for row in found:
        if row.kitchen not in alive:
            continue
        shown = f"→ {row.target}" if row.target is not None else percent(row.use or 0, lang) if row.capacity else ""
        more = text("figures.kitchen_year", lang, load=number(row.load or 0, lang), capacity=number(row.capacity or 0, lang), staff=number(row.staff or 0, lang),
                    investment=euros(row.investment or 0, lang)) if row.capacity or row.investment else ""  # fmt: skip
        made.append((called[row.kitchen], row.year, row.action or ACTIONS[0].code, shown, more))
    return pd.DataFrame(made, columns=["kitchen", "year", "action", "said", "more"])


def days_of(result: Result) -> list[str]:
    """The days on which a routes plan drives, in the order of the week."""
    driven = {row.day for row in rows(DAILY, result.plan.tables[DAILY.name])}
    kind = DAILY.column("day").kind
    assert isinstance(kind, Choice)
    return [code for code in kind.codes if code in driven]


def clock(minutes: float, lang: str) -> str:
    """Minutes after midnight as a time of day."""
    whole = round(minutes)
    return f"{whole // 60:02d}{'h' if lang == 'fr' else ':'}{whole % 60:02d}"


def timeline(result: Result, day: str, lang: str) -> pd.DataFrame:
    """What each vehicle does on a day: vehicle, activity, starts, ends (minutes after midnight), said."""
    called, sites = vehicle_names(result, lang), names(result.scenario, SITES.name)
    made: list[tuple[str, str, float, float, str]] = []

    def add(vehicle: str, activity: str, starts: float, ends: float, what: str = "") -> None:
        if ends > starts + 1e-6:
            made.append((vehicle, activity, starts, ends, f"{clock(starts, lang)} – {clock(ends, lang)}{' · ' + what if what else ''}"))

    trips = {(row.vehicle, row.number, row.trip): row for row in rows(TRIPS, result.plan.tables[TRIPS.name]) if row.day == day}
    stops: dict[tuple[str, int, int], dict[int, Row]] = defaultdict(dict)
    for row in rows(STOPS, result.plan.tables[STOPS.name]):
        if row.day == day:
            stops[row.vehicle, row.number, row.trip].setdefault(row.position, row)
    breaks: dict[tuple[str, int, int, int], list[tuple[float, float, str]]] = defaultdict(list)
    for row in rows(BREAKS, result.plan.tables[BREAKS.name]):
        if row.day == day:
            breaks[row.vehicle, row.number, row.trip, row.position].append((row.starts, row.starts + row.minutes, row.moment))
    for key, trip in sorted(trips.items(), key=lambda item: (called[item[0][0], item[0][1]], item[0][2])):
        vehicle = called[key[0], key[1]]
        previous = trips.get((*key[:2], key[2] - 1))
        if previous is not None:
            add(vehicle, "disinfection", previous.returns, previous.returns + (trip.disinfection or 0.0))
        add(vehicle, "loading", trip.loads, trip.departs)
        at = trip.departs
        for begins, ends, _ in breaks[(*key, 0)]:
            add(vehicle, "break", begins, ends)
        for position, stop in sorted(stops[key].items()):
            before = [(a, b) for a, b, moment in breaks[(*key, position)] if moment == "before"]
            after = [(a, b) for a, b, moment in breaks[(*key, position)] if moment == "after"]
            add(vehicle, "driving", at, stop.arrives, sites[stop.site])
            at = stop.arrives
            for begins, ends in [*before, (stop.starts, stop.starts)]:
                add(vehicle, "waiting", at, begins, sites[stop.site])
                add(vehicle, "break", begins, ends, sites[stop.site])
                at = ends
            add(vehicle, "service", stop.starts, stop.leaves, sites[stop.site])
            at = stop.leaves
            for begins, ends in after:
                add(vehicle, "waiting", at, begins, sites[stop.site])
                add(vehicle, "break", begins, ends, sites[stop.site])
                at = ends
        add(vehicle, "driving", at, trip.returns)
    return pd.DataFrame(made, columns=["vehicle", "activity", "starts", "ends", "said"])


# --- purchasing ------------------------------------------------------------------------------------------


def budget_by_year(result: Result) -> pd.DataFrame:
    """The budget effect of each establishment in each year of a purchasing plan: year, name, value (€); empty without a plan of years."""
    called = names(result.scenario, ESTABLISHMENTS.name)
    made = [
        (row.year, called.get(row.establishment, row.establishment), row.budget)
        for row in rows(PURCHASE_YEARS, result.plan.tables[PURCHASE_YEARS.name]) if row.year is not None and row.establishment is not None
    ]  # fmt: skip
    return pd.DataFrame(made, columns=["year", "name", "value"])


def convergence(result: Result, lang: str) -> pd.DataFrame:
    """When each establishment joins each lot: lot, name (establishment), date, how (code), said; those that stay out are left out."""
    called, lots = names(result.scenario, ESTABLISHMENTS.name), names(result.scenario, LOTS.name)
    how = CONVERGENCE.column("how")
    made = [
        (lots[row.lot], called[row.establishment], pd.Timestamp(row.joins), row.how,
         text("figures.joins", lang, establishment=called[row.establishment], lot=lots[row.lot], date=text_of(CONVERGENCE.column("joins"), row.joins, lang),
              how=text_of(how, row.how, lang), saving=euros(row.saving or 0.0, lang)))
        for row in rows(CONVERGENCE, result.plan.tables[CONVERGENCE.name]) if row.joins is not None
    ]  # fmt: skip
    return pd.DataFrame(made, columns=["lot", "name", "date", "how", "said"])


# --- near limits -----------------------------------------------------------------------------------------


def near_limits(study: Study, lang: str) -> list[tuple[str, str]]:
    """What comes close to a limit, or just misses a discount: (problem, sentence with both figures), the closest first."""
    of = {"kitchens": _near_kitchens, "routes": _near_routes, "purchasing": _near_purchasing}
    said: list[tuple[str, str]] = []
    for name, result in study.results.items():
        if result.valid:
            found = sorted(of[name](result, lang), key=lambda item: -item[0])
            said += [(name, words) for _, words in found[:MOST_SAID]]
    return said


def _near_kitchens(result: Result, lang: str) -> Iterator[tuple[float, str]]:
    called = names(result.scenario, KITCHENS.name)
    peak: dict[str, Row] = {}
    for row in rows(ROADMAP, result.plan.tables[ROADMAP.name]):
        if row.use is not None and row.use >= 100 * NEAR and (row.kitchen not in peak or row.use > peak[row.kitchen].use):
            peak[row.kitchen] = row
    for row in peak.values():
        yield row.use / 100, text("figures.near.kitchen", lang, kitchen=called[row.kitchen], use=number(row.use, lang, 1), year=str(row.year),
                                  load=number(row.load, lang), capacity=number(row.capacity, lang))  # fmt: skip


def _near_routes(result: Result, lang: str) -> Iterator[tuple[float, str]]:
    called = vehicle_names(result, lang)
    types = {row.vehicle: row for row in result.scenario.rows(VEHICLES.name)}
    for row in rows(DAILY, result.plan.tables[DAILY.name]):
        most = (types[row.vehicle].duty_minutes or 0) + (types[row.vehicle].overtime_minutes or 0)
        if most and row.duty >= NEAR * most:
            yield row.duty / most, text("figures.near.duty", lang, vehicle=called[row.vehicle, row.number], day=text(f"day.{row.day}", lang),
                                        duty=number(row.duty, lang), most=number(most, lang))  # fmt: skip
    limited = {row.flow: row.max_minutes for row in result.scenario.rows(FLOWS.name) if row.max_minutes}
    if not limited:
        return
    departs = {(row.day, row.vehicle, row.number, row.trip): row.departs for row in rows(TRIPS, result.plan.tables[TRIPS.name])}
    aboard: dict[tuple[Any, ...], float] = {}
    for row in sorted(rows(STOPS, result.plan.tables[STOPS.name]), key=lambda stop: stop.arrives):
        if row.flow not in limited:
            continue
        trip = (row.day, row.vehicle, row.number, row.trip)
        if row.action == "deliver":
            took = row.starts - aboard.get((*trip, row.flow, row.visit), departs[trip])
            if took >= NEAR * limited[row.flow]:
                yield took / limited[row.flow], text("figures.near.aboard", lang, flow=row.flow, day=text(f"day.{row.day}", lang), took=number(took, lang),
                                                     most=number(limited[row.flow], lang))  # fmt: skip
        else:
            aboard[(*trip, row.flow, row.visit)] = row.leaves


def _near_purchasing(result: Result, lang: str) -> Iterator[tuple[float, str]]:
    called, lots = names(result.scenario, SUPPLIERS.name), names(result.scenario, LOTS.name)
    tiers: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in result.scenario.rows(DISCOUNTS.name):
        tiers[row.supplier, row.scope, row.lot].append(row)
    for reached in (tier for tier in rows(TIERS, result.plan.tables[TIERS.name]) if tier.year is None):
        above = [tier for tier in tiers[reached.supplier, reached.scope, reached.lot] if tier.threshold > (reached.base or 0)]
        following = min(above, key=lambda tier: tier.threshold, default=None)
        if following is not None and (reached.base or 0) >= NEAR * following.threshold:
            share = reached.base / following.threshold
            money = following.basis == "turnover"
            missing = following.threshold - reached.base
            yield share, text("figures.near.tier", lang, supplier=called[reached.supplier], what=lots.get(reached.lot or "", text("figures.all_lots", lang)),
                              missing=euros(missing, lang) if money else number(missing, lang), rate=number(following.rate, lang, 1))  # fmt: skip
    gross: dict[str, float] = defaultdict(float)
    for award in rows(AWARDS, result.plan.tables[AWARDS.name]):
        gross[award.lot] += award.gross or 0.0
    for lot in result.scenario.rows(LOTS.name):
        if lot.max_value and gross[lot.lot] >= 0.8 * lot.max_value:  # the alert that buyers set on a framework
            yield gross[lot.lot] / lot.max_value, text("figures.near.framework", lang, lot=lot.name, spent=euros(gross[lot.lot], lang), most=euros(lot.max_value, lang))
