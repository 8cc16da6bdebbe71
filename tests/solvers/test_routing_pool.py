"""Searches in child processes: progress, stop, and what becomes of a child that hangs or dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from planner.solvers import routing_pool
from planner.solvers.routing import DayData, DayResult, StopRule
from planner.solvers.routing_pool import Pool
from planner.solvers.routing_week import WeekData, cost, lasting, solve, used
from planner.solvers.routing_worker import Search
from tests.solvers.test_routing import day, job, served, van


def random_day(n: int = 30, seed: int = 4) -> DayData:
    rng = np.random.default_rng(seed)
    return day([(0, 0), *((float(a), float(b)) for a, b in rng.uniform(-20, 20, (n, 2)))], [job(i) for i in range(1, n + 1)], fleet=(van(count=8, per_metre=5),))


def test_runs_searches_in_order_and_tells_of_progress() -> None:
    told: list[tuple[int, DayResult]] = []
    with Pool(2) as pool:
        results = pool.run([Search(random_day(10 + i), StopRule(seconds=30, iterations=60), 1) for i in range(3)], on_best=lambda i, r: told.append((i, r)))
    assert [len(served(r)) for r in results] == [10, 11, 12]
    assert all(r.feasible and r.iterations == 60 for r in results)
    assert {i for i, _ in told} == {0, 1, 2}


def test_stop_keeps_the_best_routes() -> None:
    began = time.monotonic()
    with Pool(1) as pool:
        results = pool.run([Search(random_day(), StopRule(seconds=60), 1)] * 2, should_stop=lambda: time.monotonic() - began > 3)
    assert results[0].feasible and len(served(results[0])) == 30
    assert not results[1].feasible and results[1].note == "stopped"
    assert time.monotonic() - began < 20


def test_a_search_may_be_followed_by_another_in_its_place_and_ended_alone() -> None:
    data, ended = random_day(), []

    def then(i: int, found: DayResult) -> Search | None:
        ended.append((i, found.iterations))
        return Search(data, StopRule(seconds=30, iterations=7), 2, found.routes) if len(ended) < 3 and i == 0 else None

    began = time.monotonic()
    with Pool(2) as pool:
        searches = [Search(data, StopRule(seconds=30, iterations=5), 1), Search(data, StopRule(seconds=600), 1)]
        first, second = pool.run(searches, then=then, enough=lambda i: (i == 1 and sum(j == 0 for j, _ in ended) == 3) or time.monotonic() - began > 40)
    assert [n for i, n in ended if i == 0] == [5, 7, 7] and first.iterations == 7
    assert second.feasible and second.note == "" and time.monotonic() - began < 40


def test_a_search_past_its_deadline_is_ended_and_its_best_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routing_pool, "GRACE", -57.0)  # the watchdog's deadline comes 3 s after the start of a search of 60 s
    with Pool(1) as pool:
        ended, after = pool.run([Search(random_day(60), StopRule(seconds=60), 1), Search(random_day(5), StopRule(seconds=60, iterations=5), 1)])
    assert "did not stop" in ended.note and ended.feasible and len(served(ended)) == 60
    assert after.feasible and after.note == ""


def test_a_child_that_dies_loses_only_its_search() -> None:
    def kill(i: int, result: DayResult) -> None:
        if i == 0 and pool._alive:
            pool._alive[0].process.kill()

    with Pool(1) as pool:
        died, after = pool.run([Search(random_day(60), StopRule(seconds=60), 1), Search(random_day(5), StopRule(seconds=60, iterations=5), 1)], on_best=kill)
    assert "ended by itself" in died.note and died.feasible
    assert after.feasible


def test_an_error_of_the_engine_is_a_note() -> None:
    with Pool(1) as pool:
        (result,) = pool.run([Search(replace(random_day(3), distance=np.zeros((2, 2), dtype=np.int64)), StopRule(seconds=5, iterations=5), 1)])
    assert not result.feasible and "Error" in result.note


def test_a_week_pays_its_vehicles_once() -> None:
    """Two days, either of which would take a cheaper van of its own; together they share one."""
    fleet = (van(count=2, per_second=1), van(count=2, per_second=3))
    small = day([(0, 0), (10, 0)], [job(1)], fleet=fleet)
    large = day([(0, 0), (10, 0), (12, 0), (9, 9)], [job(1), job(2), job(3)], fleet=fleet)
    week = WeekData((small, large), (12_000, 10_000))
    result = solve(week, 30, 1, iterations=80)
    assert result.feasible and used(result.days, 2) == (1, 0)
    assert cost(week, result.days) == 12_000 + sum(r.variable for r in result.days)


def test_a_week_does_not_depend_on_the_number_of_processes() -> None:
    week = WeekData(tuple(random_day(n, n) for n in (12, 9, 7)), (30_000,))
    one, two = (solve(week, 60, 3, workers=w, iterations=40) for w in (1, 2))
    assert [r.routes for r in one.days] == [r.routes for r in two.days]


def test_a_week_stopped_at_once_still_has_routes_for_every_day() -> None:
    week = WeekData(tuple(random_day(n, n) for n in (12, 9, 7)), (30_000,))
    result = solve(week, 60, 1, should_stop=lambda: True)
    assert result.feasible and result.stopped


def test_a_week_is_never_worse_than_the_routes_it_starts_from() -> None:
    week = WeekData(tuple(random_day(n, n) for n in (12, 9, 7)), (30_000,))
    good = solve(week, 60, 3, iterations=60)
    again = solve(week, 60, 8, iterations=1, starts=[r.routes for r in good.days])
    assert (cost(week, again.days) or 0) <= (cost(week, good.days) or 0)
    lost = solve(week, 60, 8, iterations=40, starts=[r.routes[:1] for r in good.days])  # incomplete: a place to start, no more
    assert lost.feasible


PARENT = """
import subprocess, sys
from planner.solvers.routing_pool import Pool
with Pool(1) as pool:
    child = pool._begin()
    holder = child.process.stdin.fileno()
    keeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], pass_fds=[holder], stdout=subprocess.DEVNULL)
    print(child.process.pid, keeper.pid, flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the system ends orphans on Linux only; elsewhere the closed input does")
def test_no_search_outlives_a_killed_parent_even_where_its_input_stays_open() -> None:
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen([sys.executable, "-c", PARENT], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child, keeper = (int(word) for word in parent.stdout.readline().split())
        try:
            time.sleep(2.0)  # the worker is up: it has asked to die with its parent
            assert _runs(child)
            parent.kill()
            parent.wait()
            until = time.monotonic() + 5
            while _runs(child) and time.monotonic() < until:
                time.sleep(0.05)
            assert _runs(keeper) and not _runs(child)
        finally:
            for pid in (child, keeper):
                if _runs(pid):
                    os.kill(pid, signal.SIGKILL)


def _runs(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_searches_given_out_to_the_first_process_free() -> None:
    assert lasting([5.0, 3.0, 3.0, 1.0], 2) == 6.0 and lasting([5.0, 3.0], 1) == 8.0
