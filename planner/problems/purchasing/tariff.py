"""What an award costs in a year, to the cent: tiers, carriage, fees and management from scratch. No solver, no table.

A year is counted month by month: tiers and rebates look at what is bought under the common contract within the
calendar year; free carriage, and whether a supplier has to be managed, at what is in force each month, at its yearly
rate. Without a `Period` every contract is in force all year.

Amounts are exact until a sum is billed, then rounded against the buyer: part-lot purchases and fees up,
discounts down. So the bill is never below the exact (unrounded) cost, and a lower bound on the exact
program is one on the bill.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from planner.problems.purchasing.entries import MONTHS
from planner.problems.purchasing.market import Market, Schedule
from planner.problems.purchasing.units import HUNDREDTHS, PARTS, PPM, Award, Pair, ceiling

Shares = Mapping[Award, int]  # (lot, member, supplier) -> whole percent of the member's need, 1 to 100
ALL_YEAR = range(MONTHS)


@dataclass(frozen=True)
class Period:
    """A calendar year of a plan. By pair: `common`, the months (0 to 11) bought under the common contract; `own`, how many
    at today's price; `fees`, cents paid in it for leaving a contract early."""

    year: int
    common: Mapping[Pair, range]
    own: Mapping[Pair, int]
    fees: Mapping[Pair, int]


@dataclass
class BillRow:
    """One award: gross, discount, charges (carriage, fee and management) and today's cost, in cents per year."""

    share: int
    gross: int
    today: int
    discount: int = 0
    charges: int = 0
    simulated: int = 0  # part of the discount that no formal award may have

    @property
    def net(self) -> int:
        return self.gross - self.discount


@dataclass(frozen=True)
class Reached:
    """Where a supplier's purchases stand in a schedule: base in parts, tier index, discount in cents."""

    schedule: Schedule
    base: int
    tier: int
    discount: int


@dataclass
class Bill:
    """The cost of an award in a year, all in cents.

    `rows`: by award; `outside`: today's cost of what is bought outside; `carriage`, `fee`, `management`: by
    (supplier, member); `switching`: the pairs that change supplier; `changes`: those that leave the accepted plan;
    `exits`: fees for leaving a contract early; `months`: under the common contract, by pair.
    """

    rows: dict[Award, BillRow] = field(default_factory=dict)
    outside: dict[Pair, int] = field(default_factory=dict)
    reached: list[Reached] = field(default_factory=list)
    carriage: dict[tuple[str, str], int] = field(default_factory=dict)
    fee: dict[tuple[str, str], int] = field(default_factory=dict)
    management: dict[tuple[str, str], int] = field(default_factory=dict)
    switching: list[Pair] = field(default_factory=list)
    changes: list[Pair] = field(default_factory=list)
    exits: dict[Pair, int] = field(default_factory=dict)
    months: dict[Pair, int] = field(default_factory=dict)

    def total(self, market: Market) -> int:
        """The objective: cents per year, with the price put on changes that nobody pays."""
        return self.paid(market) + len(self.changes) * market.accepted.price

    def paid(self, market: Market) -> int:
        """What is paid: cents per year, the cost of changing supplier spread over the contract."""
        charges = sum(sum(part.values()) for part in (self.carriage, self.fee, self.management))
        goods = sum(row.net for row in self.rows.values())
        return goods + sum(self.outside.values()) + charges + sum(self.switched(market).values()) + sum(self.exits.values())

    def switched(self, market: Market) -> dict[Pair, int]:
        """The part of each change of supplier that its months bear."""
        return {pair: ceiling(market.switching_yearly * self.months[pair], MONTHS) for pair in self.switching}


def allocate(amount: int, weights: Sequence[int]) -> list[int]:
    """Whole cents shared out by weight, adding up exactly: largest remainders get the last cents, first come first.

    All weights zero: equal parts. No weights: nothing to share (amount must be 0).
    """
    if not weights:
        return []
    whole = sum(weights)
    if whole == 0:
        weights, whole = [1] * len(weights), len(weights)
    parts = [amount * weight // whole for weight in weights]
    rest = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % whole), i))
    for i in rest[: amount - sum(parts)]:
        parts[i] += 1
    return parts


def base_of(market: Market, schedule: Schedule, bought: Mapping[Award, int]) -> tuple[int, int]:
    """What counts for a schedule: (base, purchases before discount), both in parts; `bought`: parts of the need by award."""
    base = money = 0
    for (lot, member, supplier), part in bought.items():
        if supplier != schedule.supplier or not schedule.covers(lot):
            continue
        money += market.gross[lot, member, supplier] * part
        base += (market.units((lot, member)) if schedule.quantity else market.gross[lot, member, supplier]) * part
    return base, money


def lots_won(schedule: Schedule, shares: Shares) -> int:
    """How many lots of a package its supplier wins, whoever joins and whenever."""
    return len({lot for (lot, _, supplier), share in shares.items() if share > 0 and supplier == schedule.supplier and schedule.covers(lot)})


def evaluate(market: Market, shares: Shares, period: Period | None = None) -> Bill:
    """The bill of an award in a year. Each supplier in `shares` must be a bidder of the lot; shares of a pair add up to 100.

    Pairs without any share stay out at today's price. Without `period`, those with one are in all year.
    """
    bill = Bill()
    by_pair: dict[Pair, list[str]] = defaultdict(list)
    by_seller: dict[tuple[str, str], list[Award]] = defaultdict(list)
    awards = sorted(award for award, share in shares.items() if share > 0)
    for lot, member, supplier in awards:
        by_pair[lot, member].append(supplier)
        by_seller[supplier, member].append((lot, member, supplier))
    for pair in market.pairs:
        winners = by_pair.get(pair)
        common = len(ALL_YEAR if period is None else period.common[pair]) if winners else 0
        own = (0 if winners else MONTHS) if period is None else period.own[pair]
        if market.accepted.changes(pair, winners or ()):
            bill.changes.append(pair)
        if own:
            bill.outside[pair] = ceiling(market.today[pair] * own, MONTHS)
        if period is not None and pair in period.fees:
            bill.exits[pair] = period.fees[pair]
        if not winners or not common:
            continue
        bill.months[pair] = common
        whole = ceiling(market.today[pair] * (common + own), MONTHS) - bill.outside.get(pair, 0)
        parts = allocate(whole, [shares[(*pair, supplier)] for supplier in winners])
        for supplier, today in zip(winners, parts, strict=True):
            award = (*pair, supplier)
            bill.rows[award] = BillRow(shares[award], ceiling(market.gross[award] * shares[award] * common, PARTS), today)
        if any(market.changes_supplier((*pair, supplier)) for supplier in winners):
            bill.switching.append(pair)
    by_seller = {seller: kept for seller, group in by_seller.items() if (kept := [award for award in group if award in bill.rows])}
    _discounts(market, shares, bill)
    for (supplier, member), group in sorted(by_seller.items()):
        terms, net = market.terms[supplier], sum(bill.rows[award].net for award in group)
        if terms.carriage and (months := _under(market, shares, group, period, terms.free_carriage)):
            bill.carriage[supplier, member] = ceiling(terms.carriage * months, MONTHS)
        if terms.fee:
            bill.fee[supplier, member] = ceiling(net * terms.fee, PPM)
    _management(market, bill, by_seller, period)
    for key, group in sorted(by_seller.items()):
        charges = bill.carriage.get(key, 0) + bill.fee.get(key, 0) + bill.management.get(key, 0)
        for award, part in zip(group, allocate(charges, [bill.rows[a].gross for a in group]), strict=True):
            bill.rows[award].charges = part
    return bill


def _served(award: Award, period: Period | None) -> range:
    return ALL_YEAR if period is None else period.common[award[:2]]


def _under(market: Market, shares: Shares, group: Iterable[Award], period: Period | None, free: int) -> int:
    """In how many months what a member buys from a supplier is, at its yearly rate, under `free` cents."""
    months = 0
    for month in ALL_YEAR:
        active = [award for award in group if month in _served(award, period)]
        months += bool(active) and sum(market.gross[award] * shares[award] for award in active) < free * HUNDREDTHS
    return months


def _discounts(market: Market, shares: Shares, bill: Bill) -> None:
    """Each schedule's discount, shared out over its awards by value before discount."""
    bought = {award: shares[award] * bill.months[award[:2]] for award in bill.rows}
    sellers = {supplier for _, _, supplier in bill.rows}
    for schedule in market.schedules:
        if schedule.supplier not in sellers:
            continue
        served = [a for a in bill.rows if a[2] == schedule.supplier and schedule.covers(a[0])]
        if not served:
            continue
        base, money = base_of(market, schedule, bought)
        if schedule.package:
            base = lots_won(schedule, shares) * PARTS
        discount = schedule.discount(base, money)
        bill.reached.append(Reached(schedule, base, schedule.reached(base), discount))
        for award, part in zip(served, allocate(discount, [bill.rows[a].gross for a in served]), strict=True):
            bill.rows[award].discount += part
            bill.rows[award].simulated += part if schedule.simulated else 0


def _management(market: Market, bill: Bill, by_seller: Mapping[tuple[str, str], Iterable[Award]], period: Period | None) -> None:
    """The cost of managing each supplier used, for the months in which it is, borne by its customers by their net purchases."""
    for supplier in sorted({supplier for supplier, _ in by_seller}):
        terms = market.terms[supplier]
        if not terms.management and not terms.reference:
            continue
        customers = sorted(member for other, member in by_seller if other == supplier)
        weights = [sum(bill.rows[a].net for a in by_seller[supplier, member]) for member in customers]
        months: dict[str, set[int]] = defaultdict(set)
        for award in (award for member in customers for award in by_seller[supplier, member]):
            months[award[0]].update(_served(award, period))
        cost = ceiling(terms.management * len(set().union(*months.values())), MONTHS)
        cost += sum(ceiling(terms.reference * len(market.articles[lot]) * len(used), MONTHS) for lot, used in months.items())
        for member, part in zip(customers, allocate(cost, weights), strict=True):
            bill.management[supplier, member] = part
