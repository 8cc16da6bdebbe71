"""What would be enough where vehicles or drivers are too few. It is said only of a plan that was found with it and that the audit accepts.

Routes that need more than there is are costed and staffed as if the vehicles and drivers that they lack were there, or without the visits
that would be left to a third party, and judged by the audit of that other scenario. Fewer may do where more than one is lacking, which is told.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from planner.issues import Issue
from planner.kinds import DAYS, Choice
from planner.plan import Plan, Status
from planner.problems.base import cost_of, edited
from planner.problems.routes.accepted import FULL, VisitKey
from planner.problems.routes.attempt import Attempt
from planner.problems.routes.audit import audit
from planner.problems.routes.driver_tables import ROTA, TEAMS
from planner.problems.routes.rosters import Rosters
from planner.problems.routes.stops import Route
from planner.problems.routes.tables import COSTS, FLOWS, VEHICLES
from planner.problems.routes.week import DAY_CODES, Week
from planner.problems.routes.write import tables
from planner.scenario import Scenario
from planner.schema import rows

SHOWN = 5  # visits named in a finding


def accepted(week: Week, routes: Sequence[Route], scenario: Scenario) -> bool:
    """Whether these routes are a plan of that other scenario which its audit accepts."""
    other = Week(scenario, week.network, week.chosen)
    frames = tables(other, routes, Rosters(other))
    plan = Plan("routes", Status.FEASIBLE, frames, cost_of(frames[COSTS.name]), scenario_hash=scenario.hash)
    return audit(scenario, week.network, plan).valid


def means(week: Week, routes: Sequence[Route]) -> list[Issue]:
    """The vehicles and drivers that these routes take beyond those there are, where with them they are a plan; nothing where they are none."""
    more, days = _vehicles(week, routes)
    scenario = _with_vehicles(week, more)
    fuller = Week(scenario, week.network, week.chosen) if more else week
    rosters = Rosters(fuller)
    if week.crews:
        tables(fuller, routes, rosters)
    drivers = {crew.code: need for crew, turns in rosters.turns.items() if (need := rosters.needed(crew, turns))}
    if not more and not drivers:
        return []
    if drivers:
        scenario = edited(scenario, TEAMS.name, lambda row: {"drivers": drivers[row.team]} if row.team in drivers else {})
    if not accepted(week, routes, scenario):
        return []
    bought: Counter[str] = Counter()
    for code, number in more.items():  # two shifts of a vehicle are one to buy
        bought[week.vehicle[code].physical] = max(bought[week.vehicle[code].physical], number)
    cost = sum(number * week.vehicle[code].fixed_cost for code, number in bought.items())
    if len(more) + len(drivers) == 1:
        return [*_one(week, more, days, cost), *_team(week, drivers)]
    said: dict[str, Any] = {f"vehicles_{lang}": words for lang, words in _listed(more, days).items()} if more else {}
    if drivers:
        said["teams"] = ", ".join(f"{team} {need - (week.crews[team].drivers or 0)}" for team, need in drivers.items())
    kind = "means" if more and drivers else "vehicles" if more else "teams"
    return [Issue.info(f"routes_relax_{kind}", cost=float(cost), **said)]


def _vehicles(week: Week, routes: Sequence[Route]) -> tuple[dict[str, int], dict[str, Counter[str]]]:
    """Vehicles of each type that these routes lack, and on which days how many."""
    days: dict[str, Counter[str]] = defaultdict(Counter)
    for (code, day), used in Counter((route.vehicle, route.day) for route in routes).items():
        if used > week.vehicle[code].count:
            days[code][day] = used - week.vehicle[code].count
    return {code: max(by_day.values()) for code, by_day in days.items()}, days


def _with_vehicles(week: Week, more: Mapping[str, int]) -> Scenario:
    counts = {row.vehicle: row.count for row in week.scenario.rows(VEHICLES.name)}
    for code, number in more.items():
        for one in (code, week.vehicle[code].physical):
            counts[one] = max(counts[one], week.vehicle[code].count + number)
    return edited(week.scenario, VEHICLES.name, lambda row: {"count": counts[row.vehicle]}) if more else week.scenario


def _when(days: Counter[str]) -> dict[str, str]:
    kinds = Choice(DAYS)
    return {lang: ", ".join(f"{kinds.label(day, lang)} {days[day]}" for day in DAY_CODES if days[day]) for lang in ("fr", "en")}


def _one(week: Week, more: Mapping[str, int], days: Mapping[str, Counter[str]], cost: float) -> Iterator[Issue]:
    for code, number in more.items():
        when = {f"when_{lang}": words for lang, words in _when(days[code]).items()}
        kind = "routes_relax_vehicle" if number == 1 else "routes_relax_some_vehicles"
        yield Issue.info(kind, table=VEHICLES.name, row=week.vehicle[code].row, column="count", vehicle=code, more=number, cost=float(cost), **when)


def _team(week: Week, drivers: Mapping[str, int]) -> Iterator[Issue]:
    for team, need in drivers.items():
        more = need - (week.crews[team].drivers or 0)
        kind = "routes_relax_driver" if more == 1 else "routes_relax_drivers"
        yield Issue.info(kind, table=TEAMS.name, row=week.crews[team].row, column="drivers", team=team, more=more, need=need)


def _listed(more: Mapping[str, int], days: Mapping[str, Counter[str]]) -> dict[str, str]:
    when = {code: _when(days[code]) for code in more}
    return {lang: ", ".join(f"{number} × {code} ({when[code][lang]})" for code, number in more.items()) for lang in ("fr", "en")}


def third_party(week: Week, routes: Sequence[Route], left: Collection[VisitKey]) -> list[Issue]:
    """That leaving these visits to a third party would be enough, where the routes without them are a plan."""
    flows = {code for _, code, _ in left}
    scenario = edited(week.scenario, FLOWS.name, lambda row: {"skip_cost": row.skip_cost or 0.0, "skip_means": "third_party"} if row.flow in flows else {})
    if not left or not accepted(week, routes, scenario):
        return []
    kinds, keys = Choice(DAYS), sorted(left, key=lambda key: (DAY_CODES.index(key[0]), key[1:]))
    beyond = f" (+{len(keys) - SHOWN})" if len(keys) > SHOWN else ""
    shown = {f"visits_{lang}": ", ".join(f"{code} {kinds.label(day, lang)}" for day, code, _ in keys[:SHOWN]) + beyond for lang in ("fr", "en")}
    return [Issue.info("routes_relax_third_party", table=FLOWS.name, row=week.flows[keys[0][1]].row, column="skip_cost", count=len(keys), **shown)]


def lightest(week: Week, routes: Sequence[Route], rosters: Rosters) -> tuple[list[Route], set[VisitKey]]:
    """The routes without those of the drivers who are too many, whose visits are the fewest; and these visits."""
    dropped: set[tuple[str, str, int]] = set()
    for crew, turns in rosters.turns.items():
        if crew.drivers is None:
            continue
        own: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
        for turn, driver in zip(turns, rosters(crew, turns), strict=True):
            own[driver].append((turn.day, turn.vehicle, turn.number))
        done = {driver: sum(len(_visits(route)) for route in routes if (route.day, route.vehicle, route.number) in keys) for driver, keys in own.items()}
        for driver in sorted(own, key=lambda driver: (done[driver], driver))[: max(0, len(own) - crew.drivers)]:
            dropped.update(own[driver])
    gone = [route for route in routes if (route.day, route.vehicle, route.number) in dropped]
    return [route for route in routes if route not in gone], {key for route in gone for key in _visits(route)}


def _visits(route: Route) -> set[VisitKey]:
    return {move.visit.key for trip in route.trips for stop in trip.stops for move in stop.moves if move.action in FULL}


def short_of_drivers(week: Week, made: Attempt, late: Callable[[], bool]) -> list[Issue]:
    """Why teams are too small for the routes found, and what would be enough; nothing where all have enough drivers. `late`: no time for further trials."""
    used: dict[str, set[int]] = defaultdict(set)
    for row in rows(ROTA, (made.frames or {})[ROTA.name]):
        used[row.team].add(row.driver)
    if not any(crew.drivers is not None and len(used[crew.code]) > crew.drivers for crew in week.crews.values()):
        return []
    rosters = Rosters(week)  # those of the search may have been asked of other routes since
    tables(week, made.routes, rosters)
    short = {crew: turns for crew, turns in rosters.turns.items() if rosters.needed(crew, turns)}
    issues = [issue for crew, turns in short.items() for issue in rosters.reasons(crew, turns)]
    found = means(week, made.routes)
    if not found:
        issues += [Issue.info("routes_crew_least", table=TEAMS.name, row=crew.row, column="drivers", team=crew.code) for crew in short]
    if not late():
        found += third_party(week, *lightest(week, made.routes, rosters))
    for change in () if late() else rosters.changes(short):
        scenario = edited(week.scenario, TEAMS.name, lambda row, edits=change.edits: edits.get(row.team, {}))  # type: ignore[misc]
        if not late() and accepted(week, made.routes, scenario):
            found += change.issues
    return issues + found
