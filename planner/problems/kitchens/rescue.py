"""A plan that still serves a share of the meals when any kitchen stops: plans sought again with capacity kept free.

First with the same share of every capacity, then kitchen by kitchen: for the stop that leaves least, a share of the others, which have
to step in; else of the kitchen stopped, which then makes less; else of one other. Kitchens with a share of their own stay open, were it
without a meal to make. Then shares at random, and less of each where a plan holds, which makes it cheaper. A heuristic: a plan found
holds (`stops`), none found proves nothing.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from planner.network import Network
from planner.plan import Plan
from planner.problems.kitchens.audit import Reading
from planner.problems.kitchens.rules import TOLERANCE
from planner.problems.kitchens.stops import Stop, least_served, stops
from planner.problems.kitchens.world import World
from planner.scenario import Scenario

RESERVES = (0.1, 0.2, 0.3, 0.4, 0.5)  # of every capacity, kept free in turn
STEPS = (0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95)  # of some capacities, kept free in turn
MOST_TRIES = 40  # of each kind: kitchen by kitchen, at random, lowered
LATER = 4  # slices of the time left that a try leaves to the ones after the uniform reserves

Reserve = tuple[tuple[float, ...], bool]  # share of each kitchen's capacity kept free; whether those with one stay open
Solved = Callable[[Reserve, float], Plan | None]


@dataclass
class Rescue:
    """`solved(reserve, share)`: the cheapest plan that keeps this reserve, found in that share of the time left; None without any.
    `best`: the cheapest plan that holds, and `held` its reserve; `worst`: the worst stop of the plan that serves most."""

    world: World
    kitchens: Sequence[str]
    least: float
    solved: Solved
    best: Plan | None = None
    held: Reserve | None = None
    worst: Stop | None = None
    most: int = MOST_TRIES
    tried: dict[Reserve, list[Stop]] = field(default_factory=dict)

    @staticmethod
    def of(scenario: Scenario, network: Network, kitchens: Sequence[str], least: float, plan: Plan, present: Plan | None, solved: Solved) -> Rescue:
        """The search from a plan without any reserve; `present`: another that holds, or None."""
        made = Rescue(World(scenario, network), kitchens, least, solved, present)
        made.tried[made.none] = made.stops(plan)
        made.worst = least_served(made.tried[made.none])
        if made.holds(made.tried[made.none]):
            made.best = plan
        return made

    @property
    def none(self) -> Reserve:
        return (0.0,) * len(self.kitchens), True

    def stops(self, plan: Plan) -> list[Stop]:
        reading = Reading.of(self.world, plan)
        return stops(self.world, reading.roadmap, reading.feeding)

    def holds(self, found: Iterable[Stop]) -> bool:
        return all(stop.served >= self.least * (1 - TOLERANCE) for stop in found)

    def short(self, found: Iterable[Stop]) -> float:
        """Meals a week short of the share, over all stops."""
        return math.fsum(stop.meals * max(0.0, self.least - stop.served) for stop in found)

    def search(self, seed: int) -> None:
        """Uniform reserves, and those of each kitchen, until a plan holds; then some at random, and less of the best."""
        for place, share in enumerate(RESERVES):
            found = self._stops_with(((share,) * len(self.kitchens), False), len(RESERVES) - place + LATER)
            if not found or self.holds(found):
                break  # nor is there one that keeps more free; or it would cost more
        self.most = len(self.tried) + MOST_TRIES
        kept: Reserve | None = self.none
        while kept is not None and not self.holds(self.tried[kept]):
            kept = self._raised(kept)
        self.most = len(self.tried) + MOST_TRIES
        chance = random.Random(seed)
        for _ in range(MOST_TRIES):
            self._stops_with((tuple(chance.choice((0.0, *STEPS)) for _ in self.kitchens), True), LATER)
        self.most = len(self.tried) + MOST_TRIES
        while self.held is not None and self._lowered(self.held):
            pass

    def _raised(self, kept: Reserve) -> Reserve | None:
        """Larger reserves with which fewer meals are short; None where none were found."""
        before = self.tried[kept]
        worst = least_served(before)
        assert worst is not None
        others = [code for code in self.kitchens if code != worst.kitchen]
        for raised in (others, [worst.kitchen], *([code] for code in others if len(others) > 1)):
            for share in STEPS:
                reserve = tuple(max(own, share) if code in raised else own for own, code in zip(kept[0], self.kitchens, strict=True)), True
                if reserve == kept:
                    continue
                found = self._stops_with(reserve, LATER)
                if not found:
                    break
                if self.short(found) < self.short(before) - 1e-6:
                    return reserve
        return None

    def _lowered(self, held: Reserve) -> bool:
        """Whether a cheaper plan holds with less kept free in one kitchen."""
        shares, stay = held
        for k, own in enumerate(shares):
            for share in sorted({0.0, *RESERVES, *STEPS}):
                if share < own:
                    self._stops_with(((*shares[:k], share, *shares[k + 1 :]), stay), LATER)
                    if self.held != held:
                        return True
        return False

    def _stops_with(self, reserve: Reserve, slices: int) -> list[Stop]:
        """The stops of the plan found with this reserve, in one of so many slices of the time left; none without a plan."""
        if reserve in self.tried or len(self.tried) >= self.most:
            return self.tried.get(reserve, [])
        plan = self.solved(reserve, 1 / slices)
        found = self.tried[reserve] = [] if plan is None else self.stops(plan)
        worst = least_served(found)
        if plan is None or worst is None:
            return found
        if self.holds(found) and (self.best is None or (plan.cost or 0.0) < (self.best.cost or 0.0)):
            self.best, self.held = plan, reserve
        if self.worst is None or worst.served > self.worst.served:
            self.worst = worst
        return found
