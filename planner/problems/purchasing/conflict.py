"""Why no award keeps every rule: the rules that conflict, and the smallest change that mends it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from planner.issues import Issue
from planner.problems.purchasing.arrays import Arrays, Requirement
from planner.problems.purchasing.entries import Entry
from planner.problems.purchasing.market import Market
from planner.problems.purchasing.rules import GROUP_KINDS, Rule, Standing
from planner.problems.purchasing.tables import LOCKS, LOTS, OFFERS, RULES, SUPPLIERS
from planner.problems.purchasing.tariff import evaluate
from planner.problems.purchasing.units import HUNDREDTHS, MILLI, PPM, Award, Pair, ceiling
from planner.sites import PARAMETERS
from planner.solvers.conflicts import minimal_conflict
from planner.solvers.mip import MipResult, MipStatus
from planner.solvers.sourcing_mip import fewest_leaving, least_broken, possible


def explain(arrays: Arrays, seconds: float, seed: int = 1, threads: int = 1) -> list[Issue]:
    """One error per requirement of a minimal conflict, and per change of the award that breaks the fewest.

    Half of `seconds` at most for the change, the rest for the conflict; what is not found in time is left out,
    and `rules_conflict` alone remains when nothing is. Where the number of changes from the accepted plan is limited
    and a larger one would do, that is the change proposed; where none would, the limit is left out of the conflict.
    """
    began = time.monotonic()
    data = arrays.data
    limited = any(what.kind == "changes" for what in arrays.tags)
    fewest = fewest_leaving(data, seconds=seconds / 2, seed=seed, threads=threads) if limited else None
    if fewest is not None and fewest.result.status is MipStatus.INFEASIBLE:
        data = replace(data, rules=[rule for rule in data.rules if arrays.tags[rule.tag].kind != "changes"])
    enough = fewest is not None and fewest.parts is not None
    relaxed = None if enough else least_broken(data, seconds=seconds / 2, seed=seed, threads=threads)

    def left() -> float:
        return seconds - (time.monotonic() - began)

    def still_possible(tags: list[int]) -> bool | None:
        return possible(data, frozenset(tags), seconds=left(), seed=seed, threads=threads) if left() > 0.05 else None

    written = sorted({rule.tag for rule in data.rules})
    # people's own decisions first: mostly they conflict by themselves, and the offers' many limits can be left out
    decided = [tag for tag in written if arrays.tags[tag].kind in ("rule", "lock", "winners", "changes")]
    order = decided if still_possible(decided) is False else [tag for tag in written if tag not in decided] + decided
    conflict = minimal_conflict(order, lambda tags: still_possible(list(tags))) or []
    issues = [Issue.error("rules_conflict", count=len(conflict))]
    issues += [_named(arrays.market, arrays.tags[tag]) for tag in sorted(conflict)]
    if fewest is not None and fewest.parts is not None:
        issues.append(_more_changes(arrays.market, fewest.result))
    if relaxed is not None and relaxed.parts is not None:
        shares = arrays.shares(relaxed.parts)
        joins, chosen = arrays.joins(relaxed.parts), arrays.chosen(relaxed.parts)
        for tag in relaxed.broken:
            issues += _change(chosen, arrays.tags[tag], Standing(chosen, shares), joins)
    return issues


def _more_changes(market: Market, found: MipResult) -> Issue:
    """The smallest number of changes that works; said as enough where a smaller one is not excluded."""
    needed = round(found.objective)
    code = "mend_changes" if found.bound > needed - 1 + 1e-6 else "mend_changes_found"
    return Issue.error(code, table=PARAMETERS.name, column="value", limit=market.accepted.most, needed=needed)


def _named(market: Market, what: Requirement) -> Issue:
    """A requirement that takes part in the conflict."""
    if what.rule is not None:
        return Issue.error("conflict_rule", table=RULES.name, row=what.rule.row, rule=what.rule.code, limit=what.rule.shown)
    if what.lock is not None:
        return Issue.error("conflict_lock", table=LOCKS.name, row=what.lock.row, lot=what.lock.lot, supplier=what.lock.supplier,
                           establishment=what.lock.pairs[0][1] if not what.lock.everyone else "")  # fmt: skip
    if what.kind == "winners":
        return Issue.error("conflict_winners", table=LOTS.name, column="max_winners", lot=what.lot, limit=market.max_winners[what.lot])
    if what.kind == "changes":
        return Issue.error("conflict_changes", table=PARAMETERS.name, column="value", limit=market.accepted.most)
    if what.kind == "framework":
        return Issue.error("conflict_framework", table=LOTS.name, column="max_value", lot=what.lot, limit=market.max_value[what.lot] / 100)
    if what.kind == "order":
        return Issue.error("conflict_order", table=SUPPLIERS.name, column="minimum_value", supplier=what.supplier, limit=market.terms[what.supplier].minimum / 100)
    key = (what.supplier, what.article)
    row = market.offered[key].index_
    if what.kind == "capacity":
        return Issue.error("conflict_capacity", table=OFFERS.name, row=row, column="capacity", supplier=what.supplier,
                           article=what.article, limit=market.capacity[key] / MILLI)  # fmt: skip
    return Issue.error("conflict_minimum", table=OFFERS.name, row=row, column="minimum", supplier=what.supplier, article=what.article,
                       limit=market.minimum[key] / MILLI)  # fmt: skip


def _change(market: Market, what: Requirement, at: Standing, joins: Mapping[Pair, Entry]) -> Iterator[Issue]:
    """How far a requirement has to give way for the award found to keep it."""
    if what.rule is not None:
        limit = _needed(market, what.rule, at, joins)
        yield Issue.error("mend_rule", table=RULES.name, row=what.rule.row, column="value", rule=what.rule.code,
                          limit=what.rule.shown, needed=limit)  # fmt: skip
        return
    if what.lock is not None:
        for lot, member in what.lock.pairs:
            got = at.shares.get((lot, member, what.lock.supplier), 0) > 0
            broken = {"award": not got, "exclude": got, "stay_out": (lot, member) in at.joined}[what.lock.action]
            if broken:
                yield Issue.error("mend_lock", table=LOCKS.name, row=what.lock.row, lot=lot, establishment=member, supplier=what.lock.supplier)
        return
    if what.kind == "changes":
        yield Issue.error("mend_changes_found", table=PARAMETERS.name, column="value", limit=market.accepted.most,
                          needed=len(evaluate(market, at.shares).changes))  # fmt: skip
    elif what.kind == "order":
        yield Issue.error("mend_order", table=SUPPLIERS.name, column="minimum_value", supplier=what.supplier, limit=market.terms[what.supplier].minimum / 100,
                          needed=at.value(market.lots, what.supplier) // HUNDREDTHS / 100)  # fmt: skip
    elif what.kind == "winners":
        yield Issue.error("mend_winners", table=LOTS.name, column="max_winners", lot=what.lot, limit=market.max_winners[what.lot],
                          needed=len(at.winners[what.lot]))  # fmt: skip
    elif what.kind == "framework":
        yield Issue.error("mend_framework", table=LOTS.name, column="max_value", lot=what.lot, limit=market.max_value[what.lot] / 100,
                          needed=at.value((what.lot,)) / (100 * HUNDREDTHS))  # fmt: skip
    else:
        key = (what.supplier, what.article)
        row, supplied = market.offered[key].index_, _supplied(market, what, at.shares) / (MILLI * HUNDREDTHS)
        if what.kind == "capacity":
            yield Issue.error("mend_capacity", table=OFFERS.name, row=row, column="capacity", supplier=what.supplier,
                              article=what.article, limit=market.capacity[key] / MILLI, needed=supplied)  # fmt: skip
        else:
            yield Issue.error("mend_minimum", table=OFFERS.name, row=row, column="minimum", supplier=what.supplier,
                              article=what.article, limit=market.minimum[key] / MILLI, needed=supplied)  # fmt: skip


def _supplied(market: Market, what: Requirement, shares: dict[Award, int]) -> int:
    return sum(
        market.need.get((member, what.article), 0) * share
        for (lot, member, supplier), share in shares.items()
        if lot == what.lot and supplier == what.supplier
    )  # fmt: skip


def _needed(market: Market, rule: Rule, at: Standing, joins: Mapping[Pair, Entry]) -> float:
    """The value of a rule that the award keeps: a number, or percent (four decimals, rounded to the generous side)."""
    winners = [len(at.winners.get(lot, ())) for lot in rule.lots]
    won = [sum(s in at.winners.get(lot, ()) for lot in rule.lots) for s in ([rule.supplier] if rule.supplier else market.suppliers)]
    if rule.kind == "max_joins":
        return float(max(Counter(entry.month for pair, entry in joins.items() if pair[0] in rule.lots).values(), default=0))
    if rule.kind == "max_winners":
        return float(max(winners))
    if rule.kind == "min_winners":
        return float(min(winners))
    if rule.kind in ("max_lots", "min_lots"):
        return float(max(won) if rule.kind == "max_lots" else min(won))
    if rule.kind in ("max_suppliers", "min_suppliers"):
        return float(len(at.suppliers(rule.lots)))
    if rule.kind == "min_small_lots":
        return float(at.small_lots(rule.lots))
    if rule.kind == "max_lead":
        return float(max((market.terms[s].lead for s in at.suppliers(rule.lots)), default=0))
    if rule.kind in GROUP_KINDS:
        part, whole = at.favoured(rule.kind, rule.lots) * PPM, max(1, at.value(rule.lots))
        return (ceiling(part, whole) if rule.kind == "max_central" else part // whole) * 100 / PPM
    if rule.kind in ("min_quality", "min_organic"):
        whole, quality, organic = at.food(rule.lots, rule.member, rule.kitchen)
        part = quality if rule.kind == "min_quality" else organic
        return part * PPM // whole * 100 / PPM if whole else 0.0
    whole = max(1, at.value(rule.lots))
    parts = [at.value(rule.lots, supplier) * PPM for supplier in ([rule.supplier] if rule.supplier else at.suppliers(rule.lots))] or [0]
    return (ceiling(max(parts), whole) if rule.kind == "max_share" else min(parts) // whole) * 100 / PPM
