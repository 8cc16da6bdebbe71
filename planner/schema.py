"""Table and Column: the one description of every sheet, from which all else about it is derived.

Reading and checking a sheet are here; the Excel template, the editor's columns, the documentation and the
random tables of the property tests are made from the same description elsewhere.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from planner.issues import Args, Issue, Message
from planner.kinds import Choice, Clock, Date, Flag, Integer, Kind, Ref, Several, Time
from planner.typed import BLANKS, Unreadable, as_seen, fold, plain

UNITS = {  # English for the units that are not the same in both languages
    "/sem.": "/week", "ETP": "FTE", "an": "years", "arrêts/sem.": "stops/week", "cuisines": "kitchens", "fournisseurs": "suppliers",
    "h/sem.": "h/week", "j": "days", "j/sem.": "days/week", "km/sem.": "km/week", "repas": "meals", "repas/ETP/an": "meals/FTE/year",
    "repas/an": "meals/year", "repas/sem.": "meals/week", "repas/j de prod.": "meals/production day", "sem.": "weeks", "t PTAC": "t GVW", "tCO2e/an": "tCO2e/year",
    "tournées/sem.": "routes/week", "unités": "units", "unités/an": "units/year", "véhicules": "vehicles", "€/an": "€/year", "km/an": "km/year",
    "€/arrêt": "€/stop", "€/repas": "€/meal", "€/unité": "€/unit", "€/ETP": "€/FTE", "repas/j": "meals/day", "lots": "lots",
    "conducteurs": "drivers", "désinf./sem.": "disinfections/week", "g/repas": "g/meal", "passages/sem.": "visits/week", "t/an": "t/year",
    "€/j": "€/day", "€, unités ou lots": "€, units or lots", "€/passage": "€/visit", "€/place": "€/place", "l/100 km": "l/100 km",
}  # fmt: skip


def unit_name(unit: str, lang: str) -> str:
    """A unit as shown; declarations write it in French."""
    return unit if lang == "fr" else UNITS.get(unit, unit)


@dataclass(frozen=True)
class Column:
    """One column: its name in code, kind, headers and help in both languages, unit, default.

    `required`: an empty cell is a fault. A `default` fills empty cells when read, so a required column
    has none. `decimals`: how many the workbook shows (the value keeps all of them). `none`: what a missing
    value of a result means, in both languages; shown in its place, and read back as missing.
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
    none: tuple[str, str] | None = None

    def header(self, lang: str) -> str:
        """Header without the unit."""
        return self.fr if lang == "fr" else self.en

    def title(self, lang: str) -> str:
        """Header as shown, with the unit in brackets."""
        return f"{self.header(lang)} ({unit_name(self.unit, lang)})" if self.unit else self.header(lang)

    def help(self, lang: str) -> str:
        return self.help_fr if lang == "fr" else self.help_en

    @cached_property
    def headers(self) -> frozenset[str]:
        """Folded headers that mean this column: either language, with the unit (in either language) or without."""
        units = ("", self.unit, unit_name(self.unit, "en"), *(("min",) if isinstance(self.kind, Clock) else ()))  # as older workbooks write it
        shown = {f"{name} {unit}" for name in (self.fr, self.en) for unit in units}
        return frozenset(fold(name) for name in shown)

    def matches(self, header: object) -> bool:
        """Whether a header typed by someone means this column (other case, accents lost, unit or not)."""
        typed = fold(str(header))
        return typed in self.headers or typed == fold(self.name)


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

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @cached_property
    def _headers(self) -> dict[str, Column]:
        found = {fold(column.name): column for column in self.columns}
        return {**found, **{header: column for column in self.columns for header in column.headers}}

    def find(self, header: object) -> Column | None:
        """The column that a header typed by someone means; what people see wins over the name in code."""
        return self._headers.get(fold(str(header)))

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
class Faulty:
    """A raw cell in which a fault was seen before parsing: what stands there, and the code of the finding."""

    value: Any
    code: str


@dataclass
class Places:
    """Where the rows and columns of the read tables stand in the user's workbook.

    By table name: `sheets` the sheet, `headers` the row of the headers, `rows` the row number of each row
    read, `columns` the letter of each column found.
    """

    sheets: dict[str, str] = field(default_factory=dict)
    headers: dict[str, int] = field(default_factory=dict)
    rows: dict[str, list[int]] = field(default_factory=dict)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)

    def cell(self, table: str, row: int | None, column: str) -> str:
        """The address of a cell ("D12"); of the header without a row; empty where the column is not there."""
        letter = self.columns.get(table, {}).get(column, "")
        number = self.headers.get(table) if row is None else self.rows[table][row]
        return f"{letter}{number}" if letter and number else ""

    def locate(self, issue: Issue) -> Issue:
        """The issue with its sheet and cell, where they are known."""
        if issue.sheet or issue.table not in self.sheets:
            return issue
        first = dict(issue.args).get("first_row")
        if isinstance(first, int):
            issue = replace(issue, args=(*(a for a in issue.args if a[0] != "first"), ("first", self.rows[issue.table][first])))
        return issue.at(self.sheets[issue.table], self.cell(issue.table, issue.row, issue.column))


def named(issues: Iterable[Issue], tables: Sequence[Table]) -> list[Issue]:
    """The issues with tables and columns called by their titles in both languages instead of their names in code."""
    by_name = {table.name: table for table in tables}

    def titles(args: Args) -> Args:
        known = dict(args)
        table = by_name.get(str(known.get("table", "")))
        return args if table is None or "table_fr" in known else (*args, ("table_fr", table.fr), ("table_en", table.en))

    made = []
    for issue in issues:
        expected = issue.expected and Message(issue.expected.key, titles(issue.expected.args))
        args = titles(issue.args)
        table = by_name.get(issue.table)
        if table is not None and issue.column in table.names and "column_fr" not in dict(args):
            column = table.column(issue.column)
            args = (*args, ("column_fr", column.fr), ("column_en", column.en))
        made.append(replace(issue, expected=expected, args=args))
    return made


def parse_cell(column: Column, raw: object) -> tuple[Any, Issue | None]:
    """The value of one cell (the default where it is blank), or None and what is wrong with it."""
    if _missing(raw) or (isinstance(raw, str) and not raw.strip(BLANKS)):
        if column.required:
            return None, Issue("required_missing", column=column.name, expected=column.kind.expected())
        return column.default, None
    if column.none is not None and isinstance(raw, str) and fold(raw) in map(fold, column.none):
        return column.default, None
    try:
        if isinstance(raw, Faulty):
            raise Unreadable(raw.code)
        value = column.kind.parse(raw, column.unit)
        if value in ("", ()):  # nothing but invisible characters or separators
            return parse_cell(column, None)
        return value, None
    except Unreadable as error:
        found = raw.value if isinstance(raw, Faulty) else raw
        french, english = (as_seen(found, lang)[:200] for lang in ("fr", "en"))
        args = tuple(error.args_.items()) + (() if french == english else (("found_fr", french), ("found_en", english)))
        return None, Issue(error.code, column=column.name, found=plain(found)[:200], expected=column.kind.expected(), args=args)


def read_rows(table: Table, raw_rows: Sequence[Mapping[str, object]]) -> tuple[pd.DataFrame, list[Issue]]:
    """All rows of a sheet from raw values (or `Faulty`), with one Issue per bad cell, whose value is left missing."""
    issues: list[Issue] = []
    values: dict[str, list[Any]] = {name: [] for name in table.names}
    for index, raw_row in enumerate(raw_rows):
        for column in table.columns:
            value, issue = parse_cell(column, raw_row.get(column.name))
            values[column.name].append(value)
            if issue is not None:
                issues.append(replace(issue, table=table.name, row=index))
    return pd.DataFrame({c.name: series(c, values[c.name]) for c in table.columns}), issues


# --- checking --------------------------------------------------------------------------------------------


def check_keys(table: Table, frame: pd.DataFrame) -> list[Issue]:
    """Duplicate keys: one Issue per repeated row, naming the first one. A cell that may be empty is part of the key like any other."""
    issues: list[Issue] = []
    first: dict[tuple[Any, ...], int] = {}
    if not table.key:
        return issues
    for row in rows(table, frame):
        key = tuple(getattr(row, name) for name in table.key)
        if any(part is None and table.column(name).required for name, part in zip(table.key, key, strict=True)):
            continue
        if key in first:
            shown = {lang: " · ".join(text_of(table.column(n), p, lang) for n, p in zip(table.key, key, strict=True) if p is not None) for lang in ("fr", "en")}
            issues.append(
                Issue("duplicate_key", table=table.name, row=row.index_, column=table.key[-1], found=shown["fr"],
                      args=(("found_fr", shown["fr"]), ("found_en", shown["en"]), ("first", first[key] + 1), ("first_row", first[key])))
            )  # fmt: skip
        else:
            first[key] = row.index_
    return issues


def closest(typed: str, known: Sequence[str]) -> str:
    """The known code most like a typed one, empty when none comes near."""
    folded = fold(typed)
    same = next((code for code in known if fold(code) == folded), "")
    if same or len(known) > 20_000:
        return same
    return next(iter(difflib.get_close_matches(typed, known, n=1, cutoff=0.6)), "")


def check_refs(table: Table, frame: pd.DataFrame, frames: Mapping[str, pd.DataFrame], keys: Mapping[str, str]) -> list[Issue]:
    """References to rows that do not exist, with the closest existing code. `keys`: table -> its code column.

    Where codes of the other table could not be read, as many unknown codes are taken to be those: one fault
    there is not to be told again on every row that refers to it.
    """
    issues: list[Issue] = []
    for column in table.columns:
        kind = column.kind
        if not isinstance(kind, Ref) or kind.table not in frames:
            continue
        codes = frames[kind.table][keys[kind.table]].tolist()
        known = {str(code): None for code in codes if not _missing(code)}
        cells = frame[column.name].tolist()
        unknown = {str(code): "" for code in cells if not _missing(code) and code not in known}
        if not unknown or len(unknown) <= len(codes) - sum(not _missing(code) for code in codes):
            continue
        for code in list(unknown)[:50]:  # a suggestion costs time; past that many the column itself is wrong
            unknown[code] = closest(code, list(known))
        for index, code in enumerate(cells):
            if not _missing(code) and code in unknown:
                issues.append(
                    Issue("broken_reference", table=table.name, row=index, column=column.name, found=str(code),
                          expected=kind.expected(), args=(("table", kind.table), ("close", unknown[code])))
                )  # fmt: skip
    return issues


def check_filled(table: Table, frame: pd.DataFrame) -> list[Issue]:
    """Missing required values, one Issue per cell."""
    return [
        Issue("required_missing", table=table.name, row=index, column=column.name, expected=column.kind.expected())
        for column in table.columns if column.required and frame[column.name].isna().any()
        for index, value in enumerate(frame[column.name].tolist()) if _missing(value)
    ]  # fmt: skip


def check(tables: Sequence[Table], frames: Mapping[str, pd.DataFrame]) -> list[Issue]:
    """Missing required values, duplicate keys and broken references of a whole set of tables."""
    keys = {table.name: table.key[0] for table in tables if table.key}
    issues: list[Issue] = []
    for table in tables:
        frame = frames[table.name]
        issues += check_filled(table, frame)
        issues += check_keys(table, frame)
        issues += check_refs(table, frame, frames, keys)
    return named(issues, tables)


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
    """A value as people read it in this column (no unit); empty for missing, or what that means. For CSV, messages and documents."""
    if _missing(value):
        return "" if column.none is None else column.none[lang != "fr"]
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
    if isinstance(kind, Clock):
        return kind.shown(value)
    if kind.is_number:
        shown = f"{float(value):.10g}"
        return shown.replace(".", ",") if lang == "fr" else shown
    return str(value)
