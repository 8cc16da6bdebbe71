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
from planner.i18n import text
from planner.plan import Limits
from planner.report.compared import comparison_book
from planner.store import Run, State
from planner.study import Study
from planner.ui import compare
from tests.ui.results_store import filled

APP = str(Path(__file__).resolve().parents[2] / "app.py")


def run(number: int, cost: float, vehicles: float | None = None, **more: Any) -> Run:
    kpis = {"annual_cost": [120.0, cost], "fill": [50.0, 60.0 + number], "co2": [9.0, 8.0]} | ({} if vehicles is None else {"vehicles": [4.0, vehicles]})
    summary = {"saving": 120.0 - cost, "problems": {"routes": {"status": "feasible", "valid": True, "annual": cost, "gap": 0.0, "gap_euros": 0.0, "kpis": kpis}}}
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


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_difference_that_the_search_alone_may_make_is_no_gain(lang: str) -> None:
    """Kitchens: a gap of 1 % of an objective over ten discounted years leaves 1 % of the yearly cost unproven."""
    def kitchens(number: int, annual: float, gap: float | None) -> Run:
        made = run(number, 100.0)
        found = {"status": "feasible", "valid": True, "annual": annual, "cost": 8 * annual, "gap": gap, "gap_euros": None if gap is None else gap * 8 * annual,
                 "kpis": {"annual_cost": [1100.0, annual], "meal_cost": [11.0, annual / 100], "longest_minutes": [30.0, 30.0 - number]}}  # fmt: skip
        return replace(made, summary={"saving": 1100.0 - annual, "problems": {"kitchens": found}})

    lines = {line.kpi.code: line for line in compared.lines([kitchens(1, 1000.0, 0.0), kitchens(2, 995.0, 0.01), kitchens(3, 985.0, 0.01), kitchens(4, 500.0, None)])}
    assert [lines["annual_cost"].unclear(place) for place in (1, 2, 3)] == [True, False, False]
    assert [lines[code].better(place) for code in ("annual_cost", "saving", "meal_cost") for place in (1, 2)] == [None, True] * 3
    assert lines["longest_minutes"].better(1) is True  # not money: nothing of it is left to prove
    assert lines["annual_cost"].better(3) is True  # 500 less with 500 unproven at most
    sheet = openpyxl.load_workbook(BytesIO(comparison_book(["a", "b", "c", "d"], list(lines.values()), {}, lang))).worksheets[0]
    cells = [str(cell.value) for row in sheet.iter_rows(min_row=2) for cell in row]
    assert text("comparison.unclear", lang) in cells and text("comparison.better", lang) in cells
    assert compare._gap(lines["annual_cost"], 1, lang).count("≈") == 1 and "▲" in compare._gap(lines["annual_cost"], 2, lang)


def test_a_refused_plan_is_said_refused() -> None:
    refused = run(1, 100.0)
    refused.summary["problems"]["routes"]["valid"] = False
    assert compared.outcome_words(refused, "routes", "fr") == "refusé par l'audit"
    assert compared.outcome_words(refused, "kitchens", "fr") == "–"


def test_the_workbook_holds_live_differences_and_no_formula_of_a_name() -> None:
    runs = [run(1, 100.0), run(2, 90.0)]
    sheet = openpyxl.load_workbook(BytesIO(comparison_book(["=groupe 1", "groupe 2"], compared.lines(runs), compared.states(runs, "fr"), "fr"))).worksheets[0]
    head = [cell.value for cell in sheet[1]]
    assert head[:4] == ["Fonction", "Indicateur", "Unité", "Aujourd'hui"]
    assert sheet.cell(1, 5).data_type == "s"
    line = next(row for row in sheet.iter_rows(min_row=2) if row[1].value == "Coût annuel")
    assert [line[4].value, line[5].value] == [100, 90]
    assert line[6].value == f"=F{line[0].row}-E{line[0].row}"
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    state = next(row for row in rows if row[1] == text("comparison.state", "fr"))
    assert state[0] == "Tournées" and state[4:6] == [compared.outcome_words(made, "routes", "fr") for made in runs] and rows[rows.index(state) + 1][1] == "Coût annuel"


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
