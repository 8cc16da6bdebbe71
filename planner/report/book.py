"""The result workbook: summary with live totals, plans, key figures, map, findings, figures used, origin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from planner import network as networks
from planner.catalog import PARAMETERS as ALL_PARAMETERS
from planner.catalog import TABLES
from planner.catalog import problems as all_problems
from planner.coupling import COUPLING
from planner.excel.write import FIRST_ROW, Placed, write_table
from planner.i18n import explain, mend, number, place, text
from planner.issues import Issue, Severity
from planner.kinds import Choice
from planner.problems.kitchens import report as kitchens
from planner.problems.kitchens.world import World
from planner.problems.routes.figures import BY_FLOW, USE, by_flow, vehicle_use
from planner.report.maps import map_ready
from planner.report.tables import COUNTED, FIGURES_TABLE, ISSUES, PROVENANCE, USED
from planner.schema import Table, rows, unit_name
from planner.sites import ESTABLISHMENTS
from planner.sites import PARAMETERS as PARAMETER_TABLE
from planner.study import KITCHENS_PROBLEM, Result, Study, key_figures

SEVERITY_COLOURS = {Severity.ERROR: "F8CBAD", Severity.WARNING: "FFE699", Severity.INFO: "DDEBF7"}
SEVERITY_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass
class Book:
    """A workbook being written. `costs`: where the cost lines stand, by (problem, "today" or "plan").

    `live`: for every formula, by (sheet, cell), the value it must give.
    """

    study: Study
    lang: str
    workbook: Workbook = field(default_factory=Workbook)
    costs: dict[tuple[str, str], Placed] = field(default_factory=dict)
    live: dict[tuple[str, str], float] = field(default_factory=dict)

    def say(self, key: str, **args: str | int | float) -> str:
        return text(f"report.{key}", self.lang, **args)

    def sheet(self, key: str) -> Worksheet:
        """A new sheet at the end, named by a text."""
        made: Worksheet = self.workbook.create_sheet(self.say(key))
        return made

    def names(self) -> dict[str, str]:
        """Names of establishments by code."""
        return {row.establishment: row.name for row in self.study.scenario.rows(ESTABLISHMENTS.name)}

    def posts_adjusted(self) -> float | None:
        """€ a year that adjusting the posts of today's kitchens alone would bring; None without the kitchens' saving."""
        result = self.study.results.get(KITCHENS_PROBLEM)
        if result is None or not result.valid or result.baseline is None or not result.baseline.status.has_plan or result.problem is not all_problems()[KITCHENS_PROBLEM]:
            return None
        return kitchens.posts_adjusted(kitchens.Books(World(result.scenario, self.study.network), result.baseline))

    def labels(self, result: Result) -> list[tuple[str, str]]:
        """Cost lines of a problem, in declared order: code and words."""
        kind = result.costs_table.column("line").kind
        assert isinstance(kind, Choice)
        return [(option.code, kind.label(option.code, self.lang)) for option in kind.options]


def result_tables(study: Study, lang: str) -> list[tuple[Table, pd.DataFrame]]:
    """Every table of every valid plan, then today's cost lines; the cost lines say which count in the saving."""
    found: list[tuple[Table, pd.DataFrame]] = []
    for name, result in study.results.items():
        if result.valid:
            for table in result.problem.results:
                frame = result.plan.tables[table.name]
                found.append((marked(result, table), _marked_frame(result, frame)) if table is result.costs_table else (table, frame))
        if name == "routes" and result.valid and result.audit is not None:
            found.append((BY_FLOW, by_flow(result.scenario, result.plan, result.audit, study.scenario, result.baseline, result.baseline_audit, lang)))
            found.append((USE, vehicle_use(result.scenario, result.plan)))
        if name == KITCHENS_PROBLEM and result.valid and result.problem is all_problems()[name]:
            frames = kitchens.report(result.scenario, study.network, result.plan, result.baseline).frames
            found += [(table, frames[table.name]) for table in kitchens.TABLES]
        if result.baseline is not None and result.baseline_audit is not None:
            label_fr, label_en = (f"{text(f'problem.{name}', lang)} - {text('report.today_suffix', lang)}" for lang in ("fr", "en"))
            own = replace(marked(result, result.costs_table), name=f"today_{name}_costs", fr=label_fr, en=label_en)
            found.append((own, _marked_frame(result, result.baseline_audit.costs)))
    if len(study.coupling):
        found.append((COUPLING, study.coupling))
    return found


def marked(result: Result, table: Table) -> Table:
    """The cost lines' declaration, with the column that says what the routes cost instead, where some do."""
    return replace(table, columns=(*table.columns, COUNTED)) if result.not_counted else table


def _marked_frame(result: Result, frame: pd.DataFrame) -> pd.DataFrame:
    if not result.not_counted:
        return frame
    return frame.assign(counted=["yes" if result.counts(line) else "no" for line in rows(result.costs_table, frame)])


def issue_table(study: Study, lang: str) -> pd.DataFrame:
    """Table ISSUES in one language, errors first."""
    made = []
    for problem, phase, issue in sorted(study.all_issues(), key=lambda found: SEVERITY_ORDER[found[2].severity]):
        made.append({"severity": str(issue.severity), "problem": problem or None, "phase": phase, "place": place(issue, lang) or None,
                     "words": explain(issue, lang), "mend": mend(issue, lang) or None})  # fmt: skip
    return ISSUES.frame(made)


def figure_table(study: Study, lang: str) -> tuple[pd.DataFrame, list[int]]:
    """Table FIGURES_TABLE in one language, and how many decimals each row shows."""
    names = {row.establishment: row.name for row in study.scenario.rows(ESTABLISHMENTS.name)}
    made, decimals = [], []
    for pair in key_figures(study):
        change = None if pair.today is None or pair.plan is None else pair.plan - pair.today
        made.append({"problem": pair.problem, "establishment": pair.establishment or None, "name": names.get(pair.establishment),
                     "figure": pair.kpi.fr if lang == "fr" else pair.kpi.en, "unit": unit_name(pair.kpi.unit, lang),
                     "today": pair.today, "plan": pair.plan, "change": change})  # fmt: skip
        decimals.append(pair.kpi.decimals)
    return FIGURES_TABLE.frame(made), decimals


def parameter_table(study: Study, lang: str) -> pd.DataFrame:
    """Table USED: every parameter with the value that was used and where it comes from."""
    given = {row.parameter: row for row in study.scenario.rows(PARAMETER_TABLE.name) if row.value is not None}
    made = []
    for parameter in ALL_PARAMETERS:
        row = given.get(parameter.code)
        made.append({"parameter": parameter.code, "name": parameter.name(lang), "value": study.scenario.value(parameter),
                     "unit": unit_name(parameter.unit, lang), "origin": "default" if row is None else "workbook",
                     "mark": parameter.mark if row is None else row.mark, "source": (parameter.source if row is None else row.source) or None,
                     "low": parameter.low, "high": parameter.high})  # fmt: skip
    return USED.frame(made)


def provenance_table(study: Study, provenance: Mapping[str, Any], lang: str) -> pd.DataFrame:
    """Table PROVENANCE: what the caller knows (file, command, versions), then what the study knows."""
    made: list[tuple[str, str]] = [(text("report.origin.name", lang), study.scenario.name)]
    for key, value in provenance.items():
        if isinstance(value, Mapping):
            made += [(text("report.origin.version", lang, name=name), str(version)) for name, version in value.items()]
        else:
            shown = "–" if value is None else number(value, lang, 0 if float(value).is_integer() else 4) if isinstance(value, int | float) else str(value)
            made.append((text(f"report.origin.{key}", lang), shown))
    made.append((text("report.origin.scenario_hash", lang), study.scenario.hash))
    if study.coupled is not study.scenario:
        made.append((text("report.origin.coupled_hash", lang), study.coupled.hash))
    for how, count in networks.counts(study.network).items():
        if count:
            made.append((text("report.origin.trips", lang, how=text(f"how.{how}", lang)), number(count, lang)))
    for name, result in study.results.items():
        said = [text(f"status.{result.state}", lang), f"{number(result.plan.seconds, lang, 1)} s"]
        said += [] if result.plan.seed is None else [text("report.origin.seeded", lang, seed=str(result.plan.seed))]
        said += [f"{engine} {version}" for engine, version in result.plan.versions.items()]
        made.append((text("report.origin.plan", lang, problem=text(f"problem.{name}", lang)), " · ".join(said)))
    return PROVENANCE.frame([{"item": item, "value": value} for item, value in made])


def add_tables(book: Book) -> None:
    """All sheets that are plain tables, at the end of the workbook."""
    study, lang, workbook = book.study, book.lang, book.workbook
    plans = result_tables(study, lang)
    maps = map_ready(study)
    known = (*TABLES, *(table for table, _ in plans))

    placed = write_table(workbook, FIGURES_TABLE, (figures := figure_table(study, lang))[0], lang, known)
    for row, decimals in enumerate(figures[1], start=FIRST_ROW):
        for column in ("today", "plan", "change"):
            workbook[placed.sheet][f"{placed.letters[column]}{row}"].number_format = "#,##0" + ("." + "0" * decimals if decimals else "")

    issues = issue_table(study, lang)
    placed = write_table(workbook, ISSUES, issues, lang, known)
    _colour_issues(workbook[placed.sheet], placed, issues)

    for table, frame in plans:
        placed = write_table(workbook, table, frame, lang, known)
        found = re.fullmatch(r"(today_)?(.+)_costs", table.name)
        if found:
            book.costs[found[2], "today" if found[1] else "plan"] = placed
    for table, frame in maps.values():
        write_table(workbook, table, frame, lang, known)
    placed = write_table(workbook, USED, parameter_table(study, lang), lang, known)
    for row in range(placed.first, placed.last + 1):
        for column in ("value", "low", "high"):  # years, rates and euros stand in one column: as many decimals as each has
            workbook[placed.sheet][f"{placed.letters[column]}{row}"].number_format = "General"


def add_provenance(book: Book, provenance: Mapping[str, Any]) -> None:
    placed = write_table(book.workbook, PROVENANCE, provenance_table(book.study, provenance, book.lang), book.lang, TABLES)
    sheet = book.workbook[placed.sheet]
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 44, 90


def _colour_issues(sheet: Worksheet, placed: Placed, frame: pd.DataFrame) -> None:
    """Severities coloured, sentences wide enough to read."""
    sizes = {"place": 24, "words": 66, "mend": 44}
    for column, width in sizes.items():
        sheet.column_dimensions[placed.letters[column]].width = width
    for found in rows(ISSUES, frame):
        row = FIRST_ROW + found.index_
        sheet[f"{placed.letters['severity']}{row}"].fill = PatternFill("solid", fgColor=SEVERITY_COLOURS[Severity(found.severity)])
        sheet.row_dimensions[row].height = 15.5 * max(1 + len(getattr(found, column) or "") // (width - 4) for column, width in sizes.items())


def plan_errors(study: Study) -> list[Issue]:
    """The errors that a reader of the summary must know: not those of today's organisation."""
    return [issue for _, phase, issue in study.all_issues() if issue.is_error and phase != "today"]

