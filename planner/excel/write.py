"""Sheets as people like to receive them: one look for templates, scenarios and results.

Every text is written as text (`data_type = "s"`, format `@`), so that nothing that was typed as a text is
ever a live formula, neither now nor when someone edits the cell.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, cast

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table as ListObject
from openpyxl.worksheet.table import TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from planner.i18n import message, text
from planner.issues import Issue
from planner.kinds import Choice, Clock, Code, Date, Flag, Integer, Ref, Several, Text, Time
from planner.schema import Column, Table, named, rows, text_of
from planner.typed import CONTROL

DARK, PALE, GREY, LINE = "1F4E79", "DCE6F1", "595959", "BFBFBF"
TABS = {"common": "7F7F7F", "kitchens": "C55A11", "routes": "2E75B6", "purchasing": "548235"}
LITERAL_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
FACE, SIZE = "Arial", 10  # the same widths everywhere: free systems have a face with its metrics, which Calibri lacks
FIRST_ROW = 2  # of the data; the headers stand in row 1
WIDEST = 48


def font(**options: Any) -> Font:
    """The one typeface of all our sheets."""
    return Font(**{"name": FACE, "size": SIZE, **options})


BODY = font()
RULE = Border(bottom=Side("hair", color=LINE))


@dataclass(frozen=True)
class Placed:
    """Where a table was written: its sheet, the letter of each column, first and last data row (last < first when empty)."""

    sheet: str
    letters: Mapping[str, str]
    first: int
    last: int

    def area(self, column: str, absolute: bool = True) -> str:
        """The data cells of a column for a formula: 'Coûts'!$F$2:$F$40."""
        letter, mark = self.letters[column], "$" if absolute else ""
        return f"{quote(self.sheet)}!{mark}{letter}{mark}{self.first}:{mark}{letter}{mark}{max(self.first, self.last)}"


def quote(sheet: str) -> str:
    """A sheet's name as formulas and links write it."""
    return "'" + sheet.replace("'", "''") + "'"


def quoted(value: str) -> str:
    """A text for a CSV cell: one that a spreadsheet would take for a formula gets an apostrophe before it."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


write_text = quoted


def sheet_name(table: Table, lang: str) -> str:
    """A table's title as a sheet's name: at most 31 characters, none of those that Excel forbids."""
    return re.sub(r"[\[\]:*?/\\]", " ", table.title(lang))[:31].strip("'")


def at(sheet: Worksheet, row: int, column: int) -> Cell:
    """The cell at a place (never one inside a merged range, which could not be written)."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    return cell


def put_text(cell: Cell, value: str) -> None:
    """A text that stays one, whatever it begins with."""
    cell.value = LITERAL_ESCAPE.sub("_x005F_", CONTROL.sub("", value))
    cell.data_type = "s"


def number_format(column: Column, lang: str) -> str:
    """How a column's cells are shown. Text, so that `007` and `=1` stay as typed, for all that is not a number."""
    kind = column.kind
    if isinstance(kind, Date):
        return "dd/mm/yyyy" if lang == "fr" else "yyyy-mm-dd"
    if isinstance(kind, Time):
        return "[hh]:mm"
    if isinstance(kind, Clock):
        return "[hh]:mm:ss"
    if isinstance(kind, Integer):
        return "#,##0" if column.unit else "0"
    if kind.is_number:
        return "#,##0" + ("." + "0" * column.decimals if column.decimals else "")
    return "@"


def put(cell: Cell, column: Column, value: Any, lang: str) -> None:
    """One value of a table in a cell, in the type that the workbook has for it. Missing leaves the cell empty, or says what that means."""
    kind = column.kind
    if value is None:
        if column.none is not None:
            put_text(cell, text_of(column, value, lang))
        return
    if isinstance(kind, Time):
        cell.value = int(value) / 1440
    elif isinstance(kind, Clock):
        cell.value = float(value) / 1440
    elif isinstance(kind, Date) or kind.is_number:
        cell.value = value
    elif isinstance(kind, Text):
        put_text(cell, str(value))
    else:
        put_text(cell, text_of(column, value, lang))


def write_tables(
    workbook: Workbook, content: Sequence[tuple[Table, pd.DataFrame]], lang: str, tables: Sequence[Table] = ()
) -> dict[str, Placed]:
    """One sheet per table at the end of the workbook, all in the same look. Where each stands, by table name.

    `tables`: all declarations, for the titles of the sheets that references name (default: those written).
    """
    known = tuple(tables) or tuple(table for table, _ in content)
    return {table.name: write_table(workbook, table, frame, lang, known) for table, frame in content}


def write_table(workbook: Workbook, table: Table, frame: pd.DataFrame, lang: str, tables: Sequence[Table]) -> Placed:
    """One sheet: headers with units and comments, data, named table, frozen header, widths, print set-up."""
    sheet: Worksheet = workbook.create_sheet(sheet_name(table, lang))
    sheet.sheet_properties.tabColor = TABS.get(table.group, TABS["common"])
    letters = {column.name: get_column_letter(index) for index, column in enumerate(table.columns, start=1)}
    styles: dict[str, Any] = {}
    for column in table.columns:
        letter = letters[column.name]
        header(sheet[f"{letter}1"], column, table, lang, tables)
        model = sheet.column_dimensions[letter]  # also the look of the cells that will be typed below
        model.number_format = number_format(column, lang)
        model.alignment = _alignment(column)
        first = at(sheet, FIRST_ROW, len(styles) + 1)
        first.number_format, first.alignment, first.font, first.border = model.number_format, _alignment(column), BODY, RULE
        styles[column.name] = cast(Any, first)._style
    longest = dict.fromkeys(table.names, 0)
    last = FIRST_ROW - 1
    for last, row in enumerate(rows(table, frame), start=FIRST_ROW):
        for index, column in enumerate(table.columns, start=1):
            cell = at(sheet, last, index)
            value = getattr(row, column.name)
            put(cell, column, value, lang)
            cast(Any, cell)._style = copy(styles[column.name])  # setting each part again is ten times slower
            if (value is not None or column.none is not None) and last < 500:
                longest[column.name] = max(longest[column.name], max(len(line) for line in _shown(column, value, lang).split("\n")))
    _fit(sheet, table, letters, longest, lang)
    _grow(sheet, table, frame, letters, lang)
    if table.result and last < FIRST_ROW:  # said on paper alone: a word in a cell would be read back as a row
        cast(Any, sheet.oddHeader).center.text = text("results.nothing", lang)
    finish(sheet, 1, max(last, FIRST_ROW), len(table.columns), f"t_{table.name}", frozen=bool(table.key) and table.key[0] == table.names[0])
    return Placed(sheet.title, letters, FIRST_ROW, last)


def header(cell: Cell, column: Column, table: Table, lang: str, tables: Sequence[Table]) -> None:
    """A header: title with unit, a star and a dark ground where the column must be filled, help as a comment."""
    needed = column.required and not table.result
    put_text(cell, f"{column.title(lang)} *" if needed else column.title(lang))
    dark = needed or table.result
    cell.font = font(bold=True, color="FFFFFF" if dark else DARK)
    cell.fill = PatternFill("solid", fgColor=DARK if dark else PALE)
    cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
    cell.border = Border(bottom=Side("thin", color=LINE), right=Side("thin", color="FFFFFF"))
    note = describe_column(column, table, lang, tables)
    if note:
        cell.comment = Comment(note, "planner", width=280, height=24 + 17 * sum(1 + len(line) // 42 for line in note.split("\n")))


def describe_column(column: Column, table: Table, lang: str, tables: Sequence[Table]) -> str:
    """What a header's comment says: help, what is expected, whether it may stay empty."""
    lines = [column.help(lang)]
    if not table.result:
        issue = named([Issue("", expected=column.kind.expected())], tables)[0]
        assert issue.expected is not None
        lines.append(text("excel.comment.expected", lang, expected=message(issue.expected, lang)))
        if column.required:
            lines.append(text("excel.comment.required", lang))
        elif column.default is not None:
            lines.append(text("excel.comment.default", lang, default=text_of(column, column.default, lang)))
        else:
            lines.append(text("excel.comment.optional", lang))
    return "\n".join(line for line in lines if line)


def finish(sheet: Worksheet, top: int, bottom: int, width: int, name: str, frozen: bool = True) -> None:
    """Named table over a written area, frozen header, print set-up."""
    listed = ListObject(displayName=name, ref=f"A{top}:{get_column_letter(width)}{bottom}")
    listed.tableStyleInfo = TableStyleInfo("TableStyleLight1", showRowStripes=True)
    sheet.add_table(listed)
    sheet.freeze_panes = f"{'B' if frozen else 'A'}{top + 1}"
    print_setup(sheet, f"{top}:{top}")


def print_setup(sheet: Worksheet, repeated: str = "") -> None:
    """Landscape A4, as wide as one page, header row on every page, name and page number below."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = "9"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
    sheet.page_margins.header = sheet.page_margins.footer = 0.3
    if repeated:
        sheet.print_title_rows = repeated
    footer = cast(Any, sheet.oddFooter)
    footer.left.text, footer.right.text = "&A", "&P / &N"


def _alignment(column: Column) -> Alignment:
    if column.kind.is_number or isinstance(column.kind, Date | Time):
        return Alignment(vertical="top", horizontal="right", indent=1)
    if isinstance(column.kind, Flag):
        return Alignment(vertical="top", horizontal="center")
    return Alignment(vertical="top", horizontal="left", indent=1, wrap_text=isinstance(column.kind, Text) and not isinstance(column.kind, Code))


def _shown(column: Column, value: Any, lang: str) -> str:
    if value is not None and column.kind.is_number and not isinstance(column.kind, Time | Clock):
        return f"{float(value):,.{0 if isinstance(column.kind, Integer) else column.decimals}f}"
    return text_of(column, value, lang)


def _fit(sheet: Worksheet, table: Table, letters: Mapping[str, str], longest: Mapping[str, int], lang: str) -> None:
    tallest = 1
    for column in table.columns:
        title = column.title(lang) + (" *" if column.required else "")
        word = max(len(part) for part in title.split())
        kind = column.kind
        usual = 0
        if isinstance(kind, Choice) and not isinstance(kind, Several):
            usual = max(len(kind.label(code, lang)) for code in kind.codes) + 2
        elif isinstance(kind, Text) and not isinstance(kind, Ref):
            usual = 22 if not isinstance(kind, Code) else 13
        width = min(WIDEST, max(10, word + 6, math.ceil(len(title) / 3) + 5, usual, longest[column.name] + 4))
        sheet.column_dimensions[letters[column.name]].width = width
        tallest = max(tallest, math.ceil((len(title) + 2) / (width - 3)))
    sheet.row_dimensions[1].height = 15.5 * tallest + 6


def _grow(sheet: Worksheet, table: Table, frame: pd.DataFrame, letters: Mapping[str, str], lang: str) -> None:
    """Heights of the rows whose text takes several lines: not every program works them out when it opens a file."""
    wrapped = [column for column in table.columns if _alignment(column).wrap_text]
    for number, row in enumerate(rows(table, frame), start=FIRST_ROW):
        tall = 1
        for column in wrapped:
            value = getattr(row, column.name)
            if value is not None:
                width = sheet.column_dimensions[letters[column.name]].width
                tall = max(tall, sum(lines_of(part, width) for part in text_of(column, value, lang).split("\n")))
        if tall > 1:
            sheet.row_dimensions[number].height = min(400, 15 * tall)


def lines_of(shown: str, width: float) -> int:
    """Lines that a text takes in a column of this width (a letter is a little narrower than the digit that widths count)."""
    return max(1, math.ceil(len(shown) * 0.95 / max(1.0, width - 2)))
