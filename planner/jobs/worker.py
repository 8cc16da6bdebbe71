"""The worker: takes the runs that wait in the store, has them solved, writes down how they go. Nobody else does."""

from __future__ import annotations

import contextlib
import os
import socket
import time
import traceback
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import psutil
from distributed import Future

from planner.jobs.cluster import Cluster, process_died
from planner.jobs.task import message_for
from planner.store import Event, Lease, Point, Run, State, Store
from planner.study import ROUTES_PROBLEM, ROUTES_TODAY

TRIES = 3  # a run whose process dies this often is given up
BEAT = 1.0  # seconds between two signs of life, and between two looks for wishes to stop
RENEW = 4.0  # seconds between two renewals of the lease
TICK = 0.1  # longest wait for news
LOST = 20.0  # seconds without a scheduler before its runs wait again


class SchedulerLost(Exception):
    """The cluster asked for does not answer, or processes of this computer cannot start; runs not ended wait again."""


@dataclass
class _Task:
    """A run being solved."""

    run: Run
    future: Future
    begun: int = 0  # times a process took it up


def identity() -> str:
    """This process, as leases name it."""
    return f"{socket.gethostname()}:{os.getpid()}"


def left_behind(lease: Lease) -> bool:
    """Whether the worker of a lease ended without giving it back: it ran on this computer and is no more."""
    host, _, process = lease.worker.rpartition(":")
    if host != socket.gethostname() or not process.isdigit() or int(process) == os.getpid():
        return False
    return not alive(int(process))


def alive(process: int) -> bool:
    """Whether a process of this computer exists."""
    return bool(psutil.pid_exists(process) and psutil.Process(process).status() != psutil.STATUS_ZOMBIE)


def work(
    store: Store,
    runs: Collection[int] | None = None,
    *,
    processes: int | None = None,
    scheduler: str = "",
    fingerprint: str = "",
    should_stop: Callable[[], bool] = lambda: False,
    on_change: Callable[[Run], None] = lambda run: None,
) -> bool:
    """Have runs solved until `should_stop`, or until those named have ended. Returns whether they have.

    One worker owns a store at a time: while another does, this one follows, and takes over where that one ends.
    `scheduler`: address of a cluster that runs already; else processes of this computer, one per core unless said.
    `fingerprint`: versions of what solves; only plans made with the same ones answer again. `on_change`: told of the
    runs named each time their state changes. Runs not ended at a stop wait for the next worker. Raises SchedulerLost.
    """
    following = _Following(store, runs, on_change)
    me = identity()
    while not should_stop() and not following.ended():
        lease = store.lease()
        if lease is not None and left_behind(lease):
            store.drop_lease(lease.worker)
        if store.take_lease(me, processes or os.cpu_count() or 1, scheduler):
            try:
                _Worker(store, me, fingerprint, following, should_stop).run(processes, scheduler)
            finally:
                store.drop_lease(me)
        else:
            time.sleep(0.3)
    return following.ended()


class _Following:
    """The runs that whoever asked waits for."""

    def __init__(self, store: Store, runs: Collection[int] | None, on_change: Callable[[Run], None]) -> None:
        self.store, self.on_change = store, on_change
        self.forever = runs is None
        self.open: dict[int, State | None] = dict.fromkeys(runs or ())
        self._at = 0.0

    def ended(self) -> bool:
        """Look again, at most five times a second; whether all have ended."""
        if self.open and time.monotonic() - self._at > 0.2:
            self._at = time.monotonic()
            for run_id in list(self.open):
                run = self.store.run(run_id)
                if run.state is not self.open[run_id]:
                    self.open[run_id] = run.state
                    self.on_change(run)
                if run.state.ended:
                    del self.open[run_id]
        return not self.forever and not self.open


class _Worker:
    """One ownership of a store: from the lease taken to its end."""

    def __init__(self, store: Store, me: str, fingerprint: str, following: _Following, should_stop: Callable[[], bool]) -> None:
        self.store, self.me, self.fingerprint, self.following, self.should_stop = store, me, fingerprint, following, should_stop
        self.tasks: dict[str, _Task] = {}
        self.ended: dict[str, _Task] = {}  # solved, to be written down
        self.beaten = self.renewed = self.seen = time.monotonic()
        self.owner = True

    def run(self, processes: int | None, scheduler: str) -> None:
        for run in self.store.runs(states=[State.RUNNING]):  # left by a worker that died: not the run's fault
            self.store.release(run.id, blameless=True)
        try:
            with Cluster(processes, scheduler) as cluster:
                while self.owner and not self.should_stop() and not self.following.ended():
                    self._turn(cluster)
        except OSError as error:  # what dask raises where its scheduler does not answer; the store has an error of its own
            raise SchedulerLost(str(error)) from error
        finally:
            for task in (*self.tasks.values(), *self.ended.values()):
                self.store.release(task.run.id, blameless=True)

    def _turn(self, cluster: Cluster) -> None:
        now = time.monotonic()
        if now - self.renewed > RENEW:
            self.renewed, self.owner = now, self.store.renew_lease(self.me)
        if cluster.alive:
            self.seen = now
        elif now - self.seen > LOST:
            raise SchedulerLost
        if now - self.beaten > BEAT:
            self.beaten = now
            asked = self.store.beat([task.run.id for task in self.tasks.values()]) if self.tasks else set()
            if asked and cluster.alive:
                cluster.stop([name for name, task in self.tasks.items() if task.run.id in asked])
        self._listen(cluster)
        self.ended = {name: self.tasks.pop(name) for name in [name for name, task in self.tasks.items() if task.future.done()]}
        self._take_back(cluster)
        started = self._start(cluster)  # first: a free process waits for it
        if self.ended:
            self._end_all(cluster)
        elif not started:
            cluster.woken.wait(TICK)
            cluster.woken.clear()

    # --- what processes tell

    def _listen(self, cluster: Cluster) -> None:
        points: dict[str, list[Point]] = {}
        plans = False
        while not cluster.said.empty():
            said: Mapping[str, Any] = cluster.said.get()
            if "begun" in said and said["task"] in self.tasks:
                self.tasks[said["task"]].begun += 1
            if "step" in said:
                points.setdefault(said["task"], []).append(Point(*said["step"]))
            plans = plans or "plan" in said
        for name, found in points.items():
            task = self.tasks.get(name) or self.ended.get(name)
            if task is not None:
                self.store.add_points(task.run.id, found)
        if plans:
            self._keep_plans(cluster)

    def _keep_plans(self, cluster: Cluster) -> None:
        for name, problem, status, packed, hash in cluster.plans():
            task = self.tasks.get(name) or self.ended.get(name)
            if task is not None:
                self.store.put_packed_plan(task.run.id, problem, status, packed, hash, self.fingerprint)

    # --- runs begin and end

    def _start(self, cluster: Cluster) -> bool:
        """Take one run that waits, where a process is free for it."""
        if not cluster.alive or len(self.tasks) >= cluster.places():
            return False
        for run in self.store.claim(self.me, 1):
            if not self._answer(run):
                names = [*run.problems, ROUTES_TODAY]
                known = self.store.known_plans(run.hash, run.limits, names, self.fingerprint)
                plans = {(ROUTES_PROBLEM if name == ROUTES_TODAY else name, hash): plan for (name, hash), plan in known.items()}
                name = f"run-{run.id}-{run.tries}-{time.time_ns()}"
                self.tasks[name] = _Task(run, cluster.submit(name, message_for(run, self.store.packed(run.hash), plans)))
            return True
        return False

    def _answer(self, run: Run) -> bool:
        """Answer a run from one that asked the same: same data, problems, limits, seed and versions."""
        for found in sorted(set(self.store.answering_runs(run.hash, run.limits, run.problems, self.fingerprint).values()), reverse=True):
            known = self.store.run(found)
            if known.state is State.DONE and known.problems == run.problems and known.outcome in ("ok", "impossible"):
                return self.store.finish(run.id, known.outcome, known.summary, answered_from=known.answered_from or known.id)
        return False

    def _end_all(self, cluster: Cluster) -> None:
        """Write down the runs that have ended, their last figures and plans first."""
        self._listen(cluster)
        self._keep_plans(cluster)
        for name in list(self.ended):
            self._end(self.ended[name])
            del self.ended[name]

    def _end(self, task: _Task) -> None:
        run, error = task.run, task.future.exception() if task.future.status == "error" else None
        if task.future.status == "finished":
            answer = task.future.result()
            self.store.finish(run.id, answer["outcome"], answer["summary"])
        elif error is None:  # cancelled: the scheduler went away
            self.store.release(run.id, blameless=True)
        elif not process_died(error):
            self.store.fail(run.id, "jobs.reason.broken", "".join(traceback.format_exception(error)))
        else:
            self._died(run, str(error))
        with contextlib.suppress(Exception):  # forgets the result on a scheduler that may be gone
            task.future.release()

    def _take_back(self, cluster: Cluster) -> None:
        """Runs that a cluster of its own settings has begun again by itself: begun anew with the plans they had, and counted."""
        again = [name for name, task in self.tasks.items() if task.begun > 1]
        if not again:
            return
        self._keep_plans(cluster)
        cluster.stop(again)
        for name in again:
            task = self.tasks.pop(name)
            task.future.cancel(force=True)
            self._died(task.run, "")

    def _died(self, run: Run, detail: str) -> None:
        """The process that solved a run is dead."""
        if run.tries < TRIES:
            self.store.note(Event("", "", "jobs.event.died", run.scenario_id, run.id))
            self.store.release(run.id)
        else:
            self.store.fail(run.id, "jobs.reason.died", detail)
