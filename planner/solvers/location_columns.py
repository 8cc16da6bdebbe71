"""The bound of `location_dual` raised by column generation, where few customers fill a facility.

The Lagrangian dual over the multipliers u of the serve rows is the linear program over all patterns p = (j, S) of `location_patterns`
and all sets K of facilities whose capacities reach the demand; here over a few of both, with u kept within a box of half width a
around the best multipliers so far (Marsten, Hogan and Blankenship, 1975):

    min   sum_p (f_j + sum_{i in S} c_ij) w_p + sum_j f_j e_j + sum_i ((u_i + a) s_i - (u_i - a) t_i)
    serve   sum_{p : i in S} w_p + s_i - t_i = 1              i
    once    sum_{p of j} w_p + e_j = sum_{K : j in K} z_K     j
    one     sum_K z_K = 1
    w, e, s, t, z >= 0

Its multipliers are tried as they are and on the way there, and those that prove most are kept; the patterns nearest to the best of
each facility at them join the program, and the best set. Subgradient steps end up to 0.1 % lower where capacities are tight.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import highspy
import numpy as np
from scipy import sparse

from planner.solvers import mip
from planner.solvers.location_dual import Dual
from planner.solvers.location_patterns import near
from planner.solvers.location_single import Bools, Floats, Ints
from planner.solvers.mip import Mip

ROUNDS = 80  # linear programs at most
JOINING = 400  # patterns that join at most, at each point
KEPT = 3000  # patterns over which those not near the optimum go
BOX = 0.03  # half its width, in mean multipliers
WIDER = 4.0  # the box, where it is all that keeps the program down
CLOSE = 0.02  # ends once the program is no further above the bound, in shares of what the bound gained
PART = 0.4  # of the way to the program's multipliers: the second point where patterns are looked for
Columns = dict[tuple[int, bytes], Ints]  # customers of each pattern, by facility and these


def raised(dual: Dual, limit: float, should_stop: Callable[[], bool]) -> None:
    """Raises the bound towards what the linear program over all patterns is worth, or until it passes `limit`."""
    held: Columns = {}
    sets: dict[bytes, Bools] = {}
    start, box = dual.best, BOX * float(np.abs(dual.u).mean())
    points = [dual.u.copy()]
    for _ in range(ROUNDS):
        before = len(held) + len(sets)
        for point in points:
            held.update(near(dual, point, JOINING))
            chosen = dual.choice(point)[2]
            sets[chosen.tobytes()] = chosen
        if not held or should_stop() or dual.best > limit:
            return
        new = len(held) + len(sets) > before
        found = _program(dual, held, np.array(list(sets.values())), box, should_stop)
        if found is None:
            return
        value, prices, reduced = found
        here = dual.u.copy()
        dual.learn(prices)
        if not new or value - dual.best <= CLOSE * max(dual.best - start, 1e-6 * abs(start)):
            if np.abs(prices - here).max() < 0.999 * box:
                return
            box *= WIDER
        points = [prices, here + PART * (prices - here)]
        if len(held) > KEPT:
            far = np.sort(reduced)[KEPT // 2]
            held = {key: who for (key, who), cost in zip(held.items(), reduced, strict=True) if cost <= far}


def _program(dual: Dual, held: Columns, sets: Bools, box: float, should_stop: Callable[[], bool]) -> tuple[float, Floats, Floats] | None:
    """Value, multipliers of the serve rows (I,) and reduced costs of the patterns; None where it is not solved."""
    sites, customers, many = len(dual.fixed), len(dual.demand), len(held)
    site = np.array([j for j, _ in held], np.int64)
    sizes = np.array([len(who) for who in held.values()], np.int64)
    member = np.concatenate([*held.values(), np.zeros(0, np.int64)]).astype(np.int64)
    of = np.repeat(np.arange(many), sizes)
    price = dual.fixed[site] + np.bincount(of, dual.cost[site[of], member], many)
    holds = sparse.csr_matrix((np.ones(len(member)), (member, of)), shape=(customers, many))
    once = sparse.csr_matrix((np.ones(many), (site, np.arange(many))), shape=(sites, many))
    eye, own = sparse.identity(customers), sparse.identity(sites)
    among = sparse.csr_matrix(-sets.T.astype(float))
    blocks: list[list[Any]] = [
        [holds, None, None, eye, -eye], [once, own, among, None, None], [None, None, sparse.csr_matrix(np.ones((1, len(sets)))), None, None],
    ]  # fmt: skip
    matrix = sparse.csr_matrix(sparse.bmat(blocks))
    right = np.concatenate([np.ones(customers), np.zeros(sites), [1.0]])
    cost = np.concatenate([price, dual.fixed, np.zeros(len(sets)), dual.u + box, box - dual.u])
    engine = mip.engine_of(Mip(cost, matrix, right, right, np.zeros(len(cost)), np.full(len(cost), np.inf), np.zeros(len(cost), bool)))
    mip.use_threads(1)
    engine.setOptionValue("threads", 1)
    mip.interruptible(engine, should_stop)
    engine.run()
    if engine.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    solution = engine.getSolution()
    return float(engine.getInfo().objective_function_value), np.array(solution.row_dual, float)[:customers], np.array(solution.col_dual, float)[:many]
