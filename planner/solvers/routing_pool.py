"""Routing searches in child processes, with progress, stop and a watchdog.

PyVRP looks at its stopping rule between iterations only and may hang inside one; a child that misses its
deadline or falls silent is killed, and the best routes it told of are kept.
"""

from __future__ import annotations

import contextlib
import math
import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from planner.solvers.routing import DayResult
from planner.solvers.routing_worker import Search, send

GRACE = 2.0  # seconds after the deadline, or after the wish to stop
READY = 5.0  # seconds that processes are given to start
SILENCE = 60.0  # seconds without a sign of life
ROOT = Path(__file__).resolve().parents[2]


class _Child:
    """One worker process and what it said."""

    def __init__(self) -> None:
        path = os.pathsep.join(part for part in (str(ROOT), os.environ.get("PYTHONPATH", "")) if part)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "planner.solvers.routing_worker", str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
        )
        self.said: queue.Queue[tuple[Any, ...]] = queue.Queue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.task: int | None = None
        self.search: Search | None = None
        self.started: float | None = None
        self.heard = time.monotonic()
        self.stopping: float | None = None
        self.best: DayResult | None = None

    def _listen(self) -> None:
        assert self.process.stdout is not None
        while True:
            try:
                self.said.put(pickle.load(self.process.stdout))
            except Exception:  # a killed child leaves half a message
                self.said.put(("gone",))
                return

    def give(self, task: int, search: Search) -> None:
        self.task, self.search, self.started, self.stopping, self.best = task, search, None, None, None
        self.heard = time.monotonic()
        self._send(("solve", task, search))

    def stop(self) -> None:
        if self.stopping is None:
            self.stopping = time.monotonic()
            self._send(("stop", self.task))

    def _send(self, message: tuple[Any, ...]) -> None:
        assert self.process.stdin is not None
        try:
            send(self.process.stdin, message)  # type: ignore[arg-type]
        except OSError:
            self.said.put(("gone",))

    def overdue(self) -> bool:
        now = time.monotonic()
        if self.stopping is not None and now - self.stopping > GRACE:
            return True
        limit = math.inf if self.search is None else self.search.stop.seconds
        if self.started is not None and now - self.started > limit + GRACE:
            return True
        return now - self.heard > SILENCE

    def kill(self) -> None:
        self.process.kill()
        self.close()

    def close(self) -> None:
        """End the process: with its input closed it ends by itself, else it is killed."""
        assert self.process.stdin is not None and self.process.stdout is not None
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(1.0)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._listener.join()
        self.process.stdout.close()


class Pool:
    """Up to `workers` searches at once. Use as a context manager; processes start when first needed."""

    def __init__(self, workers: int = 2) -> None:
        self.workers = max(1, workers)
        self._idle: list[_Child] = []
        self._alive: list[_Child] = []
        self._next = 0

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._alive:
            child.kill() if child not in self._idle else child.close()
        self._alive.clear()
        self._idle.clear()

    def ready(self) -> None:
        """Have all processes started: what that takes is then no part of the time of the first searches."""
        fresh = [self._begin() for _ in range(self.workers - len(self._alive))]
        until = time.monotonic() + READY
        for child in fresh:
            try:
                message = child.said.get(timeout=max(0.01, until - time.monotonic()))
            except queue.Empty:  # slow to start: its first search waits for it
                message = ("ready",)
            if message[0] == "gone":
                self._alive.remove(child)
                child.close()
            else:
                self._idle.append(child)

    def run(
        self,
        searches: Sequence[Search],
        should_stop: Callable[[], bool] = lambda: False,
        on_best: Callable[[int, DayResult], None] = lambda i, result: None,
        then: Callable[[int, DayResult], Search | None] = lambda i, result: None,
        enough: Callable[[int], bool] = lambda i: False,
    ) -> list[DayResult]:
        """The result of every search, in order; those not begun when stopped are infeasible with the note "stopped".

        `then`: the search that goes on from the one that ended with this result, in its place and at once, if any; the last result of
        a place counts. `enough`: whether the search in a place is to end now.
        """
        results: list[DayResult | None] = [None] * len(searches)
        following = dict(enumerate(searches))
        waiting = list(range(len(searches)))
        busy: dict[_Child, int] = {}
        while waiting or busy:
            stopping = should_stop()
            if stopping:
                for i in waiting:
                    results[i] = results[i] or DayResult(False, note="stopped")
                waiting.clear()
                for child in busy:
                    child.stop()
            while waiting and len(busy) < self.workers:
                child = self._idle.pop() if self._idle else self._begin()
                i = waiting.pop(0)
                busy[child] = i
                self._next += 1
                child.give(self._next, following[i])
            for child, i in list(busy.items()):
                if enough(i):
                    child.stop()
                ended = self._follow(child, i, on_best)
                if ended is not None:
                    results[i] = ended
                    del busy[child]
                    further = None if stopping else then(i, ended)
                    if further is not None:
                        following[i] = further
                        waiting.insert(0, i)
            if busy:
                time.sleep(0.02)
        return [result if result is not None else DayResult(False, note="lost") for result in results]

    def _begin(self) -> _Child:
        child = _Child()
        self._alive.append(child)
        return child

    def _follow(self, child: _Child, i: int, on_best: Callable[[int, DayResult], None]) -> DayResult | None:
        """What a child's messages came to: its result once it ended, else None."""
        while True:
            try:
                message = child.said.get_nowait()
            except queue.Empty:
                break
            child.heard = time.monotonic()
            if message[0] == "gone":
                self._alive.remove(child)
                child.close()
                return _salvage(child, "the search process ended by itself")
            if message[1] != child.task:
                continue
            if message[0] == "started":
                child.started = child.heard
            elif message[0] == "best":
                child.best = message[2]
                on_best(i, message[2])
            elif message[0] == "done":
                self._idle.append(child)
                result: DayResult = message[2]
                if result.feasible:
                    on_best(i, result)
                return result
            elif message[0] == "error":
                self._idle.append(child)
                return _salvage(child, message[2])
        if child.overdue():
            self._alive.remove(child)
            child.kill()
            return _salvage(child, "the search did not stop in time and was ended")
        return None


def _salvage(child: _Child, note: str) -> DayResult:
    """The best that a lost child told of, with the reason."""
    if child.best is None:
        return DayResult(False, note=note)
    return DayResult(**{**vars(child.best), "note": note})
