"""Branch and bound with whole states and posts: its bound, at every node, is under the optimum of the whole program."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from planner.solvers import location_branch, mip
from planner.solvers.location import Location
from planner.solvers.location_branch import Node, Tree
from planner.solvers.location_branch_engine import Engine
from planner.solvers.location_compact import Compact, compact
from planner.solvers.location_mip import solve_location
from planner.solvers.location_program import Program, program
from planner.solvers.location_roadmap import Help, complete, whole
from planner.solvers.location_roadmap_board import Board
from planner.solvers.mip import INF
from tests.solvers.test_location import cheapest_by_enumeration, random_location
from tests.solvers.test_location_roadmap import cheapest, in_cases, larger, rich_location


def tree_of(made: Program, limit: float) -> Tree:
    return Tree(compact(made), np.zeros(0, np.int64), lambda: limit, lambda: 60.0)


def split(made: Program) -> float:
    """A bound of the program with whole states and posts where customers may be split: mostly its optimum."""
    integer = np.zeros(len(made.model.cost), dtype=bool)
    integer[[*made.branching, *made.n.values()]] = True
    return mip.solve(complete(made, integer), seconds=3, gap=0).bound


def grown(tree: Tree, best: float, cut: bool) -> None:
    """To its end where that is near; every bound on the way is true and none is under one before."""
    bounds = [tree.bound]
    if cut:
        tree.cut()
    while not tree.finished and tree.nodes < 60:
        bounds.append(tree.bound)
        tree.step()
    bounds.append(tree.bound)
    assert bounds == sorted(bounds)
    assert all(bound <= best * (1 + 1e-9) + 1e-6 for bound in bounds)


@pytest.mark.parametrize("cut", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_bounds_are_under_the_optimum_found_by_enumeration(seed: int, cut: bool) -> None:
    data: Location
    if seed < 4:
        data = random_location(seed, budget=seed % 3 != 0, drop=seed % 2 == 0)
        best = cheapest_by_enumeration(data)
    else:
        data = rich_location(seed - 4) if seed < 9 else in_cases(rich_location(seed - 3), seed - 3)
        best = cheapest(data)
    made = program(data, tight=True)
    tree = tree_of(made, best * 1.2)
    grown(tree, best, cut)
    assert tree.finished
    if math.isfinite(best):
        assert tree.bound >= split(made) - 1e-3


@pytest.mark.parametrize("seed", [3, 5, 8])
def test_on_larger_programs_bounds_are_under_plans(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(location_branch, "AHEAD", 0.2)
    made = program(larger(seed), tight=True)
    best = mip.solve(complete(made, whole(made)), seconds=3, gap=0).objective  # a plan's cost: bounds are under it too
    relaxed = split(made)
    for above in (1.0, 1.03):
        tree = tree_of(made, best * above)
        grown(tree, best, True)
        assert not tree.finished or tree.bound >= relaxed - 1e-2
    leaf = tree_of(made, INF)
    dived = leaf.dive()
    assert dived is not None and dived.shape == (5, 3)


@pytest.mark.parametrize("seed", [3, 8])
def test_two_threads_end_at_the_same_bound_as_one(seed: int) -> None:
    made = program(larger(seed), tight=True)
    best = mip.solve(complete(made, whole(made)), seconds=3, gap=0).objective
    alone = tree_of(made, best * 1.01)
    while not alone.finished and alone.nodes < 400:
        alone.step()
    assert alone.finished
    shared = tree_of(made, best * 1.01)
    bounds: list[float] = []

    def work(engine: Engine) -> None:
        while not shared.finished:
            shared.step(engine)
            bounds.append(shared.bound)

    threads = [threading.Thread(target=work, args=(engine,)) for engine in (shared.engine, Engine(shared.program, lambda: 60.0))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert shared.finished and not shared.worked
    assert all(bound <= best * (1 + 1e-9) for bound in bounds)
    assert shared.bound == pytest.approx(alone.bound, rel=1e-3)  # which rows a node has met depends on the order


def test_a_node_worked_on_holds_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a thread works at the least node, the bound is still that node's, whatever the others reach."""
    made = program(larger(3), tight=True)
    best = mip.solve(complete(made, whole(made)), seconds=3, gap=0).objective
    tree = tree_of(made, best * 1.05)
    tree.step()
    before, node = tree.bound, tree.open[0]
    seen: list[float] = []

    def slow(engine: Engine, treated: Node) -> list[Node | None]:
        assert treated is node
        seen.append(tree.bound)
        return []

    monkeypatch.setattr(tree, "_treated", slow)
    tree.step()
    assert seen == [before] and tree.bound > before


def test_a_node_that_time_cuts_off_stays_open() -> None:
    made = program(larger(3), tight=True)
    left = [60.0]
    tree = Tree(compact(made), np.zeros(0, np.int64), lambda: INF, lambda: left[0])
    before = tree.bound
    left[0] = 0.0
    tree.step()
    assert tree.bound == before and len(tree.open) == 1 and not tree.worked


def test_the_search_s_thread_helps_late_and_for_its_share() -> None:
    data = larger(3)
    made = program(data, tight=True)
    board = Board(data, 1e-9, time.monotonic() + 60.0)
    helping = Help(board)
    assert not helping()  # no tree yet
    board.tree = tree_of(made, INF)
    assert not helping()  # too early
    helping.after = time.monotonic() - 1.0
    assert helping() and board.tree.nodes == 1 and board.bound == board.tree.bound
    helping.spent = 2.0
    assert not helping()  # the search's turn


def test_the_compact_program_is_the_program() -> None:
    data = larger()
    made = program(data, tight=True)
    small = compact(made)
    loose = mip.solve(replace(complete(made, whole(made)), integer=np.zeros(len(made.model.cost), dtype=bool)))
    same = mip.Mip(
        small.model.cost, sparse.vstack([small.model.matrix, small.aside], format="csr"), np.append(small.model.row_lower, np.full(len(small.aside_upper), -INF)),
        np.append(small.model.row_upper, small.aside_upper), small.model.lower, small.model.upper, small.model.integer,
    )  # fmt: skip
    found = mip.solve(same)
    assert found.objective == pytest.approx(loose.objective, rel=1e-7)
    choice = solve_location(data, seconds=5).choice
    assert choice is not None
    values = made.vector(choice)
    assert complete(made, whole(made)).violation(np.asarray(small.spread @ _shrunk(small, values))) < 1e-6
    assert small.model.violation(_shrunk(small, values)) < 1e-6
    numbers = small.sums @ _shrunk(small, values)
    assert np.abs(numbers - np.round(numbers)).max() < 1e-9


def _shrunk(small: Compact, values: np.ndarray) -> np.ndarray:
    """The compact program's columns from the program's."""
    kept = np.zeros(small.spread.shape[1])
    for column in range(small.spread.shape[0]):
        row = small.spread[column]
        if row.nnz == 1:
            kept[row.indices[0]] = values[column]
    size = len(kept) - len([w for w in small.wholes[: small.counts] if small.spread[:, w.column].nnz == 0])
    defined = small.model.matrix[-(len(kept) - size) :]
    kept[size:] = defined[:, :size] @ kept[:size]
    return kept
