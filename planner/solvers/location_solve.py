"""Solving a siting (`location_single`): a proof on one core, a search on the other.

The proof climbs the Lagrangian bound L, then fixes what no plan under a limit can use and gives the rest to HiGHS. The limit
starts between L and the cost U of the best plan, where little is left, and rises until the gap is closed: the optimum z of
what is left under a limit l is the optimum of the whole if z <= l, and otherwise no plan costs less than l (cut and solve,
Climer and Zhang 2006; Yang, Chu and Chen 2012). The search anneals meanwhile over what is left, or interchanges facilities
where no capacity binds.
"""

from __future__ import annotations

import itertools
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from planner.solvers import mip
from planner.solvers.location_dual import Dual
from planner.solvers.location_parts import Parts
from planner.solvers.location_patterns import Patterns, applies, patterns, under
from planner.solvers.location_reduced import reduced
from planner.solvers.location_search import Annealing, interchange, nearest, transport
from planner.solvers.location_search_loops import seed_loops
from planner.solvers.location_single import Bools, Ints, Plan, Siting, SitingResult, evaluate, faults
from planner.solvers.location_tree import Tree
from planner.solvers.mip import MipStatus

ROUNDS = 40  # steps of the dual between two looks at the clock
CLOSEST = 1e-7  # relative gap under which rounding decides
CHUNK = 0.25  # seconds of search between two looks
REPLANT = 0.7  # a tree is begun anew when this share of what it began with is left
STEPS = (0.7, 0.45, 0.3, 0.2, 0.12, 0.06)  # limits tried, from L (0) to U (1)
TRIES = 4  # such programs at most
TRY = 0.2  # share of the time left that one of these may take
DEEP = 0.08  # share of the time for climbing again
LISTED, LONGEST = 1000, 64_000  # patterns listed at most for the first program, and for any
LIST_TRY = 0.1  # share of the time left that one of these may take
LISTS = (0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.16, 0.22, 0.3, 0.4, 0.55, 0.75, 1.0)  # limits tried for them in turn, from L (0) to U (1)
LEAVES = 1500  # the same for a leaf of the tree
PIECE = 0.1  # the same for a leaf of the tree, the first time
EASY = 2500  # facilities and whole arcs left that HiGHS proves in seconds
EASY_FREE = 60_000  # the same where arcs need not be whole
ALONE = 0.12  # share of the time before the search helps the tree
SHARE = 0.3  # of its time then still spent searching
HOT = (0.3, 1.0, 0.1, 3.0)  # first temperatures, in turn
PARTLY = 3.0  # seconds of parts between two coolings
COOLING = 2_000_000  # moves of the first cooling; later ones are longer


@dataclass
class _Shared:
    """What both sides know: the best plan, the bound, what is left to search."""

    data: Siting
    gap: float
    deadline: float
    should_stop: Callable[[], bool]
    on_progress: Callable[[float | None, float | None], None]
    cost: float = math.inf
    plan: Plan | None = None
    bound: float = -math.inf
    done: bool = False
    stopped: bool = False
    left: tuple[Ints, Bools] | None = None  # under the limit
    promising: tuple[Ints, Bools] | None = None  # under a lower one
    tree: Tree | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)

    def offer(self, plan: Plan | None) -> bool:
        """Keeps the plan if it is the best so far; whether it is."""
        if plan is None or faults(self.data, plan):
            return False
        cost = evaluate(self.data, plan)
        with self.lock:
            if cost >= self.cost:
                return False
            self.cost, self.plan = cost, plan
            self.told()
        return True

    def prove(self, bound: float) -> None:
        """A bound for all plans; rounded up where costs are whole."""
        if self.data.unit and math.isfinite(bound):
            bound = max(bound, math.ceil(bound - 1e-6))
        with self.lock:
            bound = min(bound, self.cost)  # what excludes every better plan proves the best one
            if bound > self.bound:
                self.bound = bound
                self.told()

    def told(self) -> None:
        self.on_progress(self.cost if self.plan is not None else None, self.bound if math.isfinite(self.bound) else None)

    @property
    def limit(self) -> float:
        """The dearest plan that would still be worth finding."""
        return self.cost - max(self.data.unit * (1 - 1e-5), max(self.gap, CLOSEST) * abs(self.cost)) if self.plan is not None else math.inf

    @property
    def closed(self) -> bool:
        return self.plan is not None and self.bound >= self.limit

    def over(self) -> bool:
        """Whether to end now."""
        if self.should_stop():
            self.stopped = True
        return self.stopped or self.done or self.closed or time.monotonic() >= self.deadline

    def seconds(self) -> float:
        return max(0.05, self.deadline - time.monotonic())


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
    _compiled()
    began = time.monotonic()
    shared = _Shared(data, gap, began + seconds, should_stop or (lambda: False), on_progress or (lambda cost, bound: None))
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
            infeasible = _proof(shared, dual)
            while not infeasible and not shared.over():
                time.sleep(0.02)
        finally:
            shared.done = True
            side.join()
    return _result(shared, infeasible, time.monotonic() - began)


@cache
def _compiled() -> None:
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


def _result(shared: _Shared, infeasible: bool, seconds: float) -> SitingResult:
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

    def __init__(self, shared: _Shared, dual: Dual, opened: Bools, seed: int) -> None:
        self.shared, self.cost, self.opened, self.seed = shared, dual.cost, opened, seed
        self.parts = Parts(shared.data, dual.u, np.random.default_rng(seed)) if applies(dual) else None
        self.turns = self.coolings = 0
        self.stale = False  # whether parts are to be tried: the last cooling found nothing better, or they have just done
        self.kicks = 1
        self.whole = shared.seconds()
        self.tried: set[bytes] = set()

    def run(self) -> None:
        seed_loops(self.seed)
        spent = 0.0
        while not self.shared.over():
            tree, began = self.shared.tree, time.monotonic()
            used = 1.0 - self.shared.seconds() / self.whole
            if tree is None or self.shared.plan is None or used < ALONE or spent < SHARE * used * self.whole:
                self.turn(None)
                spent += time.monotonic() - began
            elif tree.step():
                self.shared.prove(tree.bound)
            else:
                time.sleep(0.01)

    def turn(self, moves: int | None) -> None:
        shared = self.shared
        left = shared.promising if self.coolings % 2 and shared.promising is not None else shared.left
        state, allowed = left or (np.full(len(self.opened), -1, dtype=np.int64), shared.data.possible)
        if shared.data.free:
            self._interchange(state, moves)
        else:
            before = shared.cost
            if self.parts is not None and shared.plan is not None and self.stale:
                self._again(self.parts, moves)
                self.stale = shared.cost < before
            else:
                self._cool(state, allowed, moves)
                self.stale = shared.cost >= before
        self.turns += 1

    def _interchange(self, state: Ints, moves: int | None) -> None:
        shared = self.shared
        opened = self.opened if self.turns == 0 or shared.plan is None else shared.plan.opened
        opened = (opened & (state != 0)) | (state == 1)
        if not shared.data.least <= opened.sum() <= shared.data.most or not opened.any():
            return
        began = time.monotonic()
        kicks = 0 if self.turns == 0 else self.kicks if moves is None else moves // 10_000
        found, _ = interchange(shared.data, self.cost, state, opened, kicks)
        self.kicks = max(1, min(2000, int(max(1, kicks) * CHUNK / max(1e-4, time.monotonic() - began)))) if moves is None else 0
        shared.offer(nearest(shared.data, found))

    def _again(self, parts: Parts, moves: int | None) -> None:
        """Parts of the best plan, for a while."""
        shared, until = self.shared, time.monotonic() + PARTLY
        for count in itertools.count():
            if shared.plan is None or shared.over() or (time.monotonic() > until if moves is None else count >= moves // 10_000):
                break
            shared.offer(parts.improved(shared.plan, shared.over))

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
        if self.shared.data.split and (key := plan.opened.tobytes()) not in self.tried:
            self.tried.add(key)
            self.shared.offer(transport(self.shared.data, plan.opened, self.shared.seconds()))


# --- the proof -------------------------------------------------------------------------------------------------


def _climb(shared: _Shared, dual: Dual) -> None:
    while not dual.converged and dual.best < shared.cost and not shared.over():
        dual.climb(shared.cost, ROUNDS)
        shared.prove(dual.bound)


def _proof(shared: _Shared, dual: Dual) -> bool:
    """Raises the bound until it is closed or time is over; True where there is no plan at all."""
    _climb(shared, dual)
    patience = time.monotonic() + 0.05 * shared.seconds()
    while shared.plan is None and not shared.over() and time.monotonic() < patience:
        time.sleep(0.01)
    return _rising(shared, dual, None)


def _alone(shared: _Shared, dual: Dual, search: _Search, moves: int | None) -> bool:
    """Both sides in turn on one thread."""
    seed_loops(search.seed)
    _climb(shared, dual)
    until = time.monotonic() + 0.2 * shared.seconds()
    turns = 0
    while not shared.over() and (turns < 4 if moves is not None else time.monotonic() < until):
        search.turn(None if moves is None else max(1, moves // 4))
        turns += 1
    return _rising(shared, dual, None if moves is None else max(1, moves // 1000))


def _rising(shared: _Shared, dual: Dual, nodes: int | None) -> bool:
    """HiGHS over what is left under a limit that rises, then the tree over what is left for good."""
    easy = EASY_FREE if shared.data.free or shared.data.split else EASY
    if shared.plan is None:
        ended = _highs(shared, dual.state, dual.allowed, math.inf, shared.seconds(), nodes)
        if shared.plan is None:
            return ended is MipStatus.INFEASIBLE
    if nodes is None:
        until = time.monotonic() + DEEP * shared.seconds()
        dual.deepen(shared.limit, ROUNDS, lambda: shared.over() or time.monotonic() > until)
        shared.prove(dual.bound)
    if applies(dual):
        _listing(shared, dual, nodes)
    for _ in range(TRIES):
        whole = _planted(shared, dual, nodes)
        if shared.over():
            return False
        if whole.size <= easy:
            _highs(shared, whole.state, whole.allowed, shared.limit, TRY * shared.seconds(), nodes)
            break
        limit = _manageable(dual, max(dual.bound, shared.bound), shared.limit, easy)
        part = dual.restricted(limit, ROUNDS, shared.over)
        if part.bound > limit:
            shared.prove(limit)
            continue
        shared.promising = part.state, part.allowed
        if _highs(shared, part.state, part.allowed, limit, TRY * shared.seconds(), nodes) is MipStatus.FEASIBLE:
            break
    again = 1.0
    while not shared.over():
        _grown(shared, nodes)
        if nodes is not None:
            break
        again *= 4.0
        if not shared.over():
            _planted(shared, dual, nodes, again)
    return False


def _listing(shared: _Shared, dual: Dual, nodes: int | None) -> None:
    """The patterns of the plans under a limit that rises, more at a time so long as their programs are solved."""
    most = LISTED
    while not shared.over():
        whole = _planted(shared, dual, nodes)
        limit = low = max(whole.bound, shared.bound)
        found: Patterns | None = None
        for share in LISTS:
            higher = low + share * (shared.limit - low)
            one = patterns(whole.copy(*whole.excluding(higher)), higher, most)
            if one is None or shared.over():
                break
            found, limit = one, higher
        if found is None:
            if most >= LONGEST:
                return
            most *= 2
            continue
        ended, bound = _chosen(shared, found, limit, LIST_TRY * shared.seconds(), nodes)
        shared.prove(min(limit, bound))
        if ended is MipStatus.FEASIBLE:
            return
        most = min(LONGEST, 2 * most)


def _chosen(
    shared: _Shared, found: Patterns, limit: float, seconds: float, nodes: int | None, alone: bool = True
) -> tuple[MipStatus, float]:
    """The program of the patterns, its plan offered: FEASIBLE where time ended it, and the bound proven for the plans under the limit
    that are made of them (`alone`: which are all there are)."""
    until = time.monotonic() + seconds
    found, bound = under(found, limit, seconds, shared.over)
    if bound > limit:
        return MipStatus.INFEASIBLE, math.inf
    reached = [bound]

    def progress(_: float | None, proven: float | None) -> None:
        if proven is not None:
            reached[0] = max(bound, proven - mip.BOUND_MARGIN * max(1.0, abs(proven)))
            if alone:
                shared.prove(min(limit, reached[0]))

    def met(values: np.ndarray, _: float) -> None:
        shared.offer(found.plan(values))

    ended = mip.solve(
        found.model, seconds=until - time.monotonic(), gap=min(shared.gap, 1e-7), nodes=nodes, on_progress=progress, on_solution=met,
        should_stop=lambda: shared.over() or reached[0] > min(limit, shared.limit),
    )  # fmt: skip
    if ended.x is not None:
        shared.offer(found.plan(ended.x))
    if ended.status is MipStatus.INFEASIBLE:
        return MipStatus.INFEASIBLE, math.inf
    bound = max(reached[0], ended.bound)
    return (MipStatus.OPTIMAL if ended.status is MipStatus.OPTIMAL or bound > limit else MipStatus.FEASIBLE), bound


def _manageable(dual: Dual, low: float, full: float, easy: int) -> float:
    """The highest limit of STEPS under which little is left, else the lowest."""
    limits = [low + share * (full - low) for share in STEPS]
    for limit in limits[:-1]:
        state, allowed = dual.excluding(limit)
        if int((state == -1).sum() + allowed[state != 0].sum()) <= easy:
            return limit
    return limits[-1]


def _planted(shared: _Shared, dual: Dual, nodes: int | None, again: float = 1.0) -> Dual:
    """A tree over what is left under the limit of now; its leaves get `again` times the first time."""
    root = dual.restricted(shared.limit, ROUNDS, shared.over)
    if root.bound > shared.limit:
        shared.prove(shared.limit)
    shared.left = root.state, root.allowed
    if shared.tree is not None and again == 1.0 and root.size > REPLANT * shared.tree.size:
        return root

    listed = applies(root)

    def leaf(part: Dual, limit: float, small: bool) -> tuple[MipStatus, float] | None:
        seconds = again * PIECE * shared.seconds()
        found = patterns(part, limit, LEAVES) if listed else None
        if found is not None:
            return _chosen(shared, found, limit, seconds, nodes, alone=False)
        return _solved(shared, part.state, part.allowed, limit, seconds, nodes) if small else None

    shared.tree = Tree(shared, root.copy(root.state, root.allowed), leaf)
    return root


def _grown(shared: _Shared, nodes: int | None) -> None:
    """Nodes of the tree until none is open or time is over."""
    tree = shared.tree
    made = 0
    while tree is not None and not shared.over() and not tree.finished and (nodes is None or made < nodes):
        made += 1
        if not tree.step():
            time.sleep(0.01)
        if not shared.over():
            shared.prove(tree.bound)


def _highs(shared: _Shared, state: Ints, allowed: Bools, limit: float, seconds: float, nodes: int | None) -> MipStatus:
    """Solves what is left under `limit`; offers its plan and proves, for all plans, the lesser of the limit and its bound."""
    ended, bound = _solved(shared, state, allowed, limit, seconds, nodes, lambda bound: shared.prove(min(limit, bound)))
    shared.prove(min(limit, bound))
    return ended


def _solved(
    shared: _Shared, state: Ints, allowed: Bools, limit: float, seconds: float, nodes: int | None, told: Callable[[float], None] | None = None
) -> tuple[MipStatus, float]:
    """HiGHS over what is left, its plan offered: how it ended, and the bound proven for plans within (inf where there are none)."""
    program = reduced(shared.data, state, allowed, shared.plan)
    start = program.vector(shared.plan) if shared.plan is not None else None
    reached = [-math.inf]

    def progress(_: float | None, bound: float | None) -> None:
        if bound is not None:
            reached[0] = bound - mip.BOUND_MARGIN * max(1.0, abs(bound))
            if told is not None:
                told(reached[0])

    def stop() -> bool:
        return shared.over() or reached[0] > shared.limit

    found = mip.solve(
        program.model, seconds=seconds, gap=min(shared.gap, 1e-7), start=start, nodes=nodes, on_progress=progress, should_stop=stop,
    )  # fmt: skip
    if found.x is not None:
        shared.offer(program.plan(found.x))
    return found.status, math.inf if found.status is MipStatus.INFEASIBLE else found.bound
