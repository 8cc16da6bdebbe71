"""`python -m benchmarks weeks --sites 20,50,75 --seeds 1,2 --seconds 30`: generated weeks of hospital deliveries.

Each week (`hospital_week`) has depots of several establishments, meals, linen out and back, stores, pharmacy, waste, samples
and mail, site hours, large and small vehicles, a low-emission zone, clean and dirty apart, days of visit partly chosen. It is
planned by the product within the time, and by plain PyVRP day by day: its own settings, days fixed, each day alone, the same
time and as many processes; both are costed and audited alike. `benchmarks/weeks.csv` keeps the best plan ever met of each week
(`--keep` writes it).
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from planner import network as networks
from planner.catalog import TABLES
from planner.issues import errors
from planner.network import Network
from planner.plan import Limits, Plan, Progress, Status
from planner.problems.base import cost_of
from planner.problems.routes import ROUTES
from planner.problems.routes.build import MICRO
from planner.problems.routes.days import started
from planner.problems.routes.groups import same_days
from planner.problems.routes.serve import Servers
from planner.problems.routes.tables import COSTS
from planner.problems.routes.week import Week
from planner.problems.routes.write import tables
from planner.scenario import Scenario
from planner.sites import WEEKS_PER_YEAR
from planner.solvers.routing import PLAIN, StopRule
from planner.solvers.routing_pool import Pool
from planner.solvers.routing_worker import Search

KEPT = Path(__file__).with_name("weeks.csv")
DAYS_OUT = 6  # days a week that share a vehicle's fixed cost where each day is planned alone
LAT, LON, KM = 48.8, 2.3, 111.2


def hospital_week(sites: int, seed: int) -> Scenario:
    """A group of `sites` sites (20 to 130) on 70 x 70 km around two to four hospitals. Data invented, the same for one seed."""
    rng = np.random.default_rng(1000 * sites + seed)
    hubs = 2 + (sites >= 50) + (sites >= 100)
    points = [(float(x), float(y)) for x, y in rng.uniform(15, 55, (hubs, 2))] + [(float(x), float(y)) for x, y in rng.uniform(0, 70, (sites - hubs, 2))]
    codes = [f"H{i}" for i in range(hubs)] + [f"S{i:03d}" for i in range(sites - hubs)]
    home = [min(range(hubs), key=lambda h: (points[i][0] - points[h][0]) ** 2 + (points[i][1] - points[h][1]) ** 2) for i in range(sites)]
    centre = points[0]
    rows, windows, flows = [], [], []
    for i, code in enumerate(codes):
        town = (points[i][0] - centre[0]) ** 2 + (points[i][1] - centre[1]) ** 2 < 12**2
        rows.append({"site": code, "name": code, "establishment": f"E{home[i]}", "lat": LAT + points[i][1] / KM, "lon": LON + points[i][0] / (KM * np.cos(np.radians(LAT))),
                     "stop_minutes": 5.0 if i < hubs else float(rng.integers(4, 10)), "max_gvw": 19.0 if i < hubs else float(rng.choice([3.5, 12.0, 19.0], p=[0.3, 0.3, 0.4])),
                     "needs_tail_lift": bool(i >= hubs and rng.random() < 0.5), "low_emission_zone": bool(town and i >= hubs)})  # fmt: skip
        if i >= hubs and rng.random() < 0.4:
            windows += [{"site": code, "day_type": kind, "opens": 420, "closes": closes} for kind, closes in (("weekday", 1080), ("saturday", 780), ("sunday", 780))]
    laundry, lab = codes[0], codes[min(1, hubs - 1)]
    for i in range(hubs, sites):
        code, hub, size = codes[i], codes[home[i]], float(rng.integers(1, 4))
        flows.append({"flow": f"REP{i}", "category": "meals", "origin": hub, "destination": code, "quantity": size, "unit": "CHARIOT", "visits": 7 if rng.random() < 0.4 else 5,
                      "opens": 540, "closes": 705, "temperature": "cold", "return_ratio": 1.0})  # fmt: skip
        often = int(rng.integers(1, 4))
        flows.append({"flow": f"LIN{i}", "category": "linen", "origin": laundry, "destination": code, "quantity": size, "unit": "ROLL", "visits": often, "free_days": True, "least_gap": 7 // often - (often == 3)})
        flows.append({"flow": f"SAL{i}", "category": "linen", "origin": code, "destination": laundry, "quantity": size, "unit": "ROLL", "visits": often, "hygiene": "dirty"})
        flows.append({"flow": f"MAG{i}", "category": "stores", "origin": hub, "destination": code, "quantity": 1.0, "unit": "ROLL", "visits": 1, "free_days": True})
        flows.append({"flow": f"PHA{i}", "category": "pharmacy", "origin": hub, "destination": code, "quantity": 1.0, "unit": "BAC", "visits": 3})
        if i % 3 == 0:
            flows.append({"flow": f"DEC{i}", "category": "waste", "origin": code, "destination": hub, "quantity": 1.0, "unit": "ROLL", "visits": 2, "hygiene": "dirty", "free_days": True, "least_gap": 2, "longest_gap": 5})
        if i % 4 == 0:
            flows.append({"flow": f"PRE{i}", "category": "samples", "origin": code, "destination": lab, "quantity": 1.0, "unit": "BAC", "visits": 5, "opens": 510, "closes": 690, "max_minutes": 180.0})
        if i % 7 == 0 and i + 3 < sites:
            flows.append({"flow": f"COU{i}", "category": "mail", "origin": code, "destination": codes[i + 3], "quantity": 1.0, "unit": "BAC", "visits": 2})
    fleet: list[dict[str, Any]] = []
    for h in range(hubs):
        common = {"depot": f"D{h}", "establishment": f"E{h}", "shift_start": 330, "shift_end": 1200, "duty_minutes": 450.0, "overtime_minutes": 30.0}
        cold = {"temperatures": ("ambient", "cold")}
        fleet += [
            {"vehicle": f"P19-{h}", "name": f"19 t {h}", "count": 4, "gvw": 19.0, "places": 30.0, "kg": 9000.0, "fixed_cost": 32000.0, "km_cost": 0.60, "co2_km": 0.9, "low_emission": False, **common, **cold},
            {"vehicle": f"P12-{h}", "name": f"12 t {h}", "count": 8, "gvw": 12.0, "places": 18.0, "kg": 5000.0, "fixed_cost": 24000.0, "km_cost": 0.48, "co2_km": 0.71, **common, **cold},
            {"vehicle": f"F35-{h}", "name": f"3,5 t {h}", "count": 20, "gvw": 3.5, "places": 8.0, "kg": 700.0, "fixed_cost": 12000.0, "km_cost": 0.28, "co2_km": 0.34, **common, **cold},
        ]  # fmt: skip
    data: dict[str, list[dict[str, Any]]] = {
        "establishments": [{"establishment": f"E{h}", "name": f"Hôpital {h}"} for h in range(hubs)],
        "sites": rows, "windows": windows, "flows": flows, "vehicle_types": fleet,
        "depots": [{"depot": f"D{h}", "name": f"Dépôt {h}", "site": codes[h]} for h in range(hubs)],
        "handling_units": [{"unit": "ROLL", "kg": 60.0}, {"unit": "CHARIOT", "kg": 60.0}, {"unit": "BAC", "places": 0.1, "kg": 5.0, "minutes": 0.5}],
        "class_compatibility": [{"first": "clean", "second": "dirty", "rule": "dirty_last"}],
    }  # fmt: skip
    return Scenario.of(f"semaine_{sites}_{seed}", TABLES, data)


def plain(scenario: Scenario, network: Network, seconds: float, seed: int, threads: int = 2) -> Plan | None:
    """Each day alone, on fixed days, by plain PyVRP, as many days at once as threads; None where some day has no feasible routes."""
    week = started(Week(scenario, network))
    groups = same_days(week, Servers(week))
    weeks = scenario.value(WEEKS_PER_YEAR)
    fixed = [round(v.fixed_cost * MICRO / weeks / DAYS_OUT) for v in week.vehicles if v.count > 0]
    days = [replace(g.model.data, fleet=tuple(replace(v, fixed=f * len(g.days)) for v, f in zip(g.model.data.fleet, fixed, strict=True))) for g in groups]
    total = sum(day.size for day in days)
    with Pool(threads) as pool:
        found = pool.run([Search(day, StopRule(seconds=threads * seconds * day.size / total), seed, style=PLAIN) for day in days])
    if not all(result.feasible for result in found):
        return None
    frames = tables(week, [route for group, day in zip(groups, found, strict=True) for route in group.routes(day.routes)])
    return Plan("routes", Status.FEASIBLE, frames, cost_of(frames[COSTS.name]), scenario_hash=scenario.hash)


def first_plan(scenario: Scenario, network: Network, limits: Limits) -> tuple[Plan, float | None]:
    """The product's plan, and the seconds to its first one."""
    began = time.monotonic()
    first: list[float] = []

    def told(step: Any) -> None:
        if step.cost is not None and not first:
            first.append(time.monotonic() - began)

    return ROUTES.solve(scenario, network, limits, Progress(told)), first[0] if first else None


def kept() -> dict[str, float]:
    """The least cost ever met, by week."""
    if not KEPT.exists():
        return {}
    with KEPT.open(newline="") as source:
        return {row["week"]: float(row["cost"]) for row in csv.DictReader(source)}


def keep(best: dict[str, float], seconds: float) -> None:
    known = {}
    if KEPT.exists():
        with KEPT.open(newline="") as source:
            known = {row["week"]: row for row in csv.DictReader(source)}
    for week, cost in best.items():
        if week not in known or cost < float(known[week]["cost"]) - 0.005:
            known[week] = {"week": week, "cost": f"{cost:.2f}", "seconds": f"{seconds:g}", "date": dt.date.today().isoformat()}
    with KEPT.open("w", newline="") as target:
        writer = csv.DictWriter(target, ("week", "cost", "seconds", "date"))
        writer.writeheader()
        writer.writerows(known[week] for week in sorted(known, key=lambda w: [int(x) for x in w.split("_")[1:]]))


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks weeks", description=__doc__)
    parser.add_argument("--sites", default="20,50,75", help="numbers of sites, by commas")
    parser.add_argument("--seeds", default="1,2", help="seeds of the weeks, by commas")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1, help="of the search")
    parser.add_argument("--threads", type=int, default=2, help="of the product, and processes of plain PyVRP")
    parser.add_argument("--keep", action="store_true", help="keep better costs in benchmarks/weeks.csv")
    parser.add_argument("--alone", action="store_true", help="the product alone, without plain PyVRP beside it")
    asked = parser.parse_args(words)
    print(f"{'week':14} {'visits':>6} {'product €':>11} {'bound €':>10} {'plain €':>11} {'ratio':>6} {'first s':>7} {'best ever €':>11} {'gap':>6}")
    for number in (int(word) for word in asked.sites.split(",")):
        for seed in (int(word) for word in asked.seeds.split(",")):
            scenario = hospital_week(number, seed)
            network, _ = networks.build(scenario)
            plan, first = first_plan(scenario, network, Limits(seconds=asked.seconds, threads=asked.threads, seed=asked.seed))
            other = None if asked.alone else plain(scenario, network, asked.seconds, asked.seed, asked.threads)
            faults = [] if other is None else errors(ROUTES.audit(scenario, network, other).issues)
            met = [one.cost for one in (plan, None if faults else other) if one is not None and one.cost is not None]
            if asked.keep and met:
                keep({scenario.name: min(met)}, asked.seconds)
            best = min([*met, *(cost for week, cost in kept().items() if week == scenario.name)], default=None)
            visits = sum(len(v) for v in started(Week(scenario, network)).visits.values())
            ratio = "-" if plan.cost is None or other is None or other.cost is None else f"{plan.cost / other.cost:.3f}"
            gap = "-" if plan.cost is None or best is None else f"{100 * (plan.cost / best - 1):.1f} %"
            print(f"{scenario.name:14} {visits:6} {_euros(plan.cost):>11} {_euros(plan.bound):>10} {_euros(None if other is None else other.cost):>11}{'*' if faults else ' '}"
                  f"{ratio:>6} {'-' if first is None else f'{first:.1f}':>7} {_euros(best):>11} {gap:>6}", flush=True)  # fmt: skip
    print("* breaks rules that its audit names (what plain PyVRP cannot express)")
    return 0


def _euros(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"
