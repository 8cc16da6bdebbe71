"""Measures of the routes: what can be told from chance, and the costs kept of generated weeks."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import weeks
from benchmarks.rules import shown


def test_a_price_is_told_from_chance_only_beyond_what_seeds_make_of_the_week() -> None:
    assert shown([130.0, 125.0], [100.0, 110.0], 1, 10.0) == "         +22 € a year (+22.5 %; by seed +30, +15)"
    assert shown([105.0, 140.0], [100.0, 110.0], 1, 10.0).endswith("not told from chance")  # within the spread for one seed
    assert shown([80.0, 140.0], [100.0, 110.0], -1, 10.0).endswith("not told from chance")  # seeds disagree
    assert shown([None, 140.0], [100.0, 110.0], 1, 10.0) == "no plan"


def test_a_generated_week_keeps_its_best_cost_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weeks, "KEPT", tmp_path / "weeks.csv")
    assert weeks.kept() == {}
    for cost in (200.0, 150.0, 180.0):
        weeks.keep({"semaine_20_1": cost}, 30)
    weeks.keep({"semaine_130_1": 900.0}, 60)
    assert weeks.kept() == {"semaine_20_1": 150.0, "semaine_130_1": 900.0}


