"""The typical week: every occurrence of every flow with its day and windows, the fleet, who may carry what.

Units from here on: whole seconds after midnight, whole metres (minutes are rounded up to the second and
kilometres to the nearest metre), floor places and kilograms as floats.

A *visit* is one occurrence of a flow: its `quantity` full units go from origin to destination; if the flow has
returns, `quantity * return_ratio` empty units go from destination to origin the same day. Empty units are
closed: they take floor places and `empty_weight` % of the full weight, whatever the class and the temperature.

Days chosen by the planner: one of the sets of days allowed (`patterns`). Other days: those given; else those of today's routes where these serve the flow as often as asked; else the visits are spread over the days on which both ends are open (from Monday to Friday
for up to five visits and multiples of five, from Monday to Saturday for six), starting at another day from one
site to the next. Several visits in a day share the flow's window in parts of equal opening time, with some time between them.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from planner.network import Network
from planner.problems.routes import spreading
from planner.problems.routes.accepted import Accepted, VisitKey
from planner.problems.routes.classes import Classes
from planner.problems.routes.driver_rules import DriverRules, rules_of, teams_of
from planner.problems.routes.drivers import Crew, crews_of
from planner.problems.routes.hours import Window as Window
from planner.problems.routes.hours import Windows as Windows
from planner.problems.routes.hours import between, join, meet, parted
from planner.problems.routes.locks import Lock, locks_of
from planner.problems.routes.patterns import Days as Days
from planner.problems.routes.patterns import Listed, listed, sets_of_days
from planner.problems.routes.rates import co2_km, hour_cost
from planner.problems.routes.spreading import spread
from planner.problems.routes.tables import CO2_PRICE, CURRENT, DEPOTS, EMPTY_WEIGHT, FLOWS, RELOAD_MINUTES, UNITS, VEHICLES
from planner.problems.routes.zones import Zones
from planner.scenario import Scenario
from planner.sites import SITES, WEEKS_PER_YEAR, WINDOWS

DAY_CODES, DAY_TYPE = spreading.DAY_CODES, spreading.DAY_TYPE
MIDNIGHT = 86_400
NO_WAY = 365 * MIDNIGHT
BANDS = ("cold", "hot", "frozen")  # temperatures that may have their own compartment

Ints = NDArray[np.int64]


def seconds(minutes: float) -> int:
    """Minutes as whole seconds, rounded up (a figure within a millisecond of a second is that second)."""
    return math.ceil(minutes * 60 - 1e-3)


def clock(second: int) -> str:
    """A time of day as shown in findings: `06:30`, with seconds where there are any."""
    sign, second = ("-" if second < 0 else ""), abs(second)
    shown = f"{sign}{second // 3600:02d}:{second // 60 % 60:02d}"
    return shown if second % 60 == 0 else f"{shown}:{second % 60:02d}"


def matrices(network: Network) -> tuple[Ints, Ints]:
    """Metres and seconds between all sites, (n, n) each; -1 where there is no way."""
    known = np.isfinite(network.km) & np.isfinite(network.minutes)
    metres = np.where(known, np.rint(np.where(known, network.km, 0) * 1000), -1).astype(np.int64)
    times = np.where(known, np.ceil(np.where(known, network.minutes, 0) * 60 - 1e-3), -1).astype(np.int64)
    np.fill_diagonal(metres, 0)
    np.fill_diagonal(times, 0)
    return metres, times


@dataclass(frozen=True)
class Place:
    """A site as vehicles meet it; `stop`: fixed seconds of a stop."""

    code: str
    index: int
    establishment: str
    max_gvw: float
    tail_lift: bool
    low_emission_zone: bool  # barred all the time to vehicles not allowed; a `zone` has its own days and hours
    stop: int
    windows: dict[str, Windows] | None  # by day type; None: always open
    zone: str | None = None

    def open_on(self, day: str) -> Windows:
        return ((0, MIDNIGHT),) if self.windows is None else self.windows.get(day, self.windows.get(DAY_TYPE[day], ()))


@dataclass(frozen=True)
class Vehicle:
    """A vehicle type with its depot: `opens`, `closes` bound loading and return (shift and depot hours together)."""

    code: str
    row: int
    depot: str
    site: str
    establishment: str
    count: int
    gvw: float
    places: float
    kg: float
    bands: dict[str, float]  # places of each compartment it has; a temperature it cannot carry has none
    temperatures: frozenset[str]
    hygiene: frozenset[str]
    tail_lift: bool
    low_emission: bool
    crit_air: str | None
    fixed_cost: float
    km_cost: float
    hour_cost: float
    overtime_cost: float
    co2_km: float
    co2_price: float  # € per kg, notional
    opens: int
    closes: int
    shift: Window
    depot_hours: Window
    duty: int
    overtime: int
    max_trips: int
    reload: int
    shared: bool  # carries flows of other depots too
    rules: DriverRules | None = None  # of its driver's breaks
    team: str | None = None
    same_as: str | None = None  # the type whose vehicles these are, in another shift
    pace: float = 0.0  # € per hour of its driver in the search, also where drivers are paid by the year
    shifts: int = 1  # types that share its vehicles, itself included
    driver_day: int = MIDNIGHT  # seconds that one driver of its team may work in a day

    @property
    def physical(self) -> str:
        """The type that stands for its vehicles: paid once for both of their shifts."""
        return self.same_as or self.code

    @property
    def longest(self) -> int:
        """Seconds of a duty at most: normal hours and overtime, within the day of its driver."""
        return min(self.duty + self.overtime, self.driver_day)

    @property
    def fixed_share(self) -> float:
        """€ of fixed cost that its vehicles bring at least, whatever the other shift does."""
        return self.fixed_cost / self.shifts

    @property
    def km_rate(self) -> float:
        """€ that a kilometre weighs: its cost and the notional price of its CO2."""
        return self.km_cost + self.co2_km * self.co2_price

    def refused_by(self, place: Place) -> list[str]:
        """The access rules of a site that this vehicle breaks."""
        return [
            rule
            for rule, broken in (
                ("gvw", self.gvw > place.max_gvw + 1e-9),
                ("tail_lift", place.tail_lift and not self.tail_lift),
                ("low_emission", place.low_emission_zone and not self.low_emission),
            )
            if broken
        ]


@dataclass(frozen=True)
class Flow:
    """A flow with its figures per visit; windows are in `Visit`."""

    code: str
    row: int
    category: str
    origin: str
    destination: str
    quantity: float
    empties: float
    places: float
    kg: float
    empty_places: float
    empty_kg: float
    handle: int  # seconds for the full units at one end
    handle_empty: int
    temperature: str
    hygiene: str
    limit: int | None  # seconds on board
    establishment: str
    lock: str | None  # the only vehicle type that may carry the full units
    skip_cost: float | None = None  # € for a visit left out; None: none may be
    skip_means: str = "missed"
    ready: int = 0  # loading starts no earlier, at a depot or on site
    due: int | None = None  # arrival at the destination no later, at a depot or on site


@dataclass(frozen=True)
class Visit:
    """One occurrence of a flow. `at_origin`, `at_destination`: when service may start there."""

    flow: Flow
    day: str
    rank: int  # 1 for the day's first
    at_origin: Windows
    at_destination: Windows
    apart: int = 0  # seconds from the start of the flow's visit before it on that day, at least

    @property
    def key(self) -> tuple[str, str, int]:
        return (self.day, self.flow.code, self.rank)


class Week:
    """A scenario read for routing: places, fleet, flows, visits by day. Never changed once made.

    `metres`, `times`: (n, n) whole metres and seconds between the network's sites, -1 where there is no way.
    """

    def __init__(
        self, scenario: Scenario, network: Network, days: Mapping[str, Days] | None = None, without: Container[str] = (),
        straight: frozenset[VisitKey] = frozenset(), carried: frozenset[VisitKey] = frozenset(),
    ) -> None:  # fmt: skip
        """`days`: of flows whose days are chosen; `without`: flows left out. For the search: visits that it may carry `straight` from end to end, and
        those `carried` by vehicles based elsewhere alone."""
        self.scenario, self.network, self.chosen, self.without, self.straight, self.carried = scenario, network, dict(days or {}), without, straight, carried
        self.index = {site: i for i, site in enumerate(network.sites)}
        self.metres, self.times = matrices(network)

    def searched(self, straight: frozenset[VisitKey] | None = None, carried: frozenset[VisitKey] | None = None, scenario: Scenario | None = None) -> Week:
        """The same week searched otherwise; `scenario`: another one for the same visits."""
        return Week(scenario or self.scenario, self.network, self.chosen, self.without, self.straight if straight is None else straight, self.carried if carried is None else carried)

    @cached_property
    def drives(self) -> list[list[int]]:
        """`times` as plain numbers."""
        return [list(map(int, row)) for row in self.times]

    def way(self, a: str, b: str) -> int | None:
        """Driving seconds from site to site, None where there is no way."""
        found = int(self.times[self.index[a], self.index[b]])
        return None if found < 0 else found

    @cached_property
    def quickest(self) -> list[list[int]]:
        """Seconds between all sites by any chain of sites: a bound on driving even where a detour is quicker than the direct trip."""
        # an absent way costs a year: never quicker, and recognised afterwards
        times = np.where(self.times < 0, NO_WAY, self.times)
        for middle in range(len(times)):
            times = np.minimum(times, times[:, middle : middle + 1] + times[middle : middle + 1, :])
        return [[-1 if t >= NO_WAY else t for t in row] for row in times.tolist()]

    @cached_property
    def places(self) -> dict[str, Place]:
        hours: dict[str, dict[str, list[Window]]] = defaultdict(lambda: defaultdict(list))
        for row in self.scenario.rows(WINDOWS.name):
            hours[row.site][row.day_type].append((row.opens * 60, row.closes * 60))
        return {
            row.site: Place(
                row.site, self.index[row.site], row.establishment, row.max_gvw, bool(row.needs_tail_lift), bool(row.low_emission_zone and not row.emission_zone),
                seconds(row.stop_minutes), {kind: join(found) for kind, found in hours[row.site].items()} if row.site in hours else None, row.emission_zone,
            )
            for row in self.scenario.rows(SITES.name)
        }  # fmt: skip

    @cached_property
    def vehicles(self) -> tuple[Vehicle, ...]:
        """Vehicle types in the order of the table, also those of which there is none."""
        depots = {row.depot: row for row in self.scenario.rows(DEPOTS.name)}
        teams = teams_of(self.scenario)
        types = {row.vehicle: row for row in self.scenario.rows(VEHICLES.name)}
        shifts = Counter(row.same_as or row.vehicle for row in types.values())
        weeks = self.scenario.value(WEEKS_PER_YEAR)
        found = []
        for row in types.values():
            owner, crew = types[row.same_as or row.vehicle], self.crews.get(row.team or "")
            yearly = crew is not None and crew.yearly_cost is not None
            pace = hourly = hour_cost(self.scenario, row)
            if crew is not None and crew.yearly_cost is not None:
                pace = crew.yearly_cost / weeks / max(1.0, crew.normal / 3600)
            depot = depots[row.depot]
            reload = depot.reload_minutes if depot.reload_minutes is not None else self.scenario.value(RELOAD_MINUTES)
            shift, hours = (row.shift_start * 60, row.shift_end * 60), (depot.opens * 60, depot.closes * 60)
            limits = {"cold": row.cold_places, "hot": row.hot_places, "frozen": row.frozen_places}
            found.append(
                Vehicle(
                    row.vehicle, row.index_, row.depot, depot.site, row.establishment, min(row.count, owner.count), row.gvw, row.places, row.kg,
                    {band: row.places if limits[band] is None else min(limits[band], row.places) for band in BANDS if band in row.temperatures},
                    frozenset(row.temperatures), frozenset(row.hygiene), bool(row.tail_lift), bool(row.low_emission), row.crit_air, owner.fixed_cost,
                    row.km_cost, 0.0 if yearly else hourly, 0.0 if yearly else row.overtime_cost, co2_km(self.scenario, row), self.scenario.value(CO2_PRICE) / 1000, max(shift[0], hours[0]), min(shift[1], hours[1]), shift, hours,
                    seconds(row.duty_minutes), seconds(row.overtime_minutes), row.max_trips, seconds(reload), row.carries == "any",
                    rules_of(self.scenario, row, teams), row.team, row.same_as, pace, shifts[row.same_as or row.vehicle],
                    MIDNIGHT if crew is None else min(crew.day_seconds, crew.longest),
                )
            )  # fmt: skip
        return tuple(found)

    @cached_property
    def locks(self) -> dict[str, Lock]:
        return locks_of(self.scenario)

    @cached_property
    def zones(self) -> Zones:
        return Zones(self.scenario)

    def barred(self, vehicle: Vehicle, site: str, day: str) -> Windows:
        """When a vehicle may not be at a site, from arrival to departure."""
        return () if site == vehicle.site else self.zones.barred(vehicle, self.places[site].zone, day)

    @cached_property
    def crews(self) -> dict[str, Crew]:
        """The teams of drivers, in the order of the table."""
        return crews_of(self.scenario)

    @cached_property
    def accepted(self) -> Accepted:
        return Accepted.of(self.scenario)

    @cached_property
    def vehicle(self) -> dict[str, Vehicle]:
        return {vehicle.code: vehicle for vehicle in self.vehicles}

    @cached_property
    def depot_sites(self) -> frozenset[str]:
        """Sites on which a vehicle is based."""
        return frozenset(vehicle.site for vehicle in self.vehicles if vehicle.count > 0)

    @cached_property
    def classes(self) -> Classes:
        return Classes.of(self.scenario)

    @cached_property
    def flows(self) -> dict[str, Flow]:
        units = {row.unit: row for row in self.scenario.rows(UNITS.name)}
        empty = self.scenario.value(EMPTY_WEIGHT) / 100
        found = {}
        for row in self.scenario.rows(FLOWS.name):
            if row.flow in self.without:
                continue
            unit, empties = units[row.unit], row.quantity * row.return_ratio
            means = row.skip_means or "missed"
            skip = None if row.longest_gap and means == "missed" else row.skip_cost  # a visit missed would lengthen the gap
            found[row.flow] = Flow(
                row.flow, row.index_, row.category, row.origin, row.destination, row.quantity, empties, row.quantity * unit.places,
                row.quantity * unit.kg, empties * unit.places, empties * unit.kg * empty, seconds(row.quantity * unit.minutes),
                seconds(empties * unit.minutes), row.temperature, row.hygiene, None if row.max_minutes is None else seconds(row.max_minutes),
                row.establishment or self.places[row.destination].establishment, self.locks.get(row.flow, Lock()).vehicle, skip, means,
                60 * (row.ready or 0), None if row.due is None else 60 * row.due,
            )  # fmt: skip
        return found

    def window_at_origin(self, flow: Flow) -> bool:
        """Whether the flow's own window is that of its origin: only when the destination alone has a depot."""
        return flow.destination in self.depot_sites and flow.origin not in self.depot_sites

    def open_days(self, flow: Flow) -> list[str]:
        """Days on which both ends are open and no lock forbids a visit."""
        locked = self.locks.get(flow.code, Lock()).days
        return [day for day in DAY_CODES if self.places[flow.origin].open_on(day) and self.places[flow.destination].open_on(day) and (locked is None or day in locked)]

    def days_of(self, flow: Flow) -> list[str]:
        """The days of a flow's visits, a day as often as it is visited."""
        row = self.scenario.rows(FLOWS.name)[flow.row]
        if flow.code in self.chosen:
            return list(self.chosen[flow.code])
        if self.free.get(flow.code):
            return list(self._first_days(flow))
        if row.days:
            given = [day for day in DAY_CODES if day in row.days]
            each = row.visits // len(given) if row.visits and row.visits % len(given) == 0 else 1
            return [day for day in given for _ in range(each)]
        today = self._days_today.get(flow.code, [])
        locked = self.locks.get(flow.code, Lock()).days
        if len(today) == (row.visits or 1) and (locked is None or locked.issuperset(today)):
            return today
        end = flow.origin if self.window_at_origin(flow) else flow.destination
        return spread(row.visits or 1, self.open_days(flow), self.index[end])

    @cached_property
    def elsewhere(self) -> frozenset[str]:
        """Ends of the flows left out: a vehicle may come by there on any day."""
        return frozenset(site for row in self.scenario.rows(FLOWS.name) if row.flow in self.without for site in (row.origin, row.destination))

    @cached_property
    def listed(self) -> dict[str, Listed]:
        """The combinations of days listed for flows that have any."""
        return listed(self.scenario)

    @cached_property
    def free(self) -> dict[str, tuple[Days, ...]]:
        """The flows whose days are chosen and the sets of days allowed to each (none: what is asked contradicts itself)."""
        return sets_of_days(self)

    def often(self, code: str) -> int:
        """Visits a week of a flow whose days are chosen."""
        return self.listed[code].visits if code in self.listed else self.scenario.rows(FLOWS.name)[self.flows[code].row].visits or 1

    def _first_days(self, flow: Flow) -> Days:
        """Days of a flow before any choice: the first allowed of the accepted ones, today's, and evenly spread ones."""
        allowed = self.free[flow.code]
        end = flow.origin if self.window_at_origin(flow) else flow.destination
        kept = sorted({day for day, code, _ in self.accepted.homes if code == flow.code}, key=DAY_CODES.index)
        for days in (kept, self._days_today.get(flow.code, ()), spread(self.often(flow.code), self.open_days(flow), self.index[end])):
            if tuple(days) in allowed:
                return tuple(days)
        return allowed[0]

    @cached_property
    def _days_today(self) -> dict[str, list[str]]:
        """The days on which today's routes serve each flow, a day as often as it is served, in order."""
        served: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for row in self.scenario.rows(CURRENT.name):
            served[row.flow][row.action].append(row.day)
        days = {}
        for flow, by_action in served.items():
            found = by_action["deliver"] or by_action["collect"]
            days[flow] = sorted(found, key=DAY_CODES.index)
        return days

    @cached_property
    def visits(self) -> dict[str, tuple[Visit, ...]]:
        """The visits of each day, in the order of the flows table."""
        by_day: dict[str, list[Visit]] = {day: [] for day in DAY_CODES}
        for flow in self.flows.values():
            if flow.quantity <= 0:
                continue
            days = self.days_of(flow)
            for day in dict.fromkeys(days):
                by_day[day] += self._visits_of(flow, day, days.count(day))
        return {day: tuple(found) for day, found in by_day.items()}

    def visit_on(self, flow: Flow, day: str) -> Visit:
        """The visit of a flow on a day on which it has one."""
        return self._visits_of(flow, day, 1)[0]

    def _visits_of(self, flow: Flow, day: str, count: int) -> list[Visit]:
        row = self.scenario.rows(FLOWS.name)[flow.row]
        at_origin = meet(self.places[flow.origin].open_on(day), flow.ready, MIDNIGHT)
        at_destination = meet(self.places[flow.destination].open_on(day), 0, MIDNIGHT if flow.due is None else flow.due)
        timed = at_origin if self.window_at_origin(flow) else at_destination
        low = row.opens * 60 if row.opens is not None else 0
        high = row.closes * 60 if row.closes is not None else MIDNIGHT
        timed = meet(timed, low, high)
        if count > 1:
            fleet = [vehicle for vehicle in self.vehicles if vehicle.count > 0]
            first, last = min((v.opens for v in fleet), default=0), max((v.closes for v in fleet), default=MIDNIGHT)
            drive = max(0, self.quickest[self.index[flow.origin]][self.index[flow.destination]])
            if self.window_at_origin(flow):
                last = last if flow.due is None else min(last, flow.due - drive)
            elif flow.ready:
                first = max(first, flow.ready + drive)
            timed = meet(timed, first, last) or timed
        apart = between(row.visit_gap, timed, count)
        parts = parted(timed, count, apart) or parted(timed, count, 0) or [()] * count
        return [
            Visit(flow, day, rank, own, at_destination, apart) if self.window_at_origin(flow) else Visit(flow, day, rank, at_origin, own, apart)
            for rank, own in enumerate(parts if count > 1 else [timed], 1)
        ]

    @cached_property
    def visit(self) -> dict[tuple[str, str, int], Visit]:
        """Every visit of the week by (day, flow, rank)."""
        return {visit.key: visit for visits in self.visits.values() for visit in visits}

    # --- who may carry what ------------------------------------------------------------------------------

    def mode(self, vehicle: Vehicle, flow: Flow) -> str:
        """How a vehicle would move a flow: "deliver" or "collect" with one end at its depot, "carry" between two stops."""
        if vehicle.site == flow.origin:
            return "deliver"
        return "collect" if vehicle.site == flow.destination else "carry"

    def foreign(self, vehicle: Vehicle, flow: Flow) -> bool:
        """Whether a flow is of other depots only and the vehicle is not shared with them."""
        ends = {flow.origin, flow.destination}
        return not vehicle.shared and vehicle.site not in ends and bool(ends & self.depot_sites)

    def refusals(self, vehicle: Vehicle, flow: Flow) -> list[tuple[str, float, float]]:
        """Why a vehicle can never carry a flow, times aside: (rule, the flow's figure, the vehicle's)."""
        found: list[tuple[str, float, float]] = []
        if flow.lock is not None and flow.lock != vehicle.code:
            found.append(("lock", 0.0, 0.0))
        if self.foreign(vehicle, flow):
            found.append(("foreign", 0.0, 0.0))
        if flow.temperature not in vehicle.temperatures:
            found.append(("temperature", 0.0, 0.0))
        if flow.hygiene not in vehicle.hygiene:
            found.append(("hygiene", 0.0, 0.0))
        band = vehicle.bands.get(flow.temperature, vehicle.places)
        most = max(flow.places, flow.empty_places)
        if most > vehicle.places + 1e-9:
            found.append(("places", most, vehicle.places))
        elif flow.places > band + 1e-9:
            found.append(("band", flow.places, band))
        if max(flow.kg, flow.empty_kg) > vehicle.kg + 1e-9:
            found.append(("kg", max(flow.kg, flow.empty_kg), vehicle.kg))
        for site in (flow.origin, flow.destination):
            if site == vehicle.site:
                continue
            place = self.places[site]
            for rule in vehicle.refused_by(place):
                found.append((rule, vehicle.gvw if rule == "gvw" else 0.0, place.max_gvw if rule == "gvw" else 0.0))
        return found
