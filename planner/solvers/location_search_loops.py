"""Compiled loops of `location_single`'s plans: annealing where customers are assigned whole, exchanges where nothing is full.

Costs are (J, I): serving the whole demand of customer i from facility j. `near` (I, K): the facilities a customer may be
assigned to, nearest first, -1 past the last.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SHIFT, SWAP = 0.45, 0.97  # shares of the moves, cumulated; the rest opens, closes and replaces facilities


@njit(cache=True, nogil=True)
def _over(load: int, room: int) -> float:
    return float(load - room) if load > room else 0.0


@njit(cache=True, nogil=True)
def _delta(i: int, j: int, s: Any, p: Any) -> float:
    """Change of the priced cost when customer i moves to facility j."""
    k = s.assigned[i]
    q = p.demand[i]
    change = p.cost[j, i] - p.cost[k, i]
    if s.count[j] == 0:
        change += p.fixed[j]
    if s.count[k] == 1:
        change -= p.fixed[k]
    price = s.price[0]
    change += price * (_over(s.load[j] + q, p.capacity[j]) - _over(s.load[j], p.capacity[j]))
    return float(change + price * (_over(s.load[k] - q, p.capacity[k]) - _over(s.load[k], p.capacity[k])))


@njit(cache=True, nogil=True)
def _move(i: int, j: int, s: Any, p: Any) -> None:
    k = s.assigned[i]
    q = p.demand[i]
    at = s.place[i]
    last = s.members[k, s.count[k] - 1]
    s.members[k, at] = last
    s.place[last] = at
    s.count[k] -= 1
    s.over[0] += _over(s.load[k] - q, p.capacity[k]) - _over(s.load[k], p.capacity[k])
    s.load[k] -= q
    s.plain[0] += p.cost[j, i] - p.cost[k, i]
    if s.count[k] == 0:
        s.plain[0] -= p.fixed[k]
        s.number[0] -= 1
    if s.count[j] == 0:
        s.plain[0] += p.fixed[j]
        s.number[0] += 1
    s.members[j, s.count[j]] = i
    s.place[i] = s.count[j]
    s.count[j] += 1
    s.over[0] += _over(s.load[j] + q, p.capacity[j]) - _over(s.load[j], p.capacity[j])
    s.load[j] += q
    s.assigned[i] = j


@njit(cache=True, nogil=True)
def _cheapest(i: int, banned: int, s: Any, p: Any) -> int:
    """The open facility where customer i costs least now, -1 where it has none."""
    best = np.inf
    found = -1
    for a in range(p.near.shape[1]):
        j = p.near[i, a]
        if j < 0:
            break
        if j == banned or s.count[j] == 0 or j == s.assigned[i]:
            continue
        d = p.cost[j, i] + s.price[0] * (_over(s.load[j] + p.demand[i], p.capacity[j]) - _over(s.load[j], p.capacity[j]))
        if d < best:
            best = d
            found = j
    return found


@njit(cache=True, nogil=True)
def _note(i: int, n: int, s: Any) -> int:
    s.who[n] = i
    s.whence[n] = s.assigned[i]
    return n + 1


@njit(cache=True, nogil=True)
def _close(j: int, n: int, s: Any, p: Any) -> int:
    """Customers of j to the open facilities where they cost least; moves noted from n on, -1 where one has nowhere to go."""
    while s.count[j] > 0:
        i = s.members[j, s.count[j] - 1]
        k = _cheapest(i, j, s, p)
        if k < 0 or n >= len(s.who):
            return -n - 1
        n = _note(i, n, s)
        _move(i, k, s, p)
    return n


@njit(cache=True, nogil=True)
def _open(j: int, n: int, s: Any, p: Any) -> int:
    """Facility j opened for the customers that gain most by it, while it has room."""
    many = 0
    for b in range(p.reach[j], p.reach[j + 1]):
        i = p.reached[b]
        k = s.assigned[i]
        if k == j:
            continue
        q = p.demand[i]
        gain = p.cost[k, i] - p.cost[j, i] + s.price[0] * (_over(s.load[k], p.capacity[k]) - _over(s.load[k] - q, p.capacity[k]))
        if gain > 0.0:
            s.gain[many] = -gain / max(1, q)
            s.item[many] = i
            many += 1
    order = np.argsort(s.gain[:many])
    for b in order:
        i = s.item[b]
        if s.load[j] + p.demand[i] <= p.capacity[j] and n < len(s.who):
            n = _note(i, n, s)
            _move(i, j, s, p)
    return n


@njit(cache=True, nogil=True)
def _replace(j: int, k: int, n: int, s: Any, p: Any) -> int:
    """All customers of j to k where they may go there, else wherever they cost least."""
    while s.count[j] > 0:
        i = s.members[j, s.count[j] - 1]
        to = k if p.may[k, i] and s.load[k] + p.demand[i] <= p.capacity[k] else _cheapest(i, j, s, p)
        if to < 0 or n >= len(s.who):
            return -n - 1
        n = _note(i, n, s)
        _move(i, to, s, p)
    return n


@njit(cache=True, nogil=True)
def seed_loops(seed: int) -> None:
    """The random state of the calling thread."""
    np.random.seed(seed)


@njit(cache=True, nogil=True)
def anneal(hot: float, cold: float, moves: int, s: Any, p: Any) -> None:
    """`moves` moves from temperature `hot` to `cold`; the best plan without excess is kept in `s.best` at cost `s.best_cost`."""
    customers = len(p.demand)
    fall = (cold / hot) ** (1.0 / max(1, moves // 64))
    heat = hot
    for turn in range(moves):
        if turn % 64 == 0:
            heat *= fall
            if turn % 4096 == 0:  # too full for long: dearer; never too full: cheaper
                s.price[0] *= 1.15 if s.over[0] > 0.0 else 0.9
                s.price[0] = min(max(s.price[0], p.price / 50.0), p.price * 50.0)
        dice = np.random.random()
        i = np.random.randint(customers)
        k = s.assigned[i]
        many = p.degree[i]
        if dice < SHIFT:
            j = p.near[i, int(many * np.random.random() ** 2)]
            if j == k or (s.count[j] == 0 and (np.random.random() > 0.02 or (s.number[0] >= p.most and s.count[k] > 1))):
                continue
            d = _delta(i, j, s, p)
            if d <= 0.0 or np.random.random() < np.exp(-d / heat):
                _move(i, j, s, p)
        elif dice < SWAP:
            j = p.near[i, int(many * np.random.random() ** 2)]
            if j == k or s.count[j] == 0:
                continue
            o = s.members[j, np.random.randint(s.count[j])]
            if not p.may[k, o]:
                continue
            more = p.demand[o] - p.demand[i]
            d = p.cost[j, i] + p.cost[k, o] - p.cost[k, i] - p.cost[j, o]
            d += s.price[0] * (
                _over(s.load[k] + more, p.capacity[k]) - _over(s.load[k], p.capacity[k]) + _over(s.load[j] - more, p.capacity[j]) - _over(s.load[j], p.capacity[j])
            )
            if d <= 0.0 or np.random.random() < np.exp(-d / heat):
                _move(i, j, s, p)
                _move(o, k, s, p)
        else:
            before = s.plain[0] + s.price[0] * s.over[0]
            j = p.near[i, np.random.randint(many)]
            number = s.number[0]
            n = 0
            sort = np.random.random()
            if s.count[j] > 0:  # close it, or another takes its place
                o = s.members[j, np.random.randint(s.count[j])]
                k = p.near[o, np.random.randint(p.degree[o])]
                n = _close(j, 0, s, p) if sort < 0.4 or s.count[k] > 0 else _replace(j, k, 0, s, p)
            else:  # open it, and perhaps close one that it relieves
                n = _open(j, 0, s, p)
                if n > 0 and sort < 0.6:
                    k = s.whence[np.random.randint(n)]
                    if s.count[k] > 0:
                        n = _close(k, n, s, p)
            failed = n < 0
            if failed:
                n = -n - 1
            failed = failed or s.number[0] > max(number, p.most)
            d = s.plain[0] + s.price[0] * s.over[0] - before
            if failed or (d > 0.0 and np.random.random() >= np.exp(-d / heat)):
                for b in range(n - 1, -1, -1):
                    _move(s.who[b], s.whence[b], s, p)
        if s.over[0] == 0.0 and s.number[0] <= p.most and s.plain[0] < s.best_cost[0] - 1e-7:
            s.best_cost[0] = s.plain[0]
            s.best[:] = s.assigned


@njit(cache=True, nogil=True)
def nearest_two(cost: Floats, opened: Bools, first: Ints, second: Ints) -> float:
    """The nearest and second nearest open facility of each customer (-1: none); what the nearest cost in all."""
    sites, customers = cost.shape
    total = 0.0
    for i in range(customers):
        a, b = -1, -1
        for j in range(sites):
            if opened[j]:
                if a < 0 or cost[j, i] < cost[a, i]:
                    b = a
                    a = j
                elif b < 0 or cost[j, i] < cost[b, i]:
                    b = j
        first[i] = a
        second[i] = b
        total += cost[a, i]
    return total


@njit(cache=True, nogil=True)
def exchange(cost: Floats, fixed: Floats, least: int, most: int, state: Ints, opened: Bools, kicks: int, strength: int, best: Bools) -> float:
    """Best single opening, closing or swap (Whitaker's fast interchange) to a local optimum, then `kicks` times from a
    perturbed best: least cost found, its facilities in `best`. Facilities have no capacity."""
    sites, customers = cost.shape
    first = np.empty(customers, np.int64)
    second = np.empty(customers, np.int64)
    loss = np.empty(sites)
    record = np.inf
    undecided = np.flatnonzero(state == -1)  # few late in a proof, when a pair of any two would seldom be one to exchange
    for kick in range(kicks + 1 if len(undecided) else 1):
        if kick > 0:
            opened[:] = best
            for _ in range(1 + np.random.randint(strength)):
                a = undecided[np.random.randint(len(undecided))]
                b = undecided[np.random.randint(len(undecided))]
                if opened[a] and not opened[b]:
                    opened[a] = False
                    opened[b] = True
        while True:
            total = nearest_two(cost, opened, first, second)
            number = 0
            for j in range(sites):
                if opened[j]:
                    total += fixed[j]
                    number += 1
            gain = 1e-9 * abs(total) + 1e-9
            into, out = -1, -1
            for j in range(sites):
                if opened[j] and state[j] == -1 and number > least:  # close alone
                    d = fixed[j]
                    for i in range(customers):
                        if first[i] == j:
                            d -= (cost[second[i], i] if second[i] >= 0 else np.inf) - cost[j, i]
                    if d > gain:
                        gain, into, out = d, -1, j
                if opened[j] or state[j] != -1:
                    continue
                save = -fixed[j]
                for k in range(sites):
                    loss[k] = -fixed[k]
                for i in range(customers):
                    a = first[i]
                    c = cost[j, i]
                    if c < cost[a, i]:
                        save += cost[a, i] - c
                    else:
                        other = cost[second[i], i] if second[i] >= 0 else np.inf
                        loss[a] += min(c, other) - cost[a, i]
                if number < most and save > gain:
                    gain, into, out = save, j, -1
                for k in range(sites):
                    if opened[k] and state[k] == -1 and save - loss[k] > gain:
                        gain, into, out = save - loss[k], j, k
            if into < 0 and out < 0:
                break
            if into >= 0:
                opened[into] = True
            if out >= 0:
                opened[out] = False
        if total < record:
            record = total
            best[:] = opened
    return record
