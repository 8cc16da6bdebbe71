"""Every page on the Paris sample, solved: drawn in both languages, quick, nothing cut off, pictures taken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from planner.i18n import text
from planner.plan import Limits
from planner.service import runs, scenarios
from planner.store import Run, State
from planner.ui.session import PAGES
from tests.browser.conftest import Editor, Shot, Visit, open_page, until

pytestmark = pytest.mark.browser
SLOWEST = 4.0  # s on cores shared with other tests; alone every page takes less than one (benchmarks/pages.py)


@pytest.fixture(scope="module")
def solved(editor: Editor) -> Run:
    """The Paris sample with a finished run of all problems."""
    store = editor.store
    scenarios.open_sample(store, "la_rochelle_rochefort", "essai")
    version = scenarios.open_sample(store, "paris_psychiatrie", "essai")
    run = runs.start(store, version.id, ["kitchens", "routes", "purchasing"], Limits(seconds=2, threads=1), "essai")
    until(lambda: store.run(run.id).state.ended, 120, "the end of the run")
    assert store.run(run.id).state is State.DONE
    store.close()
    return run


def cut_off(page: Page) -> list[str]:
    """What sticks out of the page's width: the reader would have to scroll sideways."""
    found = page.evaluate("""() => [...document.querySelectorAll('[data-testid=stMain] .block-container *')]
        .filter(e => e.getBoundingClientRect().right > window.innerWidth + 1 && !e.closest('.sheet, [data-testid=stDataFrame], [data-testid=stVegaLiteChart]'))
        .map(e => e.tagName + ' ' + (e.innerText ?? '').slice(0, 60))""")
    return [str(one) for one in found]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_page_is_drawn_in_time(solved: Run, visit: Visit, shot: Shot, shots: Path, lang: str) -> None:
    page = visit(lang, "scenarios", scenario=solved.scenario_id or 0)
    for name in PAGES:  # once over: the first visit reads what later ones find ready
        open_page(page, text(f"app.page.{name}", lang))
    took = {}
    for name in PAGES:
        took[name] = round(open_page(page, text(f"app.page.{name}", lang)), 2)
        assert f"/{name}?" in page.url and f"scenario={solved.scenario_id}" in page.url
        shot(page, f"{name}_{lang}")
        assert not cut_off(page), name
    (shots / f"seconds_{lang}.json").write_text(json.dumps(took, indent=1), encoding="utf-8")
    assert max(took.values()) < SLOWEST, took


def test_every_page_fits_a_wide_screen(solved: Run, visit: Visit, shot: Shot) -> None:
    page = visit("fr", "scenarios", width=1600, scenario=solved.scenario_id or 0)
    for name in PAGES:
        open_page(page, text(f"app.page.{name}", "fr"))
        assert not cut_off(page), name
        shot(page, f"{name}_fr_1600")


def test_the_language_of_the_browser_is_that_of_the_page_until_another_is_chosen(solved: Run, visit: Visit) -> None:
    assert visit("fr", "calcul").get_by_role("heading", level=1, name="Calcul").is_visible()
    page = visit("en", "calcul")
    expect(page.get_by_role("heading", level=1, name="Solve")).to_be_visible()
    page.get_by_test_id("stSidebar").get_by_text("Français").click()
    expect(page.get_by_role("heading", level=1, name="Calcul")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", level=1, name="Calcul")).to_be_visible()


def test_a_click_in_the_list_chooses_the_scenario(solved: Run, editor: Editor, visit: Visit) -> None:
    page = visit("fr", "scenarios", scenario=solved.scenario_id or 0)
    rows = editor.store.scenarios()
    row, other = next((row, entry) for row, entry in enumerate(rows) if entry.id != solved.scenario_id)
    page.get_by_test_id("stDataFrame").locator(".dvn-scroller").first.click(position={"x": 60, "y": 35 + 35 * row + 17})
    expect(page.get_by_role("heading", name=other.name)).to_be_visible()
    assert f"scenario={other.id}" in page.url
