"""Opening windows and the flows of a typical week, from the activity of each site and ratios by profile.

A flow whose load would not fit the largest vehicle its site admits is cut in equal parts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from planner.problems.routes.tables import FLOWS
from planner.sites import WINDOWS
from scenarios.sources import COMMON, Record, SourceFault, parsed, records, scatter, value

WEEKS = 52
WEEKDAYS = ("lun", "mar", "mer", "jeu", "ven")
EVERY_DAY = "lun-dim"
TRUCK_GVW = 12  # t: below, a site is served by 3.5 t vans
VAN_PLACES, VAN_KG = 8, 700
TRUCK_PLACES, TRUCK_KG = 15, 4500  # under the 18 places and 5 t of a 12 t truck, so that rounds can combine
COLD_MEALS = ("06h30", "11h30")
HOT_MEALS = (("midi", "10h30", "12h15"), ("soir", "17h00", "18h45"))
HOT_MINUTES = 60
SAMPLE_MINUTES = 240  # routine samples: 4 h
BULK = ("scolaires", "portage à domicile", "autres clients")  # delivered in bulk, not on trays
WASTE_OFTEN = 100  # kg a week: 72 h of storage at most (decree of 7 September 1999)
WASTE_LEAST = 15 * 12 / 52  # kg a week: below, a monthly or quarterly collection outside the typical week


@dataclass(frozen=True)
class Maker:
    """What every flow of a scenario needs to know."""

    sites: dict[str, Record]
    units: dict[str, Record]
    platforms: dict[tuple[str, str], Record]  # (establishment, category) -> row of origines.csv

    def place(self, site: str, category: str) -> str | None:
        found = self.platforms.get((self.sites[site]["Établissement"], category))
        return None if found is None else found["Plateforme"]

    def parts(self, site: str, unit: str, quantity: float) -> list[int]:
        """Whole units, cut so that each part fits the largest vehicle that may come to the site."""
        truck = value(self.sites[site], "Plus grand véhicule") >= TRUCK_GVW
        places, kg = (TRUCK_PLACES, TRUCK_KG) if truck else (VAN_PLACES, VAN_KG)
        most = max(1, math.floor(min(places / value(self.units[unit], "Places"), kg / value(self.units[unit], "Poids")) + 1e-9))
        whole = math.ceil(quantity - 1e-9)
        count = math.ceil(whole / most)
        return [whole // count + (1 if i < whole % count else 0) for i in range(count)]


def windows(folder: str) -> list[dict[str, Any]]:
    """The rows of `windows`: by profile of the site; a site without profile is always open."""
    hours = records(COMMON, "horaires")
    profile = {row["Site"]: row["Profil"] for row in records(folder, "activite")}
    for row in records(folder, "repas_directs"):
        profile[row["Site"]] = "residence" if row["Jours de consommation"] == "7" else "ecole"
    same = {"psy": "mco", "psymco": "mco", "ssr": "mco"}
    raw = [
        {"Site": site["Site"], "Type de jour": row["Type de jour"], "Ouvre": row["Ouvre"], "Ferme": row["Ferme"]}
        for site in records(folder, "sites")
        for row in hours
        if site["Site"] in profile and row["Profil"] == same.get(profile[site["Site"]], profile[site["Site"]])
    ]  # fmt: skip
    return parsed(WINDOWS, raw, f"{folder} : horaires")


def flows(folder: str, meals: list[dict[str, Any]], kitchens: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of `flows`. `meals`, `kitchens`: rows of `meal_demand` and `kitchens`."""
    maker = Maker(
        {row["Site"]: row for row in records(folder, "sites")},
        {row["Contenant"]: row for row in records(COMMON, "contenants")},
        {(row["Établissement"], row["Catégorie"]): row for row in records(folder, "origines")},
    )
    profiles = {row["Profil"]: row for row in records(COMMON, "profils")}
    raw = list(_meals(maker, meals, {row["kitchen"]: row["site"] for row in kitchens}))
    for site in records(folder, "activite"):
        profile = profiles.get(site["Profil"])
        if profile is None:
            raise SourceFault(f"{folder} : profil inconnu « {site['Profil']} »")
        for make in (_linen, _stores, _pharmacy, _waste, _samples, _mail):
            raw += make(maker, site, profile)
    return parsed(FLOWS, raw, f"{folder} : flux")


def days(site: str, visits: int, category: str) -> str:
    """Days of so many visits a week; sites with few visits keep one pair of days for all their flows."""
    if visits >= 5:
        return "lun-ven"
    if visits == 3:
        return "lun, mer, ven"
    pair = ("lun", "jeu") if scatter(f"jours {site}", 0, 1) < 0.5 else ("mar", "ven")
    return ", ".join(pair) if visits == 2 else pair[int(scatter(f"jour {site} {category}", 0, 2))]


def _flow(maker: Maker, site: str, code: str, category: str, unit: str, quantity: float, collected: bool, **more: str) -> Iterator[Record]:
    platform = more.pop("platform", None) or maker.place(site, category)
    if platform is None or platform == site:
        return
    invented = maker.sites[site]["Marque"] == "inventé"
    parts = maker.parts(site, unit, quantity)
    for i, part in enumerate(parts, start=1):
        yield {
            "Flux": f"{code}-{site}" + (f"-{i}" if len(parts) > 1 else ""), "Catégorie": category, "Contenant": unit,
            "Origine": site if collected else platform, "Destination": platform if collected else site,
            "Quantité par passage": str(part), "Établissement": maker.sites[site]["Établissement"],
            "Marque": "inventé" if invented else "estimation", **more,
        }  # fmt: skip


def _meals(maker: Maker, demand: list[dict[str, Any]], kitchens: dict[str, str]) -> Iterator[Record]:
    served: dict[str, list[dict[str, Any]]] = {}
    for row in demand:
        served.setdefault(row["site"], []).append(row)
    for site, rows in served.items():
        named = rows[0]["days"] or ()  # by schools, whose site has no other row
        eaten = len(named) or max(row["consumption_days"] for row in rows)
        meals = sum(row["meals"] for row in rows) / WEEKS / eaten
        bulk = all(row["public"] in ("school", "home", "external") for row in rows)
        unit = "roll repas vrac" if bulk else "chariot repas"
        quantity = meals / value(maker.units[unit], "Repas par unité")
        common = {"platform": kitchens[rows[0]["current_kitchen"]], "Jours": ", ".join(named) or (EVERY_DAY if eaten == 7 else "lun-ven"), "Retours": "1",
                  "Source": f"{meals:.0f} repas par jour, {maker.units[unit]['Repas par unité']} par contenant"}  # fmt: skip
        if rows[0]["current_mode"] == "hot":
            for name, opens, closes in HOT_MEALS:
                more = {"Au plus tôt": opens, "Au plus tard": closes, "Température": "chaud", "Durée à bord maximale": str(HOT_MINUTES)}
                yield from _flow(maker, site, f"R{name[0].upper()}", "repas", unit, quantity / 2, False, **common, **more)
        else:
            more = {"Au plus tôt": COLD_MEALS[0], "Au plus tard": COLD_MEALS[1], "Température": "froid"}
            yield from _flow(maker, site, "RF", "repas", unit, quantity, False, **common, **more)


def _linen(maker: Maker, site: Record, profile: Record) -> Iterator[Record]:
    kg = (value(site, "Journées") + value(site, "Venues")) * value(profile, "Linge kg par journée") / WEEKS
    if not kg:
        return
    rolls = kg / value(maker.units["roll linge"], "Poids")
    visits = 5 if rolls >= 15 else 3 if rolls >= 5 else 2 if rolls >= 1 else 1
    unit = "roll linge" if kg / visits >= 60 else "sac de linge"
    quantity = kg / visits / value(maker.units[unit], "Poids")
    common = {"Jours": days(site["Site"], visits, "linge"),
              "Source": f"{profile['Linge kg par journée']} kg par journée, soit {kg:.0f} kg par semaine"}  # fmt: skip
    yield from _flow(maker, site["Site"], "LP", "linge", unit, quantity, False, **common)
    yield from _flow(maker, site["Site"], "LS", "linge", unit, quantity, True, Classe="sale", **common)


def _stores(maker: Maker, site: Record, profile: Record) -> Iterator[Record]:
    kg = (value(site, "Journées") + value(site, "Venues")) * value(profile, "Magasin kg par journée") / WEEKS
    kg = max(kg, 15.0)
    rolls = kg / value(maker.units["roll magasin"], "Poids")
    visits = 5 if rolls >= 20 else 2 if rolls >= 4 else 1
    unit = "roll magasin" if kg / visits >= 60 else "caisse magasin"
    quantity = kg / visits / value(maker.units[unit], "Poids")
    common = {"Jours": days(site["Site"], visits, "magasin"), "Source": f"{kg:.0f} kg par semaine (ratio estimé)"}
    yield from _flow(maker, site["Site"], "MG", "magasin", unit, quantity, False, **common)


def _pharmacy(maker: Maker, site: Record, profile: Record) -> Iterator[Record]:
    each = value(profile, "Lits par bac pharmacie")
    bins = math.ceil(value(site, "Lits ou places") / each) if each else 1
    visits = round(value(profile, "Pharmacie passages"))
    common = {"Jours": days(site["Site"], visits, "pharmacie"), "Source": f"{bins} bacs scellés par passage (ratio estimé)"}
    yield from _flow(maker, site["Site"], "PH", "pharmacie", "bac pharmacie", bins, False, **common)


def _waste(maker: Maker, site: Record, profile: Record) -> Iterator[Record]:
    kg = value(site, "Lits ou places") * value(profile, "DASRI kg par lit et par an") / WEEKS
    if kg < WASTE_LEAST:
        return
    visits = 3 if kg > WASTE_OFTEN else 1
    unit = "bac DASRI" if kg / visits >= 40 else "carton DASRI"
    common = {"Jours": days(site["Site"], visits, "déchets"), "Classe": "sale",
              "Source": f"DASRI, {kg:.0f} kg par semaine ; 72 h au-delà de 100 kg par semaine, 7 jours au-delà de 15 kg par mois"}  # fmt: skip
    yield from _flow(maker, site["Site"], "DE", "déchets", unit, kg / visits / value(maker.units[unit], "Poids"), True, **common)


def _samples(maker: Maker, site: Record, profile: Record) -> Iterator[Record]:
    visits = round(value(profile, "Prélèvements passages"))
    if not visits:
        return
    common = {"Jours": days(site["Site"], visits, "prélèvements"), "Au plus tôt": "07h30", "Au plus tard": "15h30" if visits == 10 else "11h30",
              "Durée à bord maximale": str(SAMPLE_MINUTES), "Source": "Boîtes à triple emballage ; 4 h au plus (à fixer par le laboratoire)"}  # fmt: skip
    if visits == 10:
        common["Passages par semaine"] = "10"
    yield from _flow(maker, site["Site"], "PR", "prélèvements", "boîte prélèvements", 2 if visits == 10 else 1, True, **common)


def _mail(maker: Maker, site: Record, profile: Record) -> Iterator[Record]:
    visits = round(value(profile, "Courrier passages"))
    common = {"Jours": days(site["Site"], visits, "courrier"), "Retours": "1", "Source": "Sacoche aller et retour (fréquence estimée)"}
    yield from _flow(maker, site["Site"], "CO", "courrier", "sacoche courrier", 1, False, **common)
