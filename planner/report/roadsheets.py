"""Road sheets: what each driver does on a day, as a workbook, as a page to print and as GPX files.

A duty is one vehicle on one day. Times, quantities and loads are those of the plan's audited stops; nothing is computed
here but what the depot loads and unloads: what leaves the vehicle in a trip without having come aboard at a stop of it
was loaded at its departure, and the reverse.
"""

from __future__ import annotations

import io
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from planner.i18n import numbered, text
from planner.kinds import DAYS, Option
from planner.problems.routes.driver_tables import BREAKS, ROTA, TEAMS
from planner.problems.routes.spreading import DAY_TYPE
from planner.problems.routes.tables import CATEGORIES, DEPOTS, FLOWS, ROUTES, STOPS, TRIPS, VEHICLES
from planner.schema import Row, rows
from planner.sites import SITES, WINDOWS
from planner.study import Study

UNLOADING = ("deliver", "give_back")  # what leaves the vehicle at a stop; the other actions take aboard
EMPTY = ("take_back", "give_back")
BREAK = "–"  # in place of the order of a stop
WIDTHS = (5, 8, 8, 32, 36, 36, 8, 8)
ROW, HEAD, PAGE = 15, 30, 505.0  # points: a line of text, the column titles (two lines), a printed page
DAY_ORDER = {option.code: place for place, option in enumerate(DAYS)}
GPX = "http://www.topografix.com/GPX/1/1"


@dataclass(frozen=True)
class Line:
    """One line of a road sheet. `order`: "" at the depot, BREAK for a break or a disinfection; times in minutes after midnight.

    `leave`, `take`: in words; `notes`: opening hours of the day and what to know of the dock.
    """

    order: str
    arrives: float | None
    leaves: float | None
    site: str
    name: str
    address: str
    leave: tuple[str, ...]
    take: tuple[str, ...]
    places: float | None
    kg: float | None
    lat: float
    lon: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Duty:
    """A vehicle's day: `trips` are its lines from the depot back to it."""

    day: str
    vehicle: str
    number: int
    title: str
    facts: tuple[tuple[str, str], ...]
    trips: tuple[tuple[Line, ...], ...]

    def stem(self, lang: str) -> str:
        """A name for files: `1_lundi_F35_2`, in order of days."""
        return f"{DAY_ORDER[self.day] + 1}_{text(f'day.{self.day}', lang).lower()}_{self.vehicle}_{self.number}"


def hour(minutes: float | None) -> str:
    """Minutes after midnight as a clock shows them; empty where there is no time."""
    if minutes is None or math.isnan(minutes):
        return ""
    whole = math.floor(minutes + 1e-6)
    return f"{whole // 60:02d}:{whole % 60:02d}"


def amount(value: float, lang: str) -> str:
    """A quantity without useless zeros."""
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return shown.replace(".", ",") if lang == "fr" else shown


def named(choices: Iterable[Option], lang: str) -> dict[str, str]:
    """The names of choices by code."""
    return {option.code: option.fr if lang == "fr" else option.en for option in choices}


def duties(study: Study, lang: str) -> list[Duty]:
    """Every duty of the routes plan, by day, vehicle and number; none without a valid plan of routes."""
    result = study.results.get("routes")
    if result is None or not result.valid:
        return []
    return _Reader(result.scenario, result.plan.tables, lang).duties()


class _Reader:
    """The tables of a plan, by what a road sheet asks for."""

    def __init__(self, scenario: Any, tables: Any, lang: str) -> None:
        self.lang = lang
        self.sites: dict[str, Row] = {row.site: row for row in scenario.rows(SITES.name)}
        self.flows: dict[str, Row] = {row.flow: row for row in scenario.rows(FLOWS.name)}
        self.vehicles: dict[str, Row] = {row.vehicle: row for row in scenario.rows(VEHICLES.name)}
        self.depots: dict[str, Row] = {row.depot: row for row in scenario.rows(DEPOTS.name)}
        self.routes = list(rows(ROUTES, tables[ROUTES.name]))
        self.trips = {(row.day, row.vehicle, row.number, row.trip): row for row in rows(TRIPS, tables[TRIPS.name])}
        self.stops: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
        for row in rows(STOPS, tables[STOPS.name]):
            self.stops[row.day, row.vehicle, row.number, row.trip].append(row)
        self.breaks: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
        for row in rows(BREAKS, tables[BREAKS.name]):
            self.breaks[row.day, row.vehicle, row.number, row.trip, row.position, row.moment].append(row)
        self.drivers = {(row.day, row.vehicle, row.number): row for row in rows(ROTA, tables[ROTA.name])}
        self.hours: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
        for row in scenario.rows(WINDOWS.name):
            if row.opens <= row.closes:
                self.hours[row.site, row.day_type].append((row.opens, row.closes))
        self.teams = {row.team: row.name for row in scenario.rows(TEAMS.name)}
        self.categories = named(CATEGORIES, lang)

    def duties(self) -> list[Duty]:
        ordered = sorted(self.routes, key=lambda row: (DAY_ORDER[row.day], row.vehicle, row.number))
        return [self._duty(row) for row in ordered]

    def _duty(self, route: Row) -> Duty:
        vehicle = self.vehicles[route.vehicle]
        depot = self.depots[vehicle.depot]
        say = self._say
        facts: tuple[tuple[str, str], ...] = (
            (say("depot"), f"{depot.name or depot.depot}"), (say("from_to"), f"{hour(route.starts)} – {hour(route.ends)}"),
            (say("km"), amount(round(route.km, 1), self.lang)), (say("driving"), f"{route.driving:.0f} min"), (say("trips"), str(route.trips)),
        )  # fmt: skip
        if vehicle.same_as:
            owner = self.vehicles[vehicle.same_as]
            facts = ((say("same_as"), self._vehicle(owner, route.number)), *facts)
        rota = self.drivers.get((route.day, route.vehicle, route.number))
        if rota is not None:
            facts = ((say("team"), f"{self.teams[rota.team]} {rota.driver}"), *facts)
        title = f"{text(f'roadsheet.day.{route.day}', self.lang)} · {self._vehicle(vehicle, route.number)}"
        keys = sorted(key for key in self.trips if key[:3] == (route.day, route.vehicle, route.number))
        return Duty(route.day, route.vehicle, route.number, title, facts, tuple(self._trip(key, depot.site) for key in keys))

    def _vehicle(self, vehicle: Row, number: int) -> str:
        """A vehicle as no other is called: types of several depots may bear one name."""
        return numbered(f"{vehicle.name} ({vehicle.vehicle})" if vehicle.name and vehicle.name != vehicle.vehicle else vehicle.vehicle, number, self.lang)

    def _trip(self, key: tuple[Any, ...], home: str) -> tuple[Line, ...]:
        trip, stops = self.trips[key], self.stops[key]
        aboard = {(row.flow, row.visit, row.action in EMPTY) for row in stops if row.action not in UNLOADING}
        ashore = {(row.flow, row.visit, row.action in EMPTY) for row in stops if row.action in UNLOADING}
        loaded = [row for row in stops if row.action in UNLOADING and (row.flow, row.visit, row.action in EMPTY) not in aboard]
        back = [row for row in stops if row.action not in UNLOADING and (row.flow, row.visit, row.action in EMPTY) not in ashore]
        lines = [*self._cleaning(key, home), *self._rests((*key, 0, "depot"), home),
                 self._line("", trip.loads, trip.departs, home, (), self._totals(loaded), None, None)]  # fmt: skip
        # from when the time on board of full units counts: the departure from where they were loaded
        since = {(row.flow, row.visit): row.leaves for row in stops if row.action == "collect"}
        at: dict[int, list[Row]] = defaultdict(list)
        for row in stops:
            at[row.position].append(row)
        for position, here in sorted(at.items()):
            first = here[0]
            leave = self._words((row for row in here if row.action in UNLOADING), since, trip.departs)
            take = self._words((row for row in here if row.action not in UNLOADING), since, trip.departs)
            lines += self._rests((*key, position, "before"), first.site)
            lines.append(self._line(str(position), first.arrives, first.leaves, first.site, leave, take, first.places_on_board, first.kg_on_board, key[0]))
            lines += self._rests((*key, position, "after"), first.site)
        lines.append(self._line("", trip.returns, None, home, self._totals(back), (), None, None))
        return tuple(lines)

    def _cleaning(self, key: tuple[Any, ...], home: str) -> list[Line]:
        """The disinfection asked for before a trip: on the return from the one before."""
        minutes = self.trips[key].disinfection or 0.0
        before = self.trips.get((*key[:3], key[3] - 1))
        if not minutes or before is None:
            return []
        said = text("roadsheet.disinfection", self.lang, minutes=amount(minutes, self.lang))
        return [self._line(BREAK, before.returns, before.returns + minutes, home, (said,), (), None, None)]

    def _notes(self, site: Row, day: str) -> tuple[str, ...]:
        """Opening hours of a site on a day, where it has any, and what to know of its dock."""
        hours = ", ".join(f"{hour(opens)}–{hour(closes)}" for opens, closes in sorted(self.hours[site.site, DAY_TYPE[day]]))
        return tuple(note for note in (text("roadsheet.open", self.lang, hours=hours) if hours else "", site.dock_notes or "") if note)

    def _rests(self, key: tuple[Any, ...], site: str) -> list[Line]:
        """The breaks taken at a stop, or at the depot, each a line of its own."""
        return [
            self._line(BREAK, row.starts, row.starts + row.minutes, site, (text("roadsheet.break", self.lang, minutes=amount(row.minutes, self.lang)),), (), None, None)
            for row in self.breaks[key]
        ]

    def _line(self, order: str, arrives: float | None, leaves: float | None, site: str, leave: tuple[str, ...], take: tuple[str, ...], places: float | None, kg: float | None, day: str = "") -> Line:
        """`day`: at a stop."""
        found = self.sites[site]
        return Line(order, arrives, leaves, site, found.name, found.address or "", leave, take, places, kg, found.lat, found.lon, self._notes(found, day) if day else ())

    def _words(self, those: Iterable[Row], since: dict[tuple[str, int], float], departs: float) -> tuple[str, ...]:
        """Each flow's units, with whom they are for or from, and until when they must be handed over where their time on board is limited."""
        words = []
        for row in those:
            flow = self.flows[row.flow]
            empty = f" {self._say('empty')}" if row.action in EMPTY else ""
            limit = ""
            if flow.max_minutes is not None and row.action not in EMPTY:
                limit = ", " + text("roadsheet.before", self.lang, time=hour(since.get((row.flow, row.visit), departs) + flow.max_minutes))
            words.append(f"{amount(row.quantity, self.lang)} × {flow.unit}{empty} · {self.categories[flow.category]} ({row.flow}){limit}")
        return tuple(words)

    def _totals(self, those: Sequence[Row]) -> tuple[str, ...]:
        """Units by category, as the depot counts them."""
        counts: dict[tuple[str, str, bool], float] = defaultdict(float)
        for row in those:
            flow = self.flows[row.flow]
            counts[flow.category, flow.unit, row.action in EMPTY] += row.quantity
        word = {False: "", True: f" {self._say('empty')}"}
        return tuple(f"{amount(total, self.lang)} × {unit}{word[empty]} · {self.categories[category]}" for (category, unit, empty), total in sorted(counts.items()))

    def _say(self, key: str) -> str:
        return text(f"roadsheet.{key}", self.lang)


# --- workbook ------------------------------------------------------------------------------------------------


def road_sheet_book(study: Study, lang: str) -> bytes:
    """A workbook with one sheet per day, one printed page or more per duty (A4 landscape)."""
    book = Workbook()
    book.remove(book.worksheets[0])
    by_day: dict[str, list[Duty]] = defaultdict(list)
    for duty in duties(study, lang):
        by_day[duty.day].append(duty)
    for day, those in by_day.items():
        _sheet(book.create_sheet(text(f"roadsheet.day.{day}", lang)), those, lang)
    if not book.worksheets:
        book.create_sheet(text("roadsheet.title", lang))["A1"] = text("roadsheet.none", lang)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _sheet(sheet: Worksheet, those: Sequence[Duty], lang: str) -> None:
    thin = Side(style="thin", color="B8C4CE")
    grey = PatternFill("solid", fgColor="E8EEF3")
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.4, bottom=0.6, header=0.2, footer=0.25)  # inches
    sheet.sheet_view.showGridLines = False
    sheet.oddFooter.center.text = "&P / &N"  # type: ignore[union-attr]
    for place, width in enumerate(WIDTHS):
        sheet.column_dimensions["ABCDEFGH"[place]].width = width
    row = top = 1  # `top`: the first row of the printed page

    def full(more: float) -> bool:
        """Whether rows of this height no longer fit on the page."""
        return more + sum(sheet.row_dimensions[r].height or ROW for r in range(top, row)) > PAGE

    def turn() -> int:
        sheet.row_breaks.append(Break(id=row - 1))
        return row

    def head(at: int) -> int:
        """The column titles in a row; the next one."""
        for column, name in enumerate(_heads(lang), start=1):
            cell = sheet.cell(at, column, name)
            cell.font, cell.fill, cell.border = Font(bold=True), grey, Border(thin, thin, thin, thin)
            cell.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.row_dimensions[at].height = HEAD
        return at + 1

    for duty in those:
        top = turn() if row > 1 else row
        sheet.cell(row, 1, duty.title).font = Font(bold=True, size=15)
        sheet.cell(row + 1, 1, "   ".join(f"{name} : {value}" if lang == "fr" else f"{name}: {value}" for name, value in duty.facts))
        sheet.cell(row + 2, 1, text("roadsheet.driver", lang))
        sheet.row_dimensions[row].height = 20
        row += 4
        for number, trip in enumerate(duty.trips, start=1):
            depths = [_deep(_values(line, lang)) for line in trip]
            whole = ROW + HEAD + ROW * sum(depths)
            if full(whole if whole + 4 * ROW <= PAGE else ROW + HEAD + ROW * sum(depths[:2])):  # a trip whole where it can be, never its heading alone
                top = turn()
            called = text("roadsheet.trip", lang, number=number)
            sheet.cell(row, 1, f"{duty.title} · {called}" if top == row else called).font = Font(bold=True)
            row = head(row + 1)
            for line, deep in zip(trip, depths, strict=True):
                if full(ROW * deep):
                    top = turn()
                    sheet.cell(row, 1, f"{duty.title} · {called}").font = Font(bold=True)
                    row = head(row + 1)
                values = _values(line, lang)
                for column, value in enumerate(values, start=1):
                    cell = sheet.cell(row, column, value)
                    cell.border = Border(thin, thin, thin, thin)
                    cell.alignment = Alignment(wrap_text=True, vertical="top")
                    cell.data_type = "s" if isinstance(value, str) and value else cell.data_type
                sheet.row_dimensions[row].height = ROW * deep
                row += 1
            row += 1
        row += 1


def _deep(values: Sequence[str]) -> int:
    """How many lines of text a row takes."""
    return max(sum(max(1, math.ceil(len(part) / (width - 2))) for part in value.split("\n")) for value, width in zip(values, WIDTHS, strict=True))


def _heads(lang: str) -> list[str]:
    return [text(f"roadsheet.col.{name}", lang) for name in ("order", "arrives", "leaves", "site", "leave", "take", "places", "kg")]


def _values(line: Line, lang: str) -> list[str]:
    where = "\n".join([line.name, *([line.address] if line.address else []), *line.notes])
    return [
        line.order, hour(line.arrives), hour(line.leaves), where, "\n".join(line.leave), "\n".join(line.take),
        "" if line.places is None else amount(round(line.places, 1), lang), "" if line.kg is None else amount(round(line.kg), lang),
    ]  # fmt: skip


# --- page to print -------------------------------------------------------------------------------------------

STYLE = """
@page { size: A4 landscape; margin: 12mm; }
body { font: 10pt/1.35 "Liberation Sans", Arial, sans-serif; color: #1c2733; }
section { break-after: page; }
h1 { font-size: 15pt; margin: 0 0 2mm; }
p.facts { margin: 0 0 3mm; color: #44525f; }
h2 { font-size: 11pt; margin: 4mm 0 1mm; break-after: avoid; }
table { border-collapse: collapse; width: 100%; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border: 1px solid #b8c4ce; padding: 1.2mm 1.6mm; text-align: left; vertical-align: top; }
th { background: #e8eef3; }
td.n { text-align: right; white-space: nowrap; }
tr.depot td { background: #f6f8fa; }
.address { color: #5b6976; font-size: 9pt; }
"""


def road_sheet_page(study: Study, lang: str) -> str:
    """One HTML document: every duty starts on a page of its own when printed. Nothing in it is fetched from elsewhere."""
    made = [f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{escape(text("roadsheet.title", lang))}</title><style>{STYLE}</style></head><body>']
    found = duties(study, lang)
    if not found:
        made.append(f"<p>{escape(text('roadsheet.none', lang))}</p>")
    for duty in found:
        facts = " · ".join(f"{escape(name)} <b>{escape(value)}</b>" for name, value in duty.facts)
        made.append(f'<section><h1>{escape(duty.title)}</h1><p class="facts">{facts}</p><p>{escape(text("roadsheet.driver", lang))}</p>')
        for number, trip in enumerate(duty.trips, start=1):
            made.append(f"<h2>{escape(text('roadsheet.trip', lang, number=number))}</h2><table><thead><tr>{''.join(f'<th>{escape(h)}</th>' for h in _heads(lang))}</tr></thead><tbody>")
            for line in trip:
                order, arrives, leaves, _, leave, take, places, kg = (escape(value).replace("\n", "<br>") for value in _values(line, lang))
                where = escape(line.name) + "".join(f'<br><span class="address">{escape(part)}</span>' for part in (line.address, *line.notes) if part).replace("\n", "<br>")
                made.append(
                    f'<tr{"" if order else " class=depot"}><td class="n">{order}</td><td class="n">{arrives}</td><td class="n">{leaves}</td><td>{where}</td>'
                    f'<td>{leave}</td><td>{take}</td><td class="n">{places}</td><td class="n">{kg}</td></tr>'
                )
            made.append("</tbody></table>")
        made.append("</section>")
    return "".join([*made, "</body></html>"])


# --- GPX -----------------------------------------------------------------------------------------------------


def gpx(duty: Duty) -> bytes:
    """A GPX 1.1 document of a duty: one route per trip, its points in order with name and time of arrival."""
    ElementTree.register_namespace("", GPX)
    root = ElementTree.Element(f"{{{GPX}}}gpx", {"version": "1.1", "creator": "planner"})
    for number, trip in enumerate(duty.trips, start=1):
        route = ElementTree.SubElement(root, f"{{{GPX}}}rte")
        ElementTree.SubElement(route, f"{{{GPX}}}name").text = f"{duty.title} · {number}"
        for line in trip:
            if line.order == BREAK:
                continue
            point = ElementTree.SubElement(route, f"{{{GPX}}}rtept", {"lat": f"{line.lat:.6f}", "lon": f"{line.lon:.6f}"})
            ElementTree.SubElement(point, f"{{{GPX}}}name").text = f"{line.order + '. ' if line.order else ''}{line.name}"
            ElementTree.SubElement(point, f"{{{GPX}}}desc").text = "; ".join([hour(line.arrives), *line.leave, *line.take])
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def to_road_sheets(study: Study, folder: Path, lang: str) -> list[Path]:
    """The workbook, the page to print and one GPX file per duty into a folder (made if needed). Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = "feuilles_de_route" if lang == "fr" else "road_sheets"
    book, page = folder / f"{stem}.xlsx", folder / f"{stem}.html"
    book.write_bytes(road_sheet_book(study, lang))
    page.write_text(road_sheet_page(study, lang), encoding="utf-8")
    made = [book, page]
    for duty in duties(study, lang):
        path = folder / f"{_safe(duty.stem(lang))}.gpx"
        path.write_bytes(gpx(duty))
        made.append(path)
    return made


def _safe(stem: str) -> str:
    """A file name of letters, digits, dots, dashes and underscores."""
    return "".join(c if c.isalnum() or c in "._-" else "_" for c in stem)
