"""Awards to begin the search from, made in a moment: each lot to a cheap bidder, within numbers of lots and suppliers.

A start need not keep every rule (the search drops one that does not); the better ones do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from planner.issues import errors
from planner.problems.purchasing.market import Market
from planner.problems.purchasing.precheck import can_serve
from planner.problems.purchasing.rules import FOOD_KINDS, Lock, Rule, broken_offers
from planner.problems.purchasing.units import HUNDREDTHS, PPM, Award, Pair


def starts(market: Market, rules: list[Rule], locks: list[Lock]) -> Iterator[dict[Award, int]]:
    """Nobody joins; then each lot to its cheapest bidder, at list prices and as if every best discount were reached.

    Where a rule asks for a part of quality or organic food, the same with a rising bonus on it.
    """
    yield {}
    food = [rule for rule in rules if rule.kind in FOOD_KINDS]
    for hope in (0, 1):
        yield award(market, rules, locks, hope, {})
    for percent in (5, 15, 40, 100) if food else ():
        bonus: dict[Award, int] = defaultdict(int)
        for rule in food:
            kind = FOOD_KINDS.index(rule.kind)
            for lot, member, supplier in (a for a in market.gross if a[0] in rule.lots):
                above = market.good[lot, member, supplier][kind] * PPM - market.gross[lot, member, supplier] * rule.value
                outside = market.good_today[lot, member][kind] * PPM - market.today[lot, member] * rule.value
                bonus[lot, member, supplier] += (above - outside) * percent // (100 * PPM)
        yield award(market, rules, locks, 1, bonus)


def cheapest_baskets(market: Market) -> dict[str, int]:
    """By lot, the place of the basket that looks cheapest: its best bidder at list prices, for those that save with it."""
    def cost(view: Market, lot: str) -> int:
        pairs = market.of_lot(lot)
        return min((sum(min(market.today[pair], view.gross[(*pair, s)]) for pair in pairs) for s in view.bidders[lot]), default=sum(market.today[pair] for pair in pairs))

    return {
        lot: min(range(len(found)), key=lambda k: (cost(market.views[k], lot), k))
        for lot, found in market.baskets.items() if len(found) > 1
    }  # fmt: skip


def accepted_start(market: Market) -> dict[Award, int]:
    """The accepted plan as far as its suppliers still bid for all that is needed; other pairs stay out."""
    return {
        (*pair, supplier): share
        for pair, shares in market.accepted.shares.items()
        if pair in market.today and sum(shares.values()) == HUNDREDTHS and all(supplier in market.bidders[pair[0]] for supplier in shares)
        for supplier, share in shares.items()
    }  # fmt: skip


def award(market: Market, rules: list[Rule], locks: list[Lock], hope: int, bonus: Mapping[Award, int]) -> dict[Award, int]:
    """One supplier per lot, those that join with it; `hope` 1 counts each supplier's best rates, 0 none; `bonus` in cents."""
    open_ = can_serve(market, locks)
    offers = {
        (lot, supplier): joining(market, open_, lot, supplier, hope, bonus)
        for lot in market.lots if lot not in market.splits  # nobody joins them yet
        for supplier in market.bidders[lot]
    }  # fmt: skip
    most = min((rule.value for rule in rules if rule.kind == "max_suppliers"), default=len(market.suppliers))
    each = min((rule.value for rule in rules if rule.kind == "max_lots" and not rule.supplier), default=len(market.lots))
    chosen: list[str] = []
    saving = dict.fromkeys(market.lots, 0)
    while len(chosen) < most:  # the supplier that adds most to the savings, as in facility location
        added = {s: sum(max(0, offers[lot, s][0] - saving[lot]) for lot in market.lots if (lot, s) in offers) for s in market.suppliers}
        best = max(added, key=lambda s: (added[s], s), default="")
        if not best or added[best] <= market.terms[best].management:
            break
        chosen.append(best)
        saving |= {lot: max(saving[lot], offers[lot, best][0]) for lot in market.lots if (lot, best) in offers}
    shares: dict[Award, int] = {}
    lots_of = dict.fromkeys(chosen, 0)
    for (lot, supplier), (gain, pairs) in sorted(offers.items(), key=lambda item: (-item[1][0], item[0])):
        if supplier in lots_of and gain > 0 and lots_of[supplier] < each and not any(a[0] == lot for a in shares):
            lots_of[supplier] += 1
            shares |= {(*pair, supplier): HUNDREDTHS for pair in pairs}
    return shares


def joining(market: Market, open_: dict[Pair, set[str]], lot: str, supplier: str, hope: int, bonus: Mapping[Award, int]) -> tuple[int, list[Pair]]:
    """(saving in cents, members) when those that save join a supplier's lot, largest savings first within its limits."""
    terms = market.terms[supplier]
    rate = sum(max(tier.rate for tier in k.tiers) for k in market.schedules if k.supplier == supplier and k.lot in ("", lot)) * hope
    saves = {}
    for pair in market.of_lot(lot):
        net = market.gross[(*pair, supplier)] * (PPM - rate) * (PPM + terms.fee) // PPM**2
        saves[pair] = bonus.get((*pair, supplier), 0) + market.today[pair] - net - (market.switching_yearly if market.changes_supplier((*pair, supplier)) else 0)
    pairs = [pair for pair in saves if supplier in open_[pair] and (saves[pair] > 0 or "" not in open_[pair])]
    pairs.sort(key=lambda pair: ("" in open_[pair], -saves[pair]))
    while pairs and errors(broken_offers(market, {(*pair, supplier): HUNDREDTHS for pair in pairs})):
        pairs.pop()
    return sum(saves[pair] for pair in pairs), pairs
