"""Every set of customers that a facility may serve in a plan under a limit, and the program that chooses among them.

A pattern is a facility j with a set S of whole customers that fit into it. With multipliers u that prove b_j for the plans
that open j (`location_dual`), a plan that uses the pattern costs at least

    b_j - v_j + sum_{i in S} (c_ij - u_i),        v_j = the least of that sum over all sets that fit

so that the patterns over the limit l can be left out, and those that remain are listed one after the other: a table of the
least sum that the customers still to come can add within the room left leads only to sets that are kept. When they are few

    min   sum_p (f_j + sum_{i in S} c_ij) w_p     over the patterns p = (j, S)
    serve   sum_{p : i in S} w_p = 1                  i
    once    sum_{p of j} w_p = y_j                    j
    cover   sum_j Q_j y_j >= sum_i d_i;   number   sum_j y_j <= most
    w, y in {0, 1};  y_j = 1 where j is fixed open

holds every plan that costs at most l, and its linear relaxation is as strong as the dual: knapsacks stay whole. Its reduced
costs leave out most patterns before the search by branching. (The enumeration of all columns under a gap is used for
vehicle routes by Baldacci, Christofides and Mingozzi, 2008.)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import highspy
import numpy as np
from scipy import sparse

from planner.solvers import location_dual_loops as loops
from planner.solvers import mip
from planner.solvers.location_dual import MARGIN, NONE, Dual
from planner.solvers.location_patterns_loops import listed, spare_of
from planner.solvers.location_single import Bools, Floats, Ints, Plan, Siting, assigned
from planner.solvers.mip import BOUND_MARGIN, Mip

TINY = 1e-8  # coefficients left out, relative to the largest


@dataclass(frozen=True)
class Patterns:
    """`site` (P,); `customers` (I, P): which pattern serves whom; `model`: the program, a column for each, then for each facility."""

    data: Siting
    site: Ints
    customers: sparse.csc_matrix
    model: Mip

    def plan(self, values: Floats) -> Plan:
        facility = np.zeros(self.customers.shape[0], np.int64)
        for p in np.flatnonzero(values[: len(self.site)] > 0.5):
            facility[self.customers.indices[self.customers.indptr[p] : self.customers.indptr[p + 1]]] = self.site[p]
        return assigned(self.data, facility)

    def only(self, kept: Bools) -> Patterns:
        """The program over these patterns."""
        model = self.model
        every = np.concatenate([kept, np.ones(len(model.cost) - len(kept), dtype=bool)])
        part = replace(
            model, cost=model.cost[every], matrix=model.matrix.tocsc()[:, every].tocsr(), lower=model.lower[every], upper=model.upper[every], integer=model.integer[every],
        )  # fmt: skip
        return Patterns(self.data, self.site[kept], self.customers[:, kept].tocsc(), part)


def under(found: Patterns, limit: float, seconds: float, should_stop: Callable[[], bool]) -> tuple[Patterns, float]:
    """What the linear relaxation leaves to plans that cost at most `limit`, and its bound: inf where there is no plan, -inf
    where it was not solved in time (then nothing is left out)."""
    if not len(found.site):
        return found, math.inf
    engine = mip.engine_of(replace(found.model, integer=np.zeros(len(found.model.cost), dtype=bool)))
    mip.use_threads(1)
    engine.setOptionValue("threads", 1)
    engine.setOptionValue("time_limit", max(0.01, seconds))
    mip.interruptible(engine, should_stop)
    engine.run()
    status = engine.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return found, math.inf
    if status != highspy.HighsModelStatus.kOptimal:
        return found, -math.inf
    bound = engine.getInfo().objective_function_value
    margin = BOUND_MARGIN * max(1.0, abs(bound))
    reduced = np.array(engine.getSolution().col_dual, float)[: len(found.site)]
    return found.only(bound - margin + reduced <= limit + margin), bound - margin


def applies(dual: Dual) -> bool:
    """Whether plans are made of patterns: whole customers, and no facility opens but to serve."""
    return dual.kind == loops.WHOLE and not dual.data.split and dual.data.least <= 1 and bool((dual.fixed >= 0).all())


def _listed(dual: Dual, limit: float, most: int) -> tuple[Ints, Ints, Ints] | None:
    """The same as arrays: facility of each, where its customers end, and these."""
    spare = np.empty(len(dual.fixed))
    first, item = spare_of(
        dual.cost, dual.fixed, dual.demand, dual.room, dual.reach, dual.need, dual.least, dual.most, dual.allowed, dual.state, dual.u,
        limit + MARGIN * max(1.0, abs(limit)), spare,
    )  # fmt: skip
    site, end = np.empty(most, np.int64), np.empty(most, np.int64)
    member = np.empty(most * min(len(dual.demand), 64), np.int64)
    many = listed(dual.cost, dual.u, dual.demand, dual.room, first, item, spare, site, end, member)
    if many < 0:
        return None
    return site[:many].copy(), end[:many].copy(), member[: end[many - 1] if many else 0].copy()


def near(dual: Dual, u: Floats, most: int) -> dict[tuple[int, bytes], Ints]:
    """About so many patterns that are the best at multipliers `u` (I,), or nearly: customers, by facility and these."""
    point = dual.copy(dual.state, dual.allowed)
    point._now[:] = u
    point.best = NONE
    point.climb(0.0, 1)
    found, width, wider = None, 1e-9, 1e-5
    for _ in range(12 if math.isfinite(point.best) else 0):
        more = _listed(point, point.best + width * max(1.0, abs(point.best)), most)
        if more is None:
            break
        found, width, wider = more, wider, 2 * wider
        if len(more[0]) > most // 2:
            break
    if found is None:
        return {}
    site, end, member = found
    sets = [np.sort(member[a:b]) for a, b in zip(np.concatenate([[0], end])[:-1], end, strict=True)]
    return {(int(j), who.tobytes()): who for j, who in zip(site, sets, strict=True)}


def patterns(dual: Dual, limit: float, most: int) -> Patterns | None:
    """The patterns of the plans that cost at most `limit`; None where there are more than `most`."""
    data, sites, customers = dual.data, len(dual.fixed), len(dual.demand)
    arrays = _listed(dual, limit, most)
    if arrays is None:
        return None
    site, end, member = arrays
    many = len(site)
    start = np.concatenate([[0], end])
    holds = sparse.csc_matrix((np.ones(len(member)), member, start), shape=(customers, many))
    holds.sort_indices()
    of = np.repeat(site, np.diff(start))
    price = dual.fixed[site] + np.bincount(np.repeat(np.arange(many), np.diff(start)), dual.cost[of, member], many)
    once = sparse.csr_matrix((np.ones(many), (site, np.arange(many))), shape=(sites, many))
    weight, least, _ = dual.choice(dual.u)
    small = np.abs(weight) < TINY * np.abs(weight).max(initial=0.0)  # rounding, which HiGHS refuses
    least = least - MARGIN * (1.0 + float(np.abs(weight).sum())) - float(np.abs(weight[small]).sum()) if math.isfinite(least) else -np.inf
    weight[small] = 0.0
    blocks: list[list[Any]] = [
        [holds, None], [once, -sparse.identity(sites)], *([None, sparse.csr_matrix(row[None])] for row in (dual.reach.astype(float), np.ones(sites), weight)),
    ]  # fmt: skip
    matrix = sparse.csr_matrix(sparse.bmat(blocks))
    model = Mip(
        np.concatenate([price, np.zeros(sites)]), matrix,
        np.concatenate([np.ones(customers), np.zeros(sites), [float(dual.need), 1.0, least]]), np.concatenate([np.ones(customers), np.zeros(sites), [np.inf, float(dual.most), np.inf]]),
        np.concatenate([np.zeros(many), (dual.state == 1).astype(float)]), np.concatenate([np.ones(many), (dual.state != 0).astype(float)]), np.ones(many + sites, dtype=bool),
    )  # fmt: skip
    return Patterns(data, site, holds, model)
