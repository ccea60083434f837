"""The explore page: points open drawings, series and disk are linked, and the address holds every choice."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.review.gestures import Act
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.io.results import stream_results, write_result
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.review.record import Intent, record
from tests.web.dashboards import Dashboard, is_indexed, wait_until
from tests.web.figures import PLOT, drag, when_drawn, when_settled, when_shown
from tests.web.viewer import STAGE, painted, when_open

CLICK = """([id, point]) => {
  const plot = document.querySelector(`#${id} .js-plotly-plot`);
  const trace = plot._fullData[0];
  const data = { customdata: trace.customdata[point], x: trace.x && trace.x[point] };
  plot.emit('plotly_click', { points: [Object.assign(data, {
    curveNumber: 0, pointNumber: point, data: trace, fullData: trace, y: trace.y && trace.y[point]})] });
}"""


HEADERS = (
    "date (UT),spots per drawing,key",
    '"east, r/R","north, r/R",key,number,name,area_px,confidence,radius_fraction,position_angle_deg,latitude_deg,'
    "longitude_deg",
)


def number_in(page, identity: str) -> int:
    """Return the first number in a figure's note."""
    text = page.locator(f"#{identity}").inner_text()
    return int(re.search(r"([\d,]+) (?:dated|detections?)", text)[1].replace(",", ""))


def spots_in_the_series(page) -> int:
    return page.evaluate(f"[...{PLOT.format('explore-series')}._fullData[0].y].reduce((a, b) => a + b, 0)")


@pytest.fixture
def compared(dashboard) -> Dashboard:
    """The dashboard with a second model that finds fewer spots, and a third, 'many', with too many for points."""
    results = dashboard.space.results_of
    for result in stream_results(results("uset")):
        write_result(results("less"), replace(result, model="less", spots=result.spots[::2]))
    random, disk = np.random.default_rng(1), Disk(200, 200, 150, 0.9)
    for day in range(60):
        centres = [
            (disk.x + 150 * r**0.5 * np.cos(angle), disk.y + 150 * r**0.5 * np.sin(angle))
            for r, angle in random.uniform(0, (1, 6.28), (100, 2)).tolist()
        ]
        spots = [Spot(x, y, 9.0, 0.9, np.array([[x, y], [x + 3, y], [x, y + 3]])) for x, y in centres]
        name = f"usd1999{day // 28 + 1:02}{day % 28 + 1:02}1000.jpg"
        made = DrawingResult(name, 400, 400, disk, tuple(spots), "many", "h", "h", 0.5, 0.1)
        write_result(results("many"), made)
    wait_until(lambda: is_indexed(dashboard.space), "the results of the models are in the index")
    return dashboard


def test_a_click_on_the_series_opens_the_drawing(dashboard, open_page):
    page = open_page(dashboard.url + "/explore")
    assert when_drawn(page, "explore-series") == 5
    page.evaluate(CLICK, ["explore-series", 2])
    page.wait_for_url(re.compile("/inference.*drawing="))
    page.locator("#inference-count").get_by_text(re.compile(r"usd.*: \d+ spots with confidence")).wait_for()


def test_a_click_on_the_disk_opens_the_drawing_with_its_spot_marked(dashboard, open_page):
    page = open_page(dashboard.url + "/explore")
    assert when_drawn(page, "explore-polar") > 5
    dot = page.locator("#explore-polar .scatterlayer .point").nth(1)
    dot.hover(force=True)
    box = dot.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url(re.compile("/inference.*spot="))
    when_open(page)
    page.locator(".chosen-spot").get_by_text(re.compile(r"spot \d+ · confidence")).wait_for()
    page.wait_for_function(f"() => {STAGE}.scene.selected")
    assert painted(page, "overlay", "selected") > 20


def test_reviewed_drawings_can_be_counted_alone_and_opened(dashboard, open_page):
    page = open_page(dashboard.url + "/explore")
    assert when_drawn(page, "explore-series") == 5
    page.get_by_role("button", name="+ Filter").click()
    page.locator("#explore-from").wait_for()
    assert not page.locator("#explore-counts-part").is_visible()
    (row, *_) = Catalogue(dashboard.space).rows(
        "select model, name from result where spots > 1 order by date"
    )
    for act, spots in ((Act.REJECT, ("1",)), (Act.FINISH, ())):
        record(dashboard.space, row["model"], row["name"], Intent("Ada", act, spots))
    page.locator("#explore-counts").get_by_label("reviewed only").check()
    page.locator("#explore-series-note").get_by_text("1 dated drawing. Counts: reviewed only.").wait_for()
    page.wait_for_function("() => location.search.includes('counts=reviewed')")
    when_shown(page, "explore-filters", "Counts: reviewed only")
    page.evaluate(CLICK, ["explore-series", 0])
    page.wait_for_url(re.compile("/review.*drawing="))


def test_a_period_or_a_zoom_of_the_series_filters_the_disk_and_is_in_the_address(dashboard, open_page):
    page = open_page(dashboard.url + "/explore")
    when_drawn(page, "explore-polar")
    everything = number_in(page, "explore-count")
    last = page.evaluate(
        f"[...{PLOT.format('explore-series')}._fullData[0].x].map(t => t.slice(0, 10)).at(-1)"
    )
    page.get_by_role("button", name="+ Filter").click()
    page.locator("#explore-from").fill("next week")
    when_shown(page, "explore-dates-note", "Write a date as YYYY-MM-DD")
    page.locator("#explore-from").fill(last)
    when_shown(page, "explore-filters", f"from {last}")
    page.keyboard.press("Escape")
    when_shown(page, "explore-shown", r"1 of 5 drawings")
    page.wait_for_function(f"() => location.search.includes('from={last}')")
    page.wait_for_function(
        f"() => !document.querySelector('#explore-count').textContent.includes(' {everything} ')"
    )
    left = number_in(page, "explore-count")
    again = open_page(page.url)
    when_shown(again, "explore-count", rf" {left} detections?")
    assert again.locator("#explore-from").input_value() == last
    page.get_by_role("button", name="Remove the filter from").click()
    when_shown(page, "explore-count", f" {everything} detections")
    page.locator("#explore-filters .chip").wait_for(state="detached")
    page.locator("#explore-preset").select_option(label="Last 27 days")
    when_shown(page, "explore-filters", f" to {last}")
    page.locator("#explore-preset").select_option(label="All dates")
    page.locator("#explore-filters .chip").wait_for(state="detached")
    when_shown(page, "explore-count", f" {everything} detections")
    when_settled(page)
    drag(page, "#explore-series .nsewdrag", (0.5, 0.5), (0.9, 0.5))
    when_shown(page, "explore-filters", r"\d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d")
    assert re.search(r"from=\d{4}-\d\d-\d\d&to=", page.url)


def test_a_box_on_the_disk_filters_the_series(dashboard, open_page):
    page = open_page(dashboard.url + "/explore")
    when_drawn(page, "explore-polar")
    when_drawn(page, "explore-series")
    everything = spots_in_the_series(page)
    drag(page, "#explore-polar .nsewdrag", (0.05, 0.05), (0.5, 0.95))  # the west half
    when_shown(page, "explore-filters", "position angle")
    page.wait_for_function(
        f"() => [...{PLOT.format('explore-series')}._fullData[0].y].reduce((a, b) => a + b, 0) < {everything}"
    )
    # All drawings here are dated, so the count, which may arrive later, becomes that of the series.
    when_shown(page, "explore-count", rf" {spots_in_the_series(page)} detections?")
    assert {"r_from", "r_to", "pa_from", "pa_to"} <= set(parse_qs(urlsplit(page.url).query))
    shared = open_page(page.url)
    when_shown(shared, "explore-filters", "position angle")
    when_drawn(shared, "explore-series")
    assert spots_in_the_series(shared) == spots_in_the_series(page)


def test_models_are_compared_and_a_click_on_a_cell_filters_by_it(compared, open_page):
    page = open_page(compared.url + "/explore?model=uset")
    when_drawn(page, "explore-series")
    page.get_by_role("button", name="+ Filter").click()
    models = page.locator("#explore-model")
    models.get_by_label("less").check()
    page.wait_for_function(f"() => {PLOT.format('explore-series')}._fullData.length === 2")
    when_shown(page, "explore-count", "The first model chosen, uset")
    page.wait_for_function("() => location.search.includes('model=uset&model=less')")
    models.get_by_label("uset").uncheck()
    when_shown(page, "explore-count", "Model less")
    models.get_by_label("less").uncheck()
    when_shown(page, "explore-count", "Choose a model")
    models.get_by_label("many").check()
    when_shown(page, "explore-count", "6,000 detections.*cells")
    when_drawn(page, "explore-polar")
    page.evaluate(CLICK, ["explore-polar", 3])
    when_shown(page, "explore-filters", "r/R .*position angle")
    page.wait_for_function("() => !document.querySelector('#explore-count').textContent.includes('cells')")
    assert 0 < number_in(page, "explore-count") < 100
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Clear filters").click()
    when_shown(page, "explore-count", "6,000 detections")
    page.evaluate(CLICK, ["explore-polar", 3])  # the same cell once more
    when_shown(page, "explore-filters", "r/R .*position angle")


def test_an_invalid_address_does_not_break_the_page(dashboard, open_page):
    page = open_page(dashboard.url + "/jobs")
    for query in (
        "model=nobody&bin=x&colour=%00&east=up&from=yesterday&to=9999-99-99&r_from=nan&pa_to=-1",
        "bin=day&bin=month&colour=a&colour=b&from=a&from=b&r_to=1e999&model=",
        "from=2090-01-01&to=1900-01-01&r_from=0.9&r_to=0.1&children=x&id=y&path_template=z",
    ):
        page.goto(f"{dashboard.url}/explore?{query}")
        when_shown(page, "explore-count", "Model uset: .* detections")
        page.locator("#explore-series .nsewdrag").first.wait_for(state="attached")


def test_new_results_appear_without_reloading_and_keep_the_zoom(empty_dashboard, prepared, open_page):
    page = open_page(empty_dashboard.url + "/explore")
    page.get_by_text("Nothing to explore yet").wait_for()
    assert not page.locator("#explore-series").is_visible()
    source, target = prepared.results_of("uset"), empty_dashboard.space.results_of("uset")
    target.mkdir(parents=True)
    first, second, missing, *others = sorted(source.glob("*.json"))
    most = [first, second, *others]
    for path in most:
        shutil.copy(path, target)
    when_drawn(page, "explore-series")
    page.wait_for_function(
        f"() => {PLOT.format('explore-series')}._fullData[0].customdata.length === {len(most)}"
    )
    width = page.locator("#explore-series").bounding_box()["width"]
    assert page.evaluate(f"{PLOT.format('explore-series')}._fullLayout.width") == pytest.approx(width, abs=2)
    when_settled(page)
    for _ in range(2):  # nothing is sent when nothing has changed
        with page.expect_response(lambda answer: "explore-" in (answer.request.post_data or "")) as answer:
            pass
        assert answer.value.status == 204
    shown = f"{PLOT.format('explore-series')}._fullLayout.xaxis.range"
    before = page.evaluate(shown)
    drag(page, "#explore-series .nsewdrag", (0.02, 0.5), (0.98, 0.5))  # all points are further from the edges
    page.wait_for_function(f"before => {shown}[0] > before", arg=before[0])
    when_shown(page, "explore-series-note", f"{len(most)} dated drawings in the period")
    zoomed = page.evaluate(shown)
    shutil.copy(missing, target)
    when_shown(page, "explore-series-note", f"{len(most) + 1} dated drawings in the period")
    assert page.evaluate(shown) == zoomed


def test_both_figures_and_the_period_can_be_saved(dashboard, open_page):
    page = open_page(dashboard.url + "/explore")
    for number, identity in enumerate(("explore-series", "explore-polar")):
        when_drawn(page, identity)
        with page.expect_download() as download:
            page.get_by_role("button", name="Save as SVG").nth(number).click()
        assert download.value.suggested_filename == f"sunspot-{identity}.svg"
        with page.expect_download() as download:
            page.get_by_role("button", name="Save as CSV").nth(number).click()
        assert download.value.suggested_filename == f"sunspot-{identity}.csv"
        header, *rows = download.value.path().read_text().splitlines()
        assert header == HEADERS[number] and len(rows) >= 5
        page.locator(f"#{identity}").hover()
        with page.expect_download() as download:
            page.locator(f"#{identity} .modebar-btn[data-title*='Download']").click()
        assert download.value.suggested_filename == f"sunspot-{identity}.png"
    page.get_by_role("button", name="Export period").click()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("daily series in the columns of SILSO's SN_d_tot")).click()
    lines = download.value.path().read_text().splitlines()
    assert len(lines) >= 1 and all(line.count(";") == 7 for line in lines)
