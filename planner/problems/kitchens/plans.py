"""From decisions to the tables of a plan: roadmap, assignment, cost lines. And today's organisation as a plan.

Who bears what: staff, fixed costs, investments and closing of a kitchen fall on the establishment that runs
it; food, other variable costs, delivery and the equipment of a site fall on the establishment that eats.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.issues import Issue
from planner.network import Network
from planner.plan import Plan, Status
from planner.problems.base import Costs, cost_of
from planner.problems.kitchens import tables as tb
from planner.problems.kitchens.data import COLD, MODE_CODES, NONE, Facts, facts
from planner.problems.kitchens.rules import TOLERANCE
from planner.scenario import Scenario

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Decisions:
    """What a plan decides. `level` (K, T): position of the open level, NONE when closed; `posts` (K, T);
    `kitchen`, `mode` (J, T): NONE where the site does not eat; `equip` (J, T): equipment bought."""

    level: Ints
    posts: Ints
    kitchen: Ints
    mode: Ints
    equip: Bools


def plan_tables(data: Facts, made: Decisions) -> dict[str, pd.DataFrame]:
    """The result tables of decisions, by name. A kitchen has a row in the years its establishment shares or it is open."""
    assignment, used, meals = _assignment(data, made)
    return {
        tb.COSTS.name: costs(data, made),
        tb.ROADMAP.name: _roadmap(data, made, used, meals),
        tb.ASSIGNMENT.name: assignment,
    }


def _assignment(data: Facts, made: Decisions) -> tuple[pd.DataFrame, NDArray[np.float64], NDArray[np.float64]]:
    used, meals = np.zeros((len(data.kitchens), data.T)), np.zeros((len(data.kitchens), data.T))
    rows = []
    for t, year in enumerate(data.years):
        for j, site in enumerate(data.sites):
            k, m = int(made.kitchen[j, t]), int(made.mode[j, t])
            if k == NONE:
                continue
            used[k, t] += data.load[k, j, m, t]
            meals[k, t] += site.meals[t]
            rows.append({
                "year": year, "site": site.code, "kitchen": data.kitchens[k].code, "mode": MODE_CODES[m], "meals": round(site.meals[t], 6),
                "km": float(data.km[k, j]), "minutes": float(data.minutes[k, j]), "equipped": bool(made.equip[j, t]),
            })  # fmt: skip
    return tb.ASSIGNMENT.frame(rows), used, meals


def _roadmap(data: Facts, made: Decisions, used: NDArray[np.float64], meals: NDArray[np.float64]) -> pd.DataFrame:
    rows = []
    for k, kitchen in enumerate(data.kitchens):
        before, ever = kitchen.today, kitchen.existing
        for t, year in enumerate(data.years):
            level = int(made.level[k, t])
            if not kitchen.member[t] and level == NONE:
                continue
            capacity = float(kitchen.capacity[level]) if level != NONE else 0.0
            rows.append({
                "year": year, "kitchen": kitchen.code, "action": action(before, level, ever),
                "level": None if level == NONE else int(kitchen.levels[level].level), "capacity": capacity,
                "load": round(used[k, t], 6), "use": round(100 * used[k, t] / capacity, 6) if capacity else 0.0,
                "meals": round(meals[k, t], 6), "staff": int(made.posts[k, t]),
                "investment": kitchen.investment(before, level) if level != NONE else 0.0,
            })  # fmt: skip
            before, ever = level, ever or level != NONE
    return tb.ROADMAP.frame(sorted(rows, key=lambda row: row["year"]))


def action(before: int, after: int, ever: bool) -> str:
    """The decision that leads from one level (rank or position) to another; NONE is closed."""
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
        before, charge, charges = kitchen.today, 0.0, 0
        for t, year in enumerate(data.years):
            weight, level = float(data.factor[t]), int(made.level[k, t])
            if level != NONE:
                spent = kitchen.investment(before, level)
                if spent > 0:
                    charge += data.annuity(spent, kitchen.levels[level].lifetime)
                    charges += 1
                lines.add(year, owner, code, "staff", int(made.posts[k, t]), made.posts[k, t] * data.etp_cost, weight)
                lines.add(year, owner, code, "fixed", 1, kitchen.levels[level].fixed_cost, weight)
            elif before != NONE and kitchen.member[t]:
                lines.add(year, owner, code, "closing", 1, kitchen.row.closing_cost, weight)
            if charges:
                lines.add(year, owner, code, "kitchen_investment", charges, charge, weight)
            before = level if kitchen.member[t] or level != NONE else before
    for j, site in enumerate(data.sites):
        owned = False
        for t, year in enumerate(data.years):
            weight, k = float(data.factor[t]), int(made.kitchen[j, t])
            owned = owned or bool(made.equip[j, t])
            if owned:
                lines.add(year, site.establishment, site.code, "site_investment", 1, data.equipment_charge(site), weight)
            if k == NONE:
                continue
            row, eaten = data.kitchens[k].row, float(site.meals[t])
            lines.add(year, site.establishment, site.code, "food", eaten, eaten * row.food_cost, weight)
            lines.add(year, site.establishment, site.code, "other_variable", eaten, eaten * row.other_cost, weight)
            if data.delivery[k, j, t]:
                lines.add(year, site.establishment, site.code, "delivery", float(data.delivery_km[k, j, t]), float(data.delivery[k, j, t]), weight)
    departs = (data.accepted[:, :, 0] != NONE) & ((made.kitchen != data.accepted[:, :, 0]) | (made.mode != data.accepted[:, :, 1]))
    for j in map(int, np.flatnonzero(departs.any(axis=1))):
        site = data.sites[j]
        lines.add(data.years[int(departs[j].argmax())], site.establishment, site.code, "changes", 1, 0.0, beyond=data.change_price)
    return lines.frame()


def cost_lines(data: Facts) -> int:
    """Most rounded cost lines any plan can have: four a year for each kitchen and each site (changes are priced in whole cents)."""
    return 4 * data.T * (len(data.kitchens) + len(data.sites))


# --- today's organisation --------------------------------------------------------------------------------------


def today(data: Facts) -> tuple[Decisions | None, list[Issue]]:
    """Today's organisation carried through the plan, or None with what is not known about it.

    Existing kitchens stay at today's level in the years their establishment shares (and wherever they feed
    a site); every site keeps its kitchen and mode; posts stay, or rise to what the meals need.
    """
    unknown = [site.code for site in data.sites if site.kitchen_today == NONE]
    unknown += [site.code for site in data.sites if site.kitchen_today != NONE and data.kitchens[site.kitchen_today].today == NONE]
    if unknown:
        shown = ", ".join(unknown[:5]) + (f" (+{len(unknown) - 5})" if len(unknown) > 5 else "")
        return None, [Issue.warning("baseline_unknown", table=tb.DEMAND.name, column="current_kitchen", what=shown)]
    shape = (len(data.kitchens), data.T)
    kitchen = np.where(data.eats, np.array([site.kitchen_today for site in data.sites], dtype=np.int64).reshape(-1, 1), NONE)
    mode = np.where(data.eats, np.array([site.mode_today for site in data.sites], dtype=np.int64).reshape(-1, 1), NONE)
    level = np.full(shape, NONE, dtype=np.int64)
    posts = np.zeros(shape, dtype=np.int64)
    for k, facility in enumerate(data.kitchens):
        for t in range(data.T):
            fed = [j for j in range(len(data.sites)) if kitchen[j, t] == k]
            if facility.today == NONE or not (facility.member[t] or fed):
                continue
            level[k, t] = facility.today
            meals = sum(float(data.sites[j].meals[t]) for j in fed)
            posts[k, t] = max(int(np.ceil((facility.row.staff or 0.0) - TOLERANCE)), data.need(k, facility.today, meals))
    return Decisions(level, posts, kitchen, mode, np.zeros(kitchen.shape, dtype=bool)), []


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
