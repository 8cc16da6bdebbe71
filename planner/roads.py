"""A road graph that the user supplies: reading it, keeping what a truck can use, shortest paths.

Files: GraphML as OSMnx writes it (`.graphml`, also `.gz`; every attribute may be text), or an edge list
(CSV, `,` or `;`): `from`, `to`, `km` or `m`, `minutes` or `speed` (km/h), optionally `highway`, `oneway`, and the
coordinates of the nodes either as `from_lat`, `from_lon`, `to_lat`, `to_lon` or in a second CSV: `node`, `lat`, `lon`.

A row of an edge list is driven both ways unless `oneway` says yes; a directed GraphML is taken as it is drawn.
"""

from __future__ import annotations

import ast
import csv
import gzip
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from planner.issues import Issue
from planner.kinds import Decimal, Flag
from planner.typed import Unreadable, fold

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

EARTH_KM = 6371.0088  # mean radius
PART_NODES = 20  # fewer than that is a car park or a cut corner of the map, not a network of its own
MAX_BYTES = 2_000_000_000  # of an unpacked file: the roads of a large region

# Classes of road that a delivery truck uses, with its usual speed there (km/h, estimates): lights, junctions
# and traffic included. What is not here (footway, path, track, steps, cycleway, pedestrian…) is left out.
SPEEDS = {
    "motorway": 85.0, "motorway_link": 50.0, "trunk": 75.0, "trunk_link": 45.0, "primary": 55.0, "primary_link": 40.0,
    "secondary": 50.0, "secondary_link": 35.0, "tertiary": 45.0, "tertiary_link": 30.0, "unclassified": 40.0,
    "road": 35.0, "residential": 25.0, "living_street": 15.0, "service": 12.0,
}  # fmt: skip
DEFAULT_SPEED = 40.0  # a road whose class is not given
LIMIT_SHARE = 0.8  # of a signed limit that is kept on average (estimate)
ZONE_LIMITS = {"fr:urban": 50.0, "fr:rural": 80.0, "fr:motorway": 130.0, "fr:zone30": 30.0, "fr:walk": 6.0, "walk": 6.0}
CLOSED = {"no", "private", "agricultural", "forestry"}

HEADERS = {
    "from": ("from", "u", "source", "de", "origine", "noeud depart"), "to": ("to", "v", "target", "vers", "a", "destination", "noeud arrivee"),
    "km": ("km", "distance km", "distance"), "m": ("m", "length", "longueur", "metres", "meters"),
    "minutes": ("minutes", "min", "duree", "time"), "speed": ("speed", "speed kph", "vitesse", "km h", "maxspeed"),
    "highway": ("highway", "classe"), "oneway": ("oneway", "sens unique"),
    "from_lat": ("from lat", "lat from", "lat de"), "from_lon": ("from lon", "lon from", "lon de"),
    "to_lat": ("to lat", "lat to", "lat vers"), "to_lon": ("to lon", "lon to", "lon vers"),
    "node": ("node", "id", "osmid", "noeud"), "lat": ("lat", "latitude", "y"), "lon": ("lon", "lng", "longitude", "x"),
}  # fmt: skip


def crow_km(lat_a: Any, lon_a: Any, lat_b: Any, lon_b: Any) -> Floats:
    """Great-circle kilometres between points in degrees; arrays are broadcast."""
    a, b = np.radians(lat_a), np.radians(lat_b)
    half = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin((np.radians(lon_b) - np.radians(lon_a)) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))), dtype=np.float64)


@dataclass(frozen=True)
class RoadGraph:
    """Roads that a truck can use: nodes with `lat`, `lon` (degrees), arcs with `km` and `minutes`."""

    graph: nx.DiGraph

    @cached_property
    def nodes(self) -> list[Any]:
        return list(self.graph)

    @cached_property
    def lat(self) -> Floats:
        return np.array([self.graph.nodes[n]["lat"] for n in self.nodes], dtype=np.float64)

    @cached_property
    def lon(self) -> Floats:
        return np.array([self.graph.nodes[n]["lon"] for n in self.nodes], dtype=np.float64)

    @cached_property
    def part(self) -> Ints:
        """For each node its strongly connected part, 0 being the largest; -1 in a part too small to be a network."""
        parts: list[set[Any]] = sorted(nx.strongly_connected_components(self.graph), key=lambda c: (-len(c), min(map(str, c))))
        number = {node: i for i, part in enumerate(parts) if i == 0 or len(part) >= PART_NODES for node in part}
        return np.array([number.get(node, -1) for node in self.nodes], dtype=np.int64)

    @cached_property
    def _arcs(self) -> tuple[sparse.csr_array, Ints, Floats]:
        """Minutes of the arcs as a sparse matrix; the arcs as sorted numbers tail * n + head; their kilometres."""
        size = len(self.nodes)
        place = {node: i for i, node in enumerate(self.nodes)}
        ends = np.array([(place[a], place[b]) for a, b in self.graph.edges], dtype=np.int64).reshape(-1, 2)
        minutes = np.array([d["minutes"] for _, _, d in self.graph.edges(data=True)], dtype=np.float64)
        km = np.array([d["km"] for _, _, d in self.graph.edges(data=True)], dtype=np.float64)
        arcs = sparse.csr_array((np.maximum(minutes, 1e-9), (ends[:, 0], ends[:, 1])), shape=(size, size))
        keys = ends[:, 0] * size + ends[:, 1]
        order = np.argsort(keys)
        return arcs, keys[order], km[order]

    def snap(self, lat: Floats, lon: Floats, limit: float) -> tuple[Ints, Floats]:
        """For each point, the nearest node within `limit` km (-1: none) and its distance (km, inf: no node).

        The largest connected part is preferred: a node of another part (an island without bridge) is taken
        only where the largest one is beyond the limit.
        """
        found = np.full(len(lat), -1, dtype=np.int64)
        distance = np.full(len(lat), np.inf)
        for i in np.flatnonzero(~(np.isnan(lat) | np.isnan(lon))) if self.nodes else ():
            away = crow_km(lat[i], lon[i], self.lat, self.lon)
            best = int(np.where(self.part == 0, away, np.inf).argmin())
            if away[best] > limit:
                best = int(np.where(self.part >= 0, away, np.inf).argmin())
            distance[i] = away[best]
            found[i] = best if away[best] <= limit else -1
        return found, distance

    def travel(self, nodes: Ints) -> tuple[Floats, Floats]:
        """Kilometres and minutes (n, n) of the fastest paths between nodes (indices); NaN where there is none.

        scipy's Dijkstra does the search: on a grid of 100,000 nodes, 130 sources take it 4 s of processor time, networkx 52 s.
        """
        size = len(self.nodes)
        arcs, keys, length = self._arcs
        km = np.full((len(nodes), len(nodes)), np.nan)
        minutes = np.full_like(km, np.nan)
        for row, source in enumerate(nodes.tolist()):
            time, before = csgraph.dijkstra(arcs, indices=source, return_predecessors=True)
            reached = np.isfinite(time[nodes])
            minutes[row, reached] = time[nodes][reached]
            km[row, reached] = _along(before, nodes[reached], keys, length, size)
        return km, minutes


def _along(before: NDArray[np.int32], ends: Ints, keys: Ints, length: Floats, size: int) -> Floats:
    """Kilometres along the tree of predecessors from its root to each end, all walked back step by step together."""
    walked, which = [], []
    walker, node = np.arange(len(ends)), ends
    while len(walker):
        previous = before[node].astype(np.int64)
        going = previous >= 0
        walker, node, previous = walker[going], node[going], previous[going]
        walked.append(previous * size + node)
        which.append(walker)
        node = previous
    km = length[np.searchsorted(keys, np.concatenate(walked))] if walked else np.zeros(0)
    return np.asarray(np.bincount(np.concatenate(which), weights=km, minlength=len(ends)) if walked else km, dtype=np.float64)


# --- reading ---------------------------------------------------------------------------------------------


def read_roads(path: Path, nodes: Path | None = None) -> tuple[RoadGraph | None, list[Issue]]:
    """The road graph of a file (and of a node file), or None with an error that says why."""
    try:
        raw = _bytes(path)
        if fold(path.name.removesuffix(".gz")).endswith("csv"):
            return _finish(path, _from_edges(raw, _bytes(nodes) if nodes else None))
        return _finish(path, _from_graphml(raw))
    except Unreadable as error:
        return None, [replace(Issue.error(error.code), args=(("file", path.name), *error.args_.items()))]
    except (OSError, EOFError, ParseError, UnicodeDecodeError, ValueError, KeyError, nx.NetworkXError, csv.Error) as error:
        reason = str(error).strip("'\"") or type(error).__name__
        return None, [Issue.error("road_file_unreadable", file=path.name, reason=reason)]


def _bytes(path: Path) -> bytes:
    """The content of a file, unpacked, MAX_BYTES at most."""
    with path.open("rb") as plain:
        packed = plain.read(2) == b"\x1f\x8b"
        plain.seek(0)
        stream = gzip.GzipFile(fileobj=plain) if packed else plain
        raw = stream.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise ValueError(f"> {MAX_BYTES // 10**9} GB")
    return raw


def _finish(path: Path, graph: nx.DiGraph) -> tuple[RoadGraph | None, list[Issue]]:
    graph.remove_nodes_from([n for n in graph if graph.degree(n) == 0])
    if not graph:
        return None, [Issue.error("road_file_empty", file=path.name)]
    lat = [d["lat"] for _, d in graph.nodes(data=True)]
    lon = [d["lon"] for _, d in graph.nodes(data=True)]
    if not (-90 <= min(lat) <= max(lat) <= 90 and -180 <= min(lon) <= max(lon) <= 180):
        return None, [Issue.error("road_file_projected", file=path.name, lat=float(lat[0]), lon=float(lon[0]))]
    roads = RoadGraph(graph)
    left = int((roads.part != 0).sum())
    issues = [Issue.info("road_graph_read", file=path.name, nodes=len(graph), arcs=graph.number_of_edges(), apart=left)]
    return roads, issues


def _add(graph: nx.DiGraph, a: Any, b: Any, km: float, minutes: float) -> None:
    """An arc; of parallel ones the fastest stays."""
    if not graph.has_edge(a, b) or graph[a][b]["minutes"] > minutes:
        graph.add_edge(a, b, km=km, minutes=minutes)


def _from_graphml(raw: bytes) -> nx.DiGraph:
    source = nx.read_graphml(io.BytesIO(raw), node_type=str)
    graph: nx.DiGraph = nx.DiGraph()
    for node, data in source.nodes(data=True):
        graph.add_node(node, lat=float(data["y"] if "y" in data else data["lat"]), lon=float(data["x"] if "x" in data else data["lon"]))
    for a, b, data in source.edges(data=True):
        speed = truck_speed(data)
        if speed is None or a == b:
            continue
        if "length" in data:
            km = float(data["length"]) / 1000
        else:
            ends = graph.nodes[a], graph.nodes[b]
            km = float(crow_km(ends[0]["lat"], ends[0]["lon"], ends[1]["lat"], ends[1]["lon"]))
        _add(graph, a, b, km, 60 * km / speed)
        if not source.is_directed() and not _yes(data.get("oneway")):
            _add(graph, b, a, km, 60 * km / speed)
    return graph


def truck_speed(data: Mapping[str, Any]) -> float | None:
    """km/h of a truck on an edge with OpenStreetMap attributes; None where it may not or cannot drive.

    An edge merged from several roads lists their classes: it is kept if a truck can use each of them.
    """
    if any(value in CLOSED for name in ("access", "motor_vehicle", "hgv", "goods") for value in _values(data.get(name))):
        return None
    classes = _values(data.get("highway"))
    if any(c not in SPEEDS for c in classes):
        return None
    speed = min((SPEEDS[c] for c in classes), default=DEFAULT_SPEED)
    limits = [limit for limit in map(_limit, _values(data.get("maxspeed"))) if limit is not None]
    return min(speed, LIMIT_SHARE * min(limits)) if limits else speed


def _values(raw: Any) -> list[str]:
    """One value or OSMnx's list written as text: `['30', '45']`."""
    if raw is None:
        return []
    if isinstance(raw, str) and raw.startswith("["):
        try:
            raw = ast.literal_eval(raw)
        except (ValueError, SyntaxError):
            return [raw]
    return [str(v).strip().lower() for v in raw] if isinstance(raw, list | tuple) else [str(raw).strip().lower()]


def _limit(text: str) -> float | None:
    """A signed limit in km/h; None for none, or for what is not a speed."""
    if text in ZONE_LIMITS:
        return ZONE_LIMITS[text]
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(mph|km/h|kmh)?", text)
    if not found or float(found[1]) <= 0:
        return None
    return float(found[1]) * (1.609344 if found[2] == "mph" else 1.0)


def _yes(raw: Any) -> bool:
    """Whether a one-way column says yes; empty or unreadable means no."""
    try:
        return raw not in (None, "") and Flag().parse(raw)
    except Unreadable:
        return False


def _from_edges(raw: bytes, raw_nodes: bytes | None) -> nx.DiGraph:
    graph: nx.DiGraph = nx.DiGraph()
    for at, line in _lines(raw_nodes) if raw_nodes else []:
        graph.add_node(_cell(line, at, "node"), lat=_figure(line, at, "lat"), lon=_figure(line, at, "lon"))
    for at, line in _lines(raw):
        a, b = _cell(line, at, "from"), _cell(line, at, "to")
        for node, end in ((a, "from"), (b, "to")):
            if node not in graph:
                graph.add_node(node, lat=_figure(line, at, f"{end}_lat"), lon=_figure(line, at, f"{end}_lon"))
        speed = truck_speed({"highway": line.get("highway") or None})
        if speed is None or a == b:
            continue
        km = _figure(line, at, "km", 0.0) if line.get("km") else _figure(line, at, "m", 0.0) / 1000
        if line.get("minutes"):
            minutes = _figure(line, at, "minutes", 0.0)
        else:
            minutes = 60 * km / (_figure(line, at, "speed", 1.0) if line.get("speed") else speed)
        _add(graph, a, b, km, minutes)
        if not _yes(line.get("oneway")):
            _add(graph, b, a, km, minutes)
    return graph


def _cell(line: dict[str, str], at: int, column: str) -> str:
    if not line.get(column):
        raise Unreadable("road_line_bad", line=at, column=column, found="")
    return line[column]


def _figure(line: dict[str, str], at: int, column: str, least: float | None = None) -> float:
    try:
        return Decimal(least).parse(_cell(line, at, column))
    except Unreadable:
        raise Unreadable("road_line_bad", line=at, column=column, found=line.get(column, "")) from None


def _lines(raw: bytes) -> list[tuple[int, dict[str, str]]]:
    """The rows of a CSV, each its line and its cells by our column names; UTF-8, with or without byte-order mark."""
    text = raw.decode("utf-8-sig")
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text), delimiter=max(";,\t", key=first.count))
    head = [next((name for name, known in HEADERS.items() if fold(title) in known), "") for title in next(reader, [])]
    return [(reader.line_num, {name: cell.strip() for name, cell in zip(head, row, strict=False) if name})
            for row in reader if any(cell.strip() for cell in row)]  # fmt: skip
