"""One pass over the tiles of a training, alone or with others."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel
from torch.utils.data import DataLoader

from sunspot_dash.domain.labels.tiles import steps_of
from sunspot_dash.errors import Stopped, TrainingError
from sunspot_dash.eta import RemainingTime
from sunspot_dash.ml import device as devices
from sunspot_dash.ml.config import TrainConfig
from sunspot_dash.ml.dataset import Labelled, TilePlan, Tiles, plan_epoch
from sunspot_dash.ml.losses import total_loss
from sunspot_dash.ml.resident import Resident, fits
from sunspot_dash.ml.team import Team

Report = Callable[[dict[str, Any]], None]
WARM_UP = 0.05
CLIP = 1.0
REPORTS = 10  # a second, on a GPU
ASKED = 8  # steps of a team after which it is asked whether to stop


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


def learning_rate(config: TrainConfig, progress: float) -> float:
    """Return the learning rate: linear warm-up, then half a cosine to 1 %; progress runs from 0 to 1."""
    if progress < WARM_UP:
        return config.learning_rate * (progress / WARM_UP)
    decay = (progress - WARM_UP) / (1 - WARM_UP)
    return config.learning_rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * decay)))


class Epochs:
    """The epochs of a training in one process, which trains on its part of each batch."""

    def __init__(self, state: State, config: TrainConfig, training: list[Labelled], team: Team) -> None:
        self.state, self.config, self.training, self.team = state, config, training, team
        self.network = team.together(state.model)
        self.resident = Resident.copy(training, team.device) if fits(training, team.device) else None

    def train(
        self,
        remaining: RemainingTime,
        report: Report = lambda event: None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> tuple[float, int]:
        """Train for one pass over the tiles; return the mean loss and the number of tiles.

        A GPU works ahead of the processor: the loss is read, for which both must wait for each other, only for a
        report, REPORTS times a second at most.

        Raises:
            Stopped: stopping was requested.
            TrainingError: the loss became NaN or infinite.
        """
        config, state, device = self.config, self.state, self.team.device
        plans = plan_epoch(self.training, config.tile_size, config.radius, config.seed, state.epoch)
        steps = steps_of(len(plans), config.batch_size)
        batches = [plans[step * config.batch_size : (step + 1) * config.batch_size] for step in range(steps)]
        parts = [self.team.part(batch) for batch in batches]
        self.network.train()
        total = torch.zeros((), dtype=torch.float64, device=device)
        reported = 0.0
        for step, (images, target) in enumerate(self._made(parts)):
            rate = learning_rate(config, (state.epoch + (step + 1) / steps) / config.epochs)
            for group in state.optimizer.param_groups:
                group["lr"] = rate
            with devices.mixed_precision(device):
                logits = self.network(images.contiguous(memory_format=torch.channels_last))
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
                        f"the loss became {loss.item()} in epoch {state.epoch + 1}, step {step + 1}: the last good "
                        f"epoch is kept; lower the learning rate (it was {config.learning_rate:g})"
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
            if (self.team.size == 1 or step % ASKED == 0) and self.team.any(should_stop()):
                raise Stopped("stopped during an epoch")
        return total.item() / steps, len(plans)

    def _made(self, batches: list[list[TilePlan]]) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Yield input and target of each batch, made on the device, or cut by the processor and copied to it."""
        config, device = self.config, self.team.device
        if self.resident:
            yield from self.resident.batches(batches, config.tile_size, config.radius)
            return
        tiles = Tiles(
            self.training, [plan for batch in batches for plan in batch], config.tile_size, config.radius
        )
        # A GPU would wait for tiles, so workers cut them ahead; on a CPU no core is free for that.
        workers = 8 if device.type == "cuda" else 0
        for images, target in DataLoader(tiles, max(map(len, batches)), num_workers=workers):
            yield images.to(device), target.to(device)
