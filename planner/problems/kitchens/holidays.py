"""What holidays not worked ask of the kitchens of a plan, on the real calendar. No solver here."""

from __future__ import annotations

import math

from planner.issues import Issue
from planner.network import Network
from planner.plan import Plan
from planner.problems.base import edited
from planner.problems.kitchens import tables as tb
from planner.problems.kitchens.audit import Reading
from planner.problems.kitchens.world import World
from planner.scenario import Scenario

TOLD = 1.05  # times the meals of a production day that working the holidays would leave, from which it is told


def spared(scenario: Scenario, network: Network, plan: Plan) -> list[Issue]:
    """Kitchens of the plan that would need clearly less per production day if they worked the holidays: the choice "where needed" looks at the
    use-by alone."""
    if scenario.value(tb.REAL_CALENDAR) < 0.5 or tb.ROADMAP.name not in plan.tables:
        return []
    worked = edited(scenario, tb.KITCHENS.name, lambda row: {"holidays": "worked"} if row.holidays == "needed" else {})
    if worked.hash == scenario.hash:
        return []
    now, then = World(scenario, network), World(worked, network)
    reading = Reading.of(now, plan)
    issues = []
    for code, kitchen in now.kitchens.items():
        if kitchen.holidays != "needed":
            continue
        fed = {year: reading.fed_by(code, year) for year in now.years}
        loads = [(now.load(code, rows), then.load(code, rows), year) for year, rows in fed.items() if rows]
        found = max(loads, key=lambda one: one[0] - one[1], default=None)
        if found is not None and math.isfinite(found[0]) and found[0] > TOLD * found[1]:
            issues.append(Issue.info("kitchens_holidays_spare", table=tb.KITCHENS.name, row=kitchen.index_, column="holidays", kitchen=code, year=str(found[2]), now=found[0], then=found[1],
                                     days=then.holidays_worked(code, found[2])))  # fmt: skip
    return issues
