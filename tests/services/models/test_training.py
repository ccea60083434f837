"""From labelled drawings to a model and all its files."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import segmentation_models_pytorch as smp

from sunspot_dash.domain.drawing.corrections import Correction, observation_times
from sunspot_dash.domain.labels.coco import load_coco
from sunspot_dash.domain.spots.tree_ensemble import TreeEnsemble
from sunspot_dash.errors import CocoError, ModelError, ParameterError, Stopped, WorkspaceError
from sunspot_dash.files import file_sha256
from sunspot_dash.ml.checkpoint import Checkpoint, load_model, save_weights
from sunspot_dash.ml.config import ModelCard, TrainConfig
from sunspot_dash.ml.model import build_model
from sunspot_dash.services.models import training
from sunspot_dash.services.models.training import TrainingOutcome, train_model
from sunspot_dash.services.models.training_run import PARAMETERS, default_run, stored_config
from sunspot_dash.workspace import Workspace
from tests.conftest import TINY, copy_of
from tests.labelled import keep_drawings


@pytest.fixture(scope="module")
def first(trained_once) -> Workspace:
    """The shared workspace after one training, read-only."""
    return Workspace(trained_once)


@pytest.fixture(scope="module")
def events(first) -> list[dict[str, Any]]:
    """The events of that training."""
    return json.loads((first.root / "events.json").read_text())


def test_a_training_leaves_model_card_log_plot_and_history(first, events, config):
    files = first.model("tiny")
    assert events[-1] == {"kind": "done", "status": "done", "epochs": 2}
    card = load_model(files.weights).card
    assert card == ModelCard.model_validate_json(files.card.read_bytes())
    (category,) = card.parameters["category"]
    assert card.parameters == config.model_dump() | {"category": [category]} and card.radius == 128
    spots = sum(len(labels) for labels in load_coco(first.annotations_file).annotations.values())
    assert card.labels["categories"] == {category: spots} and card.labels["left_out"] == []
    assert card.weights_sha256 == file_sha256(files.weights) and len(card.data_hash) == 64
    assert set(card.split["training"]) | set(card.split["validation"]) == {
        p.name for p in first.images.iterdir()
    }
    assert not set(card.split["training"]) & set(card.split["validation"])
    log = files.log.read_text()
    for word in [
        *config.model_dump(exclude={"model_name"}),
        *(str(path.relative_to(first.root)) for path in (files.weights, files.plot, files.log)),
        "status: done",
    ]:
        assert word in log
    assert log.count("train_loss") == 2 and "drawing left out" not in log
    assert files.plot.read_bytes().startswith(b"\x89PNG")
    assert len(json.loads(files.history.read_text())) == 2
    assert [event["kind"] for event in events if event["kind"] in ("plan", "epoch", "done")] == [
        "plan",
        "epoch",
        "epoch",
        "done",
    ]


def test_the_plan_event_has_everything_needed_to_repeat_a_training(first, events):
    plan = next(event for event in events if event["kind"] == "plan")
    card = json.loads(first.model("tiny").card.read_text())
    assert plan["data_hash"] == card["data_hash"] and plan["versions"] == card["versions"]
    assert "torch" in plan["versions"] and len(plan["data_hash"]) == 64


def test_an_existing_name_is_rejected(first, config):
    before = file_sha256(first.model("tiny").weights)
    with pytest.raises(ParameterError, match="--overwrite"):
        train_model(first, config)
    assert file_sha256(first.model("tiny").weights) == before


def test_a_stopped_training_resumes_only_with_the_same_parameters(workspace, config):
    """Stopped during the validation of its second epoch, which is then discarded."""
    keep_drawings(workspace, 2)
    asked = []

    def count(event):
        if event["kind"] == "step" and (event["epoch"], event["step"]) == (2, event["of"]):
            asked.append("after the last step of the second epoch")

    def should_stop() -> bool:
        asked.extend(["once more"] * bool(asked))
        return len(asked) > 2

    config = config.model_copy(update={"validation_share": 0.5})
    stopped = train_model(workspace, config, report=count, should_stop=should_stop)
    assert (stopped.status, stopped.epochs) == ("stopped", 1) and stopped.weights.exists()
    with pytest.raises(ParameterError, match="learning_rate"):
        train_model(workspace, config.model_copy(update={"learning_rate": 0.01}), mode="resume")
    resumed = train_model(workspace, config, mode="resume")
    assert resumed.status == "done" and [row["epoch"] for row in resumed.history] == [1, 2]


def test_the_name_of_a_shipped_model_is_rejected(workspace, config):
    with pytest.raises(ParameterError, match="shipped model"):
        train_model(workspace, config.model_copy(update={"model_name": "uset"}), mode="overwrite")


def test_resuming_without_a_training_is_an_error(workspace, config):
    with pytest.raises(ParameterError, match="no training of 'tiny'"):
        train_model(workspace, config, mode="resume")


def test_a_training_stopped_before_its_first_epoch_leaves_only_its_parameters(workspace, config):
    with pytest.raises(Stopped, match="stopped after 1 of 5 drawings were prepared"):
        train_model(workspace, config, should_stop=lambda: True)
    folder = default_run(workspace, "tiny").folder
    assert [path.name for path in folder.iterdir()] == [PARAMETERS]
    stored = stored_config(folder, "tiny")
    assert len(stored.category) == 1 and stored == config.model_copy(update={"category": stored.category})
    with pytest.raises(ParameterError, match="ended before its first epoch: start it with --overwrite"):
        train_model(workspace, config, mode="resume")
    (folder / PARAMETERS).write_text("{")
    with pytest.raises(ParameterError, match="restart the training of 'tiny' with --overwrite"):
        stored_config(folder, "tiny")


@pytest.fixture(scope="module")
def retrained(tmp_path_factory, trained_once) -> tuple[str, TrainingOutcome]:
    """A training that replaces the first: from weights with a candidate classifier, on a good and a broken drawing.

    Returns the broken drawing's name and the outcome.
    """
    space = copy_of(trained_once, tmp_path_factory.mktemp("retrained") / "data")
    keep_drawings(space, 2)
    broken = sorted(space.images.iterdir())[0]
    broken.write_bytes(broken.read_bytes()[:3000])
    leaf = TreeEnsemble(
        roots=np.zeros(1, np.int32),
        feature=np.full(1, -1, np.int16),
        threshold=np.zeros(1, np.float32),
        right=np.zeros(1, np.int32),
        share=np.full(1, 0.75, np.float32),
    )
    start = space.root / "start.pth"
    save_weights(build_model("resnet18").state_dict(), "resnet18", 128, start, leaf)
    config = TrainConfig(model_name="tiny", **TINY).model_copy(
        update={"epochs": 1, "seed": 4, "encoder_weights": str(start)}
    )
    return broken.name, train_model(space, config, mode="overwrite")


def test_overwriting_replaces_the_model(retrained, first):
    assert file_sha256(retrained[1].weights) != file_sha256(first.model("tiny").weights)


def test_the_given_starting_weights_are_used_and_keep_their_classifier(retrained):
    _, outcome = retrained
    assert "starting weights: start.pth" in outcome.log.read_text()
    kept = load_model(outcome.weights).candidate_classifier
    assert kept and kept.share.tolist() == [0.75]


def test_a_broken_drawing_is_reported_and_the_others_are_trained_on(retrained):
    broken, outcome = retrained
    assert broken in [name for name, _ in outcome.failed]
    assert f"drawing left out: {broken}" in outcome.log.read_text()


def test_too_few_dates_for_validation_are_reported(retrained):
    assert "too few drawings" in retrained[1].log.read_text()


def test_without_labels_or_drawings_there_is_a_clear_error(workspace, config):
    for path in workspace.images.iterdir():
        path.unlink()
    with pytest.raises(ParameterError, match="no labelled drawing could be used"):
        train_model(workspace, config)
    workspace.annotations_file.unlink()
    with pytest.raises(CocoError, match=r"annotation file .* not found"):
        train_model(workspace, config, mode="overwrite")


def test_starting_weights_that_do_not_fit_are_rejected(first, config, tmp_path):
    space = copy_of(first.root, tmp_path / "data")
    other = config.model_copy(update={"model_name": "other", "encoder_weights": str(tmp_path / "none.pth")})
    with pytest.raises(ModelError, match=r"model file .* not found"):
        train_model(space, other)
    weights = str(space.model("tiny").weights)
    other = other.model_copy(update={"encoder_weights": weights, "encoder": "mobilenet_v2"})
    with pytest.raises(ParameterError, match="use --encoder resnet18"):
        train_model(space, other, mode="overwrite")


def test_a_full_disk_fails_the_training_and_keeps_the_last_model(workspace, config, monkeypatch):
    def full(*_):
        raise WorkspaceError("the disk is full: checkpoint.pt was not written; free some space and run again")

    keep_drawings(workspace, 1)
    monkeypatch.setattr(Checkpoint, "save", full)
    with pytest.raises(WorkspaceError, match="the disk is full"):
        train_model(workspace, config)
    assert "status: failed: the disk is full" in workspace.model("tiny").log.read_text()


def test_an_unreachable_hub_is_a_clear_error(workspace, config, monkeypatch):
    def unreachable(*_, **__):
        raise OSError("no route to the hub")

    monkeypatch.setattr(smp, "Unet", unreachable)
    with pytest.raises(Exception, match="could not be downloaded"):
        train_model(workspace, config.model_copy(update={"encoder_weights": "imagenet"}))


def test_a_resumed_training_keeps_its_split(tmp_path):
    config = TrainConfig(model_name="a", validation_share=0.3)
    names = [f"usd1956{month:02}010900.png" for month in range(1, 11)]
    spots = dict.fromkeys(names, 5)
    file = tmp_path / "split.json"
    began = training._split(file, spots, config, observation_times(names, {}))
    assert began[1]
    by_hand = {name: Correction("1957-01-01") for name in names[:5]}
    assert training._split(file, spots, config, observation_times(names, by_hand)) == began
    # Without one of the drawings there is nothing to continue.
    fewer = {name: 5 for name in names if name != began[1][0]}
    assert began[1][0] not in training._split(file, fewer, config, observation_times(fewer, {}))[1]
