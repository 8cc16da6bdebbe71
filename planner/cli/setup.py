"""`planner prepare`: the searches compiled once after an installation."""

from __future__ import annotations

import argparse
import sys
import time

from planner import service
from planner.cli.shared import OK, Command
from planner.i18n import number, text


def add(command: Command, solving: argparse.ArgumentParser, lang: str) -> None:
    """Declare this command."""
    command("prepare", _prepare)


def _prepare(options: argparse.Namespace, lang: str) -> int:
    began = time.monotonic()
    for part in service.prepare():
        print(text("prepare.done", lang, part=text(f"prepare.{part}", lang), seconds=number(time.monotonic() - began, lang)), file=sys.stderr, flush=True)
    print(text("prepare.ready", lang))
    return OK
