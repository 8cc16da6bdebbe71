"""Compiled loops of `location_dual`: knapsacks of the facilities, the covering row, one step of the dual.

Costs are (J, I): serving the whole demand of customer i from facility j; multipliers u (I,); `allowed` (J, I): arcs that
are not fixed to zero; `state` (J,): 1 fixed open, 0 fixed closed, -1 free.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

AVERAGE = 0.05  # weight of the latest relaxed plan in the average
DEFLECTION = 0.7  # of the last direction, kept in the next
RISE = 0.1  # of the multipliers, before the arcs that may gain are looked for again
FREE, CONTINUOUS, WHOLE = 0, 1, 2  # kinds of knapsack: no capacity, items may be split, items whole


@njit(cache=True, nogil=True)
def _continuous(gain: Floats, size: Ints, order: Ints, n: int, room: float, part: Floats) -> float:
    """Most gain of n items that may be split; `order`: by falling gain per size; `part`: share of each, filled."""
    total = 0.0
    for a in range(n):
        part[a] = 0.0
    for b in range(n):
        a = order[b]
        if size[a] <= room:
            part[a] = 1.0
            total += gain[a]
            room -= size[a]
        else:
            if size[a] > 0:
                part[a] = room / size[a]
                total += gain[a] * part[a]
            break
    return total


@njit(cache=True, nogil=True)
def _whole(gain: Floats, size: Ints, n: int, room: int, table: Floats, taken: Bools, part: Floats) -> float:
    """Most gain of n whole items; `table[r]`: most gain within r, for every r up to room; `part` filled."""
    for r in range(room + 1):
        table[r] = 0.0
    reach = 0
    for a in range(n):
        q = size[a]
        g = gain[a]
        reach = min(room, reach + q)
        for r in range(room + 1):
            taken[a, r] = False
        for r in range(room, q - 1, -1):
            better = table[r - q] + g
            if better > table[r]:
                table[r] = better
                taken[a, r] = True
    r = room
    for a in range(n - 1, -1, -1):
        part[a] = 0.0
        if taken[a, r]:
            part[a] = 1.0
            r -= size[a]
    return float(table[room])


@njit(cache=True, nogil=True)
def arcs_left(allowed: Bools, state: Ints, demand: Ints, capacity: Ints, whole: bool) -> tuple[Ints, Ints]:
    """The arcs by facility: those of j are customers[first[j]:first[j + 1]]."""
    sites, many = allowed.shape
    first = np.zeros(sites + 1, np.int64)
    for j in range(sites):
        first[j + 1] = first[j]
        if state[j] != 0:
            for i in range(many):
                if allowed[j, i] and (not whole or demand[i] <= capacity[j]):
                    first[j + 1] += 1
    customers = np.empty(first[sites], np.int64)
    a = 0
    for j in range(sites):
        if state[j] != 0:
            for i in range(many):
                if allowed[j, i] and (not whole or demand[i] <= capacity[j]):
                    customers[a] = i
                    a += 1
    return first, customers


@njit(cache=True, nogil=True)
def arcs_within(allowed: Bools, state: Ints, demand: Ints, capacity: Ints, whole: bool, cost: Floats, u: Floats, ceiling: Floats) -> tuple[Ints, Ints]:
    """Those of `arcs_left` that gain anything while no multiplier is over its `ceiling` (I,), a little over `u`: filled."""
    sites, many = allowed.shape
    mean = 0.0
    for i in range(many):
        mean += abs(u[i]) / many
    for i in range(many):
        ceiling[i] = u[i] + RISE * max(mean, abs(u[i]))
    first = np.zeros(sites + 1, np.int64)
    customers = np.empty(1024, np.int64)
    a = 0
    for j in range(sites):
        if state[j] != 0:
            if a + many > len(customers):
                longer = np.empty(2 * len(customers) + many, np.int64)
                longer[:a] = customers[:a]
                customers = longer
            for i in range(many):
                if cost[j, i] < ceiling[i] and allowed[j, i] and (not whole or demand[i] <= capacity[j]):
                    customers[a] = i
                    a += 1
        first[j + 1] = a
    return first, customers[:a].copy()


@njit(cache=True, nogil=True)
def facilities(kind: int, cost: Floats, u: Floats, demand: Ints, capacity: Ints, first: Ints, customers: Ints, state: Ints, value: Floats, share: Floats) -> None:
    """What each facility is worth when open: `value` (J,) <= 0, and its `share` of each customer, by arc."""
    sites, many = cost.shape
    gain = np.empty(many)
    size = np.empty(many, np.int64)
    item = np.empty(many, np.int64)
    part = np.empty(many)
    most = 0
    if kind == WHOLE:
        for j in range(sites):
            if state[j] != 0:
                most = max(most, capacity[j])
    table = np.empty(most + 1)
    taken = np.empty((1, most + 1), np.bool_)
    for j in range(sites):
        value[j] = 0.0
        if state[j] == 0:
            continue
        n = 0
        load = 0
        for a in range(first[j], first[j + 1]):
            share[a] = 0.0
            i = customers[a]
            less = u[i] - cost[j, i]
            if less > 0.0:
                gain[n] = less
                size[n] = demand[i]
                item[n] = a
                load += demand[i]
                n += 1
        total = 0.0
        if kind == FREE or load <= capacity[j]:
            for b in range(n):
                total += gain[b]
                share[item[b]] = 1.0
        else:
            if kind == CONTINUOUS:
                order = np.argsort(-gain[:n] / np.maximum(size[:n], 1e-9))
                total = _continuous(gain, size, order, n, float(capacity[j]), part)
            else:
                if taken.shape[0] < n:
                    taken = np.empty((n + 16, most + 1), np.bool_)
                total = _whole(gain, size, n, capacity[j], table, taken, part)
            for b in range(n):
                share[item[b]] = part[b]
        value[j] = -total


@njit(cache=True, nogil=True)
def cover(weight: Floats, capacity: Ints, need: int, state: Ints, chosen: Bools) -> float:
    """Least weight of facilities whose capacities reach `need`, whole ones; inf where they cannot. `chosen` (J,) filled."""
    sites = len(weight)
    total = 0.0
    rest = need
    number = 0
    item = np.empty(sites, np.int64)
    for j in range(sites):
        chosen[j] = False
        if state[j] == 1 or (state[j] == -1 and weight[j] <= 0.0):
            chosen[j] = True
            total += weight[j]
            rest -= capacity[j]
        elif state[j] == -1:
            item[number] = j
            number += 1
    if rest <= 0:
        return total
    least = np.full(rest + 1, np.inf)
    least[0] = 0.0
    took = np.zeros((number, rest + 1), np.bool_)
    for a in range(number):
        j = item[a]
        q = capacity[j]
        w = weight[j]
        for r in range(rest, 0, -1):
            left = r - q
            one = w + (least[left] if left > 0 else 0.0)
            if one < least[r]:
                least[r] = one
                took[a, r] = True
    if least[rest] == np.inf:
        return np.inf
    r = rest
    for a in range(number - 1, -1, -1):
        if r > 0 and took[a, r]:
            chosen[item[a]] = True
            r = max(0, r - capacity[item[a]])
    return float(total + least[rest])


@njit(cache=True, nogil=True)
def fewest(weight: Floats, least: int, most: int, state: Ints, chosen: Bools) -> float:
    """Least weight of at least `least` and at most `most` facilities; inf where impossible."""
    order = np.argsort(weight)
    number = 0
    total = 0.0
    for j in range(len(weight)):
        chosen[j] = state[j] == 1
        if chosen[j]:
            number += 1
            total += weight[j]
    if number > most:
        return np.inf
    for j in order:
        if state[j] == -1 and number < most and (number < least or weight[j] < 0.0):
            chosen[j] = True
            number += 1
            total += weight[j]
    return float(total) if number >= least else np.inf


@njit(cache=True, nogil=True)
def select(weight: Floats, capacity: Ints, need: int, least: int, most: int, state: Ints, chosen: Bools) -> float:
    """The larger of the two relaxations of which facilities open: capacities that reach `need`, and how many."""
    one = fewest(weight, least, most, state, chosen)
    if need <= 0:
        return one
    other = np.empty(len(weight), np.bool_)
    two = cover(weight, capacity, need, state, other)
    if two > one:
        chosen[:] = other
        return two
    return one


@njit(cache=True, nogil=True)
def forced_cover(weight: Floats, capacity: Ints, need: int, state: Ints, closed: Floats, opened: Floats) -> None:
    """Raises `closed` and `opened` (J,) to the least weight that reaches `need` with each free facility closed, and open: what
    the free facilities before it and after it can reach, joined at the best place."""
    base = 0.0
    free = np.flatnonzero(state == -1)
    for j in range(len(weight)):
        if state[j] == 1:
            base += weight[j]
            need -= capacity[j]
    need = max(0, need)
    n = len(free)
    before = np.full((n + 1, need + 1), np.inf)
    after = np.full((n + 1, need + 1), np.inf)
    before[0, 0] = 0.0
    after[n, 0] = 0.0
    for a in range(n):
        w, q = weight[free[a]], capacity[free[a]]
        v, p = weight[free[n - 1 - a]], capacity[free[n - 1 - a]]
        for r in range(need + 1):
            before[a + 1, r] = min(before[a, r], w + before[a, max(0, r - q)])
            after[n - 1 - a, r] = min(after[n - a, r], v + after[n - a, max(0, r - p)])
    for a in range(n):
        j = free[a]
        rest = max(0, need - capacity[j])
        without, within = np.inf, np.inf
        for r in range(need + 1):
            without = min(without, before[a, r] + after[a + 1, need - r])
            if r <= rest:
                within = min(within, before[a, r] + after[a + 1, rest - r])
        closed[j] = max(closed[j], base + without)
        opened[j] = max(opened[j], base + within + weight[j])


@njit(cache=True, nogil=True)
def forced_number(weight: Floats, least: int, most: int, state: Ints, closed: Floats, opened: Floats) -> None:
    """The same for at least `least` and at most `most` facilities."""
    chosen = np.empty(len(weight), np.bool_)
    total = fewest(weight, least, most, state, chosen)
    number = 0
    dearest, cheapest = -np.inf, np.inf  # of the free ones chosen, and not
    for j in range(len(weight)):
        number += int(chosen[j])
        if state[j] == -1:
            if chosen[j]:
                dearest = max(dearest, weight[j])
            else:
                cheapest = min(cheapest, weight[j])
    for j in range(len(weight)):
        if state[j] != -1:
            continue
        if chosen[j]:
            opened[j] = max(opened[j], total)
            other = cheapest if number <= least or cheapest < 0.0 else 0.0
            closed[j] = max(closed[j], total - weight[j] + other)
        else:
            closed[j] = max(closed[j], total)
            other = dearest if number >= most or dearest > 0.0 else 0.0
            opened[j] = max(opened[j], total + weight[j] - other)


@njit(cache=True, nogil=True)
def ascend(
    kind: int, cost: Floats, fixed: Floats, demand: Ints, capacity: Ints, reach: Ints, need: int, least: int, most: int, allowed: Bools, state: Ints,
    u: Floats, target: float, step: float, smallest: float, patience: int, idle: int, rounds: int, best_u: Floats, mean_open: Floats, direction: Floats, best: float,
) -> tuple[float, float, int]:
    """Deflected subgradient steps: best bound, the step left and the rounds without a better one.

    `best_u` gets the best multipliers, `mean_open` (J,) a moving average of the relaxed plans. Ends once the step is under
    `smallest`, the bound passes `target`, or after `rounds`.
    """
    sites, many = cost.shape
    ceiling = np.empty(many)
    first, customers = arcs_within(allowed, state, demand, capacity, kind == WHOLE, cost, u, ceiling)
    value = np.empty(sites)
    share = np.empty(len(customers))
    weight = np.empty(sites)
    chosen = np.empty(sites, np.bool_)
    grad = np.empty(many)
    for _ in range(rounds):
        if (u > ceiling).any():
            first, customers = arcs_within(allowed, state, demand, capacity, kind == WHOLE, cost, u, ceiling)
            share = np.empty(len(customers))
        facilities(kind, cost, u, demand, capacity, first, customers, state, value, share)
        total = 0.0
        for i in range(many):
            total += u[i]
            grad[i] = 1.0
        for j in range(sites):
            weight[j] = fixed[j] + value[j]
        bound = total + select(weight, reach, need, least, most, state, chosen)
        if bound == np.inf:
            return bound, step, idle
        for j in range(sites):
            mean_open[j] += AVERAGE * ((1.0 if chosen[j] else 0.0) - mean_open[j])
            if chosen[j]:
                for a in range(first[j], first[j + 1]):
                    grad[customers[a]] -= share[a]
        if bound > best + 1e-9 * abs(best):
            if bound > best + 1e-5 * abs(best):
                idle = 0
            best = bound
            for i in range(many):
                best_u[i] = u[i]
        idle += 1
        if idle >= patience:
            step *= 0.6
            idle = 0
            for i in range(many):
                u[i] = best_u[i]
                direction[i] = 0.0
            if step < smallest:
                break
            continue
        if best >= target:
            break
        norm = 0.0
        for i in range(many):
            direction[i] = grad[i] + DEFLECTION * direction[i]
            norm += direction[i] * direction[i]
        if norm < 1e-12:  # a relaxed plan that serves everyone exactly once: nothing better
            step = 0.0
            break
        length = step * max(target - bound, 1e-6 * abs(target)) / norm
        for i in range(many):
            u[i] += length * direction[i]
    return best, step, idle


@njit(cache=True, nogil=True)
def _slope(j: int, cost: Floats, u: Floats, demand: Ints, capacity: Ints, allowed: Bools) -> float:
    """What a unit of room is worth at the margin in the facility's continuous knapsack: taking room away loses at least as much."""
    customers = len(u)
    ratio = np.empty(customers)
    size = np.empty(customers, np.int64)
    n = 0
    for i in range(customers):
        if allowed[j, i] and u[i] > cost[j, i] and demand[i] > 0:
            ratio[n] = (cost[j, i] - u[i]) / demand[i]
            size[n] = demand[i]
            n += 1
    room = capacity[j]
    for a in np.argsort(ratio[:n]):
        if size[a] > room:
            return float(-ratio[a])
        room -= size[a]
    return 0.0


@njit(cache=True, nogil=True)
def penalties(
    kind: int, split: bool, cost: Floats, fixed: Floats, demand: Ints, capacity: Ints, reach: Ints, need: int, least: int, most: int, allowed: Bools, state: Ints,
    u: Floats, limit: float,
) -> tuple[float, int, int]:
    """Fixes in place what no plan under `limit` can have: facilities (`state`) and arcs (`allowed`); bound, facilities and arcs fixed.

    An arc forced in costs its reduced cost and the room it takes from the facility's knapsack, on top of opening the facility.
    """
    sites, customers = cost.shape
    value = np.empty(sites)
    first, item = arcs_left(allowed, state, demand, capacity, kind == WHOLE)
    facilities(kind, cost, u, demand, capacity, first, item, state, value, np.empty(len(item)))
    weight = fixed + value
    chosen = np.empty(sites, np.bool_)
    total = u.sum()
    bound = total + select(weight, reach, need, least, most, state, chosen)
    closed = np.full(sites, -np.inf)
    opened = np.full(sites, -np.inf)
    forced_number(weight, least, most, state, closed, opened)
    if need > 0:
        forced_cover(weight, reach, need, state, closed, opened)
    nodes = 0
    for j in range(sites):
        if state[j] != -1:
            opened[j] = bound
            continue
        opened[j] = max(bound, total + opened[j])
        if opened[j] > limit:
            state[j] = 0
            nodes += 1
        elif total + closed[j] > limit:
            state[j] = 1
            nodes += 1
    arcs = 0
    if split and kind == CONTINUOUS:  # any small part of a customer may use an arc: none can be excluded
        return bound, nodes, arcs
    gain = np.empty(customers)
    size = np.empty(customers, np.int64)
    part = np.empty(customers)
    room = 0
    for j in range(sites):
        room = max(room, capacity[j])
    room = room if kind == WHOLE else 0
    table = np.zeros(room + 1)
    taken = np.empty((1, room + 1), np.bool_)
    price = 0.0
    for j in range(sites):
        if state[j] == 0:
            for i in range(customers):
                if allowed[j, i]:
                    allowed[j, i] = False
                    arcs += 1
            continue
        if kind == WHOLE:
            n = 0
            for i in range(customers):
                if u[i] - cost[j, i] > 0.0 and allowed[j, i] and demand[i] <= capacity[j]:
                    gain[n] = u[i] - cost[j, i]
                    size[n] = demand[i]
                    n += 1
            if taken.shape[0] < n:
                taken = np.empty((n + 16, room + 1), np.bool_)
            _whole(gain, size, n, capacity[j], table, taken, part)
        elif kind == CONTINUOUS:
            price = _slope(j, cost, u, demand, capacity, allowed)
        for i in range(customers):
            if not allowed[j, i]:
                continue
            extra = cost[j, i] - u[i]
            if kind == CONTINUOUS:
                extra += price * demand[i]
            elif kind == WHOLE:
                if demand[i] > capacity[j]:
                    extra = np.inf
                else:
                    extra += table[capacity[j]] - table[capacity[j] - demand[i]]
            if extra > 0.0 and opened[j] + extra > limit:
                allowed[j, i] = False
                arcs += 1
    return bound, nodes, arcs
