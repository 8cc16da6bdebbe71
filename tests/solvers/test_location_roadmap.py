"""The engine for large programs, on ones small enough to enumerate, and the rows of classes, switches, lapsing setups."""

import itertools
import math
import time
from dataclasses import replace

import numpy as np
import pytest

from planner.solvers import location_mip, location_plans, mip
from planner.solvers.location import Choice, Location, crew_needed, evaluate, faults, undominated
from planner.solvers.location_anneal import SOFTEST, anneal
from planner.solvers.location_assign import Assigner
from planner.solvers.location_lives import Lives
from planner.solvers.location_mip import solve_location
from planner.solvers.location_plans import Search, shrunk
from planner.solvers.location_program import program
from planner.solvers.location_roadmap import complete, whole
from planner.solvers.location_roadmap_board import Board
from planner.solvers.location_rows import Relaxation
from planner.solvers.mip import MipStatus
from tests.solvers.test_location import cheapest_by_enumeration, random_location


def rich_location(seed: int, customers: int = 2, periods: int = 2, facilities: int = 2) -> Location:
    """A random program with classes, work by option, switches and setups that lapse. State LARGE alone can do the class."""
    rng = np.random.default_rng(seed)
    data = random_location(seed, customers, periods, facilities, budget=seed % 2 == 0, drop=False)
    options = len(data.customer)
    size = 0.3 if seed % 5 == 4 else 1.0
    own = tuple(replace(f, capacity=size * f.capacity, class_capacity=np.array([[0.0, 0.7 * f.capacity[1], 0.0, 0.0]]), crew_most=6.0) for f in data.facilities)
    return replace(
        data, facilities=own, classes=data.needs_setup[None], option_work=data.works * np.where(data.needs_setup, 0.7, 1.0)[:, None],
        switch_cost=np.full((customers, periods), float(rng.integers(0, 15))), facility_before=rng.integers(-1, facilities, customers),
        setup_lasts=False, setup_before=rng.random(customers) < 0.3, cost=rng.integers(10, 60, (options, periods)).astype(float),
    )  # fmt: skip


def in_cases(data: Location, seed: int) -> Location:
    """The program with two other cases of loads and works that pull customers apart, and a quota."""
    rng = np.random.default_rng(100 + seed)
    more = rng.choice([0.5, 1.2], len(data.serve))[data.customer][:, None]
    pull = np.stack([np.broadcast_to(more, data.load.shape), np.broadcast_to(1.7 - more, data.load.shape)])
    use = rng.integers(0, 5, data.load.shape).astype(float)
    return replace(data, more_load=data.load * pull, more_work=data.works * pull, quota_use=use, quota=1.6 * float(data.serve.sum()))


def cheapest(data: Location) -> float:
    """Least cost over every path and assignment, with the fewest posts and the latest setups, by the exact check."""
    periods = data.serve.shape[1]
    paths = [
        [p for p in itertools.product(range(4), repeat=periods)
         if all((t, a, b) in f.arc_index for t, (a, b) in enumerate(itertools.pairwise((f.start, *p))))]
        for f in data.facilities
    ]  # fmt: skip
    best = math.inf
    for states in itertools.product(*paths):
        state = np.array(states)
        for picked in itertools.product(*(itertools.product(own, repeat=periods) for own in data.options_of)):
            option = np.array(picked)
            choice = Choice(state, option, data.setups(option), crew_needed(data, state, option))
            if evaluate(data, choice) < best and not faults(data, choice):
                best = evaluate(data, choice)
    return best


@pytest.mark.parametrize("seed", range(10))
def test_rich_programs_equal_enumeration_in_every_form(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = rich_location(seed) if seed < 6 else in_cases(rich_location(seed), seed)
    best = cheapest(data)
    tight = program(data, tight=True)
    for model in (program(data).model, complete(tight, whole(tight))):
        found = mip.solve(model, gap=0)
        if math.isinf(best):
            assert found.status is MipStatus.INFEASIBLE
        else:
            assert found.objective == pytest.approx(best, abs=1e-6)
    monkeypatch.setattr(location_mip, "SMALL", 0)
    result = solve_location(data, seconds=20, gap=0)
    if math.isinf(best):
        assert result.status is MipStatus.INFEASIBLE
    else:
        assert result.cost == pytest.approx(best, abs=1e-6) and result.bound <= best + 1e-6
        assert result.choice is not None and faults(data, result.choice) == []


def test_rich_programs_are_of_both_kinds() -> None:
    assert {math.isinf(cheapest(rich_location(seed))) for seed in (0, 4)} == {True, False}


@pytest.mark.parametrize("seed", range(8))
def test_the_engine_for_large_programs_equals_enumeration(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(location_mip, "SMALL", 0)
    data = random_location(seed, budget=seed % 3 != 0, drop=seed % 2 == 0)
    best = cheapest_by_enumeration(data)
    result = solve_location(data, seconds=20, gap=0)
    if math.isinf(best):
        assert result.status is MipStatus.INFEASIBLE
    else:
        assert result.status is MipStatus.OPTIMAL and result.choice is not None and faults(data, result.choice) == []
        assert result.cost == pytest.approx(best, abs=1e-6) and result.bound <= best + 1e-6


def larger(seed: int = 3) -> Location:
    data = rich_location(seed, customers=14, periods=3, facilities=5)
    return replace(data, budget=np.full(3, 400.0), facilities=tuple(replace(f, crew_most=40.0) for f in data.facilities))


def test_bounds_of_any_subset_of_rows_are_true() -> None:
    data = larger()
    made = program(data, tight=True)
    relaxation = Relaxation(made)
    bounds = []
    while relaxation.solve(rounds=1):
        bounds.append(relaxation.bound)
        if len(bounds) > 30 or (len(bounds) > 1 and bounds[-1] == bounds[-2]):
            break
    best = mip.solve(complete(made, whole(made)), seconds=5)
    assert bounds == sorted(bounds) and bounds[-1] <= best.objective
    first = np.zeros(len(made.model.cost), dtype=bool)
    first[[*made.branching, *made.n.values()]] = True
    some = mip.solve(relaxation.program(first), seconds=5, gap=0)
    assert bounds[-1] <= some.bound + 1e-3 <= best.objective + 1e-2


def test_a_choice_is_a_point_of_every_form() -> None:
    data = larger()
    choice = solve_location(data, seconds=5).choice
    assert choice is not None
    tight = program(data, tight=True)
    for made, model in ((tight, complete(tight, whole(tight))), (program(data), program(data).model)):
        vector = made.vector(choice)
        assert model.violation(vector) < 1e-6
        assert model.cost @ vector == pytest.approx(evaluate(data, choice))


def test_cases_and_quota_bind() -> None:
    pairs = [(rich_location(seed), in_cases(rich_location(seed), seed)) for seed in range(6, 10)]
    least = [[mip.solve(program(data).model, gap=0).objective for data in pair] for pair in pairs]
    assert any(math.isfinite(more) and more > less + 1 for less, more in least)
    assert undominated(np.array([[1.0, 2.0], [2.0, 1.0], [1.0, 1.0], [2.0, 1.0]]), np.array([[1.0], [1.0], [1.0], [1.0]])) == [0, 1]


@pytest.mark.parametrize("cased", [False, True])
def test_annealing_weighs_as_the_exact_evaluation_does(cased: bool) -> None:
    """What a run keeps as best costs what `evaluate` says, for the same posts and setups."""
    data = in_cases(larger(), 3) if cased else larger()
    start = solve_location(data, seconds=5).choice
    assert start is not None
    assigner = Assigner(data)
    fixed = assigner.given(start.state)
    assert fixed is not None
    weight = np.zeros(data.cost.shape)
    for t in range(3):
        weight[start.option[:, t], t] = 1.0
    found = [assigner.run(start.state, fixed, assigner.nearest(fixed, weight), moves=50_000, seed=1, hot=0.3, cool=0.01, soft=0.0) for _ in range(2)]
    assert found[0] is not None and found[1] is not None and faults(data, found[0]) == []
    assert np.array_equal(found[0].option, found[1].option)
    assert evaluate(data, found[0]) <= evaluate(data, start) + 1e-9


def test_what_breaks_a_limit_costs_little_at_first_and_its_whole_penalty_at_the_end() -> None:
    data = larger()
    start = solve_location(data, seconds=5).choice
    assert start is not None
    assigner = Assigner(data)
    fixed = assigner.given(start.state)
    assert fixed is not None
    tight = fixed._replace(capacity=0.1 * fixed.capacity)
    state = assigner._state(start.option, 1)
    penalties = []
    for step in (0, 7_999):
        anneal(step, step + 1, 8_000, 1.0, 1e-9, 1.0, state, tight)
        penalties.append((float(state.stiff[0]), float(state.penalty.sum())))
    assert penalties[0][0] == pytest.approx(SOFTEST) and penalties[1][0] == 1.0
    assert 0.0 < penalties[0][1] < 0.5 * penalties[1][1]


def test_lives_nearby_follow_arcs() -> None:
    data = larger()
    relaxation = Relaxation(program(shrunk(data, 0.01), tight=True))
    assert relaxation.solve()
    rng = np.random.default_rng(1)
    lives = Lives(relaxation, (10.0, 100.0), rng)
    states = np.array([[f.start] * 3 if (0, f.start, f.start) in f.arc_index else [int(f.arcs[0, 2])] * 3 for f in data.facilities])
    seen = set()
    for _ in range(50):
        states = lives.near(states)
        seen.add(states.tobytes())
        for f, row in zip(data.facilities, states, strict=True):
            assert all((t, a, b) in f.arc_index for t, (a, b) in enumerate(itertools.pairwise((f.start, *(int(s) for s in row)))))
    assert len(seen) > 10


def test_limited_by_nodes_it_gives_the_same_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(location_mip, "SMALL", 0)
    monkeypatch.setattr(location_plans, "FULL", 50_000)
    data = larger()
    first, second = (solve_location(data, seconds=60, nodes=1, seed=4) for _ in range(2))
    assert first.choice is not None and second.choice is not None and first.bound == second.bound
    assert np.array_equal(first.choice.option, second.choice.option) and np.array_equal(first.choice.state, second.choice.state)


def test_it_stops_when_asked_and_keeps_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(location_mip, "SMALL", 0)
    data = larger()
    start = solve_location(data, seconds=20, nodes=0).choice
    began = time.monotonic()
    result = solve_location(data, seconds=60, gap=0, start=start, should_stop=lambda: time.monotonic() > began + 1)
    assert result.choice is not None and start is not None and result.cost <= evaluate(data, start) + 1e-9
    assert result.status in (MipStatus.STOPPED, MipStatus.OPTIMAL) and time.monotonic() - began < 20


def test_setups_and_switches_by_hand() -> None:
    data = replace(larger(), serve=np.ones((14, 3), dtype=bool))
    j = next(j for j in range(14) if len({bool(data.needs_setup[o]) for o in data.options_of[j]}) == 2)
    hot = next(o for o in data.options_of[j] if not data.needs_setup[o])
    cold = next(o for o in data.options_of[j] if data.needs_setup[o])
    option = np.array([[data.options_of[i][0]] * 3 for i in range(14)])
    option[j] = [cold, hot, cold]
    before = np.zeros(14, dtype=bool)
    assert replace(data, setup_before=before).setups(option)[j].tolist() == [True, False, True]
    before[j] = True
    assert replace(data, setup_before=before).setups(option)[j].tolist() == [False, False, True]
    assert replace(data, setup_lasts=True).setups(option)[j].tolist() == [True, False, False]
    here = int(data.facility[hot])
    kept = replace(data, facility_before=np.full(14, here))
    option[j] = [hot, hot, hot]
    assert not kept.switches(option)[j].any()
    assert replace(data, facility_before=np.full(14, here + 1)).switches(option)[j].tolist() == [True, False, False]
    assert not replace(data, facility_before=None).switches(option)[j].any()


def test_lives_are_judged_by_what_they_cost_at_least() -> None:
    """No plan on given lives is cheaper than the relaxation with them; whole posts of a period by hand."""
    data = larger()
    made = program(data, tight=True)
    relaxation = Relaxation(made)
    assert relaxation.solve()
    search = Search(data, list(relaxation.order), Board(data, 0.0, math.inf), 1)
    search.limited()
    met = [entry for entry in search.pool.values() if math.isfinite(entry.relaxed)]
    assert len(met) > 1 and any(entry.choice is not None for entry in met)
    whole = Relaxation(made)
    for entry in met:
        here = [float(entry.states[k, t] == s) for k, t, s in made.z]
        whole.limit(list(made.z.values()), here, here)
        assert whole.solve() and relaxation.objective - 1e-3 <= whole.objective <= min(entry.relaxed, entry.cost) + 1e-3
    assert not whole.solve(under=whole.objective - 1.0) and whole.solve(under=whole.objective + 1.0)
    x = np.zeros(len(made.model.cost))
    for (_, t), column in made.n.items():
        x[column] = 0.25 if t == 0 else 1.0
    count = data.sizes[0]
    assert search._rounding(x) == pytest.approx(data.crew_cost[0] * (math.ceil(count / 4) - count / 4))
