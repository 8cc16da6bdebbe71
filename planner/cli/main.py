"""The command line, in French or English, with exit codes for scripts.

0 all computed and audited · 1 faults in the data · 2 badly written command · 3 rules that cannot be kept ·
4 no plan in time · 5 stopped by the user · 6 plan refused by its audit, or solver failed · 7 cannot write.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

from planner import service
from planner.cli import batches, buying, current, feedback, fronts, jobs, kitchens, places, plans, prices, setup, sharing, store
from planner.cli.shared import CANNOT_WRITE, OK, REFUSED, STOPPED, Run, above_zero, share, whole
from planner.i18n import LANGUAGES, catalogue, language, text

MODULES = (plans, current, kitchens, feedback, places, sharing, prices, fronts, buying, jobs, batches, store, setup)  # each adds its commands


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

    file, word, count = (say(f"value.{name}") for name in ("file", "word", "number"))
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--lang", choices=("fr", "en"), help=say("lang"))
    common.add_argument("--json", action="store_true", help=say("json"))
    solving = argparse.ArgumentParser(add_help=False)
    solving.add_argument("--only", default="", metavar=word, help=say("only"))
    solving.add_argument("--seconds", type=above_zero(lang), metavar=count, help=say("seconds"))
    solving.add_argument("--iterations", type=whole(1, lang), metavar=count, help=say("iterations"))
    solving.add_argument("--seed", type=whole(0, lang), default=1, metavar=count, help=say("seed"))
    solving.add_argument("--threads", type=whole(1, lang), default=2, metavar=count, help=say("threads"))
    solving.add_argument("--gap", type=share(lang), default=1e-4, metavar=count, help=say("gap"))
    solving.add_argument("--roads", type=Path, metavar=file, help=say("roads"))

    parser = argparse.ArgumentParser("planner", description=say("about"), epilog=say("codes"), parents=[common])
    commands = parser.add_subparsers(required=True, metavar=text("cli.value.command", lang))

    def command(name: str, run: Run, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=say(name), description=say(name), epilog=say("codes"), parents=[common, *parents])
        made.set_defaults(run=run)
        return made

    for module in MODULES:
        module.add(command, solving, lang)
    return parser
