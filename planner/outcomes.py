"""What the runs of a batch found, one line of figures each. Read from their summaries alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from planner.store import Run


@dataclass(frozen=True)
class Line:
    """One member of a batch in figures: €/year but for bound and gap (€ of the objective); None where not known.

    `costs`, `bounds`, `gaps` by problem; `changes` from the accepted plans, summed over the problems.
    """

    run: Run
    label: str
    saving: float | None
    costs: Mapping[str, float | None]
    bounds: Mapping[str, float | None]
    gaps: Mapping[str, float | None]
    statuses: Mapping[str, str]
    co2: float | None
    changes: int | None
    changed: str
    faulty_today: bool = False  # today's organisation breaks rules of this variant: its saving says little


def line_of(run: Run) -> Line:
    found: Mapping[str, Any] = run.summary.get("problems", {})
    co2 = [problem["kpis"]["co2"][1] for problem in found.values() if problem["kpis"].get("co2", [None, None])[1] is not None]
    changes = [problem["changes"] for problem in found.values() if problem["changes"] is not None]
    by = {key: {name: problem[key] for name, problem in found.items()} for key in ("annual", "bound", "gap_euros", "status")}
    return Line(
        run, run.label or run.name, run.summary.get("saving"), by["annual"], by["bound"], by["gap_euros"], by["status"],
        sum(co2) if co2 else None, sum(changes) if changes else None, run.changed,
        any(problem["today"] is not None and not problem.get("today_valid", True) for problem in found.values()),
    )  # fmt: skip


def cheapest_so_far(found: Sequence[Line], problem: str) -> list[Line]:
    """For a curve of cost against allowed changes: a plan with few changes is allowed wherever more are, so none costs more than those before."""
    made: list[Line] = []
    best: Line | None = None
    for line in found:
        cost = line.costs.get(problem)
        if best is not None and best.costs.get(problem) is not None and (cost is None or cost > (best.costs[problem] or 0.0)):
            line = replace(best, run=line.run, label=line.label)
        best = line
        made.append(line)
    return made
