"""Bounds by the set of suppliers alone: cuts from prices, their linear program, and what a split gains; compiled.

Prices lam of the demands (`sourcing_dual`) hold for every set of suppliers at once. With y_s = 1 where s is used (Benders cuts, by
Lagrangian duality):

    cost(y) >= C + sum_s Z_s y_s,    C = sum_k lam_k demand_k + sum_b min(0, cost_b - sum_{k in b} lam_k demand_k),   Z_s = min_r z_sr

A node of a tree on y has some y_s fixed; over the cuts i known so far its bound is a small linear program, solved in its dual form

    max   sum_i C_i a_i - sum_s t_s - N u
    s.t.  sum_i a_i = 1,    sum_i Z_is a_i + t_s - v_s + u = 0  for each s,    a, t, v, u >= 0
          s used: t_s of any sign;    s left out: v_s of any sign

by the primal simplex method, as the basis of a parent is feasible for its children, and with a new cut. Any weights `a` prove a bound,
worked out again from them alone, so that rounding in the simplex method cannot make it wrong. The dual values are y. The weighted
mean of prices is where the search for a new cut begins: up the bound of the node, a concave function of lam without derivatives, by
Shor's r-algorithm (N. Z. Shor, Minimization Methods for Non-Differentiable Functions, Springer 1985, chapter 3), which comes as near
to its top in 60 evaluations as the deflected subgradients of `sourcing_dual` do in several hundred.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from planner.solvers.sourcing_dual import NONE, _below, _tier
from planner.solvers.sourcing_hull import best_of, sold_at

FREE, OUT, IN = -1, 0, 1
UNIT = 1000.0  # € that the linear program counts in
TOLERANCE = 1e-7  # of reduced costs and ratios there
SPARE, AGAIN = 1.2e-3, 20  # relative: how much worse than the best of its supplier a tier left out is; steps after which that is looked at again
LEAST = 1e-2  # of what is lacking: what a side is taken to gain that gains nothing
FIRST = 0.01  # relative: the first step
MANY, LONGER, SHORTER, SHRINK = 3, 1.2, 0.95, 0.5  # steps one way until they are longer; after one step they are shorter; of the space


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
def _best_tier(d: Any, s: int, lam: Any, mus: Any, ranks: Any, skip: Any, z: Any, x: Any, work: Any, exact: bool) -> float:
    """Z_s, with the quantities (K,) of its tier in x; unless `exact`, no higher than that once it is known not to be negative.

    Tiers are bounded by their last price first, and worked out while they are the least.
    """
    tiers = d.rate.shape[1]
    rows, costs, parts, next_ = work
    hull = d.capped and d.alike
    known = np.zeros(tiers, np.bool_)
    for r in range(tiers):
        z[r] = NONE
        known[r] = skip[r] or d.start[s, r] >= NONE / 2
        if not known[r]:
            if hull:
                z[r] = sold_at(d, s, r, lam, mus[s, r], ranks[s, r], costs, parts, next_)
            else:
                z[r] = _below(d, s, r, lam, mus[s, r], ranks[s, r], rows[0], rows[2], rows[3])
    while True:
        r = int(np.argmin(z))
        if known[r] or (not exact and z[r] >= 0.0):
            return float(z[r])
        if hull:
            z[r], mus[s, r] = best_of(d, s, r, mus[s, r], ranks[s, r], costs, parts, next_, rows[0])
        else:
            z[r] = _tier(d, s, r, lam, mus, ranks[s, r], rows[0], rows[1], rows[2], rows[3])
        known[r] = True
        if z[r] <= z.min():
            x[:] = rows[0]


@njit(cache=True, nogil=True)
def _constant(d: Any, lam: Any, missing: Any) -> float:
    """C, and the demand left in `missing`."""
    total = 0.0
    for k in range(len(lam)):
        total += lam[k] * d.demand[k]
        missing[k] = d.demand[k]
    for b in range(len(d.bundle_cost)):
        cost = d.bundle_cost[b]
        for i in range(d.bundle_first[b], d.bundle_first[b + 1]):
            cost -= lam[d.bundle_item[i]] * d.demand[d.bundle_item[i]]
        if cost < 0.0:
            total += cost
            for i in range(d.bundle_first[b], d.bundle_first[b + 1]):
                missing[d.bundle_item[i]] -= d.demand[d.bundle_item[i]]
    return total


@njit(cache=True, nogil=True)
def _bound(d: Any, lam: Any, mus: Any, state: Any, ranks: Any, skip: Any, x: Any, work: Any, z: Any, each: Any, missing: Any) -> float:
    """The bound of prices lam for the sets that a node has, and its subgradient in `missing`."""
    suppliers, articles = x.shape
    value, room = _constant(d, lam, missing), d.suppliers
    for s in range(suppliers):
        each[s] = NONE
        if state[s] != OUT:
            each[s] = _best_tier(d, s, lam, mus, ranks, skip[s], z, x[s], work, state[s] == IN)
            if state[s] == IN:
                value, room = value + each[s], room - 1
                for k in range(articles):
                    missing[k] -= x[s, k]
    for s in np.argsort(each):
        if state[s] == FREE and each[s] < 0.0 and room > 0:
            value, room = value + each[s], room - 1
            for k in range(articles):
                missing[k] -= x[s, k]
    return value


@njit(cache=True, nogil=True)
def _without(d: Any, lam: Any, mus: Any, state: Any, barred: Any, ranks: Any, skip: Any, x: Any, work: Any, spare: float) -> bool:
    """Takes back tiers left out in `skip` (S, R), but those `barred`, that are not `spare` € worse than the best; whether one of them is the best itself."""
    z, better = np.zeros(d.rate.shape[1]), False
    for s in range(len(state)):
        if state[s] != OUT:
            least = _best_tier(d, s, lam, mus, ranks, barred[s], z, x[s], work, True)
            for r in range(len(z)):
                if skip[s, r] and not barred[s, r] and z[r] <= (min(least, 0.0) if state[s] == FREE else least) + spare:
                    skip[s, r] = False
                    better = better or (z[r] <= least and (state[s] == IN or least < 0.0))
    return better


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def _shortened(ways: Any, count: int, last_first: bool, a: Any) -> None:
    """Vector `a` in the space shortened along the first `count` unit vectors `ways`, in their order or from the last."""
    for i in range(count):
        way = ways[count - 1 - i] if last_first else ways[i]
        along = 0.0
        for k in range(len(a)):
            along += way[k] * a[k]
        along *= SHRINK - 1.0
        for k in range(len(a)):
            a[k] += along * way[k]


@njit(cache=True, nogil=True)
def ascend(d: Any, lam: Any, mus: Any, state: Any, barred: Any, goal: float, steps: int, ranks: Any, x: Any, work: Any) -> float:
    """Prices lam (K,) and mus (S, R) moved to where the bound of a node is higher, in so many steps, or until `goal`; the best value.

    Of tiers, those `barred` (S, R) may not be had at all.
    Tiers far from being the best of their supplier are left out on the way (`cut` has them all).
    Shor's r-algorithm: steps along the subgradient in a space that is shortened along the difference of successive subgradients.
    """
    suppliers, articles = x.shape
    missing, z, each = np.zeros(articles), np.zeros(d.rate.shape[1]), np.zeros(suppliers)
    now, now_mu = lam.copy(), mus.copy()
    scale = 1.0 / np.sqrt(d.demand)
    ways, count = np.empty((steps, articles)), 0  # the space as what it was shortened along: far less than a matrix in so few steps
    length = FIRST * np.sqrt((lam * lam * d.demand).sum())
    skip = np.ones(d.rate.shape, np.bool_)
    _without(d, lam, mus, state, barred, ranks, skip, x, work, SPARE * abs(goal))
    top = _bound(d, now, now_mu, state, ranks, skip, x, work, z, each, missing)
    mus[:, :] = now_mu
    inner = scale * missing  # the subgradient in the space
    done, checked, ended = 1, 1, False
    while True:
        if ended or done >= steps or top >= goal or done - checked >= AGAIN:
            checked = done
            if _without(d, lam, mus, state, barred, ranks, skip, x, work, SPARE * abs(goal)):
                now[:], now_mu[:, :], ended = lam, mus, False
                top = _bound(d, now, now_mu, state, ranks, skip, x, work, z, each, missing)
                inner[:] = scale * missing
                _shortened(ways, count, False, inner)
            if ended or done >= steps or top >= goal:
                break
        norm = np.sqrt(inner @ inner)
        if norm < 1e-9:
            ended = True
            continue
        way = inner / norm
        _shortened(ways, count, True, way)
        way *= scale
        tried = 0
        while done < steps and top < goal:
            now += length * way
            tried, done = tried + 1, done + 1
            value = _bound(d, now, now_mu, state, ranks, skip, x, work, z, each, missing)
            if value > top:
                top = value
                lam[:], mus[:, :] = now, now_mu
            if tried >= MANY:
                length *= LONGER
            if missing @ way <= 0.0 or tried > 10 * MANY:
                break
        if tried == 1:
            length *= SHORTER
        after = scale * missing
        _shortened(ways, count, False, after)
        change = after - inner
        norm = np.sqrt(change @ change)
        if norm > 1e-9:
            ways[count] = change / norm
            after += (SHRINK - 1.0) * (ways[count] @ after) * ways[count]
            count += 1
        inner[:] = after
    return float(top)


@njit(cache=True, nogil=True)
def cut(d: Any, lam: Any, mus: Any, slope: Any, ranks: Any, x: Any, work: Any) -> float:
    """The cut of prices lam and mus (which move to the tiers' own best): C, and Z (S,) in `slope`, both in €."""
    missing, z, skip = np.zeros(len(lam)), np.zeros(d.rate.shape[1]), np.zeros(d.rate.shape[1], np.bool_)
    for s in range(len(slope)):
        slope[s] = _best_tier(d, s, lam, mus, ranks, skip, z, x[s], work, True)
        if slope[s] > NONE / 2:  # it can never be used
            slope[s] = 0.0
    return _constant(d, lam, missing)


@njit(cache=True, nogil=True)
def every_tier(d: Any, lam: Any, mus: Any, tiers: Any, ranks: Any, x: Any, work: Any) -> float:
    """C of prices, and z_sr of every tier in `tiers` (S, R), in €; NONE where a tier cannot be had."""
    missing, alone, z = np.zeros(len(lam)), np.ones(d.rate.shape[1], np.bool_), np.zeros(d.rate.shape[1])
    for s in range(len(tiers)):
        for r in range(len(z)):
            alone[r] = False
            tiers[s, r] = _best_tier(d, s, lam, mus, ranks, alone, z, x[s], work, True)
            alone[r] = True
    return _constant(d, lam, missing)


@njit(cache=True, nogil=True)
def _near(values: Any, slopes: Any, shown: Any, known: int, theta: float, y: Any, width: float, most: int) -> Any:
    """The cuts no more than `width` below the bound at y; at most so many, the nearest."""
    kept, below = np.empty(known, np.int64), np.empty(known)
    count = 0
    for i in range(known):
        if shown[i]:
            off = values[i] - theta
            for s in range(len(y)):
                off += slopes[i, s] * y[s]
            if off >= -width:
                kept[count], below[count] = i, -off
                count += 1
    if count > most:
        return kept[:count][np.argsort(below[:count])[:most]]
    return kept[:count].copy()


@njit(cache=True, nogil=True)
def tighten(
    d: Any, pool: Any, state: Any, basis: Any, inverse: Any, cost: Any, local: Any, slots: Any, target: float, steps: int, y: Any, z: Any, scratch: Any,
) -> Any:  # fmt: skip
    """The bound of a node with a new cut, found from the prices that its linear program weighs, unless it is at its `target` already.

    The cut is written to the pool at the first of `slots` (where there are none, there is none); how many were used comes with the bound.
    """
    values, slopes, lams, mus, shift, most = pool
    ranks, x, work = scratch
    weight, slope = np.zeros(len(basis)), np.zeros(len(state))
    _simplex(basis, inverse, cost, state, local, values, slopes, most, 100, y)
    best = _weighted(basis, inverse, state, values, slopes, most, z, weight)
    if best >= target or len(slots) == 0:
        return best, 0
    lam, mu = lams[slots[0]], mus[slots[0]]
    lam[:], mu[:, :] = 0.0, 0.0
    for i in range(len(basis)):
        if weight[i] > 0.0:
            lam += weight[i] * lams[basis[i]]
            mu += weight[i] * mus[basis[i]]
    ascend(d, lam, mu, state, np.zeros(d.rate.shape, np.bool_), UNIT * target + shift, steps, ranks, x, work)
    value = (cut(d, lam, mu, slope, ranks, x, work) - shift) / UNIT
    slopes[slots[0]], values[slots[0]] = slope / UNIT, value
    held = np.concatenate((local, slots[:1]))
    _simplex(basis, inverse, cost, state, held, values, slopes, most, 100, y)
    return max(best, _weighted(basis, inverse, state, values, slopes, most, z, weight)), 1


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
def expand(
    d: Any, pool: Any, shown: Any, known: int, state: Any, basis: Any, least: float, slots: Any, target: float, full: float, limits: Any, learned: Any, scratch: Any,
) -> Any:  # fmt: skip
    """Both sides of the best split of a node, each with new cuts; `state` may be fixed further.

    Bounds count in UNIT from the shift. `target`: where a side is good enough for now; `full`: where it is cut off. `learned`: by supplier and
    side (S, 2) what sides gained in all, and how often they were seen. Returns the bound of the node, the sides' states (2, S), bases (2, S + 1),
    bounds (2,) (empty: nothing to split), and how many slots were used.
    """
    values, slopes, _, _, _, most = pool
    width, near, steps, tries, enough = limits
    count = len(state)
    size = count + 1
    inverse, cost, y, z, weight = np.zeros((size, size)), np.zeros(size), np.zeros(count), np.zeros(count), np.zeros(size)
    states, bases, bounds = np.empty((2, count), np.int8), np.empty((2, size), np.int64), np.zeros(2)
    _inverse(basis, values, slopes, most, inverse, cost)
    local = basis[basis >= 0]
    theta = _simplex(basis, inverse, cost, state, local, values, slopes, most, 100, y)
    bound = least
    for _ in range(3):
        local = _near(values, slopes, shown, known, theta, y, width, near)
        theta = _simplex(basis, inverse, cost, state, local, values, slopes, most, 100, y)
        now = _weighted(basis, inverse, state, values, slopes, most, z, weight)
        bound = max(bound, now)
        if bound >= full:
            return bound, states[:0], bases[:0], bounds[:0], 0
        if not fix(state, z, now, most, full):
            break
    free = np.flatnonzero(state == FREE)
    if len(free) == 0:
        best, used = tighten(d, pool, state, basis, inverse, cost, local, slots, full, 4 * steps, y, z, scratch)
        return max(bound, best), states[:0], bases[:0], bounds[:0], used
    gain, seen = learned
    score = np.zeros(count)
    for s in free:
        score[s] = 1.0
        for i in range(2):
            mean = gain[s, i] / seen[s, i] if seen[s, i] > 0 else gain[:, i].sum() / max(1.0, seen[:, i].sum())
            score[s] *= max(min(mean, full - bound), LEAST * (full - bound))
    order = free[np.argsort(-score[free])]
    top, used = -1.0, 0
    sides, those, ends = states.copy(), bases.copy(), bounds.copy()
    for tried, s in enumerate(order):
        sure = min(seen[s, 0], seen[s, 1]) >= enough
        if tried > 0 and (tried >= tries or (sure and score[s] <= top)):
            break
        product = 1.0
        for i in range(2):
            sides[i], those[i] = state, basis
            sides[i, s] = IN if i == 0 else OUT
            best, more = tighten(d, pool, sides[i], those[i], inverse.copy(), cost.copy(), local, slots[used:], target, steps, y, z, scratch)
            used += more
            ends[i] = max(bound, best)
            each = max(0.0, min(ends[i], full) - bound)
            gain[s, i] += each
            seen[s, i] += 1
            product *= max(each, LEAST * (full - bound))
        if product > top:
            top = product
            states[:], bases[:], bounds[:] = sides, those, ends
        if sure:
            break
    return bound, states, bases, bounds, used
