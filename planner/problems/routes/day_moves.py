"""Days of visit chosen from a plan's own routes: visits moved to the days on which they cost least there.

    min over the sets of days D allowed to a flow   sum_{d in D} c(d)        flow after flow, until none moves

c(d): for a day on which the flow is served, what its visit costs in the route it is in (the route with it less the route without it);
for a day on which it is skipped, that price; for another day, the cheapest place for it in any route of that day, as a stop more or as
a trip more, all rules kept with times anew (windows, duty, breaks, access, loads, classes), or the price of skipping it where that
is less. A second of duty weighs more on days that need the most vehicles of its type: the
vehicle's fixed cost over the longest duty, shared by these days (what one vehicle less on all of them would save). So moves make
the routes cheaper as they are, or bring the busiest days nearer to a vehicle less; the search of the week goes on from them. Only what
is delivered from, or collected to, its vehicle's depot is moved: the rest stays.
"""

from __future__ import annotations

import heapq
import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from planner.problems.routes.breaks import shortest
from planner.problems.routes.classes import follows
from planner.problems.routes.days import usable
from planner.problems.routes.groups import Days
from planner.problems.routes.held import Held
from planner.problems.routes.schedule import events_of, with_breaks
from planner.problems.routes.serve import Servers
from planner.problems.routes.start import translated
from planner.problems.routes.stops import Move, Route, Stop, Trip
from planner.problems.routes.week import DAY_CODES, Vehicle, Visit, Week
from planner.problems.routes.write import loads, trip_plans
from planner.sites import WEEKS_PER_YEAR
from planner.solvers.routing import RouteData
from planner.solvers.routing_week import WeekResult

TRIED = 5  # places for a visit on a day, the shortest detours first, whose times are computed
SWEEPS = 4
LEAST = 0.01  # € a week that a move must save
SMALL = 1e-6
Place = tuple[int, int, int]  # duty, trip, position in it; a trip beyond the last: one more


@dataclass
class _Duty:
    """A vehicle's day: per trip its stops, of one visit each, and the earliest loading; `cost`: € of the day."""

    vehicle: Vehicle
    trips: list[list[Stop]]
    releases: list[int]
    cost: float = 0.0

    def route(self, day: str) -> Route:
        """As a route, consecutive stops at one site with the same windows made one."""
        return Route(day, self.vehicle.code, 1, tuple(Trip(_joined(stops), release) for stops, release in zip(self.trips, self.releases, strict=True)))


@dataclass
class DayMoves:
    """The routes of a week by day, while visits move. `moves`: how many flows changed days; `saved`: € a week."""

    week: Week
    groups: Sequence[Days]
    result: WeekResult
    moves: int = 0
    saved: float = 0.0
    duties: dict[str, list[_Duty]] = field(default_factory=dict)
    days: dict[str, tuple[str, ...]] = field(default_factory=dict)
    peaks: dict[tuple[str, str], float] = field(default_factory=dict)  # € a second of duty more, by day and vehicle type

    def __post_init__(self) -> None:
        self.servers = Servers(self.week)
        self.held = Held(self.week).visits
        self.after = follows(self.week.classes)
        self.mixing = not any(pair.rule in ("disinfect", "dedicated") for pair in self.week.classes.pairs.values())
        self.metres: list[list[int]] = self.week.metres.tolist()
        self.duties = {day: [] for day in DAY_CODES}
        self.peaks = self._peaks()
        for group, found in zip(self.groups, self.result.days, strict=True):
            for route in group.routes(found.routes):
                duty = _Duty(self.week.vehicle[route.vehicle], [list(_apart(trip)) for trip in route.trips], [trip.release for trip in route.trips])
                duty.cost = self._cost(duty, route.day) or 0.0
                self.duties[route.day].append(duty)
        self.days = {code: tuple(self.week.days_of(self.week.flows[code])) for code in self.week.free}

    def _peaks(self) -> dict[tuple[str, str], float]:
        used: dict[str, Counter[str]] = defaultdict(Counter)
        for group, found in zip(self.groups, self.result.days, strict=True):
            for route in group.routes(found.routes):
                used[route.vehicle][route.day] += 1
        weeks = self.week.scenario.value(WEEKS_PER_YEAR)
        made = {}
        for code, by_day in used.items():
            vehicle = self.week.vehicle[code]
            busiest = [day for day, count in by_day.items() if count == max(by_day.values())]
            made.update({(day, code): vehicle.fixed_share / weeks / len(busiest) / max(1, vehicle.duty) for day in busiest})
        return made

    def run(self, until: float, should_stop: Callable[[], bool]) -> None:
        """Move flows until none gains, `SWEEPS` times over all of them at most, or until that moment (of `time.monotonic`)."""
        options = {code: allowed for code, allowed in usable(self.week, self.servers).items() if len(allowed) > 1}
        for _ in range(SWEEPS):
            before = self.moves
            for code, allowed in options.items():
                if should_stop() or time.monotonic() > until:
                    return
                self._move(code, allowed)
            if self.moves == before:
                return

    def moved(self) -> Week:
        """The week on the days now chosen."""
        return Week(self.week.scenario, self.week.network, {**self.week.chosen, **self.days})

    def starts(self, week: Week, groups: Sequence[Days]) -> list[tuple[RouteData, ...]]:
        """The routes in the terms of a week's groups of days, to start its search from."""
        return [translated(week, group.model, [duty.route(group.days[0]) for duty in self.duties[group.days[0]]]) for group in groups]

    # --- one flow ----------------------------------------------------------------------------------------

    def _move(self, code: str, allowed: Sequence[tuple[str, ...]]) -> None:
        now, skip = self.days[code], self.week.flows[code].skip_cost
        left = {day for day in now if skip is not None and self._skipped(code, day)}
        where = {day: self._find(code, day) for day in now if day not in left}
        if self.week.flows[code].limit is not None or any(place is None for place in where.values()):
            return
        costs: dict[str, float] = dict.fromkeys(left, skip or 0.0)
        places: dict[str, tuple[Place, Stop]] = {}
        for day, place in where.items():
            assert place is not None
            rest = self._without(day, place)
            if rest is None:
                return
            costs[day] = self.duties[day][place[0]].cost - rest
        for day in sorted({day for days in allowed for day in days} - set(now), key=DAY_CODES.index):
            found = self._cheapest(self.week.visit_on(self.week.flows[code], day), day)
            costs[day] = math.inf if skip is None else skip
            if found is not None and found[0] < costs[day]:
                costs[day] = found[0]
                places[day] = found[1:]
        best = min(allowed, key=lambda days: (sum(costs[day] for day in days), days))
        gain = sum(costs[day] for day in now) - sum(costs[day] for day in best)
        if gain < LEAST:
            return
        for day in set(where) - set(best):
            place = where[day]
            assert place is not None
            self._take(day, place)
        for day in set(places) & set(best):
            (d, t, p), stop = places[day]
            duty = self.duties[day][d]
            if t == len(duty.trips):
                duty.trips.append([])
                duty.releases.append(0)
            duty.trips[t].insert(p, stop)
            duty.cost = self._cost(duty, day) or 0.0
        self.days[code] = best
        self.moves += 1
        self.saved += gain

    def _skipped(self, code: str, day: str) -> bool:
        """Whether no route serves a flow on a day, those kept of today included."""
        return (day, code, 1) not in self.held and not any(stop.moves[0].visit.flow.code == code for duty in self.duties[day] for stops in duty.trips for stop in stops)

    def _find(self, code: str, day: str) -> Place | None:
        """The only stop of a visit, where all that it moves is there and goes to or from the depot."""
        found = [(d, t, p) for d, duty in enumerate(self.duties[day]) for t, stops in enumerate(duty.trips) for p, stop in enumerate(stops) if stop.moves[0].visit.flow.code == code]
        if len(found) != 1:
            return None
        d, t, p = found[0]
        flow = self.week.flows[code]
        whole = len(self.duties[day][d].trips[t][p].moves) == 1 + (flow.empties > 0)
        return found[0] if whole and self.week.mode(self.duties[day][d].vehicle, flow) != "carry" else None

    def _without(self, day: str, place: Place) -> float | None:
        """Cost of a duty without one of its stops, None where no times are left."""
        d, t, p = place
        duty = self.duties[day][d]
        left = _Duty(duty.vehicle, [stops if i != t else stops[:p] + stops[p + 1 :] for i, stops in enumerate(duty.trips)], duty.releases)
        kept = [i for i, stops in enumerate(left.trips) if stops]
        if not kept:
            return 0.0
        return self._cost(_Duty(duty.vehicle, [left.trips[i] for i in kept], [duty.releases[i] for i in kept]), day)

    def _take(self, day: str, place: Place) -> None:
        d, t, p = place
        duty = self.duties[day][d]
        del duty.trips[t][p]
        if not duty.trips[t]:
            del duty.trips[t], duty.releases[t]
        duty.cost = (self._cost(duty, day) or 0.0) if duty.trips else 0.0

    # --- places ------------------------------------------------------------------------------------------

    def _cheapest(self, visit: Visit, day: str) -> tuple[float, Place, Stop] | None:
        """What the visit costs more in the best of the places with the shortest detours."""
        able = self.servers.servers(visit)
        best: tuple[float, Place, Stop] | None = None
        for _, place, stop in heapq.nsmallest(TRIED, self._places(visit, day, able), key=lambda one: one[:2]):
            d, t, p = place
            duty = self.duties[day][d]
            trips = [*duty.trips, []] if t == len(duty.trips) else list(duty.trips)
            trips[t] = [*trips[t][:p], stop, *trips[t][p:]]
            if not self._fits(duty.vehicle, trips[t]):
                continue
            cost = self._cost(_Duty(duty.vehicle, trips, [*duty.releases, 0][: len(trips)]), day)
            if cost is not None and (best is None or cost - duty.cost < best[0]):
                best = (cost - duty.cost, place, stop)
        return best

    def _places(self, visit: Visit, day: str, able: dict[str, str]) -> Iterator[tuple[int, Place, Stop]]:
        """Places that the classes allow, each with the metres of its detour."""
        for d, duty in enumerate(self.duties[day]):
            mode = able.get(duty.vehicle.code, "carry")
            if mode == "carry" or not duty.trips:
                continue
            site = visit.flow.destination if mode == "deliver" else visit.flow.origin
            if self.week.barred(duty.vehicle, site, day):
                continue  # its windows would depend on when the trip loads
            moves = [Move(visit, mode)] + ([Move(visit, "take_back" if mode == "deliver" else "give_back")] if visit.flow.empties > 0 else [])
            stop = Stop(site, tuple(moves), visit.at_destination if mode == "deliver" else visit.at_origin)
            here, home = self.week.index[site], self.week.index[duty.vehicle.site]
            use = self._use(duty.vehicle, stop)
            for t, stops in enumerate(duty.trips):
                if not self.mixing and visit.flow.hygiene not in {move.visit.flow.hygiene for one in stops for move in one.moves}:
                    continue
                tour = [home, *(self.week.index[one.site] for one in stops), home]
                uses = [self._use(duty.vehicle, one) for one in stops]
                for p, (a, b) in enumerate(pairwise(tour)):
                    if (p == 0 or use in self.after[uses[p - 1]]) and (p == len(stops) or uses[p] in self.after[use]):
                        yield self.metres[a][here] + self.metres[here][b] - self.metres[a][b], (d, t, p), stop
            if self.mixing and len(duty.trips) < duty.vehicle.max_trips:
                yield self.metres[home][here] + self.metres[here][home], (d, len(duty.trips), 0), stop

    def _use(self, vehicle: Vehicle, stop: Stop) -> str:
        """Class and way of a stop (see `classes.follows`)."""
        move = stop.moves[0]
        if self.week.mode(vehicle, move.visit.flow) == "carry":
            return move.visit.flow.hygiene[0] + ("p" if move.action in ("collect", "take_back") else "u")
        return move.visit.flow.hygiene[0] + ("d" if move.action in ("deliver", "take_back") else "c")

    def _fits(self, vehicle: Vehicle, stops: Sequence[Stop]) -> bool:
        """Whether a trip's loads fit; a compartment is held to all that the trip carries of its temperature."""
        if any(places > vehicle.places + SMALL or kg > vehicle.kg + SMALL for places, kg in loads(stops)):
            return False
        for band, most in vehicle.bands.items():
            carried = {move.visit.key: move.visit.flow.places for stop in stops for move in stop.moves if move.visit.flow.temperature == band}
            if most < vehicle.places - SMALL and sum(carried.values()) > most + SMALL:
                return False
        return True

    # --- costs -------------------------------------------------------------------------------------------

    def _cost(self, duty: _Duty, day: str) -> float | None:
        """€ of a duty, None where no times keep its rules."""
        vehicle, route = duty.vehicle, duty.route(day)
        home = self.week.index[vehicle.site]
        events = events_of(trip_plans(self.week, route), home, self.week.drives, vehicle.opens, vehicle.closes, vehicle.reload)
        if any(event.drive < 0 for event in events):
            return None
        seconds = shortest([(event.drive, event.spend, event.windows) for event in events])
        if seconds is None:
            return None
        if vehicle.rules is not None and not vehicle.rules.asks_nothing(seconds, sum(event.drive for event in events)):
            rested = with_breaks(events, vehicle.rules)
            if rested is None:
                return None
            seconds = rested.seconds
        if seconds > vehicle.longest:
            return None
        tours = [[home, *(self.week.index[stop.site] for stop in stops), home] for stops in duty.trips]
        metres = sum(self.metres[a][b] for tour in tours for a, b in pairwise(tour))
        over = max(0, seconds - vehicle.duty) * max(0.0, vehicle.overtime_cost - vehicle.hour_cost)
        return metres * vehicle.km_rate / 1000 + (seconds * vehicle.pace + over) / 3600 + seconds * self.peaks.get((day, vehicle.code), 0.0)


def _apart(trip: Trip) -> Iterator[Stop]:
    """The stops of a trip, one for each visit that they move something of."""
    for stop in trip.stops:
        for key in dict.fromkeys(move.visit.key for move in stop.moves):
            yield Stop(stop.site, tuple(move for move in stop.moves if move.visit.key == key), stop.windows)


def _joined(stops: Sequence[Stop]) -> tuple[Stop, ...]:
    made: list[Stop] = []
    for stop in stops:
        if made and made[-1].site == stop.site and made[-1].windows == stop.windows:
            made[-1] = Stop(stop.site, made[-1].moves + stop.moves, stop.windows)
        else:
            made.append(stop)
    return tuple(made)
