"""The busiest days of a kitchen whose meals are eaten on different days and in different weeks. Shared by model and audit.

The load of a kitchen is that of its busiest day of hot meals plus the least even production of its cold ones, which is that of their
tightest run of days (`days.asked`). Of all days and runs, `peaks` keeps those that can be the busiest of some mix of rows.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np

from planner.problems.kitchens.days import Floats, asked
from planner.problems.kitchens.rules import Week

MOST_SURE = 200  # of these, used to leave others out
WEIGHTS = 4000  # drawn to find rows that must be kept
SLACK = 1e-7  # relative, far below what capacities are allowed (`rules.TOLERANCE`)
Eaten = tuple[Week, int | None]  # days of the week and weeks of the year (None: all) in which a row is eaten


@cache
def peaks(
    mode: str, production_days: int, rows: tuple[Eaten, ...], use_by_days: int, weeks: float, holidays: str, year: int, closed: frozenset[dt.date] | None
) -> Floats:
    """Meals per production day (peaks, rows) that one meal a year of each kind of row asks for on each of these days or runs: what a
    kitchen needs is the largest entry of `peaks @ meals`. A column of inf: the calendar forbids these rows."""
    each = np.array([asked(mode, production_days, week, use_by_days, weeks, holidays, year, closed, season) for week, season in rows])
    barred = np.isinf(each).any(axis=1)
    if barred.all():
        return np.full((1, len(rows)), np.inf)
    kept = largest(each[~barred].T)
    found = np.full((len(kept), len(rows)), np.inf)
    found[:, ~barred] = kept
    return found


def largest(rows: Floats) -> Floats:
    """The rows that no other one equals or exceeds in every column, without those that some mean of two surely kept ones does; of equals
    one. Whatever the weights of the columns, none left out weighs more than the heaviest of these (but for a ten-millionth)."""
    left, kept, sizes = rows, [], rows.sum(axis=1)
    while len(left):
        top = left[sizes.argmax()]
        kept.append(top)
        over = (left > top * (1 + SLACK)).any(axis=1)
        left, sizes = left[over], sizes[over]
    found = np.array(kept).reshape(-1, rows.shape[1])
    if len(found) <= 2:
        return found
    sure = _heaviest(found)
    means = found[sure[:: len(sure) // MOST_SURE + 1]]  # their pairs are tried: too many would take long
    return found[[place in sure or not _below_a_mean(row, means) for place, row in enumerate(found)]]


def _heaviest(rows: Floats) -> list[int]:
    """Places of rows that are each the heaviest under some weights of the columns: none of these can be left out."""
    drawn = np.random.default_rng(0).exponential(size=(WEIGHTS, rows.shape[1])) ** 2  # the same ones each time; squared, so that few columns decide
    weights = np.vstack([drawn, np.eye(rows.shape[1])]) / np.maximum(rows.max(axis=0), 1e-300)
    return sorted({int(place) for place in (rows @ weights.T).argmax(axis=0)})


def _below_a_mean(row: Floats, others: Floats) -> bool:
    """Whether w * a + (1 - w) * b >= row for some two of the others and some w in 0..1."""
    one, other = others[:, None], others[None, :]
    slope, short = one - other, row * (1 - SLACK) - other  # w * slope >= short in every column
    with np.errstate(divide="ignore", invalid="ignore"):
        at = short / slope
    least = np.where(slope > 0, at, 0.0).max(axis=2, initial=0.0)
    most = np.where(slope < 0, at, 1.0).min(axis=2, initial=1.0)
    return bool(((least <= most) & ((slope != 0) | (short <= 0)).all(axis=2)).any())
