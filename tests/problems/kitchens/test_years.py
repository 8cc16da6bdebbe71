"""What ends with its year: equipment of a site that no longer eats, rules of a public that has left, purchases of who is not served."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from planner.i18n import describe
from planner.network import Network
from planner.plan import Plan, Status
from planner.problems.kitchens import KITCHENS
from planner.problems.kitchens.data import facts
from planner.problems.kitchens.plans import Decisions, finished
from planner.problems.kitchens.precheck import check
from planner.problems.kitchens.report import report
from planner.problems.kitchens.tables import TABLES
from planner.scenario import Scenario
from planner.sites import COMMON_TABLES
from tests.problems.kitchens.test_model import accepted, solve, table

MEALS = 7 * 52 * 100.0
PLACES = {"A": 0.0, "B": 10.0, "C": 12.0}


def network() -> Network:
    at = np.array(list(PLACES.values()))
    km = np.abs(at[:, None] - at[None, :])
    return Network(tuple(PLACES), km, km.copy(), np.full(km.shape, 1, dtype=np.uint8))


def kitchen(code: str, site: str, **more: Any) -> dict[str, Any]:
    usual = {"modes": ("cold",), "production_days": 7, "productivity": 14000.0, "use_by_days": 3, "food_cost": 3.0, "other_cost": 0.5}
    return {"kitchen": code, "name": code, "site": site, "establishment": "E1", **usual, **more}


def eaten(site: str, meals: float, **more: Any) -> dict[str, Any]:
    return {"site": site, "public": "patients", "diet": "normal", "meals": meals, "modes": ("cold",), "current_mode": "cold", **more}


def scenario(
    kitchens: list[dict[str, Any]], levels: list[dict[str, Any]], meals: list[dict[str, Any]], equipment: list[dict[str, Any]], years: int = 3, real: bool = False, **more: Any
) -> Scenario:
    values = {"first_year": 2027, "horizon_years": years, "discount_rate": 4, "etp_cost": 50000, "kitchens_real_calendar": real}
    data = {
        "parameters": [{"parameter": code, "value": float(value)} for code, value in values.items()],
        "establishments": [{"establishment": "E1", "name": "Un", "support": True}],
        "sites": [{"site": s, "name": s, "establishment": "E1", "lat": 46.0, "lon": at / 80} for s, at in PLACES.items()],
        "kitchens": kitchens, "kitchen_levels": levels, "meal_demand": meals, "site_equipment": equipment, **more,
    }  # fmt: skip
    return Scenario.of("years", COMMON_TABLES + TABLES, data)


def level(code: str, rank: int, capacity: float, **more: Any) -> dict[str, Any]:
    return {"kitchen": code, "level": rank, "capacity": capacity, "fixed_cost": 1000.0, "lifetime": 20, **more}


def solved(given: Scenario) -> Plan:
    plan = solve(given, network())
    assert plan.status is Status.OPTIMAL and accepted(given, plan, network())
    return plan


def test_equipment_is_not_renewed_where_nobody_eats_any_more() -> None:
    """90,000 € for two years, meals until 2028: two annuities of 45,882.35 €, which are 90,000 € discounted, and one purchase."""
    given = scenario(
        [kitchen("KA", "A", staff=8.0)], [level("KA", 1, 450.0, today=True)],
        [eaten("A", 2 * MEALS, current_kitchen="KA"), eaten("B", MEALS, until_year=2028, current_mode=None)], [{"site": "A", "regeneration": True}, {"site": "B", "cost": 90000.0, "lifetime": 2}], years=6,
    )  # fmt: skip
    plan = solved(given)
    charges = [(row.year, row.amount) for row in table(plan, "costs") if row.line == "site_investment"]
    assert charges == [(2027, 45882.35), (2028, 45882.35)]
    assert pytest.approx(90000.0, abs=0.01) == 45882.35 * (1 + 1 / 1.04)
    assert report(given, network(), plan, None).frames["kitchens_yearly"]["investment"].tolist() == [90000.0, 0.0, 0.0, 0.0, 0.0, 0.0]


def test_an_optional_customer_takes_the_kitchen_imposed_on_it_or_nobody() -> None:
    """Its kitchen costs more than it brings and closes: the other one may not serve it."""
    given = scenario(
        [kitchen("KA", "A", staff=6.0), kitchen("KB", "B", staff=3.0)], [level("KA", 1, 650.0, today=True), level("KB", 1, 250.0, today=True, fixed_cost=300000.0)],
        [eaten("A", 2 * MEALS, current_kitchen="KA"), eaten("B", MEALS, current_kitchen="KB"), eaten("C", MEALS, current_kitchen="KB", public="external", optional=True, price=12.0, lock="KB")],
        [{"site": site, "regeneration": True} for site in PLACES],
    )  # fmt: skip
    plan = solved(given)
    assert "C" not in {row.site for row in table(plan, "assignment")}


def test_a_customer_left_unserved_buys_nothing_in_that_year() -> None:
    """Money in 2027 alone, room from 2028 on: what was bought in a year without a row vanished from the plan."""
    given = scenario(
        [kitchen("KA", "A", staff=6.0)], [level("KA", 1, 210.0, today=True), level("KA", 2, 400.0, investment=20000.0, works_years=1)],
        [eaten("A", 2 * MEALS, current_kitchen="KA"), eaten("C", MEALS, public="external", optional=True, price=12.0, current_mode=None)],
        [{"site": "A", "regeneration": True}, {"site": "C", "cost": 60000.0}],
        yearly_limits=[{"year": 2027, "investment": 100000.0}, {"year": 2028, "investment": 0.0}, {"year": 2029, "investment": 0.0}],
    )  # fmt: skip
    solved(given)


@pytest.mark.parametrize("last, fed", [({"diet": "mixed"}, ["KB", "KA", "KA"]), ({"modes": ("hot",), "current_mode": "hot"}, ["KB", "KA", "KA"])])
def test_a_public_that_has_left_asks_for_nothing(last: dict[str, Any], fed: list[str]) -> None:
    """Until 2027 B has meals that KA cannot make, or not in that mode; from 2028 on KA, which is cheaper, may feed it."""
    given = scenario(
        [kitchen("KA", "A", staff=6.0, diets=("normal",)), kitchen("KB", "B", modes=("cold", "hot"), staff=4.0)],
        [level("KA", 1, 450.0, today=True, fixed_cost=100000.0), level("KB", 1, 250.0, today=True, fixed_cost=300000.0)],
        [eaten("A", 2 * MEALS, current_kitchen="KA"), eaten("B", MEALS, modes=("cold", "hot"), current_kitchen="KB"), eaten("B", 1000.0, public="external", until_year=2027, current_kitchen="KB", **last)],
        [{"site": "A", "regeneration": True}, {"site": "B", "regeneration": True}],
    )  # fmt: skip
    plan = solved(given)
    assert [row.kitchen for row in sorted(table(plan, "assignment"), key=lambda row: row.year) if row.site == "B"] == fed


def test_works_on_a_closed_kitchen_keep_no_lock() -> None:
    given = scenario(
        [kitchen("KA", "A", staff=6.0), kitchen("KB", "B", staff=3.0, lock="keep", lock_from=2028)],
        [level("KA", 1, 450.0, today=True), level("KB", 1, 250.0, today=True), level("KB", 2, 300.0, works_years=3, investment=30000.0)],
        [eaten("A", 2 * MEALS, current_kitchen="KA"), eaten("B", MEALS, current_kitchen="KB")], [{"site": site, "regeneration": True} for site in ("A", "B")],
    )  # fmt: skip
    made = Decisions(
        np.array([[0, 0, 0], [-1, -1, -1]]), np.array([[-1] * 3, [-1, 1, 1]]), np.array([[True] * 3, [False] * 3]), np.array([[8] * 3, [0] * 3]),
        np.zeros((2, 3), int), np.ones((2, 3), int), np.zeros((2, 3), bool),
    )  # fmt: skip
    audit = KITCHENS.audit(given, network(), finished(given, facts(given, network()), made, Status.FEASIBLE))
    assert {issue.code for issue in audit.issues} >= {"kitchens_lock_open_broken", "kitchens_works_broken"}


def test_a_hot_kitchen_that_rests_on_holidays_says_so() -> None:
    """It said that the site asked for an infinite number of meals a day."""
    given = scenario(
        [kitchen("KA", "A", staff=8.0, modes=("hot",), production_days=6, holidays="closed")], [level("KA", 1, 450.0, today=True)],
        [eaten("A", 2 * MEALS, current_kitchen="KA", modes=("hot",), current_mode="hot", consumption_days=6)], [], real=True,
    )  # fmt: skip
    said = [describe(issue, "fr") for issue in check(given, network()) if issue.code == "kitchens_why_holidays"]
    assert said and "jours fériés" in said[0]


def test_what_holidays_not_worked_ask_of_a_kitchen_is_told() -> None:
    """Five days' work for seven eaten, three days of use-by: a long weekend asks for more than 7/5 of the daily meals."""
    given = scenario(
        [kitchen("KA", "A", staff=8.0, production_days=5, use_by_days=5)], [level("KA", 1, 600.0, today=True)],
        [eaten("A", 2 * MEALS, current_kitchen="KA")], [{"site": "A", "regeneration": True}], real=True,
    )  # fmt: skip
    plan = solved(given)
    (said,) = [dict(issue.args) for issue in plan.issues if issue.code == "kitchens_holidays_spare"]
    assert float(said["now"]) > 1.05 * float(said["then"]) > 200.0 and int(said["days"]) > 0
    assert not [issue for issue in solved(given.replace("kitchens", given.frames["kitchens"].assign(holidays="worked"))).issues if issue.code == "kitchens_holidays_spare"]
