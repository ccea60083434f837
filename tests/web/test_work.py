"""From the first upload to the last chart, and recovery from a killed server."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from zipfile import ZipFile

from jobs.follow import read_events
from jobs.ledger import Ledger
from jobs.recovery import open_ledger
from sunspot_dash.workspace import Workspace
from tests.labelled import keep_drawings, put_labelled
from tests.web.figures import when_drawn, when_shown
from tests.web.tables import rows
from tests.web.viewer import open_run

# The smallest possible training, on a disk that fits into one tile. It starts from the shipped model and stays close
# to it, so it finds spots.
SMALLEST = {
    "Model name": "mine",
    "Epochs": "1",
    "Batch size": "4",
    "Tile size (px)": "64",
    "Learning rate": "0.00001",
}
RADIUS = "128"
EPOCHS_SHOWN = """(epochs) => { const plot = document.querySelector('#train-loss .js-plotly-plot');
    return plot && plot.data && plot.data.length && plot.data[0].x && plot.data[0].x.length >= epochs }"""


def start_training(page, **fields: str) -> None:
    """Fill in the form and start."""
    for label, value in {**SMALLEST, **fields}.items():
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="Advanced").click()
    page.get_by_label("Disk radius (px)").fill(RADIUS)
    page.get_by_role("button", name="Start training").click()
    page.get_by_text(re.compile(r"Job \d+ was accepted")).wait_for()


def epochs_of(ledger: Ledger) -> list[int]:
    """The finished epochs that job 1 has reported."""
    events, _ = read_events(ledger.folder(1))
    return [event["epoch"] for event in events if event["kind"] == "epoch"]


def test_drawings_are_uploaded_trained_on_run_and_explored(
    empty_dashboard, worker, open_page, archive, tmp_path
):
    space = empty_dashboard.space
    page = open_page(empty_dashboard.url + "/dataset")
    page.get_by_text("0 drawings, 0 of them labelled").wait_for()
    broken = tmp_path / "usd195601010900.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 cut short")
    drawings = sorted((archive / "images").iterdir())
    files = [*drawings, archive / "annotations" / "instances_default.json", broken]
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").first.click()
    chooser.value.set_files(files)
    page.get_by_text("6 accepted, 0 duplicate, 1 rejected, 0 not sent").wait_for()
    page.get_by_text("5 drawings, 5 of them labelled").wait_for()
    assert sorted(path.name for path in space.images.iterdir()) == [path.name for path in drawings]
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").first.click()
    chooser.value.set_files(files[:1])
    page.get_by_text("6 accepted, 1 duplicate").wait_for()
    page.get_by_role("button", name="Dismiss", exact=True).first.click()  # refused files come first
    page.get_by_text("6 accepted, 1 duplicate, 0 rejected").wait_for()
    page.get_by_role("button", name="Dismiss all").click()
    page.locator("#dataset-uploads .upload").first.wait_for(state="detached")
    assert not page.get_by_role("button", name="Dismiss all").is_visible()
    rows(page, "dataset-table").first.click()
    page.locator("#dataset-chosen").get_by_text("radius").wait_for()

    page.goto(empty_dashboard.url + "/train")
    start_training(page)
    page.wait_for_function(EPOCHS_SHOWN, arg=1)
    page.locator("#train-table").get_by_text("done", exact=True).wait_for()
    (job,) = open_ledger(space).all()
    assert job.state == "done" and job.result["epochs"] == 1
    with page.expect_download() as download:
        page.get_by_role("link", name="Model (.pth)").click()
    assert download.value.path().read_bytes() == space.model("mine").weights.read_bytes()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as CSV: Curves").click()
    assert download.value.path().read_text().startswith("series,epoch,loss,score,learning rate\n")

    page.goto(empty_dashboard.url + "/inference")
    page.locator("#inference-totals").get_by_text("No results yet").wait_for()
    open_run(page)
    page.get_by_text("5 of 5 drawings not yet processed by uset").wait_for()
    page.get_by_label("Model", exact=True).select_option("mine")
    page.get_by_label("Selected drawings").click()
    boxes = page.locator("#inference-pick .ag-pinned-left-cols-container .ag-checkbox-input")
    boxes.nth(0).click()
    boxes.nth(2).click()
    page.get_by_text("2 drawings selected below").wait_for()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text(re.compile(r"Job \d+ is done")).wait_for()
    page.get_by_text("mine: 2 drawings").wait_for()
    page.get_by_text("the model's own threshold").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Masks, overlays and tables (ZIP)").click()
    with ZipFile(download.value.path()) as bundle:
        assert bundle.testzip() is None
        names = bundle.namelist()
        assert sum("/masks/" in name for name in names) == sum("/overlays/" in name for name in names) == 2
        table = bundle.read("mine/sunspot_table.csv").decode().splitlines()
    assert len(table) == 3
    with page.expect_download() as download:
        page.get_by_role("link", name="Table (CSV)").click()
    assert download.value.path().read_text().splitlines() == table
    open_run(page)
    page.get_by_label("Not yet processed by this model").click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text("mine: 5 drawings").wait_for()

    page.goto(empty_dashboard.url + "/explore")
    when_shown(page, "explore-series-note", "5 dated drawings")
    assert when_drawn(page, "explore-series") == 5
    assert when_drawn(page, "explore-polar") > 0


def test_a_training_outlives_the_server_and_can_be_cancelled_and_resumed(serve, open_page, archive, tmp_path):
    space = keep_drawings(put_labelled(Workspace(tmp_path / "data").create(), archive), 1)
    dashboard = serve("--no-demo", space=space)
    page = open_page(dashboard.url + "/train")
    start_training(page, Epochs="1000")  # it ends only when cancelled
    page.wait_for_function(EPOCHS_SHOWN, arg=1)
    dashboard.kill()
    no_answer = page.get_by_text("The dashboard does not answer")
    no_answer.wait_for()
    dashboard.start()
    no_answer.wait_for(state="hidden")
    page.trouble.clear()  # the page could not reach the killed server
    shown = epochs_of(open_ledger(space))[-1]
    page.wait_for_function(EPOCHS_SHOWN, arg=shown + 1)  # it continues by itself
    table = page.locator("#train-table")
    table.get_by_text("running", exact=True).wait_for()
    ledger = open_ledger(space)
    page.get_by_role("button", name="Cancel").click()
    table.get_by_text("cancelled", exact=True).wait_for()
    done = epochs_of(ledger)[-1]
    page.get_by_role("button", name="Resume").click()
    table.get_by_text("running", exact=True).wait_for()
    page.wait_for_function(EPOCHS_SHOWN, arg=done + 1)
    epochs = epochs_of(ledger)
    assert epochs[epochs.index(done) + 1] == done + 1  # it resumed from that epoch
    page.get_by_role("button", name="Cancel").click()
    table.get_by_text("cancelled", exact=True).wait_for()


def test_foreign_hosts_foreign_pages_and_bare_uploads_are_rejected(dashboard):
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
