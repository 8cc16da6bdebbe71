"""Which kitchens to keep, close, extend or open, year by year, and who feeds whom."""

from __future__ import annotations

from dataclasses import dataclass

from planner.issues import Issue
from planner.network import Network
from planner.plan import Audit, Kpi, Limits, Plan, Progress
from planner.problems.kitchens import data, plans, precheck
from planner.problems.kitchens import tables as tb
from planner.problems.kitchens.audit import audit
from planner.scenario import Scenario
from planner.schema import Table
from planner.sites import Parameter


@dataclass(frozen=True)
class Kitchens:
    """The kitchens problem (see `planner.problems.base.Problem`)."""

    name: str = tb.GROUP
    tables: tuple[Table, ...] = tb.TABLES
    results: tuple[Table, ...] = tb.RESULTS
    parameters: tuple[Parameter, ...] = tb.PARAMETERS
    kpis: tuple[Kpi, ...] = tb.KPIS

    def relevant(self, scenario: Scenario) -> bool:
        return data.relevant(scenario)

    def precheck(self, scenario: Scenario, network: Network) -> list[Issue]:
        return precheck.check(scenario, network)

    def baseline(self, scenario: Scenario, network: Network) -> Plan:
        return plans.baseline(scenario, network)

    def solve(self, scenario: Scenario, network: Network, limits: Limits, progress: Progress) -> Plan:
        from planner.problems.kitchens import model  # loads the solver

        return model.solve(scenario, network, limits, progress)

    def audit(self, scenario: Scenario, network: Network, plan: Plan) -> Audit:
        return audit(scenario, network, plan)


KITCHENS = Kitchens()
