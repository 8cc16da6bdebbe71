"""Random delivery weeks of the kind a hospital group has, for tests and for measuring."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.network import Network
from planner.problems.routes.tables import TABLES
from planner.scenario import Scenario
from planner.sites import COMMON_TABLES

ALL_TABLES = COMMON_TABLES + TABLES
Data = dict[str, list[dict[str, Any]]]


def network_of(points: dict[str, tuple[float, float]], speed: float = 60.0) -> Network:
    """A network on the plane: kilometres between points (km, km), driven at `speed` km/h."""
    xy = np.array(list(points.values()), dtype=float)
    km = np.round(np.hypot(*(xy[:, None, :] - xy[None, :, :]).transpose(2, 0, 1)), 3)
    return Network(tuple(points), km, km * 60 / speed, np.zeros(km.shape, dtype=np.uint8))


def scenario_of(data: Data, name: str = "test") -> Scenario:
    return Scenario.of(name, ALL_TABLES, data)


def site(code: str, establishment: str = "A", **more: Any) -> dict[str, Any]:
    return {"site": code, "name": code, "establishment": establishment, "lat": 46.0, "lon": 0.0, "stop_minutes": 10.0, **more}


def vehicle(code: str = "V", depot: str = "D", **more: Any) -> dict[str, Any]:
    return {"vehicle": code, "name": code, "depot": depot, "establishment": "A", "count": 2, "places": 10.0, "kg": 5000.0,
            "fixed_cost": 5200.0, "km_cost": 0.5, "hour_cost": 30.0, "shift_start": 360, "shift_end": 1200, "duty_minutes": 450.0, **more}  # fmt: skip


def flow(code: str, origin: str, destination: str, quantity: float = 2.0, **more: Any) -> dict[str, Any]:
    made = {"flow": code, "category": "stores", "origin": origin, "destination": destination, "quantity": quantity, "unit": "roll", **more}
    return made if "visits" in made or "days" in made else {**made, "days": ("mon",)}


def base(sites: list[dict[str, Any]], vehicles: list[dict[str, Any]], flows: list[dict[str, Any]], depot_site: str = "O", **more: Any) -> Data:
    """A small scenario around one depot "D" (20 minutes of loading)."""
    return {
        "establishments": [{"establishment": "A", "name": "A"}, {"establishment": "B", "name": "B"}],
        "sites": sites,
        "depots": [{"depot": "D", "name": "D", "site": depot_site, "reload_minutes": 20.0}],
        "vehicle_types": vehicles,
        "handling_units": [{"unit": "roll", "places": 1.0, "kg": 100.0, "minutes": 1.5}],
        "flows": flows,
        **more,
    }


def group(sites: int = 80, seed: int = 1, rich: bool = True) -> tuple[Scenario, Network]:
    """A group of `sites` sites on 60 x 60 km with two depots, six categories of flows and seven days.

    With `rich`: windows, tail lifts, heavy and light vehicles, dirty linen back, samples to the laboratory,
    flows between sites that no depot hosts.
    """
    rng = np.random.default_rng(seed)
    points = {"H1": (20.0, 30.0), "H2": (42.0, 34.0)}
    for i in range(sites - 2):
        points[f"S{i:03d}"] = (float(rng.uniform(0, 60)), float(rng.uniform(0, 60)))
    network = network_of(points, 50.0)
    codes = list(points)
    rows = [site("H1", stop_minutes=5.0), site("H2", "B", stop_minutes=5.0)]
    windows = []
    for code in codes[2:]:
        rows.append(site(code, "A" if points[code][0] < 32 else "B", stop_minutes=float(rng.integers(3, 9)),
                         max_gvw=3.5 if rich and rng.random() < 0.3 else 19.0, needs_tail_lift=bool(rich and rng.random() < 0.4)))  # fmt: skip
        if rich and rng.random() < 0.3:
            windows += [{"site": code, "day_type": "weekday", "opens": 420, "closes": 690}, {"site": code, "day_type": "weekday", "opens": 810, "closes": 1020},
                        {"site": code, "day_type": "saturday", "opens": 420, "closes": 720}, {"site": code, "day_type": "sunday", "opens": 420, "closes": 720}]  # fmt: skip
    flows: list[dict[str, Any]] = []
    home = {code: "H1" if points[code][0] < 32 else "H2" for code in codes}
    for i, code in enumerate(codes[2:]):
        hub = home[code]
        n = float(rng.integers(1, 4))
        flows.append({"flow": f"meal{i}", "category": "meals", "origin": hub, "destination": code, "quantity": n, "unit": "trolley", "visits": 7 if rng.random() < 0.5 else 5,
                      "temperature": "cold", "return_ratio": 1.0})  # fmt: skip
        flows.append({"flow": f"linen{i}", "category": "linen", "origin": "H1", "destination": code, "quantity": n, "unit": "roll", "visits": 3, "return_ratio": 0.0})
        flows.append({"flow": f"dirty{i}", "category": "linen", "origin": code, "destination": "H1", "quantity": n, "unit": "roll", "visits": 3, "hygiene": "dirty"})
        flows.append({"flow": f"store{i}", "category": "stores", "origin": hub, "destination": code, "quantity": 1.0, "unit": "roll", "visits": 1, "return_ratio": 1.0})
        flows.append({"flow": f"drug{i}", "category": "pharmacy", "origin": hub, "destination": code, "quantity": 1.0, "unit": "box", "visits": 5})
        if i % 4 == 0:
            flows.append({"flow": f"lab{i}", "category": "samples", "origin": code, "destination": "H1", "quantity": 1.0, "unit": "box", "visits": 5,
                          "opens": 540, "closes": 660, "max_minutes": 180})  # fmt: skip
        if rich and i % 10 == 0 and i + 3 < sites:
            flows.append({"flow": f"mail{i}", "category": "mail", "origin": code, "destination": codes[i + 3], "quantity": 1.0, "unit": "box", "visits": 2})
    fleet = []
    for depot, owner in (("D1", "A"), ("D2", "B")):
        more = {"establishment": owner, "temperatures": ("ambient", "cold"), "overtime_minutes": 60.0}
        fleet += [
            vehicle(f"{depot}-19t", depot, count=6, gvw=19.0, places=24.0, kg=9000.0, km_cost=0.75, hour_cost=34.0, fixed_cost=26000.0, **more),
            vehicle(f"{depot}-3t5", depot, count=20, gvw=3.5, places=8.0, kg=1100.0, km_cost=0.3, hour_cost=32.0, fixed_cost=12000.0, **more),
        ]
    data: Data = {
        "establishments": [{"establishment": "A", "name": "A"}, {"establishment": "B", "name": "B"}],
        "sites": rows,
        "windows": windows,
        "depots": [{"depot": "D1", "name": "D1", "site": "H1"}, {"depot": "D2", "name": "D2", "site": "H2"}],
        "vehicle_types": fleet,
        "handling_units": [{"unit": "roll", "kg": 120.0}, {"unit": "trolley", "kg": 90.0}, {"unit": "box", "places": 0.1, "kg": 5.0, "minutes": 0.5}],
        "flows": flows,
        "class_compatibility": [{"first": "clean", "second": "dirty", "rule": "dirty_last"}],
    }
    return scenario_of(data, f"group{sites}"), network
