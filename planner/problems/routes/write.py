"""Routes with their times, loads and costs, as the result tables of a plan. Nothing here comes from a solver."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import pandas as pd

from planner.problems.base import Costs
from planner.problems.routes.accepted import FULL, VehicleKey, VisitKey
from planner.problems.routes.classes import Pair
from planner.problems.routes.driver_tables import BREAKS, ROTA
from planner.problems.routes.drivers import Roster, Turn, add_costs, rota_rows
from planner.problems.routes.rosters import Rosters
from planner.problems.routes.schedule import Duty, Event, StopPlan, TripPlan, events_of, schedule
from planner.problems.routes.shifting import settled
from planner.problems.routes.skipped import add_skipped, skipped, skipped_rows
from planner.problems.routes.stops import Move, Route, Stop
from planner.problems.routes.tables import COSTS, ROUTES, SKIPPED, STOPS, TRIPS
from planner.problems.routes.week import Vehicle, Visit, Week
from planner.problems.routes.zones import outside
from planner.sites import FIRST_YEAR, WEEKS_PER_YEAR

Load = tuple[float, float]  # places, kg


@dataclass(frozen=True)
class Earlier:
    """What a vehicle has done in its earlier shifts of a day: the classes of its trips, and when it is back."""

    carried: tuple[frozenset[str], ...] = ()
    back: int = 0


FIRST = Earlier()  # before the first shift


def timed(week: Week, route: Route, earlier: Earlier = FIRST) -> Duty:
    """The shortest duty of a route, with its driver's breaks."""
    vehicle = week.vehicle[route.vehicle]
    return schedule(trip_plans(week, route, earlier), week.index[vehicle.site], week.drives, vehicle.opens, vehicle.closes, vehicle.reload, vehicle.rules)


def events(week: Week, route: Route, earlier: Earlier = FIRST) -> list[Event]:
    """The events of a route's duty, without breaks."""
    vehicle = week.vehicle[route.vehicle]
    return events_of(trip_plans(week, route, earlier), week.index[vehicle.site], week.drives, vehicle.opens, vehicle.closes, vehicle.reload)


def trip_plans(week: Week, route: Route, earlier: Earlier = FIRST) -> list[TripPlan]:
    """What of a route its times depend on."""
    made: list[TripPlan] = []
    for trip, disinfection in zip(route.trips, week.classes.disinfections([trip.classes for trip in route.trips], earlier.carried), strict=True):
        stops = [_stop_plan(week, route, stop, following) for stop, following in zip(trip.stops, [*trip.stops[1:], None], strict=True)]
        seconds = disinfection.seconds if disinfection else 0
        clean = 0 if made or disinfection is None else earlier.back + seconds
        made.append(TripPlan(tuple(stops), max(trip.release, trip.ready, clean), seconds if made else 0, trip.due))
    return made


def shifts(week: Week, routes: Sequence[Route]) -> tuple[list[Earlier], list[Duty]]:
    """The duty of each route, and what its vehicle has done before on that day."""
    before = [FIRST] * len(routes)
    duties: dict[int, Duty] = {}
    done: dict[tuple[str, str, int], Earlier] = defaultdict(Earlier)
    for i in sorted(range(len(routes)), key=lambda i: week.vehicle[routes[i].vehicle].opens):
        route = routes[i]
        key = (route.day, week.vehicle[route.vehicle].physical, route.number)
        before[i] = done[key]
        duties[i] = timed(week, route, before[i])
        done[key] = Earlier((*before[i].carried, *(trip.classes for trip in route.trips)), duties[i].ends)
    return before, [duties[i] for i in range(len(routes))]


def _events(week: Week, routes: Sequence[Route], before: Sequence[Earlier], duties: Sequence[Duty]) -> list[list[Event]]:
    """The events of each duty; where a vehicle is disinfected between two shifts, both begin when they do."""
    awaited = {
        (route.day, week.vehicle[route.vehicle].physical, route.number) for route, earlier in zip(routes, before, strict=True)
        if any(week.classes.disinfections([trip.classes for trip in route.trips], earlier.carried)[:1])
    }  # fmt: skip
    made = []
    for route, earlier, duty in zip(routes, before, duties, strict=True):
        found = events(week, route, earlier)
        if (route.day, week.vehicle[route.vehicle].physical, route.number) in awaited:
            found[0] = replace(found[0], windows=((duty.starts, duty.starts),))
        made.append(found)
    return made


def _stop_plan(week: Week, route: Route, stop: Stop, following: Stop | None) -> StopPlan:
    """A stop to schedule: its windows are those outside the hours in which the vehicle may not be there, and then nobody rests there either."""
    spend, fixed = sum(handling(move) for move in stop.moves), week.places[stop.site].stop
    barred = week.barred(week.vehicle[route.vehicle], stop.site, route.day)
    leaving = following is None or following.site != stop.site
    return StopPlan(week.index[stop.site], spend, fixed, outside(stop.windows, barred, spend + fixed * leaving), stop.rest and not barred)


def handling(move: Move) -> int:
    """Seconds that one move takes at its stop."""
    return move.visit.flow.handle if move.action in ("deliver", "collect") else move.visit.flow.handle_empty


def quantity(move: Move) -> float:
    return move.visit.flow.quantity if move.action in ("deliver", "collect") else move.visit.flow.empties


def weight(move: Move) -> Load:
    flow = move.visit.flow
    return (flow.places, flow.kg) if move.action in ("deliver", "collect") else (flow.empty_places, flow.empty_kg)


def loads(stops: Sequence[Stop]) -> list[Load]:
    """Places and kilograms on board of one trip: on leaving the depot, then on leaving each stop.

    What is unloaded without having been loaded on the way was loaded at the depot.
    """
    opposite = {"deliver": "collect", "give_back": "take_back"}
    on_the_way: set[tuple[object, str]] = set()
    places = kg = 0.0
    for stop in stops:
        for move in stop.moves:
            if move.action in ("collect", "take_back"):
                on_the_way.add((move.visit.key, move.action))
            elif (move.visit.key, opposite[move.action]) not in on_the_way:
                p, k = weight(move)
                places, kg = places + p, kg + k
    found = [(places, kg)]
    for stop in stops:
        for move in stop.moves:
            p, k = weight(move)
            sign = 1 if move.action in ("collect", "take_back") else -1
            places, kg = places + sign * p, kg + sign * k
        found.append((max(0.0, places), max(0.0, kg)))
    return found


def drive(week: Week, vehicle: Vehicle, stops: Sequence[Stop]) -> tuple[int, int]:
    """Metres and driving seconds of one trip."""
    tour = [week.index[site] for site in (vehicle.site, *(stop.site for stop in stops), vehicle.site)]
    pairs = list(pairwise(tour))
    return sum(int(week.metres[a, b]) for a, b in pairs), sum(int(week.times[a, b]) for a, b in pairs)


def tables(week: Week, routes: Sequence[Route], roster: Roster | None = None) -> dict[str, pd.DataFrame]:
    """All result tables of a plan with these routes (each with at least one trip of at least one stop). `roster`: who drives.

    Every duty is the shortest one of its route, begun when its team needs the fewest drivers for it (`shifting`).
    """
    roster = roster or Rosters(week)
    order = {day: i for i, day in enumerate(week.visits)}
    ranked = sorted(routes, key=lambda r: (order[r.day], week.vehicle[r.vehicle].row, r.number))
    route_rows: list[dict[str, Any]] = []
    trip_rows: list[dict[str, Any]] = []
    stop_rows: list[dict[str, Any]] = []
    break_rows: list[dict[str, Any]] = []
    turns: list[Turn] = []
    bill = Bill(week)
    before, duties = shifts(week, ranked)
    if week.crews:
        duties = settled(week, ranked, _events(week, ranked, before, duties), duties, roster)
    for route, earlier, duty in zip(ranked, before, duties, strict=True):
        vehicle = week.vehicle[route.vehicle]
        head = {"day": route.day, "vehicle": route.vehicle, "number": route.number}
        metres = driving = 0
        fill = 0.0
        disinfections = week.classes.disinfections([trip.classes for trip in route.trips], earlier.carried)
        for t, (trip, at, disinfection) in enumerate(zip(route.trips, duty.trips, disinfections, strict=True), 1):
            m, s = drive(week, vehicle, trip.stops)
            metres, driving = metres + m, driving + s
            board = loads(trip.stops)
            most = max(p for p, _ in board), max(k for _, k in board)
            fill = max(fill, most[0] / vehicle.places if vehicle.places else 0.0)
            trip_rows.append({**head, "trip": t, "loads": at.loads / 60, "disinfection": disinfection.seconds / 60 if disinfection else 0.0, "departs": at.departs / 60, "returns": at.returns / 60,
                              "stops": len(trip.stops), "km": m / 1000, "places": round(most[0], 6), "kg": round(most[1], 6)})  # fmt: skip
            for p, (stop, when) in enumerate(zip(trip.stops, at.stops, strict=True), 1):
                for move in stop.moves:
                    stop_rows.append({
                        **head, "trip": t, "position": p, "site": stop.site, "time": minute(when.arrives), "flow": move.visit.flow.code,
                        "visit": move.visit.rank, "action": move.action, "quantity": quantity(move), "arrives": when.arrives / 60,
                        "starts": when.starts / 60, "leaves": when.leaves / 60, "places_on_board": round(board[p][0], 6),
                        "kg_on_board": round(board[p][1], 6),
                    })  # fmt: skip
        overtime = max(0, duty.seconds - vehicle.duty)
        spent = sum(r.departs - r.loads + sum(s.leaves - s.starts for s in r.stops) for r in duty.trips)
        route_rows.append({
            **head, "trips": len(route.trips), "stops": sum(len(trip.stops) for trip in route.trips), "starts": minute(duty.starts),
            "ends": minute(duty.ends), "duty": duty.seconds / 60, "driving": driving / 60, "waiting": (duty.span - duty.rest - spent - driving) / 60,
            "breaks": duty.rest / 60, "overtime": overtime / 60, "km": metres / 1000, "fill": round(100 * fill, 6), "co2": round(metres / 1000 * vehicle.co2_km, 6),
        })  # fmt: skip
        for rank, one in enumerate(duty.breaks, 1):
            site = vehicle.site if one.moment == "depot" else route.trips[one.trip - 1].stops[one.position - 1].site
            break_rows.append({**head, "rank": rank, "trip": one.trip, "position": one.position, "moment": one.moment, "site": site,
                               "time": minute(one.starts), "starts": one.starts / 60, "minutes": (one.ends - one.starts) / 60})  # fmt: skip
        bill.add(vehicle, route.number, metres, duty.seconds)
        bill.disinfected[route.vehicle] += [pair for pair in disinfections if pair]
        turns.append(Turn(route.day, route.vehicle, route.number, duty.starts, duty.ends, duty.seconds))
    rota = rota_rows(week, turns, roster)
    for turn, row in zip([t for t in turns if week.vehicle[t.vehicle].team is not None], rota, strict=True):
        bill.worked[row["team"], row["driver"]] += turn.seconds
    carried = carriers(ranked)
    bill.changes = len(week.accepted.changed(carried))
    bill.skipped = skipped(week, carried)
    return {
        COSTS.name: bill.frame(), ROUTES.name: ROUTES.frame(route_rows), TRIPS.name: TRIPS.frame(trip_rows), STOPS.name: STOPS.frame(stop_rows),
        SKIPPED.name: SKIPPED.frame(skipped_rows(bill.skipped)), BREAKS.name: BREAKS.frame(break_rows), ROTA.name: ROTA.frame(rota),
    }  # fmt: skip


def carriers(routes: Sequence[Route]) -> dict[VisitKey, set[VehicleKey]]:
    """Who carries the full units of each visit."""
    found: dict[VisitKey, set[VehicleKey]] = defaultdict(set)
    for route in routes:
        for trip in route.trips:
            for stop in trip.stops:
                for move in stop.moves:
                    if move.action in FULL:
                        found[move.visit.key].add((route.vehicle, route.number))
    return found


def minute(second: int) -> int:
    """Whole minutes after midnight, for reading."""
    return max(0, min(1440, second // 60))


class Bill:
    """Adds up a week's duties and writes them as the cost lines of a year.

    fixed_cost for every vehicle used at least once (type and number); weeks_per_year times km_cost per
    kilometre, hour_cost per hour up to the normal duty and overtime_cost beyond it. `changes` from the accepted
    routes, and tonnes of CO2, weigh in the objective at their price; nobody pays them.
    """

    def __init__(self, week: Week) -> None:
        self.week = week
        self.numbers: dict[str, set[int]] = defaultdict(set)
        self.metres: dict[str, int] = defaultdict(int)
        self.normal: dict[str, int] = defaultdict(int)
        self.over: dict[str, int] = defaultdict(int)
        self.changes = 0
        self.skipped: Sequence[Visit] = ()
        self.disinfected: dict[str, list[Pair]] = defaultdict(list)
        self.worked: dict[tuple[str, int], int] = defaultdict(int)  # seconds of each driver (team, number)

    def add(self, vehicle: Vehicle, number: int, metres: int, duty: int) -> None:
        self.numbers[vehicle.physical].add(number)
        self.metres[vehicle.code] += metres
        self.normal[vehicle.code] += min(duty, vehicle.duty)
        self.over[vehicle.code] += max(0, duty - vehicle.duty)

    def frame(self) -> pd.DataFrame:
        weeks, year = self.week.scenario.value(WEEKS_PER_YEAR), int(self.week.scenario.value(FIRST_YEAR))
        costs = Costs(COSTS)
        for code, numbers in self.numbers.items():
            vehicle = self.week.vehicle[code]
            costs.add(year, vehicle.establishment, code, "vehicle_fixed", len(numbers), len(numbers) * vehicle.fixed_cost)
        for code in self.metres:
            vehicle = self.week.vehicle[code]
            km, normal, over = self.metres[code] / 1000 * weeks, self.normal[code] / 3600 * weeks, self.over[code] / 3600 * weeks
            for line, amount, price in (
                ("vehicle_km", km, vehicle.km_cost),
                ("driver", normal, vehicle.hour_cost),
                ("overtime", over, vehicle.overtime_cost),
            ):
                costs.add(year, vehicle.establishment, code, line, amount, amount * price)
            done = self.disinfected[code]
            costs.add(year, vehicle.establishment, code, "disinfection", weeks * len(done), weeks * sum(pair.cost for pair in done))
            if vehicle.co2_price:
                kg = km * vehicle.co2_km
                costs.add(year, vehicle.establishment, code, "co2", kg / 1000, 0.0, beyond=kg * vehicle.co2_price)
        add_skipped(costs, self.skipped, year, weeks)
        add_costs(self.week, costs, self.worked)
        costs.add(year, "", "", "changes", self.changes, 0.0, beyond=self.changes * self.week.accepted.price)
        return costs.frame()
