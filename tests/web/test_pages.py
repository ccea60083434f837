"""Every page opens without an error and fits any width and theme."""

from __future__ import annotations

import pytest

from sunspot_dash.services.analysis.sunspot_number import numbers
from sunspot_dash.services.catalogue.catalogue import Catalogue
from tests.web.figures import findings, sending_buttons, small_controls, when_drawn, when_settled

# Address -> heading, and an element that exists once the page is drawn.
PAGES = {
    "/": ("Overview", "#overview-series img"),
    "/today": ("Today", "#today-content .step"),
    "/dataset": ("Dataset", "#dataset-table .ag-center-cols-container .ag-row"),
    "/train": ("Train", "#train-loss .annotation-text"),
    "/models": ("Models", "#models-facts dl"),
    "/inference": ("Inference", "#inference-stage[data-state=ready]"),
    "/review": ("Review", "#review-stage[data-state=ready]"),
    "/explore": ("Explore", "#explore-polar .point"),
    "/explore?view=number": ("Explore", "#explore-number .point"),
    "/explore?view=sun": ("Explore", "#explore-butterfly .main-svg"),
    "/explore?view=groups": ("Explore", "#explore-tracks-note:not(:empty)"),
    "/jobs": ("Jobs", "#jobs-table .ag-overlay-no-rows-center"),
    "/docs?page=science/formulas&section=Areas": ("Documentation", ".docs details[open] code"),
}
WIDE, PHONE = 1300, 360


@pytest.mark.parametrize("address", PAGES)
def test_a_page_fits_and_has_no_finding_of_axe_in_any_theme_and_width(dashboard, open_page, address):
    heading, marker = PAGES[address]
    page = open_page(dashboard.url + address, color_scheme="dark")
    page.get_by_role("heading", name=heading, exact=True).wait_for()
    assert "Sunspot" in page.title()
    page.locator(marker).first.wait_for(state="attached")
    for width, theme in ((WIDE, "dark"), (WIDE, "light"), (PHONE, "light")):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function("(width) => document.documentElement.scrollWidth <= width", arg=width)
        if page.evaluate("document.documentElement.dataset.bsTheme") != theme:
            button = page.get_by_role("button", name="Light / dark")
            button.evaluate("button => button.click()")  # without the mouse over it
        when_settled(page)
        assert findings(page) == [], (width, theme)
    assert small_controls(page) == []
    if page.locator(".modebar-btn").count():
        assert sending_buttons(page) == []


def test_the_theme_is_switched_and_remembered(dashboard, open_page):
    page = open_page(dashboard.url)
    theme = "document.documentElement.dataset.bsTheme"
    page.get_by_role("heading", name="Overview").wait_for()
    assert page.evaluate(theme) == "light"
    page.get_by_role("button", name="Light / dark").click()
    page.wait_for_function(f"{theme} === 'dark'")
    page.goto(dashboard.url + "/explore")
    assert page.evaluate(theme) == "dark"
    when_drawn(page, "explore-series")
    when_settled(page)  # the figures are dark, too
    unset = open_page(dashboard.url + "/jobs", color_scheme="dark")
    assert unset.evaluate(theme) == "dark"


def test_the_overview_shows_the_workspace_and_the_keyboard_reaches_the_content_first(dashboard, open_page):
    page = open_page(dashboard.url)
    page.get_by_text("5 drawings in all, 5 labelled").wait_for()
    catalogue = Catalogue(dashboard.space)
    activity = numbers(catalogue, catalogue.last_model(), "month").disk
    page.wait_for_function(
        "(answers) => [...document.querySelectorAll('.number')].map((one) => one.textContent).join() === answers",
        arg=f"0,0,5,{activity.values[-1]:.0f}",
    )
    links = page.locator(".question").evaluate_all("all => all.map((link) => link.pathname)")
    assert links == ["/dataset", "/jobs", "/review", "/explore"]
    assert page.locator(".next-step a").inner_text() == "Review"
    assert page.locator("#overview-series img").evaluate("i => i.decode().then(() => i.naturalWidth)")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.locator(".small-series").click()
    page.get_by_role("heading", name="Explore", exact=True).wait_for()
