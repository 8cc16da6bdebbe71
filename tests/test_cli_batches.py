"""The commands on many scenarios."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.cli import main
from planner.cli.shared import FAULTS, OK, USAGE
from planner.excel import read
from planner.store import Store
from tests.conftest import SCENARIOS

LA_ROCHELLE = SCENARIOS / "la_rochelle_rochefort.xlsx"


def run(*words: object) -> int:
    return main([str(word) for word in words])


def test_a_grid_from_the_command_line_goes_on_where_it_stood(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("batch", LA_ROCHELLE, "--grid", "prix=0,5", "--only", "achats", "--seconds", 4, "--threads", 1, "--workers", 2, "--data", tmp_path / "d", "--lang", "fr")
    assert run(*words, "-o", tmp_path / "c.xlsx") == OK
    printed = capsys.readouterr()
    assert "prix des achats +5 %" in printed.out and "2/2" in printed.err
    assert read(tmp_path / "c.xlsx", ()).issues is not None
    assert run(*words, "--json") == OK
    again = json.loads(capsys.readouterr().out)
    assert [line["tries"] for line in again] == [1, 1] and len(Store.open(tmp_path / "d").runs()) == 2


def test_what_is_not_understood_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("batch", LA_ROCHELLE, "--grid", "lune=3", "--data", tmp_path, "--lang", "en") == USAGE
    assert "lune=3" in capsys.readouterr().err
    assert run("batch", "--data", tmp_path, "--lang", "fr") == FAULTS
    assert run("batch", LA_ROCHELLE, "--near-most", "0,3", "--data", tmp_path, "--lang", "fr") == FAULTS
    assert "plan" in capsys.readouterr().err
    assert run("watch", tmp_path / "rien", "--data", tmp_path, "--lang", "fr") == FAULTS


def test_nothing_changed_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("batch", "--changed", "--data", tmp_path, "--lang", "fr") == OK
    assert "Rien n'a changé" in capsys.readouterr().out
