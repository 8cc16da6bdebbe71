"""Visits carried straight from one end to the other, by vehicles based elsewhere or at another time of the day.

What the first search of a week cannot choose: that a vehicle of another depot carries what one of its own can serve, and, for what is carried
between two stops, when: a shipment has one window at each end, cut to a longest time on board. So the week is searched once more where there
is such a visit, with ways for it that know all its windows but nothing in between (`build`), from the routes found. A shipment that these carry with
others stays one. The cheaper of the two weeks is kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from itertools import chain

from planner.problems.routes.accepted import FULL, VisitKey
from planner.problems.routes.attempt import Attempt, Engine, Starts
from planner.problems.routes.groups import same_days
from planner.problems.routes.serve import Servers
from planner.problems.routes.start import translated
from planner.problems.routes.stops import Route
from planner.problems.routes.week import Visit, Week
from planner.solvers import routing_week

FIRST = 0.7  # of the time, for the week without them
MOST = 150  # visits that vehicles of other depots may carry too: those of the smallest days of a vehicle, that it may be spared


def search(engine: Engine, seconds: float, starts: Starts, first: Callable[[float, Starts], tuple[Engine, Attempt]]) -> tuple[Engine, Attempt]:
    """The cheaper of the week that `first` finds and of one with such ways, and its engine."""
    elsewhere, between = _able(engine.week)
    if not elsewhere and not between:
        return first(seconds, starts)
    began, timed = time.monotonic(), engine.limits.iterations is None
    engine, made = first(seconds * (FIRST if timed else 1.0), starts)
    left = seconds - (time.monotonic() - began) if timed else seconds
    if engine.should_stop() or left <= 0.5:
        return engine, made
    week = engine.week
    if made.frames is not None:
        if routing_week.scarce([group.model.data for group in engine.groups], left, engine.limits.threads):
            return engine, made
        together = _together(made.routes)
        between = {key for key in between if key not in together}
        elsewhere = _spared(made.routes, elsewhere)
        if not elsewhere and not between:
            return engine, made
    other = Week(week.scenario, week.network, week.chosen, week.without, frozenset(elsewhere | between))
    groups = same_days(other, Servers(other))
    now = engine.on(other, groups, made.cost)
    known: Starts = () if made.frames is None else [translated(other, group.model, [r for r in made.routes if r.day == group.days[0] and r not in engine.held]) for group in groups]
    found = now.run(left, starts=known)
    return (now, found) if found.cost is not None and (made.cost is None or found.cost < made.cost) else (engine, made)


def _able(week: Week) -> tuple[set[VisitKey], set[VisitKey]]:
    """The visits that vehicles based elsewhere may carry too, and those that are carried between two stops at times to choose."""
    servers = Servers(week)
    elsewhere: set[VisitKey] = set()
    between: set[VisitKey] = set()
    for visit in chain.from_iterable(week.visits.values()):
        if visit.flow.empties > 0:
            continue
        modes = set(servers.servers(visit).values())
        if "carry" in modes and len(modes) > 1:
            elsewhere.add(visit.key)
        elif modes == {"carry"} and _timed(visit):
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
