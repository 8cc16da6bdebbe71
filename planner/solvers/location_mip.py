"""Solving the program of `planner.solvers.location_program`.

Programs of some size go to `planner.solvers.location_roadmap`. Small ones, and those with priced slack, are solved whole by
HiGHS: a kernel program first, then all of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from planner.solvers import mip
from planner.solvers.location import Choice, Floats, Location, evaluate, faults
from planner.solvers.location_program import Elastic, LocationResult, Program, program
from planner.solvers.location_roadmap import solve_roadmap
from planner.solvers.mip import INF, Mip, MipStatus

# --- solving -------------------------------------------------------------------------------------------------

SMALL = 400  # options times periods up to which a program is solved whole
MODEST, MODEST_SHARE = 2000, 0.2  # up to which a kernel program gives a plan first, and its share of the time at most
KERNEL_SHARE = 0.35  # of the time, at most, for the restricted programs
KERNEL_GAP = 0.002
KERNEL_OPTIONS = (3, 6)  # options kept per customer and period, tried in turn
NEAR_SHARE = 0.15  # of the time, at most, for the program that stays at the anchor


def kernel(made: Program, relaxed: Floats, start: Floats | None, most: int) -> Mip:
    """The program restricted to what its linear relaxation and a start use: states with weight; options with weight,
    filled up to `most` by the cheapest; options at the anchor. Its solutions are solutions of the program; its bound
    proves nothing."""
    data, model = made.data, made.model
    departs = data.anchor.departs if data.anchor is not None else np.zeros(data.allowed.shape, dtype=bool)
    weight = relaxed if start is None else np.maximum(relaxed, start)
    upper = model.upper.copy()
    for column in made.z.values():
        if weight[column] < 1e-6:
            upper[column] = 0.0
    for (j, t) in zip(*np.nonzero(data.serve), strict=True):
        own = sorted((o for o in data.options_of[j] if (o, t) in made.x), key=lambda o: (-weight[made.x[o, t]], data.cost[o, t], o))
        used = sum(weight[made.x[o, t]] > 1e-6 for o in own)
        anchored = any(departs[o, t] for o in own)
        for o in own[max(used, most) :]:
            if departs[o, t] or not anchored:
                upper[made.x[o, t]] = 0.0
    return replace(model, upper=upper)


def at_anchor(made: Program) -> Mip:
    """The program in which customers stay at the anchor, where they can in every period. Its bound proves nothing."""
    data, anchor = made.data, made.data.anchor
    assert anchor is not None
    stays = np.ones(len(data.serve), dtype=bool)
    for j, t in zip(*np.nonzero(data.serve), strict=True):
        stays[j] &= any((o, t) in made.x and not anchor.departs[o, t] for o in data.options_of[j])
    upper = made.model.upper.copy()
    for (o, t), column in made.x.items():
        if anchor.departs[o, t] and stays[data.customer[o]]:
            upper[column] = 0.0
    return replace(made.model, upper=upper)


def _near_plan(made: Program, start: Choice | None, seconds: float, seed: int, nodes: int | None, should_stop: Callable[[], bool] | None) -> Choice | None:
    """The better of `start` and the best solution at the anchor."""
    found = mip.solve(at_anchor(made), seconds=seconds, gap=KERNEL_GAP, seed=seed, nodes=nodes, should_stop=should_stop)
    choice = made.choice(found.x) if found.x is not None else None
    if choice is None or faults(made.data, choice):
        return start
    return choice if start is None or evaluate(made.data, choice) < evaluate(made.data, start) else start


def _first_plan(
    made: Program,
    start: Choice | None,
    seconds: float,
    seed: int,
    nodes: int | None,
    on_progress: Callable[[float | None, float | None], None] | None,
    should_stop: Callable[[], bool] | None,
) -> tuple[Choice | None, float]:
    """The better of `start` and the best solution of a kernel program (None when there is neither), and the bound
    of the linear relaxation."""
    began = time.monotonic()
    data, model = made.data, made.model
    loose = mip.solve(replace(model, integer=np.zeros(len(model.cost), dtype=bool)), seconds=seconds, should_stop=should_stop)
    if loose.x is None:
        return start, loose.bound

    def report(cost: float | None, _: float | None) -> None:
        if on_progress is not None:
            on_progress(cost, loose.bound)

    first = made.vector(start) if start is not None else None
    for most in KERNEL_OPTIONS:
        left = seconds - (time.monotonic() - began)
        if left <= 0 or (should_stop is not None and should_stop()):
            break
        small = kernel(made, loose.x, first, most)
        found = mip.solve(small, seconds=left, gap=KERNEL_GAP, seed=seed, nodes=nodes, start=first, on_progress=report, should_stop=should_stop)
        choice = made.choice(found.x) if found.x is not None else None
        if choice is not None and not faults(data, choice):
            return (choice if start is None or evaluate(data, choice) < evaluate(data, start) else start), loose.bound
    return start, loose.bound


def solve_location(
    data: Location,
    *,
    seconds: float = 60.0,
    gap: float = 1e-4,
    seed: int = 1,
    nodes: int | None = None,
    start: Choice | None = None,
    elastic: Elastic | None = None,
    on_progress: Callable[[float | None, float | None], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> LocationResult:
    """Solve the program. `start` is given to the search when it keeps every rule; the answer is never dearer.

    With `elastic`, the answer's `broken` says by how much each soft rule is broken. Never raises for what the
    data is; see MipStatus.
    """
    began = time.monotonic()
    if start is not None and faults(data, start):
        start = None
    if elastic is None and data.anchor is not None:
        start = _near_plan(program(data), start, NEAR_SHARE * seconds, seed, nodes, should_stop)
    size = int((data.allowed & data.serve[data.customer]).sum())
    if elastic is None and size > SMALL:
        if size <= MODEST:
            start, _ = _first_plan(program(data), start, MODEST_SHARE * seconds, seed, nodes, on_progress, should_stop)
        found = solve_roadmap(
            data, seconds=seconds - (time.monotonic() - began), gap=gap, seed=seed, nodes=nodes, start=start, on_progress=on_progress, should_stop=should_stop
        )
        if found is not None:
            return replace(found, seconds=time.monotonic() - began)
    made = program(data, elastic)
    floor = -INF
    if elastic is None:
        start, floor = _first_plan(made, start, KERNEL_SHARE * seconds, seed, nodes, on_progress, should_stop)
        if start is not None and on_progress is not None:
            on_progress(evaluate(data, start), floor if floor > -INF else None)
    first = made.vector(start) if start is not None and elastic is None else None
    result = mip.solve(
        made.model, seconds=max(0.01, seconds - (time.monotonic() - began)), gap=gap, seed=seed, nodes=nodes, start=first,
        on_progress=on_progress, should_stop=should_stop,
    )  # fmt: skip
    choice = made.choice(result.x) if result.x is not None else None
    broken = made.broken(result.x) if result.x is not None and elastic is not None else None
    if choice is not None and elastic is None and faults(data, choice):
        choice = None
    if elastic is None and start is not None and (choice is None or evaluate(data, start) < evaluate(data, choice)):
        choice = start
    status = result.status
    if choice is None and status in (MipStatus.OPTIMAL, MipStatus.FEASIBLE):
        status = MipStatus.NO_SOLUTION  # the engine's answer fails the exact check
    elif choice is not None and status in (MipStatus.NO_SOLUTION, MipStatus.FAILED, MipStatus.INFEASIBLE):
        status = MipStatus.FEASIBLE  # a plan that keeps every rule is there, whatever the engine's tolerances say
    cost = evaluate(data, choice) if choice is not None else INF
    return LocationResult(status, choice, cost, max(result.bound, floor), time.monotonic() - began, result.nodes, result.message, broken)
