"""First steps of a director: import a faulty workbook, open a sample, solve it, come back to it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from planner.i18n import text
from planner.issues import errors
from planner.service import open_scenario
from planner.service.scenarios import samples
from planner.store import Run, State
from tests.browser.conftest import Editor, Shot, Visit, insist, open_page, settled, until
from tests.excel.bad_workbook import plant

pytestmark = pytest.mark.browser
SOLVE_WAIT = 90_000  # ms


def pressed(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


def only(page: Page, problem: str, lang: str) -> None:
    """Leave one problem in the list of those to solve."""
    for name in {"kitchens", "routes", "purchasing"} - {problem}:
        page.get_by_test_id("stMain").get_by_role("button", name=text(f"problem.{name}", lang), exact=True).click()
        settled(page)


def started(editor: Editor, page: Page, lang: str) -> Run:
    """Start a run of the scenario shown; the run that was queued."""
    scenario = int(page.evaluate("new URL(location).searchParams.get('scenario')"))
    before = {run.id for run in editor.store.runs(scenario_id=scenario)}
    pressed(page, text("calcul.start", lang))
    found = list[Run]()

    def queued() -> bool:
        found[:] = [run for run in editor.store.runs(scenario_id=scenario) if run.id not in before]
        return bool(found)

    until(queued, 10, "the start of the run")
    return found[0]


@pytest.mark.parametrize("lang", ["fr"])
def test_a_faulty_workbook_shows_every_fault_and_gives_an_annotated_copy(editor: Editor, visit: Visit, shot: Shot, tmp_path: Path, lang: str) -> None:
    workbook = tmp_path / "mauvais classeur.xlsx"
    planted = plant(workbook)
    faults = errors(open_scenario(workbook).issues)
    page = visit(lang, "scenarios")
    before = len(editor.store.scenarios())
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(workbook)
    expect(page.get_by_test_id("stAlert").filter(has_text=workbook.name)).to_have_text(
        text("pages.scenarios.import_faults", lang, errors=len(faults), file=workbook.name)
    )
    settled(page)
    said = page.locator(".sheet").last.inner_text()
    for fault in planted:
        assert fault.sheet in said and fault.cell in said, fault
    shot(page, f"scenarios_import_{lang}")
    with page.expect_download() as got:
        pressed(page, text("app.annotated", lang))
    copy = tmp_path / "copy.xlsx"
    got.value.save_as(copy)
    assert got.value.suggested_filename == f"mauvais_classeur_{text('pages.scenarios.annotated_suffix', lang)}.xlsx"
    marked = load_workbook(copy)
    assert all(marked[fault.sheet][fault.cell].comment for fault in planted if fault.sheet in marked.sheetnames and fault.cell)
    assert len(editor.store.scenarios()) == before


@pytest.mark.parametrize("lang", ["en"])  # the other way round, and to an exported plan: test_path; the words of all pages: test_pages
def test_a_sample_is_opened_solved_and_found_again(editor: Editor, visit: Visit, shot: Shot, lang: str) -> None:
    page = visit(lang)
    place = 2  # its purchasing is proven in seconds
    button = page.get_by_test_id("stMain").get_by_role("button", name=text("pages.scenarios.open", lang), exact=True).nth(place)

    def chosen() -> str:  # the address follows the page
        scenario = page.evaluate("new URL(location).searchParams.get('scenario')")
        return editor.store.entry(int(scenario)).name if scenario else ""

    insist(lambda: button.click(timeout=10_000), lambda: chosen() == samples()[place][1], "the sample in the address", every=30.0, times=3)
    expect(page.get_by_role("heading", name=samples()[place][1])).to_be_visible()
    settled(page)
    open_page(page, text("app.page.calcul", lang))
    only(page, "purchasing", lang)
    run = started(editor, page, lang)
    link = page.get_by_role("link", name=text("calcul.see", lang, run=run.id))
    expect(link).to_be_visible(timeout=SOLVE_WAIT)
    run = editor.store.run(run.id)
    assert run.state is State.DONE and run.outcome == "ok" and run.problems == ("purchasing",)
    expect(page.locator(".sheet").last).to_contain_text(text("app.outcome.ok", lang))
    shot(page, f"calcul_solved_{lang}")
    link.click()
    expect(page.get_by_role("heading", level=1, name=text("app.page.resultats", lang))).to_be_visible()


def test_closing_the_browser_loses_nothing_and_stopping_keeps_the_best_plan(editor: Editor, visit: Visit, shot: Shot) -> None:
    page = visit("fr", "calcul")
    only(page, "routes", "fr")
    run = started(editor, page, "fr")
    stop = page.get_by_role("button", name=text("calcul.stop", "fr"), exact=True)
    expect(stop).to_be_visible()
    page.context.close()

    page = visit("fr", "calcul", scenario=run.scenario_id or 0)
    stop = page.get_by_role("button", name=text("calcul.stop", "fr"), exact=True)
    expect(stop).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart")).to_be_visible()
    shot(page, "calcul_watch_fr")
    asked = time.monotonic()
    stop.click()
    expect(page.get_by_role("link", name=text("calcul.see", "fr", run=run.id))).to_be_visible(timeout=SOLVE_WAIT)
    assert time.monotonic() - asked < 25
    assert editor.store.run(run.id).outcome == "stopped"
    assert editor.store.plans(run.id)["routes"].status.has_plan
