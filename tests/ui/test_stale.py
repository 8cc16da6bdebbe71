"""A save that comes too late: what is merged is what stands now, and what was given up stays given up."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from planner.store import Store
from tests.excel.sample import scenario
from tests.ui.conftest import Opened
from tests.ui.test_donnees import NEW, button, codes, pasted


def late(opened: Opened, store: Store) -> tuple[AppTest, int]:
    """An editor whose save met another's: ZZ1 added here, THEIRS there."""
    made = store.add(scenario(), "Jeanne")
    app = pasted(opened("donnees"), NEW.format(code="ZZ1"))
    table = store.scenario(made.id).table("establishments")
    rows = [{name: getattr(row, name) for name in table.names} for row in store.scenario(made.id).rows("establishments")]
    store.save(made.scenario_id, 1, store.scenario(made.id).replace("establishments", table.frame([*rows, {**rows[0], "establishment": "THEIRS", "support": False}])), "Paul")
    button(app, "save").click().run()
    assert app.warning and codes(store, made.scenario_id)[-1] == "THEIRS"
    return app, made.scenario_id


def test_edits_made_after_the_warning_are_merged_too(opened: Opened, store: Store) -> None:
    app, scenario_id = late(opened, store)
    app.text_area[0].set_value(NEW.format(code="ZZ2")).run()
    button(app, ":go").click().run()
    button(app, "merge").click().run()
    assert not app.exception
    assert codes(store, scenario_id)[-3:] == ["THEIRS", "ZZ1", "ZZ2"]


def test_edits_given_up_do_not_come_back(opened: Opened, store: Store) -> None:
    app, scenario_id = late(opened, store)
    button(app, "abandon").click().run()
    assert not [b for b in app.button if b.key == "merge"]
    app.text_area[0].set_value(NEW.format(code="ZZ3")).run()
    button(app, ":go").click().run()
    assert not [b for b in app.button if b.key == "merge"]
    button(app, "save").click().run()
    assert codes(store, scenario_id)[-2:] == ["THEIRS", "ZZ3"]
