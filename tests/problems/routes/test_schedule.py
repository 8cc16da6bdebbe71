"""The scheduler against every possible first start, on random duties."""

from __future__ import annotations

import numpy as np
import pytest

from planner.problems.routes.schedule import StopPlan, TripPlan, schedule

ALWAYS = ((0, 86_400),)


def brute(trips: list[TripPlan], times: list[list[int]], opens: int, closes: int, reload: int) -> int | None:
    """Shortest duty over every first start, each simulated as early as possible; None when none keeps the windows."""
    best = None
    for start in range(max(opens, trips[0].release), closes + 1):
        now, here, fine = start, 0, True
        for t, trip in enumerate(trips):
            now = max(now, opens, trip.release)
            if now > closes or (t == 0 and now != start):
                fine = False
                break
            now += reload
            for i, stop in enumerate(trip.stops):
                now += times[here][stop.site]
                fit = [max(now, a) for a, b in stop.windows if now <= b]
                if not fit:
                    fine = False
                    break
                last = i + 1 == len(trip.stops) or trip.stops[i + 1].site != stop.site
                now = fit[0] + stop.handling + (stop.fixed if last else 0)
                here = stop.site
            if not fine:
                break
            now += times[here][0]
            here = 0
        if fine and now <= closes and (best is None or now - start < best):
            best = now - start
    return best


@pytest.mark.parametrize("seed", range(120))
def test_shortest_duty_of_random_trips(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 5
    times = rng.integers(1, 15, (n, n)).tolist()
    for i in range(n):
        times[i][i] = 0
    trips = []
    for t in range(int(rng.integers(1, 4))):
        stops = []
        for _ in range(int(rng.integers(1, 4))):
            edges = sorted(rng.integers(0, 260, 2 * int(rng.integers(1, 4))).tolist())
            windows = tuple((int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True))
            stops.append(StopPlan(int(rng.integers(1, n)), int(rng.integers(0, 6)), int(rng.integers(0, 6)), windows if rng.random() < 0.7 else ALWAYS))
        trips.append(TripPlan(tuple(stops), int(rng.integers(0, 60)) if t and rng.random() < 0.3 else 0))
    opens, closes, reload = 20, 300, int(rng.integers(0, 8))
    expected = brute(trips, times, opens, closes, reload)
    duty = schedule(trips, 0, times, opens, closes, reload)
    assert (duty.late == 0) == (expected is not None)
    if expected is not None:
        assert duty.seconds == expected
        follows(duty, trips, times, opens, closes, reload)


def follows(duty, trips, times, opens, closes, reload) -> None:  # type: ignore[no-untyped-def]
    """Every time of the duty is reachable from the one before it, and kept."""
    before = opens
    for trip, at in zip(trips, duty.trips, strict=True):
        assert at.loads >= max(before, trip.release) and at.departs == at.loads + reload
        now, here = at.departs, 0
        for i, (stop, when) in enumerate(zip(trip.stops, at.stops, strict=True)):
            last = i + 1 == len(trip.stops) or trip.stops[i + 1].site != stop.site
            assert when.arrives == now + times[here][stop.site] <= when.starts
            assert any(a <= when.starts <= b for a, b in stop.windows)
            assert when.leaves == when.starts + stop.handling + (stop.fixed if last else 0)
            now, here = when.leaves, stop.site
        assert at.returns == now + times[here][0] <= closes
        before = at.returns


def test_waits_at_the_depot_rather_than_on_the_road() -> None:
    """The second trip's window opens late: it loads as late as it can."""
    stop = StopPlan(1, 5, 0, ALWAYS)
    late = StopPlan(1, 5, 0, ((500, 600),))
    duty = schedule([TripPlan((stop,)), TripPlan((late,))], 0, [[0, 10], [10, 0]], 0, 1000, 20)
    second = duty.trips[1]
    assert second.stops[0].arrives == second.stops[0].starts == 500
    assert duty.trips[0].returns <= second.loads == 470


def test_consecutive_stops_at_one_site_count_its_fixed_minutes_once() -> None:
    twice = TripPlan((StopPlan(1, 5, 7, ALWAYS), StopPlan(1, 6, 7, ALWAYS)))
    duty = schedule([twice], 0, [[0, 10], [10, 0]], 0, 1000, 0)
    assert duty.seconds == 10 + 5 + 6 + 7 + 10


def test_late_routes_get_times_and_their_lateness() -> None:
    trip = TripPlan((StopPlan(1, 5, 0, ((0, 25),)), StopPlan(1, 0, 0, ((0, 20),))))
    duty = schedule([trip], 0, [[0, 10], [10, 0]], 10, 1000, 10)
    assert duty.trips[0].stops[0].starts == 30
    assert duty.late == 5 + 15
    closed = schedule([TripPlan((StopPlan(1, 5, 0, ()),))], 0, [[0, 10], [10, 0]], 10, 1000, 10)
    assert closed.late > 86_400 and closed.trips[0].stops[0].starts == 30
