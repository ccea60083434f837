"""The results on the inference page in a browser: compare, recount, step, orient."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace

import pytest

from sunspot_dash.io.results import stream_results, write_result
from sunspot_dash.services.dataset.orientation import orientation_of, set_orientation
from sunspot_dash.services.drawing.overlay import overlay_of
from tests.web.figures import when_settled

RANGES = """() => [...document.querySelectorAll('.view .js-plotly-plot')].map(
    (graph) => [...graph.layout.xaxis.range, ...graph.layout.yaxis.range])"""
# All views show the same part, and it differs from the previous one.
IN_STEP = f"""(before) => {{ const now = ({RANGES})();
    return now.every((ranges, view) => ranges.some((end, i) => end !== before[view][i])
        && ranges.every((end, i) => Math.abs(end - now[0][i]) <= 2)) }}"""


def test_views_are_in_step_and_the_slider_recounts_at_once(dashboard, open_page):
    page = open_page(dashboard.url + "/inference")
    page.get_by_text("the model's own threshold").wait_for()
    results = {result.name: result for result in stream_results(dashboard.space.results_of("uset"))}
    name = page.locator("#inference-count").inner_text().split(":")[0]
    asked = []
    page.on("request", lambda request: asked.append(request.post_data or ""))
    page.locator("#inference-threshold").fill("0.6")
    page.get_by_text(f"{name}: {len(results[name].counted(0.6))} spots with confidence 0.60").wait_for()
    assert not any("inference-threshold" in text for text in asked)  # the server was not needed
    page.get_by_label("Side by side").click()
    page.wait_for_function("() => document.querySelectorAll('.view .main-svg').length >= 3")
    overlay = page.locator("#inference-figure-overlay").bounding_box()
    page.mouse.move(overlay["x"] + overlay["width"] / 2, overlay["y"] + overlay["height"] / 2)
    when_settled(page)
    before = page.evaluate(RANGES)
    for _ in range(4):
        last = page.evaluate(RANGES)
        page.mouse.wheel(0, -200)
        page.wait_for_function(IN_STEP, arg=last)
    after = page.evaluate(RANGES)
    assert abs(after[0][1] - after[0][0]) < 0.9 * abs(before[0][1] - before[0][0])
    for layout, views in (("Overlay", 1), ("Side by side", 3)):
        page.get_by_label(layout, exact=True).click()
        page.wait_for_function(
            "(views) => [...document.querySelectorAll('.view')].filter((view) => view.offsetParent).length === views",
            arg=views,
        )
        when_settled(page)
    for ranges in page.evaluate(RANGES):  # no view shrinks after a change of its shape
        assert ranges == pytest.approx(after[0], abs=2)
    page.get_by_label("Swipe").click()
    page.locator("#inference-share").fill("80")
    page.wait_for_function(
        "() => document.querySelector('#inference-view-overlay').style.clipPath.includes('80%')"
    )


def test_arrow_keys_step_and_the_gallery_opens(dashboard, open_page):
    page = open_page(dashboard.url + "/inference")
    count = page.locator("#inference-count")
    page.get_by_text("the model's own threshold").wait_for()
    first = count.inner_text().split(":")[0]
    names = sorted(path.name for path in dashboard.space.images.iterdir())
    assert first == names[0]  # by date
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        f"() => document.querySelector('#inference-count').innerText.startsWith('{names[1]}')"
    )
    page.locator("#inference-list .ag-row-selected").filter(has_text=names[1]).first.wait_for()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        f"() => document.querySelector('#inference-count').innerText.startsWith('{names[0]}')"
    )
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        f"() => document.querySelector('#inference-count').innerText.startsWith('{names[-1]}')"
    )
    page.get_by_text("Gallery", exact=True).click()
    page.locator(".picture").nth(4).wait_for()
    assert page.locator(".picture img").first.evaluate("i => i.decode().then(() => i.naturalWidth)") > 50
    page.locator(f".picture[title='{names[2]}']").click()
    page.wait_for_function(
        f"() => document.querySelector('#inference-count').innerText.startsWith('{names[2]}')"
    )
    assert "drawing=" in page.url


OVERLAY = """() => { const graph = document.querySelector('#inference-figure-overlay .js-plotly-plot');
    const notes = graph.layout.annotations || [];
    const lines = graph.data.filter((trace) => trace.line && trace.line.color === '#2f86d6').length;
    return { labels: notes.map((note) => note.text), faint: notes.map((note) => note.opacity), lines }; }"""


def drawn(page, condition: str) -> dict:
    """Return the overlay of the drawing once it meets a condition."""
    page.wait_for_function(f"() => {{ const over = ({OVERLAY})(); return {condition}; }}")
    return page.evaluate(OVERLAY)


def test_the_grid_and_the_groups_are_drawn_over_the_drawing_and_are_small(dashboard, open_page):
    with_grid = []
    page = open_page(dashboard.url + "/jobs")

    def keep(got) -> None:
        # Responses of the previous page can no longer be read.
        asked = (got.request.post_data or "") if "_dash-update-component" in got.url else ""
        if "inference-shown" in asked:
            with_grid.append(got)

    page.on("response", keep)
    page.goto(dashboard.url + "/inference")
    page.get_by_text("the model's own threshold").wait_for()
    sent = next(
        answer["response"]["inference-shown"]["data"]["over"]
        for answer in (got.json() for got in with_grid if got.status == 200)
        if "over" in (answer.get("response", {}).get("inference-shown", {}).get("data") or {})
    )
    assert len(json.dumps(sent["grid"], separators=(",", ":"))) < 30_000
    name = page.locator("#inference-count").inner_text().split(":")[0]
    result = next(r for r in stream_results(dashboard.space.results_of("uset")) if r.name == name)
    sky = overlay_of(dashboard.space, result)
    groups = sky.seen.counts.groups[0]
    over = drawn(page, "over.lines === 2 && over.labels.length")
    assert len(over["labels"]) == groups and set(over["faint"]) == {1}
    for _, value in sky.facts():
        assert value in page.locator("#inference-facts").inner_text()
    spot = page.evaluate(
        "document.querySelector('#inference-figure-overlay .js-plotly-plot').data[1].customdata[0]"
    )
    assert "umbral area" in spot[5] and "group" in spot[5] and "CMD" in spot[5]
    page.get_by_label("Side by side").click()
    drawn(page, "over.labels[0] === '1'")  # no space for more
    page.get_by_label("Overlay", exact=True).click()
    assert drawn(page, "over.labels[0] !== '1'")["labels"] == over["labels"]
    page.locator("#inference-threshold").fill("0.95")
    page.get_by_text("groups are those at the model's own threshold").wait_for()
    assert set(drawn(page, "over.faint[0] < 1")["faint"]) == {0.5}
    page.get_by_label("Grid", exact=True).uncheck()
    page.get_by_label("Groups", exact=True).uncheck()
    drawn(page, "over.lines === 0 && over.labels.length === 0")
    page.reload()
    page.get_by_text("the model's own threshold").wait_for()
    assert not page.get_by_label("Grid", exact=True).is_checked()  # the choice is remembered
    drawn(page, "over.lines === 0 && over.labels.length === 0")


def test_an_undated_drawing_has_no_grid_and_a_new_orientation_is_applied_at_once(dashboard, open_page):
    space = dashboard.space
    page = open_page(dashboard.url + "/inference")
    page.locator("#inference-facts").get_by_text("mirrored: celestial north up").wait_for()
    page.locator("#inference-orientation-check").get_by_text("determine").wait_for()
    page.get_by_label("Drawing orientation").last.select_option("direct-solar")
    page.get_by_text(
        re.compile(r"uset: drawing orientation set to direct-solar. Job \d+ rebuilds")
    ).wait_for()
    page.locator("#inference-facts").get_by_text("as in the sky: the Sun's own north up").wait_for()
    assert orientation_of(space, "uset") == "direct-solar"
    set_orientation(space, "uset", "uset")  # as if in another tab
    page.locator("#inference-facts").get_by_text("mirrored: celestial north up").wait_for()
    page.wait_for_function("() => document.querySelector('#inference-orientation').value === 'uset'")
    first = next(stream_results(space.results_of("uset")))
    shutil.copyfile(space.images / first.name, space.images / "sun.png")
    write_result(space.results_of("uset"), replace(first, name="sun.png"))
    page.locator("#inference-list").get_by_text("sun.png").click()
    page.locator("#inference-facts").get_by_text("need a date, and the file name has none").wait_for()
    drawn(page, "over.lines === 0 && over.labels.length === 0")
