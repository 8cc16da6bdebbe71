"""Today's routes checked, and single moves that the audit confirms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from planner.cli.main import main
from planner.i18n import describe, text
from planner.problems.routes.review import Review, review
from planner.problems.routes.tables import CO2_PRICE
from planner.scenario import Scenario, with_parameter
from planner.service import current
from planner.service.current import review_dict, review_text
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle

POINTS = {"O": (0.0, 0.0), "P": (30.0, 0.0), "Q": (30.0, 1.0), "R": (0.0, 30.0)}
SAMPLE = Path(__file__).resolve().parents[3] / "scenarios" / "la_rochelle_rochefort.xlsx"


def line(number: int, position: int, code: str, **more: Any) -> dict[str, Any]:
    return {"day": "mon", "vehicle": "V", "number": number, "trip": 1, "position": position, "flow": code, "action": "deliver", **more}


def group(current: list[dict[str, Any]], **more: Any) -> Scenario:
    flows = [flow(code.lower(), "O", code, 2.0, days=("mon",)) for code in "PQR"]
    data = base([site(code) for code in POINTS], [vehicle(**more)], flows)
    data["current_routes"] = current
    return scenario_of(data)


def test_a_stop_on_the_wrong_round_is_found_and_its_saving_is_exact() -> None:
    """P is served with R, the other way; Q, its neighbour, by the other van."""
    scenario = group([line(1, 1, "p"), line(1, 2, "r"), line(2, 1, "q")])
    better = group([line(1, 1, "r"), line(2, 1, "q"), line(2, 2, "p")])
    found, best = review(scenario, network_of(POINTS)), review(better, network_of(POINTS))
    assert found is not None and best is not None
    first = found.savings[0]
    assert (first.site, first.number, first.to_number) in {("P", 1, 2), ("R", 1, 2)} or first.site == "Q"
    move = next(s for s in found.savings if s.site == "P")
    assert (move.number, move.to_number) == (1, 2)
    assert move.saves == pytest.approx(found.cost - best.cost, abs=1.0)


def test_no_move_is_told_that_breaks_a_rule_kept_today() -> None:
    current = [line(1, 1, "p"), line(1, 2, "r"), line(2, 1, "q")]
    moved = {}
    for places in (10.0, 4.0):  # four are full with P and R
        found = review(group(current, places=places), network_of(POINTS))
        assert found is not None
        moved[places] = {(s.site, s.to_number) for s in found.savings}
    assert ("Q", 1) in moved[10.0] and ("Q", 1) not in moved[4.0]


def test_kilometres_with_nothing_on_board_are_told() -> None:
    found = review(group([line(1, 1, "p"), line(2, 1, "q"), line(3, 1, "r")], count=3), network_of(POINTS))
    assert found is not None
    assert (found.duties[0].km, found.duties[0].empty_km) == (60.0, 30.0)


def test_routes_that_do_not_carry_everything_are_judged_and_what_is_missing_is_named_first() -> None:
    """Q on Tuesday, too, on a day on which it is not visited: that row is told apart."""
    scenario = group([line(1, 1, "p"), {**line(1, 1, "q"), "day": "tue"}])
    found = review(scenario, network_of(POINTS))
    assert found is not None and found.findings == () and len(found.duties) == 1 and found.cost > 0
    assert [dict(issue.args)["flow"] for issue in found.missing] == ["q", "r"] and [issue.code for issue in found.ignored] == ["baseline_not_that_day"]
    said = review_text(found, scenario, "fr").splitlines()
    assert "2 passage(s) par semaine y manquent" in said[0] and said[1:3] == ["  q, de O à Q\u00a0: lundi", "  r, de O à R\u00a0: lundi"]
    assert review_dict(found)["missing"][0]["flow"] == "q"
    assert review(group([]), network_of(POINTS)) is None


def test_command_line_on_a_sample(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    known: list[Review | None] = []

    def once(*given: Any) -> Review | None:  # the same answer in text and for programs
        known[:] = known or [review(*given)]
        return known[0]

    monkeypatch.setattr(current, "review", once)
    assert main(["check-routes", str(SAMPLE), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["cost"] > 1e6 and len(said["duties"]) > 20
    assert all(s["saves"] >= 1.0 for s in said["savings"])
    assert main(["check-routes", str(SAMPLE), "--lang", "en"]) == 0
    assert "Today's routes cost" in capsys.readouterr().out


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_rule_that_is_broken_is_named(lang: str) -> None:
    """Two stops that open later than the van can wait, and a load beyond the floor: by their sentences, in text and for programs."""
    data = base([site(code) for code in POINTS], [vehicle(places=3.0)], [flow("p", "O", "P", 2.0, opens=300, closes=330), flow("q", "O", "Q", 2.0)])
    data["current_routes"] = [line(1, 1, "p"), line(1, 2, "q")]
    scenario = scenario_of(data)
    found = review(scenario, network_of(POINTS))
    assert found is not None and found.broken == {"routes_over_places": 1, "routes_window": 1}
    said = review_text(found, scenario, lang)
    assert [one["code"] for one in review_dict(found)["findings"]] == [issue.code for issue in found.findings]
    for issue, told in zip(found.findings, review_dict(found)["findings"], strict=True):
        assert describe(issue, lang) in said and told[f"said_{lang}"] == describe(issue, lang)
    many = Review(100.0, (), found.findings[:1] * 8, ())
    assert review_text(many, scenario, lang).count(describe(found.findings[0], lang)) == 5
    assert text("current.broken_more", lang, count=3) in review_text(many, scenario, lang)


def test_notional_prices_are_no_part_of_what_routes_cost() -> None:
    current = [line(1, 1, "p"), line(1, 2, "r"), line(2, 1, "q")]
    plain = group(current, co2_km=1.0)
    priced = with_parameter(plain, CO2_PRICE, 500.0)
    found, dear = review(plain, network_of(POINTS)), review(priced, network_of(POINTS))
    assert found is not None and dear is not None
    assert (found.cost, [d.cost for d in found.duties], [s.saves for s in found.savings]) == (dear.cost, [d.cost for d in dear.duties], [s.saves for s in dear.savings])


def test_a_check_stopped_early_does_not_say_that_no_move_saves() -> None:
    scenario = scenario_of(base([site("O")], [vehicle()], []))
    for stopped, key in ((True, "current.none_yet"), (False, "current.no_move")):
        assert text(key, "fr") in review_text(Review(100.0, (), (), (), stopped), scenario, "fr")


def test_a_move_that_frees_a_vehicle_is_told_though_it_takes_more_kilometres() -> None:
    """P, Q and R are 30 km from the depot, R 62 km from both others: one van drives 2 km more a week than two."""
    network = network_of(POINTS)
    for a, b in ((1, 3), (3, 1), (2, 3), (3, 2)):
        network.km[a, b] = 62.0
    apart, together = group([line(1, 1, "p"), line(1, 2, "q"), line(2, 1, "r")]), group([line(1, 1, "p"), line(1, 2, "q"), line(1, 3, "r")])
    found, best = review(apart, network), review(together, network)
    assert found is not None and best is not None
    move = next(one for one in found.savings if one.site == "R")
    assert (move.number, move.to_number, move.after) == (2, 1, "Q") and move.km == pytest.approx(-1.983)
    assert move.saves == pytest.approx(found.cost - best.cost, abs=0.02)
    assert "2,0 km/semaine de plus" in review_text(found, apart, "fr")


LINE = {"O": (0.0, 0.0), "P": (10.0, 0.0), "Q": (20.0, 0.0), "R": (30.0, 0.0)}


def test_another_place_in_the_same_trip_is_tried() -> None:
    """On a line, R (30 km) is served first, then P (10 km) and Q (20 km): 80 km. With R last, 60."""
    wrong, right = ([line(1, k, code) for k, code in enumerate(order, 1)] for order in ("rpq", "pqr"))
    found, best = review(group(wrong), network_of(LINE)), review(group(right), network_of(LINE))
    assert found is not None and best is not None
    assert (found.duties[0].km, best.duties[0].km, best.savings) == (80.0, 60.0, ())
    moves = {one.site: one for one in found.savings}
    assert {(site, one.after) for site, one in moves.items()} == {("R", "P"), ("P", ""), ("Q", "")}  # P, R, Q; P, R, Q; Q, R, P: all of 60 km
    assert all(one.within and one.km == pytest.approx(20.0) and one.saves == pytest.approx(found.cost - best.cost, abs=0.02) for one in moves.values())
    assert "tour 1\u00a0: R (r) à servir après P" in review_text(found, group(wrong), "fr")


def test_a_stop_is_not_put_before_what_it_unloads_is_loaded() -> None:
    """Mail goes from Q to P, then R is served: 80 km. 60 with R elsewhere or P last; P before Q would save as much and deliver no mail."""
    data = base([site(code) for code in LINE], [vehicle()], [flow("r", "O", "R", 2.0), flow("mail", "Q", "P", 1.0)])
    data["current_routes"] = [line(1, 1, "mail", action="collect"), line(1, 2, "mail"), line(1, 3, "r")]
    found = review(scenario_of(data), network_of(LINE))
    assert found is not None and found.findings == () and found.duties[0].km == 80.0
    assert [(one.site, one.after) for one in found.savings] == [("P", "R"), ("R", "")]
