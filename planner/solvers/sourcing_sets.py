"""Branch and bound on which suppliers are used, and on their tiers, over cuts from prices (`sourcing_cuts`, `sourcing_nodes`).

Where rules on suppliers count, what is hard is the set of suppliers, and once some are used, which tier each of them reaches. A cut
costs some tens of evaluations of the prices and holds in the whole tree; a node is a linear program over the cuts near its solution.
What leaving a supplier out gains is much the same everywhere in the tree, so that a split is chosen by the mean gains of both its
sides so far, and tried out only while those are not known.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.solvers import sourcing_tiers
from planner.solvers.sourcing_cuts import FREE, OUT
from planner.solvers.sourcing_dual import MARGIN, NONE, Dual, Pace, Prices
from planner.solvers.sourcing_nodes import UNIT, expand, price_cut
from planner.solvers.sourcing_tree import BestFirst

POOL, BYTES = 40_000, 2**28  # cuts kept at most, and what they may take up
STEPS = 60  # towards a cut
WIDTH, LOCAL = 5e-3, 300  # relative: how far below the bound a cut of a node may be; how many there are at most
TRIES, ENOUGH = 4, 2  # splits tried at a node at most, until both sides of a supplier were seen so often
SETTLED = Pace(2000, 0.3, 20, 0.7, False)  # a climb where suppliers and tiers are settled
COARSE = 9.8e-4  # gap first aimed at; a node beyond it waits

Node = tuple[float, int, NDArray[np.int8], NDArray[np.bool_], NDArray[np.int64]]  # bound, number, state (S,), tiers barred (S, R), basis (S + 1,)


class Sets(BestFirst):
    """The tree.

    `leaf` gives a bound at settled tiers (S, R), to which `sourcing_tiers` branches where a node has nothing left to split.
    """

    def __init__(
        self, prices: Prices, dual: Dual, cost: Callable[[], float], raised: Callable[[float], None], leaf: Callable[[NDArray[np.bool_]], float],
    ) -> None:  # fmt: skip
        super().__init__(cost, raised)
        self._prices, self._leaf = prices, leaf
        suppliers, tiers, articles = prices.volumes.size
        most = suppliers if prices.volumes.suppliers is None else prices.volumes.suppliers
        size = int(min(POOL, BYTES // (8 * (articles + suppliers * (2 * tiers + 3)))))
        self._root = dual
        self._shift, self._scale = dual.bound, abs(dual.bound) / UNIT
        self._pool = (
            np.zeros(size), np.zeros((size, suppliers)), np.zeros((size, suppliers, tiers)), np.zeros((size, articles)), np.zeros((size, suppliers, tiers)), float(dual.bound), float(most),
        )  # fmt: skip
        self._shown = np.zeros(size, np.bool_)
        self._known = 1
        self._learned = np.zeros((2 * suppliers, 2)), np.zeros((2 * suppliers, 2))
        self._scratch: dict[int, tuple[tuple[Any, ...], Any]] = {}
        values, slopes, every, lams, mus, _, _ = self._pool
        lams[0], mus[0] = prices.inward(dual.lam), dual.mu
        values[0] = price_cut(prices.data, lams[0], mus[0], slopes[0], every[0], self._shift, self._working()[1])
        self._shown[0] = True
        s = np.arange(suppliers)
        basis = np.concatenate([[0], np.where(slopes[0] < 0, -1 - s, -1 - suppliers - s)])
        barred = every[0] > NONE / 2 / UNIT  # whatever the prices are
        state = np.where(barred.all(1), OUT, FREE).astype(np.int8)
        self._first = basis  # of the first cut alone: feasible at every node
        self._top: Node = (dual.bound, next(self._number), state, barred, basis)
        self._heap = [self._top]

    def _working(self) -> tuple[tuple[Any, ...], Any]:
        """Scratch of this thread: two places for slopes as a node has them, and for prices."""
        me = threading.get_ident()
        if me not in self._scratch:
            shape = self._pool[1].shape
            self._scratch[me] = (np.zeros(shape), np.zeros(shape)), self._prices.scratch()
        return self._scratch[me]

    def restart(self) -> None:
        """From the root again, with all cuts known: splits chosen, and gains seen, under a far worse cost mislead."""
        with self._lock:
            self._heap, self._begun = [self._top], self._begun + 1
            for each in self._learned:
                each[:] = 0.0

    def _inner(self, value: float) -> float:
        return (value - self._shift) / UNIT

    def _outer(self, bound: float) -> float:
        value = bound * UNIT + self._shift
        return value - MARGIN * max(1.0, abs(value))

    def _children(self, node: Node, over: Callable[[], bool]) -> list[Node]:
        """Both sides of a split with their bounds; none where it is settled or over."""
        bound, _, state, barred, basis = node
        cost = self._cost()
        coarse = cost * (1 - COARSE) if bound < cost * (1 - COARSE) else cost
        with self._lock:
            first = self._known
            tries = TRIES if len(self._heap) or len(self._at) > 1 else 2 * TRIES
            room = min(2 * tries, len(self._shown) - first)
            self._known += room
        slots = np.arange(first, first + room)
        limits = (WIDTH * self._scale, LOCAL, STEPS, tries, ENOUGH)
        owns, scratch = self._working()
        ends = self._inner(bound), slots, self._inner(coarse), self._inner(cost)
        state, barred, basis = state.copy(), barred.copy(), basis.copy()
        try:
            found = expand(self._prices.data, self._pool, owns, self._shown, first, state, barred, basis, *ends, limits, self._learned, scratch)
        except np.linalg.LinAlgError:  # a basis worn out by rounding
            state, barred, basis = node[2].copy(), node[3].copy(), self._first.copy()
            found = expand(self._prices.data, self._pool, owns, self._shown, first, state, barred, basis, *ends, limits, self._learned, scratch)
        now, states, bars, bases, bounds, used = found
        with self._lock:
            self._shown[slots[:used]] = True
            if self._known == first + room:
                self._known = first + used
        if len(bounds):
            return [(max(bound, self._outer(bounds[i])), next(self._number), states[i], bars[i], bases[i]) for i in range(2)]
        return self._ended((max(bound, self._outer(now)), node[1], state, barred, basis), coarse, over)

    def _ended(self, node: Node, target: float, over: Callable[[], bool]) -> list[Node]:
        """Settled: the node again with its own prices' bound, while that is good enough for now; else its tiers are split to the end."""
        bound, number, state, barred, basis = node
        if bound >= target:
            return [node]
        suppliers, tiers, _ = self._prices.volumes.size
        allowed = np.zeros((suppliers, tiers + 1), bool)
        allowed[state != OUT, :tiers], allowed[state == OUT, tiers] = ~barred[state != OUT], True
        dual = self._prices.climb(self._root.lam, self._root.mu, allowed, target=self._cost(), pace=SETTLED)
        bound = max(bound, dual.bound)
        if bound >= target:
            return [(bound, number, state, barred, basis)]
        bounds = [bound]
        sourcing_tiers.Tree(self._prices, replace(dual, bound=bound), self._cost, bounds.append, self._leaf, allowed).work(over)
        if over():
            return [(max(bounds), number, state, barred, basis)]
        self._settled(max(bounds))
        return []
