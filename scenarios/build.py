"""Builds the sample workbooks from their source tables: `python -m scenarios.build`."""

from __future__ import annotations

import datetime as dt
import re
import sys
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from planner import network
from planner.catalog import PARAMETERS, TABLES
from planner.excel import write_scenario
from planner.problems.kitchens.tables import KITCHENS, LEVELS, YEARS
from planner.problems.kitchens.tables import SCENARIOS as CASES
from planner.problems.routes.driver_tables import TEAMS
from planner.problems.routes.tables import COMPATIBILITY, DEPOTS, UNITS, VEHICLES, ZONE_RULES, ZONES
from planner.scenario import Scenario
from planner.schema import check
from planner.sites import CALENDAR, CHANGES, ESTABLISHMENTS, SITES
from planner.typed import number
from scenarios import buying, catering, flows, travel
from scenarios.rounds import Rounds
from scenarios.sources import COMMON, SCENARIOS, Record, SourceFault, optional, parsed, records, typed

FOLDER = Path(__file__).parent
DATE = dt.datetime(2026, 11, 1)
Tables = dict[str, list[dict[str, Any]]]


def parameters(folder: str) -> list[dict[str, Any]]:
    """Every parameter with its default, mark and source, then the scenario's own values."""
    own = {row["Code"]: row for row in records(folder, "parametres")}
    if unknown := set(own) - {parameter.code for parameter in PARAMETERS}:
        raise SourceFault(f"{folder}/parametres.csv : codes inconnus {sorted(unknown)}")
    made = []
    for parameter in PARAMETERS:
        row = {"parameter": parameter.code, "name": parameter.fr, "value": float(parameter.value), "unit": parameter.unit or None,
               "mark": parameter.mark, "source": parameter.source or None}  # fmt: skip
        if parameter.code in own:
            mark = {"sourcé": "sourced", "dérivé": "derived", "estimation": "estimate", "inventé": "invented"}[own[parameter.code]["Marque"]]
            row |= {"value": number(own[parameter.code]["Valeur"]), "mark": mark, "source": own[parameter.code]["Source"]}
        made.append(row)
    return made


def vehicles(folder: str) -> list[dict[str, Any]]:
    """Vehicle types: the model's figures and the fleet's own."""
    models = {row["Modèle"]: row for row in records(COMMON, "modeles")}
    raw: list[Record] = []
    for row in records(folder, "vehicules"):
        model = models[row["Modèle"]]
        raw.append({**model, **row, "Source": f"{row['Source']} ; {model['Source']}"})
    return parsed(VEHICLES, raw, f"{folder} : véhicules")


def scenario(folder: str) -> Scenario:
    """One scenario from its source tables. Raises SourceFault when they do not fit together."""
    data: Tables = {
        "parameters": parameters(folder),
        "establishments": typed(ESTABLISHMENTS, folder, "etablissements"),
        "sites": typed(SITES, folder, "sites"),
        "windows": flows.windows(folder),
        "travel": travel.imported(folder),
        "calendar": typed(CALENDAR, COMMON, "calendrier"),
        "changes": typed(CHANGES, folder, "variantes"),
        "kitchens": typed(KITCHENS, folder, "cuisines"),
        "kitchen_levels": typed(LEVELS, folder, "niveaux"),
        "yearly_limits": typed(YEARS, folder, "limites"),
        "meal_demand": catering.demand(folder),
        "demand_scenarios": typed(CASES, folder, "scenarios_besoins"),
        "depots": typed(DEPOTS, folder, "depots"),
        "driver_teams": optional(TEAMS, folder, "conducteurs"),
        "vehicle_types": vehicles(folder),
        "handling_units": typed(UNITS, COMMON, "contenants"),
        "class_compatibility": typed(COMPATIBILITY, COMMON, "propre_sale"),
        "low_emission_zones": optional(ZONES, folder, "zones_zfe"),
        "low_emission_rules": optional(ZONE_RULES, folder, "regles_zfe"),
        **buying.tables(folder),
    }
    meals: dict[str, float] = defaultdict(float)
    for row in data["meal_demand"]:
        meals[row["site"]] += row["meals"]
    data["site_equipment"] = catering.equipment(folder, meals)
    data["flows"] = flows.flows(folder, data["meal_demand"], data["kitchens"])
    sites = records(folder, "sites")
    nets, _ = network.build(Scenario.of(folder, TABLES, data))
    data["travel"] += travel.across(sites, data["travel"], nets)
    nets, _ = network.build(Scenario.of(folder, TABLES, data))
    data["current_routes"] = Rounds(Scenario.of(folder, TABLES, data), nets).rows(folder)
    made = Scenario.of(folder, TABLES, data)
    if issues := check(TABLES, made.frames):
        raise SourceFault(f"{folder} : {issues[0].table}, ligne {issues[0].row}, {issues[0].column} : {issues[0].code} ({issues[0].found})")
    return made


def workbook(folder: str) -> Path:
    return FOLDER / f"{folder}.xlsx"


def settle(path: Path) -> None:
    """Rewrites a workbook with one fixed date everywhere, so that the same sources give the same file."""
    with zipfile.ZipFile(path) as package:
        parts = [(part.filename, package.read(part)) for part in package.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts:
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", DATE.strftime("%Y-%m-%dT%H:%M:%SZ").encode(), content)
            info = zipfile.ZipInfo(name, DATE.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(info, content)


def main(names: list[str]) -> int:
    for name in names or SCENARIOS:
        write_scenario(scenario(name), workbook(name), lang="fr")
        settle(workbook(name))
        print(workbook(name).relative_to(FOLDER.parent))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
