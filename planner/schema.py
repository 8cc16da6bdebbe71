"""Table and Column: the one description of every sheet, from which all else about it is derived.

Reading and checking a sheet are here; the Excel template, the editor's columns, the documentation and the
random tables of the property tests are made from the same description elsewhere.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from planner.issues import Issue, Message, Severity
from planner.kinds import Choice, Date, Flag, Integer, Kind, Ref, Several, Time, Unreadable, fold


@dataclass(frozen=True)
class Column:
    """One column: its name in code, kind, headers and help in both languages, unit, default.

    `required`: an empty cell is a fault. A `default` fills empty cells when read, so a required column
    has none. `decimals`: how many the workbook shows (the value keeps all of them).
    """

    name: str
    kind: Kind
    fr: str
    en: str
    unit: str = ""
    required: bool = False
    default: Any = None
    help_fr: str = ""
    help_en: str = ""
    decimals: int = 2

    def header(self, lang: str) -> str:
        """Header without the unit."""
        return self.fr if lang == "fr" else self.en

    def title(self, lang: str) -> str:
        """Header as shown, with the unit in brackets."""
        return f"{self.header(lang)} ({self.unit})" if self.unit else self.header(lang)

    def help(self, lang: str) -> str:
        return self.help_fr if lang == "fr" else self.help_en

    def matches(self, header: object) -> bool:
        """Whether a header typed by someone means this column (either language, unit or not, accents lost)."""
        typed = fold(str(header))
        names = {self.name, self.fr, self.en, self.title("fr"), self.title("en")}
        return typed in {fold(name) for name in names}


@dataclass(frozen=True)
class Table:
    """One sheet: columns, key, names in both languages. `group`: which problem it belongs to ("common"…).

    `required`: the workbook must have the sheet, with at least one row. `result`: a table that plans fill.
    """

    name: str
    fr: str
    en: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    group: str = "common"
    required: bool = False
    result: bool = False
    help_fr: str = ""
    help_en: str = ""

    def title(self, lang: str) -> str:
        return self.fr if lang == "fr" else self.en

    def help(self, lang: str) -> str:
        return self.help_fr if lang == "fr" else self.help_en

    def column(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def matches(self, sheet: str) -> bool:
        """Whether a sheet's name means this table (31 characters at most in Excel)."""
        typed = fold(sheet)
        return typed in {fold(name) for name in (self.name, self.fr, self.en, self.fr[:31], self.en[:31])}

    def frame(self, rows: Sequence[Mapping[str, Any]] = ()) -> pd.DataFrame:
        """A DataFrame of this table from rows of Python values; defaults fill what is missing."""
        data = {}
        for column in self.columns:
            values = [row.get(column.name) for row in rows]
            values = [column.default if _missing(value) else value for value in values]
            data[column.name] = series(column, values)
        unknown = {name for row in rows for name in row} - set(self.names)
        if unknown:
            raise KeyError(f"{self.name} has no column {sorted(unknown)}")
        return pd.DataFrame(data, columns=list(self.names))


def _missing(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value))


def series(column: Column, values: Sequence[Any]) -> pd.Series:
    """Values of one column in the column's pandas type; missing is None, NaN or NA by type."""
    clean = [None if _missing(value) else value for value in values]
    return pd.Series(clean, dtype=column.kind.dtype)


class Row(SimpleNamespace):
    """One row with plain Python values (None where missing) and its 0-based `index_`."""

    index_: int

    def __getattr__(self, name: str) -> Any:  # only for the type checker: columns are set by `rows`
        raise AttributeError(name)


def rows(table: Table, frame: pd.DataFrame) -> Iterator[Row]:
    """The rows of a table as objects: str, int, float, bool, date, minutes, tuple, or None."""
    plain = []
    for column in table.columns:
        values = frame[column.name].tolist()
        plain.append([None if _missing(value) else value for value in values])
    for index, values in enumerate(zip(*plain, strict=True)):
        yield Row(index_=index, **dict(zip(table.names, values, strict=True)))


def equal(table: Table, left: pd.DataFrame, right: pd.DataFrame) -> bool:
    """Whether two frames of one table hold the same rows in the same order (missing equals missing)."""
    if len(left) != len(right):
        return False
    return all(vars(a) == vars(b) for a, b in zip(rows(table, left), rows(table, right), strict=True))


# --- reading ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RawCell:
    """A cell as found: its value, its address, and a fault seen before parsing (code of an Issue) if any."""

    value: Any = None
    cell: str = ""
    fault: str = ""


@dataclass
class Places:
    """Where each cell of the read tables stands in the user's workbook."""

    sheets: dict[str, str] = field(default_factory=dict)
    cells: dict[tuple[str, int, str], str] = field(default_factory=dict)

    def locate(self, issue: Issue) -> Issue:
        """The issue with its sheet and cell, where they are known."""
        if issue.sheet or issue.table not in self.sheets:
            return issue
        cell = "" if issue.row is None else self.cells.get((issue.table, issue.row, issue.column), "")
        return issue.at(self.sheets[issue.table], cell)


def parse_cell(column: Column, raw: RawCell) -> tuple[Any, Issue | None]:
    """The value of one cell, or None and what is wrong with it."""

    def wrong(code: str, **args: str | int | float) -> tuple[None, Issue]:
        found = "" if raw.value is None else str(raw.value)
        return None, Issue(
            code, Severity.ERROR, column=column.name, found=found, expected=column.kind.expected(),
            args=tuple(args.items()),
        )  # fmt: skip

    if raw.fault:
        return wrong(raw.fault)
    value = raw.value
    if _missing(value) or (isinstance(value, str) and not value.strip(" \u00a0\u202f\t\n")):
        return wrong("required_missing") if column.required else (column.default, None)
    try:
        return column.kind.parse(value, column.unit), None
    except Unreadable as error:
        return wrong(error.code, **error.args_)


def read_rows(
    table: Table, raw_rows: Sequence[Mapping[str, RawCell]], sheet: str, places: Places
) -> tuple[pd.DataFrame, list[Issue]]:
    """All rows of a sheet, with one Issue per bad cell (whose value is left missing)."""
    issues: list[Issue] = []
    values: list[dict[str, Any]] = []
    places.sheets[table.name] = sheet
    for index, raw_row in enumerate(raw_rows):
        parsed = {}
        for column in table.columns:
            raw = raw_row.get(column.name, RawCell())
            parsed[column.name], issue = parse_cell(column, raw)
            if raw.cell:
                places.cells[table.name, index, column.name] = raw.cell
            if issue is not None:
                issues.append(
                    Issue(issue.code, issue.severity, table.name, index, column.name, sheet, raw.cell,
                          issue.found, issue.expected, issue.args)
                )  # fmt: skip
        values.append(parsed)
    frame = pd.DataFrame({c.name: series(c, [row[c.name] for row in values]) for c in table.columns})
    return frame, issues


# --- checking --------------------------------------------------------------------------------------------


def check_keys(table: Table, frame: pd.DataFrame) -> list[Issue]:
    """Duplicate keys: one Issue per repeated row, naming the first one."""
    issues: list[Issue] = []
    first: dict[tuple[Any, ...], int] = {}
    if not table.key:
        return issues
    for row in rows(table, frame):
        key = tuple(getattr(row, name) for name in table.key)
        if any(part is None for part in key):
            continue
        if key in first:
            shown = " · ".join(str(part) for part in key)
            issues.append(
                Issue("duplicate_key", table=table.name, row=row.index_, column=table.key[-1], found=shown,
                      args=(("first_row", first[key]), ("key", shown)))
            )  # fmt: skip
        else:
            first[key] = row.index_
    return issues


def check_refs(table: Table, frame: pd.DataFrame, frames: Mapping[str, pd.DataFrame], keys: Mapping[str, str]) -> list[Issue]:
    """References to rows that do not exist, with the closest existing code. `keys`: table -> its code column."""
    issues: list[Issue] = []
    for column in table.columns:
        kind = column.kind
        if not isinstance(kind, Ref) or kind.table not in frames:
            continue
        known = {str(code) for code in frames[kind.table][keys[kind.table]] if not _missing(code)}
        for index, code in enumerate(frame[column.name].tolist()):
            if _missing(code) or code in known:
                continue
            close = difflib.get_close_matches(str(code), sorted(known), n=1, cutoff=0.6)
            issues.append(
                Issue("broken_reference", table=table.name, row=index, column=column.name, found=str(code),
                      expected=Message.of("expected.ref", table=kind.table),
                      args=(("table", kind.table), ("close", close[0] if close else "")))
            )  # fmt: skip
    return issues


def check(tables: Sequence[Table], frames: Mapping[str, pd.DataFrame]) -> list[Issue]:
    """Missing required values, duplicate keys and broken references of a whole set of tables."""
    keys = {table.name: table.key[0] for table in tables if table.key}
    issues: list[Issue] = []
    for table in tables:
        frame = frames[table.name]
        for column in table.columns:
            if column.required:
                for index, value in enumerate(frame[column.name].tolist()):
                    if _missing(value):
                        issues.append(
                            Issue("required_missing", table=table.name, row=index, column=column.name,
                                  expected=column.kind.expected())
                        )  # fmt: skip
        issues += check_keys(table, frame)
        issues += check_refs(table, frame, frames, keys)
    return issues


# --- random tables (property tests) ----------------------------------------------------------------------


def random_frames(tables: Sequence[Table], rng: np.random.Generator, most: int = 6) -> dict[str, pd.DataFrame]:
    """Random tables that pass `check`: unique keys, live references, values within bounds.

    A Ref may name a table declared later or its own table only where the column is not required.
    """
    frames: dict[str, pd.DataFrame] = {}
    keys = {table.name: table.key[0] for table in tables if table.key}
    for table in tables:
        made: list[dict[str, Any]] = []
        seen: set[tuple[Any, ...]] = set()
        for _ in range(int(rng.integers(1, most + 1))):
            row = {column.name: _sample(column, rng, frames, keys, column.name in table.key) for column in table.columns}
            key = tuple(row[name] for name in table.key)
            if table.key and (key in seen or any(part is None for part in key)):
                continue
            seen.add(key)
            made.append(row)
        frames[table.name] = table.frame(made)
    return frames


def _sample(
    column: Column, rng: np.random.Generator, frames: Mapping[str, pd.DataFrame], keys: Mapping[str, str], in_key: bool
) -> Any:
    if isinstance(column.kind, Ref):
        known = list(frames[column.kind.table][keys[column.kind.table]]) if column.kind.table in frames else []
        if not known or (not column.required and not in_key and rng.random() < 0.3):
            return None
        return str(rng.choice(known))
    if not column.required and not in_key and column.default is None and rng.random() < 0.3:
        return None
    return column.kind.sample(rng)


def text_of(column: Column, value: Any, lang: str) -> str:
    """A value as people read it in this column (no unit); empty for missing. For CSV, messages and documents."""
    if _missing(value):
        return ""
    kind = column.kind
    if isinstance(kind, Several):
        return ", ".join(kind.label(code, lang) for code in value)
    if isinstance(kind, Choice):
        return kind.label(str(value), lang)
    if isinstance(kind, Flag):
        return {("fr", True): "oui", ("fr", False): "non", ("en", True): "yes", ("en", False): "no"}[lang, bool(value)]
    if isinstance(kind, Time):
        return f"{int(value) // 60:02d}h{int(value) % 60:02d}" if lang == "fr" else f"{int(value) // 60:02d}:{int(value) % 60:02d}"
    if isinstance(kind, Date):
        return f"{value:%d/%m/%Y}" if lang == "fr" else f"{value:%Y-%m-%d}"
    if isinstance(kind, Integer):
        return str(int(value))
    if kind.is_number:
        shown = f"{float(value):.10g}"
        return shown.replace(".", ",") if lang == "fr" else shown
    return str(value)
