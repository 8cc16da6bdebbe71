"""What a kitchens plan means, in words: worth, years, kitchens, demand scenarios, stops."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from planner.i18n import euros, explain, number, text
from planner.issues import Issue, errors
from planner.kinds import Choice
from planner.plan import Audit
from planner.problems.kitchens.report import BY_KITCHEN, IN_CASES, STOPS, STOPS_BY_PUBLIC, YEARLY, Report, report
from planner.problems.kitchens.report import TABLES as REPORT_TABLES
from planner.problems.kitchens.tables import KITCHENS, MONTHS, ROADMAP, ROBUST, STOP_DAYS, STOP_MONTH
from planner.report.summary import saving_parts
from planner.schema import Table, rows, text_of
from planner.service.workbooks import aligned
from planner.sites import DISCOUNT_RATE
from planner.study import Study

__all__ = ["REPORT_TABLES", "KitchensReport", "kitchens_dict", "kitchens_report", "kitchens_text", "no_plan", "robust", "worth"]
SHOWN = 3  # broken rules told of a demand scenario


@dataclass(frozen=True)
class KitchensReport:
    """The report on a study's kitchens plan."""

    study: Study
    made: Report

    @property
    def cases(self) -> list[tuple[str, Audit]]:
        """What the plan would break and cost in each demand scenario."""
        return [(case.name, audit) for case, audit in self.made.cases if case.name]


def kitchens_report(done: Study) -> KitchensReport | None:
    """The report on the study's kitchens plan; None without a valid one."""
    result = done.results.get("kitchens")
    if result is None or not result.valid:
        return None
    return KitchensReport(done, report(result.scenario, done.network, result.plan, result.baseline))


def kitchens_dict(told: KitchensReport, lang: str) -> dict[str, Any]:
    """Everything as plain values, for programs."""
    returns = told.made.returns
    return {
        "returns": None if returns is None else asdict(returns),
        "regrouping": None if told.study.regrouping is None else told.study.regrouping.worth,
        "tables": {name: json.loads(frame.to_json(orient="records", date_format="iso")) for name, frame in told.made.frames.items()},
        "demand_scenarios": [{"scenario": name, "cost": audit.annual, "broken": [explain(issue, lang) for issue in errors(audit.issues)]} for name, audit in told.cases],
    }  # fmt: skip


def kitchens_text(told: KitchensReport, lang: str) -> str:
    """What a committee wants to know of a kitchens plan."""
    frames, scenario = told.made.frames, told.study.scenario
    names = {row.kitchen: row.name for row in scenario.rows(KITCHENS.name)}
    said = [worth(told, lang), "", text("kitchens.roadmap", lang), _roadmap(told, names, lang), "", YEARLY.title(lang), _table(YEARLY, frames[YEARLY.name], lang)]
    last = frames[BY_KITCHEN.name]
    last = last[last["year"] == last["year"].max()]
    said += ["", text("kitchens.by_kitchen", lang), _table(BY_KITCHEN, last, lang, names)]
    worst = frames[STOPS.name]
    worst = worst[worst["year"] == worst["year"].max()]
    month, days = round(scenario.value(STOP_MONTH)), scenario.value(STOP_DAYS)
    title = text("kitchens.stops", lang, days=days, month=MONTHS[month - 1].fr if lang == "fr" else MONTHS[month - 1].en) if month else text("kitchens.stops_worst", lang, days=days)
    said += ["", title, _table(STOPS, worst, lang, names)]
    missing = frames[STOPS_BY_PUBLIC.name]
    said += ["", text("kitchens.stops_public", lang), _table(STOPS_BY_PUBLIC, missing[missing["year"] == missing["year"].max()], lang, names)]
    if told.cases:
        said += ["", IN_CASES.title(lang), _table(IN_CASES, frames[IN_CASES.name], lang, names), "", robust(told, lang), "", text("kitchens.cases", lang)]
        for name, audit in told.cases:
            broken = errors(audit.issues)
            key = "kitchens.case_broken" if broken else "kitchens.case_holds"
            said.append(text(key, lang, name=name, cost=euros(audit.annual, lang), count=len(broken)))
            said += [f"  - {explain(issue, lang)}" for issue in broken[:SHOWN]]
    return "\n".join(said)


def paid_back(years: float | None, lang: str) -> str:
    """When the investments are (years from the start; None: not within the plan)."""
    key = "never" if years is None else "at_once" if years < 0.05 else "year" if years < 1.95 else "years"
    return text(f"kitchens.{key}", lang, years=number(years or 0.0, lang, 1))


def worth(told: KitchensReport, lang: str) -> str:
    """Net present value, what the investments are still worth, payback, in a sentence."""
    returns = told.made.returns
    if returns is None:
        return text("kitchens.no_today", lang)
    payback = paid_back(returns.payback, lang)
    amounts = {name: euros(getattr(returns, name), lang) for name in ("npv", "adjusted", "regrouped", "residual", "invested")}
    scenario = told.study.results["kitchens"].scenario
    count = str(len(told.made.frames[YEARLY.name]))
    said = text("kitchens.worth", lang, **amounts, payback=payback, count=count, rate=number(scenario.value(DISCOUNT_RATE), lang, 1))
    return " ".join(filter(None, (said, saving_parts(returns.adjusted_yearly, lang), _on_the_road(told.study, lang))))


def _on_the_road(done: Study, lang: str) -> str:
    """That worth and payback hold with the kitchens' own estimate of deliveries alone, where the study counts the routes; else ""."""
    if done.regrouping is not None:
        in_all = text("study.saved" if done.regrouping.worth >= 0 else "study.spent", lang, amount=number(abs(done.regrouping.worth), lang))
        return text("kitchens.worth_road", lang, worth=in_all)
    return text("kitchens.worth_estimate", lang) if done.results["kitchens"].not_counted else ""


def robust(told: KitchensReport, lang: str) -> str:
    """What the plan was asked of the demand scenarios, and what that came to, in a sentence; "" without any."""
    found = list(rows(IN_CASES, told.made.frames[IN_CASES.name]))
    if not found:
        return ""
    asked = told.study.results["kitchens"].scenario.value(ROBUST) >= 0.5
    broken = sum(bool(row.broken) for row in found)
    average = sum(row.weight / 100 * row.cost for row in found)
    dearest = max(found, key=lambda row: row.cost)
    return text("kitchens.robust" if asked else "kitchens.not_robust", lang, count=len(found), broken=broken, average=euros(average, lang), most=euros(dearest.cost, lang),
                dearest=dearest.case or text("kitchens.as_is", lang))  # fmt: skip


def _roadmap(told: KitchensReport, names: dict[str, str], lang: str) -> str:
    """One line per kitchen that is ever open, one column per year."""
    found = list(rows(ROADMAP, told.study.results["kitchens"].plan.tables[ROADMAP.name]))
    years = sorted({row.year for row in found})
    kind = ROADMAP.column("action")
    lines = [["", *(str(year) for year in years)]]
    for code, name in names.items():
        mine = {row.year: row for row in found if row.kitchen == code}
        if any(row.action != "closed" for row in mine.values()):
            cells = []
            for year in years:
                row = mine.get(year)
                level = "" if row is None else f" → {row.target}" if row.target is not None else f" {row.level}" if row.level is not None else ""
                cells.append("" if row is None else text_of(kind, row.action, lang) + level)
            lines.append([name, *cells])
    return aligned(lines, left=range(len(lines[0])))


def _table(table: Table, frame: pd.DataFrame, lang: str, names: dict[str, str] | None = None) -> str:
    """A result table as aligned text; kitchens by their names, empty columns left out."""
    found = list(rows(table, frame))
    shown = [column for column in table.columns if any(getattr(row, column.name) is not None for row in found)]

    def cell(column: Any, value: Any) -> str:
        if column.name == "case":
            return value or text("kitchens.as_is", lang)
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            return text("cli.unknown", lang) if value is None else "∞"
        if isinstance(column.kind, Choice):
            return text_of(column, value, lang)
        if column.name == "kitchen":
            return (names or {}).get(value, str(value))
        return str(value) if column.name == "year" or isinstance(value, int) else number(value, lang, column.decimals)

    lines = [[column.header(lang) for column in shown], *([cell(column, getattr(row, column.name)) for column in shown] for row in found)]
    return aligned(lines, left=[i for i, column in enumerate(shown) if column.name in ("case", "kitchen", "month", "worst_month", "public")])


def no_plan(done: Study) -> list[Issue]:
    """Why there is nothing to report."""
    result = done.results.get("kitchens")
    return list(done.issues) if result is None else result.issues
