"""Bounds by the set of suppliers alone: cuts from prices, compiled.

Prices lam of the demands (`sourcing_dual`) hold for every set of suppliers at once. With y_s = 1 where s is used (Benders cuts, by
Lagrangian duality):

    cost(y) >= C + sum_s Z_s y_s,    C = sum_k lam_k demand_k + sum_b min(0, cost_b - sum_{k in b} lam_k demand_k),   Z_s = min_r z_sr

over the tiers r that s may still have. A cut is sought up the bound of a node, a concave function of lam without derivatives, by
Shor's r-algorithm (N. Z. Shor, Minimization Methods for Non-Differentiable Functions, Springer 1985, chapter 3), which comes as near
to its top in 60 evaluations as the deflected subgradients of `sourcing_dual` do in several hundred.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from planner.solvers.sourcing_dual import NONE, below, tier_value
from planner.solvers.sourcing_hull import best_of, sold_at

FREE, OUT, IN = -1, 0, 1
SPARE, AGAIN = 1.2e-3, 20  # relative: how much worse than the best of its supplier a tier left out is; steps after which that is looked at again
FIRST = 0.01  # relative: the first step
MANY, LONGER, SHORTER, SHRINK = 3, 1.2, 0.95, 0.5  # steps one way until they are longer; after one step they are shorter; of the space


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
                z[r] = below(d, s, r, lam, mus[s, r], ranks[s, r], rows[0], rows[2], rows[3])
    while True:
        r = int(np.argmin(z))
        if known[r] or (not exact and z[r] >= 0.0):
            return float(z[r])
        if hull:
            z[r], mus[s, r] = best_of(d, s, r, mus[s, r], ranks[s, r], costs, parts, next_, rows[0])
        else:
            z[r] = tier_value(d, s, r, lam, mus, ranks[s, r], rows[0], rows[1], rows[2], rows[3])
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
def every_tier(d: Any, lam: Any, mus: Any, tiers: Any, ranks: Any, x: Any, work: Any) -> float:
    """C of prices, and z_sr of every tier in `tiers` (S, R), in €; NONE where a tier cannot be had."""
    missing, alone, z = np.zeros(len(lam)), np.ones(d.rate.shape[1], np.bool_), np.zeros(d.rate.shape[1])
    for s in range(len(tiers)):
        for r in range(len(z)):
            alone[r] = False
            tiers[s, r] = _best_tier(d, s, lam, mus, ranks, alone, z, x[s], work, True)
            alone[r] = True
    return _constant(d, lam, missing)
