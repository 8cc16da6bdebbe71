"""The workbook of a comparison: key figures of runs side by side, then their differences to the first, as live formulas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment

from planner.compared import ORDER, Line
from planner.excel.write import lines_of, put_text, write_table
from planner.i18n import text
from planner.kinds import Decimal, Text
from planner.report import stored
from planner.schema import Column, Table, unit_name

LINE = 15.0  # points, the height of a line


def comparison_book(names: Sequence[str], lines: Sequence[Line], states: Mapping[str, Sequence[str]], lang: str) -> bytes:
    """`names`: what each run is called; the values of `lines` and, by problem, how each ended (`states`) come in the same order."""
    fixed = tuple(Column(code, Text(), text(f"comparison.{code}", "fr"), text(f"comparison.{code}", "en")) for code in ("function", "figure", "unit"))
    runs = tuple(Column(f"run_{place}", Decimal(), name, name) for place, name in enumerate((text("comparison.today", lang), *names)))
    gaps = tuple(
        Column(f"gap_{place}", Decimal(), text("comparison.gap_of", "fr", name=name), text("comparison.gap_of", "en", name=name)) for place, name in enumerate(names) if place
    )
    told = tuple(Column(f"told_{place}", Text(), text("comparison.reading", "fr", name=name), text("comparison.reading", "en", name=name)) for place, name in enumerate(names) if place)
    table = Table("comparison", "Comparaison", "Comparison", (*fixed, *runs, *(column for pair in zip(gaps, told, strict=True) for column in pair)), result=True)
    made: list[dict[str, Any]] = []
    told_lines: list[Line | None] = []  # None: the row that says how a problem ended
    ended: dict[int, Sequence[str]] = {}
    for problem in ("", *ORDER):
        function = text(f"problem.{problem}", lang) if problem else text("comparison.group", lang)
        if problem in states:
            ended[len(made)] = states[problem]
            told_lines.append(None)
            made.append({"function": function, "figure": text("comparison.state", lang)})
        for line in (line for line in lines if line.problem == problem):
            cells = {"function": function, "figure": line.kpi.fr if lang == "fr" else line.kpi.en, "unit": unit_name(line.kpi.unit, lang), "run_0": line.today}
            cells |= {f"run_{place}": value for place, value in enumerate(line.values, start=1)}
            cells |= {f"gap_{place}": line.difference(place) for place in range(1, len(names))}
            cells |= {f"told_{place}": _reading(line, place, lang) for place in range(1, len(names))}
            told_lines.append(line)
            made.append(cells)
    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    frame: pd.DataFrame = table.frame(made)
    placed = write_table(book, table, frame, lang, (table,))
    sheet = book[placed.sheet]
    live: dict[tuple[str, str], float] = {}
    for row, known in enumerate(told_lines, start=placed.first):
        if known is None:
            for place, words in enumerate(ended[row - placed.first], start=1):
                cell = sheet[f"{placed.letters[f'run_{place}']}{row}"]
                put_text(cell, words)
                cell.alignment = Alignment(vertical="top", horizontal="right", wrap_text=True)
            widths = [sheet.column_dimensions[placed.letters[f"run_{place}"]].width for place in range(1, len(names) + 1)]
            sheet.row_dimensions[row].height = LINE * max(map(lines_of, ended[row - placed.first], widths))
            continue
        for column in (*runs, *gaps):
            sheet[f"{placed.letters[column.name]}{row}"].number_format = "#,##0" + ("." + "0" * known.kpi.decimals if known.kpi.decimals else "")
        for place in range(1, len(names)):
            gap, at = known.difference(place), f"{placed.letters[f'gap_{place}']}{row}"
            if gap is not None:
                first, other = placed.letters["run_1"], placed.letters[f"run_{place + 1}"]
                sheet[at] = f"={other}{row}-{first}{row}"
                live[placed.sheet, at] = gap
    content = BytesIO()
    stored.save(book, content, live)
    return content.getvalue()


def _reading(line: Line, place: int, lang: str) -> str | None:
    """What a difference says: better, worse, or less than what is left unproven."""
    better = line.better(place)
    word = "unclear" if line.unclear(place) else None if better is None else "better" if better else "worse"
    return word and text(f"comparison.{word}", lang)
