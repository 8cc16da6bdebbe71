"""A page drawn by hand: titles, small tables, live formulas with the audited figure beside, charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.data_source import StrRef
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.styles import Alignment, Border, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from planner.excel.write import DARK, GREY, LINE, PALE, at, font, print_setup, put_text, quote

MONEY, CENTS = "#,##0;[Red]-#,##0", "#,##0.00;[Red]-#,##0.00"
TODAY_COLOUR, PLAN_COLOUR = "A6A6A6", DARK
NONE = "–"
LEAST_USED = 130.0  # points: a page with a title alone is not left behind
PAGE_WIDTH, PAGE_HEIGHT = 780.0, 500.0  # points of an A4 landscape page inside its margins
CM_PER_ROW = 15 * 2.54 / 72
CHARACTER = 5.35  # points that one unit of column width takes


def per_cent(lang: str, decimals: int = 1) -> str:
    """The format of a share given in per cent: `7,5 %` or `7.5%`."""
    shown = f"0.{'0' * decimals}" + ('"%"' if lang == "en" else '"\u00a0%"')
    return f"{shown};[Red]-{shown}"


@dataclass(frozen=True)
class Live:
    """A formula and the value that it must give (what the audit says)."""

    formula: str
    value: float
    format: str = MONEY


Content = str | float | int | Live | None


@dataclass
class Page:
    """A worksheet filled from top to bottom; `row` is the next free one. `live`: every formula written, by cell."""

    sheet: Worksheet
    widths: Sequence[float]
    row: int = 1
    live: dict[str, float] = field(default_factory=dict)
    top: int = 1  # first row of the printed page
    scale: float = 1.0

    def __post_init__(self) -> None:
        for index, width in enumerate(self.widths, start=1):
            self.sheet.column_dimensions[get_column_letter(index)].width = width
        self.sheet.sheet_view.showGridLines = False
        print_setup(self.sheet)
        self.scale = min(1.0, PAGE_WIDTH / (sum(self.widths) * CHARACTER))  # of the print, which fits the page's width

    def keep(self, table: float, chart: float = 0.0) -> None:
        """Starts a new printed page if the next `table` points, and the chart's centimetres if they fit on one page
        with it, do not fit on this one."""
        page, picture = PAGE_HEIGHT / self.scale, chart * 72 / 2.54
        used = self._used()
        needed = table + picture if table + picture <= page else min(table, page)
        if used + needed > page and used > LEAST_USED:
            self._turn()

    def go_on(self, titles: Sequence[str]) -> None:
        """Starts a new printed page, with the titles again, where a row more of a long table does not fit on this one."""
        if self._used() + 2 * 15.5 > PAGE_HEIGHT / self.scale:
            self._turn()
            self.head(titles)

    def _used(self) -> float:
        return sum(self.sheet.row_dimensions[row].height or 15 for row in range(self.top, self.row))

    def _turn(self) -> None:
        self.sheet.row_breaks.append(Break(id=self.row - 1))
        self.top = self.row

    @property
    def width(self) -> int:
        return len(self.widths)

    def title(self, words: str, below: str = "") -> None:
        put_text(at(self.sheet, self.row, 1), words)
        at(self.sheet, self.row, 1).font = font(bold=True, size=18, color=DARK)
        self.sheet.row_dimensions[self.row].height = 28
        self.row += 1
        if below:
            put_text(at(self.sheet, self.row, 1), below)
            at(self.sheet, self.row, 1).font = font(color=GREY, size=11)
            self.row += 1
        self.row += 1

    def section(self, words: str) -> None:
        for column in range(1, self.width + 1):
            at(self.sheet, self.row, column).border = Border(bottom=Side("medium", color=DARK))
        put_text(at(self.sheet, self.row, 1), words)
        at(self.sheet, self.row, 1).font = font(bold=True, size=13, color=DARK)
        self.sheet.row_dimensions[self.row].height = 24
        self.row += 1

    def sentence(self, words: str, colour: str = "000000", bold: bool = False) -> None:
        """A sentence over the whole width, as many lines as it needs."""
        cell = at(self.sheet, self.row, 1)
        put_text(cell, words)
        cell.font = font(color=colour, bold=bold)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        self.sheet.merge_cells(start_row=self.row, start_column=1, end_row=self.row, end_column=self.width)
        self.sheet.row_dimensions[self.row].height = 15.5 * _lines(words, sum(self.widths))
        self.row += 1

    def head(self, titles: Sequence[str]) -> int:
        """Column titles; returns their row."""
        lines = 1
        for column, words in enumerate(titles, start=1):
            cell = at(self.sheet, self.row, column)
            put_text(cell, words)
            cell.font = font(bold=True, color="FFFFFF")
            cell.fill = PatternFill("solid", fgColor=DARK)
            cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="left" if column == 1 else "center")
            lines = max(lines, _lines(words, 0.9 * self.widths[column - 1]))
        self.sheet.row_dimensions[self.row].height = 15.5 * lines + 5
        self.row += 1
        return self.row - 1

    def line(self, cells: Sequence[Content], formats: Sequence[str] = (), bold: bool = False) -> int:
        """One row; returns its number. A float is shown with its column's format (default: whole euros)."""
        lines = 1
        for column, content in enumerate(cells, start=1):
            cell = at(self.sheet, self.row, column)
            cell.border = Border(bottom=Side("hair", color=LINE))
            cell.font = font(bold=bold)
            if bold:
                cell.fill = PatternFill("solid", fgColor=PALE)
            cell.alignment = Alignment(vertical="center", horizontal="left" if column == 1 else "right", wrap_text=isinstance(content, str))
            if isinstance(content, Live):
                cell.value = content.formula
                cell.number_format = content.format
                self.live[cell.coordinate] = content.value
            elif isinstance(content, str):
                put_text(cell, content)
                lines = max(lines, _lines(content, self.widths[column - 1]))
            elif content is not None:
                cell.value = content
                cell.number_format = formats[column - 1] if column <= len(formats) and formats[column - 1] else MONEY
        self.sheet.row_dimensions[self.row].height = 15.5 * lines + 2
        self.row += 1
        return self.row - 1

    def text_columns(self, columns: Sequence[int], first: int, last: int) -> None:
        """Left-aligns columns that hold words."""
        for row in range(first, last + 1):
            for column in columns:
                at(self.sheet, row, column).alignment = Alignment(vertical="center", horizontal="left", wrap_text=True)

    def gap(self, rows: int = 1) -> None:
        self.row += rows

    def place(self, charts: Sequence[BarChart], columns: Sequence[int]) -> None:
        """Charts side by side from the next row, which then is below them."""
        height = max(float(chart.height) for chart in charts)
        self.keep(0.0, height)
        for chart, column in zip(charts, columns, strict=True):
            self.sheet.add_chart(chart, f"{get_column_letter(column)}{self.row}")
        below = self.row + 1 + math.ceil(height / CM_PER_ROW)
        for row in range(self.row, below):
            self.sheet.row_dimensions[row].height = 15
        self.row = below


def _lines(words: str, width: float) -> int:
    """How many lines a text takes in a column: letters are narrower than the digits that widths count."""
    return max(1, math.ceil(len(words) / max(1.0, 1.08 * width - 1)))


def bars(
    page: Page, title: str, head: int, first: int, last: int, columns: Sequence[int], colours: Sequence[str],
    *, labels: int = 1, size: tuple[float, float] = (15.0, 7.5), stacked: bool = False,
) -> BarChart:  # fmt: skip
    """Horizontal bars over rows `first`..`last` of a page's table: one series per column, named by the title row."""
    chart = BarChart()
    chart.type = "bar"
    chart.title = title
    chart.style = 10
    chart.grouping = "stacked" if stacked else "clustered"
    chart.overlap = 100 if stacked else -5
    chart.gapWidth = 60
    setattr(chart, "width", size[0])  # noqa: B010 - typed as int by the stubs, centimetres in fact
    setattr(chart, "height", size[1])  # noqa: B010
    for column, colour in zip(columns, colours, strict=True):
        series = Series(Reference(page.sheet, min_col=column, min_row=first, max_row=last))
        series.tx = SeriesLabel(strRef=StrRef(f"{quote(page.sheet.title)}!${get_column_letter(column)}${head}"))
        series.graphicalProperties = _paint(colour)
        series.invertIfNegative = False
        chart.series.append(series)
    chart.set_categories(Reference(page.sheet, min_col=labels, min_row=first, max_row=last))
    chart.x_axis.scaling.orientation = "maxMin"  # first row on top
    chart.x_axis.tickLblPos = "low"  # beside the frame, not beside zero
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.number_format = "#,##0"
    chart.y_axis.crosses = "max"  # its figures below, though the first row is on top
    chart.y_axis.majorGridlines = ChartLines(spPr=_paint("D9D9D9"))
    if len(columns) == 1:
        chart.legend = None
    elif chart.legend is not None:
        chart.legend.position = "b"
    return chart


def _paint(colour: str) -> GraphicalProperties:
    painted = GraphicalProperties(solidFill=colour)
    painted.line.solidFill = colour
    return painted
