"""Commands of long work: worker, serve."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import threading
import time
import webbrowser
from collections.abc import Iterator
from pathlib import Path

from planner import jobs
from planner.cli.shared import FAULTS, OK, REFUSED, Command, in_help, whole
from planner.i18n import message, text
from planner.jobs.serve import Child, GivenUp, end_with_parent, keep_alive, port_free
from planner.service.runs import fingerprint
from planner.store import Store, StoreRefused, default_folder

ADDRESS = "127.0.0.1"
ROOT = Path(__file__).resolve().parents[2]


def add(command: Command, solving: argparse.ArgumentParser, lang: str) -> None:
    """Declare these commands."""
    say = in_help(lang)
    folder, count = say("value.folder"), say("value.number")
    for name, run in (("worker", _worker), ("serve", _serve)):
        made = command(name, run)
        made.add_argument("--data", type=Path, metavar=folder, help=say("data"))
        made.add_argument("--workers", type=whole(1, lang), metavar=count, help=say("workers"))
        made.add_argument("--scheduler", default="", metavar="tcp://…", help=say("scheduler"))
        if name == "serve":
            made.add_argument("--port", type=whole(1, lang), default=8501, metavar=count, help=say("port"))
            made.add_argument("--no-browser", action="store_true", help=say("no_browser"))


def open_store(folder: Path | None, lang: str) -> Store | None:
    """The store asked for, or None once its reason was printed."""
    try:
        return Store.open(folder or default_folder())
    except StoreRefused as error:
        print(message(error.message, lang), file=sys.stderr)
        return None


@contextlib.contextmanager
def interrupted() -> Iterator[threading.Event]:
    """An event set by Ctrl-C or the system's wish to end; a second Ctrl-C ends at once."""
    asked = threading.Event()

    def hear(_signal: int, _frame: object) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    names = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)]
    before = {name: signal.signal(name, hear) for name in names}
    try:
        yield asked
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def lost(scheduler: str, lang: str) -> int:
    """Say that nothing solves: the cluster named does not answer, or processes of this computer could not start."""
    print(text("jobs.scheduler_lost" if scheduler else "jobs.not_started", lang, scheduler=scheduler), file=sys.stderr)
    return REFUSED


def _worker(options: argparse.Namespace, lang: str) -> int:
    store = open_store(options.data, lang)
    if store is None:
        return FAULTS
    with interrupted() as asked:
        end_with_parent(asked.set)
        lease = store.lease()
        if lease is not None and not jobs.left_behind(lease):
            print(text("jobs.held", lang, worker=lease.worker), file=sys.stderr)
        print(text("jobs.ready", lang, folder=str(store.folder)), flush=True)
        try:
            jobs.work(store, processes=options.workers, scheduler=options.scheduler, fingerprint=fingerprint(), should_stop=asked.is_set)
        except jobs.SchedulerLost:
            return lost(options.scheduler, lang)
    return OK


def _serve(options: argparse.Namespace, lang: str) -> int:
    store = open_store(options.data, lang)
    if store is None:
        return FAULTS
    if not port_free(ADDRESS, options.port):
        print(text("jobs.port_taken", lang, port=str(options.port)), file=sys.stderr)
        return FAULTS
    os.environ["PLANNER_DATA"] = str(store.folder.resolve())
    os.environ["PLANNER_LANG"] = lang
    worker = [sys.executable, "-m", "planner", "worker", "--lang", lang, "--data", str(store.folder.resolve())]
    worker += ["--workers", str(options.workers)] if options.workers else []
    worker += ["--scheduler", options.scheduler] if options.scheduler else []
    children = [
        Child("editor", [sys.executable, "-m", "planner.ui.launch", str(options.port)], ROOT),
        Child("worker", worker, Path.cwd()),
    ]
    store.close()
    address = f"http://{ADDRESS}:{options.port}"
    with interrupted() as asked:
        if not options.no_browser:
            threading.Thread(target=_open_browser, args=(address, asked), daemon=True).start()
        print(text("jobs.serving", lang, address=address), flush=True)
        try:
            keep_alive(children, asked.is_set, lambda name: print(text(f"jobs.restarted.{name}", lang), file=sys.stderr))
        except GivenUp as error:
            print(text(f"jobs.given_up.{error.name}", lang), file=sys.stderr)
            return REFUSED
    return OK


def _open_browser(address: str, asked: threading.Event) -> None:
    """Show the editor once it answers."""
    port = int(address.rsplit(":", 1)[1])
    for _ in range(150):
        if asked.is_set():
            return
        if not port_free(ADDRESS, port):
            webbrowser.open(address)
            return
        time.sleep(0.2)
