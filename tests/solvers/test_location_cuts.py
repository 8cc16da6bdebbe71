"""Rows about whole posts: kept by every whole assignment, broken by relaxed ones; the bound they give stays under the optimum."""

from __future__ import annotations

import math

import numpy as np
import pytest

from planner.solvers import location_mip, location_roadmap, mip
from planner.solvers.location import ceil
from planner.solvers.location_cuts import PostRows
from planner.solvers.location_mip import solve_location
from planner.solvers.location_program import program
from planner.solvers.location_roadmap import Board, complete, masks, tighten
from planner.solvers.location_rows import Relaxation
from planner.solvers.mip import MipStatus
from tests.solvers.test_location_roadmap import cheapest, larger, rich_location


@pytest.mark.parametrize("seed", range(3, 8))
def test_whole_assignments_keep_the_rows_that_relaxed_ones_break(seed: int) -> None:
    data = larger(seed)
    made = program(data, tight=True)
    relaxation = Relaxation(made)
    assert relaxation.solve()
    finder, rng = PostRows(made), np.random.default_rng(seed)
    met = 0
    for _ in range(6):
        rows, upper = finder.violated(relaxation.x)
        if not len(upper):
            break
        met += len(upper)
        assert ((rows @ relaxation.x) > upper).all()
        for _ in range(40):
            values = np.zeros(len(made.model.cost))
            work: dict[tuple[int, int], float] = dict.fromkeys(made.n, 0.0)
            for j, t in np.argwhere(data.serve):
                o = int(rng.choice([o for o in data.options_of[j] if (o, t) in made.x]))
                values[made.x[o, int(t)]] = 1.0
                k = int(data.facility[o])
                work[k, int(t)] += float(data.works[o, t]) / data.facilities[k].productivity
            for key, column in made.n.items():
                values[column] = ceil(work[key]) + int(rng.integers(2))
            assert (rows @ values <= upper + 1e-7).all()
        relaxation.cut(rows, upper)
        assert relaxation.solve()
    assert met


@pytest.mark.parametrize("seed", range(2))
def test_the_proof_with_them_equals_enumeration(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(location_mip, "SMALL", 0)
    monkeypatch.setattr(location_roadmap, "HEAVY", 0.0)
    data = rich_location(seed)
    best = cheapest(data)
    result = solve_location(data, seconds=20, gap=0)
    assert result.status is MipStatus.OPTIMAL and result.cost == pytest.approx(best, abs=1e-6) and result.bound <= best + 1e-6


def test_they_raise_a_true_bound() -> None:
    risen = 0
    for seed in range(2):
        data = rich_location(seed)
        best = cheapest(data)
        made = program(data, tight=True)
        relaxation = Relaxation(made)
        if not relaxation.solve() or math.isinf(best):
            continue
        before = relaxation.bound
        tighten(relaxation, Board(data, 0.0, math.inf), [np.array([f.start for f in data.facilities])[:, None].repeat(data.sizes[3], axis=1)])
        assert relaxation.solve() and relaxation.bound <= best + 1e-6
        risen += relaxation.bound > before + 1e-6
        for model in (relaxation.program(masks(made)[0]), relaxation.program(masks(made)[1])):
            assert mip.solve(model, gap=0).bound <= best + 1e-6
        whole = mip.solve(complete(made, masks(made)[1]), gap=0)
        assert whole.objective == pytest.approx(best, abs=1e-6)
    assert risen
