"""The product's engine and plain solvers on a purchasing instance, at equal wall time on two cores."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from benchmarks.purchasing.instance import Answer, Instance
from planner.solvers import mip, sourcing_award, sourcing_mip, sourcing_sets, sourcing_split
from planner.solvers.mip import INF, Mip
from planner.solvers.sourcing import Carriage, Linear, Schedule, Sourcing
from planner.solvers.sourcing_dual import Prices
from planner.solvers.sourcing_tight import Tight
from planner.solvers.sourcing_volume import Bundle, Families, Volumes

THREADS = 2
GOOD = 1e-3  # the gap whose time is written down


@dataclass
class Outcome:
    """An answer or None; proven bound in €; wall seconds in all and until cost and bound were within GOOD of each other, as the engine saw them."""

    answer: Answer | None = None
    bound: float = -INF
    seconds: float = 0.0
    good: float | None = None
    began: float = field(default_factory=time.monotonic)

    def look(self, cost: float | None, bound: float | None) -> None:
        if self.good is None and cost is not None and bound is not None and cost - bound <= GOOD * abs(cost):
            self.good = time.monotonic() - self.began

    def end(self, answer: Answer | None, bound: float) -> Outcome:
        self.answer, self.bound, self.seconds = answer, bound, time.monotonic() - self.began
        return self


def as_volumes(instance: Instance) -> Volumes:
    """Quantities to share out, in the engine's terms."""
    data = instance.data
    price = np.array(data["price_cents"], float) / 100
    demand = np.array(data["demand"], float)
    turnover = "turnover_tiers" in data
    tiers = data["turnover_tiers"] if turnover else data["tiers"]
    count = max(len(those) for those in tiers)
    rate, start, back = np.zeros((len(tiers), count)), np.full((len(tiers), count), INF), np.zeros((len(tiers), count))
    for s, those in enumerate(tiers):
        for r, tier in enumerate(those):
            rate[s, r], start[s, r] = tier["rate_pm"] / 1000, tier["from_cents"] / 100 if turnover else tier["from_units"]
            if r:
                back[s, r] = back[s, r - 1] + (rate[s, r] - rate[s, r - 1]) * start[s, r]
    slices = instance.kind == "rfa_incremental"
    fee = np.full(rate.shape, data.get("supplier_fixed_cents", 0) / 100) + (back if slices else 0.0)
    families = None
    if "family" in data:
        of = np.array(data["family"])
        need = np.bincount(of, demand).astype(int)
        families = Families(
            of, need * data.get("family_share_cap_pct", 100) // 100 * 1.0, -(-need * data.get("family_share_min_if_present_pct", 0) // 100) * 1.0,
            np.where(need > 0, data.get("min_suppliers_per_family", 0), 0),
        )  # fmt: skip
    return Volumes(
        price, np.minimum(np.array(data["max_qty"], float), demand), demand, price if turnover else np.ones_like(price), rate,
        np.where(np.isfinite(start), 0.0, INF) if slices else start, fee, slices, data.get("max_suppliers"), families,
        tuple(Bundle(tuple(b["articles"]), b["cost_cents"] / 100) for b in data.get("bundles", ())),
    )  # fmt: skip


def as_sourcing(instance: Instance) -> tuple[Sourcing, list[tuple[int, int]], list[int]]:
    """Lots to award, in the engine's terms; the (member, lot) of each demand and the supplier of each option."""
    data = instance.data
    lot_of = np.array(data["lot_of_article"])
    lots = [np.flatnonzero(lot_of == lot) for lot in range(data["n_lots"])]
    need, price, own = (np.array(data[name], np.int64) for name in ("demand", "price_cents", "own_price_cents"))
    demands = [(h, lot) for lot, those in enumerate(lots) for h in range(data["n_members"]) if need[h, those].sum()]
    index = {demand: d for d, demand in enumerate(demands)}
    options = [(o, h) for o, offer in enumerate(data["offers"]) for h in range(data["n_members"]) if (h, offer["lot"]) in index]
    offer_of, member = np.array([o for o, _ in options]), np.array([h for _, h in options])
    supplier = np.array([data["offers"][o]["supplier"] for o in offer_of])
    lot = np.array([data["offers"][o]["lot"] for o in offer_of])
    value = np.array([(need[h, lots[lt]] * price[s, lots[lt]]).sum() / 100 for h, lt, s in zip(member, lot, supplier, strict=True)])
    units = np.array([need[h, lots[lt]].sum() for h, lt in zip(member, lot, strict=True)], float)
    sourcing = Sourcing(
        np.array([lt for _, lt in demands]), np.array([(need[h, lots[lt]] * own[h, lots[lt]]).sum() / 100 for h, lt in demands]),
        np.array([index[h, lt] for h, lt in zip(member.tolist(), lot.tolist(), strict=True)]), supplier, value, np.zeros(data["n_lots"], bool),
        np.full(data["n_suppliers"], data["supplier_fixed_cents"] / 100),
    )  # fmt: skip
    of_supplier: dict[int, list[int]] = {}
    for o, offer in enumerate(data["offers"]):
        those = np.flatnonzero(offer_of == o)
        tiers = offer["tiers"]
        of_supplier.setdefault(offer["supplier"], []).append(len(sourcing.schedules))
        sourcing.schedules.append(Schedule(
            those, units[those], value[those], np.array([t["from_units"] for t in tiers], float), np.array([t["rate_pm"] / 1000 for t in tiers]), np.zeros(len(tiers)),
        ))  # fmt: skip
    for s, tiers in enumerate(data["turnover_tiers_retroactive"]):
        those = np.flatnonzero(supplier == s)
        sourcing.schedules.append(Schedule(
            those, value[those], value[those], np.array([t["from_cents"] / 100 for t in tiers]), np.array([t["rate_pm"] / 1000 for t in tiers]), np.zeros(len(tiers)),
            net_of=tuple(of_supplier.get(s, ())),
        ))  # fmt: skip
        for h in range(data["n_members"]):
            mine = those[member[those] == h]
            if len(mine):
                sourcing.carriages.append(Carriage(mine, value[mine], data["franco_cents"][s] / 100, data["carriage_cents"][s] / 100))
    for lt in range(data["n_lots"]):
        bidders = sorted(set(supplier[lot == lt].tolist()))
        sourcing.rules.append(Linear(lt, won=[(lt, s, 1.0) for s in bidders], upper=2 if lt in data["lots_two_winners"] else 1))
    return sourcing, demands, supplier.tolist()


def _units(x: np.ndarray, taken: tuple[int, ...]) -> Answer:
    return Answer(np.round(x).astype(int).tolist(), taken)


def _awarded(instance: Instance, parts: np.ndarray) -> Answer:
    sourcing, demands, supplier = as_sourcing(instance)
    return Answer(award={demands[sourcing.option_demand[o]]: supplier[o] for o in np.flatnonzero(parts)})


def ours(instance: Instance, seconds: float, gap: float, seed: int) -> Outcome:
    """The product's engine."""
    outcome = Outcome()
    if instance.lots:
        award = sourcing_award.solve(as_sourcing(instance)[0], seconds=seconds, gap=gap, seed=seed, threads=THREADS, on_progress=outcome.look)
        return outcome.end(None if award.parts is None else _awarded(instance, award.parts), award.result.bound)
    split = sourcing_split.solve(as_volumes(instance), seconds=seconds, gap=gap, seed=seed, threads=THREADS, on_progress=outcome.look)
    return outcome.end(None if split.x is None else _units(split.x, split.taken), split.bound)


def _plain(engine: Callable[[Mip, float, float, int, Outcome], tuple[np.ndarray | None, float]]) -> Callable[[Instance, float, float, int], Outcome]:
    """A solver on the tight program, whole: with two threads, its own defaults and nothing else."""

    def run(instance: Instance, seconds: float, gap: float, seed: int) -> Outcome:
        outcome = Outcome()
        if instance.lots:
            program = sourcing_mip.Program(as_sourcing(instance)[0])
            x, bound = engine(program.model, seconds, gap, seed, outcome)
            return outcome.end(None if x is None else _awarded(instance, program.parts_of(x)), bound)
        volumes = as_volumes(instance)
        tight = Tight(volumes)
        x, bound = engine(tight.model, seconds, gap, seed, outcome)
        if x is None:
            return outcome.end(None, bound)
        units, taken = sourcing_split.made_whole(volumes, tight, x, seed) or (np.zeros(volumes.price.shape), ())
        return outcome.end(_units(units, taken), bound)

    return run


def _highs(model: Mip, seconds: float, gap: float, seed: int, outcome: Outcome) -> tuple[np.ndarray | None, float]:
    found = mip.solve(model, seconds=seconds, gap=gap, seed=seed, threads=THREADS, on_progress=outcome.look)
    return found.x, found.bound


def _ortools(name: str) -> Callable[[Mip, float, float, int, Outcome], tuple[np.ndarray | None, float]]:
    def engine(model: Mip, seconds: float, gap: float, seed: int, outcome: Outcome) -> tuple[np.ndarray | None, float]:
        from ortools.linear_solver import pywraplp

        solver = pywraplp.Solver.CreateSolver(name)
        solver.SetTimeLimit(round(1000 * max(0.1, seconds - (time.monotonic() - outcome.began))))
        solver.SetNumThreads(THREADS)
        columns = [
            solver.IntVar(low, high, "") if whole else solver.NumVar(low, high, "")
            for low, high, whole in zip(model.lower.tolist(), model.upper.tolist(), model.integer.tolist(), strict=True)
        ]
        objective = solver.Objective()
        objective.SetMinimization()
        for column, cost in zip(columns, model.cost.tolist(), strict=True):
            objective.SetCoefficient(column, cost)
        for i in range(model.size[1]):
            row = solver.Constraint(float(model.row_lower[i]), float(model.row_upper[i]))
            for j in range(model.matrix.indptr[i], model.matrix.indptr[i + 1]):
                row.SetCoefficient(columns[model.matrix.indices[j]], float(model.matrix.data[j]))
        asked = pywraplp.MPSolverParameters()
        asked.SetDoubleParam(asked.RELATIVE_MIP_GAP, gap)
        status = solver.Solve(asked)
        if status not in (solver.OPTIMAL, solver.FEASIBLE):
            return None, -INF
        return np.array([column.solution_value() for column in columns]), float(objective.BestBound())

    return engine


RUNNERS: dict[str, Callable[[Instance, float, float, int], Outcome]] = {
    "ours": ours, "highs": _plain(_highs), "scip": _plain(_ortools("SCIP")), "cpsat": _plain(_ortools("SAT")),
}  # fmt: skip


def warm_up() -> None:
    """The compiled parts, once: on a computer that has not run them before this takes some seconds."""
    one = np.ones((1, 1))
    for families in (None, Families(np.zeros(1, int), np.full(1, 2.0), np.zeros(1), np.zeros(1))):
        volumes = Volumes(one, one, np.ones(1), one, np.zeros((1, 1)), np.zeros((1, 1)), np.zeros((1, 1)), families=families)
        sourcing_split.solve(volumes, seconds=60)
    prices = Prices(volumes)  # the tree that so small a problem has no need of
    sourcing_sets.Sets(prices, prices.climb(prices.first()), lambda: 10.0, lambda _: None, lambda _: 10.0).work(lambda: False)
