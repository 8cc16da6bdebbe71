"""What is refused before it is opened, each with its own sentence."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from planner.catalog import TABLES
from planner.excel import guard as guarding
from planner.excel import read
from planner.excel.package import scan
from planner.i18n import describe
from tests.excel.conftest import Convert, Make

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refused(path: Path) -> str:
    reading = read(path, TABLES)
    assert reading.scenario is None and len(reading.issues) == 1
    for lang in ("fr", "en"):
        sentence = describe(reading.issues[0], lang)
        assert path.name in sentence or "Sites" in sentence
        assert sentence.endswith(".") and "issue." not in sentence and "{" not in sentence
    return reading.issues[0].code


def rezipped(source: Path, out: Path, changes: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in archive.namelist():
            made.writestr(name, changes.pop(name, None) or archive.read(name))
        for name, data in changes.items():
            made.writestr(name, data)
    return out


@pytest.fixture
def plain(make: Make) -> Path:
    return make({"Sites": [["Site", "Nom"], ["S1", "Un"]]}, "plain.xlsx")


def test_no_file(tmp_path: Path) -> None:
    assert refused(tmp_path / "rien.xlsx") == "file_missing"


@pytest.mark.parametrize("content", [b"", b"Site;Nom\nS1;Un\n", b"%PDF-1.4", b"<html><table></table></html>", OLE + b"\0" * 600])
def test_not_a_workbook(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "faux.xlsx"
    path.write_bytes(content)
    assert refused(path) == "not_a_workbook"


def test_a_folder_or_another_zip(tmp_path: Path) -> None:
    (tmp_path / "dossier.xlsx").mkdir()
    assert refused(tmp_path / "dossier.xlsx") == "file_is_folder"
    with zipfile.ZipFile(tmp_path / "autre.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert refused(tmp_path / "autre.xlsx") == "not_a_workbook"


def test_password(tmp_path: Path) -> None:
    path = tmp_path / "secret.xlsx"
    path.write_bytes(OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 400)
    assert refused(path) == "password_protected"


def test_other_formats(tmp_path: Path, plain: Path) -> None:
    old = tmp_path / "vieux.xls"
    old.write_bytes(OLE + b"\0" * 600 + "Workbook".encode("utf-16-le") + b"\0" * 400)
    assert refused(old) == "old_format"
    with zipfile.ZipFile(tmp_path / "libre.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert refused(tmp_path / "libre.ods") == "open_document"
    assert refused(rezipped(plain, tmp_path / "binaire.xlsb", {"xl/workbook.bin": b"\0"})) == "binary_workbook"


@pytest.mark.office
def test_files_that_libreoffice_wrote_in_other_formats(convert: Convert, plain: Path) -> None:
    assert refused(convert([plain], "ods")[0]) == "open_document"
    assert refused(convert([plain], "xls")[0]) == "old_format"


def test_bombs(tmp_path: Path, plain: Path) -> None:
    assert refused(rezipped(plain, tmp_path / "gros.xlsx", {"xl/media/image.png": b"\0" * 101_000_000})) == "zip_bomb"
    assert refused(rezipped(plain, tmp_path / "tasse.xlsx", {"xl/media/image.png": b"\0" * 30_000_000})) == "zip_bomb"
    assert refused(rezipped(plain, tmp_path / "nombreux.xlsx", {f"xl/x{n}.xml": b"<a/>" for n in range(5001)})) == "zip_bomb"


def test_a_lie_about_the_size_is_a_damaged_file(tmp_path: Path, plain: Path) -> None:
    """The declared size bounds what is unpacked; a file that holds more fails its own checksum."""
    path = rezipped(plain, tmp_path / "menteur.xlsx", {})
    data = bytearray(path.read_bytes())
    at = data.rindex(b"xl/worksheets/sheet1.xml") - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    struct.pack_into("<I", data, at + 24, 10)
    path.write_bytes(bytes(data))
    assert refused(path) == "damaged_workbook"


def test_too_large(tmp_path: Path, plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarding, "MOST_BYTES", 1000)
    assert refused(plain) == "file_too_large"


def sheet_with(rows: str) -> bytes:
    return f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData>{rows}</sheetData></worksheet>'.encode()


def test_too_many_rows(tmp_path: Path, plain: Path) -> None:
    filled = "".join(f'<row r="{n}"><c r="A{n}"><v>{n % 977}</v></c></row>' for n in range(1, 100_003))
    path = rezipped(plain, tmp_path / "long.xlsx", {"xl/worksheets/sheet1.xml": sheet_with(filled)})
    assert refused(path) == "too_many_rows"


def test_empty_formatted_rows_and_an_absurd_dimension_do_no_harm(tmp_path: Path, plain: Path) -> None:
    head = '<row r="1"><c r="A1" t="str"><v>Site</v></c><c r="B1" t="str"><v>Nom</v></c></row><row r="2"><c r="A2" t="str"><v>S1</v></c><c r="B2" t="str"><v>Un</v></c></row>'
    empty = "".join(f'<row r="{n}" ht="{15 + n % 89}"><c r="A{n}" s="0"/></row>' for n in range(3, 120_003))
    far = '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    path = rezipped(plain, tmp_path / "vide.xlsx", {"xl/worksheets/sheet1.xml": sheet_with(head + empty + far)})
    reading = read(path, TABLES)
    assert reading.frames["sites"]["site"].tolist() == ["S1"]


@pytest.mark.parametrize(
    "changes",
    [
        {"xl/workbook.xml": b"<workbook"}, {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData>"}, {"xl/worksheets/sheet1.xml": sheet_with('<row r="99999999999"><c r="A1"><v>1</v></c></row>')},
        {"xl/worksheets/sheet1.xml": sheet_with('<row r="1"><c r="A1" t="s"><v>999</v></c></row>')}, {"xl/worksheets/sheet1.xml": b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + sheet_with("")},
        {"xl/styles.xml": b"<styleSheet>"},
    ],
)  # fmt: skip
def test_damaged(tmp_path: Path, plain: Path, changes: dict[str, bytes]) -> None:
    assert refused(rezipped(plain, tmp_path / "abime.xlsx", changes)) == "damaged_workbook"


@pytest.mark.parametrize("cut", [30, 400, 2000, -30])
def test_a_file_cut_short(tmp_path: Path, plain: Path, cut: int) -> None:
    path = tmp_path / "coupe.xlsx"
    path.write_bytes(plain.read_bytes()[:cut])
    assert refused(path) in ("damaged_workbook", "not_a_workbook")


def test_no_worksheet(tmp_path: Path) -> None:
    workbook = Workbook()
    workbook.create_chartsheet("Graphique")
    workbook.remove(workbook.worksheets[0])
    workbook.save(tmp_path / "graphique.xlsx")
    assert refused(tmp_path / "graphique.xlsx") == "not_a_workbook"


def test_the_scan_counts_rows_that_hold_something() -> None:
    found = scan(
        b'<x:worksheet><x:sheetData><x:row r="2"><x:c r="A2"><x:v>1</x:v></x:c></x:row><x:row r="5"/><x:row r="9"><x:c r="A9" t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c>'
        b'<x:c r="B9"><x:f>A2</x:f></x:c></x:row></x:sheetData><x:mergeCells count="1"><x:mergeCell ref="A2:B3"/></x:mergeCells></x:worksheet>'
    )
    assert (found.rows, found.cells, found.last_row, found.merged) == (2, 3, 9, ("A2:B3",))
