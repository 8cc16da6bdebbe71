"""`planner deliveries`: what delivering each site costs by the routes plan, put back into the kitchens."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from planner import service
from planner.cli.shared import FAULTS, OK, Command, asked_scenario, code_of, in_help, limits_asked, print_issues, refused, watched, written
from planner.i18n import text


def add(command: Command, solving: argparse.ArgumentParser, lang: str) -> None:
    """Declare this command."""
    say = in_help(lang)
    file = say("value.file")
    deliveries = command("deliveries", _deliveries, solving)
    deliveries.add_argument("file", type=Path, metavar=file, help=say("file"))
    deliveries.add_argument("--variant", metavar=say("value.word"), help=say("variant"))
    deliveries.add_argument("--plan", type=Path, metavar=file, help=say("plan"))
    deliveries.add_argument("-o", "--output", type=Path, metavar=file, help=say("told"))


def _deliveries(options: argparse.Namespace, lang: str) -> int:
    if options.output is not None:
        service.ensure_workbook_writable(options.output, options.file)
    if faults := service.road_faults(options.roads):
        return refused(faults, options, lang)
    scenario = asked_scenario(options, lang)
    if isinstance(scenario, int):
        return scenario
    if options.plan is not None:
        done, issues = service.read_result(options.plan, scenario, options.roads)
        if done is None:
            return refused(issues, options, lang)
        made = service.Deliveries(done, service.fed_back(done), None, None, None)
    else:
        limits = limits_asked(options)
        made = watched(lambda progress: service.solve_twice(scenario, limits, progress, options.roads), lang)
    if made.told is None:
        print_issues(service.worth_saying(made.first), lang, sys.stderr)
        print(text("feedback.none", lang), file=sys.stderr)
        return code_of(service.outcome(made.first)) or FAULTS
    print(json.dumps(service.deliveries_dict(made), ensure_ascii=False, indent=1) if options.json else service.rounds_text(made, lang))
    if options.output is not None:
        service.write_told(made.told, options.output, lang)
        return written([options.output], options, lang)
    return OK
