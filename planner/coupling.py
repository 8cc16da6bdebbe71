"""Kitchens to routes: the meal flows as a kitchens plan wants them, and what changed."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from planner.issues import Issue
from planner.kinds import DAYS, Choice, Code, Ref, options
from planner.network import Network
from planner.plan import Plan
from planner.problems.kitchens.demand import row_meals, weekdays
from planner.problems.kitchens.rules import deliveries_a_week, first_days
from planner.problems.kitchens.tables import ASSIGNMENT, CONSUMPTION_DAYS, DELIVERIES_PER_WEEK, DEMAND, KITCHENS, MAX_HOT_MINUTES
from planner.problems.routes.tables import FLOWS, UNITS, VEHICLES
from planner.scenario import Scenario
from planner.schema import Column, Row, Table, rows
from planner.sites import FIRST_YEAR, SITES, WEEKS_PER_YEAR

FULLER = 0.05  # share by which a full week may exceed what the flows carry without being told
SHOWN = 3  # sites named
FLOW_CHANGES = options(
    ("moved", "part d'une autre cuisine", "leaves from another kitchen"), ("dropped", "supprimé : cuisine sur place", "dropped: kitchen on site"),
    ("added", "créé : la cuisine du site ferme", "added: the site's kitchen closes"),
    ("mode", "change de liaison", "changes mode"),
)  # fmt: skip
COUPLING = Table(
    "coupling", "Flux de repas déplacés", "Meal flows moved", key=("flow",), group="study", result=True,
    help_fr="Les flux de repas que le plan des cuisines change avant le calcul des tournées.",
    help_en="The meal flows that the kitchens plan changes before the routes are solved.",
    columns=(
        Column("flow", Code(), "Flux", "Flow"),
        Column("destination", Ref(table="sites"), "Site servi", "Site served"),
        Column("before", Ref(table="sites"), "Partait de", "Left from", help_fr="Vide : pas de flux aujourd'hui.", help_en="Empty: no flow today."),
        Column("after", Ref(table="sites"), "Part de", "Leaves from", help_fr="Vide : plus de transport.", help_en="Empty: no transport any more."),
        Column("kitchen", Ref(table="kitchens"), "Cuisine", "Kitchen"),
        Column("change", Choice(FLOW_CHANGES), "Changement", "Change"),
    ),
)  # fmt: skip


def meal_flows(scenario: Scenario) -> list[Row]:
    """The flows that bring meals (not those that take dirty trolleys back)."""
    return [flow for flow in scenario.rows(FLOWS.name) if flow.category == "meals" and flow.hygiene != "dirty"]


def couple(scenario: Scenario, plan: Plan, network: Network) -> tuple[Scenario, pd.DataFrame, list[Issue]]:
    """The scenario with its meal flows as the kitchens plan wants them in its last year; what changed.

    A flow of meals that leaves a kitchen's site today leaves from the site of the kitchen that feeds its
    destination; dirty trolleys go back there. Quantities, days and windows stay. A flow whose destination gets
    its own kitchen is dropped. A site that its own kitchen feeds today, without a flow, gets one when that
    kitchen closes: its meals in the plan, in the container that most meal flows use, as many as in a week in which all its publics eat.
    """
    kitchens = {kitchen.kitchen: kitchen for kitchen in scenario.rows(KITCHENS.name)}
    assigned = list(rows(ASSIGNMENT, plan.tables[ASSIGNMENT.name]))
    last = max((row.year for row in assigned), default=None)
    feeds = {row.site: row for row in assigned if row.year == last and row.kitchen in kitchens}
    sources = {kitchen.site for kitchen in kitchens.values()}

    kept: list[dict[str, Any]] = []
    changes: list[dict[str, Any]] = []
    for flow in scenario.rows(FLOWS.name):
        made = {name: getattr(flow, name) for name in FLOWS.names}
        source, eater = ("destination", "origin") if flow.hygiene == "dirty" else ("origin", "destination")
        row = feeds.get(made[eater])
        if flow.category != "meals" or made[source] not in sources or row is None:
            kept.append(made)
            continue
        before, after = made[source], kitchens[row.kitchen].site
        if after == made[eater] and before != after:
            changes.append({"flow": flow.flow, "destination": made[eater], "before": before, "kitchen": row.kitchen, "change": "dropped"})
            continue
        made[source] = after
        carried = _carried(scenario, flow, row.mode)
        kept.append({**made, **carried})
        if before != after or carried:
            change = "moved" if before != after else "mode"
            changes.append({"flow": flow.flow, "destination": made[eater], "before": before, "after": after, "kitchen": row.kitchen, "change": change})

    added, issues = _added(scenario, feeds, kitchens, network)
    changes += [{"flow": f["flow"], "destination": f["destination"], "after": f["origin"], "kitchen": feeds[f["destination"]].kitchen, "change": "added"} for f in added]
    issues += _fuller_weeks(scenario, feeds)
    frame = FLOWS.frame([*kept, *added])
    return scenario.replace(FLOWS.name, frame) if changes else scenario, COUPLING.frame(changes), issues


def _carried(scenario: Scenario, flow: Row, mode: str | None) -> dict[str, Any]:
    """Temperature and time on board of a meal flow whose mode the plan changes."""
    if flow.temperature not in ("hot", "cold") or mode in (None, flow.temperature):
        return {}
    return {"temperature": mode, "max_minutes": scenario.value(MAX_HOT_MINUTES) if mode == "hot" else None}


def _added(
    scenario: Scenario, feeds: Mapping[str, Row], kitchens: Mapping[str, Row], network: Network
) -> tuple[list[dict[str, Any]], list[Issue]]:
    """Flows for sites that feed themselves today and will be fed from elsewhere, and findings on those impossible to size."""
    carried = meal_flows(scenario)
    if not carried:
        return [], []
    served = {flow.destination for flow in carried}
    own = {kitchen.site for kitchen in kitchens.values() if kitchen.status == "existing"}
    units = {unit.unit: unit for unit in scenario.rows(UNITS.name) if unit.meals}
    used = Counter(flow.unit for flow in carried if flow.unit in units)
    names = {flow.flow for flow in scenario.rows(FLOWS.name)}
    made: list[dict[str, Any]] = []
    issues: list[Issue] = []
    for place in scenario.rows(SITES.name):
        row = feeds.get(place.site)
        if row is None or place.site in served or not row.meals:
            continue
        feeder = kitchens[row.kitchen].site
        beside = any(network.km_between(site, place.site) == 0 for site in own)
        if not beside or network.km_between(feeder, place.site) == 0:
            continue
        if not used:
            issues.append(Issue.warning("meals_not_carried", site=_called(place.name, place.site), kitchen=_called(kitchens[row.kitchen].name, row.kitchen)))
            continue
        unit = units[used.most_common(1)[0][0]]
        like = next(flow for flow in carried if flow.unit == unit.unit)
        eaten = sorted({day for demand in _eating(scenario, place.site) for day in weekdays(demand, round(scenario.value(CONSUMPTION_DAYS)))})
        visits = max(1, min(28, round(deliveries_a_week(scenario.value(DELIVERIES_PER_WEEK), tuple(eaten) or first_days(7)))))
        days = tuple(DAYS[day].code for day in eaten) if len(eaten) < 7 and eaten and visits % len(eaten) == 0 else None
        average, full = week_meals(scenario, place.site)
        quantity = math.ceil(row.meals / scenario.value(WEEKS_PER_YEAR) * (full / average if average else 1.0) / visits / unit.meals - 1e-9)
        for part in _parts(scenario, place, unit, quantity):
            code = f"repas-{place.site}"
            while code in names:
                code += "+"
            names.add(code)
            made.append({
                "flow": code, "category": "meals", "origin": feeder, "destination": place.site, "quantity": float(part), "unit": unit.unit,
                "visits": visits, "days": days, "temperature": row.mode if like.temperature in ("hot", "cold") else like.temperature, "hygiene": like.hygiene,
                "return_ratio": like.return_ratio, "max_minutes": scenario.value(MAX_HOT_MINUTES) if row.mode == "hot" else None, "mark": "derived",
            })  # fmt: skip
        issues.append(Issue.info("meal_flow_added", site=_called(place.name, place.site), kitchen=_called(kitchens[row.kitchen].name, row.kitchen), quantity=float(quantity), unit=str(unit.unit), visits=visits))
    return made, issues


def _called(name: str, code: str) -> str:
    """What a finding calls a site or kitchen: its name, with the code by which the sheets know it."""
    return name if name == code else f"{name} ({code})"


def _eating(scenario: Scenario, site: str) -> list[Row]:
    return [row for row in scenario.rows(DEMAND.name) if row.site == site and row.meals]


def week_meals(scenario: Scenario, site: str) -> tuple[float, float]:
    """Meals of a site in the average week of the plan's first year, and in one in which all its publics eat."""
    first, weeks = round(scenario.value(FIRST_YEAR)), scenario.value(WEEKS_PER_YEAR)
    meals = [(row_meals(row, first, first), row.weeks or weeks) for row in _eating(scenario, site)]
    return sum(year for year, _ in meals) / weeks, sum(year / there for year, there in meals)


def _fuller_weeks(scenario: Scenario, feeds: Mapping[str, Row]) -> Iterator[Issue]:
    """Where the flows carry fewer meals than a week asks for in which the publics that are not there all the year are: by how many."""
    meals = {unit.unit: float(unit.meals or 0.0) for unit in scenario.rows(UNITS.name)}
    carried: dict[str, float] = defaultdict(float)
    for flow in meal_flows(scenario):
        if flow.destination in feeds:
            carried[flow.destination] += flow.quantity * meals.get(flow.unit, 0.0) * (flow.visits or len(flow.days or ()) or 1)
    seasonal = {row.site for row in scenario.rows(DEMAND.name) if row.weeks and row.meals}
    short = {}
    for site in sorted(seasonal & carried.keys()):
        full = week_meals(scenario, site)[1]
        if carried[site] and full > carried[site] * (1 + FULLER):
            short[site] = (carried[site], full)
    if short:
        told, full = (math.fsum(each[i] for each in short.values()) for i in (0, 1))
        worst = sorted(short, key=lambda site: short[site][0] - short[site][1])[:SHOWN]
        names = {place.site: _called(place.name, place.site) for place in scenario.rows(SITES.name)}
        yield Issue.warning("flows_below_full_week", table=FLOWS.name, column="quantity", count=len(short), carried=float(round(told)), full=float(round(full)), more=float(round(full - told)),
                            percent=round(100 * (full / told - 1)), sites=", ".join(names[site] for site in worst))  # fmt: skip


def _parts(scenario: Scenario, place: Row, unit: Row, quantity: int) -> list[int]:
    """A quantity in as few even loads as the largest vehicle that may come to the site can carry (one when none may)."""
    loads = [
        min(math.floor(vehicle.places / unit.places + 1e-9) if unit.places else quantity, math.floor(vehicle.kg / unit.kg + 1e-9) if unit.kg else quantity)
        for vehicle in scenario.rows(VEHICLES.name)
        if vehicle.count and vehicle.gvw <= place.max_gvw
    ]
    most = max(loads, default=0)
    count = math.ceil(quantity / most) if most >= 1 else 1
    return [quantity // count + (1 if i < quantity % count else 0) for i in range(count)]
