"""Moves of whole routes that PyVRP's search does not have: change the vehicle type, put two routes on one vehicle.

PyVRP moves single stops (and tails), so it seldom finds that a route should be driven by another type, or that
two half-empty days of work make one: each step on the way costs more. Where fixed costs dominate these are the
moves that matter. Routes are tried as they are:

* retype: the same trips with another type that still has a vehicle;
* exchange: two routes swap their types;
* stack: the trips of one route after those of another, by either type;
* join: the same, the last trip of one and the first of the other made one trip.

The best of all improving moves is made until none improves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from planner.solvers.routing import UNKNOWN

Trips = tuple[tuple[Any, ...], ...]  # activities of PyVRP, trip by trip
Built = tuple[int, Trips, int]  # vehicle type, trips, cost

MOST_ROUNDS = 60


def improve(
    routes: Sequence[tuple[int, Trips]],
    counts: Sequence[int],
    most_trips: Sequence[int],
    able: Callable[[Any], frozenset[int]],
    price: Callable[[int, Trips], int],
    should_stop: Callable[[], bool] = lambda: False,
) -> list[tuple[int, Trips]]:
    """Routes at least as cheap, with the same stops.

    `counts`, `most_trips`: vehicles and trips per type; `able(activity)`: types that may ever do an activity;
    `price(type, trips)`: cost of a route with its fixed cost, or UNKNOWN where it breaks a rule. `should_stop`
    is asked before every price; once it says yes, what is found so far is returned.
    """
    known: dict[tuple[int, Trips], int] = {}
    fit: dict[Trips, frozenset[int]] = {}
    stopped = False

    def fitting(trips: Trips) -> frozenset[int]:
        if trips not in fit:
            fit[trips] = frozenset.intersection(*(able(act) for trip in trips for act in trip))
        return fit[trips]

    def cost(kind: int, trips: Trips) -> int:
        nonlocal stopped
        key = (kind, trips)
        if key not in known:
            if stopped or should_stop():
                stopped = True
                return UNKNOWN
            known[key] = price(kind, trips)
        return known[key]

    built = [(kind, trips, cost(kind, trips)) for kind, trips in routes]
    for _ in range(MOST_ROUNDS):
        best: tuple[int, list[int], list[Built]] | None = None
        for gone, made in _moves(built, counts, most_trips, fitting, cost):
            if any(c >= UNKNOWN for _, _, c in made):
                continue
            gain = sum(built[i][2] for i in gone) - sum(c for _, _, c in made)
            if gain > 0 and (best is None or gain > best[0]):
                best = (gain, gone, made)
        if best is None:
            break
        built = [route for i, route in enumerate(built) if i not in best[1]] + best[2]
    return [(kind, trips) for kind, trips, _ in built]


def _moves(
    built: Sequence[Built],
    counts: Sequence[int],
    most_trips: Sequence[int],
    fitting: Callable[[Trips], frozenset[int]],
    cost: Callable[[int, Trips], int],
) -> Iterator[tuple[list[int], list[Built]]]:
    """Every move: indices of the routes that go, and the routes that come."""
    used = Counter(kind for kind, _, _ in built)
    free = [kind for kind, count in enumerate(counts) if used[kind] < count]
    for i, (kind, trips, _) in enumerate(built):
        for other in sorted(fitting(trips).intersection(free)):
            if other != kind and len(trips) <= most_trips[other]:
                yield [i], [(other, trips, cost(other, trips))]
    for i, (kind, trips, _) in enumerate(built):
        for j, (other, more, _) in enumerate(built):
            if i == j:
                continue
            if i < j and kind != other and other in fitting(trips) and kind in fitting(more) and len(trips) <= most_trips[other] and len(more) <= most_trips[kind]:
                yield [i, j], [(other, trips, cost(other, trips)), (kind, more, cost(kind, more))]
            joined = (*trips[:-1], trips[-1] + more[0], *more[1:])
            for by in sorted(fitting(trips).intersection(fitting(more), (kind, other, *free))):
                for together in (trips + more, joined) if len(trips) + len(more) <= most_trips[by] else (joined,) if len(joined) <= most_trips[by] else ():
                    yield [i, j], [(by, together, cost(by, together))]
