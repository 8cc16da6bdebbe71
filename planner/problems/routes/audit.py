"""The routes plan judged without trusting whoever made it: every rule, cost line and key figure recomputed.

From the scenario and the plan's table of stops alone: service starts and the order of stops are the plan's;
everything else follows from them. A trip leaves its depot just in time for its first arrival, loading ends as
it leaves, each arrival is the departure before plus the drive, and the return is the last departure plus the
drive home. Paid time is from the first loading to the last return. The other tables must say the same.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from planner.issues import Issue
from planner.network import Network
from planner.plan import Audit, KpiValue, Plan
from planner.problems.base import Costs, annual_cost, check_same_scenario, compare_costs, cost_of, missing_tables
from planner.problems.routes.accepted import VehicleKey, VisitKey
from planner.problems.routes.audit_rules import (
    check_apart,
    check_co2,
    check_dedicated,
    check_disinfected,
    check_gaps,
    check_held,
    check_skipped,
    days_refused,
)
from planner.problems.routes.classes import CLASSES
from planner.problems.routes.crew_audit import Worked, check_rota
from planner.problems.routes.days import planned
from planner.problems.routes.driver_tables import BREAKS
from planner.problems.routes.duties import LOADING, SMALL, AuditDuty, AuditMove, AuditStop, AuditTrip, read_duties
from planner.problems.routes.rest import check_breaks
from planner.problems.routes.skipped import add_skipped, skipped
from planner.problems.routes.tables import ACCEPTED, COSTS, RESULTS, ROUTES, SKIPPED, STOPS, TRIPS
from planner.problems.routes.week import Visit, Week, Windows, clock
from planner.scenario import Scenario
from planner.schema import Row, Table, rows
from planner.sites import FIRST_YEAR, WEEKS_PER_YEAR


def audit(scenario: Scenario, network: Network, plan: Plan) -> Audit:
    """Cost, key figures and every rule that the plan breaks. Today's routes are judged alike: the caller knows what they are."""
    found = [*check_same_scenario(scenario, plan), *missing_tables(RESULTS, plan)]
    stops = plan.tables.get(STOPS.name)
    lines = list(rows(STOPS, stops)) if stops is not None else []
    skips = plan.tables.get(SKIPPED.name)
    week = planned(Week(scenario, network), lines, rows(SKIPPED, skips) if skips is not None else ())
    for code, days in week.chosen.items():
        if days not in week.free[code]:
            found.append(days_refused(week, code, days, next((line.index_ for line in lines if line.flow == code), None)))
    frame = plan.tables.get(BREAKS.name)
    duties = read_duties(week, lines, found, list(rows(BREAKS, frame)) if frame is not None else [])
    for duty in duties:
        check_duty(week, duty, found)
        check_breaks(week, duty, found)
    _check_served(week, duties, found)
    _check_fleet(week, duties, found)
    _check_claims(week, plan, duties, found)
    changes = len(week.accepted.changed(_carriers(duties)))
    if changes > week.accepted.most:
        found.append(Issue.error("routes_too_many_changes", table=ACCEPTED.name, changes=changes, limit=week.accepted.most))
    carried = _carriers(duties)
    left = skipped(week, carried)
    check_skipped(plan, left, found)
    check_gaps(week, carried, left, found)
    check_apart(week, duties, found)
    check_co2(week, duties, left, found)
    check_held(week, duties, found)
    check_dedicated(week, duties, found)
    worked = check_rota(week, duties, plan, found)
    costs = _costs(week, duties, changes, worked, left)
    found += compare_costs(COSTS, plan, costs)
    return Audit("routes", tuple(found), cost_of(costs), annual_cost(costs), costs, tuple(_kpis(week, duties, costs, changes, worked, left)))


# --- rules -----------------------------------------------------------------------------------------------


def check_duty(week: Week, duty: AuditDuty, found: list[Issue]) -> None:
    """Every rule that one vehicle's day can break by itself."""
    vehicle = duty.vehicle
    shown: dict[str, Any] = {"vehicle": duty.name, "day": duty.day}
    before: AuditTrip | None = None
    for trip in duty.trips:
        row = trip.stops[0].moves[0].row.index_
        if before is not None and trip.loads < before.returns:
            found.append(Issue.error("routes_trip_overlap", table=STOPS.name, row=row, column="arrives", trip=trip.number, **shown,
                                 loads=clock(trip.loads), returns=clock(before.returns)))  # fmt: skip
        before = trip
        _check_times(week, duty, trip, found)
        _check_windows(week, trip, found)
        _check_access(week, duty, trip, found)
        _check_loads(duty, trip, found)
        _check_coloading(week, trip, found)
        _check_ends(duty, trip, found)
    check_disinfected(week, duty, found)
    first, last = duty.trips[0].loads, duty.trips[-1].returns
    opens, closes = vehicle.shift
    if first < opens or last > closes:
        found.append(Issue.error("routes_shift", table=STOPS.name, row=duty.first, column="arrives", **shown, starts=clock(first), ends=clock(last),
                                 opens=clock(opens), closes=clock(closes)))  # fmt: skip
    opens, closes = vehicle.depot_hours
    if first < opens or last > closes:
        found.append(Issue.error("routes_depot_hours", table=STOPS.name, row=duty.first, column="arrives", depot=vehicle.depot, **shown,
                                 starts=clock(first), ends=clock(last), opens=clock(opens), closes=clock(closes)))  # fmt: skip
    if duty.seconds > vehicle.duty + vehicle.overtime:
        found.append(Issue.error("routes_duty", table=STOPS.name, row=duty.first, column="leaves", **shown, minutes=duty.seconds / 60,
                             limit=(vehicle.duty + vehicle.overtime) / 60))  # fmt: skip
    if len(duty.trips) > vehicle.max_trips:
        found.append(Issue.error("routes_too_many_trips", table=STOPS.name, row=duty.trips[-1].stops[0].moves[0].row.index_, column="trip",
                             **shown, trips=len(duty.trips), limit=vehicle.max_trips))  # fmt: skip


def _check_times(week: Week, duty: AuditDuty, trip: AuditTrip, found: list[Issue]) -> None:
    """Arrivals, starts and departures must follow from the drive, the handling and the site's fixed minutes."""
    leaves, here = trip.departs, duty.vehicle.site
    for i, stop in enumerate(trip.stops):
        row = stop.moves[0].row
        arrives = leaves + (week.way(here, stop.site) or 0)
        if stop.arrives != arrives:
            found.append(Issue.error("routes_wrong_arrival", table=STOPS.name, row=row.index_, column="arrives", site=stop.site,
                                 claimed=clock(stop.arrives), right=clock(arrives)))  # fmt: skip
        if stop.starts < stop.arrives:
            found.append(Issue.error("routes_starts_early", table=STOPS.name, row=row.index_, column="starts", site=stop.site,
                                 starts=clock(stop.starts), arrives=clock(stop.arrives)))  # fmt: skip
        leaving = i + 1 == len(trip.stops) or trip.stops[i + 1].site != stop.site
        right = stop.starts + sum(move.seconds for move in stop.moves) + (week.places[stop.site].stop if leaving else 0)
        if stop.leaves != right:
            found.append(Issue.error("routes_wrong_departure", table=STOPS.name, row=row.index_, column="leaves", site=stop.site,
                                 claimed=clock(stop.leaves), right=clock(right)))  # fmt: skip
        leaves, here = stop.leaves + stop.pause, stop.site


def _check_windows(week: Week, trip: AuditTrip, found: list[Issue]) -> None:
    for stop in trip.stops:
        for move in stop.moves:
            if not _on_time(week, stop, move):
                windows = _windows(week, move)
                near = min(windows, key=lambda w: max(w[0] - stop.starts, stop.starts - w[1]), default=(0, 0))
                found.append(Issue.error("routes_window", table=STOPS.name, row=move.row.index_, column="starts", site=stop.site, flow=move.flow.code,
                                     starts=clock(stop.starts), opens=clock(near[0]), closes=clock(near[1])))  # fmt: skip


def _on_time(week: Week, stop: AuditStop, move: AuditMove) -> bool:
    return any(opens <= stop.starts <= closes for opens, closes in _windows(week, move))


def _windows(week: Week, move: AuditMove) -> Windows:
    """When a move may start: the flow's own window for its full units, the site's hours for the empty ones."""
    if move.row.action == "deliver":
        return move.visit.at_destination
    if move.row.action == "collect":
        return move.visit.at_origin
    return week.places[move.row.site].open_on(move.row.day)


def _check_access(week: Week, duty: AuditDuty, trip: AuditTrip, found: list[Issue]) -> None:
    vehicle = duty.vehicle
    for stop in trip.stops:
        row = stop.moves[0].row.index_
        if stop.site != vehicle.site:
            place = week.places[stop.site]
            for rule in vehicle.refused_by(place):
                if rule == "gvw":
                    found.append(Issue.error("routes_access_gvw", table=STOPS.name, row=row, column="site", site=stop.site, vehicle=vehicle.code,
                                         gvw=vehicle.gvw, limit=place.max_gvw))  # fmt: skip
                elif rule == "tail_lift":
                    found.append(Issue.error("routes_access_tail_lift", table=STOPS.name, row=row, column="site", site=stop.site, vehicle=vehicle.code))
                else:
                    found.append(Issue.error("routes_access_low_emission", table=STOPS.name, row=row, column="site", site=stop.site, vehicle=vehicle.code))
        for opens, closes in week.barred(vehicle, stop.site, duty.day):
            if stop.arrives < closes and stop.leaves + stop.pause > opens:
                found.append(Issue.error("routes_access_zone", table=STOPS.name, row=row, column="arrives", site=stop.site, vehicle=vehicle.code, zone=week.places[stop.site].zone or "",
                                     arrives=clock(stop.arrives), leaves=clock(stop.leaves + stop.pause), opens=clock(opens), closes=clock(closes)))  # fmt: skip
        for move in stop.moves:
            if week.foreign(vehicle, move.flow):
                found.append(Issue.error("routes_foreign", table=STOPS.name, row=move.row.index_, column="vehicle", flow=move.flow.code,
                                     vehicle=vehicle.code, depot=vehicle.depot))  # fmt: skip
            if not move.full:
                continue
            if move.flow.lock is not None and move.flow.lock != vehicle.code:
                found.append(Issue.error("routes_lock", table=STOPS.name, row=move.row.index_, column="vehicle", flow=move.flow.code,
                                     vehicle=vehicle.code, lock=move.flow.lock))  # fmt: skip
            if move.flow.temperature not in vehicle.temperatures:
                found.append(Issue.error("routes_temperature", table=STOPS.name, row=move.row.index_, column="vehicle", flow=move.flow.code,
                                     vehicle=vehicle.code, temperature=move.flow.temperature))  # fmt: skip
            if move.flow.hygiene not in vehicle.hygiene:
                found.append(Issue.error("routes_hygiene", table=STOPS.name, row=move.row.index_, column="vehicle", flow=move.flow.code,
                                     vehicle=vehicle.code, hygiene=move.flow.hygiene))  # fmt: skip


def _check_loads(duty: AuditDuty, trip: AuditTrip, found: list[Issue]) -> None:
    """Every leg's load against the vehicle, floor, weight and compartments, reported where it is highest."""
    vehicle = duty.vehicle
    moves = [move for stop in trip.stops for move in stop.moves]
    # a pair of rows of one load counts once: the loading row when there is one
    carried = [m for m in moves if m.row.action in LOADING or m.loaded == 0]

    def highest(figure: dict[int, float]) -> tuple[float, int]:
        """The highest load over the legs, and the row of the stop where that leg begins (the first stop's for leg 0)."""
        best, row = 0.0, trip.stops[0].moves[0].row.index_
        legs = [(0, row), *((stop.position, stop.moves[0].row.index_) for stop in trip.stops)]
        for position, at in legs:
            load = sum(figure[id(m)] for m in carried if m.loaded <= position < m.unloaded)
            if load > best + SMALL:
                best, row = load, at
        return best, row

    most, row = highest({id(m): m.places for m in carried})
    shown: dict[str, Any] = {"vehicle": duty.name, "day": duty.day, "trip": trip.number}
    if most > vehicle.places + SMALL:
        found.append(Issue.error("routes_over_places", table=STOPS.name, row=row, column="places_on_board", load=most, limit=vehicle.places, **shown))
    most, row = highest({id(m): m.kg for m in carried})
    if most > vehicle.kg + SMALL:
        found.append(Issue.error("routes_over_kg", table=STOPS.name, row=row, column="kg_on_board", load=most, limit=vehicle.kg, **shown))
    for band, limit in vehicle.bands.items():
        most, row = highest({id(m): m.places if m.full and m.flow.temperature == band else 0.0 for m in carried})
        if most > limit + SMALL:
            found.append(Issue.error("routes_over_compartment", table=STOPS.name, row=row, column="places_on_board", load=most, limit=limit,
                                 temperature=band, **shown))  # fmt: skip


def _check_coloading(week: Week, trip: AuditTrip, found: list[Issue]) -> None:
    """Two classes in one trip: not at all, or the dirtier only once nothing of the cleaner is on board any more."""
    by_class: dict[str, list[AuditMove]] = defaultdict(list)
    for stop in trip.stops:
        for move in stop.moves:
            if move.full:
                by_class[move.flow.hygiene].append(move)
    for cleaner, dirtier in combinations([code for code in CLASSES if code in by_class], 2):
        rule = week.classes.rule(cleaner, dirtier)
        first = min(by_class[dirtier], key=lambda m: m.loaded)
        for move in by_class[cleaner]:
            if rule != "together" and (rule != "dirty_last" or move.unloaded > first.loaded):
                found.append(Issue.error("routes_coloading", table=STOPS.name, row=move.row.index_, column="flow", flow=move.flow.code, hygiene=cleaner,
                                     other=first.flow.code, dirtier=dirtier, trip=trip.number))  # fmt: skip
                break


def _check_ends(duty: AuditDuty, trip: AuditTrip, found: list[Issue]) -> None:
    """What is not loaded or unloaded on the way must be at the vehicle's own depot, ready there and in time; time on board."""
    leaves = {0.0: trip.departs}
    for stop, following in reversed(list(zip(trip.stops, [*trip.stops[1:], None], strict=True))):  # the place is left with the last of its stops in a row
        same = following is not None and following.site == stop.site
        leaves[float(stop.position)] = leaves[float(following.position)] if same and following is not None else stop.leaves
    starts = {math.inf: trip.returns, **{float(stop.position): stop.starts for stop in trip.stops}}
    for stop in trip.stops:
        for move in stop.moves:
            flow, row = move.flow, move.row
            loading = row.action in LOADING
            if loading and row.site == duty.vehicle.site:
                found.append(Issue.error("routes_loads_at_depot", table=STOPS.name, row=row.index_, column="action", flow=flow.code, site=row.site))
            if move.full and not loading and move.loaded == 0 and trip.loads < flow.ready:
                found.append(Issue.error("routes_before_ready", table=STOPS.name, row=row.index_, column="flow", flow=flow.code, vehicle=duty.name, day=duty.day,
                                     loads=clock(trip.loads), ready=clock(flow.ready)))  # fmt: skip
            if move.full and loading and move.unloaded == math.inf and flow.due is not None and trip.returns > flow.due:
                found.append(Issue.error("routes_after_due", table=STOPS.name, row=row.index_, column="flow", flow=flow.code, vehicle=duty.name, day=duty.day,
                                     returns=clock(trip.returns), due=clock(flow.due)))  # fmt: skip
            site = (flow.destination if move.full else flow.origin) if loading else (flow.origin if move.full else flow.destination)
            if not loading and move.loaded == 0 and site != duty.vehicle.site:
                found.append(Issue.error("routes_not_loaded", table=STOPS.name, row=row.index_, column="action", flow=flow.code, site=site,
                                     depot=duty.vehicle.site))  # fmt: skip
            if loading and move.unloaded == math.inf and site != duty.vehicle.site:
                found.append(Issue.error("routes_not_unloaded", table=STOPS.name, row=row.index_, column="action", flow=flow.code, site=site,
                                     depot=duty.vehicle.site))  # fmt: skip
            if move.full and flow.limit is not None and (not loading or move.unloaded == math.inf):
                aboard = starts[float(move.unloaded)] - leaves[float(move.loaded)]
                if aboard > flow.limit:
                    found.append(Issue.error("routes_on_board", table=STOPS.name, row=row.index_, column="starts", flow=flow.code,
                                         minutes=aboard / 60, limit=flow.limit / 60))  # fmt: skip


def _check_served(week: Week, duties: Sequence[AuditDuty], found: list[Issue]) -> None:
    """Every visit moved exactly once, and its empties brought back exactly once."""
    done: dict[tuple[object, bool], list[AuditMove]] = defaultdict(list)
    for stop in _all_stops(duties):
        for move in stop.moves:
            # of a load with both rows only the unloading one counts; the other is its beginning
            if move.row.action not in LOADING or move.unloaded == math.inf:
                done[move.visit.key, move.full].append(move)
    for key, visit in week.visit.items():
        if visit.flow.skip_cost is not None and not done.get((key, True)):
            for move in done.get((key, False), []):
                found.append(Issue.error("routes_skipped_empties", table=STOPS.name, row=move.row.index_, column="flow", flow=visit.flow.code, day=visit.day, visit=visit.rank))
            continue
        for full in (True, False):
            if not full and visit.flow.empties <= 0:
                continue
            moves = done.get((key, full), [])
            shown: dict[str, Any] = {"flow": visit.flow.code, "day": visit.day, "visit": visit.rank}
            if not moves and full:
                found.append(Issue.error("routes_missed", table=STOPS.name, column="flow", site=visit.flow.destination, **shown))
            elif not moves:
                found.append(Issue.error("routes_missed_empties", table=STOPS.name, column="flow", site=visit.flow.destination, **shown))
            for move in moves[1:]:
                found.append(Issue.error("routes_served_twice", table=STOPS.name, row=move.row.index_, column="flow", **shown))


def _check_fleet(week: Week, duties: Sequence[AuditDuty], found: list[Issue]) -> None:
    """No more vehicles than there are, on any day and over the week."""
    days: dict[tuple[str, str], list[AuditDuty]] = defaultdict(list)
    numbers: dict[str, dict[int, AuditDuty]] = defaultdict(dict)
    shared: dict[tuple[str, int, str], AuditDuty] = {}
    for duty in duties:
        days[duty.vehicle.code, duty.day].append(duty)
        numbers[duty.vehicle.physical].setdefault(duty.number, duty)
        other = shared.setdefault((duty.vehicle.physical, duty.number, duty.day), duty)
        if other is not duty and min(duty.trips[-1].returns, other.trips[-1].returns) > max(duty.trips[0].loads, other.trips[0].loads):
            found.append(Issue.error("routes_vehicle_twice", table=STOPS.name, row=duty.first, column="number", vehicle=duty.name, other=other.name, day=duty.day))
    for (code, day), used in days.items():
        count = used[0].vehicle.count
        if len(used) > count:
            found.append(Issue.error("routes_too_many_vehicles", table=STOPS.name, row=used[count].first, column="number", vehicle=code, day=day,
                                 used=len(used), count=count))  # fmt: skip
    for code, known in numbers.items():
        last = list(known.values())
        count = week.vehicle[code].count
        if len(last) > count and all(len(days[duty.vehicle.code, duty.day]) <= duty.vehicle.count for duty in last):
            found.append(Issue.error("routes_too_many_vehicles_week", table=STOPS.name, row=last[count].first, column="number", vehicle=code,
                                 used=len(last), count=count))  # fmt: skip


def _carriers(duties: Sequence[AuditDuty]) -> dict[VisitKey, set[VehicleKey]]:
    """Who carries the full units of each visit."""
    found: dict[VisitKey, set[VehicleKey]] = defaultdict(set)
    for duty in duties:
        for stop in _all_stops([duty]):
            for move in stop.moves:
                if move.full:
                    found[move.visit.key].add((duty.vehicle.code, duty.number))
    return found


def _all_stops(duties: Sequence[AuditDuty]) -> Iterator[AuditStop]:
    for duty in duties:
        for trip in duty.trips:
            yield from trip.stops


# --- what the plan's tables claim ------------------------------------------------------------------------


def _check_claims(week: Week, plan: Plan, duties: Sequence[AuditDuty], found: list[Issue]) -> None:
    """Tables of routes and trips, and the loads and clock of the stops, against what follows from the stops."""
    for stop in _all_stops(duties):
        for move in stop.moves:
            right = {"time": _minute(stop.arrives), "places_on_board": stop.places, "kg_on_board": stop.kg}
            _compare(STOPS, move.row, right, found)
    trips = {(d.day, d.vehicle.code, d.number, t.number): t for d in duties for t in d.trips}
    disinfected = {(d.day, d.vehicle.code, d.number, t.number): pair.seconds / 60 for d in duties for t, pair in zip(d.trips, d.disinfections(week.classes), strict=True) if pair}
    _compare_table(TRIPS, plan, found, {
        key: {"loads": t.loads / 60, "disinfection": disinfected.get(key, 0.0), "departs": t.departs / 60, "returns": t.returns / 60, "stops": len(t.stops), "km": t.metres / 1000,
              "places": t.places, "kg": t.kg} for key, t in trips.items()})  # fmt: skip
    _compare_table(ROUTES, plan, found, {(d.day, d.vehicle.code, d.number): _route_row(d) for d in duties})


def _route_row(duty: AuditDuty) -> dict[str, float]:
    vehicle = duty.vehicle
    driving = sum(trip.driving for trip in duty.trips)
    busy = sum(vehicle.reload + sum(stop.leaves - stop.starts for stop in trip.stops) for trip in duty.trips)
    return {
        "trips": len(duty.trips), "stops": sum(len(trip.stops) for trip in duty.trips), "starts": _minute(duty.trips[0].loads),
        "ends": _minute(duty.trips[-1].returns), "duty": duty.seconds / 60, "driving": driving / 60,
        "waiting": (duty.span - duty.rest - driving - busy) / 60, "breaks": duty.rest / 60, "overtime": max(0, duty.seconds - vehicle.duty) / 60, "km": duty.metres / 1000,
        "fill": 100 * _fill(duty), "co2": duty.metres / 1000 * vehicle.co2_km,
    }  # fmt: skip


def _minute(second: int) -> int:
    return max(0, min(1440, second // 60))


def _fill(duty: AuditDuty) -> float:
    return max((trip.places / duty.vehicle.places for trip in duty.trips if duty.vehicle.places), default=0.0)


def _compare_table(table: Table, plan: Plan, found: list[Issue], right: dict[tuple[Any, ...], dict[str, float]]) -> None:
    frame = plan.tables.get(table.name)
    if frame is None:
        return
    seen: Counter[tuple[Any, ...]] = Counter()
    for row in rows(table, frame):
        key = tuple(getattr(row, name) for name in table.key)
        seen[key] += 1
        if key not in right or seen[key] > 1:
            found.append(Issue.error("routes_row_without_stops", table=table.name, row=row.index_, column=table.key[-1], which=_shown(key)))
        else:
            _compare(table, row, right[key], found)
    for key in right:
        if not seen[key]:
            found.append(Issue.error("routes_row_missing", table=table.name, column=table.key[-1], which=_shown(key)))


def _shown(key: tuple[Any, ...]) -> str:
    return " · ".join(str(part) for part in key)


def _compare(table: Table, row: Row, right: dict[str, float], found: list[Issue]) -> None:
    for column, value in right.items():
        claimed = getattr(row, column)
        if claimed is None or abs(claimed - value) > 1e-5 * max(1.0, abs(value)):
            found.append(Issue.error("routes_wrong_figure", table=table.name, row=row.index_, column=column,
                                 claimed=float(claimed if claimed is not None else 0.0), right=float(value)))  # fmt: skip


# --- cost and key figures --------------------------------------------------------------------------------


def _costs(week: Week, duties: Sequence[AuditDuty], changes: int, worked: Worked, left: Sequence[Visit]) -> Any:
    """The cost lines of a year: every vehicle used once, kilometres, hours up to the normal duty, and beyond; what changes weigh."""
    scenario = week.scenario
    weeks, year = scenario.value(WEEKS_PER_YEAR), int(scenario.value(FIRST_YEAR))
    costs = Costs(COSTS)
    for vehicle in week.vehicles:
        used = len({duty.number for duty in duties if duty.vehicle.physical == vehicle.code})
        costs.add(year, vehicle.establishment, vehicle.code, "vehicle_fixed", used, used * vehicle.fixed_cost)
        own = [duty for duty in duties if duty.vehicle.code == vehicle.code]
        if not own:
            continue
        normal = sum(min(duty.seconds, vehicle.duty) for duty in own) / 3600 * weeks
        over = sum(max(0, duty.seconds - vehicle.duty) for duty in own) / 3600 * weeks
        km = sum(duty.metres for duty in own) / 1000 * weeks
        costs.add(year, vehicle.establishment, vehicle.code, "vehicle_km", km, km * vehicle.km_cost)
        done = [pair for duty in own for pair in duty.disinfections(week.classes) if pair]
        costs.add(year, vehicle.establishment, vehicle.code, "disinfection", weeks * len(done), weeks * sum(pair.cost for pair in done))
        if vehicle.co2_price:
            kg = km * vehicle.co2_km
            costs.add(year, vehicle.establishment, vehicle.code, "co2", kg / 1000, 0.0, beyond=kg * vehicle.co2_price)
        costs.add(year, vehicle.establishment, vehicle.code, "driver", normal, normal * vehicle.hour_cost)
        costs.add(year, vehicle.establishment, vehicle.code, "overtime", over, over * vehicle.overtime_cost)
    add_skipped(costs, left, year, weeks)
    for crew, drivers in worked.items():
        if crew.yearly_cost is not None:
            extra = sum(max(0, seconds - crew.normal) for seconds in drivers.values()) / 3600 * weeks
            costs.add(year, crew.establishment, crew.code, "crew", len(drivers), len(drivers) * crew.yearly_cost)
            costs.add(year, crew.establishment, crew.code, "crew_overtime", extra, extra * crew.extra_cost)
    costs.add(year, "", "", "changes", changes, 0.0, beyond=changes * week.accepted.price)
    return costs.frame()


def _kpis(week: Week, duties: Sequence[AuditDuty], costs: Any, changes: int, worked: Worked, left: Sequence[Visit]) -> Iterator[KpiValue]:
    """The key figures of the group, then of each establishment that bears vehicles in use."""
    bearing = {duty.vehicle.establishment for duty in duties} | {crew.establishment for crew in worked if crew.yearly_cost is not None}
    for establishment in ("", *sorted(bearing)):
        own = [duty for duty in duties if not establishment or duty.vehicle.establishment == establishment]
        lines = [line for line in rows(COSTS, costs) if not establishment or line.establishment == establishment]
        annual = sum(round(100 * (line.amount or 0.0)) for line in lines) / 100
        stops = sum(len(trip.stops) for duty in own for trip in duty.trips)
        moves = [(stop, move) for stop in _all_stops(own) for move in stop.moves]
        # floor places of full units, a load once (where it has two rows, on unloading); empties bring none
        places = sum(move.places for _, move in moves if move.full and (move.row.action not in LOADING or move.unloaded == math.inf))
        weeks = week.scenario.value(WEEKS_PER_YEAR)
        figures = {
            "annual_cost": annual,
            "km": sum(duty.metres for duty in own) / 1000,
            "hours": sum(duty.seconds for duty in own) / 3600,
            "vehicles": float(len({(duty.vehicle.physical, duty.number) for duty in own})),
            "routes": float(len(own)),
            "stops": float(stops),
            "fill": 100 * sum(_fill(duty) for duty in own) / len(own) if own else 0.0,
            "co2": sum(duty.metres / 1000 * duty.vehicle.co2_km for duty in own) * weeks / 1000,
            "cost_per_stop": annual / (stops * weeks) if stops else 0.0,
            "cost_per_place": annual / (places * weeks) if places else 0.0,
            "on_time": 100 * sum(_on_time(week, stop, move) for stop, move in moves) / len(moves) if moves else 100.0,
        }
        for code, value in figures.items():
            yield KpiValue(code, value, establishment)
    if any(pair.rule == "disinfect" for pair in week.classes.pairs.values()):
        yield KpiValue("disinfections", float(sum(pair is not None for duty in duties for pair in duty.disinfections(week.classes))))
    if any(flow.skip_cost is not None for flow in week.flows.values()):
        yield KpiValue("skipped", float(sum(visit.flow.skip_means == "missed" for visit in left)))
        yield KpiValue("third_party", float(sum(visit.flow.skip_means == "third_party" for visit in left)))
    if worked:
        yield KpiValue("drivers", float(sum(len(drivers) for drivers in worked.values())))
    if week.scenario.rows(ACCEPTED.name):
        yield KpiValue("changes", float(changes))
