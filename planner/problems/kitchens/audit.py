"""Cost and every rule of a kitchens plan recomputed from the scenario and the plan's two decision tables.

Nothing here comes from the model: levels, kitchens, modes, posts and equipment are read from the tables as
anyone would, and everything else in them (loads, use, expenses, distances, cost lines) is computed again.
The rules are those of `planner.problems.kitchens.model`'s docstring; each has its own code of Issue.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from planner.issues import Issue
from planner.network import Network
from planner.plan import Audit, Plan
from planner.problems.base import check_same_scenario, compare_costs, cost_of, missing_tables
from planner.problems.kitchens import tables as tb
from planner.problems.kitchens.demand import Case
from planner.problems.kitchens.ledger import Ledger
from planner.problems.kitchens.rules import TOLERANCE
from planner.problems.kitchens.stops import stops
from planner.problems.kitchens.world import World
from planner.scenario import Scenario
from planner.schema import Row, rows


def audit(scenario: Scenario, network: Network, plan: Plan, assumed: Sequence[Case] | None = None) -> Audit:
    """All findings on a plan, its cost lines recomputed, and its key figures (group and establishments). `assumed`: cases of demand
    to judge it in, other than those that the scenario asks to hold in."""
    issues = check_same_scenario(scenario, plan) + missing_tables(tb.RESULTS, plan)
    if any(table.name not in plan.tables for table in (tb.ROADMAP, tb.ASSIGNMENT)):
        return Audit("kitchens", tuple(issues), 0.0, 0.0, tb.COSTS.frame())
    world = World(scenario, network, assumed)
    reading = Reading.of(world, plan)
    issues += reading.issues
    issues += _who_feeds(world, reading)
    issues += _levels(world, reading)
    issues += _work(world, reading)
    issues += _equipment(world, reading)
    ledger = Ledger(world, reading.roadmap, reading.feeding)
    issues += _budget(world, ledger)
    issues += _changes(world, ledger)
    issues += _co2(world, ledger)
    issues += _stops(world, reading)
    issues += _claims(world, reading, ledger)
    costs = ledger.costs()
    issues += compare_costs(tb.COSTS, plan, costs)
    return Audit("kitchens", tuple(issues), cost_of(costs), ledger.annual(costs), costs, tuple(ledger.kpis(costs)))


CLAIMS = ("kitchens_wrong_figure", "kitchens_wrong_delivery_source", "kitchens_wrong_action", "kitchens_fed_for_nothing", "wrong_cost_line", "wrong_cost", "wrong_bound")


def broken_in(scenario: Scenario, network: Network, plan: Plan, case: Case) -> Audit:
    """The plan judged in one case of demand: the rules it would break, and what it would cost."""
    found = audit(scenario, network, plan.with_(bound=None), (replace(case, weight=1.0),))
    return replace(found, issues=tuple(issue for issue in found.issues if issue.code not in CLAIMS))


@dataclass
class Reading:
    """The plan's decisions by year: `roadmap` (kitchen, year) and `feeding` (site, year), rows that can be read."""

    roadmap: dict[tuple[str, int], Row] = field(default_factory=dict)
    feeding: dict[tuple[str, int], Row] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)

    @staticmethod
    def of(world: World, plan: Plan) -> Reading:
        made = Reading()
        for row in rows(tb.ROADMAP, plan.tables[tb.ROADMAP.name]):
            where: dict[str, Any] = {"table": tb.ROADMAP.name, "row": row.index_}
            if row.kitchen not in world.kitchens or row.year not in world.years:
                made.issues.append(Issue.error("kitchens_stray_row", **where, item=str(row.kitchen), year=str(row.year)))
            elif (row.kitchen, row.year) in made.roadmap:
                made.issues.append(Issue.error("kitchens_row_twice", **where, item=row.kitchen, year=str(row.year)))
            elif unknown := [level for level in (row.level, row.target) if level is not None and level not in world.levels[row.kitchen]]:
                made.issues.append(Issue.error("kitchens_unknown_level", **where, column="level", kitchen=row.kitchen, year=str(row.year), level=unknown[0]))
            else:
                made.roadmap[row.kitchen, row.year] = row
        for row in rows(tb.ASSIGNMENT, plan.tables[tb.ASSIGNMENT.name]):
            where = {"table": tb.ASSIGNMENT.name, "row": row.index_}
            if row.site not in world.site_owner or row.year not in world.years:
                made.issues.append(Issue.error("kitchens_stray_row", **where, item=str(row.site), year=str(row.year)))
            elif (row.site, row.year) in made.feeding:
                made.issues.append(Issue.error("kitchens_fed_twice", **where, column="site", site=row.site, year=str(row.year)))
            elif row.kitchen not in world.kitchens or row.mode not in ("hot", "cold"):
                made.issues.append(Issue.error("kitchens_unknown_kitchen", **where, column="kitchen", site=row.site, year=str(row.year), kitchen=str(row.kitchen)))
            else:
                made.feeding[row.site, row.year] = row
        return made

    def level(self, kitchen: str, year: int) -> int | None:
        row = self.roadmap.get((kitchen, year))
        return None if row is None else row.level

    def posts(self, kitchen: str, year: int) -> float:
        row = self.roadmap.get((kitchen, year))
        return 0.0 if row is None else float(row.staff or 0.0)

    def as_today(self, world: World) -> bool:
        """Whether this is today's organisation: every kitchen at today's level, no works, every site fed by today's kitchen."""
        same = all(row.level == world.today[code] and row.target is None for (code, _), row in self.roadmap.items())
        return same and all(row.kitchen == world.fed_today(site) for (site, _), row in self.feeding.items())

    def fed_by(self, kitchen: str, year: int) -> list[Row]:
        return [row for (_, when), row in self.feeding.items() if when == year and row.kitchen == kitchen]


# --- who feeds whom ------------------------------------------------------------------------------------------


def _who_feeds(world: World, reading: Reading) -> list[Issue]:
    found: list[Issue] = []
    for site, year in ((s, y) for y in world.years for s in world.site_owner):
        row = reading.feeding.get((site, year))
        if row is None:
            if world.eats(site, year) and not world.optional(site):
                found.append(Issue.error("kitchens_not_fed", table=tb.ASSIGNMENT.name, column="site", site=site, year=str(year), meals=world.meals(site, year)))
            continue
        where: dict[str, Any] = {"table": tb.ASSIGNMENT.name, "row": row.index_, "site": site, "year": str(year), "kitchen": row.kitchen}
        if not world.eats(site, year):
            found.append(Issue.error("kitchens_fed_for_nothing", **where, column="site"))
            continue
        found += _pair(world, reading, row, where)
        imposed = world.imposed(site, year)
        if imposed not in (None, row.kitchen) and not world.on_its_way(str(imposed), reading.roadmap.get((str(imposed), year)), year):
            found.append(Issue.error("kitchens_site_lock_broken", **where, column="kitchen", imposed=imposed))
    return found


def _pair(world: World, reading: Reading, row: Row, where: dict[str, Any]) -> list[Issue]:
    """Whether this kitchen may feed this site in this mode."""
    kitchen = world.kitchens[row.kitchen]
    option = next(option for option in tb.MODES if option.code == row.mode)
    named = {**where, "mode_fr": option.fr, "mode_en": option.en}
    found: list[Issue] = []
    if reading.level(row.kitchen, row.year) is None:
        found.append(Issue.error("kitchens_closed_feeds", **where, column="kitchen"))
    if row.mode not in kitchen.modes:
        found.append(Issue.error("kitchens_mode_not_made", **named, column="mode"))
    eaten = world.eaten(row.site, row.year)
    if any(row.mode not in demand.modes for demand in eaten):
        found.append(Issue.error("kitchens_mode_refused", **named, column="mode"))
    if lacking := world.diets_lacking(row.kitchen, row.site, row.year):
        names = [one for one in tb.DIETS if one.code in lacking]
        found.append(Issue.error("kitchens_diet_not_made", **where, column="kitchen", diets_fr=", ".join(one.fr for one in names), diets_en=", ".join(one.en for one in names)))
    minutes = world.network.minutes_between(kitchen.site, row.site)
    if not math.isfinite(minutes):
        found.append(Issue.error("kitchens_unreachable", **where, column="kitchen"))
    elif minutes > world.longest[row.mode] * (1 + 1e-9):
        found.append(Issue.error("kitchens_too_far", **named, column="minutes", minutes=minutes, limit=world.longest[row.mode]))
    last = max(day for demand in eaten for day in world.days(demand))
    load = world.load(row.kitchen, [row])
    if row.mode == "hot" and (kitchen.production_days <= last or math.isinf(load)):
        found.append(Issue.error("kitchens_hot_days", **where, column="mode", production=kitchen.production_days, day_fr=tb.WEEKDAYS[last].fr, day_en=tb.WEEKDAYS[last].en))
    if row.mode == "cold":
        needed = max(world.storage(kitchen, demand, row.year) for demand in eaten)
        if kitchen.use_by_days < needed or math.isinf(load):
            found.append(Issue.error("kitchens_use_by", **where, column="kitchen", use_by=kitchen.use_by_days, needed=needed))
    return found


# --- levels over the years -----------------------------------------------------------------------------------


def _levels(world: World, reading: Reading) -> list[Issue]:
    found: list[Issue] = []
    for code, kitchen in world.kitchens.items():
        before = world.today[code]
        ever_open = kitchen.status == "existing"
        works = Works()
        held = bool(kitchen.approved)
        for year in world.years:
            row = reading.roadmap.get((code, year))
            where: dict[str, Any] = {"table": tb.ROADMAP.name, "row": None if row is None else row.index_, "kitchen": code, "year": str(year)}
            level = reading.level(code, year)
            if row is None:
                if world.shares(kitchen.establishment, year):
                    found.append(Issue.error("kitchens_no_row", **where))
                continue
            found += works.follow(world, row, before, where)
            if level is not None:
                approved = bool(kitchen.approved if row.approved is None else row.approved)
                if approved and not kitchen.approved and kitchen.approval_cost is None:
                    found.append(Issue.error("kitchens_approval_unknown", **where, column="approved"))
                if held and not approved and before is not None:
                    found.append(Issue.error("kitchens_approval_lost", **where, column="approved"))
                held = approved
                if not approved:
                    found += _exemption(world, reading, row, where)
            if level is not None:
                if not world.shares(kitchen.establishment, year):
                    found.append(Issue.error("kitchens_not_member", **where, column="level", establishment=kitchen.establishment))
                if before is None and ever_open:
                    found.append(Issue.error("kitchens_reopened", **where, column="level"))
                elif kitchen.status == "candidate" and year < world.first_opening(code):
                    found.append(Issue.error("kitchens_too_early", **where, column="level", earliest=str(world.first_opening(code))))
            if world.locked(code, year, "close") and (level is not None or row.target is not None):
                found.append(Issue.error("kitchens_lock_close_broken", **where, column="level"))
            if world.locked(code, year, "keep", "open") and level is None and world.can_open(code, year) and not world.on_its_way(code, row, year):
                found.append(Issue.error("kitchens_lock_open_broken", **where, column="level"))
            before, ever_open = level, ever_open or level is not None
    return found


@dataclass
class Works:
    """The works of a kitchen as they go: towards `target` from `level`, in their year `step` (0: none)."""

    level: int | None = None
    target: int | None = None
    step: int = 0

    def follow(self, world: World, row: Row, before: int | None, where: dict[str, Any]) -> list[Issue]:
        """One year more, and whether it may follow what was."""
        levels = world.levels[row.kitchen]
        wrong = False
        if self.target is not None and self.step < levels[self.target].works_years:  # still to go on
            wrong = (row.level, row.target) != (self.level, self.target)
        elif self.target is not None:
            wrong = row.target is not None or row.level != self.target
        elif row.target is not None:  # a closed kitchen stays closed
            gone = before is None and world.kitchens[row.kitchen].status == "existing"
            wrong = gone or row.level != before or row.target <= (before or 0) or not levels[row.target].works_years
        elif row.level is not None and row.level > (before or 0):
            wrong = levels[row.level].works_years > 0
        going_on = row.target is not None and (self.level, self.target) == (row.level, row.target)
        self.level, self.target, self.step = row.level, row.target, 0 if row.target is None else self.step + 1 if going_on else 1
        return [Issue.error("kitchens_works_broken", **where, column="target")] if wrong else []


def _exemption(world: World, reading: Reading, row: Row, where: dict[str, Any]) -> list[Issue]:
    """What a kitchen without approval may not deliver."""
    fed = reading.fed_by(row.kitchen, row.year)
    place = world.kitchens[row.kitchen].site
    rule = world.exemption
    away = [one for one in fed if world.network.km_between(place, one.site) > 0]
    found = [
        Issue.error("kitchens_exemption_far", **where, column="approved", site=one.site, km=world.crow(place, one.site), limit=rule.km)
        for one in away if world.crow(place, one.site) >= rule.km
    ]  # fmt: skip
    for case, least in itertools.product(world.cases, world.seasons):
        delivered, made = (sum(world.week_meals(one.site, row.year, case, least) for one in some) for some in (away, fed))
        if not rule.allows(delivered, made):
            return [*found, Issue.error("kitchens_exemption", **where, column="approved", delivered=delivered, made=made,
                                        most=rule.meals, more=rule.more_meals, percent=100 * rule.share)]  # fmt: skip
    return found


# --- capacity and posts --------------------------------------------------------------------------------------


def _work(world: World, reading: Reading) -> list[Issue]:
    found: list[Issue] = []
    as_today = reading.as_today(world)
    for year in world.years:
        kept = total = 0.0
        open_, most = sum(reading.level(code, year) is not None for code in world.kitchens), world.most_open(year)
        if most is not None and open_ > most:
            found.append(Issue.error("kitchens_too_many_open", table=tb.ROADMAP.name, column="level", year=str(year), open=open_, most=most))
        for code, kitchen in world.kitchens.items():
            row, level = reading.roadmap.get((code, year)), reading.level(code, year)
            where: dict[str, Any] = {"table": tb.ROADMAP.name, "row": None if row is None else row.index_, "kitchen": code, "year": str(year)}
            posts = reading.posts(code, year)
            total += posts
            kept += reading.posts(code, year - 1)
            if kitchen.status == "existing":
                here, before = world.shares(kitchen.establishment, year), year > world.years[0] and world.shares(kitchen.establishment, year - 1)
                kept += float(kitchen.staff) * (int(here) - int(before))
            if level is None:
                if posts:
                    found.append(Issue.error("kitchens_posts_when_closed", **where, column="staff", posts=posts))
                continue
            assert row is not None
            if abs(posts - round(posts)) > TOLERANCE and not (as_today and posts >= float(kitchen.staff) - TOLERANCE):
                found.append(Issue.error("kitchens_posts_not_whole", **where, column="staff", posts=posts))
            size, fed = world.levels[code][level], reading.fed_by(code, year)
            found += _loads(world, row, fed, where)
            work = world.work(code, fed)
            if posts * kitchen.productivity < work * (1 - TOLERANCE):
                found.append(Issue.error("kitchens_posts_short", **where, column="staff", posts=posts, meals=work, needed=work / kitchen.productivity))
            if posts < size.min_staff - TOLERANCE and world.capacity(code, row) > 0:
                found.append(Issue.error("kitchens_posts_below_minimum", **where, column="staff", posts=posts, minimum=float(size.min_staff)))
        allowed = world.departures(year)
        if allowed is not None and total < kept - allowed - TOLERANCE * max(1.0, kept):
            found.append(Issue.error("kitchens_departures", table=tb.ROADMAP.name, column="staff", year=str(year), before=float(kept),
                                     after=total, allowed=float(allowed)))  # fmt: skip
    return found


def _loads(world: World, row: Row, fed: list[Row], where: dict[str, Any]) -> list[Issue]:
    """Capacities of the busiest production day, then each day of the year."""
    load, chilled = world.load(row.kitchen, fed), world.load(row.kitchen, fed, mode="cold")
    capacity, chilling = world.capacity(row.kitchen, row), world.chilling(row.kitchen, row)
    if not math.isfinite(load):
        return []
    found = []
    if load > capacity * (1 + TOLERANCE):
        found.append(Issue.error("kitchens_over_capacity", **where, column="load", load=load, capacity=capacity))
    if chilled > chilling * (1 + TOLERANCE):
        found.append(Issue.error("kitchens_over_chilling", **where, column="chilled", load=chilled, capacity=chilling))
    for case in world.cases:
        daily = world.daily(row.kitchen, row.year, fed, case, capacity, chilling)
        short = np.flatnonzero(daily.unmade > 1e-6 * max(1.0, load))
        if len(short):
            day = int(short[0])
            return [*found, Issue.error("kitchens_day_short", **where, column="load", date=str(daily.days[day]), meals=float(daily.unmade[day]))]
    return found


# --- equipment and budget ------------------------------------------------------------------------------------


def _equipment(world: World, reading: Reading) -> list[Issue]:
    found: list[Issue] = []
    for site in world.site_owner:
        owned = world.equipped_today(site)
        for year in world.years:
            row = reading.feeding.get((site, year))
            if row is None:
                continue
            where: dict[str, Any] = {"table": tb.ASSIGNMENT.name, "row": row.index_, "column": "equipped", "site": site, "year": str(year)}
            if row.equipped and owned:
                found.append(Issue.error("kitchens_equipped_twice", **where))
            owned = owned or bool(row.equipped)
            if row.mode == "cold" and not owned:
                found.append(Issue.error("kitchens_not_equipped", **where))
    return found


def _budget(world: World, ledger: Ledger) -> list[Issue]:
    spent: dict[int, float] = defaultdict(float)
    for (_, year), amount in (*ledger.kitchen_expense.items(), *ledger.site_expense.items()):
        spent[year] += amount
    found = []
    for year in world.years:
        budget = world.budget(year)
        if budget is not None and spent[year] > budget * (1 + TOLERANCE):
            found.append(Issue.error("kitchens_over_budget", table=tb.ROADMAP.name, column="investment", year=str(year), spent=spent[year], budget=budget))
    return found


def _changes(world: World, ledger: Ledger) -> list[Issue]:
    count, limit = len(ledger.changed), world.accepted.most
    return [Issue.error("kitchens_too_many_changes", table=tb.ASSIGNMENT.name, changes=count, limit=limit)] if count > limit else []


def _co2(world: World, ledger: Ledger) -> list[Issue]:
    limit, found = world.scenario.value(tb.CO2_LIMIT), ledger.co2()
    over = limit < tb.CO2_LIMIT.most and found > limit * (1 + TOLERANCE)
    return [Issue.error("kitchens_over_co2", table=tb.ASSIGNMENT.name, co2=found, limit=limit)] if over else []


def _stops(world: World, reading: Reading) -> list[Issue]:
    """Where a share of the meals must still be served when any one kitchen stops."""
    least = world.scenario.value(tb.RESCUE_SHARE) / 100
    if not least:
        return []
    return [
        Issue.error("kitchens_rescue_short", table=tb.ROADMAP.name, kitchen=stop.kitchen, year=str(stop.year), share=100 * stop.served, least=100 * least,
                    month_fr=tb.MONTHS[stop.month - 1].fr, month_en=tb.MONTHS[stop.month - 1].en)
        for stop in stops(world, reading.roadmap, reading.feeding) if stop.served < least * (1 - TOLERANCE)
    ]  # fmt: skip


# --- what the tables claim -----------------------------------------------------------------------------------


def _claims(world: World, reading: Reading, ledger: Ledger) -> list[Issue]:
    found: list[Issue] = []

    def compare(table: str, row: Row, item: str, column: str, right: float) -> None:
        said = getattr(row, column)
        if said is None or abs(said - right) > max(1e-3, 1e-9 * abs(right)):
            found.append(
                Issue.error("kitchens_wrong_figure", table=table, row=row.index_, column=column, item=item, year=str(row.year),
                            figure_fr=_header(table, column, "fr"), figure_en=_header(table, column, "en"), claimed=float(said or 0.0), right=right)
            )  # fmt: skip

    for (code, year), row in reading.roadmap.items():
        fed = reading.fed_by(code, year)
        load = world.load(code, fed)
        capacity = world.capacity(code, row)
        figures = {
            "capacity": capacity, "load": load, "use": 100 * load / capacity if capacity else 0.0,
            "meals": sum(world.meals(r.site, year) for r in fed), "investment": ledger.kitchen_expense.get((code, year), 0.0),
            "chilled": world.load(code, fed, mode="cold"),
        }  # fmt: skip
        for column, right in figures.items():
            untold = column == "chilled" and row.chilled is None  # a plan made before it was told
            if math.isfinite(right) and not untold:
                compare(tb.ROADMAP.name, row, code, column, right)
        action = ledger.actions.get((code, year), "")
        if row.action != action:
            options = {option.code: option for option in tb.ACTIONS}
            claimed = options.get(row.action, tb.ACTIONS[0])
            found.append(Issue.error("kitchens_wrong_action", table=tb.ROADMAP.name, row=row.index_, column="action", kitchen=code, year=str(year),
                                     claimed_fr=claimed.fr, claimed_en=claimed.en, right_fr=options[action].fr, right_en=options[action].en))  # fmt: skip
    for (site, year), row in reading.feeding.items():
        place = world.kitchens[row.kitchen].site
        compare(tb.ASSIGNMENT.name, row, site, "meals", world.meals(site, year))
        for column, value in (("km", world.network.km_between(place, site)), ("minutes", world.network.minutes_between(place, site))):
            if math.isfinite(value):
                compare(tb.ASSIGNMENT.name, row, site, column, value)
        compare(tb.ASSIGNMENT.name, row, site, "delivery", ledger.delivered(row)[1])  # said nowhere in plans made before it was told
        reached = math.isfinite(world.network.km_between(place, site))
        if reached and row.delivery_from is not None and row.delivery_from != ledger.delivery_from(row):
            options = {option.code: option for option in tb.DELIVERY_SOURCES}
            claimed, right_one = options[row.delivery_from], options[ledger.delivery_from(row)]
            found.append(Issue.error("kitchens_wrong_delivery_source", table=tb.ASSIGNMENT.name, row=row.index_, column="delivery_from", site=site, year=str(year),
                                     claimed_fr=claimed.fr, claimed_en=claimed.en, right_fr=right_one.fr, right_en=right_one.en))  # fmt: skip
    return found


def _header(table: str, column: str, lang: str) -> str:
    declared = next(t for t in tb.RESULTS if t.name == table)
    return declared.column(column).header(lang)
