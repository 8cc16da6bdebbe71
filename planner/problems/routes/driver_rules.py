"""Breaks that a driver is owed in one duty, and which of these rules a duty breaks. All times in whole seconds.

* driving (Regulation (EC) 561/2006, articles 6 and 7): at most 4 h 30 at the wheel before a break of 45 min, or one of
  15 min followed by one of 30 min; at most 9 h of driving a day. (The extension to 10 h twice a week is not used.)
* work: a duty of more than `work_before` of work (breaks aside) has a break of `work_break` that begins before so
  much work is done (20 min, 6 h: Labour Code L3121-16, and decree 2002-9 for public hospitals).
* meal: a duty that covers the window (begins by its opening, ends after its closing) and is longer than `meal_after` has
  a break of `meal` that begins within the window.

One break may serve several rules. A break is time at the depot before a loading, or at a stop before or after its
service; waiting that is not declared a break is work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.problems.routes.driver_tables import LAW_WEIGHT, TEAMS
from planner.scenario import Scenario
from planner.schema import Row

DRIVING, FULL, FIRST, SECOND = 270 * 60, 45 * 60, 15 * 60, 30 * 60
DAILY = 9 * 3600
Span = tuple[int, int]


@dataclass(frozen=True)
class DriverRules:
    """What the driver of a vehicle type is owed; 0 seconds of a break: no such rule. `paid`: breaks count as paid time."""

    driving: bool = False
    work_break: int = 0
    work_before: int = 0
    meal: int = 0
    meal_from: int = 0
    meal_until: int = 0
    meal_after: int = 0
    paid: bool = True

    @property
    def lengths(self) -> tuple[int, ...]:
        """The lengths that a break may have, shortest first."""
        found = {self.work_break, self.meal, *((FIRST, SECOND, FULL) if self.driving else ())}
        return tuple(sorted(found - {0}))

    def asks_nothing(self, span: int, driving: int) -> bool:
        """Whether a duty of that length and driving needs no break, at whatever hour."""
        return (
            (not self.driving or driving <= DRIVING)
            and (not self.work_break or span <= self.work_before)
            and (not self.meal or span <= max(self.meal_after, self.meal_until - self.meal_from - 1))
        )

    def meal_due(self, starts: int, ends: int) -> bool:
        return bool(self.meal) and starts <= self.meal_from and ends >= self.meal_until and ends - starts > self.meal_after

    def least(self, work: int, driving: int) -> int:
        """Seconds of break that no duty with so much work and driving can do without, whatever its hours."""
        return max(FULL if self.driving and driving > DRIVING else 0, self.work_break if self.work_break and work > self.work_before else 0)


@dataclass(frozen=True)
class Fault:
    """A rule broken: seconds found against seconds allowed (`have` >= `need` where a length is missing)."""

    rule: str
    found: int
    limit: int


def rules_of(scenario: Scenario, vehicle: Row, teams: dict[str, Row]) -> DriverRules | None:
    """The rules of a row of the vehicle types, None where there are none."""
    team = teams.get(vehicle.team) if vehicle.team is not None else None
    heavy = vehicle.gvw > scenario.value(LAW_WEIGHT) + 1e-9
    if team is None:
        return DriverRules(driving=True) if heavy else None
    law = {"weight": heavy, "always": True, "never": False}[team.driving_law]
    work, meal = _seconds(team.work_break), _seconds(team.meal_minutes)
    made = DriverRules(law, work, _seconds(team.work_before), meal, team.meal_from * 60, team.meal_until * 60, _seconds(team.meal_after), bool(team.paid))
    return made if made.lengths else None


def teams_of(scenario: Scenario) -> dict[str, Row]:
    return {row.team: row for row in scenario.rows(TEAMS.name)}


def _seconds(minutes: float) -> int:
    return round(60 * minutes)


def faults(rules: DriverRules, starts: int, ends: int, legs: Sequence[Span], breaks: Sequence[Span]) -> list[Fault]:
    """The rules that a duty breaks. `legs`: when it drives; `breaks`: when its driver rests; both in order of time."""
    found: list[Fault] = []
    if rules.driving:
        most, total = _driven(legs, breaks), sum(b - a for a, b in legs)
        if most > DRIVING:
            found.append(Fault("driving", most, DRIVING))
        if total > DAILY:
            found.append(Fault("daily", total, DAILY))
    work = ends - starts - sum(b - a for a, b in breaks)
    if rules.work_break and work > rules.work_before:
        before = _work_before_break(rules.work_break, starts, breaks)
        if before is None or before > rules.work_before:
            found.append(Fault("work", work if before is None else before, rules.work_before))
    if rules.meal_due(starts, ends):
        longest = max((b - a for a, b in breaks if rules.meal_from <= a <= rules.meal_until), default=0)
        if longest < rules.meal:
            found.append(Fault("meal", longest, rules.meal))
    return found


def idle(rules: DriverRules, starts: int, ends: int, legs: Sequence[Span], breaks: Sequence[Span]) -> list[int]:
    """Breaks that no rule asks for at such length: their places in `breaks`. (Unpaid ones would only hide paid waiting.)"""
    known = {fault.rule for fault in faults(rules, starts, ends, legs, breaks)}
    found = []
    for i, (a, b) in enumerate(breaks):
        for shorter in (0, *(length for length in rules.lengths if length < b - a)):
            trial = [*breaks[:i], *([(a, a + shorter)] if shorter else []), *breaks[i + 1 :]]
            if {fault.rule for fault in faults(rules, starts, ends, legs, trial)} <= known:
                found.append(i)
                break
    return found


def _driven(legs: Sequence[Span], breaks: Sequence[Span]) -> int:
    """Most driving without the breaks it asks for."""
    most = driven = 0
    first = False
    waiting = list(breaks)
    for a, b in legs:
        while waiting and waiting[0][1] <= a:
            begins, ends = waiting.pop(0)
            driven, first = rested(driven, first, ends - begins)
        driven += b - a
        most = max(most, driven)
    return most


def rested(driven: int, first: bool, length: int) -> tuple[int, bool]:
    """Driving counted, and whether a first part of a break was taken, after a break of that length."""
    if length >= FULL or (first and length >= SECOND):
        return 0, False
    return driven, first or length >= FIRST


def _work_before_break(least: int, starts: int, breaks: Sequence[Span]) -> int | None:
    """Work done when the first break long enough begins, None without any."""
    rest = 0
    for a, b in breaks:
        if b - a >= least:
            return a - starts - rest
        rest += b - a
    return None
