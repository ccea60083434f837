"""Correct a drawing in a browser: every gesture is seen at once, written to the journal, and can be undone."""

from __future__ import annotations

import re

import pytest

from jobs.recovery import open_ledger
from sunspot_dash.domain.drawing.corrections import Correction
from sunspot_dash.domain.review.gestures import Act
from sunspot_dash.io.corrections import last_change, read_corrections
from sunspot_dash.io.journals import read_journals
from sunspot_dash.services.analysis.references import import_reference
from sunspot_dash.services.dataset.corrections import correct
from sunspot_dash.services.review.record import Intent, record, review_of
from tests.web.dashboards import wait_until

PARTS = "window.sunspot.reviewing()"
SPOT = f"{PARTS}.stage.scene.spot"
ROWS = "document.querySelectorAll('#review-groups-list tbody tr').length"
READY = f"() => {PARTS} && {PARTS}.box.dataset.state === 'ready' && {PARTS}.editor.gestures"
SAVED = f"() => {PARTS}.editor.gestures.saved"


@pytest.fixture
def reviewing(dashboard, open_page):
    """The first drawing of the queue, opened by Ada."""
    page = open_page(dashboard.url + "/review")
    page.get_by_placeholder("Your name").fill("Ada")
    page.keyboard.press("Enter")
    page.wait_for_function(READY)
    page.name = page.evaluate(f"{PARTS}.stage.scene.content.name")
    page.space = dashboard.space
    return page


def spots(page) -> dict[str, dict]:
    found = page.evaluate(f"{PARTS}.stage.scene.content.spots")
    return {spot["number"]: spot for spot in found}


def at(page, spot) -> tuple[float, float]:
    page.evaluate(f"(spot) => {PARTS}.stage.focus(spot, 4)", spot)
    return page.evaluate(
        f"""([x, y]) => {{ const pane = {PARTS}.stage.panes.overlay;
        const at = pane.map.latLngToContainerPoint([-y, x]), box = pane.box.getBoundingClientRect();
        return [box.x + at.x, box.y + at.y]; }}""",
        [spot["x"], spot["y"]],
    )


def acts(page) -> list[str]:
    """The gestures in the journals, once all are saved."""
    page.wait_for_function(SAVED)
    return [
        one.act for one in sorted(read_journals(page.space.reviews, page.name)[0], key=lambda one: one.at)
    ]


def counted(page) -> int:
    return int(
        page.locator("#review-live .kpi").filter(has_text=re.compile("spots?$")).locator("b").inner_text()
    )


def drag(page, *points: tuple[float, float]) -> None:
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=6)
    page.mouse.up()


def test_keys_accept_and_reject_one_spot_after_the_other_and_are_undone(reviewing):
    page = reviewing
    before = counted(page)
    page.keyboard.press("ArrowRight")
    first = page.evaluate(f"[...{PARTS}.stage.scene.selection]")[0]
    assert first == page.evaluate(f"{PARTS}.editor.walk[0]")
    page.keyboard.press("x")
    second = page.evaluate(f"[...{PARTS}.stage.scene.selection]")[0]
    assert second != first and spots(page)[first]["state"] == "rejected"
    page.keyboard.press("a")
    assert spots(page)[second]["state"] == "accepted"
    assert acts(page) == ["reject", "accept"]
    state = {spot.key: spot.state for spot in review_of(page.space, "uset", page.name).spots}
    assert state[first] == "rejected" and state[second] == "accepted"
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    page.wait_for_function(
        f"([a, b]) => [a, b].every((key) => ['found', 'candidate'].includes({SPOT}(key).state))",
        arg=[first, second],
    )
    assert acts(page)[2:] == ["undo", "undo"]
    page.keyboard.press("Control+Shift+z")
    page.wait_for_function(f"(key) => {SPOT}(key).state === 'rejected'", arg=first)
    page.reload()
    page.wait_for_function(READY)
    assert spots(page)[first]["state"] == "rejected"
    page.keyboard.press("Control+z")  # of the visit before
    page.wait_for_function(f"(key) => {SPOT}(key).state !== 'rejected'", arg=first)
    page.wait_for_function(SAVED)
    page.get_by_text(re.compile(f"{page.name}: {before} spots")).wait_for()


def test_spots_are_added_outlined_split_merged_and_lassoed(reviewing):
    page = reviewing
    page.locator("#review-tools [data-tool=add]").click()
    candidate = next(spot for spot in spots(page).values() if spot["state"] == "candidate")
    page.mouse.click(*at(page, candidate))
    page.wait_for_function(f"(key) => {SPOT}(key).state === 'accepted'", arg=candidate["number"])
    large = max(
        (spot for spot in spots(page).values() if spot["state"] == "found"), key=lambda spot: spot["area_px"]
    )
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    x, y = at(page, large)
    drag(page, (x - 60, y - 3), (x + 60, y + 3))
    page.wait_for_function(f"(key) => !{SPOT}(key)", arg=large["number"])
    halves = [key for key in spots(page) if "." in key]
    assert len(halves) == 2 and sum(spots(page)[key]["area_px"] for key in halves) == pytest.approx(
        large["area_px"], rel=0.02
    )
    page.keyboard.press("l")
    drag(page, (x - 60, y - 60), (x + 60, y - 60), (x + 60, y + 60), (x - 60, y + 60), (x - 60, y - 50))
    chosen = page.evaluate(f"[...{PARTS}.stage.scene.selection]")
    assert set(halves) <= set(chosen)
    page.keyboard.press("m")
    page.wait_for_function(f"(key) => !{SPOT}(key)", arg=halves[0])
    (merged,) = page.evaluate(f"[...{PARTS}.stage.scene.selection]")
    page.keyboard.press("o")
    drag(page, (x - 30, y - 30), (x + 30, y - 30), (x + 30, y + 30), (x - 30, y + 30))
    page.wait_for_function(f"(key) => {SPOT}(key).outline.length > 8", arg=merged)
    page.keyboard.press("Escape")
    page.keyboard.press("l")
    drag(page, (x - 60, y - 60), (x + 60, y - 60), (x + 60, y + 60), (x - 60, y + 60), (x - 60, y - 50))
    page.keyboard.press("x")
    assert acts(page) == ["accept", "split", "merge", "redraw", "reject"]
    # What the server has replaces what the page has shown.
    page.wait_for_function(f"() => {PARTS}.stage.scene.content.gestures.length === 5")
    reviewed = {spot.key: spot for spot in review_of(page.space, "uset", page.name).spots}
    assert {key: spot["state"] for key, spot in spots(page).items()} == {
        key: spot.state for key, spot in reviewed.items() if spot.state != "replaced"
    }
    assert spots(page)[merged]["state"] == "rejected"


def test_what_cannot_be_done_is_said_and_changes_nothing(reviewing):
    page = reviewing
    before = counted(page)
    spot = max(
        (spot for spot in spots(page).values() if spot["state"] == "found"), key=lambda one: one["area_px"]
    )
    x, y = at(page, spot)
    page.keyboard.press("c")  # a stroke beside the spot; its extension crosses it
    drag(page, (x + 60, y), (x + 120, y))
    page.get_by_text("The line crosses no spot").wait_for()
    page.keyboard.press("n")
    blank = page.evaluate(f"{PARTS}.stage.scene.content.limb[0]")
    page.mouse.click(*at(page, {"x": blank[0] - 150, "y": blank[1]}))
    page.get_by_text("Not added: ").wait_for()
    page.keyboard.press("Escape")
    page.locator("#review-reject").click()
    page.get_by_text("Select a spot first").wait_for()
    page.locator("#review-live .kpi b").get_by_text(str(before), exact=True).first.wait_for()
    assert before == len([one for one in spots(page).values() if one["state"] in ("found", "accepted")])
    assert acts(page) == []


def test_groups_are_made_joined_and_left_to_the_rule(reviewing):
    page = reviewing
    before = page.evaluate(f"{PARTS}.stage.scene.outlines.length")
    found = [spot for spot in spots(page).values() if spot["state"] == "found"]
    group = next(spot["group"] for spot in found if sum(one["group"] == spot["group"] for one in found) > 2)
    member = next(spot for spot in found if spot["group"] == group)
    page.mouse.click(*at(page, member))
    page.keyboard.press("Shift+G")
    page.wait_for_function(f"(n) => {PARTS}.stage.scene.outlines.length === n + 1", arg=before)
    acts(page)
    page.wait_for_function(f"(n) => {ROWS} === n + 1", arg=before)
    other = next(
        spot
        for spot in spots(page).values()
        if spot["state"] == "found" and spot["group"] not in (0, spots(page)[member["number"]]["group"])
    )
    page.keyboard.press("g")
    page.mouse.click(*at(page, other))
    page.wait_for_function(
        f"([a, b]) => {SPOT}(a).group === {SPOT}(b).group",
        arg=[member["number"], other["number"]],
    )
    assert acts(page) == ["group", "group"]
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    page.wait_for_function(
        f"(n) => {PARTS}.editor.gestures.saved && {ROWS} === n",
        arg=before,
    )


def test_types_are_proposed_chosen_among_those_that_exist_and_undone(reviewing):
    page = reviewing
    zurich = page.get_by_label(re.compile("^Zürich type of group"))
    mcintosh = page.get_by_label(re.compile("^McIntosh type of group"))
    groups = zurich.count()
    assert groups > 1 and page.get_by_text(f"0 of {groups} groups typed").is_visible()
    assert re.fullmatch(r"[A-H?J]( \?)?", zurich.first.locator("option").first.inner_text())
    zurich.first.select_option("D")
    page.wait_for_function("() => document.querySelectorAll('.group-type select')[1].options.length === 15")
    offered = mcintosh.first.locator("option").all_inner_texts()[1:]
    assert all(one.startswith("D") for one in offered)
    mcintosh.first.select_option("Dsc")
    page.get_by_text(f"1 of {groups} groups typed").wait_for()
    assert acts(page) == ["describe", "describe"]
    page.get_by_role("button", name="Accept proposed types").click()
    page.get_by_text(re.compile(f"(all|[1-9] of {groups}) groups typed")).wait_for()
    assert zurich.first.input_value() == "D" and mcintosh.first.input_value() == "Dsc"
    noted = acts(page).count("describe")
    assert noted > 2
    for _ in range(noted):
        page.keyboard.press("Control+z")
    page.get_by_text(f"0 of {groups} groups typed").wait_for()
    found = [spot for spot in spots(page).values() if spot["state"] == "found"]
    page.mouse.click(*at(page, found[0]))
    page.keyboard.press("t")
    focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused == f"Zürich type of group {found[0]['group']}"


def test_a_finished_drawing_leaves_the_queue_and_skipped_ones_come_last(reviewing):
    page = reviewing
    page.wait_for_function(f"() => {PARTS}.queue.rows.length > 1")
    names = page.evaluate(f"{PARTS}.queue.rows.map((row) => row.key)")
    page.keyboard.press("s")
    page.wait_for_function(f"(key) => {PARTS}.stage.scene.content.key === key && ({READY})()", arg=names[1])
    assert page.evaluate(f"{PARTS}.queue.rows.map((row) => row.key)")[-1] == names[0]
    for key in names[1:]:
        page.wait_for_function(f"(key) => {PARTS}.stage.scene.content.key === key && ({READY})()", arg=key)
        page.keyboard.press("Enter")
    page.wait_for_function(f"(key) => {PARTS}.stage.scene.content.key === key && ({READY})()", arg=names[0])
    page.get_by_text("1 to review, 4 reviewed").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("Nothing is left to review in this list.").first.wait_for()
    page.get_by_label("Drawings to show").select_option("reviewed")
    page.locator(".queue-row").nth(4).wait_for()
    assert "reviewed by Ada" in page.locator(".queue-row").first.inner_text()
    page.get_by_role("button", name="Open again").click()
    page.get_by_text("1 to review, 4 reviewed").wait_for()


def test_the_next_drawing_opens_though_the_list_marks_another_one(reviewing):
    page = reviewing
    page.wait_for_function(f"() => {PARTS}.queue.rows.length > 1")
    names = page.evaluate(f"{PARTS}.queue.rows.map((row) => row.key)")
    page.evaluate(f"(key) => {PARTS}.queue.mark(key)", names[-1])  # its next one is the one that is open
    page.keyboard.press("Enter")
    page.wait_for_function(f"(key) => {PARTS}.stage.scene.content.key === key && ({READY})()", arg=names[1])


def test_the_gestures_of_another_person_appear_and_contradictions_are_shown(reviewing):
    page = reviewing
    number = next(key for key, spot in spots(page).items() if spot["state"] == "found")
    page.evaluate(f"(key) => {PARTS}.editor.show({SPOT}(key))", number)
    page.keyboard.press("a")
    acts(page)
    record(page.space, "uset", page.name, Intent("Bea", Act.REJECT, [number]))
    page.get_by_text(re.compile(f"Disputed: spot {number}, Ada: accept, then Bea: reject")).wait_for()
    assert spots(page)[number]["state"] == "rejected"


def test_a_gesture_without_a_name_asks_for_it_and_one_without_the_server_is_kept(dashboard, open_page):
    page = open_page(dashboard.url + "/review")
    page.wait_for_function(READY)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    page.get_by_text("Enter your name first").wait_for()
    page.wait_for_function("() => document.activeElement.id === 'review-person'")
    page.keyboard.type("Ada")
    page.keyboard.press("Tab")
    page.get_by_text("Enter your name first").wait_for(state="hidden")
    page.route(re.compile("/gestures"), lambda route: route.abort())
    page.locator("#review-stage").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    page.get_by_text("1 not saved yet: the server does not answer").wait_for()
    assert page.evaluate(f"{PARTS}.stage.scene.content.spots.some((spot) => spot.unsaved)")
    page.unroute(re.compile("/gestures"))
    page.wait_for_function(SAVED)
    name = page.evaluate(f"{PARTS}.stage.scene.content.name")
    wait_until(lambda: len(read_journals(dashboard.space.reviews, name)[0]) == 1, "the gesture is written")
    page.trouble.clear()  # the refused requests


def test_the_limb_is_moved_and_a_date_is_set_where_the_drawing_is_reviewed(reviewing):
    page = reviewing
    space, name = page.space, page.name
    import_reference(
        space, f"file,g,s,R,observer\n{name},5,{counted(page)},73,Smith\n".encode(), "totals.csv"
    )
    page.reload()
    page.wait_for_function(READY)
    page.get_by_text(f"observers: g 5, s {counted(page)}, R 73 (Smith)").wait_for()
    assert re.search(r"difference: g [−+]?\d+, s 0, R", page.locator(".observed").inner_text())
    disk = page.evaluate(f"{PARTS}.stage.scene.content.disk")
    page.keyboard.press("d")
    x, y = at(page, disk)
    drag(page, (x, y), (x + 40, y + 20))  # at 4 px of the screen per px of the drawing
    page.keyboard.press("Shift+ArrowLeft")
    edge = {"x": disk["x"] + disk["radius"], "y": disk["y"] + 5}
    x, y = at(page, edge)
    drag(page, (x, y), (x + 20, y))
    circle = page.evaluate(f"{PARTS}.stage.scene.circle")
    assert [circle["x"], circle["y"]] == pytest.approx([disk["x"], disk["y"] + 5], abs=0.5)
    assert circle["radius"] == pytest.approx(disk["radius"] + 5, abs=0.6)
    page.keyboard.press("Enter")
    page.get_by_text(re.compile(r"Saved\. Job \d+ processes the drawing again")).wait_for()
    page.get_by_text("these spots were found with another limb").wait_for()
    saved = read_corrections(space.corrections_file)[name].disk
    assert {"x": saved.x, "y": saved.y, "radius": saved.radius} == circle and saved.by_hand
    (job,) = open_ledger(space).all()
    assert job.kind == "infer" and job.params["drawings"][0].endswith(name)
    page.keyboard.press("Control+z")
    page.get_by_text(re.compile(r"Undone\. Job \d+")).wait_for()
    assert read_corrections(space.corrections_file) == {}
    page.wait_for_function(f"() => !{PARTS}.stage.scene.content.outdated")
    page.get_by_text("Drawing: date, orientation, limb").click()
    assert page.get_by_label("Observer").get_attribute("placeholder") == "Smith"
    page.get_by_label("Date (UT)").fill("1950-01-02")
    correct(space, name, Correction(observer="Jones"), "Bea")  # meanwhile
    page.wait_for_function(f"() => {PARTS}.stage.scene.content.correction.values.observer === 'Jones'")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text(re.compile("Not saved: Bea has corrected this drawing")).wait_for()
    page.wait_for_function("() => document.getElementById('review-observer').value === 'Jones'")
    page.trouble.clear()  # the refused request
    page.get_by_label("Date (UT)").fill("1950-01-02")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text(re.compile(r"Saved\. Job \d+ rebuilds the tables")).wait_for()
    assert read_corrections(space.corrections_file)[name] == Correction("1950-01-02", observer="Jones")
    assert last_change(space.corrections_log, name).by == "Ada"
    assert acts(page) == []


def test_the_keys_are_listed(reviewing):
    page = reviewing
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").get_by_text("mark the drawing as reviewed").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog", name="Keys").wait_for(state="hidden")
