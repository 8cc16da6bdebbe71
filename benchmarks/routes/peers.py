"""OR-Tools routing and VROOM on a published instance, where they can express it; asked for by name, absent ones are said."""

from __future__ import annotations

import importlib.util
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from typing import Any

import numpy as np

from benchmarks.routes.engines import barred, matrices, rates, timed, whole
from benchmarks.routes.instance import Instance, Route

MODULES = {"ortools": "ortools", "vroom": "vroom"}
LIMIT = 2**40  # a bound for what is not bounded, far from overflow
FULL = 5  # VROOM's most thorough level


def absent(name: str) -> bool:
    """Whether a peer is not installed."""
    return importlib.util.find_spec(MODULES[name]) is None


def expressible(name: str, instance: Instance) -> bool:
    """Whether a peer has every rule of an instance."""
    if instance.patterns or instance.opening or instance.trips > 1 or instance.release:
        return False
    windows = max(instance.closes) < 1e11
    return name == "ortools" or not (instance.backhauls or (windows and any(k.longest is not None for k in instance.kinds)))


def peer(name: str, instance: Instance, seconds: float, seed: int) -> list[Route]:
    """Its routes, found in a process of its own; an empty list where it has none."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(SOLVERS[name], instance, seconds, seed).result()


def _vehicles(instance: Instance) -> list[int]:
    """The kind of every vehicle, no more of a kind than there are clients."""
    return [k for k, kind in enumerate(instance.kinds) for _ in range(min(kind.count, instance.size))]


def _ortools(instance: Instance, seconds: float, seed: int) -> list[Route]:
    """Guided local search after the cheapest insertions; a client in one visit each, loads of both directions as two dimensions."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    distance, duration = matrices(instance)
    fixed, unit = rates(instance)
    kinds = _vehicles(instance)
    closed = barred(instance)
    homes = [instance.kinds[k].depot for k in kinds]
    manager = pywrapcp.RoutingIndexManager(len(distance), len(kinds), homes, homes)
    model = pywrapcp.RoutingModel(manager)
    solver = model.solver()
    far = int(20 * distance.max())
    arcs = {u: (np.where(closed, far, distance) * u).tolist() for u in set(unit)}
    nodes = [manager.IndexToNode(i) for i in range(model.Size() + len(kinds))]

    def transit(values: list[list[int]]) -> int:
        return int(model.RegisterTransitCallback(lambda a, b: values[nodes[a]][nodes[b]]))

    costs = {u: transit(values) for u, values in arcs.items()}
    for v, k in enumerate(kinds):
        model.SetArcCostEvaluatorOfVehicle(costs[unit[k]], v)
        model.SetFixedCostOfVehicle(fixed[k], v)

    def amounts(values: tuple[float, ...]) -> int:
        loads = [round(x) for x in values]
        return int(model.RegisterUnaryTransitCallback(lambda a: loads[nodes[a]]))

    rooms = [round(instance.kinds[k].capacity) for k in kinds]
    if instance.pairs:
        model.AddDimensionWithVehicleCapacity(amounts(instance.pickup), 0, rooms, True, "load")
    else:
        model.AddDimensionWithVehicleCapacity(amounts(instance.delivery), 0, rooms, True, "out")
        if any(instance.pickup):
            model.AddDimensionWithVehicleCapacity(amounts(instance.pickup), 0, rooms, True, "back")
            if not instance.backhauls:
                net = tuple(p - d for p, d in zip(instance.pickup, instance.delivery, strict=True))
                model.AddDimensionWithVehicleCapacity(amounts(net), 0, rooms, False, "load")
                load, out = model.GetDimensionOrDie("load"), model.GetDimensionOrDie("out")
                for v in range(len(kinds)):
                    solver.Add(load.CumulVar(model.Start(v)) == out.CumulVar(model.End(v)))
    if timed(instance):
        service = np.array([whole(s, instance) for s in instance.service])
        service[: instance.depots] = 0
        model.AddDimension(transit((service[:, None] + duration).tolist()), LIMIT, LIMIT, False, "time")
        clock = model.GetDimensionOrDie("time")
        for i in range(instance.depots, len(distance)):
            clock.CumulVar(manager.NodeToIndex(i)).SetRange(whole(instance.opens[i], instance), whole(instance.closes[i], instance))
        for v, k in enumerate(kinds):
            for end in (model.Start(v), model.End(v)):
                clock.CumulVar(end).SetRange(whole(instance.opens[homes[v]], instance), whole(instance.closes[homes[v]], instance))
            longest = instance.kinds[k].longest
            if longest is not None:
                clock.SetSpanUpperBoundForVehicle(int(longest * instance.scale), v)
    for i in range(instance.depots, len(distance)):
        able = [v for v, k in enumerate(kinds) if (may := instance.kinds[k].allowed) is None or i in may]
        if len(able) < len(kinds):
            model.VehicleVar(manager.NodeToIndex(i)).SetValues([-1, *able])
    for p, d in instance.pairs:
        a, b = manager.NodeToIndex(p), manager.NodeToIndex(d)
        model.AddPickupAndDelivery(a, b)
        solver.Add(model.VehicleVar(a) == model.VehicleVar(b))
        solver.Add(model.GetDimensionOrDie("time").CumulVar(a) <= model.GetDimensionOrDie("time").CumulVar(b))
    asked = pywrapcp.DefaultRoutingSearchParameters()
    asked.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    asked.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    asked.time_limit.FromMilliseconds(int(1000 * seconds))
    found = model.SolveWithParameters(asked)
    if found is None:
        return []
    routes: list[Route] = []
    for v, k in enumerate(kinds):
        trip, at = [], found.Value(model.NextVar(model.Start(v)))
        while not model.IsEnd(at):
            trip.append(nodes[at])
            at = found.Value(model.NextVar(at))
        if trip:
            routes.append((k, (tuple(trip),)))
    return routes


def _vroom(instance: Instance, seconds: float, seed: int) -> list[Route]:
    """Its most thorough level on two threads, no longer than the time; it may stop by itself before."""
    import vroom

    distance, duration = matrices(instance)
    fixed, unit = rates(instance)
    kinds = _vehicles(instance)
    windows = max(instance.closes) < 1e11
    asked = vroom.Input()
    for u in set(unit):
        asked.set_durations_matrix(f"at {u}", (duration if timed(instance) else np.zeros_like(duration)).astype(np.uint32))
        asked.set_costs_matrix(f"at {u}", (distance * u).astype(np.uint32))
    restricted = any(kind.allowed is not None for kind in instance.kinds)  # then every client is a skill

    for v, k in enumerate(kinds):
        kind = instance.kinds[k]
        opens, closes = (whole(instance.opens[kind.depot], instance), whole(instance.closes[kind.depot], instance)) if windows else (0, int(kind.longest * instance.scale)) if kind.longest is not None else (0, 0)
        may = set(range(instance.depots, len(distance))) if kind.allowed is None else set(kind.allowed)
        asked.add_vehicle(
            vroom.Vehicle(
                v, start=kind.depot, end=kind.depot, profile=f"at {unit[k]}", capacity=[round(kind.capacity)], skills=may if restricted else set(),
                time_window=vroom.TimeWindow(opens, closes) if closes else None, costs=vroom.VehicleCosts(fixed=fixed[k]),
            )
        )  # fmt: skip
    service = [whole(s, instance) if timed(instance) else 0 for s in instance.service]

    def when(i: int) -> list[Any]:
        return [vroom.TimeWindow(whole(instance.opens[i], instance), whole(instance.closes[i], instance))] if windows else []

    paired = {i for pair in instance.pairs for i in pair}
    for i in range(instance.depots, len(distance)):
        if i not in paired:
            asked.add_job(vroom.Job(i, i, default_service=service[i], delivery=[round(instance.delivery[i])], pickup=[round(instance.pickup[i])], skills={i} if restricted else set(), time_windows=when(i)))
    for p, d in instance.pairs:
        ends = [vroom.ShipmentStep(i, i, default_service=service[i], time_windows=when(i)) for i in (p, d)]
        asked.add_shipment(*ends, amount=vroom.Amount([round(instance.pickup[p])]))
    found = asked.solve(FULL, 2, timeout=timedelta(seconds=seconds))
    steps = found.routes
    routes: list[Route] = []
    for v, rows in steps[steps["type"].isin(["job", "pickup", "delivery"])].groupby("vehicle_id", sort=True):
        routes.append((kinds[int(v)], (tuple(int(i) for i in rows["id"]),)))
    return routes


SOLVERS: dict[str, Callable[[Instance, float, int], list[Route]]] = {"ortools": _ortools, "vroom": _vroom}
