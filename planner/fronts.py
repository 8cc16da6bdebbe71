"""What can be had for what: the plans of a kitchens problem that no other beats in cost, CO2, longest transport and safety at once.

The cheapest plan first, then one solve per step along each axis asked for (the epsilon-constraint method: cost is minimised under
a limit on the other figure, which finds every plan of a front, also those that no weighting of the figures would):

    co2      first the plan of least CO2 (a notional price above every cost), then the most CO2 allowed rises, step by step, towards
             that of the cheapest plan;
    minutes  the longest transport allowed falls, step by step, from that of the cheapest plan;
    rescue   the share of meals still served when a kitchen stops rises, step by step, from that of the cheapest plan.

Every plan is audited, its four figures are the audit's. A plan is on the front when no other is at least as good in all of
them and better in one, costs being those minimised: discounted, notional prices left out. Searches end at their limit: `bound` says
what no plan within the same limit can cost less than, `gap` how far from proven each cost is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from planner import network as networks
from planner.catalog import problems as all_problems
from planner.issues import Issue, Message, errors
from planner.network import Network
from planner.plan import Limits, Plan, Progress, Status, cents, total
from planner.problems.base import Problem, annual_cost
from planner.problems.kitchens.tables import CO2_LIMIT, CO2_PRICE, MAX_COLD_MINUTES, MAX_HOT_MINUTES, RESCUE_SHARE
from planner.roads import RoadGraph
from planner.scenario import Scenario, with_parameter
from planner.schema import rows

LEAST_CO2_PRICE = 1_000_000.0  # € per tonne, above every cost
NOTIONAL = ("co2", "changes")  # cost lines that nobody pays
AXES = ("co2", "minutes", "rescue")


@dataclass(frozen=True)
class Point:
    """A plan of the front, or beaten. `cost` €/year, `co2` t/year, `minutes` longest transport, `rescued` and `hot` in %; None: no plan."""

    name: Message
    status: Status
    cost: float | None = None
    co2: float | None = None
    minutes: float | None = None
    rescued: float | None = None
    hot: float | None = None
    gap: float | None = None
    plan: Plan | None = None
    best: bool = False
    total: float | None = None  # € discounted, over the plan
    bound: float | None = None  # proven: no plan within the same limits has less; None where nothing is

    @property
    def figures(self) -> tuple[float, ...] | None:
        """All to be small; None without a plan."""
        if self.cost is None or self.co2 is None or self.minutes is None or self.rescued is None:
            return None
        return self.cost if self.total is None else self.total, self.co2, self.minutes, -self.rescued


@dataclass(frozen=True)
class Front:
    """Every point tried, cheapest first."""

    points: tuple[Point, ...]
    issues: tuple[Issue, ...] = ()


def front(
    scenario: Scenario, axes: Sequence[str], steps: int, limits: Limits, progress: Progress,
    roads: RoadGraph | None = None, catalog: Mapping[str, Problem] | None = None,
) -> Front:  # fmt: skip
    """The front along the axes asked for, `steps` solves each within `limits`; stopped, it keeps what it has."""
    problem = (all_problems() if catalog is None else catalog)["kitchens"]
    built, issues = networks.build(scenario, roads)
    most = 1 + len(axes) * steps
    progress.turn(problem.name, 1, most)
    first = _point(problem, Message.of("front.cheapest"), scenario, built, limits, progress)
    points = [first]
    for name, changed in _steps(scenario, axes, steps, points):
        if progress.should_stop() or first.cost is None:
            break
        progress.turn(problem.name, len(points) + 1, most)
        points.append(_point(problem, name, changed, built, limits, progress))
    return Front(tuple(sorted(undominated(points), key=lambda point: (point.cost is None, point.cost or 0.0))), tuple(issues))


def _steps(scenario: Scenario, axes: Sequence[str], steps: int, points: Sequence[Point]) -> Iterator[tuple[Message, Scenario]]:
    """What to solve, one after the other; `points` grows meanwhile."""
    first = points[0]
    along: dict[str, Callable[[int], tuple[Message, Scenario] | None]] = {
        "co2": lambda i: _cleaner(scenario, i, steps, points), "minutes": lambda i: _nearer(scenario, i, steps, first), "rescue": lambda i: _safer(scenario, i, steps, first),
    }  # fmt: skip
    for axis in axes:
        for i in range(1, steps + 1):
            made = along[axis](i)
            if made is not None and made[1].hash != scenario.hash:
                yield made


def _cleaner(scenario: Scenario, i: int, steps: int, points: Sequence[Point]) -> tuple[Message, Scenario] | None:
    """The least CO2 first, then limits evenly between it and that of the cheapest plan."""
    if i == 1:
        return Message.of("front.least_co2"), with_parameter(scenario, CO2_PRICE, LEAST_CO2_PRICE)
    known = [point.co2 for point in points if point.co2 is not None and point.name.key in ("front.cheapest", "front.least_co2")]
    most, least = known[0], min(known)
    limit = math.ceil((least + (most - least) * (i - 1) / steps) * 1000) / 1000
    if len(known) < 2 or limit >= min(most, scenario.value(CO2_LIMIT)):
        return None
    return Message.of("front.co2", limit=limit), with_parameter(scenario, CO2_LIMIT, limit)


def _nearer(scenario: Scenario, i: int, steps: int, first: Point) -> tuple[Message, Scenario]:
    most = float(round((first.minutes or 0.0) * (1 - i / (steps + 1)))) or 1.0
    changed = scenario
    for parameter in (MAX_HOT_MINUTES, MAX_COLD_MINUTES):
        changed = with_parameter(changed, parameter, min(most, scenario.value(parameter)))
    return Message.of("front.minutes", minutes=most), changed


def _safer(scenario: Scenario, i: int, steps: int, first: Point) -> tuple[Message, Scenario] | None:
    least = float(round((first.rescued or 0.0) + (100 - (first.rescued or 0.0)) * i / (steps + 1)))
    return (Message.of("front.rescue", share=least), with_parameter(scenario, RESCUE_SHARE, least)) if least > scenario.value(RESCUE_SHARE) else None


def _point(problem: Problem, name: Message, scenario: Scenario, built: Network, limits: Limits, progress: Progress) -> Point:
    if errors(problem.precheck(scenario, built)):
        return Point(name, Status.INFEASIBLE)
    plan = problem.solve(scenario, built, limits, progress)
    if not plan.status.has_plan:
        return Point(name, plan.status)
    audit = problem.audit(scenario, built, plan)
    if not audit.valid:
        return Point(name, Status.FAILED)
    lines = list(rows(problem.results[0], audit.costs))
    notional = total([line.objective - line.amount for line in lines if line.line in NOTIONAL])
    bound = None if plan.bound is None or notional else plan.bound  # a bound on a cost with notional prices says nothing of the cost
    return Point(
        name, plan.status, annual_cost(audit.costs), audit.kpi("delivery_co2"), audit.kpi("longest_minutes"), audit.kpi("rescued"), audit.kpi("hot_share"),
        None if notional else plan.gap, plan, total=cents(audit.cost - notional), bound=bound,
    )  # fmt: skip


def undominated(points: Sequence[Point]) -> list[Point]:
    """The points, those that none beats marked `best`; of equals the first only."""

    def beats(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
        return all(a <= b + 1e-6 for a, b in zip(one, other, strict=True)) and any(a < b - 1e-6 for a, b in zip(one, other, strict=True))

    made = []
    for place, point in enumerate(points):
        mine = point.figures
        rivals = [(other.figures, j) for j, other in enumerate(points) if j != place and other.figures is not None]
        best = mine is not None and not any(beats(theirs, mine) or (theirs == mine and j < place) for theirs, j in rivals if theirs is not None)
        made.append(replace(point, best=best))
    return made
