"""`planner egalim`: what each point of EGalim costs; `planner offers`: how far each losing offer is from winning."""

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
    print_issues,
    unknown_among,
    watched,
    words_in,
)
from planner.i18n import text
from planner.plan import Status


def add(command: Command, solving: argparse.ArgumentParser, lang: str) -> None:
    """Declare these commands."""
    say = in_help(lang)
    egalim = command("egalim", _egalim, solving)
    asks_file(egalim, lang, output=True)
    egalim.add_argument("--shares", default="20,30,40,50", metavar=say("value.word"), help=say("egalim_shares"))
    egalim.add_argument("--kind", choices=service.EGALIM_KINDS, default="quality", help=say("egalim_kind"))
    of = egalim.add_mutually_exclusive_group()
    of.add_argument("--establishment", default="", metavar=say("value.word"), help=say("egalim_establishment"))
    of.add_argument("--kitchen", default="", metavar=say("value.word"), help=say("egalim_kitchen"))
    offers = command("offers", _offers, solving)
    asks_file(offers, lang)
    offers.add_argument("--lots", default="", metavar=say("value.word"), help=say("offers_lots"))


def _egalim(options: argparse.Namespace, lang: str) -> int:
    shares = service.shares_asked(options.shares)
    if shares is None:
        print(text("cli.egalim_bad_shares", lang, typed=options.shares), file=sys.stderr)
        return USAGE
    scenario = asked_scenario(options, lang)
    if isinstance(scenario, int):
        return scenario
    for typed, known, key in (
        (options.establishment, {row.establishment for row in scenario.rows("establishments")}, "cli.egalim_no_establishment"),
        (options.kitchen, {row.kitchen for row in scenario.rows("kitchens")}, "cli.egalim_no_kitchen"),
    ):
        if typed and unknown_among([typed], known, key, lang):
            return USAGE
    limits = limits_asked(options)
    if options.output is not None:
        service.ensure_writable(options.output, options.file)
    made = watched(lambda progress: service.egalim_curve(scenario, options.kind, shares, limits, progress, options.establishment, options.kitchen), lang)
    answer(options, lang, lambda: service.egalim_dict(made), lambda: service.egalim_text(made, lang), lambda path: service.write_egalim(made, path, lang))
    return code_found(bool(made.points) and math.isfinite(made.points[0].cost), bool(made.points) and made.points[0].status is Status.INFEASIBLE)


def _offers(options: argparse.Namespace, lang: str) -> int:
    scenario = asked_scenario(options, lang)
    if isinstance(scenario, int):
        return scenario
    lots = words_in(options.lots)
    if unknown_among(lots, {row.lot for row in scenario.rows("lots")}, "cli.offers_no_lot", lang):
        return USAGE
    limits = limits_asked(options)
    made = watched(lambda progress: service.price_offers(scenario, lots, limits, progress), lang)
    print_issues(made.issues, lang, sys.stderr)
    answer(options, lang, lambda: service.prices_dict(made, lang), lambda: service.offers_text(made, lang))
    return code_found(math.isfinite(made.whole.cost), made.whole.status is Status.INFEASIBLE)
