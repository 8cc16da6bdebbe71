"""Better awards by solving the program again over a part of it, the rest kept (large neighbourhood search).

First the pairs (lot, supplier) that the linear relaxation likes, the surest alone and then more of them: mostly a very good award
within seconds. Then four kinds of neighbourhood of the best award, in turn, each a small program that keeps all rules:
  - a few lots, wholly free, that share bidders, as these compete for the same turnover tiers;
  - the lots of one supplier, so that it can be left or entered at once;
  - all lots, with tiers that count over several lots kept as they are, but those of a few suppliers;
  - all lots, but among the pairs of the award, those the relaxation likes and those of a few suppliers.
What else hangs together over lots (turnover tiers, carriage, suppliers used) is free in all of them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from planner.solvers import mip
from planner.solvers.mip import Mip, MipStatus
from planner.solvers.sourcing import Sourcing

LIKED = (0.5, 0.2, 0.05)  # how far a pair wins in the relaxation, to be among the first
FIRST = 0.2  # of the time left, at most, for each of these
LOTS = 4  # free at first
EXTRA = 2  # suppliers whose pairs come in, at first
WIDER = 2.0  # by which the least that a pair must be liked falls where there is time for more pairs, or rises
QUICK = 0.4  # seconds of a round under which more lots are freed
SLOW = 4.0  # seconds that a round may take
GAP = 1e-5  # of a round
INF = float("inf")


class Pairs(Protocol):
    """What the search needs of a program: the columns that options settle, and who has won in a solution."""

    data: Sourcing
    model: Mip

    def settled(self, options: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, dict[int, tuple[int, float]]]: ...

    def pairs(self, x: np.ndarray) -> np.ndarray: ...

    def tiers_over_lots(self, free: np.ndarray, x: np.ndarray) -> np.ndarray: ...


@dataclass
class Best:
    """The best solution so far, shared by threads."""

    x: np.ndarray | None = None
    cost: float = INF
    report: Callable[[float], None] | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)

    def offer(self, x: np.ndarray, cost: float) -> bool:
        with self.lock:
            if cost >= self.cost - 1e-9 * abs(self.cost):
                return False
            self.x, self.cost = x, cost
            if self.report is not None:
                self.report(cost)
            return True

    def under(self, cost: float) -> np.ndarray | None:
        """The best solution if it costs less than that."""
        with self.lock:
            return self.x if self.x is not None and self.cost < cost - 1e-6 * abs(cost) else None


def improve(
    program: Pairs, best: Best, keep: Callable[[np.ndarray], None], hint: np.ndarray, *, seconds: float, seed: int = 1, rounds: int | None = None,
    nodes: int | None = None, should_stop: Callable[[], bool] | None = None,
) -> None:  # fmt: skip
    """Rounds from `best`, which must hold a solution, until the time is over, or so many; better ones are handed to `keep`.

    `hint` (L, S): how far the pairs win in the linear relaxation (zeros: not known).
    """
    deadline = time.monotonic() + seconds
    rng = np.random.default_rng(seed)
    data, model = program.data, program.model
    pair = data.option_lot, data.option_supplier
    bids = np.zeros(hint.shape, bool)
    bids[pair] = True
    near = _near(bids)
    lots, size, extra, sure, done = len(bids), float(LOTS), float(EXTRA), LIKED[0], 0
    suppliers, entering = np.arange(len(data.supplier_cost)), float(EXTRA)
    order: list[int] = []
    queue: list[int] = []

    def over() -> bool:
        return time.monotonic() >= deadline or (should_stop is not None and should_stop())

    def look(free: np.ndarray, most: float) -> bool:
        """Among these pairs (L, S); whether that was searched out."""
        assert best.x is not None
        return again(best.x, *program.settled(~free[pair], best.x), most)

    def again(x: np.ndarray, kept: np.ndarray, follows: dict[int, tuple[int, float]], most: float) -> bool:
        """Without the columns kept and those that follow; whether that was searched out."""
        part, spread, held = model.following(kept, follows, x)
        start = x[~kept & ~np.isin(np.arange(len(x)), list(follows))]
        found = mip.solve(
            part, seconds=max(0.05, min(most, deadline - time.monotonic())), gap=GAP, seed=seed, nodes=nodes, start=start, should_stop=should_stop,
        )  # fmt: skip
        if found.x is not None and found.objective < float(model.cost @ x):
            keep(held + spread @ found.x)
        return found.status is MipStatus.OPTIMAL

    def now() -> np.ndarray:
        assert best.x is not None
        return program.pairs(best.x) > 0.5

    def next_few(queue: list[int], count: float) -> tuple[list[int], list[int]]:
        """Suppliers whose turn it is, every one before any comes again; and those who wait."""
        queue = queue or rng.permutation(len(suppliers)).tolist()
        return queue[: round(count)], queue[round(count) :]

    for least in LIKED if hint.any() else ():
        if not over():
            look((hint > least) | now(), FIRST * (deadline - time.monotonic()))
    while not over() and (rounds is None or done < rounds):
        done += 1
        began = time.monotonic()
        if done % 4 == 1:
            guests, queue = next_few(queue, entering)
            x = best.x
            assert x is not None
            kept = program.tiers_over_lots(np.isin(suppliers, guests), x)
            if kept.any():
                fine = again(x, kept, {}, 2 * SLOW)
                if rounds is None:
                    entering = max(1.0, entering - 1.0) if not fine else entering + 1.0 if time.monotonic() - began < SLOW else entering
                continue
        if done % 4 == 0:
            guests, queue = next_few(queue, extra)
            fine = look((hint > sure) | now() | (bids & np.isin(suppliers, guests)), 2 * SLOW)
            if rounds is None:
                quick = time.monotonic() - began < SLOW
                extra = max(1.0, extra - 0.5) if not fine else extra + 0.5 if quick else extra
                sure = min(1.0, sure * WIDER) if not fine else max(LIKED[-1], sure / WIDER) if quick else sure
            continue
        order = order or rng.permutation(lots).tolist()  # every lot in turn is the middle of a neighbourhood
        middle = order.pop()
        weight = near[middle] * rng.random(lots)
        if done % 4 == 2 or not bids[middle].any():
            weight[middle] = np.inf
        else:
            weight = bids[:, rng.choice(np.flatnonzero(bids[middle]))] + weight / 4
        free = np.zeros(bids.shape, bool)
        free[np.argsort(-weight)[: round(min(size, lots))]] = True
        fine = look(free, SLOW)
        if rounds is None:
            size = max(2.0, size - 1.0) if not fine else size + 0.25 if time.monotonic() - began < QUICK else size


def _near(bids: np.ndarray) -> np.ndarray:
    """How much two lots (L, L) have to do with each other: the part of bidders they share, and a little besides."""
    shared = bids.astype(float) @ bids.T
    return np.asarray(shared / np.maximum(1.0, np.minimum.outer(bids.sum(1), bids.sum(1))) + 0.1)
