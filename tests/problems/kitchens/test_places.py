"""The best places for kitchens, against every choice of places; the command."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from planner import excel, network
from planner.catalog import PARAMETERS, TABLES
from planner.cli import main
from planner.plan import Limits, Progress
from planner.problems.kitchens.places import best_places
from planner.scenario import Scenario

SAMPLE = Path(__file__).resolve().parents[3] / "scenarios" / "epsm_nord_pas_de_calais.xlsx"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    read = excel.read(SAMPLE, TABLES, PARAMETERS).scenario
    assert read is not None
    return read


def test_places_are_the_best_of_all(scenario: Scenario, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["places", str(SAMPLE), "--most", "2", "--seconds", "20", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["number"] for one in found] == [1, 2]
    assert main(["places", str(SAMPLE), "--most", "1", "--seconds", "20", "--lang", "en"]) == 0
    assert "proven" in capsys.readouterr().out
    built, _ = network.build(scenario)
    meals = {row.site: 0.0 for row in scenario.rows("meal_demand")}
    for row in scenario.rows("meal_demand"):
        meals[row.site] += row.meals
    places = sorted({*meals, *(row.site for row in scenario.rows("kitchens"))})
    minutes = np.nan_to_num(np.array([[built.minutes_between(place, site) for site in meals] for place in places]), nan=1e9)
    weight = np.array(list(meals.values()))
    for one in found:
        best = min(float(minutes[list(those)].min(axis=0) @ weight) for those in itertools.combinations(range(len(places)), one["number"])) / weight.sum()
        assert one["proven"] and one["minutes"] == pytest.approx(best)
        assert one["least"] <= best + 1e-9 and sum(one["meals"]) == pytest.approx(weight.sum())


def test_places_with_a_largest_kitchen(scenario: Scenario) -> None:
    built, _ = network.build(scenario)
    total = sum(row.meals for row in scenario.rows("meal_demand"))
    found = best_places(scenario, built, 3, 0.6 * total, Limits(seconds=20.0), Progress())
    assert [one.number for one in found] == [2, 3]  # one is too small for all
    assert all(max(one.meals) <= 0.6 * total * (1 + 1e-6) for one in found)


def test_no_meals_no_places(scenario: Scenario) -> None:
    built, _ = network.build(scenario)
    bare = scenario.replace("meal_demand", scenario.frames["meal_demand"].iloc[:0])
    assert best_places(bare, built, 2, None, Limits(seconds=1.0), Progress()) == []
