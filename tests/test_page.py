"""The browser page, driven without a browser: both languages, a faulty workbook, a solve."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from planner.i18n import text
from planner.service import open_scenario
from planner.ui import page
from tests.excel.bad_workbook import plant

APP = str(Path(__file__).resolve().parent.parent / "app.py")


def opened(lang: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=120)
    app.query_params["lang"] = lang
    return app.run()


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_first_view(lang: str) -> None:
    app = opened(lang)
    assert not app.exception
    assert app.title[0].value == text("app.title", lang)
    assert app.sidebar.selectbox[0].value == page.FIRST_SAMPLE
    assert [metric.label for metric in app.metric] == [text(f"app.{key}", lang) for key in ("establishments", "sites", "kitchens", "flows", "articles")]
    assert all(metric.value != "0" for metric in app.metric)
    assert app.button[0].label == text("app.solve", lang)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_faulty_workbook_shows_every_fault_and_offers_no_solve(lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = len(plant(tmp_path / "mauvais.xlsx"))
    monkeypatch.setattr(page, "SAMPLES", tmp_path)
    app = opened(lang)
    assert not app.exception
    assert app.error[0].value == text("app.faults", lang, count=faults)
    assert not app.button


def test_findings_are_whole_and_escaped(tmp_path: Path) -> None:
    plant(tmp_path / "mauvais.xlsx")
    found = open_scenario(tmp_path / "mauvais.xlsx").issues
    found[0] = replace(found[0], sheet="<script>")
    table = page._issue_table(found, "fr")
    assert table.count("<tr>") == len(found) + 1
    assert "<script>" not in table and "&lt;script&gt;" in table
    assert "issue." not in table


def test_a_solve_shows_an_audited_plan_and_its_workbook() -> None:
    app = opened("fr")
    app.multiselect[0].set_value(["purchasing"])
    app.select_slider[0].set_value(10)
    app.button[0].click().run()
    assert not app.exception
    assert app.subheader[-1].value == text("app.results", "fr")
    achats = next(metric for metric in app.metric if metric.label == "Achats")
    assert achats.value.endswith("€/an") and achats.delta.startswith("-")
    assert not app.error


def test_units_and_words_are_in_the_language_of_the_page() -> None:
    app = opened("en")
    app.multiselect[0].set_value(["purchasing"])
    app.select_slider[0].set_value(10)
    app.button[0].click().run()
    assert not app.exception
    figures = app.dataframe[-1].value
    assert not [unit for unit in figures["unit"] if "an" in unit.split("/") or unit in ("fournisseurs", "lots mutualisés")]
    assert {"€/year", "suppliers"} <= set(figures["unit"])
    assert any(metric.value.endswith("/year") for metric in app.metric)
