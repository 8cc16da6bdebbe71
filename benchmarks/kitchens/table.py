"""`python -m benchmarks kitchens DIR`: gaps to the best known values and proven gaps, the product's engine beside plain HiGHS and CP-SAT."""

from __future__ import annotations

import argparse
import csv
import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.kitchens import engines, roadmap
from benchmarks.kitchens.instance import Instance, bound_fault, judge
from benchmarks.kitchens.readers import families, instances, keys

RUNNERS = ("ours", "highs", "cpsat")
COLUMNS = ("group", "family", "instance", "kind", "size", "best", "seconds", "runner", "cost", "gap", "bound", "proven", "faults", "bound_fault", "wall", "cpu")
EXACT = 1e-4  # in %: a proven gap under this counts as proven optimal
Row = dict[str, str | float | int]


@dataclass(frozen=True)
class Task:
    """One instance to run: `answer(runner, seconds, seed)` gives cost, rules broken and bound."""

    group: str
    family: str
    name: str
    kind: str
    size: str
    best: float
    answer: Callable[[str, float, int], tuple[float, list[str], float]]


def located(instance: Instance) -> Task:
    """A published location instance as a task."""
    run = {"ours": engines.ours, "highs": engines.plain_highs, "cpsat": engines.plain_cpsat}

    def answer(runner: str, seconds: float, seed: int) -> tuple[float, list[str], float]:
        found = run[runner](instance, seconds, seed)
        return *judge(instance, found), found.bound

    return Task(instance.group, instance.family, instance.name, instance.kind, instance.size, instance.best, answer)


def planned(data: roadmap.Roadmap) -> Task:
    """A kitchen roadmap as a task."""
    run = {"ours": roadmap.ours, "highs": roadmap.plain_highs, "cpsat": roadmap.plain_cpsat}

    def answer(runner: str, seconds: float, seed: int) -> tuple[float, list[str], float]:
        plan, bound = run[runner](data, seconds, seed)
        return (*roadmap.judge(data, plan), bound) if plan is not None else (math.inf, ["no plan"], bound)

    size = "x".join(str(n) for n in (data.km.shape[1], *data.meals.shape))
    return Task(roadmap.FAMILY, roadmap.FAMILY, data.name, "roadmap", size, math.nan if data.best is None else data.best, answer)


def spread(every: Sequence[Any], most: int | None) -> list[Any]:
    """At most so many, from the first to the last."""
    if most is None or len(every) <= most:
        return list(every)
    return [every[round(i * (len(every) - 1) / max(1, most - 1))] for i in range(most)]


def tasks(folder: Path, names: set[str] | None, most: int | None) -> Iterable[Task]:
    """The tasks of one family, read one at a time."""
    if folder.name == roadmap.FAMILY:
        return [planned(data) for data in spread([one for one in roadmap.instances(folder) if names is None or one.name in names], most)]
    chosen = [key for key in keys(folder) if names is None or key in names]
    kinds = dict.fromkeys(key.rpartition(":")[0] for key in chosen)
    kept = {key for kind in kinds for key in spread([key for key in chosen if key.rpartition(":")[0] == kind], most)}
    return map(located, instances(folder, kept))


def measured(task: Task, runner: str, seconds: float, seed: int) -> Row:
    """One line of the table; without a checked plan there is no gap."""
    began, spent = time.monotonic(), time.process_time()
    cost, faults, bound = task.answer(runner, seconds, seed)
    wall, cpu = time.monotonic() - began, time.process_time() - spent
    good = not faults and math.isfinite(cost)
    gap = round(100 * (cost / task.best - 1), 4) if good and math.isfinite(task.best) else ""
    proven = round(100 * max(0.0, cost - bound) / abs(cost), 4) if good and math.isfinite(bound) and cost else ""
    return dict(zip(COLUMNS, (
        task.group, task.family, task.name, task.kind, task.size, task.best, seconds, runner, round(cost, 3) if good else "", gap, round(bound, 3) if math.isfinite(bound) else "",
        proven, "; ".join(faults[:3]), bound_fault(task.best, bound, cost if good else math.inf), round(wall, 1), round(cpu, 1),
    ), strict=True))  # fmt: skip


def summary(rows: Sequence[Row], runners: Sequence[str]) -> list[str]:
    """By group and runner: instances, proven optimal, without a plan, mean gap to the best known, mean and largest proven gap,
    bounds above a best known value or a plan, mean seconds."""
    lines = [f"{'group':28s} {'runner':7s} {'n':>3s} {'proven':>6s} {'none':>4s} {'gap %':>8s} {'proven %':>9s} {'largest':>8s} {'wrong bounds':>12s} {'s':>6s} {'cpu s':>6s}"]
    for group in dict.fromkeys(str(row["group"]) for row in rows):
        for runner in runners:
            those = [row for row in rows if row["group"] == group and row["runner"] == runner]
            if not those:
                continue
            gaps = [float(row["gap"]) for row in those if row["gap"] != ""]
            proven = [float(row["proven"]) for row in those if row["proven"] != ""]

            def mean(values: Sequence[float]) -> str:
                return f"{sum(values) / len(values):.3f}" if values else "-"

            lines.append(
                f"{group:28s} {runner:7s} {len(those):3d} {sum(p <= EXACT for p in proven):6d} {sum(row['cost'] == '' for row in those):4d} {mean(gaps):>8s} {mean(proven):>9s} "
                f"{f'{max(proven):.3f}' if proven else '-':>8s} {sum(bool(row['bound_fault']) for row in those):12d} {mean([float(row['wall']) for row in those]):>6s} {mean([float(row['cpu']) for row in those]):>6s}"
            )
    return lines


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks kitchens", description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder of families, or one family; each with its BKS.csv")
    parser.add_argument("--seconds", type=float, default=60.0, help="wall seconds of each runner")
    parser.add_argument("--families", help="names, by commas")
    parser.add_argument("--instances", help="names as in BKS.csv, by commas")
    parser.add_argument("--most", type=int, help="at most so many instances of each family and variant, spread over its list")
    parser.add_argument("--runners", default=",".join(RUNNERS), help=f"of {', '.join(RUNNERS)}, by commas")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="a CSV file to go on with: what it holds is not run again")
    asked = parser.parse_args(words)
    runners = [name for name in asked.runners.split(",") if name]
    if unknown := set(runners) - set(RUNNERS):
        parser.error(f"no runner {', '.join(sorted(unknown))}; there are {', '.join(RUNNERS)}")
    found = families(asked.folder) if asked.folder.is_dir() else []
    found += [one for one in (asked.folder, asked.folder / roadmap.FAMILY) if one.name == roadmap.FAMILY and one.is_dir()]
    if not found:
        print(f"{asked.folder}: no folder with a BKS.csv there. Benchmarks need the published instances; nothing was run.")
        return 2
    rows: list[Row] = []
    if asked.out and asked.out.exists():
        with asked.out.open(newline="") as source:
            rows = [dict(row) for row in csv.DictReader(source)]
    done = {(row["family"], row["instance"], row["runner"]) for row in rows}
    for folder in found:
        if asked.families and folder.name not in asked.families.split(","):
            continue
        if folder.name.startswith("lrp"):
            print(f"{folder.name}: location with routes is measured by `python -m benchmarks routes`")
            continue
        for task in tasks(folder, set(asked.instances.split(",")) if asked.instances else None, asked.most):
            for runner in runners:
                if (task.family, task.name, runner) in done:
                    continue
                row = measured(task, runner, asked.seconds, asked.seed)
                print(
                    f"{row['family']:18} {row['instance']:16} {row['size']:9} {runner:6} {row['cost']:>16} {row['gap']!s:>9} % proven {row['proven']!s:>9} % {row['wall']:>6} s "
                    f"{row['cpu']:>6} cpu s {row['faults']} {row['bound_fault']}", flush=True,
                )  # fmt: skip
                rows.append(row)
                if asked.out:
                    _append(asked.out, row)
    print("\n".join(summary(rows, runners)))
    return 1 if any(row["bound_fault"] and row["runner"] == "ours" for row in rows) else 0


def _append(path: Path, row: Row) -> None:
    fresh = not path.exists()
    with path.open("a", newline="") as target:
        writer = csv.DictWriter(target, COLUMNS)
        if fresh:
            writer.writeheader()
        writer.writerow(row)
