"""Purchasing instances: the judge's tiers, edges and rules from small ones by hand, broken plans refused, engine and peers on published ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.purchasing import table
from benchmarks.purchasing.engines import RUNNERS, Outcome
from benchmarks.purchasing.instance import Answer, Instance, by_slice, judge, rate
from benchmarks.purchasing.readers import instances, read

PUBLISHED = Path(__file__).resolve().parents[2] / "shared" / "benchmarks" / "purchasing"
with_instances = pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the purchasing instances (shared/benchmarks/purchasing beside the project) are not here")


def quantities(kind: str = "tqd_allunit", **more: Any) -> Instance:
    """Two suppliers, three articles of 10 units."""
    data = {
        "kind": kind, "n_suppliers": 2, "n_articles": 3, "price_cents": [[100, 200, 300], [110, 190, 310]], "max_qty": [[10, 10, 10], [10, 10, 5]], "demand": [10, 10, 10],
        "tiers": [[{"from_units": 0, "rate_pm": 0}, {"from_units": 20, "rate_pm": 55}], [{"from_units": 0, "rate_pm": 0}]],
    }  # fmt: skip
    return Instance("small", kind, {**data, **more})


def test_all_units_tier_from_its_first_unit() -> None:
    cost = judge(quantities(), Answer([[10, 0, 10], [0, 10, 0]])).cost
    assert cost == pytest.approx((4000 * 0.945 + 1900) / 100)
    assert judge(quantities(), Answer([[9, 0, 10], [1, 10, 0]])).cost == pytest.approx((3900 + 2010) / 100)  # one unit short of the tier


def test_turnover_tiers_on_all_and_by_slice() -> None:
    tiers = [{"from_cents": 0, "rate_pm": 0}, {"from_cents": 4000, "rate_pm": 20}, {"from_cents": 5000, "rate_pm": 100}]
    assert [rate(tiers, total) for total in (3999, 4000, 4999, 5000)] == [0, 20, 20, 100]
    assert [by_slice(tiers, total) for total in (4000, 4500, 5000, 6000)] == [0, 10_000, 20_000, 120_000]
    more = {"turnover_tiers": [tiers, tiers], "supplier_fixed_cents": 50}
    whole = Answer([[10, 10, 10], [0, 0, 0]])  # 6000 cents
    assert judge(quantities("rfa_retroactive", **more), whole).cost == pytest.approx((6000 * 0.9 + 50) / 100)
    assert judge(quantities("rfa_incremental", **more), whole).cost == pytest.approx((6000 - 120 + 50) / 100)


@pytest.mark.parametrize(("units", "words"), [
    ([[10, 0, 10], [0, 9, 0]], "article 1: 9 units"), ([[10, 0, 4], [0, 10, 6]], "supplier 1 sells 6"), ([[11, 0, 10], [-1, 10, 0]], "supplier 0 sells 11"),
    ([[10, 0, 9.5], [0, 10, 0.5]], "sells 9.5"), ([[10, 0, 10]], "another size"),
])  # fmt: skip
def test_broken_quantities_are_refused(units: list[list[float]], words: str) -> None:
    assert words in "; ".join(judge(quantities(), Answer(units)).faults)  # type: ignore[arg-type]


def test_rules_of_families_suppliers_and_bundles() -> None:
    ruled = quantities(
        "tqd_allunit_rules", family=[0, 0, 1], max_suppliers=2, family_share_cap_pct=70, family_share_min_if_present_pct=30, min_suppliers_per_family=1, max_qty=[[10, 10, 10]] * 2
    )
    fine = Answer([[10, 0, 5], [0, 10, 5]])
    assert not judge(ruled, fine).faults
    assert "too much" in str(judge(ruled, Answer([[10, 0, 10], [0, 10, 0]])).faults)
    assert "too little" in str(judge(ruled, Answer([[10, 5, 5], [0, 5, 5]])).faults)
    assert "2 suppliers, the most is 1" in str(judge(quantities("tqd_allunit_rules", max_suppliers=1), fine).faults)
    assert "has 1 suppliers" in str(judge(quantities(family=[0, 0, 0], min_suppliers_per_family=2), Answer([[10, 10, 10], [0, 0, 0]])).faults)
    bundled = quantities("tqd_allunit_bundles", bundles=[{"supplier": 1, "articles": [0, 1], "cost_cents": 2500}])
    assert judge(bundled, Answer([[0, 0, 10], [0, 0, 0]], (0,))).cost == 55.0
    assert "20 units" in str(judge(bundled, Answer([[10, 0, 10], [0, 0, 0]], (0,))).faults)


def award() -> Instance:
    """Two members, two lots of one article, two suppliers."""
    data = {
        "kind": "ght", "n_members": 2, "n_suppliers": 2, "n_articles": 2, "n_lots": 2, "demand": [[10, 10], [5, 0]], "lot_of_article": [0, 1], "price_cents": [[101, 200], [99, 210]],
        "own_price_cents": [[120, 220], [130, 240]], "lots_two_winners": [1], "supplier_fixed_cents": 300, "franco_cents": [1500, 2000], "carriage_cents": [70, 80],
        "offers": [
            {"supplier": 0, "lot": 0, "tiers": [{"from_units": 0, "rate_pm": 0}, {"from_units": 15, "rate_pm": 33}]}, {"supplier": 0, "lot": 1, "tiers": [{"from_units": 0, "rate_pm": 0}]},
            {"supplier": 1, "lot": 0, "tiers": [{"from_units": 0, "rate_pm": 0}]},
        ],
        "turnover_tiers_retroactive": [[{"from_cents": 0, "rate_pm": 0}, {"from_cents": 3000, "rate_pm": 10}], [{"from_cents": 0, "rate_pm": 0}]],
    }  # fmt: skip
    return Instance("award", "ght", data)


def test_an_award_pays_tiers_turnover_carriage_and_suppliers() -> None:
    one = award()
    assert judge(one, Answer()).cost == (1200 + 2200 + 650) / 100  # everyone as today
    # 15 units of lot 0 at 101 less 3.3 %, lot 1 at 200; turnover in whole cents: 976 + 488 + 2000 = 3464, of which 1 %; member 1 under 15.00
    whole = Answer(award={(0, 0): 0, (1, 0): 0, (0, 1): 0})
    assert judge(one, whole).cost == pytest.approx((1515 * 0.967 + 2000 + 300 - 34.64 + 70) / 100)
    assert not judge(one, whole).faults
    assert "lot 0 has 2 winners" in str(judge(one, Answer(award={(0, 0): 0, (1, 0): 1})).faults)
    assert "no offer for lot 1" in str(judge(one, Answer(award={(0, 1): 1})).faults)


@pytest.mark.parametrize("runner", sorted(RUNNERS))
def test_every_runner_finds_the_best_of_small_ones(runner: str) -> None:
    found = RUNNERS[runner](quantities(), 20.0, 1e-6, 1)
    assert found.answer is not None and judge(quantities(), found.answer).cost == pytest.approx(56.7)  # all from supplier 0, 6000 less 5.5 %
    found = RUNNERS[runner](award(), 20.0, 1e-6, 1)
    assert found.answer is not None and not judge(award(), found.answer).faults
    best = min(
        judge(award(), Answer(award=choice)).cost
        for choice in ({k: v for k, v in zip(((0, 0), (1, 0), (0, 1)), (a, b, c), strict=True) if v is not None} for a in (None, 0, 1) for b in (None, 0, 1) for c in (None, 0))
        if not judge(award(), Answer(award=choice)).faults
    )  # fmt: skip
    assert judge(award(), found.answer).cost == pytest.approx(best)
    assert found.bound <= best + 1e-6 or runner == "cpsat"  # it makes continuous quantities whole in units of its own: its bound is of another program


def test_a_bound_above_the_cost_is_a_fault() -> None:
    row = table.measured(quantities(), "ours", Outcome(Answer([[10, 10, 10], [0, 0, 0]]), bound=60.0), 1.0)
    assert "above the cost" in str(row["faults"])


def test_absent_instances_are_said_and_not_passed_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert table.main([str(tmp_path / "nowhere")]) == 2
    assert "nothing was run" in capsys.readouterr().out


@with_instances
def test_published_files_are_read_and_some_solved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    every = list(instances(PUBLISHED))
    assert {"tqd", "ctqd", "ctqd_tight", "ctqd_bundles", "rfa_incr", "rfa_retro", "tqd_rules", "ght"} <= {one.family for one in every}
    assert all(one.best for one in every)
    out = tmp_path / "table.csv"
    words = [str(PUBLISHED / "synthetic"), "--runners", "ours", "--seconds", "20", "--instances", "tqd,ght_5x10x40_101", "--most", "2", "--out", str(out)]
    assert table.main(words) == 0
    said = out.read_text()
    assert said.count("\n") == 4 and "no plan" not in said
    assert table.main(words) == 0 and out.read_text() == said  # goes on from its file
    assert "tqd" in capsys.readouterr().out
    one = read(next((PUBLISHED / "synthetic").glob("tqd_10x30x3_101.json")))
    found = RUNNERS["ours"](one, 20.0, 1e-4, 1)
    assert found.answer is not None
    units = [list(row) for row in found.answer.units]
    assert not judge(one, Answer(units)).faults
    units[0][0] += 1
    assert judge(one, Answer(units)).faults
