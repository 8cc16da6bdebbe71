"""Random scenarios small enough for `exact`: a few visits, two vehicle types, maybe a second depot, windows, returns."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.network import Network
from planner.scenario import Scenario
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle


def small(seed: int, visits: int = 4, carries: str = "any") -> tuple[Scenario, Network]:
    rng = np.random.default_rng(seed)
    codes = ["O", "P", "Q", "R", "S"]
    points = {code: (float(rng.integers(0, 40)), float(rng.integers(0, 40))) for code in codes}
    network = network_of(points)
    if rng.random() < 0.3:  # not every matrix keeps the triangle inequality
        network.minutes[1, 2] *= 3
        network.km[3, 4] *= 3
    sites = [site(code, stop_minutes=float(rng.integers(0, 12))) for code in codes]
    windows: list[dict[str, Any]] = []
    if rng.random() < 0.4:
        windows = [{"site": "Q", "day_type": "weekday", "opens": 420, "closes": 540}, {"site": "Q", "day_type": "weekday", "opens": 660, "closes": 720}]
    flows = []
    for i in range(visits):
        o, d = rng.choice(5, 2, replace=False)
        if rng.random() < 0.7:
            o, d = (0, d) if d else (o, 0)
        day = "mon" if rng.random() < 0.75 else "tue"
        more: dict[str, Any] = {"return_ratio": 1.0 if rng.random() < 0.4 and 0 in (o, d) and i < 1 else 0.0}
        if rng.random() < 0.3:
            more |= {"opens": 480, "closes": int(rng.integers(500, 700))}
        flows.append(flow(f"f{i}", codes[o], codes[d], float(rng.integers(1, 6)), days=(day,), **more))
    fleet = [
        vehicle("big", count=1, places=12.0, fixed_cost=9000.0, km_cost=0.8, max_trips=int(rng.integers(1, 4)), overtime_minutes=60.0, overtime_cost=45.0, duty_minutes=240.0),
        vehicle("small", count=2, places=5.0, fixed_cost=4000.0, km_cost=0.3, kg=450.0, max_trips=int(rng.integers(1, 4)), depot="D" if rng.random() < 0.6 else "E"),
    ]
    for kind in fleet:
        kind["carries"] = carries
    for one in flows:
        one["ready"] = int(rng.integers(400, 620)) if rng.random() < 0.25 else None
    data = base(sites, fleet, flows, windows=windows)
    data["depots"].append({"depot": "E", "name": "E", "site": "P", "reload_minutes": 15.0})
    return scenario_of(data, f"small{seed}"), network
