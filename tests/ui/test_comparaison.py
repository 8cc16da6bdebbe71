"""The Comparaison page and its figures."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from planner import compared
from planner.plan import Limits
from planner.report.compared import comparison_book
from planner.store import Run, State
from planner.study import Study
from tests.ui.results_store import filled

APP = str(Path(__file__).resolve().parents[2] / "app.py")


def run(number: int, cost: float, vehicles: float | None = None, **more: Any) -> Run:
    kpis = {"annual_cost": [120.0, cost], "fill": [50.0, 60.0 + number], "co2": [9.0, 8.0]} | ({} if vehicles is None else {"vehicles": [4.0, vehicles]})
    summary = {"saving": 120.0 - cost, "problems": {"routes": {"status": "feasible", "valid": True, "annual": cost, "kpis": kpis}}}
    made = Run(number, 1, 1, None, "h", "=groupe", "", "", ("routes",), Limits(), "essai", "2026-01-01T00:00:00+00:00", State.DONE, summary=summary)
    return replace(made, **more)


def test_better_follows_the_sense_of_the_figure() -> None:
    lines = {line.kpi.code: line for line in compared.lines([run(1, 100.0, 3.0), run(2, 90.0)])}
    assert lines["annual_cost"].difference(1) == -10
    assert lines["annual_cost"].better(1) is True  # lower is better
    assert lines["saving"].better(1) is True  # higher is better
    assert lines["fill"].better(1) is True
    assert lines["co2"].better(1) is None  # the same
    assert lines["vehicles"].values == (3.0, None)
    assert lines["vehicles"].difference(1) is None
    assert "egalim_quality" not in lines  # nobody knows it


def test_a_refused_plan_is_said_refused() -> None:
    refused = run(1, 100.0)
    refused.summary["problems"]["routes"]["valid"] = False
    assert compared.outcome_words(refused, "routes", "fr") == "refusé par l'audit"
    assert compared.outcome_words(refused, "kitchens", "fr") == "–"


def test_the_workbook_holds_live_differences_and_no_formula_of_a_name() -> None:
    runs = [run(1, 100.0), run(2, 90.0)]
    sheet = openpyxl.load_workbook(BytesIO(comparison_book(["=groupe 1", "groupe 2"], compared.lines(runs), "fr"))).worksheets[0]
    head = [cell.value for cell in sheet[1]]
    assert head[:4] == ["Fonction", "Indicateur", "Unité", "Aujourd'hui"]
    assert sheet.cell(1, 5).data_type == "s"
    line = next(row for row in sheet.iter_rows(min_row=2) if row[1].value == "Coût annuel")
    assert [line[4].value, line[5].value] == [100, 90]
    assert line[6].value == f"=F{line[0].row}-E{line[0].row}"


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_two_latest_runs_stand_side_by_side(real: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    monkeypatch.setenv("PLANNER_DATA", str(tmp_path))
    monkeypatch.setenv("PLANNER_SAMPLE", "0")
    filled(tmp_path, real)
    app = AppTest.from_file(APP, default_timeout=120)
    app.query_params["lang"] = lang
    app = app.switch_page("planner/ui/pages/comparaison.py").run()
    assert not app.exception
    assert len(app.multiselect[0].value) == 2
    assert not app.multiselect[0].set_value(app.multiselect[0].value[:1]).run().exception
