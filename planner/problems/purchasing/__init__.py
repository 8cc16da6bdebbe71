"""Grouped purchasing: which supplier wins which lot, for whom, at what price."""

from __future__ import annotations

from planner.issues import Issue
from planner.network import Network
from planner.plan import Audit, Limits, Plan, Progress, Status
from planner.problems.base import cost_of
from planner.problems.purchasing import ledger
from planner.problems.purchasing.audit import audit
from planner.problems.purchasing.course import run
from planner.problems.purchasing.market import read
from planner.problems.purchasing.precheck import precheck
from planner.problems.purchasing.rules import read_rules
from planner.problems.purchasing.tables import COSTS, KPIS, PARAMETERS, RESULTS, TABLES
from planner.scenario import Scenario


class Purchasing:
    """The purchasing problem (see planner.problems.base.Problem)."""

    name = "purchasing"
    tables = TABLES
    results = RESULTS
    parameters = PARAMETERS
    kpis = KPIS

    def relevant(self, scenario: Scenario) -> bool:
        """Whether anybody needs anything."""
        return bool(scenario.rows("needs"))

    def precheck(self, scenario: Scenario, network: Network) -> list[Issue]:
        return precheck(scenario)

    def baseline(self, scenario: Scenario, network: Network) -> Plan:
        """Everyone at today's suppliers and prices, outside any common contract."""
        market = read(scenario)
        tables = ledger.tables(run(market, read_rules(scenario, market), {}))
        return Plan(self.name, Status.FEASIBLE, tables, cost_of(tables[COSTS.name]), scenario_hash=scenario.hash)

    def solve(self, scenario: Scenario, network: Network, limits: Limits, progress: Progress) -> Plan:
        from planner.problems.purchasing.model import solve

        return solve(scenario, limits, progress)

    def audit(self, scenario: Scenario, network: Network, plan: Plan) -> Audit:
        return audit(scenario, network, plan)


PURCHASING = Purchasing()
