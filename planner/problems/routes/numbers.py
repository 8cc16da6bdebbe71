"""Numbers for the vehicles of a week: those of one type cost the same, so they are named after the accepted routes.

    max  sum over days and duties r of   (visits of r whose accepted vehicle is the number given to r)

a different number for each duty of a type and day, all taken from one set per type, as large as the type's
busiest day (each number used is a vehicle paid for). The best naming within a set is an assignment per day; the set starts
as every accepted number and loses, one by one, the number that costs the fewest matches. A set stays larger
where keeping a vehicle more is worth the changes it saves, at the price given.

Without accepted or kept routes, later shifts of a vehicle are named after earlier ones, so that the fewest disinfections lie between.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import count

import numpy as np
from scipy.optimize import linear_sum_assignment

from planner.problems.routes.stops import Route
from planner.problems.routes.week import Week
from planner.problems.routes.write import carriers

SMALL = 1e-3  # € that a disinfection without a price weighs in the choice of vehicles
Matches = list[Counter[int]]  # per duty of a day: accepted visits by number


def renumbered(week: Week, routes: Sequence[Route], price: float, held: Sequence[Route] = ()) -> list[Route]:
    """The routes in the same order, their vehicles numbered for the fewest changes. `price`: € per change.

    `held`: routes whose numbers are given, which no other route of their type and day may have.
    """
    by_type: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for i, route in enumerate(routes):
        by_type[route.vehicle][route.day].append(i)
    made = list(routes)
    for code, days in by_type.items():
        vehicle = week.vehicle[code]
        taken: dict[str, set[int]] = defaultdict(set)
        for route in held:
            if route.vehicle == code:
                taken[route.day].add(route.number)
        matches = {day: [_matches(week, routes[i]) for i in duties] for day, duties in days.items()}
        numbers = _numbers(matches, vehicle.count, vehicle.fixed_cost, price, taken)
        for day, duties in days.items():
            for i, number in zip(duties, _assigned(matches[day], _left(numbers, taken[day]))[1], strict=True):
                made[i] = replace(routes[i], number=number)
    return made


def paired(week: Week, routes: Sequence[Route]) -> list[Route]:
    """The routes in the same order, later shifts numbered after the vehicles that need the cheapest disinfections, then the fewest.

    No vehicle more is used than the type and day with most duties use.
    """
    made = list(routes)
    duties: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for i, route in enumerate(routes):
        duties[route.day, week.vehicle[route.vehicle].physical][route.vehicle].append(i)
    most: Counter[str] = Counter()
    for (_, physical), types in duties.items():
        most[physical] = max(most[physical], *(len(own) for own in types.values()))
    for (_, physical), types in duties.items():
        carried: dict[int, list[frozenset[str]]] = defaultdict(list)
        for code in sorted(types, key=lambda code: week.vehicle[code].opens):
            own = types[code]
            if carried:
                price = np.array([[_soiling(week, carried[n], routes[i]) for n in range(1, most[physical] + 1)] for i in own])
                for row, column in zip(*linear_sum_assignment(price), strict=True):
                    made[own[row]] = replace(routes[own[row]], number=int(column) + 1)
            for i in own:
                carried[made[i].number] += [trip.classes for trip in made[i].trips]
    return made


def _soiling(week: Week, earlier: Sequence[frozenset[str]], route: Route) -> float:
    """€ of the disinfections of a duty after these trips, and a little for each."""
    done = week.classes.disinfections([trip.classes for trip in route.trips], earlier)
    return sum(pair.cost + SMALL for pair in done if pair)


def _matches(week: Week, route: Route) -> Counter[int]:
    homes = (week.accepted.homes.get(visit) for visit in carriers([route]))
    return Counter(home.number for home in homes if home is not None and home.vehicle == route.vehicle)


def _numbers(days: Mapping[str, Matches], available: int, fixed: float, price: float, taken: Mapping[str, set[int]]) -> list[int]:
    """The numbers that a type uses over the week. `taken`: of each day, those that are given already."""
    given = set[int]().union(*taken.values())

    def lacking(numbers: Sequence[int]) -> int:
        return max(len(duties) - len(_left(numbers, taken[day])) for day, duties in days.items())

    def kept(numbers: Sequence[int]) -> int:
        return sum(_assigned(duties, _left(numbers, taken[day]))[0] for day, duties in days.items())

    chosen = sorted({number for duties in days.values() for matched in duties for number in matched} | given)
    while lacking(chosen) > 0:
        chosen += _fresh(chosen, lacking(chosen))
    while lacking(chosen) < 0:
        now = kept(chosen)
        without = {number: kept(rest) for number in chosen if number not in given and lacking(rest := [n for n in chosen if n != number]) <= 0}
        if not without:
            break
        number = max(without, key=lambda n: (without[n], n))
        if len(chosen) <= available and price * (now - without[number]) >= fixed:
            break
        chosen.remove(number)
    return chosen


def _left(numbers: Sequence[int], taken: Collection[int]) -> list[int]:
    return [number for number in numbers if number not in taken]


def _fresh(taken: Iterable[int], number: int) -> list[int]:
    """The smallest numbers that are not taken."""
    known = set(taken)
    free = (n for n in count(1) if n not in known)
    return [next(free) for _ in range(number)]


def _assigned(duties: Matches, numbers: Sequence[int]) -> tuple[int, list[int]]:
    """The most visits that a day's duties can keep with these numbers, and each duty's number."""
    kept = np.array([[matched[number] for number in numbers] for matched in duties])
    rows, columns = linear_sum_assignment(kept, maximize=True)
    return int(kept[rows, columns].sum()), [numbers[int(c)] for c in columns]
