"""Facilities to open among candidates and customers to serve from them, in one period: data, plans, their evaluation.

Sets: candidate facilities j with fixed cost f_j and capacity Q_j, customers i with demand d_i.

    min   sum_j f_j y_j + sum_ij c_ij x_ij
    serve      sum_j x_ij = 1                              i
    link       x_ij <= y_j                                 i, j
    capacity   sum_i d_i x_ij <= Q_j y_j                   j
    number     least <= sum_j y_j <= most
    y in {0, 1};  x in {0, 1} (single source), or in [0, 1] where a customer may be split between facilities

c_ij is the cost of serving the whole demand of i from j. Capacitated location with split demand (CFLP), single source
(SSCFLP), without capacities (UFL), and the p-median problem (no fixed costs, no capacities, least = most = p) are the same
program with other data. It is solved in `planner.solvers.location_solve`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from planner.solvers.mip import MipStatus

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
SLACK = 1e-6  # relative, on loads
SCALES = (1, 10, 100, 1000)  # tried to make demands whole
FINE = 2000  # whole units in the largest capacity where no scale makes demands whole


@dataclass(frozen=True)
class Siting:
    """`cost` (J, I), inf where j cannot serve i; `fixed`, `capacity` (J,), inf without limit; `demand` (I,) >= 0;
    `split`: whether a customer may be served by several; `least`, `most`: how many may open.

    Raises ValueError for arrays that do not fit together, negative demands or costs that are no numbers.
    """

    cost: Floats
    fixed: Floats
    demand: Floats
    capacity: Floats
    split: bool = False
    least: int = 0
    most: int = 2**31

    def __post_init__(self) -> None:
        sites, customers = self.cost.shape
        if self.fixed.shape != (sites,) or self.capacity.shape != (sites,) or self.demand.shape != (customers,):
            raise ValueError(f"{sites} facilities and {customers} customers do not fit: fixed {self.fixed.shape}, capacity {self.capacity.shape}, demand {self.demand.shape}")
        if np.isnan(self.cost).any() or not np.isfinite(self.fixed).all() or (self.demand < 0).any() or not np.isfinite(self.demand).all() or np.isnan(self.capacity).any():
            raise ValueError("costs must be numbers, demands finite and not negative")

    @property
    def sizes(self) -> tuple[int, int]:
        """Facilities, customers."""
        sites, customers = self.cost.shape
        return sites, customers

    @cached_property
    def possible(self) -> Bools:
        """The arcs (J, I) that a plan may use at all."""
        possible = np.isfinite(self.cost)
        if not self.split:
            possible &= self.demand[None] <= self.capacity[:, None] * (1 + SLACK)
        return np.asarray(possible, dtype=bool)

    @cached_property
    def free(self) -> bool:
        """Whether capacity never binds."""
        return bool((self.capacity >= self.demand.sum()).all())

    @cached_property
    def unit(self) -> float:
        """What two plans of different cost differ by at least: 1 where every figure is whole and nothing is split, else 0."""
        whole = (self.free or not self.split) and bool((np.rint(self.fixed) == self.fixed).all())
        finite = self.cost[np.isfinite(self.cost)]
        return 1.0 if whole and bool((np.rint(finite) == finite).all()) and float(np.abs(finite).sum()) < 2**50 else 0.0


@dataclass(frozen=True)
class Sizes:
    """A siting's demands and capacities in whole units.

    `light`, `room`: relaxing both, so that what fits in truth fits here; `heavy`, `tight`: the other way round, for plans;
    `reach`, `need`: of the covering row sum_j reach_j y_j >= need. Where one scale makes demands whole the two agree.
    """

    light: Ints
    room: Ints
    heavy: Ints
    tight: Ints
    reach: Ints
    need: int


def sizes(data: Siting) -> Sizes:
    """Whole units. A scale that makes demands whole loses nothing for single source: loads are whole too."""
    total = float(data.demand.sum())
    capacity = np.minimum(data.capacity, total)
    for scale in SCALES:
        if np.abs(data.demand * scale - np.rint(data.demand * scale)).max(initial=0.0) <= 1e-9 * scale:
            break
    else:
        scale = 0
    factor = float(scale) if scale else FINE / max(1e-12, float(capacity.max(initial=0.0)))
    low, high = (np.rint, np.rint) if scale else (lambda v: np.floor(v + 1e-9), lambda v: np.ceil(v - 1e-9))
    light, heavy = low(data.demand * factor).astype(np.int64), high(data.demand * factor).astype(np.int64)
    tight = np.floor(capacity * factor * (1 + 1e-12) + 1e-9).astype(np.int64)
    wide = np.ceil(capacity * factor * (1 - 1e-12) - 1e-9).astype(np.int64)
    room = wide if data.split else tight
    reach = tight if scale and not data.split else wide
    need = math.ceil(total * factor * (1 - 1e-12) - 1e-9)
    shared = int(np.gcd.reduce(reach)) if len(reach) else 1
    if shared > 1:  # a coarser unit of capacity: what must be reached is rounded up, none the weaker
        return Sizes(light, room, heavy, tight, reach // shared, -(-need // shared))
    return Sizes(light, room, heavy, tight, reach, need)


@dataclass(frozen=True)
class Plan:
    """`opened` (J,); `share` (J, I): of each customer's demand."""

    opened: Bools
    share: Floats


def assigned(data: Siting, facility: Ints, opened: Bools | None = None) -> Plan:
    """The plan that serves each customer from one facility (I,); facilities that serve, those of `opened`, and the cheapest
    others up to `least` are open."""
    sites, customers = data.sizes
    share = np.zeros((sites, customers))
    share[facility, np.arange(customers)] = 1.0
    used = np.asarray(share.any(axis=1), dtype=bool)
    if opened is not None:
        used |= opened
    missing = data.least - int(used.sum())
    if missing > 0:
        used[[int(j) for j in np.argsort(np.where(used, np.inf, data.fixed), kind="stable")[:missing]]] = True
    return Plan(used, share)


def evaluate(data: Siting, plan: Plan) -> float:
    """Exact cost of a plan, whatever rules it breaks."""
    used = plan.share > 0
    return math.fsum([*data.fixed[plan.opened].tolist(), *(data.cost[used] * plan.share[used]).tolist()])


def faults(data: Siting, plan: Plan) -> list[str]:
    """The rules a plan breaks, by name; empty when it keeps them all."""
    found = [f"serve {i}" for i in np.flatnonzero(np.abs(plan.share.sum(axis=0) - 1.0) > SLACK)]
    used = plan.share > 0
    found += [f"link {j} {i}" for j, i in np.argwhere((used & ~(np.isfinite(data.cost) & plan.opened[:, None])) | (plan.share < 0))]
    load = plan.share @ data.demand
    found += [f"capacity {j}" for j in np.flatnonzero(load > data.capacity + SLACK * np.maximum(1.0, np.where(np.isfinite(data.capacity), data.capacity, 1.0)))]
    if not data.split:
        found += [f"whole {j} {i}" for j, i in np.argwhere(used & (plan.share != 1.0))]
    if not data.least <= int(plan.opened.sum()) <= data.most:
        found.append("number")
    return found


@dataclass(frozen=True)
class SitingResult:
    """`plan` with its exact `cost` (inf without one); `bound`: proven, never above the optimum."""

    status: MipStatus
    plan: Plan | None
    cost: float
    bound: float
    seconds: float
    message: str = ""

    @property
    def gap(self) -> float:
        """Relative to the cost; inf without either."""
        if self.plan is None or not math.isfinite(self.bound):
            return math.inf
        return max(0.0, self.cost - self.bound) / max(1e-9, abs(self.cost))
