"""Which sets of depots are worth a search: estimated, to be tried by shorter and longer searches in turn.

    estimate(S) = sum of the costs of the depots of S + sum over items of 2 d(i, S) q_i / Q
    d(i, S): from the depot of S that item i is given to, the nearest one with room (from several, each for its part, where none has
    room for all of it: sets that whole items can only just fill are often the cheapest); q_i / Q: its share of a vehicle

The second term is what the ways out and back of full vehicles cost (Daganzo's approximation without the part of the ways between
stops, which depends little on S).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations

import numpy as np

from planner.solvers.routing_ruin_state import Floats, PatternsData

MOST_SETS = 4000  # estimated
Depots = frozenset[int]


def sets(data: PatternsData, most: int) -> list[Depots]:
    """At most so many sets of depots that hold all demand, the best by estimate first; among them some of one depot more and less."""
    weights, rooms = _weights(data)
    ways = _ways(data, weights)
    known = {one: _estimate(one, data, ways, weights, rooms) for one in _enough(rooms, float(weights.sum()))}
    order = sorted(known, key=lambda one: (known[one], sorted(one)))
    order = [one for one in order if known[one] < math.inf]
    if not order:
        return [frozenset(range(len(data.depots)))]
    size = len(order[0])
    others = [one for more in (size - 1, size + 1) for one in [s for s in order if len(s) == more][: most // 6]]
    chosen = order[: most - len(others)]
    return chosen + [one for one in others if one not in chosen]


def neighbours(leader: Depots, depots: int) -> list[Depots]:
    """One depot more, less or another than the leader's."""
    out = [o for o in range(depots) if o not in leader]
    found = [leader | {o} for o in out] + [leader - {o} | {c} for o in sorted(leader) for c in out]
    return found + ([leader - {o} for o in sorted(leader)] if len(leader) > 1 else [])


def ranked(those: list[Depots], data: PatternsData) -> list[Depots]:
    """The same sets, the best by estimate first; those that cannot hold all demand are left out."""
    weights, rooms = _weights(data)
    ways = _ways(data, weights)
    worth = {one: _estimate(one, data, ways, weights, rooms) for one in those}
    return sorted((one for one in those if worth[one] < math.inf), key=lambda one: (worth[one], sorted(one)))


def _weights(data: PatternsData) -> tuple[Floats, Floats]:
    """What every item takes at least, all its visits together, and what every depot can send."""
    visits = np.array([min((len(one) for one in those), default=0) for those in data.patterns], float)
    amounts = np.array(data.demand, float).reshape(len(visits), -1).sum(axis=1)
    return amounts * visits, np.array(data.depot_capacity or (math.inf,) * len(data.depots), float)


def _ways(data: PatternsData, weights: Floats) -> Floats:
    """(n, depots): share of the way out and back of a vehicle."""
    full = max((sum(kind.rooms) for kind in data.kinds), default=1.0)
    unit = float(np.mean([kind.unit for kind in data.kinds])) if data.kinds else 1.0
    there = data.metres[np.ix_(data.places, data.depots)] + data.metres[np.ix_(data.depots, data.places)].T
    found: Floats = unit * there * (weights / full)[:, None]
    return found


def _enough(rooms: Floats, demand: float) -> Iterator[Depots]:
    """Sets with room for everything, the smallest first, until there are many."""
    made = 0
    for size in range(1, len(rooms) + 1):
        for those in combinations(range(len(rooms)), size):
            if rooms[list(those)].sum() >= demand - 1e-9:
                yield frozenset(those)
                made += 1
                if made >= MOST_SETS:
                    return


def _estimate(one: Depots, data: PatternsData, ways: Floats, weights: Floats, rooms: Floats) -> float:
    those = sorted(one)
    cost = float(sum(data.depot_cost[o] for o in those)) if data.depot_cost else 0.0
    there = ways[:, those]
    nearest = there.argmin(axis=1)
    sent = np.bincount(nearest, weights, len(those))
    if (sent <= rooms[those] + 1e-9).all():
        return cost + float(there.min(axis=1).sum())
    room = rooms[those].copy()
    regret = np.sort(there, axis=1)
    order = np.argsort(-(regret[:, 1] - regret[:, 0])) if len(those) > 1 else np.arange(len(there))
    for i in order:  # what would lose most by another depot first
        left = weights[i]
        for o in np.argsort(there[i], kind="stable"):
            part = min(left, room[o])
            cost += float(there[i, o] * part / weights[i]) if weights[i] > 0 else 0.0  # ways weigh nothing where an item does
            room[o] -= part
            left -= part
            if left <= 1e-9:
                break
        else:
            return math.inf
    return cost
