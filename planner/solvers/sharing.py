"""Sharing a cost between members from what every coalition would pay by itself.

Members i = 0..n-1; a coalition is a set of bits; c(S) its cost, c(N) what is shared by x with x(N) = c(N).

    stand-alone    x_i = c_i c(N) / sum_j c_j                       (equal relative saving)
    volume         x_i = w_i c(N) / sum_j w_j                       (also: percentages agreed on, a legal key)
    Shapley        x_i = mean over all orders of c(before and i) - c(before); sampled with its standard error beyond `EXACT`
    ACAM           x_i = m_i + (c_i - m_i) (c(N) - m(N)) / sum_j (c_j - m_j),  m_i = c(N) - c(N without i)
    least core     min e    s.t. x(S) <= c(S) + e                   every S but the empty set and N
    nucleolus      the largest excess x(S) - c(S) as small as possible, then the next, ...; x_i <= c_i where possible
    EPM            min f    s.t. |x_i / c_i - x_j / c_j| <= f, x(S) <= c(S) + max(0, e*), e* that of the least core

Core: x(S) <= c(S) for all S. Where costs are only known to lie between a proven bound and a plan's cost, membership is
said only when proven, a coalition blocks only when even its plan's cost is below its charge, and nothing is decided between.
Sources: Tijs and Driessen 1986 (ACAM), Maschler, Peleg and Shapley 1979 (nucleolus by linear programs), Frisk et al. 2010
(EPM), Castro, Gómez and Tejada 2009 (sampling).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

EXACT = 12  # most members for methods that look at every coalition
CLOSE = 1e-7  # of the largest cost
Floats = NDArray[np.float64]


def coalition(members: Sequence[int]) -> int:
    """The bits of a set of members."""
    return sum(1 << i for i in members)


def members(bits: int) -> tuple[int, ...]:
    """The members of a coalition."""
    return tuple(i for i in range(bits.bit_length()) if bits >> i & 1)


class NoLeast(ValueError):
    """A linear program without a solution: the costs given are not numbers."""


@dataclass(frozen=True)
class Game:
    """`cost`: (2^n,) by bits, 0 for the empty set."""

    n: int
    cost: Floats

    @property
    def all(self) -> int:
        return (1 << self.n) - 1

    @property
    def total(self) -> float:
        return float(self.cost[self.all])

    @property
    def alone(self) -> Floats:
        return np.array([self.cost[1 << i] for i in range(self.n)])

    @property
    def close(self) -> float:
        return CLOSE * max(1e-9, float(np.abs(self.cost).max()))

    @cached_property
    def proper(self) -> Floats:
        """(2^n - 2, n): which members each coalition has, without the empty one and the whole."""
        bits = np.arange(1, self.all)
        return ((bits[:, None] >> np.arange(self.n)) & 1).astype(float)

    @staticmethod
    def of(n: int, costs: Mapping[int, float]) -> Game:
        """From the cost of every coalition by bits."""
        return Game(n, np.array([0.0, *(costs[bits] for bits in range(1, 1 << n))]))


def proportional(total: float, weights: Sequence[float]) -> Floats:
    """By weights (n,): stand-alone costs, volumes, a legal key's charges, percentages. Equal parts where all are 0."""
    given = np.array(weights, float)
    return total * (given / given.sum() if given.sum() else np.full(len(given), 1 / len(given)))


def shapley(game: Game) -> Floats:
    """(n,), exact: every coalition is looked at once per member."""
    n = game.n
    weight = [math.factorial(s) * math.factorial(n - s - 1) / math.factorial(n) for s in range(n)]
    sizes = np.array([bits.bit_count() for bits in range(1 << n)])
    found = np.zeros(n)
    every = np.arange(1 << n)
    for i in range(n):
        without = every[(every >> i) & 1 == 0]
        found[i] = float(np.sum(np.array(weight)[sizes[without]] * (game.cost[without | 1 << i] - game.cost[without])))
    return found


def sampled_shapley(n: int, cost: Callable[[int], float], orders: int, seed: int) -> tuple[Floats, Floats]:
    """Mean over random orders and its standard error, (n,) each; `cost` is asked once per coalition met."""
    rng = np.random.default_rng(seed)
    known: dict[int, float] = {0: 0.0}
    gains = np.zeros((orders, n))
    for number in range(orders):
        bits = 0
        for i in rng.permutation(n):
            after = bits | 1 << int(i)
            for asked in (bits, after):
                if asked not in known:
                    known[asked] = cost(asked)
            gains[number, int(i)] = known[after] - known[bits]
            bits = after
    return gains.mean(axis=0), gains.std(axis=0, ddof=1) / math.sqrt(orders) if orders > 1 else np.full(n, np.inf)


def acam(game: Game) -> Floats:
    """(n,): marginal cost, the rest in proportion to what each saves over it."""
    marginal = np.array([game.total - game.cost[game.all & ~(1 << i)] for i in range(game.n)])
    return marginal + proportional(game.total - float(marginal.sum()), game.alone - marginal)


def least_core(game: Game) -> tuple[float, Floats]:
    """The least excess e and charges that have it. e <= 0: these charges are in the core; e > 0: the core is empty."""
    if game.n == 1:
        return -math.inf, np.array([game.total])
    rows = game.proper
    found = _least([0.0] * game.n + [1.0], np.hstack([rows, -np.ones((len(rows), 1))]), game.cost[1 : game.all], [[1.0] * game.n + [0.0]], [game.total])
    return float(found[-1]), found[:-1]


def nucleolus(game: Game) -> Floats:
    """(n,): linear programs, each fixing the coalitions whose excess can fall no further. Among charges that nobody pays
    more than alone, where there are any.
    """
    n = game.n
    if n == 1:
        return np.array([game.total])
    alone = game.alone
    individual = float(alone.sum()) >= game.total - game.close
    bounds = [(None, float(c) if individual else None) for c in alone] + [(None, None)]
    rows, limits = game.proper, game.cost[1 : game.all]
    fixed, values = [np.ones(n)], [game.total]
    waiting = np.ones(len(rows), bool)
    charges = np.zeros(n)
    while np.linalg.matrix_rank(np.array(fixed)) < n and waiting.any():
        index = np.flatnonzero(waiting)
        found = linprog(
            [0.0] * n + [1.0], A_ub=np.hstack([rows[index], -np.ones((len(index), 1))]), b_ub=limits[index],
            A_eq=np.hstack([np.array(fixed), np.zeros((len(fixed), 1))]), b_eq=values, bounds=bounds, method="highs",
        )  # fmt: skip
        if found.x is None:
            raise NoLeast
        charges, excess = found.x[:-1], float(found.x[-1])
        tight = index[found.ineqlin.marginals < -1e-9]
        for s in tight:
            if np.linalg.matrix_rank(np.array([*fixed, rows[s]])) > np.linalg.matrix_rank(np.array(fixed)):
                fixed.append(rows[s])
                values.append(float(limits[s]) + excess)
        waiting[tight] = False
        basis = np.linalg.qr(np.array(fixed).T)[0]
        inside = np.abs(rows - rows @ basis @ basis.T).max(axis=1) < 1e-9  # their excess is decided too
        waiting &= ~inside
    return charges


def equal_profit(game: Game) -> tuple[float, Floats]:
    """(f, charges): relative charges as equal as the core allows, or the least core where the core is empty."""
    n, alone = game.n, game.alone
    if n == 1:
        return 0.0, np.array([game.total])
    if (alone <= 0).any():
        raise NoLeast
    slack = max(0.0, least_core(game)[0]) + game.close
    rows = [np.append(row, 0.0) for row in game.proper]
    limits = [float(c) + slack for c in game.cost[1 : game.all]]
    for i in range(n):
        for j in range(n):
            if i != j:
                row = np.zeros(n + 1)
                row[i], row[j], row[n] = 1 / alone[i], -1 / alone[j], -1.0
                rows.append(row)
                limits.append(0.0)
    found = _least([0.0] * n + [1.0], np.array(rows), limits, [[1.0] * n + [0.0]], [game.total])
    return float(found[-1]), found[:-1]


def _least(cost: Sequence[float], rows: Floats, limits: Sequence[float] | Floats, fixed: Sequence[Sequence[float]], values: Sequence[float]) -> Floats:
    found = linprog(cost, A_ub=rows, b_ub=limits, A_eq=fixed, b_eq=values, bounds=(None, None), method="highs")
    if found.x is None:
        raise NoLeast
    return np.asarray(found.x, float)


class Core(StrEnum):
    """What is known of charges: nobody gains by leaving, somebody does, or the solver's gap hides it."""

    INSIDE = "inside"
    BLOCKED = "blocked"
    OPEN = "open"


@dataclass(frozen=True)
class CoreTest:
    """`coalition`: which gains most by leaving (bits; 0: none), `gain`: how much at least (or, undecided, at most)."""

    verdict: Core
    coalition: int = 0
    gain: float = 0.0


def core_test(charges: Sequence[float], lower: Mapping[int, float], upper: Mapping[int, float]) -> CoreTest:
    """Charges (n,) against the proven bound and the plan's cost of every coalition by bits, the whole one aside.

    A coalition of which nothing is known can block or not: then the best verdict is undecided.
    """
    n = len(charges)
    every = (1 << n) - 1
    sums = {bits: math.fsum(charges[i] for i in members(bits)) for bits in range(1, every)}
    close = CLOSE * max([1.0, *(abs(u) for u in upper.values() if math.isfinite(u))])
    gain = {bits: sums[bits] - upper.get(bits, math.inf) for bits in sums}
    most = max(gain, key=gain.__getitem__, default=0)
    if most and gain[most] > close:
        return CoreTest(Core.BLOCKED, most, gain[most])
    hope = {bits: sums[bits] - lower.get(bits, -math.inf) for bits in sums}
    doubt = max(hope, key=hope.__getitem__, default=0)
    if doubt and hope[doubt] > close:
        return CoreTest(Core.OPEN, doubt, hope[doubt])
    return CoreTest(Core.INSIDE)
