"""Delivery routes of a typical week: tables -> arrays -> search -> plan.

Sets: days d; visits i of day d (flow, quantity q_i, windows W_i); vehicle types v with K_v vehicles, a depot,
capacities Q_v in floor places, kilograms and places of each compartment; duties r (one vehicle, one day: an
ordered list of at most T_v trips from and to its depot), each with its times.

    min   sum_v F_v n_v  +  w sum_d sum_r ( (k_v + g_v) km_r + c_v min(t_r, D_v) + o_v max(0, t_r - D_v) + c_x x_r )  +  w sum_i s_i y_i  +  p n

    the days of a flow with days to choose are one of the sets allowed to it: those listed, or all that keep its gaps (`patterns`)
    every visit is served once, or is one that may be skipped (y_i = 1) at its price s_i (`skipped`): loaded and unloaded in one trip, at a stop or at the vehicle's own depot at the
      trip's start or end; its empties go back the same day, in any one trip
    n_v >= duties of type v on every day, n_v <= K_v                                       v
    places, kg and compartment places on board <= Q_v on every leg: what the depot loads is on board from the
      start of the trip, what it unloads until the end, the rest in between                r
    service starts within the windows of what is served                                    r
    what a depot loads is ready, and what is brought there in time for it: loading >= ready_i, return <= due_i     i
    loading >= opening of shift and depot; return <= closing of both; t_r <= D_v + O_v, and the day of its driver     r
    a stop lasts the handling of its units, plus the site's fixed minutes on leaving the site; every departure
      follows `reload` minutes at the depot; t_r runs from the first loading to the last return, waiting included
    time from leaving the loading place to the start of unloading <= the flow's limit      i
    breaks of the driver as `driver_rules` says; every duty of a team has a driver of it, who keeps his day, night and week (`rosters`)
    vehicle allowed at every stop (gross weight, tail lift, low-emission zone), able to carry the temperature
      and the class, and the one imposed where the flow has a lock (`locks`); no part of a stop within hours in which a zone is
      closed to the vehicle (`zones`)                                                      r
    classes in one trip, and in one vehicle's trips of all its shifts with x_r disinfections in between, as their pairs say (`classes`)      r
    today's routes that are kept are duties as they are (`held`)
    CO2 of all duties, and of each establishment's vehicles, within its limit (`co2`)

    n <= N

with n the visits that other vehicles make than in the accepted routes, p their price and N the most allowed
(`staying`: none where no routes are accepted), F_v fixed cost a year, g_v the notional price of the CO2 of a kilometre, w weeks a year, t_r paid time, D_v normal duty, O_v longest overtime. The search
(`planner.solvers.routing_week`; again with `straight`) treats equal days as one, and proposes only orders of stops; times, loads and
costs are computed here from the tables (`schedule`, `write`), and a plan is given out only after its audit. Today's routes are the plan where
they keep every rule and nothing cheaper is found.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import pandas as pd

from planner.issues import Issue, Severity, errors
from planner.network import Network
from planner.plan import Limits, Plan, Progress, Status
from planner.problems.base import cost_of
from planner.problems.routes import audit as auditing
from planner.problems.routes import precheck, straight
from planner.problems.routes.attempt import Attempt, Engine, Starts
from planner.problems.routes.baseline import baseline
from planner.problems.routes.bound import bound
from planner.problems.routes.co2 import explained, within
from planner.problems.routes.columns import Beside
from planner.problems.routes.day_choice import search
from planner.problems.routes.days import firm, resumed, started
from planner.problems.routes.driver_check import crew_bound
from planner.problems.routes.emissions import Emissions, limits_of
from planner.problems.routes.enough import short_of_drivers
from planner.problems.routes.explain import diagnose
from planner.problems.routes.groups import Days, same_days
from planner.problems.routes.rosters import Rosters
from planner.problems.routes.serve import Servers
from planner.problems.routes.start import stops_of, taken_up
from planner.problems.routes.tables import ACCEPTED, COSTS, CURRENT
from planner.problems.routes.unavoidable import Unavoidable
from planner.problems.routes.week import Week
from planner.scenario import Scenario
from planner.solvers import routing, routing_week
from planner.solvers.routing_pool import Pool
from planner.solvers.routing_week import WeekResult

NAME = "routes"
DAYS_FIRST = 0.4  # of the time, to choose days of visit, and who carries what, where CO2 is limited
AFTER = 1.0  # seconds kept for costing and auditing
EXPLAINING = 8.0  # seconds after which nothing more is tried to explain that there is no plan


def solve(scenario: Scenario, network: Network, limits: Limits, progress: Progress) -> Plan:
    """The cheapest week found within the limits, audited; an outcome with its reasons when there is none."""
    began = time.monotonic()
    progress.report(NAME, phase="phase.precheck")  # checks and bound take some seconds for a large week
    found = precheck.check(scenario, network)
    if errors(found):  # with what would be enough
        told_first = (*errors(found), *(issue for issue in found if issue.severity is Severity.INFO))
        return Plan(NAME, Status.INFEASIBLE, seconds=time.monotonic() - began, scenario_hash=scenario.hash, issues=told_first)
    week = started(Week(scenario, network))
    known = stops_of(limits.start)
    if known and week.free and not week.accepted:
        week = resumed(week, known)
    week = straight.carried(week, [*((key, home.vehicle) for key, home in week.accepted.homes.items()), *(((row.day, row.flow, row.visit), row.vehicle) for row in known)])
    sure = firm(week)
    simple, beyond = bound(sure), crew_bound(sure) + week.accepted.price * Unavoidable(sure).count
    least = simple + beyond
    progress.report(NAME, bound=least, phase="phase.search")
    servers = Servers(week)
    groups = same_days(week, servers)
    left = max(1.0, limits.seconds - (time.monotonic() - began) - AFTER)

    def told(cost: float | None) -> None:
        progress.report(NAME, cost, max(least, columns.value + beyond), phase="phase.search")

    columns = Beside(week, limits, progress.should_stop, lambda value: told(None))
    rosters = Rosters(week)
    with Pool(min(limits.threads, routing_week.AT_ONCE)) as pool, columns:
        engine = Engine(week, groups, limits, pool, progress.should_stop, told, rosters)
        starts: Starts = taken_up(week, groups, known)
        choosing = bool(week.free) and not week.accepted  # accepted routes keep the days they have

        def first(seconds: float, known: Starts) -> tuple[Engine, Attempt]:
            return search(engine, seconds, known) if choosing else (engine, engine.run(seconds, starts=known))

        unmet: Emissions = {}
        if limits_of(scenario):
            if choosing or straight.able(week):
                engine, before_limits = straight.search(engine, DAYS_FIRST * left, starts, first)
                starts, left = before_limits.starts, left * (1 - DAYS_FIRST)
            made, unmet = within(engine, left, starts)
        else:
            engine, made = straight.search(engine, left, starts, first)
        if unmet:  # what they cost at least does not matter
            columns.end()
        unplanned = _unplanned(engine, made, unmet, progress.should_stop)
    by_columns = columns.end() > simple
    least = max(simple, columns.value) + beyond
    week, groups = engine.week, engine.groups
    frames, result, notes = made.frames, made.result, made.notes
    base = Plan(NAME, Status.FAILED, bound=least, seed=limits.seed, scenario_hash=scenario.hash, versions=routing.versions(), log=(*_log(groups, result), *made.steps, columns.note, *notes))
    kept = _today(scenario, network, None if frames is None or unplanned else cost_of(frames[COSTS.name]))
    if kept is not None:
        frames, unplanned = dict(kept.tables), []
        base = base.with_(issues=(Issue.info("routes_today_kept"),))
    if frames is None or unplanned:
        proven = any(issue.code.startswith("routes_co2_impossible") for issue in unplanned)
        return base.with_(status=Status.INFEASIBLE if proven else Status.NO_PLAN_IN_TIME, bound=None, issues=tuple(unplanned), seconds=time.monotonic() - began)
    base = base.with_(issues=(*base.issues, Issue.info("routes_bound_columns" if by_columns else "routes_bound_simple")))
    plan = _finished(frames, base, least, limits, progress.should_stop())
    before = limits.start.with_(scenario_hash=scenario.hash) if limits.start is not None and limits.start.cost is not None else None
    if before is not None and (before.cost or 0.0) < (plan.cost or 0.0) and auditing.audit(scenario, network, before.with_(bound=None)).valid:
        # duties are settled after the search, which may lose by it what it has not gained
        plan = _finished(dict(before.tables), base, least, limits, progress.should_stop())
    faults = errors(auditing.audit(scenario, network, plan).issues)
    if faults:
        return base.with_(bound=None, issues=(Issue.error("solver_failed", reason="audit"), *faults), seconds=time.monotonic() - began)
    return plan.with_(seconds=time.monotonic() - began)


def _today(scenario: Scenario, network: Network, cost: float | None) -> Plan | None:
    """Today's routes, where they keep every rule and are cheaper than what was found (`cost`; None: nothing)."""
    if not scenario.rows(CURRENT.name):
        return None
    plan = baseline(scenario, network)
    if plan.cost is None or (cost is not None and plan.cost >= cost - 0.005):
        return None
    return plan if not errors(auditing.audit(scenario, network, plan.with_(issues=())).issues) else None


def _unplanned(engine: Engine, made: Attempt, unmet: Emissions, should_stop: Callable[[], bool]) -> list[Issue]:
    """Why what was found is no plan, and what would be enough; nothing where it is one."""
    week = engine.week
    until = time.monotonic() + EXPLAINING if engine.limits.iterations is None else math.inf

    def late() -> bool:
        return should_stop() or time.monotonic() > until

    if made.frames is not None:
        return short_of_drivers(week, made, late)
    issues = [Issue.warning("solver_failed", reason=note) for note in dict.fromkeys(made.notes)]
    if unmet:
        return [*issues, *explained(week, unmet, max(0.0, until - time.monotonic()), engine.limits, should_stop)]
    if made.fewest is not None:
        return [*issues, Issue.error("routes_changes_limit", table=ACCEPTED.name, limit=week.accepted.most, smallest=made.fewest)]
    return issues if should_stop() else [*issues, *diagnose(engine, made, late)]


def _finished(frames: dict[str, pd.DataFrame], base: Plan, least: float, limits: Limits, stopped: bool) -> Plan:
    cost = cost_of(frames[COSTS.name])
    status = Status.STOPPED if stopped else Status.FEASIBLE
    if cost - least <= limits.gap * abs(cost):
        status = Status.OPTIMAL
    return base.with_(status=status, tables=frames, cost=cost)


def _log(groups: list[Days], result: WeekResult) -> tuple[str, ...]:
    lines = []
    for group, day in zip(groups, result.days, strict=True):
        data = group.model.data
        lines.append(
            f"{'+'.join(group.days)}: {len(data.jobs)} jobs, {len(data.shipments)} shipments, {data.dimensions} dimensions, "
            f"{len(data.access)} profiles, {len(day.routes)} routes, {day.iterations} iterations, {day.seconds:.1f} s"
        )
    return tuple(lines)
