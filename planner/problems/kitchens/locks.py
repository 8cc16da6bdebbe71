"""The years in which a kitchen may be open, has to be, or may not be: locks, memberships, works."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.problems.kitchens.data import NONE, Bools, Facts, Kitchen

OPENING = ("keep", "open")


def unlocked(kitchen: Kitchen) -> Kitchen:
    """The kitchen without its lock."""
    return replace(kitchen, row=type(kitchen.row)(**{**vars(kitchen.row), "lock": "free", "lock_from": None, "lock_until": None}))


def _locked(data: Facts, kitchen: Kitchen) -> Bools:
    """Years (T,) in which the lock holds."""
    first, last = kitchen.row.lock_from, kitchen.row.lock_until
    return np.array([(first is None or year >= first) and (last is None or year <= last) for year in data.years], dtype=bool)


def shut(data: Facts, kitchen: Kitchen) -> Bools:
    """Years (T,) in which a lock keeps the kitchen neither open nor in works."""
    return np.asarray(_locked(data, kitchen) & (kitchen.row.lock == "close"), dtype=bool)


def first_opening(data: Facts, kitchen: Kitchen, level: int) -> int:
    """First year in which the kitchen can be open at a level (its position): the works of a candidate take place in the plan."""
    if kitchen.existing:
        return data.years[0]
    joins = data.years[int(kitchen.member.argmax())]
    return max(int(kitchen.row.earliest_year or 0), joins + int(kitchen.levels[level].works_years))


def earliest(data: Facts, kitchen: Kitchen) -> int:
    """First year in which the kitchen can be open, whatever its level."""
    return min((first_opening(data, kitchen, level) for level in range(len(kitchen.levels))), default=data.years[0])


def can_open(data: Facts, kitchen: Kitchen) -> Bools:
    """Years (T,) in which the kitchen may be open at all."""
    if not kitchen.levels:
        return np.zeros(data.T, dtype=bool)
    first = earliest(data, kitchen)
    return np.asarray(kitchen.member & np.array([year >= first for year in data.years]) & ~shut(data, kitchen), dtype=bool)


def locked_open(data: Facts, kitchen: Kitchen) -> Bools:
    """Years (T,) in which its own lock wants the kitchen open."""
    return can_open(data, kitchen) & _locked(data, kitchen) & (kitchen.row.lock in OPENING)


def must_open(data: Facts, k: int) -> Bools:
    """Years (T,) in which a kitchen has to be open, or on its way (`on_its_way`): its lock, sites that it is imposed on."""
    kitchen = data.kitchens[k]
    wanted = np.zeros(data.T, dtype=bool)
    for j, site in enumerate(data.sites):
        if site.lock == k and not site.optional:
            wanted |= imposed(data, j)
    return locked_open(data, kitchen) | (can_open(data, kitchen) & wanted)


def imposed(data: Facts, j: int) -> Bools:
    """Years (T,) in which a site eats and has a kitchen imposed on it."""
    site = data.sites[j]
    return np.asarray(data.eats[j] & np.array([site.lock != NONE and year >= site.lock_from for year in data.years]), dtype=bool)


def on_its_way(data: Facts, kitchen: Kitchen, level: int, target: int, t: int) -> bool:
    """Whether works of a kitchen not open yet (level NONE) lead to a level that cannot be open yet."""
    return level == NONE and target != NONE and data.years[t] < first_opening(data, kitchen, target)


def settled(data: Facts, kitchen: Kitchen) -> Bools:
    """Years (T,) in which the kitchen may be open, and at none of its levels only on its way."""
    last = max((first_opening(data, kitchen, level) for level in range(len(kitchen.levels))), default=data.years[0])
    return np.asarray(can_open(data, kitchen) & np.array([year >= last for year in data.years]), dtype=bool)
