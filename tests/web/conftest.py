"""A dashboard in a process of its own, and a real Chromium that may reach nothing else."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from sunspot_dash.synthetic import write_archive
from sunspot_dash.workspace import Workspace
from tests.labelled import put_labelled

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
# Chromium gives requests up that a new page makes useless; Dash says so when it meets one.
HARMLESS = ("net::ERR_ABORTED",)


class Dashboard:
    """`python app.py serve` on a workspace."""

    WAITS = 300  # tenths of a second until it must answer

    def __init__(self, space: Workspace, *options: str) -> None:
        self.space = space
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._options = options
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        command = [sys.executable, "app.py", "serve", "--port", str(self.port), *self._options]
        log = (self.space.root / "serve.log").open("ab")
        self.process = subprocess.Popen(
            [*command, "--workspace", str(self.space.root)], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
        )
        for _ in range(self.WAITS):
            try:
                urllib.request.urlopen(f"{self.url}/health", timeout=5).close()
                return
            except urllib.error.HTTPError:
                return  # it answers, if only that a password is needed
            except OSError:
                assert self.process.poll() is None, (self.space.root / "serve.log").read_text()
                time.sleep(0.1)
        raise AssertionError("the dashboard does not answer")

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is not installed: .ci/run installs it")
        pytest.skip("chromium is not installed (Debian: 'apt install chromium')")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def open_page(browser) -> Iterator[Callable[..., Page]]:
    """Opens a page; every error in it, and every request to another host, fails the test in the end."""
    trouble: list[str] = []
    contexts = []

    def begin(url: str, width: int = 1300, **more) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **more)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: trouble.append(f"error in the page: {error}"))
        page.on(
            "console",
            lambda told: trouble.append(f"{told.text} {told.location}") if told.type == "error" else None,
        )
        host = url.split("/")[2]

        def own(request) -> None:
            if (
                request.url.split(":")[0] in ("http", "https", "ws", "wss")
                and request.url.split("/")[2] != host
            ):
                trouble.append(f"a request to another host: {request.url}")

        page.on("request", own)
        page.trouble = trouble
        page.goto(url)
        return page

    yield begin
    for context in contexts:
        context.close()
    left = [text for text in trouble if not any(harmless in text for harmless in HARMLESS)]
    assert not left, left


@pytest.fixture(scope="session")
def archive(tmp_path_factory) -> Path:
    """images/ and annotations/ of five small synthetic drawings."""
    folder = tmp_path_factory.mktemp("archive")
    write_archive(folder, 5, seed=5, scale=0.35, styles=("1941", "1954"))
    return folder


@pytest.fixture(scope="session")
def filled(tmp_path_factory, archive) -> Workspace:
    """A workspace with labelled drawings and what the shipped model found on them.

    The model runs once for all the processes that tests are spread over; each has a copy of its own.
    """
    from sunspot_dash.services.models.inference import infer_folder

    own = tmp_path_factory.getbasetemp()
    once = Workspace((own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "filled_once")
    with once.root.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not once.root.exists():
            made = put_labelled(Workspace(once.root.with_suffix(".part")).create(), archive)
            infer_folder(made, "uset", made.images)
            made.root.rename(once.root)
    space = Workspace(tmp_path_factory.mktemp("filled") / "data")
    shutil.copytree(once.root, space.root)
    return space.create()


@pytest.fixture(scope="session")
def dashboard(filled) -> Iterator[Dashboard]:
    """A dashboard on the filled workspace, for tests that only look."""
    running = Dashboard(filled)
    yield running
    running.end()


@pytest.fixture
def serve(tmp_path) -> Iterator[Callable[..., Dashboard]]:
    """Starts dashboards of a test's own."""
    begun: list[Dashboard] = []

    def begin(*options: str, space: Workspace | None = None) -> Dashboard:
        begun.append(Dashboard(space or Workspace(tmp_path / "data").create(), *options))
        return begun[-1]

    yield begin
    for dashboard in begun:
        dashboard.end()
