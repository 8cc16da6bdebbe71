"""Publics that eat on given days of the week: each against figures worked out by hand, then against schedules."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from planner.plan import Status
from planner.problems.kitchens import KITCHENS
from planner.problems.kitchens.data import facts
from planner.problems.kitchens.days import closed_around, eaten_days, eaten_per_day, made_days, schedule
from planner.problems.kitchens.peaks import Eaten, largest, peaks
from planner.problems.kitchens.rules import Week, first_days
from planner.scenario import Scenario
from tests.problems.kitchens.small import demand, group, kitchen, level, network
from tests.problems.kitchens.test_model import accepted, solve, table

SCHOOL_DAYS = ("mon", "tue", "thu", "fri")
FOUR: Week = (0, 1, 3, 4)
PATIENTS, SCHOOL = 1000 * 364, 2200 * 4 * 36  # meals a year: 1,000 a day; 2,200 on each of four days of 36 weeks


def only(capacity: float, use_by: int = 3, **school: Any) -> Scenario:
    """One kitchen, KA, five days, cold, J+3, and its two customers: the patients of C and the school of A."""
    gone = [("meal_demand", site) for site in "ABCDX"] + [(t, k) for t in ("kitchens", "kitchen_levels") for k in ("KA", "KB", "KX", "KN")]
    rows = [demand("C", PATIENTS, "KA", "cold"), demand("A", SCHOOL, "KA", "cold", public="school", weeks=36, **{"consumption_days": None, "days": SCHOOL_DAYS, **school})]
    made = kitchen("KA", "A", "E1", staff=60.0, modes=("hot", "cold"), use_by_days=use_by)
    extra = {"meal_demand": rows, "kitchens": [made], "kitchen_levels": [level("KA", 1, capacity, today=True)]}
    return group(extra=extra, without=tuple(gone), horizon_years=1, unlimited_departures=1)


def load(scenario: Scenario) -> float:
    """Meals per production day of today's organisation, accepted by the audit."""
    plan = KITCHENS.baseline(scenario, network())
    assert accepted(scenario, plan)
    (row,) = table(plan, "roadmap")
    return float(row.load)


def test_monday_is_made_on_friday_alone_by_hand() -> None:
    """J+3: Friday is the only day that can make Monday's 1,000 + 2,200 meals. Over the week 7 x 1,000 + 4 x 2,200 in five days are 3,160:
    fewer. Each row by itself would ask for 1,400 and 2,200: 3,600 together, which no day needs."""
    assert load(only(3200)) == pytest.approx(3200)
    assert load(only(3200, use_by=5)) == pytest.approx(3160)  # Wednesday to Friday share Monday's
    assert load(only(3200, consumption_days=5, days=())) == pytest.approx(1400 + SCHOOL / 36 / 5)  # on five days 1,760 a day


def test_the_kitchen_is_full_at_its_tightest_run_and_not_before() -> None:
    full, short = only(3200), only(3199)
    plan = solve(full)
    assert plan.status is Status.OPTIMAL and accepted(full, plan)
    assert solve(short).status is Status.INFEASIBLE
    found = KITCHENS.audit(short, network(), KITCHENS.baseline(full, network()).with_(scenario_hash=short.hash))
    assert {"kitchens_over_capacity", "kitchens_day_short"} <= {issue.code for issue in found.issues}


def test_a_leisure_centre_on_wednesday_takes_the_ovens_of_the_school() -> None:
    """Hot meals: the school's 2,200 and the centre's 2,200 are never made on one day; the patients' are on each."""
    wednesday = demand("A", 2200 * 36, "KA", "hot", public="external", weeks=36, consumption_days=None, days=("wed",))
    hot = only(2200, current_mode="hot")
    more = {"meal_demand": [demand("A", SCHOOL, "KA", "hot", public="school", weeks=36, consumption_days=None, days=SCHOOL_DAYS), wednesday]}
    gone = tuple(("meal_demand", site) for site in "ABCDX") + tuple((t, k) for t in ("kitchens", "kitchen_levels") for k in ("KA", "KB", "KX", "KN"))
    base = {"kitchens": [kitchen("KA", "A", "E1", staff=60.0)], "kitchen_levels": [level("KA", 1, 2200, today=True)]}
    both = group(extra={**more, **base}, without=gone, horizon_years=1, unlimited_departures=1)
    assert hot.hash != both.hash and load(both) == pytest.approx(2200)


def test_named_days_are_those_delivered() -> None:
    """C is 35 km from KA: a school there is delivered 4 x 36 times a year, and pays as many stops."""
    for edits, drops in (({"consumption_days": 7}, 7 * 52), ({"consumption_days": 5}, 5 * 52), ({"consumption_days": None, "days": SCHOOL_DAYS, "weeks": 36}, 4 * 36)):
        scenario = group({"meal_demand": {"C": edits}}, horizon_years=1)
        data = facts(scenario, network())
        k, j = [one.code for one in data.kitchens].index("KA"), [one.code for one in data.sites].index("C")
        rounds = max(drops * 0.3, 30000 / 432)
        assert data.delivery[k, j, 0] == pytest.approx(rounds * (70 * 0.48 + 70 / 60 * 44) + drops * 15 / 60 * 44)
        told = KITCHENS.audit(scenario, network(), KITCHENS.baseline(scenario, network())).issues
        assert not {issue.code for issue in told} & {"kitchens_wrong_figure", "wrong_cost_line"}


def test_school_days_on_the_real_calendar() -> None:
    """2027: Easter Monday, Whit Monday, Ascension Thursday and the others are not eaten on; a public of Saturdays is there on holidays."""
    closed = closed_around(2027, frozenset())
    days = eaten_days(FOUR, 2027, closed)
    assert int(days[35:-14].sum()) == 52 * 4 + 1 - 6  # 53 Fridays; holidays on Mondays 29 March, 17 May, 1 November, Thursdays 6 May and 11 November, Friday 1 January
    assert int(eaten_days((5,), 2027, closed)[35:-14].sum()) == 52  # 1 May and 8 May, Saturdays, among them
    each = eaten_per_day(float(SCHOOL), FOUR, 52, 2027, None, 36)
    assert set(np.unique(each)) == {0.0, 2200.0}


def test_two_columns_that_do_not_agree_are_said() -> None:
    said = [issue.code for issue in KITCHENS.precheck(group({"meal_demand": {"A": {"days": SCHOOL_DAYS}}}), network())]
    assert said == ["kitchens_days_differ"]
    assert not [i for i in KITCHENS.precheck(group({"meal_demand": {"A": {"days": SCHOOL_DAYS, "consumption_days": 4}}}), network()) if i.code == "kitchens_days_differ"]


def test_a_kitchen_of_five_days_feeds_hot_who_eats_on_weekdays_alone() -> None:
    for days, possible in ((SCHOOL_DAYS, True), (("wed", "sat"), False)):
        data = facts(group({"meal_demand": {"A": {"consumption_days": None, "days": days}}}), network())
        assert ((0, [s.code for s in data.sites].index("A"), 0) not in data.refusals) is possible


KINDS: tuple[Week, ...] = (first_days(7), first_days(5), FOUR, (2,), (5, 6), (0, 2, 4), (1, 6))


@pytest.mark.parametrize(("production", "use_by", "seed"), list(itertools.product((3, 5, 6, 7), (2, 3, 5), range(4))))
def test_peaks_of_a_mix_equal_the_best_weekly_schedule(production: int, use_by: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    kinds = tuple(KINDS[i] for i in rng.permutation(len(KINDS))[:3])
    each = rng.integers(1, 100, len(kinds)).astype(float)  # meals on a day eaten on
    wanted = np.array([sum(meals for week, meals in zip(kinds, each, strict=True) if day in week) for day in range(7)])
    pairs = [(c, (c - lag) % 7) for c in range(7) for lag in range(1, use_by + 1) if (c - lag) % 7 < production]
    found = peaks("cold", production, tuple((week, None) for week in kinds), use_by, 52, "closed", 2027, None)
    year = each * [len(week) * 52 for week in kinds]
    if any(wanted[day] and not any(c == day for c, _ in pairs) for day in range(7)):
        assert math.isinf((found @ year).max())
        return
    fed = np.array([[1.0 if c == day else 0.0 for c, _ in pairs] + [0.0] for day in range(7)])
    made = np.array([[1.0 if d == day else 0.0 for _, d in pairs] + [-1.0] for day in range(production)])
    keep = wanted > 0
    best = linprog([0.0] * len(pairs) + [1.0], A_ub=made, b_ub=np.zeros(production), A_eq=fed[keep], b_eq=wanted[keep])
    assert (found @ year).max() == pytest.approx(best.fun)


@pytest.mark.parametrize("seed", range(12))
def test_peaks_of_a_mix_on_the_real_calendar_are_what_a_schedule_needs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    closed = closed_around(2027, frozenset(dt.date(2027, 1, 1) + dt.timedelta(int(d)) for d in rng.integers(0, 365, 6)))
    days, use_by = int(rng.integers(5, 7)), int(rng.integers(3, 7))
    kinds: tuple[Eaten, ...] = tuple((KINDS[i], None if rng.random() < 0.5 else int(rng.integers(30, 50))) for i in rng.permutation(len(KINDS))[:3])
    meals = rng.integers(1, 200, len(kinds)) * 100.0
    need = float((peaks("cold", days, kinds, use_by, 52, "worked", 2027, closed) @ meals).max())
    cold = np.sum([eaten_per_day(m, week, 52, 2027, closed, season) for m, (week, season) in zip(meals, kinds, strict=True)], axis=0)
    made = made_days(days, "worked", use_by, 2027, closed)
    enough, short = (schedule(np.zeros(len(cold)), cold, made, need * share, math.inf, use_by, 2027).unmade.sum() for share in (1.0, 0.999))
    assert enough < 1e-6 * meals.sum() and short > 0


def test_the_largest_rows_are_those_that_nothing_exceeds() -> None:
    rows = np.array([[1.0, 2.0], [2.0, 1.0], [1.0, 1.0], [2.0, 1.0], [0.5, 2.0]])
    assert {tuple(row) for row in largest(rows)} == {(1.0, 2.0), (2.0, 1.0)}


def test_no_weights_miss_a_row_left_out() -> None:
    """Of 1,000 rows on a bulging surface the rows kept answer for all, whatever the weights."""
    rng = np.random.default_rng(5)
    rows = np.abs(rng.normal(size=(1000, 4)))
    rows *= (rng.uniform(0.97, 1.0, size=1000) / np.linalg.norm(rows, axis=1))[:, None]
    kept = largest(rows)
    weights = rng.exponential(size=(20_000, 4)) ** rng.choice([1, 3], size=(20_000, 1))
    assert len(kept) < len(rows)
    assert ((kept @ weights.T).max(axis=0) >= (rows @ weights.T).max(axis=0) * (1 - 1e-6)).all()
