"""The weeks of the year in which a row of meals is eaten: all of them, or as many as its public is there. Shared by model and audit.

A row eaten w weeks leaves out the first 52 - w weeks of one list, the same for everybody: summer (eight weeks, from its middle),
Christmas, All Saints, spring and winter (two each), which makes the French school year at 36 weeks (code de l'éducation, art. L521-1);
below, summer grows at both ends. So whoever is there in a week, every row with more weeks is there too: in the weeks of the row with
fewest, all eat at once, and the loads of a typical week add up.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

YEAR, FEWEST = 52, 20  # weeks of a whole year; fewest that the list allows
# a day (month, day) of each week left out, in this order; the last day of Christmas is 1 January of the year after
LEFT_OUT = (
    (8, 12), (8, 5), (8, 19), (7, 29), (8, 26), (7, 22), (7, 15), (7, 8),  # summer
    (12, 25), (1, 1), (11, 1), (10, 25), (4, 14), (4, 21), (2, 17), (2, 24),
    (9, 2), (7, 1), (9, 9), (6, 24), (9, 16), (6, 17), (9, 23), (6, 10), (9, 30), (6, 3), (10, 7), (5, 27), (10, 14), (5, 20), (5, 13), (5, 6),
)  # fmt: skip


@cache
def _left_out(year: int) -> dict[dt.date, int]:
    """Mondays of the weeks that a year's rows may leave out, and their place in the list, from 0."""
    days = (dt.date(year + 1 if (month, day) == (1, 1) else year, month, day) for month, day in LEFT_OUT)
    return {day - dt.timedelta(day.weekday()): place for place, day in enumerate(days)}


@cache
def least_weeks(day: dt.date) -> int:
    """Fewest weeks a year with which a row is eaten in the week of a day: 0 where all rows are, 52 where only those of the whole year."""
    monday = day - dt.timedelta(day.weekday())
    place = _left_out(monday.year).get(monday, _left_out(monday.year - 1).get(monday))
    return 0 if place is None else YEAR - place


def in_season(weeks: int | None, day: dt.date) -> bool:
    """Whether a row eaten so many weeks (None: all the year) is eaten in the week of a day."""
    return weeks is None or weeks >= least_weeks(day)
