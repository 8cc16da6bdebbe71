"""A largest CO2 of a year: kept by the search, refused by the audit, refused before solving, said when it is not met."""

from __future__ import annotations

from typing import Any

import pytest

from planner.i18n import describe
from planner.issues import errors
from planner.network import Network
from planner.plan import Limits, Plan, Progress, Status
from planner.problems.routes import ROUTES
from planner.problems.routes.accepted import accepted_rows
from planner.problems.routes.co2 import _Price
from planner.problems.routes.tables import ACCEPTED, CO2_LIMIT
from planner.scenario import Scenario
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle

POINTS = {"O": (0.0, 0.0), **{f"P{i}": (20.0 + 3 * i, 8.0 * (i % 3)) for i in range(8)}}
FLEET = [vehicle("old", count=4, km_cost=0.3, co2_km=0.6), vehicle("clean", count=4, km_cost=1.5, co2_km=0.1, establishment="B")]


def group(limit: float | None = None, limits: dict[str, float] | None = None, **more: Any) -> tuple[Scenario, Network]:
    flows = [flow(f"f{i}", "O", f"P{i}", 4.0) for i in range(8)]
    data = base([site(code) for code in POINTS], FLEET, more.pop("flows", flows), **more)
    data["establishments"] = [{**row, "co2_limit": (limits or {}).get(row["establishment"])} for row in data["establishments"]]
    data["parameters"] = [] if limit is None else [{"parameter": CO2_LIMIT.code, "value": limit}]
    return scenario_of(data), network_of(POINTS)


def solved(scenario: Scenario, network: Network, iterations: int = 60) -> Plan:
    return ROUTES.solve(scenario, network, Limits(seconds=30, iterations=iterations, seed=1), Progress())


def tonnes(scenario: Scenario, network: Network, plan: Plan, establishment: str = "") -> float:
    audit = ROUTES.audit(scenario, network, plan)
    assert audit.valid, audit.issues
    return float(audit.kpi("co2", establishment) or 0.0)


def test_the_tighter_the_limit_the_dearer_and_it_is_kept_closely() -> None:
    free = solved(*group())
    most = tonnes(*group(), free)
    costs = [free.cost or 0.0]
    for share in (0.75, 0.45):
        given = group(share * most)
        plan = solved(*given)
        assert plan.status.has_plan and tonnes(*given, plan) <= share * most
        assert plan.bound is not None and plan.cost is not None and plan.bound <= plan.cost
        costs.append(plan.cost)
    assert costs[0] < costs[1] < costs[2]  # between the two ends that prices find, a mix of their routes
    loose = solved(*group(2 * most))
    assert loose.cost == pytest.approx(free.cost)
    audit = ROUTES.audit(*group(0.75 * most), free.with_(scenario_hash=group(0.75 * most)[0].hash))
    assert {issue.code for issue in audit.issues} == {"routes_co2_over"}


def test_a_limit_of_one_establishment() -> None:
    free = solved(*group())
    most = tonnes(*group(), free, "A")
    given = group(limits={"A": 0.5 * most})
    plan = solved(*given)
    assert plan.status.has_plan and tonnes(*given, plan, "A") <= 0.5 * most
    audit = ROUTES.audit(*given, free.with_(scenario_hash=given[0].hash))
    assert {issue.code for issue in audit.issues} == {"routes_co2_over_by"}
    assert all("{" not in describe(issue, lang) for issue in audit.issues for lang in ("fr", "en"))


def test_what_no_plan_can_keep_is_said_before_solving() -> None:
    for given, code in ((group(0.1), "routes_co2_unavoidable"), (group(limits={"B": 0.0}), None), (group(limits={"A": 0.0, "B": 0.0}), None)):
        found = errors(ROUTES.precheck(*given))
        assert [issue.code for issue in found] == ([code] if code else [])
        assert all("issue." not in describe(issue, lang) and "{" not in describe(issue, lang) for issue in found for lang in ("fr", "en"))


def test_what_no_plan_found_keeps_is_said_with_the_smallest_found() -> None:
    given = group(limits={"A": 0.0, "B": 0.0})  # each could be spared, not both: no bound says so
    plan = solved(*given, iterations=20)
    assert plan.status is Status.NO_PLAN_IN_TIME
    assert {issue.code for issue in plan.issues} == {"routes_co2_unmet_by"}
    assert all("{" not in describe(issue, lang) for issue in plan.issues for lang in ("fr", "en"))


def test_visits_left_to_a_third_party_are_told_to_be_outside_the_limit() -> None:
    """Nothing may be emitted: everything goes to a third party, whose vehicles emit all the same."""
    flows = [flow(f"f{i}", "O", f"P{i}", 4.0, days=("mon", "thu"), skip_cost=100.0, skip_means="third_party", establishment="AB"[i % 2]) for i in range(8)]
    for limit, limits, said in ((0.0, {}, {"routes_co2_uncounted": 16}), (None, {"A": 0.0, "B": 0.0}, {"routes_co2_uncounted_by": 8}), (None, {}, {})):
        scenario, network = group(limit, limits, flows=flows)
        plan = solved(scenario, network)
        audit = ROUTES.audit(scenario, network, plan)
        assert audit.valid and (audit.kpi("co2") == 0.0 or not said)
        assert {issue.code: dict(issue.args)["visits"] for issue in audit.issues} == said and len(audit.issues) == len(limits) + (limit is not None)
        assert all("{" not in describe(issue, lang) and "issue." not in describe(issue, lang) for issue in audit.issues for lang in ("fr", "en"))


def test_close_to_the_accepted_routes_within_a_limit() -> None:
    scenario, network = group()
    first = solved(scenario, network)
    most = tonnes(scenario, network, first)
    limited = group(0.7 * most)[0].replace(ACCEPTED.name, ACCEPTED.frame(accepted_rows(first)))
    plan = solved(limited, network)
    assert plan.status.has_plan and tonnes(limited, network, plan) <= 0.7 * most


def test_routes_kept_count_within_the_limit() -> None:
    scenario, network = group()
    free = solved(scenario, network)
    most = tonnes(scenario, network, free)
    kept = [{"day": "mon", "vehicle": "old", "number": 1, "position": 1, "flow": "f7", "action": "deliver", "locked": True}]
    given = group(0.8 * most, current_routes=kept)
    plan = solved(*given)
    assert plan.status.has_plan and tonnes(*given, plan) <= 0.8 * most


def test_a_limit_broken_by_far_starts_at_a_high_price_and_is_then_approached_from_both_sides() -> None:
    near, far = _Price(), _Price()
    near.learn(kept=False, first=800.0, far=False)
    far.learn(kept=False, first=800.0, far=True)
    assert near.now == 800.0 and far.now == 6400.0
    far.learn(kept=True, first=800.0, far=False)
    assert far.high == 6400.0 and far.now == 3200.0
    far.learn(kept=False, first=800.0, far=False)
    assert far.low == 3200.0 and far.now == 4800.0
