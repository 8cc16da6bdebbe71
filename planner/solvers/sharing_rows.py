"""Sharing between many members, of whose coalitions only some can be solved: rows of the least core generated one by one.

    min e   s.t.  x(N) = c(N),  x(S) <= c(S) + e for the coalitions S solved so far

The next coalitions to solve are those whose estimated excess x(S) - c(S) is largest. The estimate looks at every coalition
of up to `MOST` members: saving over each alone = sum of weights of the members and of their pairs, fitted to the coalitions
solved (ridge regression). It only says where to look: nothing is called proven for coalitions that were not solved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from planner.solvers.sharing import Floats, _least, coalition, members

MOST = 20
RIDGE = 1e-3
AT_ONCE = 2  # coalitions solved before prices are computed again


@dataclass(frozen=True)
class Rows:
    """`charges` (n,) with the least excess `excess` over the coalitions solved (`known`); `expected`: the largest excess
    estimated of any other, `spread`: how far the estimate was off on those solved (root mean square).
    """

    charges: Floats
    excess: float
    known: dict[int, float]
    expected: float
    spread: float


def first_coalitions(n: int, orders: int, seed: int) -> list[int]:
    """Where to begin: all, all but one, each alone, then the coalitions met along random orders of the members."""
    every = (1 << n) - 1
    found = [every, *(every & ~(1 << i) for i in range(n)), *(1 << i for i in range(n))]
    for order in order_list(n, orders, seed):
        found += [coalition(order[:size]) for size in range(2, n - 1)]
    return list(dict.fromkeys(found))


def order_list(n: int, orders: int, seed: int) -> list[list[int]]:
    """Random orders of the members, each with its reverse: their errors partly cancel."""
    rng = np.random.default_rng(seed)
    found: list[list[int]] = []
    while len(found) < orders:
        order = [int(i) for i in rng.permutation(n)]
        found += [order, order[::-1]]
    return found[:orders]


def shapley_of_orders(n: int, cost: Mapping[int, float], orders: Sequence[Sequence[int]]) -> tuple[Floats, Floats]:
    """Mean over the orders all of whose coalitions are known and its standard error, (n,) each; error inf for fewer than two."""
    gains = []
    for order in orders:
        met = [coalition(order[:size]) for size in range(1, n + 1)]
        if all(bits in cost for bits in met):
            gain = np.zeros(n)
            for i, bits in zip(order, met, strict=True):
                gain[i] = cost[bits] - (cost[bits & ~(1 << i)] if bits & ~(1 << i) else 0.0)
            gains.append(gain)
    if not gains:
        return np.full(n, np.nan), np.full(n, np.inf)
    spread = np.array(gains)
    return spread.mean(axis=0), spread.std(axis=0, ddof=1) / np.sqrt(len(gains)) if len(gains) > 1 else np.full(n, np.inf)


def least_core_known(n: int, known: Mapping[int, float]) -> tuple[float, Floats]:
    """Least excess over the coalitions known and charges that have it. All and each alone must be known."""
    every = (1 << n) - 1
    proper = [bits for bits in known if bits not in (0, every)]
    rows = np.array([[(bits >> i) & 1 for i in range(n)] + [-1.0] for bits in proper], float)
    found = _least([0.0] * n + [1.0], rows, [known[bits] for bits in proper], [[1.0] * n + [0.0]], [known[every]])
    return float(found[-1]), found[:-1]


def generate(n: int, ask: Callable[[int], float | None], known: Mapping[int, float], most: int, should_stop: Callable[[], bool] = lambda: False) -> Rows:
    """Rows generated until no coalition is expected to have a larger excess than the least one, or `most` coalitions were asked.

    `ask`: cost of a coalition, None where it has no plan (it is not asked again). Raises NoLeast as `least_core`.
    """
    costs, refused = dict(known), set[int]()
    asked = 0
    while True:
        excess, charges = least_core_known(n, costs)
        order, estimated, spread = _excesses(n, costs, charges, refused)
        expected = float(estimated[order[0]]) if len(order) else -np.inf
        if asked >= most or should_stop() or not len(order) or expected <= excess + 1e-9 * abs(costs[(1 << n) - 1]):
            return Rows(charges, excess, costs, expected, spread)
        for bits in order[:AT_ONCE]:
            found = ask(int(bits))
            asked += 1
            if found is None:
                refused.add(int(bits))
            else:
                costs[int(bits)] = found


def _excesses(n: int, known: Mapping[int, float], charges: Floats, refused: set[int]) -> tuple[np.ndarray, Floats, float]:
    """Coalitions not solved, the largest estimated excess first; the estimate (2^n,); its root mean square error on those solved."""
    alone = np.array([known[1 << i] for i in range(n)])
    every = np.arange(1 << n)
    bits = ((every[:, None] >> np.arange(n)) & 1).astype(np.float64)
    pairs = [(i, j) for i in range(n) for j in range(i)]

    def features(those: Floats) -> Floats:
        return np.hstack([those, *(those[:, [i]] * those[:, [j]] for i, j in pairs)])

    solved = np.array([s for s in known if s and len(members(s)) > 1], dtype=np.int64)
    seen = features(bits[solved])
    savings = bits[solved] @ alone - np.array([known[int(s)] for s in solved])
    scale = max(1.0, float(np.abs(savings).max(initial=0.0)))
    weights = np.linalg.solve(seen.T @ seen + RIDGE * len(solved) * np.eye(seen.shape[1]), seen.T @ (savings / scale)) * scale
    own, joint = weights[:n], np.zeros((n, n))
    for (i, j), weight in zip(pairs, weights[n:], strict=True):
        joint[i, j] = weight
    saved = bits @ own + np.einsum("si,ij,sj->s", bits, joint, bits, optimize=True)
    excess = bits @ charges - (bits @ alone - saved)
    open_ = np.ones(1 << n, bool)
    open_[[0, (1 << n) - 1, *known, *refused]] = False
    index = np.flatnonzero(open_)
    spread = float(np.sqrt(np.mean((seen @ weights - savings) ** 2))) if len(solved) else 0.0
    return index[np.argsort(-excess[index], kind="stable")], excess, spread
