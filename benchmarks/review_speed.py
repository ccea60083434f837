"""Time from a gesture on the page Review to the next painted frame, in real Chromium.

Usage: `python benchmarks/review_speed.py`. A drawing with 300 spots, at 1440 x 900 px with software rendering. The
browser itself measures each key and each release of the mouse (Event Timing: from the event to the next frame, in
steps of 8 ms, from 16 ms); the wheel, which it does not measure, is timed up to the second frame after it. A gesture
that is not written yet looks unsaved, so that the server does not count here; how long until it is written is measured
apart. Exits with 1 if the p95 of a gesture is above the limit.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.io.images import content_hash, image_size
from sunspot_dash.io.results import write_result
from sunspot_dash.synthetic import write_archive
from sunspot_dash.workspace import Workspace
from tests.web.conftest import ARGUMENTS
from tests.web.dashboards import Dashboard, is_indexed, wait_until

SPOTS, TIMES, LIMIT_MS, LEAST_MS = 300, 30, 50, 16
PARTS = "window.sunspot.reviewing()"
READY = f"() => {PARTS} && {PARTS}.box.dataset.state === 'ready' && {PARTS}.editor.gestures"
WATCH = """() => {
    window.timings = [];
    const kept = ['keydown', 'pointerup', 'click'];
    const take = ({ name, startTime, duration }) => {
        if (kept.includes(name)) window.timings.push([name, startTime, duration]); };
    const watch = new PerformanceObserver((list) => list.getEntries().forEach(take));
    watch.observe({ type: 'event', durationThreshold: 16 });
    const channel = new MessageChannel();
    channel.port1.onmessage = ({ data }) => window.timings.push(['wheel', data, performance.now() - data]);
    document.addEventListener('wheel', () => { const begun = performance.now();
        requestAnimationFrame(() => requestAnimationFrame(() => channel.port2.postMessage(begun)));
    }, { capture: true, passive: true });
}"""
PAUSE_MS = 120  # between two gestures: faster than a person


def main() -> int:
    """Measure, print, and return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        space = _workspace(Path(folder) / "data")
        dashboard = Dashboard(space, "--no-demo", "--no-worker")
        try:
            dashboard.start()
            wait_until(lambda: is_indexed(space), "the index is up to date")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                page.goto(dashboard.url + "/review")
                page.get_by_placeholder("Your name").fill("Ada")
                page.keyboard.press("Enter")
                page.wait_for_function(READY)
                page.evaluate(WATCH)
                page.wait_for_timeout(1500)
                worst = max(_measure(page, name, do) for name, do in GESTURES.items())
                saved = _saved_ms(page)
                browser.close()
        finally:
            dashboard.end()
    print(f"written on the server after {saved:.0f} ms (median)")
    print(f"worst p95 {worst:.0f} ms, limit {LIMIT_MS} ms")
    return int(worst >= LIMIT_MS)


def _workspace(root: Path) -> Workspace:
    """A workspace with one synthetic drawing of the archive's size and 300 spots on it."""
    space = Workspace(root).create()
    write_archive(root / "made", 1, seed=3)
    (picture,) = (root / "made" / "images").iterdir()
    drawing = space.images / picture.name
    shutil.move(picture, drawing)
    width, height = image_size(drawing)
    rng, radius = np.random.default_rng(7), 0.42 * min(width, height)
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    spots = []
    for confidence in rng.uniform(0.1, 1, SPOTS):
        x, y = np.array([width, height]) / 2 + rng.uniform(-0.6, 0.6, 2) * radius
        size = rng.uniform(4, 14)
        spots.append(
            Spot.from_outline(
                np.column_stack([x + size * np.cos(turn), y + size * np.sin(turn)]), float(confidence)
            )
        )
    disk = Disk(width / 2, height / 2, radius, 0.9)
    result = DrawingResult(
        drawing.name, width, height, disk, tuple(spots), "m", "h", content_hash(drawing), 0.35, 1.0
    )
    write_result(space.results_of("m"), result)
    return space


def _measure(page: Page, name: str, do: Callable[[Page, int], None]) -> float:
    """Carry out a gesture many times; print and return its p95 in ms."""
    page.evaluate("() => { window.timings.length = 0; }")
    for number in range(TIMES):
        do(page, number)
        page.wait_for_timeout(PAUSE_MS)
    page.wait_for_timeout(300)
    found: dict[float, float] = {}
    for _, start, duration in page.evaluate("window.timings"):
        found[start] = max(found.get(start, 0), duration)  # pointerdown and mousedown are one event
    shown = sorted(found.values(), reverse=True)[:TIMES]
    shown += [LEAST_MS] * (TIMES - len(shown))  # faster events are not reported
    p50, p95 = np.percentile(shown, [50, 95])
    print(f"{name:22} p50 {p50:4.0f} ms   p95 {p95:4.0f} ms   worst {max(shown):4.0f} ms")
    return float(p95)


def _saved_ms(page: Page) -> float:
    """Return the median time until a gesture is written, ms."""
    times = []
    for _ in range(TIMES):
        page.keyboard.press("ArrowRight")
        begun = time.perf_counter()
        page.keyboard.press("x")
        page.wait_for_function(f"() => {PARTS}.editor.gestures.saved")
        times.append(1000 * (time.perf_counter() - begun))
    return float(np.median(times))


def _spot(page: Page, number: int) -> tuple[float, float]:
    """Return where a spot is on the page."""
    x, y = page.evaluate(
        f"""(number) => {{ const pane = {PARTS}.stage.panes.overlay, all = {PARTS}.stage.scene.content.spots;
        const spot = all[(number * 7) % all.length];
        {PARTS}.stage.focus(spot, 2);
        const at = pane.map.latLngToContainerPoint([-spot.y, spot.x]), box = pane.box.getBoundingClientRect();
        return [box.x + at.x, box.y + at.y]; }}""",
        number,
    )
    page.wait_for_timeout(PAUSE_MS)
    return x, y


def _press(*keys: str) -> Callable[[Page, int], None]:
    def press(page: Page, _: int) -> None:
        for key in keys:
            page.keyboard.press(key)

    return press


def _click(*before: str) -> Callable[[Page, int], None]:
    def click(page: Page, number: int) -> None:
        for key in before:
            page.keyboard.press(key)
        page.mouse.click(*_spot(page, number))

    return click


def _stroke(key: str, width: float, height: float) -> Callable[[Page, int], None]:
    """Drag a line around or across a spot with a tool."""

    def stroke(page: Page, number: int) -> None:
        page.keyboard.press("Escape")
        x, y = _spot(page, number)
        page.keyboard.press(key)
        page.mouse.move(x - width, y - height)
        page.mouse.down()
        for dx, dy in ((width, -height), (width, height), (-width, height)):
            page.mouse.move(x + dx, y + dy, steps=4)
        page.mouse.up()

    return stroke


def _zoom(page: Page, number: int) -> None:
    if number == 0:
        page.mouse.move(*_spot(page, 0))
    page.mouse.wheel(0, -120 if number % 2 else 120)


def _limb(page: Page, number: int) -> None:
    """Move the limb by a key."""
    if number == 0:
        page.keyboard.press("Escape")
        page.keyboard.press("d")
    page.keyboard.press("ArrowLeft" if number % 2 else "ArrowRight")
    if number == TIMES - 1:
        page.keyboard.press("Escape")


GESTURES: dict[str, Callable[[Page, int], None]] = {
    "select by click": _click(),
    "select by key": _press("ArrowRight"),
    "accept": _press("a"),
    "reject": _press("x"),
    "undo": _press("Control+z"),
    "redo": _press("Control+Shift+z"),
    "add by click": _click("n"),
    "lasso": _stroke("l", 40, 40),
    "reject a lasso": _press("x"),
    "outline": _stroke("o", 12, 12),
    "split": _stroke("c", 25, 1),
    "group of its own": _press("ArrowRight", "Shift+G"),
    "zoom": _zoom,
    "move the limb": _limb,
}

if __name__ == "__main__":
    sys.exit(main())
