"""A declared table as a grid to read."""

from __future__ import annotations

import pytest

from planner.ui.grids import rounded


@pytest.mark.parametrize(("value", "decimals", "shown"), [(17.0561, 1, 17.1), (7.4873, 2, 7.49), (17145601.62, 0, 17145602.0), (-0.004, 2, 0.0), (1.005, 2, 1.01), (0.5, 0, 1.0), (-2.5, 0, -3.0)])
def test_a_figure_is_rounded_as_the_workbook_rounds_it(value: float, decimals: int, shown: float) -> None:
    assert rounded(value, decimals) == shown
    assert rounded(float("inf"), decimals) == float("inf")
