"""The rules of a purchasing scenario that could be given up, and the decisions that could be imposed, to be priced."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any, Literal

from planner.issues import Message, errors
from planner.problems.base import Rule, edited, with_rows
from planner.problems.purchasing.market import read
from planner.problems.purchasing.precheck_articles import reference_findings
from planner.problems.purchasing.rules import FOOD_KINDS
from planner.problems.purchasing.tables import (
    ARTICLES,
    AWARD_ACTIONS,
    EQUIVALENCES,
    LOCKS,
    LOTS,
    MOST_CHANGES,
    RULES,
    SUPPLIERS,
)
from planner.scenario import Scenario, with_parameter
from planner.schema import Row
from planner.sites import ESTABLISHMENTS


def policies(scenario: Scenario) -> list[Rule]:
    """Every rule row, lock and limit in force; then the rules that are written but not active, and each member staying out of all."""
    return [*_rules(scenario), *_locks(scenario), *_limits(scenario), *_articles(scenario), *_decisions(scenario)]


def offers(scenario: Scenario, lots: Collection[str] = ()) -> list[Rule]:
    """Each bidder winning each lot (of `lots`, or every one), as decisions: what that costs is the gap the offer has to close."""
    market, called = read(scenario), {row.supplier: row.name for row in scenario.rows(SUPPLIERS.name)}
    lot_names = {row.lot: row.name for row in scenario.rows(LOTS.name)}
    made = []
    for lot in market.lots:
        for supplier in market.bidding[lot] if not lots or lot in lots else ():
            row = {"rule": _free_code(scenario), "kind": "min_lots", "lot": lot, "supplier": supplier, "value": 1.0}
            made.append(_rule("decision", "policy.wins_lot", _adding(row), supplier=called[supplier], lot=lot_names[lot]))
    return made


def _rules(scenario: Scenario) -> Iterator[Rule]:
    for row in scenario.rows(RULES.name):
        if row.active is not False and not (row.kind in FOOD_KINDS and row.penalty is not None):
            yield _rule("rule", f"policy.rule_{row.kind}", _edit(RULES.name, "rule", row.rule, active=False), **_words(row))


def _locks(scenario: Scenario) -> Iterator[Rule]:
    actions = {option.code: option for option in AWARD_ACTIONS}
    for row in scenario.rows(LOCKS.name):
        action = actions[row.action]
        yield _rule("rule", "policy.purchasing_lock", _without_lock((row.lot, row.establishment, row.supplier)), lot=row.lot,
                    who=" ".join(part for part in (row.establishment, row.supplier) if part), action_fr=action.fr, action_en=action.en)  # fmt: skip


def _limits(scenario: Scenario) -> Iterator[Rule]:
    market = read(scenario)
    if any(market.max_winners[lot] < len(market.bidding[lot]) for lot in market.lots):
        yield _rule("rule", "policy.winners", lambda s: edited(s, LOTS.name, lambda row: {"max_winners": min(20, (row.max_winners or 1) + 1)}))
    for row in scenario.rows(LOTS.name):
        if row.max_value is not None and row.lot in market.max_value:
            yield _rule("rule", "policy.framework", _edit(LOTS.name, "lot", row.lot, max_value=None), lot=row.name, most=row.max_value)
    if market.accepted and market.accepted.most < MOST_CHANGES.most:
        yield _rule("rule", "policy.most_purchases", lambda s: with_parameter(s, MOST_CHANGES, MOST_CHANGES.most), most=float(market.accepted.most))


def _articles(scenario: Scenario) -> Iterator[Rule]:
    """References imposed, as rules; doing without an equivalence left to the planner, as a decision: what that costs is what the equivalence saves."""
    chosen = read(scenario).chosen
    for row in scenario.rows(EQUIVALENCES.name):
        if row.equivalence in chosen:
            if not row.required and not row.reference:
                yield _rule("decision", "policy.without_equivalence", _edit(ARTICLES.name, "equivalence", row.equivalence, equivalence=None), name=row.name)
                continue
            free = _edit(EQUIVALENCES.name, "equivalence", row.equivalence, required=False, reference=None)
            if not errors(reference_findings(free(scenario), read(free(scenario)))):  # else too many choices
                yield _rule("rule", "policy.reference", free, name=row.name)


def _decisions(scenario: Scenario) -> Iterator[Rule]:
    for row in scenario.rows(RULES.name):
        if row.active is False and not (row.kind in FOOD_KINDS and row.penalty is not None):
            yield _rule("decision", f"policy.rule_{row.kind}", _edit(RULES.name, "rule", row.rule, active=True), **_words(row))
    market = read(scenario)
    for member in scenario.rows(ESTABLISHMENTS.name):
        if member.establishment in market.members and len(market.members) > 1:
            yield _rule("decision", "policy.stays_out", _staying_out(member.establishment, [lot for lot, who in market.pairs if who == member.establishment]), member=member.name)


def _words(row: Row) -> dict[str, Any]:
    where = ", ".join(part for part in (row.lot, row.family, row.supplier, row.establishment, row.kitchen) if part)
    return {"rule": f"{row.rule} · {where}" if where else row.rule, "value": float(row.value)}


def _rule(kind: Literal["rule", "decision"], key: str, change: Callable[[Scenario], Scenario], **named: Any) -> Rule:
    return Rule(Message.of(key, **named), kind, change)


def _edit(table: str, column: str, code: str, **values: Any) -> Callable[[Scenario], Scenario]:
    return lambda scenario: edited(scenario, table, lambda row: values if getattr(row, column) == code else {})


def _without_lock(key: tuple[str | None, ...]) -> Callable[[Scenario], Scenario]:
    return lambda scenario: with_rows(scenario, LOCKS.name, keep=lambda row: (row.lot, row.establishment, row.supplier) != key)


def _staying_out(member: str, lots: list[str]) -> Callable[[Scenario], Scenario]:
    def change(scenario: Scenario) -> Scenario:
        known = {(row.lot, row.establishment, row.action) for row in scenario.rows(LOCKS.name)}
        return with_rows(scenario, LOCKS.name, [{"lot": lot, "establishment": member, "action": "stay_out"} for lot in lots if (lot, member, "stay_out") not in known])

    return change


def _adding(row: dict[str, Any]) -> Callable[[Scenario], Scenario]:
    return lambda scenario: with_rows(scenario, RULES.name, [row])


def _free_code(scenario: Scenario) -> str:
    known = {row.rule for row in scenario.rows(RULES.name)}
    return next(code for code in (f"+{n}" for n in range(1, len(known) + 2)) if code not in known)
