"""Any one kitchen stopped: what the others and the rescue stock still serve. No solver: flows on plain numbers.

The others cook in the capacity they have left on their production days, for the sites that time, modes, diets, calendar, equipment and
sanitary approval let them feed; a site may then be fed by several, and locks do not bind. A stop of D days begins on the first of a
month, the one chosen or the worst: each of its days counts with who is there in that week (`seasons`), at the kitchen stopped and at
the others, a seventh of the week's meals each. With f the share of the meals so served and S days of meals in the rescue stock, the stop is served for
min(1, f + S / D). Patients come first, then residents, home meals, staff, schools, other customers: the flow of the first
publics alone, then of one more each time, which leaves the total the largest there is. Posts are not counted: the
stopped kitchen's crew goes where the cooking goes. Where a kitchen's load per meal differs from site to site, its capacity left is
counted at the dearest one: the share told is at least served.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from planner.problems.kitchens import tables as tb
from planner.problems.kitchens.demand import Case
from planner.problems.kitchens.world import World
from planner.schema import Row

UNIT = 1000.0  # parts of a meal a week in the flow, which is whole
NOISE = 1e-3  # of such a part: a sum a hair below a whole number is that number
FIRST_SERVED = ("patients", "residents", "home", "staff", "school", "external")
Roadmap = Mapping[tuple[str, int], Row]
Feeding = Mapping[tuple[str, int], Row]


@dataclass(frozen=True)
class Stop:
    """A kitchen stopped in a year, from the first of a month. `meals` a week it makes then, on average; `others`, `served`: shares
    (0 to 1) of them made by the other kitchens, and served in all over the days studied; `lasts`: days until the rescue stock is gone
    (inf: not during the stop); `asked`, `missing`: meals of the stop and those not served, by public, the first served first."""

    kitchen: str
    year: int
    month: int
    meals: float
    others: float
    served: float
    lasts: float
    asked: Mapping[str, float]
    missing: Mapping[str, float]

    @property
    def missing_a_day(self) -> float:
        """Meals a day not served, on average over the stop."""
        return self.meals / 7 * (1 - self.served)


@dataclass(frozen=True)
class Week:
    """One kind of week of a stop: meals that the kitchen makes and that the others can make, by public."""

    meals: Mapping[str, float]
    served: Mapping[str, float]


def stops(world: World, roadmap: Roadmap, feeding: Feeding, month: int | None = None) -> list[Stop]:
    """Every kitchen that makes meals, every year, stopped in a month (1 to 12; 0: the worst one; None: as the scenario says)."""
    equipped = equipped_sites(world, feeding)
    begins = round(world.scenario.value(tb.STOP_MONTH)) if month is None else month
    return [
        stop(world, code, year, begins, roadmap, feeding, equipped)
        for year in world.years for code in world.kitchens
        if any(row.kitchen == code for (_, when), row in feeding.items() if when == year)
    ]  # fmt: skip


def stop(world: World, code: str, year: int, month: int, roadmap: Roadmap, feeding: Feeding, equipped: Mapping[str, int]) -> Stop:
    """A stop in the case of demand, of those that the plan must hold in, and in the month, where none is given, that leave the
    smallest share served; most meals missing, then the earliest month, where several leave as little."""
    found = []
    for case in world.cases:

        @cache
        def week(least: int, case: Case = case) -> Week:
            return _week(world, case, code, year, least, roadmap, feeding, equipped)

        for begins in (month,) if month else range(1, 13):
            spans = [(days, week(least)) for least, days in _spans(world, year, begins)]
            found.append(_over(spans, code, year, begins, world.scenario.value(tb.RESCUE_DAYS)))
    return min(found, key=lambda one: (round(one.served, 9), -round(math.fsum(one.missing.values()), 6)))


def _spans(world: World, year: int, month: int) -> list[tuple[int, int]]:
    """The days of a stop in order: runs of days with the same publics present (as `World.seasons` names them), and their number."""
    first = dt.date(year, month, 1)
    days = (first + dt.timedelta(i) for i in range(round(world.scenario.value(tb.STOP_DAYS))))
    return [(weeks, len(list(run))) for weeks, run in groupby(map(world.present, days))]


def _over(spans: list[tuple[int, Week]], code: str, year: int, month: int, stock_days: float) -> Stop:
    """Kinds of week put together over a stop; the rescue stock is some days of its average meals, for the publics in their order."""
    length = sum(days for days, _ in spans)
    asked, made = (defaultdict[str, float](float) for _ in range(2))
    for days, week in spans:
        for public, meals in week.meals.items():
            asked[public] += meals * days / 7
            made[public] += week.served[public] * days / 7
    total = math.fsum(asked.values())
    others = min(1.0, math.fsum(made.values()) / total) if total else 1.0
    stock = total * stock_days / length
    left, lasts = stock, math.inf
    gone = 0.0
    for days, week in spans:
        short = max(0.0, math.fsum(week.meals.values()) - math.fsum(week.served.values())) / 7
        if short * days > left + 1e-9 * total and math.isinf(lasts):
            lasts = gone + left / short
        left, gone = left - short * days, gone + days
    order = sorted(asked, key=FIRST_SERVED.index)
    missing = {}
    for public in order:
        lacking = max(0.0, asked[public] - made[public])
        missing[public] = max(0.0, lacking - stock)
        stock = max(0.0, stock - lacking)
    return Stop(code, year, month, total / length * 7, others, min(1.0, others + stock_days / length), lasts, {public: asked[public] for public in order}, missing)


def _week(world: World, case: Case, code: str, year: int, least: int, roadmap: Roadmap, feeding: Feeding, equipped: Mapping[str, int]) -> Week:
    now = [row for (_, when), row in feeding.items() if when == year]
    hit = [row for row in now if row.kitchen == code]
    meals = {row.site: world.public_meals(row.site, year, case, least) for row in hit}
    left: dict[str, float] = {}
    reach: dict[str, list[str]] = {}
    for other in world.kitchens:
        row = roadmap.get((other, year))
        if other == code or row is None or row.level is None:
            continue
        ways = {fed.site: units for fed in hit if (units := _units(world, other, row, fed, year, equipped))}
        if ways:
            own = [fed for fed in now if fed.kitchen == other]
            spare = world.capacity(other, row) - world.load(other, own, case, least=least)
            if any(mode == "cold" for units in ways.values() for mode in units):
                spare = min(spare, world.chilling(other, row) - world.load(other, own, case, "cold", least))
            left[other] = max(0.0, spare) / max(min(units.values()) for units in ways.values())
            reach[other] = list(ways)
    asked: dict[str, float] = defaultdict(float)
    for by_public in meals.values():
        for public, count in by_public.items():
            asked[public] += count
    made, before = {}, 0.0
    order = sorted(asked, key=FIRST_SERVED.index)
    for place, public in enumerate(order):
        first = order[: place + 1]
        flow = _flow({site: math.fsum(own.get(one, 0.0) for one in first) for site, own in meals.items()}, left, reach)
        made[public] = min(asked[public], max(0.0, flow - before))
        before = flow
    return Week(asked, made)


def equipped_sites(world: World, feeding: Feeding) -> dict[str, int]:
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
    if not math.isfinite(minutes) or (km > 0 and not approved) or world.diets_lacking(kitchen, site, year):
        return {}
    found, eaten = {}, world.eaten(site, year)
    for mode in facts.modes:
        if minutes > world.longest[mode] or any(mode not in demand.modes for demand in eaten) or (mode == "cold" and equipped.get(site, year + 1) > year):
            continue
        units = [world.unit_load(facts, demand, mode, year) * world.weeks_of(demand) for demand in eaten]
        if units and all(math.isfinite(unit) for unit in units):
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
    whole = np.minimum(np.floor(sizes * UNIT + NOISE), 2**30).astype(np.int32)
    graph = csr_array((whole, (tails.astype(np.int32), heads.astype(np.int32))), shape=(sink + 1, sink + 1))
    return float(maximum_flow(graph, 0, sink).flow_value) / UNIT


def least_served(found: Iterable[Stop]) -> Stop | None:
    """The stop that leaves the smallest share served; None without any."""
    return min(found, key=lambda stop: (stop.served, stop.year, stop.kitchen), default=None)
