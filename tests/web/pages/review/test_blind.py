"""A blind reading in a browser, from its start to the agreement; nothing of the model is seen before its end."""

from __future__ import annotations

import re

from sunspot_dash.domain.review.gestures import Act
from sunspot_dash.io.journals import read_journals
from sunspot_dash.services.review.record import Intent, record, review_of
from tests.web.pages.review.test_review import PARTS, READY, SAVED, at, spots

BLIND = f"() => ({READY})() && {PARTS}.stage.scene.content.blind"


def test_a_drawing_is_read_blind_and_compared(dashboard, open_page):
    page = open_page(dashboard.url + "/review")
    page.get_by_role("button", name="Read blind").click()
    page.get_by_text("Enter your name first").first.wait_for()
    page.get_by_placeholder("Your name").fill("Bea")
    page.wait_for_function(READY)
    rows = page.evaluate(f"{PARTS}.queue.rows.map((row) => [row.key, row.name])")
    shown = page.evaluate(f"{PARTS}.stage.scene.content.key")
    key, name = next(row for row in rows if row[0] != shown)
    model = review_of(dashboard.space, "uset", name)
    spot = max(model.counted(), key=lambda one: one.area_px)
    record(dashboard.space, "uset", name, Intent("Ada", Act.FINISH))

    answers: list[str] = []
    page.get_by_role("button", name="Read blind").click()
    page.wait_for_function(BLIND)  # the open drawing: its detections were seen
    page.get_by_text("you have seen the detections on this drawing").wait_for()
    assert not page.evaluate(f"{PARTS}.stage.scene.content.spots.length")
    page.on("response", lambda got: answers.append(got.url) if "/drawings/" in got.url else None)
    page.locator(f".queue-row[title^='{name}']").click()
    page.wait_for_function(f"(key) => ({BLIND})() && {PARTS}.stage.scene.content.key === key", arg=key)
    page.get_by_text("Blind reading by Bea: mark every spot that you see.", exact=True).wait_for()
    assert all("reader=Bea" in url for url in answers if "/review?" in url)
    assert not page.evaluate(f"{PARTS}.stage.scene.content.spots.length")
    assert page.locator(".queue-row b").count() == 0 and not page.locator("#review-accept-all").is_visible()
    page.get_by_role("button", name="Agreement").click()
    dialog = page.get_by_role("dialog", name="Agreement")
    dialog.get_by_text("Finish your blind reading of this drawing first").wait_for()
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")

    page.keyboard.press("n")
    page.mouse.click(*at(page, {"x": spot.x, "y": spot.y}))
    page.wait_for_function(f"() => {PARTS}.stage.scene.content.spots.some((one) => one.by) && ({SAVED})()")
    (added,) = spots(page).values()
    assert added["by"] == "Bea" and added["number"].startswith("g")
    page.keyboard.press("Control+z")
    page.wait_for_function(f"() => !{PARTS}.stage.scene.content.spots.length && ({SAVED})()")
    page.keyboard.press("Control+Shift+z")
    page.wait_for_function(f"() => {PARTS}.stage.scene.content.spots.length && ({SAVED})()")
    page.reload()  # what was marked is there again
    page.wait_for_function(f"() => ({BLIND})() && {PARTS}.stage.scene.content.spots.length === 1")
    page.get_by_role("button", name="Finish reading").click()
    dialog.get_by_text(re.compile("Ada .review. – Bea .blind.")).first.wait_for()
    f1 = 2 / (1 + len(model.counted()))
    assert f"{f1:.2f}" in dialog.locator("table").first.inner_text()
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    page.keyboard.press("n")
    page.mouse.click(*at(page, {"x": spot.x + 60, "y": spot.y}))
    page.get_by_text("Your blind reading is finished").wait_for()

    page.get_by_role("button", name="Leave the blind reading").click()
    page.wait_for_function(f"() => ({READY})() && !{PARTS}.stage.scene.content.blind")
    assert len(spots(page)) >= len(model.counted())
    gestures = read_journals(dashboard.space.reviews, name)[0]
    assert {one.blind for one in gestures if one.by == "Bea"} == {True}
    assert [one.text for one in gestures if one.by == "Bea" and one.act is Act.FINISH] == [""]
    assert len(review_of(dashboard.space, "uset", name).counted()) == len(model.counted())


def test_a_blind_reading_that_begins_with_its_address_asks_for_the_name(dashboard, open_page):
    page = open_page(dashboard.url + "/review?blind=1")  # an error fails the test
    page.get_by_text("Enter your name first: the blind reading is kept under it.").wait_for()
    assert not page.locator(".queue-row").count()
    page.get_by_placeholder("Your name").fill("Cid")
    page.wait_for_function(f"() => {PARTS}.queue.rows.length")
    page.wait_for_function(BLIND)
    page.get_by_text("Blind reading by Cid: mark every spot that you see.", exact=True).wait_for()
