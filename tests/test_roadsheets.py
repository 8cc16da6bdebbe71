"""Road sheets: every stop of the plan once, with its times and quantities; what the depot loads and unloads."""

from __future__ import annotations

import io
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from xml.etree import ElementTree

import openpyxl
import pytest
from openpyxl import Workbook

from planner import figures
from planner.problems.routes import ROUTES as ROUTES_PROBLEM
from planner.problems.routes.tables import ROUTES, STOPS, VEHICLES
from planner.report import roadsheets
from planner.report.roadsheets import BREAK, GPX, amount, duties, gpx, hour, road_sheet_book, road_sheet_page, to_road_sheets
from planner.schema import rows
from planner.study import Study
from tests.problems.routes.generator import base, flow, network_of, scenario_of, site, vehicle
from tests.test_study import run as toy_run
from tests.toy import group as toy_group

LANGUAGES = ("fr", "en")


@pytest.fixture(scope="module")
def done(real: Study) -> Study:
    """Today's week of the four hospitals, which is the same whatever the solver finds."""
    routes = real.results["routes"]
    assert routes.baseline is not None and routes.baseline_audit is not None
    today = replace(routes, plan=routes.baseline, audit=routes.baseline_audit)
    assert today.valid
    return replace(real, results={**real.results, "routes": today})


def stops(done: Study) -> list:
    return list(rows(STOPS, done.results["routes"].plan.tables[STOPS.name]))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_duty_and_every_stop_has_its_lines(done: Study, lang: str) -> None:
    found = duties(done, lang)
    routes = {(r.day, r.vehicle, r.number) for r in rows(ROUTES, done.results["routes"].plan.tables[ROUTES.name])}
    assert {(d.day, d.vehicle, d.number) for d in found} == routes and len(found) == len(routes)
    asked: dict[tuple, list] = defaultdict(list)
    for row in stops(done):
        asked[row.day, row.vehicle, row.number, row.trip, str(row.position)].append(row)
    shown = [((d.day, d.vehicle, d.number, t, line.order), line) for d in found for t, trip in enumerate(d.trips, start=1) for line in trip if line.order]
    assert Counter(key for key, _ in shown) == Counter(list(asked))  # each once
    for key, line in shown:
        first = asked[key][0]
        assert len(line.leave) + len(line.take) == len(asked[key])
        assert (line.site, line.arrives, line.leaves) == (first.site, first.arrives, first.leaves)


def test_what_is_delivered_from_the_depot_is_loaded_there(done: Study) -> None:
    delivered = Counter[tuple[str, str]]()
    aboard = {(row.day, row.vehicle, row.number, row.trip, row.flow, row.visit) for row in stops(done) if row.action == "collect"}
    for row in stops(done):
        if row.action == "deliver" and (row.day, row.vehicle, row.number, row.trip, row.flow, row.visit) not in aboard:
            delivered[row.day, row.vehicle] += row.quantity
    loaded = Counter[tuple[str, str]]()
    for duty in duties(done, "en"):
        for trip in duty.trips:
            assert trip[0].order == trip[-1].order == "" and trip[0].site == trip[-1].site
            assert all(a.arrives <= b.arrives for a, b in pairwise(trip) if a.arrives is not None and b.arrives is not None)
            loaded[duty.day, duty.vehicle] += sum(float(words.split()[0]) for words in trip[0].take if " empty " not in f"{words} ")
    assert delivered and dict(loaded) == pytest.approx({**dict.fromkeys(loaded, 0.0), **delivered})


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_two_duties_are_called_the_same(done: Study, lang: str) -> None:
    """Vehicle types of two depots may have one name."""
    routes = done.results["routes"]
    called = routes.scenario.replace(VEHICLES.name, routes.scenario.frames[VEHICLES.name].assign(name="Fourgon"))
    found = duties(replace(done, results={**done.results, "routes": replace(routes, scenario=called)}), lang)
    assert len({duty.title for duty in found}) == len({duty.stem(lang) for duty in found}) == len(found) > 1
    first = found[0]
    assert first.title.split() == [{"fr": "Lundi", "en": "Monday"}[lang], "·", "Fourgon", f"({first.vehicle})", {"fr": "n°", "en": "no."}[lang], str(first.number)]
    assert first.stem(lang).startswith({"fr": "1_lundi_", "en": "1_monday_"}[lang])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_workbook_has_a_sheet_per_day_and_a_page_per_duty(done: Study, lang: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(road_sheet_book(done, lang)))
    found = duties(done, lang)
    assert len(book.sheetnames) == len({d.day for d in found})
    assert book.sheetnames[0] == {"fr": "Lundi", "en": "Monday"}[lang]
    for sheet in book:
        titles = [cell.value for (cell,) in sheet.iter_rows(max_col=1) if cell.value and cell.font.size == 15]
        assert {cell.row - 1 for (cell,) in sheet.iter_rows(max_col=1) if cell.value and cell.font.size == 15 and cell.row > 1} <= {turn.id for turn in sheet.row_breaks.brk}
        assert len(titles) <= len(sheet.row_breaks.brk) + 1
        assert sheet.page_setup.orientation == "landscape"
    assert {c.value for sheet in book for (c,) in sheet.iter_rows(max_col=1) if c.value and c.font.size == 15} == {d.title for d in found}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_page_escapes_names_and_fetches_nothing(done: Study, lang: str) -> None:
    page = road_sheet_page(done, lang)
    assert page.count("<section>") == len(duties(done, lang))
    assert "http" not in page and "<script" not in page
    assert page.count("<tr") == page.count("</tr>")


def test_gpx_holds_the_points_in_order(done: Study) -> None:
    duty = duties(done, "fr")[0]
    root = ElementTree.fromstring(gpx(duty))
    routes = root.findall(f"{{{GPX}}}rte")
    assert len(routes) == len(duty.trips)
    points = [(float(p.attrib["lat"]), float(p.attrib["lon"])) for p in routes[0].findall(f"{{{GPX}}}rtept")]
    assert points == [(pytest.approx(line.lat, abs=1e-6), pytest.approx(line.lon, abs=1e-6)) for line in duty.trips[0]]


def test_files_of_a_study_and_of_one_without_routes(done: Study, tmp_path: Path) -> None:
    made = to_road_sheets(done, tmp_path / "all", "fr")
    assert len(made) == 2 + len(duties(done, "fr")) and all(path.stat().st_size for path in made)
    none = toy_run(toy_group(), ("kitchens",))
    assert [path.suffix for path in to_road_sheets(none, tmp_path / "none", "en")] == [".xlsx", ".html"]
    assert "No valid routes" in (tmp_path / "none" / "road_sheets.html").read_text()


@pytest.fixture
def small() -> Study:
    """A van collects samples and dirty linen at P, is disinfected (30 min), delivers clean linen to Q; its second shift goes to Q again."""
    sites = [site("O"), site("P", dock_notes="Quai nord\nSonner <2 fois>"), site("Q")]
    flows = [
        flow("lab", "P", "O", 1.0, category="samples", max_minutes=60), flow("dirty", "P", "O", 2.0, category="linen", hygiene="dirty"),
        flow("clean", "O", "Q", 2.0, category="linen", return_ratio=1.0), flow("late", "O", "Q", 1.0, category="linen", opens=720),
    ]  # fmt: skip
    fleet = [vehicle("V", name="Fourgon", shift_end=660), vehicle("W", name="Fourgon, après-midi", same_as="V", shift_start=660)]
    windows = [{"site": "P", "day_type": "weekday", "opens": opens, "closes": closes} for opens, closes in ((780, 1020), (420, 690))]
    current = [{"day": "mon", "vehicle": v, "number": 1, "trip": t, "position": p, "flow": f, "action": a}
               for v, t, p, f, a in (("V", 1, 1, "lab", "collect"), ("V", 1, 2, "dirty", "collect"), ("V", 2, 1, "clean", "deliver"), ("W", 1, 1, "late", "deliver"))]  # fmt: skip
    rule = [{"first": "clean", "second": "dirty", "rule": "disinfect", "minutes": 30.0}]
    data = base(sites, fleet, flows, windows=windows, current_routes=current, class_compatibility=rule)
    scenario, network = scenario_of(data), network_of({"O": (0.0, 0.0), "P": (10.0, 0.0), "Q": (20.0, 0.0)})
    plan = ROUTES_PROBLEM.baseline(scenario, network)
    return cast(Study, SimpleNamespace(results={"routes": SimpleNamespace(valid=True, scenario=scenario, plan=plan)}))


def test_what_a_driver_must_know_is_on_the_sheet(small: Study) -> None:
    """P opens at 7:00: loading from 6:30, at P until 7:00 + 3 x 1.5 + 10 min, at the depot ten minutes later, then half an hour of disinfection."""
    first, second = duties(small, "fr")
    (_, stop, back), (cleaning, loading, q, _) = first.trips
    assert stop.notes == ("Ouvert\u00a0: 07:00–11:30, 13:00–17:00", "Quai nord\nSonner <2 fois>") and q.notes == ()
    assert stop.take[0].endswith("(lab), à remettre avant 08:14") and "avant" not in stop.take[1] + q.leave[0]
    assert stop.leaves == 434.5 and back.arrives == cleaning.arrives == 444.5
    assert (cleaning.order, cleaning.leave, cleaning.leaves) == (BREAK, ("Désinfection du véhicule, 30 min",), 474.5) and loading.arrives >= 474.5
    assert ("Même véhicule que", "Fourgon (V) n°\u00a01") in second.facts and "Même véhicule que" not in dict(first.facts)
    page, book = road_sheet_page(small, "fr"), openpyxl.load_workbook(io.BytesIO(road_sheet_book(small, "fr")))
    cells = [str(cell.value) for row in book["Lundi"].iter_rows() for cell in row if cell.value]
    for said in ("Ouvert\u00a0: 07:00–11:30, 13:00–17:00", "Quai nord", "Désinfection du véhicule, 30 min", "à remettre avant 08:14", "Même véhicule que"):
        assert said in page and any(said in cell for cell in cells)
    assert "Quai nord<br>Sonner &lt;2 fois&gt;" in page
    assert all("Désinfection" not in (point.findtext(f"{{{GPX}}}desc") or "") for point in ElementTree.fromstring(gpx(first)).iter(f"{{{GPX}}}rtept"))


def test_a_disinfection_is_on_the_timeline(small: Study) -> None:
    drawn = figures.timeline(small.results["routes"], "mon", "fr")
    assert [(row.starts, row.ends) for row in drawn.itertuples() if row.activity == "disinfection"] == [(444.5, 474.5)]


def test_a_trip_is_not_parted_from_its_heading_and_the_page_number_is_on_the_paper() -> None:
    line = roadsheets.Line("1", 400.0, 410.0, "S", "Site", "", ("2 × roll · linge (f)",), (), 3.0, 120.0, 0.0, 0.0)
    trips = tuple((line,) * count for count in (12, 5, 8, 3, 60, 2))
    book = Workbook()
    roadsheets._sheet(book.worksheets[0], [roadsheets.Duty("mon", "V", 1, "Lundi · V n° 1", (), trips)] * 2, "fr")
    sheet = book.worksheets[0]
    first = [sheet.cell(turn.id + 1, 1).value for turn in sheet.row_breaks.brk]
    assert all(said.startswith("Lundi · V n° 1") for said in first) and first.count("Lundi · V n° 1 · Tour 5") > 2  # again where a long trip goes on
    assert all(sheet.cell(turn.id + 2, 1).value == "N°" for turn, said in zip(sheet.row_breaks.brk, first, strict=True) if "Tour" in said)
    assert all(sheet.cell(turn.id, 1).value != "N°" and "Tour" not in str(sheet.cell(turn.id, 1).value) for turn in sheet.row_breaks.brk)
    assert sheet.page_margins.footer + 0.2 < sheet.page_margins.bottom


def test_hours_and_quantities_as_people_write_them() -> None:
    assert [hour(m) for m in (None, float("nan"), 0.0, 389.99, 390.0, 1439.5)] == ["", "", "00:00", "06:29", "06:30", "23:59"]
    assert [amount(v, "fr") for v in (12.0, 0.5, 1.25)] == ["12", "0,5", "1,25"] and amount(0.5, "en") == "0.5"
