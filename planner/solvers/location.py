"""Multi-period capacitated location with states, single source, setups, whole crews and budgets: data and evaluation.

The program itself is written in `planner.solvers.location_mip`. Facilities are always in exactly one of their
states while present; the arcs that exist between states say how they may change and at what cost.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
SLACK = 1e-6  # relative, on loads and budgets, for floating-point sums


@dataclass(frozen=True)
class Facility:
    """One facility: S states, A arcs (period, from, to), present in the consecutive periods of `present` (T,)."""

    capacity: Floats  # (S,) load per period; 0 where closed
    crew_min: Floats  # (S,)
    open: Bools  # (S,)
    start: int  # state before its first period
    arcs: Ints  # (A, 3)
    arc_cost: Floats  # (A,) everything that entering the state at that period costs for the whole plan
    arc_cash: Floats  # (A,) counted against the period's budget
    productivity: float  # work per post
    crew_before: float  # posts before the plan
    present: Bools  # (T,)
    class_capacity: Floats | None = None  # (C, S) load of each class of options (`Location.classes`); None: no own limit
    crew_most: float = math.inf  # most posts

    @cached_property
    def arc_index(self) -> dict[tuple[int, int, int], int]:
        return {(int(t), int(a), int(b)): i for i, (t, a, b) in enumerate(self.arcs)}

    def joins(self, t: int) -> bool:
        """Whether t is the facility's first period."""
        return bool(self.present[t]) and (t == 0 or not self.present[t - 1])

    def leaves(self, t: int) -> bool:
        """Whether t is the first period after the facility's last one."""
        return t > 0 and bool(self.present[t - 1]) and not self.present[t]

    @cached_property
    def first(self) -> int:
        """First period of presence, or T when never present."""
        return int(np.argmax(self.present)) if self.present.any() else len(self.present)


@dataclass(frozen=True)
class Anchor:
    """A solution to stay close to. `departs` (O, T): the options that leave it, by period. A customer that takes one in
    any period has changed, once: `price` for each, `most` of them at most."""

    departs: Bools
    price: float = 0.0
    most: float = math.inf


@dataclass(frozen=True)
class Location:
    """The program's data. O options, J customers, T periods; costs already weighted (discounted)."""

    facilities: tuple[Facility, ...]
    customer: Ints  # (O,)
    facility: Ints  # (O,)
    needs_setup: Bools  # (O,)
    allowed: Bools  # (O, T)
    cost: Floats  # (O, T)
    load: Floats  # (O, T)
    serve: Bools  # (J, T) customers to be served
    work: Floats  # (J, T)
    setup_cost: Floats  # (J, T)
    setup_cash: Floats  # (J, T)
    crew_cost: Floats  # (T,) per post
    budget: Floats  # (T,), inf without limit
    drop: Floats  # (T,) largest fall of the total crew, inf without limit
    anchor: Anchor | None = None
    classes: Bools | None = None  # (C, O) options whose load the states also limit together, as `Facility.class_capacity` says
    option_work: Floats | None = None  # (O, T) work of an option; None: its customer's `work`
    switch_cost: Floats | None = None  # (J, T) for another facility than when last served; None: free
    facility_before: Ints | None = None  # (J,) facility before the plan, -1 when none; None: none
    setup_lasts: bool = True  # False: a setup serves as long as it is used without a break, then is to be made again
    setup_before: Bools | None = None  # (J,) set up just before the plan, where setups do not last; None: nobody
    quota_use: Floats | None = None  # (O, T) what an option takes of something limited over all periods together; None: nothing is
    quota: float = math.inf  # the limit
    more_load: Floats | None = None  # (D, O, T) loads in other cases, which the states have to hold as well; None: no other case
    more_work: Floats | None = None  # (D, O, T) works in the same cases, which the crews have to do as well
    gives_way: Ints | None = None  # (O, T) facility that an option gives way to: not taken where that one is open; -1: none
    idle: Bools | None = None  # (O,) options under which a customer makes no setup; None: none
    most_open: Floats | None = None  # (T,) most facilities open at once, inf without limit; None: no limit

    @property
    def sizes(self) -> tuple[int, int, int, int]:
        """Facilities, customers, options, periods."""
        return len(self.facilities), len(self.serve), len(self.customer), self.serve.shape[1]

    def brought(self, t: int) -> float:
        """Posts that facilities joining at t bring, less those that facilities leaving at t take back: what each
        had before the plan."""
        return sum(f.crew_before * (int(f.joins(t)) - int(f.leaves(t))) for f in self.facilities)

    @cached_property
    def works(self) -> Floats:
        """Work of each option (O, T)."""
        return self.work[self.customer] if self.option_work is None else self.option_work

    @cached_property
    def all_loads(self) -> Floats:
        """Loads of every case (1 + D, O, T), `load` first."""
        return self.load[None] if self.more_load is None else np.concatenate([self.load[None], self.more_load])

    @cached_property
    def all_works(self) -> Floats:
        """Works of every case (1 + D, O, T)."""
        return self.works[None] if self.more_work is None else np.concatenate([self.works[None], self.more_work])

    @cached_property
    def peak(self) -> Floats:
        """Load of each option in the case that asks most of it (O, T)."""
        return np.asarray(self.all_loads.max(axis=0), dtype=np.float64)

    @property
    def class_count(self) -> int:
        return 0 if self.classes is None else len(self.classes)

    @cached_property
    def options_of(self) -> list[list[int]]:
        """Options by customer."""
        found: list[list[int]] = [[] for _ in range(len(self.serve))]
        for o, j in enumerate(self.customer):
            found[j].append(o)
        return found

    def is_open(self, state: Ints, k: int, t: int) -> bool:
        """Whether a facility is open at t in these states (K, T)."""
        return bool(state[k, t] >= 0 and self.facilities[k].open[state[k, t]])

    def set_up_before(self, j: int) -> bool:
        return self.setup_before is not None and bool(self.setup_before[j])

    def yielding(self, j: int, t: int) -> dict[int, list[int]]:
        """The options of a customer that give way to a facility present at t, by that facility."""
        found: dict[int, list[int]] = {}
        if self.gives_way is not None:
            for o in self.options_of[j]:
                k = int(self.gives_way[o, t])
                if k >= 0 and self.allowed[o, t] and self.facilities[k].present[t]:
                    found.setdefault(k, []).append(o)
        return found

    def using(self, option: Ints) -> Bools:
        """Customers and periods (J, T) in which these options (J, T) need a setup."""
        return np.asarray((option >= 0) & self.needs_setup[np.maximum(option, 0)], dtype=bool)

    def setups(self, option: Ints) -> Bools:
        """The latest setups (J, T) that these options need: at the first use, or at each return to it."""
        using = self.using(option)
        before = np.zeros_like(using)
        if self.setup_lasts:
            before[:, 1:] = np.logical_or.accumulate(using, axis=1)[:, :-1]
        else:
            before[:, 1:] = using[:, :-1]
            before[:, 0] = False if self.setup_before is None else self.setup_before
        return np.asarray(using & ~before, dtype=bool)

    def switches(self, option: Ints) -> Bools:
        """Customers and periods (J, T) served by another facility than when last served."""
        last = np.full(len(option), -1, dtype=np.int64) if self.facility_before is None else self.facility_before.copy()
        found = np.zeros(option.shape, dtype=bool)
        for t in range(option.shape[1]):
            here = np.where(option[:, t] >= 0, self.facility[np.maximum(option[:, t], 0)], last)
            found[:, t] = (here != last) & (last >= 0)
            last = here
        return found

    def used(self, option: Ints) -> float:
        """What these options (J, T) take of the quota."""
        if self.quota_use is None:
            return 0.0
        j, t = np.nonzero(option >= 0)
        return float(self.quota_use[option[j, t], t].sum())

    def changed(self, option: Ints) -> Bools:
        """The customers (J,) that leave the anchor with these options (J, T)."""
        if self.anchor is None:
            return np.zeros(len(option), dtype=bool)
        periods = np.broadcast_to(np.arange(option.shape[1]), option.shape)
        return np.asarray(((option >= 0) & self.anchor.departs[np.maximum(option, 0), periods]).any(axis=1), dtype=bool)


@dataclass(frozen=True)
class Choice:
    """A solution. `state` (K, T): state of each facility, -1 when absent; `option` (J, T): -1 when not served;
    `setup` (J, T): made in the period; `crew` (K, T): whole posts."""

    state: Ints
    option: Ints
    setup: Bools
    crew: Ints


def undominated(*amounts: Floats) -> list[int]:
    """The cases (first axis of every array) that no other one asks at least as much as of everything; of equals the first."""
    rows = np.concatenate([each.reshape(len(each), -1) for each in amounts], axis=1)
    kept: list[int] = []
    before = np.arange(len(rows))
    for d, row in enumerate(rows):
        over = (rows >= row).all(axis=1) & ((before < d) | (rows > row).any(axis=1))
        if not over.any():
            kept.append(d)
    return kept


# --- evaluating ----------------------------------------------------------------------------------------------


def crew_needed(data: Location, state: Ints, option: Ints) -> Ints:
    """Fewest whole posts (K, T) for the work assigned, kept up where the total may not fall faster.

    Posts kept above need stay where they were as far as possible; where nothing is open none can be kept.
    """
    facilities, _, _, periods = data.sizes
    crew = np.zeros((facilities, periods), dtype=np.int64)
    for t in range(periods):
        works = np.zeros((facilities, len(data.all_works)))
        chosen = option[option[:, t] >= 0, t]
        np.add.at(works, data.facility[chosen], data.all_works[:, chosen, t].T)
        work = works.max(axis=1)
        prior = np.zeros(facilities)
        opened = []
        for k, facility in enumerate(data.facilities):
            if state[k, t] < 0:
                continue
            prior[k] = facility.crew_before if t == facility.first else crew[k, t - 1]
            if facility.open[state[k, t]]:
                opened.append(k)
                crew[k, t] = max(ceil(work[k] / facility.productivity), ceil(facility.crew_min[state[k, t]]))
        before = data.brought(t) + (float(crew[:, t - 1].sum()) if t else 0.0)
        short = ceil(before - data.drop[t] - crew[:, t].sum()) if math.isfinite(data.drop[t]) else 0
        for k in sorted(opened, key=lambda k: (crew[k, t] - prior[k], k)):
            kept = max(0, min(short, ceil(min(prior[k], data.facilities[k].crew_most)) - int(crew[k, t])))
            crew[k, t] += kept
            short -= kept
        if short > 0 and opened:
            crew[max(opened, key=lambda k: (crew[k, t], -k)), t] += short
    return crew


def ceil(value: float) -> int:
    """Smallest whole number not below a sum that carries rounding noise."""
    return math.ceil(value - 1e-9 * max(1.0, abs(value)))


def evaluate(data: Location, choice: Choice) -> float:
    """Exact cost of a solution (whatever rules it breaks). Raises KeyError for an arc that does not exist."""
    cost = float((choice.crew.sum(axis=0) * data.crew_cost).sum())
    for facility, states in zip(data.facilities, choice.state, strict=True):
        cost += sum(float(facility.arc_cost[arc]) for arc in path(facility, states))
    served = choice.option >= 0
    periods = np.broadcast_to(np.arange(served.shape[1]), served.shape)
    cost += float(data.cost[choice.option[served], periods[served]].sum())
    if data.switch_cost is not None:
        cost += float(data.switch_cost[data.switches(choice.option)].sum())
    if data.anchor is not None and data.anchor.price:
        cost += data.anchor.price * int(data.changed(choice.option).sum())
    return cost + float(data.setup_cost[choice.setup].sum())


def path(facility: Facility, states: Ints) -> list[int]:
    """The arcs that lead through the states (T,). Raises KeyError where one does not exist."""
    arcs, before = [], facility.start
    for t in np.flatnonzero(facility.present):
        arcs.append(facility.arc_index[int(t), before, int(states[t])])
        before = int(states[t])
    return arcs


def _is_set_up(data: Location, choice: Choice, using: Bools, j: int, t: int) -> bool:
    """Whether a customer that needs a setup at t has it."""
    if data.setup_lasts:
        return bool(choice.setup[j, : t + 1].any())
    return bool(choice.setup[j, t]) or (bool(using[j, t - 1]) if t else data.set_up_before(j))


def faults(data: Location, choice: Choice) -> list[str]:
    """The rules a solution breaks, by name; empty when it keeps them all."""
    found = []
    facilities, customers, _, periods = data.sizes
    cash = np.where(choice.setup, data.setup_cash, 0.0).sum(axis=0)
    using = data.using(choice.option)
    for k, facility in enumerate(data.facilities):
        try:
            for arc in path(facility, choice.state[k]):
                cash[facility.arcs[arc, 0]] += facility.arc_cash[arc]
        except KeyError:
            found.append(f"path {k}")
    for t in range(periods):
        cases = len(data.all_loads)
        load, work, own = np.zeros((facilities, cases)), np.zeros((facilities, len(data.all_works))), np.zeros((data.class_count, facilities, cases))
        for j in range(customers):
            o = choice.option[j, t]
            if (o >= 0) != bool(data.serve[j, t]):
                found.append(f"serve {j} {t}")
            if o < 0:
                continue
            k = data.facility[o]
            state = choice.state[k, t]
            if data.customer[o] != j or not data.allowed[o, t] or state < 0 or not data.facilities[k].open[state]:
                found.append(f"link {j} {t}")
            if using[j, t] and not _is_set_up(data, choice, using, int(j), t):
                found.append(f"setup {j} {t}")
            if any(o in own and data.is_open(choice.state, k, t) for k, own in data.yielding(j, t).items()):
                found.append(f"way {j} {t}")
            load[k] += data.all_loads[:, o, t]
            work[k] += data.all_works[:, o, t]
            if data.classes is not None:
                own[data.classes[:, o], k] += data.all_loads[:, o, t]
        for k, facility in enumerate(data.facilities):
            state, crew = choice.state[k, t], int(choice.crew[k, t])
            if state < 0:
                continue
            if load[k].max() > facility.capacity[state] * (1 + SLACK):
                found.append(f"load {k} {t}")
            if facility.class_capacity is not None and (own[:, k] > facility.class_capacity[:, state, None] * (1 + SLACK)).any():
                found.append(f"class {k} {t}")
            least = max(ceil(float(work[k].max()) / facility.productivity), ceil(facility.crew_min[state]))
            if not least <= crew <= facility.crew_most or (crew and not facility.open[state]):
                found.append(f"crew {k} {t}")
        if data.most_open is not None and sum(data.is_open(choice.state, k, t) for k in range(facilities)) > data.most_open[t]:
            found.append(f"open {t}")
        before = data.brought(t) + (float(choice.crew[:, t - 1].sum()) if t else 0.0)
        if choice.crew[:, t].sum() < before - data.drop[t] - 1e-6:
            found.append(f"drop {t}")
        if cash[t] > data.budget[t] * (1 + SLACK):
            found.append(f"budget {t}")
    if data.anchor is not None and data.changed(choice.option).sum() > data.anchor.most:
        found.append("changes")
    if data.used(choice.option) > data.quota * (1 + SLACK):
        found.append("quota")
    return found
