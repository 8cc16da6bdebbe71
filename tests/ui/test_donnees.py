"""The Données page, driven without a browser: pasting, faults, saving, giving up, a save that comes too late, mending an import."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from planner.draft import Draft
from planner.excel import Reading, read, write_scenario
from planner.i18n import text
from planner.service import scenarios
from planner.store import Store
from tests.excel.sample import scenario
from tests.ui.conftest import Opened

NEW = "{code}\tNouvel établissement"


def button(app: AppTest, key: str):  # type: ignore[no-untyped-def]
    return next(button for button in app.button if (button.key or "").endswith(key))


def pasted(app: AppTest, content: str) -> AppTest:
    """Choose the establishments and add what was copied."""
    app.selectbox(key="data_table").set_value("establishments").run()
    app.text_area[0].set_value(content).run()
    return button(app, ":go").click().run()


def drawn(app: AppTest) -> str:
    return " ".join(element.proto.body for element in app.get("html"))


def codes(store: Store, scenario_id: int) -> list[str]:
    return [row.establishment for row in store.scenario(store.latest(scenario_id).id).rows("establishments")]


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("view", ["tables", "parameters", "map", "variants"])
def test_every_view_opens(opened: Opened, store: Store, view: str, lang: str) -> None:
    store.add(scenario(), "Jeanne")
    app = opened("donnees", lang)
    app.button_group(key="data_view").set_value(view).run()
    assert not app.exception
    assert text("editor.unchanged", lang, version=1) in [caption.value for caption in app.caption]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_rows_pasted_are_saved_with_their_reason(opened: Opened, store: Store, lang: str) -> None:
    made = store.add(scenario(), "Jeanne")
    before = codes(store, made.scenario_id)
    app = pasted(opened("donnees", lang), NEW.format(code="ZZ1") + "\n" + NEW.format(code="ZZ2"))
    app.text_input(key=next(field.key for field in app.text_input if (field.key or "").startswith("note:"))).set_value("fusion")
    button(app, "save").click().run()
    assert not app.exception
    assert codes(store, made.scenario_id) == [*before, "ZZ1", "ZZ2"]
    assert store.latest(made.scenario_id).note == "fusion"


def test_what_is_pasted_survives_another_visit_and_giving_up_forgets_it(opened: Opened, store: Store) -> None:
    made = store.add(scenario(), "Jeanne")
    pasted(opened("donnees"), NEW.format(code="ZZ1"))
    app = opened("donnees")
    assert not button(app, "save").disabled
    button(app, "abandon").click().run()
    again = opened("donnees")
    assert text("editor.unchanged", "fr", version=1) in [caption.value for caption in again.caption]
    assert store.latest(made.scenario_id).number == 1


def test_a_code_given_twice_is_said_with_its_line_and_column_and_not_saved(opened: Opened, store: Store) -> None:
    made = store.add(scenario(), "Jeanne")
    before = codes(store, made.scenario_id)
    app = pasted(opened("donnees"), NEW.format(code=before[0]))
    assert button(app, "save").disabled
    assert text("editor.faults", "fr", count=1) in [error.value for error in app.error]
    assert text("editor.at_line", "fr", line=len(before) + 1) in drawn(app)


def test_a_save_that_comes_too_late_shows_what_changed_and_keeps_both(opened: Opened, store: Store) -> None:
    made = store.add(scenario(), "Jeanne")
    before = codes(store, made.scenario_id)
    app = pasted(opened("donnees"), NEW.format(code="ZZ1"))
    theirs = Draft.of(scenario(), "fr").edited("establishments", added=[{"establishment": "ZZ2", "name": "Autre"}]).scenario("x")
    assert theirs is not None and scenarios.save(store, made.scenario_id, 1, theirs, "Paul", "").version is not None
    button(app, "save").click().run()
    assert text("editor.stale", "fr", who="Paul", version=2) in [warning.value for warning in app.warning]
    assert "ZZ2" in drawn(app) and codes(store, made.scenario_id) == [*before, "ZZ2"]
    button(app, "merge").click().run()
    assert not app.exception
    assert sorted(codes(store, made.scenario_id)) == sorted([*before, "ZZ1", "ZZ2"])


def test_the_language_changes_while_something_is_typed_and_nothing_is_lost(opened: Opened, store: Store) -> None:
    made = store.add(scenario(), "Jeanne")
    app = pasted(opened("donnees"), NEW.format(code="ZZ1"))
    app.sidebar.radio[0].set_value("en").run()
    assert not app.exception
    button(app, "save").click().run()
    assert codes(store, made.scenario_id)[-1] == "ZZ1"


def test_every_table_opens(opened: Opened, store: Store) -> None:
    store.add(scenario(), "Jeanne")
    app = opened("donnees")
    for name in app.selectbox(key="data_table").options:
        app.selectbox(key="data_table").select(name).run()
        assert not app.exception, name


def test_a_workbook_mended_here_becomes_a_scenario(opened: Opened, store: Store, tmp_path: Path) -> None:
    from planner.catalog import PARAMETERS, TABLES

    write_scenario(scenario(), tmp_path / "a.xlsx", "fr")
    reading = read(tmp_path / "a.xlsx", TABLES, PARAMETERS)
    app = opened("donnees")
    store.put_draft("import:essai", app.sidebar.text_input[0].value, Draft.of_reading(reading, "fr").to_json())
    app.session_state["draft"] = "import:essai"
    app.run()
    assert text("editor.importing", "fr", name="essai") in [info.value for info in app.info]
    button(app, "import_go").click().run()
    assert not app.exception
    assert [entry.name for entry in store.scenarios()] == ["essai"]


def test_a_workbook_refused_for_an_empty_cell_is_not_made_a_scenario_before_it_is_filled(opened: Opened, store: Store) -> None:
    holed = scenario().frames["sites"].copy()
    holed.loc[0, "lat"] = None
    reading = Reading(None, dict(scenario().replace("sites", holed).frames))
    app = opened("donnees")
    store.put_draft("import:essai", app.sidebar.text_input[0].value, Draft.of_reading(reading, "fr").to_json())
    app.session_state["draft"] = "import:essai"
    app.run()
    assert button(app, "import_go").disabled
    assert text("editor.faults", "fr", count=1) in [error.value for error in app.error]
    app.button_group(key="data_view").set_value("map").run()
    assert not app.exception and text("editor.map_faults", "fr") in [warning.value for warning in app.warning]
