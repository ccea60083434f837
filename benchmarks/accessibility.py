"""Accessibility of every page: `python benchmarks/accessibility.py [--workspace FOLDER] [--only PATH]`.

Visits every page of a filled and of an empty workspace, light and dark, in a wide window and on a phone, also with its
drawers and its phone menus open, and prints what axe finds, of any severity. On the phone it prints the controls that
are smaller than TARGET_PX, and in the wide window the Tab stops whose focus cannot be seen and the tables with more
than one Tab stop. Exits with 1 if there is anything to print.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.large_workspace import workspace
from benchmarks.page_speed import DRAWINGS, TIMEOUT_MS, dashboard_of
from sunspot_dash.workspace import Workspace
from tests.web.conftest import ARGUMENTS
from tests.web.figures import findings, small_controls, when_settled
from tests.web.test_pages import PAGES

WIDE, PHONE = (1300, 900), (390, 844)
# Buttons that open something, by page; the phone menus are on every page.
OPENERS = {
    "/inference": ("Run a model", "List"),
    "/review": ("Keys", "Retrain", "Agreement"),
    "/models": ("Import a model",),
}
MENU, FILTERS = ".navigation .opener", ".bar .opener"
MOST_STOPS = 150
# The element that has the focus: its text, whether that can be seen, and the table around it.
FOCUS = """() => {
  const one = document.activeElement;
  if (one === document.body) return null;
  const hasOutline = (style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
  const hasMark = (style) => hasOutline(style) || style.boxShadow !== 'none';
  const around = [one, one.nextElementSibling, one.parentElement].filter(Boolean);
  const table = one.closest('.ag-root-wrapper');
  const passed = window.passed ||= new Set();
  const again = passed.has(one);
  passed.add(one);
  const seen = Boolean(table) || around.some((box) => hasMark(getComputedStyle(box)));
  return { text: one.outerHTML.slice(0, 140), seen, again, table: table?.parentElement.id || '' };
}"""


def tab_troubles(page: Page) -> list[str]:
    """Return the Tab stops of a page without a visible focus, and its tables with several stops."""
    found: list[str] = []
    tables: list[str] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if not stop or stop["again"]:
            break
        if not stop["seen"]:
            found.append(f"focus not visible: {stop['text']}")
        if stop["table"]:
            tables.append(stop["table"])
    return found + [
        f"{tables.count(name)} Tab stops in {name}" for name in set(tables) if tables.count(name) > 1
    ]


def states(page: Page, path: str, phone: bool) -> Iterator[str]:
    """Yield the name of each state of an open page, with the page in it."""
    yield ""
    openers = [page.get_by_role("button", name=name, exact=True) for name in OPENERS.get(path, ())]
    openers += [page.locator(css) for css in (MENU, FILTERS)] if phone else []
    for button in openers:
        if not button.count() or not button.is_visible():
            continue
        text = button.inner_text().strip()
        button.click()
        when_settled(page)
        yield f", {text} open"
        page.keyboard.press("Escape")


def troubles(chromium: Browser, address: str, path: str, what: str) -> int:
    """Print the findings on a page of a workspace, and return their number."""
    number = 0
    for theme in ("light", "dark"):
        for phone, (width, height) in ((False, WIDE), (True, PHONE)):
            context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
            page = context.new_page()
            page.set_default_timeout(TIMEOUT_MS)
            page.goto(address + path)
            page.locator("h1").wait_for()
            page.wait_for_load_state("networkidle")
            when_settled(page)
            for state in states(page, path, phone):
                found = findings(page)
                if phone and theme == "light":
                    found += small_controls(page)
                number += len(found)
                for text in found:
                    print(f"{path}, {what}, {theme}, {width} px{state}: {text}", flush=True)
            if not phone and theme == "light":
                found = tab_troubles(page)
                number += len(found)
                for text in found:
                    print(f"{path}, {what}: {text}", flush=True)
            context.close()
    return number


def main(full: Workspace, empty: Workspace, only: str) -> bool:
    """Check all pages of both workspaces; return whether they have no findings."""
    number = 0
    for what, space in (("full", full), ("empty", empty)):
        with dashboard_of(space) as dashboard, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
            for path in [only] if only else PAGES:
                number += troubles(chromium, dashboard.url, path, what)
            chromium.close()
    print(f"{number} findings")
    return number == 0


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("--workspace", type=Path)
    asked.add_argument("--only", default="")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        given = (
            Workspace(options.workspace) if options.workspace else workspace(Path(folder) / "full", DRAWINGS)
        )
        sys.exit(not main(given, Workspace(Path(folder) / "empty").create(), options.only))
