"""The drawings on the inference page in a browser: views, threshold, steps, labels, orientation."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import replace

import cv2
import pytest

from jobs.recovery import open_ledger
from sunspot_dash.domain.activity.observation import observations
from sunspot_dash.domain.activity.uncertainty import uncertainty_of
from sunspot_dash.domain.spots.calibration import Calibration, Form
from sunspot_dash.io.results import stream_results, write_result
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.dataset.orientation import orientation_of, set_orientation
from sunspot_dash.services.drawing.overlay import overlay_of
from tests.web.dashboards import is_indexed, wait_until
from tests.web.viewer import STAGE, open_run, painted, parts, place, when_open

OWN = "the model's own threshold"


def result_shown(dashboard, page):
    """Wait for the first drawing and return its result."""
    when_open(page)
    name = page.locator("#inference-count").inner_text().split(":")[0]
    return next(r for r in stream_results(dashboard.space.results_of("uset")) if r.name == name)


def numbers(page) -> list[str]:
    return page.locator("#inference-live .kpi b").all_inner_texts()


def test_the_threshold_moves_spots_groups_and_numbers_together_without_the_server(dashboard, open_page):
    page = open_page(dashboard.url + "/inference")
    result = result_shown(dashboard, page)
    sky = overlay_of(dashboard.space, result)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for threshold in (0.6, 0.9, 0.35):
        (seen,) = observations([(result, sky.orientation, sky.time)], threshold)
        counts = [int(values[0]) for values in (seen.counts.groups, seen.counts.spots, seen.counts.number())]
        page.locator("#inference-threshold").fill(str(threshold))
        page.get_by_text(
            re.compile(f"{result.name}: {counts[1]} spots? with confidence {threshold:.2f}")
        ).wait_for()
        assert numbers(page) == [str(value) for value in counts]
        assert page.locator(".groups-table tbody tr").count() == counts[0]
        assert page.evaluate(f"{STAGE}.scene.outlines.length") == counts[0]
    assert not [url for url in asked if "/drawings/" in url]
    page.get_by_text(OWN).wait_for()
    assert not page.get_by_role("button", name="Apply to all drawings").is_visible()
    page.locator("#inference-threshold").fill("0.6")
    page.get_by_role("button", name="Apply to all drawings").click()
    page.get_by_text(re.compile(r"Job \d+ recounts all drawings of uset at 0\.60")).wait_for()
    (job,) = open_ledger(dashboard.space).live()
    assert job.kind == "infer" and job.params["threshold"] == 0.6 and job.params["model"] == "uset"


def test_zoomed_in_the_picture_is_the_scan_itself(dashboard, open_page):
    space, name = dashboard.space, "usd196001010900.png"
    scan = cv2.imread(str(next(space.images.iterdir())))
    cv2.imwrite(str(space.images_to_run / name), cv2.resize(scan, (3000, 3000)))
    sql = "select key from drawing where name = ?"
    wait_until(lambda: Catalogue(space).rows(sql, [name]), "the drawing is indexed")
    page = open_page(dashboard.url + f"/inference?drawing={Catalogue(space).rows(sql, [name])[0]['key']}")
    when_open(page, name)
    with page.expect_response(re.compile("/window")) as answer:
        page.evaluate(f"{STAGE}.zoom(3)")
    assert answer.value.ok and answer.value.headers["content-type"] == "image/jpeg"


def test_views_show_the_same_part_in_every_layout(dashboard, open_page):
    page = open_page(dashboard.url + "/inference")
    when_open(page)
    page.get_by_label("Side by side").click()
    page.wait_for_function(f"() => {STAGE}.shown.length === 3 && {STAGE}.shown.every((pane) => pane.ready)")
    before = parts(page)
    box = page.locator("#inference-stage .pane").nth(2).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 3, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, -400)
    page.wait_for_function(f"(scale) => {STAGE}.shown[0].scale > scale * 1.2", arg=before[0][2])
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    after = parts(page)
    assert after[0] != before[0] and all(one == pytest.approx(after[0], rel=1e-3) for one in after)
    for layout, views in (("Overlay", 1), ("Original", 1), ("Mask", 1), ("Swipe", 2), ("Side by side", 3)):
        page.get_by_label(layout, exact=True).click()
        page.wait_for_function(f"(views) => {STAGE}.shown.length === views", arg=views)
        page.wait_for_function(f"() => {STAGE}.shown.every((pane) => pane.ready)")
        assert all(one == pytest.approx(after[0], rel=1e-3) for one in parts(page)), layout
    page.get_by_label("Swipe").click()
    page.locator("#inference-share").fill("80")
    page.wait_for_function(f"() => {STAGE}.panes.overlay.box.style.clipPath.includes('80%')")
    page.keyboard.press("Tab")
    page.locator("#inference-stage").focus()
    page.keyboard.press("0")
    page.wait_for_function(f"() => {STAGE}.shown[0].fitted === 'disk'")


def test_arrow_keys_step_at_once_and_the_gallery_opens(dashboard, open_page):
    page = open_page(dashboard.url + "/inference")
    names = sorted(path.name for path in dashboard.space.images.iterdir())
    when_open(page, names[0])  # by date
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")  # before the first step is done
    when_open(page, names[2])
    page.keyboard.press("ArrowLeft")
    when_open(page, names[1])
    assert page.locator(".frame[aria-current=true]").get_attribute("title").startswith(names[1])
    stop = page.locator(".frame[tabindex='0']")  # the only one, which moves with the drawing
    assert stop.count() == 1
    stop.focus()
    page.keyboard.press("ArrowRight")
    when_open(page, names[2])
    page.wait_for_function("name => document.activeElement.title.startsWith(name)", arg=names[2])
    assert page.locator(".frame[tabindex='0']").count() == 1
    page.keyboard.press("ArrowLeft")
    when_open(page, names[1])
    for _ in range(2):
        page.keyboard.press("ArrowLeft")
    when_open(page, names[-1])
    page.locator(f".frame[title^='{names[3]}']").click()
    when_open(page, names[3])
    page.get_by_label("Order of the drawings").select_option("spots")
    counts = page.wait_for_function(
        """() => { const found = [...document.querySelectorAll('.frame b')].map((one) => Number(one.textContent));
        return found.length === 5 && found.every((n, i) => !i || n <= found[i - 1]) && found; }"""
    ).json_value()
    assert counts[0] > counts[-1]
    page.get_by_label("Gallery", exact=True).click()
    page.locator(".picture").nth(4).wait_for()
    assert page.locator(".picture img").first.evaluate("i => i.decode().then(() => i.naturalWidth)") > 50
    page.locator(f".picture[title='{names[2]}']").click()
    when_open(page, names[2])
    assert "drawing=" in page.url
    page.get_by_role("button", name="List").click()
    page.locator("#inference-list").get_by_text(names[0]).click()
    when_open(page, names[0])
    page.keyboard.press("Escape")
    page.get_by_role("dialog", name="Drawings with results").wait_for(state="hidden")


def test_nothing_is_painted_before_the_picture_has_come(dashboard, open_page):
    first = min(dashboard.space.images.iterdir())
    os.utime(first)  # the browser may hold the picture of the unchanged file
    wait_until(lambda: is_indexed(dashboard.space), "the index is up to date")
    page = open_page(dashboard.url + "/jobs")
    held = []
    page.route(re.compile("/media/.*/view"), lambda route: held.append(route))
    page.goto(dashboard.url + "/inference")
    page.wait_for_function(f"() => {STAGE} && {STAGE}.scene.counted")
    assert page.evaluate(f"{STAGE}.box.dataset.state") == "loading"
    assert painted(page, "overlay", "detection") == painted(page, "overlay", "limb") == 0
    for route in held:
        route.continue_()
    when_open(page)
    assert painted(page, "overlay", "detection") > 20


def test_the_grid_and_the_groups_are_painted_and_a_spot_is_chosen(dashboard, open_page):
    page = open_page(dashboard.url + "/inference")
    result = result_shown(dashboard, page)
    sky = overlay_of(dashboard.space, result)
    for _, value in sky.facts():
        assert value in page.locator("#inference-facts").inner_text()
    with_layers = painted(page, "overlay", "grid"), painted(page, "overlay", "group")
    assert min(with_layers) > 100
    (number, spot), *_ = result.numbered()
    page.locator(".groups-table button").first.click()  # zooms
    page.evaluate(f"({{x, y}}) => {STAGE}.focus({{x, y}}, 4)", {"x": spot.x, "y": spot.y})
    at = place(page, "overlay", spot.x, spot.y)
    page.mouse.move(*at)
    tip = page.locator(".stage-tip")
    tip.get_by_text(f"spot {number} · confidence {spot.confidence:.2f}").wait_for()
    assert re.search(r"B [−+]\d+\.\d°, L .* CMD .*umbral area .* MSH.*group", tip.inner_text(), re.S)
    page.mouse.click(*at)
    page.locator(".chosen-spot").get_by_text(f"spot {number} ·").wait_for()
    page.wait_for_url(re.compile(f"spot={number}"))
    assert painted(page, "overlay", "selected") > 20
    page.get_by_label("Grid", exact=True).uncheck()
    page.get_by_label("Groups", exact=True).uncheck()
    page.wait_for_function(f"() => !{STAGE}.scene.layers.grid && !{STAGE}.scene.layers.groups")
    page.evaluate(f"{STAGE}.fit()")
    assert painted(page, "overlay", "grid") == painted(page, "overlay", "group") == 0
    page.reload()
    when_open(page)
    assert not page.get_by_label("Grid", exact=True).is_checked()  # the choice is remembered
    page.wait_for_function(f"() => {STAGE}.scene.selected")  # and the spot, from the address
    assert painted(page, "overlay", "grid") == 0


def test_labels_beside_detections_show_hits_misses_and_false_alarms(dashboard, open_page):
    space = dashboard.space
    page = open_page(dashboard.url + "/inference")
    result = result_shown(dashboard, page)
    page.get_by_label("Compare with labels").check()
    page.locator(".judgement").wait_for()
    counted = len(result.counted())
    missed = len(result.spots) - counted  # the results are the labels, with confidences in turn
    text = page.locator(".judgement").inner_text()
    f1 = 2 * counted / (counted + len(result.spots))
    assert f"F1 {f1:.2f}" in text and f"{counted} hits" in text and f"{missed} missed" in text
    assert painted(page, "overlay", "hit") > 20 and painted(page, "overlay", "miss") > 5
    page.locator("#inference-threshold").fill("0.1")
    page.get_by_text("F1 1.00").wait_for()
    page.get_by_label("Order of the drawings").select_option("f1")
    page.locator(".frame span").filter(has_text=re.compile(r"F1 \d\.\d\d")).nth(4).wait_for()
    scores = [float(text.split()[1]) for text in page.locator(".frame span").all_inner_texts()]
    assert scores == sorted(scores) and f"{f1:.2f}" in [f"{score:.2f}" for score in scores]
    page.get_by_label("Order of the drawings").select_option("date")
    shutil.copyfile(space.images / result.name, space.images_to_run / "usd202001010900.png")
    write_result(space.results_of("uset"), replace(result, name="usd202001010900.png"))
    page.locator(".frame[title^='usd202001010900']").click()
    when_open(page, "usd202001010900.png")
    assert page.get_by_label("Compare with labels").is_disabled()


def test_an_undated_drawing_has_no_grid_and_a_new_orientation_is_applied_at_once(dashboard, open_page):
    space = dashboard.space
    page = open_page(dashboard.url + "/inference")
    page.locator("#inference-facts").get_by_text("mirrored: celestial north up").wait_for()
    page.locator("#inference-orientation-check").get_by_text("determine").wait_for()
    page.locator("#inference-orientation").select_option("direct-solar")
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
    page.locator(".frame[title^='sun.png']").click()
    page.locator("#inference-facts").get_by_text("need a date, and the file name has none").wait_for()
    when_open(page, "sun.png")
    assert painted(page, "overlay", "grid") == painted(page, "overlay", "group") == 0
    assert len(numbers(page)) == 1  # spots, but neither groups nor R


def test_the_drawer_keeps_the_keyboard_and_the_page_says_how_to_begin(empty_dashboard, open_page):
    page = open_page(empty_dashboard.url + "/inference")
    page.get_by_text("No results yet. Add drawings on the page Dataset").wait_for()
    open_run(page)
    page.wait_for_function("() => document.activeElement.id === 'inference-model'")
    page.keyboard.press("Escape")
    page.get_by_role("dialog", name="Run a model").wait_for(state="hidden")
    page.wait_for_function("() => document.activeElement.id === 'inference-open-drawer'")


def test_on_a_phone_the_drawing_comes_first(dashboard, open_page):
    page = open_page(dashboard.url + "/inference", width=390)
    when_open(page)
    box = page.locator("#inference-stage").bounding_box()
    assert box["y"] < 120 and box["height"] > 450 and box["width"] == 390
    assert painted(page, "overlay", "detection") > 10
    page.get_by_role("button", name="List").click()
    page.get_by_role("dialog", name="Drawings with results").wait_for()


def test_a_drawing_shows_the_intervals_of_its_counts_and_what_makes_them_wide(dashboard, open_page):
    space = dashboard.space
    result = next(iter(stream_results(space.results_of("uset"))))
    year, threshold = int(result.name[3:7]), result.threshold
    calibration = Calibration(
        threshold, 0.9, (0.0, 1.0), (0.0, 1.0), 2.0, 1.0, 1.5, 50, (Form(result.disk.radius, year, year),)
    )
    sure, unsure = replace(result.spots[0], confidence=1.0), replace(result.spots[1], confidence=threshold)
    write_result(space.results_of("uset"), replace(result, spots=(sure, unsure), calibration=calibration))
    page = open_page(dashboard.url + "/inference")
    when_open(page, result.name)
    side = page.locator("#inference-live")
    side.get_by_text("90 % intervals: on 90 of 100 comparable drawings").wait_for()
    seen = overlay_of(space, result_shown(dashboard, page))
    (counted,) = observations([(result_shown(dashboard, page), seen.orientation, seen.time)])
    spots = uncertainty_of(counted, seen.candidates, calibration).intervals.spots
    assert (
        side.locator(".kpi", has_text="spots").inner_text().split("\n")[-1] == f"{spots.low} to {spots.high}"
    )
    side.get_by_role("button", name="1 candidate near the threshold, 1 counted").click()
    at = f"{STAGE}.shown[0].map.getCenter()"
    page.wait_for_function(
        f"([x, y]) => Math.hypot({at}.lng - x, {at}.lat + y) < 5", arg=[unsure.x, unsure.y]
    )
    page.locator("#inference-threshold").fill("0.9")
    side.get_by_text("Intervals are known only for the model's own threshold.").wait_for()
    write_result(space.results_of("uset"), replace(result, calibration=replace(calibration, forms=())))
    page.reload()
    when_open(page, result.name)
    side.get_by_text("No interval: no drawing with a disk of this size").wait_for()
