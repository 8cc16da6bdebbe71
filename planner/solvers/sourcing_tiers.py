"""Which tier each supplier has, searched by the prices of `sourcing_dual`: a dive, a local search, and branch and bound.

With the tier of every supplier settled what is left is a linear program but for the presences in families, and its value is
found by climbing from the prices of a neighbour in milliseconds; a climb that passes the best value ends at once. So tiers can be
tried one by one: another tier, left, entered, or one supplier for another. Branch and bound splits on whether a supplier is used
at all, then on its tiers; each node is a climb from the prices of its parent, and the bound is the least of the open nodes.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from planner.solvers.sourcing_dual import Dual, Pace, Prices
from planner.solvers.sourcing_tree import BestFirst

QUICK = Pace(120, 0.2, 6, 0.6, False)  # a climb from near
TRY = Pace(40, 0.05, 5, 0.6, False)  # a split that is only tried
NODE = Pace(120, 0.05, 6, 0.6, False)  # a node of the tree, from there
TRIED, KNOWN = 8, 2  # splits tried at a node at most; and of those of which enough is known
ENOUGH = 3  # times that both sides of a split were seen
UNSEEN, LEAST_GAIN = 1e-3, 1e-6  # of the bound: what a side not yet seen may gain, and what one counts that gains nothing
FINE = Pace(500, 0.2, 12, 0.7, False)
SURE = 0.98  # a share from which a choice of the relaxation counts as made
DEAR = 1.03  # of the first bound: what a dive may come to
WORTH = 2e-5  # relative: what an improvement must bring, as values are known to about that

Node = tuple[float, int, NDArray[np.bool_], Dual]  # bound, number, allowed tiers (S, R + 1), prices
Tiers = NDArray[np.int64]  # (S,) the tier of each supplier, R: none


def only(prices: Prices, tiers: Tiers) -> NDArray[np.bool_]:
    """These tiers and no other (S, R + 1)."""
    suppliers, count, _ = prices.volumes.size
    allowed = np.zeros((suppliers, count + 1), bool)
    allowed[np.arange(suppliers), tiers] = True
    return allowed


def dive(prices: Prices, dual: Dual, over: Callable[[], bool]) -> tuple[Tiers, Dual] | None:
    """Tiers fixed one by one where the relaxation is surest, with new prices after each; None where that leads nowhere."""
    suppliers, count, _ = prices.volumes.size
    allowed = np.ones((suppliers, count + 1), bool)
    allowed[:, :count] = np.isfinite(prices.volumes.start)
    root = dual.bound
    while not over():
        made = allowed.sum(1) == 1
        share = np.where(allowed, dual.share, -1.0)
        share[made] = -1.0
        if made.all():
            return allowed.argmax(1), dual
        sure = np.flatnonzero((share.max(1) >= SURE) & ~made)
        those = sure if len(sure) else [int(np.argmax(np.where(share[:, :count].max(1) > 0, share[:, :count].max(1), share.max(1) - 1.0)))]
        chosen = allowed.copy()
        for s in those:
            best = int(np.argmax(share[s] if len(sure) else share[s, :count] if share[s, :count].max() > 0 else share[s]))
            chosen[s, np.arange(count + 1) != best] = False
        tried = prices.climb(dual.lam, dual.mu, chosen, target=DEAR * abs(root), pace=QUICK)
        if tried.bound < DEAR * abs(root):
            allowed, dual = chosen, tried
        elif len(those) == 1 and allowed[those[0]].sum() > 1:  # it cannot be had, or not at such a price
            allowed[those[0], chosen[those[0]]] = False
            dual = prices.climb(dual.lam, dual.mu, allowed, pace=QUICK)
        else:
            return None
    return None


def improve(prices: Prices, tiers: Tiers, dual: Dual, rng: np.random.Generator, over: Callable[[], bool]) -> tuple[Tiers, Dual]:
    """Local search from tiers, until no move is better or `over`."""
    _, count, _ = prices.volumes.size
    dual = prices.climb(dual.lam, dual.mu, only(prices, tiers), pace=FINE)
    there = np.isfinite(prices.volumes.start)
    better = True
    while better and not over():
        better = False
        used = np.flatnonzero(tiers < count)
        single = [(s, r) for s in used for r in (*np.flatnonzero(there[s]), count) if r != tiers[s]]
        enter = [(s, r) for s in np.flatnonzero(tiers == count) for r in np.flatnonzero(there[s])]
        moves = [(move,) for move in single] + [(move,) for move in enter] + [((int(out), count), move) for out in used for move in enter]
        limit = prices.volumes.suppliers
        for at in rng.permutation(len(moves)):
            if over():
                return tiers, dual
            trial = tiers.copy()
            for s, r in moves[at]:
                trial[s] = r
            if limit is not None and (trial < count).sum() > limit:
                continue
            goal = dual.bound * (1 - WORTH)
            tried = prices.climb(dual.lam, dual.mu, only(prices, trial), target=goal, pace=QUICK)
            if tried.bound < goal:
                tried = prices.climb(tried.lam, tried.mu, only(prices, trial), target=goal, pace=FINE)
            if tried.bound < goal:
                tiers, dual, better = trial, tried, True
                break
    return tiers, dual


class Tree(BestFirst):
    """Branch and bound on the tiers.

    Which supplier a node is split on (used or not) decides how large the tree is: it is the one both sides of which gain most. Sides are
    tried in short climbs, until enough is known of a supplier to go by its mean gains. `leaf` gives a bound at settled tiers (S, R). `allowed` (S, R + 1; last: none):
    a part of the whole, with prices `dual` found for it.
    """

    def __init__(
        self, prices: Prices, dual: Dual, cost: Callable[[], float], raised: Callable[[float], None], leaf: Callable[[NDArray[np.bool_]], float],
        allowed: NDArray[np.bool_] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(cost, raised)
        self._prices, self._leaf = prices, leaf
        suppliers, count, _ = prices.volumes.size
        allowed = np.ones((suppliers, count + 1), bool) if allowed is None else allowed.copy()
        allowed[:, :count] &= np.isfinite(prices.volumes.start)
        self._heap = [(dual.bound, next(self._number), allowed, dual)]
        self._gain = np.zeros((suppliers, 2))  # by supplier, used and not: the sum of gains, each by what the relaxation had of the other side
        self._seen = np.zeros((suppliers, 2), int)

    def _children(self, node: Node, over: Callable[[], bool]) -> list[Node]:
        bound, _, allowed, dual = node
        tried = self._supplier(node, over)
        if over():
            return [node]
        if tried is not None:
            s, sides = tried
            children = []
            for i, (child, part) in enumerate(zip(sides, _sides(allowed), strict=True)):
                fine = child if child[0] >= self._cost() else self._child(node, s, part, child[3], NODE)
                children.append((max(child[0], fine[0]), *fine[1:]))
                self._learn(s, i, node, children[-1][0])
            return children
        choice = _split(dual, allowed)
        if choice is not None:
            s, side = choice
            return [self._child(node, s, part, dual, NODE) for part in (side, ~side)]
        self._settled(max(bound, self._leaf(allowed[:, :-1])))
        return []

    def _child(self, node: Node, s: int, part: NDArray[np.bool_], dual: Dual, pace: Pace) -> Node:
        """The node where supplier s has only the tiers of `part`, climbed to from the prices of `dual`."""
        bound, _, allowed, _ = node
        child = allowed.copy()
        child[s] &= part
        tried = self._prices.climb(dual.lam, dual.mu, child, target=self._cost(), pace=pace)
        return max(bound, tried.bound), next(self._number), _narrow(child, tried, self._cost()), tried

    def _supplier(self, node: Node, over: Callable[[], bool]) -> tuple[int, list[Node]] | None:
        """The supplier to split on and both sides as far as they were tried, None where the relaxation doubts of none or it is over."""
        bound, _, allowed, dual = node
        count = allowed.shape[1] - 1
        none = dual.share[:, count]
        open_ = np.flatnonzero(allowed[:, count] & allowed[:, :count].any(1) & (np.minimum(none, 1 - none) > 1 - SURE))
        if not len(open_):
            return None
        with self._lock:
            gain, seen = self._gain.copy(), self._seen.copy()
        mean = gain.sum(0) / np.maximum(1, seen.sum(0))
        each = np.where(seen > 0, gain / np.maximum(1, seen), np.maximum(mean, UNSEEN * abs(bound))) * np.column_stack([none, 1 - none])
        score = np.maximum(each, LEAST_GAIN * abs(bound)).prod(1)
        order = open_[np.argsort(-score[open_], kind="stable")]
        least = seen.min(1)
        best, top = None, -1.0
        for tried, s in enumerate(order.tolist()):
            if over() or tried >= (KNOWN if least[s] >= ENOUGH else TRIED):
                break
            sides = [self._child(node, s, part, dual, TRY) for part in _sides(allowed)]
            for i, child in enumerate(sides):
                self._learn(s, i, node, child[0])
            product = float(np.prod([max(min(child[0], self._cost()) - bound, LEAST_GAIN * abs(bound)) for child in sides]))
            if product > top:
                best, top = (s, sides), product
        return best

    def _learn(self, s: int, i: int, node: Node, bound: float) -> None:
        """Notes what a side (0: used, 1: not) of a split gained."""
        gain = max(0.0, min(bound, self._cost()) - node[0])
        if not np.isfinite(gain):
            return
        none = float(node[3].share[s, -1])
        with self._lock:
            self._gain[s, i] += gain / max(0.02, none if i == 0 else 1 - none)
            self._seen[s, i] += 1


def _sides(allowed: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """A supplier used, and not, as tiers (R + 1,)."""
    used = np.arange(allowed.shape[1]) < allowed.shape[1] - 1
    return used, ~used


def _narrow(allowed: NDArray[np.bool_], dual: Dual, cost: float) -> NDArray[np.bool_]:
    """Without the tiers that no answer cheaper than `cost` has."""
    if not np.isfinite(dual.bound):
        return allowed
    kept = allowed.copy()
    now = np.where(allowed[:, -1], np.minimum(dual.z.min(1), 0.0), dual.z.min(1))  # what a supplier adds to the bound
    kept[:, :-1] &= dual.z - now[:, None] <= cost - dual.bound
    return np.where((kept.sum(1) == 0)[:, None], allowed, kept)


def _split(dual: Dual, allowed: NDArray[np.bool_]) -> tuple[int, NDArray[np.bool_]] | None:
    """The supplier that the relaxation is least sure of, and the tiers of one side of its split."""
    count = allowed.shape[1] - 1
    none = np.where(allowed[:, count] & allowed[:, :count].any(1), dual.share[:, count], 0.0)
    doubt = np.minimum(none, 1.0 - none)
    s = int(np.argmax(doubt))
    if doubt[s] > 1.0 - SURE:
        side = np.zeros(count + 1, bool)
        side[count] = True
        return s, side
    share = np.where(allowed, dual.share, 0.0)
    open_ = allowed.sum(1) > 1
    if not open_.any():
        return None
    s = int(np.argmin(np.where(open_, share.max(1), 2.0)))
    mean = float(share[s] @ np.arange(count + 1) / max(share[s].sum(), 1e-9))
    side = allowed[s] & (np.arange(count + 1) <= mean)
    if not side.any() or not (allowed[s] & ~side).any():
        side = np.zeros(count + 1, bool)
        side[int(np.argmax(np.where(allowed[s], share[s], -1.0)))] = True
    return s, side
