"""`planner check-routes`: today's routes as they are, and what moving one stop would save."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from planner import service
from planner.cli.shared import FAULTS, OK, Command, asked_scenario, in_help, watched
from planner.i18n import text


def add(command: Command, solving: argparse.ArgumentParser, lang: str) -> None:
    """Declare this command."""
    say = in_help(lang)
    check = command("check-routes", _check)
    check.add_argument("file", type=Path, metavar=say("value.file"), help=say("file"))
    check.add_argument("--roads", type=Path, metavar=say("value.file"), help=say("roads"))


def _check(options: argparse.Namespace, lang: str) -> int:
    scenario = asked_scenario(options, lang)
    if isinstance(scenario, int):
        return scenario
    made = watched(lambda progress: service.check_routes(scenario, progress, options.roads), lang)
    if made is None:
        print(text("current.unknown", lang), file=sys.stderr)
        return FAULTS
    print(json.dumps(service.review_dict(made), ensure_ascii=False, indent=1) if options.json else service.review_text(made, scenario, lang))
    return OK
