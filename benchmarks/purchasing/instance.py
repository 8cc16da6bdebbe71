"""A purchasing instance as published (whole cents, units, per mille), and the check of its answers.

Nothing here uses the planner: an answer is costed and judged from the instance alone, in whole thousandths of a cent.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MILLI = 1000


@dataclass(frozen=True)
class Instance:
    """`family`: the class of the instance, its name without sizes and seeds; `data`: the fields of the file; `best`, `bound` in €, or None."""

    name: str
    family: str
    data: Mapping[str, Any]
    best: float | None = None
    bound: float | None = None

    @property
    def kind(self) -> str:
        return str(self.data["kind"])

    @property
    def lots(self) -> bool:
        """Whether whole lots are awarded (else quantities are shared out)."""
        return self.kind == "ght"


@dataclass(frozen=True)
class Answer:
    """Units by supplier and article and bundles accepted; or, where lots are awarded, the supplier of each (member, lot) that has one."""

    units: Sequence[Sequence[int]] = ()
    bundles: tuple[int, ...] = ()
    award: Mapping[tuple[int, int], int] = field(default_factory=dict)


@dataclass
class Verdict:
    """Cost in € and every rule that is broken."""

    cost: float = 0.0
    faults: list[str] = field(default_factory=list)


def judge(instance: Instance, answer: Answer) -> Verdict:
    """Cost and rules of an answer, from the instance alone."""
    found = Verdict()
    cost = _award(instance.data, answer, found) if instance.lots else _quantities(instance.data, answer, found)
    found.cost = cost / (100 * MILLI)
    return found


def rate(tiers: Sequence[Mapping[str, int]], total: int) -> int:
    """The rate (per mille) of the last tier whose start is not above a total."""
    start = "from_units" if "from_units" in tiers[0] else "from_cents"
    return max((tier[start], tier["rate_pm"]) for tier in tiers if tier[start] <= total)[1]


def by_slice(tiers: Sequence[Mapping[str, int]], total: int) -> int:
    """The rebate of slices of a turnover in cents, in thousandths of a cent."""
    ends = [tier["from_cents"] for tier in tiers[1:]] + [total]
    return sum(tier["rate_pm"] * max(0, min(end, total) - tier["from_cents"]) for tier, end in zip(tiers, ends, strict=True))


def _quantities(data: Mapping[str, Any], answer: Answer, found: Verdict) -> int:
    suppliers, articles = range(data["n_suppliers"]), range(data["n_articles"])
    if len(answer.units) != len(suppliers) or any(len(row) != len(articles) for row in answer.units):
        found.faults.append("quantities of another size")
        return 0
    cost = 0
    bundled: Counter[int] = Counter(k for b in answer.bundles for k in data["bundles"][b]["articles"])
    for b in answer.bundles:
        cost += data["bundles"][b]["cost_cents"] * MILLI
    for k in articles:
        bought = sum(answer.units[s][k] for s in suppliers) + bundled[k] * data["demand"][k]
        if bought != data["demand"][k]:
            found.faults.append(f"article {k}: {bought} units, the need is {data['demand'][k]}")
    used = 0
    for s in suppliers:
        units = answer.units[s]
        for k in articles:
            if units[k] != int(units[k]) or not 0 <= units[k] <= data["max_qty"][s][k]:
                found.faults.append(f"supplier {s} sells {units[k]} of article {k}, the most is {data['max_qty'][s][k]}")
        turnover = sum(data["price_cents"][s][k] * units[k] for k in articles)
        if not sum(units):
            continue
        used += 1
        cost += data.get("supplier_fixed_cents", 0) * MILLI
        if data["kind"] == "rfa_incremental":
            cost += turnover * MILLI - by_slice(data["turnover_tiers"][s], turnover)
        elif data["kind"] == "rfa_retroactive":
            cost += turnover * (MILLI - rate(data["turnover_tiers"][s], turnover))
        else:
            cost += turnover * (MILLI - rate(data["tiers"][s], sum(units)))
    if used > data.get("max_suppliers", used):
        found.faults.append(f"{used} suppliers, the most is {data['max_suppliers']}")
    if "family" in data:
        _families(data, answer, found)
    return cost


def _families(data: Mapping[str, Any], answer: Answer, found: Verdict) -> None:
    for f in sorted(set(data["family"])):
        those = [k for k, family in enumerate(data["family"]) if family == f]
        need = sum(data["demand"][k] for k in those)
        sold = {s: sum(row[k] for k in those) for s, row in enumerate(answer.units)}
        there = {s: units for s, units in sold.items() if units}
        if len(there) < data.get("min_suppliers_per_family", 0):
            found.faults.append(f"family {f} has {len(there)} suppliers")
        for s, units in there.items():
            if 100 * units > data.get("family_share_cap_pct", 100) * need:
                found.faults.append(f"supplier {s} has {units} of the {need} units of family {f}, too much")
            if 100 * units < data.get("family_share_min_if_present_pct", 0) * need:
                found.faults.append(f"supplier {s} has {units} of the {need} units of family {f}, too little")


def _award(data: Mapping[str, Any], answer: Answer, found: Verdict) -> int:
    """Cost of an award of lots: what is paid is exact; a turnover counts whole cents by member and lot."""
    articles = [[k for k, lot in enumerate(data["lot_of_article"]) if lot == each] for each in range(data["n_lots"])]
    offers = {(offer["supplier"], offer["lot"]): offer["tiers"] for offer in data["offers"]}
    volume: dict[tuple[int, int], int] = defaultdict(int)
    winners: dict[int, set[int]] = defaultdict(set)
    bought: dict[tuple[int, int], int] = defaultdict(int)  # list value by supplier and member
    turnover: dict[int, int] = defaultdict(int)
    cost = 0
    served = {}
    for h in range(data["n_members"]):
        for lot, those in enumerate(articles):
            units = sum(data["demand"][h][k] for k in those)
            s = answer.award.get((h, lot))
            if s is None or not units:
                cost += MILLI * sum(data["demand"][h][k] * data["own_price_cents"][h][k] for k in those)
            elif (s, lot) not in offers:
                found.faults.append(f"supplier {s} has no offer for lot {lot}")
            else:
                served[h, lot] = s
                volume[s, lot] += units
                winners[lot].add(s)
    for lot, those in winners.items():
        if len(those) > (2 if lot in data["lots_two_winners"] else 1):
            found.faults.append(f"lot {lot} has {len(those)} winners")
    for (h, lot), s in served.items():
        value = sum(data["demand"][h][k] * data["price_cents"][s][k] for k in articles[lot])
        paid = MILLI - rate(offers[s, lot], volume[s, lot])
        cost += value * paid
        bought[s, h] += value
        turnover[s] += value * paid // MILLI
    for s, total in turnover.items():
        cost += data["supplier_fixed_cents"] * MILLI - total * rate(data["turnover_tiers_retroactive"][s], total)
    for (s, _), value in bought.items():
        if value < data["franco_cents"][s]:
            cost += data["carriage_cents"][s] * MILLI
    return cost
