"""Sentences about a kitchens plan."""

from __future__ import annotations

import pytest

from planner.service.kitchens import paid_back


@pytest.mark.parametrize(
    "years, said",
    [(None, "pas pendant le plan"), (0.0, "dès la première année"), (0.8, "en 0,8 an"), (1.94, "en 1,9 an"), (2.3, "en 2,3 ans")],
)
def test_payback_is_said_in_words(years: float | None, said: str) -> None:
    assert paid_back(years, "fr") == said
