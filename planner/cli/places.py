"""`planner places`: where 1, 2, 3... kitchens would stand best, before candidates are entered."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from planner import service
from planner.cli.shared import FAULTS, OK, Command, above_zero, asked_scenario, in_help, limits_asked, watched, whole
from planner.i18n import text


def add(command: Command, solving: argparse.ArgumentParser, lang: str) -> None:
    """Declare this command."""
    say = in_help(lang)
    places = command("places", _places, solving)
    places.add_argument("file", type=Path, metavar=say("value.file"), help=say("file"))
    places.add_argument("--most", type=whole(1, lang), default=4, metavar=say("value.number"), help=say("places_most"))
    places.add_argument("--largest", type=above_zero(lang), metavar=say("value.number"), help=say("places_largest"))


def _places(options: argparse.Namespace, lang: str) -> int:
    scenario = asked_scenario(options, lang)
    if isinstance(scenario, int):
        return scenario
    limits = limits_asked(options)
    found = watched(lambda progress: service.find_places(scenario, options.most, options.largest, limits, progress, options.roads), lang)
    if not found:
        print(text("places.none", lang), file=sys.stderr)
        return FAULTS
    print(json.dumps(service.places_dict(found), ensure_ascii=False, indent=1) if options.json else service.places_text(found, scenario, lang))
    return OK
