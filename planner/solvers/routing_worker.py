"""Child process that runs one routing search at a time: `python -m planner.solvers.routing_worker`.

Speaks pickled tuples over its standard input and output. In: ("solve", id, Search), ("stop", id). Out:
("ready", None) once, ("started", id), ("alive", id), ("best", id, DayResult), ("done", id, DayResult), ("error", id, reason). No search
outlives the process that asked for it (its number is the argument): the worker ends with its input, and on Linux the
system kills it with its parent, which also holds while the engine keeps the interpreter busy or a process forked
elsewhere keeps the input open.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pickle
import queue
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from planner.solvers.routing import WEEKDAY, DayData, DayResult, RouteData, StopRule, Style, solve
from planner.solvers.routing_strings import Strings, prepare
from planner.solvers.routing_strings import solve as solve_strings

PR_SET_PDEATHSIG = 1  # prctl(2)
TELL_EVERY = 0.3  # seconds between two reports
LOADED = 2.0  # seconds at most that loading what is compiled already takes off a search's time


@dataclass(frozen=True)
class Search:
    """What to search: see `planner.solvers.routing.solve`."""

    day: DayData
    stop: StopRule
    seed: int
    start: Sequence[RouteData] = ()
    paid: Sequence[int] = ()
    style: Style | Strings = WEEKDAY
    harvest: int = 0


def send(stream: BinaryIO, message: tuple[Any, ...]) -> None:
    pickle.dump(message, stream, protocol=pickle.HIGHEST_PROTOCOL)
    stream.flush()


def die_with(parent: int) -> None:
    """On Linux, have the system kill this process when its parent ends; end at once if that is gone already."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)


def main(parent: int) -> None:
    die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole process group: the parent says when to stop
    source = sys.stdin.buffer
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nothing else may write into the pipe
    tasks: queue.Queue[tuple[int, Search]] = queue.Queue()
    stopped: set[int] = set()

    def listen() -> None:
        while True:
            try:
                message = pickle.load(source)
            except (EOFError, OSError):
                os._exit(0)
            if message[0] == "solve":
                tasks.put((message[1], message[2]))
            else:
                stopped.add(message[1])

    threading.Thread(target=listen, daemon=True).start()
    with contextlib.suppress(OSError):
        send(out, ("ready", None))
    while True:
        task, search = tasks.get()
        try:
            if isinstance(search.style, Strings):
                spent = _prepare(out, task, search.day)
                search = replace(search, stop=replace(search.stop, seconds=search.stop.seconds - min(spent, LOADED, 0.5 * search.stop.seconds)))
            send(out, ("started", task))
            send(out, ("done", task, _run(out, task, search, stopped)))
        except OSError:
            return
        except Exception as error:  # any failure of the engine is told to the parent
            send(out, ("error", task, f"{type(error).__name__}: {error}"))


def _prepare(out: BinaryIO, task: int, day: DayData) -> float:
    """Have the search compiled, with signs of life; the seconds it took. Its time begins afterwards, but for what loading takes."""
    began = time.monotonic()
    making = threading.Thread(target=prepare, args=(day,), daemon=True)
    making.start()
    while making.is_alive():
        making.join(TELL_EVERY)
        send(out, ("alive", task))
    return time.monotonic() - began


def _run(out: BinaryIO, task: int, search: Search, stopped: set[int]) -> DayResult:
    told = time.monotonic()
    pending: list[DayResult] = []

    def tell() -> None:
        nonlocal told
        if time.monotonic() - told >= TELL_EVERY:
            send(out, ("best", task, pending.pop()) if pending else ("alive", task))
            told = time.monotonic()

    def should_stop() -> bool:
        tell()
        return task in stopped

    def on_best(result: DayResult) -> None:
        pending[:] = [result]
        tell()

    if isinstance(search.style, Strings):
        return solve_strings(search.day, search.stop, search.seed, search.start, search.style, should_stop, on_best, search.harvest)
    return solve(search.day, search.stop, search.seed, search.start, search.paid, should_stop, on_best, search.style, search.harvest)


if __name__ == "__main__":
    main(int(sys.argv[1]))
