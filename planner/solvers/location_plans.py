"""The search for plans of a large location program (`planner.solvers.location_roadmap`): states first, then assignments.

Lives       (states of all facilities over time) by diving in the relaxation (a share of the fractional columns fixed a round), from
            the proof, and by changing promising ones (`location_lives`).
Promise     the relaxation with these states, some capacity left free, and whole posts in all of each period; runs say how much
            more whole customers cost. Both together say which lives are worth the next run.
Assignment  by annealing (`location_assign`), from hot; and from a good assignment of the lives that were changed.

What did not help: dives that leave no capacity free (lives that whole customers cannot be packed into); a restricted program around
a dive (a tenth of the time for less than another dive with more capacity free brings); lives changed without regard to reduced
costs; dives for some facilities while the others keep their states (0.6 s each, and seldom near the best); lives judged by a short
annealing (0.2 % off either way, so that the best were thrown away); annealing runs longer than some millions of moves, against
several short ones; runs that begin warm from the relaxation's assignment.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from planner.solvers.location import Choice, Facility, Floats, Ints, Location, evaluate
from planner.solvers.location_assign import Assigner
from planner.solvers.location_lives import Lives
from planner.solvers.location_program import program
from planner.solvers.location_roadmap_board import Board
from planner.solvers.location_rows import Relaxation
from planner.solvers.mip import INF

DIVE_SHARE = 2  # a dive fixes the n-th part of the fractional columns a round
MARGIN = 0.03  # capacity left free by the dives: lives without any cannot be packed with whole customers
HOT, WARM, COOL = 0.13, 0.03, 0.0065  # temperatures, in posts
FULL, GLANCE = 2_000_000, 100_000  # moves of a run, and of one that only settles a given assignment
NEAR = 2.0  # posts over the best plan up to which lives are promising
PATIENT = 0.6  # posts that a full run without success on the same lives weighs
FAILED = 6.0  # posts above what is usual that a full run without any plan counts as
DRAWN = (0.5, 2.0, 12.0)  # posts: temperatures of lives drawn by their price
ALIKE, FAR = 6.0, 0.02  # states in which lives differ: over so many a run counts 1/e for the others, and never less than this
TRUST = 2.0  # runs that the promise of the relaxation weighs
POOL = 5  # most promising lives gone on with
SETTLED = 3  # such runs after a full one
OTHERS = 0.6  # share of the lives looked at that are from the proof's relaxed solutions, while it has new ones
LOOKED = 6  # changed lives looked at between two runs
TURNS = 8  # runs between two whole dives


def dive(relaxation: Relaxation, rng: np.random.Generator | None = None) -> bool:
    """Fix the branching columns of a relaxation, the least fractional first; with `rng`, by chance where they are not near whole.
    Whether the relaxation still has a solution. Bounds stay as the dive leaves them."""
    columns = np.array(relaxation.made.branching, dtype=np.int64)
    columns = columns[relaxation.upper[columns] <= 1.0]
    while True:
        value = relaxation.x[columns]
        distance = np.minimum(value, 1.0 - value)
        open_ = np.flatnonzero(distance > 1e-6)
        if not len(open_):
            return True
        if rng is not None:
            distance = distance + rng.uniform(0.0, 0.2, len(distance))
        chosen = open_[np.argsort(distance[open_], kind="stable")][: max(1, len(open_) // DIVE_SHARE)]
        up = value[chosen] > (0.5 if rng is None else np.clip(rng.normal(0.5, 0.15, len(chosen)), 0.1, 0.9))
        fixed = [float(one) for one in up]
        relaxation.limit([int(column) for column in columns[chosen]], fixed, fixed)
        if not relaxation.solve(rounds=1):
            return False


@dataclass
class _Entry:
    """Lives met: what they cost at least with some capacity left free (inf: more than there is to look at), the best solution found on
    them, and the full runs made."""

    states: Ints
    relaxed: float
    cost: float = INF
    choice: Choice | None = None
    runs: float = 0.0
    found: int = 0  # full runs with a result
    total: float = 0.0  # their costs, of those without a plan what they count as


class Search:
    """The search for plans."""

    def __init__(self, data: Location, rows: list[int], board: Board, seed: int) -> None:
        """`rows`: of those that the tight program puts aside, to begin with."""
        self.data, self.board = data, board
        self.assigner = Assigner(data)
        self.rng = np.random.default_rng(seed)
        self.pool: dict[bytes, _Entry] = {}
        self.hopeless: set[bytes] = set()
        self.lives: Lives | None = None
        self.rows = rows
        self.relaxation = self._relaxed(MARGIN)
        self.run_on: list[Ints] = []  # lives of the full runs,
        self.above: list[float] = []  # and what each cost above their relaxation

    def freely(self, help_: Callable[[], bool]) -> None:
        """Until the board says that it is over. `help_`: other work, whether it was done instead of a turn."""
        self._begin()
        turn = 1
        while not self.board.ended():
            if help_() or self.from_proof():
                continue
            if (turn % TURNS == 0 and not self.board.drawn) or not self._good():
                self.dived(self.rng)
            self.turn(LOOKED)
            turn += 1

    def limited(self) -> None:
        """A fixed amount of search."""
        self._begin()
        for _ in range(2):
            if not self.board.ended():
                self.turn(LOOKED)

    def turn(self, looked: int) -> None:
        """Some changed lives, then a run on the most promising ones of all."""
        for _ in range(looked):
            self.changed()
        self.again()

    def _begin(self) -> None:
        """The lives of the plan given, if any, then of a first dive, without chance."""
        solved = self._solved()
        if not solved and not self.board.ended():
            self.relaxation = self._relaxed(0.0)
            solved = self._solved()
        if solved:
            self.lives = Lives(self.relaxation, tuple(posts * self.assigner.scale for posts in DRAWN), self.rng)
        if self.board.choice is not None:
            entry = self.meet(self.board.choice.state)
            self.on(entry, self._options(self.board.choice), GLANCE, WARM)
        first = self.dived(None)
        if first is not None:
            self.on(first, self._options(None), FULL, HOT)

    def _relaxed(self, margin: float) -> Relaxation:
        """Not to be stopped within a solve: being asked at every step of the simplex method, beside a proof that is asked as well, the two
        wait for the interpreter a third of the time."""
        return Relaxation(program(shrunk(self.data, margin), tight=True), None, self.rows)

    def _solved(self, under: float = INF) -> bool:
        return self.relaxation.solve(max(0.1, self.board.until - time.monotonic()), under=under)

    def dived(self, rng: np.random.Generator | None) -> _Entry | None:
        """New lives by a dive; None where it does not end or meets known ones."""
        self.relaxation.reset()
        if not self._solved() or not dive(self.relaxation, rng):
            return None
        found = self.relaxation.made.states(self.relaxation.x)
        return None if found.tobytes() in self.pool else self.meet(found)

    def from_proof(self) -> bool:
        """Lives that the proof has met; whether there were any."""
        with self.board.lock:
            lives = self.board.lives.pop() if self.board.lives else None
        if lives is None:
            return False
        if lives.tobytes() not in self.pool:
            entry = self.meet(lives)
            if entry.relaxed == INF:
                self.on(entry, self._options(self.board.choice), FULL, HOT)
        return True

    def again(self) -> None:
        """A run on the most promising lives, the less so the more often they were tried, and on what it found a settling one."""
        good = self._good()
        if not good:
            return
        one = min(good, key=lambda one: self._promise(one) + one.runs * PATIENT * self.assigner.scale)
        self.on(one, self._options(None), 2 * FULL if one.runs else FULL, HOT)
        for _ in range(SETTLED):
            if one.choice is not None and one.cost < self.board.cost + NEAR * self.assigner.scale:
                self.on(one, self._options(one.choice), GLANCE, WARM)

    def changed(self) -> None:
        """Lives from the proof's relaxed solutions, or near promising ones and, where promising themselves, with the assignment of those."""
        good = self._good()
        if not good or self.lives is None:
            return
        drawn = None
        with self.board.lock:
            if self.board.drawn and self.rng.random() < OTHERS:
                drawn = self.board.drawn.pop()
        one = good[int(min(POOL, len(good)) * self.rng.random() ** 2)]
        states = self.lives.near(one.states) if drawn is None else drawn
        key = states.tobytes()
        if key in self.pool or key in self.hopeless:
            return
        least = self._promise(good[0]) + NEAR * self.assigner.scale
        entry = self.meet(states, least - self._usual(states))
        if entry.relaxed == INF:
            del self.pool[key]
            self.hopeless.add(key)
        elif drawn is None and one.choice is not None and self._promise(entry) < least:
            self.on(entry, self._options(one.choice), GLANCE, WARM)

    def meet(self, states: Ints, under: float = INF) -> _Entry:
        """The entry of these lives, made where there is none; without promise where the relaxation leaves too little room, or costs too much."""
        key = states.tobytes()
        if key not in self.pool:
            self.relaxation.reset()
            columns = self.relaxation.made.z
            here = [float(states[k, t] == s) for k, t, s in columns]
            self.relaxation.limit(list(columns.values()), here, here)
            solved = self._solved(under)
            self.pool[key] = _Entry(states, self.relaxation.objective + self._rounding(self.relaxation.x) if solved else INF)
        return self.pool[key]

    def _rounding(self, x: Floats) -> float:
        """What whole posts in all of each period cost beyond those of a relaxed solution."""
        total = np.zeros(len(self.data.crew_cost))
        for (_, t), column in self.relaxation.made.n.items():
            total[t] += x[column]
        return float(self.data.crew_cost @ (np.ceil(total - 1e-6) - total).clip(0.0))

    def _promise(self, entry: _Entry) -> float:
        """What a run on these lives is expected to find."""
        if entry.relaxed == INF:
            return entry.total / entry.found if entry.found else INF
        return (entry.total + TRUST * (entry.relaxed + self._usual(entry.states))) / (entry.found + TRUST)

    def _usual(self, states: Ints) -> float:
        """What runs cost above the relaxation of their lives, those of lives like these first: families of lives differ in it."""
        if not self.above:
            return 0.0
        weight = FAR + np.exp(-(np.array(self.run_on) != states).sum(axis=(1, 2)) / ALIKE)
        return float(weight @ np.array(self.above) / weight.sum())

    def on(self, entry: _Entry, weight: Floats, moves: int, hot: float) -> None:
        """Anneal on these lives."""
        fixed = self.assigner.given(entry.states)
        if fixed is None:
            entry.runs += 1.0
            return
        start = self.assigner.nearest(fixed, weight)
        found = self.assigner.run(entry.states, fixed, start, moves=moves, seed=int(self.rng.integers(2**31)), hot=hot, cool=COOL,
                                  soft=1.0 if hot > WARM else 0.3, should_stop=self.board.ended)  # fmt: skip
        entry.runs += moves / FULL
        if found is None:
            if moves >= FULL and entry.relaxed < INF and not self.board.ended():  # else lives without room for whole customers were run again and again
                self._measure(entry, entry.relaxed + self._usual(entry.states) + FAILED * self.assigner.scale)
            return
        cost = evaluate(self.data, found)
        if cost < entry.cost:
            entry.cost, entry.choice = cost, found
        self.board.offer(found)
        if moves >= FULL and not self.board.ended():
            self._measure(entry, cost)

    def _measure(self, entry: _Entry, cost: float) -> None:
        entry.found, entry.total = entry.found + 1, entry.total + cost
        if entry.relaxed < INF:
            self.run_on.append(entry.states)
            self.above.append(cost - entry.relaxed)

    def _good(self) -> list[_Entry]:
        """The lives met, most promising first."""
        return sorted(self.pool.values(), key=self._promise)

    def _options(self, choice: Choice | None) -> Floats:
        """Weight (O, T) of a solution's options; none without one: a run then begins with the cheapest."""
        weight = np.zeros(self.data.cost.shape)
        if choice is not None:
            for t in range(choice.option.shape[1]):
                weight[choice.option[choice.option[:, t] >= 0, t], t] = 1.0
        return weight


def shrunk(data: Location, margin: float) -> Location:
    """The program with a share of every capacity left free."""
    def less(facility: Facility) -> Facility:
        own = None if facility.class_capacity is None else facility.class_capacity * (1 - margin)
        return replace(facility, capacity=facility.capacity * (1 - margin), class_capacity=own)

    return replace(data, facilities=tuple(less(facility) for facility in data.facilities))
