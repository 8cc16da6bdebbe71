"""A true lower bound on the yearly cost of any plan, made of parts that no plan can avoid.

The visits of a day fall into components: two visits are in one when some vehicle type can serve both. Vehicles
of two components are different ones, so their bounds add up. For one component and day, with the cheapest rate
of any vehicle that could be there (hour_cost, or overtime_cost where that is lower):

    running >= driving + (loading of every departure + handling + fixed minutes) in paid time

Driving is at least the largest of

* arcs: a site where every vehicle able to serve the visit must stop is entered and left at least once; half of
  its cheapest arc in and half of its cheapest arc out, from or to any other site of the day, are its own;
* load x way: with load l(a) <= Q on arc a, sum_a c(a) >= sum_a c(a) l(a) / Q = sum over all loads, empties
  too, of (quantity / Q) x way driven with it >= (quantity / Q) x cheapest path from where it is to where it goes;
* out and back: between two presences at its depot a vehicle delivers at most Q of what leaves that depot, so
  it drives at least sum_i (q_i / Q) (out_i + back_i), over visits that only the origin's own vehicles can
  serve; the same of collections.

Departures: at least one, and what only own vehicles can bring from their depot over the largest capacity.
Fixed cost: for each component the vehicles that the day's loads (trips x capacity) or paid time (duty plus
overtime) need, and never less than the cheapest vehicle able to serve its most demanding visit; the worst day
counts. Costs c(a) use euros for the running cost and seconds for the paid time.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import shortest_path

from planner.problems.routes.serve import Servers
from planner.problems.routes.week import DAY_CODES, Vehicle, Visit, Week
from planner.sites import WEEKS_PER_YEAR

Floats = NDArray[np.float64]


def bound(week: Week, servers: Servers) -> float:
    """Lower bound on the yearly cost (€, rounded down to the cent). Every visit must have a server."""
    weekly = fixed = 0.0
    for day in DAY_CODES:
        parts = [Component(week, servers, visits) for visits in components(week, servers, week.visits[day])]
        weekly += sum(part.running for part in parts)
        fixed = max(fixed, sum(part.fixed for part in parts))
    # the margin covers floating-point sums; rounded down
    return max(0.0, math.floor((weekly * week.scenario.value(WEEKS_PER_YEAR) + fixed) * (1 - 1e-9) * 100) / 100)


def components(week: Week, servers: Servers, visits: Sequence[Visit]) -> list[list[Visit]]:
    """A day's visits in groups that no vehicle type can serve across."""
    groups: list[tuple[set[str], list[Visit]]] = []
    for visit in visits:
        codes, members = set(servers.servers(visit)), [visit]
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
    """Visits of one day that share vehicles. `running`: € of the day at least; `fixed`: € a year at least."""

    def __init__(self, week: Week, servers: Servers, visits: Sequence[Visit]) -> None:
        self.week, self.visits = week, visits
        self.servers = {visit.key: servers.servers(visit) for visit in visits}
        able = sorted({code for modes in self.servers.values() for code in modes})
        self.fleet = [week.vehicle[code] for code in able]
        self.stops = self._stops()
        known = week.times >= 0
        times = np.where(known, week.times, np.inf).astype(np.float64)
        euros = {v.code: np.where(known, week.metres / 1000 * v.km_cost + week.times * hour_rate(v), np.inf) for v in self.fleet}
        departures = self._departures() * min(v.reload for v in self.fleet)
        busy = departures + self._busy()
        self.running = self._driving(euros) + busy * min(hour_rate(v) for v in self.fleet)
        self.seconds = self._driving({v.code: times for v in self.fleet}) + busy
        self.fixed = self._fixed()

    def _modes(self, visit: Visit) -> set[str]:
        return set(self.servers[visit.key].values())

    def _stops(self) -> dict[str, set[str]]:
        """Sites where whoever serves some visit must stop, each with the vehicle types that may stop there."""
        ends = [(visit, site) for visit in self.visits for site in (visit.flow.origin, visit.flow.destination)]
        sure = {site for visit, site in ends if all(self.week.vehicle[code].site != site for code in self.servers[visit.key])}
        found: dict[str, set[str]] = {site: set() for site in sorted(sure)}
        for visit, site in ends:
            if site in sure:
                found[site] |= set(self.servers[visit.key])
        return found

    def _busy(self) -> int:
        """Seconds of handling (at the depot there is none but the loading time) and of fixed minutes, once per site."""
        busy = sum(self.week.places[site].stop for site in self.stops)
        for visit in self.visits:
            ends = 2 if self._modes(visit) == {"carry"} else 1
            busy += ends * (visit.flow.handle + visit.flow.handle_empty)
        return busy

    def _departures(self) -> int:
        most = max(v.places for v in self.fleet)
        load = sum(self._from_depot(visit) for visit in self.visits)
        return max(1, math.ceil(load / most - 1e-9)) if most > 0 else 1

    def _from_depot(self, visit: Visit) -> float:
        """Places of a visit that can only be loaded at a departure."""
        modes = self._modes(visit)
        return visit.flow.places if modes == {"deliver"} else visit.flow.empty_places if modes == {"collect"} else 0.0

    def _driving(self, cost: Mapping[str, Floats]) -> float:
        """Least driving of the day, in the unit of `cost` (per vehicle type, (n, n), inf where there is no way)."""
        least = max(self._by_arcs(cost), *self._by_paths({code: _closure(c) for code, c in cost.items()}))
        return least if math.isfinite(least) else 0.0

    def _by_arcs(self, cost: Mapping[str, Floats]) -> float:
        places = {s for v in self.visits for s in (v.flow.origin, v.flow.destination)} | {v.site for v in self.fleet}
        total = 0.0
        for site, codes in self.stops.items():
            i = self.week.index[site]
            others = [self.week.index[s] for s in places if s != site]
            total += min(float(cost[c][others, i].min()) for c in codes) / 2 + min(float(cost[c][i, others].min()) for c in codes) / 2
        return total

    def _by_paths(self, path: Mapping[str, Floats]) -> tuple[float, float, float]:
        one_way = out = home = 0.0
        for visit in self.visits:
            flow = visit.flow
            o, d = self.week.index[flow.origin], self.week.index[flow.destination]
            able = [self.week.vehicle[code] for code in self.servers[visit.key]]
            if any(v.places <= 0 for v in able):
                continue
            one_way += min(float(path[v.code][o, d] * flow.places + path[v.code][d, o] * flow.empty_places) / v.places for v in able)
            both = min(float(path[v.code][o, d] + path[v.code][d, o]) * flow.places / v.places for v in able)
            modes = self._modes(visit)
            out += both if modes == {"deliver"} else 0.0
            home += both if modes == {"collect"} else 0.0
        return one_way, out, home

    def _fixed(self) -> float:
        least = _cover(self.seconds, [(float(v.duty + v.overtime), v.fixed_cost) for v in self.fleet])
        load: dict[tuple[str, ...], float] = defaultdict(float)
        for visit in self.visits:
            able = sorted(self.servers[visit.key])
            least = max(least, min(self.week.vehicle[code].fixed_cost for code in able))
            load[tuple(able)] += self._from_depot(visit)
        for codes, places in load.items():
            fleet = [self.week.vehicle[code] for code in codes]
            least = max(least, _cover(places, [(v.max_trips * v.places, v.fixed_cost) for v in fleet]))
        return least


def _closure(arcs: Floats) -> Floats:
    """Cheapest paths between all sites: no vehicle can do better by any detour."""
    filled = np.where(np.isfinite(arcs), arcs + 1e-12, 0.0)  # zero means no edge; a hair keeps free trips as edges
    return np.maximum(np.asarray(shortest_path(filled, method="D")) - 1e-9, 0.0)


def _cover(need: float, kinds: Sequence[tuple[float, float]]) -> float:
    """Least cost of vehicles that together reach `need`; each kind is (reach, cost). At least one, or the linear price."""
    useful = [(reach, cost) for reach, cost in kinds if reach > 0]
    if need <= 0 or not useful:
        return 0.0
    number = math.ceil(need / max(reach for reach, _ in useful) - 1e-9)
    return max(number * min(cost for _, cost in useful), need * min(cost / reach for reach, cost in useful))
