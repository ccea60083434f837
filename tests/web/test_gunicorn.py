"""gunicorn runs the dashboard as `serve` does, with one process or several."""

from __future__ import annotations

import base64
import json
import os
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import psutil
import pytest

from jobs.recovery import open_ledger
from sunspot_dash.workspace import Workspace
from tests.labelled import put_labelled
from tests.web.dashboards import Dashboard, is_indexed, wait_until

PASSWORD = "sünspot"
INDEXER = "sunspot_dash.services.catalogue.watch"
START = "inference-message.children"


class Gunicorn(Dashboard):
    """`gunicorn` on a workspace, with its settings in the environment."""

    def __init__(self, space: Workspace, processes: int, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(space)
        settings = {"SUNSPOT_WORKSPACE": str(space.root), "SUNSPOT_PASSWORD": PASSWORD}
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        bind = ["--bind", f"127.0.0.1:{self.port}", "--workers", str(processes)]
        self._command = [sys.executable, "-m", "gunicorn", *bind]

    def workers(self) -> list[int]:
        """The server processes that serve requests."""
        assert self.process is not None
        return [child.pid for child in psutil.Process(self.process.pid).children()]

    def indexers(self) -> list[psutil.Process]:
        """The indexers of this workspace, wherever they were started."""
        found = []
        for process in psutil.process_iter(["cmdline"]):
            command = process.info["cmdline"] or []
            if INDEXER in command and str(self.space.root) in command:
                found.append(process)
        return found

    def ask(
        self, path: str, content: Any = None, method: str | None = None, given: str = PASSWORD
    ) -> tuple[int, bytes]:
        """Send a request over a connection of its own, which any of the processes may accept."""
        data = content if content is None or isinstance(content, bytes) else json.dumps(content).encode()
        headers = {"Authorization": f"Basic {base64.b64encode(f'x:{given}'.encode()).decode()}"}
        headers |= {"Content-Type": "application/json", "X-Sunspot": "upload", "Origin": self.url}
        asked = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=600) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()


@pytest.fixture(scope="module")
def monkey() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module", params=[1, 3])
def server(request, tmp_path_factory, archive, monkey) -> Iterator[Gunicorn]:
    """gunicorn with one process, and with three, on labelled drawings."""
    space = put_labelled(Workspace(tmp_path_factory.mktemp("gunicorn") / "data").create(), archive)
    running = Gunicorn(space, request.param, monkey)
    running.processes = request.param
    try:
        running.start()
        wait_until(lambda: is_indexed(space), "the index is up to date")
        yield running
    finally:
        running.end()


def start_callback(url_arguments: str = "") -> tuple[str, dict[str, Any]]:
    """The request by which the page starts an inference, which the server handles in a process of its own."""
    fields = ("model", "source", "folder", "pick", "run-threshold", "force", "run-orientation")
    values = ("uset", "everything", "", None, None, False, "")
    state = [
        {"id": f"inference-{name}", "property": "selectedRows" if name == "pick" else "value", "value": value}
        for name, value in zip(fields, values, strict=True)
    ]
    content = {
        "output": START,
        "outputs": {"id": "inference-message", "property": "children"},
        "inputs": [{"id": "inference-nonce", "property": "data", "value": "once"}],
        "changedPropIds": ["inference-nonce.data"],
        "state": state,
    }
    return f"/_dash-update-component?{url_arguments}", content


def test_the_workspace_and_the_password_come_from_the_environment(server):
    assert len(server.workers()) == server.processes
    for path in ("/", "/assets/theme.js", "/health"):
        assert server.ask(path)[0] == 200
        assert server.ask(path, given="moonspot")[0] == 401


def test_one_indexer_serves_all_processes_and_another_process_takes_over(server, archive):
    (indexer,) = server.indexers()
    assert indexer.ppid() in server.workers()
    os.kill(indexer.ppid(), signal.SIGKILL)
    wait_until(lambda: not indexer.is_running(), "the indexer has ended with its process")
    wait_until(lambda: server.indexers() and len(server.workers()) == server.processes, "both are replaced")
    wait_until(lambda: len(server.indexers()) == 1, "there is one indexer")
    drawing = next(iter((archive / "images").iterdir()))
    (server.space.images_to_run / "usd194001011200.png").write_bytes(drawing.read_bytes())
    wait_until(lambda: is_indexed(server.space), "the new drawing is in the index")


def test_uploads_reach_the_workspace(server, archive):
    for drawing in sorted((archive / "images").iterdir()):
        status, answer = server.ask(f"/upload/run?name={drawing.name}", drawing.read_bytes(), "PUT")
        assert status == 200 and json.loads(answer)["state"] in ("accepted", "duplicate")
    assert server.ask("/upload/run?name=a.png", b"x", "PUT", given="moonspot")[0] == 401


def test_a_job_is_followed_by_whichever_process_is_asked(server):
    ledger = open_ledger(server.space)
    path, content = start_callback()
    status, answer = server.ask(path, content)
    assert status == 200
    begun = json.loads(answer)
    wait_until(ledger.live, "the job is queued")
    (job,) = ledger.live()
    followed = start_callback(urlencode({"cacheKey": begun["cacheKey"], "job": begun["job"]}))
    shown: list[str] = []

    def says(text: str) -> Callable[[], bool]:
        def asked() -> bool:
            status, answer = server.ask(*followed)
            shown.append(answer.decode())
            assert status in (200, 204)
            return text in shown[-1]

        return asked

    wait_until(says(f"Job {job.number} was accepted"), "the page shows the job")
    ledger.cancel(job.number)
    wait_until(says(f"Job {job.number} is cancelled"), "the page shows the end of the job")


def test_wrong_passwords_are_slowed_over_all_processes(server):
    statuses = [server.ask("/health", given="moonspot")[0] for _ in range(30)]
    assert set(statuses) == {401, 429} and statuses.count(401) <= 10
    # Without a trusted proxy, all clients of this machine are one.
    wait_until(lambda: server.ask("/health")[0] == 200, "the right password is accepted again")


def test_headers_are_those_of_serve(server):
    asked = urllib.request.Request(f"{server.url}/health", headers={"Host": "evil.example.org"})
    asked.add_header("Authorization", f"Basic {base64.b64encode(f'x:{PASSWORD}'.encode()).decode()}")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(asked)
    headers = refused.value.headers
    assert (
        refused.value.code == 400
        and headers["X-Frame-Options"] == "DENY"
        and "private" in headers["Cache-Control"]
    )


@pytest.mark.parametrize("kill", [signal.SIGTERM, signal.SIGKILL])
def test_everything_ends_with_the_master(tmp_path, archive, monkeypatch, kill):
    space = put_labelled(Workspace(tmp_path / "data").create(), archive)
    running = Gunicorn(space, 2, monkeypatch)
    try:
        running.start()
        wait_until(lambda: is_indexed(space), "the index is up to date")
        running.ask(*start_callback())  # a process that follows a job
        wait_until(open_ledger(space).live, "the job is queued")
        processes = psutil.Process(running.process.pid).children(recursive=True)
        assert len(processes) >= 4
        running.process.send_signal(kill)
        running.process.wait()
        wait_until(lambda: not [one for one in processes if one.is_running()], "all processes have ended")
    finally:
        running.end()
