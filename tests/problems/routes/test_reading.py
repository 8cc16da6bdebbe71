"""What the routes read otherwise than the author of a row may think is said, with the row."""

from __future__ import annotations

from typing import Any

import pytest

from planner.i18n import describe, mend
from planner.issues import Issue
from planner.plan import Limits, Progress
from planner.problems.routes import ROUTES
from planner.problems.routes.tables import DEPOTS, VEHICLES
from planner.sites import WINDOWS
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle

POINTS = {"O": (0.0, 0.0), "P": (10.0, 0.0), "Q": (20.0, 0.0)}


def found(flows: list[dict[str, Any]], vehicles: list[dict[str, Any]] | None = None, depot: dict[str, Any] | None = None, **more: Any) -> list[Issue]:
    data = base([site(code) for code in POINTS], vehicles or [vehicle()], flows, **more)
    data["depots"][0] |= depot or {}
    issues = ROUTES.precheck(scenario_of(data), network_of(POINTS))
    assert all("issue." not in describe(issue, lang) for issue in issues for lang in ("fr", "en"))
    return issues


def hours(kind: str, opens: int, closes: int, code: str = "P") -> dict[str, Any]:
    return {"site": code, "day_type": kind, "opens": opens, "closes": closes}


def test_a_shift_past_midnight_is_named_and_said_how_to_write() -> None:
    """22:00 to 06:00; the depot's hours have nothing to do with it."""
    (issue,) = found([flow("a", "O", "P")], [vehicle(), vehicle("N", shift_start=1320, shift_end=360)])
    assert (issue.code, issue.table, issue.row, issue.is_error) == ("routes_shift_past_midnight", VEHICLES.name, 1, False)
    assert "22:00–24:00" in mend(issue, "fr") and "00:00–06:00" in mend(issue, "fr") and "deux lignes" in mend(issue, "fr")
    written = [vehicle(), vehicle("N", shift_start=1320, shift_end=1440), vehicle("M", shift_start=0, shift_end=360, same_as="N")]
    assert found([flow("a", "O", "P")], written, {"opens": 0, "closes": 1440}) == []


def test_a_night_written_as_two_rows_is_planned_with_one_vehicle() -> None:
    """A visit before midnight and one after it: the vehicle is paid once."""
    night = [vehicle("N", shift_start=1320, shift_end=1440), vehicle("M", shift_start=0, shift_end=360, same_as="N")]
    flows = [flow("a", "O", "P", opens=1350, closes=1410), flow("b", "O", "Q", opens=60, closes=300)]
    data = base([site(code) for code in POINTS], night, flows)
    data["depots"][0] |= {"opens": 0, "closes": 1440}
    scenario, network = scenario_of(data), network_of(POINTS)
    plan = ROUTES.solve(scenario, network, Limits(seconds=30, iterations=30, seed=1), Progress())
    audit = ROUTES.audit(scenario, network, plan)
    assert plan.status.has_plan and audit.valid and audit.kpi("vehicles") == 1


def test_a_depot_past_midnight_is_named_and_nothing_absurd_is_proposed() -> None:
    issues = found([flow("a", "O", "P")], None, {"opens": 1200, "closes": 300})
    first = next(issue for issue in issues if issue.code == "routes_depot_past_midnight")
    assert (first.table, first.row) == (DEPOTS.name, 0)
    assert not [issue for issue in issues if issue.code == "routes_enough_shift"]  # it was "leave 477 min earlier"


def test_hours_of_a_site_past_midnight_are_named() -> None:
    issues = found([flow("a", "O", "P")], windows=[hours("weekday", 1320, 300)])
    assert next((issue.code, issue.table, issue.row) for issue in issues) == ("routes_hours_past_midnight", WINDOWS.name, 0)
    assert found([flow("a", "O", "P")], windows=[hours("weekday", 0, 300), hours("weekday", 480, 1440)]) == []


def test_a_window_past_midnight_is_said_how_to_write() -> None:
    (issue,) = [issue for issue in found([flow("a", "O", "P", opens=1320, closes=300)]) if issue.code == "routes_flow_window"]
    assert "minuit" in mend(issue, "fr") and "deux flux" in mend(issue, "fr") and "24:00" in mend(issue, "en")


def test_hours_of_public_holidays_are_said_unused_once() -> None:
    rows = [hours("weekday", 480, 1000), hours("holiday", 480, 600), hours("holiday", 480, 600, "Q")]
    issues = found([flow("a", "O", "P")], windows=rows)
    assert [(issue.code, issue.row, dict(issue.args)) for issue in issues] == [("routes_holiday_hours", 1, {"count": 2})]


def test_a_site_with_hours_on_holidays_only_is_closed_and_told_why() -> None:
    issues = [issue for issue in found([flow("a", "O", "P")], windows=[hours("holiday", 480, 600)]) if issue.is_error]
    assert [issue.code for issue in issues] == ["routes_alone_only_holidays"] and dict(issues[0].args)["site"] == "P"
    assert "le lundi" in describe(issues[0], "fr")


@pytest.mark.parametrize("rows", [[], [{"first": "dirty", "second": "clean", "rule": "together"}]])
def test_pairs_of_classes_that_nothing_is_said_of(rows: list[dict[str, Any]]) -> None:
    """Infectious waste beside meals is allowed where nothing forbids it: that is said of each pair in use."""
    flows = [flow("meals", "O", "P"), flow("linen", "P", "O", hygiene="dirty"), flow("waste", "Q", "O", hygiene="infectious")]
    every = ("clean", "dirty", "infectious")
    pairs = [(dict(i.args)["first"], dict(i.args)["second"]) for i in found(flows, [vehicle(hygiene=every)], class_compatibility=rows) if i.code == "routes_classes_unsaid"]
    assert pairs == ([("clean", "dirty")] if not rows else []) + [("clean", "infectious"), ("dirty", "infectious")]
    assert found(flows[:1], class_compatibility=rows) == []


def test_the_end_of_a_window_is_said_where_depots_do_not_tell() -> None:
    """With one end at a depot the window is that of the other; with two, or none, that of the destination."""
    window = {"opens": 480, "closes": 900}
    flows = [flow("out", "O", "P", **window), flow("back", "P", "O", **window), flow("mail", "P", "Q", **window), flow("free", "Q", "P")]
    assert [(i.code, dict(i.args)["flows"]) for i in found(flows)] == [("routes_window_no_depot", "mail")]
    depots = [{"depot": code, "name": code, "site": at, "reload_minutes": 20.0} for code, at in (("D", "O"), ("E", "P"))]
    both = found(flows[:2], [vehicle(), vehicle("W", "E")], depots=depots)
    assert [(i.code, dict(i.args)["count"], dict(i.args)["flows"]) for i in both] == [("routes_window_both_depots", 2, "out, back")]
