"""A declared table to read: titles with units, names beside codes, figures as the reader writes them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP
from decimal import Decimal as Exact
from typing import Any

import pandas as pd
import streamlit as st

from planner import figures
from planner.i18n import number, text
from planner.kinds import Choice, Clock, Date, Decimal, Flag, Integer, Ref, Several, Time
from planner.scenario import Scenario
from planner.schema import Column, Table, rows, text_of
from planner.ui import widgets

ROOM = 880  # px: what a page of 1280 px has for a grid
LETTER, MARGIN, WIDEST = 6.9, 20, 210  # px: a character, what a cell has around its own, a column of words
PLAIN = ("year", "number", "trip", "position")  # whole numbers that are no quantities


def grid(table: Table, frame: pd.DataFrame, scenario: Scenario, lang: str, hidden: Sequence[str] = (), height: int | None = None, key: str | None = None) -> None:
    """Show a table; sortable and searchable, figures stay figures. `hidden`: columns left out.

    A short one that is too wide for the page is shown whole, its headings on several lines; one without rows is a sentence.
    """
    shown = [column for column in table.columns if column.name not in hidden]
    if not len(frame):
        st.caption(text("results.nothing", lang))
        return
    called = _called(shown, scenario)
    data = {column.name: [_cell(column, getattr(row, column.name), called, lang) for row in rows(table, frame)] for column in shown}
    words = {column.name: [_words(column, value, lang) for value in data[column.name]] for column in shown}
    widths = {column.name: _width(column, words[column.name], lang) for column in shown}
    wide = sum(max(least, natural) for least, natural in widths.values()) > ROOM
    if wide and len(frame) <= widgets.SHORT:
        right = [place for place, column in enumerate(shown) if column.kind.is_number and not isinstance(column.kind, Clock)]
        widgets.sheet([column.title(lang) for column in shown], list(zip(*words.values(), strict=True)), right, helps=[column.help(lang) for column in shown], dense=True)
        return
    given = _given(widths)
    st.dataframe(
        pd.DataFrame(data, columns=[column.name for column in shown]), hide_index=True, key=key, height=height or "auto", placeholder="–",
        column_config={column.name: _config(column, lang, given[column.name] if wide else None) for column in shown},
    )  # fmt: skip


def _called(columns: Sequence[Column], scenario: Scenario) -> Mapping[str, Mapping[str, str]]:
    """Names by code of the tables that the columns refer to."""
    tables = {column.kind.table for column in columns if isinstance(column.kind, Ref)}
    return {name: figures.names(scenario, name) for name in tables if "name" in scenario.table(name).names}


def _cell(column: Column, value: Any, called: Mapping[str, Mapping[str, str]], lang: str) -> Any:
    kind = column.kind
    if value is None and column.none is not None:
        return text_of(column, value, lang)
    if isinstance(kind, Decimal) and not isinstance(kind, Integer | Clock) and value is not None:
        return rounded(value, column.decimals)
    if value is None or isinstance(kind, Integer | Flag | Date):
        return value
    if isinstance(kind, Ref):
        name = called.get(kind.table, {}).get(value, "")
        return f"{name} ({value})" if name and name != value else value
    return text_of(column, value, lang)


def _words(column: Column, value: Any, lang: str) -> str:
    """What stands in a cell of the grid, as text."""
    if value is None:
        return "–"
    if isinstance(column.kind, Flag | Date):
        return text_of(column, value, lang)
    if isinstance(value, int | float) and column.name not in PLAIN:
        return number(value, lang, 0 if isinstance(column.kind, Integer) else column.decimals)
    return str(value)


def _width(column: Column, words: Sequence[str], lang: str) -> tuple[int, int]:
    """Pixels of a column: for its cells, and for its heading on one line."""
    cells = round(LETTER * max(len(said) for said in words[:500])) + MARGIN
    return max(60, cells if column.kind.is_number else min(WIDEST, cells)), round(LETTER * len(column.title(lang))) + MARGIN


def _given(widths: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    """Each column has room for its cells; what the page has left goes to headings, those that lack least first."""
    given = {name: least for name, (least, _) in widths.items()}
    for name, (least, heading) in sorted(widths.items(), key=lambda item: item[1][1] - item[1][0]):
        if heading > least and sum(given.values()) + heading - least <= ROOM:
            given[name] = heading
    return given


def rounded(value: float, decimals: int) -> float:
    """A figure as a workbook would show it; the grid itself cuts what is beyond its decimals."""
    if not math.isfinite(value):
        return value
    return float(Exact(f"{value:.15g}").quantize(Exact(1).scaleb(-decimals), ROUND_HALF_UP)) + 0.0  # minus zero is zero


def _config(column: Column, lang: str, width: int | None) -> Any:
    """How a column is shown. `width`: in pixels where its heading is to give way, which its help then says whole."""
    title, said = column.title(lang), column.help(lang) or None
    if width is not None:
        said = f"**{title}**\n\n{said}" if said else title
    kind = column.kind
    if isinstance(kind, Time | Clock | Choice | Several):
        return st.column_config.TextColumn(title, help=said, width=width)
    if isinstance(kind, Integer):
        return st.column_config.NumberColumn(title, help=said, width=width, format="%d" if column.name in PLAIN else "localized")
    if isinstance(kind, Decimal):
        return st.column_config.NumberColumn(title, help=said, width=width, format="localized", step=10.0**-column.decimals)
    if isinstance(kind, Flag):
        return st.column_config.CheckboxColumn(title, help=said, width=width)
    if isinstance(kind, Date):
        return st.column_config.DateColumn(title, help=said, width=width, format="DD/MM/YYYY" if lang == "fr" else "YYYY-MM-DD")
    return st.column_config.TextColumn(title, help=said, width=width)
