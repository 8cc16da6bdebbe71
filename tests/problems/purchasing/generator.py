"""Random purchasing scenarios of any size, in the manner of a hospital group; the same seed gives the same one.

Members of unequal size, needs log-normal in size, offers around a base price, today's prices a little above;
each supplier bids on some lots; tiers, year-end rebates, free-carriage thresholds, capacities and rules by
option.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from planner.problems.purchasing.tables import TABLES
from planner.scenario import Scenario
from planner.sites import COMMON_TABLES


def scenario(
    seed: int = 1, members: int = 2, lots: int = 3, articles: int = 6, suppliers: int = 3, *, bids: float = 0.9,
    tiers: int = 2, rebates: bool = True, carriage: bool = True, management: float = 150.0, fees: bool = True,
    switching: float = 0.0, split_lots: int = 0, capacities: float = 0.0, minimums: float = 0.0, decreasing: bool = False,
    scale: float = 1.0, rules: list[dict[str, Any]] | None = None, locks: list[dict[str, Any]] | None = None,
) -> Scenario:  # fmt: skip
    """A scenario with purchasing only. `bids`: chance that a supplier bids on a lot; `scale`: of the quantities."""
    rng = np.random.default_rng(seed)
    data: dict[str, list[dict[str, Any]]] = {
        "parameters": [{"parameter": "switching_cost", "value": switching}],
        "establishments": [{"establishment": f"H{h}", "name": f"Hôpital {h}", "support": h == 1} for h in range(1, members + 1)],
        "families": [
            {"family": "ALI", "name": "Alimentation", "food": True},
            {"family": "MED", "name": "Dispositifs médicaux", "food": False},
        ],
        "lots": [
            {"lot": f"L{n}", "name": f"Lot {n}", "family": "ALI" if n % 2 else "MED", "max_winners": 2 if n <= split_lots else 1}
            for n in range(1, lots + 1)
        ],
        "purchasing_rules": [{"rule": f"R{i}", **rule} for i, rule in enumerate(rules or [], 1)],
        "purchasing_locks": list(locks or []),
    }  # fmt: skip
    names = [f"S{i}" for i in range(1, suppliers + 1)]
    data["suppliers"] = [
        {"supplier": s, "name": f"Fournisseur {s}", "channel": "national" if fees and i % 3 == 2 else "own",
         "fee": round(float(rng.uniform(0.5, 2.5)), 2) if fees and i % 3 == 2 else 0.0,
         "free_carriage": float(rng.integers(500, 4000)) * scale if carriage else 0.0,
         "carriage": float(rng.integers(300, 1500)) * scale if carriage else 0.0,
         "management_cost": management if rng.random() < 0.7 else 0.0}
        for i, s in enumerate(names)
    ]  # fmt: skip
    size = rng.pareto(1.2, members) + 0.3
    size = size / size.sum()
    lot_of = [n % lots + 1 for n in range(articles)]
    base = rng.integers(100, 5000, articles) / 100
    data["articles"] = [
        {"article": f"A{k}", "name": f"Article {k}", "lot": f"L{lot_of[k]}", "quality": str(rng.choice(["none", "quality", "organic"], p=[0.75, 0.15, 0.1]))}
        for k in range(articles)
    ]  # fmt: skip
    data["needs"] = []
    spend = np.zeros(lots + 1)
    volume = np.zeros(lots + 1)
    for h in range(members):
        for k in range(articles):
            if articles > lots and rng.random() < 0.15:
                continue
            quantity = round(float(rng.lognormal(7, 1) * size[h] * rng.uniform(0.5, 1.5)) * scale + 1, 1)
            price = round(float(base[k] * rng.uniform(0.95, 1.3)), 4)
            spend[lot_of[k]] += quantity * base[k]
            volume[lot_of[k]] += quantity
            data["needs"].append(
                {"establishment": f"H{h + 1}", "article": f"A{k}", "quantity": quantity, "current_price": price,
                 "current_supplier": names[int(rng.integers(0, suppliers))],
                 "contract_end": dt.date(2026, 6, 30) + dt.timedelta(days=int(rng.integers(0, 540)))}
            )  # fmt: skip
    data["offers"], data["discounts"] = [], []
    for s in names:
        mine = [n for n in range(1, lots + 1) if rng.random() < bids]
        for k in (k for k in range(articles) if lot_of[k] in mine):
            need = sum(row["quantity"] for row in data["needs"] if row["article"] == f"A{k}")
            data["offers"].append(
                {"supplier": s, "article": f"A{k}", "price": round(float(base[k] * rng.uniform(0.85, 1.2)), 4),
                 "quality": str(rng.choice(["none", "quality", "organic"], p=[0.7, 0.2, 0.1])),
                 "capacity": round(need * float(rng.uniform(0.4, 1.1)), 1) if rng.random() < capacities else None,
                 "minimum": round(need * float(rng.uniform(0.1, 0.8)), 1) if rng.random() < minimums else None}
            )  # fmt: skip
        for n in mine:
            kind = int(rng.integers(0, 4))
            quantity, slices = bool(kind & 1), bool(kind & 2)
            total = volume[n] if quantity else spend[n]
            if tiers and total > 0 and rng.random() < 0.8:
                _tiers(data["discounts"], rng, s, f"L{n}", total, (0.2, 0.9), (1.5, 5), tiers, quantity, slices, decreasing)
        if rebates and mine and rng.random() < 0.7:
            _tiers(data["discounts"], rng, s, None, float(spend.sum()), (0.05, 0.4), (0.5, 2), max(tiers, 1), False, rng.random() < 0.5, False)
    return Scenario.of(f"purchasing {seed}", (*COMMON_TABLES, *TABLES), data)


def _tiers(
    rows: list[dict[str, Any]], rng: np.random.Generator, supplier: str, lot: str | None, total: float, at: tuple[float, float],
    step: tuple[float, float], count: int, quantity: bool, slices: bool, decreasing: bool,
) -> None:  # fmt: skip
    starts = np.sort(rng.uniform(*at, count)) * total
    rates = np.cumsum(rng.uniform(*step, count))
    for start, rate in zip(starts, rates[::-1] if decreasing else rates, strict=True):
        rows.append({"supplier": supplier, "scope": "lot" if lot else "supplier", "lot": lot, "basis": "quantity" if quantity else "turnover",
                     "threshold": round(float(start), 0), "rate": round(float(rate), 2), "method": "incremental" if slices else "all_units"})  # fmt: skip


def large(seed: int = 1, **options: Any) -> Scenario:
    """The size of a real group: 4 members, 45 lots, 320 articles, 28 suppliers."""
    defaults: dict[str, Any] = {"members": 4, "lots": 45, "articles": 320, "suppliers": 28, "bids": 0.3, "tiers": 3, "scale": 1.0,
                                "management": 800.0, "split_lots": 6, "capacities": 0.1}  # fmt: skip
    return scenario(seed, **{**defaults, **options})
