"""Scenarios, plans and findings written and read back exactly; what does not fit is refused or named."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.catalog import TABLES
from planner.codec import (
    Undecodable,
    fitted,
    frame_from,
    frame_to,
    issue_from,
    issue_to,
    limits_from,
    limits_to,
    pack,
    plan_from,
    plan_to,
    scenario_from,
    scenario_to,
    unpack,
)
from planner.issues import Issue
from planner.plan import Limits
from planner.scenario import Scenario
from planner.schema import random_frames
from planner.study import Study
from tests.toy import group


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_any_scenario_comes_back_the_same(seed: int) -> None:
    scenario = Scenario(f"hasard {seed} é « = »", TABLES, random_frames(TABLES, np.random.default_rng(seed)))
    again = scenario_from(unpack(pack(scenario_to(scenario))), TABLES)
    assert again.name == scenario.name and again.hash == scenario.hash
    for name, frame in scenario.frames.items():
        pd.testing.assert_frame_equal(again.frames[name], frame, check_exact=True)


def test_plans_with_their_findings_come_back_the_same(real: Study) -> None:
    for result in real.results.values():
        told = plan_to(result.plan)
        again = plan_from(json.loads(json.dumps(told)))
        assert plan_to(again) == told
        assert (again.status, again.cost, again.bound, again.scenario_hash) == (result.plan.status, result.plan.cost, result.plan.bound, result.plan.scenario_hash)
        for name, frame in result.plan.tables.items():
            pd.testing.assert_frame_equal(again.tables[name], frame, check_exact=True)
        for issue in result.issues:
            assert issue_from(json.loads(json.dumps(issue_to(issue)))) == issue


@given(st.floats(1e-9, 1e9), st.integers(0, 2**31 - 1), st.integers(1, 64), st.floats(0, 0.99), st.none() | st.integers(1, 10**6))
def test_limits_come_back_the_same(seconds: float, seed: int, threads: int, gap: float, iterations: int | None) -> None:
    limits = Limits(seconds, seed, threads, gap, iterations)
    assert limits_from(json.loads(json.dumps(limits_to(limits)))) == limits


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), 0.1 + 0.2, 5e-324, 1.7976931348623157e308, -0.0])
def test_numbers_survive_to_the_last_bit(value: float) -> None:
    scenario = group(horizon_years=2)
    table = scenario.table("parameters")
    frame = scenario.frames["parameters"].assign(value=value)
    again = frame_from(table, unpack(pack(frame_to(table, frame))))
    assert [float(cell).hex() for cell in again["value"]] == [value.hex()] * len(frame)


@pytest.mark.parametrize(
    "change",
    [
        lambda sites: sites | {"colour": ["red"] * 4},
        lambda sites: {name: cells for name, cells in sites.items() if name != "lat"},
        lambda sites: sites | {"lat": sites["lat"][:1]},
        lambda sites: sites | {"lat": ["north"] * 4},
        lambda sites: sites | {"lat": [True] * 4},
        lambda sites: sites | {"site": [[]] * 4},
    ],
)
def test_what_is_not_the_table_is_refused(change) -> None:  # type: ignore[no-untyped-def]
    value = scenario_to(group())
    with pytest.raises(Undecodable, match="sites"):
        scenario_from(value | {"tables": value["tables"] | {"sites": change(value["tables"]["sites"])}}, TABLES)


def test_an_unknown_table_is_refused() -> None:
    with pytest.raises(Undecodable, match="colours"):
        scenario_from({"name": "x", "tables": {"colours": {}}}, TABLES)


def test_a_value_of_an_older_declaration_is_made_to_fit_and_what_is_lost_is_named() -> None:
    table = group().table("kitchens")
    value = frame_to(table, group().frames["kitchens"])
    older = {name: cells for name, cells in value.items() if name != "food_cost"} | {"gone": [1, 2], "name": [7, "Cuisine B"]}
    made, lost = fitted(table, older)
    frame = frame_from(table, made)
    assert list(frame["kitchen"]) == ["KA", "KB"]
    assert sorted(lost) == ["gone", "name: 7"]
    default = table.column("food_cost").default
    assert all(cell == default or (default is None and pd.isna(cell)) for cell in frame["food_cost"])


def test_a_finding_with_all_its_parts() -> None:
    issue = replace(Issue.error("problem_without_data", problem="kitchens", count=3, share=0.5), sheet="Sites", cell="A2")
    assert issue_from(json.loads(json.dumps(issue_to(issue)))) == issue
