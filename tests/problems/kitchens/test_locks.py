"""Locks from a year on, openings of several lengths of works, most kitchens open, diets: by hand, then against enumeration."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from planner.i18n import LANGUAGES, describe, message
from planner.issues import Issue
from planner.network import Network
from planner.plan import Limits, Plan, Progress, Status
from planner.problems.base import edited
from planner.problems.kitchens import KITCHENS, conflicts
from planner.problems.kitchens.data import NONE, facts
from planner.problems.kitchens.locks import can_open, first_opening, must_open, on_its_way
from planner.problems.kitchens.policies import policies
from planner.scenario import Scenario
from planner.schema import Row
from planner.solvers import location_mip
from tests.problems.kitchens.generator import make
from tests.problems.kitchens.small import group, level, network
from tests.problems.kitchens.test_features import EARLY, ONE_EACH, RICH, acts, equals_enumeration, with_
from tests.problems.kitchens.test_model import accepted, codes, quarrel, solve, table

# KN: 600 meals a day after a year of works, 1,200 after two; the small one is dear to run
TWO_SIZES: dict[str, Any] = {
    "without": (("kitchen_levels", "KN"),),
    "extra": {"kitchen_levels": [level("KN", 1, 600.0, investment=300000.0, works_years=1, fixed_cost=900000.0), level("KN", 2, 1200.0, investment=400000.0, works_years=2)]},
    "unlimited_departures": 1.0,
}


def opened(plan: Plan, kitchen: str) -> list[int]:
    return [r.year for r in table(plan, "roadmap") if r.kitchen == kitchen and r.level is not None]


# --- by hand -----------------------------------------------------------------------------------------------------


def test_years_of_a_candidate_with_works_of_one_and_two_years_by_hand() -> None:
    """From 2027: small in 2028, large in 2029; open in 2028, or in works towards the large one until the end of 2028."""
    data = facts(group({"kitchens": {"KN": {"earliest_year": None, "lock": "open"}}}, **TWO_SIZES), network())
    k = next(k for k, kitchen in enumerate(data.kitchens) if kitchen.code == "KN")
    kitchen = data.kitchens[k]
    assert [first_opening(data, kitchen, place) for place in range(2)] == [2028, 2029]
    assert can_open(data, kitchen).tolist() == must_open(data, k).tolist() == [False, True, True]
    assert [on_its_way(data, kitchen, NONE, 1, t) for t in range(3)] == [True, True, False]
    assert [on_its_way(data, kitchen, NONE, 0, t) for t in range(3)] == [True, False, False]
    assert not on_its_way(data, kitchen, 0, 1, 1)


def test_an_opening_imposed_leaves_the_larger_unit_possible() -> None:
    scenario = group({"kitchens": {"KN": {"earliest_year": None, "lock": "open"}}, "yearly_limits": RICH}, **TWO_SIZES)
    plan = solve(scenario)
    assert accepted(scenario, plan)
    assert acts(plan, "KN") == [("works", None, 2, 200000.0), ("works", None, 2, 200000.0), ("opened", 2, None, 0.0)]


def test_a_site_imposed_on_a_candidate_waits_for_the_larger_unit() -> None:
    scenario = group({"kitchens": EARLY, "yearly_limits": RICH, "meal_demand": {"C": {"lock": "KN"}}}, **TWO_SIZES)
    plan = solve(scenario)
    assert accepted(scenario, plan)
    assert opened(plan, "KN") == [2029]
    assert [r.kitchen == "KN" for r in table(plan, "assignment") if r.site == "C"] == [False, False, True]


def test_the_price_of_opening_is_that_of_the_larger_unit() -> None:
    scenario = group({"kitchens": EARLY, "yearly_limits": RICH}, **TWO_SIZES)
    (rule,) = [rule for rule in policies(scenario) if rule.name.key == "policy.open"]
    plan = solve(rule.change(scenario))
    assert opened(plan, "KN") == [2029] and acts(plan, "KN")[-1][1] == 2


def test_an_opening_that_works_leave_no_time_for_says_when_it_could_be() -> None:
    """Four years of works from 2027: 2031 at the earliest, two years after the end."""
    late = {"KN": {"works_years": 4}}
    issues = {i.code: i for i in KITCHENS.precheck(group({"kitchens": {"KN": {"earliest_year": None, "lock": "open"}}, "kitchen_levels": late}), network())}
    assert {"earliest": 2031, "last": 2029}.items() <= dict(issues["kitchens_lock_never_open"].args).items()


def test_locks_hold_from_their_year_only() -> None:
    kept = solve(group(unlimited_departures=1.0))
    assert opened(kept, "KA") == opened(kept, "KB") == [2027] and opened(kept, "KN") == [2028, 2029]
    scenario = group({"kitchens": {"KB": {"lock": "keep"}, "KN": {"lock": "close", "lock_from": 2029}}}, unlimited_departures=1.0)
    plan = solve(scenario)
    assert accepted(scenario, plan)
    assert 2029 not in opened(plan, "KN") and opened(plan, "KB") == [2027, 2028, 2029]
    late = group({"kitchens": {"KN": {"lock": "open", "lock_from": 2029}, "KA": {"lock": "keep"}, "KB": {"lock": "keep", "lock_from": 2028}}}, unlimited_departures=1.0)
    plan = solve(late)
    assert accepted(late, plan)
    assert 2029 in opened(plan, "KN") and opened(plan, "KB") == [2027, 2028, 2029]


def test_a_closing_from_a_year_stops_works_before_it() -> None:
    """Works of two years from 2027 would end after the lock has begun: none begin."""
    edits = {"kitchens": {"KN": {"earliest_year": None, "lock": "close", "lock_from": 2028}}, "yearly_limits": RICH}
    plan = solve(group(edits, **TWO_SIZES))
    assert accepted(group(edits, **TWO_SIZES), plan)
    assert {r.action for r in table(plan, "roadmap") if r.kitchen == "KN"} == {"closed"}


def test_an_imposed_kitchen_from_a_year_on() -> None:
    """C imposed on KX from 2028 (KX leaves the scheme at the end of 2028)."""
    scenario = group({"meal_demand": {"C": {"lock": "KX", "lock_from": 2028}}, "kitchen_levels": {"KX": {"capacity": 400.0}}})
    plan = solve(scenario)
    assert accepted(scenario, plan)
    fed = {r.year: r.kitchen for r in table(plan, "assignment") if r.site == "C"}
    assert fed[2028] == "KX" and fed[2027] != "KX" and fed[2029] != "KX"


def test_the_most_kitchens_open_binds_and_what_is_lacking_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    free = solve(group())
    assert [sum(r.level is not None for r in table(free, "roadmap") if r.year == year) for year in (2027, 2028, 2029)] == [3, 2, 1]
    scenario = group({"yearly_limits": {"2028": {"kitchens": 1}}})
    plan = solve(scenario)
    assert accepted(scenario, plan) and opened(plan, "KX") == [2027]
    short = group({"yearly_limits": {"2027": {"kitchens": 2}}})
    assert KITCHENS.precheck(short, network()) == []  # KA at its larger level and KB would do, but for the budget
    monkeypatch.setattr(conflicts, "OPEN_PRICE", 10.0)
    plan = solve(short)
    assert plan.status is Status.INFEASIBLE
    assert {"most": 2, "more": 1}.items() <= dict(codes(plan)["kitchens_relax_open"].args).items()
    assert "policy.most_open" in quarrel(plan)
    few = {i.code: i for i in KITCHENS.precheck(group({"yearly_limits": {"2027": {"kitchens": 1}}}), network())}
    assert dict(few["kitchens_too_few_open"].args)["capacity"] == 900.0


def test_a_diet_that_a_kitchen_does_not_make_keeps_it_from_the_site() -> None:
    soft = {"A": {"diet": "mixed"}}
    free = solve(group({"meal_demand": soft}))
    assert {r.kitchen for r in table(free, "assignment") if r.site == "A"} == {"KA", "KN"}
    scenario = group({"meal_demand": soft, "kitchens": {"KN": {"diets": ("normal", "salt_free")}, "KB": {"diets": ("normal", "mixed")}}})
    plan = solve(scenario)
    assert accepted(scenario, plan)
    assert "KN" not in {r.kitchen for r in table(plan, "assignment") if r.site == "A"}
    nobody = group({"meal_demand": soft, "kitchens": {code: {"diets": ("normal",)} for code in ("KA", "KB", "KN", "KX")}})
    why = [i for i in KITCHENS.precheck(nobody, network()) if i.code == "kitchens_why_diet"]
    assert {dict(i.args)["kitchen"] for i in why} == {"KA", "KX"} and {dict(i.args)["diets_fr"] for i in why} == {"mixé ou haché"}


def test_a_refurbishment_by_hand() -> None:
    """250,000 € less a fifth in 2028 for KB, compliant until 2027 and open on: 200,000 €, an annuity of 14,150.34 € over 20 years at 4 %."""
    old = {"kitchens": {"KB": {"compliant_until": 2027, "refit_cost": 250000.0, "subsidy": 20.0, "lock": "keep"}}}
    scenario = group(old, unlimited_departures=1.0)
    plan = solve(scenario)
    assert accepted(scenario, plan)
    assert [r.investment for r in table(plan, "roadmap") if r.kitchen == "KB"] == [0.0, 200000.0, 0.0]
    assert [(r.year, r.amount) for r in table(plan, "costs") if r.item == "KB" and r.line == "kitchen_investment"] == [(2028, 14150.34), (2029, 14150.34)]
    doing_nothing = KITCHENS.baseline(scenario, network())
    assert [r.investment for r in table(doing_nothing, "roadmap") if r.kitchen == "KB"] == [0.0, 200000.0, 0.0]
    free = group({"kitchens": {"KB": {"compliant_until": 2027, "refit_cost": 250000.0}}}, unlimited_departures=1.0)
    assert opened(solve(free), "KB") == [2027]  # closing it in time costs nothing of that


def test_diets_that_quarrel_with_other_rules_are_named() -> None:
    """A eats what KN and KB do not make, and KA must close at once."""
    scenario = group({"meal_demand": {"A": {"diet": "mixed"}}, "kitchens": {"KA": {"lock": "close", "lock_from": 2029}, "KN": {"diets": ("normal",)}, "KB": {"diets": ("normal",)}}})
    issues = KITCHENS.precheck(scenario, network())
    assert "kitchens_nobody_feeds_year" in {issue.code for issue in issues}
    assert [message(rule.name, "fr") for rule in policies(scenario) if rule.name.key == "policy.diets"]


@pytest.mark.parametrize(
    ("code", "edits", "expected"),
    [
        ("kitchens_lock_year_alone", {"kitchens": {"KA": {"lock_from": 2028}}}, {"kitchen": "KA", "year": "2028"}),
        ("kitchens_lock_year_alone", {"kitchens": {"KA": {"lock_until": 2028}}}, {"kitchen": "KA", "year": "2028"}),
        ("kitchens_lock_too_soon", {"kitchens": {"KA": {"lock": "keep", "lock_until": 2026}}}, {"kitchen": "KA", "year": "2026"}),
        ("kitchens_lock_too_soon", {"kitchens": {"KA": {"lock": "keep", "lock_from": 2029, "lock_until": 2028}}}, {"kitchen": "KA", "year": "2028"}),
        ("kitchens_lock_too_late", {"kitchens": {"KA": {"lock": "close", "lock_from": 2031}}}, {"kitchen": "KA", "last": "2029"}),
        ("kitchens_lock_never_open", {"kitchens": {"KX": {"lock": "keep", "lock_from": 2029}}}, {"kitchen": "KX"}),
        ("kitchens_lock_contradiction", {"kitchens": {"KA": {"lock": "close", "lock_from": 2028}}, "meal_demand": {"C": {"lock": "KA", "lock_from": 2028}}}, {"site": "C"}),
        ("kitchens_locks_differ", {"meal_demand": {"D": {"lock": "KB"}}}, {"locks": "KB, KB (2028)"}),
    ],
)
def test_findings_about_dated_locks(code: str, edits: dict[str, Any], expected: dict[str, Any]) -> None:
    scenario = group(edits)
    if code == "kitchens_locks_differ":
        scenario = edited(scenario, "meal_demand", lambda row: {"lock_from": 2028} if row.public == "staff" else {})
    issues = {issue.code: issue for issue in KITCHENS.precheck(scenario, network())}
    assert code in issues, sorted(issues)
    assert expected.items() <= dict(issues[code].args).items()
    for lang in LANGUAGES:
        assert "{" not in describe(issues[code], lang)


def test_a_lock_closed_from_a_year_is_no_contradiction_before_it() -> None:
    scenario = group({"kitchens": {"KA": {"lock": "close", "lock_from": 2029}}, "meal_demand": {"C": {"lock": "KA"}}})
    assert KITCHENS.precheck(scenario, network()) == []
    plan = solve(scenario)
    assert accepted(scenario, plan)
    assert [r.kitchen == "KA" for r in table(plan, "assignment") if r.site == "C"] == [True, True, False]


def test_the_audit_refuses_works_under_a_closing_and_works_that_come_too_late() -> None:
    """The large unit, in works in 2027 and 2028: under a closing from 2028; and where it could have been begun, and opened, a year sooner."""
    plan = solve(group({"kitchens": {"KN": {"earliest_year": None, "lock": "open"}}, "yearly_limits": RICH}, **TWO_SIZES))

    def broken(**lock: Any) -> dict[str, list[str]]:
        judged = group({"kitchens": {"KN": {"earliest_year": None, **lock}}, "yearly_limits": RICH}, **TWO_SIZES)
        found: dict[str, list[str]] = {}
        for issue in KITCHENS.audit(judged, network(), plan.with_(scenario_hash=judged.hash)).issues:
            found.setdefault(issue.code, []).append(str(dict(issue.args).get("year")))
        return found

    assert broken(lock="close", lock_from=2028) == {"kitchens_lock_close_broken": ["2028", "2029"]}
    assert broken(lock="open", lock_from=2028) == broken(lock="close", lock_from=2030) == {}
    late = [{**vars(r), "level": None, "target": 2, "action": "works", "staff": 0} if (r.kitchen, r.year) == ("KN", 2029) else vars(r) for r in table(plan, "roadmap")]
    late = [{**r, "target": None, "action": "closed"} if (r["kitchen"], r["year"]) == ("KN", 2027) else r for r in late]
    declared = next(t for t in KITCHENS.results if t.name == "kitchens_roadmap")
    plan = plan.with_(tables={**plan.tables, declared.name: declared.frame([{name: r[name] for name in declared.names} for r in late])})
    assert broken(lock="open")["kitchens_lock_open_broken"] == ["2029"]
    assert "kitchens_lock_open_broken" not in broken(lock="open", lock_from=2030)


# --- against enumeration -----------------------------------------------------------------------------------------

BOTH = [level("KA", 1, 500.0, today=True, fixed_cost=250000.0), level("KN", 1, 600.0, investment=300000.0, fixed_cost=200000.0), level("KN", 2, 700.0, investment=350000.0, works_years=1)]
SIZES = with_(ONE_EACH, horizon_years=2, extra={"kitchen_levels": BOTH})
CASES: dict[str, dict[str, Any]] = {
    "closed from the second year": with_(ONE_EACH, horizon_years=2, edits={"kitchens": {"KN": {"lock": "close", "lock_from": 2028}}}),
    "open from the second year": with_(ONE_EACH, horizon_years=2, edits={"kitchens": {"KN": {"lock": "open", "lock_from": 2028, "productivity": 9000.0}}}),
    "kept until the first year": with_(ONE_EACH, horizon_years=2, edits={"kitchens": {"KA": {"lock": "keep", "lock_until": 2027, "productivity": 6000.0}, "KN": {"earliest_year": None}}, "yearly_limits": RICH}),
    "closed until the first year": with_(ONE_EACH, horizon_years=2, edits={"kitchens": {"KN": {"earliest_year": None, "lock": "close", "lock_until": 2027}}, "yearly_limits": RICH}),
    "kept from the second year": with_(ONE_EACH, horizon_years=2, edits={"kitchens": {"KA": {"lock": "keep", "lock_from": 2028}}}),
    "an opening with the larger unit a year later": with_(SIZES, edits={"kitchens": {"KN": {"lock": "open", "earliest_year": None}}, "yearly_limits": RICH}),
    "a site imposed on it": with_(SIZES, edits={"kitchens": EARLY, "yearly_limits": RICH, "meal_demand": {"C": {"lock": "KN"}}}),
    "a site imposed on it from the second year": with_(SIZES, edits={"kitchens": EARLY, "yearly_limits": RICH, "meal_demand": {"C": {"lock": "KN", "lock_from": 2028}}}),
    "an optional site imposed on it": with_(SIZES, edits={"kitchens": EARLY, "yearly_limits": RICH, "meal_demand": {"C": {"lock": "KN", "optional": True, "price": 4.0}}}),
    "one kitchen at a time": with_(ONE_EACH, horizon_years=2, edits={"kitchens": {"KA": {"productivity": 30000.0}}, "yearly_limits": {"2027": {"kitchens": 1}, "2028": {"kitchens": 1}}}),
    "an old kitchen, kept or replaced": with_(ONE_EACH, horizon_years=2, edits={"kitchens": {"KA": {"compliant_until": 2027, "refit_cost": 150000.0}}}),
    "works that a refurbishment joins": with_(
        ONE_EACH, horizon_years=2, without=(("meal_demand", "B"), ("meal_demand", "D"), ("meal_demand", "X"), ("kitchens", "KB"), ("kitchens", "KN"), ("kitchens", "KX"), ("kitchen_levels", "KB"), ("kitchen_levels", "KX"), ("kitchen_levels", "KN"), ("kitchen_levels", "KA")),
        extra={"kitchen_levels": [level("KA", 1, 500.0, today=True), level("KA", 2, 900.0, investment=100000.0, works_years=1, lifetime=30)]},
        edits={"meal_demand": {"A": {"growth": 40.0}}, "kitchens": {"KA": {"compliant_until": 2026, "refit_cost": 50000.0}}, "yearly_limits": RICH}),
    "a diet that the new kitchen does not make": with_(ONE_EACH, horizon_years=2, edits={"meal_demand": {"C": {"diet": "mixed"}}, "kitchens": {"KN": {"diets": ("normal",)}}}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_equals_enumeration(case: str) -> None:
    equals_enumeration(group(**CASES[case]))


# --- random groups -----------------------------------------------------------------------------------------------


def locked(seed: int) -> tuple[Scenario, Network]:
    """A random group with locks, years, limits and diets drawn at random; two candidates."""
    scenario, net = make(seed, kitchens=5, sites=8, years=4, candidates=2)
    rng = np.random.default_rng(2000 + seed)

    def year(share: float = 0.7) -> int | None:
        return int(rng.integers(2027, 2032)) if rng.random() < share else None

    def kitchen(row: Row) -> dict[str, Any]:
        lock = str(rng.choice(["free", "free", "keep", "close", "open"]))
        return {"lock": lock, "lock_from": year() if lock != "free" else None, "diets": ("normal", "mixed") if rng.random() < 0.5 else None, "earliest_year": None,
                "compliant_until": year(0.4), "refit_cost": float(rng.integers(0, 4)) * 1e5}  # fmt: skip

    def size(row: Row) -> dict[str, Any]:
        return {"works_years": 0 if row.today else int(rng.integers(0, 3)), "capacity": row.capacity * 1.5}

    imposed = {f"S{j:02d}": (f"K{int(rng.integers(5))}", year()) for j in range(8) if rng.random() < 0.25}

    def eater(row: Row) -> dict[str, Any]:
        lock, since = imposed.get(row.site, (None, None))
        return {"lock": lock, "lock_from": since, "diet": str(rng.choice(["normal", "normal", "normal", "salt_free"]))}

    def limits(row: Row) -> dict[str, Any]:
        return {"kitchens": int(rng.integers(2, 5)) if rng.random() < 0.5 else None, "departures": None, "investment": row.investment * 4}

    for name, edit in (("kitchens", kitchen), ("kitchen_levels", size), ("meal_demand", eater), ("yearly_limits", limits)):
        scenario = edited(scenario, name, edit)
    return scenario, net


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("small", [400, 0], ids=["whole", "by search"])
def test_random_groups_with_locks_are_accepted(seed: int, small: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(location_mip, "SMALL", small)
    scenario, net = locked(seed)
    plan = KITCHENS.solve(scenario, net, Limits(seconds=4, gap=0.01), Progress())
    if plan.status.has_plan:
        assert accepted(scenario, plan, net)
    else:
        assert plan.status is Status.INFEASIBLE and plan.issues
        assert all(isinstance(issue, Issue) and "{" not in describe(issue, "fr") for issue in plan.issues)


def test_some_of_the_random_groups_have_a_plan() -> None:
    found = [not [i for i in KITCHENS.precheck(*locked(seed)) if i.is_error] for seed in range(8)]
    assert sum(found) >= 3, found
