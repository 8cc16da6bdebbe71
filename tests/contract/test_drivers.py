"""The audit refuses every mutated plan of drivers with the right finding, and accepts the plan they come from."""

import re
from pathlib import Path

import pytest

from planner.i18n import describe
from planner.problems.routes import ROUTES
from tests.contract.drivers_mutations import Mutation, build, mutations, week


def test_the_plan_itself_is_accepted() -> None:
    scenario, network, plan = build()
    audit = ROUTES.audit(scenario, network, plan)
    assert audit.issues == ()
    assert audit.cost == plan.cost and audit.kpi("drivers") == 3 and audit.kpi("vehicles") == 3
    assert audit.kpi("annual_cost", "A") + audit.kpi("annual_cost", "B") == pytest.approx(plan.cost)


@pytest.mark.parametrize("mutation", mutations(), ids=lambda m: m.name)
def test_mutated_plans_are_refused_with_the_right_finding(mutation: Mutation) -> None:
    scenario, network, plan = mutation.judged()
    audit = ROUTES.audit(scenario, network, plan)
    assert {issue.code for issue in audit.issues} == mutation.expected
    assert all("issue." not in describe(issue, lang) for issue in audit.issues for lang in ("fr", "en"))


def test_every_rule_of_drivers_is_broken_by_a_mutation() -> None:
    folder = Path(__file__).resolve().parents[2] / "planner" / "problems" / "routes"
    rules = {code for name in ("rest.py", "crew_audit.py") for code in re.findall(r'Issue\.error\("(\w+)"', (folder / name).read_text(encoding="utf-8"))}
    assert rules - {code for mutation in mutations() for code in mutation.expected} == {"routes_wrong_figure"}


def test_claims_of_the_rota_are_checked() -> None:
    scenario, network, plan = build()
    rota = plan.tables["routes_rota"].assign(hours=1.0)
    found = ROUTES.audit(scenario, network, plan.with_(tables={**plan.tables, "routes_rota": rota}))
    assert {issue.code for issue in found.issues} == {"routes_wrong_figure"}


def test_a_team_of_four_needs_no_split_days() -> None:
    scenario, network = week(day_duties=1, drivers=None)
    assert ROUTES.audit(scenario, network, build(day_duties=1, drivers=None)[2]).kpi("drivers") == 4
