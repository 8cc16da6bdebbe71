"""The scenario as the audit reads it, row by row, without the model's arrays."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from planner.network import Network
from planner.problems.kitchens import tables as tb
from planner.problems.kitchens.accepted import Accepted
from planner.problems.kitchens.rules import daily_load, member, storage_days
from planner.scenario import Scenario
from planner.schema import Row
from planner.sites import FIRST_YEAR, HORIZON_YEARS, WEEKS_PER_YEAR


class World:
    """What the tables say, by code and year. `site_owner` lists the sites that have demand rows."""

    def __init__(self, scenario: Scenario, network: Network) -> None:
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
        self.accepted = Accepted.of(scenario)
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
        early = row.status == "candidate" and row.earliest_year is not None and year < row.earliest_year
        return row.lock != "close" and not early and self.shares(row.establishment, year)

    def row_meals(self, row: Row, year: int) -> float:
        """Meals of a demand row in a year, growth counted from the first year."""
        if not self.shares(self.site_owner[row.site], year):
            return 0.0
        return float(row.meals) * (1 + float(row.growth) / 100) ** (year - self.years[0])

    def meals(self, site: str, year: int) -> float:
        return sum(self.row_meals(row, year) for row in self.demand[site])

    def days(self, row: Row) -> int:
        """Consumption days of a demand row."""
        return int(row.consumption_days or round(self.scenario.value(tb.CONSUMPTION_DAYS)))

    def storage(self, kitchen: Row, row: Row) -> int:
        """Days of storage that this kitchen's calendar asks of this row's meals (cold)."""
        return storage_days(kitchen.production_days, self.days(row))

    def load(self, kitchen: str, fed: Iterable[Row]) -> float:
        """Meals per production day that a kitchen makes for the sites fed."""
        facts, weeks = self.kitchens[kitchen], self.scenario.value(WEEKS_PER_YEAR)
        return sum(
            daily_load(self.row_meals(row, served.year), served.mode, facts.production_days, self.days(row), facts.use_by_days, weeks)
            for served in fed
            for row in self.demand[served.site]
            if self.row_meals(row, served.year) > 0
        )

    def imposed(self, site: str, year: int) -> str | None:
        """The kitchen imposed on a site in a year, if it can be open then."""
        lock: str | None = next((row.lock for row in self.demand[site] if row.lock), None)
        return lock if lock in self.kitchens and self.can_open(str(lock), year) else None

    def budget(self, year: int) -> float | None:
        row = self._limits.get(year)
        return None if row is None or row.investment is None else float(row.investment)

    def departures(self, year: int) -> float | None:
        """Natural departures of a year, None without limit."""
        row = self._limits.get(year)
        if row is None or row.departures is None or self.scenario.value(tb.STAFF_CHANGE_FREE) >= 0.5:
            return None
        return float(row.departures)

    def equipped_today(self, site: str) -> bool:
        """Ticked, or served cold today."""
        row = self.equipment.get(site)
        return bool(row is not None and row.regeneration) or self._cold_today(site)

    def _cold_today(self, site: str) -> bool:
        demand = self.demand[site]
        if any(row.current_kitchen not in self.kitchens for row in demand):
            return False
        said = [(row.current_mode, row.meals) for row in demand if row.current_mode]
        if said:
            cold = sum(float(meals) for mode, meals in said if mode == "cold")
            hot = sum(float(meals) for mode, meals in said if mode == "hot")
            return cold > hot or (cold == hot and str(said[0][0]) == "cold")
        # nobody says: the first mode that every row accepts and its main kitchen makes
        shares: dict[str, float] = {}
        for row in demand:
            shares[row.current_kitchen] = shares.get(row.current_kitchen, 0.0) + row.meals
        made = self.kitchens[max(shares, key=lambda code: shares[code])].modes
        accepted = [mode for mode in ("hot", "cold") if all(mode in row.modes for row in demand)]
        first = next((mode for mode in accepted if mode in made), accepted[0] if accepted else demand[0].modes[0])
        return str(first) == "cold"

    def equipment_cost(self, site: str) -> tuple[float, int]:
        """Cost (€) and lifetime (years) of a site's regeneration equipment."""
        row = self.equipment.get(site)
        if row is not None:
            return float(row.cost), int(row.lifetime)
        return self.scenario.value(tb.REGENERATION_COST), round(self.scenario.value(tb.REGENERATION_LIFETIME))
