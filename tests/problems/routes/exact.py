"""The exact optimum of very small one-week scenarios, by trying everything: the judge of bound and search."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, permutations, product

from planner.network import Network
from planner.problems.routes.stops import Move, Route, Stop, Trip
from planner.problems.routes.week import DAY_CODES, Vehicle, Visit, Week
from planner.problems.routes.write import drive, loads, timed
from planner.scenario import Scenario
from planner.sites import WEEKS_PER_YEAR


def optimum(scenario: Scenario, network: Network) -> float | None:
    """Least yearly cost (€), None where some day has no plan. Every duty of every subset is tried, in every order and split.

    Visits at a vehicle's own depot are delivered or collected there; others are carried between two stops.
    Longest times on board and clean/dirty rules are not looked at: use it on scenarios without.
    """
    week = Week(scenario, network)
    fleet = [vehicle for vehicle in week.vehicles if vehicle.count > 0]
    weeks = scenario.value(WEEKS_PER_YEAR)
    per_day = [_days_plans(week, fleet, day) for day in DAY_CODES if week.visits[day]]
    best: float | None = None
    for numbers in product(*(range(v.count + 1) for v in fleet)):
        fixed = sum(n * v.fixed_cost for n, v in zip(numbers, fleet, strict=True))
        running = 0.0
        for plans in per_day:
            fitting = [cost for used, cost in plans.items() if all(u <= n for u, n in zip(used, numbers, strict=True))]
            running += min(fitting, default=float("inf"))
        if running < float("inf") and (best is None or fixed + weeks * running < best):
            best = fixed + weeks * running
    return best


def _days_plans(week: Week, fleet: list[Vehicle], day: str) -> dict[tuple[int, ...], float]:
    """Least running cost (€) of a day for every number of vehicles used by type."""
    visits = week.visits[day]
    everything = frozenset(range(len(visits)))
    duty = {}
    for v, part in product(range(len(fleet)), _subsets(everything)):
        own = [visits[i] for i in sorted(part)]
        duty[v, part] = _cheapest(week, fleet[v], own)
    plans: dict[tuple[int, ...], float] = {}

    def assign(left: frozenset[int], used: tuple[int, ...], cost: float) -> None:
        if not left:
            plans[used] = min(cost, plans.get(used, float("inf")))
            return
        first = min(left)
        for part in _subsets(left):
            if first not in part:
                continue
            for v in range(len(fleet)):
                price = duty[v, part]
                if price is not None and used[v] < fleet[v].count:
                    assign(left - part, (*used[:v], used[v] + 1, *used[v + 1 :]), cost + price)

    assign(everything, (0,) * len(fleet), 0.0)
    return plans


def _subsets(items: frozenset[int]) -> list[frozenset[int]]:
    return [frozenset(c) for n in range(1, len(items) + 1) for c in combinations(sorted(items), n)]


def _cheapest(week: Week, vehicle: Vehicle, visits: list[Visit]) -> float | None:
    """Least running cost of one duty that serves these visits and nothing else."""
    if any(week.refusals(vehicle, visit.flow) for visit in visits):
        return None
    stops = [stop for visit in visits for stop in _stops(week, vehicle, visit)]
    best: float | None = None
    for order in permutations(range(len(stops))):
        if not _ordered(week, vehicle, [stops[i] for i in order]):
            continue
        for trips in _splits([stops[i] for i in order]):
            if len(trips) > vehicle.max_trips or not all(_sound(week, vehicle, trip) for trip in trips):
                continue
            route = Route(visits[0].day, vehicle.code, 1, tuple(Trip(tuple(trip)) for trip in trips))
            times = timed(week, route)
            if times.late or times.seconds > vehicle.duty + vehicle.overtime:
                continue
            metres = sum(drive(week, vehicle, trip)[0] for trip in trips)
            over = max(0, times.seconds - vehicle.duty)
            cost = metres / 1000 * vehicle.km_cost + (times.seconds - over) / 3600 * vehicle.hour_cost + over / 3600 * vehicle.overtime_cost
            best = cost if best is None else min(best, cost)
    return best


def _stops(week: Week, vehicle: Vehicle, visit: Visit) -> list[Stop]:
    flow, mode = visit.flow, week.mode(vehicle, visit.flow)
    if mode == "deliver":
        moves = (Move(visit, "deliver"), *([Move(visit, "take_back")] if flow.empties else []))
        return [Stop(flow.destination, moves, visit.at_destination)]
    if mode == "collect":
        moves = (Move(visit, "collect"), *([Move(visit, "give_back")] if flow.empties else []))
        return [Stop(flow.origin, moves, visit.at_origin)]
    stops = [Stop(flow.origin, (Move(visit, "collect"),), visit.at_origin), Stop(flow.destination, (Move(visit, "deliver"),), visit.at_destination)]
    if flow.empties:
        stops += [Stop(flow.destination, (Move(visit, "take_back"),), week.places[flow.destination].open_on(visit.day)),
                  Stop(flow.origin, (Move(visit, "give_back"),), week.places[flow.origin].open_on(visit.day))]  # fmt: skip
    return stops


def _splits(stops: list[Stop]) -> Iterator[list[list[Stop]]]:
    for cuts in product((False, True), repeat=len(stops) - 1):
        trips = [[stops[0]]]
        for stop, cut in zip(stops[1:], cuts, strict=True):
            if cut:
                trips.append([stop])
            else:
                trips[-1].append(stop)
        yield trips


def _sound(week: Week, vehicle: Vehicle, trip: list[Stop]) -> bool:
    """Loads fit, and what is carried between two stops is loaded before it is unloaded, in this trip."""
    return _ordered(week, vehicle, trip) and all(places <= vehicle.places + 1e-9 and kg <= vehicle.kg + 1e-9 for places, kg in loads(trip))


def _ordered(week: Week, vehicle: Vehicle, trip: list[Stop]) -> bool:
    """What is carried between two of these stops is loaded before it is unloaded."""
    order = [(move.visit.key, move.action) for stop in trip for move in stop.moves]
    for stop in trip:
        for move in stop.moves:
            if week.mode(vehicle, move.visit.flow) != "carry":
                continue
            first, then = ("collect", "deliver") if move.action in ("collect", "deliver") else ("take_back", "give_back")
            pair = [(move.visit.key, first), (move.visit.key, then)]
            if pair[0] not in order or pair[1] not in order or order.index(pair[0]) > order.index(pair[1]):
                return False
    return True
