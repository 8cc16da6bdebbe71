"""The Calcul page, driven without a browser; the worker's part is played by the test."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from planner.i18n import text
from planner.service import runs
from planner.store import Point, RunRequest, State, Store
from planner.study import Study
from tests.excel.sample import scenario
from tests.ui.conftest import Opened
from tests.ui.results_store import filled


def pressed(app: AppTest, key: str) -> AppTest:
    return next(button for button in app.button if button.key == key).click().run()


def field(app: AppTest, key: str, value: str) -> AppTest:
    return next(field for field in app.text_input if field.key == key).set_value(value).run()


def drawn(app: AppTest) -> str:
    return " ".join(element.proto.body for element in app.get("html"))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_run_is_asked_for_watched_and_stopped(opened: Opened, store: Store, lang: str) -> None:
    made = store.add(scenario(), "Jeanne")
    app = opened("calcul", lang)
    assert app.warning[0].value == text("app.worker.how", lang)
    app.button_group[0].set_value(["purchasing", "kitchens"]).run()
    field(app, "solve_seed", "7")
    field(app, "solve_iterations", "1 500")
    pressed(app, "solve_start")
    assert not app.exception
    run = store.runs(scenario_id=made.scenario_id)[0]
    assert run.problems == ("kitchens", "purchasing")
    assert (run.limits.seconds, run.limits.seed, run.limits.iterations) == (30, 7, 1500)
    assert text("calcul.waiting", lang) in [warning.value for warning in app.warning]

    store.take_lease("essai", 1)
    store.claim("essai", 1)
    store.add_points(run.id, [Point("kitchens", 1.0, None, 800.0), Point("kitchens", 2.0, 1000.0, 900.0)])
    app.run()
    assert not app.exception and not app.warning
    assert (text("app.state.running", lang) in drawn(app)) and (text("app.state.queued", lang) in drawn(app))
    for figure in ("1\u202f000\u00a0€", "900\u00a0€", "100\u00a0€") if lang == "fr" else ("€1,000", "€900", "€100"):
        assert figure in drawn(app)
    pressed(app, f"stop_{run.id}")
    assert store.run(run.id).stop_asked


@pytest.mark.parametrize(("key", "typed"), [("solve_seed", "abc"), ("solve_seed", "-3"), ("solve_seed", "1,5"), ("solve_iterations", "0")])
def test_a_limit_that_makes_no_sense_is_said_and_nothing_starts(opened: Opened, store: Store, key: str, typed: str) -> None:
    store.add(scenario(), "Jeanne")
    app = field(opened("calcul"), key, typed)
    assert typed in app.error[0].value
    assert next(button for button in app.button if button.key == "solve_start").disabled


def test_without_a_problem_nothing_starts(opened: Opened, store: Store) -> None:
    store.add(scenario(), "Jeanne")
    app = opened("calcul")
    app.button_group[0].set_value([]).run()
    assert not app.exception
    assert next(button for button in app.button if button.key == "solve_start").disabled


def test_a_waiting_run_that_is_stopped_is_cancelled_and_listed(opened: Opened, store: Store) -> None:
    made = store.add(scenario(), "Jeanne")
    app = pressed(opened("calcul"), "solve_start")
    run = store.runs(scenario_id=made.scenario_id)[0]
    pressed(app, f"stop_{run.id}")
    assert store.run(run.id).state is State.CANCELLED
    assert text("app.state.cancelled", "fr") in drawn(app.run())


def test_a_failed_run_says_why(opened: Opened, store: Store) -> None:
    made = store.add(scenario(), "Jeanne")
    run = store.queue([RunRequest(scenario(), ("kitchens",), runs_limits(), "Jeanne", version_id=made.id)])[0]
    store.take_lease("essai", 1)
    store.claim("essai", 1)
    store.fail(run.id, "store.event.failed", "")
    app = opened("calcul")
    assert text("store.event.failed", "fr") in [error.value for error in app.error]


def runs_limits() -> runs.Limits:
    return runs.Limits(seconds=1)


def test_staying_close_is_offered_once_a_plan_is_accepted(real: Study, opened: Opened, store: Store) -> None:
    filled(store.folder, real, runs=1)
    entry = store.scenarios()[0]
    done = store.runs(scenario_id=entry.id)[0]
    app = opened("calcul")
    assert text("calcul.near_none", "fr") in [caption.value for caption in app.caption]
    assert text("calcul.see", "fr", run=done.id) in [link.proto.label for link in app.get("page_link")]
    store.accept(entry.id, done.id, "Jeanne")
    app.run()
    next(toggle for toggle in app.toggle if toggle.key == "solve_near").set_value(True).run()
    field(app, "near_most_purchasing", "3")
    field(app, "near_price_purchasing", "12,5")
    app.button_group[0].set_value(["purchasing"]).run()
    pressed(app, "solve_start")
    assert not app.exception and not app.error
    asked = store.runs(scenario_id=entry.id, states=(State.QUEUED,))[0]
    parameters = {row.parameter: row.value for row in store.scenario_of(asked.hash, "x").rows("parameters")}
    assert (parameters["purchasing_most_changes"], parameters["purchasing_change_price"]) == (3, 12.5)
    assert store.scenario_of(asked.hash, "x").rows("accepted_awards")


def test_deliveries_of_the_routes_plan_are_offered_once_there_is_one(real: Study, opened: Opened, store: Store) -> None:
    filled(store.folder, real, runs=1)
    entry = store.scenarios()[0]
    done = store.runs(scenario_id=entry.id)[0]
    app = opened("calcul")
    toggle = next(toggle for toggle in app.toggle if toggle.key == "solve_road")
    assert toggle.label == text("calcul.road", "fr", run=done.id)
    toggle.set_value(True).run()
    app.button_group[0].set_value(["kitchens"]).run()
    pressed(app, "solve_start")
    assert not app.exception and not app.error
    asked = store.runs(scenario_id=entry.id, states=(State.QUEUED,))[0]
    assert asked.label == text("calcul.road_label", "fr")
    assert {row.origin for row in store.scenario_of(asked.hash, "x").rows("meal_deliveries")} == {"routes", "calibrated"}


def test_without_a_run_of_kitchens_and_routes_no_delivery_is_offered(opened: Opened, store: Store) -> None:
    store.add(scenario(), "Jeanne")
    assert "solve_road" not in {toggle.key for toggle in opened("calcul").toggle}
