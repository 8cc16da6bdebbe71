"""Starts, watches and kills the programs measured: `planner worker`, a dask scheduler and its workers."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from benchmarks import solve_log

ROOT = Path(__file__).resolve().parent.parent


class Programs:
    """Programs started in one folder; none of them, nor what they started, outlives the `with` block.
    `preloads`: modules that the solving processes load, beside the log of what they solve.

    They and all that they start are known by a variable of their environment, whoever their parent is by then.
    """

    def __init__(self, folder: Path, preloads: Sequence[str] = ()) -> None:
        self.folder = folder
        self.solves = folder / "solves.tsv"
        self.environment = {
            **os.environ, "PYTHONPATH": str(ROOT), solve_log.FILE: str(self.solves),
            "DASK_DISTRIBUTED__WORKER__PRELOAD": repr([solve_log.__name__, *preloads]),
        }  # fmt: skip
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str, name: str = "program", **more: str) -> subprocess.Popen[bytes]:
        """`python -m command`; what it says is in the folder, `<name>.log`."""
        with self.log(name).open("ab") as log:
            made = subprocess.Popen(
                [sys.executable, "-m", *command], cwd=ROOT, env={**self.environment, **more}, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self.started.append(made)
        return made

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def worker(self, data: Path, workers: int = 2, scheduler: str = "", name: str = "worker") -> subprocess.Popen[bytes]:
        asked = ["--scheduler", scheduler] if scheduler else []
        return self.start("planner", "worker", "--lang", "en", "--data", str(data), "--workers", str(workers), *asked, name=name)

    def cluster(self, workers: int = 2, port: int = 0) -> tuple[str, subprocess.Popen[bytes], list[subprocess.Popen[bytes]]]:
        """A dask scheduler and workers of one thread each, as separate programs. Returns (address, scheduler, workers)."""
        told = self.folder / "scheduler.json"
        told.unlink(missing_ok=True)
        scheduler = self.start(
            "dask", "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-show", "--scheduler-file", str(told), name="scheduler"
        )  # fmt: skip
        until(lambda: told.exists() and told.read_text().rstrip().endswith("}"), 40)
        address = str(json.loads(told.read_text())["address"])
        made = [
            self.start("dask", "worker", address, "--nthreads", "1", "--no-dashboard", "--local-directory", str(self.folder), name=f"dask-{place}")
            for place in range(workers)
        ]
        return address, scheduler, made

    def living(self) -> list[psutil.Process]:
        """What was started here, directly or not, and still lives."""
        return [process for process in psutil.process_iter() if process.pid != os.getpid() and self._ours(process)]

    def _ours(self, process: psutil.Process) -> bool:
        with contextlib.suppress(psutil.Error, OSError):
            return process.status() != psutil.STATUS_ZOMBIE and process.environ().get(solve_log.FILE) == str(self.solves)
        return False

    def __enter__(self) -> Programs:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.living():
            with contextlib.suppress(psutil.Error):
                process.kill()
        for started in self.started:
            started.wait()


def tasks(worker: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """The processes of a worker that solve."""
    found = []
    with contextlib.suppress(psutil.Error):
        for child in psutil.Process(worker.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if any("spawn_main" in word for word in child.cmdline()):
                    found.append(child)
    return found


def kill(process: subprocess.Popen[bytes] | psutil.Process) -> None:
    """At once, without a chance to say anything."""
    with contextlib.suppress(psutil.Error, ProcessLookupError):
        process.kill()
    with contextlib.suppress(psutil.Error):
        process.wait(10)


def end(process: subprocess.Popen[bytes], seconds: float = 30) -> int:
    """Ask to end as Ctrl-C does; returns the exit code."""
    process.send_signal(signal.SIGINT)
    return process.wait(seconds)


def until(true: Callable[[], object], seconds: float, every: float = 0.05) -> None:
    """Wait; raises TimeoutError."""
    last = time.monotonic() + seconds
    while not true():
        if time.monotonic() > last:
            raise TimeoutError(f"not after {seconds} s")
        time.sleep(every)
