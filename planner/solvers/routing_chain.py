"""One chain of simulated annealing on a day's routes: what the compiled searches, whatever they know, have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from planner.solvers.routing import RouteData


class Chain(ABC):
    """A state and the best state met.

    `arc`: mean cost of an arc. `state`, `best`: with `cost` (its first value is that of the routes and of what is aside) and, by item,
    `aside` (of the state in `item`); `required`: by item, whether it must be served.
    """

    arc: float
    dear: bool = False  # whether one vehicle less is worth a search of its own: then `begin_saving` and so on are there

    def __init__(self, state: Any, best: Any, required: Sequence[bool]) -> None:
        self._state, self._best, self._required = state, best, list(required)

    @property
    def cost(self) -> float:
        return float(self._state.cost[0])

    @property
    def best_cost(self) -> float:
        return float(self._best.cost[0])

    @property
    def whole(self) -> bool:
        """Whether nothing is left aside now."""
        return not self._state.item["aside"].any()

    @property
    def complete(self) -> bool:
        """Whether the best state leaves nothing aside that must be served."""
        return not self._best.aside[self._required].any()

    @abstractmethod
    def anneal(self, iterations: int, heat: float, seed: int) -> None:
        """So many moves at a temperature."""

    def begin_saving(self) -> None:
        """The best state without its shortest route, whose items wait aside, and no vehicle more."""
        raise NotImplementedError

    def save(self, iterations: int, seed: int) -> int:
        """Moves until nothing is aside, at most so many; how many were made."""
        raise NotImplementedError

    def end_saving(self) -> bool:
        """Prices and vehicles as before; whether a vehicle was saved: then the state is the best now, else the best is as it was."""
        raise NotImplementedError

    @abstractmethod
    def load(self, routes: Sequence[RouteData]) -> None:
        """Go on from these routes."""

    @abstractmethod
    def routes(self) -> list[RouteData]:
        """Those of the state."""

    @abstractmethod
    def best_routes(self) -> list[RouteData]:
        """Those of the best state."""
