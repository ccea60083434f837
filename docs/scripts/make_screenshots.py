"""Take the screenshots of the dashboard, on synthetic drawings: `python docs/scripts/make_screenshots.py`.

Needs Chromium and the development requirements; takes a few minutes.
"""

from __future__ import annotations

import io
import json
import shutil
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sunspot_dash.file_names import PRETRAINED
from sunspot_dash.services.models.inference import infer_folder
from sunspot_dash.synthetic import write_archive
from sunspot_dash.workspace import Workspace
from tests.web.conftest import ARGUMENTS
from tests.web.dashboards import Dashboard
from tests.web.viewer import when_open

IMAGES = Path(__file__).resolve().parents[1] / "images"
SIZE = {"width": 1440, "height": 900}
DRAWINGS = 14
SETTLED_MS = 2500
COLOURS = 128  # enough for pages, and a third of the bytes


def _take(page: Page, name: str) -> None:
    page.wait_for_timeout(SETTLED_MS)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(COLOURS)
    picture.save(IMAGES / f"{name}.png", optimize=True)


def _viewer(page: Page) -> None:
    when_open(page)


def _review(page: Page) -> None:
    page.locator("#review-stage[data-state=ready]").wait_for()


def _training(page: Page) -> None:
    page.locator("#train-loss .main-svg").first.wait_for()


def _series(page: Page) -> None:
    page.locator("#explore-polar .main-svg").first.wait_for()


def _of(space: Workspace, *pages: tuple[str, str, Callable[[Page], None]], demo: bool) -> None:
    """Pictures of pages (address, name, what is done first) of a dashboard on a workspace."""
    dashboard = Dashboard(space, *([] if demo else ["--no-demo", "--no-worker"]))
    try:
        dashboard.start()
        while demo and not _at_rest(dashboard):
            time.sleep(1)
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
            for path, name, do in pages:
                page = chromium.new_page(viewport=SIZE, color_scheme="light")
                page.goto(dashboard.url + path)
                page.get_by_role("heading", level=1).wait_for()
                do(page)
                _take(page, name)
            chromium.close()
    finally:
        dashboard.end()


def _at_rest(dashboard: Dashboard) -> bool:
    """Whether the demo's jobs were begun and are over."""
    with urllib.request.urlopen(f"{dashboard.url}/health") as answer:
        live = json.load(answer)["jobs"]
    return not live and (dashboard.space.trained_models / "demo-weight-10.pth").exists()


def main() -> None:
    """A first use for the page Train; a larger archive for the others."""
    with tempfile.TemporaryDirectory() as folder:
        _of(
            Workspace(Path(folder) / "demo").create(),
            ("/", "overview", lambda page: None),
            ("/train", "train", _training),
            demo=True,
        )
        space = Workspace(Path(folder) / "archive").create()
        write_archive(Path(folder) / "made", DRAWINGS, seed=3, scale=0.45)
        shutil.copytree(Path(folder) / "made" / "images", space.images_to_run, dirs_exist_ok=True)
        infer_folder(space, PRETRAINED, space.images_to_run)
        _of(
            space,
            ("/inference", "inference", _viewer),
            ("/review", "review", _review),
            ("/explore?colour=size", "explore", _series),
            demo=False,
        )


if __name__ == "__main__":
    main()
