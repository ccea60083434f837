"""From labelled drawings to a model and all its files."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sunspot_dash.domain.spots.tree_ensemble import TreeEnsemble
from sunspot_dash.errors import CocoError, ParameterError, Stopped, WorkspaceError
from sunspot_dash.files import file_sha256
from sunspot_dash.ml.checkpoint import Checkpoint, load_model, save_weights
from sunspot_dash.ml.config import ModelCard
from sunspot_dash.ml.model import build_model
from sunspot_dash.services.models.training import PARAMETERS, default_run, stored_config, train_model


def test_a_training_leaves_model_card_log_plot_and_history(workspace, config):
    events = []
    outcome = train_model(workspace, config, report=events.append)
    assert outcome.status == "done" and outcome.epochs == 2 and not outcome.failed
    card = load_model(outcome.weights).card
    assert card == ModelCard.model_validate_json(outcome.card.read_bytes())
    assert card.parameters == config.model_dump() and card.radius == 128
    assert card.weights_sha256 == file_sha256(outcome.weights) and len(card.data_hash) == 64
    assert set(card.split["training"]) | set(card.split["validation"]) == {
        p.name for p in workspace.images.iterdir()
    }
    assert not set(card.split["training"]) & set(card.split["validation"])
    log = outcome.log.read_text()
    for word in [
        *config.model_dump(exclude={"model_name"}),
        str(outcome.weights),
        str(outcome.plot),
        str(outcome.log),
        "status: done",
    ]:
        assert word in log
    assert log.count("train_loss") == 2
    assert outcome.plot.read_bytes().startswith(b"\x89PNG")
    assert len(json.loads(workspace.model("tiny").history.read_text())) == 2
    assert [event["kind"] for event in events if event["kind"] in ("plan", "epoch", "done")] == [
        "plan",
        "epoch",
        "epoch",
        "done",
    ]


def test_a_name_that_exists_asks_for_overwrite(workspace, config):
    one = config.model_copy(update={"epochs": 1})
    first = train_model(workspace, one)
    before = file_sha256(first.weights)
    with pytest.raises(ParameterError, match="--overwrite"):
        train_model(workspace, one)
    assert file_sha256(first.weights) == before
    other = train_model(workspace, one.model_copy(update={"seed": 4}), mode="overwrite")
    assert file_sha256(other.weights) != before


def test_a_stopped_training_resumes_only_with_the_same_parameters(workspace, config):
    epochs = []

    def count(event):
        if event["kind"] == "epoch":
            epochs.append(event)

    stopped = train_model(workspace, config, report=count, should_stop=lambda: len(epochs) >= 1)
    assert stopped.status == "stopped" and stopped.epochs == 1 and stopped.weights.exists()
    with pytest.raises(ParameterError, match="learning_rate"):
        train_model(workspace, config.model_copy(update={"learning_rate": 0.01}), mode="resume")
    resumed = train_model(workspace, config, mode="resume")
    assert resumed.status == "done" and [row["epoch"] for row in resumed.history] == [1, 2]


def test_a_training_stops_also_while_it_validates(workspace, config):
    asked = []

    def count(event):
        if event["kind"] == "step" and (event["epoch"], event["step"]) == (2, event["of"]):
            asked.append("after the last step of the second epoch")

    def should_stop() -> bool:
        asked.extend(["once more"] * bool(asked))
        return len(asked) > 2

    config = config.model_copy(update={"validation_share": 0.5})
    stopped = train_model(workspace, config, report=count, should_stop=should_stop)
    assert (stopped.status, stopped.epochs) == ("stopped", 1)


def test_a_training_that_stops_or_fails_leaves_no_cache(workspace, config):
    with pytest.raises(Stopped, match="drawings were prepared"):
        train_model(workspace, config, should_stop=lambda: True)
    folder = default_run(workspace, "tiny").folder
    assert [path.name for path in folder.iterdir()] == [PARAMETERS]


def test_the_plan_tells_what_repeats_a_training(workspace, config):
    events = []
    outcome = train_model(workspace, config.model_copy(update={"epochs": 1}), report=events.append)
    plan = next(event for event in events if event["kind"] == "plan")
    card = json.loads(outcome.card.read_text())
    assert plan["data_hash"] == card["data_hash"] and plan["versions"] == card["versions"]
    assert "torch" in plan["versions"] and len(plan["data_hash"]) == 64


def test_the_name_of_a_shipped_model_is_refused(workspace, config):
    with pytest.raises(ParameterError, match="shipped model"):
        train_model(workspace, config.model_copy(update={"model_name": "uset"}), mode="overwrite")


def test_resume_without_a_training_says_so(workspace, config):
    with pytest.raises(ParameterError, match="no training of 'tiny'"):
        train_model(workspace, config, mode="resume")


def test_the_stored_parameters_come_back_and_a_damaged_record_is_told(workspace, config):
    with pytest.raises(Stopped, match="stopped after 1 of"):
        train_model(workspace, config, should_stop=lambda: True)
    folder = default_run(workspace, "tiny").folder
    assert stored_config(folder, "tiny") == config
    with pytest.raises(ParameterError, match="ended before its first epoch: start it with --overwrite"):
        train_model(workspace, config, mode="resume")
    (folder / PARAMETERS).write_text("{")
    with pytest.raises(ParameterError, match="start the training of 'tiny' anew with --overwrite"):
        stored_config(folder, "tiny")


def test_a_model_trained_from_one_with_a_second_look_keeps_it(workspace, config, tmp_path):
    leaf = TreeEnsemble(
        roots=np.zeros(1, np.int32),
        feature=np.full(1, -1, np.int16),
        threshold=np.zeros(1, np.float32),
        right=np.zeros(1, np.int32),
        share=np.full(1, 0.75, np.float32),
    )
    start = tmp_path / "start.pth"
    save_weights(build_model("resnet18").state_dict(), "resnet18", 128, start, leaf)
    outcome = train_model(workspace, config.model_copy(update={"epochs": 1, "encoder_weights": str(start)}))
    kept = load_model(outcome.weights).candidate_classifier
    assert kept and kept.share.tolist() == [0.75]


def test_a_broken_drawing_is_told_and_the_rest_train(workspace, config):
    broken = sorted(workspace.images.iterdir())[0]
    broken.write_bytes(broken.read_bytes()[:3000])
    outcome = train_model(workspace, config.model_copy(update={"epochs": 1}))
    assert [name for name, _ in outcome.failed] == [broken.name]
    assert f"drawing left out: {broken.name}" in outcome.log.read_text()


def test_without_labels_or_drawings_there_is_a_clear_error(workspace, config):
    for path in workspace.images.iterdir():
        path.unlink()
    with pytest.raises(ParameterError, match="no labelled drawing could be used"):
        train_model(workspace, config)
    workspace.annotations_file.unlink()
    with pytest.raises(CocoError, match="no annotation file"):
        train_model(workspace, config, mode="overwrite")


def test_too_few_dates_to_validate_are_said(workspace, config):
    names = sorted(path.name for path in workspace.images.iterdir())
    for name in names[1:]:
        (workspace.images / name).unlink()
    outcome = train_model(workspace, config.model_copy(update={"epochs": 1}))
    assert "too few drawings" in outcome.log.read_text()


def test_starting_weights_are_what_was_asked_for(workspace, config, tmp_path, monkeypatch):
    one = config.model_copy(update={"epochs": 1})
    with pytest.raises(Exception, match=r"model file .* not found"):
        train_model(workspace, one.model_copy(update={"encoder_weights": str(tmp_path / "none.pth")}))
    first = train_model(workspace, one, mode="overwrite")
    again = one.model_copy(update={"model_name": "again", "encoder_weights": str(first.weights)})
    assert "starting weights: tiny.pth" in train_model(workspace, again).log.read_text()
    other = again.model_copy(update={"model_name": "other", "encoder": "mobilenet_v2"})
    with pytest.raises(ParameterError, match="use --encoder resnet18"):
        train_model(workspace, other)


def test_a_full_disk_fails_the_training_and_keeps_the_last_model(workspace, config, monkeypatch):
    def full(*_):
        raise WorkspaceError("the disk is full: checkpoint.pt was not written; free some space and run again")

    monkeypatch.setattr(Checkpoint, "save", full)
    with pytest.raises(WorkspaceError, match="the disk is full"):
        train_model(workspace, config)
    assert "status: failed: the disk is full" in workspace.model("tiny").log.read_text()


def test_an_unreachable_hub_is_an_error_that_says_so(workspace, config, monkeypatch):
    import segmentation_models_pytorch as smp

    def unreachable(*_, **__):
        raise OSError("no route to the hub")

    monkeypatch.setattr(smp, "Unet", unreachable)
    with pytest.raises(Exception, match="could not be downloaded"):
        train_model(workspace, config.model_copy(update={"encoder_weights": "imagenet"}))
