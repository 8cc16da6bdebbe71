"""Scenario: immutable tables with a content hash; Change and variants: named edits of a scenario."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pandas as pd

from planner.issues import Issue, Message, Value
from planner.kinds import Ref
from planner.schema import Column, Row, Table, check, closest, equal, named, rows, series, text_of
from planner.sites import CHANGES, PARAMETERS, Parameter
from planner.typed import Unreadable, number, plain


@dataclass(frozen=True)
class Scenario:
    """A name and one DataFrame per declared table. Never changed: every edit makes a new scenario.

    `tables`: the declarations, in order; `frames`: by table name, with the columns and types declared.
    """

    name: str
    tables: tuple[Table, ...]
    frames: Mapping[str, pd.DataFrame] = field(repr=False)

    @staticmethod
    def of(name: str, tables: Sequence[Table], data: Mapping[str, Iterable[Mapping[str, Any]]]) -> Scenario:
        """A scenario from rows of Python values; tables without data are empty, defaults fill empty cells."""
        return Scenario(name, tuple(tables), {t.name: t.frame(list(data.get(t.name, ()))) for t in tables})

    def table(self, name: str) -> Table:
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)

    def rows(self, name: str) -> list[Row]:
        """The rows of a table as objects with plain Python values (None where missing)."""
        if name not in self._rows:
            self._rows[name] = list(rows(self.table(name), self.frames[name]))
        return self._rows[name]

    @cached_property
    def _rows(self) -> dict[str, list[Row]]:
        return {}

    @cached_property
    def _parameters(self) -> dict[str, float]:
        return {row.parameter: row.value for row in self.rows(PARAMETERS.name) if row.value is not None}

    def value(self, parameter: Parameter) -> float:
        """The value of a parameter: the workbook's, else the default, in the parameter's unit."""
        return float(self._parameters.get(parameter.code, parameter.value))

    @cached_property
    def hash(self) -> str:
        """SHA-256 over every table's content, in declared order; names of files and sheets do not count."""
        digest = hashlib.sha256()
        for table in self.tables:
            digest.update(f"\n#{table.name}\n".encode())
            for row in self.rows(table.name):
                cells = (getattr(row, name) for name in table.names)
                digest.update(("\t".join("" if cell is None else repr(cell) for cell in cells) + "\n").encode())
        return digest.hexdigest()

    def replace(self, name: str, frame: pd.DataFrame) -> Scenario:
        """The scenario with one table replaced."""
        return Scenario(self.name, self.tables, {**self.frames, name: frame})

    def renamed(self, name: str) -> Scenario:
        return Scenario(name, self.tables, self.frames)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Scenario) or [t.name for t in self.tables] != [t.name for t in other.tables]:
            return False
        return all(equal(table, self.frames[table.name], other.frames[table.name]) for table in self.tables)

    def __hash__(self) -> int:
        return hash(self.hash)


def with_parameter(scenario: Scenario, parameter: Parameter, amount: float) -> Scenario:
    """The scenario with one parameter set."""
    kept_rows = [{name: getattr(row, name) for name in PARAMETERS.names} for row in scenario.rows(PARAMETERS.name)]
    mine = next((row for row in kept_rows if row["parameter"] == parameter.code), None)
    if mine is None:
        mine = {"parameter": parameter.code, "name": parameter.fr, "unit": parameter.unit}
        kept_rows.append(mine)
    mine["value"] = float(f"{amount:.12g}")
    return scenario.replace(PARAMETERS.name, PARAMETERS.frame(kept_rows))


def check_parameters(scenario: Scenario, known: Sequence[Parameter]) -> list[Issue]:
    """Parameters that do not exist (warning) or whose value makes no sense (error)."""
    by_code = {parameter.code: parameter for parameter in known}
    issues: list[Issue] = []
    for row in scenario.rows(PARAMETERS.name):
        parameter = by_code.get(row.parameter)
        if row.parameter is None:
            continue
        if parameter is None:
            close = closest(str(row.parameter), list(by_code))
            issue = Issue.warning("unknown_parameter", table=PARAMETERS.name, row=row.index_, column="parameter", close=close)
            issues.append(replace(issue, found=str(row.parameter)))
        elif row.value is not None and not parameter.least <= row.value <= parameter.most:
            issue = Issue.error("parameter_out_of_bounds", table=PARAMETERS.name, row=row.index_, column="value",
                                parameter_fr=parameter.fr, parameter_en=parameter.en, value=float(row.value))  # fmt: skip
            between = Message.of("expected.number_between", min=float(parameter.least), max=float(parameter.most))
            issues.append(replace(issue, found=plain(row.value), expected=between))
    return issues


# --- changes and variants --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """One edit: in `table`, for rows that pass `filter`, `column` = / + / * `value` (all as typed)."""

    table: str
    filter: str
    column: str
    operation: str
    value: str
    variant: str = ""
    row: int | None = None  # of the variants table, to say where a fault is


def variants(scenario: Scenario) -> dict[str, list[Change]]:
    """The variants written in the scenario, each its changes in order of step."""
    found: dict[str, list[Change]] = {}
    for row in sorted(scenario.rows(CHANGES.name), key=lambda r: (r.step is None, r.step)):
        change = Change(row.table or "", row.filter or "", row.column or "", row.operation or "=", row.value or "", row.variant, row.index_)
        found.setdefault(row.variant, []).append(change)
    return found


def apply(scenario: Scenario, changes: Sequence[Change], name: str = "") -> tuple[Scenario, list[Issue]]:
    """The scenario after the changes, with one Issue per change that cannot be made or touches a cell twice.

    A change with a fault is left out; the caller refuses the variant when any Issue is an error. Keys and
    references are checked again where a change touches them.
    """
    issues: list[Issue] = []
    touched: set[tuple[str, str, int]] = set()
    result = scenario
    for change in changes:
        result = _apply_one(result, change, touched, issues)
    links = {(t.name, c.name) for t in scenario.tables for c in t.columns if isinstance(c.kind, Ref) or c.name in t.key}
    if any((table, column) in links for table, column, _ in touched):
        before = set(check(scenario.tables, scenario.frames))
        issues += [issue for issue in check(scenario.tables, result.frames) if issue not in before]
    return (result.renamed(name) if name else result), issues


def _apply_one(scenario: Scenario, change: Change, touched: set[tuple[str, str, int]], issues: list[Issue]) -> Scenario:
    def fault(code: str, at: str, found: str, expected: Message | None = None, **args: Value) -> Scenario:
        issue = Issue.error(code, table=CHANGES.name, row=change.row, column=at, variant=change.variant, **args)
        issues.extend(named([replace(issue, found=found, expected=expected)], scenario.tables))
        return scenario

    table = next((t for t in scenario.tables if t.matches(change.table) and t.name != CHANGES.name), None)
    if table is None:
        return fault("change_bad_table", "table", change.table)
    column = table.find(change.column)
    if column is None:
        return fault("change_bad_column", "column", change.column, table_fr=table.fr, table_en=table.en)
    if change.operation != "=" and not column.kind.is_number:
        return fault("change_not_a_number", "column", change.column)
    try:
        chosen = matching_rows(scenario, table, change.filter)
    except Unreadable:
        return fault("change_bad_filter", "filter", change.filter)
    if not chosen and not len(scenario.frames[table.name]):
        return fault("change_empty_table", "table", change.table)
    if not chosen:
        return fault("change_no_row", "filter", change.filter)
    if column.required and change.operation == "=" and not change.value.strip():
        return fault("change_no_value", "value", "", column.kind.expected(), column_fr=column.fr, column_en=column.en)
    cells = {(table.name, column.name, index) for index in chosen}
    if cells & touched:
        return fault("change_twice", "column", change.column, table_fr=table.fr, table_en=table.en, column_fr=column.fr, column_en=column.en)
    values = [None if row_value is pd.NA else row_value for row_value in scenario.frames[table.name][column.name].tolist()]
    for index in chosen:
        try:
            values[index] = _changed(column, values[index], change)
        except Unreadable:
            return fault("change_bad_value", "value", change.value, column.kind.expected())
    touched |= cells
    empty = 0 if change.operation == "=" else sum(values[index] is None for index in chosen)
    if empty:
        issues.append(Issue.warning("change_empty_cells", table=CHANGES.name, row=change.row, column="operation", variant=change.variant, count=empty,
                                    column_fr=column.fr, column_en=column.en))  # fmt: skip
    frame = scenario.frames[table.name].copy()
    frame[column.name] = series(column, values)
    return scenario.replace(table.name, frame)


def _changed(column: Column, old: Any, change: Change) -> Any:
    if change.operation == "=":
        if not change.value.strip():
            return column.default
        return column.kind.parse(change.value, column.unit)
    amount = number(change.value)
    if old is None or (isinstance(old, float) and pd.isna(old)):
        return None  # an empty cell stands for another figure (a parameter, no limit): there is nothing of its own to change
    new = old + amount if change.operation == "+" else old * amount
    return column.kind.parse(round(new) if column.kind.dtype == "Int64" else new, column.unit)


OPERATORS = ("!=", "<>", "≠", ">=", "<=", "≥", "≤", "=", ">", "<")


def conditions(table: Table, text: str) -> list[tuple[Column, str, list[str]]]:
    """The conditions of a filter: column, operator, alternatives as typed. Raises Unreadable."""
    found = []
    for part in (p for p in re.split(r"\s*;\s*|\s+ET\s+|\s+AND\s+", text.strip()) if p):
        operator = next((op for op in OPERATORS if op in part), None)
        if operator is None:
            raise Unreadable
        left, right = (side.strip() for side in part.split(operator, 1))
        column = table.find(left)
        if column is None:
            raise Unreadable
        found.append((column, operator, [typed.strip() for typed in right.split("|")]))
    return found


def matching_rows(scenario: Scenario, table: Table, text: str) -> list[int]:
    """Indices of the rows that pass a filter such as `Site = LR01 ; Repas par an > 1000` (all must hold).

    A value may list alternatives with `|`. Raises Unreadable.
    """
    tests = []
    for column, operator, alternatives in conditions(table, text):
        wanted = [None if not typed else column.kind.parse(typed, column.unit) for typed in alternatives]
        tests.append((column.name, operator, wanted))
    return [row.index_ for row in scenario.rows(table.name) if all(_passes(getattr(row, n), op, w) for n, op, w in tests)]


def _passes(value: Any, operator: str, wanted: list[Any]) -> bool:
    if operator == "=":
        return value in wanted or (isinstance(value, tuple) and any(w and set(w) <= set(value) for w in wanted))
    if operator in ("!=", "<>", "≠"):
        return value not in wanted
    if value is None or any(w is None for w in wanted):
        return False
    return all(
        value > w if operator == ">" else value < w if operator == "<" else value >= w if operator in (">=", "≥") else value <= w
        for w in wanted
    )


def describe_row(scenario: Scenario, table: str, row: int, lang: str) -> str:
    """A row by its key, for messages."""
    declared = scenario.table(table)
    item = scenario.rows(table)[row]
    return " · ".join(text_of(declared.column(name), getattr(item, name), lang) for name in declared.key)
