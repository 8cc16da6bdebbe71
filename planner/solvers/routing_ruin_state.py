"""The arrays of `routing_ruin`: a problem of visits to route, and a state of its search.

Matrices are in the order of the items, then the depots. A visit of item i on day d is node i * days + d; route slot r has a
start node and an end node at its depot, N + 2 r and N + 2 r + 1, so that every arc has a node at both ends.
"""

from __future__ import annotations

import math
from collections import namedtuple
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
NEAR = 40  # items beside which an item may be put back; more of them below SMALL items, where time is not short
SMALL = 250
ROUND = 100  # items among which strings of one ruin are looked for
TAILS = 1.0  # temperature of exchanges of the ends of two routes, in that of string removals: where arcs are barred, or there are windows
LONG = 20.0  # and so many visits in a full vehicle (elsewhere they cost more than they gain)
WAIT = 0.2  # what a unit of waiting counts when the nearest are sought, in units of distance
FAR = 1e9  # what a visit too late counts there

# `into`, `lead`: cost and time of the arc into it
NODE = np.dtype([(name, np.int32) for name in ("prv", "nxt", "route", "at")] + [(name, np.float64) for name in ("into", "lead", "early", "late", "service", "opens", "closes")])
SPAN = np.dtype([(name, np.float64) for name in ("head", "head_early", "head_late", "tail", "tail_early", "tail_late")])
ROUTE = np.dtype(
    [(name, np.int32) for name in ("kind", "length", "late", "saved", "saved_length", "saved_kind")]
    + [(name, np.int64) for name in ("touched", "ruined", "larger")]
    + [(name, np.float64) for name in ("metres", "lasts", "larger_cost")] + [("larger_kind", np.int32), ("pad", np.int32)]
)  # fmt: skip
KIND = np.dtype(
    [(name, np.int32) for name in ("home", "depot", "day", "count", "frame", "pad")]
    + [(name, np.float64) for name in ("unit", "fixed", "second", "over", "duty", "longest", "opens", "closes", "service")]
)
ITEM = np.dtype(
    [(name, np.int32) for name in ("first", "last", "chosen", "old_chosen", "aside", "old_aside", "out", "number")]
    + [(name, np.float64) for name in ("demand", "away", "most", "price", "service", "opens", "closes")]
)

Problem = namedtuple(
    "Problem",
    "days dist dist_in time time_in amount delivery pickup pattern needs near round near_depot kind capacity allowed depot_cost depot_capacity "
    "windows both lasting located one_depot rising mixed full blink removed tails",
)
State = namedtuple(
    "State", "node span peak_before peak_after route load item count cost used open stock old_used old_open old_stock saved list removed rank asides best best_route best_after",
)
Best = namedtuple("Best", "nxt kind chosen aside cost")


@dataclass(frozen=True)
class KindData:
    """Vehicles alike: depot (its number), day, how many, capacity (one number, or one per dimension), most duration of a
    route, cost per vehicle and per unit of distance.

    `barred`: items they may not visit; `opens`, `closes`: when they may leave and must be back; `loading`: time before they
    leave; `second`: cost per unit of time from leaving to return, waiting included, `over`: more of it, beyond `duty`.
    """

    depot: int
    day: int
    count: int
    capacity: float | tuple[float, ...]
    longest: float = math.inf
    fixed: float = 0.0
    unit: float = 1.0
    barred: frozenset[int] = frozenset()
    opens: float = 0.0
    closes: float = math.inf
    loading: float = 0.0
    second: float = 0.0
    over: float = 0.0
    duty: float = math.inf

    @property
    def rooms(self) -> tuple[float, ...]:
        return self.capacity if isinstance(self.capacity, tuple) else (self.capacity,)


@dataclass(frozen=True)
class PatternsData:
    """`metres`, `times`: (L, L); `depots`, `places`: locations of the depots and of the items; `demand`: what is delivered, by
    item (one number, or one per dimension); `patterns`: days, by item; `one_depot`: all visits of an item come from the same depot.

    `pickup`: what is brought back, like `demand`; `windows`: by item, when service may begin; `prizes`: by item, what leaving
    it aside costs (inf: it may not be); `barred`: (L, L), arcs not driven.
    """

    metres: Floats
    times: Floats
    depots: tuple[int, ...]
    places: tuple[int, ...]
    demand: tuple[float, ...] | tuple[tuple[float, ...], ...]
    service: tuple[float, ...]
    patterns: tuple[tuple[frozenset[int], ...], ...]
    kinds: tuple[KindData, ...]
    depot_cost: tuple[float, ...] = ()
    depot_capacity: tuple[float, ...] = ()
    one_depot: bool = False
    pickup: tuple[float, ...] | tuple[tuple[float, ...], ...] = ()
    windows: tuple[tuple[float, float], ...] = ()
    prizes: tuple[float, ...] = ()
    barred: NDArray[np.bool_] | None = None


def problem(data: PatternsData) -> Any:
    """The arrays of a problem."""
    n, days, kinds = len(data.places), 1 + max((k.day for k in data.kinds), default=0), data.kinds
    where = np.array([*data.places, *data.depots], np.int64)
    dist, time = (np.ascontiguousarray(np.asarray(m, float)[np.ix_(where, where)]) for m in (data.metres, data.times))
    dims = len(kinds[0].rooms) if kinds else 1
    delivery = np.array(data.demand, float).reshape(n, dims)
    pickup = np.array(data.pickup, float).reshape(n, dims) if data.pickup else np.zeros((n, dims))
    unit, fixed = np.array([k.unit for k in kinds], float), np.array([k.fixed for k in kinds], float)
    cost = np.array(data.depot_cost or (0.0,) * len(data.depots), float)
    room = np.array(data.depot_capacity or (math.inf,) * len(data.depots), float)
    span = float(time.max(initial=0.0)) * max([0.0, *(k.second + k.over for k in kinds)])
    dear = 4.0 * (2.0 * float(dist.max(initial=0)) * float(unit.max(initial=0)) + span + float(fixed.max(initial=0))) + float(cost.sum()) + 1.0
    rising = data.barred is None or not data.barred.any()
    if not rising:
        dist = dist + 8.0 * float(dist.max(initial=1.0)) * np.asarray(data.barred)[np.ix_(where, where)]
        dear *= 4.0
    item = _items(data, n, dear)
    masks = [[sum(1 << d for d in days_of) for days_of in patterns] for patterns in data.patterns]
    item["first"] = np.array([0, *np.cumsum([len(m) for m in masks])][:-1], np.int32)
    item["last"] = np.cumsum([len(m) for m in masks])
    item["most"] = [max((m.bit_count() for m in those), default=0) for those in masks]
    item["demand"] = (delivery + pickup).sum(axis=1)
    item["away"] = dist[n:, :n].min(axis=0) if len(data.depots) else 0.0
    windows = bool(data.windows) or any(k.opens > 0 or k.closes < math.inf for k in kinds)
    near, round_, near_depot = _near(dist, time, item, n, windows)
    allowed = np.ones((len(kinds), n), bool)
    for k, one in enumerate(kinds):
        allowed[k, sorted(one.barred)] = False
    symmetric = bool((dist == dist.T).all())
    same = bool((dist == time).all())
    dist_in = dist if symmetric else np.ascontiguousarray(dist.T)
    time_in = time if bool((time == time.T).all()) else np.ascontiguousarray(time.T)
    kind = _kinds(kinds, n)
    if same:
        time, time_in = dist, dist_in
    tails = TAILS if (_visits(delivery, pickup, kinds) >= LONG if windows else not rising) else -1.0
    return Problem(
        days, dist, dist_in, time, time_in, delivery + pickup, delivery, pickup, np.array([mask for those in masks for mask in those], np.int64),
        np.array([[any(mask >> d & 1 for mask in those) for d in range(days)] for those in masks], bool).reshape(n, days), near, round_, near_depot, kind,
        np.array([k.rooms for k in kinds], float).reshape(len(kinds), dims) + 1e-9, allowed, cost, room + 1e-9, windows, bool(((delivery > 0) & (pickup.max(axis=0, initial=0.0) > 0)).any()),
        any(k.longest < math.inf or k.second or k.over for k in kinds), bool(cost.any() or np.isfinite(room).any()), data.one_depot, rising,
        bool(kind["frame"].max(initial=0) + 1 < len(kinds)), near.shape[1] >= n - 1, 0.01, 10.0, tails,
    ), item  # fmt: skip


def _visits(delivery: Floats, pickup: Floats, kinds: tuple[KindData, ...]) -> float:
    """Visits in a vehicle of the largest kind where it goes full."""
    rooms = np.array([k.rooms for k in kinds], float).reshape(len(kinds), delivery.shape[1]).max(axis=0, initial=0.0)
    loads = np.maximum(delivery.sum(axis=0), pickup.sum(axis=0))
    full = float((loads[loads > 0] / np.maximum(rooms[loads > 0], 1e-9)).max(initial=0.0))
    return len(delivery) / full if full > 0 else math.inf


def _items(data: PatternsData, n: int, dear: float) -> Any:
    item = np.zeros(n, ITEM)
    item["service"] = data.service
    item["opens"], item["closes"] = (np.array(data.windows, float).reshape(n, 2).T if data.windows else (0.0, math.inf))
    item["price"] = np.minimum(np.array(data.prizes or (math.inf,) * n, float), dear)
    item["chosen"], item["aside"] = -1, 1
    return item


def _kinds(kinds: tuple[KindData, ...], n: int) -> Any:
    """`frame`: kinds that differ by capacity and costs only have the same one; a vehicle may turn into one of its frame."""
    made = np.zeros(len(kinds), KIND)
    frames: dict[Any, int] = {}
    for k, one in enumerate(kinds):
        made[k] = (n + one.depot, one.depot, one.day, one.count, 0, 0, one.unit, one.fixed, one.second, one.over, one.duty, one.longest, one.opens, one.closes, one.loading)
        key = (one.depot, one.day, one.barred, one.longest, one.second, one.over, one.duty, one.opens, one.closes, one.loading)
        made[k]["frame"] = frames.setdefault(key, len(frames))
    return made


def _near(dist: Floats, time: Floats, item: Any, n: int, windows: bool) -> tuple[Any, Any, Any]:
    """For every item: the items beside which it may stand (distance and waiting weighed), the items around it, and by depot
    whether it counts among the near ones.
    """
    between = np.minimum(dist, dist.T)[:n, :n].copy()
    np.fill_diagonal(between, math.inf)
    around = np.argsort(between, axis=1, kind="stable")[:, : min(ROUND, max(0, n - 1))].astype(np.int32)
    worth = between
    if windows:
        leave = item["opens"][:, None] + item["service"][:, None] + time[:n, :n]  # earliest arrival from i at j
        last = np.minimum(item["closes"], 1e15)[:, None] + item["service"][:, None] + time[:n, :n]
        wait = np.clip(item["opens"][None, :] - last, 0.0, None)
        worth = dist[:n, :n] + WAIT * wait + np.where(leave > item["closes"][None, :], FAR, 0.0)
        worth = np.minimum(worth, worth.T)
        np.fill_diagonal(worth, math.inf)
    most = min(max(NEAR, NEAR * SMALL // max(1, n)), max(0, n - 1))
    near = np.argsort(worth, axis=1, kind="stable")[:, :most].astype(np.int32)
    if near.shape[1] == 0:
        return near, around, np.ones((n, len(dist) - n), bool)
    reach = np.take_along_axis(between, near[:, -1:].astype(np.int64), axis=1)
    reach = np.maximum(reach, np.take_along_axis(between, around[:, min(most, around.shape[1]) - 1 :][:, :1].astype(np.int64), axis=1))
    home = np.minimum(dist, dist.T)[:n, n:]
    return near, around, home <= reach


def empty(p: Any, items: Any) -> Any:
    """A state with every item aside."""
    n, days, kinds, depots, dims = len(items), p.days, len(p.kind), len(p.depot_cost), p.amount.shape[1]
    groups = depots if p.one_depot else 1
    most = int(min(p.kind["count"].sum(), int(items["most"].sum()) + 1))
    visits = n * days
    nodes = visits + 2 * most
    node = np.zeros(nodes, NODE)
    node["route"], node["prv"], node["nxt"] = -1, -1, -1
    node["at"][:visits] = np.repeat(np.arange(n), days)
    for name in ("service", "opens", "closes"):
        node[name][:visits] = np.repeat(items[name], days)
    route = np.zeros(most, ROUTE)
    route["kind"] = -1
    timed = nodes if p.windows and p.lasting else 1
    peaks = (nodes if p.both else 1, dims)
    whole = np.int64
    count = np.zeros(8, whole)
    count[7] = n
    return State(
        node, np.zeros(timed, SPAN), np.zeros(peaks), np.zeros(peaks), route, np.zeros((most, dims)), items.copy(), count,
        np.array([float(items["price"].sum())]), np.zeros(kinds, whole), np.zeros(depots, whole), np.zeros(depots), np.zeros(kinds, whole), np.zeros(depots, whole), np.zeros(depots),
        np.zeros(visits, np.int32), np.zeros(most, np.int32), np.zeros(n, np.int32), np.zeros(n), np.arange(n, dtype=np.int32),
        np.zeros((groups, days)), np.zeros((groups, days), whole), np.zeros((groups, days), whole),
    )  # fmt: skip


def scale(p: Any) -> float:
    """About the mean cost of an arc: to the third nearest item."""
    n, third = len(p.round), p.round[:, min(2, p.round.shape[1] - 1) :][:, :1]
    mean = float(np.take_along_axis(np.minimum(p.dist, p.dist.T)[:n, :n], third.astype(np.int64), axis=1).mean()) * float(p.kind["unit"].mean()) if third.size else 0.0
    return mean if mean > 0 else 1.0


def kept(s: Any) -> Any:
    """What is remembered of a state as the best."""
    return Best(s.node["nxt"].copy(), s.route["kind"].copy(), s.item["chosen"].copy(), s.item["aside"].copy(), s.cost.copy())


def routes(best: Any, n: int, days: int) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """Every route: kind and items in order."""
    following, made = best.nxt.tolist(), []
    for r, k in enumerate(best.kind.tolist()):
        if k >= 0:
            row, w = [], following[n * days + 2 * r]
            while w != n * days + 2 * r + 1:
                row.append(w // days)
                w = following[w]
            made.append((k, tuple(row)))
    return tuple(made)


def prepare() -> None:
    """Have `routing_ruin` compiled: about half a minute the first time after an installation, a moment later on (kept on disk)."""
    from planner.solvers.routing_ruin import anneal, assign

    metres = np.array([[0.0, 1.0], [1.0, 0.0]])
    p, items = problem(PatternsData(metres, metres, (0,), (1,), (1.0,), (0.0,), ((frozenset({0}),),), (KindData(0, 0, 1, 1.0),)))
    state = empty(p, items)
    best = kept(state)
    anneal(state, best, p, 1, 1.0, 1.0, 0)
    assign(best, state, p)
