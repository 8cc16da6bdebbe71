"""What is refused before a workbook is opened: opening it would take minutes, gigabytes, or read nonsense."""

from __future__ import annotations

import errno
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers.expat import ExpatError

from planner.excel.package import LAST_ROW, Scan, SheetPart, scan, sheet_parts
from planner.i18n import text
from planner.issues import Issue

MOST_BYTES = 20_000_000  # of the file itself
MOST_UNPACKED = 100_000_000
MOST_RATIO = 200
MOST_ENTRIES = 5_000
MOST_ROWS = 100_000
MOST_CELLS = 3_000_000
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # container of .xls files and of encrypted workbooks

# what zip, inflate and XML raise on damaged bytes (RuntimeError: an encrypted entry)
BROKEN = (zipfile.BadZipFile, zlib.error, ElementTree.ParseError, ExpatError, EOFError, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class Package:
    """A workbook that may be opened: its worksheets in order, and what the XML of each holds."""

    sheets: list[SheetPart] = field(default_factory=list)
    scans: dict[str, Scan] = field(default_factory=dict)  # by sheet name


def inspect(path: Path) -> Package | Issue:
    """The parts of the workbook, or the one reason for which it is not opened. Never raises for a bad file."""
    try:
        if path.is_dir():
            return Issue.error("file_is_folder", file=str(path))
        if not path.is_file():
            return Issue.error("file_missing", file=path.name)
        size = path.stat().st_size
        if size > MOST_BYTES:
            return Issue.error("file_too_large", file=path.name, megabytes=size / 1e6, limit=MOST_BYTES / 1e6)
        with path.open("rb") as stream:
            head = stream.read(8)
        if head == OLE:
            return _ole(path)
        if not zipfile.is_zipfile(path):
            return Issue.error("not_a_workbook", file=path.name)
        with zipfile.ZipFile(path) as archive:
            return _unpackable(archive, path.name, size) or _package(archive, path.name)
    except (*BROKEN, KeyError, ValueError):
        return Issue.error("damaged_workbook", file=path.name)
    except OSError as error:
        reason = f"os.{errno.errorcode.get(error.errno or 0, 'EIO')}"
        return Issue.error("file_unreadable", file=path.name, reason_fr=text(reason, "fr"), reason_en=text(reason, "en"))


def _ole(path: Path) -> Issue:
    data = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in data:
        return Issue.error("password_protected", file=path.name)
    if "Workbook".encode("utf-16-le") in data or "Book".encode("utf-16-le") in data:
        return Issue.error("old_format", file=path.name)
    return Issue.error("not_a_workbook", file=path.name)


def _unpackable(archive: zipfile.ZipFile, name: str, size: int) -> Issue | None:
    """The declared sizes are true upper bounds: zipfile stops reading an entry there."""
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or (unpacked > 1_000_000 and unpacked > MOST_RATIO * size):
        return Issue.error("zip_bomb", file=name, megabytes=unpacked / 1e6, limit=MOST_UNPACKED / 1e6)
    names = {entry.filename for entry in entries}
    if "mimetype" in names and archive.read("mimetype").startswith(b"application/vnd.oasis.opendocument"):
        return Issue.error("open_document", file=name)
    if "xl/workbook.bin" in names:
        return Issue.error("binary_workbook", file=name)
    return None


def _package(archive: zipfile.ZipFile, name: str) -> Package | Issue:
    sheets = sheet_parts(archive)
    if not sheets:
        return Issue.error("not_a_workbook", file=name)
    scans: dict[str, Scan] = {}
    for sheet in sheets:
        data = archive.read(sheet.path)
        if b"<!DOCTYPE" in data[:2000] or b"<!ENTITY" in data:
            return Issue.error("damaged_workbook", file=name)
        found = scans[sheet.name] = scan(data)
        if found.rows > MOST_ROWS or found.cells > MOST_CELLS:
            return Issue.error("too_many_rows", file=name, name=sheet.name, rows=found.rows, cells=found.cells, limit=MOST_ROWS, most=MOST_CELLS)
        if found.last_row > LAST_ROW:
            return Issue.error("damaged_workbook", file=name)
    return Package(sheets, scans)
