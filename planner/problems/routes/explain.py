"""Why a day has no routes: the visits that find no place, and the smallest single change of a rule that places them all.

What is left out when everything may be is searched for first; then each change is tried on the whole day, in steps of
STEPS minutes, by searches that end with the first routes. A change that is not found to be enough in the time given may still
be; one that is told has routes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from planner.issues import Issue
from planner.plan import Limits
from planner.problems.routes.driver_tables import TEAMS
from planner.problems.routes.groups import Days
from planner.problems.routes.judging import judge, safe
from planner.problems.routes.tables import FLOWS, VEHICLES
from planner.problems.routes.week import MIDNIGHT, Visit, Week
from planner.solvers.routing import DayData, DayResult, StopRule, VisitData
from planner.solvers.routing_pool import Pool
from planner.solvers.routing_rules import Ruled
from planner.solvers.routing_week import WeekResult
from planner.solvers.routing_worker import Search

SHOWN = 20
STEPS = (15, 30, 45, 60, 90, 120)


def diagnose(week: Week, groups: Sequence[Days], result: WeekResult, limits: Limits) -> list[Issue]:
    """The visits left out when any may be, and what would place them, per day without routes."""
    share = max(2.0, 0.1 * limits.seconds)
    issues: list[Issue] = []
    with Pool(min(2, limits.threads)) as pool:
        for group, day in zip(groups, result.days, strict=True):
            if day.feasible:
                continue
            data = group.model.data
            free = replace(data, fleet=tuple(replace(v, fixed=0) for v in data.fleet))
            prize = 100 * max(1, _scale(free))
            best = pool.run([Search(free.optional(prize), StopRule(seconds=share, iterations=limits.iterations), limits.seed)])[0]
            issues += _unserved(group, best)
            if judge(week, [group]) is not None and not best.left_out and not best.unshipped:  # the engine serves all, but without the breaks
                issues.append(Issue.error("routes_breaks_do_not_fit", table=TEAMS.name, day="+".join(group.days)))
            issues += _Trials(week, group, free, best, pool, StopRule(seconds=share / 2, iterations=limits.iterations, feasible=True), limits.seed).issues()
    return issues


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

    def __init__(self, week: Week, group: Days, data: DayData, best: DayResult, pool: Pool, rule: StopRule, seed: int) -> None:
        self.week, self.group, self.data, self.best = week, group, data, best
        self.pool, self.rule, self.seed = pool, rule, seed
        self.day = "+".join(group.days)

    def works(self, trial: DayData, longer: int = 0, wider: int = 0) -> bool:
        """Whether the day has routes, with breaks. `longer`, `wider`: minutes of duty more, of shift more at both ends."""
        found = self.pool.run([Search(trial, self.rule, self.seed)])[0]
        asked = judge(self.week, [self.group], longer=60 * longer, wider=60 * wider)
        return Ruled([trial], [v.fixed for v in trial.fleet], asked, [safe(v) for v in self.group.model.fleet]).kept(0, found).feasible

    def issues(self) -> list[Issue]:
        found = [*self._windows(), *self._overtime(), *self._shift(), *self._trips(), *self._vehicle(), *self._places()]
        return found or [Issue.info("routes_no_single_relaxation", table=VEHICLES.name, day=self.day)]

    def _least(self, change: Callable[[int], DayData], longer: bool = False, wider: bool = False) -> int | None:
        """The fewest minutes of STEPS that are enough, None where the most are not. `longer`, `wider`: they lengthen the duty, the shift."""

        def works(minutes: int) -> bool:
            return self.works(change(minutes), minutes * longer, minutes * wider)

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

    def _overtime(self) -> list[Issue]:
        minutes = self._least(lambda m: replace(self.data, fleet=tuple(replace(v, overtime=v.overtime + 60 * m) for v in self.data.fleet)), longer=True)
        return [] if minutes is None else [Issue.info("routes_relax_overtime", table=VEHICLES.name, column="overtime_minutes", day=self.day, minutes=minutes)]

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

    def _vehicle(self) -> list[Issue]:
        """The vehicle with the smallest fixed cost of which one more is enough."""
        for v in sorted(range(len(self.data.fleet)), key=lambda v: self.group.model.fleet[v].fixed_cost):
            more = tuple(replace(vehicle, count=vehicle.count + (i == v)) for i, vehicle in enumerate(self.data.fleet))
            if self.works(replace(self.data, fleet=more)):
                vehicle = self.group.model.fleet[v]
                return [Issue.info("routes_relax_vehicle", table=VEHICLES.name, row=vehicle.row, column="count", day=self.day, vehicle=vehicle.code, cost=float(vehicle.fixed_cost))]
        return []

    def _places(self) -> list[Issue]:
        """Larger vehicles: all their capacities, by the smallest percentage of the steps."""
        percent = self._least(lambda p: replace(self.data, fleet=tuple(replace(v, capacity=tuple(c * (100 + p) // 100 for c in v.capacity)) for v in self.data.fleet)))
        return [] if percent is None else [Issue.info("routes_relax_capacity", table=VEHICLES.name, column="places", day=self.day, percent=percent)]
