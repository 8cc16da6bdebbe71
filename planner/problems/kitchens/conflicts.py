"""Why no plan keeps every rule: the smallest change that would make one possible, rule by rule.

The same program with slack on each business rule, minimising only what is broken:

    min  budget over (€, weight 1) + capacity over (meals/day) + posts gone beyond natural departures
         + minutes over the transport limits + kitchens open beyond their limit + locks given up
         + changes from the accepted plan and CO2 beyond their limits,
    each at the price below, all other costs zero.

A lock has a price per year, minutes one per site and year; but a lock is given up, and a limit of minutes raised, for all years and
sites at once: what the answer gives up costs nothing in the same program solved again, which keeps what is still needed.

Before that, where the number of changes from the accepted plan is limited: the same program without that limit,
all costs zero but one per changed site. Its optimum is the smallest limit that works, if any does. Likewise the limit of CO2.

Beside the smallest change, the rules that quarrel: a smallest set of the rules in force (locks, budgets, departures, minutes, use-by,
chilling, approval) that no plan keeps together, each tested by the same program with all costs zero. Where even none of them leaves
a plan, the data that would have to change, each kind by itself.

A price says what a unit of a rule is worth against a euro of budget; it decides which repair is proposed
first, not whether one exists.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse

from planner.issues import Issue
from planner.network import Network
from planner.problems.base import Rule, edited
from planner.problems.kitchens import tables as tb
from planner.problems.kitchens.data import NONE, Bools, Facts, Kitchen, facts
from planner.problems.kitchens.locks import can_open, imposed, locked_open, on_its_way, shut
from planner.problems.kitchens.plans import produced
from planner.problems.kitchens.policies import policies
from planner.problems.kitchens.precheck import limit_names, mode_names, some
from planner.problems.kitchens.program import Option, decisions_of, location, options
from planner.problems.kitchens.refusals import Refusal
from planner.problems.kitchens.rules import MODE_CODES, TOLERANCE
from planner.problems.kitchens.states import SHUT, State, breaks_lock, capacity, chilling, states
from planner.scenario import Scenario
from planner.sites import PARAMETERS
from planner.solvers import mip
from planner.solvers.conflicts import minimal_conflict
from planner.solvers.location import Anchor, Choice, Facility, Floats, Location
from planner.solvers.location_mip import solve_location
from planner.solvers.location_program import Broken, Elastic, Program, program
from planner.solvers.mip import Mip, MipStatus

MEAL_PRICE = 1500.0  # € per meal and day of capacity: about a new level's investment
POST_PRICE = 50_000.0  # € per post gone beyond natural departures: about a year of it
MINUTE_PRICE = 20_000.0  # € per site, year and minute over a transport limit
LOCK_PRICE = 2_000_000.0  # € per year in which a lock is given up
OPEN_PRICE = 2_000_000.0  # € per year and kitchen open beyond the limit
CHANGE_PRICE = 50_000.0  # € per site changed beyond the limit
CO2_TONNE_PRICE = 10_000.0  # € per tonne a year beyond the limit
MOST_MINUTES = 120.0  # beyond the limit, no pair is proposed
UNKNOWN_RULES = Issue.info("kitchens_conflict_rules_unknown")
ROUNDS = 4  # programs solved, at most, with what the one before gives up


def explain_conflict(
    data: Facts, seconds: float = 10.0, seed: int = 1, should_stop: Callable[[], bool] | None = None
) -> list[Issue]:
    """Findings that name the rules to relax and by how much; one saying that none was found in time otherwise.

    `seconds` for each of the searches (number of changes, CO2, other rules; twice as much for the last).
    """
    changes = _changes(data, seconds, seed, should_stop) or _co2(data, seconds, seed, should_stop)
    if changes is not None:
        return [changes]
    found = _smallest_change(data, seconds, seed, should_stop)
    if not found:
        return [Issue.error("kitchens_conflict_unknown")]
    beside = [Issue.info("kitchens_conflict_rescue", least=100 * data.least_rescued)] if data.least_rescued else []
    return [Issue.error("kitchens_conflict", count=len(found)), *found, *beside]


@dataclass(frozen=True)
class GivenUp:
    """Locks of kitchens and of sites, and pairs beyond a limit of minutes, by their numbers."""

    kitchens: frozenset[int] = frozenset()
    sites: frozenset[int] = frozenset()
    pairs: frozenset[Option] = frozenset()

    def and_(self, more: GivenUp) -> GivenUp:
        return GivenUp(self.kitchens | more.kitchens, self.sites | more.sites, self.pairs | more.pairs)

    def minutes(self, data: Facts, mode: int) -> float:
        """The limit of a mode that lets all its pairs through; 0 without any."""
        return max((data.refusals[pair].found for pair in self.pairs if pair[2] == mode), default=0.0)


def _smallest_change(data: Facts, seconds: float, seed: int, should_stop: Callable[[], bool] | None) -> list[Issue]:
    """What is to be changed, together; nothing where this was not found in time: `seconds`, and as much again for what is still
    needed once the locks and the limits of minutes in the way are given up."""
    began = time.monotonic()
    start: Floats | None = None
    pairs, minutes_over = _soft_pairs(data)
    free, found, least = GivenUp(), [], np.inf
    for place in range(ROUNDS):
        left = seconds * (2 if place else 1) - (time.monotonic() - began)
        if place and (left <= 0 or (should_stop is not None and should_stop())):
            break
        soft = _soft_location(data, pairs, minutes_over, free)
        made = program(soft, Elastic(budget=1.0, load=MEAL_PRICE, drop=POST_PRICE, open=OPEN_PRICE))
        result = mip.solve(_with_limits(data, made), seconds=left, gap=1e-3, seed=seed, start=start, should_stop=should_stop)
        if result.x is None or result.objective >= least:
            break
        start = result.x
        least, choice, broken = result.objective, made.choice(result.x), made.broken(result.x)
        given_up = _given_up(data, pairs, minutes_over, choice)
        found = [*_amounts(data, broken), *_capacities(data, pairs, choice, broken), *_minutes(data, given_up), *_locks(data, given_up), *_limits(data, soft, choice)]
        after = free.and_(given_up)
        if after == free:
            break
        free = after
    return found


def _with_limits(data: Facts, made: Program) -> Mip:
    """The program with priced slack on the limits of changes and of CO2, where there are some."""
    model, limits = made.model, list[tuple[list[tuple[int, float]], float, float]]()
    if made.u and data.most_changes < len(made.u):
        limits.append(([(column, 1.0) for column in made.u.values()], float(data.most_changes), CHANGE_PRICE))
    if made.data.quota_use is not None and np.isfinite(data.co2_limit):
        size = max(1.0, data.co2_limit)
        limits.append(([(x, float(made.data.quota_use[o, t]) / size) for (o, t), x in made.x.items()], data.co2_limit / size, CO2_TONNE_PRICE * size))
    columns, count = len(model.cost), len(limits)
    rows = sparse.lil_matrix((count, columns + count))
    for i, (terms, _, _) in enumerate(limits):
        for column, value in terms:
            rows[i, column] = value
        rows[i, columns + i] = -1.0
    wide = sparse.hstack([model.matrix, sparse.csr_matrix((len(model.row_lower), count))])
    return replace(
        model, matrix=sparse.csr_matrix(sparse.vstack([wide, rows])), cost=np.append(model.cost, [price for _, _, price in limits]),
        row_lower=np.append(model.row_lower, np.full(count, -np.inf)), row_upper=np.append(model.row_upper, [most for _, most, _ in limits]),
        lower=np.append(model.lower, np.zeros(count)), upper=np.append(model.upper, np.full(count, np.inf)),
        integer=np.append(model.integer, np.zeros(count, dtype=bool)),
    )  # fmt: skip


def conflicting_rules(
    scenario: Scenario, network: Network, seconds: float = 10.0, seed: int = 1, should_stop: Callable[[], bool] | None = None
) -> list[Issue]:
    """The rules in force that cannot hold together, no one of them too many; a finding that says so where they were not isolated in time."""
    began = time.monotonic()
    rules = [rule for rule in policies(scenario) if rule.kind == "rule"]

    def possible(kept: Sequence[Rule], more: Callable[[Scenario], Scenario] | None = None) -> bool | None:
        left = seconds - (time.monotonic() - began)
        if left <= 0 or (should_stop is not None and should_stop()):
            return None
        changed = scenario
        for rule in rules:
            if rule not in kept:
                changed = rule.change(changed)
        data = facts(changed if more is None else more(changed), network)
        result = solve_location(_costless(location(data, options(data))), seconds=left, gap=1.0, seed=seed, should_stop=should_stop)
        return True if result.choice is not None else False if result.status is MipStatus.INFEASIBLE else None

    without = possible([])
    if without is None:
        return [UNKNOWN_RULES]
    if not without:
        causes = [Issue.error(code) for code, change in CAUSES if possible([], change)]
        return [Issue.error("kitchens_conflict_data", count=len(causes)), *causes] if causes else [Issue.error("kitchens_conflict_without_rules")]
    found = minimal_conflict(rules, possible)
    if found is None:
        return [UNKNOWN_RULES]
    if not found:
        return []
    return [Issue.error("kitchens_conflict_rules", count=len(found)), *(replace(Issue.error("kitchens_conflict_rule"), expected=rule.name) for rule in found)]


def _larger(scenario: Scenario) -> Scenario:
    return edited(scenario, tb.LEVELS.name, lambda row: {"capacity": 1000 * row.capacity, "works_capacity": 100.0})


def _any_mode(scenario: Scenario) -> Scenario:
    return edited(scenario, tb.KITCHENS.name, lambda _: {"modes": tuple(MODE_CODES)})


def _seven_days(scenario: Scenario) -> Scenario:
    return edited(scenario, tb.KITCHENS.name, lambda _: {"production_days": 7})


def _at_once(scenario: Scenario) -> Scenario:
    return edited(edited(scenario, tb.LEVELS.name, lambda _: {"works_years": 0}), tb.KITCHENS.name, lambda _: {"earliest_year": None})


CAUSES = (("kitchens_cause_capacity", _larger), ("kitchens_cause_modes", _any_mode), ("kitchens_cause_days", _seven_days), ("kitchens_cause_opening", _at_once))


def _changes(data: Facts, seconds: float, seed: int, should_stop: Callable[[], bool] | None) -> Issue | None:
    """The limit on changes with the smallest number of changes that works; None where it is not what stands in the way."""
    hard = location(data, options(data))
    if hard.anchor is None or hard.anchor.most >= len(data.sites):
        return None
    free = _costless(replace(hard, anchor=replace(hard.anchor, price=1.0, most=np.inf)))
    result = solve_location(free, seconds=seconds, gap=0.0, seed=seed, should_stop=should_stop)
    if result.choice is None:
        return None
    needed = int(free.changed(result.choice.option).sum())
    if needed <= hard.anchor.most:
        return None
    proven = result.bound > needed - 1 + 1e-6  # whole numbers only
    code = "kitchens_changes_limit" if proven else "kitchens_changes_limit_found"
    return Issue.error(code, table=PARAMETERS.name, column="value", limit=data.most_changes, smallest=needed)


def _co2(data: Facts, seconds: float, seed: int, should_stop: Callable[[], bool] | None) -> Issue | None:
    """The limit of CO2 with the least found that works; None where it is not what stands in the way."""
    if not np.isfinite(data.co2_limit):
        return None
    hard = location(data, options(data))
    assert hard.quota_use is not None
    anchor = None if hard.anchor is None else replace(hard.anchor, price=0.0)  # nothing but CO2 is weighed
    free = replace(_costless(hard), cost=hard.quota_use, quota=np.inf, anchor=anchor)
    result = solve_location(free, seconds=seconds, gap=0.01, seed=seed, should_stop=should_stop)
    if result.choice is None:
        return None
    least = free.used(result.choice.option)
    if least <= data.co2_limit:
        return None
    return Issue.error("kitchens_co2_short", table=PARAMETERS.name, column="value", limit=data.co2_limit, least=float(np.ceil(least * 100) / 100))


def _costless(hard: Location) -> Location:
    """The program with every cost zero but that of changes."""
    facilities = tuple(replace(facility, arc_cost=np.zeros(len(facility.arcs))) for facility in hard.facilities)
    return replace(hard, facilities=facilities, cost=np.zeros(hard.cost.shape), setup_cost=np.zeros(hard.setup_cost.shape),
                   crew_cost=np.zeros(hard.crew_cost.shape))  # fmt: skip


def _soft_pairs(data: Facts) -> tuple[list[Option], dict[Option, float]]:
    """Pairs that rules allow, or forbid for the kitchen's size alone, and those that only a transport limit forbids with the minutes over it."""
    within = [(pair, refusal) for pair, refusal in data.refusals.items() if np.isfinite(data.load[pair]).all()]
    over = {pair: refusal.found - refusal.allowed for pair, refusal in within if refusal.rule == "minutes" and refusal.found - refusal.allowed <= MOST_MINUTES}
    return options(data) + sorted([*over, *(pair for pair, refusal in within if refusal.rule == "capacity")]), over


def _soft_location(data: Facts, pairs: list[Option], minutes_over: dict[Option, float], free: GivenUp) -> Location:
    """The program with every cost zero but the price of broken locks and minutes, which `free` need not pay; its budgets are kept as
    rows. A site may be larger than any kitchen."""
    unlimited = replace(data, budget=np.full(data.T, np.inf))
    larger = replace(unlimited, kitchens=tuple(_larger_kitchen(kitchen) for kitchen in data.kitchens))
    plain, hard = (location(made, pairs, obey_locks=False) for made in (unlimited, larger))
    price = np.zeros(hard.cost.shape)
    raised = [free.minutes(data, mode) for mode in range(len(MODE_CODES))]
    for o, pair in enumerate(pairs):
        if pair in minutes_over and data.refusals[pair].found > raised[pair[2]]:
            price[o] += MINUTE_PRICE * minutes_over[pair]
        lock = data.sites[pair[1]].lock
        if lock != NONE and pair[0] not in (lock, len(data.kitchens)) and pair[1] not in free.sites:
            price[o] += LOCK_PRICE * (can_open(data, data.kitchens[lock]) & imposed(data, pair[1]))
    facilities = tuple(
        replace(f, arc_cost=np.zeros(len(f.arcs))) if k in free.kitchens or k == len(data.kitchens) else _priced(data, data.kitchens[k], f)
        for k, f in enumerate(plain.facilities)
    )
    anchor = None if plain.anchor is None else Anchor(plain.anchor.departs, price=1.0)  # hardly more than nothing, that they be counted
    return replace(_costless(hard), facilities=facilities, cost=price, budget=data.budget, anchor=anchor, quota=np.inf)


def _larger_kitchen(kitchen: Kitchen) -> Kitchen:
    return replace(kitchen, levels=tuple(type(level)(**{**vars(level), "capacity": 1e4 * max(1.0, level.capacity)}) for level in kitchen.levels))


def _priced(data: Facts, kitchen: Kitchen, facility: Facility) -> Facility:
    """Arcs that cost nothing, but the price of the lock where they break it."""
    every = states(kitchen)
    cost = [LOCK_PRICE if _breaks_lock(data, kitchen, every[after], int(t)) else 0.0 for t, _, after in facility.arcs]
    return replace(facility, arc_cost=np.array(cost))


def _breaks_lock(data: Facts, kitchen: Kitchen, state: State, t: int) -> bool:
    """Whether a state breaks the kitchen's own lock."""
    return breaks_lock(data, kitchen, state, t, locked_open(data, kitchen), shut(data, kitchen))


def _amounts(data: Facts, broken: Broken) -> Iterator[Issue]:
    for t, year in enumerate(data.years):
        if broken.budget[t] > 0.5:
            yield Issue.error("kitchens_relax_budget", table=tb.YEARS.name, column="investment", year=str(year),
                              budget=float(data.budget[t]), more=100.0 * float(np.ceil(broken.budget[t] * (1 - TOLERANCE) / 100)))  # fmt: skip
        if broken.open[t] > 1e-4:
            yield Issue.error("kitchens_relax_open", table=tb.YEARS.name, column="kitchens", year=str(year), most=int(data.most_open[t]), more=int(np.ceil(broken.open[t] - 1e-4)))
        if broken.drop[t] > 1e-4:
            yield Issue.error("kitchens_relax_departures", table=tb.YEARS.name, column="departures", year=str(year),
                              departures=float(data.departures[t]), more=float(np.ceil(broken.drop[t] * 10 - 1e-3) / 10))  # fmt: skip


def _capacities(data: Facts, pairs: list[Option], choice: Choice, broken: Broken) -> Iterator[Issue]:
    """What each kitchen lacks at most, and in which years: meals produced, chilled, delivered without approval."""
    used, chilled, _ = produced(data, decisions_of(data, pairs, choice))
    away, far = _away(data, pairs, choice, data.km > 0), _away(data, pairs, choice, data.far & (data.km > 0))
    for k, kitchen in enumerate(data.kitchens):
        every = states(kitchen)
        held = [every[s] if s >= 0 else SHUT for s in choice.state[k]]
        plain = used[k] - [capacity(kitchen, state) for state in held]
        cold = chilled[k] - [chilling(kitchen, state) for state in held]
        exempt = np.array([np.inf if state.approved or not state.is_open else data.exemption.meals for state in held])
        sent = np.maximum(away[k] - exempt, np.where(np.isfinite(exempt), far[k], 0.0))
        if not (np.maximum(plain, np.maximum(cold, sent)) > 1e-3).any():  # the program is stricter than the exemption: it counts the peak
            sent = np.where(np.isfinite(exempt), broken.load[k] * kitchen.row.production_days, 0.0)
        works = np.array([state.in_works for state in held])
        for code, column, over in (
            ("kitchens_relax_capacity", "capacity", np.where(works, 0.0, plain)), ("kitchens_relax_capacity_works", "works_capacity", np.where(works, plain, 0.0)),
            ("kitchens_relax_chilling", "cold_capacity", np.where(works, 0.0, cold)), ("kitchens_relax_chilling_works", "works_capacity", np.where(works, cold, 0.0)),
            ("kitchens_relax_approval", "approved", sent),
        ):  # fmt: skip
            years = [data.years[t] for t in np.flatnonzero(over > 1e-3)]
            if years:
                table = tb.KITCHENS if column == "approved" else tb.LEVELS
                yield Issue.error(code, table=table.name, column=column, kitchen=kitchen.code, year=_span(years), more=float(np.ceil(over.max() - 1e-3)))


def _away(data: Facts, pairs: list[Option], choice: Choice, which: Bools) -> Floats:
    """Meals a week (K, T) that each kitchen delivers to the sites of `which` (K, J), in the case that asks for most."""
    found = np.zeros((data.cases, len(data.kitchens), data.T))
    for j, t in np.argwhere(choice.option >= 0):
        k = pairs[int(choice.option[j, t])][0]
        if k < len(data.kitchens) and which[k, j]:
            found[:, k, t] += data.week_meals[:, j, t]
    return np.asarray(found.max(axis=0), dtype=np.float64)


def _span(years: list[int]) -> str:
    return str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}"


def _given_up(data: Facts, pairs: list[Option], minutes_over: dict[Option, float], choice: Choice) -> GivenUp:
    kitchens = frozenset(
        k for k, kitchen in enumerate(data.kitchens)
        if any(choice.state[k, t] >= 0 and _breaks_lock(data, kitchen, states(kitchen)[choice.state[k, t]], t) for t in range(data.T))
    )  # fmt: skip
    sites = set()
    for j, site in enumerate(data.sites):
        fed = [pairs[int(o)][0] if o >= 0 else NONE for o in choice.option[j]]
        if site.lock != NONE and any(k not in (NONE, site.lock, len(data.kitchens)) and _due(data, j, choice, t) for t, k in enumerate(fed)):
            sites.add(j)
    used = {pairs[int(o)] for o in choice.option[choice.option >= 0]}
    return GivenUp(kitchens, frozenset(sites), frozenset(used & set(minutes_over)))


def _minutes(data: Facts, given_up: GivenUp) -> Iterator[Issue]:
    """The limits of minutes to be raised, each with the only site concerned or with all of them."""
    for m in range(len(MODE_CODES)):
        pairs = sorted(pair for pair in given_up.pairs if pair[2] == m)
        if not pairs:
            continue
        k, j, _ = max(pairs, key=lambda pair: data.refusals[pair].found)
        refusal: Refusal = data.refusals[k, j, m]
        args: dict[str, Any] = {**mode_names(m), "limit": refusal.allowed, "needed": float(np.ceil(refusal.found - 1e-9)), **limit_names(m)}
        sites = list(dict.fromkeys(data.sites[pair[1]].code for pair in pairs))
        if len(sites) == 1:
            yield Issue.error("kitchens_relax_minutes", site=sites[0], kitchen=data.kitchens[k].code, minutes=refusal.found, **args)
        else:
            yield Issue.error("kitchens_relax_minutes_sites", count=len(sites), sites=some(sites), **args)


def _locks(data: Facts, given_up: GivenUp) -> Iterator[Issue]:
    for k in sorted(given_up.kitchens):
        kitchen = data.kitchens[k]
        yield Issue.error("kitchens_relax_kitchen_lock", table=tb.KITCHENS.name, row=kitchen.row.index_, column="lock", kitchen=kitchen.code)
    for j in sorted(given_up.sites):
        site = data.sites[j]
        yield Issue.error("kitchens_relax_site_lock", table=tb.DEMAND.name, row=site.rows[0].index_, column="lock", site=site.code,
                          kitchen=data.kitchens[site.lock].code)  # fmt: skip


def _limits(data: Facts, soft: Location, choice: Choice) -> Iterator[Issue]:
    """The limits of changes and of CO2 where they are exceeded."""
    changes, co2 = int(soft.changed(choice.option).sum()), soft.used(choice.option)
    if changes > data.most_changes:
        yield Issue.error("kitchens_relax_changes", table=PARAMETERS.name, column="value", limit=data.most_changes, needed=changes)
    if co2 > data.co2_limit * (1 + TOLERANCE):
        yield Issue.error("kitchens_relax_co2", table=PARAMETERS.name, column="value", limit=data.co2_limit, needed=float(np.ceil(co2 * 100) / 100))


def _due(data: Facts, j: int, choice: Choice, t: int) -> bool:
    """Whether the kitchen imposed on a site should feed it in a year, given the works it is in."""
    k = data.sites[j].lock
    kitchen = data.kitchens[k]
    state = states(kitchen)[choice.state[k, t]]
    return bool((can_open(data, kitchen) & imposed(data, j))[t]) and not on_its_way(data, kitchen, state.level, state.target, t)
