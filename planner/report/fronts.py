"""The workbook of a front: its points, and cost drawn against CO2, minutes and safety."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import Reference

from planner.excel.write import write_table
from planner.fronts import Front
from planner.i18n import message, text
from planner.kinds import Decimal, Flag, Text
from planner.report import stored
from planner.report.batch import scatter
from planner.schema import Column, Table

SCATTER_ROWS = 24  # rows under a picture
FIGURES = (("cost", "€/an", 0), ("co2", "tCO2e/an", 1), ("minutes", "min", 0), ("rescued", "%", 1), ("hot", "%", 1), ("gap", "%", 2), ("total", "€", 0), ("bound", "€", 0))


def front_table() -> Table:
    """The points of a front as a table."""
    numbers = (Column(code, Decimal(), text(f"front.title.{code}", "fr"), text(f"front.title.{code}", "en"), unit, decimals=decimals) for code, unit, decimals in FIGURES)
    return Table("front", text("front.sheet", "fr"), text("front.sheet", "en"), (
        Column("name", Text(), text("front.name", "fr"), text("front.name", "en")), Column("best", Flag(), text("front.best", "fr"), text("front.best", "en")), *numbers), result=True)  # fmt: skip


def front_rows(made: Front, lang: str) -> list[dict[str, Any]]:
    """The points that have a plan; gaps in %."""
    return [
        {"name": message(p.name, lang), "best": p.best, "cost": p.cost, "co2": p.co2, "minutes": p.minutes, "rescued": p.rescued, "hot": p.hot, "gap": None if p.gap is None else 100 * p.gap, "total": p.total, "bound": p.bound}
        for p in made.points if p.cost is not None
    ]  # fmt: skip


def front_book(made: Front, lang: str) -> bytes:
    """One sheet: the table, then three pictures."""
    table, found = front_table(), front_rows(made, lang)
    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    placed = write_table(book, table, table.frame(found), lang, (table,))
    sheet: Any = book[placed.sheet]
    if found:
        last = placed.first + len(found) - 1
        columns = {name: place for place, name in enumerate(table.names, start=1)}

        def reference(name: str) -> Reference:
            return Reference(sheet, min_col=columns[name], min_row=placed.first, max_row=last)

        for place, name in enumerate(("co2", "minutes", "rescued")):
            title = f"{text('front.title.cost', lang)} / {text(f'front.title.{name}', lang)}"
            scatter(sheet, reference(name), reference("cost"), title, text(f"front.title.{name}", lang), text("front.title.cost", lang), f"A{last + 3 + place * SCATTER_ROWS}")
    content = BytesIO()
    stored.save(book, content, {})
    return content.getvalue()
