"""Parts of a single-source plan solved again: a few open facilities near one another, the closed ones near them, their customers.

The part is a siting of its own. Its dual starts at the multipliers of the whole, and all its patterns that could make the plan
cheaper are listed (`location_patterns`): where the dual already excludes any, or their program has no solution, the part is as
good as it can be. Where there are too many, only those under a lower limit are, and the next part is smaller; parts grow once none
of their size improves the plan.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from planner.solvers import mip
from planner.solvers.location_dual import Dual
from planner.solvers.location_patterns import applies, patterns, under
from planner.solvers.location_single import Floats, Ints, Plan, Siting, assigned, evaluate

SMALLEST = 3  # open facilities of a part
AROUND = 2  # closed facilities of a part, times the open ones, at most
LISTED = 3000  # patterns
LIMITS = (1.0, 0.6, 0.6, 0.6, 0.5, 0.5, 0.5)  # tried in turn until they are so few: shares of the limit before, from the bound of the part
SECONDS = 3.0  # for one program
STEP = 0.15  # first step of a part's dual
ROUNDS = 50


class Parts:
    """`improved` tries one part of a plan."""

    def __init__(self, data: Siting, u: Floats, rng: np.random.Generator) -> None:
        """`u` (I,): multipliers of the whole."""
        self.data, self.u, self.rng = data, u, rng
        self.size = SMALLEST + 1
        self.tried: set[int] = set()
        self.seen: bytes = b""

    def improved(self, plan: Plan, should_stop: Callable[[], bool]) -> Plan | None:
        """The plan with one part cheaper; None where it stays as it is."""
        key = plan.share.tobytes()
        if key != self.seen:
            self.tried, self.seen = set(), key
        facility = plan.share.argmax(axis=0)
        opened = np.unique(facility)
        left = np.array([j for j in opened if j not in self.tried])
        if not len(left):
            self.size = min(self.size + 1, len(opened))
            self.tried, left = set(), opened
        centre = int(self.rng.choice(left))
        self.tried.add(centre)
        sites, customers = self._part(facility, opened, centre)
        cost = float(self.data.fixed[np.unique(facility[customers])].sum() + self.data.cost[facility[customers], customers].sum())
        most = self.data.most - int(plan.opened.sum()) + int(plan.opened[sites].sum())
        part = Siting(self.data.cost[np.ix_(sites, customers)], self.data.fixed[sites], self.data.demand[customers], self.data.capacity[sites], most=most)
        found = self._solved(part, self.u[customers], cost, should_stop)
        if found is None:
            return None
        own = sites[found.share.argmax(axis=0)]
        if float(self.data.fixed[np.unique(own)].sum() + self.data.cost[own, customers].sum()) >= cost:
            return None
        facility[customers] = own
        better = assigned(self.data, facility)
        return better if evaluate(self.data, better) < evaluate(self.data, plan) else None

    def _part(self, facility: Ints, opened: Ints, centre: int) -> tuple[Ints, Ints]:
        """Facilities and customers around one that is open."""
        near = np.where(np.isfinite(self.data.cost), self.data.cost, np.inf)[:, facility == centre].mean(axis=1)
        near[centre] = -np.inf
        order = opened[np.argsort(near[opened], kind="stable")][: self.size]
        closed = np.setdiff1d(np.flatnonzero(np.isfinite(near)), opened)
        closed = closed[np.argsort(near[closed], kind="stable")][: AROUND * self.size]
        return np.sort(np.concatenate([order, closed])), np.flatnonzero(np.isin(facility, order))

    def _solved(self, part: Siting, u: Floats, cost: float, should_stop: Callable[[], bool]) -> Plan | None:
        """A plan of the part that costs less; None without one, and where it is too large."""
        dual = Dual(part)
        if not applies(dual):
            return None
        limit = cost - max(part.unit * (1 - 1e-5), 1e-7 * abs(cost))
        dual = dual.copy(dual.state, dual.allowed)
        dual.u, dual._now, dual.step = u.copy(), u.copy(), STEP
        while not dual.converged and dual.bound <= limit and not should_stop():
            dual.climb(dual.past(limit), ROUNDS)
        if dual.bound > limit or should_stop():
            return None
        for share in LIMITS:
            limit = dual.bound + share * (limit - dual.bound)
            found = patterns(dual.copy(*dual.excluding(limit)), limit, LISTED)
            if found is not None:
                break
        if share < 1.0:
            self.size = max(SMALLEST, self.size - 1)
        if found is None:
            return None
        found, bound = under(found, limit, SECONDS, should_stop)
        if bound > limit:
            return None
        ended = mip.solve(found.model, seconds=SECONDS, gap=1e-6, should_stop=should_stop)
        return found.plan(ended.x) if ended.x is not None else None
