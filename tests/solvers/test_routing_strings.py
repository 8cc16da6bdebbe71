"""String removals on days with every rule they know, against all routes there are; what they are not able of; limits and stops."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, permutations, product

import numpy as np
import pytest

from planner.solvers.routing import Act, DayData, DayResult, Evaluator, JobData, RouteData, ShipmentData, StopRule
from planner.solvers.routing_ruin_state import prepare
from planner.solvers.routing_strings import Strings, able, as_patterns, solve
from tests.solvers.test_routing import HOUR, day, job, served, van

ENOUGH = StopRule(seconds=60, iterations=300)


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    prepare()


def rich(seed: int) -> DayData:
    """Five jobs with windows, two kinds of vans, deliveries and pickups, a job one kind may not visit, an arc not driven, an
    optional job; waiting is paid.
    """
    rng = np.random.default_rng(seed)
    points = [(0.0, 0.0), *((float(a), float(b)) for a, b in rng.uniform(-30, 30, (5, 2)))]
    jobs = []
    for i in range(1, 6):
        opens = int(rng.integers(7, 12)) * HOUR
        jobs.append(job(i, int(rng.integers(1, 5)), int(rng.integers(0, 5)), opens, opens + int(rng.integers(1, 6)) * HOUR))
    jobs[4] = replace(jobs[4], prize=int(rng.integers(5_000, 60_000)))
    kinds = (
        van(count=2, capacity=(6,), fixed=int(rng.integers(1, 20_000)), max_trips=1, duty=6 * HOUR, overtime=HOUR, per_overtime=3, profile=0),
        van(count=1, capacity=(10,), fixed=int(rng.integers(1, 20_000)), per_metre=2, max_trips=1, duty=6 * HOUR, overtime=HOUR, per_overtime=3, profile=1),
    )
    data = day(points, jobs, fleet=kinds, profiles=2)
    access, barred = data.access.copy(), data.barred.copy()
    access[0, 2] = bool(rng.random() < 0.5)
    barred[1, 3] = True
    return replace(data, access=access, barred=barred)


def cost(data: DayData, found: DayResult) -> int:
    prizes = sum(data.jobs[j].prize or 0 for j in found.left_out)
    return found.variable + prizes + sum(n * v.fixed for n, v in zip(found.used, data.fleet, strict=True))


def cheapest(data: DayData) -> float:
    """Every set of jobs in every order by every kind, put together in every way."""
    judge, n = Evaluator(data), len(data.jobs)
    single: dict[tuple[int, frozenset[int]], float] = {}
    for v, size in product(range(len(data.fleet)), range(1, n + 1)):
        for those in combinations(range(n), size):
            routes = [RouteData(v, (tuple(Act("job", j) for j in order),)) for order in permutations(those)]
            single[v, frozenset(those)] = min((price for _, price in judge.priced(routes)), default=np.inf) + data.fleet[v].fixed
    slots = [v for v, kind in enumerate(data.fleet) for _ in range(kind.count)]
    plans: dict[frozenset[int], float] = {frozenset(): 0.0}
    for v in slots:
        nexts = dict(plans)
        for done, so_far in plans.items():
            for (kind, those), price in single.items():
                if kind == v and not those & done and so_far + price < nexts.get(done | those, np.inf):
                    nexts[done | those] = so_far + price
        plans = nexts
    left = {key: sum(np.inf if data.jobs[j].prize is None else data.jobs[j].prize for j in range(n) if j not in key) for key in plans}
    return min(plans[key] + left[key] for key in plans)


@pytest.mark.parametrize("seed", range(10))
def test_rich_small_days_are_solved_to_their_optimum(seed: int) -> None:
    data = rich(seed)
    best = cheapest(data)
    found = solve(data, ENOUGH, seed)
    assert found.feasible == (best < np.inf)
    if found.feasible:
        assert cost(data, found) == best
        assert Evaluator(data)(found.routes).feasible


def scattered(n: int) -> DayData:
    rng = np.random.default_rng(4)
    points = [(0.0, 0.0), *((float(a), float(b)) for a, b in rng.uniform(-20, 20, (n, 2)))]
    return day(points, [job(i) for i in range(1, n + 1)], fleet=(van(count=n, max_trips=1),))


def test_the_seed_alone_decides_and_routes_met_are_given_back_priced() -> None:
    data = scattered(60)  # more than are looked at beside each other
    first, second = (solve(data, StopRule(seconds=60, iterations=200), 7, harvest=100) for _ in range(2))
    assert first.routes == second.routes and first.feasible and served(first) == list(range(60))
    assert first.seen == second.seen and 0 < len(first.seen) <= 100
    assert set(Evaluator(data).priced([route for route, _ in first.seen])) == set(first.seen)


def test_what_it_starts_from_is_never_lost() -> None:
    data = scattered(40)
    start = solve(data, StopRule(seconds=60, iterations=200), 1)
    told: list[int] = []
    found = solve(data, StopRule(seconds=60, iterations=2), 2, start.routes, Strings(hot=5.0), on_best=lambda best: told.append(cost(data, best)))
    assert found.feasible and cost(data, found) <= cost(data, start) and told == sorted(told, reverse=True)
    stopped = solve(data, StopRule(seconds=600), 2, start.routes, should_stop=lambda: True)
    assert stopped.routes and cost(data, stopped) == cost(data, start)


def test_there_are_routes_even_where_there_is_no_time() -> None:
    data = scattered(60)
    found = solve(data, StopRule(seconds=0.0), 1)
    assert found.feasible and served(found) == list(range(60))


def test_days_with_other_rules_are_refused() -> None:
    data = scattered(3)
    assert able(data)
    visit = data.jobs[0].alternatives[0]
    assert not able(replace(data, fleet=(van(),)))  # several trips
    assert not able(replace(data, jobs=(JobData((visit, visit)), *data.jobs[1:])))
    assert not able(replace(data, jobs=(JobData((replace(visit, release=60),)), *data.jobs[1:])))
    assert not able(replace(data, shipments=(ShipmentData(visit, visit, (1,)),)))
    assert not able(replace(data, toll=np.zeros((1, 4), dtype=np.int64)))


def test_windows_as_wide_as_the_shift_are_none() -> None:
    data = scattered(3)
    assert not as_patterns(data).windows and as_patterns(data).kinds[0].longest == 8 * HOUR
    late = replace(data, jobs=(job(1, opens=9 * HOUR), *data.jobs[1:]))
    assert as_patterns(late).windows[0] == (9 * HOUR, 24 * HOUR)
