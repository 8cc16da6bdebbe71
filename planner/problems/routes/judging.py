"""The breaks of drivers as a rule on the routes of the search, which knows none: what a route costs with them, or that they do not fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from planner.problems.routes.breaks import Step, shortest
from planner.problems.routes.driver_rules import DRIVING, DriverRules
from planner.problems.routes.groups import Days
from planner.problems.routes.schedule import events_of, with_breaks
from planner.problems.routes.stops import Trip
from planner.problems.routes.week import Vehicle, Week, Windows
from planner.problems.routes.write import handling, trip_plans
from planner.problems.routes.zones import outside
from planner.solvers.routing import Act, RouteData
from planner.solvers.routing_partition import Cap
from planner.solvers.routing_rules import Judge


class BreakJudge:
    """Judges the routes of a week's groups of days. `kind`: the vehicle type of the model that a type of the search stands for.

    `longer`, `wider`: seconds of duty more, and of shift more at both ends, than the vehicles have, to see whether that would help.
    """

    def __init__(self, week: Week, groups: Sequence[Days], kind: Callable[[int], int] = lambda v: v, longer: int = 0, wider: int = 0) -> None:
        self.week, self.groups, self.kind, self.longer, self.wider = week, groups, kind, longer, wider
        self.metres: list[list[int]] = week.metres.tolist()
        self.stop = [week.places[site].stop for site in week.network.sites]
        self.acts: dict[tuple[int, Act], tuple[tuple[tuple[int, int, Windows], ...], int, frozenset[str]]] = {}  # stops (site, handling, windows), release, classes

    def asks(self, day: int, route: RouteData) -> bool:
        rules = self._vehicle(day, route).rules
        if rules is None:
            return False
        span, driving, _ = self._plain(day, route)
        return span is None or not rules.asks_nothing(span, driving)

    def price(self, day: int, route: RouteData) -> int | None:
        vehicle, rates = self._vehicle(day, route), self.groups[day].model.data.fleet[self.kind(route.vehicle)]
        seconds, driving, metres = self._plain(day, route)
        if seconds is None:
            return None
        if vehicle.rules is not None and not vehicle.rules.asks_nothing(seconds, driving):
            group = self.groups[day]
            made = group.model.routes([RouteData(self.kind(route.vehicle), route.trips)], group.days[0])[0]
            home = self.week.index[vehicle.site]
            opens, closes = self._hours(day, route)
            duty = with_breaks(events_of(trip_plans(self.week, made), home, self.week.drives, opens, closes, vehicle.reload), vehicle.rules)
            if duty is None:
                return None
            seconds = duty.seconds
        if seconds > min(vehicle.longest + self.longer, vehicle.driver_day):  # overtime does not lengthen the day of a driver
            return None
        return metres * rates.per_metre + seconds * rates.per_second + max(0, seconds - vehicle.duty) * rates.per_overtime

    def _vehicle(self, day: int, route: RouteData) -> Vehicle:
        return self.groups[day].model.fleet[self.kind(route.vehicle)]

    def _hours(self, day: int, route: RouteData) -> tuple[int, int]:
        """Earliest loading, later than that of the vehicle where the search plans it so, and latest return."""
        opens = max(self._vehicle(day, route).opens, self.groups[day].model.data.fleet[self.kind(route.vehicle)].opens)
        return max(0, opens - self.wider), self._vehicle(day, route).closes + self.wider

    def _plain(self, day: int, route: RouteData) -> tuple[int | None, int, int]:
        """Shortest duty without breaks (None where there is none), driving and metres of a route."""
        vehicle, drives = self._vehicle(day, route), self.week.drives
        home = self.week.index[vehicle.site]
        opens, closes = self._hours(day, route)
        steps: list[Step] = []
        metres = 0
        days = self.groups[day].days
        carried = [frozenset[str]().union(*(self._act(day, act)[2] for act in trip)) for trip in route.trips]
        following = [*(pair.seconds if pair else 0 for pair in self.week.classes.disinfections(carried)[1:]), 0]
        for trip, disinfection in zip(route.trips, following, strict=True):
            stops: list[tuple[int, int, Windows]] = []
            release = opens
            for act in trip:
                made, earliest, _ = self._act(day, act)
                release = max(release, earliest)
                for site, time, windows in made:
                    if stops and stops[-1][0] == site and stops[-1][2] == windows:
                        stops[-1] = (site, stops[-1][1] + time, windows)
                    else:
                        stops.append((site, time, windows))
            steps.append((0, vehicle.reload, ((release, max(release, closes)),)))
            here = home
            for i, (site, time, windows) in enumerate(stops):
                leaving = i + 1 == len(stops) or stops[i + 1][0] != site
                spend = time + (self.stop[site] if leaving else 0)
                steps.append((drives[here][site], spend, outside(windows, self.week.barred(vehicle, self.week.network.sites[site], days[0]), spend)))
                metres += self.metres[here][site]
                here = site
            steps.append((drives[here][home], disinfection, ((0, closes),)))
            metres += self.metres[here][home]
        driving = sum(step[0] for step in steps)
        return shortest(steps), driving, metres

    def _act(self, day: int, act: Act) -> tuple[tuple[tuple[int, int, Windows], ...], int, frozenset[str]]:
        known = self.acts.get((day, act))
        if known is None:
            stops, release = self.groups[day].model.stops(act)
            known = tuple((self.week.index[stop.site], sum(handling(move) for move in stop.moves), stop.windows) for stop in stops), release, Trip(stops).classes
            self.acts[day, act] = known
        return known

    def caps(self) -> list[Cap]:
        """What the drivers of each team can do at most: hours, duties of a day, duties of a week. (That they keep their rest too is for the rota.)"""
        found: list[Cap] = []
        for crew in self.week.crews.values():
            if crew.drivers is None:
                continue

            def own(day: int, route: RouteData, code: str = crew.code) -> bool:
                return self._vehicle(day, route).team == code

            def hours(day: int, route: RouteData, own: Callable[[int, RouteData], bool] = own) -> float:
                return (self._plain(day, route)[0] or 0) * len(self.groups[day].days) if own(day, route) else 0.0

            def duties(day: int, route: RouteData, own: Callable[[int, RouteData], bool] = own) -> float:
                return float(len(self.groups[day].days)) if own(day, route) else 0.0

            def at_day(which: int, own: Callable[[int, RouteData], bool] = own) -> Callable[[int, RouteData], float]:
                return lambda day, route: float(day == which and own(day, route))

            found += [(hours, float(crew.drivers * crew.longest)), (duties, float(crew.drivers * crew.most_days * crew.day_duties))]
            found += [(at_day(which), float(crew.drivers * crew.day_duties)) for which in range(len(self.groups))]
        return found


def judge(week: Week, groups: Sequence[Days], kind: Callable[[int], int] = lambda v: v, longer: int = 0, wider: int = 0) -> Judge | None:
    """None where no vehicle has rules and no drivers are counted."""
    asked = any(vehicle.rules for vehicle in week.vehicles) or any(crew.drivers is not None for crew in week.crews.values())
    return BreakJudge(week, groups, kind, longer, wider) if asked else None


def caps(week: Week, groups: Sequence[Days], kind: Callable[[int], int] = lambda v: v) -> tuple[Cap, ...]:
    return tuple(BreakJudge(week, groups, kind).caps()) if any(crew.drivers is not None for crew in week.crews.values()) else ()


def safe(vehicle: Vehicle) -> int:
    """Seconds of a duty of which the rules say nothing (its driving is at most the duty less one loading)."""
    rules = vehicle.rules
    most = vehicle.longest
    return most if rules is None else min(most, _free(rules, vehicle.reload))


def _free(rules: DriverRules, reload: int) -> int:
    spans = [DRIVING + reload] if rules.driving else []
    spans += [rules.work_before] if rules.work_break else []
    spans += [max(rules.meal_after, rules.meal_until - rules.meal_from - 1)] if rules.meal else []
    return min(spans, default=10**9)
