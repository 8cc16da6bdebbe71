"""The production calendar day by day: public holidays, days worked, the peak they imply, and a schedule that proves it.

Years are counted one by one, each as if its demand went on in the weeks around it: meals eaten in the first days of January
are made in December by that year's own kitchen. A kitchen that produces seven days a week also produces on public holidays;
rows eaten neither on Saturday nor on Sunday are not eaten on them. `season`: the weeks of the year in which a row is eaten (`seasons`),
None for all of them.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from planner.problems.kitchens.rules import TOLERANCE, Week, cold_runs, storage_days
from planner.problems.kitchens.seasons import least_weeks

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
BEFORE, AFTER, MARGIN = 35, 14, 7  # days around a year; MARGIN: those with meals, on either side
NO_HOLIDAY: frozenset[dt.date] = frozenset()


def easter(year: int) -> dt.date:
    """Easter Sunday (Gregorian computus, Meeus)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return dt.date(year, month, day + 1)


@cache
def public_holidays(year: int) -> frozenset[dt.date]:
    """The eleven public holidays of France (labour code, article L3133-1)."""
    sunday = easter(year)
    moving = {sunday + dt.timedelta(days) for days in (1, 39, 50)}
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    return frozenset(moving | {dt.date(year, month, day) for month, day in fixed})


def closed_around(year: int, others: frozenset[dt.date]) -> frozenset[dt.date]:
    """Public holidays of a year and of the weeks around it, and the days that the Calendar sheet adds."""
    first, last = dt.date(year, 1, 1) - dt.timedelta(BEFORE), dt.date(year, 12, 31) + dt.timedelta(AFTER)
    known = public_holidays(year - 1) | public_holidays(year) | public_holidays(year + 1) | others
    return frozenset(day for day in known if first <= day <= last)


@cache
def _days(year: int) -> tuple[dt.date, ...]:
    first = dt.date(year, 1, 1) - dt.timedelta(BEFORE)
    count = (dt.date(year, 12, 31) - first).days + 1 + AFTER
    return tuple(first + dt.timedelta(i) for i in range(count))


@cache
def _least_weeks(year: int) -> NDArray[np.int64]:
    return np.array([least_weeks(day) for day in _days(year)], dtype=np.int64)


@cache
def eaten_days(week: Week, year: int, closed: frozenset[dt.date], season: int | None = None) -> Bools:
    """Days (of `_days`) on which a row that is eaten on some days of the week is eaten, with MARGIN days around the year."""
    days = _days(year)
    lasts = (dt.date(year, 1, 1) - dt.timedelta(MARGIN), dt.date(year, 12, 31) + dt.timedelta(MARGIN))
    on = np.array([lasts[0] <= d <= lasts[1] and d.weekday() in week and (max(week) > 4 or d not in closed) for d in days], dtype=bool)
    return on if season is None else np.asarray(on & (_least_weeks(year) <= season), dtype=bool)


@cache
def made_days(production_days: int, holidays: str, use_by_days: int, year: int, closed: frozenset[dt.date]) -> Bools:
    """Days (of `_days`) on which a kitchen produces; `holidays`: what it does on closed days ("needed": the fewest, each
    the latest possible, without which some day would have no production recent enough)."""
    days = _days(year)
    if production_days == 7:
        return np.ones(len(days), dtype=bool)
    usual = [d.weekday() < production_days for d in days]
    made = [on and (holidays == "worked" or d not in closed) for on, d in zip(usual, days, strict=True)]
    if holidays == "needed":
        for place in range(use_by_days, len(days)):
            window = range(place - use_by_days, place)
            if not any(made[i] for i in window):
                latest = next((i for i in reversed(window) if usual[i]), None)
                if latest is not None:
                    made[latest] = True
    return np.array(made, dtype=bool)


def _inside(year: int) -> slice:
    return slice(BEFORE, len(_days(year)) - AFTER)


@cache
def worked_holidays(production_days: int, holidays: str, use_by_days: int, year: int, closed: frozenset[dt.date]) -> int:
    """Closed days of the year on which the kitchen produces."""
    made = made_days(production_days, holidays, use_by_days, year, closed)[_inside(year)]
    return sum(bool(on) and day in closed and day.weekday() < production_days for on, day in zip(made, _days(year)[_inside(year)], strict=True))


def asked(
    mode: str, production_days: int, week: Week, use_by_days: int, weeks: float, holidays: str, year: int, closed: frozenset[dt.date] | None,
    season: int | None = None,
) -> Floats:
    """Meals per production day that one meal a year asks for (hot: each day; cold: each run of consecutive days, meals eaten in it per day
    that can make them, Hall's condition), in one order for all rows; inf where the calendar forbids it. `closed` None: a typical week
    of the `weeks` of the year, or of the season; else every day of the year counts, and the meals of the year are spread over the days
    eaten on."""
    if closed is None:
        if mode == "hot":
            found = [(1.0 if day < production_days else np.inf) if day in week else 0.0 for day in range(7)]
        else:
            found = list(cold_runs(production_days, week, use_by_days))
        return np.array(found) / (season or weeks) / len(week)
    eaten = eaten_days(week, year, closed, season)
    made = made_days(production_days, holidays, use_by_days, year, closed)
    count = int(eaten[_inside(year)].sum())
    if mode == "hot":
        return np.where(eaten, np.where(made, 1.0 / count, np.inf), 0.0)
    before_eaten, before_made = np.concatenate([[0], np.cumsum(eaten)]), np.concatenate([[0], np.cumsum(made)])
    on = np.arange(BEFORE - MARGIN, len(eaten) - AFTER + MARGIN)
    first, last = np.triu_indices(len(on))
    meals = before_eaten[on + 1][last] - before_eaten[on][first]
    days = before_made[on][last] - before_made[on - use_by_days][first]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(meals > 0, np.where(days > 0, meals / days, np.inf), 0.0) / count


@cache
def unit_load(
    mode: str, production_days: int, week: Week, use_by_days: int, weeks: float, holidays: str, year: int, closed: frozenset[dt.date] | None,
    season: int | None = None,
) -> float:
    """Meals per production day that one meal a year asks for where nothing else is made; inf where the calendar forbids it."""
    return float(asked(mode, production_days, week, use_by_days, weeks, holidays, year, closed, season).max())


@cache
def use_by_needed(
    production_days: int, week: Week, holidays: str, year: int, closed: frozenset[dt.date] | None, season: int | None = None
) -> int:
    """Fewest days of shelf life with which a calendar can feed a row cold; 22 where three weeks are not enough."""
    if closed is None:
        return storage_days(production_days, week)
    enough = (days for days in range(1, 22) if np.isfinite(unit_load("cold", production_days, week, days, 52.0, holidays, year, closed, season)))
    return next(enough, 22)


@dataclass(frozen=True)
class Daily:
    """A kitchen's year day by day: `produced`, `chilled` (cold only), `eaten`, `stock` at the end of the day (cold meals made, not
    eaten yet); `unmade`: meals that no production day in time could make, by the day they are eaten."""

    days: tuple[dt.date, ...]
    made: Bools
    produced: Floats
    chilled: Floats
    eaten: Floats
    stock: Floats
    unmade: Floats

    def within(self, year: int) -> slice:
        return _inside(year)


def eaten_per_day(
    meals: float, week: Week, weeks: float, year: int, closed: frozenset[dt.date] | None, season: int | None = None
) -> Floats:
    """Meals of a row on each day (of `_days`)."""
    on = eaten_days(week, year, closed or NO_HOLIDAY, season)
    if closed is None:
        return np.where(on, meals / (season or weeks) / len(week), 0.0)
    return np.where(on, meals / int(on[_inside(year)].sum()), 0.0)


def schedule(hot: Floats, cold: Floats, made: Bools, capacity: float, chilling: float, use_by_days: int, year: int) -> Daily:
    """Every meal as late as its use-by and the capacities let it: where this schedule leaves meals unmade, none makes them.

    Backwards in time, what is eaten last has the window that closes first.
    """
    count = len(made)
    produced, chilled, unmade = np.zeros(count), np.zeros(count), np.zeros(count)
    waiting: deque[list[float]] = deque()  # [day eaten, meals], the latest day first
    for day in range(count - 1, -1, -1):
        if day + 1 < count and cold[day + 1] > 0:
            waiting.append([day + 1, float(cold[day + 1])])
        while waiting and waiting[0][0] - use_by_days > day:
            late = waiting.popleft()
            unmade[int(late[0])] += late[1]
        if not made[day]:
            unmade[day] += hot[day]
            continue
        cooked = min(float(hot[day]), capacity * (1 + TOLERANCE))
        unmade[day] += hot[day] - cooked
        room = min(capacity * (1 + TOLERANCE) - cooked, chilling * (1 + TOLERANCE))
        while waiting and room > 0:
            part = min(room, waiting[0][1])
            waiting[0][1] -= part
            room -= part
            chilled[day] += part
            if waiting[0][1] <= 0:
                waiting.popleft()
        produced[day] = cooked + chilled[day]
    for late in waiting:
        unmade[int(late[0])] += late[1]
    stock = np.maximum(0.0, np.cumsum(chilled) - np.cumsum(cold))
    return Daily(_days(year), made, produced, chilled, hot + cold, stock, unmade)


def tightest_weeks(daily: Daily, year: int) -> range:
    """Fourteen days, from a Monday, that end with the week in which most is eaten per production day (the first such)."""
    first = next(i for i in range(BEFORE, BEFORE + 7) if daily.days[i].weekday() == 0)
    mondays = range(first, len(daily.days) - AFTER - 6, 7)
    worst = max(mondays, key=lambda monday: round(float(daily.eaten[monday : monday + 7].sum()) / max(0.5, float(daily.made[monday : monday + 7].sum())), 6))
    start = max(mondays[0], worst - 7)
    return range(start, start + 14)
