"""The workbook of a batch: its members in figures with their charts, every key figure, what each changed, what to know."""

from __future__ import annotations

import math
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference, ScatterChart, Series
from openpyxl.chart.label import DataLabelList
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from planner.catalog import KPIS
from planner.excel.write import Placed, lines_of, print_setup, put_text, write_table
from planner.i18n import text
from planner.kinds import Decimal, Integer, Text
from planner.outcomes import Line, frontier
from planner.report import stored
from planner.schema import Column, Table, unit_name
from planner.store import State

BLUE, GREY = "1F5F8B", "8A8F98"
MOST_BARS = 40  # members that a chart can still name
FIGURES_A_PAGE = 9  # columns of figures that a printed page holds legibly
SCATTER_CM = 9
WIDE, LINE_CM = 25, 0.53  # width of a chart on a landscape page, height of a row (cm)
PAGE_ROWS = 33  # rows of a landscape page


def batch_book(name: str, found: Sequence[Line], notes: Sequence[tuple[str, str, str]], lang: str, curve: bool = False) -> bytes:
    """`found`: the members in order; `notes`: (member, function, sentence); `curve`: draw cost against changes."""
    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    live: dict[tuple[str, str], float] = {}
    problems = [name for name in KPIS if any(name in line.costs for line in found)]
    placed = _members(book, found, problems, lang, live)
    _charts(book, placed, found, problems, lang, curve)
    _figures(book, found, problems, lang)
    _texts(book, "changes", [(line.label, line.changed or text("batch.as_is", lang)) for line in found], ("member", "changed"), lang)
    if notes:
        _texts(book, "notes", notes, ("member", "function", "note"), lang)
    book.properties.title = name
    book.properties.creator = "planner"
    content = BytesIO()
    stored.save(book, content, live)
    return content.getvalue()


def outcome(line: Line, lang: str) -> str:
    """How a member ended, in words."""
    run = line.run
    return text(f"app.outcome.{run.outcome}" if run.state is State.DONE and run.outcome else f"app.state.{run.state}", lang)


def _title(key: str) -> tuple[str, str]:
    return text(f"batch.col.{key}", "fr"), text(f"batch.col.{key}", "en")


def _members(book: Workbook, found: Sequence[Line], problems: Sequence[str], lang: str, live: dict[tuple[str, str], float]) -> Placed:
    """The first sheet; the gap to the first member of the same batch and the shares are live formulas."""
    columns = [
        Column("member", Text(), *_title("member")), Column("state", Text(), *_title("state")),
        Column("saving", Decimal(), *_title("saving"), unit="€/an", decimals=0), Column("to_first", Decimal(), *_title("to_first"), unit="€/an", decimals=0),
    ]  # fmt: skip
    starts: dict[int | None, Line] = {}  # the first member, by batch
    if any(line.unclear(starts.setdefault(line.run.batch_id, line)) for line in found):
        columns.append(Column("told", Text(), *_title("told")))
    for name in problems:
        fr, en = (text(f"problem.{name}", language) for language in ("fr", "en"))
        for key, unit in (("cost", "€/an"), ("bound", "€"), ("gap", "€"), ("share", "%")):
            of_fr, of_en = _title("gap" if key == "share" else key)
            help_fr, help_en = (text(f"batch.help.{key}", language) for language in ("fr", "en"))
            of = (text("batch.of", "fr", problem=fr, what=of_fr), text("batch.of", "en", problem=en, what=of_en))
            columns.append(Column(f"{key}_{name}", Decimal(), *of, unit=unit, decimals=0, help_fr=help_fr, help_en=help_en))
    if any(line.co2 is not None for line in found):
        columns.append(Column("co2", Decimal(), *_title("co2"), unit="tCO2e/an", decimals=1))
    if any(line.changes is not None for line in found):
        columns.append(Column("changes", Integer(), *_title("changes")))
    columns.append(Column("seconds", Decimal(), *_title("seconds"), unit="s", decimals=1))
    table = Table("batch_members", *_title("sheet"), tuple(columns), result=True)
    made: list[dict[str, Any]] = []
    firsts: dict[int | None, int] = {}  # place of the first member, by batch
    for line in found:
        cells: dict[str, Any] = {"member": f"{line.label} *" if line.faulty_today else line.label, "state": outcome(line, lang), "saving": line.saving,
                                 **{name: getattr(line, name) for name in ("co2", "changes") if name in table.names},
                                 "seconds": sum(problem["seconds"] for problem in line.run.summary.get("problems", {}).values()) or None}  # fmt: skip
        for name in problems:
            bound, gap = line.bounds.get(name), line.gaps.get(name)
            share = gap / (bound + gap) if bound is not None and gap is not None and bound + gap > 0 else None
            cells |= {f"cost_{name}": line.costs.get(name), f"bound_{name}": bound, f"gap_{name}": gap, f"share_{name}": share}
        first = found[firsts.setdefault(line.run.batch_id, len(made))]
        cells["to_first"] = line.to_first(first)
        if line.unclear(first):
            cells["told"] = text("comparison.unclear", lang)
        made.append(cells)
    placed = write_table(book, table, table.frame(made), lang, (table,))
    sheet = book[placed.sheet]
    letter = placed.letters
    for row, (line, cells) in enumerate(zip(found, made, strict=True), start=placed.first):
        formulas = {"to_first": f"={letter['saving']}{row}-{letter['saving']}${placed.first + firsts[line.run.batch_id]}"}
        for name in problems:
            formulas[f"share_{name}"] = f"={letter[f'gap_{name}']}{row}/({letter[f'bound_{name}']}{row}+{letter[f'gap_{name}']}{row})"
        for key, formula in formulas.items():
            if cells.get(key) is not None:
                sheet[f"{letter[key]}{row}"] = formula
                live[placed.sheet, f"{letter[key]}{row}"] = cells[key]
    for name in problems:
        for row in range(placed.first, placed.last + 1):
            sheet[f"{letter[f'share_{name}']}{row}"].number_format = "0.0%"
    if any(line.faulty_today for line in found):  # beside the mark it explains
        under = placed.last + 2
        put_text(sheet[f"A{under}"], text("lots.faulty_today", lang))
        sheet.merge_cells(f"A{under}:D{under}")  # the columns of the first page
        sheet[f"A{under}"].alignment = Alignment(vertical="top", wrap_text=True)
        sheet.row_dimensions[under].height = 15.0 * lines_of(text("lots.faulty_today", lang), sum(sheet.column_dimensions[c].width for c in "ABCD"))
    _pages(sheet, 1, math.ceil((len(columns) - 2) / FIGURES_A_PAGE))
    return placed


def _pages(sheet: Worksheet, repeated: int, across: int) -> None:
    """Print over so many pages side by side, the first columns on each."""
    sheet.page_setup.fitToWidth = max(1, across)
    if across > 1:
        sheet.print_title_cols = f"A:{get_column_letter(repeated)}"


def _charts(book: Workbook, placed: Placed, found: Sequence[Line], problems: Sequence[str], lang: str, closeness: bool) -> None:
    """A page of charts: saving by member, cost against CO2, cost against changes."""
    data = book[placed.sheet]
    sheet = book.create_sheet(text("batch.charts", lang))
    sheet.sheet_view.showGridLines = False
    row = 1
    columns = list(placed.letters)
    last = min(placed.last, placed.first + MOST_BARS - 1)

    def reference(column: str) -> Reference:
        place = columns.index(column) + 1
        return Reference(data, min_col=place, min_row=placed.first, max_row=last)

    if any(line.saving is not None for line in found):
        bars = BarChart()
        bars.type, bars.style, bars.gapWidth = "bar", 10, 40
        bars.title = text("batch.chart.saving", lang)
        series = Series(reference("saving"), title=text("batch.col.saving", lang))
        series.graphicalProperties.solidFill = BLUE
        bars.append(series)
        bars.set_categories(reference("member"))
        bars.legend = None
        bars.y_axis.numFmt, bars.y_axis.majorGridlines = "#,##0", None
        bars.x_axis.scaling.orientation = "maxMin"
        bars.x_axis.delete = bars.y_axis.delete = False
        bars.dataLabels = DataLabelList()
        bars.dataLabels.showVal = True
        bars.dataLabels.showSerName = bars.dataLabels.showCatName = bars.dataLabels.showLegendKey = False
        height = min(16, round(3 + 0.75 * (last - placed.first + 1)))
        bars.width, bars.height = WIDE, height
        sheet.add_chart(bars, f"A{row}")
        row = _below(sheet, row, height)
    for name in problems:
        if any(line.co2 is not None for line in found) and name == "routes":
            scatter(sheet, reference("co2"), reference(f"cost_{name}"), text("batch.chart.co2", lang), text("batch.col.co2", lang), text("batch.col.cost", lang), f"A{row}")
            row = _below(sheet, row, SCATTER_CM)
        if closeness and any(line.changes is not None for line in found):
            row = _curve(sheet, frontier(found, name), name, lang, row)
    print_setup(sheet)
    sheet.print_area = f"A1:O{row}"
    sheet.page_setup.fitToWidth = sheet.page_setup.fitToHeight = None
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=False)  # page breaks hold only without it
    sheet.page_setup.scale = 95


def _below(sheet: Worksheet, row: int, height: float) -> int:
    """The row of the next chart, under one of this height (cm); on the next page where it would be cut."""
    after = row + math.ceil(height / LINE_CM) + 2
    page = max((mark.id for mark in sheet.row_breaks.brk), default=0)
    if after - page + math.ceil(SCATTER_CM / LINE_CM) > PAGE_ROWS:
        sheet.row_breaks.append(Break(id=after - 1))
    return after


def scatter(sheet: Worksheet, x: Reference, y: Reference, title: str, x_title: str, y_title: str, at: str, joined: bool = False) -> None:
    chart = ScatterChart()
    chart.title, chart.style, chart.legend = title, 13, None
    chart.x_axis.title, chart.y_axis.title = x_title, y_title
    chart.x_axis.numFmt = chart.y_axis.numFmt = "#,##0"
    chart.x_axis.delete = chart.y_axis.delete = False
    series = Series(y, x)
    series.marker.symbol, series.marker.size = "circle", 8
    series.marker.graphicalProperties.solidFill = BLUE
    if joined:
        series.graphicalProperties.line.solidFill = GREY
    else:
        series.graphicalProperties.line.noFill = True
    chart.series.append(series)
    chart.width, chart.height = WIDE, SCATTER_CM
    sheet.add_chart(chart, at)


def _curve(sheet: Worksheet, points: Sequence[tuple[int, float, str]], name: str, lang: str, row: int) -> int:
    """Cost against number of changes, with its figures beside so that the chart can be checked."""
    if len(points) < 2:
        return row
    start = row + 1
    column = 20
    for place, head in enumerate((text("batch.col.changes", lang), text("batch.col.cost", lang))):
        sheet.cell(row, column + place, head)
    for place, (changes, cost, _) in enumerate(points):
        sheet.cell(start + place, column, changes)
        sheet.cell(start + place, column + 1, cost).number_format = "#,##0"
    sheet.column_dimensions[get_column_letter(column + 1)].width = 14
    last = start + len(points) - 1
    title = f"{text(f'problem.{name}', lang)} - {text('batch.chart.closeness', lang)}"
    scatter(sheet, Reference(sheet, min_col=column, min_row=start, max_row=last), Reference(sheet, min_col=column + 1, min_row=start, max_row=last), title,
             text("batch.col.changes", lang), text("batch.col.cost", lang), f"A{row}", joined=True)  # fmt: skip
    return _below(sheet, row, SCATTER_CM)


def _figures(book: Workbook, found: Sequence[Line], problems: Sequence[str], lang: str) -> None:
    """Every key figure of the group, a column per member after today's."""
    known = next((line for line in found if line.run.summary.get("problems")), None)
    columns = [Column(code, Text(), text(f"comparison.{code}", "fr"), text(f"comparison.{code}", "en")) for code in ("function", "figure", "unit")]
    columns.append(Column("today", Decimal(), *_title("today")))
    columns += [Column(f"member_{place}", Decimal(), line.label, line.label) for place, line in enumerate(found)]
    table = Table("batch_figures", *_title("figures"), tuple(columns), result=True)
    told = [(name, kpi) for name in problems for kpi in KPIS[name] if any(kpi.code in _kpis(line, name) for line in found)]
    made: list[dict[str, Any]] = []
    for name, kpi in told:
        pairs = [_kpis(line, name).get(kpi.code, (None, None)) for line in found]
        cells = {"function": text(f"problem.{name}", lang), "figure": kpi.fr if lang == "fr" else kpi.en, "unit": unit_name(kpi.unit, lang)}
        made.append({**cells, "today": _kpis(known, name).get(kpi.code, (None, None))[0] if known else None, **{f"member_{place}": pair[1] for place, pair in enumerate(pairs)}})
    placed = write_table(book, table, table.frame(made), lang, (table,))
    sheet = book[placed.sheet]
    for row, (_, kpi) in enumerate(told, start=placed.first):
        for column in columns[3:]:
            sheet[f"{placed.letters[column.name]}{row}"].number_format = "#,##0" + ("." + "0" * kpi.decimals if kpi.decimals else "")
    for column in columns[3:]:
        sheet.column_dimensions[placed.letters[column.name]].width = 20
    sheet.row_dimensions[1].height = 15.5 * max(lines_of(column.title(lang), 17) for column in columns) + 6
    sheet.freeze_panes = "D2"
    _pages(sheet, 3, math.ceil((len(columns) - 3) / 6))


def _kpis(line: Line, name: str) -> dict[str, Any]:
    kpis: dict[str, Any] = line.run.summary.get("problems", {}).get(name, {}).get("kpis", {})
    return kpis


def _texts(book: Workbook, key: str, lines: Sequence[Sequence[str]], names: Sequence[str], lang: str) -> None:
    table = Table(f"batch_{key}", *_title(f"sheet_{key}"), tuple(Column(name, Text(), *_title(name)) for name in names), result=True)
    write_table(book, table, table.frame([dict(zip(names, line, strict=True)) for line in lines]), lang, (table,))
