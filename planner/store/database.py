"""The one SQLite file: opened, migrated or refused; one connection for each thread; short transactions."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
import threading
import time
import weakref
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from planner.issues import Message, Value
from planner.store.migrations import APPLICATION, STEPS

FILE = "planner.sqlite"
MAGIC = b"SQLite format 3\x00"
BUSY_SECONDS = 10.0


class StoreRefused(Exception):
    """A store that cannot be used as asked; nothing was altered. `message`: the sentence, `store.refused.<code>`."""

    def __init__(self, code: str, **args: Value) -> None:
        super().__init__(f"{code} {args or ''}".strip())
        self.code, self.args_ = code, args

    @property
    def message(self) -> Message:
        return Message.of(f"store.refused.{self.code}", **self.args_)


def default_folder() -> Path:
    """$PLANNER_DATA, else where this system keeps what a program stores for its user."""
    asked = os.environ.get("PLANNER_DATA", "").strip()
    if asked:
        return Path(asked)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Application Support")
    else:
        base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "planner"


def now() -> str:
    """This instant, ISO 8601 in UTC; texts of this form sort as the instants do."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Connection(sqlite3.Connection):
    """A connection that can be held weakly, which the engine's own cannot."""


def connect(path: Path, mode: str = "rwc") -> Connection:
    """A connection in autocommit: transactions are begun and ended by whoever writes. `mode`: ro, rw or rwc."""
    made: Connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, factory=Connection)
    made.row_factory = sqlite3.Row
    return made


def refused(error: sqlite3.Error, path: Path) -> StoreRefused | None:
    """What an error of the engine means to people; None for a mistake of the program."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    known = {
        sqlite3.SQLITE_BUSY: "busy", sqlite3.SQLITE_LOCKED: "busy", sqlite3.SQLITE_FULL: "full", sqlite3.SQLITE_READONLY: "read_only",
        sqlite3.SQLITE_CANTOPEN: "read_only", sqlite3.SQLITE_PERM: "read_only", sqlite3.SQLITE_IOERR: "disk",
        sqlite3.SQLITE_CORRUPT: "damaged", sqlite3.SQLITE_NOTADB: "damaged",
    }  # fmt: skip
    return StoreRefused(known[code], path=str(path)) if code in known else None


def schema_of(path: Path, known: int = len(STEPS)) -> int:
    """The schema number of a store's file, 0 for a new one; raises StoreRefused for what is no store. Alters nothing."""
    if not path.exists() or path.stat().st_size == 0:
        return 0
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise StoreRefused("not_ours", path=str(path))
    try:
        with contextlib.closing(connect(path, "ro")) as connection:
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            schema = int(connection.execute("PRAGMA user_version").fetchone()[0])
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    except sqlite3.Error as error:
        raise (refused(error, path) or StoreRefused("damaged", path=str(path))) from error
    if application != APPLICATION and (application or schema or tables):
        raise StoreRefused("not_ours", path=str(path))
    if schema > known:
        raise StoreRefused("newer", path=str(path), found=schema, known=known)
    return schema


def checked(path: Path) -> None:
    """Raise StoreRefused unless the whole file is sound."""
    try:
        with contextlib.closing(connect(path, "ro")) as connection:
            said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise (refused(error, path) or StoreRefused("damaged", path=str(path))) from error
    if said != "ok":
        raise StoreRefused("damaged", path=str(path))


def migrate(path: Path, steps: Sequence[Sequence[str]] = STEPS) -> None:
    """Bring a store to today's schema in one transaction, an older one after a copy was put beside it."""
    schema = schema_of(path, len(steps))
    if schema == len(steps):
        return
    if schema:
        checked(path)
        copy(path, path.with_name(f"{path.stem}-v{schema}-{datetime.now(UTC):%Y%m%dT%H%M%S}{path.suffix}"))
    with contextlib.closing(connect(path)) as connection:
        write_ahead(connection)
        connection.execute("BEGIN IMMEDIATE")
        try:
            schema = int(connection.execute("PRAGMA user_version").fetchone()[0])  # another process may have been quicker
            for step in steps[schema:]:
                for statement in step:
                    connection.execute(statement)
            if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise StoreRefused("damaged", path=str(path))
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {len(steps)}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise


def write_ahead(connection: sqlite3.Connection) -> None:
    """Readers and one writer at once. Changing the mode needs the file alone for an instant, and does not wait by itself."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def copy(source: Path, target: Path) -> None:
    """A consistent copy of a store in use, checked, in place only once complete. The copy is a single file."""
    partial = target.with_name(f".{target.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        with contextlib.closing(connect(source, "ro")) as here, contextlib.closing(connect(partial)) as there:
            here.backup(there)
            there.execute("PRAGMA journal_mode = DELETE")
        checked(partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


class Database:
    """Connections and transactions on a store's file. May be used from any thread, and after a fork."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._all: weakref.WeakSet[Connection] = weakref.WeakSet()

    @property
    def folder(self) -> Path:
        return self.path.parent

    def connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        known: tuple[int, Connection] | None = getattr(self._local, "known", None)
        if known is None or known[0] != os.getpid():
            made = connect(self.path, "rw")
            for setting in ("foreign_keys = ON", "synchronous = NORMAL"):
                made.execute(f"PRAGMA {setting}")
            self._local.known = known = (os.getpid(), made)
            self._all.add(made)
        return known[1]

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One short transaction: all or nothing, one writer at a time."""
        with self._told():
            connection = self.connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def all(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """The rows of a query."""
        with self._told():
            return self.connection().execute(query, values).fetchall()

    def one(self, query: str, *values: Any) -> sqlite3.Row | None:
        """The first row of a query."""
        found = self.all(query, *values)
        return found[0] if found else None

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            told = refused(error, self.path)
            if told is None:
                raise
            raise told from error

    def close(self) -> None:
        """Close the connections of all threads; one used again opens anew."""
        for connection in list(self._all):
            connection.close()
        self._all.clear()
        self._local = threading.local()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
