"""`planner serve`: the editor and the worker as two programs kept alive, both stopped together.

Each child holds the reading end of a pipe from here and ends when it closes, so that nothing survives this process,
however it ends, on any system.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

RESTARTS, WITHIN = 5, 120.0  # a program that ends more often than this within so many seconds is given up
GRACE = 8.0  # seconds to end in order before being killed


class GivenUp(Exception):
    """A program that ends again and again: `name`."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass
class Child:
    """A program to keep alive: `name` for messages, its command line, the folder it runs in."""

    name: str
    command: Sequence[str]
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)

    def start(self) -> None:
        self.starts = [at for at in self.starts if time.monotonic() - at < WITHIN]
        if len(self.starts) > RESTARTS:
            raise GivenUp(self.name)
        self.starts.append(time.monotonic())
        self.ask_end()  # closes the pipe of the one that ended
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, cwd=self.folder, env={**os.environ, "PLANNER_CHILD": "1"}
        )

    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def ask_end(self) -> None:
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()

    def end(self, until: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def keep_alive(children: Sequence[Child], should_stop: Callable[[], bool], on_restart: Callable[[str], None] = lambda name: None) -> None:
    """Run the programs until `should_stop`, starting again one that ends; then end them all. Raises GivenUp."""
    try:
        for child in children:
            child.start()
        while not should_stop():
            for child in children:
                if child.ended():
                    child.start()
                    on_restart(child.name)
            time.sleep(0.2)
    finally:
        for child in children:
            child.ask_end()
        until = time.monotonic() + GRACE
        for child in children:
            child.end(until)


def end_with_parent(stop: Callable[[], None]) -> None:
    """In a child: call `stop` once the pipe from the parent closes. Does nothing in a program started by hand."""
    if os.environ.get("PLANNER_CHILD") != "1":
        return

    def watch() -> None:
        while sys.stdin.buffer.read(1):
            pass
        stop()

    threading.Thread(target=watch, daemon=True).start()


def port_free(address: str, port: int) -> bool:
    """Whether a server could listen there."""
    with socket.socket() as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True
