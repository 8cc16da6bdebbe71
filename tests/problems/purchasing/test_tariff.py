"""Prices worked out by hand: tiers and their edges, slices, rebates, carriage, fee, management, dates, rounding."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import numpy as np
import pytest

from planner.problems.purchasing import ledger
from planner.problems.purchasing.course import run
from planner.problems.purchasing.market import read, year_position
from planner.problems.purchasing.tables import COSTS
from planner.problems.purchasing.tariff import allocate, evaluate
from planner.problems.purchasing.units import nearest
from planner.schema import rows
from tests.problems.purchasing.cases import row, small
from tests.problems.purchasing.generator import scenario

ALL_S1 = {("MILK", "H1", "S1"): 100, ("MILK", "H2", "S1"): 100, ("BREAD", "H1", "S1"): 100, ("BREAD", "H2", "S1"): 100}
MILK_S1 = {key: share for key, share in ALL_S1.items() if key[0] == "MILK"}


def suppliers(**first: object) -> list[dict[str, object]]:
    return [{"supplier": "S1", "name": "Premier", **first}, {"supplier": "S2", "name": "Second"}]


def discount(threshold: float, rate: float, method: str = "all_units", basis: str = "turnover", lot: str | None = "MILK") -> dict[str, object]:
    return row(supplier="S1", scope="lot" if lot else "supplier", lot=lot, basis=basis, threshold=threshold, rate=rate, method=method)


def test_list_and_today_prices() -> None:
    market = read(small())
    assert market.bidders == {"MILK": ("S1", "S2"), "BREAD": ("S1",)}  # S2 has no price for rolls
    assert market.gross["MILK", "H2", "S2"] == 270000
    assert market.today == {("MILK", "H1"): 110000, ("MILK", "H2"): 315000, ("BREAD", "H1"): 22000, ("BREAD", "H2"): 52000}
    bill = evaluate(market, {})
    assert bill.total(market) == 499000
    bill = evaluate(market, ALL_S1)
    assert bill.total(market) == 100000 + 300000 + 20000 + 45000
    assert bill.reached == [] and not bill.carriage and not bill.fee and not bill.management


@pytest.mark.parametrize(
    ("tiers", "cents"),
    [
        ([(4000, 5)], 20000),  # 4 000 € exactly: the tier is reached
        ([(4000.01, 5)], 0),
        ([(1000, 2), (4000, 5)], 20000),
        ([(1000, 2), (5000, 5)], 8000),
        ([(0, 1), (4500, 5)], 4000),
    ],
)
def test_all_units_tier_and_its_edge(tiers: list[tuple[float, float]], cents: int) -> None:
    market = read(small(discounts=[discount(*tier) for tier in tiers]))
    bill = evaluate(market, MILK_S1)
    assert bill.reached[0].discount == cents
    assert [bill.rows["MILK", member, "S1"].discount for member in ("H1", "H2")] == [cents // 4, 3 * cents // 4]


def test_slices_count_only_what_lies_above() -> None:
    market = read(small(discounts=[discount(1000, 2, "incremental"), discount(3000, 10, "incremental")]))
    assert evaluate(market, MILK_S1).reached[0].discount == 2 * 2000 + 10 * 1000  # 2 % of 2 000 €, 10 % of 1 000 €


def test_tier_on_quantity_and_slices_of_quantity() -> None:
    bread = {key: share for key, share in ALL_S1.items() if key[0] == "BREAD"}
    market = read(small(discounts=[discount(350, 4, basis="quantity", lot="BREAD")]))  # 300 bread + 50 rolls
    assert evaluate(market, bread).reached[0].discount == 2600  # 4 % of 650 €
    market = read(small(discounts=[discount(250, 14, "incremental", "quantity", "BREAD")]))
    # 100 of the 350 units at 14 %, valued at the average list price 650 / 350
    assert evaluate(market, bread).reached[0].discount == 2600


def test_rebate_counts_all_lots_before_lot_discounts_and_adds_up() -> None:
    market = read(small(discounts=[discount(0, 10), discount(4650, 2, lot=None)]))
    bill = evaluate(market, ALL_S1)
    assert {reached.schedule.lot: reached.discount for reached in bill.reached} == {"MILK": 40000, "": 9300}
    assert bill.total(market) == 465000 - 40000 - 9300


def test_carriage_under_the_threshold_only_and_per_customer() -> None:
    market = read(small(suppliers=suppliers(free_carriage=1200.0, carriage=75.0)))
    bill = evaluate(market, ALL_S1)  # H1 buys 1 200 €: free; H2 more
    assert bill.carriage == {}
    bill = evaluate(market, MILK_S1)  # H1 buys 1 000 €
    assert bill.carriage == {("S1", "H1"): 7500}
    assert bill.rows["MILK", "H1", "S1"].charges == 7500


def test_fee_on_net_and_management_by_net_purchases() -> None:
    market = read(small(suppliers=suppliers(fee=2.5, management_cost=100.0), discounts=[discount(0, 10)]))
    bill = evaluate(market, MILK_S1)
    assert bill.fee == {("S1", "H1"): 2250, ("S1", "H2"): 6750}  # 2.5 % of 900 € and of 2 700 €
    assert bill.management == {("S1", "H1"): 2500, ("S1", "H2"): 7500}


def test_split_lot_shares_rounded_against_the_buyer() -> None:
    market = read(small(lots=[row(lot="MILK", name="Lait", family="FOOD", max_winners=2)],
                        articles=[row(article="milk", name="Lait", lot="MILK")],
                        needs=[row(establishment="H1", article="milk", quantity=1.0, current_price=1.01)],
                        offers=[row(supplier="S1", article="milk", price=1.0), row(supplier="S2", article="milk", price=0.95)]))  # fmt: skip
    bill = evaluate(market, {("MILK", "H1", "S1"): 33, ("MILK", "H1", "S2"): 67})
    assert [r.gross for r in bill.rows.values()] == [33, 64]  # 0.6365 € counts as 0.64 €
    assert sum(r.today for r in bill.rows.values()) == 101


def test_change_of_supplier_is_paid_once_and_spread_over_the_contract() -> None:
    case = small(parameters=[row(parameter="first_year", value=2027), row(parameter="switching_cost", value=100), row(parameter="contract_years", value=4)])
    market = read(case)
    bill = evaluate(market, ALL_S1)
    assert bill.switching == [("BREAD", "H1")]  # the only one served by S2 today
    line = next(r for r in rows(COSTS, ledger.cost_lines(market, bill)) if r.line == "switching")
    assert (line.establishment, line.item, line.quantity, line.amount, line.objective) == ("H1", "BREAD", 0.25, 25.0, 25.0)
    assert bill.total(market) == 465000 + 2500


def test_joining_dates_and_first_year() -> None:
    market = read(small())
    assert market.joins == {
        ("MILK", "H1"): dt.date(2027, 4, 1), ("MILK", "H2"): dt.date(2027, 1, 1),
        ("BREAD", "H1"): dt.date(2027, 1, 1), ("BREAD", "H2"): dt.date(2029, 1, 1),
    }  # fmt: skip
    assert market.first_year["MILK", "H1"] == Fraction(9, 12)
    assert market.first_year["BREAD", "H2"] == 0
    saved = {k.code: k.value for k in ledger.kpis(run(market, (), ALL_S1)) if not k.establishment}
    # milk: 100 € for 9 months, 150 € for 12; bread: 20 € for 12; 70 € not this year
    assert saved["first_year"] == 75 + 150 + 20
    assert saved["gain"] == 4990 - 4650
    assert saved["lots_pooled"] == 2 and saved["suppliers"] == 1
    assert year_position(dt.date(2027, 6, 16), 2027) == Fraction(11, 2)


def test_members_come_and_go() -> None:
    away = [row(establishment="H1", name="Un", entry=dt.date(2028, 1, 1)), row(establishment="H2", name="Deux", exit=dt.date(2027, 7, 1))]
    market = read(small(establishments=away))
    assert market.members == ("H2",)
    assert market.first_year["MILK", "H2"] == Fraction(1, 2)


def test_egalim_counts_those_outside_at_today_quality() -> None:
    market = read(small())
    awards = {("MILK", "H2", "S2"): 100}  # organic milk for 2 700 €
    found = {k.code: k.value for k in ledger.kpis(run(market, (), awards)) if not k.establishment}
    whole = 2700 + 1100 + 220 + 520
    assert found["egalim_quality"] == pytest.approx(100 * (2700 + 1100 + 60) / whole, abs=1e-3)
    assert found["egalim_organic"] == pytest.approx(100 * (2700 + 60) / whole, abs=1e-3)


def test_allocation_adds_up_to_the_cent() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        weights = [int(w) for w in rng.integers(0, 1000, int(rng.integers(1, 7)))]
        amount = int(rng.integers(0, 10**6))
        parts = allocate(amount, weights)
        assert sum(parts) == amount
        whole = sum(weights)
        if whole:
            assert all(abs(part - amount * w / whole) < 1 for part, w in zip(parts, weights, strict=True))
    assert allocate(10, [0, 0, 0]) == [4, 3, 3]
    assert [nearest(n, 2) for n in (1, 2, 3, -1)] == [1, 1, 2, 0]


@pytest.mark.parametrize("seed", range(4))
def test_ledger_adds_up_to_the_bill(seed: int) -> None:
    case = scenario(seed, members=3, lots=5, articles=12, suppliers=4, split_lots=2, switching=33.33, scale=0.1)
    market = read(case)
    shares = {(*pair, s): share for pair in market.pairs[::2] for s, share in zip(market.bidders[pair[0]], (37, 63), strict=False)}
    shares = {a: s if len(market.bidders[a[0]]) > 1 else 100 for a, s in shares.items()}
    bill = evaluate(market, shares)
    assert round(sum(ledger.cost_lines(market, bill)["objective"]) * 100) == bill.total(market)
    by_member = {k.establishment: k.value for k in ledger.kpis(run(market, (), shares)) if k.code == "annual_cost"}
    assert by_member.pop("") == pytest.approx(sum(by_member.values()), abs=1e-6)
    frame = ledger.awards(run(market, (), shares))
    assert round(frame["today"].sum() * 100) == sum(market.today.values())
