"""What we write: text stays text, menus and bounds work, every sheet explains itself."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from planner.catalog import PARAMETERS, RESULTS, TABLES
from planner.excel import number_format, quoted, read, sheet_name, write_scenario, write_tables, write_template
from planner.excel.write import quote
from planner.i18n import text
from planner.issues import errors
from planner.kinds import Choice, Date, Decimal, Flag, Ref, Several, Text, Time
from planner.schema import Column, Table
from planner.sites import PARAMETERS as PARAMETER_TABLE
from tests.excel.sample import scenario

FORMULAS = ["=1+1", "=HYPERLINK(\"http://x\")", "+33 5 46", "-1", "@SUM(A1)", "#N/A", "{=A1}"]


@pytest.fixture(scope="module", params=["fr", "en"])
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    path = tmp_path_factory.mktemp("template") / "modele.xlsx"
    write_template(TABLES, PARAMETERS, path, request.param)
    return request.param, path


def sheet_of(path: Path, title: str) -> Worksheet:
    sheet = load_workbook(path)[title]
    assert isinstance(sheet, Worksheet)
    return sheet


def test_an_empty_template_lacks_only_what_must_be_filled(template: tuple[str, Path]) -> None:
    reading = read(template[1], TABLES, PARAMETERS)
    assert sorted((i.code, i.table) for i in reading.issues) == [("table_empty", "establishments"), ("table_empty", "sites")]
    assert reading.frames[PARAMETER_TABLE.name]["parameter"].tolist() == [p.code for p in PARAMETERS]
    assert reading.frames[PARAMETER_TABLE.name]["value"].tolist() == [p.value for p in PARAMETERS]


def test_every_sheet_has_its_headers_comments_table_and_print_setup(template: tuple[str, Path]) -> None:
    lang, path = template
    workbook = load_workbook(path)
    assert workbook.sheetnames[0] == text("excel.sheet.readme", lang)
    assert [workbook[n].sheet_state for n in workbook.sheetnames].count("hidden") == 1
    for table in TABLES:
        sheet = workbook[sheet_name(table, lang)]
        assert isinstance(sheet, Worksheet)
        assert list(sheet.tables) == [f"t_{table.name}"]
        assert sheet.freeze_panes is not None and sheet.freeze_panes.endswith("2")
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == ("landscape", 1, 0)
        assert sheet.sheet_properties.pageSetUpPr is not None and sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == "$1:$1"
        for cell, column in zip(sheet[1], table.columns, strict=True):
            assert cell.value == column.title(lang) + (" *" if column.required else "")
            assert cell.comment is not None and column.help(lang) in cell.comment.text
            assert (cell.fill.fgColor.rgb[-6:] == "1F4E79") == column.required
            assert sheet.column_dimensions[cell.column_letter].width >= 10


def test_the_first_sheet_explains_every_other(template: tuple[str, Path]) -> None:
    lang, path = template
    sheet = sheet_of(path, text("excel.sheet.readme", lang))
    links = {cell.hyperlink.location: row[2].value for row in sheet.iter_rows() if (cell := row[0]).hyperlink is not None}
    assert links == {f"{quote(sheet_name(table, lang))}!A1": table.help(lang) for table in TABLES}


def test_menus_and_bounds(template: tuple[str, Path]) -> None:
    lang, path = template
    workbook = load_workbook(path)
    lists = workbook[text("excel.sheet.lists", lang)]
    for table in TABLES:
        sheet = workbook[sheet_name(table, lang)]
        assert isinstance(sheet, Worksheet)
        rules = {str(rule.sqref).split(":")[0][:-1]: rule for rule in sheet.data_validations.dataValidation}
        for cell, column in zip(sheet[1], table.columns, strict=True):
            rule, kind = rules.get(cell.column_letter), column.kind
            if isinstance(kind, Flag | Choice):
                assert rule is not None and rule.type == "list"
                area = str(rule.formula1).split("!")[1].replace("$", "")
                shown = [row[0].value for row in lists[area]]
                wanted = [text("excel.yes", lang), text("excel.no", lang)] if isinstance(kind, Flag) else [kind.label(code, lang) for code in kind.codes]
                assert shown == wanted
                assert bool(rule.showErrorMessage) == (not isinstance(kind, Several))
                assert all(lists[area][n][0].data_type == "s" for n in range(len(shown)))
            elif isinstance(kind, Ref):
                target = next(t for t in TABLES if t.name == kind.table)
                assert rule is not None and f"'{sheet_name(target, lang)}'!$A$2" in str(rule.formula1).replace("''", "'")
            elif isinstance(kind, Decimal) and (kind.min is not None or kind.max is not None):
                assert rule is not None and rule.type == "decimal"
            else:
                assert rule is None
        assert all(len(str(rule.formula1)) <= 255 and len(rule.error or "") <= 255 for rule in rules.values())


@pytest.mark.parametrize("value", FORMULAS)
def test_a_text_that_looks_like_a_formula_is_never_live(tmp_path: Path, value: str) -> None:
    made = scenario()
    frame = made.frames["sites"].copy()
    frame.loc[0, "name"] = value
    write_scenario(made.replace("sites", frame), tmp_path / "f.xlsx", "fr")
    cell = sheet_of(tmp_path / "f.xlsx", "Sites")["B2"]
    assert (cell.value, cell.data_type, cell.number_format) == (value, "s", "@")
    live = [cell.coordinate for sheet in load_workbook(tmp_path / "f.xlsx").worksheets for row in sheet.iter_rows() for cell in row if cell.data_type in "fe"]
    assert live == []


@pytest.mark.parametrize("value", FORMULAS[:5])
def test_csv_texts_that_look_like_formulas_are_quoted(value: str) -> None:
    assert quoted(value) == "'" + value and quoted("Site 1") == "Site 1" and quoted("") == ""


def test_formats() -> None:
    def shown(column: Column, lang: str = "fr") -> str:
        return number_format(column, lang)

    assert shown(Column("d", Date(), "d", "d")) == "dd/mm/yyyy" and shown(Column("d", Date(), "d", "d"), "en") == "yyyy-mm-dd"
    assert shown(Column("t", Time(), "t", "t")) == "[hh]:mm" and shown(Column("t", Text(), "t", "t")) == "@"
    assert shown(Column("n", Decimal(), "n", "n", decimals=0)) == "#,##0" and shown(Column("n", Decimal(), "n", "n", decimals=4)) == "#,##0.0000"


def test_cells_have_the_type_of_their_column(tmp_path: Path) -> None:
    write_scenario(scenario(), tmp_path / "s.xlsx", "fr")
    workbook = load_workbook(tmp_path / "s.xlsx")
    windows, sites, people, parameters = (workbook[name] for name in ("Horaires", "Sites", "Établissements", "Paramètres"))
    assert (windows["C2"].value, windows["B2"].value) == (dt.timedelta(hours=6, minutes=30), "semaine")
    assert (sites["A2"].value, sites["F2"].value, sites["F2"].number_format, sites["J2"].value) == ("000010000", 46.1, "#,##0.00000", "non")
    assert people["E3"].value == dt.datetime(2027, 1, 1) and people["C2"].value == "oui"
    shown = {parameters.cell(row, 1).value: parameters.cell(row, 3).number_format for row in range(2, 10)}
    assert shown["first_year"] == "General" and shown["detour_coast"] == "General"


def test_result_sheets_look_alike_and_say_where_they_stand() -> None:
    table = RESULTS["kitchens"][0]
    workbook = Workbook()
    frame = table.frame([{"year": 2027, "establishment": "CHLR", "item": "K1", "line": table.column("line").kind.codes[0], "amount": 12.5, "objective": 12.0}])  # type: ignore[attr-defined]
    empty = Table("none", "L'été / l'hiver", "None", columns=(Column("a", Text(), "A", "A"),), result=True)
    placed = write_tables(workbook, [(table, frame), (empty, empty.frame())], "fr")
    there = placed[table.name]
    assert (there.sheet, there.first, there.last) == ("Coûts des cuisines", 2, 2)
    assert there.area("objective") == "'Coûts des cuisines'!$G$2:$G$2" and workbook[there.sheet]["G2"].value == 12.0
    assert placed["none"].sheet == "L'été   l'hiver" and placed["none"].area("a") == "'L''été   l''hiver'!$A$2:$A$2"
    assert placed["none"].last < placed["none"].first


def test_writing_can_be_repeated_in_the_other_language(tmp_path: Path) -> None:
    made = scenario()
    write_scenario(made, tmp_path / "fr.xlsx", "fr")
    first = read(tmp_path / "fr.xlsx", TABLES, PARAMETERS)
    assert first.scenario == made and errors(first.issues) == []
    assert first.scenario is not None
    write_scenario(first.scenario, tmp_path / "en.xlsx", "en")
    assert read(tmp_path / "en.xlsx", TABLES, PARAMETERS).scenario == made
