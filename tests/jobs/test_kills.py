"""Programs killed without warning: no run is lost, nothing solved is solved again, nothing is left over."""

from __future__ import annotations

import contextlib
import random
from datetime import datetime

import psutil
import pytest

from benchmarks import kills
from benchmarks.programs import Programs, end, kill, tasks, until
from benchmarks.variants import ask, variant
from planner.codec import plan_to
from planner.plan import Limits, Status
from planner.scenario import Scenario
from planner.store import State, Store
from tests.jobs.support import ENDLESS, counted, wait


def test_a_killed_process_costs_one_more_try_and_nothing_solved(store: Store, running: Programs, small: Scenario) -> None:
    """Killed while it solves the second problem of a run: the first is not solved again."""
    worker = running.worker(store.folder, workers=1)
    run = ask(store, [variant(small, 1)], ("kitchens", "purchasing"), Limits(seconds=2, threads=1))[0]
    until(lambda: counted(running.solves, "begun")["variant 1", "purchasing"], 60, 0.01)
    for task in tasks(worker):
        kill(task)
    ended = wait(store, [run])[0]
    assert (ended.state, ended.tries, ended.outcome) == (State.DONE, 2, "ok")
    assert counted(running.solves) == {("variant 1", "kitchens"): 1, ("variant 1", "purchasing"): 1}
    assert set(store.plans(run.id)) == {"kitchens", "purchasing"}
    assert "jobs.event.died" in [event.what for event in store.events(run_id=run.id)]
    assert end(worker) == 0
    until(lambda: not running.living(), 10)


@pytest.mark.slow
@pytest.mark.parametrize("whole", [False, True], ids=["process", "worker"])
def test_searches_of_routes_die_with_what_started_them(store: Store, running: Programs, small: Scenario, whole: bool) -> None:
    """Routes are searched for in processes of the solving process: killed with it, or with the worker above it, none goes on."""
    worker = running.worker(store.folder, workers=1)
    run = ask(store, [small], ("routes",), ENDLESS)[0]
    until(lambda: _searches(running), 60)
    before = _searches(running)
    for program in [worker] if whole else tasks(worker):
        kill(program)
    until(lambda: not before & _searches(running), 15)
    if whole:
        until(lambda: not running.living(), 15)
    else:
        until(lambda: store.run(run.id).tries == 2 and _searches(running), 60)  # tried again, by other processes
        assert end(worker) == 0
        until(lambda: not running.living(), 15)


def _searches(running: Programs) -> set[int]:
    """The processes that search for routes."""
    found = set()
    for process in running.living():
        with contextlib.suppress(psutil.Error):
            if "planner.solvers.routing_worker" in process.cmdline():
                found.add(process.pid)
    return found


def test_a_run_that_kills_its_process_fails_alone_after_three_tries(store: Store, running: Programs, small: Scenario) -> None:
    running.worker(store.folder)
    runs = ask(store, [variant(small, place, "poison" if place == 1 else "broken" if place == 2 else "") for place in range(6)])
    ended = wait(store, runs)
    assert [(run.state, run.reason) for run in ended[1:3]] == [(State.FAILED, "jobs.reason.died"), (State.FAILED, "jobs.reason.broken")]
    assert ended[1].tries == 3 and "ZeroDivisionError: as asked" in ended[2].detail
    others = [ended[0], *ended[3:]]
    assert all((run.state, run.outcome) == (State.DONE, "ok") for run in others)
    assert counted(running.solves) == {(run.name, "purchasing"): 1 for run in others}


def test_a_run_asked_to_stop_keeps_its_best_plan_and_one_that_waits_is_cancelled(store: Store, running: Programs, small: Scenario) -> None:
    running.worker(store.folder, workers=1)
    first, second = ask(store, [small, variant(small, 1)], ("kitchens",), ENDLESS)
    until(lambda: any(point.cost is not None for point in store.points(first.id)), 60)
    assert store.run(second.id).state is State.QUEUED
    store.ask_stop(second.id)
    store.ask_stop(first.id)
    ended = wait(store, [first, second], 15)
    assert [(run.state, run.outcome) for run in ended] == [(State.DONE, "stopped"), (State.CANCELLED, "")]
    plan = store.plans(first.id)["kitchens"]
    assert plan.status is Status.STOPPED and plan.cost is not None
    last = store.points(first.id)[-1]
    assert last.cost == pytest.approx(plan.cost) and ended[0].summary["problems"]["kitchens"]["valid"]


def test_a_worker_killed_is_replaced_by_the_one_that_waits(store: Store, running: Programs, small: Scenario) -> None:
    """Two workers on one store: the second takes over what the first leaves, without waiting for its lease to lapse."""
    first = running.worker(store.folder, workers=1, name="first")
    until(lambda: store.lease() is not None, 40)
    second = running.worker(store.folder, workers=1, name="second")
    until(lambda: b"already solves" in running.log("second").read_bytes(), 40)
    run = ask(store, [small], ("kitchens",), Limits(seconds=3, threads=1, gap=0.0))[0]
    until(lambda: store.run(run.id).state is State.RUNNING, 40)
    held = store.lease()
    assert held is not None and held.worker.endswith(f":{first.pid}")
    kill(first)
    ended = wait(store, [run])[0]
    assert (ended.state, ended.tries) == (State.DONE, 1)  # not held against the run
    held = store.lease()
    assert held is not None and held.worker.endswith(f":{second.pid}")
    assert end(second) == 0
    assert store.lease() is None
    until(lambda: not running.living(), 10)


def test_the_same_question_is_answered_from_the_store(store: Store, running: Programs, small: Scenario) -> None:
    running.worker(store.folder, workers=1)
    first = wait(store, ask(store, [small]))[0]
    again = wait(store, ask(store, [small]), 10)[0]
    assert again.answered_from == first.id and again.summary == first.summary
    assert again.ended is not None
    assert (datetime.fromisoformat(again.ended) - datetime.fromisoformat(again.created)).total_seconds() < 2  # 0.1 s on an idle computer
    assert plan_to(store.plans(again.id)["purchasing"]) == plan_to(store.plans(first.id)["purchasing"])
    assert counted(running.solves) == {(small.name, "purchasing"): 1}


@pytest.mark.slow
def test_killed_at_random_moments_nothing_is_lost_nor_done_twice(store: Store, running: Programs, small: Scenario) -> None:
    chance = random.Random(3)
    runs = ask(store, [variant(small, place) for place in range(12)])
    worker = running.worker(store.folder)
    for turn in range(4):
        _solved_more_than(running, 2 * turn)
        if turn % 2:
            kill(worker)
            worker = running.worker(store.folder)
        else:
            for task in chance.sample(tasks(worker), 1):
                kill(task)
    ended = wait(store, runs, 120)
    assert kills.faults(store, running.solves, [run.id for run in ended]) == []
    assert end(worker) == 0
    until(lambda: not running.living(), 10)


def _solved_more_than(running: Programs, count: int) -> None:
    until(lambda: counted(running.solves).total() > count, 60, 0.02)
