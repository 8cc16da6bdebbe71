"""A study in plain figures: what a list of runs, a comparison or a batch shows without reading the plans again."""

from __future__ import annotations

from typing import Any

from planner.issues import Severity
from planner.plan import Status
from planner.schema import rows
from planner.study import SAVINGS, Study, key_figures


def outcome(done: Study) -> str:
    """One word for the whole study: ok, impossible, no_plan, stopped, refused or nothing (worst first)."""
    if not done.results:
        return "nothing"
    plans = [result.plan for result in done.results.values()]
    if any(p.status is Status.FAILED or (p.status.has_plan and not r.valid) for p, r in zip(plans, done.results.values(), strict=True)):
        return "refused"
    if any(p.status is Status.INFEASIBLE for p in plans):
        return "impossible"
    if any(p.status is Status.NO_PLAN_IN_TIME for p in plans):
        return "no_plan"
    return "stopped" if any(p.status is Status.STOPPED for p in plans) else "ok"


def summary(done: Study) -> dict[str, Any]:
    """JSON-able figures: `problems` by name, the study's `saving` (€/year), what `regrouping` is worth.

    Per problem: status, valid, today_valid (today's organisation keeps the rules), today, annual, saving (€/year), cost, bound, gap_euros (€ of the objective), gap (share),
    seconds, changes (from the accepted plan), kpis by code as [today, plan], findings by severity. None where a
    figure is not known; a plan that its audit refuses gives no cost.
    """
    savings = {row.problem: row.saving for row in rows(SAVINGS, done.savings) if row.establishment is None}
    kpis: dict[str, dict[str, list[float | None]]] = {name: {} for name in done.results}
    for pair in key_figures(done):
        if not pair.establishment:
            kpis[pair.problem][pair.kpi.code] = [pair.today, pair.plan]
    problems: dict[str, Any] = {}
    for name, result in done.results.items():
        plan = result.plan if result.valid else result.plan.with_(cost=None, bound=None)
        changes = kpis[name].get("changes", [None, None])[1]
        problems[name] = {
            "status": str(plan.status), "valid": result.valid, "today_valid": result.baseline_audit is not None and result.baseline_audit.valid, "today": result.today, "annual": result.annual, "saving": savings.get(name),
            "cost": plan.cost, "bound": plan.bound, "gap_euros": plan.gap_euros, "gap": plan.gap, "seconds": round(plan.seconds, 3),
            "changes": None if changes is None else round(changes), "kpis": kpis[name],
            "issues": {str(severity): sum(issue.severity is severity for issue in result.issues) for severity in Severity},
        }  # fmt: skip
    regrouping = None if done.regrouping is None else {**vars(done.regrouping), "extra_road": done.regrouping.extra_road, "worth": done.regrouping.worth}
    return {"problems": problems, "saving": done.saving, "regrouping": regrouping}
