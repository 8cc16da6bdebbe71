"""Plans for other programs: CSV files as the language writes them, and one JSON document."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from planner.excel import quoted
from planner.i18n import explain, mend, place, text
from planner.issues import Issue
from planner.kinds import Text
from planner.report.book import figure_table, issue_table, parameter_table, result_tables
from planner.report.maps import map_ready
from planner.report.tables import FIGURES_TABLE, ISSUES, USED
from planner.schema import Column, Table, rows, text_of
from planner.study import SAVINGS, Study, key_figures


def to_csv(study: Study, folder: Path, lang: str) -> list[Path]:
    """One CSV per table into a folder (made if needed): UTF-8 with byte-order mark; French uses `;` and decimal commas.

    A text that a spreadsheet would take for a formula gets an apostrophe before it. Raises OSError.
    """
    content: list[tuple[Table, pd.DataFrame]] = [
        (SAVINGS, study.savings), (FIGURES_TABLE, figure_table(study, lang)[0]), (ISSUES, issue_table(study, lang)),
        *result_tables(study, lang), *map_ready(study).values(), (USED, parameter_table(study, lang)),
    ]  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    return [_csv(table, frame, folder / f"{table.name}.csv", lang) for table, frame in content]


def _csv(table: Table, frame: pd.DataFrame, path: Path, lang: str) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=";" if lang == "fr" else ",")
        writer.writerow([column.title(lang) for column in table.columns])
        for row in rows(table, frame):
            writer.writerow([_cell(column, getattr(row, column.name), lang) for column in table.columns])
    return path


def _cell(column: Column, value: Any, lang: str) -> str:
    shown = text_of(column, value, lang)
    return quoted(shown) if isinstance(column.kind, Text) else shown


def to_json(study: Study, lang: str) -> dict[str, Any]:
    """The study as plain values: statuses, costs, bounds, gaps, key figures, savings, findings in words.

    Costs and savings are in € per year, `cost`, `bound` and `gap_euros` in € of the objective; None where a
    figure is not known or the audit refuses the plan.
    """
    savings: dict[tuple[str, str | None], Mapping[str, Any]] = {
        (row.problem, row.establishment): {name: getattr(row, name) for name in ("today", "plan", "replaced", "saving", "percent")}
        for row in rows(SAVINGS, study.savings)
    }
    problems: dict[str, Any] = {}
    for name, result in study.results.items():
        plan = result.plan
        problems[name] = {
            "status": str(plan.status), "status_words": text(f"status.{result.state}", lang), "valid": result.valid,
            "today": result.today, "annual": result.annual, "cost": plan.cost if result.valid else None, "bound": plan.bound if result.valid else None,
            "gap_euros": plan.gap_euros if result.valid else None, "gap": plan.gap if result.valid else None, "seconds": round(plan.seconds, 3),
            "seed": plan.seed, "versions": dict(plan.versions), "scenario": plan.scenario_hash,
            "saving": savings.get((name, None), {}).get("saving"),
            "establishments": {code: dict(figures) for (problem, code), figures in savings.items() if problem == name and code is not None},
            "kpis": [{"code": p.kpi.code, "name": p.kpi.fr if lang == "fr" else p.kpi.en, "unit": p.kpi.unit, "establishment": p.establishment,
                      "today": p.today, "plan": p.plan} for p in key_figures(study) if p.problem == name],
        }  # fmt: skip
    return {
        "scenario": study.scenario.name, "hash": study.scenario.hash, "coupled_hash": study.coupled.hash, "saving": study.saving, "problems": problems,
        "regrouping": None if study.regrouping is None else {**vars(study.regrouping), "extra_road": study.regrouping.extra_road, "worth": study.regrouping.worth},
        "issues": [{"problem": problem, "phase": phase, **_issue(issue, lang)} for problem, phase, issue in study.all_issues()],
    }  # fmt: skip


def _issue(issue: Issue, lang: str) -> dict[str, Any]:
    return {"severity": str(issue.severity), "code": issue.code, "table": issue.table, "row": issue.row, "column": issue.column,
            "place": place(issue, lang), "words": explain(issue, lang), "mend": mend(issue, lang)}  # fmt: skip
