"""The processes that solve: a cluster of this computer's own, or one that runs already; dask behind one small class."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import threading
import uuid
from collections.abc import Mapping
from typing import Any

import dask
from distributed import Client, Future, LocalCluster, Queue
from distributed.scheduler import KilledWorker

from planner.jobs.task import ask_stop, solve_run

SETTINGS = {
    "distributed.scheduler.allowed-failures": 0,  # a run whose process dies comes back at once: tries are counted by the store
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.daemon": True,
    "distributed.admin.low-level-log-length": 100,  # reports are read as they come, not kept
    "distributed.comm.timeouts.connect": "10s",
    "distributed.worker.multiprocessing-method": "spawn",
}


class Cluster:
    """Submits runs and hands over what they tell. Use as a context manager; raises OSError where it cannot be reached."""

    def __init__(self, processes: int | None = None, scheduler: str = "") -> None:
        self._local: LocalCluster | None = None
        self.woken = threading.Event()
        self.said: queue.Queue[Mapping[str, Any]] = queue.Queue()
        self.topic = f"planner-{uuid.uuid4().hex}"
        for name in ("distributed", *(name for name in logging.root.manager.loggerDict if name.startswith("distributed."))):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # a dead process is said in the run, not in a log
        with dask.config.set(SETTINGS):
            if scheduler:
                self.client = Client(scheduler, timeout="10s", set_as_default=False)
            else:
                self._local = _local(processes or os.cpu_count() or 1)
                self.client = Client(self._local, set_as_default=False)
        self._plans = Queue(self.topic, client=self.client)
        self.client.subscribe_topic(self.topic, self._hear)

    def _hear(self, event: tuple[float, Any]) -> None:
        self.said.put(event[1])
        self.woken.set()

    @property
    def alive(self) -> bool:
        """Whether the scheduler answers; a lost one is looked for again by the client itself."""
        return str(self.client.status) == "running"

    def places(self) -> int:
        """How many runs it can solve at a time, now."""
        found = self.client.scheduler_info(n_workers=-1).get("workers", {})
        return sum(int(worker["nthreads"]) for worker in found.values())

    def submit(self, task: str, message: Mapping[str, Any]) -> Future:
        """Start a run; `woken` is set when it ends."""
        future = self.client.submit(solve_run, task, self.topic, message, key=task, pure=False)
        future.add_done_callback(lambda _: self.woken.set())
        return future

    def stop(self, tasks: list[str]) -> None:
        """Ask runs to end with the best plan they have; heard between two steps of the solver."""
        self.client.run(ask_stop, tasks, wait=False, on_error="ignore")

    def plans(self) -> list[tuple[str, str, str, bytes, str]]:
        """The plans told since: (task, name, status, packed plan, hash solved on)."""
        found = self._plans.qsize()
        return [tuple(plan) for plan in self._plans.get(batch=found)] if found else []

    def close(self) -> None:
        with contextlib.suppress(OSError, RuntimeError):  # a scheduler that is gone needs no farewell, dask stumbles over it
            self.client.close(timeout=2)
        if self._local is not None:
            self._local.close(timeout=5)

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _local(processes: int) -> LocalCluster:
    """Processes of this computer; raises OSError where they cannot be started."""
    try:
        return LocalCluster(
            n_workers=processes, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None,
            scheduler_kwargs={"dashboard_address": "127.0.0.1:0"}, silence_logs=logging.CRITICAL,
        )  # fmt: skip
    except RuntimeError as error:  # what dask raises where a process ends before it answers
        raise OSError(str(error)) from error


def process_died(error: BaseException | None) -> bool:
    """Whether a run ended because the process that solved it did."""
    return isinstance(error, KilledWorker)
