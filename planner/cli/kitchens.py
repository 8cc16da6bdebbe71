"""`planner kitchens`: what the kitchens plan of a scenario, or of one of its variants, is worth and risks."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from planner import service
from planner.cli.shared import (
    FAULTS,
    OK,
    Command,
    answer,
    asked_scenario,
    asks_file,
    code_of,
    in_help,
    limits_asked,
    print_issues,
    refused,
    watched,
)
from planner.issues import errors


def add(command: Command, solving: argparse.ArgumentParser, lang: str) -> None:
    """Declare this command."""
    say = in_help(lang)
    kitchens = command("kitchens", _kitchens, solving)
    asks_file(kitchens, lang, variant=True)
    kitchens.add_argument("--plan", type=Path, metavar=say("value.file"), help=say("plan"))


def _kitchens(options: argparse.Namespace, lang: str) -> int:
    scenario = asked_scenario(options, lang)
    if isinstance(scenario, int):
        return scenario
    if options.plan is not None:
        done, issues = service.read_result(options.plan, scenario, options.roads)
        if done is None:
            return refused(issues, options, lang)
    else:
        limits = limits_asked(options)
        done = watched(lambda progress: service.solve(scenario, ["kitchens"], limits, progress, options.roads), lang)
    told = service.kitchens_report(done)
    if told is None:
        print_issues(service.no_plan(done), lang, sys.stderr)
        return code_of(service.outcome(done)) or FAULTS
    answer(options, lang, lambda: service.kitchens_dict(told, lang), lambda: service.kitchens_text(told, lang))
    return OK if not errors(done.results["kitchens"].issues) else FAULTS
