"""The training loop: it learns, resumes bit by bit, stops on request, and handles NaN."""

from __future__ import annotations

import pytest
import torch

from sunspot_dash.errors import TrainingError
from sunspot_dash.ml import epoch as module
from sunspot_dash.ml.checkpoint import Checkpoint
from sunspot_dash.ml.epoch import learning_rate
from sunspot_dash.ml.inputs import CHANNELS
from sunspot_dash.ml.model import build_model
from sunspot_dash.ml.train import fit


class Small(torch.nn.Module):
    """A network of two layers, for tests that do not depend on what it learns."""

    def __init__(self) -> None:
        super().__init__()
        self.first = torch.nn.Conv2d(CHANNELS, 4, 3, padding=1)
        self.last = torch.nn.Conv2d(4, 2, 3, padding=1)

    def forward(self, tiles: torch.Tensor) -> torch.Tensor:
        return self.last(self.first(tiles).relu())


def train(config, drawings, path, **more):
    network = build_model(config.encoder, seed=config.seed)
    return fit(network, config, (drawings[:1], drawings[2:]), Checkpoint(path), **more)


def without_time(history):
    return [{key: value for key, value in row.items() if not key.endswith("seconds")} for row in history]


def test_a_resumed_training_repeats_the_uninterrupted_one(tmp_path, drawings, config):
    whole = train(config, drawings, tmp_path / "whole")
    assert [row["epoch"] for row in whole.history] == [1, 2]
    assert whole.history[-1]["train_loss"] < whole.history[0]["train_loss"]
    assert {"validation_loss", "f1", "precision", "recall", "iou"} <= set(whole.history[0])

    # The first part is stopped in the middle of its second epoch, which then starts again.
    seen = []
    part = train(
        config,
        drawings,
        tmp_path / "part",
        report=lambda event: seen.append((event["kind"], event.get("step"))),
        should_stop=lambda: ("epoch", None) in seen and seen[-1] == ("step", 2),
    )
    assert part.epoch == 1
    events = []
    resumed = train(config, drawings, tmp_path / "part", report=events.append)
    assert {event["epoch"] for event in events} == {2}
    assert without_time(resumed.history) == without_time(whole.history)
    for name, value in whole.average.state_dict().items():
        assert torch.equal(value, resumed.average.state_dict()[name]), name


def test_nan_stops_the_training_with_a_message_and_keeps_the_last_good_epoch(tmp_path, drawings, config):
    model = Small()
    events = []

    def poison(event):
        events.append(event)
        if event["kind"] == "epoch":
            with torch.no_grad():
                model.last.weight.fill_(float("nan"))

    with pytest.raises(TrainingError, match="lower the learning rate"):
        fit(model, config, (drawings[:1], []), Checkpoint(tmp_path / "state"), report=poison)
    kept = torch.load(tmp_path / "state", weights_only=True)
    assert kept["epoch"] == 1
    assert all(torch.isfinite(value).all() for value in kept["best"].values() if value.is_floating_point())


def test_the_learning_rate_warms_up_and_falls(config):
    rates = [learning_rate(config, p / 100) for p in range(1, 101)]
    assert max(rates) == pytest.approx(config.learning_rate, rel=0.01)
    assert rates[0] < 0.3 * config.learning_rate and rates[-1] < 0.02 * config.learning_rate


def test_patience_ends_a_training_that_does_not_improve(tmp_path, drawings, config, monkeypatch):
    scores = iter([0.5, 0.6, 0.6, 0.4, 0.9])
    monkeypatch.setattr("sunspot_dash.ml.train.object_scores", lambda *_: {"f1": next(scores)})
    # The loss decides between epochs of equal F1, so it is the same in every epoch.
    monkeypatch.setattr(module, "total_loss", lambda logits, *_: 0 * logits.sum() + 1)
    longer = config.model_copy(update={"epochs": 5, "patience": 2})
    sides = drawings[:1], drawings[2:]
    state = fit(Small(), longer, sides, Checkpoint(tmp_path / "state"))
    assert state.epoch == 4 and state.best_epoch == 2


def test_training_on_tiles_made_on_the_device_learns_the_same(tmp_path, drawings, config, monkeypatch):
    losses = []
    calm = config.model_copy(update={"learning_rate": 1e-4})  # or the first steps depend on the order of sums
    for on in (False, True):
        monkeypatch.setattr("sunspot_dash.ml.epoch.fits", lambda *_, on=on: on)
        losses.append([row["train_loss"] for row in train(calm, drawings, tmp_path / f"{on}").history])
    assert losses[1] == pytest.approx(losses[0], rel=0.08) and losses[1][1] < losses[1][0]
