"""Peers on kitchen roadmaps: the model as a textbook writes it, given to HiGHS and to CP-SAT, both from the status quo.

    z_klt  kitchen k at level l in year t, one each       y_kabt  goes from level a to b       x_jkmt  site fed, one each
    c_kt   chillers, b_kt bought      g_jt  regeneration bought      s_jt  site changes kitchen      n_kt  posts, whole
    y flows through z;  x_hot + x_cold <= sum_{l > 0} z_l;  x_cold <= c;  loads <= sum_l C_l z_l;  minutes <= 880 n;  n >= sum_l N_l z_l
    b_t >= c_t - c_(t-1);  g_t >= cold_t - cold_(t-1);  s_t >= x_jk,t - x_jk,t-1 for every k;  yearly budget
"""

from __future__ import annotations

import numpy as np
from ortools.sat.python import cp_model

from benchmarks.kitchens import roadmap_instance as rm
from benchmarks.kitchens.roadmap_instance import COLD, HOT, Roadmap, RoadmapPlan, status_quo
from planner.solvers import mip
from planner.solvers.mip import Builder, Mip

Column = dict[tuple[int, ...], int]


class Plain:
    """The model's columns by index, and how a plan is written in them and read from them."""

    def __init__(self, data: Roadmap) -> None:
        self.data = data
        self.z: Column = {}
        self.y: Column = {}
        self.x: Column = {}
        self.c: Column = {}
        self.b: Column = {}
        self.g: Column = {}
        self.s: Column = {}
        self.n: Column = {}
        self.model = self._written()

    def _written(self) -> Mip:
        data, build = self.data, Builder()
        J, K = data.km.shape
        T, L = data.meals.shape[1], len(data.capacity)
        budget: list[list[tuple[int, float]]] = [[] for _ in range(T)]

        def spent(t: int, amount: float) -> int:
            column = build.binary(float(data.factor[t]) * amount)
            budget[t].append((column, amount))
            return column

        for k in range(K):
            for t in range(T):
                for level in range(L):
                    self.z[k, level, t] = build.binary(float(data.factor[t] * data.fixed[level]))
                build.row([(self.z[k, level, t], 1.0) for level in range(L)], 1.0, 1.0)
                for a in range(L):
                    for b in range(L):
                        if 0 < b < a or (a == 0 and b > 0 and k < data.existing and data.level[k] > 0) or (t == 0 and a != data.level[k]):
                            continue
                        cost = rm.GROWTH * float(data.capacity[b] - data.capacity[a]) + (rm.OPENING if a == 0 else rm.EXTENSION) if b > a else 0.0
                        self.y[k, a, b, t] = spent(t, cost + rm.CLOSING * (a > 0 and b == 0))
                for level in range(L):
                    build.row([(self.y[k, a, level, t], 1.0) for a in range(L) if (k, a, level, t) in self.y] + [(self.z[k, level, t], -1.0)], 0.0, 0.0)
                    if t:
                        out = [(self.y[k, level, b, t], 1.0) for b in range(L) if (k, level, b, t) in self.y]
                        build.row([*out, (self.z[k, level, t - 1], -1.0)], 0.0, 0.0)
                self.c[k, t] = build.binary()
                self.b[k, t] = spent(t, rm.CHILLER)
                before = float(k in data.cold_before) if t == 0 else 0.0
                build.row([(self.c[k, t], 1.0), (self.b[k, t], -1.0)] + ([(self.c[k, t - 1], -1.0)] if t else []), upper=before)
                self.n[k, t] = build.variable(float(data.factor[t]) * rm.POST_COST, 0.0, float(rm.MOST_POSTS), True)
                build.row([(self.n[k, t], -1.0)] + [(self.z[k, level, t], float(data.posts[level])) for level in range(L)], upper=0.0)
        for j in range(J):
            for t in range(T):
                for k in range(K):
                    for m in (HOT, COLD):
                        if data.km[j, k] <= rm.LONGEST_KM[m]:
                            self.x[j, k, m, t] = build.binary(float(data.factor[t] * data.km[j, k]) * rm.KM_COST * rm.TRIPS[m])
                self.g[j, t] = spent(t, rm.REGENERATION + rm.REGENERATION_MEAL * float(data.meals[j, 0]))
                self.s[j, t] = build.binary(float(data.factor[t]) * rm.SWITCH)
                build.row([(column, 1.0) for column in self._of(j, t)], 1.0, 1.0)
                cold = [(column, 1.0) for column in self._of(j, t, m=COLD)]
                before_cold = [(column, -1.0) for column in self._of(j, t - 1, m=COLD)]
                build.row([*cold, *before_cold, (self.g[j, t], -1.0)], upper=float(t == 0 and data.mode[j] == COLD))
                for k in range(K):
                    here, ago = self._of(j, t, k), self._of(j, t - 1, k)
                    if not here:
                        continue
                    build.row([(column, 1.0) for column in here] + [(self.z[k, level, t], -1.0) for level in range(1, L)], upper=0.0)
                    if (j, k, COLD, t) in self.x:
                        build.row([(self.x[j, k, COLD, t], 1.0), (self.c[k, t], -1.0)], upper=0.0)
                    build.row([(x, 1.0) for x in here] + [(x, -1.0) for x in ago] + [(self.s[j, t], -1.0)], upper=float(t == 0 and k == data.kitchen[j]))
        for k in range(K):
            for t in range(T):
                own = [(x, float(data.meals[j, t]), m) for (j, at, m, year), x in self.x.items() if at == k and year == t]
                build.row([(x, 5 * d * rm.LOAD[m]) for x, d, m in own] + [(self.z[k, level, t], -5 * float(data.capacity[level])) for level in range(L)], upper=0.0)
                build.row([(x, d * rm.MINUTES[m]) for x, d, m in own] + [(self.n[k, t], -rm.POST_MINUTES)], upper=0.0)
        for t in range(T):
            build.row([(column, amount / 1000) for column, amount in budget[t] if amount], upper=float(data.budget[t]) / 1000)
        return build.build()

    def _of(self, j: int, t: int, k: int | None = None, m: int | None = None) -> list[int]:
        kitchens = range(self.data.km.shape[1]) if k is None else (k,)
        return [self.x[j, at, mode, t] for at in kitchens for mode in ((HOT, COLD) if m is None else (m,)) if (j, at, mode, t) in self.x]

    def vector(self, plan: RoadmapPlan) -> np.ndarray:
        """The columns' values for a plan."""
        data, values = self.data, np.zeros(len(self.model.cost))
        K, T = plan.level.shape
        for t in range(T):
            for k in range(K):
                a, b = int(data.level[k] if t == 0 else plan.level[k, t - 1]), int(plan.level[k, t])
                values[[self.z[k, b, t], self.y[k, a, b, t]]] = 1.0
                values[self.n[k, t]] = plan.posts[k, t]
                values[self.c[k, t]] = float(((plan.kitchen[:, t] == k) & (plan.mode[:, t] == COLD)).any())
                before = float(k in data.cold_before) if t == 0 else values[self.c[k, t - 1]]
                values[self.b[k, t]] = max(0.0, values[self.c[k, t]] - before)
            for j in range(len(data.kitchen)):
                values[self.x[j, int(plan.kitchen[j, t]), int(plan.mode[j, t]), t]] = 1.0
                values[self.s[j, t]] = float(plan.kitchen[j, t] != (data.kitchen[j] if t == 0 else plan.kitchen[j, t - 1]))
                values[self.g[j, t]] = float(plan.mode[j, t] == COLD and (data.mode[j] if t == 0 else plan.mode[j, t - 1]) != COLD)
        return values

    def plan(self, values: np.ndarray) -> RoadmapPlan:
        J, K = self.data.km.shape
        T = self.data.meals.shape[1]
        made = RoadmapPlan(*(np.zeros(shape, np.int64) for shape in ((K, T), (K, T), (J, T), (J, T))))
        for (k, level, t), column in self.z.items():
            made.level[k, t] += level * round(values[column])
        for (k, t), column in self.n.items():
            made.posts[k, t] = round(values[column])
        for (j, k, m, t), column in self.x.items():
            if values[column] > 0.5:
                made.kitchen[j, t], made.mode[j, t] = k, m
        return made


def plain_highs(data: Roadmap, seconds: float, seed: int) -> tuple[RoadmapPlan | None, float]:
    """HiGHS, two threads: plan and bound."""
    plain = Plain(data)
    found = mip.solve(plain.model, seconds=seconds, gap=0.0, seed=seed, threads=2, start=plain.vector(status_quo(data)))
    return (plain.plan(found.x) if found.x is not None else None), found.bound


def plain_cpsat(data: Roadmap, seconds: float, seed: int) -> tuple[RoadmapPlan | None, float]:
    """CP-SAT, eight workers: plan, and bound as it says (its costs are rounded)."""
    plain = Plain(data)
    model, program = plain.model, cp_model.CpModel()
    columns = [program.new_int_var(round(low), round(high), "") for low, high in zip(model.lower, model.upper, strict=True)]
    for row in range(len(model.row_lower)):
        part = slice(model.matrix.indptr[row], model.matrix.indptr[row + 1])
        terms = sum(round(1000 * value) * columns[i] for i, value in zip(model.matrix.indices[part], model.matrix.data[part], strict=True))
        if np.isfinite(model.row_lower[row]):
            program.add(terms >= round(1000 * model.row_lower[row]))
        if np.isfinite(model.row_upper[row]):
            program.add(terms <= round(1000 * model.row_upper[row]))
    program.minimize(sum(float(cost) * column for cost, column in zip(model.cost, columns, strict=True) if cost))
    for column, value in zip(columns, plain.vector(status_quo(data)), strict=True):
        program.add_hint(column, round(value))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds, solver.parameters.num_workers, solver.parameters.random_seed = seconds, 8, seed
    status = solver.solve(program)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, solver.best_objective_bound
    return plain.plan(np.array([solver.value(column) for column in columns], float)), solver.best_objective_bound
