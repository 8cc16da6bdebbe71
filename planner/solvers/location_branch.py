"""Branch and bound over the whole numbers of a compact program (`planner.solvers.location_compact`), the least bound first.

The bound of the program is the least one of the nodes that are open, so that the node of the least bound is always the next. Both
its children's relaxations are solved at once, each from its parent's basis: rows put aside and rows about whole posts
(`location_cuts`) enter where a solution breaks them, and a node keeps those that bind. A child whose relaxation passes a level between the
bound and the best plan is left there and finished when its turn comes, which for most it never does.

Branching: the number that promises the largest product of the two children's gains by what it gained so far (pseudo-costs); some simplex
steps to either side give the first value (Achterberg, Koch and Martin, Branching rules revisited, 2005), the counts over all
facilities before the others. In the root, HiGHS's rows for the program with whole states and posts are added (`cut`). Customers may be split: at a node in which all numbers are whole the bound ends.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import highspy
import numpy as np
from scipy import sparse

from planner.solvers import mip
from planner.solvers.location import Floats, Ints
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
ENDLESS = 2**31 - 1  # simplex steps

State = highspy.HighsModelStatus
Made = tuple[tuple[int, bool, float], ...]  # branchings: number, upwards, its bound


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
    """The open nodes, and the relaxation that they are solved in."""

    def __init__(
        self, program: Compact, rows: Ints, limit: Callable[[], float], left: Callable[[], float], on_lives: Callable[[Ints], None] | None = None,
        on_relaxed: Callable[[Floats], None] | None = None,
    ) -> None:  # fmt: skip
        """`rows`: of those put aside, to begin with; `limit`: cost of the best plan; `left`: seconds; `on_lives` is given states (K, T) and
        `on_relaxed` the nodes' relaxed solutions (n,)."""
        self.program, self.limit, self.left, self.on_lives, self.on_relaxed = program, limit, left, on_lives, on_relaxed
        self.finder = PostRows(program.made)
        self.pool, self.pool_upper = program.aside, program.aside_upper
        self.open: list[Node] = []
        self.least = INF  # bound of the nodes in which every number is whole
        self.serial = self.nodes = 0
        self.gain, self.seen = np.zeros((2, len(program.wholes))), np.zeros((2, len(program.wholes)))
        model = program.model
        self.first = len(model.row_lower)
        self.lower, self.upper = model.lower.copy(), model.upper.copy()
        self.engine: Any = mip.engine_of(model)
        for name, value in (("threads", 1), ("presolve", "off"), ("solver", "simplex"), ("simplex_strategy", 1), ("dual_simplex_cost_perturbation_multiplier", 0.0)):
            self.engine.setOptionValue(name, value)
        self.rows = np.zeros(0, np.int64)
        self._add(rows)
        self._push(self._solve(Node(-INF, 0, (), self.rows, None), ROOT_ROUNDS))

    @property
    def bound(self) -> float:
        """Proven for every plan; no plan is cheaper than the limit where no node is left."""
        return min(self.least, self.open[0].bound if self.open else INF, self._cut_off(self.limit()))

    @property
    def finished(self) -> bool:
        return not self.open or self.open[0].bound >= min(self.least, self._cut_off(self.limit()))

    def cut(self, share: float = CUTS) -> None:
        """Rows that HiGHS finds in the root in a share of the time, which no cheaper plan breaks; before the first step."""
        model = self.program.model
        for root in self.open[:1]:
            self._load(root)
            rows, none = self.pool[root.rows], np.full(len(root.rows), -INF)
            whole = replace(
                model, integer=self.program.integer, matrix=sparse.vstack([model.matrix, rows], format="csr"), row_lower=np.append(model.row_lower, none),
                row_upper=np.append(model.row_upper, self.pool_upper[root.rows]),
            )  # fmt: skip
            found, upper = mip.cuts(whole, self.limit(), share * self.left(), lambda: self.left() <= 0)
            if len(upper):
                self.open.clear()
                self._add(self._keep(found, upper))
                self._push(self._solve(root, ROOT_ROUNDS))
                if self.left() <= 0:
                    self.open = self.open or [root]

    def step(self) -> None:
        """One node: what its relaxation lacks, then both its children."""
        node = self.open[0]  # stays until its children are there, for the bound
        self.nodes += 1
        self._load(node)
        found: list[Node | None]
        number = self._choose(node) if node.values is not None else None
        if node.values is None:
            found = [self._solve(node)]
        elif number is None:
            self.least = min(self.least, node.bound)
            if self.on_lives is not None:
                self.on_lives(self._states())
            found = []
        else:
            found = [self._child(node, number, upwards) for upwards in (False, True)]
        if self.left() <= 0:
            return
        heapq.heappop(self.open)
        for each in found:
            self._push(each)

    def dive(self) -> Ints | None:
        """States (K, T) near the next node's relaxation: half of the groups that are not whole are made so, then half of the rest."""
        node = self.open[0]
        if node.values is None:
            return None
        self._load(node)
        made, values = node.made, node.values
        groups = np.array([whole.column < 0 for whole in self.program.wholes])
        while True:
            distance = np.where(groups, np.abs(values - np.round(values)), 0.0)
            split = np.flatnonzero(distance > WHOLE)
            if not len(split):
                return self._states()
            chosen = split[np.argsort(distance[split], kind="stable")][: max(1, len(split) // 2)]
            made = (*made, *((int(number), bool(values[number] > 0.5), float(values[number] > 0.5)) for number in chosen))
            self._bounds(made)
            if self._run(INF)[0] != State.kOptimal:
                return None
            values = np.asarray(self.program.sums @ self._x())

    def _states(self) -> Ints:
        return self.program.made.states(np.asarray(self.program.spread @ self._x()))

    def _x(self) -> Floats:
        return np.array(self.engine.getSolution().col_value, float)

    @staticmethod
    def _cut_off(limit: float) -> float:
        """The bound from which nothing cheaper than a plan is in a node."""
        return limit - BOUND_MARGIN * max(1.0, abs(limit)) if math.isfinite(limit) else limit

    def _push(self, node: Node | None) -> None:
        if node is not None:
            heapq.heappush(self.open, node)

    def _child(self, node: Node, number: int, upwards: bool) -> Node | None:
        assert node.values is not None
        value = float(node.values[number])
        to = math.floor(value) + float(upwards)
        made = (*node.made, (number, upwards, to))
        self._bounds(made)
        self._restore(node.basis)
        return self._solve(replace(node, made=made, values=None, learn=(number, upwards, abs(value - to), node.bound)))

    # --- the relaxation --------------------------------------------------------------------------------------

    def _load(self, node: Node) -> None:
        if len(self.rows):
            self.engine.deleteRows(len(self.rows), np.arange(self.first, self.first + len(self.rows), dtype=np.int32))
        self.rows = np.zeros(0, np.int64)
        self._add(node.rows)
        self._bounds(node.made)
        self._restore(node.basis)

    def _bounds(self, made: Made) -> None:
        """The bounds of columns after these branchings."""
        model = self.program.model
        lower, upper = model.lower.copy(), model.upper.copy()
        for number, upwards, value in made:
            whole = self.program.wholes[number]
            if whole.column < 0:
                upper[whole.outside if upwards else whole.inside] = 0.0
            elif upwards:
                lower[whole.column] = max(value, lower[whole.column])
            else:
                upper[whole.column] = min(value, upper[whole.column])
        changed = np.flatnonzero((lower != self.lower) | (upper != self.upper)).astype(np.int32)
        if len(changed):
            self.engine.changeColsBounds(len(changed), changed, lower[changed], upper[changed])
        self.lower, self.upper = lower, upper

    def _restore(self, basis: Any) -> None:
        """A basis; rows added since are in it."""
        if basis is None:
            return
        missing = self.first + len(self.rows) - len(basis.row_status)
        self.engine.setBasis(_basis(basis.col_status, list(basis.row_status) + [highspy.HighsBasisStatus.kBasic] * missing) if missing else basis)

    def _add(self, which: Ints) -> None:
        if len(which):
            rows, count = self.pool[which], len(which)
            where = rows.indptr[:-1].astype(np.int32), rows.indices.astype(np.int32)
            self.engine.addRows(count, np.full(count, -INF), self.pool_upper[which], rows.nnz, *where, rows.data.astype(float))
            self.rows = np.append(self.rows, which)

    def _run(self, level: float, steps: int = ENDLESS) -> tuple[Any, float]:
        mip.use_threads(1)
        for name, value in (("objective_bound", level), ("simplex_iteration_limit", steps), ("time_limit", self.engine.getRunTime() + max(0.01, self.left()))):
            self.engine.setOptionValue(name, value)
        self.engine.run()
        return self.engine.getModelStatus(), float(self.engine.getInfo().objective_function_value)

    def _solve(self, node: Node, rounds: int = ROUNDS) -> Node | None:
        """The node with its relaxation solved, or left at the level; None where it has no solution under the limit."""
        limit, best = self.limit(), self.bound if self.open else node.bound
        level = best + AHEAD * (limit - best) if math.isfinite(limit) and math.isfinite(best) else limit
        level = level if node.bound < level else limit
        status, bound = self._run(level)
        for turn in range(100):
            if status != State.kOptimal or bound >= level:
                break
            x, before = self._x(), bound
            broken = self._broken(x)
            new = self._posts(x) if turn < rounds else np.zeros(0, np.int64)
            if not len(broken) + len(new):
                break
            self._add(np.append(broken, new))
            status, bound = self._run(level)
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
        basis = self.engine.getBasis()
        states = list(basis.row_status)
        binds = np.array([state != highspy.HighsBasisStatus.kBasic for state in states[self.first :]], dtype=bool)
        kept = _basis(basis.col_status, states[: self.first] + [state for state, one in zip(states[self.first :], binds, strict=True) if one])
        self.serial += 1
        values = np.asarray(self.program.sums @ self._x()) if solved else None
        if solved and self.on_relaxed is not None:
            self.on_relaxed(np.asarray(self.program.spread @ self._x()))
        return Node(proven, self.serial, node.made, self.rows[binds], kept, values, None if math.isfinite(proven) else node.learn)

    def _broken(self, x: Floats) -> Ints:
        """Rows known that a solution breaks, not among those of now."""
        excess = self.pool @ x - self.pool_upper
        excess[self.rows] = -INF
        worst = np.flatnonzero(excess > BROKEN)
        return worst[np.argsort(-excess[worst], kind="stable")][:MOST]

    def _posts(self, x: Floats) -> Ints:
        """New rows about whole posts."""
        rows, upper = self.finder.violated(np.asarray(self.program.spread @ x))
        return self._keep((rows @ self.program.spread).tocsr(), upper)

    def _keep(self, rows: sparse.csr_matrix, upper: Floats) -> Ints:
        """Numbers of new rows <= upper."""
        count = len(self.pool_upper)
        if len(upper):
            self.pool, self.pool_upper = sparse.vstack([self.pool, rows], format="csr"), np.append(self.pool_upper, upper)
        return np.arange(count, count + len(upper))

    # --- branching -------------------------------------------------------------------------------------------

    def _learn(self, learn: tuple[int, bool, float, float] | None, bound: float) -> None:
        if learn is not None and math.isfinite(bound):
            number, upwards, distance, before = learn
            self.gain[int(upwards), number] += max(0.0, bound - before) / max(1e-3, distance)
            self.seen[int(upwards), number] += 1

    def _choose(self, node: Node) -> int | None:
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
            gains = np.array([self._look(node, int(split[i]), upwards, float(distance[int(upwards), i]), room) for upwards in (False, True)])
            found = float(_score(gains[:, None], room)[0])
            if found > most:
                best, most = int(i), found
        return int(split[best])

    def _look(self, node: Node, number: int, upwards: bool, distance: float, room: float) -> float:
        """What some simplex steps gain on one side."""
        assert node.values is not None
        self._bounds((*node.made, (number, upwards, math.floor(float(node.values[number])) + float(upwards))))
        self._restore(node.basis)
        status, bound = self._run(node.bound + room, STEPS)
        gain = room if status in (State.kInfeasible, State.kObjectiveBound) else min(room, max(0.0, bound - node.bound))
        self._learn((number, upwards, distance, node.bound), node.bound + gain)
        return gain


def _basis(columns: Any, rows: Any) -> Any:
    found = highspy.HighsBasis()
    found.col_status, found.row_status, found.valid, found.alien = columns, rows, True, False
    return found


def _score(gains: Floats, room: float) -> Floats:
    """How good branchings with these gains (2, ...) are."""
    gains = np.maximum(np.minimum(gains, room), 1e-6 * room)
    return np.asarray(gains[0] * gains[1])
