"""A plan that still serves a share of the meals when any kitchen stops: plans sought again with capacity kept free.

First with the same share of every capacity, then kitchen by kitchen: for the stop that leaves least, a share of the others, which have
to step in; else of the kitchen stopped, which then makes less; else of one other. A heuristic: a plan found holds (`stops`), none found
proves nothing.
"""

from __future__ import annotations

import math
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
STEPS = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95)  # of some capacities, kept free in turn
MOST_TRIES = 40
LATER = 4  # slices of the time left that a try leaves to the ones after the uniform reserves

Solved = Callable[[tuple[float, ...], float], Plan | None]


@dataclass
class Rescue:
    """`solved(reserves, share)`: the cheapest plan that keeps these shares of the kitchens' capacities free, found in that share of the
    time left; None without any. `best`: the cheapest plan that holds; `worst`: the worst stop of the plan that serves most."""

    world: World
    kitchens: Sequence[str]
    least: float
    solved: Solved
    best: Plan | None = None
    worst: Stop | None = None
    tried: dict[tuple[float, ...], list[Stop]] = field(default_factory=dict)

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
    def none(self) -> tuple[float, ...]:
        return (0.0,) * len(self.kitchens)

    def stops(self, plan: Plan) -> list[Stop]:
        reading = Reading.of(self.world, plan)
        return stops(self.world, reading.roadmap, reading.feeding)

    def holds(self, found: Iterable[Stop]) -> bool:
        return all(stop.served >= self.least * (1 - TOLERANCE) for stop in found)

    def short(self, found: Iterable[Stop]) -> float:
        """Meals a week short of the share, over all stops."""
        return math.fsum(stop.meals * max(0.0, self.least - stop.served) for stop in found)

    def search(self) -> None:
        """Uniform reserves, then those of each kitchen, until a plan holds."""
        for place, share in enumerate(RESERVES):
            found = self._stops_with((share,) * len(self.kitchens), len(RESERVES) - place + LATER)
            if not found or self.holds(found):
                break  # nor is there one that keeps more free; or it would cost more
        kept = self.none
        while not self.holds(self.tried[kept]):
            after = self._raised(kept)
            if after is None:
                break
            kept = after

    def _raised(self, kept: tuple[float, ...]) -> tuple[float, ...] | None:
        """Larger reserves with which fewer meals are short; None where none were found."""
        before = self.tried[kept]
        worst = least_served(before)
        assert worst is not None
        others = [code for code in self.kitchens if code != worst.kitchen]
        for raised in (others, [worst.kitchen], *([code] for code in others if len(others) > 1)):
            for share in STEPS:
                reserve = tuple(max(own, share) if code in raised else own for own, code in zip(kept, self.kitchens, strict=True))
                if reserve == kept:
                    continue
                found = self._stops_with(reserve, LATER)
                if not found:
                    break
                if self.short(found) < self.short(before) - 1e-6:
                    return reserve
        return None

    def _stops_with(self, reserve: tuple[float, ...], slices: int) -> list[Stop]:
        """The stops of the plan found with these reserves, in one of so many slices of the time left; none without a plan."""
        if reserve in self.tried or len(self.tried) > MOST_TRIES:
            return self.tried.get(reserve, [])
        plan = self.solved(reserve, 1 / slices)
        found = self.tried[reserve] = [] if plan is None else self.stops(plan)
        worst = least_served(found)
        if plan is None or worst is None:
            return found
        if self.holds(found) and (self.best is None or (plan.cost or 0.0) < (self.best.cost or 0.0)):
            self.best = plan
        if self.worst is None or worst.served > self.worst.served:
            self.worst = worst
        return found
