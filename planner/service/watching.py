"""A folder of workbooks kept solved: each one dropped or changed gets its result book, or a copy with its faults marked."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from planner.i18n import euros, text
from planner.issues import errors
from planner.plan import Limits
from planner.service import workbooks
from planner.service.runs import result_book
from planner.store import Run, RunRequest, Store

SETTLED = 1.0  # seconds without a change before a file is taken for whole
SUFFIXES = {"fr": ("_resultat", "_fautes"), "en": ("_result", "_faults")}


@dataclass
class _File:
    """What is known of one workbook: its state on disk, the content last treated, the run asked for it."""

    stamp: tuple[float, int] = (0.0, 0)
    since: float = 0.0  # of its last change on disk, 0 once taken in
    content: str = ""
    run: int | None = None
    written: bool = False
    told_locked: bool = False


@dataclass
class Watcher:
    """Looks at a folder; the caller has the runs solved. Results, hidden files and Excel's own lock files are left alone."""

    store: Store
    folder: Path
    problems: Sequence[str]
    limits: Limits
    who: str
    lang: str
    files: dict[Path, _File] = field(default_factory=dict)

    def look(self) -> list[str]:
        """Take in what changed, write what has ended; the sentences to say."""
        said: list[str] = []
        for path in self._workbooks():
            known = self.files.setdefault(path, _File())
            try:
                found = path.stat()
                if (found.st_mtime, found.st_size) != known.stamp:
                    known.stamp, known.since = (found.st_mtime, found.st_size), time.monotonic()
                    continue
                if known.since and time.monotonic() - known.since < SETTLED:
                    continue
                content = hashlib.sha256(path.read_bytes()).hexdigest() if known.since else known.content
            except OSError:  # being written, or gone again
                continue
            known.since = 0.0
            if content != known.content:
                known.content, known.written, known.told_locked = content, False, False
                said += self._take(path, known)
            elif known.run is not None and not known.written:
                said += self._write(path, known)
        return said

    def waiting(self) -> list[int]:
        """Runs asked for that have not ended."""
        return [known.run for known in self.files.values() if known.run is not None and not known.written and not self.store.run(known.run).state.ended]

    def runs(self) -> list[Run]:
        """The last run of each workbook."""
        return [self.store.run(known.run) for known in self.files.values() if known.run is not None]

    def _workbooks(self) -> list[Path]:
        own = tuple(suffix for pair in SUFFIXES.values() for suffix in pair)
        return sorted(path for path in self.folder.glob("*.xlsx") if not path.name.startswith(("~$", ".")) and not path.stem.endswith(own))

    def _take(self, path: Path, known: _File) -> list[str]:
        """Ask for a run of a workbook, or mark its faults."""
        known.run = None
        reading = workbooks.open_scenario(path)
        if reading.scenario is None:
            target = path.with_name(f"{path.stem}{SUFFIXES[self.lang][1]}.xlsx")
            faults = len(errors(reading.issues))
            try:
                workbooks.annotate(path, reading.issues, target, self.lang)
            except (workbooks.CannotWrite, OSError):
                return [text("cli.watch.locked", self.lang, path=target.name)]
            return [text("cli.watch.faults", self.lang, file=path.name, count=faults, path=target.name if target.exists() else "–")]
        request = RunRequest(reading.scenario, tuple(self.problems), self.limits, self.who, label=path.stem)
        known.run = self.store.queue([request])[0].id
        return [text("cli.watch.taken", self.lang, file=path.name)]

    def _write(self, path: Path, known: _File) -> list[str]:
        """Write the result book of a run that has ended; a book open in Excel is written once it is closed."""
        assert known.run is not None
        run = self.store.run(known.run)
        if not run.state.ended:
            return []
        if not run.summary.get("problems"):
            known.written = True
            return [text("cli.watch.nothing", self.lang, file=path.name, reason=text(run.reason, self.lang) if run.reason else text(f"app.outcome.{run.outcome or 'nothing'}", self.lang))]
        target = path.with_name(f"{path.stem}{SUFFIXES[self.lang][0]}.xlsx")
        partial = target.with_name(f".{target.name}.partial")
        try:
            partial.write_bytes(result_book(self.store, run.id, self.lang))
            partial.replace(target)
        except OSError:
            told, known.told_locked = known.told_locked, True
            return [] if told else [text("cli.watch.locked", self.lang, path=target.name)]
        finally:
            partial.unlink(missing_ok=True)
        known.written = True
        (path.with_name(f"{path.stem}{SUFFIXES[self.lang][1]}.xlsx")).unlink(missing_ok=True)
        saving = run.summary.get("saving")
        return [text("cli.watch.written", self.lang, file=path.name, path=target.name, saving=text("cli.unknown", self.lang) if saving is None else euros(saving, self.lang))]
