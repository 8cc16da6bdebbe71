"""The front: what is marked best is beaten by nothing tried, each step holds what it asks for, books and words say the same."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import openpyxl
import pytest

from planner import network as networks
from planner.fronts import AXES, Front, Point, front, undominated
from planner.issues import Issue, Message
from planner.network import Network
from planner.plan import Audit, KpiValue, Limits, Plan, Progress, Status
from planner.problems.kitchens import Kitchens
from planner.problems.kitchens.tables import CO2_LIMIT, CO2_PRICE, COSTS
from planner.report.fronts import front_book, front_rows
from planner.scenario import Scenario, with_parameter
from planner.service.fronts import front_dict, front_points, front_text
from tests.problems.kitchens.small import group

LIMITS = Limits(seconds=10)


@pytest.fixture(scope="module")
def found() -> Front:
    return front(group(), AXES, 2, LIMITS, Progress())


def point(*figures: float) -> Point:
    cost, co2, minutes, rescued = figures
    return Point(Message("front.cheapest"), Status.OPTIMAL, cost, co2, minutes, rescued)


def test_only_what_nothing_beats_is_best() -> None:
    made = undominated([point(10, 5, 30, 50), point(11, 4, 30, 50), point(12, 6, 30, 50), point(10, 5, 30, 50), point(13, 9, 40, 99), Point(Message("x"), Status.INFEASIBLE)])
    assert [p.best for p in made] == [True, True, False, False, True, False]


def test_each_step_holds_what_it_asks_for(found: Front) -> None:
    assert any(p.best for p in found.points)
    for p in found.points:
        asked = dict(p.name.args)
        if p.cost is not None and p.minutes is not None and p.rescued is not None:
            assert p.minutes <= float(asked.get("minutes", 1e9)) + 1e-6
            assert p.rescued >= float(asked.get("share", 0.0)) - 1e-4
            assert p.co2 is not None and p.co2 <= float(asked.get("limit", 1e9)) + 1e-6
    costs = [p.cost for p in found.points if p.cost is not None]
    assert costs == sorted(costs)


def test_each_limit_of_co2_holds_and_its_cost_lies_over_its_bound(found: Front) -> None:
    first, least = (next(p for p in found.points if p.name.key == key) for key in ("front.cheapest", "front.least_co2"))
    assert least.co2 is not None and first.co2 is not None and least.co2 <= first.co2 and least.bound is None
    for p in found.points:
        limit = dict(p.name.args).get("limit")
        if p.co2 is not None and limit is not None:
            assert least.co2 - 1e-6 <= p.co2 <= float(limit) + 1e-6
        if p.bound is not None and p.total is not None:
            assert p.bound <= p.total


@dataclass(frozen=True)
class Three(Kitchens):
    """Three plans of which the middle one lies over the line between the others: no price of CO2 makes it the best."""

    plans: tuple[tuple[float, float], ...] = ((100.0, 10.0), (160.0, 6.0), (200.0, 1.0))  # cost, CO2

    def precheck(self, scenario: Scenario, network: Network) -> list[Issue]:
        return []

    def solve(self, scenario: Scenario, network: Network, limits: Limits, progress: Progress) -> Plan:
        price, most = scenario.value(CO2_PRICE), scenario.value(CO2_LIMIT)
        cost, co2 = min((plan for plan in self.plans if plan[1] <= most), key=lambda plan: plan[0] + price * plan[1])
        return Plan("kitchens", Status.OPTIMAL, {}, cost + price * co2, bound=cost + price * co2, seed=int(co2))

    def audit(self, scenario: Scenario, network: Network, plan: Plan) -> Audit:
        cost = next(cost for cost, co2 in self.plans if co2 == plan.seed)
        lines = COSTS.frame([{"year": 2027, "line": "food", "amount": cost, "objective": cost}, {"year": 2027, "line": "co2", "amount": 0.0, "objective": (plan.cost or 0.0) - cost}])
        figures = {"delivery_co2": float(plan.seed), "longest_minutes": 30.0, "rescued": 50.0, "hot_share": 0.0}
        return Audit("kitchens", (), plan.cost or 0.0, cost, lines, tuple(KpiValue(code, value) for code, value in figures.items()))


def test_a_plan_that_no_price_finds_is_found() -> None:
    made = front(group(), ("co2",), 4, LIMITS, Progress(), catalog={"kitchens": Three()})
    assert {(p.total, p.co2) for p in made.points if p.best} == set(Three().plans)
    middle = next(p for p in made.points if p.co2 == 6.0)
    assert middle.bound == 160.0 and middle.cost == 160.0
    scenario, built = group(), networks.build(group())[0]
    for price in range(0, 40, 2):  # the others are alike at 100 / 9 euros
        assert Three().solve(with_parameter(scenario, CO2_PRICE, float(price)), built, LIMITS, Progress()).seed != 6


def test_stopping_keeps_the_first_point() -> None:
    progress = Progress()
    progress.stop()
    assert len(front(group(), AXES, 2, LIMITS, progress).points) == 1


def test_book_and_words(found: Front) -> None:
    for lang, title in (("fr", "Servis si arrêt (%)"), ("en", "Served if stopped (%)")):
        assert title in front_text(found, lang) and "★" in front_text(found, lang)
        sheet = openpyxl.load_workbook(BytesIO(front_book(found, lang))).worksheets[0]
        assert len(sheet._charts) == 3
        assert any(cell.value == front_rows(found, lang)[0]["name"] for row in sheet.iter_rows() for cell in row)
    plain = front_dict(found, "fr")
    assert len(plain["points"]) + len(plain["without_plan"]) == len(found.points)
    assert list(front_points(found, "co2", "fr").columns) == ["name", "x", "y"]
