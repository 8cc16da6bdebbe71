"""The program of `sourcing_volume` in its tight form, over the tiers and quantities that are still in question.

Columns: on_sr, here_sf, take_b, then x_srk in units. Rows as written there, each divided by its right side, and one more kind
that the hull of a supplier has: sum_{k in f} x_srk <= cap_f on_sr.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from planner.solvers.mip import INF, Mip
from planner.solvers.sourcing_volume import Volumes


class Tight:
    """The program with tiers `open_` (S, R) and at most `limit` (S, R, K) units; without them everything that is offered.

    `full` (S, R, K): sold to the last unit wherever the tier is had, so that no column is needed. `whole`: quantities are integers of the program too. `margin`: starts of tiers raised by this part, against tolerances.
    """

    def __init__(self, volumes: Volumes, open_: np.ndarray | None = None, limit: np.ndarray | None = None, full: np.ndarray | None = None, *, whole: bool = False, margin: float = 0.0) -> None:
        self.volumes = v = volumes
        suppliers, tiers, articles = v.size
        there = np.isfinite(v.start) & (True if open_ is None else open_)
        most = np.minimum(v.most, v.demand)
        if v.families is not None:
            most = np.minimum(most, v.families.cap[v.families.of])
        room = np.broadcast_to(most[:, None, :], (suppliers, tiers, articles))
        room = room if limit is None else np.minimum(room, limit)
        self._s, self._r = np.nonzero(there)
        self._tier = np.full((suppliers, tiers), -1)
        self._tier[self._s, self._r] = np.arange(len(self._s))
        sold = (room > 1e-9) & there[:, :, None]
        self._fs, self._fr, self._fk = np.nonzero(sold & (np.zeros_like(sold) if full is None else full))
        self._full = room[self._fs, self._fr, self._fk]
        self._xs, self._xr, self._xk = np.nonzero(sold if full is None else sold & ~full)
        self._upper = room[self._xs, self._xr, self._xk]
        families = 0 if v.families is None else len(v.families.cap)
        self._here = len(self._s) + np.arange(suppliers * families).reshape(suppliers, families)
        self._take = len(self._s) + suppliers * families + np.arange(len(v.bundles))
        self._x = len(self._s) + suppliers * families + len(v.bundles) + np.arange(len(self._xs))
        self._parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self._lower: list[np.ndarray] = []
        self._above: list[np.ndarray] = []
        self._count = 0
        self._rows(margin)
        self.model = self._build(whole)

    def _add(self, count: int, terms: list[tuple[np.ndarray, np.ndarray, np.ndarray]], lower: float, upper: float) -> None:
        """`count` rows lower <= sum of terms (row, column, value) <= upper."""
        self._parts += [(row + self._count, column, value) for row, column, value in terms]
        self._lower.append(np.full(count, lower))
        self._above.append(np.full(count, upper))
        self._count += count

    def _rows(self, margin: float) -> None:
        v, xs, xk, x = self.volumes, self._xs, self._xk, self._x
        suppliers, _, articles = v.size
        on, s = np.arange(len(self._s)), self._s
        ones = np.ones(len(on))
        on_of = self._tier[xs, self._xr]
        bundled = [(np.array(b.articles), self._take[i]) for i, b in enumerate(v.bundles)]
        self._add(articles, [
            (xk, x, 1.0 / v.demand[xk]), (self._fk, self._tier[self._fs, self._fr], self._full / v.demand[self._fk]), *((items, np.full(len(items), column), np.ones(len(items))) for items, column in bundled),
        ], 1.0, 1.0)  # fmt: skip
        self._add(suppliers, [(s, on, ones)], -INF, 1.0)
        start = v.start[s, self._r]
        full_on, full_base = self._tier[self._fs, self._fr], v.base[self._fs, self._fk] * self._full
        reached = np.flatnonzero(start > np.bincount(full_on, full_base, len(on)) * (1 - margin))
        row = np.full(len(on), -1)
        row[reached] = np.arange(len(reached))
        counts, full_counts = np.flatnonzero(row[on_of] >= 0), np.flatnonzero(row[full_on] >= 0)
        self._add(len(reached), [
            (row[on_of[counts]], x[counts], v.base[xs, xk][counts] / start[on_of[counts]]), (np.arange(len(reached)), reached, np.full(len(reached), -1.0 - margin)),
            (row[full_on[full_counts]], full_on[full_counts], full_base[full_counts] / start[full_on[full_counts]]),
        ], 0.0, INF)  # fmt: skip
        self._add(len(x), [(np.arange(len(x)), x, 1.0 / self._upper), (np.arange(len(x)), on_of, -np.ones(len(x)))], -INF, 0.0)
        if v.suppliers is not None:
            self._add(1, [(np.zeros(len(on), int), on, ones)], -INF, float(v.suppliers))
        if v.families is not None:
            self._family_rows(on_of)

    def _family_rows(self, on_of: np.ndarray) -> None:
        v, x = self.volumes, self._x
        assert v.families is not None
        rules = v.families
        n, count = len(rules.cap), len(self._s)
        pair, full_pair = self._xs * n + rules.of[self._xk], self._fs * n + rules.of[self._fk]
        full_on = self._tier[self._fs, self._fr]
        every, here = np.arange(self._here.size), self._here.ravel()
        ones = np.ones(len(every))
        for size, low, high in ((rules.cap, -INF, 0.0), (rules.floor, 0.0, INF)):
            size = np.maximum(size, 1e-9)
            full = (full_pair, full_on, self._full / size[rules.of[self._fk]])
            self._add(len(every), [(pair, x, 1.0 / size[rules.of[self._xk]]), full, (every, here, -ones)], low, high)
        tier_family = np.arange(count * n)
        self._add(len(every), [(every, here, ones), (self._s[tier_family // n] * n + tier_family % n, tier_family // n, -np.ones(count * n))], -INF, 0.0)
        self._add(count * n, [
            (on_of * n + rules.of[self._xk], x, 1.0 / np.maximum(rules.cap, 1e-9)[rules.of[self._xk]]),
            (full_on * n + rules.of[self._fk], full_on, self._full / np.maximum(rules.cap, 1e-9)[rules.of[self._fk]]), (tier_family, tier_family // n, -np.ones(count * n)),
        ], -INF, 0.0)  # fmt: skip
        self._add(n, [(every % n, here, 1.0 / np.maximum(rules.least, 1.0)[every % n])], 0.0, INF)
        self._lower[-1] = (rules.least > 0).astype(float)

    def _build(self, whole: bool) -> Mip:
        v = self.volumes
        row, column, value = (np.concatenate(part) for part in zip(*self._parts, strict=True))
        columns = len(self._s) + self._here.size + len(v.bundles) + len(self._x)
        matrix = sparse.coo_matrix((value, (row, column)), shape=(self._count, columns)).tocsr()
        full_cost = v.price[self._fs, self._fk] * (1.0 - v.rate[self._fs, self._fr]) * self._full
        cost = np.concatenate([
            v.fee[self._s, self._r] + np.bincount(self._tier[self._fs, self._fr], full_cost, len(self._s)), np.zeros(self._here.size), [b.cost for b in v.bundles],
            v.price[self._xs, self._xk] * (1.0 - v.rate[self._xs, self._xr]),
        ])  # fmt: skip
        binary = columns - len(self._x)
        upper = np.concatenate([np.ones(binary), np.floor(self._upper + 1e-9) if whole else self._upper])
        integer = np.arange(columns) < (columns if whole else binary)
        return Mip(cost, matrix, np.concatenate(self._lower), np.concatenate(self._above), np.zeros(columns), upper, integer)

    def split(self, x: np.ndarray) -> tuple[np.ndarray, tuple[int, ...]]:
        """Quantities (S, K) and bundles taken of a solution."""
        suppliers, _, articles = self.volumes.size
        units = np.zeros((suppliers, articles))
        np.add.at(units, (self._xs, self._xk), x[self._x])
        np.add.at(units, (self._fs, self._fk), self._full * (x[self._tier[self._fs, self._fr]] > 0.5))
        return units, tuple(int(b) for b in np.flatnonzero(x[self._take] > 0.5))

    def take(self, taken: tuple[int, ...]) -> None:
        """These bundles and no other."""
        chosen = np.isin(np.arange(len(self._take)), taken).astype(float)
        self.model.lower[self._take], self.model.upper[self._take] = chosen, chosen

    def point(self, units: np.ndarray, taken: tuple[int, ...]) -> np.ndarray | None:
        """The solution that belongs to quantities (S, K) and bundles, None where it needs what was left out."""
        v = self.volumes
        x = np.zeros(self.model.size[0])
        total = (v.base * units).sum(1)
        used = np.flatnonzero(units.sum(1) > 0)
        if v.by_slice:
            each = v.fee + (v.price * units).sum(1)[:, None] * (1 - v.rate)
            tier = np.where(self._tier >= 0, each, INF).argmin(1)
        else:
            tier = v.tier(total)
        on = self._tier[used, tier[used]]
        if np.any(on < 0):
            return None
        x[on] = 1.0
        if v.families is not None:
            for f in range(self._here.shape[1]):
                x[self._here[:, f]] = units[:, v.families.of == f].sum(1) > 0
        x[self._take[list(taken)]] = 1.0
        mine = self._xr == tier[self._xs]
        x[self._x[mine]] = units[self._xs[mine], self._xk[mine]]
        if np.abs(self.split(x)[0] - units).max() > 1e-6:
            return None
        return x if self.model.violation(x) < 1e-6 else None

    def fixed(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The tiers (S, R) that are on, and what may then be sold (S, R, K), of a solution."""
        v = self.volumes
        suppliers, tiers, articles = v.size
        open_ = np.zeros((suppliers, tiers), bool)
        on = x[: len(self._s)] > 0.5
        open_[self._s[on], self._r[on]] = True
        limit = np.full((suppliers, tiers, articles), INF)
        if v.families is not None:
            limit[np.broadcast_to((x[self._here] < 0.5)[:, None, v.families.of], limit.shape)] = 0.0
        return open_, limit
