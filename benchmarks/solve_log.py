"""Loaded by the processes that solve (dask's `preload`): what they solve, written apart from the store.

One line in the file $PLANNER_SOLVES for each problem begun and solved, for each study entered and left: word, scenario, problem, hash, process, time (ISO 8601, UTC).
"""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import Any, NamedTuple

from planner.store import now

FILE = "PLANNER_SOLVES"


class Line(NamedTuple):
    word: str  # begun or solved: a problem; entered or left: a whole study, with its audits
    scenario: str
    problem: str
    hash: str
    process: int
    at: str


def dask_setup(_worker: Any) -> None:
    from planner import study
    from planner.catalog import problems

    run = study.run

    @functools.wraps(run)
    def watched(scenario: Any, *args: Any, **named: Any) -> Any:
        _write("entered", scenario, "")
        done = run(scenario, *args, **named)
        _write("left", scenario, "")
        return done

    vars(study)["run"] = watched
    for problem in problems().values():
        _watch(type(problem))


def _watch(kind: Any) -> None:
    solve = kind.solve

    @functools.wraps(solve)
    def watched(self: Any, scenario: Any, *args: Any, **named: Any) -> Any:
        _write("begun", scenario, self.name)
        plan = solve(self, scenario, *args, **named)
        _write("solved", scenario, self.name)
        return plan

    kind.solve = watched


def _write(word: str, scenario: Any, problem: str) -> None:
    """One call of the system for a line, so that lines of several processes never mix."""
    file = os.open(os.environ[FILE], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, "\t".join((word, scenario.name, problem, scenario.hash, str(os.getpid()), f"{now()}\n")).encode())
    os.close(file)


def read(path: Path) -> list[Line]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [Line(*fields[:4], int(fields[4]), fields[5]) for fields in (line.split("\t") for line in lines)]
