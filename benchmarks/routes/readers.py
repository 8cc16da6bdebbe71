"""The families of published instances and their conventions: what a unit is, how distances are rounded."""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import vrplib  # type: ignore[import-untyped]

from benchmarks.routes.instance import Floats, Instance, Kind

FINE = 1000  # whole units of an engine per unit of distance, where distances are not rounded
FAR = 1e12


def euclid(points: Any) -> Floats:
    xy = np.array(points, float)
    return np.asarray(np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)), float)


def nearest(exact: Floats) -> Floats:
    return np.floor(exact + 0.5)


def _numbers(path: Path) -> list[list[float]]:
    """The lines of plain numbers of a file."""
    lines = []
    for line in path.read_text().splitlines():
        words = line.split()
        if words and all(re.fullmatch(r"[-+]?[\d.]+(e[-+]?\d+)?", word, re.I) for word in words):
            lines.append([float(word) for word in words])
    return lines


def _plain(n: int, value: float = 0.0) -> tuple[float, ...]:
    return (value,) * n


def _floats(values: Any, factor: float = 1.0) -> tuple[float, ...]:
    return tuple(float(v) * factor for v in values)


def cvrp(path: Path, family: str, best: float) -> Instance:
    raw = vrplib.read_instance(path, compute_edge_weights=False)
    distance = nearest(euclid(raw["node_coord"]))
    n = len(distance)
    return Instance(path.stem, family, best, distance, 1, _floats(raw["demand"]), _plain(n), _plain(n), _plain(n), _plain(n, FAR), (Kind(n - 1, float(raw["capacity"])),))


def vrptw(path: Path, family: str, best: float) -> Instance:
    """Distances and times truncated to one decimal, distance only; in either of the two forms of file."""
    if path.suffix == ".vrp":
        raw = vrplib.read_instance(path, compute_edge_weights=False)
        count, capacity = float(raw["vehicles"]), float(raw["capacity"])
        service = np.full(len(raw["demand"]), float(np.ravel(raw["service_time"])[0]))
        service[0] = 0.0
        rows = np.column_stack([np.arange(len(service)), raw["node_coord"], raw["demand"], raw["time_window"], service]).astype(float)
    else:
        lines = _numbers(path)
        count, capacity = lines[0]
        rows = np.array(lines[1:])
    distance = np.floor(10 * euclid(rows[:, 1:3]) + 1e-9) / 10
    n = len(rows)
    return Instance(
        path.stem, family, best, distance, 1, _floats(rows[:, 3]), _plain(n), _floats(rows[:, 6]), _floats(rows[:, 4]), _floats(rows[:, 5]),
        (Kind(int(count), capacity),), scale=10,
    )  # fmt: skip


def mdvrp(path: Path, family: str, best: float) -> Instance:
    lines = _numbers(path)
    _, vehicles, customers, depots = (int(v) for v in lines[0])
    limits, rows = lines[1 : 1 + depots], lines[1 + depots :]
    clients, sites = rows[:customers], rows[customers : customers + depots]
    n = depots + customers
    kinds = tuple(Kind(vehicles, capacity, d, longest=longest or None) for d, (longest, capacity) in enumerate(limits))
    return Instance(
        path.stem, family, best, euclid([r[1:3] for r in sites + clients]), depots, (*_plain(depots), *(r[4] for r in clients)), _plain(n),
        (*_plain(depots), *(r[3] for r in clients)), _plain(n), _plain(n, FAR), kinds, scale=FINE,
    )  # fmt: skip


def periodic(path: Path, family: str, best: float) -> Instance:
    """Cordeau's form: a frequency, then sets of days as binary numbers (the first day is the highest bit); windows are not used.

    Type 1 has one depot; type 8 several, with a line of limits per depot and day, and each client is served from one of them.
    """
    lines = _numbers(path)
    kind, vehicles, customers, days = (int(v) for v in lines[0][:4])
    depots = int(lines[0][4]) if kind == 8 else 1
    limits, rows = lines[1 : 1 + days * depots], lines[1 + days * depots :]
    number = 0 if kind == 1 or (int(rows[0][0]) == 0 and rows[0][3:7] == [0, 0, 0, 0]) else customers
    sites, clients = (rows[:depots], rows[depots : depots + customers]) if number == 0 else (rows[customers : customers + depots], rows[:customers])
    n = depots + customers
    kinds = tuple(
        Kind(vehicles, capacity, i % depots, longest=longest or None, day=i // depots) for i, (longest, capacity) in enumerate(limits)
    )

    def sets(row: list[float]) -> tuple[frozenset[int], ...]:
        return tuple(frozenset(d for d in range(days) if int(code) >> (days - 1 - d) & 1) for code in row[7 : 7 + int(row[6])])

    patterns = ((),) * depots + tuple(sets(row) for row in clients)
    return Instance(
        path.stem, family, best, euclid([r[1:3] for r in sites + clients]), depots, (*_plain(depots), *(r[4] for r in clients)), _plain(n),
        (*_plain(depots), *(r[3] for r in clients)), _plain(n), _plain(n, FAR), kinds, scale=FINE, patterns=patterns, one_depot=kind == 8,
    )  # fmt: skip


def located(path: Path, family: str, best: float) -> Instance:
    """Depots to open: the distance (the last number is 1), or 100 times the distance, rounded up (0); the cost of each route and of
    each depot used.
    """
    values = [float(word) for word in path.read_text().split()]
    customers, depots = int(values[0]), int(values[1])
    rest = iter(values[2:])

    def take(count: int) -> list[float]:
        return [next(rest) for _ in range(count)]

    points = np.array(take(2 * (depots + customers))).reshape(-1, 2)
    (capacity,), rooms, demand, opening, (fixed, real) = take(1), take(depots), take(customers), take(depots), take(2)
    exact = euclid(points)
    n = depots + customers
    kinds = tuple(Kind(customers, capacity, o, fixed=fixed) for o in range(depots))
    return Instance(
        path.stem, family, best, exact if real else np.ceil(100 * exact - 1e-9), depots, (*_plain(depots), *demand), _plain(n), _plain(n), _plain(n), _plain(n, FAR), kinds,
        opening=tuple(opening), rooms=tuple(rooms),
    )  # fmt: skip


def rich(path: Path, family: str, best: float) -> Instance:
    """Time windows with several depots or vehicles that may not visit everyone; distances x1000, rounded."""
    raw = vrplib.read_instance(path, compute_edge_weights=False)
    distance = nearest(1000 * euclid(raw["node_coord"]))
    n, count = len(distance), int(raw["vehicles"])
    depots = len(np.atleast_1d(raw["depot"])) if "depot" in raw else 1
    capacity = np.broadcast_to(np.ravel(raw["capacity"]).astype(float), count)
    home = [int(v) - 1 for v in np.ravel(raw.get("vehicles_depot", [1] * count))]
    allowed = [frozenset(int(i) - 1 for i in row if int(i) > 1) for row in raw["vehicles_allowed_clients"]] if "vehicles_allowed_clients" in raw else [None] * count
    longest = 1000.0 * float(raw["vehicles_max_duration"]) if "vehicles_max_duration" in raw else None
    kinds = Counter(zip(capacity.tolist(), home, allowed, strict=True))
    windows = np.array(raw["time_window"], float) * 1000
    return Instance(
        path.stem, family, best, distance, depots, _floats(raw["demand"]), _plain(n), _floats(raw["service_time"], 1000), _floats(windows[:, 0]), _floats(windows[:, 1]),
        tuple(Kind(number, cap, depot, longest=longest, allowed=may) for (cap, depot, may), number in kinds.items()),
    )  # fmt: skip


def mixed_fleet(path: Path, family: str, best: float) -> Instance:
    """Distances x1000 rounded, costs of the file x100: a cost of 100,000 is one unit of the values that are small."""
    raw = vrplib.read_instance(path, compute_edge_weights=False)
    distance = nearest(1000 * euclid(raw["node_coord"]))
    n, count = len(distance), int(raw["vehicles"])
    fixed = np.broadcast_to(np.ravel(raw.get("vehicles_fixed_cost", [0.0])).astype(float), count) * 1000
    unit = np.broadcast_to(np.ravel(raw.get("vehicles_unit_distance_cost", [1.0])).astype(float), count)
    kinds = Counter(zip(np.ravel(raw["capacity"]).astype(float).tolist(), fixed.tolist(), unit.tolist(), strict=True))
    return Instance(
        path.stem, family, best / 1e5 if best > 1e7 else best, distance, 1, _floats(raw["demand"]), _plain(n), _plain(n), _plain(n), _plain(n, FAR),
        tuple(Kind(number, cap, 0, cost, per) for (cap, cost, per), number in kinds.items()), value=1e5,
    )  # fmt: skip


def taillard(path: Path, family: str, best: float) -> Instance:
    lines = _numbers(path)
    customers, types = int(lines[0][0]), int(lines[0][1])
    kinds = tuple(Kind(int(number), capacity, 0, fixed, unit) for number, capacity, fixed, unit in lines[1 : 1 + types])
    rows = [[*lines[1 + types][:2], 0.0], *lines[2 + types : 2 + types + customers]]
    n = len(rows)
    return Instance(path.stem, family, best, euclid([r[:2] for r in rows]), 1, tuple(r[2] for r in rows), _plain(n), _plain(n), _plain(n), _plain(n, FAR), kinds, scale=FINE)


def multi_trip(path: Path, family: str, best: float) -> Instance:
    """Several trips with release times; distances x10 truncated, best known values in these units."""
    raw = vrplib.read_instance(path, compute_edge_weights=False)
    distance = np.floor(10 * euclid(raw["node_coord"]) + 1e-9)
    n = len(distance)
    service = np.ravel(raw["service_time"]).astype(float)
    served = np.full(n, service[0]) if len(service) == 1 else service
    served[0] = 0.0
    windows = np.array(raw["time_window"], float) * 10
    return Instance(
        path.stem, family, best, distance, 1, _floats(raw["demand"]), _plain(n), _floats(served, 10), _floats(windows[:, 0]), _floats(windows[:, 1]),
        (Kind(int(raw["vehicles"]), float(raw["capacity"])),), release=_floats(raw["release_time"], 10), trips=n,
    )  # fmt: skip


def backhauls(path: Path, family: str, best: float) -> Instance:
    lines = path.read_text().splitlines()
    capacity = next(float(line.split(":")[1]) for line in lines if line.startswith("CAPACITY"))
    rows = [line.split() for line in lines]
    start, middle, end = (next(i for i, row in enumerate(rows) if row[:1] == [word]) for word in ("NODE_COORD_SECTION", "DEMAND_SECTION", "DEPOT_SECTION"))
    nodes = [[float(v) for v in row] for row in rows[start + 1 : middle]]
    demand = [float(row[1]) for row in rows[middle + 1 : end]]
    back = frozenset(i for i, row in enumerate(nodes) if row[1] == 1)
    n = len(nodes)
    return Instance(
        path.stem, family, best, nearest(euclid([r[2:4] for r in nodes])), 1, tuple(0.0 if i in back else d for i, d in enumerate(demand)),
        tuple(d if i in back else 0.0 for i, d in enumerate(demand)), _plain(n), _plain(n), _plain(n, FAR), (Kind(n - 1, capacity),), backhauls=back,
    )  # fmt: skip


def both_ways(path: Path, family: str, best: float) -> Instance:
    """Simultaneous delivery and pickup: an explicit matrix of 10,000ths, or coordinates."""
    lines = path.read_text().splitlines()
    head = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines if ":" in line)}
    n = int(head["DIMENSION"])
    names = {line.strip(): i for i, line in enumerate(lines) if line.strip().endswith("_SECTION")}

    def section(name: str) -> list[float]:
        stop = min([i for i in names.values() if i > names[name]], default=len(lines))
        return [float(word) for line in lines[names[name] + 1 : stop] for word in line.split()]

    if "EDGE_WEIGHT_SECTION" in names:
        distance = np.array(section("EDGE_WEIGHT_SECTION")).reshape(n, n)
        scale, value = 1, 10_000.0
    else:
        distance = euclid(np.array(section("NODE_COORD_SECTION")).reshape(n, 3)[:, 1:].tolist())
        scale, value = FINE, 1.0
    amounts = np.array(section("PICKUP_AND_DELIVERY_SECTION")).reshape(n, 7)
    return Instance(
        path.stem, family, best, distance, 1, _floats(amounts[:, 6]), _floats(amounts[:, 5]), _plain(n), _plain(n), _plain(n, FAR),
        (Kind(n - 1, float(head["CAPACITY"])),), scale=scale, value=value,
    )  # fmt: skip


def pairs(path: Path, family: str, best: float, note: str = "") -> Instance:
    lines = _numbers(path)
    count, capacity = int(lines[0][0]), lines[0][1]
    rows = lines[1:]
    n = len(rows)
    known = re.search(r"vehicles (\d+)", note)
    return Instance(
        path.stem, family, best, euclid([r[1:3] for r in rows]), 1, _plain(n), tuple(r[3] for r in rows), tuple(r[6] for r in rows), tuple(r[4] for r in rows), tuple(r[5] for r in rows),
        (Kind(count, capacity),), scale=FINE, pairs=tuple((i, int(r[8])) for i, r in enumerate(rows) if r[8] > 0), fewest=int(known.group(1)) if known else 0,
    )  # fmt: skip


FAMILIES: dict[str, Callable[..., Instance]] = {
    "cvrp_x": cvrp, "vrptw_solomon": vrptw, "vrptw_gh": vrptw, "vrptw_gh1000": vrptw, "mdvrp": mdvrp, "mdvrptw": rich, "sdvrptw": rich,
    "hfvrp_x": mixed_fleet, "hfvrp_taillard": taillard, "mtvrptwr": multi_trip, "vrpb": backhauls, "vrpspd_dethloff": both_ways,
    "vrpspd_gehring": both_ways, "pdptw_lilim": pairs, "pvrp": periodic, "mdpvrp": periodic, "lrp_prins": located, "lrp_tuzun": located, "lrp_barreto": located,
}  # fmt: skip


def families(folder: Path) -> list[Path]:
    """Sub-folders with instances and best known values, or the folder itself if it is one."""
    if (folder / "BKS.csv").exists():
        return [folder]
    return sorted(path.parent for path in folder.glob("*/BKS.csv"))


def instances(folder: Path) -> Iterator[Instance]:
    """The instances of a family that have a best known value, by size of file."""
    reader = FAMILIES[folder.name]
    with (folder / "BKS.csv").open(newline="") as source:
        rows = {row["instance"].removesuffix(".dat"): row for row in csv.DictReader(source)}
    files = [path for path in folder.iterdir() if path.suffix not in (".csv", ".sol", ".md") and path.stem in rows and math.isfinite(float(rows[path.stem]["bks"]))]
    for path in sorted(files, key=lambda p: (p.stat().st_size, p.name)):
        row = rows[path.stem]
        more = {"note": row.get("note") or ""} if reader is pairs else {}
        yield reader(path, folder.name, float(row["bks"]), **more)
