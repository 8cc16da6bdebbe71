"""Any one kitchen stopped: what the others and the rescue stock still serve. No solver: a flow on plain numbers.

The others cook in the capacity they have left on their production days, for the sites that time, modes, diets, calendar, equipment
and sanitary approval let them feed; a site may then be fed by several, and locks do not bind. With f the share of the meals so
served and S days of meals in the rescue stock, a stop of D days is served for min(1, f + S / D). Posts are not counted: the
stopped kitchen's crew goes where the cooking goes. Where a kitchen's load per meal differs from site to site, its capacity left is
counted at the dearest one: the share told is at least served.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from planner.problems.kitchens import tables as tb
from planner.problems.kitchens.days import unit_load
from planner.problems.kitchens.demand import Case
from planner.problems.kitchens.world import World
from planner.schema import Row

UNIT = 1000.0  # parts of a meal a week in the flow, which is whole


@dataclass(frozen=True)
class Stop:
    """A kitchen stopped in a year. `meals` a week it makes; `others`, `served`: shares (0 to 1) of them made by the other kitchens,
    and served in all over the days studied; `lasts`: days until the rescue stock is gone (inf: never)."""

    kitchen: str
    year: int
    meals: float
    others: float
    served: float
    lasts: float


def stops(world: World, roadmap: Mapping[tuple[str, int], Row], feeding: Mapping[tuple[str, int], Row]) -> list[Stop]:
    """Every kitchen that makes meals, every year."""
    equipped = equipped_sites(world, feeding)
    return [
        stop(world, code, year, roadmap, feeding, equipped)
        for year in world.years for code in world.kitchens
        if any(row.kitchen == code for (_, when), row in feeding.items() if when == year)
    ]  # fmt: skip


def stop(
    world: World, code: str, year: int, roadmap: Mapping[tuple[str, int], Row], feeding: Mapping[tuple[str, int], Row], equipped: Mapping[str, int]
) -> Stop:
    """A stop in the case of demand, of those that the plan must hold in, that leaves the smallest share served."""
    return min((_in_case(world, case, code, year, roadmap, feeding, equipped) for case in world.cases), key=lambda found: (found.served, -found.meals))


def _in_case(
    world: World, case: Case, code: str, year: int, roadmap: Mapping[tuple[str, int], Row], feeding: Mapping[tuple[str, int], Row], equipped: Mapping[str, int]
) -> Stop:
    now = [row for (_, when), row in feeding.items() if when == year]
    hit = [row for row in now if row.kitchen == code]
    meals = {row.site: world.meals(row.site, year, case) / world.weeks for row in hit}
    left: dict[str, float] = {}
    reach: dict[str, list[str]] = {}
    for other in world.kitchens:
        row = roadmap.get((other, year))
        if other == code or row is None or row.level is None:
            continue
        ways = {fed.site: units for fed in hit if (units := _units(world, other, row, fed, year, equipped))}
        if ways:
            own = [fed for fed in now if fed.kitchen == other]
            spare = world.capacity(other, row) - world.load(other, own, case)
            if any(mode == "cold" for units in ways.values() for mode in units):
                spare = min(spare, world.chilling(other, row) - world.load(other, own, case, "cold"))
            left[other] = max(0.0, spare) / max(min(units.values()) for units in ways.values())
            reach[other] = list(ways)
    total = sum(meals.values())
    others = min(1.0, _flow(meals, left, reach) / total) if total else 1.0
    days, stock = world.scenario.value(tb.STOP_DAYS), world.scenario.value(tb.RESCUE_DAYS)
    lasts = math.inf if others >= 1 - 1e-9 else stock / (1 - others)
    return Stop(code, year, total, others, min(1.0, others + stock / days), lasts)


def equipped_sites(world: World, feeding: Mapping[tuple[str, int], Row]) -> dict[str, int]:
    """First year in which each site can reheat cold meals."""
    found = {site: world.years[0] for site in world.site_owner if world.equipped_today(site)}
    for (site, year), row in feeding.items():
        if row.equipped or row.mode == "cold":
            found[site] = min(year, found.get(site, year))
    return found


def _units(world: World, kitchen: str, row: Row, fed: Row, year: int, equipped: Mapping[str, int]) -> dict[str, float]:
    """Load per meal a week of each mode in which a kitchen could feed a site; none: it cannot."""
    facts, site = world.kitchens[kitchen], fed.site
    minutes, km = world.network.minutes_between(facts.site, site), world.network.km_between(facts.site, site)
    approved = bool(facts.approved if row.approved is None else row.approved)
    if not math.isfinite(minutes) or (km > 0 and not approved) or world.diets_lacking(kitchen, site):
        return {}
    found = {}
    for mode in facts.modes:
        if minutes > world.longest[mode] or any(mode not in demand.modes for demand in world.demand[site]) or (mode == "cold" and equipped.get(site, year + 1) > year):
            continue
        units = [
            unit_load(mode, facts.production_days, world.days(demand), facts.use_by_days, world.weeks, facts.holidays, year, world.closed(year)) * world.weeks
            for demand in world.demand[site]
        ]  # fmt: skip
        if all(math.isfinite(unit) for unit in units):
            found[str(mode)] = max(units)
    return found


def _flow(meals: Mapping[str, float], left: Mapping[str, float], reach: Mapping[str, Iterable[str]]) -> float:
    """Most meals a week that the kitchens with capacity left can make for the sites they reach."""
    if not left:
        return 0.0
    kitchens, sites = list(left), list(meals)
    place = {site: 1 + len(kitchens) + i for i, site in enumerate(sites)}
    sink = 1 + len(kitchens) + len(sites)
    arcs = [(0, 1 + i, left[kitchen]) for i, kitchen in enumerate(kitchens)]
    arcs += [(1 + i, place[site], meals[site]) for i, kitchen in enumerate(kitchens) for site in reach[kitchen]]
    arcs += [(place[site], sink, meals[site]) for site in sites]
    tails, heads, sizes = (np.array(part) for part in zip(*arcs, strict=True))
    whole = np.minimum(np.floor(sizes * UNIT), 2**30).astype(np.int32)
    graph = csr_array((whole, (tails.astype(np.int32), heads.astype(np.int32))), shape=(sink + 1, sink + 1))
    return float(maximum_flow(graph, 0, sink).flow_value) / UNIT


def least_served(found: Iterable[Stop]) -> Stop | None:
    """The stop that leaves the smallest share served; None without any."""
    return min(found, key=lambda stop: (stop.served, stop.year, stop.kitchen), default=None)
