"""Uploads while the readers are busy: the server asks to send again, and the page does."""

from __future__ import annotations

import json
from contextlib import ExitStack

import cv2
import numpy as np
import pytest

from sunspot_dash.files import locked
from sunspot_dash.web import uploads
from sunspot_dash.web.app import create_app
from sunspot_dash.web.context import NAME
from sunspot_dash.web.readers import pool
from sunspot_dash.web.readers.slots import SLOTS, Slots
from sunspot_dash.web.upload_progress import UploadProgress
from sunspot_dash.workspace import Workspace
from tests.web.readers import work

HEADERS = {"X-Sunspot": "upload", "Host": "localhost"}
PICTURE = cv2.imencode(".png", np.full((20, 30), 7, np.uint8))[1].tobytes()


@pytest.fixture
def client(tmp_path):
    space = Workspace(tmp_path / "data").create()
    server = create_app(space, refresh=False).server
    yield space, server.test_client()
    server.extensions[NAME].readers.end()


def test_an_upload_that_nobody_can_check_now_is_to_be_sent_again(client, monkeypatch):
    space, browser = client
    monkeypatch.setattr(pool, "WAIT_SECONDS", 0.0)
    slots = Slots(space.queue / "readers")
    with ExitStack() as stack:
        for _ in range(SLOTS):
            stack.enter_context(slots.taken(False, 0.0))
        answered = browser.put("/upload/run?name=a.png", data=PICTURE, headers=HEADERS)
        assert answered.status_code == 503 and int(answered.headers["Retry-After"]) >= 1
        assert list(space.images_to_run.iterdir()) == []
    answered = browser.put("/upload/run?name=a.png", data=PICTURE, headers=HEADERS)
    assert answered.status_code == 200 and answered.get_json()["state"] == "accepted"


def test_a_file_that_kills_its_reader_is_refused_in_a_sentence_and_the_next_one_is_taken(client, monkeypatch):
    space, browser = client
    with monkeypatch.context() as patch:
        patch.setattr(uploads, "accept_file", work.die)
        answered = browser.put("/upload/run?name=a.png", data=PICTURE, headers=HEADERS)
    assert answered.status_code == 422 and "ran out of memory or crashed" in answered.get_json()["reason"]
    assert list(space.images_to_run.iterdir()) == []
    answered = browser.put("/upload/run?name=a.png", data=PICTURE, headers=HEADERS)
    assert answered.status_code == 200 and answered.get_json()["state"] == "accepted"


def test_the_page_sends_again_what_a_busy_server_did_not_take(empty_dashboard, open_page):
    page = open_page(empty_dashboard.url + "/dataset")
    page.evaluate(
        "() => { window.states = []; const note = (state) => window.states.push(state.textContent);"
        "new MutationObserver(() => document.querySelectorAll('.upload-state').forEach(note))"
        ".observe(document.body, {subtree: true, childList: true}); }"
    )
    refused: list[str] = []

    def busy_at_first(route) -> None:
        if refused:
            route.continue_()
            return
        refused.append(route.request.url)
        route.fulfill(status=503, headers={"Retry-After": "1"})

    page.route("**/upload/**", busy_at_first)
    with page.expect_file_chooser() as chooser:
        page.locator(".drop[data-role=run] .choose-files").click()
    chooser.value.set_files({"name": "usd195601010900.png", "mimeType": "image/png", "buffer": PICTURE})
    page.locator(".upload[data-state=accepted]").wait_for()
    states = page.evaluate("() => window.states")
    assert len(refused) == 1 and "waiting" in states[states.index("sending") :]
    assert [path.name for path in empty_dashboard.space.images_to_run.iterdir()] == ["usd195601010900.png"]
    page.trouble.clear()  # the browser reports the 503


def test_a_folder_is_uploaded_and_its_refused_files_come_first(empty_dashboard, open_page, tmp_path):
    (tmp_path / "scans" / "1956").mkdir(parents=True)
    for name in ("usd195601010900.png", "1956/usd195601020900.png"):
        (tmp_path / "scans" / name).write_bytes(PICTURE)
    (tmp_path / "scans" / "notes.txt").write_text("no image")
    (tmp_path / "scans" / ".DS_Store").write_text("of the system")
    page = open_page(empty_dashboard.url + "/dataset")
    with page.expect_file_chooser() as chooser:
        page.locator(".drop[data-role=run]").get_by_role("button", name="Choose a folder").click()
    chooser.value.set_files(tmp_path / "scans")
    page.get_by_text("1 accepted, 1 duplicate, 1 rejected, 0 not sent").wait_for()
    assert page.locator(".upload").first.inner_text().startswith("notes.txt")
    assert len(page.locator(".upload").all()) == 3  # without the hidden file


def test_the_page_loads_again_what_a_busy_server_did_not_draw(dashboard, open_page):
    page = open_page(dashboard.url)
    refused: list[str] = []

    def busy_at_first(route) -> None:
        if len(refused) > 2:
            route.continue_()
            return
        refused.append(route.request.url)
        route.fulfill(status=503, headers={"Retry-After": "1"})

    page.route("**/media/*/thumb*", busy_at_first)
    page.goto(dashboard.url + "/dataset")
    page.wait_for_function(
        "() => { const all = [...document.querySelectorAll('#dataset-table img.thumbnail')];"
        "return all.length > 2 && all.every((picture) => picture.naturalWidth > 50); }"
    )
    assert len(refused) == 3
    page.trouble.clear()  # the browser reports the 503


def test_the_progress_of_a_check_is_shown_until_it_ends(client):
    space, browser = client
    local = {"Host": "localhost"}
    with UploadProgress(space, "0123-abcd") as report:
        assert browser.get("/upload-progress/0123-abcd", headers=local).get_json() == {}
        report({"done": 1, "of": 4})
        assert browser.get("/upload-progress/0123-abcd", headers=local).get_json() == {"done": 1, "of": 4}
    assert browser.get("/upload-progress/0123-abcd", headers=local).get_json() == {}
    for token in ("", "..%2Fserver", "a" * 65):
        with UploadProgress(space, token) as report:
            report({"done": 1, "of": 4})
    assert not [path for path in space.queue.iterdir() if path.name.startswith("upload-")]


def large_labels(drawings: int) -> bytes:
    """Return a COCO file that takes a while to check."""
    outline = [[10, 10, 20, 10, 20, 20]]
    images = [{"id": n, "file_name": f"{n}.png", "width": 100, "height": 50} for n in range(drawings)]
    labels = [{"id": n, "image_id": n % drawings, "segmentation": outline} for n in range(40 * drawings)]
    return json.dumps({"images": images, "annotations": labels}).encode()


def test_a_large_label_file_is_checked_with_progress_and_read_with_a_note(empty_dashboard, open_page):
    page = open_page(empty_dashboard.url + "/dataset")
    page.route("**/upload-progress/*", lambda route: route.fulfill(json={"done": 1, "of": 4}))
    page.get_by_text("0 drawings, 0 of them labelled").wait_for()
    with page.expect_file_chooser() as chooser:
        page.locator(".drop[data-role=labelled] .choose-files").click()
    content = large_labels(400)
    # The file cannot be accepted before its progress is seen.
    with locked(empty_dashboard.space.dataset_lock):
        chooser.value.set_files({"name": "labels.json", "mimeType": "application/json", "buffer": content})
        page.get_by_text("checking 25 %").wait_for()
    page.get_by_text("400 drawings listed, 0 of them uploaded so far; 16,000 labels").wait_for()
    # The same labels, put there by hand: the page shows that they are read, then what they contain.
    empty_dashboard.space.annotations_file.write_bytes(content + b" ")
    page.goto(empty_dashboard.url + "/dataset")
    page.get_by_text("image missing: 400 of 400 drawings").wait_for()
