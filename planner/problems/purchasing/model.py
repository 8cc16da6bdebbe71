"""The purchasing program: who wins each lot, who joins, at the least yearly cost.

Sets: lots l with their needed articles K_l; members h present in the first year; suppliers i that price all
of K_l bid for l. Data: d_hk yearly need, p_ik list price, a_hk today's price; G_lhi = sum_k d_hk p_ik and
A_lh = sum_k d_hk a_hk, in whole cents. Decisions: x_lhi, the share of h's need of lot l that i supplies (0 or
1 where the lot has one winner, whole percents elsewhere, the same for each article); o_lh = 1 when h stays
out of the common contract at today's price.

    min  sum A_lh o_lh + sum_i (1 + fee_i) (sum G_lhi x_lhi - D_i) + carriage + management + changes + P sum u_lh
    s.t. sum_i x_lhi + o_lh = 1                      o_lh = 1 where a lock says so; x_lhi > 0 or = 0 likewise
         winners of l: those with x_lhi > 0 for some h; their number within the lot's and the rules' limits
         sum_h d_hk x_lhi <= capacity_ik, and >= minimum_ik where i wins l
         sum_hi G_lhi x_lhi <= the framework's largest value of l
         rules on sums of G x (shares of a supplier, EGalim with today's purchases of those who stay out),
         on numbers of lots of a supplier and of suppliers
         u_lh = 1 where the set of suppliers {i : x_lhi > 0} is not the accepted one; sum u_lh <= N

Articles of one equivalence can stand for one another: a lot has a basket b for each choice of common references (`baskets`), with its own
needs d_hk and so its own G; x_lhi = sum_b x_lhib with x_lhib <= z_lb and sum_b z_lb = 1, everything above being a sum over b. Who refuses a
reference keeps its own articles in that basket; those who stay out buy them at today's price.

Packages (only where simulated discounts count): so much off all that i sells in a set of lots once it wins so many of them.

Discounts D_i: a schedule of lot l looks at the purchases of l from i, an RFA (scope supplier) at all
purchases from i; both count purchases before any discount and both apply to them, so they add up. The base
B (euros or units) reaches the last tier whose threshold is not above it; all units: rate_r times all
purchases; slices: sum over tiers of rate times the part of B in the tier (slices of quantity are valued at
the supplier's average list price over the whole need). Carriage: a customer of i pays it when its yearly
purchases from i before discount are under the free-carriage threshold. Management: once per supplier used.
Fee: in proportion to net purchases. Changes: per (lot, member) served by someone who does not serve it
today, spread over the years of the contract. Costs are those of a full year with all contracts in force;
the first year's effect is a result, not an objective. P, the price put on leaving the accepted plan, counts in
the objective and is paid by nobody; an accepted award that is no longer possible is simply a change.

The tiers are written in the tight form of `planner.solvers.sourcing_mip`. The plan's cost is recomputed by
`tariff` to the cent; it rounds against the buyer only, so the program's bound, rounded down to the cent, is
a true bound on it. At the very edge of a tier whose rate falls the program may take the better side; the
plan is always billed by the rule above.
"""

from __future__ import annotations

import math
import time
from importlib.metadata import version

from planner.issues import Issue, errors
from planner.plan import Limits, Plan, Progress, Status
from planner.problems.base import cost_of
from planner.problems.purchasing import course, ledger
from planner.problems.purchasing.arrays import Arrays
from planner.problems.purchasing.conflict import explain
from planner.problems.purchasing.greedy import accepted_start, cheapest_baskets, starts
from planner.problems.purchasing.market import Market, read
from planner.problems.purchasing.precheck import precheck
from planner.problems.purchasing.rules import Rule, read_locks, read_rules
from planner.problems.purchasing.tables import COSTS
from planner.problems.purchasing.units import Award
from planner.scenario import Scenario
from planner.solvers import sourcing_award
from planner.solvers.mip import MipStatus

NAME = "purchasing"
TIGHTER = 2e-6  # of a limit, when the engine's tolerance let a rule be broken by less than that even in its own unit
CONFLICT_SECONDS = 9.0


def solve(scenario: Scenario, limits: Limits, progress: Progress) -> Plan:
    """The cheapest award within the limits; INFEASIBLE with the rules that conflict when there is none."""
    began = time.monotonic()
    empty = Plan(
        NAME, Status.INFEASIBLE, seed=limits.seed, scenario_hash=scenario.hash,
        versions={"highspy": version("highspy")},
    )  # fmt: skip
    faults = errors(precheck(scenario))
    if faults:
        return empty.with_(issues=tuple(faults), seconds=time.monotonic() - began)
    market = read(scenario)
    rules, locks = read_rules(scenario, market), read_locks(scenario, market)

    def kept(found: course.Course) -> bool:
        return not errors(course.faults(found, locks)) and len(found.full.changes) <= market.accepted.most

    award, bound = None, -math.inf
    log: list[str] = []
    begin: list[tuple[dict[Award, int], dict[str, int]]] = [(accepted_start(market), {}), *((shares, {}) for shares in starts(market, rules, locks))]
    if picked := cheapest_baskets(market):
        begin += [(shares, picked) for shares in starts(market.under(picked), rules, locks)]
    for margin, scaled in ((0.0, True), (0.0, False), (TIGHTER, True)):
        arrays = Arrays(market, rules, locks, margin)
        arrays.data.scaled = scaled
        left = limits.seconds - (time.monotonic() - began)
        award = sourcing_award.solve(
            arrays.data, seconds=left, gap=0.9 * limits.gap, seed=limits.seed, threads=limits.threads, nodes=limits.iterations,
            starts=[arrays.parts(shares, picked=picked) for shares, picked in begin], should_stop=progress.should_stop,
            on_progress=lambda cost, low: progress.report(NAME, cost, low, "phase.purchasing.search"),
        )  # fmt: skip
        result = award.result
        bound = max(bound, result.bound) if not margin else bound
        log.append(f"{result.status} objective={result.objective:.2f} bound={result.bound:.2f} nodes={result.nodes} seconds={result.seconds:.1f}")
        made = None if award.parts is None else course.run(arrays.chosen(award.parts), rules, arrays.shares(award.parts), arrays.joins(award.parts))
        if made is None or kept(made):
            break
    assert award is not None
    done = empty.with_(log=tuple(log), seconds=time.monotonic() - began)
    if award.result.status is MipStatus.INFEASIBLE and not margin:
        issues = explain(arrays, CONFLICT_SECONDS, limits.seed, limits.threads)
        return done.with_(issues=tuple(issues), seconds=time.monotonic() - began)
    if award.result.status is MipStatus.FAILED:
        return done.with_(status=Status.FAILED, issues=(Issue.error("solver_failed", reason=award.result.message),))
    bound -= rounding(market, rules)
    if made is None or not kept(made):
        return done.with_(status=Status.NO_PLAN_IN_TIME, bound=_down(bound))
    tables = ledger.tables(made)
    cost, low = cost_of(tables[COSTS.name]), _down(bound)
    proven = low is not None and cost - low <= limits.gap * abs(cost)
    status = Status.OPTIMAL if proven else Status.STOPPED if award.result.status is MipStatus.STOPPED else Status.FEASIBLE
    progress.report(NAME, cost, low, "phase.purchasing.done")
    return done.with_(status=status, tables=tables, cost=cost, bound=low, seconds=time.monotonic() - began)


def rounding(market: Market, rules: list[Rule]) -> float:
    """How far (€) rounding discounted lines to the cent can take a plan's cost under what it is exactly: half a cent a line."""
    if all(weight == 1 for weight in market.weights):
        return 0.0
    lines = 5 * len(market.pairs) + 3 * len(market.suppliers) * len(market.members) + len(rules)
    return 0.005 * lines * len(market.calendar)


def _down(bound: float) -> float | None:
    """A bound (€) rounded down to the cent; None when there is none."""
    return math.floor(bound * 100) / 100 if math.isfinite(bound) else None

