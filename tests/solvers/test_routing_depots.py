"""Sets of depots worth a search."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.solvers.routing_depots import neighbours, ranked, sets
from planner.solvers.routing_patterns import KindData, PatternsData, solve

ONE_DAY = (frozenset({0}),)


def line(rooms: tuple[float, ...] = (), costs: tuple[float, ...] = (10.0, 10.0, 10.0)) -> PatternsData:
    """Depots at 0, 50 and 100 of a line; two items beside each of the outer ones."""
    at = np.array([0.0, 50.0, 100.0, 1.0, 2.0, 98.0, 99.0])
    metres = np.abs(at[:, None] - at)
    return PatternsData(metres, metres, (0, 1, 2), (3, 4, 5, 6), (1.0,) * 4, (0.0,) * 4, (ONE_DAY,) * 4, tuple(KindData(o, 0, 4, 2.0) for o in range(3)), costs, rooms)


def test_the_cheapest_set_by_estimate_comes_first() -> None:
    assert sets(line(), 6)[0] == {0, 2}
    assert sets(line(costs=(10.0, 10.0, 500.0)), 6)[0] == {0, 1}
    assert len(sets(line(), 3)) <= 3 and len(set(sets(line(), 6))) == len(sets(line(), 6))


def test_sets_without_room_for_everything_are_left_out() -> None:
    assert all(len(one) >= 2 for one in sets(line(rooms=(2.0, 2.0, 2.0)), 6))
    assert sets(line(rooms=(3.0, 0.0, 3.0)), 6)[0] == {0, 2}
    apart = replace(line(rooms=(3.0, 3.0, 0.0)), demand=(2.0, 2.0, 1.0, 1.0))
    assert ranked([frozenset({0}), frozenset({0, 1})], apart) == [frozenset({0, 1})]


def test_neighbours_have_one_depot_more_less_or_another() -> None:
    assert set(neighbours(frozenset({0}), 3)) == {frozenset({0, 1}), frozenset({0, 2}), frozenset({1}), frozenset({2})}
    assert frozenset({0}) in neighbours(frozenset({0, 1}), 3)


def test_the_search_opens_the_depots_that_pay() -> None:
    found = solve(line(), 30.0, 1, iterations=2000)
    assert found.feasible and found.cost == 28.0 and {kind for kind, _ in found.routes} == {0, 2}
    dear = solve(line(costs=(10.0, 10.0, 500.0)), 30.0, 1, iterations=2000)
    assert dear.cost == 122.0 and {kind for kind, _ in dear.routes} == {0, 1}


def test_sets_that_whole_items_only_just_fill_are_among_the_first() -> None:
    """Given out one after the other, whole items did not fit there, and the set was left out, however cheap."""
    tight = replace(line(rooms=(6.0, 6.0, 6.0), costs=(10.0, 300.0, 10.0)), places=(3, 4, 5, 6, 6), demand=(3.0, 2.0, 3.0, 2.0, 2.0), service=(0.0,) * 5, patterns=(ONE_DAY,) * 5)
    assert sets(tight, 6)[0] == {0, 2}  # 3 + 3 and 2 + 2 + 2
