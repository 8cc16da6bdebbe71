"""Rows about whole posts: kept by every whole assignment, broken by relaxed ones."""

from __future__ import annotations

import numpy as np
import pytest

from planner.solvers.location import ceil
from planner.solvers.location_cuts import PostRows
from planner.solvers.location_program import program
from planner.solvers.location_rows import Relaxation
from tests.solvers.test_location_roadmap import larger


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
