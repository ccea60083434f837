"""A job started on a page, and the server that follows it."""

from __future__ import annotations

import os
import shutil
import signal

import psutil
import pytest

from jobs.recovery import open_ledger
from sunspot_dash.workspace import Workspace
from tests.web.dashboards import MINUTES
from tests.web.figures import when_settled
from tests.web.viewer import open_run


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_follows_a_job_ends_at_once_and_the_job_stays(
    serve, open_page, archive, tmp_path, sent
):
    space = Workspace(tmp_path / "data").create()
    shutil.copytree(archive / "images", space.images_to_run, dirs_exist_ok=True)
    dashboard = serve("--no-demo", "--no-worker", space=space)
    page = open_page(dashboard.url + "/inference")
    open_run(page)
    page.get_by_text("5 of 5 drawings not yet processed by uset").wait_for()  # the page answers
    when_settled(page)
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text("Job 1 was accepted").wait_for()
    page.close()
    page.trouble.clear()
    server = psutil.Process(dashboard.process.pid)
    for process in server.children() if sent == signal.SIGINT else []:
        if os.getpgid(process.pid) == os.getpgid(server.pid):  # Ctrl-C reaches every process of the terminal
            process.send_signal(sent)
    server.send_signal(sent)
    assert dashboard.process.wait(60 * MINUTES) == 0
    log = dashboard.log.read_text()
    assert "the dashboard has stopped" in log and "Traceback" not in log
    assert open_ledger(space).get(1).state == "queued"
