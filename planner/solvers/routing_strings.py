"""A day's routes by slack induction by string removals, compiled: one chain of simulated annealing.

It makes some hundred thousand moves a second where PyVRP makes some hundred to some thousand, and so goes further on days of
many stops and on windows. Days of one trip a vehicle, with any depots, windows, deliveries and pickups, longest durations and prices of
time are searched by `routing_ruin`; days with reloads, release times or shipments, where time costs nothing, by `routing_ruin_trips`;
`able` says whether a day is one of the two. What is found is judged by the model of `planner.solvers.routing` before it is told.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from planner.solvers import routing_trips
from planner.solvers.routing import Act, DayData, DayResult, Evaluator, RouteData, StopRule
from planner.solvers.routing_chain import Chain
from planner.solvers.routing_ruin_state import KindData, PatternsData, empty, kept, problem, routes, scale
from planner.solvers.routing_ruin_state import prepare as prepare_one_trip

CHUNK = 0.1  # seconds between two looks at the clock, and at the routes of the state
LOOK = 3e-4  # the same for every stop, on days of few
MERCY = 2.0  # seconds beyond the limit to find the first feasible routes
FIRST = 200  # iterations of the first chunk, to learn the speed
WORTH = 20  # iterations for one of PyVRP, where iterations are limited
SAVING = 0.1  # of the limit, for a vehicle less
ANEW = 4  # beginnings of a search from nothing where vehicles are dear
SNAPS = 1.03  # states dearer than this many times the best give no routes


@dataclass(frozen=True)
class Strings:
    """Search by string removals. `hot`, `cold`: first and last temperature, in mean cost of an arc."""

    hot: float = 3.0
    cold: float = 0.03


def able(day: DayData) -> bool:
    """Whether the search knows every rule of a day."""
    return _one_trip(day) or routing_trips.able(day)


def prepare(day: DayData | None = None) -> None:
    """Have the search of a day, or of any, compiled: up to a minute the first time after an installation, a moment later on."""
    if day is None or _one_trip(day):
        prepare_one_trip()
    if day is None or not _one_trip(day):
        routing_trips.prepare()


def _one_trip(day: DayData) -> bool:
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
    began = time.perf_counter()
    chain: Chain = OneTrip(day) if _one_trip(day) else routing_trips.Trips(day)
    judge = Evaluator(day)
    told = DayResult(False)
    if start and (known := judge(start)).feasible:
        chain.load(known.routes)
        told = known
    hot, cold = style.hot * chain.arc, style.cold * chain.arc
    limit = None if stop.iterations is None else stop.iterations * WORTH
    made, pace, seen = 0, 0.0, chain.best_cost
    between = min(CHUNK, LOOK * day.size)
    crop: dict[RouteData, float] = {}
    saving = chain.dear
    parts = ANEW if chain.dear and not told.feasible else 1  # few vehicles leave no room to come out of a bad valley: begin again
    part = 0
    while not should_stop():
        spent = time.perf_counter() - began
        late = stop.seconds if told.feasible else stop.seconds + MERCY
        if (spent >= late and made > 0) or (limit is not None and made >= limit):
            break
        if limit is not None:
            chunk = min(5_000, limit - made)
            share = made / limit
        else:
            chunk = FIRST if made == 0 else max(1, int(min(between, max(stop.seconds - spent, between / 10)) / pace))
            share = min(1.0, spent / max(stop.seconds, 1e-9))
        if saving and chain.complete:
            moves, saving = _save(chain, stop, limit, SAVING / parts, seed + made, should_stop)
            made += moves
            if not saving:
                continue
        if int(min(share, 0.999) * parts) > part and told.feasible:
            part, saving = int(min(share, 0.999) * parts), True
            chain.load(())
            continue
        before = time.perf_counter()
        chain.anneal(chunk, hot * (cold / hot) ** max(0.0, min(1.0, share * parts - part)), (seed * 1_000_003 + made) % 2**32)
        made += chunk
        lasted = (time.perf_counter() - before) / chunk
        pace = lasted if pace == 0.0 else 0.5 * (pace + lasted)
        if harvest and chain.whole and chain.cost < SNAPS * chain.best_cost:
            _gather(crop, chain.routes(), chain.cost)
        if chain.best_cost < seen and chain.complete:
            seen = chain.best_cost
            rows = chain.best_routes()
            found = replace(judge(rows), iterations=made, seconds=time.perf_counter() - began)
            if harvest:
                _gather(crop, rows, seen)
            if found.feasible:
                told = found
                on_best(told)
    good = [row for row, _ in sorted(crop.items(), key=lambda one: one[1])[:harvest]]
    return replace(told, iterations=made, seconds=time.perf_counter() - began, seen=tuple(judge.priced(good)))


def _save(chain: Chain, stop: StopRule, limit: int | None, most_share: float, seed: int, should_stop: Callable[[], bool]) -> tuple[int, bool]:
    """A search for one vehicle less than in the best state, in a share of the limit; the moves made, and whether it was found."""
    began, made, most = time.perf_counter(), 0, math.inf if limit is None else most_share * limit
    seconds = math.inf if limit is not None else most_share * stop.seconds
    chain.begin_saving()
    while not chain.whole and made < most and time.perf_counter() - began < seconds and not should_stop():
        made += chain.save(FIRST, (seed * 1_000_003 + made + 1) % 2**32)
    return made, chain.end_saving()


class OneTrip(Chain):
    """A day of one trip a vehicle in the terms of `routing_ruin`."""

    def __init__(self, day: DayData) -> None:
        self.p, items = problem(as_patterns(day))
        state = empty(self.p, items)
        super().__init__(state, kept(state), [job.prize is None for job in day.jobs])
        self._number = len(items)
        self.arc = scale(self.p)

    def anneal(self, iterations: int, heat: float, seed: int) -> None:
        from planner.solvers.routing_ruin import anneal

        anneal(self._state, self._best, self.p, iterations, heat, heat, seed)

    def load(self, routes: Sequence[RouteData]) -> None:
        from planner.solvers.routing_ruin import assign

        _load(self._best, routes)
        assign(self._best, self._state, self.p)

    def routes(self) -> list[RouteData]:
        return _as_routes(routes(kept(self._state), self._number, 1))

    def best_routes(self) -> list[RouteData]:
        return _as_routes(routes(self._best, self._number, 1))


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


def _gather(crop: dict[RouteData, float], rows: Sequence[RouteData], cost: float) -> None:
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
