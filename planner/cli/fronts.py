"""`planner pareto`: what less CO2, shorter transport or more safety costs in the kitchens."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from planner import service
from planner.cli.shared import (
    IMPOSSIBLE,
    NO_PLAN,
    OK,
    USAGE,
    Command,
    asked_scenario,
    in_help,
    limits_asked,
    print_issues,
    watched,
    whole,
    written,
)
from planner.i18n import text
from planner.plan import Status


def add(command: Command, solving: argparse.ArgumentParser, lang: str) -> None:
    """Declare this command."""
    say = in_help(lang)
    pareto = command("pareto", _pareto, solving)
    pareto.add_argument("file", type=Path, metavar=say("value.file"), help=say("file"))
    pareto.add_argument("--by", default=",".join(service.FRONT_AXES), metavar=say("value.word"), help=say("by"))
    pareto.add_argument("--steps", type=whole(1, lang), default=4, metavar=say("value.number"), help=say("steps"))
    pareto.add_argument("--variant", metavar=say("value.word"), help=say("variant"))
    pareto.add_argument("-o", "--output", type=Path, metavar=say("value.file"), help=say("output"))


def _pareto(options: argparse.Namespace, lang: str) -> int:
    axes = [word.strip() for word in options.by.split(",") if word.strip()]
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
    found = [point for point in made.points if point.cost is not None]
    if options.output is not None and found:
        service.write_front(made, options.output, lang)
    print(json.dumps(service.front_dict(made, lang), ensure_ascii=False, indent=1) if options.json else service.front_text(made, lang))
    if options.output is not None and found:
        written([options.output], options, lang)
    return OK if found else IMPOSSIBLE if all(point.status is Status.INFEASIBLE for point in made.points) else NO_PLAN
