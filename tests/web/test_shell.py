"""The frame of the pages: navigation and bar on a phone, the keyboard, and paper."""

from __future__ import annotations

import re

import pytest

PHONE = 390
A_PAGE = re.compile(rb"/Type\s*/Page\b")
IN_TABLE = "document.activeElement.closest('.ag-root-wrapper') !== null"


def test_a_phone_has_five_pages_and_the_others_behind_more_in_one_row(dashboard, open_page):
    page = open_page(dashboard.url + "/jobs", width=PHONE)
    controls = page.locator(".navigation :is(a, button):visible")
    more = page.get_by_role("button", name="More")
    more.wait_for()
    assert controls.all_inner_texts() == ["Overview", "Dataset", "Inference", "Review", "Explore", "More"]
    assert len({box["y"] for box in (one.bounding_box() for one in controls.all()) if box}) == 1
    more.click()
    assert controls.count() == 11 and more.get_attribute("aria-expanded") == "true"
    page.get_by_role("link", name="Models").click()
    page.get_by_role("heading", name="Models", exact=True).wait_for()
    assert controls.count() == 6
    more.focus()
    page.keyboard.press("Enter")
    assert controls.count() == 11
    page.keyboard.press("Escape")
    assert more.get_attribute("aria-expanded") == "false"


def test_the_actions_of_a_bar_are_in_sight_on_a_phone_and_its_filters_behind_a_button(dashboard, open_page):
    page = open_page(dashboard.url + "/review", width=PHONE)
    for name in ("Your name", "Keys", "Retrain"):
        action = page.locator(".bar-actions").get_by_label(name).or_(page.get_by_role("button", name=name))
        box = action.first.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE
    model = page.get_by_label("Results of model")
    assert not model.is_visible()
    page.get_by_role("button", name="Filters").click()
    model.wait_for()
    page.keyboard.press("Escape")
    assert not model.is_visible()


def test_tab_passes_a_table_in_one_stop_and_arrows_move_inside_it(dashboard, open_page):
    page = open_page(dashboard.url + "/dataset")
    page.locator("#dataset-table .ag-center-cols-container .ag-row").first.wait_for()
    page.locator("#dataset-table .ag-header-cell").first.focus()
    page.keyboard.press("ArrowDown")
    page.locator("#dataset-table .ag-cell:focus").wait_for()
    page.keyboard.press("Tab")
    assert not page.evaluate(IN_TABLE)
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(IN_TABLE)
    page.keyboard.press("Shift+Tab")
    assert not page.evaluate(IN_TABLE)


@pytest.mark.parametrize("address", ["/inference", "/review"])
def test_a_drawing_with_its_overlay_and_numbers_prints_on_one_page(dashboard, open_page, address):
    page = open_page(dashboard.url + address, color_scheme="dark")
    page.locator(".stage[data-state=ready]").wait_for()
    page.locator(".groups-table, .kpi").first.wait_for()
    page.evaluate(
        "addEventListener('beforeprint', () => { window.theme = document.documentElement.dataset.bsTheme })"
    )
    assert len(A_PAGE.findall(page.pdf(format="A4"))) == 1
    assert page.evaluate("[window.theme, document.documentElement.dataset.bsTheme]") == ["light", "dark"]


def test_a_link_opens_a_page_without_loading_the_scripts_again(dashboard, open_page):
    page = open_page(dashboard.url + "/")
    card = page.locator("#overview-cards a").first
    card.wait_for()
    page.evaluate("window.kept = true")
    address = card.get_attribute("href")
    card.click()
    page.get_by_role("heading", name="Overview", exact=True).wait_for(state="detached")
    assert page.url == dashboard.url + address and page.evaluate("window.kept")
    page.go_back()
    page.get_by_role("heading", name="Overview", exact=True).wait_for()
    assert page.evaluate("window.kept")
