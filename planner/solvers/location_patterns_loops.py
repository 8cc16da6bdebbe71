"""Compiled loops of `location_patterns`: what a pattern may cost, and all that cost no more."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.solvers.location_dual_loops import WHOLE, arcs_left, facilities, forced_cover, forced_number, select

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@njit(cache=True, nogil=True)
def spare_of(
    cost: Floats, fixed: Floats, demand: Ints, capacity: Ints, reach: Ints, need: int, least: int, most: int, allowed: Bools, state: Ints, u: Floats, limit: float, spare: Floats,
) -> tuple[Ints, Ints]:
    """`spare` (J,) filled: what the reduced costs of a pattern of j may sum up to; the arcs left, as of `arcs_left`."""
    sites = len(fixed)
    first, item = arcs_left(allowed, state, demand, capacity, True)
    value = np.empty(sites)
    facilities(WHOLE, cost, u, demand, capacity, first, item, state, value, np.empty(len(item)))
    weight = fixed + value
    total = u.sum()
    bound = total + select(weight, reach, need, least, most, state, np.empty(sites, np.bool_))
    closed, opened = np.full(sites, -np.inf), np.full(sites, -np.inf)
    forced_number(weight, least, most, state, closed, opened)
    if need > 0:
        forced_cover(weight, reach, need, state, closed, opened)
    for j in range(sites):
        spare[j] = -np.inf
        if state[j] != 0:
            spare[j] = limit - (max(bound, total + opened[j]) if state[j] == -1 else bound) + value[j]
    return first, item


@njit(cache=True, nogil=True)
def listed(
    cost: Floats, u: Floats, demand: Ints, capacity: Ints, first: Ints, item: Ints, spare: Floats, site: Ints, end: Ints, member: Ints
) -> int:
    """Patterns within `spare`: the facility of each, where its members end; how many, -1 where the arrays are too short."""
    many = 0
    filled = 0
    for j in range(len(spare)):
        thr = spare[j]
        n = 0
        size = first[j + 1] - first[j]
        if size == 0 or thr == -np.inf:
            continue
        reduced = np.empty(size)
        who = np.empty(size, np.int64)
        for a in range(first[j], first[j + 1]):
            reduced[n] = cost[j, item[a]] - u[item[a]]
            who[n] = item[a]
            n += 1
        order = np.argsort(reduced)
        reduced = reduced[order]
        who = who[order]
        room = capacity[j]
        least = np.zeros((n + 1, room + 1))  # the least that the customers from a on can add within the room
        for a in range(n - 1, -1, -1):
            q, r = demand[who[a]], reduced[a]
            for c in range(room + 1):
                value = least[a + 1, c]
                if c >= q and r + least[a + 1, c - q] < value:
                    value = r + least[a + 1, c - q]
                least[a, c] = value
        if least[0, room] > thr:
            continue
        taken = np.empty(n, np.int64)
        before = np.empty(n + 1)  # the sum when so many were taken
        before[0] = 0.0
        m, a, left = 0, 0, room
        while True:
            back = False
            if a == n:
                if m > 0:
                    if many >= len(site) or filled + m > len(member):
                        return -1
                    for b in range(m):
                        member[filled + b] = who[taken[b]]
                    filled += m
                    site[many] = j
                    end[many] = filled
                    many += 1
                back = True
            else:
                q = demand[who[a]]
                if q <= left and before[m] + reduced[a] + least[a + 1, left - q] <= thr:
                    taken[m] = a
                    before[m + 1] = before[m] + reduced[a]
                    m += 1
                    left -= q
                    a += 1
                elif before[m] + least[a + 1, left] <= thr:
                    a += 1
                else:
                    back = True
            while back and m > 0:
                m -= 1
                a = taken[m]
                left += demand[who[a]]
                if before[m] + least[a + 1, left] <= thr:
                    back = False
                a += 1
            if back:
                break
    return many
