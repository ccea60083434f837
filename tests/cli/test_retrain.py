"""Retrain with corrections on the command line: the same parameters as the button, unless others are given."""

from __future__ import annotations

from types import SimpleNamespace

from sunspot_dash.domain.review.gestures import Act
from sunspot_dash.io.results import stream_results
from sunspot_dash.services.models import training
from sunspot_dash.services.models.retraining import retrain_config
from sunspot_dash.services.review.record import Intent, record
from sunspot_dash.workspace import Workspace
from tests.command_line import run
from tests.conftest import copy_of


def test_the_parameters_are_those_of_the_button_unless_given(results_once, tmp_path, monkeypatch):
    space: Workspace = copy_of(results_once, tmp_path / "data")
    asked = []

    def train_model(_, config, *__):
        asked.append(config)
        files = space.model(config.model_name)
        return SimpleNamespace(left_out=list, status="done", epochs=1, **vars(files))

    monkeypatch.setattr(training, "train_model", train_model)
    command = ("train", "--workspace", space.root, "--parent", "uset", "--reviewed", "--model-name", "mine")
    space.model("uset").card.write_text('{"name": "uset", "encoder": "resnet18", "radius": 224}')
    refused = run(*command)
    assert refused.code == 1 and "no drawing is marked as reviewed" in refused.stderr and not asked
    first = next(stream_results(space.results_of("uset")))
    record(space, "uset", first.name, Intent("Ada", Act.FINISH))
    done = run(*command, "--epochs", 2)
    assert done.code == 0 and "1 reviewed drawing: 1 to train on, 0 kept apart" in done.stderr
    planned = retrain_config(space, "uset", "mine").config
    assert asked == [planned.model_copy(update={"epochs": 2})] and planned.radius == 224
