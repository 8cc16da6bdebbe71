"""Days for the flows that have theirs chosen.

The week is searched on given days first (today's, or evenly spread ones), then visits are moved to the days on which the routes found
serve them at least cost (`day_moves`), and the week is searched on from there; once more, on the days given where that did not pay;
the cheapest week found is kept. So days are
only ever changed where the finished plan is cheaper for it. (Days chosen by an estimate, then searched from nothing, came out 5 % dearer
than days evenly spread: generated weeks of 20 and 35 sites, 20 s.) Only where no plan is found on the given days are others proposed:

    min   sum over days and routes of  fixed + cost per way
    every flow with days to choose is served on one of its sets of days; all others on their days
    floor places of a route <= those of its vehicle; its duration <= a share of the duty

(`planner.solvers.routing_patterns`.) Windows, temperatures and clean and dirty in one trip are left to the search of the week
that follows, so this only proposes days.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from planner.problems.routes.attempt import Attempt, Engine, Starts
from planner.problems.routes.day_moves import DayMoves
from planner.problems.routes.days import usable
from planner.problems.routes.groups import same_days
from planner.problems.routes.serve import Servers
from planner.problems.routes.week import DAY_CODES, Flow, Vehicle, Visit, Week
from planner.sites import WEEKS_PER_YEAR
from planner.solvers import routing_patterns, routing_week
from planner.solvers.routing_patterns import KindData, PatternsData

GIVEN = 0.5  # of the time, on the days given
GIVEN_SHORT = 0.7  # the same where time is short for the week; then there is one search more
AGAIN = (0.78, 1.0)  # of the time: ends of the searches on days moved
MOVING = 0.2  # of what is left for such a search, at most, to move visits
DAYS_SHARE = 0.2  # of the time left, to propose days where the given ones have no plan
DAYS_PER_ITERATION = 50  # iterations of that choice, which are short ones, per iteration of a search


def search(engine: Engine, seconds: float, starts: Starts = ()) -> tuple[Engine, Attempt]:
    """The cheapest attempt on any days, and its engine. `starts`: routes of every day to start from, if any."""
    began, timed = time.monotonic(), engine.limits.iterations is None

    def left(share: float) -> float:
        """Seconds until that share of the time; all of it as a cap where iterations are limited."""
        return (share * seconds - (time.monotonic() - began)) if timed else seconds

    short = timed and routing_week.scarce([group.model.data for group in engine.groups], seconds, engine.limits.threads)
    best, made = engine, engine.run(seconds * (GIVEN_SHORT if short else GIVEN), starts=starts)
    if made.frames is None and not engine.should_stop():
        other = chosen(engine.week, max(1.0, DAYS_SHARE * left(1.0)), engine.limits.seed, engine.limits.iterations and DAYS_PER_ITERATION * engine.limits.iterations, engine.should_stop)
        best = engine.on(other, same_days(other, Servers(other)), None)
        return best, best.run(max(1.0, left(1.0)))
    steps: list[str] = []
    moving = True
    for share in AGAIN[-1:] if short else AGAIN:
        if engine.should_stop():
            break
        if left(share) <= 0.5:
            continue  # too little time for two searches, but maybe for one
        now, starts = best, made.starts
        moves = DayMoves(best.week, best.groups, made.result)
        if moving:
            moves.run(time.monotonic() + (MOVING * left(share) if timed else math.inf), engine.should_stop)
            steps.append(f"days of visit: {moves.moves} flows moved, {moves.saved * engine.weeks:.2f} less in these routes with the busiest days' share of vehicles")
        if moves.moves:
            week = moves.moved()
            groups = same_days(week, Servers(week))
            now, starts = best.on(week, groups, made.cost), moves.starts(week, groups)
        found = now.run(max(0.5, left(share)), starts=starts)
        if found.cost is not None and (made.cost is None or found.cost < made.cost):
            best, made = now, found
        elif moves.moves:
            moving = False  # the same moves would lead to the same days
    return best, replace(made, steps=(*made.steps, *steps))


def chosen(week: Week, seconds: float, seed: int, iterations: int | None, should_stop: Callable[[], bool]) -> Week:
    """The week on good days; as it is where no choice serves everything."""
    options = {code: allowed for code, allowed in usable(week).items() if len(allowed) > 1}
    visits = [visit for day in DAY_CODES for visit in week.visits[day]]
    firm_visits = [visit for visit in visits if visit.flow.code not in options]
    free = [week.flows[code] for code in options if week.flows[code].quantity > 0]
    fleet = [vehicle for vehicle in week.vehicles if vehicle.count > 0 and vehicle.opens < vehicle.closes]
    if not free or not fleet:
        return week
    servers = Servers(week)
    by_flow: dict[str, Visit] = {visit.flow.code: visit for visit in visits}
    sites = sorted({vehicle.site for vehicle in fleet})
    items: list[Flow] = [*free, *(visit.flow for visit in firm_visits)]
    able = [set(servers.servers(visit)) for visit in [*(by_flow[flow.code] for flow in free), *firm_visits]]
    metres = np.where(week.metres >= 0, week.metres, 0).astype(float)
    times = np.where(week.times >= 0, week.times, 10**6).astype(float)
    days = {day: d for d, day in enumerate(DAY_CODES)}
    pace = float(times[times < 10**6].sum() / max(1.0, float(metres[times < 10**6].sum())))
    kinds = [_kind(week, vehicle, sites, d, pace, frozenset(i for i, those in enumerate(able) if vehicle.code not in those)) for d in days.values() for vehicle in fleet]
    data = PatternsData(
        metres, times, tuple(week.index[site] for site in sites), tuple(week.index[_end(flow, sites)] for flow in items), tuple(flow.places for flow in items),
        tuple(float(flow.handle + flow.handle_empty + week.places[_end(flow, sites)].stop / 2) for flow in items),
        (*(tuple(frozenset(days[day] for day in those) for those in options[flow.code]) for flow in free), *((frozenset({days[visit.day]}),) for visit in firm_visits)),
        tuple(kinds),
    )  # fmt: skip
    found = routing_patterns.solve(data, seconds, seed, iterations, should_stop)
    picked = {flow.code: options[flow.code][p] for flow, p in zip(free, found.chosen, strict=False) if p >= 0}
    return Week(week.scenario, week.network, {**week.chosen, **picked})


def _end(flow: Flow, sites: list[str]) -> str:
    """The end of a flow to drive to: the one without a depot, the destination where both or none have one."""
    return flow.origin if flow.destination in sites and flow.origin not in sites else flow.destination


def _kind(week: Week, vehicle: Vehicle, sites: list[str], day: int, pace: float, barred: frozenset[int]) -> KindData:
    """A vehicle on a day as an engine's kind: its trips as vehicles with a share of the duty, the year's cost by day."""
    trips = max(1, vehicle.max_trips)
    weeks = week.scenario.value(WEEKS_PER_YEAR)
    return KindData(
        sites.index(vehicle.site), day, vehicle.count * trips, vehicle.places, max(1.0, vehicle.longest / math.sqrt(trips) - vehicle.reload),
        vehicle.fixed_cost / weeks / 5 / trips, vehicle.km_rate / 1000 + vehicle.hour_cost / 3600 * pace, barred,
    )  # fmt: skip
