"""Compiled simulated annealing on the assignment of a location program whose facilities' states are given.

    min over option(j, t)   sum_j own(j) + sum_t w_t crew_t + b penalties
    own(j)     options, changes of facility, setups, leaving the anchor
    crew_t     sum_k max(least_kt, a work_kt / p_k + (1 - a) ceil(work_kt / p_k)), kept up where it may not fall faster;
               a falls from 1 to 0: whole posts are brought in little by little, so that early moves see a slope
    penalties  loads over the capacity of the state, in each case, class loads over that of the class, cash over the budget,
               the quota, posts (those of the case with most work) over the most, customers that leave the anchor beyond the most: a fixed part and a part per unit;
               b rises to 1 in the same way, so that early moves pass through what breaks a limit

Moves on a range of periods (half of them from the first on): another option for a customer, two customers exchange their
facilities, a choice is extended to the neighbouring period, three customers exchange in a ring. Temperature falls
geometrically; what is kept is the cheapest assignment met that breaks nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba import njit

RESYNC = 4000  # moves between two recomputations of all sums
HOMOTOPY = 0.7  # share of the run in which whole posts are brought in
SOFTEST, STIFF = 0.15, 0.9  # penalties at the beginning, as a share of those at the end; share of the run in which they rise
TO_END = 0.4  # share of the ranges that go on to the last period
REASSIGN, EXCHANGE, EXTEND = 0.40, 0.45, 0.10  # shares of the moves; the rest are rings of three

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compiled without counting references to the arrays, which takes ten times as long as the moves themselves: nothing here
    makes an array, and the caller holds those it gives."""
    made: F = njit(cache=True, nogil=True, _nrt=False, forceinline=True)(function)  # type: ignore[call-overload]
    return made


@compiled
def _random(s: Any) -> float:
    """Uniform in [0, 1): xorshift64*, whose state is part of the run's."""
    x = s.random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    s.random[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@compiled
def _ceil(value: float) -> float:
    return float(np.ceil(value - 1e-9 * max(1.0, abs(value))))


@compiled
def _own(j: int, s: Any, p: Any, sign: float) -> float:
    """Cost of a customer's own choices; its cash and change are added to the state with this sign."""
    cost = 0.0
    last = p.before[j]
    used = p.set_up[j] != 0
    changed = False
    for t in range(p.periods):
        o = s.option[j, t]
        if o < 0:
            if not p.lasts:
                used = False
            continue
        cost += p.cost[o, t]
        k = p.facility[o]
        if last >= 0 and k != last:
            cost += p.switch[j, t]
        last = k
        if p.use[o]:
            if not used:
                cost += p.setup_cost[j, t]
                s.cash[t] += sign * p.setup_cash[j, t]
            used = True
        elif not p.lasts:
            used = False
        if p.departs[o, t]:
            changed = True
    if changed:
        cost += p.change_price
        s.changes[0] += sign
    return cost


@compiled
def _over(excess: float, size: float, fixed: float, unit: float) -> float:
    return fixed + unit * excess if excess > 1e-7 * size else 0.0


@compiled
def _weigh(k: int, t: int, a: float, s: Any, p: Any) -> None:
    """Penalty and posts of a facility and period from its sums."""
    value = _over(s.load[k, t] - p.capacity[k, t], p.capacity[k, t] + 1.0, p.over_fixed, p.over_unit)
    for c in range(p.classes.shape[0]):
        value += _over(s.own_load[c, k, t] - p.class_capacity[c, k, t], p.class_capacity[c, k, t] + 1.0, p.over_fixed, p.over_unit)
    work = s.work[k, t]
    for d in range(p.more_work.shape[0]):
        work = max(work, s.more_work[d, k, t])
    exact = work / p.speed[k]
    need = a * exact + (1.0 - a) * _ceil(exact)
    if need > p.most[k] + 1e-9:
        value += p.over_fixed * (1.0 + need - p.most[k])
    s.penalty[k, t] = s.stiff[0] * value
    s.crew[k, t] = max(p.least[k, t], need)


@compiled
def _common(s: Any, p: Any) -> float:
    """Posts, budgets, the quota and the limit of changes."""
    cost = 0.0
    before = 0.0
    for t in range(p.periods):
        posts = max(s.total[t], before + p.brought[t] - p.drop[t])
        cost += p.crew_cost[t] * posts + s.stiff[0] * _over(s.cash[t] - p.room[t], p.room[t], p.cash_fixed, p.cash_unit)
        before = posts
    if p.limited:
        cost += s.stiff[0] * _over(s.used[0] - p.quota, p.quota + 1.0, p.over_fixed, p.quota_unit)
    return float(cost + s.stiff[0] * p.over_fixed * max(0.0, s.changes[0] - p.most_changes))


@compiled
def _sum_up(a: float, s: Any, p: Any) -> None:
    """All sums of the state from its options."""
    s.load[:] = 0.0
    s.own_load[:] = 0.0
    s.work[:] = 0.0
    s.more_work[:] = 0.0
    s.cash[:] = 0.0
    s.changes[0] = 0.0
    s.used[0] = 0.0
    cost = 0.0
    for j in range(s.option.shape[0]):
        s.site[j] = _own(j, s, p, 1.0)
        cost += s.site[j]
        for t in range(p.periods):
            if s.option[j, t] >= 0:
                _shift(s.option[j, t], t, 1.0, s, p)
    s.total[:] = 0.0
    for k in range(s.load.shape[0]):
        for t in range(p.periods):
            _weigh(k, t, a, s, p)
            cost += s.penalty[k, t]
            s.total[t] += s.crew[k, t]
    s.shared[0] = _common(s, p)
    s.energy[0] = cost + s.shared[0]


@compiled
def _shift(o: int, t: int, sign: float, s: Any, p: Any) -> None:
    k = p.facility[o]
    s.load[k, t] += sign * p.load[o, t]
    s.work[k, t] += sign * p.work[o, t]
    if p.limited:
        s.used[0] += sign * p.quota_use[o, t]
    for c in range(p.plain):
        if p.classes[c, o]:
            s.own_load[c, k, t] += sign * p.load[o, t]
    for c in range(p.plain, p.classes.shape[0]):
        if p.classes[c, o]:
            s.own_load[c, k, t] += sign * p.loads[p.class_case[c], o, t]
    for d in range(p.more_work.shape[0]):
        s.more_work[d, k, t] += sign * p.more_work[d, o, t]


@compiled
def _breaks(s: Any, p: Any) -> bool:
    for t in range(p.periods):
        if s.cash[t] > p.room[t] * (1.0 + 1e-9) + 1e-6:
            return True
        for k in range(s.load.shape[0]):
            if s.penalty[k, t] > 0.0:
                return True
    return bool(s.changes[0] > p.most_changes or s.used[0] > p.quota * (1.0 + 1e-9) + 1e-6)


@compiled
def _at(j: int, k: int, mode: int, t: int, p: Any) -> int:
    """An option of j at k that is open at t, of this mode where there is one; -1 where there is none."""
    o = p.at[j, k, mode]
    if o >= 0 and p.usable[o, t]:
        return int(o)
    for other in range(p.at.shape[2]):
        o = p.at[j, k, other]
        if o >= 0 and p.usable[o, t]:
            return int(o)
    return -1


@compiled
def _propose(s: Any, p: Any) -> int:
    """Write a move to `s.who` and `s.new`; the number of customers that it changes, 0 for none."""
    customers = s.option.shape[0]
    first = 0 if _random(s) < 0.5 else int(_random(s) * p.periods)
    last = p.periods - 1 if _random(s) < TO_END else first + int(_random(s) * (p.periods - first))
    j = int(_random(s) * customers)
    kind = _random(s)
    s.who[0] = j
    for t in range(p.periods):
        s.new[0, t] = s.option[j, t]
    if kind < REASSIGN:
        count = p.first[j + 1] - p.first[j]
        o = p.sorted[p.first[j] + int(count * _random(s) ** 2)]
        moved = False
        for t in range(first, last + 1):
            if s.option[j, t] >= 0 and p.usable[o, t] and s.option[j, t] != o:
                s.new[0, t] = o
                moved = True
        return 1 if moved else 0
    if kind >= REASSIGN + EXCHANGE and kind < REASSIGN + EXCHANGE + EXTEND:
        t = int(_random(s) * p.periods)
        u = t + 1 if _random(s) < 0.5 else t - 1
        if u < 0 or u >= p.periods or s.option[j, u] < 0 or s.option[j, t] < 0:
            return 0
        o = s.option[j, t]
        if o == s.option[j, u] or not p.usable[o, u]:
            return 0
        s.new[0, u] = o
        return 1
    ring = 2 if kind < REASSIGN + EXCHANGE else 3
    if customers < ring:
        return 0
    for i in range(1, ring):
        other = int(_random(s) * customers)
        for before in range(i):
            if s.who[before] == other:
                return 0
        s.who[i] = other
        for t in range(p.periods):
            s.new[i, t] = s.option[other, t]
    moved = False
    for t in range(first, last + 1):
        whole = True
        for i in range(ring):
            whole = whole and s.option[s.who[i], t] >= 0
        if not whole:
            continue
        for i in range(ring):
            own = s.option[s.who[i], t]
            o = _at(s.who[i], p.facility[s.option[s.who[(i + 1) % ring], t]], p.mode[own], t, p)
            if o < 0:
                whole = False
                break
            s.trial[i] = o
        if whole:
            for i in range(ring):
                if p.facility[s.trial[i]] != p.facility[s.option[s.who[i], t]]:
                    moved = True
                    s.new[i, t] = s.trial[i]
    return ring if moved else 0


@compiled
def _touch(k: int, t: int, s: Any, p: Any) -> None:
    """Remember the sums of a facility and period before the move."""
    if s.mark[k, t] == s.count[0]:
        return
    s.mark[k, t] = s.count[0]
    i = s.touched[0]
    s.touched[0] += 1
    s.saved_at[i, 0] = k
    s.saved_at[i, 1] = t
    s.saved[i, 0] = s.load[k, t]
    s.saved[i, 1] = s.work[k, t]
    s.saved[i, 2] = s.penalty[k, t]
    s.saved[i, 3] = s.crew[k, t]
    for c in range(p.classes.shape[0]):
        s.saved[i, 4 + c] = s.own_load[c, k, t]
    for d in range(p.more_work.shape[0]):
        s.saved[i, 4 + p.classes.shape[0] + d] = s.more_work[d, k, t]


@compiled
def _try(changed: int, a: float, temperature: float, s: Any, p: Any) -> bool:
    """Make the move in `s.who`, `s.new`; take it back where it is not accepted."""
    s.count[0] += 1
    s.touched[0] = 0
    for t in range(p.periods):
        s.cash_before[t] = s.cash[t]
        s.total_before[t] = s.total[t]
    changes = s.changes[0]
    used = s.used[0]
    delta = 0.0
    for i in range(changed):
        j = s.who[i]
        _own(j, s, p, -1.0)
        delta -= s.site[j]
        for t in range(p.periods):
            old, new = s.option[j, t], s.new[i, t]
            if old != new:
                _touch(p.facility[old], t, s, p)
                _touch(p.facility[new], t, s, p)
                _shift(old, t, -1.0, s, p)
                _shift(new, t, 1.0, s, p)
            s.option[j, t] = new
            s.new[i, t] = old
        s.site_before[i] = s.site[j]
        s.site[j] = _own(j, s, p, 1.0)
        delta += s.site[j]
    for i in range(s.touched[0]):
        k, t = s.saved_at[i, 0], s.saved_at[i, 1]
        _weigh(k, t, a, s, p)
        delta += s.penalty[k, t] - s.saved[i, 2]
        s.total[t] += s.crew[k, t] - s.saved[i, 3]
    shared = _common(s, p)
    delta += shared - s.shared[0]
    if delta <= 0.0 or _random(s) < np.exp(-delta / temperature):
        s.shared[0] = shared
        s.energy[0] += delta
        return True
    for i in range(changed):
        j = s.who[i]
        for t in range(p.periods):
            s.option[j, t] = s.new[i, t]
        s.site[j] = s.site_before[i]
    for i in range(s.touched[0]):
        k, t = s.saved_at[i, 0], s.saved_at[i, 1]
        s.load[k, t] = s.saved[i, 0]
        s.work[k, t] = s.saved[i, 1]
        s.penalty[k, t] = s.saved[i, 2]
        s.crew[k, t] = s.saved[i, 3]
        for c in range(p.classes.shape[0]):
            s.own_load[c, k, t] = s.saved[i, 4 + c]
        for d in range(p.more_work.shape[0]):
            s.more_work[d, k, t] = s.saved[i, 4 + p.classes.shape[0] + d]
    for t in range(p.periods):
        s.cash[t] = s.cash_before[t]
        s.total[t] = s.total_before[t]
    s.changes[0] = changes
    s.used[0] = used
    return False


@compiled
def _keep(s: Any, p: Any) -> None:
    s.best_cost[0] = s.energy[0]
    for j in range(s.option.shape[0]):
        for t in range(p.periods):
            s.best[j, t] = s.option[j, t]


@compiled
def anneal(begin: int, end: int, length: int, hot: float, cool: float, soft: float, s: Any, p: Any) -> None:
    """Moves `begin` to `end` of a run of `length`, from temperature `hot` to `cool`, whole posts softened by `soft` at first.

    The state goes on from where it is; the cheapest assignment that breaks nothing is kept in `s.best`, `s.best_cost`.
    """
    for i in range(begin, end):
        if (i - begin) % RESYNC == 0:
            a = soft * max(0.0, 1.0 - i / (HOMOTOPY * length))
            s.stiff[0] = SOFTEST ** (soft * max(0.0, 1.0 - i / (STIFF * length)))
            temperature = hot * (cool / hot) ** (i / length)
            _sum_up(a, s, p)
            if a == 0.0 and s.energy[0] < s.best_cost[0] - 1e-6 and not _breaks(s, p):
                _keep(s, p)
        changed = _propose(s, p)
        if changed and _try(changed, a, temperature, s, p) and a == 0.0 and s.energy[0] < s.best_cost[0] - 1e-6 and not _breaks(s, p):
            _keep(s, p)
