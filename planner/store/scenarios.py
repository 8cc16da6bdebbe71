"""Scenarios in the store: contents kept once, versions, names, drafts, events."""

from __future__ import annotations

import functools
import hashlib
import json
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import pandas as pd

from planner.catalog import TABLES
from planner.codec import fitted, frame_from, frame_to, pack, to_text, unpack
from planner.scenario import Scenario
from planner.schema import Table
from planner.store.database import Database, StoreRefused, now
from planner.store.records import Entry, Event, Stale, Version

CACHED_SCENARIOS, CACHED_FRAMES = 32, 512
T = TypeVar("T")

ENTRY = """SELECT s.*, v.number, c.hash, c.counts FROM scenarios s
    JOIN versions v ON v.scenario_id = s.id AND v.number = (SELECT max(number) FROM versions WHERE scenario_id = s.id)
    JOIN contents c ON c.id = v.content_id"""
VERSION = "SELECT v.*, c.hash FROM versions v JOIN contents c ON c.id = v.content_id"


class Recent(Generic[T]):
    """The last values asked for, by key; safe between threads."""

    def __init__(self, most: int) -> None:
        self._most, self._kept, self._lock = most, OrderedDict[Any, T](), threading.Lock()

    def get(self, key: Any, make: Callable[[], T]) -> T:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            kept = self._kept.setdefault(key, made)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return kept


@dataclass(frozen=True)
class Content:
    """A scenario made ready to be written: hash, rows by table, frames by table and their bytes by SHA."""

    sha: str
    hash: str
    counts: Mapping[str, int]
    frames: Mapping[str, str]
    packed: Mapping[str, bytes]


class Packer:
    """Makes contents; a frame shared by several scenarios is encoded once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[pd.DataFrame, str]] = {}  # the frame itself is kept so that its id stays its own

    def content(self, scenario: Scenario) -> Content:
        frames: dict[str, str] = {}
        packed: dict[str, bytes] = {}
        for table in scenario.tables:
            frame = scenario.frames[table.name]
            if not len(frame):
                continue
            if id(frame) not in self._known:
                value = frame_to(table, frame)
                sha = hashlib.sha256(to_text(value).encode()).hexdigest()
                self._known[id(frame)] = (frame, sha)
                packed[sha] = pack(value)
            frames[table.name] = self._known[id(frame)][1]
        sha = hashlib.sha256(f"{scenario.hash}{to_text(frames)}".encode()).hexdigest()
        return Content(sha, scenario.hash, {t.name: len(scenario.frames[t.name]) for t in scenario.tables}, frames, packed)


def put_content(connection: sqlite3.Connection, content: Content) -> int:
    """Write what is not there yet; the content's id."""
    connection.executemany("INSERT OR IGNORE INTO frames VALUES (?, ?)", content.packed.items())
    connection.execute(
        "INSERT OR IGNORE INTO contents (sha, hash, frames, counts) VALUES (?, ?, ?, ?)",
        (content.sha, content.hash, to_text(content.frames), to_text(content.counts)),
    )
    return int(connection.execute("SELECT id FROM contents WHERE sha = ?", (content.sha,)).fetchone()[0])


def put_event(
    connection: sqlite3.Connection, who: str, what: str, scenario_id: int | None = None, run_id: int | None = None, detail: str = ""
) -> None:
    connection.execute(
        "INSERT INTO events (at, who, what, scenario_id, run_id, detail) VALUES (?, ?, ?, ?, ?, ?)",
        (now(), who, f"store.event.{what}", scenario_id, run_id, detail),
    )


class Scenarios(Database):
    """The part of the store about scenarios."""

    tables: tuple[Table, ...] = TABLES

    # --- reading

    def scenarios(self, archived: bool = False) -> list[Entry]:
        """All scenarios, last changed first; the archived ones too where asked."""
        return [_entry(row) for row in self.all(f"{ENTRY} WHERE s.archived <= ? ORDER BY s.updated DESC, s.id DESC", archived)]

    def entry(self, scenario_id: int) -> Entry:
        """Raises StoreRefused where there is none."""
        return _entry(self._found(self.one(f"{ENTRY} WHERE s.id = ?", scenario_id), "no_scenario"))

    def versions(self, scenario_id: int) -> list[Version]:
        """Newest first."""
        return [_version(row) for row in self.all(f"{VERSION} WHERE v.scenario_id = ? ORDER BY v.number DESC", scenario_id)]

    def version(self, version_id: int) -> Version:
        return _version(self._found(self.one(f"{VERSION} WHERE v.id = ?", version_id), "no_scenario"))

    def latest(self, scenario_id: int) -> Version:
        row = self.one(f"{VERSION} WHERE v.scenario_id = ? ORDER BY v.number DESC LIMIT 1", scenario_id)
        return _version(self._found(row, "no_scenario"))

    def scenario(self, version_id: int) -> Scenario:
        """The scenario of a version, under its present name; a version older than today's tables is made to fit them."""
        row = self.one("SELECT v.content_id, s.name FROM versions v JOIN scenarios s ON s.id = v.scenario_id WHERE v.id = ?", version_id)
        row = self._found(row, "no_scenario")
        return self._scenario(row["content_id"], row["name"])

    def scenario_of(self, hash: str, name: str) -> Scenario:
        """A scenario by the content hash that a run or a version carries."""
        row = self._found(self.one("SELECT id FROM contents WHERE hash = ? ORDER BY id DESC LIMIT 1", hash), "no_scenario")
        return self._scenario(row["id"], name)

    def packed(self, hash: str) -> dict[str, bytes]:
        """The tables of a scenario as kept (see `codec.unpack`), by name, by the content hash that a run carries: what a task is sent."""
        row = self._found(self.one("SELECT frames FROM contents WHERE hash = ? ORDER BY id DESC LIMIT 1", hash), "no_scenario")
        kept: dict[str, str] = json.loads(row["frames"])
        return {name: self._recent_packed.get(sha, functools.partial(self._packed, sha)) for name, sha in kept.items()}

    def _packed(self, sha: str) -> bytes:
        return bytes(self._found(self.one("SELECT content FROM frames WHERE sha = ?", sha), "damaged")["content"])

    def _scenario(self, content_id: int, name: str) -> Scenario:
        return self._recent_scenarios.get((content_id, name), lambda: self._read(content_id, name))

    def _read(self, content_id: int, name: str) -> Scenario:
        row = self._found(self.one("SELECT frames FROM contents WHERE id = ?", content_id), "no_scenario")
        kept: dict[str, str] = json.loads(row["frames"])
        lost = [table for table in kept if table not in {t.name for t in self.tables}]
        frames = {}
        for table in self.tables:
            sha = kept.get(table.name)
            if sha is None:
                frames[table.name] = table.frame()
                continue
            frames[table.name], dropped = self._recent_frames.get((table.name, sha), functools.partial(self._frame, table, sha))
            lost += [f"{table.name}.{name}" for name in dropped]
        if lost:
            self._tell_lost(content_id, lost)
        return Scenario(name, self.tables, frames)

    def _frame(self, table: Table, sha: str) -> tuple[pd.DataFrame, list[str]]:
        row = self._found(self.one("SELECT content FROM frames WHERE sha = ?", sha), "damaged")
        value, lost = fitted(table, unpack(row["content"]))
        return frame_from(table, value), lost

    def _tell_lost(self, content_id: int, lost: list[str]) -> None:
        """Say once in the events what today's tables can no longer hold; the stored content keeps it."""
        detail = ", ".join(lost)
        with self.writing() as connection:
            for row in connection.execute("SELECT DISTINCT scenario_id FROM versions WHERE content_id = ?", (content_id,)).fetchall():
                told = "SELECT 1 FROM events WHERE scenario_id = ? AND what = 'store.event.left_out' AND detail = ?"
                if connection.execute(told, (row[0], detail)).fetchone() is None:
                    put_event(connection, "", "left_out", row[0], detail=detail)

    # --- writing

    def add(self, scenario: Scenario, who: str, note: str = "", origin: str = "") -> Version:
        """A new scenario, its first version; a name in use gets " (2)"."""
        content, at = Packer().content(scenario), now()
        with self.writing() as connection:
            name = _free_name(connection, scenario.name)
            made = connection.execute(
                "INSERT INTO scenarios (name, origin, who, created, updated) VALUES (?, ?, ?, ?, ?)", (name, origin, who, at, at)
            ).lastrowid
            version = self._put_version(connection, int(made or 0), 1, None, who, note, content, at)
            put_event(connection, who, "added", made, detail=origin or note)
        return self.version(version)

    def save(self, scenario_id: int, base: int, scenario: Scenario, who: str, note: str = "") -> Version | Stale:
        """A new version made from version number `base`; Stale, and nothing saved, when someone saved in between.

        What is the newest version already makes no new one: that version is given back.
        """
        content, at = Packer().content(scenario), now()
        with self.writing() as connection:
            row = connection.execute(f"{VERSION} WHERE v.scenario_id = ? ORDER BY v.number DESC LIMIT 1", (scenario_id,)).fetchone()
            newest = _version(self._found(row, "no_scenario"))
            if newest.hash == content.hash:
                return newest
            if newest.number != base:
                return Stale(newest)
            version = self._put_version(connection, scenario_id, base + 1, base, who, note, content, at)
            connection.execute("UPDATE scenarios SET updated = ? WHERE id = ?", (at, scenario_id))
            put_event(connection, who, "saved", scenario_id, detail=note)
        return self.version(version)

    @staticmethod
    def _put_version(
        connection: sqlite3.Connection, scenario_id: int, number: int, parent: int | None, who: str, note: str, content: Content, at: str
    ) -> int:
        made = connection.execute(
            "INSERT INTO versions (scenario_id, number, parent, who, at, note, content_id) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (scenario_id, number, parent, who, at, note, put_content(connection, content)),
        )
        return int(made.lastrowid or 0)

    def rename(self, scenario_id: int, name: str, who: str) -> Entry:
        """A name in use by another scenario gets " (2)"."""
        before = self.entry(scenario_id)
        with self.writing() as connection:
            chosen = _free_name(connection, name, scenario_id)
            connection.execute("UPDATE scenarios SET name = ?, updated = ? WHERE id = ?", (chosen, now(), scenario_id))
            put_event(connection, who, "renamed", scenario_id, detail=f"{before.name} → {chosen}")
        return self.entry(scenario_id)

    def archive(self, scenario_id: int, who: str, archived: bool = True) -> Entry:
        """Out of the list, or back in it; nothing is deleted."""
        self.entry(scenario_id)
        with self.writing() as connection:
            connection.execute("UPDATE scenarios SET archived = ? WHERE id = ?", (archived, scenario_id))
            put_event(connection, who, "archived" if archived else "unarchived", scenario_id)
        return self.entry(scenario_id)

    # --- drafts: edits not saved yet

    def put_draft(self, key: str, who: str, content: str) -> None:
        with self.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?)", (key, who, content, now()))

    def draft(self, key: str, who: str) -> str | None:
        row = self.one("SELECT content FROM drafts WHERE key = ? AND who = ?", key, who)
        return None if row is None else str(row["content"])

    def drop_draft(self, key: str, who: str) -> None:
        with self.writing() as connection:
            connection.execute("DELETE FROM drafts WHERE key = ? AND who = ?", (key, who))

    # --- events

    def note(self, event: Event) -> None:
        """Write an event; `what` is a key of the text catalogue."""
        with self.writing() as connection:
            connection.execute(
                "INSERT INTO events (at, who, what, scenario_id, run_id, detail) VALUES (?, ?, ?, ?, ?, ?)",
                (event.when or now(), event.who, event.what, event.scenario_id, event.run_id, event.detail),
            )

    def events(self, scenario_id: int | None = None, run_id: int | None = None, limit: int = 200) -> list[Event]:
        """Newest first."""
        found = self.all(
            "SELECT * FROM events WHERE (?1 IS NULL OR scenario_id = ?1) AND (?2 IS NULL OR run_id = ?2) ORDER BY id DESC LIMIT ?3",
            scenario_id, run_id, limit,
        )  # fmt: skip
        return [Event(row["at"], row["who"], row["what"], row["scenario_id"], row["run_id"], row["detail"]) for row in found]

    # --- shared

    def _found(self, row: sqlite3.Row | None, code: str) -> sqlite3.Row:
        if row is None:
            raise StoreRefused(code, path=str(self.path))
        return row

    def _start_caches(self) -> None:
        self._recent_scenarios = Recent[Scenario](CACHED_SCENARIOS)
        self._recent_frames = Recent[tuple[pd.DataFrame, list[str]]](CACHED_FRAMES)
        self._recent_packed = Recent[bytes](CACHED_FRAMES)


def _free_name(connection: sqlite3.Connection, wanted: str, mine: int | None = None) -> str:
    wanted = " ".join(wanted.split())
    if not wanted:
        raise StoreRefused("empty_name")
    taken = {row["name"].casefold() for row in connection.execute("SELECT name FROM scenarios WHERE id IS NOT ?", (mine,))}
    name, number = wanted, 1
    while name.casefold() in taken:
        number += 1
        name = f"{wanted} ({number})"
    return name


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(
        row["id"], row["name"], row["origin"], row["who"], row["created"], row["updated"], row["number"], row["hash"],
        json.loads(row["counts"]), bool(row["archived"]),
    )  # fmt: skip


def _version(row: sqlite3.Row) -> Version:
    return Version(row["id"], row["scenario_id"], row["number"], row["parent"], row["who"], row["at"], row["note"], row["hash"])
