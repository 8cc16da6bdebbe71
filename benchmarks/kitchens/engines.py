"""The product's engine, plain HiGHS and plain CP-SAT on a published location instance, at equal wall time on two cores."""

from __future__ import annotations

import math

import numpy as np
from ortools.sat.python import cp_model

from benchmarks.kitchens.instance import Answer, Instance
from planner.solvers import mip
from planner.solvers.location_reduced import reduced
from planner.solvers.location_single import Siting
from planner.solvers.location_solve import solve_siting

CORES = 2
MOST_PAIRS = 250_000  # more facility-customer pairs than this are not given to the plain solvers: they exhaust the memory before the time
EXACT = 1e-6  # gap at which an answer counts as proven


def as_siting(instance: Instance) -> Siting:
    """The instance in the engine's terms."""
    capacity = instance.capacity if instance.kind in ("cflp", "sscflp") else np.full(len(instance.fixed), np.inf)
    number = {} if instance.number is None else {"least": instance.number, "most": instance.number}
    return Siting(instance.cost, instance.fixed, instance.demand, capacity, instance.kind == "cflp", **number)


def ours(instance: Instance, seconds: float, seed: int) -> Answer:
    found = solve_siting(as_siting(instance), seconds=seconds, seed=seed, gap=EXACT, threads=CORES)
    if found.plan is None:
        return Answer(None, None, found.bound, found.message or str(found.status))
    return Answer(found.plan.opened, found.plan.share, found.bound)


def plain_highs(instance: Instance, seconds: float, seed: int) -> Answer:
    """The whole program, strong rows and covering row included, to HiGHS with two threads."""
    if instance.cost.size > MOST_PAIRS:
        return Answer(None, None, words="too large for the plain program")
    data = as_siting(instance)
    program = reduced(data, np.full(len(data.fixed), -1), data.possible)
    found = mip.solve(program.model, seconds=seconds, gap=EXACT / 10, seed=seed, threads=CORES)
    if found.x is None:
        return Answer(None, None, found.bound, str(found.status))
    plan = program.plan(found.x)
    return Answer(plan.opened, plan.share, found.bound)


def plain_cpsat(instance: Instance, seconds: float, seed: int) -> Answer:
    """The whole program in whole numbers to CP-SAT with two workers. Costs are rounded down, so that its bound is one; where
    demand may be split, flows are whole units of demand."""
    if instance.cost.size > MOST_PAIRS:
        return Answer(None, None, words="too large for the plain program")
    data = as_siting(instance)
    split = data.split and not data.free
    sites, customers = data.sizes
    amount = np.maximum(1, np.rint(data.demand)).astype(int) if split else np.ones(customers, int)
    if (split or not data.free) and (np.rint(data.demand) != data.demand).any():
        return Answer(None, None, words="demands are not whole")
    each = data.cost / amount
    scale = 1 if not split and data.unit else 10.0 ** math.floor(math.log10(2e14 / max(1.0, float(data.cost.sum() + data.fixed.sum()))))
    scale = min(scale, 1e4)
    model = cp_model.CpModel()
    y = [model.new_bool_var("") for _ in range(sites)]
    x = [[model.new_int_var(0, int(amount[i]), "") for i in range(customers)] for _ in range(sites)]
    for i in range(customers):
        model.add(sum(x[j][i] for j in range(sites)) == int(amount[i]))
        for j in range(sites):
            model.add(x[j][i] <= int(amount[i]) * y[j])
    if not data.free:
        for j in range(sites):
            room = int(min(data.capacity[j], data.demand.sum()))
            model.add(sum((1 if split else int(data.demand[i])) * x[j][i] for i in range(customers)) <= room * y[j])
        model.add(sum(int(min(data.capacity[j], data.demand.sum())) * y[j] for j in range(sites)) >= int(data.demand.sum()))
    if data.least:
        model.add(sum(y) == data.least)
    model.minimize(
        sum(math.floor(float(data.fixed[j]) * scale) * y[j] for j in range(sites))
        + sum(math.floor(float(each[j, i]) * scale) * x[j][i] for j in range(sites) for i in range(customers))
    )  # fmt: skip
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = CORES
    solver.parameters.random_seed = seed
    status = solver.solve(model)
    bound = solver.best_objective_bound / scale if math.isfinite(solver.best_objective_bound) else -math.inf
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Answer(None, None, bound, solver.status_name(status))
    share = np.array([[solver.value(x[j][i]) for i in range(customers)] for j in range(sites)]) / amount
    return Answer(np.array([solver.value(one) for one in y], bool), share, bound)
