"""The rules and locks of the purchasing tables: what each concerns, and whether an award keeps it. No solver.

A rule concerns a set of lots (one lot, a family's lots, or all) and one supplier or each. Values that are
shares count purchases before discount; those that stay outside the common contract count at today's price
in the EGalim shares, and not at all in the shares of a supplier.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from planner.issues import Issue
from planner.problems.purchasing.baskets import Food
from planner.problems.purchasing.entries import MONTHS, Entry, date_of
from planner.problems.purchasing.market import Market
from planner.problems.purchasing.tables import LOCKS, LOTS, OFFERS, RULES, SUPPLIERS
from planner.problems.purchasing.tariff import Period, Shares
from planner.problems.purchasing.units import HUNDREDTHS, MILLI, PARTS, PPM, Pair, ceiling
from planner.scenario import Scenario

COUNTS = ("max_winners", "min_winners", "max_lots", "min_lots", "max_suppliers", "min_suppliers", "max_joins", "min_small_lots", "max_lead")
SHARE_KINDS = ("max_share", "min_share")
GROUP_KINDS = ("min_small", "min_incumbent", "max_central")  # shares of a kind of suppliers
FOOD_KINDS = ("min_quality", "min_organic")


@dataclass(frozen=True)
class Rule:
    """An active rule. `lots`: those concerned that have needs (food only for EGalim); `supplier`: "" for each.

    `value`: a number for counts, millionths for shares; `member`: "" for the whole group; `penalty`: millionths of a euro
    per euro short of the share, None where the rule binds; `kitchen`: "" for all of them.
    """

    code: str
    kind: str
    lots: tuple[str, ...]
    supplier: str
    value: int
    row: int
    member: str = ""
    penalty: int | None = None
    kitchen: str = ""

    @property
    def shown(self) -> float:
        """The value as the user typed it: a number, or percent."""
        return float(self.value) if self.kind in COUNTS else self.value * 100 / PPM


@dataclass(frozen=True)
class Lock:
    """A decision imposed on pairs (lot, member): award to or exclude `supplier`, or stay out."""

    action: str
    lot: str
    pairs: tuple[Pair, ...]
    supplier: str
    row: int
    everyone: bool  # the lock names no establishment


def read_rules(scenario: Scenario, market: Market) -> list[Rule]:
    """The active rules that concern at least one lot with needs."""
    made = []
    for row in scenario.rows("purchasing_rules"):
        if row.active is False:
            continue
        lots = [lot for lot in market.lots if row.lot in (None, lot) and row.family in (None, market.family[lot])]
        if row.kind in FOOD_KINDS:
            lots = [lot for lot in lots if market.food[lot]]
        if lots:
            value = round(row.value) if row.kind in COUNTS else round(row.value * PPM / 100)
            food = row.kind in FOOD_KINDS
            penalty = round(row.penalty * PPM) if food and row.penalty is not None else None
            made.append(Rule(row.rule, row.kind, tuple(lots), row.supplier or "", value, row.index_, (row.establishment or "") if food else "", penalty, (row.kitchen or "") if food else ""))
    return made


def read_locks(scenario: Scenario, market: Market) -> list[Lock]:
    """The locks that concern at least one pair with needs."""
    made = []
    for row in scenario.rows("purchasing_locks"):
        pairs = tuple(pair for pair in market.of_lot(row.lot) if row.establishment in (None, pair[1]))
        if pairs:
            made.append(Lock(row.action, row.lot, pairs, row.supplier or "", row.index_, row.establishment is None))
    return made


def winners_allowed(market: Market, rules: list[Rule]) -> dict[str, int]:
    """The largest number of winners of each lot, from the lot itself and the rules."""
    allowed = dict(market.max_winners)
    for rule in rules:
        if rule.kind == "max_winners":
            for lot in rule.lots:
                allowed[lot] = min(allowed[lot], rule.value)
    return allowed


class Standing:
    """Sums of an award that rules look at."""

    def __init__(self, market: Market, shares: Shares) -> None:
        self.market = market
        self.shares = {award: share for award, share in shares.items() if share > 0}
        self.winners: dict[str, set[str]] = defaultdict(set)
        for lot, _, supplier in self.shares:
            self.winners[lot].add(supplier)
        self.joined = {(lot, member) for lot, member, _ in self.shares}

    def value(self, lots: tuple[str, ...], supplier: str = "") -> int:
        """Purchases before discount under the common contract, in hundredths of a cent."""
        return sum(
            self.market.gross[award] * share
            for award, share in self.shares.items()
            if award[0] in lots and supplier in ("", award[2])
        )  # fmt: skip

    def favoured(self, kind: str, lots: tuple[str, ...]) -> int:
        """Purchases before discount from the suppliers a rule favours or limits, in hundredths of a cent."""
        return sum(self.market.gross[a] * share for a, share in self.shares.items() if a[0] in lots and self.market.favoured(kind, a))

    def small_lots(self, lots: tuple[str, ...]) -> int:
        """How many times a small or local firm wins one of the lots."""
        return sum(self.market.terms[s].small for lot in lots for s in self.winners.get(lot, ()))

    def slow(self, lots: tuple[str, ...], days: int) -> list[str]:
        """The suppliers that win one of the lots and take longer than that to deliver."""
        return [s for s in self.suppliers(lots) if self.market.terms[s].lead > days]

    def food(self, lots: tuple[str, ...], member: str = "", kitchen: str = "") -> Food:
        """Food purchases of the lots: (all, of quality, organic) in hundredths of a cent, everything counted."""
        lots = tuple(lot for lot in lots if self.market.food[lot])
        parts = [(self.market.food_of(award, kitchen), share) for award, share in self.shares.items() if award[0] in lots and member in ("", award[1])]
        parts += [(self.market.food_outside(pair, kitchen), HUNDREDTHS) for pair in self.market.pairs if pair[0] in lots and pair not in self.joined and member in ("", pair[1])]
        return summed(parts)

    def suppliers(self, lots: tuple[str, ...]) -> list[str]:
        """The suppliers that win one of the lots, in order of the table."""
        used = {supplier for lot in lots for supplier in self.winners.get(lot, ())}
        return [supplier for supplier in self.market.suppliers if supplier in used]


def summed(parts: Iterable[tuple[Food, int]]) -> Food:
    """Food times a number each, added up."""
    whole = quality = organic = 0
    for food, times in parts:
        whole, quality, organic = whole + food[0] * times, quality + food[1] * times, organic + food[2] * times
    return whole, quality, organic


def percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 4) if whole else 0.0


def broken_rules(market: Market, rules: list[Rule], shares: Shares, joins: Mapping[Pair, Entry] | None = None) -> list[Issue]:
    """An error for each rule, and each lot, supplier or month in it, that the award does not keep; targets cannot be broken."""
    standing = Standing(market, shares)
    issues: list[Issue] = []
    for rule in rules:
        if rule.kind == "max_joins":
            issues += _joins(market, rule, joins or {})
        elif rule.penalty is None:
            issues += _broken(rule, standing)
    return issues


def _joins(market: Market, rule: Rule, joins: Mapping[Pair, Entry]) -> Iterator[Issue]:
    """Months in which more pairs join than a rule allows (in a plan of one full year nobody joins in any month)."""
    months = Counter(entry.month for pair, entry in joins.items() if pair[0] in rule.lots)
    for month, count in sorted(months.items()) if market.years else ():
        if count > rule.value:
            yield Issue.error("too_many_joins", table=RULES.name, row=rule.row, rule=rule.code, month=date_of(month, market.year).strftime("%m/%Y"), count=count, limit=rule.value)


def food_by_year(market: Market, lots: tuple[str, ...], member: str, shares: Shares, period: Period | None, kitchen: str = "") -> Food:
    """Food bought in a year, in the common contract and outside: (all, of quality, organic) in parts of a cent; `member` "": the group;
    `kitchen` "": all of them."""
    joined = {award[:2] for award, share in shares.items() if share > 0}
    parts: list[tuple[Food, int]] = []
    for pair in market.pairs:
        if pair[0] in lots and market.food[pair[0]] and member in ("", pair[1]):
            own = ((0 if pair in joined else MONTHS) if period is None else period.own[pair]) * HUNDREDTHS
            parts.append((market.food_outside(pair, kitchen), own))
    for award, share in shares.items():
        if award[0] in lots and market.food[award[0]] and member in ("", award[1]):
            parts.append((market.food_of(award, kitchen), share * (MONTHS if period is None else len(period.common[award[:2]]))))
    return summed(parts)


def shortfall(market: Market, rule: Rule, shares: Shares, period: Period | None) -> tuple[int, int]:
    """How far a year's food is from a target, and what that weighs: both in cents, rounded up."""
    whole, *good = food_by_year(market, rule.lots, rule.member, shares, period, rule.kitchen)
    short = max(0, rule.value * whole - good[FOOD_KINDS.index(rule.kind)] * PPM)
    return ceiling(short, PPM * PARTS), ceiling(short * (rule.penalty or 0), PPM * PARTS * PPM)


def _broken(rule: Rule, at: Standing) -> list[Issue]:
    table, row, code, limit = RULES.name, rule.row, rule.code, rule.value
    if rule.kind in ("max_winners", "min_winners"):
        counts = [(lot, len(at.winners.get(lot, ()))) for lot in rule.lots]
        if rule.kind == "max_winners":
            return [Issue.error("too_many_winners", table=table, row=row, rule=code, lot=lot, count=n, limit=limit)
                    for lot, n in counts if n > limit]  # fmt: skip
        return [Issue.error("too_few_winners", table=table, row=row, rule=code, lot=lot, count=n, limit=limit)
                for lot, n in counts if n < limit]  # fmt: skip
    if rule.kind == "max_suppliers":
        used = len(at.suppliers(rule.lots))
        return [Issue.error("too_many_suppliers", table=table, row=row, rule=code, count=used, limit=limit)] if used > limit else []
    if rule.kind == "min_suppliers":
        used = len(at.suppliers(rule.lots))
        return [Issue.error("too_few_suppliers", table=table, row=row, rule=code, count=used, limit=limit)] if used < limit else []
    if rule.kind == "min_small_lots":
        count = at.small_lots(rule.lots)
        return [Issue.error("too_few_small_lots", table=table, row=row, rule=code, count=count, limit=limit)] if count < limit else []
    if rule.kind == "max_lead":
        return [Issue.error("delivers_too_late", table=table, row=row, rule=code, supplier=s, days=at.market.terms[s].lead, limit=limit) for s in at.slow(rule.lots, limit)]
    if rule.kind in GROUP_KINDS:
        part, whole = at.favoured(rule.kind, rule.lots), at.value(rule.lots)
        if (part * PPM > limit * whole) if rule.kind == "max_central" else (part * PPM < limit * whole):
            return [Issue.error(f"group_{rule.kind}", table=table, row=row, rule=code, share=percent(part, whole), limit=rule.shown)]
        return []
    if rule.kind in FOOD_KINDS:
        whole, quality, organic = at.food(rule.lots, rule.member, rule.kitchen)
        if rule.kind == "min_quality" and quality * PPM < limit * whole:
            return [Issue.error("quality_too_low", table=table, row=row, rule=code, share=percent(quality, whole), limit=rule.shown)]
        if rule.kind == "min_organic" and organic * PPM < limit * whole:
            return [Issue.error("organic_too_low", table=table, row=row, rule=code, share=percent(organic, whole), limit=rule.shown)]
        return []
    whole, issues = at.value(rule.lots), []
    for supplier in [rule.supplier] if rule.supplier else at.suppliers(rule.lots):
        part, won = at.value(rule.lots, supplier), sum(supplier in at.winners.get(lot, ()) for lot in rule.lots)
        if rule.kind == "min_lots" and won < limit:
            issues.append(Issue.error("too_few_lots", table=table, row=row, rule=code, supplier=supplier, count=won, limit=limit))
        if rule.kind == "max_lots" and won > limit:
            issues.append(Issue.error("too_many_lots", table=table, row=row, rule=code, supplier=supplier, count=won, limit=limit))
        if rule.kind == "max_share" and part * PPM > limit * whole:
            issues.append(Issue.error("share_too_high", table=table, row=row, rule=code, supplier=supplier,
                                      share=percent(part, whole), limit=rule.shown))  # fmt: skip
        if rule.kind == "min_share" and part * PPM < limit * whole:
            issues.append(Issue.error("share_too_low", table=table, row=row, rule=code, supplier=supplier,
                                      share=percent(part, whole), limit=rule.shown))  # fmt: skip
    return issues


def broken_locks(locks: list[Lock], shares: Shares) -> list[Issue]:
    """An error for each pair whose award goes against a lock."""
    issues: list[Issue] = []
    joined = {(lot, member) for (lot, member, _), share in shares.items() if share > 0}
    for lock in locks:
        for lot, member in lock.pairs:
            got = shares.get((lot, member, lock.supplier), 0) > 0
            table, row, supplier = LOCKS.name, lock.row, lock.supplier
            if lock.action == "award" and not got:
                issues.append(Issue.error("lock_award_ignored", table=table, row=row, lot=lot, establishment=member, supplier=supplier))
            elif lock.action == "exclude" and got:
                issues.append(Issue.error("lock_exclude_ignored", table=table, row=row, lot=lot, establishment=member, supplier=supplier))
            elif lock.action == "stay_out" and (lot, member) in joined:
                issues.append(Issue.error("lock_stay_out_ignored", table=table, row=row, lot=lot, establishment=member))
    return issues


def _split_kept(market: Market, lot: str, at: Standing) -> Iterator[Issue]:
    """An error for each member of a lot with a fixed split whose suppliers do not have these shares, or others than for the first."""
    first: dict[str, int] | None = None
    for pair in market.of_lot(lot):
        mine = {supplier: at.shares[(*pair, supplier)] for supplier in market.bidders[lot] if (*pair, supplier) in at.shares}
        if not mine:
            continue
        if tuple(sorted(mine.values(), reverse=True)) != market.splits[lot] or mine != (first or mine):
            yield Issue.error("split_not_kept", table=LOTS.name, lot=lot, establishment=pair[1], split="/".join(map(str, market.splits[lot])),
                              shares=", ".join(f"{s} {share} %" for s, share in mine.items()))  # fmt: skip
        first = first or mine


def broken_offers(market: Market, shares: Shares) -> list[Issue]:
    """Errors for capacities, minimums, largest values and numbers of winners of the offers and lots themselves."""
    standing = Standing(market, shares)
    issues: list[Issue] = []
    supplied: dict[tuple[str, str], int] = defaultdict(int)  # (supplier, article) -> hundredths of thousandths
    for (lot, member, supplier), share in standing.shares.items():
        for article in market.pair_articles[lot, member]:
            supplied[supplier, article] += market.need[member, article] * share
    for supplier in standing.suppliers(market.lots):
        bought, least = standing.value(market.lots, supplier), market.terms[supplier].minimum
        if bought < least * HUNDREDTHS:
            issues.append(Issue.error("order_below_minimum", table=SUPPLIERS.name, column="minimum_value", supplier=supplier, value=bought / (100 * HUNDREDTHS), limit=least / 100))
    for lot in market.lots:
        won = sorted(standing.winners.get(lot, ()))
        for supplier, article in ((s, a) for s in won for a in market.articles[lot]):
            row, quantity = market.offered[supplier, article].index_, supplied[supplier, article]
            shown = quantity / (MILLI * HUNDREDTHS)
            limit, least = market.capacity.get((supplier, article)), market.minimum.get((supplier, article), 0)
            if limit is not None and quantity > limit * HUNDREDTHS:
                issues.append(Issue.error("capacity_exceeded", table=OFFERS.name, row=row, column="capacity", supplier=supplier,
                                          article=article, quantity=shown, limit=limit / MILLI))  # fmt: skip
            if quantity < least * HUNDREDTHS:
                issues.append(Issue.error("minimum_not_reached", table=OFFERS.name, row=row, column="minimum", supplier=supplier,
                                          article=article, quantity=shown, limit=least / MILLI))  # fmt: skip
        if lot in market.splits:
            issues += _split_kept(market, lot, standing)
        if len(won) > market.max_winners[lot]:
            issues.append(Issue.error("too_many_winners", table=LOTS.name, rule="", lot=lot, count=len(won), limit=market.max_winners[lot]))
        value, most = standing.value((lot,)), market.max_value.get(lot)
        if most is not None and value > most * HUNDREDTHS:
            issues.append(Issue.error("framework_exceeded", table=LOTS.name, lot=lot, value=value / 1e4, limit=most / 100))
        elif most is not None and value > 0.8 * most * HUNDREDTHS:
            issues.append(Issue.warning("framework_near_limit", table=LOTS.name, lot=lot, value=value / 1e4, limit=most / 100,
                                        percent=percent(value, most * HUNDREDTHS)))  # fmt: skip
    return issues
