"""The bad workbook: exactly its planted faults are named, and its annotated copy shows each of them and keeps the rest."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from planner.catalog import PARAMETERS, TABLES
from planner.excel import Reading, annotate, read, write_scenario
from planner.i18n import describe, expected, explain, mend, text
from planner.issues import Issue, Severity
from tests.excel.bad_workbook import Planted, plant
from tests.excel.conftest import Convert
from tests.excel.sample import scenario

RED, AMBER = "FFFFC7C4", "FFFFE3AB"


@pytest.fixture(scope="module", params=["fr", "en"])
def bad(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, list[Planted], Reading]:
    path = tmp_path_factory.mktemp("bad") / f"mauvais_{request.param}.xlsx"
    planted = plant(path, request.param)
    return request.param, path, planted, read(path, TABLES, PARAMETERS)


@pytest.fixture(scope="module")
def copy(bad: tuple[str, Path, list[Planted], Reading]) -> Path:
    lang, path, _, reading = bad
    out = path.with_name("annote.xlsx")
    annotate(path, reading.issues, out, lang)
    return out


def well_formed(path: Path) -> None:
    """Every XML part parses, no part is written twice, and every relation leads to a part."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert len(names) == len(set(names))
        for name in names:
            if name.endswith((".xml", ".rels", ".vml")):
                ElementTree.fromstring(archive.read(name))
        for name in names:
            if name.endswith(".rels"):
                for relation in ElementTree.fromstring(archive.read(name)):
                    target = relation.get("Target", "")
                    if target.startswith("/"):
                        assert target[1:] in names, (name, target)


def test_exactly_the_planted_faults_are_named(bad: tuple[str, Path, list[Planted], Reading]) -> None:
    _, _, planted, reading = bad
    named = [Planted(issue.code, issue.sheet, issue.cell) for issue in reading.issues]
    assert len(planted) >= 40 and len({fault.code for fault in planted}) >= 19
    assert sorted(named, key=str) == sorted(planted, key=str)
    assert reading.scenario is None


def test_every_fault_says_what_was_found_expected_and_how_to_mend(bad: tuple[str, Path, list[Planted], Reading]) -> None:
    _, _, _, reading = bad
    names = {table.name for table in TABLES} | {column.name for table in TABLES for column in table.columns}
    codes = {parameter.code for parameter in PARAMETERS}
    raw = {name for name in names if "_" in name} - codes
    for lang in ("fr", "en"):
        for issue in reading.issues:
            told = f"{describe(issue, lang)} {expected(issue, lang)}"
            assert explain(issue, lang) and not re.search(r"issue\.|expected\.|[{}]", told)
            assert not any(name in told for name in raw), told
            assert issue.severity is Severity.INFO or mend(issue, lang)
            if issue.cell and issue.code not in ("required_missing", "column_missing", "no_header"):
                assert issue.found


def test_every_fault_is_coloured_commented_and_listed(bad: tuple[str, Path, list[Planted], Reading], copy: Path) -> None:
    lang, _, _, reading = bad
    well_formed(copy)
    workbook = load_workbook(copy)
    listed = workbook.worksheets[0]
    assert listed.title == text("excel.sheet.faults", lang) and workbook.active is listed
    rows = [[cell.value for cell in row] for row in listed.iter_rows(min_row=5)]
    assert [(row[2], row[3]) for row in rows if row[3]] == [(i.sheet, i.cell) for i in reading.issues if i.cell]
    assert len(rows) == len(reading.issues) and all(row[5] for row in rows)
    assert {f"'{i.sheet}'!{i.cell}" for i in reading.issues if i.cell} == {cell.hyperlink.location for row in listed.iter_rows() for cell in row if cell.hyperlink}
    coloured = {
        (sheet.title, cell.coordinate): cell.fill.fgColor.rgb
        for sheet in workbook.worksheets[1:]
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb in (RED, AMBER)
    }
    wanted = {(i.sheet, i.cell): RED if i.is_error else AMBER for i in reading.issues if i.cell and i.severity is not Severity.INFO}
    assert coloured == wanted
    for issue in reading.issues:
        if (issue.sheet, issue.cell) in wanted:
            comment = workbook[issue.sheet][issue.cell].comment
            assert comment is not None and explain(issue, lang) in comment.text and mend(issue, lang) in comment.text


def test_the_rest_is_kept_byte_for_byte(bad: tuple[str, Path, list[Planted], Reading], copy: Path) -> None:
    _, path, _, reading = bad
    assert read(copy, TABLES, PARAMETERS).issues == reading.issues
    touched = {issue.sheet for issue in reading.issues if issue.cell}
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy) as new:
        changed = {name for name in old.namelist() if old.read(name) != new.read(name)}
        for name in old.namelist():
            if name.startswith(("xl/tables/", "xl/theme/", "docProps/")):
                assert name not in changed
    before, after = load_workbook(path), load_workbook(copy)
    assert after.sheetnames[1:] == before.sheetnames
    for title in before.sheetnames:
        for old_row, new_row in zip(before[title].iter_rows(), after[title].iter_rows(), strict=False):
            for a, b in zip(old_row, new_row, strict=False):
                assert (a.value, a.number_format, repr(a.font), repr(a.alignment)) == (b.value, b.number_format, repr(b.font), repr(b.alignment))
                if title not in touched:
                    assert repr(a.fill) == repr(b.fill)


def users_workbook(path: Path) -> None:
    """A workbook with what libraries lose: a chart, a stored value, a comment, a fill, a name, a chosen tab."""
    workbook = Workbook()
    first = workbook.worksheets[0]
    first.title = "Bilan d'été"
    first["A1"], first["B1"] = "x", "=SUM(B2:B3)"
    sheet = workbook.create_sheet("Sites")
    assert isinstance(sheet, Worksheet)
    for row in (["Site", "Nom", "Établissement", "Latitude", "Longitude"], ["S1", "Un", "E", "nord", -1.1], [], ["S2", None, "E", 46, 500]):
        sheet.append(row)
    sheet["D2"].comment = Comment("à vérifier par Jeanne", "Jeanne")
    sheet["D2"].fill = PatternFill("solid", fgColor="FF00B050")
    sheet["A1"].comment = Comment("premier", "Jeanne")
    sheet.print_area = "A1:E4"
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=4, min_row=1, max_row=4))
    sheet.add_chart(chart, "G2")
    people = workbook.create_sheet("Établissements")
    people.append(["Établissement", "Nom"])
    people.append(["E", "E"])
    workbook.active = 1
    workbook.save(path)


def test_a_users_own_workbook(tmp_path: Path) -> None:
    path, out = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    users_workbook(path)
    reading = read(path, TABLES)
    cells = [(i.sheet, i.cell) for i in reading.issues if i.is_error]
    assert cells == [("Sites", "D2"), ("Sites", "B4"), ("Sites", "E4")]
    annotate(path, reading.issues, out, "fr")
    well_formed(out)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out) as new:
        assert {n for n in old.namelist() if "chart" in n or "drawing" in n.lower()} <= set(new.namelist())
        assert b"<drawing" in new.read("xl/worksheets/sheet2.xml") and b"SUM(B2:B3)" in new.read("xl/worksheets/sheet1.xml")
    workbook = load_workbook(out)
    sheet = workbook["Sites"]
    assert isinstance(sheet, Worksheet)
    note = sheet["D2"].comment
    assert note is not None and note.text.startswith("à vérifier par Jeanne") and "«\u00a0nord\u00a0»" in note.text
    assert sheet["A1"].comment is not None and sheet["A1"].comment.text == "premier"
    assert sheet["B4"].fill.fgColor.rgb == RED and sheet["B4"].value is None
    assert "A$1:$E$4" in str(sheet.print_area) or str(sheet.print_area).replace("'Sites'!", "") == "$A$1:$E$4"
    assert [s.sheet_view.tabSelected for s in workbook.worksheets].count(True) == 1


def test_mending_in_the_copy_takes_the_marks_away(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    users_workbook(path)
    reading = read(path, TABLES)
    annotate(path, reading.issues, tmp_path / "b.xlsx", "fr")
    workbook = load_workbook(tmp_path / "b.xlsx")
    workbook["Sites"]["E4"] = -1.2
    workbook.save(tmp_path / "c.xlsx")
    second = read(tmp_path / "c.xlsx", TABLES)
    assert [i.cell for i in second.issues if i.is_error] == ["D2", "B4"]
    annotate(tmp_path / "c.xlsx", second.issues, tmp_path / "d.xlsx", "fr")
    well_formed(tmp_path / "d.xlsx")
    again = load_workbook(tmp_path / "d.xlsx")
    assert again.sheetnames == ["Fautes à corriger", "Bilan d'été", "Sites", "Établissements"]
    sheet = again["Sites"]
    assert sheet["E4"].fill.fill_type is None and sheet["E4"].comment is None
    assert sheet["B4"].fill.fgColor.rgb == RED and sheet["B4"].comment is not None
    assert "2 fautes" in str(again.worksheets[0]["A1"].value)


def test_a_good_workbook_has_an_empty_list(tmp_path: Path) -> None:
    write_scenario(scenario(), tmp_path / "a.xlsx")
    annotate(tmp_path / "a.xlsx", [], tmp_path / "b.xlsx", "en")
    well_formed(tmp_path / "b.xlsx")
    assert load_workbook(tmp_path / "b.xlsx").worksheets[0]["A1"].value == "No fault to correct"
    assert read(tmp_path / "b.xlsx", TABLES, PARAMETERS).scenario == scenario()


def test_a_refused_file_gives_the_list_alone(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_text("Site;Nom")
    reading = read(tmp_path / "a.xlsx", TABLES)
    annotate(tmp_path / "a.xlsx", reading.issues, tmp_path / "b.xlsx", "fr")
    sheet = load_workbook(tmp_path / "b.xlsx").worksheets[0]
    assert "n'est pas un classeur" in str(sheet["F4"].value)


def test_cells_that_were_not_in_the_file_are_made(tmp_path: Path) -> None:
    """Rows without cells, cells without addresses, a sheet without any row, elements with a prefix."""
    users_workbook(tmp_path / "a.xlsx")
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheets = {
        "xl/worksheets/sheet1.xml": f'<x:worksheet xmlns:x="{main}"><x:sheetData><x:row r="2"/><x:row r="5" ht="20"><x:c><x:v>1</x:v></x:c><x:c/></x:row></x:sheetData></x:worksheet>',
        "xl/worksheets/sheet3.xml": f'<worksheet xmlns="{main}"><sheetData/><pageMargins left="1" right="1" top="1" bottom="1" header="0" footer="0"/></worksheet>',
    }
    with zipfile.ZipFile(tmp_path / "a.xlsx") as old, zipfile.ZipFile(tmp_path / "s.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, sheets.get(name) or old.read(name))
    issues = [Issue.error("bad_type").at("Bilan d'été", cell) for cell in ("B1", "A2", "C2", "B5", "D5", "A7")] + [Issue.error("bad_type").at("Établissements", "B3")]
    annotate(tmp_path / "s.xlsx", issues, tmp_path / "b.xlsx", "fr")
    well_formed(tmp_path / "b.xlsx")
    workbook = load_workbook(tmp_path / "b.xlsx")
    for issue in issues:
        cell = workbook[issue.sheet][issue.cell]
        assert cell.fill.fgColor.rgb == RED and cell.comment is not None, issue.cell
    assert workbook["Bilan d'été"]["A5"].value == 1 and workbook["Bilan d'été"].row_dimensions[5].height == 20


@pytest.mark.office
@pytest.mark.slow
def test_the_copy_opens_in_libreoffice(bad: tuple[str, Path, list[Planted], Reading], copy: Path, convert: Convert) -> None:
    lang, _, _, reading = bad
    saved = convert([copy])[0]
    workbook = load_workbook(saved)
    assert workbook.sheetnames[0] == text("excel.sheet.faults", lang)
    for issue in reading.issues:
        if issue.cell and issue.severity is not Severity.INFO:
            cell = workbook[issue.sheet][issue.cell]
            assert cell.fill.fgColor.rgb in (RED, AMBER) and cell.comment is not None
