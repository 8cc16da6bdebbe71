"""Reading a workbook as people really send them: all faults at once, each with its sheet and cell, never an exception."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd
from openpyxl.utils import coordinate_to_tuple, get_column_letter

from planner.excel.cells import Cell, Row, open_book, read_cells
from planner.excel.guard import BROKEN, Package, inspect
from planner.i18n import LANGUAGES, text
from planner.issues import Issue, Message, errors
from planner.kinds import Clock, Date, Decimal, Text
from planner.scenario import Scenario, check_parameters
from planner.schema import Column, Faulty, Places, Table, check_keys, check_refs, closest, named, read_rows
from planner.sites import PARAMETERS, Parameter
from planner.typed import BLANKS, Unreadable, fold

HEADER_ROWS = 20  # how far down a header row is looked for
DAYS_1904 = 1462  # between the two calendars of Excel
OWN_SHEETS = ("excel.sheet.readme", "excel.sheet.lists", "excel.sheet.faults")


@dataclass
class Reading:
    """What a workbook holds: the scenario (None where any finding is an error), tables, findings and their places."""

    scenario: Scenario | None
    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    places: Places = field(default_factory=Places)

    @property
    def ok(self) -> bool:
        return self.scenario is not None


@dataclass
class Sheet:
    """A worksheet as found: the rows that hold something with their numbers, and its merged ranges."""

    name: str
    rows: list[tuple[int, Row]]
    merged: tuple[str, ...]
    from_1904: bool = False


def read(path: Path | str, tables: Sequence[Table], parameters: Sequence[Parameter] = (), name: str | None = None) -> Reading:
    """The scenario of a workbook, or all that is wrong with it.

    `tables`: what to look for; `parameters`: what the parameter sheet may hold; `name`: of the scenario, else
    the file's. A refused file gives one Issue. Never raises for bad input.
    """
    path = Path(path)
    package = inspect(path)
    if isinstance(package, Issue):
        return Reading(None, issues=[package])
    try:
        sheets = list(_sheets(path, package))
    except (*BROKEN, IndexError, KeyError, TypeError, ValueError):  # what a damaged part leads to
        return Reading(None, issues=[Issue.error("damaged_workbook", file=path.name)])
    return _Reader(tables, parameters, name or path.stem).read(sheets)


def _sheets(path: Path, package: Package) -> Iterator[Sheet]:
    with zipfile.ZipFile(path) as archive:
        book = open_book(archive)
        for part in package.sheets:
            yield Sheet(part.name, read_cells(archive.read(part.path), book), package.scans[part.name].merged, book.from_1904)


class _Reader:
    """One reading: turns sheets into tables and collects the findings."""

    def __init__(self, tables: Sequence[Table], parameters: Sequence[Parameter], name: str) -> None:
        self.tables = tuple(tables)
        self.parameters = {parameter.code: parameter for parameter in parameters}
        self.name = name
        self.places = Places()
        self.issues: list[Issue] = []
        self.frames: dict[str, pd.DataFrame] = {}
        self.order: dict[str, int] = {}
        self.covered: set[tuple[str, str]] = set()  # (sheet, cell) inside a merged range
        self.unread: set[str] = set()  # tables whose rows could not be found at all

    def read(self, sheets: Sequence[Sheet]) -> Reading:
        self.order = {sheet.name: rank for rank, sheet in enumerate(sheets)}
        unknown = [sheet for sheet in sheets if not self._read_known(sheet)]
        missing = [table for table in self.tables if table.name not in self.frames]
        for sheet in unknown:
            self._unknown_sheet(sheet, missing)
        for table in missing:
            self.frames[table.name] = table.frame()
            if table.required:
                self._say("sheet_missing", table)
        for table in self.tables:
            if table.required and table not in missing and self.frames[table.name].empty and not self._has_fault(table):
                self.issues.append(replace(_told("table_empty", table), sheet=self.places.sheets[table.name]))
        self._check({table.name for table in missing})
        issues = named((self.places.locate(issue) for issue in self.issues), self.tables)
        issues.sort(key=self._place)
        scenario = None if errors(issues) else Scenario(self.name, self.tables, dict(self.frames))
        return Reading(scenario, self.frames, issues, self.places)

    def _place(self, issue: Issue) -> tuple[int, int, int]:
        row, column = coordinate_to_tuple(issue.cell) if issue.cell else (0, 0)
        return self.order.get(issue.sheet, -1), row, column

    def _say(self, code: str, table: Table) -> None:
        self.issues.append(_told(code, table))

    def _has_fault(self, table: Table) -> bool:
        return any(issue.table == table.name and issue.is_error for issue in self.issues)

    def _unknown_sheet(self, sheet: Sheet, missing: Sequence[Table]) -> None:
        own = {fold(text(key, lang)) for key in OWN_SHEETS for lang in LANGUAGES}
        if fold(sheet.name) in own or not sheet.rows:
            return
        titles = {title: table for table in missing for title in (table.fr, table.en)}
        near = closest(sheet.name, list(titles))
        self.issues.append(Issue.info("ignored_sheet", close=near).at(sheet.name, ""))

    # --- one sheet ---

    def _read_known(self, sheet: Sheet) -> bool:
        table = next((table for table in self.tables if table.matches(sheet.name)), None)
        if table is None:
            return False
        if table.name in self.frames:
            self.issues.append(Issue.error("sheet_twice", table=table.name, first=self.places.sheets[table.name]).at(sheet.name, ""))
            return True
        self.places.sheets[table.name] = sheet.name
        self.places.rows[table.name] = []
        header = self._header(table, sheet)
        if header is None:
            self.frames[table.name] = table.frame()
            return True
        number, columns = header
        self.places.headers[table.name] = number
        self.places.columns[table.name] = {name: get_column_letter(index) for name, index in columns.items()}
        self._merged(table, sheet, number, columns)
        raw = self._raw_rows(table, sheet, number, columns)
        if table.name == PARAMETERS.name:
            raw = [self._parameter_row(row) for row in raw]
        frame, issues = read_rows(table, raw)
        self.frames[table.name] = frame
        for issue in issues:
            cell = self.places.cell(table.name, issue.row, issue.column)
            # a column that is not there, or a cell swallowed by a merged range, is told once, not on every row
            if cell and (sheet.name, cell) not in self.covered:
                self.issues.append(issue)
        return True

    def _header(self, table: Table, sheet: Sheet) -> tuple[int, dict[str, int]] | None:
        """Row number of the headers and the 1-based place of each column found; None for a sheet without any."""
        best: tuple[int, dict[str, int]] = (0, {})
        best_cells: Row = {}
        for number, cells in sheet.rows[:HEADER_ROWS]:
            columns: dict[str, int] = {}
            for index, cell in sorted(cells.items()):
                column = table.find(cell.value) if isinstance(cell.value, str) else None
                if column is not None:
                    columns.setdefault(column.name, index)
            if len(columns) > len(best[1]):
                best, best_cells = (number, columns), cells
        number, columns = best
        if not columns:
            if sheet.rows:
                issue = replace(_told("no_header", table), expected=_headers([c for c in table.columns if c.required] or table.columns))
                self.issues.append(issue.at(sheet.name, f"A{sheet.rows[0][0]}"))
                self.unread.add(table.name)
            return None
        spare = []
        for index, cell in sorted(best_cells.items()):
            if not str(cell.value or "").strip(BLANKS) or index in columns.values():
                continue
            address = f"{get_column_letter(index)}{number}"
            again = table.find(cell.value) if isinstance(cell.value, str) else None
            if again is not None:
                first = f"{get_column_letter(columns[again.name])}{number}"
                self.issues.append(replace(Issue.error("column_twice", table=table.name, first=first), found=str(cell.value)).at(sheet.name, address))
            else:
                spare.append((str(cell.value), address))
        lost = [column for column in table.columns if column.name not in columns]
        for typed, address in spare:
            near = closest(typed, [title for column in lost for title in (column.fr, column.en)])
            self.issues.append(replace(Issue.info("ignored_column", table=table.name, close=near), found=typed).at(sheet.name, address))
        free = max(best_cells) + 1
        for column in lost:
            if column.required:
                near = closest(column.fr, [typed for typed, _ in spare]) or closest(column.en, [typed for typed, _ in spare])
                issue = Issue.error("column_missing", table=table.name, column=column.name, close=near)
                issue = replace(issue, expected=_headers([column]))
                self.issues.append(issue.at(sheet.name, f"{get_column_letter(free)}{number}"))
                free += 1
        return number, columns

    def _merged(self, table: Table, sheet: Sheet, header: int, columns: Mapping[str, int]) -> None:
        """Merged ranges over the columns read, from the header row down: each is one finding at its first cell."""
        wanted = {index: name for name, index in columns.items()}
        filled = {number for number, _ in sheet.rows}
        for area in sheet.merged:
            first, _, last = area.partition(":")
            (top, left), (bottom, right) = coordinate_to_tuple(first), coordinate_to_tuple(last)
            inside = [c for c in range(left, right + 1) if c in wanted]
            touched = [r for r in filled if max(top, header) <= r <= bottom]
            if not inside or not touched:
                continue
            self.issues.append(replace(Issue.error("merged_cell", table=table.name, column=wanted[inside[0]]), found=area).at(sheet.name, first))
            self.covered |= {(sheet.name, f"{get_column_letter(c)}{r}") for r in touched for c in inside} - {(sheet.name, first)}

    def _raw_rows(self, table: Table, sheet: Sheet, header: int, columns: Mapping[str, int]) -> list[dict[str, object]]:
        by_index = [(table.column(name), index) for name, index in columns.items()]
        made = []
        for number, cells in sheet.rows:
            if number <= header:
                continue
            row: dict[str, object] = {}
            for column, index in by_index:
                if (cell := cells.get(index)) is not None:
                    value = _raw(column, cell, sheet.from_1904)
                    if not (isinstance(value, str) and not value.strip(BLANKS)):
                        row[column.name] = value
            if row:
                made.append(row)
                self.places.rows[table.name].append(number)
        return made

    def _parameter_row(self, row: dict[str, object]) -> dict[str, object]:
        """A parameter's value read in the parameter's own unit: 4 %, « 4 % » and 0.04 shown as 4 % are all 4."""
        parameter = self.parameters.get(str(row.get("parameter", "")).strip(BLANKS))
        value = row.get("value")
        if parameter is None or not isinstance(value, str):
            return row
        try:
            return {**row, "value": Decimal().parse(value, parameter.unit)}
        except Unreadable:
            return row

    # --- all sheets together ---

    def _check(self, missing: set[str]) -> None:
        keys = {table.name: table.key[0] for table in self.tables if table.key}
        needed: set[str] = set()
        for table in self.tables:
            frame = self.frames[table.name]
            self.issues += check_keys(table, frame)
            for issue in check_refs(table, frame, self.frames, keys):
                if (target := str(dict(issue.args)["table"])) in missing:
                    needed.add(target)
                elif target not in self.unread:
                    self.issues.append(issue)
        for table in self.tables:
            if table.name in needed and not table.required:
                self._say("sheet_needed", table)
        if PARAMETERS.name in self.frames and self.parameters:
            parameters = Scenario(self.name, (PARAMETERS,), {PARAMETERS.name: self.frames[PARAMETERS.name]})
            self.issues += check_parameters(parameters, tuple(self.parameters.values()))


def _told(code: str, table: Table) -> Issue:
    return Issue.error(code, table=table.name, table_fr=table.fr, table_en=table.en)


def _headers(columns: Sequence[Column]) -> Message:
    return Message.of("expected.headers", fr=", ".join(c.title("fr") for c in columns), en=", ".join(c.title("en") for c in columns))


def _raw(column: Column, cell: Cell, from_1904: bool) -> object:
    """A cell's stored value, with what its number format says about it."""
    value = cell.value
    if value is None:
        return Faulty(cell.formula, "formula_without_value")
    if cell.kind == "e":
        return Faulty(value, "error_cell")
    if cell.days is not None and isinstance(column.kind, Clock):
        return 1440 * cell.days  # a timedelta is rounded
    if isinstance(value, int | float) and not isinstance(value, bool):
        kind = column.kind
        if cell.format != "General" and (column.unit == "%" or isinstance(kind, Text) or column.name == "value"):
            shown = re.sub(r'"[^"]*"|\\.', "", cell.format).split(";")[0]
            if "%" in shown:
                return f"{value * 100:.15g}%"
            if isinstance(kind, Text) and re.fullmatch(r"0{2,}", shown) and value >= 0 and float(value).is_integer():
                return f"{int(value):0{len(shown)}d}"
        if from_1904 and isinstance(kind, Date):
            return value + DAYS_1904
    return value
