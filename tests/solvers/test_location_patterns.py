"""Patterns of a siting against exhaustive enumeration: none missing under a limit, the program among them, parts, the deeper dual."""

from __future__ import annotations

import math

import numpy as np
import pytest

from planner.solvers import mip
from planner.solvers.location_parts import Parts
from planner.solvers.location_patterns import applies, patterns, under
from planner.solvers.location_single import assigned, evaluate, faults
from tests.solvers.sitings import climbed, climbed_by_steps, fifteen_by_thirty, plans, tight_siting


@pytest.mark.parametrize("seed", range(6))
def test_every_plan_under_the_limit_is_made_of_patterns(seed: int) -> None:
    data = tight_siting(seed, whole=seed % 3 != 2)
    every = list(plans(data))
    best = min(cost for cost, _ in every)
    dual = climbed(data, best)
    assert applies(dual)
    for share in (1.0, 1.02, 1.1):
        limit = best * share
        part = dual.copy(*dual.excluding(limit))
        found = patterns(part, limit, 50_000)
        assert found is not None
        listed = {
            (int(j), tuple(found.customers.indices[found.customers.indptr[p] : found.customers.indptr[p + 1]].tolist())) for p, j in enumerate(found.site)
        }  # fmt: skip
        assert len(listed) == len(found.site)
        for cost, where in every:
            if cost <= limit:
                assert all((int(j), tuple(np.flatnonzero(where == j).tolist())) in listed for j in np.unique(where))
        if len(listed) > 1:
            assert patterns(part, limit, len(listed) - 1) is None
        kept, bound = under(found, limit, 10.0, lambda: False)
        assert bound <= best * (1 + 1e-9)
        solved = mip.solve(kept.model, seconds=10.0, gap=1e-9)
        assert solved.x is not None
        plan = kept.plan(solved.x)
        assert not faults(data, plan) and evaluate(data, plan) == pytest.approx(best)


def test_no_plan_under_the_bound() -> None:
    data = tight_siting(1)
    best = min(cost for cost, _ in plans(data))
    dual = climbed(data, best)
    limit = best - 1.0
    found = patterns(dual.copy(*dual.excluding(limit)), limit, 50_000)
    assert found is not None
    kept, bound = under(found, limit, 10.0, lambda: False)
    solved = mip.solve(kept.model, seconds=10.0, gap=1e-9) if math.isfinite(bound) else None
    assert solved is None or solved.x is None or evaluate(data, kept.plan(solved.x)) > limit


def test_a_part_of_a_poor_plan_is_mended() -> None:
    data = tight_siting(3, 4, 8)
    every = sorted(((cost, where.tolist()) for cost, where in plans(data)), key=lambda one: one[0])
    best = every[0][0]
    plan = assigned(data, np.array(every[-1][1]))
    parts = Parts(data, climbed(data, best).u, np.random.default_rng(1))
    for _ in range(30):
        better = parts.improved(plan, lambda: False)
        if better is not None:
            assert not faults(data, better) and evaluate(data, better) < evaluate(data, plan)
            plan = better
    assert evaluate(data, plan) == pytest.approx(best)


def test_patience_raises_the_bound_where_capacities_are_tight() -> None:
    dual = climbed_by_steps(fifteen_by_thirty())
    first = dual.bound
    dual.deepen(dual.best * 1.02, 50, lambda: False)
    assert dual.bound > first * (1 + 1e-5)
