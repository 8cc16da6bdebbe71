"""The editable grid, driven with the keyboard as people do: it is drawn on a canvas, so that no cell can be clicked by name."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from planner.schema import Table
from planner.ui.editor import LINE
from tests.browser.conftest import settled

MARGIN, HEADER, ROW = 20, 35, 35  # px: middle of the column of row marks, the header, a row


def grid(page: Page) -> Locator:
    found = page.get_by_test_id("stDataFrame").last
    expect(found).to_be_visible()
    return found


def order(table: Table) -> list[str]:
    """The columns from left to right: those pinned first."""
    return [LINE, *table.key[:1], *(name for name in table.names if name != table.key[0])]


def select(page: Page, table: Table, row: int, column: str) -> None:
    """Put the cursor on a cell. `row` counts from 0 among the rows shown."""
    found = grid(page)
    found.scroll_into_view_if_needed()
    found.locator(".dvn-scroller").click(position={"x": 3 * MARGIN + 5, "y": HEADER + ROW // 2})  # the line number of the first row
    for _ in range(row):
        page.keyboard.press("ArrowDown")
    for _ in range(order(table).index(column)):
        page.keyboard.press("ArrowRight")


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
