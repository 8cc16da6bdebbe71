"""The workbook of a sharing: what each pays by method, what that is less than alone, who would leave, every coalition's cost."""

from __future__ import annotations

import math
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference

from planner.coalitions import Share, Sharing
from planner.excel.write import write_table
from planner.i18n import number, text
from planner.kinds import Decimal, Text
from planner.report import stored
from planner.schema import Column, Table
from planner.solvers.sharing import Core, members


def verdict(made: Sharing, one: Share, lang: str) -> str:
    """Whether the charges of a method hold, in a sentence; how sure they are where they are a sample's mean."""
    said = _holds(made, one, lang)
    return f"{said} {text('share.sampled', lang, error=number(1.96 * max(one.error), lang, 0))}" if one.error else said


def _holds(made: Sharing, one: Share, lang: str) -> str:
    method = text(f"share.{one.method}", lang)
    if one.core is None:
        return text("share.core_unknown", lang, method=method)
    who = " + ".join(made.names[i] for i in members(one.core.coalition))
    if math.isinf(one.core.gain):
        return text("share.open_unknown", lang, method=method)
    key = {Core.INSIDE: "share.inside", Core.BLOCKED: "share.blocked", Core.OPEN: "share.open"}[one.core.verdict]
    return text(key, lang, method=method, members=who, gain=number(one.core.gain, lang, 0))


def sharing_book(made: Sharing, lang: str) -> bytes:
    """Four sheets; the second has the picture."""

    def column(code: str, kind: Any, unit: str = "", decimals: int = 2) -> Column:
        return Column(code, kind, text(f"share.{code}", "fr"), text(f"share.{code}", "en"), unit=unit, decimals=decimals)

    def leaving(method: str) -> Column:
        french, english = (text("share.leaving", word, method=text(f"share.{method}", word)) for word in ("fr", "en"))
        return Column(f"leave_{method}", Decimal(), french, english, unit="€/an", decimals=0)

    def table_of(name: str, *columns: Column) -> Table:
        return Table(name, text(f"share.sheet_{name}", "fr"), text(f"share.sheet_{name}", "en"), columns, result=True)

    methods = [one.method for one in made.shares]
    first = column("establishment", Text())
    today = Column("today", Decimal(), text("cli.today", "fr"), text("cli.today", "en"), unit="€/an", decimals=0)
    charges = table_of("charges", first, today, column("alone", Decimal(), "€/an", 0), *(column(m, Decimal(), "€/an", 0) for m in methods))
    less = table_of("less", first, *(column(m, Decimal(), "%", 1) for m in methods))
    verdicts = table_of("verdicts", column("method", Text()), column("verdict", Text()))
    costs = table_of("coalitions", column("coalition", Text()), column("cost", Decimal(), "€/an", 0), column("bound", Decimal(), "€/an", 0), column("saves", Decimal(), "€/an", 0),
                     *(leaving(m) for m in methods))  # fmt: skip
    paid: list[dict[str, Any]] = []
    rates: list[dict[str, Any]] = []
    for i, name in enumerate(made.names):
        alone = made.alone[i]
        paid.append({"establishment": name, "today": made.today[i], "alone": alone, **{s.method: s.charges[i] for s in made.shares}})
        rates.append({"establishment": name, **{s.method: 100 * (1 - s.charges[i] / alone) if alone else None for s in made.shares}})
    said: list[dict[str, Any]] = [{"method": text(f"share.{s.method}", lang), "verdict": verdict(made, s, lang)} for s in made.shares]
    every: list[dict[str, Any]] = []
    for c in made.coalitions:
        every.append({"coalition": c.label, "cost": c.cost, "bound": c.bound, "saves": made.saves(c), **{f"leave_{s.method}": made.leaving(c, s) for s in made.shares}})
    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    tables = (charges, less, verdicts, costs)
    contents: tuple[list[dict[str, Any]], ...] = (paid, rates, said, every)
    for table, lines in zip(tables, contents, strict=True):
        placed = write_table(book, table, table.frame(lines), lang, tables)
        if table is less and methods:
            sheet: Any = book[placed.sheet]
            chart = BarChart()
            chart.title, chart.height, chart.width = text("share.chart", lang), 11, 28
            last = placed.first + len(lines) - 1
            for place in range(2, len(methods) + 2):
                chart.add_data(Reference(sheet, min_col=place, min_row=placed.first - 1, max_row=last), titles_from_data=True)
            chart.set_categories(Reference(sheet, min_col=1, min_row=placed.first, max_row=last))
            chart.x_axis.tickLblPos = "low"  # below the bars, also those below zero
            chart.y_axis.number_format, chart.y_axis.delete, chart.x_axis.delete = "0", False, False
            sheet.add_chart(chart, f"A{last + 3}")
    content = BytesIO()
    stored.save(book, content, {})
    return content.getvalue()
