"""What the runs of a batch found, one line of figures each. Read from their summaries alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planner.store import Run


@dataclass(frozen=True)
class Line:
    """One member of a batch in figures: €/year but for bound and gap (€ of the objective); None where not known.

    `costs`, `bounds`, `gaps` by problem; `saving` only where every problem has a valid plan, so that members compare;
    `changes` from the accepted plans, summed over the problems, `changes_of` by problem.
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
    changes_of: Mapping[str, int | None]
    changed: str
    faulty_today: bool = False  # today's organisation breaks rules of this variant: its saving says little
    unproven: float = 0.0  # what better plans could still save, €/year

    def to_first(self, first: Line) -> float | None:
        """What this member saves more than the first; None where a saving is not known or today's organisation breaks rules."""
        if self.saving is None or first.saving is None or self.faulty_today or first.faulty_today:
            return None
        return self.saving - first.saving

    def unclear(self, first: Line) -> bool:
        """Whether the difference to the first is less than what is left unproven of one of them: the search alone may make it."""
        gap = self.to_first(first)
        return gap is not None and 0.5 <= abs(gap) < max(self.unproven, first.unproven)


def line_of(run: Run) -> Line:
    found: Mapping[str, Any] = run.summary.get("problems", {})
    co2 = [problem["kpis"]["co2"][1] for problem in found.values() if problem["kpis"].get("co2", [None, None])[1] is not None]
    changes = [problem["changes"] for problem in found.values() if problem["changes"] is not None]
    by = {key: {name: problem[key] for name, problem in found.items()} for key in ("annual", "bound", "gap_euros", "status", "changes")}
    return Line(
        run, run.label or run.name, run.summary.get("saving") if all(problem["valid"] for problem in found.values()) else None, by["annual"], by["bound"], by["gap_euros"], by["status"],
        sum(co2) if co2 else None, sum(changes) if changes else None, by["changes"], run.changed,
        any(problem["today"] is not None and not problem.get("today_valid", True) for problem in found.values()),
        run.unproven(),
    )  # fmt: skip


def frontier(found: Sequence[Line], problem: str) -> list[tuple[int, float, str]]:
    """What it costs to change little: (changes, €/year, label), fewest changes first, each cheaper than all with fewer.

    Searches end at their limit: a run allowed more changes may have found less. Its plan is then left out, since
    that of fewer changes is allowed to it too.
    """
    points = [(line.changes_of.get(problem), line.costs.get(problem), line.label) for line in found]
    known = sorted((changes, cost, label) for changes, cost, label in points if changes is not None and cost is not None)
    return [point for place, point in enumerate(known) if not place or point[1] < min(cost for _, cost, _ in known[:place]) - 0.005]
