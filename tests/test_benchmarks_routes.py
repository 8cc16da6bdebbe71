"""Published routing instances: every published solution costs what its family says, broken ones are refused, the
product's engine and plain PyVRP answer each family."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from benchmarks.routes import table
from benchmarks.routes.engines import as_day, ours, plain
from benchmarks.routes.instance import Instance, Kind, Route, judge, shortest
from benchmarks.routes.peers import absent, expressible, peer
from benchmarks.routes.readers import FAMILIES, families, instances

PUBLISHED = Path(__file__).resolve().parents[2] / "shared" / "benchmarks" / "routing"
LOCATED = PUBLISHED.parent / "location"  # more families of depots to open are there
with_instances = pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the published instances (shared/benchmarks/routing beside the project) are not here")


def published(instance: Instance, path: Path) -> list[Route]:
    """A .sol file: one route a vehicle, trips of a route apart by 0."""
    kinds = [k for k, kind in enumerate(instance.kinds) for _ in range(kind.count)]
    routes: list[Route] = []
    for number, line in enumerate(line for line in path.read_text().splitlines() if line.lower().startswith("route")):
        words = line.split(":")[1].replace("|", " 0 ").split()
        trips = tuple(tuple(int(w) for w in group) for is_client, group in groupby(words, key=lambda w: w != "0") if is_client)
        if trips:
            routes.append((kinds[number] if len(instance.kinds) > 1 else 0, trips))
    return routes


@with_instances
@pytest.mark.parametrize("family", ["cvrp_x", "hfvrp_x", "mdvrptw", "mtvrptwr", "sdvrptw", "vrptw_gh1000", "vrptw_solomon"])
def test_published_solutions_cost_what_is_published(family: str) -> None:
    seen = 0
    for instance in instances(PUBLISHED / family):
        path = PUBLISHED / family / f"{instance.name}.sol"
        if (instance.size > 500 and family != "vrptw_gh1000") or not path.exists():
            continue
        routes = published(instance, path)
        verdict = judge(instance, routes)
        assert not verdict.faults, (instance.name, verdict.faults[:3])
        assert verdict.cost == pytest.approx(instance.best, abs=0.02), instance.name
        assert judge(instance, routes[1:]).faults  # somebody is left out
        (kind, trips), *others = routes
        assert judge(instance, [(kind, ((*trips[0], others[0][1][0][0]), *trips[1:])), *others]).faults  # somebody is visited twice
        seen += 1
    assert seen >= 2


@with_instances
def test_every_family_with_a_reader_is_read_whole() -> None:
    found = {folder.name: folder for folder in [*families(LOCATED), *families(PUBLISHED)]}
    assert set(FAMILIES) <= set(found)
    for family in FAMILIES:
        with (found[family] / "BKS.csv").open(newline="") as source:
            known = {row["instance"].removesuffix(".dat") for row in csv.DictReader(source)}
        first = next(iter(instances(found[family])))
        assert first.name in known and first.best > 0 and first.size > 0
        assert len(as_day(first).jobs) + 2 * len(first.pairs) == first.size
    assert sum(1 for _ in instances(PUBLISHED / "vrptw_solomon")) == 17


@with_instances
@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_engine_and_peer_answer_a_small_instance_of_each_family(family: str) -> None:
    folder = PUBLISHED / family if (PUBLISHED / family).exists() else LOCATED / family
    instance = next(iter(instances(folder)))
    answers: Sequence[list[Route]] = [ours(instance, 2, 1), *plain(instance, 2, (1,))]
    for routes in answers[: 1 if instance.opening or instance.patterns else None]:  # plain PyVRP knows neither depots to open nor days to choose
        verdict = judge(instance, routes)
        assert not verdict.faults, verdict.faults[:3]
        assert instance.best * 0.9999 <= verdict.cost < instance.best * 1.5


def line(**changes: object) -> Instance:
    """A depot at 0, clients at 3, 5 and 9 on a line."""
    at = np.array([0.0, 3.0, 5.0, 9.0])
    base: dict[str, object] = {
        "name": "line", "family": "own", "best": 18.0, "distance": np.abs(at[:, None] - at), "depots": 1, "delivery": (0.0, 1.0, 1.0, 1.0), "pickup": (0.0,) * 4,
        "service": (0.0, 1.0, 1.0, 1.0), "opens": (0.0,) * 4, "closes": (100.0,) * 4, "kinds": (Kind(2, 3.0),),
    }  # fmt: skip
    return Instance(**{**base, **changes})  # type: ignore[arg-type]


def faults(instance: Instance, *routes: Route) -> str:
    return "; ".join(judge(instance, routes).faults)


def test_each_rule_is_judged() -> None:
    whole = (0, ((1, 2, 3),))
    assert judge(line(), [whole]).cost == 18.0 and not faults(line(), whole)
    assert "carries 3" in faults(line(kinds=(Kind(2, 2.0),)), whole)
    assert "after 4" in faults(line(closes=(100.0, 100.0, 4.0, 100.0)), whole)
    assert "2 vehicles of kind 0" in faults(line(kinds=(Kind(1, 3.0),)), (0, ((1, 2),)), (0, ((3,),)))
    assert "may not" in faults(line(kinds=(Kind(2, 3.0, allowed=frozenset({1, 2})),)), whole)
    assert "lasts 21" in faults(line(kinds=(Kind(2, 3.0, longest=20.0),)), whole)
    assert "2 trips" in faults(line(), (0, ((1, 2), (3,))))
    assert not faults(line(trips=2), (0, ((1, 2), (3,))))
    assert "not last" in faults(line(backhauls=frozenset({2})), whole)
    assert "pair 2, 1" in faults(line(pairs=((2, 1),), delivery=(0.0,) * 4, pickup=(0.0, -1.0, 1.0, 1.0)), whole)
    assert "reached at" in faults(line(release=(0.0, 5.0, 0.0, 0.0), closes=(100.0, 7.0, 100.0, 100.0)), whole)
    both = line(pickup=(0.0, 3.0, 0.0, 0.0))
    assert "carries 5" in faults(both, whole) and "carries 5" not in faults(both, (0, ((3, 2, 1),)))
    assert judge(line(kinds=(Kind(2, 3.0, fixed=7.0, unit=2.0),), value=10.0), [whole]).cost == pytest.approx(4.3)


def test_waiting_that_leaving_later_avoids_is_not_counted() -> None:
    late = line(opens=(0.0, 50.0, 0.0, 0.0))
    assert shortest(late, late.kinds[0], ((1, 2, 3),)) == pytest.approx(21.0)
    first = line(opens=(0.0, 0.0, 50.0, 0.0), closes=(100.0, 10.0, 100.0, 100.0))
    assert shortest(first, first.kinds[0], ((1, 2, 3),)) == pytest.approx(50.0 - 7.0 + 1.0 + 4.0 + 1.0 + 9.0)  # leaves at 7 to be at 1 by 10


@pytest.mark.parametrize("name", ["ortools", "vroom"])
def test_peers_answer_what_they_can_express(name: str) -> None:
    if absent(name):
        pytest.skip(f"{name} is not installed")
    windows = line(closes=(100.0, 100.0, 100.0, 10.0), kinds=(Kind(2, 2.0, fixed=1.0),), scale=10)
    shipped = line(pairs=((1, 3),), delivery=(0.0, 0.0, 1.0, 0.0), pickup=(0.0, 1.0, 0.0, -1.0)) if name == "vroom" else windows
    for instance in (windows, line(pickup=(0.0, 2.0, 1.0, 1.0), scale=10), line(closes=(1e12,) * 4, kinds=(Kind(3, 3.0, longest=19.0),), scale=10), shipped):
        assert expressible(name, instance)
        verdict = judge(instance, peer(name, instance, 1.0, 1))
        assert not verdict.faults
    assert not expressible(name, line(trips=2)) and not expressible(name, line(opening=(1.0,)))


def test_peers_that_are_not_known_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        table.main([str(tmp_path), "--peers", "nobody"])


def test_absent_instances_are_said_and_not_passed_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert table.main([str(tmp_path / "nowhere")]) == 2
    assert "nothing was run" in capsys.readouterr().out


@with_instances
def test_the_table_goes_on_from_its_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "table.csv"
    words = [str(PUBLISHED / "vrpspd_dethloff"), "--seconds", "1", "--most", "1", "--out", str(out)]
    assert table.main(words) == 0
    first = out.read_text()
    assert first.count("\n") == 4 and "pyvrp2" in first
    assert table.main(words) == 0
    assert out.read_text() == first
    assert "vrpspd_dethloff" in capsys.readouterr().out
