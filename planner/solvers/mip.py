"""Mixed-integer programs on sparse arrays, solved by HiGHS with progress, stop, start and a true bound.

    min  offset + c x     s.t.  row_lower <= A x <= row_upper,  lower <= x <= upper,  x_j integer for j in I
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import highspy
import numpy as np
from scipy import sparse

INF = float("inf")
# HiGHS proves its bound up to feasibility tolerances of 1e-6 on rows of this size; what is shown as
# proven is lowered by this relative margin.
BOUND_MARGIN = 1e-7


class MipStatus(StrEnum):
    OPTIMAL = "optimal"  # gap closed within the tolerance asked
    FEASIBLE = "feasible"  # a solution at the limit
    STOPPED = "stopped"  # the caller stopped; a solution may be there
    NO_SOLUTION = "no_solution"  # none found within the limits
    INFEASIBLE = "infeasible"  # proven
    FAILED = "failed"


@dataclass(frozen=True)
class Mip:
    """A program on arrays: cost (n,), matrix (m, n) CSR, bounds of rows (m,) and columns (n,), integer (n,)."""

    cost: np.ndarray
    matrix: sparse.csr_matrix
    row_lower: np.ndarray
    row_upper: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    integer: np.ndarray
    offset: float = 0.0

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        return len(self.cost), len(self.row_lower)

    def following(self, kept: np.ndarray, follows: Mapping[int, tuple[int, float]], x: np.ndarray) -> tuple[Mip, sparse.csc_matrix, np.ndarray]:
        """The program with the columns `kept` (n,) bool held at x (n,) and those that follow another (column -> that one, not kept and following
        none; times) put in its place. Solutions y of it are solutions `held + spread @ y` of this one: spread and held come with it."""
        held = np.where(kept, x, 0.0)
        free = ~kept
        free[list(follows)] = False
        columns = np.flatnonzero(free)
        place = np.full(len(x), -1)
        place[columns] = np.arange(len(columns))
        row = np.concatenate([columns, np.array(list(follows), np.int64)])
        column = np.concatenate([place[columns], place[[to for to, _ in follows.values()]]]).astype(np.int64)
        value = np.concatenate([np.ones(len(columns)), np.array([times for _, times in follows.values()], float)])
        spread = sparse.csc_matrix((value, (row, column)), shape=(len(x), len(columns)))
        matrix = (self.matrix @ spread).tocsr()
        matrix.data[np.abs(matrix.data) < 1e-12] = 0.0
        matrix.eliminate_zeros()
        rows = np.flatnonzero(np.diff(matrix.indptr))
        base = np.asarray(self.matrix @ held)[rows]
        program = Mip(
            np.asarray(self.cost @ spread), matrix[rows], self.row_lower[rows] - base, self.row_upper[rows] - base, self.lower[columns], self.upper[columns],
            self.integer[columns], self.offset + float(self.cost @ held),
        )  # fmt: skip
        return program, spread, held

    def violation(self, x: np.ndarray) -> float:
        """Largest violation of any row, bound or integrality by x."""
        rows = self.matrix @ x
        worst = [0.0]
        if len(rows):
            worst += [float(np.max(self.row_lower - rows)), float(np.max(rows - self.row_upper))]
        if len(x):
            worst += [float(np.max(self.lower - x)), float(np.max(x - self.upper))]
            if self.integer.any():
                worst.append(float(np.max(np.abs(x - np.round(x))[self.integer])))
        return max(worst)


@dataclass
class Builder:
    """Collects columns and rows; `build` makes the arrays. Indices are returned as plain ints."""

    cost: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    integer: list[bool] = field(default_factory=list)
    _rows: list[int] = field(default_factory=list)
    _columns: list[int] = field(default_factory=list)
    _values: list[float] = field(default_factory=list)
    row_lower: list[float] = field(default_factory=list)
    row_upper: list[float] = field(default_factory=list)

    def variable(self, cost: float = 0.0, lower: float = 0.0, upper: float = INF, integer: bool = False) -> int:
        self.cost.append(cost)
        self.lower.append(lower)
        self.upper.append(upper)
        self.integer.append(integer)
        return len(self.cost) - 1

    def binary(self, cost: float = 0.0) -> int:
        return self.variable(cost, 0.0, 1.0, True)

    def row(self, terms: Iterable[tuple[int, float]], lower: float = -INF, upper: float = INF) -> int:
        """A row lower <= sum(value * x[index]) <= upper; repeated indices add up."""
        row = len(self.row_lower)
        for index, value in terms:
            self._rows.append(row)
            self._columns.append(index)
            self._values.append(value)
        self.row_lower.append(lower)
        self.row_upper.append(upper)
        return row

    def build(self, offset: float = 0.0) -> Mip:
        shape = (len(self.row_lower), len(self.cost))
        where = (np.array(self._rows, np.int32), np.array(self._columns, np.int32))
        matrix = sparse.coo_matrix((np.array(self._values, float), where), shape=shape).tocsr()
        matrix.sum_duplicates()
        return Mip(
            np.array(self.cost, float), matrix, np.array(self.row_lower, float), np.array(self.row_upper, float),
            np.array(self.lower, float), np.array(self.upper, float), np.array(self.integer, bool), offset,
        )  # fmt: skip


@dataclass(frozen=True)
class MipResult:
    """x (n,) or None; objective of x; bound: proven lower bound (-inf when none), already lowered by the margin."""

    status: MipStatus
    x: np.ndarray | None
    objective: float
    bound: float
    seconds: float
    nodes: int = 0
    message: str = ""

    @property
    def gap(self) -> float:
        """Relative gap between objective and bound; inf without either."""
        if self.x is None or not math.isfinite(self.bound):
            return INF
        return max(0.0, self.objective - self.bound) / max(1.0, abs(self.objective))


def solve(
    model: Mip,
    *,
    seconds: float = 60.0,
    gap: float = 1e-4,
    seed: int = 1,
    threads: int = 1,
    nodes: int | None = None,
    start: np.ndarray | None = None,
    target: float | None = None,
    on_progress: Callable[[float | None, float | None], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    on_solution: Callable[[np.ndarray, float], None] | None = None,
    better: Callable[[float], np.ndarray | None] | None = None,
    presolve: bool = True,
) -> MipResult:
    """Solve within `seconds` of wall time, or `nodes` of the tree (then the same on every machine).

    `start`: an x (n,) to begin from, may be infeasible (then it is ignored). `target`: an objective that is good enough. `on_progress(cost, bound)` is
    called at most a few times a second. `on_solution(x, cost)` hears of every improvement at once; `better(cost)` is asked now and
    then for an x (n,) that costs less than that, found elsewhere. `presolve`: HiGHS does not look at the clock in it. Never raises for what the model is; see MipStatus.
    """
    began = time.monotonic()
    use_threads(int(threads))
    engine = engine_of(model)
    for name, value in (
        ("output_flag", False), ("time_limit", max(0.01, float(seconds))), ("mip_rel_gap", float(gap)), ("mip_abs_gap", 1e-6),
        ("random_seed", int(seed)), ("threads", int(threads)),
    ):  # fmt: skip
        engine.setOptionValue(name, value)
    if not presolve:
        engine.setOptionValue("presolve", "off")
    if target is not None:
        engine.setOptionValue("objective_target", float(target))
    if nodes is not None:
        engine.setOptionValue("mip_max_nodes", int(nodes))
    if start is not None and model.violation(start) < 1e-6:
        solution = highspy.HighsSolution()
        solution.col_value = [float(value) for value in start]
        engine.setSolution(solution)
    stopped = [False]
    _watch(engine, model, began, on_progress, should_stop, stopped)
    _exchange(engine, model, on_solution, better)
    try:
        ended = engine.run()
        if engine.getModelStatus() == highspy.HighsModelStatus.kUnboundedOrInfeasible:
            engine.setOptionValue("presolve", "off")  # presolve cannot tell the two apart; the search can
            ended = engine.run()
    except Exception as error:  # the binding raises plain exceptions of many kinds
        return MipResult(MipStatus.FAILED, None, INF, -INF, time.monotonic() - began, message=str(error))
    if ended == highspy.HighsStatus.kError:
        return MipResult(MipStatus.FAILED, None, INF, -INF, time.monotonic() - began, message=engine.modelStatusToString(engine.getModelStatus()))
    return _result(engine, model, time.monotonic() - began, stopped[0], gap)


def relaxed(model: Mip, seconds: float = 60.0) -> tuple[float, np.ndarray] | None:
    """Value of the linear relaxation and reduced costs (n,) in it, None where it has no optimum within `seconds`."""
    use_threads(1)
    engine = engine_of(model)
    engine.setOptionValue("time_limit", max(0.01, float(seconds)))
    engine.run()
    if engine.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return float(engine.getInfo().objective_function_value), np.array(engine.getSolution().col_dual, float)


def cuts(model: Mip, limit: float, seconds: float, should_stop: Callable[[], bool] | None = None) -> tuple[sparse.csr_matrix, np.ndarray]:
    """Rows <= upper that HiGHS finds at the root, kept by every solution that costs less than `limit`; none where it is not through in time."""
    use_threads(1)
    engine = engine_of(model)
    for name, value in (
        ("threads", 1), ("time_limit", max(0.01, float(seconds))), ("mip_max_nodes", 1), ("presolve", "off"), ("mip_allow_restart", False),
        ("mip_detect_symmetry", False), ("mip_heuristic_effort", 0.0), ("mip_heuristic_run_feasibility_jump", False),
        ("mip_heuristic_run_rins", False), ("mip_heuristic_run_rens", False), ("mip_heuristic_run_root_reduced_cost", False),
    ):  # fmt: skip
        engine.setOptionValue(name, value)
    if math.isfinite(limit):
        engine.setOptionValue("objective_bound", float(limit))
    found: list[tuple[sparse.csr_matrix, np.ndarray]] = []

    def take(event: Any) -> None:
        out = event.data_out
        start = np.append(np.array(out.cutpool_start)[: out.cutpool_num_cut], len(out.cutpool_index))
        rows = sparse.csr_matrix((np.array(out.cutpool_value, float), np.array(out.cutpool_index), start), shape=(out.cutpool_num_cut, len(model.cost)))
        found[:] = [(rows, np.array(out.cutpool_upper, float))]

    def look(event: Any) -> None:
        if found or (should_stop is not None and should_stop()):
            event.interrupt()

    engine.cbMipGetCutPool.subscribe(take)
    engine.cbMipInterrupt.subscribe(look)
    engine.run()
    if not found:
        return sparse.csr_matrix((0, len(model.cost))), np.zeros(0)
    some = np.isfinite(found[0][1]) & (found[0][1] < 1e30)
    return found[0][0][some], found[0][1][some]


_pool = threading.local()


def use_threads(count: int) -> None:
    """HiGHS keeps one pool per calling thread and refuses to run with another number of threads than it was made with."""
    if getattr(_pool, "threads", count) != count:
        highspy.Highs.resetGlobalScheduler(True)
    _pool.threads = count


def engine_of(model: Mip) -> Any:
    """A HiGHS object that holds the program, silent."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = model.size
    lp.col_cost_, lp.offset_ = model.cost, model.offset
    lp.col_lower_, lp.col_upper_ = model.lower, model.upper
    lp.row_lower_, lp.row_upper_ = model.row_lower, model.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = model.matrix.indptr
    lp.a_matrix_.index_ = model.matrix.indices
    lp.a_matrix_.value_ = model.matrix.data
    if model.integer.any():
        lp.integrality_ = [highspy.HighsVarType.kInteger if whole else highspy.HighsVarType.kContinuous for whole in model.integer]
    engine = highspy.Highs()
    engine.setOptionValue("output_flag", False)
    engine.passModel(lp)
    return engine


def interruptible(engine: Any, should_stop: Callable[[], bool] | None) -> None:
    """Let the simplex method of an engine be stopped."""
    if should_stop is None:
        return

    def look(event: Any) -> None:
        if should_stop():
            event.interrupt()

    engine.cbSimplexInterrupt.subscribe(look)


def _watch(
    engine: Any,
    model: Mip,
    began: float,
    on_progress: Callable[[float | None, float | None], None] | None,
    should_stop: Callable[[], bool] | None,
    stopped: list[bool],
) -> None:
    last = [began - 1.0]

    def look(event: Any) -> None:
        now = time.monotonic()
        if on_progress is not None and now - last[0] >= 0.25:
            last[0] = now
            data = event.data_out
            cost = data.mip_primal_bound if abs(data.mip_primal_bound) < 1e30 else None
            bound = _proven(data.mip_dual_bound) if abs(data.mip_dual_bound) < 1e30 else None
            on_progress(cost, bound)
        if should_stop is not None and should_stop():
            stopped[0] = True
            event.interrupt()

    if model.integer.any():
        engine.cbMipInterrupt.subscribe(look)
    else:
        engine.cbSimplexInterrupt.subscribe(look)


def _exchange(
    engine: Any, model: Mip, on_solution: Callable[[np.ndarray, float], None] | None, better: Callable[[float], np.ndarray | None] | None
) -> None:
    """Solutions out and in while the search runs."""

    def out(event: Any) -> None:
        on_solution(np.array(event.data_out.mip_solution, float), float(event.data_out.objective_function_value))  # type: ignore[misc]

    def take(event: Any) -> None:
        x = better(float(event.data_out.mip_primal_bound))  # type: ignore[misc]
        if x is not None:
            event.data_in.setSolution(x)

    if model.integer.any():
        if on_solution is not None:
            engine.cbMipImprovingSolution.subscribe(out)
        if better is not None:
            engine.cbMipUserSolution.subscribe(take)


def _result(engine: Any, model: Mip, seconds: float, stopped: bool, gap: float) -> MipResult:
    state, info = engine.getModelStatus(), engine.getInfo()
    kinds = highspy.HighsModelStatus
    nodes = max(0, int(info.mip_node_count))
    if state == kinds.kInfeasible:
        return MipResult(MipStatus.INFEASIBLE, None, INF, -INF, seconds, nodes)
    has_solution = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    x = np.array(engine.getSolution().col_value, float) if has_solution else None
    lp_bound = info.objective_function_value if state == kinds.kOptimal else -INF
    raw_bound = info.mip_dual_bound if model.integer.any() else lp_bound
    bound = _proven(raw_bound) if abs(raw_bound) < 1e30 else -INF
    if x is not None and model.integer.any():
        x = _exact(model, x)
    broken = (kinds.kModelError, kinds.kSolveError, kinds.kPresolveError, kinds.kPostsolveError, kinds.kUnbounded)
    if state in (*broken, kinds.kUnboundedOrInfeasible):
        return MipResult(MipStatus.FAILED, None, INF, -INF, seconds, nodes, engine.modelStatusToString(state))
    if x is None:
        status = MipStatus.STOPPED if stopped else MipStatus.NO_SOLUTION
        return MipResult(status, None, INF, bound, seconds, nodes, engine.modelStatusToString(state))
    objective = float(model.cost @ x) + model.offset
    proven = objective - bound <= gap * max(1.0, abs(objective)) + BOUND_MARGIN * max(1.0, abs(objective)) + 2e-6
    status = MipStatus.OPTIMAL if proven else MipStatus.STOPPED if stopped else MipStatus.FEASIBLE
    return MipResult(status, x, objective, bound, seconds, nodes, engine.modelStatusToString(state))


def _proven(bound: float) -> float:
    return float(bound - BOUND_MARGIN * max(1.0, abs(bound)))


def _exact(model: Mip, x: np.ndarray) -> np.ndarray | None:
    """The same integers, exactly whole, with the continuous part solved again; None when that cannot be."""
    whole = np.where(model.integer, np.round(x), x)
    if model.violation(whole) <= 1e-9:
        return whole
    fixed = Mip(
        model.cost, model.matrix, model.row_lower, model.row_upper,
        np.where(model.integer, whole, model.lower), np.where(model.integer, whole, model.upper),
        np.zeros(len(x), bool), model.offset,
    )  # fmt: skip
    engine = engine_of(fixed)
    engine.run()
    if engine.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return whole if model.violation(whole) <= 1e-6 else None
    solved = np.array(engine.getSolution().col_value, float)
    return np.where(model.integer, whole, solved)
