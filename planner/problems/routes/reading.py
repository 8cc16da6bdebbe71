"""What the routes read in the data otherwise than their author may think: hours, public holidays, classes, ends of windows. No solver here."""

from __future__ import annotations

from itertools import combinations

from planner.issues import Issue
from planner.problems.routes.classes import CLASSES
from planner.problems.routes.tables import COMPATIBILITY, DEPOTS, FLOWS, VEHICLES
from planner.problems.routes.week import Vehicle, Week, clock
from planner.sites import WINDOWS

SHOWN = 5  # flows named


def check(week: Week) -> list[Issue]:
    """Warnings only: a plan may exist, but not the one expected."""
    return [*_past_midnight(week), *_holidays(week), *_pairs(week), *_ends(week)]


def _past_midnight(week: Week) -> list[Issue]:
    """Rows whose hours end before they begin: a day is planned from 0:00 to 24:00, and such a row opens nothing."""
    issues = [
        Issue.warning("routes_hours_past_midnight", table=WINDOWS.name, row=row.index_, column="closes", site=row.site, opens=clock(60 * row.opens), closes=clock(60 * row.closes))
        for row in week.scenario.rows(WINDOWS.name) if row.opens > row.closes
    ]  # fmt: skip
    issues += [
        Issue.warning("routes_depot_past_midnight", table=DEPOTS.name, row=row.index_, column="closes", depot=row.depot, opens=clock(60 * row.opens), closes=clock(60 * row.closes))
        for row in week.scenario.rows(DEPOTS.name) if row.opens > row.closes
    ]  # fmt: skip
    return issues + [issue for vehicle in week.vehicles if (issue := _never_out(vehicle)) is not None]


def _never_out(vehicle: Vehicle) -> Issue | None:
    """Why a vehicle can never leave, where its own row is the cause."""
    starts, ends = vehicle.shift
    where = {"starts": clock(starts), "ends": clock(ends), "vehicle": vehicle.code}
    if starts > ends:
        return Issue.warning("routes_shift_past_midnight", table=VEHICLES.name, row=vehicle.row, column="shift_end", **where)
    opens, closes = vehicle.depot_hours
    if vehicle.opens >= vehicle.closes and opens <= closes:  # else the depot's own row has been named
        return Issue.warning("routes_vehicle_without_hours", table=VEHICLES.name, row=vehicle.row, column="shift_start", opens=clock(opens), closes=clock(closes), **where)
    return None


def _holidays(week: Week) -> list[Issue]:
    """The typical week has no public holiday: opening hours on holidays are not used."""
    rows = [row for row in week.scenario.rows(WINDOWS.name) if row.day_type == "holiday"]
    return [Issue.warning("routes_holiday_hours", table=WINDOWS.name, row=rows[0].index_, column="day_type", count=len(rows))] if rows else []


def only_on_holidays(week: Week, site: str) -> bool:
    """Whether all the hours a site has are those of public holidays: it is closed all week."""
    kinds = {row.day_type for row in week.scenario.rows(WINDOWS.name) if row.site == site}
    return kinds == {"holiday"}


def _pairs(week: Week) -> list[Issue]:
    """Pairs of classes in use of which the table says nothing: together, in any order."""
    used = {flow.hygiene for flow in week.flows.values() if flow.quantity > 0}
    known = {frozenset((row.first, row.second)) for row in week.scenario.rows(COMPATIBILITY.name)}
    return [
        Issue.warning("routes_classes_unsaid", table=COMPATIBILITY.name, column="rule", first=first, second=second)
        for first, second in combinations([code for code in CLASSES if code in used], 2) if frozenset((first, second)) not in known
    ]  # fmt: skip


def _ends(week: Week) -> list[Issue]:
    """Flows whose window is taken at the destination because both ends have a depot, or none has."""
    issues = []
    for both, code in ((True, "routes_window_both_depots"), (False, "routes_window_no_depot")):
        rows = [row for row in week.scenario.rows(FLOWS.name) if (row.opens is not None or row.closes is not None) and row.quantity > 0
                and all((site in week.depot_sites) is both for site in (row.origin, row.destination))]  # fmt: skip
        if rows:
            shown = ", ".join(row.flow for row in rows[:SHOWN]) + (f" (+{len(rows) - SHOWN})" if len(rows) > SHOWN else "")
            issues.append(Issue.warning(code, table=FLOWS.name, row=rows[0].index_, column="opens", count=len(rows), flows=shown))
    return issues
