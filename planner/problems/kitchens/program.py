"""Between the kitchens' facts and the arrays of `planner.solvers.location`: options and decisions.

Kitchens are facilities with the states of `planner.problems.kitchens.states`. Customers that the group may leave unserved
have an option at one facility more, which costs what they would have paid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.problems.kitchens.data import NONE, Facts
from planner.problems.kitchens.locks import can_open, imposed, settled
from planner.problems.kitchens.plans import Decisions, state_after
from planner.problems.kitchens.rules import COLD, TOLERANCE
from planner.problems.kitchens.states import facility, first_state, states
from planner.solvers.location import Anchor, Choice, Facility, Floats, Location, undominated

Option = tuple[int, int, int]  # kitchen (their number: nobody), site, mode


def options(data: Facts) -> list[Option]:
    """The (kitchen, site, mode) that no rule forbids outright, and leaving unserved the sites where that is allowed."""
    nobody = len(data.kitchens)
    found = [(k, j, m) for j in range(len(data.sites)) for k in range(nobody) for m in range(2) if (k, j, m) not in data.refusals]
    return found + [(nobody, j, COLD) for j, site in enumerate(data.sites) if site.optional]


def location(data: Facts, pairs: Sequence[Option], obey_locks: bool = True, reserve: float | Sequence[float] = 0.0) -> Location:
    """The program's arrays. Other kitchens give way to the one imposed on a site wherever it is open (`states` say when it has to be).
    `reserve`: share of every capacity, and of every chilling, kept free; or one share for each kitchen."""
    nobody = len(data.kitchens)
    shares = [reserve] * nobody if isinstance(reserve, float) else reserve
    facilities = [_reserved(facility(data, k, obey_locks), shares[k]) for k in range(nobody)]
    if any(pair[0] == nobody for pair in pairs):
        facilities.append(_nobody(data.T))
    k = np.array([pair[0] for pair in pairs], dtype=np.int64)
    j = np.array([pair[1] for pair in pairs], dtype=np.int64)
    m = np.array([pair[2] for pair in pairs], dtype=np.int64)
    served = k < nobody
    at = np.minimum(k, nobody - 1)
    largest = np.array([float(kitchen.capacity.max()) if kitchen.levels else 0.0 for kitchen in data.kitchens])
    usable = np.array([can_open(data, kitchen) if obey_locks else kitchen.member for kitchen in data.kitchens]).reshape(-1, data.T)
    load = np.where(served[:, None], data.case_load[:, at, j, m], 0.0)  # (N, O, T)
    allowed = data.eats[j] & (~served[:, None] | (usable[at] & (load.max(axis=0) <= largest[at][:, None] * (1 + TOLERANCE)) & ~data.barred[at, j, m]))
    wanted = np.array([np.where(imposed(data, site), data.sites[site].lock, NONE) for site in range(len(data.sites))], dtype=np.int64).reshape(-1, data.T)[j]
    if obey_locks:  # who may be left unserved takes the kitchen imposed on it or nobody; others give way where it is open
        optional = np.array([site.optional for site in data.sites], dtype=bool)[j]
        firm = np.array([settled(data, kitchen) for kitchen in data.kitchens]).reshape(-1, data.T)
        allowed &= ~(served & optional)[:, None] | (wanted == NONE) | (wanted == k[:, None]) | ~np.take_along_axis(firm, np.maximum(wanted, 0), axis=0)
    gives_way = np.where((served & obey_locks)[:, None] & (wanted != k[:, None]), wanted, NONE)
    lost = np.array([site.revenue for site in data.sites]).reshape(-1, data.T)[j]
    cost = np.array([_cost(data, pair) if pair[0] < nobody else np.zeros(data.T) for pair in pairs]).reshape(-1, data.T)
    meals = data.case_meals  # (cases, J, T)
    effort = np.array([data.kitchens[pair[0]].effort(pair[2]) if pair[0] < nobody else 0.0 for pair in pairs])
    charges = np.array([[data.equipment_charge(site) * data.factor[t : data.equipment_until(number, t)].sum() for t in range(data.T)] for number, site in enumerate(data.sites)])
    spent = np.array([site.equipment_cost for site in data.sites])
    work = (meals[:, j] * effort[:, None])[data.case_of]
    first, *others = undominated(np.where(allowed, load, 0.0), np.where(allowed, work, 0.0))  # the cases and days that ask for most
    limited = any(f.class_capacity is not None for f in facilities)
    away = served & (data.km[at, j] > 0)
    return Location(
        facilities=tuple(facilities), customer=j, facility=k,
        needs_setup=np.array([kitchen < nobody and data.equips(data.sites[site], mode) for kitchen, site, mode in pairs], dtype=bool),
        allowed=allowed, cost=data.factor * np.where(served[:, None], cost, lost), load=load[first],
        serve=data.eats, work=meals[data.case_of[first]], setup_cost=charges.reshape(-1, data.T), setup_cash=np.repeat(spent[:, None], data.T, axis=1),
        crew_cost=data.factor * data.etp_cost, budget=data.budget, drop=data.departures, anchor=_anchor(data, pairs),
        classes=np.stack([served & (m == COLD), away, away & data.far[at, j]]) if limited else None,
        option_work=work[first] if (effort != 1.0).any() else None,
        quota_use=np.where(served[:, None], data.delivery_km[at, j] * data.co2_km / 1000 / data.T, 0.0), quota=data.co2_limit,
        more_load=load[others] if others else None, more_work=work[others] if others else None,
        gives_way=gives_way if (gives_way != NONE).any() else None,
        idle=~served if not served.all() else None,
        most_open=data.most_open + (len(facilities) - nobody) if np.isfinite(data.most_open).any() else None,
    )  # fmt: skip


def offset(data: Facts) -> float:
    """€ discounted that the program counts beyond the plan's cost: all that optional and other customers could pay."""
    return float((data.factor * np.array([site.revenue * (data.eats[j]) for j, site in enumerate(data.sites)]).reshape(-1, data.T)).sum())


def exact(data: Facts) -> bool:
    """Whether every plan that the audit accepts is a solution of the program, so that its bound is one on all plans.

    Not so where a kitchen without approval may deliver more because it is a small share of what it makes, or has an uneven calendar
    (the program allows it the smaller number of meals, at its peak).
    """
    weekly, limit = data.week_meals, data.exemption  # (cases, J, T)
    for k, kitchen in enumerate(data.kitchens):
        if kitchen.row.approved:
            continue
        own = weekly[:, data.km[k] == 0].sum(axis=1).max(initial=0.0)
        load = data.case_load[:, k] * kitchen.row.production_days  # (N, J, 2, T)
        uneven = np.isfinite(load) & (load > weekly[data.case_of][:, :, None, :] * (1 + TOLERANCE))
        if own * limit.share > limit.meals * (1 - limit.share) or uneven.any():
            return False
    return True


def _cost(data: Facts, pair: Option) -> Floats:
    """€ per year (T,) of feeding a site."""
    k, j, m = pair
    return np.asarray(data.sites[j].meals * data.meal_cost(k, j, m) + data.delivery[k, j] + data.co2_weight(k, j), dtype=np.float64)


def _nobody(periods: int) -> Facility:
    """Where the customers left unserved are."""
    arcs = np.array([(t, 0, 0) for t in range(periods)], dtype=np.int64)
    return Facility(np.ones(1), np.zeros(1), np.ones(1, dtype=bool), 0, arcs, np.zeros(periods), np.zeros(periods), 1.0, 0.0, np.ones(periods, dtype=bool), crew_most=0.0)


def _reserved(made: Facility, share: float) -> Facility:
    """The kitchen with a share of its capacity, and of its chilling, kept free."""
    if not share:
        return made
    limits = made.class_capacity
    if limits is not None:
        limits = np.vstack([limits[:1] * (1 - share), limits[1:]])  # cold is the first class
    return replace(made, capacity=made.capacity * (1 - share), class_capacity=limits)


def _anchor(data: Facts, pairs: Sequence[Option]) -> Anchor | None:
    """Where each pair departs from the accepted plan, which need not be possible any more; None without one."""
    if not (data.accepted != NONE).any():
        return None
    table = np.array(pairs, dtype=np.int64).reshape(-1, 3)
    kept = data.accepted[table[:, 1]]  # (O, T, 2)
    departs = (kept[:, :, 0] != NONE) & ((kept[:, :, 0] != table[:, :1]) | (kept[:, :, 1] != table[:, 2:]))
    departs &= table[:, :1] < len(data.kitchens)  # a customer left unserved is no change
    return Anchor(departs, data.change_price, data.most_changes)


def decisions_of(data: Facts, pairs: Sequence[Option], choice: Choice) -> Decisions:
    """What a solution of the program decides."""
    count = len(data.kitchens)
    level, target = (np.full((count, data.T), NONE, dtype=np.int64) for _ in range(2))
    approved = np.zeros((count, data.T), dtype=bool)
    for k, kitchen in enumerate(data.kitchens):
        every = states(kitchen)
        for t in np.flatnonzero(choice.state[k] >= 0):
            state = every[choice.state[k, t]]
            level[k, t], target[k, t], approved[k, t] = state.level, state.target, state.is_open and state.approved
    table = np.array(pairs, dtype=np.int64).reshape(-1, 3)
    fed = choice.option >= 0
    kitchen_of, mode_of = np.full(fed.shape, NONE, dtype=np.int64), np.full(fed.shape, NONE, dtype=np.int64)
    kitchen_of[fed], mode_of[fed] = table[choice.option[fed], 0], table[choice.option[fed], 2]
    unserved = kitchen_of == count
    kitchen_of[unserved] = mode_of[unserved] = NONE
    return Decisions(level, target, approved, choice.crew[:count], kitchen_of, mode_of, choice.setup)


def choice_of(data: Facts, pairs: Sequence[Option], made: Decisions) -> Choice | None:
    """Decisions as a solution of the program, None where they use a pair that the rules forbid outright."""
    number = {pair: o for o, pair in enumerate(pairs)}
    nobody = len(data.kitchens)
    with_nobody = any(pair[0] == nobody for pair in pairs)
    option = np.full(made.kitchen.shape, -1, dtype=np.int64)
    for j, t in np.argwhere(data.eats):
        pair = (int(made.kitchen[j, t]), int(j), int(made.mode[j, t])) if made.kitchen[j, t] != NONE else (nobody, int(j), COLD)
        if pair not in number:
            return None
        option[j, t] = number[pair]
    state = np.full((nobody + with_nobody, data.T), -1, dtype=np.int64)
    for k, kitchen in enumerate(data.kitchens):
        every = states(kitchen)
        before = first_state(kitchen)
        for t in range(data.T):
            if not kitchen.member[t]:
                if made.level[k, t] != NONE:
                    return None
                continue
            before = state_after(made, k, t, before)
            if before not in every:
                return None
            state[k, t] = every.index(before)
    if with_nobody:
        state[nobody] = 0
    posts = made.posts.astype(np.int64)
    if with_nobody:
        posts = np.vstack([posts, np.zeros((1, data.T), dtype=np.int64)])
    return Choice(state, option, made.equip, posts)
