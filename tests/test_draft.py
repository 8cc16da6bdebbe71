"""Drafts: what is typed is read as the workbook would be, what is not touched keeps its value."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.catalog import TABLES
from planner.draft import Draft
from planner.excel import Reading
from planner.issues import errors
from planner.scenario import Scenario
from planner.schema import random_frames
from planner.service import open_scenario
from tests.conftest import SCENARIOS
from tests.excel.bad_workbook import plant


@pytest.fixture(scope="module")
def sample() -> Scenario:
    found = open_scenario(SCENARIOS / "la_rochelle_rochefort.xlsx").scenario
    assert found is not None
    return found


def number_of(draft: Draft, table: str, **wanted: str) -> int:
    return next(number for number, cells in draft.rows(table).items() if all(cells[name] == value for name, value in wanted.items()))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_nothing_touched_changes_nothing(sample: Scenario, lang: str) -> None:
    draft = Draft.of(sample, lang)
    assert not errors(draft.issues)
    again = draft.scenario(sample.name)
    assert again is not None and all(again.frames[t.name] is sample.frames[t.name] for t in TABLES)


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("typed", ["12,5", "12.5", " 12,5 "])
def test_a_decimal_comma_is_a_decimal_comma(sample: Scenario, lang: str, typed: str) -> None:
    site = sample.rows("sites")[3]
    draft = Draft.of(sample, lang).edited("sites", {3: {"stop_minutes": typed}})
    made = draft.scenario("x")
    assert made is not None and made.rows("sites")[3].stop_minutes == 12.5
    assert made.rows("sites")[3].lat == site.lat and made.rows("sites")[4] == sample.rows("sites")[4]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32 - 1), lang=st.sampled_from(["fr", "en"]))
def test_every_cell_typed_again_is_the_same(seed: int, lang: str) -> None:
    frames = random_frames(TABLES, np.random.default_rng(seed))
    draft = Draft(frames, lang)
    for table in TABLES:  # a blank put before each text makes the draft read it instead of keeping the value
        shown = draft.rows(table.name)
        draft = draft.edited(table.name, {n: {name: f" {cell}" if cell else cell for name, cell in cells.items()} for n, cells in shown.items()})
    unreadable = [issue for issue in draft.issues if issue.code in ("unreadable", "unknown_choice", "out_of_bounds", "not_whole")]
    assert not unreadable
    for table in TABLES:
        again = Draft(dict(frames) | {table.name: draft._parse(table.name)[0]}, lang)
        assert again.rows(table.name) == Draft(frames, lang).rows(table.name)


def test_faults_are_said_with_their_row_and_nothing_is_saved(sample: Scenario) -> None:
    draft = Draft.of(sample, "fr").edited("sites", {2: {"lat": "quarante"}, 5: {"site": sample.rows("sites")[0].site}})
    found = {(issue.table, issue.row, issue.column) for issue in errors(draft.issues)}
    assert ("sites", 2, "lat") in found and ("sites", 5, "site") in found
    assert draft.scenario("x") is None


def test_rows_added_and_removed_keep_the_others(sample: Scenario) -> None:
    draft = Draft.of(sample, "fr")
    before = sample.rows("calendar")
    draft = draft.edited("calendar", added=[{"date": "01/02/2027", "name": "fermeture"}, {"date": " ", "name": ""}])
    assert draft.count("calendar") == len(before) + 1
    last = max(draft.rows("calendar"))
    assert draft.edited("calendar", removed=[last]).changed is False
    both = draft.edited("calendar", {last: {"name": "travaux"}}).edited("calendar", added=[{"date": "02/02/2027"}])
    made = both.scenario("x")
    assert made is not None and [row.name for row in made.rows("calendar")][-2:] == ["travaux", None]


def test_a_faulty_workbook_is_mended_without_losing_what_was_typed(tmp_path: Path) -> None:
    plant(tmp_path / "mauvais.xlsx")
    reading = open_scenario(tmp_path / "mauvais.xlsx")
    draft = Draft.of_reading(reading, "fr")
    typed = [i for i in errors(reading.issues) if i.row is not None and i.column and i.found and i.code not in ("duplicate_key", "broken_reference")]
    assert typed
    for issue in typed:
        assert draft.rows(issue.table)[issue.row][issue.column] == dict(issue.args).get("found_fr", issue.found)
    again = Draft.from_json(draft.to_json())
    assert again.texts == draft.texts
    assert {(i.code, i.table, i.row, i.column) for i in again.issues} == {(i.code, i.table, i.row, i.column) for i in draft.issues}


def test_an_empty_mandatory_cell_of_a_workbook_stays_a_fault_until_it_is_filled() -> None:
    holed = Reading(None, {table.name: table.frame() for table in TABLES})
    holed.frames["establishments"] = next(t for t in TABLES if t.name == "establishments").frame([{"establishment": "E", "name": "Un"}])
    sites = next(t for t in TABLES if t.name == "sites")
    holed.frames["sites"] = sites.frame([{"site": "A", "name": None, "establishment": "E", "lat": None, "lon": 1.0}])
    draft = Draft.of_reading(holed, "fr")
    wrong = {(i.code, i.table, i.row, i.column) for i in errors(draft.issues) if i.table == "sites"}
    assert wrong == {("required_missing", "sites", 0, "name"), ("required_missing", "sites", 0, "lat")}
    assert Draft.from_json(draft.to_json()).scenario("x") is None
    draft = draft.edited("sites", {0: {"name": "Un site"}})
    assert [(i.row, i.column) for i in errors(draft.issues) if i.table == "sites"] == [(0, "lat")]
    assert not [i for i in errors(draft.edited("sites", {0: {"lat": "46,1"}}).issues) if i.table == "sites"]


def test_kept_without_its_tables_a_draft_comes_back(sample: Scenario) -> None:
    draft = Draft.of(sample, "fr").edited("sites", {3: {"stop_minutes": "12,5"}})
    again = Draft.from_json(draft.to_json(whole=False), sample)
    assert again.scenario("x") == draft.scenario("x")


def test_cells_pasted_from_a_spreadsheet(sample: Scenario) -> None:
    draft = Draft.of(sample, "fr")
    assert draft.pasted("calendar", "01/05/2027\tFête du travail\n08/05/2027\t") == [
        {"date": "01/05/2027", "name": "Fête du travail"}, {"date": "08/05/2027", "name": ""},
    ]  # fmt: skip
    assert draft.pasted("calendar", "Nom\tDate\nTravaux\t02/05/2027\n") == [{"name": "Travaux", "date": "02/05/2027"}]
