"""Outages of the queue and errors of the disk, as the pages show them: one sentence, no traceback, and recovery."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from typing import Any

import pytest
from dash import Dash
from dash.exceptions import PreventUpdate

from jobs.control import submit
from jobs.recovery import open_ledger
from sunspot_dash.errors import WorkspaceError
from sunspot_dash.settings import QueueSettings
from sunspot_dash.web import shell
from sunspot_dash.web.app import create_app
from sunspot_dash.web.cache import CallbackCache
from sunspot_dash.web.ids import Jobs, Shell
from sunspot_dash.workspace import Workspace
from tests.jobs.conftest import redis, redis_server  # noqa: F401
from tests.web.dashboards import Dashboard, Program, wait_until

OUTAGE = "he queue (Redis at 127.0.0.1) cannot be reached, retrying"


@pytest.fixture
def space(tmp_path) -> Workspace:
    return Workspace(tmp_path / "data").create()


def renew(app: Dash, outputs: list[tuple[str, str]], states: list[tuple[str, str]] = []) -> Any:  # noqa: B006
    """Send the request of a browser at a pulse; return the status and the answer."""
    names = [f"{identity}.{name}" for identity, name in outputs]
    wanted = [{"id": identity, "property": name} for identity, name in outputs]
    body = {
        "output": f"..{'...'.join(names)}.." if len(names) > 1 else names[0],
        "outputs": wanted if len(names) > 1 else wanted[0],
        "inputs": [{"id": Shell.PULSE, "property": "data", "value": "1"}],
        "state": [{"id": identity, "property": name, "value": None} for identity, name in states],
        "changedPropIds": [f"{Shell.PULSE}.data"],
    }
    answer = app.server.test_client().post("/_dash-update-component", json=body)
    return answer.status_code, str(answer.get_json(silent=True))


FRAME = [
    (Shell.DRAWINGS, "children"),
    (Shell.TO_REVIEW, "children"),
    (Shell.QUEUE, "children"),
    (Shell.QUEUE, "title"),
    (Shell.OUTAGE, "children"),
]
TABLE = [(Jobs.TABLE, "rowData")]


def test_pages_report_an_outage_in_one_sentence_and_recover(space, redis, monkeypatch, caplog):  # noqa: F811
    monkeypatch.setenv("SUNSPOT_QUEUE", redis.url)
    app = create_app(space, refresh=False)
    submit(open_ledger(space), "probe", {})
    client = app.server.test_client()
    assert "0 running, 1 waiting" in renew(app, FRAME, FRAME)[1]
    redis.kill()
    status, answer = renew(app, FRAME, FRAME)
    assert status == 200 and "queue unavailable" in answer and f"T{OUTAGE}" in answer
    status, answer = renew(app, TABLE, TABLE)
    assert status in (200, 204) and "rowData" not in answer, "the table stays as it is"
    health = client.get("/health")
    assert health.status_code == 503 and f"t{OUTAGE}" in health.text and "\n" not in health.text
    file = client.get("/files/1/weights")
    assert file.status_code == 503 and f"t{OUTAGE}" in file.text
    assert "Traceback" not in caplog.text
    redis.start()
    status, answer = renew(app, FRAME, FRAME)
    assert "0 running, 1 waiting" in answer and "cannot be reached" not in answer
    assert "Probe" in renew(app, TABLE, TABLE)[1]
    assert client.get("/health").json == {"status": "ok", "workers": 0, "jobs": 1}


def test_a_deleted_queue_folder_is_rebuilt_by_the_pages_themselves(space, caplog):
    app = create_app(space, refresh=False)
    submit(open_ledger(space, QueueSettings(queue="")), "probe", {})
    shutil.rmtree(space.queue)
    assert "0 running, 1 waiting" in renew(app, FRAME, FRAME)[1]
    assert open_ledger(space, QueueSettings(queue="")).get(1).state == "queued"
    assert "Traceback" not in caplog.text


def test_the_frame_is_sent_only_when_it_has_changed(space):
    app = create_app(space, refresh=False)
    with app.server.app_context():
        shown = shell.state(0)
        with pytest.raises(PreventUpdate):
            shell.state(1, *shown)
        submit(open_ledger(space), "probe", {})
        assert "0 running, 1 waiting" in shell.state(2, *shown)


FULL = "the disk is full"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (WorkspaceError(f"{FULL}: x.csv was not written"), FULL),
        (OSError(errno.ENOSPC, "No space left on device", "x.csv"), FULL),
        (
            OSError(errno.EROFS, "Read-only file system", "x.csv"),
            "x.csv cannot be written: its disk is read-only",
        ),
        (sqlite3.OperationalError("database or disk is full"), FULL),
        (
            sqlite3.OperationalError("disk I/O error"),
            "cannot be used (disk I/O error): check the disk, its free space",
        ),
    ],
    ids=str,
)
def test_an_error_of_the_disk_is_one_sentence_on_the_page(space, monkeypatch, caplog, error, sentence):
    def failing(*_: Any) -> Any:
        raise error

    monkeypatch.setattr(shell, "state", failing)
    app = create_app(space, refresh=False)
    app.server.add_url_rule("/failing", view_func=lambda: failing(0))
    status, answer = renew(app, FRAME, FRAME)
    assert status == 200 and Shell.MESSAGE in answer and sentence in answer
    route = app.server.test_client().get("/failing")
    assert route.status_code == 503 and sentence in route.text
    assert "Traceback" not in caplog.text


def test_another_error_is_not_hidden(space, monkeypatch):
    def failing(*_: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr(shell, "state", failing)
    app = create_app(space, refresh=False)
    assert renew(app, FRAME, FRAME)[0] == 500


def test_the_cache_of_callbacks_begins_again_when_its_folder_was_deleted(tmp_path):
    cache = CallbackCache(tmp_path / "queue" / "cache")
    cache.set("a", 1)
    shutil.rmtree(tmp_path / "queue")
    assert cache.get("a") is None
    cache.set("b", 2)
    other = CallbackCache(tmp_path / "queue" / "cache")
    assert other.get("b") == 2
    assert (tmp_path / "queue" / "cache").stat().st_mode & 0o777 == 0o700


def test_a_server_that_starts_during_an_outage_waits_for_its_end(space, redis, monkeypatch):  # noqa: F811
    monkeypatch.setenv("SUNSPOT_QUEUE", redis.url)
    redis.kill()
    dashboard = Dashboard(space, "--no-demo", "--no-worker")
    try:
        Program.start(dashboard)
        wait_until(lambda: "retrying" in dashboard.log.read_text(), "the server waits")
        redis.start()
        wait_until(dashboard._answers, "the dashboard answers")
    finally:
        dashboard.end()
    assert dashboard.process.returncode == 0 and "Traceback" not in dashboard.log.read_text()
