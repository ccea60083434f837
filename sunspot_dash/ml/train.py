"""The training loop; its helpers sit beside it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader

from sunspot_dash.domain.labels.tiles import steps_of
from sunspot_dash.domain.scoring.best_epoch import best_epoch
from sunspot_dash.domain.spots.tree_ensemble import TreeEnsemble
from sunspot_dash.errors import Stopped, TrainingError
from sunspot_dash.eta import RemainingTime
from sunspot_dash.ml import device as devices
from sunspot_dash.ml.augment import ORIGINAL
from sunspot_dash.ml.checkpoint import Checkpoint
from sunspot_dash.ml.config import TrainConfig
from sunspot_dash.ml.dataset import Labelled, TilePlan, Tiles, plan_epoch
from sunspot_dash.ml.losses import total_loss
from sunspot_dash.ml.resident import Resident, fits
from sunspot_dash.ml.validate import object_scores

Report = Callable[[dict[str, Any]], None]
WARM_UP = 0.05
AVERAGE = 0.99
CLIP = 1.0
REPORTS = 10  # a second, on a GPU
VALIDATION_EPOCH = 1_000_000  # seeds the fixed validation tiles; no training epoch has this number


@dataclass
class State:
    """Everything that changes during training."""

    model: nn.Module
    average: AveragedModel
    optimizer: torch.optim.Optimizer
    epoch: int = 0
    history: list[dict[str, float]] = field(default_factory=list)
    best: dict[str, torch.Tensor] | None = None
    best_epoch: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the state as a dictionary for a checkpoint."""
        return {
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "epoch": self.epoch,
            "history": self.history,
            "best": self.best,
            "best_epoch": self.best_epoch,
        }

    def load(self, state: dict[str, Any]) -> None:
        """Restore the state from a checkpoint's dictionary."""
        self.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.epoch, self.history = state["epoch"], state["history"]
        self.best, self.best_epoch = state["best"], state["best_epoch"]


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
    device = devices.choose(config.device)
    torch.manual_seed(config.seed)
    state = begin(model.to(device), config, checkpoint)
    training, validation = drawings
    remaining = RemainingTime()
    resident = Resident.copy(training, device) if fits(training, device) else None
    while state.epoch < config.epochs:
        began = time.monotonic()
        plans = plan_epoch(training, config.tile_size, config.radius, config.seed, state.epoch)
        if resident:
            batches = resident.batches(plans, config.tile_size, config.radius, config.batch_size)
        else:
            batches = _cut_batches(training, plans, config, device)
        steps = steps_of(len(plans), config.batch_size)
        loss = _train_epoch(state, batches, steps, config, device, remaining, report, should_stop)
        if loss is None:
            break
        row = {
            "epoch": state.epoch + 1,
            "train_loss": loss,
            "learning_rate": state.optimizer.param_groups[0]["lr"],
            "tiles": len(plans),
            "tiles_seconds": time.monotonic() - began,
        }
        if validation:
            try:
                row |= _validate(
                    state.average.module, candidate_classifier, validation, config, device, should_stop
                )
            except Stopped:
                break
        row["seconds"] = time.monotonic() - began
        state.epoch += 1
        state.history.append(row)
        if best_epoch(state.history) is row:
            state.best = {k: v.detach().cpu().clone() for k, v in state.average.module.state_dict().items()}
            state.best_epoch = state.epoch
        checkpoint.save(state.to_dict())
        report({"kind": "epoch", "epochs": config.epochs, **row})
        if config.patience and state.epoch - state.best_epoch >= config.patience:
            break
    return state


def begin(model: nn.Module, config: TrainConfig, checkpoint: Checkpoint) -> State:
    """Return the initial state, restored from the checkpoint if there is one."""
    state = State(
        model,
        AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(AVERAGE), use_buffers=True),
        torch.optim.AdamW(
            model.parameters(), lr=config.learning_rate, weight_decay=0.01, fused=_on_gpu(model)
        ),
    )
    if checkpoint.exists():
        state.load(checkpoint.load())
    return state


def _on_gpu(model: nn.Module) -> bool:
    return next(model.parameters()).is_cuda


def learning_rate(config: TrainConfig, progress: float) -> float:
    """Return the learning rate: linear warm-up, then half a cosine to 1 %; progress runs from 0 to 1."""
    if progress < WARM_UP:
        return config.learning_rate * (progress / WARM_UP)
    decay = (progress - WARM_UP) / (1 - WARM_UP)
    return config.learning_rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * decay)))


def _cut_batches(
    drawings: list[Labelled], plans: list[TilePlan], config: TrainConfig, device: torch.device
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Yield input and target of each batch, cut by the processor and copied to the device."""
    tiles = Tiles(drawings, plans, config.tile_size, config.radius)
    # A GPU would wait for tiles, so workers cut them ahead; on a CPU no core is free for that.
    workers = 8 if device.type == "cuda" else 0
    whole = len(plans) > config.batch_size
    for images, target in DataLoader(tiles, config.batch_size, num_workers=workers, drop_last=whole):
        yield images.to(device), target.to(device)


def _train_epoch(
    state: State,
    batches: Iterator[tuple[torch.Tensor, torch.Tensor]],
    steps: int,
    config: TrainConfig,
    device: torch.device,
    remaining: RemainingTime,
    report: Report,
    should_stop: Callable[[], bool],
) -> float | None:
    """Train for one pass over the tiles; return the mean loss, or None if stopped.

    A GPU works ahead of the processor: the loss is read, for which both must wait for each other, only for a report,
    REPORTS times a second at most.
    """
    state.model.train()
    total = torch.zeros((), dtype=torch.float64, device=device)
    reported = 0.0
    for step, (images, target) in enumerate(batches):
        rate = learning_rate(config, (state.epoch + (step + 1) / steps) / config.epochs)
        for group in state.optimizer.param_groups:
            group["lr"] = rate
        with devices.mixed_precision(device):
            logits = state.model(images.contiguous(memory_format=torch.channels_last))
        loss = total_loss(logits.float(), target, config.penalty_weight)
        state.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(state.model.parameters(), CLIP)
        state.optimizer.step()
        state.average.update_parameters(state.model)
        total += loss.detach()
        now = time.monotonic()
        if device.type == "cpu" or step + 1 == steps or now - reported >= 1 / REPORTS:
            reported = now
            if not math.isfinite(total.item()):
                raise TrainingError(
                    f"the loss became {loss.item()} in epoch {state.epoch + 1}, step {step + 1}: the last good epoch "
                    f"is kept; lower the learning rate (it was {config.learning_rate:g})"
                )
            report(
                {
                    "kind": "step",
                    "epoch": state.epoch + 1,
                    "epochs": config.epochs,
                    "step": step + 1,
                    "of": steps,
                    "loss": loss.item(),
                    "seconds_left": remaining.left(state.epoch * steps + step + 1, config.epochs * steps),
                }
            )
        if should_stop():
            return None
    return total.item() / steps


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
