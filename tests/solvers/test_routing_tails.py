"""Ends of routes exchanged by the compiled search, and what it keeps with the nodes of a route, against a state made anew."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from planner.solvers.routing import Act, DayData, Evaluator, JobData, RouteData
from planner.solvers.routing_ruin_state import KindData, PatternsData, empty, kept, prepare, problem
from planner.solvers.routing_strings import OneTrip, as_patterns
from planner.solvers.routing_tails import exchange
from tests.solvers.test_routing import HOUR, day, job, van
from tests.solvers.test_routing_strings import rich

LENGTH = 12  # stops in a row
EARLY, LATE = (0, 9 * HOUR), (12 * HOUR, 24 * HOUR)


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    prepare()


def rows(jobs: list[JobData], **kind: Any) -> tuple[DayData, OneTrip]:
    """Stops east and west of the depot, one a km, and two vans that change sides after the sixth stop. Each van can take one side."""
    points = [(0.0, 0.0), *((float(side * x), 0.0) for side in (1, -1) for x in range(1, LENGTH + 1))]
    data = day(points, jobs, fleet=(van(**{"count": 3, "capacity": (LENGTH,), "fixed": 0, "per_second": 0, "max_trips": 1, **kind}),))
    half, chain = LENGTH // 2, OneTrip(data)
    east, west = list(range(LENGTH)), list(range(LENGTH, 2 * LENGTH))
    crossed = [east[:half] + west[half:], west[:half] + east[half:]]
    chain.load([RouteData(0, (tuple(Act("job", j) for j in row),)) for row in crossed])
    assert Evaluator(data)(chain.routes()).feasible
    return data, chain


def saved(data: DayData, chain: OneTrip) -> float:
    """By how much 500 tries lower the cost; the model must agree."""
    before = chain.cost
    for _ in range(500):
        exchange(chain._state, chain.p, 0.0)
    judged = Evaluator(data)(chain.routes())
    assert judged.feasible and chain.cost == pytest.approx(judged.variable + sum(n * v.fixed for n, v in zip(judged.used, data.fleet, strict=True)))
    return before - chain.cost


@pytest.mark.parametrize("hours", ["shift", "windows", "duration", "windows and duration"])
def test_ways_that_cross_are_straightened(hours: str) -> None:
    """From the sixth stop to the seventh on the other side it is 13 km, straight on 1 km: 12 km and 12 min less for each van."""
    windows = "windows" in hours
    jobs = [job(i, 1, 0, 0, 19 * HOUR if windows and i == 3 else 24 * HOUR) for i in range(1, 2 * LENGTH + 1)]
    data, chain = rows(jobs, duty=8 * HOUR if "duration" in hours else 24 * HOUR, per_second=2 if "duration" in hours else 0)
    assert (chain.p.windows, chain.p.lasting) == (windows, hours != "windows")
    assert saved(data, chain) == 24_000 + (2 * 1440 if "duration" in hours else 0)
    found = {tuple(act.index for act in route.trips[0]) for route in chain.routes()}
    assert found == {tuple(range(LENGTH)), tuple(range(LENGTH, 2 * LENGTH))}


def test_no_end_is_taken_over_too_late() -> None:
    """The van that begins in the west is in the east before 9:00; the other one begins there at noon."""
    half = LENGTH // 2
    hours = [LATE] * half + [EARLY] * half + [EARLY] * half + [LATE] * half
    data, chain = rows([job(i + 1, 1, 0, *window) for i, window in enumerate(hours)], duty=14 * HOUR)
    assert saved(data, chain) == 0


def test_no_van_is_overloaded_by_what_it_takes_over() -> None:
    """18 in each van; the east asks for 24."""
    jobs = [job(i, 2 if i <= LENGTH else 1) for i in range(1, 2 * LENGTH + 1)]
    assert saved(*rows(jobs, capacity=(18,))) == 0
    assert saved(*rows(jobs, capacity=(24,))) > 0


def test_no_route_becomes_too_long_by_what_it_takes_over() -> None:
    """Stops in the east take 10 min more; 3 h are enough for half of them."""
    jobs = [job(i, 1) for i in range(1, 2 * LENGTH + 1)]
    slow = [replace(one, alternatives=(replace(one.alternatives[0], service=900),)) for one in jobs[:LENGTH]]
    data, chain = rows(slow + jobs[LENGTH:], duty=3 * HOUR)
    assert chain.p.lasting and saved(data, chain) == 0


def test_a_route_that_another_one_takes_over_is_given_up() -> None:
    """The end of the first van's route is its way home, all of the second's route follows: one van less, and its fixed cost."""
    jobs = [job(i, 1, 0, *(EARLY if i <= 3 else LATE)) for i in range(1, 7)]
    data = day([(0, 0), *((x, 0) for x in range(1, 7))], jobs, fleet=(van(count=3, fixed=5000, per_second=0, max_trips=1),))
    chain = OneTrip(data)
    chain.load([RouteData(0, (tuple(Act("job", j) for j in row),)) for row in ((0, 1, 2), (3, 4, 5))])
    assert saved(data, chain) == 5000 + 6000 and len(chain.routes()) == 1
    assert list(chain._state.used) == [1]


def same(a: Any, b: Any, p: Any) -> None:
    """Two states of the same routes keep the same with their nodes."""
    visits = len(a.item) * p.days
    there = [w for w in range(visits) if a.node["route"][w] >= 0]
    for r, k in enumerate(a.route["kind"]):
        there += [visits + 2 * r, visits + 2 * r + 1] if k >= 0 else []
    for name in ("nxt", "prv", "into", *(("lead", "early", "late") if p.windows else ())):
        inside = [w for w in there if name != "nxt" or w < visits or (w - visits) % 2 == 0]
        inside = [w for w in inside if name != "prv" or w < visits or (w - visits) % 2 == 1]
        np.testing.assert_allclose(a.node[name][inside], b.node[name][inside], atol=1e-6)
    if p.windows and p.lasting:
        for name in a.span.dtype.names:
            np.testing.assert_allclose(a.span[name][there], b.span[name][there], atol=1e-6)
    if p.both:
        np.testing.assert_allclose(a.peak_before[there], b.peak_before[there], atol=1e-6)
    for name in ("kind", "length", "metres", "lasts"):
        np.testing.assert_allclose(a.route[name], b.route[name], atol=1e-6)
    driven = a.route["kind"] >= 0
    assert not a.route["late"][driven].any() and (a.load[driven] <= p.capacity[a.route["kind"][driven]]).all()
    np.testing.assert_allclose(a.load[driven], b.load[driven], atol=1e-6)
    np.testing.assert_allclose(a.cost, b.cost, atol=1e-6)
    assert list(a.used) == list(b.used) and list(a.open) == list(b.open)


def scattered(seed: int, windows: bool, days: int, pickups: bool, timed: bool) -> PatternsData:
    rng = np.random.default_rng(seed)
    n = 40
    points = rng.uniform(0, 100, (n + 2, 2))
    metres = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    opens = rng.uniform(0, 300, n)
    kinds = tuple(KindData(o, d, 6, 12.0, 260.0 if timed else np.inf, 10.0, 1.0, closes=900.0 if windows else np.inf, second=0.5 if timed else 0.0) for o in range(2) for d in range(days))
    patterns = tuple(tuple(frozenset({d, (d + int(rng.integers(0, 2))) % days}) for d in range(days)) for _ in range(n))
    return PatternsData(
        metres, metres * 1.3, (0, 1), tuple(range(2, n + 2)), tuple(rng.integers(1, 4, n).astype(float)), (3.0,) * n, patterns, kinds,
        pickup=tuple(rng.integers(0, 4, n).astype(float)) if pickups else (), windows=tuple((float(a), float(a) + 150) for a in opens) if windows else (),
    )  # fmt: skip


@pytest.mark.parametrize("timed", [False, True], ids=["", "timed"])
@pytest.mark.parametrize(("windows", "days", "pickups"), [(False, 1, False), (False, 3, False), (True, 1, False), (True, 2, False), (True, 1, True)])
def test_what_is_kept_with_nodes_is_what_a_state_made_anew_has(windows: bool, days: int, pickups: bool, timed: bool) -> None:
    from planner.solvers.routing_ruin import anneal, assign

    p, items = problem(scattered(days, windows, days, pickups, timed))
    p = p._replace(tails=1.0)
    state, fresh = empty(p, items), empty(p, items)
    best = kept(state)
    for number, heat in enumerate((100.0, 20.0, 3.0, 20.0, 0.1)):
        anneal(state, best, p, 300, heat, heat, number)
        assign(kept(state), fresh, p)
        same(state, fresh, p)


def test_rich_days_too() -> None:
    from planner.solvers.routing_ruin import anneal, assign

    for seed in range(5):
        p, items = problem(as_patterns(rich(seed)))
        p = p._replace(tails=1.0)
        state, fresh = empty(p, items), empty(p, items)
        best = kept(state)
        anneal(state, best, p, 200, 1e5, 1e3, seed)
        assign(kept(state), fresh, p)
        same(state, fresh, p)


def test_ends_are_exchanged_where_trips_are_long_and_have_windows_or_arcs_are_barred() -> None:
    def tails(load: int, closes: int, barred: bool = False) -> float:
        jobs = [job(i, load, 0, 0, closes) for i in range(1, 41)]
        data = day([(0, 0), *((i, 0) for i in range(1, 41))], jobs, fleet=(van(count=9, capacity=(40,), max_trips=1),))
        data.barred[3, 4] = barred
        return float(problem(as_patterns(data))[0].tails)

    assert tails(1, 19 * HOUR) == 1.0  # 40 stops a van
    assert tails(3, 19 * HOUR) < 0  # 13
    assert tails(1, 24 * HOUR) < 0  # no windows
    assert tails(3, 24 * HOUR, barred=True) == 1.0
    assert tails(3, 19 * HOUR, barred=True) < 0
