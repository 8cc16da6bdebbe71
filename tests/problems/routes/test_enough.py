"""Too few vehicles or drivers: how many are lacking, on which days, and what would be enough, said only of plans that the audit accepts."""

from __future__ import annotations

from typing import Any

import pytest

from planner.i18n import describe
from planner.issues import Issue, errors
from planner.network import Network
from planner.plan import Audit, Limits, Plan, Progress, Status
from planner.problems.base import edited
from planner.problems.routes import ROUTES, enough, model
from planner.problems.routes.explain import diagnose
from planner.scenario import Scenario
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle

POINTS = {"O": (0.0, 0.0), "P": (10.0, 0.0), "Q": (0.0, 12.0), "R": (0.0, -15.0)}
LIMITS = Limits(seconds=30, iterations=60, seed=1)
TEAM = {"team": "T", "name": "T", "establishment": "A"}
AT_ONCE = {"opens": 480, "closes": 485}


def given(flows: list[dict[str, Any]], fleet: list[dict[str, Any]], **more: Any) -> tuple[Scenario, Network]:
    return scenario_of(base([site(code) for code in POINTS], fleet, flows, **more)), network_of(POINTS)


def unplanned(scenario: Scenario, network: Network) -> dict[str, dict[str, Any]]:
    assert not errors(ROUTES.precheck(scenario, network))
    plan = ROUTES.solve(scenario, network, LIMITS, Progress())
    assert plan.status is Status.NO_PLAN_IN_TIME, plan.status
    assert all("issue." not in describe(issue, lang) and "{" not in describe(issue, lang) for issue in plan.issues for lang in ("fr", "en"))
    return {issue.code: {**dict(issue.args), "said": describe(issue, "fr")} for issue in plan.issues}


def planned(scenario: Scenario, network: Network) -> bool:
    plan = ROUTES.solve(scenario, network, LIMITS, Progress())
    return plan.status.has_plan and ROUTES.audit(scenario, network, plan).valid


def three_at_once() -> tuple[Scenario, Network]:
    """At 8:00 on Monday at three sites, on Tuesday at two, with one vehicle: two more are lacking, one more is not enough."""
    days = {"p": ("mon", "tue"), "q": ("mon", "tue"), "r": ("mon",)}
    flows = [flow(code, "O", code.upper(), days=those, **AT_ONCE) for code, those in days.items()]
    return given(flows, [vehicle(count=1, max_trips=1)])


def test_vehicles_lacking_are_counted_by_day_and_their_number_is_enough() -> None:
    scenario, network = three_at_once()
    found = unplanned(scenario, network)
    told = found["routes_relax_some_vehicles"]
    assert (told["vehicle"], told["more"], told["when_fr"], told["cost"]) == ("V", 2, "lun 2, mar 1", 2 * 5200.0)
    assert "trouvé et vérifié" in told["said"] and "Moins suffiraient peut-être" in told["said"]
    assert planned(edited(scenario, "vehicle_types", lambda _: {"count": 3}), network) and not planned(edited(scenario, "vehicle_types", lambda _: {"count": 2}), network)


def test_two_kinds_of_vehicles_lacking_are_told_together() -> None:
    flows = [flow(code.lower() + kind, "O", code, lock=kind, **AT_ONCE) for kind in ("V", "W") for code in ("P", "Q")]
    scenario, network = given(flows, [vehicle("V", count=1, max_trips=1), vehicle("W", count=1, max_trips=1)])
    told = unplanned(scenario, network)["routes_relax_vehicles"]
    assert (told["vehicles_fr"], told["cost"]) == ("1 × V (lun 1), 1 × W (lun 1)", 2 * 5200.0)
    assert planned(edited(scenario, "vehicle_types", lambda _: {"count": 2}), network)


def test_visits_left_to_a_third_party_are_named_and_enough() -> None:
    scenario, network = three_at_once()
    told = unplanned(scenario, network)["routes_relax_third_party"]
    assert told["count"] == 3
    left = {words.split()[0] for words in told["visits_fr"].split(", ")}
    assert planned(edited(scenario, "flows", lambda row: {"skip_cost": 10.0, "skip_means": "third_party"} if row.flow in left else {}), network)


def test_vehicles_and_drivers_lacking_together_are_told_together() -> None:
    """Two vehicles at once, one driver and one vehicle: one more of each, neither alone is enough."""
    flows = [flow("p", "O", "P", **AT_ONCE), flow("q", "O", "Q", **AT_ONCE)]
    scenario, network = given(flows, [vehicle(count=1, max_trips=1, team="T")], driver_teams=[{**TEAM, "drivers": 1}])
    told = unplanned(scenario, network)["routes_relax_means"]
    assert (told["vehicles_fr"], told["vehicles_en"], told["teams"], told["cost"]) == ("1 × V (lun 1)", "1 × V (Mon 1)", "T 1", 5200.0)
    vehicles = edited(scenario, "vehicle_types", lambda _: {"count": 2})
    assert not planned(vehicles, network) and planned(edited(vehicles, "driver_teams", lambda _: {"drivers": 2}), network)


def test_two_teams_that_are_too_small_are_told_together() -> None:
    flows = [flow(code.lower() + team, "O", code, lock=team, **AT_ONCE) for team in ("V", "W") for code in ("P", "Q")]
    scenario, network = given(flows, [vehicle("V", team="T", max_trips=1), vehicle("W", team="U", max_trips=1)], driver_teams=[{**TEAM, "drivers": 1}, {**TEAM, "team": "U", "drivers": 1}])
    found = unplanned(scenario, network)
    assert found["routes_relax_teams"]["teams"] == "T 1, U 1" and not {"routes_relax_driver", "routes_relax_drivers"} & found.keys()
    assert found["routes_relax_third_party"]["count"] == 2
    assert planned(edited(scenario, "driver_teams", lambda _: {"drivers": 2}), network)
    assert not planned(edited(scenario, "driver_teams", lambda row: {"drivers": 2} if row.team == "T" else {}), network)


def test_a_driver_lacking_and_the_visits_of_the_lightest_week() -> None:
    flows = [flow("p", "O", "P", days=("mon", "tue", "wed"), **AT_ONCE), flow("q", "O", "Q", days=("mon",), **AT_ONCE)]
    scenario, network = given(flows, [vehicle(team="T", max_trips=1)], driver_teams=[{**TEAM, "drivers": 1}])
    found = unplanned(scenario, network)
    assert (found["routes_relax_driver"]["more"], found["routes_relax_driver"]["need"]) == (1, 2) and "peut-être" not in found["routes_relax_driver"]["said"]
    assert found["routes_crew_day"]["day"] == "mon" and found["routes_relax_third_party"]["count"] == 1
    assert planned(edited(scenario, "driver_teams", lambda _: {"drivers": 2}), network)


def test_nothing_is_told_to_be_enough_that_the_audit_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(scenario: Scenario, network: Network, plan: Plan) -> Audit:
        return Audit("routes", (Issue.error("routes_missed"),), 0.0, 0.0, plan.tables["routes_costs"], ())

    monkeypatch.setattr(enough, "audit", refuses)
    flows = [flow("p", "O", "P", **AT_ONCE), flow("q", "O", "Q", **AT_ONCE)]
    found = unplanned(*given(flows, [vehicle(team="T", max_trips=1)], driver_teams=[{**TEAM, "drivers": 1}]))
    assert found.keys() == {"routes_crew_day", "routes_crew_least"} and "au moins" in found["routes_crew_least"]["said"]
    assert not {"routes_relax_some_vehicles", "routes_relax_means", "routes_relax_third_party"} & unplanned(*three_at_once()).keys()


def test_with_no_time_left_only_what_the_first_searches_found_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "diagnose", lambda engine, made, late: diagnose(engine, made, lambda: True))
    found = unplanned(*three_at_once())
    assert {"routes_unserved", "routes_relax_some_vehicles"} <= found.keys() and not {"routes_relax_window", "routes_relax_third_party", "routes_no_single_relaxation"} & found.keys()
