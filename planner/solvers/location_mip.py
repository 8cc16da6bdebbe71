"""Multi-period capacitated location with states, single source, setups, whole crews and budgets.

Sets: facilities k, each present in consecutive periods P_k; states s of a facility (capacity C_ks, smallest
crew B_ks, open or not) with arcs a = (k, t, s -> s') entered at period t; customers j, to be served in the
periods E_j; options o = (customer j(o), facility k(o), needs setup or not); periods t.

    min   sum_a f_a y_a + sum_ot c_ot x_ot + sum_jt h_jt g_jt + sum_kt w_t n_kt + p sum_j u_j
    path     one arc leaves the start state at the first period of P_k; what enters a state leaves it:
             z_kts = sum of the arcs into s at t = sum of the arcs out of s at t + 1
    serve    sum_{o of j} x_ot = 1                                                  j, t in E_j
    link     sum_{o of j at k} x_ot <= sum_{s : C_ks >= least load of j at k} z_kts    j, k, t
    load     sum_{o at k} l_ot x_ot <= sum_s C_ks z_kts                             k, t
    crew     sum_{o at k} v_jt x_ot <= p_k n_kt;  sum_s B_ks z_kts <= n_kt <= N sum_{s open} z_kts    k, t
    setup    sum_{o of j needing setup} x_ot <= sum_{t' <= t} g_jt'                 j, t
    budget   sum_{a at t} q_a y_a + sum_j r_jt g_jt <= b_t                          t
    drop     sum_k n_kt >= sum_k n_k,t-1 + e_t - d_t                                t
             (e_t: posts before the plan of the facilities that join at t, less those of the ones that leave)
    change   sum_{o of j that leave the anchor at t} x_ot <= u_j;  sum_j u_j <= N    j, t
             (anchor: a solution to stay close to, if any, with price p per changed customer and at most N of them)
    cover    (implied, for the cuts) sum_ks C_ks z_kts >= sum_j least load of j;  sum_k p_k n_kt >= sum_j v_jt;
             sum_k n_kt >= ceil(sum_j v_jt / max p_k)                               t
    z, x, g, u in {0, 1}, n whole; y in [0, 1] (whole once z is)

The state network makes every rule about opening, closing, growing a matter of which arcs exist. The load rows
carry the mode's own load (a meal made five days for seven loads 7/5), the strong rows link a customer only to
states that can hold it.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from planner.solvers import mip
from planner.solvers.location import SLACK, Bools, Choice, Facility, Floats, Ints, Location, ceil, crew_needed, evaluate, faults, path
from planner.solvers.mip import INF, Mip, MipStatus


@dataclass(frozen=True)
class Elastic:
    """Cost per unit of breaking a rule (per period): budget, load of an open facility, crew drop. inf: unbreakable."""

    budget: float = INF
    load: float = INF
    drop: float = INF


@dataclass(frozen=True)
class Broken:
    """How much an elastic solution breaks: budget (T,), load (K, T), crew drop (T,)."""

    budget: Floats
    load: Floats
    drop: Floats


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
    arc: list[list[int]]  # [k][a]
    z: dict[tuple[int, int, int], int]  # (k, t, s)
    x: dict[tuple[int, int], int]  # (o, t)
    g: dict[tuple[int, int], int]  # (j, t)
    n: dict[tuple[int, int], int]  # (k, t)
    u: dict[int, int] = field(default_factory=dict)  # j
    over: dict[tuple[str, int, int], int] = field(default_factory=dict)  # elastic columns

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
        for j in np.flatnonzero(self.data.changed(choice.option)) if self.u else ():
            values[self.u[int(j)]] = 1.0
        return values

    def choice(self, values: Floats) -> Choice:
        """The solution in the columns' values, with the fewest posts that its assignment needs."""
        facilities, customers, _, periods = self.data.sizes
        state = np.full((facilities, periods), -1, dtype=np.int64)
        option = np.full((customers, periods), -1, dtype=np.int64)
        setup = np.zeros((customers, periods), dtype=bool)
        crew = np.zeros((facilities, periods), dtype=np.int64)
        for (k, t, s), column in self.z.items():
            if values[column] > 0.5:
                state[k, t] = s
        for (o, t), column in self.x.items():
            if values[column] > 0.5:
                option[self.data.customer[o], t] = o
        for (j, t), column in self.g.items():
            setup[j, t] = values[column] > 0.5
        for (k, t), column in self.n.items():
            crew[k, t] = round(values[column])
        found = Choice(state, option, _needed_setups(self.data, option, setup), crew)
        fewest = Choice(state, option, found.setup, crew_needed(self.data, state, option))
        better = not faults(self.data, fewest) and evaluate(self.data, fewest) <= evaluate(self.data, found)
        return fewest if better or faults(self.data, found) else found

    def broken(self, values: Floats) -> Broken:
        facilities, _, _, periods = self.data.sizes
        result = Broken(np.zeros(periods), np.zeros((facilities, periods)), np.zeros(periods))
        for (rule, k, t), column in self.over.items():
            if rule == "load":
                result.load[k, t] = values[column]
            else:
                (result.budget if rule == "budget" else result.drop)[t] = values[column]
        return result


def _needed_setups(data: Location, option: Ints, setup: Bools) -> Bools:
    """The setups (J, T) without those that no service needs."""
    using = (option >= 0) & data.needs_setup[np.maximum(option, 0)]
    return np.asarray(setup & np.any(using, axis=1, keepdims=True), dtype=bool)


def program(data: Location, elastic: Elastic | None = None) -> Program:
    """The MIP of the module's docstring; `elastic` adds priced slack to the rules it names."""
    build = mip.Builder()
    periods = data.serve.shape[1]
    soft = elastic or Elastic()
    made = Program(data, build.build(), [], {}, {}, {}, {})
    for k, facility in enumerate(data.facilities):
        _add_path(build, made, k, facility)
    most = _most_crew(data)
    for k, facility in enumerate(data.facilities):
        for t in np.flatnonzero(facility.present):
            made.n[k, int(t)] = build.variable(float(data.crew_cost[t]), 0.0, most[k], True)
    for o, t in np.argwhere(data.allowed):
        if data.serve[data.customer[o], t] and data.facilities[data.facility[o]].present[t]:
            made.x[int(o), int(t)] = build.binary(float(data.cost[o, t]))
    _add_setups(build, made)
    for period in range(periods):
        _add_assignment(build, made, period, elastic is not None)
        _add_loads(build, made, period, soft, most)
        _add_budget(build, made, period, soft)
        _add_drop(build, made, period, soft)
    _add_changes(build, made)
    made.model = build.build()
    return made


def _add_path(build: mip.Builder, made: Program, k: int, facility: Facility) -> None:
    """One unit of flow through the states that can be reached from the start; arcs from elsewhere stay at zero."""
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
    work = float(np.where(data.serve, data.work, 0.0).sum(axis=0).max(initial=0.0))
    slowest = min((f.productivity for f in data.facilities), default=1.0)
    if np.isfinite(data.drop).any():  # posts once created somewhere may have to be kept elsewhere
        return [float(math.ceil(kept + floor + work / slowest + len(data.facilities)))] * len(data.facilities)
    return [float(math.ceil(work / f.productivity + float(f.crew_min.max()) + 1)) for f in data.facilities]


def _add_setups(build: mip.Builder, made: Program) -> None:
    data = made.data
    for j, t in np.argwhere(data.serve):
        if any(data.needs_setup[o] for o in data.options_of[j]):
            made.g[int(j), int(t)] = build.binary(float(data.setup_cost[j, t]))
    for j in range(len(data.serve)):
        bought = [made.g[j, t] for t in range(data.serve.shape[1]) if (j, t) in made.g]
        if len(bought) > 1:
            build.row([(g, 1.0) for g in bought], upper=1.0)


def _add_assignment(build: mip.Builder, made: Program, t: int, soft: bool) -> None:
    data = made.data
    for j in np.flatnonzero(data.serve[:, t]):
        options = [o for o in data.options_of[j] if (o, t) in made.x]
        build.row([(made.x[o, t], 1.0) for o in options], 1.0, 1.0)
        cold = [o for o in options if data.needs_setup[o]]
        if cold:
            bought = [(made.g[int(j), before], -1.0) for before in range(t + 1) if (int(j), before) in made.g]
            build.row([(made.x[o, t], 1.0) for o in cold] + bought, upper=0.0)
        by_facility: dict[int, list[int]] = defaultdict(list)
        for o in options:
            by_facility[int(data.facility[o])].append(o)
        for k, here in by_facility.items():
            facility = data.facilities[k]
            least = 0.0 if soft else min(float(data.load[o, t]) for o in here)
            fitting = [
                (made.z[k, t, s], -1.0)
                for s in range(len(facility.capacity))
                if (k, t, s) in made.z and facility.open[s] and facility.capacity[s] * (1 + SLACK) >= least
            ]
            build.row([(made.x[o, t], 1.0) for o in here] + fitting, upper=0.0)


def _add_loads(build: mip.Builder, made: Program, t: int, soft: Elastic, most: Sequence[float]) -> None:
    data = made.data
    at: dict[int, list[int]] = defaultdict(list)
    for o, period in made.x:
        if period == t:
            at[int(data.facility[o])].append(o)
    here = [k for k, facility in enumerate(data.facilities) if facility.present[t]]
    for k in here:
        facility = data.facilities[k]
        states = [s for s in range(len(facility.capacity)) if (k, t, s) in made.z]
        size = max(1.0, float(facility.capacity.max()))
        load = [(made.x[o, t], float(data.load[o, t]) / size) for o in at[k]]
        if math.isfinite(soft.load):
            made.over["load", k, t] = build.variable(soft.load)
            load.append((made.over["load", k, t], -1.0 / size))
        build.row(load + [(made.z[k, t, s], -float(facility.capacity[s]) / size) for s in states], upper=0.0)
        n = made.n[k, t]
        work = [(made.x[o, t], float(data.work[data.customer[o], t]) / facility.productivity) for o in at[k]]
        build.row([*work, (n, -1.0)], upper=0.0)
        build.row([(made.z[k, t, s], float(ceil(facility.crew_min[s]))) for s in states] + [(n, -1.0)], upper=0.0)
        build.row([(n, 1.0)] + [(made.z[k, t, s], -most[k]) for s in states if facility.open[s]], upper=0.0)
    if math.isfinite(soft.load):
        return
    served = np.flatnonzero(data.serve[:, t])
    if not len(served) or not here:
        return
    least = sum(min((float(data.load[o, t]) for o in data.options_of[j] if (o, t) in made.x), default=0.0) for j in served)
    work_total = float(data.work[served, t].sum())
    capacity = [(column, float(data.facilities[k].capacity[s])) for (k, period, s), column in made.z.items() if period == t]
    size = max(1.0, least)
    build.row([(column, value / size) for column, value in capacity], lower=least / size * (1 - SLACK))
    fastest = max(data.facilities[k].productivity for k in here)
    build.row([(made.n[k, t], data.facilities[k].productivity / fastest) for k in here], lower=work_total / fastest * (1 - 1e-9))
    build.row([(made.n[k, t], 1.0) for k in here], lower=float(ceil(work_total / fastest)))


def _add_budget(build: mip.Builder, made: Program, t: int, soft: Elastic) -> None:
    data = made.data
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


def _add_drop(build: mip.Builder, made: Program, t: int, soft: Elastic) -> None:
    data = made.data
    if not math.isfinite(data.drop[t]):
        return
    terms = [(n, 1.0 if period == t else -1.0) for (_, period), n in made.n.items() if period in (t, t - 1)]
    if not any(facility.present[t] for facility in data.facilities):
        return
    if math.isfinite(soft.drop):
        made.over["drop", 0, t] = build.variable(soft.drop)
        terms.append((made.over["drop", 0, t], 1.0))
    build.row(terms, lower=data.brought(t) - float(data.drop[t]))


def _add_changes(build: mip.Builder, made: Program) -> None:
    """The customers that leave the anchor, where that costs something or is limited."""
    data, anchor = made.data, made.data.anchor
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


# --- solving -------------------------------------------------------------------------------------------------

KERNEL_SHARE = 0.35  # of the time, at most, for the restricted programs
KERNEL_GAP = 0.002
KERNEL_OPTIONS = (3, 6)  # options kept per customer and period, tried in turn
NEAR_SHARE = 0.15  # of the time, at most, for the program that stays at the anchor


def kernel(made: Program, relaxed: Floats, start: Floats | None, most: int) -> Mip:
    """The program restricted to what its linear relaxation and a start use: states with weight; options with weight,
    filled up to `most` by the cheapest; options at the anchor. Its solutions are solutions of the program; its bound
    proves nothing."""
    data, model = made.data, made.model
    departs = data.anchor.departs if data.anchor is not None else np.zeros(data.allowed.shape, dtype=bool)
    weight = relaxed if start is None else np.maximum(relaxed, start)
    upper = model.upper.copy()
    for column in made.z.values():
        if weight[column] < 1e-6:
            upper[column] = 0.0
    for (j, t) in zip(*np.nonzero(data.serve), strict=True):
        own = sorted((o for o in data.options_of[j] if (o, t) in made.x), key=lambda o: (-weight[made.x[o, t]], data.cost[o, t], o))
        used = sum(weight[made.x[o, t]] > 1e-6 for o in own)
        anchored = any(departs[o, t] for o in own)
        for o in own[max(used, most) :]:
            if departs[o, t] or not anchored:
                upper[made.x[o, t]] = 0.0
    return replace(model, upper=upper)


def at_anchor(made: Program) -> Mip:
    """The program in which customers stay at the anchor, where they can in every period. Its bound proves nothing."""
    data, anchor = made.data, made.data.anchor
    assert anchor is not None
    stays = np.ones(len(data.serve), dtype=bool)
    for j, t in zip(*np.nonzero(data.serve), strict=True):
        stays[j] &= any((o, t) in made.x and not anchor.departs[o, t] for o in data.options_of[j])
    upper = made.model.upper.copy()
    for (o, t), column in made.x.items():
        if anchor.departs[o, t] and stays[data.customer[o]]:
            upper[column] = 0.0
    return replace(made.model, upper=upper)


def _near_plan(made: Program, start: Choice | None, seconds: float, seed: int, nodes: int | None, should_stop: Callable[[], bool] | None) -> Choice | None:
    """The better of `start` and the best solution at the anchor."""
    found = mip.solve(at_anchor(made), seconds=seconds, gap=KERNEL_GAP, seed=seed, nodes=nodes, should_stop=should_stop)
    choice = made.choice(found.x) if found.x is not None else None
    if choice is None or faults(made.data, choice):
        return start
    return choice if start is None or evaluate(made.data, choice) < evaluate(made.data, start) else start


def _first_plan(
    made: Program,
    start: Choice | None,
    seconds: float,
    seed: int,
    nodes: int | None,
    on_progress: Callable[[float | None, float | None], None] | None,
    should_stop: Callable[[], bool] | None,
) -> tuple[Choice | None, float]:
    """The better of `start` and the best solution of a kernel program (None when there is neither), and the bound
    of the linear relaxation."""
    began = time.monotonic()
    data, model = made.data, made.model
    loose = mip.solve(replace(model, integer=np.zeros(len(model.cost), dtype=bool)), seconds=seconds, should_stop=should_stop)
    if loose.x is None:
        return start, loose.bound

    def report(cost: float | None, _: float | None) -> None:
        if on_progress is not None:
            on_progress(cost, loose.bound)

    first = made.vector(start) if start is not None else None
    for most in KERNEL_OPTIONS:
        left = seconds - (time.monotonic() - began)
        if left <= 0 or (should_stop is not None and should_stop()):
            break
        small = kernel(made, loose.x, first, most)
        found = mip.solve(small, seconds=left, gap=KERNEL_GAP, seed=seed, nodes=nodes, start=first, on_progress=report, should_stop=should_stop)
        choice = made.choice(found.x) if found.x is not None else None
        if choice is not None and not faults(data, choice):
            return (choice if start is None or evaluate(data, choice) < evaluate(data, start) else start), loose.bound
    return start, loose.bound


def solve_location(
    data: Location,
    *,
    seconds: float = 60.0,
    gap: float = 1e-4,
    seed: int = 1,
    nodes: int | None = None,
    start: Choice | None = None,
    elastic: Elastic | None = None,
    on_progress: Callable[[float | None, float | None], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> LocationResult:
    """Solve the program. `start` is given to the search when it keeps every rule; the answer is never dearer.

    With `elastic`, the answer's `broken` says by how much each soft rule is broken. Never raises for what the
    data is; see MipStatus.
    """
    began = time.monotonic()
    made = program(data, elastic)
    floor = -INF
    if start is not None and faults(data, start):
        start = None
    if elastic is None and data.anchor is not None:
        start = _near_plan(made, start, NEAR_SHARE * seconds, seed, nodes, should_stop)
    if elastic is None:
        start, floor = _first_plan(made, start, KERNEL_SHARE * seconds, seed, nodes, on_progress, should_stop)
        if start is not None and on_progress is not None:
            on_progress(evaluate(data, start), floor if floor > -INF else None)
    first = made.vector(start) if start is not None and elastic is None else None
    result = mip.solve(
        made.model, seconds=max(0.01, seconds - (time.monotonic() - began)), gap=gap, seed=seed, nodes=nodes, start=first,
        on_progress=on_progress, should_stop=should_stop,
    )  # fmt: skip
    choice = made.choice(result.x) if result.x is not None else None
    broken = made.broken(result.x) if result.x is not None and elastic is not None else None
    if choice is not None and elastic is None and faults(data, choice):
        choice = None
    if elastic is None and start is not None and (choice is None or evaluate(data, start) < evaluate(data, choice)):
        choice = start
    status = result.status
    if choice is None and status in (MipStatus.OPTIMAL, MipStatus.FEASIBLE):
        status = MipStatus.NO_SOLUTION  # the engine's answer fails the exact check
    elif choice is not None and status in (MipStatus.NO_SOLUTION, MipStatus.FAILED, MipStatus.INFEASIBLE):
        status = MipStatus.FEASIBLE  # a plan that keeps every rule is there, whatever the engine's tolerances say
    cost = evaluate(data, choice) if choice is not None else INF
    return LocationResult(status, choice, cost, max(result.bound, floor), time.monotonic() - began, result.nodes, result.message, broken)
