"""What a solve is asked (Limits), what it tells on the way (Progress) and what it leaves (Plan, Audit)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from planner.issues import Issue, errors

if TYPE_CHECKING:
    import pandas as pd


class Status(StrEnum):
    """How a solve ended. Every one is a result to show, none an exception."""

    OPTIMAL = "optimal"  # proven: cost and bound meet within the gap asked
    FEASIBLE = "feasible"  # a plan that keeps every rule, not proven the cheapest
    STOPPED = "stopped"  # the user stopped; the best plan so far is kept
    NO_PLAN_IN_TIME = "no_plan_in_time"  # nothing found within the limits; says nothing of the data
    INFEASIBLE = "infeasible"  # proven that no plan keeps every rule; the issues say which conflict
    FAILED = "failed"  # the solver itself failed; the issues say how

    @property
    def has_plan(self) -> bool:
        return self in (Status.OPTIMAL, Status.FEASIBLE, Status.STOPPED)


@dataclass(frozen=True)
class Limits:
    """When to stop: wall seconds, and optionally iterations (then the plan does not depend on the machine).

    `gap`: relative gap between cost and bound under which a plan counts as proven. `start`: a plan to search on from, of this scenario or
    of one like it, where a problem can (routes); it is no part of what is stored of a solve.
    """

    seconds: float = 60.0
    seed: int = 1
    threads: int = 2
    gap: float = 1e-4
    iterations: int | None = None
    start: Plan | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Step:
    """One progress report: best cost and bound so far (€, None when unknown), seconds since the start."""

    problem: str
    seconds: float
    cost: float | None = None
    bound: float | None = None
    phase: str = ""  # key of the text catalogue
    turn: tuple[int, int] | None = None  # which of how many computations, where there are several


class Progress:
    """Carries reports up to whoever watches, and the wish to stop down to the solver.

    `on_step` is called from the solving thread; `stop()` may be called from any thread or signal handler.
    """

    def __init__(self, on_step: Callable[[Step], None] | None = None) -> None:
        self._on_step = on_step
        self._stop = False
        self._turn: tuple[int, int] | None = None
        self.started = time.monotonic()

    def report(self, problem: str, cost: float | None = None, bound: float | None = None, phase: str = "") -> None:
        if self._on_step is not None:
            self._on_step(Step(problem, time.monotonic() - self.started, cost, bound, phase, self._turn))

    def turn(self, problem: str, number: int, of: int) -> None:
        """The `number`-th of about `of` computations begins: said at once, and with every report until the next."""
        self._turn = number, max(number, of)
        self.report(problem)

    def stop(self) -> None:
        self._stop = True

    def should_stop(self) -> bool:
        return self._stop


@dataclass(frozen=True)
class Plan:
    """An answer to one problem for one scenario.

    `tables`: result tables by name, as declared by the problem (`results`); among them `<problem>_costs`,
    the cost lines, whose column `objective` (€, cents) adds up to `cost`. `bound`: proven lower bound on
    `cost`, rounded down, or None. `scenario_hash`: the content hash of the scenario that was solved.
    """

    problem: str
    status: Status
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    cost: float | None = None
    bound: float | None = None
    seconds: float = 0.0
    seed: int | None = None
    scenario_hash: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    log: tuple[str, ...] = ()
    issues: tuple[Issue, ...] = ()

    @property
    def gap_euros(self) -> float | None:
        """What a better plan could still save at most (€), None without a bound."""
        if self.cost is None or self.bound is None:
            return None
        return max(0.0, round(self.cost - self.bound, 2))

    @property
    def gap(self) -> float | None:
        """The same relative to the cost, None without a bound."""
        euros = self.gap_euros
        return None if euros is None or not self.cost else euros / abs(self.cost)

    def with_(self, **changes: Any) -> Plan:
        return replace(self, **changes)


@dataclass(frozen=True)
class Kpi:
    """Declaration of a key figure: code, unit and both names; `better` is "low", "high" or ""."""

    code: str
    fr: str
    en: str
    unit: str
    better: str = ""
    decimals: int = 0


@dataclass(frozen=True)
class KpiValue:
    """A key figure's value, for one establishment or, with `establishment` empty, for the whole group."""

    code: str
    value: float
    establishment: str = ""


@dataclass(frozen=True)
class Audit:
    """What was recomputed from scenario and plan alone: findings, cost lines and key figures.

    `cost`: recomputed objective (€); `annual`: recomputed cost of a typical year (€/year), comparable
    across problems; `costs`: the recomputed cost lines, same columns as the plan's.
    """

    problem: str
    issues: tuple[Issue, ...]
    cost: float
    annual: float
    costs: pd.DataFrame
    kpis: tuple[KpiValue, ...] = ()

    @property
    def valid(self) -> bool:
        return not errors(self.issues)

    def kpi(self, code: str, establishment: str = "") -> float | None:
        return next((k.value for k in self.kpis if k.code == code and k.establishment == establishment), None)


def cents(value: float) -> float:
    """Euros rounded to the cent, as every cost line is."""
    return round(float(value) + 0.0, 2)


def total(amounts: Iterable[float]) -> float:
    """Sum of euros that are whole cents, exact to the cent whatever the order."""
    return sum(round(a * 100) for a in amounts) / 100
