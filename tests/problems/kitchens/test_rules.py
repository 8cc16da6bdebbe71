"""The shared arithmetic against figures worked out by hand, and against a schedule found by a plain search."""

import datetime as dt
import itertools
import math

import numpy as np
import pytest
from scipy.optimize import linprog

from planner.problems.kitchens.days import unit_load
from planner.problems.kitchens.rules import Week, annuity, charged_until, cold_runs, deliveries_a_week, first_days, member, storage_days


def cold_peak(production: int, eaten: Week, use_by: int) -> float:
    return max(cold_runs(production, eaten, use_by))


def daily_load(meals: float, mode: str, production: int, eaten: Week, use_by: int, weeks: float) -> float:
    return meals * unit_load(mode, production, eaten, use_by, weeks, "closed", 2027, None)


@pytest.mark.parametrize(("production", "needed"), [(7, 1), (6, 2), (5, 3), (4, 4), (3, 5), (2, 6), (1, 7)])
def test_monday_eats_what_the_last_production_day_made(production: int, needed: int) -> None:
    assert storage_days(production, first_days(7)) == needed
    assert storage_days(production, first_days(5)) == needed  # Monday is eaten on either way


def test_five_days_of_work_for_seven_days_of_meals() -> None:
    assert cold_peak(5, first_days(7), 3) == pytest.approx(7 / 5)
    assert math.isinf(cold_peak(5, first_days(7), 2))  # Friday's meals would be too old on Monday
    assert cold_peak(7, first_days(7), 1) == 1
    assert cold_peak(5, first_days(5), 3) == 1
    assert cold_peak(7, first_days(5), 1) == 1  # nothing can be made ahead
    assert cold_peak(7, first_days(5), 3) == pytest.approx(5 / 7)


@pytest.mark.parametrize(("production", "consumption", "use_by"), list(itertools.product((1, 3, 5, 6, 7), (1, 2, 5, 7), (1, 2, 3, 5, 7))))
def test_peak_equals_the_best_schedule(production: int, consumption: int, use_by: int) -> None:
    """The peak is the least maximum of a weekly schedule: meals of day c made on production days c - use_by .. c - 1."""
    lags = range(1, use_by + 1)
    pairs = [(c, lag) for c in range(consumption) for lag in lags if (c - lag) % 7 < production]
    if any(not any(c == day for c, _ in pairs) for day in range(consumption)):
        assert math.isinf(cold_peak(production, first_days(consumption), use_by))
        return
    eaten = np.array([[1.0 if c == day else 0.0 for c, _ in pairs] + [0.0] for day in range(consumption)])
    made = np.array([[1.0 if (c - lag) % 7 == day else 0.0 for c, lag in pairs] + [-1.0] for day in range(production)])
    best = linprog([0.0] * len(pairs) + [1.0], A_ub=made, b_ub=np.zeros(production), A_eq=eaten, b_eq=np.ones(consumption))
    assert cold_peak(production, first_days(consumption), use_by) == pytest.approx(best.fun)


def test_load_of_a_site() -> None:
    assert daily_load(364000, "cold", 5, first_days(7), 3, 52) == pytest.approx(1400)  # 1,000 a day, 7/5
    assert daily_load(364000, "cold", 7, first_days(7), 3, 52) == pytest.approx(1000)
    assert daily_load(364000, "hot", 7, first_days(7), 0, 52) == pytest.approx(1000)
    assert daily_load(260000, "hot", 5, first_days(5), 0, 52) == pytest.approx(1000)
    assert math.isinf(daily_load(364000, "hot", 5, first_days(7), 3, 52))
    # the yearly volume, not the "meals per day": Rochefort's 700,000 are 2,692 per production day
    assert daily_load(700000, "cold", 5, first_days(7), 3, 52) == pytest.approx(2692, abs=0.5)


def test_a_school_is_not_delivered_on_days_without_meals() -> None:
    assert [deliveries_a_week(7, days) for days in (first_days(7), first_days(5), (0, 1, 3, 4))] == [7, 5, 4]
    assert [deliveries_a_week(14, days) for days in (first_days(7), (0, 1, 3, 4))] == [14, 8]
    assert [deliveries_a_week(3, days) for days in (first_days(7), (0, 1, 3, 4))] == [3, 3]


def test_annuity() -> None:
    assert annuity(1_000_000, 20, 0.04) == pytest.approx(70_751.68, abs=0.01)
    assert annuity(1_000_000, 20, 0) == 50_000
    paid = annuity(1000, 7, 0.03) * sum(1.03**-year for year in range(7))  # as running costs are discounted
    assert paid == pytest.approx(1000)


def test_years_of_membership() -> None:
    assert member(None, None, 2027)
    assert not member(None, dt.date(2027, 1, 1), 2027)
    assert member(None, dt.date(2027, 1, 2), 2027)
    assert not member(None, dt.date(2027, 6, 30), 2028)
    assert member(dt.date(2027, 12, 31), None, 2027)
    assert not member(dt.date(2028, 1, 1), None, 2027)


def test_equipment_is_bought_again_only_as_long_as_it_is_used() -> None:
    """Bought in 2027 for two years: one life where nothing is eaten after 2028, a second one for 2029, never half of one."""
    assert [charged_until(2027, 2, last) for last in (2026, 2027, 2028, 2029, 2030, 2031)] == [2029, 2029, 2029, 2031, 2031, 2033]
