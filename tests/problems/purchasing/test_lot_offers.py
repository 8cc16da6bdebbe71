"""Offers by lot: one reduction on the list prices of a lot."""

from __future__ import annotations

from planner.i18n import describe
from planner.network import Network
from planner.problems.purchasing import PURCHASING
from planner.problems.purchasing.market import read
from tests.problems.purchasing.cases import row, small
from tests.problems.purchasing.test_model import solve

NO_NETWORK: Network = None  # type: ignore[assignment]  # purchasing uses no distances
LISTED = [row(article="milk", name="Lait", lot="MILK", quality="quality", list_price=1.0), row(article="bread", name="Pain", lot="BREAD", list_price=2.5),
          row(article="roll", name="Petit pain", lot="BREAD", quality="organic", list_price=1.1)]  # fmt: skip


def test_one_reduction_prices_every_article_of_a_lot_unless_it_has_its_own_price() -> None:
    case = small(articles=LISTED, lot_offers=[row(supplier="S2", lot="BREAD", reduction=20.0), row(supplier="S2", lot="MILK", reduction=50.0)])
    market = read(case)
    assert market.bidders["BREAD"] == ("S1", "S2")  # S2 had no price for rolls
    assert market.offered["S2", "bread"].price == 2.1 and market.offered["S2", "roll"].price == 0.88 and market.offered["S2", "roll"].quality == "organic"
    assert market.offered["S2", "milk"].price == 0.9 and market.gross["BREAD", "H2", "S2"] == 20 * 2100 + 4400
    plan = solve(small(articles=LISTED, lot_offers=[row(supplier="S2", lot="BREAD", reduction=90.0, quality="none")],
                       offers=[row(supplier="S1", article=a, price=1.5) for a in ("milk", "bread", "roll")]))  # fmt: skip
    assert plan.cost is not None and plan.tables["purchasing_awards"].query("lot == 'BREAD'")["supplier"].tolist() == ["S2", "S2"]


def test_an_offer_by_lot_without_list_prices_is_told() -> None:
    case = small(lot_offers=[row(supplier="S2", lot="BREAD", reduction=20.0)])
    found = [issue for issue in PURCHASING.precheck(case, NO_NETWORK) if issue.code == "lot_offer_without_list_price"]
    assert found and "roll" in describe(found[0], "fr") and "roll" in describe(found[0], "en")
