"""A lower bound on the cost of several days of trips with shared vehicles, by column generation.

    min   sum_k F_k N_k  +  sum_t sum_r c_r x_r  +  sum_b s_b z_b
    (row p)      sum_r a_pr x_r + sum_{b has p} z_b  >=  1, or >= sum of the y of the options of its choice that have p          price u_p
    (choice f)   sum_o y_fo  >=  1                                                       o: one of the sets of rows of f
    (kind t)     sum_r m_r x_r <= longest_t N_k,    sum_r x_r <= trips_t N_k             prices v_t, w_t;  k: fleet of t
    (cut g)      sum_k e_gk N_k >= least_g,         0 <= N_k <= count_k                  price h_g
    (runs g)     sum_{t of g} sum_r x_r >= runs_g                                        price i_g

A kind is one vehicle type on one day. A column r of a kind is a trip from its depot and back with cost c_r, paid seconds m_r and
a_pr = 1 for the rows that it serves. Trips are priced by `routing_columns_loops`, which also looks at trips that visit a place
twice or are somewhat too long, so that the least reduced cost found is a lower bound on that of every true trip.

A true bound comes from any prices (u, v, w, h >= 0), however the columns were made: with q_t <= 0 the least reduced cost of kind t found,
w_t rises by -q_t as long as the fleet has F_k - sum_t (v_t longest_t + w_t trips_t) - sum_g e_gk h_g to spare; what is left is taken from the rows of the kind:
u_p falls by the share s with  c - (1 - s) sum_p a_p u_p + v m + w - i >= 0  for every trip, sure with  s = -q_t / (C_t - i - q_t), C_t the
cheapest trip and i the prices of its runs, where C_t > i. The bound is the value of these prices in the dual. Prices tried lie between those of the linear program and those of the best bound.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from planner.solvers.mip import Builder, engine_of, interruptible, use_threads
from planner.solvers.routing_columns_loops import memory, trips

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_Trip = tuple[int, float, float, Ints]  # kind, cost, seconds, items

LEVELS = 64  # into which the seconds of a trip are divided, at most
UNITS = 12  # into which its room is divided, about
NEAR = 4  # places near each that a trip remembers
WORK = 40e6  # labels and ways looked at in a round, about
EACH = 20  # trips of a kind that enter the program in a round, at most
SMOOTH = 0.85  # weight of the best prices so far
CLOSE = 2e-4  # gap at which the rounds end
DEAR = 20.0  # times the dearest first trip: a row without a trip
MOST_ITEMS = 60  # at one place, one bit each


@dataclass(frozen=True)
class Kind:
    """One vehicle type on one day; place 0 is its depot. € are of the period that `fleets` are paid for.

    arcs (m+1, m+1): € of a way; seconds (m+1, m+1); stops (m+1,): seconds of a stop, [0] those before leaving; second: € of one;
    longest, trips: paid seconds and trips of a vehicle at most; limit, room: of one trip. Items by place in order: the `rows` that they
    serve, `places`, `spend` (seconds) and `loads` (all (n,)).
    """

    fleet: int
    arcs: Floats
    seconds: Floats
    stops: Floats
    second: float
    longest: float
    trips: int
    limit: float
    room: float
    rows: Ints
    places: Ints
    spend: Floats
    loads: Floats

    @property
    def size(self) -> int:
        """Its places."""
        return len(self.stops) - 1


@dataclass(frozen=True)
class Days:
    """What to bound. price, count (K,): € and number of the vehicles of each fleet; cuts: (e (K,), least); choices: the options of each, sets of
    rows; bundles: rows that may be left unserved together, at a price; runs: kinds and how many trips these make together at least. A row is
    of one choice at most.
    """

    rows: int
    kinds: tuple[Kind, ...]
    price: Floats
    count: Floats
    cuts: tuple[tuple[Floats, float], ...] = ()
    choices: tuple[tuple[tuple[int, ...], ...], ...] = ()
    bundles: tuple[tuple[tuple[int, ...], float], ...] = ()
    runs: tuple[tuple[tuple[int, ...], int], ...] = ()


@dataclass
class Bound:
    """value: € that nothing costs less than; `program`: value of the linear program over the trips met, which the value nears."""

    value: float = 0.0
    rounds: int = 0
    seconds: float = 0.0
    program: float = math.inf
    columns: int = 0


@dataclass
class _Prices:
    """Prices of rows (n,), of seconds and trips of kinds (T,), of cuts, and of runs."""

    rows: Floats
    seconds: Floats
    trips: Floats
    cuts: Floats
    runs: Floats

    def mixed(self, other: _Prices, weight: float) -> _Prices:
        """`weight` of the other."""
        a = 1.0 - weight
        return _Prices(
            a * self.rows + weight * other.rows, a * self.seconds + weight * other.seconds, a * self.trips + weight * other.trips, a * self.cuts + weight * other.cuts,
            a * self.runs + weight * other.runs,
        )  # fmt: skip


class _Pricing:
    """The trips of one kind: its ways in levels, and the least reduced cost for prices."""

    def __init__(self, kind: Kind, levels: int) -> None:
        self.kind = kind
        m, scale = kind.size, levels / max(1.0, kind.limit)
        self.first = np.searchsorted(kind.places, np.arange(m + 2)).astype(np.int64)
        reach = kind.seconds + kind.stops[None, :] * (np.arange(m + 1) > 0)
        self.step = np.floor(np.minimum(reach * scale, levels + 1.0) + 1e-9).astype(np.int64)
        inner, off = self.step[:, 1:], ~np.eye(m + 1, dtype=bool)[:, 1:]
        quick = ((inner == 0) & off).any(axis=0)
        inner[inner == 0] = 1  # a trip has at most one such way into each place
        self.levels = levels + int(quick.sum())
        self.begin = math.floor(kind.stops[0] * scale + 1e-9)
        self.size = np.floor(kind.spend * scale + 1e-9).astype(np.int64)
        self.units, self.load = _units(kind)
        near = np.full((m + 1, min(NEAR, max(1, m - 1))), -1, np.int64)
        for j in range(1, m + 1):
            others = [i for i in np.argsort(kind.seconds[j], kind="stable").tolist() if i not in (0, j)][: near.shape[1]]
            near[j, : len(others)] = others
        self.after = memory(near)
        out, back = kind.arcs[0, 1:], kind.arcs[1:, 0]
        self.cheapest = float((out + back + kind.second * kind.stops[1:]).min()) + kind.second * kind.stops[0]
        wide = self.levels + 2
        self.path, self.masks = np.zeros((EACH, wide), np.int64), np.zeros((EACH, wide), np.int64)
        self.length, self.value = np.zeros(EACH, np.int64), np.zeros(EACH)

    def price(self, prices: _Prices, t: int, reward: float) -> tuple[float, list[tuple[float, float, Ints]]]:
        """Least reduced cost, if negative, and trips of negative reduced cost as (cost, seconds, items). `reward`: for each trip, of its runs."""
        kind = self.kind
        second = kind.second + prices.seconds[t]
        cost = kind.arcs + prices.seconds[t] * kind.seconds
        cost[:, 1:] += second * kind.stops[1:]
        base = second * kind.stops[0] + prices.trips[t] - reward
        gain = prices.rows[kind.rows] - second * kind.spend
        found = trips(
            self.levels, self.units, self.begin, cost, self.step, self.after, self.first, gain, self.size, self.load, -base - 1e-7, self.path, self.masks, self.length, self.value
        )  # fmt: skip
        made = [self._trip(self.path[x, : self.length[x]][::-1], self.masks[x, : self.length[x]][::-1]) for x in range(found)]
        idle = 0.0
        if reward > 0.0:  # a trip that gains by nothing but its reward, for the item that loses least
            worth = np.full(kind.size, -math.inf)
            np.maximum.at(worth, kind.places - 1, np.where(gain <= 0.0, gain, -math.inf))
            idle = float((cost[0, 1:] + cost[1:, 0] - worth).min()) + base
        return min(0.0, idle, float(self.value[0]) + base if found else 0.0), made

    def _trip(self, path: Ints, masks: Ints) -> tuple[float, float, Ints]:
        kind = self.kind
        items = [self.first[j] + b for j, mask in zip(path.tolist(), masks.tolist(), strict=True) for b in range(mask.bit_length()) if mask >> b & 1]
        tour = [0, *path.tolist(), 0]
        idle = float(kind.stops[tour[:-1]].sum() + kind.spend[items].sum())
        seconds = float(kind.seconds[tour[:-1], tour[1:]].sum()) + idle
        return float(kind.arcs[tour[:-1], tour[1:]].sum()) + kind.second * idle, seconds, np.array(items, np.int64)


def _units(kind: Kind) -> tuple[int, Ints]:
    """Room and loads in whole units, rounded down; of the units tried, the one in which least of the loads is lost. 0: everything fits."""
    if kind.loads.sum() <= kind.room:
        return 0, np.zeros(len(kind.loads), np.int64)
    sizes = np.unique(kind.loads[kind.loads > 0])
    units = [u for u in (*sizes, *(sizes / 2), kind.room / UNITS) if kind.room / u <= UNITS + 1]
    kept = {float(u): float(np.floor(kind.loads / u + 1e-9).sum()) / math.floor(kind.room / u + 1e-9) for u in units if u <= kind.room}
    unit = max(kept, key=lambda u: (kept[u], u))
    return math.floor(kind.room / unit + 1e-6), np.floor(kind.loads / unit + 1e-9).astype(np.int64)


class _Master:
    """The linear program over the trips met."""

    def __init__(self, days: Days, singles: Sequence[_Trip], should_stop: Callable[[], bool]) -> None:
        self.days = days
        fleets, kinds, program = len(days.price), len(days.kinds), Builder()
        chosen = {p for options in days.choices for option in options for p in option}
        for price, count in zip(days.price, days.count, strict=True):
            program.variable(float(price), 0.0, float(count))
        terms: list[list[tuple[int, float]]] = [[] for _ in range(days.rows)]
        dear = DEAR * max([cost for _, cost, _, _ in singles], default=1.0)
        for p in range(days.rows):
            terms[p].append((program.variable(dear), 1.0))
        picks: list[list[tuple[int, float]]] = []
        for options in days.choices:
            picks.append([])
            for option in options:
                y = program.variable()
                picks[-1].append((y, 1.0))
                for p in option:
                    terms[p].append((y, -1.0))
        for those, price in days.bundles:
            z = program.variable(price)
            for p in those:
                terms[p].append((z, 1.0))
        for p in range(days.rows):
            program.row(terms[p], lower=0.0 if p in chosen else 1.0)
        for kind in days.kinds:
            program.row([(kind.fleet, kind.longest)], lower=0.0)
        for kind in days.kinds:
            program.row([(kind.fleet, float(kind.trips))], lower=0.0)
        for shares, least in days.cuts:
            program.row([(int(k), float(shares[k])) for k in np.flatnonzero(shares)], lower=least)
        for _, least_runs in days.runs:
            program.row([(program.variable(dear), 1.0)], lower=float(least_runs))
        for pick in picks:
            program.row(pick, lower=1.0)
        use_threads(1)
        self.engine = engine_of(program.build())
        interruptible(self.engine, should_stop)
        self.ends = np.cumsum([days.rows, kinds, kinds, len(days.cuts), len(days.runs)])
        self.of = [[int(self.ends[3]) + g for g, (those, _) in enumerate(days.runs) if t in those] for t in range(kinds)]
        self.columns = 0
        self.met: set[tuple[int, bytes]] = set()
        self.fleets = fleets
        self.add(singles)

    def add(self, found: Sequence[_Trip]) -> int:
        """Trips into the program; how many were new."""
        costs: list[float] = []
        starts: list[int] = []
        index: list[int] = []
        value: list[float] = []
        n, kinds = self.days.rows, len(self.days.kinds)
        for t, cost, seconds, items in found:
            kind = self.days.kinds[t]
            key = (t, np.sort(items).tobytes() + np.float64(cost).tobytes())
            if key in self.met:
                continue
            self.met.add(key)
            rows, times = np.unique(kind.rows[items], return_counts=True)
            costs.append(cost)
            starts.append(len(index))
            index += [*rows.tolist(), n + t, n + kinds + t, *self.of[t]]
            value += [*times.tolist(), -seconds, -1.0, *(1.0 for _ in self.of[t])]
        if costs:
            k = len(costs)
            self.engine.addCols(k, np.array(costs), np.zeros(k), np.full(k, math.inf), len(index), np.array(starts, np.int32), np.array(index, np.int32), np.array(value))
            self.columns += k
        return len(costs)

    def solve(self, seconds: float) -> tuple[float, _Prices] | None:
        """Value and prices, None where there is no optimum within so many seconds."""
        self.engine.setOptionValue("time_limit", self.engine.getRunTime() + max(0.01, seconds))
        self.engine.run()
        if self.engine.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        dual = np.maximum(np.array(self.engine.getSolution().row_dual, float), 0.0)
        rows, paid, trips, cuts, runs = np.split(dual[: self.ends[-1]], self.ends[:-1])
        return float(self.engine.getInfo().objective_function_value), _Prices(rows, paid, trips, cuts, runs)


class _Search:
    """The rounds of one bound."""

    def __init__(self, days: Days, should_stop: Callable[[], bool]) -> None:
        self.days = days
        work = sum((kind.size + 1) ** 2 for kind in days.kinds)
        levels = int(np.clip(WORK / max(1, work), 32, LEVELS))
        self.pricing = [_Pricing(kind, levels) for kind in days.kinds]
        self.master = _Master(days, [single for t in range(len(days.kinds)) for single in self._singles(t)], should_stop)
        self.best: _Prices | None = self._first()
        self.bound = Bound()

    def _singles(self, t: int) -> list[_Trip]:
        """A trip to each place alone, as full as may be, and one for each item left."""
        kind, pricing = self.days.kinds[t], self.pricing[t]
        made = []
        for j in range(1, kind.size + 1):
            left = list(range(int(pricing.first[j]), int(pricing.first[j + 1])))
            while left:
                load = 0.0
                taken: list[int] = []
                for a in left:
                    if not taken or load + kind.loads[a] <= kind.room:
                        taken.append(a)
                        load += kind.loads[a]
                left = [a for a in left if a not in taken]
                items = np.array(taken, np.int64)
                seconds = float(kind.seconds[0, j] + kind.seconds[j, 0] + kind.stops[0] + kind.stops[j] + kind.spend[items].sum())
                cost = float(kind.arcs[0, j] + kind.arcs[j, 0] + kind.second * (kind.stops[0] + kind.stops[j] + kind.spend[items].sum()))
                made.append((t, cost, seconds, items))
        return made

    def _first(self) -> _Prices:
        """Prices to begin near: each row at what it takes of a trip to its place alone, of the kind that does it for least; vehicles by the hour."""
        days, many = self.days, Counter(kind.fleet for kind in self.days.kinds)
        seconds = np.array([days.price[kind.fleet] / many[kind.fleet] / max(1.0, kind.longest) for kind in days.kinds])
        rows = np.full(days.rows, math.inf)
        for t, kind in enumerate(days.kinds):
            j, second = kind.places, kind.second + seconds[t]
            there = Counter(j.tolist())
            stop = kind.stops[j] / np.array([there[a] for a in j.tolist()])
            tour = kind.arcs[0, j] + kind.arcs[j, 0] + seconds[t] * (kind.seconds[0, j] + kind.seconds[j, 0]) + second * kind.stops[0]
            part = np.maximum(kind.loads / kind.room if kind.room > 0 else 0.0, (kind.spend + stop) / max(1.0, kind.limit))
            np.minimum.at(rows, kind.rows, second * (kind.spend + stop) + np.minimum(part, 1.0) * tour)
        return _Prices(np.where(np.isfinite(rows), rows, 0.0), seconds, np.zeros(len(days.kinds)), np.zeros(len(days.cuts)), np.zeros(len(days.runs)))

    def rewards(self, prices: _Prices) -> Floats:
        """What the runs pay for a trip of each kind (T,)."""
        paid = np.zeros(len(self.pricing))
        for (those, _), price in zip(self.days.runs, prices.runs, strict=True):
            paid[list(those)] += price
        return paid

    def value(self, prices: _Prices, least: Floats) -> tuple[float, _Prices]:
        """What these prices prove, given the least reduced costs (T,), and prices that prove it (see the module)."""
        days, kinds = self.days, self.days.kinds
        spare = days.price.astype(float).copy()
        for (shares, _), price in zip(days.cuts, prices.cuts, strict=True):
            spare -= shares * price
        for t, kind in enumerate(kinds):
            spare[kind.fleet] -= prices.seconds[t] * kind.longest + prices.trips[t] * kind.trips
        trips, keep, short, rewards = prices.trips.copy(), np.ones(days.rows), 0.0, self.rewards(prices)
        for t, kind in enumerate(kinds):
            lacks = -least[t]
            if lacks <= 0:
                continue
            more = min(lacks, max(0.0, spare[kind.fleet]) / max(1, kind.trips))
            trips[t] += more
            spare[kind.fleet] -= more * kind.trips
            lacks -= more
            if lacks > 0:
                share = lacks / (lacks + max(0.0, self.pricing[t].cheapest - rewards[t]))
                at_most = min(kind.trips * float(days.count[kind.fleet]), float(len(kind.rows)))
                those = np.unique(kind.rows)
                if share == 1.0 or at_most * lacks < float((prices.rows[those] * np.maximum(0.0, keep[those] - (1.0 - share))).sum()):
                    short += at_most * lacks
                else:
                    keep[kind.rows] = np.minimum(keep[kind.rows], 1.0 - share)
        rows = np.maximum(prices.rows * keep, 0.0)
        for left, price in days.bundles:  # prices of the program keep to it, others may not
            worth = float(rows[list(left)].sum())
            if worth > price:
                rows[list(left)] *= price / worth
        chosen = np.zeros(days.rows, bool)
        total = 0.0
        for options in days.choices:
            for option in options:
                chosen[list(option)] = True
            total += min((float(rows[list(option)].sum()) for option in options), default=0.0)
        total += float(rows[~chosen].sum()) + sum(float(price) * least_ for price, (_, least_) in zip(prices.cuts, days.cuts, strict=True))
        total += sum(float(price) * most for price, (_, most) in zip(prices.runs, days.runs, strict=True))
        total += float((np.minimum(spare, 0.0) * days.count).sum())
        return float(total - short), _Prices(rows, prices.seconds, trips, prices.cuts, prices.runs)

    def round(self, left: Callable[[], float]) -> bool:
        """One more round; whether another one may help."""
        solved = self.master.solve(5 * left())  # by the clock, which runs faster than this thread's time
        if solved is None:
            return False
        self.bound.program, prices = solved
        tried = prices if self.best is None else prices.mixed(self.best, SMOOTH)
        while True:
            found, least, rewards = [], np.zeros(len(self.pricing)), self.rewards(tried)
            for t, pricing in enumerate(self.pricing):
                least[t], made = pricing.price(tried, t, rewards[t])
                found += [(t, *trip) for trip in made]
                if left() <= 0:
                    return False
            value, proving = self.value(tried, least)
            if value > self.bound.value:
                self.bound.value, self.best = value, proving
            fresh = self.master.add(found)
            if fresh or tried is prices or self.close:
                return bool(fresh) and not self.close
            tried = prices  # the mix met nothing new

    @property
    def close(self) -> bool:
        return self.bound.program - self.bound.value <= CLOSE * abs(self.bound.program)


def prepare() -> None:
    """Have the loops compiled, which is no part of the time."""
    one, two = np.zeros(1, np.int64), np.zeros((2, 2))
    kind = Kind(0, two, two, np.zeros(2), 0.0, 1.0, 1, 1.0, 1.0, one, one + 1, np.zeros(1), np.zeros(1))
    _Pricing(kind, 1).price(_Prices(np.ones(1), np.zeros(1), np.zeros(1), np.zeros(0), np.zeros(0)), 0, 0.0)


def bound(days: Days, seconds: float, rounds: int, should_stop: Callable[[], bool] = lambda: False, on_bound: Callable[[float], None] = lambda value: None) -> Bound:
    """The best bound within so many seconds of this thread's processor time and so many rounds; without a limit of time the same on every machine."""
    if not days.kinds or not days.rows:
        return Bound()
    prepare()
    began = time.thread_time()

    def left() -> float:
        return 0.0 if should_stop() else seconds - (time.thread_time() - began)

    search = _Search(days, should_stop)
    for _ in range(rounds):
        if left() <= 0:
            break
        more = search.round(left)
        search.bound.rounds += 1
        on_bound(search.bound.value)
        if not more:
            break
    search.bound.seconds, search.bound.columns = time.thread_time() - began, search.master.columns
    return search.bound
