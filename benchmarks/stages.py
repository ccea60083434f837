"""Time the stages of a drawing, an archive, and training: `python benchmarks/stages.py DRAWINGS [--device cuda]`.

DRAWINGS is a folder as for `peers.py`. Prints the median time of each stage of one drawing after another; the rate of
the whole way from files to results, and the share of that time in which the network runs; and for batches of 8 and 32
the rate of the training loop beside that of the same step on one batch that is already on the device.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import sunspot_dash  # noqa: F401  # isort: skip  its settings come before torch

import numpy as np
import torch
from torch import nn

from benchmarks.peer.network import infer
from benchmarks.peer.setting import Setting
from benchmarks.peer.training import train
from sunspot_dash.io.images import read_rgb
from sunspot_dash.io.pictures import write_pictures
from sunspot_dash.ml.device import mixed_precision
from sunspot_dash.ml.losses import total_loss
from sunspot_dash.ml.model import build_model
from sunspot_dash.ml.resident import Resident
from sunspot_dash.services.models.detector import Analysis, LoadedModel
from sunspot_dash.workspace import pretrained_weights

STEPS = 40
Result = TypeVar("Result")


def stages(setting: Setting, folder: Path) -> None:
    """Print the median times of the stages, one drawing after another."""
    model = LoadedModel.load(pretrained_weights(), str(setting.device))
    times: dict[str, list[float]] = {}

    def timed(stage: str, work: Callable[[], Result]) -> Result:
        setting.wait()
        began = time.perf_counter()
        found = work()
        setting.wait()
        times.setdefault(stage, []).append(1000 * (time.perf_counter() - began))
        return found

    for path in [setting.paths[0], *setting.paths]:
        rgb = timed("decode", lambda path=path: read_rgb(path))  # type: ignore[misc]
        analysis = Analysis(model, path.name, rgb, "not needed")
        timed("limb and crop", analysis.prepare)
        timed("network", analysis.look)
        result = timed("candidates", lambda analysis=analysis: analysis.conclude(0.35))  # type: ignore[misc]
        timed("pictures", lambda result=result, rgb=rgb: write_pictures(folder, result, rgb))  # type: ignore[misc]
    for stage, found in times.items():
        print(f"{stage:14} {np.median(found[1:]):7.1f} ms, at most {max(found[1:]):.0f}")


def archive(setting: Setting) -> None:
    """Print the rate from files to results, and how much of the time the network runs."""
    looks: list[float] = []
    look = Analysis.look

    def watched(analysis: Analysis) -> None:
        began = time.perf_counter()
        look(analysis)
        looks.append(time.perf_counter() - began)

    with patch.object(Analysis, "look", watched):
        seconds = infer(setting)[0]
    share = 100 * np.mean(looks[-len(setting.paths) :]) / seconds
    print(f"archive        {1 / seconds:.2f} drawings/s, the network runs {share:.0f} % of the time")


def training(setting: Setting, batch: int) -> None:
    """Print the tiles a second of the loop and of the bare step."""
    loop = 1 / train(setting, batch)[0]
    plans = setting.tiles(batch).plans[:batch]
    config = setting.config(batch)
    resident = Resident.copy(setting.labelled, setting.device)
    ((images, target),) = resident.batches([plans], config.tile_size, config.radius)
    images = images.contiguous(memory_format=torch.channels_last)
    network = build_model("resnet18").to(setting.device).train()
    fused = setting.device.type == "cuda"
    optimiser = torch.optim.AdamW(network.parameters(), 1e-3, weight_decay=0.01, fused=fused)
    times = []
    for _ in range(STEPS):
        setting.wait()
        times.append(time.perf_counter())
        with mixed_precision(setting.device):
            logits = network(images)
        loss = total_loss(logits.float(), target, 3.0)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
    bare = batch / float(np.median(np.diff(times)))
    print(f"training, {batch:3} {loop:9.1f} tiles/s; the bare step {bare:.1f}: {loop / bare:.2f} of its rate")


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser()
    parser.add_argument("drawings", type=Path)
    parser.add_argument("--device", default="cpu")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        setting = Setting(asked.drawings, torch.device(asked.device), folder)
        stages(setting, folder)
        archive(setting)
        for batch in (8, 32):
            training(setting, batch)


if __name__ == "__main__":
    main()
