"""Deliveries costed by a routes plan: the workbook filled with them, and kitchens and routes solved again, in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from planner import excel, feedback
from planner.feedback import Rounds
from planner.i18n import euros, number, text
from planner.plan import Limits, Progress
from planner.problems.kitchens.tables import DELIVERIES, DELIVERY_ORIGINS
from planner.roads import read_roads
from planner.scenario import Scenario
from planner.schema import Row
from planner.service.workbooks import aligned, ensure_workbook_writable, whole
from planner.sites import SITES
from planner.study import Study

Deliveries = Rounds


def solve_twice(scenario: Scenario, limits: Limits, progress: Progress, roads: Path | None = None) -> Rounds:
    """Kitchens, routes, then both again with the deliveries as the first routes cost them."""
    return feedback.twice(scenario, limits, progress, None if roads is None else read_roads(roads)[0])


def fed_back(done: Study, scenario: Scenario | None = None) -> Scenario | None:
    """The scenario with its deliveries as a study's routes cost them; None without valid plans of kitchens and routes."""
    return feedback.fed_back(done, scenario)


def write_told(told: Scenario, path: Path, lang: str) -> None:
    """The scenario as a workbook, its costed deliveries filled. Raises CannotWrite."""
    ensure_workbook_writable(path)
    with whole(path) as partial:
        excel.write_scenario(told, partial, lang)


def _pairs(told: Scenario) -> Iterator[tuple[Row, str]]:
    names = {row.site: row.name for row in told.rows(SITES.name)}
    for row in told.rows(DELIVERIES.name):
        yield row, names.get(row.site, row.site)


def deliveries_dict(made: Rounds) -> dict[str, Any]:
    """Everything as plain values, for programs."""
    rows = [] if made.told is None else [{"kitchen": row.kitchen, "site": row.site, "cost": row.cost, "km": row.km, "origin": row.origin} for row, _ in _pairs(made.told)]
    return {"deliveries": rows, "first_total": made.first_total, "second_total": made.second_total,
            "sites_moved": None if made.second is None or made.second_total is None or made.first_total is None else feedback.moved(made.first, made.second)}  # fmt: skip


def costs_text(told: Scenario, lang: str, served_only: bool = True) -> str:
    """What the routes cost by pair, and how many pairs are calibrated estimates."""
    head = [DELIVERIES.column(name).header(lang) for name in ("kitchen", "site", "cost", "km", "origin")]
    labels = {option.code: option.fr if lang == "fr" else option.en for option in DELIVERY_ORIGINS}
    lines = [
        [str(row.kitchen), name, euros(row.cost, lang), "" if row.km is None else number(row.km, lang), labels[row.origin]]
        for row, name in _pairs(told) if not served_only or row.origin != "calibrated"
    ]  # fmt: skip
    left = sum(row.origin == "calibrated" for row in told.rows(DELIVERIES.name))
    return "\n".join([aligned([head, *lines], left=(0, 1, 4)), text("feedback.calibrated", lang, count=left)])


def rounds_text(made: Rounds, lang: str) -> str:
    """Both rounds in words."""
    if made.told is None:
        return text("feedback.none", lang)
    said = [costs_text(made.told, lang), ""]
    if made.first_total is None or made.second is None or made.second_total is None:
        return "\n".join([*said, text("feedback.one_round", lang)])
    gain = made.first_total - made.second_total
    said.append(text("feedback.rounds", lang, first=euros(made.first_total, lang), second=euros(made.second_total, lang), count=feedback.moved(made.first, made.second)))
    said.append(text("feedback.better" if gain > 0 else "feedback.no_better", lang, gain=euros(abs(gain), lang)))
    return "\n".join(said)
