"""The purchasing tables as exact whole numbers: who needs what, who can bid, at which list price.

Everything is an int (see `units`). List prices and today's prices are summed per (lot, member) and rounded once, half up.
Where articles have equivalents, a market is that of one choice of common references; `under` gives those of the others.
"""

from __future__ import annotations

import calendar
import datetime as dt
import functools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeVar

from planner.plan import cents
from planner.problems.purchasing.accepted import Accepted
from planner.problems.purchasing.baskets import NO_FOOD, Basket, Catalogue, Food, Line, baskets, by_kitchen
from planner.problems.purchasing.entries import MONTHS, Entry, date_of, entries, presence
from planner.problems.purchasing.tables import (
    CONTRACT_YEARS,
    DIRECT_BELOW,
    EGALIM_ORGANIC,
    EGALIM_QUALITY,
    FORMAL_FROM,
    PLAN_RATE,
    PLAN_YEARS,
    SIMULATED,
    SMALL_LOT,
    SWITCHING_COST,
)
from planner.problems.purchasing.units import HUNDREDTHS, MILLI, PARTS, PPM, Award, Pair, nearest, value
from planner.scenario import Scenario
from planner.schema import Row
from planner.sites import FIRST_YEAR

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True)
class Tier:
    """From `threshold` on (in parts of the base's unit: see Schedule), `rate` in millionths."""

    threshold: int
    rate: int


@dataclass(frozen=True)
class Schedule:
    """The discount tiers of a supplier over one lot, or over all its lots when `lot` is empty; of a `package`, over its `lots`.

    The base is counted in parts (1,200 make one): parts of a cent where `quantity` is False, else parts of a
    thousandth of a unit; parts of a lot won in a package. `tiers` rise by threshold and begin at 0.
    `unit_value`: value of one base unit in cents, as a ratio, for slices of quantity. `simulated`: may be part of no formal award.
    """

    supplier: str
    lot: str
    quantity: bool
    incremental: bool
    tiers: tuple[Tier, ...]
    unit_value: tuple[int, int] = (1, 1)
    package: str = ""
    lots: tuple[str, ...] = ()
    simulated: bool = False

    @property
    def scope(self) -> str:
        return "package" if self.package else "lot" if self.lot else "supplier"

    @property
    def scale(self) -> int:
        """Parts of one unit of the base as people read it: euros, units or lots."""
        return PARTS * (1 if self.package else MILLI if self.quantity else 100)

    def covers(self, lot: str) -> bool:
        """Whether purchases of a lot count for it."""
        return lot in self.lots if self.package else self.lot in ("", lot)

    def reached(self, base: int) -> int:
        """Index of the tier that `base` reaches: the last one whose threshold it is not under."""
        return max(index for index, tier in enumerate(self.tiers) if base >= tier.threshold)

    def discount(self, base: int, money: int) -> int:
        """Discount in whole cents, rounded down; `base` and `money` (parts of a cent) of the purchases."""
        last = self.reached(base)
        if not self.incremental:
            return money * self.tiers[last].rate // (PPM * PARTS)
        ends = [tier.threshold for tier in self.tiers[1 : last + 1]] + [base]
        slices = sum(tier.rate * (end - tier.threshold) for tier, end in zip(self.tiers[: last + 1], ends, strict=True))
        value, per = self.unit_value
        return slices * value // (PPM * PARTS * per)


@dataclass(frozen=True)
class Terms:
    """A supplier's conditions: thresholds and costs in cents per year, fee in millionths of net purchases."""

    free_carriage: int
    carriage: int
    management: int
    fee: int
    reference: int = 0  # per article of a lot won
    minimum: int = 0  # of the group's purchases before discount, where it supplies any
    small: bool = False
    central: bool = False
    lead: int = -1  # days, -1 where not known


@dataclass(frozen=True)
class Market:
    """The scenario's purchasing in whole numbers. Keys are codes; a pair is (lot, member).

    `pairs`: the (lot, member) with a need, in order of the tables; `articles`: what the lot's members need under the common
    references `chosen`; `bidders`: who prices all of it; `gross`: list price of a pair's whole need (cents); `today`: the same at
    today's price, of the articles bought today (`own`, `own_need`); `good`, `good_today`: their part of quality (organic included) and
    of organic products; `kitchen_food`, `kitchen_food_today`: by kitchen; `baskets`: by lot what it is under each choice; `bidding`: who can win under some;
    `years`: of the convergence plan, 0 for one full year; `weights`: discount factor of each year; `present`: the
    plan's months in which a member takes part; `entries`: the ways in which a pair may join (none: not within the plan).
    """

    year: int
    members: tuple[str, ...]
    lots: tuple[str, ...]
    pairs: tuple[Pair, ...]
    pair_articles: Mapping[Pair, tuple[str, ...]]
    need: Mapping[tuple[str, str], int]  # (member, article) -> thousandths of a unit per year
    articles: Mapping[str, tuple[str, ...]]
    family: Mapping[str, str]
    food: Mapping[str, bool]
    max_winners: Mapping[str, int]
    splits: Mapping[str, tuple[int, ...]]  # imposed shares in percent, largest first, only lots that have them
    max_value: Mapping[str, int]  # cents, only lots that have one
    bidders: Mapping[str, tuple[str, ...]]
    offered: Mapping[tuple[str, str], Row]  # (supplier, article) -> offer
    gross: Mapping[Award, int]
    today: Mapping[Pair, int]
    good: Mapping[Award, tuple[int, int]]
    good_today: Mapping[Pair, tuple[int, int]]
    capacity: Mapping[tuple[str, str], int]  # (supplier, article) -> thousandths, where limited
    minimum: Mapping[tuple[str, str], int]
    schedules: tuple[Schedule, ...]
    suppliers: tuple[str, ...]
    terms: Mapping[str, Terms]
    current: Mapping[Pair, frozenset[str]]
    paid: Mapping[tuple[str, str], int]  # (member, article) -> today's price in millionths of a euro
    bought: Mapping[Pair, Mapping[str, int]]  # today's purchases by today's supplier ("" where not given), cents
    joins: Mapping[Pair, dt.date]
    ends: Mapping[Pair, dt.date]  # of the last contract, where one is running
    first_year: Mapping[Pair, Fraction]  # part of the first year under the common contract
    switching: int  # cents, once
    switching_yearly: int  # cents per year of contract
    contract_years: float
    accepted: Accepted
    years: int
    weights: tuple[float, ...]
    direct_below: int  # cents: thresholds of procedures
    formal_from: int
    small_lot: int
    present: Mapping[str, range]
    entries: Mapping[Pair, tuple[Entry, ...]]
    own: Mapping[Pair, tuple[str, ...]]
    own_need: Mapping[tuple[str, str], int]  # (member, article) -> thousandths of a unit per year
    kitchen_food: Mapping[Award, Mapping[str, Food]]
    kitchen_food_today: Mapping[Pair, Mapping[str, Food]]
    catalogue: Catalogue
    chosen: Mapping[str, str]
    baskets: Mapping[str, tuple[Basket, ...]]
    bidding: Mapping[str, tuple[str, ...]]
    kitchens: tuple[str, ...]  # those with a need of food
    egalim: tuple[float, float]  # targets of quality and organic food, percent

    def under(self, picked: Mapping[str, int]) -> Market:
        """The market where each lot is as in one of its baskets, by place (its first where it is not named)."""
        used = {lot: self.baskets[lot][picked.get(lot, 0)] for lot in self.lots}
        return replace(
            self, chosen=_together(basket.chosen for basket in used.values()), need=_together(basket.need for basket in used.values()),
            articles={lot: basket.articles for lot, basket in used.items()}, bidders={lot: basket.bidders for lot, basket in used.items()},
            pair_articles=_together(basket.pair_articles for basket in used.values()), gross=_together(basket.gross for basket in used.values()),
            good=_together(basket.good for basket in used.values()), kitchen_food=_together(basket.kitchen_food for basket in used.values()),
        )  # fmt: skip

    @functools.cached_property
    def views(self) -> tuple[Market, ...]:
        """Markets that together have every basket of every lot: the k-th has the k-th of each, or its last."""
        most = max((len(found) for found in self.baskets.values()), default=1)
        return tuple(self.under({lot: min(k, len(found) - 1) for lot, found in self.baskets.items()}) for k in range(most))

    def basket(self, lot: str) -> Basket:
        """The basket of a lot under the references chosen."""
        return next(basket for basket in self.baskets[lot] if all(self.chosen[code] == reference for code, reference in basket.chosen.items()))

    def food_of(self, award: Award, kitchen: str = "") -> Food:
        """Food of a whole award in cents (all, quality, organic), of a kitchen where one is named."""
        return self.kitchen_food[award].get(kitchen, NO_FOOD) if kitchen else (self.gross[award], *self.good[award])

    def food_outside(self, pair: Pair, kitchen: str = "") -> Food:
        """The same of what a pair buys today."""
        return self.kitchen_food_today[pair].get(kitchen, NO_FOOD) if kitchen else (self.today[pair], *self.good_today[pair])

    def own_units(self, pair: Pair) -> int:
        """Units of all articles that a pair buys today, in thousandths."""
        return sum(self.own_need[pair[1], article] for article in self.own[pair])

    def procedure(self, value: int) -> str:
        """The procedure that an estimated value (cents) asks for: direct, adapted or formal."""
        return "direct" if value < self.direct_below else "adapted" if value < self.formal_from else "formal"

    @property
    def calendar(self) -> tuple[int, ...]:
        """The years counted: those of the convergence plan, else the first one alone."""
        return tuple(range(self.year, self.year + max(1, self.years)))

    def joining(self, pair: Pair, entry: Entry) -> dt.date:
        """The day on which a pair joins by an entry."""
        return date_of(entry.month, self.year) if self.years else self.joins[pair]

    def span(self, pair: Pair, entry: Entry | None, index: int) -> tuple[range, int]:
        """What a pair that joins by an entry (None: never) buys in a year of the plan: its months (0 to 11) under the common
        contract, and how many at today's price. Without a plan of years, all of it one way or the other."""
        if not self.years:
            return (range(0), MONTHS) if entry is None else (range(MONTHS), 0)
        start, present = MONTHS * index, self.present[pair[1]]
        first, last = max(start, present.start), min(start + MONTHS, present.stop)
        if first >= last:
            return range(0), 0
        joins = last if entry is None else min(max(first, entry.month), last)
        return range(joins - start, last - start), joins - first

    def of_lot(self, lot: str) -> list[Pair]:
        return [pair for pair in self.pairs if pair[0] == lot]

    def most_needed(self, lot: str, article: str) -> int:
        """The most that all members need of an article (thousandths of a unit), whatever references are chosen."""
        return max(sum(basket.need.get((member, article), 0) for _, member in basket.pair_articles) for basket in self.baskets[lot])

    def units(self, pair: Pair) -> int:
        """Units of all articles of a pair together, in thousandths."""
        return sum(self.need[pair[1], article] for article in self.pair_articles[pair])

    def favoured(self, kind: str, award: Award) -> bool:
        """Whether an award counts for a rule on a kind of suppliers: small or local firms, today's suppliers, central buyers."""
        terms = self.terms[award[2]]
        return terms.small if kind in ("min_small", "min_small_lots") else terms.central if kind == "max_central" else not self.changes_supplier(award)

    def changes_supplier(self, award: Award) -> bool:
        """Whether being served by this supplier is a change for the member in this lot."""
        lot, member, supplier = award
        return supplier not in self.current[lot, member]


def _together(parts: Iterable[Mapping[K, V]]) -> dict[K, V]:
    return {key: found for part in parts for key, found in part.items()}


def year_position(day: dt.date, year: int) -> Fraction:
    """Months of `year` gone at the start of a day, 0 to 12: 1 April is 3, 16 June is 5 + 15/30."""
    if day.year != year:
        return Fraction(0) if day.year < year else Fraction(12)
    return Fraction(day.month - 1) + Fraction(day.day - 1, calendar.monthrange(year, day.month)[1])


def present(establishment: Row, year: int) -> bool:
    """Whether an establishment takes part at some time of the year."""
    entered = establishment.entry is None or establishment.entry <= dt.date(year, 12, 31)
    return entered and (establishment.exit is None or establishment.exit > dt.date(year, 1, 1))


def split_of(typed: str | None) -> tuple[int, ...] | None:
    """The shares of a fixed split such as 50/30/20, largest first; empty where there is none, None where it makes no sense."""
    if not typed:
        return ()
    words = [word.strip().removesuffix("%").strip() for word in typed.split("/")]
    if not all(word.isdecimal() for word in words):
        return None
    parts = tuple(sorted((int(word) for word in words), reverse=True))
    return parts if len(parts) > 1 and min(parts) >= 1 and sum(parts) == HUNDREDTHS else None


def tier_rows(scenario: Scenario) -> dict[tuple[str, str], list[Row]]:
    """Rows of the discount table that count, by (supplier, lot or ""), each list rising by threshold."""
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    simulated = scenario.value(SIMULATED) >= 1
    for row in scenario.rows("discounts"):
        if row.simulation and not simulated:
            continue
        found[row.supplier, (row.lot or "") if row.scope == "lot" else ""].append(row)
    return {key: sorted(group, key=lambda row: (row.threshold, row.index_)) for key, group in found.items()}


def read(scenario: Scenario) -> Market:
    """The market of a scenario whose tables have passed the checks (types, keys, references)."""
    year, years = int(scenario.value(FIRST_YEAR)), round(scenario.value(PLAN_YEARS))
    months = MONTHS * max(1, years)
    establishments = {row.establishment: row for row in scenario.rows("establishments")}
    lot_rows = {row.lot: row for row in scenario.rows("lots")}
    food = {row.family: bool(row.food) for row in scenario.rows("families")}
    article_rows = {row.article: row for row in scenario.rows("articles")}
    needs = [
        row for row in scenario.rows("needs")
        if round(row.quantity * MILLI) > 0 and any(present(establishments[row.establishment], year + n) for n in range(max(1, years)))
    ]  # fmt: skip
    by_pair: dict[Pair, list[Row]] = defaultdict(list)
    for row in needs:
        by_pair[article_rows[row.article].lot, row.establishment].append(row)
    members = tuple(code for code in establishments if any(member == code for _, member in by_pair))
    lots = tuple(code for code in lot_rows if any(lot == code for lot, _ in by_pair))
    pairs = tuple((lot, member) for lot in lots for member in members if (lot, member) in by_pair)
    catalogue, homes = Catalogue.of(scenario), homes_of(scenario)
    need: dict[tuple[str, str], int] = defaultdict(int)
    spent: dict[tuple[str, str], int] = defaultdict(int)
    for row in needs:
        need[row.establishment, row.article] += round(row.quantity * MILLI)
        spent[row.establishment, row.article] += round(row.quantity * MILLI) * round(row.current_price * PPM)

    today: dict[Pair, int] = {}
    ways: dict[Pair, tuple[Entry, ...]] = {}
    bought: dict[Pair, dict[str, int]] = {}
    presences = {code: presence(establishments[code], year, months) if years else range(months) for code in members}
    good_today: dict[Pair, tuple[int, int]] = {}
    food_today: dict[Pair, Mapping[str, Food]] = {}
    lines: dict[str, list[Line]] = defaultdict(list)
    for lot, member in pairs:
        group = by_pair[lot, member]
        priced = [
            (round(row.quantity * MILLI), row.current_price, article_rows[row.article].quality, (row.kitchen or homes.get(member, "")) if food.get(lot_rows[lot].family) else "")
            for row in group
        ]  # fmt: skip
        lines[lot] += [Line(member, row.article, line[0], line[3]) for row, line in zip(group, priced, strict=True)]
        today[lot, member], good_today[lot, member] = value([line[:3] for line in priced])
        food_today[lot, member] = by_kitchen(priced)
        valued = [(row, value([line[:3]])[0]) for row, line in zip(group, priced, strict=True)]
        by_supplier: dict[str, int] = defaultdict(int)
        for row, amount in valued:
            by_supplier[row.current_supplier or ""] += amount
        bought[lot, member] = by_supplier
        ways[lot, member] = entries(valued, lot_rows[lot].starts, presences[member], year, months) if years else (Entry(0),)

    start = dt.date(year, 1, 1)
    joins: dict[Pair, dt.date] = {}
    last_ends: dict[Pair, dt.date] = {}
    first_year: dict[Pair, Fraction] = {}
    for pair in pairs:
        ends = [row.contract_end + dt.timedelta(days=1) for row in by_pair[pair] if row.contract_end is not None]
        if ends:
            last_ends[pair] = max(ends) - dt.timedelta(days=1)
        establishment = establishments[pair[1]]
        joins[pair] = max([start, *ends, *([establishment.entry] if establishment.entry else [])])
        leaves = establishment.exit or dt.date(year + 1, 1, 1)
        first_year[pair] = max(Fraction(0), year_position(leaves, year) - year_position(joins[pair], year)) / 12

    switching = scenario.value(SWITCHING_COST)
    contract, rate = scenario.value(CONTRACT_YEARS), scenario.value(PLAN_RATE) if years else 0.0
    found = {lot: baskets(catalogue, lot, lines[lot]) for lot in lots}
    made = Market(
        year=year, members=members, lots=lots, pairs=pairs, need={}, articles={}, bidders={}, offered=catalogue.offered, pair_articles={}, gross={}, good={}, kitchen_food={}, chosen={},
        own={pair: tuple(dict.fromkeys(row.article for row in group)) for pair, group in by_pair.items()}, own_need=need,
        catalogue=catalogue, baskets=found, bidding={lot: tuple(s for s in catalogue.suppliers if any(s in basket.bidders for basket in found[lot])) for lot in lots},
        egalim=(scenario.value(EGALIM_QUALITY), scenario.value(EGALIM_ORGANIC)), kitchen_food_today=food_today, kitchens=tuple(dict.fromkeys(kitchen for pair in pairs for kitchen in sorted(food_today[pair]))),
        family={lot: lot_rows[lot].family for lot in lots},
        food={lot: food.get(lot_rows[lot].family, False) for lot in lots},
        max_winners={lot: len(split_of(lot_rows[lot].split) or ()) or int(lot_rows[lot].max_winners or 1) for lot in lots},
        splits={lot: parts for lot in lots if (parts := split_of(lot_rows[lot].split))},
        max_value={lot: round(lot_rows[lot].max_value * 100) for lot in lots if lot_rows[lot].max_value is not None},
        today=today, good_today=good_today,
        capacity={key: round(row.capacity * MILLI) for key, row in catalogue.offered.items() if row.capacity is not None},
        minimum={key: round(row.minimum * MILLI) for key, row in catalogue.offered.items() if row.minimum},
        schedules=(), suppliers=catalogue.suppliers,
        terms={row.supplier: Terms(round((row.free_carriage or 0) * 100), round((row.carriage or 0) * 100),
                                   round((row.management_cost or 0) * 100), round((row.fee or 0) * PPM / 100),
                                   round((row.reference_cost or 0) * 100), round((row.minimum_value or 0) * 100), bool(row.small),
                                   row.channel in ("regional", "national"), -1 if row.lead_days is None else int(row.lead_days))
               for row in scenario.rows("suppliers")},
        current={pair: frozenset(row.current_supplier for row in group if row.current_supplier) for pair, group in by_pair.items()},
        paid={key: nearest(amount, need[key]) for key, amount in spent.items()}, bought=bought,
        direct_below=round(scenario.value(DIRECT_BELOW) * 100), formal_from=round(scenario.value(FORMAL_FROM) * 100), small_lot=round(scenario.value(SMALL_LOT) * 100),
        joins=joins, ends=last_ends, first_year=first_year, contract_years=contract, accepted=Accepted.of(scenario),
        switching=round(switching * 100), switching_yearly=round(cents(cents(switching) * (1 / contract)) * 100),
        years=years, weights=tuple((1 + rate / 100) ** -n for n in range(max(1, years))), present=presences, entries=ways,
    )  # fmt: skip
    return replace(made.under({}), schedules=(*_schedules(made.under({}), scenario), *_packages(made, scenario)))


def homes_of(scenario: Scenario) -> dict[str, str]:
    """The kitchen of each establishment that has a single existing one: what it buys without saying for which kitchen is for that one."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in scenario.rows("kitchens") if "kitchens" in scenario.frames else ():
        if row.status == "existing":
            found[row.establishment].append(row.kitchen)
    return {establishment: kitchens[0] for establishment, kitchens in found.items() if len(kitchens) == 1}


def _schedules(market: Market, scenario: Scenario) -> Iterator[Schedule]:
    for (supplier, lot), group in tier_rows(scenario).items():
        lots = [each for each in market.lots if supplier in market.bidding[each] and lot in ("", each)]
        if not lots:
            continue
        quantity, incremental = group[0].basis == "quantity", group[0].method == "incremental"
        scale = PARTS * (MILLI if quantity else 100)
        tiers = [Tier(round(row.threshold * scale), round(row.rate * PPM / 100)) for row in group]
        if tiers[0].threshold > 0:
            tiers.insert(0, Tier(0, 0))
        unit_value = (1, 1)
        if quantity:  # of lots with a choice of references only all units are allowed: this is not looked at there
            pairs = [pair for each in lots if supplier in market.bidders[each] for pair in market.of_lot(each)]
            unit_value = (sum(market.gross[(*pair, supplier)] for pair in pairs), sum(market.units(pair) for pair in pairs) or 1)
        yield Schedule(supplier, lot, quantity, incremental, tuple(tiers), unit_value, simulated=any(row.simulation for row in group))


def package_lots(market: Market, scenario: Scenario, package: Row) -> tuple[str, ...]:
    """The lots of a package that its supplier can win: those listed, or all where none is."""
    listed = {row.lot for row in scenario.rows("package_lots") if row.package == package.package}
    return tuple(lot for lot in market.lots if package.supplier in market.bidding[lot] and (not listed or lot in listed))


def _packages(market: Market, scenario: Scenario) -> Iterator[Schedule]:
    """Packages, where simulated discounts count: so much off all purchases of their lots from a number of lots won on."""
    listed = Counter(row.package for row in scenario.rows("package_lots"))
    for row in scenario.rows("packages") if scenario.value(SIMULATED) >= 1 else ():
        if lots := package_lots(market, scenario, row):
            least = round(row.at_least) if row.at_least is not None else listed[row.package] or len(lots)
            tiers = (Tier(0, 0), Tier(least * PARTS, round(row.rate * PPM / 100)))
            yield Schedule(row.supplier, "", False, False, tiers, package=row.package, lots=lots, simulated=True)
