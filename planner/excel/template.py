"""Whole workbooks: an empty template, or a scenario, with a first sheet that explains every other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from planner.excel.write import (
    DARK,
    FIRST_ROW,
    GREY,
    LINE,
    PALE,
    TABS,
    Placed,
    at,
    font,
    lines_of,
    print_setup,
    put_text,
    sheet_name,
    write_tables,
)
from planner.i18n import message, number, text
from planner.kinds import Choice, Decimal, Flag, Ref, Several
from planner.scenario import Scenario
from planner.schema import Column, Table, unit_name
from planner.sites import PARAMETERS, Parameter

SPARE_ROWS = 2000  # empty rows under the data that keep drop-downs and bounds


def write_template(tables: Sequence[Table], parameters: Sequence[Parameter], path: Path | str, lang: str = "fr") -> None:
    """An empty workbook to fill; the parameter sheet holds every parameter with its default, mark and source."""
    frames = {table.name: table.frame() for table in tables}
    if PARAMETERS.name in frames:
        frames[PARAMETERS.name] = parameter_frame(parameters, lang)
    _write(tables, frames, path, lang, "")


def write_scenario(scenario: Scenario, path: Path | str, lang: str = "fr") -> None:
    """The workbook of a scenario, in the look of the template; reading it gives the same scenario."""
    _write(scenario.tables, scenario.frames, path, lang, scenario.name)


def parameter_frame(parameters: Sequence[Parameter], lang: str) -> pd.DataFrame:
    """The rows of the parameter sheet with every default."""
    return PARAMETERS.frame(
        [
            {"parameter": p.code, "name": p.name(lang), "value": float(p.value), "unit": unit_name(p.unit, lang) or None, "mark": p.mark, "source": p.source}
            for p in parameters
        ]
    )


def _write(tables: Sequence[Table], frames: Mapping[str, pd.DataFrame], path: Path | str, lang: str, name: str) -> None:
    workbook = Workbook()
    workbook.properties.creator = "planner"
    workbook.properties.title = name or text("excel.readme.title", lang)
    readme = workbook.active
    assert isinstance(readme, Worksheet)
    readme.title = text("excel.sheet.readme", lang)
    placed = write_tables(workbook, [(table, frames[table.name]) for table in tables], lang, tables)
    if PARAMETERS.name in placed:
        _show_parameters(workbook[placed[PARAMETERS.name].sheet], placed[PARAMETERS.name])
    _read_me(readme, tables, placed, lang, name)
    lists = workbook.create_sheet(text("excel.sheet.lists", lang))
    lists.sheet_state = "hidden"
    menus = _Menus(lists, lang)
    for table in tables:
        sheet = workbook[placed[table.name].sheet]
        for column in table.columns:
            rule = _validation(column, placed, menus, lang)
            if rule is not None:
                letter = placed[table.name].letters[column.name]
                rule.add(f"{letter}{FIRST_ROW}:{letter}{placed[table.name].last + SPARE_ROWS}")
                sheet.add_data_validation(rule)
    workbook.save(path)


def _show_parameters(sheet: Worksheet, placed: Placed) -> None:
    """Each parameter has its own precision: years without a separator, whole numbers without decimals."""
    letter = placed.letters["value"]
    for row in range(placed.first, placed.last + 1):
        cell = sheet[f"{letter}{row}"]
        value = cell.value
        grouped = isinstance(value, int | float) and float(value).is_integer() and not 1900 <= value <= 2200
        cell.number_format = "#,##0" if grouped else "General"


# --- drop-downs and bounds -------------------------------------------------------------------------------


class _Menus:
    """The lists behind the drop-downs, on a hidden sheet: a list written in the rule itself ends at 255 characters."""

    def __init__(self, sheet: Worksheet, lang: str) -> None:
        self.sheet = sheet
        self.lang = lang
        self._known: dict[tuple[str, ...], str] = {}

    def area(self, items: tuple[str, ...]) -> str:
        if items not in self._known:
            column = len(self._known) + 1
            for row, item in enumerate(items, start=1):
                put_text(at(self.sheet, row, column), item)
            letter = get_column_letter(column)
            self._known[items] = f"{quote_sheetname(self.sheet.title)}!${letter}$1:${letter}${len(items)}"
        return self._known[items]


def _validation(column: Column, placed: Mapping[str, Placed], menus: _Menus, lang: str) -> DataValidation | None:
    kind = column.kind
    if isinstance(kind, Flag):
        return _list(menus.area((text("excel.yes", lang), text("excel.no", lang))), "stop", lang)
    if isinstance(kind, Choice):
        items = tuple(kind.label(code, lang) for code in kind.codes)
        # several choices are typed with commas: the list then only shows what there is
        return _list(menus.area(items), None if isinstance(kind, Several) else "stop", lang)
    if isinstance(kind, Ref) and kind.table in placed:
        target = placed[kind.table]
        letter = next(iter(target.letters.values()))
        name, last = quote_sheetname(target.sheet), max(target.last, FIRST_ROW) + SPARE_ROWS
        cells = f"{name}!${letter}${FIRST_ROW}:${letter}${last}"
        # only as long as the list is: otherwise the drop-down opens on two thousand blanks
        return _list(f"OFFSET({name}!${letter}${FIRST_ROW},0,0,MAX(1,COUNTA({cells})),1)", "warning", lang)
    if isinstance(kind, Decimal) and (kind.min is not None or kind.max is not None):
        low, high = kind.min, kind.max
        rule = DataValidation(
            type="decimal", allow_blank=True, showErrorMessage=True, errorStyle="stop",
            operator="between" if low is not None and high is not None else "greaterThanOrEqual" if high is None else "lessThanOrEqual",
            formula1=f"{low if low is not None else high:g}", formula2=f"{high:g}" if low is not None and high is not None else None,
        )  # fmt: skip
        rule.errorTitle = text("excel.invalid", lang)
        rule.error = text("excel.invalid.number", lang, expected=message(kind.expected(), lang))[:255]
        return rule
    return None


def _list(area: str, style: Literal["stop", "warning"] | None, lang: str) -> DataValidation:
    rule = DataValidation(type="list", formula1=area, allow_blank=True, showErrorMessage=bool(style), errorStyle=style)
    if style:
        rule.errorTitle = text("excel.invalid", lang)
        rule.error = text("excel.invalid.ref" if style == "warning" else "excel.invalid.choice", lang)
    return rule


# --- first sheet -----------------------------------------------------------------------------------------


def _read_me(sheet: Worksheet, tables: Sequence[Table], placed: Mapping[str, Placed], lang: str, name: str) -> None:
    """What the workbook is, how to fill it, and one line per sheet with a link."""
    for letter, width in zip("ABCDE", (30, 16, 78, 14, 12), strict=True):
        sheet.column_dimensions[letter].width = width
    put_text(sheet["A1"], name or text("excel.readme.title", lang))
    sheet["A1"].font = font(bold=True, size=18, color=DARK)
    put_text(sheet["A2"], text("excel.readme.subtitle", lang))
    sheet["A2"].font = font(color=GREY, size=12)
    row = 4
    for index in range(1, 8):
        put_text(at(sheet, row, 1), text(f"excel.readme.how{index}", lang))
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=5)
        at(sheet, row, 1).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.cell(row, 1).font = font()
        sheet.row_dimensions[row].height = 15.5 * lines_of(text(f"excel.readme.how{index}", lang), 160)
        row += 1
    row += 1
    for key, dark in (("excel.readme.required", True), ("excel.readme.optional", False)):
        cell = at(sheet, row, 1)
        put_text(cell, text(key, lang))
        cell.fill = PatternFill("solid", fgColor=DARK if dark else PALE)
        cell.font = font(bold=True, color="FFFFFF" if dark else DARK)
        cell.alignment = Alignment(horizontal="center", vertical="center")
        put_text(at(sheet, row, 2), text(f"{key}.what", lang))
        at(sheet, row, 2).font = font()
        row += 1
    row += 1
    top = row
    for index, key in enumerate(("sheet", "group", "content", "required_sheet", "rows"), start=1):
        cell = at(sheet, row, index)
        put_text(cell, text(f"excel.readme.{key}", lang))
        cell.font = font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=DARK)
        cell.alignment = Alignment(horizontal="left" if index < 4 else "center", vertical="center")
    sheet.row_dimensions[row].height = 20
    for table in tables:
        row += 1
        _line(sheet, row, table, placed[table.name], lang)
    sheet.freeze_panes = None
    sheet.sheet_view.showGridLines = False
    print_setup(sheet)
    sheet.print_title_rows = f"{top}:{top}"


def _line(sheet: Worksheet, row: int, table: Table, placed: Placed, lang: str) -> None:
    count = placed.last - placed.first + 1
    values = (
        sheet_name(table, lang), text(f"excel.group.{table.group}", lang), table.help(lang),
        text("excel.yes" if table.required else "excel.no", lang), number(count, lang) if count else "",
    )  # fmt: skip
    for index, value in enumerate(values, start=1):
        cell = at(sheet, row, index)
        put_text(cell, value)
        cell.alignment = Alignment(wrap_text=index == 3, vertical="center", horizontal="left" if index < 4 else "center")
        cell.border = Border(bottom=Side("hair", color=LINE))
        cell.font = font()
    link = at(sheet, row, 1)
    link.hyperlink = Hyperlink(ref=link.coordinate, location=f"{quote_sheetname(placed.sheet)}!A1", display=str(link.value))
    link.font = font(bold=True, color=DARK, underline="single")
    at(sheet, row, 2).font = font(color=TABS.get(table.group, GREY), bold=True)
    sheet.row_dimensions[row].height = 15.5 * lines_of(table.help(lang), 86) + 4
