"""Plans of a siting by compiled search: annealing where capacities bind, interchange of facilities where they do not.

Annealing moves whole customers (shift, swap) and facilities (open, close, replace, with what follows for their customers);
load in excess is priced, dearer as long as there is any. Where demand may be split the search proposes which facilities to
open, and a transportation program says what they serve.
"""

from __future__ import annotations

import math
from collections import namedtuple
from typing import Any

import numpy as np
from scipy import sparse

from planner.solvers import location_search_loops as loops
from planner.solvers import mip
from planner.solvers.location_single import Bools, Floats, Ints, Plan, Siting, assigned, sizes

NEAR = 60  # facilities a customer may go to in the search
COLD = 0.002  # last temperature, in mean cost of a customer
_Problem = namedtuple("_Problem", "cost fixed demand capacity near degree may reach reached price most")
_State = namedtuple("_State", "assigned load count members place price over plain number who whence gain item best best_cost")


class Annealing:
    """The search over whole assignments, over the facilities and arcs that are left."""

    def __init__(self, data: Siting, cost: Floats, state: Ints, allowed: Bools) -> None:
        """`cost` (J, I): finite everywhere."""
        self.data = data
        may = allowed & (state != 0)[:, None] & np.isfinite(data.cost)
        if not may.any(axis=0).all():
            may = data.possible & np.isfinite(data.cost)
        degree = np.minimum(NEAR, may.sum(axis=0))
        ranked = np.argsort(np.where(may, cost, np.inf), axis=0, kind="stable")[: int(degree.max())].T
        near = np.where(np.arange(ranked.shape[1])[None] < degree[:, None], ranked, -1).astype(np.int64)
        kept = np.zeros_like(may)
        kept[near[near >= 0], np.nonzero(near >= 0)[0]] = True
        whole = sizes(data)
        reached = [np.flatnonzero(row) for row in kept]
        filled = np.sort(np.where(may, cost, np.inf), axis=0)
        third = filled[np.minimum(3, degree - 1), np.arange(len(degree))]
        price = float(np.median(third / np.maximum(1, whole.heavy))) + float(np.abs(data.fixed).mean()) / max(1.0, float(whole.tight.mean()))
        self.problem = _Problem(
            np.ascontiguousarray(cost), np.ascontiguousarray(data.fixed, float), whole.heavy, whole.tight, np.ascontiguousarray(near), degree.astype(np.int64), kept,
            np.concatenate([[0], np.cumsum([len(r) for r in reached])]).astype(np.int64), np.concatenate(reached).astype(np.int64), max(price, 1e-9),
            min(data.most, len(state)),
        )  # fmt: skip

    def start(self, opened: Bools) -> Any:
        """The loops' state with each customer at its nearest facility of `opened`."""
        p = self.problem
        cost = np.where(opened[:, None], p.cost, np.inf)
        preferred = np.where(p.may, cost, np.inf)
        facility = np.where(np.isfinite(preferred).any(axis=0), preferred.argmin(axis=0), cost.argmin(axis=0))
        return self.at(facility)

    def at(self, facility: Ints) -> Any:
        """The loops' state for an assignment (I,)."""
        p = self.problem
        sites, customers = p.cost.shape
        count = np.bincount(facility, minlength=sites).astype(np.int64)
        load = np.bincount(facility, p.demand, sites).astype(np.int64)
        members, place = np.zeros((sites, customers), np.int64), np.zeros(customers, np.int64)
        for j in range(sites):
            those = np.flatnonzero(facility == j)
            members[j, : len(those)] = those
            place[those] = np.arange(len(those))
        plain = float(p.fixed[count > 0].sum() + p.cost[facility, np.arange(customers)].sum())
        over = float(np.maximum(0, load - p.capacity).sum())
        return _State(
            facility.astype(np.int64), load, count, members, place, np.array([p.price]), np.array([over]), np.array([plain]), np.array([int((count > 0).sum())]),
            np.zeros(3 * customers, np.int64), np.zeros(3 * customers, np.int64), np.zeros(customers), np.zeros(customers, np.int64), facility.astype(np.int64).copy(),
            np.array([plain if over == 0 and (count > 0).sum() <= p.most else np.inf]),
        )  # fmt: skip

    def cool(self, state: Any, hot: float, moves: int, done: float = 0.0, until: float = 1.0) -> None:
        """The part from `done` to `until` of a cooling from `hot` (in mean cost of a customer) to COLD."""
        scale = max(1e-9, abs(float(state.plain[0])) / len(self.problem.demand))
        here = [hot * (COLD / hot) ** share * scale for share in (done, until)]
        loops.anneal(here[0], here[1], moves, state, self.problem)

    def plan(self, state: Any) -> Plan | None:
        return assigned(self.data, state.best) if math.isfinite(state.best_cost[0]) else None


def transport(data: Siting, opened: Bools, seconds: float) -> Plan | None:
    """The cheapest split of all demand over the facilities opened, None where they cannot hold it."""
    sites, customers = data.sizes
    j, i = np.nonzero(np.isfinite(data.cost) & opened[:, None])
    if not np.isin(np.arange(customers), i).all() or data.capacity[opened].sum() < data.demand.sum():
        return None
    columns = np.arange(len(j))
    rows = np.concatenate([i, customers + j])
    total = float(data.demand.sum())
    matrix = sparse.csr_matrix((np.concatenate([np.ones(len(j)), data.demand[i]]), (rows, np.concatenate([columns, columns]))), shape=(customers + sites, len(j)))
    upper = np.concatenate([np.ones(customers), np.minimum(data.capacity, total)])
    lower = np.concatenate([np.ones(customers), np.full(sites, -np.inf)])
    model = mip.Mip(data.cost[j, i], matrix, lower, upper, np.zeros(len(j)), np.ones(len(j)), np.zeros(len(j), bool))
    found = mip.solve(model, seconds=seconds)
    if found.x is None or found.status is not mip.MipStatus.OPTIMAL:
        return None
    share = np.zeros((sites, customers))
    share[j, i] = np.where(found.x < 1e-9, 0.0, found.x)
    return Plan(opened.copy(), share / share.sum(axis=0))


def interchange(data: Siting, cost: Floats, state: Ints, opened: Bools, kicks: int) -> tuple[Bools, float]:
    """Facilities without capacity: a local optimum from `opened`, and from `kicks` perturbations of the best."""
    best = opened.copy()
    found = loops.exchange(cost, np.ascontiguousarray(data.fixed, float), max(1, data.least), min(len(state), data.most), state, opened.copy(), kicks, 4, best)
    return best, float(found)


def nearest(data: Siting, opened: Bools) -> Plan:
    """Each customer at its cheapest open facility."""
    return assigned(data, np.where(opened[:, None], data.cost, np.inf).argmin(axis=0), opened)
