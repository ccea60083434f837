"""Every page as a visitor meets it: it shows what there is, in any width and theme, and asks no other host."""

from __future__ import annotations

import csv

import pytest
from axe_playwright_python.sync_playwright import Axe

PAGES = {
    "/": "Overview",
    "/dataset": "Dataset",
    "/train": "Train",
    "/inference": "Inference",
    "/explore": "Explore",
}
PAGES["/jobs"] = "Jobs"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_without_an_error(dashboard, open_page, path):
    page = open_page(dashboard.url + path)
    page.get_by_role("heading", name=PAGES[path], exact=True).wait_for()
    page.wait_for_load_state("networkidle" if path == "/none" else "load")
    page.wait_for_timeout(1500)
    assert "Sunspot" in page.title()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_no_serious_finding_of_axe(dashboard, open_page, path, scheme):
    page = open_page(dashboard.url + path, color_scheme=scheme)
    page.get_by_role("heading", name=PAGES[path], exact=True).wait_for()
    page.wait_for_timeout(2500)
    found = [
        f"{finding['id']}: {finding['help']}: {[node['html'][:160] for node in finding['nodes'][:3]]}"
        for finding in Axe().run(page).response["violations"]
        if finding["impact"] in ("serious", "critical")
    ]
    assert found == []


@pytest.mark.parametrize("path", PAGES)
def test_a_phone_shows_all_without_scrolling_sideways(dashboard, open_page, path):
    page = open_page(dashboard.url + path, width=360)
    page.get_by_role("heading", name=PAGES[path], exact=True).wait_for()
    page.wait_for_timeout(1500)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_theme_is_turned_over_and_remembered(dashboard, open_page):
    page = open_page(dashboard.url, color_scheme="light")
    theme = "document.documentElement.dataset.bsTheme"
    page.get_by_role("heading", name="Overview").wait_for()
    assert page.evaluate(theme) == "light"
    page.get_by_role("button", name="Light / dark").click()
    page.wait_for_function(f"{theme} === 'dark'")
    page.goto(dashboard.url + "/explore")
    assert page.evaluate(theme) == "dark"


def test_the_overview_tells_what_there_is(dashboard, open_page, filled):
    page = open_page(dashboard.url)
    with (filled.inference_results / "sunspot_table.csv").open() as file:
        spots = sum(int(row["sunspot"]) for row in csv.DictReader(file))
    page.get_by_text("spots counted").wait_for()
    page.wait_for_function(f"document.body.innerText.includes('{spots}')")
    assert page.locator(".number").all_inner_texts()[:2] == ["5", "5"]
    assert page.locator("#overview-series img").evaluate("i => i.decode().then(() => i.naturalWidth)")
    page.get_by_title("Explore").click()
    page.get_by_role("heading", name="Explore", exact=True).wait_for()


def test_the_keyboard_reaches_the_content_first(dashboard, open_page):
    page = open_page(dashboard.url)
    page.get_by_role("heading", name="Overview").wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
