"""Backup and restore: whole, checked, nothing overwritten unasked; the commands in both languages."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from planner.cli import main
from planner.plan import Limits
from planner.store import FILE, RunRequest, State, Store, StoreRefused, backup, restore
from tests.toy import group


def names(folder: Path) -> list[str]:
    with Store.open(folder) as store:
        return sorted(entry.name for entry in store.scenarios())


def filled(folder: Path, *scenarios: str) -> Path:
    with Store.open(folder) as store:
        for name in scenarios:
            version = store.add(group(), "test")
            store.rename(version.scenario_id, name, "test")
    return folder


def test_a_backup_put_back_is_the_same_store(tmp_path: Path) -> None:
    folder = filled(tmp_path / "data", "un", "deux")
    saved = backup(folder, tmp_path / "sauvegardes" / "lundi.planner")
    assert restore(saved, tmp_path / "other") is None
    assert names(tmp_path / "other") == ["deux", "un"]
    with Store.open(tmp_path / "other") as store:
        version = store.latest(store.scenarios()[0].id)
        assert store.scenario(version.id).hash == group().hash
        assert store.one("PRAGMA journal_mode")[0] == "wal"  # type: ignore[index]
    assert sorted(path.name for path in saved.parent.iterdir()) == ["lundi.planner"]


def test_a_backup_is_consistent_while_others_write(tmp_path: Path) -> None:
    """Each scenario queues a run in the same instant: a copy never has one without the other."""
    folder, done = tmp_path / "data", threading.Event()
    store = Store.open(folder)
    version = store.add(group(), "test")

    def write() -> None:
        while not done.is_set():
            batch = store.add_batch("b", "variants", {}, "test")
            store.queue([RunRequest(group(), ("kitchens",), Limits(), "test", version.id)] * 5, batch.id)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for place in range(4):
            restore(backup(folder, tmp_path / f"{place}.planner"), tmp_path / f"restored-{place}")
    finally:
        done.set()
        writer.join()
        store.close()
    for place in range(4):
        with Store.open(tmp_path / f"restored-{place}") as copied:
            assert {batch.counts.get(State.QUEUED, 0) for batch in copied.batches()} <= {0, 5}


def test_nothing_is_overwritten_unasked_and_the_old_store_is_kept(tmp_path: Path) -> None:
    folder, saved = filled(tmp_path / "data", "ancien"), tmp_path / "b.planner"
    backup(filled(tmp_path / "source", "nouveau"), saved)
    with pytest.raises(StoreRefused, match="exists"):
        backup(folder, saved)
    with pytest.raises(StoreRefused, match="exists"):
        restore(saved, folder)
    assert names(folder) == ["ancien"]
    kept = restore(saved, folder, force=True)
    assert names(folder) == ["nouveau"]
    assert kept is not None
    restore(kept, tmp_path / "kept")
    assert names(tmp_path / "kept") == ["ancien"]


def test_a_damaged_store_is_replaced_and_kept_as_it_is(tmp_path: Path) -> None:
    folder, saved = tmp_path / "data", tmp_path / "b.planner"
    backup(filled(tmp_path / "source", "bon"), saved)
    folder.mkdir()
    (folder / FILE).write_bytes(b"not a store" * 100)
    kept = restore(saved, folder, force=True)
    assert kept is not None and kept.read_bytes() == b"not a store" * 100
    assert names(folder) == ["bon"]


def test_what_is_no_sound_backup_is_refused_and_nothing_is_touched(tmp_path: Path) -> None:
    folder, saved = filled(tmp_path / "data", "ancien"), tmp_path / "b.planner"
    backup(folder, saved)
    content = bytearray(saved.read_bytes())
    content[5000:9000] = bytes(4000)
    damaged, random = tmp_path / "damaged", tmp_path / "random"
    damaged.write_bytes(content)
    random.write_bytes(b"x" * 5000)
    before = (folder / FILE).read_bytes()
    for source, code in ((damaged, "damaged"), (random, "not_ours"), (tmp_path / "absent", "missing")):
        with pytest.raises(StoreRefused, match=code):
            restore(source, folder, force=True)
    assert (folder / FILE).read_bytes() == before
    with pytest.raises(StoreRefused, match="missing"):
        backup(tmp_path / "nothing", tmp_path / "c.planner")
    assert not (tmp_path / "c.planner").exists()


def test_a_store_that_a_worker_uses_is_not_replaced(tmp_path: Path) -> None:
    folder, saved = filled(tmp_path / "data", "un"), tmp_path / "b.planner"
    backup(folder, saved)
    with Store.open(folder) as store:
        store.take_lease("elsewhere:1", 2)
        with pytest.raises(StoreRefused, match="in_use"):
            restore(saved, folder, force=True)
        store.drop_lease("elsewhere:1")
    assert restore(saved, folder, force=True)


def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, saved = filled(tmp_path / "data", "un"), tmp_path / "b.planner"
    assert main(["backup", "-o", str(saved), "--data", str(folder), "--lang", "fr"]) == 0
    assert capsys.readouterr().out == f"Sauvegarde écrite et vérifiée\u00a0: {saved}\n"
    assert main(["restore", str(saved), "--data", str(folder), "--lang", "fr"]) == 1
    assert "existe déjà" in capsys.readouterr().err
    assert main(["restore", str(saved), "--data", str(folder), "--lang", "en", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["code"] == "exists"
    assert main(["restore", str(saved), "--data", str(folder), "--lang", "en", "--force", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["restored"] == str(folder / FILE) and Path(said["kept"]).exists()
