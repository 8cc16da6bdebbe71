"""A state of `routing_ruin` between two others: around one item the days of the second, elsewhere the routes of the first.

Which days are tight is settled early in an annealing and seldom changed later; two answers that differ in it have each found good
days for a part of the items. (Vidal, Crainic, Gendreau, Lahrichi, Rei, Operations Research 60, 2012, cross days; here neighbourhoods
are, since what a pattern costs depends on those of the neighbours.)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.solvers.routing_ruin import anneal, assign

LEAST, MOST = 0.15, 0.6  # of the items, around the one chosen
ANY = 1e15  # a temperature at which everything is kept


def cross(first: Any, second: Any, state: Any, best: Any, p: Any, rng: np.random.Generator, seed: int) -> bool:
    """`state` and `best` (arrays of their own) become a state between the best ones `first` and `second`; False where these
    do not differ around the item drawn. Items that find no place on their new days wait aside.
    """
    n = len(state.item)
    around = np.argsort(p.dist[rng.integers(n), :n], kind="stable")[: max(1, int(n * rng.uniform(LEAST, MOST)))]
    moved = around[(first.chosen[around] != second.chosen[around]) & (second.aside[around] == 0)]
    if not len(moved):
        return False
    for source, target in zip(first, best, strict=True):
        target[...] = source
    best.aside[moved] = 1
    _without(best, moved, n * p.days, p.days)
    assign(best, state, p)
    item = state.item
    kept = item["first"].copy(), item["last"].copy()
    item["first"][moved], item["last"][moved] = second.chosen[moved], second.chosen[moved] + 1
    best.cost[0] = np.inf  # what comes of the next iteration is the best state, whatever it costs
    anneal(state, best, p, 1, ANY, ANY, seed)
    item["first"], item["last"] = kept
    return True


def _without(best: Any, items: Any, visits: int, days: int) -> None:
    """The routes of a best state without some items."""
    gone = np.zeros(len(best.nxt), bool)
    gone[(items[:, None] * days + np.arange(days)).ravel()] = True
    following = best.nxt.tolist()
    for r, kind in enumerate(best.kind.tolist()):
        if kind < 0:
            continue
        last = visits + 2 * r + 1
        row, w = [last - 1], following[last - 1]
        while w != last:
            if not gone[w]:
                row.append(w)
            w = following[w]
        if len(row) == 1:
            best.kind[r] = -1
        best.nxt[row] = [*row[1:], last]
