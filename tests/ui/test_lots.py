"""The Lots page, driven without a browser; the worker's part is played by the test."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from planner.digest import outcome, summary
from planner.i18n import text
from planner.outcomes import Line
from planner.plan import Limits
from planner.report.batch import batch_book
from planner.store import Run, State, Store
from planner.study import Study
from planner.ui import lots
from tests.excel.sample import scenario
from tests.ui.conftest import Opened
from tests.ui.results_store import filled

RUN = Run(1, 1, 1, None, "h", "essai", "", "", ("kitchens",), Limits(), "essai", "2026-01-01T00:00:00+00:00", State.DONE, "ok")


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
    _, cells, _ = table(MEMBERS, "fr", monkeypatch)
    assert [line[0] for line in cells] == ["tel quel", "retrait", "carburant ★", "repas"]
    assert [line[2] for line in cells] == ["100 €", "900 € *", "300 €", "130 €"] and [line[3] for line in cells] == ["0 €", "–", "▲ 200 €", "≈ 30 €"]


MEMBERS = [
    Line(replace(RUN, batch_id=1, label=label), label, saving, {"kitchens": 1000.0}, {}, {"kitchens": gap}, {}, None, None, {}, "", faulty, gap)
    for label, saving, faulty, gap in (("tel quel", 100.0, False, 40.0), ("retrait", 900.0, True, 0.0), ("carburant", 300.0, False, 90.0), ("repas", 130.0, False, 0.0))
]  # fmt: skip


def table(found: list[Line], lang: str, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], list[list[str]], str]:
    """What the page's table shows: titles, cells, captions."""
    sheets: list[tuple[list[str], list[list[str]]]] = []
    said: list[str] = []
    monkeypatch.setattr(lots.widgets, "sheet", lambda titles, lines, **_: sheets.append((titles, lines)))
    monkeypatch.setattr(lots.st, "caption", said.append)
    monkeypatch.setattr(lots.session, "say", lambda key, **args: text(key, lang, **args))
    lots._table(found, lang)
    return sheets[0][0], [[cell.replace("\u00a0", " ") for cell in line] for line in sheets[0][1]], " ".join(said)


def test_the_workbook_of_a_batch_compares_what_the_page_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """A saving that compares with nothing has no difference there either, and its mark is explained on the sheet."""
    sheet = openpyxl.load_workbook(BytesIO(batch_book("essai", MEMBERS, (), "fr")), data_only=True).worksheets[0]
    head = [str(cell.value) for cell in sheet[1]]
    shown = [[row[head.index(title)] for row in sheet.iter_rows(min_row=2, max_row=5, values_only=True)] for title in ("Écart à la première (€/an)", text("batch.col.told", "fr"))]
    assert shown == [[0, None, 200, 30], [None, None, None, text("comparison.unclear", "fr")]]
    assert text("lots.faulty_today", "fr") in [row[0] for row in sheet.iter_rows(min_row=6, values_only=True)]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_column_says_its_function_and_unit_once_and_the_legend_only_what_is_shown(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    titles, _, said = table(MEMBERS, lang, monkeypatch)
    assert titles[4:] == (["Cuisines\u00a0: coût", "Cuisines\u00a0: écart prouvé", "Calcul (s)"] if lang == "fr" else ["Kitchens: cost", "Kitchens: proven gap", "Computing (s)"])
    assert "CO2" not in said and "≈" in said and "★" in said
    assert "CO2" in table([replace(MEMBERS[0], co2=3.0)], lang, monkeypatch)[2]
    head = [str(cell.value) for cell in openpyxl.load_workbook(BytesIO(batch_book("essai", MEMBERS, (), lang))).worksheets[0][1]]
    assert head[-1] == titles[-1]
