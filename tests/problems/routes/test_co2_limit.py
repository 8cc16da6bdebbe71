"""A largest CO2 of a year: kept by the search, refused by the audit, refused before solving, said when it is not met."""

from __future__ import annotations

from typing import Any

import pytest

from planner.i18n import describe
from planner.issues import Issue, errors
from planner.network import Network
from planner.plan import Limits, Plan, Progress, Status
from planner.problems.routes import ROUTES
from planner.problems.routes.accepted import accepted_rows
from planner.problems.routes.attempt import Engine
from planner.problems.routes.co2 import Capped, _Price
from planner.problems.routes.co2_bound import least, parts
from planner.problems.routes.columns import Model
from planner.problems.routes.emissions import GROUP, AtCo2
from planner.problems.routes.groups import same_days
from planner.problems.routes.rosters import Rosters
from planner.problems.routes.serve import Servers
from planner.problems.routes.tables import ACCEPTED, CO2_LIMIT
from planner.problems.routes.week import Week
from planner.scenario import Scenario
from planner.solvers import routing_columns
from planner.solvers.routing_pool import Pool
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


def figure(issue: Issue, name: str) -> float:
    return float(dict(issue.args)[name])


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
    assert all(0.0 <= figure(issue, "least") <= figure(issue, "limit") for issue in plan.issues)
    assert all("{" not in describe(issue, lang) for issue in plan.issues for lang in ("fr", "en"))


ELEVEN = {"O": (0.0, 0.0), **{f"P{i}": (30.0, 0.0) for i in range(11)}}


def eleven(limit: float | None = None) -> tuple[Scenario, Network]:
    """Eleven loads of 1 at one place, ten to a vehicle: two trips there, so at least 2 * 60 km * 52 * 0.5 kg = 3.12 t."""
    data = base([site(code) for code in ELEVEN], [vehicle(co2_km=0.5, max_trips=4)], [flow(f"f{i}", "O", f"P{i}", 1.0) for i in range(11)])
    data["parameters"] = [] if limit is None else [{"parameter": CO2_LIMIT.code, "value": limit}]
    return scenario_of(data), network_of(ELEVEN)


def test_a_limit_below_the_bound_by_columns_is_proven_impossible() -> None:
    given = eleven(2.9)
    assert not errors(ROUTES.precheck(*given))  # the simple bound does not know it
    plan = solved(*given, iterations=400)
    (issue,) = plan.issues
    assert plan.status is Status.INFEASIBLE and issue.code == "routes_co2_impossible"
    assert 2.9 < figure(issue, "least") <= figure(issue, "smallest") == 3.12
    assert all("{" not in describe(issue, lang) and "issue." not in describe(issue, lang) for lang in ("fr", "en"))
    assert solved(*eleven(3.12)).status.has_plan


def test_the_bound_on_co2_is_the_sum_of_its_parts_and_below_any_plan() -> None:
    scenario, network = group()
    week = Week(scenario, network)
    whole = Model(AtCo2(week, GROUP)).days
    apart = sum(routing_columns.bound(part, float("inf"), 100).value for part in parts(whole))
    assert apart == pytest.approx(routing_columns.bound(whole, float("inf"), 100).value, rel=1e-3)
    sure = least(week, GROUP, 30.0, Limits(iterations=500), lambda: False)
    assert apart / 1000 - 0.02 <= sure <= tonnes(scenario, network, solved(scenario, network))


def test_routes_of_two_searches_that_each_break_the_limit_may_keep_it_together() -> None:
    """A price on the kilometres of one establishment only makes clean what its own vehicles carry."""
    fleet = [vehicle(f"{kind}_{own}", km_cost=cost, co2_km=co2, establishment=own, temperatures=temperatures)
             for own, temperatures in (("A", ("ambient",)), ("B", ("cold",))) for kind, cost, co2 in (("old", 0.3, 0.6), ("clean", 0.6, 0.0))]  # fmt: skip
    flows = [flow("a", "O", "P0"), flow("b", "O", "P1", temperature="cold")]
    scenario, network = scenario_of(base([site(code) for code in POINTS], fleet, flows)), network_of(POINTS)
    week = Week(scenario, network)
    with Pool(1) as pool:
        engine = Engine(week, same_days(week, Servers(week)), Limits(seconds=20, iterations=50), pool, lambda: False, lambda cost: None, Rosters(week))
        search = Capped(engine, {GROUP: 0.1})
        for own in "AB":
            search._attempt(10.0, {GROUP: 0.0, own: 1e5}, ())
        assert search.best is None and len(search.attempts) == 2
        search._mix(10.0, {GROUP: 1e5}, ())
    assert search.best is not None and search.least[GROUP] == 0.0


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


def test_a_limit_broken_by_far_starts_at_the_highest_price_and_is_then_approached_from_both_sides() -> None:
    near, far = _Price(), _Price()
    near.learn(kept=False, first=800.0, far=False)
    far.learn(kept=False, first=800.0, far=True)
    assert near.now == 800.0 and far.now == 51200.0
    far.learn(kept=True, first=800.0, far=False)
    assert far.high == 51200.0 and far.now == pytest.approx(6400.0)  # prices far apart are halved by what they are times each other
    far.learn(kept=True, first=800.0, far=False)
    assert far.now == pytest.approx((800.0 * 6400.0) ** 0.5)
    far.learn(kept=False, first=800.0, far=False)
    assert far.low < far.now < 6400.0
