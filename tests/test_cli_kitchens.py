"""The commands on kitchens as people and scripts use them: kitchens, rules, pareto."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from planner.catalog import TABLES
from planner.cli import main
from planner.cli import shared as cli
from planner.excel import write_scenario
from planner.scenario import Scenario
from tests.problems.kitchens.small import group


def run(*words: object) -> int:
    return main([str(word) for word in words])


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small group as a workbook; its places are on a parallel, 80 km for a degree of longitude."""
    small = group(extra={"demand_scenarios": [{"scenario": "plus", "step": 1, "change": 300.0}, {"scenario": "moins", "step": 1, "change": -5.0, "establishment": "E1"}],
                         "changes": [{"variant": "sans budget", "step": 1, "table": "yearly_limits", "column": "investment", "operation": "=", "value": "0"}]})
    whole = Scenario.of("petit groupe", TABLES, {name: [{c: getattr(row, c) for c in small.table(name).names} for row in small.rows(name)] for name in small.frames})
    path = tmp_path_factory.mktemp("kitchens") / "petit.xlsx"
    write_scenario(whole, path, lang="fr")
    return path


@pytest.mark.parametrize(("lang", "words"), [("fr", ("Valeur actuelle nette", "Feuille de route", "Si une cuisine s'arrêtait", "«\u00a0plus\u00a0»\u00a0:")), ("en", ("Net present value", "Roadmap", "If a kitchen stopped", "“plus”:"))])
def test_a_report_in_both_languages(workbook: Path, lang: str, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("kitchens", workbook, "--seconds", 10, "--lang", lang) == cli.OK
    out = capsys.readouterr().out
    assert all(word in out for word in words), out


def test_a_report_from_a_result_workbook_and_its_sheets(workbook: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = tmp_path / "resultat.xlsx"
    assert run("solve", workbook, "-o", result, "--only", "kitchens", "--seconds", 10, "--lang", "fr") == cli.OK
    assert {"Cuisines année par année", "Coût par cuisine", "Production jour par jour", "Arrêt d'une cuisine"} <= set(load_workbook(result, read_only=True).sheetnames)
    capsys.readouterr()
    assert run("kitchens", workbook, "--plan", result, "--json", "--lang", "en") == cli.OK
    told = json.loads(capsys.readouterr().out)
    assert told["returns"]["npv"] != 0 and len(told["tables"]["kitchens_yearly"]) == 3
    assert {case["scenario"]: bool(case["broken"]) for case in told["demand_scenarios"]} == {"plus": True, "moins": False}


def test_a_variant_without_a_plan_says_why(workbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("kitchens", workbook, "--variant", "nulle part", "--seconds", 5, "--lang", "fr") == cli.FAULTS
    capsys.readouterr()
    code = run("kitchens", workbook, "--variant", "sans budget", "--seconds", 10, "--lang", "fr")
    assert code in (cli.OK, cli.IMPOSSIBLE, cli.FAULTS)


def test_rules_and_decisions_are_priced(workbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("rules", workbook, "--only", "kitchens", "--kinds", "decisions", "--seconds", 5, "--json", "--lang", "fr") == cli.OK
    told = json.loads(capsys.readouterr().out)
    assert told["prices"] and all(price["decision"] for price in told["prices"])
    assert run("rules", workbook, "--only", "kitchens,routes", "--lang", "en") == cli.USAGE
    capsys.readouterr()
    assert run("rules", workbook, "--kinds", "rules", "--seconds", 5, "--lang", "en") == cli.OK
    assert "What each rule costs" in capsys.readouterr().out


def test_the_years_of_a_kitchen_are_priced(workbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("rules", workbook, "--only", "kitchens", "--years", "KA", "--seconds", 5, "--lang", "fr") == cli.OK
    said = capsys.readouterr().out
    assert all(f"Garder «\u00a0Cuisine KA\u00a0» ouverte jusqu'à la fin de {year}" in said and f"Fermer «\u00a0Cuisine KA\u00a0» au plus tard au début de {year}" in said for year in (2027, 2028, 2029))
    assert run("rules", workbook, "--only", "kitchens", "--years", "KA,ZZ", "--lang", "fr") == cli.USAGE
    assert "ZZ" in capsys.readouterr().err
    assert run("rules", workbook, "--only", "routes", "--years", "KA", "--lang", "fr") == cli.USAGE


def test_a_front_and_its_workbook(workbook: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = tmp_path / "front.xlsx"
    assert run("pareto", workbook, "--by", "co2", "--steps", 2, "--seconds", 5, "-o", book, "--lang", "fr") == cli.OK
    assert "★" in capsys.readouterr().out and book.exists()
    assert run("pareto", workbook, "--by", "lune", "--lang", "fr") == cli.USAGE
