"""Road graphs: what is kept of a file, which paths are found; on real extracts and on graphs drawn by hand."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from planner.i18n import describe
from planner.roads import RoadGraph, crow_km, read_roads, truck_speed

OSM = Path(os.environ.get("PLANNER_OSM", Path(__file__).resolve().parents[2] / "shared" / "reference" / "osm"))
EXTRACTS = {"saint_germain_en_laye.graphml.gz": (3778, 10588), "paris_trocadero.graphml.gz": (1496, 3495)}
needs_osm = pytest.mark.skipif(not OSM.is_dir(), reason="no OpenStreetMap extracts: set PLANNER_OSM to the folder that holds them")

LINES = """from;to;km;minutes;oneway;from_lat;from_lon;to_lat;to_lon
a;b;1,0;1,5;;46,00;-1,00;46,01;-1,00
b;c;2,0;2;oui;46,01;-1,00;46,02;-1,00
a;c;9;9;;46,00;-1,00;46,02;-1,00
"""


def written(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def roads_of(path: Path, nodes: Path | None = None) -> RoadGraph:
    roads, issues = read_roads(path, nodes)
    assert roads is not None, [describe(i, "en") for i in issues]
    return roads


def code_of(path: Path) -> str:
    roads, issues = read_roads(path)
    assert roads is None and len(issues) == 1 and issues[0].is_error
    return issues[0].code


def test_crow_distance_against_a_known_one() -> None:
    # one degree of a meridian on the mean sphere
    assert crow_km(46.0, -1.0, 47.0, -1.0) == pytest.approx(111.195, abs=0.001)
    assert crow_km(46.0, -1.0, 46.0, -1.0) == 0


def test_edge_list_with_one_way_and_french_decimals(tmp_path: Path) -> None:
    roads = roads_of(written(tmp_path, "routes.csv", LINES))
    at = {node: i for i, node in enumerate(roads.nodes)}
    km, minutes = roads.travel(np.array([at["a"], at["b"], at["c"]]))
    assert km.tolist() == [[0, 1, 3], [1, 0, 2], [9, 10, 0]]
    assert minutes.tolist() == pytest.approx(np.array([[0, 1.5, 3.5], [1.5, 0, 2], [9, 10.5, 0]]))


def test_edge_list_with_a_node_file_and_metres(tmp_path: Path) -> None:
    edges = written(tmp_path, "edges.csv", "u,v,length,highway,speed\n1,2,1500,primary,\n2,3,1000,footway,\n2,3,3000,residential,60\n")
    nodes = written(tmp_path, "nodes.csv", "id,y,x\n1,46,-1\n2,46.01,-1\n3,46.02,-1\n")
    roads = roads_of(edges, nodes)
    assert roads.graph["1"]["2"]["km"] == 1.5
    assert roads.graph["2"]["3"] == {"km": 3.0, "minutes": pytest.approx(3.0)}  # the footway is left out


@pytest.mark.parametrize(
    ("text", "found", "column"),
    [
        (LINES.replace("2,0;2;", "deux;2;"), "deux", "km"),
        (LINES.replace("2,0;2;", ";2;"), "", "m"),
        (LINES.replace("b;c;", ";c;"), "", "from"),
        (LINES.replace("9;9;", "9;-9;"), "-9", "minutes"),
        (LINES.replace("46,02", ""), "", "to_lat"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, text: str, found: str, column: str) -> None:
    roads, issues = read_roads(written(tmp_path, "r.csv", text))
    assert roads is None and issues[0].code == "road_line_bad"
    assert dict(issues[0].args)["found"] == found and dict(issues[0].args)["column"] == column
    assert dict(issues[0].args)["line"] in (3, 4)


def test_files_that_are_no_roads(tmp_path: Path) -> None:
    assert code_of(tmp_path / "absent.graphml") == "road_file_unreadable"
    assert code_of(written(tmp_path, "x.graphml", "not xml")) == "road_file_unreadable"
    assert code_of(written(tmp_path, "x.csv", "from;to;km\n")) == "road_file_empty"
    (tmp_path / "cut.graphml.gz").write_bytes(gzip.compress(b"<graphml>" * 1000)[:30])
    assert code_of(tmp_path / "cut.graphml.gz") == "road_file_unreadable"
    projected = LINES.replace("46,0", "6540").replace("-1,00", "380000")
    assert code_of(written(tmp_path, "p.csv", projected)) == "road_file_projected"


def test_undirected_graphml_is_driven_both_ways_unless_one_way(tmp_path: Path) -> None:
    drawn = nx.Graph()
    drawn.add_nodes_from([("a", {"x": "-1", "y": "46"}), ("b", {"x": "-1", "y": "46.01"}), ("c", {"x": "-1", "y": "46.02"})])
    drawn.add_edge("a", "b", length="1200", oneway="False", highway="tertiary")
    drawn.add_edge("b", "c", oneway="True", highway="['residential', 'service']")
    nx.write_graphml(drawn, tmp_path / "g.graphml")
    graph = roads_of(tmp_path / "g.graphml").graph
    assert set(graph.edges) == {("a", "b"), ("b", "a"), ("b", "c")}
    assert graph["b"]["c"]["km"] == pytest.approx(1.112, abs=0.001)  # no length: as the crow flies
    assert graph["b"]["c"]["minutes"] == pytest.approx(60 * 1.112 / 12, abs=0.01)  # the slower of its two classes


def test_what_a_truck_may_use_and_how_fast() -> None:
    assert truck_speed({"highway": "footway"}) is None
    assert truck_speed({"highway": "['residential', 'steps']"}) is None
    assert truck_speed({"highway": "service", "access": "private"}) is None
    assert truck_speed({"highway": "residential", "hgv": "no"}) is None
    assert truck_speed({"highway": "primary"}) == 55
    assert truck_speed({"highway": "primary", "maxspeed": "['30', '50']"}) == pytest.approx(24)
    assert truck_speed({"highway": "secondary", "maxspeed": "20 mph"}) == pytest.approx(0.8 * 32.18688)
    assert truck_speed({"highway": "motorway", "maxspeed": "none"}) == 85
    assert truck_speed({"highway": "tertiary", "maxspeed": "FR:urban"}) == 40
    assert truck_speed({}) == 40


def island() -> RoadGraph:
    """A ring of 60 nodes on the mainland, one of 25 on an island 20 km off, and a car park of 3."""
    graph = nx.DiGraph()
    for name, size, lat in (("m", 60, 46.0), ("i", 25, 46.2), ("p", 3, 46.005)):
        for k in range(size):
            graph.add_node(f"{name}{k}", lat=lat, lon=-1.0 - 0.001 * k)
        for k in range(size):
            a, b = f"{name}{k}", f"{name}{(k + 1) % size}"
            graph.add_edge(a, b, km=0.1, minutes=0.2)
            graph.add_edge(b, a, km=0.1, minutes=0.2)
    return RoadGraph(graph)


def test_snapping_prefers_the_main_part_and_ignores_scraps() -> None:
    roads = island()
    nodes, away = roads.snap(np.array([46.0049, 46.2001, 47.0, np.nan]), np.array([-1.0, -1.0, -1.0, -1.0]), 1.0)
    assert [roads.nodes[n] if n >= 0 else None for n in nodes] == ["m0", "i0", None, None]
    assert away[0] == pytest.approx(0.545, abs=0.01) and away[2] > 80 and np.isinf(away[3])


def test_paths_equal_those_of_networkx() -> None:
    rng = np.random.default_rng(7)
    graph = nx.gnp_random_graph(120, 0.015, seed=7, directed=True)
    nx.set_node_attributes(graph, 46.0, "lat")
    nx.set_node_attributes(graph, -1.0, "lon")
    for a, b in graph.edges:
        graph[a][b].update(km=float(rng.uniform(0.1, 3)), minutes=float(rng.uniform(0.1, 5)))
    picked = np.arange(0, 120, 7)
    km, minutes = RoadGraph(graph).travel(picked)
    for i, a in enumerate(picked.tolist()):
        times, paths = nx.single_source_dijkstra(graph, a, weight="minutes")
        for j, b in enumerate(picked.tolist()):
            if b in times:
                assert minutes[i, j] == pytest.approx(times[b])
                assert km[i, j] == pytest.approx(sum(graph[u][v]["km"] for u, v in zip(paths[b], paths[b][1:], strict=False)))
            else:
                assert np.isnan(km[i, j]) and np.isnan(minutes[i, j])
    assert np.isnan(km).any()


@needs_osm
@pytest.mark.parametrize("name", EXTRACTS)
def test_real_extract(name: str) -> None:
    """Roads are kept, footways are not, and no path is shorter than the crow flies."""
    roads = roads_of(OSM / name)
    assert 0.4 * EXTRACTS[name][0] < len(roads.nodes) < EXTRACTS[name][0]
    assert roads.graph.number_of_edges() < 0.6 * EXTRACTS[name][1]
    assert (roads.part == 0).sum() > 0.7 * len(roads.nodes)
    picked = np.flatnonzero(roads.part == 0)[::12]
    km, minutes = roads.travel(picked)
    assert np.isfinite(km).all() and np.isfinite(minutes).all()
    crow = crow_km(roads.lat[picked][:, None], roads.lon[picked][:, None], roads.lat[picked][None, :], roads.lon[picked][None, :])
    apart = crow > 0.2
    assert (km[apart] >= 0.995 * crow[apart]).all()
    assert 1.1 < np.median(km[apart] / crow[apart]) < 2.0
    assert 12 < np.median(60 * km[apart] / minutes[apart]) < 60
    # a town has one-way streets: the way back differs
    assert (np.abs(km - km.T) > 0.05).mean() > 0.1
