"""A small market written by hand, whose prices can be checked with a pencil."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from planner.problems.purchasing.market import Market
from planner.problems.purchasing.tables import TABLES
from planner.problems.purchasing.units import Award
from planner.scenario import Scenario
from planner.sites import COMMON_TABLES


def small(**changes: list[dict[str, Any]]) -> Scenario:
    """Two members, two lots (MILK: one article; BREAD: two), two suppliers. Keyword tables replace or add rows.

    Needs: H1 1 000 milk and 100 bread, H2 3 000 milk, 200 bread and 50 rolls. List prices: milk 1.00 (S1) and
    0.90 (S2), bread 2.00 and 2.10, rolls 1.00 (S1 only unless `offers` say otherwise).
    """
    data: dict[str, list[dict[str, Any]]] = {
        "parameters": [{"parameter": "first_year", "value": 2027}],
        "establishments": [{"establishment": "H1", "name": "Un", "support": True}, {"establishment": "H2", "name": "Deux"}],
        "families": [{"family": "FOOD", "name": "Alimentation", "food": True}],
        "lots": [{"lot": "MILK", "name": "Lait", "family": "FOOD"}, {"lot": "BREAD", "name": "Pain", "family": "FOOD"}],
        "articles": [
            {"article": "milk", "name": "Lait", "lot": "MILK", "quality": "quality"},
            {"article": "bread", "name": "Pain", "lot": "BREAD"},
            {"article": "roll", "name": "Petit pain", "lot": "BREAD", "quality": "organic"},
        ],
        "suppliers": [{"supplier": "S1", "name": "Premier"}, {"supplier": "S2", "name": "Second"}],
        "needs": [
            {"establishment": "H1", "article": "milk", "quantity": 1000.0, "current_price": 1.1, "current_supplier": "S1", "contract_end": dt.date(2027, 3, 31)},
            {"establishment": "H1", "article": "bread", "quantity": 100.0, "current_price": 2.2, "current_supplier": "S2"},
            {"establishment": "H2", "article": "milk", "quantity": 3000.0, "current_price": 1.05, "current_supplier": "S1", "contract_end": dt.date(2026, 5, 31)},
            {"establishment": "H2", "article": "bread", "quantity": 200.0, "current_price": 2.3, "current_supplier": "S1", "contract_end": dt.date(2028, 12, 31)},
            {"establishment": "H2", "article": "roll", "quantity": 50.0, "current_price": 1.2, "current_supplier": "S1", "contract_end": dt.date(2027, 6, 15)},
        ],
        "offers": [
            {"supplier": "S1", "article": "milk", "price": 1.0}, {"supplier": "S2", "article": "milk", "price": 0.9, "quality": "organic"},
            {"supplier": "S1", "article": "bread", "price": 2.0}, {"supplier": "S2", "article": "bread", "price": 2.1},
            {"supplier": "S1", "article": "roll", "price": 1.0},
        ],
    }  # fmt: skip
    return Scenario.of("small", (*COMMON_TABLES, *TABLES), {**data, **changes})


def row(**values: Any) -> dict[str, Any]:
    return values


def every_award(market: Market, grid: tuple[int, ...] = (100,)) -> list[dict[Award, int]]:
    """All awards whose shares lie on a grid of percents, whatever the rules say."""
    choices: list[list[dict[Award, int]]] = []
    for lot, member in market.pairs:
        bidders = market.bidders[lot]
        mine: list[dict[Award, int]] = [{}]
        allowed = grid if market.max_winners[lot] > 1 else (100,)
        for parts in itertools.product((0, *allowed), repeat=len(bidders)):
            if sum(parts) == 100:
                mine.append({(lot, member, s): p for s, p in zip(bidders, parts, strict=True) if p})
        choices.append(mine)
    return [{k: v for part in combination for k, v in part.items()} for combination in itertools.product(*choices)]
