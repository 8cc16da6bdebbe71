"""Multi-period capacitated location with states, single source, setups, whole crews and budgets.

Sets: facilities k, each present in consecutive periods P_k; states s of a facility (capacity C_ks, capacity C^c_ks for
the options of class c, smallest crew B_ks, open or not) with arcs a = (k, t, s -> s') entered at period t; customers j, to
be served in the periods E_j; options o = (customer j(o), facility k(o), needs setup or not, in class c or not); periods t.

    min   sum_a f_a y_a + sum_ot c_ot x_ot + sum_jt h_jt g_jt + sum_kt w_t n_kt + sum_jkt e_jt s_jkt + p sum_j u_j
    path     one arc leaves the start state at the first period of P_k; what enters a state leaves it:
             z_kts = sum of the arcs into s at t = sum of the arcs out of s at t + 1
    serve    sum_{o of j} x_ot = 1                                                  j, t in E_j
    link     sum_{o of j at k} x_ot <= sum_{s : C_ks >= least load of j at k} z_kts    j, k, t, and by class c with C^c
    load     sum_{o at k} l_ot x_ot <= sum_s C_ks z_kts;  sum_{o at k in c} l_ot x_ot <= sum_s C^c_ks z_kts    k, t, c
             and for each other case d of the loads, with l^d_ot; cases that no other one dominates at k and t are enough
    crew     sum_{o at k} v_ot x_ot <= p_k n_kt, for each case;  sum_s B_ks z_kts <= n_kt <= N_k sum_{s open} z_kts    k, t
    setup    sum_{o of j needing setup} x_ot <= sum_{t' <= t} g_jt';  where setups do not last:
             <= g_jt + sum_{o of j needing setup} x_o,t-1  (t = 0: + 1 where j is set up before the plan)    j, t
    switch   sum_{o of j at k} x_ot - sum_{o of j at k} x_o,t' <= s_jkt      j, k, t; t' the period before t in E_j
    budget   sum_{a at t} q_a y_a + sum_j r_jt g_jt <= b_t                          t
    drop     sum_k n_kt >= sum_k n_k,t-1 + e_t - d_t                                t
             (e_t: posts before the plan of the facilities that join at t, less those of the ones that leave)
    way      sum_{o of j that give way to k} x_ot + sum_{s open} z_kts <= 1             j, k, t
    open     sum_k sum_{s open} z_kts <= O_t                                            t, where limited
    change   sum_{o of j that leave the anchor at t} x_ot <= u_j;  sum_j u_j <= N    j, t
    quota    sum_ot a_ot x_ot <= A, over all periods, where something is limited so
             (anchor: a solution to stay close to, if any, with price p per changed customer and at most N of them)
    cover    (implied, for the cuts; slacks of totals are columns of their own, so that rounding sees few columns)
             sum_ks C_ks z_kts >= sum_j least load of j + L_t         L_t = sum_ot (l_ot - least of j) x_ot
             sum_ks C^c_ks z_kts + H_ct >= sum_j least load of j in c    H_ct = sum of that least load over x_ot not in c
             p sum_k n_kt >= sum_j least work of j + W_t              W_t = sum_ot (v_ot - least of j) x_ot
    z, x, g, u in {0, 1}, n whole; y in [0, 1] (whole once z is); s >= 0

The state network makes every rule about opening, closing, growing a matter of which arcs exist. The load rows
carry the mode's own load (a meal made five days for seven loads 7/5), the strong rows link a customer only to
states that can hold it. Without the class rows a facility equipped by a fraction serves each customer by that fraction.

Tight form, for large programs: the link and switch rows are put aside, to be added where a solution breaks them; the
columns "capacity of k at least C" and "k can do c", whole, and N_t = sum_k n_kt, whole, carry the branching of a
relaxation in which the rest may be continuous.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from planner.solvers import mip
from planner.solvers.location import SLACK, Choice, Facility, Floats, Ints, Location, ceil, crew_needed, evaluate, faults, path, undominated
from planner.solvers.location_covers import add_covers
from planner.solvers.mip import INF, Mip, MipStatus

Terms = list[tuple[int, float]]


@dataclass(frozen=True)
class Elastic:
    """Cost per unit of breaking a rule (per period): budget, load of an open facility, crew drop, facilities open at once.
    inf: unbreakable."""

    budget: float = INF
    load: float = INF
    drop: float = INF
    open: float = INF


@dataclass(frozen=True)
class Broken:
    """How much an elastic solution breaks: budget (T,), load (K, T), crew drop (T,), facilities open beyond the limit (T,)."""

    budget: Floats
    load: Floats
    drop: Floats
    open: Floats


@dataclass(frozen=True)
class LocationResult:
    """`cost`: of `choice`, evaluated exactly; `bound`: proven, -inf when none."""

    status: MipStatus
    choice: Choice | None
    cost: float
    bound: float
    seconds: float
    nodes: int = 0
    message: str = ""
    broken: Broken | None = None


@dataclass
class Program:
    """The MIP of a Location, with the column of every variable."""

    data: Location
    model: Mip
    arc: list[list[int]] = field(default_factory=list)  # [k][a]
    z: dict[tuple[int, int, int], int] = field(default_factory=dict)  # (k, t, s)
    x: dict[tuple[int, int], int] = field(default_factory=dict)  # (o, t)
    g: dict[tuple[int, int], int] = field(default_factory=dict)  # (j, t)
    n: dict[tuple[int, int], int] = field(default_factory=dict)  # (k, t)
    s: dict[tuple[int, int, int], int] = field(default_factory=dict)  # (j, k, t)
    u: dict[int, int] = field(default_factory=dict)  # j
    over: dict[tuple[str, int, int], int] = field(default_factory=dict)  # elastic columns
    sums: dict[int, Terms] = field(default_factory=dict)  # columns defined as sums of earlier ones
    branching: list[int] = field(default_factory=list)  # whole columns of the tight form's relaxation
    aside: sparse.csr_matrix | None = None  # rows <= aside_upper put aside (tight form)
    aside_upper: Floats = field(default_factory=lambda: np.zeros(0))

    def vector(self, choice: Choice) -> Floats:
        """The columns' values for a solution. Raises KeyError when the program has no column for it."""
        values = np.zeros(len(self.model.cost))
        for k, facility in enumerate(self.data.facilities):
            for a in path(facility, choice.state[k]):
                values[self.arc[k][a]] = 1.0
            for t in np.flatnonzero(facility.present):
                values[self.z[k, int(t), int(choice.state[k, t])]] = 1.0
                values[self.n[k, int(t)]] = float(choice.crew[k, t])
        for j, t in np.argwhere(choice.option >= 0):
            values[self.x[int(choice.option[j, t]), int(t)]] = 1.0
        for j, t in np.argwhere(choice.setup):
            values[self.g[int(j), int(t)]] = 1.0
        for j, t in np.argwhere(self.data.switches(choice.option)) if self.s else ():
            column = self.s.get((int(j), int(self.data.facility[choice.option[j, t]]), int(t)))
            if column is not None:
                values[column] = 1.0
        for j in np.flatnonzero(self.data.changed(choice.option)) if self.u else ():
            values[self.u[int(j)]] = 1.0
        for column, terms in self.sums.items():
            values[column] = sum(value * values[other] for other, value in terms)
        return values

    def choice(self, values: Floats) -> Choice:
        """The solution in the columns' values, with the fewest posts that its assignment needs."""
        facilities, customers, _, periods = self.data.sizes
        option = np.full((customers, periods), -1, dtype=np.int64)
        setup = np.zeros((customers, periods), dtype=bool)
        crew = np.zeros((facilities, periods), dtype=np.int64)
        for (o, t), column in self.x.items():
            if values[column] > 0.5:
                option[self.data.customer[o], t] = o
        for (j, t), column in self.g.items():
            setup[j, t] = values[column] > 0.5
        for (k, t), column in self.n.items():
            crew[k, t] = round(values[column])
        if self.data.setup_lasts:
            setup &= self.data.using(option).any(axis=1, keepdims=True)
        else:
            setup = self.data.setups(option)
        found = Choice(self.states(values), option, setup, crew)
        fewest = Choice(found.state, option, setup, crew_needed(self.data, found.state, option))
        better = not faults(self.data, fewest) and evaluate(self.data, fewest) <= evaluate(self.data, found)
        return fewest if better or faults(self.data, found) else found

    def states(self, values: Floats) -> Ints:
        """State (K, T) of each facility, -1 when absent."""
        state = np.full((self.data.sizes[0], self.data.sizes[3]), -1, dtype=np.int64)
        for (k, t, s), column in self.z.items():
            if values[column] > 0.5:
                state[k, t] = s
        return state

    def broken(self, values: Floats) -> Broken:
        facilities, _, _, periods = self.data.sizes
        result = Broken(np.zeros(periods), np.zeros((facilities, periods)), np.zeros(periods), np.zeros(periods))
        for (rule, k, t), column in self.over.items():
            if rule == "load":
                result.load[k, t] = values[column]
            else:
                {"budget": result.budget, "drop": result.drop, "open": result.open}[rule][t] = values[column]
        return result


class _Writer(mip.Builder):
    """A builder that can put rows aside, and knows the program in the making."""

    def __init__(self, made: Program, soft: Elastic, tight: bool) -> None:
        super().__init__()
        self.made, self.soft, self.tight = made, soft, tight
        self.late = mip.Builder() if tight else None

    def row_aside(self, terms: Terms, upper: float = 0.0) -> None:
        (self.late or self).row(terms, upper=upper)

    def total(self, terms: Terms, integer: bool = False) -> int:
        """A column that equals the sum."""
        column = self.variable(integer=integer)
        self.row([*terms, (column, -1.0)], 0.0, 0.0)
        self.made.sums[column] = terms
        return column


def program(data: Location, elastic: Elastic | None = None, tight: bool = False) -> Program:
    """The MIP of the module's docstring; `elastic` adds priced slack to the rules it names."""
    made = Program(data, mip.Builder().build())
    build = _Writer(made, elastic or Elastic(), tight)
    for k, facility in enumerate(data.facilities):
        _add_path(build, k, facility)
    most = _most_crew(data)
    for k, facility in enumerate(data.facilities):
        for t in np.flatnonzero(facility.present):
            made.n[k, int(t)] = build.variable(float(data.crew_cost[t]), 0.0, min(most[k], facility.crew_most), True)
    for o, t in np.argwhere(data.allowed):
        if data.serve[data.customer[o], t] and data.facilities[data.facility[o]].present[t]:
            made.x[int(o), int(t)] = build.binary(float(data.cost[o, t]))
    _add_setups(build)
    for period in range(data.serve.shape[1]):
        _add_assignment(build, period, elastic is not None)
        _add_loads(build, period, most)
        if not math.isfinite(build.soft.load):
            add_covers(build, period)
        _add_budget(build, period)
        _add_drop(build, period)
        _add_open(build, period)
    _add_switches(build)
    _add_changes(build)
    if data.quota_use is not None and math.isfinite(data.quota):
        size = max(1.0, data.quota)
        build.row([(column, float(data.quota_use[o, t]) / size) for (o, t), column in made.x.items() if data.quota_use[o, t]], upper=data.quota / size)
    if build.late is not None:
        _add_branching(build)
        build.late.cost = build.cost
        build.late.lower, build.late.upper, build.late.integer = build.lower, build.upper, build.integer
        late = build.late.build()
        made.aside, made.aside_upper = late.matrix, late.row_upper
    made.model = build.build()
    return made


def _add_path(build: _Writer, k: int, facility: Facility) -> None:
    """One unit of flow through the states that can be reached from the start; arcs from elsewhere stay at zero."""
    made = build.made
    into: dict[tuple[int, int], list[int]] = defaultdict(list)
    out: dict[tuple[int, int], list[int]] = defaultdict(list)
    reached: set[tuple[int, int]] = {(facility.first, facility.start)}
    columns: dict[int, int] = {}
    for a in np.argsort(facility.arcs[:, 0], kind="stable"):
        t, before, after = (int(part) for part in facility.arcs[a])
        usable = (t, before) in reached
        columns[int(a)] = build.variable(float(facility.arc_cost[a]), 0.0, 1.0 if usable else 0.0)
        if usable:
            reached.add((t + 1, after))
            into[t, after].append(columns[int(a)])
            out[t, before].append(columns[int(a)])
    made.arc.append([columns[a] for a in range(len(facility.arcs))])
    present = [int(t) for t in np.flatnonzero(facility.present)]
    if present:
        build.row([(y, 1.0) for y in out[present[0], facility.start]], 1.0, 1.0)
    for t in present:
        for s in range(len(facility.capacity)):
            if not into[t, s]:
                continue
            z = made.z[k, t, s] = build.binary()
            build.row([(y, 1.0) for y in into[t, s]] + [(z, -1.0)], 0.0, 0.0)
            if t + 1 in present:
                build.row([(y, 1.0) for y in out[t + 1, s]] + [(z, -1.0)], 0.0, 0.0)


def _most_crew(data: Location) -> list[float]:
    """A number of posts per facility that no good plan exceeds: all work, the smallest team, and all posts to be kept."""
    kept = sum(f.crew_before for f in data.facilities) if np.isfinite(data.drop).any() else 0.0
    floor = sum(float(f.crew_min.max()) + 1 for f in data.facilities)
    most = np.zeros(data.serve.shape)
    for o in range(len(data.customer)):
        j = data.customer[o]
        most[j] = np.maximum(most[j], np.where(data.allowed[o], data.all_works[:, o].max(axis=0), 0.0))
    work = float(np.where(data.serve, most, 0.0).sum(axis=0).max(initial=0.0))
    slowest = min((f.productivity for f in data.facilities), default=1.0)
    if np.isfinite(data.drop).any():  # posts once created somewhere may have to be kept elsewhere
        return [float(math.ceil(kept + floor + work / slowest + len(data.facilities)))] * len(data.facilities)
    return [float(math.ceil(work / f.productivity + float(f.crew_min.max()) + 1)) for f in data.facilities]


def _add_setups(build: _Writer) -> None:
    made, data = build.made, build.made.data
    for j, t in np.argwhere(data.serve):
        if any(data.needs_setup[o] for o in data.options_of[j]):
            made.g[int(j), int(t)] = build.binary(float(data.setup_cost[j, t]))
    for j in range(len(data.serve)):
        bought = [made.g[j, t] for t in range(data.serve.shape[1]) if (j, t) in made.g]
        if len(bought) > 1 and data.setup_lasts:
            build.row([(g, 1.0) for g in bought], upper=1.0)


def _add_assignment(build: _Writer, t: int, soft: bool) -> None:
    made, data = build.made, build.made.data
    for j in np.flatnonzero(data.serve[:, t]):
        options = [o for o in data.options_of[j] if (o, t) in made.x]
        build.row([(made.x[o, t], 1.0) for o in options], 1.0, 1.0)
        using = [o for o in options if data.needs_setup[o]]
        if using:
            build.row([(made.x[o, t], 1.0) for o in using] + [(c, -1.0) for c in _ready(made, int(j), t)],
                      upper=float(not data.setup_lasts and t == 0 and data.set_up_before(int(j))))  # fmt: skip
            for o in options:
                if data.idle is not None and data.idle[o]:
                    build.row([(made.x[o, t], 1.0), (made.g[int(j), t], 1.0)], upper=1.0)
        for k, own in data.yielding(int(j), t).items():
            build.row([(made.x[o, t], 1.0) for o in own if (o, t) in made.x] + _open(made, k, t), upper=1.0)
        by_facility: dict[int, list[int]] = defaultdict(list)
        for o in options:
            by_facility[int(data.facility[o])].append(o)
        for k, here in by_facility.items():
            facility = data.facilities[k]
            _add_link(build, k, t, here, facility.capacity, soft)
            for c in range(0 if facility.class_capacity is None else data.class_count):
                assert data.classes is not None and facility.class_capacity is not None
                _add_link(build, k, t, [o for o in here if data.classes[c, o]], facility.class_capacity[c], soft)


def _ready(made: Program, j: int, t: int) -> list[int]:
    """Columns of which one says that j is set up at t."""
    data = made.data
    if data.setup_lasts:
        return [made.g[j, before] for before in range(t + 1) if (j, before) in made.g]
    return [made.g[j, t]] + [made.x[o, t - 1] for o in data.options_of[j] if data.needs_setup[o] and (o, t - 1) in made.x]


def _add_link(build: _Writer, k: int, t: int, options: Sequence[int], capacity: Floats, soft: bool) -> None:
    """Options of one customer at k only with a state that holds the least of them."""
    made, facility = build.made, build.made.data.facilities[k]
    if not options:
        return
    least = 0.0 if soft else min(float(made.data.peak[o, t]) for o in options)
    fitting = [s for s in range(len(capacity)) if (k, t, s) in made.z and facility.open[s] and capacity[s] * (1 + SLACK) >= least]
    build.row_aside([(made.x[o, t], 1.0) for o in options] + [(made.z[k, t, s], -1.0) for s in fitting])


def _add_loads(build: _Writer, t: int, most: Sequence[float]) -> None:
    made, data, soft = build.made, build.made.data, build.soft
    at: dict[int, list[int]] = defaultdict(list)
    for o, period in made.x:
        if period == t:
            at[int(data.facility[o])].append(o)
    for k, facility in enumerate(data.facilities):
        if not facility.present[t]:
            continue
        states = [s for s in range(len(facility.capacity)) if (k, t, s) in made.z]
        size = max(1.0, float(facility.capacity.max()))
        slack: Terms = []
        if math.isfinite(soft.load):
            made.over["load", k, t] = build.variable(soft.load)
            slack = [(made.over["load", k, t], -1.0 / size)]
        n = made.n[k, t]
        for d in undominated(data.all_loads[:, at[k], t], data.all_works[:, at[k], t]):
            load = [(made.x[o, t], float(data.all_loads[d, o, t]) / size) for o in at[k]]
            build.row([*load, *slack] + [(made.z[k, t, s], -float(facility.capacity[s]) / size) for s in states], upper=0.0)
            for c in range(0 if facility.class_capacity is None else data.class_count):
                assert data.classes is not None and facility.class_capacity is not None
                own = [term for o, term in zip(at[k], load, strict=True) if data.classes[c, o]]
                room = facility.class_capacity[c]
                if own:
                    build.row([*own, *slack] + [(made.z[k, t, s], -float(room[s]) / size) for s in states], upper=0.0)
            work = [(made.x[o, t], float(data.all_works[d, o, t]) / facility.productivity) for o in at[k]]
            build.row([*work, (n, -1.0)], upper=0.0)
        build.row([(made.z[k, t, s], float(ceil(facility.crew_min[s]))) for s in states] + [(n, -1.0)], upper=0.0)
        build.row([(n, 1.0)] + [(made.z[k, t, s], -most[k]) for s in states if facility.open[s]], upper=0.0)


def _add_budget(build: _Writer, t: int) -> None:
    made, data, soft = build.made, build.made.data, build.soft
    if not math.isfinite(data.budget[t]):
        return
    terms = [
        (made.arc[k][a], float(facility.arc_cash[a]))
        for k, facility in enumerate(data.facilities)
        for a in np.flatnonzero(facility.arcs[:, 0] == t)
        if facility.arc_cash[a] > 0
    ]
    terms += [(g, float(data.setup_cash[j, t])) for (j, period), g in made.g.items() if period == t and data.setup_cash[j, t] > 0]
    if not terms:
        return
    size = max(value for _, value in terms)
    scaled = [(column, value / size) for column, value in terms]
    if math.isfinite(soft.budget):
        made.over["budget", 0, t] = build.variable(soft.budget)
        scaled.append((made.over["budget", 0, t], -1.0 / size))
    build.row(scaled, upper=float(data.budget[t]) / size)


def _add_drop(build: _Writer, t: int) -> None:
    made, data, soft = build.made, build.made.data, build.soft
    if not math.isfinite(data.drop[t]):
        return
    terms = [(n, 1.0 if period == t else -1.0) for (_, period), n in made.n.items() if period in (t, t - 1)]
    if not any(facility.present[t] for facility in data.facilities):
        return
    if math.isfinite(soft.drop):
        made.over["drop", 0, t] = build.variable(soft.drop)
        terms.append((made.over["drop", 0, t], 1.0))
    build.row(terms, lower=data.brought(t) - float(data.drop[t]))


def _open(made: Program, k: int, t: int) -> Terms:
    """Terms of which the sum says whether k is open at t."""
    facility = made.data.facilities[k]
    return [(made.z[k, t, s], 1.0) for s in range(len(facility.open)) if facility.open[s] and (k, t, s) in made.z]


def _add_open(build: _Writer, t: int) -> None:
    made, data, soft = build.made, build.made.data, build.soft
    if data.most_open is None or not math.isfinite(data.most_open[t]):
        return
    terms = [term for k in range(len(data.facilities)) for term in _open(made, k, t)]
    if math.isfinite(soft.open):
        made.over["open", 0, t] = build.variable(soft.open)
        terms.append((made.over["open", 0, t], -1.0))
    build.row(terms, upper=float(data.most_open[t]))


def _add_switches(build: _Writer) -> None:
    """Arrivals at a facility; where the customer is served for the first time, their cost is that of the option."""
    made, data = build.made, build.made.data
    if data.switch_cost is None:
        return
    for j in range(len(data.serve)):
        before: dict[int, list[int]] | None = None
        first = -1 if data.facility_before is None else int(data.facility_before[j])
        for t in (int(period) for period in np.flatnonzero(data.serve[j])):
            here: dict[int, list[int]] = defaultdict(list)
            for o in data.options_of[j]:
                if (o, t) in made.x:
                    here[int(data.facility[o])].append(made.x[o, t])
            price = float(data.switch_cost[j, t])
            for k, columns in here.items() if price else ():
                if before is None:
                    for column in columns if first not in (-1, k) else ():
                        build.cost[column] += price
                    continue
                s = made.s[j, k, t] = build.variable(price, 0.0, 1.0)
                build.row_aside([*((x, 1.0) for x in columns), *((x, -1.0) for x in before.get(k, ())), (s, -1.0)])
            before = here


def _add_changes(build: _Writer) -> None:
    """The customers that leave the anchor, where that costs something or is limited."""
    made, data, anchor = build.made, build.made.data, build.made.data.anchor
    if anchor is None or (not anchor.price and anchor.most >= len(data.serve)):
        return
    leaving: dict[tuple[int, int], list[int]] = defaultdict(list)
    for (o, t), column in made.x.items():
        if anchor.departs[o, t]:
            leaving[int(data.customer[o]), t].append(column)
    for (j, _), columns in leaving.items():
        if j not in made.u:
            made.u[j] = build.binary(anchor.price)
        build.row([(column, 1.0) for column in columns] + [(made.u[j], -1.0)], upper=0.0)
    if anchor.most < len(made.u):
        build.row([(u, 1.0) for u in made.u.values()], upper=float(anchor.most))


def _add_branching(build: _Writer) -> None:
    """Whole columns: k open, k at a capacity of at least so much, k able to do a class."""
    made, data = build.made, build.made.data
    states: dict[tuple[int, int], list[int]] = defaultdict(list)
    for k, t, s in made.z:
        states[k, t].append(s)
    for (k, t), here in states.items():
        facility = data.facilities[k]
        groups = [frozenset(s for s in here if facility.open[s])]
        groups += [frozenset(s for s in here if facility.capacity[s] >= size) for size in sorted({float(facility.capacity[s]) for s in here})]
        if facility.class_capacity is not None:
            groups += [frozenset(s for s in here if room[s] > 0) for room in facility.class_capacity]
        for group in dict.fromkeys(groups):
            if 0 < len(group) < len(here):
                column = build.total([(made.z[k, t, s], 1.0) for s in sorted(group)], integer=True)
                build.upper[column] = 1.0
                made.branching.append(column)


