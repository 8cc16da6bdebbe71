"""Sharing out quantities among suppliers with tiers on the supplier's total: the data, and what an answer costs.

Articles k are bought whole, in units, from suppliers s with tiers r on a total of units or of turnover:

    min   sum_s sum_r ( fee_sr on_sr + sum_k (1 - rate_sr) price_sk x_srk )  +  sum_b cost_b take_b
    s.t.  sum_sr x_srk + sum_{b has k} demand_k take_b = demand_k          every article, exactly
          x_srk <= most_sk on_sr,   sum_r on_sr <= 1                       one tier for each supplier, or none
          sum_k base_sk x_srk >= start_sr on_sr                            a tier is reached, or not had
          sum_sr on_sr <= suppliers                                        how many suppliers in all
          families f:  floor_f here_sf <= sum_{r, k in f} x_srk <= cap_f here_sf,  here_sf <= sum_r on_sr,
                       sum_s here_sf >= least_f                            shares of a family, and how many sell it
          on, here, take binary;  x whole

`fee_sr` is the supplier's fixed cost, and what a tier on slices gives back: the rebate of slices up to the total T is
the best over r of rate_r T - constant_r, so that a slice tier is `fee = fixed + constant` with no start at all. Where
rates rise a higher tier is never worse and no upper end is needed.

With the quantities by tier under `x_srk <= most_sk on_sr` the relaxation of a supplier is the convex hull of what it
can sell: the bound of that program is the Lagrangian one over the demands, which `sourcing_dual` finds in a second.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

INF = float("inf")
EDGE = 1e-9  # relative: a tier is reached from this close below its start (quantities are whole, so never by less than that)


@dataclass(frozen=True)
class Families:
    """Rules on the units of each family: `of` (K,) the family of an article; (F,) `cap` and `floor` units of one supplier, `least` suppliers."""

    of: np.ndarray
    cap: np.ndarray
    floor: np.ndarray
    least: np.ndarray


@dataclass(frozen=True)
class Bundle:
    """The whole demand of these articles at one price, beside the tiers; takes part in none."""

    articles: tuple[int, ...]
    cost: float


@dataclass(frozen=True)
class Volumes:
    """The whole problem. S suppliers, K articles, at most R tiers each.

    `price` (S, K) €; `most` (S, K) units a supplier sells (0: no offer); `demand` (K,) units; `base` (S, K) what a unit counts
    towards the tiers; `rate`, `start`, `fee` (S, R), rates rising, `start` inf where a supplier has fewer tiers; `paid_by_slice`
    rebates are those of slices. `suppliers`: at most so many.
    """

    price: np.ndarray
    most: np.ndarray
    demand: np.ndarray
    base: np.ndarray
    rate: np.ndarray
    start: np.ndarray
    fee: np.ndarray
    by_slice: bool = False
    suppliers: int | None = None
    families: Families | None = None
    bundles: tuple[Bundle, ...] = field(default=())

    @property
    def size(self) -> tuple[int, int, int]:
        """Suppliers, tiers, articles."""
        return (*self.rate.shape, len(self.demand))

    def cost(self, x: np.ndarray, taken: tuple[int, ...] = ()) -> float:
        """What quantities (S, K) cost in €, each supplier at the tier its total reaches (or the best of slices)."""
        total = (self.base * x).sum(1)
        list_price = (self.price * x).sum(1)
        used = x.sum(1) > 0
        by_tier = self.fee + list_price[:, None] * (1 - self.rate)
        best = np.where(np.isfinite(self.start), by_tier, INF).min(1)
        each = best if self.by_slice else by_tier[np.arange(len(x)), self.tier(total)]
        return float(each[used].sum()) + sum(self.bundles[b].cost for b in taken)

    def tier(self, total: np.ndarray) -> np.ndarray:
        """The tier (S,) that totals (S,) reach."""
        return np.asarray((self.start <= total[:, None] * (1 + EDGE)).sum(1) - 1)

    def broken(self, x: np.ndarray, taken: tuple[int, ...] = ()) -> list[str]:
        """Names of the rules that quantities (S, K) break, for tests and as a guard on answers."""
        bought = x.sum(0)
        for b in taken:
            bought[list(self.bundles[b].articles)] += self.demand[list(self.bundles[b].articles)]
        used = x.sum(1) > 0
        found = []
        if np.any(np.abs(bought - self.demand) > 1e-6):
            found.append("demand")
        if np.any(x > self.most + 1e-6) or np.any(x < -1e-9) or np.any(np.abs(x - np.round(x)) > 1e-6):
            found.append("quantity")
        if self.suppliers is not None and used.sum() > self.suppliers:
            found.append("suppliers")
        if self.families is not None:
            rules = self.families
            sold = np.stack([x[:, rules.of == f].sum(1) for f in range(len(rules.cap))], axis=1)
            here = sold > 0
            if np.any(sold > rules.cap + 1e-6) or np.any(sold[here] < np.broadcast_to(rules.floor, sold.shape)[here] - 1e-6):
                found.append("share")
            if np.any(here.sum(0) < rules.least):
                found.append("least")
        return found


@dataclass(frozen=True)
class Split:
    """Units (S, K) and bundles taken, or None; their cost and the proven bound in €; `proven`: within the gap asked."""

    x: np.ndarray | None
    taken: tuple[int, ...]
    cost: float
    bound: float
    proven: bool
    stopped: bool = False
    infeasible: bool = False
    seconds: float = 0.0
