"""Kitchen roadmaps (family `kitchen_roadmap`): read, and judged from the family's README alone.

Minimise the discounted cost of levels, transport, whole posts, extensions, closings, chillers, regeneration and changes of
kitchen, every site fed by one kitchen in one mode per year, within capacities, posts, times and yearly budgets.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FAMILY = "kitchen_roadmap"
HOT, COLD = 0, 1
LONGEST_KM = (45 / 60 * 50, 120 / 60 * 50)  # minutes at 50 km/h
KM_COST, TRIPS = 0.55, (2 * 365, 5 * 52)
LOAD, MINUTES, POST_MINUTES = (1.0, 1.4), (16.0, 11.0), 880.0
POST_COST, MOST_POSTS = 46_000.0, 120
CLOSING, GROWTH, EXTENSION, OPENING, CHILLER = 250_000.0, 900.0, 120_000.0, 600_000.0, 350_000.0
REGENERATION, REGENERATION_MEAL, SWITCH = 15_000.0, 60.0, 8_000.0
TOLERANCE = 1e-6

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Roadmap:
    """K kitchens (the first `existing` of them exist), J sites, T years, L levels (0: closed)."""

    name: str
    existing: int
    rate: float
    km: Floats  # (J, K)
    meals: Floats  # (J, T) per day
    capacity: Floats  # (L,) meals per day
    fixed: Floats  # (L,) € per year
    posts: Ints  # (L,) fewest
    level: Ints  # (K,) before the plan
    kitchen: Ints  # (J,) before the plan
    mode: Ints  # (J,) before the plan
    best: float | None = None  # best known cost, €
    proven: float | None = None  # best proven bound, €

    @cached_property
    def factor(self) -> Floats:
        return np.asarray((1 + self.rate) ** -np.arange(self.meals.shape[1]), dtype=np.float64)

    @cached_property
    def budget(self) -> Floats:
        return np.array([3e6 if t < 2 else 2e6 for t in range(self.meals.shape[1])])

    @cached_property
    def cold_before(self) -> set[int]:
        return {int(k) for k, m in zip(self.kitchen, self.mode, strict=True) if m == COLD}


@dataclass(frozen=True)
class RoadmapPlan:
    """Level and posts of each kitchen (K, T); kitchen and mode of each site (J, T)."""

    level: Ints
    posts: Ints
    kitchen: Ints
    mode: Ints


def read(path: Path) -> Roadmap:
    """A file of the family. Raises KeyError or ValueError where it is not one."""
    raw = json.loads(path.read_text())
    return Roadmap(
        path.stem, int(raw["n_existing"]), float(raw["discount_rate"]), np.array(raw["km"], float), np.array(raw["meals_per_day"], float),
        np.array(raw["capacity_meals_per_day"], float), np.array(raw["fixed_cost_per_year"], float), np.array(raw["minimum_etp"], np.int64),
        np.array(raw["initial_level"], np.int64), np.array(raw["initial_kitchen"], np.int64), np.array(raw["initial_mode"], np.int64),
        *_known(path),
    )  # fmt: skip


def _known(path: Path) -> tuple[float | None, float | None]:
    """Best known cost and bound (€) from the table in the README beside, None where it has none."""
    readme = path.parent / "README.md"
    for line in readme.read_text().splitlines() if readme.exists() else ():
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        if len(cells) >= 4 and cells[0] == path.stem:
            return float(cells[2]) * 1e6, float(cells[3]) * 1e6
    return None, None


def instances(folder: Path) -> list[Roadmap]:
    """The roadmaps of a folder, by name."""
    return [read(path) for path in sorted(folder.glob("*.json"))]


def status_quo(data: Roadmap) -> RoadmapPlan:
    """Levels, kitchens and modes of before, every year."""
    T = data.meals.shape[1]
    level, kitchen, mode = (np.repeat(part[:, None], T, axis=1) for part in (data.level, data.kitchen, data.mode))
    return RoadmapPlan(level, _posts(data, level, kitchen, mode), kitchen, mode)


def _posts(data: Roadmap, level: Ints, kitchen: Ints, mode: Ints) -> Ints:
    minutes = np.zeros(level.shape)
    for t in range(level.shape[1]):
        np.add.at(minutes[:, t], kitchen[:, t], data.meals[:, t] * np.array(MINUTES)[mode[:, t]])
    return np.maximum(np.ceil(minutes / POST_MINUTES - TOLERANCE).astype(np.int64), data.posts[level])


def judge(data: Roadmap, plan: RoadmapPlan) -> tuple[float, list[str]]:
    """Discounted cost (€) of a plan and the rules it breaks, from the README's text."""
    K, T = plan.level.shape
    J = len(data.kitchen)
    cost, found = 0.0, []
    cold_kitchen = {k: k in data.cold_before for k in range(K)}
    closed_for_good: set[int] = set()
    for t in range(T):
        running, invested = 0.0, 0.0
        load, minutes = np.zeros(K), np.zeros(K)
        producing_cold: set[int] = set()
        for j in range(J):
            k, m = int(plan.kitchen[j, t]), int(plan.mode[j, t])
            if not 0 <= k < K or m not in (HOT, COLD) or plan.level[k, t] == 0 or data.km[j, k] > LONGEST_KM[m] + TOLERANCE:
                found.append(f"site {j} year {t}: not fed by kitchen {k}")
                continue
            meals = float(data.meals[j, t])
            load[k] += meals * LOAD[m]
            minutes[k] += meals * MINUTES[m]
            running += float(data.km[j, k]) * KM_COST * TRIPS[m]
            before_kitchen = data.kitchen[j] if t == 0 else plan.kitchen[j, t - 1]
            before_mode = data.mode[j] if t == 0 else plan.mode[j, t - 1]
            running += SWITCH * bool(k != before_kitchen)
            if m == COLD:
                producing_cold.add(k)
                invested += (REGENERATION + REGENERATION_MEAL * float(data.meals[j, 0])) * bool(before_mode != COLD)
        for k in range(K):
            before, after, n = int(data.level[k] if t == 0 else plan.level[k, t - 1]), int(plan.level[k, t]), int(plan.posts[k, t])
            if k < data.existing and before == 0 and after > 0 and (t > 0 or data.level[k] > 0):
                closed_for_good.add(k)
            if k in closed_for_good and after > 0:
                found.append(f"kitchen {k} year {t}: reopened")
            if 0 < after < before:
                found.append(f"kitchen {k} year {t}: reduced")
            if after > before:
                invested += GROWTH * float(data.capacity[after] - data.capacity[before]) + (OPENING if before == 0 else EXTENSION)
            invested += CLOSING * (before > 0 and after == 0)
            invested += CHILLER * (k in producing_cold and not cold_kitchen[k])
            cold_kitchen[k] = k in producing_cold
            running += float(data.fixed[after]) + POST_COST * n
            if load[k] > data.capacity[after] * (1 + TOLERANCE):
                found.append(f"kitchen {k} year {t}: load {load[k]:.1f} over {data.capacity[after]:.0f}")
            if not 0 <= n <= MOST_POSTS or n < data.posts[after] or minutes[k] > POST_MINUTES * n * (1 + TOLERANCE):
                found.append(f"kitchen {k} year {t}: {n} posts")
        if invested > data.budget[t] * (1 + TOLERANCE):
            found.append(f"year {t}: {invested:.0f} € over {data.budget[t]:.0f}")
        cost += float(data.factor[t]) * (running + invested)
    return cost, found
