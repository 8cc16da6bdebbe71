"""Random kitchen scenarios with their network, for tests: plausible, feasible as they stand today."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.network import Network
from planner.problems.kitchens.tables import TABLES
from planner.scenario import Scenario
from planner.sites import COMMON_TABLES


def network_of(codes: list[str], x: np.ndarray, y: np.ndarray, speed: float = 50.0) -> Network:
    """A network on the plane: km along straight lines times 1.3, minutes at `speed` km/h."""
    km = 1.3 * np.hypot(x[:, None] - x[None, :], y[:, None] - y[None, :])
    return Network(tuple(codes), km, km / speed * 60, np.full(km.shape, 4, dtype=np.uint8))


def make(
    seed: int, kitchens: int = 5, sites: int = 40, years: int = 5, candidates: int = 1, width: float = 60.0, levels: int = 3,
    **parameters: float,
) -> tuple[Scenario, Network]:
    """A group of one establishment per existing kitchen; kitchens stand on the first sites; today's plan is valid."""
    rng = np.random.default_rng(seed)
    existing = kitchens - candidates
    x, y = rng.uniform(0, width, sites), rng.uniform(0, width, sites)
    codes = [f"S{i:02d}" for i in range(sites)]
    network = network_of(codes, x, y)
    owner = [int(np.argmin([network.km[k, j] for k in range(existing)])) for j in range(sites)]
    meals = np.round(rng.lognormal(9.6, 0.9, sites), -2) + 1000
    data: dict[str, list[dict[str, Any]]] = {
        "parameters": [
            {"parameter": code, "value": float(value)}
            for code, value in {"first_year": 2027, "horizon_years": years, **parameters}.items()
        ],
        "establishments": [{"establishment": f"E{k}", "name": f"Hôpital {k}", "support": k == 0} for k in range(existing)],
        "sites": [
            {"site": codes[j], "name": f"Site {j}", "establishment": f"E{owner[j]}", "lat": 46 + y[j] / 111, "lon": -1 + x[j] / 77}
            for j in range(sites)
        ],
        "kitchens": [], "kitchen_levels": [], "meal_demand": [], "site_equipment": [], "yearly_limits": [],
    }  # fmt: skip
    weekly = np.array([sum(meals[j] for j in range(sites) if owner[j] == k) for k in range(existing)]) / 52
    for k in range(kitchens):
        is_candidate = k >= existing
        load = weekly.sum() if is_candidate else weekly[k]
        days = 7 if not is_candidate and rng.random() < 0.3 else 5
        productivity = float(rng.integers(11, 17)) * 1000 + (4000 if is_candidate else 0)
        need = 0.0 if is_candidate else weekly[k] * 52 / productivity * rng.uniform(1.0, 1.15)
        data["kitchens"].append({
            "kitchen": f"K{k}", "name": f"Cuisine {k}", "site": codes[k], "establishment": f"E{k if not is_candidate else 0}",
            "status": "candidate" if is_candidate else "existing", "production_days": days, "modes": ("cold",) if is_candidate else ("hot", "cold"),
            "food_cost": round(float(rng.uniform(2.4, 3.2)), 2), "other_cost": round(float(rng.uniform(0.4, 0.7)), 2),
            "staff": round(float(need), 1), "productivity": productivity, "use_by_days": 3, "closing_cost": float(rng.integers(5, 30)) * 10000,
            "earliest_year": 2028 if is_candidate else None,
        })  # fmt: skip
        size = load / 5 * (0.8 if is_candidate else rng.uniform(1.05, 1.3))
        for level in range(1, levels + 1):
            capacity = round(size * (1 + 0.5 * (level - 1)), -1) + 10
            data["kitchen_levels"].append({
                "kitchen": f"K{k}", "level": level, "capacity": capacity, "lifetime": 20,
                "investment": float(round(capacity * 1500, -4)) if is_candidate else (0.0 if level == 1 else float(round(size * 700 * (level - 1) + 100000, -4))),
                "fixed_cost": float(round(60000 + capacity * 60, -3)), "min_staff": float(np.ceil(capacity * 260 / productivity * 0.35)),
                "today": level == 1 and not is_candidate,
            })  # fmt: skip
    for j in range(sites):
        hot = days_of(data, owner[j]) == 7 and network.minutes[owner[j], j] <= 45 and rng.random() < 0.5
        split = rng.random() < 0.3
        for public, share in (("patients", 0.7), ("staff", 0.3)) if split else (("patients", 1.0),):
            data["meal_demand"].append({
                "site": codes[j], "public": public, "diet": "normal", "meals": float(round(meals[j] * share)), "consumption_days": 7 if public == "patients" else 5,
                "growth": float(rng.choice([-1.0, 0.0, 0.5])), "modes": ("hot", "cold"), "current_kitchen": f"K{owner[j]}", "current_mode": "hot" if hot else "cold",
            })  # fmt: skip
        data["site_equipment"].append({"site": codes[j], "regeneration": not hot, "cost": float(rng.integers(2, 9)) * 10000})
    for t in range(years):
        data["yearly_limits"].append({"year": 2027 + t, "investment": float(round(weekly.sum() / 5 * 900, -4)), "departures": float(max(2, kitchens // 2))})
    return Scenario.of(f"random {seed}", COMMON_TABLES + TABLES, data), network


def days_of(data: dict[str, list[dict[str, Any]]], kitchen: int) -> int:
    return int(data["kitchens"][kitchen]["production_days"])
