"""What the search and the proof of a large location program share (`planner.solvers.location_roadmap`): the best plan and bound."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from planner.solvers import mip
from planner.solvers.location import Choice, Ints, Location, evaluate, faults
from planner.solvers.location_branch import Tree
from planner.solvers.mip import INF

Report = Callable[[float | None, float | None], None]

LOOK = 0.2  # seconds between two looks at the caller's wish to stop, and reports


@dataclass
class Board:
    """The best plan and bound so far; written by both threads, reported by the first."""

    data: Location
    gap: float
    until: float
    on_progress: Report | None = None
    should_stop: Callable[[], bool] | None = None
    choice: Choice | None = None
    cost: float = INF
    bound: float = -INF
    stopped: bool = False  # by the caller
    over: threading.Event = field(default_factory=threading.Event)
    owner: int = field(default_factory=threading.get_ident)  # the caller's thread
    lives: list[Ints] = field(default_factory=list)  # from the proof, to be tried
    drawn: list[Ints] = field(default_factory=list)  # from its relaxed solutions, to be looked at
    tree: Tree | None = None  # of the proof, to be helped with
    lock: threading.Lock = field(default_factory=threading.Lock)
    looked: float = 0.0
    shown: tuple[float, float] = (INF, -INF)

    def offer(self, choice: Choice | None) -> bool:
        """Keep a plan where it is the cheapest so far and keeps every rule."""
        if choice is None or faults(self.data, choice):
            return False
        cost = evaluate(self.data, choice)
        with self.lock:
            if cost >= self.cost - 1e-9:
                return False
            self.choice, self.cost = choice, cost
            return True

    def prove(self, bound: float) -> None:
        with self.lock:
            self.bound = max(self.bound, bound)

    @property
    def closed(self) -> bool:
        return self.cost < INF and self.cost - self.bound <= (self.gap + 2 * mip.BOUND_MARGIN) * max(1.0, abs(self.cost)) + 2e-6

    def ended(self) -> bool:
        """Whether to end: closed, out of time, or stopped. Tells the caller what is new, on its own thread only."""
        if threading.get_ident() != self.owner:
            return self.over.is_set()
        now = time.monotonic()
        if now - self.looked >= LOOK:
            self.looked = now
            if self.should_stop is not None and self.should_stop():
                self.stopped = True
                self.over.set()
            if self.on_progress is not None and (self.cost, self.bound) != self.shown:
                self.shown = (self.cost, self.bound)
                self.on_progress(self.cost if self.cost < INF else None, self.bound if self.bound > -INF else None)
            if self.closed or now >= self.until:
                self.over.set()
        return self.over.is_set()
