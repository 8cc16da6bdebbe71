"""`python -m benchmarks rosters`: drivers found for random weeks of duties, against the first fit and the simple lower bound.

Duties of 2 to 7.5 hours begin between 5:00 and 13:00, the same number on each of six days; rules of a French public hospital (48 h and
five days a week, 9 h a day, 12 h of rest, 36 h in a row once a week).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

import numpy as np

from planner.solvers.rostering import DutyData, TeamData, first_fit, least_drivers, solve

H = 3600


def week(duties: int, a_day: int, seed: int) -> TeamData:
    """A team with so many duties on each of six days, and so many a day and driver."""
    rng = np.random.default_rng(seed)
    made = []
    for day in range(6):
        for _ in range(duties):
            starts, seconds = int(rng.integers(20, 52)) * 900, int(rng.integers(8, 30)) * 900
            made.append(DutyData(day, starts, starts + seconds, seconds))
    return TeamData(tuple(made), None, 35 * H, 48 * H, 5, a_day, 9 * H, 10 * H + 1800, 12 * H, 36 * H)


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks rosters", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    asked = parser.parse_args(words)
    print("duties  a day  first fit  drivers  at least  proven  CPU seconds (means over the seeds)")
    for a_day in (1, 2):
        for duties in (3, 5, 8, 12, 17):
            lines = []
            for seed in range(asked.seeds):
                team, began = week(duties, a_day, seed), time.process_time()
                found = solve(team)
                lines.append((max(first_fit(team)) + 1, found.used, max(found.least, least_drivers(team)), found.proven, time.process_time() - began))
            means = np.mean(np.array(lines, dtype=float), axis=0)
            print(f"{6 * duties:6}  {a_day:5}  {means[0]:9.1f}  {means[1]:7.1f}  {means[2]:8.1f}  {means[3]:6.0%}  {means[4]:8.2f}", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
