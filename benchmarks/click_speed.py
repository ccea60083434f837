"""Time from a click to the first sign of its answer on the screen, on every page, in real Chromium.

    python benchmarks/click_speed.py [--workspace FOLDER]

The answer is the result or its progress: the first frame after something that is visible has changed, other than the
focus. Each control is clicked several times, alternately with its counterpart where it has one. Prints the median and
the longest time of each; exits with 1 if one takes LIMIT_MS or longer. Server and browser share the machine.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.large_workspace import workspace
from benchmarks.page_speed import DRAWINGS, dashboard_of
from sunspot_dash.workspace import Workspace
from tests.web.conftest import ARGUMENTS
from tests.web.figures import SETTLED

LIMIT_MS, TIMES, TIMEOUT_MS = 100, 6, 60_000
CLOSE = ".drawer:not([hidden]) .drawer-head button"
ROWS = "#{} .ag-center-cols-container .ag-row[row-id]"
# A page, and its controls: selectors that are clicked in turn.
CLICKS: dict[str, dict[str, Sequence[str]]] = {
    "/": {
        "theme": ["#shell-theme-button"],
        "another page": ["#overview-cards a >> nth=0", ".navigation a[href='/']"],
    },
    "/dataset": {
        "row": [f"{ROWS.format('dataset-table')} >> nth={n}" for n in (1, 2, 0)],
        "another page": [".navigation a[href='/models']", ".navigation a[href='/dataset']"],
    },
    "/models": {"drawer": ["#models-open-drawer", CLOSE]},
    "/inference": {
        "drawing": [f".frame >> nth={n}" for n in (1, 2, 0)],
        "drawer": ["#inference-open-drawer", CLOSE],
    },
    "/explore": {
        "view": [f".views input >> nth={n}" for n in (1, 2, 3, 0)],
        "drawer": ["#explore-open-filters", CLOSE],
    },
}
WATCH = """() => {
    window.answers = [];
    const hidden = ['data-dash-is-loading', 'tabindex', 'aria-activedescendant'];
    const isSeen = (node) => (node.nodeType === 1 ? node : node.parentElement)?.checkVisibility();
    let clicked = 0;
    document.addEventListener('click', () => { clicked = performance.now(); }, true);
    new MutationObserver((changes) => {
        const seen = changes.some(({ target, type, attributeName, oldValue, addedNodes, removedNodes }) =>
            type === 'childList' ? [...addedNodes].some(isSeen) || removedNodes.length
            : target.id === '_pages_content' || isSeen(target) && !hidden.includes(attributeName)
                && target.getAttribute?.(attributeName) !== oldValue);
        if (!seen || !clicked) return;
        const begun = clicked;
        clicked = 0;
        requestAnimationFrame(() => setTimeout(() => window.answers.push(performance.now() - begun)));
    }).observe(document, { subtree: true, childList: true, attributes: true, attributeOldValue: true });
}"""


def measure(page: Page, controls: Sequence[str]) -> list[float]:
    """Click on each control TIMES times and return the times to the answers, ms."""
    page.evaluate("window.answers.length = 0")
    for number in range(TIMES * len(controls)):
        page.locator(controls[number % len(controls)]).first.click()
        page.wait_for_function("(count) => window.answers.length >= count", arg=number + 1)
        page.wait_for_function(SETTLED)
        page.wait_for_timeout(300)
    found: list[float] = page.evaluate("window.answers")
    return found


def main(space: Workspace) -> bool:
    """Measure and print all controls; return whether all are within the limit."""
    good = True
    with dashboard_of(space) as dashboard, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        for path, controls in CLICKS.items():
            for name, clicks in controls.items():
                page = chromium.new_page(viewport={"width": 1300, "height": 900})
                page.set_default_timeout(TIMEOUT_MS)
                page.goto(dashboard.url + path)
                page.wait_for_load_state("networkidle")
                page.wait_for_function(SETTLED)
                page.evaluate(WATCH)
                times = measure(page, clicks)
                print(
                    f"{path:12}{name:18} median {median(times):4.0f} ms   longest {max(times):4.0f} ms",
                    flush=True,
                )
                good &= max(times) < LIMIT_MS
                page.close()
        chromium.close()
    return good


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("--workspace", type=Path)
    options = asked.parse_args()
    if options.workspace:
        sys.exit(not main(Workspace(options.workspace)))
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(not main(workspace(Path(folder), DRAWINGS)))
