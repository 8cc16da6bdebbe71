"""Routes of `routing_ruin`, compiled: visits taken out and put in, what is kept with each node, going back.

Reference counts cost thirty times what the search itself does, so these functions are compiled without (they make no arrays).
What numba keeps on disk is renewed by changes of a function's own file only: after a change here, touch `routing_ruin.py` too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

STAMP, TOUCHED, REMOVED, TOP, SAVED, ROUTES, VISITS, ASIDES = range(8)  # of State.count

F = TypeVar("F", bound=Callable[..., Any])
_UNCOUNTED: dict[str, Any] = {"_nrt": False}


def compiled(function: F) -> F:
    """Compiled to run beside other threads, kept on disk."""
    made: F = njit(cache=True, nogil=True, **_UNCOUNTED)(function)
    return made


def inlined(function: F) -> F:
    """Compiled into each of its callers: a call with a whole problem and state costs more than most of these do."""
    made: F = njit(inline="always", **_UNCOUNTED)(function)
    return made


@inlined
def copy(source: Any, target: Any) -> None:
    """An array into another; an assignment of slices would allocate, which compiled code without reference counts cannot."""
    for z in range(len(target)):
        target[z] = source[z]


@inlined
def fits(r: int, k: int, s: Any, p: Any) -> bool:
    """Whether a vehicle of kind k holds what route r carries."""
    holds = True
    for q in range(p.amount.shape[1]):
        holds &= s.load[r, q] <= p.capacity[k, q]
    return holds


@compiled
def touch(r: int, s: Any) -> None:
    """Remember a route as it was before the iteration."""
    route = s.route[r]
    if route.touched == s.count[STAMP]:
        return
    route.touched = s.count[STAMP]
    s.list[s.count[TOUCHED]] = r
    s.count[TOUCHED] += 1
    route.saved_kind = route.kind
    route.saved_length = route.length
    route.saved = s.count[SAVED]
    if route.kind >= 0:
        first = len(s.node) - 2 * len(s.route) + 2 * r
        w = s.node[first].nxt
        at = s.count[SAVED]
        while w != first + 1:
            s.saved[at] = w
            at += 1
            w = s.node[w].nxt
        s.count[SAVED] = at


@inlined
def time_price(k: int, lasts: float, p: Any) -> float:
    kind = p.kind[k]
    return float(kind.second * lasts + kind.over * max(0.0, lasts - kind.duty))


@compiled
def refresh(r: int, s: Any, p: Any) -> None:
    """What leads to each node of a route and what follows it; `late` where the route cannot be driven."""
    node = s.node
    route = s.route[r]
    first = len(node) - 2 * len(s.route) + 2 * r
    last = first + 1
    if p.both:
        for d in range(p.amount.shape[1]):
            load = 0.0
            w = node[first].nxt
            while w != last:
                load += p.delivery[node[w].at, d]
                w = node[w].nxt
            peak = load
            s.peak_before[first, d] = peak
            w = node[first].nxt
            while w != last:
                i = node[w].at
                load += p.pickup[i, d] - p.delivery[i, d]
                peak = max(peak, load)
                s.peak_before[w, d] = peak
                w = node[w].nxt
            s.load[r, d] = peak
            peak = load
            w = node[last].prv
            while True:
                s.peak_after[w, d] = peak
                if w == first:
                    break
                i = node[w].at
                load += p.delivery[i, d] - p.pickup[i, d]
                peak = max(peak, load)
                w = node[w].prv
    if not p.windows:
        return
    route.late = 0
    here = node[first]
    here.early = here.opens
    w = here.nxt
    u = first
    while True:
        there = node[w]
        there.early = max(node[u].early + node[u].service + there.lead, there.opens)
        if there.early > there.closes + 1e-9:
            route.late = 1
        if w == last:
            break
        u = w
        w = there.nxt
    here = node[last]
    here.late = here.closes
    w = last
    while w != first:
        u = node[w].prv
        there = node[u]
        there.late = min(there.closes, node[w].late - there.service - node[w].lead)
        w = u
    if p.lasting:
        a = s.span[first]
        a.head, a.head_early, a.head_late = node[first].service, node[first].opens, node[first].closes
        a = s.span[last]
        a.tail, a.tail_early, a.tail_late = 0.0, node[last].opens, node[last].closes
        spans(r, first, last, s, p)


@inlined
def renew(w: int, r: int, s: Any, p: Any) -> None:
    """What `refresh` keeps, where nothing of a route has changed but that node w was put in: as far as it makes a difference."""
    node = s.node
    route = s.route[r]
    first = len(node) - 2 * len(s.route) + 2 * r
    last = first + 1
    if p.both or route.late:
        refresh(r, s, p)
        return
    u = node[w].prv
    z = w
    while True:
        there = node[z]
        early = max(node[u].early + node[u].service + there.lead, there.opens)
        if z != w and early == there.early:
            break
        there.early = early
        if early > there.closes + 1e-9:
            route.late = 1
        if z == last:
            break
        u = z
        z = there.nxt
    v = node[w].nxt
    z = w
    while True:
        there = node[z]
        late = min(there.closes, node[v].late - there.service - node[v].lead)
        if z != w and late == there.late:
            break
        there.late = late
        if z == first:
            break
        v = z
        z = there.prv
    if p.lasting:
        spans(r, node[w].prv, node[w].nxt, s, p)


@inlined
def spans(r: int, since: int, until: int, s: Any, p: Any) -> None:
    """Least durations from the start to each node after `since`, and from each node before `until` to the end, with the departures they
    allow; and of the route, with its price.
    """
    node, span, route = s.node, s.span, s.route[r]
    first = len(node) - 2 * len(s.route) + 2 * r
    last = first + 1
    u = since
    while u != last:
        w = node[u].nxt
        a, b, x = span[u], span[w], node[w]
        way = a.head + x.lead
        wait = max(0.0, x.opens - way - a.head_late)
        b.head = way + wait + x.service
        b.head_early = max(x.opens - way, a.head_early) - wait
        b.head_late = min(x.closes - way, a.head_late)
        u = w
    w = until
    while w != first:
        u = node[w].prv
        a, b, x = span[u], span[w], node[u]
        way = x.service + node[w].lead
        wait = max(0.0, b.tail_early - way - x.closes)
        a.tail = b.tail + way + wait
        a.tail_early = max(b.tail_early - way, x.opens) - wait
        a.tail_late = min(b.tail_late - way, x.closes)
        w = u
    lasts = span[last].head
    s.cost[0] += time_price(route.kind, lasts, p) - time_price(route.kind, route.lasts, p)
    route.lasts = lasts
    if lasts > p.kind[route.kind].longest + 1e-9:
        route.late = 1


@inlined
def lasting(u: int, i: int, v: int, s: Any, p: Any) -> float:
    """Least duration of a route with item i between nodes u and v (which is in time)."""
    a, b, node = s.span[u], s.span[v], s.node
    one = s.item[i]
    way = a.head + p.time[node[u].at, i]
    wait = max(0.0, one.opens - way - a.head_late)
    lasts = way + wait + one.service
    late = min(one.closes - way, a.head_late)
    way = lasts + p.time[i, node[v].at]
    wait = max(0.0, b.tail_early - way - late)
    return float(way + wait + b.tail)


@inlined
def take_out(i: int, s: Any, p: Any) -> None:
    """Every visit of an item; routes with windows or pickups are to be refreshed afterwards."""
    node = s.node
    for d in range(p.days):
        w = i * p.days + d
        one = node[w]
        r = one.route
        if r < 0:
            continue
        touch(r, s)
        route = s.route[r]
        k = route.kind
        kind = p.kind[k]
        u, v = one.prv, one.nxt
        arc = p.dist[node[u].at, node[v].at]
        less = one.into + node[v].into - arc
        node[u].nxt = v
        node[v].prv = u
        node[v].into = arc
        if p.windows:
            node[v].lead = p.time[node[u].at, node[v].at]
        one.route = -1
        route.metres -= less
        s.cost[0] -= kind.unit * less
        if not p.both:
            for q in range(p.amount.shape[1]):
                s.load[r, q] -= p.amount[i, q]
        if p.located:
            s.stock[kind.depot] -= p.amount[i, 0]
        if p.lasting and not p.windows:
            lasts = route.lasts - (p.time[node[u].at, i] + p.time[i, node[v].at] - p.time[node[u].at, node[v].at] + one.service)
            s.cost[0] += time_price(k, lasts, p) - time_price(k, route.lasts, p)
            route.lasts = lasts
        route.length -= 1
        s.count[VISITS] -= 1
        if route.length == 0:
            end(r, s, p)


@inlined
def end(r: int, s: Any, p: Any) -> None:
    """An empty route is given up."""
    route = s.route[r]
    k = route.kind
    kind = p.kind[k]
    s.used[k] -= 1
    s.count[ROUTES] -= 1
    s.cost[0] -= kind.fixed + time_price(k, route.lasts, p) + kind.unit * route.metres
    s.open[kind.depot] -= 1
    if s.open[kind.depot] == 0:
        s.cost[0] -= p.depot_cost[kind.depot]
    route.kind = -1
    route.lasts = 0.0
    route.metres = 0.0
    s.load[r, :] = 0.0


@compiled
def frame(r: int, k: int, s: Any, p: Any) -> None:
    """An empty route for a vehicle of kind k; nothing is counted."""
    node = s.node
    first = len(node) - 2 * len(s.route) + 2 * r
    kind = p.kind[k]
    for w in (first, first + 1):
        one = node[w]
        one.at, one.opens, one.closes, one.service, one.into, one.lead, one.route = kind.home, kind.opens, kind.closes, 0.0, 0.0, 0.0, r
    node[first].service = kind.service
    node[first].nxt = first + 1
    node[first + 1].prv = first
    route = s.route[r]
    route.kind = k
    route.length = 0
    route.metres = 0.0
    route.lasts = kind.service if p.lasting and not p.windows else 0.0
    s.load[r, :] = 0.0


@compiled
def put_in(i: int, d: int, r: int, u: int, k: int, s: Any, p: Any) -> None:
    """A visit after node u of a route, or (r < 0) alone in a new one for a vehicle of kind k."""
    node = s.node
    new = r < 0
    if new:
        r = 0
        while s.route[r].kind >= 0:
            r += 1
        touch(r, s)
        frame(r, k, s, p)
        kind = p.kind[k]
        s.used[k] += 1
        s.count[ROUTES] += 1
        s.cost[0] += kind.fixed + time_price(k, s.route[r].lasts, p)
        if s.open[kind.depot] == 0:
            s.cost[0] += p.depot_cost[kind.depot]
        s.open[kind.depot] += 1
        s.count[TOP] = max(s.count[TOP], r + 1)
        u = len(node) - 2 * len(s.route) + 2 * r
    else:
        touch(r, s)
        if s.route[r].kind != k:
            turn(r, k, s, p)
    route = s.route[r]
    kind = p.kind[k]
    w = i * p.days + d
    one = node[w]
    v = node[u].nxt
    a, b = p.dist[node[u].at, i], p.dist[i, node[v].at]
    more = a + b - node[v].into
    one.prv, one.nxt, one.route, one.into = u, v, r, a
    node[u].nxt = w
    node[v].prv = w
    node[v].into = b
    if p.windows:
        one.lead, node[v].lead = p.time[node[u].at, i], p.time[i, node[v].at]
    route.metres += more
    s.cost[0] += kind.unit * more
    for q in range(p.amount.shape[1]):
        s.load[r, q] += p.amount[i, q]
    if p.located:
        s.stock[kind.depot] += p.amount[i, 0]
    if p.lasting and not p.windows:
        lasts = route.lasts + (p.time[node[u].at, i] + p.time[i, node[v].at] - p.time[node[u].at, node[v].at] + one.service)
        s.cost[0] += time_price(k, lasts, p) - time_price(k, route.lasts, p)
        route.lasts = lasts
    route.length += 1
    s.count[VISITS] += 1
    if p.windows and not new:
        renew(w, r, s, p)
    elif p.windows or p.both:
        refresh(r, s, p)


@compiled
def turn(r: int, k: int, s: Any, p: Any) -> None:
    """Another kind of the same frame drives a route."""
    route = s.route[r]
    s.used[route.kind] -= 1
    s.used[k] += 1
    s.cost[0] += p.kind[k].fixed - p.kind[route.kind].fixed + (p.kind[k].unit - p.kind[route.kind].unit) * route.metres
    route.kind = k


@compiled
def link(r: int, k: int, visits: Any, s: Any, p: Any) -> None:
    """A route of these nodes; nothing is counted but the time price, where there are windows."""
    node = s.node
    frame(r, k, s, p)
    route = s.route[r]
    u = len(node) - 2 * len(s.route) + 2 * r
    last = u + 1
    for z in range(len(visits) + 1):
        w = visits[z] if z < len(visits) else last
        one = node[w]
        one.prv, one.route = u, r
        node[u].nxt = w
        one.into = p.dist[node[u].at, one.at]
        if p.windows:
            one.lead = p.time[node[u].at, one.at]
        route.metres += one.into
        if z < len(visits) and not p.both:
            for q in range(p.amount.shape[1]):
                s.load[r, q] += p.amount[one.at, q]
        if p.lasting and not p.windows:
            route.lasts += p.time[node[u].at, one.at] + one.service
        u = w
    route.length = len(visits)
    if p.windows or p.both:
        refresh(r, s, p)


@compiled
def restore(s: Any, p: Any) -> None:
    """Everything as before the iteration, but for the cost."""
    node = s.node
    for z in range(s.count[REMOVED]):
        i = s.removed[z]
        item = s.item[i]
        item.chosen, item.aside = item.old_chosen, item.old_aside
        for d in range(p.days):
            node[i * p.days + d].route = -1
    copy(s.old_used, s.used)
    copy(s.old_open, s.open)
    copy(s.old_stock, s.stock)
    for z in range(s.count[TOUCHED]):
        r = s.list[z]
        route = s.route[r]
        if route.saved_kind < 0:
            route.kind = -1
            route.length = 0
            route.lasts = 0.0
            route.metres = 0.0
            continue
        link(r, route.saved_kind, s.saved[route.saved : route.saved + route.saved_length], s, p)


@compiled
def assign(best: Any, s: Any, p: Any) -> None:
    """A state that is the best one."""
    node = s.node
    visits = len(s.item) * p.days
    s.count[TOP] = s.count[ROUTES] = s.count[VISITS] = s.count[ASIDES] = 0
    s.used[:] = 0
    s.open[:] = 0
    s.stock[:] = 0.0
    cost = 0.0
    for i in range(len(s.item)):
        s.item[i].chosen, s.item[i].aside, s.item[i].out = best.chosen[i], best.aside[i], 0
        if best.aside[i]:
            s.asides[s.count[ASIDES]] = i
            s.count[ASIDES] += 1
            cost += s.item[i].price
    for w in range(visits):
        node[w].route = -1
    row = s.saved
    for r in range(len(s.route)):
        route = s.route[r]
        route.kind, route.length, route.lasts, route.metres = -1, 0, 0.0, 0.0
        k = best.kind[r]
        if k < 0:
            continue
        length = 0
        w = best.nxt[visits + 2 * r]
        while w != visits + 2 * r + 1:
            row[length] = w
            length += 1
            w = best.nxt[w]
        link(r, k, row[:length], s, p)
        kind = p.kind[k]
        s.used[k] += 1
        s.open[kind.depot] += 1
        s.count[TOP] = r + 1
        s.count[ROUTES] += 1
        s.count[VISITS] += length
        cost += kind.fixed + kind.unit * route.metres + time_price(k, route.lasts, p)
        if p.located:
            for z in range(length):
                s.stock[kind.depot] += p.amount[node[row[z]].at, 0]
    for o in range(len(s.open)):
        if s.open[o] > 0:
            cost += p.depot_cost[o]
    s.cost[0] = cost
    best.cost[0] = min(best.cost[0], cost)
