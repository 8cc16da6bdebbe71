"""Routes back to kitchens: every euro of the routes is shared once, far stops bear more, pairs that no route serves say so."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from planner.catalog import PARAMETERS, TABLES
from planner.cli import main
from planner.excel import read, write_scenario
from planner.feedback import costed, fed_back, whole_cost, without_told
from planner.problems.kitchens import KITCHENS
from planner.problems.kitchens.data import facts
from planner.problems.kitchens.tables import ASSIGNMENT, COSTS, DELIVERIES
from planner.problems.routes.figures import shares
from planner.problems.routes.tables import FLOWS
from planner.scenario import Scenario
from planner.schema import rows
from planner.service.feedback import costs_text
from planner.study import Study
from tests.problems.kitchens.small import group


@pytest.fixture(scope="module")
def told(real: Study) -> Scenario:
    found = fed_back(real)
    assert found is not None
    return found


def test_every_euro_and_km_is_shared_once_whatever_the_weights(real: Study) -> None:
    routes = real.results["routes"]
    assert routes.audit is not None
    plain, weighed = (shares(routes.scenario, routes.plan, routes.audit, alone) for alone in (None, lambda trip, stop: float(stop.position) ** 2))
    for found in (plain, weighed):
        assert math.fsum(share["cost"] for share in found) == pytest.approx(routes.audit.annual, abs=0.01 * len(found))
        assert math.fsum(share["stops"] for share in found) == pytest.approx(math.fsum(share["stops"] for share in plain))
    assert math.fsum(share["km"] for share in weighed) == pytest.approx(math.fsum(share["km"] for share in plain))
    assert max(abs(one["cost"] - other["cost"]) for one, other in zip(plain, weighed, strict=True)) > 1


def test_pairs_served_bear_what_their_meals_cost_and_others_the_ratio(real: Study, told: Scenario) -> None:
    routes = real.results["routes"]
    assert routes.audit is not None
    flows = {row.flow: row for row in routes.scenario.rows(FLOWS.name)}
    carried = {(f.destination, f.origin) if f.hygiene == "dirty" else (f.origin, f.destination) for f in flows.values() if f.category == "meals"}
    data = facts(without_told(told), real.network)
    place = {k.code: (i, k.row.site) for i, k in enumerate(data.kitchens)}
    number = {site.code: j for j, site in enumerate(data.sites)}
    found = list(told.rows(DELIVERIES.name))
    assert {row.origin for row in found} == {"routes", "calibrated"}
    ratio = {}
    for row in found:
        k, site = place[row.kitchen]
        estimate = data.delivery[k, number[row.site], 0]
        assert ((site, row.site) in carried) == (row.origin == "routes")
        ratio.setdefault((row.origin, site), []).append((row.cost, estimate))
    for (origin, site), pairs in ratio.items():
        if origin == "calibrated" and len(ratio.get(("routes", site), ())) >= 3:
            served = ratio["routes", site]
            expected = sum(cost for cost, _ in served) / sum(estimate for _, estimate in served)
            assert [cost / estimate for cost, estimate in pairs] == pytest.approx([expected] * len(pairs), rel=1e-3)
    both = whole_cost(real)
    assert both is not None and sum(row.cost for row in found if row.origin == "routes") < routes.audit.annual < both


def test_the_plan_and_its_audit_take_the_costs_told_and_say_where_they_come_from(real: Study, told: Scenario) -> None:
    plan = KITCHENS.baseline(told, real.network)
    audit = KITCHENS.audit(told, real.network, plan)
    assert not [issue for issue in audit.issues if "cost" in issue.code or "figure" in issue.code or "source" in issue.code]
    known = {(row.kitchen, row.site): row for row in told.rows(DELIVERIES.name)}
    first = min(row.year for row in rows(ASSIGNMENT, plan.tables[ASSIGNMENT.name]))
    spent = {(line.item, line.year): line.amount for line in rows(COSTS, audit.costs) if line.line == "delivery"}
    sources = set()
    for row in rows(ASSIGNMENT, plan.tables[ASSIGNMENT.name]):
        pair = known.get((row.kitchen, row.site))
        assert row.delivery_from == ("none" if row.km == 0 else pair.origin if pair is not None else "estimate")
        if pair is not None and row.year == first:
            assert row.delivery == pytest.approx(pair.cost, abs=0.01) and spent[row.site, first] == pytest.approx(pair.cost, abs=0.01)
        sources.add(row.delivery_from)
    assert "routes" in sources
    lied = plan.tables[ASSIGNMENT.name].assign(delivery_from="given")
    wrong = KITCHENS.audit(told, real.network, plan.with_(tables={**plan.tables, ASSIGNMENT.name: lied}))
    assert "kitchens_wrong_delivery_source" in {issue.code for issue in wrong.issues}


def test_typed_costs_stay_and_a_second_round_forgets_the_first(real: Study, told: Scenario) -> None:
    routes = real.results["routes"]
    assert routes.audit is not None
    row = next(iter(told.rows(DELIVERIES.name)))
    typed = told.replace(DELIVERIES.name, DELIVERIES.frame([{"kitchen": row.kitchen, "site": row.site, "cost": 1.0, "origin": "given"}]))
    again = costed(typed, routes.scenario, real.network, routes.plan, routes.audit)
    kept = next(r for r in rows(DELIVERIES, again) if (r.kitchen, r.site) == (row.kitchen, row.site))
    assert (kept.cost, kept.origin) == (1.0, "given") and len(again) == len(told.rows(DELIVERIES.name))
    assert costed(told, routes.scenario, real.network, routes.plan, routes.audit).equals(told.frames[DELIVERIES.name])


def test_words_workbook_and_command(real: Study, told: Scenario, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for lang, said in (("fr", "plan de tournées"), ("en", "routes plan")):
        assert said in costs_text(told, lang)
    path = tmp_path / "told.xlsx"
    write_scenario(told, path, "fr")
    again = read(path, TABLES, PARAMETERS).scenario
    assert again is not None and again.hash == told.hash
    lonely, small = tmp_path / "lonely.xlsx", group()
    data = {name: [{c: getattr(row, c) for c in small.table(name).names} for row in small.rows(name)] for name in small.frames}
    write_scenario(Scenario.of("cuisines seules", TABLES, data), lonely, "fr")
    assert main(["--lang", "fr", "deliveries", str(lonely), "--seconds", "2"]) != 0
    assert "Aucun coût de livraison à reprendre" in capsys.readouterr().err
