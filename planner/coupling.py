"""Kitchens to routes: the meal flows as a kitchens plan wants them, and what changed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd

from planner.issues import Issue
from planner.kinds import Choice, Code, Ref, options
from planner.network import Network
from planner.plan import Plan
from planner.problems.kitchens.tables import ASSIGNMENT, DELIVERIES_PER_WEEK, KITCHENS, MAX_HOT_MINUTES
from planner.problems.routes.tables import FLOWS, UNITS, VEHICLES
from planner.scenario import Scenario
from planner.schema import Column, Row, Table, rows
from planner.sites import SITES, WEEKS_PER_YEAR

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
    kitchen closes: its meals in the plan, in the container that most meal flows use.
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
            issues.append(Issue.warning("meals_not_carried", site=place.site, kitchen=row.kitchen))
            continue
        unit = units[used.most_common(1)[0][0]]
        like = next(flow for flow in carried if flow.unit == unit.unit)
        visits = max(1, min(28, round(scenario.value(DELIVERIES_PER_WEEK))))
        quantity = math.ceil(row.meals / scenario.value(WEEKS_PER_YEAR) / visits / unit.meals - 1e-9)
        for part in _parts(scenario, place, unit, quantity):
            code = f"repas-{place.site}"
            while code in names:
                code += "+"
            names.add(code)
            made.append({
                "flow": code, "category": "meals", "origin": feeder, "destination": place.site, "quantity": float(part), "unit": unit.unit,
                "visits": visits, "temperature": row.mode if like.temperature in ("hot", "cold") else like.temperature, "hygiene": like.hygiene,
                "return_ratio": like.return_ratio, "max_minutes": scenario.value(MAX_HOT_MINUTES) if row.mode == "hot" else None, "mark": "derived",
            })  # fmt: skip
        issues.append(Issue.info("meal_flow_added", site=place.site, kitchen=row.kitchen, quantity=float(quantity), unit=str(unit.unit), visits=visits))
    return made, issues


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
