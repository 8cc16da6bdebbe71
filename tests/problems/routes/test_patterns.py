"""Combinations of days listed by the user: which flows they are about, what the planner chooses, checks, audit, price."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from planner.i18n import describe
from planner.issues import errors
from planner.kinds import DAYS, Several
from planner.network import Network
from planner.plan import Limits, Plan, Progress
from planner.problems.routes import ROUTES
from planner.problems.routes.policies import policies
from planner.problems.routes.spreading import DAY_CODES
from planner.problems.routes.tables import STOPS
from planner.problems.routes.week import Week
from planner.scenario import Scenario
from planner.schema import rows
from planner.typed import Unreadable
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle
from tests.problems.routes.generator import group as generator_group

POINTS = {"O": (0.0, 0.0), "P": (40.0, 0.0), "Q": (40.0, 2.0), "R": (0.0, 5.0)}
A = flow("a", "O", "P", days=("tue", "fri"))
LIMITS = Limits(seconds=60, iterations=100, seed=1)


def group(patterns: list[dict[str, Any]], *flows: dict[str, Any], **more: Any) -> tuple[Scenario, Network]:
    data = base([site(code) for code in POINTS], [vehicle()], list(flows), day_patterns=patterns, **more)
    return scenario_of(data), network_of(POINTS)


def listed(about: dict[str, Any], *combinations: str) -> list[dict[str, Any]]:
    return [{**about, "days": tuple(words.split())} for words in combinations]


def served(plan: Plan, code: str) -> list[str]:
    return list(dict.fromkeys(row.day for row in rows(STOPS, plan.tables[STOPS.name]) if row.flow == code))


def codes(given: tuple[Scenario, Network]) -> set[str]:
    issues = ROUTES.precheck(*given)
    assert all("issue." not in describe(issue, lang) and "{" not in describe(issue, lang) for issue in issues for lang in ("fr", "en"))
    return {issue.code for issue in issues}


def test_days_are_read_with_spaces_too() -> None:
    kind = Several(DAYS)
    assert kind.parse("lun jeu") == kind.parse("jeu, lun") == kind.parse("lun et jeu") == ("mon", "thu") and kind.parse("lun mar, jeu-ven") == ("mon", "tue", "thu", "fri")
    for unknown in ("lun jeudredi", "lun xyz"):
        with pytest.raises(Unreadable):
            kind.parse(unknown)


def test_the_planner_chooses_the_cheapest_of_the_combinations_listed() -> None:
    """P and Q are neighbours, 40 km away; P is visited on Tuesday and Friday.

    Of Q's combinations Tuesday and Friday costs 2 km each day more, Monday and Thursday two trips of 80 km more: 4 km against 160.
    """
    given = group(listed({"flow": "b"}, "mon thu", "tue fri"), A, flow("b", "O", "Q", visits=2))
    assert not errors(ROUTES.precheck(*given)) and Week(*given).free == {"b": (("mon", "thu"), ("tue", "fri"))}
    plan = ROUTES.solve(*given, LIMITS, Progress())
    assert plan.status.has_plan and served(plan, "b") == ["tue", "fri"] and ROUTES.audit(*given, plan).valid
    assert plan.tables["routes_routes"]["km"].sum() == pytest.approx(2 * (40 + 2 + 40.04996878), abs=0.02)
    other = group(listed({"flow": "b"}, "mon thu", "wed sat"), A, flow("b", "O", "Q", visits=2))
    dear = ROUTES.solve(*other, LIMITS, Progress())
    assert served(dear, "b") in (["mon", "thu"], ["wed", "sat"]) and ROUTES.audit(*other, dear).valid


def test_the_audit_refuses_days_that_no_row_lists() -> None:
    given = group([], A, flow("b", "O", "Q", days=("tue", "fri")))
    plan = ROUTES.solve(*given, LIMITS, Progress())
    for combinations, refused in ((("mon thu", "tue fri"), False), (("mon thu", "tue sat"), True)):
        asked, network = group(listed({"flow": "b"}, *combinations), A, flow("b", "O", "Q", visits=2))
        found = errors(ROUTES.audit(asked, network, plan.with_(scenario_hash=asked.hash)).issues)
        assert [issue.code for issue in found] == (["routes_days_not_listed"] if refused else [])
        if refused:
            assert "mardi et vendredi" in describe(found[0], "fr") and "lun jeu ; mar sam" in describe(found[0], "fr") and "Mon Thu; Tue Sat" in describe(found[0], "en")


def test_who_a_row_is_about() -> None:
    """Rows of a category concern its flows with as many visits; rows of a site win over them, rows of a flow over both; others keep their days."""
    linen = {"category": "linen"}
    patterns = [*listed(linen, "mon thu", "tue fri", "mon wed fri"), *listed({"site": "Q"}, "wed sat"), *listed({"flow": "d"}, "sun", "mon")]
    given = group(
        patterns, flow("a", "O", "P", visits=2, **linen), flow("b", "O", "Q", visits=2, **linen), flow("c", "O", "R", visits=3, **linen), flow("d", "O", "R", visits=1, **linen),
        flow("e", "O", "R", visits=5, **linen), flow("f", "O", "P", visits=2), flow("g", "O", "P", days=("tue", "fri"), **linen),
    )  # fmt: skip
    week = Week(*given)
    assert week.free == {
        "a": (("mon", "thu"), ("tue", "fri")), "b": (("wed", "sat"),), "c": (("mon", "wed", "fri"),), "d": (("mon",), ("sun",)), "g": (("tue", "fri"),),
    }  # fmt: skip
    (told,) = ROUTES.precheck(*given)
    assert told.code == "routes_day_pattern_others" and dict(told.args)["flows"] == "e" and "ils gardent leurs jours" in describe(told, "fr")
    plan = ROUTES.solve(*given, LIMITS, Progress())
    assert ROUTES.audit(*given, plan).valid and len(served(plan, "e")) == 5


def test_gaps_locks_hours_and_days_given_narrow_the_combinations() -> None:
    patterns = listed({"flow": "b"}, "mon tue", "mon thu", "tue fri", "wed sat", "thu sun")
    given = group(
        patterns, flow("b", "O", "Q", visits=2, free_days=True, least_gap=2, days=("mon", "tue", "wed", "thu", "fri", "sat")),
        route_locks=[{"site": "Q", "days": ("mon", "thu", "wed", "sat")}], windows=[{"site": "Q", "day_type": "weekday", "opens": 360, "closes": 1200}],
    )  # fmt: skip
    assert Week(*given).free == {"b": (("mon", "thu"),)}
    assert codes(given) == {"routes_day_pattern_never"}


@pytest.mark.parametrize(
    ("patterns", "b", "found"),
    [
        (listed({"flow": "b"}, "mon thu", "mon wed fri"), {"visits": 2}, {"routes_day_pattern_count"}),
        (listed({"flow": "b"}, "mon thu"), {"days": ("mon", "wed", "fri")}, {"routes_day_pattern_count"}),
        (listed({"flow": "b"}, "mon thu", "mon wed fri"), {"visits": None}, {"routes_day_pattern_unclear"}),
        (listed({"flow": "b"}, "mon thu", "wed sat"), {"visits": None}, set()),
        (listed({"flow": "b"}, "mon thu"), {"days": ("tue", "fri")}, {"routes_day_pattern_none"}),
        (listed({"flow": "b"}, "mon tue"), {"visits": 2, "least_gap": 2}, {"routes_day_pattern_none"}),
        (listed({"site": "R"}, "mon tue"), {"visits": 2}, {"routes_day_pattern_unused"}),
        ([*listed({"category": "stores"}, "mon tue"), *listed({"flow": "b"}, "mon thu"), *listed({"flow": "a"}, "tue fri")], {"visits": 2}, {"routes_day_pattern_unused"}),
        (listed({"flow": "b"}, *(["mon"] * 1)), {"visits": 10}, {"routes_day_pattern_count"}),
    ],
)  # fmt: skip
def test_rows_that_contradict(patterns: list[dict[str, Any]], b: dict[str, Any], found: set[str]) -> None:
    assert codes(group(patterns, A, flow("b", "O", "Q", **b))) == found


def test_a_route_kept_keeps_its_days() -> None:
    today = [{"day": "wed", "vehicle": "V", "number": 1, "trip": 1, "position": 1, "flow": "b", "action": "deliver", "locked": True}]
    given = group(listed({"flow": "b"}, "mon thu", "wed sat"), A, flow("b", "O", "Q", visits=2), current_routes=today)
    assert Week(*given).free == {"b": (("wed", "sat"),)}


def test_what_the_combinations_cost_is_asked_as_one_rule() -> None:
    scenario, network = group(listed({"flow": "b"}, "mon thu"), A, flow("b", "O", "Q", visits=None))
    (rule,) = [rule for rule in policies(scenario) if rule.name.key == "policy.day_patterns"]
    freed = rule.change(scenario)
    assert len(Week(freed, network).free["b"]) == 21 and not any(rule.name.key == "policy.day_patterns" for rule in policies(freed))
    assert ROUTES.solve(freed, network, LIMITS, Progress()).cost < ROUTES.solve(scenario, network, LIMITS, Progress()).cost  # type: ignore[operator]


@pytest.mark.parametrize("seed", range(3))
def test_random_groups_keep_to_the_combinations_listed(seed: int) -> None:
    """Combinations at chance for linen as a whole and for single flows of stores; the rows are read again here, as plainly as a user would."""
    rng = np.random.default_rng(seed)
    scenario, network = generator_group(10, seed + 20)
    flows = scenario.rows("flows")
    some = [row for row in flows if row.category == "stores" and rng.random() < 0.6]
    made = {("linen", None, tuple(sorted(rng.choice(5, 3, replace=False)))) for _ in range(3)}
    made |= {(None, row.flow, (int(day),)) for row in some for day in rng.choice(5, 2, replace=False)}
    patterns = [{"category": category, "flow": code, "days": tuple(DAY_CODES[day] for day in days)} for category, code, days in sorted(made, key=str)]
    given = scenario.replace("day_patterns", scenario.table("day_patterns").frame(patterns))
    plan = ROUTES.solve(given, network, Limits(seconds=60, iterations=20, seed=1), Progress())
    audit = ROUTES.audit(given, network, plan)
    assert plan.status.has_plan and audit.valid and plan.bound is not None and plan.cost is not None and plan.bound <= plan.cost
    for row in flows:
        allowed = [one["days"] for one in patterns if one["flow"] == row.flow or (one["category"] == "linen" and row.category == "linen" and row.visits == 3)]
        assert not allowed or tuple(sorted(served(plan, row.flow), key=DAY_CODES.index)) in allowed
