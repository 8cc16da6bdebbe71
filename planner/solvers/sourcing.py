"""Awarding lots to suppliers with tiered discounts, on arrays: the data; the program is in `planner.solvers.sourcing_mip`.

No table, no text, no unit but euros and parts. A demand is what one member needs of one lot; an option is a supplier
that may serve it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

INF = float("inf")
PARTS = 100  # a split lot is shared out in hundredths


@dataclass(frozen=True)
class Schedule:
    """Discount tiers over `options`; arrays by option: `base` (what thresholds count), `money` (what rates count).

    Tiers rise by `start` (first 0); `rate` and `constant` by tier give the rebate in €, which weighs `worth`
    in the cost (1 plus a fee in proportion to net purchases). `net_of`: schedules (by place, earlier ones, without constants) whose
    rebates come off first: `base` and `money`, then alike, count what is left of them. `lots`: where given, thresholds count how many
    of these lots `supplier` has won, instead of `base`.
    """

    options: np.ndarray
    base: np.ndarray
    money: np.ndarray
    start: np.ndarray
    rate: np.ndarray
    constant: np.ndarray
    worth: float = 1.0
    net_of: tuple[int, ...] = ()
    lots: tuple[int, ...] = ()
    supplier: int = -1

    @property
    def rising(self) -> bool:
        """Whether a higher tier is never worse, so that no upper end has to be enforced."""
        return bool(np.all(np.diff(self.rate) >= 0))


@dataclass(frozen=True)
class Carriage:
    """A customer of a supplier pays `cost` unless its purchases (`value` by option) reach `free`."""

    options: np.ndarray
    value: np.ndarray
    free: float
    cost: float


@dataclass(frozen=True)
class Linear:
    """lower <= sum parts + sum outs + sum won <= upper; coefficients by option, demand and (lot, supplier).

    `if_won`: the rule holds only where `supplier` wins one of `lots` (lower side only). `scale`: how far a
    full violation is (for the relaxed program).
    """

    tag: int
    parts: Sequence[tuple[int, float]] = ()
    outs: Sequence[tuple[int, float]] = ()
    won: Sequence[tuple[int, int, float]] = ()
    lower: float = -INF
    upper: float = INF
    if_won: tuple[tuple[int, ...], int] | None = None
    scale: float = 1.0


@dataclass(frozen=True)
class Distinct:
    """At most `upper`, at least `lower`, different suppliers win any of `lots`."""

    tag: int
    lots: tuple[int, ...]
    upper: int
    lower: int = 0


@dataclass(frozen=True)
class Leaving:
    """At most `upper` anchored demands leave the anchor."""

    tag: int
    upper: int


@dataclass(frozen=True)
class Anchor:
    """An award to stay close to: by demand the suppliers that serve it (none: it stays outside), or None where it can no
    longer be served so. `price`: € per demand whose set of suppliers is another."""

    kept: Mapping[int, tuple[int, ...] | None]
    price: float = 0.0


@dataclass(frozen=True)
class Target:
    """What sum parts + sum outs (coefficients by option and demand) lacks to 0 costs `price` € per unit: a rule that may be missed."""

    parts: Sequence[tuple[int, float]]
    outs: Sequence[tuple[int, float]]
    price: float

    def missed(self, parts: np.ndarray, outs: np.ndarray) -> float:
        """How much is lacking, with parts (O,) of 1 and outs (D,)."""
        return max(0.0, -sum(value * float(parts[o]) for o, value in self.parts) - sum(value * float(outs[d]) for d, value in self.outs))


@dataclass
class Sourcing:
    """The whole problem. Sizes: L lots, S suppliers, D demands, O options.

    `demand_lot`, `outside_cost` (D,); `option_demand`, `option_supplier`, `option_cost` (O,) at full part;
    `split` (L,) whether parts may be hundredths; `supplier_cost` (S,); `switches`: (options, cost) per demand.
    `ranks`: by lot the parts (hundredths, largest first) that its winners have, one each, for every demand that joins.
    `option_mode` (O,): the options that serve a demand must be of one mode (None: no modes). `option_form` (O,): those that serve the
    demands of a lot must be of one form.
    `scaled`: rules as rows of coefficients up to 1, easy on the engine, which may break them by a millionth;
    without it a millionth of their own unit (euros, units) is all the engine may break.
    """

    demand_lot: np.ndarray
    outside_cost: np.ndarray
    option_demand: np.ndarray
    option_supplier: np.ndarray
    option_cost: np.ndarray
    split: np.ndarray
    supplier_cost: np.ndarray
    schedules: list[Schedule] = field(default_factory=list)
    carriages: list[Carriage] = field(default_factory=list)
    switches: list[tuple[np.ndarray, float]] = field(default_factory=list)
    rules: list[Linear | Distinct | Leaving] = field(default_factory=list)
    anchor: Anchor | None = None
    scaled: bool = True
    targets: list[Target] = field(default_factory=list)
    option_mode: np.ndarray | None = None
    option_form: np.ndarray | None = None
    ranks: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    @property
    def option_lot(self) -> np.ndarray:
        return np.asarray(self.demand_lot[self.option_demand])


def leaves(data: Sourcing, demand: int, parts: np.ndarray) -> bool:
    """Whether a demand's set of suppliers, with parts (O,), is not the anchor's."""
    if data.anchor is None or demand not in data.anchor.kept:
        return False
    kept = data.anchor.kept[demand]
    return kept is None or set(data.option_supplier[(data.option_demand == demand) & (parts > 0)].tolist()) != set(kept)


def tier_of(data: Sourcing, k: Schedule, parts: np.ndarray) -> int:
    """The tier that parts (O,) of 1 reach in a schedule."""
    if k.lots:
        won = np.unique(data.option_lot[(data.option_supplier == k.supplier) & (parts > 0)])
        return int(np.searchsorted(k.start, np.isin(won, k.lots).sum(), side="right")) - 1
    base = float(k.base @ parts[k.options])
    for before in (data.schedules[i] for i in k.net_of):
        base -= float(before.rate[tier_of(data, before, parts)]) * float(before.money @ parts[before.options])
    return int(np.searchsorted(k.start, base * (1 + 1e-12), side="right")) - 1
