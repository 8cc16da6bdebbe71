"""What leaves the planner: the result workbook, CSV, JSON and GeoJSON, the drivers' road sheets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from planner.excel.write import font
from planner.report import stored
from planner.report.book import Book, add_provenance, add_tables
from planner.report.exports import to_csv, to_json
from planner.report.maps import map_ready, to_geojson
from planner.report.roadsheets import to_road_sheets
from planner.report.summary import add_summary
from planner.study import Study

__all__ = ["Book", "compose", "map_ready", "to_csv", "to_geojson", "to_json", "to_road_sheets", "write"]


def write(study: Study, path: Path, lang: str, provenance: Mapping[str, Any]) -> None:
    """Write the result workbook. `provenance`: file, sha256, command, date, limits, versions. Raises OSError."""
    book = compose(study, lang, provenance)
    stored.save(book.workbook, path, book.live)


def compose(study: Study, lang: str, provenance: Mapping[str, Any]) -> Book:
    """The workbook in memory, with the value that each of its live formulas must give."""
    book = Book(study, lang)
    first = book.workbook.active
    assert first is not None
    book.workbook.remove(first)
    normal: Any = book.workbook._named_styles["Normal"]  # type: ignore[attr-defined]
    normal.font = font()  # its digits are the unit of all column widths
    add_tables(book)
    add_summary(book)
    add_provenance(book, provenance)
    book.workbook.properties.creator = "planner"
    book.workbook.properties.title = study.scenario.name
    return book
