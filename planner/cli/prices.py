"""`planner rules`: what each rule, lock and decision costs, between proven bounds."""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path

from planner import service
from planner.cli.shared import IMPOSSIBLE, NO_PLAN, OK, USAGE, Command, asked_scenario, in_help, limits_asked, print_issues, watched
from planner.i18n import text
from planner.plan import Status


def add(command: Command, solving: argparse.ArgumentParser, lang: str) -> None:
    """Declare this command."""
    say = in_help(lang)
    rules = command("rules", _rules, solving)
    rules.add_argument("file", type=Path, metavar=say("value.file"), help=say("file"))
    rules.add_argument("--variant", metavar=say("value.word"), help=say("variant"))
    rules.add_argument("--kinds", choices=tuple(service.KINDS), default="all", help=say("kinds"))


def _rules(options: argparse.Namespace, lang: str) -> int:
    problem = options.only or service.PRICED[0]
    if problem not in service.PRICED:
        print(text("cli.rules_one", lang, names=", ".join(service.PRICED)), file=sys.stderr)
        return USAGE
    scenario = asked_scenario(options, lang)
    if isinstance(scenario, int):
        return scenario
    limits = limits_asked(options)
    made = watched(lambda progress: service.price_rules(scenario, problem, limits, progress, options.roads, options.kinds), lang)
    print_issues(made.issues, lang, sys.stderr)
    print(json.dumps(service.prices_dict(made, lang), ensure_ascii=False, indent=1) if options.json else service.prices_text(made, lang))
    if math.isfinite(made.whole.cost):
        return OK
    return IMPOSSIBLE if made.whole.status is Status.INFEASIBLE else NO_PLAN
