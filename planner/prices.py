"""What a rule, a lock or a decision costs: an interval between proven bounds, from two solves of one problem.

With z(with) and z(without) the least costs of the scenario with and without a rule, each known as an interval [bound, cost],

    bound(with) - cost(without)  <=  z(with) - z(without)  <=  cost(with) - bound(without).

A plan counts in every scenario whose audit accepts it, whichever solve found it. Taking a rule away only allows more, at no higher
cost: its price is not negative, and the bound without it also bounds the cost with it. A decision (an added lock) is
the same thing seen from the other side: the scenario as it is goes without it.

Where plans come from a search whose bounds say little (SEARCHED), the scenario as it is is solved first; from the best plan found each side
is searched on with SEEDS seeds and as much time: the price told is the best cost
with the rule less the best without it, between the least and the most that any two of these runs differ by. That spread is how
much the search itself may err, not a proof; it may hold negative figures.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from planner import network as networks
from planner.catalog import problems as all_problems
from planner.issues import Issue, Message, errors
from planner.network import Network
from planner.plan import Limits, Plan, Progress, Status
from planner.problems.base import Problem, Rule
from planner.problems.kitchens.audit import CLAIMS
from planner.problems.kitchens.policies import policies as kitchen_policies
from planner.problems.purchasing.policies import policies as purchasing_policies
from planner.problems.purchasing.tables import PLAN_RATE
from planner.problems.routes.policies import policies as route_policies
from planner.roads import RoadGraph
from planner.scenario import Scenario
from planner.schema import rows
from planner.sites import DISCOUNT_RATE

NEGLIGIBLE = 1e-5  # of the cost of the plan: a price below it is none
POOL = 3  # plans of other solves tried in each scenario
POLICIES: Mapping[str, Callable[[Scenario], list[Rule]]] = {
    "kitchens": kitchen_policies, "routes": route_policies, "purchasing": purchasing_policies,
}  # by problem: its rules in force and decisions  # fmt: skip
SEARCHED = frozenset({"routes"})  # problems whose rules are priced by search
SEEDS = 2  # of each side, where prices come from a search
RATES = {"purchasing": PLAN_RATE}  # by problem: its discount rate, where it has its own


@dataclass(frozen=True)
class Known:
    """What is known of a scenario's least cost (€ of the objective): `bound` <= least <= `cost`; inf when there is no plan."""

    status: Status
    cost: float
    bound: float
    plan: Plan | None = None  # audited valid


@dataclass(frozen=True)
class Price:
    """`low` <= price <= `high` (€ of the objective). Both infinite: the rule, or the decision, leaves no plan at all.
    `best`: where it comes from a search, what its best plans differ by; low and high are then the spread of its runs, proven of nothing."""

    name: Message
    decision: bool
    low: float
    high: float
    status: Status  # of the solve with the change
    negligible: float = 1.0  # € of the objective
    best: float | None = None

    @property
    def free(self) -> bool:
        """Whether it is proven to cost nothing, or next to it."""
        return self.best is None and self.high < self.negligible


@dataclass(frozen=True)
class Prices:
    """`whole`: the scenario as it is; `years`: by how much to divide the objective for € per year."""

    problem: str
    whole: Known
    prices: tuple[Price, ...]
    years: float
    asked: int
    issues: tuple[Issue, ...] = ()

    @property
    def searched(self) -> bool:
        """Whether prices come from a search, with its spread instead of bounds."""
        return self.problem in SEARCHED


def prices(
    scenario: Scenario,
    name: str,
    limits: Limits,
    progress: Progress,
    roads: RoadGraph | None = None,
    kinds: Iterable[str] = ("rule", "decision"),
    catalog: Mapping[str, Problem] | None = None,
    policies: Mapping[str, Callable[[Scenario], list[Rule]]] = POLICIES,
    ordered: bool = False,
) -> Prices:
    """The price of every rule in force (`kinds`: also, or only, of decisions), dearest first (`ordered`: as the policies come); each solve
    within `limits`. A decision that the plan of the scenario as it is keeps already is not solved: only its gap is left to be proven.

    Stopped, it keeps the prices known. Raises KeyError for a problem without policies.
    """
    problem = (all_problems() if catalog is None else catalog)[name]
    built, issues = networks.build(scenario, roads)
    asked = [rule for rule in policies[name](scenario) if rule.kind in set(kinds)]
    if name in SEARCHED:
        return _by_search(problem, scenario, built, asked, limits, progress, issues)
    progress.turn(name, 1, 1 + len(asked))
    whole = solved(problem, scenario, built, limits, progress)
    tried: list[tuple[Rule, Scenario, Known]] = []
    for done, rule in enumerate(asked, 1):
        changed = rule.change(scenario)
        if progress.should_stop():
            break
        if changed.hash != scenario.hash:
            progress.turn(name, 1 + done, 1 + len(asked))
            kept = _here(problem, whole.plan, changed, built) if rule.kind == "decision" else math.inf
            tried.append((rule, changed, replace(whole, cost=kept) if kept <= whole.cost else solved(problem, changed, built, limits, progress)))
    pool = _pool(problem, scenario, built, [whole, *(known for _, _, known in tried)])
    if pool and pool[0][0] < whole.cost:
        whole = replace(whole, cost=pool[0][0], plan=pool[0][1])
    found = [_price(problem, rule, changed, built, whole, other, pool) for rule, changed, other in tried]
    return Prices(name, whole, tuple(found) if ordered else _sorted(found), discounted_years(problem, scenario, whole), len(asked), tuple(issues))


def _sorted(found: Iterable[Price]) -> tuple[Price, ...]:
    return tuple(sorted(found, key=lambda price: (price.decision, -price.high if math.isfinite(price.high) else -math.inf)))


def _by_search(problem: Problem, scenario: Scenario, built: Network, asked: Sequence[Rule], limits: Limits, progress: Progress, issues: Sequence[Issue]) -> Prices:
    """The price of rules from several runs of each side; a plan found without a rule counts with it where it happens to keep it, and
    the other way round."""
    progress.turn(problem.name, 1, 2 + len(asked))
    wholes = _runs(problem, scenario, built, limits, progress)
    whole = min(wholes, key=lambda known: known.cost)
    if asked and whole.plan is not None and not progress.should_stop():
        # a search from nothing errs by more than most rules cost: both sides go on from the same plan
        progress.turn(problem.name, 2, 2 + len(asked))
        limits = replace(limits, start=whole.plan)
        wholes = _runs(problem, scenario, built, limits, progress)
        whole = min([whole, *wholes], key=lambda known: known.cost)
    found: list[Price] = []
    for done, rule in enumerate(asked, 1):
        changed = rule.change(scenario)
        if progress.should_stop():
            break
        if changed.hash == scenario.hash:
            continue
        progress.turn(problem.name, 2 + done, 2 + len(asked))
        others = _runs(problem, changed, built, limits, progress)
        if progress.should_stop():
            break  # cut short: no run of the usual length to set against the others
        kept = min(_here(problem, known.plan, scenario, built) for known in others)
        given = min(_here(problem, known.plan, changed, built) for known in wholes)
        with_rule = [min(known.cost, kept) for known in wholes]
        without = [min(known.cost, given) for known in others]
        if rule.kind == "decision":
            with_rule, without = without, with_rule
        found.append(_spread(rule, with_rule, without, min(others, key=lambda known: known.cost).status, whole.cost))
        if kept < whole.cost:
            whole = replace(min(others, key=lambda known: _here(problem, known.plan, scenario, built)), cost=kept, bound=whole.bound)
    return Prices(problem.name, whole, _sorted(found), discounted_years(problem, scenario, whole), len(asked), tuple(issues))


def _runs(problem: Problem, scenario: Scenario, built: Network, limits: Limits, progress: Progress) -> list[Known]:
    return [solved(problem, scenario, built, replace(limits, seed=limits.seed + i), progress) for i in range(SEEDS)]


def _spread(rule: Rule, with_rule: Sequence[float], without: Sequence[float], status: Status, cost: float) -> Price:
    """Infinite where one side has no plan in some run: nothing can then be told."""
    negligible = max(1.0, NEGLIGIBLE * abs(cost)) if math.isfinite(cost) else 1.0
    if not all(map(math.isfinite, (*with_rule, *without))):
        return Price(rule.name, rule.kind == "decision", -math.inf, math.inf, status, negligible, math.nan)
    low, high, best = min(with_rule) - max(without), max(with_rule) - min(without), min(with_rule) - min(without)
    return Price(rule.name, rule.kind == "decision", math.floor(low * 100) / 100, math.ceil(high * 100) / 100, status, negligible, round(best, 2))


def _pool(problem: Problem, scenario: Scenario, built: Network, found: Sequence[Known]) -> list[tuple[float, Plan]]:
    """The best of all plans found that the scenario as it is accepts, with their cost there, cheapest first."""
    kept = [(_here(problem, known.plan, scenario, built), known.plan) for known in found if known.plan is not None]
    return sorted((pair for pair in kept if math.isfinite(pair[0])), key=lambda pair: pair[0])[:POOL]


def _price(problem: Problem, rule: Rule, changed: Scenario, built: Network, whole: Known, other: Known, pool: Sequence[tuple[float, Plan]]) -> Price:
    """Costs of both sides are those of the best plan known to be accepted there, whichever solve found it."""
    cost = min((other.cost, *(_here(problem, plan, changed, built) for _, plan in pool)))
    decision = rule.kind == "decision"
    (cost_with, bound_with), (cost_without, bound_without) = (
        ((cost, other.bound), (whole.cost, whole.bound)) if decision else ((whole.cost, whole.bound), (cost, other.bound))
    )
    impossible = (other if decision else whole).status is Status.INFEASIBLE
    low = math.inf if impossible else max(0.0, max(bound_with, bound_without) - cost_without) if math.isfinite(cost_without) else 0.0
    high = math.inf if impossible else cost_with - bound_without
    return Price(rule.name, decision, math.floor(low * 100) / 100 if math.isfinite(low) else low, math.ceil(high * 100) / 100 if math.isfinite(high) else math.inf, other.status,
                 max(1.0, NEGLIGIBLE * abs(whole.cost)) if math.isfinite(whole.cost) else 1.0)  # fmt: skip


def solved(problem: Problem, scenario: Scenario, built: Network, limits: Limits, progress: Progress) -> Known:
    """What one solve tells of a scenario's least cost."""
    if faults := errors(problem.precheck(scenario, built)):
        return Known(Status.INFEASIBLE, math.inf, math.inf, Plan(problem.name, Status.INFEASIBLE, issues=tuple(faults)))
    plan = problem.solve(scenario, built, limits, progress)
    if plan.status is Status.INFEASIBLE:
        return Known(plan.status, math.inf, math.inf)
    bound = -math.inf if plan.bound is None else plan.bound
    if not plan.status.has_plan or not problem.audit(scenario, built, plan).valid:
        return Known(Status.FAILED if plan.status.has_plan else plan.status, math.inf, bound)
    assert plan.cost is not None
    return Known(plan.status, plan.cost, min(bound, plan.cost), plan)


def _here(problem: Problem, plan: Plan | None, scenario: Scenario, built: Network) -> float:
    """Cost of a plan made elsewhere, inf where the audit of this scenario refuses it for more than its cost lines and the figures
    that its tables tell beside its decisions."""
    if plan is None or not plan.status.has_plan:
        return math.inf
    plan = plan.with_(scenario_hash=scenario.hash, bound=None)
    audit = problem.audit(scenario, built, plan)
    costs = problem.results[0].name
    again = problem.audit(scenario, built, plan.with_(tables={**plan.tables, costs: audit.costs}, cost=audit.cost))
    return math.inf if any(issue.code not in CLAIMS for issue in errors(again.issues)) else again.cost


def discounted_years(problem: Problem, scenario: Scenario, whole: Known) -> float:
    """Discounted years that the objective of a plan covers; 1 where its cost lines are those of one year."""
    if whole.plan is None or not whole.plan.status.has_plan:
        return 1.0
    costs = problem.results[0]
    years = sorted({row.year for row in rows(costs, whole.plan.tables[costs.name]) if row.year is not None})
    rate = scenario.value(RATES.get(problem.name, DISCOUNT_RATE)) / 100
    return sum((1 + rate) ** -t for t in range(years[-1] - years[0] + 1)) if years else 1.0


def in_order(found: Sequence[Price], decision: bool) -> list[Price]:
    """The prices of rules, or of decisions, dearest first."""
    return [price for price in found if price.decision == decision]
