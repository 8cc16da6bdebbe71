"""Today's rounds, rebuilt by a plain rule: each establishment and each trade drives alone.

For every line of `tournees_aujourdhui.csv` (an establishment, a depot, some categories, its vehicles) and every
day: go to the nearest site that the vehicle can still take, clean goods first, dirty goods on the way back;
return when nothing fits, load again. Vehicles belong to their line: a truck that delivers meals does nothing else.
Times, capacities and access are those of the routes problem itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from planner.network import Network
from planner.problems.routes.schedule import StopPlan, TripPlan, schedule
from planner.problems.routes.tables import CATEGORIES, DEPOTS
from planner.problems.routes.week import DAY_CODES, Vehicle, Visit, Week
from planner.scenario import Scenario
from scenarios.sources import Record, SourceFault, records

MARGIN = 20 * 60  # seconds kept free in every duty: today's rounds are not tight


@dataclass
class Tour:
    """A loaded departure in order of service."""

    visits: list[Visit] = field(default_factory=list)


class Rounds:
    """Builds the rows of `current_routes` for a scenario that has all other tables."""

    def __init__(self, scenario: Scenario, network: Network) -> None:
        self.week = Week(scenario, network)
        self.times = self.week.times.tolist()
        self.site_of = {row.depot: row.site for row in scenario.rows(DEPOTS.name)}

    def rows(self, folder: str) -> list[dict[str, Any]]:
        """Raises SourceFault when a visit is in no line or fits no vehicle of its line."""
        used: dict[str, int] = {}
        made: list[dict[str, Any]] = []
        left = {visit.key for visits in self.week.visits.values() for visit in visits}
        for line in records(folder, "tournees_aujourdhui"):
            numbers: dict[str, int] = {}
            for day in DAY_CODES:
                made += self._day(folder, line, day, used, numbers, left)
            for code, count in numbers.items():
                used[code] = used.get(code, 0) + count
        if left:
            raise SourceFault(f"{folder} : {len(left)} passages dans aucune tournée, par exemple {min(left)}")
        return made

    def _day(
        self, folder: str, line: Record, day: str, used: dict[str, int], numbers: dict[str, int], left: set[tuple[str, str, int]]
    ) -> list[dict[str, Any]]:
        depot = self.site_of[line["Dépôt"]]
        wanted = {option.code for option in CATEGORIES if option.fr in line["Catégories"].split(", ")}
        todo = [
            visit for visit in self.week.visits[day]
            if visit.key in left and visit.flow.establishment == line["Établissement"] and visit.flow.category in wanted
            and depot in (visit.flow.origin, visit.flow.destination)
        ]  # fmt: skip
        left -= {visit.key for visit in todo}
        made: list[dict[str, Any]] = []
        for code in line["Véhicules"].split(", "):
            vehicle = self.week.vehicle[code]
            able = [visit for visit in todo if not self.week.refusals(vehicle, visit.flow) and self._fits(vehicle, [Tour([visit])])]
            duties = self._pack(vehicle, self._tours(vehicle, able), vehicle.count - used.get(code, 0))
            done = {visit.key for duty in duties for tour in duty for visit in tour.visits}
            todo = [visit for visit in todo if visit.key not in done]
            made += [row for i, duty in enumerate(duties) for row in self._rows(line, day, code, used.get(code, 0) + 1 + i, duty)]
            numbers[code] = max(numbers.get(code, 0), len(duties))
        if todo:
            raise SourceFault(f"{folder} : {line['Établissement']} {line['Dépôt']} {line['Catégories']}, {day} : "
                              f"{len(todo)} passages sans véhicule, par exemple {todo[0].key}")  # fmt: skip
        return made

    def _tours(self, vehicle: Vehicle, visits: list[Visit]) -> list[Tour]:
        """Nearest site first, clean before dirty, as long as load, hours and duty allow."""
        left = sorted(visits, key=lambda visit: (visit.rank, visit.key))
        tours: list[Tour] = []
        while left:
            tour, here = Tour(), self.week.index[vehicle.site]
            while True:
                dirty = any(visit.flow.hygiene == "dirty" for visit in tour.visits)
                near = sorted(left, key=lambda visit: (visit.flow.hygiene == "dirty", visit.rank, self.times[here][self._site(vehicle, visit)], visit.key))
                able = [visit for visit in near if visit.flow.hygiene == "dirty" or not dirty]
                following = next((visit for visit in able if self._fits(vehicle, [Tour([*tour.visits, visit])])), None)
                if following is None:
                    break
                tour.visits.append(following)
                left.remove(following)
                here = self._site(vehicle, following)
            if not tour.visits:
                break
            tours.append(tour)
        return tours

    def _pack(self, vehicle: Vehicle, tours: list[Tour], most: int) -> list[list[Tour]]:
        """Tours put one after the other into duties, at most `most` of them; the tours that fit no duty are left out."""
        duties: list[list[Tour]] = []
        for tour in tours:
            duty = next((d for d in duties if len(d) < vehicle.max_trips and self._fits(vehicle, [*d, tour])), None)
            if duty is not None:
                duty.append(tour)
            elif len(duties) < most:
                duties.append([tour])
        return duties

    def _site(self, vehicle: Vehicle, visit: Visit) -> int:
        return self.week.index[visit.flow.destination if visit.flow.origin == vehicle.site else visit.flow.origin]

    def _fits(self, vehicle: Vehicle, tours: list[Tour]) -> bool:
        if not all(self._loads(vehicle, tour) for tour in tours):
            return False
        plans = []
        for tour in tours:
            stops = []
            for visit in tour.visits:
                flow = visit.flow
                windows = visit.at_destination if flow.origin == vehicle.site else visit.at_origin
                place = self.week.places[flow.destination if flow.origin == vehicle.site else flow.origin]
                stops.append(StopPlan(place.index, flow.handle + flow.handle_empty, place.stop, windows))
            plans.append(TripPlan(tuple(stops)))
        duty = schedule(plans, self.week.index[vehicle.site], self.times, vehicle.opens, vehicle.closes, vehicle.reload)
        if duty.late or duty.seconds > vehicle.duty - MARGIN:
            return False
        for tour, trip in zip(tours, duty.trips, strict=True):
            for visit, stop in zip(tour.visits, trip.stops, strict=True):
                board = stop.starts - trip.departs if visit.flow.origin == vehicle.site else trip.returns - stop.leaves
                if visit.flow.limit is not None and board > visit.flow.limit:
                    return False
        return True

    @staticmethod
    def _loads(vehicle: Vehicle, tour: Tour) -> bool:
        """Places and kilograms at every moment; the compartment holds what the vehicle leaves the depot with."""
        out = [visit.flow for visit in tour.visits if visit.flow.origin == vehicle.site]
        places, kg = sum(flow.places for flow in out), sum(flow.kg for flow in out)
        band = vehicle.bands.get(out[0].temperature, vehicle.places) if out else vehicle.places
        if places > min(vehicle.places, band) + 1e-9 or kg > vehicle.kg + 1e-9:
            return False
        for visit in tour.visits:
            flow = visit.flow
            if flow.origin == vehicle.site:
                places += flow.empty_places - flow.places
                kg += flow.empty_kg - flow.kg
            else:
                places += flow.places
                kg += flow.kg
            if places > vehicle.places + 1e-9 or kg > vehicle.kg + 1e-9:
                return False
        return True

    def _rows(self, line: Record, day: str, code: str, number: int, duty: list[Tour]) -> list[dict[str, Any]]:
        vehicle = self.week.vehicle[code]
        return [
            {"day": day, "vehicle": code, "number": number, "trip": trip, "position": position, "flow": visit.flow.code,
             "action": "deliver" if visit.flow.origin == vehicle.site else "collect", "mark": "invented", "source": line["Source"]}
            for trip, tour in enumerate(duty, start=1)
            for position, visit in enumerate(tour.visits, start=1)
        ]  # fmt: skip
