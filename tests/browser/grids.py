"""The editable grid, driven with the keyboard as people do: it is drawn on a canvas, so that no cell can be clicked by name."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from planner.schema import Table
from planner.ui.editor import LINE
from tests.browser.conftest import insist, settled

MARGIN, HEADER, ROW = 20, 35, 35  # px: middle of the column of row marks, the header, a row
KEY = 60  # ms between two keys


def grid(page: Page) -> Locator:
    found = page.get_by_test_id("stDataFrame").last
    expect(found).to_be_visible()
    return found


def tick(page: Page, row: int, brings: Locator) -> None:
    """Tick the box left of a row (from 0) of words, until what it brings is there. The box is reached by keys from the
    words, as its place on the canvas is not known."""

    def once() -> None:
        found = grid(page)
        found.scroll_into_view_if_needed()
        page.keyboard.press("Escape")
        # the row below, then up: a click on a cell that has the cursor opens it
        found.locator(".dvn-scroller").click(position={"x": 400, "y": HEADER + ROW * (row + 1) + ROW // 2}, timeout=10_000)
        page.wait_for_timeout(10 * KEY)
        for key in ("ArrowUp", "ArrowLeft", "Space"):
            press(page, key)

    insist(once, lambda: visible(page, brings), "the effect of a tick")
    settled(page)


def press(page: Page, key: str, times: int = 1) -> None:
    """Press a key as a person does: the grid takes the cursor's new place in only when it is drawn again."""
    for _ in range(times):
        page.keyboard.press(key)
        page.wait_for_timeout(KEY)


def visible(page: Page, what: Locator) -> bool:
    page.wait_for_timeout(50)  # lets the page's messages come in
    return what.is_visible() and what.is_enabled()


def order(table: Table) -> list[str]:
    """The columns from left to right: those pinned first."""
    return [LINE, *table.key[:1], *(name for name in table.names if name != table.key[0])]


def select(page: Page, table: Table, row: int, column: str) -> None:
    """Put the cursor on a cell. `row` counts from 0 among the rows shown."""
    found = grid(page)
    found.scroll_into_view_if_needed()
    found.locator(".dvn-scroller").click(position={"x": 3 * MARGIN + 5, "y": HEADER + ROW // 2})  # the line number of the first row
    page.wait_for_timeout(10 * KEY)
    press(page, "ArrowDown", row)
    press(page, "ArrowRight", order(table).index(column))


def type_in(page: Page, table: Table, row: int, column: str, typed: str) -> None:
    select(page, table, row, column)
    page.keyboard.press("Enter")
    page.wait_for_timeout(150)
    field = page.locator("#portal textarea, #portal input").last
    expect(field).to_be_visible()
    field.fill(typed)
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    settled(page)


def paste(page: Page, table: Table, row: int, column: str, content: str) -> None:
    """Ctrl+V of what a spreadsheet puts in the clipboard: tabs between cells, one row a line."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    select(page, table, row, column)
    page.evaluate("content => navigator.clipboard.writeText(content)", content)
    page.keyboard.press("Control+V")
    page.wait_for_timeout(500)
    settled(page)


def delete_rows(page: Page, *rows: int) -> None:
    """Tick rows in the margin and delete them."""
    for row in rows:
        grid(page).locator(".dvn-scroller").click(position={"x": MARGIN, "y": HEADER + ROW * row + ROW // 2})
    page.keyboard.press("Delete")
    page.wait_for_timeout(300)
    settled(page)
