"""An award over the years of the plan: the bill of each year, and of a full year with every contract in force. No solver.

An award says who supplies what (`shares`) and, by pair, when it joins (`joins`). Rules on the award itself (winners,
shares, lots, EGalim where it binds, capacities, largest values) are judged on the full year; what is paid, and how
far the food of a year is from its targets, year by year.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from planner.issues import Issue
from planner.problems.purchasing.entries import MONTHS, Entry
from planner.problems.purchasing.market import Market
from planner.problems.purchasing.rules import Lock, Rule, broken_locks, broken_offers, broken_rules, shortfall
from planner.problems.purchasing.tariff import Bill, Period, Shares, evaluate
from planner.problems.purchasing.units import Award, Pair

Joins = Mapping[Pair, Entry]


@dataclass(frozen=True)
class Year:
    """A calendar year: its bill, its discount factor, and by target the cents short of it with what they weigh (cents)."""

    year: int
    weight: float
    bill: Bill
    short: Mapping[str, tuple[int, int]]
    period: Period | None = None


@dataclass(frozen=True)
class Course:
    """An award over the plan. `full`: the bill of a full year with every contract in force; `years`: as they come."""

    market: Market
    rules: tuple[Rule, ...]
    shares: Shares
    joins: Joins
    full: Bill
    years: tuple[Year, ...]

    @functools.cached_property
    def together(self) -> Mapping[Award, int]:
        """The shares that count: those above 0."""
        return {award: share for award, share in self.shares.items() if share > 0}


def first_entry(market: Market, pair: Pair) -> Entry | None:
    """How a pair joins where nothing else is said: when its contract ends, else the first way there is."""
    return market.entries[pair][0] if market.entries[pair] else None


def run(market: Market, rules: Iterable[Rule], shares: Shares, joins: Joins | None = None) -> Course:
    """The bills of an award; pairs that join without an entry in `joins` take the first one they have."""
    rules = tuple(rules)
    served = {award[:2] for award, share in shares.items() if share > 0}
    entered: dict[Pair, Entry] = {}
    for pair in market.pairs:
        entry = (joins or {}).get(pair) or first_entry(market, pair)
        if pair in served and entry is not None:
            entered[pair] = entry
    full, years = evaluate(market, shares), []
    for index, (year, weight) in enumerate(zip(market.calendar, market.weights, strict=True)):
        period = _period(market, entered, index) if market.years else None
        bill = evaluate(market, shares, period) if period is not None else full
        short = {rule.code: shortfall(market, rule, shares, period) for rule in rules if rule.penalty is not None}
        years.append(Year(year, weight, bill, short, period))
    return Course(market, rules, shares, entered, full, tuple(years))


def _period(market: Market, joins: Joins, index: int) -> Period:
    spans = {pair: market.span(pair, joins.get(pair), index) for pair in market.pairs}
    months = range(MONTHS * index, MONTHS * (index + 1))
    return Period(
        market.calendar[index], {pair: common for pair, (common, _) in spans.items()}, {pair: own for pair, (_, own) in spans.items()},
        {pair: entry.fee for pair, entry in joins.items() if entry.fee and entry.month in months},
    )  # fmt: skip


def faults(course: Course, locks: list[Lock]) -> list[Issue]:
    """What the award breaks, its dates included; changes beyond the limit are not told here."""
    market, shares = course.market, course.shares
    return broken_rules(market, list(course.rules), shares, course.joins) + broken_locks(locks, shares) + broken_offers(market, shares)
