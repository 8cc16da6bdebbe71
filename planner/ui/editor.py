"""A table as a grid to edit, made from its declaration; what was typed comes back as texts for the draft.

Figures are texts aligned to the right, read by the schema: a number column would take a pasted `12,5` for 125. The
grid's input stays the same while someone edits, and edits are taken from the widget's own state, so that no rerun
loses one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from planner.draft import Draft
from planner.kinds import Choice, Date, Decimal, Flag, Ref, Several, Time
from planner.schema import Column, Table, text_of
from planner.ui import session

LINE = "__line__"  # the column of line numbers
MOST_OPTIONS = 600  # codes that a drop-down can hold and still be searched


@dataclass(frozen=True)
class Edits:
    """What was done in a grid, by row number of the draft."""

    changed: Mapping[int, Mapping[str, str]]
    added: Sequence[Mapping[str, str]]
    removed: Sequence[int]


def grid(draft: Draft, table: Table, numbers: Sequence[int], key: str, height: int = 460) -> Edits:
    """Edit some rows of a table. `numbers`: their numbers in the draft, in the order shown; `key` changes with what is shown."""
    texts = draft.rows(table.name)
    places = {number: place for place, number in enumerate(texts, start=1)}
    shown = [texts[number] for number in numbers]
    data: dict[str, list[Any]] = {LINE: [places[number] for number in numbers]}
    for column in table.columns:
        blank = None if _options(draft, column) is not None else ""  # a missing text would be shown as « None »
        data[column.name] = [cells[column.name] or blank for cells in shown]
    config: dict[str, Any] = {LINE: st.column_config.NumberColumn(session.say("editor.line"), disabled=True, width=60, pinned=True, format="%d")}
    config |= {column.name: _config(draft, column, table, data[column.name]) for column in table.columns}
    frame = pd.DataFrame(data, columns=[LINE, *table.names]).astype({LINE: "int64", **dict.fromkeys(table.names, "string")})  # also where there is no row
    st.data_editor(
        frame, key=key, num_rows="dynamic", hide_index=True, width="stretch", height=height, column_config=config
    )
    return _edits(st.session_state.get(key) or {}, numbers)


def _edits(state: Mapping[str, Any], numbers: Sequence[int]) -> Edits:
    def said(cells: Mapping[str, Any]) -> dict[str, str]:
        return {name: "" if value is None else str(value) for name, value in cells.items() if name not in (LINE, "_index")}

    changed = {numbers[int(place)]: said(cells) for place, cells in state.get("edited_rows", {}).items() if int(place) < len(numbers)}
    removed = [numbers[int(place)] for place in state.get("deleted_rows", []) if int(place) < len(numbers)]
    return Edits(changed, [said(cells) for cells in state.get("added_rows", [])], removed)


def _config(draft: Draft, column: Column, table: Table, cells: Sequence[str | None]) -> Any:
    lang = session.lang()
    title = column.title(lang) + (" *" if column.required else "")
    said = column.help(lang) or None
    kind = column.kind
    options = _options(draft, column)
    if options is not None:
        known = set(options)
        options = [*options, *dict.fromkeys(cell for cell in cells if cell and cell not in known)]  # what stands there stays, right or wrong
        return st.column_config.SelectboxColumn(title, help=said, options=options)
    figures = isinstance(kind, Decimal | Time | Date)
    return st.column_config.TextColumn(title, help=said, alignment="right" if figures else "left", pinned=column.name in table.key[:1] or None)


def _options(draft: Draft, column: Column) -> list[str] | None:
    """What a drop-down offers; None for what is typed."""
    kind = column.kind
    if isinstance(kind, Several):
        return None  # several words in one cell: « lun, mer »
    if isinstance(kind, Choice):
        return [kind.label(code, draft.lang) for code in kind.codes]
    if isinstance(kind, Flag):
        return [text_of(column, value, draft.lang) for value in (True, False)]
    if isinstance(kind, Ref) and draft.count(kind.table) <= MOST_OPTIONS:
        code = draft.table(kind.table).key[0]
        return list(dict.fromkeys(cells[code] for cells in draft.rows(kind.table).values() if cells[code]))
    return None


def matching(draft: Draft, table: Table, sought: str) -> list[int]:
    """The numbers of the rows that hold every word sought, in any cell."""
    words = sought.casefold().split()
    return [number for number, cells in draft.rows(table.name).items() if all(any(word in cell.casefold() for cell in cells.values()) for word in words)]
