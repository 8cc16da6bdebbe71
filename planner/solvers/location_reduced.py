"""The program of `location_single` over the facilities and arcs that are left, for HiGHS.

Columns y_j of the facilities left, then x_ij of the arcs left; rows serve, capacity (with the right side Q_j y_j), link x_ij <= y_j,
the covering row sum_j Q_j y_j >= sum_i d_i, the number of facilities.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from planner.solvers.location_single import Bools, Floats, Ints, Plan, Siting, assigned
from planner.solvers.mip import Mip


@dataclass(frozen=True)
class Reduced:
    """`sites` (Y,): facilities of the first columns; `arc_site`, `arc_customer` (X,): of the others."""

    data: Siting
    model: Mip
    sites: Ints
    arc_site: Ints
    arc_customer: Ints

    def vector(self, plan: Plan) -> Floats:
        """The columns' values of a plan that uses only what is left."""
        return np.concatenate([plan.opened[self.sites].astype(float), plan.share[self.arc_site, self.arc_customer]])

    def plan(self, values: Floats) -> Plan:
        count, customers = self.data.sizes
        opened = np.zeros(count, bool)
        opened[self.sites] = values[: len(self.sites)] > 0.5
        share = np.zeros((count, customers))
        arcs = values[len(self.sites) :]
        share[self.arc_site, self.arc_customer] = np.where(arcs < 1e-9, 0.0, arcs)
        if self.data.split and not self.data.free:
            return Plan(opened, share / share.sum(axis=0))
        return assigned(self.data, share.argmax(axis=0), opened)


def reduced(data: Siting, state: Ints, allowed: Bools, keep: Plan | None = None) -> Reduced:
    """The program over what is left and what the plan `keep` uses."""
    count, customers = data.sizes
    state, allowed = state.copy(), allowed.copy()
    if keep is not None:
        allowed |= keep.share > 0
        state[(state == 0) & keep.opened] = -1
        state[(state == 1) & ~keep.opened] = -1
    sites = np.flatnonzero(state != 0)
    place = np.full(count, -1)
    place[sites] = np.arange(len(sites))
    j, i = np.nonzero(allowed & (state != 0)[:, None] & np.isfinite(data.cost))
    y, x = place[j], len(sites) + np.arange(len(j))
    total = float(data.demand.sum())
    capacity = np.minimum(data.capacity[sites], total)
    at = customers
    rows, columns, values = [i], [x], [np.ones(len(j))]
    lower, upper = [np.ones(customers)], [np.ones(customers)]

    def block(row: Ints, column: Ints, value: Floats) -> None:
        rows.append(at + row)
        columns.append(column)
        values.append(value)

    if not data.free:
        block(y, x, data.demand[i])
        block(np.arange(len(sites)), np.arange(len(sites)), -capacity)
        lower.append(np.full(len(sites), -np.inf))
        upper.append(np.zeros(len(sites)))
        at += len(sites)
    block(np.arange(len(j)), x, np.ones(len(j)))
    block(np.arange(len(j)), y, -np.ones(len(j)))
    lower.append(np.full(len(j), -np.inf))
    upper.append(np.zeros(len(j)))
    at += len(j)
    if not data.free:
        block(np.zeros(len(sites), int), np.arange(len(sites)), capacity)
        lower.append(np.array([total * (1 - 1e-12)]))
        upper.append(np.array([np.inf]))
        at += 1
    block(np.zeros(len(sites), int), np.arange(len(sites)), np.ones(len(sites)))
    lower.append(np.array([max(1.0, float(data.least))]))
    upper.append(np.array([float(min(count, data.most))]))
    at += 1
    matrix = sparse.csr_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=(at, len(sites) + len(j)))
    whole = np.ones(len(sites) + len(j), bool)
    if data.split and not data.free:
        whole[len(sites) :] = False
    low = np.zeros(len(whole))
    low[: len(sites)] = state[sites] == 1
    model = Mip(np.concatenate([data.fixed[sites], data.cost[j, i]]), matrix, np.concatenate(lower), np.concatenate(upper), low, np.ones(len(whole)), whole)
    return Reduced(data, model, sites, j, i)
