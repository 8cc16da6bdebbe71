"""What each site asks of each kitchen per production day, and what the holidays worked cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from planner.problems.kitchens import tables as tb
from planner.problems.kitchens.days import closed_around, worked_holidays
from planner.problems.kitchens.peaks import peaks
from planner.scenario import Scenario
from planner.sites import CALENDAR

if TYPE_CHECKING:
    from planner.problems.kitchens.data import Kitchen, Site

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Closed = Sequence[frozenset[dt.date] | None]


def closed_days(scenario: Scenario, years: Sequence[int]) -> list[frozenset[dt.date] | None]:
    """The days of each year without production; None for a typical week."""
    if scenario.value(tb.REAL_CALENDAR) < 0.5:
        return [None] * len(years)
    others = frozenset(row.date for row in scenario.rows(CALENDAR.name))
    return [closed_around(year, others) for year in years]


def loads(kitchens: Sequence[Kitchen], sites: Sequence[Site], weeks: float, years: Sequence[int], closed: Closed) -> tuple[Floats, Ints]:
    """Loads (N, K, J, 2, T), one for each case of demand, each busiest day of hot meals and each tightest run of days of cold ones, so
    that those of several sites add up along the first axis; and the case of each (N,). inf where the calendar or the use-by forbids it."""
    kinds = tuple(dict.fromkeys(eaten for site in sites for eaten in zip(site.days, site.seasons, strict=True)))
    cases = len(sites[0].weights) if sites else 1
    meals = np.zeros((cases, len(kinds), len(sites), len(years)))
    for j, site in enumerate(sites):
        for place, eaten in enumerate(zip(site.days, site.seasons, strict=True)):
            meals[:, kinds.index(eaten), j] += site.row_meals[:, place]
    has = np.any(meals > 0, axis=0).reshape(len(kinds), len(sites), len(years))
    # most kitchens share their calendar: each (mode, calendar, year) is worked out once
    calendars = [(kitchen.row.production_days, kitchen.row.use_by_days, kitchen.row.holidays) for kitchen in kitchens]
    found: dict[tuple[str, int, int, str, int], Floats] = {}
    for mode in ("hot", "cold"):
        for days, use_by, holidays in dict.fromkeys(calendars if kinds else ()):
            for t, (year, off) in enumerate(zip(years, closed, strict=True)):
                busiest = peaks(mode, days, kinds, use_by, weeks, holidays, year, off)
                load = np.einsum("pc,xcj->xpj", np.where(np.isinf(busiest), 0.0, busiest), meals[..., t])
                load[:, :, has[np.isinf(busiest[0]), :, t].any(axis=0)] = np.inf
                found[mode, days, use_by, holidays, t] = load  # (cases, peaks, J)
    hot, cold = (max((load.shape[1] for key, load in found.items() if key[0] == mode), default=1) for mode in ("hot", "cold"))
    made = np.zeros((cases, hot, cold, len(kitchens), len(sites), 2, len(years)))
    for (mode, *calendar, t), load in found.items():
        count = hot if mode == "hot" else cold
        even = load[:, np.minimum(np.arange(count), load.shape[1] - 1)]  # fewer peaks than elsewhere: the last one again
        for k in (k for k, own in enumerate(calendars) if list(own) == calendar):
            if mode == "hot":
                made[:, :, :, k, :, 0, t] = even[:, :, None]
            else:
                made[:, :, :, k, :, 1, t] = even[:, None, :]
    return made.reshape(cases * hot * cold, len(kitchens), len(sites), 2, len(years)), np.repeat(np.arange(cases), hot * cold)


def holiday_costs(kitchens: Sequence[Kitchen], years: Sequence[int], closed: Closed) -> Floats:
    """€ per year (K, T) of the holidays that each kitchen works when open."""
    found = np.zeros((len(kitchens), len(years)))
    for k, kitchen in enumerate(kitchens):
        row = kitchen.row
        for t, (year, off) in enumerate(zip(years, closed, strict=True)):
            if off is not None:
                found[k, t] = row.holiday_cost * worked_holidays(row.production_days, row.holidays, row.use_by_days, year, off)
    return found
