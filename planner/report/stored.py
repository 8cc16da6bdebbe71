"""Stored values of live formulas, which openpyxl leaves out.

A workbook opened in protected view (as mail attachments are), on a telephone or by a program shows the stored
values; without them the totals would be blank until somebody recalculates.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook

FORMULA = re.compile(rb'(<c r="([A-Z]+[0-9]+)"[^>]*><f>[^<]*</f>)<v(?:></v>| ?/>)')


def save(workbook: Workbook, path: Path | BytesIO, values: Mapping[tuple[str, str], float]) -> None:
    """Save a workbook with the value of each formula, by (sheet, cell). Raises OSError."""
    plain = BytesIO()
    workbook.save(plain)
    sheets = {f"xl/worksheets/sheet{number}.xml": sheet.title for number, sheet in enumerate(workbook.worksheets, start=1)}
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            data = source.read(part)
            title = sheets.get(part.filename)
            if title is not None:
                data = FORMULA.sub(lambda found, sheet=title: _stored(found, values.get((sheet, found[2].decode()))), data)  # type: ignore[misc]
            target.writestr(part, data)


def _stored(found: re.Match[bytes], value: float | None) -> bytes:
    return found[0] if value is None else found[1] + b"<v>" + repr(float(value)).encode() + b"</v>"
