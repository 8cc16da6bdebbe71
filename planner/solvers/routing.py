"""Vehicle routing on arrays: rich daily problem in, routes out. The search engine is PyVRP; nothing else knows it.

A day: depots, vehicle types, jobs (one visit each, chosen among alternatives), shipments (a pickup and a
delivery in one trip). Times in seconds, distances in metres, loads and costs in whole units of the caller.

    min   sum over routes of   fixed + per_metre * metres + per_second * seconds + per_overtime * overtime seconds
          + sum of the prizes of optional jobs left out + sum of the tolls of the locations entered
    every job without prize is served by one of its alternatives, within its window;
    every shipment is picked up, then delivered, in one trip of one route;
    along each trip the load of every dimension fits the vehicle: deliveries are on board from the trip's
    start, pickups until its end, shipments in between; at most `max_trips` trips, each after `service` seconds
    of loading at the depot, starting loading within depot hours and shift;
    seconds (waiting included) <= duty + overtime; overtime is what exceeds duty;
    a vehicle of profile p only visits locations with access[p]; arcs in `barred` are not driven.

PyVRP 0.14 takes one window per client (alternatives become a client group) and forbids nothing: inaccessible
and barred arcs get a duration longer than any shift, so that they can never be feasible, and a distance of
20 times the longest (very large values hang its time limit); where nothing takes time only the latter, and answers are checked. Its answer is read back in our own terms and is
only ever a proposal: the caller schedules, costs and checks it again.
"""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.solvers.routing_harvest import Harvest
from planner.solvers.routing_matrices import crossed, profiles
from planner.solvers.routing_penalties import penalties

if TYPE_CHECKING:
    import pyvrp

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
UNKNOWN = 2**62  # PyVRP's cost of an infeasible answer is the largest integer


@dataclass(frozen=True)
class Style:
    """How PyVRP searches: most stops moved at random in one iteration, iterations between two updates of its penalties,
    iterations without improvement before it starts from its best again, `legs` between which whole routes are moved.
    `scaled`: penalties start at the scale of the day's own costs.
    """

    perturbations: int
    updates: int
    patience: int
    legs: int
    scaled: bool


# Days of a few hundred stops leave time for some thousand iterations only: smaller perturbations and penalties that
# adapt five times as often than PyVRP's defaults gave feasible routes 20 % cheaper after 1 s and 2 % cheaper after 15 s
# (CPU seconds, a generated Monday of 240 stops, two seeds).
WEEKDAY = Style(10, 100, 20_000, 3, True)
PLAIN = Style(25, 500, 150_000, 1, False)  # PyVRP's own settings


@dataclass(frozen=True)
class DepotData:
    """A depot: location, hours (seconds), seconds of loading before each departure."""

    location: int
    opens: int
    closes: int
    service: int


@dataclass(frozen=True)
class FleetData:
    """A vehicle type. Costs are whole units per vehicle, metre, second; `per_overtime` comes on top of `per_second`."""

    count: int
    depot: int
    capacity: tuple[int, ...]
    fixed: int
    per_metre: int
    per_second: int
    per_overtime: int
    opens: int
    closes: int
    duty: int
    overtime: int
    max_trips: int
    profile: int
    reloads: tuple[int, ...] = ()  # depots between two trips, in order of preference; none: its own


@dataclass(frozen=True)
class VisitData:
    """One way of serving a job: where, what it takes from and brings to the depot, when.

    `release`: seconds before which the trip that serves it may not start loading.
    """

    location: int
    delivery: tuple[int, ...]
    pickup: tuple[int, ...]
    service: int
    opens: int
    closes: int
    release: int = 0


@dataclass(frozen=True)
class JobData:
    """A job: one of its alternatives must be served; with a prize it may be left out."""

    alternatives: tuple[VisitData, ...]
    prize: int | None = None


@dataclass(frozen=True)
class ShipmentData:
    """From one location to another in one trip; only location, service and window of both ends are used."""

    pickup: VisitData
    delivery: VisitData
    amount: tuple[int, ...]
    prize: int | None = None


@dataclass(frozen=True)
class DayData:
    """A day. `distance`, `duration`, `barred`: (L, L); `access`: (P, L), which profile may visit which location.

    `toll`: (V, L), what a vehicle of each type pays on entering a location from another one; None: nothing. `out`: vehicles
    of each type that are on the road beside those of the fleet: they count as used.
    """

    distance: Ints
    duration: Ints
    barred: Bools
    access: Bools
    depots: tuple[DepotData, ...]
    fleet: tuple[FleetData, ...]
    jobs: tuple[JobData, ...]
    shipments: tuple[ShipmentData, ...] = ()
    toll: Ints | None = None
    out: tuple[int, ...] = ()

    @property
    def already(self) -> tuple[int, ...]:
        """Vehicles used before any route, by type."""
        return self.out or (0,) * len(self.fleet)

    def location(self, act: Act) -> int:
        """Where an act is done."""
        if act.kind == "job":
            return self.jobs[act.index].alternatives[act.alternative].location
        shipment = self.shipments[act.index]
        return (shipment.pickup if act.kind == "pickup" else shipment.delivery).location

    def reload(self, v: int, before: int, after: int) -> int:
        """The depot at which a vehicle of type v reloads between two locations: the first that bars neither way."""
        usable = self.fleet[v].reloads or (self.fleet[v].depot,)
        return next((d for d in usable if not self.barred[before, self.depots[d].location] and not self.barred[self.depots[d].location, after]), usable[-1])

    @property
    def dimensions(self) -> int:
        return len(self.fleet[0].capacity) if self.fleet else 0

    @property
    def size(self) -> int:
        """Number of stops to plan."""
        return len(self.jobs) + 2 * len(self.shipments)

    def optional(self, prize: int) -> DayData:
        """The same day with every job and shipment optional at that prize."""
        return replace(
            self,
            jobs=tuple(replace(job, prize=prize) for job in self.jobs),
            shipments=tuple(replace(shipment, prize=prize) for shipment in self.shipments),
        )


@dataclass(frozen=True)
class Act:
    """One act of a trip: kind "job" (with the alternative served), "pickup" or "delivery" (of a shipment)."""

    kind: str
    index: int
    alternative: int = 0


@dataclass(frozen=True)
class RouteData:
    """A route: vehicle type and its trips in order."""

    vehicle: int
    trips: tuple[tuple[Act, ...], ...]


@dataclass(frozen=True)
class StopRule:
    """When a search ends: seconds, iterations, or iterations without improvement; `feasible`: with the first feasible routes."""

    seconds: float = math.inf
    iterations: int | None = None
    stall: int | None = None
    feasible: bool = False


@dataclass(frozen=True)
class DayResult:
    """What a search found. `feasible`: every rule is kept and every job without prize served.

    `variable`: distance and duration cost and tolls, of each route in `costs`; `used`: vehicles used by type; `left_out`, `unshipped`: indices of
    jobs and shipments not served, `lost` their prizes; `note`: what went wrong outside the search, if anything; `seen`: feasible routes
    met on the way, where asked for, each with its variable cost.
    """

    feasible: bool
    routes: tuple[RouteData, ...] = ()
    variable: int = 0
    used: tuple[int, ...] = ()
    left_out: tuple[int, ...] = ()
    unshipped: tuple[int, ...] = ()
    iterations: int = 0
    seconds: float = 0.0
    note: str = ""
    costs: tuple[int, ...] = ()
    seen: tuple[tuple[RouteData, int], ...] = ()
    lost: int = 0


@dataclass
class Reading:
    """How PyVRP's numbering maps back: clients to (job, alternative), vehicle types to ours."""

    clients: list[tuple[int, int]] = field(default_factory=list)
    vehicles: list[int] = field(default_factory=list)
    first_client: list[int] = field(default_factory=list)  # per job

    def act(self, activity: Any) -> Act:
        """An activity away from the depots in our terms."""
        if activity.is_client():
            return Act("job", *self.clients[activity.idx])
        return Act("pickup" if activity.is_pickup() else "delivery", activity.idx)


def solve(
    day: DayData,
    stop: StopRule,
    seed: int,
    start: Sequence[RouteData] = (),
    paid: Sequence[int] = (),
    should_stop: Callable[[], bool] = lambda: False,
    on_best: Callable[[DayResult], None] = lambda _: None,
    style: Style = WEEKDAY,
    harvest: int = 0,
) -> DayResult:
    """The best routes found.

    `start`: routes to start from, which may break rules or leave something out (with no iteration allowed they are
    judged as they are); `paid`: per vehicle type, how many vehicles cost nothing to use (they are
    paid for by another day). `should_stop` is asked at every iteration, `on_best` told of every better
    feasible answer. `harvest`: how many of the feasible routes met on the way to give back, at most.
    """
    if not day.jobs and not day.shipments:
        return DayResult(True, used=day.already)
    data, reading = _problem(day, paid or (0,) * len(day.fleet))
    if not reading.vehicles:
        return DayResult(False, left_out=tuple(range(len(day.jobs))), unshipped=tuple(range(len(day.shipments))))
    from planner.solvers.routing_whole import whole_routes

    began = time.perf_counter()
    done = 0  # iterations of the legs before

    def late() -> bool:
        """Whether moves of whole routes must end: well before any watchdog bites."""
        return time.perf_counter() - began > 1.1 * stop.seconds or should_stop()

    best: pyvrp.Solution | None = _solution(data, day, reading, start) if start else None
    if best is not None and stop.iterations == 0:
        return _read(best, day, reading, 0, time.perf_counter() - began)
    found = best
    crop = Harvest(harvest)
    for leg in range(1, style.legs + 1):
        share = replace(stop, seconds=stop.seconds * leg / style.legs, iterations=None if stop.iterations is None else stop.iterations * leg // style.legs)
        found, iterations = _search(data, day, reading, share, seed + 1000 * leg, best, began, done, should_stop, on_best, style, crop)
        done += iterations
        if found.is_feasible() and found.is_complete():
            found = whole_routes(data, day, reading, found, late)
            on_best(_read(found, day, reading, done, time.perf_counter() - began))
            best = found
            if stop.feasible:
                break
        if should_stop():
            break
    assert found is not None
    crop.take(found, found)
    result = _read(found, day, reading, done, time.perf_counter() - began)
    return replace(result, seen=tuple((_route(route, reading), cost) for route, cost in crop.best())) if harvest else result


class Evaluator:
    """Routes of one day judged as they are, many times."""

    def __init__(self, day: DayData) -> None:
        self.day = day
        self._data, self._reading = _problem(day, (0,) * len(day.fleet))

    def __call__(self, routes: Sequence[RouteData]) -> DayResult:
        return _read(_solution(self._data, self.day, self._reading, routes), self.day, self._reading, 0, 0.0)

    def priced(self, routes: Sequence[RouteData]) -> list[tuple[RouteData, int]]:
        """Each feasible route with its variable cost."""
        found = []
        for route in routes:
            (made,) = _solution(self._data, self.day, self._reading, (route,)).routes()
            if made.is_feasible() and not crossed(self.day, (route,)):
                found.append((route, int(made.distance_cost() + made.duration_cost())))
        return found


def _search(
    data: pyvrp.ProblemData,
    day: DayData,
    reading: Reading,
    stop: StopRule,
    seed: int,
    start: pyvrp.Solution | None,
    began: float,
    done: int,
    should_stop: Callable[[], bool],
    on_best: Callable[[DayResult], None],
    style: Style,
    crop: Harvest,
) -> tuple[pyvrp.Solution, int]:
    """One run of PyVRP, until `stop` counted from `began` and `done` iterations; the routes and its iterations."""
    import pyvrp
    import pyvrp.search

    seen = math.inf
    iterations = stalled = -1

    def ended(cost: float) -> bool:
        nonlocal seen, iterations, stalled
        iterations += 1
        stalled = 0 if cost < seen else stalled + 1
        seen = min(seen, cost)
        return (
            should_stop()
            or time.perf_counter() - began >= stop.seconds
            or (stop.iterations is not None and done + iterations >= stop.iterations)
            or (stop.stall is not None and stalled >= stop.stall and cost < UNKNOWN)
            or (stop.feasible and cost < UNKNOWN)
        )

    class Watch(pyvrp.IteratedLocalSearchCallbacks):  # type: ignore[misc]
        def on_best(self, best: pyvrp.Solution) -> None:
            if best.is_feasible() and best.is_complete():
                on_best(_read(best, day, reading, done + iterations, time.perf_counter() - began))

        if crop.most:

            def on_iteration(self, current: pyvrp.Solution, candidate: pyvrp.Solution, best: pyvrp.Solution, cost_evaluator: Any) -> None:
                crop.take(candidate, best)

    params = pyvrp.SolveParams(
        ils=pyvrp.IteratedLocalSearchParams(num_iters_no_improvement=style.patience, callbacks=Watch()),
        penalty=penalties(day, style.updates) if style.scaled else pyvrp.PenaltyParams(solutions_between_updates=style.updates),
        perturbation=pyvrp.search.PerturbationParams(1, style.perturbations),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "penalty at its maximum": said of infeasible days, which we find out by ourselves
        found = pyvrp.solve(data, ended, seed=seed, collect_stats=False, display=False, params=params, initial_solution=start)
    return found.best, found.num_iterations


def _problem(day: DayData, paid: Sequence[int]) -> tuple[pyvrp.ProblemData, Reading]:
    import pyvrp

    reading = Reading()
    clients: list[Any] = []
    groups: list[Any] = []
    for j, job in enumerate(day.jobs):
        reading.first_client.append(len(clients))
        group = len(groups) if len(job.alternatives) > 1 else None
        members = []
        for a, visit in enumerate(job.alternatives):
            members.append(len(clients))
            reading.clients.append((j, a))
            clients.append(
                pyvrp.Client(
                    visit.location, list(visit.delivery), list(visit.pickup), visit.service, visit.opens, visit.closes, visit.release,
                    prize=job.prize or 0, required=job.prize is None and group is None, group=group,
                )
            )  # fmt: skip
        if group is not None:
            groups.append(pyvrp.ClientGroup(members, required=job.prize is None))
    shipments = [
        pyvrp.Shipment(
            s.pickup.location, s.delivery.location, s.pickup.opens, s.pickup.closes, s.pickup.service,
            s.delivery.opens, s.delivery.closes, s.delivery.service, list(s.amount), prize=s.prize or 0, required=s.prize is None,
        )
        for s in day.shipments
    ]  # fmt: skip
    depots = [pyvrp.Depot(d.location, d.opens, d.closes, d.service) for d in day.depots]
    kinds = profiles(day)
    types = []
    for v, (vehicle, known, out) in enumerate(zip(day.fleet, paid, day.already, strict=True)):
        free = max(0, known - out)
        for count, fixed in ((min(free, vehicle.count), 0), (vehicle.count - min(free, vehicle.count), vehicle.fixed)):
            if count <= 0:
                continue
            reading.vehicles.append(v)
            types.append(
                pyvrp.VehicleType(
                    count, list(vehicle.capacity), vehicle.depot, vehicle.depot, fixed, vehicle.opens, vehicle.closes, vehicle.duty,
                    unit_distance_cost=vehicle.per_metre if day.toll is None else 1, unit_duration_cost=vehicle.per_second,
                    profile=kinds.of[v], reload_depots=list(vehicle.reloads or (vehicle.depot,)) if vehicle.max_trips > 1 else [], max_reloads=vehicle.max_trips - 1,
                    max_overtime=vehicle.overtime, unit_overtime_cost=vehicle.per_overtime,
                )
            )  # fmt: skip
    size = len(day.distance)
    locations = [pyvrp.Location(0, 0) for _ in range(size)]
    return pyvrp.ProblemData(locations, clients, depots, types, kinds.distances, kinds.durations, groups, shipments), reading


def _solution(data: pyvrp.ProblemData, day: DayData, reading: Reading, start: Sequence[RouteData]) -> pyvrp.Solution:
    """Our routes in PyVRP's terms; routes beyond the vehicles there are, are left out."""
    import pyvrp

    left = {t: kind.num_available for t, kind in enumerate(data.vehicle_types())}
    routes = []
    kinds = {"pickup": pyvrp.ActivityType.PICKUP, "delivery": pyvrp.ActivityType.DELIVERY}
    for route in start:
        kind = next((t for t, v in enumerate(reading.vehicles) if v == route.vehicle and left[t] > 0), None)
        if kind is None:
            continue
        left[kind] -= 1
        acts = []
        for i, trip in enumerate(route.trips):
            if i:
                depot = day.reload(route.vehicle, day.location(route.trips[i - 1][-1]), day.location(trip[0]))
                acts.append(pyvrp.Activity(pyvrp.ActivityType.DEPOT, depot))
            for act in trip:
                if act.kind == "job":
                    acts.append(pyvrp.Activity(pyvrp.ActivityType.CLIENT, reading.first_client[act.index] + act.alternative))
                else:
                    acts.append(pyvrp.Activity(kinds[act.kind], act.index))
        routes.append(pyvrp.Route(data, acts, kind))
    return pyvrp.Solution(data, routes)


def _read(best: pyvrp.Solution, day: DayData, reading: Reading, iterations: int, seconds: float) -> DayResult:
    """PyVRP's answer in our terms."""
    routes, costs = [], []
    used = list(day.already)
    jobs: set[int] = set()
    shipped: set[int] = set()
    for made in best.routes():
        route = _route(made, reading)
        if route.trips:
            used[route.vehicle] += 1
            routes.append(route)
            costs.append(int(made.distance_cost() + made.duration_cost()))
            acts = [act for trip in route.trips for act in trip]
            jobs |= {act.index for act in acts if act.kind == "job"}
            shipped |= {act.index for act in acts if act.kind != "job"}
    left_out = tuple(j for j in range(len(day.jobs)) if j not in jobs)
    unshipped = tuple(s for s in range(len(day.shipments)) if s not in shipped)
    optional = all(day.jobs[j].prize is not None for j in left_out) and all(day.shipments[s].prize is not None for s in unshipped)
    return DayResult(
        bool(best.is_feasible() and best.is_complete() and optional and not crossed(day, routes)), tuple(routes), int(best.distance_cost() + best.duration_cost()),
        tuple(used), left_out, unshipped, iterations, seconds, costs=tuple(costs), lost=lost_prizes(day, left_out, unshipped),
    )  # fmt: skip


def lost_prizes(day: DayData, left_out: Sequence[int], unshipped: Sequence[int]) -> int:
    """The prizes of the jobs and shipments not served."""
    return sum(day.jobs[j].prize or 0 for j in left_out) + sum(day.shipments[s].prize or 0 for s in unshipped)


def _route(made: pyvrp.Route, reading: Reading) -> RouteData:
    """PyVRP's route in our terms, without its empty trips."""
    trips: list[list[Act]] = [[]]
    for act in made:
        if act.is_depot():
            trips.append([])
        else:
            trips[-1].append(reading.act(act))
    return RouteData(reading.vehicles[made.vehicle_type()], tuple(tuple(trip) for trip in trips if trip))


def versions() -> dict[str, str]:
    """The engine's version, without loading it."""
    return {"pyvrp": version("pyvrp")}
