"""Random scenarios over all tables, mended where plain chance would only ever meet the pre-checks.

Rows, keys, references, choices and empty cells are those of `random_frames`; figures that make no sense together
(levels out of order, windows that never open, a payload of one kilogram) are drawn again from plausible ranges.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.catalog import TABLES
from planner.problems.routes.spreading import DAY_CODES, gaps
from planner.scenario import Scenario
from planner.schema import random_frames, rows

Rows = list[dict[str, Any]]
FIRST = 2027


def mended(seed: int, most: int = 5) -> Scenario:
    """A scenario of at most `most` rows a table; the same seed gives the same one."""
    rng = np.random.default_rng(seed)
    declared = {table.name: table for table in TABLES}
    frames = random_frames(TABLES, rng, most)
    data = {name: [{c: getattr(row, c) for c in declared[name].names} for row in rows(declared[name], frame)] for name, frame in frames.items()}
    data["parameters"] = [
        {"parameter": code, "value": float(value)}
        for code, value in {"first_year": FIRST, "horizon_years": rng.integers(1, 5), "switching_cost": rng.integers(0, 3) * 1000,
                            "max_hot_minutes": 600, "max_cold_minutes": 600}.items()
    ]  # fmt: skip
    _sites(data, rng)
    _kitchens(data, rng)
    _routes(data, rng)
    _purchasing(data, rng)
    return Scenario.of(f"random {seed}", TABLES, data)


def _draw(rng: np.random.Generator, row: dict[str, Any], **ranges: tuple[float, float]) -> None:
    """Whole figures within ranges, where the cell is not empty."""
    for column, (low, high) in ranges.items():
        if row[column] is not None:
            kind = int if isinstance(row[column], int) else float
            row[column] = kind(rng.integers(low, high))


def _sites(data: dict[str, Rows], rng: np.random.Generator) -> None:
    for row in data["establishments"]:
        for column in ("entry", "exit"):
            if row[column] is not None:
                row[column] = None if rng.random() < 0.6 else row[column].replace(year=int(rng.integers(2025, 2032)), day=1)
    for row in data["sites"]:
        row |= {"lat": 46 + float(rng.uniform(0, 0.3)), "lon": -1 + float(rng.uniform(0, 0.3)), "stop_minutes": float(rng.integers(0, 15))}
        if rng.random() < 0.7:
            row |= {"needs_tail_lift": False, "low_emission_zone": False, "max_gvw": 44.0}
    for row in data["travel"]:
        row["km"] = float(rng.uniform(1, 40))
        row["minutes"] = row["km"] * 1.2
    data["windows"] = [{**row, "opens": min(row["opens"], row["closes"], 700), "closes": max(row["opens"], row["closes"], 760)}
                       for row in data["windows"]] if rng.random() < 0.3 else []  # fmt: skip


def _kitchens(data: dict[str, Rows], rng: np.random.Generator) -> None:
    levels: Rows = []
    for row in data["kitchens"]:
        own = sorted((level for level in data["kitchen_levels"] if level["kitchen"] == row["kitchen"]), key=lambda level: int(level["level"]))
        own = own or [{"kitchen": row["kitchen"], "level": 1, "capacity": 0.0, "investment": 0.0, "fixed_cost": 0.0, "min_staff": 0.0, "today": False}]
        size = float(rng.integers(200, 2000))
        for rank, level in enumerate(own, 1):
            level |= {"capacity": size * rank, "today": rank == 1 and row["status"] == "existing"}
            _draw(rng, level, investment=(0, 500_000), fixed_cost=(0, 90_000), min_staff=(0, 5))
        levels += own
        _draw(rng, row, staff=(0, 30), productivity=(5000, 20_000), closing_cost=(0, 90_000), food_cost=(2, 5), earliest_year=(2026, 2031), lock_from=(2026, 2031), lock_until=(2026, 2031), compliant_until=(2026, 2031), refit_cost=(0, 300_000))
        if rng.random() < 0.7:
            row |= {"modes": ("hot", "cold"), "diets": None, "lock": "free", "production_days": int(rng.integers(5, 8)), "use_by_days": int(rng.integers(2, 6))}
    data["kitchen_levels"] = levels
    locks: dict[str, str | None] = {}
    years: dict[str, int] = {}
    for row in data["meal_demand"]:
        row |= {"days": ()} if row["consumption_days"] else {}
        row |= {"modes": ("hot", "cold"), "lock": locks.setdefault(row["site"], row["lock"] if rng.random() < 0.2 else None)}
        _draw(rng, row, meals=(0, 120_000), growth=(-3, 4))
        row["lock_from"] = None if locks[row["site"]] is None else years.setdefault(row["site"], int(rng.integers(FIRST, FIRST + 3)))
    for row in data["site_equipment"]:
        _draw(rng, row, cost=(0, 90_000))
    for row in data["yearly_limits"]:
        _draw(rng, row, year=(FIRST, FIRST + 4), investment=(0, 900_000), departures=(0, 15), kitchens=(1, 6))
    data["yearly_limits"] = list({row["year"]: row for row in data["yearly_limits"]}.values())


def _routes(data: dict[str, Rows], rng: np.random.Generator) -> None:
    for row in data["vehicle_types"]:
        _draw(rng, row, count=(1, 4), gvw=(3, 19), places=(5, 30), kg=(500, 9000), duty_minutes=(200, 500), overtime_minutes=(0, 90), fixed_cost=(0, 30_000),
              km_cost=(0, 2), hour_cost=(0, 40), overtime_cost=(0, 60), shift_start=(240, 500), shift_end=(800, 1300))  # fmt: skip
        if rng.random() < 0.7:
            row |= {"temperatures": ("ambient", "cold", "hot", "frozen"), "hygiene": ("clean", "dirty"), "cold_places": None, "hot_places": None, "frozen_places": None}
    for row in data["depots"]:
        row |= {"opens": 240, "closes": 1400}
        _draw(rng, row, reload_minutes=(0, 30))
    for row in data["handling_units"]:
        _draw(rng, row, places=(0, 3), kg=(0, 200), minutes=(0, 3))
    for row in data["low_emission_rules"]:
        row["opens"], row["closes"] = sorted((row["opens"] or 0, row["closes"] or 1440))
        row["closes"] = max(row["closes"], row["opens"] + 1)
        if row["starts"] is not None and row["ends"] is not None:
            row["starts"], row["ends"] = sorted((row["starts"], row["ends"]))
    for row in data["current_routes"]:  # routes kept as they are must be whole ones, which chance does not draw
        row["locked"] = False
    data["class_compatibility"] = [row for row in data["class_compatibility"] if row["rule"] != "dedicated" or rng.random() < 0.3]
    data["flows"] = [row for row in data["flows"] if row["origin"] != row["destination"]]
    for row in data["flows"]:
        if rng.random() < 0.7:
            row |= {"free_days": False, "least_gap": None, "longest_gap": None}
        if not row["free_days"]:  # gaps that the days given keep
            fitting = gaps([day for day in DAY_CODES if day in (row["days"] or ())]) or [7]
            row |= {"least_gap": row["least_gap"] and row["days"] and min(fitting), "longest_gap": row["longest_gap"] and max(fitting)}
        _draw(rng, row, quantity=(0, 4), visits=(1, 8), max_minutes=(30, 300))
        row["return_ratio"] = float(rng.choice([0.0, 0.0, 0.5, 1.0, 2.0]))
        if row["opens"] is not None and row["closes"] is not None:
            row["opens"], row["closes"] = sorted((row["opens"], row["closes"]))
        row |= {"ready": int(rng.integers(240, 600)) if rng.random() < 0.2 else None, "due": int(rng.integers(840, 1300)) if rng.random() < 0.2 else None}
        row["visit_gap"] = float(rng.integers(0, 120)) if rng.random() < 0.2 else None
        if rng.random() < 0.6:
            row |= {"opens": None, "closes": None, "days": None, "temperature": "ambient"}
    data["day_patterns"] = _patterns(data["flows"], rng)


def _patterns(flows: Rows, rng: np.random.Generator) -> Rows:
    """A few combinations of as many days as visits for some flows, or for all flows of a category."""
    made: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in flows:
        visits = row["visits"] or (len(row["days"]) if row["days"] and not row["free_days"] else 1)
        if rng.random() < 0.7 or visits > len(DAY_CODES):
            continue
        about = {"site": None, "category": None, "flow": row["flow"]} if rng.random() < 0.7 else {"site": None, "category": row["category"], "flow": None}
        if rng.random() < 0.8:
            row |= {"days": None, "visits": visits, "least_gap": None, "longest_gap": None}
        own = list(row["days"] or ())
        for _ in range(int(rng.integers(1, 4))):
            picked = own if len(own) == visits else rng.choice(DAY_CODES, size=visits, replace=False)
            days = tuple(day for day in DAY_CODES if day in picked)
            made[(*about.values(), days)] = {**about, "days": days, "source": None}
    return list(made.values())


def _purchasing(data: dict[str, Rows], rng: np.random.Generator) -> None:
    for row in data["lots"]:  # a text that chance cannot write
        row["split"] = str(rng.choice(["50/50", "60/40"])) if row["split"] is not None and rng.random() < 0.3 else None
    suppliers = [row["supplier"] for row in data["suppliers"]]
    for row in data["needs"]:
        _draw(rng, row, quantity=(0, 500), current_price=(0, 50))
        if row["contract_end"] is not None:
            row["contract_end"] = row["contract_end"].replace(year=int(rng.integers(2025, 2029)), day=1)
    for row in data["suppliers"]:
        _draw(rng, row, free_carriage=(0, 5000), carriage=(0, 300), management_cost=(0, 300), fee=(0, 5))
    offers = {(row["supplier"], row["article"]): row for row in data["offers"]}
    for article in data["articles"]:
        for supplier in suppliers:
            if rng.random() < 0.7:
                offers.setdefault((supplier, article["article"]), {"supplier": supplier, "article": article["article"], "price": 0.0, "capacity": None, "minimum": None})
    for row in offers.values():
        row["price"] = round(float(rng.uniform(0, 50)), 4)
        _draw(rng, row, capacity=(100, 2000), minimum=(0, 300))
    data["offers"] = list(offers.values())
    discounts: dict[tuple[str, str | None], dict[str, Any]] = {}
    for row in data["discounts"]:
        _draw(rng, row, threshold=(0, 20_000), rate=(0, 30))
        row["scope"] = "lot" if row["lot"] else "supplier"
        discounts.setdefault((row["supplier"], row["lot"]), row)
    data["discounts"] = list(discounts.values())
    for row in data["purchasing_rules"]:
        counted = row["kind"] in ("max_winners", "min_winners", "max_lots", "max_suppliers")
        row |= {"value": float(rng.integers(1, 4) if counted else rng.integers(0, 60)), "active": bool(rng.random() < 0.5)}
    for row in data["purchasing_locks"]:
        row["supplier"] = None if row["action"] == "stay_out" else row["supplier"] or suppliers[0]
    data["purchasing_locks"] = [row for row in data["purchasing_locks"] if rng.random() < 0.4]
