"""Weeks with rules of drivers solved: breaks are taken, drivers counted, vehicles shared by two shifts, too few drivers explained."""

from __future__ import annotations

from typing import Any

import pytest

from planner.i18n import describe
from planner.plan import Limits, Plan, Progress, Status
from planner.problems.routes import ROUTES
from planner.problems.routes.baseline import baseline
from planner.problems.routes.bound import bound
from planner.problems.routes.driver_check import crew_bound
from planner.problems.routes.driver_tables import BREAKS, LAW_WEIGHT, ROTA
from planner.problems.routes.figures import by_flow
from planner.problems.routes.tables import COSTS, CURRENT, TRIPS
from planner.problems.routes.tables import ROUTES as ROUTE_ROWS
from planner.problems.routes.week import Week
from planner.report.roadsheets import BREAK, duties, road_sheet_page
from planner.scenario import Scenario
from planner.schema import Row, rows
from planner.sites import PARAMETERS
from planner.study import Result, Study
from tests.contract.drivers_mutations import build
from tests.problems.routes.generator import base, flow, group, network_of, scenario_of, site, vehicle

POINTS = {"O": (0.0, 0.0), "P": (10.0, 0.0), "Q": (12.0, 0.0), "R": (0.0, 15.0), "FAR": (150.0, 0.0)}
LIMITS = Limits(seconds=60, iterations=60, seed=1)
TEAM = {"team": "T", "name": "T", "establishment": "A"}


def scenario(flows: list[dict[str, Any]], fleet: list[dict[str, Any]], teams: list[dict[str, Any]] | None = None, **more: Any) -> Scenario:
    return scenario_of(base([site(code) for code in POINTS], fleet, flows, driver_teams=teams or [], **more))


def solved(data: Scenario) -> Plan:
    """The plan; checked by the audit when there is one."""
    plan = ROUTES.solve(data, network_of(POINTS), LIMITS, Progress())
    if plan.status.has_plan:
        audit = ROUTES.audit(data, network_of(POINTS), plan)
        assert audit.issues == () and audit.cost == plan.cost
        assert plan.bound is not None and plan.cost is not None and plan.bound <= plan.cost
    return plan


def of(plan: Plan, table: Any) -> list[Row]:
    return list(rows(table, plan.tables[table.name]))


FAR = [flow("a", "O", "FAR", 2.0)]


def test_a_heavy_vehicle_rests_after_four_hours_and_a_half_at_the_wheel() -> None:
    """150 minutes there, 150 back: 300 at the wheel."""
    assert of(solved(scenario(FAR, [vehicle(gvw=3.5)])), BREAKS) == []
    heavy = solved(scenario(FAR, [vehicle(gvw=12.0)]))
    (rest,) = of(heavy, BREAKS)
    assert rest.minutes == 45.0 and rest.site == "FAR"
    off = scenario(FAR, [vehicle(gvw=12.0)]).replace(PARAMETERS.name, PARAMETERS.frame([{"parameter": LAW_WEIGHT.code, "value": 100.0}]))
    assert of(solved(off), BREAKS) == []
    assert heavy.cost == pytest.approx((solved(off).cost or 0.0) + 52 * 0.75 * 30.0, abs=0.02)  # the break is paid


def test_breaks_that_are_not_paid_cost_nothing() -> None:
    free = solved(scenario(FAR, [vehicle(gvw=12.0, team="T")], [{**TEAM, "paid": False}]))
    (rest,) = of(free, BREAKS)
    assert rest.minutes == 45.0  # serves as work break too
    bare = solved(scenario(FAR, [vehicle(gvw=3.5)]))
    assert free.cost == bare.cost


def test_a_duty_that_only_fits_without_its_break_is_not_planned() -> None:
    """20 + 150 + 13 + 150 minutes fit a duty of 350, not with 45 minutes of break: nobody can serve it, which is said before."""
    found = ROUTES.precheck(scenario(FAR, [vehicle(gvw=12.0, duty_minutes=350.0)]), network_of(POINTS))
    (issue,) = [issue for issue in found if issue.is_error]
    assert issue.code == "routes_alone_duty" and dict(issue.args)["need"] == pytest.approx(20 + 300 + 13 + 45)


def test_more_than_nine_hours_at_the_wheel_is_said_before() -> None:
    points = {**POINTS, "FAR": (280.0, 0.0)}
    data = scenario(FAR, [vehicle(gvw=12.0, duty_minutes=900.0)])
    (issue,) = [issue for issue in ROUTES.precheck(data, network_of(points)) if issue.is_error]
    assert issue.code == "routes_alone_driving" and dict(issue.args)["need"] == 560.0
    assert all("issue." not in describe(issue, lang) for lang in ("fr", "en"))


def test_the_meal_is_taken_within_its_window() -> None:
    flows = [flow("a", "O", "P", 8.0, opens=400, closes=420), flow("b", "O", "Q", 8.0, opens=640, closes=700), flow("c", "O", "R", 8.0, opens=860, closes=900)]
    plan = solved(scenario(flows, [vehicle(count=1, duty_minutes=600.0, team="T")], [{**TEAM, "meal_minutes": 45.0, "meal_from": 690, "meal_until": 800}]))
    meals = [row for row in of(plan, BREAKS) if row.minutes == 45.0]
    assert len(meals) == 1 and 690 <= meals[0].starts <= 800


def test_routes_that_leave_no_room_for_a_meal_are_shared_between_vehicles() -> None:
    """Eight stops of an hour each from 8:00 with windows of ten minutes: one vehicle could serve all, but its driver could not eat."""
    flows = [flow(f"f{i}", "O", "P", 1.0, opens=480 + 60 * i, closes=490 + 60 * i, unit="slow") for i in range(8)]
    more = {"handling_units": [{"unit": "roll"}, {"unit": "slow", "places": 0.1, "kg": 1.0, "minutes": 50.0}]}
    fleet = [vehicle(count=2, duty_minutes=700.0, team="T")]
    free = solved(scenario(flows, fleet, [TEAM | {"work_break": 0.0}], **more))
    assert len(of(free, ROUTE_ROWS)) == 1
    plan = solved(scenario(flows, fleet, [TEAM | {"work_break": 0.0, "meal_minutes": 30.0}], **more))
    assert len(of(plan, ROUTE_ROWS)) == 2


def test_a_single_duty_keeps_to_the_day_of_its_driver() -> None:
    """Three far sites, 230 minutes each with loading and stop: 690 in one duty; nine hours are two of them, and leave the third to another vehicle."""
    points = {"O": (0.0, 0.0), "N": (0.0, 98.5), "S": (0.0, -98.5), "W": (-98.5, 0.0)}
    flows = [flow(code, "O", code, 8.0, unit="quick") for code in ("N", "S", "W")]

    def made(**team: Any) -> Scenario:
        more = {"handling_units": [{"unit": "quick", "minutes": 0.375}], "driver_teams": [{**TEAM, "work_break": 0.0, **team}]}
        return scenario_of(base([site(code) for code in points], [vehicle(count=2, duty_minutes=720.0, team="T", max_trips=3)], flows, **more))

    long = made(day_hours=12.0)
    plan = ROUTES.solve(long, network_of(points), LIMITS, Progress())
    assert [row.duty for row in of(plan, ROUTE_ROWS)] == [690.0]
    short = made()
    found = ROUTES.audit(short, network_of(points), plan.with_(scenario_hash=short.hash)).issues
    assert [(issue.code, dict(issue.args)["hours"], dict(issue.args)["limit"]) for issue in found] == [("routes_driver_day", 11.5, 9.0)]
    kept = ROUTES.solve(short, network_of(points), LIMITS, Progress())
    assert ROUTES.audit(short, network_of(points), kept).issues == () and sorted(row.duty for row in of(kept, ROUTE_ROWS)) == [230.0, 460.0]
    week = ROUTES.solve(made(day_hours=12.0, longest_week=9.0), network_of(points), LIMITS, Progress())  # nor is a duty longer than a driver's week
    assert sorted(row.duty for row in of(week, ROUTE_ROWS)) == [230.0, 460.0]
    (issue,) = [issue for issue in ROUTES.precheck(made(day_hours=3.0), network_of(points)) if issue.is_error][:1]
    assert issue.code == "routes_alone_duty" and dict(issue.args)["have"] == 180.0


def test_drivers_are_counted_over_the_week() -> None:
    """Two vehicles on six days, an hour each: one driver could do both of a day where two duties are allowed, but not six days."""
    days = ("mon", "tue", "wed", "thu", "fri", "sat")
    flows = [flow("a", "O", "P", 2.0, days=days, opens=420, closes=425), flow("b", "O", "R", 2.0, days=days, opens=425, closes=430)]
    one = solved(scenario(flows, [vehicle(team="T")], [TEAM]))
    assert one.status.has_plan
    audit = ROUTES.audit(scenario(flows, [vehicle(team="T")], [TEAM]), network_of(POINTS), one)
    assert audit.kpi("drivers") == 3 and len(of(one, ROTA)) == 12


def test_duties_are_moved_in_time_where_one_driver_can_then_do_both() -> None:
    """Two vehicles, an hour or so each, open all day: both would begin at the start of the shift; one after the other takes one driver."""
    days = ("mon", "tue")
    flows = [flow("a", "O", "P", 8.0, days=days), flow("b", "O", "R", 8.0, days=days)]
    fleet = [vehicle(team="T", places=10.0, max_trips=1)]
    team = {**TEAM, "day_duties": 2, "day_span": 12.0}
    free = solved(scenario(flows, fleet, [team]))  # hours paid, drivers not counted: nothing to save
    assert len({row.driver for row in of(free, ROTA)}) == 2
    plan = solved(scenario(flows, fleet, [{**team, "drivers": 1}]))
    assert plan.status.has_plan and {row.driver for row in of(plan, ROTA)} == {1} and len(of(plan, ROTA)) == 4
    assert plan.cost == free.cost
    fixed = [flow("a", "O", "P", 8.0, days=days, opens=420, closes=425), flow("b", "O", "R", 8.0, days=days, opens=420, closes=425)]
    assert solved(scenario(fixed, fleet, [{**team, "drivers": 1}])).status is Status.NO_PLAN_IN_TIME  # windows leave no room


def test_too_few_drivers_is_explained_with_the_smallest_change() -> None:
    days = ("mon", "tue", "wed", "thu", "fri", "sat")
    flows = [flow("a", "O", "P", 2.0, days=days, opens=420, closes=425), flow("b", "O", "R", 2.0, days=days, opens=425, closes=430)]
    plan = solved(scenario(flows, [vehicle(team="T")], [{**TEAM, "drivers": 2}]))
    assert plan.status is Status.NO_PLAN_IN_TIME
    told = {issue.code: dict(issue.args) for issue in plan.issues}
    assert told["routes_crew_week"]["drivers"] == 2 and told["routes_crew_week"]["least"] == 3
    assert told["routes_relax_driver"]["more"] == 1 and told["routes_relax_days"]["days"] == 6
    short = solved(scenario(flows, [vehicle(team="T")], [{**TEAM, "drivers": 1}]))
    assert {dict(issue.args)["day"] for issue in short.issues if issue.code == "routes_crew_day"} == set(days)
    assert all("issue." not in describe(issue, lang) for issue in (*plan.issues, *short.issues) for lang in ("fr", "en"))


def test_breaks_that_fit_nowhere_are_explained_with_what_would_do() -> None:
    """One vehicle, eight stops an hour apart: it can serve all, its driver cannot eat; a second vehicle is proposed."""
    flows = [flow(f"f{i}", "O", "P", 1.0, opens=480 + 60 * i, closes=490 + 60 * i, unit="slow") for i in range(8)]
    more = {"handling_units": [{"unit": "roll"}, {"unit": "slow", "places": 0.1, "kg": 1.0, "minutes": 50.0}]}
    plan = solved(scenario(flows, [vehicle(count=1, duty_minutes=700.0, team="T")], [TEAM | {"work_break": 0.0, "meal_minutes": 30.0}], **more))
    assert plan.status is Status.NO_PLAN_IN_TIME
    codes = [issue.code for issue in plan.issues]
    assert "routes_breaks_do_not_fit" in codes and "routes_relax_vehicle" in codes and "routes_relax_overtime" not in codes
    assert all("issue." not in describe(issue, lang) for issue in plan.issues for lang in ("fr", "en"))


def test_routes_are_chosen_for_the_drivers_there_are() -> None:
    """Two cheap vehicles in the morning and at noon save four hours of waiting; the only driver has to wait."""
    flows = [flow("a", "O", "P", 8.0, opens=420, closes=440), flow("b", "O", "R", 8.0, opens=720, closes=740)]
    fleet = [vehicle(count=2, team="T", fixed_cost=100.0, max_trips=2)]
    assert len(of(solved(scenario(flows, fleet, [TEAM])), ROUTE_ROWS)) == 2
    plan = solved(scenario(flows, fleet, [{**TEAM, "drivers": 1}]))
    assert [(row.trips, row.vehicle) for row in of(plan, ROUTE_ROWS)] == [(2, "V")]
    assert len(of(solved(scenario(flows, fleet, [{**TEAM, "drivers": 1, "day_duties": 2}])), ROUTE_ROWS)) == 2  # a split day


def test_too_few_hours_of_drivers_is_proven_before_the_search() -> None:
    flows = [flow("a", "O", "FAR", 10.0, days=("mon", "tue", "wed", "thu", "fri"))]
    data = scenario(flows, [vehicle(team="T")], [{**TEAM, "drivers": 1, "longest_week": 20.0}])
    plan = ROUTES.solve(data, network_of(POINTS), LIMITS, Progress())
    assert plan.status is Status.INFEASIBLE
    (issue,) = plan.issues
    figures = dict(issue.args)
    assert issue.code == "routes_crew_proven" and figures["limit"] == 20.0 and figures["more"] == 1
    assert float(figures["hours"]) == pytest.approx(5 * (20 + 300 + 25) / 60)


def test_drivers_paid_by_the_year() -> None:
    team = {**TEAM, "yearly_cost": 45000.0, "weekly_hours": 2.0, "extra_cost": 50.0}
    flows = [flow("a", "O", "P", 2.0, days=("mon", "tue"))]
    data = scenario(flows, [vehicle(team="T")], [team])
    plan = solved(data)
    lines = {row.line: row for row in of(plan, COSTS)}
    hours = 2 * (20 + 20 + 13) / 60
    assert lines["crew"].amount == 45000.0 and "crew_overtime" not in lines and lines["driver"].amount == 0.0
    assert lines["driver"].quantity == pytest.approx(52 * hours)
    assert crew_bound(Week(data, network_of(POINTS))) == pytest.approx(45000.0, abs=0.02)
    short = solved(scenario(flows, [vehicle(team="T")], [{**team, "weekly_hours": 1.0}]))
    assert {row.line: row.amount for row in of(short, COSTS)}["crew_overtime"] == pytest.approx(52 * (hours - 1.0) * 50.0, abs=0.01)


def test_two_shifts_of_one_vehicle_are_paid_once() -> None:
    flows = [flow("a", "O", "P", 8.0, opens=400, closes=420), flow("b", "O", "R", 8.0, opens=1000, closes=1020)]
    early = vehicle("early", count=1, shift_start=360, shift_end=780, duty_minutes=420.0, fixed_cost=9000.0)
    late = vehicle("late", count=1, shift_start=780, shift_end=1200, duty_minutes=420.0, fixed_cost=9000.0)
    apart = solved(scenario(flows, [early, late]))
    data = scenario(flows, [early, {**late, "same_as": "early"}])
    shared = solved(data)
    assert shared.cost == pytest.approx((apart.cost or 0.0) - 9000.0)
    assert ROUTES.audit(data, network_of(POINTS), shared).kpi("vehicles") == 1
    assert 0 < bound(Week(data, network_of(POINTS))) <= (shared.cost or 0.0)


@pytest.mark.parametrize(
    ("change", "code"),
    [({"same_as": "late"}, "routes_same_vehicle"), ({"depot": "E"}, "routes_same_vehicle"), ({"shift_start": 779}, "routes_same_vehicle_hours"), ({}, "")],
)
def test_a_second_shift_must_be_one(change: dict[str, Any], code: str) -> None:
    late = {**vehicle("late", shift_start=780, shift_end=1200, same_as="early"), **change}
    data = base([site(place) for place in POINTS], [vehicle("early", shift_start=360, shift_end=780), late], [flow("a", "O", "P")])
    data["depots"].append({"depot": "E", "name": "E", "site": "P"})
    assert [issue.code for issue in ROUTES.precheck(scenario_of(data), network_of(POINTS)) if issue.is_error] == ([code] if code else [])


def test_today_without_room_for_breaks_is_told_with_minutes() -> None:
    """Today one vehicle serves eight stops of 50 minutes an hour apart: there is no time to eat."""
    flows = [flow(f"f{i}", "O", "P", 1.0, opens=480 + 60 * i, closes=480 + 60 * i, unit="slow") for i in range(8)]
    current = [{"day": "mon", "vehicle": "V", "number": 1, "trip": 1, "position": i + 1, "flow": f"f{i}", "action": "deliver"} for i in range(8)]
    data = scenario(flows, [vehicle(duty_minutes=700.0, team="T")], [{**TEAM, "meal_minutes": 30.0}],
                    handling_units=[{"unit": "roll"}, {"unit": "slow", "places": 0.1, "kg": 1.0, "minutes": 50.0}], current_routes=current)  # fmt: skip
    assert data.rows(CURRENT.name)
    today = baseline(data, network_of(POINTS))
    found = {issue.code: dict(issue.args) for issue in ROUTES.audit(data, network_of(POINTS), today).issues}
    assert set(found) == {"routes_meal_break"}  # the driver can still pause before the first stop
    assert found["routes_meal_break"]["limit"] == 30.0 and found["routes_meal_break"]["minutes"] == 0.0
    loose = scenario([f | {"closes": f["closes"] + 45} for f in flows], [vehicle(duty_minutes=700.0, team="T")], [{**TEAM, "meal_minutes": 30.0}],
                     handling_units=[{"unit": "roll"}, {"unit": "slow", "places": 0.1, "kg": 1.0, "minutes": 40.0}], current_routes=current)  # fmt: skip
    assert ROUTES.audit(loose, network_of(POINTS), baseline(loose, network_of(POINTS))).issues == ()


def test_a_group_with_teams_is_planned_and_audited() -> None:
    made, network = group(14)
    teams = [{**TEAM, "team": owner, "establishment": owner, "meal_minutes": 30.0, "day_duties": 2, "paid": owner == "A"} for owner in ("A", "B")]
    made = made.replace("driver_teams", made.table("driver_teams").frame(teams))
    frame = made.frames["vehicle_types"].assign(team=made.frames["vehicle_types"]["establishment"])
    made = made.replace("vehicle_types", made.table("vehicle_types").frame(frame.to_dict("records")))
    plans = [ROUTES.solve(made, network, LIMITS, Progress()) for _ in range(2)]
    audit = ROUTES.audit(made, network, plans[0])
    assert audit.issues == () and audit.cost == plans[0].cost and (audit.kpi("drivers") or 0) > 0
    assert len(of(plans[0], BREAKS)) > 0
    assert plans[0].cost == plans[1].cost and all(plans[0].tables[name].equals(plans[1].tables[name]) for name in plans[0].tables)


def test_road_sheets_show_breaks_and_drivers() -> None:
    made, network, plan = build()
    study = Study(made, made, network, {"routes": Result(ROUTES, made, plan, ROUTES.audit(made, network, plan))}, plan.tables[BREAKS.name], Limits())
    shown = [line for duty in duties(study, "en") for trip in duty.trips for line in trip if line.order == BREAK]
    assert sorted((line.arrives, line.leaves) for line in shown) == sorted((row.starts, row.starts + row.minutes) for row in of(plan, BREAKS))
    assert {duty.facts[0][0] for duty in duties(study, "en")} == {"Driver", "Depot"}
    assert "Break of 30 min" in road_sheet_page(study, "en") and "Pause de 30 min" in road_sheet_page(study, "fr")


def test_the_whole_cost_is_shared_out_also_of_drivers_by_the_year_and_shared_vehicles() -> None:
    made, network, plan = build()
    audit = ROUTES.audit(made, network, plan)
    shared = by_flow(made, plan, audit, made, None, None, "en")
    assert shared[shared["by"] == "flow"]["cost"].sum() == pytest.approx(audit.annual, abs=0.01)


def test_the_driver_rests_once_the_vehicle_is_disinfected() -> None:
    """Dirty linen in, then meals out: 60 minutes of disinfection and a meal of 45 minutes between the two trips."""
    flows = [flow("dirty", "P", "O", 2.0, hygiene="dirty", opens=660, closes=670), flow("clean", "O", "R", 2.0, opens=820, closes=840)]
    more = {"class_compatibility": [{"first": "dirty", "second": "clean", "rule": "disinfect", "minutes": 60.0}]}
    data = scenario(flows, [vehicle(count=1, duty_minutes=600.0, team="T")], [{**TEAM, "meal_minutes": 45.0, "meal_from": 700, "meal_until": 800}], **more)
    plan = solved(data)
    (meal,) = of(plan, BREAKS)
    assert meal.moment == "depot" and meal.minutes == 45.0
    returns = next(row.returns for row in of(plan, TRIPS) if row.trip == 1)
    assert returns < 705
    early = plan.tables[BREAKS.name].assign(starts=705.0, time=705)
    assert meal.starts >= returns + 60
    assert {issue.code for issue in ROUTES.audit(data, network_of(POINTS), plan.with_(tables={**plan.tables, BREAKS.name: early})).issues} == {"routes_break_not_free"}


def test_nobody_rests_where_the_vehicle_may_not_stay() -> None:
    """The far site is in a zone barred from 11:00: the break is not taken there, and the vehicle cannot go there at all by law."""
    zones = {"low_emission_zones": [{"zone": "Z", "name": "Z", "active": True}],
             "zone_rules": [{"zone": "Z", "rule": "1", "opens": 660, "closes": 1439, "above_gvw": 3.5}]}  # fmt: skip
    data = base([site(code, **({"emission_zone": "Z"} if code == "P" else {})) for code in POINTS], [vehicle(gvw=12.0, low_emission=False, duty_minutes=600.0)],
                [flow("a", "O", "FAR", 2.0), flow("b", "O", "P", 2.0)], **zones)  # fmt: skip
    plan = solved(scenario_of(data))
    assert all(row.site != "P" for row in of(plan, BREAKS)) and len(of(plan, BREAKS)) >= 1
