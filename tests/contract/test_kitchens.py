"""The kitchens audit refuses every mutated plan with the right finding, and accepts the plan they come from."""

import re
from pathlib import Path

import pytest

from planner.issues import Severity
from planner.plan import Limits, Plan, Progress, Status
from planner.problems.kitchens import KITCHENS
from tests.contract.kitchens_mutations import MUTATIONS, Mutation, honest
from tests.problems.kitchens.small import group, network


@pytest.fixture(scope="module")
def plan() -> Plan:
    return KITCHENS.solve(group(), network(), Limits(seconds=20), Progress())


def test_the_plan_itself_is_accepted(plan: Plan) -> None:
    audit = KITCHENS.audit(group(), network(), plan)
    assert plan.status is Status.OPTIMAL
    assert audit.issues == ()
    assert audit.cost == plan.cost


def test_making_honest_changes_nothing_in_an_honest_plan(plan: Plan) -> None:
    again = honest(group(), network(), plan)
    assert again.cost == plan.cost
    assert KITCHENS.audit(group(), network(), again).issues == ()


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.name)
def test_mutated_plans_are_refused_with_the_right_finding(mutation: Mutation, plan: Plan) -> None:
    audit = KITCHENS.audit(*mutation.apply(plan, network()))
    assert not audit.valid
    assert {issue.code for issue in audit.issues} == mutation.expected
    assert all(issue.severity is Severity.ERROR for issue in audit.issues)


def test_every_rule_of_the_audit_is_broken_by_a_mutation() -> None:
    source = (Path(__file__).resolve().parents[2] / "planner" / "problems" / "kitchens" / "audit.py").read_text(encoding="utf-8")
    rules = set(re.findall(r'Issue\.error\("(\w+)"', source)) | {"wrong_cost_line", "wrong_cost", "wrong_bound", "plan_table_missing", "plan_of_other_data"}
    assert rules == {code for mutation in MUTATIONS for code in mutation.expected}
