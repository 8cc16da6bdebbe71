"""Moves of whole routes, on prices made by hand."""

from __future__ import annotations

import time

from planner.solvers.routing import UNKNOWN
from planner.solvers.routing_fleet import Trips, improve

FIXED = (100, 60, 30)
ROOM = (9, 6, 4)  # longest day of each type, in stops


def price(kind: int, trips: Trips) -> int:
    """Fixed cost, 10 per trip and 1 per stop; a day is too long beyond the type's room, a trip beyond 4 stops."""
    stops = sum(len(trip) for trip in trips)
    if stops > ROOM[kind] or any(len(trip) > 4 for trip in trips):
        return UNKNOWN
    return FIXED[kind] + 10 * len(trips) + stops


def anyone(act: str) -> frozenset[int]:
    return frozenset({0, 1, 2})


def total(routes: list[tuple[int, Trips]]) -> int:
    return sum(price(kind, trips) for kind, trips in routes)


def stops_of(routes: list[tuple[int, Trips]]) -> list[str]:
    return sorted(act for _, trips in routes for trip in trips for act in trip)


def test_takes_the_cheapest_type_that_is_left() -> None:
    routes: list[tuple[int, Trips]] = [(0, (("a", "b", "c", "d"),))]
    assert improve(routes, (1, 1, 1), (3, 3, 3), anyone, price) == [(2, (("a", "b", "c", "d"),))]
    assert improve(routes, (1, 1, 0), (3, 3, 3), anyone, price) == [(1, (("a", "b", "c", "d"),))]
    assert improve(routes, (1, 1, 1), (3, 3, 3), lambda act: frozenset({0, 1}), price) == [(1, (("a", "b", "c", "d"),))]


def test_exchanges_types_where_none_is_left() -> None:
    routes: list[tuple[int, Trips]] = [(0, (("a",),)), (1, (("b", "c", "d", "e"), ("f", "g")))]

    def dear(kind: int, trips: Trips) -> int:
        return 5 * len(trips[0]) * (1, 3, 9)[kind] if sum(len(trip) for trip in trips) <= 6 else UNKNOWN

    found = improve(routes, (1, 1, 0), (3, 3, 3), anyone, dear)
    assert sorted(kind for kind, _ in found) == [0, 1]
    assert next(kind for kind, trips in found if "a" in trips[0]) == 1


def test_stacks_and_joins_days_that_fit_one_vehicle() -> None:
    routes: list[tuple[int, Trips]] = [(0, (("a", "b"),)), (1, (("c", "d"),)), (1, (("e", "f", "g"),))]
    found = improve(routes, (2, 2, 0), (3, 3, 3), anyone, price)
    assert stops_of(found) == list("abcdefg") and total(found) == min(100 + 20 + 7, 2 * 60 + 20 + 7)
    assert len(found) < 3
    single = improve(routes, (2, 2, 0), (1, 1, 1), anyone, price)
    assert all(len(trips) == 1 for _, trips in single) and stops_of(single) == list("abcdefg")


def test_nothing_to_improve_stays() -> None:
    routes: list[tuple[int, Trips]] = [(2, (("a", "b", "c", "d"),)), (2, (("e", "f", "g", "h"),))]
    assert improve(routes, (0, 0, 2), (1, 1, 1), anyone, price) == routes


def test_ends_when_asked_with_what_is_found() -> None:
    """Thousands of moves, each slow: the wish to stop is heard between two prices."""
    routes: list[tuple[int, Trips]] = [(0, ((f"a{i}",),)) for i in range(40)]
    began = time.monotonic()

    def slow(kind: int, trips: Trips) -> int:
        time.sleep(0.002)
        return price(kind, trips)

    found = improve(routes, (40, 40, 40), (3, 3, 3), anyone, slow, lambda: time.monotonic() - began > 0.3)
    assert time.monotonic() - began < 2.0
    assert stops_of(found) == stops_of(routes)
