"""Between the kitchens' facts and the arrays of `planner.solvers.location`: states and arcs, options, decisions.

States of a kitchen: its levels in order, then SHUT (closed, for good) and, for a candidate, WAITING (not open
yet). The arcs that exist are the rules about opening, closing, levels and locks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.problems.kitchens.data import NONE, Facts, Kitchen
from planner.problems.kitchens.plans import Decisions
from planner.problems.kitchens.rules import TOLERANCE
from planner.solvers.location import Anchor, Choice, Facility, Location

Option = tuple[int, int, int]  # kitchen, site, mode


def options(data: Facts) -> list[Option]:
    """The (kitchen, site, mode) that no rule forbids outright."""
    return [
        (k, j, m) for j in range(len(data.sites)) for k in range(len(data.kitchens)) for m in range(2) if (k, j, m) not in data.refusals
    ]  # fmt: skip


def facility(data: Facts, kitchen: Kitchen, obey_lock: bool = True) -> Facility:
    """The states and arcs of a kitchen, with their cost over the whole plan (€ discounted) and expense (€)."""
    levels = range(len(kitchen.levels))
    shut, waiting = len(kitchen.levels), len(kitchen.levels) + 1
    if not obey_lock:
        kitchen = replace(kitchen, row=type(kitchen.row)(**{**vars(kitchen.row), "lock": "free"}))
    can_open = data.can_open(kitchen)
    to_end = np.cumsum(data.factor[::-1])[::-1]  # discounted years from t to the end
    arcs: list[tuple[int, int, int]] = []
    costs: list[float] = []
    cash: list[float] = []
    starts = {kitchen.today} if kitchen.existing and kitchen.today != NONE else {shut if kitchen.existing else waiting}
    reached = set(starts)
    for t in np.flatnonzero(kitchen.member):
        after_all: set[int] = set()
        for before in sorted(reached):
            for after in (*levels, shut, waiting):
                if not _arc(before, after, shut, waiting, bool(can_open[t]), kitchen.forced_open):
                    continue
                spent = kitchen.investment(NONE if before >= shut else before, after) if after < shut else 0.0
                if spent > data.budget[t] * (1 + TOLERANCE):
                    continue
                cost = 0.0
                if after < shut:
                    cost = float(data.factor[t]) * kitchen.levels[after].fixed_cost
                    cost += data.annuity(spent, kitchen.levels[after].lifetime) * float(to_end[t]) if spent else 0.0
                elif before < shut:
                    cost = float(data.factor[t]) * kitchen.row.closing_cost
                arcs.append((int(t), before, after))
                costs.append(cost)
                cash.append(spent)
                after_all.add(after)
        reached = after_all
    return Facility(
        capacity=np.append(kitchen.capacity, [0.0, 0.0]),
        crew_min=np.array([level.min_staff for level in kitchen.levels] + [0.0, 0.0]),
        open=np.array([True] * len(kitchen.levels) + [False, False]),
        start=min(starts), arcs=np.array(arcs, dtype=np.int64).reshape(-1, 3), arc_cost=np.array(costs), arc_cash=np.array(cash),
        productivity=float(kitchen.row.productivity), crew_before=float(kitchen.row.staff or 0.0) if kitchen.existing else 0.0,
        present=kitchen.member,
    )  # fmt: skip


def _arc(before: int, after: int, shut: int, waiting: int, can_open: bool, forced: bool) -> bool:
    """Whether a state may follow another in a year: closed stays closed, nothing waits again, locks hold."""
    if after < shut:
        return can_open and before != shut
    if forced and can_open:
        return False
    return before == waiting if after == waiting else before != waiting


def location(data: Facts, pairs: Sequence[Option], obey_locks: bool = True) -> Location:
    """The program's arrays. A site's imposed kitchen binds in the years that kitchen can be open."""
    facilities = tuple(facility(data, kitchen, obey_locks) for kitchen in data.kitchens)
    k = np.array([pair[0] for pair in pairs], dtype=np.int64)
    j = np.array([pair[1] for pair in pairs], dtype=np.int64)
    m = np.array([pair[2] for pair in pairs], dtype=np.int64)
    meals = np.array([site.meals for site in data.sites]).reshape(len(data.sites), data.T)
    unit = np.array([kitchen.row.food_cost + kitchen.row.other_cost for kitchen in data.kitchens])
    largest = np.array([float(kitchen.capacity.max()) if kitchen.levels else 0.0 for kitchen in data.kitchens])
    usable = np.array([data.can_open(kitchen) if obey_locks else kitchen.member for kitchen in data.kitchens]).reshape(-1, data.T)
    load = data.load[k, j, m]
    allowed = usable[k] & data.eats[j] & (load <= largest[k][:, None] * (1 + TOLERANCE))
    if obey_locks:
        for site_index, site in enumerate(data.sites):
            if site.lock != NONE:
                bound = usable[site.lock]
                allowed[(j == site_index) & (k != site.lock)] &= ~bound
    to_end = np.cumsum(data.factor[::-1])[::-1]
    charges = np.array([data.equipment_charge(site) for site in data.sites])
    spent = np.array([site.equipment_cost for site in data.sites])
    return Location(
        facilities=facilities, customer=j, facility=k,
        needs_setup=np.array([data.equips(data.sites[site], mode) for _, site, mode in pairs], dtype=bool),
        allowed=allowed, cost=data.factor * (meals[j] * unit[k][:, None] + data.delivery[k, j]), load=load,
        serve=data.eats, work=meals, setup_cost=charges[:, None] * to_end, setup_cash=np.repeat(spent[:, None], data.T, axis=1),
        crew_cost=data.factor * data.etp_cost, budget=data.budget, drop=data.departures, anchor=_anchor(data, pairs),
    )  # fmt: skip


def _anchor(data: Facts, pairs: Sequence[Option]) -> Anchor | None:
    """Where each pair departs from the accepted plan, which need not be possible any more; None without one."""
    if not (data.accepted != NONE).any():
        return None
    table = np.array(pairs, dtype=np.int64).reshape(-1, 3)
    kept = data.accepted[table[:, 1]]  # (O, T, 2)
    departs = (kept[:, :, 0] != NONE) & ((kept[:, :, 0] != table[:, :1]) | (kept[:, :, 1] != table[:, 2:]))
    return Anchor(departs, data.change_price, data.most_changes)


def decisions_of(data: Facts, pairs: Sequence[Option], choice: Choice) -> Decisions:
    """What a solution of the program decides."""
    level = np.full(choice.state.shape, NONE, dtype=np.int64)
    for k, kitchen in enumerate(data.kitchens):
        open_ = (choice.state[k] >= 0) & (choice.state[k] < len(kitchen.levels))
        level[k, open_] = choice.state[k, open_]
    table = np.array(pairs, dtype=np.int64).reshape(-1, 3)
    fed = choice.option >= 0
    kitchen_of, mode_of = np.full(fed.shape, NONE, dtype=np.int64), np.full(fed.shape, NONE, dtype=np.int64)
    kitchen_of[fed], mode_of[fed] = table[choice.option[fed], 0], table[choice.option[fed], 2]
    return Decisions(level, choice.crew, kitchen_of, mode_of, choice.setup)


def choice_of(data: Facts, pairs: Sequence[Option], made: Decisions) -> Choice | None:
    """Decisions as a solution of the program, None where they use a pair that the rules forbid outright."""
    number = {pair: o for o, pair in enumerate(pairs)}
    option = np.full(made.kitchen.shape, -1, dtype=np.int64)
    for j, t in np.argwhere(made.kitchen != NONE):
        pair = (int(made.kitchen[j, t]), int(j), int(made.mode[j, t]))
        if pair not in number:
            return None
        option[j, t] = number[pair]
    state = np.full(made.level.shape, -1, dtype=np.int64)
    for k, kitchen in enumerate(data.kitchens):
        shut = len(kitchen.levels)
        ever = kitchen.existing
        for t in range(data.T):
            level = int(made.level[k, t])
            ever = ever or level != NONE
            if kitchen.member[t]:
                state[k, t] = level if level != NONE else shut if ever else shut + 1
            elif level != NONE:
                return None
    return Choice(state, option, made.equip, made.posts)
