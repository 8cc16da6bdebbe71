"""`python -m benchmarks weeks --sites 20,50,75 --seeds 1,2 --seconds 30`: generated weeks of hospital deliveries.

Each week (`benchmarks.hospital_week`) has all the rules that the routes know. It is
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

from benchmarks.hospital_week import hospital_week
from planner import network as networks
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
            print(f"{scenario.name:14} {visits:6} {_euros(plan.cost):>11} {_euros(plan.bound):>10} {_euros(None if other is None else other.cost):>11}{f'*{len(faults)}' if faults else '':4}"
                  f"{ratio:>6} {'-' if first is None else f'{first:.1f}':>7} {_euros(best):>11} {gap:>6}", flush=True)  # fmt: skip
    print("*N: breaks N rules that its audit names (what plain PyVRP cannot express)")
    return 0


def _euros(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"
