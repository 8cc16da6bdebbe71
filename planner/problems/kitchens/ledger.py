"""The audit's own accounts of a plan: expenses, actions, cost lines and key figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from planner.plan import KpiValue, cents
from planner.problems.base import Costs, average
from planner.problems.kitchens import tables as tb
from planner.problems.kitchens.accepted import ways_of
from planner.problems.kitchens.rules import annuity
from planner.problems.kitchens.world import World
from planner.schema import Row
from planner.sites import DISCOUNT_RATE, DRIVER_COST, ETP_COST, WEEKS_PER_YEAR


class Ledger:
    """Accounts of the decisions read. `kitchen_expense`, `site_expense`: € spent by (code, year); `actions` likewise;
    `changed`: the sites that depart from the accepted plan, with the first year they do."""

    def __init__(self, world: World, roadmap: Mapping[tuple[str, int], Row], feeding: Mapping[tuple[str, int], Row]) -> None:
        self.world, self.roadmap, self.feeding = world, roadmap, feeding
        self.rate = world.scenario.value(DISCOUNT_RATE) / 100
        self.kitchen_expense: dict[tuple[str, int], float] = {}
        self.site_expense: dict[tuple[str, int], float] = {}
        self.actions: dict[tuple[str, int], str] = {}
        self.changed = world.accepted.changed(ways_of(row for row in feeding.values() if world.meals(row.site, row.year) > 0))
        for code in world.kitchens:
            self._follow(code)
        for site in world.site_owner:
            bought = next((y for y in world.years if (row := feeding.get((site, y))) is not None and row.equipped), None)
            if bought is not None:
                self.site_expense[site, bought] = world.equipment_cost(site)[0]

    def _follow(self, code: str) -> None:
        """Actions and expenses of one kitchen, year after year."""
        before = self.world.today[code]
        for year in self.world.years:
            row = self.roadmap.get((code, year))
            if row is None:
                continue
            if row.level is None:
                self.actions[code, year] = "closed" if before is None else "closing"
            elif before is None:
                self.actions[code, year] = "opened"
                self._spend(code, year, self._behind(code, row.level))
            elif row.level > before:
                self.actions[code, year] = "extended"
                self._spend(code, year, self._behind(code, row.level) - self._behind(code, before))
            else:
                self.actions[code, year] = "kept" if row.level == before else "reduced"
            before = row.level

    def _spend(self, code: str, year: int, amount: float) -> None:
        if amount > 0:
            self.kitchen_expense[code, year] = amount

    def _behind(self, code: str, level: int) -> float:
        """Investment behind a level; what stands today is paid for."""
        today = self.world.today[code]
        return 0.0 if today is not None and level <= today else float(self.world.levels[code][level].investment)

    # --- cost lines ------------------------------------------------------------------------------------------

    def costs(self) -> pd.DataFrame:
        """The cost lines (table COSTS) of the decisions."""
        lines = Costs(tb.COSTS)
        for year in self.world.years:
            weight = (1 + self.rate) ** -(year - self.world.years[0])
            for code in self.world.kitchens:
                self._kitchen_lines(lines, code, year, weight)
            for site, owner in self.world.site_owner.items():
                self._site_lines(lines, site, owner, year, weight)
        for site, year in self.changed.items():
            lines.add(year, self.world.site_owner[site], site, "changes", 1, 0.0, beyond=self.world.accepted.price)
        return lines.frame()

    def _kitchen_lines(self, lines: Costs, code: str, year: int, weight: float) -> None:
        kitchen, row = self.world.kitchens[code], self.roadmap.get((code, year))
        owner = kitchen.establishment
        if row is not None and row.level is not None:
            posts = int(row.staff or 0)
            lines.add(year, owner, code, "staff", posts, posts * self.world.scenario.value(ETP_COST), weight)
            lines.add(year, owner, code, "fixed", 1, self.world.levels[code][row.level].fixed_cost, weight)
        if self.actions.get((code, year)) == "closing":
            lines.add(year, owner, code, "closing", 1, kitchen.closing_cost, weight)
        for (spender, when), amount in self.kitchen_expense.items():
            if spender == code and when <= year:
                lifetime = self.world.levels[code][self.roadmap[code, when].level].lifetime
                lines.add(year, owner, code, "kitchen_investment", 1, annuity(amount, lifetime, self.rate), weight)

    def _site_lines(self, lines: Costs, site: str, owner: str, year: int, weight: float) -> None:
        if any(spender == site and when <= year for spender, when in self.site_expense):
            cost, lifetime = self.world.equipment_cost(site)
            lines.add(year, owner, site, "site_investment", 1, annuity(cost, lifetime, self.rate), weight)
        row = self.feeding.get((site, year))
        if row is None:
            return
        kitchen, meals = self.world.kitchens[row.kitchen], self.world.meals(site, year)
        lines.add(year, owner, site, "food", meals, meals * kitchen.food_cost, weight)
        lines.add(year, owner, site, "other_variable", meals, meals * kitchen.other_cost, weight)
        km, minutes = self.world.network.km_between(kitchen.site, site), self.world.network.minutes_between(kitchen.site, site)
        if km > 0:
            value = self.world.scenario.value
            drops = value(tb.DELIVERIES_PER_WEEK) * value(WEEKS_PER_YEAR)
            rounds = max(drops * value(tb.DELIVERY_SHARE), meals / value(tb.DELIVERY_TRUCK_MEALS))
            hours = (rounds * 2 * minutes + drops * value(tb.DELIVERY_STOP_MINUTES)) / 60
            spent = rounds * 2 * km * value(tb.DELIVERY_KM_COST) + hours * (value(DRIVER_COST) + value(tb.DELIVERY_VEHICLE_HOUR))
            lines.add(year, owner, site, "delivery", rounds * 2 * km, spent, weight)

    # --- key figures -----------------------------------------------------------------------------------------

    def annual(self, costs: pd.DataFrame) -> float:
        """Average € per year of the plan (nominal)."""
        return average(costs["amount"].tolist(), len(self.world.years))

    def kpis(self, costs: pd.DataFrame) -> Iterator[KpiValue]:
        """Key figures of the group, then cost and meals of each establishment.

        An establishment's cost holds its kitchens (also what they make for others) and the meals its own
        sites eat; its meals are those its sites eat.
        """
        world = self.world
        eaten: dict[str, float] = {}
        for site, owner in world.site_owner.items():
            eaten[owner] = eaten.get(owner, 0.0) + sum(world.meals(site, year) for year in world.years) / len(world.years)
        yield from self._cost_and_meals(costs, sum(eaten.values()), "")
        last = world.years[-1]
        ending = [row for (_, year), row in self.roadmap.items() if year == last and row.level is not None]
        yield KpiValue("kitchens_open", float(len(ending)))
        yield KpiValue("staff_end", float(sum(int(row.staff or 0) for row in ending)))
        yield KpiValue("investment", cents(sum(self.kitchen_expense.values()) + sum(self.site_expense.values())))
        driven = [world.network.minutes_between(world.kitchens[row.kitchen].site, row.site) for row in self.feeding.values()]
        yield KpiValue("longest_minutes", max((minutes for minutes in driven if minutes == minutes), default=0.0))
        yield KpiValue("use_peak", max((self._use(code, year) for (code, year), row in self.roadmap.items() if row.level is not None), default=0.0))
        if world.accepted:
            yield KpiValue("changes", float(len(self.changed)))
        owners = sorted(set(eaten) | {str(owner) for owner in costs["establishment"].dropna().unique()})
        for owner in owners:
            yield from self._cost_and_meals(costs[costs["establishment"] == owner], eaten.get(owner, 0.0), owner)

    def _cost_and_meals(self, costs: pd.DataFrame, meals: float, owner: str) -> Iterator[KpiValue]:
        annual = self.annual(costs)
        yield KpiValue("annual_cost", annual, owner)
        if meals > 0:
            yield KpiValue("meal_cost", annual / meals, owner)
        yield KpiValue("meals", meals, owner)

    def _use(self, code: str, year: int) -> float:
        row = self.roadmap[code, year]
        fed = [served for (_, when), served in self.feeding.items() if when == year and served.kitchen == code]
        capacity = float(self.world.levels[code][row.level].capacity)
        return 100 * self.world.load(code, fed) / capacity if capacity else 0.0
