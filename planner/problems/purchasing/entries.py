"""When a member may join the common contract of a lot, month by month, and what joining then costs. No solver.

Months count from the start of the plan (0 is January of the first year); a date within a month takes effect on the
first day of the next one. A pair (lot, member) may join

- when its last contract has ended and the common contract is in force (`at_end`; `waits` if the first comes before the
  second: the contract that ended goes on at today's price until then);
- earlier, where each contract still running may be left for a fee (`early`): a share of the purchases left until its
  end. Months between two ends are no better than the ends themselves, since price and fee are linear in between, but
  for the calendar years that tiers count: those months, and each January, are the candidates;
- later, where every contract may be extended at today's price (`extended`): each January until the last extension ends,
  and the month after it.

A plan of one full year (no `purchasing_years`) knows one way to join: in force all year.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from planner.schema import Row

MONTHS = 12
AT_END, WAITS, EARLY, EXTENDED = "at_end", "waits", "early", "extended"


@dataclass(frozen=True)
class Entry:
    """Joining in `month` of the plan, for a `fee` in cents paid then; `kind`: at_end, waits, early or extended."""

    month: int
    fee: int = 0
    kind: str = AT_END


def month_of(day: dt.date, year: int) -> int:
    """The first month, counted from January of `year`, that begins on or after a day."""
    return MONTHS * (day.year - year) + day.month - 1 + (day.day > 1)


def date_of(month: int, year: int) -> dt.date:
    """The first day of a month counted from January of `year`."""
    return dt.date(year + month // MONTHS, month % MONTHS + 1, 1)


def presence(establishment: Row, year: int, months: int) -> range:
    """The months of the plan in which an establishment takes part."""
    first = month_of(establishment.entry, year) if establishment.entry is not None else 0
    last = month_of(establishment.exit, year) if establishment.exit is not None else months
    return range(min(max(0, first), months), min(max(0, last), months))


def entries(needs: Sequence[tuple[Row, int]], starts: dt.date | None, present: range, year: int, months: int) -> tuple[Entry, ...]:
    """The ways to join of a pair, when its contracts have ended first where that comes in time, then by month.

    `needs`: its rows with their yearly value at today's price in cents.
    """
    soonest = max(present.start, month_of(starts, year) if starts is not None else 0)
    ends = [month_of(row.contract_end + dt.timedelta(days=1), year) if row.contract_end is not None else 0 for row, _ in needs]
    natural = max(soonest, *ends)
    made = [Entry(natural, 0, AT_END if natural == max(present.start, 0, *ends) else WAITS)]
    running = [(row, value, end) for (row, value), end in zip(needs, ends, strict=True) if end > soonest]
    januaries = range(0, months, MONTHS)
    for month in sorted({soonest, *ends, *januaries}):
        left = [(row, value, end) for row, value, end in running if end > month]
        if soonest <= month < natural and all(row.exit_fee is not None for row, _, _ in left):
            fee = sum(-(-value * round(row.exit_fee * 10_000) * (end - month) // (1_000_000 * MONTHS)) for row, value, end in left)
            made.append(Entry(month, fee, EARLY))
    if all(row.extension_until is not None for row, _ in needs):
        last = min(month_of(row.extension_until + dt.timedelta(days=1), year) for row, _ in needs)
        made += [Entry(month, 0, EXTENDED) for month in sorted({last, *januaries}) if natural < month <= last]
    return tuple(entry for entry in made if entry.month in present)
