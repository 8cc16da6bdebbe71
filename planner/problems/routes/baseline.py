"""Today's routes as a plan: the table of current routes scheduled as it is, with whatever it breaks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from planner.issues import Issue
from planner.kinds import DAYS, Choice
from planner.network import Network
from planner.plan import Plan, Status
from planner.problems.base import cost_of
from planner.problems.routes.days import planned
from planner.problems.routes.stops import Move, Route, Stop, Trip
from planner.problems.routes.tables import COSTS, CURRENT
from planner.problems.routes.week import DAY_CODES, Visit, Week, Windows
from planner.problems.routes.write import tables, timed
from planner.scenario import Scenario
from planner.schema import Row

SHOWN = 5


@dataclass(frozen=True)
class Today:
    """Today's routes read: `issues`, what they say unclearly; `missing`, the visits that they leave out; `unknown`, two sites between which they drive without a known way."""

    week: Week
    routes: list[Route]
    issues: tuple[Issue, ...]
    missing: tuple[Visit, ...]
    unknown: tuple[str, str] | None

    def plan(self) -> Plan:
        """As a plan, whatever they leave out."""
        frames = tables(self.week, self.routes)
        return Plan("routes", Status.FEASIBLE, frames, cost_of(frames[COSTS.name]), scenario_hash=self.week.scenario.hash, issues=self.issues)


def today(scenario: Scenario, network: Network) -> Today:
    """The table of current routes read as routes."""
    current = scenario.rows(CURRENT.name)
    week = planned(Week(scenario, network), current)
    routes, issues = as_routes(week, current)
    served = {(move.visit.key, move.action) for r in routes for t in r.trips for s in t.stops for move in s.moves}
    moved = {key for key, action in served if action in ("deliver", "collect")}
    missing = tuple(visit for key, visit in week.visit.items() if key not in moved and visit.flow.skip_cost is None)
    unknown = next((leg for route in routes for leg in _legs(week, route) if week.way(*leg) is None), None)
    return Today(week, routes, (*issues, *_lost_empties(week, moved, served)), missing, unknown)


def baseline(scenario: Scenario, network: Network) -> Plan:
    """Today's routes with their times and cost; FAILED, naming the flows, where they do not carry all of them.

    Each trip starts so as to be late as little as possible, then as short as possible. Empties ride with the
    flow they belong to. What today's routes break is for the audit to find.
    """
    found = today(scenario, network)
    if found.unknown is None and not found.missing and scenario.rows(CURRENT.name):
        return found.plan()
    a, b = found.unknown or ("", "")
    fr, en = (f"trajet inconnu de {a} à {b}", f"no known trip from {a} to {b}") if found.unknown else (_shown(found.missing, "fr"), _shown(found.missing, "en"))
    issues = (*found.issues, Issue.warning("baseline_unknown", table=CURRENT.name, column="flow", what_fr=fr, what_en=en))
    return Plan("routes", Status.FAILED, scenario_hash=scenario.hash, issues=issues)


def _shown(missing: Sequence[Visit], lang: str) -> str:
    """The first of these visits, with their days."""
    days = Choice(DAYS)
    more = f" (+{len(missing) - SHOWN})" if len(missing) > SHOWN else ""
    return ", ".join(f"{visit.flow.code} ({days.label(visit.day, lang)})" for visit in missing[:SHOWN]) + more


def _legs(week: Week, route: Route) -> list[tuple[str, str]]:
    """The pairs of sites between which a route drives."""
    home = week.vehicle[route.vehicle].site
    return [leg for trip in route.trips for leg in pairwise([home, *(stop.site for stop in trip.stops), home])]


def _lost_empties(week: Week, moved: set[tuple[str, str, int]], served: set[tuple[tuple[str, str, int], str]]) -> list[Issue]:
    """Flows whose empties today's routes do not bring back by themselves (both ends away from the vehicle's depot)."""
    flows = {
        visit.flow.code
        for key, visit in week.visit.items()
        if key in moved and visit.flow.empties > 0 and not {(key, "take_back"), (key, "give_back")} & served
    }
    return [Issue.warning("baseline_empties_unknown", table=CURRENT.name, column="action", flow=code) for code in sorted(flows)]


def as_routes(week: Week, current: Sequence[Row]) -> tuple[list[Route], list[Issue]]:
    """The rows of today's routes as routes in the order of the table, and the rows that are no visit of their day."""
    issues: list[Issue] = []
    known: dict[tuple[str, str], list[Visit]] = defaultdict(list)
    for visit in week.visit.values():
        known[visit.day, visit.flow.code].append(visit)
    by_duty: dict[tuple[str, str, int], dict[int, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in sorted(current, key=lambda r: (DAY_CODES.index(r.day), week.vehicle[r.vehicle].row, r.number, r.trip, r.position, r.index_)):
        if known[row.day, row.flow]:
            by_duty[row.day, row.vehicle, row.number][row.trip].append(row)
        else:
            issues.append(Issue.warning("baseline_not_that_day", table=CURRENT.name, row=row.index_, column="day", flow=row.flow, day=row.day))
    ranks = _Ranks(known)
    routes = []
    for (day, vehicle, number), trips in by_duty.items():
        routes.append(Route(day, vehicle, number, tuple(Trip(tuple(_stops(week, vehicle, rows, ranks))) for _, rows in sorted(trips.items()))))
    return _in_order(week, routes), issues


class _Ranks:
    """Which of a day's visits each row is: in the order met; an action met again is the next visit."""

    def __init__(self, known: Mapping[tuple[str, str], list[Visit]]) -> None:
        self.known = known
        self.met: dict[tuple[str, str, str], int] = defaultdict(int)

    def visit(self, row: Row) -> Visit:
        visits = self.known[row.day, row.flow]
        self.met[row.day, row.flow, row.action] += 1
        return visits[min(self.met[row.day, row.flow, row.action], len(visits)) - 1]


def _stops(week: Week, vehicle: str, rows: Sequence[Row], ranks: _Ranks) -> list[Stop]:
    """Stops of one trip; rows in a row at one site are one stop as long as their windows have a time in common."""
    home = week.vehicle[vehicle].site
    actions = {(row.flow, row.action) for row in rows}
    stops: list[Stop] = []
    for row in rows:
        flow, visit = week.flows[row.flow], ranks.visit(row)
        moves = [Move(visit, row.action)]
        if flow.empties > 0:
            if row.action == "deliver" and home == flow.origin and not {(row.flow, "collect"), (row.flow, "take_back")} & actions:
                moves.append(Move(visit, "take_back"))
            if row.action == "collect" and home == flow.destination and not {(row.flow, "deliver"), (row.flow, "give_back")} & actions:
                moves.append(Move(visit, "give_back"))
        site = flow.destination if row.action in ("deliver", "take_back") else flow.origin
        windows = _window(week, visit, row.action, site)
        common = _meet(stops[-1].windows, windows) if stops and stops[-1].site == site else ()
        if common or (stops and stops[-1].site == site and not windows):
            stops[-1] = Stop(site, stops[-1].moves + tuple(moves), common or stops[-1].windows)
        else:
            stops.append(Stop(site, tuple(moves), windows))
    return stops


def _window(week: Week, visit: Visit, action: str, site: str) -> Windows:
    if action == "deliver":
        return visit.at_destination
    return visit.at_origin if action == "collect" else week.places[site].open_on(visit.day)


def _meet(left: Windows, right: Windows) -> Windows:
    return tuple((max(a, c), min(b, d)) for a, b in left for c, d in right if max(a, c) <= min(b, d))


def _in_order(week: Week, routes: list[Route]) -> list[Route]:
    """Several visits of a flow in a day get their ranks by the time at which today's routes come."""
    if all(visit.rank == 1 for visit in week.visit.values()):
        return routes
    starts: dict[tuple[str, str, str], list[tuple[int, int]]] = defaultdict(list)
    for route in routes:
        for trip, at in zip(route.trips, timed(week, route).trips, strict=True):
            for stop, when in zip(trip.stops, at.stops, strict=True):
                for move in stop.moves:
                    starts[move.visit.day, move.visit.flow.code, move.action].append((when.starts, move.visit.rank))
    # a visit that today's rows tell more often than it is made counts by its first time
    order = {key: {rank: i for i, rank in enumerate(dict.fromkeys(rank for _, rank in sorted(found)), 1)} for key, found in starts.items()}

    def renamed(stop: Stop) -> Stop:
        moves = []
        for move in stop.moves:
            rank = order[move.visit.day, move.visit.flow.code, move.action][move.visit.rank]
            moves.append(replace(move, visit=week.visit[move.visit.day, move.visit.flow.code, rank]))
        windows: Windows = stop.windows
        for i, move in enumerate(moves):
            own = _window(week, move.visit, move.action, stop.site)
            windows = own if i == 0 else (_meet(windows, own) or windows)
        return Stop(stop.site, tuple(moves), windows)

    return [
        replace(route, trips=tuple(Trip(tuple(renamed(stop) for stop in trip.stops), trip.release) for trip in route.trips)) for route in routes
    ]
