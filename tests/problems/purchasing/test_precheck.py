"""What cannot work is said before solving, with both figures, and a solve then ends INFEASIBLE with the same words."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from planner.i18n import describe
from planner.issues import Issue, errors
from planner.network import Network
from planner.plan import Limits, Progress, Status
from planner.problems.purchasing import PURCHASING
from planner.problems.purchasing.market import read
from planner.problems.purchasing.precheck import best_quality, can_serve
from planner.problems.purchasing.rules import Standing
from planner.scenario import Scenario
from tests.problems.purchasing.cases import every_award, row, small
from tests.problems.purchasing.generator import scenario

NO_NETWORK: Network = None  # type: ignore[assignment]  # purchasing uses no distances

LOTS2 = [row(lot="MILK", name="Lait", family="FOOD", max_winners=2), row(lot="BREAD", name="Pain", family="FOOD")]


def rule(kind: str, value: float, **more: Any) -> dict[str, list[dict[str, Any]]]:
    return {"purchasing_rules": [row(rule="R", kind=kind, value=value, **more)]}


def lock(*rows_: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {"purchasing_locks": list(rows_)}


def offers(**milk: Any) -> list[dict[str, Any]]:
    return [row(supplier="S1", article="milk", price=1.0, **milk), row(supplier="S1", article="bread", price=1.0), row(supplier="S2", article="milk", price=1.0)]


def tier(**more: Any) -> dict[str, Any]:
    return {"supplier": "S1", "scope": "lot", "lot": "MILK", "threshold": 0.0, "rate": 5.0, **more}


AWAY = [row(establishment=e, name=e, entry=dt.date(2030, 1, 1)) for e in ("H1", "H2")]
FAULTS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("no_need_in_first_year", {"establishments": AWAY}, {"year": "2027"}),
    ("rule_not_whole", rule("max_lots", 1.5), {"value": 1.5}),
    ("rule_above_100", rule("max_share", 120), {"value": 120.0}),
    ("lock_without_supplier", lock(row(lot="MILK", action="award")), {"lot": "MILK"}),
    ("lock_without_offer", lock(row(lot="BREAD", supplier="S2", action="award")), {"missing": 1, "articles": 2, "article": "roll"}),
    ("lock_above_capacity", {**lock(row(lot="MILK", supplier="S1", action="award")), "offers": offers(capacity=3500.0)}, {"need": 4000.0, "capacity": 3500.0}),
    ("lock_too_many_awards", lock(row(lot="MILK", establishment="H1", supplier="S1", action="award"), row(lot="MILK", establishment="H2", supplier="S2", action="award")), {"count": 2, "limit": 1}),
    ("lock_contradiction", lock(row(lot="MILK", supplier="S1", action="award"), row(lot="MILK", establishment="H2", action="stay_out")), {"establishment": "H2"}),
    ("lock_contradiction", lock(row(lot="MILK", supplier="S1", action="award"), row(lot="MILK", establishment="H1", supplier="S1", action="exclude")), {"establishment": "H1"}),
    ("discount_without_lot", {"discounts": [tier(lot=None)]}, {"supplier": "S1"}),
    ("discount_mixed", {"discounts": [tier(), tier(threshold=9.0, method="incremental")]}, {"lot": "MILK"}),
    ("discount_twice", {"discounts": [tier(), tier()]}, {"threshold": 0.0}),
    ("discount_above_price", {"discounts": [tier(rate=60.0), tier(scope="supplier", lot=None, rate=50.0)]}, {"rate": 110.0}),
    ("winners_above_bidders", rule("min_winners", 2, lot="BREAD"), {"asked": 2, "bidders": 1}),
    ("winners_above_limit", rule("min_winners", 2, lot="MILK"), {"asked": 2, "limit": 1}),
    # all milk bought is organic or of quality, but no bread is: 4 000 € of milk at most, rolls at today's 60 €
    ("quality_out_of_reach", rule("min_quality", 99), {"asked": 99.0}),
    ("quality_out_of_reach", rule("min_organic", 90), {"asked": 90.0}),
]  # fmt: skip
WARNINGS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("rule_column_unused", rule("max_suppliers", 2, supplier="S1"), {"rule": "R"}),
    ("rule_without_lot", {**rule("min_quality", 10), "families": [row(family="FOOD", name="x", food=False)]}, {"rule": "R"}),
    ("lock_supplier_unused", lock(row(lot="MILK", supplier="S1", action="stay_out")), {"lot": "MILK"}),
    ("lock_without_need", lock(row(lot="TEA", action="stay_out")) | {"lots": [*LOTS2, row(lot="TEA", name="Thé", family="FOOD")]}, {"lot": "TEA"}),
    ("discount_lot_unused", {"discounts": [tier(scope="supplier")]}, {"supplier": "S1"}),
    ("discount_falls", {"discounts": [tier(), tier(threshold=9.0, rate=2.0)]}, {"before": 5.0, "rate": 2.0}),
    ("discount_without_offer", {"discounts": [tier(supplier="S2", lot="BREAD")]}, {"lot": "BREAD"}),
    ("lot_without_bidder", {"offers": offers()}, {"lot": "BREAD", "articles": 2}),
    ("minimum_above_need", {"offers": offers(minimum=5000.0)}, {"minimum": 5000.0, "need": 4000.0}),
    ("minimum_above_capacity", {"offers": offers(minimum=3000.0, capacity=2000.0)}, {"minimum": 3000.0, "capacity": 2000.0}),
    ("framework_below_need", {"lots": [row(lot="MILK", name="Lait", family="FOOD", max_value=4000.0), LOTS2[1]]}, {"limit": 4000.0, "value": 4250.0}),
    ("share_cap_empties_lot", {**rule("max_share", 40, lot="MILK"), "lots": LOTS2}, {"winners": 2, "together": 80.0}),
]  # fmt: skip


def found(case: Scenario, code: str) -> list[Issue]:
    return [issue for issue in PURCHASING.precheck(case, NO_NETWORK) if issue.code == code]


def test_a_sound_scenario_has_no_finding_but_incomplete_offers() -> None:
    issues = PURCHASING.precheck(small(), NO_NETWORK)
    assert [issue.code for issue in issues] == ["offer_incomplete"]
    assert dict(issues[0].args) == {"supplier": "S2", "lot": "BREAD", "article": "roll", "missing": 1, "articles": 2}


@pytest.mark.parametrize(("code", "changes", "figures"), FAULTS, ids=lambda x: x if isinstance(x, str) else "")
def test_faults(code: str, changes: dict[str, Any], figures: dict[str, Any]) -> None:
    case = small(**changes)
    issues = found(case, code)
    assert issues and issues[0].is_error
    assert figures.items() <= dict(issues[0].args).items()
    plan = PURCHASING.solve(case, NO_NETWORK, Limits(seconds=5), Progress())
    assert plan.status is Status.INFEASIBLE and code in {issue.code for issue in plan.issues}
    assert all("{" not in describe(issue, lang) for issue in plan.issues for lang in ("fr", "en"))


@pytest.mark.parametrize(("code", "changes", "figures"), WARNINGS, ids=lambda x: x if isinstance(x, str) else "")
def test_warnings_do_not_forbid_a_plan(code: str, changes: dict[str, Any], figures: dict[str, Any]) -> None:
    case = small(**changes)
    issues = found(case, code)
    assert issues and not issues[0].is_error
    assert figures.items() <= dict(issues[0].args).items()
    plan = PURCHASING.solve(case, NO_NETWORK, Limits(seconds=5), Progress())
    assert plan.status is Status.OPTIMAL
    assert errors(PURCHASING.audit(case, NO_NETWORK, plan).issues) == []


def test_reachable_quality_figure_is_the_largest_share_of_any_award() -> None:
    for seed in range(4):
        case = scenario(seed, members=1, lots=3, articles=6, suppliers=3)
        market = read(case)
        best = max(q / w for w, q, _ in (Standing(market, shares).food(market.lots) for shares in every_award(market)))
        lots = tuple(lot for lot in market.lots if market.food[lot])
        part, whole = best_quality(market, lots, 0, can_serve(market, []))
        assert part / whole == pytest.approx(best)
