"""What cannot work in the purchasing tables, said before solving, with both figures. No solver.

Errors make a plan impossible or the data meaningless; warnings say what has no effect or will not be used.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from planner.issues import Issue
from planner.problems.purchasing.market import Market, present, read, split_of, tier_rows
from planner.problems.purchasing.precheck_articles import equivalence_faults, lot_offer_findings, package_findings, reference_findings
from planner.problems.purchasing.rules import COUNTS, FOOD_KINDS, SHARE_KINDS, Lock, Rule, percent, read_locks, read_rules, winners_allowed
from planner.problems.purchasing.tables import DISCOUNTS, LOCKS, LOTS, NEEDS, OFFERS, PLAN_YEARS, RULES
from planner.problems.purchasing.units import MILLI, PPM, Pair
from planner.scenario import Scenario
from planner.sites import ESTABLISHMENTS, FIRST_YEAR, PARAMETERS


def precheck(scenario: Scenario) -> list[Issue]:
    """All findings; the scenario's tables have passed the checks (types, keys, references)."""
    issues = [*_typed(scenario), *_discounts(scenario), *equivalence_faults(scenario)]
    if any(issue.is_error for issue in issues):
        return issues  # the market cannot be read as meant
    market = read(scenario)
    issues += _members(scenario)
    if not market.pairs:
        return [*issues, Issue.error("no_need_in_first_year", year=str(market.year))]
    rules, locks = read_rules(scenario, market), read_locks(scenario, market)
    issues += _without_effect(scenario, market, rules, locks)
    issues += _calendar(scenario, market)
    issues += [*reference_findings(scenario, market), *lot_offer_findings(scenario, market), *package_findings(scenario, market)]
    if any(issue.code == "equivalence_too_many" for issue in issues):
        return issues  # not all choices are known
    issues += _offers(market)
    issues += _winners(market, rules, locks)
    issues += _locks(market, rules, locks)
    issues += _quality(market, rules, locks)
    return issues


def _typed(scenario: Scenario) -> Iterator[Issue]:
    """Rows whose cells contradict each other."""
    for row in scenario.rows(LOTS.name):
        if split_of(row.split) is None:
            yield Issue.error("split_unreadable", table=LOTS.name, row=row.index_, column="split", lot=row.lot, split=row.split)
    for row in scenario.rows(RULES.name):
        if row.kind in COUNTS and row.value != round(row.value):
            yield Issue.error("rule_not_whole", table=RULES.name, row=row.index_, column="value", rule=row.rule, value=row.value)
        if row.kind not in COUNTS and row.value > 100:
            yield Issue.error("rule_above_100", table=RULES.name, row=row.index_, column="value", rule=row.rule, value=row.value)
        food = row.kind in FOOD_KINDS
        unused = {"supplier": row.kind not in (*SHARE_KINDS, "max_lots", "min_lots"), "lot": row.kind == "max_lots", "establishment": not food, "kitchen": not food}
        if row.kind == "min_lots" and not row.supplier:
            yield Issue.error("rule_without_supplier", table=RULES.name, row=row.index_, column="supplier", rule=row.rule)
        if row.penalty is not None and not food:
            yield Issue.warning("rule_column_unused", table=RULES.name, row=row.index_, column="penalty", rule=row.rule)
        for column, useless in unused.items():
            if useless and getattr(row, column):
                yield Issue.warning("rule_column_unused", table=RULES.name, row=row.index_, column=column, rule=row.rule)
    for row in scenario.rows(LOCKS.name):
        if row.action == "stay_out" and row.supplier:
            yield Issue.warning("lock_supplier_unused", table=LOCKS.name, row=row.index_, column="supplier", lot=row.lot)
        if row.action != "stay_out" and not row.supplier:
            yield Issue.error("lock_without_supplier", table=LOCKS.name, row=row.index_, column="supplier", lot=row.lot)


def _discounts(scenario: Scenario) -> Iterator[Issue]:
    for row in scenario.rows(DISCOUNTS.name):
        if row.scope == "lot" and not row.lot:
            yield Issue.error("discount_without_lot", table=DISCOUNTS.name, row=row.index_, column="lot", supplier=row.supplier)
        if row.scope == "supplier" and row.lot:
            yield Issue.warning("discount_lot_unused", table=DISCOUNTS.name, row=row.index_, column="lot", supplier=row.supplier)
    largest: dict[str, dict[str, float]] = defaultdict(dict)
    for (supplier, lot), group in tier_rows(scenario).items():
        first = group[0]
        largest[supplier][lot] = max(row.rate for row in group)
        for before, row in pairwise(group):
            if (row.basis, row.method) != (first.basis, first.method):
                yield Issue.error("discount_mixed", table=DISCOUNTS.name, row=row.index_, column="basis", supplier=supplier, lot=lot)
            if row.threshold == before.threshold:
                yield Issue.error("discount_twice", table=DISCOUNTS.name, row=row.index_, column="threshold", supplier=supplier, lot=lot,
                                  threshold=row.threshold)  # fmt: skip
            if row.rate < before.rate:
                yield Issue.warning("discount_falls", table=DISCOUNTS.name, row=row.index_, column="rate", supplier=supplier, lot=lot,
                                    rate=row.rate, before=before.rate)  # fmt: skip
    for supplier, rates in largest.items():
        together = rates.get("", 0.0) + max((rate for lot, rate in rates.items() if lot), default=0.0)
        if together > 100:
            yield Issue.error("discount_above_price", table=DISCOUNTS.name, supplier=supplier, rate=together)


def _members(scenario: Scenario) -> Iterator[Issue]:
    year, years = int(scenario.value(FIRST_YEAR)), max(1, round(scenario.value(PLAN_YEARS)))
    buyers = {row.establishment for row in scenario.rows("needs")}
    for row in scenario.rows(ESTABLISHMENTS.name):
        if row.establishment in buyers and not any(present(row, year + n) for n in range(years)):
            yield Issue.info("member_absent", table=ESTABLISHMENTS.name, row=row.index_, establishment=row.establishment, year=str(year))


def _calendar(scenario: Scenario, market: Market) -> Iterator[Issue]:
    """Contracts that outlast the plan, dates that contradict each other, and columns that only a convergence plan reads."""
    for row in scenario.rows(NEEDS.name):
        if row.extension_until is not None and (row.contract_end is None or row.extension_until < row.contract_end):
            yield Issue.warning("extension_before_end", table=NEEDS.name, row=row.index_, column="extension_until", establishment=row.establishment, article=row.article)
    late = [pair for pair in market.pairs if not market.entries[pair]]
    for lot in dict.fromkeys(lot for lot, _ in late):
        yield Issue.info("joins_after_the_plan", table=NEEDS.name, lot=lot, members=", ".join(m for other, m in late if other == lot), year=str(market.calendar[-1]))
    if not market.years:
        used = next((row for row in scenario.rows(NEEDS.name) if row.exit_fee is not None or row.extension_until is not None), None)
        if used is not None or any(row.starts is not None for row in scenario.rows(LOTS.name)) or any(row.kind == "max_joins" for row in scenario.rows(RULES.name)):
            yield Issue.info("convergence_off", table=PARAMETERS.name, parameter=PLAN_YEARS.code)


def _without_effect(scenario: Scenario, market: Market, rules: list[Rule], locks: list[Lock]) -> Iterator[Issue]:
    live_rules, live_locks = {rule.row for rule in rules}, {lock.row for lock in locks}
    for row in scenario.rows(RULES.name):
        if row.active is not False and row.index_ not in live_rules:
            yield Issue.warning("rule_without_lot", table=RULES.name, row=row.index_, rule=row.rule)
    for row in scenario.rows(LOCKS.name):
        if row.index_ not in live_locks:
            yield Issue.warning("lock_without_need", table=LOCKS.name, row=row.index_, lot=row.lot, establishment=row.establishment or "")
    for row in scenario.rows(DISCOUNTS.name):
        if row.scope == "lot" and row.lot in market.bidding and row.supplier not in market.bidding[row.lot]:
            yield Issue.warning("discount_without_offer", table=DISCOUNTS.name, row=row.index_, supplier=row.supplier, lot=row.lot)


def _offers(market: Market) -> Iterator[Issue]:
    for lot in market.lots:
        needed = market.articles[lot]
        for supplier in market.suppliers:
            lacking = [article for article in needed if (supplier, article) not in market.offered]
            if lacking and len(lacking) < len(needed) and supplier not in market.bidding[lot]:
                yield Issue.info("offer_incomplete", table=OFFERS.name, supplier=supplier, lot=lot, article=lacking[0],
                                 missing=len(lacking), articles=len(needed))  # fmt: skip
        if len(market.splits.get(lot, ())) > len(market.bidding[lot]):
            yield Issue.warning("split_without_bidders", table=LOTS.name, column="split", lot=lot, asked=len(market.splits[lot]), bidders=len(market.bidding[lot]))
        if not market.bidding[lot]:
            yield Issue.warning("lot_without_bidder", table=LOTS.name, lot=lot, articles=len(needed))
        every = {article for basket in market.baskets[lot] for article in basket.articles}
        for supplier in market.bidding[lot]:
            for article in (a for a in market.catalogue.order if a in every and (supplier, a) in market.offered):
                row, whole = market.offered[supplier, article].index_, market.most_needed(lot, article)
                least, most = market.minimum.get((supplier, article), 0), market.capacity.get((supplier, article), whole)
                if least > whole:
                    yield Issue.warning("minimum_above_need", table=OFFERS.name, row=row, column="minimum", supplier=supplier,
                                        article=article, minimum=least / MILLI, need=whole / MILLI)  # fmt: skip
                elif least > most:
                    yield Issue.warning("minimum_above_capacity", table=OFFERS.name, row=row, column="minimum", supplier=supplier,
                                        article=article, minimum=least / MILLI, capacity=most / MILLI)  # fmt: skip
        today = sum(market.today[pair] for pair in market.of_lot(lot))
        if today > market.max_value.get(lot, today):
            yield Issue.warning("framework_below_need", table=LOTS.name, lot=lot, limit=market.max_value[lot] / 100, value=today / 100)


def can_serve(market: Market, locks: list[Lock]) -> dict[Pair, set[str]]:
    """The suppliers that may serve each pair ("" for staying out), as far as offers and locks tell."""
    open_: dict[Pair, set[str]] = {pair: {"", *market.bidding[pair[0]]} if market.entries[pair] else {""} for pair in market.pairs}
    for lock in locks:
        for pair in lock.pairs:
            if lock.action == "stay_out":
                open_[pair] &= {""}
            elif lock.action == "exclude":
                open_[pair] -= {lock.supplier}
            else:
                open_[pair] -= {""}
    return open_


def _winners(market: Market, rules: list[Rule], locks: list[Lock]) -> Iterator[Issue]:
    """Numbers of winners that the bidders, or another limit, cannot give."""
    open_, allowed = can_serve(market, locks), winners_allowed(market, rules)
    for rule in rules:
        yield from _reach(market, rule, open_)
        for lot in rule.lots if rule.kind == "min_winners" else ():
            bidders = set().union(*(open_[pair] for pair in market.of_lot(lot))) - {""}
            if rule.value > len(bidders):
                yield Issue.error("winners_above_bidders", table=RULES.name, row=rule.row, column="value", rule=rule.code, lot=lot,
                                  asked=rule.value, bidders=len(bidders))  # fmt: skip
            elif rule.value > allowed[lot]:
                yield Issue.error("winners_above_limit", table=RULES.name, row=rule.row, column="value", rule=rule.code, lot=lot,
                                  asked=rule.value, limit=allowed[lot])  # fmt: skip
        if rule.kind == "min_lots":
            open_to = sum(rule.supplier in set().union(*(open_[pair] for pair in market.of_lot(lot))) for lot in rule.lots)
            if rule.value > open_to:
                yield Issue.error("lots_above_offers", table=RULES.name, row=rule.row, column="value", rule=rule.code, supplier=rule.supplier, asked=rule.value, lots=open_to)
        if rule.kind == "max_share" and not rule.supplier and len(rule.lots) == 1:
            lot, most = rule.lots[0], min(allowed[rule.lots[0]], len(market.bidding[rule.lots[0]]))
            if most * rule.value < PPM:
                yield Issue.warning("share_cap_empties_lot", table=RULES.name, row=rule.row, column="value", rule=rule.code, lot=lot,
                                    limit=rule.shown, winners=most, together=most * rule.shown)  # fmt: skip


def _reach(market: Market, rule: Rule, open_: dict[Pair, set[str]]) -> Iterator[Issue]:
    """Least numbers of suppliers, or of lots for small firms, that the bidders cannot give."""
    bidders = {lot: set().union(*(open_[pair] for pair in market.of_lot(lot))) - {""} for lot in rule.lots}
    if rule.kind == "min_suppliers" and rule.value > (found := len(set().union(*bidders.values()))):
        yield Issue.error("suppliers_above_bidders", table=RULES.name, row=rule.row, column="value", rule=rule.code, asked=rule.value, bidders=found)
    if rule.kind == "min_small_lots" and rule.value > (found := sum(market.terms[s].small for each in bidders.values() for s in each)):
        yield Issue.error("small_lots_above_bids", table=RULES.name, row=rule.row, column="value", rule=rule.code, asked=rule.value, bids=found)


def _locks(market: Market, rules: list[Rule], locks: list[Lock]) -> Iterator[Issue]:
    """Locks against each other, against offers and against the number of winners."""
    allowed = winners_allowed(market, rules)
    awarded: dict[Pair, dict[str, int]] = defaultdict(dict)
    for lock in locks:
        if lock.action != "award":
            continue
        lot = lock.lot
        lacking = [a for a in market.articles[lot] if (lock.supplier, a) not in market.offered] if lock.supplier not in market.bidding[lot] else []
        if lacking:
            yield Issue.error("lock_without_offer", table=LOCKS.name, row=lock.row, column="supplier", lot=lot, supplier=lock.supplier,
                              article=lacking[0], missing=len(lacking), articles=len(market.articles[lot]))  # fmt: skip
        elif allowed[lot] == 1 and len(market.baskets[lot]) == 1:
            yield from _lock_capacity(market, lock)
        for member in [] if lacking else [pair[1] for pair in lock.pairs if not market.entries[pair]]:
            yield Issue.error("lock_joins_too_late", table=LOCKS.name, row=lock.row, lot=lot, establishment=member, year=str(market.calendar[-1]))
        for pair in lock.pairs:
            awarded[pair][lock.supplier] = lock.row
    for lot in market.lots:
        winners = sorted({supplier for pair in market.of_lot(lot) for supplier in awarded[pair]})
        if len(winners) > allowed[lot]:
            rows = [row for pair in market.of_lot(lot) for row in awarded[pair].values()]
            yield Issue.error("lock_too_many_awards", table=LOCKS.name, row=max(rows), lot=lot, suppliers=", ".join(winners),
                              count=len(winners), limit=allowed[lot])  # fmt: skip
    for lock in locks:
        for pair in lock.pairs:
            against = awarded[pair] if lock.action == "stay_out" else awarded[pair].keys() & {lock.supplier} if lock.action == "exclude" else ()
            for supplier in sorted(against):
                yield Issue.error("lock_contradiction", table=LOCKS.name, row=lock.row, lot=pair[0], establishment=pair[1], supplier=supplier)


def _lock_capacity(market: Market, lock: Lock) -> Iterator[Issue]:
    for article in market.articles[lock.lot]:
        need = sum(market.need.get((member, article), 0) for _, member in lock.pairs)
        limit = market.capacity.get((lock.supplier, article), need)
        if need > limit:
            yield Issue.error("lock_above_capacity", table=LOCKS.name, row=lock.row, column="supplier", lot=lock.lot, supplier=lock.supplier,
                              article=article, need=need / MILLI, capacity=limit / MILLI)  # fmt: skip


def best_quality(market: Market, lots: tuple[str, ...], kind: int, open_: dict[Pair, set[str]], member: str = "", kitchen: str = "") -> tuple[int, int]:
    """The largest quality (kind 0) or organic (1) share of the lots' food, each pair choosing for itself: (part, whole).

    An upper bound on what any award reaches. Dinkelbach's method: exact on whole numbers.
    """
    pairs = [pair for pair in market.pairs if pair[0] in lots and member in ("", pair[1])]
    part, whole = 0, 1
    while True:
        new_part = new_whole = 0
        for pair in pairs:
            foods = [view.food_of((*pair, s), kitchen) for view in market.views for s in open_[pair] if s in view.bidders[pair[0]]]
            choices = [(food[1 + kind], food[0]) for food in (*foods, *([market.food_outside(pair, kitchen)] if "" in open_[pair] else []))] or [(0, 0)]
            good, value = max(choices, key=lambda c: (c[0] * whole - c[1] * part, c[0]))
            new_part, new_whole = new_part + good, new_whole + value
        if new_part * whole <= part * new_whole:
            return part, whole
        part, whole = new_part, new_whole


def _quality(market: Market, rules: list[Rule], locks: list[Lock]) -> Iterator[Issue]:
    open_ = can_serve(market, locks)
    for rule in rules:
        if rule.kitchen and not any(rule.kitchen in market.kitchen_food_today[pair] for pair in market.pairs if pair[0] in rule.lots and rule.member in ("", pair[1])):
            yield Issue.warning("rule_kitchen_unused", table=RULES.name, row=rule.row, column="kitchen", rule=rule.code, kitchen=rule.kitchen)
    for rule in rules:
        if rule.kind in FOOD_KINDS and rule.penalty is None:
            part, whole = best_quality(market, rule.lots, FOOD_KINDS.index(rule.kind), open_, rule.member, rule.kitchen)
            if part * PPM < rule.value * whole and any(market.food_outside(pair, rule.kitchen)[0] for pair in market.pairs if pair[0] in rule.lots and rule.member in ("", pair[1])):
                yield Issue.error("quality_out_of_reach", table=RULES.name, row=rule.row, column="value", rule=rule.code,
                                  asked=rule.shown, reachable=percent(part, whole))  # fmt: skip
