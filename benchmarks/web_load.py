"""Load test of the dashboard with 30 browsers: `python benchmarks/web_load.py [--workspace FOLDER] [--clients N]`.

Records the requests of one Chromium on every page and replays them for a minute from the given number of clients,
each with the connections of its own browser. Exits with 1 on an error, if the 95th percentile reaches P95_MS, or if the
first page is too slow or too large. Server and clients share the machine.
"""

from __future__ import annotations

import argparse
import http.client
import json
import math
import re
import shutil
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, Request, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.large_workspace import USABLE, indexed, open_page, workspace
from sunspot_dash.workspace import Workspace
from tests.web.conftest import ARGUMENTS, Dashboard

CLIENTS, SECONDS, STAY_SECONDS = 30, 60.0, 6.0
CONNECTIONS = 6  # per browser and server
P95_MS, FIRST_SECONDS, FIRST_BYTES = 500, 1.0, 1e6
DRAWINGS = 60  # in the temporary workspace, if none is given
LIBRARIES = ("/_dash-component-suites/", "/vendor/")
SENT = ("accept-encoding", "content-type", "if-modified-since", "if-none-match", "origin")


@dataclass(frozen=True)
class Recorded:
    """A recorded request: its time after the page was opened, and whether the browser caches the response."""

    at: float
    method: str
    path: str
    body: bytes | None
    headers: dict[str, str]
    kept: bool

    @property
    def kind(self) -> str:
        """Key to group requests: the outputs of a callback, or the address without variable parts."""
        if self.body:
            return str(json.loads(self.body).get("output", self.path))[:70]
        return re.sub(r"/[0-9a-f]{16}/", "/KEY/", self.path.split("?")[0])[-70:]


@contextmanager
def _asked(page: Page) -> Iterator[list[Request]]:
    """Collect the requests of a page within the context."""
    found: list[Request] = []

    def note(request: Request) -> None:
        found.append(request)

    page.on("request", note)
    yield found
    page.remove_listener("request", note)


def first_page(chromium: Browser, address: str) -> tuple[float, float]:
    """Return seconds until the first page is usable in a fresh browser, and its bytes without the libraries."""
    page = chromium.new_page()
    with _asked(page) as asked:
        seconds = open_page(page, address, "/")
        page.wait_for_load_state("networkidle")
    own = [request for request in asked if not request.url.removeprefix(address).startswith(LIBRARIES)]
    weight = sum(request.sizes()["responseBodySize"] for request in own if request.url.startswith(address))
    page.close()
    return seconds, weight


def record(chromium: Browser, address: str) -> list[list[Recorded]]:
    """Record the requests of a browser with a warm cache on each page."""
    page = chromium.new_page(viewport={"width": 1300, "height": 900})
    for path in USABLE:
        open_page(page, address, path)
    return [_visit(page, address, path) for path in USABLE]


def _visit(page: Page, address: str, path: str) -> list[Recorded]:
    with _asked(page) as asked:
        page.goto(address + path, wait_until="commit")
        page.wait_for_timeout(1000 * STAY_SECONDS)
    whole = [
        request for request in asked if request.url.startswith(address) and request.timing["startTime"] > 0
    ]
    begun = min(request.timing["startTime"] for request in whole)
    return [_recorded(request, address, begun) for request in whole if not request.failure]


def _recorded(request: Request, address: str, begun: float) -> Recorded:
    response = request.response()
    kept = response is not None and bool(
        re.search(r"max-age=[1-9]", response.headers.get("cache-control", ""))
    )
    headers = {name: value for name, value in request.all_headers().items() if name in SENT}
    at = (request.timing["startTime"] - begun) / 1000
    path = request.url.removeprefix(address)
    return Recorded(at, request.method, path, request.post_data_buffer, headers, kept)


@dataclass(frozen=True)
class Answer:
    """Outcome of a request: seconds until the last byte, delay before sending, and the error, if any."""

    kind: str
    seconds: float
    late: float
    trouble: str


class Client:
    """A browser that visits page after page and does not repeat cached requests."""

    def __init__(self, port: int, visits: list[list[Recorded]], first: int, begin: float) -> None:
        self.answers: list[Answer] = []
        self._port = port
        self._end = begin + SECONDS
        self._lock = threading.Lock()
        self._asked = self._requests(visits, first, begin)
        self.threads = [threading.Thread(target=self._connection) for _ in range(CONNECTIONS)]

    def _requests(
        self, visits: list[list[Recorded]], page: int, begin: float
    ) -> Iterator[tuple[float, Recorded]]:
        kept: set[str] = set()
        while begin < self._end:
            for request in sorted(visits[page % len(visits)], key=lambda request: request.at):
                if begin + request.at < self._end and request.path not in kept:
                    yield begin + request.at, request
                if request.kept:
                    kept.add(request.path)
            page, begin = page + 1, begin + STAY_SECONDS

    def _connection(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        while True:
            with self._lock:
                due, request = next(self._asked, (math.inf, None))
            if request is None:
                return
            time.sleep(max(0.0, due - time.perf_counter()))
            began, trouble = time.perf_counter(), ""
            try:
                connection.request(request.method, request.path, request.body, request.headers)
                response = connection.getresponse()
                response.read()
                trouble = f"status {response.status}" if response.status >= 400 else ""
            except (OSError, http.client.HTTPException) as error:
                trouble = repr(error)
                connection.close()
            self.answers.append(Answer(request.kind, time.perf_counter() - began, began - due, trouble))


def play(port: int, visits: list[list[Recorded]], clients: int) -> list[Answer]:
    """Return the answers to this number of browsers, which start one after another on different pages."""
    begin = time.perf_counter() + 1
    players = [
        Client(port, visits, number, begin + STAY_SECONDS * number / clients) for number in range(clients)
    ]
    threads = [thread for player in players for thread in player.threads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answer for player in players for answer in player.answers]


def quantile_ms(answers: list[Answer], share: float) -> float:
    """Return a quantile of the response times, ms."""
    return 1000 * sorted(answer.seconds for answer in answers)[math.ceil(share * len(answers)) - 1]


def report(answers: list[Answer]) -> bool:
    """Print the results; return whether they are within the limits."""
    troubles = [answer for answer in answers if answer.trouble]
    late = 1000 * max(answer.late for answer in answers)
    print(
        f"{len(answers)} requests in {SECONDS:.0f} s, {len(troubles)} errors; sent {late:.0f} ms late at worst"
    )
    for answer in troubles[:10]:
        print(f"  {answer.kind}: {answer.trouble}")
    kinds = defaultdict(list)
    for answer in answers:
        kinds[answer.kind].append(answer)
    slowest = sorted(kinds.items(), key=lambda found: -quantile_ms(found[1], 0.95))[:5]
    print(f"  {'ms':<72}{'number':>8}{'p50':>7}{'p95':>7}{'p99':>7}{'max':>7}")
    for name, some in [("all", answers), *slowest]:
        figures = "".join(f"{quantile_ms(some, share):7.0f}" for share in (0.5, 0.95, 0.99, 1))
        print(f"  {name:<72}{len(some):>8}{figures}")
    return not troubles and quantile_ms(answers, 0.95) < P95_MS


def measure(space: Workspace, clients: int) -> bool:
    """Measure and print everything; return whether time and size are within the limits."""
    dashboard = Dashboard(space, "--no-demo", "--no-worker")
    try:
        indexed(space, sum(1 for _ in space.images_to_run.iterdir()))
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
            seconds, weight = first_page(chromium, dashboard.url)
            print(f"first page: {seconds:.2f} s, {weight / 1000:.0f} kB without the libraries", flush=True)
            visits = record(chromium, dashboard.url)
            chromium.close()
        for path, visit in zip(USABLE, visits, strict=True):
            print(f"  {path:<11}{len(visit):4} requests in {STAY_SECONDS:.0f} s", flush=True)
        good = report(play(dashboard.port, visits, clients))
    finally:
        dashboard.end()
    return good and seconds < FIRST_SECONDS and weight < FIRST_BYTES


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("--workspace", type=Path)
    asked.add_argument("--clients", type=int, default=CLIENTS)
    options = asked.parse_args()
    if options.workspace:
        sys.exit(not measure(Workspace(options.workspace), options.clients))
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(not measure(workspace(Path(folder), DRAWINGS), options.clients))
