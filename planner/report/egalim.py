"""The workbook of what EGalim costs point by point: the curve as a table and as a picture."""

from __future__ import annotations

import math
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import Reference, ScatterChart, Series

from planner.egalim import Curve
from planner.excel.write import write_table
from planner.i18n import text
from planner.kinds import Decimal, Text
from planner.report import stored
from planner.schema import Column, Table


def egalim_book(made: Curve, lang: str) -> bytes:
    """One sheet: a line per share asked, and the yearly cost against the share reached, with its proven bound."""

    def column(code: str, kind: Any, unit: str = "", decimals: int = 2) -> Column:
        return Column(code, kind, text(f"egalim.{code}", "fr"), text(f"egalim.{code}", "en"), unit=unit, decimals=decimals)

    def finite(value: float | None, per: float = 1.0) -> float | None:
        return value / per if value is not None and math.isfinite(value) else None

    name = f"title_{made.kind}"
    table = Table("egalim", text(f"egalim.{name}", "fr"), text(f"egalim.{name}", "en"), (
        column("share", Decimal(), "%", 1), column("reached", Decimal(), "%", 1), column("cost", Decimal(), "", 0), column("bound", Decimal(), "", 0),
        column("low", Decimal(), "", 0), column("high", Decimal(), "", 0), column("status", Text()),
    ), result=True)  # fmt: skip
    lines = [
        {"share": p.share or None, "reached": p.reached, "cost": finite(p.cost, made.years), "bound": finite(p.bound, made.years), "low": finite(p.low), "high": finite(p.high),
         "status": text(f"status.{p.status}", lang)}
        for p in made.points
    ]  # fmt: skip
    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    placed = write_table(book, table, table.frame(lines), lang, (table,))
    sheet: Any = book[placed.sheet]
    chart = ScatterChart()
    chart.title, chart.height, chart.width, chart.style = text("egalim.chart_reached", lang), 11, 24, 2
    last = placed.first + sum(line["cost"] is not None for line in lines) - 1
    for place in (3, 4):
        series = Series(Reference(sheet, min_col=place, min_row=placed.first, max_row=last), Reference(sheet, min_col=2, min_row=placed.first, max_row=last),
                        title=table.columns[place - 1].header(lang))  # fmt: skip
        series.marker.symbol = "circle"
        chart.series.append(series)
    chart.x_axis.title, chart.y_axis.title = table.column("reached").title(lang), table.column("cost").title(lang)
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.number_format = "#,##0"
    sheet.add_chart(chart, f"A{placed.first + len(lines) + 2}")
    content = BytesIO()
    stored.save(book, content, {})
    return content.getvalue()
