"""Valid rows for whole customers and whole posts: what a relaxation with continuous assignment cannot see.

At a facility k in a period, with a_o = v_o / p_k posts for option o, the crew row says sum a_o x_o <= n with n whole. For any set T
of options (those that are mostly taken), with x'_o = 1 - x_o in T and f = frac(-sum_T a_o), mixed-integer rounding gives

    sum_{o not in T} F(a_o) x_o + sum_{o in T} F(-a_o) (1 - x_o) - n <= floor(-sum_T a_o),    F(a) = floor(a) + max(0, frac(a) - f) / (1 - f)

which holds because every x is 0 or 1: a team that takes all of T needs whole posts for T, and each customer more or less moves that
by the posts it really adds (Nemhauser and Wolsey, 1990; Marchand and Wolsey, 2001).
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from planner.solvers.location import Floats
from planner.solvers.location_program import Program

VIOLATED = 0.02  # posts
SAFE = 1e-9  # taken off a fraction, so that rounding errors only weaken a row


class PostRows:
    """Finds violated rows for solutions of a program."""

    def __init__(self, made: Program) -> None:
        data = made.data
        self.width = len(made.model.cost)
        self.groups: list[tuple[int, np.ndarray, Floats]] = []  # column of n, columns of x, posts each
        at: dict[tuple[int, int], list[int]] = {}
        for o, t in made.x:
            at.setdefault((int(data.facility[o]), t), []).append(o)
        for (k, t), options in at.items():
            speed = data.facilities[k].productivity
            posts = np.array([float(data.works[o, t]) / speed for o in options])
            self.groups.append((made.n[k, t], np.array([made.x[o, t] for o in options], np.int64), posts))

    def violated(self, x: Floats) -> tuple[sparse.csr_matrix, Floats]:
        """At most one row <= upper of each facility and period, the one that `x` violates most."""
        rows: list[tuple[np.ndarray, Floats]] = []
        upper: list[float] = []
        for n, columns, posts in self.groups:
            value = x[columns]
            taken = np.flatnonzero(value > 1e-6)
            if not len(taken):
                continue
            order = taken[np.argsort(-value[taken], kind="stable")]
            best, chosen = VIOLATED, -1
            for count in range(1, len(order) + 1):
                if value[order[count - 1]] < 0.05:
                    break
                found = _rounded(posts, order[:count])
                if found is None:
                    continue
                coefficients, right = found
                broken = float(coefficients @ value) - x[n] - right
                if broken > best:
                    best, chosen = broken, count
            if chosen > 0:
                again = _rounded(posts, order[:chosen])
                assert again is not None
                used = np.flatnonzero(again[0])
                rows.append((np.append(columns[used], n), np.append(again[0][used], -1.0)))
                upper.append(again[1])
        if not rows:
            return sparse.csr_matrix((0, self.width)), np.zeros(0)
        where = np.cumsum([0] + [len(columns) for columns, _ in rows])
        matrix = sparse.csr_matrix((np.concatenate([v for _, v in rows]), np.concatenate([c for c, _ in rows]), where), shape=(len(rows), self.width))
        return matrix, np.array(upper)


def _rounded(posts: Floats, taken: np.ndarray) -> tuple[Floats, float] | None:
    """Coefficients of x (with -1 for n) and right side of the row for this T; None where it says nothing or rounding would decide."""
    right = -float(posts[taken].sum())
    share = right - np.floor(right)
    if share < 0.01 or share > 1 - 0.01:
        return None
    sign = np.ones(len(posts))
    sign[taken] = -1.0
    amount = sign * posts
    part = amount - np.floor(amount)
    value = np.floor(amount) + np.maximum(0.0, part - share - SAFE) / (1 - share)
    return sign * value, float(np.floor(right) - value[taken].sum())
