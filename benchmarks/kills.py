"""Many runs, programs killed at random moments, and the proof that nothing was lost nor done twice.

`python -m benchmarks.kills --runs 100 --kills 5`. Exit code 1 where the proof fails.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks import solve_log
from benchmarks.programs import Programs, end, kill, tasks, until
from benchmarks.variants import ask, group, variant
from planner.store import State, Store


def main(argv: Sequence[str] | None = None) -> int:
    options = _options(argv)
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as place, Programs(Path(place)) as running, Store.open(Path(place) / "data") as store:
        scenario = group()
        runs = ask(store, [variant(scenario, number) for number in range(options.runs)])
        began, worker, said = time.monotonic(), running.worker(store.folder, options.workers), list[str]()
        for number in range(options.kills):
            wanted = (number + chance.random()) * options.runs / (options.kills + 0.5)  # spread over the whole, not regular
            until(lambda wanted=wanted: len(_ended(store)) >= wanted, 600, 0.02)  # type: ignore[misc]
            time.sleep(chance.random() * 0.5)
            alive = tasks(worker)
            if number % 2 == 0 and alive:
                kill(chance.choice(alive))
                said.append("process")
            else:
                kill(worker)
                worker = running.worker(store.folder, options.workers)
                said.append("worker")
        until(lambda: len(_ended(store)) == len(runs), 1200, 0.1)
        seconds = time.monotonic() - began
        found = faults(store, running.solves, [run.id for run in runs])
        code = end(worker)
        until(lambda: not running.living(), 20)
        begun, solved = (sum(line.word == word for line in solve_log.read(running.solves)) for word in ("begun", "solved"))
        print(f"{len(runs)} runs, {options.workers} processes, {seconds:.0f} s; killed: {', '.join(said)}")
        print(f"done {sum(run.state is State.DONE for run in store.runs())}, solves begun {begun}, solved {solved}, worker's exit code {code}, programs left 0")
    print("\n".join(found) if found else "none lost, none done twice")
    return 1 if found or code else 0


def _ended(store: Store) -> list[int]:
    return [run.id for run in store.runs(states=[state for state in State if state.ended])]


def faults(store: Store, solves: Path, asked: list[int]) -> list[str]:
    """What is not as it should be: by the runs' states, by their history, by their plans, by the log of the solves.

    A solve whose process dies between its last step and the plan's arrival in the store, a few hundredths of a second,
    is solved again: that is no fault, but shows in the number of solves.
    """
    runs = {run.id: run for run in store.runs()}
    ends = [event for event in store.events(limit=100_000) if event.what == "store.event.finished"]
    finished, when = Counter(event.run_id for event in ends), {event.run_id: event.when for event in ends}
    lines = solve_log.read(solves)
    solved = Counter(line.scenario for line in lines if line.word == "solved")
    last = {line.scenario: line.at for line in lines if line.word == "begun"}
    found = []
    for run_id in asked:
        run = runs[run_id]
        if (run.state, run.outcome, run.answered_from) != (State.DONE, "ok", None):
            found.append(f"run {run_id}: {run.state} {run.outcome} {run.reason}")
        if set(store.plans(run_id)) != set(run.problems):
            found.append(f"run {run_id}: plans {sorted(store.plans(run_id))}")
        if finished[run_id] != 1 or not solved[run.name]:
            found.append(f"run {run_id}: finished {finished[run_id]} times, solved {solved[run.name]} times")
        if run_id in when and last[run.name] > when[run_id]:
            found.append(f"run {run_id}: begun again once it had ended")
    return found


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("benchmarks.kills", description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(argv)


if __name__ == "__main__":
    raise SystemExit(main())
