"""Which kitchens may feed which sites in which mode, year by year: what the rows eaten in a year forbid. No solver here."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from planner.problems.kitchens import tables as tb
from planner.problems.kitchens.days import use_by_needed
from planner.problems.kitchens.rules import COLD, HOT, MODE_CODES, TOLERANCE
from planner.schema import Row

if TYPE_CHECKING:
    from planner.problems.kitchens.data import Kitchen, Site

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Refusal:
    """Why a kitchen may not feed a site in a mode: the rule, with the figure found and the figure allowed."""

    rule: str  # mode_made, mode_accepted, diet, unreachable, minutes, hot_days, hot_holidays, use_by, capacity
    found: float = 0.0
    allowed: float = 0.0
    diets: tuple[str, ...] = ()  # those of the site that the kitchen does not make


def diets_missing(kitchen: Row, rows: Sequence[Row]) -> tuple[str, ...]:
    """The diets of demand rows that a kitchen does not make, in the order of their list; a kitchen that says none makes all."""
    wanted = {row.diet for row in rows}
    return tuple(option.code for option in tb.DIETS if kitchen.diets and option.code in wanted and option.code not in kitchen.diets)


def refusals(
    kitchens: Sequence[Kitchen], sites: Sequence[Site], minutes: Floats, load: Floats, longest: tuple[float, float],
    calendars: Sequence[tuple[int, frozenset[dt.date] | None]],
) -> tuple[dict[tuple[int, int, int], Refusal], Bools]:
    """What is refused in every year in which the site eats, with the reason in the first; and what else is in some years (K, J, 2, T)."""
    found: dict[tuple[int, int, int], Refusal] = {}
    barred = np.zeros((len(kitchens), len(sites), len(MODE_CODES), len(calendars)), dtype=bool)
    for j, site in enumerate(sites):
        years = [t for t in range(len(calendars)) if site.most_meals[t] > 0] or [0]
        alike: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for t in years:
            alike[tuple(site.eaten(t))].append(t)
        for k, kitchen in enumerate(kitchens):
            for m in range(len(MODE_CODES)):
                why = [(those, _refusal(kitchen, site, rows, those, m, float(minutes[k, j]), load[k, j, m], longest[m], calendars)) for rows, those in alike.items()]
                if (first := why[0][1]) is not None and all(refusal is not None for _, refusal in why):
                    found[k, j, m] = first
                    continue
                for those, refusal in why:
                    barred[k, j, m, those] = refusal is not None and refusal.rule != "capacity"  # which the program weighs
    return found, barred


def _refusal(
    kitchen: Kitchen, site: Site, eaten: Sequence[int], years: Sequence[int], m: int, minutes: float, load: Floats, longest: float,
    calendars: Sequence[tuple[int, frozenset[dt.date] | None]],
) -> Refusal | None:
    """Why a kitchen may not feed a site in a mode in years in which these rows are eaten, None where it may. `load` (T,)."""
    rows, asked = [site.rows[place] for place in eaten], load[list(years)]
    last = max(max(site.days[place]) for place in eaten)
    largest = float(kitchen.capacity.max()) if kitchen.levels else 0.0
    most = largest * (1 + TOLERANCE)
    if MODE_CODES[m] not in kitchen.row.modes:
        return Refusal("mode_made")
    if m not in site.accepts(years[0]):
        return Refusal("mode_accepted")
    if missing := diets_missing(kitchen.row, rows):
        return Refusal("diet", diets=missing)
    if not math.isfinite(minutes):
        return Refusal("unreachable")
    if m == HOT and kitchen.row.production_days <= last:
        return Refusal("hot_days", kitchen.row.production_days, last)
    if m == HOT and not np.isfinite(asked).all():
        return Refusal("hot_holidays")
    if m == COLD and not np.isfinite(asked).all():
        needed = max(use_by_needed(kitchen.row.production_days, site.days[place], kitchen.row.holidays, *calendars[t], site.seasons[place]) for place in eaten for t in years)
        return Refusal("use_by", kitchen.row.use_by_days, needed)
    if minutes > longest:
        return Refusal("minutes", minutes, longest)
    if asked.max() > most and asked[asked > 0].min() > most:
        return Refusal("capacity", float(asked.max()), largest)
    return None
