"""Ends of two routes exchanged, compiled: the move that string removals lack where routes are long.

A string is at most a part of a route, so that a route of fifty visits keeps most of its end whatever is taken out of it. Here a visit
is followed by a near one of another route of the same kind of vehicle and all that comes after it, which takes over the end of the first
in exchange. Distance, hours and duration are judged in constant time by what `routing_ruin_routes` keeps with the nodes; loads, and
durations where there are no windows, are summed over the two ends. Days with loads brought and taken that fill a vehicle together are left
out: each exchange would change the highest load of both routes from their beginning on.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.solvers.routing_ruin_routes import compiled, end, inlined, link, time_price


@inlined
def _room(r: int, t: int, v: int, y: int, k: int, s: Any, p: Any) -> bool:
    """Whether vehicles of kind k hold what routes r and t carry once their ends from v and y are exchanged."""
    node = s.node
    visits = len(node) - 2 * len(s.route)
    for q in range(p.amount.shape[1]):
        more = 0.0
        z = y
        while z < visits:
            more += p.amount[node[z].at, q]
            z = node[z].nxt
        z = v
        while z < visits:
            more -= p.amount[node[z].at, q]
            z = node[z].nxt
        if s.load[r, q] + more > p.capacity[k, q] or s.load[t, q] - more > p.capacity[k, q]:
            return False
    return True


@inlined
def _driven(v: int, s: Any, p: Any) -> float:
    """Driving and service from node v to the end of its route."""
    node = s.node
    visits = len(node) - 2 * len(s.route)
    spent = 0.0
    while v < visits:
        w = node[v].nxt
        spent += node[v].service + p.time[node[v].at, node[w].at]
        v = w
    return spent


@compiled
def exchange(s: Any, p: Any, heat: float) -> bool:
    """The best exchange of ends by which a visit at random is followed by a near one, where simulated annealing accepts it."""
    if p.both:
        return False
    node = s.node
    visits = len(s.item) * p.days
    w = np.random.randint(visits)
    r = node[w].route
    if r < 0:
        return False
    day = w % p.days
    one = node[w]
    v = one.nxt
    k = s.route[r].kind
    kind = p.kind[k]
    worst = -heat * np.log(np.random.random())
    chosen = -1
    for z in range(p.near.shape[1]):
        y = p.near[one.at, z] * p.days + day
        t = node[y].route
        if t < 0 or t == r or s.route[t].kind != k:
            continue
        x = node[y].prv
        more = (p.dist[one.at, node[y].at] + p.dist[node[x].at, node[v].at] - node[v].into - node[y].into) * kind.unit
        if v >= visits and x >= visits:
            more -= kind.fixed
        if more >= worst and not p.lasting:
            continue
        way, back = p.time[one.at, node[y].at], p.time[node[x].at, node[v].at]
        if p.windows and (one.early + one.service + way > node[y].late + 1e-9 or node[x].early + node[x].service + back > node[v].late + 1e-9):
            continue
        if p.lasting:
            if p.windows:
                a, b = s.span[w], s.span[y]
                lasts = a.head + way
                lasts += max(0.0, b.tail_early - lasts - a.head_late) + b.tail
                a, b = s.span[x], s.span[v]
                other = a.head + back
                other += max(0.0, b.tail_early - other - a.head_late) + b.tail
            else:
                gained = way + _driven(y, s, p) - p.time[one.at, node[v].at] - _driven(v, s, p)
                lasts = s.route[r].lasts + gained
                other = s.route[t].lasts - gained + way + back - p.time[one.at, node[v].at] - p.time[node[x].at, node[y].at]
            more += time_price(k, lasts, p) + time_price(k, other, p) - time_price(k, s.route[r].lasts, p) - time_price(k, s.route[t].lasts, p)
            if more >= worst or lasts > kind.longest + 1e-9 or other > kind.longest + 1e-9:
                continue
        if _room(r, t, v, y, k, s, p):
            worst = more
            chosen = y
    if chosen < 0:
        return False
    _exchange(r, w, chosen, s, p)
    return True


@inlined
def _exchange(r: int, w: int, y: int, s: Any, p: Any) -> None:
    """The end after node w of route r for the end from node y of its route."""
    node = s.node
    visits = len(node) - 2 * len(s.route)
    t = node[y].route
    k = s.route[r].kind
    before = s.cost[0] - p.kind[k].unit * (s.route[r].metres + s.route[t].metres) - time_price(k, s.route[r].lasts, p) - time_price(k, s.route[t].lasts, p)
    number = length = 0
    for part in range(4):  # both routes as they will be, one after the other
        z = node[visits + 2 * r].nxt if part == 0 else y if part == 1 else node[visits + 2 * t].nxt if part == 2 else node[w].nxt
        stop = node[w].nxt if part == 0 else y if part == 2 else -1
        while z != stop and z < visits:
            s.saved[number] = z
            number += 1
            z = node[z].nxt
        if part == 1:
            length = number
    link(r, k, s.saved[:length], s, p)
    link(t, k, s.saved[length:number], s, p)
    s.cost[0] = before + p.kind[k].unit * (s.route[r].metres + s.route[t].metres) + time_price(k, s.route[r].lasts, p) + time_price(k, s.route[t].lasts, p)
    if number == length:
        end(t, s, p)
