"""The problems together: kitchens first, then the routes from the kitchens chosen, and purchasing.

Savings are measured against today's organisation, from audits only: for each problem and establishment,

    saving = (today's yearly cost - the plan's yearly cost) over the cost lines that count.

No euro counts twice. The kitchens problem estimates what delivering meals costs (its line `delivery`); where
the routes carry those meals, the routes' own cost replaces the estimate: the delivery lines of these sites are
left out of the kitchens' saving, today and in the plan alike. Food appears in kitchens (cost per meal) and in
purchasing (prices): costs of two problems are therefore never added, only savings are: the first come from
where meals are made, the second from what is paid for a unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import pandas as pd

from planner import network as networks
from planner.catalog import ACCEPTED
from planner.catalog import problems as all_problems
from planner.coupling import COUPLING, couple, meal_flows
from planner.issues import Issue, errors
from planner.kinds import Choice, Decimal, Option, Ref, options
from planner.network import Network
from planner.plan import Audit, Kpi, Limits, Plan, Progress, Status, cents, total
from planner.problems.base import Problem, annual_cost, average, years_of
from planner.roads import RoadGraph
from planner.scenario import Scenario
from planner.schema import Column, Row, Table, rows
from planner.sites import WHOLE_GROUP

ORDER = ("kitchens", "routes", "purchasing")
KITCHENS_PROBLEM, ROUTES_PROBLEM, PURCHASING_PROBLEM = ORDER
ROUTES_TODAY = "routes_today"  # the routes solved with today's kitchens, to tell what moving meals costs on the road
PROBLEMS = options(("kitchens", "cuisines", "kitchens"), ("routes", "tournées", "routes"), ("purchasing", "achats", "purchasing"))

SAVINGS = Table(
    "savings", "Économies", "Savings", key=("problem", "establishment"), group="study", result=True,
    help_fr="Coût annuel moyen d'aujourd'hui et du plan, tels que recalculés par l'audit.",
    help_en="Average yearly cost today and in the plan, as recomputed by the audit.",
    columns=(
        Column("problem", Choice(PROBLEMS), "Fonction", "Function", help_fr="Fonction concernée.", help_en="Function concerned."),
        Column("establishment", Ref(table="establishments"), "Établissement", "Establishment", none=WHOLE_GROUP),
        Column("today", Decimal(), "Aujourd'hui", "Today", "€/an", help_fr="Coût annuel de l'organisation actuelle.", help_en="Yearly cost of today's organisation."),
        Column("plan", Decimal(), "Plan", "Plan", "€/an", help_fr="Coût annuel du plan (vide : pas de plan valable).", help_en="Yearly cost of the plan (empty: no valid plan)."),
        Column("replaced", Decimal(), "Compté ailleurs", "Counted elsewhere", "€/an", help_fr="Écart des livraisons de repas, chiffré par les tournées.", help_en="Difference in meal deliveries, costed by the routes."),
        Column("saving", Decimal(), "Économie", "Saving", "€/an", help_fr="Aujourd'hui - plan - compté ailleurs.", help_en="Today - plan - counted elsewhere."),
        Column("percent", Decimal(), "Économie", "Saving", "%", help_fr="En part du coût d'aujourd'hui.", help_en="As a share of today's cost.", decimals=1),
    ),
)  # fmt: skip



@dataclass(frozen=True)
class Result:
    """One problem of a study: today's organisation and the plan, each with its audit.

    `scenario`: what the plan was solved on (for routes, with the meal flows of the kitchens plan).
    `not_counted`: items of the cost line `delivery` that the routes cost instead; "*" is every item.
    """

    problem: Problem
    scenario: Scenario
    plan: Plan
    audit: Audit | None = None
    baseline: Plan | None = None
    baseline_audit: Audit | None = None
    precheck: tuple[Issue, ...] = ()
    not_counted: frozenset[str] = frozenset()

    @property
    def valid(self) -> bool:
        """Whether there is a plan and its audit finds no fault: nothing else may be shown as a plan."""
        return self.plan.status.has_plan and self.audit is not None and self.audit.valid

    @property
    def state(self) -> str:
        """How it ended, for `status.*`: the plan's status, but "refused" where its audit finds a fault, for such a plan is never called valid."""
        return "refused" if self.plan.status.has_plan and not self.valid else str(self.plan.status)

    @property
    def costs_table(self) -> Table:
        return self.problem.results[0]

    @property
    def today(self) -> float | None:
        """Yearly cost of today's organisation (€/year), None where it is not described."""
        return None if self.baseline_audit is None else annual_cost(self.baseline_audit.costs)

    @property
    def annual(self) -> float | None:
        """Yearly cost of the plan (€/year), None without a valid plan."""
        return annual_cost(self.audit.costs) if self.valid and self.audit is not None else None

    def counts(self, line: Row) -> bool:
        """Whether a cost line counts in the saving."""
        return not (line.line == "delivery" and ("*" in self.not_counted or line.item in self.not_counted))

    @property
    def issues(self) -> list[Issue]:
        """Findings before the solve, of the solve and of the plan's audit, each once."""
        found = [*self.precheck, *self.plan.issues, *(self.audit.issues if self.audit is not None else ())]
        return list(dict.fromkeys(found))


@dataclass(frozen=True)
class Regrouping:
    """What the kitchens plan is worth once its meals are on the road (€ per year).

    `kitchens`: saving in the kitchens, delivery left out; `road`: yearly cost of the routes with the plan's meal
    flows; `road_unchanged`: that of routes solved alike with today's kitchens.
    """

    kitchens: float
    road: float
    road_unchanged: float

    @property
    def extra_road(self) -> float:
        """What moving meals costs on the road, both sides solved (negative: it saves)."""
        return cents(self.road - self.road_unchanged)

    @property
    def worth(self) -> float:
        """What the kitchens plan brings in all; negative when keeping today's kitchens would be cheaper."""
        return cents(self.kitchens - self.extra_road)


@dataclass(frozen=True)
class Study:
    """A scenario's plans together.

    `results`: by problem, in the order of solving; `coupled`: the scenario that the routes were solved on;
    `coupling`: the meal flows changed (table COUPLING); `issues`: findings on no problem in particular;
    `regrouping`: what the kitchens plan is worth with the road counted, where both were solved and meals move.
    """

    scenario: Scenario
    coupled: Scenario
    network: Network
    results: Mapping[str, Result]
    coupling: pd.DataFrame
    limits: Limits
    issues: tuple[Issue, ...] = field(default=())
    regrouping: Regrouping | None = None

    @property
    def savings(self) -> pd.DataFrame:
        """Table SAVINGS: a row per problem and establishment that bears cost, then one for the group."""
        return savings(self.results)

    @property
    def saving(self) -> float | None:
        """Sum of the problems' savings (€/year); None when none can be stated."""
        known = [row.saving for row in rows(SAVINGS, self.savings) if row.establishment is None and row.saving is not None]
        return total(known) if known else None

    def all_issues(self) -> Iterator[tuple[str, str, Issue]]:
        """Every finding with its problem ("" for none) and phase: "study", "plan" or "today"."""
        for issue in self.issues:
            yield "", "study", issue
        for name, result in self.results.items():
            for issue in result.issues:
                yield name, "plan", issue
            for issue in result.baseline_audit.issues if result.baseline_audit is not None else ():
                yield name, "today", issue


class _Plans(Protocol):
    """Where the plans of a study come from."""

    def of(self, name: str, problem: Problem, data: Scenario, network: Network, precheck: Sequence[Issue], progress: Progress) -> Plan | None:
        """The plan of a problem on `data`, None where there is none to give. `name`: the problem's, or ROUTES_TODAY."""
        ...


@dataclass(frozen=True)
class _Solved:
    """Plans solved now, but for those `known` by (problem, hash of the scenario solved)."""

    limits: Limits
    known: Mapping[tuple[str, str], Plan]
    on_plan: Callable[[str, Plan], None] | None

    def of(self, name: str, problem: Problem, data: Scenario, network: Network, precheck: Sequence[Issue], progress: Progress) -> Plan | None:
        plan = self.known.get((problem.name, data.hash))
        if plan is None and errors(precheck):
            plan = Plan(problem.name, Status.INFEASIBLE, scenario_hash=data.hash, issues=tuple(errors(precheck)))
        if plan is None:
            plan = problem.solve(data, network, self.limits, progress)
        if self.on_plan is not None:
            self.on_plan(name, plan)
        return plan


@dataclass(frozen=True)
class _Given:
    """Plans made before, by name."""

    plans: Mapping[str, Plan]

    def of(self, name: str, problem: Problem, data: Scenario, network: Network, precheck: Sequence[Issue], progress: Progress) -> Plan | None:
        plan = self.plans.get(name)
        return None if plan is None else plan.with_(scenario_hash=data.hash)


def run(
    scenario: Scenario,
    names: Iterable[str],
    limits: Limits,
    progress: Progress,
    roads: RoadGraph | None = None,
    catalog: Mapping[str, Problem] | None = None,
    known: Mapping[tuple[str, str], Plan] | None = None,
    on_plan: Callable[[str, Plan], None] | None = None,
) -> Study:
    """Solve the problems named, each within `limits`, and audit everything. `catalog`: all problems by name.

    Where the kitchens plan moves meals, the routes are solved once more with today's kitchens, within the same
    limits, so that the road's share in the saving can be told. Stopped between two problems, it keeps what is
    solved. `known`: plans made before within the same limits, by (problem, hash of the scenario solved): audited
    again, not solved again. `on_plan`: told each plan as soon as there is one, under its problem's name, or
    ROUTES_TODAY for the routes with today's kitchens. Raises KeyError for an unknown problem.
    """
    return _study(scenario, names, limits, progress, roads, catalog, _Solved(limits, known or {}, on_plan))


def review(
    scenario: Scenario,
    plans: Mapping[str, Plan],
    roads: RoadGraph | None = None,
    catalog: Mapping[str, Problem] | None = None,
    names: Iterable[str] | None = None,
    limits: Limits | None = None,
) -> Study:
    """The study of plans made before (read from a file or the store): every one audited again, nothing solved.

    `plans`: by problem, and ROUTES_TODAY; `names`: the problems asked then, else those with a plan. Routes are
    audited on the scenario with the meal flows of the kitchens plan, when there is one.
    """
    asked = [name for name in ORDER if name in plans] if names is None else names
    return _study(scenario, asked, limits or Limits(), Progress(), roads, catalog, _Given(plans))


def _study(
    scenario: Scenario,
    names: Iterable[str],
    limits: Limits,
    progress: Progress,
    roads: RoadGraph | None,
    catalog: Mapping[str, Problem] | None,
    plans: _Plans,
) -> Study:
    problems = all_problems() if catalog is None else catalog
    wanted = sorted(set(names), key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))
    chosen = {name: problems[name] for name in wanted}
    built, found = networks.build(scenario, roads)
    issues = list(found)
    coupled, coupling = scenario, COUPLING.frame()
    results: dict[str, Result] = {}

    for name, problem in chosen.items():
        if not problem.relevant(scenario):
            issues.append(_about(name, Issue.info("problem_without_data")))
            continue
        kitchens = results.get(KITCHENS_PROBLEM)
        if name == ROUTES_PROBLEM and kitchens is not None:
            if kitchens.valid:
                coupled, coupling, more = couple(scenario, kitchens.plan, built)
                issues += more
            else:
                issues.append(Issue.warning("routes_not_coupled"))
        result = None if progress.should_stop() else _result(problem, scenario, coupled if name == ROUTES_PROBLEM else scenario, built, plans, progress)
        if result is None:
            issues.append(_about(name, Issue.warning("problem_not_started")))
        else:
            results[name] = result
    results = _once(results, scenario, coupled, issues)
    regrouping = _regrouping(results, scenario, built, plans, progress) if len(coupling) else None
    if regrouping is not None and regrouping.worth < 0:
        indoors, road = (float(round(euros)) for euros in (-regrouping.kitchens, regrouping.extra_road))  # a sum that readers can check
        issues.append(Issue.warning("regrouping_loses", kitchens=indoors, road=road, loss=indoors + road))
    return Study(scenario, coupled, built, results, coupling, limits, tuple(issues), regrouping)


class _Within(Progress):
    """Reports of a solve that is part of a larger one, under a phase of their own."""

    def __init__(self, whole: Progress, phase: str) -> None:
        super().__init__()
        self.whole, self.phase = whole, phase

    def report(self, problem: str, cost: float | None = None, bound: float | None = None, phase: str = "") -> None:
        self.whole.report(problem, cost, bound, self.phase)

    def should_stop(self) -> bool:
        return self.whole.should_stop()


def _regrouping(
    results: Mapping[str, Result], scenario: Scenario, network: Network, plans: _Plans, progress: Progress
) -> Regrouping | None:
    """What the kitchens plan is worth with the road counted; None when a side is unknown or the user stops."""
    kitchens, routes = results.get(KITCHENS_PROBLEM), results.get(ROUTES_PROBLEM)
    if kitchens is None or routes is None or routes.annual is None or not kitchens.valid or progress.should_stop():
        return None
    carried = frozenset(flow.destination for s in (scenario, routes.scenario) for flow in meal_flows(s))  # theirs is on the road, also where today's routes are not known
    alone = {KITCHENS_PROBLEM: replace(kitchens, not_counted=carried)}
    saving = next((row.saving for row in rows(SAVINGS, savings(alone)) if row.establishment is None), None)
    problem, scenario = routes.problem, without_accepted(scenario)
    precheck = problem.precheck(scenario, network)
    if saving is None or errors(precheck):
        return None
    plan = plans.of(ROUTES_TODAY, problem, scenario, network, precheck, _Within(progress, "phase.road_check"))
    if plan is None or not plan.status.has_plan or plan.status is Status.STOPPED:
        return None
    audit = problem.audit(scenario, network, plan)
    return Regrouping(saving, routes.annual, audit.annual) if audit.valid else None


def without_accepted(scenario: Scenario) -> Scenario:
    """The scenario without accepted plans: today's organisation is not a plan that should stay close to one."""
    for table in ACCEPTED:
        if len(scenario.frames.get(table.name, ())):
            scenario = scenario.replace(table.name, table.frame())
    return scenario


def _about(problem: str, issue: Issue) -> Issue:
    """The finding with the problem's name in both languages."""
    named = next((option for option in PROBLEMS if option.code == problem), Option(problem, problem, problem))
    return replace(issue, args=(("problem_fr", named.fr), ("problem_en", named.en), *issue.args))


def _result(problem: Problem, scenario: Scenario, data: Scenario, network: Network, plans: _Plans, progress: Progress) -> Result | None:
    """One problem: today on `scenario`, pre-check, plan and audit on `data`; None where there is no plan to give."""
    progress.report(problem.name, phase="phase.baseline")
    present = without_accepted(scenario)
    baseline: Plan | None = problem.baseline(present, network)
    baseline_audit = None
    if baseline is not None and baseline.status.has_plan:
        baseline_audit = problem.audit(present, network, baseline)
    progress.report(problem.name, phase="phase.precheck")
    precheck = tuple(problem.precheck(data, network))
    plan = plans.of(problem.name, problem, data, network, precheck, progress)
    if plan is None:
        return None
    audit = None
    if plan.status.has_plan:
        progress.report(problem.name, plan.cost, plan.bound, phase="phase.audit")
        audit = problem.audit(data, network, plan)
    return Result(problem, data, plan, audit, baseline, baseline_audit, precheck)


def _once(results: dict[str, Result], scenario: Scenario, coupled: Scenario, issues: list[Issue]) -> dict[str, Result]:
    """The results with what the routes cost instead of the kitchens; says what is withheld or counted elsewhere."""
    for name, result in results.items():
        if result.plan.status.has_plan and not result.valid:
            count = len(errors(result.audit.issues)) if result.audit is not None else 0
            issues.append(_about(name, Issue.error("plan_refused", count=count)))
        if result.valid and result.today is None:
            issues.append(_about(name, Issue.warning("saving_unknown")))
        elif result.baseline_audit is not None and not result.baseline_audit.valid:
            issues.append(_about(name, Issue.warning("baseline_faulty", count=len(errors(result.baseline_audit.issues)))))
    kitchens, routes, purchasing = (results.get(name) for name in ORDER)
    both = kitchens is not None and routes is not None and kitchens.valid and routes.valid and routes.today is not None
    if both and kitchens is not None:
        sites = {flow.destination for s in (scenario, coupled) for flow in meal_flows(s)}
        if sites:
            changed = replace(kitchens, not_counted=frozenset(sites))
            results = {**results, KITCHENS_PROBLEM: changed}
            issues.append(Issue.info("delivery_counted_in_routes", count=len(sites)))
        else:
            issues.append(Issue.info("no_meal_flows"))
    if kitchens is not None and purchasing is not None and kitchens.valid and purchasing.valid:
        issues.append(Issue.info("food_in_two_problems"))
    return results


def savings(results: Mapping[str, Result]) -> pd.DataFrame:
    """Table SAVINGS of audited results; plan and saving are empty where there is no valid plan."""
    made: list[dict[str, Any]] = []
    for name, result in results.items():
        today = _by_establishment(result, result.baseline_audit)
        plan = _by_establishment(result, result.audit if result.valid else None)
        for establishment in [*sorted({e for e in {**today, **plan} if e is not None}), None]:
            row: dict[str, Any] = {"problem": name, "establishment": establishment}
            if result.baseline_audit is not None:
                row["today"] = today.get(establishment, (0.0, 0.0))[0]
            if result.valid:
                row["plan"] = plan.get(establishment, (0.0, 0.0))[0]
            if result.baseline_audit is not None and result.valid:
                row["replaced"] = cents(today.get(establishment, (0.0, 0.0))[1] - plan.get(establishment, (0.0, 0.0))[1])
                row["saving"] = cents(row["today"] - row["plan"] - row["replaced"])
                row["percent"] = 100 * row["saving"] / row["today"] if row["today"] else None
            made.append(row)
    return SAVINGS.frame(made)


def _by_establishment(result: Result, audit: Audit | None) -> dict[str | None, tuple[float, float]]:
    """€ per year of an audit's cost lines and of those not counted, by establishment and (None) in all."""
    if audit is None:
        return {}
    years = years_of(audit.costs)
    amounts: dict[str | None, list[float]] = {None: []}
    elsewhere: dict[str | None, list[float]] = {None: []}
    for line in rows(result.costs_table, audit.costs):
        for key in {line.establishment, None}:
            amounts.setdefault(key, []).append(line.amount or 0.0)
            if not result.counts(line):
                elsewhere.setdefault(key, []).append(line.amount or 0.0)
    return {key: (average(values, years), average(elsewhere.get(key, []), years)) for key, values in amounts.items()}


@dataclass(frozen=True)
class KpiPair:
    """A key figure today and in the plan (None where not known), for an establishment or ("") the group."""

    problem: str
    kpi: Kpi
    establishment: str
    today: float | None
    plan: float | None


def key_figures(study: Study) -> list[KpiPair]:
    """All key figures, problem by problem, the group first, in the declared order."""
    pairs: list[KpiPair] = []
    for name, result in study.results.items():
        audits = (result.baseline_audit, result.audit if result.valid else None)
        places = sorted({k.establishment for audit in audits if audit is not None for k in audit.kpis})
        for establishment in places:
            for kpi in result.problem.kpis:
                today, plan = (None if audit is None else audit.kpi(kpi.code, establishment) for audit in audits)
                if today is not None or plan is not None:
                    pairs.append(KpiPair(name, kpi, establishment, today, plan))
    return pairs
