"""The store: scenarios and their versions, runs, plans, batches and events, in one SQLite file under a folder.

`scenarios`, `runs` and `work` are parts of one class, `Store`; only `work` is the worker's.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from planner.store.copies import backup, restore
from planner.store.database import FILE, StoreRefused, default_folder, migrate, now, refused
from planner.store.records import Batch, Entry, Event, Lease, Point, Run, RunRequest, Stale, State, Version
from planner.store.work import ANSWERS, LEASE_SECONDS, Work

__all__ = [
    "ANSWERS", "FILE", "LEASE_SECONDS", "Batch", "Entry", "Event", "Lease", "Point", "Run", "RunRequest", "Stale", "State", "Store",
    "StoreRefused", "Version", "backup", "default_folder", "now", "restore",
]  # fmt: skip


class Store(Work):
    """All that is kept, in one folder. Safe to use from several threads and several processes at once."""

    @classmethod
    def open(cls, folder: Path) -> Store:
        """The store of a folder, made or migrated where needed; raises StoreRefused, and alters nothing, where it cannot be used."""
        path = folder / FILE
        try:
            folder.mkdir(parents=True, exist_ok=True)
            migrate(path)
        except OSError as error:
            raise StoreRefused("read_only", path=str(path)) from error
        except sqlite3.Error as error:
            raise (refused(error, path) or StoreRefused("damaged", path=str(path))) from error
        store = cls(path)
        store._start_caches()
        return store
