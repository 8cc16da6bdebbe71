"""Runs of the store side by side: key figures, differences to the first, what to draw. Read from their summaries alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from planner.catalog import KPIS
from planner.i18n import text
from planner.plan import Kpi
from planner.store import Run

ORDER = ("kitchens", "routes", "purchasing")
SAVING = Kpi("saving", "Économie du groupement", "The group's saving", "€/an", "high")


@dataclass(frozen=True)
class Line:
    """One key figure of several runs. `problem`: "" for the group's saving; `values`: one per run, None where not known.

    `unproven`: what is left unproven of the figure in each run, in its own unit; 0 where it is not money.
    """

    problem: str
    kpi: Kpi
    today: float | None
    values: tuple[float | None, ...]
    unproven: tuple[float, ...] = ()

    def difference(self, place: int) -> float | None:
        """What the run at `place` has more than the first one."""
        first, value = self.values[0], self.values[place]
        return None if first is None or value is None else value - first

    def better(self, place: int) -> bool | None:
        """Whether the run at `place` does better than the first; None where neither side is better, they are equal as shown or `unclear`."""
        gap = self.difference(place)
        if gap is None or not self.kpi.better or round(gap, self.kpi.decimals) == 0 or self.unclear(place):
            return None
        return (gap > 0) == (self.kpi.better == "high")

    def unclear(self, place: int) -> bool:
        """Whether the difference to the first is less than what is left unproven of one of the two: the search alone may make it."""
        gap = self.difference(place)
        if gap is None or not self.unproven or round(gap, self.kpi.decimals) == 0:
            return False
        return abs(gap) < max(self.unproven[0], self.unproven[place])


def lines(runs: Sequence[Run]) -> list[Line]:
    """The key figures that at least one run knows, problem by problem, the group's saving first; today's are the first run's."""
    made = [Line("", SAVING, None, tuple(run.summary.get("saving") for run in runs), tuple(run.unproven() for run in runs))]
    for problem in ORDER:
        for kpi in KPIS[problem]:
            pairs = [_kpis(run, problem).get(kpi.code, (None, None)) for run in runs]
            open_ = tuple(_unproven(run, problem, kpi, plan) for run, (_, plan) in zip(runs, pairs, strict=True))
            made.append(Line(problem, kpi, pairs[0][0] if pairs else None, tuple(plan for _, plan in pairs), open_))
    return [line for line in made if any(value is not None for value in line.values)]


def _unproven(run: Run, problem: str, kpi: Kpi, value: float | None) -> float:
    """What is left unproven of a key figure of a plan, in the figure's unit; 0 where it is not money or neither side of it is better."""
    if value is None or not kpi.better:
        return 0.0
    found = run.summary.get("problems", {}).get(problem, {})
    yearly, annual = run.unproven(problem), abs(found.get("annual") or 0.0)
    if kpi.code == "gain_percent":  # of today's purchases
        today = found.get("kpis", {}).get("annual_cost", [None])[0]
        return 100 * yearly / today if today else 0.0
    if kpi.code == "plan_budget":  # over the years of the plan, as the objective
        return max(yearly, found.get("gap_euros") or 0.0)
    if kpi.unit.startswith("€/") and kpi.unit != "€/an":  # cost per meal, stop or place
        return abs(value) * yearly / annual if annual else 0.0
    return yearly if kpi.unit in ("€", "€/an") else 0.0


def points(runs: Sequence[Run], names: Sequence[str], costs: str, against: str) -> pd.DataFrame:
    """What `charts.scatter` draws: name, x, y, size (changes from the accepted plans, missing where none was accepted).

    `costs`: a problem, y is its yearly cost (€/year), or "" for the group's saving; `against`: a key figure, summed
    over the problems that have it.
    """
    made = []
    for run, name in zip(runs, names, strict=True):
        cost = run.summary.get("saving") if not costs else run.summary.get("problems", {}).get(costs, {}).get("annual")
        made.append((name, _summed(run, against), cost, _summed(run, "changes")))
    return pd.DataFrame(made, columns=["name", "x", "y", "size"]).astype({"x": float, "y": float, "size": float})


def axes(runs: Sequence[Run]) -> list[Kpi]:
    """The key figures to draw costs against that some run knows: CO2, changes, kilometres, kitchens open."""
    known = {kpi.code: kpi for problem in ORDER for kpi in KPIS[problem]}
    return [known[code] for code in ("co2", "changes", "km", "kitchens_open") if any(_summed(run, code) is not None for run in runs)]


def outcome_words(run: Run, problem: str, lang: str) -> str:
    """How a problem of a run ended; a dash where it was not asked."""
    found = run.summary.get("problems", {}).get(problem)
    if found is None:
        return "–"
    refused = found["status"] in ("optimal", "feasible", "stopped") and not found["valid"]
    return text("status.refused" if refused else f"status.{found['status']}", lang)


def states(runs: Sequence[Run], lang: str) -> dict[str, tuple[str, ...]]:
    """How each problem that some run was asked ended in each run."""
    asked = [problem for problem in ORDER if any(problem in run.summary.get("problems", {}) for run in runs)]
    return {problem: tuple(outcome_words(run, problem, lang) for run in runs) for problem in asked}


def _kpis(run: Run, problem: str) -> Mapping[str, Any]:
    kpis: Mapping[str, Any] = run.summary.get("problems", {}).get(problem, {}).get("kpis", {})
    return kpis


def _summed(run: Run, code: str) -> float | None:
    known = [pair[1] for problem in ORDER if (pair := _kpis(run, problem).get(code)) is not None and pair[1] is not None]
    return sum(known) if known else None
