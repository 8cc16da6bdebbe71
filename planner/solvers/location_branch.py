"""Branch and bound over the whole numbers of a compact program (`planner.solvers.location_compact`), the least bound first.

The bound of the program is the least one of the nodes that are open or worked on, so that the node of the least bound is always the next. Both
its children's relaxations are solved at once, each from its parent's basis: rows put aside and rows about whole posts
(`location_cuts`) enter where a solution breaks them, and a node keeps those that bind. A child whose relaxation passes a level between the
bound and the best plan is left there and finished when its turn comes, which for most it never does.

Branching: the number that promises the largest product of the two children's gains by what it gained so far (pseudo-costs); some simplex
steps to either side give the first value (Achterberg, Koch and Martin, Branching rules revisited, 2005), the counts over all
facilities before the others. In the root, HiGHS's rows for the program with whole states and posts are added (`cut`). Customers may be split: at a node in which all numbers are whole the bound ends.

Several threads may work on the tree, each at a node of its own with an engine of its own (`location_branch_engine`).
"""

from __future__ import annotations

import heapq
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy import sparse

from planner.solvers import mip
from planner.solvers.location import Floats, Ints
from planner.solvers.location_branch_engine import Engine, Made, Pool, State
from planner.solvers.location_compact import Compact
from planner.solvers.location_cuts import PostRows
from planner.solvers.mip import BOUND_MARGIN, INF

WHOLE = 1e-5  # distance from a whole number up to which it is one
BROKEN = 1e-5  # violation from which a row is added
MOST = 300  # rows put aside that are added at most in a round
ROUNDS, ROOT_ROUNDS = 3, 8  # rounds of new rows about posts in a node and in the root
GAIN, SHARE = 2e-5, 0.3  # rows are added so long as that raises the bound by this share of it, and of what the branching gained
CUTS = 0.25  # share of the time that HiGHS is given at most to find rows in the root
AHEAD = 0.5  # of the way from the bound to the best plan: where a relaxation is left
LOOKS, STEPS = 4, 100  # numbers tried at a node for want of pseudo-costs, and simplex steps to either side


@dataclass(order=True)
class Node:
    """`made`: from the root; `rows`: those beside the model's that bind; `values` (W,) of the numbers, None where the relaxation is
    not solved to its end; `learn`: the last branching's number, side, distance and the bound before it."""

    bound: float
    serial: int
    made: Made = field(compare=False)
    rows: Ints = field(compare=False)
    basis: Any = field(compare=False)
    values: Floats | None = field(compare=False, default=None)
    learn: tuple[int, bool, float, float] | None = field(compare=False, default=None)


class Tree:
    """The nodes that are open or worked on, and what all of them have learnt."""

    def __init__(
        self, program: Compact, rows: Ints, limit: Callable[[], float], left: Callable[[], float], on_lives: Callable[[Ints], None] | None = None,
        on_relaxed: Callable[[Floats], None] | None = None,
    ) -> None:  # fmt: skip
        """`rows`: of those put aside, to begin with; `limit`: cost of the best plan; `left`: seconds; `on_lives` is given states (K, T) and
        `on_relaxed` the nodes' relaxed solutions (n,)."""
        self.program, self.limit, self.left, self.on_lives, self.on_relaxed = program, limit, left, on_lives, on_relaxed
        self.finder = PostRows(program.made)
        self.pool: Pool = program.aside, program.aside_upper
        self.open: list[Node] = []
        self.worked: list[Node] = []
        self.lock = threading.RLock()
        self.least = INF  # bound of the nodes in which every number is whole
        self.serial = self.nodes = 0
        self.gain, self.seen = np.zeros((2, len(program.wholes))), np.zeros((2, len(program.wholes)))
        self.engine = Engine(program, left)
        self.engine.add(self.pool, rows)
        self._push(self._solve(self.engine, Node(-INF, 0, (), self.engine.rows, None), ROOT_ROUNDS))

    @property
    def bound(self) -> float:
        """Proven for every plan; no plan is cheaper than the limit where no node is left."""
        with self.lock:
            nodes = min((node.bound for node in (*self.worked, *self.open[:1])), default=INF)
            return min(self.least, nodes, self._cut_off(self.limit()))

    @property
    def finished(self) -> bool:
        with self.lock:
            return self.bound >= min(self.least, self._cut_off(self.limit()))

    def cut(self, share: float = CUTS) -> None:
        """Rows that HiGHS finds in the root in a share of the time, which no cheaper plan breaks; before the first step."""
        model = self.program.model
        for root in self.open[:1]:
            self._load(self.engine, root)
            rows, none = self.pool[0][root.rows], np.full(len(root.rows), -INF)
            whole = replace(
                model, integer=self.program.integer, matrix=sparse.vstack([model.matrix, rows], format="csr"), row_lower=np.append(model.row_lower, none),
                row_upper=np.append(model.row_upper, self.pool[1][root.rows]),
            )  # fmt: skip
            found, upper = mip.cuts(whole, self.limit(), share * self.left(), lambda: self.left() <= 0)
            if len(upper):
                self.open.clear()
                new = self._keep(found, upper)
                self.engine.add(self.pool, new)
                self._push(self._solve(self.engine, root, ROOT_ROUNDS))
                if self.left() <= 0:
                    self.open = self.open or [root]

    def step(self, engine: Engine | None = None) -> bool:
        """One node: what its relaxation lacks, then both its children; False where other threads work on all nodes that there are."""
        engine = engine or self.engine
        with self.lock:
            if not self.open:
                return False
            node = heapq.heappop(self.open)
            self.worked.append(node)  # stays until its children are there, for the bound
            self.nodes += 1
        found: list[Node | None] = [node]
        try:
            found = self._treated(engine, node)
        finally:
            with self.lock:
                self.worked = [other for other in self.worked if other is not node]
                for each in found if self.left() > 0 else [node]:
                    self._push(each)
        return True

    def _treated(self, engine: Engine, node: Node) -> list[Node | None]:
        """What is left of a node: itself with its relaxation solved, or its children."""
        self._load(engine, node)
        if node.values is None:
            return [self._solve(engine, node)]
        number = self._choose(engine, node)
        if number is not None:
            return [self._child(engine, node, number, upwards) for upwards in (False, True)]
        with self.lock:
            self.least = min(self.least, node.bound)
        if self.on_lives is not None:
            self.on_lives(self._states(engine))
        return []

    def dive(self) -> Ints | None:
        """States (K, T) near the next node's relaxation: half of the groups that are not whole are made so, then half of the rest."""
        with self.lock:
            node = self.open[0] if self.open else None
        if node is None or node.values is None:
            return None
        self._load(self.engine, node)
        made, values = node.made, node.values
        groups = np.array([whole.column < 0 for whole in self.program.wholes])
        while True:
            distance = np.where(groups, np.abs(values - np.round(values)), 0.0)
            split = np.flatnonzero(distance > WHOLE)
            if not len(split):
                return self._states(self.engine)
            chosen = split[np.argsort(distance[split], kind="stable")][: max(1, len(split) // 2)]
            made = (*made, *((int(number), bool(values[number] > 0.5), float(values[number] > 0.5)) for number in chosen))
            self.engine.bounds(made)
            if self.engine.run(INF)[0] != State.kOptimal:
                return None
            values = np.asarray(self.program.sums @ self.engine.x)

    def _states(self, engine: Engine) -> Ints:
        return self.program.made.states(np.asarray(self.program.spread @ engine.x))

    @staticmethod
    def _cut_off(limit: float) -> float:
        """The bound from which nothing cheaper than a plan is in a node."""
        return limit - BOUND_MARGIN * max(1.0, abs(limit)) if math.isfinite(limit) else limit

    def _push(self, node: Node | None) -> None:
        if node is not None:
            with self.lock:
                heapq.heappush(self.open, node)

    def _load(self, engine: Engine, node: Node) -> None:
        engine.load(self.pool, node.rows, node.made, node.basis)

    def _child(self, engine: Engine, node: Node, number: int, upwards: bool) -> Node | None:
        assert node.values is not None
        value = float(node.values[number])
        to = math.floor(value) + float(upwards)
        made = (*node.made, (number, upwards, to))
        engine.bounds(made)
        engine.restore(node.basis)
        return self._solve(engine, replace(node, made=made, values=None, learn=(number, upwards, abs(value - to), node.bound)))

    def _solve(self, engine: Engine, node: Node, rounds: int = ROUNDS) -> Node | None:
        """The node with its relaxation solved, or left at the level; None where it has no solution under the limit."""
        limit, best = self.limit(), self.bound if self.open or self.worked else node.bound
        level = best + AHEAD * (limit - best) if math.isfinite(limit) and math.isfinite(best) else limit
        level = level if node.bound < level else limit
        status, bound = engine.run(level)
        for turn in range(100):
            if status != State.kOptimal or bound >= level:
                break
            x, before = engine.x, bound
            broken = engine.broken(self.pool, x, BROKEN)[:MOST]
            new = self._posts(x) if turn < rounds else np.zeros(0, np.int64)
            if not len(broken) + len(new):
                break
            engine.add(self.pool, np.append(broken, new))
            status, bound = engine.run(level)
            gained = before - node.bound if node.made else 0.0
            if status == State.kOptimal and bound - before < max(GAIN * abs(bound), SHARE * gained):
                break
        if status == State.kInfeasible:
            self._learn(node.learn, limit)
            return None
        solved = status == State.kOptimal and bound < level
        proven = bound if solved else level if status in (State.kOptimal, State.kObjectiveBound) else -INF
        if math.isfinite(proven):
            proven -= BOUND_MARGIN * max(1.0, abs(proven))
            self._learn(node.learn, proven)
        proven = max(node.bound, proven)
        if proven >= self._cut_off(limit):
            return None
        kept, basis = engine.binding()
        values = np.asarray(self.program.sums @ engine.x) if solved else None
        if solved and self.on_relaxed is not None:
            self.on_relaxed(np.asarray(self.program.spread @ engine.x))
        with self.lock:
            self.serial += 1
            return Node(proven, self.serial, node.made, kept, basis, values, None if math.isfinite(proven) else node.learn)

    def _posts(self, x: Floats) -> Ints:
        """New rows about whole posts."""
        rows, upper = self.finder.violated(np.asarray(self.program.spread @ x))
        return self._keep((rows @ self.program.spread).tocsr(), upper)

    def _keep(self, rows: sparse.csr_matrix, upper: Floats) -> Ints:
        """Numbers of new rows <= upper."""
        with self.lock:
            known, most = self.pool
            if len(upper):
                self.pool = sparse.vstack([known, rows], format="csr"), np.append(most, upper)
            return np.arange(len(most), len(most) + len(upper))

    # --- branching -------------------------------------------------------------------------------------------

    def _learn(self, learn: tuple[int, bool, float, float] | None, bound: float) -> None:
        if learn is not None and math.isfinite(bound):
            number, upwards, distance, before = learn
            with self.lock:
                self.gain[int(upwards), number] += max(0.0, bound - before) / max(1e-3, distance)
                self.seen[int(upwards), number] += 1

    def _choose(self, engine: Engine, node: Node) -> int | None:
        """The number to branch on; None where all are whole."""
        assert node.values is not None
        part = node.values - np.floor(node.values)
        split = np.flatnonzero((part > WHOLE) & (part < 1 - WHOLE))
        if not len(split):
            return None
        distance = np.array([part[split], 1 - part[split]])
        seen, limit = self.seen[:, split], self.limit()
        room = limit - node.bound if math.isfinite(limit) else abs(node.bound)
        typical = self.gain.sum(axis=1) / np.maximum(1, self.seen.sum(axis=1))
        score = _score(np.where(seen > 0, self.gain[:, split] / np.maximum(1, seen), typical[:, None]) * distance, room)
        untried = seen.min(axis=0) == 0
        tried = np.flatnonzero(~untried)
        best, most = -1, -1.0
        if len(tried):
            best = int(tried[np.argmax(score[tried])])
            most = float(score[best])
        order = np.lexsort((-score, split >= self.program.counts))
        for i in order[untried[order]][:LOOKS]:
            gains = np.array([self._look(engine, node, int(split[i]), upwards, float(distance[int(upwards), i]), room) for upwards in (False, True)])
            found = float(_score(gains[:, None], room)[0])
            if found > most:
                best, most = int(i), found
        return int(split[best])

    def _look(self, engine: Engine, node: Node, number: int, upwards: bool, distance: float, room: float) -> float:
        """What some simplex steps gain on one side."""
        assert node.values is not None
        engine.bounds((*node.made, (number, upwards, math.floor(float(node.values[number])) + float(upwards))))
        engine.restore(node.basis)
        status, bound = engine.run(node.bound + room, STEPS)
        gain = room if status in (State.kInfeasible, State.kObjectiveBound) else min(room, max(0.0, bound - node.bound))
        self._learn((number, upwards, distance, node.bound), node.bound + gain)
        return gain


def _score(gains: Floats, room: float) -> Floats:
    """How good branchings with these gains (2, ...) are."""
    gains = np.maximum(np.minimum(gains, room), 1e-6 * room)
    return np.asarray(gains[0] * gains[1])
