"""From decisions to the tables of a plan: roadmap, assignment, cost lines. And today's organisation as a plan.

Who bears what: staff, fixed costs, investments and closing of a kitchen fall on the establishment that runs
it; food, other variable costs, delivery and the equipment of a site fall on the establishment that eats. Where a site pays for its
meals, the establishment that makes them receives the payment and bears their food, other variable costs and delivery.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.issues import Issue
from planner.network import Network
from planner.plan import Plan, Status
from planner.problems.base import Costs, cost_of
from planner.problems.kitchens import tables as tb
from planner.problems.kitchens.data import NONE, Facts, facts
from planner.problems.kitchens.rules import COLD, MODE_CODES, TOLERANCE
from planner.problems.kitchens.states import SHUT, WAITING, State, capacity, first_state, gains_approval, lifetime, refit, spent
from planner.scenario import Scenario

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Decisions:
    """What a plan decides. `level` (K, T): position of the open level, NONE when closed; `target` (K, T): position of the level
    that works prepare, NONE without works; `approved` (K, T): open with sanitary approval; `posts` (K, T)
    (whole, but in today's organisation); `kitchen`, `mode` (J, T): NONE where nobody feeds the site; `equip` (J, T): equipment
    bought."""

    level: Ints
    target: Ints
    approved: Bools
    posts: Ints | Floats
    kitchen: Ints
    mode: Ints
    equip: Bools


def plan_tables(data: Facts, made: Decisions) -> dict[str, pd.DataFrame]:
    """The result tables of decisions, by name. A kitchen has a row in the years its establishment shares or it is open."""
    return {tb.COSTS.name: costs(data, made), tb.ROADMAP.name: _roadmap(data, made), tb.ASSIGNMENT.name: _assignment(data, made)}


def produced(data: Facts, made: Decisions) -> tuple[Floats, Floats, Floats]:
    """Load of each kitchen (K, T) in the case that asks for most, of its cold meals alone, and its meals per year on average."""
    shape = (len(data.kitchens), data.T)
    (load, chilled), meals = np.zeros((2, len(data.case_load), *shape)), np.zeros(shape)
    for j, t in np.argwhere(made.kitchen != NONE):
        k, m = int(made.kitchen[j, t]), int(made.mode[j, t])
        load[:, k, t] += data.case_load[:, k, j, m, t]
        if m == COLD:
            chilled[:, k, t] += data.case_load[:, k, j, m, t]
        meals[k, t] += data.eaten[j, t]
    return load.max(axis=0), chilled.max(axis=0), meals


def _assignment(data: Facts, made: Decisions) -> pd.DataFrame:
    rows = []
    for t, year in enumerate(data.years):
        for j, site in enumerate(data.sites):
            k, m = int(made.kitchen[j, t]), int(made.mode[j, t])
            if k == NONE:
                continue
            rows.append({
                "year": year, "site": site.code, "kitchen": data.kitchens[k].code, "mode": MODE_CODES[m], "meals": round(site.meals[t], 6),
                "km": float(data.km[k, j]), "minutes": float(data.minutes[k, j]), "equipped": bool(made.equip[j, t]),
                "delivery": round(float(data.delivery[k, j, t]), 6),
                "delivery_from": data.delivery_from.get((k, j), "estimate") if data.km[k, j] > 0 else "none",
            })  # fmt: skip
    return tb.ASSIGNMENT.frame(rows)


def _roadmap(data: Facts, made: Decisions) -> pd.DataFrame:
    used, chilled, meals = produced(data, made)
    rows = []
    for k, kitchen in enumerate(data.kitchens):
        for t, before, after in steps(data, made, k):
            size = capacity(kitchen, after)
            rows.append({
                "year": data.years[t], "kitchen": kitchen.code, "action": action(before.level, after.level, after.in_works),
                "level": int(kitchen.levels[after.level].level) if after.is_open else None,
                "target": int(kitchen.levels[after.target].level) if after.in_works else None,
                "approved": after.is_open and after.approved, "capacity": size,
                "load": round(used[k, t], 6), "use": round(100 * used[k, t] / size, 6) if size else 0.0,
                "meals": round(meals[k, t], 6), "staff": float(made.posts[k, t]), "investment": round(spent(kitchen, before, after) + refit(data, kitchen, after, t), 6),
                "chilled": round(chilled[k, t], 6),
            })  # fmt: skip
    return tb.ROADMAP.frame(sorted(rows, key=lambda row: row["year"]))


def steps(data: Facts, made: Decisions, k: int) -> Iterator[tuple[int, State, State]]:
    """Year by year, the state that a kitchen leaves and the one it enters; years in which it is absent and closed left out."""
    kitchen = data.kitchens[k]
    before = first_state(kitchen)
    for t in range(data.T):
        if not kitchen.member[t] and made.level[k, t] == NONE:
            continue
        after = state_after(made, k, t, before)
        yield t, before, after
        before = after


def state_after(made: Decisions, k: int, t: int, before: State) -> State:
    """The state that decisions lead to from the state of the year before."""
    level, target = int(made.level[k, t]), int(made.target[k, t])
    if level == NONE and target == NONE:
        return WAITING if before == WAITING else SHUT
    going_on = before.in_works and (before.level, before.target) == (level, target)
    approved = bool(made.approved[k, t]) if level != NONE else True
    return State(level, target, (before.step + 1 if going_on else 1) if target != NONE else 0, approved)


def action(before: int, after: int, in_works: bool) -> str:
    """The decision that leads from one level (rank or position) to another; NONE is closed."""
    if in_works:
        return "works"
    if after == NONE:
        return "closing" if before != NONE else "closed"
    if before == NONE:
        return "opened"
    return "extended" if after > before else "reduced" if after < before else "kept"


def costs(data: Facts, made: Decisions) -> pd.DataFrame:
    """The cost lines (table COSTS) of decisions."""
    lines = Costs(tb.COSTS)
    for k, kitchen in enumerate(data.kitchens):
        owner, code = kitchen.row.establishment, kitchen.code
        charge, charges, closed = 0.0, 0, False
        for t, before, after in steps(data, made, k):
            year, weight = data.years[t], float(data.factor[t])
            expense = spent(kitchen, before, after) + refit(data, kitchen, after, t)
            if expense > 0:
                charge += data.annuity(expense, lifetime(kitchen, after))
                charges += 1
            if after.is_open:
                lines.add(year, owner, code, "staff", float(made.posts[k, t]), float(made.posts[k, t]) * data.etp_cost, weight)
                lines.add(year, owner, code, "fixed", 1, kitchen.levels[after.level].fixed_cost, weight)
                if data.holiday_cost[k, t]:
                    lines.add(year, owner, code, "holidays", 1, float(data.holiday_cost[k, t]), weight)
                if gains_approval(kitchen, before, after):
                    lines.add(year, owner, code, "approval", 1, kitchen.row.approval_cost, weight)
            elif before.is_open:
                lines.add(year, owner, code, "closing", 1, kitchen.row.closing_cost, weight)
                closed = True
            if closed and kitchen.row.mothball_cost:
                lines.add(year, owner, code, "mothball", 1, kitchen.row.mothball_cost, weight)
            if after.in_works and kitchen.levels[after.target].temporary_cost:
                lines.add(year, owner, code, "temporary", 1, kitchen.levels[after.target].temporary_cost, weight)
            if charges:
                lines.add(year, owner, code, "kitchen_investment", charges, charge, weight)
    for j in range(len(data.sites)):
        _site_lines(lines, data, made, j)
    departs = (data.accepted[:, :, 0] != NONE) & (made.kitchen != NONE) & ((made.kitchen != data.accepted[:, :, 0]) | (made.mode != data.accepted[:, :, 1]))
    for j in map(int, np.flatnonzero(departs.any(axis=1))):
        site = data.sites[j]
        lines.add(data.years[int(departs[j].argmax())], site.establishment, site.code, "changes", 1, 0.0, beyond=data.change_price)
    return lines.frame()


def _site_lines(lines: Costs, data: Facts, made: Decisions, j: int) -> None:
    site, until = data.sites[j], 0
    for t, year in enumerate(data.years):
        weight, k, m = float(data.factor[t]), int(made.kitchen[j, t]), int(made.mode[j, t])
        until = data.equipment_until(j, t) if made.equip[j, t] else until
        if t < until:
            lines.add(year, site.establishment, site.code, "site_investment", 1, data.equipment_charge(site), weight)
        if k == NONE:
            continue
        row, eaten = data.kitchens[k].row, float(site.meals[t])
        bearer = row.establishment if site.revenue[t] else site.establishment

        def add(line: str, quantity: float, amount: float, beyond: float = 0.0, year: int = year, weight: float = weight, bearer: str = bearer) -> None:
            lines.add(year, bearer, site.code, line, quantity, amount, weight, beyond)

        add("food", eaten, eaten * row.food_cost)
        add("other_variable", eaten, eaten * row.other_cost)
        if data.egalim[t]:
            add("egalim", eaten, eaten * float(data.egalim[t]))
        if data.waste_price:
            wasted = eaten * float(data.waste[k, j, m])
            add("waste", wasted, wasted * data.waste_price)
        if data.delivery[k, j, t]:
            add("delivery", float(data.delivery_km[k, j, t]), float(data.delivery[k, j, t]))
        if data.delivery_km[k, j, t] and data.co2_price:  # the scenario may tell a cost without km, or the reverse
            tonnes = float(data.delivery_km[k, j, t]) * data.co2_km / 1000
            add("co2", tonnes, 0.0, weight * tonnes * data.co2_price)
        if site.revenue[t]:
            add("revenue", eaten, -float(site.revenue[t]))


def cost_lines(data: Facts) -> int:
    """Most rounded cost lines any plan can have in a year for a kitchen (staff, fixed, holidays, approval, closing, upkeep, temporary,
    annuity) and for a site (annuity, food, other, EGalim, waste, delivery, CO2, payments); changes are priced in whole cents."""
    return 8 * data.T * (len(data.kitchens) + len(data.sites))


# --- today's organisation --------------------------------------------------------------------------------------


def today(data: Facts, whole: bool = False) -> tuple[Decisions | None, list[Issue]]:
    """Today's organisation carried through the plan, or None with what is not known about it.

    Existing kitchens stay at today's level in the years their establishment shares (and wherever they feed
    a site); every site keeps its kitchen and mode; posts stay as the data tell them, parts of posts among them, or rise to what the
    meals need (`whole`: to whole posts in each kitchen, as the program counts). A site that begins later is fed by the kitchen told
    for it, equipped where that serves it cold; by nobody where none is told.
    """
    feeds_today = [site.kitchen_today != NONE and data.kitchens[site.kitchen_today].today != NONE for site in data.sites]
    unknown = [site.code for site, known in zip(data.sites, feeds_today, strict=True) if not known and not site.new and not (site.optional and site.kitchen_today == NONE)]
    if unknown:
        shown = ", ".join(unknown[:5]) + (f" (+{len(unknown) - 5})" if len(unknown) > 5 else "")
        return None, [Issue.warning("baseline_unknown", table=tb.DEMAND.name, column="current_kitchen", what=shown)]
    shape = (len(data.kitchens), data.T)
    feeder = [site.kitchen_today if known else NONE for site, known in zip(data.sites, feeds_today, strict=True)]
    kitchen = np.where(data.eats, np.array(feeder, dtype=np.int64).reshape(-1, 1), NONE)
    mode = np.where(kitchen != NONE, np.array([site.mode_today for site in data.sites], dtype=np.int64).reshape(-1, 1), NONE)
    level = np.full(shape, NONE, dtype=np.int64)
    posts: Ints | Floats = np.zeros(shape, dtype=np.int64) if whole else np.zeros(shape)
    equip = np.zeros(kitchen.shape, dtype=bool)
    for j, site in enumerate(data.sites):
        if (kitchen[j] != NONE).any() and data.equips(site, site.mode_today):
            equip[j, int((kitchen[j] != NONE).argmax())] = True
    for k, facility in enumerate(data.kitchens):
        for t in range(data.T):
            fed = [j for j in range(len(data.sites)) if kitchen[j, t] == k]
            if facility.today == NONE or not (facility.member[t] or fed):
                continue
            level[k, t] = facility.today
            work = data.work(k, fed, [int(mode[j, t]) for j in fed], t)
            if whole:
                posts[k, t] = max(int(np.ceil((facility.row.staff or 0.0) - TOLERANCE)), data.need(k, facility.today, work))
            else:
                least = facility.levels[facility.today].min_staff
                posts[k, t] = np.ceil(max(facility.row.staff or 0.0, work / facility.row.productivity, least) * 1e6 - 1e-3) / 1e6
    approved = (level != NONE) & np.array([bool(facility.row.approved) for facility in data.kitchens], dtype=bool).reshape(-1, 1)
    return Decisions(level, np.full(shape, NONE, dtype=np.int64), approved, posts, kitchen, mode, equip), []


def baseline(scenario: Scenario, network: Network) -> Plan:
    """Today's organisation as a plan with its cost; FAILED with the reason when the tables do not describe it."""
    data = facts(scenario, network)
    made, issues = today(data)
    if made is None:
        return Plan("kitchens", Status.FAILED, scenario_hash=scenario.hash, issues=tuple(issues))
    return finished(scenario, data, made, Status.FEASIBLE)


def finished(scenario: Scenario, data: Facts, made: Decisions, status: Status, **more: object) -> Plan:
    """A plan of decisions, costed to the cent."""
    frames: Mapping[str, pd.DataFrame] = plan_tables(data, made)
    return Plan("kitchens", status, frames, cost_of(frames[tb.COSTS.name]), scenario_hash=scenario.hash).with_(**more)


def served_cold(data: Facts, made: Decisions) -> Bools:
    """Sites and years (J, T) served cold."""
    return np.asarray((made.mode == COLD) & data.eats, dtype=bool)
