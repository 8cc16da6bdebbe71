"""Linear relaxation of a tight program (`planner.solvers.location_program`) with the rows put aside added on demand.

Rounds: solve by warm dual simplex, add the rows that the solution breaks most, until it breaks none. Every subset of the
rows proves a bound; the program made of the rows met so far is what a search by branching then starts from.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import highspy
import numpy as np
from scipy import sparse

from planner.solvers import mip
from planner.solvers.location import Bools, Floats, Ints
from planner.solvers.location_program import Program
from planner.solvers.mip import BOUND_MARGIN, INF, Mip

BROKEN = 1e-6  # violation from which a row is added
ROUND = 600  # rows added at most in a round


class Relaxation:
    """The relaxation of a program, kept warm: bounds of columns may be changed between solves."""

    def __init__(self, made: Program, should_stop: Callable[[], bool] | None = None, rows: Sequence[int] = ()) -> None:
        """`rows`: of those put aside, to begin with."""
        assert made.aside is not None
        self.made = made
        self.lower, self.upper = made.model.lower.copy(), made.model.upper.copy()
        self.used: Bools = np.zeros(made.aside.shape[0], dtype=bool)
        self.x: Floats = np.zeros(len(self.lower))
        self.objective = -INF
        self.duals: Floats = np.zeros(0)
        self.reduced: Floats = np.zeros(0)
        self.order: list[int] = []  # rows added, of those put aside
        self.cuts = sparse.csr_matrix((0, len(self.lower)))  # rows <= cuts_upper that are none of the program's
        self.cuts_upper: Floats = np.zeros(0)
        self.engine: Any = mip.engine_of(replace(made.model, integer=np.zeros(len(self.lower), dtype=bool)))
        self.engine.setOptionValue("threads", 1)
        mip.interruptible(self.engine, should_stop)
        if len(rows):
            self._add(np.array(rows, dtype=np.int64))

    @property
    def bound(self) -> float:
        """The objective, lowered by the margin of the engine's tolerances."""
        return self.objective - BOUND_MARGIN * max(1.0, abs(self.objective))

    def limit(self, columns: list[int], lower: list[float], upper: list[float]) -> None:
        """Other bounds for some columns."""
        self.lower[columns], self.upper[columns] = lower, upper
        self.engine.changeColsBounds(len(columns), np.array(columns, np.int32), np.array(lower, float), np.array(upper, float))

    def reset(self) -> None:
        """The program's own bounds of columns again."""
        self.lower, self.upper = self.made.model.lower.copy(), self.made.model.upper.copy()
        self.engine.changeColsBounds(len(self.lower), np.arange(len(self.lower), dtype=np.int32), self.lower, self.upper)

    def solve(self, seconds: float = 60.0, rounds: int = 1000, under: float = INF) -> bool:
        """Solve with rows on demand, given up where the optimum is not `under` so much. Whether the solution breaks at most rows left out by the
        limit of rounds; False when there is none (infeasible, given up, out of time, stopped), and `objective` is then a bound only if it was one before."""
        until = time.monotonic() + seconds
        self.engine.setOptionValue("objective_bound", under)
        for _ in range(rounds):
            left = until - time.monotonic()
            if left <= 0 or not self._run(left) or self.objective >= under:
                return False
            if not self._add_broken():
                break
        return True

    def _run(self, seconds: float) -> bool:
        mip.use_threads(1)
        self.engine.setOptionValue("time_limit", self.engine.getRunTime() + seconds)
        self.engine.run()
        if self.engine.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return False
        solution = self.engine.getSolution()
        self.x = np.array(solution.col_value, float)
        self.duals, self.reduced = np.array(solution.row_dual, float), np.array(solution.col_dual, float)
        self.objective = self.engine.getInfo().objective_function_value
        return True

    def _add_broken(self) -> bool:
        """Add the rows that the solution breaks most; whether there were any."""
        aside = self.made.aside
        assert aside is not None
        excess = np.where(self.used, -INF, aside @ self.x - self.made.aside_upper)
        worst = np.argsort(-excess, kind="stable")[:ROUND]
        worst = worst[excess[worst] > BROKEN]
        if not len(worst):
            return False
        self._add(worst)
        return True

    def _add(self, which: Ints) -> None:
        assert self.made.aside is not None
        self._rows(self.made.aside[which], self.made.aside_upper[which])
        self.used[which] = True
        self.order += [int(row) for row in which]

    def cut(self, rows: sparse.csr_matrix, upper: Floats) -> None:
        """Add valid rows <= upper."""
        self._rows(rows, upper)
        self.cuts, self.cuts_upper = sparse.vstack([self.cuts, rows], format="csr"), np.append(self.cuts_upper, upper)

    def _rows(self, rows: sparse.csr_matrix, upper: Floats) -> None:
        count = rows.shape[0]
        self.engine.addRows(count, np.full(count, -INF), upper, rows.nnz, rows.indptr[:-1].astype(np.int32), rows.indices.astype(np.int32), rows.data.astype(float))

    def program(self, integer: Bools) -> Mip:
        """The program with the rows met so far and these whole columns; a relaxation of the whole one."""
        model, aside = self.made.model, self.made.aside
        assert aside is not None
        rows = np.array(self.order, dtype=np.int64)
        upper = np.append(self.made.aside_upper[rows], self.cuts_upper)
        return replace(
            model, matrix=sparse.vstack([model.matrix, aside[rows], self.cuts], format="csr"), integer=integer,
            row_lower=np.append(model.row_lower, np.full(len(upper), -INF)), row_upper=np.append(model.row_upper, upper),
        )  # fmt: skip
