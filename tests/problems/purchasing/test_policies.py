"""Prices of purchasing rules, gaps of losing offers, and the price of a point of EGalim: intervals that hold the truth."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner import cli, egalim, service
from planner import prices as pricing
from planner.catalog import TABLES as ALL_TABLES
from planner.excel import write_scenario
from planner.i18n import catalogue, message
from planner.issues import Message
from planner.plan import Limits, Progress, Status
from planner.prices import prices
from planner.problems.purchasing import PURCHASING
from planner.problems.purchasing.policies import offers, policies
from planner.problems.purchasing.tables import PLAN_RATE, PLAN_YEARS, RULE_KINDS
from planner.scenario import Scenario, with_parameter
from planner.sites import SITES
from tests.contract.purchasing_mutations import converging
from tests.problems.purchasing.cases import row, small
from tests.problems.purchasing.test_model import solve

LIMITS = Limits(seconds=20, gap=1e-6)


def ruled() -> Scenario:
    """Three rules (one that costs nothing), one written but not active, a lock and a framework."""
    return small(
        purchasing_rules=[row(rule="GREEN", kind="min_organic", value=40.0), row(rule="LOOSE", kind="max_suppliers", value=2.0),
                          row(rule="LATER", kind="min_organic", value=70.0, active=False)],
        purchasing_locks=[row(lot="MILK", establishment="H1", supplier="S1", action="award")],
        lots=[row(lot="MILK", name="Lait", family="FOOD", max_winners=1, max_value=5000.0), row(lot="BREAD", name="Pain", family="FOOD")],
        offers=[row(supplier="S1", article="milk", price=0.8), row(supplier="S2", article="milk", price=0.9, quality="organic"),
                row(supplier="S1", article="bread", price=2.0), row(supplier="S1", article="roll", price=1.0)],
    )  # fmt: skip


def test_every_rule_lock_limit_and_decision_is_asked() -> None:
    case = ruled()
    asked = [(rule.name.key, rule.kind) for rule in policies(case)]
    assert asked == [
        ("policy.rule_min_organic", "rule"), ("policy.rule_max_suppliers", "rule"), ("policy.purchasing_lock", "rule"), ("policy.winners", "rule"), ("policy.framework", "rule"),
        ("policy.rule_min_organic", "decision"), ("policy.stays_out", "decision"), ("policy.stays_out", "decision"),
    ]  # fmt: skip
    for rule in policies(case):
        assert rule.change(case).hash != case.hash, rule.name
    free = next(rule for rule in policies(case) if rule.name.key == "policy.purchasing_lock").change(case)
    assert free.rows("purchasing_locks") == []


@pytest.mark.parametrize(("lang", "green", "loose"), [("fr", "Part bio minimale\u00a0: 40\u00a0% (GREEN)", "Au plus 2 fournisseur(s) (LOOSE)"), ("en", "Smallest organic share: 40% (GREEN)", "At most 2 supplier(s) (LOOSE)")])
def test_a_rule_is_called_by_a_sentence_that_holds_its_number(lang: str, green: str, loose: str) -> None:
    said = [message(rule.name, lang) for rule in policies(ruled())]
    assert said[:2] == [green, loose]
    kinds = {option.code for option in RULE_KINDS}
    assert {key.removeprefix("policy.rule_") for key in catalogue() if key.startswith("policy.rule_")} == kinds


def test_a_price_is_the_difference_of_two_proven_plans() -> None:
    case = small(purchasing_rules=[row(rule="GREEN", kind="min_organic", value=40.0)], offers=ruled_offers())
    free = small(offers=ruled_offers())
    made = prices(case, "purchasing", LIMITS, Progress(), kinds=("rule",))
    (green,) = [price for price in made.prices if price.name.key == "policy.rule_min_organic"]
    with_rule, without = solve(case).cost, solve(free).cost
    assert with_rule is not None and without is not None and with_rule > without
    assert green.low - 0.02 <= with_rule - without <= green.high + 0.02 and green.high - green.low < 0.2


def ruled_offers() -> list[dict[str, object]]:
    return [row(supplier="S1", article="milk", price=0.8), row(supplier="S2", article="milk", price=0.9, quality="organic"), row(supplier="S1", article="bread", price=2.0),
            row(supplier="S1", article="roll", price=1.0)]  # fmt: skip


def test_years_of_a_convergence_plan_are_discounted_at_its_own_rate() -> None:
    case = with_parameter(with_parameter(small(), PLAN_YEARS, 2), PLAN_RATE, 5)
    made = prices(case, "purchasing", LIMITS, Progress(), kinds=("decision",))
    assert made.years == pytest.approx(1 + 1 / 1.05)


def test_the_gap_of_an_offer_is_what_its_winning_costs() -> None:
    case = small(offers=ruled_offers())
    made = service.price_offers(case, ["MILK"], LIMITS, Progress())
    gaps = {dict(price.name.args)["supplier"]: price for price in made.prices}
    assert gaps["Premier"].free  # it wins already
    assert gaps["Second"].low <= 400 <= gaps["Second"].high < 401  # one winner: all 4,000 litres at 10 cents more
    assert len(offers(case)) == 3
    said = service.offers_text(made, "fr")
    assert "Usage interne" in said and "Second gagne «\u00a0Lait\u00a0»" in said
    assert Message.of("policy.wins_lot").key not in said


def test_the_curve_of_egalim_rises_and_holds_the_true_price() -> None:
    case = small(offers=ruled_offers(), purchasing_rules=[row(rule="OLD", kind="min_organic", value=10.0)])
    made = egalim.curve(case, "organic", (20.0, 50.0, 99.0), LIMITS, Progress())
    assert [point.share for point in made.points] == [0.0, 20.0, 50.0, 99.0]
    assert made.points[-1].status is Status.INFEASIBLE
    costs = [point.cost for point in made.points[:-1]]
    assert costs == sorted(costs) and all(point.bound <= point.cost for point in made.points)
    for point, share in zip(made.points[1:-1], (20.0, 50.0), strict=True):
        true = solve(small(offers=ruled_offers(), purchasing_rules=[row(rule="R", kind="min_organic", value=share)])).cost
        assert true is not None and point.bound <= true + 0.01 and true <= point.cost + 0.2
        assert point.reached is not None and point.reached >= share and point.low is not None and point.high is not None and 0 <= point.low <= point.high
    one = egalim.curve(case, "quality", (50.0,), LIMITS, Progress(), "H1")
    assert len(one.points) == 2 and one.establishment == "H1"


def test_words_workbook_and_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sites = {SITES.name: [row(site="A", name="A", establishment="H1", lat=50.0, lon=3.0)]}
    plain = small(offers=ruled_offers())
    case = Scenario.of("achats", ALL_TABLES, {**{t.name: [{n: getattr(r, n) for n in t.names} for r in plain.rows(t.name)] for t in plain.tables}, **sites})
    file, book = tmp_path / "achats.xlsx", tmp_path / "egalim.xlsx"
    write_scenario(case, file, lang="fr")
    assert cli.main(["egalim", str(file), "--kind", "organic", "--shares", "20;60", "-o", str(book), "--lang", "fr", "--seconds", "10"]) == 0
    assert "Prix du point de bio" in capsys.readouterr().out and book.exists()
    assert cli.main(["egalim", str(file), "--shares", "20", "--json", "--lang", "en", "--seconds", "10"]) == 0
    assert [point["share"] for point in json.loads(capsys.readouterr().out)["points"]] == [0.0, 20.0]
    assert cli.main(["offers", str(file), "--lots", "MILK", "--lang", "en", "--seconds", "10"]) == 0
    assert "Internal use" in capsys.readouterr().out
    assert cli.main(["egalim", str(file), "--shares", "many", "--lang", "fr"]) == 2
    assert cli.main(["egalim", str(file), "--establishment", "H9", "--lang", "fr"]) == 2
    assert cli.main(["offers", str(file), "--lots", "TEA", "--lang", "fr"]) == 2


def test_a_plan_over_years_can_be_priced_too() -> None:
    case = converging()
    known = pricing.solved(PURCHASING, case, None, LIMITS, Progress())  # type: ignore[arg-type]  # purchasing uses no distances
    assert known.plan is not None and known.bound <= known.cost


def test_points_that_nobody_has_to_ask_for_do_not_make_the_others_look_cheap() -> None:
    """The cheapest plan has some organic rolls anyway; the points up to there are not counted in the price of those above."""
    case = small(offers=[{**offer, "quality": "organic"} if offer["article"] == "roll" else offer for offer in ruled_offers()])
    made = egalim.curve(case, "organic", (50.0,), LIMITS, Progress())
    (none, half) = made.points
    assert none.reached is not None and none.reached > 0 and half.low is not None and half.high is not None
    true = (half.cost - none.cost) / (50 - none.reached) / made.years
    assert half.low <= true + 0.02 and true <= half.high + 0.02 and half.high - half.low < 0.1
