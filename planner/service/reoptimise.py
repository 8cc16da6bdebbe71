"""Re-optimisation: a scenario asked to stay close to the plan that the group has accepted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.catalog import ACCEPTED, PARAMETERS
from planner.plan import Plan
from planner.problems.kitchens import accepted as kitchens
from planner.problems.purchasing import accepted as purchasing
from planner.problems.routes import accepted as routes
from planner.scenario import Scenario
from planner.schema import rows
from planner.sites import PARAMETERS as PARAMETER_TABLE

ROWS = {"kitchens": kitchens.accepted_rows, "routes": routes.accepted_rows, "purchasing": purchasing.accepted_rows}
TABLE_OF = {table.group: table for table in ACCEPTED}


@dataclass(frozen=True)
class Near:
    """How close to stay, by problem: `price` in € per change, `most` changes. A problem in neither is free to change."""

    price: Mapping[str, float] = field(default_factory=dict)
    most: Mapping[str, int] = field(default_factory=dict)


def near_scenario(scenario: Scenario, plans: Mapping[str, Plan], near: Near) -> Scenario:
    """The scenario with the accepted plans as its accepted tables, and the price and limit asked as its parameters.

    The accepted plans are given to every problem that has one, so that its changes are counted and the search starts
    from it; price 0 and no limit where nothing is asked of a problem.
    """
    values: dict[str, float | None] = {}
    for problem, table in TABLE_OF.items():
        plan = plans.get(problem)
        known = ROWS[problem](plan) if plan is not None and plan.status.has_plan else []
        scenario = scenario.replace(table.name, table.frame(known))
        values[f"{problem}_change_price"] = near.price.get(problem)
        values[f"{problem}_most_changes"] = near.most.get(problem)
    return with_parameters(scenario, values)


def with_parameters(scenario: Scenario, values: Mapping[str, float | None]) -> Scenario:
    """The scenario with parameters set; None goes back to the default."""
    known = {parameter.code: parameter for parameter in PARAMETERS}
    kept = [{name: getattr(row, name) for name in PARAMETER_TABLE.names} for row in rows(PARAMETER_TABLE, scenario.frames[PARAMETER_TABLE.name]) if row.parameter not in values]
    made = [{"parameter": code, "name": known[code].fr, "value": value, "unit": known[code].unit} for code, value in values.items() if value is not None]
    return scenario.replace(PARAMETER_TABLE.name, PARAMETER_TABLE.frame([*kept, *made]))
