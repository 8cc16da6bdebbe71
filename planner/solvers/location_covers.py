"""Rows over all facilities of a period, implied by the others: what the cuts of `planner.solvers.location_program` start from.

    sum_ks C_ks z_kts >= sum_j least load of j + L_t,  likewise for each class of options and for the posts, in every case of the
    loads and works that no other case dominates in the period.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.solvers.location import SLACK, Floats, Location, ceil, undominated

if TYPE_CHECKING:
    from planner.solvers.location_program import Terms, _Writer

Own = dict[int, list[int]]  # options of each customer served


def add_covers(build: _Writer, t: int) -> None:
    """Rows over all facilities: capacity, capacity of each class, posts."""
    made, data = build.made, build.made.data
    served = [int(j) for j in np.flatnonzero(data.serve[:, t])]
    here = [k for k, facility in enumerate(data.facilities) if facility.present[t]]
    own = {j: [o for o in data.options_of[j] if (o, t) in made.x] for j in served}
    if not here or not all(own.values()) or not served:
        return
    posts: Terms = [(made.n[k, t], 1.0) for k in here]
    if build.tight and len(here) > 1:
        posts = [(build.total(posts, integer=True), 1.0)]
        made.branching.append(posts[0][0])
    every = [o for options in own.values() for o in options]
    for d in undominated(data.all_loads[:, every, t], data.all_works[:, every, t]):
        _capacities(build, own, t, data.all_loads[d])
        _posts(build, own, t, data.all_works[d], here, posts)


def _capacities(build: _Writer, own: Own, t: int, loads: Floats) -> None:
    """Capacity of all facilities, then of each class."""
    made, data = build.made, build.made.data
    states = [(k, s, column) for (k, period, s), column in made.z.items() if period == t]
    least, extra = _least(build, own, t, loads)
    size = max(1.0, least)
    room = [(z, float(data.facilities[k].capacity[s]) / size) for k, s, z in states]
    build.row(room + [(column, -value / size) for column, value in extra], lower=least / size * (1 - SLACK))
    for c in range(data.class_count):
        assert data.classes is not None
        inside = {j: [o for o in options if data.classes[c, o]] for j, options in own.items()}
        amount = {j: min(float(loads[o, t]) for o in options) for j, options in inside.items() if options}
        size = max(1.0, sum(amount.values()))
        outside = [(made.x[o, t], value / size) for j, value in amount.items() for o in own[j] if not data.classes[c, o]]
        room = [(z, _class_room(data, k, c, s) / size) for k, s, z in states]
        if amount and outside:
            build.row([*room, (build.total(outside), 1.0)], lower=sum(amount.values()) / size * (1 - SLACK))


def _class_room(data: Location, k: int, c: int, s: int) -> float:
    facility = data.facilities[k]
    return float((facility.capacity if facility.class_capacity is None else facility.class_capacity[c])[s])


def _posts(build: _Writer, own: Own, t: int, works: Floats, here: list[int], posts: Terms) -> None:
    made, data = build.made, build.made.data
    least, extra = _least(build, own, t, works)
    fastest = max(data.facilities[k].productivity for k in here)
    alike = all(data.facilities[k].productivity == fastest for k in here)
    by_speed = posts if alike else [(made.n[k, t], data.facilities[k].productivity / fastest) for k in here]
    build.row(by_speed + [(column, -value / fastest) for column, value in extra], lower=least / fastest * (1 - 1e-9))
    build.row(posts, lower=float(ceil(least / fastest)))


def _least(build: _Writer, own: Own, t: int, amount: Floats) -> tuple[float, Terms]:
    """The least that the customers take together, and a column with what the options chosen add to it."""
    least = {j: min(float(amount[o, t]) for o in options) for j, options in own.items()}
    more = [(build.made.x[o, t], float(amount[o, t]) - least[j]) for j, options in own.items() for o in options if amount[o, t] > least[j] + 1e-9]
    if not more:
        return sum(least.values()), []
    size = max(value for _, value in more)
    return sum(least.values()), [(build.total([(x, value / size) for x, value in more]), size)]
