"""A copy of the user's own workbook with every fault shown where it is, and listed on a first sheet.

Faulty cells are coloured and commented; the rest of the file is kept byte for byte (`splice`). A copy made
from an earlier copy loses the earlier marks first, so people can mend in the copy and check again.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from xml.sax.saxutils import escape, quoteattr

from openpyxl import Workbook

from planner.excel.guard import Package, inspect
from planner.excel.package import relations, sheet_parts, workbook_part
from planner.excel.splice import (
    MINIMAL_STYLES,
    NS_MAIN,
    NS_PACKAGE,
    NS_REL,
    Styles,
    add_comments,
    add_legacy_drawing,
    drop_comments,
    prefix,
    recolour,
)
from planner.excel.write import FACE, lines_of
from planner.i18n import LANGUAGES, catalogue, expected, explain, found, mend, severity, spoken, text
from planner.issues import Issue, Severity
from planner.typed import CONTROL

COLOURS = {Severity.ERROR: "FFFFC7C4", Severity.WARNING: "FFFFE3AB"}  # distinctive: an earlier copy's marks are known by them
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
WIDTHS = (5, 14, 22, 9, 22, 27, 24, 36, 46)
COLUMNS = ("number", "severity", "sheet", "cell", "column", "what", "found", "expected", "mend")
LONGEST = 80  # characters of a found text that the list shows
LETTERS = "ABCDEFGHI"


def annotate(path: Path | str, issues: Sequence[Issue], out: Path | str, lang: str = "fr") -> None:
    """Writes the annotated copy (same kind of file as `path`: keep its suffix). A file that cannot be opened gives the list alone.

    Raises OSError where the copy cannot be written.
    """
    path, out = Path(path), Path(out)
    package = inspect(path)
    if isinstance(package, Issue):
        _list_alone(issues or [package], out, lang)
        return
    with zipfile.ZipFile(path) as archive:
        copy = _Copy(archive, package, issues, lang)
        content = copy.make()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in content.items():
            made.writestr(name, data)


def lines(issues: Sequence[Issue], lang: str) -> list[tuple[str, ...]]:
    """The rows of the list of faults, as people read them."""
    made: list[tuple[str, ...]] = []
    for index, issue in enumerate(issues, start=1):
        args, seen = spoken(issue.args, lang), found(issue, lang)
        what = text(f"issue.{issue.code}.title", lang) if f"issue.{issue.code}.title" in catalogue() else explain(issue, lang)
        made.append((
            str(index), severity(issue.severity, lang), issue.sheet or str(args.get("table", "")), issue.cell, str(args.get("column", "")),
            what, seen if len(seen) <= LONGEST else f"{seen[:LONGEST]}…", expected(issue, lang), mend(issue, lang),
        ))  # fmt: skip
    return made


def _heading(issues: Sequence[Issue], lang: str) -> str:
    count = sum(issue.is_error for issue in issues)
    key = "excel.faults.none" if not count else "excel.faults.one" if count == 1 else "excel.faults.many"
    return text(key, lang, count=count)


def _list_alone(issues: Sequence[Issue], out: Path, lang: str) -> None:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = text("excel.sheet.faults", lang)
    content = [(_heading(issues, lang),), (), tuple(text(f"excel.faults.{name}", lang) for name in COLUMNS), *lines(issues, lang)]
    for row, values in enumerate(content, start=1):
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(row, column, CONTROL.sub("", value))
            cell.data_type = "s"
    for letter, width in zip(LETTERS, WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    workbook.save(out)


class _Copy:
    """One copy in the making: the parts of the file by name, edited one after the other."""

    def __init__(self, archive: zipfile.ZipFile, package: Package, issues: Sequence[Issue], lang: str) -> None:
        self.archive = archive
        self.package = package
        self.issues = list(issues)
        self.lang = lang
        self.parts = {entry.filename: archive.read(entry.filename) for entry in archive.infolist() if not entry.is_dir()}
        book = workbook_part(archive)
        assert book is not None  # inspect() has seen the sheets
        self.book = book
        self.relations = relations(archive, book)
        self.added: list[tuple[str, str]] = []  # (part, content type)

    def make(self) -> dict[str, bytes]:
        styles_part = next((target for kind, target in self.relations.values() if kind == "styles"), "")
        if styles_part not in self.parts:
            styles_part = str(PurePosixPath(self.book).parent / "styles.xml")
            self.parts[styles_part] = MINIMAL_STYLES
            self._relate(self.book, "styles", styles_part)
            self.added.append((styles_part, f"{TYPES}.styles+xml"))
        styles = Styles(self.parts[styles_part])
        styles.empty_fills(list(COLOURS.values()))
        fills = {level: styles.fill(rgb) for level, rgb in COLOURS.items()}
        own = {text("excel.sheet.faults", lang) for lang in LANGUAGES}
        for sheet in sheet_parts(self.archive):
            if sheet.name not in own:
                self._sheet(sheet.name, sheet.path, styles, fills)
        self._list([sheet.path for sheet in sheet_parts(self.archive) if sheet.name in own], styles, fills)
        self.parts[styles_part] = styles.data
        self._types()
        return self.parts

    # --- one sheet of the user ---

    def _sheet(self, name: str, part: str, styles: Styles, fills: dict[Severity, int]) -> None:
        wanted: dict[str, int] = {}
        notes: dict[str, list[str]] = {}
        for issue in self.issues:
            if issue.sheet != name or not issue.cell or issue.severity not in fills:
                continue
            if issue.is_error or issue.cell not in wanted:
                wanted[issue.cell] = fills[issue.severity]
            notes.setdefault(issue.cell, []).append(CONTROL.sub("", f"{explain(issue, self.lang)}\n{mend(issue, self.lang)}".strip()))
        data = self.parts[part]
        at = data.find(b"sheetData")
        data = re.sub(rb'\stabSelected="(?:1|true)"', b"", data[:at]) + data[at:]  # two chosen tabs would be edited together
        if wanted:
            data = recolour(data, wanted, styles)
        self.parts[part] = self._comment(part, data, {cell: "\n\n".join(texts) for cell, texts in notes.items()})

    def _comment(self, part: str, data: bytes, notes: dict[str, str]) -> bytes:
        linked = relations(self.archive, part)
        comments = next((target for kind, target in linked.values() if kind == "comments"), "")
        # not the frames of a header or footer picture, which are another part
        tied = re.search(rb"legacyDrawing\s[^>]*?id=[\"']([^\"']+)[\"']", data)
        drawing = linked[tied[1].decode()][1] if tied else ""
        if comments in self.parts and drawing in self.parts:
            authors = {text("excel.author", lang) for lang in LANGUAGES}
            self.parts[comments], self.parts[drawing] = drop_comments(self.parts[comments], self.parts[drawing], authors)
        if not notes:
            return data
        new = add_comments(self.parts.get(comments, b""), self.parts.get(drawing, b""), notes, text("excel.author", self.lang))
        if not comments:
            comments = self._free("xl/comments", "xml")
            self._relate(part, "comments", comments)
            self.added.append((comments, f"{TYPES}.comments+xml"))
        if not drawing:
            drawing = self._free("xl/drawings/vmlDrawing", "vml")
            data = add_legacy_drawing(data, self._relate(part, "vmlDrawing", drawing))
        self.parts[comments], self.parts[drawing] = new
        return data

    def _free(self, stem: str, suffix: str) -> str:
        number = next(n for n in range(1, len(self.parts) + 2) if f"{stem}{n}.{suffix}" not in self.parts)
        name = f"{stem}{number}.{suffix}"
        self.parts[name] = b""
        return name

    def _relate(self, part: str, kind: str, target: str) -> str:
        folder, _, name = part.rpartition("/")
        path = f"{folder}/_rels/{name}.rels"
        data = self.parts.get(path, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="{NS_PACKAGE}"></Relationships>'.encode())
        tag = prefix(data, "Relationships")
        data = re.sub(rb"<(\w+:)?Relationships([^>]*)/>", rb"<\1Relationships\2></\1Relationships>", data)
        used = {found.decode() for found in re.findall(rb'Id="([^"]*)"', data)}
        identifier = next(f"rId{n}" for n in range(1, len(used) + 2) if f"rId{n}" not in used)
        element = f'<{tag}Relationship Id="{identifier}" Type="{NS_REL}/{kind}" Target="/{target}"/>'
        self.parts[path] = data.replace(f"</{tag}Relationships>".encode(), f"{element}</{tag}Relationships>".encode())
        return identifier

    def _types(self) -> None:
        data = self.parts["[Content_Types].xml"]
        tag = prefix(data, "Types")
        made = "".join(f'<{tag}Override PartName="/{part}" ContentType="{kind}"/>' for part, kind in self.added)
        if b'Extension="vml"' not in data and any(name.endswith(".vml") for name in self.parts):
            made = f'<{tag}Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>' + made
        self.parts["[Content_Types].xml"] = data.replace(f"</{tag}Types>".encode(), f"{made}</{tag}Types>".encode())

    # --- the list ---

    def _list(self, earlier: list[str], styles: Styles, fills: dict[Severity, int]) -> None:
        if earlier:
            part = earlier[0]
        else:
            part = self._free("xl/worksheets/sheet", "xml")
            self.added.append((part, f"{TYPES}.worksheet+xml"))
            self._first_tab(self._relate(self.book, "worksheet", part))
        self.parts[part] = list_sheet(self.issues, styles, fills, self.lang)

    def _first_tab(self, relation: str) -> None:
        data = self.parts[self.book]
        tag = prefix(data, "workbook")
        number = max([0, *(int(n) for n in re.findall(rb'sheetId="(\d+)"', data))]) + 1
        element = f'<{tag}sheet xmlns:rel="{NS_REL}" name={quoteattr(text("excel.sheet.faults", self.lang))} sheetId="{number}" rel:id="{relation}"/>'
        data = data.replace(f"<{tag}sheets>".encode(), f"<{tag}sheets>{element}".encode(), 1)
        # names and views count the tabs from the left
        data = re.sub(rb'localSheetId="(\d+)"', lambda m: b'localSheetId="%d"' % (int(m[1]) + 1), data)
        self.parts[self.book] = re.sub(rb'\s(activeTab|firstSheet)="\d+"', b"", data)


def list_sheet(issues: Sequence[Issue], styles: Styles, fills: dict[Severity, int], lang: str) -> bytes:
    """The worksheet that lists the findings, each with a link to its cell."""
    bold = styles.add("fonts", "font", '<font><b/><sz val="11"/><color rgb="FFFFFFFF"/><name val="' + FACE + '"/></font>')
    big = styles.add("fonts", "font", '<font><b/><sz val="16"/><color rgb="FF1F4E79"/><name val="' + FACE + '"/></font>')
    blue = styles.add("fonts", "font", '<font><b/><u/><sz val="11"/><color rgb="FF1F4E79"/><name val="' + FACE + '"/></font>')
    plain = styles.add("fonts", "font", '<font><sz val="11"/><name val="' + FACE + '"/></font>')
    dark = styles.fill("FF1F4E79")
    border = styles.add("borders", "border", '<border><left/><right/><top/><bottom style="hair"><color rgb="FFBFBFBF"/></bottom><diagonal/></border>')

    def look(font: int, fill: int = 0, edge: int = 0, wrap: bool = True) -> int:
        top = "center" if fill == dark else "top"
        return styles.add(
            "cellXfs", "xf",
            f'<xf numFmtId="49" fontId="{font}" fillId="{fill}" borderId="{edge}" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" '
            f'applyAlignment="1"><alignment vertical="{top}"{" wrapText=" + chr(34) + "1" + chr(34) if wrap else ""}/></xf>',
        )  # fmt: skip

    title, head, body, link = look(big, wrap=False), look(bold, dark), look(plain, edge=border), look(blue, edge=border)
    levels = {level: look(plain, fill, border) for level, fill in fills.items()}

    def cell(column: int, row: int, value: str, style: int) -> str:
        shown = escape(CONTROL.sub("", value))
        return f'<c r="{LETTERS[column]}{row}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'

    rows = [f'<row r="1" ht="26" customHeight="1">{cell(0, 1, _heading(issues, lang), title)}</row>']
    rows.append(f'<row r="2">{cell(0, 2, text("excel.faults.how", lang), look(plain, wrap=False))}</row>')
    rows.append('<row r="4" ht="22" customHeight="1">' + "".join(cell(i, 4, text(f"excel.faults.{name}", lang), head) for i, name in enumerate(COLUMNS)) + "</row>")
    links = []
    for row, (issue, values) in enumerate(zip(issues, lines(issues, lang), strict=True), start=5):
        looks = [body, levels.get(issue.severity, body), body, link if issue.cell else body, *[body] * 5]
        tall = max(sum(lines_of(part, width) for part in value.split("\n")) for value, width in zip(values, WIDTHS, strict=True))
        cells = "".join(cell(i, row, value, style) for i, (value, style) in enumerate(zip(values, looks, strict=True)))
        rows.append(f'<row r="{row}" ht="{min(400, 15.5 * tall + 3)}" customHeight="1">{cells}</row>')
        if issue.cell and issue.sheet:
            target = "'" + issue.sheet.replace("'", "''") + f"'!{issue.cell}"
            links.append(f'<hyperlink ref="D{row}" location={quoteattr(target)} display={quoteattr(issue.cell)}/>')
    columns = "".join(f'<col min="{i}" max="{i}" width="{width}" customWidth="1"/>' for i, width in enumerate(WIDTHS, start=1))
    listed = f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="{NS_MAIN}"><sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView showGridLines="0" tabSelected="1" workbookViewId="0"><pane ySplit="4" topLeftCell="A5" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols><sheetData>{"".join(rows)}</sheetData>{listed}'
        '<pageMargins left="0.4" right="0.4" top="0.6" bottom="0.6" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
    ).encode()
