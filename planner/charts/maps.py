"""Maps drawn from coordinates alone: kilometres east and north of the group's middle, no tiles, no server."""

from __future__ import annotations

import math
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from planner.charts.style import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, SERIES, SKY, dressed
from planner.i18n import number, text

KM_PER_DEGREE = 111.32  # of latitude
WIDTH, HEIGHT = 760, 520  # pixels
SHAPES = {"kitchen": "square", "site": "circle", "depot": "triangle-up", "platform": "diamond"}
ROLES = {"kitchen": ORANGE, "depot": PURPLE, "platform": GREEN, "site": BLUE}


def placed(sites: pd.DataFrame) -> pd.DataFrame:
    """The sites whose coordinates are known."""
    return sites.dropna(subset=["lat", "lon"])


def no_place(count: int, lang: str) -> str:
    """How many sites a map leaves out."""
    return text("charts.no_place", lang, count=count)


def projected(sites: pd.DataFrame) -> pd.DataFrame:
    """`sites` with x and y in km from the middle of all: straight distances are true to 1 % over 300 km."""
    lat, lon = sites["lat"].to_numpy(float), sites["lon"].to_numpy(float)
    middle_lat, middle_lon = (float(np.mean([values.min(), values.max()])) if len(values) else 0.0 for values in (lat, lon))
    scale = math.cos(math.radians(middle_lat))
    return sites.assign(x=(lon - middle_lon) * KM_PER_DEGREE * scale, y=(lat - middle_lat) * KM_PER_DEGREE)


def site_map(
    sites: pd.DataFrame,
    lang: str,
    links: pd.DataFrame | None = None,
    legs: pd.DataFrame | None = None,
    selection: str = "site",
    height: int = HEIGHT,
) -> Any:
    """The sites, with who feeds whom (`links`) or routes (`legs`); a click selects a site (parameter `selection`).

    `sites`: site, name, lat, lon, role (a key of ROLES, "site" where missing), and said (hover text, the name where
    missing). `links`: site, other (codes of the two ends), name (what the colour means). `legs`: the same, with order.
    Sites whose place is not known are left out, and how many is said.
    """
    there = placed(sites)
    found = projected(there.reset_index(drop=True))
    found["role"] = found.get("role", "site")
    found["said"] = found.get("said", found["name"])
    found["kind"] = [text(f"charts.role.{role}", lang) for role in found["role"]]
    roles = [role for role in ROLES if role in set(found["role"])]
    x_range, y_range = _frame(found, height)
    axis = {"x": alt.X("x:Q", axis=None, scale=alt.Scale(domain=x_range, nice=False)), "y": alt.Y("y:Q", axis=None, scale=alt.Scale(domain=y_range, nice=False))}
    layers: list[Any] = []
    for lines, dash in ((links, [1, 0]), (legs, [1, 0])):
        if lines is not None and len(lines):
            layers.append(_lines(lines, found, axis, dash))
    names = [text(f"charts.role.{role}", lang) for role in roles]
    picked = alt.selection_point(name=selection, fields=["site"], on="click", empty=False)
    layers.append(
        alt.Chart(found)
        .mark_point(filled=True, opacity=1, stroke="white", strokeWidth=1, cursor="pointer")
        .encode(
            **axis,
            color=alt.Color("kind:N", title=None, scale=alt.Scale(domain=names, range=[ROLES[role] for role in roles])),
            shape=alt.Shape("kind:N", title=None, scale=alt.Scale(domain=names, range=[SHAPES[role] for role in roles])),
            size=alt.condition(picked, alt.value(320), alt.Size("kind:N", legend=None, scale=alt.Scale(domain=names, range=[170 if role != "site" else 70 for role in roles]))),
            tooltip=[alt.Tooltip("said:N", title=" ")],
        )
        .add_params(picked)
    )
    layers += _scale_bar(x_range, y_range, lang)
    layered = alt.layer(*layers).resolve_scale(color="independent", shape="independent").properties(width=WIDTH, height=height)
    if len(there) < len(sites):
        layered = layered.properties(title=no_place(len(sites) - len(there), lang))
    return dressed(layered, lang)


def _frame(found: pd.DataFrame, height: int) -> tuple[list[float], list[float]]:
    """Ranges of x and y (km) that hold all sites with a margin and keep one kilometre as long both ways."""
    wide = max(float(found["x"].max() - found["x"].min()), 0.5) * 1.12 if len(found) else 1.0
    tall = max(float(found["y"].max() - found["y"].min()), 0.5) * 1.16 if len(found) else 1.0
    km = max(wide / WIDTH, tall / height)  # per pixel
    middle_x, middle_y = (float(found[name].max() + found[name].min()) / 2 if len(found) else 0.0 for name in ("x", "y"))
    return [middle_x - km * WIDTH / 2, middle_x + km * WIDTH / 2], [middle_y - km * height / 2, middle_y + km * height / 2]


def _lines(lines: pd.DataFrame, sites: pd.DataFrame, axis: dict[str, Any], dash: list[int]) -> Any:
    at = sites.set_index("site")[["x", "y"]]
    known = lines[lines["site"].isin(at.index) & lines["other"].isin(at.index)]
    ends = known.assign(
        x=at.loc[known["other"], "x"].to_numpy(), y=at.loc[known["other"], "y"].to_numpy(), x2=at.loc[known["site"], "x"].to_numpy(), y2=at.loc[known["site"], "y"].to_numpy()
    )
    order = list(dict.fromkeys(ends["name"]))
    palette = [*SERIES, SKY, GREY, RED]
    return (
        alt.Chart(ends)
        .mark_rule(strokeWidth=1.6, opacity=0.75, strokeDash=dash)
        .encode(
            **axis, x2="x2:Q", y2="y2:Q",
            color=alt.Color("name:N", title=None, sort=order, scale=alt.Scale(domain=order, range=[palette[i % len(palette)] for i in range(len(order))]),
                            legend=alt.Legend(orient="bottom", columns=3, symbolStrokeWidth=3) if len(order) <= 14 else None),
            tooltip=[alt.Tooltip("said:N" if "said" in ends else "name:N", title=" ")],
        )
    )  # fmt: skip


def _scale_bar(x_range: list[float], y_range: list[float], lang: str) -> list[Any]:
    """A bar of a round number of kilometres in the lower left corner."""
    room = (x_range[1] - x_range[0]) / 5
    length = max(step for step in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200) if step <= max(room, 0.1))
    x, y = x_range[0] + 0.02 * (x_range[1] - x_range[0]), y_range[0] + 0.03 * (y_range[1] - y_range[0])
    bar = pd.DataFrame({"x": [x], "x2": [x + length], "y": [y], "said": [f"{number(length, lang, 0 if length >= 1 else 1)} km"]})
    scale_x, scale_y = alt.Scale(domain=x_range, nice=False), alt.Scale(domain=y_range, nice=False)
    base = alt.Chart(bar).encode(x=alt.X("x:Q", axis=None, scale=scale_x), y=alt.Y("y:Q", axis=None, scale=scale_y))
    return [base.mark_rule(strokeWidth=3, color="#333").encode(x2="x2:Q"), base.mark_text(align="left", dy=-9, color="#333").encode(text="said:N")]
