"""Low-emission zones whose rules have dates, days and hours: when a vehicle may not be at a site.

A rule counts where its zone is in force and the first day of the typical week's month lies within its dates. It bars the
vehicles of its Crit'Air class and worse (where rule or vehicle has none: those not allowed in a low-emission zone), heavier
than its weight, on its days, from its first to its last hour: no part of a stop, from arrival to departure, may fall between.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.issues import Issue
from planner.problems.routes.tables import CRIT_AIR, MONTH, ZONE_RULES
from planner.problems.routes.tables import ZONES as ZONES_TABLE
from planner.scenario import Scenario
from planner.schema import Row
from planner.sites import FIRST_YEAR, SITES

if TYPE_CHECKING:
    from planner.problems.routes.week import Vehicle, Windows

CLASSES = [option.code for option in CRIT_AIR]  # best first


def week_date(scenario: Scenario) -> dt.date:
    """The day whose rules the typical week keeps."""
    return dt.date(int(scenario.value(FIRST_YEAR)), round(scenario.value(MONTH)), 1)


def valid_on(rule: Row, date: dt.date) -> bool:
    return (rule.starts is None or rule.starts <= date) and (rule.ends is None or date <= rule.ends)


@dataclass(frozen=True)
class Rule:
    """A rule in force; no `days`: every day. Hours in seconds."""

    days: tuple[str, ...]
    opens: int
    closes: int
    crit_air: str | None
    above_gvw: float

    def bars(self, vehicle: Vehicle) -> bool:
        if vehicle.gvw <= self.above_gvw:
            return False
        if self.crit_air is None or vehicle.crit_air is None:
            return not vehicle.low_emission
        return CLASSES.index(vehicle.crit_air) >= CLASSES.index(self.crit_air)


class Zones:
    """The rules in force of a scenario, by zone."""

    def __init__(self, scenario: Scenario) -> None:
        date = week_date(scenario)
        active = {row.zone for row in scenario.rows(ZONES_TABLE.name) if row.active}
        self.rules: dict[str, list[Rule]] = defaultdict(list)
        for row in scenario.rows(ZONE_RULES.name):
            if row.zone in active and valid_on(row, date) and row.opens < row.closes:
                self.rules[row.zone].append(Rule(row.days or (), row.opens * 60, row.closes * 60, row.crit_air, row.above_gvw))

    def barred(self, vehicle: Vehicle, zone: str | None, day: str) -> Windows:
        """When the vehicle may not be in the zone on a day, in the order of the rules."""
        rules = self.rules.get(zone, ()) if zone else ()
        return tuple((rule.opens, rule.closes) for rule in rules if (not rule.days or day in rule.days) and rule.bars(vehicle))

    def on(self, day: str) -> tuple[tuple[str, Rule], ...]:
        """The rules of a day: days with the same ones are alike."""
        return tuple((zone, rule) for zone, rules in self.rules.items() for rule in rules if not rule.days or day in rule.days)


def outside(windows: Windows, barred: Windows, spend: int) -> Windows:
    """What of the windows for the start of a stop of `spend` seconds keeps it out of the hours barred.

    A stop that starts after them must not arrive before their end either: that is for the caller to see to.
    """
    for opens, closes in barred:
        parts = [part for low, high in windows for part in ((low, min(high, opens - spend)), (max(low, closes), high))]
        windows = tuple((low, high) for low, high in parts if low <= high)
    return windows


def check(scenario: Scenario) -> list[Issue]:
    """Rules that bar nobody, and what of the calendar does not count for the typical week."""
    date, issues = week_date(scenario), []
    active = {row.zone: bool(row.active) for row in scenario.rows(ZONES_TABLE.name)}
    used = {row.emission_zone for row in scenario.rows(SITES.name) if row.emission_zone}
    for row in scenario.rows(ZONE_RULES.name):
        if row.opens >= row.closes:
            issues.append(Issue.error("routes_zone_hours", table=ZONE_RULES.name, row=row.index_, column="closes", zone=row.zone, rule=row.rule))
        if row.starts is not None and row.ends is not None and row.starts > row.ends:
            issues.append(Issue.error("routes_zone_dates", table=ZONE_RULES.name, row=row.index_, column="ends", zone=row.zone, rule=row.rule,
                                      starts=row.starts.isoformat(), ends=row.ends.isoformat()))  # fmt: skip
        elif row.zone in used and active.get(row.zone) and not valid_on(row, date):
            issues.append(Issue.info("routes_zone_not_valid", table=ZONE_RULES.name, row=row.index_, column="starts", zone=row.zone, rule=row.rule, date=date.isoformat()))
    for row in scenario.rows(ZONES_TABLE.name):
        if row.zone in used and not row.active:
            issues.append(Issue.info("routes_zone_inactive", table=ZONES_TABLE.name, row=row.index_, column="active", zone=row.zone))
    return issues
