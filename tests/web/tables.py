"""The rows of a page's table."""

from __future__ import annotations

from playwright.sync_api import Locator, Page


def rows(page: Page, identity: str) -> Locator:
    """Return the loaded rows of a table; a row that is being loaded cannot be opened."""
    return page.locator(f"#{identity} .ag-center-cols-container .ag-row[row-id]")
