"""Compiled pricing of `routing_columns`: the trip of least reduced cost, by a dynamic program over places, levels of time and units of load.

Seconds and loads are rounded down, so that every trip that may be made is among those looked at. A trip remembers which of the places
near where it is it has been to, and does not go there again (ng-routes): other cycles are allowed, which only makes the least value smaller.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NEVER = 1e30
TINY = 1e-9


@njit(cache=True, nogil=True)
def memory(near: Ints) -> Ints:
    """after[j, i, mask]: what is remembered at i, having come from j with `mask` (bits of near[j]); -1: i is remembered, or j itself.

    near (m+1, g): the places near each, -1 for none.
    """
    m, g = near.shape[0] - 1, near.shape[1]
    after = np.full((m + 1, m + 1, 1 << g), -1, np.int64)
    for j in range(1, m + 1):
        for i in range(1, m + 1):
            if i == j:
                continue
            for mask in range(1 << g):
                kept, known = 0, False
                for b in range(g):
                    if near[i, b] == j:
                        kept |= 1 << b
                    if mask >> b & 1:
                        known = known or near[j, b] == i
                        for c in range(g):
                            if near[i, c] == near[j, b] and near[j, b] > 0:
                                kept |= 1 << c
                if not known:
                    after[j, i, mask] = kept
    return after


@njit(cache=True, nogil=True)
def _choices(first: int, last: int, gain: Floats, size: Ints, load: Ints, levels: int, units: int, osize: Ints, oload: Ints, ogain: Floats, omask: Ints, n: int) -> int:
    """Adds the choices of items first..last-1 worth their levels and units from place n of the lists on; the new end."""
    best, taken = np.full((levels + 1, units + 1), -NEVER), np.zeros((levels + 1, units + 1), np.int64)
    best[0, 0] = 0.0
    top = full = 0
    for a in range(first, last):
        if gain[a] <= 0.0 or size[a] > levels or load[a] > units:
            continue
        top, full = min(levels, top + size[a]), min(units, full + load[a])
        for r in range(top, size[a] - 1, -1):
            for u in range(full, load[a] - 1, -1):
                value = best[r - size[a], u - load[a]] + gain[a]
                if value > best[r, u]:
                    best[r, u], taken[r, u] = value, taken[r - size[a], u - load[a]] | 1 << (a - first)
    for r in range(top + 1):
        for u in range(full + 1):
            value = best[r, u]
            if value <= TINY or n == len(osize):
                continue
            if (r > 0 and best[r - 1, u] >= value) or (u > 0 and best[r, u - 1] >= value):
                best[r, u] = max(value, best[r - 1, u] if r > 0 else value, best[r, u - 1] if u > 0 else value)
                continue
            osize[n], oload[n], ogain[n], omask[n] = r, u, value, taken[r, u]
            n += 1
    return n


@njit(cache=True, nogil=True)
def trips(
    levels: int, units: int, begin: int, cost: Floats, step: Ints, after: Ints, first: Ints, gain: Floats, size: Ints, load: Ints, limit: float,
    path: Ints, masks: Ints, length: Ints, value: Floats,
) -> int:
    """The cheapest trip by last place, of those under `limit`: how many; place 0 is the depot.

    cost (m+1, m+1): of a way, with the stop at its end; step (m+1, m+1): its levels, at least 1 but to the depot; after: see `memory`; items of place
    j: first[j]..first[j+1]-1 with gain, size (levels) and load (units); `begin`: levels of leaving. Out, per trip: path and masks (most, longest),
    the places from last to first and the items taken there, bit by bit; length (most,), value (most,), cheapest first.
    """
    m, w = cost.shape[0] - 1, after.shape[2]
    room = levels - begin
    many = 0
    for j in range(1, m + 1):
        many += min((room + 1) * (units + 1), 1 << min(20, first[j + 1] - first[j]))
    osize, oload, omask, ogain = np.empty(many, np.int64), np.empty(many, np.int64), np.empty(many, np.int64), np.empty(many)
    start = np.zeros(m + 2, np.int64)
    n = 0
    for j in range(1, m + 1):
        start[j] = n
        n = _choices(first[j], first[j + 1], gain, size, load, room, units, osize, oload, ogain, omask, n)
    start[m + 1] = n
    slots = (units + 1) * w
    arrived, came = np.full((levels + 1, m + 1, slots), NEVER), np.empty((levels + 1, m + 1, slots), np.int64)
    leaving, choice = np.full((levels + 1, m + 1, slots), NEVER), np.empty((levels + 1, m + 1, slots), np.int64)
    low = np.full((m + 1, slots), NEVER)  # least cost of what has been to no more places, with no more load and levels
    end, final = np.full(m + 1, NEVER), np.zeros(m + 1, np.int64)
    for j in range(1, m + 1):
        r = begin + step[0, j]
        if r <= levels:
            arrived[r, j, 0], came[r, j, 0] = cost[0, j], 0
    for r in range(begin, levels + 1):
        for j in range(1, m + 1):
            for s in range(slots):
                c = arrived[r, j, s]
                if c >= NEVER:
                    continue
                for o in range(start[j], start[j + 1]):
                    t, x = r + osize[o], s + oload[o] * w
                    if t <= levels and x < slots and c - ogain[o] < leaving[t, j, x]:
                        leaving[t, j, x], choice[t, j, x] = c - ogain[o], o * (levels + 1) + r
        for j in range(1, m + 1):
            for s in range(slots):
                c = leaving[r, j, s]
                if c >= low[j, s]:
                    continue
                mask = s % w
                for x in range(s - mask, slots, w):
                    for k in range(mask, w):
                        if k & mask == mask and c < low[j, x + k]:
                            low[j, x + k] = c
                if r + step[j, 0] <= levels and c + cost[j, 0] < end[j]:
                    end[j], final[j] = c + cost[j, 0], r * slots + s
                for i in range(1, m + 1):
                    kept = after[j, i, mask]
                    t = r + step[j, i]
                    if kept >= 0 and t <= levels and c + cost[j, i] < arrived[t, i, s - mask + kept]:
                        arrived[t, i, s - mask + kept] = c + cost[j, i]
                        came[t, i, s - mask + kept] = (r * (m + 1) + j) * slots + s
    made = 0
    order = np.argsort(end)
    for x in range(m + 1):
        j = order[x]
        if made == len(value) or end[j] >= limit:
            break
        value[made] = end[j]
        n, r, s = 0, final[j] // slots, final[j] % slots
        while j > 0:
            o, q = choice[r, j, s] // (levels + 1), choice[r, j, s] % (levels + 1)
            path[made, n], masks[made, n] = j, omask[o]
            n += 1
            back = came[q, j, s - oload[o] * w]
            s, r, j = back % slots, back // slots // (m + 1), back // slots % (m + 1)
        length[made] = n
        made += 1
    return made
