"""Delivery routes: which vehicle serves which sites, when and in which order, in a typical week."""

from __future__ import annotations

from dataclasses import dataclass

from planner.issues import Issue
from planner.network import Network
from planner.plan import Audit, Kpi, Limits, Plan, Progress
from planner.problems.routes import audit as auditing
from planner.problems.routes import baseline as today
from planner.problems.routes import precheck
from planner.problems.routes.tables import FLOWS, GROUP, KPIS, PARAMETERS, RESULTS, TABLES
from planner.scenario import Scenario
from planner.schema import Table
from planner.sites import Parameter


@dataclass(frozen=True)
class Routes:
    """The routes problem (see `planner.problems.base.Problem`)."""

    name: str = GROUP
    tables: tuple[Table, ...] = TABLES
    results: tuple[Table, ...] = RESULTS
    parameters: tuple[Parameter, ...] = PARAMETERS
    kpis: tuple[Kpi, ...] = KPIS

    def relevant(self, scenario: Scenario) -> bool:
        return bool(scenario.rows(FLOWS.name))

    def precheck(self, scenario: Scenario, network: Network) -> list[Issue]:
        return precheck.check(scenario, network)

    def baseline(self, scenario: Scenario, network: Network) -> Plan:
        return today.baseline(scenario, network)

    def solve(self, scenario: Scenario, network: Network, limits: Limits, progress: Progress) -> Plan:
        from planner.problems.routes import model

        return model.solve(scenario, network, limits, progress)

    def audit(self, scenario: Scenario, network: Network, plan: Plan) -> Audit:
        return auditing.audit(scenario, network, plan)


ROUTES = Routes()
