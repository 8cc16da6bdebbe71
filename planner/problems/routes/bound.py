"""A simple lower bound on the yearly cost of any plan, made of parts that no plan can avoid; `columns` says more, in more time.

A visit is one load, its full units, or two: its empties may go back in another trip and another vehicle. The week
falls into parts that share no vehicle on any day; within a part the worst day's vehicles are paid. The
full loads of a day of a part fall into components: two are in one when some vehicle type can carry both. Vehicles of two
components are different ones, so their bounds add up. Empties belong to a component when only its vehicles can
take them; of others only the handling counts, at the cheapest rate of any that may. Or the components are made of
full and empty loads alike: fewer, but with every way driven; the better bound of the two is taken. For one component and day, with the cheapest rate
of any vehicle that could be there (hour_cost, or overtime_cost where that is lower):

    running >= driving + (loading of every departure + handling + fixed minutes) in paid time

Driving is at least the largest of

* arcs: a site where every vehicle able to carry the load must stop is entered and left at least once by each group of
  vehicle types that share a load there; half of its cheapest arc in and half of its cheapest arc out, from or to any other
  site of the day, are its own;
* load x way: with load l(a) <= Q on arc a, sum_a c(a) >= sum_a c(a) l(a) / Q = sum over all loads, empties
  too, of (quantity / Q) x way driven with it >= (quantity / Q) x cheapest path from where it is to where it goes;
* out and back: between two presences at its depot a vehicle delivers at most Q of what leaves that depot, so
  it drives at least sum_i (q_i / Q) (out_i + back_i), over loads that only the origin's own vehicles can
  carry; the same of collections.

Departures: at least one, and what only own vehicles can bring from their depot over the largest capacity.
Fixed cost: for each component the vehicles that the paid time needs (duty plus overtime), or the sum, over sets of
vehicle types that have none in common, of those that the loads of a set need (trips x capacity, starts of service
within one window, one vehicle at least); the worst day counts. Of a vehicle that two shifts share each type bears its part.
Breaks only add to paid time, and drivers paid by the year cost nothing by the hour: the bound stays true. Costs c(a) use euros for the running cost and seconds for the paid time.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.problems.routes.serve import Servers
from planner.problems.routes.tables import VEHICLE_LINES as LINES
from planner.problems.routes.week import DAY_CODES, Flow, Vehicle, Visit, Week, Windows
from planner.sites import WEEKS_PER_YEAR

Floats = NDArray[np.float64]
SMALL = 1e-6  # the slack of the audit on places and kilograms


@dataclass(frozen=True)
class Load:
    """What a visit moves one way, full or empty; `able`: who can carry it at all, with how (see `Week.mode`)."""

    origin: str
    destination: str
    places: float
    handle: int  # seconds at each end away from the carrier's depot
    able: Mapping[str, str]
    start: Windows = ()  # when service may start at the origin
    end: Windows = ()  # and at the destination

    @property
    def modes(self) -> set[str]:
        return set(self.able.values())

    @property
    def seconds(self) -> int:
        """Handling that no carrier is spared: at its own depot there is none but the loading time."""
        return (2 if self.modes == {"carry"} else 1) * self.handle


def full_load(servers: Servers, visit: Visit) -> Load:
    """The full units of a visit, carried by whoever could serve it without its empties."""
    flow = visit.flow
    bare = replace(flow, empties=0.0, empty_places=0.0, empty_kg=0.0, handle_empty=0)
    return Load(flow.origin, flow.destination, flow.places, flow.handle, servers.servers(replace(visit, flow=bare)), visit.at_origin, visit.at_destination)


def empty_load(week: Week, visit: Visit) -> Load:
    """The empties of a visit, which any vehicle may bring back, in a trip of its own, whatever its temperatures and classes."""
    flow = visit.flow
    back = replace(flow, origin=flow.destination, destination=flow.origin)
    able = {vehicle.code: week.mode(vehicle, back) for vehicle in week.vehicles if vehicle.count > 0 and _takes(week, vehicle, flow)}
    return Load(back.origin, back.destination, flow.empty_places, flow.handle_empty, able)


def _takes(week: Week, vehicle: Vehicle, flow: Flow) -> bool:
    """Whether sharing, access and size let a vehicle carry the empties of a flow."""
    if week.foreign(vehicle, flow) or flow.empty_places > vehicle.places + SMALL or flow.empty_kg > vehicle.kg + SMALL:
        return False
    return not any(vehicle.refused_by(week.places[site]) for site in (flow.origin, flow.destination) if site != vehicle.site)


@dataclass(frozen=True)
class Part:
    """Loads of the week that share no vehicle with the others: by day, full and empty ones with the visit they are of."""

    full: Mapping[str, Sequence[tuple[Visit, Load]]]
    empty: Mapping[str, Sequence[tuple[Visit, Load]]]


def parts(week: Week) -> list[Part]:
    """The week's loads in parts whose vehicles are different ones on all days, so that their bounds add up."""
    servers = Servers(week)  # its own: it is asked of flows without their empties
    loads = [(day, visit, full_load(servers, visit), True) for day in DAY_CODES for visit in week.visits[day]]
    loads += [(day, visit, empty_load(week, visit), False) for day in DAY_CODES for visit in week.visits[day] if visit.flow.empties > 0]
    made = []
    for members in components([load for _, _, load, _ in loads]):
        own = {id(load) for load in members}
        full, empty = ({day: [(v, load) for d, v, load, whole in loads if whole == kind and d == day and id(load) in own] for day in DAY_CODES} for kind in (True, False))
        made.append(Part(full, empty))
    return made


def bound(week: Week) -> float:
    """Lower bound on the yearly cost (€, rounded down to the cent). Every visit must have a server."""
    return rounded(week, sum(least(week, part) for part in parts(week)))


def least(week: Week, part: Part) -> float:
    """The bound (€ a year, not rounded) of a part of the week."""
    return max(_least(week, part, joined) for joined in (False, True))


def rounded(week: Week, exact: float) -> float:
    """What of a bound is sure once cost lines are rounded to the cent, half a cent down at most; with a margin for floating-point sums."""
    lines = len(LINES) - (2 if any(v.co2_price for v in week.vehicles) else 3)  # those of drivers by the year are not in the bound
    return max(0.0, math.floor((exact * (1 - 1e-9) - 0.005 * lines * len(week.vehicles)) * 100) / 100)


def _least(week: Week, part: Part, joined: bool) -> float:
    """The bound (€ a year) with components of full loads, or (`joined`) of full and empty loads alike."""
    weekly = fixed = 0.0
    for day in DAY_CODES:
        full = [load for _, load in part.full[day]]
        empty = [load for _, load in part.empty[day]]
        groups = components(full + empty) if joined else components(full)
        for load in () if joined else empty:
            own = next((group for group in groups if load.able.keys() <= {code for other in group for code in other.able}), None)
            if own is not None:
                own.append(load)
            else:  # anyone's: nothing is sure but the handling
                weekly += load.seconds * min(hour_rate(week.vehicle[code]) for code in load.able)
        sites = {site for load in full for site in (load.origin, load.destination)} | week.elsewhere
        priced = [Component(week, group, sites) for group in groups]
        weekly += sum(group.running for group in priced)
        fixed = max(fixed, sum(group.fixed for group in priced))
    return weekly * week.scenario.value(WEEKS_PER_YEAR) + fixed


def components(loads: Sequence[Load]) -> list[list[Load]]:
    """A day's loads in groups that no vehicle type can carry across."""
    groups: list[tuple[set[str], list[Load]]] = []
    for load in loads:
        codes, members = set(load.able), [load]
        apart = []
        for other in groups:
            if other[0] & codes:
                codes |= other[0]
                members = other[1] + members
            else:
                apart.append(other)
        groups = [*apart, (codes, members)]
    return [members for _, members in groups]


def hour_rate(vehicle: Vehicle) -> float:
    """€ per second that any paid second costs at least."""
    rate = min(vehicle.hour_cost, vehicle.overtime_cost) if vehicle.overtime else vehicle.hour_cost
    return rate / 3600


class Component:
    """Loads of one day that share vehicles. `running`: € of the day at least; `fixed`: € a year at least.

    `sites`: every site where these vehicles may come by, for empties or for flows left out of the week.
    """

    def __init__(self, week: Week, loads: Sequence[Load], sites: set[str]) -> None:
        self.week, self.loads, self.sites = week, loads, sites
        self.fleet = [week.vehicle[code] for code in sorted({code for load in loads for code in load.able})]
        self.stops = self._stops()
        known = week.times >= 0
        times = np.where(known, week.times, np.inf).astype(np.float64)
        euros = {v.code: np.where(known, week.metres / 1000 * v.km_rate + week.times * hour_rate(v), np.inf) for v in self.fleet}
        departures = self._departures() * min(v.reload for v in self.fleet)
        busy = departures + self._busy()
        self.running = self._driving(euros) + busy * min(hour_rate(v) for v in self.fleet)
        self.seconds = self._driving({v.code: times for v in self.fleet}) + busy
        self.fixed = self._fixed()

    def _stops(self) -> list[tuple[str, set[str]]]:
        """Stops no plan can avoid: sites where whoever carries some load must stop, once for every group of vehicle types
        that share a load there, with these types.
        """
        sure: dict[str, list[Load]] = defaultdict(list)
        for load in self.loads:
            for site in {load.origin, load.destination}:
                if all(self.week.vehicle[code].site != site for code in load.able):
                    sure[site].append(load)
        return [(site, {code for load in group for code in load.able}) for site, loads in sorted(sure.items()) for group in components(loads)]

    def _busy(self) -> int:
        """Seconds of handling, and of the fixed minutes of stops."""
        return sum(self.week.places[site].stop for site, _ in self.stops) + sum(load.seconds for load in self.loads)

    def _departures(self) -> int:
        most = max(v.places for v in self.fleet)
        load = sum(self._from_depot(load) for load in self.loads)
        return max(1, math.ceil(load / most - 1e-9)) if most > 0 else 1

    def _from_depot(self, load: Load) -> float:
        """Places of a load that can only be loaded at a departure."""
        return load.places if load.modes == {"deliver"} else 0.0

    def _driving(self, cost: Mapping[str, Floats]) -> float:
        """Least driving of the day, in the unit of `cost` (per vehicle type, (n, n), inf where there is no way)."""
        least = max(self._by_arcs(cost), *self._by_paths({code: _closure(c) for code, c in cost.items()}))
        return least if math.isfinite(least) else 0.0

    def _by_arcs(self, cost: Mapping[str, Floats]) -> float:
        places = self.sites | {v.site for v in self.fleet}
        total = 0.0
        for site, codes in self.stops:
            i = self.week.index[site]
            others = [self.week.index[s] for s in places if s != site]
            total += min(float(cost[c][others, i].min()) for c in codes) / 2 + min(float(cost[c][i, others].min()) for c in codes) / 2
        return total

    def _by_paths(self, path: Mapping[str, Floats]) -> tuple[float, float, float]:
        one_way = out = home = 0.0
        for load in self.loads:
            o, d = self.week.index[load.origin], self.week.index[load.destination]
            able = [self.week.vehicle[code] for code in load.able]
            if any(v.places <= 0 for v in able):
                continue
            one_way += min(float(path[v.code][o, d]) * load.places / v.places for v in able)
            both = min(float(path[v.code][o, d] + path[v.code][d, o]) * load.places / v.places for v in able)
            out += both if load.modes == {"deliver"} else 0.0
            home += both if load.modes == {"collect"} else 0.0
        return one_way, out, home

    def _fixed(self) -> float:
        """€ a year of vehicles: what the whole paid time needs, or the needs of loads whose vehicle types are apart."""
        least = _cover(self.seconds, [(float(v.longest), v.fixed_share) for v in self.fleet])
        alike: dict[frozenset[str], list[Load]] = defaultdict(list)
        for load in self.loads:
            alike[frozenset(load.able)].append(load)
        needs = {codes: self._need(codes, [load for other, loads in alike.items() if other <= codes for load in loads]) for codes in alike}
        for order in (sorted(needs, key=lambda codes: (len(codes), sorted(codes))), sorted(needs, key=lambda codes: (-needs[codes], sorted(codes)))):
            taken: set[str] = set()
            total = 0.0
            for codes in order:
                if not taken & codes:
                    taken |= codes
                    total += needs[codes]
            least = max(least, total)
        return least

    @property
    def vehicles(self) -> int:
        """Vehicles that these loads need at least: for their paid time, for what leaves a depot, within one window; one."""
        longest, filled = max(v.longest for v in self.fleet), max(v.max_trips * v.places for v in self.fleet)
        work = math.ceil(self.seconds / longest - 1e-9) if longest > 0 else 1
        full = math.ceil(sum(self._from_depot(load) for load in self.loads) / filled - 1e-9) if filled > 0 else 1
        return max(1, work, full, self._at_once(self.loads))

    def _need(self, codes: frozenset[str], loads: Sequence[Load]) -> float:
        """€ a year of the vehicles of these types that loads which no others can carry need: one at least, as many as what
        leaves their depot fills, as many as must be at different sites within one window.
        """
        fleet = [self.week.vehicle[code] for code in codes]
        cheapest = min(v.fixed_share for v in fleet)
        full = _cover(sum(self._from_depot(load) for load in loads), [(v.max_trips * v.places, v.fixed_share) for v in fleet])
        return max(cheapest, full, cheapest * self._at_once(loads))

    def _at_once(self, loads: Sequence[Load]) -> int:
        """Vehicles at least, since one starts at most 1 + length / gap services at different sites in a window of that length.

        The gap is the least time from one start to the next: handling, fixed minutes and the quickest way.
        """
        due: list[tuple[int, int, str, int]] = []  # opens, closes, site, handling
        for load in loads:
            for site, windows in ((load.origin, load.start), (load.destination, load.end)):
                if windows and all(self.week.vehicle[code].site != site for code in load.able):
                    due.append((windows[0][0], windows[-1][1], site, load.handle))
        most = 0
        for opens in {one[0] for one in due}:
            for closes in {one[1] for one in due}:
                inside = [one for one in due if opens <= one[0] and one[1] <= closes]
                sites = sorted({one[2] for one in inside})
                if len(sites) <= most:
                    continue
                shortest = min(one[3] for one in inside)
                gap = min((self.week.places[a].stop + self.week.quickest[self.week.index[a]][self.week.index[b]] for a in sites for b in sites if a != b), default=0) + shortest
                if gap > 0:
                    most = max(most, math.ceil(len(sites) / (1 + (closes - opens) // gap)))
        return most


def _closure(arcs: Floats) -> Floats:
    """Cheapest paths between all sites: no vehicle can do better by any detour."""
    best = arcs.copy()
    np.fill_diagonal(best, 0.0)
    for middle in range(len(best)):
        best = np.minimum(best, best[:, middle : middle + 1] + best[middle : middle + 1, :])
    return np.maximum(best - 1e-9, 0.0)


def _cover(need: float, kinds: Sequence[tuple[float, float]]) -> float:
    """Least cost of vehicles that together reach `need`; each kind is (reach, cost). At least one, or the linear price."""
    useful = [(reach, cost) for reach, cost in kinds if reach > 0]
    if need <= 0 or not useful:
        return 0.0
    number = math.ceil(need / max(reach for reach, _ in useful) - 1e-9)
    return max(number * min(cost for _, cost in useful), need * min(cost / reach for reach, cost in useful))
