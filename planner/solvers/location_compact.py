"""A tight program (`planner.solvers.location_program`) with fewer rows, and the whole numbers to branch on.

The columns of states and of groups of states are sums of arcs: they are replaced by these, and the rows that define them go. For a
group of states G of facility k at t, "in G" then is the bounds of arcs: none into G, or none into another state of k at t.
Added are counts over the facilities of a period, whole columns that are no facility's own:

    O_t  = number of facilities open      C_ct = number able to do class c      Q_ct = number with a capacity of at least q

A relaxation that opens parts of facilities has many solutions of about the same cost with other parts, so that a branching on one
of them moves the bound little; their number moves it at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from planner.solvers.location import Bools, Floats, Ints
from planner.solvers.location_program import Program
from planner.solvers.mip import Mip

SIZES = 4  # sizes counted at most


@dataclass(frozen=True)
class Whole:
    """A sum of columns that is whole in a plan. `column`: the one that it is, to be bounded by itself; -1 for a group of states, which is in
    {0, 1} and bounded by `inside` = 0 or `outside` = 0."""

    column: int
    inside: Ints
    outside: Ints


@dataclass(frozen=True)
class Compact:
    """`model`: the program without integrality, in n' columns; `spread` (n, n'): the program's columns from them; `wholes`: what to branch on,
    first the `counts` ones of all facilities, with `sums` (W, n') their values; `integer` (n',): whole columns, customers split or not;
    `aside` (A, n'): rows <= `aside_upper` put aside."""

    made: Program
    model: Mip
    spread: sparse.csr_matrix
    wholes: list[Whole]
    counts: int
    sums: sparse.csr_matrix
    integer: Bools
    aside: sparse.csr_matrix
    aside_upper: Floats


def compact(made: Program) -> Compact:
    model = made.model
    count = len(model.cost)
    replaced: dict[int, list[int]] = {}  # column: arcs whose sum it is
    for (k, t, s), into in _entering(made):
        replaced[made.z[k, t, s]] = into
    groups: list[tuple[int, int, list[int]]] = []
    where = {column: key for key, column in made.z.items()}
    counted = [column for column in made.branching if not all(other in where for other, _ in made.sums[column])]
    for column in made.branching:
        if column not in counted:
            states = [other for other, _ in made.sums[column]]
            replaced[column] = [a for other in states for a in replaced[other]]
            groups.append((*where[states[0]][:2], states))
    kept = np.array([column not in replaced for column in range(count)])
    columns = np.flatnonzero(kept)
    place = np.full(count, -1)
    place[columns] = np.arange(len(columns))
    counts = list(_counts(made))
    width = len(columns) + len(counts)
    row = [*columns, *(column for column, arcs in replaced.items() for _ in arcs)]
    to = [*place[columns], *(int(place[a]) for arcs in replaced.values() for a in arcs)]
    spread = sparse.csr_matrix((np.ones(len(row)), (row, to)), shape=(count, width))
    matrix = (model.matrix @ spread).tocsr()
    matrix.data[np.abs(matrix.data) < 1e-12] = 0.0
    matrix.eliminate_zeros()
    some = np.flatnonzero(np.diff(matrix.indptr))
    into_states = dict(_entering(made))
    rows = [[place[a] for key in keys for a in into_states[key]] for keys in counts]
    defined = sparse.csr_matrix(
        (np.ones(sum(map(len, rows))), (np.repeat(np.arange(len(rows)), [len(r) for r in rows]), [a for r in rows for a in r])), shape=(len(rows), width)
    )
    own = sparse.csr_matrix((-np.ones(len(counts)), (np.arange(len(counts)), len(columns) + np.arange(len(counts)))), shape=(len(counts), width))
    none = np.zeros(len(counts))
    small = Mip(
        np.append(model.cost @ spread[:, : len(columns)], none), sparse.vstack([matrix[some], defined + own], format="csr"),
        np.append(model.row_lower[some], none), np.append(model.row_upper[some], none), np.append(model.lower[columns], none), np.append(model.upper[columns], [float(len(keys)) for keys in counts]),
        np.zeros(width, dtype=bool), model.offset,
    )  # fmt: skip
    wholes = [Whole(len(columns) + i, *_NONE) for i in range(len(counts))] + [Whole(int(place[column]), *_NONE) for column in counted]
    for k, t, states in groups:
        inside = [int(place[a]) for other in states for a in replaced[other]]
        every = [int(place[a]) for (facility, period, _), arcs in into_states.items() if (facility, period) == (k, t) for a in arcs]
        wholes.append(Whole(-1, np.array(inside, np.int64), np.array(sorted(set(every) - set(inside)), np.int64)))
    wholes += [Whole(int(place[column]), *_NONE) for column in made.n.values()]
    terms = [[whole.column] if whole.column >= 0 else list(whole.inside) for whole in wholes]
    sums = sparse.csr_matrix(
        (np.ones(sum(map(len, terms))), (np.repeat(np.arange(len(terms)), [len(r) for r in terms]), [a for r in terms for a in r])), shape=(len(terms), width)
    )
    assert made.aside is not None
    integer = np.zeros(width, dtype=bool)
    integer[sorted({int(place[a]) for arcs in into_states.values() for a in arcs} | {whole.column for whole in wholes if whole.column >= 0})] = True
    return Compact(made, small, spread, wholes, len(counts) + len(counted), sums, integer, (made.aside @ spread).tocsr(), made.aside_upper)


_NONE = (np.zeros(0, np.int64), np.zeros(0, np.int64))


def _entering(made: Program) -> Iterator[tuple[tuple[int, int, int], list[int]]]:
    """The columns of the arcs into each state (k, t, s)."""
    found: dict[tuple[int, int, int], list[int]] = {key: [] for key in made.z}
    for k, facility in enumerate(made.data.facilities):
        for a, (t, _, s) in enumerate(facility.arcs):
            column = made.arc[k][a]
            if made.model.upper[column] > 0:
                found[k, int(t), int(s)].append(column)
    yield from found.items()


def _counts(made: Program) -> Iterator[list[tuple[int, int, int]]]:
    """The states (k, t, s) counted together, by period."""
    data = made.data
    sizes = np.unique([float(size) for facility in data.facilities for size, open_ in zip(facility.capacity, facility.open, strict=True) if open_])[1:]
    if len(sizes) > SIZES:
        sizes = sizes[np.linspace(0, len(sizes) - 1, SIZES).astype(int)]
    for t in range(data.serve.shape[1]):
        here = [key for key in made.z if key[1] == t]
        groups = [[key for key in here if data.facilities[key[0]].open[key[2]]]]
        for c in range(data.class_count):
            groups.append([key for key in here if (room := data.facilities[key[0]].class_capacity) is None or room[c, key[2]] > 0])
        for size in sizes:
            groups.append([key for key in here if data.facilities[key[0]].capacity[key[2]] >= size])
        seen: set[tuple[tuple[int, int, int], ...]] = set()
        for group in groups:
            if len({key[0] for key in group}) > 1 and tuple(group) not in seen:
                seen.add(tuple(group))
                yield group
