"""A published instance in the units of its best known value, and the check of its answers.

Nothing here uses the planner: an answer is judged from the instance alone.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CLOSE = 1e-5  # in units of the instance


@dataclass(frozen=True)
class Kind:
    """Vehicles alike. `allowed`: the nodes they may visit (None: all); `longest`: most duration of a route."""

    count: int
    capacity: float
    depot: int = 0
    fixed: float = 0.0
    unit: float = 1.0
    longest: float | None = None
    day: int = 0
    allowed: frozenset[int] | None = None


@dataclass(frozen=True)
class Instance:
    """Nodes 0..n-1, the first `depots` of them depots. `distance` (n, n) is also the time driven.

    `scale`: how many whole units one unit of distance is for engines that know integers only; `value`: what a cost is
    divided by to compare it with `best`; `pairs`: (pickup node, delivery node); `fewest`: vehicles count before
    distance, and how many the best known answer has; `patterns`: by node, sets of days on which it may be visited (a
    visit's demand is the same each time); `one_depot`: all from the same depot; `opening`, `rooms`: by depot, what using it costs and the most it can send out.
    """

    name: str
    family: str
    best: float
    distance: Floats
    depots: int
    delivery: tuple[float, ...]
    pickup: tuple[float, ...]
    service: tuple[float, ...]
    opens: tuple[float, ...]
    closes: tuple[float, ...]
    kinds: tuple[Kind, ...]
    scale: int = 1
    value: float = 1.0
    release: tuple[float, ...] = ()
    pairs: tuple[tuple[int, int], ...] = ()
    backhauls: frozenset[int] = frozenset()
    trips: int = 1
    fewest: int | None = None
    patterns: tuple[tuple[frozenset[int], ...], ...] = ()
    one_depot: bool = False
    opening: tuple[float, ...] = ()
    rooms: tuple[float, ...] = ()

    @property
    def days(self) -> int:
        return 1 + max(k.day for k in self.kinds)

    @property
    def size(self) -> int:
        return len(self.distance) - self.depots


Route = tuple[int, tuple[tuple[int, ...], ...]]  # kind, trips of nodes


@dataclass
class Verdict:
    """What an answer is worth: its cost in units of the best known value, its vehicles, and every rule it breaks."""

    cost: float = 0.0
    vehicles: int = 0
    faults: list[str] = field(default_factory=list)


def judge(instance: Instance, routes: Sequence[Route]) -> Verdict:
    """Cost and rules of an answer, from the instance alone."""
    found = Verdict()
    visits = Counter(node for _, trips in routes for trip in trips for node in trip)
    when = Counter((node, instance.kinds[kind].day) for kind, trips in routes for trip in trips for node in trip)
    for node in range(instance.depots, len(instance.distance)):
        if instance.patterns:
            seen = frozenset(d for d in range(instance.days) if when[node, d])
            if visits[node] != len(seen) or seen not in instance.patterns[node]:
                found.faults.append(f"node {node} visited on days {sorted(seen)}, {visits[node]} times")
            if instance.one_depot and len({instance.kinds[kind].depot for kind, trips in routes for trip in trips if node in trip}) > 1:
                found.faults.append(f"node {node} is visited from several depots")
        elif visits[node] != 1:
            found.faults.append(f"node {node} visited {visits[node]} times")
    if any(node < instance.depots for node in visits):
        found.faults.append("a depot is visited as a client")
        return found
    used: Counter[int] = Counter()
    for kind, trips in routes:
        if not any(trips):
            continue
        used[kind] += 1
        found.cost += instance.kinds[kind].fixed
        _route(instance, instance.kinds[kind], trips, found)
    for k, there in enumerate(instance.kinds):
        if used[k] > there.count:
            found.faults.append(f"{used[k]} vehicles of kind {k}, there are {there.count}")
    for o, cost in enumerate(instance.opening):
        sent = sum(instance.delivery[i] for kind, trips in routes if instance.kinds[kind].depot == o for trip in trips for i in trip)
        found.cost += cost if any(any(trips) and instance.kinds[kind].depot == o for kind, trips in routes) else 0.0
        if sent > instance.rooms[o] + CLOSE:
            found.faults.append(f"depot {o} sends {sent}, the most is {instance.rooms[o]}")
    found.vehicles = sum(used.values())
    found.cost /= instance.value
    return found


def _route(instance: Instance, kind: Kind, trips: Sequence[Sequence[int]], found: Verdict) -> None:
    if len(trips) > instance.trips:
        found.faults.append(f"{len(trips)} trips in a route")
    clock = instance.opens[kind.depot]
    spent = 0.0
    for trip in trips:
        tour = [kind.depot, *trip, kind.depot]
        length = sum(float(instance.distance[a, b]) for a, b in itertools.pairwise(tour))
        found.cost += kind.unit * length
        spent += length + sum(instance.service[i] for i in trip)
        _load(instance, kind, trip, found)
        if kind.allowed is not None and not set(trip) <= kind.allowed:
            found.faults.append(f"trip {tuple(trip)} visits what its vehicle may not")
        if instance.release:
            clock = max([clock, *(instance.release[i] for i in trip)])
        for a, b in itertools.pairwise(tour):
            clock = max(clock + float(instance.distance[a, b]), instance.opens[b])
            if clock > instance.closes[b] + CLOSE:
                found.faults.append(f"node {b} reached at {clock}, after {instance.closes[b]}")
            clock += instance.service[b] if b >= instance.depots else 0.0
    if kind.longest is not None:
        spent = shortest(instance, kind, trips) if len(trips) == 1 else spent
        if spent > kind.longest + CLOSE:
            found.faults.append(f"a route lasts {spent}, the most is {kind.longest}")


def shortest(instance: Instance, kind: Kind, trips: Sequence[Sequence[int]]) -> float:
    """Least duration of a route of one trip over all times of departure: waiting counts, leaving late avoids some.

    The duration as a function of the departure t is max(least, end - t) up to the latest t that is in time, with `end`
    the earliest return: so it is least at the latest useful departure.
    """
    (trip,) = trips
    tour = [kind.depot, *trip, kind.depot]
    latest = instance.closes[kind.depot]
    for a, b in zip(tour[-2::-1], tour[:0:-1], strict=True):  # backward: latest start of service at a
        step = float(instance.distance[a, b]) + (instance.service[a] if a >= instance.depots else 0.0)
        latest = min(instance.closes[a], latest - step)
    clock = start = latest  # leave as late as is in time: no wait is avoidable any more
    for a, b in itertools.pairwise(tour):
        clock = max(clock + float(instance.distance[a, b]) + (instance.service[a] if a >= instance.depots else 0.0), instance.opens[b])
    return clock - start


def _load(instance: Instance, kind: Kind, trip: Sequence[int], found: Verdict) -> None:
    if instance.backhauls:
        line, back = [i for i in trip if i not in instance.backhauls], [i for i in trip if i in instance.backhauls]
        if list(trip) != line + back or (back and not line):
            found.faults.append(f"backhauls of {tuple(trip)} are not last, or alone")
        for part in (line, back):
            if sum(instance.delivery[i] + instance.pickup[i] for i in part) > kind.capacity + CLOSE:
                found.faults.append(f"trip {tuple(trip)} is overloaded")
        return
    load = sum(instance.delivery[i] for i in trip)
    most = load
    place = {node: i for i, node in enumerate(trip)}
    for p, d in instance.pairs:
        if (p in place) != (d in place) or (p in place and place[p] > place[d]):
            found.faults.append(f"pair {p}, {d} is not carried in order in one trip")
    for i in trip:
        load += instance.pickup[i] - instance.delivery[i]
        most = max(most, load)
    if most > kind.capacity + CLOSE:
        found.faults.append(f"trip {tuple(trip)} carries {most}, the most is {kind.capacity}")
