"""Every use case, one function each: what the command line and the editor call."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from planner import docs as docs_module
from planner import excel, network, report, study
from planner.catalog import KPIS, PARAMETERS, RESULTS, TABLES, problems
from planner.i18n import describe, euros, explain, mend, number, severity, text
from planner.issues import Issue, errors
from planner.plan import Limits, Plan, Progress, Status
from planner.scenario import Scenario, apply, variants
from planner.study import Study

PROBLEM_NAMES = ("kitchens", "routes", "purchasing")


class CannotWrite(Exception):
    """A file that cannot be written, with the system's reason."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


def ensure_writable(path: Path) -> None:
    """Raise CannotWrite now rather than after minutes of computing; leaves no new file behind."""
    existed = path.exists()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab"):
            pass
        if not existed:
            path.unlink()
    except OSError as error:
        raise CannotWrite(path, error.strerror or str(error)) from error


def versions() -> dict[str, str]:
    """Versions of the planner and of everything that computes."""
    names = ("planner", "highspy", "ortools", "pyvrp", "numpy", "scipy", "pandas", "networkx", "openpyxl")
    return {name: importlib.metadata.version(name) for name in names}


def template(path: Path, lang: str) -> None:
    """Write an empty workbook to fill."""
    ensure_writable(path)
    excel.write_template(TABLES, PARAMETERS, path, lang)


def docs(folder: Path) -> list[Path]:
    """Write the documentation of all tables in both languages."""
    ensure_writable(folder / "tables.fr.md")
    return list(docs_module.write_docs(folder))


def open_scenario(path: Path, variant: str | None = None) -> excel.Reading:
    """Read a workbook, and apply one of its variants; all faults at once, scenario None when any is an error."""
    reading = excel.read(path, TABLES, PARAMETERS)
    if reading.scenario is None or variant is None:
        return reading
    known = variants(reading.scenario)
    if variant not in known:
        issue = Issue.error("unknown_variant", known=", ".join(known))
        return replace(reading, scenario=None, issues=[*reading.issues, replace(issue, found=variant)])
    changed, issues = apply(reading.scenario, known[variant], f"{reading.scenario.name} · {variant}")
    located = [reading.places.locate(issue) for issue in issues]
    return replace(reading, scenario=None if errors(issues) else changed, issues=[*reading.issues, *located])


def check(path: Path, roads: Path | None = None) -> list[Issue]:
    """Everything that can be said of a workbook before solving: faults, unreachable sites, figures that cannot work."""
    reading = excel.read(path, TABLES, PARAMETERS)
    if reading.scenario is None:
        return list(reading.issues)
    scenario = reading.scenario
    built, found = network.build(scenario, network.load_roads(roads) if roads else None)
    for changes in variants(scenario).values():
        found = [*found, *apply(scenario, changes)[1]]
    for problem in problems().values():
        if problem.relevant(scenario):
            found = [*found, *problem.precheck(scenario, built)]
    return [*reading.issues, *(reading.places.locate(issue) for issue in found)]


def annotate(path: Path, issues: Sequence[Issue], out: Path, lang: str) -> None:
    """A copy of the user's workbook with its faults marked."""
    ensure_writable(out)
    excel.annotate(path, list(issues), out, lang)


def solve(scenario: Scenario, names: Sequence[str], limits: Limits, progress: Progress, roads: Path | None = None) -> Study:
    """Solve the problems asked, each audited, with today's organisation beside."""
    return study.run(scenario, list(names), limits, progress, network.load_roads(roads) if roads else None)


def with_issues(done: Study, issues: Sequence[Issue]) -> Study:
    """The study with the findings made while reading the workbook in front."""
    return replace(done, issues=(*issues, *done.issues))


def write_result(done: Study, output: Path, lang: str, source: Path, limits: Limits, command: str) -> None:
    """Write the result workbook: complete or not at all."""
    provenance = {
        "file": source.name,
        "sha256": hashlib.sha256(source.read_bytes()).hexdigest(),
        "scenario": done.scenario.hash,
        "command": command,
        "seconds": limits.seconds,
        "iterations": limits.iterations,
        "seed": limits.seed,
        "threads": limits.threads,
        "gap": limits.gap,
        "date": datetime.now().astimezone().isoformat(timespec="seconds"),
        "versions": versions(),
    }
    partial = output.with_name(f".{output.name}.partial")
    try:
        report.write(done, partial, lang, provenance)
        os.replace(partial, output)
    except OSError as error:
        raise CannotWrite(output, error.strerror or str(error)) from error
    finally:
        partial.unlink(missing_ok=True)


def outcome(done: Study) -> str:
    """One word for the whole study: ok, impossible, no_plan, stopped, refused or nothing (worst first)."""
    if not done.results:
        return "nothing"
    plans = [result.plan for result in done.results.values()]
    if any(p.status is Status.FAILED or (p.status.has_plan and not r.valid) for p, r in zip(plans, done.results.values(), strict=True)):
        return "refused"
    if any(p.status is Status.INFEASIBLE for p in plans):
        return "impossible"
    if any(p.status is Status.NO_PLAN_IN_TIME for p in plans):
        return "no_plan"
    return "stopped" if any(p.status is Status.STOPPED for p in plans) else "ok"
