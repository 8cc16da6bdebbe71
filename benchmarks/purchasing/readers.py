"""Folders of purchasing instances: JSON files, and CSV files (`BKS*.csv`) of the best known values."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

from benchmarks.purchasing.instance import Instance


def read(path: Path, best: float | None = None, bound: float | None = None) -> Instance:
    """One file. Its class is its name up to the sizes: `ctqd_tight_40x200x5_1` is of class `ctqd_tight`."""
    data = json.loads(path.read_text())
    return Instance(path.stem, re.split(r"_\d", path.stem)[0], data, best, bound)


def known(folder: Path) -> dict[str, tuple[float, float | None]]:
    """Best known value and bound (€) by instance, from every BKS file under a folder."""
    found: dict[str, tuple[float, float | None]] = {}
    for path in sorted(folder.rglob("BKS*.csv")):
        with path.open(newline="") as source:
            for row in csv.DictReader(source):
                if row.get("best_known_eur"):
                    found[row["instance"]] = float(row["best_known_eur"]), float(row["bound_eur"]) if row.get("bound_eur") else None
    return found


def instances(folder: Path) -> Iterator[Instance]:
    """The instances in a folder and its sub-folders, by folder, class and name; those without a best known value too."""
    values = known(folder)
    for path in sorted(folder.rglob("*.json"), key=lambda p: (p.parent, p.stem)):
        yield read(path, *values.get(path.stem, (None, None)))
