"""The front of cost, CO2, longest transport and safety, in figures and in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from planner import fronts
from planner.fronts import Front
from planner.i18n import message, number, text
from planner.plan import Limits, Progress
from planner.report.fronts import FIGURES, front_book, front_rows
from planner.roads import read_roads
from planner.scenario import Scenario
from planner.service.workbooks import aligned, write_whole

FRONT_AXES = fronts.AXES


def front(scenario: Scenario, axes: list[str], steps: int, limits: Limits, progress: Progress, roads: Path | None = None) -> Front:
    """The front along the axes asked for (names of FRONT_AXES)."""
    return fronts.front(scenario, axes, steps, limits, progress, None if roads is None else read_roads(roads)[0])


def front_dict(made: Front, lang: str) -> dict[str, Any]:
    """Everything as plain values, for programs."""
    return {"points": front_rows(made, lang), "without_plan": [{"name": message(p.name, lang), "status": str(p.status)} for p in made.points if p.cost is None]}


def front_text(made: Front, lang: str) -> str:
    """A line per point, the best marked; then what had no plan."""
    lines = [["", text("front.name", lang), *(text(f"front.title.{code}", lang) for code, _, _ in FIGURES)]]
    for row in front_rows(made, lang):
        figures = (text("cli.unknown", lang) if row[code] is None else number(row[code], lang, decimals) for code, _, decimals in FIGURES)
        lines.append(["★" if row["best"] else "", row["name"], *figures])
    said = [aligned(lines, left=(0, 1)), text("front.note", lang)]
    return "\n".join([*said, *(text("front.no_plan", lang, name=message(p.name, lang), status=text(f"status.{p.status}", lang)) for p in made.points if p.cost is None)])


def front_points(made: Front, figure: str, lang: str) -> pd.DataFrame:
    """Name, x (the figure) and y (€ per year) of the points with a plan, for a chart."""
    return pd.DataFrame([(row["name"], row[figure], row["cost"]) for row in front_rows(made, lang)], columns=["name", "x", "y"])


def write_front(made: Front, path: Path, lang: str) -> None:
    """The front as a workbook with pictures. Raises CannotWrite."""
    write_whole(path, front_book(made, lang))
