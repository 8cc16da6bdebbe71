"""The Scénarios page, driven without a browser."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from planner import service
from planner.i18n import text
from planner.issues import errors
from planner.service import scenarios as use
from planner.store import Store
from planner.ui.scenarios import file_name
from tests.excel.bad_workbook import plant
from tests.excel.sample import scenario
from tests.ui.conftest import Opened

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def pressed(app: AppTest, key: str) -> AppTest:
    return next(button for button in app.button if button.key == key).click().run()


def sent(app: AppTest, path: Path) -> AppTest:
    return app.file_uploader[0].set_value((path.name, path.read_bytes(), XLSX)).run()


def drawn(app: AppTest) -> str:
    return " ".join(element.proto.body for element in app.get("html"))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_an_empty_store_offers_the_samples_and_opens_one(opened: Opened, store: Store, lang: str) -> None:
    app = opened("scenarios", lang)
    assert app.info[0].value == text("pages.scenarios.empty", lang)
    for code, _, _ in use.samples():
        assert f"pages.sample.{code}" not in "".join(card.value for card in app.markdown)
    pressed(app, "sample_epsm_nord_pas_de_calais")
    assert not app.exception
    assert app.dataframe[0].value.iloc[0, 0] == "▸ EPSM Nord Pas de Calais"
    pressed(app, "sample_epsm_nord_pas_de_calais")
    assert len(store.scenarios()) == 1  # opened again, not added again


def test_the_list_says_who_when_how_much_and_how_the_last_run_ended(opened: Opened, store: Store) -> None:
    made = store.add(scenario().renamed("Notre groupement"), "Jeanne")
    entry = store.entry(made.scenario_id)
    shown = opened("scenarios").dataframe[0].value.iloc[0].tolist()
    assert shown[0] == "▸ Notre groupement" and shown[1] == "v1" and shown[2] == "Jeanne"
    assert shown[4:8] == [str(entry.counts[table]) for table in ("sites", "kitchens", "flows", "articles")]
    assert shown[8] == "–"


def test_copy_rename_archive(opened: Opened, store: Store) -> None:
    store.add(scenario().renamed("Premier"), "Jeanne")
    app = pressed(opened("scenarios"), "copy_go")
    assert {entry.name for entry in store.scenarios()} == {"Premier", text("pages.scenarios.copy_of", "fr", name="Premier")}
    copied = app.sidebar.selectbox[0].value
    next(field for field in app.text_input if field.key == f"rename_{copied}").set_value("Sans l'île").run()
    pressed(app, "rename_go")
    assert store.entry(copied).name == "Sans l'île"
    pressed(app, "archive")
    assert [entry.name for entry in store.scenarios()] == ["Premier"]
    assert len(app.dataframe[0].value) == 1
    app.toggle[0].set_value(True).run()
    assert len(app.dataframe[0].value) == 2
    pressed(app, "archive")
    assert len(store.scenarios()) == 2


def test_an_old_version_is_opened_as_a_scenario_of_its_own(opened: Opened, store: Store) -> None:
    first = store.add(scenario().renamed("Premier"), "Jeanne")
    base = store.scenario(first.id)
    frame = base.frames["sites"].copy()
    frame.loc[0, "name"] = "Nom changé"
    store.save(first.scenario_id, 1, base.replace("sites", frame), "Paul", "renommage")
    app = opened("scenarios")
    assert "renommage" in drawn(app) and "Paul" in drawn(app)
    assert "Nom changé" in drawn(app)  # the two last versions are compared at once
    pressed(app, "open_old")
    assert not app.exception
    new = store.scenarios()[0]
    assert new.id != first.scenario_id and new.hash == base.hash


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_faulty_workbook_is_refused_with_every_fault_and_can_be_mended_here(opened: Opened, store: Store, tmp_path: Path, lang: str) -> None:
    path = tmp_path / "mauvais classeur.xlsx"
    planted = plant(path)
    app = sent(opened("scenarios", lang), path)
    assert not app.exception
    faults = errors(service.open_scenario(path).issues)
    assert app.error[0].value == text("pages.scenarios.import_faults", lang, errors=len(faults), file=path.name)
    assert all(fault.sheet in drawn(app) and fault.cell in drawn(app) for fault in planted)
    assert not store.scenarios()
    pressed(app, "mend_here")
    assert store.draft("import:Mauvais Classeur", use.computer_user())


def test_a_sound_workbook_becomes_the_scenario_worked_on_and_comes_out_the_same(opened: Opened, store: Store, tmp_path: Path) -> None:
    from planner.excel import write_scenario

    path = tmp_path / "groupement.xlsx"
    write_scenario(scenario(), path, "fr")
    app = sent(opened("scenarios"), path)
    assert not app.exception
    assert app.success[0].value == text("pages.scenarios.imported", "fr", file=path.name)
    entry = store.scenarios()[0]
    assert app.sidebar.selectbox[0].value == entry.id and entry.hash == service.open_scenario(path).scenario.hash  # type: ignore[union-attr]
    book = use.export_workbook(store, store.latest(entry.id).id, "fr")
    assert "Sites" in openpyxl.load_workbook(BytesIO(book)).sheetnames


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 broken"])
def test_what_is_no_workbook_is_refused_by_its_content(opened: Opened, store: Store, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "classeur.xlsx"
    path.write_bytes(content)
    app = sent(opened("scenarios"), path)
    assert not app.exception
    assert app.error and not store.scenarios()


@pytest.mark.parametrize(("name", "safe"), [("../../etc/passwd", "etc_passwd"), ("Été 2026 : essai", "Été_2026_essai"), ("///", "scenario"), ("a" * 300, "a" * 80)])
def test_file_names_are_made_safe(name: str, safe: str) -> None:
    assert file_name(name) == safe
