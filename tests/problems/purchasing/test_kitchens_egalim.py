"""EGalim by kitchen: needs of several kitchens of one member, rules and priced targets by kitchen, the table of who lacks what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner import cli, egalim
from planner.catalog import TABLES
from planner.excel import write_scenario
from planner.i18n import describe
from planner.issues import errors
from planner.network import Network
from planner.plan import Limits, Plan, Progress, Status
from planner.problems.purchasing import PURCHASING
from planner.problems.purchasing.market import read
from planner.problems.purchasing.result_tables import EGALIM, TARGETS
from planner.problems.purchasing.tables import COSTS
from planner.scenario import Scenario
from planner.schema import rows
from tests.problems.purchasing.cases import row
from tests.problems.purchasing.test_model import solve

NO_NETWORK: Network = None  # type: ignore[assignment]  # purchasing uses no distances


def kitchens(**changes: list[dict[str, Any]]) -> Scenario:
    """H1 has two kitchens, H2 one. Milk at 1.00, or organic at 1.20, in one lot for each supplier; apples in another, of which only K1 has a need."""
    data: dict[str, list[dict[str, Any]]] = {
        "parameters": [{"parameter": "first_year", "value": 2027}],
        "establishments": [row(establishment=h, name=h) for h in ("H1", "H2")],
        "sites": [row(site=k, name=k, establishment=h, lat=50.0, lon=3.0) for k, h in (("K1", "H1"), ("K2", "H1"), ("K3", "H2"))],
        "kitchens": [row(kitchen=k, name=k, site=k, establishment=h, status="existing", modes=("cold",)) for k, h in (("K1", "H1"), ("K2", "H1"), ("K3", "H2"))],
        "families": [row(family="FOOD", name="Alimentation", food=True)],
        "lots": [row(lot=lot, name=lot, family="FOOD") for lot in ("MILK", "FRUIT")],
        "articles": [row(article="milk", name="Lait", lot="MILK"), row(article="apple", name="Pomme", lot="FRUIT")],
        "suppliers": [row(supplier="S1", name="S1"), row(supplier="BIO", name="Bio")],
        "needs": [row(establishment="H1", article="milk", kitchen="K1", quantity=600.0, current_price=1.3), row(establishment="H1", article="milk", kitchen="K2", quantity=400.0, current_price=1.5),
                  row(establishment="H1", article="apple", kitchen="K1", quantity=400.0, current_price=1.5), row(establishment="H2", article="milk", quantity=1000.0, current_price=1.3)],
        "offers": [row(supplier="S1", article=a, price=1.0) for a in ("milk", "apple")] + [row(supplier="BIO", article=a, price=1.2, quality="organic") for a in ("milk", "apple")],
    }  # fmt: skip
    return Scenario.of("kitchens", TABLES, {**data, **changes})


def shown(plan: Plan) -> dict[tuple[str | None, str | None], Any]:
    return {(r.establishment, r.kitchen): r for r in rows(EGALIM, plan.tables[EGALIM.name]) if r.year is None}


def test_needs_of_several_kitchens_add_up_and_each_kitchen_has_its_shares() -> None:
    case = kitchens()
    market = read(case)
    assert market.own_need["H1", "milk"] == 1_000_000 and market.paid["H1", "milk"] == 1_380_000  # (600 x 1.30 + 400 x 1.50) / 1 000
    assert market.kitchens == ("K1", "K2", "K3")  # K3 by itself: the only one of H2
    plan = solve(case)
    assert plan.cost == 2400.0 and PURCHASING.audit(case, NO_NETWORK, plan).valid
    assert {key: r.food for key, r in shown(plan).items()} == {(None, "K1"): 1000.0, (None, "K2"): 400.0, (None, "K3"): 1000.0, ("H1", None): 1400.0, ("H2", None): 1000.0, (None, None): 2400.0}
    assert shown(plan)[None, "K1"].quality_short == 500.0 and shown(plan)[None, "K1"].organic_short == 200.0


def test_a_rule_on_one_kitchen_binds_it_alone() -> None:
    case = kitchens(purchasing_rules=[row(rule="BIO1", kind="min_organic", kitchen="K1", value=40.0)])
    plan = solve(case)
    # apples organic are enough for K1: 480 of 1 080; milk would have to be organic for both members
    assert plan.cost == 2400.0 + 80.0 and PURCHASING.audit(case, NO_NETWORK, plan).valid
    assert shown(plan)[None, "K1"].organic == pytest.approx(44.4444) and shown(plan)[None, "K2"].organic == 0.0
    tighter = kitchens(purchasing_rules=[row(rule="BIO1", kind="min_organic", kitchen="K1", value=60.0)])
    other = PURCHASING.audit(tighter, NO_NETWORK, plan.with_(scenario_hash=tighter.hash))
    assert "organic_too_low" in {issue.code for issue in errors(other.issues)}


def test_targets_by_kitchen_and_for_the_group_have_a_priced_shortfall() -> None:
    rules = [row(rule="T1", kind="min_organic", kitchen="K1", value=50.0, penalty=0.5), row(rule="T", kind="min_organic", value=20.0, penalty=0.1)]
    case = kitchens(purchasing_rules=rules)
    plan = solve(case)
    assert plan.status is Status.OPTIMAL
    audit = PURCHASING.audit(case, NO_NETWORK, plan)
    assert audit.valid and audit.cost == plan.cost
    told = {r.rule: r for r in rows(TARGETS, plan.tables[TARGETS.name])}
    # apples organic: K1 has 480 of 1 080, 60 short of a half, 30.00; the group 480 of 2 480, 16 short of a fifth, 1.60
    assert (told["T1"].kitchen, told["T1"].reached, told["T1"].short, told["T1"].weighs) == ("K1", pytest.approx(44.4444), 60.0, 30.0)
    assert (told["T"].kitchen, told["T"].short, told["T"].weighs) == (None, 16.0, 1.6)
    assert plan.cost == 2480.0 + 31.6 and plan.tables[COSTS.name]["amount"].sum() == 2480.0
    wrong = plan.tables[TARGETS.name].assign(short=0.0)
    assert "result_wrong_cell" in {i.code for i in PURCHASING.audit(case, NO_NETWORK, plan.with_(tables={**plan.tables, TARGETS.name: wrong})).issues}


def test_the_price_of_a_point_is_told_for_one_kitchen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = egalim.curve(kitchens(), "organic", (40.0, 100.0), Limits(seconds=5), Progress(), kitchen="K1")
    assert [(point.share, point.cost) for point in made.points] == [(0.0, 2400.0), (40.0, 2480.0), (100.0, 2880.0)]
    assert made.points[1].reached == pytest.approx(44.4444) and made.points[1].high == pytest.approx(2.0, abs=0.02)  # 80 € for the 40 points asked
    write_scenario(kitchens(), tmp_path / "cuisines.xlsx", lang="fr")
    assert cli.main(["egalim", str(tmp_path / "cuisines.xlsx"), "--kitchen", "K1", "--kind", "organic", "--shares", "40", "--seconds", "5", "--lang", "fr"]) == 0
    assert "(K1)" in capsys.readouterr().out
    assert cli.main(["egalim", str(tmp_path / "cuisines.xlsx"), "--kitchen", "K9", "--lang", "fr"]) == 2
    assert "K9" in capsys.readouterr().err


def test_a_rule_on_a_kitchen_without_food_and_one_out_of_reach_are_told() -> None:
    cooks = [row(kitchen=k, name=k, site="K1", establishment="H1", status="existing", modes=("cold",)) for k in ("K1", "K2", "K4")]
    unused = kitchens(kitchens=cooks, purchasing_rules=[row(rule="R", kind="min_quality", kitchen="K4", value=10.0)])
    found = [i for i in PURCHASING.precheck(unused, NO_NETWORK) if i.code == "rule_kitchen_unused"]
    assert found and "K4" in describe(found[0], "fr")
    offers = [row(supplier="S1", article=a, price=1.0, quality="organic" if a == "apple" else "none") for a in ("milk", "apple")]
    beyond = kitchens(offers=offers, purchasing_rules=[row(rule="R", kind="min_organic", kitchen="K2", value=10.0)])
    assert "quality_out_of_reach" in {i.code for i in errors(PURCHASING.precheck(beyond, NO_NETWORK))}
