"""Convergence month by month: when members may join, what each year costs, the best plan against enumeration."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import numpy as np
import pytest

from planner.network import Network
from planner.plan import Limits, Plan, Progress, Status
from planner.problems.base import cost_of
from planner.problems.purchasing import PURCHASING, ledger
from planner.problems.purchasing.arrays import Arrays
from planner.problems.purchasing.course import Joins, faults, run
from planner.problems.purchasing.entries import Entry, date_of, month_of
from planner.problems.purchasing.market import Market, read
from planner.problems.purchasing.result_tables import CALENDAR, YEARS
from planner.problems.purchasing.rules import read_locks, read_rules
from planner.problems.purchasing.tables import AWARDS, COSTS, TIERS
from planner.problems.purchasing.units import Award, Pair
from planner.scenario import Scenario
from planner.schema import rows
from planner.sites import PARAMETERS
from planner.solvers.sourcing_mip import Program
from tests.problems.purchasing.cases import every_award, row, small
from tests.problems.purchasing.generator import scenario

NO_NETWORK: Network = None  # type: ignore[assignment]  # purchasing uses no distances


def over(case: Scenario, years: int, seed: int | None = None, fee: float | None = 2.0, **parameters: float) -> Scenario:
    """The scenario over some years; with a seed, contracts may be left early, extended, and lots start late, at random."""
    known = [{name: getattr(r, name) for name in PARAMETERS.names} for r in case.rows(PARAMETERS.name)]
    more = [{"parameter": code, "value": value} for code, value in {"purchasing_years": float(years), **parameters}.items()]
    made = case.replace(PARAMETERS.name, PARAMETERS.frame(known + more))
    if seed is not None:
        rng = np.random.default_rng(seed)
        needs, lots = made.frames["needs"].copy(), made.frames["lots"].copy()
        needs["exit_fee"] = [fee if rng.random() < 0.8 else None for _ in range(len(needs))]
        needs["extension_until"] = [dt.date(2028, 3, 31) if rng.random() < 0.9 else None for _ in range(len(needs))]
        lots["starts"] = [dt.date(2027, 4, 1) if rng.random() < 0.4 else None for _ in range(len(lots))]
        made = made.replace("needs", made.table("needs").frame(needs.to_dict("records"))).replace("lots", made.table("lots").frame(lots.to_dict("records")))
    return made


def solve(case: Scenario, **limits: Any) -> Plan:
    return PURCHASING.solve(case, NO_NETWORK, Limits(**{"seconds": 20.0, "gap": 5e-5, **limits}), Progress())


def all_joins(market: Market, shares: dict[Award, int]) -> list[dict[Pair, Entry]]:
    pairs = list(dict.fromkeys(award[:2] for award in shares))
    return [dict(zip(pairs, ways, strict=True)) for ways in itertools.product(*(market.entries[pair] for pair in pairs))]


def test_when_a_member_may_join() -> None:
    assert [month_of(day, 2027) for day in (dt.date(2026, 5, 1), dt.date(2027, 4, 1), dt.date(2027, 4, 2), dt.date(2029, 1, 1))] == [-8, 3, 4, 24]
    assert date_of(13, 2027) == dt.date(2028, 2, 1)
    needs = [row(establishment="H1", article="milk", quantity=1200.0, current_price=1.0, contract_end=dt.date(2027, 9, 30), exit_fee=5.0, extension_until=dt.date(2028, 6, 30))]
    lots = [row(lot="MILK", name="Lait", family="FOOD", starts=dt.date(2027, 4, 1))]
    articles = [row(article="milk", name="Lait", lot="MILK")]
    offers = [row(supplier="S1", article="milk", price=0.9)]
    market = read(over(small(needs=needs, lots=lots, articles=articles, offers=offers), 2))
    # 1 October when the contract ends; 1 April with 5 % of the six months left; extended to January, to the last day of June
    assert market.entries["MILK", "H1"] == (Entry(9), Entry(3, 3000, "early"), Entry(12, 0, "extended"), Entry(18, 0, "extended"))
    assert read(over(small(needs=needs, lots=lots, articles=articles, offers=offers), 0)).entries["MILK", "H1"] == (Entry(0),)
    away = [row(establishment="H1", name="Un", exit=dt.date(2027, 9, 1))]
    assert read(over(small(needs=needs, lots=lots, articles=articles, offers=offers, establishments=away), 2)).entries["MILK", "H1"] == (Entry(3, 3000, "early"),)


def test_each_year_is_billed_on_what_is_in_force() -> None:
    """Milk from S1 at 1.00 less 10 % from 3,900 €: H1 (1,000 €) joins in April 2027, H2 (3,000 €) at once."""
    tier = row(supplier="S1", scope="lot", lot="MILK", threshold=3900.0, rate=10.0)
    suppliers = [row(supplier="S1", name="Premier", management_cost=120.0, free_carriage=2000.0, carriage=48.0), row(supplier="S2", name="Second")]
    case = over(small(discounts=[tier], suppliers=suppliers), 2)
    market = read(case)
    found = run(market, (), {("MILK", "H1", "S1"): 100, ("MILK", "H2", "S1"): 100})
    first, second = (year.bill for year in found.years)
    assert first.rows["MILK", "H1", "S1"].gross == 75000 and first.outside["MILK", "H1"] == 27500
    assert first.reached[0].discount == 0 and second.reached[0].discount == 40000  # 3,750 € in force in 2027: not reached
    assert first.carriage == {("S1", "H1"): 3600} and second.carriage == {("S1", "H1"): 4800}  # nine months under the free carriage
    assert sum(first.management.values()) == 12000
    sums = {(r.year, r.establishment): r for r in rows(YEARS, ledger.tables(found)[YEARS.name])}
    assert sums[2027, "H1"].reference == 825.0 and sums[2027, "H1"].new == 786.0 and sums[2027, "H1"].gain == 39.0
    assert sums[2028, None].gain == 1100 + 3150 - 3600 - 48 and sums[2028, None].budget == sums[2028, None].gain - 120
    assert sums[None, None].gain == sums[2028, None].gain
    lines = ledger.tables(found)[COSTS.name]
    assert set(lines["year"]) == {2027, 2028}
    assert round(lines[lines["year"] == 2027]["amount"].sum(), 2) == 750 + 275 + 3000 + 36 + 120 + 220 + 520


@pytest.mark.parametrize("seed", range(10))
def test_best_plan_equals_enumeration(seed: int) -> None:
    """2 members, 2 lots, 2 suppliers over two years: every award with every way of joining priced from scratch."""
    rules: list[dict[str, Any]] = [{"kind": "max_joins", "value": 2}] if seed % 3 == 0 else []
    rules += [{"kind": "min_quality", "value": 60, "penalty": 0.3}] if seed % 2 else [{"kind": "min_quality", "value": 10}]
    free = scenario(seed, members=2, lots=2, articles=4, suppliers=2, tiers=2, switching=25.0 * (seed % 2), rules=rules, scale=0.2)
    case = over(free, 2, seed, purchasing_discount_rate=4.0 * (seed % 2))
    market = read(case)
    read_, locks = read_rules(case, market), read_locks(case, market)
    costs = []
    for shares in every_award(market):
        if any(not market.entries[award[:2]] for award in shares):
            continue
        for joins in all_joins(market, shares):
            found = run(market, read_, shares, joins)
            if not [issue for issue in faults(found, locks) if issue.is_error]:
                costs.append(cost_of(ledger.course_lines(found)))
    plan = solve(case)
    if not costs:
        assert plan.status is Status.INFEASIBLE
        return
    assert plan.status is Status.OPTIMAL and plan.cost is not None and plan.bound is not None
    assert min(costs) - 1e-9 <= plan.cost <= min(costs) * (1 + 5e-5)
    assert plan.bound <= min(costs)
    audit = PURCHASING.audit(case, NO_NETWORK, plan)
    assert audit.valid and audit.cost == plan.cost, audit.issues


@pytest.mark.parametrize("seed", range(6))
def test_the_program_prices_every_plan_as_the_bills_do(seed: int) -> None:
    rules: list[dict[str, Any]] = [{"kind": "min_quality", "value": 70, "penalty": 0.5}, {"kind": "min_organic", "value": 30, "penalty": 1.5, "establishment": "H1"}]
    free = scenario(seed, members=3, lots=4, articles=9, suppliers=4, tiers=3, split_lots=2, switching=40.0, decreasing=seed == 3, rules=rules, scale=0.3)
    case = over(free, 3, seed, purchasing_discount_rate=3.0 * (seed % 2))
    market = read(case)
    kept = read_rules(case, market)
    arrays = Arrays(market, kept, [])
    program = Program(arrays.data)
    rng = np.random.default_rng(seed)
    for _ in range(60):
        shares: dict[Award, int] = {}
        joins: Joins = {pair: ways[int(rng.integers(0, len(ways)))] for pair, ways in market.entries.items() if ways}
        for lot in market.lots:
            winners = [str(s) for s in rng.permutation(list(market.bidders[lot]))[: 2 if market.max_winners[lot] > 1 else 1]]
            for pair in market.of_lot(lot):
                if winners and market.entries[pair] and rng.random() < 0.75:
                    first = int(rng.integers(1, 100)) if len(winners) == 2 else 100
                    shares |= {(*pair, s): p for s, p in zip(winners, (first, 100 - first), strict=False) if p}
        parts = arrays.parts(shares, joins)
        assert arrays.shares(parts) == shares
        found = run(market, kept, shares, joins)
        assert arrays.joins(parts) == found.joins
        x = program.point(parts)
        assert program.model.violation(x) < 1e-9
        exact, billed = float(program.model.cost @ x), cost_of(ledger.course_lines(found))
        lines = len(ledger.course_lines(found))
        assert exact - 0.005 * lines - 1e-4 <= billed <= exact + 0.02 * lines


def test_leaving_early_is_chosen_when_it_pays() -> None:
    case = over(small(), 2)
    needs = case.frames["needs"].copy()
    for fee, how in ((0.5, "early"), (60.0, "at_end")):
        needs["exit_fee"] = fee
        priced = case.replace("needs", needs)
        plan = solve(priced)
        assert PURCHASING.audit(priced, NO_NETWORK, plan).valid
        found = {(r.lot, r.establishment): r for r in rows(CALENDAR, plan.tables[CALENDAR.name])}
        milk = found["MILK", "H1"]
        assert milk.how == how and milk.joins == (dt.date(2027, 1, 1) if how == "early" else dt.date(2027, 4, 1))
        assert milk.fee == (1.38 if how == "early" else 0)  # 0.5 % of three months of 1,100 €, rounded up


def test_targets_weigh_each_year_and_are_not_paid() -> None:
    target = row(rule="T", kind="min_organic", value=95.0, penalty=2.0)
    case = over(small(purchasing_rules=[target]), 2)
    plan = solve(case)
    lines = plan.tables[COSTS.name]
    missed = lines[lines["line"] == "target"]
    assert plan.status is Status.OPTIMAL and len(missed) and missed["amount"].sum() == 0
    assert missed["objective"].tolist() == pytest.approx([2 * q for q in missed["quantity"]], abs=0.011)
    audit = PURCHASING.audit(case, NO_NETWORK, plan)
    assert audit.valid and audit.annual == pytest.approx(lines["amount"].sum() / 2, abs=0.01)


def test_a_member_whose_contracts_outlast_the_plan_stays_out_and_it_is_said() -> None:
    case = over(small(), 1)
    assert read(case).entries["BREAD", "H2"] == ()
    said = [issue for issue in PURCHASING.precheck(case, NO_NETWORK) if issue.code == "joins_after_the_plan"]
    assert [dict(issue.args)["members"] for issue in said] == ["H2"]
    plan = solve(case)
    assert [r.supplier for r in rows(AWARDS, plan.tables[AWARDS.name]) if (r.lot, r.establishment) == ("BREAD", "H2")] == [None]
    locked = over(small(purchasing_locks=[row(lot="BREAD", establishment="H2", supplier="S1", action="award")]), 1)
    assert "lock_joins_too_late" in {issue.code for issue in PURCHASING.precheck(locked, NO_NETWORK)}


def test_tiers_are_told_by_year() -> None:
    tier = row(supplier="S1", scope="lot", lot="MILK", threshold=3900.0, rate=40.0)
    plan = solve(over(small(discounts=[tier]), 2))
    told = {r.year: r.rate for r in rows(TIERS, plan.tables[TIERS.name])}
    assert told == {None: 40.0, 2027: 0.0, 2028: 40.0}
