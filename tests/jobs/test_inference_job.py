"""An inference job: every file it cannot use is listed, and its result says what else the user should know."""

from __future__ import annotations

import csv
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from jobs.chunks import Chunks
from jobs.follow import notes_of, result_lines
from jobs.recovery import open_ledger
from jobs.tasks import inference
from jobs.tasks.context import Context
from jobs.tasks.parameters import Infer
from sunspot_dash.services.dataset.archives import import_folder
from sunspot_dash.settings import QueueSettings
from sunspot_dash.workspace import EVERYTHING, Workspace
from tests.conftest import copy_of


@pytest.fixture
def done(results_once, tmp_path) -> Workspace:
    """A workspace whose drawings are done, with odd files among them."""
    space = copy_of(results_once, tmp_path / "data")
    path = sorted(space.images.iterdir())[0]
    shutil.copy(path, space.images / os.fsdecode(b"bad\xff.png"))
    (space.images / "loop.png").symlink_to("loop.png")
    os.mkfifo(space.images / "pipe.png")
    (space.images / "scan.pdf").write_bytes(b"%PDF-1.4")
    (space.images / "1957").mkdir()
    return space


def nothing(*_: Any) -> Any:
    """Stand for the parts of a worker that this test does not need."""


def never() -> bool:
    return False


def run(space: Workspace, tmp_path: Path, **params: Any) -> dict[str, Any]:
    """Run the job in this process, without a worker."""
    ledger = open_ledger(space, QueueSettings(queue=""))
    folder = tmp_path / "run"
    folder.mkdir()
    chunks = Chunks(ledger.signs, 1, "worker:1")
    values = Infer(model="uset", **params).model_dump() | {"device": "cpu"}
    return inference.infer(
        Context(space, values, folder, False, nothing, never, never, nothing, chunks, nothing, 2)
    )


REFUSED = [r"bad\xff.png", "loop.png", "pipe.png"]


def failed(space: Workspace) -> list[str]:
    with (space.inference_results / "uset" / "failed.csv").open(encoding="utf-8", newline="") as file:
        return [row["name"] for row in csv.DictReader(file)]


@pytest.mark.parametrize("images", ["dataset/images", EVERYTHING, "uccle"])
def test_odd_files_are_listed_and_the_result_says_what_was_left_out(done, tmp_path, images):
    import_folder(done, done.images, "uccle")
    result = run(done, tmp_path, images=images)
    assert (result["drawings"], result["skipped"]) == (5, 5)
    assert sorted(failed(done)) == REFUSED
    where = "dataset/images: " if images == EVERYTHING else ""
    left_out, *why = notes_of(result)
    assert left_out == f"left out: {where}1 PDF (scan.pdf), 1 folder (1957) - run it by itself"
    assert len(why) == len(REFUSED) and all(" failed: " in reason for reason in why)
    assert f"note: {left_out}" in result_lines(result)


def test_several_pages_and_missing_dates_are_in_the_result(done, tmp_path):
    page = Image.open(sorted(path for path in done.images.iterdir() if path.name.startswith("usd"))[0])
    page.save(done.images / "scan.tif", save_all=True, append_images=[page])
    result = run(done, tmp_path, images="dataset/images")
    assert result["new"] == 1
    assert result["notes"][1:3] == [
        "1 drawing has several pages, of which the first is used: scan.tif (2 pages)",
        "1 drawing has no date (scan.tif) and no positions on the Sun: set dates on the Dataset page or with the "
        "command `dates`",
    ]
