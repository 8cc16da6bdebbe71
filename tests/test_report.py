"""The result workbook and the exports: every live total recalculated by LibreOffice, nothing else live, plans read back."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl import Workbook

from planner import excel, report
from planner.i18n import text
from planner.issues import Issue
from planner.plan import Plan, Status
from planner.problems.base import cost_of
from planner.problems.kitchens import tables as kt
from planner.problems.routes import tables as rt
from planner.report.page import Page, per_cent
from planner.schema import rows
from planner.service.workbooks import summary_text
from planner.study import Study
from tests.test_study import run
from tests.toy import ToyKitchens, group

PROVENANCE = {"file": "=cmd|'/C calc'!A0.xlsx", "sha256": "0" * 64, "command": "planner solve", "seconds": 60.0, "iterations": None,
              "seed": 1, "threads": 2, "gap": 0.0001, "date": "2027-01-02", "versions": {"planner": "0.1.0"}}  # fmt: skip
LANGUAGES = ("fr", "en")


@pytest.fixture(scope="module")
def done() -> Study:
    return run(group())


def refused(plan: Plan) -> Plan:
    frame = plan.tables["kitchens_costs"].copy()
    frame["amount"] = frame["objective"] = frame["amount"] / 2
    return plan.with_(tables={**plan.tables, "kitchens_costs": frame}, cost=cost_of(frame), bound=None)


def recalculated(path: Path, folder: Path) -> Workbook:
    """The workbook as LibreOffice calculates it: values only."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    out = folder / "recalculated"
    subprocess.run(
        [office, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(path)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return openpyxl.load_workbook(out / path.name, data_only=True)


def plain(row: Any) -> dict[str, Any]:
    """A row's values; a workbook keeps 15 digits of a float."""
    return {name: pytest.approx(value, rel=1e-12) if isinstance(value, float) else value for name, value in vars(row).items()}


def check_live_totals(study: Study, folder: Path, lang: str) -> int:
    """Every formula of the workbook recalculated against the audit, to the cent; how many there are."""
    book = report.compose(study, lang, PROVENANCE)
    path = folder / f"result_{lang}.xlsx"
    book.workbook.save(path)
    values = recalculated(path, folder)
    wrong = {}
    for (sheet, cell), right in book.live.items():
        value = values[sheet][cell].value
        if not isinstance(value, int | float) or round(value * 100) != round(right * 100):
            wrong[sheet, cell] = (value, right)
    assert not wrong
    return len(book.live)


@pytest.mark.office
@pytest.mark.parametrize("lang", LANGUAGES)
def test_live_totals_equal_the_audit_to_the_cent(done: Study, tmp_path: Path, lang: str) -> None:
    assert check_live_totals(done, tmp_path, lang) > 60


@pytest.mark.office
def test_live_totals_without_a_valid_kitchens_plan(tmp_path: Path) -> None:
    study = run(group(), kitchens=ToyKitchens(spoil=refused))
    assert check_live_totals(study, tmp_path, "fr") > 20


@pytest.mark.office
@pytest.mark.slow
def test_live_totals_of_a_real_study(real: Study, tmp_path: Path) -> None:
    assert check_live_totals(real, tmp_path, "fr") > 100


@pytest.mark.parametrize("lang", LANGUAGES)
def test_only_the_declared_totals_are_live(done: Study, tmp_path: Path, lang: str) -> None:
    """Names such as =HÔPITAL(2) and a hostile file name stay texts; every formula is a known total."""
    book = report.compose(done, lang, PROVENANCE)
    book.workbook.save(tmp_path / "r.xlsx")
    formulas = {(sheet.title, cell.coordinate) for sheet in openpyxl.load_workbook(tmp_path / "r.xlsx") for row in sheet.iter_rows() for cell in row
                if cell.data_type == "f"}  # fmt: skip
    assert formulas == set(book.live)
    texts = [cell.value for sheet in book.workbook for row in sheet.iter_rows() for cell in row if cell.data_type == "s"]
    assert PROVENANCE["file"] in texts and "=HÔPITAL(2)" in texts


def test_the_audited_value_stands_beside_each_total(done: Study) -> None:
    """The column checked by the audit holds plain numbers: they are there even where nothing recalculates."""
    book = report.compose(done, "fr", PROVENANCE)
    sheet = book.workbook["Synthèse"]
    row = next(r for r in range(1, 30) if sheet.cell(r, 1).value == "Toutes fonctions")
    assert sheet.cell(row, 6).data_type == "f" and sheet.cell(row, 8).value == done.saving == book.live["Synthèse", f"F{row}"]


def test_totals_are_stored_for_readers_that_do_not_recalculate(done: Study, tmp_path: Path) -> None:
    """Protected view, telephones and programs read the stored values."""
    report.write(done, tmp_path / "r.xlsx", "fr", PROVENANCE)
    stored, live = openpyxl.load_workbook(tmp_path / "r.xlsx", data_only=True), report.compose(done, "fr", PROVENANCE).live
    assert live and all(stored[sheet][cell].value == value for (sheet, cell), value in live.items())
    formulas = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert all(formulas[sheet][cell].data_type == "f" for sheet, cell in live)


def test_sheets(done: Study, tmp_path: Path) -> None:
    report.write(done, tmp_path / "r.xlsx", "fr", PROVENANCE)
    names = openpyxl.load_workbook(tmp_path / "r.xlsx").sheetnames
    assert names[:5] == ["Synthèse", "Par établissement", "Postes de coût", "Indicateurs", "Anomalies et avertissements"]
    assert {table.fr for table in (*kt.RESULTS, *rt.RESULTS)} <= set(names)
    assert {"Cuisines - aujourd'hui", "Tournées - aujourd'hui", "Carte - sites", "Carte - cuisines", "Carte - tournées", "Paramètres utilisés"} <= set(names)
    assert names[-1] == "Traçabilité"
    report.write(done, tmp_path / "e.xlsx", "en", PROVENANCE)
    assert openpyxl.load_workbook(tmp_path / "e.xlsx").sheetnames[0] == "Summary"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_plans_read_back_from_the_workbook(done: Study, tmp_path: Path, lang: str) -> None:
    report.write(done, tmp_path / "r.xlsx", lang, PROVENANCE)
    tables = (*kt.RESULTS, *rt.RESULTS)
    reading = excel.read(tmp_path / "r.xlsx", tables)
    assert reading.scenario is not None, reading.issues
    for name, result in done.results.items():
        for table in result.problem.results:
            read = [vars(row) for row in rows(table, reading.scenario.frames[table.name])]
            assert read == [plain(row) for row in rows(table, result.plan.tables[table.name])], (name, table.name)


def test_a_refused_plan_is_not_shown(tmp_path: Path) -> None:
    study = run(group(), kitchens=ToyKitchens(spoil=refused))
    book = report.compose(study, "fr", PROVENANCE)
    assert "Coûts des cuisines" not in book.workbook.sheetnames and "Cuisines - aujourd'hui" in book.workbook.sheetnames
    sheet = book.workbook["Synthèse"]
    said = " ".join(str(c.value) for row in sheet.iter_rows() for c in row if isinstance(c.value, str))
    assert "refusé par l'audit" in said and "L'audit refuse le plan" in said
    row = next(r for r in range(1, 30) if sheet.cell(r, 1).value == "Cuisines")
    assert [sheet.cell(row, c).value for c in (4, 5, 6, 7, 8)] == ["–"] * 5
    assert report.to_json(study, "fr")["problems"]["kitchens"]["annual"] is None
    alone = run(group(), ("kitchens",), ToyKitchens(spoil=refused))
    everywhere = [str(c.value) for page in report.compose(alone, "fr", PROVENANCE).workbook for row in page.iter_rows() for c in row]
    everywhere += [report.to_json(alone, "fr")["problems"]["kitchens"]["status_words"], summary_text(alone, "fr").splitlines()[1]]
    assert not any("plan valable" in words for words in everywhere) and all("refusé par l'audit" in words for words in everywhere[-2:])


@pytest.mark.parametrize("status", [Status.INFEASIBLE, Status.NO_PLAN_IN_TIME])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_plan_at_all_still_makes_a_workbook(tmp_path: Path, status: Status, lang: str) -> None:
    study = run(group(), ("kitchens",), ToyKitchens(status=status, issues=(Issue.warning("baseline_unknown", what="x"),)))
    report.write(study, tmp_path / "r.xlsx", lang, PROVENANCE)
    assert openpyxl.load_workbook(tmp_path / "r.xlsx")["Anomalies et avertissements" if lang == "fr" else "Faults and warnings"].max_row > 1
    nothing = run(group(), ())
    report.write(nothing, tmp_path / "n.xlsx", lang, PROVENANCE)
    assert (tmp_path / "n.xlsx").stat().st_size > 5000


def test_map_tables_and_geojson(done: Study) -> None:
    tables = {name: list(rows(table, frame)) for name, (table, frame) in report.map_ready(done).items()}
    assert {s.site: (s.kitchen, s.fed_by) for s in tables["map_sites"]} == {"A": (None, "KB"), "A2": (None, "KB"), "B": ("KB", "KB"), "C": (None, "KB")}
    assert {(k.kitchen, k.site, k.today) for k in tables["map_kitchens"]} == {("KB", "A", "KA"), ("KB", "A2", "KA"), ("KB", "B", "KB"), ("KB", "C", "KA")}
    trips: dict[Any, list[Any]] = {}
    for leg in tables["map_legs"]:
        trips.setdefault((leg.day, leg.vehicle, leg.number, leg.trip), []).append(leg)
    assert len(trips) == 4 * 2 + 7  # four flows on two days, the added one on seven
    for legs in trips.values():
        assert [leg.leg for leg in legs] == list(range(1, len(legs) + 1))
        assert legs[0].origin == legs[-1].destination == "A"  # the depot
        assert all(a.destination == b.origin for a, b in pairwise(legs))
        assert all(leg.origin != leg.destination for leg in legs)
    features = report.to_geojson(done)["features"]
    assert len(features) == 4 + 4 + len(tables["map_legs"])
    point = next(f for f in features if f["properties"].get("site") == "A" and f["properties"]["layer"] == "sites")
    assert point["geometry"] == {"type": "Point", "coordinates": [-1.0, 46.0]}  # longitude first
    json.dumps(report.to_geojson(done), allow_nan=False)


@pytest.mark.parametrize(("lang", "mark", "decimal"), [("fr", ";", ","), ("en", ",", ".")])
def test_csv_as_the_language_writes_it(done: Study, tmp_path: Path, lang: str, mark: str, decimal: str) -> None:
    paths = {path.stem: path for path in report.to_csv(done, tmp_path / "csv", lang)}
    assert {t.name for t in (*kt.RESULTS, *rt.RESULTS)} | {"savings", "key_figures", "issues", "map_sites", "map_legs", "coupling"} <= set(paths)
    with paths["kitchens_costs"].open(encoding="utf-8-sig", newline="") as stream:
        lines = list(csv.reader(stream, delimiter=mark))
    amounts = [float(line[5].replace(decimal, ".")) for line in lines[1:]]
    assert round(sum(amounts), 2) == done.results["kitchens"].plan.cost
    with paths["map_sites"].open(encoding="utf-8-sig", newline="") as stream:
        assert len(list(csv.reader(stream, delimiter=mark))) == 5
    names = paths["key_figures"].read_text(encoding="utf-8-sig")
    assert "'=HÔPITAL(2)" in names and mark + "=HÔPITAL" not in names


def test_json_has_the_audited_figures(done: Study) -> None:
    made = json.loads(json.dumps(report.to_json(done, "en"), allow_nan=False))
    kitchens = made["problems"]["kitchens"]
    result = done.results["kitchens"]
    assert (kitchens["status"], kitchens["valid"], kitchens["cost"], kitchens["gap_euros"]) == ("optimal", True, result.plan.cost, 0.0)
    assert made["saving"] == done.saving == round(sum(p["saving"] for p in made["problems"].values()), 2)
    assert set(kitchens["establishments"]) == {"E1", "E2"}
    assert any(issue["code"] == "delivery_counted_in_routes" and "left out" in issue["words"] for issue in made["issues"])


def test_a_long_table_of_a_page_repeats_its_titles_where_it_goes_on() -> None:
    page = Page(Workbook().create_sheet("page"), (40, 20))
    page.head(["Nom", "Valeur"])
    for n in range(80):
        page.go_on(["Nom", "Valeur"])
        page.line([f"ligne {n}", n])
    turns = [turn.id for turn in page.sheet.row_breaks.brk]
    assert len(turns) >= 2 and all([cell.value for cell in page.sheet[turn + 1]] == ["Nom", "Valeur"] for turn in turns)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_result_sheet_without_rows_says_so_on_paper(lang: str) -> None:
    book = Workbook()
    excel.write_tables(book, [(rt.TRIPS, rt.TRIPS.frame()), (rt.SKIPPED, rt.SKIPPED.frame([{"day": "mon"}]))], lang)
    assert [sheet.oddHeader.center.text for sheet in book.worksheets[1:]] == [text("results.nothing", lang), None]


def test_a_share_is_written_as_the_language_writes_it() -> None:
    assert (per_cent("fr"), per_cent("en", 2)) == ('0.0"\u00a0%";[Red]-0.0"\u00a0%"', '0.00"%";[Red]-0.00"%"')
