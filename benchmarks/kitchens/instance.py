"""A published location instance and the check of its answers.

Nothing here uses the planner: an answer is judged from the instance alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
CLOSE = 1e-6  # relative, on loads and shares
PRINTED = 0.0051  # published values are rounded, some to two decimals
KINDS = {"cflp": "split", "sscflp": "single source", "ufl": "uncapacitated", "pmedian": "p-median"}


@dataclass(frozen=True)
class Instance:
    """`kind`: a key of KINDS; `cost` (J, I): serving the whole demand of customer i from facility j; `fixed`, `capacity` (J,),
    `demand` (I,); `number`: how many facilities a p-median has; `best`: best known cost."""

    name: str
    family: str
    kind: str
    best: float
    cost: Floats
    fixed: Floats
    demand: Floats
    capacity: Floats
    number: int | None = None

    @property
    def size(self) -> str:
        return "x".join(str(n) for n in self.cost.shape)

    @property
    def group(self) -> str:
        """The line of the summary this instance belongs to."""
        return f"{self.family} {self.kind}"


@dataclass(frozen=True)
class Answer:
    """`opened` (J,) and `share` (J, I) of each customer, None without a plan; `bound`: what the runner says is proven."""

    opened: Bools | None
    share: Floats | None
    bound: float = -math.inf
    words: str = ""  # why there is no plan


def judge(instance: Instance, answer: Answer) -> tuple[float, list[str]]:
    """Cost of an answer and every rule it breaks."""
    if answer.opened is None or answer.share is None:
        return math.inf, [answer.words or "no plan"]
    opened, share = np.asarray(answer.opened, bool), np.asarray(answer.share, float)
    found = []
    if share.shape != instance.cost.shape or opened.shape != instance.fixed.shape:
        return math.inf, ["another size"]
    if (share < 0).any() or np.abs(share.sum(axis=0) - 1).max() > CLOSE:
        found.append("a customer not served exactly once")
    used = share > 0
    if (used & ~opened[:, None]).any():
        found.append("served from a closed facility")
    if instance.kind != "cflp" and (used.sum(axis=0) != 1).any():
        found.append("a customer split")
    if instance.kind in ("cflp", "sscflp"):
        load = share @ instance.demand
        if (load > instance.capacity * (1 + CLOSE)).any():
            found.append("over capacity")
    if instance.number is not None and opened.sum() != instance.number:
        found.append(f"{opened.sum()} facilities instead of {instance.number}")
    cost = math.fsum([*instance.fixed[opened].tolist(), *(instance.cost[used] * share[used]).tolist()])
    return cost, found


def bound_fault(best: float, bound: float, cost: float) -> str:
    """What is wrong with a bound, beside the best known cost and the cost of a checked answer; empty if nothing."""
    for value, words in ((cost, "above a plan"), (best, "above the best known cost")):
        if math.isfinite(bound) and math.isfinite(value) and bound > value + PRINTED + 1e-9 * abs(value):
            return words
    return ""
