"""A lower bound on the yearly cost of any plan, by column generation over the trips that vehicles could make (`planner.solvers.routing_columns`).

A trip is what a vehicle does from one departure to the return: it costs its kilometres and, at the cheapest hour of its type, the loading before the
departure, the driving, the fixed minutes of every site, once, and the handling. It may visit its sites in any order along cheapest and quickest paths; what its depot loads, full
units to deliver and empties to give back, fits into the vehicle (places, kilograms or one compartment: what fills it first); it is no longer than
a duty. A flow carried between two stops is served at the one that fewer loads have, the handling of both being spent there. All full loads and empties of the week are to be served: those of flows whose days are chosen
on one of their sets of days, those of optional visits or else their price. A type's trips of a day fit into the duties of its vehicles, in number and in
paid time; a vehicle is paid once for all days and shifts. As many vehicles as loads need by themselves are a row more (`bound.Component`), and so are as
many trips as what only some types can bring from their depot fills.

Left out, so that every plan costs at least as much: windows and waiting, breaks, disinfection, classes, time on board, vehicles in parts; what is collected may be unloaded at the
depot on the way, so that it takes no room.
"""

from __future__ import annotations

import math
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.plan import Limits
from planner.problems.routes.bound import SMALL, Component, Load, components, empty_load, full_load, hour_rate, rounded
from planner.problems.routes.serve import Servers
from planner.problems.routes.week import BANDS, DAY_CODES, Flow, Vehicle, Visit, Week
from planner.sites import WEEKS_PER_YEAR
from planner.solvers import routing_columns
from planner.solvers.routing_columns import MOST_ITEMS, Days, Kind

Floats = NDArray[np.float64]
SHARE = 0.12  # of the processor time of a search
LEAST = 5.0  # seconds: shorter searches go without
EVERY, MOST_ROUNDS = 5, 400  # iterations of a search per round, where these count; rounds at most


@dataclass(frozen=True)
class Item:
    """Something to do at a site for a load: the load's row, seconds, and what its depot loads for it by measure. `other`: where else it stops."""

    row: int
    site: str
    seconds: int
    loaded: Mapping[str, float]
    other: str = ""


class Beside:
    """The bound of a week, computed in a thread beside its search: it has a share of the time, or rounds by the search's iterations.

    `tell` hears of every better bound (€ a year).
    """

    def __init__(self, week: Week, limits: Limits, should_stop: Callable[[], bool], tell: Callable[[float], None]) -> None:
        self.value = 0.0  # € a year
        self.note = ""  # what came of it
        self._week, self._tell = week, tell
        self._ended = threading.Event()
        self._stop = lambda: should_stop() or self._ended.is_set()
        self._seconds = math.inf if limits.iterations is not None else SHARE * limits.seconds * min(2, limits.threads)
        self._rounds = MOST_ROUNDS if limits.iterations is None else min(MOST_ROUNDS, limits.iterations // EVERY)
        self._waits = limits.iterations is not None
        self._thread = threading.Thread(target=self._run, daemon=True)
        if self._rounds and (self._waits or limits.seconds >= LEAST):
            self._thread.start()

    def __enter__(self) -> Beside:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._ended.set()

    def _run(self) -> None:
        try:
            model = Model(self._week)

            def better(value: float) -> None:
                if model.sure(value) > self.value:
                    self.value = model.sure(value)
                    self._tell(self.value)

            found = routing_columns.bound(model.days, self._seconds, self._rounds, self._stop, better)
            self.note = f"bound by columns: {self.value:.2f}, {found.rounds} rounds, {found.columns} trips, program {found.program:.0f}, {found.seconds:.1f} CPU s"
        except Exception as error:  # a plan is worth showing without this bound
            self.note = f"bound by columns: {type(error).__name__}: {error}"

    def end(self) -> float:
        """The bound found: at once where time counts, else after all rounds."""
        if not self._waits:
            self._ended.set()
        if self._thread.ident is not None:
            self._thread.join()
        return self.value


class Model:
    """A week as rows, kinds and fleets. `days`: what the engine bounds, € a year."""

    def __init__(self, week: Week) -> None:
        self.week = week
        self.servers = Servers(week)  # its own: it is asked of flows without their empties
        self.rows = 0
        self.items: Mapping[tuple[str, str], list[Item]] = defaultdict(list)  # by day and vehicle type
        self.optional = 0  # flows with a line of cost of their own
        self.firm: dict[str, list[tuple[Load, Mapping[str, float]]]] = defaultdict(list)  # with what each fills, by measure
        choices: list[tuple[tuple[int, ...], ...]] = []
        bundles: list[tuple[tuple[int, ...], float]] = []
        weeks = week.scenario.value(WEEKS_PER_YEAR)
        for flow in week.flows.values():
            if flow.quantity <= 0:
                continue
            by_day = {visit.key: self._rows(visit, flow) for visit in self._visits(flow)}
            if flow.skip_cost is not None:
                self.optional += 1
                bundles += [(rows, weeks * flow.skip_cost) for rows in by_day.values() if rows]
            if flow.code in week.free:
                able = {day: rows for (day, _, _), rows in by_day.items()}
                options = [tuple(row for day in days for row in able[day] or ()) for days in week.free[flow.code] if flow.skip_cost is not None or all(able[day] for day in days)]
                if options:
                    choices.append(tuple(options))
                asked = {row for option in options for row in option}
                bundles += [((row,), 0.0) for rows in by_day.values() for row in rows or () if row not in asked]
        physical = sorted({vehicle.physical for vehicle in week.vehicles})
        self.fleets = {code: k for k, code in enumerate(physical)}
        fixed = {v.physical: v.fixed_cost for v in week.vehicles}
        count = {code: max(v.count for v in week.vehicles if v.physical == code) for code in physical}
        self.known = week.times >= 0
        self.seconds = _closed(np.where(self.known, week.times, np.inf).astype(np.float64))
        self.euros: dict[str, Floats] = {}
        self.items = {key: _settled(items) for key, items in self.items.items()}
        crowded = any(n > MOST_ITEMS for items in self.items.values() for n in Counter(item.site for item in items).values())
        kinds = () if crowded else tuple(self._kind(week.vehicle[code], items, weeks) for (_, code), items in self.items.items())
        self.days = Days(
            self.rows, kinds, np.array([fixed[code] for code in physical], float), np.array([count[code] for code in physical], float), tuple(self._cuts()), tuple(choices), tuple(bundles),
            tuple(self._runs()) if kinds else (),
        )  # fmt: skip

    def sure(self, value: float) -> float:
        """What of a bound is sure once cost lines are rounded to the cent."""
        return max(0.0, math.floor(100 * (rounded(self.week, value) - 0.005 * self.optional)) / 100)

    def _visits(self, flow: Flow) -> Iterator[Visit]:
        """The visits of a flow: of one whose days are chosen, on every day it may have."""
        if flow.code in self.week.free:
            yield from (self.week.visit_on(flow, day) for day in DAY_CODES if any(day in days for days in self.week.free[flow.code]))
        else:
            yield from (visit for day in DAY_CODES for visit in self.week.visits[day] if visit.flow.code == flow.code)

    def _rows(self, visit: Visit, flow: Flow) -> tuple[int, ...] | None:
        """The rows of a visit's loads, None where no vehicle can carry its full units."""
        full = full_load(self.servers, visit)
        if not full.able:
            return None
        measures = {"places": flow.places, "kg": flow.kg, flow.temperature: flow.places}
        if flow.code not in self.week.free and flow.skip_cost is None:
            self.firm[visit.day].append((full, measures))
        made = [self._row(visit.day, full, measures)]
        if flow.empties > 0:
            empty = empty_load(self.week, visit)
            if empty.able:
                made.append(self._row(visit.day, empty, {"places": flow.empty_places, "kg": flow.empty_kg}))
        return tuple(made)

    def _row(self, day: str, load: Load, measures: Mapping[str, float]) -> int:
        row, self.rows = self.rows, self.rows + 1
        for code, mode in load.able.items():
            items = self.items[day, code]
            if mode == "deliver":
                items.append(Item(row, load.destination, load.handle, measures))
            elif mode == "collect":
                items.append(Item(row, load.origin, load.handle, {}))
            else:
                items.append(Item(row, load.origin, 2 * load.handle, {}, load.destination))
        return row

    def _kind(self, vehicle: Vehicle, items: list[Item], weeks: float) -> Kind:
        week = self.week
        rate = hour_rate(vehicle)
        if vehicle.code not in self.euros:
            self.euros[vehicle.code] = _closed(np.where(self.known, week.metres / 1000 * vehicle.km_rate + week.times * rate, np.inf))
        sites = sorted({item.site for item in items})
        place = {site: j for j, site in enumerate(sites, 1)}
        items = sorted(items, key=lambda item: (place[item.site], item.row))
        where = np.ix_([week.index[vehicle.site], *(week.index[s] for s in sites)], [week.index[vehicle.site], *(week.index[s] for s in sites)])
        rooms = _rooms(vehicle)
        measure = max(("places", "kg", *(band for band in BANDS if band in rooms)), key=lambda m: sum(item.loaded.get(m, 0.0) for item in items) / max(SMALL, rooms[m]))
        return Kind(
            self.fleets[vehicle.physical], weeks * self.euros[vehicle.code][where], self.seconds[where],
            np.array([vehicle.reload, *(week.places[s].stop for s in sites)], float), weeks * rate, float(vehicle.longest), vehicle.max_trips,
            float(max(0, min(vehicle.longest, vehicle.closes - vehicle.opens))), rooms[measure] + SMALL,
            np.array([item.row for item in items], np.int64), np.array([place[item.site] for item in items], np.int64),
            np.array([item.seconds for item in items], float), np.array([item.loaded.get(measure, 0.0) for item in items], float),
        )  # fmt: skip

    def _cuts(self) -> Iterator[tuple[Floats, float]]:
        """Vehicles at least for the loads of a day that nobody else can carry: one, or as many as their work, or their windows, ask for."""
        most: dict[frozenset[str], int] = {}
        for firm in self.firm.values():
            loads = [load for load, _ in firm]
            sites = {site for load in loads for site in (load.origin, load.destination)} | set(self.week.places)
            for codes in _apart(loads):
                component = Component(self.week, [load for load in loads if load.able.keys() <= codes], sites)
                most[codes] = max(most.get(codes, 0), component.vehicles)
        for codes, least in most.items():
            shares = np.zeros(len(self.fleets))
            for code in codes:
                shares[self.fleets[self.week.vehicle[code].physical]] += 1.0
            yield shares, float(least)
            if shares.max() > 1:  # two shifts of one vehicle
                yield np.minimum(shares, 1.0), float(math.ceil(least / shares.max() - 1e-9))

    def _runs(self) -> Iterator[tuple[tuple[int, ...], int]]:
        """Kinds of a day, and the trips at least for what only they can deliver from their depot."""
        kinds = {key: t for t, key in enumerate(self.items)}
        for day, firm in self.firm.items():
            for codes in _apart([load for load, _ in firm]):
                filled = [measures for load, measures in firm if load.able.keys() <= codes and load.modes == {"deliver"}]
                rooms = [_rooms(self.week.vehicle[code]) for code in codes]
                most = {m: max(room.get(m, 0.0) for room in rooms) for m in ("places", "kg", *BANDS)}
                least = max(_bins([measures.get(m, 0.0) for measures in filled], most[m] + SMALL) for m in most)
                if least > 1:
                    yield tuple(sorted(kinds[day, code] for code in codes if (day, code) in kinds)), least


def _rooms(vehicle: Vehicle) -> dict[str, float]:
    """What a vehicle holds by measure."""
    return {"places": vehicle.places, "kg": vehicle.kg, **vehicle.bands}


def _apart(loads: Sequence[Load]) -> list[frozenset[str]]:
    """Sets of vehicle types that loads of a day ask for by themselves."""
    alike = {frozenset(load.able) for load in loads}
    return sorted(alike | {frozenset(code for load in group for code in load.able) for group in components(loads)}, key=sorted)


def _bins(sizes: Sequence[float], room: float) -> int:
    """Bins at least for things of these sizes (the bound L2 of Martello and Toth): those above half a bin are apart, and small ones fill what these leave."""
    sizes = [size for size in sizes if 0.0 < size <= room]
    big = [size for size in sizes if size > room / 2]
    least = 0
    for smallest in {0.0, *(size for size in sizes if size <= room / 2)}:
        beside = [size for size in big if size <= room - smallest]
        rest = sum(size for size in sizes if smallest <= size <= room / 2) - sum(room - size for size in beside)
        least = max(least, len(big) + max(0, math.ceil(rest / room - 1e-9)))
    return least


def _settled(items: list[Item]) -> list[Item]:
    """What is carried between two stops, at the end where fewer loads stop: else one stop at a busy site would serve many."""
    stops = Counter(site for item in items for site in (item.site, item.other) if site)
    return [replace(item, site=item.other, other=item.site) if item.other and stops[item.other] < stops[item.site] else item for item in items]


def _closed(arcs: Floats) -> Floats:
    """Cheapest paths between all sites, the diagonal 0; no way: far beyond any trip."""
    best = arcs.copy()
    np.fill_diagonal(best, 0.0)
    for middle in range(len(best)):
        best = np.minimum(best, best[:, middle : middle + 1] + best[middle : middle + 1, :])
    return np.where(np.isfinite(best), np.maximum(best - 1e-9, 0.0), 1e9)
