"""A vehicle's day as an order of stops, before it has times."""

from __future__ import annotations

from dataclasses import dataclass, replace

from planner.problems.routes.accepted import FULL
from planner.problems.routes.week import Visit, Windows


@dataclass(frozen=True)
class Move:
    """A row of a plan's stops: what is done with a visit's units."""

    visit: Visit
    action: str  # deliver, collect, take_back, give_back


@dataclass(frozen=True)
class Stop:
    """One stop before it has times: the moves made there and when it may start."""

    site: str
    moves: tuple[Move, ...]
    windows: Windows


@dataclass(frozen=True)
class Trip:
    stops: tuple[Stop, ...]
    release: int = 0

    @property
    def classes(self) -> frozenset[str]:
        """The classes of the full units carried."""
        return frozenset(move.visit.flow.hygiene for stop in self.stops for move in stop.moves if move.action in FULL)


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
