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
from planner.i18n import text
from planner.plan import Limits, Status
from planner.scenario import Scenario


def add(command: Command, solving: argparse.ArgumentParser, lang: str) -> None:
    """Declare this command."""
    rules = command("rules", _rules, solving)
    asks_file(rules, lang, variant=True)
    rules.add_argument("--years", metavar=in_help(lang)("value.kitchens"), help=in_help(lang)("rules_years"))
    rules.add_argument("--kinds", choices=tuple(service.KINDS), default="all", help=in_help(lang)("kinds"))


def _rules(options: argparse.Namespace, lang: str) -> int:
    problem = one_asked(options, lang, service.PRICED, service.PRICED[0])
    if problem is None:
        return USAGE
    scenario = asked_scenario(options, lang)
    if isinstance(scenario, int):
        return scenario
    limits = limits_asked(options)
    if options.years is not None:
        return _by_year(scenario, problem, limits, options, lang)
    made = watched(lambda progress: service.price_rules(scenario, problem, limits, progress, options.roads, options.kinds), lang)
    print_issues(made.issues, lang, sys.stderr)
    answer(options, lang, lambda: service.prices_dict(made, lang), lambda: service.prices_text(made, lang))
    return code_found(math.isfinite(made.whole.cost), made.whole.status is Status.INFEASIBLE)


def _by_year(scenario: Scenario, problem: str, limits: Limits, options: argparse.Namespace, lang: str) -> int:
    """What keeping, closing or opening some kitchens would cost in each year."""
    known = [row.kitchen for row in scenario.rows("kitchens")]
    codes = [code.strip() for code in options.years.split(",") if code.strip()]
    unknown = [code for code in codes if code not in known]
    if unknown or not codes or problem != "kitchens":
        print(text("cli.rules_unknown_kitchen", lang, codes=", ".join(unknown) or options.years, known=", ".join(known)), file=sys.stderr)
        return USAGE
    made = watched(lambda progress: service.price_years(scenario, codes, limits, progress, options.roads), lang)
    print_issues(made.issues, lang, sys.stderr)
    if locked := service.locked_kitchens(scenario, codes):
        print(text("prices.years_locked", lang, kitchens=", ".join(locked)), file=sys.stderr)
    answer(options, lang, lambda: service.prices_dict(made, lang), lambda: service.prices_text(made, lang, years=True))
    return code_found(math.isfinite(made.whole.cost), made.whole.status is Status.INFEASIBLE)
