"""Every use case, one function each: what the command line and the editor call."""

from __future__ import annotations

import errno
import functools
import hashlib
import importlib.metadata
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from planner import docs as docs_module
from planner import excel, network, report, study
from planner.catalog import KPIS, PARAMETERS, RESULTS, TABLES, problems
from planner.digest import outcome
from planner.i18n import euros, explain, mend, number, text
from planner.issues import Issue, Severity, errors
from planner.plan import Audit, Limits, Plan, Progress, Status
from planner.problems.base import cost_of
from planner.report.summary import regrouping_text
from planner.report.tables import FIGURES_TABLE
from planner.roads import RoadGraph, read_roads
from planner.scenario import Scenario, apply, variants
from planner.schema import rows, unit_name
from planner.study import Study

Reading = excel.Reading
T = TypeVar("T")
PROBLEM_NAMES = ("kitchens", "routes", "purchasing")


class CannotWrite(Exception):
    """A file that cannot be written: `code` names the sentence, `reason` the system's error (`EACCES`, `EISDIR`...)."""

    def __init__(self, path: Path, error: OSError | None = None, code: str = "cannot_write") -> None:
        self.path, self.code = path, code
        self.reason = "" if error is None else errno.errorcode.get(error.errno or 0, "EIO")
        super().__init__(f"{path}: {code} {self.reason}")


def ensure_writable(path: Path, *sources: Path) -> None:
    """Raise CannotWrite now rather than after minutes of computing; leaves no new file behind. A file that is read
    (`sources`) is never overwritten.
    """
    if any(path.resolve() == source.resolve() for source in sources):
        raise CannotWrite(path, code="would_overwrite")
    existed = path.exists()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab"):
            pass
        if not existed:
            path.unlink()
    except OSError as error:
        raise CannotWrite(path, error) from error


def ensure_workbook_writable(path: Path, *sources: Path) -> None:
    """As `ensure_writable`, for a file that Excel must be able to open."""
    if path.suffix.casefold() != ".xlsx" and not path.is_dir():
        raise CannotWrite(path, code="not_xlsx")
    ensure_writable(path, *sources)


def versions() -> dict[str, str]:
    """Versions of the planner and of everything that computes."""
    names = ("planner", "highspy", "ortools", "pyvrp", "numpy", "scipy", "pandas", "networkx", "openpyxl")
    return {name: importlib.metadata.version(name) for name in names}


def template(path: Path, lang: str) -> None:
    """Write an empty workbook to fill."""
    ensure_workbook_writable(path)
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
    graph, found = _roads(roads)
    built, more = network.build(scenario, graph)
    found = [*found, *more]
    for changes in variants(scenario).values():
        found = [*found, *(_idle_change(issue) for issue in apply(scenario, changes)[1])]
    for problem in problems().values():
        if problem.relevant(scenario):
            found = [*found, *problem.precheck(scenario, built)]
    return [*reading.issues, *(reading.places.locate(issue) for issue in found)]


def _idle_change(issue: Issue) -> Issue:
    """A variant that finds nothing to change is no obstacle to solving the workbook: a warning."""
    return replace(issue, severity=Severity.WARNING) if issue.code in ("change_no_row", "change_empty_table") else issue


def annotate(path: Path, issues: Sequence[Issue], out: Path, lang: str) -> None:
    """A copy of the user's workbook with its faults marked."""
    ensure_workbook_writable(out, path)
    excel.annotate(path, list(issues), out, lang)


def solve(scenario: Scenario, names: Sequence[str], limits: Limits, progress: Progress, roads: Path | None = None) -> Study:
    """Solve the problems asked, each audited, with today's organisation beside."""
    graph, found = _roads(roads)
    return with_issues(study.run(scenario, names, limits, progress, graph), found)


def with_issues(done: Study, issues: Sequence[Issue]) -> Study:
    """The study with the findings made while reading the workbook in front."""
    return replace(done, issues=(*issues, *done.issues))


def placed(done: Study, reading: Reading) -> Study:
    """The study with the findings made while reading in front, and every finding at its cell of the workbook read.

    A table changed since (the meal flows that follow the kitchens plan) no longer has the workbook's rows: its
    findings keep no cell.
    """

    def locate(found: Iterable[Issue], scenario: Scenario) -> tuple[Issue, ...]:
        kept = {name for name, frame in scenario.frames.items() if frame is done.scenario.frames.get(name)}
        return tuple(reading.places.locate(issue) if issue.table in kept else issue for issue in found)

    def audited(audit: Audit | None, scenario: Scenario) -> Audit | None:
        return None if audit is None else replace(audit, issues=locate(audit.issues, scenario))

    results = {
        name: replace(
            result,
            plan=result.plan.with_(issues=locate(result.plan.issues, result.scenario)), audit=audited(result.audit, result.scenario),
            baseline_audit=audited(result.baseline_audit, result.scenario), precheck=locate(result.precheck, result.scenario),
        )
        for name, result in done.results.items()
    }  # fmt: skip
    return with_issues(replace(done, results=results, issues=locate(done.issues, done.scenario)), reading.issues)


def in_thread(work: Callable[[Progress], T], progress: Progress, every: Callable[[], None] | None = None) -> T:
    """Run `work` in a thread of its own, so that the calling thread hears Ctrl-C and can draw (`every`, ten times a second)."""
    result: list[T] = []
    failure: list[BaseException] = []

    def target() -> None:
        try:
            result.append(work(progress))
        except BaseException as error:  # handed to the calling thread, which answers for it
            failure.append(error)

    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.1)
        if every is not None:
            every()
    if failure:
        raise failure[0]
    return result[0]


def road_faults(path: Path | None) -> list[Issue]:
    """What keeps the road network asked for from being read: said before any plan is made without it."""
    return errors(_roads(path)[1])


@functools.lru_cache(maxsize=1)
def _roads(path: Path | None) -> tuple[RoadGraph | None, list[Issue]]:
    if path is None:
        return None, []
    if not path.is_file():
        return None, [Issue.error("file_missing", file=path.name)]
    return read_roads(path)


@contextmanager
def whole(output: Path) -> Iterator[Path]:
    """A path to write to, moved to `output` at the end: the file is complete or not there. Raises CannotWrite."""
    partial = output.with_name(f".{output.name}.partial")
    try:
        yield partial
        partial.replace(output)
    except OSError as error:
        raise CannotWrite(output, error) from error
    finally:
        partial.unlink(missing_ok=True)


def write_whole(output: Path, content: bytes) -> None:
    """Write a file complete or not at all. Raises CannotWrite."""
    with whole(output) as partial:
        partial.write_bytes(content)


def write_result(done: Study, output: Path, lang: str, source: Path, limits: Limits, command: str) -> None:
    """Write the result workbook: complete or not at all."""
    with whole(output) as partial:
        report.write(done, partial, lang, provenance(done, source.name, hashlib.sha256(source.read_bytes()).hexdigest(), limits, command))


def provenance(done: Study, file: str, sha256: str, limits: Limits, command: str) -> dict[str, Any]:
    """Where the figures of a result workbook come from: data, limits, versions, date."""
    return {
        "file": file,
        "sha256": sha256,
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


# --- plans read back, comparison, export -----------------------------------------------------------------


def read_result(path: Path, scenario: Scenario, roads: Path | None = None) -> tuple[Study | None, list[Issue]]:
    """The plans of a result workbook, audited again against the scenario: what was changed by hand is found out.

    A workbook keeps no proof: the plans come back without bound.
    """
    reading = excel.read(path, [table for tables in RESULTS.values() for table in tables])
    if errors(reading.issues):
        return None, list(reading.issues)
    plans: dict[str, Plan] = {}
    for name, tables in RESULTS.items():
        if tables[0].name in reading.places.sheets:
            frames = {table.name: reading.frames[table.name] for table in tables}
            plans[name] = Plan(name, Status.FEASIBLE, frames, cost_of(frames[tables[0].name]))
    if not plans:
        return None, [replace(Issue.error("no_plan_in_file"), found=path.name)]
    graph, found = _roads(roads)
    return with_issues(study.review(scenario, plans, graph), found), []


FOLDERS = {"csv": report.to_csv, "roadsheets": report.to_road_sheets}  # exports of several files


def export(done: Study, form: str, output: Path, lang: str) -> list[Path]:
    """Write a study as CSV files or road sheets in a folder, or as one GeoJSON or JSON file."""
    try:
        if form in FOLDERS:
            return FOLDERS[form](done, output, lang)
        ensure_writable(output)
        content = report.to_geojson(done) if form == "geojson" else report.to_json(done, lang)
        output.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    except OSError as error:
        raise CannotWrite(output, error) from error
    return [output]


@dataclass(frozen=True)
class Comparison:
    """Runs side by side. `rows`: (problem, figure in words, unit, decimals, one value per run; None unknown)."""

    runs: tuple[str, ...]
    rows: tuple[tuple[str, str, str, int, tuple[float | None, ...]], ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "runs": list(self.runs),
            "rows": [{"problem": p, "figure": f, "unit": u, "values": list(v)} for p, f, u, _, v in self.rows],
        }


def compare_results(paths: Sequence[Path], lang: str) -> tuple[Comparison, list[Issue]]:
    """The group's key figures of result workbooks, beside today's in the first; workbooks of either language."""
    issues: list[Issue] = []
    runs: list[tuple[str, dict[tuple[str, str], float | None]]] = []
    for path in paths:
        reading = excel.read(path, (FIGURES_TABLE,))
        if FIGURES_TABLE.name not in reading.places.sheets:
            found = errors(reading.issues) or [replace(Issue.error("no_plan_in_file"), found=path.name)]
            issues += found
            continue
        figures = [row for row in rows(FIGURES_TABLE, reading.frames[FIGURES_TABLE.name]) if row.establishment is None]
        if not runs:
            runs.append((text("cli.today", lang), {(row.problem, row.figure): row.today for row in figures}))
        runs.append((path.stem, {(row.problem, row.figure): row.plan for row in figures}))
    return compared([(name, _by_code(values)) for name, values in runs], lang), issues


def _by_code(values: Mapping[tuple[str, str], float | None]) -> dict[tuple[str, str], float | None]:
    """Figures by code: a workbook names them in its own language."""
    codes = {(problem, name): kpi.code for problem, kpis in KPIS.items() for kpi in kpis for name in (kpi.fr, kpi.en)}
    return {(problem, codes[problem, name]): value for (problem, name), value in values.items() if (problem, name) in codes}


def compared(runs: Sequence[tuple[str, Mapping[tuple[str, str], float | None]]], lang: str) -> Comparison:
    """Key figures by (problem, code) of named runs, side by side, in the declared order."""
    lines = []
    for problem, kpis in KPIS.items():
        for kpi in kpis:
            values = tuple(found.get((problem, kpi.code)) for _, found in runs)
            if any(value is not None for value in values):
                lines.append((problem, kpi.fr if lang == "fr" else kpi.en, unit_name(kpi.unit, lang), kpi.decimals, values))
    return Comparison(tuple(name for name, _ in runs), tuple(lines))


def compare_variants(
    path: Path, wanted: Sequence[str], names: Sequence[str], limits: Limits, progress: Progress, roads: Path | None, lang: str
) -> tuple[Comparison, list[Issue], str | None]:
    """Solve a scenario and its variants (all when `wanted` is empty); the key figures side by side, the worst outcome.

    A variant with a fault is named and left out; the outcome is None when the workbook itself cannot be read.
    """
    opened = open_scenario(path)
    if opened.scenario is None:
        return Comparison((), ()), list(opened.issues), None
    issues = list(opened.issues)
    runs: list[tuple[str, Mapping[tuple[str, str], float | None]]] = []
    outcomes: list[str] = []
    for variant in [None, *(wanted or variants(opened.scenario))]:
        if progress.should_stop():
            break
        reading = opened if variant is None else open_scenario(path, variant)
        if reading.scenario is None:
            issues += [issue for issue in errors(reading.issues) if issue not in issues]
            outcomes.append("faults")
            continue
        done = placed(solve(reading.scenario, names, limits, progress, roads), reading)
        issues += [issue for issue in worth_saying(done) if issue not in issues]
        pairs = [pair for pair in study.key_figures(done) if not pair.establishment]
        if not runs:
            runs.append((text("cli.today", lang), {(pair.problem, pair.kpi.code): pair.today for pair in pairs}))
        runs.append((variant or path.stem, {(pair.problem, pair.kpi.code): pair.plan for pair in pairs}))
        outcomes.append(outcome(done))
    order = ("refused", "faults", "impossible", "no_plan", "nothing", "stopped", "ok")
    return compared(runs, lang), issues, min(outcomes, key=order.index, default="stopped")


def comparison_text(comparison: Comparison, lang: str) -> str:
    """A comparison as a table of plain text."""
    lines = [[text("cli.kpi", lang), *comparison.runs, text("cli.unit", lang)]]
    for problem, figure, unit, decimals, values in comparison.rows:
        shown = [text("cli.unknown", lang) if value is None else number(value, lang, decimals) for value in values]
        lines.append([f"{text(f'problem.{problem}', lang)} · {figure}", *shown, unit])
    return aligned(lines, left=(0, len(lines[0]) - 1))


# --- words -----------------------------------------------------------------------------------------------


def issue_dict(issue: Issue, lang: str) -> dict[str, Any]:
    """A finding for programs and for the browser: where, what, how to mend it."""
    return {
        "severity": str(issue.severity), "code": issue.code, "table": issue.table, "row": issue.row, "column": issue.column,
        "sheet": issue.sheet, "cell": issue.cell, "found": issue.found, "what": explain(issue, lang), "mend": mend(issue, lang),
    }  # fmt: skip


def study_dict(done: Study, lang: str) -> dict[str, Any]:
    """The study as plain values, for programs."""
    return report.to_json(done, lang)


def worth_saying(done: Study) -> list[Issue]:
    """Findings to print after a solve: errors and warnings, and where there is no plan what would be enough; not those about today's organisation."""
    without = {name for name, result in done.results.items() if not result.plan.status.has_plan}
    return [i for name, phase, i in done.all_issues() if phase != "today" and (i.severity is not Severity.INFO or name in without)]


def summary_text(done: Study, lang: str) -> str:
    """The study as a table of plain text: one line per problem, then the key figures."""
    unknown, withheld = text("cli.unknown", lang), text("cli.withheld", lang)

    def money(value: float | None, missing: str = unknown) -> str:
        return missing if value is None else euros(value, lang)

    if not done.results:
        return text("cli.no_study", lang)
    titles = ["cli.problem", "cli.state", "cli.today", "cli.planned", "cli.saving", "cli.objective", "cli.bound", "cli.gap_euros", "cli.seconds_used"]
    lines = [[text(key, lang) for key in titles]]
    savings = {row.problem: row.saving for row in rows(study.SAVINGS, done.savings) if row.establishment is None}
    for name, result in done.results.items():
        plan = result.plan
        shown = plan if result.valid else plan.with_(cost=None, bound=None)
        percent = f" ({number(100 * shown.gap, lang, 2)} %)" if shown.gap is not None else ""
        lines.append([
            text(f"problem.{name}", lang), text(f"status.{result.state}", lang), money(result.today), money(result.annual, withheld),
            money(savings.get(name)), money(shown.cost), money(shown.bound), money(shown.gap_euros) + percent, number(plan.seconds, lang, 1),
        ])  # fmt: skip
    out = [aligned(lines, (0, 1)), text("cli.objective_note", lang), ""]
    if done.saving is not None:
        out.append(f"{text('cli.saving', lang)} : {money(done.saving)}{text('cli.a_year', lang)}\n")
        unsaid = [without_saving(name, result, lang) for name, result in done.results.items() if savings.get(name) is None]
        out += [" ".join([text("results.saving_partial", lang), *unsaid]) + "\n"] if unsaid else []
    out += [explain(issue, lang) + "\n" for issue in done.issues if issue.code == "delivery_counted_in_routes"]  # why saving is not today - plan
    if done.regrouping is not None:
        out.append(regrouping_text(done.regrouping, lang) + "\n")
    figures = [[text("cli.kpi", lang), text("cli.today", lang), text("cli.planned", lang), ""]]
    for pair in study.key_figures(done):
        if not pair.establishment:
            today, planned = (unknown if v is None else number(v, lang, pair.kpi.decimals) for v in (pair.today, pair.plan))
            name = pair.kpi.fr if lang == "fr" else pair.kpi.en
            figures.append([f"{text(f'problem.{pair.problem}', lang)} · {name}", today, planned, unit_name(pair.kpi.unit, lang)])
    return "\n".join([*out, aligned(figures, (0, 3))])


def without_saving(name: str, result: study.Result, lang: str) -> str:
    """Why a function has no saving: no plan and for what reason, or today not described well enough."""
    key = "results.no_today_no_saving" if result.valid else "results.no_plan_no_saving"
    return text(key, lang, problem=text(f"problem.{name}", lang), state=text(f"status.{result.state}", lang))


def aligned(lines: Sequence[Sequence[str]], left: Sequence[int]) -> str:
    """Columns of plain text; those in `left` to the left, the others (numbers) to the right."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) if column in left else cell.rjust(width) for column, (cell, width) in enumerate(zip(line, widths, strict=True))).rstrip()
        for line in lines
    )
