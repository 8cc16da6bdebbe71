"""Commands on the kept data: backup, restore."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from planner.cli.shared import FAULTS, OK, Command, in_help
from planner.i18n import message, text
from planner.store import FILE, StoreRefused, backup, default_folder, restore


def add(command: Command, solving: argparse.ArgumentParser, lang: str) -> None:
    """Declare these commands."""
    say = in_help(lang)
    file, folder = say("value.file"), say("value.folder")
    saved = command("backup", _backup)
    saved.add_argument("-o", "--output", type=Path, metavar=file, required=True, help=say("backup_output"))
    put_back = command("restore", _restore)
    put_back.add_argument("file", type=Path, metavar=file, help=say("backup_file"))
    put_back.add_argument("--force", action="store_true", help=say("force"))
    for made in (saved, put_back):
        made.add_argument("--data", type=Path, metavar=folder, help=say("data"))


def _backup(options: argparse.Namespace, lang: str) -> int:
    return _told(options, lang, lambda folder: {"saved": backup(folder, options.output)})


def _restore(options: argparse.Namespace, lang: str) -> int:
    def work(folder: Path) -> dict[str, Path | None]:
        return {"kept": restore(options.file, folder, options.force), "restored": folder / FILE}

    return _told(options, lang, work)


def _told(options: argparse.Namespace, lang: str, work: Callable[[Path], dict[str, Path | None]]) -> int:
    """Say what was made, by key of the texts `store.<what>`, or why nothing was."""
    try:
        made = {what: str(path) for what, path in work(options.data or default_folder()).items() if path is not None}
    except StoreRefused as error:
        said = message(error.message, lang)
        print(json.dumps({"code": error.code, "message": said}, ensure_ascii=False) if options.json else said, file=sys.stdout if options.json else sys.stderr)
        return FAULTS
    if options.json:
        print(json.dumps(made, ensure_ascii=False))
    else:
        for what, path in made.items():
            print(text(f"store.{what}", lang, path=path))
    return OK
