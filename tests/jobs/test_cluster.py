"""A cluster started apart: `dask scheduler` and `dask worker`, as a computing centre would run them."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from benchmarks.programs import Programs, end, kill, tasks, until
from benchmarks.variants import ask, variant
from planner.cli.shared import REFUSED
from planner.plan import Limits
from planner.scenario import Scenario
from planner.store import State, Store
from tests.jobs.support import ENDLESS, counted, wait


@pytest.mark.slow
def test_runs_on_a_cluster_started_apart_survive_its_processes(store: Store, running: Programs, small: Scenario) -> None:
    """A process killed costs a try; a run that kills every process fails alone after three; the cluster outlives the worker."""
    address, scheduler, nodes = running.cluster()
    worker = running.worker(store.folder, scheduler=address)
    runs = ask(store, [variant(small, place, "poison" if place == 1 else "") for place in range(8)])
    until(lambda: sum(counted(running.solves).values()) > 2, 90)
    for task in tasks(nodes[0]):
        kill(task)
    ended = wait(store, runs, 120)
    assert (ended[1].state, ended[1].reason, ended[1].tries) == (State.FAILED, "jobs.reason.died", 3)
    others = [ended[0], *ended[2:]]
    assert all((run.state, run.outcome) == (State.DONE, "ok") for run in others)
    solved = counted(running.solves)
    assert set(solved) == {(run.name, "purchasing") for run in others}
    # dask solves again a run whose process died before its answer was fetched, and the poison kills several processes
    assert solved.total() < 2 * len(others)
    assert end(worker) == 0
    assert scheduler.poll() is None and all(node.poll() is None for node in nodes)


@pytest.mark.slow
def test_a_cluster_that_tries_again_by_itself_solves_nothing_twice(store: Store, running: Programs, small: Scenario) -> None:
    """Killed in the second problem: the run is begun anew with the plan of the first, as a second try."""
    address, _, nodes = running.cluster(workers=1)
    running.worker(store.folder, scheduler=address)
    run = ask(store, [small], ("kitchens", "purchasing"), Limits(seconds=2, threads=1))[0]
    until(lambda: counted(running.solves, "begun")[small.name, "purchasing"], 90, 0.01)
    for task in tasks(nodes[0]):
        kill(task)
    ended = wait(store, [run])[0]
    assert (ended.state, ended.outcome, ended.tries) == (State.DONE, "ok", 2)
    assert counted(running.solves)[small.name, "kitchens"] == 1


@pytest.mark.slow
def test_stop_and_progress_through_a_cluster_started_apart(store: Store, running: Programs, small: Scenario) -> None:
    address, _, _ = running.cluster(workers=1)
    running.worker(store.folder, scheduler=address)
    run = ask(store, [small], ("kitchens",), ENDLESS)[0]
    until(lambda: any(point.cost is not None for point in store.points(run.id)), 60)
    store.ask_stop(run.id)
    assert wait(store, [run], 15)[0].outcome == "stopped"


@pytest.mark.slow
def test_a_lost_scheduler_is_said_and_its_runs_wait(store: Store, running: Programs, small: Scenario) -> None:
    address, scheduler, _ = running.cluster(workers=1)
    worker = running.worker(store.folder, scheduler=address)
    run = ask(store, [small], ("kitchens",), Limits(seconds=600, threads=1, gap=0.0))[0]
    until(lambda: store.run(run.id).state is State.RUNNING, 60)
    kill(scheduler)
    assert worker.wait(60) == REFUSED
    said = running.log("worker").read_text()
    assert f"The cluster {address} does not answer" in said and "Traceback" not in said
    waiting = store.run(run.id)
    assert (waiting.state, waiting.tries) == (State.QUEUED, 0)
    assert store.lease() is None


def test_processes_that_cannot_start_are_said(store: Store, running: Programs, small: Scenario, tmp_path: Path) -> None:
    """As on a computer without memory left: the run waits, the reader gets a sentence that names no cluster."""
    (tmp_path / "ends_at_once.py").write_text("import os\nos._exit(3)\n", encoding="utf-8")
    run = ask(store, [small])[0]
    worker = running.start(
        "planner", "worker", "--lang", "en", "--data", str(store.folder), "--workers", "1", name="worker",
        PYTHONPATH=os.pathsep.join((running.environment["PYTHONPATH"], str(tmp_path))), DASK_DISTRIBUTED__WORKER__PRELOAD="['ends_at_once']",
    )  # fmt: skip
    assert worker.wait(60) == REFUSED
    said = running.log("worker").read_text()
    assert "could not be started" in said and "Traceback" not in said and "Nanny" not in said
    assert (store.run(run.id).state, store.lease()) == (State.QUEUED, None)
    until(lambda: not running.living(), 10)


def test_a_scheduler_that_is_not_there_is_said(store: Store, running: Programs) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    worker = running.worker(store.folder, scheduler=f"tcp://127.0.0.1:{port}")
    assert worker.wait(60) == REFUSED
    said = running.log("worker").read_text()
    assert "does not answer" in said and "Traceback" not in said
    assert store.lease() is None
