"""A declared table as a grid to read: titles with units, names beside codes, figures as the reader's browser writes them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP
from decimal import Decimal as Exact
from typing import Any

import pandas as pd
import streamlit as st

from planner import figures
from planner.kinds import Choice, Clock, Date, Decimal, Flag, Integer, Ref, Several, Time
from planner.scenario import Scenario
from planner.schema import Column, Table, rows, text_of


def grid(table: Table, frame: pd.DataFrame, scenario: Scenario, lang: str, hidden: Sequence[str] = (), height: int | None = None, key: str | None = None) -> None:
    """Show a table; sortable and searchable, figures stay figures. `hidden`: columns left out."""
    shown = [column for column in table.columns if column.name not in hidden]
    called = _called(shown, scenario)
    data = {column.name: [_cell(column, getattr(row, column.name), called, lang) for row in rows(table, frame)] for column in shown}
    st.dataframe(
        pd.DataFrame(data, columns=[column.name for column in shown]), hide_index=True, key=key, height=height or "auto", placeholder="–",
        column_config={column.name: _config(column, lang) for column in shown},
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


def rounded(value: float, decimals: int) -> float:
    """A figure as a workbook would show it; the grid itself cuts what is beyond its decimals."""
    if not math.isfinite(value):
        return value
    return float(Exact(f"{value:.15g}").quantize(Exact(1).scaleb(-decimals), ROUND_HALF_UP)) + 0.0  # minus zero is zero


def _config(column: Column, lang: str) -> Any:
    title, said = column.title(lang), column.help(lang) or None
    kind = column.kind
    if isinstance(kind, Time | Clock | Choice | Several):
        return st.column_config.TextColumn(title, help=said)
    if isinstance(kind, Integer):
        return st.column_config.NumberColumn(title, help=said, format="%d" if column.name in ("year", "number", "trip", "position") else "localized")
    if isinstance(kind, Decimal):
        return st.column_config.NumberColumn(title, help=said, format="localized", step=10.0**-column.decimals)
    if isinstance(kind, Flag):
        return st.column_config.CheckboxColumn(title, help=said)
    if isinstance(kind, Date):
        return st.column_config.DateColumn(title, help=said, format="DD/MM/YYYY" if lang == "fr" else "YYYY-MM-DD")
    return st.column_config.TextColumn(title, help=said)
