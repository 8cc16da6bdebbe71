"""What changed, and two edits brought together: every case of the merge, and nothing lost in random ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.difference import conflict_words, difference, merge, words
from planner.scenario import Scenario
from tests.toy import group

Rows = list[dict[str, Any]]


def data(scenario: Scenario, table: str) -> Rows:
    return [{name: getattr(row, name) for name in scenario.table(table).names} for row in scenario.rows(table)]


def edited(scenario: Scenario, table: str, key: str, **cells: Any) -> Scenario:
    name = scenario.table(table).key[0]
    return scenario.replace(table, scenario.table(table).frame([row | cells if row[name] == key else row for row in data(scenario, table)]))


def without(scenario: Scenario, table: str, key: str) -> Scenario:
    name = scenario.table(table).key[0]
    return scenario.replace(table, scenario.table(table).frame([row for row in data(scenario, table) if row[name] != key]))


def added(scenario: Scenario, table: str, **cells: Any) -> Scenario:
    return scenario.replace(table, scenario.table(table).frame([*data(scenario, table), cells]))


def sites(scenario: Scenario) -> dict[str, Any]:
    return {row.site: row for row in scenario.rows("sites")}


def told(before: Scenario, after: Scenario) -> list[tuple[str, str, Any, str, Any, Any]]:
    return [(c.kind, c.table.name, c.key, c.column, c.before, c.after) for c in difference(before, after)]


def test_every_kind_of_change_is_told() -> None:
    base = group()
    after = added(without(edited(base, "sites", "B", name="Site neuf"), "sites", "C"), "sites", site="D", name="Site D", establishment="E1")
    assert told(base, after) == [
        ("changed", "sites", ("B",), "name", "Site B", "Site neuf"), ("added", "sites", ("D",), "", None, None), ("removed", "sites", ("C",), "", None, None),
    ]  # fmt: skip
    assert not difference(base, base) and not difference(base, group())
    said = [words(change, "fr") for change in difference(base, after)]
    assert "Site neuf" in said[0] and "Site B" in said[0] and "D" in said[1] and "C" in said[2]


def test_edits_of_different_cells_meet() -> None:
    base = group()
    mine = edited(base, "sites", "B", name="Mon nom")
    theirs = edited(edited(base, "sites", "B", lat=47.0), "sites", "C", name="Leur nom")
    merged, conflicts = merge(base, mine, theirs)
    assert not conflicts
    assert (sites(merged)["B"].name, sites(merged)["B"].lat, sites(merged)["C"].name) == ("Mon nom", 47.0, "Leur nom")


def test_one_cell_with_two_values_is_a_conflict_with_both() -> None:
    base = group()
    merged, conflicts = merge(base, edited(base, "sites", "B", name="Mien"), edited(base, "sites", "B", name="Leur"))
    assert sites(merged)["B"].name == "Leur"
    assert [(c.key, c.column, c.base, c.mine, c.theirs) for c in conflicts] == [(("B",), "name", "Site B", "Mien", "Leur")]
    said = conflict_words(conflicts[0], "fr")
    assert "Mien" in said and "Leur" in said


def test_the_same_edit_twice_is_none() -> None:
    base = group()
    both = edited(base, "sites", "B", name="Pareil")
    merged, conflicts = merge(base, both, edited(base, "sites", "B", name="Pareil"))
    assert not conflicts and merged.hash == both.hash


def test_rows_added_by_both_are_all_there() -> None:
    base = group()
    mine = added(base, "sites", site="M", name="À moi", establishment="E1")
    theirs = added(base, "sites", site="T", name="À eux", establishment="E2")
    merged, conflicts = merge(base, mine, theirs)
    assert not conflicts and {"M", "T", "A", "A2", "B", "C"} == set(sites(merged))


def test_one_row_added_by_both_differently_is_a_conflict() -> None:
    base = group()
    merged, conflicts = merge(
        base, added(base, "sites", site="N", name="À moi", establishment="E1"), added(base, "sites", site="N", name="À eux", establishment="E1")
    )
    assert sites(merged)["N"].name == "À eux"
    assert [(c.column, c.mine, c.theirs) for c in conflicts] == [("name", "À moi", "À eux")]


@pytest.mark.parametrize("mine_removes", [True, False])
def test_a_row_one_removes_and_the_other_edits_stays_and_is_told(mine_removes: bool) -> None:
    base = group()
    removed, changed = without(base, "sites", "C"), edited(base, "sites", "C", name="Gardé")
    merged, conflicts = merge(base, *((removed, changed) if mine_removes else (changed, removed)))
    assert sites(merged)["C"].name == "Gardé"
    assert [(c.key, c.column, c.mine is None, c.theirs is None) for c in conflicts] == [(("C",), "", mine_removes, not mine_removes)]
    assert conflict_words(conflicts[0], "en")


def test_a_row_removed_by_one_alone_goes() -> None:
    base = group()
    assert "C" not in sites(merge(base, without(base, "sites", "C"), edited(base, "sites", "B", name="x"))[0])
    assert "C" not in sites(merge(base, edited(base, "sites", "B", name="x"), without(base, "sites", "C"))[0])


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_nothing_is_lost_in_random_merges(seed: int) -> None:
    """Every change of either side is in the merged scenario, or a conflict names its row."""
    rng = np.random.default_rng(seed)
    base = group()
    mine, theirs = _random_edit(base, rng, "m"), _random_edit(base, rng, "t")
    merged, conflicts = merge(base, mine, theirs)
    disputed = {(conflict.table.name, conflict.key) for conflict in conflicts}
    final, cells = sites(merged), {row["site"]: row for row in data(merged, "sites")}
    for side in (mine, theirs):
        for change in difference(base, side):
            (key,) = change.key
            if ("sites", change.key) in disputed:
                assert key in final  # nobody's work disappears
            elif change.kind == "removed":
                assert key not in final
            elif change.kind == "added":
                assert cells[key] == {row["site"]: row for row in data(side, "sites")}[key]
            else:
                assert getattr(final[key], change.column) == change.after
    assert len(final) == len(merged.rows("sites"))


def _random_edit(scenario: Scenario, rng: np.random.Generator, who: str) -> Scenario:
    for _ in range(int(rng.integers(1, 6))):
        known = list(sites(scenario))
        kind, key = int(rng.integers(3)), known[int(rng.integers(len(known)))]
        if kind == 0:
            scenario = edited(scenario, "sites", key, **({"name": f"{who}{rng.integers(3)}"} if rng.random() < 0.5 else {"lat": float(40 + rng.integers(3))}))
        elif kind == 1 and len(known) > 2:
            scenario = without(scenario, "sites", key)
        else:
            new = f"N{rng.integers(3)}"
            if new not in known:
                scenario = added(scenario, "sites", site=new, name=f"{who} {new}", establishment="E1", lat=45.0, lon=0.0)
    return scenario
