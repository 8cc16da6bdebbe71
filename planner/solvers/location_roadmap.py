"""Large location programs: a search for plans on one core, a proof on another, both from one tightened relaxation.

Relaxation  the tight form of `location_program`, rows on demand (`location_rows`).
Proof       branch and bound with whole states and posts and continuous assignment (`location_branch`), in a thread (HiGHS leaves the
            interpreter free while it works); dives from its best node give lives (states of all facilities over time) to the search.
            When that closes, HiGHS on the whole program.
Plans       lives by diving in the relaxation (a share of the fractional columns fixed a round), from the proof, and by
            changing the best ones; for each, assignments by annealing (`location_assign`).

What did not help: dives that leave no capacity free (lives that whole customers cannot be packed into); a restricted program
around a dive (a tenth of the time for less than another dive with more capacity free brings); lives changed without regard to
reduced costs; annealing runs longer than some millions of moves, against several short ones.

Every plan is evaluated and checked on the program itself; a bound from any subset of the rows is true.
With a limit of nodes everything runs in turn, with fixed numbers of moves, and is the same on every machine.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse

from planner.solvers import mip
from planner.solvers.location import Bools, Choice, Facility, Floats, Ints, Location, evaluate, faults
from planner.solvers.location_assign import Assigner
from planner.solvers.location_branch import Tree
from planner.solvers.location_compact import compact
from planner.solvers.location_lives import Lives
from planner.solvers.location_program import LocationResult, Program, program
from planner.solvers.location_rows import Relaxation
from planner.solvers.mip import INF, MipStatus

Report = Callable[[float | None, float | None], None]

DIVE_SHARE = 2  # a dive fixes the n-th part of the fractional columns a round
DIVES = 8  # nodes of the proof between two dives from its best one
MARGINS = (0.05, 0.03)  # capacity left free by the dives, in turn: lives without any cannot be packed with whole customers
HOT, WARM, COOL = 0.13, 0.03, 0.0065  # temperatures, in posts
FULL, GLANCE = 2_000_000, 100_000  # moves of a run, and of a first look at changed lives
NEAR = 2.0  # posts over the best plan up to which a first look is promising
PATIENT = 0.3  # posts that a full run without success on the same lives weighs
DRAWN = (0.5, 2.0, 12.0)  # posts: temperatures of lives drawn by their price
POOL = 5  # best lives gone on with
TURNS = 24  # changed lives tried between two other things
PATIENCE = 3.0  # seconds that the proof is given to stop
CHEAPER = 1e-4  # share of its cost by which a plan must be cheaper than the proof's own to be given to it
LOOK = 0.2  # seconds between two looks at the caller's wish to stop, and reports


@dataclass
class Board:
    """The best plan and bound so far; written by both threads, reported by the first."""

    data: Location
    gap: float
    until: float
    on_progress: Report | None = None
    should_stop: Callable[[], bool] | None = None
    choice: Choice | None = None
    cost: float = INF
    bound: float = -INF
    stopped: bool = False  # by the caller
    over: threading.Event = field(default_factory=threading.Event)
    owner: int = field(default_factory=threading.get_ident)  # the caller's thread
    lives: list[Ints] = field(default_factory=list)  # from the proof, to be tried
    lock: threading.Lock = field(default_factory=threading.Lock)
    looked: float = 0.0
    shown: tuple[float, float] = (INF, -INF)

    def offer(self, choice: Choice | None) -> bool:
        """Keep a plan where it is the cheapest so far and keeps every rule."""
        if choice is None or faults(self.data, choice):
            return False
        cost = evaluate(self.data, choice)
        with self.lock:
            if cost >= self.cost - 1e-9:
                return False
            self.choice, self.cost = choice, cost
            return True

    def prove(self, bound: float) -> None:
        with self.lock:
            self.bound = max(self.bound, bound)

    @property
    def closed(self) -> bool:
        return self.cost < INF and self.cost - self.bound <= (self.gap + 2 * mip.BOUND_MARGIN) * max(1.0, abs(self.cost)) + 2e-6

    def ended(self) -> bool:
        """Whether to end: closed, out of time, or stopped. Tells the caller what is new, on its own thread only."""
        if threading.get_ident() != self.owner:
            return self.over.is_set()
        now = time.monotonic()
        if now - self.looked >= LOOK:
            self.looked = now
            if self.should_stop is not None and self.should_stop():
                self.stopped = True
                self.over.set()
            if self.on_progress is not None and (self.cost, self.bound) != self.shown:
                self.shown = (self.cost, self.bound)
                self.on_progress(self.cost if self.cost < INF else None, self.bound if self.bound > -INF else None)
            if self.closed or now >= self.until:
                self.over.set()
        return self.over.is_set()


def dive(relaxation: Relaxation, rng: np.random.Generator | None = None) -> bool:
    """Fix the branching columns of a relaxation, the least fractional first; with `rng`, by chance where they are not near whole.
    Whether the relaxation still has a solution. Bounds stay as the dive leaves them."""
    columns = np.array(relaxation.made.branching, dtype=np.int64)
    columns = columns[relaxation.upper[columns] <= 1.0]
    while True:
        value = relaxation.x[columns]
        distance = np.minimum(value, 1.0 - value)
        open_ = np.flatnonzero(distance > 1e-6)
        if not len(open_):
            return True
        if rng is not None:
            distance = distance + rng.uniform(0.0, 0.2, len(distance))
        chosen = open_[np.argsort(distance[open_], kind="stable")][: max(1, len(open_) // DIVE_SHARE)]
        up = value[chosen] > (0.5 if rng is None else np.clip(rng.normal(0.5, 0.15, len(chosen)), 0.1, 0.9))
        fixed = [float(one) for one in up]
        relaxation.limit([int(column) for column in columns[chosen]], fixed, fixed)
        if not relaxation.solve(rounds=1):
            return False


@dataclass
class _Entry:
    """Lives tried, with the best solution found on them and how often they were tried (in full runs)."""

    states: Ints
    cost: float = INF
    choice: Choice | None = None
    runs: float = 0.0


class Search:
    """The search for plans."""

    def __init__(self, data: Location, rows: list[int], board: Board, seed: int) -> None:
        self.data, self.rows, self.board = data, rows, board
        self.assigner = Assigner(data)
        self.rng = np.random.default_rng(seed)
        self.pool: dict[bytes, _Entry] = {}
        self.lives: Lives | None = None
        self.relaxed: dict[float, Relaxation] = {}
        self.dives = 0

    def freely(self) -> None:
        """Until the board says that it is over."""
        self._begin()
        turn = 0
        while not self.board.ended():
            if self.from_proof():
                continue
            if turn % (TURNS + 2) == 0:
                self.again()
            elif turn % (TURNS + 2) == 1:
                self.by_dive()
            else:
                self.changed()
            turn += 1

    def limited(self) -> None:
        """A fixed amount of search."""
        self._begin()
        self.again()
        for _ in range(TURNS // 4):
            if self.board.ended():
                break
            self.changed()

    def _begin(self) -> None:
        """The lives of the plan given, if any, then of a first dive."""
        if self.board.choice is not None:
            self.on(self.board.choice.state, self._options(self.board.choice), GLANCE, WARM)
        self.by_dive()

    def by_dive(self) -> None:
        """New lives by a dive in the relaxation with some capacity left free; the first of each margin without chance."""
        margin = MARGINS[self.dives % len(MARGINS)]
        fresh = margin not in self.relaxed
        if fresh:
            self.relaxed[margin] = Relaxation(program(shrunk(self.data, margin), tight=True), self.board.ended, self.rows)
        self.dives += 1
        relaxation = self.relaxed[margin]
        relaxation.reset()
        solved = relaxation.solve()
        if solved and self.lives is None:
            self.lives = Lives(relaxation, tuple(posts * self.assigner.scale for posts in DRAWN), self.rng)
        if solved and dive(relaxation, None if fresh else self.rng):
            weight = np.zeros(self.data.cost.shape)
            for (o, t), column in relaxation.made.x.items():
                weight[o, t] = relaxation.x[column]
            self.on(relaxation.made.states(relaxation.x), weight, FULL, HOT)

    def from_proof(self) -> bool:
        """Lives that the proof has met; whether there were any."""
        with self.board.lock:
            lives = self.board.lives.pop() if self.board.lives else None
        if lives is None:
            return False
        if lives.tobytes() not in self.pool:
            self.on(lives, self._options(self.board.choice), FULL, HOT)
        return True

    def again(self) -> None:
        """Good lives once more, the less the more often they were tried."""
        good = self._good()
        if good:
            one = min(good, key=lambda one: one.cost + one.runs * PATIENT * self.assigner.scale)
            self.on(one.states, self._options(one.choice if self.rng.random() < 0.5 else None), 2 * FULL, HOT)

    def changed(self) -> None:
        """Lives near good ones, from their assignment: a glance, and a run where that is promising."""
        good = self._good()
        if not good or self.lives is None:
            return
        one = good[int(len(good) * self.rng.random() ** 2)]
        states = self.lives.near(one.states)
        if states.tobytes() in self.pool:
            return
        weight = self._options(one.choice)
        cost = self.on(states, weight, GLANCE, WARM)
        if cost < self.board.cost + NEAR * self.assigner.scale:
            self.on(states, self._options(self.pool[states.tobytes()].choice), FULL, HOT)

    def on(self, states: Ints, weight: Floats, moves: int, hot: float) -> float:
        """Anneal on these lives; the cost of the plan found, inf for none."""
        entry = self.pool.setdefault(states.tobytes(), _Entry(states))
        fixed = self.assigner.given(states)
        if fixed is None:
            return INF
        start = self.assigner.nearest(fixed, weight)
        found = self.assigner.run(states, fixed, start, moves=moves, seed=int(self.rng.integers(2**31)), hot=hot, cool=COOL,
                                  soft=1.0 if hot > WARM else 0.3, should_stop=self.board.ended)  # fmt: skip
        entry.runs += moves / FULL
        if found is None:
            return INF
        cost = evaluate(self.data, found)
        if cost < entry.cost:
            entry.cost, entry.choice = cost, found
        self.board.offer(found)
        return cost

    def _good(self) -> list[_Entry]:
        """The best lives, best first."""
        return sorted((entry for entry in self.pool.values() if entry.choice is not None), key=lambda entry: entry.cost)[:POOL]

    def _options(self, choice: Choice | None) -> Floats:
        """Weight (O, T) of a solution's options; none without one: a run then begins with the cheapest."""
        weight = np.zeros(self.data.cost.shape)
        if choice is not None:
            for t in range(choice.option.shape[1]):
                weight[choice.option[choice.option[:, t] >= 0, t], t] = 1.0
        return weight


def shrunk(data: Location, margin: float) -> Location:
    """The program with a share of every capacity left free."""
    def less(facility: Facility) -> Facility:
        own = None if facility.class_capacity is None else facility.class_capacity * (1 - margin)
        return replace(facility, capacity=facility.capacity * (1 - margin), class_capacity=own)

    return replace(data, facilities=tuple(less(facility) for facility in data.facilities))


def whole(made: Program) -> Bools:
    """The whole columns of a program, those to branch on among them."""
    integer = made.model.integer.copy()
    integer[made.branching] = True
    integer[list(made.n.values())] = True
    return integer


def branch(made: Program, relaxation: Relaxation, board: Board, nodes: int | None) -> int:
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

    tree = Tree(compact(made), binding, lambda: board.cost, left, met)
    board.prove(tree.bound if math.isfinite(tree.bound) else -INF)
    if not tree.finished:
        tree.cut()
    while not tree.finished and not board.closed and left() > 0 and (nodes is None or tree.nodes < nodes):
        if nodes is None and tree.nodes % DIVES == 0:
            met(tree.dive())
        tree.step()
        board.prove(tree.bound if math.isfinite(tree.bound) else -INF)
    return tree.nodes


def prove(made: Program, relaxation: Relaxation, board: Board, seed: int, nodes: int | None) -> tuple[MipStatus, int]:
    """The stages of the proof; the status of the last one and the nodes of all."""
    status, count = MipStatus.NO_SOLUTION, branch(made, relaxation, board, nodes)
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
    search.freely()
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
