"""Two tiny but complete problems over the real tables, quick and solved by hand, to test what holds problems together.

Kitchens: each site eats from the kitchen where food and transport cost least; capacity, staff and time do not
exist. Routes: one vehicle per flow and day goes there and back. Both keep the whole contract of a problem.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from planner.catalog import TABLES
from planner.issues import Issue
from planner.network import Network
from planner.plan import Audit, Kpi, KpiValue, Limits, Plan, Progress, Status
from planner.problems.base import Costs, annual_cost, check_same_scenario, compare_costs, cost_of, missing_tables
from planner.problems.kitchens import tables as kt
from planner.problems.routes import tables as rt
from planner.scenario import Scenario
from planner.schema import Row, Table, rows
from planner.sites import FIRST_YEAR, HORIZON_YEARS, Parameter

KM_COST = 2.0  # € per km of meal delivery, 300 round trips a year
CLOSING = 1000.01  # € in the first of two years: the average has half a cent


@dataclass(frozen=True)
class ToyKitchens:
    """`spoil` changes the plan after it is made; `status` is what the solve claims; `issues` are its pre-check's."""

    status: Status = Status.OPTIMAL
    spoil: Any = None
    issues: tuple[Issue, ...] = ()
    name: str = "kitchens"
    tables: tuple[Table, ...] = kt.TABLES
    results: tuple[Table, ...] = kt.RESULTS
    parameters: tuple[Parameter, ...] = kt.PARAMETERS
    kpis: tuple[Kpi, ...] = kt.KPIS

    def relevant(self, scenario: Scenario) -> bool:
        return bool(scenario.rows("meal_demand"))

    def precheck(self, scenario: Scenario, network: Network) -> list[Issue]:
        return list(self.issues)

    def years(self, scenario: Scenario) -> range:
        first = round(scenario.value(FIRST_YEAR))
        return range(first, first + round(scenario.value(HORIZON_YEARS)))

    def costs(self, scenario: Scenario, network: Network, chosen: Mapping[tuple[int, str], str]) -> pd.DataFrame:
        kitchens = {k.kitchen: k for k in scenario.rows("kitchens")}
        owner = {s.site: s.establishment for s in scenario.rows("sites")}
        costs = Costs(kt.COSTS)
        for year in self.years(scenario):
            for row in scenario.rows("meal_demand"):
                kitchen = kitchens[chosen[year, row.site]]
                costs.add(year, owner[row.site], kitchen.kitchen, "food", row.meals, row.meals * kitchen.food_cost)
                km = 600 * network.km_between(kitchen.site, row.site)
                costs.add(year, owner[row.site], row.site, "delivery", km, km * KM_COST)
        for kitchen in kitchens.values():
            if kitchen.kitchen not in chosen.values():
                costs.add(self.years(scenario)[0], kitchen.establishment, kitchen.kitchen, "closing", 1, CLOSING)
        return costs.frame()

    def plan(self, scenario: Scenario, network: Network, chosen: Mapping[tuple[int, str], str], status: Status) -> Plan:
        costs = self.costs(scenario, network, chosen)
        sites = {k.kitchen: k.site for k in scenario.rows("kitchens")}
        meals: dict[str, float] = {}
        for row in scenario.rows("meal_demand"):
            meals[row.site] = meals.get(row.site, 0.0) + row.meals
        assigned = [{"year": year, "site": site, "kitchen": kitchen, "mode": "cold", "meals": meals[site], "equipped": False,
                     "km": network.km_between(sites[kitchen], site), "minutes": network.minutes_between(sites[kitchen], site)}
                    for (year, site), kitchen in chosen.items()]  # fmt: skip
        roadmap = [{"year": y, "kitchen": k, "action": "kept" if (y, k) in {(a, c) for (a, _), c in chosen.items()} else "closed"}
                   for y in self.years(scenario) for k in sites]  # fmt: skip
        tables = {t.name: t.frame() for t in self.results} | {kt.COSTS.name: costs, kt.ROADMAP.name: kt.ROADMAP.frame(roadmap), kt.ASSIGNMENT.name: kt.ASSIGNMENT.frame(assigned)}
        return Plan(self.name, status, tables, cost_of(costs), seconds=0.5, seed=1, scenario_hash=scenario.hash)

    def baseline(self, scenario: Scenario, network: Network) -> Plan:
        today = {row.site: row.current_kitchen for row in scenario.rows("meal_demand")}
        if None in today.values():
            return Plan(self.name, Status.FAILED, issues=(Issue.warning("baseline_unknown", what="meal_demand"),))
        return self.plan(scenario, network, {(y, s): k for y in self.years(scenario) for s, k in today.items()}, Status.FEASIBLE)

    def solve(self, scenario: Scenario, network: Network, limits: Limits, progress: Progress) -> Plan:
        if not self.status.has_plan:
            return Plan(self.name, self.status, scenario_hash=scenario.hash)
        meals = {row.site: row.meals for row in scenario.rows("meal_demand")}
        best = {site: min(scenario.rows("kitchens"), key=lambda k: (k.food_cost * count + 600 * KM_COST * network.km_between(k.site, site), k.kitchen)).kitchen
                for site, count in meals.items()}  # fmt: skip
        plan = self.plan(scenario, network, {(y, s): k for y in self.years(scenario) for s, k in best.items()}, self.status)
        plan = plan.with_(bound=plan.cost)
        progress.report(self.name, plan.cost, plan.bound)
        return self.spoil(plan) if self.spoil else plan

    def audit(self, scenario: Scenario, network: Network, plan: Plan) -> Audit:
        issues = check_same_scenario(scenario, plan) + missing_tables(self.results, plan)
        chosen = {(r.year, r.site): r.kitchen for r in rows(kt.ASSIGNMENT, plan.tables[kt.ASSIGNMENT.name])}
        right = self.costs(scenario, network, chosen)
        issues += compare_costs(kt.COSTS, plan, right)
        meals = sum(row.meals for row in scenario.rows("meal_demand"))
        kpis = [KpiValue("annual_cost", annual_cost(right)), KpiValue("meals", meals), KpiValue("meal_cost", annual_cost(right) / meals)]
        for owner in sorted({s.establishment for s in scenario.rows("sites")}):
            kpis.append(KpiValue("annual_cost", annual_cost(right[right["establishment"] == owner]), owner))
        return Audit(self.name, tuple(issues), cost_of(right), annual_cost(right), right, tuple(kpis))


def days(flow: Row) -> tuple[str, ...]:
    """The days of a flow: its own, or the first ones of the week."""
    return flow.days or ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[: flow.visits or 1]


@dataclass(frozen=True)
class ToyRoutes:
    """Each flow in a vehicle of its own, there and back, each day of the week it is due."""

    name: str = "routes"
    tables: tuple[Table, ...] = rt.TABLES
    results: tuple[Table, ...] = rt.RESULTS
    parameters: tuple[Parameter, ...] = rt.PARAMETERS
    kpis: tuple[Kpi, ...] = rt.KPIS
    seen: list[Scenario] = field(default_factory=list, compare=False)

    def relevant(self, scenario: Scenario) -> bool:
        return bool(scenario.rows("flows"))

    def precheck(self, scenario: Scenario, network: Network) -> list[Issue]:
        return []

    def costs(self, scenario: Scenario, network: Network) -> pd.DataFrame:
        owner = {s.site: s.establishment for s in scenario.rows("sites")}
        costs = Costs(rt.COSTS)
        for flow in scenario.rows("flows"):
            km = 2 * network.km_between(flow.origin, flow.destination) * len(days(flow)) * 52
            costs.add(None, owner[flow.destination], "V", "vehicle_km", km, km * 0.5)
            costs.add(None, owner[flow.destination], "V", "driver", km / 40, km / 40 * 32.01)
        return costs.frame()

    def baseline(self, scenario: Scenario, network: Network) -> Plan:
        return self.solve(scenario, network, Limits(), Progress())

    def solve(self, scenario: Scenario, network: Network, limits: Limits, progress: Progress) -> Plan:
        self.seen.append(scenario)
        costs = self.costs(scenario, network)
        routes, stops = [], []
        for number, flow in enumerate(scenario.rows("flows"), start=1):
            km, minutes = network.km_between(flow.origin, flow.destination), network.minutes_between(flow.origin, flow.destination)
            for day in days(flow):
                routes.append({"day": day, "vehicle": "V", "number": number, "trips": 1, "stops": 2, "starts": 360, "ends": 480, "km": 2 * km, "driving": 2 * minutes})
                common = {"day": day, "vehicle": "V", "number": number, "trip": 1, "flow": flow.flow, "quantity": flow.quantity}
                stops.append({**common, "position": 1, "site": flow.origin, "action": "collect", "arrives": 380.0, "starts": 380.0, "leaves": 400.0})
                stops.append({**common, "position": 2, "site": flow.destination, "action": "deliver", "arrives": 400.0 + minutes, "starts": 400.0 + minutes, "leaves": 410.0 + minutes})
        tables = {t.name: t.frame() for t in self.results} | {rt.COSTS.name: costs, rt.ROUTES.name: rt.ROUTES.frame(routes), rt.STOPS.name: rt.STOPS.frame(stops)}
        return Plan(self.name, Status.FEASIBLE, tables, cost_of(costs), seconds=0.1, seed=limits.seed, scenario_hash=scenario.hash)

    def audit(self, scenario: Scenario, network: Network, plan: Plan) -> Audit:
        right = self.costs(scenario, network)
        issues = check_same_scenario(scenario, plan) + missing_tables(self.results, plan) + compare_costs(rt.COSTS, plan, right)
        kpis = (KpiValue("annual_cost", annual_cost(right)), KpiValue("stops", float(len(plan.tables[rt.STOPS.name]))))
        return Audit(self.name, tuple(issues), cost_of(right), annual_cost(right), right, kpis)


def group(**parameters: float) -> Scenario:
    """Two establishments, 4 sites on a line (A - A2 - B - C), a dear kitchen at A and a cheap one at B.

    A eats from its own kitchen today, A2 from A, B from its own, C from A. Flows: meals to A2 and C from A,
    trolleys back from C, linen.
    """
    north = 1 / 111.195
    sites = [("A", "E1", 0), ("A2", "E1", 4), ("B", "E2", 10), ("C", "E2", 14)]
    flow = {"unit": "trolley", "days": ("mon", "wed"), "quantity": 3.0}
    return Scenario.of("groupe « essai »", TABLES, {
        "parameters": [{"parameter": c, "value": float(v), "unit": "", "mark": "invented", "source": "test"} for c, v in {"horizon_years": 2, **parameters}.items()],
        "establishments": [{"establishment": "E1", "name": "Hôpital un", "support": True}, {"establishment": "E2", "name": "=HÔPITAL(2)"}],
        "sites": [{"site": s, "name": f"Site {s}", "establishment": e, "lat": 46 + km * north, "lon": -1.0} for s, e, km in sites],
        "kitchens": [{"kitchen": "KA", "name": "Cuisine A", "site": "A", "establishment": "E1", "modes": ("cold",), "food_cost": 4.0},
                     {"kitchen": "KB", "name": "Cuisine B", "site": "B", "establishment": "E2", "modes": ("cold",), "food_cost": 2.5}],
        "meal_demand": [{"site": s, "public": "patients", "diet": "normal", "meals": m, "modes": ("cold",), "current_kitchen": k}
                        for s, m, k in (("A", 100000.0, "KA"), ("A2", 20000.0, "KA"), ("B", 60000.0, "KB"), ("C", 15000.33, "KA"))],
        "depots": [{"depot": "D", "name": "Dépôt", "site": "A"}],
        "vehicle_types": [{"vehicle": "V", "name": "Porteur", "depot": "D", "establishment": "E1", "places": 20.0, "kg": 5000.0}],
        "handling_units": [{"unit": "trolley", "meals": 25.0}, {"unit": "roll"}],
        "flows": [{"flow": "meals-A2", "category": "meals", "origin": "A", "destination": "A2", "temperature": "cold", **flow},
                  {"flow": "meals-C", "category": "meals", "origin": "A", "destination": "C", "temperature": "cold", **flow},
                  {"flow": "back-C", "category": "meals", "origin": "C", "destination": "A", "hygiene": "dirty", **flow},
                  {"flow": "linen", "category": "linen", "origin": "A", "destination": "C", **flow, "unit": "roll"}],
    })  # fmt: skip
