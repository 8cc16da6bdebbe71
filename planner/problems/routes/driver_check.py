"""What can be said of drivers and shared vehicles before any search."""

from __future__ import annotations

import math

from planner.issues import Issue
from planner.problems.routes.bound import Component, components, empty_load, full_load
from planner.problems.routes.driver_tables import TEAMS
from planner.problems.routes.serve import Servers
from planner.problems.routes.tables import VEHICLES
from planner.problems.routes.week import DAY_CODES, Week, clock


def shared_vehicles(week: Week) -> list[Issue]:
    """Second shifts of vehicles that cannot be: of another depot, of a second shift, or at the same time."""
    issues: list[Issue] = []
    for vehicle in week.vehicles:
        if vehicle.same_as is None:
            continue
        other = week.vehicle[vehicle.same_as]
        if other.same_as is not None or other.code == vehicle.code or other.depot != vehicle.depot:
            issues.append(Issue.error("routes_same_vehicle", table=VEHICLES.name, row=vehicle.row, column="same_as", vehicle=vehicle.code, other=other.code))
            continue
        for one in [other, *(v for v in week.vehicles if v.same_as == other.code and v.row < vehicle.row)]:
            if min(one.shift[1], vehicle.shift[1]) > max(one.shift[0], vehicle.shift[0]):
                issues.append(Issue.error("routes_same_vehicle_hours", table=VEHICLES.name, row=vehicle.row, column="shift_start", vehicle=vehicle.code, other=one.code,
                                          starts=clock(vehicle.shift[0]), ends=clock(vehicle.shift[1]), opens=clock(one.shift[0]), closes=clock(one.shift[1])))  # fmt: skip
    return issues


def least_work(week: Week) -> dict[str, float]:
    """Seconds of work a week that the vehicles of each team cannot avoid: what only they can carry."""
    found = dict.fromkeys(week.crews, 0.0)
    if not found:
        return found
    servers = Servers(week)  # its own: it is asked of flows without their empties
    for day in DAY_CODES:
        full = [full_load(servers, visit) for visit in week.visits[day]]
        empty = [empty_load(week, visit) for visit in week.visits[day] if visit.flow.empties > 0]
        sites = {site for load in full for site in (load.origin, load.destination)} | week.elsewhere
        for part in components([*full, *empty]):
            teams = {week.vehicle[code].team for load in part for code in load.able}
            team = teams.pop() if len(teams) == 1 else None
            if team is not None:
                found[team] += Component(week, part, sites).seconds
    return found


def too_few_drivers(week: Week) -> list[Issue]:
    """Teams whose drivers cannot, in all the hours they may work, make what only their vehicles can carry: proven, with both figures."""
    if all(crew.drivers is None for crew in week.crews.values()):
        return []
    issues = []
    for code, work in least_work(week).items():
        crew = week.crews[code]
        if crew.drivers is not None and work > crew.drivers * crew.longest * (1 + 1e-9):
            more = math.ceil(work / crew.longest - 1e-9) - crew.drivers if crew.longest else 1
            issues.append(Issue.error("routes_crew_proven", table=TEAMS.name, row=crew.row, column="drivers", team=code, hours=work / 3600, drivers=crew.drivers,
                                      limit=crew.drivers * crew.longest / 3600, more=more))  # fmt: skip
    return issues


def crew_bound(week: Week) -> float:
    """€ a year that drivers paid by the year cost at least, rounded down: as many as the work asks for."""
    yearly = {code: crew for code, crew in week.crews.items() if crew.yearly_cost is not None and crew.longest}
    work = least_work(week) if yearly else {}
    euros = sum((crew.yearly_cost or 0.0) * math.ceil(work[code] * (1 - 1e-9) / crew.longest - 1e-9) for code, crew in yearly.items())
    return max(0.0, math.floor(100 * euros - 0.5 * len(yearly)) / 100)
