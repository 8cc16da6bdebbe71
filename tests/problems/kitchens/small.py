"""A group of three establishments small enough to reason about by hand, whose best plan closes, opens, extends and equips.

On a line, km = minutes: A 0, B 20, C 35, D 50 (X at 10, leaves the scheme at the end of 2028). Today KA (5 days,
cold and hot) feeds A hot 5 days a week and C cold, KB (7 days, hot) feeds B and D hot, KX feeds X cold. KN is a
candidate at B, cold, from 2028.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np

from planner.network import Network
from planner.problems.kitchens.tables import TABLES
from planner.scenario import Scenario
from planner.sites import COMMON_TABLES

PLACES = {"A": ("E1", 0.0), "B": ("E2", 20.0), "C": ("E1", 35.0), "D": ("E2", 50.0), "X": ("E3", 10.0)}
BASE = {"first_year": 2027, "horizon_years": 3, "max_hot_minutes": 45, "max_cold_minutes": 60, "etp_cost": 50000, "discount_rate": 4}


def network() -> Network:
    at = np.array([place for _, place in PLACES.values()])
    km = np.abs(at[:, None] - at[None, :])
    return Network(tuple(PLACES), km, km.copy(), np.full(km.shape, 1, dtype=np.uint8))


def kitchen(code: str, site: str, owner: str, **more: Any) -> dict[str, Any]:
    usual = {"modes": ("hot", "cold"), "production_days": 5, "food_cost": 3.0, "other_cost": 0.5, "productivity": 13000.0, "use_by_days": 3, "closing_cost": 20000.0}
    return {"kitchen": code, "name": f"Cuisine {code}", "site": site, "establishment": owner, **usual, **more}


def level(code: str, rank: int, capacity: float, **more: Any) -> dict[str, Any]:
    usual = {"lifetime": 20, "fixed_cost": 60 * capacity, "min_staff": 1.0}
    return {"kitchen": code, "level": rank, "capacity": capacity, **usual, **more}


def demand(site: str, meals: float, fed_by: str, mode: str, **more: Any) -> dict[str, Any]:
    usual = {"public": "patients", "diet": "normal", "consumption_days": 7, "growth": 0.0, "modes": ("hot", "cold")}
    return {"site": site, "meals": meals, "current_kitchen": fed_by, "current_mode": mode, **usual, **more}


def group(
    edits: Mapping[str, Mapping[str, Mapping[str, Any]]] | None = None,
    extra: Mapping[str, list[dict[str, Any]]] | None = None,
    without: tuple[tuple[str, str], ...] = (),
    **parameters: float,
) -> Scenario:
    """The scenario. `edits`: table -> first key -> column -> value, for every row with that key; `extra`: rows
    added; `without`: (table, first key) of the rows left out."""
    data: dict[str, list[dict[str, Any]]] = {
        "parameters": [{"parameter": code, "value": float(value)} for code, value in {**BASE, **parameters}.items()],
        "establishments": [
            {"establishment": "E1", "name": "Un", "support": True}, {"establishment": "E2", "name": "Deux"},
            {"establishment": "E3", "name": "Trois", "exit": dt.date(2029, 1, 1)},
        ],
        "sites": [{"site": s, "name": f"Site {s}", "establishment": e, "lat": 46.0, "lon": at / 80} for s, (e, at) in PLACES.items()],
        "kitchens": [
            kitchen("KA", "A", "E1", staff=9.5), kitchen("KB", "B", "E2", production_days=7, modes=("hot",), staff=14.0, productivity=11000.0),
            kitchen("KX", "X", "E3", modes=("cold",), staff=4.0),
            kitchen("KN", "B", "E2", status="candidate", modes=("cold",), productivity=20000.0, food_cost=2.6, earliest_year=2028),
        ],
        "kitchen_levels": [
            level("KA", 1, 500.0, today=True), level("KA", 2, 900.0, investment=200000.0),
            level("KB", 1, 450.0, today=True), level("KX", 1, 200.0, today=True),
            level("KN", 1, 600.0, investment=900000.0, min_staff=3.0), level("KN", 2, 1200.0, investment=1300000.0, min_staff=4.0),
        ],
        "meal_demand": [
            demand("A", 78000, "KA", "hot", consumption_days=5), demand("B", 90000, "KB", "hot", growth=1.0),
            demand("C", 30000, "KA", "cold", growth=2.0), demand("D", 50000, "KB", "hot"), demand("D", 6500, "KB", "hot", public="staff", consumption_days=5),
            demand("X", 40000, "KX", "cold", modes=("cold",)),
        ],
        "site_equipment": [
            {"site": "A", "cost": 30000.0}, {"site": "B", "cost": 60000.0, "lifetime": 8}, {"site": "D", "cost": 40000.0},
        ],
        "yearly_limits": [{"year": 2027, "investment": 150000.0, "departures": 3.0}, {"year": 2028, "investment": 1500000.0, "departures": 5.0},
                          {"year": 2029, "investment": 100000.0, "departures": 5.0}],
    }  # fmt: skip
    for table, by_key in (edits or {}).items():
        for key, values in by_key.items():
            touched = [row for row in data[table] if str(next(iter(row.values()))) == key]
            assert touched, f"{table} has no row {key}"
            for row in touched:
                row.update(values)
    for table, key in without:
        data[table] = [row for row in data[table] if str(next(iter(row.values()))) != key]
    for table, rows in (extra or {}).items():
        data.setdefault(table, []).extend(rows)
    return Scenario.of("petit groupe", COMMON_TABLES + TABLES, data)
