"""What every page shares: language, name, scenario, the state of the worker, sign-in, a store that cannot be used."""

from __future__ import annotations

import getpass
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from planner.i18n import message, text
from planner.issues import Issue
from planner.store import FILE, Store, StoreRefused
from planner.ui import widgets
from tests.excel.sample import scenario
from tests.ui.conftest import APP, Opened

ALL = ("scenarios", "donnees", "calcul", "resultats", "comparaison", "lots", "analyses")


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("page", ALL)
def test_every_page_opens_in_an_empty_store_and_with_a_scenario_never_solved(opened: Opened, store: Store, page: str, lang: str) -> None:
    app = opened(page, lang)
    assert not app.exception
    assert app.title[0].value == text(f"app.page.{page}", lang)
    store.add(scenario(), "Jeanne")
    app.run()
    assert not app.exception
    assert app.title[0].value == text(f"app.page.{page}", lang)


def test_the_first_visit_finds_the_sample(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLANNER_SAMPLE")
    app = AppTest.from_file(APP, default_timeout=120).switch_page("planner/ui/pages/scenarios.py").run()
    assert not app.exception
    assert [entry.name for entry in Store.open(data).scenarios()] == ["La Rochelle Rochefort"]
    assert app.sidebar.selectbox[0].options == ["La Rochelle Rochefort · v1"]


def test_the_language_changes_and_stays_in_the_address(opened: Opened, store: Store) -> None:
    store.add(scenario(), "Jeanne")
    app = opened("calcul", "fr")
    app.sidebar.radio[0].set_value("en").run()
    assert app.title[0].value == text("app.page.calcul", "en")
    assert app.query_params["lang"] in ("en", ["en"])
    app.switch_page("planner/ui/pages/scenarios.py").run()
    assert app.title[0].value == text("app.page.scenarios", "en")


def test_the_scenario_of_the_address_wins_and_is_shared_by_the_pages(opened: Opened, store: Store) -> None:
    first = store.add(scenario().renamed("Premier"), "Jeanne").scenario_id
    second = store.add(scenario().renamed("Second"), "Jeanne").scenario_id
    app = opened("calcul", scenario=first)
    assert app.sidebar.selectbox[0].value == first
    app.sidebar.selectbox[0].set_value(second).run()
    app.switch_page("planner/ui/pages/scenarios.py").run()
    assert app.sidebar.selectbox[0].value == second
    assert "Second" in [header.value for header in app.subheader]


@pytest.mark.parametrize("asked", ["999", "-1", "deux", ""])
def test_an_address_that_names_no_scenario_opens_the_last_one(opened: Opened, store: Store, asked: str) -> None:
    made = store.add(scenario(), "Jeanne").scenario_id
    app = opened("scenarios", scenario=asked)
    assert not app.exception
    assert app.sidebar.selectbox[0].value == made


def test_the_name_signs_and_is_kept_for_the_next_visit(opened: Opened, store: Store) -> None:
    app = opened("scenarios")
    assert app.sidebar.text_input[0].value == getpass.getuser()
    app.sidebar.text_input[0].set_value("  Jeanne   Morel ").run()
    assert opened("scenarios").sidebar.text_input[0].value == "Jeanne Morel"
    next(button for button in app.button if button.key == "sample_la_rochelle_rochefort").click().run()
    assert store.scenarios()[0].who == "Jeanne Morel"
    app.sidebar.text_input[0].set_value("").run()
    assert opened("scenarios").sidebar.text_input[0].value == getpass.getuser()


def test_the_worker_is_said_to_be_there_or_not(opened: Opened, store: Store) -> None:
    app = opened("scenarios")
    assert text("app.worker.absent", "fr") in app.sidebar.markdown[0].value
    store.take_lease("essai", 1)
    assert text("app.worker.alive", "fr") in app.run().sidebar.markdown[0].value


def test_where_sign_in_is_asked_nothing_is_shown_before_it(data: Path, store: Store) -> None:
    store.add(scenario().renamed("Confidentiel"), "Jeanne")
    for page in ALL:
        app = AppTest.from_file(APP, default_timeout=120)
        app.user = {"is_logged_in": False}
        app.query_params["lang"] = "fr"
        app.switch_page(f"planner/ui/pages/{page}.py").run()
        assert not app.exception
        assert [title.value for title in app.title] == [text("app.title", "fr")]
        assert not app.sidebar.selectbox and not app.dataframe and not app.get("html")[1:]
        assert [button.label for button in app.button] == [text("app.sign_in", "fr")]


def test_the_account_signed_in_with_signs(data: Path, store: Store) -> None:
    app = AppTest.from_file(APP, default_timeout=120)
    app.user = {"is_logged_in": True, "name": "Dr Jeanne Morel", "email": "j.morel@exemple.fr"}
    app.query_params["lang"] = "fr"
    app.switch_page("planner/ui/pages/scenarios.py").run()
    assert not app.exception and not app.sidebar.text_input
    next(button for button in app.button if button.key == "sample_la_rochelle_rochefort").click().run()
    assert store.scenarios()[0].who == "Dr Jeanne Morel"


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_store_that_is_none_is_said_and_left_alone(data: Path, lang: str) -> None:
    data.mkdir()
    (data / FILE).write_text("mes notes")
    app = AppTest.from_file(APP, default_timeout=120)
    app.query_params["lang"] = lang
    app.switch_page("planner/ui/pages/scenarios.py").run()
    assert not app.exception
    assert app.error[0].value == message(StoreRefused("not_ours", path=str(data / FILE)).message, lang)
    assert (data / FILE).read_text() == "mes notes"


def test_findings_are_escaped_and_whole() -> None:
    def page() -> None:
        from planner.issues import Issue
        from planner.ui import widgets

        widgets.issues([Issue.error("wrong_cost", claimed=10.0, right=12.5).at("<script>alert(1)</script>", "B2")], "fr")

    app = AppTest.from_function(page).run()
    drawn = app.get("html")[0].proto.body
    assert "<script>" not in drawn and "&lt;script&gt;" in drawn
    assert "Le plan annonce 10\u00a0€\u00a0; recalculé\u00a0: 12,50\u00a0€." in drawn


def test_times_and_figures_as_each_reader_writes_them() -> None:
    assert widgets.money(None, "fr") == "–" and widgets.money(1234.5, "fr", 2) == "1\u202f234,50\u00a0€"
    assert widgets.number(None, "en") == "–" and widgets.number(1234.5, "en", 1) == "1,234.5"
    assert widgets.moment("2026-11-24T12:00:00.000+00:00", "fr").startswith("24/11/2026 ")
    assert widgets.moment("2026-11-24T12:00:00.000+00:00", "en").startswith("2026-11-24 ")


def test_a_finding_without_a_workbook_says_its_table_and_line() -> None:
    found = Issue.warning("routes_holiday_hours", table="windows", row=3, column="day_type", count=2)
    assert widgets.where(found, "fr") == "Horaires, ligne 4 (Type de jour)" and widgets.where(found, "en") == "Opening windows, row 4 (Day type)"
    assert widgets.where(found.at("Horaires", "B9"), "fr").startswith("Horaires, cellule B9")
    assert widgets.where(Issue.error("wrong_cost", claimed=10.0, right=12.5), "fr") == ""
