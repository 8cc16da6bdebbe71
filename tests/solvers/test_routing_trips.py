"""String removals with reloads, release times and shipments, against all routes there are."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, permutations, product

import numpy as np
import pytest

from planner.solvers import routing_trips
from planner.solvers.routing import Act, DayData, DayResult, Evaluator, RouteData, ShipmentData, StopRule, VisitData
from planner.solvers.routing_strings import Strings, able, solve
from tests.solvers.test_routing import HOUR, day, job, served, van

ENOUGH = StopRule(seconds=60, iterations=300)


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    routing_trips.prepare()


def cost(data: DayData, found: DayResult) -> int:
    prizes = sum(data.jobs[j].prize or 0 for j in found.left_out)
    return found.variable + prizes + sum(n * v.fixed for n, v in zip(found.used, data.fleet, strict=True))


def rich(seed: int) -> DayData:
    """Three jobs and a shipment, or four jobs: windows, release times, what is brought and taken, a job one kind may not visit, an
    arc not driven, an optional job.
    """
    rng = np.random.default_rng(seed)
    number = 3 if seed % 2 else 4
    points = [(0.0, 0.0), *((float(a), float(b)) for a, b in rng.uniform(-30, 30, (number + 2, 2)))]
    jobs = []
    for i in range(1, number + 1):
        opens = int(rng.integers(6, 12)) * HOUR
        jobs.append(job(i, int(rng.integers(1, 5)), int(rng.integers(0, 5)), opens, opens + int(rng.integers(1, 6)) * HOUR, release=min(opens, int(rng.integers(0, 10)) * HOUR)))
    jobs[0] = replace(jobs[0], prize=int(rng.integers(5_000, 60_000)))
    ends = (VisitData(number + k, (0,), (0,), 300, 7 * HOUR, (11 + 2 * k) * HOUR) for k in (1, 2))
    shipments = (ShipmentData(*ends, (int(rng.integers(1, 6)),)),) if seed % 2 else ()
    kinds = (
        van(count=1, capacity=(6,), fixed=int(rng.integers(1, 20_000)), per_second=0, duty=24 * HOUR, max_trips=3, profile=0),
        van(count=1, capacity=(9,), fixed=int(rng.integers(1, 20_000)), per_second=0, duty=24 * HOUR, max_trips=2, per_metre=2, profile=1),
    )
    data = day(points, jobs, shipments, kinds, profiles=2)
    access, barred = data.access.copy(), data.barred.copy()
    access[0, 2] = bool(rng.random() < 0.5)
    barred[1, 3] = True
    return replace(data, access=access, barred=barred)


def cheapest(data: DayData) -> float:
    """Every set of jobs and shipments in every order, cut into trips in every way, by every vehicle, put together in every way."""
    judge, jobs = Evaluator(data), len(data.jobs)
    items = [(Act("job", j),) for j in range(jobs)] + [(Act("pickup", i), Act("delivery", i)) for i in range(len(data.shipments))]
    single: dict[tuple[int, frozenset[int]], float] = {}
    for v, size in product(range(len(data.fleet)), range(1, len(items) + 1)):
        for those in combinations(range(len(items)), size):
            acts = [act for i in those for act in items[i]]
            routes = []
            for order in permutations(acts):
                for cuts in product((False, True), repeat=len(order) - 1):
                    trips = [[order[0]]]
                    for act, cut in zip(order[1:], cuts, strict=True):
                        trips.append([act]) if cut else trips[-1].append(act)
                    sound = all(("delivery", i) not in [(a.kind, a.index) for a in trip] or
                                ("pickup", i) in [(a.kind, a.index) for a in trip[: [(a.kind, a.index) for a in trip].index(("delivery", i))]]
                                for trip in trips for i in range(len(data.shipments)))  # fmt: skip
                    if sound and len(trips) <= data.fleet[v].max_trips:
                        routes.append(RouteData(v, tuple(tuple(trip) for trip in trips)))
            single[v, frozenset(those)] = min((price for _, price in judge.priced(routes)), default=np.inf) + data.fleet[v].fixed
    plans: dict[frozenset[int], float] = {frozenset(): 0.0}
    for v in range(len(data.fleet)):
        nexts = dict(plans)
        for done, so_far in plans.items():
            for (kind, those), price in single.items():
                if kind == v and not those & done and so_far + price < nexts.get(done | those, np.inf):
                    nexts[done | those] = so_far + price
        plans = nexts
    every = range(len(items))
    lost = [np.inf if i >= jobs or data.jobs[i].prize is None else float(data.jobs[i].prize or 0) for i in every]
    return min(price + sum(lost[i] for i in every if i not in done) for done, price in plans.items())


@pytest.mark.parametrize("seed", range(12))
def test_small_days_with_reloads_and_shipments_are_solved_to_their_optimum(seed: int) -> None:
    data = rich(seed)
    assert able(data)
    best = cheapest(data)
    found = solve(data, ENOUGH, seed)
    assert found.feasible == (best < np.inf)
    if found.feasible:
        assert cost(data, found) == best
        assert Evaluator(data)(found.routes).feasible


def scattered(n: int, shipments: int) -> DayData:
    rng = np.random.default_rng(4)
    points = [(0.0, 0.0), *((float(a), float(b)) for a, b in rng.uniform(-20, 20, (n + 2 * shipments, 2)))]
    sent = tuple(ShipmentData(*(VisitData(n + 2 * i + k, (0,), (0,), 60, 0, 24 * HOUR) for k in (1, 2)), (2,)) for i in range(shipments))
    return day(points, [job(i, release=6 * HOUR if i % 3 else 9 * HOUR) for i in range(1, n + 1)], sent, fleet=(van(count=n, per_second=0, duty=24 * HOUR),))


def test_the_seed_alone_decides_and_what_it_starts_from_is_never_lost() -> None:
    data = scattered(30, 8)
    first, second = (solve(data, StopRule(seconds=60, iterations=60), 7, harvest=100) for _ in range(2))
    assert first.routes == second.routes and first.feasible and served(first) == list(range(30)) and first.seen == second.seen
    assert 0 < len(first.seen) <= 100 and set(Evaluator(data).priced([route for route, _ in first.seen])) == set(first.seen)
    told: list[int] = []
    found = solve(data, StopRule(seconds=60, iterations=2), 2, first.routes, Strings(hot=5.0), on_best=lambda best: told.append(cost(data, best)))
    assert found.feasible and cost(data, found) <= cost(data, first) and told == sorted(told, reverse=True)


def test_days_of_many_stops_look_beside_the_nearest_only_and_keep_every_rule() -> None:
    data = scattered(70, 10)
    chain = routing_trips.Trips(data)
    assert not chain.p.full and chain.p.beside.shape == (90, routing_trips.BESIDE)
    first, second = (solve(data, StopRule(seconds=60, iterations=40), 7) for _ in range(2))
    assert first.routes == second.routes and first.feasible and served(first) == list(range(70)) and not first.unshipped
    assert Evaluator(data)(first.routes).feasible
    for k in range(5):
        chain.anneal(100, chain.arc, k)
        chain.load(chain.best_routes())
        assert chain.cost == pytest.approx(cost(data, Evaluator(data)(chain.best_routes())))


def test_days_where_time_costs_or_is_short_are_refused() -> None:
    data = scattered(3, 1)
    assert able(data)
    (kind,) = data.fleet
    assert not able(replace(data, fleet=(replace(kind, per_second=1),)))
    assert not able(replace(data, fleet=(replace(kind, duty=HOUR),)))
    assert not able(replace(data, toll=np.zeros((1, 6), np.int64)))


def at_once(dear: int) -> DayData:
    """Eight shipments, of which the first two must be fetched at the same time 20 km apart."""
    data = scattered(1, 8)
    (kind,) = data.fleet
    first, second = (replace(data.shipments[i], pickup=replace(data.shipments[i].pickup, opens=9 * HOUR, closes=9 * HOUR)) for i in range(2))
    return replace(data, jobs=(), fleet=(replace(kind, count=8, fixed=dear),), shipments=(first, second, *data.shipments[2:]))


def test_a_vehicle_is_saved_where_one_is_too_many_and_the_plan_stays_where_none_is() -> None:
    data = at_once(1_000_000_000)
    alone = [RouteData(0, ((Act("pickup", i), Act("delivery", i)),)) for i in range(8)]
    chain, judge = routing_trips.Trips(data), Evaluator(data)
    chain.load(alone)
    assert chain.dear and chain.complete and len(chain.best_routes()) == 8
    while (vehicles := len(chain.best_routes())) > 2:
        chain.begin_saving()
        chain.save(5_000, vehicles)
        assert chain.end_saving()
        found = judge(chain.best_routes())
        assert found.feasible and sum(found.used) < vehicles and cost(data, found) == chain.best_cost == chain.cost
    before = chain.best_routes()
    chain.begin_saving()
    chain.save(2_000, 1)
    assert not chain.whole and not chain.end_saving()
    assert chain.best_routes() == before and chain.complete and chain.cost == chain.best_cost == cost(data, judge(before))
    assert chain.p.kind["count"].tolist() == [8]


def test_vehicles_are_saved_only_where_they_are_dear() -> None:
    data = at_once(1_000)
    assert not routing_trips.Trips(data).dear
    dear, told = at_once(1_000_000_000), [10**12]
    first, second = (solve(dear, StopRule(seconds=60, iterations=200), 3, on_best=lambda found: told.append(cost(dear, found))) for _ in range(2))
    assert first.routes == second.routes and sum(first.used) == 2
    half = told[1 : 1 + (len(told) - 1) // 2]
    assert half == sorted(half, reverse=True) and half[-1] == cost(dear, first)  # begun anew, the best of all beginnings is kept
