"""The proof of a siting's plans: a bound that rises, and less and less that plans under a limit can use.

It climbs the Lagrangian bound L, then fixes what no plan under a limit can use and gives the rest to HiGHS, or to a tree. The limit
starts between L and the cost U of the best plan, where little is left, and rises until the gap is closed: the optimum z of
what is left under a limit l is the optimum of the whole if z <= l, and otherwise no plan costs less than l (cut and solve,
Climer and Zhang 2006; Yang, Chu and Chen 2012).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from planner.solvers import mip
from planner.solvers.location_board import Shared
from planner.solvers.location_columns import raised
from planner.solvers.location_dual import Dual
from planner.solvers.location_patterns import Patterns, applies, patterns, under
from planner.solvers.location_reduced import reduced
from planner.solvers.location_single import Bools, Ints, Plan, Siting
from planner.solvers.location_tree import Leaf, Tree
from planner.solvers.mip import MipStatus

ROUNDS = 40  # steps of the dual between two looks at the clock
REPLANT = 0.7  # a tree is begun anew when this share of what it began with is left
STEPS = (0.7, 0.45, 0.3, 0.2, 0.12, 0.06)  # limits tried, from L (0) to U (1)
TRIES = 4  # such programs at most
TRY = 0.2  # share of the time left that one of these may take
DEEP = 0.08  # share of the time for climbing again, or by columns
LISTED, LONGEST = 1000, 64_000  # patterns listed at most for the first program, and for any
LIST_TRY = 0.25  # share of the time left that one of these may take
FITTED, HALVINGS = 0.7, 9  # share of them that is enough, and how often the limit under which there are so many is halved towards
WEAK = 0.25  # share of what the bound lacks to the limit by which the patterns' relaxation may be under it
LEAVES = 1500  # the same for a leaf of the tree where facilities may still be split on
PIECE = 0.1  # the same for a leaf of the tree, the first time
EASY = 2500  # facilities and whole arcs left that HiGHS proves in seconds
EASY_SPLIT = 60_000  # the same where arcs need not be whole


def climb(shared: Shared, dual: Dual) -> None:
    while not dual.converged and dual.best < shared.cost and not shared.over():
        dual.climb(shared.cost, ROUNDS)
        shared.prove(dual.bound)


def prove(shared: Shared, dual: Dual) -> bool:
    """Raises the bound until it is closed or time is over; True where there is no plan at all."""
    climb(shared, dual)
    patience = time.monotonic() + 0.05 * shared.seconds()
    while shared.plan is None and not shared.over() and time.monotonic() < patience:
        time.sleep(0.01)
    return rising(shared, dual, None)


def rising(shared: Shared, dual: Dual, nodes: int | None) -> bool:
    """HiGHS over what is left under a limit that rises, then the tree over what is left for good."""
    easy = EASY_SPLIT if shared.data.split else EASY
    if shared.plan is None:
        ended = _highs(shared, dual.state, dual.allowed, math.inf, shared.seconds(), nodes)
        if shared.plan is None:
            return ended is MipStatus.INFEASIBLE
    if nodes is None and not shared.data.free and not applies(dual):
        until = time.monotonic() + DEEP * shared.seconds()
        dual.deepen(shared.limit, ROUNDS, lambda: shared.over() or time.monotonic() > until)
        shared.prove(dual.bound)
    tries = 0 if shared.data.free else TRIES  # there the tree is quicker
    if applies(dual):
        dual, few = _listing(shared, dual, nodes)
        tries = 0 if few else TRIES
    for _ in range(tries):
        whole = _planted(shared, dual, nodes)
        if shared.over():
            return False
        if whole.size <= easy:
            _highs(shared, whole.state, whole.allowed, shared.limit, _part(shared, TRY, nodes), nodes)
            break
        limit = _manageable(dual, max(dual.bound, shared.bound), shared.limit, easy)
        part = dual.restricted(limit, ROUNDS, shared.over)
        if part.bound > limit:
            shared.prove(limit)
            continue
        shared.promising = part.state, part.allowed
        if _highs(shared, part.state, part.allowed, limit, _part(shared, TRY, nodes), nodes) is MipStatus.FEASIBLE:
            break
    if not shared.over():
        _planted(shared, dual, nodes)
    again = 1.0
    while not shared.over():
        _grown(shared, shared.tree, nodes)
        if nodes is not None:
            break
        again *= 4.0
        if not shared.over():
            _planted(shared, dual, nodes, again)
    return False


def _part(shared: Shared, share: float, nodes: int | None) -> float:
    """A share of the time left; all of it where nodes end a program, so that the answer does not depend on the time."""
    return (share if nodes is None else 1.0) * shared.seconds()


def _listing(shared: Shared, dual: Dual, nodes: int | None) -> tuple[Dual, bool]:
    """The patterns of the plans under a limit that rises, more at a time so long as their programs are solved: the multipliers of
    what is left, and whether all that are left are few enough."""
    most = LISTED
    dual = _raised(shared, _planted(shared, dual, nodes), nodes)
    while not shared.over():
        found, limit = _fitting(shared, dual, most)
        if found is None:  # too many under any limit: nothing has changed but how many may be listed
            if most >= LONGEST:
                break
            most *= 2
            continue
        until = time.monotonic() + _part(shared, LIST_TRY, nodes)
        part, bound = under(found, limit, _part(shared, LIST_TRY, nodes), shared.over)
        if bound > limit:
            ended = MipStatus.INFEASIBLE
        elif _weak(bound, dual.bound, limit) and (part.model.lower[len(part.site) :] < part.model.upper[len(part.site) :]).any():
            ended, bound = _split(shared, dual, limit, until, nodes)
        else:
            ended, bound = _chosen(shared, part, limit, bound, until - time.monotonic(), nodes)
        shared.prove(min(limit, bound))
        if ended is MipStatus.FEASIBLE:
            break
        most = min(LONGEST, 2 * most)
        dual = _raised(shared, _planted(shared, dual, nodes), nodes)
    full = shared.limit
    return dual, shared.over() or patterns(dual.copy(*dual.excluding(full)), full, LONGEST) is not None


def _raised(shared: Shared, dual: Dual, nodes: int | None) -> Dual:
    """Its bound raised by columns, and what is then left."""
    until = time.monotonic() + _part(shared, DEEP, nodes)
    limit = shared.limit
    raised(dual, limit, lambda: shared.over() or time.monotonic() > until)
    shared.prove(min(dual.bound, limit))
    return dual.copy(*dual.excluding(limit))


def _fitting(shared: Shared, dual: Dual, most: int) -> tuple[Patterns | None, float]:
    """The patterns under the highest limit that has few enough of them, and it; None where there is none."""
    low, full = max(dual.bound, shared.bound), shared.limit
    found: tuple[Patterns | None, float] = None, low
    under_it, over_it, share = 0.0, 1.0, 1.0
    for _ in range(HALVINGS):
        limit = low + share * (full - low)
        one = patterns(dual.copy(*dual.excluding(limit)), limit, most)
        if one is None:
            over_it = share
        else:
            found, under_it = (one, limit), share
            if share == 1.0 or len(one.site) >= FITTED * most:
                break
        if shared.over():
            break
        share = (under_it + over_it) / 2 if under_it else over_it / 4
    return found


@dataclass(frozen=True)
class _Lower:
    """The board with a limit of its own."""

    shared: Shared
    most: float

    @property
    def data(self) -> Siting:
        return self.shared.data

    @property
    def limit(self) -> float:
        return min(self.most, self.shared.limit)

    def offer(self, plan: Plan | None) -> bool:
        return self.shared.offer(plan)

    def over(self) -> bool:
        return self.shared.over()


def _weak(relaxed: float, proven: float, limit: float) -> bool:
    """Whether the patterns' linear relaxation is well under what the dual proves: it opens parts of facilities to reach the demand."""
    return relaxed < proven - WEAK * (limit - proven)


def _split(shared: Shared, dual: Dual, limit: float, until: float, nodes: int | None) -> tuple[MipStatus, float]:
    """A tree of its own under the limit, which the search helps with: what must be reached in whole facilities bounds its nodes better
    than their linear relaxation does."""
    root = dual.restricted(limit, ROUNDS, shared.over)
    shared.tree = Tree(_Lower(shared, limit), root, _leaf(shared, nodes, 1.0))
    _grown(shared, shared.tree, nodes, until)
    bound, finished = shared.tree.bound, shared.tree.finished
    shared.tree = None
    return (MipStatus.OPTIMAL if finished and bound >= min(limit, shared.limit) else MipStatus.FEASIBLE), bound


def _chosen(
    shared: Shared, found: Patterns, limit: float, bound: float, seconds: float, nodes: int | None, alone: bool = True
) -> tuple[MipStatus, float]:
    """The program of the patterns, whose linear relaxation is worth `bound`, its plan offered: FEASIBLE where time ended it, and the
    bound proven for the plans under the limit that are made of them (`alone`: which are all there are)."""
    reached = [bound]

    def progress(_: float | None, proven: float | None) -> None:
        if proven is not None:
            reached[0] = max(bound, proven - mip.BOUND_MARGIN * max(1.0, abs(proven)))
            if alone:
                shared.prove(min(limit, reached[0]))

    def met(values: np.ndarray, _: float) -> None:
        shared.offer(found.plan(values))

    ended = mip.solve(
        found.model, seconds=seconds, gap=min(shared.gap, 1e-7), nodes=nodes, presolve=False, on_progress=progress, on_solution=met,
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


def _planted(shared: Shared, dual: Dual, nodes: int | None, again: float = 1.0) -> Dual:
    """A tree over what is left under the limit of now; its leaves get `again` times the first time."""
    root = dual.restricted(shared.limit, ROUNDS, shared.over)
    if root.bound > shared.limit:
        shared.prove(shared.limit)
    shared.left = root.state, root.allowed
    if shared.tree is not None and again == 1.0 and root.size > REPLANT * shared.tree.size:
        return root

    shared.tree = Tree(shared, root.copy(root.state, root.allowed), _leaf(shared, nodes, again))
    return root


def _leaf(shared: Shared, nodes: int | None, again: float) -> Leaf:
    """What a tree does with what is left at a node: its patterns where they are few, else the program where that is small."""

    def leaf(part: Dual, limit: float, small: bool) -> tuple[MipStatus, float] | None:
        seconds = _part(shared, again * PIECE, nodes)
        found = patterns(part, limit, LEAVES if (part.state == -1).any() else LONGEST) if applies(part) else None
        if found is None:
            return _solved(shared, part.state, part.allowed, limit, seconds, nodes) if small else None
        until = time.monotonic() + seconds
        found, bound = under(found, limit, seconds, shared.over)
        if bound > limit:
            return MipStatus.INFEASIBLE, math.inf
        if (part.state == -1).any() and _weak(bound, part.bound, limit):
            return None
        return _chosen(shared, found, limit, bound, until - time.monotonic(), nodes, alone=False)

    return leaf


def _grown(shared: Shared, tree: Tree | None, nodes: int | None, until: float = math.inf) -> None:
    """Nodes of the tree until none is open or time is over."""
    made = 0
    while tree is not None and not shared.over() and not tree.finished and (nodes is None or made < nodes) and time.monotonic() < until:
        made += 1
        if not tree.step():
            time.sleep(0.01)
        if not shared.over():
            shared.prove(tree.bound)


def _highs(shared: Shared, state: Ints, allowed: Bools, limit: float, seconds: float, nodes: int | None) -> MipStatus:
    """Solves what is left under `limit`; offers its plan and proves, for all plans, the lesser of the limit and its bound."""
    ended, bound = _solved(shared, state, allowed, limit, seconds, nodes, lambda bound: shared.prove(min(limit, bound)))
    shared.prove(min(limit, bound))
    return ended


def _solved(
    shared: Shared, state: Ints, allowed: Bools, limit: float, seconds: float, nodes: int | None, told: Callable[[float], None] | None = None
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
    if found.status is MipStatus.INFEASIBLE or found.bound > limit:
        return MipStatus.INFEASIBLE, math.inf
    return found.status, found.bound
