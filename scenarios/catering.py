"""Meals a year by site, public and diet, from the activity published for each site.

Two meals per full-time day, one per visit to a day hospital, plus the staff's share; the few sites whose
meals are given directly keep them.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from planner.problems.kitchens.tables import DEMAND, EQUIPMENT
from scenarios.sources import COMMON, Record, parsed, records, value

MEALS_PER_DAY = 2
BIG_SITE_EQUIPMENT, SMALL_SITE_EQUIPMENT = 150000, 60000  # € of regeneration equipment, range 20 to 150 k€ per site
BIG_SITE_MEALS = 40000
GROWTH = {"résidents": 0.5, "scolaires": -0.5}  # % a year: more residents, fewer pupils


def demand(folder: str) -> list[dict[str, Any]]:
    """The rows of `meal_demand`."""
    diets: dict[str, list[Record]] = defaultdict(list)
    for diet in records(COMMON, "regimes"):
        diets[diet["Profil"]].append(diet)
    raw: list[Record] = []
    for site in records(folder, "activite"):
        patients = MEALS_PER_DAY * value(site, "Journées") + value(site, "Venues")
        if not patients:
            continue
        days = "5" if site["Profil"] == "hdj" else "7"
        public = "résidents" if site["Profil"] == "ehpad" else "patients"
        shown = f"{site['Source']} ; 2 repas par journée, 1 par venue"
        for diet in diets[site["Profil"]]:
            mark = "inventé" if site["Marque"] == "inventé" else "dérivé"
            raw.append(_row(site, public, diet["Régime"], patients * value(diet, "Part") / 100, days, mark, shown))
        staff = patients * value(site, "Part du personnel") / 100
        if staff:
            told = f"{site['Part du personnel']} % des repas de patients (à Rochefort 300 000 repas achetés pour 208 500 de patients)"
            raw.append(_row(site, "personnel", "normal", staff, days, "estimation", told))
    for site in records(folder, "repas_directs"):
        family = "pédiatrique" if site["Public"] == "scolaires" else "normal"
        cold = {**site, "Liaison actuelle": "liaison froide"}
        row = _row(cold, site["Public"], family, value(site, "Repas par an"), site["Jours de consommation"], site["Marque"], site["Source"])
        raw.append({**row, "Jours de la semaine": site.get("Jours de la semaine", ""), "Semaines par an": site.get("Semaines par an", "")})
    return parsed(DEMAND, raw, f"{folder} : repas")


def _row(site: Record, public: str, diet: str, meals: float, days: str, mark: str, source: str) -> Record:
    # a site served cold has trays and regeneration for it; only one served hot today could go either way
    accepted = "liaison chaude, liaison froide" if site["Liaison actuelle"] == "liaison chaude" else "liaison froide"
    return {
        "Site": site["Site"], "Public": public, "Régime": diet, "Repas par an": str(round(meals)), "Jours de consommation": days,
        "Évolution": str(GROWTH.get(public, 0)), "Liaisons acceptées": accepted, "Cuisine actuelle": site["Cuisine"],
        "Liaison actuelle": site["Liaison actuelle"], "Marque": mark, "Source": source,
    }  # fmt: skip


def equipment(folder: str, meals: dict[str, float]) -> list[dict[str, Any]]:
    """The rows of `site_equipment`: what it would cost to serve each site cold."""
    cold = {row["Site"]: row["Remise en température"] for row in records(folder, "activite")}
    cold |= {row["Site"]: "oui" for row in records(folder, "repas_directs")}
    raw = []
    for site in sorted(meals):
        cost = BIG_SITE_EQUIPMENT if meals[site] > BIG_SITE_MEALS else SMALL_SITE_EQUIPMENT
        raw.append({"Site": site, "Remise en température": cold[site], "Coût d'équipement": str(cost), "Durée de vie": "10",
                    "Marque": "estimation", "Source": "20 à 150 k€ par site servi ; oui pour un site livré en froid aujourd'hui"})  # fmt: skip
    return parsed(EQUIPMENT, raw, f"{folder} : équipement")
