"""From a point of the series or of the disk to its drawing."""

from __future__ import annotations

import re

CLICK = """([id, point]) => {
  const plot = document.querySelector(`#${id} .js-plotly-plot`);
  const trace = plot._fullData[0];
  const data = { customdata: trace.customdata[point], x: trace.x && trace.x[point] };
  plot.emit('plotly_click', { points: [Object.assign(data, {
    curveNumber: 0, pointNumber: point, data: trace, fullData: trace, y: trace.y && trace.y[point]})] });
}"""


def points(page, identity: str) -> int:
    return page.evaluate(
        "id => { const p = document.querySelector(`#${id} .js-plotly-plot`);"
        " return p && p._fullData && p._fullData[0] ? (p._fullData[0].customdata || []).length : 0 }",
        identity,
    )


def when_drawn(page, identity: str) -> int:
    page.wait_for_function(
        "id => { const p = document.querySelector(`#${id} .js-plotly-plot`);"
        " return p && p._fullData && p._fullData[0] && (p._fullData[0].customdata || []).length > 0 }",
        arg=identity,
    )
    return points(page, identity)


def test_a_click_on_the_series_opens_the_drawing(dashboard, open_page):
    page = open_page(dashboard.url + "/explore")
    assert when_drawn(page, "explore-series") == 5
    page.evaluate(CLICK, ["explore-series", 2])
    page.wait_for_url(re.compile("/inference.*drawing="))
    page.locator("#inference-count").get_by_text(re.compile(r"usd.*: \d+ spots of confidence")).wait_for()


def test_a_click_on_the_disk_opens_the_drawing_with_its_spot_marked(dashboard, open_page):
    page = open_page(dashboard.url + "/explore")
    assert when_drawn(page, "explore-polar") > 5
    page.evaluate(CLICK, ["explore-polar", 1])
    page.wait_for_url(re.compile("/inference.*spot="))
    page.wait_for_function(
        "() => { const p = document.querySelector('#inference-figure .js-plotly-plot');"
        " return p && p._fullData && p._fullData.some(t => t.marker && t.marker.symbol === 'circle-open') }"
    )


def test_a_period_filters_the_disk_and_lies_in_the_address(dashboard, open_page):
    page = open_page(dashboard.url + "/explore")
    everything = when_drawn(page, "explore-polar")
    dates = page.evaluate(
        "() => [...document.querySelector('#explore-series .js-plotly-plot')._fullData[0].x].map(t => t.slice(0, 10))"
    )
    page.locator("#explore-from").fill(dates[-1])
    page.locator("#explore-from").press("Tab")
    page.wait_for_function(f"() => location.search.includes('from={dates[-1]}')")
    page.wait_for_function(
        f"() => document.querySelector('#explore-count')?.textContent !== '{everything} detections'"
    )
    shared = page.url
    told = page.locator("#explore-count").inner_text()
    again = open_page(shared)
    again.wait_for_function(f"() => document.querySelector('#explore-count')?.textContent === '{told}'")
    page.get_by_role("button", name="Whole period").click()
    page.wait_for_function(
        f"() => document.querySelector('#explore-count')?.textContent === '{everything} detections'"
    )
