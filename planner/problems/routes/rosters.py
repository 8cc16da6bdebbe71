"""The rota of a team by the solver: as few drivers as it takes, and what would help where there are too few."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from planner.issues import Issue
from planner.problems.routes.driver_tables import TEAMS
from planner.problems.routes.drivers import HOUR, Crew, Turn
from planner.problems.routes.week import DAY_CODES
from planner.sites import WEEKS_PER_YEAR

if TYPE_CHECKING:
    from planner.problems.routes.week import Week
    from planner.solvers.rostering import TeamData

MOST_HOURS = 60  # longest week looked at
MOST_DAYS = 6


class Rosters:
    """Rotas for one week; the same duties are asked once."""

    def __init__(self, week: Week) -> None:
        self.weeks = week.scenario.value(WEEKS_PER_YEAR)
        self.turns: dict[Crew, tuple[Turn, ...]] = {}  # the last ones asked of each team
        self._needed: dict[tuple[Crew, tuple[Turn, ...]], int] = {}
        self._known: dict[tuple[Crew, tuple[Turn, ...]], tuple[int, ...]] = {}

    def __call__(self, crew: Crew, turns: Sequence[Turn]) -> tuple[int, ...]:
        """The driver of each duty, from 1; more drivers than there are where these cannot do."""
        from planner.solvers import rostering

        key = (crew, tuple(turns))
        self.turns[crew] = key[1]
        if key not in self._known:
            team = self.team(crew, turns)
            found = rostering.solve(team)
            if found.driver is None:
                found = rostering.solve(replace(team, drivers=None))
            # a duty longer than any week allowed: everybody alone, for the audit to tell
            self._known[key] = tuple(k + 1 for k in found.driver) if found.driver is not None else tuple(range(1, len(turns) + 1))
        return self._known[key]

    def team(self, crew: Crew, turns: Sequence[Turn]) -> TeamData:
        from planner.solvers.rostering import DutyData, TeamData

        duties = tuple(DutyData(DAY_CODES.index(t.day), t.starts, t.ends, t.seconds) for t in turns)
        price = None if crew.yearly_cost is None or not crew.extra_cost else max(1, round(crew.yearly_cost / self.weeks / crew.extra_cost * HOUR))
        return TeamData(duties, crew.drivers, crew.normal, crew.longest, crew.most_days, crew.day_duties, crew.day_seconds, crew.day_span,
                        crew.daily_rest, crew.weekly_rest, price)  # fmt: skip

    def needed(self, crew: Crew, turns: Sequence[Turn]) -> int:
        """The fewest drivers found for these duties where the team has too few; 0 where it has enough."""
        from planner.solvers import rostering

        key = (crew, tuple(turns))
        if key not in self._needed:
            team = self.team(crew, turns)
            enough = crew.drivers is None or rostering.solve(team).driver is not None
            free = None if enough else rostering.solve(replace(team, drivers=None, driver_cost=None))
            self._needed[key] = 0 if free is None else len(turns) if free.driver is None else free.used
        return self._needed[key]

    def reasons(self, crew: Crew, turns: Sequence[Turn]) -> list[Issue]:
        """Why a team is too small for these duties, with both figures."""
        from planner.solvers import rostering

        team, drivers = self.team(crew, turns), crew.drivers or 0
        where: dict[str, Any] = {"table": TEAMS.name, "row": crew.row, "team": crew.code}
        found: list[Issue] = []
        hours = sum(t.seconds for t in turns) / HOUR
        if hours > drivers * crew.longest / HOUR:
            found.append(Issue.error("routes_crew_hours", column="longest_week", hours=hours, drivers=drivers, limit=drivers * crew.longest / HOUR, **where))
        for day in DAY_CODES:
            alone = rostering.least_drivers(replace(team, duties=tuple(d for d in team.duties if DAY_CODES[d.day] == day), longest=10**9))
            if alone > drivers:
                found.append(Issue.error("routes_crew_day", column="drivers", day=day, need=alone, drivers=drivers, **where))
        if not found:
            least = max(rostering.solve(team).least, drivers)
            found.append(Issue.error("routes_crew_week", column="drivers", duties=len(turns), hours=hours, drivers=drivers, least=least, **where))
        return found

    def changes(self, short: Mapping[Crew, Sequence[Turn]]) -> Iterator[Change]:
        """Other rules of the teams that are too small, each changed as little as gives all of them a rota: longer weeks, more days, two duties a day."""
        teams = {crew: self.team(crew, turns) for crew, turns in short.items()}
        for ways in (_longer_week, _more_days, _split_days):
            found = {crew: change for crew, team in teams.items() if (change := ways(crew, team)) is not None}
            if len(found) == len(teams):
                yield Change({crew.code: edit for crew, (edit, _) in found.items()}, [issue for _, issue in found.values()])


@dataclass(frozen=True)
class Change:
    """Other values for rows of teams, by team and column, and what is said of them."""

    edits: dict[str, dict[str, Any]]
    issues: list[Issue]


Way = tuple[dict[str, Any], Issue] | None


def _where(crew: Crew, column: str) -> dict[str, Any]:
    return {"table": TEAMS.name, "row": crew.row, "column": column, "team": crew.code}


def _has_rota(team: TeamData) -> bool:
    from planner.solvers import rostering

    return rostering.solve(team).driver is not None


def _longer_week(crew: Crew, team: TeamData) -> Way:
    for hours in range(int(crew.longest // HOUR) + 1, MOST_HOURS + 1):
        if _has_rota(replace(team, longest=hours * HOUR)):
            return {"longest_week": float(hours)}, Issue.info("routes_relax_week", hours=hours, **_where(crew, "longest_week"))
    return None


def _more_days(crew: Crew, team: TeamData) -> Way:
    if crew.most_days >= MOST_DAYS or not _has_rota(replace(team, most_days=MOST_DAYS)):
        return None
    return {"most_days": MOST_DAYS}, Issue.info("routes_relax_days", days=MOST_DAYS, **_where(crew, "most_days"))


def _split_days(crew: Crew, team: TeamData) -> Way:
    if crew.day_duties >= 2 or not _has_rota(replace(team, day_duties=2)):
        return None
    return {"day_duties": 2}, Issue.info("routes_relax_split", **_where(crew, "day_duties"))
