"""Rows of `routing_ruin_trips`, compiled: routes as rows of nodes, gone through again when they change, going back.

See `routing_ruin_routes` on how these are compiled.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.solvers.routing_ruin_routes import compiled

STAMP, TOUCHED, REMOVED, ASIDES, TICKET = range(5)  # of Rows.count
INF = np.inf
EPS = 1e-6


@compiled
def refresh(r: int, s: Any, p: Any) -> None:
    """Everything kept with the stops of a route, its metres, its trips, and whether it breaks a rule (`wrong`)."""
    route = s.route[r]
    row, at = s.row[r], s.at[r]
    depot = len(p.node)
    k = route.kind
    kind = p.kind[k]
    dims = p.give.shape[1]
    n = route.length
    metres = 0.0
    wrong = 0
    trips = 0
    stops = 0
    for z in range(n - 1):  # releases and what is still to be brought, back from the end of each trip
        x = n - 1 - z
        if x == n - 1:
            at[x].release = -INF
            for q in range(dims):
                s.rest[r, x, q] = 0.0
        w = row[x - 1]
        y = at[x - 1]
        y.release = at[x].release if row[x] != depot else -INF
        for q in range(dims):
            s.rest[r, x - 1, q] = (s.rest[r, x, q] + p.give[row[x], q]) if row[x] != depot else 0.0
        if w != depot:
            y.release = max(y.release, p.node[w].release)
    clock = kind.opens
    start = 0
    for x in range(n):
        w = row[x]
        here = at[x]
        if x > 0:
            u = row[x - 1]
            a = kind.home if u == depot else p.node[u].place
            b = kind.home if w == depot else p.node[w].place
            metres += p.dist[a, b]
            clock += p.time[a, b]
        if w == depot:
            here.came = max(clock, kind.opens)
            if x == n - 1:
                clock = here.came
            else:
                trips += 1
                start = x
                clock = max(here.came, here.release)
            if clock > kind.closes + EPS:
                wrong = 1
            here.early = clock
            clock += kind.loading
            for q in range(dims):
                s.load[r, x, q] = s.rest[r, x, q]
                s.before[r, x, q] = s.load[r, x, q]
                if s.load[r, x, q] > p.capacity[k, q]:
                    wrong = 1
        else:
            node = p.node[w]
            stops += 1
            clock = max(clock, node.opens)
            if clock > node.closes + EPS or not p.allowed[k, node.whose]:
                wrong = 1
            here.early = clock
            clock += node.service
            s.of[w] = r
            s.where[w] = x
            if node.other >= 0 and node.second and (s.of[node.other] != r or s.where[node.other] < start or s.where[node.other] > x):
                wrong = 1
            for q in range(dims):
                s.load[r, x, q] = s.load[r, x - 1, q] - p.give[w, q] + p.take[w, q]
                s.before[r, x, q] = max(s.before[r, x - 1, q], s.load[r, x, q])
                if s.load[r, x, q] > p.capacity[k, q]:
                    wrong = 1
        here.start = start
    for z in range(n):
        x = n - 1 - z
        w = row[x]
        here = at[x]
        if x == n - 1:
            here.late = kind.closes
        else:
            v = row[x + 1]
            a = kind.home if w == depot else p.node[w].place
            b = kind.home if v == depot else p.node[v].place
            here.late = at[x + 1].late - p.time[a, b] - (kind.loading if w == depot else p.node[w].service)
            here.late = min(here.late, kind.closes if w == depot else p.node[w].closes)
        for q in range(dims):
            s.after[r, x, q] = s.load[r, x, q]
            if x < n - 1 and row[x + 1] != depot:
                s.after[r, x, q] = max(s.after[r, x, q], s.after[r, x + 1, q])
    s.cost[0] += kind.unit * (metres - route.metres)
    route.metres = metres
    route.wrong = wrong
    route.trips = trips
    route.stops = stops


@compiled
def touch(r: int, s: Any) -> None:
    """Remember a route as it was before the iteration."""
    route = s.route[r]
    if route.touched == s.count[STAMP]:
        return
    route.touched = s.count[STAMP]
    s.list[s.count[TOUCHED]] = r
    s.count[TOUCHED] += 1
    route.old_kind, route.old_length = route.kind, route.length
    if route.kind >= 0:
        for x in range(route.length):
            s.old_row[r, x] = s.row[r, x]


@compiled
def begin(r: int, k: int, s: Any, p: Any) -> None:
    """An empty route for a vehicle of kind k."""
    route = s.route[r]
    route.kind, route.length, route.metres, route.stops, route.trips, route.wrong = k, 2, 0.0, 0, 0, 0
    s.row[r, 0] = s.row[r, 1] = len(p.node)
    s.used[k] += 1
    s.cost[0] += p.kind[k].fixed


@compiled
def end(r: int, s: Any, p: Any) -> None:
    route = s.route[r]
    s.used[route.kind] -= 1
    s.cost[0] -= p.kind[route.kind].fixed + p.kind[route.kind].unit * route.metres
    route.kind, route.length, route.metres, route.stops = -1, 0, 0.0, 0


@compiled
def purge(r: int, s: Any, p: Any) -> None:
    """A route without what is marked, and without trips that have become empty."""
    depot = len(p.node)
    route = s.route[r]
    row = s.row[r]
    n = 1
    for x in range(1, route.length):
        w = row[x]
        if w == depot:
            if row[n - 1] == depot and (n > 1 or x < route.length - 1):
                continue  # two depots in a row
        elif s.item[p.node[w].whose].out:
            s.of[w] = -1
            continue
        row[n] = w
        n += 1
    route.length = n
    if n == 2:
        end(r, s, p)
    else:
        refresh(r, s, p)


@compiled
def put(r: int, x: int, w: int, s: Any) -> None:
    """A node after position x of a row."""
    row = s.row[r]
    z = s.route[r].length
    while z > x + 1:
        row[z] = row[z - 1]
        z -= 1
    row[x + 1] = w
    s.route[r].length += 1


@compiled
def aboard(r: int, s: Any, p: Any) -> None:
    """Shipments on board after each stop."""
    number = 0
    for x in range(s.route[r].length):
        w = s.row[r, x]
        if w < len(p.node) and p.node[w].other >= 0:
            number += -1 if p.node[w].second else 1
        s.aboard[r, x] = number


@compiled
def restore(s: Any, p: Any, cost: float) -> None:
    """Everything as before the iteration."""
    for z in range(s.count[REMOVED]):
        i = s.removed[z]
        s.item[i].aside = s.item[i].old_aside
        s.of[s.item[i].first] = s.of[s.item[i].last] = -1
    for z in range(s.count[TOUCHED]):
        route = s.route[s.list[z]]
        if route.kind >= 0:
            end(s.list[z], s, p)
    for z in range(s.count[TOUCHED]):
        r = s.list[z]
        route = s.route[r]
        if route.old_kind >= 0:
            begin(r, route.old_kind, s, p)
            route.length = route.old_length
            for x in range(route.length):
                s.row[r, x] = s.old_row[r, x]
            refresh(r, s, p)
            if p.paired:
                aboard(r, s, p)
    s.cost[0] = cost


@compiled
def keep(s: Any, best: Any) -> None:
    for r in range(len(s.route)):
        best.kind[r], best.length[r] = s.route[r].kind, s.route[r].length
        for x in range(s.route[r].length):
            best.row[r, x] = s.row[r, x]
    for i in range(len(s.item)):
        best.aside[i] = s.item[i].aside
    best.cost[0] = s.cost[0]


@compiled
def load(best: Any, s: Any, p: Any) -> None:
    """The state of an answer; its cost becomes the answer's."""
    s.cost[0] = 0.0
    s.count[ASIDES] = 0
    for i in range(len(s.item)):
        s.item[i].aside, s.item[i].out = best.aside[i], 0
        s.of[s.item[i].first] = s.of[s.item[i].last] = -1
        if best.aside[i]:
            s.asides[s.count[ASIDES]] = i
            s.count[ASIDES] += 1
            s.cost[0] += s.item[i].price
    s.used[:] = 0
    for r in range(len(s.route)):
        s.route[r].kind, s.route[r].length, s.route[r].metres = -1, 0, 0.0
        if best.kind[r] >= 0:
            begin(r, best.kind[r], s, p)
            s.route[r].length = best.length[r]
            for x in range(best.length[r]):
                s.row[r, x] = best.row[r, x]
            refresh(r, s, p)
            if p.paired:
                aboard(r, s, p)
    best.cost[0] = s.cost[0]
