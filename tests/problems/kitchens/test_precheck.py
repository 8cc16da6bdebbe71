"""What cannot work is said before solving, with both figures."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from planner.i18n import LANGUAGES, describe
from planner.issues import Issue, Severity
from planner.plan import Limits, Progress, Status
from planner.problems.kitchens import KITCHENS
from tests.contract.kitchens_mutations import cut_off
from tests.problems.kitchens.small import demand, group, kitchen, level, network


def found(scenario: Any, net: Any = None) -> dict[str, Issue]:
    return {issue.code: issue for issue in KITCHENS.precheck(scenario, net or network())}


def figures(issue: Issue) -> dict[str, Any]:
    return dict(issue.args)


def test_nothing_to_say_of_a_sound_scenario() -> None:
    assert KITCHENS.relevant(group())
    assert KITCHENS.precheck(group(), network()) == []


def test_not_relevant_without_meals() -> None:
    assert not KITCHENS.relevant(group(without=tuple(("meal_demand", site) for site in "ABCDX")))


CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("kitchens_no_level", {"without": (("kitchen_levels", "KX"),)}, {"kitchen": "KX"}),
    ("kitchens_today_level", {"edits": {"kitchen_levels": {"KB": {"today": False}}}}, {"kitchen": "KB", "count": 0}),
    ("kitchens_today_level", {"edits": {"kitchen_levels": {"KA": {"today": True}}}}, {"kitchen": "KA", "count": 2}),
    ("kitchens_today_candidate", {"edits": {"kitchen_levels": {"KN": {"today": True}}}}, {"kitchen": "KN"}),
    ("kitchens_levels_order", {"extra": {"kitchen_levels": [level("KB", 2, 450.0)]}}, {"smaller": 450.0, "larger": 450.0, "level": 2, "below": 1}),
    ("kitchens_no_mode", {"edits": {"kitchens": {"KA": {"modes": ()}}}}, {"kitchen": "KA"}),
    ("kitchens_locks_differ", {"edits": {"meal_demand": {"A": {"lock": "KA"}}}, "extra": {"meal_demand": [demand("A", 1000, "KA", "cold", public="staff", lock="KB")]}}, {"locks": "KA, KB"}),
    ("kitchens_several_today", {"extra": {"meal_demand": [demand("A", 1000, "KB", "cold", public="staff")]}}, {"kitchens": "KA, KB"}),
    ("kitchens_fed_by_candidate", {"edits": {"meal_demand": {"A": {"current_kitchen": "KN"}}}}, {"kitchen": "KN"}),
    ("kitchens_modes_differ", {"edits": {"meal_demand": {"A": {"modes": ("hot",)}}}, "extra": {"meal_demand": [demand("A", 1000, "KA", "cold", public="staff", modes=("cold",))]}}, {"site": "A"}),
    ("kitchens_lock_never_open", {"edits": {"kitchens": {"KN": {"lock": "open", "earliest_year": 2035}}}}, {"earliest": 2035, "last": 2029}),
    ("kitchens_lock_contradiction", {"edits": {"kitchens": {"KN": {"lock": "close"}}, "meal_demand": {"C": {"lock": "KN"}}}}, {"site": "C", "kitchen": "KN"}),
    ("kitchens_lock_idle", {"edits": {"kitchens": {"KN": {"earliest_year": 2035}}, "meal_demand": {"C": {"lock": "KN"}}}}, {"site": "C"}),
    ("kitchens_lock_impossible", {"edits": {"meal_demand": {"D": {"lock": "KX", "modes": ("hot",)}}}}, {"site": "D", "kitchen": "KX"}),
    ("kitchens_nobody_feeds_year", {"edits": {"meal_demand": {"D": {"lock": None, "modes": ("cold",), "growth": 49.0}}, "kitchens": {"KN": {"earliest_year": 2029}}}, "max_cold_minutes": 30}, {"year": "2027"}),
    ("kitchens_weights_over", {"extra": {"demand_scenarios": [{"scenario": name, "step": 1, "change": 5.0, "weight": 80.0} for name in "ab"]}}, {"total": 160.0}),
    ("kitchens_years_unlimited", {"horizon_years": 5}, {"years": "2030, 2031"}),
    ("kitchens_new_unfed", {"edits": {"meal_demand": {"C": {"from_year": 2028, "current_kitchen": None}}}}, {"site": "C", "year": "2028"}),
    ("kitchens_budget_short", {"edits": {"kitchens": {"KN": {"lock": "open", "earliest_year": None}}}}, {"budget": 150000.0, "openings": 900000.0, "sites": 0.0, "compulsory": 900000.0}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "parts", "expected"), CASES, ids=[f"{code}-{i}" for i, (code, _, _) in enumerate(CASES)])
def test_each_finding_with_its_figures(code: str, parts: dict[str, Any], expected: dict[str, Any]) -> None:
    scenario = group(**parts)
    issues = found(scenario)
    assert code in issues, sorted(issues)
    for name, value in expected.items():
        assert figures(issues[code])[name] == value
    for lang in LANGUAGES:
        assert "{" not in describe(issues[code], lang)


@pytest.mark.parametrize(
    ("rule", "edits", "parameters", "expected"),
    [
        ("minutes", {}, {"max_hot_minutes": 29, "max_cold_minutes": 25}, {"minutes": 30.0, "limit": 29.0}),
        ("mode_made", {"kitchens": {"KA": {"modes": ("hot",)}, "KN": {"modes": ("hot",)}, "KX": {"modes": ("hot",)}}, "meal_demand": {"D": {"modes": ("cold",)}}}, {}, {}),
        ("mode_accepted", {"kitchens": {"KB": {"modes": ("cold",)}, "KN": {"modes": ("cold",)}}, "meal_demand": {"D": {"modes": ("hot",)}}}, {"max_hot_minutes": 40}, {}),
        ("hot_days", {"kitchens": {"KB": {"production_days": 5}}, "meal_demand": {"D": {"modes": ("hot",)}}}, {}, {"production": 5, "day_fr": "dimanche"}),
        ("use_by", {"kitchens": {"KA": {"use_by_days": 2}, "KN": {"use_by_days": 1}, "KX": {"use_by_days": 2}}, "meal_demand": {"D": {"modes": ("cold",)}}}, {}, {"use_by": 1, "needed": 3}),
        ("capacity", {"meal_demand": {"D": {"meals": 400000, "modes": ("cold",)}}, "kitchens": {"KB": {"modes": ("hot",)}}}, {"max_cold_minutes": 35}, {"capacity": 1200.0}),
    ],
)  # fmt: skip
def test_why_nobody_feeds_a_site(rule: str, edits: dict[str, Any], parameters: dict[str, float], expected: dict[str, Any]) -> None:
    issues = KITCHENS.precheck(group(edits, **parameters), network())
    assert {"site": "D"}.items() <= figures(next(i for i in issues if i.code == "kitchens_nobody_feeds")).items()
    why = [issue for issue in issues if issue.code == f"kitchens_why_{rule}" and figures(issue)["site"] == "D"]
    assert why
    assert any(expected.items() <= figures(issue).items() for issue in why), [figures(issue) for issue in why]


def test_a_site_off_the_roads() -> None:
    issues = found(group(), cut_off("D")(network()))
    assert figures(issues["kitchens_nobody_feeds"])["site"] == "D"
    assert "kitchens_why_unreachable" in issues


def test_total_capacity_against_total_need() -> None:
    edits = {"A": {"meals": 200000}, "B": {"meals": 150000}, "D": {"meals": 60000}}
    scenario = group({"kitchens": {"KN": {"lock": "close"}}, "meal_demand": edits})
    issue = next(i for i in KITCHENS.precheck(scenario, network()) if i.code == "kitchens_capacity_short")
    assert figures(issue)["year"] == "2027"
    assert figures(issue)["capacity"] == 900.0 + 450.0 + 200.0
    # least loads: A on 5 days; B, C and the patients of D hot from KB, 7 days; the staff of D on 5; X cold, made in 5
    need = 200000 / 260 + 150000 / 364 + 30000 / 364 + 60000 / 364 + 60000 / 260 + 40000 / 260
    assert figures(issue)["need"] == pytest.approx(need)


def test_errors_make_the_solve_say_infeasible_with_the_same_findings() -> None:
    scenario = group({"kitchens": {"KN": {"lock": "close"}}, "meal_demand": {"C": {"lock": "KN"}}})
    plan = KITCHENS.solve(scenario, network(), Limits(seconds=5), Progress())
    assert plan.status is Status.INFEASIBLE
    assert [issue.code for issue in plan.issues] == ["kitchens_lock_contradiction"]
    assert all(issue.severity is Severity.ERROR for issue in plan.issues)


def test_a_new_candidate_needs_no_present_level() -> None:
    extra = {"kitchens": [kitchen("KM", "D", "E2", status="candidate")], "kitchen_levels": [level("KM", 1, 100.0, investment=1.0)]}
    assert KITCHENS.precheck(group(extra=extra), network()) == []


def test_the_figures_stand_for_the_right_network() -> None:
    """Twice the minutes put every other site out of reach: the pre-check reads the network it is given."""
    slow = replace(network(), minutes=network().minutes * 4)
    assert np.isfinite(slow.minutes).all()
    assert "kitchens_nobody_feeds" in found(group(), slow)
