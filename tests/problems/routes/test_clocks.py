"""Real times of today's routes against the computation."""

from __future__ import annotations

from typing import Any

from planner.problems.routes.review import review
from planner.scenario import Scenario
from planner.service.current import clocks_text, review_dict
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle

POINTS = {"O": (0.0, 0.0), "P": (20.0, 0.0), "Q": (50.0, 0.0), "R": (60.0, 0.0)}


def today(*times: int | None, **more: Any) -> Scenario:
    """P, Q and R in one trip at 60 km/h: 30 minutes from P to Q and 10 on to R, after 13 minutes at each stop (2 rolls of 1.5 min and 10 min)."""
    flows = [flow(code.lower(), "O", code, 2.0) for code in "PQR"]
    rows = [{"day": "mon", "vehicle": "V", "number": 1, "trip": 1, "position": i, "flow": code, "action": "deliver", "time": time}
            for i, (code, time) in enumerate(zip("pqr", times, strict=True), 1)]  # fmt: skip
    return scenario_of(base([site(code) for code in POINTS], [vehicle()], flows, current_routes=rows, **more))


def ways(scenario: Scenario) -> list[tuple[str, str, int, float]]:
    made = review(scenario, network_of(POINTS))
    assert made is not None
    assert len(review_dict(made)["clocks"]) == len(made.clocks)
    return [(c.before, c.site, c.given - c.left, c.computed) for c in made.clocks]


def test_from_one_arrival_to_the_next() -> None:
    assert ways(today(480, 523, 600)) == [("P", "Q", 43, 43.0), ("Q", "R", 77, 23.0)]


def test_stops_without_a_time_are_passed_over() -> None:
    assert ways(today(480, None, 530)) == [("P", "R", 50, 66.0)] and ways(today(None, 480, None)) == [] and ways(today(None, None, None)) == []


def test_a_vehicle_that_comes_early_waits_for_the_site() -> None:
    """At P at 8:00, which opens at 8:30."""
    assert ways(today(480, 560, None, windows=[{"site": "P", "day_type": "weekday", "opens": 510, "closes": 700}])) == [("P", "Q", 80, 73.0)]


def test_what_is_told_of_them() -> None:
    scenario = today(480, 523, 600)
    made = review(scenario, network_of(POINTS))
    assert made is not None
    said = clocks_text(made, scenario, "fr")
    assert "2 trajet(s)" in said[0] and "dont 1 avec un écart de plus de 15 min" in said[0] and "il manque 27 min au calcul" in said[0]
    assert "de Q à R\u00a0: 77 min en réalité, 23 min selon le calcul" in said[1] and "trop courts" in said[1] and len(said) == 3
    quick = today(480, 500, None)
    made = review(quick, network_of(POINTS))
    assert made is not None and "trop longs" in clocks_text(made, quick, "fr")[1] and "too long" in clocks_text(made, quick, "en")[1]
    silent = today(None, None, None)
    made = review(silent, network_of(POINTS))
    assert made is not None and clocks_text(made, silent, "fr") == []


def test_arrivals_outside_the_hours_allowed_are_told_with_their_minutes() -> None:
    """P closes at 7:40, and the van's shift is from 6:00 to 20:00; before an opening it waits."""
    scenario = today(480, None, 1210, windows=[{"site": "P", "day_type": "weekday", "opens": 400, "closes": 460}])
    made = review(scenario, network_of(POINTS))
    assert made is not None
    assert [(c.site, c.kind, c.given, c.limit, c.minutes) for c in made.odd_clocks] == [("P", "closed", 480, 460, 20), ("R", "after_shift", 1210, 1200, 10)]
    assert [one["minutes"] for one in review_dict(made)["odd_clocks"]] == [20, 10]
    said = clocks_text(made, scenario, "fr")
    assert "2 arrivée(s)" in said[0] and said[1].endswith("P\u00a0: arrivée à 08h00, 20 min après la dernière heure permise (07h40).") and "10 min après la fin de service" in said[2]
    early = today(300, None, None, windows=[{"site": "P", "day_type": "weekday", "opens": 400, "closes": 460}])
    made = review(early, network_of(POINTS))
    assert made is not None and [(c.kind, c.minutes) for c in made.odd_clocks] == [("before_shift", 60)] and made.clocks == ()
    assert "60 min before the vehicle's shift starts" in clocks_text(made, early, "en")[1]
