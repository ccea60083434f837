"""The inference page in a browser: run, compare, recount, step, download."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from zipfile import ZipFile

import pytest

from sunspot_dash.io.results import stream_results, write_result
from sunspot_dash.services.dataset.orientation import orientation_of, set_orientation
from sunspot_dash.services.drawing.overlay import overlay_of
from sunspot_dash.workspace import Workspace

RANGES = """() => [...document.querySelectorAll('.view .js-plotly-plot')].map(
    (graph) => [...graph.layout.xaxis.range, ...graph.layout.yaxis.range])"""


@pytest.mark.timeout(240)
def test_a_selection_is_run_compared_and_downloaded(serve, open_page, archive, tmp_path):
    space = Workspace(tmp_path / "data").create()
    shutil.copytree(archive / "images", space.images_to_run, dirs_exist_ok=True)
    page = open_page(serve("--no-demo", space=space).url + "/inference")
    page.locator("#inference-totals").get_by_text("No results yet").wait_for()
    page.get_by_text("5 of 5 drawings not run by uset yet").wait_for()
    page.get_by_label("A selection").click()
    boxes = page.locator("#inference-pick .ag-pinned-left-cols-container .ag-checkbox-input")
    boxes.nth(0).click()
    boxes.nth(2).click()
    page.get_by_text("2 chosen below").wait_for()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text("Job 1 is done").wait_for(timeout=120_000)
    page.get_by_text("uset: 2 drawings").wait_for()
    page.get_by_text("the model's own threshold").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Masks, overlays and tables (ZIP)").click()
    with ZipFile(download.value.path()) as bundle:
        assert bundle.testzip() is None
        names = bundle.namelist()
        assert sum("/masks/" in name for name in names) == sum("/overlays/" in name for name in names) == 2
        table = bundle.read("uset/sunspot_table.csv").decode().splitlines()
    assert len(table) == 3
    with page.expect_download() as download:
        page.get_by_role("link", name="Table (CSV)").click()
    assert download.value.path().read_text().splitlines() == table
    page.get_by_label("All that are new to it").click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text("uset: 5 drawings").wait_for(timeout=120_000)


def test_views_are_in_step_and_the_slider_recounts_at_once(dashboard, open_page, filled):
    page = open_page(dashboard.url + "/inference")
    page.get_by_text("the model's own threshold").wait_for()
    results = {
        result.name: result for result in stream_results(filled.inference_results / "uset" / "drawings")
    }
    name = page.locator("#inference-count").inner_text().split(":")[0]
    asked = []
    page.on("request", lambda request: asked.append(request.post_data or ""))
    page.locator("#inference-threshold").fill("0.6")
    page.get_by_text(f"{name}: {len(results[name].counted(0.6))} spots of confidence 0.60").wait_for()
    assert not any("inference-threshold" in text for text in asked)  # the server was not needed
    page.get_by_label("Side by side").click()
    page.wait_for_function("() => document.querySelectorAll('.view .main-svg').length >= 3")
    overlay = page.locator("#inference-figure-overlay").bounding_box()
    page.mouse.move(overlay["x"] + overlay["width"] / 2, overlay["y"] + overlay["height"] / 2)
    before = page.evaluate(RANGES)
    for _ in range(4):
        page.mouse.wheel(0, -200)
        page.wait_for_timeout(100)
    page.wait_for_function(f"() => JSON.stringify(({RANGES})()) !== {str(before)!r}")
    page.wait_for_timeout(800)
    after = page.evaluate(RANGES)
    assert abs(after[0][1] - after[0][0]) < 0.9 * abs(before[0][1] - before[0][0])
    for ranges in after[1:]:
        assert ranges == pytest.approx(after[0], abs=2)
    for layout in ("Overlay", "Side by side"):
        page.get_by_label(layout, exact=True).click()
        page.wait_for_timeout(500)
    for ranges in page.evaluate(RANGES):  # no view shrinks by being shown in another shape
        assert ranges == pytest.approx(after[0], abs=2)
    page.get_by_label("Swipe").click()
    page.locator("#inference-share").fill("80")
    page.wait_for_function(
        "() => document.querySelector('#inference-view-overlay').style.clipPath.includes('80%')"
    )


def test_arrow_keys_step_and_the_gallery_opens(dashboard, open_page, filled):
    page = open_page(dashboard.url + "/inference")
    count = page.locator("#inference-count")
    page.get_by_text("the model's own threshold").wait_for()
    first = count.inner_text().split(":")[0]
    names = sorted(path.name for path in filled.images.iterdir())
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


@pytest.fixture
def space(tmp_path, filled) -> Workspace:
    """A copy of the filled workspace, to be changed."""
    copy = Workspace(tmp_path / "data")
    shutil.copytree(filled.root, copy.root, ignore=shutil.ignore_patterns("queue", "runs", "index.sqlite*"))
    return copy.create()


def drawn(page, condition: str) -> dict:
    """What lies over the picture, once it is as expected."""
    page.wait_for_function(f"() => {{ const over = ({OVERLAY})(); return {condition}; }}")
    return page.evaluate(OVERLAY)


def test_the_grid_and_the_groups_lie_over_the_drawing(dashboard, open_page, filled):
    page = open_page(dashboard.url + "/inference")
    page.get_by_text("the model's own threshold").wait_for()
    name = page.locator("#inference-count").inner_text().split(":")[0]
    result = next(r for r in stream_results(filled.inference_results / "uset" / "drawings") if r.name == name)
    sky = overlay_of(filled, result)
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
    drawn(page, "over.labels[0] === '1'")  # no room for more
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
    assert not page.get_by_label("Grid", exact=True).is_checked()  # as it was left
    drawn(page, "over.lines === 0 && over.labels.length === 0")


def test_what_lies_over_a_drawing_is_small(dashboard, open_page):
    with_grid = []
    page = open_page(dashboard.url + "/jobs")

    def keep(got) -> None:
        # An answer to the page before cannot be read any more.
        asked = (got.request.post_data or "") if "_dash-update-component" in got.url else ""
        if "inference-shown" in asked:
            with_grid.append(got)

    page.on("response", keep)
    page.goto(dashboard.url + "/inference")
    page.get_by_text("the model's own threshold").wait_for()
    over = next(
        answer["response"]["inference-shown"]["data"]["over"]
        for answer in (got.json() for got in with_grid if got.status == 200)
        if "over" in (answer.get("response", {}).get("inference-shown", {}).get("data") or {})
    )
    assert len(json.dumps(over["grid"], separators=(",", ":"))) < 30_000


def test_an_undated_drawing_says_why_it_has_no_grid(serve, open_page, space):
    drawings = space.inference_results / "uset" / "drawings"
    first = next(stream_results(drawings))
    shutil.copyfile(space.images / first.name, space.images / "sun.png")
    write_result(drawings, replace(first, name="sun.png"))
    page = open_page(serve("--no-demo", "--no-worker", space=space).url + "/inference")
    page.locator("#inference-list").get_by_text("sun.png").click()
    page.locator("#inference-facts").get_by_text("none: its name has no date").wait_for()
    drawn(page, "over.lines === 0 && over.labels.length === 0")


def test_the_way_the_drawings_lie_is_chosen_and_followed_at_once(serve, open_page, space):
    page = open_page(serve("--no-demo", "--no-worker", space=space).url + "/inference")
    page.locator("#inference-facts").get_by_text("mirrored: celestial north up").wait_for()
    page.locator("#inference-orientation-check").get_by_text("determine").wait_for()
    page.get_by_label("How the drawings lie").last.select_option("direct-solar")
    page.get_by_text("uset: the drawings lie as direct-solar. Job 1 makes the tables anew").wait_for()
    page.locator("#inference-facts").get_by_text("as in the sky: the Sun's own north up").wait_for()
    assert orientation_of(space, "uset") == "direct-solar"
    set_orientation(space, "uset", "uset")  # in another tab, say
    page.locator("#inference-facts").get_by_text("mirrored: celestial north up").wait_for()
    page.wait_for_function("() => document.querySelector('#inference-orientation').value === 'uset'")
