"""Wait for the figures of a page, read and drag them."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, TimeoutError

PLOT = "document.querySelector('#{} .js-plotly-plot')"
# Every visible figure is drawn at full width in the colours of the theme, and nothing is loading or moving. In what is
# folded up, a change of colour can begin, but never ends.
SETTLED = """() => !document.querySelector('[data-dash-is-loading]') &&
    !document.getAnimations().some(({ effect }) => effect?.target?.checkVisibility()) &&
    [...document.querySelectorAll('.js-plotly-plot')].filter((graph) => graph.offsetParent).every((graph) =>
        graph.querySelector('.main-svg') && graph._fullLayout &&
        Math.abs(graph._fullLayout.width - graph.clientWidth) < 2 &&
        graph.layout.font?.color !== (document.documentElement.dataset.bsTheme === 'dark' ? '#1b1f24' : '#e8eaed'))"""

UNSETTLED = """() => JSON.stringify({
    loading: [...document.querySelectorAll('[data-dash-is-loading]')].map((one) => one.id || one.className),
    moving: document.getAnimations().map(({ effect }) => effect?.target?.id || effect?.target?.className),
    figures: [...document.querySelectorAll('.js-plotly-plot')].filter((one) => one.offsetParent).map((one) =>
        [one.parentElement.id, one._fullLayout?.width, one.clientWidth, one.layout?.font?.color]) })"""
TARGET_PX = 44  # a thumb
# A field is as large as its label, if that is larger.
SMALL = """(least) => {
    const controls = 'a[href], button, input:not([type=hidden]), select, textarea, summary, .modebar-btn';
    const isShown = (one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    const text = 'p, .help, .alert, .docs li, .docs td';
    const isWithinText = (one) => getComputedStyle(one).display === 'inline' && one.closest(text);
    const sizes = (one) => [one, ...(one.labels || [])].map((box) => box.getBoundingClientRect())
        .map(({ width, height }) => [width, height]);
    return [...document.querySelectorAll(controls)]
        .filter((one) => isShown(one) && !one.disabled && !one.closest('.ag-root-wrapper, .skip') && !isWithinText(one))
        .map((one) => [one, sizes(one)])
        .filter(([, boxes]) => boxes.every(([width]) => width > 1))
        .map(([one, boxes]) => [one, ...[0, 1].map((side) => Math.max(...boxes.map((box) => box[side])))])
        .filter(([, width, height]) => Math.min(width, height) < least - 0.5)
        .map(([one, width, height]) => `${width.toFixed(0)} x ${height.toFixed(0)} ${one.outerHTML.slice(0, 120)}`);
}"""

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
    try:
        page.wait_for_function(SETTLED)
    except TimeoutError as error:
        raise AssertionError(f"not settled: {page.evaluate(UNSETTLED)}") from error


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


def findings(page: Page) -> list[str]:
    """Return the findings of axe, of any severity."""
    return [
        f"{finding['id']} ({finding['impact']}): {[node['html'][:160] for node in finding['nodes'][:3]]}"
        for finding in Axe().run(page).response["violations"]
    ]


def small_controls(page: Page) -> list[str]:
    """Return the visible controls that are lower or narrower than TARGET_PX; a link within a sentence may be."""
    return [f"smaller than {TARGET_PX} px: {text}" for text in page.evaluate(SMALL, TARGET_PX)]
