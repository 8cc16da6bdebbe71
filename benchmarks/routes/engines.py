"""The product's engine and plain PyVRP on a published instance, at equal wall time."""

from __future__ import annotations

import math
import multiprocessing
import time
import warnings
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.routes.instance import Instance, Route
from planner.solvers import routing_patterns
from planner.solvers.routing import DayData, DepotData, FleetData, JobData, ShipmentData, VisitData
from planner.solvers.routing_patterns import KindData, PatternsData
from planner.solvers.routing_team import solve_day

LONG = 10**9
FAR = 20  # barred arcs are this many times the longest


def whole(value: float, instance: Instance) -> int:
    return int(min(LONG, round(value * instance.scale)))


def matrices(instance: Instance) -> tuple[np.ndarray, np.ndarray]:
    """Whole distances, and durations that are never too short."""
    scaled = instance.distance * instance.scale
    return np.rint(scaled).astype(np.int64), np.ceil(scaled - 1e-6).astype(np.int64)


def barred(instance: Instance) -> np.ndarray:
    n = len(instance.distance)
    barred = np.zeros((n, n), dtype=bool)
    back = sorted(instance.backhauls)
    line = [i for i in range(n) if i not in instance.backhauls and i >= instance.depots]
    if back:
        barred[np.ix_(back, line)] = True
        barred[np.ix_(range(instance.depots), back)] = True
    return barred


def rates(instance: Instance) -> tuple[list[int], list[int]]:
    """Fixed cost and cost per unit of distance of every kind, whole; vehicles first where they count first."""
    units = 1 if all(k.unit == int(k.unit) for k in instance.kinds) else 100
    first = float(instance.distance.max()) * 50 if instance.fewest is not None else 0.0
    return [round((k.fixed + first) * units * instance.scale) for k in instance.kinds], [round(k.unit * units) for k in instance.kinds]


def _heavy(instance: Instance) -> int:
    """What loads are multiplied by: PyVRP's price of a unit too many has a limit, which must outweigh a trip."""
    _, unit = rates(instance)
    return 1000 if float(instance.distance.max()) * instance.scale * max(unit) > 1e7 else 1


def timed(instance: Instance) -> bool:
    return any(k.longest is not None for k in instance.kinds) or max(instance.closes) < 1e11


def as_day(instance: Instance) -> DayData:
    """The instance in the engine's terms."""
    distance, duration = matrices(instance)
    if not timed(instance):
        duration = np.zeros_like(duration)
    n, fixed, unit = len(distance), *rates(instance)
    groups = sorted({k.allowed for k in instance.kinds}, key=lambda a: sorted(a or ()))
    access = np.ones((len(groups), n), dtype=bool)
    for p, allowed in enumerate(groups):
        if allowed is not None:
            access[p, instance.depots :] = [i in allowed for i in range(instance.depots, n)]
    two = bool(instance.backhauls)  # what is brought and what is taken each fill the vehicle by themselves
    heavy = _heavy(instance)
    capacity = [(heavy * round(k.capacity),) * (2 if two else 1) for k in instance.kinds]
    fleet = tuple(
        FleetData(
            min(k.count, instance.size), k.depot, capacity[v], fixed[v], unit[v], 0, 0, whole(instance.opens[k.depot], instance), whole(instance.closes[k.depot], instance),
            LONG if k.longest is None else int(k.longest * instance.scale), 0, min(instance.trips, instance.size), groups.index(k.allowed),
        )
        for v, k in enumerate(instance.kinds)
    )  # fmt: skip
    depots = tuple(DepotData(d, whole(instance.opens[d], instance), whole(instance.closes[d], instance), 0) for d in range(instance.depots))

    def visit(i: int) -> VisitData:
        delivery, pickup = heavy * round(instance.delivery[i]), heavy * round(instance.pickup[i])
        return VisitData(
            i, (delivery, 0) if two else (delivery,), (0, pickup) if two else (pickup,), whole(instance.service[i], instance) if timed(instance) else 0,
            whole(instance.opens[i], instance), whole(instance.closes[i], instance), whole(instance.release[i], instance) if instance.release else 0,
        )  # fmt: skip

    paired = {i for pair in instance.pairs for i in pair}
    jobs = tuple(JobData((visit(i),)) for i in range(instance.depots, n) if i not in paired)
    shipments = tuple(ShipmentData(visit(p), visit(d), (heavy * round(instance.pickup[p]),)) for p, d in instance.pairs)
    return DayData(distance, duration, barred(instance), access, depots, fleet, jobs, shipments)


def ours(instance: Instance, seconds: float, seed: int) -> list[Route]:
    """The routes of the product's engine on two cores."""
    if instance.patterns or instance.opening:
        return _located(instance, seconds, seed)
    day = as_day(instance)
    found = solve_day(day, seconds, seed)
    if not found.feasible:
        return []

    def node(kind: str, index: int) -> int:
        if kind == "job":
            return day.jobs[index].alternatives[0].location
        return instance.pairs[index][0 if kind == "pickup" else 1]

    return [(route.vehicle, tuple(tuple(node(act.kind, act.index) for act in trip) for trip in route.trips)) for route in found.routes]


def as_patterns(instance: Instance) -> PatternsData:
    """An instance of days to choose, or of depots to open, in the engine's terms."""
    d = instance.depots
    return PatternsData(
        instance.distance, instance.distance, tuple(range(d)), tuple(range(d, d + instance.size)), instance.delivery[d:], instance.service[d:],
        instance.patterns[d:] or ((frozenset({0}),),) * instance.size,
        tuple(KindData(k.depot, k.day, min(k.count, instance.size), k.capacity, math.inf if k.longest is None else k.longest, k.fixed, k.unit) for k in instance.kinds),
        instance.opening, instance.rooms, instance.one_depot,
    )  # fmt: skip


def _located(instance: Instance, seconds: float, seed: int) -> list[Route]:
    found = routing_patterns.solve(as_patterns(instance), seconds, seed)
    return [(k, (tuple(i + instance.depots for i in items),)) for k, items in found.routes]


def plain(instance: Instance, seconds: float, seeds: Sequence[int]) -> list[list[Route]]:
    """The routes of plain PyVRP for each seed, one process each, at the same time; an empty list where it has none.

    It has no days to choose: on a periodic instance the sets of days are dealt out in turn and each day is solved by itself in
    its share of the time. It has no depots to open: no answer there.
    """
    if instance.opening:
        return [[] for _ in seeds]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(seeds), mp_context=context) as pool:
        waiting = [pool.submit(_plain, instance, seconds, seed) for seed in seeds]
        deadline = time.monotonic() + seconds + 60
        found = []
        for future in waiting:
            try:
                found.append(future.result(max(1.0, deadline - time.monotonic())))
            except TimeoutError:  # its test of time may hang
                found.append([])
        for process in list(pool._processes.values()):
            process.kill()
    return found


def _day_by_day(instance: Instance, seconds: float, seed: int) -> list[Route]:
    """Sets of days dealt out in turn, then each day by itself."""
    d = instance.depots
    days = [one[i % len(one)] for i, one in enumerate(instance.patterns[d:])]
    made: list[Route] = []
    for day in range(instance.days):
        nodes = [*range(d), *(d + i for i, those in enumerate(days) if day in those)]
        kinds = [k for k, kind in enumerate(instance.kinds) if kind.day == day]
        if len(nodes) == d:
            continue

        def of(values: tuple[float, ...], nodes: list[int] = nodes) -> tuple[float, ...]:
            return tuple(values[i] for i in nodes)

        part = replace(
            instance, distance=instance.distance[np.ix_(nodes, nodes)], delivery=of(instance.delivery), pickup=of(instance.pickup), service=of(instance.service),
            opens=of(instance.opens), closes=of(instance.closes), kinds=tuple(instance.kinds[k] for k in kinds), patterns=(),
        )  # fmt: skip
        found = _plain(part, seconds / instance.days, seed)
        if not found:
            return []
        made += [(kinds[k], tuple(tuple(nodes[i] for i in trip) for trip in trips)) for k, trips in found]
    return made


def _plain(instance: Instance, seconds: float, seed: int) -> list[Route]:
    """PyVRP's own defaults on a straightforward model."""
    if instance.patterns:
        return _day_by_day(instance, seconds, seed)
    import pyvrp
    from pyvrp.stop import MaxRuntime

    distance, duration = matrices(instance)
    driven = timed(instance)
    n, fixed, unit = len(distance), *rates(instance)
    two, heavy = bool(instance.backhauls), _heavy(instance)
    far = int(FAR * distance.max())
    closed = barred(instance)
    groups = sorted({k.allowed for k in instance.kinds}, key=lambda a: sorted(a or ()))
    distances, durations = [], []
    for allowed in groups:
        shut = closed.copy()
        for i in range(instance.depots, n):
            if allowed is not None and i not in allowed:
                shut[i, :] = shut[:, i] = True
        np.fill_diagonal(shut, False)
        distances.append(np.where(shut, far, distance))
        durations.append(np.where(shut, far if driven or allowed is None else LONG, duration if driven else 0))

    def load(value: float, first: bool) -> list[int]:
        amount = heavy * round(value)
        return ([amount, 0] if first else [0, amount]) if two else [amount]

    def window(i: int) -> tuple[int, int]:
        return whole(instance.opens[i], instance), whole(instance.closes[i], instance)

    paired = {i for pair in instance.pairs for i in pair}
    nodes = [i for i in range(instance.depots, n) if i not in paired]
    service = [whole(s, instance) if driven else 0 for s in instance.service]
    clients = [
        pyvrp.Client(i, load(instance.delivery[i], True), load(instance.pickup[i], False), service[i], *window(i), whole(instance.release[i], instance) if instance.release else 0)
        for i in nodes
    ]  # fmt: skip
    shipments = [pyvrp.Shipment(p, d, *window(p), service[p], *window(d), service[d], [heavy * round(instance.pickup[p])]) for p, d in instance.pairs]
    depots = [pyvrp.Depot(d, *window(d)) for d in range(instance.depots)]
    types = [
        pyvrp.VehicleType(
            min(k.count, instance.size), [heavy * round(k.capacity)] * (2 if two else 1), k.depot, k.depot, fixed[v], *window(k.depot), LONG if k.longest is None else int(k.longest * instance.scale),
            unit_distance_cost=unit[v], profile=groups.index(k.allowed),
            reload_depots=[k.depot] if instance.trips > 1 else [], max_reloads=min(instance.trips, instance.size) - 1,
        )
        for v, k in enumerate(instance.kinds)
    ]  # fmt: skip
    data = pyvrp.ProblemData([pyvrp.Location(0, 0) for _ in range(n)], clients, depots, types, distances, durations, [], shipments)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        best: Any = pyvrp.solve(data, MaxRuntime(seconds), seed=seed, display=False, collect_stats=False).best
    if not best.is_feasible() or not best.is_complete():
        return []
    routes: list[Route] = []
    for route in best.routes():
        trips: list[list[int]] = [[]]
        for act in route:
            if act.is_depot():
                trips.append([])
            elif act.is_client():
                trips[-1].append(nodes[act.idx])
            else:
                trips[-1].append(instance.pairs[act.idx][0 if act.is_pickup() else 1])
        routes.append((route.vehicle_type(), tuple(tuple(trip) for trip in trips if trip)))
    return routes
