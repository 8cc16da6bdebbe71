"""Figures that cannot work, said before solving with both numbers; contradictions of the tables and the locks."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from planner.issues import Issue, errors
from planner.network import Network
from planner.problems.kitchens import tables as tb
from planner.problems.kitchens.data import NONE, Bools, Facts, Floats, Site, facts, plan_years
from planner.problems.kitchens.locks import OPENING, can_open, earliest, imposed, locked_open, must_open, shut
from planner.problems.kitchens.rules import COLD, MODE_CODES, TOLERANCE
from planner.scenario import Scenario
from planner.schema import Row
from planner.sites import PARAMETERS

SHOWN = 2  # nearest kitchens named per site that nobody can feed
NAMED = 5  # sites named by one finding about several


def check(scenario: Scenario, network: Network) -> list[Issue]:
    """All findings. The figures are only looked at when the tables themselves hold together."""
    found = tables(scenario)
    if errors(found):
        return found
    data = facts(scenario, network)
    found += _locks(data)
    found += _sites(data)
    if not errors(found):
        found += _capacity(data)
        found += _budget(data)
    return found


def tables(scenario: Scenario) -> list[Issue]:
    """Findings about the tables themselves: with an error among them, there are no facts to look at."""
    return [*_tables(scenario), *_demand(scenario), *_weights(scenario), *_limits(scenario)]


def mode_names(mode: int) -> dict[str, str]:
    """A mode's names, as arguments of an Issue."""
    option = next(option for option in tb.MODES if option.code == MODE_CODES[mode])
    return {"mode_fr": option.fr, "mode_en": option.en}


def limit_names(mode: int) -> dict[str, str]:
    """The names of the parameter that limits the minutes of a mode, as arguments of an Issue."""
    parameter = (tb.MAX_HOT_MINUTES, tb.MAX_COLD_MINUTES)[mode]
    return {"parameter_fr": parameter.fr, "parameter_en": parameter.en}


def day_names(day: int) -> dict[str, str]:
    """Names of a day of the week (0: Monday), as arguments of an Issue."""
    return {"day_fr": tb.WEEKDAYS[day].fr, "day_en": tb.WEEKDAYS[day].en}


def diet_names(diets: Iterable[str]) -> dict[str, str]:
    """Names of diets, as arguments of an Issue."""
    named = [option for option in tb.DIETS if option.code in set(diets)]
    return {"diets_fr": ", ".join(option.fr for option in named), "diets_en": ", ".join(option.en for option in named)}


def some(codes: Sequence[str]) -> str:
    """The first of them, and how many more there are."""
    return ", ".join(codes[:NAMED]) + (f" (+{len(codes) - NAMED})" if len(codes) > NAMED else "")


# --- the tables ----------------------------------------------------------------------------------------------


def _tables(scenario: Scenario) -> Iterator[Issue]:
    levels: dict[str, list[Row]] = {}
    for row in scenario.rows(tb.LEVELS.name):
        levels.setdefault(row.kitchen, []).append(row)
    for row in scenario.rows(tb.KITCHENS.name):
        own = sorted(levels.get(row.kitchen, []), key=lambda level: int(level.level))
        ticked = [level for level in own if level.today]
        if not own:
            yield Issue.error("kitchens_no_level", table=tb.KITCHENS.name, row=row.index_, column="kitchen", kitchen=row.kitchen)
        elif row.status == "existing" and len(ticked) != 1:
            yield Issue.error("kitchens_today_level", table=tb.KITCHENS.name, row=row.index_, column="status", kitchen=row.kitchen, count=len(ticked))
        elif row.status == "candidate" and ticked:
            yield Issue.warning("kitchens_today_candidate", table=tb.LEVELS.name, row=ticked[0].index_, column="today", kitchen=row.kitchen)
        for below, above in itertools.pairwise(own):
            chills_more = above.capacity == below.capacity and _chilling(above) > _chilling(below)
            if above.capacity <= below.capacity and not chills_more:
                yield Issue.error("kitchens_levels_order", table=tb.LEVELS.name, row=above.index_, column="capacity", kitchen=row.kitchen,
                                  below=below.level, level=above.level, smaller=float(above.capacity), larger=float(below.capacity))  # fmt: skip
        if not row.modes:
            yield Issue.error("kitchens_no_mode", table=tb.KITCHENS.name, row=row.index_, column="modes", kitchen=row.kitchen)


def _chilling(level: Row) -> float:
    return math.inf if level.cold_capacity is None else float(level.cold_capacity)


def _demand(scenario: Scenario) -> Iterator[Issue]:
    table = tb.DEMAND.name
    status = {row.kitchen: row.status for row in scenario.rows(tb.KITCHENS.name)}
    by_site: dict[str, list[Row]] = {}
    for row in scenario.rows(table):
        if row.meals:
            by_site.setdefault(row.site, []).append(row)
    for site, rows in by_site.items():
        first = rows[0]
        locks = list(dict.fromkeys(f"{row.lock} ({row.lock_from})" if row.lock_from is not None else str(row.lock) for row in rows if row.lock))
        if len(locks) > 1:
            yield Issue.error("kitchens_locks_differ", table=table, row=first.index_, column="lock", site=site, locks=", ".join(locks))
        feeding = list(dict.fromkeys(row.current_kitchen for row in rows if row.current_kitchen))
        if len(feeding) > 1:
            yield Issue.warning("kitchens_several_today", table=table, row=first.index_, column="current_kitchen", site=site, kitchens=", ".join(feeding))
        for code in feeding:
            if status.get(code) == "candidate":
                yield Issue.warning("kitchens_fed_by_candidate", table=table, row=first.index_, column="current_kitchen", site=site, kitchen=code)
        if any(row.optional for row in rows) and not all(row.optional for row in rows):
            yield Issue.error("kitchens_optional_differs", table=table, row=first.index_, column="optional", site=site)
        for row in rows:
            if row.days and row.consumption_days is not None and len(row.days) != row.consumption_days:
                yield Issue.error("kitchens_days_differ", table=table, row=row.index_, column="days", site=site, named=len(row.days), told=int(row.consumption_days))
            if row.from_year is not None and row.until_year is not None and row.until_year < row.from_year:
                yield Issue.error("kitchens_years_crossed", table=table, row=row.index_, column="until_year", site=site, first=str(row.from_year), last=str(row.until_year))
        if any(not row.modes for row in rows) or not set.intersection(*(set(row.modes) for row in rows)):
            yield Issue.error("kitchens_modes_differ", table=table, row=first.index_, column="modes", site=site)


def _weights(scenario: Scenario) -> Iterator[Issue]:
    weights: dict[str, float] = {}
    for row in scenario.rows(tb.SCENARIOS.name):
        weights[row.scenario] = max(float(row.weight), weights.get(row.scenario, 0.0))
    if sum(weights.values()) > 100 * (1 + TOLERANCE):
        yield Issue.warning("kitchens_weights_over", table=tb.SCENARIOS.name, column="weight", total=sum(weights.values()))


def _limits(scenario: Scenario) -> Iterator[Issue]:
    """Years of the plan that the yearly limits, where there are some, leave without any."""
    told = {row.year for row in scenario.rows(tb.YEARS.name)}
    missing = [year for year in plan_years(scenario) if year not in told]
    if told and missing:
        yield Issue.warning("kitchens_years_unlimited", table=tb.YEARS.name, column="year", years=", ".join(map(str, missing)))


# --- locks ---------------------------------------------------------------------------------------------------


def _locks(data: Facts) -> Iterator[Issue]:
    for kitchen in data.kitchens:
        row = kitchen.row
        if row.lock_until is not None and (row.lock == "free" or row.lock_until < max(row.lock_from or 0, data.years[0])):
            code = "kitchens_lock_year_alone" if row.lock == "free" else "kitchens_lock_too_soon"
            yield Issue.warning(code, table=tb.KITCHENS.name, row=row.index_, column="lock_until", kitchen=kitchen.code, year=str(row.lock_until))
        elif row.lock_from is not None and (row.lock == "free" or row.lock_from > data.years[-1]):
            code = "kitchens_lock_year_alone" if row.lock == "free" else "kitchens_lock_too_late"
            yield Issue.warning(code, table=tb.KITCHENS.name, row=row.index_, column="lock_from", kitchen=kitchen.code, year=str(row.lock_from), last=str(data.years[-1]))
        elif row.lock in OPENING and not locked_open(data, kitchen).any():
            yield Issue.error("kitchens_lock_never_open", table=tb.KITCHENS.name, row=row.index_, column="lock", kitchen=kitchen.code,
                              earliest=earliest(data, kitchen), last=data.years[-1])  # fmt: skip
    for j, site in enumerate(data.sites):
        if site.lock == NONE:
            continue
        kitchen = data.kitchens[site.lock]
        where: dict[str, Any] = {"table": tb.DEMAND.name, "row": site.rows[0].index_, "column": "lock"}
        years = imposed(data, j)
        if years.any() and shut(data, kitchen)[years].all():
            yield Issue.error("kitchens_lock_contradiction", **where, site=site.code, kitchen=kitchen.code)
        elif not (can_open(data, kitchen) & years).any():
            yield Issue.warning("kitchens_lock_idle", **where, site=site.code, kitchen=kitchen.code)
        elif all((site.lock, j, mode) in data.refusals for mode in range(2)):
            yield Issue.error("kitchens_lock_impossible", **where, site=site.code, kitchen=kitchen.code)
            yield from _why_not(data, site.lock, j)


# --- sites ---------------------------------------------------------------------------------------------------


def _sites(data: Facts) -> Iterator[Issue]:
    usable = np.array([can_open(data, kitchen) for kitchen in data.kitchens]).reshape(len(data.kitchens), data.T)
    largest = np.array([float(kitchen.capacity.max()) if kitchen.levels else 0.0 for kitchen in data.kitchens])
    idle = np.flatnonzero(data.eats.any(axis=0) & ~usable.any(axis=0))
    if len(idle):  # said once, not for each site
        yield Issue.error("kitchens_none_open", table=tb.KITCHENS.name, column="lock", year=str(data.years[idle[0]]), count=len(data.kitchens),
                          closed=sum(bool(shut(data, kitchen)[idle[0]]) for kitchen in data.kitchens))  # fmt: skip
        return
    beyond: list[int] = []
    for j, site in enumerate(data.sites):
        if site.new and not site.optional and site.kitchen_today == NONE and data.eats[j].any():
            yield Issue.warning("kitchens_new_unfed", table=tb.DEMAND.name, row=site.rows[0].index_, column="current_kitchen", site=site.code,
                                year=str(data.years[int(data.eats[j].argmax())]))  # fmt: skip
        if site.optional:
            continue
        ways = [(k, m) for k in range(len(data.kitchens)) for m in range(2) if (k, j, m) not in data.refusals]
        if not ways:
            beyond.append(j)
            continue
        possible = np.zeros(data.T, dtype=bool)
        for k, m in ways:
            possible |= usable[k] & (data.load[k, j, m] <= largest[k] * (1 + TOLERANCE))
        for t in np.flatnonzero(data.eats[j] & ~possible)[:1]:
            over = [(float(data.load[k, j, m, t]), float(largest[k]), data.kitchens[k].code) for k, m in ways if usable[k, t]]
            where: dict[str, Any] = {"table": tb.DEMAND.name, "row": site.rows[0].index_, "column": "site", "site": site.code, "year": str(data.years[t])}
            if not over:
                yield Issue.error("kitchens_nobody_feeds_year", **where)
                continue
            load, capacity, code = min(over, key=lambda way: way[0] - way[1])
            if math.isfinite(load):
                yield Issue.error("kitchens_nobody_large", **where, kitchen=code, load=load, capacity=capacity, missing=math.ceil(load - capacity))
            else:
                yield Issue.error("kitchens_nobody_on_holidays", **where, kitchen=code)
    reached = _limits_of_minutes(data, beyond, usable, largest)
    for m, (minutes, sites) in reached.items():
        args: dict[str, Any] = {**mode_names(m), "limit": data.longest[m], "needed": math.ceil(minutes - 1e-9), **limit_names(m)}
        yield Issue.error("kitchens_minutes_short", table=PARAMETERS.name, column="value", count=len(sites), sites=some([data.sites[j].code for j in sites]), **args)
    for j in beyond:
        if any(j in sites for _, sites in reached.values()):
            continue
        yield Issue.error("kitchens_nobody_feeds", table=tb.DEMAND.name, row=data.sites[j].rows[0].index_, column="site", site=data.sites[j].code)
        near = sorted(range(len(data.kitchens)), key=lambda k: float(np.nan_to_num(data.minutes[k, j], nan=1e9)))
        for k in near[:SHOWN]:
            yield from _why_not(data, k, j)


def _limits_of_minutes(data: Facts, beyond: list[int], usable: Bools, largest: Floats) -> dict[int, tuple[float, list[int]]]:
    """By mode, the limit of minutes that would bring each of its sites within reach of a kitchen that could feed it, and these sites,
    where there are several; one mode for all of them where one will do."""
    least: dict[int, dict[int, float]] = {}  # site, mode: minutes from the nearest kitchen that only the limit keeps from it
    for j in beyond:
        for k, m in itertools.product((int(k) for k in np.flatnonzero(usable.any(axis=1))), range(2)):
            refusal, load = data.refusals[k, j, m], data.load[k, j, m]
            if refusal.rule == "minutes" and np.isfinite(load).all() and load[load > 0].min(initial=math.inf) <= largest[k] * (1 + TOLERANCE):
                own = least.setdefault(j, {})
                own[m] = min(own.get(m, math.inf), refusal.found)
    if len(least) < 2:
        return {}  # said with its causes
    alone = {m: max(own[m] for own in least.values()) for m in range(2) if all(m in own for own in least.values())}
    if alone:
        m = min(alone, key=lambda mode: alone[mode] - data.longest[mode])
        return {m: (alone[m], list(least))}
    found: dict[int, tuple[float, list[int]]] = {}
    for j, own in least.items():
        m = min(own, key=lambda mode: own[mode] - data.longest[mode])
        minutes, sites = found.get(m, (0.0, []))
        found[m] = max(minutes, own[m]), [*sites, j]
    return found


def _why_not(data: Facts, k: int, j: int) -> Iterator[Issue]:
    """Why a kitchen cannot feed a site: one finding per mode, with both figures."""
    for mode in range(2):
        refusal = data.refusals.get((k, j, mode))
        if refusal is None:
            continue
        kitchen, site = data.kitchens[k], data.sites[j]
        args: dict[str, Any] = {"table": tb.DEMAND.name, "row": site.rows[0].index_, "column": "site", "site": site.code, "kitchen": kitchen.code, **mode_names(mode)}
        if refusal.rule == "mode_made":
            yield Issue.error("kitchens_why_mode_made", **args)
        elif refusal.rule == "mode_accepted":
            yield Issue.error("kitchens_why_mode_accepted", **args)
        elif refusal.rule == "diet":
            args |= diet_names(refusal.diets)
            yield Issue.error("kitchens_why_diet", **args)
            return  # the same in either mode
        elif refusal.rule == "unreachable":
            yield Issue.error("kitchens_why_unreachable", **args)
        elif refusal.rule == "minutes":
            yield Issue.error("kitchens_why_minutes", **args, minutes=refusal.found, limit=refusal.allowed)
        elif refusal.rule == "hot_days":
            args |= day_names(int(refusal.allowed))
            yield Issue.error("kitchens_why_hot_days", **args, production=int(refusal.found))
        elif refusal.rule == "hot_holidays":
            yield Issue.error("kitchens_why_holidays", **args)
        elif refusal.rule == "use_by":
            yield Issue.error("kitchens_why_use_by", **args, use_by=int(refusal.found), needed=int(refusal.allowed))
        else:
            yield Issue.error("kitchens_why_capacity", **args, load=refusal.found, capacity=refusal.allowed)


# --- totals --------------------------------------------------------------------------------------------------


def least_load(data: Facts, j: int, t: int, n: int) -> float:
    """Smallest of the n-th loads (meals per production day) that a site can put on a kitchen in a year."""
    found = [float(data.case_load[n, k, j, m, t]) for k in range(len(data.kitchens)) for m in range(2) if (k, j, m) not in data.refusals]
    return min(found, default=0.0)


def _capacity(data: Facts) -> Iterator[Issue]:
    for t, year in enumerate(data.years):
        sizes = sorted((float(kitchen.capacity.max()) for kitchen in data.kitchens if can_open(data, kitchen)[t]), reverse=True)
        few = len(sizes) > data.most_open[t]
        capacity = sum(sizes[: int(data.most_open[t])] if few else sizes)
        eaters = [j for j in range(len(data.sites)) if data.eats[j, t] and not data.sites[j].optional]
        need = max(sum(least_load(data, j, t, n) for j in eaters) for n in range(len(data.case_load)))
        if need > capacity * (1 + 1e-9):
            if few:
                yield Issue.error("kitchens_too_few_open", table=tb.YEARS.name, column="kitchens", year=str(year), most=int(data.most_open[t]), capacity=capacity, need=need)
            else:
                yield Issue.error("kitchens_capacity_short", table=tb.LEVELS.name, column="capacity", year=str(year), capacity=capacity, need=need)


def _budget(data: Facts) -> Iterator[Issue]:
    """Years whose compulsory expenses (openings imposed, sites with no choice but cold) exceed the budget."""
    for t, year in enumerate(data.years):
        openings = sum(_forced_opening(data, k, t) for k in range(len(data.kitchens)))
        # equipment can be bought in any earlier year the site eats: compulsory in the first year only
        sites = sum(site.equipment_cost for j, site in enumerate(data.sites) if t == 0 and _must_equip(data, j, site))
        if openings + sites > data.budget[t] * (1 + 1e-9):
            yield Issue.error("kitchens_budget_short", table=tb.YEARS.name, column="investment", year=str(year), budget=float(data.budget[t]),
                              compulsory=openings + sites, openings=openings, sites=sites)  # fmt: skip


def _forced_opening(data: Facts, k: int, t: int) -> float:
    """Least expense of a candidate that must open, when this is the only year it can do so."""
    kitchen = data.kitchens[k]
    years, due = np.flatnonzero(can_open(data, kitchen)), np.flatnonzero(must_open(data, k))
    if kitchen.existing or not len(due) or due[0] != t or years[0] != t:
        return 0.0
    return float(min(0.0 if row.works_years else kitchen.base(level) for level, row in enumerate(kitchen.levels)))


def _must_equip(data: Facts, j: int, site: Site) -> bool:
    """Whether the site eats in the first year and nothing but cold meals, without equipment, can reach it then."""
    if not data.eats[j, 0] or site.equipped or site.optional:
        return False
    open_ = [k for k, kitchen in enumerate(data.kitchens) if can_open(data, kitchen)[0]]
    ways = [(k, m) for k in open_ for m in range(2) if (k, j, m) not in data.refusals]
    return bool(ways) and all(m == COLD for _, m in ways)
