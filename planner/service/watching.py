"""A folder of workbooks kept solved: each one dropped or changed gets its result book, or a copy with its faults marked."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from planner.i18n import euros, text
from planner.issues import errors
from planner.plan import Limits
from planner.service import workbooks
from planner.service.runs import result_book
from planner.store import Run, RunRequest, State, Store

SETTLED = 1.0  # seconds without a change before a file is taken for whole
SUFFIXES = {"fr": ("_resultat", "_fautes"), "en": ("_result", "_faults")}


def inputs(folder: Path) -> list[Path]:
    """The workbooks of a folder that people put there: not what `watch` wrote, nor hidden files nor Excel's lock files."""
    own = tuple(suffix for pair in SUFFIXES.values() for suffix in pair)
    return sorted(path for path in folder.glob("*.xlsx") if not path.name.startswith(("~$", ".")) and not path.stem.endswith(own))


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
        for path in inputs(self.folder):
            known = self.files.setdefault(path, _File())
            try:
                found = path.stat()
                if (found.st_mtime, found.st_size) != known.stamp:
                    known.stamp, known.since = (found.st_mtime, found.st_size), time.monotonic()
                    continue
                if known.since and time.monotonic() - known.since < SETTLED:
                    continue
                content = hashlib.sha256(path.read_bytes()).hexdigest() if known.since or not known.content else known.content
            except OSError:  # being written, or gone again
                continue
            known.since = 0.0
            if content != known.content:
                known.content, known.written = content, False
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

    def _take(self, path: Path, known: _File) -> list[str]:
        """Ask for a run of a workbook, or mark its faults in a copy; a copy open in Excel is written once it is closed."""
        known.run = None
        reading = workbooks.open_scenario(path)
        if reading.scenario is None:
            target = path.with_name(f"{path.stem}{SUFFIXES[self.lang][1]}.xlsx")
            try:
                workbooks.annotate(path, reading.issues, target, self.lang)
            except (workbooks.CannotWrite, OSError):
                known.content = ""  # taken again at the next look
                return self._locked(known, target)
            known.told_locked = False
            return [text("cli.watch.faults", self.lang, file=path.name, count=len(errors(reading.issues)), path=target.name if target.exists() else "–")]
        request = RunRequest(reading.scenario, tuple(self.problems), self.limits, self.who, label=path.stem)
        left = (run for run in self.store.runs(states=(State.QUEUED, State.RUNNING)) if self._same(run, request))  # by a watch that was ended
        known.run = (next(left, None) or self.store.queue([request])[0]).id
        return [text("cli.watch.taken", self.lang, file=path.name)]

    @staticmethod
    def _same(run: Run, request: RunRequest) -> bool:
        return (run.label, run.hash, run.problems, run.limits) == (request.label, request.scenario.hash, tuple(request.problems), request.limits)

    def _locked(self, known: _File, target: Path) -> list[str]:
        """That a file is open elsewhere, said once."""
        told, known.told_locked = known.told_locked, True
        return [] if told else [text("cli.watch.locked", self.lang, path=target.name)]

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
        try:
            workbooks.write_whole(target, result_book(self.store, run.id, self.lang))
        except workbooks.CannotWrite:
            return self._locked(known, target)
        known.written, known.told_locked = True, False
        with suppress(OSError):  # open in Excel: it stays
            path.with_name(f"{path.stem}{SUFFIXES[self.lang][1]}.xlsx").unlink(missing_ok=True)
        saving = run.summary.get("saving")
        return [text("cli.watch.written", self.lang, file=path.name, path=target.name, saving=text("cli.unknown_feminine", self.lang) if saving is None else euros(saving, self.lang))]
