"""Solving a siting (`location_single`): a proof on one core (`location_proof`), a search on the other.

The search anneals over what the proof has left, or interchanges facilities where no capacity binds; later it helps with the tree.
"""

from __future__ import annotations

import itertools
import math
import threading
import time
from collections.abc import Callable
from functools import cache

import numpy as np

from planner.solvers.location_board import Shared
from planner.solvers.location_dual import Dual
from planner.solvers.location_parts import Parts
from planner.solvers.location_patterns import applies, patterns
from planner.solvers.location_proof import ROUNDS, climb, prove, rising
from planner.solvers.location_search import Annealing, interchange, nearest, transport
from planner.solvers.location_search_loops import seed_loops
from planner.solvers.location_single import Bools, Ints, Plan, Siting, SitingResult, evaluate
from planner.solvers.mip import MipStatus

CHUNK = 0.25  # seconds of search between two looks
ALONE = 0.12  # share of the time before the search helps the tree
SHARE, PARTED = 0.3, 0.6  # of its time then still spent searching: without and with parts to solve again
HOT = (0.3, 1.0, 0.1, 3.0)  # first temperatures, in turn
PARTLY = 3.0  # seconds of parts at a time
ROUND = 3  # coolings, before parts of the best plan of them are tried
COOLING = 2_000_000  # moves of the first cooling; later ones are longer


def solve_siting(
    data: Siting,
    *,
    seconds: float = 60.0,
    gap: float = 1e-6,
    seed: int = 1,
    threads: int = 2,
    moves: int | None = None,
    on_progress: Callable[[float | None, float | None], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> SitingResult:
    """Within `seconds` of wall time, on at most two threads; with `moves` of search instead the answer depends on the seed alone
    (one thread; `seconds` still ends it). `on_progress(cost, bound)` may be called from either thread."""
    prepare()
    began = time.monotonic()
    shared = Shared(data, gap, began + seconds, should_stop or (lambda: False), on_progress or (lambda cost, bound: None))
    impossible = _impossible(data)
    if impossible:
        return SitingResult(MipStatus.INFEASIBLE, None, math.inf, math.inf, time.monotonic() - began, impossible)
    dual = Dual(data)
    dual.climb(math.inf, ROUNDS)
    search = _Search(shared, dual, _first(data, dual), seed)
    infeasible = False
    if moves is not None or threads < 2:
        infeasible = _alone(shared, dual, search, moves)
    else:
        side = threading.Thread(target=search.run, daemon=True)
        side.start()
        try:
            infeasible = prove(shared, dual)
            while not infeasible and not shared.over():
                time.sleep(0.02)
        finally:
            shared.done = True
            side.join()
    return _result(shared, infeasible, time.monotonic() - began)


@cache
def prepare() -> None:
    """Compiles the loops, before the clock runs: seconds the first time on a computer, then nothing."""
    data = Siting(np.array([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]), np.ones(2), np.ones(3), np.full(2, 2.0))
    dual = Dual(data)
    dual.climb(math.inf, 2)
    dual.excluding(math.inf)
    patterns(dual, 100.0, 100)
    annealing = Annealing(data, dual.cost, dual.state, dual.allowed)
    annealing.cool(annealing.start(np.ones(2, bool)), 1.0, 10)
    interchange(data, dual.cost, dual.state, np.ones(2, bool), 0)
    seed_loops(1)


def _result(shared: Shared, infeasible: bool, seconds: float) -> SitingResult:
    if shared.plan is None:
        status = MipStatus.INFEASIBLE if infeasible else MipStatus.STOPPED if shared.stopped else MipStatus.NO_SOLUTION
        return SitingResult(status, None, math.inf, math.inf if infeasible else shared.bound, seconds)
    status = MipStatus.OPTIMAL if shared.closed else MipStatus.STOPPED if shared.stopped else MipStatus.FEASIBLE
    return SitingResult(status, shared.plan, shared.cost, shared.bound, seconds)


def _impossible(data: Siting) -> str:
    """Why no plan can exist, where a sum shows it."""
    lost = np.flatnonzero(~data.possible.any(axis=0))
    if len(lost):
        return f"customer {lost[0]} can be served from nowhere"
    most = np.sort(data.capacity)[::-1][: data.most].sum()
    if most < data.demand.sum() * (1 - 1e-9):
        return f"capacities of {most} are less than demands of {data.demand.sum()}"
    if data.least > min(len(data.fixed), data.most):
        return "more facilities asked than there may be"
    return ""


def _first(data: Siting, dual: Dual) -> Bools:
    """Facilities to begin with: those that the relaxed plans use most, until they hold everything."""
    opened = np.zeros(len(data.fixed), bool)
    for j in np.argsort(-dual.mean_open, kind="stable"):
        if opened.sum() >= max(1, data.least) and (data.capacity[opened].sum() >= 1.05 * data.demand.sum() or opened.sum() >= data.most):
            break
        opened[j] = True
    return opened


# --- the search ------------------------------------------------------------------------------------------------


class _Search:
    """Coolings, one after the other, or perturbed interchanges; `turn` makes one and offers what it finds."""

    def __init__(self, shared: Shared, dual: Dual, opened: Bools, seed: int) -> None:
        self.shared, self.cost, self.opened, self.seed = shared, dual.cost, opened, seed
        self.chance = np.random.default_rng(seed)
        self.parts = Parts(shared.data, dual.u, self.chance) if applies(dual) else None
        self.turns = self.coolings = self.cooled = 0
        self.current: Plan | None = None  # the best of the last coolings, whose parts are tried
        self.found = False  # whether the last turn found something better
        self.kicks = 1
        self.whole = shared.seconds()
        self.tried: set[bytes] = set()

    def run(self) -> None:
        seed_loops(self.seed)
        spent = 0.0
        while not self.shared.over():
            tree, began = self.shared.tree, time.monotonic()
            used = 1.0 - self.shared.seconds() / self.whole
            helps = self.shared.plan is not None and not self.found and used >= ALONE and spent >= (SHARE if self.parts is None else PARTED) * used * self.whole
            if tree is not None and helps and tree.step():
                self.shared.prove(tree.bound)
            else:  # nothing for it to do in the tree
                self.turn(None)
                spent += time.monotonic() - began

    def turn(self, moves: int | None) -> None:
        shared = self.shared
        before = shared.cost
        left = shared.promising if self.coolings % 2 and shared.promising is not None else shared.left
        state, allowed = left or (np.full(len(self.opened), -1, dtype=np.int64), shared.data.possible)
        if shared.data.free:
            self._interchange(state, moves)
        elif self.parts is not None and shared.plan is not None and self.cooled >= ROUND:
            if self.current is None:  # no cooling came to a plan
                self.current = shared.plan
            if not self._again(self.parts, moves):
                self.current, self.cooled = None, 0
        else:
            self._cool(state, allowed, moves)
            self.cooled += 1
        self.found = shared.cost < before or (self.parts is not None and self.cooled > 0)  # a round is ended first
        self.turns += 1

    def _interchange(self, state: Ints, moves: int | None) -> None:
        shared = self.shared
        opened = self.opened if self.turns == 0 or shared.plan is None else shared.plan.opened
        opened = self._within((opened & (state != 0)) | (state == 1), state)
        if not shared.data.least <= opened.sum() <= shared.data.most or not opened.any():
            return
        began = time.monotonic()
        kicks = 0 if self.turns == 0 else self.kicks if moves is None else moves // 10_000
        found, _ = interchange(shared.data, self.cost, state, opened, kicks)
        self.kicks = max(1, min(2000, int(max(1, kicks) * CHUNK / max(1e-4, time.monotonic() - began)))) if moves is None else 0
        shared.offer(nearest(shared.data, found))

    def _within(self, opened: Bools, state: Ints) -> Bools:
        """As many facilities as may be open: of the undecided, some more or some less (the best plan's may be excluded under its cost)."""
        opened = opened.copy()
        spare = self.chance.permutation(np.flatnonzero((state == -1) & ~opened))
        opened[spare[: max(0, max(1, self.shared.data.least) - int(opened.sum()))]] = True
        spare = self.chance.permutation(np.flatnonzero((state == -1) & opened))
        opened[spare[: max(0, int(opened.sum()) - self.shared.data.most)]] = False
        return opened

    def _again(self, parts: Parts, moves: int | None) -> bool:
        """Parts of the coolings' plan, for a while; whether it is any better."""
        shared, until = self.shared, time.monotonic() + PARTLY
        better = False
        for count in itertools.count():
            if self.current is None or shared.over() or (time.monotonic() > until if moves is None else count >= moves // 10_000):
                break
            found = parts.improved(self.current, shared.over)
            if found is not None:
                self.current, better = found, True
                shared.offer(found)
        return better

    def _cool(self, state: Ints, allowed: Bools, moves: int | None) -> None:
        shared = self.shared
        annealing = Annealing(shared.data, self.cost, state, allowed)
        turn = self.coolings
        self.coolings += 1
        hot = HOT[turn % len(HOT)]
        opened = self.opened if shared.plan is None or turn % 2 == 0 else shared.plan.opened
        now = annealing.start(opened)
        if moves is not None:
            annealing.cool(now, hot, moves)
            self._offer(annealing, now)
            return
        total = COOLING * (1 + min(4, turn // len(HOT)))
        share, done, best = 0.02, 0.0, math.inf
        while done < 1.0 and not shared.over():
            began = time.monotonic()
            annealing.cool(now, hot, int(total * share), done, min(1.0, done + share))
            done += share
            share = min(0.2, share * CHUNK / max(1e-4, time.monotonic() - began))
            if now.best_cost[0] < min(best, shared.cost):
                best = float(now.best_cost[0])
                self._offer(annealing, now)
        self._offer(annealing, now)

    def _offer(self, annealing: Annealing, now: object) -> None:
        plan = annealing.plan(now)
        if plan is None:
            return
        self.shared.offer(plan)
        if self.current is None or evaluate(self.shared.data, plan) < evaluate(self.shared.data, self.current):
            self.current = plan
        if self.shared.data.split and (key := plan.opened.tobytes()) not in self.tried:
            self.tried.add(key)
            self.shared.offer(transport(self.shared.data, plan.opened, self.shared.seconds()))


def _alone(shared: Shared, dual: Dual, search: _Search, moves: int | None) -> bool:
    """Both sides in turn on one thread."""
    seed_loops(search.seed)
    climb(shared, dual)
    until = time.monotonic() + 0.2 * shared.seconds()
    turns = 0
    while not shared.over() and (turns < 4 if moves is not None else time.monotonic() < until):
        search.turn(None if moves is None else max(1, moves // 4))
        turns += 1
    return rising(shared, dual, None if moves is None else max(1, moves // 1000))
