"""The cheapest plan of a tiny group by trying every decision, the audit alone saying what is legal."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from planner.network import Network
from planner.plan import Status
from planner.problems.base import cost_of
from planner.problems.kitchens import KITCHENS, plans
from planner.problems.kitchens.data import NONE, Facts, Kitchen, facts
from planner.problems.kitchens.plans import Decisions
from planner.scenario import Scenario


def every_plan(data: Facts) -> Iterator[Decisions]:
    """Every path of levels, works and approvals, assignment and equipment year, with the fewest posts; whether it is legal is
    for the audit to say."""
    K, J, T = len(data.kitchens), len(data.sites), data.T
    paths = [list(itertools.product(_ways(kitchen), repeat=T)) for kitchen in data.kitchens]
    for chosen_paths in itertools.product(*paths):
        state = np.array(chosen_paths, dtype=np.int64).reshape(K, T, 3)
        level_of, target, approved = state[:, :, 0], state[:, :, 1], state[:, :, 2] > 0
        for served in itertools.product(*(_feeders(data, j, level_of[:, t], t) for j in range(J) for t in range(T))):
            chosen = np.array(served, dtype=np.int64).reshape(J, T, 2)
            kitchen_of, mode_of = chosen[:, :, 0], chosen[:, :, 1]
            cold = plans.served_cold(data, Decisions(level_of, target, approved, level_of, kitchen_of, mode_of, np.zeros((J, T), dtype=bool)))
            when = []
            for j, site in enumerate(data.sites):
                years = np.flatnonzero(cold[j])
                when.append([None] if site.equipped or not len(years) else [t for t in range(years[0] + 1) if kitchen_of[j, t] != NONE])
            for bought in itertools.product(*when):
                equip = np.zeros((J, T), dtype=bool)
                for j, year in enumerate(bought):
                    if year is not None:
                        equip[j, year] = True
                yield Decisions(level_of, target, approved, _posts(data, level_of, kitchen_of, mode_of), kitchen_of, mode_of, equip)


def _ways(kitchen: Kitchen) -> list[tuple[int, int, int]]:
    """What a kitchen can do in a year: level, level in works, approval."""
    levels = range(len(kitchen.levels))
    works = [(before, after) for before in (NONE, *levels) for after in levels if after > before and kitchen.levels[after].works_years]
    approvals = (1,) if kitchen.row.approved else (0,) if kitchen.row.approval_cost is None else (0, 1)
    found = [(level, target, held) for level, target in [(level, NONE) for level in levels] + [w for w in works if w[0] != NONE] for held in approvals]
    return [(NONE, NONE, 0), *found, *((NONE, after, 0) for before, after in works if before == NONE)]


def _feeders(data: Facts, j: int, level: Any, t: int) -> list[tuple[int, int]]:
    if not data.eats[j, t]:
        return [(NONE, NONE)]
    open_ = [(k, m) for k in range(len(data.kitchens)) for m in range(2) if level[k] != NONE and (k, j, m) not in data.refusals]
    return open_ + ([(NONE, NONE)] if data.sites[j].optional else [])


def _posts(data: Facts, level_of: Any, kitchen_of: Any, mode_of: Any) -> Any:
    posts = np.zeros(level_of.shape, dtype=np.int64)
    for t in range(data.T):
        before = posts[:, t - 1].sum() if t else sum(k.row.staff for k in data.kitchens if k.existing)
        for k in range(len(data.kitchens)):
            if level_of[k, t] != NONE:
                fed = [j for j in range(len(data.sites)) if kitchen_of[j, t] == k]
                work = data.work(k, fed, [int(mode_of[j, t]) for j in fed], t)
                posts[k, t] = max(math.ceil(work / data.kitchens[k].row.productivity - 1e-9), math.ceil(data.kitchens[k].levels[level_of[k, t]].min_staff))
        short = math.ceil(before - data.departures[t] - posts[:, t].sum()) if math.isfinite(data.departures[t]) else 0
        if short > 0 and (level_of[:, t] != NONE).any():
            posts[int(np.argmax(level_of[:, t])), t] += short
    return posts


def cheapest(scenario: Scenario, net: Network, known: float) -> float:
    """Cost of the cheapest plan that the audit accepts (plans dearer than `known`, or the best so far, are not audited)."""
    data = facts(scenario, net)
    best = known
    for made in every_plan(data):
        cost = cost_of(plans.costs(data, made))
        if cost < best and KITCHENS.audit(scenario, net, plans.finished(scenario, data, made, Status.FEASIBLE)).valid:
            best = cost
    return best
