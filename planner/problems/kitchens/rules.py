"""The arithmetic of the domain that model and audit share: production calendar, membership, annuities.

Each is a small pure function with its own tests against figures worked out by hand; everything built on
them (loads, costs, rules) is computed twice, once for the model and once by the audit.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import cache

MODE_CODES = ("hot", "cold")
HOT, COLD = 0, 1
TOLERANCE = 1e-6  # relative slack allowed on capacities, budgets and posts, for floating-point sums only
Week = tuple[int, ...]  # days of the week in order, 0 Monday .. 6 Sunday


def first_days(count: int) -> Week:
    """So many days of the week, from Monday."""
    return tuple(range(count))


@dataclass(frozen=True)
class Exemption:
    """What a kitchen without sanitary approval may deliver elsewhere: `meals` a week, or `more_meals` where they are at most a `share`
    (0 to 1) of what it makes; to sites nearer than `km` as the crow flies."""

    meals: float
    more_meals: float
    share: float
    km: float

    def allows(self, delivered: float, made: float) -> bool:
        """Whether it may deliver so many of the meals a week that it makes."""
        more = delivered <= self.share * made * (1 + TOLERANCE)
        return delivered <= max(self.meals, self.more_meals if more else 0.0) * (1 + TOLERANCE)


def net_investment(amount: float, percent: float, grant: float = 0.0) -> float:
    """Expense (€) left once a third party has paid a share and a grant."""
    return max(0.0, float(amount) * (1 - percent / 100) - float(grant))


@cache
def storage_days(production_days: int, eaten: Week) -> int:
    """Longest storage (days) of a cold meal made on the last production day before it is eaten.

    Weeks start on Monday: production on the first `production_days`, meals on the days `eaten`. Cold meals leave the kitchen the day
    after production at the earliest. Five production days: 3 (Friday to Monday).
    """
    return max(min(d for d in range(1, 8) if (day - d) % 7 < production_days) for day in eaten)


@cache
def cold_runs(production_days: int, eaten: Week, use_by_days: int) -> tuple[float, ...]:
    """Meals eaten per production day that can make them (cold), for one meal on each day `eaten`: over the whole week, then over every
    run of consecutive days, in one order for all `eaten`; inf where the use-by forbids it.

    A meal eaten on day c is made on one of the days c - use_by .. c - 1. These windows are ordered alike at both ends, so the least even
    production is the largest of these ratios (Hall's condition): 7/5 for seven days eaten, five produced and J+3. Of rows eaten on
    different days, it is the largest of their sums.
    """
    found = [len(eaten) / production_days]
    for first in range(7):
        for length in range(1, 8):
            days = range(first, first + length)
            meals = sum(day % 7 in eaten for day in days)
            made = sum(day % 7 < production_days for day in range(days[0] - use_by_days, days[-1]))
            found.append(meals / made if made else math.inf if meals else 0.0)
    return tuple(found)


def deliveries_a_week(usual: float, eaten: Week) -> float:
    """Deliveries a week to a site that eats on some days, where one that eats every day has `usual`: no more than it eats on days, or
    than twice as many where the usual is two a day."""
    return min(usual, len(eaten) * max(1.0, usual / 7))


def member(entry: dt.date | None, leaving: dt.date | None, year: int) -> bool:
    """Whether an establishment shares in a year: years count whole, present as soon as one day of it is.

    `leaving` is the first day out: an exit on 1 January ends the sharing with the year before.
    """
    return (entry is None or entry <= dt.date(year, 12, 31)) and (leaving is None or leaving > dt.date(year, 1, 1))


def annuity(amount: float, lifetime: int, rate: float) -> float:
    """Constant yearly charge (€/year) of an investment (€) over its lifetime (years) at a rate per year (0.04), the first in the year of the
    investment: discounted as all else is, the charges of one lifetime are worth the investment."""
    return amount / lifetime if rate == 0 else amount * rate / (1 - (1 + rate) ** -lifetime) / (1 + rate)


def charged_until(bought: int, lifetime: int, last: int) -> int:
    """First year without the charge of what was bought in a year and last used in the year `last`: it is bought again only as long as it is used."""
    return bought + lifetime * max(1, math.ceil((last + 1 - bought) / lifetime))
