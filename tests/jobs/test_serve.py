"""`planner serve`: two programs kept alive, none of which outlives it."""

from __future__ import annotations

import contextlib
import socket
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from benchmarks.programs import Programs, end, kill, until
from planner.cli.shared import FAULTS
from planner.jobs import serve
from planner.jobs.serve import Child, GivenUp, keep_alive, port_free
from planner.store import Store


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Programs]:
    with Programs(tmp_path) as made:
        yield made


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2) as answer:
        return bool(answer.status == 200)
    return False


@pytest.mark.slow
def test_the_editor_and_the_worker_run_come_back_and_die_with_serve(running: Programs, tmp_path: Path) -> None:
    port, data = free_port(), tmp_path / "data"
    served = running.start("planner", "serve", "--lang", "en", "--data", str(data), "--port", str(port), "--workers", "1", "--no-browser", name="serve")
    until(lambda: answers(port), 60, 0.2)
    with Store.open(data) as store:
        until(lambda: store.lease() is not None, 60)
        held = store.lease()
        assert held is not None
        worker = int(held.worker.rpartition(":")[2])
        assert psutil.Process(worker).ppid() == served.pid
        kill(psutil.Process(worker))
        until(lambda: (lease := store.lease()) is not None and lease.worker != held.worker, 60)
    assert "The worker stopped; it is started again" in running.log("serve").read_text()
    assert len(running.living()) >= 3
    kill(served)
    until(lambda: not running.living(), 20)


@pytest.mark.slow
def test_serve_ends_in_order(running: Programs, tmp_path: Path) -> None:
    port, data = free_port(), tmp_path / "data"
    served = running.start("planner", "serve", "--data", str(data), "--port", str(port), "--workers", "1", "--no-browser", name="serve")
    with Store.open(data) as store:
        until(lambda: answers(port) and store.lease() is not None, 60, 0.2)
        assert end(served) == 0
        assert store.lease() is None
    assert not running.living()
    assert "Traceback" not in running.log("serve").read_text()


def test_a_port_in_use_is_said(running: Programs, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not port_free("127.0.0.1", port)
        served = running.start("planner", "serve", "--lang", "fr", "--data", str(tmp_path / "data"), "--port", str(port), "--no-browser", name="serve")
        assert served.wait(60) == FAULTS
    assert f"Le port {port} est déjà utilisé" in running.log("serve").read_text(encoding="utf-8")
    assert port_free("127.0.0.1", port)


def test_a_program_that_ends_again_and_again_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "RESTARTS", 2)
    steady = Child("steady", [sys.executable, "-c", "import sys; sys.stdin.read()"], tmp_path)
    failing = Child("failing", [sys.executable, "-c", ""], tmp_path)
    restarted: list[str] = []
    with pytest.raises(GivenUp, match="failing"):
        keep_alive([steady, failing], lambda: False, restarted.append)
    assert restarted == ["failing", "failing"]
    assert steady.process is not None and steady.process.poll() == 0


def test_a_program_deaf_to_its_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "GRACE", 0.3)
    deaf = Child("deaf", [sys.executable, "-c", "import time; time.sleep(600)"], tmp_path)
    began = time.monotonic()
    keep_alive([deaf], lambda: time.monotonic() - began > 0.2)
    assert deaf.process is not None and deaf.process.poll() not in (None, 0)
    assert time.monotonic() - began < 20
