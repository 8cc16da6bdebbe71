"""The rota of a week against every possible one, and its rules one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from planner.solvers.rostering import DutyData, TeamData, first_fit, least_drivers, may, solve

H = 3600
RULES = TeamData((), None, 35 * H, 48 * H, 5, 1, 9 * H, 10 * H + 1800, 11 * H, 36 * H)


def may_by_hand(team: TeamData, duties: list[DutyData]) -> bool:
    """The rules of one driver, the weekly rest as the longest time without work in a week that repeats, second by second of its ends."""
    if not may(replace(team, weekly_rest=0), duties):
        return False
    spans = sorted((duty.day * 24 * H + duty.starts, duty.day * 24 * H + duty.ends, duty.day) for duty in duties)
    rests = [(then[0] - one[1]) for one, then in pairwise([*spans, (spans[0][0] + 168 * H, 0, spans[0][2] + 7)]) if then[2] != one[2]]
    return team.weekly_rest <= team.daily_rest or max(rests) >= team.weekly_rest


def partitions(items: list[int]) -> Iterator[list[list[int]]]:
    if not items:
        yield []
        return
    for rest in partitions(items[1:]):
        for i in range(len(rest)):
            yield [*rest[:i], [items[0], *rest[i]], *rest[i + 1 :]]
        yield [[items[0]], *rest]


def brute(team: TeamData) -> tuple[int, int] | None:
    """Fewest drivers, then least overtime, over every way of sharing the duties."""
    best = None
    for parts in partitions(list(range(len(team.duties)))):
        if (team.drivers is not None and len(parts) > team.drivers) or not all(may_by_hand(team, [team.duties[i] for i in part]) for part in parts):
            continue
        extra = sum(max(0, sum(team.duties[i].seconds for i in part) - team.normal) for part in parts)
        best = min(best or (10**9, 0), (len(parts), extra))
    return best


@pytest.mark.parametrize("seed", range(64))
def test_fewest_drivers_of_small_weeks(seed: int) -> None:
    rng = np.random.default_rng(seed)
    duties = []
    for _ in range(int(rng.integers(3, 8))):
        starts = int(rng.integers(5, 16)) * H
        seconds = int(rng.integers(2, 9)) * H
        duties.append(DutyData(int(rng.integers(0, 7)) if seed % 2 else int(rng.integers(0, 3)), starts, starts + seconds, seconds))
    team = replace(
        RULES, duties=tuple(duties), drivers=None if rng.random() < 0.7 else int(rng.integers(1, 4)), normal=int(rng.integers(8, 20)) * H, longest=int(rng.integers(16, 30)) * H,
        most_days=int(rng.integers(1, 6)), day_duties=int(rng.integers(1, 4)), weekly_rest=(36, 36, 24, 30, 47, 53, 62, 72)[seed // 8] * H,
    )  # fmt: skip
    found, right = solve(team), brute(team)
    assert found.proven and (found.driver is None) == (right is None)
    assert least_drivers(team) <= found.least
    if found.driver is not None and right is not None:
        by_driver = [[team.duties[i] for i, k in enumerate(found.driver) if k == driver] for driver in range(found.used)]
        assert all(may(team, own) for own in by_driver)
        assert (found.used, sum(max(0, sum(duty.seconds for duty in own) - team.normal) for own in by_driver)) == right
        assert found.least == found.used
        assert max(first_fit(team)) + 1 >= found.used


def week(starts: int, seconds: int, days: range = range(5)) -> tuple[DutyData, ...]:
    return tuple(DutyData(day, starts, starts + seconds, seconds) for day in days)


def test_each_rule_asks_for_drivers() -> None:
    assert solve(replace(RULES, duties=week(6 * H, 7 * H))).used == 1
    assert solve(replace(RULES, duties=week(6 * H, 7 * H, range(6)))).used == 2  # days a week
    assert solve(replace(RULES, duties=week(6 * H, 7 * H), longest=30 * H)).used == 2  # hours a week
    night = (DutyData(0, 14 * H, 21 * H, 7 * H), DutyData(1, 6 * H, 12 * H, 6 * H))
    assert solve(replace(RULES, duties=night)).used == 2  # nine hours of night
    assert solve(replace(RULES, duties=(DutyData(6, 14 * H, 21 * H, 7 * H), DutyData(0, 6 * H, 12 * H, 6 * H)))).used == 2  # the week repeats
    split = (DutyData(0, 6 * H, 9 * H, 3 * H), DutyData(0, 13 * H, 16 * H, 3 * H))
    assert solve(replace(RULES, duties=split)).used == 2
    assert solve(replace(RULES, duties=split, day_duties=2)).used == 1
    assert solve(replace(RULES, duties=split, day_duties=2, day_span=9 * H)).used == 2
    assert solve(replace(RULES, duties=split, day_duties=2, day_seconds=5 * H)).used == 2
    alternate = tuple(DutyData(day, 6 * H, 18 * H, 6 * H) for day in (0, 2, 4, 6))
    assert solve(replace(RULES, duties=alternate, daily_rest=6 * H)).used == 1
    late = tuple(replace(duty, ends=18 * H + 60) for duty in alternate)  # 36 hours less a minute around each free day
    assert solve(replace(RULES, duties=late, daily_rest=6 * H)).used == 2
    assert solve(replace(RULES, duties=late, daily_rest=6 * H, weekly_rest=0)).used == 1


def test_the_weekly_rest_is_the_longest_time_without_work() -> None:
    """Without a free day where two duties lie far enough apart; over two free days, of which neither has enough around it alone."""
    apart = (DutyData(0, 5 * H, 8 * H, 3 * H), *(DutyData(day, 20 * H, 23 * H, 3 * H) for day in range(1, 7)))  # Monday 8:00 to Tuesday 20:00
    assert solve(replace(RULES, duties=apart, most_days=7, daily_rest=5 * H)).used == 1
    weekend = week(5 * H, 7 * H)  # Friday noon to Monday 5:00: 65 h
    assert solve(replace(RULES, duties=weekend, weekly_rest=65 * H)).used == 1
    assert solve(replace(RULES, duties=weekend, weekly_rest=65 * H + 1)).used == 2
    one_day = tuple(DutyData(day, 8 * H, 20 * H, 6 * H) for day in (0, 2, 4))  # 60 hours from Friday to Monday, 36 around the others
    assert [solve(replace(RULES, duties=one_day, weekly_rest=hours * H)).used for hours in (60, 61)] == [1, 2]


def test_too_few_drivers_is_proven() -> None:
    team = replace(RULES, duties=week(6 * H, 7 * H) + week(7 * H, 7 * H), drivers=1)
    found = solve(team)
    assert found.driver is None and found.proven and found.least == 2


def test_a_fleet_of_a_hundred_duties_is_rostered_in_time() -> None:
    rng = np.random.default_rng(1)
    duties = []
    for day in range(6):
        for _ in range(17):
            starts = int(rng.integers(20, 52)) * 900
            seconds = int(rng.integers(8, 30)) * 900
            duties.append(DutyData(day, starts, starts + seconds, seconds))
    team = replace(RULES, duties=tuple(duties))
    found = solve(team)
    assert found.proven and found.used == least_drivers(team) < max(first_fit(team)) + 1
    assert solve(team) == found
