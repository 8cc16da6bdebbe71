"""The source tables: French CSV files (`;`, decimal comma), each row with its source and its mark.

`records` gives the rows as text by header; `typed` reads them through the declaration of a table of the
planner, exactly as a workbook is read.
"""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path
from typing import Any

from planner.schema import Table, read_rows, rows
from planner.typed import number

FOLDER = Path(__file__).parent / "sources"
COMMON = "commun"
SCENARIOS = ("la_rochelle_rochefort", "paris_psychiatrie", "epsm_nord_pas_de_calais")

Record = dict[str, str]


class SourceFault(ValueError):
    """A source table that cannot be used, with file and reason."""


def path(folder: str, name: str) -> Path:
    return FOLDER / folder / f"{name}.csv"


def records(folder: str, name: str) -> list[Record]:
    """The rows of a source table by header. Raises SourceFault for a row with too few or too many cells."""
    with path(folder, name).open(encoding="utf-8", newline="") as file:
        header, *lines = list(csv.reader(file, delimiter=";"))
    for number_, line in enumerate(lines, start=2):
        if len(line) != len(header):
            raise SourceFault(f"{folder}/{name}.csv, ligne {number_} : {len(line)} cellules pour {len(header)} colonnes")
    return [dict(zip(header, line, strict=True)) for line in lines]


def parsed(table: Table, raw: list[Record], where: str) -> list[dict[str, Any]]:
    """Rows of text as rows of the table's values; headers that are no column are left out. Raises SourceFault."""
    columns = {header: table.find(header) for row in raw for header in row}
    named = [{column.name: row[header] for header, column in columns.items() if column is not None and header in row} for row in raw]
    frame, issues = read_rows(table, named)
    if issues:
        told = "; ".join(f"ligne {(issue.row or 0) + 2}, {issue.column} : {issue.code} ({issue.found})" for issue in issues[:5])
        raise SourceFault(f"{where} : {told}")
    return [{name: getattr(row, name) for name in table.names} for row in rows(table, frame)]


def typed(table: Table, folder: str, name: str) -> list[dict[str, Any]]:
    """A source table that has the columns of a planner table."""
    return parsed(table, records(folder, name), f"{folder}/{name}.csv")


def optional(table: Table, folder: str, name: str) -> list[dict[str, Any]]:
    """The same where the scenario has it, no row where it has not."""
    return typed(table, folder, name) if path(folder, name).exists() else []


def value(record: Record, header: str) -> float:
    """A number of a record, 0 where the cell is empty. Raises SourceFault."""
    text = record[header].strip()
    try:
        return number(text) if text else 0.0
    except ValueError as error:
        raise SourceFault(f"{header} : « {text} » n'est pas un nombre") from error


def scatter(key: str, low: float, high: float) -> float:
    """A figure between low and high drawn from the key alone: the same on every machine, whatever the order."""
    drawn = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") / 2**64
    return low + (high - low) * drawn
