"""Low-emission zones with dates, days and hours: who is barred when, plans that keep it, findings."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from planner.i18n import describe
from planner.issues import errors
from planner.plan import Limits, Plan, Progress
from planner.problems.routes import ROUTES
from planner.problems.routes.tables import STOPS
from planner.problems.routes.week import Week
from planner.problems.routes.zones import outside
from planner.scenario import Scenario
from planner.schema import rows
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle

POINTS = {"O": (0.0, 0.0), "P": (10.0, 0.0), "Q": (0.0, 10.0)}
OLD = vehicle("old", count=2, crit_air="3", fixed_cost=1000.0, shift_start=300)
NEW = vehicle("new", count=1, crit_air="1", fixed_cost=9000.0)


def scenario(flows: list[dict[str, Any]], fleet: list[dict[str, Any]], month: int = 1, active: bool = True, **rule: Any) -> Scenario:
    rule = {"zone": "Z", "days": ("mon", "tue", "wed", "thu", "fri"), "opens": 480, "closes": 1200, "crit_air": "3", **rule}
    sites = [site("O"), site("P", emission_zone="Z"), site("Q")]
    return scenario_of(
        base(sites, fleet, flows, low_emission_zones=[{"zone": "Z", "name": "Z", "active": active}], low_emission_rules=[rule],
             parameters=[{"parameter": "routes_month", "value": float(month)}])
    )  # fmt: skip


def solved(given: Scenario, iterations: int = 150) -> Plan:
    plan = ROUTES.solve(given, network_of(POINTS), Limits(seconds=20, iterations=iterations), Progress())
    assert plan.status.has_plan and ROUTES.audit(given, network_of(POINTS), plan).valid, plan.issues
    return plan


def test_hours_taken_out_of_windows() -> None:
    day = ((0, 100),)
    assert outside(day, (), 5) == day
    assert outside(day, ((30, 60),), 5) == ((0, 25), (60, 100))
    assert outside(day, ((30, 60), (20, 40)), 5) == ((0, 15), (60, 100))
    assert outside(((10, 30),), ((0, 200),), 0) == ()


def test_class_flag_weight_days_and_dates_decide_who_is_barred() -> None:
    hours = ((480 * 60, 1200 * 60),)

    def barred(kind: dict[str, Any], day: str = "mon", where: str = "P", **more: Any) -> Any:
        week = Week(scenario([], [vehicle("V", **kind)], **more), network_of(POINTS))
        return week.barred(week.vehicle["V"], where, day)

    assert barred({"crit_air": "3"}) == barred({"crit_air": "none"}) == hours
    assert barred({"crit_air": "2"}) == barred({"crit_air": "3"}, "sat") == barred({"crit_air": "3"}, where="Q") == ()
    assert barred({"low_emission": False}) == hours and barred({"low_emission": True}) == ()  # no class: the flag
    assert barred({"low_emission": False, "crit_air": "5"}, crit_air=None) == hours and barred({"crit_air": "5"}, crit_air=None) == ()
    assert barred({"crit_air": "3", "gvw": 3.5}, above_gvw=3.5) == () and barred({"crit_air": "3", "gvw": 12.0}, above_gvw=3.5) == hours
    assert barred({"crit_air": "3"}, active=False) == ()
    assert barred({"crit_air": "3"}, starts=dt.date(2027, 6, 1)) == () and barred({"crit_air": "3"}, month=6, starts=dt.date(2027, 6, 1)) == hours
    assert barred({"crit_air": "3"}, ends=dt.date(2026, 12, 31)) == () and barred({"crit_air": "3"}, ends=dt.date(2027, 1, 1)) == hours


def test_a_vehicle_at_home_in_the_zone_is_not_barred() -> None:
    given = scenario([], [OLD])
    sites = given.frames["sites"].copy()
    sites["emission_zone"] = "Z"
    week = Week(given.replace("sites", sites), network_of(POINTS))
    assert week.barred(week.vehicle["old"], "O", "mon") == () and week.barred(week.vehicle["old"], "Q", "mon") != ()


def test_a_barred_vehicle_comes_before_the_hours_where_that_is_cheaper() -> None:
    plan = solved(scenario([flow("a", "O", "P"), flow("b", "O", "Q", opens=600)], [OLD, NEW]))
    stops = {row.flow: row for row in rows(STOPS, plan.tables[STOPS.name])}
    assert {row.vehicle for row in stops.values()} == {"old"}
    assert stops["a"].leaves <= 480


def test_the_other_vehicle_comes_within_the_hours() -> None:
    plan = solved(scenario([flow("a", "O", "P", opens=540), flow("b", "O", "Q", opens=600)], [OLD, NEW]))
    assert {row.flow: row.vehicle for row in rows(STOPS, plan.tables[STOPS.name])}["a"] == "new"


def test_nobody_waits_on_site_for_the_end_of_the_hours() -> None:
    late = {**OLD, "shift_end": 1430, "duty_minutes": 1200.0}
    plan = solved(scenario([flow("a", "O", "P", opens=700), flow("b", "O", "Q", closes=620)], [late], closes=780))
    stops = {row.flow: row for row in rows(STOPS, plan.tables[STOPS.name])}
    assert stops["a"].arrives >= 780


def test_site_to_site_before_the_hours() -> None:
    plan = solved(scenario([flow("a", "P", "Q", opens=300)], [OLD]))
    stops = {row.action: row for row in rows(STOPS, plan.tables[STOPS.name])}
    assert stops["collect"].leaves <= 480


def test_switched_off_or_out_of_date_it_changes_nothing() -> None:
    flows = [flow("a", "O", "P", opens=540)]
    assert errors(ROUTES.precheck(scenario(flows, [OLD]), network_of(POINTS)))
    off = scenario(flows, [OLD], active=False)
    assert [issue.code for issue in ROUTES.precheck(off, network_of(POINTS))] == ["routes_zone_inactive"]
    later = scenario(flows, [OLD], starts=dt.date(2030, 1, 1))
    assert [issue.code for issue in ROUTES.precheck(later, network_of(POINTS))] == ["routes_zone_not_valid"]
    solved(off)


@pytest.mark.parametrize(
    ("rule", "code"),
    [({}, "routes_alone_zone"), ({"opens": 600, "closes": 600}, "routes_zone_hours"), ({"starts": "2028-01-01", "ends": "2027-01-01"}, "routes_zone_dates")],
)
def test_what_cannot_work_is_said(rule: dict[str, Any], code: str) -> None:
    rule = {name: dt.date.fromisoformat(value) if isinstance(value, str) else value for name, value in rule.items()}
    issues = errors(ROUTES.precheck(scenario([flow("a", "O", "P", opens=540, closes=600)], [OLD], **rule), network_of(POINTS)))
    assert [issue.code for issue in issues] == [code]
    assert all("issue." not in describe(issue, lang) and "{" not in describe(issue, lang) for issue in issues for lang in ("fr", "en"))
