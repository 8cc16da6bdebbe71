"""The lease: one worker for a store; one that lapsed, or was left behind by a dead process, holds nobody back."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from planner.jobs import alive, identity, left_behind, work
from planner.store import Store


def test_a_lease_has_one_owner_until_it_lapses(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        assert store.take_lease("a:1", 2) and not store.take_lease("b:2", 2)
        assert store.renew_lease("a:1") and not store.renew_lease("b:2")
        with store.writing() as connection:
            connection.execute("UPDATE lease SET renewed = '2020-01-01T00:00:00.000+00:00'")
        assert store.lease() is None and store.take_lease("b:2", 2)
        assert not store.renew_lease("a:1")  # the first learns that it was replaced


def test_a_lease_left_behind_by_a_dead_process_of_this_computer(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    with Store.open(tmp_path) as store:
        store.take_lease(f"{socket.gethostname()}:{process.pid}", 1)
        lease = store.lease()
        assert lease is not None and alive(process.pid) and not left_behind(lease)
        process.communicate(b"")
        assert not alive(process.pid) and left_behind(lease)
        assert not left_behind(replace(lease, worker=f"elsewhere:{process.pid}"))  # nothing is known of another computer
        assert not left_behind(replace(lease, worker=identity()))
        assert identity().endswith(f":{os.getpid()}")


def test_nothing_asked_is_done_at_once(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        assert work(store, []) is True
        assert work(store, should_stop=lambda: True) is False
        assert store.lease() is None
