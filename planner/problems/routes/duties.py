"""A plan's stops table read back as duties, for the audit: what the rows say, and what follows from them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from planner.issues import Issue
from planner.problems.routes.classes import Classes, Pair
from planner.problems.routes.driver_tables import BREAKS
from planner.problems.routes.rest import AuditBreak, by_duty, leave_later
from planner.problems.routes.tables import STOP_ACTIONS, STOPS
from planner.problems.routes.week import DAY_CODES, Flow, Vehicle, Visit, Week
from planner.schema import Row

SMALL = 1e-6
LOADING = {"collect", "take_back"}
FULL = {"deliver", "collect"}
ACTIONS = {option.code for option in STOP_ACTIONS}


@dataclass
class AuditMove:
    """A valid row of the stops table, with where its load comes from and goes to (positions; 0 and inf: the depot)."""

    row: Row
    flow: Flow
    visit: Visit
    loaded: float = 0.0
    unloaded: float = math.inf

    @property
    def full(self) -> bool:
        return self.row.action in FULL

    @property
    def places(self) -> float:
        return self.flow.places if self.full else self.flow.empty_places

    @property
    def kg(self) -> float:
        return self.flow.kg if self.full else self.flow.empty_kg

    @property
    def seconds(self) -> int:
        return self.flow.handle if self.full else self.flow.handle_empty


@dataclass
class AuditStop:
    position: int
    site: str
    arrives: int
    starts: int
    leaves: int
    moves: list[AuditMove]
    places: float = 0.0  # on board on leaving
    kg: float = 0.0
    pause: int = 0  # seconds from the end of service to leaving, for a break


@dataclass
class AuditTrip:
    number: int
    stops: list[AuditStop]
    loads: int = 0
    departs: int = 0
    returns: int = 0
    metres: int = 0
    driving: int = 0
    places: float = 0.0  # at most
    kg: float = 0.0

    @property
    def classes(self) -> frozenset[str]:
        """The classes of the full units carried."""
        return frozenset(move.flow.hygiene for stop in self.stops for move in stop.moves if move.full)


@dataclass
class AuditDuty:
    day: str
    vehicle: Vehicle
    number: int
    trips: list[AuditTrip]
    breaks: list[AuditBreak] = field(default_factory=list)
    earlier: list[AuditTrip] = field(default_factory=list)  # of the same vehicle in its earlier shifts of the day

    @property
    def span(self) -> int:
        return self.trips[-1].returns - self.trips[0].loads

    @property
    def rest(self) -> int:
        return sum(one.ends - one.starts for one in self.breaks)

    @property
    def seconds(self) -> int:
        """Paid time."""
        rules = self.vehicle.rules
        return self.span if rules is None or rules.paid else self.span - self.rest

    @property
    def metres(self) -> int:
        return sum(trip.metres for trip in self.trips)

    def disinfections(self, classes: Classes) -> list[Pair | None]:
        """What must be done before each trip, by what the vehicle's trips of the day carry."""
        return classes.disinfections([trip.classes for trip in self.trips], [trip.classes for trip in self.earlier])

    @property
    def name(self) -> str:
        return f"{self.vehicle.code} n° {self.number}"

    @property
    def first(self) -> int:
        """The first row of the duty in the stops table."""
        return int(self.trips[0].stops[0].moves[0].row.index_)


def read_duties(week: Week, table: Sequence[Row], found: list[Issue], breaks: Sequence[Row] = ()) -> list[AuditDuty]:
    """The plan's duties as its tables of stops and breaks have them; rows that mean nothing are reported and left out."""
    by_stop: dict[tuple[Any, ...], list[AuditMove]] = defaultdict(list)
    for row in table:
        move = _move(week, row, found)
        if move is not None:
            by_stop[row.day, row.vehicle, row.number, row.trip, row.position].append(move)
    stops_of: dict[tuple[str, str, int], dict[int, list[AuditStop]]] = defaultdict(lambda: defaultdict(list))
    for (day, vehicle, number, trip, position), moves in sorted(by_stop.items(), key=lambda kv: (DAY_CODES.index(kv[0][0]), *map(str, kv[0][1:3]), *kv[0][3:])):
        stops_of[day, vehicle, number][trip].append(_stop(position, moves, found))
    duties = []
    rests = by_duty(breaks, found)
    for (day, vehicle, number), trips in stops_of.items():
        duties.append(AuditDuty(day, week.vehicle[vehicle], number, [AuditTrip(t, stops) for t, stops in sorted(trips.items())], rests.get((day, vehicle, number), [])))
    for key in rests.keys() - stops_of.keys():
        found += [Issue.error("routes_row_without_stops", table=BREAKS.name, row=one.row.index_, column="number", which=" · ".join(map(str, key))) for one in rests[key]]
    for duty in duties:
        leave_later(duty)
        _derive(week, duty, found)
    _in_shifts(duties)
    return duties


def _in_shifts(duties: Sequence[AuditDuty]) -> None:
    """What each vehicle has done before, in its earlier shifts of the day."""
    done: dict[tuple[str, str, int], list[AuditTrip]] = defaultdict(list)
    for duty in sorted(duties, key=lambda duty: duty.trips[0].loads):
        trips = done[duty.day, duty.vehicle.physical, duty.number]
        duty.earlier = list(trips)
        trips += duty.trips


def _move(week: Week, row: Row, found: list[Issue]) -> AuditMove | None:
    """A row with its visit, or None when it names something that does not exist or lacks a figure."""

    def wrong(column: str) -> None:
        shown = getattr(row, column)
        found.append(Issue.error("routes_bad_row", table=STOPS.name, row=row.index_, column=column, value="" if shown is None else str(shown)))

    for column, known in (("day", DAY_CODES), ("vehicle", week.vehicle), ("flow", week.flows), ("site", week.places), ("action", ACTIONS)):
        if getattr(row, column) not in known:
            wrong(column)
            return None
    for column in ("number", "trip", "position", "visit", "quantity", "arrives", "starts", "leaves"):
        if getattr(row, column) is None:
            wrong(column)
            return None
    flow = week.flows[row.flow]
    visit = week.visit.get((row.day, row.flow, row.visit))
    if visit is None:
        found.append(Issue.error("routes_unknown_visit", table=STOPS.name, row=row.index_, column="visit", flow=row.flow, day=row.day, visit=row.visit))
        return None
    site = flow.destination if row.action in ("deliver", "take_back") else flow.origin
    if row.site != site:
        found.append(Issue.error("routes_wrong_site", table=STOPS.name, row=row.index_, column="site", flow=row.flow, site=row.site, right=site))
        return None
    right = flow.quantity if row.action in FULL else flow.empties
    if abs(row.quantity - right) > SMALL:
        found.append(Issue.error("routes_wrong_quantity", table=STOPS.name, row=row.index_, column="quantity", flow=row.flow,
                             claimed=float(row.quantity), right=float(right)))  # fmt: skip
    return AuditMove(row, flow, visit)


def _stop(position: int, moves: list[AuditMove], found: list[Issue]) -> AuditStop:
    """One stop from its rows, which must agree on place and times."""
    first = moves[0].row
    times = _times(first)
    for move in moves[1:]:
        row = move.row
        if row.site != first.site or _times(row) != times:
            found.append(Issue.error("routes_stop_rows_differ", table=STOPS.name, row=row.index_, column="position", position=position, trip=row.trip,
                                 vehicle=row.vehicle, day=row.day))  # fmt: skip
    return AuditStop(position, first.site, *times, moves)


def _times(row: Row) -> tuple[int, int, int]:
    """Arrival, start and departure in whole seconds."""
    return round(60 * row.arrives), round(60 * row.starts), round(60 * row.leaves)


def _derive(week: Week, duty: AuditDuty, found: list[Issue]) -> None:
    """Trip times, distances and loads that follow from the stops; legs without a road are reported."""
    vehicle = duty.vehicle
    for trip in duty.trips:
        here, legs = vehicle.site, []
        for site in (*(stop.site for stop in trip.stops), vehicle.site):
            drive = week.way(here, site)
            if drive is None:
                row = trip.stops[0].moves[0].row.index_
                found.append(Issue.error("routes_no_way", table=STOPS.name, row=row, column="site", origin=here, destination=site))
            legs.append((drive or 0, max(0, int(week.metres[week.index[here], week.index[site]]))))
            here = site
        trip.driving, trip.metres = sum(leg[0] for leg in legs), sum(leg[1] for leg in legs)
        trip.departs = trip.stops[0].arrives - legs[0][0]
        trip.loads = trip.departs - vehicle.reload
        trip.returns = trip.stops[-1].leaves + trip.stops[-1].pause + legs[-1][0]
        _place_loads(trip)


def _place_loads(trip: AuditTrip) -> None:
    """Where each move's load gets on and off, and what is on board after each stop."""
    on_board: dict[tuple[object, bool], AuditMove] = {}
    for stop in trip.stops:
        for move in stop.moves:
            key = (move.visit.key, move.full)
            if move.row.action in LOADING:
                move.loaded = stop.position
                on_board[key] = move
            else:
                move.unloaded = stop.position
                if key in on_board:
                    source = on_board.pop(key)
                    source.unloaded, move.loaded = stop.position, source.loaded
    moves = [move for stop in trip.stops for move in stop.moves]
    places = sum(m.places for m in moves if m.row.action not in LOADING and m.loaded == 0)
    kg = sum(m.kg for m in moves if m.row.action not in LOADING and m.loaded == 0)
    trip.places, trip.kg = places, kg
    for stop in trip.stops:
        for move in stop.moves:
            sign = 1 if move.row.action in LOADING else -1
            places, kg = places + sign * move.places, kg + sign * move.kg
        stop.places, stop.kg = places, kg
        trip.places, trip.kg = max(trip.places, places), max(trip.kg, kg)
