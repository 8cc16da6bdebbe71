"""A declared table as people read it on a page."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from planner.i18n import text
from planner.problems.kitchens.report import YEARLY
from planner.problems.routes.tables import TRIPS
from planner.ui.grids import ROOM, _given, rounded


@pytest.mark.parametrize(("value", "decimals", "shown"), [(17.0561, 1, 17.1), (7.4873, 2, 7.49), (17145601.62, 0, 17145602.0), (-0.004, 2, 0.0), (1.005, 2, 1.01), (0.5, 0, 1.0), (-2.5, 0, -3.0)])
def test_a_figure_is_rounded_as_the_workbook_rounds_it(value: float, decimals: int, shown: float) -> None:
    assert rounded(value, decimals) == shown
    assert rounded(float("inf"), decimals) == float("inf")


def page(table: str, lines: list[dict[str, object]], lang: str = "fr") -> AppTest:
    def script(table: str, lines: list[dict[str, object]], lang: str) -> None:
        from planner.catalog import TABLES
        from planner.problems.kitchens.report import YEARLY
        from planner.problems.routes.tables import TRIPS
        from planner.scenario import Scenario
        from planner.ui.grids import grid

        shown = {t.name: t for t in (YEARLY, TRIPS)}[table]
        grid(shown, shown.frame(lines), Scenario.of("essai", TABLES, {}), lang)

    app = AppTest.from_function(script, kwargs={"table": table, "lines": lines, "lang": lang}).run()
    assert not app.exception
    return app


def test_a_wide_table_of_a_few_lines_is_shown_whole() -> None:
    figures = {name: 17145601.62 for name in YEARLY.names if name not in ("year", "open")}
    app = page(YEARLY.name, [{"year": 2027, "open": 4, **figures}])
    (shown,) = [element.proto.body for element in app.get("html")]
    assert not app.dataframe and all(column.fr in shown for column in YEARLY.columns if "'" not in column.fr)
    assert shown.count("17\u202f145\u202f602<") == 8 and ">2027<" in shown


def test_a_long_table_is_a_grid_with_rounded_figures_and_times_of_day() -> None:
    app = page(TRIPS.name, [{"day": "mon", "vehicle": "V", "number": 1, "trip": n, "loads": 385.8, "departs": 400.0, "returns": 500.0, "km": 1234.56} for n in range(60)])
    shown = app.dataframe[0].value
    assert shown["loads"][0] == "06:25:48" and shown["km"][0] == 1234.6


def test_a_figure_is_never_narrower_than_its_digits_and_headings_take_what_is_left() -> None:
    assert _given({"a": (ROOM - 200, 60), "b": (60, 150), "c": (80, 120)}) == {"a": ROOM - 200, "b": 60, "c": 120}


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_table_without_rows_is_a_sentence(lang: str) -> None:
    app = page(TRIPS.name, [], lang)
    assert not app.dataframe and [said.value for said in app.caption] == [text("results.nothing", lang)]
