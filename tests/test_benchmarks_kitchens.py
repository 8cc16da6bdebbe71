"""Published location instances: small files of each form are read, broken answers refused, both the engine and its peers answer."""

from __future__ import annotations

import csv
import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.kitchens import engines, table
from benchmarks.kitchens.instance import Answer, Instance, bound_fault, judge
from benchmarks.kitchens.readers import families, instances

PUBLISHED = Path(__file__).resolve().parents[2] / "shared" / "benchmarks" / "location"
with_instances = pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the published instances (shared/benchmarks/location beside the project) are not here")
COST = np.array([[4.0, 9.0, 7.0], [6.0, 3.0, 5.0]])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two facilities (capacity 10 and 12, fixed 20 and 30), three customers of 5, 6 and 4, in three forms, and a path of 4 nodes."""
    own = tmp_path / "own_sscflp"
    own.mkdir()
    (own / "p1").write_text("2 3\n10 20\n12 30\n5 6 4\n4 9 7\n6 3 5\n")
    with gzip.open(own / "p2.gz", "wt") as target:
        target.write((own / "p1").read_text())
    (own / "BKS.csv").write_text("instance,bks,source\np1,62,by hand\np2,62,by hand\nlost,1,none\n")
    cap = tmp_path / "orlib_cap"
    cap.mkdir()
    (cap / "cap1").write_text(" 2 3\n 10 20.\n 12 30.\n 5\n 4 6\n 6\n 9 3\n 4\n 7 5\n")
    (cap / "BKS.csv").write_text("instance,bks,source\ncflp:cap1,62,by hand\nsscflp:cap1,62,by hand\nufl:cap1,40,by hand\nsscflp:cap1@20,40,by hand\n")
    pmed = tmp_path / "orlib_pmed"
    pmed.mkdir()
    (pmed / "pmed1").write_text("4 4 1\n1 2 9\n2 3 2\n3 4 5\n1 2 1\n")
    (pmed / "BKS.csv").write_text("instance,bks,source\npmed1,10,by hand\n")
    return tmp_path


def named(folder: Path, family: str) -> dict[str, Instance]:
    return {one.name: one for one in instances(folder / family)}


def test_every_form_is_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [one.name for one in families(folder)] == ["orlib_cap", "orlib_pmed", "own_sscflp"]
    assert families(folder / "orlib_cap") == [folder / "orlib_cap"]
    own = named(folder, "own_sscflp")
    assert list(own) == ["p1", "p2"] and "no file for lost" in capsys.readouterr().out
    cap = named(folder, "orlib_cap")
    for one in (*own.values(), *cap.values()):
        assert (one.cost == COST).all() and one.fixed.tolist() == [20, 30] and one.demand.tolist() == [5, 6, 4]
    assert own["p1"].capacity.tolist() == [10, 12] and cap["sscflp:cap1@20"].capacity.tolist() == [20, 20]
    assert [one.kind for one in cap.values()] == ["cflp", "sscflp", "ufl", "sscflp"]
    median = named(folder, "orlib_pmed")["pmed1"]
    assert median.number == 1 and median.cost[0].tolist() == [0, 1, 3, 8]  # the later line of the edge 1-2 counts


@pytest.mark.parametrize("words", ["2 3\n10 20\n12 30\n5 6 4\n4 9 7\n6 3\n", "2 3\n10 20\n12 30\n5 6 4\n4 9 7\n6 3 5 1\n"])
def test_a_file_of_the_wrong_length_is_refused(folder: Path, words: str) -> None:
    (folder / "own_sscflp" / "p1").write_text(words)
    with pytest.raises(ValueError, match="do not make"):
        list(instances(folder / "own_sscflp"))


def test_an_unknown_variant_is_refused(folder: Path) -> None:
    (folder / "orlib_cap" / "BKS.csv").write_text("instance,bks,source\nother:cap1,1,x\n")
    with pytest.raises(ValueError, match="names no variant"):
        list(instances(folder / "orlib_cap"))


def test_answers_are_judged_from_the_instance(folder: Path) -> None:
    one = named(folder, "own_sscflp")["p1"]
    both = np.array([True, True])
    right = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]])
    assert judge(one, Answer(both, right)) == (50 + 4 + 3 + 5, [])
    assert judge(one, Answer(np.array([True, False]), right))[1] == ["served from a closed facility"]
    assert judge(one, Answer(both, right * 0.9))[1] == ["a customer not served exactly once"]
    assert judge(one, Answer(both, np.full((2, 3), 0.5)))[1] == ["a customer split"]
    assert judge(replace(one, kind="cflp"), Answer(both, np.full((2, 3), 0.5)))[1] == []
    assert judge(one, Answer(both, np.array([[1.0, 1, 1], [0, 0, 0]])))[1] == ["over capacity"]
    assert judge(one, Answer(None, None, words="none in time"))[1] == ["none in time"]
    median = named(folder, "orlib_pmed")["pmed1"]
    assert judge(median, Answer(np.array([True, True, False, False]), np.array([[1.0, 0, 0, 0], [0, 1, 1, 1], [0] * 4, [0] * 4])))[1] == ["2 facilities instead of 1"]


def test_bounds_above_the_truth_are_found() -> None:
    assert bound_fault(100.0, 100.0, 101.0) == bound_fault(100.0, 100.004, 101.0) == ""  # published values are rounded
    assert bound_fault(100.0, 100.1, 101.0) == "above the best known cost"
    assert bound_fault(100.0, 101.1, 101.0) == "above a plan"
    assert bound_fault(100.0, float("-inf"), 101.0) == ""


def test_engine_and_peers_agree_on_small_instances(folder: Path) -> None:
    for family in ("own_sscflp", "orlib_cap", "orlib_pmed"):
        for one in instances(folder / family):
            for run in (engines.ours, engines.plain_highs, engines.plain_cpsat):
                answer = run(one, 10.0, 1)
                cost, faults = judge(one, answer)
                assert not faults and cost == pytest.approx(one.best), (one.name, run)
                assert not bound_fault(one.best, answer.bound, cost) and answer.bound > one.best - 0.02


def test_the_table_goes_on_where_it_was(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "lrp_some").mkdir()
    (folder / "lrp_some" / "BKS.csv").write_text("instance,bks,source\n")
    out = folder / "table.csv"
    words = [str(folder), "--seconds", "5", "--out", str(out), "--runners", "ours,highs"]
    assert table.main([*words, "--families", "own_sscflp"]) == 0
    assert table.main([*words, "--most", "1"]) == 0
    with out.open(newline="") as source:
        rows = list(csv.DictReader(source))
    assert len(rows) == len({(row["instance"], row["runner"]) for row in rows}) == 2 * (2 + 3 + 1)
    shown = capsys.readouterr().out
    assert "python -m benchmarks routes" in shown and "own_sscflp sscflp" in shown
    assert all(abs(float(row["gap"])) + float(row["proven"]) <= 3e-4 and not row["faults"] for row in rows)


def test_a_folder_without_instances_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert table.main([str(tmp_path)]) == 2
    assert "nothing was run" in capsys.readouterr().out


@with_instances
def test_published_families_are_read_whole() -> None:
    for folder in families(PUBLISHED):
        if folder.name.startswith("lrp"):
            continue
        with (folder / "BKS.csv").open(newline="") as source:
            known = [row["instance"] for row in csv.DictReader(source)]
        kept = {known[0], known[len(known) // 2], known[-1]}
        assert {one.name for one in instances(folder, kept)} >= kept


@with_instances
@pytest.mark.parametrize(
    ("family", "name"), [("orlib_cap", "cflp:cap41"), ("orlib_cap", "sscflp:cap64"), ("orlib_cap", "ufl:cap101"), ("holmberg_sscflp", "p1"), ("delmaire_sscflp", "p10"), ("orlib_pmed", "pmed2")]
)
def test_published_optima_are_proven(family: str, name: str) -> None:
    (one,) = instances(PUBLISHED / family, {name})
    answer = engines.ours(one, 60.0, 1)
    cost, faults = judge(one, answer)
    assert not faults and cost == pytest.approx(one.best, abs=0.006)
    assert not bound_fault(one.best, answer.bound, cost) and answer.bound >= cost * (1 - 2e-6)
