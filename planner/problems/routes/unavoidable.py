"""Changes from the accepted routes that no plan can avoid: a lower bound on their number, with the reasons."""

from __future__ import annotations

from collections import Counter, defaultdict

from planner.issues import Issue
from planner.problems.routes.accepted import VehicleKey, VisitKey
from planner.problems.routes.bound import full_load
from planner.problems.routes.serve import Servers
from planner.problems.routes.tables import ACCEPTED, MOST_CHANGES
from planner.problems.routes.week import Week
from planner.sites import PARAMETERS


class Unavoidable:
    """`gone`: accepted visits that do not exist any more; `unable`: those whose vehicle cannot make them any more.

    `surplus`: changes beyond these because a type has fewer vehicles than the accepted routes use: whichever
    numbers go, at least the visits of the least used ones change.
    """

    def __init__(self, week: Week) -> None:
        servers = Servers(week)  # its own: it is asked of flows without their empties
        self.week = week
        self.gone: list[VisitKey] = []
        self.unable: list[VisitKey] = []
        left: dict[str, Counter[int]] = defaultdict(Counter)
        for key, home in week.accepted.homes.items():
            visit = week.visit.get(key)
            if key[1] in week.without:  # left to choice: nothing is sure
                continue
            if visit is None:
                self.gone.append(key)
            elif home.vehicle not in full_load(servers, visit).able:
                self.unable.append(key)
            else:
                left[home.vehicle][home.number] += 1
        self.surplus = 0
        for code, visits in left.items():
            beyond = len(visits) - week.vehicle[code].count
            self.surplus += sum(sorted(visits.values())[:beyond]) if beyond > 0 else 0

    @property
    def count(self) -> int:
        """No plan has fewer changes."""
        return len(self.gone) + len(self.unable) + self.surplus

    def issues(self) -> list[Issue]:
        """A warning per flow and vehicle concerned, and an error where the limit is below what cannot be avoided."""
        row = {(r.day, r.flow, r.visit): r.index_ for r in self.week.scenario.rows(ACCEPTED.name)}
        found: list[Issue] = []
        flows: dict[str, list[VisitKey]] = defaultdict(list)
        for key in self.gone:
            flows[key[1]].append(key)
        for flow, keys in flows.items():
            found.append(Issue.warning("routes_accepted_gone", table=ACCEPTED.name, row=row[keys[0]], column="day", flow=flow, count=len(keys)))
        vehicles: dict[VehicleKey, list[VisitKey]] = defaultdict(list)
        for key in self.unable:
            vehicles[self.week.accepted.homes[key].key].append(key)
        for (code, number), keys in vehicles.items():
            found.append(Issue.warning("routes_accepted_vehicle", table=ACCEPTED.name, row=row[keys[0]], column="vehicle", vehicle=code, number=number, count=len(keys)))
        most = self.week.accepted.most
        if self.count > most:
            at = next((r.index_ for r in self.week.scenario.rows(PARAMETERS.name) if r.parameter == MOST_CHANGES.code), None)
            found.append(Issue.error("routes_changes_unavoidable", table=PARAMETERS.name, row=at, column="value", limit=most, least=self.count))
        return found
