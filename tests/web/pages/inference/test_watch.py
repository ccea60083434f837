"""The switch of the watch folder in a browser; nothing runs the jobs."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace

from jobs.control import submit
from jobs.recovery import open_ledger
from jobs.tasks.watch import Watcher
from sunspot_dash.domain.drawing.arrivals import SETTLED_SECONDS
from sunspot_dash.io.images import content_hash
from sunspot_dash.io.results import stream_results, write_result
from sunspot_dash.services.watch.state import read_watch
from tests.web.figures import when_shown
from tests.web.viewer import open_run

NAME = "usd202611260930.jpg"


def test_a_new_scan_is_submitted_and_its_result_is_in_series_and_queue_without_reloading(
    dashboard, open_page
):
    space = dashboard.space
    source = sorted(space.images.iterdir())[0]
    (known, *_) = stream_results(space.results_of("uset"))
    shutil.copyfile(source, space.images_to_run / "usd202611250930.jpg")
    page = open_page(dashboard.url + "/inference")
    open_run(page)
    state = page.locator("#inference-watch-state")
    state.get_by_text(re.compile("^Off")).wait_for()
    page.get_by_text("1 drawing in images_to_run/ without a result of uset").wait_for()
    page.get_by_label("Run the default model on new scans").check()
    state.get_by_text(re.compile("^On since")).wait_for()
    page.get_by_text("will run on every new scan").wait_for()
    assert list(read_watch(space).seen) == ["usd202611250930.jpg"]

    scan = space.images_to_run / NAME
    shutil.copyfile(source, scan)
    ledger = open_ledger(space)
    watcher = Watcher(ledger, submit)
    watcher.look(0)
    job = watcher.look(SETTLED_SECONDS)
    assert job.params["drawings"] == [f"images_to_run/{NAME}"] and job.params["model"] == "uset"
    state.get_by_text(f"Last: {NAME}, job {job.number} is queued.").wait_for()
    page.get_by_role("button", name="Run them").click()
    page.get_by_text(re.compile(r"Job \d+ was accepted")).wait_for()
    assert ledger.live()[-1].params["images"] == "images_to_run"

    series, queue = open_page(dashboard.url + "/explore"), open_page(dashboard.url + "/review")
    drawings = len(list(space.results_of("uset").glob("*.json")))
    when_shown(series, "explore-series-note", f"{drawings} dated drawings")
    queue.locator(".queue-row").nth(drawings - 1).wait_for()
    write_result(space.results_of("uset"), replace(known, name=NAME, image_hash=content_hash(scan)))
    when_shown(series, "explore-series-note", f"{drawings + 1} dated drawings")
    queue.locator(f".queue-row[title^='{NAME}']").wait_for()

    page.get_by_label("Run the default model on new scans").uncheck()
    state.get_by_text(re.compile("^Off")).wait_for()
    assert not read_watch(space).since
