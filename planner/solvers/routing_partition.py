"""Set partitioning: the best plan that can be put together from routes already found, for one day or a whole week.

    min   sum_v F_v n_v + sum_d sum_{r of d} c_r x_r - sum prizes of optional jobs served
    sum of the x_r of a day that serve it = 1 (<= 1 where it may be left out)      every job and shipment of every day
    sum of the x_r of day d by vehicles of type v + those out anyway <= n_v <= K_v  every v, d
    sum of w_r x_r <= W                                                            every cap
    x binary, n integer

F_v: fixed cost of a vehicle for all days together; c_r: distance, time and tolls of a route. The searches only ever
see one plan at a time; their routes of different answers, and of different days, meet here. The routes of the plan to
beat are always in, so that the answer is never worse. Columns beyond `MOST_COLUMNS` are left out by their reduced cost
in the linear relaxation.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from planner.solvers import mip
from planner.solvers.routing import DayData, DayResult, RouteData, lost_prizes

MOST_COLUMNS = 4000
LINEAR = 0.5  # of the time, at most for the linear relaxation
PRESOLVED = 800  # columns for each second left, up to which they are presolved: that may take seconds, whatever the limit
BETTER = 0.5  # by which a plan is cheaper: costs are whole
Key = tuple[int, int, bool]  # day, number, whether a shipment
Column = tuple[int, RouteData, int]  # day, route, variable cost
Cap = tuple[Callable[[int, RouteData], float], float]  # what a route of a day weighs, the most that all may


def keys(d: int, route: RouteData) -> frozenset[Key]:
    """What a route of day d serves."""
    return frozenset((d, act.index, act.kind != "job") for trip in route.trips for act in trip)


def combine(
    days: Sequence[DayData],
    fixed: Sequence[int],
    plans: Sequence[DayResult],
    pool: Iterable[Column],
    seconds: float,
    seed: int = 1,
    nodes: int | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    same: Sequence[int] = (),
    price: Callable[[int, RouteData, int], int | None] | None = None,
    caps: Sequence[Cap] = (),
) -> list[DayResult] | None:
    """A cheaper plan of all days than `plans` (feasible ones) made of the routes of both, or None. Where `plans` are beyond the `caps`, one within.

    `fixed`: cost of a vehicle of each type, once for all days. `nodes`: most nodes of the search tree, for answers that
    do not depend on the machine's speed (then `seconds` only caps). `same`: per type, the one that stands for its vehicles (empty:
    each for itself). `price`: true cost of a route of the pool by day and cost in the pool, None where it may not be used.
    """
    began = time.monotonic()
    if not days:
        return None
    columns, own = _columns(plans, pool)
    if len(columns) > 3 * MOST_COLUMNS:  # routes come best first
        columns = columns[: max(3 * MOST_COLUMNS, own)]
    within = all(sum(weight(d, route) for d, route, _ in columns[:own]) <= most + 1e-9 for weight, most in caps)
    relaxed = _program(days, fixed, columns, False, same, caps)
    start = _start(days, fixed, columns, own, same)
    before = float(relaxed.cost @ start) if within else math.inf
    linear = mip.relaxed(relaxed, LINEAR * seconds)
    if linear is None:
        columns = columns[: max(MOST_COLUMNS, own)]
    else:
        bound, prices = linear  # no plan with a column dearer than what lies between bound and plan is cheaper than the plan
        useful = own + np.flatnonzero(prices[own : len(columns)] <= before - BETTER - bound)
        order = [*range(own), *(int(i) for i in useful[np.argsort(prices[useful], kind="stable")])]
        columns = [columns[i] for i in order[: max(MOST_COLUMNS, own)]]
    if price is not None:
        columns = columns[:own] + [(d, route, true) for d, route, cost in columns[own:] if (true := price(d, route, cost)) is not None]
    model = _program(days, fixed, columns, True, same, caps)
    start = _start(days, fixed, columns, own, same)
    left = seconds - (time.monotonic() - began)
    if left <= 0.05 or should_stop():
        return None
    found = mip.solve(model, seconds=left, gap=1e-6, seed=seed, nodes=nodes, start=start if within else None, should_stop=should_stop,
                      presolve=nodes is not None or len(columns) <= PRESOLVED * left)  # fmt: skip
    if found.x is None or found.objective > before - BETTER:
        return None
    chosen = [column for x, column in zip(found.x, columns, strict=False) if x > 0.5]
    return [_result(days[d], plan, [(r, cost) for day, r, cost in chosen if day == d]) for d, plan in enumerate(plans)]


def assemble(day: DayData, fixed: Sequence[int], plan: DayResult, columns: Sequence[Column], seconds: float, nodes: int) -> DayResult | None:
    """The cheapest plan of one day made of these routes (day number 0), None where none is found. `plan`: an answer for the same day."""
    found = mip.solve(_program([day], fixed, columns, True, (), ()), seconds=seconds, gap=1e-3, nodes=nodes)
    if found.x is None:
        return None
    chosen = [(route, cost) for x, (_, route, cost) in zip(found.x, columns, strict=False) if x > 0.5]
    return replace(_result(day, plan, chosen), feasible=True)


def _columns(plans: Sequence[DayResult], pool: Iterable[Column]) -> tuple[list[Column], int]:
    """Every route once, the cheapest way of serving the same with the same vehicle; the plans' own routes first."""
    known: dict[tuple[int, int, frozenset[Key]], Column] = {}
    for d, plan in enumerate(plans):
        for route, cost in zip(plan.routes, plan.costs, strict=True):
            known[d, route.vehicle, keys(d, route)] = (d, route, cost)
    own = len(known)
    for d, route, cost in pool:
        key = (d, route.vehicle, keys(d, route))
        if key not in known or known[key][2] > cost:
            known[key] = (d, route, cost)
    return list(known.values()), own


def _program(days: Sequence[DayData], fixed: Sequence[int], columns: Sequence[Column], integer: bool, same: Sequence[int], caps: Sequence[Cap]) -> mip.Mip:
    made = mip.Builder()
    serving: dict[Key, list[int]] = {(d, j, False): [] for d, day in enumerate(days) for j in range(len(day.jobs))}
    serving |= {(d, s, True): [] for d, day in enumerate(days) for s in range(len(day.shipments))}
    prize = {key: (days[key[0]].shipments if key[2] else days[key[0]].jobs)[key[1]].prize for key in serving}
    by_type: dict[tuple[int, int], list[int]] = {}
    for d, route, cost in columns:
        served = keys(d, route)
        x = made.variable(float(cost - sum(prize[key] or 0 for key in served)), 0.0, 1.0, integer)
        for key in served:
            serving[key].append(x)
        by_type.setdefault((d, route.vehicle), []).append(x)
    counts = [max(day.fleet[v].count + day.already[v] for day in days) for v in range(len(fixed))]
    stands = same or range(len(fixed))  # for the vehicles of each type
    least = [max((day.already[u] for u in range(len(fixed)) if stands[u] == v for day in days), default=0) for v in range(len(fixed))]
    numbers = [made.variable(float(cost) if stands[v] == v else 0.0, float(least[v]), float(counts[v]), integer) for v, cost in enumerate(fixed)]
    for key, those in serving.items():
        made.row([(x, 1.0) for x in those], 0.0 if prize[key] is not None else 1.0, 1.0)
    for (d, v), those in by_type.items():
        made.row([*((x, 1.0) for x in those), (numbers[stands[v]], -1.0)], upper=-float(days[d].already[v]))
        if stands[v] != v:
            made.row([(x, 1.0) for x in those], upper=float(days[d].fleet[v].count))
    for weight, most in caps:
        made.row([(x, weight(d, route)) for x, (d, route, _) in enumerate(columns)], upper=most)
    return made.build()


def _start(days: Sequence[DayData], fixed: Sequence[int], columns: Sequence[Column], own: int, same: Sequence[int]) -> np.ndarray:
    """The plan to beat, which are the first `own` columns, with its vehicles."""
    start = np.zeros(len(columns) + len(fixed))
    start[:own] = 1.0
    most = [max((day.already[v] + sum(r.vehicle == v for e, r, _ in columns[:own] if e == d) for d, day in enumerate(days)), default=0) for v in range(len(fixed))]
    for v in range(len(fixed)):
        start[len(columns) + v] = max((n for u, n in enumerate(most) if same[u] == v), default=0) if same else most[v]
    return start


def _result(day: DayData, old: DayResult, routes: Sequence[tuple[RouteData, int]]) -> DayResult:
    made = tuple(route for route, _ in routes)
    used = tuple(out + sum(route.vehicle == v for route in made) for v, out in enumerate(day.already))
    acts = [act for route in made for trip in route.trips for act in trip]
    jobs = {act.index for act in acts if act.kind == "job"}
    shipped = {act.index for act in acts if act.kind != "job"}
    left_out = tuple(j for j in range(len(day.jobs)) if j not in jobs)
    unshipped = tuple(s for s in range(len(day.shipments)) if s not in shipped)
    return replace(
        old, routes=made, costs=tuple(cost for _, cost in routes), variable=sum(cost for _, cost in routes), used=used, seen=(),
        left_out=left_out, unshipped=unshipped, lost=lost_prizes(day, left_out, unshipped),
    )  # fmt: skip
