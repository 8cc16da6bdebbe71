"""Who makes which duty in a week that repeats: the fewest drivers, then the least overtime.

    min   P sum_k u_k + sum_k e_k            P larger than all overtime together, or what a driver costs in overtime
    sum_k x_ik = 1                                                        every duty i
    sum of the seconds of k's duties <= longest u_k;   e_k >= them - normal     every driver k
    x_ik <= w_kd for i on day d,   sum_d w_kd <= most_days                every k
    at most day_duties of k's duties on a day, within day_seconds and day_span, not two at once
    end of a day to start of the next one >= daily_rest
    the longest time of k without work, over however many free days, >= weekly_rest     (none asked: no such row)
    x, u, w binary;  u_k >= u_(k+1)

by CP-SAT from a first fit, which also bounds the number of drivers from above; where that proves nothing in time, by CP-SAT for few drivers
given, then more. One worker and a limit in CP-SAT's own units of work, so that the
answer does not depend on the machine (seconds only cap). What is proven is said: `least` drivers are needed by any rota.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from typing import Any

DAY = 86_400
WEEK = 7


@dataclass(frozen=True)
class DutyData:
    """A duty: day of the week from 0, start and end in seconds after midnight, seconds that count as work."""

    day: int
    starts: int
    ends: int
    seconds: int


@dataclass(frozen=True)
class TeamData:
    """Duties and rules of a team. `drivers`: how many there are, None for as many as it takes; all times in seconds.

    `driver_cost`: what a driver costs in seconds of overtime, None where the number of drivers comes first.
    """

    duties: tuple[DutyData, ...]
    drivers: int | None
    normal: int
    longest: int
    most_days: int
    day_duties: int
    day_seconds: int
    day_span: int
    daily_rest: int
    weekly_rest: int
    driver_cost: int | None = None


@dataclass(frozen=True)
class Rota:
    """`driver` of each duty from 0, None where none was found; `least`: drivers that any rota needs (proven); `proven`: the
    outcome is: the rota is the best, or there is none with so few drivers.
    """

    driver: tuple[int, ...] | None
    least: int
    proven: bool

    @property
    def used(self) -> int:
        return 0 if not self.driver else max(self.driver) + 1


def clash(team: TeamData, one: DutyData, other: DutyData) -> bool:
    """Whether no driver may do both, whatever else: at once, too long a day, too short a night."""
    if one.day == other.day:
        first, then = sorted((one, other), key=lambda duty: duty.starts)
        return (
            team.day_duties < 2 or then.starts < first.ends or one.seconds + other.seconds > team.day_seconds or max(one.ends, other.ends) - first.starts > team.day_span
        )
    return any((b.day - a.day) % WEEK == 1 and DAY + b.starts - a.ends < team.daily_rest for a, b in ((one, other), (other, one)))


def least_drivers(team: TeamData) -> int:
    """A simple lower bound: hours, duties at one time, days of work."""
    if not team.duties:
        return 0
    hours = math.ceil(sum(duty.seconds for duty in team.duties) / team.longest) if team.longest else len(team.duties)
    return max(1, hours, *(len(day) for day in _at_once(team)), math.ceil(sum(_fewest(team)) / team.most_days))


def _at_once(team: TeamData) -> Iterator[list[int]]:
    """Duties of a day of which a driver can do one at most: those under way at one moment, or all where a day has one duty."""
    for day in range(WEEK):
        own = [i for i, duty in enumerate(team.duties) if duty.day == day]
        if team.day_duties < 2:
            yield own
            continue
        for moment in sorted({team.duties[i].starts for i in own}):
            yield [i for i in own if team.duties[i].starts <= moment < max(team.duties[i].ends, team.duties[i].starts + 1)]


def _fewest(team: TeamData) -> Iterator[int]:
    """Drivers that each day needs at least."""
    for day in range(WEEK):
        own = [duty for duty in team.duties if duty.day == day]
        most = max((len(those) for those in _at_once(replace(team, duties=tuple(own)))), default=0)
        yield max(most, math.ceil(len(own) / team.day_duties))


def first_fit(team: TeamData) -> tuple[int, ...]:
    """Each duty, in order of time, to the driver who has worked most among those who may do it; as many drivers as it takes."""
    order = sorted(range(len(team.duties)), key=lambda i: (team.duties[i].day, team.duties[i].starts, i))
    drivers: list[list[int]] = []
    for i in order:
        able = [k for k, own in enumerate(drivers) if may(team, [team.duties[j] for j in own] + [team.duties[i]])]
        best = max(able, key=lambda k: (sum(team.duties[j].seconds for j in drivers[k]), -k), default=None)
        if best is None:
            drivers.append([i])
        else:
            drivers[best].append(i)
    return tuple(next(k for k, own in enumerate(drivers) if i in own) for i in range(len(team.duties)))


def may(team: TeamData, duties: Sequence[DutyData]) -> bool:
    """Whether one driver may do all these duties."""
    days: dict[int, list[DutyData]] = defaultdict(list)
    for duty in duties:
        days[duty.day].append(duty)
    if len(days) > team.most_days or sum(duty.seconds for duty in duties) > team.longest:
        return False
    if any(len(own) > team.day_duties or (len(own) > 1 and sum(duty.seconds for duty in own) > team.day_seconds) for own in days.values()):
        return False
    if any(clash(team, a, b) for a, b in combinations(duties, 2)):
        return False
    return not _rests(team) or _longest_rest(days) >= team.weekly_rest


def _rests(team: TeamData) -> bool:
    return team.weekly_rest > team.daily_rest


def _longest_rest(days: dict[int, list[DutyData]]) -> int:
    """Most seconds in a row without work between two days of work, the week repeating."""
    worked = sorted(days)
    return max(
        ((after - before) * DAY + min(duty.starts for duty in days[after % WEEK]) - max(duty.ends for duty in days[before])
         for before, after in pairwise([*worked, worked[0] + WEEK])),
        default=0,
    )  # fmt: skip


def _free_days(team: TeamData) -> range:
    """Numbers of free days in a row around which the weekly rest may be found: any longer time without work begins with one of these."""
    enough = math.ceil(team.weekly_rest / DAY)
    return range(max(0, enough - 2), max(0, enough - 1) + 1)


def solve(team: TeamData, effort: float = 1.0, seed: int = 1) -> Rota:
    """The best rota found within `effort` (CP-SAT's deterministic seconds)."""
    if not team.duties:
        return Rota((), 0, True)
    if any(not may(team, [duty]) for duty in team.duties):
        return Rota(None, least_drivers(team), True)
    start = first_fit(team)
    least, most = least_drivers(team), max(start) + 1
    if team.drivers is not None and team.drivers < least:
        return Rota(None, least, True)
    fits = team.drivers is None or most <= team.drivers
    if not fits:
        assert team.drivers is not None
        most = team.drivers
    found = _search(team, start if fits else None, least, most, effort, seed)
    if found.proven or team.driver_cost is not None:
        return found
    return _fewer(team, found, most, effort, seed)


def _fewer(team: TeamData, found: Rota, most: int, effort: float, seed: int) -> Rota:
    """A rota with fewer drivers where one is found for so many and no more: easier to find than to improve one with many."""
    least = found.least
    for more in (0, 1, 2, 4, 8, 16):
        drivers = least + more
        if drivers > most or (found.driver is not None and drivers >= found.used):
            break
        tried = _search(team, None, least, drivers, effort / 2, seed)
        if tried.driver is not None:
            return replace(tried, least=max(tried.least, found.least), proven=tried.proven and tried.used == found.least)
        if tried.proven:
            found = replace(found, least=max(found.least, drivers + 1))
    return found


def _search(team: TeamData, start: tuple[int, ...] | None, least: int, most: int, effort: float, seed: int) -> Rota:
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    duties, drivers = range(len(team.duties)), range(most)
    x = [[model.new_bool_var("") for _ in drivers] for _ in duties]
    used = [model.new_bool_var("") for _ in drivers]
    extra = [model.new_int_var(0, max(0, team.longest - team.normal), "") for _ in drivers]
    for i in duties:
        model.add_exactly_one(x[i])
    pairs = [(i, j) for i, j in combinations(duties, 2) if clash(team, team.duties[i], team.duties[j])]
    together = [those for those in _at_once(team) if len(those) > 1]
    known = {pair for those in together for pair in combinations(those, 2)}
    by_day = [[i for i in duties if team.duties[i].day == day] for day in range(WEEK)]
    for k in drivers:
        seconds = sum(team.duties[i].seconds * x[i][k] for i in duties)
        model.add(seconds <= team.longest * used[k])
        model.add(extra[k] >= seconds - team.normal)
        for i in duties:
            model.add_implication(x[i][k], used[k])
        for those in together:
            model.add_at_most_one(x[i][k] for i in those)
        for i, j in pairs:
            if (i, j) not in known:
                model.add_bool_or(~x[i][k], ~x[j][k])
        works = [model.new_bool_var("") for _ in range(WEEK)]
        for day, own in enumerate(by_day):
            for i in own:
                model.add_implication(x[i][k], works[day])
            model.add(sum(x[i][k] for i in own) <= team.day_duties)
            if team.day_duties > 2:
                model.add(sum(team.duties[i].seconds * x[i][k] for i in own) <= max(team.day_seconds, max((team.duties[i].seconds for i in own), default=0)))
        model.add(sum(works) <= team.most_days)
        if _rests(team):
            _rest_rows(model, team, by_day, [own[k] for own in x], works)
    for k in range(most - 1):
        model.add_implication(used[k + 1], used[k])
    for k in range(min(least, most)):
        model.add(used[k] == 1)
    first = max(((len(those), those) for those in _at_once(team)), default=(0, []))[1]
    for k, i in enumerate(first[:most]):  # drivers are alike: those of the busiest moment may be named at will
        model.add(x[i][k] == 1)
    price = team.driver_cost if team.driver_cost is not None else len(team.duties) * max(1, team.longest)
    model.minimize(price * sum(used) + sum(extra))
    if start is not None:
        named = _named(start, first)
        for i in duties:
            for k in drivers:
                model.add_hint(x[i][k], named[i] == k)
    solver = cp_model.CpSolver()
    solver.parameters.catch_sigint_signal = False  # else Ctrl-C would kill the program once it has run
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = effort
    solver.parameters.max_time_in_seconds = 10 * effort
    solver.parameters.random_seed = seed
    status = solver.solve(model)
    proven = status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        driver = tuple(next(k for k in drivers if solver.value(x[i][k])) for i in duties)
        if team.driver_cost is None:  # all overtime together is below the price of one driver
            least = max(least, math.floor(solver.best_objective_bound / price))
        return Rota(driver, min(least, max(driver) + 1), proven)
    if start is not None:  # the first fit is a rota all the same
        return Rota(start, least, False)
    return Rota(None, most + 1 if status == cp_model.INFEASIBLE else least, proven)


def _rest_rows(model: Any, team: TeamData, by_day: Sequence[Sequence[int]], mine: Sequence[Any], works: Sequence[Any]) -> None:
    """One time without work is long enough: `free` days from a day on, between the work of the day before and of the day after.
    `mine`: whether the driver makes each duty. A neighbouring day without work counts as a day more: no less than that is sure.
    """
    found = []
    for free in _free_days(team):
        for first in range(WEEK):
            chosen = model.new_bool_var("")
            found.append(chosen)
            for day in range(first, first + free):
                model.add_implication(chosen, ~works[day % WEEK])
            before, after = by_day[(first - 1) % WEEK], by_day[(first + free) % WEEK]
            ends = [i for i in before if (free + 2) * DAY - team.duties[i].ends >= team.weekly_rest]
            starts = [j for j in after if (free + 1) * DAY + team.duties[j].starts >= team.weekly_rest]
            for i in {*before} - {*ends} | {*after} - {*starts}:
                model.add_implication(chosen, ~mine[i])
            for i in ends:
                for j in starts:
                    if (free + 1) * DAY - team.duties[i].ends + team.duties[j].starts < team.weekly_rest:
                        model.add_bool_or(~mine[i], ~mine[j], ~chosen)
    model.add_bool_or(found)


def _named(start: tuple[int, ...], first: Sequence[int]) -> list[int]:
    """A rota with its drivers renamed so that those of `first` are 0, 1, 2…"""
    order = list(dict.fromkeys([*(start[i] for i in first), *start]))
    place = {k: n for n, k in enumerate(order)}
    return [place[k] for k in start]
