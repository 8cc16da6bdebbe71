"""The states that a kitchen goes through and what each step costs: the rules about opening, works, closing and approval.

A kitchen is open at a level, in works from a level (or from nothing) towards a higher one, SHUT for good or, a candidate,
WAITING; open and in works, with sanitary approval or without. A step that a rule forbids is an arc that does not exist.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.problems.kitchens.data import NONE, Bools, Facts, Kitchen
from planner.problems.kitchens.locks import can_open, must_open, on_its_way, shut, unlocked
from planner.problems.kitchens.rules import TOLERANCE, net_investment
from planner.solvers.location import Facility, Floats

CLASSES = ("cold", "delivered", "far")  # loads that a state limits apart: chilled; sent elsewhere; sent too far without approval


@dataclass(frozen=True)
class State:
    """`level`: position of the level that produces (NONE: none); `target`: position of the level that works prepare, in their year
    `step` (1 to their length); `ended`: closed for good."""

    level: int = NONE
    target: int = NONE
    step: int = 0
    approved: bool = True
    ended: bool = False

    @property
    def in_works(self) -> bool:
        return self.target != NONE

    @property
    def is_open(self) -> bool:
        return self.level != NONE


SHUT, WAITING = State(ended=True), State()


def states(kitchen: Kitchen) -> tuple[State, ...]:
    """Every state: levels, works, SHUT, WAITING."""
    found: list[State] = []
    approvals = (True,) if kitchen.row.approved else (False,) if kitchen.row.approval_cost is None else (False, True)
    for approved in approvals:
        levels = range(len(kitchen.levels))
        found += [State(level, approved=approved) for level in levels]
        for before in levels if kitchen.existing else (NONE, *levels):
            for after in levels:
                if after > before:
                    years = kitchen.levels[after].works_years
                    found += [State(before, after, step, approved or before == NONE) for step in range(1, years + 1)]
    return (*dict.fromkeys(found), SHUT, WAITING)


def first_state(kitchen: Kitchen) -> State:
    """The state before the first year."""
    if not kitchen.existing:
        return WAITING
    return State(kitchen.today, approved=bool(kitchen.row.approved)) if kitchen.today != NONE else SHUT


def may_follow(kitchen: Kitchen, before: State, after: State, openable: bool) -> bool:
    """Whether a state may follow another in a year in which the kitchen can be open, or cannot; locks apart."""
    if after == SHUT:
        return before == SHUT or (before.is_open and not before.in_works)
    if after == WAITING:
        return before == WAITING
    if before == SHUT or (after.is_open and not openable) or (before.is_open and before.approved and not after.approved):
        return False
    if after.in_works:
        if before.in_works:
            return (before.level, before.target, before.step + 1) == (after.level, after.target, after.step)
        return after.step == 1 and before.level == after.level
    if before.in_works:
        return before.target == after.level and before.step == kitchen.levels[before.target].works_years
    return after.level <= before.level or kitchen.levels[after.level].works_years == 0


def breaks_lock(data: Facts, kitchen: Kitchen, state: State, t: int, must: Bools, closed: Bools) -> bool:
    """Whether a year in a state breaks a lock that wants the kitchen open in the years `must` (T,), or closed in the years `closed`."""
    if closed[t]:
        return state.is_open or state.in_works
    return bool(must[t]) and not state.is_open and not on_its_way(data, kitchen, state.level, state.target, t)


def spent(kitchen: Kitchen, before: State, after: State) -> float:
    """Investment (€, subsidies deducted) of the year in which a state follows another; works spread theirs evenly."""
    if after.in_works:
        return kitchen.investment(after.level, after.target) / int(kitchen.levels[after.target].works_years)
    return kitchen.investment(before.level, after.level) if after.is_open and not before.in_works else 0.0


def refit(data: Facts, kitchen: Kitchen, after: State, t: int) -> float:
    """Refurbishment (€, subsidy deducted) of a year in a state: in the first year past its deadline in which the kitchen shares."""
    until = kitchen.row.compliant_until
    if until is None or not kitchen.existing or not after.is_open:
        return 0.0
    past = kitchen.member & np.array([year > until for year in data.years], dtype=bool)
    return net_investment(kitchen.row.refit_cost, kitchen.row.subsidy) if past.any() and t == int(past.argmax()) else 0.0


def lifetime(kitchen: Kitchen, after: State) -> int:
    return int(kitchen.levels[after.target if after.in_works else after.level].lifetime)


def capacity(kitchen: Kitchen, state: State) -> float:
    """Meals per production day."""
    if not state.is_open:
        return 0.0
    return float(kitchen.capacity[state.level]) * (kitchen.levels[state.target].works_capacity / 100 if state.in_works else 1.0)


def chilling(kitchen: Kitchen, state: State) -> float:
    """Meals chilled per production day at most, inf without a limit of its own."""
    if not state.is_open:
        return 0.0
    own = kitchen.levels[state.level].cold_capacity
    share = kitchen.levels[state.target].works_capacity / 100 if state.in_works else 1.0
    return math.inf if own is None else float(own) * share


def smallest_team(kitchen: Kitchen, state: State) -> float:
    return float(kitchen.levels[state.level].min_staff) if state.is_open and capacity(kitchen, state) > 0 else 0.0


def gains_approval(kitchen: Kitchen, before: State, after: State) -> bool:
    """Whether the step pays for an approval."""
    if kitchen.row.approved or not (after.is_open and after.approved):
        return False
    return not (before.is_open and before.approved)


def yearly(data: Facts, k: int, state: State, t: int) -> float:
    """€ of a year spent in a state: running costs, holidays worked, temporary kitchen (posts and investments apart)."""
    kitchen = data.kitchens[k]
    cost = kitchen.levels[state.level].fixed_cost + float(data.holiday_cost[k, t]) if state.is_open else 0.0
    return cost + (kitchen.levels[state.target].temporary_cost if state.in_works else 0.0)


def facility(data: Facts, k: int, obey_lock: bool = True) -> Facility:
    """The states and arcs of a kitchen, with their cost over the whole plan (€ discounted) and expense (€)."""
    kitchen = data.kitchens[k] if obey_lock else unlocked(data.kitchens[k])
    every = states(kitchen)
    openable = can_open(data, kitchen)
    must, closed = (must_open(data, k), shut(data, kitchen)) if obey_lock else (np.zeros(data.T, dtype=bool),) * 2
    number = {state: place for place, state in enumerate(every)}
    arcs: list[tuple[int, int, int]] = []
    costs: list[float] = []
    cash: list[float] = []
    start = first_state(kitchen)
    reached = {start}
    for t in np.flatnonzero(kitchen.member):
        after_all: set[State] = set()
        for before in sorted(reached, key=number.__getitem__):
            for after in every:
                if not may_follow(kitchen, before, after, bool(openable[t])) or breaks_lock(data, kitchen, after, int(t), must, closed):
                    continue
                expense = spent(kitchen, before, after) + refit(data, kitchen, after, int(t))
                if expense > data.budget[t] * (1 + TOLERANCE):
                    continue
                cost = float(data.factor[t]) * yearly(data, k, after, int(t))
                if expense:
                    cost += data.annuity(expense, lifetime(kitchen, after)) * _present(data, kitchen, int(t))
                if gains_approval(kitchen, before, after):
                    cost += float(data.factor[t]) * kitchen.row.approval_cost
                if after == SHUT and before != SHUT:
                    cost += float(data.factor[t]) * kitchen.row.closing_cost + kitchen.row.mothball_cost * _present(data, kitchen, int(t))
                arcs.append((int(t), number[before], number[after]))
                costs.append(cost)
                cash.append(expense)
                after_all.add(after)
        reached = after_all
    return Facility(
        capacity=np.array([capacity(kitchen, state) for state in every]),
        crew_min=np.array([smallest_team(kitchen, state) for state in every]),
        open=np.array([state.is_open for state in every]),
        start=number[start], arcs=np.array(arcs, dtype=np.int64).reshape(-1, 3), arc_cost=np.array(costs), arc_cash=np.array(cash),
        productivity=float(kitchen.row.productivity), crew_before=float(kitchen.row.staff or 0.0) if kitchen.existing else 0.0,
        present=kitchen.member, class_capacity=_class_capacity(kitchen, every, data.exemption.meals),
    )  # fmt: skip


def _present(data: Facts, kitchen: Kitchen, t: int) -> float:
    """Discounted years from t on in which the kitchen's establishment shares."""
    return float((data.factor * kitchen.member)[t:].sum())


def _class_capacity(kitchen: Kitchen, every: Sequence[State], exempt: float) -> Floats | None:
    """Load (CLASSES, states) that each state allows; None where nothing is limited.

    Without approval (`exempt`: C), a load of C / p meals per production day (p days a week) is at most C meals a week.
    """
    weekly = exempt / kitchen.row.production_days
    limits = np.array([[chilling(kitchen, s), math.inf if s.approved else weekly, math.inf if s.approved else 0.0] for s in every]).T
    wide = np.array([max(1.0, capacity(kitchen, s)) for s in every])
    limits[:, [not s.is_open for s in every]] = 0.0
    return np.minimum(limits, wide) if (limits[:, [s.is_open for s in every]] < wide[[s.is_open for s in every]]).any() else None
