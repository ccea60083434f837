"""The preview of a training matches the training."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from sunspot_dash.domain.drawing.corrections import Correction
from sunspot_dash.errors import CocoError, ParameterError, UndecidedError
from sunspot_dash.io.corrections import write_corrections
from sunspot_dash.services.dataset import label_choice
from sunspot_dash.services.dataset.label_cache import load_labels
from sunspot_dash.services.dataset.label_choice import store_categories
from sunspot_dash.services.models.preview import preview_training
from sunspot_dash.services.models.training import train_model
from sunspot_dash.workspace import Workspace


def labels(workspace, count: int, spots: int) -> None:
    """Write labels of `count` drawings, ten days apart, with `spots` spots each, and empty files as drawings."""
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


def test_a_training_matches_its_preview(workspace, trained_once, config):
    plan = preview_training(workspace, config)
    events = json.loads((trained_once / "events.json").read_text())
    sides = next(event for event in events if event["kind"] == "plan")
    assert plan.training.drawings == len(sides["training"])
    assert plan.validation.drawings == len(sides["validation"]) > 0
    assert {event["of"] for event in events if event["kind"] == "step"} == {plan.steps}
    assert plan.steps == plan.tiles // config.batch_size and not plan.warning
    assert plan.earlier == 0 and preview_training(Workspace(trained_once), config).earlier == 1


def test_training_and_validation_are_listed_by_date_block(workspace, config):
    labels(workspace, 3, 2)
    plan = preview_training(workspace, config.model_copy(update={"validation_share": 0.34}))
    blocks = {*plan.training.blocks, *plan.validation.blocks}
    assert blocks == {"1940-01-01", "1940-01-11", "1940-01-21"}
    assert (plan.validation.drawings, plan.validation.spots) == (1, 2)


def test_the_duration_is_scaled_from_earlier_trainings(workspace, config):
    labels(workspace, 10, 3)
    config = config.model_copy(update={"validation_share": 0})
    first = preview_training(workspace, config)
    card = {"name": "m", "encoder": "resnet18", "radius": 128, "parameters": config.model_dump()}
    files = workspace.model("m")
    files.card.write_text(json.dumps(card))
    tiles = first.tiles // 2
    rows = [{"epoch": n, "tiles": tiles, "tiles_seconds": seconds} for n, seconds in enumerate((450, 50, 50))]
    files.history.write_text(json.dumps(rows))
    wanted = config.model_copy(update={"epochs": 10})
    plan = preview_training(workspace, wanted)
    assert first.earlier == 0 and first.seconds < 60
    assert plan.earlier == 1 and plan.seconds == pytest.approx(1000, rel=0.05)
    assert (
        preview_training(workspace, wanted.model_copy(update={"tile_size": 128})).seconds > 1.8 * plan.seconds
    )
    assert (
        preview_training(workspace, wanted.model_copy(update={"encoder": "resnet50"})).seconds
        > 1.2 * plan.seconds
    )
    assert preview_training(workspace, wanted.model_copy(update={"device": "cuda"})).earlier == 0
    files.history.write_text("damaged")
    assert preview_training(workspace, wanted).earlier == 0


def test_a_preview_is_rejected_with_the_same_error_as_the_training(workspace, config):
    for path in workspace.images.iterdir():
        path.unlink()
    with pytest.raises(ParameterError) as planned:
        preview_training(workspace, config)
    with pytest.raises(ParameterError) as trained:
        train_model(workspace, config)
    assert str(planned.value) == str(trained.value)
    workspace.annotations_file.unlink()
    with pytest.raises(CocoError, match=r"annotation file .* not found"):
        preview_training(workspace, config)


def test_a_single_block_leaves_no_validation_and_the_preview_says_so(workspace, config):
    labels(workspace, 1, 4)
    plan = preview_training(workspace, config)
    assert plan.validation.drawings == 0 and "too few drawings" in plan.warning
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
    plan = preview_training(workspace, config)
    assert (plan.blank, plan.missing, plan.problems, plan.masks) == (1, 1, 1, 1)
    # The first drawing is only partly labelled.
    assert plan.training.drawings + plan.validation.drawings == 2
    assert [name for name, _ in plan.partly] == ["usd194001010900.jpg"]
    assert plan.partly[0][1].startswith("1 of its 2 labels cannot be used (annotation 0: ")
    kept = preview_training(workspace, config.model_copy(update={"keep_partly_labelled": True}))
    assert kept.training.drawings + kept.validation.drawings == 3 and kept.kept_partly


def test_only_labels_of_the_chosen_categories_are_counted(workspace, config):
    labels(workspace, 4, 3)
    content = json.loads(workspace.annotations_file.read_text())
    content["categories"] = [{"id": 1, "name": "Fleck"}, {"id": 2, "name": "Hof"}]
    for number, label in enumerate(content["annotations"]):
        label["category_id"] = 2 if number % 3 == 2 else 1
    workspace.annotations_file.write_text(json.dumps(content))
    with pytest.raises(UndecidedError, match=r"Fleck \(8 labels\), Hof \(4 labels\)"):
        preview_training(workspace, config)
    store_categories(workspace, ["Fleck"])
    plan = preview_training(workspace, config)
    assert plan.training.spots + plan.validation.spots == 8
    assert (plan.spots, plan.other) == ({"Fleck": 8}, {"Hof": 4})
    plan = preview_training(workspace, config.model_copy(update={"category": ["Hof"]}))
    assert plan.training.spots + plan.validation.spots == 4


def test_labels_are_read_once_until_their_file_changes(workspace, config, monkeypatch):
    labels(workspace, 30, 4)
    read = []
    monkeypatch.setattr(label_choice, "load_labels", lambda space: read.append(space) or load_labels(space))
    for seed in range(3):
        assert preview_training(workspace, config.model_copy(update={"seed": seed})).training.drawings > 20
    assert read == [workspace]
    labels(workspace, 20, 4)
    assert preview_training(workspace, config).training.drawings < 20 and len(read) == 2


def test_undated_drawings_are_trained_on_only_and_named(workspace, config):
    labels(workspace, 6, 4)
    content = json.loads(workspace.annotations_file.read_text())
    names = ["Scan 1.png", "Scan 2.png"]
    for image, name in zip(content["images"], names, strict=False):
        (workspace.images / image["file_name"]).rename(workspace.images / name)
        image["file_name"] = name
    workspace.annotations_file.write_text(json.dumps(content))
    plan = preview_training(workspace, config)
    assert plan.warning.startswith(
        "2 drawings without a date (Scan 1.png and Scan 2.png) are used for training"
    )
    assert "2 undated" in plan.training.blocks and len(plan.validation.blocks) > 0
    write_corrections(workspace.corrections_file, {name: Correction("1956-01-02") for name in names})
    plan = preview_training(workspace, config)
    assert plan.warning == ""
    assert "1956-01-02" in {*plan.training.blocks, *plan.validation.blocks}
