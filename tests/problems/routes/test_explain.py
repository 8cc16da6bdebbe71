"""What has no plan is explained: which visit, which rule, the smallest change that is enough, planted and found again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from planner.i18n import describe
from planner.issues import Issue, errors
from planner.network import Network
from planner.plan import Limits, Progress, Status
from planner.problems.routes import ROUTES
from planner.scenario import Scenario
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle

POINTS = {"O": (0.0, 0.0), "P": (10.0, 0.0), "Q": (200.0, 0.0), "R": (0.0, 10.0)}
LATE = [{"site": "P", "day_type": "weekday", "opens": 300, "closes": 380}]


def given(flows: list[dict[str, Any]], kind: dict[str, Any], place: dict[str, Any], **more: Any) -> tuple[Scenario, Network]:
    sites = [site("O"), site("P", **place), site("Q"), site("R")]
    return scenario_of(base(sites, [vehicle(**kind)], flows, **more)), network_of(POINTS)


def told(issues: list[Issue] | tuple[Issue, ...]) -> dict[str, dict[str, Any]]:
    assert all("issue." not in describe(issue, lang) and "{" not in describe(issue, lang) for issue in issues for lang in ("fr", "en"))
    return {issue.code: dict(issue.args) for issue in issues}


@pytest.mark.parametrize(
    ("flows", "kind", "place", "more", "enough"),
    [
        # the vehicle leaves at 6:00, loads 20 min, drives 10: at P at 6:30 at the earliest, 10 min after it closes
        ([flow("a", "O", "P")], {}, {}, {"windows": LATE}, {"window": 10.0, "shift": 10.0}),
        ([flow("a", "O", "Q")], {"duty_minutes": 400.0}, {}, {}, {"overtime": 33.0}),
        ([flow("a", "O", "P", max_minutes=4)], {}, {}, {}, {"on_board": 6.0}),
        ([flow("a", "O", "P", 4.0)], {"kg": 350.0}, {}, {}, {"kg": 50.0}),
        ([flow("a", "O", "P", 13.0)], {}, {}, {}, {"places": 3.0}),
        ([flow("a", "O", "P", 4.0, temperature="cold")], {"temperatures": ("cold",), "cold_places": 3.0}, {}, {}, {"places": 1.0}),
        ([flow("a", "O", "P")], {"gvw": 19.0}, {"max_gvw": 7.5}, {}, {"gvw": 11.5}),
        ([flow("a", "O", "P")], {"tail_lift": False}, {"needs_tail_lift": True}, {}, {"tail_lift": 0.0}),
        ([flow("a", "O", "P")], {"low_emission": False}, {"low_emission_zone": True}, {}, {"low_emission": 0.0}),
        ([flow("a", "O", "P", opens=540)], {"crit_air": "5"}, {"emission_zone": "Z"},
         {"low_emission_zones": [{"zone": "Z", "name": "Z"}], "low_emission_rules": [{"zone": "Z", "crit_air": "3", "opens": 480, "closes": 1440}]}, {"window": 73.0, "zone": 0.0}),
        ([flow("a", "O", "P", temperature="hot")], {}, {}, {}, {"temperature": 0.0}),
        ([flow("a", "O", "P", hygiene="dirty")], {"hygiene": ("clean",)}, {}, {}, {"hygiene": 0.0}),
        ([flow("a", "O", "P", 13.0)], {"kg": 350.0}, {}, {}, {}),
    ],
)  # fmt: skip
def test_the_smallest_change_for_one_visit(flows: list[dict[str, Any]], kind: dict[str, Any], place: dict[str, Any], more: dict[str, Any], enough: dict[str, float]) -> None:
    scenario, network = given(flows, kind, place, **more)
    issues = ROUTES.precheck(scenario, network)
    assert errors(issues)
    found = told(issues)
    assert {code.removeprefix("routes_enough_"): args["amount"] for code, args in found.items() if code.startswith("routes_enough_") and code != "routes_enough_nothing"} == enough
    assert ("routes_enough_nothing" in found) == (not enough)


def test_what_is_told_to_be_enough_is_and_a_minute_less_is_not() -> None:
    for minutes, works in ((33.0, True), (32.0, False)):
        scenario, network = given([flow("a", "O", "Q")], {"duty_minutes": 400.0, "overtime_minutes": minutes}, {})
        assert (not errors(ROUTES.precheck(scenario, network))) == works


def unplanned(flows: list[dict[str, Any]], kind: dict[str, Any], **more: Any) -> dict[str, dict[str, Any]]:
    scenario, network = given(flows, kind, {}, **more)
    assert not errors(ROUTES.precheck(scenario, network))
    plan = ROUTES.solve(scenario, network, Limits(seconds=6, iterations=60), Progress())
    assert plan.status is Status.NO_PLAN_IN_TIME, plan.status
    return told(plan.issues)


def test_two_visits_at_one_time_and_one_vehicle() -> None:
    flows = [flow("a", "O", "P", opens=480, closes=490), flow("b", "O", "R", opens=480, closes=490)]
    found = unplanned(flows, {"count": 1, "max_trips": 1})
    assert found["routes_unserved"]["flow"] in ("a", "b")
    assert found["routes_relax_window"]["minutes"] == 30 and found["routes_relax_window"]["flows"] == found["routes_unserved"]["flow"]
    assert found["routes_relax_vehicle"]["vehicle"] == "V"
    assert "routes_relax_overtime" not in found and "routes_relax_trips" not in found


def test_a_visit_that_a_few_minutes_late_would_serve_is_named() -> None:
    """13 min at one stop and 14 to the other, for which the windows leave 17: being late costs less than leaving a visit out."""
    flows = [flow("a", "O", "P", opens=480, closes=497), flow("b", "O", "R", opens=480, closes=497)]
    found = unplanned(flows, {"count": 1})
    assert found["routes_unserved"]["flow"] in ("a", "b") and found["routes_relax_window"]["minutes"] == 15
    assert {"routes_relax_vehicle", "routes_relax_third_party"} <= found.keys()


def test_a_duty_too_short() -> None:
    flows = [flow("a", "O", "P"), flow("b", "O", "R")]
    found = unplanned(flows, {"count": 1, "duty_minutes": 70.0, "max_trips": 2})
    assert found["routes_relax_overtime"]["minutes"] == 15 and "routes_relax_shift" not in found


@pytest.mark.parametrize(("duty", "day_hours", "code"), [(600.0, 1.2, "routes_relax_driver_day"), (72.0, 10.0, "routes_relax_overtime")])
def test_the_day_of_the_driver_and_the_hours_of_the_vehicle_are_told_apart(duty: float, day_hours: float, code: str) -> None:
    """More overtime changes nothing where the driver has no more hours in his day, and the other way round."""
    flows = [flow("a", "O", "P"), flow("b", "O", "R")]
    team = {"team": "T", "name": "T", "establishment": "A", "day_hours": day_hours, "work_break": 0.0}
    found = unplanned(flows, {"count": 1, "duty_minutes": duty, "team": "T", "max_trips": 2}, driver_teams=[team])
    assert {"routes_relax_driver_day", "routes_relax_overtime"} & found.keys() == {code} and found[code]["minutes"] == 15
    assert found[code].get("teams", "T") == "T"


def test_too_few_trips_or_places() -> None:
    flows = [flow("a", "P", "O", 6.0), flow("b", "R", "O", 6.0)]
    found = unplanned(flows, {"count": 1, "max_trips": 1})
    assert {"routes_relax_trips", "routes_relax_vehicle"} <= found.keys() and found["routes_relax_capacity"]["percent"] == 30
    assert "routes_relax_window" not in found


def test_a_time_on_board_that_only_a_detour_keeps_is_told_not_broken() -> None:
    """From P to R 40 min, by Q 20: a vehicle that has nothing to do at Q cannot keep 30 min, though the checks cannot exclude it."""
    net = network_of({"O": (0.0, 0.0), "P": (10.0, 0.0), "Q": (10.0, 10.0), "R": (10.0, 20.0)})
    minutes = net.minutes.copy()
    minutes[1, 3] = 40.0
    scenario = scenario_of(base([site(code) for code in "OPQR"], [vehicle()], [flow("a", "P", "R", max_minutes=30.0)]))
    plan = ROUTES.solve(scenario, replace(net, minutes=minutes), Limits(seconds=5, threads=1, iterations=50), Progress())
    assert plan.status is Status.NO_PLAN_IN_TIME and told(plan.issues)["routes_unserved"]["flow"] == "a"
