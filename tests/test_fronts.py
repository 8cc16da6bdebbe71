"""The front: what is marked best is beaten by nothing tried, each step holds what it asks for, books and words say the same."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest

from planner.fronts import AXES, Front, Point, front, undominated
from planner.issues import Message
from planner.plan import Limits, Progress, Status
from planner.report.fronts import front_book, front_rows
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
    costs = [p.cost for p in found.points if p.cost is not None]
    assert costs == sorted(costs)


def test_dearer_co2_does_not_bring_more_of_it(found: Front) -> None:
    by_price = {float(dict(p.name.args).get("price", 0.0)): p.co2 for p in found.points if p.name.key in ("front.cheapest", "front.co2") and p.co2 is not None}
    swept = [by_price[price] for price in sorted(by_price)]
    assert swept == sorted(swept, reverse=True)


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
