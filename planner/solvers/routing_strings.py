"""A day's routes by slack induction by string removals (`routing_ruin`, compiled): one chain of simulated annealing.

It makes some hundred thousand moves a second where PyVRP makes some hundred to some thousand, and so goes further on days of
many stops and on windows. It knows vehicles of any kind with one trip, several depots, windows, deliveries and pickups,
longest durations, access and barred arcs; `able` says whether that is all a day has. What it finds is judged by the model of
`planner.solvers.routing` before it is told.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from planner.solvers.routing import Act, DayData, DayResult, Evaluator, RouteData, StopRule
from planner.solvers.routing_ruin_state import KindData, PatternsData, empty, kept, problem, routes, scale

CHUNK = 0.1  # seconds between two looks at the clock
MERCY = 2.0  # seconds beyond the limit to find the first feasible routes
FIRST = 200  # iterations of the first chunk, to learn the speed
WORTH = 20  # iterations for one of PyVRP, where iterations are limited
SNAPS = 1.02  # states dearer than this many times the best give no routes


@dataclass(frozen=True)
class Strings:
    """Search by string removals. `hot`, `cold`: first and last temperature, in mean cost of an arc."""

    hot: float = 3.0
    cold: float = 0.01


def able(day: DayData) -> bool:
    """Whether the search knows every rule of a day."""
    return (
        bool(day.jobs) and not day.shipments and day.toll is None and all(len(job.alternatives) == 1 and job.alternatives[0].release == 0 for job in day.jobs)
        and all(kind.max_trips == 1 for kind in day.fleet) and any(kind.count for kind in day.fleet)
    )  # fmt: skip


def solve(
    day: DayData,
    stop: StopRule,
    seed: int,
    start: Sequence[RouteData] = (),
    style: Strings = Strings(),
    should_stop: Callable[[], bool] = lambda: False,
    on_best: Callable[[DayResult], None] = lambda _: None,
    harvest: int = 0,
) -> DayResult:
    """The best routes found; arguments as of `planner.solvers.routing.solve`, for a day that this search is `able` of."""
    from planner.solvers.routing_ruin import anneal, assign

    began = time.perf_counter()
    data = as_patterns(day)
    p, items = problem(data)
    state = empty(p, items)
    best = kept(state)
    judge = Evaluator(day)
    told = DayResult(False)
    if start and (known := judge(start)).feasible:
        _load(best, known.routes)
        assign(best, state, p)
        told = known
    arc = scale(p)
    hot, cold = style.hot * arc, style.cold * arc
    limit = None if stop.iterations is None else stop.iterations * WORTH
    made, pace, seen = 0, 0.0, float(best.cost[0])
    crop: dict[tuple[int, tuple[int, ...]], float] = {}
    while not should_stop():
        spent = time.perf_counter() - began
        late = stop.seconds if told.feasible else stop.seconds + MERCY
        if (spent >= late and made > 0) or (limit is not None and made >= limit):
            break
        if limit is not None:
            chunk = min(5_000, limit - made)
            share = made / limit
        else:
            chunk = FIRST if made == 0 else max(1, int(min(CHUNK, max(stop.seconds - spent, CHUNK / 10)) / pace))
            share = min(1.0, spent / max(stop.seconds, 1e-9))
        heat = hot * (cold / hot) ** share
        before = time.perf_counter()
        anneal(state, best, p, chunk, heat, heat, (seed * 1_000_003 + made) % 2**32)
        made += chunk
        lasted = (time.perf_counter() - before) / chunk
        pace = lasted if pace == 0.0 else 0.5 * (pace + lasted)
        if harvest and not state.item["aside"].any() and state.cost[0] < SNAPS * best.cost[0]:
            _gather(crop, routes(kept(state), len(items), 1), float(state.cost[0]))
        if best.cost[0] < seen and not best.aside[[job.prize is None for job in day.jobs]].any():
            seen = float(best.cost[0])
            rows = routes(best, len(items), 1)
            found = replace(judge(_as_routes(rows)), iterations=made, seconds=time.perf_counter() - began)
            if harvest:
                _gather(crop, rows, float(best.cost[0]))
            if found.feasible:
                told = found
                on_best(told)
    good = _as_routes([row for row, _ in sorted(crop.items(), key=lambda one: one[1])[:harvest]])
    return replace(told, iterations=made, seconds=time.perf_counter() - began, seen=tuple(judge.priced(good)))


def as_patterns(day: DayData) -> PatternsData:
    """The day in the terms of the compiled search. Windows as wide as the shifts are none."""
    visits = [job.alternatives[0] for job in day.jobs]
    opens = [max(v.opens, day.depots[v.depot].opens) for v in day.fleet]
    closes = [min(v.closes, day.depots[v.depot].closes) for v in day.fleet]
    still = not day.duration.any() and not any(v.service for v in visits) and not any(d.service for d in day.depots)
    free = all(v.opens <= min(opens) and v.closes >= max(closes) for v in visits)
    kinds = []
    for v, kind in enumerate(day.fleet):
        longest = min(kind.duty + kind.overtime, closes[v] - opens[v])
        barred = frozenset(j for j, visit in enumerate(visits) if not day.access[kind.profile, visit.location])
        kinds.append(
            KindData(
                kind.depot, 0, kind.count, tuple(float(c) for c in kind.capacity), math.inf if still or (not free and longest >= closes[v] - opens[v]) else float(longest),
                float(kind.fixed), float(kind.per_metre), barred, 0.0 if free else float(opens[v]), math.inf if free else float(closes[v]),
                float(day.depots[kind.depot].service), float(kind.per_second), float(kind.per_overtime), float(kind.duty),
            )
        )  # fmt: skip
    closed = day.barred | (day.duration < 0) | (day.distance < 0)
    return PatternsData(
        day.distance.astype(float), day.duration.astype(float), tuple(depot.location for depot in day.depots), tuple(v.location for v in visits),
        tuple(tuple(float(q) for q in v.delivery) for v in visits), tuple(float(v.service) for v in visits), ((frozenset({0}),),) * len(visits), tuple(kinds),
        pickup=tuple(tuple(float(q) for q in v.pickup) for v in visits), windows=() if free else tuple((float(v.opens), float(v.closes)) for v in visits),
        prizes=tuple(math.inf if job.prize is None else float(job.prize) for job in day.jobs), barred=closed,
    )  # fmt: skip


def _as_routes(rows: Sequence[tuple[int, tuple[int, ...]]]) -> list[RouteData]:
    return [RouteData(k, (tuple(Act("job", i) for i in row),)) for k, row in rows]


def _gather(crop: dict[tuple[int, tuple[int, ...]], float], rows: Sequence[tuple[int, tuple[int, ...]]], cost: float) -> None:
    """Remember the routes of a state, each by the cheapest state it was met in."""
    for row in rows:
        crop[row] = min(cost, crop.get(row, math.inf))


def _load(best: Any, start: Sequence[RouteData]) -> None:
    """Routes as the best state; every item has one pattern, of its own number."""
    nxt, kind, chosen, aside = best.nxt, best.kind, best.chosen, best.aside
    n = len(chosen)
    aside[:], chosen[:], kind[:] = 1, -1, -1
    for r, route in enumerate(start):
        items = [act.index for trip in route.trips for act in trip]
        kind[r] = route.vehicle
        aside[items], chosen[items] = 0, items
        chain = [n + 2 * r, *items, n + 2 * r + 1]
        nxt[chain[:-1]] = chain[1:]
