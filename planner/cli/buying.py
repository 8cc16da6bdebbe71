"""`planner egalim`: what each point of EGalim costs; `planner offers`: how far each losing offer is from winning."""

from __future__ import annotations

import argparse
import json
import math
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
    written,
)
from planner.i18n import text
from planner.plan import Status


def add(command: Command, solving: argparse.ArgumentParser, lang: str) -> None:
    """Declare these commands."""
    say = in_help(lang)
    egalim = command("egalim", _egalim, solving)
    egalim.add_argument("file", type=Path, metavar=say("value.file"), help=say("file"))
    egalim.add_argument("--shares", default="20,30,40,50", metavar=say("value.word"), help=say("egalim_shares"))
    egalim.add_argument("--kind", choices=service.EGALIM_KINDS, default="quality", help=say("egalim_kind"))
    egalim.add_argument("--establishment", default="", metavar=say("value.word"), help=say("egalim_establishment"))
    egalim.add_argument("-o", "--output", type=Path, metavar=say("value.file"), help=say("output"))
    offers = command("offers", _offers, solving)
    offers.add_argument("file", type=Path, metavar=say("value.file"), help=say("file"))
    offers.add_argument("--lots", default="", metavar=say("value.word"), help=say("offers_lots"))


def _egalim(options: argparse.Namespace, lang: str) -> int:
    shares = service.shares_asked(options.shares)
    if shares is None:
        print(text("cli.egalim_bad_shares", lang, typed=options.shares), file=sys.stderr)
        return USAGE
    scenario = asked_scenario(options, lang)
    if isinstance(scenario, int):
        return scenario
    if options.establishment and options.establishment not in {row.establishment for row in scenario.rows("establishments")}:
        print(text("cli.egalim_no_establishment", lang, typed=options.establishment), file=sys.stderr)
        return USAGE
    limits = limits_asked(options)
    if options.output is not None:
        service.ensure_writable(options.output, options.file)
    made = watched(lambda progress: service.egalim_curve(scenario, options.kind, shares, limits, progress, options.establishment), lang)
    if options.output is not None:
        service.write_egalim(made, options.output, lang)
    print(json.dumps(service.egalim_dict(made), ensure_ascii=False, indent=1) if options.json else service.egalim_text(made, lang))
    if options.output is not None and not options.json:
        written([options.output], options, lang)
    if made.points and math.isfinite(made.points[0].cost):
        return OK
    return IMPOSSIBLE if made.points and made.points[0].status is Status.INFEASIBLE else NO_PLAN


def _offers(options: argparse.Namespace, lang: str) -> int:
    scenario = asked_scenario(options, lang)
    if isinstance(scenario, int):
        return scenario
    lots = [lot.strip() for lot in options.lots.split(",") if lot.strip()]
    if unknown := sorted(set(lots) - {row.lot for row in scenario.rows("lots")}):
        print(text("cli.offers_no_lot", lang, typed=", ".join(unknown)), file=sys.stderr)
        return USAGE
    limits = limits_asked(options)
    made = watched(lambda progress: service.price_offers(scenario, lots, limits, progress), lang)
    print_issues(made.issues, lang, sys.stderr)
    print(json.dumps(service.prices_dict(made, lang), ensure_ascii=False, indent=1) if options.json else service.offers_text(made, lang))
    if math.isfinite(made.whole.cost):
        return OK
    return IMPOSSIBLE if made.whole.status is Status.INFEASIBLE else NO_PLAN
