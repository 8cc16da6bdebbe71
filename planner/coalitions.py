"""What every coalition of establishments would pay by itself, and ways of sharing what all pay together.

The cost of a coalition is that of the same scenario without the others, solved and audited like any other; where its plan is
not proven best, it is known as an interval. Methods and their programs: `planner.solvers.sharing`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from planner import study
from planner.issues import Issue
from planner.members import withdrawn
from planner.plan import Limits, Progress
from planner.problems.base import cost_of, years_of
from planner.roads import RoadGraph
from planner.scenario import Scenario
from planner.schema import rows
from planner.sites import ESTABLISHMENTS
from planner.solvers import sharing, sharing_rows
from planner.solvers.sharing import CoreTest, Game
from planner.study import SAVINGS

MOST = 8  # establishments of whom every coalition is solved: 255
RUNS = 160  # coalitions along random orders, beyond
ROWS = 40  # coalitions asked for by the least core, beyond
SEED = 1
METHODS = ("equal_prices", "stand_alone", "volume", "legal_key", "agreed", "shapley", "nucleolus", "least_core", "equal_profit", "acam")


@dataclass(frozen=True)
class Coalition:
    """`cost`, `bound`: €/year of its plan (None without a valid one) and the least any plan of it can cost (None: not known)."""

    members: tuple[str, ...]
    status: str
    cost: float | None = None
    bound: float | None = None

    @property
    def label(self) -> str:
        return " + ".join(self.members)


@dataclass(frozen=True)
class Share:
    """Charges of a method (€/year, by establishment) and whether some would do better by themselves.

    `error`: standard error of charges that are a sample's mean.
    """

    method: str
    charges: tuple[float, ...]
    core: CoreTest | None
    error: tuple[float, ...] = ()


@dataclass(frozen=True)
class Sharing:
    """`alone`, `today`: €/year by establishment. `excess`: least excess; above 0 no charges are in the core; None: not known."""

    problem: str
    establishments: tuple[str, ...]
    names: tuple[str, ...]
    coalitions: tuple[Coalition, ...]
    shares: tuple[Share, ...]
    today: tuple[float | None, ...]
    excess: float | None = None
    issues: tuple[Issue, ...] = field(default=())

    @property
    def alone(self) -> tuple[float | None, ...]:
        known = {c.members: c.cost for c in self.coalitions}
        return tuple(known.get((e,)) for e in self.establishments)

    def saves(self, one: Coalition) -> float | None:
        """€/year that a coalition saves over its members each alone."""
        apart = [self.alone[self.establishments.index(m)] for m in one.members]
        return None if one.cost is None or None in apart else sum(a for a in apart if a is not None) - one.cost

    def leaving(self, one: Coalition, share: Share) -> float | None:
        """€/year that a coalition's members would save by leaving a sharing, by the plan found for it; under 0 they would lose."""
        return None if one.cost is None else sum(share.charges[self.establishments.index(m)] for m in one.members) - one.cost

    @property
    def total(self) -> float | None:
        return next((c.cost for c in self.coalitions if c.members == self.establishments), None)


def share(
    scenario: Scenario,
    problem: str,
    limits: Limits,
    progress: Progress,
    roads: RoadGraph | None = None,
    agreed: Mapping[str, float] | None = None,
) -> Sharing:
    """Every coalition solved within `limits`, and every method that what is known allows. `agreed`: percentages by establishment.

    Stopped, it keeps the coalitions solved; without all of them only simple keys can be computed.
    """
    found: list[Coalition] = []
    grand: study.Study | None = None
    asked = every_coalition(scenario)
    for place, members in enumerate(asked, 1):
        if progress.should_stop():
            break
        progress.turn(problem, place, len(asked))
        done = study.run(without_others(scenario, members), [problem], limits, progress, roads)
        grand = grand or done
        found.append(coalition(members, done.results.get(problem)))
    codes = [row.establishment for row in scenario.rows(ESTABLISHMENTS.name)]
    if len(codes) > MOST and found and not progress.should_stop() and all(c.cost is not None for c in found if len(c.members) in (1, len(codes))):
        known = {sharing.coalition([codes.index(m) for m in c.members]): c.cost for c in found if c.cost is not None}

        def ask(bits: int) -> float | None:
            chosen = tuple(codes[i] for i in sharing.members(bits))
            found.append(coalition(chosen, study.run(without_others(scenario, chosen), [problem], limits, progress, roads).results.get(problem)))
            return found[-1].cost

        sharing_rows.generate(len(codes), ask, known, ROWS, progress.should_stop)
    return assemble(scenario, problem, found, grand, agreed)


def _orders(n: int) -> list[list[int]]:
    return sharing_rows.order_list(n, max(2, RUNS // (n - 2)), SEED)


def every_coalition(scenario: Scenario) -> list[tuple[str, ...]]:
    """The coalitions of a scenario's establishments to solve, everybody first: all of them up to MOST establishments; beyond,
    those that say most (all but one, each alone, those met along random orders); none where they are too many even so.
    """
    codes = [row.establishment for row in scenario.rows(ESTABLISHMENTS.name)]
    n = len(codes)
    if n <= MOST:
        return [members for size in range(n, 0, -1) for members in combinations(codes, size)]
    if n > sharing_rows.MOST:
        return []
    return [tuple(codes[i] for i in sharing.members(bits)) for bits in sharing_rows.first_coalitions(n, len(_orders(n)), SEED)]


def without_others(scenario: Scenario, members: Sequence[str]) -> Scenario:
    """The scenario of a coalition by itself."""
    for row in scenario.rows(ESTABLISHMENTS.name):
        if row.establishment not in members:
            scenario = withdrawn(scenario, row.establishment)
    return scenario


def assemble(scenario: Scenario, problem: str, known: Sequence[Coalition], grand: study.Study | None, agreed: Mapping[str, float] | None = None) -> Sharing:
    """What the coalitions solved so far say. `grand`: the plan of all."""
    table = scenario.rows(ESTABLISHMENTS.name)
    codes, names = tuple(row.establishment for row in table), tuple(row.name for row in table)
    n = len(codes)
    if n > sharing_rows.MOST:
        return Sharing(problem, codes, names, (), (), (None,) * n, issues=(Issue.error("share_too_many", table=ESTABLISHMENTS.name, count=n, limit=sharing_rows.MOST),))
    issues: list[Issue] = []
    found = list(known)
    lacking = [c for c in found if c.cost is None]
    issues += [Issue.warning("share_no_plan", members=", ".join(c.members), status=c.status) for c in lacking]
    if n > MOST:
        issues.append(Issue.info("share_some", table=ESTABLISHMENTS.name, solved=len(found), count=2**n - 1))
    if len(found) < len(every_coalition(scenario)):
        issues.append(Issue.warning("share_stopped", solved=len(found), count=len(every_coalition(scenario))))
    if grand is not None:
        issues += [issue for _, _, issue in grand.all_issues() if issue.code == "simulation_only"]
    found.sort(key=lambda c: (len(c.members), [codes.index(m) for m in c.members]))
    borne, today = _borne(grand, problem, codes)
    made = Sharing(problem, codes, names, tuple(found), (), today, issues=tuple(issues))
    if made.total is None:
        return made
    shares, excess = _shares(made, borne, [row.charges for row in table], agreed)
    return Sharing(problem, codes, names, tuple(found), tuple(shares), today, excess, tuple(issues))


def coalition(members: tuple[str, ...], result: study.Result | None) -> Coalition:
    """What a solved coalition costs, as an interval."""
    if result is None:  # it has nothing of this function
        return Coalition(members, "nothing", 0.0, 0.0)
    cost = result.annual
    if cost is None:
        return Coalition(members, str(result.plan.status))
    assert result.audit is not None
    costs, bound = result.audit.costs, result.plan.bound
    spent, weighed = float(costs["amount"].sum()), cost_of(costs)
    if bound is None or abs(spent - weighed) > 0.005:  # discounted, or with notional prices: its bound is none of what is spent
        return Coalition(members, str(result.plan.status), cost)
    return Coalition(members, str(result.plan.status), cost, min(cost, math.floor(100 * max(0.0, bound) / years_of(costs)) / 100))


def _borne(done: study.Study | None, problem: str, codes: Sequence[str]) -> tuple[tuple[float, ...] | None, tuple[float | None, ...]]:
    """What each bears in the plan of all, under equal prices, and today (€/year)."""
    if done is None or problem not in done.results:
        return None, (None,) * len(codes)
    lines = {row.establishment: row for row in rows(SAVINGS, done.savings) if row.establishment is not None}
    today = tuple(lines[code].today if code in lines else 0.0 for code in codes)
    plan = [lines[code].plan if code in lines else 0.0 for code in codes]
    return (None if any(value is None for value in plan) else tuple(float(value) for value in plan)), today


def _shares(made: Sharing, borne: tuple[float, ...] | None, charges: Sequence[float | None], agreed: Mapping[str, float] | None) -> tuple[list[Share], float | None]:
    n, total = len(made.establishments), made.total
    assert total is not None
    bits = {c.members: sharing.coalition([made.establishments.index(m) for m in c.members]) for c in made.coalitions}
    complete = len(made.coalitions) == 2**n - 1 and all(c.cost is not None for c in made.coalitions)
    upper = {bits[c.members]: c.cost if c.cost is not None else math.inf for c in made.coalitions}
    lower = {bits[c.members]: c.bound if c.bound is not None else -math.inf for c in made.coalitions}
    alone = [a for a in made.alone if a is not None]
    ways: dict[str, Callable[[], np.ndarray]] = {}
    if borne is not None:
        ways["equal_prices"] = lambda: np.array(borne)
    if len(alone) == n:
        ways["stand_alone"] = lambda: sharing.proportional(total, alone)
    if all(t is not None for t in made.today):
        ways["volume"] = lambda: sharing.proportional(total, [t or 0.0 for t in made.today])
    if all(c is not None for c in charges):
        ways["legal_key"] = lambda: sharing.proportional(total, [c or 0.0 for c in charges])
    if agreed:
        ways["agreed"] = lambda: sharing.proportional(total, [agreed.get(code, 0.0) for code in made.establishments])
    excess = None
    errors: dict[str, tuple[float, ...]] = {}
    if n > MOST and len(alone) == n:
        known = {b: float(c) for b, c in upper.items() if math.isfinite(c)}
        mean, error = sharing_rows.shapley_of_orders(n, known, _orders(n))
        if np.isfinite(mean).all():
            ways["shapley"] = lambda: mean
            errors["shapley"] = tuple(float(e) for e in error)
        if all((1 << n) - 1 & ~(1 << i) in known for i in range(n)):
            cost = np.full(1 << n, math.nan)
            cost[list(known)] = list(known.values())
            ways["acam"] = lambda: sharing.acam(Game(n, cost))
        least, at = sharing_rows.least_core_known(n, known)
        ways["least_core"] = lambda: at
        excess = least if least > 0 else None  # fewer rows: the true one is no smaller
    if complete:
        game = Game.of(n, {b: float(c) for b, c in upper.items()})
        excess = sharing.least_core(game)[0] if n > 1 else 0.0
        ways |= {
            "shapley": lambda: sharing.shapley(game), "nucleolus": lambda: sharing.nucleolus(game), "least_core": lambda: sharing.least_core(game)[1],
            "equal_profit": lambda: sharing.equal_profit(game)[1], "acam": lambda: sharing.acam(game),
        }  # fmt: skip
    shares = []
    for method in METHODS:
        if method in ways:
            try:
                found = tuple(float(x) for x in ways[method]())
            except sharing.NoLeast:  # somebody alone pays nothing: relative savings mean nothing
                continue
            told = len(made.coalitions) == 2**n - 1 or n > MOST
            shares.append(Share(method, found, sharing.core_test(found, lower, upper) if told and n > 1 else None, errors.get(method, ())))
    return shares, excess
