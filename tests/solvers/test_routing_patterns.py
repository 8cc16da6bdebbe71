"""Days, routes and depots chosen together, against everything there is to choose from."""

from __future__ import annotations

from itertools import pairwise, permutations, product

import numpy as np
import pytest

from planner.solvers.routing_patterns import KindData, PatternsData, solve


def tour(data: PatternsData, depot: int, items: tuple[int, ...]) -> float:
    best = np.inf
    for order in permutations(items):
        stops = [data.depots[depot], *(data.places[i] for i in order), data.depots[depot]]
        best = min(best, float(sum(data.metres[a, b] for a, b in pairwise(stops))))
    return best


def cheapest(data: PatternsData) -> float:
    """Every pattern of every item, every vehicle of every visit."""
    n = len(data.places)
    vehicles = [k for k, kind in enumerate(data.kinds) for _ in range(kind.count)]
    known: dict[tuple[int, tuple[int, ...]], float] = {}
    best = np.inf
    for chosen in product(*(range(len(p)) for p in data.patterns)):
        visits = [(i, d) for i in range(n) for d in sorted(data.patterns[i][chosen[i]])]
        for carriers in product(*([v for v, k in enumerate(vehicles) if data.kinds[k].day == d] for _, d in visits)):
            cost, used = 0.0, set()
            sent = [0.0] * len(data.depots)
            for v, k in enumerate(vehicles):
                items = tuple(i for (i, _), c in zip(visits, carriers, strict=True) if c == v)
                if not items:
                    continue
                kind = data.kinds[k]
                load = sum(data.demand[i] for i in items)
                if load > kind.capacity:
                    break
                used.add(kind.depot)
                sent[kind.depot] += load
                if (kind.depot, items) not in known:
                    known[kind.depot, items] = tour(data, kind.depot, items)
                if known[kind.depot, items] + sum(data.service[i] for i in items) > kind.longest:
                    break
                cost += kind.fixed + kind.unit * known[kind.depot, items]
            else:
                if all(s <= room for s, room in zip(sent, data.depot_capacity or (np.inf,) * len(sent), strict=True)):
                    best = min(best, cost + sum(data.depot_cost[o] for o in used if data.depot_cost))
    return best


def small(seed: int, located: bool) -> PatternsData:
    rng = np.random.default_rng(seed)
    depots, n = (2, 4) if located else (1, 4)
    points = rng.integers(0, 50, (depots + n, 2)).astype(float)
    metres = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    days = 1 if located else 3
    sets = ((frozenset({0}),),) if located else ((frozenset({0}), frozenset({1}), frozenset({2})), (frozenset({0, 1}), frozenset({1, 2})), (frozenset({0, 2}), frozenset({0, 1})))
    kinds = tuple(KindData(o, d, 2 if located else 1, 10.0, 150.0 if not located else np.inf, float(rng.integers(0, 20))) for d in range(days) for o in range(depots))
    return PatternsData(
        metres, metres, tuple(range(depots)), tuple(range(depots, depots + n)), tuple(float(q) for q in rng.integers(1, 5, n)), (1.0,) * n,
        tuple(sets[i % len(sets)] for i in range(n)), kinds, (float(rng.integers(0, 60)), 10.0) if located else (), (9.0, 12.0) if located else (),
    )  # fmt: skip


@pytest.mark.parametrize("located", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_small_problems_are_solved_to_their_optimum(seed: int, located: bool) -> None:
    data = small(seed, located)
    best = cheapest(data)
    found = solve(data, 30.0, seed, iterations=3000)
    assert found.feasible == (best < np.inf)
    if found.feasible:
        assert found.cost == pytest.approx(best, abs=1e-6)


def test_the_same_seed_gives_the_same_answer_whatever_the_number_of_threads() -> None:
    data = small(3, False)
    assert solve(data, 30.0, 5, iterations=1000, workers=1).routes == solve(data, 30.0, 5, iterations=1000, workers=2).routes


def test_what_has_no_place_is_left_aside_and_said() -> None:
    data = PatternsData(np.ones((2, 2)) - np.eye(2), np.zeros((2, 2)), (0,), (1,), (5.0,), (0.0,), ((frozenset({0}),),), (KindData(0, 0, 1, 4.0),))
    found = solve(data, 5.0, 1, iterations=100)
    assert not found.feasible and found.aside == (0,) and found.chosen == (-1,)


def test_a_search_asked_to_stop_ends_at_once() -> None:
    found = solve(small(1, False), 60.0, 1, should_stop=lambda: True)
    assert found.stopped and found.iterations == 0
