"""Cost and bound while a run goes on."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from planner.charts.style import BOUND, COST, dressed, euros_format
from planner.i18n import euros, number, percent, text


def between(points: pd.DataFrame, lang: str, x_title: str, y_title: str) -> Any:
    """What is known of a least cost against a share: the best plan's cost, and the band down to its proven bound.

    `points`: share (%), cost, bound (€, the bound missing where nothing is proven).
    """
    found = points.assign(said=[f"{percent(share, lang, 1)} · {euros(cost, lang)}" for share, cost in zip(points["share"], points["cost"], strict=True)])
    found["bound"] = found["bound"].where(found["bound"] > 0)
    scale = alt.Scale(zero=False, nice=True)
    base = alt.Chart(found).encode(x=alt.X("share:Q", title=x_title if "%" in x_title else f"{x_title} (%)", axis=alt.Axis(format=",.0f")), tooltip=[alt.Tooltip("said:N", title=" ")])
    band = base.mark_area(color=BOUND, opacity=0.25).encode(y=alt.Y("bound:Q", title=y_title, scale=scale, axis=alt.Axis(format=euros_format())), y2="cost:Q")
    line = base.mark_line(color=COST, strokeWidth=2, point=alt.OverlayMarkDef(size=60, filled=True)).encode(y=alt.Y("cost:Q", title=y_title, scale=scale, axis=alt.Axis(format=euros_format())))
    return dressed((band + line).properties(height=300), lang)


def curve(points: pd.DataFrame, lang: str, height: int = 220) -> Any:
    """Best cost and proven bound against time, one panel per problem, each on its own scale.

    `points`: problem (code), seconds, cost, bound (€, missing while unknown); steps hold until the next point.
    """
    names = {"cost": text("charts.cost", lang), "bound": text("charts.bound", lang)}
    long = points.melt(["problem", "seconds"], ["cost", "bound"], "figure", "value").dropna(subset=["value"]).sort_values("seconds")
    long["figure"] = long["figure"].map(names)
    long["said"] = [f"{euros(value, lang)} · {number(seconds, lang, 1)} s" for value, seconds in zip(long["value"], long["seconds"], strict=True)]
    colour = alt.Color("figure:N", title=None, scale=alt.Scale(domain=list(names.values()), range=[COST, BOUND]))
    panels: list[Any] = []
    for problem in dict.fromkeys(long["problem"]):
        base = alt.Chart(long[long["problem"] == problem], title=text(f"problem.{problem}", lang)).encode(
            x=alt.X("seconds:Q", title=text("charts.seconds", lang), axis=alt.Axis(format=",.0f", tickCount=6)),
            y=alt.Y("value:Q", title=None, scale=alt.Scale(zero=False, nice=True), axis=alt.Axis(format=euros_format(), tickCount=5)),
            color=colour,
            tooltip=[alt.Tooltip("figure:N", title=" "), alt.Tooltip("said:N", title=" ")],
        )
        panels.append((base.mark_line(interpolate="step-after", strokeWidth=2) + base.mark_point(size=22, filled=True)).properties(height=height, width="container" if not panels else 300))
    if not panels:
        return dressed(alt.Chart(long).mark_line(), lang)
    whole = panels[0] if len(panels) == 1 else alt.hconcat(*(panel.properties(width=300) for panel in panels), spacing=24).resolve_scale(color="shared")
    return dressed(whole, lang)
