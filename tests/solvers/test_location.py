"""The location program against exhaustive enumeration, and its evaluation against sums by hand."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from planner.solvers import mip
from planner.solvers.location import Choice, Facility, Location, crew_needed, evaluate, faults
from planner.solvers.location_mip import kernel, solve_location
from planner.solvers.location_program import Elastic, program
from planner.solvers.mip import MipStatus

SMALL, LARGE, SHUT, WAITING = range(4)


def random_location(seed: int, customers: int = 2, periods: int = 2, facilities: int = 2, budget: bool = True, drop: bool = True) -> Location:
    """A random program small enough to enumerate. The last facility is a candidate, the others exist at SMALL."""
    rng = np.random.default_rng(seed)
    made = []
    work = rng.integers(20, 60, (customers, periods)).astype(float)
    for k in range(facilities):
        candidate = k == facilities - 1 and rng.random() < 0.5
        capacity = np.array([0.6, 1.4, 0.0, 0.0]) * work.sum(axis=0).max() * rng.uniform(0.7, 1.2)
        arcs, cost, cash = [], [], []
        for t in range(periods):
            for a, b in itertools.product(range(4), repeat=2):
                legal = b == SHUT if a == SHUT else (b in (SMALL, LARGE, WAITING) if a == WAITING else b != WAITING)
                if legal:
                    arcs.append((t, a, b))
                    spent = float((a == WAITING and b < SHUT) * 90 + (a != LARGE and b == LARGE) * 50)
                    cost.append(float(rng.integers(5, 30)) * (b < SHUT) + spent * 0.5 + 15 * (a < SHUT and b == SHUT))
                    cash.append(spent)
        made.append(
            Facility(capacity, np.array([1.0, 1.5, 0, 0]), np.array([True, True, False, False]), WAITING if candidate else SMALL,
                     np.array(arcs), np.array(cost), np.array(cash), float(rng.integers(15, 30)), 0.0 if candidate else float(rng.integers(0, 5)),
                     np.ones(periods, dtype=bool))
        )  # fmt: skip
    options = [(j, k, m) for j in range(customers) for k in range(facilities) for m in range(2) if rng.random() < 0.85 or (k == 0 and m == 0)]
    customer, facility, mode = (np.array(part) for part in zip(*options, strict=True))
    factor = np.where(mode == 0, 1.0, 1.4)
    return Location(
        tuple(made), customer, facility, mode == 1, np.ones((len(options), periods), dtype=bool),
        rng.integers(10, 60, (len(options), periods)).astype(float), work[customer] * factor[:, None] / 1.2, np.ones((customers, periods), dtype=bool), work,
        rng.integers(5, 20, (customers, periods)).astype(float), np.full((customers, periods), 30.0), np.full(periods, 12.0),
        np.full(periods, float(rng.integers(60, 160)) if budget else np.inf), np.full(periods, float(rng.integers(0, 3)) if drop else np.inf),
    )  # fmt: skip


def cheapest_by_enumeration(data: Location) -> float:
    """Least cost over every path, assignment and setup period; posts follow the recursion max(need, before - drop)."""
    periods = data.serve.shape[1]
    paths = [
        [states for states in itertools.product(range(4), repeat=periods) if _legal(facility, states)] for facility in data.facilities
    ]
    choices = [[o for o in range(len(data.customer)) if data.customer[o] == j] for j in range(len(data.serve))]
    best = math.inf
    for states in itertools.product(*paths):
        arcs = [_arcs(facility, path) for facility, path in zip(data.facilities, states, strict=True)]
        cost_of_arcs = sum(f.arc_cost[a].sum() for f, a in zip(data.facilities, arcs, strict=True))
        cash = np.zeros(periods)
        for f, a in zip(data.facilities, arcs, strict=True):
            np.add.at(cash, f.arcs[a, 0], f.arc_cash[a])
        capacity = np.array([[f.capacity[s] for s in path] for f, path in zip(data.facilities, states, strict=True)])
        is_open = np.array([[bool(f.open[s]) for s in path] for f, path in zip(data.facilities, states, strict=True)])
        floor = np.array([[f.crew_min[s] for s in path] for f, path in zip(data.facilities, states, strict=True)])
        if (cash > data.budget + 1e-9).any() or (data.most_open is not None and (is_open.sum(axis=0) > data.most_open).any()):
            continue
        for picked in itertools.product(*(itertools.product(own, repeat=periods) for own in choices)):
            load, done = np.zeros(capacity.shape), np.zeros(capacity.shape)
            cost = cost_of_arcs
            for j, own in enumerate(picked):
                for t, o in enumerate(own):
                    k = data.facility[o]
                    load[k, t] += data.load[o, t] if is_open[k, t] and not _must_yield(data, is_open, o, t) else math.inf
                    done[k, t] += data.work[j, t]
                    cost += data.cost[o, t]
            if (load > capacity + 1e-9).any() or cost >= best:
                continue
            need = np.maximum(np.ceil(done / np.array([[f.productivity] for f in data.facilities]) - 1e-9), np.ceil(floor))
            before = sum(f.crew_before for f in data.facilities)
            possible = True
            for t in range(periods):
                total = max(need[:, t].sum(), math.ceil(before - data.drop[t] - 1e-9) if math.isfinite(data.drop[t]) else 0)
                possible &= bool(is_open[:, t].any()) or total == 0
                cost += data.crew_cost[t] * total
                before = total
            if not possible:
                continue
            firsts = [next((t for t, o in enumerate(own) if data.needs_setup[o]), None) for own in picked]
            for when in itertools.product(*([None] if first is None else range(first + 1) for first in firsts)):
                spent = cash.copy()
                total_cost = cost
                for j, t in enumerate(when):
                    if t is not None:
                        spent[t] += data.setup_cash[j, t]
                        total_cost += data.setup_cost[j, t]
                if (spent <= data.budget + 1e-9).all():
                    best = min(best, total_cost)
    return best


def _must_yield(data: Location, is_open: np.ndarray, o: int, t: int) -> bool:
    return data.gives_way is not None and data.gives_way[o, t] >= 0 and bool(is_open[data.gives_way[o, t], t])


def _legal(facility: Facility, states: tuple[int, ...]) -> bool:
    return all((t, a, b) in facility.arc_index for t, (a, b) in enumerate(itertools.pairwise((facility.start, *states))))


def _arcs(facility: Facility, states: tuple[int, ...]) -> list[int]:
    return [facility.arc_index[t, a, b] for t, (a, b) in enumerate(itertools.pairwise((facility.start, *states)))]


@pytest.mark.parametrize("seed", range(12))
def test_equals_enumeration(seed: int) -> None:
    data = random_location(seed, budget=seed % 3 != 0, drop=seed % 2 == 0)
    best = cheapest_by_enumeration(data)
    result = solve_location(data, seconds=20, gap=0)
    if math.isinf(best):
        assert result.status is MipStatus.INFEASIBLE
        return
    assert result.status is MipStatus.OPTIMAL and result.choice is not None
    assert faults(data, result.choice) == []
    assert result.cost == pytest.approx(best, abs=1e-6)
    assert result.bound <= best + 1e-6


@pytest.mark.parametrize("seed", range(8))
def test_options_that_give_way_and_few_facilities_open_equal_enumeration(seed: int) -> None:
    """The first customer's options elsewhere give way to the last facility, in the second period only for odd seeds; for some seeds at
    most one facility is open."""
    data = random_location(seed, budget=False, drop=False)
    plain = cheapest_by_enumeration(data)
    yields = np.where(((data.customer == 0) & (data.facility != 1))[:, None] & np.array([seed % 2 == 0, True]), 1, -1)
    data = replace(data, gives_way=yields, most_open=np.array([math.inf, 1.0]) if seed % 3 == 0 else None)
    best = cheapest_by_enumeration(data)
    result = solve_location(data, seconds=20, gap=0)
    assert best >= plain
    if math.isinf(best):
        assert result.status is MipStatus.INFEASIBLE
        return
    assert result.choice is not None and faults(data, result.choice) == []
    assert result.cost == pytest.approx(best, abs=1e-6) and result.bound <= best + 1e-6
    free = solve_location(replace(data, gives_way=None, most_open=None), seconds=20, gap=0).choice
    assert free is not None and (best == plain or {fault.split()[0] for fault in faults(data, free)} <= {"way", "open"})


def test_a_relaxed_limit_of_open_facilities_says_by_how_many() -> None:
    data = replace(random_location(0, budget=False, drop=False), most_open=np.zeros(2))
    assert solve_location(data, seconds=20).status is MipStatus.INFEASIBLE
    result = solve_location(data, seconds=20, elastic=Elastic(open=1e6))
    assert result.broken is not None and (result.broken.open >= 1).all()


def test_enumeration_covers_both_outcomes() -> None:
    """The random programs above are of both kinds, so that neither branch of the comparison is idle."""
    found = {math.isinf(cheapest_by_enumeration(random_location(seed, budget=seed % 3 != 0, drop=seed % 2 == 0))) for seed in (0, 1, 2)}
    tight = random_location(0)
    tight = replace(tight, facilities=tuple(replace(f, capacity=f.capacity / 10) for f in tight.facilities))
    assert found == {False} and math.isinf(cheapest_by_enumeration(tight))
    assert solve_location(tight, seconds=20).status is MipStatus.INFEASIBLE


def test_a_relaxed_program_says_by_how_much() -> None:
    data = random_location(0, budget=False, drop=False)
    shrunk = replace(data, facilities=tuple(replace(f, capacity=f.capacity / 10) for f in data.facilities))
    result = solve_location(shrunk, seconds=20, elastic=Elastic(load=1000.0))
    assert result.choice is not None and result.broken is not None
    load = np.zeros((2, 2))
    for j, t in np.argwhere(result.choice.option >= 0):
        o = result.choice.option[j, t]
        load[shrunk.facility[o], t] += shrunk.load[o, t]
    capacity = np.array([[f.capacity[s] for s in states] for f, states in zip(shrunk.facilities, result.choice.state, strict=True)])
    assert (result.broken.load > 0).any()
    assert result.broken.load == pytest.approx(np.maximum(0.0, load - capacity), abs=1e-5)


def test_a_start_is_kept_and_never_made_worse() -> None:
    data = random_location(3, customers=6, periods=3, facilities=3, budget=False, drop=False)
    good = solve_location(data, seconds=20).choice
    assert good is not None
    again = solve_location(data, seconds=20, nodes=0, start=good)
    assert again.choice is not None and again.cost <= evaluate(data, good) + 1e-9
    assert np.allclose(program(data).model.violation(program(data).vector(good)), 0, atol=1e-6)


def test_a_faulty_start_is_ignored() -> None:
    data = random_location(0)
    best = solve_location(data, seconds=20, gap=0)
    assert best.choice is not None
    bad = replace(best.choice, crew=np.zeros_like(best.choice.crew))
    assert faults(data, bad)
    assert solve_location(data, seconds=20, gap=0, start=bad).cost == pytest.approx(best.cost)


def test_stopping_keeps_the_start() -> None:
    data = random_location(3, customers=6, periods=3, facilities=3, budget=False, drop=False)
    start = solve_location(data, seconds=20).choice
    stopped = solve_location(data, seconds=20, start=start, should_stop=lambda: True)
    assert stopped.choice is not None and faults(data, stopped.choice) == []


def test_posts_fall_no_faster_than_allowed() -> None:
    """One facility of 5 posts whose work needs 2: with one departure a period 4, 3, 2, 2 remain."""
    facility = Facility(np.array([100.0, 0]), np.array([1.0, 0]), np.array([True, False]), 0, np.array([(t, 0, 0) for t in range(4)]),
                        np.zeros(4), np.zeros(4), 10.0, 5.0, np.ones(4, dtype=bool))  # fmt: skip
    one = np.ones((1, 4))
    data = Location((facility,), np.array([0]), np.array([0]), np.array([False]), one > 0, one, one * 20, one > 0, one * 20, one, one, np.ones(4),
                    np.full(4, np.inf), np.ones(4))  # fmt: skip
    state = option = np.zeros((1, 4), dtype=np.int64)
    assert crew_needed(data, state, option).tolist() == [[4, 3, 2, 2]]
    choice = Choice(state, option, np.zeros((1, 4), dtype=bool), np.array([[4, 3, 2, 2]]))
    assert faults(data, choice) == [] and evaluate(data, choice) == 4 + 11
    assert faults(data, replace(choice, crew=np.array([[4, 2, 2, 2]]))) == ["drop 1"]
    assert faults(data, replace(choice, crew=np.array([[4, 3, 2, 1]]))) == ["crew 0 3"]
    free = replace(data, drop=np.full(4, np.inf))
    assert crew_needed(free, state, option).tolist() == [[2, 2, 2, 2]]


def test_absent_facilities_bring_and_take_their_posts() -> None:
    """The second facility is present in period 1 only: its posts neither have to be kept before nor after."""
    present = np.array([False, True, False])
    arcs = np.array([(t, 0, 0) for t in range(3)])
    base = Facility(np.array([100.0]), np.array([1.0]), np.array([True]), 0, arcs, np.zeros(3), np.zeros(3), 10.0, 1.0, np.ones(3, dtype=bool))
    guest = replace(base, arcs=np.array([(1, 0, 0)]), arc_cost=np.zeros(1), arc_cash=np.zeros(1), crew_before=6.0, present=present)
    one = np.ones((1, 3))
    data = Location((base, guest), np.array([0]), np.array([0]), np.array([False]), one > 0, one, one, one > 0, one, one, one, np.ones(3),
                    np.full(3, np.inf), np.full(3, 2.0))  # fmt: skip
    result = solve_location(data, seconds=10, gap=0)
    assert result.choice is not None
    assert result.choice.state.tolist() == [[0, 0, 0], [-1, 0, -1]]
    assert result.choice.crew.sum(axis=0).tolist() == [1, 5, 1]  # 1 + 6 - 2 = 5, then 5 - 6 - 2 < 1
    assert faults(data, result.choice) == [] and result.cost == 3 + 1 + 5 + 1


def test_the_kernel_holds_its_start_and_only_solutions_of_the_program() -> None:
    data = random_location(5, customers=6, periods=3, facilities=3, budget=False, drop=False)
    made = program(data)
    best = solve_location(data, seconds=20, gap=0)
    assert best.choice is not None
    start = made.vector(best.choice)
    relaxed = mip.solve(replace(made.model, integer=np.zeros(len(made.model.cost), dtype=bool)))
    assert relaxed.x is not None and relaxed.bound <= best.cost + 1e-6
    small = kernel(made, relaxed.x, start, 1)
    assert small.violation(start) < 1e-6
    assert (small.upper <= made.model.upper).all() and (small.upper < made.model.upper).any()
    found = mip.solve(small, gap=0)
    assert found.x is not None and faults(data, made.choice(found.x)) == []
    assert best.cost - 1e-6 <= found.objective <= best.cost + 1e-6  # it holds the optimum, and nothing better exists


def test_a_first_plan_comes_without_a_start_and_with_the_relaxations_bound() -> None:
    data = random_location(3, customers=8, periods=3, facilities=4, budget=False, drop=False)
    seen: list[tuple[float | None, float | None]] = []
    result = solve_location(data, seconds=20, nodes=20, on_progress=lambda cost, bound: seen.append((cost, bound)))
    assert result.choice is not None and faults(data, result.choice) == []
    assert -math.inf < result.bound <= result.cost
    assert any(cost is not None and bound is not None for cost, bound in seen)


def test_a_plan_that_keeps_every_rule_is_not_called_impossible(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine may prove impossible, within its tolerances, what the exact check accepts."""
    data = random_location(3)
    good = solve_location(data, seconds=20).choice
    assert good is not None
    monkeypatch.setattr(mip, "solve", lambda *_, **__: mip.MipResult(MipStatus.INFEASIBLE, None, math.inf, -math.inf, 0.0))
    assert solve_location(data, seconds=20, start=good).status is MipStatus.FEASIBLE
