"""The kitchens problem as arrays: what each kitchen, site, pair and year allows and costs, before any decision.

Indices used throughout: kitchen k, level position l (levels sorted by rank), site j (those that eat in some
year of the plan), mode m (position in MODE_CODES), year index t = 0 .. T-1.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from planner.network import Network
from planner.problems.kitchens import tables as tb
from planner.problems.kitchens.accepted import Accepted
from planner.problems.kitchens.deliveries import put_told
from planner.problems.kitchens.demand import Case, cases, row_meals, told_of_today, weekdays
from planner.problems.kitchens.loads import closed_days, holiday_costs, loads
from planner.problems.kitchens.refusals import Refusal, refusals
from planner.problems.kitchens.rules import (
    COLD,
    HOT,
    MODE_CODES,
    Exemption,
    Week,
    annuity,
    charged_until,
    deliveries_a_week,
    member,
    net_investment,
)
from planner.roads import crow_km
from planner.scenario import Scenario
from planner.schema import Row
from planner.sites import DISCOUNT_RATE, DRIVER_COST, ETP_COST, FIRST_YEAR, HORIZON_YEARS, WEEKS_PER_YEAR

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
NONE = -1


@dataclass(frozen=True)
class Kitchen:
    """A kitchen and what it may be: `levels` by rank, `today` the position of the present one (NONE: candidate)."""

    row: Row
    levels: tuple[Row, ...]
    today: int
    member: Bools  # (T,) its establishment shares in the year

    @property
    def code(self) -> str:
        return str(self.row.kitchen)

    @property
    def existing(self) -> bool:
        return bool(self.row.status == "existing")

    @cached_property
    def capacity(self) -> Floats:
        """Meals per production day of each level (L,)."""
        return np.array([level.capacity or 0.0 for level in self.levels])

    def base(self, level: int) -> float:
        """Investment (€, subsidies deducted) behind a level: what reaching it from today's (or from nothing) costs."""
        row = self.levels[level]
        return 0.0 if self.existing and level <= self.today else net_investment(row.investment, self.row.subsidy, row.subsidy)

    def investment(self, before: int, after: int) -> float:
        """Expense (€) of going from a level (NONE: not open yet) to another; nothing for going down."""
        if before == NONE:
            return self.base(after)
        return max(0.0, self.base(after) - self.base(before)) if after > before else 0.0

    def effort(self, mode: int) -> float:
        """Work of a meal, as a multiple of what its productivity says."""
        weekend = 1 + self.row.weekend_posts / 100 if self.row.production_days > 5 else 1.0
        return float(weekend * (1 + self.row.hot_posts / 100) if mode == HOT else weekend)


@dataclass(frozen=True)
class Site:
    """A site that eats: its demand rows together. `lock`, `kitchen_today`: positions of kitchens or NONE; `lock_from`: first year of
    the lock."""

    code: str
    establishment: str
    rows: tuple[Row, ...]
    days: tuple[Week, ...]  # days of the week on which each row is eaten
    seasons: tuple[int | None, ...]  # weeks of the year in which each row is eaten, None: all
    weeks: Floats  # (rows,) the same, as a number
    row_meals: Floats  # (cases, rows, T) meals per year; 0 in years the establishment does not share
    weights: Floats  # (cases,) of the average
    modes: frozenset[int]  # accepted by every row
    lock: int
    lock_from: int
    kitchen_today: int
    mode_today: int
    equipped: bool
    equipment_cost: float  # € subsidies deducted
    equipment_lifetime: int
    optional: bool = False
    new: bool = False  # no customer yet: begins after the first year

    def eaten(self, t: int) -> list[int]:
        """The rows eaten in a year, in some case; all where the site does not eat."""
        found = [place for place in range(len(self.rows)) if self.row_meals[:, place, t].max() > 0]
        return found or list(range(len(self.rows)))

    def accepts(self, t: int) -> frozenset[int]:
        """The modes that every row eaten in a year accepts."""
        return frozenset.intersection(*(frozenset(MODE_CODES.index(mode) for mode in self.rows[place].modes) for place in self.eaten(t)))

    @cached_property
    def week(self) -> Week:
        """Days of the week on which somebody eats."""
        return tuple(sorted({day for days in self.days for day in days}))

    @cached_property
    def case_meals(self) -> Floats:
        """Meals per year in each case (cases, T)."""
        return np.asarray(self.row_meals.sum(axis=1), dtype=np.float64)

    @cached_property
    def week_meals(self) -> Floats:
        """Meals (cases, T) of a week in which all rows are eaten."""
        return np.asarray((self.row_meals / self.weeks[:, None]).sum(axis=1), dtype=np.float64)

    @cached_property
    def meals(self) -> Floats:
        """Meals per year (T,), averaged over the cases."""
        return averaged(self.weights, self.case_meals)

    @cached_property
    def most_meals(self) -> Floats:
        """Meals per year (T,) of the case that asks for most."""
        return np.asarray(self.case_meals.max(axis=0), dtype=np.float64)

    @cached_property
    def revenue(self) -> Floats:
        """€ per year (T,) that the site's customers pay when served, averaged over the cases."""
        each = averaged(self.weights, self.row_meals)  # (rows, T)
        return np.asarray(sum(row.price * meals for row, meals in zip(self.rows, each, strict=True)), dtype=np.float64)


def averaged(weights: Floats, of_cases: Floats) -> Floats:
    """The average over the cases (first axis), added up in their order as the audit does: a half cent is the same on both sides."""
    return np.asarray(sum(weight * one for weight, one in zip(weights, of_cases, strict=True)), dtype=np.float64)


@dataclass(frozen=True)
class Facts:
    """Everything the model, the plan writer and the pre-check need. Arrays by [kitchen, site, mode, year] as named."""

    years: tuple[int, ...]
    rate: float
    etp_cost: float
    kitchens: tuple[Kitchen, ...]
    sites: tuple[Site, ...]
    km: Floats  # (K, J), NaN where unreachable
    minutes: Floats  # (K, J)
    delivery: Floats  # (K, J, T) € per year
    delivery_km: Floats  # (K, J, T) km per year
    delivery_from: dict[tuple[int, int], str]  # pairs whose delivery cost the scenario tells, and where it comes from
    case_load: Floats  # (N, K, J, 2, T) meals per production day, inf where the calendar or the use-by forbids it
    case_of: Ints  # (N,) the case of demand of each of these loads: there is one for each day or run that can be the busiest (`peaks`)
    holiday_cost: Floats  # (K, T) € per year of the holidays worked
    waste: Floats  # (K, J, 2) kg per meal
    waste_price: float  # € per kg
    egalim: Floats  # (T,) € per meal
    co2_km: float  # kg per km
    co2_price: float  # € per tonne, notional
    co2_limit: float  # tonnes a year of the deliveries, average over the plan; inf without limit
    exemption: Exemption  # what kitchens without sanitary approval may deliver
    far: Bools  # (K, J) too far from such a kitchen
    least_rescued: float  # share of meals still served when any kitchen stops
    longest: tuple[float, float]  # minutes, hot and cold
    budget: Floats  # (T,) €, inf without limit
    most_open: Floats  # (T,) kitchens, inf without limit
    departures: Floats  # (T,) posts, inf without limit
    accepted: Ints  # (J, T, 2) kitchen and mode of the accepted plan, NONE where it says nothing
    change_price: float  # € per site that departs from it
    most_changes: int
    refusals: dict[tuple[int, int, int], Refusal] = field(repr=False)  # in all years in which the site eats
    barred: Bools = field(repr=False)  # (K, J, 2, T) what the rows eaten in a year forbid in it

    @property
    def T(self) -> int:
        return len(self.years)

    @property
    def cases(self) -> int:
        """Number of cases of demand."""
        return int(self.case_of.max()) + 1

    @cached_property
    def case_meals(self) -> Floats:
        """Meals per year of each site in each case (cases, J, T)."""
        return np.array([site.case_meals for site in self.sites]).reshape(len(self.sites), self.cases, self.T).swapaxes(0, 1)

    @cached_property
    def week_meals(self) -> Floats:
        """Meals of each site in a week in which all are there, in each case (cases, J, T)."""
        return np.array([site.week_meals for site in self.sites]).reshape(len(self.sites), self.cases, self.T).swapaxes(0, 1)

    @cached_property
    def load(self) -> Floats:
        """Load (K, J, 2, T) of a site by itself where most is asked of it; those of several sites add up along `case_load`."""
        return np.asarray(self.case_load.max(axis=0), dtype=np.float64)

    @cached_property
    def eaten(self) -> Floats:
        """Meals per year (J, T), averaged over the cases."""
        return np.array([site.meals for site in self.sites]).reshape(len(self.sites), self.T)

    def meal_cost(self, kitchen: int, site: int, mode: int) -> Floats:
        """€ per meal (T,) of food, other variable costs, EGalim and waste."""
        row = self.kitchens[kitchen].row
        return np.asarray(row.food_cost + row.other_cost + self.egalim + self.waste[kitchen, site, mode] * self.waste_price, dtype=np.float64)

    def co2_weight(self, kitchen: int, site: int) -> Floats:
        """€ (T,) that the CO2 of a pair's deliveries weighs in the choice, per year."""
        return np.asarray(self.delivery_km[kitchen, site] * self.co2_km / 1000 * self.co2_price, dtype=np.float64)

    @cached_property
    def factor(self) -> Floats:
        """Discount factors (T,), to the start of the first year."""
        return np.array((1 + self.rate) ** -np.arange(self.T), dtype=np.float64)

    @cached_property
    def eats(self) -> Bools:
        """Whether a site is to be fed in a year (J, T)."""
        return np.array([site.most_meals > 0 for site in self.sites], dtype=bool).reshape(len(self.sites), self.T)

    def equips(self, site: Site, mode: int) -> bool:
        """Whether serving the site in this mode needs equipment it has not got today."""
        return mode == COLD and not site.equipped

    def annuity(self, amount: float, lifetime: int) -> float:
        return annuity(amount, lifetime, self.rate)

    def equipment_charge(self, site: Site) -> float:
        """Yearly charge (€) of a site's regeneration equipment."""
        return self.annuity(site.equipment_cost, site.equipment_lifetime)

    def equipment_until(self, j: int, t: int) -> int:
        """First year index without the charge of the equipment that site j buys in year t."""
        return min(self.T, charged_until(t, self.sites[j].equipment_lifetime, int(np.flatnonzero(self.eats[j]).max(initial=t))))

    def need(self, kitchen: int, level: int, meals: float) -> int:
        """Whole posts that a kitchen open at a level needs for meals per year, weighed by their effort."""
        facts = self.kitchens[kitchen]
        return posts_needed(meals, facts.row.productivity, facts.levels[level].min_staff)

    def work(self, kitchen: int, sites: Sequence[int], modes: Sequence[int], t: int) -> float:
        """Meals per year that a kitchen makes for sites in modes, weighed by their effort, in the case that asks for most."""
        if not sites:
            return 0.0
        effort = [self.kitchens[kitchen].effort(mode) for mode in modes]
        totals = np.array([self.sites[j].case_meals[:, t] for j in sites]).reshape(len(sites), -1).T @ np.array(effort)
        return float(totals.max(initial=0.0))


def posts_needed(meals: float, productivity: float, min_staff: float) -> int:
    """Whole posts >= meals / productivity and >= the smallest team (sums of meals carry rounding noise)."""
    return max(0, math.ceil(meals / productivity - 1e-9 * max(1.0, meals / productivity)), math.ceil(min_staff - 1e-9))


def relevant(scenario: Scenario) -> bool:
    """Whether the scenario has kitchens and meals."""
    return bool(scenario.rows(tb.KITCHENS.name)) and bool(scenario.rows(tb.DEMAND.name))


def plan_years(scenario: Scenario) -> tuple[int, ...]:
    first = round(scenario.value(FIRST_YEAR))
    return tuple(range(first, first + max(1, round(scenario.value(HORIZON_YEARS)))))


def facts(scenario: Scenario, network: Network) -> Facts:
    """Arrays of a scenario whose tables passed their checks (live references, no missing required value)."""
    years = plan_years(scenario)
    owners = {row.establishment: row for row in scenario.rows("establishments")}
    present = {code: np.array([member(row.entry, row.exit, year) for year in years], dtype=bool) for code, row in owners.items()}
    kitchens = _kitchens(scenario, present, len(years))
    places = {k.code: i for i, k in enumerate(kitchens)}
    sites = _sites(scenario, present, kitchens, places, years)
    rows = [network.index[k.row.site] for k in kitchens]
    columns = [network.index[s.code] for s in sites]
    km, minutes = network.km[np.ix_(rows, columns)], network.minutes[np.ix_(rows, columns)]
    usual = scenario.value(tb.DELIVERIES_PER_WEEK)
    drops = np.array([deliveries_a_week(usual, site.week) * site.weeks.max() for site in sites])[:, None, None]  # (J, 1, 1)
    # one site of a shared round bears a share of it, but never less than the trucks that its own meals fill
    eaten = np.array([site.case_meals for site in sites]).reshape(len(sites), len(cases(scenario)), len(years))
    weights = np.array([case.weight for case in cases(scenario)])
    rounds = np.maximum(drops * scenario.value(tb.DELIVERY_SHARE), eaten / scenario.value(tb.DELIVERY_TRUCK_MEALS))
    rounds, stops = (averaged(weights, np.where(eaten > 0, each, 0.0).swapaxes(0, 1)) for each in (rounds, drops))
    hour = scenario.value(DRIVER_COST) + scenario.value(tb.DELIVERY_VEHICLE_HOUR)
    round_cost = 2 * km * scenario.value(tb.DELIVERY_KM_COST) + 2 * minutes / 60 * hour
    delivery = rounds * round_cost[:, :, None] + stops * scenario.value(tb.DELIVERY_STOP_MINUTES) / 60 * hour
    delivery, driven = np.where((km == 0)[:, :, None], 0.0, delivery), rounds * 2 * km[:, :, None]
    told = put_told(scenario, places, sites, delivery, driven)
    closed = closed_days(scenario, years)
    case_load, case_of = loads(kitchens, sites, scenario.value(WEEKS_PER_YEAR), years, closed)
    longest = (scenario.value(tb.MAX_HOT_MINUTES), scenario.value(tb.MAX_COLD_MINUTES))
    refused, barred = refusals(kitchens, sites, minutes, case_load.max(axis=0), longest, list(zip(years, closed, strict=True)))
    limits = {row.year: row for row in scenario.rows(tb.YEARS.name)}
    free = scenario.value(tb.STAFF_CHANGE_FREE) >= 0.5
    kept = Accepted.of(scenario)
    exemption = Exemption(
        scenario.value(tb.EXEMPT_MEALS), scenario.value(tb.EXEMPT_MORE_MEALS), scenario.value(tb.EXEMPT_SHARE) / 100, scenario.value(tb.EXEMPT_KM)
    )  # fmt: skip

    def limit(column: str) -> Floats:
        values = [getattr(limits[year], column) if year in limits else None for year in years]
        return np.array([math.inf if value is None else float(value) for value in values])

    return Facts(
        years=years, rate=scenario.value(DISCOUNT_RATE) / 100, etp_cost=scenario.value(ETP_COST),
        kitchens=kitchens, sites=sites, km=km, minutes=minutes,
        delivery=delivery, delivery_km=driven, delivery_from=told, case_load=case_load, case_of=case_of, longest=longest,
        holiday_cost=holiday_costs(kitchens, years, closed), waste=_waste(scenario, km), waste_price=scenario.value(tb.WASTE_PRICE),
        egalim=np.array([scenario.value(tb.EGALIM) if year >= scenario.value(tb.EGALIM_YEAR) else 0.0 for year in years]),
        co2_km=scenario.value(tb.TRUCK_CO2), co2_price=scenario.value(tb.CO2_PRICE),
        co2_limit=scenario.value(tb.CO2_LIMIT) if scenario.value(tb.CO2_LIMIT) < tb.CO2_LIMIT.most else math.inf, exemption=exemption, far=_far(scenario, kitchens, sites, exemption.km),
        least_rescued=scenario.value(tb.RESCUE_SHARE) / 100,
        budget=limit("investment"), most_open=limit("kitchens"), departures=np.full(len(years), math.inf) if free else limit("departures"),
        accepted=_accepted(kept, places, sites, years), change_price=kept.price, most_changes=kept.most,
        refusals=refused, barred=barred,
    )  # fmt: skip


def _kitchens(scenario: Scenario, present: dict[str, Bools], periods: int) -> tuple[Kitchen, ...]:
    levels: dict[str, list[Row]] = defaultdict(list)
    for row in scenario.rows(tb.LEVELS.name):
        levels[row.kitchen].append(row)
    made = []
    for row in scenario.rows(tb.KITCHENS.name):
        own = tuple(sorted(levels[row.kitchen], key=lambda level: int(level.level)))
        ticked = [position for position, level in enumerate(own) if level.today]
        today = ticked[0] if ticked and row.status == "existing" else NONE
        made.append(Kitchen(row, own, today, present.get(row.establishment, np.ones(periods, dtype=bool))))
    return tuple(made)


def _sites(
    scenario: Scenario, present: dict[str, Bools], kitchens: Sequence[Kitchen], places: dict[str, int], years: Sequence[int]
) -> tuple[Site, ...]:
    demand: dict[str, list[Row]] = defaultdict(list)
    for row in scenario.rows(tb.DEMAND.name):
        if row.meals:
            demand[row.site].append(row)
    equipment = {row.site: row for row in scenario.rows(tb.EQUIPMENT.name)}
    usual_days = round(scenario.value(tb.CONSUMPTION_DAYS))
    default = (scenario.value(tb.REGENERATION_COST), round(scenario.value(tb.REGENERATION_LIFETIME)))
    made = []
    could_be = cases(scenario)
    weights = np.array([case.weight for case in could_be])
    for place in scenario.rows("sites"):
        rows = demand.get(place.site)
        if not rows:
            continue
        here = present.get(place.establishment, np.ones(len(years), dtype=bool))
        if not here.any():
            continue
        meals = _meals(rows, place.establishment, could_be, years) * here
        modes = frozenset.intersection(*(frozenset(MODE_CODES.index(mode) for mode in row.modes) for row in rows))
        told, now = told_of_today(rows, years[0])
        kitchen = kitchen_today(told, places)
        mode = mode_today(told, modes, kitchens[kitchen].row.modes if kitchen != NONE else MODE_CODES)
        locks = [row for row in rows if row.lock]
        own = equipment.get(place.site)
        made.append(
            Site(
                place.site, place.establishment, tuple(rows), tuple(weekdays(row, usual_days) for row in rows),
                tuple(row.weeks for row in rows), np.array([row.weeks or scenario.value(WEEKS_PER_YEAR) for row in rows], dtype=np.float64), meals, weights, modes,
                places.get(locks[0].lock, NONE) if locks else NONE, int(locks[0].lock_from or years[0]) if locks else years[0], kitchen, mode,
                equipped=(own is not None and bool(own.regeneration)) or (now and kitchen != NONE and mode == COLD),
                equipment_cost=net_investment(own.cost, own.subsidy) if own is not None else default[0],
                equipment_lifetime=own.lifetime if own is not None else default[1],
                optional=all(row.optional for row in rows), new=not now,
            )
        )  # fmt: skip
    return tuple(made)


def _accepted(kept: Accepted, places: dict[str, int], sites: Sequence[Site], years: Sequence[int]) -> Ints:
    found = np.full((len(sites), len(years), 2), NONE, dtype=np.int64)
    for j, site in enumerate(sites):
        for t, year in enumerate(years):
            if site.most_meals[t] > 0 and (site.code, year) in kept.ways:  # eats in some case, as the audit counts
                kitchen, mode = kept.ways[site.code, year]
                found[j, t] = places[kitchen], MODE_CODES.index(mode)
    return found


def kitchen_today(rows: Sequence[Row], places: dict[str, int]) -> int:
    """The kitchen that provides most of a site's meals today (first of equals), NONE when a row does not say."""
    if any(row.current_kitchen not in places for row in rows):
        return NONE
    shares: dict[str, float] = defaultdict(float)
    for row in rows:
        shares[row.current_kitchen] += row.meals
    return places[max(shares, key=lambda code: shares[code])]


def mode_today(rows: Sequence[Row], accepted: frozenset[int], made: Sequence[str]) -> int:
    """Today's mode of a site: that of most of its meals; where no row says, the first that all accept and its kitchen makes."""
    shares: dict[str, float] = defaultdict(float)
    for row in rows:
        if row.current_mode:
            shares[row.current_mode] += row.meals
    if shares:
        return MODE_CODES.index(max(shares, key=lambda code: shares[code]))
    possible = [mode for mode in sorted(accepted) if MODE_CODES[mode] in made] or sorted(accepted)
    return possible[0] if possible else MODE_CODES.index(rows[0].modes[0])


def _meals(rows: Sequence[Row], establishment: str, could_be: Sequence[Case], years: Sequence[int]) -> Floats:
    """Meals per year (cases, rows, T) of a site's rows."""
    plain = np.array([[row_meals(row, year, years[0]) for year in years] for row in rows])
    factor = np.array([[[case.factor(establishment, row.public, year) for year in years] for row in rows] for case in could_be])
    return np.asarray(plain * factor, dtype=np.float64)


def _waste(scenario: Scenario, km: Floats) -> Floats:
    """kg per meal (K, J, 2)."""
    away = np.where(km > 0, 1 + scenario.value(tb.WASTE_AWAY) / 100, 1.0)
    return np.stack([away * scenario.value(parameter) / 1000 for parameter in (tb.WASTE_HOT, tb.WASTE_COLD)], axis=2)


def _far(scenario: Scenario, kitchens: Sequence[Kitchen], sites: Sequence[Site], limit: float) -> Bools:
    """Sites (K, J) beyond the reach of the exemption from approval, as the crow flies; unknown places are within it."""
    at = {row.site: (row.lat, row.lon) for row in scenario.rows("sites")}

    def of(codes: Sequence[str]) -> tuple[Floats, Floats]:
        places = np.array([[math.nan if x is None else x for x in at[code]] for code in codes], dtype=np.float64).reshape(-1, 2)
        return places[:, 0], places[:, 1]

    (lat, lon), (south, east) = of([k.row.site for k in kitchens]), of([s.code for s in sites])
    return np.asarray(crow_km(lat[:, None], lon[:, None], south[None, :], east[None, :]) >= limit, dtype=bool)
