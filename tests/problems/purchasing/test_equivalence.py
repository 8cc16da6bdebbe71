"""Equivalent articles: one common reference for all, refusals, contents; exact against enumeration, told and audited."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from planner import study
from planner.catalog import TABLES
from planner.i18n import describe
from planner.issues import errors
from planner.network import Network
from planner.plan import Limits, Plan, Progress, Status
from planner.problems.purchasing import PURCHASING, ledger
from planner.problems.purchasing.course import faults, run
from planner.problems.purchasing.market import read
from planner.problems.purchasing.policies import policies
from planner.problems.purchasing.result_tables import PRICES, REFERENCES
from planner.problems.purchasing.rules import read_locks, read_rules
from planner.problems.purchasing.tables import ARTICLES, AWARDS, EQUIVALENCES, OFFERS, PLAN_YEARS, REFUSALS
from planner.scenario import Scenario, with_parameter
from planner.schema import rows
from planner.service import locks
from tests.problems.purchasing.cases import every_award, row, small
from tests.problems.purchasing.generator import scenario
from tests.problems.purchasing.test_model import solve

NO_NETWORK: Network = None  # type: ignore[assignment]  # purchasing uses no distances


def gloves(**changes: list[dict[str, Any]]) -> Scenario:
    """Three members buy three gloves: boxes of 100 (a), of 50 (b) and another of 100 (c), which nobody buys today. List prices: a 5.00 and b 2.60
    from S1, a 4.80 and c 4.00 from S2; H3 refuses c. Today's prices: 6.00 (a) and 3.00 (b)."""
    data: dict[str, list[dict[str, Any]]] = {
        "establishments": [row(establishment=f"H{i}", name=f"H{i}") for i in (1, 2, 3)],
        "families": [row(family="MED", name="Médical")],
        "lots": [row(lot="GLOVES", name="Gants", family="MED")],
        "equivalences": [row(equivalence="EX", name="Gant d'examen nitrile")],
        "articles": [row(article=a, name=a, lot="GLOVES", equivalence="EX", content=c) for a, c in (("a", 100.0), ("b", 50.0), ("c", 100.0))],
        "article_refusals": [row(establishment="H3", article="c", reason="allergies")],
        "needs": [row(establishment="H1", article="a", quantity=1000.0, current_price=6.0), row(establishment="H2", article="b", quantity=1000.0, current_price=3.0),
                  row(establishment="H3", article="a", quantity=100.0, current_price=6.0)],
        "offers": [row(supplier="S1", article="a", price=5.0), row(supplier="S1", article="b", price=2.6), row(supplier="S2", article="a", price=4.8), row(supplier="S2", article="c", price=4.0)],
    }  # fmt: skip
    return small(**{**data, **changes})


def told(plan: Plan) -> dict[str, Any]:
    return {r.establishment: r for r in rows(REFERENCES, plan.tables[REFERENCES.name])}


def test_the_common_reference_is_chosen_for_all_but_those_who_refuse_it() -> None:
    case = gloves()
    plan = solve(case)
    # c: 1 000 boxes for H1, 500 for H2 at 4.00; H3 keeps a at 4.80: 4 000 + 2 000 + 480
    assert plan.status is Status.OPTIMAL and plan.cost == 6480.0
    assert set(plan.tables[AWARDS.name]["supplier"]) == {"S2"}
    by = told(plan)
    assert {r.reference for r in by.values()} == {"c"}
    assert [by[h].how for h in ("H1", "H2", "H3")] == ["adopts", "adopts", "refuses"]
    assert (by["H1"].kept, by["H1"].new, by["H1"].saving) == (4800.0, 4000.0, 800.0)
    assert by["H2"].kept is None and by["H2"].new == 2000.0 and by["H2"].today == 3000.0  # S2 does not offer b
    assert by["H3"].supplied == "a" and by["H3"].saving == 0.0 and by["H3"].refusal == 80.0  # 100 boxes at 4.80 against 4.00
    prices = {(r.article, r.establishment): r for r in rows(PRICES, plan.tables[PRICES.name])}
    assert prices["b", "H2"].supplied == "c" and prices["b", "H2"].after == 2.0  # half a box of 100
    assert prices["a", "H3"].supplied is None and prices["a", "H3"].after == 4.8
    audit = PURCHASING.audit(case, NO_NETWORK, plan)
    assert audit.valid and audit.cost == plan.cost


def test_without_a_gain_all_keep_their_own_articles_unless_one_is_required() -> None:
    dear: dict[str, list[dict[str, Any]]] = {
        "offers": [row(supplier="S1", article=a, price=p) for a, p in (("a", 5.0), ("b", 2.4), ("c", 5.5))],
        "article_refusals": [row(establishment=h, article=a) for h, a in (("H3", "c"), ("H2", "a"), ("H1", "b"), ("H3", "b"))],
    }  # fmt: skip
    free = solve(gloves(**dear))
    assert free.cost == 5000 + 2400 + 500 and {r.reference for r in told(free).values()} == {None}
    required = solve(gloves(**dear, equivalences=[row(equivalence="EX", name="x", required=True)]))
    assert required.cost == free.cost and {r.reference for r in told(required).values()} == {"a"}  # H2 refuses it: nothing changes
    settled = solve(gloves(**dear, equivalences=[row(equivalence="EX", name="x", reference="c")]))
    assert settled.cost == 5500 + 2750 + 500 and [r.how for r in told(settled).values()] == ["adopts", "adopts", "refuses"]


def random_equivalences(seed: int) -> Scenario:
    """A random market whose lots have some equivalent articles, of other contents, refused here and there."""
    case = scenario(seed, members=2, lots=2, articles=6, suppliers=3, tiers=2, capacities=0.3, minimums=0.3, split_lots=0, scale=0.2)
    rng = np.random.default_rng(seed)
    articles = [{name: getattr(r, name) for name in ARTICLES.names} for r in case.rows(ARTICLES.name)]
    for each in articles:
        number = int(each["article"][1:])
        each |= {"equivalence": f"E{number % 2}" if number < 4 else None, "content": float(rng.choice([1.0, 2.0, 0.5]))}
    offers = [{name: getattr(r, name) for name in OFFERS.names} for r in case.rows(OFFERS.name) if rng.random() > 0.1]
    case = case.replace(ARTICLES.name, ARTICLES.frame(articles)).replace(OFFERS.name, OFFERS.frame(offers))
    case = case.replace(EQUIVALENCES.name, EQUIVALENCES.frame([row(equivalence=f"E{n}", name=f"E{n}", required=bool(seed % 3 == 0 and n == 0)) for n in (0, 1)]))
    return case.replace(REFUSALS.name, REFUSALS.frame([row(establishment="H2", article=f"A{int(rng.integers(0, 4))}")]))


@pytest.mark.parametrize("seed", range(8))
def test_optimum_equals_enumeration(seed: int) -> None:
    case = random_equivalences(seed)
    if errors(PURCHASING.precheck(case, NO_NETWORK)):  # slices of quantity
        case = case.replace("discounts", case.frames["discounts"].assign(method="all_units"))
    assert errors(PURCHASING.precheck(case, NO_NETWORK)) == []
    market = read(case)
    rules, locks = read_rules(case, market), read_locks(case, market)
    costs = []
    for places in itertools.product(*(range(len(market.baskets[lot])) for lot in market.lots)):
        view = market.under(dict(zip(market.lots, places, strict=True)))
        for shares in every_award(view):
            made = run(view, rules, shares)
            if not errors(faults(made, locks)):
                costs.append(ledger.objective(view, made.full))
    plan = solve(case)
    assert plan.status is Status.OPTIMAL and plan.cost is not None and plan.bound is not None
    assert min(costs) <= plan.cost <= min(costs) * (1 + 1e-5) + 0.01 and plan.bound <= min(costs)
    assert PURCHASING.audit(case, NO_NETWORK, plan).valid


@pytest.mark.parametrize("seed", [1, 4])
def test_the_choice_is_the_best_of_all_references_settled_over_years_and_with_shares(seed: int) -> None:
    """Two winners may share a lot, members join month by month: the free choice costs as much as the best of those imposed."""
    case = scenario(seed, members=2, lots=2, articles=4, suppliers=3, tiers=1, split_lots=1, scale=0.2, fees=False)
    case = with_parameter(case.replace("discounts", case.frames["discounts"].assign(method="all_units")), PLAN_YEARS, 2)
    articles = [{name: getattr(r, name) for name in ARTICLES.names} | {"equivalence": "E" if r.lot == "L1" else None} for r in case.rows(ARTICLES.name)]
    offers = [{name: getattr(r, name) for name in OFFERS.names} | {"price": r.price * (0.9 if r.article == "A0" else 1.0)} for r in case.rows(OFFERS.name)]
    case = case.replace(ARTICLES.name, ARTICLES.frame(articles)).replace(OFFERS.name, OFFERS.frame(offers))
    group = [each["article"] for each in articles if each["equivalence"]]
    found = {}
    for reference in (None, *group, ""):
        imposed = case.replace(EQUIVALENCES.name, EQUIVALENCES.frame([row(equivalence="E", name="E", reference=reference or None)]))
        if reference == "":
            imposed = case.replace(ARTICLES.name, ARTICLES.frame([each | {"equivalence": None} for each in articles]))
        plan = solve(imposed)
        audit = PURCHASING.audit(imposed, NO_NETWORK, plan)
        assert plan.status is Status.OPTIMAL and audit.valid and audit.cost == plan.cost
        found[reference] = plan
    settled = [plan.cost for reference, plan in found.items() if reference is not None and plan.cost is not None]
    assert found[None].cost == pytest.approx(min(settled), rel=2e-4)
    assert found[None].bound is not None and found[None].bound <= min(settled) + 0.01


def test_a_plan_that_says_another_reference_is_refused() -> None:
    case = gloves()
    plan = solve(case)
    frame = plan.tables[REFERENCES.name]
    for said, code in ((["c", "a", "c"], "references_impossible"), (["milk"] * 3, "references_impossible"), (["a"] * 3, "wrong_cost_line"), ([None] * 3, "award_without_offer")):
        audit = PURCHASING.audit(case, NO_NETWORK, plan.with_(tables={**plan.tables, REFERENCES.name: frame.assign(reference=said)}))
        assert not audit.valid and code in {issue.code for issue in errors(audit.issues)}
    for wrong in (frame.assign(saving=[(value or 0.0) + 1.0 for value in frame["saving"]]), frame.assign(how="adopts")):
        assert "result_wrong_cell" in {issue.code for issue in PURCHASING.audit(case, NO_NETWORK, plan.with_(tables={**plan.tables, REFERENCES.name: wrong})).issues}
    refusing = gloves(article_refusals=[row(establishment=h, article="c") for h in ("H2", "H3")])  # the same plan, once H2 refuses too
    audit = PURCHASING.audit(refusing, NO_NETWORK, plan.with_(scenario_hash=refusing.hash))
    assert {"references_impossible", "award_without_offer", "wrong_cost"} <= {issue.code for issue in errors(audit.issues)}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"equivalences": [row(equivalence="EX", name="x", reference="z")], "articles": [*({"article": a, "name": a, "lot": "GLOVES", "equivalence": "EX"} for a in "abc"), row(article="z", name="z", lot="GLOVES")]}, "reference_elsewhere"),
        ({"lots": [row(lot=x, name=x, family="MED") for x in ("GLOVES", "MASKS")], "articles": [row(article=a, name=a, lot="MASKS" if a == "c" else "GLOVES", equivalence="EX") for a in "abc"]}, "equivalence_two_lots"),
        ({"articles": [row(article=a, name=a, lot="GLOVES", equivalence="EX" if a == "a" else None) for a in "abc"]}, "equivalence_alone"),
        ({"articles": [row(article=a, name=a, lot="GLOVES", equivalence="EX", unit="boîte" if a == "a" else "carton") for a in "abc"]}, "equivalence_units"),
        ({"article_refusals": [row(establishment=h, article="c") for h in ("H1", "H2", "H3")]}, "reference_refused_by_all"),
        ({"article_refusals": [row(establishment="H1", article="a")]}, "refusal_of_own"),
        ({"discounts": [row(supplier="S1", scope="lot", lot="GLOVES", basis="quantity", threshold=10.0, rate=1.0, method="incremental")]}, "equivalence_slices"),
        ({"offers": [row(supplier="S1", article=a, price=5.0) for a in "ab"]}, "reference_without_offer"),
        ({"equivalences": [row(equivalence=f"E{n}", name="x") for n in range(4)], "articles": [row(article=f"{n}{a}", name=a, lot="GLOVES", equivalence=f"E{n}") for n in range(4) for a in "abc"],
          "needs": [row(establishment="H1", article=f"{n}a", quantity=1.0, current_price=1.0) for n in range(4)], "offers": [row(supplier="S1", article=f"{n}{a}", price=1.0) for n in range(4) for a in "abc"],
          "article_refusals": []}, "equivalence_too_many"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_cannot_work_is_said_before(changes: dict[str, list[dict[str, Any]]], code: str) -> None:
    found = [issue for issue in PURCHASING.precheck(gloves(**changes), NO_NETWORK) if issue.code == code]
    assert found
    for lang in ("fr", "en"):
        assert "{" not in describe(found[0], lang) and f"issue.{code}" not in describe(found[0], lang)


def test_a_common_reference_can_be_settled_for_the_next_plan() -> None:
    case = gloves()
    done = study.run(case, ["purchasing"], Limits(seconds=5), Progress())
    (found,) = [decision for decision in locks.decisions(done, "fr") if decision.table == EQUIVALENCES.name]
    assert found.words == "La référence commune de «\u00a0EX (Gant d'examen nitrile)\u00a0» est c" and not found.locked
    held = locks.lock(case, [found])
    assert [r.reference for r in held.rows(EQUIVALENCES.name)] == ["c"] and solve(held).cost == 6480.0
    assert ("purchasing", found.words) in [(name, words) for name, words in _in_force(held)]
    assert [r.reference for r in locks.unlock(held, [found]).rows(EQUIVALENCES.name)] == [None]


def _in_force(case: Scenario) -> list[tuple[str, str]]:
    """Locks in force of a scenario that has the tables of all problems."""
    return locks.in_force(Scenario.of("gants", TABLES, {t.name: [{n: getattr(r, n) for n in t.names} for r in case.rows(t.name)] for t in case.tables}), "fr")


def test_an_equivalence_and_a_reference_imposed_have_their_price() -> None:
    case = gloves()
    without = next(rule for rule in policies(case) if rule.name.key == "policy.without_equivalence")
    assert without.kind == "decision" and solve(without.change(case)).cost == 5000 + 2600 + 500  # S1 alone offers a and b
    imposed = gloves(equivalences=[row(equivalence="EX", name="x", reference="a")])
    assert "policy.without_equivalence" not in {rule.name.key for rule in policies(imposed)}
    free = next(rule for rule in policies(imposed) if rule.name.key == "policy.reference")
    assert free.kind == "rule" and solve(free.change(imposed)).cost == 6480.0
