"""The training loop; its helpers sit beside it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import numpy as np
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader

from sunspot_dash.domain.scoring.best_epoch import best_epoch
from sunspot_dash.domain.spots.tree_ensemble import TreeEnsemble
from sunspot_dash.errors import Stopped
from sunspot_dash.eta import RemainingTime
from sunspot_dash.ml import device as devices
from sunspot_dash.ml.augment import ORIGINAL
from sunspot_dash.ml.checkpoint import Checkpoint
from sunspot_dash.ml.config import TrainConfig
from sunspot_dash.ml.dataset import Labelled, Tiles, plan_epoch
from sunspot_dash.ml.epoch import Epochs, Report, State
from sunspot_dash.ml.losses import total_loss
from sunspot_dash.ml.model import build_model
from sunspot_dash.ml.team import Team
from sunspot_dash.ml.validate import object_scores

AVERAGE = 0.99
VALIDATION_EPOCH = 1_000_000  # seeds the fixed validation tiles; no training epoch has this number


def fit(
    model: nn.Module,
    config: TrainConfig,
    drawings: tuple[list[Labelled], list[Labelled]],
    checkpoint: Checkpoint,
    report: Report = lambda event: None,
    should_stop: Callable[[], bool] = lambda: False,
    candidate_classifier: TreeEnsemble | None = None,
) -> State:
    """Train a model.

    Args:
        model: the initial model.
        config: the parameters.
        drawings: training and validation drawings (the latter may be empty).
        checkpoint: written after every epoch; if it exists, training resumes from it, with identical results on CPU.
        report: called with {"kind": "step" | "epoch", ...}.
        should_stop: called after every step and during validation; training then ends at the last complete epoch.
        candidate_classifier: applied to the network's candidates in validation.

    Returns:
        The final state; `best` holds the averaged weights of the best epoch.

    Raises:
        TrainingError: the loss became NaN or infinite; the checkpoint holds the last good epoch.
    """
    with Team.joined(devices.choose(config.device)) as team:
        team.check(config.batch_size)
        torch.manual_seed(config.seed)
        state = begin(model.to(team.device), config, checkpoint)
        training, validation = drawings
        team.from_first((config, training, state.to_dict()))
        epochs, remaining = Epochs(state, config, training, team), RemainingTime()

        def validate() -> dict[str, float]:
            network = state.average.module
            return _validate(network, candidate_classifier, validation, config, team.device, should_stop)

        ended = state.epoch >= config.epochs
        while team.from_first(not ended):
            began = time.monotonic()
            try:
                loss, tiles = epochs.train(remaining, report, should_stop)
                row = {
                    "epoch": state.epoch + 1,
                    "train_loss": loss,
                    "learning_rate": state.optimizer.param_groups[0]["lr"],
                    "tiles": tiles,
                    "tiles_seconds": time.monotonic() - began,
                    **(validate() if validation else {}),
                }
            except Stopped:
                ended = True
                continue
            row["seconds"] = time.monotonic() - began
            state.epoch += 1
            state.history.append(row)
            if best_epoch(state.history) is row:
                weights = state.average.module.state_dict()
                state.best = {key: value.detach().cpu().clone() for key, value in weights.items()}
                state.best_epoch = state.epoch
            checkpoint.save(state.to_dict())
            report({"kind": "epoch", "epochs": config.epochs, **row})
            waited = state.epoch - state.best_epoch
            ended = state.epoch >= config.epochs or 0 < config.patience <= waited
    return state


def follow(device: str) -> None:
    """Train with the first process of a `Team`, which calls `fit`, until it ends."""
    with Team.joined(devices.choose(device)) as team:
        config, training, values = team.from_first(None)
        state = begin(build_model(config.encoder).to(team.device), config, None)
        state.load(values)
        epochs = Epochs(state, config, training, team)
        while team.from_first(None):
            with suppress(Stopped):
                epochs.train(RemainingTime())
            state.epoch += 1


def begin(model: nn.Module, config: TrainConfig, checkpoint: Checkpoint | None) -> State:
    """Return the initial state, restored from the checkpoint if there is one."""
    state = State(
        model,
        AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(AVERAGE), use_buffers=True),
        torch.optim.AdamW(
            model.parameters(), lr=config.learning_rate, weight_decay=0.01, fused=_on_gpu(model)
        ),
    )
    if checkpoint and checkpoint.exists():
        state.load(checkpoint.load())
    return state


def _on_gpu(model: nn.Module) -> bool:
    return next(model.parameters()).is_cuda


@torch.inference_mode()
def _validate(
    model: nn.Module,
    candidate_classifier: TreeEnsemble | None,
    drawings: list[Labelled],
    config: TrainConfig,
    device: torch.device,
    should_stop: Callable[[], bool],
) -> dict[str, float]:
    """Return the loss on fixed, unaugmented validation tiles, and spot F1 and pixel IoU on the whole drawings.

    Raises:
        Stopped: stopping was requested.
    """
    model.eval()
    plans = [
        replace(plan, variant=ORIGINAL, linear=np.eye(2))
        for plan in plan_epoch(drawings, config.tile_size, config.radius, config.seed, VALIDATION_EPOCH)
    ]
    loader = DataLoader(Tiles(drawings, plans, config.tile_size, config.radius), config.batch_size)
    losses = []
    for images, target in loader:
        with devices.mixed_precision(device):
            logits = model(images.to(device).contiguous(memory_format=torch.channels_last))
        losses.append(total_loss(logits.float(), target.to(device), config.penalty_weight).item())
        if should_stop():
            raise Stopped("stopped during validation")
    return {
        "validation_loss": float(np.mean(losses)),
        **object_scores(model, candidate_classifier, drawings, config.radius, device, should_stop),
    }
