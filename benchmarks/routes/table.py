"""`python -m benchmarks routes DIR`: gaps to the best known values, the product's engine beside plain PyVRP."""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.routes.engines import ours, plain
from benchmarks.routes.instance import Instance, Route, judge
from benchmarks.routes.peers import MODULES, absent, expressible, peer
from benchmarks.routes.readers import FAMILIES, families, instances
from planner.solvers.routing_strings import prepare

RUNNERS = ("ours", "pyvrp1", "pyvrp2")
COLUMNS = ("family", "instance", "stops", "best", "seconds", "runner", "cost", "gap", "vehicles", "faults", "wall")
Row = dict[str, str | float | int]


def spread(every: Sequence[Instance], most: int | None) -> list[Instance]:
    """At most so many instances, from the smallest to the largest."""
    if most is None or len(every) <= most:
        return list(every)
    return [every[round(i * (len(every) - 1) / max(1, most - 1))] for i in range(most)]


def measured(instance: Instance, runner: str, routes: Sequence[Route], seconds: float, wall: float) -> Row:
    """One line of the table; without feasible routes there is no gap."""
    verdict = judge(instance, routes)
    faults = "; ".join(verdict.faults[:3]) if routes else "no routes"
    gap: str | float = "" if faults else round(100 * (verdict.cost / instance.best - 1), 3)
    if instance.fewest and not faults and verdict.vehicles > instance.fewest:
        faults = f"{verdict.vehicles} vehicles, best known {instance.fewest}"
    return dict(zip(COLUMNS, (instance.family, instance.name, instance.size, instance.best, seconds, runner, round(verdict.cost, 3), gap, verdict.vehicles, faults, round(wall, 1)), strict=True))


def run(instance: Instance, seconds: float, seed: int, peers: Sequence[str] = (), alone: bool = False) -> list[Row]:
    """The product's engine on two cores, plain PyVRP with two seeds at once (the first of them, and the better one), then peers; or the
    first `alone`.
    """
    began = time.monotonic()
    rows = [measured(instance, "ours", ours(instance, seconds, seed), seconds, time.monotonic() - began)]
    if alone:
        return rows
    began = time.monotonic()
    two = plain(instance, seconds, (seed, seed + 1))
    wall = time.monotonic() - began
    rows.append(measured(instance, "pyvrp1", two[0], seconds, wall))
    rows.append(measured(instance, "pyvrp2", min(two, key=lambda r: (not r or bool(judge(instance, r).faults), judge(instance, r).cost)), seconds, wall))
    for name in peers:
        if expressible(name, instance):
            began = time.monotonic()
            found = peer(name, instance, seconds, seed)
            rows.append(measured(instance, name, found, seconds, time.monotonic() - began))
    return rows


def summary(rows: Sequence[Row]) -> list[str]:
    """Mean gap in % and answers without one, by family and runner."""
    runners = [*RUNNERS, *(name for name in MODULES if any(row["runner"] == name for row in rows))]
    lines = [f"{'family':18s} {'n':>3s}  " + "  ".join(f"{name:>8s} {'bad':>3s}" for name in runners)]
    for family in dict.fromkeys(str(row["family"]) for row in rows):
        cells = []
        for name in runners:
            those = [row for row in rows if row["family"] == family and row["runner"] == name]
            gaps = [float(row["gap"]) for row in those if row["gap"] != ""]
            cells.append(f"{sum(gaps) / len(gaps):8.3f} {len(those) - len(gaps):3d}" if gaps else f"{'-':>8s} {len(those):3d}")
        number = sum(row["family"] == family and row["runner"] == RUNNERS[0] for row in rows)
        lines.append(f"{family:18s} {number:3d}  " + "  ".join(cells))
    return lines


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks routes", description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder of families, or one family; each with its BKS.csv")
    parser.add_argument("--seconds", type=float, default=60.0, help="wall seconds of each runner")
    parser.add_argument("--families", help="names, by commas")
    parser.add_argument("--instances", help="names, by commas")
    parser.add_argument("--most", type=int, help="at most so many instances of each family, spread over their sizes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peers", default="", help=f"more engines, by commas: {', '.join(MODULES)}")
    parser.add_argument("--out", type=Path, help="a CSV file to go on with: what it holds is not run again")
    parser.add_argument("--alone", action="store_true", help="the product's engine alone, without PyVRP and peers")
    asked = parser.parse_args(words)
    peers = [name for name in asked.peers.split(",") if name]
    for name in peers:
        if name not in MODULES:
            parser.error(f"--peers {name}: known are {', '.join(MODULES)}")
        if absent(name):
            print(f"{name}: not installed, left out")
    peers = [name for name in peers if not absent(name)]
    found = families(asked.folder) if asked.folder.is_dir() else []
    if not found:
        print(f"{asked.folder}: no folder with a BKS.csv there. Benchmarks need the published instances; nothing was run.")
        return 2
    began = time.monotonic()
    prepare()
    if time.monotonic() - began > 5:
        print(f"the engine was compiled, once for this installation: {time.monotonic() - began:.0f} s", flush=True)
    rows: list[Row] = []
    if asked.out and asked.out.exists():
        with asked.out.open(newline="") as source:
            rows = [dict(row) for row in csv.DictReader(source)]
    done = {(row["family"], row["instance"]) for row in rows}
    for folder in found:
        if asked.families and folder.name not in asked.families.split(","):
            continue
        if folder.name not in FAMILIES:
            print(f"{folder.name}: this family is not read yet")
            continue
        every = [one for one in instances(folder) if not asked.instances or one.name in asked.instances.split(",")]
        for instance in spread(every, asked.most):
            if (instance.family, instance.name) in done:
                continue
            made = run(instance, asked.seconds, asked.seed, peers, asked.alone)
            for row in made:
                print(f"{row['family']:18} {row['instance']:16} {row['stops']:5} {row['runner']:7} {row['cost']:>16} {row['gap']!s:>8} % {row['wall']:>6} s {row['faults']}", flush=True)
            rows += made
            if asked.out:
                _append(asked.out, made)
    print("\n".join(summary(rows)))
    return 0


def _append(path: Path, rows: Sequence[Row]) -> None:
    fresh = not path.exists()
    with path.open("a", newline="") as target:
        writer = csv.DictWriter(target, COLUMNS)
        if fresh:
            writer.writeheader()
        writer.writerows(rows)
