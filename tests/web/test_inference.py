"""The inference page in a browser: run, compare, recount, step, download."""

from __future__ import annotations

import shutil
from zipfile import ZipFile

import pytest

from sunspot_dash.io.results import stream_results
from sunspot_dash.workspace import Workspace

RANGES = """() => [...document.querySelectorAll('.view .js-plotly-plot')].map(
    (graph) => [...graph.layout.xaxis.range, ...graph.layout.yaxis.range])"""


@pytest.mark.timeout(240)
def test_a_selection_is_run_compared_and_downloaded(serve, open_page, archive, tmp_path):
    space = Workspace(tmp_path / "data").create()
    shutil.copytree(archive / "images", space.images_to_run, dirs_exist_ok=True)
    page = open_page(serve("--no-demo", space=space).url + "/inference")
    page.locator("#inference-totals").get_by_text("No results yet").wait_for()
    page.get_by_text("5 of 5 drawings were not run by uset yet").wait_for()
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
