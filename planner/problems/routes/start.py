"""The accepted routes, or those of a plan, as routes of the engine: where a search starts from.

What the accepted routes do not mention, and empties that travel by themselves, are left out: the search inserts
them. Trips and order are those accepted where they are given. A shipment, which has one window at each end, gets
those in which the accepted routes serve it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from planner.plan import Plan
from planner.problems.routes.accepted import Home, VehicleKey
from planner.problems.routes.build import DayModel
from planner.problems.routes.duties import read_duties
from planner.problems.routes.groups import Days
from planner.problems.routes.stops import Move, Route, Stop, Trip
from planner.problems.routes.tables import STOPS
from planner.problems.routes.week import Vehicle, Week
from planner.problems.routes.write import timed
from planner.schema import Row, rows
from planner.solvers.routing import Act, Evaluator, RouteData, ShipmentData, VisitData

LAST = 10_000  # order of what has none
# within a stop, an order that the rules on clean and dirty allow if any does: clean unloaded before clean loaded, then the dirty
TURNS = {("clean", "deliver"): 0, ("clean", "unload"): 0, ("clean", "load"): 1, ("clean", "collect"): 2}


@dataclass(frozen=True)
class _Placed:
    """An act with its place in the vehicle's day."""

    trip: int
    position: int
    turn: int  # within a stop
    act: Act


def accepted_routes(week: Week, model: DayModel) -> tuple[list[tuple[VehicleKey, RouteData]], DayModel]:
    """Each accepted vehicle of a day that still exists, with its route; the model with the windows these need."""
    kinds = {vehicle.code: v for v, vehicle in enumerate(model.fleet)}
    placed: dict[VehicleKey, list[_Placed]] = defaultdict(list)

    def place(home: Home, position: int | None, act: Act, hygiene: str, way: str) -> None:
        placed[home.key].append(_Placed(home.trip or 1, position or LAST, TURNS.get((hygiene, way), 3), act))

    for j, home in enumerate(model.homes_of_job):
        if home is not None and home.vehicle in kinds:
            move = model.job_stops[j][0][0][0].moves[0]
            way = week.mode(week.vehicle[home.vehicle], move.visit.flow)
            place(home, home.position, Act("job", j), move.visit.flow.hygiene, way)
    for s, home in enumerate(model.homes_of_shipment):
        if home is not None and home.vehicle in kinds:
            hygiene = model.visits_of_shipment[s].flow.hygiene
            place(home, home.position, Act("pickup", s), hygiene, "load")
            place(home, home.drop, Act("delivery", s), hygiene, "unload")
    made = []
    shipments = list(model.data.shipments)
    for key, acts in sorted(placed.items()):
        vehicle = week.vehicle[key[0]]
        by_trip: dict[int, list[Act]] = defaultdict(list)
        for item in sorted(acts, key=lambda p: (p.trip, p.position, p.turn)):
            by_trip[item.trip].append(item.act)
        trips = [_able(week, model, vehicle, trip) for _, trip in sorted(by_trip.items())]
        trips = [*trips[: vehicle.max_trips - 1], [act for trip in trips[vehicle.max_trips - 1 :] for act in trip]]
        trips = [trip for trip in trips if trip]
        if trips:
            made.append((key, RouteData(kinds[key[0]], tuple(tuple(trip) for trip in _in_time(week, model, vehicle, trips, shipments)))))
    return made, replace(model, data=replace(model.data, shipments=tuple(shipments)))


def translated(week: Week, model: DayModel, routes: Sequence[Route]) -> tuple[RouteData, ...]:
    """Routes of a day, of whatever visits, in the terms of a model: what it serves otherwise, or not at all, is left to the search.

    A job of several visits goes where the first of them is met.
    """
    jobs = {(visit.key, move.action): j for j, ways in enumerate(model.job_stops) for stops, _ in ways for stop in stops for move in stop.moves for visit in (move.visit,)}
    ends = {(visit.key, move.action): Act(kind, s) for s, (visit, stops) in enumerate(zip(model.visits_of_shipment, model.shipment_stops, strict=True))
            for kind, stop in zip(("pickup", "delivery"), stops, strict=True) for move in stop.moves}  # fmt: skip
    kinds = {vehicle.code: v for v, vehicle in enumerate(model.fleet)}
    done: set[Act] = set()
    made = []
    for route in routes:
        vehicle = week.vehicle[route.vehicle]
        trips: list[tuple[list[Act], int]] = []
        for trip in route.trips:
            acts: list[Act] = []
            for move in (move for stop in trip.stops for move in stop.moves):
                known = (move.visit.key, move.action)
                act = Act("job", jobs[known]) if known in jobs else ends.get(known)
                if act is not None and act not in done:
                    done.add(act)
                    acts.append(act)
            if able := _able(week, model, vehicle, acts):
                trips.append((able, trip.release))
        if trips:
            timed_trips = _in_time(week, model, vehicle, [acts for acts, _ in trips], list(model.data.shipments), [release for _, release in trips])
            made.append(RouteData(kinds[route.vehicle], tuple(tuple(trip) for trip in timed_trips)))
    return tuple(made)


def stops_of(plan: Plan | None) -> list[Row]:
    """The rows of a routes plan's table of stops; none without a plan."""
    frame = None if plan is None else plan.tables.get(STOPS.name)
    return [] if frame is None else list(rows(STOPS, frame))


def taken_up(week: Week, groups: Sequence[Days], stops: Sequence[Row]) -> list[tuple[RouteData, ...]]:
    """The routes of a plan's table of stops in the terms of a week's groups of days; rows that mean nothing in this week are left out.
    Nothing without stops."""
    if not stops:
        return []
    routes: dict[str, list[Route]] = defaultdict(list)
    for duty in read_duties(week, stops, []):
        trips = tuple(Trip(tuple(Stop(stop.site, tuple(Move(move.visit, move.row.action) for move in stop.moves), ()) for stop in trip.stops), trip.loads) for trip in duty.trips)
        routes[duty.day].append(Route(duty.day, duty.vehicle.code, duty.number, trips))
    found = []
    for group in groups:
        judge = Evaluator(group.model.data)
        found.append(tuple(_cheapest(group.model, judge, route) for route in translated(week, group.model, routes[group.days[0]])))
    return found


def _cheapest(model: DayModel, judge: Evaluator, route: RouteData) -> RouteData:
    """The route with the ways of its jobs that cost the engine least: a job with several windows has one of them there, a shipment only one
    at all, so that what the schedule does with all windows may be dear, or impossible, with those of the plan's times."""

    def ways(act: Act) -> list[int]:
        if act.kind != "job":
            return []
        those = model.data.jobs[act.index].alternatives
        return [a for a, visit in enumerate(those) if visit.location == those[act.alternative].location]

    def taken(now: RouteData, which: Act | None, way: int) -> RouteData:
        def one(act: Act) -> Act:
            return replace(act, alternative=ways(act)[way]) if (which is None or act == which) and way < len(ways(act)) else act

        return replace(now, trips=tuple(tuple(one(act) for act in trip) for trip in now.trips))

    most = max((len(ways(act)) for trip in route.trips for act in trip), default=0)
    if most < 2:
        return route
    best = min(judge.priced([route, *(taken(route, None, way) for way in range(most))]), key=lambda pair: pair[1], default=(route, math.inf))
    for act in [act for trip in best[0].trips for act in trip if len(ways(act)) > 1]:
        now = next(a for trip in best[0].trips for a in trip if a.kind == "job" and a.index == act.index)
        best = min([best, *judge.priced([taken(best[0], now, way) for way in range(len(ways(act)))])], key=lambda pair: pair[1])
    return best[0]


def _able(week: Week, model: DayModel, vehicle: Vehicle, acts: Sequence[Act]) -> list[Act]:
    """The acts that the vehicle may do at all, each job with an alternative that is its way of moving the flow."""
    found = []
    access = model.data.access[model.data.fleet[model.fleet.index(vehicle)].profile]
    for act in acts:
        if act.kind != "job":
            shipment = model.data.shipments[act.index]
            if access[shipment.pickup.location] and access[shipment.delivery.location]:
                found.append(act)
            continue
        fitting = [a for a, visit in enumerate(model.data.jobs[act.index].alternatives) if access[visit.location] and _is_mode(week, model, vehicle, act.index, a)]
        if fitting:
            found.append(Act("job", act.index, fitting[0]))
    return found


def _is_mode(week: Week, model: DayModel, vehicle: Vehicle, job: int, alternative: int) -> bool:
    stops, _ = model.job_stops[job][alternative]
    move = stops[0].moves[0]
    return ("carry" if len(stops) > 1 else move.action) == week.mode(vehicle, move.visit.flow)


def _in_time(
    week: Week, model: DayModel, vehicle: Vehicle, trips: Sequence[Sequence[Act]], shipments: list[ShipmentData], releases: Sequence[int] = ()
) -> list[list[Act]]:
    """The same acts, each with the alternative or window that holds its start in the shortest schedule of the route.

    The windows of `shipments` are set in place. `releases`: before when each trip is not loaded, if known.
    """
    day = model.visits_of_job[0][0].day if model.visits_of_job else model.visits_of_shipment[0].day
    made = tuple(Trip(tuple(stop for act in trip for stop in _stops(model, act)), release) for trip, release in zip(trips, releases or [0] * len(trips), strict=True))
    duty = timed(week, Route(day, vehicle.code, 1, made))
    chosen = []
    for trip, at in zip(trips, duty.trips, strict=True):
        acts = []
        times = iter(at.stops)
        for act in trip:
            when, *_ = [next(times) for _ in _stops(model, act)]
            if act.kind == "job":
                alternatives = model.data.jobs[act.index].alternatives
                same = [a for a, visit in enumerate(alternatives) if visit.location == alternatives[act.alternative].location]
                holding = [a for a in same if alternatives[a].opens <= when.starts <= alternatives[a].closes and alternatives[a].release <= at.loads]
                acts.append(Act("job", act.index, max(holding or same[:1], key=lambda a: _order(alternatives[a]))))
            else:
                acts.append(act)
                for opens, closes in _stops(model, act)[0].windows:
                    if opens <= when.starts <= closes:
                        end = replace(getattr(shipments[act.index], act.kind), opens=opens, closes=closes)
                        shipments[act.index] = replace(shipments[act.index], **{act.kind: end})
                        break
        chosen.append(acts)
    return chosen


def _order(visit: VisitData) -> tuple[int, int]:
    return visit.release, visit.opens


def _stops(model: DayModel, act: Act) -> tuple[Stop, ...]:
    """The stops of an act, the first open in all windows of its alternatives."""
    first, *others = model.stops(act)[0]
    if act.kind != "job":
        return (first,)
    alternatives = model.data.jobs[act.index].alternatives
    windows = tuple(sorted({(a.opens, a.closes) for a in alternatives if a.location == alternatives[act.alternative].location}))
    return (replace(first, windows=windows), *others)
