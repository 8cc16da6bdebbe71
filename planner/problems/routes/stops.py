"""A vehicle's day as an order of stops, before it has times."""

from __future__ import annotations

from dataclasses import dataclass, replace

from planner.problems.routes.accepted import FULL
from planner.problems.routes.week import Flow, Visit, Windows


@dataclass(frozen=True)
class Move:
    """A row of a plan's stops: what is done with a visit's units."""

    visit: Visit
    action: str  # deliver, collect, take_back, give_back


@dataclass(frozen=True)
class Stop:
    """One stop before it has times: the moves made there and when it may start; `rest`: whether a break may be taken there."""

    site: str
    moves: tuple[Move, ...]
    windows: Windows
    rest: bool = True


@dataclass(frozen=True)
class Trip:
    stops: tuple[Stop, ...]
    release: int = 0

    @property
    def classes(self) -> frozenset[str]:
        """The classes of the full units carried."""
        return frozenset(move.visit.flow.hygiene for stop in self.stops for move in stop.moves if move.action in FULL)

    def _alone(self, action: str, other: str) -> list[Flow]:
        """The flows of visits with the one row and not the other: what the depot loads, or takes."""
        moves = [move for stop in self.stops for move in stop.moves]
        paired = {move.visit.key for move in moves if move.action == other}
        return [move.visit.flow for move in moves if move.action == action and move.visit.key not in paired]

    @property
    def ready(self) -> int:
        """When all that the depot loads is ready, in seconds after midnight."""
        return max((flow.ready for flow in self._alone("deliver", "collect")), default=0)

    @property
    def due(self) -> int | None:
        """Until when the depot takes all that the trip brings, None for no limit."""
        return min((flow.due for flow in self._alone("collect", "deliver") if flow.due is not None), default=None)


@dataclass(frozen=True)
class Route:
    """A vehicle's day in order, without times."""

    day: str
    vehicle: str
    number: int
    trips: tuple[Trip, ...]


def on_day(stop: Stop, day: str) -> Stop:
    """The same stop on another day of the same kind."""
    if all(move.visit.day == day for move in stop.moves):
        return stop
    return replace(stop, moves=tuple(Move(replace(move.visit, day=day), move.action) for move in stop.moves))
