"""Locks from results: what a plan decides, locked, comes back in the next plan; unlocked, the scenario is as before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from planner import study
from planner.catalog import PARAMETERS, TABLES
from planner.excel import read
from planner.plan import Limits, Progress
from planner.problems.base import edited
from planner.problems.purchasing.tables import LOCKS as AWARD_LOCKS
from planner.problems.routes.tables import CURRENT, FLOWS, ROUTE_LOCKS
from planner.scenario import Scenario
from planner.service.locks import Decision, _settles, decisions, in_force, lock, unlock
from planner.study import Study
from tests.problems.kitchens.small import group

SAMPLE = Path(__file__).resolve().parents[2] / "scenarios" / "la_rochelle_rochefort.xlsx"
LIMITS = Limits(seconds=300, iterations=5, seed=1)  # as many on any machine
NAMES = ("kitchens", "routes", "purchasing")


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    found = read(SAMPLE, TABLES, PARAMETERS).scenario
    assert found is not None
    return found


@pytest.fixture(scope="module")
def first(scenario: Scenario) -> Study:
    return study.run(scenario, NAMES, LIMITS, Progress())


def _edits(found: list[Decision]) -> set[tuple[object, ...]]:
    return {(d.problem, d.table, d.key, d.column, d.value) for d in found}


def test_every_decision_locked_comes_back_and_passes_the_audit(scenario: Scenario, first: Study) -> None:
    made = decisions(first, "fr")
    assert {d.problem for d in made} == set(NAMES)
    assert {d.column for d in made} >= {"lock", "days", "action", "vehicle"}
    again = study.run(lock(scenario, made), NAMES, replace(LIMITS, seed=2), Progress())
    assert all(result.valid for result in again.results.values())
    found = decisions(again, "fr")
    assert _edits(made) <= _edits(found)
    wanted = _edits(made)
    assert all(d.locked for d in found if (d.problem, d.table, d.key, d.column, d.value) in wanted)


def test_unlocking_gives_the_scenario_back_and_both_edits_can_be_done_twice(scenario: Scenario, first: Study) -> None:
    made = [d for d in decisions(first, "fr") if not d.locked]
    locked = lock(scenario, made)
    assert locked.hash != scenario.hash
    assert lock(locked, made).hash == locked.hash
    assert unlock(locked, made).hash == scenario.hash
    assert unlock(scenario, made).hash == scenario.hash


def test_one_lock_edits_its_own_cells_only(scenario: Scenario, first: Study) -> None:
    for decision in {d.table + d.column: d for d in decisions(first, "fr") if not d.locked}.values():
        locked = lock(scenario, [decision])
        assert [t.name for t in TABLES if locked.replace(t.name, scenario.frames[t.name]) == scenario] == [decision.table]


def test_words_in_both_languages(first: Study) -> None:
    for lang, words in (("fr", ("La cuisine", "est livré par la cuisine", "roule le", "roule avec le véhicule", "est attribué à")),
                        ("en", ("Kitchen", "is supplied by kitchen", "travels on", "travels with vehicle", "is awarded to"))):  # fmt: skip
        said = [d.words for d in decisions(first, lang)]
        assert all(any(part in line for line in said) for part in words), said
        assert not [line for line in said if "locks." in line or "()" in line]


def test_days_of_a_flow_are_kept_as_many_when_they_are_freed(scenario: Scenario) -> None:
    flows = scenario.frames[FLOWS.name].head(1).assign(days=[("mon", "thu")], visits=None)
    flows["visits"] = flows["visits"].astype("Int64")
    one = scenario.replace(FLOWS.name, flows)
    decision = Decision("routes", "", FLOWS.name, (("flow", flows["flow"].iloc[0]),), "days", "mon, thu", True)
    (row,) = unlock(one, [decision]).rows(FLOWS.name)
    assert row.days is None and row.visits == 2
    (row,) = lock(unlock(one, [decision]), [decision]).rows(FLOWS.name)
    assert row.days == ("mon", "thu") and row.visits == 2


def test_a_cell_locked_to_another_value_is_not_unlocked(scenario: Scenario) -> None:
    lot, supplier = scenario.rows("lots")[0].lot, scenario.rows("suppliers")[0].supplier
    establishment = scenario.rows("establishments")[0].establishment
    key = (("lot", lot), ("establishment", establishment), ("supplier", supplier))
    award = Decision("purchasing", "", AWARD_LOCKS.name, key, "action", "award", False)
    exclude = replace(award, value="exclude")
    locked = lock(scenario, [award])
    assert unlock(locked, [exclude]).hash == locked.hash
    assert [row.action for row in lock(locked, [exclude]).rows(AWARD_LOCKS.name) if row.lot == lot and row.supplier == supplier] == ["exclude"]


def test_a_site_is_locked_on_a_vehicle_and_on_days_by_one_row(scenario: Scenario) -> None:
    site, vehicle = scenario.rows("sites")[0].site, scenario.rows("vehicle_types")[0].vehicle
    key = (("site", site), ("category", ""), ("flow", ""))
    on_vehicle = Decision("routes", "", ROUTE_LOCKS.name, key, "vehicle", vehicle, False)
    on_days = Decision("routes", "", ROUTE_LOCKS.name, key, "days", "mon, thu", False)
    locked = lock(scenario, [on_vehicle, on_days])
    (row,) = locked.rows(ROUTE_LOCKS.name)
    assert (row.site, row.category, row.flow, row.vehicle, row.days) == (site, None, None, vehicle, ("mon", "thu"))
    assert len([words for problem, words in in_force(locked, "fr") if problem == "routes"]) == 2 + sum(bool(flow.lock) for flow in scenario.rows(FLOWS.name))
    (row,) = unlock(locked, [on_vehicle]).rows(ROUTE_LOCKS.name)
    assert row.vehicle is None and row.days == ("mon", "thu")
    assert unlock(locked, [replace(on_vehicle, value="another")]).hash == locked.hash
    assert unlock(locked, [on_vehicle, on_days]).hash == scenario.hash


def test_a_route_of_today_is_kept_and_freed(scenario: Scenario) -> None:
    first_row = scenario.rows(CURRENT.name)[0]
    key = (("day", first_row.day), ("vehicle", first_row.vehicle), ("number", str(first_row.number)))
    kept = Decision("routes", "", CURRENT.name, key, "locked", "True", False)
    locked = lock(scenario, [kept])
    marked = [row for row in locked.rows(CURRENT.name) if row.locked]
    assert marked and all((row.day, row.vehicle, row.number) == (first_row.day, first_row.vehicle, first_row.number) for row in marked)
    assert any(first_row.vehicle in words for _, words in in_force(locked, "en")) and not any("locks." in words for _, words in in_force(locked, "fr"))
    assert unlock(locked, [kept]).hash == scenario.hash


# --- kitchens from a year on -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def halfway() -> Study:
    """KA and KB close after a year, when KN opens (tests.problems.kitchens.small); KN could open a year sooner."""
    small = group({"kitchens": {"KN": {"earliest_year": None}}})
    data = {table.name: [{name: getattr(row, name) for name in table.names} for row in small.rows(table.name)] for table in small.tables}
    return study.run(Scenario.of(small.name, TABLES, data), ("kitchens",), Limits(seconds=20, seed=1), Progress())


def _kitchens(found: list[Decision]) -> dict[tuple[str, str], tuple[str, str]]:
    return {key: (d.value, d.beside[1]) for d in found if d.beside is not None for key in [(d.table, d.key[0][1])]}


def test_what_a_kitchen_does_from_a_year_on_can_be_locked(halfway: Study) -> None:
    scenario = halfway.scenario
    made = decisions(halfway, "fr")
    assert _kitchens(made) == {
        ("kitchens", "KA"): ("close", "2028"), ("kitchens", "KB"): ("close", "2028"), ("kitchens", "KX"): ("keep", ""), ("kitchens", "KN"): ("open", "2028"),
        **{("meal_demand", site): ("KN", "2028") for site in "ABCDX"},
    }  # fmt: skip
    assert not any(d.locked for d in made)
    locked = lock(scenario, made)
    assert {(row.kitchen, row.lock, row.lock_from) for row in locked.rows("kitchens")} == {("KA", "close", 2028), ("KB", "close", 2028), ("KX", "keep", None), ("KN", "open", 2028)}
    again = study.run(locked, ("kitchens",), Limits(seconds=20, seed=2), Progress())
    assert again.results["kitchens"].valid and again.results["kitchens"].plan.cost == halfway.results["kitchens"].plan.cost
    found = decisions(again, "fr")
    assert _kitchens(found) == _kitchens(made) and all(d.locked for d in found)
    assert sorted(words for _, words in in_force(locked, "fr")) == sorted(d.words for d in found)
    assert unlock(locked, made).hash == scenario.hash


def test_another_year_is_another_decision(halfway: Study) -> None:
    (close,) = [d for d in decisions(halfway, "fr") if d.key == (("kitchen", "KA"),)]
    locked = lock(halfway.scenario, [close])
    assert unlock(locked, [replace(close, beside=("lock_from", "2029"))]).hash == locked.hash
    until = edited(locked, "kitchens", lambda row: {"lock_until": 2028} if row.kitchen == "KA" else {})
    assert next(words for _, words in in_force(until, "fr") if "KA" in words and "2028" in words).endswith("(jusqu'à la fin de 2028)")
    assert [(row.lock, row.lock_until) for row in unlock(until, [close]).rows("kitchens") if row.kitchen == "KA"] == [("free", None)]
    (row,) = [row for row in lock(locked, [replace(close, beside=("lock_from", ""))]).rows("kitchens") if row.kitchen == "KA"]
    assert (row.lock, row.lock_from) == ("close", None)
    assert close.words == "La cuisine KA (Cuisine KA) ferme en 2028 au plus tard"


def test_an_opening_from_the_start_is_told_and_freed_where_the_larger_unit_opens_later(halfway: Study) -> None:
    two = [{"kitchen": "KN", "level": 1, "capacity": 600.0, "investment": 300000.0, "works_years": 1, "fixed_cost": 900000.0}, {"kitchen": "KN", "level": 2, "capacity": 1200.0, "investment": 400000.0, "works_years": 2}]
    levels = halfway.scenario.table("kitchen_levels")
    kept = [{name: getattr(row, name) for name in levels.names} for row in halfway.scenario.rows(levels.name) if row.kitchen != "KN"]
    rich = edited(halfway.scenario.replace(levels.name, levels.frame(kept + two)), "yearly_limits", lambda _: {"investment": None, "departures": None})
    opening = edited(rich, "kitchens", lambda row: {"lock": "open"} if row.kitchen == "KN" else {})
    done = study.run(opening, ("kitchens",), Limits(seconds=20, seed=1), Progress())
    roadmap = done.results["kitchens"].plan.tables["kitchens_roadmap"]
    assert roadmap.loc[(roadmap["kitchen"] == "KN") & roadmap["level"].notna(), "year"].tolist() == [2029]
    (told,) = [d for d in decisions(done, "fr") if d.key == (("kitchen", "KN"),)]
    assert (told.value, told.beside, told.locked) == ("open", ("lock_from", ""), True)
    assert unlock(opening, [told]).hash == rich.hash


def test_what_a_kitchen_settles_by_hand() -> None:
    years = {2027, 2028, 2029}
    assert _settles(True, years, years) == ("keep", None) and _settles(False, years, years) == ("open", None) and _settles(True, set(), years) == ("close", None)
    assert _settles(True, {2027, 2028}, years) == ("close", 2029) and _settles(False, {2028, 2029}, years) == ("open", 2028)
    assert _settles(False, {2028}, years) is None  # opens and closes again
