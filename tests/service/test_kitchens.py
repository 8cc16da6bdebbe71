"""Sentences about a kitchens plan."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from planner.problems.kitchens.report import YEARLY, Returns
from planner.service.kitchens import paid_back, worth
from planner.study import Regrouping


@pytest.mark.parametrize(
    "years, said",
    [(None, "pas pendant le plan"), (0.0, "dès la première année"), (0.8, "en 0,8 an"), (1.94, "en 1,9 an"), (2.3, "en 2,3 ans")],
)
def test_payback_is_said_in_words(years: float | None, said: str) -> None:
    assert paid_back(years, "fr") == said


def told(regrouping: Regrouping | None, not_counted: frozenset[str] = frozenset()) -> Any:
    """A report that gains 594 849 €, on a study with or without routes."""
    kitchens = SimpleNamespace(scenario=SimpleNamespace(value=lambda parameter: 2.5), not_counted=not_counted)
    returns = Returns(594849.0, 1000.0, 2.5, 480000.0, 0.0, 0.0)
    return SimpleNamespace(study=SimpleNamespace(results={"kitchens": kitchens}, regrouping=regrouping), made=SimpleNamespace(returns=returns, frames={YEARLY.name: [1, 2, 3]}))


@pytest.mark.parametrize(("lang", "all_in", "words"), [("fr", "199\u202f677\u00a0€/an de plus en tout", "tournées"), ("en", "€199,677 a year more in all", "routes")])
def test_worth_says_that_it_does_not_hold_once_the_routes_are_counted(lang: str, all_in: str, words: str) -> None:
    assert all_in in worth(told(Regrouping(238481.0, 1664733.0, 1226575.0)), lang)
    replaced = worth(told(None, frozenset("*")), lang)
    assert words in replaced and all_in not in replaced
    assert words not in worth(told(None), lang)  # kitchens alone: nothing contradicts their estimate
