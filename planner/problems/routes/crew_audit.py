"""The rota of a plan judged: every duty of a team has one driver, and every driver keeps the rules of day, night and week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from planner.issues import Issue
from planner.plan import Plan
from planner.problems.routes.driver_tables import ROTA
from planner.problems.routes.drivers import Crew
from planner.problems.routes.duties import AuditDuty
from planner.problems.routes.week import DAY_CODES, MIDNIGHT, Week, clock
from planner.schema import Row, rows

Worked = dict[Crew, dict[int, int]]  # seconds of the week of each driver of a team
Shift = tuple[AuditDuty, Row]


def check_rota(week: Week, duties: Sequence[AuditDuty], plan: Plan, found: list[Issue]) -> Worked:
    """Every rule of the drivers' week; what each driver works."""
    own = {(duty.day, duty.vehicle.code, duty.number): duty for duty in duties if duty.vehicle.team is not None}
    frame = plan.tables.get(ROTA.name)
    shifts: dict[Crew, dict[int, list[Shift]]] = defaultdict(lambda: defaultdict(list))
    done: set[tuple[str, str, int]] = set()
    for row in rows(ROTA, frame) if frame is not None else ():
        key = (row.day, row.vehicle, row.number)
        duty = own.get(key)
        if duty is None or key in done:
            found.append(Issue.error("routes_row_without_stops", table=ROTA.name, row=row.index_, column="number", which=" · ".join(map(str, key))))
            continue
        done.add(key)
        if row.driver is None or row.driver < 1 or row.team != duty.vehicle.team:
            column = "team" if row.team != duty.vehicle.team else "driver"
            value = getattr(row, column)
            found.append(Issue.error("routes_bad_row", table=ROTA.name, row=row.index_, column=column, value="" if value is None else str(value)))
            continue
        right = {"starts": _minute(duty.trips[0].loads), "ends": _minute(duty.trips[-1].returns), "hours": duty.seconds / 3600}
        for name, value in right.items():
            claimed = getattr(row, name)
            if claimed is None or abs(claimed - value) > 1e-5 * max(1.0, value):
                found.append(Issue.error("routes_wrong_figure", table=ROTA.name, row=row.index_, column=name, claimed=float(claimed or 0.0), right=float(value)))
        shifts[week.crews[row.team]][row.driver].append((duty, row))
    if frame is not None:
        for key in own.keys() - done:
            found.append(Issue.error("routes_row_missing", table=ROTA.name, column="number", which=" · ".join(map(str, key))))
    for crew, drivers in shifts.items():
        if crew.drivers is not None and len(drivers) > crew.drivers:
            last = max(drivers)
            found.append(Issue.error("routes_too_many_drivers", table=ROTA.name, row=drivers[last][0][1].index_, column="driver", team=crew.code,
                                     used=len(drivers), drivers=crew.drivers))  # fmt: skip
        for number, worked in sorted(drivers.items()):
            found += _driver(crew, number, worked)
    return {crew: {number: sum(duty.seconds for duty, _ in worked) for number, worked in drivers.items()} for crew, drivers in shifts.items()}


def _minute(second: int) -> int:
    return max(0, min(1440, second // 60))


def _driver(crew: Crew, number: int, worked: Sequence[Shift]) -> Iterator[Issue]:
    """What one driver's week breaks."""
    ordered = sorted(worked, key=lambda shift: (DAY_CODES.index(shift[0].day), shift[0].trips[0].loads))
    who: dict[str, Any] = {"table": ROTA.name, "team": crew.code, "driver": number}
    days: dict[str, list[Shift]] = defaultdict(list)
    for shift in ordered:
        days[shift[0].day].append(shift)
    for day, own in days.items():
        yield from _day(crew, day, own, who)
    if len(days) > crew.most_days:
        yield Issue.error("routes_driver_days", row=ordered[-1][1].index_, column="driver", days=len(days), limit=crew.most_days, **who)
    seconds = sum(duty.seconds for duty, _ in worked)
    if seconds > crew.longest:
        yield Issue.error("routes_driver_week", row=ordered[-1][1].index_, column="driver", hours=seconds / 3600, limit=crew.longest / 3600, **who)
    longest = 0
    by_day = [(DAY_CODES.index(day), own) for day, own in days.items()]
    for (one, before), (other, after) in pairwise([*by_day, (by_day[0][0] + len(DAY_CODES), by_day[0][1])]):  # the week repeats
        rest = (other - one) * MIDNIGHT + after[0][0].trips[0].loads - max(duty.trips[-1].returns for duty, _ in before)
        longest = max(longest, rest)
        if rest < crew.daily_rest:
            yield Issue.error("routes_driver_rest", row=after[0][1].index_, column="driver", day=after[0][0].day, hours=rest / 3600, limit=crew.daily_rest / 3600, **who)
    if longest < crew.weekly_rest and crew.weekly_rest > crew.daily_rest:
        yield Issue.error("routes_driver_weekly_rest", row=ordered[-1][1].index_, column="driver", hours=longest / 3600, limit=crew.weekly_rest / 3600, **who)


def _day(crew: Crew, day: str, own: Sequence[Shift], who: dict[str, Any]) -> Iterator[Issue]:
    """What one day of a driver breaks: its hours, and what concerns several duties in it."""
    where: dict[str, Any] = {"row": own[-1][1].index_, "column": "driver", "day": day, **who}
    for (before, _), (after, _) in pairwise(own):
        if after.trips[0].loads < before.trips[-1].returns:
            yield Issue.error("routes_driver_twice", starts=clock(after.trips[0].loads), ends=clock(before.trips[-1].returns), **where)
    if len(own) > crew.day_duties:
        yield Issue.error("routes_driver_duties", duties=len(own), limit=crew.day_duties, **where)
    seconds = sum(duty.seconds for duty, _ in own)
    if seconds > crew.day_seconds:
        yield Issue.error("routes_driver_day", hours=seconds / 3600, limit=crew.day_seconds / 3600, **where)
    span = max(duty.trips[-1].returns for duty, _ in own) - own[0][0].trips[0].loads
    if len(own) > 1 and span > crew.day_span:
        yield Issue.error("routes_driver_span", hours=span / 3600, limit=crew.day_span / 3600, **where)
