"""Nodes of a tree on suppliers and their tiers: the linear program of the cuts of `sourcing_cuts`, and what a split gains; compiled.

A node has some y_s fixed, and of suppliers that are used some tiers barred; over the cuts i known so far its bound is a small linear
program, solved in its dual form

    max   sum_i C_i a_i - sum_s t_s - N u
    s.t.  sum_i a_i = 1,    sum_i Z_is a_i + t_s - v_s + u = 0  for each s,    a, t, v, u >= 0
          s used: t_s of any sign;    s left out: v_s of any sign

by the primal simplex method, as the basis of a parent is feasible for its children, and with a new cut; also where tiers of a used supplier
are barred, whose t_s is in the basis and takes up what Z_is changes. Any weights `a` prove a bound, worked out again from them alone, so
that rounding in the simplex method cannot make it wrong. The dual values are y. The weighted mean of prices is where the search for a
new cut begins.

A supplier once used is split on its tiers too, lower ones and higher ones: that gains far more on both sides than another supplier does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from planner.solvers.sourcing_cuts import FREE, IN, OUT, ascend, every_tier
from planner.solvers.sourcing_dual import NONE

UNIT = 1000.0  # € that the linear program counts in
TOLERANCE = 1e-7  # of reduced costs and ratios there
LEAST = 1e-2  # of what is lacking: what a side is taken to gain that gains nothing


@njit(cache=True, nogil=True)
def _column(j: int, values: Any, slopes: Any, most: float, a: Any) -> float:
    """Column j in `a` (S + 1,) and its objective; j < 0 are t (-1 - s), v (-1 - S - s) and u (-1 - 2 S)."""
    count = slopes.shape[1]
    if j >= 0:
        a[0] = 1.0
        a[1:] = slopes[j]
        return float(values[j])
    a[:] = 0.0
    if j >= -count:
        a[-j] = 1.0
        return -1.0
    if j >= -2 * count:
        a[-j - count] = -1.0
        return 0.0
    a[1:] = 1.0
    return -most


@njit(cache=True, nogil=True)
def _inverse(basis: Any, values: Any, slopes: Any, most: float, inverse: Any, cost: Any) -> None:
    size = len(basis)
    matrix, a = np.zeros((size, size)), np.zeros(size)
    for i in range(size):
        cost[i] = _column(basis[i], values, slopes, most, a)
        matrix[:, i] = a
    inverse[:, :] = np.linalg.inv(matrix)


@njit(cache=True, nogil=True)
def _unbounded(j: int, state: Any) -> bool:
    """Whether a column may have any sign."""
    count = len(state)
    return (-count <= j < 0 and state[-1 - j] == IN) or (-2 * count <= j < -count and state[-1 - count - j] == OUT)


@njit(cache=True, nogil=True)
def _simplex(basis: Any, inverse: Any, cost: Any, state: Any, local: Any, values: Any, slopes: Any, most: float, pivots: int, y: Any) -> float:
    """At most so many pivots over the cuts `local`; basis, inverse and its objective (S + 1,) move on, y is set. The value."""
    count = len(state)
    size = count + 1
    a, u, dual = np.zeros(size), np.zeros(size), np.zeros(size)
    theta = 0.0
    for _ in range(pivots + 1):
        dual[:] = 0.0
        for i in range(size):
            if cost[i] != 0.0:
                for j in range(size):
                    dual[j] += cost[i] * inverse[i, j]
        theta = dual[0]
        for s in range(count):
            y[s] = -dual[1 + s]
        entering, best, sign, total = 0, TOLERANCE, 1.0, 0.0
        found = False
        for s in range(count):
            total += y[s]
            off = y[s] - 1.0 if state[s] == IN else -y[s] if state[s] == OUT else max(y[s] - 1.0, -y[s])
            if state[s] != FREE and abs(off) > TOLERANCE and 10.0 + abs(off) > best:  # these never leave again: first
                entering, best, sign, found = (-1 - s if state[s] == IN else -1 - count - s), 10.0 + abs(off), (1.0 if off > 0 else -1.0), True
            elif state[s] == FREE and off > best:
                entering, best, sign, found = (-1 - s if y[s] > 0.5 else -1 - count - s), off, 1.0, True
        if total - most > best:
            entering, best, sign, found = -1 - 2 * count, total - most, 1.0, True
        if best < 10.0:
            for j in local:
                off = values[j] - theta
                for s in range(count):
                    off += slopes[j, s] * y[s]
                if off > best:
                    entering, best, sign, found = j, off, 1.0, True
        if not found:
            return float(theta)
        entry = _column(entering, values, slopes, most, a)
        leaving, least = -1, np.inf
        for i in range(size):
            step = 0.0
            for j in range(size):
                step += inverse[i, j] * a[j]
            u[i] = step
            if sign * step > TOLERANCE and not _unbounded(basis[i], state):
                ratio = max(inverse[i, 0], 0.0) / (sign * step)
                if ratio < least or (ratio <= least * (1 + 1e-12) and abs(step) > abs(u[leaving])):
                    leaving, least = i, ratio
        if leaving < 0:  # a direction that costs nothing, when just so many are used as may be
            return float(theta)
        for j in range(size):
            inverse[leaving, j] /= u[leaving]
        for i in range(size):
            if i != leaving and u[i] != 0.0:
                for j in range(size):
                    inverse[i, j] -= u[i] * inverse[leaving, j]
        basis[leaving], cost[leaving] = entering, entry
    return float(theta)


@njit(cache=True, nogil=True)
def _weighted(basis: Any, inverse: Any, state: Any, values: Any, slopes: Any, most: float, z: Any, weight: Any) -> float:
    """The bound that the weights of the cuts in the basis prove, by themselves; the weighted slopes in z."""
    count = len(state)
    total = 0.0
    for i in range(len(basis)):
        weight[i] = max(inverse[i, 0], 0.0) if basis[i] >= 0 else 0.0
        total += weight[i]
    if not total > 0.0:
        return -NONE
    value, z[:] = 0.0, 0.0
    for i in range(len(basis)):
        weight[i] /= total
        if weight[i] > 0.0:
            value += weight[i] * values[basis[i]]
            for s in range(count):
                z[s] += weight[i] * slopes[basis[i], s]
    room = most
    for s in range(count):
        if state[s] == IN:
            value += z[s]
            room -= 1.0
    if room < 0:
        return NONE
    taken = 0.0
    for s in np.argsort(z):
        if state[s] == FREE and z[s] < 0.0 and taken < room:
            value += z[s]
            taken += 1.0
    return float(value) if value == value else -NONE


@njit(cache=True, nogil=True)
def fill(own: Any, which: Any, slopes: Any, tiers: Any, tied: Any, barred: Any) -> None:
    """The slopes of these cuts as a node has them: of suppliers `tied` (S,) over the tiers that are not `barred` (S, R)."""
    for j in which:
        if j >= 0:
            own[j] = slopes[j]
    for s in range(len(tied)):
        if tied[s] and barred[s].any():
            for j in which:
                if j >= 0:
                    least = NONE
                    for r in range(barred.shape[1]):
                        if not barred[s, r] and tiers[j, s, r] < least:
                            least = tiers[j, s, r]
                    own[j, s] = least


@njit(cache=True, nogil=True)
def _near(values: Any, slopes: Any, tiers: Any, tied: Any, barred: Any, shown: Any, known: int, theta: float, y: Any, width: float, most: int) -> Any:
    """The cuts no more than `width` below the bound at y; at most so many, the nearest."""
    kept, below = np.empty(known, np.int64), np.empty(known)
    some = np.zeros(len(y), np.bool_)
    for s in range(len(y)):
        some[s] = tied[s] and barred[s].any()
    those = np.flatnonzero(some)
    count = 0
    for i in range(known):
        if shown[i]:
            off = values[i] - theta
            for s in range(len(y)):
                off += slopes[i, s] * y[s]
            for each in those:
                s = int(each)
                least = NONE
                for r in range(barred.shape[1]):
                    if not barred[s, r] and tiers[i, s, r] < least:
                        least = tiers[i, s, r]
                off += (least - slopes[i, s]) * y[s]
            if off >= -width:
                kept[count], below[count] = i, -off
                count += 1
    if count > most:
        return kept[:count][np.argsort(below[:count])[:most]]
    return kept[:count].copy()


@njit(cache=True, nogil=True)
def tighten(
    d: Any, pool: Any, own: Any, tied: Any, state: Any, barred: Any, basis: Any, inverse: Any, cost: Any, local: Any, slots: Any, target: float, steps: int,
    y: Any, z: Any, scratch: Any,
) -> Any:  # fmt: skip
    """The bound of a node with a new cut, found from the prices that its linear program weighs, unless it is at its `target` already.

    The cut is written to the pool at the first of `slots` (where there are none, there is none); how many were used comes with the bound.
    """
    values, slopes, tiers, lams, mus, shift, most = pool
    ranks, x, work = scratch
    weight = np.zeros(len(basis))
    _simplex(basis, inverse, cost, state, local, values, own, most, 100, y)
    best = _weighted(basis, inverse, state, values, own, most, z, weight)
    if best >= target or len(slots) == 0:
        return best, 0
    lam, mu = lams[slots[0]], mus[slots[0]]
    lam[:], mu[:, :] = 0.0, 0.0
    for i in range(len(basis)):
        if weight[i] > 0.0:
            lam += weight[i] * lams[basis[i]]
            mu += weight[i] * mus[basis[i]]
    ascend(d, lam, mu, state, barred, UNIT * target + shift, steps, ranks, x, work)
    values[slots[0]] = price_cut(d, lam, mu, slopes[slots[0]], tiers[slots[0]], shift, scratch)
    fill(own, slots[:1], slopes, tiers, tied, barred)
    held = np.concatenate((local, slots[:1]))
    _simplex(basis, inverse, cost, state, held, values, own, most, 100, y)
    return max(best, _weighted(basis, inverse, state, values, own, most, z, weight)), 1


@njit(cache=True, nogil=True)
def price_cut(d: Any, lam: Any, mus: Any, slope: Any, tiers: Any, shift: float, scratch: Any) -> float:
    """The cut of prices lam and mus (which move to the tiers' own best): C less `shift`; Z (S,) in `slope` and z (S, R) in `tiers`; in UNIT."""
    ranks, x, work = scratch
    constant = every_tier(d, lam, mus, tiers, ranks, x, work)
    for s in range(len(slope)):
        for r in range(tiers.shape[1]):
            tiers[s, r] /= UNIT
        slope[s] = tiers[s].min()
        if slope[s] > NONE / 2 / UNIT:  # it can never be used
            slope[s] = 0.0
    return float((constant - shift) / UNIT)


@njit(cache=True, nogil=True)
def fix(state: Any, z: Any, bound: float, most: float, target: float) -> int:
    """Suppliers fixed where the other side is no lower than `target`, by the weighted slopes z of a bound; how many."""
    room, wanted, fixed = most, 0, 0
    for s in range(len(state)):
        room -= 1.0 if state[s] == IN else 0.0
        wanted += 1 if state[s] == FREE and z[s] < 0.0 else 0
    for s in range(len(state)):
        if state[s] == FREE and z[s] >= 0.0 and bound + z[s] >= target:
            state[s], fixed = OUT, fixed + 1
        elif state[s] == FREE and z[s] < 0.0 and wanted <= room and bound - z[s] >= target:
            state[s], fixed = IN, fixed + 1
    return fixed


@njit(cache=True, nogil=True)
def fix_tiers(state: Any, barred: Any, z: Any, tiers: Any, bound: float, target: float) -> int:
    """Tiers barred where having them is no lower than `target`, by weighted slopes z (S,) and `tiers` (S, R); how many, -1: a used supplier has none left."""
    fixed = 0
    for s in range(len(state)):
        if state[s] != OUT:
            # used suppliers pay z already; a free one is entered at no less than the bound, as it only takes a place from others
            base = bound - z[s] if state[s] == IN else bound
            for r in range(barred.shape[1]):
                if not barred[s, r] and base + tiers[s, r] >= target:
                    barred[s, r], fixed = True, fixed + 1
            if barred[s].all():
                if state[s] == IN:
                    return -1
                state[s] = OUT
    return fixed


@njit(cache=True, nogil=True)
def _ways(state: Any, barred: Any, tiers: Any, at: Any) -> Any:
    """Splits: s, a free supplier; S + s, a used one at tier `at` (S,), between the two best by weighted `tiers`."""
    count = len(state)
    found, n = np.empty(2 * count, np.int64), 0
    for s in range(count):
        if state[s] == FREE:
            found[n], n = s, n + 1
        elif state[s] == IN:
            first, second = -1, -1
            for r in range(barred.shape[1]):
                if not barred[s, r]:
                    if first < 0 or tiers[s, r] < tiers[s, first]:
                        first, second = r, first
                    elif second < 0 or tiers[s, r] < tiers[s, second]:
                        second = r
            if second >= 0:
                at[s] = (first + second + 1) // 2
                found[n], n = count + s, n + 1
    return found[:n]


@njit(cache=True, nogil=True)
def expand(
    d: Any, pool: Any, owns: Any, shown: Any, known: int, state: Any, barred: Any, basis: Any, least: float, slots: Any, target: float, full: float, limits: Any,
    learned: Any, scratch: Any,
) -> Any:  # fmt: skip
    """Both sides of the best split of a node, each with new cuts; `state` and `barred` may be fixed further.

    Bounds count in UNIT from the shift. `target`: where a side is good enough for now; `full`: where it is cut off. `learned`: by split and
    side (2 S, 2) what sides gained in all, and how often they were seen. `owns`: two places for slopes as a node has them. Returns the bound of
    the node, the sides' states (2, S), barred tiers (2, S, R), bases (2, S + 1), bounds (2,) (empty: nothing to split), and how many slots were used.
    """
    values, slopes, tiers, _, _, _, most = pool
    width, near, steps, tries, enough = limits
    own, other = owns
    count = len(state)
    size = count + 1
    inverse, cost, y, z, weight = np.zeros((size, size)), np.zeros(size), np.zeros(count), np.zeros(count), np.zeros(size)
    states, bars, bases, bounds = np.empty((2, count), np.int8), np.empty((2, *barred.shape), np.bool_), np.empty((2, size), np.int64), np.zeros(2)
    tied = state == IN
    mean = np.zeros(barred.shape)
    fill(own, basis, slopes, tiers, tied, barred)
    _inverse(basis, values, own, most, inverse, cost)
    local = basis[basis >= 0]
    theta = _simplex(basis, inverse, cost, state, local, values, own, most, 100, y)
    bound = least
    for _ in range(3):
        local = _near(values, slopes, tiers, tied, barred, shown, known, theta, y, width, near)
        fill(own, local, slopes, tiers, tied, barred)
        theta = _simplex(basis, inverse, cost, state, local, values, own, most, 100, y)
        now = _weighted(basis, inverse, state, values, own, most, z, weight)
        bound = max(bound, now)
        if bound >= full:
            return bound, states[:0], bars[:0], bases[:0], bounds[:0], 0
        mean[:, :] = 0.0
        for i in range(size):
            if weight[i] > 0.0:
                mean += weight[i] * tiers[basis[i]]
        fixed = fix(state, z, now, most, full)
        more = fix_tiers(state, barred, z, mean, now, full)
        if more < 0:
            return full, states[:0], bars[:0], bases[:0], bounds[:0], 0
        if fixed + more == 0:
            break
        if more > 0:
            fill(own, local, slopes, tiers, tied, barred)
            fill(own, basis, slopes, tiers, tied, barred)
            _inverse(basis, values, own, most, inverse, cost)
    at = np.zeros(count, np.int64)
    ways = _ways(state, barred, mean, at)
    if len(ways) == 0:
        best, used = tighten(d, pool, own, tied, state, barred, basis, inverse, cost, local, slots, full, 4 * steps, y, z, scratch)
        return max(bound, best), states[:0], bars[:0], bases[:0], bounds[:0], used
    gain, seen = learned
    score = np.zeros(2 * count)
    for w in ways:
        score[w] = 1.0
        a, b = (0, count) if w < count else (count, 2 * count)
        for i in range(2):
            every = seen[a:b, i].sum()
            guess = gain[w, i] / seen[w, i] if seen[w, i] > 0 else gain[a:b, i].sum() / every if every > 0 else full - bound
            score[w] *= max(min(guess, full - bound), LEAST * (full - bound))
    order = ways[np.argsort(-score[ways])]
    top, used = -1.0, 0
    sides, barring, those, ends = states.copy(), bars.copy(), bases.copy(), bounds.copy()
    for tried, w in enumerate(order):
        sure = min(seen[w, 0], seen[w, 1]) >= enough
        if tried > 0 and (tried >= tries or (sure and score[w] <= top)):
            break
        product = 1.0
        for i in range(2):
            sides[i], barring[i], those[i] = state, barred, basis
            if w < count:
                sides[i, w] = IN if i == 0 else OUT
                mine, start, costs = own, inverse.copy(), cost.copy()
            else:
                s = w - count
                if i == 0:
                    barring[i, s, at[s] :] = True
                else:
                    barring[i, s, : at[s]] = True
                mine, start, costs = other, np.zeros((size, size)), np.zeros(size)
                fill(mine, local, slopes, tiers, tied, barring[i])
                fill(mine, basis, slopes, tiers, tied, barring[i])
                _inverse(those[i], values, mine, most, start, costs)
            best, more = tighten(d, pool, mine, tied, sides[i], barring[i], those[i], start, costs, local, slots[used:], target, steps, y, z, scratch)
            used += more
            ends[i] = max(bound, best)
            each = max(0.0, min(ends[i], full) - bound)
            gain[w, i] += each
            seen[w, i] += 1
            product *= max(each, LEAST * (full - bound))
        if product > top:
            top = product
            states[:], bars[:], bases[:], bounds[:] = sides, barring, those, ends
        if sure:
            break
    return bound, states, bars, bases, bounds, used
