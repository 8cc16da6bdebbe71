"""CO2 of a year by establishment, its limits, and the least that no plan can avoid. No solver here.

No plan emits less than the bound of the week's cost with kilometres at their CO2 and nothing else paid for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import Any

from planner.issues import Issue
from planner.problems.routes.bound import bound
from planner.problems.routes.tables import CO2_LIMIT
from planner.problems.routes.week import Vehicle, Week
from planner.scenario import Scenario
from planner.sites import ESTABLISHMENTS, PARAMETERS, WEEKS_PER_YEAR

GROUP = ""  # all establishments together
SMALL = 1e-6  # tonnes
Emissions = dict[str, float]  # tonnes by establishment


def limits_of(scenario: Scenario) -> Emissions:
    """The largest tonnes of a year, of those that have a limit."""
    own = {row.establishment: float(row.co2_limit) for row in scenario.rows(ESTABLISHMENTS.name) if row.co2_limit is not None}
    limit = scenario.value(CO2_LIMIT)
    return {GROUP: float(limit), **own} if limit < CO2_LIMIT.value else own


def emitted_by(week: Week, driven: Iterable[tuple[str, float]]) -> Emissions:
    """Tonnes of a year, given vehicle types and the kilometres of their routes of the week."""
    weeks = week.scenario.value(WEEKS_PER_YEAR)
    found: Emissions = defaultdict(float)
    for code, km in driven:
        vehicle = week.vehicle[code]
        tonnes = km * vehicle.co2_km * weeks / 1000
        found[vehicle.establishment] += tonnes
        found[GROUP] += tonnes
    return found


def told(code: str, target: str, **figures: Any) -> Issue:
    """A finding on the limit of the group, or of an establishment (then its code ends in `_by`)."""
    if target == GROUP:
        return Issue.error(code, table=PARAMETERS.name, column="value", **figures)
    return Issue.error(f"{code}_by", table=ESTABLISHMENTS.name, column="co2_limit", establishment=target, **figures)


class AtCo2(Week):
    """A week whose only cost is the kilograms of CO2 of a target's vehicles."""

    def __init__(self, week: Week, target: str) -> None:
        super().__init__(week.scenario, week.network, week.chosen, week.without)
        self.target = target

    @cached_property
    def vehicles(self) -> tuple[Vehicle, ...]:
        return tuple(
            replace(v, km_cost=v.co2_km if self.target in (GROUP, v.establishment) else 0.0, co2_price=0.0, hour_cost=0.0, overtime_cost=0.0, fixed_cost=0.0)
            for v in super().vehicles
        )


def check(week: Week) -> list[Issue]:
    """Limits below what no plan of a week can avoid."""
    least = {target: bound(AtCo2(week, target)) / 1000 for target in limits_of(week.scenario)}
    return [told("routes_co2_unavoidable", target, limit=limit, least=least[target]) for target, limit in limits_of(week.scenario).items() if least[target] > limit]
