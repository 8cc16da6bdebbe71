"""Large location programs: a search for plans on one core, a proof on another, both from one tightened relaxation.

Relaxation  the tight form of `location_program`, rows on demand (`location_rows`).
Proof       branch and bound with whole states and posts and continuous assignment (`location_branch`), in a thread (HiGHS leaves the
            interpreter free while it works); dives from its best node give lives (states of all facilities over time) to the search.
            When that closes, or where the program is small, HiGHS on the whole program.
Plans       `location_plans`: states of the facilities, and for each assignments by annealing. Late plans gain little: from HELP of the time
            on the search's thread works on the proof's tree for most of its time (`Help`).

Every plan is evaluated and checked on the program itself; a bound from any subset of the rows is true.
With a limit of nodes everything runs in turn, with fixed numbers of moves, and is the same on every machine.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy import sparse

from planner.solvers import mip
from planner.solvers.location import Bools, Choice, Floats, Ints, Location
from planner.solvers.location_branch import CUTS, Tree
from planner.solvers.location_branch_engine import Engine
from planner.solvers.location_compact import compact
from planner.solvers.location_lives import drawn
from planner.solvers.location_plans import Search
from planner.solvers.location_program import LocationResult, Program, program
from planner.solvers.location_roadmap_board import LOOK, Board, Report
from planner.solvers.location_rows import Relaxation
from planner.solvers.mip import INF, MipStatus

DIVES = 3  # nodes of the proof between two dives from its best one
SMALL = 2000  # columns up to which HiGHS has the whole program at once: it closes that, and the branching before would only cost time
DRAWN = 1  # lives drawn by chance from each of its relaxed solutions
HELP, HELPING = 0.5, 0.7  # share of the time from which the search's thread works on the tree as well, and how much of its time
PATIENCE = 3.0  # seconds that the proof is given to stop
CHEAPER = 1e-4  # share of its cost by which a plan must be cheaper than the proof's own to be given to it


def whole(made: Program) -> Bools:
    """The whole columns of a program, those to branch on among them."""
    integer = made.model.integer.copy()
    integer[made.branching] = True
    integer[list(made.n.values())] = True
    return integer


def branch(made: Program, relaxation: Relaxation, board: Board, seed: int, nodes: int | None) -> int:
    """Branch and bound with whole states and posts; its number of nodes. States of good relaxed solutions go to the search."""
    rows = np.array(relaxation.order, dtype=np.int64)
    assert made.aside is not None
    binding = rows[made.aside_upper[rows] - made.aside[rows] @ relaxation.x < 1e-6]

    def left() -> float:
        return 0.0 if board.over.is_set() else board.until - time.monotonic()

    def met(states: Ints | None) -> None:
        if states is not None:
            with board.lock:
                board.lives.append(states)

    rng = np.random.default_rng(seed)

    def relaxed(x: Floats) -> None:
        found = [drawn(made, x, None), *(drawn(made, x, rng) for _ in range(DRAWN))]
        with board.lock:
            board.drawn += [states for states in found if states is not None]

    tree = Tree(compact(made), binding, lambda: board.cost, left, met, relaxed if nodes is None else None)
    _proven(tree, board)
    if not tree.finished:
        tree.cut(CUTS if nodes is None else 1.0)
    board.tree = tree
    while not tree.finished and not board.closed and left() > 0 and (nodes is None or tree.nodes < nodes):
        if nodes is None and tree.nodes % DIVES == 0:
            met(tree.dive())
        if not tree.step():
            time.sleep(0.01)
        _proven(tree, board)
    board.tree = None
    return tree.nodes


def _proven(tree: Tree, board: Board) -> None:
    bound = tree.bound
    board.prove(bound if math.isfinite(bound) else -INF)


class Help:
    """The search's thread at nodes of the proof's tree."""

    def __init__(self, board: Board) -> None:
        self.board, self.spent = board, 0.0
        now = time.monotonic()
        self.after = now + HELP * (board.until - now)
        self.engine: Engine | None = None

    def __call__(self) -> bool:
        """One node; False where it is the search's turn."""
        tree, now = self.board.tree, time.monotonic()
        if tree is None or tree.finished or now < self.after or self.spent > HELPING * (now - self.after):
            return False
        self.engine = self.engine or Engine(tree.program, lambda: 0.0 if self.board.ended() else self.board.until - time.monotonic())
        if not tree.step(self.engine):
            return False
        _proven(tree, self.board)
        self.spent += time.monotonic() - now
        return True


def prove(made: Program, relaxation: Relaxation, board: Board, seed: int, nodes: int | None) -> tuple[MipStatus, int]:
    """The stages of the proof; the status of the last one and the nodes of all."""
    status, count = MipStatus.NO_SOLUTION, branch(made, relaxation, board, seed, nodes) if len(made.model.cost) > SMALL else 0
    if board.closed:
        status = MipStatus.OPTIMAL
    elif not board.over.is_set() and time.monotonic() < board.until:
        given = [board.cost]  # cost of the plan that the proof has been given

        def report(_: float | None, bound: float | None) -> None:
            if bound is not None:
                board.prove(bound - mip.BOUND_MARGIN * max(1.0, abs(bound)))

        def met(x: Floats, cost: float) -> None:
            with board.lock:
                board.lives.append(made.states(x))

        def better(cost: float) -> Floats | None:
            """The search's plan, where it is cheaper than the proof's own: reduced costs then exclude more."""
            with board.lock:
                choice, own = board.choice, board.cost
            if choice is None or own >= min(cost, given[0]) * (1 - CHEAPER):
                return None
            given[0] = own
            return made.vector(choice)

        result = mip.solve(
            complete(made, whole(made)), seconds=board.until - time.monotonic(), gap=board.gap / 2, seed=seed, nodes=nodes,
            start=made.vector(board.choice) if board.choice is not None else None, on_progress=report, on_solution=met, better=better,
            should_stop=board.over.is_set,
        )  # fmt: skip
        board.prove(result.bound)
        status, count = result.status, count + result.nodes
        if result.x is not None:
            board.offer(made.choice(result.x))
    if status in (MipStatus.OPTIMAL, MipStatus.INFEASIBLE):
        board.over.set()
    return status, count


def complete(made: Program, integer: Bools) -> mip.Mip:
    """The program with every row."""
    assert made.aside is not None
    model, rows = made.model, len(made.aside_upper)
    return replace(
        model, matrix=sparse.vstack([model.matrix, made.aside], format="csr"), integer=integer,
        row_lower=np.append(model.row_lower, np.full(rows, -INF)), row_upper=np.append(model.row_upper, made.aside_upper),
    )  # fmt: skip


def _search_and_prove(made: Program, relaxation: Relaxation, board: Board, seed: int, nodes: int | None, outcome: list[tuple[MipStatus, int]]) -> None:
    search = Search(board.data, list(relaxation.order), board, seed)
    ready = threading.Thread(target=search.assigner.compile, daemon=True)  # apart: it can neither be stopped nor hurried
    ready.start()

    if nodes is not None:
        ready.join()
        search.limited()
        outcome.append(prove(made, relaxation, board, seed, nodes))
        return
    proof = threading.Thread(target=lambda: outcome.append(prove(made, relaxation, board, seed, None)), daemon=True)
    proof.start()
    while ready.is_alive() and not board.ended():
        ready.join(LOOK)
    search.freely(Help(board))
    board.over.set()
    proof.join(PATIENCE)


def solve_roadmap(
    data: Location,
    *,
    seconds: float,
    gap: float,
    seed: int,
    nodes: int | None,
    start: Choice | None,
    on_progress: Report | None,
    should_stop: Callable[[], bool] | None,
) -> LocationResult | None:
    """Solve a large program; None where its relaxation has no solution."""
    began = time.monotonic()
    board = Board(data, gap, began + seconds, on_progress, should_stop)
    board.offer(start)
    made = program(data, tight=True)
    relaxation = Relaxation(made, board.ended)
    outcome: list[tuple[MipStatus, int]] = []
    if not relaxation.solve(seconds):
        if not board.ended():
            return None
    else:
        board.prove(relaxation.bound)
        _search_and_prove(made, relaxation, board, seed, nodes, outcome)
    board.ended()
    status, count = outcome[0] if outcome else (MipStatus.NO_SOLUTION, 0)
    if board.choice is not None:
        status = MipStatus.OPTIMAL if board.closed else MipStatus.STOPPED if board.stopped else MipStatus.FEASIBLE
    elif status is MipStatus.OPTIMAL:
        status = MipStatus.NO_SOLUTION
    return LocationResult(status, board.choice, board.cost, board.bound, time.monotonic() - began, count)
