"""Breaks of a duty: the rules themselves, and the placing of breaks against every possible one."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest

from planner.problems.routes import driver_rules
from planner.problems.routes.breaks import Pause, Placed, shortest
from planner.problems.routes.driver_rules import DriverRules, faults, idle
from planner.problems.routes.schedule import Event, StopPlan, TripPlan, _forward, _with_breaks, events_of, legs, schedule, with_breaks

HOUR = 3600
ALWAYS = ((0, 86_400),)
LAW = DriverRules(driving=True)
WORK = DriverRules(work_break=20 * 60, work_before=6 * HOUR)
MEAL = DriverRules(meal=30 * 60, meal_from=690 * 60, meal_until=840 * 60)


@pytest.mark.parametrize(
    ("rules", "span", "legs", "breaks", "broken"),
    [
        (LAW, (0, 10 * HOUR), [(0, 5 * HOUR)], [], {"driving"}),
        (LAW, (0, 10 * HOUR), [(0, 4 * HOUR), (5 * HOUR, 8 * HOUR)], [(4 * HOUR, 4 * HOUR + 2700)], set()),
        (LAW, (0, 10 * HOUR), [(0, 4 * HOUR), (5 * HOUR, 8 * HOUR)], [(4 * HOUR, 4 * HOUR + 2640)], {"driving"}),
        (LAW, (0, 10 * HOUR), [(0, 2 * HOUR), (3 * HOUR, 5 * HOUR), (6 * HOUR, 8 * HOUR)], [(2 * HOUR, 2 * HOUR + 900), (5 * HOUR, 5 * HOUR + 1800)], set()),
        (LAW, (0, 10 * HOUR), [(0, 2 * HOUR), (3 * HOUR, 5 * HOUR), (6 * HOUR, 8 * HOUR)], [(2 * HOUR, 2 * HOUR + 1800), (5 * HOUR, 5 * HOUR + 900)], {"driving"}),
        (LAW, (0, 14 * HOUR), [(0, 4 * HOUR), (5 * HOUR, 9 * HOUR), (10 * HOUR, 12 * HOUR)], [(4 * HOUR, 5 * HOUR), (9 * HOUR, 10 * HOUR)], {"daily"}),
        (WORK, (0, 6 * HOUR), [], [], set()),
        (WORK, (0, 6 * HOUR + 1), [], [], {"work"}),
        (WORK, (0, 7 * HOUR), [], [(6 * HOUR, 6 * HOUR + 1200)], set()),
        (WORK, (0, 7 * HOUR), [], [(6 * HOUR + 60, 6 * HOUR + 1260)], {"work"}),
        (WORK, (0, 6 * HOUR + 1200), [], [(1200, 2400)], set()),
        (MEAL, (7 * HOUR, 14 * HOUR), [], [], {"meal"}),
        (MEAL, (7 * HOUR, 14 * HOUR - 1), [], [], set()),
        (MEAL, (11 * HOUR + 1801, 18 * HOUR), [], [], set()),
        (MEAL, (7 * HOUR, 15 * HOUR), [], [(14 * HOUR, 14 * HOUR + 1800)], set()),
        (MEAL, (7 * HOUR, 15 * HOUR), [], [(14 * HOUR + 60, 14 * HOUR + 1860)], {"meal"}),
    ],
)  # fmt: skip
def test_what_a_driver_is_owed(rules: DriverRules, span: tuple[int, int], legs: list[tuple[int, int]], breaks: list[tuple[int, int]], broken: set[str]) -> None:
    assert {fault.rule for fault in faults(rules, *span, legs, breaks)} == broken
    if not breaks and rules.asks_nothing(span[1] - span[0], sum(b - a for a, b in legs)):
        assert not broken


def test_a_break_that_no_rule_asks_for_is_told() -> None:
    assert idle(WORK, 0, 7 * HOUR, [], [(3 * HOUR, 3 * HOUR + 1200)]) == []
    assert idle(WORK, 0, 6 * HOUR, [], [(3 * HOUR, 3 * HOUR + 1200)]) == [0]
    both = DriverRules(work_break=1200, work_before=6 * HOUR, meal=1800, meal_from=690 * 60, meal_until=840 * 60)
    assert idle(both, 6 * HOUR, 13 * HOUR, [], [(11 * HOUR, 11 * HOUR + 1800)]) == [0]  # 20 minutes would do: the meal is not due


def brute(events: list[Event], rules: DriverRules, step: int) -> int | None:
    """Least paid time over every first start, every set of up to three breaks, each at once or at the opening of the meal's window."""
    best = None
    places = [(i, arrived) for i in range(len(events) - 1) for arrived in (False, True)
              if (arrived and events[i + 1].kind != "return") or (not arrived and events[i].kind == "stop")]  # fmt: skip
    kinds = [(length, opens) for length in rules.lengths for opens in ((0, rules.meal_from) if rules.meal else (0,))]
    for number in range(4 if rules.driving else 3):
        for where in combinations(places, number):
            for chosen in product(kinds, repeat=number):
                pauses = tuple(Pause(after, arrived, length, opens) for (after, arrived), (length, opens) in zip(where, chosen, strict=True))
                made = _with_breaks(events, Placed(0, 0, 0, pauses))
                for start in range(events[0].windows[0][0], events[0].windows[0][1] + 1, step):
                    starts, late = _forward(made, start)
                    if late:
                        break
                    spans = [(s, s + e.spend) for s, e in zip(starts, made, strict=True) if e.kind in ("depot", "before", "after")]
                    driven, now = [], start + made[0].spend
                    for s, e in zip(starts[1:], made[1:], strict=True):
                        driven.append((now, now + e.drive))
                        now = s + e.spend
                    if faults(rules, start, starts[-1], driven, spans) or (not rules.paid and idle(rules, start, starts[-1], driven, spans)):
                        continue
                    paid = starts[-1] - start - (0 if rules.paid else sum(b - a for a, b in spans))
                    best = paid if best is None else min(best, paid)
    return best


@pytest.mark.parametrize("seed", range(24))
def test_breaks_are_placed_so_that_the_duty_is_shortest(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small figures in place of those of the law, so that everything can be tried."""
    for name, value in {"DRIVING": 20, "FULL": 9, "FIRST": 3, "SECOND": 6, "DAILY": 60}.items():
        monkeypatch.setattr(driver_rules, name, value)
    monkeypatch.setattr("planner.problems.routes.breaks.DRIVING", 20)
    monkeypatch.setattr("planner.problems.routes.breaks.DAILY", 60)
    rng = np.random.default_rng(seed)
    n = 4
    times = rng.integers(2, 12, (n, n)).tolist()
    for i in range(n):
        times[i][i] = 0
    trips = []
    for number in [1, 1] if rng.random() < 0.5 else [int(rng.integers(1, 4))]:
        stops = []
        for _ in range(number):
            edges = sorted(rng.integers(0, 90, 2 * int(rng.integers(1, 3))).tolist())
            windows = tuple((int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)) if rng.random() < 0.5 else ALWAYS
            stops.append(StopPlan(int(rng.integers(1, n)), int(rng.integers(0, 6)), int(rng.integers(0, 4)), windows))
        trips.append(TripPlan(tuple(stops)))
    rules = DriverRules(
        bool(seed % 2), 4 * int(rng.integers(0, 2)), 25, 7 * int(rng.integers(0, 2)), 30, 45, int(rng.integers(0, 30)), bool(rng.random() < 0.6),
    )  # fmt: skip
    if not rules.lengths:
        return
    events = events_of(trips, 0, times, 10, 100, 3)
    expected = brute(events, rules, 1)
    duty = with_breaks(events, rules)
    if duty is None:
        assert expected is None
        return
    spans = [(one.starts, one.ends) for one in duty.breaks]
    assert not faults(rules, duty.starts, duty.ends, legs(events, duty), spans)
    assert duty.late == 0 and duty.seconds == expected
    if not rules.paid:
        assert not idle(rules, duty.starts, duty.ends, legs(events, duty), spans)


@pytest.mark.parametrize("seed", range(40))
def test_without_breaks_the_labels_find_the_shortest_duty(seed: int) -> None:
    rng = np.random.default_rng(seed)
    times = rng.integers(1, 15, (5, 5)).tolist()
    trips = []
    for _ in range(int(rng.integers(1, 4))):
        stops = []
        for _ in range(int(rng.integers(1, 4))):
            edges = sorted(rng.integers(0, 260, 2 * int(rng.integers(1, 4))).tolist())
            stops.append(StopPlan(int(rng.integers(1, 5)), int(rng.integers(0, 6)), 3, tuple((int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True))))
        trips.append(TripPlan(tuple(stops), int(rng.integers(0, 60))))
    duty = schedule(trips, 0, times, 20, 300, 5)
    assert shortest([(e.drive, e.spend, e.windows) for e in events_of(trips, 0, times, 20, 300, 5)]) == (duty.span if duty.late == 0 else None)


def test_a_duty_whose_breaks_do_not_all_fit_keeps_those_that_do() -> None:
    """Two stops 10 minutes apart, both served exactly between 11:30 and 14:00: no meal, but the break of 20 minutes fits in the waiting."""
    rules = DriverRules(work_break=1200, work_before=6 * HOUR, meal=3 * HOUR, meal_from=690 * 60, meal_until=840 * 60)
    times = [[0, 600, 600], [600, 0, 600], [600, 600, 0]]
    trip = TripPlan(tuple(StopPlan(site, 600, 0, ((at, at),)) for site, at in ((1, 8 * HOUR), (2, 12 * HOUR), (1, 13 * HOUR), (2, 16 * HOUR))))
    duty = schedule([trip], 0, times, 0, 20 * HOUR, 0, rules)
    assert duty.late == 0
    assert [one.ends - one.starts for one in duty.breaks] == [1200]
