"""`python -m benchmarks conflicts FOLDER`: rules that cannot be kept, planted in the samples, and how fast they are told.

For each planted conflict: seconds until the answer, points of the smallest change, rules of the smallest set that quarrels, and
whether that set is minimal: without any one of its rules (and with all others of it) a plan exists, with all of them none does.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from planner import network, service
from planner.issues import errors
from planner.network import Network
from planner.plan import Limits, Progress, Status
from planner.problems.base import Rule, edited
from planner.problems.kitchens import KITCHENS
from planner.problems.kitchens import tables as tb
from planner.problems.kitchens.policies import policies
from planner.scenario import Scenario, with_parameter

Plant = Callable[[Scenario], Scenario]


def locked(**locks: str) -> Plant:
    return lambda scenario: edited(scenario, tb.KITCHENS.name, lambda row: {"lock": locks[row.kitchen]} if row.kitchen in locks else {})


def budget(euros: float) -> Plant:
    return lambda scenario: edited(scenario, tb.YEARS.name, lambda row: {"investment": euros})


def levels(**values: object) -> Plant:
    return lambda scenario: edited(scenario, tb.LEVELS.name, lambda row: dict(values))


def both(*plants: Plant) -> Plant:
    def changed(scenario: Scenario) -> Scenario:
        for plant in plants:
            scenario = plant(scenario)
        return scenario

    return changed


PLANTED: dict[str, dict[str, Plant]] = {
    "la_rochelle_rochefort": {
        "one large kitchen closed, no budget": both(budget(0.0), locked(ROC="close")),
        "three small kitchens closed, little budget": both(budget(100000.0), locked(RE="close", MA="close", OL="close")),
        "chillers for half the meals": levels(cold_capacity=3000.0),
        "nobody approved": lambda scenario: edited(scenario, tb.KITCHENS.name, lambda row: {"approved": False}),
        "real holidays, worked where needed": lambda scenario: with_parameter(scenario, tb.REAL_CALENDAR, 1.0),
        "cold within 45 min": lambda scenario: with_parameter(scenario, tb.MAX_COLD_MINUTES, 45.0),
    },
    "epsm_nord_pas_de_calais": {
        "the largest kitchen closed, no budget": both(budget(0.0), locked(STA="close")),
        "all closed but one": locked(BAI="close", STA="close", STV="close", UCP="close"),
        "chillers for half the meals": levels(cold_capacity=300.0),
    },
}  # fmt: skip


def minimal(scenario: Scenario, built: Network, names: Sequence[object], limits: Limits) -> str:
    """Whether the rules named quarrel, and no fewer of them do."""
    rules = [rule for rule in policies(scenario) if rule.kind == "rule"]

    def kept(some: Sequence[Rule]) -> Scenario:
        changed = scenario
        for rule in rules:
            if rule not in some:
                changed = rule.change(changed)
        return changed

    found = [rule for rule in rules if rule.name in names]
    if not found:
        return "not isolated"
    if KITCHENS.solve(kept(found), built, limits, Progress()).status is not Status.INFEASIBLE:
        return "no quarrel"
    few = [KITCHENS.solve(kept([other for other in found if other is not rule]), built, limits, Progress()).status.has_plan for rule in found]
    return "minimal" if all(few) else "too many"


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks conflicts", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("scenarios"), help="where the sample workbooks are")
    asked = parser.parse_args(words)
    limits = Limits(seconds=20.0)
    worst = 0.0
    for name, planted in PLANTED.items():
        opened = service.open_scenario(asked.folder / f"{name}.xlsx", None).scenario
        assert opened is not None
        built, _ = network.build(opened)
        for title, plant in planted.items():
            scenario = plant(opened)
            if found := errors(KITCHENS.precheck(scenario, built)):
                print(f"{name[:12]:14}{title:46}said before solving: {len(found)} finding(s)", flush=True)
                continue
            began = time.monotonic()
            plan = KITCHENS.solve(scenario, built, limits, Progress())
            seconds = time.monotonic() - began
            if plan.status is not Status.INFEASIBLE:
                print(f"{name[:12]:14}{title:46}{plan.status}: no conflict", flush=True)
                continue
            worst = max(worst, seconds)
            points = sum(issue.code.startswith("kitchens_relax") or issue.code.startswith("kitchens_changes") for issue in plan.issues)
            names = [issue.expected for issue in plan.issues if issue.code == "kitchens_conflict_rule"]
            print(f"{name[:12]:14}{title:46}{seconds:5.1f} s  {points:2} point(s)  {len(names)} rule(s), {minimal(scenario, built, names, limits)}", flush=True)
    print(f"slowest answer {worst:.1f} s")
    return 0 if worst <= 10 else 1
