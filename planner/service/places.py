"""Where kitchens would stand best, in figures and in words."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from planner import network as networks
from planner.i18n import number, text
from planner.plan import Limits, Progress
from planner.problems.kitchens.places import Places, best_places
from planner.roads import read_roads
from planner.scenario import Scenario
from planner.service.workbooks import aligned
from planner.sites import SITES


def find_places(scenario: Scenario, most: int, largest: float | None, limits: Limits, progress: Progress, roads: Path | None = None) -> list[Places]:
    """The best places for 1 to `most` kitchens of at most `largest` meals a year."""
    built, _ = networks.build(scenario, None if roads is None else read_roads(roads)[0])
    return best_places(scenario, built, most, largest, limits, progress)


def places_dict(found: list[Places]) -> list[dict[str, Any]]:
    """Everything as plain values, for programs."""
    return [asdict(one) for one in found]


def places_text(found: list[Places], scenario: Scenario, lang: str) -> str:
    """One line for each number of kitchens, places by their names with their share of the meals."""
    names = {row.site: row.name for row in scenario.rows(SITES.name)}
    lines = [[text(f"places.{c}", lang) for c in ("number", "minutes", "least", "furthest", "where")]]
    for one in found:
        total = sum(one.meals)
        where = ", ".join(f"{names[site]} ({number(100 * meals / total, lang, 0)} %)" for site, meals in zip(one.sites, one.meals, strict=True))
        least = text("places.proven", lang) if one.proven else number(one.least, lang, 1)
        lines.append([str(one.number), number(one.minutes, lang, 1), least, number(one.furthest, lang, 0), where])
    return "\n".join([text("places.title", lang), "", aligned(lines, left=(2, 4)), "", text("places.note", lang)])
