"""Road sheets: every stop of the plan once, with its times and quantities; what the depot loads and unloads."""

from __future__ import annotations

import io
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

from planner.problems.routes.tables import ROUTES, STOPS
from planner.report.roadsheets import GPX, amount, duties, gpx, hour, road_sheet_book, road_sheet_page, to_road_sheets
from planner.schema import rows
from planner.study import Study
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
def test_workbook_has_a_sheet_per_day_and_a_page_per_duty(done: Study, lang: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(road_sheet_book(done, lang)))
    found = duties(done, lang)
    assert len(book.sheetnames) == len({d.day for d in found})
    assert book.sheetnames[0] == {"fr": "Lundi", "en": "Monday"}[lang]
    for sheet in book:
        titles = [cell.value for (cell,) in sheet.iter_rows(max_col=1) if cell.value and cell.font.size == 15]
        assert len(titles) == len(sheet.row_breaks.brk) + 1
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


def test_hours_and_quantities_as_people_write_them() -> None:
    assert [hour(m) for m in (None, float("nan"), 0.0, 389.99, 390.0, 1439.5)] == ["", "", "00:00", "06:29", "06:30", "23:59"]
    assert [amount(v, "fr") for v in (12.0, 0.5, 1.25)] == ["12", "0,5", "1,25"] and amount(0.5, "en") == "0.5"
