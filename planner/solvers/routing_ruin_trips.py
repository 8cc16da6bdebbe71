"""String removals (see `routing_ruin`) where vehicles reload, jobs have release times and shipments go from site to site; compiled.

A route is a row of nodes: depot, stops, depot, ..., stops, depot. Every arc beside the stops that suit a job best is a place for it (every arc on small
days), where it may also end or begin a trip; a shipment's two ends are placed together, within one trip. A place is compared by its metres first, so that
few have to be looked at further; those are judged by what leads to a stop (earliest start, loads) and what follows it (latest start,
loads), in constant time, or in the time of one trip where it would have to start later. All prices are of distance; routes
that change are gone through again.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.solvers.routing_ruin_routes import compiled, inlined
from planner.solvers.routing_ruin_rows import (
    ASIDES,
    EPS,
    REMOVED,
    STAMP,
    TICKET,
    TOUCHED,
    aboard,
    begin,
    keep,
    load,
    purge,
    put,
    refresh,
    restore,
    touch,
)

__all__ = ["anneal_trips", "load"]

JOIN, END, BEGIN = range(3)  # how a job takes a place: into the trip, as its last stop before a reload, as the first one after
LONGEST = 10.0  # most stops of a string
REMOVE = 10.0  # stops taken out on average
SPLIT = 0.5  # share of strings that keep some stops inside
KEEP = 0.99  # probability that one more stop is kept inside
BLINK = 0.01


@inlined
def _later(r: int, x: int, start: float, s: Any, p: Any) -> float:
    """When stop x of a route is served if its trip starts loading at `start`."""
    depot = len(p.node)
    row = s.row[r]
    kind = p.kind[s.route[r].kind]
    y = s.at[r, x].start
    clock = start
    a = kind.home
    leave = clock + kind.loading
    for z in range(y + 1, x + 1):
        b = p.node[row[z]].place if row[z] != depot else kind.home
        clock = max(leave + p.time[a, b], p.node[row[z]].opens)
        leave = clock + p.node[row[z]].service
        a = b
    return clock


@inlined
def _spots(i: int, s: Any, p: Any) -> int:
    """The arcs where the first stop of an item may go in, as `s.spots` (route and position); how many. On days of many stops, those
    beside the stops that suit it best, and beside its depot where that is as near.
    """
    w = s.item[i].first
    width = s.row.shape[1]
    number = 0
    if p.full:
        for r in range(len(s.route)):
            route = s.route[r]
            if route.kind >= 0 and not route.wrong and p.allowed[route.kind, i]:
                for x in range(route.length - 1):
                    s.spots[number] = r * width + x
                    number += 1
        return number
    s.count[TICKET] += 1
    for z in range(p.beside.shape[1]):
        c = p.beside[w, z]
        r = s.of[c]
        if r < 0 or s.route[r].wrong or not p.allowed[s.route[r].kind, i]:
            continue
        for side in range(2):
            x = s.where[c] - side
            if s.ticket[r, x] != s.count[TICKET]:
                s.ticket[r, x] = s.count[TICKET]
                s.spots[number] = r * width + x
                number += 1
    for r in range(len(s.route)):
        route = s.route[r]
        if route.kind < 0 or route.wrong or not p.allowed[route.kind, i] or not p.at_home[route.kind, w]:
            continue
        for x in range(route.length - 1):
            if (s.row[r, x] == len(p.node) or s.row[r, x + 1] == len(p.node)) and s.ticket[r, x] != s.count[TICKET]:
                s.spots[number] = r * width + x
                number += 1
    return number


@inlined
def _job(i: int, s: Any, p: Any) -> None:
    """The best place of a job in the routes there are."""
    depot = len(p.node)
    w = s.item[i].first
    one = p.node[w]
    dims = p.give.shape[1]
    width = s.row.shape[1]
    for z in range(_spots(i, s, p)):
        r, x = s.spots[z] // width, s.spots[z] % width
        k = s.route[r].kind
        kind = p.kind[k]
        more_trips = s.route[r].trips < kind.trips
        way_in, way_out = p.dist[kind.home, one.place], p.dist[one.place, kind.home]
        u, v = s.row[r, x], s.row[r, x + 1]
        a = kind.home if u == depot else p.node[u].place
        b = kind.home if v == depot else p.node[v].place
        d_in, d_out, arc = p.dist[a, one.place], p.dist[one.place, b], p.dist[a, b]
        for how in range(3):
            if how == JOIN:
                metres = d_in + d_out - arc
            elif not more_trips:
                break
            elif how == END:
                if v == depot:
                    continue
                metres = d_in + way_out + p.dist[kind.home, b] - arc
            else:
                if u == depot:
                    continue
                metres = p.dist[a, kind.home] + way_in + d_out - arc
            if metres * kind.unit >= s.best[0]:
                continue
            fits = True
            for q in range(dims):
                g, t, room = p.give[w, q], p.take[w, q], p.capacity[k, q]
                rest, carried = s.rest[r, x, q], s.load[r, x, q]
                if how == JOIN:
                    fits &= s.before[r, x, q] + g <= room and s.after[r, x, q] + t <= room
                elif how == END:
                    fits &= s.before[r, x, q] - rest + g <= room and carried - rest + t <= room
                else:
                    fits &= rest + g <= room and s.after[r, x, q] - (carried - rest) + t <= room
            if not fits or (how != JOIN and p.paired and s.aboard[r, x] > 0):
                continue
            here = s.at[r, x]
            first = s.at[r, here.start]
            clock = here.early
            if how == END and u == depot:
                clock = max(here.came, one.release)
            elif how != BEGIN and one.release > first.early:
                if one.release > first.late + EPS:
                    continue
                clock = _later(r, x, one.release, s, p) if u != depot else one.release
            if u == depot and clock > kind.closes + EPS:
                continue
            clock += kind.loading if u == depot else p.node[u].service
            if how == BEGIN:
                clock = max(clock + p.time[a, kind.home], one.release)
                if v != depot:
                    clock = max(clock, s.at[r, x + 1].release)
                if clock > kind.closes + EPS:
                    continue
                clock += kind.loading + p.time[kind.home, one.place]
            else:
                clock += p.time[a, one.place]
            clock = max(clock, one.opens)
            if clock > one.closes + EPS:
                continue
            clock += one.service
            if how == END:
                clock = max(clock + p.time[one.place, kind.home], s.at[r, x + 1].release)
                if clock > kind.closes + EPS:
                    continue
                clock += kind.loading + p.time[kind.home, b]
            else:
                clock += p.time[one.place, b]
            if clock > s.at[r, x + 1].late + EPS or np.random.random() < BLINK:
                continue
            s.best[0] = metres * kind.unit
            s.place[0], s.place[1], s.place[2], s.place[3] = r, x, how, x


@inlined
def _pair(i: int, s: Any, p: Any) -> None:
    """The best two places of a shipment in the routes there are."""
    depot = len(p.node)
    w, y = s.item[i].first, s.item[i].last
    one, two = p.node[w], p.node[y]
    dims = p.give.shape[1]
    width = s.row.shape[1]
    for at in range(_spots(i, s, p)):
        r, x = s.spots[at] // width, s.spots[at] % width
        k = s.route[r].kind
        kind = p.kind[k]
        u, v = s.row[r, x], s.row[r, x + 1]
        a = kind.home if u == depot else p.node[u].place
        b = kind.home if v == depot else p.node[v].place
        start = s.at[r, x].early + (kind.loading if u == depot else p.node[u].service)
        if start > one.closes + EPS:
            continue
        start = max(start + p.time[a, one.place], one.opens)
        if start > one.closes + EPS:
            continue
        fits = True
        for q in range(dims):
            fits &= s.load[r, x, q] + p.take[w, q] <= p.capacity[k, q]
        if not fits:
            continue
        metres = p.dist[a, one.place] + p.dist[one.place, two.place] + p.dist[two.place, b] - p.dist[a, b]
        leave = start + one.service
        clock = max(leave + p.time[one.place, two.place], two.opens)
        good = clock <= two.closes + EPS and metres * kind.unit < s.best[0]
        if good and clock + two.service + p.time[two.place, b] <= s.at[r, x + 1].late + EPS and np.random.random() >= BLINK:
            s.best[0] = metres * kind.unit
            s.place[0], s.place[1], s.place[2], s.place[3] = r, x, JOIN, x
        ways = p.dist[a, one.place] + p.dist[one.place, b] - p.dist[a, b]
        if ways * kind.unit >= s.best[0]:
            continue
        before = one.place
        z = x + 1
        while s.row[r, z] != depot:  # the delivery after stop z
            there = p.node[s.row[r, z]]
            clock = max(leave + p.time[before, there.place], there.opens)
            if clock > s.at[r, z].late + EPS:
                break
            for q in range(dims):
                fits &= s.load[r, z, q] + p.take[w, q] <= p.capacity[k, q]
            if not fits:
                break
            leave = clock + there.service
            if leave > two.closes + EPS:
                break
            before = there.place
            c = kind.home if s.row[r, z + 1] == depot else p.node[s.row[r, z + 1]].place
            clock = max(leave + p.time[before, two.place], two.opens)
            metres = ways + p.dist[before, two.place] + p.dist[two.place, c] - p.dist[before, c]
            good = metres * kind.unit < s.best[0] and clock <= two.closes + EPS
            if good and clock + two.service + p.time[two.place, c] <= s.at[r, z + 1].late + EPS and np.random.random() >= BLINK:
                s.best[0] = metres * kind.unit
                s.place[0], s.place[1], s.place[2], s.place[3] = r, x, JOIN, z
            z += 1


@inlined
def _alone(i: int, s: Any, p: Any) -> int:
    """The kind of an unused vehicle by which an item would cost less than the best place so far, or -1."""
    item = s.item[i]
    one = p.node[item.first]
    dims = p.give.shape[1]
    chosen = -1
    for k in range(len(p.kind)):
        kind = p.kind[k]
        if s.used[k] >= kind.count or not p.allowed[k, i]:
            continue
        last = p.node[item.last]
        metres = p.dist[kind.home, one.place] + p.dist[last.place, kind.home]
        if item.first != item.last:
            metres += p.dist[one.place, last.place]
        cost = metres * kind.unit + kind.fixed
        if cost >= s.best[0]:
            continue
        fits = True
        for q in range(dims):
            fits &= max(p.give[item.first, q], p.take[item.first, q]) <= p.capacity[k, q]
        clock = max(kind.opens, one.release)
        fits &= clock <= kind.closes + EPS
        clock = max(clock + kind.loading + p.time[kind.home, one.place], one.opens)
        fits &= clock <= one.closes + EPS
        clock += one.service
        if item.first != item.last:
            clock = max(clock + p.time[one.place, last.place], last.opens)
            fits &= clock <= last.closes + EPS
            clock += last.service
        if fits and clock + p.time[last.place, kind.home] <= kind.closes + EPS:
            s.best[0] = cost
            chosen = k
    return chosen


@inlined
def _insert(i: int, s: Any, p: Any) -> bool:
    """An item where it costs least; False where it fits nowhere, or costs less aside."""
    item = s.item[i]
    s.best[0] = item.price
    s.place[0] = -1
    if item.first == item.last:
        _job(i, s, p)
    else:
        _pair(i, s, p)
    k = _alone(i, s, p)
    depot = len(p.node)
    if k >= 0:
        r = 0
        while s.route[r].kind >= 0:
            r += 1
        touch(r, s)
        begin(r, k, s, p)
        x, how, z = 0, JOIN, 0
    elif s.place[0] >= 0:
        r, x, how, z = s.place[0], s.place[1], s.place[2], s.place[3]
        touch(r, s)
    else:
        return False
    if item.first != item.last:
        put(r, z, item.last, s)
    if how == END:
        put(r, x, depot, s)
    put(r, x, item.first, s)
    if how == BEGIN:
        put(r, x, depot, s)
    refresh(r, s, p)
    if p.paired:
        aboard(r, s, p)
    return True


@compiled
def _mark(i: int, s: Any) -> None:
    item = s.item[i]
    if item.out == 0:
        item.out = 1
        item.old_aside = item.aside
        s.removed[s.count[REMOVED]] = i
        s.count[REMOVED] += 1


@inlined
def _ruin(s: Any, p: Any) -> None:
    """Mark strings of stops near each other, one of each route."""
    depot = len(p.node)
    routes = 0
    stops = 0
    for r in range(len(s.route)):
        if s.route[r].kind >= 0:
            routes += 1
            stops += s.route[r].stops
    if routes == 0:
        return
    longest = min(LONGEST, stops / routes)
    strings = int(np.floor(1.0 + np.random.random() * (4.0 * REMOVE / (1.0 + longest) - 1.0)))
    seed = np.random.randint(depot)
    taken = 0
    for z in range(-1, p.near.shape[1]):
        if taken >= strings:
            break
        c = seed if z < 0 else p.near[seed, z]
        r = s.of[c]
        if r < 0 or s.item[p.node[c].whose].out or s.route[r].ruined == s.count[STAMP]:
            continue
        s.route[r].ruined = s.count[STAMP]
        taken += 1
        touch(r, s)
        size = s.route[r].stops
        m = int(np.floor(1.0 + np.random.random() * min(float(size), longest)))
        kept = 0
        if m > 1 and m < size and np.random.random() < SPLIT:
            kept = 1
            while m + kept < size and np.random.random() > KEEP:
                kept += 1
        span = m + kept
        index = 0  # of the stop among the stops of the route
        for x in range(1, s.where[c]):
            index += s.row[r, x] != depot
        low, high = max(0, index - span + 1), min(index, size - span)
        start = low + np.random.randint(high - low + 1)
        skip = start + 1 + np.random.randint(m) if kept else start + span
        number = 0
        for x in range(1, s.route[r].length - 1):
            w = s.row[r, x]
            if w == depot:
                continue
            if start <= number < start + span and not skip <= number < skip + kept:
                _mark(p.node[w].whose, s)
            number += 1


@inlined
def _order(s: Any) -> None:
    """What is put back first: at random, the largest, the farthest, the nearest to a depot, the narrowest or earliest window."""
    how = np.random.randint(17)
    for a in range(s.count[REMOVED]):
        i = s.removed[a]
        item = s.item[i]
        if how < 4:
            rank = np.random.random()
        elif how < 8:
            rank = -item.demand
        elif how < 10:
            rank = -item.away
        elif how < 11:
            rank = item.away
        elif how < 13:
            rank = item.closes - item.opens
        elif how < 15:
            rank = item.opens
        else:
            rank = -item.closes
        b = a
        while b > 0 and s.rank[b - 1] > rank:
            s.rank[b] = s.rank[b - 1]
            s.removed[b] = s.removed[b - 1]
            b -= 1
        s.rank[b] = rank
        s.removed[b] = i


@compiled
def _step(s: Any, p: Any, heat: float) -> bool:
    """One iteration from state s; whether it was accepted."""
    s.count[STAMP] += 1
    s.count[TOUCHED] = s.count[REMOVED] = 0
    cost = s.cost[0]
    for z in range(s.count[ASIDES]):
        _mark(s.asides[z], s)
    _ruin(s, p)
    for z in range(s.count[REMOVED]):
        item = s.item[s.removed[z]]
        if item.aside:
            item.aside = 0
            s.cost[0] -= item.price
    for z in range(s.count[TOUCHED]):
        r = s.list[z]
        purge(r, s, p)
        if p.paired and s.route[r].kind >= 0:
            aboard(r, s, p)
    _order(s)
    limit = cost - heat * np.log(np.random.random())
    for z in range(s.count[REMOVED]):
        i = s.removed[z]
        s.item[i].out = 0
        if s.cost[0] >= limit or not _insert(i, s, p):
            s.item[i].aside = 1
            s.cost[0] += s.item[i].price
    good = s.cost[0] < limit
    for z in range(s.count[TOUCHED]):
        good &= s.route[s.list[z]].kind < 0 or s.route[s.list[z]].wrong == 0
    if not good:
        restore(s, p, cost)
        return False
    s.count[ASIDES] = 0
    for z in range(s.count[REMOVED]):
        i = s.removed[z]
        if s.item[i].aside:
            s.asides[s.count[ASIDES]] = i
            s.count[ASIDES] += 1
    return True


@compiled
def anneal_trips(s: Any, best: Any, p: Any, iterations: int, heat: float, seed: int) -> int:
    """Some iterations from state s; how many bettered `best`."""
    np.random.seed(seed)
    better = 0
    for _ in range(iterations):
        if _step(s, p, heat) and s.cost[0] < best.cost[0] - 1e-7:
            better += 1
            keep(s, best)
    return better


@compiled
def squeeze(s: Any, p: Any, iterations: int, heat: float, growth: float, seed: int) -> int:
    """Iterations until nothing is aside, at most so many; how many. The price of what is aside grows by `growth` in each."""
    np.random.seed(seed)
    for number in range(iterations):
        if s.count[ASIDES] == 0:
            return number
        _step(s, p, heat)
        for z in range(s.count[ASIDES]):
            s.item[s.asides[z]].price += growth
            s.cost[0] += growth
    return iterations
