"""Bars: today against the plan, savings by establishment, costs by line; scatter: what a variant costs against what it changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from planner.charts.style import GAIN, LOSS, PLAN, SERIES, TODAY, dressed, euros_format
from planner.i18n import euros, number, text

ROW = 26  # pixels of one bar


def gains(data: pd.DataFrame, lang: str, unit: str = "") -> Any:
    """Savings by name, winners and losers apart by colour and side. `data`: name, value (€ per year, negative: pays more)."""
    found = data.assign(
        said=[euros(value, lang) for value in data["value"]],
        side=[text("charts.gains" if value >= 0 else "charts.pays", lang) for value in data["value"]],
        anchor=[max(value, 0.0) for value in data["value"]],
    )
    order = list(found["name"])
    sides = [text("charts.gains", lang), text("charts.pays", lang)]
    low, high = min(0.0, float(found["value"].min() if len(found) else 0)), max(0.0, float(found["value"].max() if len(found) else 0))
    base = alt.Chart(found).encode(y=alt.Y("name:N", sort=order, title=None, axis=alt.Axis(labelLimit=300)))
    bars = base.mark_bar(height=ROW * 0.62).encode(
        x=alt.X("value:Q", title=unit or None, axis=alt.Axis(format=euros_format(), tickCount=5), scale=alt.Scale(domain=[low * 1.05, (high + 0.5 * (high - low)) or 1])),
        color=alt.Color("side:N", title=None, scale=alt.Scale(domain=sides, range=[GAIN, LOSS])),
        tooltip=[alt.Tooltip("name:N", title=" "), alt.Tooltip("said:N", title=" ")],
    )
    labels = base.mark_text(align="left", dx=5, color="#333").encode(x="anchor:Q", text="said:N")
    return dressed((bars + labels).properties(height=alt.Step(ROW)), lang)


def pairs(data: pd.DataFrame, lang: str, unit: str) -> Any:
    """Today beside the plan, line by line. `data`: name, today, plan (same unit)."""
    names = {"today": text("charts.today", lang), "plan": text("charts.plan", lang)}
    long = data.melt("name", ["today", "plan"], "which", "value").dropna(subset=["value"])
    long["which"] = long["which"].map(names)
    long["said"] = [euros(value, lang) for value in long["value"]]
    chart = alt.Chart(long).mark_bar().encode(
        y=alt.Y("name:N", sort=list(data["name"]), title=None, axis=alt.Axis(labelLimit=260)),
        yOffset=alt.YOffset("which:N", sort=list(names.values())),
        x=alt.X("value:Q", title=unit, axis=alt.Axis(format=euros_format(), tickCount=5)),
        color=alt.Color("which:N", title=None, sort=list(names.values()), scale=alt.Scale(domain=list(names.values()), range=[TODAY, PLAN])),
        tooltip=[alt.Tooltip("name:N", title=" "), alt.Tooltip("which:N", title=" "), alt.Tooltip("said:N", title=" ")],
    )
    return dressed(chart.properties(height=alt.Step(13)), lang)


def grouped(data: pd.DataFrame, lang: str, unit: str) -> Any:
    """Bars of several series side by side, name by name. `data`: name, series, value (€ per year)."""
    found = data.assign(said=[euros(value, lang) for value in data["value"]])
    names, series = list(dict.fromkeys(found["name"])), list(dict.fromkeys(found["series"]))
    base = alt.Chart(found).encode(
        y=alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelLimit=300)),
        yOffset=alt.YOffset("series:N", sort=series),
        x=alt.X("value:Q", title=unit, axis=alt.Axis(format=euros_format(), tickCount=5)),
        tooltip=[alt.Tooltip("name:N", title=" "), alt.Tooltip("series:N", title=" "), alt.Tooltip("said:N", title=" ")],
    )
    drawn = base.mark_bar().encode(color=alt.Color("series:N", title=None, sort=series, scale=alt.Scale(domain=series, range=list(SERIES))))
    labels = base.mark_text(align="left", dx=4, fontSize=11, color="#333").encode(text="said:N")
    return dressed((drawn + labels).properties(height=alt.Step(16)), lang)


def bars(data: pd.DataFrame, lang: str, unit: str, money: bool = True) -> Any:
    """One bar per name. `data`: name, value."""
    found = data.assign(said=[euros(value, lang) if money else number(value, lang, 1) for value in data["value"]])
    base = alt.Chart(found).encode(y=alt.Y("name:N", sort=list(found["name"]), title=None, axis=alt.Axis(labelLimit=300)))
    top = float(found["value"].max() if len(found) else 1)
    drawn = base.mark_bar(height=ROW * 0.62, color=PLAN).encode(
        x=alt.X("value:Q", title=unit, axis=alt.Axis(format=euros_format() if money else ",.0f", tickCount=5), scale=alt.Scale(domain=[0, top * 1.2 or 1])),
        tooltip=[alt.Tooltip("name:N", title=" "), alt.Tooltip("said:N", title=" ")],
    )
    return dressed((drawn + base.mark_text(align="left", dx=5, color="#333").encode(x="value:Q", text="said:N")).properties(height=alt.Step(ROW)), lang)


def scatter(data: pd.DataFrame, lang: str, x_title: str, y_title: str, size_title: str = "") -> Any:
    """Runs as points, with their names. `data`: name, x, y (€ per year) and, where given, size (changes) and label, shown instead of the name."""
    shown = data.dropna(subset=["x", "y"])
    shown = shown.assign(said_x=[number(value, lang, 1) for value in shown["x"]], said_y=[euros(value, lang) for value in shown["y"]])
    tips = [alt.Tooltip("name:N", title=" "), alt.Tooltip("said_y:N", title=y_title), alt.Tooltip("said_x:N", title=x_title)]
    base = alt.Chart(shown).encode(
        x=alt.X("x:Q", title=x_title, scale=alt.Scale(zero=False, padding=30), axis=alt.Axis(format=",.2~f", tickCount=6)),
        y=alt.Y("y:Q", title=y_title, scale=alt.Scale(zero=False, padding=30), axis=alt.Axis(format=euros_format())),
        color=alt.Color("name:N", legend=None, scale=alt.Scale(range=list(SERIES))),
        tooltip=tips,
    )
    marks: Any = base.mark_circle(size=130, opacity=0.9)
    if size_title and "size" in shown and shown["size"].notna().any():
        shown["said_size"] = [number(value, lang) for value in shown["size"].fillna(0)]
        base = base.properties(data=shown)
        marks = base.mark_circle(opacity=0.9).encode(
            size=alt.Size("size:Q", title=size_title, scale=alt.Scale(range=[60, 600]), legend=alt.Legend(tickCount=4)),
            tooltip=[*tips, alt.Tooltip("said_size:N", title=size_title)],
        )
    labels = base.mark_text(align="left", dx=9, dy=-8, fontSize=12).encode(text="label:N" if "label" in shown else "name:N", color=alt.value("#333"))
    return dressed((marks + labels).properties(height=340), lang)


def tradeoff(data: pd.DataFrame, lang: str, x_title: str, y_title: str) -> Any:
    """What it costs to change little: cost against number of changes, as steps. `data`: name, x (changes), y (€ per year)."""
    shown = data.groupby(["x", "y"], as_index=False, sort=True).agg(name=("name", " / ".join))
    shown = shown.assign(said_x=[number(value, lang) for value in shown["x"]], said_y=[euros(value, lang) for value in shown["y"]])
    base = alt.Chart(shown).encode(
        x=alt.X("x:Q", title=x_title, scale=alt.Scale(zero=True, nice=True, padding=20), axis=alt.Axis(format=",.0f", tickMinStep=1)),
        y=alt.Y("y:Q", title=y_title, scale=alt.Scale(zero=False, padding=30), axis=alt.Axis(format=euros_format())),
        tooltip=[alt.Tooltip("name:N", title=" "), alt.Tooltip("said_x:N", title=x_title), alt.Tooltip("said_y:N", title=y_title)],
    )
    line = base.mark_line(interpolate="step-after", color=TODAY, strokeWidth=1.5)
    labels = base.mark_text(align="left", dx=8, dy=-9, fontSize=12, color="#333").encode(text="said_y:N")
    return dressed((line + base.mark_circle(size=120, color=PLAN) + labels).properties(height=280), lang)


def stacked(data: pd.DataFrame, lang: str, order: Sequence[str], unit: str) -> Any:
    """Stacked bars over years. `data`: year, name, value (€)."""
    found = data.assign(said=[euros(value, lang) for value in data["value"]], year=data["year"].astype(str))
    chart = alt.Chart(found).mark_bar().encode(
        x=alt.X("year:N", title=None, axis=alt.Axis(labelAngle=0)),
        y=alt.Y("value:Q", title=unit, axis=alt.Axis(format=euros_format())),
        color=alt.Color("name:N", title=None, sort=list(order), scale=alt.Scale(domain=list(order), range=list(SERIES))),
        tooltip=[alt.Tooltip("year:N", title=" "), alt.Tooltip("name:N", title=" "), alt.Tooltip("said:N", title=" ")],
    )
    return dressed(chart.properties(height=280), lang)
