"""The audit's own accounts of a plan: expenses, actions, cost lines and key figures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import pandas as pd

from planner.plan import KpiValue, cents
from planner.problems.base import Costs, average
from planner.problems.kitchens import tables as tb
from planner.problems.kitchens.accepted import ways_of
from planner.problems.kitchens.rules import annuity, charged_until, net_investment
from planner.problems.kitchens.stops import least_served, stops
from planner.problems.kitchens.world import World
from planner.schema import Row
from planner.sites import DISCOUNT_RATE, DRIVER_COST, ETP_COST


class Ledger:
    """Accounts of the decisions read. `kitchen_expense`, `site_expense`: € spent by (code, year); `lifetimes` (years),
    `actions` likewise; `closings`, `approvals`: the year in which a kitchen closes, is approved;
    `changed`: the sites that depart from the accepted plan, with the first year they do."""

    def __init__(self, world: World, roadmap: Mapping[tuple[str, int], Row], feeding: Mapping[tuple[str, int], Row]) -> None:
        self.world, self.roadmap, self.feeding = world, roadmap, feeding
        self.rate = world.scenario.value(DISCOUNT_RATE) / 100
        self.kitchen_expense: dict[tuple[str, int], float] = {}
        self.site_expense: dict[tuple[str, int], float] = {}
        self.actions: dict[tuple[str, int], str] = {}
        self.lifetimes: dict[tuple[str, int], int] = {}
        self.closings: dict[str, int] = {}
        self.approvals: dict[str, int] = {}
        self.changed = world.accepted.changed(ways_of(row for row in feeding.values() if world.eats(row.site, row.year)))
        for code in world.kitchens:
            self._follow(code)
        for site in world.site_owner:
            bought = next((y for y in world.years if (row := feeding.get((site, y))) is not None and row.equipped), None)
            if bought is not None:
                self.site_expense[site, bought] = world.equipment_cost(site)[0]

    def _follow(self, code: str) -> None:
        """Actions and expenses of one kitchen, year after year."""
        before = self.world.today[code]
        works: int | None = None  # the level that last year's works prepared
        for year in self.world.years:
            row = self.roadmap.get((code, year))
            if row is None:
                continue
            if row.target is not None:
                self.actions[code, year] = "works"
                years = int(self.world.levels[code][row.target].works_years)
                self._spend(code, year, max(0.0, self._behind(code, row.target) - self._behind(code, row.level)) / max(1, years), row.target)
            elif row.level is None:
                self.actions[code, year] = "closed" if before is None else "closing"
                if before is not None:
                    self.closings[code] = year
            elif before is None or row.level > before:
                self.actions[code, year] = "opened" if before is None else "extended"
                if works != row.level:  # works were paid while they lasted
                    self._spend(code, year, max(0.0, self._behind(code, row.level) - self._behind(code, before)), row.level)
            else:
                self.actions[code, year] = "kept" if row.level == before else "reduced"
            if row.level is not None:
                held = row.level if row.target is None else row.target
                self._spend(code, year, self.kitchen_expense.get((code, year), 0.0) + self.world.refit(code, year), held)
            if row.level is not None and self._approved(row) and not self.world.kitchens[code].approved and code not in self.approvals:
                self.approvals[code] = year
            before, works = row.level, row.target

    def _approved(self, row: Row) -> bool:
        """Whether an open kitchen has its approval in the plan (plans made before it could be said: as the scenario says)."""
        return bool(self.world.kitchens[row.kitchen].approved if row.approved is None else row.approved)

    def _spend(self, code: str, year: int, amount: float, level: int) -> None:
        if amount > 0:
            self.kitchen_expense[code, year] = amount
            self.lifetimes[code, year] = int(self.world.levels[code][level].lifetime)

    def _behind(self, code: str, level: int | None) -> float:
        """Investment behind a level, subsidies deducted; what stands today is paid for, nothing stands behind no level."""
        today = self.world.today[code]
        if level is None or (today is not None and level <= today):
            return 0.0
        row = self.world.levels[code][level]
        return net_investment(row.investment, self.world.kitchens[code].subsidy, row.subsidy)

    def purchases(self) -> Iterator[tuple[str, int, float, int]]:
        """What is bought when, by kitchen or site: (code, year, €, lifetime). As in the annuities, whatever wears out before the end of
        the plan is bought again, in the years in which its establishment shares, as long as the kitchen is not closed and the site eats."""
        for (code, year), amount in self.kitchen_expense.items():
            lifetime = self.lifetimes[code, year]
            for again in range(year, self.world.years[-1] + 1, lifetime):
                if (code, again) in self.roadmap and again < self.closings.get(code, again + 1):
                    yield code, again, amount, lifetime
        for (site, year), amount in self.site_expense.items():
            lifetime = self.world.equipment_cost(site)[1]
            for again in range(year, min(self.world.years[-1] + 1, self._charged_until(site, year, lifetime)), lifetime):
                yield site, again, amount, lifetime

    def _charged_until(self, site: str, year: int, lifetime: int) -> int:
        """First year without the charge of the equipment that a site bought in a year."""
        return charged_until(year, lifetime, max((one for one in self.world.years if self.world.eats(site, one)), default=year))

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
            posts = float(row.staff or 0.0)
            lines.add(year, owner, code, "staff", posts, posts * self.world.scenario.value(ETP_COST), weight)
            lines.add(year, owner, code, "fixed", 1, self.world.levels[code][row.level].fixed_cost, weight)
            worked = self.world.holidays_worked(code, year) * kitchen.holiday_cost
            if worked:
                lines.add(year, owner, code, "holidays", 1, worked, weight)
        if self.approvals.get(code) == year:
            lines.add(year, owner, code, "approval", 1, kitchen.approval_cost or 0.0, weight)
        if self.actions.get((code, year)) == "closing":
            lines.add(year, owner, code, "closing", 1, kitchen.closing_cost, weight)
        if row is not None and year >= self.closings.get(code, year + 1) and kitchen.mothball_cost:
            lines.add(year, owner, code, "mothball", 1, kitchen.mothball_cost, weight)
        if row is not None and row.target is not None and self.world.levels[code][row.target].temporary_cost:
            lines.add(year, owner, code, "temporary", 1, self.world.levels[code][row.target].temporary_cost, weight)
        if row is None:
            return
        for (spender, when), amount in self.kitchen_expense.items():
            if spender == code and when <= year:
                lines.add(year, owner, code, "kitchen_investment", 1, annuity(amount, self.lifetimes[code, when], self.rate), weight)

    def _site_lines(self, lines: Costs, site: str, owner: str, year: int, weight: float) -> None:
        cost, lifetime = self.world.equipment_cost(site)
        if any(spender == site and when <= year < self._charged_until(site, when, lifetime) for spender, when in self.site_expense):
            lines.add(year, owner, site, "site_investment", 1, annuity(cost, lifetime, self.rate), weight)
        row = self.feeding.get((site, year))
        if row is None:
            return
        value, kitchen, meals = self.world.scenario.value, self.world.kitchens[row.kitchen], self.world.meals(site, year)
        paid = sum(each.price * self.world.row_meals(each, year) for each in self.world.demand[site])
        if paid:  # whoever cooks for a paying customer bears what that costs
            owner = kitchen.establishment
            lines.add(year, owner, site, "revenue", meals, -paid, weight)
        lines.add(year, owner, site, "food", meals, meals * kitchen.food_cost, weight)
        lines.add(year, owner, site, "other_variable", meals, meals * kitchen.other_cost, weight)
        if year >= value(tb.EGALIM_YEAR) and value(tb.EGALIM):
            lines.add(year, owner, site, "egalim", meals, meals * value(tb.EGALIM), weight)
        if value(tb.WASTE_PRICE):
            wasted = self.wasted(row)
            lines.add(year, owner, site, "waste", wasted, wasted * value(tb.WASTE_PRICE), weight)
        km, spent = self.delivered(row)
        if spent:  # the scenario may tell a cost without km, or the reverse
            lines.add(year, owner, site, "delivery", km, spent, weight)
        if km and value(tb.CO2_PRICE):
            tonnes = km * value(tb.TRUCK_CO2) / 1000
            lines.add(year, owner, site, "co2", tonnes, 0.0, weight, beyond=weight * tonnes * value(tb.CO2_PRICE))

    def delivered(self, row: Row) -> tuple[float, float]:
        """km and € of a year's deliveries, averaged over the cases; nothing at the same place. Where the scenario tells those of the
        pair: these, in proportion to the estimates of the year and of the first one in which the site eats."""
        driven, spent = self._estimated(row.kitchen, row.site, row.year)
        told, driven_first, spent_first = self._told(row)
        if told is None:
            return driven, spent
        return driven if told.km is None else told.km * driven / driven_first, told.cost * spent / spent_first

    def _told(self, row: Row) -> tuple[Row | None, float, float]:
        """What the scenario tells of a pair's deliveries (None: nothing that can be scaled), and the estimates that it stands for."""
        world = self.world
        told = world.deliveries.get((row.kitchen, row.site))
        first = next((year for year in world.years if world.eats(row.site, year)), None)
        driven, spent = (0.0, 0.0) if told is None or first is None else self._estimated(row.kitchen, row.site, first)
        return (told, driven, spent) if spent > 0 else (None, driven, spent)

    def delivery_from(self, row: Row) -> str:
        """Where the delivery cost of a row of the assignment comes from."""
        if not self.world.network.km_between(self.world.kitchens[row.kitchen].site, row.site) > 0:
            return "none"
        told = self._told(row)[0]
        return "estimate" if told is None else str(told.origin)

    def _estimated(self, kitchen: str, site: str, year: int) -> tuple[float, float]:
        """km and € of a year's deliveries by the parameters, averaged over the cases."""
        value, world = self.world.scenario.value, self.world
        place = world.kitchens[kitchen].site
        km, minutes = world.network.km_between(place, site), world.network.minutes_between(place, site)
        driven = spent = 0.0
        if not km > 0:
            return driven, spent
        drops = world.site_deliveries(site)
        for case in world.cases:
            meals = world.meals(site, year, case)
            if meals > 0:
                rounds = max(drops * value(tb.DELIVERY_SHARE), meals / value(tb.DELIVERY_TRUCK_MEALS))
                hours = (rounds * 2 * minutes + drops * value(tb.DELIVERY_STOP_MINUTES)) / 60
                driven += case.weight * rounds * 2 * km
                spent += case.weight * (rounds * 2 * km * value(tb.DELIVERY_KM_COST) + hours * (value(DRIVER_COST) + value(tb.DELIVERY_VEHICLE_HOUR)))
        return driven, spent

    def co2(self) -> float:
        """Tonnes a year of the deliveries, average over the plan."""
        driven = sum(self.delivered(row)[0] for row in self.feeding.values())
        return driven * self.world.scenario.value(tb.TRUCK_CO2) / 1000 / len(self.world.years)

    def wasted(self, row: Row) -> float:
        """kg of food thrown away in a year."""
        value = self.world.scenario.value
        grams = value(tb.WASTE_HOT if row.mode == "hot" else tb.WASTE_COLD)
        away = self.world.network.km_between(self.world.kitchens[row.kitchen].site, row.site) > 0
        return self.world.meals(row.site, row.year) * grams / 1000 * (1 + value(tb.WASTE_AWAY) / 100 if away else 1.0)

    # --- key figures -----------------------------------------------------------------------------------------

    def annual(self, costs: pd.DataFrame) -> float:
        """Average € per year of the plan (nominal)."""
        return average(costs["amount"].tolist(), len(self.world.years))

    def kpis(self, costs: pd.DataFrame) -> Iterator[KpiValue]:
        """Key figures of the group, then cost and meals of each establishment.

        An establishment's cost holds its kitchens, the meals its own sites eat, and those that its kitchens make for paying sites, less
        what these pay; its meals are those its sites eat.
        """
        world = self.world
        eaten: dict[str, float] = {}
        for site, owner in world.site_owner.items():
            fed = (world.meals(site, year) for year in world.years if (site, year) in self.feeding or not world.optional(site))
            eaten[owner] = eaten.get(owner, 0.0) + sum(fed) / len(world.years)
        yield from self._cost_and_meals(costs, sum(eaten.values()), "")
        last = world.years[-1]
        ending = [row for (_, year), row in self.roadmap.items() if year == last and row.level is not None]
        yield KpiValue("kitchens_open", float(len(ending)))
        yield KpiValue("staff_end", math.fsum(float(row.staff or 0.0) for row in ending))
        yield KpiValue("investment", cents(sum(self.kitchen_expense.values()) + sum(self.site_expense.values())))
        driven = [world.network.minutes_between(world.kitchens[row.kitchen].site, row.site) for row in self.feeding.values()]
        yield KpiValue("longest_minutes", max((minutes for minutes in driven if minutes == minutes), default=0.0))
        years = len(world.years)
        yield KpiValue("delivery_co2", self.co2())
        yield KpiValue("waste", sum(self.wasted(row) for row in self.feeding.values()) / 1000 / years)
        served = sum(world.meals(row.site, row.year) for row in self.feeding.values())
        hot = sum(world.meals(row.site, row.year) for row in self.feeding.values() if row.mode == "hot")
        yield KpiValue("hot_share", 100 * hot / served if served else 0.0)
        yield KpiValue("use_peak", max((self._use(code, year) for (code, year), row in self.roadmap.items() if row.level is not None), default=0.0))
        worst = least_served(stops(world, self.roadmap, self.feeding))
        if worst is not None:
            yield KpiValue("rescued", 100 * worst.served)
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
        size = self.world.capacity(code, row)
        return 100 * self.world.load(code, fed) / size if size else 0.0
