"""Every write of the services on a full and on a read-only disk: one sentence, nothing half done, and recovery."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from jobs import control
from jobs.recovery import open_ledger
from sunspot_dash.domain.drawing.corrections import Correction
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.review.gestures import Act
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.errors import SunspotError
from sunspot_dash.files import disk_fault
from sunspot_dash.io.pictures import write_pictures
from sunspot_dash.io.results import write_result
from sunspot_dash.ml.checkpoint import Checkpoint, save_weights
from sunspot_dash.services.analysis.references import import_reference
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.services.dataset.archives import import_folder
from sunspot_dash.services.dataset.convert import convert_annotations, filter_labelled
from sunspot_dash.services.dataset.corrections import correct
from sunspot_dash.services.dataset.orientation import set_orientation
from sunspot_dash.services.dataset.trash import delete_drawings
from sunspot_dash.services.dataset.uploads import accept_upload
from sunspot_dash.services.demo import sample_data
from sunspot_dash.services.drawing.grey import write_grey
from sunspot_dash.services.drawing.images import view
from sunspot_dash.services.export.formats import FORMATS, export_file
from sunspot_dash.services.models.publish import publish, write_failed
from sunspot_dash.services.models.training_outputs import TrainingLog
from sunspot_dash.services.review.record import Intent, record
from sunspot_dash.settings import QueueSettings
from sunspot_dash.workspace import Workspace
from tests.disks import full, read_only, small_disk

NAME = "usd190001010900.png"
SIZE = 400
LABELS = {
    "images": [{"id": 1, "file_name": NAME, "width": SIZE, "height": SIZE}],
    "categories": [{"id": 1, "name": "sunspot"}],
    "annotations": [
        {
            "id": 1,
            "image_id": 1,
            "category_id": 1,
            "segmentation": [[190, 190, 210, 190, 210, 210, 190, 210]],
            "bbox": [190, 190, 20, 20],
            "area": 400,
            "iscrowd": 0,
        }
    ],
}
WEIGHTS = {"conv.weight": torch.zeros(64, 64, 3, 3)}
OUTLINE = np.array([[190.0, 190], [210, 190], [210, 210], [190, 210]])
SILSO = b"".join(b"2024;01;%02d;2024.0%02d;100;10.0;20;1\n" % (day, day) for day in range(1, 32))


def png(grey: int) -> bytes:
    rng = np.random.default_rng(grey)
    return bytes(cv2.imencode(".png", rng.integers(0, 255, (SIZE, SIZE), np.uint8))[1])


def result(confidence: float) -> DrawingResult:
    spots = (Spot.from_outline(OUTLINE, confidence),)
    return DrawingResult(NAME, SIZE, SIZE, Disk(200, 200, 180, 0.9), spots, "m", "h", "i", 0.4, 1.0)


@pytest.fixture
def space(tmp_path, monkeypatch) -> Iterator[Workspace]:
    """A workspace with a labelled drawing and its result, on a small disk."""
    for disk in small_disk(tmp_path / "small", "24m"):
        space = Workspace(disk / "data").create()
        (space.images / NAME).write_bytes(png(1))
        space.annotations_file.write_text(json.dumps(LABELS))
        write_result(space.results_of("m"), result(0.9))
        write_pictures(space.segmented / "m", result(0.9), np.zeros((SIZE, SIZE, 3), np.uint8))
        publish(space, "m")
        record(space, "m", NAME, Intent("Ada", Act.FINISH))
        Indexer(Catalogue(space)).refresh()
        (tmp_path / "scans").mkdir()
        (tmp_path / "scans" / "usd190002010900.png").write_bytes(png(2))
        yield space


def _view(space: Workspace) -> object:
    catalogue = Catalogue(space)
    return view(catalogue, catalogue.rows("select key from drawing")[0]["key"], "thumb")


def _grey(space: Workspace) -> object:
    catalogue = Catalogue(space)
    return write_grey(catalogue, catalogue.rows("select key from drawing")[0]["key"])


def _log(space: Workspace) -> object:
    for number in range(50):
        TrainingLog(space.logs / f"{number}.log", append=False).close()
    return write_failed(space.inference_results / "m", [("a", "b")])


def _submit(space: Workspace) -> object:
    ledger = open_ledger(space, QueueSettings(queue=""))
    return [control.submit(ledger, "probe", {}) for _ in range(200)]


WRITES: dict[str, Callable[[Workspace, Path], object]] = {
    "image": lambda space, _: accept_upload(space, "labelled", "b.png", io.BytesIO(png(3))),
    "labels": lambda space, _: accept_upload(
        space, "labelled", "x.json", io.BytesIO(json.dumps(LABELS).encode())
    ),
    "correction": lambda space, _: correct(space, NAME, Correction(date="1900-01-02")),
    "orientation": lambda space, _: set_orientation(space, "m", "direct"),
    "deletion": lambda space, _: delete_drawings(space, [space.images / NAME]),
    "archive": lambda space, scans: import_folder(space, scans, "old"),
    "masks": lambda space, _: convert_annotations(space.images, space.annotations_file, space.masks),
    "copies": lambda space, _: filter_labelled(space.images, space.annotations_file, space),
    "result": lambda space, _: write_result(space.results_of("m"), result(0.8)),
    "pictures": lambda space, _: write_pictures(
        space.segmented / "n", result(0.8), np.zeros((SIZE, SIZE, 3), np.uint8)
    ),
    "tables": lambda space, _: publish(space, "m"),
    "failures": lambda space, _: write_failed(space.inference_results / "m", [("a", "b")]),
    "reference": lambda space, _: import_reference(space, SILSO, "SN_d_tot_V2.0.csv"),
    "thumbnail": lambda space, _: _view(space),
    "grey levels": lambda space, _: _grey(space),
    "training log": lambda space, _: _log(space),
    "demo": lambda space, _: sample_data.add_demo(space, days=1),
    "job": lambda space, _: _submit(space),
    "weights": lambda space, _: save_weights(WEIGHTS, "resnet18", 128, space.model("n").weights),
    "checkpoint": lambda space, _: Checkpoint(space.logs / "state").save({"epoch": 1, "best": WEIGHTS}),
    **{
        f"export {form}": lambda space, _, form=form: export_file(
            Catalogue(space), "m", form, space.root / f"export-{form}"
        )
        for form in FORMATS
    },
}


def sentence_of(write: Callable[[], object]) -> str:
    """Return the sentence that a page or a command shows for the error of a write."""
    try:
        write()
    except SunspotError as error:
        return str(error)
    except (OSError, sqlite3.Error) as error:
        return disk_fault(error)
    return ""


def files(space: Workspace) -> set[str]:
    """Return the files of a workspace that others read."""
    own = (space.queue, space.runs, space.trash)
    found = (path for path in space.root.rglob("*") if path.is_file())
    return {str(path) for path in found if not any(folder in path.parents for folder in own)}


@pytest.mark.parametrize("what", WRITES)
def test_a_full_disk_is_one_sentence_and_leaves_nothing_half_done(space, tmp_path, what):
    before = files(space)
    with full(tmp_path / "small"):
        sentence = sentence_of(lambda: WRITES[what](space, tmp_path / "scans"))
        assert "disk is full" in sentence or "free some space" in sentence or "its free space" in sentence
        assert "\n" not in sentence and "Errno" not in sentence
        left = {
            path for path in files(space) - before if not path.endswith((".log", ".part", "-shm", "-wal"))
        }  # both are continued
        assert not left, "something half done was left"
    assert sentence_of(lambda: WRITES[what](space, tmp_path / "scans")) == ""


@pytest.mark.parametrize("what", WRITES)
def test_a_read_only_disk_is_one_sentence(space, tmp_path, what):
    with read_only(tmp_path / "small"):
        sentence = sentence_of(lambda: WRITES[what](space, tmp_path / "scans"))
        assert "read-only" in sentence.lower() or "readonly" in sentence or "permission" in sentence
        assert "\n" not in sentence and "Errno" not in sentence
    assert sentence_of(lambda: WRITES[what](space, tmp_path / "scans")) == ""
