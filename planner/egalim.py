"""What each point of EGalim costs: the purchasing problem solved for rising shares, each as an interval between proven bounds.

Rules of the same kind and scope are taken out first, and one is imposed in their place: share >= s. With z(s) the least
cost, known as [bound, cost], and z rising with s, every plan for a higher share is one for a lower share, and every
bound for a lower share is one for a higher: intervals are tightened that way. Between two shares a point costs

    (bound(t) - cost(s)) / (t - s)  <=  (z(t) - z(s)) / (t - s)  <=  (cost(t) - bound(s)) / (t - s),

counted from the share that the best plan for s reaches anyway, where that is more than s: up to there nothing is asked.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from planner import network as networks
from planner.catalog import problems
from planner.plan import Limits, Progress, Status
from planner.prices import Known, discounted_years, solved
from planner.problems.base import Problem, edited, with_rows
from planner.problems.purchasing.result_tables import EGALIM
from planner.problems.purchasing.tables import RULES
from planner.scenario import Scenario
from planner.schema import rows

KINDS = {"quality": "min_quality", "organic": "min_organic"}


@dataclass(frozen=True)
class Point:
    """A share asked (%; 0: none) and what is known of the least cost with it (€ of the objective): inf where there is none.

    `reached`: the share of the best plan known, in a full year. `low`, `high`: what a point costs from the share before on,
    € per year (None for the first).
    """

    share: float
    status: Status
    cost: float
    bound: float
    reached: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Curve:
    """`kind`: quality or organic; `establishment`, `kitchen`: "" for the group; `years`: by how much to divide for € per year."""

    kind: str
    establishment: str
    points: tuple[Point, ...]
    years: float
    kitchen: str = ""


def curve(scenario: Scenario, kind: str, shares: Sequence[float], limits: Limits, progress: Progress, establishment: str = "", kitchen: str = "") -> Curve:
    """The curve of cost against share; each solve within `limits`. Stopped, or once a share is proven out of reach, it ends there.

    Raises KeyError for a kind that is none.
    """
    rule = KINDS[kind]
    problem: Problem = problems()["purchasing"]
    built, _ = networks.build(scenario, None)
    who = (establishment, kitchen)
    bare = edited(scenario, RULES.name, lambda row: {"active": False} if row.kind == rule and (row.establishment or "", row.kitchen or "") == who and row.lot is None and row.family is None and row.penalty is None else {})
    found: list[tuple[float, Known, float | None]] = []
    asked = [0.0, *sorted({float(s) for s in shares if 0 < s <= 100})]
    for place, share in enumerate(asked, 1):
        if progress.should_stop():
            break
        before = found[-1] if found else None
        if before is not None and before[2] is not None and before[2] >= share:
            found.append((share, before[1], before[2]))  # the plan already has it
            continue
        progress.turn(problem.name, place, len(asked))
        known = solved(problem, _with(bare, rule, share, who) if share else bare, built, limits, progress)
        found.append((share, known, _reached(known, kind, who)))
        if known.status is Status.INFEASIBLE:
            break
    base = next((known for _, known, _ in found if known.plan is not None), Known(Status.FAILED, math.inf, -math.inf))
    years = discounted_years(problem, scenario, base)
    return Curve(kind, establishment, tuple(_tightened(found, years)), years, kitchen)


def _with(scenario: Scenario, rule: str, share: float, who: tuple[str, str]) -> Scenario:
    taken = {row.rule for row in scenario.rows(RULES.name)}
    code = next(c for c in (f"={n}" for n in range(len(taken) + 1)) if c not in taken)
    return with_rows(scenario, RULES.name, [{"rule": code, "kind": rule, "establishment": who[0] or None, "kitchen": who[1] or None, "value": share}])


def _reached(known: Known, kind: str, who: tuple[str, str]) -> float | None:
    if known.plan is None or not known.plan.status.has_plan:
        return None
    full = [row for row in rows(EGALIM, known.plan.tables[EGALIM.name]) if row.year is None and (row.establishment or "", row.kitchen or "") == who]
    return getattr(full[0], kind) if full else None


def _tightened(found: Sequence[tuple[float, Known, float | None]], years: float) -> list[Point]:
    made = [Point(share, known.status, known.cost, known.bound, reached) for share, known, reached in found]
    for k in range(1, len(made)):
        made[k] = replace(made[k], bound=max(made[k].bound, made[k - 1].bound))
    for k in range(len(made) - 2, -1, -1):
        if made[k + 1].cost < made[k].cost:
            made[k] = replace(made[k], cost=made[k + 1].cost, reached=made[k + 1].reached)
    for k in range(1, len(made)):
        begins = max(made[k - 1].share, made[k - 1].reached or 0.0)
        width = (made[k].share - (begins if begins < made[k].share else made[k - 1].share)) * years
        low = max(0.0, made[k].bound - made[k - 1].cost) / width if math.isfinite(made[k - 1].cost) else 0.0
        high = (made[k].cost - made[k - 1].bound) / width
        made[k] = replace(made[k], low=math.floor(100 * low) / 100 if math.isfinite(low) else low, high=math.ceil(100 * high) / 100 if math.isfinite(high) else math.inf)
    return made
