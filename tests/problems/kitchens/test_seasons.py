"""Publics that are not there all the year, and a kitchen that stops at a date: each against figures worked out by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from planner.plan import Status
from planner.problems.kitchens import KITCHENS
from planner.problems.kitchens import tables as tb
from planner.problems.kitchens.audit import Reading
from planner.problems.kitchens.data import facts
from planner.problems.kitchens.days import closed_around, eaten_days, eaten_per_day, unit_load
from planner.problems.kitchens.report import BY_MONTH, DAYS, STOPS, STOPS_BY_PUBLIC, report
from planner.problems.kitchens.rules import first_days
from planner.problems.kitchens.seasons import FEWEST, LEFT_OUT, YEAR, in_season, least_weeks
from planner.problems.kitchens.stops import FIRST_SERVED, Stop, stops
from planner.problems.kitchens.world import World
from planner.scenario import Scenario
from planner.schema import rows
from tests.problems.kitchens.small import group, network
from tests.problems.kitchens.test_model import accepted, solve, table

SCHOOL = {"public": "school", "weeks": 36}
DAYS_2027 = [dt.date(2027, 1, 1) + dt.timedelta(i) for i in range(365)]


def mondays(weeks: int) -> list[tuple[int, int]]:
    """Mondays of the weeks of 2027 left out, as month and day."""
    return [(day.month, day.day) for day in DAYS_2027 if day.weekday() == 0 and not in_season(weeks, day)]


def test_the_school_weeks_of_2027_by_hand() -> None:
    """Zone A in 2026-2027: Christmas to 3 January, 13 to 28 February, 10 to 25 April, summer from 3 July."""
    summer = [(7, 5), (7, 12), (7, 19), (7, 26), (8, 2), (8, 9), (8, 16), (8, 23)]
    assert mondays(36) == [(2, 15), (2, 22), (4, 12), (4, 19), *summer, (10, 25), (11, 1), (12, 20), (12, 27)]
    assert mondays(47) == [(7, 26), (8, 2), (8, 9), (8, 16), (8, 23)] and mondays(YEAR) == []
    assert not in_season(36, dt.date(2027, 1, 3)) and in_season(36, dt.date(2027, 1, 4)) and in_season(None, dt.date(2027, 8, 15))


@pytest.mark.parametrize("year", range(2026, 2042))
def test_every_year_leaves_out_as_many_weeks_as_are_missing(year: int) -> None:
    first, last = dt.date(year, 1, 6), dt.date(year + 1, 1, 6)
    found = [least_weeks(day) for day in (first + dt.timedelta(i) for i in range((last - first).days)) if day.weekday() == 0]
    assert sorted(least for least in found if least) == list(range(FEWEST + 1, YEAR + 1)) and len(LEFT_OUT) == YEAR - FEWEST


def test_the_meals_of_the_schools_of_rochefort() -> None:
    """301,200 meals in 36 weeks of five days: 1,673 a day, not 1,158; the meals of the year stay what they are."""
    assert unit_load("cold", 5, first_days(5), 3, 52, "needed", 2027, None, 36) * 301200 == pytest.approx(1673.3, abs=0.1)
    assert unit_load("cold", 5, first_days(5), 3, 52, "needed", 2027, None) * 301200 == pytest.approx(1158.5, abs=0.1)
    for closed in (None, closed_around(2027, frozenset())):
        each = eaten_per_day(301200.0, first_days(5), 52, 2027, closed, 36)[35:-14]
        assert each[[day.month == 8 and day.day < 30 for day in DAYS_2027]].sum() == 0
        assert each.sum() == pytest.approx(301200, rel=1e-9 if closed is not None else 0.01)


def test_on_the_real_calendar_the_days_left_share_the_meals() -> None:
    """2027 has 261 weekdays; 36 weeks less: 16 of five days, and Friday 1 January. Seven holidays fall on weekdays, of which 1 January,
    14 July and 1 November are left out already: 261 - 81 - 4 = 176 days."""
    closed = closed_around(2027, frozenset())
    assert int(eaten_days(first_days(5), 2027, closed, 36)[35:-14].sum()) == 176
    assert unit_load("hot", 5, first_days(5), 3, 52, "worked", 2027, closed, 36) == pytest.approx(1 / 176)


def school(meals: float, **parameters: Any) -> Scenario:
    """`small.group` whose site A is a school; B and D can reheat."""
    edits = {"meal_demand": {"A": {**SCHOOL, "meals": meals}}, "site_equipment": {code: {"regeneration": True} for code in ("B", "D")}}
    return group(edits, horizon_years=1, **parameters)


def test_a_school_takes_the_capacity_of_its_weeks() -> None:
    """54,000 meals in 36 weeks of five days are 300 a day; C needs 30,000 / 52 / 5 with them. Food is paid for 54,000."""
    scenario = school(54000)
    plan = solve(scenario)
    assert plan.status is Status.OPTIMAL and accepted(scenario, plan)
    fed = {row.site: row.kitchen for row in table(plan, "assignment")}
    (row,) = (row for row in table(plan, "roadmap") if row.kitchen == fed["A"])
    rest = {"B": 90000 / 364, "C": 30000 / 260, "D": 50000 / 364 + 6500 / 260, "X": 40000 / 260}
    assert fed["A"] == "KA" and row.load == pytest.approx(300 + sum(rest[site] for site, kitchen in fed.items() if site != "A" and kitchen == "KA"), abs=0.01)
    assert [line.quantity for line in table(plan, "costs") if line.line == "food" and line.item == "A"] == [54000]


def test_a_school_is_delivered_in_its_weeks_alone() -> None:
    """X is 10 km = 10 minutes from KA: 7 deliveries a week, 0.3 round trips each (more than 40,000 meals fill trucks), 15 minutes a stop."""
    for edits, weeks in (({}, 52), ({"weeks": 36}, 36)):
        scenario = group({"meal_demand": {"X": edits}}, horizon_years=1)
        world = World(scenario, network())
        reading = Reading.of(world, KITCHENS.baseline(scenario, network()))
        assert world.site_weeks("X") == weeks and reading.feeding["X", 2027].kitchen == "KX"
        data = facts(scenario, network())
        k, j = [one.code for one in data.kitchens].index("KA"), [one.code for one in data.sites].index("X")
        rounds = max(7 * weeks * 0.3, 40000 / 432)
        hour = 32 + 12
        assert data.delivery[k, j, 0] == pytest.approx(rounds * (20 * 0.48 + 20 / 60 * hour) + 7 * weeks * 15 / 60 * hour)


def stopped(scenario: Scenario, month: int | None = None) -> Stop:
    world = World(scenario, network())
    reading = Reading.of(world, KITCHENS.baseline(scenario, network()))
    return next(stop for stop in stops(world, reading.roadmap, reading.feeding, month) if stop.kitchen == "KB")


def test_a_stop_in_august_by_hand() -> None:
    """KB makes 146,500 / 52 meals a week, the same in August. KA has 500 - 30,000 / 260 left without its school and 300 less with it,
    KX 200 - 40,000 / 260. Of the 31 days from 1 August 2027, 29 are holidays: the school is back on Monday 30."""
    scenario = school(54000, kitchen_stop_days=31, kitchen_stop_month=8)
    week = 146500 / 52
    without = (500 - 30000 / 260 + 200 - 40000 / 260) * 5
    others = (29 * without + 2 * (without - 1500)) / 7
    stop = stopped(scenario)
    assert (stop.month, stop.meals) == (8, pytest.approx(week))
    assert stop.others == pytest.approx(others / (31 * week / 7), rel=1e-4) and stop.served == pytest.approx(stop.others + 2 / 31)
    assert stop.lasts == pytest.approx(2 * week / (week - without), rel=1e-3)
    # patients come first: they take all that the others make and all of the stock
    stock, patients, staff = 2 * week / 7, 140000 / 364 * 31, 6500 / 364 * 31
    assert stop.missing == {"patients": pytest.approx(patients - others - stock, rel=1e-3), "staff": pytest.approx(staff)}
    assert stop.asked == {"patients": pytest.approx(patients), "staff": pytest.approx(staff)}


def test_the_worst_month_is_one_without_holidays() -> None:
    """March 2027 is the first month from which 31 days hold no holiday week."""
    stop = stopped(school(54000, kitchen_stop_days=31, kitchen_stop_month=8), 0)
    assert stop.month == 3 and stop.others == pytest.approx((500 - 300 - 30000 / 260 + 200 - 40000 / 260) * 5 * 52 / 146500, rel=1e-4)
    assert stopped(school(54000, kitchen_stop_days=31)) == stop


def test_a_share_to_be_served_holds_in_the_month_chosen_or_in_the_worst() -> None:
    """Today KB alone could be helped: 79 % of its meals served in August, 30 % in March. Half of them is enough in August alone."""
    for month, broken in ((8, set()), (0, {("KB", "mars")}), (3, {("KB", "mars")})):
        scenario = school(54000, kitchen_stop_days=31, kitchen_stop_month=month, least_rescue_share=50)
        found = KITCHENS.audit(scenario, network(), KITCHENS.baseline(scenario, network())).issues
        told = {(dict(issue.args)["kitchen"], dict(issue.args)["month_fr"]) for issue in found if issue.code == "kitchens_rescue_short"}
        assert {one for one in told if one[0] == "KB"} == broken


def test_a_stop_of_a_school_kitchen_in_august_leaves_nobody_without() -> None:
    stop = next(one for one in _stops(group({"meal_demand": {"X": SCHOOL}}, horizon_years=1, kitchen_stop_days=20, kitchen_stop_month=8)) if one.kitchen == "KX")
    assert (stop.meals, stop.served, stop.asked) == (0.0, 1.0, {})


def _stops(scenario: Scenario) -> list[Stop]:
    world = World(scenario, network())
    reading = Reading.of(world, KITCHENS.baseline(scenario, network()))
    return stops(world, reading.roadmap, reading.feeding)


def test_the_report_tells_both_months_and_each_public() -> None:
    scenario = school(54000, kitchen_stop_days=31, kitchen_stop_month=8)
    told = report(scenario, network(), KITCHENS.baseline(scenario, network()), None)
    (row,) = (row for row in rows(STOPS, told.frames[STOPS.name]) if row.kitchen == "KB")
    assert (row.month, row.worst_month) == ("8", "3") and row.worst_served < row.served and row.worst_missing > row.missing
    by_public = [row for row in rows(STOPS_BY_PUBLIC, told.frames[STOPS_BY_PUBLIC.name]) if row.kitchen == "KB"]
    assert [one.public for one in by_public] == ["patients", "staff"] and sum(one.missing for one in by_public) == pytest.approx(row.missing)
    assert all(one.missing == pytest.approx(one.meals * (1 - one.served / 100)) for one in by_public)
    worst = report(school(54000, kitchen_stop_days=31), network(), KITCHENS.baseline(school(54000, kitchen_stop_days=31), network()), None)
    assert {row.worst_month for row in rows(STOPS, worst.frames[STOPS.name])} == {None}
    assert set(FIRST_SERVED) == {option.code for option in tb.PUBLICS}


def test_the_months_show_a_school_week_and_a_holiday_week() -> None:
    """KA makes 300 meals a day for its school in its weeks and 30,000 / 260 for C: 83 % of its 500, 23 % in August. October has both
    kinds of week, June only the first; in August the school eats on the 30th and 31st alone."""
    scenario = school(54000)
    told = report(scenario, network(), KITCHENS.baseline(scenario, network()), None)
    found = {row.month: row for row in rows(BY_MONTH, told.frames[BY_MONTH.name]) if row.kitchen == "KA"}
    full, slack = 300 + 30000 / 260, 30000 / 260
    assert [(found[month].most, found[month].least) for month in ("6", "10")] == [(pytest.approx(full), pytest.approx(full)), (pytest.approx(full), pytest.approx(slack))]
    assert found["10"].use_most == pytest.approx(full / 5) and found["10"].use_least == pytest.approx(slack / 5) and len(found) == 12
    assert found["8"].eaten == pytest.approx(2 * 300 + 31 * 30000 / 364) and found["8"].least == pytest.approx(slack)
    week = [row for row in rows(DAYS, told.frames[DAYS.name]) if row.kitchen == "KA"]
    assert max(row.eaten for row in week) == pytest.approx(300 + 30000 / 364)  # the tightest weeks are school weeks


def test_days_of_the_year_add_up_whatever_the_season() -> None:
    for weeks in (None, 20, 30, 36, 47, 52):
        on = eaten_days(first_days(7), 2027, frozenset(), weeks)[35:-14]
        assert int(on.sum()) == 365 - sum(not in_season(weeks, day) for day in DAYS_2027)
        assert np.all(on <= eaten_days(first_days(7), 2027, frozenset())[35:-14])
