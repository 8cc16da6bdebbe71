"""Today's routes looked at as they are: lateness, empty kilometres, filling, and what moving one single stop would save.

A move takes a stop out of its trip and puts it at another place of the same trip, or at any place of another trip of the same
day, by a vehicle of the same depot. It is looked for by the kilometres it would save, or whatever they are where the vehicle has no other
stop that day, then costed on the shortest duties of the
vehicles concerned, and told only if the audit of the whole week with the move finds no rule broken that was kept, and confirms
the saving.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from planner.issues import Issue, errors
from planner.network import Network
from planner.plan import Plan, Status
from planner.problems.base import annual_cost, cost_of
from planner.problems.routes import audit as auditing
from planner.problems.routes.accepted import FULL
from planner.problems.routes.baseline import today
from planner.problems.routes.clocks import ClockCheck, OddClock, compared, odd
from planner.problems.routes.stops import Route, Stop, Trip
from planner.problems.routes.tables import COSTS, CURRENT
from planner.problems.routes.week import DAY_CODES, Vehicle, Week
from planner.problems.routes.write import drive, loads, tables, timed
from planner.scenario import Scenario
from planner.sites import WEEKS_PER_YEAR

TRIED = 400  # moves costed exactly, of stops that leave others behind and of those that leave none
SHOWN = 10  # moves audited and told
MISSED = "routes_missed"
OWED = {
    "routes_driving", "routes_daily_driving", "routes_work_break", "routes_meal_break", "routes_too_many_drivers", "routes_driver_rest",
    "routes_driver_week", "routes_driver_days", "routes_driver_day", "routes_driver_span", "routes_driver_weekly_rest",
}  # fmt: skip


@dataclass(frozen=True)
class DutyCheck:
    """One vehicle's day. Minutes, kilometres, €/year; `fill`: of the fullest moment, %."""

    day: str
    vehicle: str
    number: int
    stops: int
    km: float
    empty_km: float
    hours: float
    late: float
    overrun: float
    fill: float
    cost: float


@dataclass(frozen=True)
class Saving:
    """Moving one stop: from which vehicle's trip to which, after which site ("": first), and what it saves (€/year, km a week)."""

    day: str
    site: str
    flows: tuple[str, ...]
    vehicle: str
    number: int
    trip: int
    to_vehicle: str
    to_number: int
    to_trip: int
    after: str
    saves: float
    km: float

    @property
    def within(self) -> bool:
        """Whether the stop stays in its trip, at another place."""
        return (self.vehicle, self.number, self.trip) == (self.to_vehicle, self.to_number, self.to_trip)


@dataclass(frozen=True)
class Review:
    """`cost`: €/year; `findings`: what the audit finds wrong with today's routes, visits aside that they leave out (`missing`); `stopped`: moves not all tried."""

    cost: float
    duties: tuple[DutyCheck, ...]
    findings: tuple[Issue, ...]
    savings: tuple[Saving, ...]
    stopped: bool = False
    owed: tuple[Issue, ...] = ()  # breaks and rest that drivers do not get, with the minutes
    clocks: tuple[ClockCheck, ...] = ()  # arrivals given, compared with the computation
    missing: tuple[Issue, ...] = ()
    odd_clocks: tuple[OddClock, ...] = ()  # arrivals given that cannot be
    ignored: tuple[Issue, ...] = ()  # rows that are no visit of their day, empties that nobody brings back

    @property
    def broken(self) -> dict[str, int]:
        """How often each rule is broken, by code of the finding."""
        return dict(sorted(Counter(issue.code for issue in self.findings).items()))


@dataclass(frozen=True)
class _Change:
    km: float
    source: tuple[int, int, int]  # route, trip, stop
    target: tuple[int, int, int]  # route, trip, place among the stops that are there once the stop is taken out


def review(
    scenario: Scenario, network: Network, should_stop: Callable[[], bool] = lambda: False, on_cost: Callable[[float], None] = lambda cost: None
) -> Review | None:
    """Today's routes checked; None where there are none, or no known way between two of their sites. `on_cost`: told today's cost while it goes on."""
    current = scenario.rows(CURRENT.name)
    read = today(scenario, network)
    week, routes = read.week, read.routes
    if read.unknown is not None or not routes:
        return None
    plan = read.plan()
    spent = annual_cost(plan.tables[COSTS.name])
    weeks = scenario.value(WEEKS_PER_YEAR)
    broken = errors(auditing.audit(scenario, network, plan).issues)
    before = Counter(map(_where, broken))
    duties = tuple(_duty(week, route, weeks) for route in routes)
    savings: list[Saving] = []
    seen: set[tuple[int, int, int]] = set()
    costed: list[tuple[float, _Change]] = []
    for change in _changes(week, routes):
        if should_stop():
            break
        on_cost(spent)
        costed.append((_saves(week, routes, change, weeks), change))
    costed.sort(key=lambda c: -c[0])
    for saves, change in costed:
        if saves < 1.0 or len(savings) >= SHOWN or should_stop():
            break
        if change.source in seen:
            continue  # the best place of a stop is enough
        on_cost(spent)
        changed = _moved(routes, change)
        frames = tables(week, changed)
        plan = Plan("routes", Status.FEASIBLE, frames, cost_of(frames[COSTS.name]), scenario_hash=scenario.hash)
        after = Counter(map(_where, errors(auditing.audit(scenario, network, plan).issues)))
        gain = spent - annual_cost(frames[COSTS.name])
        if gain >= 1.0 and not after - before:
            seen.add(change.source)
            savings.append(_told(week, routes, change, gain))
    savings.sort(key=lambda one: -one.saves)
    return Review(spent, duties, tuple(issue for issue in broken if issue.code != MISSED), tuple(savings), should_stop(),
                  tuple(issue for issue in broken if issue.code in OWED), tuple(compared(week, routes, current)),
                  tuple(issue for issue in broken if issue.code == MISSED), tuple(odd(week, routes, current)), read.issues)  # fmt: skip


def _where(issue: Issue) -> tuple[object, ...]:
    """A rule broken and where, whatever the figures: what a move may not add to."""
    told = dict(issue.args)
    return (issue.code, *(told.get(name) for name in ("day", "vehicle", "flow", "site")))


def _duty(week: Week, route: Route, weeks: float) -> DutyCheck:
    vehicle, duty = week.vehicle[route.vehicle], timed(week, route)
    metres = empty = 0
    most = 0.0
    for trip in route.trips:
        metres += drive(week, vehicle, trip.stops)[0]
        board = loads(trip.stops)
        most = max(most, *(places / vehicle.places if vehicle.places else 0.0 for places, _ in board))
        tour = [vehicle.site, *(stop.site for stop in trip.stops), vehicle.site]
        empty += sum(int(week.metres[week.index[a], week.index[b]]) for (a, b), (places, kg) in zip(pairwise(tour), board, strict=True) if places <= 1e-9 and kg <= 1e-9)
    return DutyCheck(
        route.day, route.vehicle, route.number, sum(len(trip.stops) for trip in route.trips), metres / 1000, empty / 1000, duty.seconds / 3600, duty.late / 60,
        max(0, duty.seconds - vehicle.duty - vehicle.overtime) / 60, 100 * most, round(weeks * _variable(week, route), 2),
    )  # fmt: skip


def _variable(week: Week, route: Route) -> float:
    """€ spent on a day: kilometres, hours and overtime."""
    if not route.trips:
        return 0.0
    vehicle, duty = week.vehicle[route.vehicle], timed(week, route)
    km = sum(drive(week, vehicle, trip.stops)[0] for trip in route.trips) / 1000
    return km * vehicle.km_cost + min(duty.seconds, vehicle.duty) / 3600 * vehicle.hour_cost + max(0, duty.seconds - vehicle.duty) / 3600 * vehicle.overtime_cost


def _by_depot(stop: Stop, vehicle: Vehicle) -> bool:
    """Whether what is done at a stop begins or ends at the vehicle's depot: then it can be done by another trip."""
    return all(
        vehicle.site == (move.visit.flow.origin if move.action in ("deliver", "take_back") else move.visit.flow.destination) for move in stop.moves
    )


def _in_order(stops: Sequence[Stop], s: int, to: int) -> bool:
    """Whether what is loaded at a stop of a trip is still unloaded later when its stop `s` is put at place `to`."""
    passed = stops[s + 1 : to + 1] if to > s else stops[to:s]
    keys = {(move.visit.key, move.action in FULL) for move in stops[s].moves}
    return not any((move.visit.key, move.action in FULL) in keys for stop in passed for move in stop.moves)


def _changes(week: Week, routes: Sequence[Route]) -> list[_Change]:
    """The moves that save most kilometres by themselves, and those of a duty's only stop, which spare the duty and maybe the vehicle."""
    found: list[_Change] = []
    sparing: list[_Change] = []

    def way(sites: Sequence[str]) -> int:
        return sum(int(week.metres[week.index[a], week.index[b]]) for a, b in pairwise(sites))

    for r, route in enumerate(routes):
        home = week.vehicle[route.vehicle]
        only = sum(len(trip.stops) for trip in route.trips) == 1
        for t, trip in enumerate(route.trips):
            for s, stop in enumerate(trip.stops):
                around = [home.site, *(one.site for one in trip.stops), home.site]
                less = way(around[s : s + 3]) - way([around[s], around[s + 2]])
                own = [*around[: s + 1], *around[s + 2 :]]
                for s2, (a, b) in enumerate(pairwise(own)):
                    more = way([a, stop.site, b]) - way([a, b])
                    if s2 != s and more < less and _in_order(trip.stops, s, s2):
                        found.append(_Change((less - more) / 1000, (r, t, s), (r, t, s2)))
                if not _by_depot(stop, home):
                    continue
                for r2, other in enumerate(routes):
                    there = week.vehicle[other.vehicle]
                    if other.day != route.day or there.site != home.site or any(there.refused_by(week.places[stop.site])):
                        continue
                    for t2, trip2 in enumerate(other.trips):
                        if (r2, t2) == (r, t):
                            continue
                        sites = [there.site, *(one.site for one in trip2.stops), there.site]
                        for s2, (a, b) in enumerate(pairwise(sites)):
                            more = way([a, stop.site, b]) - way([a, b])
                            if more < less or only:
                                (sparing if only else found).append(_Change((less - more) / 1000, (r, t, s), (r2, t2, s2)))
    return [change for those in (sparing, found) for change in sorted(those, key=lambda c: (-c.km, c.source, c.target))[:TRIED]]


def _moved(routes: Sequence[Route], change: _Change) -> list[Route]:
    """The week with a stop moved; a duty left without stops is gone."""
    (r, t, s), (r2, t2, s2) = change.source, change.target
    stop = routes[r].trips[t].stops[s]
    made = list(routes)
    made[r] = _with(made[r], t, (*made[r].trips[t].stops[:s], *made[r].trips[t].stops[s + 1 :]))
    made[r2] = _with(made[r2], t2, (*made[r2].trips[t2].stops[:s2], stop, *made[r2].trips[t2].stops[s2:]))
    return [route for route in (replace(one, trips=tuple(trip for trip in one.trips if trip.stops)) for one in made) if route.trips]


def _with(route: Route, t: int, stops: tuple[Stop, ...]) -> Route:
    return replace(route, trips=tuple(Trip(stops, trip.release) if i == t else trip for i, trip in enumerate(route.trips)))


def _saves(week: Week, routes: Sequence[Route], change: _Change, weeks: float) -> float:
    """€ a year saved on the two duties, and for a vehicle no longer used on any day; nothing where somebody comes later than today."""
    touched = {change.source[0], change.target[0]}
    old = [routes[i] for i in touched]
    keys = {(one.day, one.vehicle, one.number) for one in old}
    new = [route for route in _moved(routes, change) if (route.day, route.vehicle, route.number) in keys]
    if sum(timed(week, route).late for route in new) > sum(timed(week, route).late for route in old):
        return 0.0
    saves = weeks * (sum(_variable(week, route) for route in old) - sum(_variable(week, route) for route in new))
    source = routes[change.source[0]]
    same = (week.vehicle[source.vehicle].physical, source.number)
    if len(new) < len(old) and sum((week.vehicle[one.vehicle].physical, one.number) == same for one in routes) == 1:
        saves += week.vehicle[source.vehicle].fixed_cost
    return saves


def _told(week: Week, routes: Sequence[Route], change: _Change, gain: float) -> Saving:
    (r, t, s), (r2, t2, s2) = change.source, change.target
    stop = routes[r].trips[t].stops[s]
    stops = [one for i, one in enumerate(routes[r2].trips[t2].stops) if (r2, t2, i) != change.source]
    return Saving(
        routes[r].day, stop.site, tuple(dict.fromkeys(move.visit.flow.code for move in stop.moves)), routes[r].vehicle, routes[r].number, t + 1,
        routes[r2].vehicle, routes[r2].number, t2 + 1, stops[s2 - 1].site if s2 else "", round(gain, 2), change.km,
    )  # fmt: skip


def worst_first(duties: Sequence[DutyCheck]) -> list[DutyCheck]:
    """Duties late or too long first, then by empty kilometres."""
    return sorted(duties, key=lambda d: (-(d.late + d.overrun), -d.empty_km, DAY_CODES.index(d.day), d.vehicle, d.number))
