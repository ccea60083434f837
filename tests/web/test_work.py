"""What a user does: puts files in, trains, looks, and survives a server that dies."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest

from jobs.recovery import open_ledger
from sunspot_dash.workspace import Workspace
from tests.labelled import put_labelled


@pytest.fixture
def labelled(tmp_path, archive) -> Workspace:
    return put_labelled(Workspace(tmp_path / "data").create(), archive)


def test_labelled_drawings_and_bad_files_are_put_in(serve, open_page, archive, tmp_path):
    dashboard = serve("--no-demo", "--no-worker")
    page = open_page(dashboard.url + "/dataset")
    page.get_by_text("0 drawings, 0 of them labelled").wait_for()
    broken = tmp_path / "usd195601010900.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 cut short")
    files = [
        *sorted((archive / "images").iterdir()),
        archive / "annotations" / "instances_default.json",
        broken,
    ]
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").first.click()
    chooser.value.set_files(files)
    page.get_by_text("6 accepted, 0 duplicate, 1 rejected, 0 not sent").wait_for()
    page.get_by_text("5 drawings, 5 of them labelled").wait_for()
    assert {path.name for path in dashboard.space.images.iterdir()} == {
        path.name for path in (archive / "images").iterdir()
    }
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").first.click()
    chooser.value.set_files(files[:1])
    page.get_by_text("6 accepted, 1 duplicate").wait_for()
    page.get_by_role("button", name="Dismiss", exact=True).first.click()
    page.get_by_text("1 duplicate").wait_for(state="hidden")
    page.get_by_role("button", name="Dismiss all").click()
    page.locator("#dataset-uploads .upload").first.wait_for(state="detached")
    assert not page.get_by_role("button", name="Dismiss all").is_visible()
    page.locator("#dataset-table .ag-center-cols-container .ag-row").first.click()
    page.locator("#dataset-chosen").get_by_text("radius").wait_for()


@pytest.mark.timeout(240)
def test_a_training_is_watched_survives_the_server_and_ends(serve, open_page, labelled):
    dashboard = serve("--no-demo", space=labelled)
    page = open_page(dashboard.url + "/train")
    for label, value in {
        "Model name": "mine",
        "Epochs": "16",
        "Batch size": "4",
        "Tile size (px)": "64",
    }.items():
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="Advanced").click()
    page.get_by_label("Disk radius (px)").fill("128")
    page.get_by_role("button", name="Start training").click()
    page.get_by_text("Job 1 was accepted").wait_for()
    curve = "() => { const p = document.querySelector('#train-loss .js-plotly-plot');"
    curve += " return p && p.data && p.data.length && p.data[0].x.length }"
    page.wait_for_function(curve, timeout=60_000)
    other = open_page(dashboard.url + "/jobs")
    other.get_by_text("running", exact=True).first.wait_for()
    page.trouble.clear()
    dashboard.kill()
    dashboard.start()
    fresh = open_page(dashboard.url + "/train")
    fresh.get_by_text("running", exact=True).first.wait_for(timeout=60_000)
    page.context.close()
    other.context.close()
    fresh.trouble.clear()  # the pages of the killed server could not reach it
    fresh.wait_for_function(curve, timeout=60_000)
    fresh.get_by_role("button", name="Cancel").click()
    fresh.get_by_text("cancelled", exact=True).first.wait_for(timeout=60_000)
    fresh.get_by_role("button", name="Resume").click()
    fresh.get_by_text("done", exact=True).first.wait_for(timeout=120_000)
    job = open_ledger(labelled).get(1)
    assert job.state == "done" and job.result["epochs"] == 16 and labelled.model("mine").weights.exists()
    with fresh.expect_download() as download:
        fresh.get_by_role("link", name="Model (.pth)").click()
    assert download.value.path().read_bytes() == labelled.model("mine").weights.read_bytes()


def test_a_foreign_name_a_foreign_page_and_a_bare_upload_are_refused(dashboard):
    def status(path: str, method: str = "GET", **headers: str) -> int:
        asked = urllib.request.Request(
            dashboard.url + path, method=method, headers=headers, data=b"" if method == "PUT" else None
        )
        try:
            return urllib.request.urlopen(asked).status
        except urllib.error.HTTPError as error:
            return error.code

    assert status("/health") == 200
    for path in ("/", "/health", "/assets/theme.js", "/media/0/view"):
        assert status(path, Host="evil.example.org") == 400
    assert status("/upload/run?name=a.jpg", "PUT") == 403
    assert (
        status("/upload/run?name=a.jpg", "PUT", **{"X-Sunspot": "1", "Origin": "http://evil.example.org"})
        == 403
    )
    assert status("/upload/nowhere?name=a.jpg", "PUT", **{"X-Sunspot": "1"}) == 400
    for path in (
        "/media/0000000000000000/original",
        "/results/uset/secret",
        "/files/99/log",
    ):
        assert status(path) == 404
