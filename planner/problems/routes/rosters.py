"""The rota of a team by the solver: as few drivers as it takes, and what would help where there are too few."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from planner.issues import Issue
from planner.problems.routes.driver_tables import ROTA, TEAMS
from planner.problems.routes.drivers import HOUR, Crew, Turn
from planner.problems.routes.week import DAY_CODES
from planner.schema import rows
from planner.sites import WEEKS_PER_YEAR

if TYPE_CHECKING:
    import pandas as pd

    from planner.problems.routes.week import Week
    from planner.solvers.rostering import TeamData

MOST_HOURS = 60  # longest week looked at


class Rosters:
    """Rotas for one week; the same duties are asked once."""

    def __init__(self, week: Week) -> None:
        self.weeks = week.scenario.value(WEEKS_PER_YEAR)
        self.turns: dict[Crew, tuple[Turn, ...]] = {}  # the last ones asked of each team
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

    def shortage(self, crew: Crew, turns: Sequence[Turn]) -> list[Issue]:
        """Why a team is too small for these duties, with both figures, and the smallest single changes that would do; nothing where it is not."""
        from planner.solvers import rostering

        if crew.drivers is None:
            return []
        team = self.team(crew, turns)
        found = rostering.solve(team)
        if found.driver is not None:
            return []
        where: dict[str, Any] = {"table": TEAMS.name, "row": crew.row, "team": crew.code}
        reasons: list[Issue] = []
        hours = sum(t.seconds for t in turns) / HOUR
        if hours > crew.drivers * crew.longest / HOUR:
            reasons.append(Issue.error("routes_crew_hours", column="longest_week", hours=hours, drivers=crew.drivers, limit=crew.drivers * crew.longest / HOUR, **where))
        for day in DAY_CODES:
            alone = rostering.least_drivers(replace(team, duties=tuple(d for d in team.duties if DAY_CODES[d.day] == day), longest=10**9))
            if alone > crew.drivers:
                reasons.append(Issue.error("routes_crew_day", column="drivers", day=day, need=alone, drivers=crew.drivers, **where))
        if not reasons:
            reasons.append(Issue.error("routes_crew_week", column="drivers", duties=len(turns), hours=hours, drivers=crew.drivers, least=max(found.least, crew.drivers), **where))
        return reasons + list(self._relaxations(crew, team, where))

    def _relaxations(self, crew: Crew, team: TeamData, where: dict[str, Any]) -> Iterator[Issue]:
        from planner.solvers import rostering

        drivers = crew.drivers or 0
        free = rostering.solve(replace(team, drivers=None, driver_cost=None))
        if free.driver is not None:
            yield Issue.info("routes_relax_drivers", column="drivers", more=free.used - drivers, need=free.used, **where)
        for hours in range(int(crew.longest // HOUR) + 1, MOST_HOURS + 1):
            if rostering.solve(replace(team, longest=hours * HOUR)).driver is not None:
                yield Issue.info("routes_relax_week", column="longest_week", hours=hours, **where)
                break
        if crew.most_days < 6 and rostering.solve(replace(team, most_days=6)).driver is not None:
            yield Issue.info("routes_relax_days", column="most_days", days=6, **where)
        if crew.day_duties < 2 and rostering.solve(replace(team, day_duties=2)).driver is not None:
            yield Issue.info("routes_relax_split", column="day_duties", **where)


def short_of_drivers(week: Week, frames: Mapping[str, pd.DataFrame], rosters: Rosters) -> list[Issue]:
    """What a plan says of teams that are too small for it; nothing where all have enough drivers."""
    used: dict[str, set[int]] = defaultdict(set)
    for row in rows(ROTA, frames[ROTA.name]):
        used[row.team].add(row.driver)
    issues: list[Issue] = []
    for crew in week.crews.values():
        if crew.drivers is not None and len(used[crew.code]) > crew.drivers:
            issues += rosters.shortage(crew, rosters.turns[crew])
    return issues
