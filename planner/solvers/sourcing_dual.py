"""A bound on the cost of sharing out quantities (`sourcing_volume`), by prices of the demands; compiled.

With a price lam_k on a unit of article k the suppliers no longer meet:

    bound(lam) = sum_k lam_k demand_k  +  sum_b min(0, cost_b - sum_{k in b} lam_k demand_k)
                 +  the sum of the `suppliers` least of min(0, min_r z_sr)
    z_sr = fee_sr + max_{mu >= 0} ( mu start_sr + sum_f min(0, v_srf(mu)) )
    v_srf(mu) = min sum_{k in f} ((1 - rate_sr) price_sk - lam_k - mu base_sk) x_k,   x_k <= most_sk,  floor_f <= sum x_k <= cap_f

which is a lower bound for every lam and every mu (the rule of a least number of suppliers of a family is left out, which
only lowers it). The best lam is sought by a deflected subgradient, steps scaled by demand; mu_sr, the price of reaching a
tier, by bisection around its last value. Its maximum is the bound of the tight linear relaxation of the program.

By-products: z_sr less the best of its supplier is the reduced cost of a tier, which rules tiers out exactly once a good
answer is known, and the shares of the tiers over the last iterations are close to a solution of the relaxation.
"""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.solvers.sourcing_volume import Volumes

NONE = 1e18  # a tier that is not there, or cannot be reached
SMOOTH = 0.7  # of the direction is the last one
MEMORY = 0.95  # of the shares are the last ones
LEAST_STEP = 1e-3
AIM, FAR = 0.003, 0.02  # relative: how far above a cost, or the best bound, a step aims; at the cost itself it would never be passed
MARGIN = 1e-9  # relative, taken off the bound: rounding of sums of doubles

Floats = NDArray[np.float64]
_Data = namedtuple("_Data", "price most demand base rate start fee first cap floor capped alike suppliers bundle_first bundle_item bundle_cost")


@dataclass(frozen=True)
class Dual:
    """`bound` in €; prices `lam` (K,) of the articles, `mu` (S, R) of the tiers; `z` (S, R) values of the tiers; `share` (S, R + 1) how
    often each tier (last: none) was best lately."""

    bound: float
    lam: Floats
    mu: Floats
    z: Floats
    share: Floats

    @property
    def tier_cost(self) -> Floats:
        """Reduced cost (S, R) of each tier: what having it adds to the bound at least."""
        return np.asarray(self.z - np.minimum(self.z.min(1), 0.0)[:, None])


@dataclass(frozen=True)
class Pace:
    """How a climb goes: at most so many iterations, the first step, how many without success before it is shrunk, by how much; whether
    the values of all tiers are wanted in the end, not only what they are no lower than."""

    iterations: int = 2000
    step: float = 1.0
    patience: int = 15
    shrink: float = 0.7
    exact: bool = True


class Prices:
    """The dual of one problem, ready to climb from any prices under any restriction of the tiers."""

    def __init__(self, volumes: Volumes) -> None:
        self.volumes = volumes
        suppliers, tiers, articles = volumes.size
        rules = volumes.families
        family = np.zeros(articles, int) if rules is None else rules.of
        self._order = np.argsort(family, kind="stable")
        self._back = np.argsort(self._order)
        most = np.minimum(volumes.most, volumes.demand)
        families = 1 if rules is None else len(rules.cap)
        had = np.stack([(most[:, family == f] > 0).sum(1) for f in range(families)], axis=1)
        where = [self._back[list(b.articles)] for b in volumes.bundles]
        o = self._order
        self.data = _Data(
            np.ascontiguousarray(volumes.price[:, o]), np.ascontiguousarray(most[:, o]), volumes.demand[o].astype(float),
            np.ascontiguousarray(volumes.base[:, o]), volumes.rate, np.where(np.isfinite(volumes.start), volumes.start, NONE), volumes.fee,
            np.concatenate([np.zeros((suppliers, 1), np.int64), np.cumsum(had, axis=1)], axis=1), np.full(1, NONE) if rules is None else rules.cap.astype(float),
            np.zeros(1) if rules is None else rules.floor.astype(float), rules is not None, bool(np.all(volumes.base == 1.0)),
            suppliers if volumes.suppliers is None else volumes.suppliers,
            np.concatenate([[0], np.cumsum([len(w) for w in where])]).astype(np.int64), np.array([i for w in where for i in w], np.int64),
            np.array([b.cost for b in volumes.bundles], float),
        )  # fmt: skip
        offered = np.argsort(~(most[:, o] > 0), axis=1, kind="stable")  # those a supplier has, in order of family
        self._rank = np.repeat(offered[:, None, :], tiers, axis=1)

    def first(self) -> Floats:
        """Prices to begin with: of the dearest offer needed to serve each article alone."""
        v = self.volumes
        lam = np.zeros(len(v.demand))
        for k, demand in enumerate(v.demand):
            there = np.flatnonzero(v.most[:, k] > 0)
            order = there[np.argsort(v.price[there, k], kind="stable")]
            enough = int(np.searchsorted(np.cumsum(v.most[order, k]), demand))
            lam[k] = v.price[order[min(enough, len(order) - 1)], k] if len(order) else 0.0
        return lam

    def climb(
        self, lam: Floats, mu: Floats | None = None, allowed: NDArray[np.bool_] | None = None, *,
        target: float = np.inf, pace: Pace | None = None,
    ) -> Dual:  # fmt: skip
        """The best bound found from prices `lam` (K,), with only tiers `allowed` (S, R + 1; last: none).

        Ends early above `target`, a known cost (inf: a guess). A bound of inf says that the restriction leaves nothing.
        """
        pace = pace or Pace()
        suppliers, tiers, _ = self.volumes.size
        free = np.ones((suppliers, tiers + 1), np.bool_) if allowed is None else allowed
        start = np.zeros((suppliers, tiers)) if mu is None else mu.copy()
        bound, best, mus, z, share = _climb(
            self.data, lam[self._order], start, free, self._rank.copy(), float(target), pace.iterations, pace.step, pace.patience, pace.shrink, pace.exact
        )
        bound = np.inf if bound > NONE / 2 else bound - MARGIN * max(1.0, abs(bound))
        return Dual(float(bound), best[self._back], mus, z, share)

    def inward(self, lam: Floats) -> Floats:
        """Prices (K,) in the order that the compiled parts have the articles in."""
        return np.asarray(lam[self._order])

    def ranks(self) -> NDArray[np.int64]:
        """An order (S, R, K) of the articles to begin with, for the compiled parts to sort."""
        return self._rank.copy()

    def scratch(self) -> tuple[Any, ...]:
        """What `sourcing_cuts` works in: orders of the articles, quantities, and rows for tiers and families."""
        suppliers, tiers, articles = self.volumes.size
        families = len(self.data.cap)
        rows = np.zeros((4, articles)), np.zeros((tiers, articles)), np.zeros((4, tiers, families)), np.zeros((tiers, families), np.int64)
        return self.ranks(), np.zeros((suppliers, articles)), rows

    def article_cost(self, dual: Dual) -> Floats:
        """Reduced cost (S, R, K) of a unit of an article at a tier: what it adds to the bound at least, where positive."""
        v = self.volumes
        return np.asarray(v.price[:, None, :] * (1 - v.rate[:, :, None]) - dual.lam - dual.mu[:, :, None] * v.base[:, None, :])


@njit(cache=True, nogil=True)
def _sort(key: Any, rank: Any, a: int, b: int) -> None:
    """rank[a:b] by key, by insertion: the order hardly changes from one time to the next."""
    for i in range(a + 1, b):
        k = rank[i]
        j = i - 1
        while j >= a and key[rank[j]] > key[k]:
            rank[j + 1] = rank[j]
            j -= 1
        rank[j + 1] = k


@njit(cache=True, nogil=True)
def _open_tier(d: Any, s: int, r: int, lam: Any, mus: Any, rank: Any, x: Any, key: Any) -> float:
    """z_sr where no share of a family is limited: cheapest first for what counts, until the tier is reached."""
    keep, start, n = 1.0 - d.rate[s, r], d.start[s, r], d.first[s, 1]
    value = float(d.fee[s, r])
    base = 0.0
    x[:] = 0.0
    for i in range(n):
        k = rank[i]
        cost = keep * d.price[s, k] - lam[k]
        key[k] = cost / d.base[s, k]
        if cost < 0.0:
            x[k] = d.most[s, k]
            value += cost * x[k]
            base += d.base[s, k] * x[k]
    mus[s, r] = 0.0
    if base >= start:
        return value
    _sort(key, rank, 0, n)
    for i in range(n):
        k = rank[i]
        if x[k] == 0.0:
            x[k] = min(d.most[s, k], (start - base) / d.base[s, k])
            value += key[k] * d.base[s, k] * x[k]
            base += d.base[s, k] * x[k]
            mus[s, r] = key[k]
            if base >= start * (1 - 1e-12):
                return float(value)
    return NONE


@njit(cache=True, nogil=True)
def _at(d: Any, s: int, r: int, mu: float, cost: Any, key: Any, rank: Any, x: Any) -> tuple[float, float]:
    """Value of a tier at its price mu, and what is counted towards it; its quantities in x. `rank` sorts by cost where units count alike."""
    value, counted = d.fee[s, r] + (mu * d.start[s, r] if mu > 0.0 else 0.0), 0.0
    x[:] = 0.0
    for f in range(len(d.cap)):
        a, b = d.first[s, f], d.first[s, f + 1]
        if not d.alike:
            for i in range(a, b):
                key[rank[i]] = cost[rank[i]] - mu * d.base[s, rank[i]]
            _sort(key, rank, a, b)
        sold, worth, base = 0.0, 0.0, 0.0
        for i in range(a, b):
            k = rank[i]
            each = cost[k] - mu * d.base[s, k]
            room = (d.cap[f] if each < 0.0 else d.floor[f]) - sold
            if room <= 0.0:
                break
            x[k] = min(d.most[s, k], room)
            sold += x[k]
            worth += each * x[k]
            base += d.base[s, k] * x[k]
        if worth < 0.0 and sold >= d.floor[f] * (1 - 1e-12):
            value += worth
            counted += base
        else:
            for i in range(a, b):
                x[rank[i]] = 0.0
    return value, counted


@njit(cache=True, nogil=True)
def tier_value(d: Any, s: int, r: int, lam: Any, mus: Any, rank: Any, x: Any, low: Any, cost: Any, key: Any) -> float:
    """z_sr with its quantities in x; the price of the tier is kept in mus."""
    if not d.capped:
        return _open_tier(d, s, r, lam, mus, rank, x, key)
    start, m = d.start[s, r], mus[s, r]
    keep = 1.0 - d.rate[s, r]
    for k in range(len(lam)):
        cost[k] = keep * d.price[s, k] - lam[k]
    for f in range(len(d.cap)):
        _sort(cost, rank, d.first[s, f], d.first[s, f + 1])
    value, base = _at(d, s, r, m, cost, key, rank, x)
    if start <= 0.0 or (m <= 0.0 and base >= start):
        return value
    width = 0.02 * m + 0.1
    if base < start:
        left, right, tries = m, m + width, 0
        while _at(d, s, r, right, cost, key, rank, x)[1] < start:
            width *= 2.0
            left, right, tries = right, right + width, tries + 1
            if tries > 40:
                return NONE
    else:
        left, right = m - width, m
        while left > 0.0 and _at(d, s, r, left, cost, key, rank, x)[1] >= start:
            width *= 2.0
            right, left = left, left - width
        left = max(left, 0.0)
    for _ in range(10):
        if right - left < 1e-3 * right + 1e-4:
            break
        middle = 0.5 * (left + right)
        if _at(d, s, r, middle, cost, key, rank, x)[1] < start:
            left = middle
        else:
            right = middle
    less = _at(d, s, r, left, cost, key, rank, low)[1]
    value, base = _at(d, s, r, right, cost, key, rank, x)
    mus[s, r] = right if right > 2e-4 else 0.0
    if base > start > less:  # just reached, in a mixture of both sides
        part = (start - less) / (base - less)
        for k in range(len(x)):
            x[k] = part * x[k] + (1.0 - part) * low[k]
    return value


@njit(cache=True, nogil=True)
def below(d: Any, s: int, r: int, lam: Any, mu: float, rank: Any, x: Any, cost: Any, key: Any) -> float:
    """A value that z_sr is no lower than: that at the price mu."""
    keep = 1.0 - d.rate[s, r]
    if d.capped:
        for k in range(len(lam)):
            cost[k] = keep * d.price[s, k] - lam[k]
        if d.alike:
            for f in range(len(d.cap)):
                _sort(cost, rank, d.first[s, f], d.first[s, f + 1])
        return float(_at(d, s, r, mu, cost, key, rank, x)[0])
    value = d.fee[s, r] + (mu * d.start[s, r] if mu > 0.0 else 0.0)
    for k in range(len(lam)):
        value += min(0.0, keep * d.price[s, k] - lam[k] - mu * d.base[s, k]) * d.most[s, k]
    return float(value)


@njit(cache=True, nogil=True)
def _value(d: Any, lam: Any, mus: Any, allowed: Any, ranks: Any, z: Any, x: Any, best: Any, used: Any, work: Any, exact: bool) -> float:
    """bound(lam); the quantities (S, K) in x and the suppliers that count in `used`. Unless `exact`, z of tiers that are not the best of their supplier are only no
    higher than they should be, and so are all of a supplier that does not count."""
    suppliers, tiers = d.rate.shape
    rho = np.zeros(suppliers)
    count, total = 0, 0.0
    for k in range(len(lam)):
        total += lam[k] * d.demand[k]
    known = np.zeros(tiers, np.bool_)
    for s in range(suppliers):
        rho[s], best[s], used[s] = NONE, tiers, 0
        must = not allowed[s, tiers]
        for r in range(tiers):
            z[s, r] = NONE
            known[r] = True
            if allowed[s, r] and d.start[s, r] < NONE / 2:
                known[r] = exact
                if exact:
                    z[s, r] = tier_value(d, s, r, lam, mus, ranks[s, r], work[0], work[1], work[2], work[3])
                    if z[s, r] < rho[s]:
                        rho[s], best[s] = z[s, r], r
                        for k in range(len(lam)):
                            x[s, k] = work[0, k]
                else:
                    z[s, r] = below(d, s, r, lam, mus[s, r], ranks[s, r], work[0], work[2], work[3])
        while not exact:  # the least is worked out, until it is still the least then, or cannot count
            r = int(np.argmin(z[s]))
            if known[r] or (not must and z[s, r] >= 0.0):
                rho[s] = z[s, r]
                best[s] = r if rho[s] < NONE / 2 else tiers
                break
            z[s, r] = tier_value(d, s, r, lam, mus, ranks[s, r], work[0], work[1], work[2], work[3])
            known[r] = True
            if z[s, r] <= z[s].min():
                for k in range(len(lam)):
                    x[s, k] = work[0, k]
        if must:
            if rho[s] > NONE / 2:
                return NONE
            used[s] = 1
            total += rho[s]
            count += 1
    if count > d.suppliers:
        return NONE
    for s in np.argsort(rho):
        if count < d.suppliers and not used[s] and rho[s] < 0.0:
            used[s] = 1
            total += rho[s]
            count += 1
    for b in range(len(d.bundle_cost)):
        cost = d.bundle_cost[b]
        for i in range(d.bundle_first[b], d.bundle_first[b + 1]):
            cost -= lam[d.bundle_item[i]] * d.demand[d.bundle_item[i]]
        total += min(0.0, cost)
    return total


@njit(cache=True, nogil=True)
def _missing(d: Any, lam: Any, x: Any, used: Any, gap: Any) -> None:
    """The subgradient: demand not served by what the suppliers and bundles that count sell."""
    for k in range(len(lam)):
        gap[k] = d.demand[k]
    for s in range(len(used)):
        if used[s]:
            for k in range(len(lam)):
                gap[k] -= x[s, k]
    for b in range(len(d.bundle_cost)):
        cost = d.bundle_cost[b]
        for i in range(d.bundle_first[b], d.bundle_first[b + 1]):
            cost -= lam[d.bundle_item[i]] * d.demand[d.bundle_item[i]]
        if cost < 0.0:
            for i in range(d.bundle_first[b], d.bundle_first[b + 1]):
                gap[d.bundle_item[i]] -= d.demand[d.bundle_item[i]]


@njit(cache=True, nogil=True)
def _climb(d: Any, lam: Any, mus: Any, allowed: Any, ranks: Any, target: float, iterations: int, step: float, patience: int, shrink: float, exact: bool) -> Any:
    suppliers, tiers = d.rate.shape
    articles = len(lam)
    x, work = np.zeros((suppliers, articles)), np.zeros((4, articles))
    z, best, used = np.zeros((suppliers, tiers)), np.zeros(suppliers, np.int64), np.zeros(suppliers, np.int64)
    top, stall, started = -NONE, 0, False
    top_lam, top_mu, top_z = lam.copy(), mus.copy(), z.copy()
    share, weight = np.zeros((suppliers, tiers + 1)), 0.0
    way, gap = np.zeros(articles), np.zeros(articles)
    for _ in range(iterations):
        value = _value(d, lam, mus, allowed, ranks, z, x, best, used, work, False)
        if value > NONE / 2:
            return value, lam, mus, z, share
        stall = 0 if value > top + 2e-6 * abs(top) else stall + 1
        if value > top:
            top, top_lam, top_mu, top_z = value, lam.copy(), mus.copy(), z.copy()
        share *= MEMORY
        weight = MEMORY * weight + 1.0
        for s in range(suppliers):
            share[s, best[s] if used[s] else tiers] += 1.0
        if top > target:
            break
        if stall >= patience:
            step *= shrink
            stall, lam = 0, top_lam.copy()
            if step < LEAST_STEP:
                break
        _missing(d, lam, x, used, gap)
        ahead = 0.0
        for k in range(articles):
            way[k] = SMOOTH * way[k] + (1.0 - SMOOTH) * gap[k] if started else gap[k]
            ahead += way[k] * gap[k] / d.demand[k]
        started = True
        if ahead <= 1e-9:
            ahead = 0.0
            for k in range(articles):
                way[k] = gap[k]
                ahead += gap[k] * gap[k] / d.demand[k]
            if ahead <= 1e-9:
                break
        goal = target + AIM * abs(target) if target < NONE / 2 else top + FAR * abs(top)
        lam = lam + step * (goal - value) / ahead * way / d.demand
    if exact and top > -NONE / 2:
        top = max(top, _value(d, top_lam, top_mu, allowed, ranks, top_z, x, best, used, work, True))
    return top, top_lam, top_mu, top_z, share / max(weight, 1.0)
