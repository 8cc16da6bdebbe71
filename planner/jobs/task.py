"""What a process of the cluster does: solve one run, tell how it goes, hear when to stop.

A task carries its data and knows neither store nor file, so that a cluster needs no shared disk. What it tells
goes through the scheduler: short reports as events, plans through a queue as soon as each is solved, so that a run
whose process dies goes on after its last finished problem.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Mapping
from typing import Any

import pandas as pd
from distributed import Queue, get_worker

from planner import study
from planner.catalog import TABLES
from planner.codec import fitted, frame_from, limits_from, limits_to, pack, plan_from, plan_to, unpack
from planner.digest import outcome, summary
from planner.plan import Plan, Progress, Step
from planner.scenario import Scenario
from planner.store.records import Run

REPORT_EVERY = 0.4  # seconds between two reports of one problem and phase
_stopped: set[str] = set()  # tasks asked to stop, in this process


async def ask_stop(tasks: list[str]) -> None:
    """Run in the cluster's processes, outside of its tasks: the runs named end with the best plan they have.

    A coroutine because dask runs nothing else without waiting for its answer.
    """
    _stopped.update(tasks)


def message_for(run: Run, tables: Mapping[str, bytes], known: Mapping[tuple[str, str], Plan]) -> dict[str, Any]:
    """What `solve_run` is sent. `tables`: the scenario as the store keeps it; `known`: plans made before, by (problem, hash)."""
    return {
        "name": run.name, "tables": dict(tables), "problems": list(run.problems), "limits": limits_to(run.limits),
        "known": [(*key, pack(plan_to(plan))) for key, plan in known.items()],
    }  # fmt: skip


@functools.lru_cache(maxsize=128)
def _frame(name: str, packed: bytes) -> pd.DataFrame:
    """One table, kept for the next variant, which has most of its tables in common."""
    table = next(table for table in TABLES if table.name == name)
    return frame_from(table, fitted(table, unpack(packed))[0])


def _scenario(name: str, packed: Mapping[str, bytes]) -> Scenario:
    return Scenario(name, TABLES, {table.name: _frame(table.name, packed[table.name]) if table.name in packed else table.frame() for table in TABLES})


class _Told(Progress):
    """Reports to whoever follows; stops when this process was asked to."""

    def __init__(self, task: str, topic: str) -> None:
        super().__init__(self._tell)
        self.task, self.topic = task, topic
        self._worker = get_worker()  # known in the task's own thread only; solvers report from others too
        self._lock = threading.Lock()
        self._last: tuple[str, str] = ("", "")
        self._at = 0.0
        self._kept: Step | None = None

    def should_stop(self) -> bool:
        return super().should_stop() or self.task in _stopped

    def _tell(self, step: Step) -> None:
        now, what = time.monotonic(), (step.problem, step.phase)
        with self._lock:
            if what == self._last and now - self._at < REPORT_EVERY:
                self._kept = step
                return
            if what != self._last:
                self._flush()  # the last figures of a problem or phase are never lost
            self._last, self._at, self._kept = what, now, None
            self._send(step)

    def flush(self) -> None:
        with self._lock:
            self._flush()

    def _flush(self) -> None:
        if self._kept is not None:
            self._send(self._kept)
            self._kept = None

    def _send(self, step: Step) -> None:
        self._worker.log_event(self.topic, {"task": self.task, "step": [step.problem, step.seconds, step.cost, step.bound, step.phase]})


def solve_run(task: str, topic: str, message: Mapping[str, Any]) -> dict[str, Any]:
    """Solve the problems of a run. Returns its outcome and summary; its plans have gone through the queue `topic`."""
    worker = get_worker()
    worker.log_event(topic, {"task": task, "begun": True})
    plans = Queue(topic)

    def on_plan(name: str, plan: Plan) -> None:
        progress.flush()
        plans.put((task, name, str(plan.status), pack(plan_to(plan)), plan.scenario_hash))
        worker.log_event(topic, {"task": task, "plan": name})

    progress = _Told(task, topic)
    known = {(problem, hash): plan_from(unpack(packed)) for problem, hash, packed in message["known"]}
    try:
        scenario = _scenario(message["name"], message["tables"])
        done = study.run(scenario, message["problems"], limits_from(message["limits"]), progress, known=known, on_plan=on_plan)
        progress.flush()
        ended = "stopped" if progress.should_stop() and not done.results else outcome(done)
        return {"outcome": ended, "summary": summary(done)}
    finally:
        _stopped.discard(task)
