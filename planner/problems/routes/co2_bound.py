"""The least CO2 of a year that no plan can avoid, by column generation (`columns`).

    min   sum over days d, types v, trips r of  g_v km_r x_r        g_v: kg a kilometre of the vehicles counted, else nothing
    rows, kinds and runs as in `columns`; vehicles and hours cost nothing

What then ties two days, or two sets of vehicle types, is only the number of vehicles: left out, the program falls into parts that share no load, bounded
at the same time in a few threads. The sum of their bounds is one of the whole. Visits that may go to a third party are left out: their CO2 is not counted.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from planner.plan import Limits
from planner.problems.routes.bound import bound
from planner.problems.routes.columns import EVERY, MOST_ROUNDS, Model
from planner.problems.routes.emissions import AtCo2
from planner.problems.routes.week import Week
from planner.solvers import routing_columns
from planner.solvers.routing_columns import Days

SURE = 1 - 1e-9  # floating-point sums
SHORT = 0.3  # seconds that any part is given


def least(week: Week, target: str, seconds: float, limits: Limits, should_stop: Callable[[], bool]) -> float:
    """Tonnes of a year of a whole week, rounded down to the hundredth, within so many wall seconds; rounds alone decide where iterations are limited."""
    counted = Week(week.scenario, week.network, week.chosen, frozenset(code for code, flow in week.flows.items() if flow.skip_cost is not None))
    priced = AtCo2(counted, target)
    simple, until = bound(priced), time.monotonic() + seconds
    timed = limits.iterations is None
    rounds = MOST_ROUNDS if limits.iterations is None else min(MOST_ROUNDS, limits.iterations // EVERY)
    split = parts(Model(priced).days)
    lanes: list[list[Days]] = [[] for _ in range(max(1, limits.threads))]
    for part in sorted(split, key=lambda days: -_size(days)):
        min(lanes, key=lambda lane: sum(map(_size, lane))).append(part)

    def run(lane: Sequence[Days]) -> float:
        total, work = 0.0, sum(map(_size, lane))
        for part in reversed(lane):  # what small ones do not need is left to the large ones
            rest = until - time.monotonic()
            left = min(rest, max(SHORT, rest * _size(part) / work)) if timed else math.inf
            ends = time.monotonic() + left
            if left > 0:
                total += routing_columns.bound(part, left, rounds, lambda ends=ends: should_stop() or time.monotonic() > ends).value  # type: ignore[misc]
            work -= _size(part)
        return total

    with ThreadPoolExecutor(len(lanes)) as pool:
        found = sum(pool.map(run, lanes))
    return math.floor(SURE * max(simple, found) / 10) / 100


def _size(days: Days) -> float:
    """About how the time of a part grows."""
    return float(max(1, days.rows)) ** 2


def parts(days: Days) -> list[Days]:
    """The program without what vehicles cost, in parts that share no row, choice, bundle or run."""
    stands = list(range(days.rows))

    def first(row: int) -> int:
        while stands[row] != row:
            row = stands[row]
        return row

    own = [np.unique(kind.rows).tolist() for kind in days.kinds]
    runs = [[row for t in those for row in own[t]] for those, _ in days.runs]
    tied = [*own, *runs, *(list(rows) for rows, _ in days.bundles), *([row for option in options for row in option] for options in days.choices)]
    for rows in tied:
        for row in rows[1:]:
            stands[first(row)] = first(rows[0])
    members: dict[int, list[int]] = defaultdict(list)
    for row in range(days.rows):
        members[first(row)].append(row)
    made = []
    for root, rows in sorted(members.items()):
        at = {row: n for n, row in enumerate(rows)}
        kinds = [t for t, those in enumerate(own) if those and first(those[0]) == root]
        place = {t: n for n, t in enumerate(kinds)}
        made.append(Days(
            len(rows), tuple(replace(days.kinds[t], rows=np.array([at[row] for row in days.kinds[t].rows.tolist()], np.int64)) for t in kinds),
            np.zeros(len(days.price)), days.count, (),
            tuple(tuple(tuple(at[row] for row in option) for option in options) for options in days.choices if any(row in at for option in options for row in option)),
            tuple((tuple(at[row] for row in those), price) for those, price in days.bundles if those and those[0] in at),
            tuple((tuple(place[t] for t in those), number) for those, number in days.runs if those and those[0] in place),
        ))  # fmt: skip
    return made
