"""Good days for the flows that have theirs chosen.

    min   sum over days and routes of  fixed + cost per way
    every flow with days to choose is served on one of its sets of days; all others on their days
    floor places of a route <= those of its vehicle; its duration <= a share of the duty

(`planner.solvers.routing_patterns`.) Windows, temperatures and clean and dirty in one trip are left to the search of the week
that follows, so this only proposes days.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from planner.problems.routes.days import usable
from planner.problems.routes.serve import Servers
from planner.problems.routes.week import DAY_CODES, Flow, Vehicle, Visit, Week
from planner.sites import WEEKS_PER_YEAR
from planner.solvers import routing_patterns
from planner.solvers.routing_patterns import KindData, PatternsData


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
        sites.index(vehicle.site), day, vehicle.count * trips, vehicle.places, max(1.0, (vehicle.duty + vehicle.overtime) / math.sqrt(trips) - vehicle.reload),
        vehicle.fixed_cost / weeks / 5 / trips, vehicle.km_rate / 1000 + vehicle.hour_cost / 3600 * pace, barred,
    )  # fmt: skip
