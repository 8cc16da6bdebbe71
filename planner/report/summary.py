"""The pages that a director reads: summary, establishments, cost lines. Every total is live, its audited value beside."""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl.utils import get_column_letter

from planner.excel.write import TABS, Placed, quote
from planner.i18n import as_title, euros, explain, number, text
from planner.issues import Severity
from planner.plan import Audit, Status, cents
from planner.problems.base import average, years_of
from planner.report import formulas
from planner.report.book import Book, plan_errors
from planner.report.page import CENTS, MONEY, NONE, PLAN_COLOUR, TODAY_COLOUR, Content, Live, Page, bars, per_cent
from planner.report.tables import COUNTED
from planner.schema import Row, rows, unit_name
from planner.study import SAVINGS, Regrouping, Result, key_figures

SIMULATION = "simulation_only"  # a plan that can be no formal award says so first
RED, AMBER = "C00000", "9C5700"
MOST_ERRORS = 5
TITLES, ROW = 65.0, 18.0  # points, for page breaks: section and column titles, a row
TALLEST = 11.0  # cm of a chart


def regrouping_text(found: Regrouping, lang: str) -> str:
    """What the kitchens plan is worth with the road counted, in a sentence."""

    def said(saving: float) -> str:
        return text("study.saved" if saving >= 0 else "study.spent", lang, amount=number(abs(saving), lang))

    return text("study.regrouping", lang, kitchens=said(found.kitchens), road=said(-found.extra_road), worth=said(found.worth))


def saving_parts(adjusted: float, lang: str) -> str:
    """How much of the kitchens' yearly saving comes from adjusting today's posts alone (€ a year), in a sentence; "" for nothing."""
    if abs(adjusted) < 1:
        return ""
    return text("kitchens.parts" if adjusted > 0 else "kitchens.parts_short", lang, adjusted=euros(abs(adjusted), lang))


def add_summary(book: Book) -> None:
    """The three pages, in front of all other sheets."""
    pages = [Page(book.sheet("summary"), (36, 19, 15, 15, 17, 15, 12, 17)), Page(book.sheet("places"), (15, 40, 16, 16, 17, 16, 12, 17)),
             Page(book.sheet("lines"), (40, 18, 18, 18, 20, 20))]  # fmt: skip
    for position, page in enumerate(pages):
        book.workbook.move_sheet(page.sheet, position - book.workbook.index(page.sheet))
    book.workbook.active = 0
    where = _places(book, pages[1])
    _lines(book, pages[2])
    _summary(book, pages[0], where)
    for page in pages:
        book.live |= {(page.sheet.title, cell): value for cell, value in page.live.items()}


# --- the figures of one row --------------------------------------------------------------------------------


def _costs(book: Book, name: str, side: str, figure: Row | None) -> Placed | None:
    """Where the cost lines of a side stand; None when that side has no figure."""
    return book.costs.get((name, side)) if figure is not None and getattr(figure, side) is not None else None


def _money_cells(book: Book, page: Page, name: str, figure: Row, first_column: int, condition: str = "") -> list[Content]:
    """Today, plan, counted elsewhere, saving (live), share, audited saving, from `first_column` of the next row."""
    letters = [get_column_letter(first_column + i) for i in range(4)]
    row = page.row
    cells: list[Content] = []
    for side in ("today", "plan"):
        costs = _costs(book, name, side, figure)
        cells.append(NONE if costs is None else Live("=" + formulas.yearly(costs, *_conditions(costs, condition)), getattr(figure, side)))
    if figure.saving is None:
        return [*cells, NONE, NONE, NONE, NONE]
    today, plan = book.costs[name, "today"], book.costs[name, "plan"]
    elsewhere: Content = 0.0
    if COUNTED.name in today.letters:
        no = formulas.quoted(text_no(book))
        parts = [formulas.yearly(c, *_conditions(c, condition), formulas.equals(c, COUNTED.name, no)) for c in (today, plan)]
        elsewhere = Live(f"=ROUND({parts[0]}-{parts[1]},2)", figure.replaced)
    saving = f"=ROUND({letters[0]}{row}-{letters[1]}{row}-{letters[2]}{row},2)"
    share = f"=IF({letters[0]}{row}=0,0,100*{letters[3]}{row}/{letters[0]}{row})"
    return [*cells, elsewhere, Live(saving, figure.saving), Live(share, figure.percent or 0.0, per_cent(book.lang)), figure.saving]


def _conditions(costs: Placed, cell: str) -> tuple[str, ...]:
    """The condition that a line is borne by the establishment whose code stands in a cell ("": no condition)."""
    return (formulas.equals(costs, "establishment", cell),) if cell else ()


def text_no(book: Book) -> str:
    """What the column COUNTED says for no."""
    return "non" if book.lang == "fr" else "no"


def _by_problem(book: Book) -> dict[str, list[Row]]:
    """The savings table by problem: establishments, then the group."""
    found: dict[str, list[Row]] = {name: [] for name in book.study.results}
    for row in rows(SAVINGS, book.study.savings):
        found[row.problem].append(row)
    return found


# --- by establishment --------------------------------------------------------------------------------------


def _places(book: Book, page: Page) -> dict[tuple[str, str | None], int]:
    """Page by establishment; returns the row of each (problem, establishment or None for the group)."""
    say, names = book.say, book.names()
    where: dict[tuple[str, str | None], int] = {}
    page.title(say("places"), say("places.below"))
    for name, figures in _by_problem(book).items():
        chart = min(TALLEST, 4.0 + 1.1 * (len(figures) - 1))
        page.keep(TITLES + ROW * len(figures), chart)
        page.section(text(f"problem.{name}", book.lang))
        head = page.head([say("code"), say("establishment"), say("today"), say("plan"), say("elsewhere"), say("saving"), say("share"), say("audited_saving")])
        first = page.row
        for figure in figures:
            code = figure.establishment
            label = say("group") if code is None else names.get(code, code) if code else say("nobody")
            condition = "" if code is None else f"$A{page.row}"
            cells = [code or "", label, *_money_cells(book, page, name, figure, 3, condition)]
            where[name, code] = page.line(cells, ("", "", *[MONEY] * 4, per_cent(book.lang), CENTS), bold=code is None)
        last = page.row - 1
        page.text_columns((2,), first, last)
        if last > first:
            page.gap()
            title = f"{text(f'problem.{name}', book.lang)} - {say('chart.today_plan')}"
            page.place([bars(page, title, head, first, last - 1, (3, 4), (TODAY_COLOUR, PLAN_COLOUR), labels=2, size=(24.0, chart))], (1,))
        page.gap()
    return where


# --- by cost line ------------------------------------------------------------------------------------------


def _lines(book: Book, page: Page) -> None:
    """Page by cost line: today and plan per year, with the audited values."""
    say = book.say
    page.title(say("lines"), say("lines.below"))
    for name, result in book.study.results.items():
        sides = {"today": result.baseline_audit, "plan": result.audit if result.valid else None}
        if not any(sides.values()):
            continue
        amounts = {side: _by_line(result, audit) for side, audit in sides.items() if audit is not None}
        shown = [(code, label) for code, label in book.labels(result) if any(code in known for known in amounts.values())]
        chart = min(7.5, 3.0 + 0.6 * len(shown))
        page.keep(TITLES + ROW * (len(shown) + 1), chart)
        page.section(text(f"problem.{name}", book.lang))
        head = page.head([say("line"), say("today"), say("plan"), say("change"), say("audited_today"), say("audited_plan")])
        first = page.row
        for code, label in [*shown, ("", say("total"))]:
            row = page.row
            cells: list[Content] = []
            for side in sides:
                if side not in amounts:
                    cells.append(NONE)
                    continue
                costs = book.costs[name, side]
                conditions = (formulas.equals(costs, "line", f"$A{row}"),) if code else ()
                cells.append(Live("=" + formulas.yearly(costs, *conditions), amounts[side].get(code, 0.0)))
            both = len(amounts) == 2
            change: Content = Live(f"=ROUND(C{row}-B{row},2)", cents(amounts["plan"].get(code, 0.0) - amounts["today"].get(code, 0.0))) if both else NONE
            audited: list[Content] = [amounts[side].get(code, 0.0) if side in amounts else NONE for side in sides]
            page.line([label, *cells, change, *audited], ("", *[MONEY] * 3, CENTS, CENTS), bold=not code)
        page.gap()
        colours = (TODAY_COLOUR, TABS.get(name, PLAN_COLOUR))
        title = f"{text(f'problem.{name}', book.lang)} - {say('chart.lines')}"
        page.place([bars(page, title, head, first, page.row - 3, (2, 3), colours, size=(24.0, chart))], (1,))
        page.gap()


def _by_line(result: Result, audit: Audit) -> dict[str, float]:
    """€ per year of each cost line, "" for all, as the audit says."""
    amounts: dict[str, list[float]] = {"": []}
    for line in rows(result.costs_table, audit.costs):
        for key in (line.line, ""):
            amounts.setdefault(key, []).append(line.amount or 0.0)
    return {key: average(values, years_of(audit.costs)) for key, values in amounts.items()}


# --- summary -----------------------------------------------------------------------------------------------


def _summary(book: Book, page: Page, where: Mapping[tuple[str, str | None], int]) -> None:
    say, study = book.say, book.study
    page.title(as_title(study.scenario.name), say("below"))
    _headline(book, page)
    page.section(say("section.savings"))
    page.head([say("function"), say("state"), say("today"), say("plan"), say("elsewhere"), say("saving"), say("share"), say("audited_saving")])
    first = page.row
    for name, figures in _by_problem(book).items():
        state = text(f"status.{study.results[name].state}", book.lang)
        cells = [text(f"problem.{name}", book.lang), state, *_money_cells(book, page, name, figures[-1], 3)] if figures else [text(f"problem.{name}", book.lang), state, *[NONE] * 6]
        page.line(cells, ("", "", *[MONEY] * 4, per_cent(book.lang), CENTS))
    last = page.row - 1
    if study.saving is not None:
        page.line([say("all"), "", "", "", "", Live(f"=ROUND(SUM(F{first}:F{last}),2)", study.saving), "", study.saving], ("",) * 7 + (CENTS,), bold=True)
    page.text_columns((2,), first, last)
    if parts := saving_parts(book.posts_adjusted() or 0.0, book.lang):
        page.sentence(parts)
    page.sentence(say("not_added"), "595959")
    page.gap()
    _proofs(book, page)
    _matrix(book, page, where)
    _figures(book, page)


def _headline(book: Book, page: Page) -> None:
    """The saving in one sentence, then what must be known before trusting it."""
    study, lang = book.study, book.lang
    if study.saving is not None:
        page.sentence(book.say("headline" if study.saving >= 0 else "headline.loss", amount=number(abs(study.saving), lang)), PLAN_COLOUR, bold=True)
    if study.regrouping is not None:
        page.sentence(regrouping_text(study.regrouping, lang))
    for _, _, issue in study.all_issues():
        if issue.code == SIMULATION:
            page.sentence(explain(issue, lang), RED, bold=True)
    found = plan_errors(study)
    for issue in found[:MOST_ERRORS]:
        page.sentence(f"{text('severity.error', lang).capitalize()} - {explain(issue, lang)}", RED, bold=True)
    warnings = sum(1 for _, _, issue in study.all_issues() if issue.severity is Severity.WARNING)
    today = sum(1 for _, phase, issue in study.all_issues() if issue.is_error and phase == "today")
    counted = [(len(found), "count.errors"), (today, "count.today"), (warnings, "count.warnings")]
    said = [book.say(key, count=count) for count, key in counted if count]
    page.sentence((" ; " if lang == "fr" else "; ").join(said) + book.say("count.where") if said else book.say("count.none"), AMBER if said else "595959")
    page.gap()


def _proofs(book: Book, page: Page) -> None:
    """How far each plan can be from the best one: optimised cost, bound, gap, and what that means."""
    say, lang = book.say, book.lang
    page.keep(TITLES + 2 * ROW * len(book.study.results) + 16)
    page.section(say("section.proof"))
    page.head([say("function"), say("seconds"), say("objective"), say("audited"), say("bound"), say("gap"), say("gap_share")])
    sentences: list[tuple[str, str]] = []
    for name, result in book.study.results.items():
        plan, label, row = result.plan, text(f"problem.{name}", lang), page.row
        cells: list[Content] = [label, plan.seconds]
        if result.valid and result.audit is not None:
            cells += [Live(formulas.objective(book.costs[name, "plan"]), result.audit.cost, CENTS), result.audit.cost]
            if plan.bound is not None:
                gap = cents(max(0.0, result.audit.cost - plan.bound))
                share = 100 * gap / abs(result.audit.cost) if result.audit.cost else 0.0
                cells += [plan.bound, Live(f"=ROUND(MAX(0,C{row}-E{row}),2)", gap, CENTS), Live(f"=IF(C{row}=0,0,100*F{row}/ABS(C{row}))", share, per_cent(lang, 2))]
        cells += [NONE] * (7 - len(cells))
        page.line(cells, ("", "#,##0.0", *[CENTS] * 4, per_cent(lang)))
        sentences.append(_meaning(book, label, result))
    for words, colour in sentences:
        page.sentence(words, colour)
    page.sentence(say("objective.note"), "595959")
    page.gap()


def _meaning(book: Book, label: str, result: Result) -> tuple[str, str]:
    """What the gap of a plan means, in a sentence, and its colour."""
    plan, lang = result.plan, book.lang
    if plan.status.has_plan and not result.valid:
        return book.say("meaning.refused", problem=label), RED
    if not result.valid:
        return book.say("meaning.no_plan", problem=label, status=text(f"status.{plan.status}", lang)), RED
    if plan.bound is None or plan.gap is None or plan.gap_euros is None:
        return book.say("meaning.no_bound", problem=label), "000000"
    figures = {"problem": label, "bound": number(plan.bound, lang), "gap": number(plan.gap_euros, lang), "percent": number(100 * plan.gap, lang, 2)}
    return book.say("meaning.optimal" if plan.status is Status.OPTIMAL else "meaning.bound", **figures), "000000"


def _matrix(book: Book, page: Page, where: Mapping[tuple[str, str | None], int]) -> None:
    """Savings by establishment and problem, taken from the page by establishment; with its chart."""
    say, study, names = book.say, book.study, book.names()
    problems = [name for name, result in study.results.items() if result.valid and result.today is not None]
    if not problems:
        return
    figures = {(row.problem, row.establishment): row.saving for row in rows(SAVINGS, study.savings)}
    codes = sorted({code for problem, code in where if code is not None and problem in problems})
    size = (24.0, min(TALLEST, 4.0 + 0.75 * len(codes)))
    page.keep(TITLES + ROW * (len(codes) + 2), size[1])
    page.section(say("section.establishments"))
    head = page.head([say("establishment"), *(text(f"problem.{name}", book.lang) for name in problems), say("all_functions"), say("audited")])
    other, width = quote(say("places")), len(problems)
    first = page.row
    for code in [*codes, None]:
        row = page.row
        cells: list[Content] = [names.get(code, code) if code else say("group") if code is None else say("nobody")]
        known = []
        for name in problems:
            saving = figures.get((name, code))
            cells.append(Live(f"={other}!F{where[name, code]}", saving) if saving is not None else 0.0)
            known.append(saving or 0.0)
        total = cents(sum(known))
        cells += [Live(f"=ROUND(SUM(B{row}:{get_column_letter(1 + width)}{row}),2)", total), total]
        page.line(cells, ("",) + (MONEY,) * (width + 1) + (CENTS,), bold=code is None)
    page.sentence(say("borne"), "595959")
    page.gap()
    colours = [TABS.get(name, PLAN_COLOUR) for name in problems]
    page.place([bars(page, say("chart.savings"), head, first, first + len(codes) - 1, range(2, 2 + width), colours, size=size, stacked=len(problems) > 1)], (1,))


def _figures(book: Book, page: Page) -> None:
    """Key figures of the group, today and in the plan."""
    say, lang = book.say, book.lang
    pairs = [pair for pair in key_figures(book.study) if not pair.establishment]
    if not pairs:
        return
    page.keep(TITLES + ROW * len(pairs))
    page.section(say("section.figures"))
    titles = [say("figure"), say("function"), say("unit"), say("figure_today"), say("figure_plan"), say("figure_change")]
    page.head(titles)
    for pair in pairs:
        page.go_on(titles)
        shown = "#,##0" + ("." + "0" * pair.kpi.decimals if pair.kpi.decimals else "")
        change: Content = NONE if pair.today is None or pair.plan is None else pair.plan - pair.today
        cells: list[Content] = [pair.kpi.fr if lang == "fr" else pair.kpi.en, text(f"problem.{pair.problem}", lang), unit_name(pair.kpi.unit, lang)]
        cells += [NONE if value is None else value for value in (pair.today, pair.plan)]
        row = page.line([*cells, change], ("", "", "", shown, shown, "+" + shown + ";-" + shown + ";0"))
        page.text_columns((2, 3), row, row)
