"""Duties begun earlier or later, as far as the windows of their stops allow, so that fewer drivers make them.

The shortest duty of a route may often begin at any moment of a span [E, L] without growing: f(s) = max(s, E) + D for s <= L (the labels
of `breaks`). Where the rota of a team with a number of drivers, or a yearly cost of one, takes more of them than hours and days ask for,
it is asked again with the duties of the team

    as early as they can;  as late as they can;  one after the other: each right after another one that the same driver may do before

and the best of these is kept. A duty with breaks stays where it is; one whose driver would owe a break elsewhere is not moved there.
The times of the plan are those of the duties moved: its audit recomputes them like any others.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.problems.routes.breaks import spans
from planner.problems.routes.driver_rules import faults
from planner.problems.routes.drivers import HOUR, Crew, Roster, Turn
from planner.problems.routes.schedule import Duty, Event, legs, started_at
from planner.problems.routes.stops import Route
from planner.problems.routes.week import Week
from planner.sites import WEEKS_PER_YEAR


@dataclass(frozen=True)
class Span:
    """A duty as scheduled, and the first and last moment at which it may begin without growing."""

    events: Sequence[Event]
    duty: Duty
    first: int
    last: int


def settled(week: Week, routes: Sequence[Route], events: Sequence[Sequence[Event]], duties: Sequence[Duty], roster: Roster) -> list[Duty]:
    """The duties of these routes, moved where a team needs fewer drivers for it. `events`: of each route, without breaks."""
    made = list(duties)
    own: dict[str, list[int]] = defaultdict(list)
    for i, route in enumerate(routes):
        team = week.vehicle[route.vehicle].team
        if team is not None:
            own[team].append(i)
    for team, those in own.items():
        crew = week.crews[team]
        if crew.drivers is None and crew.yearly_cost is None:
            continue
        best = _price(week, routes, made, crew, those, roster)
        if best[1] <= _least(crew, routes, duties, those):
            continue
        found = [_span(week, routes[i], events[i], duties[i]) for i in those]
        for starts in _ways(crew, routes, those, found):
            tried = list(made)
            for i, span, start in zip(those, found, starts, strict=True):
                tried[i] = _moved(week, routes[i], span, start)
            price = _price(week, routes, tried, crew, those, roster)
            if price < best:
                best, made = price, tried
    return made


def _price(week: Week, routes: Sequence[Route], duties: Sequence[Duty], crew: Crew, those: Sequence[int], roster: Roster) -> tuple[float, int]:
    """What the rota of a team's duties costs (€ a week, or drivers where these are not paid by the year), and its drivers."""
    turns = [Turn(routes[i].day, routes[i].vehicle, routes[i].number, duties[i].starts, duties[i].ends, duties[i].seconds) for i in those]
    worked: dict[int, int] = defaultdict(int)
    for turn, driver in zip(turns, roster(crew, turns), strict=True):
        worked[driver] += turn.seconds
    extra = sum(max(0, seconds - crew.normal) for seconds in worked.values()) / HOUR
    if crew.yearly_cost is not None and (crew.drivers is None or len(worked) <= crew.drivers):
        return len(worked) * crew.yearly_cost / week.scenario.value(WEEKS_PER_YEAR) + extra * crew.extra_cost, len(worked)
    return (math.inf if crew.yearly_cost is not None else float(len(worked))), len(worked)


def _least(crew: Crew, routes: Sequence[Route], duties: Sequence[Duty], those: Sequence[int]) -> int:
    """Drivers that hours and days ask for, whenever the duties are."""
    by_day: dict[str, int] = defaultdict(int)
    for i in those:
        by_day[routes[i].day] += 1
    each = [math.ceil(count / crew.day_duties) for count in by_day.values()]
    hours = math.ceil(sum(duties[i].seconds for i in those) / crew.longest) if crew.longest else 1
    return max(hours, *each, math.ceil(sum(each) / crew.most_days))


def _span(week: Week, route: Route, events: Sequence[Event], duty: Duty) -> Span:
    still = Span(events, duty, duty.starts, duty.starts)
    if duty.late or duty.breaks:
        return still
    found = [(last, earliest) for elapsed, earliest, last in spans([(e.drive, e.spend, e.windows) for e in events]) if elapsed == duty.seconds]
    last, first = max(found, key=lambda one: (one[0] - one[1], -one[1]), default=(duty.starts, duty.starts))
    return Span(events, duty, min(first, duty.starts), max(last, duty.starts)) if first <= duty.starts <= last else still


def _ways(crew: Crew, routes: Sequence[Route], those: Sequence[int], found: Sequence[Span]) -> Iterator[list[int]]:
    """When each duty begins, in each way of moving them."""
    yield [span.first for span in found]
    yield [span.last for span in found]
    if crew.day_duties < 2:
        return
    starts = [span.first for span in found]
    chains: dict[str, list[list[int]]] = defaultdict(list)  # per day and driver, the duties in order
    for n in sorted(range(len(those)), key=lambda n: (found[n].last, n)):
        span, day = found[n], routes[those[n]].day
        fitting = []
        for chain in chains[day]:
            ends = starts[chain[-1]] + found[chain[-1]].duty.span
            start = max(span.first, ends)
            within = start <= span.last and start + span.duty.span - starts[chain[0]] <= crew.day_span
            if within and len(chain) < crew.day_duties and sum(found[m].duty.seconds for m in chain) + span.duty.seconds <= crew.day_seconds:
                fitting.append((start - ends, start, chain))
        if fitting:
            _, starts[n], chain = min(fitting, key=lambda one: one[:2])
            chain.append(n)
        else:
            chains[day].append([n])
    yield starts


def _moved(week: Week, route: Route, span: Span, start: int) -> Duty:
    """The duty begun then, as it was where that breaks a rule or makes it longer."""
    if start == span.duty.starts:
        return span.duty
    duty, rules = started_at(span.events, start), week.vehicle[route.vehicle].rules
    if duty.late or duty.seconds != span.duty.seconds or (rules is not None and faults(rules, duty.starts, duty.ends, legs(span.events, duty), ())):
        return span.duty
    return duty
