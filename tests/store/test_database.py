"""One file, several programs: writers at once, writers killed, older and newer and foreign files."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.programs import ROOT, kill, until
from planner.store import FILE, Store, StoreRefused
from planner.store.database import migrate, schema_of
from planner.store.migrations import APPLICATION, FIRST, STEPS
from tests.toy import group

WRITER = """
import sys
from pathlib import Path
from planner.store import Event, Store
store = Store.open(Path(sys.argv[1]))
for place in range(int(sys.argv[3])):
    store.note(Event("", sys.argv[2], f"event {place}"))
"""
KILLED = """
import sys, time
from pathlib import Path
from planner.store import Store
store = Store.open(Path(sys.argv[1]))
with store.writing() as connection:
    connection.execute("INSERT INTO drafts VALUES ('half', 'x', 'x', 'x')")
    print("writing", flush=True)
    time.sleep(600)
"""


def program(code: str, *args: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", code, *args], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_two_programs_write_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    writers = [program(WRITER, str(tmp_path), who, "100") for who in ("a", "b")]  # both make the store, too
    for writer in writers:
        with writer:
            assert writer.wait(60) == 0
    with Store.open(tmp_path) as store:
        events = store.events(limit=1000)
    for who in ("a", "b"):
        assert [event.what for event in reversed(events) if event.who == who] == [f"event {place}" for place in range(100)]


def test_a_writer_killed_in_a_transaction_leaves_nothing_half_done(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.put_draft("whole", "x", "kept")
        with program(KILLED, str(tmp_path)) as writer:
            assert writer.stdout is not None and writer.stdout.readline() == "writing\n"
            kill(writer)
        assert store.draft("half", "x") is None and store.draft("whole", "x") == "kept"
        store.put_draft("after", "x", "written")  # the dead writer holds nothing
        assert store.draft("after", "x") == "written"


def test_an_older_store_is_migrated_after_a_copy(tmp_path: Path) -> None:
    """A store of the first schema, made by hand, brought to one of two more steps."""
    path = tmp_path / FILE
    with closing(sqlite3.connect(path)) as old:
        for statement in FIRST:
            old.execute(statement)
        old.execute("INSERT INTO drafts VALUES ('key', 'who', 'content', 'at')")
        old.execute(f"PRAGMA application_id = {APPLICATION}")
        old.execute("PRAGMA user_version = 1")
        old.commit()
    steps = (FIRST, ("ALTER TABLE drafts ADD COLUMN note TEXT NOT NULL DEFAULT 'none'",), ("CREATE TABLE third (id INTEGER)",))
    migrate(path, steps)
    assert schema_of(path, 3) == 3
    with closing(sqlite3.connect(path)) as new:
        assert new.execute("SELECT key, note FROM drafts").fetchall() == [("key", "none")]
    copies = list(tmp_path.glob("planner-v1-*.sqlite"))
    assert len(copies) == 1 and schema_of(copies[0]) == 1
    migrate(path, steps)
    assert len(list(tmp_path.glob("planner-v*"))) == 1  # nothing more to do


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / FILE
    migrate(path, (FIRST,))
    with pytest.raises(sqlite3.OperationalError):
        migrate(path, (FIRST, ("CREATE TABLE second (id INTEGER)", "CREATE TABLE drafts (id INTEGER)")))
    assert schema_of(path, 2) == 1
    with closing(sqlite3.connect(path)) as store:
        assert not store.execute("SELECT 1 FROM sqlite_master WHERE name = 'second'").fetchall()


def test_newer_foreign_and_damaged_files_are_refused_untouched(tmp_path: Path) -> None:
    with Store.open(tmp_path / "good") as good:
        for _ in range(5):
            good.add(group(), "test")
        good.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    sound = (tmp_path / "good" / FILE).read_bytes()

    def newer(path: Path) -> None:
        path.write_bytes(sound)
        with closing(sqlite3.connect(path)) as store:
            store.execute(f"PRAGMA user_version = {len(STEPS) + 1}")

    def foreign(path: Path) -> None:
        with closing(sqlite3.connect(path)) as other:
            other.execute("CREATE TABLE theirs (id INTEGER)")

    cases = {
        "newer": newer, "not_ours": foreign, "damaged": lambda path: path.write_bytes(sound[:16] + bytes(84) + sound[100:]),
    }  # fmt: skip
    for code, make in cases.items():
        path = tmp_path / code / FILE
        path.parent.mkdir()
        make(path)
        before = path.read_bytes()
        with pytest.raises(StoreRefused) as refused:
            Store.open(path.parent)
        assert refused.value.code == code
        assert path.read_bytes() == before
        assert not list(path.parent.glob("planner-v*")) and not list(path.parent.glob(".*"))
    random = tmp_path / "random" / FILE
    random.parent.mkdir()
    random.write_bytes(b"\x07" * 3000)
    with pytest.raises(StoreRefused, match="not_ours"):
        Store.open(random.parent)
    assert random.read_bytes() == b"\x07" * 3000


def test_a_store_is_used_from_threads_and_closed_whole(tmp_path: Path) -> None:
    store, faults = Store.open(tmp_path), list[BaseException]()

    def work(place: int) -> None:
        try:
            for turn in range(20):
                store.put_draft(f"{place}", "x", f"{turn}")
                assert store.draft(f"{place}", "x") == f"{turn}"
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    until(lambda: not any(thread.is_alive() for thread in threads), 30)
    store.close()
    assert not faults
