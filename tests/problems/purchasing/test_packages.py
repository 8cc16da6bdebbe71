"""Packages over lots: only as a simulation, exact against enumeration, flagged in every table and by the audit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from planner import report, study
from planner.catalog import TABLES
from planner.i18n import describe
from planner.issues import errors
from planner.network import Network
from planner.plan import Limits, Plan, Progress, Status
from planner.problems.purchasing import PURCHASING, ledger
from planner.problems.purchasing.market import read
from planner.problems.purchasing.tables import AWARDS, PACKAGE_LOTS, PACKAGES, PLAN_YEARS, SIMULATED, TIERS
from planner.problems.purchasing.tariff import evaluate
from planner.scenario import Scenario, with_parameter
from planner.schema import rows
from tests.problems.purchasing.cases import every_award, row, small
from tests.problems.purchasing.generator import scenario
from tests.problems.purchasing.test_model import keeps_all, solve

NO_NETWORK: Network = None  # type: ignore[assignment]  # purchasing uses no distances
ON = {"parameter": SIMULATED.code, "value": 1.0}


def packed(**changes: list[dict[str, Any]]) -> Scenario:
    """S1 gives 15 % on both lots where it wins both."""
    return small(**{"packages": [row(package="P", supplier="S1", rate=15.0)], "package_lots": [row(package="P", lot="MILK"), row(package="P", lot="BREAD")], **changes})


def whole() -> Scenario:
    """The same as a simulation, with the tables of all problems."""
    case = packed(parameters=[{"parameter": "first_year", "value": 2027}, ON])
    return Scenario.of("achats", TABLES, {t.name: [{n: getattr(r, n) for n in t.names} for r in case.rows(t.name)] for t in case.tables})


def flagged(plan: Plan) -> set[bool]:
    return {bool(r.simulation) for r in rows(TIERS, plan.tables[TIERS.name]) if r.package}


def test_a_package_counts_only_in_a_simulation_and_is_flagged_everywhere() -> None:
    formal = packed(parameters=[{"parameter": "first_year", "value": 2027}])
    plan = solve(formal)
    audit = PURCHASING.audit(formal, NO_NETWORK, plan)
    assert not flagged(plan) and set(plan.tables[AWARDS.name]["simulated"]) == {0.0}
    assert not [i for i in audit.issues if i.code == "simulation_only"] and [i for i in PURCHASING.precheck(formal, NO_NETWORK) if i.code == "simulation_off"]
    simulation = packed(parameters=[{"parameter": "first_year", "value": 2027}, ON])
    made = solve(simulation)
    # S1 wins both: 0.85 (4 000 milk at 1.00 + 300 bread at 2.00 + 50 rolls at 1.00) against S2's milk at 0.90
    assert made.cost == 0.85 * 4650 and plan.cost == 3600 + 650
    assert flagged(made) == {True} and made.tables[AWARDS.name]["simulated"].sum() == pytest.approx(0.15 * 4650)
    checked = PURCHASING.audit(simulation, NO_NETWORK, made)
    assert checked.valid and checked.kpi("simulated") == pytest.approx(0.15 * 4650)
    said = next(i for i in checked.issues if i.code == "simulation_only")
    assert "697" in describe(said, "fr") and "L2113-10" in describe(said, "en")
    assert audit.kpi("simulated") is None


def test_a_plan_that_hides_the_flag_or_claims_the_package_is_refused() -> None:
    case = packed(parameters=[{"parameter": "first_year", "value": 2027}, ON])
    plan = solve(case)
    hidden = plan.tables[TIERS.name].assign(simulation=False)
    assert "tier_not_flagged" in {i.code for i in errors(PURCHASING.audit(case, NO_NETWORK, plan.with_(tables={**plan.tables, TIERS.name: hidden})).issues)}
    none = plan.tables[AWARDS.name].assign(simulated=0.0)
    assert "award_wrong_figure" in {i.code for i in errors(PURCHASING.audit(case, NO_NETWORK, plan.with_(tables={**plan.tables, AWARDS.name: none})).issues)}
    formal = packed(parameters=[{"parameter": "first_year", "value": 2027}])
    audit = PURCHASING.audit(formal, NO_NETWORK, plan.with_(scenario_hash=formal.hash))
    assert {"tier_unknown", "award_wrong_figure", "wrong_cost"} <= {i.code for i in errors(audit.issues)}


def test_the_committee_file_says_first_that_a_simulation_is_no_award(tmp_path: Path) -> None:
    case = whole()
    report.write(study.run(case, ["purchasing"], Limits(seconds=10), Progress()), tmp_path / "dossier.xlsx", "fr", {})
    first = load_workbook(tmp_path / "dossier.xlsx").worksheets[0]
    assert [cell.value for line in first.iter_rows(max_row=12) for cell in line if "L2113-10" in str(cell.value)]


def with_packages(case: Scenario) -> Scenario:
    """One for two named lots, one for any two lots of a supplier, beside all other discounts."""
    case = with_parameter(case, SIMULATED, 1)
    case = case.replace(PACKAGES.name, PACKAGES.frame([row(package="P1", supplier="S1", rate=6.0), row(package="P2", supplier="S2", at_least=2, rate=4.0)]))
    return case.replace(PACKAGE_LOTS.name, PACKAGE_LOTS.frame([row(package="P1", lot="L1"), row(package="P1", lot="L3")]))


@pytest.mark.parametrize("seed", range(6))
def test_optimum_equals_enumeration(seed: int) -> None:
    case = with_packages(scenario(seed, tiers=1, scale=0.2))
    market = read(case)
    costs = [ledger.objective(market, evaluate(market, shares)) for shares in every_award(market) if keeps_all(case, market, shares)]
    plan = solve(case)
    assert plan.status is Status.OPTIMAL and plan.cost is not None and plan.bound is not None
    assert min(costs) <= plan.cost <= min(costs) * (1 + 1e-5) + 0.01 and plan.bound <= min(costs)
    assert PURCHASING.audit(case, NO_NETWORK, plan).valid


def test_over_years_a_package_counts_the_lots_won_whenever_members_join() -> None:
    case = with_parameter(with_packages(scenario(3, tiers=1, scale=0.2)), PLAN_YEARS, 2)
    plan = solve(case)
    audit = PURCHASING.audit(case, NO_NETWORK, plan)
    assert plan.status is Status.OPTIMAL and audit.valid and audit.cost == plan.cost


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"packages": [row(package="P", supplier="S1", rate=15.0, at_least=3)]}, "package_out_of_reach"),
     ({"discounts": [row(supplier="S1", scope="supplier", threshold=1.0, rate=90.0)]}, "discount_above_price")],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_cannot_work_is_said_before(changes: dict[str, list[dict[str, Any]]], code: str) -> None:
    case = packed(parameters=[{"parameter": "first_year", "value": 2027}, ON], **changes)
    found = [issue for issue in PURCHASING.precheck(case, NO_NETWORK) if issue.code == code]
    assert found and "{" not in describe(found[0], "fr") + describe(found[0], "en")
