"""The Résultats page, driven without a browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from planner import study
from planner.figures import gap_words
from planner.i18n import text
from planner.issues import Issue
from planner.plan import Limits, Plan, Progress, Status
from planner.problems.purchasing.result_tables import YEARS
from planner.problems.purchasing.tables import PLAN_YEARS, RESULTS
from planner.scenario import with_parameter
from planner.store import RunRequest
from planner.study import Study
from tests.problems.purchasing.generator import scenario
from tests.problems.purchasing.test_packages import whole
from tests.ui.results_store import filled

APP = str(Path(__file__).resolve().parents[2] / "app.py")


def page(lang: str = "fr") -> AppTest:
    app = AppTest.from_file(APP, default_timeout=120)
    app.query_params["lang"] = lang
    return app.switch_page("planner/ui/pages/resultats.py").run()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PLANNER_DATA", str(tmp_path))
    monkeypatch.setenv("PLANNER_SAMPLE", "0")
    return tmp_path


def test_the_gap_of_the_routes_says_which_bound_it_is(real: Study) -> None:
    found = real.results["routes"]
    columns = replace(found, plan=found.plan.with_(issues=(Issue.info("routes_bound_columns"),)))
    said = [gap_words(result, "fr") for result in (found, columns)]
    assert ["combine librement" in words for words in said] == [False, True] and ["mais simple" in words for words in said] == [True, False]


@pytest.mark.parametrize(("below", "said"), [(0.0, "1"), (0.4, "1"), (2.2, "3")])
def test_a_proof_is_never_said_nearer_than_it_is(real: Study, below: float, said: str) -> None:
    found = real.results["routes"]
    assert found.plan.cost is not None
    proven = replace(found, plan=found.plan.with_(status=Status.OPTIMAL, bound=found.plan.cost - below))
    assert f"à {said}\u00a0€ près" in gap_words(proven, "fr") and f"to within €{said} a year" in gap_words(proven, "en")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_view_is_drawn(real: Study, folder: Path, lang: str) -> None:
    filled(folder, real, runs=1)
    app = page(lang)
    assert not app.exception
    assert app.metric[0].label == text("results.saving_all", lang)
    for view in (*real.results, "findings", "locks"):
        app.session_state["results_view"] = view
        app.run()
        assert not app.exception, view


def test_the_totals_stand_first_and_are_never_below_a_scroll(real: Study, folder: Path) -> None:
    filled(folder, real, runs=1)
    shown = next(element.proto.body for element in page().get("html") if "class=total" in element.proto.body)
    lines = shown.split("<tr")[2:]
    assert "sheet short" in shown and lines[0].startswith(" class=total") and text("report.all", "fr") in lines[0]
    assert [line.startswith(" class=total") for line in lines].count(True) == 1 + len(real.results) and lines[1].startswith(" class=total")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_refused_plan_is_never_called_valid_nor_accepted(real: Study, folder: Path, lang: str) -> None:
    """As where a plan was made by a version whose rules have changed since."""
    spoiled = {name: replace(result, plan=result.plan.with_(cost=(result.plan.cost or 0.0) + 1000.0)) for name, result in real.results.items()}
    filled(folder, replace(real, results=spoiled), runs=1)
    app = page(lang)
    said = " ".join(element.value for element in app.markdown)
    assert said.count(text("status.refused", lang)) == 3 and text("status.feasible", lang) not in said and text("status.optimal", lang) not in said
    assert not any(button.label == text("results.accept", lang) for button in app.button)


def test_a_plan_is_accepted_and_withdrawn(real: Study, folder: Path) -> None:
    store = filled(folder, real, runs=1)
    scenario = store.scenarios()[0].id
    button = next(button for button in page().button if button.label == text("results.accept", "fr"))
    app = button.click().run()
    accepted = store.accepted(scenario)
    assert accepted is not None
    next(button for button in app.button if button.label == text("results.withdraw", "fr")).click().run()
    assert store.accepted(scenario) is None


def test_an_impossible_run_shows_no_figure_as_a_plan(real: Study, folder: Path) -> None:
    store = filled(folder, real, runs=0)
    run = store.queue([RunRequest(real.scenario, ("kitchens",), real.limits, "essai", version_id=store.scenarios()[0].version)])[0]
    store.take_lease("essai", 1)
    store.claim("essai", 1)
    store.put_plan(run.id, "kitchens", Plan("kitchens", Status.INFEASIBLE, scenario_hash=real.scenario.hash), real.scenario.hash)
    store.finish(run.id, "impossible", {})
    app = page()
    assert not app.exception
    assert [metric.value for metric in app.metric] == ["–", "–"]
    assert [info.value for info in app.info] == [text("results.no_plan_no_saving", "fr", problem="Cuisines", state=text("status.infeasible", "fr"))]
    assert [found.value for found in app.markdown if "Cuisines" in found.value] == [f"**Cuisines** — {text('figures.gap.infeasible', 'fr')}"]
    app.session_state["results_view"] = "kitchens"
    assert [error.value for error in app.run().error] == [text("figures.gap.infeasible", "fr")]


def test_without_any_run_the_page_says_so(real: Study, folder: Path) -> None:
    filled(folder, real, runs=0)
    assert [info.value for info in page().info] == [text("results.none", "fr")]


def test_a_convergence_plan_shows_each_year_and_who_joins_when(folder: Path) -> None:
    case = scenario(3, members=3, lots=4, articles=9, suppliers=4)
    case = with_parameter(case, PLAN_YEARS, 2)
    filled(folder, study.run(case, ["purchasing"], Limits(seconds=10), Progress()), runs=1)
    app = page()
    app.session_state["results_view"] = "purchasing"
    app.run()
    assert not app.exception
    titles = [found.value for found in app.subheader]
    assert text("results.by_year", "fr") in titles and text("results.convergence", "fr") in titles
    shown = {found.label for found in app.expander}
    assert {table.title("fr") for table in RESULTS} <= shown
    assert any("sur les 2 années du plan" in found.value for found in app.markdown)  # the gap is of both years, not of one
    savings = next(element.proto.body for element in app.get("html") if YEARS.column("budget").title("fr") in element.proto.body)
    assert text("results.group", "fr") in savings.split("<tr")[-1]  # not an empty cell


def test_a_simulation_says_on_the_page_that_it_is_no_award(folder: Path) -> None:
    filled(folder, study.run(whole(), ["purchasing"], Limits(seconds=10), Progress()), runs=1)
    app = page()
    assert not app.exception
    assert [error.value for error in app.error if "L2113-10" in error.value]
