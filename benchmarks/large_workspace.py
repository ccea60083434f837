"""Responsiveness of every page with a large archive: `python benchmarks/large_workspace.py FOLDER [DRAWINGS [PAGE]]`.

Creates a workspace of 30000 drawings and 900000 detections in the folder, which is reused next time, rebuilds the
index and opens every page in Chromium, or those whose address begins with PAGE. Exits with 1 if a page takes
PAGE_SECONDS or longer, or the web server uses WEB_MB or more.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from jobs.recovery import open_ledger
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.file_names import PRETRAINED
from sunspot_dash.files import atomic_write_text
from sunspot_dash.io.images import image_size
from sunspot_dash.io.results import write_result
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.synthetic import write_archive
from sunspot_dash.workspace import Workspace
from tests.web.conftest import ARGUMENTS, Dashboard

PAGE_SECONDS, WEB_MB = 1.5, 600
LABELLED, JOBS, SPOTS, SPOTS_A_GROUP, LOADS = 300, 300, 30, 6, 3
FIRST, LAST = datetime(1940, 1, 1, 9), datetime(2024, 12, 31, 9)
OCTAGON = 5 * np.stack([np.cos(np.arange(8) * np.pi / 4), np.sin(np.arange(8) * np.pi / 4)], 1)
NO_ROW = "document.querySelector('#{} .ag-overlay-no-rows-center')"
DRAWN = "document.querySelector('#{} .scatterlayer .trace path')"
ROW = 'document.querySelector(\'#{} .ag-row[row-index="0"] .ag-cell[col-id="{}"]\')?.textContent'
# Condition (JavaScript) under which a page is usable.
USABLE = {
    "/": "document.querySelectorAll('#overview-cards .number').length === 4 && "
    "document.querySelector('#overview-series img')?.complete",
    "/dataset": ROW.format("dataset-table", "name"),
    "/train": "document.querySelector('#train-plan dl') && document.querySelector('#train-loss .main-svg')",
    "/inference": "document.querySelector('.frame') && document.querySelector('#inference-stage[data-state=ready]')",
    "/explore": f"{DRAWN.format('explore-series')} && {DRAWN.format('explore-polar')}",
    "/explore?view=number": DRAWN.format("explore-number"),
    "/explore?view=sun": "document.querySelector('#explore-butterfly :is(.heatmaplayer image, .points path)') && "
    "document.querySelector('#explore-sizes .barlayer .point')",
    "/explore?view=groups": "document.querySelector('#explore-tracks-note')?.textContent && "
    f"({ROW.format('explore-tracks', 'first')} || {NO_ROW.format('explore-tracks')})",
    "/jobs": ROW.format("jobs-table", "number"),
}
# Condition under which the first figure of a page is drawn.
FIRST_FIGURE = {"/explore": DRAWN.format("explore-series")}
# Action and its result, measured before the pages, so that nothing is cached.
BUTTERFLY = (
    "document.querySelector('[id$=\"explore-view_input_sun\"]').click()",
    "document.querySelector('#explore-butterfly .heatmaplayer image')",
)
HAND_MS = 500  # a user's pause between seeing a page and acting
DATASET = "dash_ag_grid.getApi('dataset-table')"
# name -> page, action, and condition for its result
ACTIONS = {
    "scroll to the middle": (
        "/dataset",
        f"{DATASET}.ensureIndexVisible(Math.floor({DATASET}.getDisplayedRowCount() / 2), 'top')",
        f"{DATASET}.getDisplayedRowAtIndex(Math.floor({DATASET}.getDisplayedRowCount() / 2))?.data",
    ),
    "sort by spots": (
        "/dataset",
        f"{DATASET}.applyColumnState({{state: [{{colId: 'spots', sort: 'desc'}}]}})",
        f"{DATASET}.getDisplayedRowAtIndex(1)?.data?.spots > {SPOTS}",
    ),
    "filter by name": (
        "/dataset",
        f"{DATASET}.setFilterModel({{name: {{filterType: 'text', type: 'contains', filter: 'usd1957'}}}})",
        f"{ROW.format('dataset-table', 'name')}.startsWith('usd1957')",
    ),
    "zoom the series to a year": (
        "/explore",
        "Plotly.relayout(document.querySelector('#explore-series .js-plotly-plot'), "
        "{'xaxis.range': ['1957-01-01', '1957-12-31']})",
        "document.querySelector('#explore-series-note').textContent.includes('in the period') && "
        "window.before !== document.querySelector('#explore-count').textContent",
    ),
}


def fill(space: Workspace, count: int) -> None:
    """Fill the workspace: drawings over the years that differ only in name, detections, labels and a job history."""
    with tempfile.TemporaryDirectory(dir=space.root) as folder:
        write_archive(Path(folder), 1, seed=1, scale=0.35)
        (page,) = (Path(folder) / "images").iterdir()
        template = space.root / f"template{page.suffix}"
        page.replace(template)
    width, height = image_size(template)
    rng = np.random.default_rng(0)
    names = [
        f"usd{FIRST + (LAST - FIRST) * part / count:%Y%m%d%H%M}{template.suffix}" for part in range(count)
    ]
    for part, name in enumerate(names):
        os.link(template, (space.images if part < LABELLED else space.images_to_run) / name)
        write_result(space.results_of(PRETRAINED), _result(rng, name, width, height))
    _label(space, names[:LABELLED], (width, height))
    ledger = open_ledger(space)
    for _ in range(JOBS):
        ledger.cancel(
            ledger.accept("infer", "short", {"model": PRETRAINED, "images": "images_to_run"}).number
        )


def _result(rng: np.random.Generator, name: str, width: int, height: int) -> DrawingResult:
    """Return a result whose spot count follows the solar cycle, in groups of about SPOTS_A_GROUP north and south."""
    years = (datetime.strptime(name[3:11], "%Y%m%d") - FIRST) / timedelta(days=365.25)
    count = round(SPOTS * (1 + 0.9 * np.sin(2 * np.pi * years / 10.9)))
    disk = Disk(width / 2, height / 2, 0.42 * min(width, height), 0.95)
    groups = max(1, round(count / SPOTS_A_GROUP))
    across, up = rng.uniform(-0.7, 0.7, groups), rng.choice((-1, 1), groups) * rng.uniform(0.1, 0.6, groups)
    places = np.stack([across, up], 1)[rng.integers(groups, size=count)] + rng.normal(0, 0.02, (count, 2))
    centres = ((disk.x, disk.y) + disk.radius * places).round(2)
    sure = rng.uniform(0.45, 1, count).round(4)
    spots = tuple(
        Spot(*centre, 71.0, share, OCTAGON + centre) for centre, share in zip(centres, sure, strict=True)
    )
    return DrawingResult(name, width, height, disk, spots, PRETRAINED, "m", "i", 0.4, 2.0)


def _label(space: Workspace, names: list[str], size: tuple[int, int]) -> None:
    """Write a COCO file with SPOTS labels for each of these drawings."""
    images = [
        {"id": number, "file_name": name, "width": size[0], "height": size[1]}
        for number, name in enumerate(names, start=1)
    ]
    outlines = [(OCTAGON + (size[0] / 3 + 9 * spot, size[1] / 2)).round(2) for spot in range(SPOTS)]
    labels = [
        {
            "id": SPOTS * number + spot,
            "image_id": number,
            "category_id": 1,
            "segmentation": [outline.ravel().tolist()],
        }
        for number in range(1, len(names) + 1)
        for spot, outline in enumerate(outlines)
    ]
    coco = {"images": images, "annotations": labels, "categories": [{"id": 1, "name": "sunspot"}]}
    atomic_write_text(space.annotations_file, json.dumps(coco))


def workspace(folder: Path, count: int) -> Workspace:
    """Return the workspace in a folder, created if missing, without its index and derived files."""
    space = Workspace(folder)
    if not space.format_file.exists():
        began = time.perf_counter()
        fill(space.create(), count)
        print(f"made in {time.perf_counter() - began:.0f} s", flush=True)
    for left in (space.root / "output").glob("index.sqlite*"):
        left.unlink()
    shutil.rmtree(space.root / "output" / "views", ignore_errors=True)
    return space


def indexed(space: Workspace, count: int) -> int:
    """Wait until the index is complete and return its number of spots."""
    catalogue = Catalogue(space)
    sql = "select (select count(*) from drawing) as drawings, count(*) as results from result"
    while tuple(catalogue.rows(sql)[0]) != (count, count):
        time.sleep(0.5)
    return catalogue.summary().spots


def seconds_until(page: Page, seen: str) -> float:
    """Return the seconds from opening a page until a condition holds on it."""
    found = page.wait_for_function(f"() => ({seen}) && performance.now()", timeout=60_000)
    return float(found.json_value()) / 1000


def open_page(page: Page, address: str, path: str) -> float:
    """Open a page of a dashboard and return the seconds until it is usable."""
    page.goto(address + path, wait_until="commit")
    return seconds_until(page, USABLE[path])


def first_figure(page: Page, address: str, path: str) -> float:
    """Open a page of a dashboard and return the seconds until its first figure is drawn."""
    page.goto(address + path, wait_until="commit")
    return seconds_until(page, FIRST_FIGURE[path])


def act(page: Page, do: str, seen: str) -> float:
    """Perform an action on a page and return the seconds until its result is visible."""
    began = page.evaluate(
        f"() => {{ window.before = document.querySelector('#explore-count')?.textContent;"
        f"const began = performance.now(); {do}; return began; }}"
    )
    return seconds_until(page, seen) - began / 1000


def megabytes(process: int) -> float:
    """Return the resident memory of a process."""
    (line,) = (line for line in Path(f"/proc/{process}/status").read_text().splitlines() if "VmRSS" in line)
    return int(line.split()[1]) / 1024


def indexer_of(process: int) -> int:
    """Return the process id of a dashboard's indexer."""
    return int(Path(f"/proc/{process}/task/{process}/children").read_text().split()[0])


def measure(space: Workspace, count: int, prefix: str) -> bool:
    """Measure and print the pages of a prefix; return whether time and memory are within their limits."""
    began = time.perf_counter()
    dashboard = Dashboard(space, "--no-demo", "--no-worker")
    try:
        dashboard.start()
        assert dashboard.process is not None
        spots = indexed(space, count)
        print(
            f"{count} drawings, {spots} spots: index complete after {time.perf_counter() - began:.1f} s",
            flush=True,
        )
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
            page = chromium.new_page(viewport={"width": 1300, "height": 900})
            open_page(page, dashboard.url, "/explore")
            page.wait_for_timeout(HAND_MS)
            print(f"  {'butterfly, from the click':<28}{act(page, *BUTTERFLY):6.2f} s", flush=True)
            slowest = 0.0
            for path in (path for path in USABLE if path.startswith(prefix)):
                if path in FIRST_FIGURE:
                    times = [first_figure(page, dashboard.url, path) for _ in range(LOADS)]
                    print(
                        f"  {path + ', first figure':<28}{min(times):6.2f} to {max(times):.2f} s", flush=True
                    )
                cold, *warm = (open_page(page, dashboard.url, path) for _ in range(1 + LOADS))
                print(
                    f"  {path:<28}{min(warm):6.2f} to {max(warm):.2f} s (first time {cold:.2f})", flush=True
                )
                slowest = max(slowest, *warm)
            opened = ""
            for name, (path, do, seen) in ACTIONS.items():
                if not path.startswith(prefix):
                    continue
                if path != opened:
                    open_page(page, dashboard.url, path)
                    page.wait_for_timeout(HAND_MS)
                    opened = path
                print(f"  {name:<28}{act(page, do, seen):6.2f} s", flush=True)
            chromium.close()
        web, indexer = megabytes(dashboard.process.pid), megabytes(indexer_of(dashboard.process.pid))
        print(f"web process {web:.0f} MB, indexer {indexer:.0f} MB")
    finally:
        dashboard.end()
    return slowest < PAGE_SECONDS and web < WEB_MB


if __name__ == "__main__":
    drawings = int(sys.argv[2]) if len(sys.argv) > 2 else 30_000
    pages = sys.argv[3] if len(sys.argv) > 3 else ""
    sys.exit(not measure(workspace(Path(sys.argv[1]), drawings), drawings, pages))
