"""What the tests of the worker share: what was solved, and waiting for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks import solve_log
from benchmarks.programs import until
from planner.plan import Limits
from planner.store import Run, Store

ENDLESS = Limits(seconds=600, seed=1, threads=1, gap=0.0)  # kitchens are searched for as long as they are left


def wait(store: Store, runs: Sequence[Run], seconds: float = 90) -> list[Run]:
    """The runs once all have ended."""
    until(lambda: all(store.run(run.id).state.ended for run in runs), seconds, 0.1)
    return [store.run(run.id) for run in runs]


def counted(path: Path, word: str = "solved") -> Counter[tuple[str, str]]:
    """How often each (scenario, problem) was solved, or begun."""
    return Counter((line.scenario, line.problem) for line in solve_log.read(path) if line.word == word)
