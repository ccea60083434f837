"""One dashboard and one Chromium for all tests of a process; the browser may reach no other host."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

from sunspot_dash.workspace import Workspace
from tests.labelled import put_labelled
from tests.web.dashboards import MINUTES, Dashboard, Program
from tests.web.detections import put_results

HERE = Path(__file__).parent
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
# The shell without windows costs 15 % less time of the processor a page; any Chromium will do.
BROWSERS = ("chromium-headless-shell", "chromium")
# Chromium cancels requests that a new page makes useless; Dash reports each.
HARMLESS = ("net::ERR_ABORTED",)
MS = 1000
STORED = "() => { localStorage.clear(); sessionStorage.clear() }"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Set a timeout that allows for several waits on a slow machine."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.timeout(3 * 60 * MINUTES), append=False)


@pytest.fixture(scope="session")
def context(tmp_path_factory) -> Iterator[BrowserContext]:
    """One context for all pages, with a profile on the disk: Chromium keeps compiled scripts nowhere else.

    A page then costs 40 % less time of the processor.
    """
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is not installed: .ci/run installs it")
        pytest.skip("chromium is not installed (Debian: 'apt install chromium')")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"),
            executable_path=program,
            args=ARGUMENTS,
            timeout=60 * MINUTES * MS,
        )
        yield made
        made.close()


@pytest.fixture
def open_page(context) -> Iterator[Callable[..., Page]]:
    """Open pages; an error in one, or a request to another host, fails the test at its end."""
    trouble: list[str] = []
    pages: list[Page] = []

    def begin(url: str, width: int = 1300, color_scheme: str = "light") -> Page:
        page = context.new_page()
        pages.append(page)
        page.set_default_timeout(60 * MINUTES * MS)
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=color_scheme)
        watch(page, url.split("/")[2], trouble)
        page.trouble = trouble
        page.goto(url)
        return page

    yield begin
    for page in pages:
        if not page.is_closed():
            page.evaluate(STORED)
            page.close()
    left = [text for text in trouble if not any(harmless in text for harmless in HARMLESS)]
    assert not left, left


def watch(page: Page, host: str, trouble: list[str]) -> None:
    """Note every error in a page, and every request to another host."""

    def own(request) -> None:
        scheme, _, *rest = request.url.split("/")
        if scheme in ("http:", "https:", "ws:", "wss:") and rest[0] != host:
            trouble.append(f"a request to another host: {request.url}")

    def heard(message) -> None:
        if message.type == "error":
            trouble.append(f"{message.text} {message.location}")

    page.on("pageerror", lambda error: trouble.append(f"error in the page: {error}"))
    page.on("console", heard)
    page.on("request", own)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory, archive) -> Workspace:
    """A read-only workspace with labelled drawings and results under the name of the shipped model."""
    space = put_labelled(Workspace(tmp_path_factory.mktemp("prepared") / "data").create(), archive)
    put_results(space)
    return space


@pytest.fixture
def filled(tmp_path, prepared) -> Workspace:
    """A copy of the prepared workspace, without a dashboard."""
    shutil.copytree(prepared.root, tmp_path / "filled")
    return Workspace(tmp_path / "filled")


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[Dashboard]:
    """The dashboard of all tests, without a worker."""
    space = Workspace(tmp_path_factory.mktemp("served") / "data").create()
    yield from run(Dashboard(space, "--no-demo", "--no-worker"))


@pytest.fixture
def dashboard(server, prepared) -> Dashboard:
    """The dashboard on a copy of the prepared workspace."""
    server.reset(prepared)
    return server


@pytest.fixture
def empty_dashboard(server) -> Dashboard:
    """The dashboard on an empty workspace."""
    server.reset(None)
    return server


@pytest.fixture
def worker(server) -> Iterator[Program]:
    """A worker for the dashboard's queue."""
    yield from run(Program(server.space, "worker", "--devices", "cpu"))


@pytest.fixture
def serve(tmp_path) -> Iterator[Callable[..., Dashboard]]:
    """Start separate dashboards, for tests of starting and ending."""
    begun: list[Dashboard] = []

    def begin(*options: str, space: Workspace | None = None) -> Dashboard:
        begun.append(Dashboard(space or Workspace(tmp_path / "data").create(), *options))
        begun[-1].start()
        return begun[-1]

    yield begin
    for dashboard in begun:
        dashboard.end()


def run(program: Program) -> Iterator:
    """Run a program for a fixture, and end it with the fixture, even if it fails to start."""
    try:
        program.start()
        yield program
    finally:
        program.end()
