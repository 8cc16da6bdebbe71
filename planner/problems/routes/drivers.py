"""Drivers over the week: the teams, the duties that each has to staff, and what that costs. No solver here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.problems.base import Costs
from planner.problems.routes.driver_tables import TEAMS
from planner.scenario import Scenario
from planner.sites import FIRST_YEAR, WEEKS_PER_YEAR

if TYPE_CHECKING:
    from planner.problems.routes.week import Week

HOUR = 3600


@dataclass(frozen=True)
class Crew:
    """A team of drivers; all times in seconds. `drivers`: None for as many as it takes; `yearly_cost`: None where hours are paid."""

    code: str
    row: int
    establishment: str
    drivers: int | None
    normal: int
    longest: int
    most_days: int
    day_duties: int
    day_seconds: int
    day_span: int
    daily_rest: int
    weekly_rest: int
    yearly_cost: float | None
    extra_cost: float


@dataclass(frozen=True)
class Turn:
    """A duty as its driver sees it: when it begins and ends, and the seconds that count."""

    day: str
    vehicle: str
    number: int
    starts: int
    ends: int
    seconds: int


Roster = Callable[[Crew, Sequence[Turn]], Sequence[int]]  # the driver of each duty, from 1


def crews_of(scenario: Scenario) -> dict[str, Crew]:
    def seconds(hours: float) -> int:
        return round(hours * HOUR)

    return {
        row.team: Crew(
            row.team, row.index_, row.establishment, row.drivers, seconds(row.weekly_hours), seconds(row.longest_week), row.most_days, row.day_duties,
            seconds(row.day_hours), seconds(row.day_span), seconds(row.daily_rest), seconds(row.weekly_rest), row.yearly_cost, row.extra_cost,
        )
        for row in scenario.rows(TEAMS.name)
    }  # fmt: skip


def by_team(week: Week, turns: Iterable[Turn]) -> dict[str, list[Turn]]:
    """The duties of each team, in the order given."""
    found: dict[str, list[Turn]] = defaultdict(list)
    for turn in turns:
        team = week.vehicle[turn.vehicle].team
        if team is not None:
            found[team].append(turn)
    return found


def rota_rows(week: Week, turns: Sequence[Turn], roster: Roster) -> list[dict[str, Any]]:
    """The rota of all teams, as rows of its table in the order of the duties."""
    drivers: dict[Turn, int] = {}
    for team, own in by_team(week, turns).items():
        drivers.update(zip(own, roster(week.crews[team], own), strict=True))
    return [
        {"day": t.day, "vehicle": t.vehicle, "number": t.number, "team": week.vehicle[t.vehicle].team, "driver": drivers[t],
         "starts": max(0, min(1440, t.starts // 60)), "ends": max(0, min(1440, t.ends // 60)), "hours": t.seconds / HOUR}
        for t in turns if t in drivers
    ]  # fmt: skip


def add_costs(week: Week, costs: Costs, worked: Mapping[tuple[str, int], int]) -> None:
    """The yearly cost lines of the teams paid by the year. `worked`: seconds of the week of each driver (team, number)."""
    weeks, year = week.scenario.value(WEEKS_PER_YEAR), int(week.scenario.value(FIRST_YEAR))
    for team, crew in week.crews.items():
        own = [seconds for (code, _), seconds in worked.items() if code == team]
        if crew.yearly_cost is None or not own:
            continue
        extra = sum(max(0, seconds - crew.normal) for seconds in own) / HOUR * weeks
        costs.add(year, crew.establishment, team, "crew", len(own), len(own) * crew.yearly_cost)
        costs.add(year, crew.establishment, team, "crew_overtime", extra, extra * crew.extra_cost)
