"""Assignments for given states of the facilities of a location program: between its data and `planner.solvers.location_anneal`."""

from __future__ import annotations

import time
from collections import namedtuple
from collections.abc import Callable
from typing import Any

import numpy as np

from planner.solvers.location import SLACK, Bools, Choice, Floats, Ints, Location, ceil, crew_needed, evaluate, faults, path
from planner.solvers.location_anneal import anneal

CHUNK = 40_000  # moves between two looks at the clock and at whether to stop
HUGE = 1e30

Fixed = namedtuple(
    "Fixed",
    "periods first sorted at facility mode use plain limited quota_use quota quota_unit classes class_case cost load loads work more_work usable switch before setup_cost setup_cash set_up lasts departs change_price "
    "most_changes speed crew_cost brought drop capacity class_capacity least most room over_fixed over_unit cash_fixed cash_unit",
)
State = namedtuple(
    "State",
    "option load own_load work more_work penalty crew site cash total changes used energy stiff shared best best_cost who new trial mark count touched saved_at saved "
    "site_before cash_before total_before random",
)


def _contiguous(fixed: Fixed) -> Fixed:
    """The same with arrays in one layout, so that the loop is compiled once."""
    return Fixed(*(np.ascontiguousarray(part) if isinstance(part, np.ndarray) else part for part in fixed))


def _limited(data: Location) -> tuple[Bools, Ints]:
    """The options (C', O) whose loads the states limit together beside all those of the first case, and the case (C',) of each: the
    classes in the first case; in each other one, all options, then the classes."""
    options = len(data.customer)
    classes = np.zeros((0, options), dtype=bool) if data.classes is None else data.classes
    other = np.concatenate([np.ones((1, options), dtype=bool), classes])
    more = len(data.all_loads) - 1
    case = np.concatenate([np.zeros(len(classes), dtype=np.int64), np.repeat(np.arange(1, more + 1), len(other))])
    return np.concatenate([classes, *(other for _ in range(more))]), case.astype(np.int64)


class Assigner:
    """Anneals assignments of a program. Temperatures and penalties are multiples of `scale`, the cost of a post, or of what
    options cost where posts cost nothing."""

    def __init__(self, data: Location) -> None:
        self.data = data
        facilities, customers, options, periods = data.sizes
        kinds: dict[tuple[bool, ...], int] = {}
        marks = np.vstack([data.needs_setup[None], data.classes]) if data.classes is not None else data.needs_setup[None]
        mode = np.array([kinds.setdefault(tuple(bool(mark) for mark in marks[:, o]), len(kinds)) for o in range(options)], dtype=np.int64)
        self.allowed = data.allowed & data.serve[data.customer]
        price = np.where(self.allowed, data.cost, 0.0).sum(axis=1) / np.maximum(1, self.allowed.sum(axis=1))
        at = np.full((customers, facilities, max(1, len(kinds))), -1, dtype=np.int64)
        for o in np.argsort(-price, kind="stable"):
            at[data.customer[o], data.facility[o], mode[o]] = o
        order = np.lexsort((price, data.customer))
        first = np.searchsorted(data.customer[order], np.arange(customers + 1)).astype(np.int64)
        posts = float(data.crew_cost.mean())
        served = self.allowed.any(axis=1)
        spread = float(np.median(price[served])) if served.any() else 1.0
        speed = np.array([f.productivity for f in data.facilities])
        self.scale = posts if posts > 0 else max(1e-6, spread)
        loads = np.where(np.isfinite(data.all_loads), data.all_loads, 0.0)
        load = loads[0]
        classes, class_case = _limited(data)
        typical = float(load[self.allowed].mean()) if self.allowed.any() else 1.0
        effort = float((data.works / speed[data.facility][:, None])[self.allowed].mean()) if self.allowed.any() else 0.0
        unit = (posts * effort + spread) / max(1e-9, typical)
        taken = np.zeros((options, periods)) if data.quota_use is None else data.quota_use.astype(float)
        anchor = data.anchor
        none = np.zeros((customers, periods))
        self.fixed = _contiguous(Fixed(
            periods=periods, first=first, sorted=order.astype(np.int64), at=at, facility=data.facility, mode=mode, use=data.needs_setup,
            plain=data.class_count, limited=data.quota_use is not None and np.isfinite(data.quota), quota_use=taken, quota=min(HUGE, float(data.quota)), quota_unit=4 * self.scale / max(1e-9, float(taken[self.allowed].mean()) if self.allowed.any() else 1.0),
            classes=classes, class_case=class_case, cost=data.cost.astype(float), load=load, loads=loads,
            work=data.works.astype(float), more_work=data.all_works[1:].astype(float), usable=self.allowed, switch=none if data.switch_cost is None else data.switch_cost,
            before=np.full(customers, -1, dtype=np.int64) if data.facility_before is None else data.facility_before.astype(np.int64),
            setup_cost=data.setup_cost.astype(float), setup_cash=data.setup_cash.astype(float),
            set_up=np.array([not data.setup_lasts and data.set_up_before(j) for j in range(customers)], dtype=np.int64), lasts=data.setup_lasts,
            departs=np.zeros((options, periods), dtype=bool) if anchor is None else anchor.departs,
            change_price=0.0 if anchor is None else float(anchor.price), most_changes=HUGE if anchor is None else min(HUGE, float(anchor.most)),
            speed=speed, crew_cost=data.crew_cost.astype(float), brought=np.array([data.brought(t) for t in range(periods)]),
            drop=np.minimum(data.drop, HUGE), capacity=np.zeros((facilities, periods)),
            class_capacity=np.zeros((len(classes), facilities, periods)), least=np.zeros((facilities, periods)),
            most=np.array([min(HUGE, f.crew_most) for f in data.facilities]), room=np.zeros(periods),
            over_fixed=self.scale / 3, over_unit=unit, cash_fixed=self.scale / 2, cash_unit=6.0,
        ))  # fmt: skip

    def given(self, states: Ints) -> Fixed | None:
        """The compiled loop's data for these states (K, T); None where they cannot be or leave a customer nowhere to go."""
        data = self.data
        facilities, customers, _, periods = data.sizes
        capacity, least = np.zeros((facilities, periods)), np.zeros((facilities, periods))
        own = np.full((data.class_count, facilities, periods), HUGE)
        is_open = np.zeros((facilities, periods), dtype=bool)
        room = np.minimum(data.budget, HUGE)
        for k, facility in enumerate(data.facilities):
            try:
                for arc in path(facility, states[k]):
                    room[facility.arcs[arc, 0]] -= facility.arc_cash[arc]
            except KeyError:
                return None
            for t in np.flatnonzero(facility.present):
                s = states[k, t]
                capacity[k, t], least[k, t], is_open[k, t] = facility.capacity[s], ceil(facility.crew_min[s]), facility.open[s]
                if facility.class_capacity is not None:
                    own[:, k, t] = facility.class_capacity[:, s]
        if (room < -SLACK * np.maximum(1.0, np.minimum(data.budget, HUGE))).any():
            return None
        if data.most_open is not None and (is_open.sum(axis=0) > data.most_open).any():
            return None
        cases = len(self.fixed.loads)
        own = np.concatenate([own, *(np.concatenate([capacity[None], own]) for _ in range(cases - 1))])
        usable = self.allowed & is_open[data.facility] & (self.fixed.load <= capacity[data.facility] * (1 + SLACK))
        for c, case in enumerate(self.fixed.class_case):
            usable &= ~self.fixed.classes[c][:, None] | (self.fixed.loads[case] <= own[c][data.facility] * (1 + SLACK))
        if data.gives_way is not None:
            usable &= (data.gives_way < 0) | ~is_open[np.maximum(data.gives_way, 0), np.arange(periods)]
        possible = np.zeros((customers, periods), dtype=bool)
        np.logical_or.at(possible, data.customer, usable)
        if (data.serve & ~possible).any():
            return None
        return _contiguous(self.fixed._replace(capacity=capacity, class_capacity=own, least=least, usable=usable, room=np.maximum(room, 0.0)))

    def nearest(self, fixed: Fixed, weight: Floats) -> Ints:
        """Options (J, T): per customer and period the usable one of most weight (O, T), the cheapest of equals; -1 when not served."""
        data = self.data
        option = np.full(data.serve.shape, -1, dtype=np.int64)
        value = np.where(fixed.usable, weight, -1.0)
        dearest = max(1.0, float(np.abs(data.cost).max(initial=0.0)))
        score = value - 1e-6 * np.where(fixed.usable, data.cost, 0.0) / dearest
        for j, own in enumerate(data.options_of):
            if own:
                option[j] = np.array(own)[np.argmax(score[own], axis=0)]
        return np.where(data.serve, option, -1)

    def run(
        self,
        states: Ints,
        fixed: Fixed,
        option: Ints,
        *,
        moves: int,
        seed: int,
        hot: float,
        cool: float,
        soft: float = 1.0,
        until: float = float("inf"),
        should_stop: Callable[[], bool] | None = None,
    ) -> Choice | None:
        """One run of so many moves from an assignment; cut short at the time `until` or when asked to stop. Temperatures in
        posts. The best solution met that keeps every rule of the program, None without one."""
        state = self._state(option, seed)
        for begin in range(0, moves, CHUNK):
            anneal(begin, min(moves, begin + CHUNK), moves, hot * self.scale, cool * self.scale, soft, state, fixed)
            if time.monotonic() > until or (should_stop is not None and should_stop()):
                break
        if not np.isfinite(state.best_cost[0]):
            return None
        choice = Choice(states, state.best, self.data.setups(state.best), crew_needed(self.data, states, state.best))
        return None if faults(self.data, choice) else choice

    def cost(self, choice: Choice) -> float:
        return evaluate(self.data, choice)

    def compile(self) -> None:
        """Make the compiled loop ready: seconds where it never ran on this computer, nothing later."""
        _, customers, _, periods = self.data.sizes
        anneal(0, 0, 1, 1.0, 1.0, 0.0, self._state(np.full((customers, periods), -1, dtype=np.int64), 1), self.fixed)

    def _state(self, option: Ints, seed: int) -> Any:
        facilities, customers, _, periods = self.data.sizes
        classes, cases = len(self.fixed.classes), len(self.fixed.more_work)
        table = (facilities, periods)
        return State(
            option=option.copy(), load=np.zeros(table), own_load=np.zeros((classes, *table)), work=np.zeros(table), more_work=np.zeros((cases, *table)),
            penalty=np.zeros(table), crew=np.zeros(table), site=np.zeros(customers), cash=np.zeros(periods), total=np.zeros(periods), changes=np.zeros(1), used=np.zeros(1), energy=np.zeros(1), stiff=np.ones(1),
            shared=np.zeros(1), best=option.copy(), best_cost=np.full(1, np.inf), who=np.zeros(3, np.int64), new=np.zeros((3, periods), np.int64),
            trial=np.zeros(3, np.int64), mark=np.zeros(table, np.int64), count=np.zeros(1, np.int64), touched=np.zeros(1, np.int64),
            saved_at=np.zeros((6 * periods, 2), np.int64), saved=np.zeros((6 * periods, 4 + classes + cases)), site_before=np.zeros(3),
            cash_before=np.zeros(periods), total_before=np.zeros(periods), random=np.array([(seed * 0x9E3779B97F4A7C15 + 0x2545F4914F6CDD1D) % 2**64 | 1], np.uint64),
        )  # fmt: skip
