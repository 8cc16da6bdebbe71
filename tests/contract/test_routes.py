"""The routes audit refuses every mutated plan with the right finding, and accepts the plan they come from."""

import re
from pathlib import Path

import pytest

from planner.i18n import describe
from planner.issues import Severity
from planner.problems.routes import ROUTES
from planner.problems.routes.accepted import accepted_rows, count_changes
from planner.problems.routes.tables import ACCEPTED, CHANGE_PRICE, MOST_CHANGES, STOPS
from planner.scenario import Scenario
from planner.sites import PARAMETERS
from tests.contract.routes_mutations import MON_TRUCK, MON_VAN, PLAN, Mutation, build, honest, mutations, valid_plan, week


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
    source = "".join((folder / name).read_text(encoding="utf-8") for name in ("audit.py", "audit_rules.py", "duties.py"))
    rules = set(re.findall(r'Issue\.error\("(\w+)"', source)) | {"wrong_cost_line", "wrong_cost", "wrong_bound", "plan_table_missing", "plan_of_other_data"}
    assert rules - {code for mutation in mutations() for code in mutation.expected} == {
        "routes_no_way", "routes_lock", "routes_foreign", "routes_too_many_changes",  # need another network, other data: below
        "routes_days_not_allowed", "routes_gap_too_long", "routes_gap_too_short",  # need other data: tests/problems/routes/test_days.py
        "routes_visits_close",  # several visits a day: test_week
        "routes_before_ready", "routes_after_due",  # test_ready
        "routes_held_changed", "routes_disinfection", "routes_dedicated",  # test_route_locks, test_classes
        "routes_vehicle_twice",  # needs a second shift: test_drivers
    }  # fmt: skip


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


def test_a_vehicle_that_is_not_shared_keeps_to_its_depot() -> None:
    scenario, network, plan = valid_plan()
    fleet = scenario.frames["vehicle_types"].copy()
    fleet["carries"] = "own_depot"
    own = scenario.replace("vehicle_types", fleet)
    plan = plan.with_(scenario_hash=own.hash)
    assert ROUTES.audit(own, network, plan).issues == ()  # every vehicle serves its own depot, or mail between two sites without one
    moved = plan.tables[STOPS.name].copy()
    moved.loc[moved["vehicle"] == "van", "vehicle"] = "far"
    codes = {issue.code for issue in ROUTES.audit(own, network, plan.with_(tables={**plan.tables, STOPS.name: moved})).issues}
    assert "routes_foreign" in codes


def _accepted(scenario: Scenario, price: float, most: int) -> Scenario:
    """The scenario with the valid plan accepted."""
    parameters = [{"parameter": CHANGE_PRICE.code, "value": price}, {"parameter": MOST_CHANGES.code, "value": most}]
    return scenario.replace(ACCEPTED.name, ACCEPTED.frame(accepted_rows(valid_plan()[2]))).replace(PARAMETERS.name, PARAMETERS.frame(parameters))


def test_the_accepted_plan_itself_changes_nothing() -> None:
    scenario, network, plan = valid_plan()
    near = _accepted(scenario, 100.0, 0)
    assert count_changes(scenario, plan) is None and count_changes(near, plan) == 0
    audit = ROUTES.audit(near, network, plan.with_(scenario_hash=near.hash))
    assert audit.issues == () and audit.kpi("changes") == 0
    assert ROUTES.audit(scenario, network, plan).kpi("changes") is None


def test_changes_are_counted_priced_and_limited() -> None:
    """One load of the truck goes by the van (which lacks the tail lift)."""
    scenario, network, _ = valid_plan()
    truck, van = PLAN[MON_TRUCK], PLAN[MON_VAN]
    moved = build({**PLAN, MON_TRUCK: [truck[0], [("R", "deliver b")]], MON_VAN: [van[0], [("R", "deliver g"), *van[1]]]})
    for most, codes in ((1, {"routes_access_tail_lift"}), (0, {"routes_access_tail_lift", "routes_too_many_changes"})):
        near = _accepted(scenario, 100.0, most)
        assert count_changes(near, moved) == 1
        audit = ROUTES.audit(near, network, moved.with_(scenario_hash=near.hash))
        claims = {"wrong_cost_line", "wrong_cost"}  # written without the change
        assert {issue.code for issue in audit.issues} - claims == codes
        assert audit.kpi("changes") == 1
        assert audit.cost == pytest.approx((moved.cost or 0) + 100.0) and audit.annual == pytest.approx(moved.cost)
        honest_plan = moved.with_(scenario_hash=near.hash, cost=audit.cost, tables={**moved.tables, "routes_costs": audit.costs})
        assert {issue.code for issue in ROUTES.audit(near, network, honest_plan).issues} == codes


def test_what_is_gone_does_not_count_but_a_visit_on_another_day_does() -> None:
    scenario, _, plan = valid_plan()
    near = _accepted(scenario, 0.0, 0)
    rows = near.frames[ACCEPTED.name]
    more = [{"day": "wed", "flow": "d", "visit": 1, "vehicle": "van", "number": 1}, {"day": "mon", "flow": "no such flow", "visit": 1, "vehicle": "van", "number": 1}]
    near = near.replace(ACCEPTED.name, ACCEPTED.frame([*rows.to_dict("records"), *more]))
    assert count_changes(near, plan) == 1
