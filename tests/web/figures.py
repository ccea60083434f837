"""Wait for the figures of a page, read and drag them."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PLOT = "document.querySelector('#{} .js-plotly-plot')"
# Every visible figure is drawn at full width in the colours of the theme, and nothing is loading or moving.
SETTLED = """() => !document.querySelector('[data-dash-is-loading]') && !document.getAnimations().length &&
    [...document.querySelectorAll('.js-plotly-plot')].filter((graph) => graph.offsetParent).every((graph) =>
        graph.querySelector('.main-svg') && graph._fullLayout &&
        Math.abs(graph._fullLayout.width - graph.clientWidth) < 2 &&
        graph.layout.font?.color !== (document.documentElement.dataset.bsTheme === 'dark' ? '#1b1f24' : '#e8eaed'))"""


# The mode bar's buttons and links that would leave the page or send the data away.
SENDING = """() => [...document.querySelectorAll('.modebar-btn')]
    .map((button) => `${button.dataset.title || ''} ${button.getAttribute('href') || ''} ${button.dataset.attr || ''}`)
    .filter((text) => /share|studio|cloud|produced with|plot\\.?ly/i.test(text))"""


def sending_buttons(page: Page) -> list[str]:
    """Return the buttons of figures that would send their data to another host; there must be buttons at all."""
    assert page.locator(".modebar-btn[data-title]").count()
    return page.evaluate(SENDING)


def when_settled(page: Page) -> None:
    """Wait until a page is drawn at its size, in the colours of the theme."""
    page.wait_for_function(SETTLED)


def when_drawn(page: Page, identity: str) -> int:
    """Wait until the first trace of a figure has points, and return their number."""
    page.wait_for_function(
        f"() => {{ const p = {PLOT.format(identity)};"
        " return p && p._fullData && p._fullData[0] && (p._fullData[0].customdata || []).length > 0 }"
    )
    return page.evaluate(f"{PLOT.format(identity)}._fullData[0].customdata.length")


def when_shown(page: Page, identity: str, text: str) -> None:
    """Wait until an element shows a text that matches a pattern."""
    page.locator(f"#{identity}").filter(has_text=re.compile(text)).first.wait_for()


def drag(page: Page, layer: str, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag the mouse over a layer of a figure; positions are fractions of its width and height."""
    page.locator(layer).first.scroll_into_view_if_needed()
    box = page.locator(layer).first.bounding_box()
    for number, (x, y) in enumerate((start, end)):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=12)
        if number == 0:
            page.mouse.down()
    page.mouse.up()


def serious_findings(page: Page) -> list[str]:
    """Return the findings of axe that are serious or critical."""
    return [
        f"{finding['id']}: {finding['help']}: {[node['html'][:160] for node in finding['nodes'][:3]]}"
        for finding in Axe().run(page).response["violations"]
        if finding["impact"] in ("serious", "critical")
    ]
