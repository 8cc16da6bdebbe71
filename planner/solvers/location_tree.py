"""Branch and bound on which facilities open, with the Lagrangian bound of `location_dual` in every node.

A node is a set of facilities fixed open or closed with its parent's multipliers; it climbs from there, excludes what no plan
under the limit can use, and is cut off, handed to HiGHS once little is left (arcs, or patterns of `location_patterns`; never where no
capacity binds), or split on the facility the relaxed plans are least decided about. The node with the lowest bound comes first, so that every node raises what is proven; where costs
are whole so are bounds, and of nodes with the same one the last made comes first, so that a plan at the bound is met.
"""

from __future__ import annotations

import heapq
import itertools
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from planner.solvers.location_dual import Dual
from planner.solvers.location_search import nearest
from planner.solvers.location_single import Plan, Siting
from planner.solvers.mip import MipStatus

LEAF = 500  # facilities and arcs left that HiGHS is given, where arcs are whole
LEAF_SPLIT = 4000  # the same where only facilities are
LAST_STEP = 0.004  # step at which a node stops climbing
ROUNDS = 25


class Board(Protocol):
    """What the tree reads and tells: the data, the limit over which nothing is worth finding, plans and whether to end."""

    @property
    def data(self) -> Siting: ...
    @property
    def limit(self) -> float: ...
    def offer(self, plan: Plan | None) -> bool: ...
    def over(self) -> bool: ...


@dataclass(order=True)
class Node:
    bound: float
    number: int
    dual: Dual = field(compare=False)


Leaf = Callable[[Dual, float, bool], tuple[MipStatus, float] | None]


class Tree:
    """`step` makes one node, from any thread; `bound` is what is proven for the whole under the root's limit."""

    def __init__(self, board: Board, root: Dual, leaf: Leaf) -> None:
        """`leaf(dual, limit, small)` solves what is left: how it ended and what it proved; None where that is too much, never
        where it is `small`."""
        self.board, self.leaf = board, leaf
        self.count = itertools.count(0, -1 if board.data.unit else 1)
        self.open: list[Node] = [self._node(root.bound, root)]
        self.allowed, self.size = root.allowed, root.size
        self.busy: dict[int, float] = {}
        self.kept = math.inf  # the lowest bound of the leaves left unfinished
        self.lock = threading.Lock()
        self.small = -1 if board.data.free else LEAF_SPLIT if board.data.split else LEAF

    def _node(self, bound: float, dual: Dual) -> Node:
        return Node(math.ceil(bound - 1e-6) if self.board.data.unit and math.isfinite(bound) else bound, next(self.count), dual)

    @property
    def bound(self) -> float:
        """Proven for every plan, up to the limit: min over what is open."""
        with self.lock:
            return min(self.open[0].bound if self.open else math.inf, self.kept, self.board.limit, *self.busy.values())

    @property
    def finished(self) -> bool:
        with self.lock:
            return not self.open and not self.busy

    def step(self) -> bool:
        """One node; False where none was open."""
        with self.lock:
            if not self.open:
                return False
            node = heapq.heappop(self.open)
            self.busy[node.number] = node.bound
        try:
            made, lost = self._process(node)
        except BaseException:
            made, lost = [], node.bound
            raise
        finally:
            with self.lock:
                self.kept = min(self.kept, lost)
                for one in made:
                    heapq.heappush(self.open, one)
                del self.busy[node.number]
        return True

    def _process(self, node: Node) -> tuple[list[Node], float]:
        """The nodes it makes, and the bound of what is given up (inf where nothing is)."""
        board, dual = self.board, node.dual
        limit = board.limit
        if node.bound > limit:
            return [], math.inf
        dual.allowed = self.allowed  # nodes that wait hold no arcs of their own
        dual.state, dual.allowed = dual.excluding(limit)
        while dual.step > LAST_STEP and dual.bound <= limit:
            if board.over():
                return [], max(node.bound, dual.bound)
            dual.climb(dual.past(limit), ROUNDS)
        if dual.bound > limit:
            return [], math.inf
        dual.state, dual.allowed = dual.excluding(limit)
        bound = max(node.bound, dual.bound)
        free = np.flatnonzero(dual.state == -1)
        if board.data.free and not len(free):
            opened = dual.state == 1
            if board.data.least <= opened.sum() <= board.data.most:
                board.offer(nearest(board.data, opened))
            return [], math.inf
        solved = self.leaf(dual, limit, not len(free) or dual.size <= self.small)
        if solved is not None:
            ended, proven = solved
            closed = ended in (MipStatus.OPTIMAL, MipStatus.INFEASIBLE) or proven > limit
            return [], math.inf if closed else max(bound, proven)
        j = free[np.argmin(np.abs(dual.mean_open[free] - 0.5))]
        made = []
        for value in (0, 1) if dual.mean_open[j] >= 0.5 else (1, 0):  # what the relaxed plans do last, so that it comes first
            state = dual.state.copy()
            state[j] = value
            made.append(self._node(bound, dual.copy(state, self.allowed)))
        return made, math.inf
