"""Visits of a typical week: days, windows, who may carry what."""

from __future__ import annotations

from typing import Any

import pytest

from planner.problems.routes.spreading import spread
from planner.problems.routes.week import DAY_CODES, Week, clock, join, seconds
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle

POINTS = {"O": (0.0, 0.0), "P": (10.0, 0.0), "Q": (0.0, 10.0), "R": (10.0, 10.0)}


def week(flows: list[dict[str, Any]], vehicles: list[dict[str, Any]] | None = None, **more: Any) -> Week:
    made = base([site(code) for code in POINTS], vehicles or [vehicle()], flows, **more)
    return Week(scenario_of(made), network_of(POINTS))


@pytest.mark.parametrize("visits", range(1, 29))
@pytest.mark.parametrize("turn", range(6))
def test_spread_gives_every_visit_and_no_day_two_more_than_another(visits: int, turn: int) -> None:
    days = spread(visits, DAY_CODES, turn)
    counts = [days.count(day) for day in DAY_CODES]
    assert len(days) == visits and days == sorted(days, key=DAY_CODES.index)
    assert max(counts) - min(c for c in counts if c) <= 1


def test_spread_keeps_to_weekdays_and_to_open_days() -> None:
    assert spread(10, DAY_CODES, 0) == [d for d in DAY_CODES[:5] for _ in range(2)]
    assert spread(6, DAY_CODES, 3) == list(DAY_CODES[:6])
    assert spread(3, DAY_CODES, 0) == ["mon", "wed", "fri"]
    assert {spread(1, DAY_CODES, t)[0] for t in range(5)} == set(DAY_CODES[:5])
    assert set(spread(4, ["mon", "tue", "sat"], 1)) == {"mon", "tue", "sat"}


def test_days_given_win_and_a_multiple_of_them_means_several_visits_a_day() -> None:
    made = week([flow("a", "O", "P", days=("tue", "mon"), visits=4), flow("b", "O", "P", days=("tue", "mon"), visits=3)])
    keys = list(made.visit)
    assert [k for k in keys if k[1] == "a"] == [("mon", "a", 1), ("mon", "a", 2), ("tue", "a", 1), ("tue", "a", 2)]
    assert [k for k in keys if k[1] == "b"] == [("mon", "b", 1), ("tue", "b", 1)]


def test_todays_days_are_kept_where_they_are_as_many_as_asked() -> None:
    current = [{"day": d, "vehicle": "V", "position": 1, "flow": f, "action": "deliver"} for d in ("tue", "sat") for f in ("a", "b")]
    made = week([flow("a", "O", "P", visits=2), flow("b", "O", "P", visits=3)], current_routes=current)
    assert [k[0] for k in made.visit if k[1] == "a"] == ["tue", "sat"]
    assert [k[0] for k in made.visit if k[1] == "b"] == ["mon", "wed", "fri"]


def test_several_visits_a_day_share_the_window() -> None:
    made = week([flow("a", "O", "P", visits=14, opens=480, closes=1080)])
    first, second = made.visit["mon", "a", 1], made.visit["mon", "a", 2]
    assert first.at_destination == ((480 * 60, 780 * 60),)
    assert second.at_destination == ((780 * 60, 1080 * 60),)


def test_window_is_that_of_the_end_away_from_the_depot() -> None:
    made = week([flow("out", "O", "P", opens=480, closes=600), flow("in", "P", "O", opens=480, closes=600), flow("between", "P", "Q", opens=480, closes=600)])
    own, whole = ((480 * 60, 600 * 60),), ((0, 86_400),)
    assert made.visit["mon", "out", 1].at_destination == own and made.visit["mon", "out", 1].at_origin == whole
    assert made.visit["mon", "in", 1].at_origin == own and made.visit["mon", "in", 1].at_destination == whole
    assert made.visit["mon", "between", 1].at_destination == own


def test_site_hours_bound_the_window_and_closed_days_are_avoided() -> None:
    hours = [{"site": "P", "day_type": "weekday", "opens": o, "closes": c} for o, c in ((420, 600), (600, 690), (840, 960))]
    made = week([flow("a", "O", "P", opens=480, closes=900, visits=7)], windows=hours)
    assert {k[0] for k in made.visit} == set(DAY_CODES[:5])
    assert made.visit["mon", "a", 1].at_destination == ((480 * 60, 690 * 60), (840 * 60, 900 * 60))


def test_refusals_name_the_rule_with_both_figures() -> None:
    small = vehicle("S", places=3.0, kg=250.0, gvw=12.0, tail_lift=False, low_emission=False, hygiene=("clean",), temperatures=("ambient", "cold"), cold_places=1.0)
    made = week([flow("a", "O", "P", 4.0, hygiene="dirty", temperature="hot"), flow("b", "O", "Q", 2.0, temperature="cold")], [small])
    places = {**made.places}
    object.__setattr__(places["P"], "max_gvw", 7.5)
    object.__setattr__(places["P"], "tail_lift", True)
    object.__setattr__(places["P"], "low_emission_zone", True)
    found = {rule: (need, have) for rule, need, have in made.refusals(made.vehicles[0], made.flows["a"])}
    assert found == {"temperature": (0, 0), "hygiene": (0, 0), "places": (4, 3), "kg": (400, 250), "gvw": (12, 7.5), "tail_lift": (0, 0), "low_emission": (0, 0)}
    assert made.refusals(made.vehicles[0], made.flows["b"]) == [("band", 2.0, 1.0)]


def test_strictest_coloading_rule_counts() -> None:
    rules = [{"first": "dirty", "second": "clean", "rule": "dirty_last"}, {"first": "clean", "second": "dirty", "rule": "never"}]
    assert week([]).classes.rule("clean", "dirty") == "together"
    assert week([], class_compatibility=rules[:1]).classes.rule("clean", "dirty") == "dirty_last"
    assert week([], class_compatibility=rules).classes.rule("clean", "dirty") == "never"


def test_quickest_goes_through_other_sites() -> None:
    made = week([])
    made.times[0, 1] = 10_000
    direct = made.way("P", "O") or 0
    assert made.quickest[1][0] == direct
    assert made.quickest[0][1] == made.times[0, 3] + made.times[3, 1] < 10_000


def test_small_things() -> None:
    assert seconds(1.0) == 60 and seconds(1.00001) == 60 and seconds(1.01) == 61
    assert clock(23_400) == "06:30" and clock(23_401) == "06:30:01" and clock(-60) == "-00:01"
    assert join([(5, 9), (1, 3), (3, 4), (8, 7)]) == ((1, 4), (5, 9))
