"""The relaxation of a compact program in HiGHS, from node to node of its branch and bound (`planner.solvers.location_branch`).

One engine holds the program's own rows and, behind them, those that the node of now has: rows put aside and rows about whole posts, by
their numbers in the tree's pool. Several engines work on one tree, each in a thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import highspy
import numpy as np
from scipy import sparse

from planner.solvers import mip
from planner.solvers.location import Floats, Ints
from planner.solvers.location_compact import Compact
from planner.solvers.mip import INF

ENDLESS = 2**31 - 1  # simplex steps

State = highspy.HighsModelStatus
Made = tuple[tuple[int, bool, float], ...]  # branchings: number, upwards, its bound
Pool = tuple[sparse.csr_matrix, Floats]  # rows <= upper


class Engine:
    """HiGHS with one node's relaxation; `left`: seconds."""

    def __init__(self, program: Compact, left: Callable[[], float]) -> None:
        self.program, self.left = program, left
        model = program.model
        self.first = len(model.row_lower)
        self.lower, self.upper = model.lower.copy(), model.upper.copy()
        self.rows = np.zeros(0, np.int64)
        self.highs: Any = mip.engine_of(model)
        for name, value in (("threads", 1), ("presolve", "off"), ("solver", "simplex"), ("simplex_strategy", 1), ("dual_simplex_cost_perturbation_multiplier", 0.0)):
            self.highs.setOptionValue(name, value)

    @property
    def x(self) -> Floats:
        return np.array(self.highs.getSolution().col_value, float)

    def load(self, pool: Pool, rows: Ints, made: Made, basis: Any) -> None:
        """A node: its rows, branchings and basis."""
        if len(self.rows):
            self.highs.deleteRows(len(self.rows), np.arange(self.first, self.first + len(self.rows), dtype=np.int32))
        self.rows = np.zeros(0, np.int64)
        self.add(pool, rows)
        self.bounds(made)
        self.restore(basis)

    def add(self, pool: Pool, which: Ints) -> None:
        if len(which):
            rows, count = pool[0][which], len(which)
            where = rows.indptr[:-1].astype(np.int32), rows.indices.astype(np.int32)
            self.highs.addRows(count, np.full(count, -INF), pool[1][which], rows.nnz, *where, rows.data.astype(float))
            self.rows = np.append(self.rows, which)

    def bounds(self, made: Made) -> None:
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
            self.highs.changeColsBounds(len(changed), changed, lower[changed], upper[changed])
        self.lower, self.upper = lower, upper

    def restore(self, basis: Any) -> None:
        """A basis; rows added since are in it."""
        if basis is None:
            return
        missing = self.first + len(self.rows) - len(basis.row_status)
        self.highs.setBasis(_basis(basis.col_status, list(basis.row_status) + [highspy.HighsBasisStatus.kBasic] * missing) if missing else basis)

    def run(self, level: float, steps: int = ENDLESS) -> tuple[Any, float]:
        """Solves, at most up to a level of the cost: how it ended, and the cost reached."""
        mip.use_threads(1)
        for name, value in (("objective_bound", level), ("simplex_iteration_limit", steps), ("time_limit", self.highs.getRunTime() + max(0.01, self.left()))):
            self.highs.setOptionValue(name, value)
        self.highs.run()
        return self.highs.getModelStatus(), float(self.highs.getInfo().objective_function_value)

    def broken(self, pool: Pool, x: Floats, margin: float) -> Ints:
        """Rows of the pool that a solution breaks, not among those of now, the worst first."""
        excess = pool[0] @ x - pool[1]
        excess[self.rows] = -INF
        worst = np.flatnonzero(excess > margin)
        return worst[np.argsort(-excess[worst], kind="stable")]

    def binding(self) -> tuple[Ints, Any]:
        """The rows that bind, and the basis without the others."""
        basis = self.highs.getBasis()
        states = list(basis.row_status)
        binds = np.array([state != highspy.HighsBasisStatus.kBasic for state in states[self.first :]], dtype=bool)
        return self.rows[binds], _basis(basis.col_status, states[: self.first] + [state for state, one in zip(states[self.first :], binds, strict=True) if one])


def _basis(columns: Any, rows: Any) -> Any:
    found = highspy.HighsBasis()
    found.col_status, found.row_status, found.valid, found.alien = columns, rows, True, False
    return found
