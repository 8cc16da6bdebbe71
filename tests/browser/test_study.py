"""From a run to a decision in a real browser: read, take away, accept, stay close, lock, compare."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from planner.difference import difference
from planner.i18n import text
from planner.plan import Limits
from planner.problems.purchasing.tables import AWARDS, PLAN_YEARS
from planner.scenario import with_parameter
from planner.schema import rows
from planner.service import open_scenario, runs, scenarios
from planner.store import Run, State
from tests.browser.conftest import Editor, Shot, Visit, open_page, settled, until
from tests.problems.purchasing.generator import scenario

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def solved(editor: Editor) -> Run:
    store = editor.store
    version = scenarios.open_sample(store, "la_rochelle_rochefort", "essai")
    run = runs.start(store, version.id, ["purchasing"], Limits(seconds=3, threads=1), "essai")
    until(lambda: store.run(run.id).state.ended, 60, "the end of the run")
    assert store.run(run.id).state is State.DONE
    return run


@pytest.mark.parametrize("lang", ["fr"])
def test_results_and_scenario_are_taken_away_and_read_back(editor: Editor, solved: Run, visit: Visit, shot: Shot, tmp_path: Path, lang: str) -> None:
    page = visit(lang, "resultats", scenario=solved.scenario_id or 0)
    shot(page, f"resultats_vue_{lang}")
    page.get_by_test_id("stPopoverButton").click()
    with page.expect_download() as got:
        page.get_by_role("button", name=text("results.book", lang)).click()
    got.value.save_as(tmp_path / "result.xlsx")
    assert len(load_workbook(tmp_path / "result.xlsx").sheetnames) > 3
    page = visit(lang, "scenarios", scenario=solved.scenario_id or 0)
    with page.expect_download() as got:
        page.get_by_role("button", name=text("pages.scenarios.export_go", lang)).click()
    got.value.save_as(tmp_path / "scenario.xlsx")
    again = open_scenario(tmp_path / "scenario.xlsx").scenario
    store = editor.store
    before = store.scenario(solved.version_id or 0)
    assert again is not None and not difference(before, again)


def test_an_accepted_plan_is_kept_close_and_compared(editor: Editor, solved: Run, visit: Visit, shot: Shot) -> None:
    chosen = solved.scenario_id or 0
    store = editor.store
    page = visit("fr", "resultats", scenario=chosen)
    page.get_by_role("button", name=text("results.accept", "fr")).click()
    until(lambda: store.accepted(chosen) is not None, 10, "the acceptance")
    expect(page.get_by_role("button", name=text("results.withdraw", "fr"))).to_be_visible()
    settled(page)
    open_page(page, text("app.page.calcul", "fr"))
    for name in ("kitchens", "routes"):
        page.get_by_test_id("stMain").get_by_role("button", name=text(f"problem.{name}", "fr"), exact=True).click()
        settled(page)
    page.get_by_text(text("calcul.near", "fr", run=solved.id)).click()
    most = page.get_by_role("textbox", name=text("calcul.near_most", "fr", problem=text("problem.purchasing", "fr")))
    most.fill("0")
    most.press("Enter")
    page.wait_for_timeout(600)
    settled(page)
    shot(page, "calcul_proche_fr")
    page.get_by_role("button", name=text("calcul.start", "fr")).click()
    until(lambda: store.runs(scenario_id=chosen)[0].id != solved.id, 10, "the start")
    near = store.runs(scenario_id=chosen)[0]
    until(lambda: store.run(near.id).state.ended, 90, "the end of the run")
    assert store.run(near.id).outcome == "ok"
    plans = [store.plans(run_id)["purchasing"] for run_id in (solved.id, near.id)]
    supplied = [{(row.lot, row.establishment, row.supplier) for row in rows(AWARDS, plan.tables[AWARDS.name])} for plan in plans]
    assert supplied[0] == supplied[1]
    open_page(page, text("app.page.comparaison", "fr"))
    expect(page.locator(".sheet").first).to_be_visible()
    shot(page, "comparaison_proche_fr")


@pytest.mark.parametrize("lang", ["fr"])
def test_todays_routes_are_checked_and_coalitions_shared(editor: Editor, solved: Run, visit: Visit, shot: Shot, lang: str) -> None:
    """The check goes on in its own process, is stopped, and told; the seven coalitions of a small group are solved by the worker and shared."""
    page = visit(lang, "analyses", scenario=solved.scenario_id or 0)
    check, told = page.get_by_role("button", name=text("analyses.check", lang)), page.get_by_role("heading", name=text("analyses.duties", lang))
    expect(check.or_(told)).to_be_visible(timeout=30_000)  # told at once where it was checked in the other language
    if check.is_visible():
        settled(page)
        check.click()
        page.get_by_role("button", name=text("calcul.stop", lang)).click()
    expect(told).to_be_visible(timeout=60_000)
    settled(page)
    shot(page, f"analyses_tournees_{lang}")
    made = editor.store.add(with_parameter(scenario(3, members=3, lots=4, articles=9, suppliers=4), PLAN_YEARS, 0), "essai")
    page = visit(lang, "analyses", scenario=made.scenario_id)
    page.get_by_test_id("stMain").get_by_role("radio", name=text("analyses.view.sharing", lang)).click()
    settled(page)
    page.get_by_role("button", name=text("share.launch", lang, count=7)).click()
    expect(page.get_by_role("heading", name=text("share.who_leaves", lang))).to_be_visible(timeout=120_000)
    settled(page)
    expect(page.get_by_text(text("share.shapley", lang)).first).to_be_visible()
    shot(page, f"analyses_partage_{lang}")
