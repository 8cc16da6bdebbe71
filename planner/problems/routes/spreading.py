"""Days of the week, gaps between visits, and visits spread over the days that are open."""

from __future__ import annotations

from collections.abc import Sequence

from planner.kinds import DAYS

DAY_CODES = tuple(option.code for option in DAYS)
DAY_TYPE = {**dict.fromkeys(DAY_CODES[:5], "weekday"), "sat": "saturday", "sun": "sunday"}
FIVE_DAYS = {1: ((0,), (1,), (2,), (3,), (4,)), 2: ((0, 3), (1, 4)), 3: ((0, 2, 4),), 4: ((0, 1, 3, 4),)}


def gaps(days: Sequence[str]) -> list[int]:
    """Days from each visit to the next, the week repeating; seven for a single one."""
    places = [DAY_CODES.index(day) for day in days]
    return [(b - a - 1) % len(DAY_CODES) + 1 for a, b in zip(places, [*places[1:], *places[:1]], strict=True)]


def too_far(days: Sequence[str], least: int | None, longest: int | None) -> list[tuple[str, int, int]]:
    """The gaps of these days of visit that are not as asked: the column that asks, the worst gap, and what is allowed."""
    found = gaps(days)
    broken = []
    if longest is not None and found and max(found) > longest:
        broken.append(("longest_gap", max(found), longest))
    if least is not None and found and min(found) < least:
        broken.append(("least_gap", min(found), least))
    return broken


def spread(visits: int, open_days: Sequence[str], turn: int) -> list[str]:
    """Days of `visits` visits a week among the open ones (a day may come several times), the `turn`-th way of spreading."""
    days = [day for day in DAY_CODES if day in open_days]
    weekdays = [day for day in days if DAY_TYPE[day] == "weekday"]
    if visits <= len(weekdays) or (weekdays and visits % 5 == 0 and visits % 7 != 0):
        days = weekdays
    elif visits % 6 == 0 and len(days) == 7:
        days = days[:6]
    if not days:
        days = list(DAY_CODES[:5])
    each, left = divmod(visits, len(days))
    chosen = [0] * len(days)
    if left:
        if len(days) == 5:
            ways = FIVE_DAYS[left]
            picked = ways[turn % len(ways)]
        else:
            picked = tuple((turn + (i * len(days)) // left) % len(days) for i in range(left))
        for i in picked:
            chosen[i] += 1
    return [day for day, extra in zip(days, chosen, strict=True) for _ in range(each + extra)]
