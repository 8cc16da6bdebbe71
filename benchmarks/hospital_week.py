"""Generated weeks of a hospital group's deliveries, with every rule that the routes know. Data invented, the same for one seed."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.catalog import TABLES
from planner.scenario import Scenario

LAT, LON, KM = 48.8, 2.3, 111.2
WEEK = ("mon", "tue", "wed", "thu", "fri")
Row = dict[str, Any]


def hospital_week(sites: int, seed: int) -> Scenario:
    """A group of `sites` sites (20 to 130) on 70 x 70 km around two to four hospitals.

    Depots of several establishments (some vehicles only carry their own depot's flows), three sizes of vehicles, a second shift of the
    same ones, teams of drivers with breaks and a rota; meals by temperature with returns, linen both ways, stores, pharmacy twice a day,
    ordinary and infectious waste with a longest gap, samples with a longest time on board, mail that a third party may carry; site hours,
    some with a pause at noon, largest vehicle, tail lift, a low-emission zone with hours; clean and dirty in one trip in order, infectious
    waste only before a disinfection; days of visit chosen with gaps; a vehicle imposed.
    """
    rng = np.random.default_rng(1000 * sites + seed)
    hubs = 2 + (sites >= 50) + (sites >= 100)
    points = [(float(x), float(y)) for x, y in rng.uniform(15, 55, (hubs, 2))] + [(float(x), float(y)) for x, y in rng.uniform(0, 70, (sites - hubs, 2))]
    codes = [f"H{i}" for i in range(hubs)] + [f"S{i:03d}" for i in range(sites - hubs)]
    home = [min(range(hubs), key=lambda h: (points[i][0] - points[h][0]) ** 2 + (points[i][1] - points[h][1]) ** 2) for i in range(sites)]
    places, windows = _places(rng, codes, points, home, hubs)
    data: dict[str, list[Row]] = {
        "establishments": [{"establishment": f"E{h}", "name": f"Hôpital {h}"} for h in range(hubs)],
        "sites": places, "windows": windows, "flows": _flows(rng, codes, home, hubs), "vehicle_types": [row for h in range(hubs) for row in _fleet(h)],
        "depots": [{"depot": f"D{h}", "name": f"Dépôt {h}", "site": codes[h]} for h in range(hubs)],
        "driver_teams": [{"team": f"EQ{h}", "name": f"Chauffeurs {h}", "establishment": f"E{h}", "meal_minutes": 30.0, "meal_from": 690, "meal_until": 840, "day_duties": 2}
                         for h in range(hubs)],
        "handling_units": [{"unit": "ROLL", "kg": 60.0}, {"unit": "CHARIOT", "kg": 60.0}, {"unit": "BAC", "places": 0.1, "kg": 5.0, "minutes": 0.5}],
        "class_compatibility": [{"first": "clean", "second": "dirty", "rule": "dirty_last"}, {"first": "dirty", "second": "infectious", "rule": "together"},
                                {"first": "clean", "second": "infectious", "rule": "disinfect", "minutes": 30.0, "cost": 15.0}],
        "low_emission_zones": [{"zone": "ZFE", "name": "Centre"}],
        "low_emission_rules": [{"zone": "ZFE", "days": WEEK, "opens": 480, "closes": 1200, "crit_air": "3", "above_gvw": 3.5}],
        "route_locks": [{"category": "pharmacy", "site": codes[hubs], "vehicle": f"F35-{home[hubs]}"}],
    }  # fmt: skip
    return Scenario.of(f"groupe_{sites}_{seed}", TABLES, data)


def _places(rng: np.random.Generator, codes: list[str], points: list[tuple[float, float]], home: list[int], hubs: int) -> tuple[list[Row], list[Row]]:
    """Sites and their hours."""
    rows: list[Row] = []
    windows: list[Row] = []
    centre = points[0]
    for i, code in enumerate(codes):
        hub = i < hubs
        town = (points[i][0] - centre[0]) ** 2 + (points[i][1] - centre[1]) ** 2 < 12**2
        rows.append({"site": code, "name": code, "establishment": f"E{home[i]}", "lat": LAT + points[i][1] / KM, "lon": LON + points[i][0] / (KM * np.cos(np.radians(LAT))),
                     "stop_minutes": 5.0 if hub else float(rng.integers(4, 10)), "max_gvw": 19.0 if hub else float(rng.choice([3.5, 12.0, 19.0], p=[0.3, 0.3, 0.4])),
                     "needs_tail_lift": bool(not hub and rng.random() < 0.5), "emission_zone": "ZFE" if town and not hub else None})  # fmt: skip
        kind = rng.random()
        if hub or kind > 0.55:
            continue
        noon = kind < 0.15  # closed over lunch
        parts = ((420, 735), (810, 1080)) if noon else ((420, 1080),)
        windows += [{"site": code, "day_type": "weekday", "opens": opens, "closes": closes} for opens, closes in parts]
        windows += [{"site": code, "day_type": day, "opens": 420, "closes": 780} for day in ("saturday", "sunday")]
    return rows, windows


def _flows(rng: np.random.Generator, codes: list[str], home: list[int], hubs: int) -> list[Row]:
    flows: list[Row] = []
    laundry, lab = codes[0], codes[min(1, hubs - 1)]

    def flow(code: str, category: str, origin: str, destination: str, quantity: float, unit: str, visits: int, **more: Any) -> None:
        flows.append({"flow": code, "category": category, "origin": origin, "destination": destination, "quantity": quantity, "unit": unit, "visits": visits, **more})

    for i in range(hubs, len(codes)):
        code, hub, size = codes[i], codes[home[i]], float(rng.integers(1, 4))
        flow(f"REP{i}", "meals", hub, code, size, "CHARIOT", 7 if rng.random() < 0.4 else 5, opens=540, closes=705, temperature="cold", return_ratio=1.0)
        often = int(rng.integers(1, 4))
        flow(f"LIN{i}", "linen", laundry, code, size, "ROLL", often, free_days=True, least_gap=7 // often - (often == 3))
        flow(f"SAL{i}", "linen", code, laundry, size, "ROLL", often, hygiene="dirty")
        flow(f"MAG{i}", "stores", hub, code, 1.0, "ROLL", 1, free_days=True)
        twice = i % 6 == 0  # a visit in the morning and one in the afternoon
        flow(f"PHA{i}", "pharmacy", hub, code, 1.0, "BAC", 10 if twice else 3, **({"days": WEEK, "opens": 450, "closes": 1050} if twice else {}))
        if i % 3 == 0:
            flow(f"DEC{i}", "waste", code, hub, 1.0, "ROLL", 2, hygiene="dirty", free_days=True, least_gap=2, longest_gap=5)
        if i % 8 == 0:
            flow(f"DAS{i}", "waste", code, hub, 1.0, "BAC", 2, hygiene="infectious", free_days=True, longest_gap=5)
        if i % 4 == 0:
            flow(f"PRE{i}", "samples", code, lab, 1.0, "BAC", 5, opens=510, closes=690, max_minutes=180.0)
        if i % 7 == 0 and i + 3 < len(codes):
            flow(f"COU{i}", "mail", code, codes[i + 3], 1.0, "BAC", 2, skip_cost=60.0, skip_means="third_party")
    return flows


def _fleet(h: int) -> list[Row]:
    common: Row = {"depot": f"D{h}", "establishment": f"E{h}", "shift_start": 330, "shift_end": 1200, "duty_minutes": 450.0, "overtime_minutes": 30.0, "team": f"EQ{h}",
                   "temperatures": ("ambient", "cold"), "hygiene": ("clean", "dirty", "infectious")}  # fmt: skip
    small: Row = {"gvw": 3.5, "places": 8.0, "kg": 700.0, "fixed_cost": 12000.0, "km_cost": 0.28, "co2_km": 0.34, "crit_air": "2", **common}
    rows: list[Row] = [
        {"vehicle": f"P19-{h}", "name": f"19 t {h}", "count": 4, "gvw": 19.0, "places": 30.0, "kg": 9000.0, "fixed_cost": 32000.0, "km_cost": 0.60, "co2_km": 0.9, "crit_air": "3",
         "carries": "own_depot" if h == 1 else "any", **common},
        {"vehicle": f"P12-{h}", "name": f"12 t {h}", "count": 8, "gvw": 12.0, "places": 18.0, "kg": 5000.0, "fixed_cost": 24000.0, "km_cost": 0.48, "co2_km": 0.71, "crit_air": "2", **common},
        {"vehicle": f"F35-{h}", "name": f"3,5 t {h}", "count": 20, **small},
    ]  # fmt: skip
    if h == 0:  # some work a morning and an afternoon
        rows += [{"vehicle": "M35-0", "name": "3,5 t matin", "count": 6, **small, "shift_start": 330, "shift_end": 780},
                 {"vehicle": "A35-0", "name": "3,5 t après-midi", "count": 6, **small, "shift_start": 785, "shift_end": 1230, "same_as": "M35-0"}]  # fmt: skip
    return rows
