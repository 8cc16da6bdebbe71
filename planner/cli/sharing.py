"""`planner share`: what every coalition would pay, and who gains what under each way of sharing."""

from __future__ import annotations

import argparse
import sys

from planner import service
from planner.cli.shared import (
    FAULTS,
    OK,
    USAGE,
    Command,
    answer,
    asked_scenario,
    asks_file,
    in_help,
    limits_asked,
    one_asked,
    print_issues,
    watched,
)
from planner.i18n import text
from planner.issues import errors


def add(command: Command, solving: argparse.ArgumentParser, lang: str) -> None:
    """Declare this command."""
    say = in_help(lang)
    share = command("share", _share, solving)
    asks_file(share, lang, output=True)
    share.add_argument("--percents", default="", metavar=say("value.word"), help=say("percents"))


def _share(options: argparse.Namespace, lang: str) -> int:
    problem = one_asked(options, lang, service.PROBLEM_NAMES, "purchasing")
    if problem is None:
        return USAGE
    scenario = asked_scenario(options, lang)
    if isinstance(scenario, int):
        return scenario
    agreed = service.percents(options.percents, scenario)
    if agreed is None:
        print(text("cli.share_percents", lang, typed=options.percents), file=sys.stderr)
        return USAGE
    limits = limits_asked(options)
    if options.output is not None:
        service.ensure_writable(options.output, options.file)
    made = watched(lambda progress: service.share(scenario, problem, limits, progress, options.roads, agreed), lang)
    print_issues(made.issues, lang, sys.stderr)
    answer(options, lang, lambda: service.sharing_dict(made), lambda: service.sharing_text(made, lang), (lambda path: service.write_sharing(made, path, lang)) if made.shares else None)
    return FAULTS if errors(made.issues) or made.total is None else OK
