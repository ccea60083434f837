"""The labels on the Dataset page: the dialog before they are replaced, their versions, and their categories."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import cv2
import numpy as np
import pytest

from sunspot_dash.domain.labels.coco import load_coco
from sunspot_dash.domain.spots.detections import Spot
from sunspot_dash.file_names import PRETRAINED
from sunspot_dash.files import locked
from sunspot_dash.io.results import read_result, write_result
from sunspot_dash.services.dataset.label_choice import stored_categories
from sunspot_dash.services.dataset.label_questions import waiting
from sunspot_dash.services.dataset.label_versions import write_labels
from sunspot_dash.services.dataset.labels import label_report
from sunspot_dash.web.pages.dataset.labels import NO_LABELS, _report
from sunspot_dash.workspace import Workspace
from tests.coco import HEIGHT, WIDTH, content, encoded, label
from tests.web import viewer
from tests.web.dashboards import CALLBACKS, is_indexed, wait_until


def upload(page, files) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").first.click()
    chooser.value.set_files(files)


def counts(space) -> dict[str, int]:
    coco = load_coco(space.annotations_file)
    return {name: len(coco.annotations.get(name, [])) for name in coco.images}


def press_until_focused(page, name: str) -> None:
    """Press Tab until the button of this name has the focus."""
    for _ in range(12):
        if page.evaluate("() => document.activeElement.textContent") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {name}")


def test_replacing_labels_is_decided_in_a_dialog_and_can_be_undone(dashboard, open_page, tmp_path):
    space = dashboard.space
    before, first = space.annotations_file.read_bytes(), counts(space)
    found = json.loads(before)
    found["images"] = found["images"][:2]
    names = [image["file_name"] for image in found["images"]]
    found["annotations"] = [
        one for one in found["annotations"] if one["image_id"] == found["images"][0]["id"]
    ][:1]
    (tmp_path / "mine.json").write_text(json.dumps(found))
    total = f"5 drawings, {sum(first.values()):,} labels"

    page = open_page(dashboard.url + "/dataset")
    page.locator("#dataset-problems").get_by_text("5 listed, all uploaded").wait_for()
    upload(page, tmp_path / "mine.json")
    dialog = page.get_by_role("dialog")
    dialog.get_by_text(f"{total} → 2 drawings, 1 label (3 drawings lose their labels)", exact=True).wait_for()
    assert "3 drawings keep their labels" in dialog.inner_text()
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    page.get_by_role("button", name="Decide").wait_for()
    assert space.annotations_file.read_bytes() == before and len(waiting(space)) == 1

    page.reload()
    dialog.get_by_role("button", name="Merge").wait_for()
    press_until_focused(page, "Merge")
    page.keyboard.press("Enter")
    dialog.wait_for(state="detached")
    page.get_by_role("button", name="Decide").wait_for(state="detached")
    assert counts(space) == {**first, names[0]: 1, names[1]: 0} and not waiting(space)

    page.get_by_text("Versions", exact=True).click()
    page.get_by_role("button", name="Restore version 1").click()
    dialog.get_by_text(f"→ {total}").wait_for()
    press_until_focused(page, "Restore")
    page.keyboard.press("Enter")
    page.get_by_text("3: version 1 restored").wait_for()
    assert space.annotations_file.read_bytes() == before
    page.get_by_role("button", name="Restore version 2").wait_for()

    # Labels wait for the drawings that are uploaded with them; alone they would be rejected.
    (tmp_path / "more.json").write_bytes(encoded(content({"usd195604170830.png": 1})))
    (tmp_path / "usd195604170830.png").write_bytes(
        cv2.imencode(".png", np.zeros((HEIGHT, WIDTH), np.uint8))[1].tobytes()
    )
    upload(page, [tmp_path / "more.json", tmp_path / "usd195604170830.png"])
    page.get_by_text("1 drawing with 1 label added to the labels").wait_for()
    assert counts(space) == {**first, "usd195604170830.png": 1}
    upload(page, tmp_path / "mine.json")
    dialog.get_by_role("button", name="Discard the upload").click()
    page.get_by_text("decided under Labels").wait_for()
    assert counts(space) == {**first, "usd195604170830.png": 1} and not waiting(space)


def test_a_click_is_answered_though_the_list_is_written_again_meanwhile(dashboard, open_page):
    space = dashboard.space
    before = space.annotations_file.read_bytes()
    with locked(space.dataset_lock):
        write_labels(space, lambda path: path.write_bytes(before + b"\n"), "a line more")
    page = open_page(dashboard.url + "/dataset")
    page.get_by_text("Versions", exact=True).click()
    held = []

    def hold(route) -> None:
        request = json.loads(route.request.post_data or "{}")
        if not held and any("restore" in name for name in request.get("changedPropIds", [])):
            held.append(route)
        else:
            route.continue_()

    page.get_by_role("button", name="Restore version 1").wait_for()
    page.route(CALLBACKS, hold)
    page.get_by_role("button", name="Restore version 1").click()
    space.annotations_file.write_bytes(before + b"\n\n")
    page.get_by_text("3: changed outside the dashboard").wait_for()
    page.get_by_role("button", name="Restore version 2").wait_for()
    held[0].continue_()
    page.get_by_role("dialog").get_by_text("Restore version 1 of").wait_for()
    page.unroute(CALLBACKS)


def test_the_categories_that_are_spots_are_chosen_on_the_page(empty_dashboard, open_page, tmp_path):
    space = empty_dashboard.space
    page = open_page(empty_dashboard.url + "/dataset")
    page.get_by_text(NO_LABELS).wait_for()
    page.get_by_role("button", name="Make masks").click()
    page.locator(".toast").get_by_text(NO_LABELS).wait_for()
    found = content({"usd195604170830.png": 4}, ("Fleck", "Hof"))
    found["annotations"].append(label(9, 1, 6, 2))
    (tmp_path / "mine.json").write_bytes(encoded(found))
    upload(page, tmp_path / "mine.json")
    page.get_by_text(
        "1 drawing listed, 0 of them uploaded so far; 5 labels; choose which labels are spots below"
    ).wait_for()
    page.get_by_label("Fleck (4 labels)").check()
    page.get_by_role("button", name="Save the choice").click()
    page.get_by_text("Labels that are spots: Fleck.").wait_for()
    wait_until(lambda: stored_categories(space) == ("Fleck",), "the choice is stored")
    page.get_by_text("Choose below which labels are spots").wait_for(state="detached")
    page.goto(empty_dashboard.url + "/train")
    page.get_by_label("Fleck (4 labels)").wait_for()
    assert page.get_by_label("Fleck (4 labels)").is_checked()
    assert not page.get_by_label("Hof (1 label)").is_checked()


@pytest.fixture
def space(tmp_path) -> Workspace:
    return Workspace(tmp_path / "data").create()


def test_the_report_says_which_drawings_are_left_out_and_why(space):
    found = content({"A.png": 2, "b.png": 1, "c.png": 1})
    found["annotations"].append(label(9, 2, segmentation=[], bbox=[1, 1, 2, 2]))
    space.annotations_file.write_bytes(encoded(found))
    for name in ("a.png", "b.png"):
        (space.images / name).touch()
    text = str(_report(label_report(space)))
    for words in (
        "3 listed, 2 of them uploaded so far",
        "1 drawing left out of training and evaluation:",
        "b.png: 1 of its 2 labels cannot be used (annotation 9: it has only a box, no polygon)",
        "image missing: 1 of 3 drawings",
        "matched A.png to a.png",
        "annotation 9 of b.png",
    ):
        assert words in text


def test_a_label_to_check_is_a_link_to_its_place_in_the_viewer(dashboard, open_page):
    space = dashboard.space
    path = sorted(space.results_of(PRETRAINED).glob("*.json"))[0]
    result = read_result(path)
    square = np.array([(-3.0, -3), (3, -3), (3, 3), (-3, 3)]) + (result.disk.x, result.disk.y)
    extra = Spot.from_outline(square + (0, 0.8 * result.disk.radius), 0.96)
    write_result(space.results_of(PRETRAINED), replace(result, spots=(*result.spots, extra)))
    wait_until(lambda: is_indexed(space), "the result is indexed")
    page = open_page(dashboard.url + "/dataset")
    page.get_by_role("button", name="Check the labels").click()
    page.get_by_text("1 label to check of").wait_for()
    page.get_by_role("cell", name="label missing?").wait_for()
    page.get_by_role("table").get_by_role("link", name=result.name).click()
    viewer.when_open(page, result.name)
    page.get_by_label("Compare with labels", exact=True).wait_for()
    assert page.get_by_label("Compare with labels", exact=True).is_checked()
    page.wait_for_function(
        f"([x, y]) => {{ const at = {viewer.STAGE}.shown[0].map.getCenter();"
        "return Math.hypot(at.lng - x, -at.lat - y) < 3; }",
        arg=[extra.x, extra.y],
    )
    page.get_by_text(re.compile("1 false alarm")).wait_for()
