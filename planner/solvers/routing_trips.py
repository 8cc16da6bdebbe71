"""A day with reloads, release times or shipments in the terms of the compiled search `routing_ruin_trips`.

It knows vehicles of any kind with several trips from one depot each, windows, loading times, deliveries and pickups at jobs,
shipments within a trip, access and barred arcs, prizes; distance and vehicles cost, time does not (`able`).
"""

from __future__ import annotations

import math
from collections import namedtuple
from collections.abc import Sequence
from typing import Any

import numpy as np

from planner.solvers.routing import Act, DayData, DepotData, FleetData, JobData, RouteData, ShipmentData, VisitData
from planner.solvers.routing_chain import Chain
from planner.solvers.routing_ruin_state import FAR, WAIT, Floats

NEVER = 1e15  # time on a barred arc
NEAR = 100  # stops among which strings of one ruin are looked for
FULL = 60  # stops up to which an item may go in anywhere,
BESIDE = 30  # and above, beside how many of them
ROOM = 4_000_000  # most places in rows
MOST = 100_000  # vehicles of one kind
DEAR = 20.0  # mean arcs that a vehicle costs, from which one less is looked for
ASIDE = 20.0  # mean arcs that an item aside costs at first, while one vehicle less is looked for
GROWTH = 0.1  # and more in every iteration
NEARLY = 1.03  # times the cost before, up to which one vehicle less is gone on from: its distance has still to be shortened

NODE = np.dtype([(name, np.int32) for name in ("place", "whose", "other", "second")] + [(name, np.float64) for name in ("opens", "closes", "service", "release")])
ITEM = np.dtype([(name, np.int32) for name in ("first", "last", "aside", "old_aside", "out", "pad")] + [(name, np.float64) for name in ("price", "demand", "away", "opens", "closes")])
KIND = np.dtype([(name, np.int32) for name in ("home", "count", "trips", "pad")] + [(name, np.float64) for name in ("unit", "fixed", "opens", "closes", "loading")])
ROUTE = np.dtype(
    [(name, np.int32) for name in ("kind", "length", "stops", "trips", "wrong", "old_kind", "old_length", "pad")] + [(name, np.int64) for name in ("touched", "ruined")]
    + [("metres", np.float64)]
)  # fmt: skip
AT = np.dtype([("start", np.int32), ("pad", np.int32)] + [(name, np.float64) for name in ("early", "late", "came", "release")])

Problem = namedtuple("Problem", "dist time node give take kind capacity allowed near beside at_home paired full")
Rows = namedtuple("Rows", "row old_row at load before after rest aboard route item of where used count cost best place list removed asides rank spots ticket")
Best = namedtuple("Best", "row length kind aside cost")


def able(day: DayData) -> bool:
    """Whether the search knows every rule of a day."""
    stops = len(day.jobs) + 2 * len(day.shipments)
    slots, width = _size(day)
    return (
        stops > 0 and day.toll is None and all(len(job.alternatives) == 1 for job in day.jobs) and any(kind.count for kind in day.fleet) and slots * width <= ROOM
        and all(k.per_second == 0 and k.duty >= _closes(day, v) - _opens(day, v) and k.reloads in ((), (k.depot,)) for v, k in enumerate(day.fleet))
    )  # fmt: skip


class Trips(Chain):
    """A day of several trips a vehicle in the terms of `routing_ruin_trips`."""

    def __init__(self, day: DayData) -> None:
        self.day = day
        self.p, items = _problem(day)
        s = _empty(day, self.p, items)
        best = Best(s.row.copy(), s.route["length"].copy(), s.route["kind"].copy(), s.item["aside"].copy(), s.cost.copy())
        super().__init__(s, best, [prize is None for prize in _prizes(day)])
        own = len(self.p.near[0]) if len(self.p.near) else 0
        third = self.p.near[:, min(2, own - 1)] if own else np.zeros(len(self.p.node), np.int64)
        places = self.p.node["place"]
        self.arc = float(self.p.dist[places, places[third]].mean() * self.p.kind["unit"].mean()) or 1.0
        self.dear = bool(self.p.kind["fixed"].min(initial=math.inf) >= DEAR * self.arc) and all(self._required)

    def anneal(self, iterations: int, heat: float, seed: int) -> None:
        from planner.solvers.routing_ruin_trips import anneal_trips

        anneal_trips(self._state, self._best, self.p, iterations, heat, seed)

    def begin_saving(self) -> None:
        kind, state = self.p.kind, self._state
        self._before, self._kept = self.best_cost, self.best_routes()
        self._prices, self._fleet = state.item["price"].copy(), kind.copy()
        least = min(range(len(self._kept)), key=lambda r: sum(len(trip) for trip in self._kept[r].trips))
        self.load([route for r, route in enumerate(self._kept) if r != least])
        kind["count"], kind["fixed"] = state.used, 0.0
        self._price(np.full(len(self._prices), ASIDE * self.arc))

    def save(self, iterations: int, seed: int) -> int:
        from planner.solvers.routing_ruin_trips import squeeze

        return int(squeeze(self._state, self.p, iterations, self.arc, GROWTH * self.arc, seed))

    def end_saving(self) -> bool:
        from planner.solvers.routing_ruin_rows import keep

        self.p.kind[:] = self._fleet
        self._price(self._prices)
        if self.whole and self.cost <= NEARLY * self._before:
            keep(self._state, self._best)
            return True
        self.load(self._kept)
        return False

    def _price(self, prices: Any) -> None:
        """Prices of items aside; the cost of the state with these and with what vehicles cost now."""
        state, kind, route = self._state, self.p.kind, self._state.route
        state.item["price"] = prices
        driven = route["kind"] >= 0
        metres = float((route["metres"] * kind["unit"][route["kind"]])[driven].sum())
        state.cost[0] = metres + float((state.used * kind["fixed"]).sum() + prices[state.item["aside"] != 0].sum())

    def load(self, routes: Sequence[RouteData]) -> None:
        from planner.solvers.routing_ruin_trips import load

        best, n, jobs = self._best, len(self.p.node), len(self.day.jobs)
        best.aside[:], best.kind[:], best.length[:] = 1, -1, 0
        for r, route in enumerate(routes):
            row = [n]
            for trip in route.trips:
                row += [*(act.index if act.kind == "job" else jobs + 2 * act.index + (act.kind == "delivery") for act in trip), n]
            best.row[r, : len(row)], best.length[r], best.kind[r] = row, len(row), route.vehicle
            stops = np.array([w for w in row if w < n], int)
            best.aside[self.p.node["whose"][stops]] = 0
        load(best, self._state, self.p)

    def routes(self) -> list[RouteData]:
        return self._read(self._state.row, self._state.route["length"], self._state.route["kind"])

    def best_routes(self) -> list[RouteData]:
        return self._read(self._best.row, self._best.length, self._best.kind)

    def _read(self, rows: Any, lengths: Any, kinds: Any) -> list[RouteData]:
        n, jobs, found = len(self.p.node), len(self.day.jobs), []
        for row, length, k in zip(rows, lengths.tolist(), kinds.tolist(), strict=True):
            if k < 0:
                continue
            trips: list[list[Act]] = []
            for w in row[: length - 1].tolist():
                if w == n:
                    trips.append([])
                else:
                    trips[-1].append(Act("job", w) if w < jobs else Act("delivery" if (w - jobs) % 2 else "pickup", (w - jobs) // 2))
            found.append(RouteData(k, tuple(tuple(trip) for trip in trips)))
        return found


def prepare() -> None:
    """Have `routing_ruin_trips` compiled, as `planner.solvers.routing_ruin_state.prepare` does `routing_ruin`."""
    here, there = (VisitData(i, (1,), (0,), 0, 0, 10) for i in (0, 1))
    metres = np.array([[0, 1], [1, 0]])
    fleet = (FleetData(1, 0, (9,), 0, 1, 0, 0, 0, 10, 10, 0, 2, 0),)
    clear, open_ = np.zeros((2, 2), bool), np.ones((1, 2), bool)
    chain = Trips(DayData(metres, metres, clear, open_, (DepotData(0, 0, 10, 0),), fleet, (JobData((there,)),), (ShipmentData(there, here, (1,)),)))
    chain.anneal(1, 1.0, 0)
    chain.begin_saving()
    chain.save(1, 0)
    chain.end_saving()


def _prizes(day: DayData) -> list[int | None]:
    """Of every item: the jobs, then the shipments."""
    return [job.prize for job in day.jobs] + [shipment.prize for shipment in day.shipments]


def _opens(day: DayData, v: int) -> int:
    return max(day.fleet[v].opens, day.depots[day.fleet[v].depot].opens)


def _closes(day: DayData, v: int) -> int:
    return min(day.fleet[v].closes, day.depots[day.fleet[v].depot].closes)


def _size(day: DayData) -> tuple[int, int]:
    """Routes at most, and nodes in one."""
    stops = len(day.jobs) + 2 * len(day.shipments)
    slots = min(sum(min(kind.count, MOST) for kind in day.fleet), len(day.jobs) + len(day.shipments))
    return slots, stops + 2 + min(max((kind.max_trips for kind in day.fleet), default=1) - 1, len(day.jobs))


def _problem(day: DayData) -> tuple[Any, Any]:
    jobs, n, dims = len(day.jobs), len(day.jobs) + 2 * len(day.shipments), day.dimensions
    closed = day.barred | (day.duration < 0) | (day.distance < 0)
    np.fill_diagonal(closed, False)
    dist = np.where(closed, 8.0 * max(1, int(day.distance.max(initial=1))), day.distance.astype(float))
    time = np.where(closed, NEVER, day.duration.astype(float))
    node, give, take = np.zeros(n, NODE), np.zeros((n, dims)), np.zeros((n, dims))
    node["other"] = -1
    item = np.zeros(jobs + len(day.shipments), ITEM)
    for j, job in enumerate(day.jobs):
        (visit,) = job.alternatives
        node[j] = (visit.location, j, -1, 0, visit.opens, visit.closes, visit.service, visit.release)
        give[j], take[j] = visit.delivery, visit.pickup
        item[j]["first"] = item[j]["last"] = j
    for i, shipment in enumerate(day.shipments):
        w = jobs + 2 * i
        for end, (visit, other) in enumerate(((shipment.pickup, w + 1), (shipment.delivery, w))):
            node[w + end] = (visit.location, jobs + i, other, end, visit.opens, visit.closes, visit.service, -math.inf)
            take[w + end] = np.array(shipment.amount) * (-1 if end else 1)
        item[jobs + i]["first"], item[jobs + i]["last"] = w, w + 1
    node["release"][:jobs] = np.where(node["release"][:jobs] > 0, node["release"][:jobs], -math.inf)
    kind = np.zeros(len(day.fleet), KIND)
    for v, one in enumerate(day.fleet):
        depot = day.depots[one.depot]
        kind[v] = (depot.location, min(one.count, MOST), one.max_trips, 0, one.per_metre, one.fixed, _opens(day, v), _closes(day, v), depot.service)
    homes, places = kind["home"], node["place"]
    dear = 4.0 * (2.0 * float(dist.max(initial=0.0)) * float(kind["unit"].max(initial=0.0)) + float(kind["fixed"].max(initial=0.0))) + 1.0
    item["price"] = [dear if prize is None else min(dear, prize) for prize in _prizes(day)]
    item["aside"] = 1
    ends = [item["first"], item["last"]]
    item["demand"] = (give + np.abs(take))[item["first"]].sum(axis=1)
    item["away"] = np.max([dist[np.ix_(homes, places[end])].min(axis=0) for end in ends], axis=0)
    item["opens"], item["closes"] = node["opens"][item["first"]], node["closes"][item["last"]]
    access = day.access[[one.profile for one in day.fleet]]
    allowed = np.ascontiguousarray(access[:, places[item["first"]]] & access[:, places[item["last"]]])
    between = np.minimum(dist, dist.T)[np.ix_(places, places)]
    np.fill_diagonal(between, math.inf)
    near = np.argsort(between, axis=1, kind="stable")[:, : min(NEAR, max(0, n - 1))].astype(np.int32)
    capacity = np.array([one.capacity for one in day.fleet], float).reshape(len(day.fleet), dims) + 1e-9
    beside, at_home = _beside(dist, time, node, homes)
    return Problem(dist, time, node, give, take, kind, capacity, allowed, near, beside, at_home, bool(day.shipments), n <= FULL), item


def _beside(dist: Floats, time: Floats, node: Any, homes: Any) -> tuple[Any, Any]:
    """By stop: the stops beside which it may go in (distance, and waiting, weighed); by kind and stop, whether its depot is as near."""
    n, places = len(node), node["place"]
    between, drive = dist[np.ix_(places, places)], time[np.ix_(places, places)]
    most = min(BESIDE, max(0, n - 1))
    if most == 0:
        return np.zeros((n, 0), np.int32), np.ones((len(homes), n), bool)
    leave = node["opens"][:, None] + node["service"][:, None] + drive
    wait = np.clip(node["opens"][None, :] - np.minimum(node["closes"], 1e15)[:, None] - node["service"][:, None] - drive, 0.0, None)
    worth = between + WAIT * wait + np.where(leave > node["closes"][None, :], FAR, 0.0)
    worth = np.minimum(worth, worth.T)
    np.fill_diagonal(worth, math.inf)
    beside = np.argsort(worth, axis=1, kind="stable")[:, :most].astype(np.int32)
    reach = np.take_along_axis(np.minimum(between, between.T), beside.astype(np.int64), axis=1).max(axis=1)
    return beside, np.minimum(dist[np.ix_(homes, places)], dist[np.ix_(places, homes)].T) <= reach


def _empty(day: DayData, p: Any, item: Any) -> Any:
    """A state with every item aside."""
    (slots, width), n, dims = _size(day), len(p.node), p.give.shape[1]
    row, loads = np.zeros((slots, width), np.int32), (slots, width, dims)
    route = np.zeros(slots, ROUTE)
    route["kind"] = -1
    count = np.zeros(5, np.int64)
    count[3] = len(item)
    return Rows(
        row, row.copy(), np.zeros((slots, width), AT), np.zeros(loads), np.zeros(loads), np.zeros(loads), np.zeros(loads),
        np.zeros((slots, width) if p.paired else (1, 1), np.int32), route, item.copy(), np.full(n, -1, np.int32), np.zeros(n, np.int32), np.zeros(len(p.kind), np.int64), count,
        np.array([float(item["price"].sum())]), np.zeros(1), np.zeros(4, np.int64), np.zeros(slots, np.int32), np.zeros(len(item), np.int32), np.arange(len(item), dtype=np.int32),
        np.zeros(len(item)), np.zeros(slots * width, np.int32), np.zeros((slots, width), np.int64),
    )  # fmt: skip
