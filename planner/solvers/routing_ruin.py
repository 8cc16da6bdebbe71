"""Compiled inner loop of `routing_patterns`: slack induction by string removals (Christiaens and Vanden Berghe,
Transportation Science 54, 2020), extended by patterns of days, several kinds of vehicles and depots with a cost and a capacity.

One iteration takes strings of neighbouring visits out of routes near each other, every visit of the items concerned with
them, and puts each item back by the pattern whose cheapest places cost least in sum (each place is passed over with a
small probability). Simulated annealing says whether the outcome is kept; else only the routes touched are restored.
Items without a feasible place wait aside at a price.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

BLINK = 0.01  # probability of passing over a place
REMOVED = 8.0  # mean number of visits taken out
LONGEST = 10.0  # most visits of a string
SPLIT = 0.5  # share of strings that keep some visits inside
KEEP = 0.99  # probability that one more visit is kept inside
CLOSE = 0.02  # share of iterations that empty a depot with a cost, or move one's routes to another

Floats = NDArray[np.float64]


@njit(cache=True, nogil=True)
def _touch(r: int, s: Any) -> None:
    """Remember a route as it was before the iteration."""
    if s.touched[r] == 0:
        s.touched[r] = 1
        s.list[s.many[0]] = r
        s.many[0] += 1


@njit(cache=True, nogil=True)
def _take_out(i: int, s: Any, p: Any) -> None:
    """Every visit of an item."""
    for d in range(p.days):
        r = s.route_of[i, d]
        if r < 0:
            continue
        _touch(r, s)
        k = s.kind[r]
        n = s.length[r]
        at = 0
        while s.visits[r, at] != i:
            at += 1
        before = p.depot[k] if at == 0 else p.place[s.visits[r, at - 1]]
        after = p.depot[k] if at == n - 1 else p.place[s.visits[r, at + 1]]
        x = p.place[i]
        less = p.metres[before, x] + p.metres[x, after] - p.metres[before, after]
        for a in range(at, n - 1):
            s.visits[r, a] = s.visits[r, a + 1]
        s.length[r] = n - 1
        s.load[r] -= p.demand[i]
        s.stock[p.depot_number[k]] -= p.demand[i]
        s.lasts[r] -= p.times[before, x] + p.times[x, after] - p.times[before, after] + p.service[i]
        s.cost[0] -= p.unit[k] * less
        if n == 1:
            s.used[k] -= 1
            s.cost[0] -= p.fixed[k]
            o = p.depot_number[k]
            s.open[o] -= 1
            if s.open[o] == 0:
                s.cost[0] -= p.depot_cost[o]
            s.kind[r] = -1
            s.lasts[r] = 0.0
            s.load[r] = 0.0
        s.route_of[i, d] = -1


@njit(cache=True, nogil=True)
def _put_in(i: int, d: int, r: int, at: int, k: int, s: Any, p: Any) -> None:
    """A visit at a place of a route, or of a free one for a vehicle of kind k."""
    if r < 0:
        r = 0
        while s.kind[r] >= 0:
            r += 1
        _touch(r, s)
        s.kind[r] = k
        s.length[r] = 0
        s.load[r] = 0.0
        s.lasts[r] = 0.0
        s.used[k] += 1
        s.cost[0] += p.fixed[k]
        o = p.depot_number[k]
        if s.open[o] == 0:
            s.cost[0] += p.depot_cost[o]
        s.open[o] += 1
    else:
        _touch(r, s)
    k = s.kind[r]
    n = s.length[r]
    before = p.depot[k] if at == 0 else p.place[s.visits[r, at - 1]]
    after = p.depot[k] if at == n else p.place[s.visits[r, at]]
    x = p.place[i]
    for a in range(n, at, -1):
        s.visits[r, a] = s.visits[r, a - 1]
    s.visits[r, at] = i
    s.length[r] = n + 1
    s.load[r] += p.demand[i]
    s.stock[p.depot_number[k]] += p.demand[i]
    s.lasts[r] += p.times[before, x] + p.times[x, after] - p.times[before, after] + p.service[i]
    s.cost[0] += p.unit[k] * (p.metres[before, x] + p.metres[x, after] - p.metres[before, after])
    s.route_of[i, d] = r


@njit(cache=True, nogil=True)
def _insert(i: int, banned: int, s: Any, p: Any) -> bool:
    """An item by its cheapest pattern, False where it has none that fits. `banned`: a depot not to use."""
    x = p.place[i]
    q = p.demand[i]
    free = 0
    while free < len(s.kind) and s.kind[free] >= 0:
        free += 1
    s.best[:] = np.inf
    for d in range(p.days):
        if not p.needs[i, d]:
            continue
        for r in range(s.top[0]):
            k = s.kind[r]
            if k < 0 or p.day[k] != d or not p.allowed[k, i]:
                continue
            o = p.depot_number[k]
            if o == banned or s.load[r] + q > p.capacity[k] + 1e-9 or s.stock[o] + q > p.depot_capacity[o] + 1e-9:
                continue
            g = o if p.one_depot else 0
            least = s.best[g, d]
            home = p.depot[k]
            n = s.length[r]
            room = p.longest[k] - s.lasts[r] - p.service[i] + 1e-9
            last = home
            for at in range(n + 1):
                following = home if at == n else p.place[s.visits[r, at]]
                more = (p.metres[last, x] + p.metres[x, following] - p.metres[last, following]) * p.unit[k]
                if more < least and p.times[last, x] + p.times[x, following] - p.times[last, following] <= room and np.random.random() > BLINK:
                    least = more
                    s.best_route[g, d] = r
                    s.best_at[g, d] = at
                last = following
            s.best[g, d] = least
        for k in range(len(p.day)):
            if p.day[k] != d or s.used[k] >= p.count[k] or not p.allowed[k, i] or free >= len(s.kind):
                continue
            o = p.depot_number[k]
            if o == banned or q > p.capacity[k] + 1e-9 or s.stock[o] + q > p.depot_capacity[o] + 1e-9:
                continue
            home = p.depot[k]
            if p.times[home, x] + p.times[x, home] + p.service[i] > p.longest[k] + 1e-9:
                continue
            more = (p.metres[home, x] + p.metres[x, home]) * p.unit[k] + p.fixed[k]
            if s.open[o] == 0:
                more += p.depot_cost[o]
            g = o if p.one_depot else 0
            if more < s.best[g, d]:
                s.best[g, d] = more
                s.best_route[g, d] = -1 - k
                s.best_at[g, d] = 0
    chosen = -1
    group = 0
    least = np.inf
    for a in range(p.first[i], p.first[i + 1]):
        for g in range(len(s.best)):
            total = 0.0
            for d in range(p.days):
                if p.pattern[a] >> d & 1:
                    total += s.best[g, d]
            if total < least and (chosen < 0 or np.random.random() > BLINK):
                least = total
                chosen = a
                group = g
    if chosen < 0:
        return False
    for d in range(p.days):
        if p.pattern[chosen] >> d & 1:
            r = s.best_route[group, d]
            _put_in(i, d, max(r, -1), s.best_at[group, d], -1 - r if r < 0 else 0, s, p)
    while s.top[0] < len(s.kind) and s.kind[s.top[0]] >= 0:
        s.top[0] += 1
    s.chosen[i] = chosen
    return True


@njit(cache=True, nogil=True)
def _mark(i: int, s: Any) -> None:
    if s.out[i] == 0:
        s.out[i] = 1
        s.removed[s.number[0]] = i
        s.number[0] += 1


@njit(cache=True, nogil=True)
def _ruin(s: Any, p: Any) -> int:
    """Mark what is taken out; the depot not to use while it is put back, or -1."""
    n = len(p.place)
    depots = len(p.depot_cost)
    if p.located and depots > 1 and np.random.random() < CLOSE:
        o = np.random.randint(depots)
        if s.open[o] > 0:
            for r in range(s.top[0]):
                if s.kind[r] >= 0 and p.depot_number[s.kind[r]] == o:
                    for a in range(s.length[r]):
                        _mark(s.visits[r, a], s)
            return o
    routes = 0
    visits = 0
    for r in range(s.top[0]):
        if s.kind[r] >= 0:
            routes += 1
            visits += s.length[r]
    if routes == 0:
        return -1
    longest = min(LONGEST, visits / routes)
    strings = int(np.floor(1.0 + np.random.random() * (4.0 * REMOVED / (1.0 + longest) - 1.0)))
    seed = np.random.randint(n)
    taken = 0
    s.ruined[:] = 0
    for z in range(n):
        if taken >= strings:
            break
        c = p.near[seed, z]
        if s.out[c]:
            continue
        count = 0
        r = -1
        for d in range(p.days):  # one of its visits, any with the same probability
            if s.route_of[c, d] >= 0:
                count += 1
                if np.random.random() * count < 1.0:
                    r = s.route_of[c, d]
        if r < 0 or s.ruined[r]:
            continue
        size = s.length[r]
        m = int(np.floor(1.0 + np.random.random() * min(float(size), longest)))
        at = 0
        while s.visits[r, at] != c:
            at += 1
        kept = 0
        if m > 1 and m < size and np.random.random() < SPLIT:
            kept = 1
            while m + kept < size and np.random.random() > KEEP:
                kept += 1
        span = m + kept
        low = max(0, at - span + 1)
        high = min(at, size - span)
        begin = low + np.random.randint(high - low + 1)
        skip = begin + 1 + np.random.randint(m) if kept else size
        for a in range(begin, begin + span):
            if not skip <= a < skip + kept:
                _mark(s.visits[r, a], s)
        s.ruined[r] = 1
        taken += 1
    return -1


@njit(cache=True, nogil=True)
def _order(s: Any, p: Any) -> None:
    """What is put back first: at random, the largest, the farthest, or the nearest to a depot."""
    how = np.random.randint(11)
    for a in range(s.number[0]):
        i = s.removed[a]
        if how < 4:
            s.rank[a] = np.random.random()
        elif how < 8:
            s.rank[a] = -p.demand[i] * p.most[i]
        elif how < 10:
            s.rank[a] = -p.away[i]
        else:
            s.rank[a] = p.away[i]
    index = np.argsort(s.rank[: s.number[0]])
    s.removed[: s.number[0]] = s.removed[: s.number[0]][index]


@njit(cache=True, nogil=True)
def _copy(r: int, a: Any, b: Any) -> None:
    """Route r of a into b."""
    b.kind[r] = a.kind[r]
    b.length[r] = a.length[r]
    b.load[r] = a.load[r]
    b.lasts[r] = a.lasts[r]
    for at in range(a.length[r]):
        b.visits[r, at] = a.visits[r, at]


@njit(cache=True, nogil=True)
def _settle(a: Any, b: Any, items: int) -> None:
    """What was touched in the iteration, from a into b."""
    for z in range(items):
        i = a.changed[z]
        b.chosen[i] = a.chosen[i]
        b.aside[i] = a.aside[i]
        for d in range(a.route_of.shape[1]):
            b.route_of[i, d] = a.route_of[i, d]
    b.used[:] = a.used
    b.open[:] = a.open
    b.stock[:] = a.stock
    b.cost[0] = a.cost[0]
    b.top[0] = a.top[0]


@njit(cache=True, nogil=True)
def anneal(s: Any, old: Any, best: Any, p: Any, iterations: int, hot: float, cold: float, seed: int) -> int:
    """Some iterations from state s (old: the same state), temperatures from hot to cold; how many bettered `best`."""
    np.random.seed(seed)
    better = 0
    n = len(p.place)
    for number in range(iterations):
        heat = hot * (cold / hot) ** (number / iterations)
        s.number[0] = 0
        s.many[0] = 0
        for i in range(n):
            if s.aside[i]:
                _mark(i, s)
        banned = _ruin(s, p)
        _order(s, p)
        for z in range(s.number[0]):
            i = s.removed[z]
            if s.aside[i]:
                s.aside[i] = 0
                s.cost[0] -= p.price
            else:
                _take_out(i, s, p)
        while s.top[0] > 0 and s.kind[s.top[0] - 1] < 0:
            s.top[0] -= 1
        limit = old.cost[0] - heat * np.log(np.random.random())
        for z in range(s.number[0]):
            i = s.removed[z]
            s.out[i] = 0
            if not _insert(i, banned, s, p):
                s.aside[i] = 1
                s.cost[0] += p.price
        s.changed[: s.number[0]] = s.removed[: s.number[0]]
        old.changed[: s.number[0]] = s.removed[: s.number[0]]
        if s.cost[0] < limit:
            for z in range(s.many[0]):
                _copy(s.list[z], s, old)
            _settle(s, old, s.number[0])
            if s.cost[0] < best.cost[0] - 1e-7:
                better += 1
                best.kind[:] = s.kind
                best.length[:] = s.length
                best.load[:] = s.load
                best.lasts[:] = s.lasts
                best.visits[:] = s.visits
                best.route_of[:] = s.route_of
                best.chosen[:] = s.chosen
                best.aside[:] = s.aside
                best.used[:] = s.used
                best.open[:] = s.open
                best.stock[:] = s.stock
                best.cost[0] = s.cost[0]
                best.top[0] = s.top[0]
        else:
            for z in range(s.many[0]):
                _copy(s.list[z], old, s)
            _settle(old, s, s.number[0])
        for z in range(s.many[0]):
            s.touched[s.list[z]] = 0
    return better
