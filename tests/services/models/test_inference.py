"""A model run over a folder: drawings done, skipped, repeated and failed."""

from __future__ import annotations

import csv
import json
import os
import shutil

import cv2
import numpy as np
import pytest
from PIL import Image

from sunspot_dash.domain.drawing.corrections import Correction
from sunspot_dash.domain.drawing.disk import Disk, fit_limb
from sunspot_dash.errors import ModelError, ParameterError
from sunspot_dash.io.corrections import write_corrections
from sunspot_dash.io.images import read_rgb, to_grey
from sunspot_dash.io.results import read_result, result_path
from sunspot_dash.ml import infer
from sunspot_dash.ml.config import InferConfig
from sunspot_dash.services.dataset.orientation import orientation_of, set_orientation
from sunspot_dash.services.models.inference import infer_folder
from sunspot_dash.workspace import Workspace
from tests.conftest import copy_of


@pytest.fixture(scope="module")
def first(results_once) -> Workspace:
    """The shared workspace after one run over its labelled drawings, read-only."""
    return Workspace(results_once)


@pytest.fixture
def ready(results_once, tmp_path) -> Workspace:
    """A copy of it: every drawing is done."""
    return copy_of(results_once, tmp_path / "data")


def run(space, **settings):
    return infer_folder(space, "uset", space.images, InferConfig(device="cpu", **settings))


def test_every_output_is_written(first):
    names = sorted(path.name for path in first.images.iterdir())
    with (first.inference_results / "sunspot_table.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["name", "date", "time", "sunspot"] and [row["name"] for row in rows] == names
    features = json.loads((first.inference_results / "uset_features_polar_coordinates.json").read_text())
    assert list(features) == names
    for row in rows:
        assert int(row["sunspot"]) == len(features[row["name"]])
        page = read_rgb(first.images / row["name"])
        stem = row["name"].rsplit(".", 1)[0]
        for folder in (first.segmented, first.segmented / "uset"):
            mask = cv2.imread(str(folder / f"{stem}_mask.png"), cv2.IMREAD_UNCHANGED)
            assert mask.shape == page.shape[:2] and set(np.unique(mask)) <= {0, 255}
            assert read_rgb(folder / f"{stem}_overlay.png").shape == page.shape
        disk = read_rgb(first.segmented / "uset" / f"{stem}_disk.png")
        assert disk.shape[0] == disk.shape[1] and not disk[0, 0].any()


def test_a_limb_set_by_hand_is_used_and_only_that_drawing_is_repeated(ready):
    name = sorted(path.name for path in ready.images.iterdir())[1]
    found = read_result(result_path(ready.inference_results / "uset" / "drawings", name)).disk
    by_hand = Disk(found.x + 3, found.y, 0.9 * found.radius, 1.0, by_hand=True)
    write_corrections(ready.corrections_file, {name: Correction("1950-01-02", "03:04", by_hand)})
    assert run(ready).done == [name] and run(ready).skipped == 5
    assert read_result(result_path(ready.inference_results / "uset" / "drawings", name)).disk == by_hand
    with (ready.inference_results / "sunspot_table.csv").open() as file:
        row = next(row for row in csv.DictReader(file) if row["name"] == name)
    assert (row["date"], row["time"]) == ("1950-01-02", "03:04")
    write_corrections(ready.corrections_file, {})
    assert run(ready).done == [name]
    assert read_result(result_path(ready.inference_results / "uset" / "drawings", name)).disk == found


def test_a_second_run_skips_and_force_repeats(ready):
    again = run(ready)
    assert again.skipped == 5 and not again.done and not again.failed
    names = sorted(path.name for path in ready.images.iterdir())
    for name in names[2:]:
        (ready.images / name).unlink()
    assert run(ready, force=True).done == names[:2]


def test_a_changed_file_is_run_again(ready):
    path = sorted(ready.images.iterdir())[0]
    page = cv2.imread(str(path), 0)
    page[:5, :5] = 0
    cv2.imwrite(str(path), page)
    assert run(ready).done == [path.name]


def test_another_threshold_recounts_without_the_network(ready, monkeypatch):
    monkeypatch.setattr(infer, "probability_maps", lambda *_: pytest.fail("the network ran again"))
    first = run(ready, threshold=0.1)
    second = run(ready, threshold=0.99)
    assert len(first.done) == len(second.done) == 5 and second.spots <= first.spots
    path = result_path(ready.inference_results / "uset" / "drawings", second.done[0])
    assert read_result(path).threshold == 0.99


def test_failures_are_listed_with_their_reason_and_the_rest_continue(ready):
    names = sorted(path.name for path in ready.images.iterdir())
    (ready.images / names[0]).write_bytes(b"")
    cv2.imwrite(str(ready.images / names[1]), np.full((400, 300), 240, np.uint8))
    (ready.images / "text.png").write_bytes(b"not an image")
    for name in names[:3]:
        result_path(ready.results_of("uset"), name).unlink()
    outcome = run(ready)
    assert outcome.done == names[2:3] and outcome.skipped == 2
    reasons = dict(outcome.failed)
    assert (
        "empty" in reasons[names[0]]
        and "no solar limb" in reasons[names[1]]
        and "not an image" in reasons["text.png"]
    )
    with (ready.inference_results / "uset" / "failed.csv").open() as file:
        assert {row["name"] for row in csv.DictReader(file)} == set(reasons)
    table = (ready.inference_results / "sunspot_table.csv").read_text()
    assert names[0] not in table and names[2] in table


def test_the_documented_folders_hold_the_results_of_the_last_model(ready):
    (ready.trained_models / "other.pth").write_bytes((ready.trained_models / "uset.pth").read_bytes())
    only = ready.root / "one"
    only.mkdir()
    first = sorted(ready.images.iterdir())[0]
    (only / first.name).write_bytes(first.read_bytes())
    infer_folder(ready, "other", only, InferConfig(device="cpu"))
    found = {path.name for path in ready.inference_results.glob("*.json")}
    assert found == {"other_features_polar_coordinates.json"}
    assert {path.name for path in ready.segmented.glob("*_mask.png")} == {f"{first.stem}_mask.png"}
    assert len(list((ready.segmented / "uset").glob("*_mask.png"))) == 5


def test_stopping_keeps_finished_drawings(ready):
    names = sorted(path.name for path in ready.images.iterdir())
    for name in names:
        result_path(ready.results_of("uset"), name).unlink()
    calls = []
    outcome = infer_folder(
        ready,
        "uset",
        ready.images,
        InferConfig(device="cpu"),
        lambda event: calls.append(event),
        lambda: len(calls) >= 2,
    )
    # One more is written, and one more was read, when the second is reported.
    assert outcome.stopped and 2 <= len(outcome.done) <= 4
    assert outcome.done == names[: len(outcome.done)]
    assert run(ready).done == names[len(outcome.done) :]


def test_spots_are_within_the_limb(first):
    for path in sorted(first.images.iterdir()):
        disk = fit_limb(to_grey(read_rgb(path)))
        spots = read_result(result_path(first.inference_results / "uset" / "drawings", path.name)).spots
        assert spots
        for spot in spots:
            assert np.hypot(*disk.offsets(np.array([[spot.x, spot.y]]))[0]) <= disk.radius + 0.01


def test_a_missing_model_missing_images_and_a_bad_orientation_are_rejected(ready):
    with pytest.raises(ModelError, match=r"available models are .*uset"):
        infer_folder(ready, "none", ready.images)
    with pytest.raises(ParameterError, match="there is no image"):
        infer_folder(ready, "uset", ready.images_to_run)
    with pytest.raises(ParameterError, match="orientation"):
        run(ready, orientation="upside-down")


def test_the_orientation_of_the_last_run_is_kept_unless_another_is_given(ready):
    run(ready, orientation="direct-solar")
    run(ready)
    name = run(ready).folder.name
    assert orientation_of(ready, name) == "direct-solar"
    assert set_orientation(ready, name, "uset") and not set_orientation(ready, name, "uset")
    for model, preset in ((name, "upside-down"), (name, ""), ("nothing", "uset")):
        with pytest.raises(ParameterError):
            set_orientation(ready, model, preset)


def test_odd_files_are_listed_with_their_reason_and_the_rest_continues(ready):
    path = sorted(ready.images.iterdir())[0]
    shutil.copy(path, ready.images / os.fsdecode(b"bad\xff.png"))
    (ready.images / "loop.png").symlink_to("loop.png")
    os.mkfifo(ready.images / "pipe.png")
    (ready.images / "scan.pdf").write_bytes(b"%PDF-1.4")
    (ready.images / "1957").mkdir()
    (ready.images / "notes.txt").write_text("no image")
    for _ in range(2):
        outcome = run(ready)
        assert outcome.skipped == 5
        assert [name for name, _ in outcome.failed] == [r"bad\xff.png", "loop.png", "pipe.png"]
        with (ready.inference_results / "uset" / "failed.csv").open(encoding="utf-8") as file:
            assert [tuple(row.values()) for row in csv.DictReader(file)] == outcome.failed
        assert outcome.notes == [
            "left out: 1 PDF (scan.pdf), 1 folder (1957) - run it by itself, 1 other file (notes.txt)"
        ]


def test_results_of_a_name_that_is_not_utf8_do_not_stop_the_tables(ready):
    folder = ready.results_of("uset")
    record = json.loads(sorted(folder.iterdir())[0].read_text())
    record["name"] = "bad\udcff.png"
    result_path(folder, record["name"]).write_text(json.dumps(record))
    (folder / "loop.json").symlink_to("loop.json")
    run(ready)
    with (ready.inference_results / "uset" / "detections.csv").open(encoding="utf-8") as file:
        assert not [row["drawing"] for row in csv.DictReader(file) if row["drawing"].startswith("bad")]


def test_several_pages_and_missing_dates_are_reported(ready):
    path = sorted(ready.images.iterdir())[0]
    page = Image.open(path)
    page.save(ready.images / "scan.tif", save_all=True, append_images=[page])
    outcome = run(ready)
    assert outcome.done == ["scan.tif"]
    assert outcome.notes[0] == ("1 drawing has several pages, of which the first is used: scan.tif (2 pages)")
    assert outcome.notes[1].startswith("1 drawing has no date (scan.tif)")
    write_corrections(ready.corrections_file, {"scan.tif": Correction("1956-01-02", "09:00")})
    again = run(ready)
    assert again.skipped == 6 and len(again.notes) == 1
