"""Measures of the routes: what can be told from chance, and the costs kept of generated weeks."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import weeks
from benchmarks.hospital_week import hospital_week
from benchmarks.rules import shown
from planner import network as networks
from planner.issues import errors
from planner.plan import Limits, Progress
from planner.problems.routes import ROUTES


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




@pytest.mark.parametrize("sites", [20, 130])
def test_a_generated_week_has_every_rule_and_no_fault(sites: int) -> None:
    scenario = hospital_week(sites, 1)
    network, _ = networks.build(scenario)
    assert len(scenario.rows("sites")) == sites and not errors(ROUTES.precheck(scenario, network))
    flows, vehicles = scenario.rows("flows"), scenario.rows("vehicle_types")
    assert {row.category for row in flows} == {"meals", "linen", "stores", "pharmacy", "waste", "samples", "mail"}
    assert {row.rule for row in scenario.rows("class_compatibility")} == {"dirty_last", "disinfect", "together"}
    assert any(row.free_days for row in flows) and any(row.longest_gap for row in flows) and any(row.max_minutes for row in flows) and any(row.skip_cost for row in flows)
    assert any(row.same_as for row in vehicles) and all(row.team for row in vehicles) and any(row.carries == "own_depot" for row in vehicles)
    assert all(scenario.rows(table) for table in ("windows", "driver_teams", "low_emission_rules", "route_locks"))
    assert hospital_week(sites, 1).hash == scenario.hash != hospital_week(sites, 2).hash


def test_a_generated_week_is_planned_and_the_audit_accepts_it() -> None:
    scenario = hospital_week(20, 1)
    network, _ = networks.build(scenario)
    plan = ROUTES.solve(scenario, network, Limits(seconds=120, iterations=40), Progress())
    assert plan.status.has_plan, plan.issues
    assert not errors(ROUTES.audit(scenario, network, plan).issues)
