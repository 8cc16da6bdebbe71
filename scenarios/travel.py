"""Travel rows: the imported estimates, and the trips of invented sites across water or a city's edge.

An invented site has no imported travel. Within its sector crow distance and detour are fair; from one sector
to another (an island and the mainland, Paris and its suburbs) they are not: the trip goes through the nearest
site with imported travel in each sector, whose trip is known.
"""

from __future__ import annotations

from typing import Any

from planner.network import Network
from planner.roads import crow_km
from planner.sites import TRAVEL
from scenarios.sources import Record, typed

SOURCE = "Calculé : trajet importé entre les sites connus les plus proches, plus les trajets d'approche"


def imported(folder: str) -> list[dict[str, Any]]:
    return typed(TRAVEL, folder, "trajets")


def across(sites: list[Record], rows: list[dict[str, Any]], network: Network) -> list[dict[str, Any]]:
    """Trips between sectors that are not imported. `network`: made with the imported rows alone."""
    known = {(row["origin"], row["destination"]) for row in rows}
    known |= {(b, a) for a, b in known}
    measured = sorted({site for pair in known for site in pair})
    sector = {site["Site"]: site["Secteur"] for site in sites}
    anchor = {site["Site"]: _anchor(site, sites, measured) for site in sites}
    made = []
    codes = [site["Site"] for site in sites]
    for i, a in enumerate(codes):
        for b in codes[i + 1 :]:
            if sector[a] == sector[b] or (a, b) in known:
                continue
            legs = [leg for leg in ((a, anchor[a]), (anchor[a], anchor[b]), (anchor[b], b)) if leg[0] != leg[1]]
            made.append({
                "origin": a, "destination": b, "mark": "derived", "source": SOURCE,
                "km": round(sum(network.km_between(*leg) for leg in legs), 1),
                "minutes": float(round(sum(network.minutes_between(*leg) for leg in legs))),
            })  # fmt: skip
    return made


def _anchor(site: Record, sites: list[Record], measured: list[str]) -> str:
    """The nearest site of the same sector with imported travel; the site itself where it has some."""
    if site["Site"] in measured:
        return site["Site"]
    here = _place(site)
    near = [other for other in sites if other["Secteur"] == site["Secteur"] and other["Site"] in measured]
    return min(near, key=lambda other: (float(crow_km(*here, *_place(other))), other["Site"]))["Site"]


def _place(site: Record) -> tuple[float, float]:
    return float(site["Latitude"].replace(",", ".")), float(site["Longitude"].replace(",", "."))
