"""Better awards by solving the program again over a few lots, the others kept (large neighbourhood search).

The neighbourhood of an award is a set of lots: their winners, members and tiers are free, and so is everything that hangs together
over lots (turnover tiers, carriage, suppliers used), while the other lots keep who serves whom. Lots are taken together that
share bidders, as these compete for the same turnover tiers. Every round is a small mixed-integer program that keeps all rules.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from planner.solvers import mip
from planner.solvers.mip import Mip, MipStatus
from planner.solvers.sourcing import Sourcing

LOTS = 4  # free at first
QUICK = 0.4  # seconds of a round under which more lots are freed
SLOW = 4.0  # seconds that a round may take
GAP = 1e-5  # of a round
INF = float("inf")


class Lots(Protocol):
    """What the search needs of a program: its columns by lot."""

    data: Sourcing
    model: Mip

    def columns(self, lot: int) -> np.ndarray: ...


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
    program: Lots, best: Best, *, seconds: float, seed: int = 1, rounds: int | None = None, nodes: int | None = None, should_stop: Callable[[], bool] | None = None
) -> None:
    """Rounds from `best`, which must hold a solution, until the time is over, or so many; better ones are offered to it."""
    deadline = time.monotonic() + seconds
    rng = np.random.default_rng(seed)
    model, near = program.model, _near(program.data)
    lots = len(program.data.split)
    columns = [program.columns(lot) for lot in range(lots)]
    size, done = float(min(LOTS, lots)), 0
    order: list[int] = []
    while time.monotonic() < deadline and (rounds is None or done < rounds) and not (should_stop is not None and should_stop()):
        done += 1
        order = order or rng.permutation(lots).tolist()  # every lot in turn is the middle of a neighbourhood
        middle = order.pop()
        weight = near[middle] * rng.random(lots)
        weight[middle] = INF
        free = np.argsort(-weight)[: round(size)]
        x, cost = best.x, best.cost
        assert x is not None
        kept = np.concatenate([np.array([], int), *(columns[lot] for lot in range(lots) if lot not in free)]).astype(int)
        lower, upper = model.lower.copy(), model.upper.copy()
        lower[kept] = upper[kept] = x[kept]
        began = time.monotonic()
        found = mip.solve(
            replace(model, lower=lower, upper=upper), seconds=max(0.05, min(SLOW, deadline - began)), gap=GAP, seed=seed, nodes=nodes, start=x, should_stop=should_stop,
        )  # fmt: skip
        if found.x is not None and found.objective < cost and model.violation(found.x) < 1e-6:
            best.offer(found.x, found.objective)
        if rounds is not None:
            size = min(float(lots), size + 0.25)
        elif found.status is not MipStatus.OPTIMAL:
            size = max(2.0, size - 1.0)
        elif time.monotonic() - began < QUICK:
            size = min(float(lots), size + 0.25)


def _near(data: Sourcing) -> np.ndarray:
    """How much two lots (L, L) have to do with each other: the part of bidders they share, and a little besides."""
    bids = np.zeros((len(data.split), len(data.supplier_cost)))
    bids[data.option_lot, data.option_supplier] = 1.0
    shared = bids @ bids.T
    return np.asarray(shared / np.maximum(1.0, np.minimum.outer(bids.sum(1), bids.sum(1))) + 0.1)
