"""`python -m benchmarks purchasing DIR`: cost, gap to the best known value and gap proven, the product's engine beside plain solvers."""

from __future__ import annotations

import argparse
import csv
import math
from collections.abc import Sequence
from pathlib import Path

from benchmarks.purchasing.engines import RUNNERS, Outcome, warm_up
from benchmarks.purchasing.instance import Instance, judge
from benchmarks.purchasing.readers import instances

COLUMNS = ("class", "instance", "runner", "asked", "cost", "best", "gap", "bound", "proven", "wall", "good", "faults")
Row = dict[str, str | float]


def measured(instance: Instance, runner: str, outcome: Outcome, asked: float) -> Row:
    """One line: cost and bound in €, gap to the best known value and proven gap in %; without an allowed answer there is no gap.

    `good`: seconds until the engine knew cost and bound within 0.1 %, empty if never. A bound above the judged cost is a fault.
    """
    verdict = judge(instance, outcome.answer) if outcome.answer is not None else None
    faults = "no plan" if verdict is None else "; ".join(verdict.faults[:3])
    cost = verdict.cost if verdict is not None and not faults else None
    bound = outcome.bound if math.isfinite(outcome.bound) else None
    if cost is not None and bound is not None and bound > cost + 0.01 + 1e-7 * abs(cost):
        faults = f"bound {bound:.2f} above the cost {cost:.2f}"
    return dict(zip(COLUMNS, (
        instance.family, instance.name, runner, asked, "" if cost is None else round(cost, 2), instance.best or "",
        "" if cost is None or not instance.best else round(100 * (cost / instance.best - 1), 4), "" if bound is None else round(bound, 2),
        "" if cost is None or bound is None else round(max(0.0, 100 * (1 - bound / cost)), 4), round(outcome.seconds, 1),
        "" if outcome.good is None else round(outcome.good, 1), faults,
    ), strict=True))  # fmt: skip


def summary(rows: Sequence[Row]) -> list[str]:
    """By class and runner: instances, mean gap to best known and mean proven gap in %, how many proven to 0.1 %, mean seconds until then, faults."""
    lines = [f"{'class':14} {'runner':7} {'n':>3} {'gap %':>9} {'proven %':>9} {'to 0.1 %':>8} {'after s':>8} {'no plan':>8}"]
    for family in sorted({str(row["class"]) for row in rows}):
        for runner in dict.fromkeys(str(row["runner"]) for row in rows):
            those = [row for row in rows if row["class"] == family and row["runner"] == runner]
            fine = [row for row in those if row["faults"] == ""]
            good = [float(row["good"]) for row in fine if row["good"] != "" and float(row["proven"]) <= 0.1]
            cells = [_mean([float(row[name]) for row in fine if row[name] != ""], 4) for name in ("gap", "proven")]
            if those:
                lines.append(f"{family:14} {runner:7} {len(those):3} {cells[0]:>9} {cells[1]:>9} {len(good):8} {_mean(good, 1):>8} {len(those) - len(fine):8}")
    return lines


def _mean(values: Sequence[float], digits: int) -> str:
    return f"{sum(values) / len(values):.{digits}f}" if values else "-"


def spread(every: Sequence[Instance], most: int | None) -> list[Instance]:
    """At most so many instances of each class, in order."""
    seen: dict[str, int] = {}
    kept = []
    for one in every:
        seen[one.family] = seen.get(one.family, 0) + 1
        if most is None or seen[one.family] <= most:
            kept.append(one)
    return kept


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks purchasing", description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder with JSON instances in it or in its sub-folders, and BKS*.csv files")
    parser.add_argument("--seconds", type=float, default=60.0, help="wall seconds of each runner")
    parser.add_argument("--gap", type=float, default=1e-4, help="the proven gap at which a runner may end")
    parser.add_argument("--runners", default=",".join(RUNNERS), help="names, by commas, of " + ", ".join(RUNNERS))
    parser.add_argument("--instances", help="names or classes, by commas")
    parser.add_argument("--most", type=int, help="at most so many instances of each class")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="a CSV file to go on with: what it holds is not run again")
    asked = parser.parse_args(words)
    runners = asked.runners.split(",")
    if unknown := [name for name in runners if name not in RUNNERS]:
        parser.error(f"no runner {', '.join(unknown)}; there are {', '.join(RUNNERS)}")
    wanted = asked.instances.split(",") if asked.instances else []
    found = [one for one in instances(asked.folder) if not wanted or one.name in wanted or one.family in wanted] if asked.folder.is_dir() else []
    if not found:
        print(f"{asked.folder}: no instance there. Benchmarks need a folder of JSON instances; nothing was run.")
        return 2
    rows: list[Row] = []
    if asked.out and asked.out.exists():
        with asked.out.open(newline="") as source:
            rows = [dict(row) for row in csv.DictReader(source)]
    done = {(row["instance"], row["runner"]) for row in rows}
    if "ours" in runners:
        warm_up()
    for instance in spread(found, asked.most):
        for runner in runners:
            if (instance.name, runner) in done:
                continue
            row = measured(instance, runner, RUNNERS[runner](instance, asked.seconds, asked.gap, asked.seed), asked.seconds)
            print(f"{row['instance']:24} {runner:6} {row['cost']!s:>13} {row['gap']!s:>9} % proven {row['proven']!s:>8} % {row['wall']:>6} s (0.1 %: {row['good'] or '-'}) {row['faults']}", flush=True)
            rows.append(row)
            if asked.out:
                _append(asked.out, row)
    print("\n".join(summary(rows)))
    return 0


def _append(path: Path, row: Row) -> None:
    fresh = not path.exists()
    with path.open("a", newline="") as target:
        writer = csv.DictWriter(target, COLUMNS)
        if fresh:
            writer.writeheader()
        writer.writerow(row)
