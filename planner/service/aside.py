"""Computations in a process of their own: told how they go, stopped at will, their answer kept until asked for.

For what is neither a plan nor worth a run in the store, and too long for whoever draws pages. A fresh interpreter takes a
function of this package by name, so that nothing of the caller's main module runs again; it ends with its caller.
"""

from __future__ import annotations

import importlib
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from planner.plan import Progress, Step

ROOT = Path(__file__).resolve().parents[2]
EVERY = 0.2  # seconds between two reports


class Aside:
    """`function(*args, progress)` in another process. Plain data and the package's own classes only go either way."""

    def __init__(self, function: Callable[..., Any], *args: Any) -> None:
        self.step: Step | None = None
        self.answer: Any = None
        self.done = self.failed = self.stopped = False
        self.began = time.monotonic()
        path = os.pathsep.join(part for part in (str(ROOT), os.environ.get("PYTHONPATH", "")) if part)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "planner.service.aside"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}
        )  # fmt: skip
        assert self._process.stdin is not None
        pickle.dump((function.__module__, function.__qualname__, args), self._process.stdin)
        self._process.stdin.flush()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def stop(self) -> None:
        """Ask it to end with what it has."""
        self.stopped = True
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        try:
            while True:
                kind, what = pickle.load(self._process.stdout)
                if kind == "step":
                    self.step = what
                else:
                    self.answer = what
                    break
        except Exception:  # a process that dies leaves half a message
            self.failed = True
        self.done = True
        self._process.stdout.close()
        self.stop_quietly()
        self._process.wait()

    def stop_quietly(self) -> None:
        stopped = self.stopped
        self.stop()
        self.stopped = stopped


def main() -> None:
    """What the process does."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not get among the answers
    module, name, args = pickle.load(sys.stdin.buffer)
    lock = threading.Lock()
    last = 0.0

    def tell(kind: str, what: Any) -> None:
        with lock:
            pickle.dump((kind, what), answers)
            answers.flush()

    def on_step(step: Step) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY:
            last = time.monotonic()
            tell("step", step)

    progress = Progress(on_step)

    def wait() -> None:
        sys.stdin.buffer.read()  # ends when the caller stops it, or is no more
        progress.stop()

    threading.Thread(target=wait, daemon=True).start()
    tell("answer", getattr(importlib.import_module(module), name)(*args, progress))
    answers.close()
    os._exit(0)  # the thread that waits would keep it


if __name__ == "__main__":
    main()
