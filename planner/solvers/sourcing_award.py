"""The cheapest award of a `Sourcing`: the program of `sourcing_mip` solved, large ones from two sides.

The whole program is solved for its bound, while awards are improved by small parts of it (`sourcing_search`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from planner.solvers import mip
from planner.solvers.mip import INF, MipResult, MipStatus
from planner.solvers.sourcing import Sourcing
from planner.solvers.sourcing_mip import Award, Program
from planner.solvers.sourcing_search import Best, improve

LARGE = 2000  # columns from which it pays to improve awards beside the proof
NARROW = 2e-3  # gap of a first award, among the pairs that the relaxation uses
FIRST = 0.25  # of the time for improving, where it goes first
ROUNDS = 20  # of improving under a limit on nodes


def solve(
    data: Sourcing,
    *,
    seconds: float = 60.0,
    gap: float = 1e-4,
    seed: int = 1,
    threads: int = 1,
    nodes: int | None = None,
    starts: Iterable[np.ndarray] = (),
    on_progress: Callable[[float | None, float | None], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Award:
    """The cheapest award within the limits. `starts`: parts in hundredths (O,); the cheapest feasible one is used.

    Large programs are worked on from two sides: the whole is solved for its bound, while awards are improved a few lots at a time
    (`sourcing_search`); each side hears of the other's solutions. With one thread, or a limit on nodes (then the same on every
    machine), improving comes first, for a part of the time.
    """
    deadline = time.monotonic() + seconds
    program = Program(data)
    model = program.model
    low, ended = [-INF], threading.Event()

    def report(cost: float | None, bound: float | None) -> None:
        low[0] = max(low[0], -INF if bound is None else bound)
        if on_progress is not None:
            known = min(INF if cost is None else cost, best.cost), low[0]
            on_progress(*(value if np.isfinite(value) else None for value in known))

    def asked() -> bool:
        return ended.is_set() or (should_stop is not None and should_stop())

    def closed() -> bool:
        return asked() or (best.x is not None and best.cost - low[0] <= gap * abs(best.cost))

    def keep(x: np.ndarray, _: float = 0.0) -> None:
        """The solution that belongs to the parts of another: exactly whole, and at the tiers really reached."""
        point = program.point(program.parts_of(x))
        if model.violation(point) < 1e-6:
            best.offer(point, float(model.cost @ point))

    best = Best(report=lambda cost: report(cost, None))
    large = model.size[0] > LARGE
    both = large and threads > 1 and nodes is None
    for parts in (*starts, *([np.zeros(len(data.option_cost), int)] if large else [])):
        keep(program.point(parts))
    report(None, None)

    def aside(share: float) -> None:
        until = time.monotonic() + share * (deadline - time.monotonic())
        left = until - time.monotonic()
        relaxed = mip.solve(replace(model, integer=np.zeros(model.size[0], bool)), seconds=left, gap=0.0, seed=seed, should_stop=closed)
        hint = np.zeros((len(data.split), len(data.supplier_cost))) if relaxed.x is None else program.pairs(relaxed.x)
        if best.x is None and relaxed.x is not None:
            narrow = mip.solve(program.among(relaxed.x), seconds=0.5 * left, gap=NARROW, seed=seed, nodes=nodes, should_stop=closed, on_solution=keep)
            if narrow.x is not None:
                keep(narrow.x)
        while best.x is None and both and not closed():  # the other side may find one
            time.sleep(0.05)
        if best.x is not None:
            improve(program, best, keep, hint, seconds=until - time.monotonic(), seed=seed, rounds=None if nodes is None else ROUNDS, nodes=nodes, should_stop=closed)

    def whole() -> MipResult:
        return mip.solve(
            model, seconds=max(0.01, deadline - time.monotonic()), gap=gap, seed=seed, threads=1 if both else threads, nodes=nodes, start=best.x, on_progress=report,
            should_stop=closed if both else asked, on_solution=keep if both else None, better=best.under if both else None,
        )  # fmt: skip

    if both:
        with ThreadPoolExecutor(1) as pool:
            side = pool.submit(aside, 1.0)
            result = whole()
            ended.set()
            side.result()
    else:
        if large:
            aside(FIRST)
        result = whole()
    if result.status is MipStatus.INFEASIBLE or (result.status is MipStatus.FAILED and best.x is None):
        return Award(result, None)
    bound = max(low[0], result.bound)
    x, cost = (best.x, best.cost) if best.cost < result.objective else (result.x, result.objective)
    status = result.status
    if x is not None:
        proven = cost - bound <= gap * max(1.0, abs(cost)) + mip.BOUND_MARGIN * max(1.0, abs(cost)) + 2e-6
        stopped = should_stop is not None and status is MipStatus.STOPPED and should_stop()
        status = MipStatus.OPTIMAL if proven else MipStatus.STOPPED if stopped else MipStatus.FEASIBLE
    result = replace(result, status=status, x=x, objective=cost, bound=min(bound, cost))
    return Award(result, None if x is None else program.parts_of(x))
