"""What a supplier sells best at given prices, tier by tier, where families have shares and units count alike; compiled.

Of a family, cheapest first, W(q) is what q units cost beside their prices: convex from `floor` to `cap`, and 0 at 0. Its convex hull is a first
step to W(floor), as the mean of the cheapest only rises, and then the articles one by one. With a price mu on reaching the tier
a family is sold as long as its slope is below mu; the mu at which just enough is sold is found by going from the last one up or down
the slopes of all families. `sourcing_dual` finds the same by bisection, for units that count differently too.

Each tier has a row in `costs` (R, K), `parts` (4, R, F: units sold, their W, slope of the first step, units of the next article taken) and `next_` (R, F).
"""

from __future__ import annotations

from typing import Any

from numba import njit

from planner.solvers.sourcing_dual import NONE

OFF = -1  # in `next_`: the family is not sold
SAME = 1e-9  # units


@njit(cache=True, nogil=True)
def sold_at(d: Any, s: int, r: int, lam: Any, mu: float, rank: Any, costs: Any, parts: Any, next_: Any) -> float:
    """The value of a tier at its price mu, no higher than its best, and the state of its families there; `rank` gets sorted."""
    keep, value = 1.0 - d.rate[s, r], d.fee[s, r] + mu * d.start[s, r]
    cost = costs[r]
    for f in range(len(d.cap)):
        a, b = d.first[s, f], d.first[s, f + 1]
        for i in range(a, b):
            k = rank[i]
            c = keep * d.price[s, k] - lam[k]
            j = i - 1
            while j >= a and cost[j] > c:
                cost[j + 1], rank[j + 1] = cost[j], rank[j]
                j -= 1
            cost[j + 1], rank[j + 1] = c, k
        i, sold, worth, part, floor, cap = a, 0.0, 0.0, 0.0, d.floor[f], d.cap[f]
        while i < b and sold < floor:
            most = d.most[s, rank[i]]
            if most < floor - sold:
                sold, worth, i = sold + most, worth + cost[i] * most, i + 1
            else:
                part = floor - sold
                sold, worth = floor, worth + cost[i] * part
        slope = worth / floor if floor > 0.0 else -NONE
        if sold < floor * (1 - 1e-12):
            slope = NONE
        parts[2, r, f] = slope
        if slope >= mu:
            parts[0, r, f], parts[1, r, f], parts[3, r, f], next_[r, f] = 0.0, 0.0, 0.0, OFF
            continue
        while i < b and cost[i] < mu and sold < cap:
            more = d.most[s, rank[i]] - part
            if more <= cap - sold:
                sold, worth, part, i = sold + more, worth + cost[i] * more, 0.0, i + 1
            else:
                part += cap - sold
                worth += cost[i] * (cap - sold)
                sold = cap
        parts[0, r, f], parts[1, r, f], parts[3, r, f], next_[r, f] = sold, worth, part, i
        value += worth - mu * sold
    return float(value)


@njit(cache=True, nogil=True)
def _step(d: Any, s: int, r: int, f: int, amount: float, rank: Any, costs: Any, parts: Any, next_: Any, up: bool) -> None:
    """A family one slope up or down, by the amount that this slope has."""
    if up and next_[r, f] == OFF:
        i, left = d.first[s, f], d.floor[f]
        while d.most[s, rank[i]] < left:
            left -= d.most[s, rank[i]]
            i += 1
        parts[0, r, f], parts[1, r, f], parts[3, r, f], next_[r, f] = d.floor[f], parts[2, r, f] * d.floor[f], left, i
        return
    i = next_[r, f]
    if up:
        parts[0, r, f] += amount
        parts[1, r, f] += amount * costs[r, i]
        parts[3, r, f] += amount
        if parts[3, r, f] >= d.most[s, rank[i]] - SAME:
            parts[3, r, f], next_[r, f] = 0.0, i + 1
    elif parts[0, r, f] <= d.floor[f] + SAME:
        parts[0, r, f], parts[1, r, f], parts[3, r, f], next_[r, f] = 0.0, 0.0, 0.0, OFF
    else:
        if parts[3, r, f] <= SAME:
            i -= 1
            parts[3, r, f], next_[r, f] = d.most[s, rank[i]], i
        parts[0, r, f] -= amount
        parts[1, r, f] -= amount * costs[r, i]
        parts[3, r, f] = max(0.0, parts[3, r, f] - amount)


@njit(cache=True, nogil=True)
def best_of(d: Any, s: int, r: int, mu: float, rank: Any, costs: Any, parts: Any, next_: Any, x: Any) -> tuple[float, float]:
    """The best value of a tier and its price, from where `sold_at` left it at mu; quantities in x (K,). NONE where it cannot be reached."""
    families, start = len(d.cap), d.start[s, r]
    sold = 0.0
    for f in range(families):
        sold += parts[0, r, f]
    at, share = -1, 0.0  # the family sold in part of a step, and the part
    up = sold < start
    while up or mu > 0.0:
        slope, chosen, amount = (NONE if up else 0.0), -1, 0.0
        for f in range(families):
            i = next_[r, f]
            if up:
                if i == OFF:
                    if parts[2, r, f] < slope:
                        slope, chosen, amount = parts[2, r, f], f, d.floor[f]
                elif i < d.first[s, f + 1] and costs[r, i] < slope and d.cap[f] - parts[0, r, f] > SAME:
                    slope, chosen, amount = costs[r, i], f, min(d.most[s, rank[i]] - parts[3, r, f], d.cap[f] - parts[0, r, f])
            elif i != OFF:
                if parts[0, r, f] <= d.floor[f] + SAME:
                    if parts[2, r, f] > slope:
                        slope, chosen, amount = parts[2, r, f], f, parts[0, r, f]
                else:
                    j = i if parts[3, r, f] > SAME else i - 1
                    if costs[r, j] > slope:
                        slope, chosen, amount = costs[r, j], f, min(parts[3, r, f] if j == i else d.most[s, rank[j]], parts[0, r, f] - d.floor[f])
        if chosen < 0:
            if up:
                return NONE, mu
            mu = 0.0
            break
        if up:
            mu = max(slope, 0.0)
            _step(d, s, r, chosen, amount, rank, costs, parts, next_, True)
            sold += amount
            if sold >= start:
                at, share = chosen, (sold - start) / max(amount, SAME)
                break
        else:
            mu = slope
            if sold - amount < start:
                at, share = chosen, (sold - start) / max(amount, SAME)
                break
            _step(d, s, r, chosen, amount, rank, costs, parts, next_, False)
            sold -= amount
    value = d.fee[s, r] + mu * start
    x[:] = 0.0
    for f in range(families):
        if next_[r, f] != OFF:
            value += min(0.0, parts[1, r, f] - mu * parts[0, r, f])
            for i in range(d.first[s, f], next_[r, f]):
                x[rank[i]] = d.most[s, rank[i]]
            if parts[3, r, f] > SAME:
                x[rank[next_[r, f]]] = parts[3, r, f]
    if at >= 0 and mu > 0.0:  # back by the part that is too much
        if parts[0, r, at] <= d.floor[at] + SAME:
            for i in range(d.first[s, at], d.first[s, at + 1]):
                x[rank[i]] *= 1.0 - share
        else:
            i = next_[r, at] if parts[3, r, at] > SAME else next_[r, at] - 1
            x[rank[i]] = max(0.0, x[rank[i]] - share * min(x[rank[i]], parts[0, r, at] - d.floor[at]))
    return float(value), mu
