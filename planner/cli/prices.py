"""`planner rules`: what each rule, lock and decision costs, between proven bounds."""

from __future__ import annotations

import argparse
import math
import sys

from planner import service
from planner.cli.shared import (
    USAGE,
    Command,
    answer,
    asked_scenario,
    asks_file,
    code_found,
    in_help,
    limits_asked,
    one_asked,
    print_issues,
    watched,
)
from planner.plan import Status


def add(command: Command, solving: argparse.ArgumentParser, lang: str) -> None:
    """Declare this command."""
    rules = command("rules", _rules, solving)
    asks_file(rules, lang, variant=True)
    rules.add_argument("--kinds", choices=tuple(service.KINDS), default="all", help=in_help(lang)("kinds"))


def _rules(options: argparse.Namespace, lang: str) -> int:
    problem = one_asked(options, lang, service.PRICED, service.PRICED[0])
    if problem is None:
        return USAGE
    scenario = asked_scenario(options, lang)
    if isinstance(scenario, int):
        return scenario
    limits = limits_asked(options)
    made = watched(lambda progress: service.price_rules(scenario, problem, limits, progress, options.roads, options.kinds), lang)
    print_issues(made.issues, lang, sys.stderr)
    answer(options, lang, lambda: service.prices_dict(made, lang), lambda: service.prices_text(made, lang))
    return code_found(math.isfinite(made.whole.cost), made.whole.status is Status.INFEASIBLE)
