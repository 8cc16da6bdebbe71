"""What a map needs: sites, who feeds whom, legs of routes, each with coordinates; as tables and as GeoJSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pandas as pd

from planner.problems.kitchens.tables import ASSIGNMENT, KITCHENS
from planner.problems.routes.tables import DEPOTS, STOPS, VEHICLES
from planner.report.tables import MAP_KITCHENS, MAP_LEGS, MAP_SITES
from planner.schema import Row, Table, rows
from planner.sites import SITES
from planner.study import Study


def map_ready(study: Study) -> dict[str, tuple[Table, pd.DataFrame]]:
    """Tables MAP_SITES, MAP_KITCHENS and MAP_LEGS by name; the last two only where there is a valid plan."""
    places = {place.site: place for place in study.scenario.rows(SITES.name)}
    fed = _assignment(study)
    legs = _legs(study, places)
    kitchens = {k.kitchen: k for k in study.scenario.rows(KITCHENS.name)}
    opened = {kitchens[row.kitchen].site: row.kitchen for row in fed.values()}
    stops: dict[str, int] = defaultdict(int)
    for leg in legs:
        stops[leg["destination"]] += 1
    sites = [{"site": code, "name": p.name, "establishment": p.establishment, "kind": p.kind, "lat": p.lat, "lon": p.lon, "kitchen": opened.get(code),
              "fed_by": fed[code].kitchen if code in fed else None, "visits": stops.get(code)} for code, p in places.items()]  # fmt: skip
    found = {MAP_SITES.name: (MAP_SITES, MAP_SITES.frame(sites))}
    if fed:
        found[MAP_KITCHENS.name] = (MAP_KITCHENS, MAP_KITCHENS.frame([_link(study, row, kitchens, places) for row in fed.values()]))
    if legs:
        found[MAP_LEGS.name] = (MAP_LEGS, MAP_LEGS.frame(legs))
    return found


def _assignment(study: Study) -> dict[str, Row]:
    """Each site's row of the kitchens plan in its last year; empty without a valid plan."""
    result = study.results.get("kitchens")
    if result is None or not result.valid:
        return {}
    assigned = [row for row in rows(ASSIGNMENT, result.plan.tables[ASSIGNMENT.name]) if row.kitchen]
    last = max((row.year for row in assigned), default=None)
    return {row.site: row for row in assigned if row.year == last}


def _link(study: Study, row: Row, kitchens: Mapping[str, Row], places: Mapping[str, Row]) -> dict[str, Any]:
    today = {d.site: d.current_kitchen for d in study.scenario.rows("meal_demand")}
    source = places[kitchens[row.kitchen].site]
    return {"kitchen": row.kitchen, "site": row.site, "today": today.get(row.site), "mode": row.mode, "meals": row.meals, "km": row.km,
            "minutes": row.minutes, **_ends(source, places[row.site])}  # fmt: skip


def _ends(origin: Row, destination: Row) -> dict[str, float]:
    return {"from_lat": origin.lat, "from_lon": origin.lon, "to_lat": destination.lat, "to_lon": destination.lon}


def _legs(study: Study, places: Mapping[str, Row]) -> list[dict[str, Any]]:
    """Every leg of every trip of the routes plan: depot, stops in order, depot; stays on one site are no legs."""
    result = study.results.get("routes")
    if result is None or not result.valid:
        return []
    depots = {d.depot: d.site for d in result.scenario.rows(DEPOTS.name)}
    home = {v.vehicle: depots[v.depot] for v in result.scenario.rows(VEHICLES.name)}
    trips: dict[tuple[Any, ...], list[tuple[int, str]]] = defaultdict(list)
    for stop in rows(STOPS, result.plan.tables[STOPS.name]):
        trips[stop.day, stop.vehicle, stop.number, stop.trip].append((stop.position, stop.site))
    legs: list[dict[str, Any]] = []
    for (day, vehicle, number, trip), stops in trips.items():
        path = [home[vehicle], *(site for _, site in sorted(stops, key=lambda stop: stop[0])), home[vehicle]]
        moves = [(a, b) for a, b in pairwise(path) if a != b]
        for leg, (a, b) in enumerate(moves, start=1):
            legs.append({"day": day, "vehicle": vehicle, "number": number, "trip": trip, "leg": leg, "origin": a, "destination": b,
                         "km": study.network.km_between(a, b), "minutes": study.network.minutes_between(a, b), **_ends(places[a], places[b])})  # fmt: skip
    return legs


def to_geojson(study: Study) -> dict[str, Any]:
    """A GeoJSON FeatureCollection (RFC 7946, longitude first): `layer` is sites, kitchens or routes."""
    features: list[dict[str, Any]] = []
    for table, frame in map_ready(study).values():
        for row in rows(table, frame):
            properties = {name: getattr(row, name) for name in table.names if not name.endswith(("lat", "lon"))}
            if table is MAP_SITES:
                layer, geometry = "sites", {"type": "Point", "coordinates": [row.lon, row.lat]}
            else:
                layer = "kitchens" if table is MAP_KITCHENS else "routes"
                geometry = {"type": "LineString", "coordinates": [[row.from_lon, row.from_lat], [row.to_lon, row.to_lat]]}
            features.append({"type": "Feature", "geometry": geometry, "properties": {"layer": layer, **properties}})
    return {"type": "FeatureCollection", "features": features}
