"""Small edits inside the XML parts of a workbook, byte for byte around them.

Loading and saving through a library would lose what it does not know (charts, pictures, stored values of
formulas, slicers…). Here only what must change is cut in; every other byte of the user's file stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.parsers import expat
from xml.sax.saxutils import escape

from openpyxl.utils import coordinate_to_tuple, get_column_letter

NS_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
NS_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NS_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
# declared on every frame: the prefixes of the user's own drawing may be others
NS_FRAME = 'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel"'
# what may follow <legacyDrawing> in a worksheet, in the order of the standard
AFTER_DRAWING = {"legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst", "AlternateContent"}
MINIMAL_STYLES = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><styleSheet xmlns="{NS_MAIN}"><fonts count="1"><font><sz val="11"/>'
    '<name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill '
    'patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="1"><xf fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>'
).encode()


def prefix(data: bytes, root: str) -> str:
    """The namespace prefix ("x:" or "") that a part writes before its elements."""
    found = re.search(rb"<(\w+:)?" + root.encode() + rb"[\s>]", data)
    return (found[1] or b"").decode() if found else ""


class Styles:
    """The style sheet, to which fonts, fills and cell formats can be added."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.prefix = prefix(data, "styleSheet")
        self._clones: dict[tuple[int, int], int] = {}

    def _region(self, tag: str) -> re.Match[bytes]:
        name = (self.prefix + tag).encode()
        found = re.search(rb"<" + name + rb"\b[^>]*>(.*?)</" + name + rb">", self.data, re.S)
        if found is None:
            raise ValueError(f"no {tag} in the style sheet")
        return found

    def _items(self, tag: str, item: str) -> list[bytes]:
        name = (self.prefix + item).encode()
        return re.findall(rb"<" + name + rb"\b[^>]*/>|<" + name + rb"\b[^>]*>.*?</" + name + rb">", self._region(tag)[1], re.S)

    def add(self, tag: str, item: str, xml: str) -> int:
        """Appends an element to a list of the style sheet; its index."""
        index = len(self._items(tag, item))
        region = self._region(tag)
        whole = re.sub(rb"\scount=(\"\d+\"|'\d+')", b"", region[0][: region.start(1) - region.start()], count=1)
        whole = whole[:-1] + f' count="{index + 1}">'.encode()
        new = whole + region[1] + self._prefixed(xml).encode() + region[0][region.end(1) - region.start() :]
        self.data = self.data[: region.start()] + new + self.data[region.end() :]
        return index

    def _prefixed(self, xml: str) -> str:
        return re.sub(r"<(/?)(?=\w)", rf"<\1{self.prefix}", xml) if self.prefix else xml

    def fill(self, rgb: str) -> int:
        return self.add("fills", "fill", f'<fill><patternFill patternType="solid"><fgColor rgb="{rgb}"/><bgColor indexed="64"/></patternFill></fill>')

    def empty_fills(self, colours: list[str]) -> None:
        """Solid fills of these colours become no fill: what an earlier copy coloured is plain again."""
        for rgb in colours:
            pattern = rb"<(\w+:)?patternFill\b[^>]*>\s*<(\w+:)?fgColor rgb=\"" + rgb.encode() + rb"\".*?</(\w+:)?patternFill>"
            self.data = re.sub(pattern, rf'<{self.prefix}patternFill patternType="none"/>'.encode(), self.data, flags=re.S)

    def filled(self, style: int, fill: int) -> int:
        """The cell format `style` with another fill."""
        key = (style, fill)
        if key not in self._clones:
            formats = self._items("cellXfs", "xf")
            model = formats[style if style < len(formats) else 0].decode()
            model = re.sub(r'\s(fillId|applyFill)="[^"]*"', "", model)
            head = f"<{self.prefix}xf"
            clone = f'{head} fillId="{fill}" applyFill="1"{model[len(head) :]}'
            self._clones[key] = self.add("cellXfs", "xf", clone.replace(f"<{self.prefix}", "<").replace(f"</{self.prefix}", "</"))
        return self._clones[key]


def recolour(data: bytes, wanted: Mapping[str, int], styles: Styles) -> bytes:
    """A worksheet's XML with the cells of `wanted` (address -> fill) coloured; cells that were not there are made."""
    by_row: dict[int, dict[int, int]] = {}
    for address, fill in wanted.items():
        row, column = coordinate_to_tuple(address)
        by_row.setdefault(row, {})[column] = fill
    walk = _Walk(data, by_row, styles)
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: walk.start(name, attributes, parser.CurrentByteIndex)
    parser.EndElementHandler = lambda name: walk.end(name, parser.CurrentByteIndex)
    parser.Parse(data, True)
    return cut(data, walk.edits)


def cut(data: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    """The bytes with each [start, end) replaced; edits in order, at one place in the order given."""
    parts, at = [], 0
    for start, end, new in edits:
        parts += [data[at:start], new]
        at = end
    return b"".join([*parts, data[at:]])


class _Walk:
    """Goes once through a worksheet and notes where to cut."""

    def __init__(self, data: bytes, wanted: Mapping[int, dict[int, int]], styles: Styles) -> None:
        self.data = data
        self.styles = styles
        self.prefix = prefix(data, "worksheet")
        self.rows = sorted(wanted.items())
        self.edits: list[tuple[int, int, bytes]] = []
        self.row = self.column = 0
        self.todo: list[tuple[int, int]] = []
        self.in_row = False
        self.empty_tag = (-1, -1)  # a wanted row, or the sheet data, written as one empty tag

    def _tag(self, at: int) -> int:
        return self.data.index(b">", at) + 1

    def _cell(self, row: int, column: int, fill: int) -> str:
        return f'<{self.prefix}c r="{get_column_letter(column)}{row}" s="{self.styles.filled(0, fill)}"/>'

    def _new_rows(self, before: float) -> bytes:
        made = ""
        while self.rows and self.rows[0][0] < before:
            row, cells = self.rows.pop(0)
            made += f'<{self.prefix}row r="{row}">' + "".join(self._cell(row, c, f) for c, f in sorted(cells.items())) + f"</{self.prefix}row>"
        return made.encode()

    def start(self, name: str, attributes: Mapping[str, str], at: int) -> None:
        local = name.rpartition(":")[2]
        if local == "sheetData" and self.data[self._tag(at) - 2 : self._tag(at)] == b"/>":
            self.empty_tag = (at, self._tag(at))
        elif local == "row":
            self.row = int(attributes.get("r", self.row + 1))
            self.column = 0
            made = self._new_rows(self.row)
            if made:
                self.edits.append((at, at, made))
            self.in_row = bool(self.rows) and self.rows[0][0] == self.row
            if self.in_row:
                self.todo = sorted(self.rows.pop(0)[1].items())
                if self.data[self._tag(at) - 2 : self._tag(at)] == b"/>":
                    self.empty_tag = (at, self._tag(at))
        elif local == "c" and self.in_row:
            self.column = coordinate_to_tuple(attributes["r"])[1] if "r" in attributes else self.column + 1
            while self.todo and self.todo[0][0] < self.column:
                column, fill = self.todo.pop(0)
                self.edits.append((at, at, self._cell(self.row, column, fill).encode()))
            if self.todo and self.todo[0][0] == self.column:
                style = self.styles.filled(int(attributes.get("s", 0)), self.todo.pop(0)[1])
                tag = self.data[at : self._tag(at)]
                tag = re.sub(rb"\ss=(\"\d*\"|'\d*')", b"", tag, count=1)
                head = len(self.prefix) + 2
                self.edits.append((at, self._tag(at), tag[:head] + f' s="{style}"'.encode() + tag[head:]))

    def end(self, name: str, at: int) -> None:
        local = name.rpartition(":")[2]
        if local == "row" and self.in_row:
            self._close("".join(self._cell(self.row, column, fill) for column, fill in self.todo).encode(), "row", at)
            self.todo, self.in_row = [], False
        elif local == "sheetData":
            self._close(self._new_rows(float("inf")), "sheetData", at)

    def _close(self, made: bytes, tag: str, at: int) -> None:
        start, end = self.empty_tag
        self.empty_tag = (-1, -1)
        if not made:
            return
        if start >= 0:  # <row …/> becomes <row …>cells</row>
            self.edits.append((start, end, self.data[start : end - 2] + b">" + made + f"</{self.prefix}{tag}>".encode()))
        else:
            self.edits.append((at, at, made))


def add_legacy_drawing(data: bytes, relation: str) -> bytes:
    """A worksheet's XML with the element that ties the comments' frames to it, where the standard wants it."""
    tag = prefix(data, "worksheet")
    element = f'<{tag}legacyDrawing xmlns:r="{NS_REL}" r:id="{relation}"/>'.encode()
    depth, after_data, place = 0, False, -1

    def start(name: str, _: Mapping[str, str]) -> None:
        nonlocal depth, place
        if depth == 1 and after_data and place < 0 and name.rpartition(":")[2] in AFTER_DRAWING:
            place = parser.CurrentByteIndex
        depth += 1

    def end(name: str) -> None:
        nonlocal depth, after_data, place
        depth -= 1
        after_data = after_data or name.rpartition(":")[2] == "sheetData"
        if depth == 0 and place < 0:
            place = parser.CurrentByteIndex

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(data, True)
    return data[:place] + element + data[place:]


# --- comments --------------------------------------------------------------------------------------------


def drop_comments(comments: bytes, drawing: bytes, authors: set[str]) -> tuple[bytes, bytes]:
    """Comments and frames without those of these authors."""
    names = [re.sub(rb"<[^>]*>", b"", a).decode() for a in re.findall(rb"<(?:\w+:)?author>.*?</(?:\w+:)?author>|<(?:\w+:)?author/>", comments, re.S)]
    ours = {str(index) for index, name in enumerate(names) if name in authors}
    gone: list[tuple[int, int]] = []

    def keep(found: re.Match[bytes]) -> bytes:
        head = found[0][: found[0].index(b">")].decode()
        author, ref = re.search(r'authorId="(\d+)"', head), re.search(r'ref="([A-Z]+\d+)"', head)
        if author is None or ref is None or author[1] not in ours:
            return found[0]
        gone.append(coordinate_to_tuple(ref[1]))
        return b""

    comments = re.sub(rb"<(?:\w+:)?comment\s.*?</(?:\w+:)?comment>", keep, comments, flags=re.S)
    places = {(row - 1, column - 1) for row, column in gone}

    def framed(found: re.Match[bytes]) -> bytes:
        row, column = re.search(rb":Row>(\d+)<", found[0]), re.search(rb":Column>(\d+)<", found[0])
        return b"" if row and column and (int(row[1]), int(column[1])) in places else found[0]

    return comments, re.sub(rb"<(\w+):shape\s.*?</\1:shape>", framed, drawing, flags=re.S)


def add_comments(comments: bytes, drawing: bytes, notes: Mapping[str, str], author: str) -> tuple[bytes, bytes]:
    """Comments and frames with one note per cell; a cell that has a comment already gets the note below it."""
    comments = comments or f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><comments xmlns="{NS_MAIN}"><authors></authors><commentList></commentList></comments>'.encode()
    drawing = drawing or b"<xml></xml>"
    tag = prefix(comments, "comments")
    comments = comments.replace(f"<{tag}commentList/>".encode(), f"<{tag}commentList></{tag}commentList>".encode())
    comments = comments.replace(f"<{tag}authors/>".encode(), f"<{tag}authors></{tag}authors>".encode())
    number = len(re.findall(rb"<(?:\w+:)?author[>/]", comments))
    comments = comments.replace(f"</{tag}authors>".encode(), f"<{tag}author>{escape(author)}</{tag}author></{tag}authors>".encode())
    made, frames = [], []
    if b'id="_x0000_t202"' not in drawing:
        frames.append(
            '<v:shapetype ' + NS_FRAME + ' id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
            '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
        )
    shape = max([1024, *(int(n) for n in re.findall(rb'id="_x0000_s(\d+)"', drawing))])
    for address, note in sorted(notes.items(), key=lambda item: coordinate_to_tuple(item[0])):
        run = f'<{tag}r><{tag}t xml:space="preserve">{{}}</{tag}t></{tag}r>'
        known = re.search(rb"<(?:\w+:)?comment\s[^>]*ref=\"" + address.encode() + rb"\".*?(</(?:\w+:)?text>)", comments, re.S)
        if known:
            at = known.start(1)
            comments = comments[:at] + run.format(escape(f"\n\n{author} : {note}")).encode() + comments[at:]
            continue
        made.append(f'<{tag}comment ref="{address}" authorId="{number}"><{tag}text>{run.format(escape(note))}</{tag}text></{tag}comment>')
        shape += 1
        frames.append(_frame(shape, address, note))
    comments = comments.replace(f"</{tag}commentList>".encode(), "".join(made).encode() + f"</{tag}commentList>".encode())
    at = drawing.rindex(b"</xml>")
    return comments, drawing[:at] + "".join(frames).encode() + drawing[at:]


def _frame(shape: int, address: str, note: str) -> str:
    row, column = coordinate_to_tuple(address)
    tall = 2 + sum(1 + len(line) // 45 for line in note.split("\n"))
    anchor = f"{column}, 15, {max(0, row - 2)}, 10, {column + 4}, 15, {max(0, row - 2) + tall}, 4"
    style = f"position:absolute;margin-left:60pt;margin-top:2pt;width:220pt;height:{13 * tall}pt;z-index:1;visibility:hidden"
    return (
        f'<v:shape {NS_FRAME} id="_x0000_s{shape}" type="#_x0000_t202" style="{style}" fillcolor="#ffffe1" '
        'o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox><x:ClientData ObjectType="Note">'
        f"<x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{row - 1}</x:Row>"
        f"<x:Column>{column - 1}</x:Column></x:ClientData></v:shape>"
    )
