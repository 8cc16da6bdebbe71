"""Routes back to kitchens: what delivering each site from each kitchen costs, as a routes plan shows it, and the kitchens solved again.

    cost of a pair served    the trips that carry its meals (and bring its trolleys back), each trip's yearly cost (vehicle, driver,
                             kilometres, overtime, crews) shared among its stops in proportion to what each would cost by itself, the
                             round trip from the depot and the time on site, at its vehicle's rates; within a stop by floor places
    cost of another pair     its estimate by the parameters, times the ratio of cost to estimate over the pairs served from the same
                             place (where they are at least LEAST_SERVED), else over all pairs served

Shares in proportion to stand-alone costs leave nobody dearer than alone as long as a trip costs no more than its stops apart, and
tell a far site from a near one, which equal parts do not. The marginal cost of a stop is less: the sum of them leaves the fixed
part of every trip to nobody. Costs that the user typed are kept.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from planner.network import Network
from planner.plan import Audit, Limits, Plan, Progress
from planner.problems.base import average, with_rows, years_of
from planner.problems.kitchens.data import facts
from planner.problems.kitchens.tables import ASSIGNMENT, DELIVERIES
from planner.problems.routes.figures import shares
from planner.problems.routes.rates import hour_cost
from planner.problems.routes.tables import DEPOTS, FLOWS, VEHICLES
from planner.roads import RoadGraph
from planner.scenario import Scenario
from planner.schema import Row, rows
from planner.study import KITCHENS_PROBLEM, ROUTES_PROBLEM, Study, run

LEAST_SERVED = 3  # pairs served from a place, to speak for those that are not


@dataclass(frozen=True)
class Rounds:
    """Kitchens and routes solved once, then again with the deliveries costed by the first routes. `told`: the scenario of the second
    round; None where the first left no valid plans of both. Totals: € a year of both problems, no delivery counted twice."""

    first: Study
    told: Scenario | None
    second: Study | None
    first_total: float | None
    second_total: float | None


def costed(scenario: Scenario, coupled: Scenario, network: Network, plan: Plan, audit: Audit) -> pd.DataFrame:
    """Table DELIVERIES of a scenario, from a valid routes plan of `coupled`, the scenario with the meal flows of the kitchens plan."""
    plain = without_told(scenario)
    data = facts(plain, network)
    served = _served(coupled, network, plan, audit)
    given = {(row.kitchen, row.site): {name: getattr(row, name) for name in DELIVERIES.names} for row in plain.rows(DELIVERIES.name)}
    estimates: dict[tuple[str, str], tuple[float, float]] = {}  # (kitchen, site): €, km of the first year in which the site eats
    for j, site in enumerate(data.sites):
        first = next((t for t in range(data.T) if data.eats[j, t]), None)
        for k, kitchen in enumerate(data.kitchens):
            possible = any((k, j, m) not in data.refusals for m in range(2))
            if first is not None and possible and data.km[k, j] > 0 and data.delivery[k, j, first] > 0:
                estimates[kitchen.code, site.code] = float(data.delivery[k, j, first]), float(data.delivery_km[k, j, first])
    place = {kitchen.code: str(kitchen.row.site) for kitchen in data.kitchens}
    ratios = _ratios({(place[code], eater): told for (code, eater), told in estimates.items()}, served)
    found = list(given.values())
    for (code, eater), (cost, km) in estimates.items():
        if (code, eater) in given:
            continue
        known = served.get((place[code], eater))
        if known is not None:
            found.append({"kitchen": code, "site": eater, "cost": round(known[0], 2), "km": round(known[1], 1), "origin": "routes", "mark": "derived"})
        elif ratios:
            by_cost, by_km = ratios.get(place[code], ratios[""])
            found.append({"kitchen": code, "site": eater, "cost": round(cost * by_cost, 2), "km": round(km * by_km, 1), "origin": "calibrated", "mark": "estimate"})
    return DELIVERIES.frame(found)


def without_told(scenario: Scenario) -> Scenario:
    """The scenario with the delivery costs that the user typed only."""
    return with_rows(scenario, DELIVERIES.name, keep=lambda row: row.origin == "given")


def fed_back(done: Study, scenario: Scenario | None = None) -> Scenario | None:
    """The scenario (the study's own, or another of the same sites) with its deliveries as the study's routes cost them; None where
    the study has no valid plans of kitchens and routes, or its routes carry no meals."""
    kitchens, routes = done.results.get(KITCHENS_PROBLEM), done.results.get(ROUTES_PROBLEM)
    if kitchens is None or routes is None or not kitchens.valid or not routes.valid or routes.audit is None:
        return None
    scenario = scenario or done.scenario
    frame = costed(scenario, routes.scenario, done.network, routes.plan, routes.audit)
    return scenario.replace(DELIVERIES.name, frame) if "routes" in set(frame["origin"]) else None


def twice(scenario: Scenario, limits: Limits, progress: Progress, roads: RoadGraph | None = None) -> Rounds:
    """Kitchens, routes, then both again with the deliveries as the first routes cost them."""
    first = run(scenario, [KITCHENS_PROBLEM, ROUTES_PROBLEM], limits, progress, roads)
    told = None if progress.should_stop() else fed_back(first)
    second = None if told is None else run(told, [KITCHENS_PROBLEM, ROUTES_PROBLEM], limits, progress, roads)
    return Rounds(first, told, second, whole_cost(first), None if second is None else whole_cost(second))


def whole_cost(done: Study) -> float | None:
    """€ a year of the kitchens, without the deliveries that the routes cost, and of the routes; None without both."""
    kitchens, routes = done.results.get(KITCHENS_PROBLEM), done.results.get(ROUTES_PROBLEM)
    if kitchens is None or routes is None or not kitchens.valid or routes.annual is None or kitchens.audit is None:
        return None
    lines = list(rows(kitchens.costs_table, kitchens.audit.costs))
    return average([line.amount or 0.0 for line in lines if kitchens.counts(line)], years_of(kitchens.audit.costs)) + routes.annual


def moved(first: Study, second: Study) -> int:
    """Sites fed by another kitchen, or in another mode, in the last year of two kitchens plans."""

    def fed(done: Study) -> Mapping[str, tuple[str, str]]:
        found = list(rows(ASSIGNMENT, done.results[KITCHENS_PROBLEM].plan.tables[ASSIGNMENT.name]))
        last = max((row.year for row in found), default=None)
        return {row.site: (row.kitchen, row.mode) for row in found if row.year == last}

    one, other = fed(first), fed(second)
    return sum(one.get(site) != other.get(site) for site in {*one, *other})


def _served(coupled: Scenario, network: Network, plan: Plan, audit: Audit) -> dict[tuple[str, str], tuple[float, float]]:
    """€ and km a year by place of the kitchen and site served."""
    types = {row.vehicle: row for row in coupled.rows(VEHICLES.name)}
    home = {row.depot: row.site for row in coupled.rows(DEPOTS.name)}
    flows = {row.flow: row for row in coupled.rows(FLOWS.name)}

    def alone(trip: Row, stop: Row) -> float:
        vehicle = types[trip.vehicle]
        depot = home[vehicle.depot]
        km, minutes = network.km_between(depot, stop.site), network.minutes_between(depot, stop.site)
        if not math.isfinite(km) or not math.isfinite(minutes):
            return 0.0
        return float(2 * km * vehicle.km_cost + (2 * minutes + max(0.0, stop.leaves - stop.starts)) / 60 * hour_cost(coupled, vehicle))

    found: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for share in shares(coupled, plan, audit, alone):
        flow = flows[share["flow"]]
        if flow.category == "meals":
            ends = (flow.destination, flow.origin) if flow.hygiene == "dirty" else (flow.origin, flow.destination)
            found[ends][0] += share["cost"]
            found[ends][1] += share["km"]
    return {ends: (cost, km) for ends, (cost, km) in found.items() if cost > 0}


def _ratios(estimates: Mapping[tuple[str, str], tuple[float, float]], served: Mapping[tuple[str, str], tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """Cost and km of the pairs served over their estimates: by place of the kitchen where enough are, and ("") of all; empty
    where none is served."""
    both: dict[str, list[Any]] = defaultdict(list)
    for ends in estimates.keys() & served.keys():
        for key in ("", ends[0]):
            both[key].append((*served[ends], *estimates[ends]))
    found = {}
    for key, known in both.items():
        cost, km, cost_estimate, km_estimate = (math.fsum(column) for column in zip(*known, strict=True))
        if not key or len(known) >= LEAST_SERVED:
            found[key] = cost / cost_estimate, km / km_estimate if km_estimate > 0 else 1.0
    return found
