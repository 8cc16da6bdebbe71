"""The parts of an .xlsx file: which sheet is which part, and what its XML says before anything is opened.

How many rows really hold something and which ranges are merged is counted on the bytes, before any parsing.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass
from xml.etree import ElementTree

ROW_TAG = re.compile(rb"<(?:\w+:)?row\b[^>]*>")
ROW_NUMBER = re.compile(rb"\sr=[\"'](\d+)[\"']")
CONTENT = re.compile(rb"<(?:\w+:)?(?:v|is)>")
CELL_TAG = re.compile(rb"<(?:\w+:)?c[\s>]")
MERGE_TAG = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]+\d+:[A-Z]+\d+)[\"']")
LAST_ROW = 1_048_576


@dataclass(frozen=True)
class SheetPart:
    """One worksheet: its name, its part in the archive, whether people see it."""

    name: str
    path: str
    hidden: bool


@dataclass(frozen=True)
class Scan:
    """What a worksheet's XML holds: rows with a value, cells of any kind, merged ranges.

    `last_row`: the highest row number written anywhere in it.
    """

    rows: int
    cells: int
    last_row: int
    merged: tuple[str, ...]


def relations(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Relations of a part ("" for the archive): id -> (type, target part)."""
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    if path not in archive.namelist():
        return {}
    found = {}
    for relation in ElementTree.fromstring(archive.read(path)):
        target = relation.get("Target", "")
        if relation.get("TargetMode") != "External":
            target = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        found[relation.get("Id", "")] = (relation.get("Type", "").rsplit("/", 1)[-1], target)
    return found


def workbook_part(archive: zipfile.ZipFile) -> str | None:
    """The part that lists the sheets, or None when the archive is no workbook."""
    return next((target for kind, target in relations(archive, "").values() if kind == "officeDocument"), None)


def sheet_parts(archive: zipfile.ZipFile) -> list[SheetPart]:
    """The worksheets in the order of their tabs (chart sheets and dialogs left out)."""
    book = workbook_part(archive)
    if book is None or book not in archive.namelist():
        return []
    targets = relations(archive, book)
    parts = []
    for element in ElementTree.fromstring(archive.read(book)).iter():
        if element.tag.rpartition("}")[2] != "sheet":
            continue
        relation = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
        kind, target = targets.get(relation, ("", ""))
        if kind == "worksheet" and target in archive.namelist():
            parts.append(SheetPart(element.get("name", ""), target, element.get("state", "visible") != "visible"))
    return parts


def scan(data: bytes) -> Scan:
    """Counts over the XML of one worksheet."""
    starts = list(ROW_TAG.finditer(data))
    ends = [*(tag.start() for tag in starts[1:]), len(data)][: len(starts)]
    rows = last = 0
    for tag, end in zip(starts, ends, strict=True):
        number = ROW_NUMBER.search(tag.group())
        last = max(last + 1, int(number[1]) if number else 0)
        rows += CONTENT.search(data, tag.end(), end) is not None
    merged = tuple(found[1].decode() for found in MERGE_TAG.finditer(data))
    return Scan(rows, sum(1 for _ in CELL_TAG.finditer(data)), last, merged)
