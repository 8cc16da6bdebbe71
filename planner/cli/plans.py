"""Commands on workbooks: template, check, solve, compare, export, docs."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from planner import service
from planner.cli.shared import (
    FAULTS,
    OK,
    USAGE,
    Command,
    code_of,
    in_help,
    limits_asked,
    names_asked,
    print_issues,
    refused,
    watched,
    written,
)
from planner.i18n import text
from planner.issues import errors


def add(command: Command, solving: argparse.ArgumentParser, lang: str) -> None:
    """Declare these commands."""
    say = in_help(lang)
    file, folder, word = (say(f"value.{name}") for name in ("file", "folder", "word"))
    template = command("template", _template)
    template.add_argument("-o", "--output", type=Path, metavar=file, default=Path("modele.xlsx" if lang == "fr" else "template.xlsx"), help=say("output"))
    check = command("check", _check)
    check.add_argument("file", type=Path, metavar=file, help=say("file"))
    check.add_argument("--annotated", type=Path, metavar=file, help=say("annotated"))
    check.add_argument("--roads", type=Path, metavar=file, help=say("roads"))
    solve = command("solve", _solve, solving)
    solve.add_argument("file", type=Path, metavar=file, help=say("file"))
    solve.add_argument("-o", "--output", type=Path, metavar=file, help=say("output"))
    solve.add_argument("--variant", metavar=word, help=say("variant"))
    compare = command("compare", _compare, solving)
    compare.add_argument("files", type=Path, metavar=file, nargs="+", help=say("files"))
    compare.add_argument("--variants", metavar=word, help=say("variants"))
    export = command("export", _export)
    export.add_argument("file", type=Path, metavar=file, help=say("file"))
    export.add_argument("--plan", type=Path, metavar=file, required=True, help=say("plan"))
    export.add_argument("--format", choices=("csv", "geojson", "json", "roadsheets"), default="csv", help=say("format"))
    export.add_argument("--roads", type=Path, metavar=file, help=say("roads"))
    export.add_argument("-o", "--output", type=Path, metavar=file, required=True, help=say("output"))
    docs = command("docs", _docs)
    docs.add_argument("folder", type=Path, metavar=folder, nargs="?", default=Path("docs"), help=say("folder"))


def _template(options: argparse.Namespace, lang: str) -> int:
    service.template(options.output, lang)
    return written([options.output], options, lang)


def _docs(options: argparse.Namespace, lang: str) -> int:
    return written(service.docs(options.folder), options, lang)


def _check(options: argparse.Namespace, lang: str) -> int:
    found = service.check(options.file, options.roads)
    made = []
    if options.annotated:
        service.annotate(options.file, found, options.annotated, lang)
        made = [options.annotated]
    faults = len(errors(found))
    if options.json:
        print(json.dumps({"valid": not faults, "issues": [service.issue_dict(i, lang) for i in found]}, ensure_ascii=False, indent=1))
    else:
        print_issues(found, lang, sys.stdout)
        print(text("cli.faults", lang, errors=faults, warnings=len(found) - faults) if found else text("cli.no_fault", lang))
        written(made, options, lang)
    return FAULTS if faults else OK


def _solve(options: argparse.Namespace, lang: str) -> int:
    names = names_asked(options, lang)
    if names is None:
        return USAGE
    output = options.output or options.file.with_name(f"{options.file.stem}_{'resultat' if lang == 'fr' else 'result'}.xlsx")
    service.ensure_workbook_writable(output, options.file)
    if faults := service.road_faults(options.roads):
        return refused(faults, options, lang)
    opened = service.open_scenario(options.file, options.variant)
    if opened.scenario is None:
        return refused(opened.issues, options, lang)
    limits = limits_asked(options)
    scenario = opened.scenario
    study = watched(lambda progress: service.solve(scenario, names, limits, progress, options.roads), lang)
    study = service.placed(study, opened)
    service.write_result(study, output, lang, options.file, limits, " ".join(["planner", *sys.argv[1:]]))
    if options.json:
        print(json.dumps({**service.study_dict(study, lang), "output": str(output)}, ensure_ascii=False, indent=1))
    else:
        print_issues(service.worth_saying(study), lang, sys.stderr)
        print(service.summary_text(study, lang))
        written([output], options, lang)
    return code_of(service.outcome(study))


def _compare(options: argparse.Namespace, lang: str) -> int:
    names = names_asked(options, lang)
    if names is None:
        return USAGE
    if faults := service.road_faults(options.roads):
        return refused(faults, options, lang)
    if options.variants is None:
        table, issues = service.compare_results(options.files, lang)
        code = FAULTS if errors(issues) else OK
    else:
        limits = limits_asked(options)
        wanted = [] if options.variants == "all" else [name.strip() for name in options.variants.split(",") if name.strip()]
        table, issues, outcome = watched(
            lambda progress: service.compare_variants(options.files[0], wanted, names, limits, progress, options.roads, lang), lang
        )
        code = FAULTS if outcome is None else code_of(outcome)
    print_issues(issues, lang, sys.stderr)
    if options.json or table.rows:
        print(json.dumps(table.as_dict(), ensure_ascii=False, indent=1) if options.json else service.comparison_text(table, lang))
    return code


def _export(options: argparse.Namespace, lang: str) -> int:
    if options.format not in service.FOLDERS:
        service.ensure_writable(options.output, options.file, options.plan)
    opened = service.open_scenario(options.file)
    if opened.scenario is None:
        return refused(opened.issues, options, lang)
    study, issues = service.read_result(options.plan, opened.scenario, options.roads)
    if study is None:
        return refused(issues, options, lang)
    made = service.export(study, options.format, options.output, lang)
    print_issues(service.worth_saying(study), lang, sys.stderr)
    written(made, options, lang)
    return code_of(service.outcome(study))
