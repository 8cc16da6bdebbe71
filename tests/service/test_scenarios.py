"""Scenarios as use cases: samples, imports with all their faults, copies, saves that lose nothing, export."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.service import open_scenario, scenarios
from planner.store import Store
from tests.excel.bad_workbook import plant
from tests.test_difference import edited, sites
from tests.toy import group


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "data")


def test_a_sample_opened_twice_is_there_once(store: Store) -> None:
    code, _, _ = scenarios.samples()[0]
    first = scenarios.open_sample(store, code, "a")
    assert scenarios.open_sample(store, code, "b") == first
    assert len(store.scenarios()) == 1
    changed = edited(store.scenario(first.id), "sites", store.scenario(first.id).rows("sites")[0].site, name="Autre")
    assert scenarios.save(store, first.scenario_id, 1, changed, "a").version
    again = scenarios.open_sample(store, code, "b")
    assert again.scenario_id != first.scenario_id  # the edited one is left alone
    with pytest.raises(KeyError):
        scenarios.open_sample(store, "nowhere", "a")


def test_an_export_imported_again_is_the_same_scenario(store: Store, tmp_path: Path) -> None:
    version = scenarios.open_sample(store, "epsm_nord_pas_de_calais", "a")
    path = tmp_path / "export.xlsx"
    path.write_bytes(scenarios.export_workbook(store, version.id, "en"))
    done = scenarios.import_workbook(store, path, "b", name="Importé")
    assert done.version is not None and not scenarios.compare(store, version.id, done.version.id)
    assert store.entry(done.version.scenario_id).name == "Importé"
    assert open_scenario(path).scenario is not None


def test_a_workbook_with_faults_is_not_added_and_all_are_told(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "bad.xlsx"
    planted = plant(path)
    done = scenarios.import_workbook(store, path, "a")
    assert done.version is None and not store.scenarios()
    assert len(done.reading.issues) >= len(planted) > 0


def test_a_copy_is_a_scenario_of_its_own(store: Store) -> None:
    version = store.add(group(), "a")
    copied = scenarios.duplicate(store, version.id, "Copie", "b", "fr")
    scenarios.save(store, copied.scenario_id, 1, edited(group(), "sites", "B", name="Changé"), "b")
    assert sites(store.scenario(store.latest(version.scenario_id).id))["B"].name == "Site B"
    assert [change.after for change in scenarios.compare(store, version.id, store.latest(copied.scenario_id).id)] == ["Changé"]
    assert scenarios.duplicate(store, version.id, "Copie", "b", "fr").scenario_id != copied.scenario_id
    assert sorted(entry.name for entry in store.scenarios()) == sorted([group().name, "Copie", "Copie (2)"])


def test_a_stale_save_writes_nothing_and_tells_both_edits(store: Store) -> None:
    first = store.add(group(), "a")
    theirs = edited(edited(group(), "sites", "B", name="Leur"), "sites", "C", name="Eux")
    mine = edited(edited(group(), "sites", "B", name="Mien"), "sites", "A", name="Moi")
    assert scenarios.save(store, first.scenario_id, 1, theirs, "eux").version
    done = scenarios.save(store, first.scenario_id, 1, mine, "moi")
    assert done.version is None and done.stale is not None and (done.stale.number, done.stale.who) == (2, "eux")
    assert len(store.versions(first.scenario_id)) == 2
    assert [(change.key, change.after) for change in done.theirs] == [(("B",), "Leur"), (("C",), "Eux")]
    assert [(conflict.key, conflict.mine, conflict.theirs) for conflict in done.conflicts] == [(("B",), "Mien", "Leur")]
    assert done.merged is not None and {code: row.name for code, row in sites(done.merged).items()} == {"A": "Moi", "A2": "Site A2", "B": "Leur", "C": "Eux"}
    saved = scenarios.save(store, first.scenario_id, 2, done.merged, "moi")
    assert saved.version is not None and saved.version.number == 3


def test_drafts_are_each_person_s_own(store: Store) -> None:
    store.put_draft("scenario-1", "a", "A")
    store.put_draft("scenario-1", "b", "B")
    store.put_draft("scenario-1", "a", "A2")
    store.drop_draft("scenario-1", "b")
    assert (store.draft("scenario-1", "a"), store.draft("scenario-1", "b")) == ("A2", None)
