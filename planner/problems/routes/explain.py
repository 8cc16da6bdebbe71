"""Why a day has no routes: the visits that find no place, and the smallest single change of a rule that places them all.

On each such day what is left out when everything may be is searched for, and the fewest vehicles more with which nothing is: what they
come to over the week is told where the week so made is a plan (`enough`). Then each change of a rule is tried on the whole day, in steps of
STEPS minutes, by searches that end with the first routes. A change that is not found to be enough in the time given may still
be; one that is told has routes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from planner.issues import Issue
from planner.problems.routes.accepted import VisitKey
from planner.problems.routes.attempt import Attempt, Engine
from planner.problems.routes.driver_tables import TEAMS
from planner.problems.routes.enough import means, third_party
from planner.problems.routes.groups import Days
from planner.problems.routes.judging import judge, safe
from planner.problems.routes.stops import Route
from planner.problems.routes.tables import FLOWS, VEHICLES
from planner.problems.routes.week import MIDNIGHT, Vehicle, Visit, Week
from planner.solvers.routing import DayData, DayResult, RouteData, StopRule, VisitData
from planner.solvers.routing_pool import Pool
from planner.solvers.routing_rules import Ruled, halves
from planner.solvers.routing_worker import Search

SHOWN = 20
SEARCHING = 4.0  # seconds of the first searches, of all days together
STEPS = (15, 30, 45, 60, 90, 120)
MOST_HOURS = 15  # a driver's day at most, as the table of teams admits it


def diagnose(engine: Engine, made: Attempt, late: Callable[[], bool] = lambda: False) -> list[Issue]:
    """The visits left out when any may be, per day without routes, and what would place them. `late`: no time for further trials."""
    week, limits = engine.week, engine.limits
    days = list(zip(engine.groups, made.result.days, strict=True))
    short = [group for group, day in days if not day.feasible]
    timed = limits.iterations is None
    share = min(max(1.0, 0.1 * limits.seconds), SEARCHING * engine.pool.workers / (2 * max(1, len(short)))) if timed else max(2.0, 0.1 * limits.seconds)
    rule = StopRule(seconds=share, iterations=limits.iterations)
    free = [_free(group) for group in short]
    optional = [Search(data.optional(100 * max(1, _scale(data))), rule, limits.seed) for data in free]
    fuller = [Search(_with_more(group.model.data), rule, limits.seed) for group in short]
    found = engine.pool.run([*optional, *fuller])
    more = [_kept_fuller(week, group, result) for group, result in zip(short, found[len(short) :], strict=True)]
    best = _truly_left(engine.pool, optional, found[: len(short)], more)
    issues: list[Issue] = []
    for group, one in zip(short, best, strict=True):
        issues += _unserved(group, one)
        if judge(week, [group]) is not None and one.feasible and not one.left_out and not one.unshipped:  # the engine serves all, but without the breaks
            issues.append(Issue.error("routes_breaks_do_not_fit", table=TEAMS.name, day="+".join(group.days)))

    def whole(others: Sequence[DayResult]) -> list[Route]:
        """The week of the days that have routes, and of these others."""
        ways = iter(others)
        return engine.named([route for group, day in days for route in group.routes((day if day.feasible else next(ways)).routes)])

    means_: list[Issue] = []
    if all(result.feasible for result in more):
        means_ = means(week, whole(more))
    elif not late():
        means_ = [Issue.info("routes_more_vehicles", table=VEHICLES.name, day="+".join(group.days)) for group, result in zip(short, more, strict=True) if not result.feasible]
    left = {_key_on(visit, day) for group, one in zip(short, best, strict=True) for visit in _visits(group, one) for day in group.days}
    if left and not late():
        means_ += third_party(week, whole(best), left)
    trials = [_Trials(week, group, data, one, engine.pool, replace(rule, seconds=share / 2, feasible=True), limits.seed, late)
              for group, data, one in zip(short, free, best, strict=True)]  # fmt: skip
    for trial in trials:
        issues += trial.issues(bool(means_))
    return issues + means_


def _truly_left(pool: Pool, asked: Sequence[Search], found: Sequence[DayResult], more: Sequence[DayResult]) -> list[DayResult]:
    """What is left out, searched again where rules were broken: a few minutes late weigh less than a visit left out, so that all is served, late.

    That search starts from the routes with more vehicles (`more`) without the vehicles that there are not, the least laden ones."""
    starts = {d: sorted(fuller.routes, key=lambda route: -sum(map(len, route.trips))) for d, (one, fuller) in enumerate(zip(found, more, strict=True)) if not one.feasible and fuller.feasible}
    again = dict(zip(starts, pool.run([replace(asked[d], start=start) for d, start in starts.items()]), strict=True))
    return [again[d] if d in again and again[d].feasible else one for d, one in enumerate(found)]


def _key_on(visit: Visit, day: str) -> VisitKey:
    return (day, *visit.key[1:])


def _free(group: Days) -> DayData:
    """The day with vehicles that cost nothing until they move."""
    return replace(group.model.data, fleet=tuple(replace(v, fixed=0) for v in group.model.data.fleet))


def _with_more(data: DayData) -> DayData:
    """The day with as many more vehicles of each type as there are stops, each at a price that no way outweighs; those there are cost nothing."""
    price, size = 10 * max(1, _scale(data)), max(1, len(data.jobs) + len(data.shipments))
    fleet = (*(replace(v, fixed=0) for v in data.fleet), *(replace(v, fixed=price, count=size) for v in data.fleet))
    toll = None if data.toll is None else np.concatenate([data.toll, data.toll])
    return replace(data, fleet=fleet, toll=toll, out=(*data.already, *(0 for _ in data.fleet)) if data.out else ())


def _kept_fuller(week: Week, group: Days, found: DayResult) -> DayResult:
    """Routes of a day with more vehicles, in terms of the types there are; infeasible where drivers could not take their breaks."""
    types = len(group.model.fleet)

    def kind(v: int) -> int:
        return v % types

    trial, asked = _with_more(group.model.data), judge(week, [group], kind)
    if asked is not None:  # a route that leaves no room for breaks may be cut in two, one part for a vehicle more
        parts = {RouteData((route.vehicle + types) % (2 * types), part.trips) for route in found.routes for part in halves(route)}
        priced = {part: asked.price(0, part) for part in parts}
        found = replace(found, seen=tuple((part, cost) for part, cost in priced.items() if cost is not None))
    ruled = Ruled([trial], [v.fixed for v in trial.fleet], asked, [safe(v) for v in group.model.fleet] * 2).kept(0, found)
    return replace(ruled, routes=tuple(replace(route, vehicle=kind(route.vehicle)) for route in ruled.routes))


def _scale(data: DayData) -> int:
    """The cost of the longest possible round trip."""
    return int(max(2 * data.distance.max() * v.per_metre + (v.duty + v.overtime) * (v.per_second + v.per_overtime) for v in data.fleet))


def _visits(group: Days, best: DayResult) -> list[Visit]:
    visits = [visit for j in best.left_out for visit in group.model.visits_of_job[j]]
    visits += [group.model.visits_of_shipment[s] for s in best.unshipped]
    return list({visit.key: visit for visit in visits}.values())


def _unserved(group: Days, best: DayResult) -> list[Issue]:
    visits = _visits(group, best)
    shown = "+".join(group.days)
    issues = []
    for visit in visits[:SHOWN]:
        issues.append(
            Issue.error("routes_unserved", table=FLOWS.name, row=visit.flow.row, column="flow", flow=visit.flow.code, day=shown,
                        origin=visit.flow.origin, destination=visit.flow.destination, quantity=float(visit.flow.quantity))
        )  # fmt: skip
    if len(visits) > SHOWN:
        issues.append(Issue.error("routes_more_unserved", table=FLOWS.name, count=len(visits) - SHOWN, day=shown))
    return issues


class _Trials:
    """Changes of single rules of one day, each tried until it is enough."""

    def __init__(self, week: Week, group: Days, data: DayData, best: DayResult, pool: Pool, rule: StopRule, seed: int, late: Callable[[], bool]) -> None:
        self.week, self.group, self.data, self.best = week, group, data, best
        self.pool, self.rule, self.seed, self.late = pool, rule, seed, late
        self.cut = False  # whether time was up before all was tried
        self.day = "+".join(group.days)

    def works(self, trial: DayData, longer: int = 0, wider: int = 0, group: Days | None = None) -> bool:
        """Whether the day has routes, with breaks. `longer`, `wider`: minutes of duty more, of shift more at both ends; `group`: the day with other vehicles."""
        if self.late():
            self.cut = True
            return False
        found = self.pool.run([Search(trial, self.rule, self.seed)])[0]
        asked = judge(self.week, [group or self.group], longer=60 * longer, wider=60 * wider)
        return Ruled([trial], [v.fixed for v in trial.fleet], asked, [safe(v) for v in (group or self.group).model.fleet]).kept(0, found).feasible

    def issues(self, means: bool) -> list[Issue]:
        """What is enough on this day. `means`: whether more vehicles, or a third party, are known to be."""
        found = [*self._overtime(), *self._driver_day(), *self._windows(), *self._shift(), *self._trips(), *self._places()]
        return found or ([] if means or self.cut else [Issue.info("routes_no_single_relaxation", table=VEHICLES.name, day=self.day)])

    def _least(self, change: Callable[[int], DayData], longer: bool = False, wider: bool = False, group: Callable[[int], Days] | None = None) -> int | None:
        """The fewest minutes of STEPS that are enough, None where the most are not. `longer`, `wider`: they lengthen the duty, the shift;
        `group`: the day with the vehicles that they make."""

        def works(minutes: int) -> bool:
            return self.works(change(minutes), minutes * longer, minutes * wider, None if group is None else group(minutes))

        if not works(STEPS[-1]):
            return None
        low, high = 0, len(STEPS) - 1
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if works(STEPS[middle]) else (middle + 1, high)
        return STEPS[high]

    def _windows(self) -> list[Issue]:
        """Windows of the visits left out, opened earlier and closed later."""

        def wide(visit: VisitData, seconds: int) -> VisitData:
            return replace(visit, opens=max(0, visit.opens - seconds), closes=min(MIDNIGHT, visit.closes + seconds))

        def change(minutes: int) -> DayData:
            jobs = tuple(replace(job, alternatives=tuple(wide(visit, 60 * minutes) for visit in job.alternatives)) if j in self.best.left_out else job
                         for j, job in enumerate(self.data.jobs))  # fmt: skip
            shipments = tuple(replace(s, pickup=wide(s.pickup, 60 * minutes), delivery=wide(s.delivery, 60 * minutes)) if i in self.best.unshipped else s
                              for i, s in enumerate(self.data.shipments))  # fmt: skip
            return replace(self.data, jobs=jobs, shipments=shipments)

        visits = _visits(self.group, self.best)
        minutes = self._least(change) if visits else None
        if minutes is None:
            return []
        flows = list(dict.fromkeys(visit.flow.code for visit in visits))
        shown = ", ".join(flows[:5]) + (f" (+{len(flows) - 5})" if len(flows) > 5 else "")
        return [Issue.info("routes_relax_window", table=FLOWS.name, row=visits[0].flow.row, column="closes", day=self.day, minutes=minutes, flows=shown)]

    def _longer(self, fleet: Sequence[Vehicle]) -> DayData:
        """The day with duties as long as those of these vehicles, the fleet's with a change."""
        kinds = zip(self.data.fleet, self.group.model.fleet, fleet, strict=True)
        return replace(self.data, fleet=tuple(replace(kind, overtime=kind.overtime + then.longest - now.longest) for kind, now, then in kinds))

    def _overtime(self) -> list[Issue]:
        """Duties longer, within the day of their driver."""

        def fleet(minutes: int) -> list[Vehicle]:
            return [replace(v, overtime=v.overtime + 60 * minutes) for v in self.group.model.fleet]

        if [v.longest for v in fleet(STEPS[-1])] == [v.longest for v in self.group.model.fleet]:
            return []
        minutes = self._least(lambda m: self._longer(fleet(m)), longer=True)
        return [] if minutes is None else [Issue.info("routes_relax_overtime", table=VEHICLES.name, column="overtime_minutes", day=self.day, minutes=minutes)]

    def _driver_day(self) -> list[Issue]:
        """The day of drivers longer, where it ends duties before their vehicle's hours do."""
        crews = self.week.crews
        bound = {v.team: crews[v.team] for v in self.group.model.fleet if v.team in crews and v.driver_day < v.duty + v.overtime}

        def fleet(minutes: int) -> list[Vehicle]:
            most = {code: min(crew.day_seconds + 60 * minutes, crew.longest, crew.day_span, MOST_HOURS * 3600) for code, crew in bound.items()}
            return [replace(v, driver_day=max(v.driver_day, most.get(v.team or "", 0))) for v in self.group.model.fleet]

        if fleet(STEPS[-1]) == list(self.group.model.fleet):
            return []
        minutes = self._least(lambda m: self._longer(fleet(m)), group=lambda m: replace(self.group, model=replace(self.group.model, fleet=tuple(fleet(m)))))
        if minutes is None:
            return []
        row = min(crew.row for crew in bound.values())
        return [Issue.info("routes_relax_driver_day", table=TEAMS.name, row=row, column="day_hours", day=self.day, minutes=minutes, teams=", ".join(crew.code for crew in bound.values()))]

    def _shift(self) -> list[Issue]:
        def change(minutes: int) -> DayData:
            more = 60 * minutes
            fleet = tuple(replace(v, opens=max(0, v.opens - more), closes=v.closes + more) for v in self.data.fleet)
            return replace(self.data, fleet=fleet, depots=tuple(replace(d, opens=max(0, d.opens - more), closes=d.closes + more) for d in self.data.depots))

        minutes = self._least(change, wider=True)
        return [] if minutes is None else [Issue.info("routes_relax_shift", table=VEHICLES.name, column="shift_end", day=self.day, minutes=minutes)]

    def _trips(self) -> list[Issue]:
        more = replace(self.data, fleet=tuple(replace(v, max_trips=v.max_trips + 1) for v in self.data.fleet))
        return [Issue.info("routes_relax_trips", table=VEHICLES.name, column="max_trips", day=self.day)] if self.works(more) else []

    def _places(self) -> list[Issue]:
        """Larger vehicles: all their capacities, by the smallest percentage of the steps."""
        percent = self._least(lambda p: replace(self.data, fleet=tuple(replace(v, capacity=tuple(c * (100 + p) // 100 for c in v.capacity)) for v in self.data.fleet)))
        return [] if percent is None else [Issue.info("routes_relax_capacity", table=VEHICLES.name, column="places", day=self.day, percent=percent)]
