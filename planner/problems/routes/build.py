"""From a day's visits to the arrays of the routing engine, and from its routes back to stops.

Modelling choices (each keeps every rule; some leave out plans that would be allowed):

* A visit is a *job* when a vehicle based at one of its ends can serve it: delivered from that depot (empties
  taken back at the same stop) or collected to it. If no such vehicle can, it is a *shipment* between two stops,
  open to the others, and its empties are a shipment the other way.
* Visits of one site with the same windows, class and possible vehicles are one job as long as they stay under
  half of the smallest of these vehicles.
* The site's fixed minutes are on the arcs that leave it, so that consecutive jobs at one site count them once.
* A longest time on board becomes windows: a delivery may be served in slots, each with a loading time before
  which its trip may not begin and a closing time `limit` after that departure; what is collected with a limit
  is a shipment picked up from P on and delivered by P + limit.
* What is ready at its depot from some hour on has a loading time before which its trip may not begin; what is collected for a
  depot that takes it until some hour is a shipment to a stop there.
* Shipments have one window at each end: the pair that leaves most time for the pickup.
* A visit that may go straight (`Week.straight`, without empties) is a job also, or only, of the vehicles based elsewhere: a location that is entered at
  its origin and left at its destination, with nothing between, in every pair of windows. Its load counts from the trip's start.
* Visits with accepted routes are only put together where these have them at the same stop, and their jobs have a
  location of their own, so that a price can be put on the way there.
* Hours in which a vehicle may not be at a site cut the windows of a job for such vehicles, which are an alternative of
  their own; a window after these hours has a loading time before which its trip may not begin, so that nobody waits on
  site for their end. A shipment is only open to vehicles free of such hours where there are any.
* A visit that may be skipped has a prize as large as its price and is never put together with others; carried between two
  stops with empties to bring back, it is served wherever some vehicle can.
* Classes: a location exists once per class and use, and arcs between classes are barred so that no trip can break a rule
  (see `classes.follows`). Where a class asks for disinfection, a depot exists more than once for reloading: after each class
  that soils, without and with disinfection (longer, at its price), the way from the former to what must not follow barred.
* Each shift of a vehicle is planned by itself: a later one loads, at the earliest, when the vehicle, had the earlier one come back at
  its very end with whatever soils most, would be disinfected. Which vehicles then need it is settled by their numbers (`numbers`).
* A paid break of work shortens the longest duty; breaks are otherwise unknown to the search, whose routes are judged
  with them afterwards (`judging`).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from planner.problems.routes.accepted import Home
from planner.problems.routes.amounts import KG, PLACES, whole, without_idle_weight
from planner.problems.routes.classes import CLASSES, Pair, follows
from planner.problems.routes.held import Held, outline
from planner.problems.routes.pairs import best_pair, straight
from planner.problems.routes.serve import Servers
from planner.problems.routes.stops import Move, Route, Stop, Trip, on_day
from planner.problems.routes.week import BANDS, Vehicle, Visit, Week, Window, Windows
from planner.problems.routes.zones import outside
from planner.solvers.routing import Act, DayData, DepotData, FleetData, JobData, RouteData, ShipmentData, VisitData

MICRO = 1_000_000  # costs in millionths of a euro
MERGE_SHARE = 0.5
MOST_SLOTS = 24
Way = tuple[str, frozenset[int], Windows]  # a mode, the vehicles that may move a visit so, when they may not be at its stop

@dataclass
class DayModel:
    """The engine's data for one day and what its jobs and shipments stand for.

    `job_stops`: per job and alternative, the stop (the two stops of what goes straight between them) and the trip's earliest loading;
    `shipment_stops`: pickup and delivery stop; `visits_of_job`, `visits_of_shipment`: what is not served when they are left out;
    `homes_of_job`, `homes_of_shipment`: what the accepted routes say of their full units, if anything;
    `times`: how often the day occurs in a week.
    """

    data: DayData
    fleet: tuple[Vehicle, ...]
    times: int
    job_stops: list[list[tuple[tuple[Stop, ...], int]]] = field(default_factory=list)
    shipment_stops: list[tuple[Stop, Stop]] = field(default_factory=list)
    visits_of_job: list[tuple[Visit, ...]] = field(default_factory=list)
    visits_of_shipment: list[Visit] = field(default_factory=list)
    homes_of_job: list[Home | None] = field(default_factory=list)
    homes_of_shipment: list[Home | None] = field(default_factory=list)

    def routes(self, found: Sequence[RouteData], day: str) -> list[Route]:
        """The engine's routes as routes of that day, vehicles numbered from 1 within their type."""
        made: list[Route] = []
        numbers: dict[str, int] = defaultdict(int)
        for route in found:
            vehicle = self.fleet[route.vehicle]
            numbers[vehicle.code] += 1
            made.append(Route(day, vehicle.code, numbers[vehicle.code], tuple(self._trip(trip, day) for trip in route.trips)))
        return made

    def _trip(self, acts: Sequence[Act], day: str) -> Trip:
        stops: list[Stop] = []
        release = 0
        for act in acts:
            made, earliest = self.stops(act)
            release = max(release, earliest)
            for stop in (on_day(one, day) for one in made):
                if stops and stops[-1].site == stop.site and stops[-1].windows == stop.windows:
                    stops[-1] = Stop(stop.site, stops[-1].moves + stop.moves, stop.windows, stops[-1].rest and stop.rest)
                else:
                    stops.append(stop)
        return Trip(tuple(stops), release)

    def stops(self, act: Act) -> tuple[tuple[Stop, ...], int]:
        """The stops of an act, and the earliest loading of its trip."""
        if act.kind == "job":
            return self.job_stops[act.index][act.alternative]
        return (self.shipment_stops[act.index][0 if act.kind == "pickup" else 1],), 0


def signature(week: Week, day: str, held: Held | None = None) -> tuple[object, ...]:
    """Equal for two days exactly when they are the same routing problem."""
    kept = () if held is None else tuple((route.vehicle, outline(route)) for route in held.on(day))
    visits = tuple(
        (v.flow.code, v.rank, v.at_origin, v.at_destination, week.places[v.flow.origin].open_on(day), week.places[v.flow.destination].open_on(day),
         week.accepted.homes.get(v.key), v.key in week.straight, v.key in week.carried)
        for v in week.visits[day]
    )  # fmt: skip
    return visits, week.zones.on(day), kept


def build(week: Week, servers: Servers, day: str, times: int, held: Held | None = None) -> DayModel:
    """The engine's data of a day that occurs `times` times a week. Every visit that may not be skipped must have a server.

    `held`: routes kept as they are; what they carry is left out, and their vehicles are out.
    """
    return _Builder(week, servers, day, times, held or Held(week)).model()


class _Builder:
    def __init__(self, week: Week, servers: Servers, day: str, times: int, held: Held) -> None:
        self.week, self.servers, self.day, self.times = week, servers, day, times
        self.visits = [visit for visit in week.visits[day] if visit.key not in held.visits]
        self.out = held.out(day)
        self.fleet = tuple(vehicle for vehicle in week.vehicles if vehicle.count > 0)
        self.code = {vehicle.code: v for v, vehicle in enumerate(self.fleet)}
        self.classes = week.classes
        self.homes = week.accepted.homes
        self.locations: dict[tuple[tuple[str, str], tuple[str, str], frozenset[int], int], int] = {}  # entered and left where, uses, vehicles, own number
        self.depots: list[str] = sorted({vehicle.depot for vehicle in self.fleet})
        depot_site = {vehicle.depot: vehicle.site for vehicle in self.fleet}
        self.depot_sites = [depot_site[depot] for depot in self.depots]
        self.copies = self._copies()
        self.bands = [b for b in BANDS if any(b in v.bands and v.bands[b] < v.places - 1e-9 for v in self.fleet)]

    def model(self) -> DayModel:
        jobs: list[JobData] = []
        shipments: list[ShipmentData] = []
        model = DayModel(None, self.fleet, self.times)  # type: ignore[arg-type]
        merged: dict[tuple[str, str, tuple[Way, ...], Windows, int | None, int, str, Home | None, tuple[str, int] | None], list[Visit]] = defaultdict(list)
        for visit in self.visits:
            by_mode: dict[str, set[int]] = defaultdict(set)
            for code, mode in self.servers.servers(visit).items():
                by_mode[mode].add(self.code[code])
            if visit.flow.skip_cost is not None and not by_mode:
                continue
            home = frozenset(by_mode["collect"])
            bounded = visit.flow.limit is not None or visit.flow.due is not None
            if bounded and home and not by_mode["deliver"] and visit.at_destination:
                # carried to a stop at the own depot, which keeps the time on board and the hour; empties are loaded there as for any delivery
                by_mode["carry"] = set(home) if visit.flow.empties > 0 else by_mode["carry"] | home
                del by_mode["collect"]
            modes = [mode for mode in ("deliver", "collect") if by_mode[mode]]
            if modes == ["deliver", "collect"] and bounded:
                modes = ["deliver"]
            if visit.key in self.week.straight and self._straight(visit, frozenset(by_mode["carry"]), len(jobs)):
                own = [way for mode in modes for way in self._ways(visit, mode, by_mode[mode])]
                self._job([visit], [*own, ("carry", frozenset(by_mode["carry"]), ())], jobs, model)
            elif not modes or (visit.key in self.week.carried and by_mode["carry"]):
                self._ship(visit, frozenset(by_mode["carry"]), bool(home) and not modes, jobs, shipments, model)
            elif len(modes) == 2:
                self._job([visit], [way for mode in modes for way in self._ways(visit, mode, by_mode[mode])], jobs, model)
            else:
                mode = modes[0]
                ways = self._ways(visit, mode, by_mode[mode])
                windows = visit.at_destination if mode == "deliver" else visit.at_origin
                site = visit.flow.destination if mode == "deliver" else visit.flow.origin
                hygiene = "" if self.classes.free else visit.flow.hygiene
                ready = visit.flow.ready if mode == "deliver" else 0
                merged[mode, site, ways, windows, visit.flow.limit, ready, hygiene, self.homes.get(visit.key), None if visit.flow.skip_cost is None else (visit.flow.code, visit.rank)].append(visit)
        for (_, _, ways, *_), visits in merged.items():
            alone = all(barred for _, _, barred in ways)  # the longer a stop, the less of its windows is left
            for group in [[visit] for visit in visits] if alone else self._bundles(visits, frozenset[int]().union(*(mask for _, mask, _ in ways))):
                self._job(group, ways, jobs, model)
        model.data = self._data(jobs, shipments)
        return model

    def _copies(self) -> list[tuple[int, str, Pair | None]]:
        """Depots once more, for reloading: depot, the class that the trip before ends with ("" for those that soil nothing), disinfection."""
        carried = {visit.flow.hygiene for visit in self.visits}
        soiling = [a for a in CLASSES if any((a, b) in self.classes.taints for b in carried)]
        if not soiling or not any(self.classes.soils(a, b) for a in carried for b in carried):
            return []
        made: list[tuple[int, str, Pair | None]] = []
        for depot in range(len(self.depots)):
            made += [(depot, "", None), *((depot, a, None) for a in soiling)]
            for a in soiling:
                pairs = [self.classes.pair(x, b) for x in CLASSES for b in CLASSES if self.classes.soils(x, b)]
                made.append((depot, a, Pair("disinfect", max(p.seconds for p in pairs), max(p.cost for p in pairs))))
        return made

    # --- jobs --------------------------------------------------------------------------------------------

    def _ways(self, visit: Visit, mode: str, mask: Iterable[int]) -> tuple[Way, ...]:
        """How vehicles move a visit, those barred from its stop at other hours apart."""
        site = visit.flow.destination if mode == "deliver" else visit.flow.origin
        groups: dict[Windows, set[int]] = defaultdict(set)
        for v in sorted(mask):
            groups[self.week.barred(self.fleet[v], site, self.day)].add(v)
        return tuple((mode, frozenset(those), barred) for barred, those in groups.items())

    def _bundles(self, visits: Sequence[Visit], mask: frozenset[int]) -> list[list[Visit]]:
        """Visits put together as long as they stay under a share of the smallest vehicle."""
        fleet = [self.fleet[v] for v in mask]
        most = np.array([min(v.places for v in fleet), min(v.kg for v in fleet), *(min(v.bands.get(b, v.places) for v in fleet) for b in self.bands)])
        bundles: list[tuple[np.ndarray, list[Visit]]] = []
        for visit in visits:
            flow = visit.flow
            load = np.array([max(flow.places, flow.empty_places), max(flow.kg, flow.empty_kg), *(flow.places * (flow.temperature == b) for b in self.bands)])
            for total, members in bundles:
                if (total + load <= MERGE_SHARE * most).all():
                    total += load
                    members.append(visit)
                    break
            else:
                bundles.append((load, [visit]))
        return [members for _, members in bundles]

    def _job(self, visits: list[Visit], ways: Sequence[Way], jobs: list[JobData], model: DayModel) -> None:
        alternatives: list[VisitData] = []
        stops: list[tuple[tuple[Stop, ...], int]] = []
        home = self.homes.get(visits[0].key)
        own = 0 if home is None else 1 + len(jobs)
        for mode, mask, barred in ways:
            first = visits[0]
            if mode == "carry":
                for visit_data, ends in self._straight(first, mask, len(jobs)):
                    alternatives.append(visit_data)
                    stops.append((ends, 0))
                continue
            site = first.flow.destination if mode == "deliver" else first.flow.origin
            windows = first.at_destination if mode == "deliver" else first.at_origin
            moves = [Move(visit, mode) for visit in visits]
            moves += [Move(visit, "take_back" if mode == "deliver" else "give_back") for visit in visits if visit.flow.empties > 0]
            full = self._amount(visits, full=True)
            empty = self._amount(visits, full=False)
            delivery, pickup = (full, empty) if mode == "deliver" else (empty, full)
            location = self._location(site, first.flow.hygiene[0] + mode[0], mask, own)
            service = sum(visit.flow.handle + visit.flow.handle_empty for visit in visits)
            limit = first.flow.limit if mode == "deliver" else None
            free = outside(windows, barred, service + self.week.places[site].stop)
            for window, release in self._slots(site, free, limit, mask, first.flow.ready if mode == "deliver" else 0):
                release = max(release, self._release(site, window, barred, mask))
                alternatives.append(VisitData(location, delivery, pickup, service, window[0], window[1], release))
                stops.append(((Stop(site, tuple(moves), windows if limit is None else (window,)),), release))
        jobs.append(JobData(tuple(alternatives), self._prize(visits[0])))
        model.job_stops.append(stops)
        model.visits_of_job.append(tuple(visits))
        model.homes_of_job.append(home)

    def _straight(self, visit: Visit, mask: frozenset[int], job: int) -> list[tuple[VisitData, tuple[Stop, Stop]]]:
        """The ways in which a visit goes straight from its origin to its destination, none where it cannot."""
        flow, week = visit.flow, self.week
        drive = week.way(flow.origin, flow.destination)
        if drive is None or not mask or flow.empties > 0 or flow.origin == flow.destination:
            return []
        mask = self._unbarred(visit, mask)
        at_start, at_end = (self._clear(site, windows, flow.handle, mask) for site, windows in ((flow.origin, visit.at_origin), (flow.destination, visit.at_destination)))
        load, bounded = self._amount([visit], full=True), flow.limit is not None
        # a location of its own: from one such visit to the next between the same sites there is the way back
        location = self._location((flow.origin, flow.destination), mask=mask, uses=(flow.hygiene[0] + "p", flow.hygiene[0] + "u"), own=1 + job)
        return [
            (VisitData(location, load, (0,) * len(load), way.until + flow.handle, *way.loading),
             (Stop(flow.origin, (Move(visit, "collect"),), (way.loading,) if bounded else at_start, not bounded),
              Stop(flow.destination, (Move(visit, "deliver"),), at_end, not bounded)))
            for way in straight(at_start, at_end, flow.handle, week.places[flow.origin].stop, drive, flow.limit)
        ]  # fmt: skip

    def _unbarred(self, visit: Visit, mask: frozenset[int]) -> frozenset[int]:
        """The vehicles that may be at both ends at any hour, all where there is none."""
        return frozenset(v for v in mask if not any(self.week.barred(self.fleet[v], site, self.day) for site in (visit.flow.origin, visit.flow.destination))) or mask

    def _prize(self, visit: Visit) -> int | None:
        """What skipping the visit costs on all days like this one, None where it must be made."""
        return None if visit.flow.skip_cost is None else round(self.times * MICRO * visit.flow.skip_cost)

    def _release(self, site: str, window: Window, barred: Windows, mask: frozenset[int]) -> int:
        """Loading of a trip before which some vehicle would come to a site within barred hours that a window follows."""
        before = max((closes for _, closes in barred if closes <= window[0]), default=0)
        quickest = min(v.reload + max(0, self.week.quickest[self.week.index[v.site]][self.week.index[site]]) for v in (self.fleet[i] for i in mask))
        return max(0, before - quickest)

    def _slots(self, site: str, windows: Windows, limit: int | None, mask: frozenset[int], ready: int) -> list[tuple[Window, int]]:
        """When a job may start, each with the earliest loading of its trip: the windows, or slots that keep the time on board."""
        if limit is None:
            return [(window, ready) for window in windows]
        fleet = [self.fleet[v] for v in sorted(mask)]
        reload = min(vehicle.reload for vehicle in fleet)
        drive = min(self.week.way(vehicle.site, site) or 0 for vehicle in fleet)
        first = max(ready + reload, min(vehicle.opens + vehicle.reload for vehicle in fleet)) + drive
        last = max(vehicle.closes for vehicle in fleet)
        reachable = [(max(a, first), min(b, last)) for a, b in windows if max(a, first) <= min(b, last)]
        step = max(300, (limit - drive) // 2, math.ceil(sum(b - a for a, b in reachable) / MOST_SLOTS))
        slots = []
        for opens, closes in reachable:
            leaves = opens - drive
            while leaves + drive <= closes:
                release = max(0, leaves - reload)
                slots.append(((max(opens, leaves + drive), min(closes, release + reload + limit)), release))
                leaves += step
        return slots

    # --- shipments ---------------------------------------------------------------------------------------

    def _ship(
        self, visit: Visit, mask: frozenset[int], home: bool, jobs: list[JobData], shipments: list[ShipmentData], model: DayModel
    ) -> None:
        """A visit carried between two stops; `home`: the second one is at the depot of the vehicles of `mask`."""
        flow, week = visit.flow, self.week
        mask = self._unbarred(visit, mask)
        self._shipment(visit, "collect", "deliver", visit.at_origin, visit.at_destination, mask, flow.limit, shipments, model)
        if flow.empties > 0 and home:
            self._give_back(visit, mask, jobs, model)
        elif flow.empties > 0:
            back = week.places[flow.destination].open_on(self.day), week.places[flow.origin].open_on(self.day)
            self._shipment(visit, "take_back", "give_back", *back, mask, None, shipments, model)

    def _give_back(self, visit: Visit, mask: frozenset[int], jobs: list[JobData], model: DayModel) -> None:
        """The empties alone, from the depot to the visit's origin."""
        flow = visit.flow
        windows = self.week.places[flow.origin].open_on(self.day)
        stop = Stop(flow.origin, (Move(visit, "give_back"),), windows)
        amount = self._amount([visit], full=False)
        alternatives = []
        for _, those, barred in self._ways(visit, "collect", mask):
            location = self._location(flow.origin, "cd" if flow.hygiene == "clean" else flow.hygiene[0] + "c", those)
            for window in outside(windows, barred, flow.handle_empty + self.week.places[flow.origin].stop):
                release = self._release(flow.origin, window, barred, those)
                alternatives.append((VisitData(location, amount, (0,) * len(amount), flow.handle_empty, *window, release), ((stop,), release)))
        jobs.append(JobData(tuple(visit_data for visit_data, _ in alternatives)))
        model.job_stops.append([at for _, at in alternatives])
        model.visits_of_job.append((visit,))
        model.homes_of_job.append(None)

    def _shipment(
        self, visit: Visit, load: str, unload: str, at_start: Windows, at_end: Windows, mask: frozenset[int], limit: int | None,
        shipments: list[ShipmentData], model: DayModel,
    ) -> None:  # fmt: skip
        flow, week = visit.flow, self.week
        full = load == "collect"
        start, end = (flow.origin, flow.destination) if full else (flow.destination, flow.origin)
        handle = flow.handle if full else flow.handle_empty
        drive = week.way(start, end) or 0
        at_start, at_end = self._clear(start, at_start, handle, mask), self._clear(end, at_end, handle, mask)
        opens = min((v.opens + v.reload + (week.way(v.site, start) or 0) for v in (self.fleet[i] for i in mask)), default=0)
        leaving = handle + (week.places[start].stop if start != end else 0)
        pair = best_pair(at_start, at_end, opens, leaving + drive, None if limit is None else leaving + limit)
        if pair is None and limit is not None:  # only by a stop on a quicker way round could the time on board be kept: not to be served
            pair = (at_start[0][:1] * 2, at_start[0][:1] * 2)
        pickup_window, delivery_window = pair if pair is not None else (at_start[0], at_end[0])
        home = self.homes.get(visit.key) if full else None
        own = 0 if home is None else -1 - len(shipments)
        places = [VisitData(self._location(site, flow.hygiene[0] + use, mask, at), (), (), handle, *window) for site, use, window, at in (
            (start, "p", pickup_window, own), (end, "u", delivery_window, 0))]  # fmt: skip
        prize = self._prize(visit) if flow.empties <= 0 else None
        shipments.append(ShipmentData(places[0], places[1], self._amount([visit], full), prize))
        fixed = limit is not None
        model.shipment_stops.append((
            Stop(start, (Move(visit, load),), (pickup_window,) if fixed else at_start),
            Stop(end, (Move(visit, unload),), (delivery_window,) if fixed else at_end),
        ))  # fmt: skip
        model.visits_of_shipment.append(visit)
        model.homes_of_shipment.append(home)

    def _clear(self, site: str, windows: Windows, handle: int, mask: frozenset[int]) -> Windows:
        """Windows in which none of the vehicles is barred, those after barred hours only where there is no other: a trip
        with shipments has no earliest loading."""
        barred = {hours for v in mask for hours in self.week.barred(self.fleet[v], site, self.day)}
        if not barred:
            return windows
        free = outside(windows, tuple(sorted(barred)), handle + self.week.places[site].stop)
        return tuple(w for w in free if all(closes > w[0] for _, closes in barred)) or free or windows

    # --- arrays ------------------------------------------------------------------------------------------

    def _amount(self, visits: Sequence[Visit], full: bool) -> tuple[int, ...]:
        """Load by dimension (floor places, kilograms, places of each compartment), rounded up."""
        flows = [visit.flow for visit in visits]
        places = sum(f.places if full else f.empty_places for f in flows)
        kg = sum(f.kg if full else f.empty_kg for f in flows)
        bands = [sum(f.places for f in flows if f.temperature == b) if full else 0.0 for b in self.bands]
        return whole([places, kg, *bands])

    def _location(self, site: str | tuple[str, str], use: str = "", mask: frozenset[int] = frozenset(), own: int = 0, uses: tuple[str, str] | None = None) -> int:
        """The location of a site and use, or of one site on entering and another on leaving; `own`: a number of one job or shipment, for a location of its own."""
        key = ((site, site) if isinstance(site, str) else site, uses or (use, use), mask, own)
        return self.locations.setdefault(key, len(self.depots) + len(self.copies) + len(self.locations))

    def _data(self, jobs: list[JobData], shipments: list[ShipmentData]) -> DayData:
        week = self.week
        first = len(self.depots) + len(self.copies)
        homes = [week.index[s] for s in self.depot_sites] + [week.index[self.depot_sites[d]] for d, *_ in self.copies]
        entered, left = (np.array(homes + [week.index[ends[i]] for ends, *_ in self.locations], dtype=int) for i in (0, 1))
        fixed = np.array([0] * first + [week.places[site].stop for (_, site), *_ in self.locations], dtype=np.int64)
        distance = week.metres[np.ix_(left, entered)].copy()
        distance = np.where(distance >= 0, distance + np.where(entered != left, week.metres[entered, left], 0)[None, :], distance)
        duration = week.times[np.ix_(left, entered)].copy()
        leaving = (left[:, None] != entered[None, :]) | (np.arange(len(left))[None, :] < first)
        duration = np.where(duration >= 0, duration + fixed[:, None] * leaving, duration)
        np.fill_diagonal(distance, 0)
        np.fill_diagonal(duration, 0)
        barred = self._barred()
        masks: list[frozenset[int] | None] = [None] * first + [mask for _, _, mask, _ in self.locations]
        access = np.array([[mask is None or v in mask for mask in masks] for v in range(len(self.fleet))], dtype=bool)
        profiles, profile_of = np.unique(access, axis=0, return_inverse=True)
        profile_of = np.ravel(profile_of)
        depots: list[DepotData] = []
        for depot in self.depots:
            vehicle = next(v for v in self.fleet if v.depot == depot)
            depots.append(DepotData(len(depots), *vehicle.depot_hours, vehicle.reload))
        for at, _, disinfection in self.copies:
            depots.append(replace(depots[at], location=len(depots), service=depots[at].service + (disinfection.seconds if disinfection else 0)))
        fleet = tuple(self._vehicle(vehicle, int(profile_of[v])) for v, vehicle in enumerate(self.fleet))
        out = tuple(self.out[vehicle.code] for vehicle in self.fleet)
        data = DayData(distance, duration, barred, profiles, tuple(depots), fleet, tuple(jobs), tuple(shipments), self._toll(len(left)), out)
        return without_idle_weight(data)

    def _barred(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which way from one location to another no trip may take, (L, L), by classes alone."""
        homes: list[str | tuple[str, bool]] = [*[""] * len(self.depots), *((a, disinfection is not None) for _, a, disinfection in self.copies)]
        entered, left = ([*homes, *(uses[i] for _, uses, *_ in self.locations)] for i in (0, 1))
        after = follows(self.classes)
        name = {code[0]: code for code in CLASSES}
        soiling = {a for a, _ in self.classes.taints}

        def closed(a: str | tuple[str, bool], b: str | tuple[str, bool]) -> bool:
            if isinstance(a, str) and isinstance(b, str):
                return bool(a and b) and b not in after[a]
            if isinstance(a, str) and not isinstance(b, str):  # back to a depot after a class
                return bool(a) and b[0] != (name[a[0]] if name[a[0]] in soiling else "")
            if isinstance(b, str) and not isinstance(a, str):  # out again with another
                return bool(b) and not a[1] and (a[0], name[b[0]]) in self.classes.taints
            return True

        return np.array([[closed(a, b) for b in entered] for a in left], dtype=np.bool_)

    def _toll(self, size: int) -> np.ndarray[Any, np.dtype[np.int64]] | None:
        """The price of disinfections, paid on entering a depot for one."""
        prices = [(len(self.depots) + i, disinfection.cost) for i, (_, _, disinfection) in enumerate(self.copies) if disinfection is not None and disinfection.cost > 0]
        if not prices:
            return None
        toll = np.zeros((len(self.fleet), size), dtype=np.int64)
        for location, cost in prices:
            toll[:, location] = round(self.times * MICRO * cost)
        return toll

    def _reloads(self, vehicle: Vehicle) -> tuple[int, ...]:
        depot = self.depots.index(vehicle.depot)
        return tuple(len(self.depots) + i for i, (d, *_) in enumerate(self.copies) if d == depot)

    def _ready(self, vehicle: Vehicle) -> int:
        """Earliest loading of a vehicle, disinfected after an earlier shift where that may have to be."""
        ready = vehicle.opens
        for other in self.week.vehicles:
            if other.physical == vehicle.physical and other.shift[1] <= vehicle.shift[0] and other.count > 0 and other.code != vehicle.code:
                waits = [self.classes.pair(a, b).seconds for a in self._may_carry(other) for b in self._may_carry(vehicle) if self.classes.soils(a, b)]
                ready = max(ready, other.closes + max(waits, default=0))
        return min(ready, max(vehicle.opens, vehicle.closes))

    def _may_carry(self, vehicle: Vehicle) -> set[str]:
        """Classes of the day's visits, kept ones included, that a vehicle can carry."""
        return {visit.flow.hygiene for visit in self.week.visits[self.day] if vehicle.code in self.servers.servers(visit)}

    def _vehicle(self, vehicle: Vehicle, profile: int) -> FleetData:
        capacity = [math.floor(vehicle.places * PLACES + 1e-6), math.floor(vehicle.kg * KG + 1e-6)]
        capacity += [math.floor(vehicle.bands.get(b, vehicle.places) * PLACES + 1e-6) for b in self.bands]
        hour = self.times * MICRO / 3600
        rest = 0  # a paid break is part of any duty long enough to owe one; that it also fits is for `judging`
        if vehicle.rules is not None and vehicle.rules.paid and vehicle.longest > vehicle.rules.work_before:
            rest = vehicle.rules.work_break
        duty = min(vehicle.duty, vehicle.longest)
        duty = min(duty, max(duty - rest, vehicle.rules.work_before if vehicle.rules else 0))
        return FleetData(
            max(0, vehicle.count - self.out[vehicle.code]), self.depots.index(vehicle.depot), tuple(capacity), 0, round(self.times * MICRO / 1000 * vehicle.km_rate),
            round(hour * vehicle.pace), max(0, round(hour * (vehicle.overtime_cost - vehicle.hour_cost))), self._ready(vehicle),
            vehicle.closes, duty, min(vehicle.overtime, max(0, vehicle.longest - vehicle.duty)), vehicle.max_trips, profile, self._reloads(vehicle),
        )  # fmt: skip
