"""The kitchens problem as a mathematical program, handed to `planner.solvers.location`.

Sets and data (arrays of `data.Facts`)
    kitchens k with states s (`states`: open at a level, in the i-th year of works from a level towards a higher one, shut, waiting;
    with sanitary approval or without): capacity C_ks and chilling C'_ks (meals per production day), smallest team B_ks, yearly cost
    F_ks (running, holidays worked, temporary kitchen); investments behind the levels, subsidies deducted; sites j, modes m (hot,
    cold), years t = 0..T-1 with discount factor d_t = (1 + r)^-t; D_jt meals per year on average over the cases c of demand,
    M^c_jt those of case c; load L^b_kjmt meals per production day, b a case with one of the days (hot) and one of the runs of days (cold)
    that can be the busiest (`peaks`); effort e_km of a meal; Y_t budget of investments;
    Q_t natural departures; A meals a week of the exemption from approval; N_t most kitchens open; E cost of a post and year; R_jt what
    the customers of a site pay.

Decisions
    z_kst in {0,1}   kitchen k is in state s in year t
    x_kjmt in {0,1}  kitchen k feeds site j in mode m in year t;  x_0jt in {0,1} nobody does (optional customers only)
    g_jt in {0,1}    site j is equipped for regeneration at the start of year t
    n_kt whole       posts of kitchen k in year t
    u_j in {0,1}     site j departs from the accepted plan

Minimise  sum_t d_t ( sum_ks F_ks z_kst                                open levels, works, holidays
                    + sum_k E n_kt                                     posts, also those kept above need
                    + sum_kjm x_kjmt [ D_jt (food_k + other_k + egalim_t + waste_kjm) + delivery_kjt + co2_kjt ]
                    - sum_kjm x_kjmt R_jt                              what customers pay
                    + sum_k (closing_k [k closes at t] + approval_k [k is approved at t] + upkeep_k [k is shut after closing])
                    + annuities, from the year of each expense to the end of the plan )
          + P sum_j u_j                                                price of the changes, not discounted

Subject to, for every year t
    one kitchen, one mode      sum_km x_kjmt (+ x_0jt) = 1 for every site that eats; x only where the kitchen makes the
                               mode and every diet of the site, every demand row of the site accepts it, the drive is within the mode's
                               limit, and the production calendar and the use-by allow it (every row's days of the week, hot)
    open                       sum_m x_kjmt <= sum_{s open} z_kst;  sum_k sum_{s open} z_kst <= N_t
    imposed kitchen            where k is imposed on site j: sum_{k' <> k, m} x_k'jmt <= 1 - sum_{s open} z_kst
    capacity                   sum_jm L^b_kjmt x_kjmt <= sum_s C_ks z_kst;  cold alone: <= sum_s C'_ks z_kst;  for every b
                               (but those that ask no more of any site than another one: its rows imply theirs)
    approval                   sum over sites elsewhere of L^b_kjmt x_kjmt <= A / p_k where not approved, none beyond its distance
    posts                      n_kt >= sum_jm e_km M^c_jt x_kjmt / productivity_k for every case c;  n_kt >= B_ks z_kst;  n_kt = 0 if closed
    natural departures         sum_k n_kt >= sum_k n_k,t-1 - Q_t; before the first year stand the posts of today; an
                               establishment that enters brings today's posts of its kitchens, one that leaves
                               takes as many back
    equipment                  sum_k x_kj,cold,t <= sum_{s <= t} g_js for sites not equipped today
    budget                     kitchen investments of the year + site equipment of the year <= Y_t (renewals, which the annuities
                               hold, are no decision and are left out)
    CO2                        average over the years of sum_kjm x_kjmt (km of the pair x kg/km) <= the limit, where there is one
    states over the years      one step a year along the arcs of `states`: existing kitchens start at today's level; a level that
                               asks for N years of works opens after them; a kitchen that closed stays closed; a candidate opens
                               from its earliest year on; an approval is kept
    locks                      in the years in which the lock holds: "close" leaves no state open or in works; "keep" and "open", and a site
                               that k is imposed on, leave the open ones in every year k can be open, and works of a candidate
                               towards a level that cannot be open yet
    accepted plan              sum of x_kjmt over (k, m) other than the accepted ones <= u_j in the years it mentions;
                               sum_j u_j <= N. An accepted way that the rules no longer allow is simply a change
    a kitchen stopped          where a share of meals must still be served, from the month chosen or the worst: checked on the plan
                               found (`stops`), which is sought again with a share of every capacity and chilling kept free until it
                               holds, then with one of some kitchens, which stay open (`rescue`: a heuristic; the bound is that
                               without it, and where no plan is found nothing is proven)

Conventions, the same in the audit
    Decisions take effect at the start of a year; growth counts from the first year.
    A row is eaten on days of the week of its own (four for schools), a kitchen works from Monday on. A kitchen needs what its busiest day of
    hot meals asks for, each made on the day it is eaten, plus what its tightest run of days asks for of cold ones: the meals of all
    rows eaten in the run per day that can make them (`rules.cold_runs`): 7/5 of the daily meals for 5 days' work for 7, as soon as the
    use-by lets production be evened out; infinite where no production day is recent enough. On the real calendar the same over
    every run of days of the year (`days.asked`). Rows eaten on different days are so made by one common schedule. A row eaten in w weeks of the year only has all its meals in them; the weeks
    left out come from one list (`seasons`), so that all rows are there in the weeks of the one with fewest: the typical week.
    Yearly meals, and the posts that follow them, stay what they are.
    Going up from level a to b costs max(0, I_b - I_a), I = 0 up to today's level, subsidies deducted from I; opening a candidate
    costs I_l; N years of works spread it over N equal expenses; going down costs nothing and gives nothing back, and going up
    again is paid again. An existing kitchen open in the first year past its deadline pays its refurbishment then. Each expense becomes
    a constant annuity (rate r, lifetime of the level reached; the first in its year, so that over a lifetime the discounted annuities are the
    expense) from its year to the end of the plan, whatever happens later (sunk; past its lifetime it is renewed alike); that of a kitchen, in the
    years in which its establishment shares; that of a site, renewed only as long as it eats. A customer left unserved in a year buys nothing in it.
    What rows of a site ask for (mode, diet, days) counts in the years in which they are eaten.
    During works the level left keeps a share of its capacity (and of its chilling), its running cost and its smallest team.
    A site is equipped today when ticked or when it is served cold today; one that begins later is no customer today.
    Posts are whole in every plan. Today's organisation, to which plans are compared, has the posts of the data, parts among them.
    Delivery_kjt = R_jt (2 km x €/km + 2 minutes / 60 x h) + N stop / 60 x h, nothing at the same place (0 km), with
    N = deliveries per week (on no day without meals: `rules.deliveries_a_week`) x weeks of the site's row with most, h = driver + truck per hour, and R_jt = max(N x share, D_jt / meals per truck)
    round trips: a site of a shared round bears a share of it, but never less than the trucks that its meals fill; averaged
    over the cases of demand.
    An establishment counts in a year as soon as it shares one day of it. Before and after, its sites do not
    eat here and its kitchens cannot be used.

Bound. Cost lines are rounded to the cent twice (amount, then discounted), so the total of a plan can lie below
its exact cost by at most one cent per line: the solver's bound is lowered by a cent per possible line and
rounded down to the cent before it is shown. Where the program is stricter than the rules (`program.exact`), no bound is given, and
today's organisation is the plan where it keeps every rule and nothing cheaper is found.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace
from importlib.metadata import version

from planner.issues import Issue, errors
from planner.network import Network
from planner.plan import Limits, Plan, Progress, Status
from planner.problems.base import annual_cost
from planner.problems.kitchens import tables as tb
from planner.problems.kitchens.audit import audit
from planner.problems.kitchens.conflicts import conflicting_rules, explain_conflict
from planner.problems.kitchens.data import Facts, Kitchen, facts
from planner.problems.kitchens.holidays import spared
from planner.problems.kitchens.plans import Decisions, cost_lines, costs, finished, today
from planner.problems.kitchens.precheck import check, tables
from planner.problems.kitchens.program import Option, choice_of, decisions_of, exact, location, offset, options
from planner.problems.kitchens.rescue import Rescue, Reserve
from planner.scenario import Scenario
from planner.solvers.location import Choice, Location, faults
from planner.solvers.location_mip import solve_location
from planner.solvers.location_program import LocationResult
from planner.solvers.mip import MipStatus

CONFLICT_SECONDS = 10.0
FIRST_SHARE = 0.4  # of the time, for the plan without the share to be rescued, where one is asked for
MOMENT = 0.01  # of the time: with less left, no other plan is sought
STATUS = {
    MipStatus.OPTIMAL: Status.FEASIBLE,  # proven on the program; OPTIMAL only once the rounded bound says so too
    MipStatus.FEASIBLE: Status.FEASIBLE,
    MipStatus.STOPPED: Status.STOPPED,
    MipStatus.NO_SOLUTION: Status.NO_PLAN_IN_TIME,
    MipStatus.INFEASIBLE: Status.INFEASIBLE,
    MipStatus.FAILED: Status.FAILED,
}


def solve(scenario: Scenario, network: Network, limits: Limits, progress: Progress) -> Plan:
    """The cheapest plan found within the limits, never dearer than today's organisation where that keeps every rule."""
    began = time.monotonic()
    contradictions = errors(check(scenario, network))
    if contradictions:
        smallest = [] if errors(tables(scenario)) else _changes_beside(scenario, network, limits, progress)
        return Plan("kitchens", Status.INFEASIBLE, scenario_hash=scenario.hash, issues=(*contradictions, *smallest), seconds=time.monotonic() - began, seed=limits.seed)
    data = facts(scenario, network)
    pairs = options(data)
    program = location(data, pairs)
    margin, beyond = 0.01 * cost_lines(data), offset(data)

    def report(cost: float | None, bound: float | None) -> None:
        progress.report("kitchens", None if cost is None else cost - beyond, None if bound is None else lowered(bound - beyond, margin), "phase.kitchens.search")

    seconds = limits.seconds * (FIRST_SHARE if data.least_rescued else 1.0)
    result = solve_location(
        program, seconds=seconds - (time.monotonic() - began), gap=limits.gap / 2, seed=limits.seed, nodes=limits.iterations,
        start=_today(data, pairs, program), on_progress=report, should_stop=progress.should_stop,
    )  # fmt: skip
    log = (f"HiGHS: {result.status}, {result.nodes} nodes, {result.seconds:.1f} s {result.message}".strip(),)
    versions = {name: version(name) for name in ("planner", "highspy")}
    common = {"seed": limits.seed, "versions": versions, "log": log}
    stricter = not exact(data)
    present = _kept_today(scenario, network, data) if stricter or data.least_rescued else None
    if result.choice is None and (present is None or result.status is not MipStatus.INFEASIBLE):
        plan = _without(scenario, network, data, result, limits, progress)
        if stricter and plan.status is Status.INFEASIBLE:
            plan = plan.with_(issues=(*plan.issues, Issue.warning("kitchens_stricter", meals=data.exemption.meals)))
        return plan.with_(seconds=time.monotonic() - began, **common)
    if result.choice is not None:
        plan = finished(scenario, data, decisions_of(data, pairs, result.choice), STATUS[result.status])
    if present is not None and (result.choice is None or (present.cost or 0.0) < (plan.cost or 0.0)):
        plan = present if result.choice is None else present.with_(status=plan.status)
    elif data.least_rescued:
        plan = _rescued(scenario, network, data, plan, present, limits, began, progress)
        if not plan.status.has_plan:
            return plan.with_(seconds=time.monotonic() - began, **common)
    proven = math.isfinite(result.bound) and not stricter
    bound = lowered(result.bound - beyond, margin) if proven else None
    plan = plan.with_(bound=bound, seconds=time.monotonic() - began, **common)
    if plan.gap is not None and plan.gap <= limits.gap:
        plan = plan.with_(status=Status.OPTIMAL)
    if stricter:
        plan = plan.with_(issues=(*plan.issues, Issue.info("kitchens_bound_withheld")))
    plan = plan.with_(issues=(*plan.issues, *_dearer(data, plan), *spared(scenario, network, plan)))
    progress.report("kitchens", plan.cost, plan.bound, "phase.kitchens.search")
    return plan


def _dearer(data: Facts, plan: Plan) -> list[Issue]:
    """Why a plan costs more than today's organisation, where it does: its posts are whole, and it keeps every rule."""
    made = today(data)[0]
    more = 0.0 if made is None else annual_cost(plan.tables[tb.COSTS.name]) - annual_cost(costs(data, made))
    if made is None or more < 0.005:
        return []
    roadmap = plan.tables[tb.ROADMAP.name]
    first = float(roadmap[roadmap["year"] == data.years[0]]["staff"].sum())
    return [Issue.info("kitchens_dearer_than_today", more=more, posts=first, today=float(made.posts[:, 0].sum()))]


def _kept_today(scenario: Scenario, network: Network, data: Facts) -> Plan | None:
    """Today's organisation in whole posts, where it keeps every rule: the program, stricter than they are, might refuse it."""
    made = today(data, whole=True)[0]
    plan = None if made is None else finished(scenario, data, made, Status.FEASIBLE)
    return plan if plan is not None and audit(scenario, network, plan).valid else None


def _rescued(scenario: Scenario, network: Network, data: Facts, plan: Plan, present: Plan | None, limits: Limits, began: float, progress: Progress) -> Plan:
    """The plan itself where it serves the share asked for when any kitchen stops, else the cheapest found that does (`rescue`)."""
    pairs = options(data)

    def solved(reserve: Reserve, share: float) -> Plan | None:
        left = limits.seconds - (time.monotonic() - began)
        if left <= MOMENT * limits.seconds or progress.should_stop():
            return None
        shares, stay = reserve
        kitchens = tuple(_staying_open(kitchen) if stay and kept else kitchen for kitchen, kept in zip(data.kitchens, shares, strict=True))
        program = location(replace(data, kitchens=kitchens), pairs, reserve=shares)
        result = solve_location(program, seconds=left * share, gap=limits.gap / 2, seed=limits.seed, nodes=limits.iterations,
                                start=_today(data, pairs, program), should_stop=progress.should_stop)  # fmt: skip
        return None if result.choice is None else finished(scenario, data, decisions_of(data, pairs, result.choice), Status.FEASIBLE)

    rescue = Rescue.of(scenario, network, [kitchen.code for kitchen in data.kitchens], data.least_rescued, plan, present, solved)
    if rescue.best is not plan:
        rescue.search(limits.seed)
    if rescue.best is not None:
        return rescue.best
    worst = rescue.worst
    assert worst is not None  # else nothing stops, and the plan holds
    issue = Issue.error("kitchens_rescue_not_found", kitchen=worst.kitchen, year=str(worst.year), share=100 * worst.served,
                        missing=worst.missing_a_day, least=100 * data.least_rescued)  # fmt: skip
    return Plan("kitchens", Status.NO_PLAN_IN_TIME, scenario_hash=scenario.hash, issues=(issue,))


def _staying_open(kitchen: Kitchen) -> Kitchen:
    """The kitchen open in every year in which it can be, unless its lock says something else."""
    return kitchen if kitchen.row.lock != "free" else replace(kitchen, row=type(kitchen.row)(**{**vars(kitchen.row), "lock": "keep"}))


def lowered(bound: float, margin: float) -> float:
    """A bound on the exact cost as one on cost lines rounded to the cent, itself rounded down to the cent."""
    return math.floor((bound - margin) * 100) / 100


def _today(data: Facts, pairs: list[Option], program: Location) -> Choice | None:
    """Today's organisation as a start, None when it is unknown or breaks a rule."""
    made: Decisions | None = today(data, whole=True)[0]
    choice = None if made is None else choice_of(data, pairs, made)
    return choice if choice is not None and not faults(program, choice) else None


def _changes_beside(scenario: Scenario, network: Network, limits: Limits, progress: Progress) -> list[Issue]:
    """The smallest change, to be read with what the pre-check found, which may stop at the first obstacle; nothing where none was found."""
    progress.report("kitchens", phase="phase.kitchens.conflict")
    found = explain_conflict(facts(scenario, network), CONFLICT_SECONDS / 3, limits.seed, progress.should_stop)
    return [] if [issue.code for issue in found] == ["kitchens_conflict_unknown"] else found


def _without(scenario: Scenario, network: Network, data: Facts, result: LocationResult, limits: Limits, progress: Progress) -> Plan:
    """The outcome when there is no plan, with its reason."""
    plan = Plan("kitchens", STATUS[result.status], scenario_hash=scenario.hash)
    if plan.status is Status.STOPPED:
        return plan.with_(status=Status.NO_PLAN_IN_TIME)
    if plan.status is Status.INFEASIBLE:
        progress.report("kitchens", phase="phase.kitchens.conflict")
        began = time.monotonic()
        smallest = explain_conflict(data, CONFLICT_SECONDS / 3, limits.seed, progress.should_stop)
        rules = conflicting_rules(scenario, network, CONFLICT_SECONDS - (time.monotonic() - began), limits.seed, progress.should_stop)
        return plan.with_(issues=(*smallest, *rules))
    if plan.status is Status.FAILED:
        return plan.with_(issues=(Issue.error("solver_failed", reason=result.message),))
    return plan
