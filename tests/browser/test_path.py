"""The way of a new user in a real browser: from the sample to a changed, locked, re-optimised, compared and exported scenario.

Clicks are counted as a person would make them; typing and keys are not clicks.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect

from planner.i18n import text
from planner.problems.purchasing.tables import AWARDS
from planner.schema import rows
from planner.sites import SITES
from planner.store import Run, Store
from tests.browser import grids
from tests.browser.conftest import Editor, Visit, insist, open_page, settled, until

pytestmark = pytest.mark.browser


class Reader:
    """A person at the page: clicks are counted."""

    def __init__(self, page: Page, lang: str) -> None:
        self.page, self.lang, self.clicks = page, lang, 0

    def say(self, key: str, **args: str | int) -> str:
        return text(key, self.lang, **args)

    def click(self, what: Locator) -> None:
        settled(self.page)
        what.click()
        self.clicks += 1
        self.page.wait_for_timeout(150)
        settled(self.page)

    def go(self, name: str) -> None:
        title = self.say(f"app.page.{name}")
        open_page(self.page, title)
        self.clicks += 1

    def button(self, key: str, **args: str | int) -> Locator:
        return self.page.get_by_test_id("stMain").get_by_role("button", name=self.say(key, **args), exact=True)


def solve(reader: Reader, store: Store, scenario: int, only_purchasing: bool) -> Run:
    """Start a run from Calcul and wait for its end."""
    before = {run.id for run in store.runs(scenario_id=scenario)}
    if only_purchasing:  # the other two take longer, and a test waits
        for name in ("kitchens", "routes"):
            reader.click(reader.button(f"problem.{name}"))
    reader.clicks += 1
    insist(lambda: reader.button("calcul.start").click(timeout=5000), lambda: len(store.runs(scenario_id=scenario)) > len(before), "the start")
    run = next(run for run in store.runs(scenario_id=scenario) if run.id not in before)
    until(lambda: store.run(run.id).state.ended, 120, "the end of the run")
    return store.run(run.id)


@pytest.mark.parametrize("lang", ["fr"])  # the words of all pages in English: test_pages
def test_from_the_sample_to_an_exported_plan(editor: Editor, visit: Visit, tmp_path: Path, lang: str) -> None:
    store, began = editor.store, time.monotonic()
    reader = Reader(visit(lang, "scenarios"), lang)
    known = {entry.id for entry in store.scenarios()}
    row = reader.page.get_by_test_id("stMain").get_by_role("button", name=reader.say("pages.scenarios.open"), exact=True)
    reader.clicks += 1
    insist(lambda: row.nth(2).click(timeout=5000), lambda: len(store.scenarios()) > len(known), "the sample", every=30)  # Paris: purchasing solved in an instant
    entry = next(entry for entry in store.scenarios() if entry.id not in known)
    assert "paris" in entry.origin and entry.version == 1

    reader.go("donnees")

    def typed_and_saved() -> None:
        grids.type_in(reader.page, SITES, 0, "stop_minutes", "12,5")
        reader.button("editor.save").click(timeout=5000)

    reader.clicks += 2  # the cell, the button
    insist(typed_and_saved, lambda: store.latest(entry.id).number == 2, "the save")
    assert store.scenario(store.latest(entry.id).id).rows("sites")[0].stop_minutes == 12.5

    reader.go("calcul")
    first = solve(reader, store, entry.id, only_purchasing=True)
    assert first.outcome == "ok"
    reader.go("resultats")
    expect(reader.page.get_by_test_id("stMetric").first).to_be_visible()
    reader.click(reader.page.get_by_role("radio", name=reader.say("results.view.locks"), exact=True))
    lock = reader.button("results.lock_go", count=1)
    grids.tick(reader.page, 0, lock)
    reader.clicks += 1
    reader.clicks += 1
    insist(lambda: lock.click(timeout=5000), lambda: store.latest(entry.id).number == 3, "the locked version")
    locks = store.scenario(store.latest(entry.id).id).rows("purchasing_locks")
    assert len(locks) == len(store.scenario(first.version_id or 0).rows("purchasing_locks")) + 1

    second = solve(reader, store, entry.id, only_purchasing=True)
    assert second.outcome == "ok" and second.hash != first.hash
    awarded = {(row.lot, row.establishment, row.supplier) for row in rows(AWARDS, store.plans(second.id)["purchasing"].tables[AWARDS.name])}
    assert {(lock.lot, lock.establishment, lock.supplier) for lock in locks if lock.action == "award"} <= awarded

    reader.go("comparaison")
    expect(reader.page.locator(".sheet").first).to_be_visible()
    reader.go("resultats")
    reader.click(reader.page.get_by_test_id("stMain").get_by_test_id("stPopoverButton").first)
    with reader.page.expect_download() as got:
        reader.click(reader.page.get_by_role("button", name=reader.say("results.book")))
    got.value.save_as(tmp_path / "result.xlsx")
    assert len(load_workbook(tmp_path / "result.xlsx").sheetnames) > 3
    print(f"{lang}: {reader.clicks} clicks, {time.monotonic() - began:.0f} s")
    assert reader.clicks <= 25 and time.monotonic() - began < 600
