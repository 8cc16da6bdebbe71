"""The calendar of convergence and what each establishment saves each year, from the bills. No solver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from planner.problems.purchasing.course import Course, Year
from planner.problems.purchasing.entries import MONTHS
from planner.problems.purchasing.result_tables import CALENDAR, YEARS
from planner.problems.purchasing.rules import food_by_year, percent
from planner.problems.purchasing.units import Pair


def euros(amount: int) -> float:
    return amount / 100


@dataclass(frozen=True)
class Sums:
    """A year of an establishment or of the group, in cents. `paid`: what the cost lines say, changes of supplier spread over
    the contract; `switched`: those that fall due in the year, in full."""

    paid: int
    reference: int
    outside: int
    new: int
    management: int
    switched: int
    exits: int

    @property
    def gain(self) -> int:
        return self.reference - self.new

    @property
    def budget(self) -> int:
        return self.gain - self.management - self.switched - self.exits


def year_sums(course: Course, year: Year, member: str = "") -> Sums:
    """The sums of a year; `member` "" for the whole group."""
    market, bill = course.market, year.bill

    def total(amounts: dict[Any, int]) -> int:
        """Of amounts by (lot or supplier, member)."""
        return sum(amount for key, amount in amounts.items() if member in ("", key[1]))

    rows = [row for award, row in bill.rows.items() if member in ("", award[1])]
    net, outside, exits = sum(row.net for row in rows), total(bill.outside), total(bill.exits)
    charges, management = total(bill.carriage) + total(bill.fee), total(bill.management)
    paid = net + outside + charges + management + exits + total(bill.switched(market))
    switched = sum(market.switching for pair in bill.switching if member in ("", pair[1]) and _begins(course, pair, year))
    return Sums(paid, sum(row.today for row in rows), outside, net + charges, management, switched, exits)


def _begins(course: Course, pair: Pair, year: Year) -> bool:
    """Whether a pair joins in a year (in a plan of one full year, everyone does)."""
    return not course.market.years or course.market.year + course.joins[pair].month // MONTHS == year.year


def calendar(course: Course) -> pd.DataFrame:
    """One row per pair: when and how it joins, or that it stays out."""
    market, made = course.market, []
    for pair in market.pairs:
        entry = course.joins.get(pair)
        rows = [row for award, row in course.full.rows.items() if award[:2] == pair]
        months = sum(len(market.span(pair, entry, index)[0]) for index in range(len(market.calendar))) if entry is not None else 0
        made.append({
            "lot": pair[0], "establishment": pair[1], "contract_end": market.ends.get(pair), "how": entry.kind if entry is not None else "out",
            "joins": market.joining(pair, entry) if entry is not None else None, "months": months if market.years else None,
            "fee": euros(entry.fee) if entry is not None else 0.0, "today": euros(market.today[pair]),
            "saving": euros(sum(row.today - row.net - row.charges for row in rows)),
        })  # fmt: skip
    return CALENDAR.frame(made)


def savings(course: Course) -> pd.DataFrame:
    """Each year of a convergence plan, then a full year: by establishment, then the group."""
    market, made = course.market, []
    full = Year(market.year, 1.0, course.full, {})
    for shown, year in [*((year.year, year) for year in course.years if market.years), (None, full)]:
        for member in (*market.members, ""):
            sums = year_sums(course, year, member)
            whole, quality, organic = food_by_year(market, market.lots, member, course.shares, year.period)
            switched = sums.switched if shown is not None else 0  # paid once, hence in no full year
            made.append({
                "year": shown, "establishment": member or None, "today": euros(sums.reference + sums.outside), "reference": euros(sums.reference),
                "new": euros(sums.new), "gain": euros(sums.gain), "management": euros(sums.management), "switching": euros(switched),
                "exit_fee": euros(sums.exits), "budget": euros(sums.budget + sums.switched - switched),
                "quality": percent(quality, whole) if whole else None, "organic": percent(organic, whole) if whole else None,
            })  # fmt: skip
    return YEARS.frame(made)


def timetables(course: Course) -> dict[str, pd.DataFrame]:
    return {CALENDAR.name: calendar(course), YEARS.name: savings(course)}
