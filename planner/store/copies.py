"""A store copied to one file, and put back: whole, checked, never half done."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from planner.store.database import BUSY_SECONDS, FILE, StoreRefused, checked, connect, copy, refused, schema_of, write_ahead
from planner.store.work import live_lease


def backup(folder: Path, target: Path) -> Path:
    """Copy the store of a folder, in use or not, to a file that did not exist; raises StoreRefused."""
    source = folder / FILE
    if schema_of(source) == 0:
        raise StoreRefused("missing", path=str(source))
    if target.exists():
        raise StoreRefused("exists", path=str(target))
    with _told(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        copy(source, target)
    return target


def restore(source: Path, folder: Path, force: bool = False) -> Path | None:
    """Make a backup the store of a folder. Returns where the store that was there is kept, None where there was none.

    Raises StoreRefused, and alters nothing, where the backup is missing, damaged or newer, where a store is there
    without `force`, or where a worker uses it. An older backup is migrated when it is opened.
    """
    if not source.is_file() or schema_of(source) == 0:
        raise StoreRefused("missing", path=str(source))
    checked(source)
    target = folder / FILE
    there = target.exists() and target.stat().st_size > 0
    if there and not force:
        raise StoreRefused("exists", path=str(target))
    if there and _worked_on(target):
        raise StoreRefused("in_use", path=str(target))
    with _told(target):
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / f".{FILE}.restored"
        partial.unlink(missing_ok=True)
        copy(source, partial)
        kept = _set_aside(target) if there else None
        partial.replace(target)
        with contextlib.closing(connect(target)) as connection:
            write_ahead(connection)
    return kept


def _set_aside(target: Path) -> Path:
    """A store under another name beside, with what its journal still held."""
    kept = target.with_name(f"{target.stem}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}{target.suffix}")
    try:
        copy(target, kept)
    except (StoreRefused, sqlite3.Error):  # damaged: kept as it is
        shutil.copy2(target, kept)
    for journal in ("-wal", "-shm"):
        target.with_name(target.name + journal).unlink(missing_ok=True)
    return kept


def _worked_on(path: Path) -> bool:
    """Whether a worker's lease on a store is alive; a store that cannot be read has none."""
    try:
        with contextlib.closing(connect(path, "ro")) as connection:
            connection.execute(f"PRAGMA busy_timeout = {int(1000 * BUSY_SECONDS)}")
            return live_lease(connection) is not None
    except sqlite3.Error:
        return False


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """Errors of engine and system as refusals."""
    try:
        yield
    except sqlite3.Error as error:
        raise (refused(error, path) or StoreRefused("damaged", path=str(path))) from error
    except OSError as error:
        raise StoreRefused("read_only", path=str(path)) from error
