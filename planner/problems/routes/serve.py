"""Which vehicle can serve which visit on its own, and if none, which rule stands in the way.

Driving times are those of the quickest chain of sites, so that a visit that a vehicle cannot serve alone it
cannot serve in any tour either, whatever else it does on the way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

from planner.problems.routes.driver_rules import DAILY
from planner.problems.routes.schedule import Duty, StopPlan, TripPlan, schedule
from planner.problems.routes.week import Flow, Vehicle, Visit, Week, Windows
from planner.problems.routes.zones import outside

ENDS: dict[str, Callable[[Flow], tuple[str, ...]]] = {  # where each way of moving a flow stops
    "deliver": lambda flow: (flow.destination,), "collect": lambda flow: (flow.origin,), "carry": lambda flow: (flow.origin, flow.destination),
}  # fmt: skip


@dataclass(frozen=True)
class Obstacle:
    """A rule that forbids a vehicle to serve a visit even alone; `need` against `have` (units depend on the rule)."""

    rule: str
    need: float = 0.0
    have: float = 0.0


class Servers:
    """Answers for one week, remembered: the same flow asks the same question on every day."""

    def __init__(self, week: Week) -> None:
        self.week = week
        self._known: dict[tuple[object, ...], list[Obstacle]] = {}

    def obstacles(self, vehicle: Vehicle, visit: Visit) -> list[Obstacle]:
        """Everything that keeps a vehicle from serving a visit in a trip of its own; empty when it can."""
        barred = tuple(self.week.barred(vehicle, site, visit.day) for site in (visit.flow.origin, visit.flow.destination))
        key = (vehicle.code, visit.flow.code, visit.at_origin, visit.at_destination, barred)
        if key not in self._known:
            self._known[key] = self._obstacles(vehicle, visit)
        return self._known[key]

    def judge(self, vehicle: Vehicle, visit: Visit) -> list[Obstacle]:
        """The same of a vehicle or a visit that is not of the week: nothing is remembered."""
        return self._obstacles(vehicle, visit)

    def _obstacles(self, vehicle: Vehicle, visit: Visit) -> list[Obstacle]:
        found = [Obstacle(*refusal) for refusal in self.week.refusals(vehicle, visit.flow)]
        mode = self.week.mode(vehicle, visit.flow)
        if mode != "deliver" and not visit.at_origin:
            found.append(Obstacle("closed_origin"))
        if mode != "collect" and not visit.at_destination:
            found.append(Obstacle("closed_destination"))
        if any(o.rule.startswith("closed") or o.rule in ("places", "band", "kg") for o in found):
            return found  # the times of a load that does not fit would only mislead
        closed = [stop for stop in self.stops(vehicle, visit) if not stop.windows]
        if closed:
            return [*found, Obstacle("zone", (closed[0].handling + closed[0].fixed) / 60)]
        duty = self.alone(vehicle, visit)
        if duty is None:
            return [*found, Obstacle("no_way")]
        if duty.late and not self._late_anyway(vehicle, visit):
            found.append(Obstacle("zone", (self.stops(vehicle, visit)[0].handling + self.stops(vehicle, visit)[0].fixed) / 60))
        elif duty.late and not self._late_anyway(vehicle, replace(visit, flow=replace(visit.flow, ready=0, due=None)), barred=True):
            found.append(Obstacle("ready"))
        elif duty.late:
            found.append(Obstacle("window", duty.ends / 60, vehicle.closes / 60))
        length = duty.seconds
        if vehicle.rules is not None:
            driving = self._driving(vehicle, visit, mode)
            work = driving + sum(trip.departs - trip.loads + sum(stop.leaves - stop.starts for stop in trip.stops) for trip in duty.trips)
            if vehicle.rules.driving and driving > DAILY:
                found.append(Obstacle("driving", driving / 60, DAILY / 60))
            elif vehicle.rules.paid:
                length = max(length, work + vehicle.rules.least(work, driving))
        if length > vehicle.longest:
            found.append(Obstacle("duty", length / 60, vehicle.longest / 60))
        board = self.on_board(mode, duty)
        if visit.flow.limit is not None and board > visit.flow.limit:
            found.append(Obstacle("on_board", board / 60, visit.flow.limit / 60))
        return found

    def _late_anyway(self, vehicle: Vehicle, visit: Visit, barred: bool = False) -> bool:
        duty = self.alone(vehicle, visit, barred)
        return duty is None or duty.late > 0

    def alone(self, vehicle: Vehicle, visit: Visit, barred: bool = True) -> Duty | None:
        """The shortest duty that serves nothing but this visit, None where there is no way. `barred`: hours barred to the vehicle count."""
        week, flow = self.week, visit.flow
        mode = week.mode(vehicle, flow)
        tour = (vehicle.site, *ENDS[mode](flow), vehicle.site)
        if any(week.quickest[week.index[a]][week.index[b]] < 0 for a, b in pairwise(tour)):
            return None
        depot = week.index[vehicle.site]
        plan = TripPlan(tuple(self.stops(vehicle, visit, barred)), flow.ready if mode == "deliver" else 0, due=flow.due if mode == "collect" else None)
        return schedule([plan], depot, week.quickest, vehicle.opens, vehicle.closes, vehicle.reload)

    def stops(self, vehicle: Vehicle, visit: Visit, barred: bool = True) -> list[StopPlan]:
        """The stops of a trip that serves nothing but this visit, open outside the hours in which the vehicle is barred."""
        week, flow = self.week, visit.flow
        mode = week.mode(vehicle, flow)
        handling = flow.handle + (0 if mode == "carry" else flow.handle_empty)
        made = []
        for site in ENDS[mode](flow):
            windows: Windows = visit.at_origin if site == flow.origin else visit.at_destination
            fixed = week.places[site].stop
            hours = week.barred(vehicle, site, visit.day) if barred else ()
            made.append(StopPlan(week.index[site], handling, fixed, outside(windows, hours, handling + fixed)))
        return made

    def _driving(self, vehicle: Vehicle, visit: Visit, mode: str) -> int:
        """Driving seconds of a duty of `alone`."""
        tour = (vehicle.site, *ENDS[mode](visit.flow), vehicle.site)
        return sum(self.week.quickest[self.week.index[a]][self.week.index[b]] for a, b in pairwise(tour))

    @staticmethod
    def on_board(mode: str, duty: Duty) -> int:
        """Seconds on board in a duty of `alone`."""
        trip = duty.trips[0]
        if mode == "deliver":
            return trip.stops[0].starts - trip.departs
        return (trip.returns if mode == "collect" else trip.stops[1].starts) - trip.stops[0].leaves

    def servers(self, visit: Visit) -> dict[str, str]:
        """Vehicle types that can serve the visit alone, with how they move it (deliver, collect, carry)."""
        return {
            vehicle.code: self.week.mode(vehicle, visit.flow)
            for vehicle in self.week.vehicles
            if vehicle.count > 0 and not self.obstacles(vehicle, visit)
        }

    def nearest(self, visit: Visit) -> tuple[Vehicle, list[Obstacle]] | None:
        """The vehicle type that comes closest to serving a visit (fewest rules broken), None without any vehicle."""
        fleet = [vehicle for vehicle in self.week.vehicles if vehicle.count > 0]
        if not fleet:
            return None
        best = min(fleet, key=lambda v: (len(self.obstacles(v, visit)), self.week.mode(v, visit.flow) == "carry", v.row))
        return best, self.obstacles(best, visit)
