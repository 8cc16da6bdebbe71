"""What the commands share: exit codes, limits typed, findings and progress printed, Ctrl-C heard."""

from __future__ import annotations

import argparse
import json
import math
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any, Protocol, TypeVar

from planner import service
from planner.i18n import catalogue, describe, euros, explain, mend, number, severity, text
from planner.issues import Issue, errors
from planner.plan import Limits, Progress, Step
from planner.scenario import Scenario
from planner.typed import fold

OK, FAULTS, USAGE, IMPOSSIBLE, NO_PLAN, STOPPED, REFUSED, CANNOT_WRITE = range(8)
MOST = 2**31 - 1  # largest whole number that every solver takes
SECONDS, AN_HOUR = 60.0, 3600.0  # per problem, unless asked for otherwise
DIGITS = "0123456789"
T = TypeVar("T")
Run = Callable[[argparse.Namespace, str], int]


class Command(Protocol):
    """Adds a command: its name (its help is the text `cli.<name>`), what it runs, parsers whose options it takes."""

    def __call__(self, name: str, run: Run, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser: ...


def in_help(lang: str) -> Callable[[str], str]:
    """Texts `cli.<key>` as argparse takes them, where % has a meaning."""
    return lambda key: text(f"cli.{key}", lang).replace("%", "%%")


def above_zero(lang: str) -> Callable[[str], float]:
    def read(word: str) -> float:
        value = figure(word)
        if value is None or not value > 0:
            raise argparse.ArgumentTypeError(text("cli.expected.above_zero", lang, found=word))
        return value

    return read


def share(lang: str) -> Callable[[str], float]:
    def read(word: str) -> float:
        value = figure(word)
        if value is None or not 0 <= value < 1:
            raise argparse.ArgumentTypeError(text("cli.expected.share", lang, found=word))
        return value

    return read


def whole(least: int, lang: str) -> Callable[[str], int]:
    def read(word: str) -> int:
        if not word.isascii() or not word.isdigit() or not least <= int(word) <= MOST:
            raise argparse.ArgumentTypeError(text("cli.expected.whole", lang, found=word, least=least))
        return int(word)

    return read


def figure(word: str) -> float | None:
    """A finite number, with a decimal comma or point."""
    try:
        value = float(word.replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def asks_file(parser: argparse.ArgumentParser, lang: str, variant: bool = False, output: bool = False) -> None:
    """Declare the workbook asked about, and where asked for one of its variants and the file to write."""
    say = in_help(lang)
    parser.add_argument("file", type=Path, metavar=say("value.file"), help=say("file"))
    if variant:
        parser.add_argument("--variant", metavar=say("value.word"), help=say("variant"))
    if output:
        parser.add_argument("-o", "--output", type=Path, metavar=say("value.file"), help=say("output"))


def unknown_among(typed: Sequence[str], known: Collection[str], key: str, lang: str) -> bool:
    """Whether some of the codes typed are not known; then the text `key` says which."""
    strange = sorted(set(typed) - set(known))
    if strange:
        print(text(key, lang, typed=", ".join(strange)), file=sys.stderr)
    return bool(strange)


def words_in(typed: str) -> list[str]:
    """The words of a list typed with commas."""
    return [word.strip() for word in typed.split(",") if word.strip()]


def answer(options: argparse.Namespace, lang: str, plain: Callable[[], Any], words: Callable[[], str], write: Callable[[Path], None] | None = None) -> None:
    """Print an answer, as plain values for programs where asked, else in words; before that write it to the file asked for, if any."""
    path: Path | None = getattr(options, "output", None) if write is not None else None
    if path is not None and write is not None:
        write(path)
    print(json.dumps(plain(), ensure_ascii=False, indent=1) if options.json else words())
    if path is not None:
        written([path], options, lang)


def code_found(found: bool, impossible: bool) -> int:
    """The exit code of a question about plans: whether one was found, else whether it is proven that there is none."""
    return OK if found else IMPOSSIBLE if impossible else NO_PLAN


def _problems() -> dict[str, str]:
    """Problems by what they are called, with or without accents: in the code, in French, in English."""
    return {fold(word): name for name in service.PROBLEM_NAMES for word in (name, text(f"problem.{name}", "fr"), text(f"problem.{name}", "en"))}


def _said(names: Sequence[str], lang: str) -> str:
    return ", ".join(text(f"problem.{name}", lang).lower() for name in names)


def one_asked(options: argparse.Namespace, lang: str, among: Sequence[str], default: str) -> str | None:
    """The one problem that a question is about; None, with a message, where something else was typed."""
    typed = fold(options.only)
    found = _problems().get(typed) if typed else default
    if found in among:
        return found
    print(text("cli.one_problem", lang, names=_said(among, lang)), file=sys.stderr)
    return None


def names_asked(options: argparse.Namespace, lang: str) -> list[str] | None:
    known = _problems()
    words = [word.strip() for word in options.only.split(",") if word.strip()]
    for word in words:
        if fold(word) not in known:
            print(text("cli.bad_problem", lang, found=word, known=_said(service.PROBLEM_NAMES, lang)), file=sys.stderr)
            return None
    asked = {known[fold(word)] for word in words} or set(service.PROBLEM_NAMES)
    return [name for name in service.PROBLEM_NAMES if name in asked]


def limits_asked(options: argparse.Namespace) -> Limits:
    """Seconds that are not asked for are no limit where iterations are: these alone say when a search ends."""
    seconds = options.seconds or (SECONDS if options.iterations is None else AN_HOUR)
    return Limits(seconds, options.seed, options.threads, options.gap, options.iterations)


def refused(issues: Sequence[Issue], options: argparse.Namespace, lang: str) -> int:
    if options.json:
        print(json.dumps({"valid": False, "issues": [service.issue_dict(i, lang) for i in issues]}, ensure_ascii=False, indent=1))
    else:
        print_issues(issues, lang, sys.stderr)
        print(text("cli.faults", lang, errors=len(errors(issues)), warnings=len(issues) - len(errors(issues))), file=sys.stderr)
    return FAULTS


def asked_scenario(options: argparse.Namespace, lang: str) -> Scenario | int:
    """The scenario of the file (and variant) asked for, or the exit code once its faults, or those of the roads, are told."""
    if faults := service.road_faults(options.roads):
        return refused(faults, options, lang)
    opened = service.open_scenario(options.file, getattr(options, "variant", None))
    return refused(opened.issues, options, lang) if opened.scenario is None else opened.scenario


def code_of(outcome: str) -> int:
    return {"ok": OK, "impossible": IMPOSSIBLE, "no_plan": NO_PLAN, "stopped": STOPPED, "refused": REFUSED, "nothing": FAULTS, "faults": FAULTS}[outcome]


def print_issues(issues: Sequence[Issue], lang: str, stream: Any) -> None:
    """One line per finding; the same finding in several cells of a column is said once, with its cells."""
    alike: dict[tuple[str, ...], list[Issue]] = {}
    for number_, issue in enumerate(issues):
        same = (issue.severity, issue.sheet, issue.cell.rstrip(DIGITS), explain(issue, lang), mend(issue, lang)) if issue.cell else (str(number_),)
        alike.setdefault(same, []).append(issue)
    for found in alike.values():
        shown = found[0] if len(found) == 1 else replace(found[0], cell=ranges([issue.cell for issue in found]))
        print(f"[{severity(shown.severity, lang)}] {describe(shown, lang)}", file=stream)


def ranges(cells: Sequence[str]) -> str:
    """Cells of one column as Excel writes them: `A2:A5, A9`."""
    column = cells[0].rstrip(DIGITS)
    numbers = sorted({int(cell.removeprefix(column)) for cell in cells})
    starts = [n for n in numbers if n - 1 not in numbers]
    ends = [n for n in numbers if n + 1 not in numbers]
    return ", ".join(f"{column}{a}" if a == b else f"{column}{a}:{column}{b}" for a, b in zip(starts, ends, strict=True))


def written(paths: Sequence[Path], options: argparse.Namespace, lang: str) -> int:
    for path in paths:
        print(text("cli.written", lang, path=str(path)), file=sys.stderr if options.json else sys.stdout)
    return OK


class _Line:
    """The progress line: rewritten in place on a terminal, a new line every ten seconds elsewhere."""

    def __init__(self, lang: str) -> None:
        self.lang, self.last, self.step = lang, 0.0, None
        self.live = sys.stderr.isatty()

    step: Step | None

    def show(self, step: Step) -> None:
        now = time.monotonic()
        changed = self.step is None or _what(self.step, self.lang) != _what(step, self.lang)
        self.step = step
        if not changed and now - self.last < (0.2 if self.live else 10.0):
            return
        self.last = now
        line = text(
            "cli.progress", self.lang, problem=_what(step, self.lang), seconds=number(step.seconds, self.lang),
            cost=text("cli.unknown", self.lang) if step.cost is None else euros(step.cost, self.lang),
            bound=text("cli.unknown_feminine", self.lang) if step.bound is None else euros(step.bound, self.lang),
        )  # fmt: skip
        sys.stderr.write(f"\r\x1b[2K{line}" if self.live else f"{line}\n")
        sys.stderr.flush()

    def done(self) -> None:
        if self.live and self.step is not None:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()


def _what(step: Step, lang: str) -> str:
    phase = f" · {text(step.phase, lang)}" if step.phase in catalogue() else ""
    turn = "" if step.turn is None else " · " + text("cli.turn", lang, number=step.turn[0], of=step.turn[1])
    return text(f"problem.{step.problem}", lang) + turn + phase


def watched(work: Callable[[Progress], T], lang: str) -> T:
    """Run `work` in a thread so that Ctrl-C is heard at once: the first asks to stop and keeps the best
    plan, the second gives up.
    """
    line = _Line(lang)
    progress = Progress(line.show)

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        if progress.should_stop():
            raise KeyboardInterrupt
        progress.stop()
        sys.stderr.write("\n" + text("cli.stopping", lang) + "\n")

    in_main = threading.current_thread() is threading.main_thread()
    before = {name: signal.signal(name, interrupt) for name in (signal.SIGINT, signal.SIGTERM)} if in_main else {}
    try:
        return service.in_thread(work, progress)
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
        line.done()
