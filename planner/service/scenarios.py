"""Scenarios kept in the store: samples, imports, copies, saves that lose nothing, comparison, export."""

from __future__ import annotations

import getpass
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from planner import excel
from planner.difference import CellChange, Conflict, difference, merge
from planner.i18n import as_title, text
from planner.scenario import Scenario
from planner.service.workbooks import Reading, open_scenario
from planner.store import Stale, Store, Version

SAMPLES = Path(__file__).resolve().parents[2] / "scenarios"
FIRST_SAMPLE = "la_rochelle_rochefort"


@dataclass(frozen=True)
class Imported:
    """What became of a workbook: the version made, or None and `reading.issues` that say why not."""

    version: Version | None
    reading: Reading


@dataclass(frozen=True)
class Saved:
    """What became of a save: the version made; or, where someone saved in between, what they changed (`theirs`) and
    both edits brought together (`merged`), with the cells that both changed differently (`conflicts`).
    """

    version: Version | None
    stale: Version | None = None
    theirs: Sequence[CellChange] = ()
    merged: Scenario | None = None
    conflicts: Sequence[Conflict] = ()


def computer_user() -> str:
    """Who is logged in on this computer, "" where nobody is (as in some containers)."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def samples() -> list[tuple[str, str, Path]]:
    """The workbooks that come with the planner: (code, title, path), the first to show first."""
    found = sorted(SAMPLES.glob("*.xlsx"), key=lambda path: (path.stem != FIRST_SAMPLE, path.stem))
    return [(path.stem, as_title(path.stem), path) for path in found]


def open_sample(store: Store, code: str, who: str) -> Version:
    """A sample in the list; one already there, and not changed since, is not added again. Raises KeyError."""
    title, path = {code: (title, path) for code, title, path in samples()}[code]
    reading = open_scenario(path)
    if reading.scenario is None:
        raise KeyError(code)
    for entry in store.scenarios():
        if entry.origin == path.name and entry.hash == reading.scenario.hash:
            return store.latest(entry.id)
    return store.add(reading.scenario.renamed(title), who, origin=path.name)


def import_workbook(store: Store, path: Path, who: str, name: str | None = None, origin: str = "") -> Imported:
    """Add a workbook's scenario to the list, unless it has a fault; every fault is in `reading`. `origin`: the file's name."""
    reading = open_scenario(path)
    if reading.scenario is None:
        return Imported(None, reading)
    scenario = reading.scenario.renamed(name or as_title(Path(origin or path.name).stem))
    return Imported(store.add(scenario, who, origin=origin or path.name), reading)


def duplicate(store: Store, version_id: int, name: str, who: str, lang: str) -> Version:
    """A scenario of its own from a version of another."""
    version = store.version(version_id)
    source = store.entry(version.scenario_id)
    note = text("scenarios.copied", lang, name=source.name, version=version.number)
    return store.add(store.scenario(version_id).renamed(name), who, note=note, origin=source.origin)


def compare(store: Store, before_id: int, after_id: int) -> list[CellChange]:
    """What changed from one version to another, of the same scenario or not."""
    return difference(store.scenario(before_id), store.scenario(after_id))


def save(store: Store, scenario_id: int, base: int, scenario: Scenario, who: str, note: str = "") -> Saved:
    """Save an edit made from version number `base`. Where someone saved in between, nothing is written and all is told."""
    done = store.save(scenario_id, base, scenario, who, note)
    return meeting(store, scenario_id, base, scenario) if isinstance(done, Stale) else Saved(done)


def meeting(store: Store, scenario_id: int, base: int, scenario: Scenario) -> Saved:
    """What saving an edit made from version number `base` would meet: their changes since, both edits together. Writes nothing."""
    current = store.latest(scenario_id)
    start = next(version for version in store.versions(scenario_id) if version.number == base)
    before, theirs = store.scenario(start.id), store.scenario(current.id)
    merged, conflicts = merge(before, scenario, theirs)
    return Saved(None, current, difference(before, theirs), merged, conflicts)


def export_workbook(store: Store, version_id: int, lang: str) -> bytes:
    """The workbook of a version, as the user could have filled it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scenario.xlsx"
        excel.write_scenario(store.scenario(version_id), path, lang)
        return path.read_bytes()
