"""Where p kitchens would stand best, before any candidate is entered: p-median of the meals over the driving minutes.

    min  sum_ij m_i t_ij x_ij / sum_i m_i   s.t.  sum_j x_ij = 1,  x_ij <= y_j,  sum_j y_j = p,
                                                  sum_i m_i x_ij <= M y_j where a largest kitchen M is given

Places j are the sites that eat or have a kitchen; m_i are the meals of a year. No cost, level, mode or crew is in it: it says
which places are worth entering as candidates, and the plan of the kitchens decides.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from planner.network import Network
from planner.plan import Limits, Progress
from planner.problems.kitchens.tables import DEMAND, KITCHENS
from planner.scenario import Scenario
from planner.solvers.location_single import Siting
from planner.solvers.location_solve import solve_siting
from planner.solvers.mip import MipStatus


@dataclass(frozen=True)
class Places:
    """The best `number` places found. `minutes`: mean driving minutes of a meal; `least`: no choice of as many places has less,
    rounded down; `furthest`: of any site; `meals` by place and year; `proven`: nothing is better."""

    number: int
    sites: tuple[str, ...]
    meals: tuple[float, ...]
    minutes: float
    least: float
    furthest: float
    proven: bool


def best_places(scenario: Scenario, network: Network, most: int, largest: float | None, limits: Limits, progress: Progress) -> list[Places]:
    """For 1 to `most` kitchens; numbers that cannot serve all (with kitchens of at most `largest` meals a year) are left out.
    Empty without meals. What one number leaves of the time the next ones have."""
    eaten: dict[str, float] = defaultdict(float)
    for row in scenario.rows(DEMAND.name):
        eaten[row.site] += float(row.meals)
    sites = [site for site, meals in sorted(eaten.items()) if meals > 0]
    places = sorted({*sites, *(row.site for row in scenario.rows(KITCHENS.name))})
    if not sites:
        return []
    meals = np.array([eaten[site] for site in sites])
    minutes = network.minutes[np.ix_([network.index[place] for place in places], [network.index[site] for site in sites])]
    minutes = np.where(np.isnan(minutes), math.inf, minutes)
    capacity = np.full(len(places), math.inf if largest is None else largest)
    found: list[Places] = []
    began = time.monotonic()
    most = min(most, len(places))
    for number in range(1, most + 1):
        data = Siting(minutes * meals, np.zeros(len(places)), meals, capacity, least=number, most=number)
        left = limits.seconds - (time.monotonic() - began)
        made = solve_siting(
            data, seconds=max(0.1, left) / (most - number + 1), gap=limits.gap, seed=limits.seed, threads=limits.threads,
            moves=limits.iterations, should_stop=progress.should_stop,
        )  # fmt: skip
        if made.plan is not None:
            progress.report("kitchens", phase="phase.kitchens.search")
            share = made.plan.share
            opened = np.flatnonzero(made.plan.opened)
            found.append(Places(
                number, tuple(places[j] for j in opened), tuple(float(share[j] @ meals) for j in opened), made.cost / float(meals.sum()),
                math.floor(max(0.0, made.bound) / float(meals.sum()) * 1e4) / 1e4, float(minutes[share > 0].max()), made.status is MipStatus.OPTIMAL,
            ))  # fmt: skip
        if progress.should_stop():
            break
    return found
