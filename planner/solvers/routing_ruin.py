"""Slack induction by string removals, compiled (Christiaens and Vanden Berghe, Transportation Science 54, 2020), extended by
time windows, patterns of days, several kinds of vehicles, pickups, depots with a cost and a capacity.

One iteration takes strings of neighbouring visits out of routes near each other, every visit of the items concerned with
them, and puts each item back by the pattern whose cheapest places cost least in sum (each place is passed over with a
small probability). Places are looked for beside the nearest items only, and beside a depot that is as near, so that an
iteration costs the same on a hundred stops as on a thousand. Each place is judged in constant time: what leads to a node
and what follows it (earliest and latest start, least duration, highest load) is kept with it. Simulated annealing says
whether the outcome is kept; an iteration ends as soon as it costs more than can be accepted; else only the routes touched are
restored. Items without a feasible place wait aside at a price. Between two iterations the ends of two routes may be exchanged
(`routing_tails`), on days where that helps.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.solvers.routing_ruin_routes import (
    ASIDES,
    REMOVED,
    ROUTES,
    SAVED,
    STAMP,
    TOP,
    TOUCHED,
    VISITS,
    assign,
    compiled,
    copy,
    fits,
    inlined,
    lasting,
    put_in,
    refresh,
    restore,
    take_out,
    time_price,
    turn,
)
from planner.solvers.routing_tails import exchange

__all__ = ["anneal", "assign"]

LONGEST = 10.0  # most visits of a string
SPLIT = 0.5  # share of strings that keep some visits inside
KEEP = 0.99  # probability that one more visit is kept inside
MOVE = 0.15  # share of iterations in which what is taken out may not keep its pattern: neighbours change days together
CLOSE = 0.02  # share of iterations that empty a depot with a cost, or move one's routes to another
INF = np.inf


@inlined
def _larger(i: int, r: int, s: Any, p: Any) -> int:
    """The free kind that would carry a route and item i at least cost, or -1; remembered for the item."""
    route = s.route[r]
    ask = s.count[STAMP] * (len(s.item) + 1) + i + 1
    if route.larger == ask:
        return int(route.larger_kind)
    route.larger = ask
    route.larger_kind = -1
    least = INF
    now = p.kind[route.kind]
    for k in range(len(p.kind)):
        kind = p.kind[k]
        if kind.frame != now.frame or k == route.kind or s.used[k] >= kind.count:
            continue
        holds = True
        for q in range(p.amount.shape[1]):
            holds &= s.load[r, q] + p.amount[i, q] <= p.capacity[k, q]
        more = kind.fixed - now.fixed + (kind.unit - now.unit) * route.metres
        if holds and more < least:
            least = more
            route.larger_kind = k
            route.larger_cost = more
    return int(route.larger_kind)


@inlined
def _try(i: int, d: int, g: int, r: int, u: int, k: int, turned: float, s: Any, p: Any) -> None:
    """Whether after node u of route r is the best place so far for a visit of item i."""
    node = s.node
    v = node[u].nxt
    a = node[u]
    b = node[v]
    kind = p.kind[k]
    more = (p.dist_in[i, a.at] + p.dist[i, b.at] - b.into) * kind.unit + turned
    if more >= s.best[g, d]:
        return
    if p.windows:
        one = s.item[i]
        start = max(one.opens, a.early + a.service + p.time_in[i, a.at])
        if start > one.closes + 1e-9 or start + one.service + p.time[i, b.at] > b.late + 1e-9:
            return
        if p.lasting:
            lasts = lasting(u, i, v, s, p)
            if lasts > kind.longest + 1e-9:
                return
            more += time_price(k, lasts, p) - time_price(k, s.route[r].lasts, p)
            if more >= s.best[g, d]:
                return
    elif p.lasting:
        lasts = s.route[r].lasts + p.time_in[i, a.at] + p.time[i, b.at] - p.time[a.at, b.at] + s.item[i].service
        if lasts > kind.longest + 1e-9:
            return
        more += time_price(k, lasts, p) - time_price(k, s.route[r].lasts, p)
        if more >= s.best[g, d]:
            return
    if p.both:
        for q in range(p.amount.shape[1]):
            if s.peak_before[u, q] + p.delivery[i, q] > p.capacity[k, q] or s.peak_after[u, q] + p.pickup[i, q] > p.capacity[k, q]:
                return
    if np.random.random() < p.blink:
        return
    s.best[g, d] = more
    s.best_route[g, d] = r * len(p.kind) + k
    s.best_after[g, d] = u


@inlined
def _who(i: int, r: int, banned: int, grow: bool, s: Any, p: Any) -> int:
    """The kind that would drive route r with item i in it: its own, a larger one (if it may `grow`), or -1."""
    k = s.route[r].kind
    if not p.allowed[k, i]:
        return -1
    o = p.kind[k].depot
    if o == banned or (p.located and s.stock[o] + p.amount[i, 0] > p.depot_capacity[o]):
        return -1
    if p.both:
        return int(k)
    for q in range(p.amount.shape[1]):
        if s.load[r, q] + p.amount[i, q] > p.capacity[k, q]:
            return _larger(i, r, s, p) if p.mixed and grow else -1
    return int(k)


@inlined
def _places(i: int, banned: int, grow: bool, s: Any, p: Any) -> None:
    """The best place of item i on each day it needs, in a route there is."""
    node = s.node
    visits = len(s.item) * p.days
    for z in range(p.near.shape[1]):
        j = p.near[i, z]
        for d in range(p.days):
            w = j * p.days + d
            r = node[w].route
            if r < 0 or not p.needs[i, d]:
                continue
            k = _who(i, r, banned, grow, s, p)
            if k < 0:
                continue
            g = p.kind[k].depot if p.one_depot else 0
            turned = s.route[r].larger_cost if k != s.route[r].kind else 0.0
            for side in range(2):
                u = w if side == 0 else node[w].prv
                if side == 0 or u >= visits or not p.full:
                    _try(i, d, g, r, u, k, turned, s, p)
    if p.full:
        return
    for r in range(s.count[TOP]):
        if s.route[r].kind < 0:
            continue
        kind = p.kind[s.route[r].kind]
        if not p.needs[i, kind.day] or not p.near_depot[i, kind.depot]:
            continue
        k = _who(i, r, banned, grow, s, p)
        if k < 0:
            continue
        g = kind.depot if p.one_depot else 0
        turned = s.route[r].larger_cost if k != s.route[r].kind else 0.0
        for side in range(2):
            u = visits + 2 * r if side == 0 else node[visits + 2 * r + 1].prv
            _try(i, kind.day, g, r, u, k, turned, s, p)


@inlined
def _new_routes(i: int, banned: int, s: Any, p: Any) -> None:
    """Whether a vehicle of its own is better for a visit of item i."""
    if s.count[ROUTES] >= len(s.route):
        return
    one = s.item[i]
    for k in range(len(p.kind)):
        kind = p.kind[k]
        d = kind.day
        o = kind.depot
        if not p.needs[i, d] or s.used[k] >= kind.count or not p.allowed[k, i] or o == banned:
            continue
        g = o if p.one_depot else 0
        more = (p.dist_in[i, kind.home] + p.dist[i, kind.home]) * kind.unit + kind.fixed
        if s.open[o] == 0:
            more += p.depot_cost[o]
        if more >= s.best[g, d] or (p.located and s.stock[o] + p.amount[i, 0] > p.depot_capacity[o]):
            continue
        holds = True
        for q in range(p.amount.shape[1]):
            holds &= max(p.delivery[i, q], p.pickup[i, q]) <= p.capacity[k, q]
        leave = kind.opens + kind.service
        start = max(one.opens, leave + p.time_in[i, kind.home])
        if not holds or start > one.closes + 1e-9 or start + one.service + p.time[i, kind.home] > kind.closes + 1e-9:
            continue
        if p.lasting:
            lasts = kind.service + p.time_in[i, kind.home] + one.service + p.time[i, kind.home]
            lasts += max(0.0, one.opens - kind.closes - kind.service - p.time_in[i, kind.home])
            more += time_price(k, lasts, p)
            if lasts > kind.longest + 1e-9 or more >= s.best[g, d]:
                continue
        s.best[g, d] = more
        s.best_route[g, d] = -1 - k


@inlined
def _insert(i: int, banned: int, grow: bool, move: bool, s: Any, p: Any) -> bool:
    """An item by its cheapest pattern, False where none fits, or costs less than leaving it aside. `banned`: a depot not to use;
    `grow`: routes may change to larger vehicles; `move`: not by the pattern it had, where it has others.
    """
    s.best[:] = INF
    _places(i, banned, grow, s, p)
    _new_routes(i, banned, s, p)
    chosen = -1
    group = 0
    least = s.item[i].price
    left = s.item[i].old_chosen if move and s.item[i].last - s.item[i].first > 1 else -1
    for a in range(s.item[i].first, s.item[i].last):
        if a == left:
            continue
        for g in range(len(s.best)):
            total = 0.0
            for d in range(p.days):
                if p.pattern[a] >> d & 1:
                    total += s.best[g, d]
            if total < least and (chosen < 0 or np.random.random() > p.blink):
                least = total
                chosen = a
                group = g
    if chosen < 0:
        return False
    for d in range(p.days):
        if p.pattern[chosen] >> d & 1:
            r = s.best_route[group, d]
            if r < 0:
                put_in(i, d, -1, -1, -1 - r, s, p)
            else:
                put_in(i, d, r // len(p.kind), s.best_after[group, d], r % len(p.kind), s, p)
    s.item[i].chosen = chosen
    return True


@compiled
def _mark(i: int, s: Any) -> None:
    item = s.item[i]
    if item.out == 0:
        item.out = 1
        item.old_chosen = item.chosen
        item.old_aside = item.aside
        s.removed[s.count[REMOVED]] = i
        s.count[REMOVED] += 1


@inlined
def _ruin(s: Any, p: Any) -> int:
    """Mark what is taken out; the depot not to use while it is put back, or -1."""
    n = len(s.item)
    node = s.node
    depots = len(p.depot_cost)
    if p.located and depots > 1 and np.random.random() < CLOSE:
        o = np.random.randint(depots)
        if s.open[o] > 0:
            for w in range(n * p.days):
                r = node[w].route
                if r >= 0 and p.kind[s.route[r].kind].depot == o:
                    _mark(w // p.days, s)
            return o
    if s.count[ROUTES] == 0:
        return -1
    longest = min(LONGEST, s.count[VISITS] / s.count[ROUTES])
    strings = int(np.floor(1.0 + np.random.random() * (4.0 * p.removed / (1.0 + longest) - 1.0)))
    seed = np.random.randint(n)
    taken = 0
    for z in range(-1, p.round.shape[1]):
        if taken >= strings:
            break
        c = seed if z < 0 else p.round[seed, z]
        if s.item[c].out:
            continue
        count = 0
        r = -1
        at = -1
        for d in range(p.days):  # one of its visits, any with the same probability
            w = c * p.days + d
            if node[w].route >= 0:
                count += 1
                if count == 1 or np.random.random() * count < 1.0:
                    r = node[w].route
                    at = w
        if r < 0 or s.route[r].ruined == s.count[STAMP]:
            continue
        size = s.route[r].length
        m = int(np.floor(1.0 + np.random.random() * min(float(size), longest)))
        kept = 0
        if m > 1 and m < size and np.random.random() < SPLIT:
            kept = 1
            while m + kept < size and np.random.random() > KEEP:
                kept += 1
        span = m + kept
        first = n * p.days + 2 * r
        back = np.random.randint(span)  # visits of the string before this one, as far as there are
        w = at
        while back > 0 and node[w].prv != first:
            w = node[w].prv
            back -= 1
        v = w
        for _ in range(span - 1):  # the end of the route is too near: begin earlier
            if node[v].nxt == first + 1:
                if node[w].prv == first:
                    break
                w = node[w].prv
            else:
                v = node[v].nxt
        skip = 1 + np.random.randint(m) if kept else span
        for a in range(span):
            if w == first + 1:
                break
            if not skip <= a < skip + kept:
                _mark(node[w].at, s)
            w = node[w].nxt
        s.route[r].ruined = s.count[STAMP]
        taken += 1
    return -1


@inlined
def _order(s: Any, p: Any) -> None:
    """What is put back first: at random, the largest, the farthest, the nearest to a depot, the narrowest or earliest window."""
    how = np.random.randint(17 if p.windows else 11)
    for a in range(s.count[REMOVED]):
        item = s.item[s.removed[a]]
        if how < 4:
            rank = np.random.random()
        elif how < 8:
            rank = -item.demand * item.most
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
        i = s.removed[a]
        while b > 0 and s.rank[b - 1] > rank:
            s.rank[b] = s.rank[b - 1]
            s.removed[b] = s.removed[b - 1]
            b -= 1
        s.rank[b] = rank
        s.removed[b] = i


@compiled
def _suit(s: Any, p: Any) -> None:
    """The routes touched by the cheapest kinds of their frame: a free one, or the one of another of them."""
    for z in range(s.count[TOUCHED]):
        r = s.list[z]
        route = s.route[r]
        if route.kind < 0:
            continue
        now = p.kind[route.kind]
        least = -1e-7
        chosen = -1
        for k in range(len(p.kind)):
            kind = p.kind[k]
            if kind.frame != now.frame or k == route.kind or s.used[k] >= kind.count:
                continue
            more = kind.fixed - now.fixed + (kind.unit - now.unit) * route.metres
            if more < least and fits(r, k, s, p):
                least = more
                chosen = k
        if chosen >= 0:
            turn(r, chosen, s, p)
        for y in range(z):
            t = s.list[y]
            other = s.route[t]
            if other.kind < 0 or other.kind == route.kind or p.kind[other.kind].frame != p.kind[route.kind].frame:
                continue
            a, b = route.kind, other.kind
            if (p.kind[b].unit - p.kind[a].unit) * (route.metres - other.metres) < -1e-7 and fits(r, b, s, p) and fits(t, a, s, p):
                turn(r, b, s, p)
                turn(t, a, s, p)


@inlined
def _keep(s: Any, best: Any) -> None:
    copy(s.node.nxt, best.nxt)
    copy(s.route.kind, best.kind)
    copy(s.item.chosen, best.chosen)
    copy(s.item.aside, best.aside)
    best.cost[0] = s.cost[0]


@compiled
def anneal(s: Any, best: Any, p: Any, iterations: int, hot: float, cold: float, seed: int) -> int:
    """Some iterations from state s, temperatures from hot to cold; how many bettered `best`."""
    np.random.seed(seed)
    better = 0
    for number in range(iterations):
        heat = hot * (cold / hot) ** (number / iterations)
        if p.tails >= 0.0 and exchange(s, p, p.tails * heat) and s.cost[0] < best.cost[0] - 1e-7:
            better += 1
            _keep(s, best)
        s.count[STAMP] += 1
        s.count[TOUCHED] = s.count[REMOVED] = s.count[SAVED] = 0
        copy(s.used, s.old_used)
        copy(s.open, s.old_open)
        copy(s.stock, s.old_stock)
        top, routes, visits, cost = s.count[TOP], s.count[ROUTES], s.count[VISITS], s.cost[0]
        for z in range(s.count[ASIDES]):
            _mark(s.asides[z], s)
        banned = _ruin(s, p)
        move = p.days > 1 and np.random.random() < MOVE
        _order(s, p)
        for z in range(s.count[REMOVED]):
            i = s.removed[z]
            if s.item[i].aside:
                s.item[i].aside = 0
                s.cost[0] -= s.item[i].price
            else:
                take_out(i, s, p)
        if p.windows or p.both:
            for z in range(s.count[TOUCHED]):
                if s.route[s.list[z]].kind >= 0:
                    refresh(s.list[z], s, p)
        while s.count[TOP] > 0 and s.route[s.count[TOP] - 1].kind < 0:
            s.count[TOP] -= 1
        grow = True
        if p.mixed:  # a larger vehicle costs less than one more, item by item, though not always for all items together
            how = np.random.randint(3)
            grow = how < 2
            if how > 0:
                _suit(s, p)
        limit = cost - heat * np.log(np.random.random())
        asides = 0
        for z in range(s.count[REMOVED]):
            i = s.removed[z]
            s.item[i].out = 0
            placed = False
            for again in range(1 if grow else 2):
                if not placed and not (p.rising and s.cost[0] >= limit):
                    placed = _insert(i, banned, grow or again == 1, move, s, p)
            if not placed:
                s.item[i].aside = 1
                s.cost[0] += s.item[i].price
                asides += 1
        if p.mixed:
            _suit(s, p)
        good = s.cost[0] < limit
        if p.windows:
            for z in range(s.count[TOUCHED]):
                good &= s.route[s.list[z]].kind < 0 or s.route[s.list[z]].late == 0
        if not good:
            restore(s, p)
            s.count[TOP], s.count[ROUTES], s.count[VISITS], s.cost[0] = top, routes, visits, cost
            continue
        s.count[ASIDES] = 0
        for z in range(s.count[REMOVED]):
            i = s.removed[z]
            if s.item[i].aside:
                s.item[i].chosen = -1
                s.asides[s.count[ASIDES]] = i
                s.count[ASIDES] += 1
        if s.cost[0] < best.cost[0] - 1e-7:
            better += 1
            _keep(s, best)
    return better
