"""Time along an axis: what vehicles and drivers do in a day, what kitchens do over the years."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from planner.charts.style import BLUE, GREEN, ORANGE, PURPLE, RED, SERIES, SKY, dressed
from planner.i18n import text

ACTIVITIES = {"loading": PURPLE, "driving": BLUE, "service": GREEN, "waiting": "#C9CED6", "break": ORANGE, "disinfection": SKY, "overtime": RED}
ENTRIES = {"at_end": "circle", "waits": "square", "early": "triangle-left", "extended": "triangle-right"}
ACTIONS = {"kept": BLUE, "opened": GREEN, "extended": SKY, "reduced": ORANGE, "works": PURPLE, "closing": RED, "closed": "#DfE2E7"}


def timeline(data: pd.DataFrame, lang: str) -> Any:
    """A day of the vehicles, one line each. `data`: vehicle, activity (a key of ACTIVITIES), starts, ends (minutes), said."""
    found = data.assign(what=[text(f"charts.activity.{name}", lang) for name in data["activity"]], from_h=data["starts"] / 60, to_h=data["ends"] / 60)
    kinds = [name for name in ACTIVITIES if name in set(data["activity"])]
    first, last = (int(found["from_h"].min()), int(found["to_h"].max()) + 1) if len(found) else (0, 24)
    hours = "format(datum.value, '02') + 'h'" if lang == "fr" else "format(datum.value, '02') + ':00'"
    chart = alt.Chart(found).mark_bar(height=16).encode(
        y=alt.Y("vehicle:N", title=None, sort=list(dict.fromkeys(found["vehicle"])), axis=alt.Axis(labelLimit=330)),
        x=alt.X("from_h:Q", title=None, scale=alt.Scale(domain=[first, last], nice=False), axis=alt.Axis(values=list(range(first, last + 1)), labelExpr=hours)),
        x2="to_h:Q",
        color=alt.Color("what:N", title=None, scale=alt.Scale(domain=[text(f"charts.activity.{name}", lang) for name in kinds], range=[ACTIVITIES[name] for name in kinds])),
        tooltip=[alt.Tooltip("vehicle:N", title=" "), alt.Tooltip("what:N", title=" "), alt.Tooltip("said:N", title=" ")],
    )
    return dressed(chart.properties(height=alt.Step(26)), lang)


def convergence(data: pd.DataFrame, lang: str, order: Sequence[str]) -> Any:
    """When each establishment joins each lot, a mark per establishment and a shape per way of joining.

    `data`: lot, name, date, how (a key of ENTRIES), said; `order`: the establishments.
    """
    ways = [how for how in ENTRIES if how in set(data["how"])]
    called = {how: text(f"charts.entry.{how}", lang) for how in ways}
    found = data.assign(way=data["how"].map(called))
    chart = alt.Chart(found).mark_point(filled=True, size=62, opacity=0.95).encode(
        y=alt.Y("lot:N", title=None, sort=list(dict.fromkeys(data["lot"])), axis=alt.Axis(labelLimit=300, grid=True)),
        yOffset=alt.YOffset("name:N", sort=list(order)),
        x=alt.X("date:T", title=None, axis=alt.Axis(format="%m/%Y", orient="top", labelAngle=0)),
        color=alt.Color("name:N", title=None, sort=list(order), scale=alt.Scale(domain=list(order), range=list(SERIES)), legend=alt.Legend(columns=2)),
        shape=alt.Shape("way:N", title=None, scale=alt.Scale(domain=[called[how] for how in ways], range=[ENTRIES[how] for how in ways]), legend=alt.Legend(columns=2)),
        tooltip=[alt.Tooltip("said:N", title=" ")],
    )
    return dressed(chart.properties(height=alt.Step(5)), lang)


def roadmap(data: pd.DataFrame, lang: str, order: Sequence[str]) -> Any:
    """What each kitchen does each year. `data`: kitchen, year, action (a key of ACTIONS), said (in the cell), more (on hover)."""
    found = data.assign(what=[text(f"charts.action.{name}", lang) for name in data["action"]], year=data["year"].astype(str))
    kinds = [name for name in ACTIONS if name in set(data["action"])]
    base = alt.Chart(found).encode(
        y=alt.Y("kitchen:N", title=None, sort=list(order), axis=alt.Axis(labelLimit=300)),
        x=alt.X("year:N", title=None, axis=alt.Axis(labelAngle=0, orient="top")),
        tooltip=[alt.Tooltip("kitchen:N", title=" "), alt.Tooltip("what:N", title=" "), alt.Tooltip("more:N", title=" ")],
    )
    cells = base.mark_rect(stroke="white", strokeWidth=2).encode(
        color=alt.Color("what:N", title=None, scale=alt.Scale(domain=[text(f"charts.action.{name}", lang) for name in kinds], range=[ACTIONS[name] for name in kinds]))
    )
    dark = alt.condition(alt.FieldOneOfPredicate("action", ["kept", "opened", "works", "closing"]), alt.value("white"), alt.value("#333"))
    return dressed((cells + base.mark_text(fontSize=11).encode(text="said:N", color=dark)).properties(height=alt.Step(30)), lang)


