"""Reading what people really send."""

from __future__ import annotations

import datetime as dt
import random
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from planner.catalog import PARAMETERS, TABLES
from planner.excel import Reading, read
from planner.i18n import describe
from planner.issues import Issue, errors
from planner.kinds import DAYS, Choice, Code, Date, Decimal, Flag, Integer, Ref, Several, Text, Time
from planner.schema import Column, Table
from planner.sites import PARAMETERS as PARAMETER_TABLE
from planner.sites import Parameter
from tests.excel.conftest import Make

PLACES = Table("places", "Lieux", "Places", key=("place",), required=True, columns=(
    Column("place", Code(), "Lieu", "Place", required=True), Column("name", Text(), "Désignation", "Name"),
    Column("km", Decimal(0, 100), "Éloignement", "Remoteness", "km", required=True), Column("share", Decimal(0, 100), "Part", "Share", "%"),
    Column("count", Integer(0), "Nombre", "Count", default=1), Column("open", Flag(), "Ouvert", "Open", default=True),
    Column("since", Date(), "Depuis", "Since"), Column("at", Time(), "Heure", "Hour"), Column("days", Several(DAYS), "Jours", "Days"), Column("day", Choice(DAYS), "Jour de clôture", "Closing day"),
))  # fmt: skip
LINKS = Table("links", "Liens", "Links", columns=(Column("place", Ref(table="places"), "Lieu", "Place", required=True), Column("note", Text(), "Note", "Note")))
BOTH = (PLACES, LINKS)
HEADER = ["Lieu", "Désignation", "Éloignement (km)", "Part (%)", "Nombre", "Ouvert", "Depuis", "Heure", "Jours", "Jour de clôture"]


def found(reading: Reading) -> list[tuple[str, str, str]]:
    return [(issue.code, issue.sheet, issue.cell) for issue in reading.issues if issue.is_error]


def rows(reading: Reading, table: str = "places") -> list[dict[str, Any]]:
    assert reading.scenario is not None, [describe(issue, "fr") for issue in reading.issues]
    return [{k: v for k, v in vars(row).items() if k != "index_"} for row in reading.scenario.rows(table)]


def test_values_as_people_write_them(make: Make) -> None:
    path = make({"Lieux": [HEADER,
        ["007", "  L'Hôpital ", "1\u202f0,5", "12,5 %", "3", "oui", "31/12/2026", "06h30", "lun, mer", "DIM"],
        ["K2", None, "12.5 km", 7, 2.0, "x", dt.datetime(2027, 1, 2), dt.time(18, 45), "lun-ven", "lun"],
        ["K3", None, 3, None, None, None, 46387, 0.25, None, None],
        ["K4", None, 3, "0,5", None, "VRAI", "1er août 2027", "6:05", "Mon to Tue", "Sun"],
        ["K5", None, 3, None, None, False, None, None, None, None]]})  # fmt: skip
    made = read(path, (PLACES,))
    assert found(made) == [("bad_type", "Lieux", "C2")]  # "1 0,5" is no number: its space does not separate thousands
    path = make({"Lieux": [HEADER, ["007", "  L'Hôpital ", "10,5", "12,5 %", "3", "oui", "31/12/2026", "06h30", "lun, mer", "DIM"],
        ["K2", None, "12.5 km", 7, 2.0, "x", dt.datetime(2027, 1, 2), dt.time(18, 45), "lun-ven", "lun"],
        ["K3", None, 3, None, None, None, 46387, 0.25, None, None], ["K5", None, 3, None, None, False, None, None, None, None]]})  # fmt: skip
    first, second, third, last = rows(read(path, (PLACES,)))
    assert first == {"place": "007", "name": "L'Hôpital", "km": 10.5, "share": 12.5, "count": 3, "open": True, "since": dt.date(2026, 12, 31), "at": 390, "days": ("mon", "wed"), "day": "sun"}
    assert second == {"place": "K2", "name": None, "km": 12.5, "share": 7, "count": 2, "open": True, "since": dt.date(2027, 1, 2), "at": 1125, "days": ("mon", "tue", "wed", "thu", "fri"), "day": "mon"}
    assert (third["since"], third["at"], third["count"], third["open"], last["open"]) == (dt.date(2026, 12, 31), 360, 1, True, False)


def test_headers_in_any_language_case_order_and_place(make: Make) -> None:
    path = make({"lieux ": [["Inventaire des lieux, mars 2027"], [], ["tenu par la logistique"], [None, "REMOTENESS [km]", "note libre", " lieu * ", "eloignement max"], [None, None, None, None, None],
                            [None, 3, "bla", "K1", 9], [None, None, "seulement une note", None, None], [None, 4, None, "K2", None]]})  # fmt: skip
    made = read(path, (PLACES,))
    assert [(row["place"], row["km"]) for row in rows(made)] == [("K1", 3), ("K2", 4)]
    assert [(i.code, i.cell, i.found) for i in made.issues] == [("ignored_column", "C4", "note libre"), ("ignored_column", "E4", "eloignement max")]
    assert made.places.cell("places", 1, "km") == "B8"


def test_blank_rows_and_trailing_spaces(make: Make) -> None:
    made = read(make({"Lieux": [["Lieu", "Éloignement"], [" K1\u00a0", 1], [None, None], ["  ", "\u202f"], ["K2 ", 2], [None, None]]}), (PLACES,))
    assert [row["place"] for row in rows(made)] == ["K1", "K2"]
    assert made.places.cell("places", 1, "place") == "A5"


def test_number_formats_say_what_a_number_means(tmp_path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "Lieux"
    sheet.append(["Lieu", "Éloignement", "Part", "Désignation"])
    for row, (code, share, name) in enumerate(((10000024, 0.125, 0.125), (42, 12.5, 17), (7.0, 0.07, "=1")), start=2):
        sheet.append([code, 1, share, name])
        if isinstance(name, str):
            sheet.cell(row, 4).data_type = "s"
    sheet["A2"].number_format = "000000000"
    sheet["A3"].number_format = "00000"
    sheet["C2"].number_format = "0.0%"
    sheet["C4"].number_format = '0 "%"'  # the sign is only written, the number is not a share
    sheet["D2"].number_format = "0.0%"
    workbook.save(tmp_path / "formats.xlsx")
    made = rows(read(tmp_path / "formats.xlsx", (PLACES,)))
    assert [row["place"] for row in made] == ["010000024", "00042", "7"]
    assert [row["share"] for row in made] == [12.5, 12.5, 0.07]
    assert [row["name"] for row in made] == ["12.5%", "17", "=1"]


def test_dates_of_the_1904_calendar(tmp_path: Path) -> None:
    workbook = Workbook()
    workbook.epoch = CALENDAR_MAC_1904
    sheet = workbook.worksheets[0]
    sheet.title = "Lieux"
    for row in (["Lieu", "Éloignement", "Depuis"], ["K1", 1, dt.date(2027, 1, 2)], ["K2", 1, 46387 - 1462]):
        sheet.append(row)
    workbook.save(tmp_path / "mac.xlsx")
    assert [row["since"] for row in rows(read(tmp_path / "mac.xlsx", (PLACES,)))] == [dt.date(2027, 1, 2), dt.date(2026, 12, 31)]


def with_cells(path: Path, out: Path, cells: dict[str, str]) -> Path:
    """The first sheet of a workbook with the XML of some cells replaced."""
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(out, "w") as made:
        for name in archive.namelist():
            data = archive.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                for address, xml in cells.items():
                    start = data.index(f'<c r="{address}"')
                    end = min(at + len(mark) for mark in ("</c>", "/>") if (at := data.find(mark, start)) >= 0)
                    data = data[:start] + xml + data[end:]
            made.writestr(name, data)
    return out


def test_formulas_by_their_stored_value(make: Make, tmp_path: Path) -> None:
    path = make({"Lieux": [["Lieu", "Éloignement", "Désignation", "Nombre"], ["K1", 1, "a", 1], ["K2", 1, "a", 1], ["K3", 1, "a", 1]]})
    path = with_cells(path, tmp_path / "formules.xlsx", {
        "B2": '<c r="B2"><f>6*7</f><v>42</v></c>', "C2": '<c r="C2" t="str"><f>IF(1=1,"","x")</f><v></v></c>', "D2": '<c r="D2" t="str"><f>"3"</f><v>3</v></c>',
        "B3": '<c r="B3"><f>6*7</f></c>', "C3": '<c r="C3"><f t="array" ref="C3">A1:A2</f><v/></c>', "D3": '<c r="D3" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
        "B4": '<c r="B4"><f>0.1*30</f><v>3.0000000000000004</v></c>', "D4": '<c r="D4"><f>0.1*30</f><v>3.0000000000000004</v></c>'})  # fmt: skip
    made = read(path, (PLACES,))
    assert found(made) == [("formula_without_value", "Lieux", "B3"), ("formula_without_value", "Lieux", "C3"), ("error_cell", "Lieux", "D3")]
    frame = made.frames["places"]
    assert frame["km"].tolist()[::2] == [42.0, 3.0] and frame["name"].tolist()[0] is None and frame["count"].tolist()[::2] == [3, 3]
    assert made.issues[0].found == "=6*7"


def test_a_row_of_formulas_without_values_is_not_a_blank_row(tmp_path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "Lieux"
    for row in (["Lieu", "Éloignement"], ["=A1", "=1+1"], ["K2", 2]):
        sheet.append(row)
    workbook.save(tmp_path / "f.xlsx")
    assert found(read(tmp_path / "f.xlsx", (PLACES,))) == [("formula_without_value", "Lieux", "A2"), ("formula_without_value", "Lieux", "B2")]


def test_escapes_of_control_characters(make: Make, tmp_path: Path) -> None:
    path = make({"Lieux": [["Lieu", "Éloignement", "Désignation"], ["K1", 1, "a"], ["K2", 1, "a"]]})
    path = with_cells(path, tmp_path / "e.xlsx", {
        "C2": '<c r="C2" t="inlineStr"><is><t>un_x000D_\ndeux</t></is></c>', "C3": '<c r="C3" t="inlineStr"><is><t>_x005F_x000D_ et _x0041_</t></is></c>'})  # fmt: skip
    assert [row["name"] for row in rows(read(path, (PLACES,)))] == ["un\ndeux", "_x000D_ et _x0041_"]


def test_merged_cells_are_told_once(tmp_path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "Lieux"
    for row in (["Inventaire", None, None], ["Lieu", "Éloignement", "Désignation", "À part"], ["K1", 1, "a", 1], ["K2", 2, "b", 1], ["K3", 3, "c", 1]):
        sheet.append(row)
    for area in ("A1:D1", "A3:A4", "B5:C5", "D3:D5", "A8:C9"):  # the title, a column that is not read and blank rows are free
        sheet.merge_cells(area)
    workbook.save(tmp_path / "m.xlsx")
    assert found(read(tmp_path / "m.xlsx", (PLACES,))) == [("merged_cell", "Lieux", "A3"), ("merged_cell", "Lieux", "B5")]


def test_missing_sheets_and_columns(make: Make) -> None:
    assert found(read(make({"Notes": [["rien"]]}), BOTH)) == [("sheet_missing", "", "")]
    made = read(make({"Lieu": [["Lieu", "Éloignement"], ["K1", 1]]}), BOTH)
    assert [(i.code, i.sheet) for i in made.issues] == [("sheet_missing", ""), ("ignored_sheet", "Lieu")]
    assert "«\u00a0Lieux\u00a0»" in describe(made.issues[1], "fr") and "“Places”" in describe(made.issues[0], "en")
    made = read(make({"Lieux": [["Lieu", "Désignation", "Eloignemnt"], ["K1", "a", 1]]}), BOTH)
    assert found(made) == [("column_missing", "Lieux", "D1")]
    assert "«\u00a0Eloignemnt\u00a0»" in describe(errors(made.issues)[0], "fr") and "Éloignement (km)" in describe(errors(made.issues)[0], "fr")
    assert found(read(make({"Lieux": [["Lieu", "Éloignement"]]}), BOTH)) == [("table_empty", "Lieux", "")]
    assert found(read(make({"Lieux": []}), BOTH)) == [("table_empty", "Lieux", "")]
    assert found(read(make({"Lieux": [["a", "b"], ["K1", 1]]}), BOTH)) == [("no_header", "Lieux", "A1")]
    assert found(read(make({"Lieux": [["Lieu", "Éloignement", "LIEU"], ["K1", 1, "K2"]]}), BOTH)) == [("column_twice", "Lieux", "C1")]
    assert found(read(make({"Lieux": [["Lieu", "Éloignement"], ["K1", 1]], "Places": [["Lieu", "Éloignement"], ["K2", 1]]}), BOTH)) == [("sheet_twice", "Places", "")]


def test_one_cause_is_told_once(make: Make) -> None:
    links = [["Lieu"], ["K1"], ["K2"], ["K1"]]
    assert found(read(make({"Liens": links}), BOTH)) == [("sheet_missing", "", "")]
    assert found(read(make({"Lieux": [["x"], ["K1"]], "Liens": links}), BOTH)) == [("no_header", "Lieux", "A1")]
    optional = Table("places", "Lieux", "Places", PLACES.columns, PLACES.key)
    assert found(read(make({"Liens": links}), (optional, LINKS))) == [("sheet_needed", "", "")]
    assert found(read(make({"Autre": [["x"]]}), (optional, LINKS))) == []
    made = read(make({"Lieux": [["Lieu", "Éloignement"], ["K1", 1]], "Liens": links}), BOTH)
    assert found(made) == [("broken_reference", "Liens", "A3")]


def test_faults_come_in_the_order_of_the_workbook(make: Make) -> None:
    made = read(make({"Liens": [["Lieu"], ["K9"]], "Lieux": [["Lieu", "Éloignement", "Nombre"], ["K1", -1, 1.5], ["K1", "x", "y"]]}), BOTH)
    assert [cell for _, _, cell in found(made)] == ["A2", "B2", "C2", "A3", "B3", "C3"]


def test_parameters_in_their_own_unit(tmp_path: Path) -> None:
    known = (Parameter("rate", 4, "%", "Taux", "Rate", most=20), Parameter("share", 0.5, "", "Part", "Share", most=1), Parameter("hour", 32, "€/h", "Heure", "Hour", most=200))
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "Paramètres"
    for row in (["Code", "Valeur"], ["rate", 0.045], ["share", "40 %"], ["hour", "33,5 €/h"]):
        sheet.append(row)
    sheet["B2"].number_format = "0.0%"
    workbook.save(tmp_path / "p.xlsx")
    made = read(tmp_path / "p.xlsx", (PARAMETER_TABLE,), known)
    assert [(row["parameter"], row["value"]) for row in rows(made, "parameters")] == [("rate", 4.5), ("share", 0.4), ("hour", 33.5)]
    sheet["B2"] = 25
    sheet["B2"].number_format = "General"
    sheet.append(["taux", 1])
    workbook.save(tmp_path / "p.xlsx")
    made = read(tmp_path / "p.xlsx", (PARAMETER_TABLE,), known)
    assert [(i.code, i.cell) for i in made.issues] == [("parameter_out_of_bounds", "B2"), ("unknown_parameter", "A5")] and made.scenario is None


def test_a_number_that_excel_made_a_date_is_shown_as_such(make: Make) -> None:
    made = read(make({"Lieux": [["Lieu", "Éloignement"], ["K1", dt.datetime(2026, 5, 1)]]}), (PLACES,))
    assert "«\u00a001/05/2026\u00a0»" in describe(made.issues[0], "fr") and "“2026-05-01”" in describe(made.issues[0], "en")


def test_the_name_of_the_scenario(make: Make) -> None:
    path = make({"Lieux": [["Lieu", "Éloignement"], ["K1", 1]]}, "Groupe nord.xlsx")
    assert [getattr(read(path, BOTH, name=name).scenario, "name", "") for name in (None, "essai")] == ["Groupe nord", "essai"]
    assert read(path, BOTH).ok and not read(path.with_suffix(".xls"), BOTH).ok


@pytest.mark.slow
def test_twenty_thousand_rows_in_seconds(tmp_path: Path) -> None:
    """3.7 s of processor time when measured; slow machines get four times as long."""
    rng = random.Random(1)
    table = next(table for table in TABLES if table.name == "sites")
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Sites")
    sheet.append([column.title("fr") for column in table.columns] + ["Remarque"])
    given = {"establishment": "E", "kind": "EHPAD ou USLD", "lon": -1.0, "zone": "plaine", "max_gvw": "19,0", "needs_tail_lift": "non", "stop_minutes": 10,
             "low_emission_zone": "oui", "mark": "estimation", "source": "enquête"}  # fmt: skip
    for n in range(20_000):
        row = {**given, "site": f"{n:09d}", "name": f"Site {n}", "address": f"{n} rue", "lat": 46 + rng.random()}
        sheet.append([row.get(column.name) for column in table.columns] + ["x"])
    people = workbook.create_sheet("Établissements")
    people.append(["Établissement", "Nom"])
    people.append(["E", "E"])
    path = tmp_path / "long.xlsx"
    workbook.save(path)
    started = time.process_time()
    made = read(path, TABLES, PARAMETERS)
    seconds = time.process_time() - started
    assert made.ok and len(made.frames["sites"]) == 20_000
    assert seconds < 15, f"{seconds:.1f} s"


def test_many_broken_references_stay_quick(make: Make) -> None:
    made = read(make({"Lieux": [["Lieu", "Éloignement"], *([f"K{n}", 1] for n in range(2000))], "Liens": [["Lieu"], *([f"Z{n}"] for n in range(5000))]}), BOTH)
    assert len(made.issues) == 5000


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_nothing_of_the_code_shows(make: Make, lang: str) -> None:
    made = read(make({"Liens": [["Lieu"], ["K9"]], "Lieux": [["Lieu", "Éloignement", "Part"], ["K1", -1, 200], ["K1", "x", None]]}), BOTH)
    for issue in made.issues:
        told = describe(issue, lang)
        assert not any(raw in told for raw in ("issue.", "expected.", "places", "links", "{", "_"))


def test_reading_leaves_the_file_alone(make: Make) -> None:
    path = make({"Lieux": [["Lieu", "Éloignement"], ["K1", "=1+1"]]})
    before = path.read_bytes()
    assert isinstance(read(path, BOTH).issues[0], Issue)
    assert path.read_bytes() == before and load_workbook(path)["Lieux"]["B2"].value == "=1+1"
    path.unlink()  # and does not keep it open
