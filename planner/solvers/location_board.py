"""What the proof and the search of `location_solve` share: the best plan, the bound, what is left to search."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planner.solvers.location_single import Bools, Ints, Plan, Siting, evaluate, faults

if TYPE_CHECKING:
    from planner.solvers.location_tree import Tree

CLOSEST = 1e-7  # relative gap under which rounding decides


@dataclass
class Shared:
    """What both sides know: the best plan, the bound, what is left to search."""

    data: Siting
    gap: float
    deadline: float
    should_stop: Callable[[], bool]
    on_progress: Callable[[float | None, float | None], None]
    cost: float = math.inf
    plan: Plan | None = None
    bound: float = -math.inf
    done: bool = False
    stopped: bool = False
    left: tuple[Ints, Bools] | None = None  # under the limit
    promising: tuple[Ints, Bools] | None = None  # under a lower one
    tree: Tree | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)

    def offer(self, plan: Plan | None) -> bool:
        """Keeps the plan if it is the best so far; whether it is."""
        if plan is None or faults(self.data, plan):
            return False
        cost = evaluate(self.data, plan)
        with self.lock:
            if cost >= self.cost:
                return False
            self.cost, self.plan = cost, plan
            self.told()
        return True

    def prove(self, bound: float) -> None:
        """A bound for all plans; rounded up where costs are whole."""
        if self.data.unit and math.isfinite(bound):
            bound = max(bound, math.ceil(bound - 1e-6))
        with self.lock:
            bound = min(bound, self.cost)  # what excludes every better plan proves the best one
            if bound > self.bound:
                self.bound = bound
                self.told()

    def told(self) -> None:
        self.on_progress(self.cost if self.plan is not None else None, self.bound if math.isfinite(self.bound) else None)

    @property
    def limit(self) -> float:
        """The dearest plan that would still be worth finding."""
        return self.cost - max(self.data.unit * (1 - 1e-5), max(self.gap, CLOSEST) * abs(self.cost)) if self.plan is not None else math.inf

    @property
    def closed(self) -> bool:
        return self.plan is not None and self.bound >= self.limit

    def over(self) -> bool:
        """Whether to end now."""
        if self.should_stop():
            self.stopped = True
        return self.stopped or self.done or self.closed or time.monotonic() >= self.deadline

    def seconds(self) -> float:
        return max(0.05, self.deadline - time.monotonic())
