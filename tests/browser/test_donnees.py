"""The Données page in a real browser: typing, pasting, searching, deleting, saving, two people at once, mending an import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from planner.catalog import TABLES
from planner.excel import write_scenario
from planner.i18n import text
from planner.service import scenarios
from planner.store import Version
from tests.browser.conftest import Editor, Shot, Visit, insist, open_page, settled, until
from tests.browser.grids import delete_rows, paste, select, type_in, visible
from tests.excel.sample import scenario as small

pytestmark = pytest.mark.browser
SITES = next(table for table in TABLES if table.name == "sites")


@pytest.fixture
def version(editor: Editor, request: pytest.FixtureRequest) -> Version:
    """A scenario of its own for each test."""
    store = editor.store
    sample = store.scenario(scenarios.open_sample(store, "la_rochelle_rochefort", "essai").id)
    return store.add(sample.renamed(request.node.name), "essai")


def press(page: Page, key: str, lang: str) -> None:
    button = page.get_by_test_id("stMain").get_by_role("button", name=text(key, lang), exact=True)
    expect(button).to_be_enabled()
    button.click()


def saved(editor: Editor, page: Page, version: Version, lang: str = "fr") -> list[Any]:
    """Save; the rows of the sites in the version saved."""
    store = editor.store
    before = store.latest(version.scenario_id).id
    button = page.get_by_test_id("stMain").get_by_role("button", name=text("editor.save", lang), exact=True)
    insist(lambda: button.click(timeout=15_000), lambda: store.latest(version.scenario_id).id != before, "the save")
    return list(store.scenario(store.latest(version.scenario_id).id).rows("sites"))


def unchanged(page: Page, lang: str, number: int) -> None:
    expect(page.get_by_text(text("editor.unchanged", lang, version=number))).to_be_visible()


def search(page: Page, sought: str, lang: str = "fr") -> None:
    field = page.get_by_test_id("stMain").get_by_label(text("editor.search", lang), exact=True)
    field.fill(sought)
    field.press("Enter")
    if sought:
        expect(page.get_by_text(text("editor.found", lang, count="§", all="§").partition("§")[2].strip(" §")).first).to_be_visible()
    page.wait_for_timeout(400)
    settled(page)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_comma_pasted_and_a_comma_typed_stay_commas(editor: Editor, visit: Visit, version: Version, shot: Shot, lang: str) -> None:
    before = list(editor.store.scenario(version.id).rows("sites"))
    page = visit(lang, "donnees", scenario=version.scenario_id)
    paste(page, SITES, 1, "stop_minutes", "12,5")
    type_in(page, SITES, 3, "stop_minutes", "7,25")
    shot(page, f"donnees_modifiees_{lang}")
    page.reload()  # nothing typed is lost
    settled(page)
    found = saved(editor, page, version, lang)
    assert (found[1].stop_minutes, found[3].stop_minutes) == (12.5, 7.25)
    assert [row for place, row in enumerate(found) if place not in (1, 3)] == [row for place, row in enumerate(before) if place not in (1, 3)]
    unchanged(page, lang, 2)


def test_edits_under_a_search_go_to_the_rows_shown_and_stay_when_the_view_changes(editor: Editor, visit: Visit, version: Version) -> None:
    before = list(editor.store.scenario(version.id).rows("sites"))
    page = visit("fr", "donnees", scenario=version.scenario_id)
    search(page, "marlonges")
    type_in(page, SITES, 0, "stop_minutes", "21,5")
    search(page, "saint-honoré")
    type_in(page, SITES, 0, "stop_minutes", "8")
    search(page, "")
    page.get_by_test_id("stMain").get_by_role("radio", name=text("editor.view.parameters", "fr")).click()
    expect(page.get_by_text(text("editor.parameters_help", "fr"))).to_be_visible()
    page.get_by_test_id("stMain").get_by_role("radio", name=text("editor.view.tables", "fr")).click()
    expect(page.get_by_text(text("editor.how", "fr")[:30])).to_be_visible()
    settled(page)
    found = saved(editor, page, version)
    touched = {after.name: after.stop_minutes for now, after in zip(before, found, strict=True) if now != after}
    assert touched == {"SSR du Château de Marlonges": 21.5, "Hôpital Saint-Honoré": 8.0}


def test_rows_are_added_by_pasting_more_than_there_are_and_deleted(editor: Editor, visit: Visit, version: Version) -> None:
    before = list(editor.store.scenario(version.id).rows("sites"))
    page = visit("fr", "donnees", scenario=version.scenario_id)
    page.get_by_text(text("editor.paste", "fr")).click()
    area = page.get_by_role("textbox", name=text("editor.paste_here", "fr"))
    line = "{code}\tNouveau site\tGHLRRA\t\t\t46,15\t-1,15\t\t\t\t9,5"
    area.fill("\n".join(line.format(code=code) for code in ("ZZ1", "ZZ2")))
    area.press("Control+Enter")
    go = page.get_by_role("button", name=text("editor.paste_go", "fr", count=2))
    save = page.get_by_role("button", name=text("editor.save", "fr"))
    insist(lambda: go.click(timeout=5000), lambda: visible(page, save), "the rows pasted")
    settled(page)
    found = saved(editor, page, version)
    assert [row.site for row in found[len(before):]] == ["ZZ1", "ZZ2"] and {row.stop_minutes for row in found[len(before):]} == {9.5}
    unchanged(page, "fr", 2)
    search(page, "nouveau site")
    delete_rows(page, 0)
    assert [row.site for row in saved(editor, page, version)] == [*(row.site for row in before), "ZZ2"]


def test_giving_up_forgets_and_the_next_edit_starts_from_what_is_saved(editor: Editor, visit: Visit, version: Version) -> None:
    page = visit("fr", "donnees", scenario=version.scenario_id)
    type_in(page, SITES, 0, "stop_minutes", "99")
    press(page, "editor.abandon", "fr")
    unchanged(page, "fr", 1)
    page.reload()
    settled(page)
    unchanged(page, "fr", 1)
    type_in(page, SITES, 1, "stop_minutes", "5")
    found = saved(editor, page, version)
    assert (found[0].stop_minutes, found[1].stop_minutes) == (12.0, 5.0)


def test_two_people_edit_at_once_and_both_edits_are_kept(editor: Editor, visit: Visit, version: Version, shot: Shot) -> None:
    first = visit("fr", "donnees", scenario=version.scenario_id)
    second = visit("fr", "donnees", scenario=version.scenario_id)
    name = second.get_by_role("textbox", name=text("app.name", "fr"))
    name.fill("Jeanne")
    name.press("Enter")
    second.wait_for_timeout(800)
    settled(second)
    type_in(first, SITES, 0, "stop_minutes", "31")
    type_in(second, SITES, 1, "stop_minutes", "32")
    saved(editor, second, version)
    press(first, "editor.save", "fr")
    expect(first.get_by_text(text("editor.stale", "fr", who="Jeanne", version=2))).to_be_visible()
    settled(first)
    expect(first.locator(".sheet").last).to_contain_text("32")
    shot(first, "donnees_entre_temps_fr")
    store = editor.store
    press(first, "editor.merge", "fr")
    until(lambda: store.latest(version.scenario_id).number == 3, 15, "the merge")
    found = list(store.scenario(store.latest(version.scenario_id).id).rows("sites"))
    assert (found[0].stop_minutes, found[1].stop_minutes) == (31.0, 32.0)


def test_a_faulty_workbook_is_mended_here(editor: Editor, visit: Visit, shot: Shot, tmp_path: Path) -> None:
    workbook = tmp_path / "un site faux.xlsx"
    write_scenario(small(), workbook, "fr")
    book = load_workbook(workbook)
    sheet = next(sheet for sheet in book if sheet.title == SITES.title("fr") or sheet.title == "Sites")
    heads = {cell.value: cell.column for row in sheet.iter_rows(max_row=8) for cell in row if isinstance(cell.value, str)}
    column = next(number for title, number in heads.items() if title.startswith("Temps fixe"))
    top = next(cell.row for row in sheet.iter_rows(max_row=8) for cell in row if cell.column == column and isinstance(cell.value, str) and cell.value.startswith("Temps fixe"))
    sheet.cell(top + 1, column).value = "douze"
    book.save(workbook)
    page = visit("fr", "scenarios")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(workbook)
    page.get_by_role("button", name=text("pages.scenarios.mend_here", "fr")).click()
    expect(page.get_by_text(text("editor.faults", "fr", count=1))).to_be_visible()
    settled(page)
    expect(page.locator(".sheet").last).to_contain_text(SITES.column("stop_minutes").title("fr"))
    assert page.get_by_role("button", name=text("editor.import_go", "fr")).is_disabled()
    shot(page, "donnees_import_fr")
    page.wait_for_timeout(500)  # the grid takes its size again
    select(page, SITES, 0, "stop_minutes")
    page.wait_for_timeout(300)
    type_in(page, SITES, 0, "stop_minutes", "12")
    press(page, "editor.import_go", "fr")
    expect(page.get_by_text(text("editor.unchanged", "fr", version=1))).to_be_visible()
    newest = editor.store.scenarios()[0]
    assert newest.name.casefold() == "un site faux"
    assert next(iter(editor.store.scenario(editor.store.latest(newest.id).id).rows("sites"))).stop_minutes == 12.0


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_view_of_the_data_is_drawn(visit: Visit, version: Version, shot: Shot, lang: str) -> None:
    page = visit(lang, "donnees", scenario=version.scenario_id)
    for view in ("parameters", "map", "variants", "tables"):
        page.get_by_test_id("stMain").get_by_role("radio", name=text(f"editor.view.{view}", lang), exact=True).click()
        page.wait_for_timeout(700)
        settled(page)
        shot(page, f"donnees_{view}_{lang}")
    open_page(page, text("app.page.calcul", lang))
