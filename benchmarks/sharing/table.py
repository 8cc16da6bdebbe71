"""`python -m benchmarks sharing FILE`: every method on published games, against the published figures.

A game of values v is read as the cost game c(S) = -v(S) for Shapley values and cores; charges change sign on the way back.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np

from planner.solvers import sharing
from planner.solvers.sharing import Game

CLOSE = 2e-6  # of the largest figure: published ones are rounded


def read(row: dict[str, str]) -> Game:
    """The cost game of a line: coalitions by size, then in order."""
    n = int(row["n"])
    sign = -1.0 if row["kind"] == "value" else 1.0
    values = [float(v) for v in row["values_by_size_then_lex"].split(";")]
    order = [sharing.coalition(those) for size in range(1, n + 1) for those in combinations(range(n), size)]
    return Game.of(n, {bits: sign * value for bits, value in zip(order, values, strict=True)})


def differences(row: dict[str, str]) -> dict[str, float]:
    """By figure published: how far ours is from it, as a share of the game's largest value."""
    game = read(row)
    sign = -1.0 if row["kind"] == "value" else 1.0
    scale = float(np.abs(game.cost).max())
    methods: dict[str, Callable[[], Sequence[float] | float]] = {
        "shapley": lambda: sign * sharing.shapley(game),
        "nucleolus": lambda: sign * sharing.nucleolus(game),
        "acam": lambda: sharing.acam(game),
        "proportional_standalone": lambda: sharing.proportional(game.total, game.alone),
        "epm_min_f": lambda: scale * sharing.equal_profit(game)[0],
        "least_core_eps_savings": lambda: sharing.least_core(game)[0],
        "core_nonempty": lambda: scale * float(sharing.least_core(game)[0] <= game.close),
        "shapley_in_core": lambda: scale * float(_inside(game, sharing.shapley(game))),
    }
    found = {}
    for name, method in methods.items():
        if row.get(name):
            published = np.array([float(v) for v in row[name].split(";")])
            if name in ("core_nonempty", "shapley_in_core", "epm_min_f"):
                published = published * scale
            found[name] = float(np.abs(np.atleast_1d(method()) - published).max()) / scale
    return found


def _inside(game: Game, charges: np.ndarray) -> bool:
    costs = {bits: float(game.cost[bits]) for bits in range(1, game.all)}
    return sharing.core_test(charges.tolist(), costs, costs).verdict is sharing.Core.INSIDE


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks sharing", description=__doc__)
    parser.add_argument("file", type=Path, help="a CSV file of games")
    asked = parser.parse_args(words)
    if not asked.file.is_file():
        print(f"{asked.file}: no such file. The benchmark needs the published games; nothing was run.")
        return 2
    wrong = checked = 0
    with asked.file.open(newline="") as source:
        for row in csv.DictReader(source):
            began = time.perf_counter()
            found = differences(row)
            bad = {name: far for name, far in found.items() if far > CLOSE}
            wrong, checked = wrong + len(bad), checked + len(found)
            told = "agrees" if not bad else "differs: " + ", ".join(f"{name} by {100 * far:.4f} %" for name, far in bad.items())
            print(f"{row['game']:28} {row['n']:>2} members, {len(found)} figures, {1000 * (time.perf_counter() - began):7.1f} ms: {told}")
    print(f"{checked - wrong} of {checked} published figures agree within {CLOSE:g} of the game's largest value.")
    return 1 if wrong else 0
