"""The scenario as the audit reads it, row by row, without the model's arrays."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from planner.network import Network
from planner.problems.kitchens import tables as tb
from planner.problems.kitchens.accepted import Accepted
from planner.problems.kitchens.days import (
    NO_HOLIDAY,
    Daily,
    closed_around,
    eaten_per_day,
    made_days,
    schedule,
    unit_load,
    use_by_needed,
    worked_holidays,
)
from planner.problems.kitchens.demand import Case, cases, row_meals, told_of_today, weekdays
from planner.problems.kitchens.peaks import Eaten, peaks
from planner.problems.kitchens.rules import TOLERANCE, Exemption, Week, deliveries_a_week, member, net_investment
from planner.problems.kitchens.seasons import YEAR, least_weeks
from planner.roads import crow_km
from planner.scenario import Scenario
from planner.schema import Row
from planner.sites import CALENDAR, FIRST_YEAR, HORIZON_YEARS, WEEKS_PER_YEAR


class World:
    """What the tables say, by code and year. `site_owner` lists the sites that have demand rows. `assumed`: cases of demand, other
    than those that the scenario asks to hold in."""

    def __init__(self, scenario: Scenario, network: Network, assumed: Sequence[Case] | None = None) -> None:
        self.scenario, self.network = scenario, network
        first = round(scenario.value(FIRST_YEAR))
        self.years = range(first, first + max(1, round(scenario.value(HORIZON_YEARS))))
        self.kitchens: dict[str, Row] = {row.kitchen: row for row in scenario.rows(tb.KITCHENS.name)}
        self.levels: dict[str, dict[int, Row]] = {code: {} for code in self.kitchens}
        self.today: dict[str, int | None] = dict.fromkeys(self.kitchens)
        for row in scenario.rows(tb.LEVELS.name):
            self.levels[row.kitchen][row.level] = row
            if row.today and self.kitchens[row.kitchen].status == "existing":
                self.today[row.kitchen] = row.level
        self.demand: dict[str, list[Row]] = {}
        for row in scenario.rows(tb.DEMAND.name):
            if row.meals:
                self.demand.setdefault(row.site, []).append(row)
        self.site_owner: dict[str, str] = {row.site: row.establishment for row in scenario.rows("sites") if row.site in self.demand}
        self.equipment: dict[str, Row] = {row.site: row for row in scenario.rows(tb.EQUIPMENT.name)}
        self.deliveries: dict[tuple[str, str], Row] = {(row.kitchen, row.site): row for row in scenario.rows(tb.DELIVERIES.name)}
        self.accepted = Accepted.of(scenario)
        self.cases = tuple(assumed or cases(scenario))
        self.weeks = scenario.value(WEEKS_PER_YEAR)
        value = scenario.value
        self.exemption = Exemption(value(tb.EXEMPT_MEALS), value(tb.EXEMPT_MORE_MEALS), value(tb.EXEMPT_SHARE) / 100, value(tb.EXEMPT_KM))
        self.longest = {"hot": scenario.value(tb.MAX_HOT_MINUTES), "cold": scenario.value(tb.MAX_COLD_MINUTES)}

    @cached_property
    def _establishments(self) -> dict[str, Row]:
        return {row.establishment: row for row in self.scenario.rows("establishments")}

    @cached_property
    def _limits(self) -> dict[int, Row]:
        return {row.year: row for row in self.scenario.rows(tb.YEARS.name)}

    def shares(self, establishment: str, year: int) -> bool:
        """Whether an establishment is in the scheme in a year."""
        row = self._establishments.get(establishment)
        return row is None or member(row.entry, row.exit, year)

    def can_open(self, kitchen: str, year: int) -> bool:
        row = self.kitchens[kitchen]
        early = row.status == "candidate" and year < self.first_opening(kitchen)
        return not self.locked(kitchen, year, "close") and not early and self.shares(row.establishment, year)

    def locked(self, kitchen: str, year: int, *locks: str) -> bool:
        """Whether a kitchen has one of these locks, and it holds in the year."""
        row = self.kitchens[kitchen]
        return row.lock in locks and (row.lock_from is None or year >= row.lock_from) and (row.lock_until is None or year <= row.lock_until)

    def first_opening(self, kitchen: str, level: int | None = None) -> int:
        """First year in which a candidate can be open at a level (None: at any): not before the year given, nor before its works
        could end."""
        row, levels = self.kitchens[kitchen], self.levels[kitchen]
        shared = next((year for year in self.years if self.shares(row.establishment, year)), self.years[0])
        works = [int(one.works_years) for rank, one in levels.items() if level in (None, rank)]
        return max(int(row.earliest_year or 0), shared + min(works, default=0))

    def refit(self, kitchen: str, year: int) -> float:
        """Refurbishment (€, subsidy deducted) that a kitchen open in a year pays: in the first one past its deadline that it shares."""
        row = self.kitchens[kitchen]
        if row.compliant_until is None or row.status != "existing":
            return 0.0
        first = next((one for one in self.years if one > row.compliant_until and self.shares(row.establishment, one)), None)
        return net_investment(row.refit_cost, row.subsidy) if year == first else 0.0

    def on_its_way(self, kitchen: str, row: Row | None, year: int) -> bool:
        """Whether a row of the roadmap has a kitchen in works that is not open yet, towards a level that cannot be open yet."""
        candidate = self.kitchens[kitchen].status != "existing"
        return candidate and row is not None and row.level is None and row.target is not None and year < self.first_opening(kitchen, row.target)

    def row_meals(self, row: Row, year: int, case: Case | None = None) -> float:
        """Meals of a demand row in a year, in one case or averaged over them."""
        owner = self.site_owner[row.site]
        if not self.shares(owner, year):
            return 0.0
        plain = row_meals(row, year, self.years[0])
        if case is not None:
            return plain * case.factor(owner, row.public, year)
        return sum(each.weight * (plain * each.factor(owner, row.public, year)) for each in self.cases)

    def meals(self, site: str, year: int, case: Case | None = None) -> float:
        if case is None:
            return sum(each.weight * self.meals(site, year, each) for each in self.cases)
        return sum(self.row_meals(row, year, case) for row in self.demand[site])

    def eats(self, site: str, year: int) -> bool:
        """Whether a site eats in a year, in some case."""
        return any(self.meals(site, year, case) > 0 for case in self.cases)

    def optional(self, site: str) -> bool:
        return all(row.optional for row in self.demand[site])

    def eaten(self, site: str, year: int) -> list[Row]:
        """The demand rows of a site that are eaten in a year, in some case."""
        return [row for row in self.demand[site] if any(self.row_meals(row, year, case) > 0 for case in self.cases)]

    def diets_lacking(self, kitchen: str, site: str, year: int) -> set[str]:
        """The diets that a site eats in a year and a kitchen does not make (one that names none makes all)."""
        made = self.kitchens[kitchen].diets
        return {row.diet for row in self.eaten(site, year) if row.diet not in made} if made else set()

    def days(self, row: Row) -> Week:
        """Days of the week on which a demand row is eaten."""
        return weekdays(row, round(self.scenario.value(tb.CONSUMPTION_DAYS)))

    @cached_property
    def _eaten(self) -> dict[Eaten, int]:
        """The days and weeks in which rows are eaten, each once, and its place."""
        found = dict.fromkeys((self.days(row), row.weeks) for own in self.demand.values() for row in own)
        return {eaten: place for place, eaten in enumerate(found)}

    def weeks_of(self, row: Row) -> float:
        """Weeks of the year in which a demand row is eaten."""
        return float(row.weeks or self.weeks)

    def site_weeks(self, site: str) -> float:
        """Weeks of the year in which a site is delivered."""
        return max(self.weeks_of(row) for row in self.demand[site])

    def site_deliveries(self, site: str) -> float:
        """Deliveries of a year to a site."""
        eaten = tuple(sorted({day for row in self.demand[site] for day in self.days(row)}))
        return deliveries_a_week(self.scenario.value(tb.DELIVERIES_PER_WEEK), eaten) * self.site_weeks(site)

    @cached_property
    def seasons(self) -> tuple[int, ...]:
        """0, then the weeks of the rows not eaten all the year and those of the whole year: in each kind of week, the rows with at
        least so many weeks are eaten."""
        return (0, *sorted({int(row.weeks) for own in self.demand.values() for row in own if row.weeks} | {YEAR}))

    def present(self, day: dt.date) -> int:
        """Who is there in the week of a day: the number of `seasons` that says it."""
        return next(weeks for weeks in self.seasons if weeks >= least_weeks(day))

    def public_meals(self, site: str, year: int, case: Case, least: int = 0) -> dict[str, float]:
        """Meals, by public, of a week in which only the rows eaten in at least so many weeks of the year are."""
        found: dict[str, float] = {}
        for row in self.demand[site]:
            if (row.weeks or YEAR) >= least:
                found[row.public] = found.get(row.public, 0.0) + self.row_meals(row, year, case) / self.weeks_of(row)
        return found

    def week_meals(self, site: str, year: int, case: Case, least: int = 0) -> float:
        """The same in all."""
        return sum(self.public_meals(site, year, case, least).values())

    def unit_load(self, kitchen: Row, row: Row, mode: str, year: int) -> float:
        """Meals per production day that one meal a year of a row asks of a kitchen."""
        return unit_load(mode, kitchen.production_days, self.days(row), kitchen.use_by_days, self.weeks, kitchen.holidays, year, self.closed(year), row.weeks)

    def storage(self, kitchen: Row, row: Row, year: int) -> int:
        """Days of storage that this kitchen's calendar asks of this row's meals (cold)."""
        return use_by_needed(kitchen.production_days, self.days(row), kitchen.holidays, year, self.closed(year), row.weeks)

    @cached_property
    def _other_closed(self) -> frozenset[dt.date]:
        return frozenset(row.date for row in self.scenario.rows(CALENDAR.name))

    def closed(self, year: int) -> frozenset[dt.date] | None:
        """Days without production around a year, None for a typical week."""
        return closed_around(year, self._other_closed) if self.scenario.value(tb.REAL_CALENDAR) >= 0.5 else None

    def capacity(self, kitchen: str, row: Row) -> float:
        """Meals per production day that a row of the roadmap can make."""
        return 0.0 if row.level is None else float(self.levels[kitchen][row.level].capacity) * self._left(kitchen, row)

    def chilling(self, kitchen: str, row: Row) -> float:
        """Meals chilled per production day at most, inf without a limit of its own."""
        own = None if row.level is None else self.levels[kitchen][row.level].cold_capacity
        return math.inf if own is None else float(own) * self._left(kitchen, row)

    def _left(self, kitchen: str, row: Row) -> float:
        """Share of the capacity that works leave."""
        return 1.0 if row.target is None else float(self.levels[kitchen][row.target].works_capacity) / 100

    def load(self, kitchen: str, fed: Iterable[Row], case: Case | None = None, mode: str | None = None, least: int = 0) -> float:
        """Meals per production day that a kitchen makes for the sites fed (in one `mode`) on its busiest day of hot meals and in its
        tightest run of days of cold ones, in a case or in the one that asks for most, in the weeks in which the rows with at least so
        many weeks a year are eaten (0: all of them). The sites are all fed in one year."""
        served = list(fed)
        if case is None:
            return max(self.load(kitchen, served, each, mode, least) for each in self.cases)
        made = {each: np.zeros(len(self._eaten)) for each in ("hot", "cold") if mode in (None, each)}
        for one in served:
            for row in self.demand[one.site] if one.mode in made else ():
                if (row.weeks or YEAR) >= least:
                    made[one.mode][self._eaten[self.days(row), row.weeks]] += self.row_meals(row, one.year, case)
        facts, total = self.kitchens[kitchen], 0.0
        for each, meals in made.items():
            if (some := meals > 0).any():
                year = served[0].year
                busiest = peaks(each, facts.production_days, tuple(self._eaten), facts.use_by_days, self.weeks, facts.holidays, year, self.closed(year))
                total += float((busiest[:, some] @ meals[some]).max())
        return total

    def daily(self, kitchen: str, year: int, fed: Iterable[Row], case: Case, capacity: float, chilling: float) -> Daily:
        """The kitchen's year day by day, for the sites fed."""
        facts, closed = self.kitchens[kitchen], self.closed(year)
        made = made_days(facts.production_days, facts.holidays, facts.use_by_days, year, closed or NO_HOLIDAY)
        totals = {"hot": np.zeros(len(made)), "cold": np.zeros(len(made))}
        for served in fed:
            for row in self.demand[served.site]:
                totals[served.mode] += eaten_per_day(self.row_meals(row, year, case), self.days(row), self.weeks, year, closed, row.weeks)
        return schedule(totals["hot"], totals["cold"], made, capacity, chilling, facts.use_by_days, year)

    def holidays_worked(self, kitchen: str, year: int) -> int:
        facts, closed = self.kitchens[kitchen], self.closed(year)
        return 0 if closed is None else worked_holidays(facts.production_days, facts.holidays, facts.use_by_days, year, closed)

    def effort(self, kitchen: str, mode: str) -> float:
        """Work of a meal, as a multiple of what the kitchen's productivity says."""
        facts = self.kitchens[kitchen]
        weekend = facts.weekend_posts if facts.production_days > 5 else 0.0
        return float((1 + weekend / 100) * (1 + (facts.hot_posts / 100 if mode == "hot" else 0.0)))

    def work(self, kitchen: str, fed: Iterable[Row]) -> float:
        """Meals per year weighed by their effort, in the case that asks for most."""
        served = list(fed)
        return max(sum(self.meals(one.site, one.year, case) * self.effort(kitchen, one.mode) for one in served) for case in self.cases)

    def whole_posts(self, kitchen: str, level: int, fed: Iterable[Row]) -> int:
        """Fewest whole posts that a kitchen open at a level needs for the sites fed."""
        needed = self.work(kitchen, fed) / float(self.kitchens[kitchen].productivity)
        return max(math.ceil(needed * (1 - TOLERANCE)), math.ceil(float(self.levels[kitchen][level].min_staff) - TOLERANCE))

    def crow(self, one: str, other: str) -> float:
        """Great-circle km between two sites, 0 where a place is not known."""
        a, b = self._places[one], self._places[other]
        return 0.0 if None in (*a, *b) else float(crow_km(a[0], a[1], b[0], b[1]))

    @cached_property
    def _places(self) -> dict[str, tuple[float | None, float | None]]:
        return {row.site: (row.lat, row.lon) for row in self.scenario.rows("sites")}

    def imposed(self, site: str, year: int) -> str | None:
        """The kitchen imposed on a site in a year, if it can be open then."""
        row = next((row for row in self.demand[site] if row.lock), None)
        if row is None or row.lock not in self.kitchens or (row.lock_from is not None and year < row.lock_from):
            return None
        return str(row.lock) if self.can_open(row.lock, year) else None

    def most_open(self, year: int) -> int | None:
        """Kitchens that may be open in a year, None without limit."""
        row = self._limits.get(year)
        return None if row is None or row.kitchens is None else int(row.kitchens)

    def budget(self, year: int) -> float | None:
        row = self._limits.get(year)
        return None if row is None or row.investment is None else float(row.investment)

    def departures(self, year: int) -> float | None:
        """Natural departures of a year, None without limit."""
        row = self._limits.get(year)
        if row is None or row.departures is None or self.scenario.value(tb.STAFF_CHANGE_FREE) >= 0.5:
            return None
        return float(row.departures)

    def fed_today(self, site: str) -> str | None:
        """The kitchen that provides most of a site's meals today (first of equals), None where a row does not say."""
        shares: dict[str, float] = {}
        for row in self._told(site)[0]:
            if row.current_kitchen not in self.kitchens:
                return None
            shares[row.current_kitchen] = shares.get(row.current_kitchen, 0.0) + row.meals
        return max(shares, key=lambda code: shares[code])

    def _told(self, site: str) -> tuple[Sequence[Row], bool]:
        return told_of_today(self.demand[site], self.years[0])

    def equipped_today(self, site: str) -> bool:
        """Ticked, or served cold today."""
        row = self.equipment.get(site)
        return bool(row is not None and row.regeneration) or self._cold_today(site)

    def _cold_today(self, site: str) -> bool:
        told, now = self._told(site)
        kitchen = self.fed_today(site)
        if kitchen is None or not now:
            return False
        said = [(row.current_mode, row.meals) for row in told if row.current_mode]
        if said:
            cold = sum(float(meals) for mode, meals in said if mode == "cold")
            hot = sum(float(meals) for mode, meals in said if mode == "hot")
            return cold > hot or (cold == hot and str(said[0][0]) == "cold")
        # nobody says: the first mode that every row accepts and its main kitchen makes
        made = self.kitchens[kitchen].modes
        accepted = [mode for mode in ("hot", "cold") if all(mode in row.modes for row in self.demand[site])]
        first = next((mode for mode in accepted if mode in made), accepted[0] if accepted else told[0].modes[0])
        return str(first) == "cold"

    def equipment_cost(self, site: str) -> tuple[float, int]:
        """Cost (€, subsidies deducted) and lifetime (years) of a site's regeneration equipment."""
        row = self.equipment.get(site)
        if row is not None:
            return net_investment(row.cost, row.subsidy), int(row.lifetime)
        return self.scenario.value(tb.REGENERATION_COST), round(self.scenario.value(tb.REGENERATION_LIFETIME))
