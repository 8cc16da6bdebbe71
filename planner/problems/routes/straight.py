"""Visits carried straight from one end to the other, by vehicles based elsewhere or at another time of the day.

What the first search of a week cannot choose: that a vehicle of another depot carries what one of its own can serve, and, for what is carried
between two stops, when: a shipment has one window at each end, cut to a longest time on board. So the week is searched once more where there
is such a visit, with ways for it that know all its windows but nothing in between (`build`), from the routes found. A shipment that these carry with
others stays one. Last, the fleet of a depot whose visits others can carry is left at home, the dearest for what it does first: what it served is then a
shipment, which knows all ways. The cheapest of these weeks is kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from itertools import chain

from planner.problems.base import edited
from planner.problems.routes.accepted import FULL, VisitKey
from planner.problems.routes.attempt import Attempt, Engine, Starts
from planner.problems.routes.groups import same_days
from planner.problems.routes.serve import Servers
from planner.problems.routes.start import translated
from planner.problems.routes.stops import Route
from planner.problems.routes.tables import VEHICLES
from planner.problems.routes.week import Visit, Week
from planner.solvers import routing_week

FIRST, STRAIGHT = 0.65, 0.82  # of the time: ends of the searches without them, and with them
LEAST = 1.0  # seconds, where there is no week yet
FLEETS = 3  # left at home in turn
MOST = 150  # visits that vehicles of other depots may carry too: those of the smallest days of a vehicle, that it may be spared


def search(engine: Engine, seconds: float, starts: Starts, first: Callable[[float, Starts], tuple[Engine, Attempt]]) -> tuple[Engine, Attempt]:
    """The cheapest of the week that `first` finds, of one with such ways and of those without a fleet; and its engine."""
    servers = Servers(engine.week)
    elsewhere, between = _able(engine.week, servers)
    if not elsewhere and not between:
        return first(seconds, starts)
    began, timed = time.monotonic(), engine.limits.iterations is None

    def left(share: float) -> float:
        return share * seconds - (time.monotonic() - began) if timed else seconds

    share = FIRST if elsewhere else STRAIGHT
    # where time is short for the week all of it is given to the first search
    short = timed and routing_week.scarce([group.model.data for group in engine.groups], (1 - share) * seconds, engine.limits.threads)
    engine, made = first(seconds * (share if timed and not short else 1.0), starts)
    if made.frames is not None and short:
        return engine, made
    if made.frames is not None:
        together = _together(made.routes)
        between = {key for key in between if key not in together}
        spared = _spared(made.routes, elsewhere)
    else:
        spared = elsewhere
    if spared or between:
        engine, made = _cheaper(engine, made, engine.week.searched(straight=frozenset(spared | between)), left(STRAIGHT if elsewhere else 1.0))
    fleets = _fleets(engine, made, servers, elsewhere) if made.frames is not None and elsewhere else []
    for place, codes in enumerate(fleets):
        scenario = edited(engine.week.scenario, VEHICLES.name, lambda row, codes=codes: {"count": 0} if row.vehicle in codes else {})  # type: ignore[misc]
        engine, made = _cheaper(engine, made, engine.week.searched(scenario=scenario), left(1.0) / (len(fleets) - place))
    return engine, made


def _cheaper(engine: Engine, made: Attempt, other: Week, seconds: float) -> tuple[Engine, Attempt]:
    """The cheaper of what was found and of what the other week comes to from there."""
    if made.frames is None:
        seconds = max(seconds, LEAST)
    if engine.should_stop() or seconds <= 0.3:
        return engine, made
    groups = same_days(other, Servers(other))
    now = engine.on(other, groups, made.cost)
    there = {vehicle.code for vehicle in other.vehicles if vehicle.count > 0}
    kept = [route for route in made.routes if route not in engine.held and route.vehicle in there] if made.frames is not None else []
    known: Starts = [translated(other, group.model, [route for route in kept if route.day == group.days[0]]) for group in groups] if kept else ()
    found = now.run(seconds, starts=known)
    return (now, found) if found.cost is not None and (made.cost is None or found.cost < made.cost) else (engine, made)


def _fleets(engine: Engine, made: Attempt, servers: Servers, elsewhere: Collection[VisitKey]) -> list[frozenset[str]]:
    """The vehicle types of each depot that others can do without, those first that cost most for each visit."""
    week = engine.week
    found: list[tuple[float, str, frozenset[str]]] = []
    for depot in sorted({week.vehicle[route.vehicle].depot for route in made.routes}):
        codes = frozenset(vehicle.code for vehicle in week.vehicles if vehicle.depot == depot)
        served = {move.visit.key for route in made.routes if route.vehicle in codes for trip in route.trips for stop in trip.stops for move in stop.moves if move.action in FULL}
        if any(route.vehicle in codes for route in engine.held) or any(_bound(servers, week.visit[key], codes) for key in served):
            continue
        used = {(week.vehicle[route.vehicle].physical, route.number) for route in made.routes if route.vehicle in codes}
        found.append((sum(week.vehicle[code].fixed_cost for code, _ in used) / max(1, len(served)), depot, codes))
    return [codes for _, _, codes in sorted(found, key=lambda one: (-one[0], one[1]))[:FLEETS]]


def _bound(servers: Servers, visit: Visit, codes: frozenset[str]) -> bool:
    """Whether a visit cannot do without these vehicle types, or only with empties that accepted routes could not tell the way of."""
    modes = {mode for code, mode in servers.servers(visit).items() if code not in codes}
    return not modes or (modes == {"carry"} and visit.flow.empties > 0)


def carried(week: Week, carriers: Iterable[tuple[VisitKey, str]]) -> Week:
    """The week with the visits that are known to be carried by vehicles based elsewhere, though one of their own depots could, carried so."""
    servers = Servers(week)

    def elsewhere(key: VisitKey, code: str) -> bool:
        visit, vehicle = week.visit.get(key), week.vehicle.get(code)
        if visit is None or vehicle is None or week.mode(vehicle, visit.flow) != "carry":
            return False
        modes = servers.servers(visit)
        return modes.get(code) == "carry" and len(set(modes.values())) > 1

    found = frozenset(key for key, code in carriers if elsewhere(key, code))
    return week.searched(carried=found) if found else week


def able(week: Week) -> bool:
    """Whether there is a visit for such a search."""
    return any(_able(week, Servers(week)))


def _able(week: Week, servers: Servers) -> tuple[set[VisitKey], set[VisitKey]]:
    """The visits that vehicles based elsewhere may carry too, and those that are carried between two stops at times to choose."""
    elsewhere: set[VisitKey] = set()
    between: set[VisitKey] = set()
    for visit in chain.from_iterable(week.visits.values()):
        modes = set(servers.servers(visit).values())
        if "carry" in modes and len(modes) > 1:
            elsewhere.add(visit.key)
        elif modes == {"carry"} and _timed(visit) and not visit.flow.empties:
            between.add(visit.key)
    return elsewhere, between


def _timed(visit: Visit) -> bool:
    return visit.flow.limit is not None or len(visit.at_origin) * len(visit.at_destination) > 1


def _together(routes: Collection[Route]) -> set[VisitKey]:
    """Visits that a route carries between two stops with others loaded or unloaded in between."""
    found: set[VisitKey] = set()
    for stops in (trip.stops for route in routes for trip in route.trips):
        loaded: dict[VisitKey, int] = {}
        for at, stop in enumerate(stops):
            for move in stop.moves:
                if move.action == "collect":
                    loaded[move.visit.key] = at
                elif move.action == "deliver" and at > loaded.get(move.visit.key, at) + 1:
                    found.add(move.visit.key)
    return found


def _spared(routes: Collection[Route], able: Collection[VisitKey]) -> set[VisitKey]:
    """Those of the visits that the vehicles with the fewest in a day serve, at most `MOST`."""
    found: set[VisitKey] = set()
    days = [{move.visit.key for trip in route.trips for stop in trip.stops for move in stop.moves if move.action in FULL} for route in routes]
    for served in sorted(days, key=lambda those: (len(those), min(those))):
        those = served & set(able)
        if len(found) + len(those) > MOST:
            break
        found |= those
    return found
