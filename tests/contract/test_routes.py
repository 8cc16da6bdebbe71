"""The routes audit refuses every mutated plan with the right finding, and accepts the plan they come from."""

import re
from pathlib import Path

import pytest

from planner.i18n import describe
from planner.issues import Severity
from planner.problems.routes import ROUTES
from planner.problems.routes.tables import STOPS
from tests.contract.routes_mutations import Mutation, honest, mutations, valid_plan, week


def test_the_plan_itself_is_accepted() -> None:
    scenario, network, plan = valid_plan()
    audit = ROUTES.audit(scenario, network, plan)
    assert audit.issues == ()
    assert audit.cost == plan.cost == audit.annual == audit.kpi("annual_cost")
    assert audit.kpi("annual_cost", "A") + audit.kpi("annual_cost", "B") == pytest.approx(plan.cost)


def test_making_honest_changes_nothing_in_an_honest_plan() -> None:
    scenario, network, plan = valid_plan()
    assert ROUTES.audit(scenario, network, honest(plan)).issues == ()


@pytest.mark.parametrize("mutation", mutations(), ids=lambda m: m.name)
def test_mutated_plans_are_refused_with_the_right_finding(mutation: Mutation) -> None:
    audit = ROUTES.audit(*week(), mutation.plan())
    assert not audit.valid
    assert {issue.code for issue in audit.issues} == mutation.expected
    assert all(issue.severity is Severity.ERROR for issue in audit.issues)
    stops = [issue for issue in audit.issues if issue.table == STOPS.name and not issue.code.startswith("routes_missed")]
    assert all(issue.row is not None and issue.column in STOPS.names for issue in stops)
    assert all("(" not in describe(issue, lang)[:1] and "issue." not in describe(issue, lang) for issue in audit.issues for lang in ("fr", "en"))


def test_every_rule_of_the_audit_is_broken_by_a_mutation() -> None:
    folder = Path(__file__).resolve().parents[2] / "planner" / "problems" / "routes"
    source = "".join((folder / name).read_text(encoding="utf-8") for name in ("audit.py", "duties.py"))
    rules = set(re.findall(r'Issue\.error\("(\w+)"', source)) | {"wrong_cost_line", "wrong_cost", "wrong_bound", "plan_table_missing", "plan_of_other_data"}
    assert rules - {code for mutation in mutations() for code in mutation.expected} == {"routes_no_way", "routes_lock"}  # need another network, other flows: below


def test_a_leg_without_a_road_is_refused() -> None:
    scenario, network, plan = valid_plan()
    network.km[0, 2] = network.minutes[0, 2] = float("nan")
    assert "routes_no_way" in {issue.code for issue in ROUTES.audit(scenario, network, plan).issues}


def test_a_flow_kept_for_another_vehicle_is_refused() -> None:
    scenario, network, plan = valid_plan()
    for lock, codes in (("truck", set()), ("van", {"routes_lock"})):
        flows = scenario.frames["flows"].copy()
        flows.loc[flows["flow"] == "h", "lock"] = lock
        locked = scenario.replace("flows", flows)
        assert {issue.code for issue in ROUTES.audit(locked, network, plan.with_(scenario_hash=locked.hash)).issues} == codes
