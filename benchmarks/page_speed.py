"""Weight and speed of every page on a slow processor.

    python benchmarks/page_speed.py [--workspace FOLDER] [--slower 4]

Opens each page in a fresh Chromium context whose processor is slowed down, once with an empty cache and once more.
Prints the seconds until something is painted, until the title of the page is there and until nothing is loading any
more, how much moved meanwhile (cumulative layout shift), the kilobytes sent and the number of requests. Exits with 1
if a first paint takes PAINT_SECONDS or longer, or if more than SHIFT has moved. Server and browser share the machine.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.large_workspace import workspace
from sunspot_dash.workspace import Workspace
from tests.web.conftest import ARGUMENTS
from tests.web.dashboards import Dashboard, is_indexed, wait_until
from tests.web.figures import SETTLED
from tests.web.test_pages import PAGES

PAINT_SECONDS, SHIFT, SLOWER = 1.5, 0.1, 4.0
DRAWINGS = 60  # in the temporary workspace, if none is given
TIMEOUT_MS = 120_000
WATCH_SHIFTS = """window.shift = 0; new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
    if (!entry.hadRecentInput) window.shift += entry.value; })).observe({ type: "layout-shift", buffered: true })"""
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
TITLED = "() => document.querySelector('h1') && performance.now()"


@dataclass(frozen=True)
class Visit:
    """One visit of a page: seconds since it was opened, layout shift, kilobytes and number of requests."""

    painted: float
    titled: float
    settled: float
    shift: float
    kilobytes: float
    requests: int


@contextmanager
def dashboard_of(space: Workspace) -> Iterator[Dashboard]:
    """Serve a workspace, without a worker, once its index is complete."""
    served = Dashboard(space, "--no-demo", "--no-worker")
    try:
        served.start()
        wait_until(lambda: is_indexed(space), "the index is complete")
        yield served
    finally:
        served.end()


def visit(context: BrowserContext, address: str, slower: float) -> Visit:
    """Open a page in a slowed-down tab of its own."""
    page = context.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    page.add_init_script(WATCH_SHIFTS)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    weights: list[float] = []
    session.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    page.goto(address, wait_until="commit")
    titled = page.wait_for_function(TITLED).json_value()
    page.wait_for_load_state("networkidle")
    settled = page.wait_for_function(f"() => ({SETTLED})() && performance.now()").json_value()
    found = Visit(
        page.evaluate(PAINTED) / 1000,
        titled / 1000,
        settled / 1000,
        page.evaluate("window.shift"),
        sum(weights) / 1000,
        len(weights),
    )
    page.close()
    return found


def measure(chromium: Browser, address: str, slower: float) -> bool:
    """Visit and print all pages; return whether they are within the limits."""
    names = f"{'painted':>9}{'title':>8}{'settled':>9}{'moved':>8}{'kB':>8}{'requests':>10}"
    print(f"{'':24}{'':6}{names}   (s, processor {slower:g} times slower)")
    good = True
    for path in PAGES:
        context = chromium.new_context(viewport={"width": 1300, "height": 900})
        for cache in ("cold", "warm"):
            one = visit(context, address + path, slower)
            figures = f"{one.painted:9.2f}{one.titled:8.2f}{one.settled:9.2f}{one.shift:8.3f}"
            print(f"{path:24}{cache:6}{figures}{one.kilobytes:8.0f}{one.requests:10}", flush=True)
            good &= one.painted < PAINT_SECONDS and one.shift < SHIFT
        context.close()
    return good


def main(space: Workspace, slower: float) -> bool:
    """Serve a workspace and measure its pages."""
    with dashboard_of(space) as dashboard, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        good = measure(chromium, dashboard.url, slower)
        chromium.close()
    return good


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("--workspace", type=Path)
    asked.add_argument("--slower", type=float, default=SLOWER)
    options = asked.parse_args()
    if options.workspace:
        sys.exit(not main(Workspace(options.workspace), options.slower))
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(not main(workspace(Path(folder), DRAWINGS), options.slower))
