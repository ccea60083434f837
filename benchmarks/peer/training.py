"""Training: the loop of this program and others on the same tiles."""

from __future__ import annotations

import time
from typing import Any
from unittest.mock import patch

import torch
from torch.utils.data import DataLoader

from benchmarks.peer.setting import Measured, Setting, of_library
from sunspot_dash.ml import epoch
from sunspot_dash.ml.checkpoint import Checkpoint
from sunspot_dash.ml.device import mixed_precision
from sunspot_dash.ml.losses import total_loss
from sunspot_dash.ml.model import build_model
from sunspot_dash.ml.train import fit

SKIPPED = 4  # steps that are not counted, the first ones


def per_tile(times: list[float], batch: int) -> Measured:
    """Return the mean seconds a tile of the steps that count, from the times at the ends of the steps."""
    counted = times[SKIPPED:]
    return (counted[-1] - counted[0]) / (len(counted) - 1) / batch, ""


def train(setting: Setting, batch: int) -> Measured:
    """The training loop of this program, with its reports."""
    times: list[float] = []
    config = setting.config(batch)
    plans = setting.tiles(batch).plans
    with patch.object(epoch, "plan_epoch", lambda *_: plans):
        checkpoint = Checkpoint(setting.kept / f"{time.time_ns()}.ckpt")
        fit(
            build_model("resnet18"),
            config,
            (setting.labelled, []),
            checkpoint,
            lambda event: times.append(time.perf_counter()) if event["kind"] == "step" else None,
        )
    return per_tile(times, batch)


def lightning(setting: Setting, batch: int) -> Measured:
    """Lightning's Trainer with the same network, loss, optimiser, tiles and precision."""
    import lightning.pytorch as pl

    mixed = mixed_precision(setting.device)._enabled
    times: list[float] = []

    class Module(pl.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.network = of_library(build_model("resnet18"), "resnet18")

        def training_step(self, pair: Any, number: int) -> torch.Tensor:
            return total_loss(self.network(pair[0]).float(), pair[1], 3.0)

        def on_train_batch_end(self, *_: Any) -> None:
            times.append(time.perf_counter())

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.AdamW(self.parameters(), lr=1e-3, weight_decay=0.01)

    pl.Trainer(
        max_epochs=1,
        accelerator="gpu" if setting.device.type == "cuda" else "cpu",
        devices=1,
        precision="bf16-mixed" if mixed else "32-true",
        gradient_clip_val=1.0,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
    ).fit(Module(), DataLoader(setting.tiles(batch), batch, num_workers=_workers(setting)))
    return per_tile(times, batch)


def smp_train(setting: Setting, batch: int) -> Measured:
    """A plain loop: the library's Dice loss and binary cross-entropy, in float32."""
    from segmentation_models_pytorch import Unet
    from segmentation_models_pytorch.losses import DiceLoss

    network = Unet("resnet18", encoder_weights=None, in_channels=4, classes=2).to(setting.device).train()
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3)
    dice, bce = DiceLoss("multilabel"), torch.nn.BCEWithLogitsLoss()
    times = []
    for images, target in DataLoader(setting.tiles(batch), batch, num_workers=_workers(setting)):
        logits, wanted = network(images.to(setting.device)), target.to(setting.device)
        loss = dice(logits, wanted) + bce(logits, wanted)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        loss.item()
        times.append(time.perf_counter())
    return per_tile(times, batch)


def _workers(setting: Setting) -> int:
    return 8 if setting.device.type == "cuda" else 0
