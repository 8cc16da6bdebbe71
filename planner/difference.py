"""What changed between two scenarios, cell by cell, and how two edits of one scenario are brought together.

Rows are told apart by their table's key; rows that share a key (a fault, but it happens while editing) by their
order. Nothing is lost in a merge: what both sides changed differently is kept as theirs and told as a conflict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from planner.i18n import text
from planner.scenario import Scenario
from planner.schema import Table, rows, text_of

Key = tuple[Any, ...]
Cells = dict[str, Any]


@dataclass(frozen=True)
class CellChange:
    """One row added or removed, or one cell changed. `key`: the row's key values; `column` is "" for a whole row."""

    table: Table
    key: Key
    kind: str  # added, removed, changed
    column: str = ""
    before: Any = None
    after: Any = None


@dataclass(frozen=True)
class Conflict:
    """A cell (or with `column` "" a row) that two people changed differently since `base`; None for a row removed."""

    table: Table
    key: Key
    column: str
    base: Any
    mine: Any
    theirs: Any


def difference(before: Scenario, after: Scenario) -> list[CellChange]:
    """Every row added or removed and every cell changed, table by table, in the order of the rows."""
    found: list[CellChange] = []
    for table in after.tables:
        if before.frames[table.name] is after.frames[table.name]:
            continue
        old, new = _keyed(table, before), _keyed(table, after)
        for key, cells in new.items():
            if key not in old:
                found.append(CellChange(table, key[0], "added"))
                continue
            was = old[key]
            found += [CellChange(table, key[0], "changed", name, was[name], value) for name, value in cells.items() if value != was[name]]
        found += [CellChange(table, key[0], "removed") for key in old if key not in new]
    return found


def row_words(table: Table, key: Key, lang: str) -> str:
    """A row by its key, as people read it."""
    columns = [table.column(name) for name in table.key] or list(table.columns)
    return " · ".join(shown for column, value in zip(columns, key, strict=False) if (shown := text_of(column, value, lang)))


def words(change: CellChange, lang: str) -> str:
    """A change as a sentence, without its table."""
    row = row_words(change.table, change.key, lang)
    if change.kind != "changed":
        return text(f"difference.{change.kind}", lang, row=row)
    column = change.table.column(change.column)
    empty = text("difference.empty", lang)
    before, after = (text_of(column, value, lang) or empty for value in (change.before, change.after))
    return text("difference.changed", lang, row=row, column=column.title(lang), before=before, after=after)


def conflict_words(conflict: Conflict, lang: str) -> str:
    """A conflict as a sentence, with both values."""
    row, gone, empty = row_words(conflict.table, conflict.key, lang), text("difference.gone", lang), text("difference.empty", lang)
    if not conflict.column:
        sides = (gone if value is None else text("difference.edited", lang) for value in (conflict.mine, conflict.theirs))
        mine, theirs = sides
        return text("difference.conflict_row", lang, table=conflict.table.title(lang), row=row, mine=mine, theirs=theirs)
    column = conflict.table.column(conflict.column)
    mine, theirs = (text_of(column, value, lang) or empty for value in (conflict.mine, conflict.theirs))
    return text("difference.conflict", lang, table=conflict.table.title(lang), row=row, column=column.title(lang), mine=mine, theirs=theirs)


def merge(base: Scenario, mine: Scenario, theirs: Scenario) -> tuple[Scenario, list[Conflict]]:
    """Their scenario with my changes since `base` on top; where both changed one cell differently, theirs stays.

    A row that one side removed and the other edited stays, edited.
    """
    conflicts: list[Conflict] = []
    merged = theirs
    for table in theirs.tables:
        if mine.frames[table.name] is base.frames[table.name]:
            continue
        old, my, their = (_keyed(table, scenario) for scenario in (base, mine, theirs))
        made = [cells for cells in _merged(table, old, my, their, conflicts) if cells is not None]
        merged = merged.replace(table.name, table.frame(made))
    return merged, conflicts


def _merged(
    table: Table, old: Mapping[Key, Cells], my: Mapping[Key, Cells], their: Mapping[Key, Cells], conflicts: list[Conflict]
) -> Iterator[Cells | None]:
    """The rows of one table: theirs in their order, then those that only I have."""
    for key, cells in their.items():
        if key in my:
            yield _cells(table, key, old.get(key), my[key], cells, conflicts)
        elif key not in old:
            yield cells  # they added it
        elif cells != old[key]:
            conflicts.append(Conflict(table, key[0], "", old[key], None, cells))
            yield cells
    for key, cells in my.items():
        if key not in their and (key not in old or cells != old[key]):
            if key in old:
                conflicts.append(Conflict(table, key[0], "", old[key], cells, None))
            yield cells


def _cells(table: Table, key: Key, old: Cells | None, my: Cells, their: Cells, conflicts: list[Conflict]) -> Cells:
    made = dict(their)
    for name in table.names:
        was = old[name] if old is not None else None
        if my[name] == their[name] or (old is not None and my[name] == was):
            continue
        if old is not None and their[name] == was:
            made[name] = my[name]
        else:
            conflicts.append(Conflict(table, key[0], name, was, my[name], their[name]))
    return made


def _keyed(table: Table, scenario: Scenario) -> dict[Key, Cells]:
    """Rows by (key values, how many rows before had the same key)."""
    seen: Counter[Key] = Counter()
    found: dict[Key, Cells] = {}
    for row in rows(table, scenario.frames[table.name]):
        key = tuple(getattr(row, name) for name in table.key or table.names)
        found[key, seen[key]] = {name: getattr(row, name) for name in table.names}
        seen[key] += 1
    return found
