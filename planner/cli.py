"""The command line: template, check, solve, compare, export, docs; French or English; exit codes for scripts.

0 all computed and audited · 1 faults in the data · 2 badly written command · 3 rules that cannot be kept ·
4 no plan in time · 5 stopped by the user · 6 plan refused by its audit, or solver failed · 7 cannot write.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

from planner import service
from planner.i18n import LANGUAGES, catalogue, describe, euros, explain, language, mend, number, severity, text
from planner.issues import Issue, errors
from planner.plan import Limits, Progress, Step

OK, FAULTS, USAGE, IMPOSSIBLE, NO_PLAN, STOPPED, REFUSED, CANNOT_WRITE = range(8)
MOST = 2**31 - 1  # largest whole number that every solver takes
DIGITS = "0123456789"
T = TypeVar("T")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. No traceback ever reaches the user."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    lang = _asked_language(arguments)
    _speak(lang)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # Windows consoles default to an old code page
    options = _parser(lang).parse_args(arguments)
    try:
        return int(options.run(options, lang))
    except service.CannotWrite as error:
        print(text(f"cli.{error.code}", lang, path=str(error.path), reason=text(f"os.{error.reason}", lang)), file=sys.stderr)
        return CANNOT_WRITE
    except KeyboardInterrupt:
        return STOPPED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as error:
        trace = Path(tempfile.gettempdir()) / "planner-erreur.txt"
        trace.write_text(traceback.format_exc(), encoding="utf-8")
        print(text("cli.unexpected", lang, kind=type(error).__name__, reason=str(error), path=str(trace)), file=sys.stderr)
        return REFUSED


def _asked_language(arguments: Sequence[str]) -> str:
    for index, word in enumerate(arguments):
        if word == "--lang" and index + 1 < len(arguments):
            return language(arguments[index + 1])
        if word.startswith("--lang="):
            return language(word.split("=", 1)[1])
    return language()


def _speak(lang: str) -> None:
    """argparse's own words in the reader's language."""
    words = {key.removeprefix("argparse."): pair[LANGUAGES.index(lang)] for key, pair in catalogue().items() if key.startswith("argparse.")}
    vars(argparse)["_"] = lambda message: words.get(message, message)
    vars(argparse)["ngettext"] = lambda one, many, count: words.get(one if count == 1 else many, one if count == 1 else many)


def _parser(lang: str) -> argparse.ArgumentParser:
    def say(key: str) -> str:
        return text(f"cli.{key}", lang).replace("%", "%%")

    file, folder, word, count = (say(f"value.{name}") for name in ("file", "folder", "word", "number"))
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--lang", choices=("fr", "en"), help=say("lang"))
    common.add_argument("--json", action="store_true", help=say("json"))
    solving = argparse.ArgumentParser(add_help=False)
    solving.add_argument("--only", default="", metavar=word, help=say("only"))
    solving.add_argument("--seconds", type=_above_zero(lang), default=60.0, metavar=count, help=say("seconds"))
    solving.add_argument("--iterations", type=_whole(1, lang), metavar=count, help=say("iterations"))
    solving.add_argument("--seed", type=_whole(0, lang), default=1, metavar=count, help=say("seed"))
    solving.add_argument("--threads", type=_whole(1, lang), default=2, metavar=count, help=say("threads"))
    solving.add_argument("--gap", type=_share(lang), default=1e-4, metavar=count, help=say("gap"))
    solving.add_argument("--roads", type=Path, metavar=file, help=say("roads"))

    parser = argparse.ArgumentParser("planner", description=say("about"), epilog=say("codes"), parents=[common])
    commands = parser.add_subparsers(required=True, metavar="template|check|solve|compare|export|docs")

    def command(name: str, run: Callable[[argparse.Namespace, str], int], *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=say(name), description=say(name), epilog=say("codes"), parents=[common, *parents])
        made.set_defaults(run=run)
        return made

    template = command("template", _template)
    template.add_argument("-o", "--output", type=Path, metavar=file, default=Path("modele.xlsx" if lang == "fr" else "template.xlsx"), help=say("output"))
    check = command("check", _check)
    check.add_argument("file", type=Path, metavar=file, help=say("file"))
    check.add_argument("--annotated", type=Path, metavar=file, help=say("annotated"))
    check.add_argument("--roads", type=Path, metavar=file, help=say("roads"))
    solve = command("solve", _solve, solving)
    solve.add_argument("file", type=Path, metavar=file, help=say("file"))
    solve.add_argument("-o", "--output", type=Path, metavar=file, help=say("output"))
    solve.add_argument("--variant", metavar=word, help=say("variant"))
    compare = command("compare", _compare, solving)
    compare.add_argument("files", type=Path, metavar=file, nargs="+", help=say("files"))
    compare.add_argument("--variants", metavar=word, help=say("variants"))
    export = command("export", _export)
    export.add_argument("file", type=Path, metavar=file, help=say("file"))
    export.add_argument("--plan", type=Path, metavar=file, required=True, help=say("plan"))
    export.add_argument("--format", choices=("csv", "geojson", "json"), default="csv", help=say("format"))
    export.add_argument("--roads", type=Path, metavar=file, help=say("roads"))
    export.add_argument("-o", "--output", type=Path, metavar=file, required=True, help=say("output"))
    docs = command("docs", _docs)
    docs.add_argument("folder", type=Path, metavar=folder, nargs="?", default=Path("docs"), help=say("folder"))
    return parser


def _above_zero(lang: str) -> Callable[[str], float]:
    def read(word: str) -> float:
        value = _figure(word)
        if value is None or not value > 0:
            raise argparse.ArgumentTypeError(text("cli.expected.above_zero", lang, found=word))
        return value

    return read


def _share(lang: str) -> Callable[[str], float]:
    def read(word: str) -> float:
        value = _figure(word)
        if value is None or not 0 <= value < 1:
            raise argparse.ArgumentTypeError(text("cli.expected.share", lang, found=word))
        return value

    return read


def _whole(least: int, lang: str) -> Callable[[str], int]:
    def read(word: str) -> int:
        if not word.isascii() or not word.isdigit() or not least <= int(word) <= MOST:
            raise argparse.ArgumentTypeError(text("cli.expected.whole", lang, found=word, least=least))
        return int(word)

    return read


def _figure(word: str) -> float | None:
    """A finite number, with a decimal comma or point."""
    try:
        value = float(word.replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


# --- commands --------------------------------------------------------------------------------------------


def _template(options: argparse.Namespace, lang: str) -> int:
    service.template(options.output, lang)
    return _written([options.output], options, lang)


def _docs(options: argparse.Namespace, lang: str) -> int:
    return _written(service.docs(options.folder), options, lang)


def _check(options: argparse.Namespace, lang: str) -> int:
    found = service.check(options.file, options.roads)
    written = []
    if options.annotated:
        service.annotate(options.file, found, options.annotated, lang)
        written = [options.annotated]
    faults = len(errors(found))
    if options.json:
        print(json.dumps({"valid": not faults, "issues": [service.issue_dict(i, lang) for i in found]}, ensure_ascii=False, indent=1))
    else:
        _print_issues(found, lang, sys.stdout)
        print(text("cli.faults", lang, errors=faults, warnings=len(found) - faults) if found else text("cli.no_fault", lang))
        _written(written, options, lang)
    return FAULTS if faults else OK


def _solve(options: argparse.Namespace, lang: str) -> int:
    names = _names(options, lang)
    if names is None:
        return USAGE
    output = options.output or options.file.with_name(f"{options.file.stem}_{'resultat' if lang == 'fr' else 'result'}.xlsx")
    service.ensure_workbook_writable(output, options.file)
    if faults := service.road_faults(options.roads):
        return _refused(faults, options, lang)
    opened = service.open_scenario(options.file, options.variant)
    if opened.scenario is None:
        return _refused(opened.issues, options, lang)
    limits = _limits(options)
    scenario = opened.scenario
    study = _watched(lambda progress: service.solve(scenario, names, limits, progress, options.roads), lang)
    study = service.placed(study, opened)
    service.write_result(study, output, lang, options.file, limits, " ".join(["planner", *sys.argv[1:]]))
    if options.json:
        print(json.dumps({**service.study_dict(study, lang), "output": str(output)}, ensure_ascii=False, indent=1))
    else:
        _print_issues(service.worth_saying(study), lang, sys.stderr)
        print(service.summary_text(study, lang))
        _written([output], options, lang)
    return _code(service.outcome(study))


def _compare(options: argparse.Namespace, lang: str) -> int:
    names = _names(options, lang)
    if names is None:
        return USAGE
    if faults := service.road_faults(options.roads):
        return _refused(faults, options, lang)
    if options.variants is None:
        table, issues = service.compare_results(options.files, lang)
        code = FAULTS if errors(issues) else OK
    else:
        limits = _limits(options)
        wanted = [] if options.variants == "all" else [name.strip() for name in options.variants.split(",") if name.strip()]
        table, issues, outcome = _watched(
            lambda progress: service.compare_variants(options.files[0], wanted, names, limits, progress, options.roads, lang), lang
        )
        code = FAULTS if outcome is None else _code(outcome)
    _print_issues(issues, lang, sys.stderr)
    if options.json or table.rows:
        print(json.dumps(table.as_dict(), ensure_ascii=False, indent=1) if options.json else service.comparison_text(table, lang))
    return code


def _export(options: argparse.Namespace, lang: str) -> int:
    if options.format != "csv":
        service.ensure_writable(options.output, options.file, options.plan)
    opened = service.open_scenario(options.file)
    if opened.scenario is None:
        return _refused(opened.issues, options, lang)
    study, issues = service.read_result(options.plan, opened.scenario, options.roads)
    if study is None:
        return _refused(issues, options, lang)
    written = service.export(study, options.format, options.output, lang)
    _print_issues(service.worth_saying(study), lang, sys.stderr)
    _written(written, options, lang)
    return _code(service.outcome(study))


# --- shared ----------------------------------------------------------------------------------------------


def _names(options: argparse.Namespace, lang: str) -> list[str] | None:
    known = {word.casefold(): name for name in service.PROBLEM_NAMES for word in (name, text(f"problem.{name}", "fr"), text(f"problem.{name}", "en"))}
    words = [word.strip() for word in options.only.split(",") if word.strip()]
    for word in words:
        if word.casefold() not in known:
            print(text("cli.bad_problem", lang, found=word, known=", ".join(service.PROBLEM_NAMES)), file=sys.stderr)
            return None
    asked = {known[word.casefold()] for word in words} or set(service.PROBLEM_NAMES)
    return [name for name in service.PROBLEM_NAMES if name in asked]


def _limits(options: argparse.Namespace) -> Limits:
    return Limits(options.seconds, options.seed, options.threads, options.gap, options.iterations)


def _refused(issues: Sequence[Issue], options: argparse.Namespace, lang: str) -> int:
    if options.json:
        print(json.dumps({"valid": False, "issues": [service.issue_dict(i, lang) for i in issues]}, ensure_ascii=False, indent=1))
    else:
        _print_issues(issues, lang, sys.stderr)
        print(text("cli.faults", lang, errors=len(errors(issues)), warnings=len(issues) - len(errors(issues))), file=sys.stderr)
    return FAULTS


def _code(outcome: str) -> int:
    return {"ok": OK, "impossible": IMPOSSIBLE, "no_plan": NO_PLAN, "stopped": STOPPED, "refused": REFUSED, "nothing": FAULTS, "faults": FAULTS}[outcome]


def _print_issues(issues: Sequence[Issue], lang: str, stream: Any) -> None:
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


def _written(paths: Sequence[Path], options: argparse.Namespace, lang: str) -> int:
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
        unknown = text("cli.unknown", self.lang)
        line = text(
            "cli.progress", self.lang, problem=_what(step, self.lang), seconds=number(step.seconds, self.lang),
            cost=unknown if step.cost is None else euros(step.cost, self.lang),
            bound=unknown if step.bound is None else euros(step.bound, self.lang),
        )  # fmt: skip
        sys.stderr.write(f"\r\x1b[2K{line}" if self.live else f"{line}\n")
        sys.stderr.flush()

    def done(self) -> None:
        if self.live and self.step is not None:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()


def _what(step: Step, lang: str) -> str:
    phase = f" · {text(step.phase, lang)}" if step.phase in catalogue() else ""
    return text(f"problem.{step.problem}", lang) + phase


def _watched(work: Callable[[Progress], T], lang: str) -> T:
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
