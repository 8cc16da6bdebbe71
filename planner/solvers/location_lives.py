"""Lives (states of all facilities over time) near a given one, for the search of `planner.solvers.location_roadmap`.

A facility's life is a path through its arcs. The relaxation's reduced costs say what each path costs beyond the ones that
the relaxation uses: new paths are drawn with weight exp(-cost / temperature), by summing weights backwards over the arcs. The
other change moves one transition of a path to a neighbouring period. `drawn`: lives along the arcs of a relaxed solution in the proof.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from planner.solvers.location import Facility, Floats, Ints
from planner.solvers.location_program import Program
from planner.solvers.location_rows import Relaxation

SHIFTS = 0.5  # share of the changes that move a transition
TRIES = 40
UNUSED = 1e-7  # flow of an arc up to which a relaxed solution does not use it


class Lives:
    """Draws lives. `temperatures`: in the unit of the costs, one drawn for each path."""

    def __init__(self, relaxation: Relaxation, temperatures: tuple[float, ...], rng: np.random.Generator) -> None:
        made, reduced = relaxation.made, relaxation.reduced
        self.facilities = made.data.facilities
        self.rng, self.temperatures = rng, temperatures
        node: dict[tuple[int, int, int], float] = {key: float(reduced[column]) for key, column in made.z.items()}
        keys = {column: key for key, column in made.z.items()}
        for column in made.branching:
            for other, value in made.sums[column]:
                if other in keys:
                    node[keys[other]] += value * float(reduced[column])
        self.price: list[Floats] = []
        for k, facility in enumerate(self.facilities):
            usable = [relaxation.made.model.upper[column] > 0 for column in made.arc[k]]
            price = [
                float(reduced[column]) + node[k, int(t), int(s)] if good else np.inf
                for column, good, (t, _, s) in zip(made.arc[k], usable, facility.arcs, strict=True)
            ]
            self.price.append(np.array(price))

    def near(self, states: Ints) -> Ints:
        """One or two facilities' lives changed; the same states where nothing else was found."""
        changed = states.copy()
        for _ in range(1 if self.rng.random() < 0.6 else 2):
            for _ in range(TRIES):
                k = int(self.rng.integers(len(states)))
                facility = self.facilities[k]
                row = self._shifted(facility, changed[k]) if self.rng.random() < SHIFTS else self._drawn(k)
                if row is not None and not np.array_equal(row, changed[k]):
                    changed[k] = row
                    break
        return changed

    def _shifted(self, facility: Facility, states: Ints) -> Ints | None:
        """One transition a period earlier or later; None where the arcs do not allow it."""
        present = np.flatnonzero(facility.present)
        before = np.append(facility.start, states[present[:-1]]) if len(present) else np.zeros(0, np.int64)
        moves = np.flatnonzero(states[present] != before)
        if not len(moves):
            return None
        i = int(self.rng.choice(moves))
        row = states.copy()
        if self.rng.random() < 0.5:
            row[present[i]] = before[i]
        elif i > 0:
            row[present[i - 1]] = states[present[i]]
        last = facility.start
        for t in present:
            if (int(t), last, int(row[t])) not in facility.arc_index:
                return None
            last = int(row[t])
        return row

    def _drawn(self, k: int) -> Ints | None:
        """A path by its price; None for a facility that is never present."""
        facility, price = self.facilities[k], self.price[k]
        temperature = self.temperatures[int(self.rng.integers(len(self.temperatures)))]
        weight = np.exp(-np.maximum(price, 0.0) / temperature)
        out: dict[tuple[int, int], list[int]] = defaultdict(list)
        for a, (t, before, _) in enumerate(facility.arcs):
            if weight[a] > 0:
                out[int(t), int(before)].append(a)
        present = np.flatnonzero(facility.present)
        ahead: dict[tuple[int, int], float] = {}
        for t in present[::-1]:
            for (period, before), arcs in out.items():
                if period == t:
                    ahead[int(t), before] = sum(weight[a] * self._after(ahead, facility, a, int(present[-1])) for a in arcs)
        row = np.full(len(facility.present), -1, dtype=np.int64)
        last = facility.start
        for t in present:
            arcs = out[int(t), last]
            chance = np.array([weight[a] * self._after(ahead, facility, a, int(present[-1])) for a in arcs])
            if not chance.sum() > 0:
                return None
            last = int(facility.arcs[arcs[int(self.rng.choice(len(arcs), p=chance / chance.sum()))], 2])
            row[t] = last
        return row

    @staticmethod
    def _after(ahead: dict[tuple[int, int], float], facility: Facility, a: int, end: int) -> float:
        t, _, state = (int(part) for part in facility.arcs[a])
        return 1.0 if t == end else ahead.get((t + 1, state), 0.0)


def drawn(made: Program, x: Floats, rng: np.random.Generator | None) -> Ints | None:
    """States (K, T) by following the arcs that a relaxed solution x (n,) uses: those used most or, with `rng`, by chance with weight x^2; None
    where they end early."""
    found = []
    for k, facility in enumerate(made.data.facilities):
        flow = np.maximum(0.0, x[made.arc[k]])
        row, last = np.full(len(facility.present), -1, dtype=np.int64), facility.start
        for t in np.flatnonzero(facility.present):
            arcs = np.flatnonzero((facility.arcs[:, 0] == t) & (facility.arcs[:, 1] == last) & (flow > UNUSED))
            if not len(arcs):
                return None
            weight = flow[arcs] ** 2
            last = int(facility.arcs[arcs[int(weight.argmax()) if rng is None else int(rng.choice(len(arcs), p=weight / weight.sum()))], 2])
            row[t] = last
        found.append(row)
    return np.array(found)
