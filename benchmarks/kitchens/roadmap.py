"""Kitchen roadmaps solved by the product's engine, and what the table of benchmarks needs of the family."""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.kitchens import roadmap_instance as rm
from benchmarks.kitchens.roadmap_instance import COLD, FAMILY, HOT, Roadmap, RoadmapPlan, instances, judge, read, status_quo
from benchmarks.kitchens.roadmap_peers import plain_cpsat, plain_highs
from planner.solvers.location import Choice, Facility, Location, crew_needed
from planner.solvers.location_assign import Assigner
from planner.solvers.location_mip import solve_location

__all__ = ["FAMILY", "Roadmap", "RoadmapPlan", "instances", "judge", "location", "ours", "plain_cpsat", "plain_highs", "read", "status_quo"]


def facility(data: Roadmap, k: int) -> Facility:
    """States: closed, then each level without chillers, then each level with them. Chillers are kept while open."""
    L, T = len(data.capacity), data.meals.shape[1]
    levels = np.concatenate([np.arange(L), np.arange(1, L)])
    cold = np.arange(2 * L - 1) >= L
    start = int(data.level[k]) + (L - 1 if k in data.cold_before and data.level[k] > 0 else 0)
    arcs, cost, cash = [], [], []
    for t in range(T):
        for a in range(2 * L - 1):
            for b in range(2 * L - 1):
                before, after = int(levels[a]), int(levels[b])
                if 0 < after < before or (cold[a] and after > 0 and not cold[b]) or (before == 0 and after > 0 and k < data.existing and data.level[k] > 0):
                    continue
                spent = rm.GROWTH * float(data.capacity[after] - data.capacity[before]) + (rm.OPENING if before == 0 else rm.EXTENSION) if after > before else 0.0
                spent += rm.CLOSING * (before > 0 and after == 0) + rm.CHILLER * bool(cold[b] and not cold[a])
                if spent <= data.budget[t]:
                    arcs.append((t, a, b))
                    cash.append(spent)
                    cost.append(float(data.factor[t]) * (float(data.fixed[after]) + spent))
    return Facility(
        data.capacity[levels], data.posts[levels].astype(float), levels > 0, start, np.array(arcs, np.int64), np.array(cost), np.array(cash),
        rm.POST_MINUTES, 0.0, np.ones(T, dtype=bool), class_capacity=np.where(cold, data.capacity[levels], 0.0)[None], crew_most=float(rm.MOST_POSTS),
    )  # fmt: skip


def location(data: Roadmap) -> Location:
    """The roadmap as the solver's program."""
    J, K = data.km.shape
    T = data.meals.shape[1]
    options = np.array([(j, k, m) for j in range(J) for k in range(K) for m in (HOT, COLD) if data.km[j, k] <= rm.LONGEST_KM[m]], np.int64)
    j, k, m = options.T
    spent = rm.REGENERATION + rm.REGENERATION_MEAL * data.meals[:, :1]
    return Location(
        facilities=tuple(facility(data, own) for own in range(K)), customer=j, facility=k, needs_setup=m == COLD,
        allowed=np.ones((len(options), T), dtype=bool), cost=(data.km[j, k] * rm.KM_COST * np.array(rm.TRIPS)[m])[:, None] * data.factor,
        load=data.meals[j] * np.array(rm.LOAD)[m][:, None], serve=np.ones((J, T), dtype=bool), work=data.meals * max(rm.MINUTES),
        setup_cost=spent * data.factor, setup_cash=np.repeat(spent, T, axis=1), crew_cost=rm.POST_COST * data.factor, budget=data.budget,
        drop=np.full(T, math.inf), classes=(m == COLD)[None], option_work=data.meals[j] * np.array(rm.MINUTES)[m][:, None],
        switch_cost=np.repeat(rm.SWITCH * data.factor[None], J, axis=0), facility_before=data.kitchen, setup_lasts=False, setup_before=data.mode == COLD,
    )  # fmt: skip


def choice_of(data: Roadmap, program: Location, plan: RoadmapPlan) -> Choice:
    """A plan as a solution of the program. Raises KeyError where a site is too far."""
    L, T = len(data.capacity), plan.level.shape[1]
    number = {(int(j), int(k), int(m)): o for o, (j, k, m) in enumerate(zip(program.customer, program.facility, program.needs_setup, strict=True))}
    option = np.array([[number[j, int(plan.kitchen[j, t]), int(plan.mode[j, t])] for t in range(T)] for j in range(len(plan.kitchen))], np.int64)
    state = plan.level.copy()
    for k in range(len(state)):
        cold = k in data.cold_before
        for t in range(T):
            cold = plan.level[k, t] > 0 and (cold or bool(((plan.kitchen[:, t] == k) & (plan.mode[:, t] == COLD)).any()))
            state[k, t] += (L - 1) * cold
    return Choice(state, option, program.setups(option), crew_needed(program, state, option))


def plan_of(data: Roadmap, program: Location, choice: Choice) -> RoadmapPlan:
    L = len(data.capacity)
    return RoadmapPlan(
        np.where(choice.state >= L, choice.state - (L - 1), choice.state), choice.crew,
        program.facility[choice.option], program.needs_setup[choice.option].astype(np.int64),
    )  # fmt: skip


def ours(
    data: Roadmap, seconds: float, seed: int, on_progress: Callable[[float | None, float | None], None] | None = None
) -> tuple[RoadmapPlan | None, float]:
    """The product's engine: a plan and a proven bound (€)."""
    program = location(data)
    Assigner(program).compile()  # before the clock: only the first run on a computer takes long
    result = solve_location(program, seconds=seconds, gap=0.0, seed=seed, start=choice_of(data, program, status_quo(data)), on_progress=on_progress)
    return (plan_of(data, program, result.choice) if result.choice is not None else None), result.bound


def main(words: Sequence[str] | None = None) -> int:
    """`python -m benchmarks.kitchens.roadmap DIR`: plan, bound and gap of the engine and its peers at equal wall time."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kitchens.roadmap", description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0, help="wall seconds of each runner")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runners", default="ours,highs,cpsat", help="by commas")
    asked = parser.parse_args(words)
    run = {"ours": ours, "highs": plain_highs, "cpsat": plain_cpsat}
    wrong = 0
    for data in instances(asked.folder):
        for runner in asked.runners.split(","):
            began, spent = time.monotonic(), time.process_time()
            plan, bound = run[runner](data, asked.seconds, asked.seed)
            cost, found = judge(data, plan) if plan is not None else (math.inf, ["no plan"])
            least = min(cost if not found else math.inf, data.best or math.inf)
            above = bound > least
            wrong += above and runner == "ours"
            print(
                f"{data.name:24} {runner:6} plan {cost / 1e6:9.4f} bound {bound / 1e6:9.4f} gap {100 * (cost - bound) / cost:6.2f} % best known {(data.best or math.nan) / 1e6:8.4f}"
                f" {time.monotonic() - began:6.1f} s {time.process_time() - spent:6.1f} cpu s {'; '.join(found[:3])}{' BOUND ABOVE A PLAN' if above else ''}", flush=True,
            )  # fmt: skip
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
