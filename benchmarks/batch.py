"""What running many small runs costs beside solving them: through a worker, a cluster started apart, and a plain pool.

`python -m benchmarks.batch --runs 200`. The pool is `concurrent.futures.ProcessPoolExecutor` on the same scenarios,
one after the other in the same call: no store, no progress, no retry, nothing kept.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchmarks import solve_log
from benchmarks.programs import Programs, end, until
from benchmarks.variants import PROVED, ask, group, variant
from planner import study
from planner.plan import Progress
from planner.scenario import Scenario
from planner.store import State, Store

ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # what dask gives its processes too
WARM = 4  # runs before those measured: programs are started, libraries loaded


@dataclass(frozen=True)
class Measure:
    """`wall`: seconds from the runs asked for to the last ended; `solving`: seconds inside studies, over all processes."""

    name: str
    runs: int
    workers: int
    wall: float
    solving: float

    @property
    def share(self) -> float:
        return self.solving / (self.wall * self.workers)

    @property
    def overhead(self) -> float:
        """Milliseconds of a process, per run, not spent in studies."""
        return 1000 * (self.wall * self.workers - self.solving) / self.runs


def main(argv: Sequence[str] | None = None) -> int:
    options = _options(argv)
    base = group()
    scenarios = [variant(base, number) for number in range(options.runs)]
    warm = [variant(base, -1 - number, f"warm {number}") for number in range(WARM)]
    measures = [_pool(warm, scenarios, options.workers)]
    for apart in (False, True):
        with tempfile.TemporaryDirectory() as place, Programs(Path(place)) as running, Store.open(Path(place) / "data") as store:
            measures.append(_worker(running, store, warm, scenarios, options.workers, apart))
    print(f"{options.runs} runs on {options.workers} processes; {os.cpu_count()} cores")
    print(f"{'':32}{'wall s':>8}{'s / run':>9}{'solving':>9}{'overhead ms':>13}{'wall / pool':>13}")
    for found in measures:
        print(
            f"{found.name:32}{found.wall:8.1f}{found.solving / found.runs:9.3f}{found.share:9.1%}{found.overhead:13.1f}{found.wall / measures[0].wall:13.3f}"
        )
    return 0


def _worker(running: Programs, store: Store, warm: list[Scenario], scenarios: list[Scenario], workers: int, apart: bool) -> Measure:
    scheduler = running.cluster(workers)[0] if apart else ""
    worker = running.worker(store.folder, workers, scheduler)
    ask(store, warm)
    until(lambda: _done(store) == len(warm), 120)
    began = time.perf_counter()
    ask(store, scenarios)
    until(lambda: _done(store) == len(warm) + len(scenarios), 3600, 0.02)
    wall = time.perf_counter() - began
    assert all(run.state is State.DONE for run in store.runs())
    end(worker)
    return Measure("dask scheduler and workers" if apart else "planner worker", len(scenarios), workers, wall, _solving(running.solves, scenarios))


def _done(store: Store) -> int:
    waiting = (State.QUEUED, State.RUNNING)
    return 0 if store.runs(states=waiting, limit=1) else len(store.runs())


def _pool(warm: list[Scenario], scenarios: list[Scenario], workers: int) -> Measure:
    with tempfile.TemporaryDirectory() as place:
        solves = str(Path(place) / "solves.tsv")
        os.environ.update(ONE_THREAD | {solve_log.FILE: solves})
        with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), solve_log.dask_setup, (None,)) as pool:
            list(pool.map(_solve, warm))
            began = time.perf_counter()
            list(pool.map(_solve, scenarios))
            wall = time.perf_counter() - began
        for name in (*ONE_THREAD, solve_log.FILE):
            del os.environ[name]
        return Measure("ProcessPoolExecutor", len(scenarios), workers, wall, _solving(Path(solves), scenarios))


def _solve(scenario: Scenario) -> dict[str, float | None]:
    return {name: result.plan.cost for name, result in study.run(scenario, ("purchasing",), PROVED, Progress()).results.items()}


def _solving(solves: Path, scenarios: list[Scenario]) -> float:
    measured = {scenario.name for scenario in scenarios}
    at = {"entered": 0.0, "left": 0.0}
    for line in solve_log.read(solves):
        if line.scenario in measured and line.word in at:
            at[line.word] += datetime.fromisoformat(line.at).timestamp()
    return at["left"] - at["entered"]


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("benchmarks.batch", description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args(argv)


if __name__ == "__main__":
    raise SystemExit(main())
