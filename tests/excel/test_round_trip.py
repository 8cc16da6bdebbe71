"""write(read(x)) == x for random scenarios, also after LibreOffice has opened and saved the file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from planner.catalog import TABLES
from planner.excel import read, write_scenario
from planner.excel.write import write_tables
from planner.kinds import Text
from planner.problems.kitchens.report import IN_CASES
from planner.problems.purchasing.result_tables import EGALIM, YEARS
from planner.problems.routes.tables import STOPS
from planner.scenario import Scenario
from planner.schema import Table, equal, random_frames
from planner.sites import CALENDAR, SITES
from tests.excel.conftest import Convert

NASTY = [
    "1e5", "'abc", "=1+1", "TRUE", "06h30", "_x000D_", "a_x0041_b", "_x005F_", "_x005F_x000D_", "ligne\nautre", "é€œ “q” «»", "<a&b>]]>", "-1", "+33 5", "@x", "007", "1/2", "31/12/2026", "#N/A", "#NOM?",
    '=HYPERLINK("http://x")', "tab\tau milieu", "🚚", "oui", "1,5", "a  b", "1e999", "0x1F", "12 %", "x" * 2000, "a;b", '"', "=", "'", "\u200bzéro", "1900-01-00", "عربي", "中文",
]  # fmt: skip


def random_scenario(seed: int) -> Scenario:
    return Scenario("essai", TABLES, random_frames(TABLES, np.random.default_rng(seed)))


def nasty_scenario(texts: Sequence[str]) -> Scenario:
    kept = [text for text in dict.fromkeys(Text().parse(text) for text in texts) if text]
    sites = [{"site": f"{n:03d}", "name": text, "establishment": "E", "lat": 46.1234567890123, "lon": -1e-7, "address": text} for n, text in enumerate(kept)]
    windows = [{"site": "000", "day_type": day, "opens": 0, "closes": minutes} for day, minutes in zip(("weekday", "saturday", "sunday", "holiday"), (1440, 1, 719, 1439), strict=True)]
    return Scenario.of("essai", TABLES, {"establishments": [{"establishment": "E", "name": "E"}], "sites": sites, "windows": windows})


def again(scenario: Scenario, path: Path, lang: str) -> Scenario | None:
    write_scenario(scenario, path, lang)
    return read(path, TABLES).scenario


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32 - 1), st.sampled_from(["fr", "en"]))
def test_random_scenarios(tmp_path: Path, seed: int, lang: str) -> None:
    scenario = random_scenario(seed)
    assert again(scenario, tmp_path / "x.xlsx", lang) == scenario


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=20))
def test_any_text(tmp_path: Path, texts: list[str]) -> None:
    """Only two tables, to try many texts: what the Text kind keeps is read again as it was."""
    tables = (SITES, CALENDAR)
    kept = [text for text in dict.fromkeys(Text().parse(text) for text in texts) if text]
    scenario = Scenario.of("x", tables, {"sites": [{"site": f"S{n}", "name": text, "establishment": "E", "lat": 1.0, "lon": 1.0} for n, text in enumerate(kept or ["x"])]})
    write_scenario(scenario, tmp_path / "x.xlsx")
    assert read(tmp_path / "x.xlsx", tables).scenario == scenario


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_nasty_texts(tmp_path: Path, lang: str) -> None:
    scenario = nasty_scenario(NASTY)
    assert again(scenario, tmp_path / "x.xlsx", lang) == scenario


@pytest.mark.office
@pytest.mark.slow
def test_after_libreoffice(tmp_path: Path, convert: Convert) -> None:
    # LibreOffice 7.4 writes the text _x005F_x000D_ as if it were the escape of _x000D_: that one is lost before we read
    scenarios = [nasty_scenario([text for text in NASTY if text != "_x005F_x000D_"]), *(random_scenario(seed) for seed in range(5))]
    files = [tmp_path / f"s{n}.xlsx" for n in range(len(scenarios))]
    for n, (scenario, file) in enumerate(zip(scenarios, files, strict=True)):
        write_scenario(scenario, file, "fr" if n % 2 else "en")
    for scenario, file in zip(scenarios, convert(files), strict=True):
        reading = read(file, TABLES)
        assert reading.scenario == scenario, reading.issues[:3]
        assert reading.issues == []


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_hours_of_a_plan_are_times_of_day_and_come_back_exactly(lang: str, tmp_path: Path) -> None:
    seconds = [*range(0, 90000, 7), 24552.461937094]
    stops = STOPS.frame([{"day": "mon", "vehicle": "V", "number": 1, "trip": 1, "position": n, "flow": "f", "visit": 1, "action": "deliver", "arrives": s / 60} for n, s in enumerate(seconds)])
    book = Workbook()
    write_tables(book, [(STOPS, stops)], lang)
    book.save(path := tmp_path / "plan.xlsx")
    column = STOPS.names.index("arrives") + 1
    cell = book.worksheets[-1].cell(3, column)
    assert cell.number_format == "[hh]:mm:ss" and cell.value == 7 / 86400
    assert book.worksheets[-1].cell(1, column).value == {"fr": "Arrivée", "en": "Arrives"}[lang]
    assert STOPS.column("arrives").matches("Arrivée (min)")  # workbooks of before
    assert read(path, [STOPS]).frames[STOPS.name]["arrives"].tolist() == pytest.approx([s / 60 for s in seconds], rel=1e-14)
    assert read(path, [STOPS]).frames[STOPS.name]["arrives"].tolist()[:-1] == [s / 60 for s in seconds[:-1]]


@pytest.mark.parametrize(("table", "words"), [(YEARS, {"fr": ["Tout le groupement"], "en": ["The whole group"]}), (EGALIM, {"fr": ["Tous les établissements", "Toutes les cuisines"], "en": ["All establishments", "All kitchens"]}),
                                              (IN_CASES, {"fr": ["Besoins tels quels"], "en": ["Demand as it is"]})])  # fmt: skip
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_an_empty_cell_of_a_result_means_is_written_and_read_back_as_empty(table: Table, words: dict[str, list[str]], lang: str, tmp_path: Path) -> None:
    book, frame = Workbook(), table.frame([{}])
    write_tables(book, [(table, frame)], lang)
    book.save(path := tmp_path / "plan.xlsx")
    assert [cell.value for cell in book.worksheets[-1][2] if cell.value is not None] == words[lang]
    assert equal(table, read(path, [table]).frames[table.name], frame)
