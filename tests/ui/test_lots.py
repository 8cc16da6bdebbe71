"""The Lots page, driven without a browser; the worker's part is played by the test."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from planner.digest import outcome, summary
from planner.i18n import text
from planner.outcomes import Line
from planner.store import Run, State, Store
from planner.study import Study
from planner.ui import lots
from tests.excel.sample import scenario
from tests.ui.conftest import Opened
from tests.ui.results_store import filled


def pressed(app: AppTest, key: str) -> AppTest:
    return next(button for button in app.button if button.key == key).click().run()


def typed(app: AppTest, key: str, value: str) -> AppTest:
    return next(field for field in app.text_input if field.key == key).set_value(value).run()


def kind(app: AppTest, name: str) -> AppTest:
    return next(group for group in app.button_group if group.key == "batch_kind").set_value(name).run()


def launch(app: AppTest) -> tuple[str, bool]:
    button = next(button for button in app.button if button.key == "batch_launch")
    return button.label, button.disabled


def drawn(app: AppTest) -> str:
    return " ".join(element.proto.body for element in app.get("html"))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_grid_is_counted_launched_stopped_and_run_again(opened: Opened, store: Store, lang: str) -> None:
    store.add(scenario(), "Jeanne")
    app = kind(opened("lots", lang), "grid")
    typed(app, "axis_meals", "-10 ; 0 ; 12,5")
    next(choice for choice in app.multiselect if choice.key == "axis_close").set_value(["K1", "K2"]).run()
    assert not app.exception and launch(app) == (text("lots.launch", lang, count=9), False)
    assert ("repas +12,5\u00a0%" if lang == "fr" else "meals +12.5%").replace("\u00a0", " ") in drawn(app).replace("\u00a0", " ")
    pressed(app, "batch_launch")
    assert not app.exception
    (batch,) = store.batches()
    runs = store.runs(batch_id=batch.id)
    assert batch.kind == "grid" and len(runs) == 9 and len({run.hash for run in runs}) == 9
    assert app.warning[0].value == text("app.worker.how", lang)
    pressed(app, f"batch_stop_{batch.id}")
    assert {run.state for run in store.runs(batch_id=batch.id)} == {State.CANCELLED}
    app.run()
    pressed(app, f"batch_rerun_{batch.id}")
    assert {run.state for run in store.runs(batch_id=batch.id)} == {State.QUEUED}
    assert not app.exception


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_cannot_be_understood_is_said_and_nothing_starts(opened: Opened, store: Store, lang: str) -> None:
    store.add(scenario(), "Jeanne")
    app = kind(opened("lots", lang), "grid")
    typed(app, "axis_meals", "-10 ; beaucoup")
    assert "beaucoup" in app.error[0].value and not app.exception
    assert not [button for button in app.button if button.key == "batch_launch"]
    typed(app, "axis_meals", "")
    next(choice for choice in app.multiselect if choice.key == "axis_close").set_value(["K1"]).run()
    next(choice for choice in app.multiselect if choice.key == "axis_keep").set_value(["K1"]).run()
    assert text("lots.faults", lang, count=1) in [error.value for error in app.error]
    assert launch(app) == (text("lots.launch", lang, count=3), False)  # neither, closed, kept: not both


def test_variants_are_those_of_the_data(opened: Opened, store: Store) -> None:
    store.add(scenario(), "Jeanne")
    app = opened("lots")
    choice = next(choice for choice in app.multiselect if choice.key == "batch_variants")
    assert choice.options == ["V1"] and not app.exception
    choice.set_value([]).run()
    assert launch(app)[0] == text("lots.launch", "fr", count=1)


def test_without_an_accepted_plan_there_is_nothing_to_stay_near(opened: Opened, store: Store) -> None:
    store.add(scenario(), "Jeanne")
    app = kind(opened("lots"), "closeness")
    assert app.warning and not app.exception
    assert not [button for button in app.button if button.key == "batch_launch"]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_has_ended_is_compared_and_the_workbook_offered(opened: Opened, data: Path, real: Study, lang: str) -> None:
    store = filled(data, real, runs=1)
    entry = store.scenarios()[0]
    store.accept(entry.id, store.runs()[0].id, "Jeanne")
    app = kind(opened("lots", lang), "closeness")
    typed(app, "near_counts", "0")
    assert launch(app)[0] == text("lots.launch", lang, count=2)
    pressed(app, "batch_launch")
    (batch,) = store.batches()
    store.take_lease("essai", 1)
    for run in store.claim("essai", 9):
        for name, result in real.results.items():
            store.put_plan(run.id, name, result.plan, result.plan.scenario_hash)
        store.finish(run.id, outcome(real), summary(real))
    app.run()
    assert not app.exception
    assert text("members.most", lang, count=0) in drawn(app) and text("members.no_limit", lang) in drawn(app)
    assert [state.state for state in store.runs(batch_id=batch.id)] == [State.DONE, State.DONE]
    assert text("lots.book", lang) in [button.proto.label for button in app.get("download_button")]
    unchanged = kind(opened("lots", lang), "changed")
    assert not unchanged.exception


def test_a_saving_that_compares_with_nothing_has_no_star(monkeypatch: pytest.MonkeyPatch) -> None:
    """A member left, so that its kitchen is no longer part of today's organisation: what that saves is no better plan."""
    sheets: list[list[list[str]]] = []
    monkeypatch.setattr(lots.widgets, "sheet", lambda titles, lines, **_: sheets.append(lines))
    run = Run.__new__(Run)
    object.__setattr__(run, "summary", {})
    object.__setattr__(run, "reason", "")
    found = [Line(run, label, saving, {}, {}, {}, {}, None, None, {}, "", faulty) for label, saving, faulty in (("tel quel", 100.0, False), ("retrait", 900.0, True), ("carburant", 300.0, False))]
    monkeypatch.setattr(lots, "outcome", lambda line, lang: "ok")
    lots._table(found, "fr")
    cells = [[cell.replace("\u00a0", " ") for cell in line] for line in sheets[0]]
    assert [line[0] for line in cells] == ["tel quel", "retrait", "carburant ★"]
    assert [line[2] for line in cells] == ["100 €", "900 € *", "300 €"] and [line[3] for line in cells] == ["0 €", "–", "▲ 200 €"]
