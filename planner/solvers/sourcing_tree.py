"""Branch and bound by the least bound, worked on by several threads: what the trees of `sourcing_tiers` and `sourcing_sets` have in common."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np

WAIT = 0.001  # seconds until a thread without a node looks again


class BestFirst(ABC):
    """Open nodes, tuples that begin with their bound and their number, and the bounds of those that threads are at.

    `raised` hears of bounds that hold for the whole; `cost` gives the best known: nodes at it or above are cut off.
    """

    def __init__(self, cost: Callable[[], float], raised: Callable[[float], None]) -> None:
        self._cost, self._raised = cost, raised
        self._number = itertools.count()
        self._heap: list[Any] = []
        self._begun = 0  # how often it was begun; children of nodes of an earlier time are dropped
        self._at: dict[int, float] = {}
        self._lock = threading.Lock()
        self._floor = np.inf  # the least bound of leaves under the cost: nothing is left to split there

    @abstractmethod
    def _children(self, node: Any, over: Callable[[], bool]) -> list[Any]:
        """Both sides of a split with their bounds; the node itself where it is over, none where it is settled."""

    def work(self, over: Callable[[], bool]) -> bool:
        """Nodes, least bound first, until `over` or none is left under the cost (True: searched out)."""
        me = threading.get_ident()
        while not over():
            with self._lock:
                least = min([self._floor, *self._at.values(), *(node[0] for node in self._heap[:1])])
                self._raised(min(least, self._cost()))  # what was cut off is no lower than the cost then, nor so than the cost now
                if least >= self._cost():
                    return True
                if least >= self._floor:
                    return False
                node, begun = (heapq.heappop(self._heap) if self._heap else None), self._begun
                if node is not None:
                    self._at[me] = node[0]
            if node is None:  # another thread is at the last one
                time.sleep(WAIT)
                continue
            open_ = self._children(node, over)
            with self._lock:
                del self._at[me]
                for child in open_:
                    if begun == self._begun and child[0] < self._cost():
                        heapq.heappush(self._heap, child)
        return False

    def _settled(self, bound: float) -> None:
        """A leaf with nothing left to split: its bound stays where it is under the cost."""
        with self._lock:
            if bound < self._cost():
                self._floor = min(self._floor, bound)
