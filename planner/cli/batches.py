"""Commands on many scenarios: batch, watch."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from planner import jobs, members, service
from planner.cli.jobs import interrupted, lost, open_store
from planner.cli.shared import (
    FAULTS,
    IMPOSSIBLE,
    NO_PLAN,
    OK,
    REFUSED,
    STOPPED,
    USAGE,
    Command,
    figure,
    in_help,
    limits_asked,
    names_asked,
    print_issues,
    whole,
)
from planner.i18n import euros, explain, mend, number, text
from planner.members import BadAxis, Member
from planner.outcomes import Line, line_of
from planner.report.batch import outcome
from planner.service import batches, scenarios
from planner.service.runs import Refused, fingerprint
from planner.service.scenarios import computer_user
from planner.service.watching import Watcher, inputs
from planner.store import Run, State, Store


def add(command: Command, solving: argparse.ArgumentParser, lang: str) -> None:
    """Declare these commands."""
    say = in_help(lang)
    file, folder, word, count = (say(f"value.{name}") for name in ("file", "folder", "word", "number"))
    batch = command("batch", _batch, solving)
    batch.add_argument("files", type=Path, metavar=file, nargs="*", help=say("batch_files"))
    batch.add_argument("--variants", metavar=word, help=say("variants"))
    batch.add_argument("--grid", action="append", default=[], metavar=word, help=say("grid"))
    batch.add_argument("--changed", action="store_true", help=say("changed"))
    batch.add_argument("--near-most", metavar=count, help=say("near_most"))
    batch.add_argument("--near-price", metavar=count, help=say("near_price"))
    batch.add_argument("-o", "--output", type=Path, metavar=file, help=say("batch_output"))
    watch = command("watch", _watch, solving)
    watch.add_argument("folder", type=Path, metavar=folder, help=say("watch_folder"))
    watch.add_argument("--every", type=float, default=2.0, metavar=count, help=say("every"))
    for made in (batch, watch):
        made.add_argument("--data", type=Path, metavar=folder, help=say("data"))
        made.add_argument("--workers", type=whole(1, lang), metavar=count, help=say("workers"))
        made.add_argument("--scheduler", default="", metavar="tcp://…", help=say("scheduler"))


# --- batch -----------------------------------------------------------------------------------------------


def _batch(options: argparse.Namespace, lang: str) -> int:
    names = names_asked(options, lang)
    if names is None:
        return USAGE
    if options.output:
        service.ensure_workbook_writable(options.output, *options.files)
    store = open_store(options.data, lang)
    if store is None:
        return FAULTS
    try:
        launched = _launch(store, options, names, lang)
    except BadAxis as error:
        print(f"{explain(error.issue, lang)} {mend(error.issue, lang)}", file=sys.stderr)
        return USAGE
    except Refused as error:
        print_issues(error.issues, lang, sys.stderr)
        return FAULTS
    if not launched:
        return OK if options.changed else FAULTS
    runs = [run for found in launched for run in found.runs]
    bar = _Bar(len(runs), sum(run.state.ended for run in runs), lang)
    try:
        with interrupted() as asked:
            open_runs = [run.id for run in runs if not run.state.ended]
            ended = not open_runs or jobs.work(
                store, open_runs, processes=options.workers, scheduler=options.scheduler, fingerprint=fingerprint(),
                should_stop=_Stopping(store, launched, asked, lang), on_change=bar.show,
            )  # fmt: skip
    except jobs.SchedulerLost:
        return lost(options.scheduler, lang)
    finally:
        bar.done()
    batch_ids = [found.batch.id for found in launched]
    lines = batches.told(store, batch_ids, lang)
    _print_table(lines, options.json, lang)
    if options.output:
        service.write_whole(options.output, batches.book(store, batch_ids, lang))
        print(text("cli.written", lang, path=str(options.output)), file=sys.stderr if options.json else sys.stdout)
    return _code(lines) if ended else STOPPED


class _Stopping:
    """At Ctrl-C the runs are asked to end with their best plan; the worker goes on until they have, half a minute at most."""

    def __init__(self, store: Store, launched: Sequence[batches.Launched], asked: threading.Event, lang: str) -> None:
        self.store, self.launched, self.asked, self.lang = store, launched, asked, lang
        self.since: float | None = None

    def __call__(self) -> bool:
        if not self.asked.is_set():
            return False
        if self.since is None:
            self.since = time.monotonic()
            print("\n" + text("cli.stopping", self.lang), file=sys.stderr)
            for found in self.launched:
                batches.stop(self.store, found.batch.id, computer_user())
        return time.monotonic() - self.since > 30.0


def _launch(store: Store, options: argparse.Namespace, names: Sequence[str], lang: str) -> list[batches.Launched]:
    """The batch that the command asks for; none (and the reasons printed) where a workbook cannot be read."""
    limits, who = limits_asked(options), computer_user()
    if options.changed:
        found = [
            batches.launch(store, text("cli.batch.changed", lang), "changed", {}, [member], problems, run_limits, who, version_id)
            for version_id, member, problems, run_limits in batches.changed_members(store)
        ]
        if not found:
            print(text("cli.batch.nothing_changed", lang))
        return found
    paths = _workbooks(options.files, options.output)
    if not paths:
        print(text("cli.batch.no_file", lang), file=sys.stderr)
        return []
    if len(paths) > 1 and not options.grid and options.variants is None:
        made = batches.folder_members(paths)
        _say_faults(made, lang)
        good = [member for member in made if not member.issues]
        return [batches.launch(store, text("cli.batch.folder", lang), "folder", {}, good, names, limits, who)] if good else []
    launched = []
    for path in paths:
        imported = _scenario(store, path, who, lang)
        if imported is None:
            continue
        version_id, entry_id = imported
        scenario = store.scenario(version_id)
        if options.near_most or options.near_price:
            most, prices = (_figures(typed, lang) for typed in (options.near_most, options.near_price))
            kind, made = "closeness", batches.closeness_members(store, entry_id, scenario, names, lang, [int(value) for value in most], prices)
        elif options.grid:
            kind, made = "grid", members.of_grid(scenario, [members.read_axis(typed, scenario, lang) for typed in options.grid], lang)
        else:
            wanted = None if options.variants in (None, "all") else [name.strip() for name in options.variants.split(",") if name.strip()]
            kind, made = "variants", members.of_variants(scenario, wanted, lang)
        _say_faults(made, lang)
        if any(not member.issues for member in made):
            launched.append(batches.launch(store, f"{scenario.name} · {text(f'cli.batch.{kind}', lang)}", kind, {}, made, names, limits, who, version_id))
    return launched


def _figures(typed: str | None, lang: str) -> list[float]:
    """Figures separated by commas or semicolons. Raises BadAxis."""
    values = []
    for part in (typed or "").replace(";", ",").split(","):
        if part.strip():
            value = figure(part.strip())
            if value is None or value < 0:
                raise BadAxis("axis_not_a_number", part.strip())
            values.append(value)
    return values


def _workbooks(paths: Sequence[Path], output: Path | None) -> list[Path]:
    """The workbooks named and those of the folders named; neither what this command writes nor what `watch` wrote."""
    found: list[Path] = []
    for path in paths:
        found += [inside for inside in inputs(path) if output is None or inside.resolve() != output.resolve()] if path.is_dir() else [path]
    return found


def _scenario(store: Store, path: Path, who: str, lang: str) -> tuple[int, int] | None:
    """The version and the scenario of a workbook in the store: one imported before with the same content is taken again."""
    reading = service.open_scenario(path)
    if reading.scenario is None:
        print_issues(reading.issues, lang, sys.stderr)
        return None
    for entry in store.scenarios():
        if entry.origin == path.name and entry.hash == reading.scenario.hash:
            return store.latest(entry.id).id, entry.id
    for entry in store.scenarios():
        if entry.origin == path.name:  # the same workbook, changed since: a version more
            saved = scenarios.save(store, entry.id, entry.version, reading.scenario.renamed(entry.name), who, text("cli.batch.from_file", lang))
            if saved.version is not None:
                return saved.version.id, entry.id
    imported = scenarios.import_workbook(store, path, who)
    return None if imported.version is None else (imported.version.id, imported.version.scenario_id)


def _say_faults(made: Sequence[Member], lang: str) -> None:
    for label, words in members.faults(made, lang):
        print(f"{label} : {words}" if lang == "fr" else f"{label}: {words}", file=sys.stderr)


class _Bar:
    """A bar on a terminal, a line per ended run elsewhere."""

    def __init__(self, count: int, ended: int, lang: str) -> None:
        self.count, self.ended, self.lang = count, ended, lang
        self.began, self.first = time.monotonic(), ended
        self.live = sys.stderr.isatty()
        self.best: Line | None = None  # the largest saving so far

    def show(self, run: Run) -> None:
        if not run.state.ended:
            return
        self.ended += 1
        line = line_of(run)
        if line.saving is not None and (self.best is None or line.saving > (self.best.saving or 0.0)):
            self.best = line
        if not self.live:
            saving = text("cli.unknown_feminine", self.lang) if line.saving is None else euros(line.saving, self.lang)
            print(f"{self.ended}/{self.count} {line.label} · {outcome(line, self.lang)} · {saving}", file=sys.stderr, flush=True)
            return
        width = 30
        done = round(width * self.ended / max(1, self.count))
        spent = time.monotonic() - self.began
        left = spent / max(1, self.ended - self.first) * (self.count - self.ended)
        said = text("cli.batch.left", self.lang, ended=self.ended, count=self.count, left=number(left, self.lang))
        if self.best is not None:
            said += " · " + text("cli.batch.best", self.lang, label=self.best.label, saving=euros(self.best.saving or 0.0, self.lang))
        said = said[: max(20, shutil.get_terminal_size().columns - width - 4)]
        sys.stderr.write(f"\r\x1b[2K[{'█' * done}{'·' * (width - done)}] {said}")
        sys.stderr.flush()

    def done(self) -> None:
        if self.live:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()


def _print_table(lines: Sequence[Line], as_json: bool, lang: str) -> None:
    if as_json:
        print(json.dumps([_dict(line) for line in lines], ensure_ascii=False, indent=1))
        return
    unknown = "–"

    def money(value: float | None) -> str:
        return unknown if value is None else euros(value, lang)

    problems = [name for name in service.PROBLEM_NAMES if any(name in line.costs for line in lines)]
    head = [text(f"batch.col.{key}", lang) for key in ("member", "state", "saving")]
    for name in problems:
        head += [f"{text(f'problem.{name}', lang)} {text(f'batch.col.{key}', lang)}" for key in ("cost", "bound", "gap")]
    head += [text(f"batch.col.{key}", lang) for key in ("co2", "changes", "changed")]
    table = [head]
    for line in lines:
        cells = [line.label, outcome(line, lang), money(line.saving) + (" *" if line.faulty_today else "")]
        for name in problems:
            cells += [money(line.costs.get(name)), money(line.bounds.get(name)), money(line.gaps.get(name))]
        cells += [unknown if line.co2 is None else number(line.co2, lang, 1), unknown if line.changes is None else str(line.changes), line.changed]
        table.append(cells)
    print(service.aligned(table, (0, 1, len(head) - 1)))
    if any(line.faulty_today for line in lines):
        print("\n" + text("lots.faulty_today", lang))
    counts = Counter(outcome(line, lang) for line in lines)
    print("\n" + " · ".join(f"{words} : {count}" if lang == "fr" else f"{words}: {count}" for words, count in counts.items()))


def _dict(line: Line) -> dict[str, Any]:
    return {"run": line.run.id, "label": line.label, "state": str(line.run.state), "outcome": line.run.outcome, "saving": line.saving, "costs": dict(line.costs),
            "bounds": dict(line.bounds), "gaps": dict(line.gaps), "co2": line.co2, "changes": line.changes, "changed": line.changed, "tries": line.run.tries,
            "answered_from": line.run.answered_from}  # fmt: skip


def _code(lines: Sequence[Line]) -> int:
    """The worst outcome."""
    order = {"refused": REFUSED, "failed": REFUSED, "impossible": IMPOSSIBLE, "no_plan": NO_PLAN, "nothing": FAULTS, "stopped": STOPPED, "cancelled": STOPPED, "ok": OK}
    found = {line.run.outcome or str(line.run.state) for line in lines}
    return next((code for word, code in order.items() if word in found), OK)


# --- watch -----------------------------------------------------------------------------------------------


def _watch(options: argparse.Namespace, lang: str) -> int:
    names = names_asked(options, lang)
    if names is None:
        return USAGE
    if not options.folder.is_dir():
        print(text("cli.watch.no_folder", lang, path=str(options.folder)), file=sys.stderr)
        return FAULTS
    store = open_store(options.data, lang)
    if store is None:
        return FAULTS
    watcher = Watcher(store, options.folder, names, limits_asked(options), computer_user(), lang)
    print(text("cli.watch.ready", lang, path=str(options.folder)), flush=True)
    try:
        with interrupted() as asked:
            while not asked.is_set():
                for said in watcher.look():
                    print(said, flush=True)
                waiting = watcher.waiting()
                if waiting:
                    jobs.work(store, waiting, processes=options.workers, scheduler=options.scheduler, fingerprint=fingerprint(), should_stop=asked.is_set)
                    continue
                asked.wait(options.every)
    except jobs.SchedulerLost:
        return lost(options.scheduler, lang)
    return OK if not [run for run in watcher.runs() if run.state is State.FAILED] else REFUSED
