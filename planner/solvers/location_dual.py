"""Lagrangian bound of a siting: the serve rows relaxed, everything else kept whole.

    L(u) = sum_i u_i + min { sum_j (f_j + v_j(u)) y_j : sum_j Q_j y_j >= sum_i d_i, least <= sum_j y_j <= most, y in {0, 1} }
    v_j(u) = min { sum_i (c_ij - u_i) x_ij : sum_i d_i x_ij <= Q_j, x in {0, 1} (or [0, 1]) }

For single source the knapsacks are solved in whole items by dynamic programming (as strong as generating columns), for split
demand by ratio; the implied covering row is solved in integers too: it carries most of the bound where capacity is short.
The multipliers follow deflected subgradients (Camerini, Fratta, Maffioli); a moving average of the relaxed plans, as in the
volume algorithm (Barahona, Anbil), says which facilities are undecided. Facilities and arcs whose penalty exceeds a
limit are fixed: no plan that costs less uses them.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from planner.solvers import location_dual_loops as loops
from planner.solvers.location_single import Bools, Floats, Ints, Siting, sizes

MARGIN = 1e-9  # relative, for the rounding of sums
NONE = -1e300  # no bound yet
LONGEST_TABLE = 2500  # largest capacity, in whole units, of a knapsack by dynamic programming
FIRST, LAST = 1.0, 2e-4  # step lengths, in shares of the distance to the target
AGAIN = 0.05  # first step where multipliers are known already
PATIENCE = 30  # rounds without a better bound before the step shrinks
DEEPER = (500, 2000)  # the same where the bound is to be as high as it can be, in turn
BEYOND, LEAST = 0.5, 1e-4  # targets past a limit: shares of what the bound lacks to it, and of the limit
WAYS = (1.0, 0.6, 0.3, 0.1)  # shares of the way to other multipliers
NEAR, WORTH = 0.005, 0.02  # its target, relative; share of what it lacks that it must gain each time


class Dual:
    """Multipliers `u` with the bound they prove, over the facilities (`state`) and arcs (`allowed`) that are left."""

    def __init__(self, data: Siting) -> None:
        self.data = data
        whole = sizes(data)
        count, customers = data.sizes
        far = 1.0 + float(np.abs(data.fixed).sum()) + float(np.where(np.isfinite(data.cost), np.abs(data.cost), 0.0).max(axis=0, initial=0.0).sum())
        self.cost = np.ascontiguousarray(np.where(np.isfinite(data.cost), data.cost, far))
        self.fixed = np.ascontiguousarray(data.fixed, float)
        self.demand, self.room, self.reach, self.need = whole.light, whole.room, whole.reach, whole.need
        if data.free:
            self.kind, self.need = loops.FREE, 0
        else:
            self.kind = loops.CONTINUOUS if data.split or int(whole.room.max()) > LONGEST_TABLE else loops.WHOLE
        self.least, self.most = max(1, data.least), min(count, data.most)
        self.allowed = data.possible.copy()
        self.state = np.full(count, -1, dtype=np.int64)
        ranked = np.sort(np.where(self.allowed, self.cost, far), axis=0)
        self.u: Floats = ranked[min(1, count - 1)].copy()
        self.best = NONE
        self.step = FIRST
        self.idle = 0
        self.patience = PATIENCE
        self.mean_open = np.zeros(count)
        self._now = self.u.copy()
        self._direction = np.zeros(customers)

    @property
    def converged(self) -> bool:
        return self.step < LAST

    @property
    def bound(self) -> float:
        """Proven for the plans that use only what is left; lowered by the margin of rounding."""
        return self.best - MARGIN * max(1.0, abs(self.best)) if NONE < self.best < math.inf else self.best if self.best > 0 else -math.inf

    def climb(self, target: float, rounds: int) -> None:
        """At most so many steps towards `target`, a cost that the bound should reach."""
        if not math.isfinite(target):
            target = float(self.u.sum()) + float(self.fixed.sum()) if self.best == NONE else self.best + 0.2 * abs(self.best)
        self.best, self.step, self.idle = loops.ascend(
            self.kind, self.cost, self.fixed, self.demand, self.room, self.reach, self.need, self.least, self.most, self.allowed, self.state,
            self._now, target, self.step, LAST, self.patience, self.idle, rounds, self.u, self.mean_open, self._direction, self.best,
        )  # fmt: skip

    def past(self, limit: float) -> float:
        """A target for a bound that is to pass the limit: steps shorten towards the target, so that it is never the limit itself."""
        return limit + BEYOND * max(0.0, limit - self.best if self.best > NONE else 0.0) + LEAST * max(1.0, abs(limit))

    def deepen(self, target: float, rounds: int, stop: Callable[[], bool]) -> None:
        """Climbs again with much more patience, and a target not far away: where capacities are tight the first climb ends well
        below the maximum."""
        limit = target
        for self.patience in DEEPER:
            before, self.step, self.idle = self.best, FIRST, 0
            target = min(limit, self.best + NEAR * abs(self.best))
            self._now[:] = self.u
            self._direction[:] = 0.0
            while not self.converged and self.best < target and not stop():
                self.climb(target, rounds)
            if self.best - before < WORTH * (target - before) or self.best >= limit or stop():
                break

    def learn(self, prices: Floats) -> bool:
        """Multipliers of a linear relaxation, or some of the way to them, where these prove more; whether they do."""
        before, held, start = self.best, (self.step, self.idle), self.u.copy()
        for way in WAYS:
            self._now[:] = start + way * (prices - start)
            self._direction[:] = 0.0
            self.climb(self.best, 1)
        self.step, self.idle = held
        self._now[:] = self.u
        return self.best > before

    def choice(self, u: Floats) -> tuple[Floats, float, Bools]:
        """What each facility adds when open (J,), f_j + v_j(u), the least that those of a plan add up to, and such a choice (J,)."""
        first, item = loops.arcs_left(self.allowed, self.state, self.demand, self.room, self.kind == loops.WHOLE)
        value, chosen = np.empty(len(self.fixed)), np.empty(len(self.fixed), bool)
        loops.facilities(self.kind, self.cost, u, self.demand, self.room, first, item, self.state, value, np.empty(len(item)))
        weight = self.fixed + value
        return weight, float(loops.select(weight, self.reach, self.need, self.least, self.most, self.state, chosen)), chosen

    def excluding(self, limit: float) -> tuple[Ints, Bools]:
        """States (J,) and arcs (J, I) that are left to the plans that cost at most `limit`."""
        state, allowed = self.state.copy(), self.allowed.copy()
        limit += MARGIN * max(1.0, abs(limit))
        for _ in range(3):
            _, facilities, arcs = loops.penalties(
                self.kind, self.data.split, self.cost, self.fixed, self.demand, self.room, self.reach, self.need, self.least, self.most, allowed, state, self.u, limit,
            )  # fmt: skip
            if facilities == 0 or arcs == 0:
                break
        return state, allowed

    def copy(self, state: Ints, allowed: Bools) -> Dual:
        """The same multipliers over fewer facilities and arcs: what it proves holds for plans within these."""
        part = Dual.__new__(Dual)
        part.__dict__.update(self.__dict__)
        part.u, part._now, part._direction = self.u.copy(), self.u.copy(), np.zeros_like(self.u)
        part.mean_open = self.mean_open.copy()
        part.state, part.allowed = state, allowed
        part.step, part.idle, part.patience = AGAIN, 0, PATIENCE
        return part

    def restricted(self, limit: float, rounds: int, stop: Callable[[], bool], times: int = 6) -> Dual:
        """The same over what is left under `limit`: climbs again there and excludes more, so long as that shrinks it."""
        part = self.copy(*self.excluding(limit))
        for _ in range(times):
            before = part.size
            part.step = AGAIN
            while not part.converged and not stop() and part.bound <= limit:
                part.climb(part.past(limit), rounds)
            if stop() or part.bound > limit:
                break
            part.state, part.allowed = part.excluding(limit)
            if part.size > 0.9 * before:
                break
        return part

    @property
    def size(self) -> int:
        """Facilities left open to choice and arcs left."""
        return int((self.state == -1).sum() + self.allowed[self.state != 0].sum())
