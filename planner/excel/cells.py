"""The cells of a worksheet, in one pass over its XML: stored value, number format, and formula where there is one.

openpyxl would need two whole passes to tell a formula without a stored value from an empty cell, and four times
as long; what numbers mean (dates, durations) is still its judgement.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from xml.etree import ElementTree
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import CALENDAR_MAC_1904, WINDOWS_EPOCH, from_excel, from_ISO8601

from planner.excel.package import relations, workbook_part

ESCAPED = re.compile(r"_x(005[Ff](?=_x[0-9A-Fa-f]{4}_)|00[01][0-9A-Fa-f])_")  # control characters, and the escape of an escape


class Cell(NamedTuple):
    """What a cell holds: `kind` as in the file ("n", "s", "b", "e"…), `format` its number format, `days` what a duration is stored as."""

    value: Any
    kind: str = "n"
    format: str = "General"
    formula: str | None = None
    days: float | None = None


Row = dict[int, Cell]  # by 1-based column


@dataclass(frozen=True)
class Book:
    """What the sheets of a workbook share: texts, number formats by style, the first day of its dates."""

    strings: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    epoch: datetime = WINDOWS_EPOCH

    @property
    def from_1904(self) -> bool:
        return self.epoch == CALENDAR_MAC_1904

    def text(self, raw: str) -> str:
        """A text without the escapes of the file format."""
        return ESCAPED.sub(lambda found: chr(int(found[1], 16)), raw) if "_x" in raw else raw


def open_book(archive: zipfile.ZipFile) -> Book:
    """The shared parts. Raises what zip and XML raise on damaged parts."""
    book = workbook_part(archive) or ""
    targets = dict(relations(archive, book).values())
    properties = next((e for e in ElementTree.fromstring(archive.read(book)).iter() if _local(e.tag) == "workbookPr"), None)
    from_1904 = properties is not None and properties.get("date1904", "0") in ("1", "true")
    made = Book(epoch=CALENDAR_MAC_1904 if from_1904 else WINDOWS_EPOCH)
    if (path := targets.get("sharedStrings")) in archive.namelist():
        made.strings.extend(made.text(_content(item)) for item in ElementTree.fromstring(archive.read(str(path))))
    if (path := targets.get("styles")) in archive.namelist():
        made.formats.extend(_formats(ElementTree.fromstring(archive.read(str(path)))))
    return made


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _content(item: ElementTree.Element) -> str:
    """The text of a shared string: its runs joined, without the phonetic guide of Asian scripts."""
    parts = []
    for child in item:
        if _local(child.tag) == "t":
            parts.append(child.text or "")
        elif _local(child.tag) == "r":
            parts += [part.text or "" for part in child if _local(part.tag) == "t"]
    return "".join(parts)


def _formats(styles: ElementTree.Element) -> list[str]:
    own = {e.get("numFmtId"): e.get("formatCode", "General") for e in styles.iter() if _local(e.tag) == "numFmt"}
    used = next((e for e in styles if _local(e.tag) == "cellXfs"), ())
    numbers = [e.get("numFmtId", "0") for e in used]
    return [own.get(number) or BUILTIN_FORMATS.get(int(number), "General") for number in numbers]


@cache
def _column(letters: str) -> int:
    return column_index_from_string(letters)


@cache
def _meaning(number_format: str) -> str:
    if not is_date_format(number_format):
        return ""
    return "duration" if is_timedelta_format(number_format) else "date"


def read_cells(data: bytes, book: Book) -> list[tuple[int, Row]]:
    """The rows that hold something, with their numbers. What the file says of its own dimension is not asked.

    Raises ExpatError, ValueError or IndexError on a damaged part.
    """
    reader = _Reader(book)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.Parse(data, True)
    return reader.rows


class _Reader:
    def __init__(self, book: Book) -> None:
        self.book = book
        self.rows: list[tuple[int, Row]] = []
        self.row: Row = {}
        self.number = self.column = 0
        self.kind, self.style = "n", 0
        self.value: str | None = None
        self.formula: str | None = None
        self.inline: list[str] | None = None
        self.buffer: list[str] | None = None
        self.phonetic = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            place = attributes.get("r")
            self.column = _column(place.rstrip("0123456789")) if place else self.column + 1
            self.kind = attributes.get("t", "n")
            self.style = int(attributes.get("s", 0))
            self.value = self.formula = self.inline = None
        elif local in ("v", "f"):
            self.buffer = []
        elif local == "is":
            self.inline = []
        elif local == "t" and self.inline is not None and not self.phonetic:
            self.buffer = []
        elif local == "rPh":
            self.phonetic = True
        elif local == "row":
            self.number = int(attributes.get("r", self.number + 1))
            self.column = 0
            self.row = {}

    def characters(self, text: str) -> None:
        if self.buffer is not None:
            self.buffer.append(text)

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local == "v":
            self.value, self.buffer = "".join(self.buffer or ()), None
        elif local == "c":
            if self.value is not None or self.formula is not None or self.inline is not None:
                cell = self._cell()
                if cell.value is not None or cell.formula is not None:
                    self.row[self.column] = cell
        elif local == "f":
            self.formula, self.buffer = "=" + ("".join(self.buffer or ()) or "…"), None  # a shared formula is written once
        elif local == "t" and self.inline is not None and self.buffer is not None:
            self.inline.append("".join(self.buffer))
            self.buffer = None
        elif local == "rPh":
            self.phonetic = False
        elif local == "row" and self.row:
            self.rows.append((self.number, self.row))

    def _cell(self) -> Cell:
        book, kind, raw = self.book, self.kind, self.value
        shown = book.formats[self.style] if self.style < len(book.formats) else "General"
        value: Any = None
        if self.inline is not None:
            kind, value = "s", book.text("".join(self.inline))
        elif raw is None:
            pass
        elif kind == "s":
            value = book.strings[int(raw)]
        elif kind == "str":  # the stored text of a formula, perhaps empty
            kind, value = "s", book.text(raw)
        elif raw == "":
            pass
        elif kind == "b":
            value = raw in ("1", "true")
        elif kind == "e":
            value = raw
        elif kind == "d":
            value = from_ISO8601(raw)  # type: ignore[no-untyped-call]
        else:
            value = _number(raw, shown, book)
        return Cell(value, kind, shown, self.formula, float(str(raw)) if isinstance(value, timedelta) and kind == "n" else None)


def _number(raw: str, shown: str, book: Book) -> Any:
    value = float(raw)
    if value.is_integer() and abs(value) < 2**53:
        value = int(value)
    meaning = _meaning(shown)
    if not meaning:
        return value
    try:
        return from_excel(value, book.epoch, timedelta=meaning == "duration")
    except (OverflowError, ValueError):  # beyond the calendar: Excel shows #####
        return value
