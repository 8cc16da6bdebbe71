"""`planner pareto`: what less CO2, shorter transport or more safety costs in the kitchens."""

from __future__ import annotations

import argparse
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
    print_issues,
    watched,
    whole,
    words_in,
)
from planner.i18n import text
from planner.plan import Status


def add(command: Command, solving: argparse.ArgumentParser, lang: str) -> None:
    """Declare this command."""
    say = in_help(lang)
    pareto = command("pareto", _pareto, solving)
    asks_file(pareto, lang, variant=True, output=True)
    pareto.add_argument("--by", default=",".join(service.FRONT_AXES), metavar=say("value.word"), help=say("by"))
    pareto.add_argument("--steps", type=whole(1, lang), default=4, metavar=say("value.number"), help=say("steps"))


def _pareto(options: argparse.Namespace, lang: str) -> int:
    axes = words_in(options.by)
    if unknown := [axis for axis in axes if axis not in service.FRONT_AXES]:
        print(text("cli.by_unknown", lang, found=unknown[0], known=", ".join(service.FRONT_AXES)), file=sys.stderr)
        return USAGE
    scenario = asked_scenario(options, lang)
    if isinstance(scenario, int):
        return scenario
    limits = limits_asked(options)
    if options.output is not None:
        service.ensure_writable(options.output, options.file)
    made = watched(lambda progress: service.front(scenario, axes, options.steps, limits, progress, options.roads), lang)
    print_issues(made.issues, lang, sys.stderr)
    found = any(point.cost is not None for point in made.points)
    answer(options, lang, lambda: service.front_dict(made, lang), lambda: service.front_text(made, lang), (lambda path: service.write_front(made, path, lang)) if found else None)
    return code_found(found, all(point.status is Status.INFEASIBLE for point in made.points))
