"""The command line as people and scripts use it: exit codes, both languages, files written whole or not at all."""

import json
import os
import signal
import subprocess
import sys
import time
from argparse import Namespace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from planner.catalog import PARAMETERS, RESULTS, TABLES
from planner.cli import main
from planner.cli import shared as cli
from planner.excel import read
from planner.plan import Step
from planner.scenario import variants
from tests.excel.bad_workbook import plant

ROOT = Path(__file__).resolve().parent.parent
LA_ROCHELLE = ROOT / "scenarios" / "la_rochelle_rochefort.xlsx"


def run(*words: object) -> int:
    return main([str(word) for word in words])


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The purchasing of La Rochelle – Rochefort, solved once for the whole module."""
    output = tmp_path_factory.mktemp("solved") / "resultat.xlsx"
    assert run("solve", LA_ROCHELLE, "-o", output, "--only", "purchasing", "--seconds", 20, "--lang", "fr") == cli.OK
    return output


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_template_can_be_read_back(lang: str, tmp_path: Path) -> None:
    target = tmp_path / "vide.xlsx"
    assert run("template", "-o", target, "--lang", lang) == cli.OK
    reading = read(target, TABLES, PARAMETERS)
    assert {issue.code for issue in reading.issues if issue.is_error} == {"table_empty"}
    assert len(reading.frames["parameters"]) == len(PARAMETERS)


def test_check_of_a_sample_finds_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", LA_ROCHELLE, "--lang", "fr") == cli.OK
    assert "faute" in capsys.readouterr().out


@pytest.mark.parametrize(("lang", "word"), [("fr", "faute(s)"), ("en", "fault(s)")])
def test_check_names_every_planted_fault(lang: str, word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad, marked = tmp_path / "mauvais.xlsx", tmp_path / "annote.xlsx"
    planted = plant(bad)
    assert run("check", bad, "--annotated", marked, "--lang", lang) == cli.FAULTS
    out = capsys.readouterr().out
    assert word in out
    assert marked.exists()
    assert run("check", bad, "--json", "--lang", lang) == cli.FAULTS
    found = json.loads(capsys.readouterr().out)
    assert found["valid"] is False
    assert sorted((i["code"], i["sheet"], i["cell"]) for i in found["issues"]) == sorted((p.code, p.sheet, p.cell) for p in planted)
    assert all(issue["what"] and "issue." not in issue["what"] for issue in found["issues"])


def test_solving_a_bad_workbook_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad, output = tmp_path / "mauvais.xlsx", tmp_path / "resultat.xlsx"
    plant(bad)
    assert run("solve", bad, "-o", output) == cli.FAULTS
    assert not output.exists()
    assert capsys.readouterr().err


def test_solve_writes_the_result_and_says_where(solved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert solved.exists() and solved.stat().st_size > 10_000
    assert not list(solved.parent.glob("*.partial*"))


def test_solve_for_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "r.xlsx"
    assert run("solve", LA_ROCHELLE, "-o", output, "--only", "purchasing", "--seconds", 20, "--json", "--lang", "en") == cli.OK
    found = json.loads(capsys.readouterr().out)
    plan = found["problems"]["purchasing"]
    assert plan["valid"] is True and plan["bound"] <= plan["cost"] + 0.01
    assert plan["today"] > plan["annual"] > 0
    assert found["output"] == str(output)


def test_same_seed_same_plan(solved: Path, tmp_path: Path) -> None:
    again = tmp_path / "resultat.xlsx"
    assert run("solve", LA_ROCHELLE, "-o", again, "--only", "purchasing", "--seconds", 20, "--lang", "fr") == cli.OK
    tables = RESULTS["purchasing"]
    one, two = (read(path, tables).frames for path in (solved, again))
    for table in tables:
        assert one[table.name].equals(two[table.name])


@pytest.mark.parametrize(("form", "name"), [("csv", "dossier"), ("json", "plan.json"), ("geojson", "plan.geojson"), ("roadsheets", "feuilles")])
def test_export_audits_the_plan_again(solved: Path, form: str, name: str, tmp_path: Path) -> None:
    target = tmp_path / name
    assert run("export", LA_ROCHELLE, "--plan", solved, "--format", form, "-o", target) == cli.OK
    if form == "csv":
        assert len(list(target.glob("*.csv"))) > 3
    elif form == "roadsheets":  # purchasing alone was solved: no driver has anything to do, and that is said
        assert "Aucune tournée" in (target / "feuilles_de_route.html").read_text(encoding="utf-8")
        assert {path.suffix for path in target.iterdir()} == {".xlsx", ".html"}
    else:
        assert json.loads(target.read_text(encoding="utf-8"))


def test_export_refuses_a_plan_changed_by_hand(solved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = load_workbook(solved)
    sheet = book["Attributions"]
    header = next(cell for row in sheet.iter_rows() for cell in row if cell.value and "nets" in str(cell.value))
    sheet.cell(header.row + 1, header.column).value = 1.0
    changed = tmp_path / "change.xlsx"
    book.save(changed)
    assert run("export", LA_ROCHELLE, "--plan", changed, "--format", "json", "-o", tmp_path / "plan.json", "--lang", "fr") == cli.REFUSED
    assert "erreur" in capsys.readouterr().err


def test_compare_result_workbooks_of_both_languages(solved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    english = tmp_path / "english.xlsx"
    assert run("solve", LA_ROCHELLE, "-o", english, "--only", "purchasing", "--seconds", 20, "--lang", "en") == cli.OK
    capsys.readouterr()
    assert run("compare", solved, english, "--json", "--lang", "en") == cli.OK
    table = json.loads(capsys.readouterr().out)
    assert len(table["runs"]) == 3
    annual = next(row for row in table["rows"] if row["unit"].startswith("€"))
    assert annual["values"][1] == annual["values"][2] < annual["values"][0]


def test_compare_variants(capsys: pytest.CaptureFixture[str]) -> None:
    scenario = read(LA_ROCHELLE, TABLES, PARAMETERS).scenario
    assert scenario is not None
    name = next(iter(variants(scenario)))
    assert run("compare", LA_ROCHELLE, "--variants", name, "--only", "purchasing", "--seconds", 10, "--lang", "fr") == cli.OK
    assert name in capsys.readouterr().out


def test_unknown_variant_and_problem_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("solve", LA_ROCHELLE, "-o", tmp_path / "r.xlsx", "--variant", "lune", "--lang", "fr") == cli.FAULTS
    assert "lune" in capsys.readouterr().err
    assert run("solve", LA_ROCHELLE, "-o", tmp_path / "r.xlsx", "--only", "lune", "--lang", "fr") == cli.USAGE
    assert "lune" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["share", "rules"])
def test_a_question_about_one_problem_takes_its_name_as_users_say_it(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """"achats", which the help names, was refused by `share` and `rules`."""
    assert run(command, tmp_path / "rien.xlsx", "--only", "Achats", "--lang", "fr") == cli.FAULTS  # the file is missing, the name is known
    capsys.readouterr()
    assert run(command, tmp_path / "rien.xlsx", "--only", "lune", "--lang", "fr") == cli.USAGE
    said = capsys.readouterr().err
    assert "cuisines" in said and "achats" in said and "purchasing" not in said


def test_a_missing_file_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", tmp_path / "rien.xlsx", "--lang", "fr") == cli.FAULTS
    captured = capsys.readouterr()
    assert "rien.xlsx" in captured.out and "Traceback" not in captured.out + captured.err


def test_a_file_that_cannot_be_written_is_said_before_solving(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "occupe.xlsx"
    folder.mkdir()
    began = time.monotonic()
    assert run("solve", LA_ROCHELLE, "-o", folder, "--seconds", 60, "--lang", "fr") == cli.CANNOT_WRITE
    assert time.monotonic() - began < 30
    assert "occupe.xlsx" in capsys.readouterr().err


@pytest.mark.parametrize(("lang", "word"), [("fr", "usage : planner"), ("en", "usage: planner")])
def test_help_speaks_both_languages(lang: str, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        run("--lang", lang, "--help")
    assert left.value.code == 0
    out = capsys.readouterr().out
    assert word in out
    assert all(code in out for code in "01234567")


def test_the_language_of_the_locale_is_followed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for value, word in (("en_GB.UTF-8", "Written"), ("fr_FR.UTF-8", "Écrit")):
        monkeypatch.setenv("LC_ALL", value)
        assert run("template", "-o", tmp_path / "x.xlsx") == cli.OK
        assert word in capsys.readouterr().out


def test_what_is_not_known_yet_agrees_with_its_word(capsys: pytest.CaptureFixture[str]) -> None:
    cli._Line("fr").show(Step("kitchens", 0.0))
    assert "coût inconnu · borne inconnue" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise on Windows")
def test_ctrl_c_keeps_the_best_plan(tmp_path: Path) -> None:
    output = tmp_path / "r.xlsx"
    command = [sys.executable, "-m", "planner", "solve", str(LA_ROCHELLE), "-o", str(output), "--only", "kitchens", "--seconds", "300", "--gap", "0", "--lang", "fr"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:  # a plan is there once its cost is shown
            if "coût" in line and "coût inconnu" not in line:
                break
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=90)
    assert process.returncode == cli.STOPPED
    assert "arrêté, meilleur plan conservé" in out
    assert output.exists()


@pytest.mark.parametrize("words", [
    ("solve", LA_ROCHELLE, "-o", LA_ROCHELLE),
    ("check", LA_ROCHELLE, "--annotated", LA_ROCHELLE),
    ("export", LA_ROCHELLE, "--plan", LA_ROCHELLE, "--format", "json", "-o", LA_ROCHELLE),
])  # fmt: skip
def test_a_file_that_is_read_is_never_overwritten(words: tuple[object, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "a moi.xlsx"
    own.write_bytes(LA_ROCHELLE.read_bytes())
    assert run(*(own if word == LA_ROCHELLE else word for word in words), "--lang", "fr") == cli.CANNOT_WRITE
    assert "écrasé" in capsys.readouterr().err
    assert own.read_bytes() == LA_ROCHELLE.read_bytes()


def test_a_result_that_excel_would_not_open_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("solve", LA_ROCHELLE, "-o", tmp_path / "resultat.txt", "--lang", "fr") == cli.CANNOT_WRITE
    assert ".xlsx" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("option", ["--seconds=0", "--seconds=abc", "--seconds=nan", "--iterations=0", "--iterations=1.5", "--gap=-1", "--gap=1", "--threads=0", "--seed=-1"])
@pytest.mark.parametrize(("lang", "word"), [("fr", "attendu un nombre"), ("en", "expected a")])
def test_unusable_figures_are_explained(option: str, lang: str, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        run("solve", LA_ROCHELLE, option, "--lang", lang)
    assert stopped.value.code == cli.USAGE
    assert word in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("words", ["Achats", "purchasing", "Purchasing, achats"])
def test_problems_are_named_in_either_language(words: str, tmp_path: Path) -> None:
    output = tmp_path / "r.xlsx"
    assert run("solve", LA_ROCHELLE, "-o", output, "--only", words, "--seconds", "0,5") == cli.OK
    assert output.exists()


def test_a_folder_is_not_taken_for_a_missing_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", tmp_path, "--lang", "fr") == cli.FAULTS
    assert "est un dossier" in capsys.readouterr().out


def test_the_system_reasons_are_in_the_language_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "dossier.xlsx"
    folder.mkdir()
    assert run("template", "-o", folder, "--lang", "fr") == cli.CANNOT_WRITE
    assert "c'est un dossier" in capsys.readouterr().err


def edited(target: Path, sheet: str, cells: dict[str, object] | None = None, empty: bool = False) -> Path:
    """The La Rochelle sample with some cells changed, or a sheet left with its headers only."""
    workbook = load_workbook(LA_ROCHELLE)
    if empty:
        workbook[sheet].delete_rows(2, workbook[sheet].max_row)
    for cell, value in (cells or {}).items():
        workbook[sheet][cell] = value
    workbook.save(target)
    return target


def test_a_fault_repeated_down_a_column_is_said_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = edited(tmp_path / "s.xlsx", "Horaires", {"A2": "XX", "A3": "XX", "A4": "XX", "A7": "XX"})
    assert run("check", bad, "--lang", "fr") == cli.FAULTS
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("[")]
    lines = [line for line in lines if "XX\u00a0» n'existe pas" in line]
    assert len(lines) == 1 and "cellule A2:A4, A7 " in lines[0]


def test_a_variant_with_nothing_to_change_does_not_stop_the_workbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = edited(tmp_path / "s.xlsx", "Besoins", empty=True)
    assert run("check", book, "--lang", "fr") == cli.OK
    out = capsys.readouterr().out
    assert "0 faute(s)" in out and "qui est vide" in out


def test_a_parameter_is_named_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", edited(tmp_path / "s.xlsx", "Paramètres", {"C3": 0}), "--lang", "fr") == cli.FAULTS
    out = capsys.readouterr().out
    assert "Nombre d'années du plan" in out and "horizon_years" not in out


def letter(sheet: str, header: str) -> str:
    """The letter of a column of the La Rochelle workbook."""
    return next(str(cell.column_letter) for cell in load_workbook(LA_ROCHELLE)[sheet][1] if str(cell.value).startswith(header))


def test_all_kitchens_closed_is_said_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows, lock = load_workbook(LA_ROCHELLE)["Cuisines"].max_row, letter("Cuisines", "Verrou")
    assert run("check", edited(tmp_path / "s.xlsx", "Cuisines", {f"{lock}{row}": "fermer" for row in range(2, rows + 1)}), "--lang", "fr") == cli.FAULTS
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("[erreur]")]
    assert len(lines) == 1 and "verrou" in lines[0]


def test_findings_of_a_solve_stand_at_their_cell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows, count = load_workbook(LA_ROCHELLE)["Véhicules"].max_row, letter("Véhicules", "Nombre")
    book = edited(tmp_path / "s.xlsx", "Véhicules", {f"{count}{row}": 0 for row in range(2, rows + 1)})
    output = tmp_path / "r.xlsx"
    assert run("solve", book, "-o", output, "--only", "Tournees", "--seconds", 5, "--lang", "fr") == cli.IMPOSSIBLE
    assert f"[erreur] Véhicules, cellule {count}1\u00a0: Aucun véhicule disponible" in capsys.readouterr().err
    assert any(f"Véhicules, cellule {count}1" in str(cell.value) for row in load_workbook(output)["Anomalies et avertissements"] for cell in row)


def test_no_plan_is_made_without_the_roads_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "r.xlsx"
    assert run("solve", LA_ROCHELLE, "-o", output, "--only", "achats", "--roads", tmp_path / "rien.graphml", "--lang", "fr") == cli.FAULTS
    assert "«\u00a0rien.graphml\u00a0» n'existe pas" in capsys.readouterr().err
    assert not output.exists()


def test_iterations_alone_end_a_search() -> None:
    def seconds(given: float | None, iterations: int | None) -> float:
        return cli.limits_asked(Namespace(seconds=given, iterations=iterations, seed=1, threads=2, gap=1e-4)).seconds

    assert [seconds(None, None), seconds(5.0, 300), seconds(None, 300)] == [cli.SECONDS, 5.0, cli.AN_HOUR]


def test_a_solve_without_a_plan_says_what_would_be_enough(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = load_workbook(LA_ROCHELLE)["Flux"]
    longest = letter("Flux", "Durée à bord maximale")
    row = next(r for r in range(2, sheet.max_row + 1) if sheet[f"{longest}{r}"].value)
    book = edited(tmp_path / "s.xlsx", "Flux", {f"{longest}{row}": 1})
    assert run("solve", book, "-o", tmp_path / "r.xlsx", "--only", "Tournees", "--seconds", 5, "--lang", "fr") == cli.IMPOSSIBLE
    assert "min à bord de plus suffiraient" in capsys.readouterr().err
