"""A plan tells what the training then does."""

from __future__ import annotations

import json
import time
from datetime import date, timedelta

import pytest

from sunspot_dash.errors import CocoError, ParameterError
from sunspot_dash.services.models.preview import preview_training
from sunspot_dash.services.models.training import train_model


def labels(workspace, count: int, spots: int) -> None:
    """Write a label file of so many drawings, ten days apart, and empty files in place of the drawings."""
    names = [f"usd{date(1940, 1, 1) + timedelta(days=10 * i):%Y%m%d}0900.jpg" for i in range(count)]
    shape = [[10, 10, 20, 10, 20, 20]]
    content = {
        "images": [{"id": i, "file_name": name, "width": 99, "height": 99} for i, name in enumerate(names)],
        "annotations": [
            {"id": i, "image_id": i // spots, "segmentation": shape} for i in range(count * spots)
        ],
    }
    for path in workspace.images.iterdir():
        path.unlink()
    for name in names:
        (workspace.images / name).touch()
    workspace.annotations_file.write_text(json.dumps(content))


def test_a_training_does_what_its_plan_says(workspace, config):
    told = preview_training(workspace, config)
    events = []
    train_model(workspace, config, report=events.append)
    sides = next(event for event in events if event["kind"] == "plan")
    assert told.training.drawings == len(sides["training"])
    assert told.validation.drawings == len(sides["validation"]) > 0
    assert {event["of"] for event in events if event["kind"] == "step"} == {told.steps}
    assert told.steps == told.tiles // config.batch_size and not told.warning
    assert told.earlier == 0 and preview_training(workspace, config).earlier == 1


def test_the_sides_are_named_by_their_date_blocks(workspace, config):
    labels(workspace, 3, 2)
    told = preview_training(workspace, config.model_copy(update={"validation_share": 0.34}))
    blocks = {*told.training.blocks, *told.validation.blocks}
    assert blocks == {"1940-01-01", "1940-01-11", "1940-01-21"}
    assert (told.validation.drawings, told.validation.spots) == (1, 2)


def test_the_time_comes_from_earlier_trainings_scaled_to_what_is_asked(workspace, config):
    labels(workspace, 10, 3)
    first = preview_training(workspace, config)
    sides = {
        "training": [path.name for path in sorted(workspace.images.iterdir())],
        "validation": [],
    }
    card = {
        "name": "m", "encoder": "resnet18", "radius": 128, "parameters": config.model_dump(), "split": sides,
    }  # fmt: skip
    files = workspace.model("m")
    files.card.write_text(json.dumps(card))
    files.history.write_text(json.dumps([{"epoch": n, "seconds": s} for n, s in enumerate((900, 100, 100))]))
    wanted = config.model_copy(update={"epochs": 10, "validation_share": 0})
    told = preview_training(workspace, wanted)
    assert first.earlier == 0 and first.seconds < 60
    assert told.earlier == 1 and told.seconds == pytest.approx(1000, rel=0.05)
    assert (
        preview_training(workspace, wanted.model_copy(update={"tile_size": 128})).seconds > 1.8 * told.seconds
    )
    assert (
        preview_training(workspace, wanted.model_copy(update={"encoder": "resnet50"})).seconds
        > 1.2 * told.seconds
    )
    assert preview_training(workspace, wanted.model_copy(update={"device": "cuda"})).earlier == 0
    files.history.write_text("damaged")
    assert preview_training(workspace, wanted).earlier == 0


def test_what_cannot_be_planned_is_refused_as_the_training_would(workspace, config):
    for path in workspace.images.iterdir():
        path.unlink()
    with pytest.raises(ParameterError) as planned:
        preview_training(workspace, config)
    with pytest.raises(ParameterError) as trained:
        train_model(workspace, config)
    assert str(planned.value) == str(trained.value)
    workspace.annotations_file.unlink()
    with pytest.raises(CocoError, match="there is no annotation file"):
        preview_training(workspace, config)


def test_one_block_leaves_nothing_to_validate_and_the_plan_says_so(workspace, config):
    labels(workspace, 1, 4)
    told = preview_training(workspace, config)
    assert told.validation.drawings == 0 and "too few drawings" in told.warning
    assert preview_training(workspace, config.model_copy(update={"validation_share": 0})).warning == ""


def test_missing_blank_and_faulty_entries_are_counted(workspace, config):
    labels(workspace, 4, 2)
    content = json.loads(workspace.annotations_file.read_text())
    content["annotations"] = [label for label in content["annotations"] if label["image_id"] != 1]
    content["annotations"][0]["segmentation"] = [[1, 2]]
    mask = {"size": [99, 99], "counts": [99, 5, 99 * 99 - 104]}
    content["annotations"][-1]["segmentation"] = mask
    workspace.annotations_file.write_text(json.dumps(content))
    sorted(workspace.images.iterdir())[2].unlink()
    told = preview_training(workspace, config)
    assert (told.blank, told.missing, told.problems, told.masks) == (1, 1, 1, 1)
    assert told.training.drawings + told.validation.drawings == 3


def test_a_plan_of_thousands_is_quick_once_its_labels_were_read(workspace, config):
    labels(workspace, 3000, 4)
    preview_training(workspace, config)
    began = time.monotonic()
    assert preview_training(workspace, config.model_copy(update={"seed": 1})).training.drawings > 2000
    assert time.monotonic() - began < 1
