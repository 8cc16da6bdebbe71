"""Better suppliers and tiers by exchange: one or two at a time enter, leave or change their tier (local search over the prices' bound).

With the tier of every supplier settled the bound of the best prices is nearly the cost. Prices found for one choice bound all others at once
(C and z_sr, `sourcing_cuts`): of the tens of thousands of pairs of moves only those are worked out whose bound by all prices so far is
below the best, the least first. Where none is left no pair of moves is better.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from planner.solvers.sourcing_cuts import IN, OUT, ascend, every_tier
from planner.solvers.sourcing_dual import NONE, Prices

KEPT = 256  # prices that choices are bounded by
WORTH = 2e-5  # relative: what a move must bring, as values are known to about that
DEAR = 4.0  # of the worth of the demand at the first prices: nothing that can be had costs so much
FIRST, MORE = 40, 120  # steps towards the value of a choice; more where it looks better
Floats = NDArray[np.float64]
Tiers = NDArray[np.int64]  # (S,) the tier of each supplier, R: none


class Exchange:
    """The search, with what prices have told so far."""

    def __init__(self, prices: Prices, lam: Floats, mu: Floats) -> None:
        suppliers, tiers, articles = prices.volumes.size
        self._prices, self._scratch = prices, prices.scratch()
        self.most = suppliers if prices.volumes.suppliers is None else prices.volumes.suppliers
        self._there = np.isfinite(prices.volumes.start)
        self._constant = np.full(KEPT, -NONE)
        self._z = np.zeros((KEPT, suppliers, tiers + 1))
        self._lam, self._mu = np.zeros((KEPT, articles)), np.zeros((KEPT, suppliers, tiers))
        self._count = 0
        self._lam[0], self._mu[0] = prices.inward(lam), mu
        self._known(0)
        self._dear = DEAR * abs(float(self._constant[0]))
        self._barred: set[bytes] = set()

    def bar(self, tiers: Tiers) -> None:
        """Never moves to this choice again."""
        self._barred.add(tiers.tobytes())

    def _known(self, i: int) -> None:
        self._constant[i] = every_tier(self._prices.data, self._lam[i], self._mu[i], self._z[i][:, :-1], *self._scratch)
        self._count += 1

    def _bounds(self, tiers: Tiers) -> Floats:
        return np.asarray(self._constant + self._z[:, np.arange(len(tiers)), tiers].sum(1))

    def _pairs(self, i: int, tiers: Tiers, of: Tiers, to: Tiers, first: Tiers, second: Tiers) -> Floats:
        """What prices i say of pairs (first, second) of the moves of suppliers `of` to tiers `to`."""
        gain = self._z[i, of, to] - self._z[i, of, tiers[of]]
        base = self._constant[i] + self._z[i, np.arange(len(tiers)), tiers].sum()
        return np.asarray(base + gain[first] + gain[second])

    def value(self, tiers: Tiers, goal: float, steps: tuple[int, ...] = (FIRST, MORE)) -> float:
        """The bound of a choice, or one above `goal`; its prices are kept."""
        near = int(self._bounds(tiers).argmax())
        lam, mu = self._lam[near].copy(), self._mu[near].copy()
        suppliers, count = self._there.shape
        state = np.where(tiers < count, IN, OUT).astype(np.int8)
        barred = np.arange(count) != tiers[:, None]
        for each in steps:
            if ascend(self._prices.data, lam, mu, state, barred, goal, each, *self._scratch) >= goal:
                break
        at = self._count % KEPT
        self._lam[at], self._mu[at] = lam, mu
        self._known(at)
        return float(self._constant[at] + self._z[at, np.arange(suppliers), tiers].sum())

    def search(self, tiers: Tiers, over: Callable[[], bool]) -> tuple[Tiers, float]:
        """From tiers to a choice that no one or two moves make better, or `over`; its value."""
        tiers = tiers.copy()
        best = self.value(tiers, self._dear, (FIRST, MORE, MORE))
        suppliers, count = self._there.shape
        while not over():
            moves = [(s, r) for s in range(suppliers) for r in range(count + 1) if r != tiers[s] and (r == count or self._there[s, r])]
            of, to = np.array([(0, tiers[0]), *moves]).T
            enters = (to < count).astype(int) - (tiers[of] < count)
            apart = np.triu(np.ones((len(of), len(of)), bool), 1) & (of[:, None] != of)
            apart[0, 1:] = True  # one move alone
            apart &= enters[:, None] + enters <= self.most - (tiers < count).sum()
            first, second = np.nonzero(apart)
            now = self._bounds(tiers)
            bound = np.full(len(first), -NONE)
            for i in np.argsort(-now)[: min(self._count, KEPT // 2)]:
                np.maximum(bound, self._pairs(int(i), tiers, of, to, first, second), out=bound)
            goal = best * (1 - WORTH)
            better = False
            while not over():
                j = int(bound.argmin())
                if bound[j] >= goal:
                    break
                trial = tiers.copy()
                trial[of[first[j]]], trial[of[second[j]]] = to[first[j]], to[second[j]]
                if trial.tobytes() not in self._barred:
                    value = self.value(trial, goal)
                    if value < goal:
                        tiers, best, better = trial, value, True
                        break
                    np.maximum(bound, self._pairs((self._count - 1) % KEPT, tiers, of, to, first, second), out=bound)
                bound[j] = NONE
            if not better:
                break
        return tiers, best
