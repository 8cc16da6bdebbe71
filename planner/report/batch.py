"""The workbook of a batch: its members in figures with their charts, every key figure, what each changed, what to know."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference, ScatterChart, Series
from openpyxl.chart.label import DataLabelList
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from planner.catalog import KPIS
from planner.excel.write import Placed, write_table
from planner.i18n import text
from planner.kinds import Decimal, Integer, Text
from planner.outcomes import Line, frontier
from planner.report import stored
from planner.schema import Column, Table
from planner.store import Batch, State

BLUE, GREY = "1F5F8B", "8A8F98"
MOST_BARS = 40  # members that a chart can still name


def batch_book(batch: Batch, found: Sequence[Line], notes: Sequence[tuple[str, str, str]], lang: str) -> bytes:
    """`found`: the members in order; `notes`: (member, function, sentence)."""
    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    live: dict[tuple[str, str], float] = {}
    problems = [name for name in KPIS if any(name in line.costs for line in found)]
    placed = _members(book, found, problems, lang, live)
    _charts(book, placed, found, problems, lang, batch.kind == "closeness")
    _figures(book, found, problems, lang)
    _texts(book, "changes", [(line.label, line.changed or text("batch.as_is", lang)) for line in found], ("member", "changed"), lang)
    if notes:
        _texts(book, "notes", notes, ("member", "function", "note"), lang)
    book.properties.title = batch.name
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
    """The first sheet; the gap to the first member is a live formula."""
    columns = [
        Column("member", Text(), *_title("member")), Column("state", Text(), *_title("state")),
        Column("saving", Decimal(), *_title("saving"), unit="€/an", decimals=0), Column("to_first", Decimal(), *_title("to_first"), unit="€/an", decimals=0),
    ]  # fmt: skip
    for name in problems:
        fr, en = (text(f"problem.{name}", language) for language in ("fr", "en"))
        for key, unit in (("cost", "€/an"), ("bound", "€"), ("gap", "€")):
            of_fr, of_en = _title(key)
            columns.append(Column(f"{key}_{name}", Decimal(), f"{fr} : {of_fr}", f"{en}: {of_en}", unit=unit, decimals=0))
    if any(line.co2 is not None for line in found):
        columns.append(Column("co2", Decimal(), *_title("co2"), unit="tCO2e/an", decimals=1))
    if any(line.changes is not None for line in found):
        columns.append(Column("changes", Integer(), *_title("changes")))
    columns.append(Column("seconds", Decimal(), *_title("seconds"), unit="s", decimals=1))
    table = Table("batch_members", *_title("sheet"), tuple(columns), result=True)
    made = []
    for line in found:
        cells: dict[str, Any] = {"member": f"{line.label} *" if line.faulty_today else line.label, "state": outcome(line, lang), "saving": line.saving,
                                 **{name: getattr(line, name) for name in ("co2", "changes") if name in table.names},
                                 "seconds": sum(problem["seconds"] for problem in line.run.summary.get("problems", {}).values()) or None}  # fmt: skip
        for name in problems:
            cells |= {f"cost_{name}": line.costs.get(name), f"bound_{name}": line.bounds.get(name), f"gap_{name}": line.gaps.get(name)}
        if line.saving is not None and found[0].saving is not None:
            cells["to_first"] = line.saving - found[0].saving
        made.append(cells)
    placed = write_table(book, table, table.frame(made), lang, (table,))
    sheet = book[placed.sheet]
    for row, cells in enumerate(made, start=placed.first):
        if cells.get("to_first") is not None:
            saving, at = placed.letters["saving"], f"{placed.letters['to_first']}{row}"
            sheet[at] = f"={saving}{row}-{saving}${placed.first}"
            live[placed.sheet, at] = cells["to_first"]
    _landscape(sheet)
    return placed


def _landscape(sheet: Worksheet) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    if sheet.sheet_properties.pageSetUpPr is not None:
        sheet.sheet_properties.pageSetUpPr.fitToPage = True


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
        bars.width, bars.height = 26, min(18, round(3 + 0.75 * (last - placed.first + 1)))
        sheet.add_chart(bars, f"A{row}")
        row += int(bars.height * 2) + 2
    for name in problems:
        if any(line.co2 is not None for line in found) and name == "routes":
            _scatter(sheet, reference("co2"), reference(f"cost_{name}"), text("batch.chart.co2", lang), text("batch.col.co2", lang), text("batch.col.cost", lang), f"A{row}")
            row += 20
        if closeness and any(line.changes is not None for line in found):
            row = _curve(sheet, frontier(found, name), name, lang, row)
    _landscape(sheet)


def _scatter(sheet: Worksheet, x: Reference, y: Reference, title: str, x_title: str, y_title: str, at: str, joined: bool = False) -> None:
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
    chart.width, chart.height = 26, 9
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
    _scatter(sheet, Reference(sheet, min_col=column, min_row=start, max_row=last), Reference(sheet, min_col=column + 1, min_row=start, max_row=last), title,
             text("batch.col.changes", lang), text("batch.col.cost", lang), f"A{row}", joined=True)  # fmt: skip
    return row + 20


def _figures(book: Workbook, found: Sequence[Line], problems: Sequence[str], lang: str) -> None:
    """Every key figure of the group, a row per member, today first."""
    columns = [Column("member", Text(), *_title("member"))]
    for name in problems:
        for kpi in KPIS[name]:
            if any(kpi.code in _kpis(line, name) for line in found):
                fr, en = (text(f"problem.{name}", language) for language in ("fr", "en"))
                columns.append(Column(f"{name}_{kpi.code}", Decimal(), f"{fr} : {kpi.fr}", f"{en}: {kpi.en}", unit=kpi.unit, decimals=kpi.decimals))
    table = Table("batch_figures", *_title("figures"), tuple(columns), result=True)
    rows: list[dict[str, Any]] = []
    known = next((line for line in found if line.run.summary.get("problems")), None)
    for label, line, which in ([(text("comparison.today", lang), known, 0)] if known else []) + [(line.label, line, 1) for line in found]:
        cells: dict[str, Any] = {"member": label}
        for column in columns[1:]:
            name, _, code = column.name.partition("_")
            pair = _kpis(line, name).get(code)
            cells[column.name] = None if pair is None else pair[which]
        rows.append(cells)
    placed = write_table(book, table, table.frame(rows), lang, (table,))
    _landscape(book[placed.sheet])


def _kpis(line: Line, name: str) -> dict[str, Any]:
    kpis: dict[str, Any] = line.run.summary.get("problems", {}).get(name, {}).get("kpis", {})
    return kpis


def _texts(book: Workbook, key: str, lines: Sequence[Sequence[str]], names: Sequence[str], lang: str) -> None:
    table = Table(f"batch_{key}", *_title(f"sheet_{key}"), tuple(Column(name, Text(), *_title(name)) for name in names), result=True)
    placed = write_table(book, table, table.frame([dict(zip(names, line, strict=True)) for line in lines]), lang, (table,))
    _landscape(book[placed.sheet])
