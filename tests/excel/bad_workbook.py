"""A workbook with planted faults, each in a known cell: `plant(path)` writes it and says what was planted.

As a program: `python -m tests.excel.bad_workbook FILE` writes the workbook and counts planted against found.
"""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from planner.catalog import PARAMETERS, TABLES
from planner.excel import read, sheet_name, write_scenario
from planner.schema import Table
from tests.excel.sample import scenario


@dataclass(frozen=True)
class Planted:
    """One fault: the code of the finding it must give, its sheet and cell (empty for a sheet that is not there)."""

    code: str
    sheet: str
    cell: str


class _Planter:
    def __init__(self, workbook: Workbook, lang: str) -> None:
        self.workbook = workbook
        self.lang = lang
        self.planted: list[Planted] = []

    def table(self, name: str) -> Table:
        return next(table for table in TABLES if table.name == name)

    def sheet(self, name: str) -> Worksheet:
        return self.workbook[sheet_name(self.table(name), self.lang)]  # type: ignore[return-value]

    def address(self, table: str, column: str, row: int) -> str:
        """`row`: 0-based row of the table; -1 for the header."""
        return f"{get_column_letter(self.table(table).names.index(column) + 1)}{row + 2}"

    def put(self, code: str, table: str, column: str, row: int, value: Any, kind: str = "") -> None:
        address = self.address(table, column, row)
        cell = self.sheet(table)[address]
        cell.value = value
        if kind:
            cell.data_type = kind
        self.note(code, table, address)

    def note(self, code: str, table: str, address: str) -> None:
        self.planted.append(Planted(code, self.sheet(table).title, address))


def plant(path: Path | str, lang: str = "fr") -> list[Planted]:
    """Writes the bad workbook; the faults in it, of every type that a workbook that opens can have."""
    write_scenario(scenario(), path, lang)
    workbook = load_workbook(path)
    it = _Planter(workbook, lang)
    # values that cannot be read
    it.put("bad_type", "sites", "lat", 1, "quarante-six")
    it.put("bad_type", "sites", "needs_tail_lift", 4, "peut-être")
    it.put("bad_type", "sites", "stop_minutes", 5, "12 34")
    it.put("bad_type", "windows", "opens", 1, "25h00")
    it.put("bad_type", "windows", "closes", 2, "midi")
    it.put("bad_type", "meal_demand", "meals", 0, "environ 12000")
    it.put("bad_type", "calendar", "date", 2, "31/02/2027")
    it.put("bad_type", "offers", "price", 3, "1,2,3")
    # outside their bounds, not whole, too long
    it.put("out_of_bounds", "sites", "lon", 2, 200)
    it.put("out_of_bounds", "travel", "km", 0, -3)
    it.put("out_of_bounds", "meal_demand", "growth", 3, "80 %")
    it.put("out_of_bounds", "kitchens", "production_days", 0, 8)
    it.put("not_whole", "kitchen_levels", "lifetime", 1, 12.5)
    it.put("too_long", "sites", "address", 0, "x" * 2001)
    # choices
    it.put("unknown_choice", "sites", "zone", 3, "montagne")
    it.put("unknown_choice", "kitchens", "modes", 1, "froide, tiède")
    it.put("unknown_choice", "flows", "days", 2, "lundi-sabato")
    # empty where something is needed
    it.put("required_missing", "sites", "name", 7, None)
    it.put("required_missing", "lots", "name", 1, "   ")
    # keys and references
    it.put("duplicate_key", "calendar", "date", 1, dt.datetime(2027, 1, 1))
    it.sheet("meal_demand")[it.address("meal_demand", "site", 5)].value = it.sheet("meal_demand")[it.address("meal_demand", "site", 4)].value
    it.note("duplicate_key", "meal_demand", it.address("meal_demand", "diet", 5))
    it.put("broken_reference", "kitchens", "site", 1, "00010001")
    it.put("broken_reference", "needs", "current_supplier", 0, "S9")
    it.put("broken_reference", "kitchen_levels", "kitchen", 4, "k2")
    it.put("bad_code", "flows", "destination", 0, "000010001;000010002")
    # what only a workbook can have
    it.put("error_cell", "sites", "stop_minutes", 8, "#N/A", "e")
    it.put("error_cell", "offers", "price", 5, "#DIV/0!", "e")
    it.put("formula_without_value", "needs", "quantity", 2, "=2*50")
    it.put("formula_without_value", "travel", "minutes", 4, "=NOW()")
    for table, first, last in (("windows", ("site", 4), ("site", 5)), ("site_equipment", ("regeneration", 1), ("cost", 1))):
        start = it.address(table, *first)
        it.sheet(table).merge_cells(f"{start}:{it.address(table, *last)}")
        it.note("merged_cell", table, start)
    # parameters
    codes = [parameter.code for parameter in PARAMETERS]
    it.put("unknown_parameter", "parameters", "parameter", codes.index("speed_coast"), "vitesse_littoral")
    it.put("parameter_out_of_bounds", "parameters", "value", codes.index("discount_rate"), 45)
    # headers and sheets
    it.put("ignored_column", "depots", "name", -1, "Libellé")
    it.note("column_missing", "depots", f"{get_column_letter(len(it.table('depots').columns) + 1)}1")
    it.put("column_twice", "lots", "source", -1, it.table("lots").column("name").header(lang).upper())
    vehicles = it.sheet("vehicle_types")
    for index in range(1, len(it.table("vehicle_types").columns) + 1):
        vehicles.cell(1, index).value = f"champ {index}"
    it.note("no_header", "vehicle_types", "A1")
    for code, name in (("sheet_missing", "establishments"), ("sheet_needed", "families")):
        workbook.remove(it.sheet(name))
        it.planted.append(Planted(code, "", ""))
    other = workbook.create_sheet(it.table("purchasing_rules").title("en" if lang == "fr" else "fr"))
    other["A1"] = it.table("purchasing_rules").column("rule").title(lang)
    it.planted.append(Planted("sheet_twice", other.title, ""))
    workbook.create_sheet("Notes du service")["B2"] = "à revoir avec la direction"
    it.planted.append(Planted("ignored_sheet", "Notes du service", ""))
    workbook.save(path)
    return it.planted


if __name__ == "__main__":
    planted = plant(sys.argv[1])
    found = {Planted(issue.code, issue.sheet, issue.cell) for issue in read(sys.argv[1], TABLES, PARAMETERS).issues}
    print(f"planted {len(planted)}, named {len(set(planted) & found)}, not planted but named {len(found - set(planted))}")
