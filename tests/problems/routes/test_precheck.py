"""Every figure that cannot work is said before solving, with both figures."""

from __future__ import annotations

from typing import Any

import pytest

from planner.i18n import describe
from planner.issues import Issue, errors
from planner.problems.routes import ROUTES
from tests.problems.routes.generator import base, flow, group, network_of, scenario_of, site, vehicle

POINTS = {"O": (0.0, 0.0), "P": (10.0, 0.0), "Q": (200.0, 0.0)}


def found(flows: list[dict[str, Any]], vehicles: list[dict[str, Any]] | None = None, place: dict[str, Any] | None = None, **more: Any) -> list[Issue]:
    data = base([site("O"), site("P", **(place or {})), site("Q")], vehicles or [vehicle()], flows, **more)
    issues = ROUTES.precheck(scenario_of(data), network_of(POINTS))
    assert all("issue." not in describe(issue, lang) for issue in issues for lang in ("fr", "en"))
    return [issue for issue in issues if not issue.code.startswith("routes_enough_")]  # test_explain


def test_nothing_to_say_of_good_data() -> None:
    assert found([flow("a", "O", "P")]) == []
    assert errors(ROUTES.precheck(*group(20))) == []


CLOSED = [{"site": "P", "day_type": "saturday", "opens": 480, "closes": 600}]


@pytest.mark.parametrize(
    ("code", "flows", "kind", "place", "more", "figures"),
    [
        ("routes_alone_temperature", [flow("a", "O", "P", temperature="hot")], {}, {}, {}, {"temperature": "hot"}),
        ("routes_alone_hygiene", [flow("a", "O", "P", hygiene="dirty")], {"hygiene": ("clean",)}, {}, {}, {"hygiene": "dirty"}),
        ("routes_alone_places", [flow("a", "O", "P", 11.0)], {}, {}, {}, {"need": 11.0, "have": 10.0}),
        ("routes_alone_places", [flow("a", "O", "P", 6.0, return_ratio=2.0)], {}, {}, {}, {"need": 12.0, "have": 10.0}),
        ("routes_alone_compartment", [flow("a", "O", "P", 4.0, temperature="cold")], {"temperatures": ("cold",), "cold_places": 3.0}, {}, {},
         {"need": 4.0, "have": 3.0, "temperature": "cold"}),
        ("routes_alone_kg", [flow("a", "O", "P", 4.0)], {"kg": 350.0}, {}, {}, {"need": 400.0, "have": 350.0}),
        ("routes_alone_gvw", [flow("a", "O", "P")], {"gvw": 19.0}, {"max_gvw": 7.5}, {}, {"need": 19.0, "have": 7.5, "site": "P"}),
        ("routes_alone_tail_lift", [flow("a", "O", "P")], {"tail_lift": False}, {"needs_tail_lift": True}, {}, {"site": "P"}),
        ("routes_alone_low_emission", [flow("a", "O", "P")], {"low_emission": False}, {"low_emission_zone": True}, {}, {"site": "P"}),
        ("routes_alone_closed", [flow("a", "O", "P")], {}, {}, {"windows": CLOSED}, {"site": "P", "day": "mon"}),
        ("routes_alone_window", [flow("a", "O", "P", opens=300, closes=380)], {}, {}, {}, {"opens": "06:00", "closes": "20:00"}),
        ("routes_alone_duty", [flow("a", "O", "Q")], {"duty_minutes": 400.0}, {}, {}, {"need": 20 + 400 + 3 + 10.0, "have": 400.0}),
        ("routes_alone_on_board", [flow("a", "O", "P", max_minutes=9)], {}, {}, {}, {"need": 10.0, "have": 9.0}),
        ("routes_alone_on_board", [flow("a", "P", "O", max_minutes=9)], {}, {}, {}, {"need": 10.0, "have": 9.0}),
    ],
)  # fmt: skip
def test_what_no_vehicle_can_serve_alone(
    code: str, flows: list[dict[str, Any]], kind: dict[str, Any], place: dict[str, Any], more: dict[str, Any], figures: dict[str, Any]
) -> None:
    (issue,) = found(flows, [vehicle(**kind)], place, **more)
    assert issue.code == code and issue.is_error and issue.table == "flows" and issue.row == 0
    assert {**dict(issue.args), **figures} == dict(issue.args)


def test_no_road() -> None:
    scenario = scenario_of(base([site("O"), site("P")], [vehicle()], [flow("a", "O", "P")]))
    network = network_of({"O": (0.0, 0.0), "P": (1.0, 0.0)})
    network.km[1, 0] = network.minutes[1, 0] = float("nan")
    assert [issue.code for issue in errors(ROUTES.precheck(scenario, network))] == ["routes_alone_no_way"]


def test_the_closest_vehicle_is_named() -> None:
    fleet = [vehicle("far_off", temperatures=("hot",), places=1.0), vehicle("nearly", places=3.0)]
    (issue,) = found([flow("a", "O", "P", 4.0)], fleet)
    assert dict(issue.args)["vehicle"] == "nearly"


def test_more_than_the_whole_fleet_can_carry() -> None:
    flows = [flow(f"f{i}", "O", "P", 9.0) for i in range(7)]
    (issue,) = found(flows, [vehicle(count=2, max_trips=3)])
    assert issue.code == "routes_fleet_too_small" and dict(issue.args) == {"day": "mon", "site": "O", "need": 63.0, "have": 60.0}
    assert found(flows[:6], [vehicle(count=2, max_trips=3)]) == []


@pytest.mark.parametrize(
    ("code", "flows", "kind", "error"),
    [
        ("routes_no_vehicle", [flow("a", "O", "P")], {"count": 0}, True),
        ("routes_flow_same_site", [flow("a", "P", "P")], {}, True),
        ("routes_flow_window", [flow("a", "O", "P", opens=600, closes=500)], {}, True),
        ("routes_flow_without_quantity", [flow("a", "O", "P", 0.0)], {}, False),
        ("routes_days_disagree", [flow("a", "O", "P", days=("mon", "tue"), visits=3)], {}, False),
        ("routes_vehicle_without_hours", [flow("a", "O", "P")], {"code": "night", "shift_start": 1300, "shift_end": 1400}, False),
        ("routes_overtime_cheaper", [flow("a", "O", "P")], {"overtime_minutes": 60.0, "overtime_cost": 20.0}, False),
    ],
)
def test_other_figures(code: str, flows: list[dict[str, Any]], kind: dict[str, Any], error: bool) -> None:
    fleet = [vehicle(**kind)] if code != "routes_vehicle_without_hours" else [vehicle(), vehicle(**kind)]
    issues = found(flows, fleet)
    assert [issue.code for issue in issues] == [code] and issues[0].is_error is error


def test_a_load_that_does_not_fit_is_not_timed() -> None:
    """A hundred thousand units take years to unload: only their size is worth saying."""
    assert {issue.code for issue in found([flow("a", "O", "P", 100_000.0)])} <= {"routes_alone_places", "routes_alone_kg"}
