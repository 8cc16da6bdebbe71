"""Visits of a typical week: days, windows, who may carry what."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from planner.i18n import describe
from planner.plan import Limits, Plan, Progress, Status
from planner.problems.base import cost_of
from planner.problems.routes import ROUTES
from planner.problems.routes.hours import join, parted
from planner.problems.routes.spreading import spread
from planner.problems.routes.stops import Move, Route, Stop, Trip
from planner.problems.routes.tables import COSTS, STOPS
from planner.problems.routes.week import DAY_CODES, Week, clock, seconds
from planner.problems.routes.write import tables
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
    assert first.at_destination == ((480 * 60, 750 * 60),)  # an hour from the last start of one to the first of the next
    assert second.at_destination == ((810 * 60, 1080 * 60),)


def hours(*windows: tuple[float, float]) -> tuple[tuple[int, int], ...]:
    return tuple((round(3600 * opens), round(3600 * closes)) for opens, closes in windows)


def test_parts_of_a_day_share_its_opening_hours_with_time_between_them() -> None:
    hour = 3600
    assert parted(hours((8, 18)), 2, 2 * hour) == [hours((8, 12)), hours((14, 18))]
    assert parted(hours((8, 18)), 3, hour) == [hours((8, 8 + 8 / 3)), hours((9 + 8 / 3, 9 + 16 / 3)), hours((10 + 16 / 3, 18))]
    # three visits and three windows, of which the middle third of the day has none
    assert parted(hours((6, 7), (8, 9), (17, 18)), 3, hour) == [hours((6, 7)), hours((8, 9)), hours((17, 18))]
    assert parted(hours((6, 7), (8, 9), (17, 18)), 2, hour) == [hours((6, 7)), hours((8, 9), (17, 18))]
    assert parted(hours((6, 7), (17, 18)), 2, 0) == [hours((6, 7)), hours((17, 18))]
    assert parted(hours((8, 9)), 3, hour // 2) == [hours((8, 8)), hours((8.5, 8.5)), hours((9, 9))]  # just room for the gaps
    assert parted(hours((8, 9)), 3, hour // 2 + 1) is None and parted((), 2, 0) is None


@pytest.mark.parametrize("seed", range(40))
def test_parts_are_apart_and_within_the_windows(seed: int) -> None:
    rng = np.random.default_rng(seed)
    edges = sorted(int(edge) for edge in rng.choice(24 * 60, 2 * int(rng.integers(1, 5)), replace=False))
    windows = tuple((60 * a, 60 * b) for a, b in zip(edges[::2], edges[1::2], strict=True))
    count, apart = int(rng.integers(2, 6)), int(rng.integers(0, 7200))
    parts = parted(windows, count, apart)
    if parts is None:
        return
    assert len(parts) == count and all(parts)
    assert all(any(opens <= a <= b <= closes for opens, closes in windows) for part in parts for a, b in part)
    assert all(then[0][0] - first[-1][1] >= apart for first, then in pairwise(parts))
    lengths = [sum(b - a for a, b in part) for part in parts]
    assert max(lengths[:-1]) - min(lengths[:-1]) == 0 and lengths[-1] >= lengths[0]


TWICE = flow("a", "O", "P", days=("mon",), visits=2, opens=780, closes=840)


def test_two_visits_of_a_day_do_not_come_together() -> None:
    """13:00 to 14:00 twice: half of a part (15 min) lies between by default, 40 min where asked, and 61 find no room."""
    scenario = scenario_of(base([site(code) for code in POINTS], [vehicle()], [TWICE]))
    network = network_of(POINTS)
    made = Week(scenario, network)
    assert [visit.at_destination for visit in made.visits["mon"]] == [hours((13, 13.375)), hours((13.625, 14))]
    routes = [Route("mon", "V", 1, tuple(Trip((Stop("P", (Move(visit, "deliver"),), ((start * 60, start * 60),)),)) for visit, start in zip(made.visits["mon"], (760, 810), strict=True)))]
    frames = tables(made, routes)
    plan = Plan("routes", Status.FEASIBLE, frames, cost_of(frames[COSTS.name]), scenario_hash=scenario.hash)
    assert {issue.code for issue in ROUTES.audit(scenario, network, plan).issues} == {"routes_window"}  # before its window, far from the other
    asked = scenario_of(base([site(code) for code in POINTS], [vehicle()], [{**TWICE, "opens": 750, "closes": 860, "visit_gap": 60.0}]))
    found = {issue.code: issue for issue in ROUTES.audit(asked, network, plan.with_(scenario_hash=asked.hash)).issues}
    assert set(found) == {"routes_visits_close", "routes_window"} and dict(found["routes_visits_close"].args)["minutes"] == 60.0
    for gap, codes in ((40.0, []), (61.0, ["routes_visit_gap"])):
        given = scenario_of(base([site(code) for code in POINTS], [vehicle()], [{**TWICE, "visit_gap": gap}]))
        said = ROUTES.precheck(given, network)
        assert [issue.code for issue in said] == codes
        assert all("{" not in describe(issue, lang) and "issue." not in describe(issue, lang) for issue in (*said, *found.values()) for lang in ("fr", "en"))
    kept = ROUTES.solve(given := scenario_of(base([site(code) for code in POINTS], [vehicle()], [{**TWICE, "visit_gap": 40.0}])), network, Limits(seconds=20, iterations=50), Progress())
    starts = sorted(kept.tables[STOPS.name]["starts"])
    assert ROUTES.audit(given, network, kept).issues == () and starts[1] - starts[0] >= 40


def test_visits_of_a_day_share_the_hours_that_are_left_once_it_is_ready() -> None:
    """Ten minutes from O to P. Ready at noon, fetched for 13:00: the other half of the day is no part's."""
    made = week([flow("out", "O", "P", visits=14, ready=720, closes=1090), flow("in", "P", "O", visits=14, opens=410, due=780)])
    assert [made.visit["mon", "out", rank].at_destination for rank in (1, 2)] == [((730 * 60, 880 * 60),), ((940 * 60, 1090 * 60),)]
    assert [made.visit["mon", "in", rank].at_origin for rank in (1, 2)] == [((410 * 60, 560 * 60),), ((620 * 60, 770 * 60),)]


def test_as_many_visits_as_opening_windows_each_have_one() -> None:
    """With equal parts of the clock the second of three had no hour, and the site was said to be closed."""
    windows = [{"site": "P", "day_type": "weekday", "opens": opens, "closes": opens + 60} for opens in (420, 540, 1020)]
    scenario = scenario_of(base([site(code) for code in POINTS], [vehicle()], [flow("a", "O", "P", days=("mon",), visits=3)], windows=windows))
    assert ROUTES.precheck(scenario, network_of(POINTS)) == []


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


def test_a_named_day_has_its_own_hours_instead_of_the_weekday_s() -> None:
    rows = [{"site": "P", "day_type": "weekday", "opens": 480, "closes": 1020}, {"site": "P", "day_type": "wed", "opens": 480, "closes": 720},
            {"site": "Q", "day_type": "mon", "opens": 480, "closes": 720}]  # fmt: skip
    places = week([flow("a", "O", "P")], windows=rows).places
    assert [places["P"].open_on(day) for day in ("tue", "wed", "sat")] == [hours((8, 17)), hours((8, 12)), ()]
    assert [places["Q"].open_on(day) for day in ("mon", "tue")] == [hours((8, 12)), ()]
