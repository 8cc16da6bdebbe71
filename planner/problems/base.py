"""What every problem offers, and the cost lines that every plan carries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import pandas as pd

from planner.issues import Issue, Message
from planner.kinds import Choice, Code, Decimal, Integer, Option, Ref
from planner.network import Network
from planner.plan import Audit, Kpi, Limits, Plan, Progress, cents, total
from planner.scenario import Scenario
from planner.schema import Column, Row, Table, rows
from planner.sites import Parameter


class Problem(Protocol):
    """A problem: its tables and the functions over them. Implementations hold no state.

    `tables`: what the user fills; `results`: the tables of its plans, the first one being the cost lines;
    `parameters`: its general figures; `kpis`: the key figures of its audit.
    """

    @property
    def name(self) -> str: ...
    @property
    def tables(self) -> tuple[Table, ...]: ...
    @property
    def results(self) -> tuple[Table, ...]: ...
    @property
    def parameters(self) -> tuple[Parameter, ...]: ...
    @property
    def kpis(self) -> tuple[Kpi, ...]: ...

    def relevant(self, scenario: Scenario) -> bool:
        """Whether the scenario has data for this problem at all."""
        ...

    def precheck(self, scenario: Scenario, network: Network) -> list[Issue]:
        """Figures that cannot work, said before solving with both numbers; also contradictory locks."""
        ...

    def baseline(self, scenario: Scenario, network: Network) -> Plan:
        """Today's organisation as a plan, evaluated as it is (its audit may find faults)."""
        ...

    def solve(self, scenario: Scenario, network: Network, limits: Limits, progress: Progress) -> Plan:
        """The best plan within the limits; an outcome, never an exception, when there is none."""
        ...

    def audit(self, scenario: Scenario, network: Network, plan: Plan) -> Audit:
        """Cost and every rule recomputed from scenario and plan alone, without any solver."""
        ...


@dataclass(frozen=True)
class Rule:
    """A rule of a scenario that can be taken away, or a decision that can be imposed on it, to be priced.

    `change` gives the scenario without the rule (everything allowed before stays allowed, at no higher cost), or with
    the decision (nothing else becomes allowed); the same scenario where it changes nothing.
    """

    name: Message
    kind: Literal["rule", "decision"]
    change: Callable[[Scenario], Scenario]


def edited(scenario: Scenario, table: str, change: Callable[[Row], Mapping[str, Any]]) -> Scenario:
    """The scenario with other values in the rows of a table; `change` gives them by column, nothing for a row left as it is."""
    declared = scenario.table(table)
    found = [{**{name: getattr(row, name) for name in declared.names}, **change(row)} for row in scenario.rows(table)]
    return scenario.replace(table, declared.frame(found))


def with_rows(scenario: Scenario, table: str, more: Iterable[Mapping[str, Any]] = (), keep: Callable[[Row], bool] = lambda _: True) -> Scenario:
    """The scenario with those rows of a table that `keep` accepts, and more."""
    declared = scenario.table(table)
    kept = [{name: getattr(row, name) for name in declared.names} for row in scenario.rows(table) if keep(row)]
    return scenario.replace(table, declared.frame([*kept, *more]))


def cost_table(problem: str, fr: str, en: str, lines: tuple[Option, ...]) -> Table:
    """The cost lines of a problem's plans: one row per period, payer, thing and line.

    `amount` is in € of the period (nominal), `objective` what it weighs in the plan's objective (€,
    discounted where the problem discounts); both are whole cents.
    """
    return Table(
        f"{problem}_costs", fr, en, group=problem, result=True,
        help_fr="Le coût ligne à ligne ; les totaux du résumé en sont les sommes.",
        help_en="The cost line by line; the summary's totals are its sums.",
        columns=(
            Column("year", Integer(), "Année", "Year", help_fr="Année du plan.", help_en="Year of the plan."),
            Column("establishment", Ref(table="establishments"), "Établissement", "Establishment", help_fr="Qui supporte la ligne.", help_en="Who bears the line."),
            Column("item", Code(), "Objet", "Item", help_fr="Cuisine, véhicule, lot ou site concerné.", help_en="Kitchen, vehicle, lot or site concerned."),
            Column("line", Choice(lines), "Poste", "Line", help_fr="Nature de la dépense.", help_en="Nature of the expense."),
            Column("quantity", Decimal(), "Quantité", "Quantity", help_fr="Quantité comptée (repas, km, heures…).", help_en="Quantity counted (meals, km, hours…)."),
            Column("amount", Decimal(), "Montant", "Amount", "€", help_fr="Euros de la période.", help_en="Euros of the period."),
            Column("objective", Decimal(), "Montant retenu", "Amount counted", "€", help_fr="Euros comptés dans l'objectif (actualisés s'il y a lieu).", help_en="Euros counted in the objective (discounted where it applies)."),
        ),
    )  # fmt: skip


class Costs:
    """Collects cost lines, merging equal (year, establishment, item, line), each rounded to the cent once."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._lines: dict[tuple[int | None, str, str, str], list[float]] = {}

    def add(
        self, year: int | None, establishment: str, item: str, line: str, quantity: float, amount: float, weight: float = 1.0, beyond: float = 0.0
    ) -> None:
        """`amount`: € of the period; `weight`: discount factor of the period (1 where nothing is discounted).

        `beyond`: € that count in the objective though nobody pays them (the price put on a change).
        """
        known = self._lines.setdefault((year, establishment, item, line), [0.0, 0.0, weight, 0.0])
        known[0] += quantity
        known[1] += amount
        known[3] += beyond

    def frame(self) -> pd.DataFrame:
        made: list[Mapping[str, Any]] = []
        for (year, establishment, item, line), (quantity, amount, weight, beyond) in sorted(self._lines.items(), key=lambda kv: tuple(str(p) for p in kv[0])):
            if amount == 0 and quantity == 0:
                continue
            made.append({"year": year, "establishment": establishment or None, "item": item or None, "line": line,
                         "quantity": round(quantity, 6), "amount": cents(amount), "objective": cents(cents(amount) * weight + beyond)})  # fmt: skip
        return self.table.frame(made)


def cost_of(frame: pd.DataFrame) -> float:
    """The objective that cost lines add up to, exact to the cent."""
    return total(frame["objective"].tolist())


def years_of(frame: pd.DataFrame) -> int:
    """How many years cost lines cover, first to last; lines without a year are those of one typical year."""
    years = frame["year"].dropna()
    return int(years.max() - years.min()) + 1 if len(years) else 1


def average(amounts: Iterable[float], years: int) -> float:
    """€ per year of amounts in whole cents, to the cent, halves away from zero: what a spreadsheet's ROUND gives."""
    whole = sum(round(amount * 100) for amount in amounts)
    return (1 if whole >= 0 else -1) * ((2 * abs(whole) + years) // (2 * years)) / 100


def annual_cost(frame: pd.DataFrame) -> float:
    """Average € per year that cost lines add up to (amounts, not discounted)."""
    return average(frame["amount"].tolist(), years_of(frame))


def compare_costs(table: Table, plan: Plan, recomputed: pd.DataFrame) -> list[Issue]:
    """Issues for every cost line of the plan that the recomputed ones contradict (by a cent or more)."""

    def keyed(frame: pd.DataFrame) -> dict[tuple[Any, ...], tuple[float, float]]:
        sums: dict[tuple[Any, ...], tuple[float, float]] = {}
        for r in rows(table, frame):  # a line given twice counts twice
            amount, objective = sums.get((r.year, r.establishment, r.item, r.line), (0.0, 0.0))
            sums[r.year, r.establishment, r.item, r.line] = (amount + (r.amount or 0.0), objective + (r.objective or 0.0))
        return sums

    issues: list[Issue] = []
    claimed_frame = plan.tables.get(table.name)
    claimed = keyed(claimed_frame) if claimed_frame is not None else {}
    true = keyed(recomputed)
    for key in sorted(set(claimed) | set(true), key=str):
        said, right = claimed.get(key, (0.0, 0.0)), true.get(key, (0.0, 0.0))
        if any(abs(a - b) >= 0.005 for a, b in zip(said, right, strict=True)):
            year, establishment, item, line = key
            issues.append(
                Issue.error("wrong_cost_line", table=table.name, year=str(year or ""), establishment=establishment or "",
                            item=item or "", line=line, claimed=said[0], right=right[0])
            )  # fmt: skip
    right_total = cost_of(recomputed)
    if plan.cost is None or abs(plan.cost - right_total) >= 0.005:
        issues.append(Issue.error("wrong_cost", table=table.name, claimed=float(plan.cost or 0.0), right=right_total))
    if plan.bound is not None and plan.cost is not None and plan.bound > right_total + 0.01:
        issues.append(Issue.error("wrong_bound", table=table.name, bound=float(plan.bound), cost=right_total))
    return issues


def frames_differ(table: Table, plan: Plan, recomputed: pd.DataFrame) -> list[Issue]:
    """An issue per row of a result table that the recomputed one does not have, has otherwise (by 0.005 or more in a figure),
    or has besides. A table that the plan lacks is not told here."""
    if table.name not in plan.tables:
        return []
    issues: list[Issue] = []
    others = [name for name in table.names if name not in table.key]
    right = {tuple(getattr(r, name) for name in table.key): r for r in rows(table, recomputed)}
    for row in rows(table, plan.tables[table.name]):
        key = tuple(getattr(row, name) for name in table.key)
        shown = " ".join(str(part) for part in key if part is not None)
        true = right.pop(key, None)
        if true is None:
            issues.append(Issue.error("result_unknown_row", table=table.name, row=row.index_, which=shown))
        for name in others if true is not None else ():
            said, is_ = getattr(row, name), getattr(true, name)
            both = isinstance(said, int | float) and isinstance(is_, int | float)
            if (abs(said - is_) >= 0.005) if both else said != is_:
                issues.append(Issue.error("result_wrong_cell", table=table.name, row=row.index_, column=name, which=shown,
                                          claimed=str("–" if said is None else said), right=str("–" if is_ is None else is_)))  # fmt: skip
    for key in right:
        issues.append(Issue.error("result_missing_row", table=table.name, which=" ".join(str(part) for part in key if part is not None)))
    return issues


def missing_tables(results: Sequence[Table], plan: Plan) -> list[Issue]:
    """Issues for result tables that the plan does not carry."""
    return [Issue.error("plan_table_missing", table=t.name, name=t.name) for t in results if t.name not in plan.tables]


def check_same_scenario(scenario: Scenario, plan: Plan) -> list[Issue]:
    """An issue when the plan was made for other data."""
    if plan.scenario_hash and plan.scenario_hash != scenario.hash:
        return [Issue.error("plan_of_other_data", plan=plan.scenario_hash[:12], scenario=scenario.hash[:12])]
    return []
